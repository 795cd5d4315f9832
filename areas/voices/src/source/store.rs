//! SQL of sources, speakers and blocks.

use base::{Id, Time, Uuid};
use store::objects::{self, Object};
use store::{
    Conn, Fault, Holder, IntoValue, Named, Owner, Row, Sealed, Tx, Value, each, lines, params,
    places,
};

use super::{Basis, Block, NewSource, NewSpeaker, Side, Source, SourceSummary, Speaker};
use crate::import::Import;
use crate::{Standing, Study, StudyCard};

const SOURCE: &str = "s.id AS id, s.study AS study, s.name AS name, s.basis AS basis, s.format AS format, \
    s.encoding AS encoding, s.line_ends AS line_ends, s.object AS object, s.guid AS guid, \
    s.has_text AS has_text, s.lead AS lead, s.revision AS revision, s.made_at AS made_at";

fn source_of(row: &Row) -> Result<Source, Fault> {
    Ok(Source {
        id: row.id("id")?,
        study: row.id("study")?,
        name: row.text("name")?,
        basis: row.word("basis")?,
        format: row.text("format")?,
        encoding: row.opt_text("encoding")?,
        line_ends: row.opt_text("line_ends")?,
        object: row.opt_id("object")?,
        guid: row.uuid("guid")?,
        has_text: row.flag("has_text")?,
        lead: row.int("lead")?,
        revision: row.int("revision")?,
        made_at: row.time("made_at")?,
    })
}

/// A source that is whole.
pub async fn source(db: &Conn, id: Id<Source>) -> Result<Option<Source>, Fault> {
    let sql = format!("SELECT {SOURCE} FROM source s WHERE s.id = $1 AND s.visible");
    db.one(&sql, params![id])
        .await?
        .map(|row| source_of(&row))
        .transpose()
}

/// A source that is whole, with its study's card and how far the command log has come, in one
/// question.
pub async fn with_study(db: &Conn, id: Id<Source>) -> Result<Option<(Source, Standing)>, Fault> {
    let sql = format!(
        "SELECT {SOURCE}, t.slug AS slug, t.title AS title, t.state AS state, t.state_at AS state_at, \
         t.practice AS practice, t.made_at AS begun_at, t.seq AS seq \
         FROM source s JOIN study t ON t.id = s.study WHERE s.id = $1 AND s.visible"
    );
    let row = db.one(&sql, params![id]).await?;
    row.map(|row| {
        let source = source_of(&row)?;
        let study = StudyCard {
            id: source.study,
            slug: row.text("slug")?,
            title: row.text("title")?,
            state: row.word("state")?,
            state_at: row.time("state_at")?,
            practice: row.flag("practice")?,
            made_at: row.time("begun_at")?,
        };
        let seq = row.int("seq")?;
        Ok((source, Standing { study, seq }))
    })
    .transpose()
}

/// The study of a source that is whole.
pub async fn study_of(db: &Conn, id: Id<Source>) -> Result<Option<Uuid>, Fault> {
    let row = db
        .one(
            "SELECT study FROM source WHERE id = $1 AND visible",
            params![id],
        )
        .await?;
    row.map(|row| row.uuid("study")).transpose()
}

/// One page of a study's sources with their size, by name.
pub async fn sources(
    db: &Conn,
    study: Id<Study>,
    limit: i64,
    offset: i64,
) -> Result<Vec<SourceSummary>, Fault> {
    let sql = format!(
        "SELECT {SOURCE}, (SELECT COUNT(*) FROM block b WHERE b.source = s.id) AS blocks, \
         (SELECT CAST(COALESCE(SUM(b.chars), 0) AS BIGINT) FROM block b WHERE b.source = s.id) AS chars, \
         (SELECT COUNT(*) FROM speaker p WHERE p.source = s.id) AS speakers \
         FROM source s WHERE s.study = $1 AND s.visible ORDER BY s.name, s.id LIMIT $2 OFFSET $3"
    );
    let rows = db.all(&sql, params![study, limit, offset]).await?;
    rows.iter()
        .map(|row| {
            Ok(SourceSummary {
                source: source_of(row)?,
                blocks: row.int("blocks")?,
                chars: row.int("chars")?,
                speakers: row.int("speakers")?,
            })
        })
        .collect()
}

