//! What is done with marks: each act opens its door, makes a [`Change`], carries it out, and
//! records it so that it can be taken back.

use std::collections::HashSet;

use ::store::{Fault, Tx};
use base::Id;
use frame::Failure;
use people::Visitor;
use voices::{Block, Source, Study};

use super::change::Change;
use super::place::{Place, checked_note};
use super::{Coder, Coding, Note, Passage, store as rows};
use crate::anchor::Anchor;
use crate::codebook::Code;
use crate::store as book;

/// The kinds of commands that undo takes back; keys of the texts of the history.
pub const UNDOABLE: [&str; 5] = [
    "analysis-did-mark",
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
    /// The passage.
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
    let place = Place::enter(tx, visitor, source).await?;
    let note = checked_note(&new.note)?;
    if new.codes.is_empty() && new.new_codes.is_empty() && note.is_empty() {
        return Err(Failure::bad("AN0001", "analysis-no-code"));
    }
    let mut wanted = place.usable(&new.codes).await?;
    let new_codes = place.new_codes(&new.new_codes).await?;
    wanted.extend(
        new_codes
            .iter()
            .map(|code| code.id)
            .filter(|id| !new.codes.contains(id)),
    );
    let shared = rows::passage_at(tx, &new.anchor)
        .await?
        .filter(|passage| passage.source == source);
    let passage = shared.unwrap_or_else(|| Passage {
        id: place.fresh(),
        study: place.source.study,
        source,
        anchor: Some(new.anchor),
        raw: None,
        guid: place.fresh::<Passage>().uuid(),
        quote_number: None,
        made_by: place.coder,
        made_at: visitor.hub().now(),
    });
    let before = match shared {
        Some(_) => rows::codings_of(tx, &[passage.id]).await?,
        None => Vec::new(),
    };
    let mine = |code: Id<Code>| {
        before
            .iter()
            .any(|(coding, _)| coding.code == code && coding.coder == place.coder)
    };
    let mut change = Change::of(&place.source, passage.id);
    change.made = shared.is_none().then_some(passage);
    change.added = wanted
        .into_iter()
        .filter(|code| !mine(*code))
        .map(|code| place.coding(passage.id, code))
        .collect();
    if !note.is_empty() {
        change.notes_added.push(place.note(passage.id, &note));
    }
    let mut done = place.settle(change, "analysis-did-mark").await?;
    done.new_codes = new_codes;
    Ok(done)
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
    let mut wanted = place.usable(add).await?;
    let made = place.new_codes(new_codes).await?;
    wanted.extend(
        made.iter()
            .map(|code| code.id)
            .filter(|id| !add.contains(id)),
    );
    let before: Vec<Coding> = rows::codings_of(tx, &[id])
        .await?
        .into_iter()
        .map(|(coding, _)| coding)
        .collect();
    let mine = |code: Id<Code>| {
        before
            .iter()
            .any(|coding| coding.code == code && coding.coder == place.coder)
    };
    let mut change = Change::of(&place.source, id);
    change.added = wanted
        .into_iter()
        .filter(|code| !mine(*code))
        .map(|code| place.coding(id, code))
        .collect();
    change.removed = before
        .iter()
        .filter(|coding| {
            remove.contains(&coding.code) && (coding.coder == place.coder || !mine(coding.code))
        })
        .copied()
        .collect();
    let left = before.len() + change.added.len() - change.removed.len();
    if left == 0 && !change.removed.is_empty() {
        change.dropped = Some(passage);
    }
    let mut done = place.settle(change, "analysis-did-recode").await?;
    done.new_codes = made;
    Ok(done)
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
    place.settle(change, "analysis-did-move").await
}

