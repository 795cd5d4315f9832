//! SQL of passages and codings.

use ::store::{Conn, Fault, IntoValue, Row, Tx, Value, params};
use base::{Id, Uuid};
use voices::{Block, Source, Study};

use super::{Coder, Coding, Passage};
use crate::anchor::{Anchor, Point};
use crate::codebook::Code;
use crate::store::places;

pub(crate) const PASSAGE: &str = "passage.id, passage.study, passage.source, from_block, from_at, to_block, to_at, raw_from, raw_to, \
     passage.guid, quote_number, made_by, passage.made_at";

pub(crate) fn passage(row: &Row) -> Result<Passage, Fault> {
    let anchor = match (
        row.opt_id::<Block>("from_block")?,
        row.opt_id::<Block>("to_block")?,
    ) {
        (Some(from), Some(to)) => Some(Anchor {
            from: Point {
                block: from,
                at: row.size("from_at")?,
            },
            to: Point {
                block: to,
                at: row.size("to_at")?,
            },
        }),
        _ => None,
    };
    Ok(Passage {
        id: row.id("id")?,
        study: row.id("study")?,
        source: row.id("source")?,
        anchor,
        raw: row.opt_int("raw_from")?.zip(row.opt_int("raw_to")?),
        guid: row.uuid("guid")?,
        quote_number: row.opt_int("quote_number")?,
        made_by: row.id("made_by")?,
        made_at: row.time("made_at")?,
    })
}

pub(crate) fn coding(row: &Row) -> Result<Coding, Fault> {
    Ok(Coding {
        id: row.id("id")?,
        passage: row.id("passage")?,
        code: row.id("code")?,
        coder: row.id("coder")?,
        guid: row.uuid("guid")?,
        made_at: row.time("made_at")?,
    })
}

fn ids<K>(ids: &[Id<K>]) -> Vec<Value> {
    ids.iter().map(|id| id.into_value()).collect()
}

/// The study that a passage belongs to.
pub async fn study_of_passage(db: &Conn, id: Id<Passage>) -> Result<Option<Uuid>, Fault> {
    let row = db
        .one("SELECT study FROM passage WHERE id = $1", params![id])
        .await?;
    row.map(|row| row.uuid("study")).transpose()
}

/// A passage.
pub async fn passage_by_id(db: &Conn, id: Id<Passage>) -> Result<Option<Passage>, Fault> {
    let row = db
        .one(
            &format!("SELECT {PASSAGE} FROM passage WHERE id = $1"),
            params![id],
        )
        .await?;
    row.as_ref().map(passage).transpose()
}

/// Some passages, in no order.
pub async fn passages_by_id(db: &Conn, all: &[Id<Passage>]) -> Result<Vec<Passage>, Fault> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {PASSAGE} FROM passage WHERE id IN ({})",
        places(1, all.len())
    );
    db.all(&sql, ids(all)).await?.iter().map(passage).collect()
}

/// The passage with exactly these borders, when there is one: it is shared.
pub async fn passage_at(db: &Conn, anchor: &Anchor) -> Result<Option<Passage>, Fault> {
    let sql = format!(
        "SELECT {PASSAGE} FROM passage WHERE from_block = $1 AND from_at = $2 AND to_block = $3 AND to_at = $4 \
         ORDER BY id LIMIT 1"
    );
    let values = params![
        anchor.from.block,
        anchor.from.at,
        anchor.to.block,
        anchor.to.at
    ];
    db.one(&sql, values)
        .await?
        .as_ref()
        .map(passage)
        .transpose()
}

/// The passages that touch some blocks, first made first.
pub async fn passages_in(
    db: &Conn,
    blocks: &[Id<Block>],
) -> Result<Vec<(Id<Block>, Passage)>, Fault> {
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {PASSAGE}, passage_block.block FROM passage_block JOIN passage ON passage.id = passage_block.passage \
         WHERE passage_block.block IN ({}) ORDER BY passage.made_at, passage.id",
        places(1, blocks.len())
    );
    let rows = db.all(&sql, ids(blocks)).await?;
    rows.iter()
        .map(|row| Ok((row.id("block")?, passage(row)?)))
        .collect()
}