/// Sources that are whole, by their ids, in no order.
pub async fn sources_by_id(db: &Conn, ids: &[Id<Source>]) -> Result<Vec<Source>, Fault> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS) {
        let sql = format!(
            "SELECT {SOURCE} FROM source s WHERE s.visible AND s.id IN ({})",
            places(1, ids.len())
        );
        let rows = db.all(&sql, each(ids)).await?;
        for row in &rows {
            found.push(source_of(row)?);
        }
    }
    Ok(found)
}

/// One page of a study's sources by name, without looking at their texts.
pub async fn source_list(
    db: &Conn,
    study: Id<Study>,
    limit: i64,
    offset: i64,
) -> Result<Vec<Source>, Fault> {
    let sql = format!(
        "SELECT {SOURCE} FROM source s WHERE s.study = $1 AND s.visible ORDER BY s.name, s.id LIMIT $2 OFFSET $3"
    );
    let rows = db.all(&sql, params![study, limit, offset]).await?;
    rows.iter().map(source_of).collect()
}

/// The place of the last block of a source; 0 when it has none.
pub async fn last_place(db: &Conn, source: Id<Source>) -> Result<i64, Fault> {
    db.count(
        "SELECT COALESCE(MAX(place), 0) AS n FROM block WHERE source = $1",
        params![source],
    )
    .await
}

/// How many sources a study has.
pub async fn source_count(db: &Conn, study: Id<Study>) -> Result<i64, Fault> {
    db.count(
        "SELECT COUNT(*) AS n FROM source WHERE study = $1 AND visible",
        params![study],
    )
    .await
}

/// Blocks and code points of one source.
pub async fn size(db: &Conn, source: Id<Source>) -> Result<(i64, i64), Fault> {
    let row = db
        .one(
            "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(chars), 0) AS BIGINT) AS chars FROM block WHERE source = $1",
            params![source],
        )
        .await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.int("n")?, row.int("chars")?)))
}

/// Adds a source that nobody sees yet.
pub async fn add_source(
    tx: &Tx,
    id: Id<Source>,
    home: (Id<Import>, Id<Study>),
    new: &NewSource<'_>,
    guid: Uuid,
    now: Time,
) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO source (id, study, import, name, basis, format, encoding, line_ends, object, guid, \
         has_text, lead, revision, visible, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, FALSE, $13)",
        params![
            id,
            home.1,
            home.0,
            new.name,
            new.basis.word(),
            new.format,
            new.encoding,
            new.line_ends,
            new.object,
            guid,
            new.has_text,
            new.lead,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Adds a speaker.
pub async fn add_speaker(
    tx: &Tx,
    id: Id<Speaker>,
    source: Id<Source>,
    new: &NewSpeaker,
) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO speaker (id, source, label, side) VALUES ($1, $2, $3, $4)",
        params![id, source, &new.label, new.side.word()],
    )
    .await?;
    Ok(())
}

/// The speakers of a source with the blocks they speak, by label.
pub async fn speakers(db: &Conn, source: Id<Source>) -> Result<Vec<Speaker>, Fault> {
    let rows = db
        .all(
            "SELECT p.id AS id, p.label AS label, p.side AS side, \
             (SELECT COUNT(*) FROM block b WHERE b.source = p.source AND b.speaker = p.id) AS blocks \
             FROM speaker p WHERE p.source = $1 ORDER BY p.label, p.id",
            params![source],
        )
        .await?;
    rows.iter().map(speaker_of).collect()
}

/// The speakers of all sources of a study that are whole, by source and label.
pub async fn speakers_of_study(db: &Conn, study: Id<Study>) -> Result<Vec<Speaker>, Fault> {
    let rows = db
        .all(
            "SELECT p.id AS id, p.label AS label, p.side AS side, \
             (SELECT COUNT(*) FROM block b WHERE b.source = p.source AND b.speaker = p.id) AS blocks \
             FROM speaker p JOIN source s ON s.id = p.source \
             WHERE s.study = $1 AND s.visible ORDER BY s.name, s.id, p.label, p.id",
            params![study],
        )
        .await?;
    rows.iter().map(speaker_of).collect()
}

