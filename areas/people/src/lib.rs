//! The people of a hub: accounts, sign-in, roles, may-I and the trail.
//!
//! Other areas use this face: [`visitor`] for who asks, [`Visitor::read`] and [`Visitor::enter`]
//! to open a door (which is also the line on the trail), [`Granted`] as the proof of it, and
//! [`members`] for who belongs to a study.
//!
//! To put something new behind a door: implement [`Thing`] for it, with the [`Scope`] its access
//! hangs on, and let every function that shows or changes it ask for a `Granted` of it. A new
//! rule is a predicate in `rules.rs` and a row in its table.

mod acts;
mod door;
mod errands;
mod links;
pub mod members;
mod pages;
mod passphrase;
mod rules;
mod session;
mod store;

use ::store::Fault;
use frame::{Area, Hub, MenuEntry};
use futures::future::BoxFuture;

pub use acts::{NewAccount, add_account, name_hub};
pub use door::{
    FindStudy, Granted, StudyPart, TheHub, Thing, Visitor, new_study_door, study_door, visitor,
};
pub use links::{demo_sign_in, first_start};
pub use rules::{Act, Layer, STUDY, Scope};
pub use store::HubRow;

/// The area's manifest.
#[must_use]
pub fn area() -> Area {
    let texts = ui::TextSet {
        room: "people",
        nb: include_str!("../texts/nb.ftl"),
        nn: include_str!("../texts/nn.ftl"),
        en: include_str!("../texts/en.ftl"),
    };
    let mut area = Area::new("people", texts)
        .routes(pages::routes())
        .errands(errands::errands)
        .menu(MenuEntry {
            href: "/people",
            label: "people-menu",
            shown_to: |actor| actor.is(base::Role::HubLead),
        });
    area.identify = Some(session::identify);
    area.at_start = Some(at_start);
    area
}

/// Keeps the hub's name at hand for the shell.
fn at_start(hub: Hub) -> BoxFuture<'static, Result<(), Fault>> {
    Box::pin(async move {
        if let Some(row) = store::hub(&hub.store().read()).await? {
            hub.set_name(&row.name);
        }
        Ok(())
    })
}

/// The hub's name, place and contact, for reports; `None` before it was named.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn hub_row(db: &::store::Conn) -> Result<Option<HubRow>, Fault> {
    store::hub(db).await
}
