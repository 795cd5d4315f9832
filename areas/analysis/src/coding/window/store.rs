//! What a window reads of its marks.

use ::store::{Conn, Fault, Row, each, places};
use base::Id;
use voices::Block;

use crate::codebook::Code;
use crate::coding::{Coder, Passage};

/// What a window asks for its marks: passages, codings and counts of notes in `n` blocks. Each goes
/// by an index from the blocks on, so that it grows with the window and not with what is stored.
pub(super) fn window_sql(n: usize) -> [String; 3] {
    let blocks = places(1, n);
    [
        format!(
            "SELECT passage_block.block, passage.id, passage.quote_number, \
             CASE WHEN passage.from_block = passage_block.block THEN passage.from_at END AS begins_at, \
             CASE WHEN passage.to_block = passage_block.block THEN passage.to_at END AS ends_at \
             FROM passage_block JOIN passage ON passage.id = passage_block.passage \
             WHERE passage_block.block IN ({blocks}) ORDER BY passage.made_at, passage.id"
        ),
        format!(
            "SELECT coding.passage, coding.code, coding.coder FROM coding WHERE coding.passage IN \
             (SELECT passage FROM passage_block WHERE block IN ({blocks})) ORDER BY coding.made_at, coding.id"
        ),
        format!(
            "SELECT about, COUNT(*) AS n FROM note WHERE about_kind = 'passage' AND about IN \
             (SELECT passage FROM passage_block WHERE block IN ({blocks})) GROUP BY about"
        ),
    ]
}

/// What a window shows of a passage in one of its blocks.
pub struct Touch {
    /// The block.
    pub block: Id<Block>,
    /// The passage.
    pub passage: Id<Passage>,
    /// Where it begins, when it begins in this block.
    pub begins_at: Option<usize>,
    /// Where it ends, exclusive, when it ends in this block.
    pub ends_at: Option<usize>,
    /// Its number as a quote.
    pub quote: Option<i64>,
}

/// The passages that touch some blocks, first made first.
pub async fn passages_in(db: &Conn, blocks: &[Id<Block>]) -> Result<Vec<Touch>, Fault> {
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let [sql, _, _] = window_sql(blocks.len());
    let rows = db.all(&sql, each(blocks)).await?;
    let at = |row: &Row, column| -> Result<Option<usize>, Fault> {
        Ok(row.opt_int(column)?.and_then(|at| usize::try_from(at).ok()))
    };
    rows.iter()
        .map(|row| {
            Ok(Touch {
                block: row.id("block")?,
                passage: row.id("id")?,
                begins_at: at(row, "begins_at")?,
                ends_at: at(row, "ends_at")?,
                quote: row.opt_int("quote_number")?,
            })
        })
        .collect()
}

/// Passage, code and coder of the codings of the passages that touch some blocks, first made first.
pub async fn codings_in(
    db: &Conn,
    blocks: &[Id<Block>],
) -> Result<Vec<(Id<Passage>, Id<Code>, Id<Coder>)>, Fault> {
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let [_, sql, _] = window_sql(blocks.len());
    let rows = db.all(&sql, each(blocks)).await?;
    rows.iter()
        .map(|row| Ok((row.id("passage")?, row.id("code")?, row.id("coder")?)))
        .collect()
}

/// The names of some coders: of a window, so few.
pub async fn coder_names(
    db: &Conn,
    coders: &[Id<Coder>],
) -> Result<Vec<(Id<Coder>, String)>, Fault> {
    if coders.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id, name FROM coder WHERE id IN ({})",
        places(1, coders.len())
    );
    let rows = db.all(&sql, each(coders)).await?;
    rows.iter()
        .map(|row| Ok((row.id("id")?, row.text("name")?)))
        .collect()
}

/// How many notes the passages that touch some blocks have.
pub async fn note_counts_in(
    db: &Conn,
    blocks: &[Id<Block>],
) -> Result<Vec<(Id<Passage>, i64)>, Fault> {
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let [_, _, sql] = window_sql(blocks.len());
    let rows = db.all(&sql, each(blocks)).await?;
    rows.iter()
        .map(|row| Ok((row.id("about")?, row.int("n")?)))
        .collect()
}
