//! SQL of what is kept of projects.

use std::collections::HashSet;

use ::store::{
    Conn, Fault, Holder, IntoValue, Named, Owner, Row, Sealed, Tx, Value, each, lines, params,
    places,
};
use base::{Id, Uuid};
use voices::{Source, Study};

use super::{Kept, MEDIA, TEXTS};

/// Rows in one statement.
const ROWS: usize = 200;
/// Values in one list.
const AT_ONCE: usize = 500;

const COLUMNS: &str = "kept.id, kept.study, kept.source, kept.place, kept.kind, kept.reason, kept.guid, \
     kept.target, kept.about, kept.body, kept.key_ref, kept.object";

/// The elements that are kept.
pub const BODY: Sealed = Sealed {
    table: "kept",
    row: &[("id", Named::Id)],
    study: "t.study",
};

/// The files that are kept.
pub const FILE: Holder = Holder {
    table: "kept",
    column: "object",
    study: "t.study",
};

fn kept(row: &Row) -> Result<Kept, Fault> {
    let id = row.id("id")?;
    Ok(Kept {
        id,
        study: row.id("study")?,
        source: row.opt_id("source")?,
        place: row.int("place")?,
        kind: row.text("kind")?,
        reason: row.text("reason")?,
        guid: row.opt_id::<()>("guid")?.map(Id::uuid),
        target: row.opt_id::<()>("target")?.map(Id::uuid),
        about: row.opt_id::<()>("about")?.map(Id::uuid),
        body: row.body(&BODY.at(id))?,
        object: row.opt_id("object")?,
    })
}

/// Adds kept things, and what those of the project as a whole refer to.
pub async fn add(tx: &Tx, all: &[Kept], refs: &[(Id<Kept>, Uuid)]) -> Result<(), Fault> {
    let Some(study) = all.first().map(|kept| kept.study) else {
        return add_refs(tx, refs).await;
    };
    let sealer = tx.sealer(Owner::Study(study.uuid())).await?;
    for some in all.chunks(ROWS) {
        let mut values: Vec<Value> = Vec::with_capacity(some.len() * 12);
        for row in some {
            let body = sealer.seal(&BODY.at(row.id), &row.body)?;
            values.extend(params![
                row.id,
                row.study,
                row.source,
                row.place,
                &row.kind,
                &row.reason
            ]);
            values.extend(params![row.guid, row.target, row.about]);
            values.extend([body.bytes(), body.key_ref()]);
            values.extend(params![row.object]);
        }
        let sql = format!(
            "INSERT INTO kept (id, study, source, place, kind, reason, guid, target, about, body, \
             key_ref, object) VALUES {}",
            lines(some.len(), 12)
        );
        tx.exec(&sql, values).await?;
    }
    add_refs(tx, refs).await
}

async fn add_refs(tx: &Tx, refs: &[(Id<Kept>, Uuid)]) -> Result<(), Fault> {
    for some in refs.chunks(ROWS) {
        let values = some
            .iter()
            .flat_map(|(kept, guid)| params![*guid, *kept])
            .collect();
        let sql = format!(
            "INSERT INTO kept_ref (guid, kept) VALUES {}",
            lines(some.len(), 2)
        );
        tx.exec(&sql, values).await?;
    }
    Ok(())
}

/// GUIDs of what the study has kept of projects as a whole.
pub async fn known(db: &Conn, study: Id<Study>) -> Result<HashSet<(String, Uuid)>, Fault> {
    let rows = db
        .all(
            "SELECT kind, guid FROM kept WHERE study = $1 AND source IS NULL AND guid IS NOT NULL",
            params![study],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("kind")?, row.uuid("guid")?)))
        .collect()
}

/// What is kept of projects as a whole, in their order.
pub async fn of_study(db: &Conn, study: Id<Study>) -> Result<Vec<Kept>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM kept WHERE study = $1 AND source IS NULL ORDER BY place, id"
    );
    all(db, &sql, params![study]).await
}

/// What goes with a source, in its order.
pub async fn of_source(db: &Conn, source: Id<Source>) -> Result<Vec<Kept>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM kept WHERE source = $1 ORDER BY place, id");
    all(db, &sql, params![source]).await
}

/// What goes with some sources.
pub async fn of_sources(db: &Conn, sources: &[Id<Source>]) -> Result<Vec<Kept>, Fault> {
    let mut found = Vec::new();
    for some in sources.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT {COLUMNS} FROM kept WHERE source IN ({}) ORDER BY place, id",
            places(1, some.len())
        );
        found.extend(all(db, &sql, each(some)).await?);
    }
    Ok(found)
}

/// Which source of the study is which text of which recording, picture or PDF: kinds and GUIDs only.
pub async fn heads(db: &Conn, study: Id<Study>) -> Result<Vec<Kept>, Fault> {
    let kinds: Vec<&str> = TEXTS.iter().chain(&MEDIA).copied().collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM kept WHERE study = $1 AND source IS NOT NULL AND kind IN ({}) \
         ORDER BY place, id",
        places(2, kinds.len())
    );
    let mut values = params![study];
    values.extend(kinds.into_iter().map(IntoValue::into_value));
    all(db, &sql, values).await
}