/// Takes a mark away, with its codings and notes.
///
/// # Errors
/// [`Failure::NotFound`]; `AN0009` when a finding rests on the passage.
pub async fn unmark(tx: &Tx, visitor: &Visitor, id: Id<Passage>) -> Result<Done, Failure> {
    let (place, passage) = Place::of(tx, visitor, id).await?;
    if rows::findings_on(tx, id).await? > 0 {
        return Err(Failure::conflict("AN0009", "analysis-used-in-finding"));
    }
    let mut change = Change::of(&place.source, id);
    change.removed = rows::codings_of(tx, &[id])
        .await?
        .into_iter()
        .map(|(coding, _)| coding)
        .collect();
    change.notes_removed = book::notes(tx, "passage", &[id.uuid()]).await?;
    change.dropped = Some(passage);
    place.settle(change, "analysis-did-unmark").await
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
        None => change.notes_added.push(place.note(id, &text)),
    }
    place.settle(change, "analysis-did-note").await
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
    let last = commands
        .into_iter()
        .find(|command| UNDOABLE.contains(&command.kind.as_str()) && !undone.contains(&command.seq))
        .ok_or_else(nothing)?;
    let change: Change = serde_json::from_value(last.payload).map_err(|_| nothing())?;
    let place = Place::enter(tx, visitor, change.source).await?;
    let mut change = change.inverse();
    let there = rows::passage_by_id(tx, change.passage).await?;
    if let Some(passage) = there {
        // Somebody else's mark or note has kept it, or it only lost its last code.
        change.made = None;
        let takes = !change.removed.is_empty() || !change.notes_removed.is_empty();
        change.dropped = change.dropped.or(takes.then_some(passage));
    } else if change.made.is_none() {
        return Err(nothing());
    }
    if change.writes_borders() && change.revision != place.source.revision {
        return Err(Failure::conflict("AN0006", "analysis-text-changed"));
    }
    let known: Vec<Id<Code>> = change.added.iter().map(|coding| coding.code).collect();
    let known = rows::usable_codes(tx, study, &known).await?;
    change.added.retain(|coding| known.contains(&coding.code));
    place.finish(change, UNDO, Some(last.seq)).await
}

#[cfg(test)]
mod tests {
    use ::store::testing::each_engine;

    use super::*;
    use crate::anchor::Point;
    use crate::codes;
    use crate::coding::testing::World;

    fn code_of(failure: Failure) -> String {
        match failure {
            Failure::Refused { code, .. } => code.to_owned(),
            Failure::NotFound => "not found".into(),
            other => format!("{other:?}"),
        }
    }

    async fn take_back(world: &World, visitor: &Visitor) -> Result<Done, Failure> {
        let (visitor, study) = (visitor.clone(), world.made.study.id);
        world
            .hub
            .store()
            .write(move |tx| Box::pin(async move { undo(tx, &visitor, study).await }))
            .await
    }

    #[tokio::test]
    async fn two_people_who_mark_the_same_words_share_the_passage_and_undo_their_own() {
        each_engine(async |store, clock| {
            let world = World::on(store, clock).await;
            let (met, rest) = (world.code("Å bli møtt").await, world.code("Ro").await);
            let anchor = world.anchor((1, 8), (1, 28));
            let first = world
                .mark(&world.kari, anchor, &[met.id, rest.id], "Tydelig")
                .await
                .unwrap();
            assert_eq!(world.words(first.passage).await, "🙂 godt å bli møtt. I");
            assert_eq!(first.blocks, [world.made.blocks[0][1]]);
            let ola = world.colleague();
            let second = world.mark(&ola, anchor, &[met.id], "").await.unwrap();
            assert_eq!(second.passage, first.passage);
            let again = world.mark(&ola, anchor, &[met.id], "").await.unwrap();
            assert_eq!(again.seq, None);
            let mut expected = vec![(met.id, 2), (rest.id, 1)];
            expected.sort();
            assert_eq!(world.counts().await, expected);

            take_back(&world, &world.kari).await.unwrap();
            assert_eq!(world.counts().await, [(met.id, 1)]);
            assert!(world.passage(first.passage).await.is_some());
            take_back(&world, &ola).await.unwrap();
            assert_eq!(world.counts().await, []);
            assert_eq!(world.passage(first.passage).await, None);
            assert_eq!(
                code_of(take_back(&world, &ola).await.unwrap_err()),
                "AN0010"
            );
            assert_eq!(world.faults().await, Vec::<String>::new());
        })
        .await;
    }