/// The codings of the passages that touch some blocks, with the coders' names, first made first.
pub async fn codings_in(db: &Conn, blocks: &[Id<Block>]) -> Result<Vec<(Coding, String)>, Fault> {
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT coding.id, coding.passage, coding.code, coding.coder, coding.guid, coding.made_at, coder.name \
         FROM coding JOIN coder ON coder.id = coding.coder WHERE coding.passage IN \
         (SELECT passage FROM passage_block WHERE block IN ({})) ORDER BY coding.made_at, coding.id",
        places(1, blocks.len())
    );
    let rows = db.all(&sql, ids(blocks)).await?;
    rows.iter()
        .map(|row| Ok((coding(row)?, row.text("name")?)))
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
    let sql = format!(
        "SELECT about, COUNT(*) AS n FROM note WHERE about_kind = 'passage' AND about IN \
         (SELECT passage FROM passage_block WHERE block IN ({})) GROUP BY about",
        places(1, blocks.len())
    );
    let rows = db.all(&sql, ids(blocks)).await?;
    rows.iter()
        .map(|row| Ok((row.id("about")?, row.int("n")?)))
        .collect()
}

/// The codings of some passages, with the coders' names.
pub async fn codings_of(
    db: &Conn,
    passages: &[Id<Passage>],
) -> Result<Vec<(Coding, String)>, Fault> {
    if passages.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT coding.id, coding.passage, coding.code, coding.coder, coding.guid, coding.made_at, coder.name \
         FROM coding JOIN coder ON coder.id = coding.coder WHERE coding.passage IN ({}) \
         ORDER BY coding.made_at, coding.id",
        places(1, passages.len())
    );
    let rows = db.all(&sql, ids(passages)).await?;
    rows.iter()
        .map(|row| Ok((coding(row)?, row.text("name")?)))
        .collect()
}

/// Which codings of a code are asked for.
#[derive(Clone, Copy, Default)]
pub struct Filter {
    /// Of one coder only.
    pub coder: Option<Id<Coder>>,
    /// In one source only.
    pub source: Option<Id<Source>>,
}

/// The passages of a code, newest first, each once; and how many there are in all.
pub async fn passages_of_code(
    db: &Conn,
    code: Id<Code>,
    filter: Filter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Passage>, i64), Fault> {
    let from = "FROM passage WHERE id IN (SELECT passage FROM coding WHERE code = $1 AND (coder = $2 OR $3)) \
         AND (source = $4 OR $5)";
    let wanted = || {
        params![
            code,
            filter.coder.map(Id::uuid).unwrap_or_default(),
            filter.coder.is_none(),
            filter.source.map(Id::uuid).unwrap_or_default(),
            filter.source.is_none(),
        ]
    };
    let total = db
        .count(&format!("SELECT COUNT(*) AS n {from}"), wanted())
        .await?;
    let mut values = wanted();
    values.extend(params![limit, offset]);
    let sql = format!("SELECT {PASSAGE} {from} ORDER BY made_at DESC, id DESC LIMIT $6 OFFSET $7");
    let rows = db.all(&sql, values).await?;
    Ok((rows.iter().map(passage).collect::<Result<_, _>>()?, total))
}

/// Which of these codes belong to the study and can be marked with.
pub async fn usable_codes(
    db: &Conn,
    study: Id<Study>,
    codes: &[Id<Code>],
) -> Result<Vec<Id<Code>>, Fault> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id FROM code WHERE study = $1 AND codable AND id IN ({})",
        places(2, codes.len())
    );
    let mut values = params![study];
    values.extend(ids(codes));
    db.all(&sql, values)
        .await?
        .iter()
        .map(|row| row.id("id"))
        .collect()
}

