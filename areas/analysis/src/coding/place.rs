//! The inside of an act of marking: where it happens, what it may touch, and how a [`Change`] is
//! carried out. No HTTP, no SQL.

use std::collections::{BTreeMap, HashMap, HashSet};

use ::store::{Fault, Tx};
use base::{Id, Uuid};
use frame::Failure;
use people::{Act, Visitor};
use voices::{Block, Source};

use super::acts::{Done, coder};
use super::change::{Change, Deed};
use super::{BLOCKS_MAX, CODES_AT_ONCE, Coder, Coding, NOTE_MAX, Note, Passage, store as rows};
use crate::anchor::Anchor;
use crate::codebook::Code;
use crate::{codes, store as book};

/// Where an act happens, as it is inside the act.
pub(super) struct Place<'a> {
    pub(super) tx: &'a Tx,
    pub(super) visitor: &'a Visitor,
    pub(super) source: Source,
    pub(super) coder: Id<Coder>,
}

impl<'a> Place<'a> {
    pub(super) async fn enter(
        tx: &'a Tx,
        visitor: &'a Visitor,
        source: Id<Source>,
    ) -> Result<Self, Failure> {
        let source = voices::source(tx, source).await?.ok_or(Failure::NotFound)?;
        visitor.enter(tx, Act::Change, source.clone()).await?;
        let coder = coder(tx, visitor, source.study).await?;
        Ok(Self {
            tx,
            visitor,
            source,
            coder,
        })
    }

    /// At the source of a passage.
    pub(super) async fn of(
        tx: &'a Tx,
        visitor: &'a Visitor,
        id: Id<Passage>,
    ) -> Result<(Self, Passage), Failure> {
        let passage = rows::passage_by_id(tx, id)
            .await?
            .ok_or(Failure::NotFound)?;
        Ok((Self::enter(tx, visitor, passage.source).await?, passage))
    }

    pub(super) fn fresh<K>(&self) -> Id<K> {
        let hub = self.visitor.hub();
        hub.chance().id(hub.now())
    }

    pub(super) fn coding(&self, passage: Id<Passage>, code: Id<Code>) -> Coding {
        Coding {
            id: self.fresh(),
            passage,
            code,
            coder: self.coder,
            guid: self.fresh::<Coding>().uuid(),
            made_at: self.visitor.hub().now(),
        }
    }

    pub(super) fn note(&self, passage: Id<Passage>, text: &str) -> Note {
        Note {
            id: self.fresh(),
            study: self.source.study,
            about_kind: "passage".into(),
            about: passage.uuid(),
            text: text.to_owned(),
            author: self.coder,
            author_name: String::new(),
            made_at: self.visitor.hub().now(),
        }
    }

    /// Has this person written just this already? Then it came twice, over a line that broke.
    pub(super) fn has_noted(&self, notes: &[Note], passage: Id<Passage>, text: &str) -> bool {
        notes.iter().any(|note| {
            note.about == passage.uuid() && note.author == self.coder && note.text == text
        })
    }

