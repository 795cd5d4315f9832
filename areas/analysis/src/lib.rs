//! What is made of what people said: codes, marks, notes; themes and findings; and the way in and
//! out for other analysis programs.
//!
//! Other areas use this face: [`codes`](fn@codes) and [`codes::add`] for the tree,
//! [`coding::acts`] to mark, [`coding::window`] for blocks with their marks and for the words of
//! passages, [`findings`] and [`exchange`].
//!
//! To add something that can be done with a mark: a function in `coding/acts.rs` that makes a
//! [`coding::change::Change`](coding), a kind of command in the language files, and a route in
//! `api.rs`; undo comes by itself.

pub mod anchor;
mod api;
pub mod codebook;
pub mod codes;
pub mod coding;
pub mod exchange;
pub mod findings;
mod pages;
pub mod segments;
mod store;

use ::store::{Conn, Fault};
use base::Id;
use frame::Area;
use voices::Study;

pub use anchor::{Anchor, Point};
pub use codebook::Code;
pub use coding::acts::{Done, NewMark, coder, mark};
pub use coding::window::{Quote, quotes};
pub use coding::{Coder, Coding, Note, Passage};

/// The area's manifest.
#[must_use]
pub fn area() -> Area {
    let texts = ui::TextSet {
        room: "analysis",
        nb: include_str!("../texts/nb.ftl"),
        nn: include_str!("../texts/nn.ftl"),
        en: include_str!("../texts/en.ftl"),
    };
    let routes = pages::routes()
        .with(api::routes())
        .with(findings::routes())
        .with(exchange::routes());
    Area::new("analysis", texts)
        .routes(routes)
        .job(voices::PROJECT_JOB, exchange::import_project)
        .hooks(coding::hooks::hooks())
        .check(coding::hooks::check)
}

/// The code tree of a study, depth first.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn codes(db: &Conn, study: Id<Study>) -> Result<Vec<Code>, Fault> {
    store::codes(db, study).await
}

/// The passages with these ids, in no order.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn passages(db: &Conn, ids: &[Id<Passage>]) -> Result<Vec<Passage>, Fault> {
    coding::store::passages_by_id(db, ids).await
}