    #[tokio::test]
    async fn what_cannot_be_marked_changes_nothing() {
        each_engine(async |store, clock| {
            let world = World::on(store, clock).await;
            let met = world.code("Å bli møtt").await;
            let other = voices::testing::a_study(&world.hub)
                .titled("En annen")
                .with_source("B", &["a b c"])
                .make();
            let other = other.await.unwrap();
            let foreign = Point {
                block: other.blocks[0][0],
                at: 0,
            };
            let fine = world.anchor((1, 0), (1, 3));
            let cases = [
                (
                    Anchor {
                        from: foreign,
                        to: fine.to,
                    },
                    vec![met.id],
                    "AN0002",
                ),
                (world.anchor((1, 3), (1, 0)), vec![met.id], "AN0002"),
                (world.anchor((2, 0), (1, 3)), vec![met.id], "AN0002"),
                (world.anchor((1, 3), (1, 3)), vec![met.id], "AN0002"),
                (world.anchor((3, 0), (3, 4)), vec![met.id], "AN0002"),
                (fine, vec![Id::from(base::Uuid::from_u128(5))], "AN0004"),
                (fine, vec![], "AN0001"),
            ];
            for (anchor, codes, expected) in cases {
                let failure = world
                    .mark(&world.kari, anchor, &codes, "")
                    .await
                    .unwrap_err();
                assert_eq!(code_of(failure), expected, "{anchor:?}");
            }
            let stranger = crate::coding::testing::member(7, "Ukjent", other.study.id.uuid());
            let stranger = Visitor::new(&world.hub, std::sync::Arc::new(stranger));
            let failure = world
                .mark(&stranger, fine, &[met.id], "")
                .await
                .unwrap_err();
            assert_eq!(code_of(failure), "not found");
            assert_eq!(world.counts().await, []);
        })
        .await;
    }

    #[tokio::test]
    async fn marks_stay_on_their_words_when_the_text_is_corrected_split_and_joined() {
        each_engine(async |store, clock| {
            let world = World::on(store, clock).await;
            let met = world.code("Å bli møtt").await;
            let long = world
                .mark(&world.kari, world.anchor((1, 8), (2, 7)), &[met.id], "")
                .await
                .unwrap()
                .passage;
            let short = world
                .mark(&world.kari, world.anchor((1, 10), (1, 14)), &[met.id], "")
                .await
                .unwrap()
                .passage;
            assert_eq!(
                world.words(long).await,
                "🙂 godt å bli møtt. Ingen maste.\nSå gikk"
            );
            assert_eq!(world.words(short).await, "godt");
            let (visitor, source, block) = (
                world.kari.clone(),
                world.made.sources[0],
                world.made.blocks[0][1],
            );
            world
                .hub
                .store()
                .write(move |tx| {
                    Box::pin(async move {
                        let source = voices::source(tx, source).await?.ok_or(Failure::NotFound)?;
                        let now = |block| async move {
                            let found = voices::blocks_by_id(tx, &[block])
                                .await?
                                .pop()
                                .ok_or(Failure::NotFound)?;
                            Ok::<_, Failure>(voices::block_digest(&found))
                        };
                        let text = "Nei, det var 🙂 veldig godt å bli møtt. Ingen maste.";
                        voices::correct(tx, &visitor, &source, block, &now(block).await?, text)
                            .await?;
                        let at = text.chars().take_while(|letter| *letter != 'v').count() + 13;
                        let new =
                            voices::split(tx, &visitor, &source, block, &now(block).await?, at)
                                .await?;
                        voices::join(tx, &visitor, &source, new, &now(new).await?).await?;
                        Ok::<_, Failure>(())
                    })
                })
                .await
                .unwrap();
            assert_eq!(world.words(short).await, "godt");
            assert_eq!(
                world.words(long).await,
                "🙂 veldig godt å bli møtt. Ingen maste.\nSå gikk"
            );
            assert_eq!(world.faults().await, Vec::<String>::new());
            assert_eq!(
                code_of(
                    take_back(&world, &world.kari)
                        .await
                        .map(|_| ())
                        .err()
                        .unwrap_or(Failure::NotFound)
                ),
                "not found"
            );
            assert_eq!(world.passage(short).await, None);
        })
        .await;
    }

