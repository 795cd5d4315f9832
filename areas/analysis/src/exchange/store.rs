//! SQL of exchange: many rows at once, in and out.

use ::store::{Conn, Fault, Tx, params};
use base::{Digest, Id, Time, Uuid};
use voices::{Source, Study, Told};

use crate::coding::store::{PASSAGE, coding, passage};
use crate::coding::{Coder, Coding, Passage};

/// Somebody who marked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoderRow {
    /// Their id.
    pub id: Id<Coder>,
    /// Identity in files of other programs; nil for marks of which nobody tells who made them.
    pub guid: Uuid,
    /// Name.
    pub name: String,
}

/// An export that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportRow {
    /// Its id.
    pub id: Uuid,
    /// The format's word.
    pub format: String,
    /// Who; none for an operator.
    pub actor: Option<Uuid>,
    /// `account`, or `operator:<system user>`.
    pub role: String,
    /// SHA-256 of the file.
    pub digest: Digest,
    /// What it could not carry.
    pub told: Vec<Told>,
    /// When.
    pub at: Time,
}

/// Counts the codings of a source that has none counted yet.
pub async fn count_source(tx: &Tx, source: Id<Source>) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO tally (code, source, n) SELECT c.code, p.source, COUNT(*) FROM coding c \
         JOIN passage p ON p.id = c.passage WHERE p.source = $1 GROUP BY c.code, p.source",
        params![source],
    )
    .await?;
    Ok(())
}

/// The coders of a study.
pub async fn coders(db: &Conn, study: Id<Study>) -> Result<Vec<CoderRow>, Fault> {
    let rows = db
        .all(
            "SELECT id, guid, name FROM coder WHERE study = $1 ORDER BY name, id",
            params![study],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(CoderRow {
                id: row.id("id")?,
                guid: row.uuid("guid")?,
                name: row.text("name")?,
            })
        })
        .collect()
}

/// The passages of a source.
pub async fn passages(db: &Conn, source: Id<Source>) -> Result<Vec<Passage>, Fault> {
    let sql = format!("SELECT {PASSAGE} FROM passage WHERE source = $1 ORDER BY made_at, id");
    db.all(&sql, params![source])
        .await?
        .iter()
        .map(passage)
        .collect()
}

/// The codings of a source.
pub async fn codings(db: &Conn, source: Id<Source>) -> Result<Vec<Coding>, Fault> {
    let rows = db
        .all(
            "SELECT coding.id, coding.passage, coding.code, coding.coder, coding.guid, coding.made_at \
             FROM coding JOIN passage ON passage.id = coding.passage \
             WHERE passage.source = $1 ORDER BY coding.made_at, coding.id",
            params![source],
        )
        .await?;
    rows.iter().map(coding).collect()
}

/// Notes that an export was made.
pub async fn add_export(tx: &Tx, study: Id<Study>, row: &ExportRow) -> Result<(), Fault> {
    let told = match row.told.is_empty() {
        true => None,
        false => Some(serde_json::to_string(&row.told)?),
    };
    tx.exec(
        "INSERT INTO export (id, study, format, actor, role, digest, told, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            row.id,
            study,
            &row.format,
            row.actor,
            &row.role,
            row.digest,
            told.as_deref(),
            row.at
        ],
    )
    .await?;
    Ok(())
}

/// The exports of a study, newest first: one page of them.
pub async fn exports(
    db: &Conn,
    study: Id<Study>,
    limit: i64,
    offset: i64,
) -> Result<Vec<ExportRow>, Fault> {
    let rows = db
        .all(
            "SELECT id, format, actor, role, digest, told, at FROM export WHERE study = $1 \
             ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3",
            params![study, limit, offset],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(ExportRow {
                id: row.uuid("id")?,
                format: row.text("format")?,
                actor: row.opt_id::<()>("actor")?.map(Id::uuid),
                role: row.text("role")?,
                digest: row.digest("digest")?,
                told: match row.opt_text("told")? {
                    Some(told) => serde_json::from_str(&told)?,
                    None => Vec::new(),
                },
                at: row.time("at")?,
            })
        })
        .collect()
}

/// How many exports a study has.
pub async fn export_count(db: &Conn, study: Id<Study>) -> Result<i64, Fault> {
    db.count(
        "SELECT COUNT(*) AS n FROM export WHERE study = $1",
        params![study],
    )
    .await
}
