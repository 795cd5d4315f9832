//! Voices: studies, the texts that were brought into them, and the words people said.
//!
//! Other areas use this face: [`study_by_slug`] and [`study_nav`] for pages of a study, [`source`],
//! [`sources`] and [`blocks`] to read, [`add_source`], [`add_blocks`] and [`finish_import`] to bring
//! in, [`record`] and [`history`] for the command log, [`layout`] for a source as one text. Reading
//! opens no door by itself: pass a [`Study`] or [`Source`] through `people::Visitor::read` first.
//!
//! To bring in another kind of file: see [`intake`]; if it is no plain text, a job of its own that
//! calls [`add_source`], [`add_blocks`] and at last [`finish_import`], as the job `voices.import` does.

mod check;
mod errands;
mod import;
pub mod intake;
mod source;
mod study;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

use base::{Account, Id};
use frame::{Area, MenuEntry};
use store::{Conn, Fault, Tx};

pub use import::acts::{
    Put, begin_import, cancel_import, delete_objects, drop_leftovers, finish_import, give_up,
    import_files, put, report as import_report, visitor_of,
};
pub use import::job::{lay_down, take_up};
pub use import::{
    FileReport, Import, ImportFile, ImportFileId, ImportState, Outcome, PROJECT_JOB, Report,
    TEXT_JOB, Told, is_codebook,
};
pub use source::acts::{
    Corrected, add_blocks, add_source, block_digest, change_source, correct, delete_source, join,
    not_a_speaker, rename_speaker, set_block_speaker, split,
};
pub use source::pages::source_door;
pub use source::{
    AddedSource, Basis, Block, BlockKind, NewBlock, NewSource, NewSpeaker, Side, Source,
    SourceSummary, Speaker, layout, side_of_label,
};
pub use study::acts::{
    change_study, create_study, ensure_study, facts, record, remove_member, set_member, set_state,
};
pub use study::pages::{open_study, study_crumbs, study_door, study_nav, work_door};
pub use study::practice::{self, goes_out};
pub use study::{
    Command, Facts, GuideTheme, Missing, NewStudy, NotMoved, Publisher, Standing, StateChange,
    Study, StudyCard, StudyState, may_move, missing,
};

/// The manifest.
#[must_use]
pub fn area() -> Area {
    let texts = ui::TextSet {
        room: "voices",
        nb: include_str!("../texts/nb.ftl"),
        nn: include_str!("../texts/nn.ftl"),
        en: include_str!("../texts/en.ftl"),
    };
    let mut area = Area::new("voices", texts)
        .routes(
            study::pages::routes()
                .with(import::pages::routes())
                .with(source::pages::routes()),
        )
        .errands(errands::errands)
        .menu(MenuEntry {
            href: "/studies",
            label: "voices-menu",
            shown_to: |_| true,
        })
        .sealed(
            &[source::store::BODY, study::store::BODY],
            &[import::store::FILE, source::store::ORIGINAL],
        )
        .job(TEXT_JOB, import::job::import)
        .check(check::check);
    area.at_start = Some(|hub| Box::pin(async move { import::acts::clean_at_start(&hub).await }));
    area
}

/// The study at an address.
///
/// # Errors
/// [`Fault`] of the database; so for all below.
pub async fn study_by_slug(db: &Conn, slug: &str) -> Result<Option<Study>, Fault> {
    study::store::by_slug(db, slug).await
}

/// The card of the study at an address, with how far its command log has come.
pub async fn standing(db: &Conn, slug: &str) -> Result<Option<Standing>, Fault> {
    study::store::standing(db, slug).await
}

/// Raises the number of the last command of studies in which something is shown otherwise from now
/// on, where no command of theirs tells it: what is held in memory of them is not shown again.
pub async fn raise_seq(tx: &Tx, studies: &[base::Uuid]) -> Result<(), Fault> {
    study::store::raise_seq(tx, studies).await
}

/// The study with an id.
pub async fn study(db: &Conn, id: Id<Study>) -> Result<Option<Study>, Fault> {
    study::store::by_id(db, id).await
}

/// One page of all studies, newest first, and how many there are: for commands and the hub lead.
pub async fn studies(db: &Conn, limit: i64, offset: i64) -> Result<(Vec<StudyCard>, i64), Fault> {
    study::store::cards(db, limit, offset).await
}

/// The theme guide of a study.
pub async fn guide(db: &Conn, study: Id<Study>) -> Result<Vec<GuideTheme>, Fault> {
    study::store::guide(db, study).await
}

/// The newest moves between states, newest first.
pub async fn state_changes(
    db: &Conn,
    study: Id<Study>,
    limit: i64,
) -> Result<Vec<StateChange>, Fault> {
    study::store::state_changes(db, study, limit).await
}

