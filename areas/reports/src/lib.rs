//! Reports: writing, looking over, fixing, handing over, publishing.
//!
//! A report is made anew from the study, its themes and findings, and the own text each time it is looked at; only a
//! fixed version keeps what it held. `report.rs` says what a report consists of, `compose.rs` makes a
//! [`paper::Paper`] of it, `checks.rs` looks it over, `pdf`, `docx` and `html.rs` give it a form, `fixing.rs` makes a
//! version of it, [`publish`] makes a final report public, and [`acts`] is what pages, the demo hub and the command
//! line do with it.
//!
//! To add a part: see `report.rs`. To add a check: see `checks.rs`. To add a format: a function from `Paper` to bytes,
//! a variant of [`Format`], a branch in `acts::file` and `acts::draft`.

pub mod acts;
pub mod checks;
mod compose;
mod docx;
mod errands;
mod fixing;
mod html;
mod material;
mod pages;
pub mod paper;
pub mod pdf;
pub mod publish;
pub mod report;
mod store;
#[cfg(test)]
mod tests;

use ::store::{Conn, Fault, Store, objects};
use base::{Id, Uuid};
use frame::Area;
use futures::future::BoxFuture;
use voices::Study;

pub use acts::{
    Format, HandedOver, NotSaved, Settings, Target, begin_final, decide, draft, end_handover, fix,
    hand_over, issues, newest, set_part, set_settings,
};
pub use paper::Kind;
pub use publish::{NotPublic, Publication, hand_on, publish, take_back};
pub use report::PartKey;
pub use store::{HandOverRow, PartText, Version};

/// The area's texts.
#[must_use]
pub fn texts() -> ui::TextSet {
    ui::TextSet {
        room: "reports",
        nb: include_str!("../texts/nb.ftl"),
        nn: include_str!("../texts/nn.ftl"),
        en: include_str!("../texts/en.ftl"),
    }
}

/// The area's manifest.
#[must_use]
pub fn area() -> Area {
    Area::new("reports", texts())
        .routes(pages::routes())
        .errands(errands::errands)
        .sealed(
            &[store::PART, store::CHECK, store::PAPER],
            &[store::PDF, store::DOCX],
        )
        .hooks(publish::hooks())
        .progress(progress)
        .fixed_with(publish::fixed_with)
        .job(publish::ERASE, publish::erase)
        .check(check)
}

/// The newest fixed version of a report; its door is [`people::Visitor::read`].
///
/// # Errors
/// [`Fault`] of the database.
pub async fn newest_version(
    db: &Conn,
    study: Id<Study>,
    kind: Kind,
) -> Result<Option<Version>, Fault> {
    Ok(store::versions(db, study, kind, 1).await?.pop())
}

/// How many versions of a report are fixed, for what a study lacks before its next state.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn fixed_versions(db: &Conn, study: Id<Study>, kind: Kind) -> Result<i64, Fault> {
    Ok(newest_version(db, study, kind)
        .await?
        .map_or(0, |version| version.number))
}

/// How far the reports of a study are.
fn progress(db: &Conn, study: Uuid) -> BoxFuture<'_, Result<frame::Progress, Fault>> {
    Box::pin(async move {
        let id = Id::from(study);
        Ok(frame::Progress {
            findings: None,
            process_reports: Some(fixed_versions(db, id, Kind::Process).await?),
            handed_over: Some(store::times_handed_over(db, id).await?),
            final_reports: Some(fixed_versions(db, id, Kind::Final).await?),
        })
    })
}

/// Each fixed version that stands has its files, unharmed, and its document can be read; an outdated one has nothing.
fn check(hub: &Store) -> BoxFuture<'_, Result<Vec<String>, Fault>> {
    const PAGE: i64 = 100;
    Box::pin(async move {
        let db = hub.read();
        let mut faults = Vec::new();
        let mut after = Uuid::nil();
        loop {
            let page = store::versions_after(&db, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(faults);
            };
            after = last.id.uuid();
            for version in &page {
                faults.extend(fault_of(hub, &db, version).await?);
            }
        }
    })
}

async fn fault_of(hub: &Store, db: &Conn, version: &Version) -> Result<Option<String>, Fault> {
    let name = format!("report version {} ({})", version.number, version.id);
    if version.outdated {
        let left = store::paper(db, version.id).await?.is_some();
        return Ok(left.then(|| {
            format!("{name}: its words were taken out and it still holds some; report this")
        }));
    }
    for file in [Some(version.object), version.docx].into_iter().flatten() {
        let Some(object) = objects::get(db, file).await? else {
            return Ok(Some(format!(
                "{name}: its file has no row; restore it from a backup"
            )));
        };
        if hub.objects().get(&object).await.is_err() {
            return Ok(Some(format!(
                "{name}: its file is gone or damaged; restore {} from a backup",
                object.id
            )));
        }
    }
    let paper = store::paper(db, version.id).await?.unwrap_or_default();
    Ok(match serde_json::from_str::<paper::Paper>(&paper) {
        Ok(_) => None,
        Err(_) => Some(format!(
            "{name}: its document can't be read; restore it from a backup"
        )),
    })
}