    /// The blocks that each anchor touches; refuses borders that are not in this source's text.
    pub(super) async fn blocks(
        &self,
        anchors: &[Anchor],
    ) -> Result<HashMap<Anchor, Vec<Id<Block>>>, Failure> {
        if anchors.is_empty() {
            return Ok(HashMap::new());
        }
        let wrong = || Failure::bad("AN0002", "analysis-wrong-borders");
        let mut ends: Vec<Id<Block>> = anchors
            .iter()
            .flat_map(|anchor| [anchor.from.block, anchor.to.block])
            .collect();
        ends.sort_unstable();
        ends.dedup();
        let ends: HashMap<Id<Block>, Block> = voices::blocks_by_id(self.tx, &ends)
            .await?
            .into_iter()
            .filter(|block| block.source == self.source.id)
            .map(|block| (block.id, block))
            .collect();
        let mut touched: HashMap<Anchor, Vec<Id<Block>>> = HashMap::new();
        let mut long: Vec<(Anchor, i64, i64)> = Vec::new();
        for anchor in anchors {
            let from = ends.get(&anchor.from.block).ok_or_else(wrong)?;
            let to = ends.get(&anchor.to.block).ok_or_else(wrong)?;
            let fits =
                |block: &Block, at: usize| i64::try_from(at).is_ok_and(|at| at <= block.chars);
            let in_order = (from.place, anchor.from.at) < (to.place, anchor.to.at);
            // From the end of one block to the beginning of the next: nothing between.
            let holds_nothing = to.place - from.place == 1
                && anchor.to.at == 0
                && i64::try_from(anchor.from.at).is_ok_and(|at| at >= from.chars);
            if !in_order || holds_nothing || !fits(from, anchor.from.at) || !fits(to, anchor.to.at)
            {
                return Err(wrong());
            }
            match to.place - from.place {
                0 => drop(touched.insert(*anchor, vec![from.id])),
                1 => drop(touched.insert(*anchor, vec![from.id, to.id])),
                apart if usize::try_from(apart).map_or(true, |n| n >= BLOCKS_MAX) => {
                    return Err(Failure::bad("AN0003", "analysis-too-long"));
                }
                _ => long.push((*anchor, from.place, to.place)),
            }
        }
        let ranges: Vec<(i64, i64)> = long.iter().map(|(_, from, to)| (*from, *to)).collect();
        let between = match ranges.is_empty() {
            true => Vec::new(),
            false => voices::blocks_in(self.tx, self.source.id, &ranges).await?,
        };
        for (anchor, from, to) in long {
            let own = between
                .iter()
                .filter(|block| from <= block.place && block.place <= to)
                .map(|block| block.id);
            touched.insert(anchor, own.collect());
        }
        Ok(touched)
    }

    /// Carries changes out and records them as one act, unless they change nothing.
    pub(super) async fn settle(
        &self,
        changes: Vec<Change>,
        kind: &str,
        undoes: Option<i64>,
    ) -> Result<Done, Failure> {
        let passage = changes
            .first()
            .map_or(Id::from(Uuid::nil()), |change| change.passage);
        let known: Vec<Id<Passage>> = changes
            .iter()
            .filter(|change| change.made.is_none())
            .map(|change| change.passage)
            .collect();
        let mut blocks: HashSet<Id<Block>> = rows::touched(self.tx, &known)
            .await?
            .into_iter()
            .map(|(_, block)| block)
            .collect();
        let changes: Vec<Change> = changes
            .into_iter()
            .filter(|change| !change.is_nothing())
            .collect();
        let mut seq = None;
        if !changes.is_empty() {
            blocks.extend(self.carry_out(&changes).await?);
            let deed = Deed {
                source: self.source.id,
                changes,
            };
            let payload = serde_json::to_value(&deed).map_err(Fault::from)?;
            let study = self.source.study;
            seq = Some(voices::record(self.tx, self.visitor, study, kind, &payload, undoes).await?);
        }
        let mut blocks: Vec<_> = blocks.into_iter().collect();
        blocks.sort();
        Ok(Done {
            passage,
            seq,
            blocks,
            new_codes: Vec::new(),
        })
    }

