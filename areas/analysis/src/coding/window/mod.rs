//! What a window of a source shows: its blocks with their marks. Work grows with the window, not
//! with the source.

mod store;

use std::collections::HashMap;

use ::store::{Conn, Fault};
use base::Id;
use serde::Serialize;
use voices::Block;

use self::store::{self as rows, Touch};
use super::{Coder, Passage};
use crate::codebook::Code;

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

/// Blocks with their marks: four questions to the database, however many marks there are.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn marked(db: &Conn, blocks: Vec<Block>) -> Result<Vec<MarkedBlock>, Fault> {
    let ids: Vec<Id<Block>> = blocks.iter().map(|block| block.id).collect();
    let notes: HashMap<Id<Passage>, i64> =
        rows::note_counts_in(db, &ids).await?.into_iter().collect();
    let codings = rows::codings_in(db, &ids).await?;
    let mut coders: Vec<Id<Coder>> = codings.iter().map(|(_, _, coder)| *coder).collect();
    coders.sort_unstable();
    coders.dedup();
    let names: HashMap<Id<Coder>, String> =
        rows::coder_names(db, &coders).await?.into_iter().collect();
    let mut codes: HashMap<Id<Passage>, Vec<MarkCode>> = HashMap::new();
    for (passage, code, coder) in codings {
        let name = names.get(&coder).cloned().unwrap_or_default();
        let of_passage = codes.entry(passage).or_default();
        match of_passage.iter_mut().find(|mark| mark.code == code) {
            Some(mark) => mark.coders.push(name),
            None => of_passage.push(MarkCode {
                code,
                coders: vec![name],
            }),
        }
    }
    let mut by_block: HashMap<Id<Block>, Vec<Touch>> = HashMap::new();
    for touch in rows::passages_in(db, &ids).await? {
        by_block.entry(touch.block).or_default().push(touch);
    }
    Ok(blocks
        .into_iter()
        .map(|block| {
            let touches = by_block.remove(&block.id).unwrap_or_default();
            let chars = usize::try_from(block.chars).unwrap_or_default();
            let marks = touches
                .into_iter()
                .map(|touch| mark(chars, &touch, &codes, &notes))
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
    chars: usize,
    touch: &Touch,
    codes: &HashMap<Id<Passage>, Vec<MarkCode>>,
    notes: &HashMap<Id<Passage>, i64>,
) -> Mark {
    let from = touch.begins_at.map_or(0, |at| at.min(chars));
    let to = touch.ends_at.map_or(chars, |at| at.min(chars)).max(from);
    Mark {
        passage: touch.passage,
        from,
        to,
        begins: touch.begins_at.is_some(),
        ends: touch.ends_at.is_some(),
        empty: touch.begins_at.is_some() && touch.begins_at == touch.ends_at,
        codes: codes.get(&touch.passage).cloned().unwrap_or_default(),
        notes: notes.get(&touch.passage).copied().unwrap_or(0),
        quote: touch.quote,
    }
}

#[cfg(test)]
mod tests {
    use ::store::testing::each_engine;
    use ::store::{Engine, each};

    use super::*;
    use crate::coding::NewMark;
    use crate::coding::several::mark_all;
    use crate::coding::testing::World;

    /// The steps by which the database would answer, where it has many rows.
    async fn plan(store: &::store::Store, sql: String, blocks: Vec<Id<Block>>) -> Vec<String> {
        let engine = store.engine();
        store
            .write(move |tx| {
                Box::pin(async move {
                    let (explain, column) = match engine {
                        Engine::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
                        Engine::Postgres => {
                            // A table of a few rows is read whole; of many, only without an index.
                            tx.exec("SET LOCAL enable_seqscan = off", vec![]).await?;
                            ("EXPLAIN", "QUERY PLAN")
                        }
                    };
                    let rows = tx.all(&format!("{explain} {sql}"), each(&blocks)).await?;
                    rows.iter().map(|row| row.text(column)).collect()
                })
            })
            .await
            .unwrap_or_else(|fault: Fault| panic!("{fault:?}"))
    }

    #[tokio::test]
    async fn a_window_reads_no_table_whole() {
        each_engine(async |store, clock| {
            let world = World::on(store, clock).await;
            let blocks = world.made.blocks[0].clone();
            for sql in rows::window_sql(blocks.len()) {
                let steps = plan(store, sql.clone(), blocks.clone()).await;
                assert!(!steps.is_empty());
                let whole: Vec<&String> = steps
                    .iter()
                    .filter(|step| {
                        step.contains("Seq Scan")
                            || ["passage", "passage_block", "coding", "coder", "note"]
                                .iter()
                                .any(|table| step.as_str() == format!("SCAN {table}"))
                    })
                    .collect();
                assert_eq!(whole, Vec::<&String>::new(), "{sql}\n{steps:#?}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_window_shows_its_own_marks_however_many_there_are() {
        each_engine(async |store, clock| {
            let world = World::on(store, clock).await;
            let code = world.code("Mye").await;
            let (visitor, source) = (world.kari.clone(), world.made.sources[0]);
            let marks: Vec<NewMark> = (0..10)
                .flat_map(|from| (from + 1..=17).map(move |to| (from, to)))
                .map(|(from, to)| NewMark {
                    anchor: world.anchor((2, from), (2, to)),
                    codes: vec![code.id],
                    new_codes: vec![],
                    note: String::new(),
                })
                .collect();
            let count = marks.len();
            store
                .write(move |tx| {
                    Box::pin(async move {
                        mark_all(tx, &visitor, source, &marks, "analysis-did-mark").await
                    })
                })
                .await
                .unwrap();
            world
                .mark(&world.kari, world.anchor((1, 0), (1, 3)), &[code.id], "")
                .await
                .unwrap();
            let db = store.read();
            let window = |from| {
                let db = &db;
                async move {
                    let blocks = voices::blocks(db, source, from, 1).await.unwrap();
                    marked(db, blocks).await.unwrap().remove(0).marks.len()
                }
            };
            assert_eq!((window(2).await, window(3).await), (1, count));
        })
        .await;
    }
}
