//! What is done with marks: each act opens its door, makes a [`Change`], carries it out, and
//! records it so that it can be taken back.

use std::collections::{HashMap, HashSet};

use ::store::{Fault, Tx};
use base::Id;
use frame::Failure;
use people::Visitor;
use voices::{Block, Source, Study};

use super::change::{Change, Deed};
use super::place::{Place, checked_note};
use super::several::{mark_all, recoded, unmarked};
use super::{Coder, Note, Passage, store as rows};
use crate::anchor::Anchor;
use crate::codebook::Code;
use crate::store as book;

/// The kinds of commands that undo takes back; keys of the texts of the history.
pub const UNDOABLE: [&str; 6] = [
    "analysis-did-mark",
    "analysis-did-type-in",
    "analysis-did-recode",
    "analysis-did-move",
    "analysis-did-unmark",
    "analysis-did-note",
];
/// The kind of a command that takes another back.
pub const UNDO: &str = "analysis-did-undo";

/// How far back undo looks among somebody's own commands.
const UNDO_DEPTH: i64 = 200;

/// What somebody wants to mark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMark {
    /// Where.
    pub anchor: Anchor,
    /// With which codes.
    pub codes: Vec<Id<Code>>,
    /// With codes that are made on the way, by name.
    pub new_codes: Vec<String>,
    /// A note, empty for none.
    pub note: String,
}

/// What an act did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// The passage; of several, the first.
    pub passage: Id<Passage>,
    /// The number of the command; `None` when nothing had to be done.
    pub seq: Option<i64>,
    /// The blocks whose marks may look different now.
    pub blocks: Vec<Id<Block>>,
    /// Codes that were made on the way.
    pub new_codes: Vec<Code>,
}

/// The visitor's coder in a study, made when they mark for the first time.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn coder(tx: &Tx, visitor: &Visitor, study: Id<Study>) -> Result<Id<Coder>, Fault> {
    let actor = visitor.actor();
    if let Some(known) = book::coder_of(tx, study, actor.account, &actor.name).await? {
        return Ok(known);
    }
    let hub = visitor.hub();
    let id = hub.chance().id(hub.now());
    let guid = hub.chance().uuid(hub.now());
    book::add_coder(tx, id, study, actor.account, &actor.name, guid).await?;
    Ok(id)
}

/// Marks a passage with codes, or notes something at it.
///
/// # Errors
/// [`Failure::NotFound`]; `AN0001` when there is neither code nor note, `AN0002` and `AN0003` when
/// the borders can't be used, `AN0004` and `AN0005` for the codes, `AN0007` for the note.
pub async fn mark(
    tx: &Tx,
    visitor: &Visitor,
    source: Id<Source>,
    new: &NewMark,
) -> Result<Done, Failure> {
    mark_all(
        tx,
        visitor,
        source,
        std::slice::from_ref(new),
        "analysis-did-mark",
    )
    .await
}

/// Gives a passage codes and takes codes off it. Of a code that several have marked it with, the
/// own coding goes; one that only others have made goes with theirs.
///
/// # Errors
/// As [`mark`].
pub async fn recode(
    tx: &Tx,
    visitor: &Visitor,
    id: Id<Passage>,
    add: &[Id<Code>],
    new_codes: &[String],
    remove: &[Id<Code>],
) -> Result<Done, Failure> {
    let (place, passage) = Place::of(tx, visitor, id).await?;
    recoded(&place, &[passage], add, new_codes, remove).await
}

/// Moves the borders of a passage, for all who have marked it.
///
/// # Errors
/// As [`mark`].
pub async fn move_borders(
    tx: &Tx,
    visitor: &Visitor,
    id: Id<Passage>,
    to: Anchor,
) -> Result<Done, Failure> {
    let (place, passage) = Place::of(tx, visitor, id).await?;
    let before = passage
        .anchor
        .ok_or_else(|| Failure::conflict("AN0008", "analysis-text-missing"))?;
    let mut change = Change::of(&place.source, id);
    change.moved = Some((before, to));
    place.settle(vec![change], "analysis-did-move", None).await
}

/// Takes a mark away, with its codings and notes.
///
/// # Errors
/// [`Failure::NotFound`]; `AN0009` when a finding rests on the passage.
pub async fn unmark(tx: &Tx, visitor: &Visitor, id: Id<Passage>) -> Result<Done, Failure> {
    let (place, passage) = Place::of(tx, visitor, id).await?;
    unmarked(&place, &[passage]).await
}