fn speaker_of(row: &Row) -> Result<Speaker, Fault> {
    Ok(Speaker {
        id: row.id("id")?,
        label: row.text("label")?,
        side: row.word("side")?,
        blocks: row.int("blocks")?,
    })
}

/// Rows of blocks in one statement.
const ROWS: usize = 50;

/// The texts of blocks.
pub const BODY: Sealed = Sealed {
    table: "block",
    row: &[("id", Named::Id)],
    study: "(SELECT s.study FROM source s WHERE s.id = t.source)",
};

/// The files that sources came from.
pub const ORIGINAL: Holder = Holder {
    table: "source",
    column: "object",
    study: "t.study",
};

/// Adds blocks to a study.
pub async fn add_blocks(tx: &Tx, study: Id<Study>, blocks: &[Block]) -> Result<(), Fault> {
    let sealer = tx.sealer(Owner::Study(study.uuid())).await?;
    for rows in blocks.chunks(ROWS) {
        let mut values: Vec<Value> = Vec::with_capacity(rows.len() * 10);
        for block in rows {
            let body = sealer.seal(&BODY.at(block.id), &block.body)?;
            values.extend(params![
                block.id,
                block.source,
                block.place,
                block.kind.word(),
                block.speaker,
                block.time
            ]);
            values.push(body.bytes());
            values.push(body.key_ref());
            values.extend(params![block.chars, block.gap]);
        }
        let sql = format!(
            "INSERT INTO block (id, source, place, kind, speaker, time, body, key_ref, chars, gap) VALUES {}",
            lines(rows.len(), 10)
        );
        tx.exec(&sql, values).await?;
    }
    Ok(())
}

const BLOCK: &str = "SELECT b.id AS id, b.source AS source, b.place AS place, b.kind AS kind, \
    b.speaker AS speaker, p.label AS label, p.side AS side, b.time AS time, b.body AS body, \
    b.key_ref AS key_ref, b.chars AS chars, b.gap AS gap \
    FROM block b LEFT JOIN speaker p ON p.id = b.speaker";

fn block_of(row: &Row) -> Result<Block, Fault> {
    let side = row.opt_text("side")?;
    let id = row.id("id")?;
    Ok(Block {
        id,
        source: row.id("source")?,
        place: row.int("place")?,
        kind: row.word("kind")?,
        speaker: row.opt_id("speaker")?,
        speaker_label: row.opt_text("label")?,
        side: side.map(|word| word.parse().unwrap_or(Side::Unknown)),
        time: row.opt_int("time")?,
        body: row.body(&BODY.at(id))?,
        chars: row.int("chars")?,
        gap: row.int("gap")?,
    })
}

/// Blocks from a place on.
pub async fn blocks(
    db: &Conn,
    source: Id<Source>,
    from: i64,
    limit: i64,
) -> Result<Vec<Block>, Fault> {
    let sql = format!("{BLOCK} WHERE b.source = $1 AND b.place >= $2 ORDER BY b.place LIMIT $3");
    let rows = db.all(&sql, params![source, from, limit]).await?;
    rows.iter().map(block_of).collect()
}

/// Blocks from one place to another, both included.
pub async fn blocks_between(
    db: &Conn,
    source: Id<Source>,
    from: i64,
    to: i64,
) -> Result<Vec<Block>, Fault> {
    let sql =
        format!("{BLOCK} WHERE b.source = $1 AND b.place >= $2 AND b.place <= $3 ORDER BY b.place");
    let rows = db.all(&sql, params![source, from, to]).await?;
    rows.iter().map(block_of).collect()
}

/// Ranges of places in one statement.
const RANGES: usize = 100;