    /// Gives the blocks that the passages touch now and perhaps did not before. As many questions
    /// to the database for many changes as for one, but for borders that move and notes that are
    /// written anew: an act has one of those.
    async fn carry_out(&self, changes: &[Change]) -> Result<Vec<Id<Block>>, Failure> {
        let tx = self.tx;
        let made: Vec<Passage> = changes.iter().filter_map(|change| change.made).collect();
        let moved: Vec<(Id<Passage>, Anchor)> = changes
            .iter()
            .filter_map(|change| Some((change.passage, change.moved?.1)))
            .collect();
        let anchors: Vec<Anchor> = made
            .iter()
            .filter_map(|passage| passage.anchor)
            .chain(moved.iter().map(|(_, anchor)| *anchor))
            .collect();
        let blocks = self.blocks(&anchors).await?;
        let of = |anchor: &Anchor| blocks.get(anchor).map_or(&[][..], Vec::as_slice);
        let touched: Vec<(Id<Block>, Id<Passage>)> = made
            .iter()
            .filter_map(|passage| Some((passage.id, passage.anchor?)))
            .flat_map(|(id, anchor)| of(&anchor).iter().map(move |block| (*block, id)))
            .collect();
        rows::add_passages(tx, &made, &touched).await?;
        for (id, anchor) in &moved {
            rows::set_anchor(tx, *id, anchor).await?;
            rows::set_blocks(tx, *id, of(anchor)).await?;
        }
        let added: Vec<Coding> = all(changes, |change| &change.added).copied().collect();
        let removed: Vec<Id<Coding>> = all(changes, |change| &change.removed)
            .map(|coding| coding.id)
            .collect();
        let mut counts: BTreeMap<Id<Code>, i64> = BTreeMap::new();
        for code in rows::add_codings(tx, &added).await? {
            *counts.entry(code).or_default() += 1;
        }
        for code in rows::remove_codings(tx, &removed).await? {
            *counts.entry(code).or_default() -= 1;
        }
        let counts: Vec<(Id<Code>, i64)> = counts.into_iter().filter(|(_, n)| *n != 0).collect();
        book::count_up(tx, self.source.id, &counts).await?;
        let written: Vec<Note> = all(changes, |change| &change.notes_added)
            .cloned()
            .collect();
        let gone: Vec<Id<Note>> = all(changes, |change| &change.notes_removed)
            .map(|note| note.id)
            .collect();
        book::add_notes(tx, &written, self.visitor.hub().now()).await?;
        book::remove_notes(tx, &gone).await?;
        for (id, _, after) in changes
            .iter()
            .filter_map(|change| change.note_changed.as_ref())
        {
            book::set_note(tx, *id, after, self.visitor.hub().now()).await?;
        }
        let dropped: Vec<Id<Passage>> = changes
            .iter()
            .filter(|change| change.dropped.is_some())
            .map(|change| change.passage)
            .collect();
        rows::remove_idle(tx, &dropped).await?;
        Ok(blocks.into_values().flatten().collect())
    }

    /// The codes among these, each once, which must all be of the study and fit to mark with.
    pub(super) async fn usable(&self, wanted: &[Id<Code>]) -> Result<Vec<Id<Code>>, Failure> {
        let mut wanted = wanted.to_vec();
        wanted.sort();
        wanted.dedup();
        let known = rows::usable_codes(self.tx, self.source.study, &wanted).await?;
        if known.len() != wanted.len() {
            return Err(Failure::bad("AN0004", "analysis-wrong-code"));
        }
        Ok(wanted)
    }

    /// The codes with these names, made where there are none.
    pub(super) async fn new_codes(&self, names: &[String]) -> Result<Vec<Code>, Failure> {
        if names.len() > CODES_AT_ONCE {
            return Err(too_many_codes());
        }
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let (tx, study) = (self.tx, self.source.study);
        let mut all = book::codes(tx, study).await?;
        let mut made = Vec::new();
        for name in names {
            let new = codes::NewCode::named(name);
            let (code, is_new) = codes::find_or_add(tx, self.visitor, study, &mut all, new).await?;
            if is_new || !made.contains(&code) {
                made.push(code);
            }
        }
        Ok(made)
    }
}

/// One list of each change, after one another.
fn all<'a, T: 'a>(
    changes: &'a [Change],
    list: impl Fn(&'a Change) -> &'a Vec<T>,
) -> impl Iterator<Item = &'a T> {
    changes.iter().flat_map(list)
}

pub(super) fn too_many_codes() -> Failure {
    Failure::bad("AN0005", "analysis-too-many-codes")
}

/// A note as it may be stored.
pub(super) fn checked_note(text: &str) -> Result<String, Failure> {
    let text = text
        .replace("\r\n", "\n")
        .replace('\0', "")
        .trim()
        .to_owned();
    if text.chars().count() > NOTE_MAX {
        return Err(Failure::bad("AN0007", "analysis-note-too-long"));
    }
    Ok(text)
}
