//! SQL of passages and codings.

use ::store::{Conn, Fault, IntoValue, Row, Tx, Value, each, lines, params, places};
use base::{Id, Uuid};
use voices::{Block, Source, Study};

use super::{Coder, Coding, Passage};
use crate::anchor::{Anchor, Point};
use crate::codebook::Code;

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
    db.all(&sql, each(all)).await?.iter().map(passage).collect()
}

/// The blocks that each of these passages touches.
pub async fn touched(
    db: &Conn,
    passages: &[Id<Passage>],
) -> Result<Vec<(Id<Passage>, Id<Block>)>, Fault> {
    let mut all = Vec::new();
    for some in passages.chunks(500) {
        let sql = format!(
            "SELECT passage, block FROM passage_block WHERE passage IN ({})",
            places(1, some.len())
        );
        for row in db.all(&sql, each(some)).await? {
            all.push((row.id("passage")?, row.id("block")?));
        }
    }
    Ok(all)
}

/// The passages that begin where one of these anchors does, in the order of their ids: one with
/// exactly the same borders is shared.
pub async fn passages_from(db: &Conn, anchors: &[Anchor]) -> Result<Vec<Passage>, Fault> {
    let mut blocks: Vec<Id<Block>> = anchors.iter().map(|anchor| anchor.from.block).collect();
    blocks.sort_unstable();
    blocks.dedup();
    let mut ats: Vec<usize> = anchors.iter().map(|anchor| anchor.from.at).collect();
    ats.sort_unstable();
    ats.dedup();
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {PASSAGE} FROM passage WHERE from_block IN ({}) AND from_at IN ({}) ORDER BY id",
        places(1, blocks.len()),
        places(blocks.len() + 1, ats.len())
    );
    let mut values = each(&blocks);
    values.extend(ats.into_iter().flat_map(|at| params![at]));
    db.all(&sql, values).await?.iter().map(passage).collect()
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
    let rows = db.all(&sql, each(passages)).await?;
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
    values.extend(each(codes));
    db.all(&sql, values)
        .await?
        .iter()
        .map(|row| row.id("id"))
        .collect()
}

/// Rows in one statement.
const ROWS: usize = 200;

/// Writes new passages, and which blocks each touches.
pub async fn add_passages(
    tx: &Tx,
    new: &[Passage],
    touched: &[(Id<Block>, Id<Passage>)],
) -> Result<(), Fault> {
    let at = |point: Option<Point>| point.map_or(0, |point| point.at);
    for some in new.chunks(ROWS) {
        let mut values = Vec::with_capacity(some.len() * 13);
        for row in some {
            let (from, to) = (
                row.anchor.map(|anchor| anchor.from),
                row.anchor.map(|anchor| anchor.to),
            );
            values.extend(params![
                row.id,
                row.study,
                row.source,
                from.map(|point| point.block),
                at(from),
                to.map(|point| point.block),
                at(to),
                row.raw.map(|raw| raw.0),
                row.raw.map(|raw| raw.1),
                row.guid,
                row.quote_number,
                row.made_by,
                row.made_at
            ]);
        }
        let sql = format!(
            "INSERT INTO passage (id, study, source, from_block, from_at, to_block, to_at, raw_from, raw_to, guid, \
             quote_number, made_by, made_at) VALUES {}",
            lines(some.len(), 13)
        );
        tx.exec(&sql, values).await?;
    }
    for some in touched.chunks(ROWS) {
        let values = some
            .iter()
            .flat_map(|(block, passage)| params![*block, *passage])
            .collect();
        let sql = format!(
            "INSERT INTO passage_block (block, passage) VALUES {}",
            lines(some.len(), 2)
        );
        tx.exec(&sql, values).await?;
    }
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

/// Notes which blocks a passage touches from now on.
pub async fn set_blocks(tx: &Tx, id: Id<Passage>, blocks: &[Id<Block>]) -> Result<(), Fault> {
    tx.exec("DELETE FROM passage_block WHERE passage = $1", params![id])
        .await?;
    let touched: Vec<_> = blocks.iter().map(|block| (*block, id)).collect();
    add_passages(tx, &[], &touched).await
}

/// Writes codings; gives the codes of those that came. One that this coder has made already does
/// not come.
pub async fn add_codings(tx: &Tx, new: &[Coding]) -> Result<Vec<Id<Code>>, Fault> {
    let mut came = Vec::with_capacity(new.len());
    for some in new.chunks(ROWS) {
        let values = some
            .iter()
            .flat_map(|row| {
                params![
                    row.id,
                    row.passage,
                    row.code,
                    row.coder,
                    row.guid,
                    row.made_at
                ]
            })
            .collect();
        let sql = format!(
            "INSERT INTO coding (id, passage, code, coder, guid, made_at) VALUES {} \
             ON CONFLICT DO NOTHING RETURNING code",
            lines(some.len(), 6)
        );
        for row in tx.all(&sql, values).await? {
            came.push(row.id("code")?);
        }
    }
    Ok(came)
}

/// Removes codings; gives the codes of those that were there.
pub async fn remove_codings(tx: &Tx, gone: &[Id<Coding>]) -> Result<Vec<Id<Code>>, Fault> {
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "DELETE FROM coding WHERE id IN ({}) RETURNING code",
        places(1, gone.len())
    );
    let rows = tx.all(&sql, each(gone)).await?;
    rows.iter().map(|row| row.id("code")).collect()
}

/// Removes those of some passages that nothing holds: no coding, no note, no finding, no number as
/// a quote.
pub async fn remove_idle(tx: &Tx, some: &[Id<Passage>]) -> Result<(), Fault> {
    if some.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "DELETE FROM passage WHERE id IN ({}) AND quote_number IS NULL \
         AND NOT EXISTS (SELECT 1 FROM coding WHERE coding.passage = passage.id) \
         AND NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.passage = passage.id) \
         AND NOT EXISTS (SELECT 1 FROM note WHERE note.about_kind = 'passage' AND note.about = passage.id)",
        places(1, some.len())
    );
    tx.exec(&sql, each(some)).await?;
    Ok(())
}

/// How many times findings rest on some passages.
pub async fn findings_on(db: &Conn, some: &[Id<Passage>]) -> Result<i64, Fault> {
    if some.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "SELECT COUNT(*) AS n FROM evidence WHERE passage IN ({})",
        places(1, some.len())
    );
    db.count(&sql, each(some)).await
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
    db.count(&sql, each(blocks)).await
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