/// Blocks in some ranges of places, ends included, in the order of the text; each once, however
/// the ranges overlap.
pub async fn blocks_in(
    db: &Conn,
    source: Id<Source>,
    ranges: &[(i64, i64)],
) -> Result<Vec<Block>, Fault> {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let mut apart: Vec<(i64, i64)> = Vec::new();
    for (from, to) in sorted {
        match apart.last_mut() {
            Some((_, end)) if from <= end.saturating_add(1) => *end = to.max(*end),
            _ => apart.push((from, to)),
        }
    }
    let mut found = Vec::new();
    for some in apart.chunks(RANGES) {
        let mut values = params![source];
        let mut wanted = Vec::with_capacity(some.len());
        for (at, (from, to)) in some.iter().enumerate() {
            wanted.push(format!(
                "(b.source = $1 AND b.place >= ${} AND b.place <= ${})",
                at * 2 + 2,
                at * 2 + 3
            ));
            values.extend(params![*from, *to]);
        }
        let sql = format!("{BLOCK} WHERE {} ORDER BY b.place", wanted.join(" OR "));
        for row in &db.all(&sql, values).await? {
            found.push(block_of(row)?);
        }
    }
    Ok(found)
}

/// Ids in one statement.
const IDS: usize = 500;

/// Blocks by their ids, by source and place.
pub async fn blocks_by_id(db: &Conn, ids: &[Id<Block>]) -> Result<Vec<Block>, Fault> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS) {
        let sql = format!(
            "{BLOCK} WHERE b.id IN ({}) ORDER BY b.source, b.place",
            places(1, ids.len())
        );
        let rows = db.all(&sql, each(ids)).await?;
        for row in &rows {
            found.push(block_of(row)?);
        }
    }
    found.sort_by_key(|block| (block.source, block.place));
    Ok(found)
}

/// The blocks of a speaker from a place on.
pub async fn blocks_of_speaker(
    db: &Conn,
    source: Id<Source>,
    speaker: Id<Speaker>,
    limit: i64,
) -> Result<Vec<Block>, Fault> {
    let sql = format!("{BLOCK} WHERE b.source = $1 AND b.speaker = $2 ORDER BY b.place LIMIT $3");
    let rows = db.all(&sql, params![source, speaker, limit]).await?;
    rows.iter().map(block_of).collect()
}

/// Raises the revision of a source and, on PostgreSQL, holds it until the act ends.
pub async fn raise_revision(tx: &Tx, id: Id<Source>) -> Result<i64, Fault> {
    let row = tx
        .one(
            "UPDATE source SET revision = revision + 1 WHERE id = $1 RETURNING revision",
            params![id],
        )
        .await?;
    row.ok_or_else(|| Fault::Row("no such source".into()))?
        .int("revision")
}

/// Writes the text of a block.
pub async fn set_body(tx: &Tx, id: Id<Block>, text: &str) -> Result<(), Fault> {
    let sealer = tx.sealer_of(&BODY, params![id]).await?;
    let body = sealer.seal(&BODY.at(id), text)?;
    tx.exec(
        "UPDATE block SET body = $1, key_ref = $2, chars = $3 WHERE id = $4",
        vec![
            body.bytes(),
            body.key_ref(),
            text.chars().count().into_value(),
            id.into_value(),
        ],
    )
    .await?;
    Ok(())
}

/// Writes what stands around the text of a block.
pub async fn set_block(tx: &Tx, block: &Block) -> Result<(), Fault> {
    tx.exec(
        "UPDATE block SET kind = $1, speaker = $2, gap = $3 WHERE id = $4",
        params![block.kind.word(), block.speaker, block.gap, block.id],
    )
    .await?;
    Ok(())
}

/// Moves the places after one, to make room or to close it.
pub async fn shift(tx: &Tx, source: Id<Source>, after: i64, by: i64) -> Result<(), Fault> {
    tx.exec(
        "UPDATE block SET place = place + $1 WHERE source = $2 AND place > $3",
        params![by, source, after],
    )
    .await?;
    Ok(())
}

/// Takes a block away.
pub async fn remove_block(tx: &Tx, id: Id<Block>) -> Result<(), Fault> {
    tx.exec("DELETE FROM block WHERE id = $1", params![id])
        .await?;
    Ok(())
}

