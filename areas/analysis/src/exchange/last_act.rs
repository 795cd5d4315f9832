//! The last act of bringing a project in: everything but the texts, in one go.

use ::store::objects::{self, Object};
use ::store::{Fault, Tx};
use base::{Id, Time, Uuid};
use frame::Failure;
use people::Visitor;
use voices::{Block, Import, Source};

use super::kept::Kept;
use super::{kept, store};
use crate::codebook::Code;
use crate::coding::store as marks;
use crate::coding::{Coder, Coding, Note, Passage};
use crate::findings::{self, NewTheme};

/// Rows of the last act.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) coders: Vec<(Id<Coder>, Uuid, String)>,
    pub(super) codes: Vec<Code>,
    pub(super) passages: Vec<Passage>,
    pub(super) touched: Vec<(Id<Block>, Id<Passage>)>,
    pub(super) codings: Vec<Coding>,
    pub(super) notes: Vec<Note>,
    pub(super) themes: Vec<NewThemeRow>,
    pub(super) sources: Vec<Id<Source>>,
    pub(super) kept: Vec<Kept>,
    /// What the kept things of the project as a whole refer to.
    pub(super) refs: Vec<(Id<Kept>, Uuid)>,
    pub(super) files: Vec<Object>,
}

pub(super) struct NewThemeRow {
    pub(super) guid: Uuid,
    pub(super) theme: NewTheme,
}

/// The last act: everything but the texts.
pub(super) async fn write(
    tx: &Tx,
    visitor: &Visitor,
    import: &Import,
    rows: &Rows,
    now: Time,
) -> Result<(), Failure> {
    let study = import.study;
    for (id, guid, name) in &rows.coders {
        crate::store::add_coder(tx, *id, study, None, name, *guid).await?;
    }
    for code in &rows.codes {
        crate::store::add_code(tx, study, code, now).await?;
    }
    marks::add_passages(tx, &rows.passages, &rows.touched).await?;
    marks::add_codings(tx, &rows.codings).await?;
    for source in &rows.sources {
        store::count_source(tx, *source).await?;
    }
    keep(tx, rows, now).await?;
    crate::store::add_notes(tx, &rows.notes, now).await?;
    findings::bring_in_themes(
        tx,
        visitor,
        study,
        rows.themes.iter().map(|row| (row.guid, &row.theme)),
    )
    .await?;
    Ok(())
}

async fn keep(tx: &Tx, rows: &Rows, now: Time) -> Result<(), Fault> {
    for file in &rows.files {
        objects::add(tx, file, now).await?;
    }
    kept::store::add(tx, &rows.kept, &rows.refs).await
}
