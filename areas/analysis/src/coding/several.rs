//! Several marks in one act, and so one step for undo: whole blocks and passages that somebody has
//! chosen, or marks that were made on paper.

use std::collections::{HashMap, HashSet};

use ::store::Tx;
use base::Id;
use frame::Failure;
use people::Visitor;
use voices::Source;

use super::acts::{Done, NewMark};
use super::change::Change;
use super::place::{Place, checked_note, too_many_codes};
use super::{CODES_AT_ONCE, Coding, MARKS_AT_ONCE, Passage, store as rows};
use crate::anchor::Anchor;
use crate::codebook::{Code, folded};
use crate::store as book;

/// Marks several passages of a source, each with its codes and note. `kind` is the kind of the
/// command, one of [`super::acts::UNDOABLE`].
///
/// # Errors
/// As [`super::acts::mark`]; `AN0017` when there is nothing to mark, `AN0018` when it is too much
/// at once.
pub async fn mark_all(
    tx: &Tx,
    visitor: &Visitor,
    source: Id<Source>,
    marks: &[NewMark],
    kind: &str,
) -> Result<Done, Failure> {
    let place = Place::enter(tx, visitor, source).await?;
    within_limit(marks.len())?;
    let mut notes = Vec::with_capacity(marks.len());
    for new in marks {
        let note = checked_note(&new.note)?;
        if new.codes.is_empty() && new.new_codes.is_empty() && note.is_empty() {
            return Err(Failure::bad("AN0001", "analysis-no-code"));
        }
        if new.codes.len() > CODES_AT_ONCE {
            return Err(too_many_codes());
        }
        notes.push(note);
    }
    let codes: Vec<Id<Code>> = marks.iter().flat_map(|new| new.codes.clone()).collect();
    place.usable(&codes).await?;
    let new_codes = place.new_codes(&names(marks)).await?;
    let made: HashMap<String, Id<Code>> = new_codes
        .iter()
        .map(|code| (folded(&code.name), code.id))
        .collect();
    let anchors: Vec<Anchor> = marks.iter().map(|new| new.anchor).collect();
    let mut shared: HashMap<Anchor, Passage> = HashMap::new();
    for passage in rows::passages_from(tx, &anchors).await? {
        if let Some(anchor) = passage.anchor.filter(|_| passage.source == source) {
            shared.entry(anchor).or_insert(passage);
        }
    }
    let known: Vec<Id<Passage>> = anchors
        .iter()
        .filter_map(|anchor| Some(shared.get(anchor)?.id))
        .collect();
    let before = rows::codings_of(tx, &known).await?;
    let noted = match notes.iter().all(String::is_empty) {
        true => Vec::new(),
        false => {
            let known: Vec<_> = known.iter().map(|id| id.uuid()).collect();
            book::notes(tx, "passage", &known).await?
        }
    };
    let mine: HashSet<(Id<Passage>, Id<Code>)> = before
        .iter()
        .filter(|(coding, _)| coding.coder == place.coder)
        .map(|(coding, _)| (coding.passage, coding.code))
        .collect();
    let mut changes: Vec<Change> = Vec::with_capacity(marks.len());
    let mut at: HashMap<Anchor, usize> = HashMap::new();
    for (new, note) in marks.iter().zip(notes) {
        let n = *at.entry(new.anchor).or_insert_with(|| {
            changes.push(begun(&place, new.anchor, shared.get(&new.anchor)));
            changes.len() - 1
        });
        let Some(change) = changes.get_mut(n) else {
            continue;
        };
        let passage = change.passage;
        let wanted = new
            .new_codes
            .iter()
            .filter_map(|name| made.get(&folded(name)));
        for code in new.codes.iter().chain(wanted) {
            let given = mine.contains(&(passage, *code))
                || change.added.iter().any(|coding| coding.code == *code);
            if !given {
                change.added.push(place.coding(passage, *code));
            }
        }
        if !note.is_empty() && !place.has_noted(&noted, passage, &note) {
            change.notes_added.push(place.note(passage, &note));
        }
    }
    let mut done = place.settle(changes, kind, None).await?;
    done.new_codes = new_codes;
    Ok(done)
}

/// A change of the passage with these borders, which is made when nobody has marked them yet.
fn begun(place: &Place<'_>, anchor: Anchor, shared: Option<&Passage>) -> Change {
    let passage = shared.copied().unwrap_or_else(|| Passage {
        id: place.fresh(),
        study: place.source.study,
        source: place.source.id,
        anchor: Some(anchor),
        raw: None,
        guid: place.fresh::<Passage>().uuid(),
        quote_number: None,
        made_by: place.coder,
        made_at: place.visitor.hub().now(),
    });
    let mut change = Change::of(&place.source, passage.id);
    change.made = shared.is_none().then_some(passage);
    change
}

fn within_limit(count: usize) -> Result<(), Failure> {
    match count {
        0 => Err(Failure::bad("AN0017", "analysis-nothing-chosen")),
        n if n > MARKS_AT_ONCE => Err(Failure::bad("AN0018", "analysis-too-many-marks")),
        _ => Ok(()),
    }
}