/// Writes a new passage; its blocks come with [`set_blocks`].
pub async fn add_passage(tx: &Tx, new: &Passage) -> Result<(), Fault> {
    let at = |point: Option<Point>| point.map_or(0, |point| point.at);
    let (from, to) = (
        new.anchor.map(|anchor| anchor.from),
        new.anchor.map(|anchor| anchor.to),
    );
    tx.exec(
        "INSERT INTO passage (id, study, source, from_block, from_at, to_block, to_at, raw_from, raw_to, guid, \
         quote_number, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            new.id, new.study, new.source, from.map(|point| point.block), at(from),
            to.map(|point| point.block), at(to), new.raw.map(|raw| raw.0), new.raw.map(|raw| raw.1),
            new.guid, new.quote_number, new.made_by, new.made_at
        ],
    )
    .await?;
    Ok(())
}

/// Writes the borders of a passage.
pub async fn set_anchor(tx: &Tx, id: Id<Passage>, anchor: &Anchor) -> Result<(), Fault> {
    tx.exec(
        "UPDATE passage SET from_block = $2, from_at = $3, to_block = $4, to_at = $5 WHERE id = $1",
        params![
            id,
            anchor.from.block,
            anchor.from.at,
            anchor.to.block,
            anchor.to.at
        ],
    )
    .await?;
    Ok(())
}

/// Notes which blocks a passage touches; `fresh` when it had none before.
pub async fn set_blocks(
    tx: &Tx,
    id: Id<Passage>,
    blocks: &[Id<Block>],
    fresh: bool,
) -> Result<(), Fault> {
    if !fresh {
        tx.exec("DELETE FROM passage_block WHERE passage = $1", params![id])
            .await?;
    }
    if blocks.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = (2..=blocks.len() + 1)
        .map(|n| format!("(${n}, $1)"))
        .collect();
    let mut values = params![id];
    values.extend(ids(blocks));
    tx.exec(
        &format!(
            "INSERT INTO passage_block (block, passage) VALUES {}",
            rows.join(", ")
        ),
        values,
    )
    .await?;
    Ok(())
}

/// The blocks a passage touches, in no order.
pub async fn blocks_of(db: &Conn, id: Id<Passage>) -> Result<Vec<Id<Block>>, Fault> {
    let rows = db
        .all(
            "SELECT block FROM passage_block WHERE passage = $1",
            params![id],
        )
        .await?;
    rows.iter().map(|row| row.id("block")).collect()
}

/// Writes a coding; false when this coder has marked the passage with this code already.
pub async fn add_coding(tx: &Tx, new: &Coding) -> Result<bool, Fault> {
    let rows = tx
        .exec(
            "INSERT INTO coding (id, passage, code, coder, guid, made_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT DO NOTHING",
            params![new.id, new.passage, new.code, new.coder, new.guid, new.made_at],
        )
        .await?;
    Ok(rows > 0)
}

/// Removes a coding; false when it is gone already.
pub async fn remove_coding(tx: &Tx, id: Id<Coding>) -> Result<bool, Fault> {
    Ok(tx
        .exec("DELETE FROM coding WHERE id = $1", params![id])
        .await?
        > 0)
}

/// Removes a passage that nothing holds: no coding, no note, no finding, no number as a quote.
pub async fn remove_if_idle(tx: &Tx, id: Id<Passage>) -> Result<bool, Fault> {
    let rows = tx
        .exec(
            "DELETE FROM passage WHERE id = $1 AND quote_number IS NULL \
             AND NOT EXISTS (SELECT 1 FROM coding WHERE passage = $1) \
             AND NOT EXISTS (SELECT 1 FROM evidence WHERE passage = $1) \
             AND NOT EXISTS (SELECT 1 FROM note WHERE about_kind = 'passage' AND about = $1)",
            params![id],
        )
        .await?;
    Ok(rows > 0)
}

/// How many findings rest on a passage.
pub async fn findings_on(db: &Conn, id: Id<Passage>) -> Result<i64, Fault> {
    db.count(
        "SELECT COUNT(*) AS n FROM evidence WHERE passage = $1",
        params![id],
    )
    .await
}