/// Writes a note at a passage: a new one, or another text for one that is there; an empty text
/// removes it.
///
/// # Errors
/// [`Failure::NotFound`]; `AN0007` when it is too long.
pub async fn annotate(
    tx: &Tx,
    visitor: &Visitor,
    id: Id<Passage>,
    note: Option<Id<Note>>,
    text: &str,
) -> Result<Done, Failure> {
    let (place, passage) = Place::of(tx, visitor, id).await?;
    let text = checked_note(text)?;
    let mut change = Change::of(&place.source, id);
    match note {
        Some(note) => {
            let known = book::note_by_id(tx, note)
                .await?
                .filter(|known| known.about == id.uuid());
            let known = known.ok_or(Failure::NotFound)?;
            if text.is_empty() {
                change.notes_removed.push(known);
                // Goes only when nothing else holds it.
                change.dropped = Some(passage);
            } else {
                change.note_changed = Some((note, known.text, text));
            }
        }
        None if text.is_empty() => {}
        None => {
            let noted = book::notes(tx, "passage", &[id.uuid()]).await?;
            if !place.has_noted(&noted, id, &text) {
                change.notes_added.push(place.note(id, &text));
            }
        }
    }
    place.settle(vec![change], "analysis-did-note", None).await
}

/// Takes back the visitor's own last act of marking that was not taken back yet.
///
/// # Errors
/// `AN0010` when there is none, `AN0006` when the text was changed since and borders in it can't
/// be restored.
pub async fn undo(tx: &Tx, visitor: &Visitor, study: Id<Study>) -> Result<Done, Failure> {
    let nothing = || Failure::conflict("AN0010", "analysis-nothing-to-undo");
    let account = visitor.actor().account.ok_or_else(nothing)?;
    let commands = voices::last_own_commands(tx, study, account, UNDO_DEPTH).await?;
    let undone: HashSet<i64> = commands
        .iter()
        .filter_map(|command| command.undoes)
        .collect();
    // What was said in a source that is gone can't be taken back: its words left the log.
    let (seq, deed) = commands
        .into_iter()
        .filter(|command| {
            UNDOABLE.contains(&command.kind.as_str()) && !undone.contains(&command.seq)
        })
        .find_map(|command| {
            let deed: Deed = serde_json::from_value(command.payload).ok()?;
            Some((command.seq, deed))
        })
        .ok_or_else(nothing)?;
    let place = Place::enter(tx, visitor, deed.source).await?;
    let ids: Vec<Id<Passage>> = deed.changes.iter().map(|change| change.passage).collect();
    let there: HashMap<Id<Passage>, Passage> = rows::passages_by_id(tx, &ids)
        .await?
        .into_iter()
        .map(|passage| (passage.id, passage))
        .collect();
    let mut changes = Vec::with_capacity(deed.changes.len());
    for change in deed.changes {
        let mut change = change.inverse();
        match there.get(&change.passage) {
            Some(passage) => {
                // Somebody else's mark or note has kept it, or it only lost its last code.
                change.made = None;
                let takes = !change.removed.is_empty() || !change.notes_removed.is_empty();
                change.dropped = change.dropped.or(takes.then_some(*passage));
            }
            // Of many, one that was taken away since has nothing left to take back.
            None if change.made.is_none() => continue,
            None => {}
        }
        if change.writes_borders() && change.revision != place.source.revision {
            return Err(Failure::conflict("AN0006", "analysis-text-changed"));
        }
        changes.push(change);
    }
    if changes.is_empty() {
        return Err(nothing());
    }
    let codes: HashSet<Id<Code>> = changes
        .iter()
        .flat_map(|change| change.added.iter().map(|coding| coding.code))
        .collect();
    let codes: Vec<Id<Code>> = codes.into_iter().collect();
    let codes: HashSet<Id<Code>> = rows::usable_codes(tx, study, &codes)
        .await?
        .into_iter()
        .collect();
    for change in &mut changes {
        change.added.retain(|coding| codes.contains(&coding.code));
    }
    place.settle(changes, UNDO, Some(seq)).await
}

#[cfg(test)]
mod tests;
