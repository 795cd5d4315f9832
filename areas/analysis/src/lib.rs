//! What is made of what people said: codes, marks, notes; themes and findings; and the way in and
//! out for other analysis programs.
//!
//! Other areas use this face: [`codes`](fn@codes) and [`codes::add`] for the tree,
//! [`coding::acts`] to mark, [`coding::window`] for blocks with their marks, [`quotes`](fn@quotes)
//! for the words of passages, [`notes`] on them, [`place_href`] to lead back to one, [`findings`] and [`exchange`].
//!
//! To add something that can be done with a mark: a function in `coding/acts.rs` that makes a
//! [`coding::change::Change`](coding), a kind of command in the language files, and a route in
//! `api.rs`; undo comes by itself.

pub mod anchor;
mod api;
pub mod codebook;
pub mod codes;
pub mod coding;
mod errands;
pub mod exchange;
pub mod findings;
mod from_file;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod pages;
pub mod paper;
pub mod segments;
mod store;

use ::store::{Conn, Fault};
use base::{Id, Uuid};
use frame::Area;
use voices::{Source, Study};

pub use anchor::{Anchor, Point};
pub use codebook::Code;
pub use coding::acts::{Done, NewMark, coder, mark};
pub use coding::quotes::{Quote, quotes};
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
        .errands(errands::errands)
        .sealed(
            &[
                store::NOTE_BODY,
                findings::store::THEME_BODY,
                findings::store::FINDING_BODY,
                exchange::kept::store::BODY,
            ],
            &[exchange::kept::store::FILE],
        )
        .job(voices::PROJECT_JOB, exchange::import_project)
        .job(exchange::FILE_JOB, exchange::delete_file)
        .hooks(coding::hooks::hooks())
        .progress(|db, study| {
            Box::pin(async move {
                Ok(frame::Progress {
                    findings: Some(findings::store::count(db, study).await?),
                    ..frame::Progress::default()
                })
            })
        })
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

/// The notes on things of one kind (`passage`, `code`, `source` or `study`) with these ids, oldest
/// first.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn notes(db: &Conn, kind: &str, about: &[Uuid]) -> Result<Vec<Note>, Fault> {
    // A statement takes a limited number of values.
    const AT_ONCE: usize = 500;
    let mut all = Vec::new();
    for some in about.chunks(AT_ONCE) {
        all.extend(store::notes(db, kind, some).await?);
    }
    if about.len() > AT_ONCE {
        all.sort_by_key(|note| (note.made_at, note.id));
    }
    Ok(all)
}

/// The blocks that passages touch, in no order.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn blocks_of(
    db: &Conn,
    passages: &[Id<Passage>],
) -> Result<Vec<(Id<Passage>, Id<voices::Block>)>, Fault> {
    coding::store::touched(db, passages).await
}

/// The address of a place in the workspace: a source and the place of a block in it.
#[must_use]
pub fn place_href(slug: &str, source: Id<Source>, place: i64) -> String {
    pages::place_href(slug, source, place)
}