/// The passages with a border in a block.
pub async fn bordering(db: &Conn, block: Id<Block>) -> Result<Vec<Passage>, Fault> {
    let sql = format!("SELECT {PASSAGE} FROM passage WHERE from_block = $1 OR to_block = $1");
    db.all(&sql, params![block])
        .await?
        .iter()
        .map(passage)
        .collect()
}

/// After a split, when the borders have moved: passages that go on into the new block touch it,
/// and those that begin there leave the old one.
pub async fn blocks_split(tx: &Tx, block: Id<Block>, new: Id<Block>) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO passage_block (block, passage) SELECT $2, passage.id FROM passage_block \
         JOIN passage ON passage.id = passage_block.passage \
         WHERE passage_block.block = $1 AND passage.to_block <> $1 ON CONFLICT DO NOTHING",
        params![block, new],
    )
    .await?;
    tx.exec(
        "DELETE FROM passage_block WHERE block = $1 AND passage IN (SELECT id FROM passage WHERE from_block = $2)",
        params![block, new],
    )
    .await?;
    Ok(())
}

/// After a join: what touched the block that goes touches the other.
pub async fn blocks_joined(tx: &Tx, gone: Id<Block>, into: Id<Block>) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO passage_block (block, passage) SELECT $2, passage FROM passage_block WHERE block = $1 \
         ON CONFLICT DO NOTHING",
        params![gone, into],
    )
    .await?;
    tx.exec("DELETE FROM passage_block WHERE block = $1", params![gone])
        .await?;
    Ok(())
}

/// How many passages touch some blocks.
pub async fn passages_touching(db: &Conn, blocks: &[Uuid]) -> Result<i64, Fault> {
    if blocks.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "SELECT COUNT(DISTINCT passage) AS n FROM passage_block WHERE block IN ({})",
        places(1, blocks.len())
    );
    db.count(&sql, blocks.iter().map(|id| id.into_value()).collect())
        .await
}

/// Removes every passage that touches some blocks, with codings, evidence and notes. Gives the
/// codes that must be counted anew.
pub async fn remove_touching(tx: &Tx, blocks: &[Uuid]) -> Result<Vec<Id<Code>>, Fault> {
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let touching = format!(
        "(SELECT passage FROM passage_block WHERE block IN ({}))",
        places(1, blocks.len())
    );
    let values = || {
        blocks
            .iter()
            .map(|id| id.into_value())
            .collect::<Vec<Value>>()
    };
    let rows = tx
        .all(
            &format!("SELECT DISTINCT code FROM coding WHERE passage IN {touching}"),
            values(),
        )
        .await?;
    let codes = rows
        .iter()
        .map(|row| row.id("code"))
        .collect::<Result<_, _>>()?;
    for sql in [
        format!("DELETE FROM note WHERE about_kind = 'passage' AND about IN {touching}"),
        format!("DELETE FROM evidence WHERE passage IN {touching}"),
        format!("DELETE FROM coding WHERE passage IN {touching}"),
        format!("DELETE FROM passage WHERE id IN {touching}"),
    ] {
        tx.exec(&sql, values()).await?;
    }
    Ok(codes)
}

/// Passages after an id, in the order of ids; for `check`.
pub async fn passages_after(db: &Conn, after: Uuid, limit: i64) -> Result<Vec<Passage>, Fault> {
    let sql = format!("SELECT {PASSAGE} FROM passage WHERE id > $1 ORDER BY id LIMIT $2");
    db.all(&sql, params![after, limit])
        .await?
        .iter()
        .map(passage)
        .collect()
}

/// Passages with a border in a block that is not noted among theirs; for `check`.
pub async fn without_border_block(db: &Conn) -> Result<Vec<Id<Passage>>, Fault> {
    let rows = db
        .all(
            "SELECT id FROM passage WHERE (from_block IS NOT NULL AND NOT EXISTS (SELECT 1 FROM passage_block \
             WHERE passage_block.passage = passage.id AND passage_block.block = passage.from_block)) OR (to_block IS NOT NULL AND NOT EXISTS \
             (SELECT 1 FROM passage_block WHERE passage_block.passage = passage.id AND passage_block.block = passage.to_block)) LIMIT 100",
            params![],
        )
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}