/// The names of new codes, each once.
fn names(marks: &[NewMark]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in marks.iter().flat_map(|new| &new.new_codes) {
        if !names.iter().any(|known| folded(known) == folded(name)) {
            names.push(name.clone());
        }
    }
    names
}

/// Takes codes off several passages of a source; see [`super::acts::recode`].
///
/// # Errors
/// [`Failure::NotFound`] when one of them is not in the source; `AN0017`, `AN0018`.
pub async fn uncode_all(
    tx: &Tx,
    visitor: &Visitor,
    source: Id<Source>,
    passages: &[Id<Passage>],
    codes: &[Id<Code>],
) -> Result<Done, Failure> {
    let (place, passages) = these(tx, visitor, source, passages).await?;
    recoded(&place, &passages, &[], &[], codes).await
}

/// Takes several marks of a source away, with their codings and notes.
///
/// # Errors
/// As [`uncode_all`]; `AN0009` when a finding rests on one of them.
pub async fn unmark_all(
    tx: &Tx,
    visitor: &Visitor,
    source: Id<Source>,
    passages: &[Id<Passage>],
) -> Result<Done, Failure> {
    let (place, passages) = these(tx, visitor, source, passages).await?;
    unmarked(&place, &passages).await
}

async fn these<'a>(
    tx: &'a Tx,
    visitor: &'a Visitor,
    source: Id<Source>,
    ids: &[Id<Passage>],
) -> Result<(Place<'a>, Vec<Passage>), Failure> {
    let place = Place::enter(tx, visitor, source).await?;
    within_limit(ids.len())?;
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let passages = rows::passages_by_id(tx, &ids).await?;
    let all_here = passages.iter().all(|passage| passage.source == source);
    if passages.len() != ids.len() || !all_here {
        return Err(Failure::NotFound);
    }
    Ok((place, passages))
}

/// Gives passages codes and takes codes off them.
pub(super) async fn recoded(
    place: &Place<'_>,
    passages: &[Passage],
    add: &[Id<Code>],
    new_codes: &[String],
    remove: &[Id<Code>],
) -> Result<Done, Failure> {
    if add.len() > CODES_AT_ONCE {
        return Err(too_many_codes());
    }
    let mut wanted = place.usable(add).await?;
    let made = place.new_codes(new_codes).await?;
    wanted.extend(
        made.iter()
            .map(|code| code.id)
            .filter(|id| !add.contains(id)),
    );
    let before = codings_of(place, passages).await?;
    let changes = passages
        .iter()
        .map(|passage| {
            let before = before.get(&passage.id).map_or(&[][..], Vec::as_slice);
            let mine = |code: Id<Code>| {
                before
                    .iter()
                    .any(|coding| coding.code == code && coding.coder == place.coder)
            };
            let mut change = Change::of(&place.source, passage.id);
            change.added = wanted
                .iter()
                .filter(|code| !mine(**code))
                .map(|code| place.coding(passage.id, *code))
                .collect();
            change.removed = before
                .iter()
                .filter(|coding| {
                    remove.contains(&coding.code)
                        && (coding.coder == place.coder || !mine(coding.code))
                })
                .copied()
                .collect();
            let left = before.len() + change.added.len() - change.removed.len();
            if left == 0 && !change.removed.is_empty() {
                change.dropped = Some(*passage);
            }
            change
        })
        .collect();
    let mut done = place.settle(changes, "analysis-did-recode", None).await?;
    done.new_codes = made;
    Ok(done)
}

/// Takes passages away, with their codings and notes.
pub(super) async fn unmarked(place: &Place<'_>, passages: &[Passage]) -> Result<Done, Failure> {
    let ids: Vec<Id<Passage>> = passages.iter().map(|passage| passage.id).collect();
    if rows::findings_on(place.tx, &ids).await? > 0 {
        return Err(Failure::conflict("AN0009", "analysis-used-in-finding"));
    }
    let mut codings = codings_of(place, passages).await?;
    let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let notes = book::notes(place.tx, "passage", &uuids).await?;
    let changes = passages
        .iter()
        .map(|passage| {
            let mut change = Change::of(&place.source, passage.id);
            change.removed = codings.remove(&passage.id).unwrap_or_default();
            change.notes_removed = notes
                .iter()
                .filter(|note| note.about == passage.id.uuid())
                .cloned()
                .collect();
            change.dropped = Some(*passage);
            change
        })
        .collect();
    place.settle(changes, "analysis-did-unmark", None).await
}

async fn codings_of(
    place: &Place<'_>,
    passages: &[Passage],
) -> Result<HashMap<Id<Passage>, Vec<Coding>>, Failure> {
    let ids: Vec<Id<Passage>> = passages.iter().map(|passage| passage.id).collect();
    let mut of: HashMap<Id<Passage>, Vec<Coding>> = HashMap::new();
    for (coding, _) in rows::codings_of(place.tx, &ids).await? {
        of.entry(coding.passage).or_default().push(coding);
    }
    Ok(of)
}