/// Writes label and side of a speaker.
pub async fn set_speaker(tx: &Tx, id: Id<Speaker>, label: &str, side: Side) -> Result<(), Fault> {
    tx.exec(
        "UPDATE speaker SET label = $1, side = $2 WHERE id = $3",
        params![label, side.word(), id],
    )
    .await?;
    Ok(())
}

/// Gives all blocks of one speaker to another.
pub async fn move_blocks(
    tx: &Tx,
    source: Id<Source>,
    from: Id<Speaker>,
    to: Id<Speaker>,
) -> Result<(), Fault> {
    tx.exec(
        "UPDATE block SET speaker = $1 WHERE source = $2 AND speaker = $3",
        params![to, source, from],
    )
    .await?;
    Ok(())
}

/// Takes away speakers who speak nowhere.
pub async fn drop_silent(tx: &Tx, source: Id<Source>) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM speaker WHERE source = $1 AND NOT EXISTS \
         (SELECT 1 FROM block b WHERE b.source = $1 AND b.speaker = speaker.id)",
        params![source],
    )
    .await?;
    Ok(())
}

/// Writes name and basis of a source.
pub async fn set_source(tx: &Tx, id: Id<Source>, name: &str, basis: Basis) -> Result<(), Fault> {
    tx.exec(
        "UPDATE source SET name = $1, basis = $2 WHERE id = $3",
        params![name, basis.word(), id],
    )
    .await?;
    Ok(())
}

/// Takes a source away with everything of it here, and forgets its file; gives whether no other
/// source needs the file, so that it can be deleted after the commit.
pub async fn remove_source(
    tx: &Tx,
    id: Id<Source>,
    object: Option<Id<Object>>,
) -> Result<bool, Fault> {
    tx.exec("DELETE FROM block WHERE source = $1", params![id])
        .await?;
    tx.exec("DELETE FROM source WHERE id = $1", params![id])
        .await?;
    match object {
        Some(object) => {
            tx.exec(
                "UPDATE import_file SET name = '' WHERE object = $1",
                params![object],
            )
            .await?;
            forget_object(tx, object).await
        }
        None => Ok(false),
    }
}

/// Takes a file's row away when no source needs it; gives whether it went.
pub async fn forget_object(tx: &Tx, object: Id<Object>) -> Result<bool, Fault> {
    let used = tx
        .count(
            "SELECT COUNT(*) AS n FROM source WHERE object = $1",
            params![object],
        )
        .await?;
    if used > 0 {
        return Ok(false);
    }
    tx.exec(
        "UPDATE import_file SET object = NULL WHERE object = $1",
        params![object],
    )
    .await?;
    objects::forget(tx, object).await?;
    Ok(true)
}

/// A block as `check` looks at it.
pub struct Checked {
    /// Its id.
    pub id: Id<Block>,
    /// Its source.
    pub source: Id<Source>,
    /// The number of code points that is stored.
    pub chars: i64,
    /// Its text.
    pub body: String,
}

/// Blocks after an id, in the order of ids.
pub async fn page_of_blocks(
    db: &Conn,
    after: Id<Block>,
    limit: i64,
) -> Result<Vec<Checked>, Fault> {
    let rows = db
        .all(
            "SELECT id, source, chars, body, key_ref FROM block WHERE id > $1 ORDER BY id LIMIT $2",
            params![after, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let id = row.id("id")?;
            Ok(Checked {
                id,
                source: row.id("source")?,
                chars: row.int("chars")?,
                body: row.body(&BODY.at(id))?,
            })
        })
        .collect()
}

/// Sources whose places are not 1, 2, 3 … without gaps.
pub async fn misplaced(db: &Conn, limit: i64) -> Result<Vec<Id<Source>>, Fault> {
    let rows = db
        .all(
            "SELECT source AS id FROM block GROUP BY source \
             HAVING MIN(place) <> 1 OR MAX(place) <> COUNT(*) OR COUNT(DISTINCT place) <> COUNT(*) LIMIT $1",
            params![limit],
        )
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}
