//! What a window of a source shows: its blocks with their marks. Work grows with the window, not
//! with the source.

use std::collections::HashMap;

use ::store::{Conn, Fault};
use base::Id;
use serde::Serialize;
use voices::Block;

use super::{Passage, store as rows};
use crate::codebook::Code;
use crate::segments::cut;

/// Blocks in a window at most.
pub const WINDOW_MAX: i64 = 100;
/// Blocks in a window.
pub const WINDOW: i64 = 50;

/// A code on a passage, and who gave it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MarkCode {
    /// The code.
    pub code: Id<Code>,
    /// The coders' names.
    pub coders: Vec<String>,
}

/// The part of a passage that lies in a block.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Mark {
    /// The passage.
    pub passage: Id<Passage>,
    /// Where its part in this block begins, in code points.
    pub from: usize,
    /// Where it ends, exclusive.
    pub to: usize,
    /// It begins in this block.
    pub begins: bool,
    /// It ends in this block.
    pub ends: bool,
    /// Its words are all gone.
    pub empty: bool,
    /// Its codes.
    pub codes: Vec<MarkCode>,
    /// How many notes it has.
    pub notes: i64,
    /// Its number as a quote.
    pub quote: Option<i64>,
}

/// A block with its marks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MarkedBlock {
    /// The block.
    pub id: Id<Block>,
    /// Its number in the source, from 1.
    pub place: i64,
    /// `turn`, `prose` or `heading`.
    pub kind: &'static str,
    /// Who speaks.
    pub speaker: Option<String>,
    /// On which side: `interviewer`, `user` …
    pub side: Option<&'static str>,
    /// The text.
    pub text: String,
    /// Its marks, first made first.
    pub marks: Vec<Mark>,
}

/// Blocks with their marks: three questions to the database, however many marks there are.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn marked(db: &Conn, blocks: Vec<Block>) -> Result<Vec<MarkedBlock>, Fault> {
    let ids: Vec<Id<Block>> = blocks.iter().map(|block| block.id).collect();
    let notes: HashMap<Id<Passage>, i64> =
        rows::note_counts_in(db, &ids).await?.into_iter().collect();
    let mut codes: HashMap<Id<Passage>, Vec<MarkCode>> = HashMap::new();
    for (coding, coder) in rows::codings_in(db, &ids).await? {
        let of_passage = codes.entry(coding.passage).or_default();
        match of_passage.iter_mut().find(|mark| mark.code == coding.code) {
            Some(mark) => mark.coders.push(coder),
            None => of_passage.push(MarkCode {
                code: coding.code,
                coders: vec![coder],
            }),
        }
    }
    let mut by_block: HashMap<Id<Block>, Vec<Passage>> = HashMap::new();
    for (block, passage) in rows::passages_in(db, &ids).await? {
        by_block.entry(block).or_default().push(passage);
    }
    Ok(blocks
        .into_iter()
        .map(|block| {
            let passages = by_block.remove(&block.id).unwrap_or_default();
            let marks = passages
                .into_iter()
                .filter_map(|passage| mark(&block, &passage, &codes, &notes))
                // A passage that is only a leftover of a quote says nothing here.
                .filter(|mark| !mark.codes.is_empty() || mark.notes > 0)
                .collect();
            MarkedBlock {
                id: block.id,
                place: block.place,
                kind: block.kind.word(),
                speaker: block.speaker_label,
                side: block.side.map(voices::Side::word),
                text: block.body,
                marks,
            }
        })
        .collect())
}

fn mark(
    block: &Block,
    passage: &Passage,
    codes: &HashMap<Id<Passage>, Vec<MarkCode>>,
    notes: &HashMap<Id<Passage>, i64>,
) -> Option<Mark> {
    let anchor = passage.anchor?;
    let chars = usize::try_from(block.chars).ok()?;
    let (from, to) = anchor.within(block.id, chars);
    Some(Mark {
        passage: passage.id,
        from,
        to,
        begins: anchor.from.block == block.id,
        ends: anchor.to.block == block.id,
        empty: anchor.is_empty(),
        codes: codes.get(&passage.id).cloned().unwrap_or_default(),
        notes: notes.get(&passage.id).copied().unwrap_or(0),
        quote: passage.quote_number,
    })
}

/// A passage's words, with who speaks where it begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Quote {
    /// The passage.
    pub passage: Passage,
    /// Its words; a line end between blocks.
    pub text: String,
    /// Some words before it in its first block.
    pub before: String,
    /// Some words after it in its last block.
    pub after: String,
    /// Who speaks at its beginning.
    pub speaker: Option<String>,
    /// On which side.
    #[serde(skip)]
    pub side: Option<voices::Side>,
    /// Number of the block it begins in; 0 when the text is missing.
    pub place: i64,
}

/// Code points shown before and after a quote.
pub const CONTEXT: usize = 120;
/// Middle blocks of a passage that are read for its words.
const MIDDLE: i64 = 60;

/// The words of some passages, in the order given. Passages within one or two blocks cost two
/// questions in all; each longer one costs one more.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn quotes(db: &Conn, passages: &[Passage]) -> Result<Vec<Quote>, Fault> {
    let mut ends: Vec<Id<Block>> = passages
        .iter()
        .filter_map(|passage| passage.anchor)
        .flat_map(|anchor| [anchor.from.block, anchor.to.block])
        .collect();
    ends.sort();
    ends.dedup();
    let blocks: HashMap<Id<Block>, Block> = match ends.is_empty() {
        true => HashMap::new(),
        false => voices::blocks_by_id(db, &ends)
            .await?
            .into_iter()
            .map(|block| (block.id, block))
            .collect(),
    };
    let mut quotes = Vec::with_capacity(passages.len());
    for passage in passages {
        let borders = passage.anchor.and_then(|anchor| {
            Some((
                anchor,
                blocks.get(&anchor.from.block)?,
                blocks.get(&anchor.to.block)?,
            ))
        });
        let Some((anchor, first, last)) = borders else {
            quotes.push(Quote {
                passage: *passage,
                text: String::new(),
                before: String::new(),
                after: String::new(),
                speaker: None,
                side: None,
                place: 0,
            });
            continue;
        };
        let middle = match last.place - first.place > 1 {
            true => {
                let end = (last.place - 1).min(first.place + MIDDLE);
                voices::blocks_between(db, passage.source, first.place + 1, end).await?
            }
            false => Vec::new(),
        };
        let mut parts: Vec<&str> = Vec::new();
        if first.id == last.id {
            parts.push(cut(&first.body, anchor.from.at, anchor.to.at));
        } else {
            parts.push(cut(&first.body, anchor.from.at, usize::MAX));
            parts.extend(middle.iter().map(|block| block.body.as_str()));
            parts.push(cut(&last.body, 0, anchor.to.at));
        }
        parts.retain(|part| !part.is_empty());
        quotes.push(Quote {
            passage: *passage,
            text: parts.join("\n"),
            before: cut(
                &first.body,
                anchor.from.at.saturating_sub(CONTEXT),
                anchor.from.at,
            )
            .to_owned(),
            after: cut(
                &last.body,
                anchor.to.at,
                anchor.to.at.saturating_add(CONTEXT),
            )
            .to_owned(),
            speaker: first.speaker_label.clone(),
            side: first.side,
            place: first.place,
        });
    }
    Ok(quotes)
}