    #[tokio::test]
    async fn borders_codes_and_notes_change_and_come_back() {
        each_engine(async |store, clock| {
            let world = World::on(store, clock).await;
            let (met, rest) = (world.code("Å bli møtt").await, world.code("Ro").await);
            let before = world.anchor((1, 11), (1, 15));
            let id = world
                .mark(&world.kari, before, &[met.id], "Et notat")
                .await
                .unwrap()
                .passage;
            let (visitor, to, store) = (
                world.kari.clone(),
                world.anchor((1, 11), (2, 2)),
                world.hub.store(),
            );
            let done = store
                .write(move |tx| Box::pin(async move { move_borders(tx, &visitor, id, to).await }))
                .await
                .unwrap();
            assert_eq!(done.blocks.len(), 2);
            let (visitor, code) = (world.kari.clone(), rest.id);
            store
                .write(move |tx| {
                    Box::pin(
                        async move { recode(tx, &visitor, id, &[code], &["Ny".into()], &[]).await },
                    )
                })
                .await
                .unwrap();
            assert_eq!(world.counts().await.len(), 3);
            let visitor = world.kari.clone();
            store
                .write(move |tx| Box::pin(async move { unmark(tx, &visitor, id).await }))
                .await
                .unwrap();
            assert_eq!(
                (world.passage(id).await, world.counts().await),
                (None, vec![])
            );

            take_back(&world, &world.kari).await.unwrap();
            assert_eq!(world.counts().await.len(), 3);
            let notes = book::notes(&store.read(), "passage", &[id.uuid()])
                .await
                .unwrap();
            assert_eq!(
                notes
                    .iter()
                    .map(|note| note.text.as_str())
                    .collect::<Vec<_>>(),
                ["Et notat"]
            );
            take_back(&world, &world.kari).await.unwrap();
            take_back(&world, &world.kari).await.unwrap();
            assert_eq!(world.passage(id).await.unwrap().anchor, Some(before));
            assert_eq!(world.faults().await, Vec::<String>::new());
        })
        .await;
    }

    #[tokio::test]
    async fn codes_merge_and_go_with_what_hangs_on_them() {
        each_engine(async |store, clock| {
            let world = World::on(store, clock).await;
            let (a, b) = (world.code("A").await, world.code("B").await);
            let both = world
                .mark(&world.kari, world.anchor((1, 0), (1, 3)), &[a.id, b.id], "")
                .await
                .unwrap()
                .passage;
            world
                .mark(&world.kari, world.anchor((2, 0), (2, 2)), &[a.id], "")
                .await
                .unwrap();
            let (visitor, study) = (world.kari.clone(), world.made.study.id);
            let (from, into) = (a.id, b.id);
            let db = world.hub.store();
            db.write(move |tx| {
                Box::pin(async move { codes::merge(tx, &visitor, study, from, into).await })
            })
            .await
            .unwrap();
            assert_eq!(world.counts().await, [(b.id, 2)]);
            let visitor = world.kari.clone();
            let refused = db
                .write(move |tx| {
                    Box::pin(async move { codes::remove(tx, &visitor, study, into, false).await })
                })
                .await;
            assert_eq!(code_of(refused.unwrap_err()), "AN0014");
            let visitor = world.kari.clone();
            db.write(move |tx| {
                Box::pin(async move { codes::remove(tx, &visitor, study, into, true).await })
            })
            .await
            .unwrap();
            assert_eq!(
                (world.passage(both).await, world.counts().await),
                (None, vec![])
            );
            assert_eq!(world.faults().await, Vec::<String>::new());
        })
        .await;
    }
}