/// All that belongs to these recordings, pictures and PDFs.
pub async fn around(db: &Conn, study: Id<Study>, media: &[Uuid]) -> Result<Vec<Kept>, Fault> {
    let mut found = Vec::new();
    for some in media.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT {COLUMNS} FROM kept WHERE study = $1 AND source IS NOT NULL AND target IN ({}) \
             ORDER BY place, id",
            places(2, some.len())
        );
        let mut values = params![study];
        values.extend(each(some));
        found.extend(all(db, &sql, values).await?);
    }
    Ok(found)
}

/// Things of projects as a whole that refer to one of these.
pub async fn mentioning(db: &Conn, study: Id<Study>, guids: &[Uuid]) -> Result<Vec<Kept>, Fault> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for some in guids.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT {COLUMNS} FROM kept WHERE study = $1 AND id IN (SELECT kept FROM kept_ref WHERE \
             guid IN ({}))",
            places(2, some.len())
        );
        let mut values = params![study];
        values.extend(each(some));
        let rows = all(db, &sql, values).await?;
        found.extend(rows.into_iter().filter(|one| seen.insert(one.id)));
    }
    Ok(found)
}

/// How many things of each kind and reason are kept.
pub async fn counts(db: &Conn, study: Id<Study>) -> Result<Vec<(String, String, i64)>, Fault> {
    let rows = db
        .all(
            "SELECT kind, reason, COUNT(*) AS n FROM kept WHERE study = $1 GROUP BY kind, reason \
             ORDER BY kind, reason",
            params![study],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("kind")?, row.text("reason")?, row.int("n")?)))
        .collect()
}

/// How many things of some kinds are kept.
pub async fn count(db: &Conn, study: Id<Study>, kinds: &[&str]) -> Result<i64, Fault> {
    let mut values = params![study];
    values.extend(kinds.iter().map(|kind| (*kind).into_value()));
    let sql = format!(
        "SELECT COUNT(*) AS n FROM kept WHERE study = $1 AND reason = 'kept' AND kind IN ({})",
        places(2, kinds.len())
    );
    db.count(&sql, values).await
}

/// One page of the things of some kinds.
pub async fn page(
    db: &Conn,
    study: Id<Study>,
    kinds: &[&str],
    limit: i64,
    offset: i64,
) -> Result<Vec<Kept>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM kept WHERE study = $1 AND reason = 'kept' AND kind IN ({}) \
         ORDER BY kind, place, id LIMIT $2 OFFSET $3",
        places(4, kinds.len())
    );
    let mut values = params![study, limit, offset];
    values.extend(kinds.iter().map(|kind| (*kind).into_value()));
    all(db, &sql, values).await
}

/// Writes the element of a kept thing anew.
pub async fn set_body(tx: &Tx, id: Id<Kept>, xml: &str) -> Result<(), Fault> {
    let sealer = tx.sealer_of(&BODY, params![id]).await?;
    let body = sealer.seal(&BODY.at(id), xml)?;
    let mut values = params![id];
    values.extend([body.bytes(), body.key_ref()]);
    tx.exec(
        "UPDATE kept SET body = $2, key_ref = $3 WHERE id = $1",
        values,
    )
    .await?;
    Ok(())
}

/// Writes what a kept thing refers to anew.
pub async fn set_refs(tx: &Tx, id: Id<Kept>, refs: &[Uuid]) -> Result<(), Fault> {
    tx.exec("DELETE FROM kept_ref WHERE kept = $1", params![id])
        .await?;
    let refs: Vec<(Id<Kept>, Uuid)> = refs.iter().map(|guid| (id, *guid)).collect();
    add_refs(tx, &refs).await
}

/// Removes kept things.
pub async fn remove(tx: &Tx, ids: &[Id<Kept>]) -> Result<(), Fault> {
    for some in ids.chunks(AT_ONCE) {
        let values: Vec<Value> = each(some);
        let list = places(1, some.len());
        tx.exec(
            &format!("DELETE FROM kept_ref WHERE kept IN ({list})"),
            values.clone(),
        )
        .await?;
        tx.exec(&format!("DELETE FROM kept WHERE id IN ({list})"), values)
            .await?;
    }
    Ok(())
}

/// GUIDs of the passages and codings of a source.
pub async fn guids_of_marks(db: &Conn, source: Id<Source>) -> Result<Vec<Uuid>, Fault> {
    let rows = db
        .all(
            "SELECT guid FROM passage WHERE source = $1 UNION SELECT coding.guid FROM coding \
             JOIN passage ON passage.id = coding.passage WHERE passage.source = $1",
            params![source],
        )
        .await?;
    rows.iter().map(|row| row.uuid("guid")).collect()
}

/// GUIDs of the passages, and of their codings, that touch one of these blocks.
pub async fn guids_touching(db: &Conn, blocks: &[Uuid]) -> Result<Vec<Uuid>, Fault> {
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let touching = format!(
        "(SELECT passage FROM passage_block WHERE block IN ({}))",
        places(1, blocks.len())
    );
    let values: Vec<Value> = each(blocks);
    let rows = db
        .all(
            &format!(
                "SELECT guid FROM passage WHERE id IN {touching} UNION \
                 SELECT guid FROM coding WHERE passage IN {touching}"
            ),
            values,
        )
        .await?;
    rows.iter().map(|row| row.uuid("guid")).collect()
}

async fn all(db: &Conn, sql: &str, values: Vec<Value>) -> Result<Vec<Kept>, Fault> {
    db.all(sql, values).await?.iter().map(kept).collect()
}