/// The cards of studies, newest first; ids that are not there are left out.
pub async fn study_cards(db: &Conn, ids: &[base::Uuid]) -> Result<Vec<StudyCard>, Fault> {
    study::store::cards_of(db, ids).await
}

/// How many sources each of some studies has; studies without are left out.
pub async fn source_counts(
    db: &Conn,
    studies: &[base::Uuid],
) -> Result<Vec<(base::Uuid, i64)>, Fault> {
    study::store::source_counts(db, studies).await
}

/// A source that is whole (of an import that has finished).
pub async fn source(db: &Conn, id: Id<Source>) -> Result<Option<Source>, Fault> {
    source::store::source(db, id).await
}

/// A source that is whole, with the standing of its study.
pub async fn source_with_study(
    db: &Conn,
    id: Id<Source>,
) -> Result<Option<(Source, Standing)>, Fault> {
    source::store::with_study(db, id).await
}

/// One page of a study's sources with their size, by name.
pub async fn sources(
    db: &Conn,
    study: Id<Study>,
    limit: i64,
    offset: i64,
) -> Result<Vec<SourceSummary>, Fault> {
    source::store::sources(db, study, limit, offset).await
}

/// Sources that are whole, by their ids, in no order; ids that are not there are left out.
pub async fn sources_by_id(db: &Conn, ids: &[Id<Source>]) -> Result<Vec<Source>, Fault> {
    source::store::sources_by_id(db, ids).await
}

/// One page of a study's sources by name, without looking at their texts.
pub async fn source_list(
    db: &Conn,
    study: Id<Study>,
    limit: i64,
    offset: i64,
) -> Result<Vec<Source>, Fault> {
    source::store::source_list(db, study, limit, offset).await
}

/// The place of the last block of a source; 0 when it has none.
pub async fn last_place(db: &Conn, source: Id<Source>) -> Result<i64, Fault> {
    source::store::last_place(db, source).await
}

/// How many sources a study has.
pub async fn source_count(db: &Conn, study: Id<Study>) -> Result<i64, Fault> {
    source::store::source_count(db, study).await
}

/// The speakers of a source, by label.
pub async fn speakers(db: &Conn, source: Id<Source>) -> Result<Vec<Speaker>, Fault> {
    source::store::speakers(db, source).await
}

/// The speakers of all sources of a study, by source and label. Somebody who speaks in two sources
/// stands twice.
pub async fn speakers_of_study(db: &Conn, study: Id<Study>) -> Result<Vec<Speaker>, Fault> {
    source::store::speakers_of_study(db, study).await
}

/// Blocks of a source from a place on (the first is 1).
pub async fn blocks(
    db: &Conn,
    source: Id<Source>,
    from_place: i64,
    limit: i64,
) -> Result<Vec<Block>, Fault> {
    source::store::blocks(db, source, from_place, limit).await
}

/// Blocks by their ids, sorted by source and place; ids that are not there are left out.
pub async fn blocks_by_id(db: &Conn, ids: &[Id<Block>]) -> Result<Vec<Block>, Fault> {
    source::store::blocks_by_id(db, ids).await
}

/// Blocks from one place to another, both included.
pub async fn blocks_between(
    db: &Conn,
    source: Id<Source>,
    from_place: i64,
    to_place: i64,
) -> Result<Vec<Block>, Fault> {
    source::store::blocks_between(db, source, from_place, to_place).await
}

/// Blocks in some ranges of places, ends included, in the order of the text; each once.
pub async fn blocks_in(
    db: &Conn,
    source: Id<Source>,
    ranges: &[(i64, i64)],
) -> Result<Vec<Block>, Fault> {
    source::store::blocks_in(db, source, ranges).await
}

/// The newest commands of one person in a study, newest first, to take the last one back.
pub async fn last_own_commands(
    db: &Conn,
    study: Id<Study>,
    actor: Id<Account>,
    limit: i64,
) -> Result<Vec<Command>, Fault> {
    study::store::last_own(db, study, actor, limit).await
}

/// Commands of a study before a number (`i64::MAX` for the newest), newest first.
pub async fn history(
    db: &Conn,
    study: Id<Study>,
    before_seq: i64,
    limit: i64,
) -> Result<Vec<Command>, Fault> {
    study::store::history(db, study, before_seq, limit).await
}

/// An import.
pub async fn import(db: &Conn, id: Id<Import>) -> Result<Option<Import>, Fault> {
    import::store::import(db, id).await
}

/// The files of an import in order.
pub async fn import_files_of(db: &Conn, id: Id<Import>) -> Result<Vec<ImportFile>, Fault> {
    import::store::files(db, id).await
}
