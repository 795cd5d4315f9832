//! The inside of an act of marking: where it happens, what it may touch, and how a [`Change`] is
//! carried out. No HTTP, no SQL.

use std::collections::HashSet;

use ::store::{Fault, Tx};
use base::Id;
use frame::Failure;
use people::{Act, Visitor};
use voices::{Block, Source};

use super::acts::{Done, coder};
use super::change::Change;
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

    /// The blocks an anchor touches; refuses borders that are not in this source's text.
    pub(super) async fn blocks(&self, anchor: &Anchor) -> Result<Vec<Id<Block>>, Failure> {
        let wrong = || Failure::bad("AN0002", "analysis-wrong-borders");
        let ends = voices::blocks_by_id(self.tx, &[anchor.from.block, anchor.to.block]).await?;
        let end = |id| {
            ends.iter()
                .find(|block| block.id == id && block.source == self.source.id)
        };
        let (from, to) = (
            end(anchor.from.block).ok_or_else(wrong)?,
            end(anchor.to.block).ok_or_else(wrong)?,
        );
        let fits = |block: &Block, at: usize| i64::try_from(at).is_ok_and(|at| at <= block.chars);
        let in_order = (from.place, anchor.from.at) < (to.place, anchor.to.at);
        // From the end of one block to the beginning of the next: nothing between.
        let holds_nothing = to.place - from.place == 1
            && anchor.to.at == 0
            && i64::try_from(anchor.from.at).is_ok_and(|at| at >= from.chars);
        if !in_order || holds_nothing || !fits(from, anchor.from.at) || !fits(to, anchor.to.at) {
            return Err(wrong());
        }
        if from.id == to.id {
            return Ok(vec![from.id]);
        }
        if usize::try_from(to.place - from.place).map_or(true, |n| n >= BLOCKS_MAX) {
            return Err(Failure::bad("AN0003", "analysis-too-long"));
        }
        let all = voices::blocks_between(self.tx, self.source.id, from.place, to.place).await?;
        Ok(all.into_iter().map(|block| block.id).collect())
    }

    pub(super) async fn finish(
        &self,
        change: Change,
        kind: &str,
        undoes: Option<i64>,
    ) -> Result<Done, Failure> {
        let mut touched: HashSet<Id<Block>> = HashSet::new();
        if change.made.is_none() {
            touched.extend(rows::blocks_of(self.tx, change.passage).await?);
        }
        touched.extend(self.carry_out(&change).await?);
        let mut blocks: Vec<_> = touched.into_iter().collect();
        blocks.sort();
        let passage = change.passage;
        let payload = serde_json::to_value(&change).map_err(Fault::from)?;
        let seq = voices::record(
            self.tx,
            self.visitor,
            self.source.study,
            kind,
            &payload,
            undoes,
        )
        .await?;
        Ok(Done {
            passage,
            seq: Some(seq),
            blocks,
            new_codes: Vec::new(),
        })
    }

    /// Gives the blocks that the passage touches now and did not before.
    pub(super) async fn carry_out(&self, change: &Change) -> Result<Vec<Id<Block>>, Failure> {
        let (tx, source) = (self.tx, change.source);
        let mut touched = Vec::new();
        if let Some(passage) = &change.made {
            let blocks = match &passage.anchor {
                Some(anchor) => self.blocks(anchor).await?,
                None => Vec::new(),
            };
            rows::add_passage(tx, passage).await?;
            rows::set_blocks(tx, passage.id, &blocks, true).await?;
            touched = blocks;
        }
        if let Some((_, after)) = &change.moved {
            let blocks = self.blocks(after).await?;
            rows::set_anchor(tx, change.passage, after).await?;
            rows::set_blocks(tx, change.passage, &blocks, false).await?;
            touched = blocks;
        }
        for coding in &change.added {
            if rows::add_coding(tx, coding).await? {
                book::count_up(tx, coding.code, source, 1).await?;
            }
        }
        for coding in &change.removed {
            if rows::remove_coding(tx, coding.id).await? {
                book::count_up(tx, coding.code, source, -1).await?;
            }
        }
        for note in &change.notes_added {
            book::add_note(tx, note, note.made_at).await?;
        }
        for note in &change.notes_removed {
            book::remove_note(tx, note.id).await?;
        }
        if let Some((id, _, after)) = &change.note_changed {
            book::set_note(tx, *id, after, self.visitor.hub().now()).await?;
        }
        if change.dropped.is_some() {
            rows::remove_if_idle(tx, change.passage).await?;
        }
        Ok(touched)
    }

    pub(super) async fn usable(&self, wanted: &[Id<Code>]) -> Result<Vec<Id<Code>>, Failure> {
        let mut wanted = wanted.to_vec();
        wanted.sort();
        wanted.dedup();
        if wanted.len() > CODES_AT_ONCE {
            return Err(Failure::bad("AN0005", "analysis-too-many-codes"));
        }
        let known = rows::usable_codes(self.tx, self.source.study, &wanted).await?;
        if known.len() != wanted.len() {
            return Err(Failure::bad("AN0004", "analysis-wrong-code"));
        }
        Ok(wanted)
    }

    pub(super) async fn new_codes(&self, names: &[String]) -> Result<Vec<Code>, Failure> {
        let mut made = Vec::new();
        for name in names.iter().take(CODES_AT_ONCE) {
            let new = codes::NewCode::named(name);
            let (code, is_new) =
                codes::find_or_add(self.tx, self.visitor, self.source.study, new).await?;
            if is_new || !made.contains(&code) {
                made.push(code);
            }
        }
        Ok(made)
    }
}

impl Place<'_> {
    /// Finishes a change unless it changes nothing.
    pub(super) async fn settle(&self, change: Change, kind: &str) -> Result<Done, Failure> {
        if change.is_nothing() {
            let blocks = rows::blocks_of(self.tx, change.passage).await?;
            return Ok(Done {
                passage: change.passage,
                seq: None,
                blocks,
                new_codes: Vec::new(),
            });
        }
        self.finish(change, kind, None).await
    }
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
