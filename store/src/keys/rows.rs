//! The rows of the key store: wrapped keys, never open ones.

use base::{Time, Uuid};
use serde::{Deserialize, Serialize};

use crate::{Conn, Engine, Fault, Row, dialect, each, params, places};

/// The tables. On SQLite they are a file of their own, on PostgreSQL a schema of their own, so that
/// they have a backup line of their own.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS key_store (id {{uuid}} PRIMARY KEY, made_at BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS hub_key (
    version BIGINT NOT NULL,
    way TEXT NOT NULL,
    salt {{bytes}} NOT NULL,
    wrapped {{bytes}} NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (version, way)
);
CREATE TABLE IF NOT EXISTS data_key (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    owner {{uuid}} NOT NULL,
    parent BIGINT NOT NULL,
    wrapped {{bytes}} NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS data_key_by_parent ON data_key (parent, id);
CREATE TABLE IF NOT EXISTS erased_key (id BIGINT PRIMARY KEY, at BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS told (name TEXT PRIMARY KEY, value TEXT NOT NULL);
";

/// The hub key, wrapped in one way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct WrappedHub {
    pub version: i64,
    pub way: String,
    pub salt: Vec<u8>,
    pub wrapped: Vec<u8>,
}

/// A data key, wrapped by its parent: a study's key, or the hub key by its version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct WrappedKey {
    pub id: i64,
    pub kind: String,
    pub owner: Uuid,
    pub parent: i64,
    pub wrapped: Vec<u8>,
}

pub(super) async fn make_tables(db: &Conn, engine: Engine) -> Result<(), Fault> {
    db.run_script(&dialect::types(engine, TABLES)).await
}

/// The id of this key store; the database remembers it too.
pub(super) async fn id(db: &Conn) -> Result<Option<Uuid>, Fault> {
    let row = db.one("SELECT id FROM key_store", params![]).await?;
    row.map(|row| row.uuid("id")).transpose()
}

pub(super) async fn set_id(db: &Conn, id: Uuid, now: Time) -> Result<(), Fault> {
    db.exec(
        "INSERT INTO key_store (id, made_at) VALUES ($1, $2)",
        params![id, now],
    )
    .await?;
    Ok(())
}

pub(super) async fn hub_keys(db: &Conn) -> Result<Vec<WrappedHub>, Fault> {
    let rows = db
        .all(
            "SELECT version, way, salt, wrapped FROM hub_key ORDER BY version, way",
            params![],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(WrappedHub {
                version: row.int("version")?,
                way: row.text("way")?,
                salt: row.bytes("salt")?,
                wrapped: row.bytes("wrapped")?,
            })
        })
        .collect()
}

pub(super) async fn set_hub_key(db: &Conn, key: &WrappedHub, now: Time) -> Result<(), Fault> {
    db.exec(
        "INSERT INTO hub_key (version, way, salt, wrapped, made_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (version, way) DO UPDATE SET salt = excluded.salt, wrapped = excluded.wrapped, made_at = excluded.made_at",
        params![key.version, &key.way, key.salt.clone(), key.wrapped.clone(), now],
    )
    .await?;
    Ok(())
}

/// Takes every wrapping of older hub keys away.
pub(super) async fn remove_hub_keys_before(db: &Conn, version: i64) -> Result<(), Fault> {
    db.exec("DELETE FROM hub_key WHERE version < $1", params![version])
        .await?;
    Ok(())
}

/// Takes a way of opening away.
pub(super) async fn remove_way(db: &Conn, way: &str) -> Result<(), Fault> {
    db.exec("DELETE FROM hub_key WHERE way = $1", params![way])
        .await?;
    Ok(())
}

const KEY: &str = "SELECT id, kind, owner, parent, wrapped FROM data_key";

fn key_of(row: &Row) -> Result<WrappedKey, Fault> {
    Ok(WrappedKey {
        id: row.int("id")?,
        kind: row.text("kind")?,
        owner: row.uuid("owner")?,
        parent: row.int("parent")?,
        wrapped: row.bytes("wrapped")?,
    })
}

pub(super) async fn keys(db: &Conn, ids: &[i64]) -> Result<Vec<WrappedKey>, Fault> {
    let sql = format!("{KEY} WHERE id IN ({})", places(1, ids.len()));
    db.all(&sql, each(ids)).await?.iter().map(key_of).collect()
}

/// The keys that a hub key wraps, after an id.
pub(super) async fn keys_under(
    db: &Conn,
    version: i64,
    limit: i64,
) -> Result<Vec<WrappedKey>, Fault> {
    let sql = format!("{KEY} WHERE parent = $1 AND kind <> 'participant' ORDER BY id LIMIT $2");
    db.all(&sql, params![version, limit])
        .await?
        .iter()
        .map(key_of)
        .collect()
}

/// Every key after an id, to look them over or to back them up.
pub(super) async fn page(db: &Conn, after: i64, limit: i64) -> Result<Vec<WrappedKey>, Fault> {
    let sql = format!("{KEY} WHERE id > $1 ORDER BY id LIMIT $2");
    db.all(&sql, params![after, limit])
        .await?
        .iter()
        .map(key_of)
        .collect()
}

pub(super) async fn add(db: &Conn, key: &WrappedKey, now: Time) -> Result<(), Fault> {
    db.exec(
        "INSERT INTO data_key (id, kind, owner, parent, wrapped, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![key.id, &key.kind, key.owner, key.parent, key.wrapped.clone(), now],
    )
    .await?;
    Ok(())
}

/// Wraps a key anew, unless somebody else did meanwhile.
pub(super) async fn rewrap(
    db: &Conn,
    id: i64,
    old_parent: i64,
    parent: i64,
    wrapped: Vec<u8>,
) -> Result<(), Fault> {
    db.exec(
        "UPDATE data_key SET parent = $1, wrapped = $2 WHERE id = $3 AND parent = $4",
        params![parent, wrapped, id, old_parent],
    )
    .await?;
    Ok(())
}

/// Takes keys away for good, with those they wrap, and remembers that they are erased; gives the ids
/// of those they wrapped.
pub(super) async fn erase(db: &Conn, ids: &[i64], now: Time) -> Result<Vec<i64>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    for id in ids {
        db.exec(
            "INSERT INTO erased_key (id, at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
            params![*id, now],
        )
        .await?;
    }
    let among = places(1, ids.len());
    let below = format!(
        "DELETE FROM data_key WHERE kind = 'participant' AND parent IN ({among}) RETURNING id"
    );
    let below = db.all(&below, each(ids)).await?;
    let own = format!("DELETE FROM data_key WHERE id IN ({among})");
    db.exec(&own, each(ids)).await?;
    below.iter().map(|row| row.int("id")).collect()
}

/// A fact about the keys, such as when the sheets were tried last.
pub(super) async fn told(db: &Conn, name: &str) -> Result<Option<String>, Fault> {
    let row = db
        .one("SELECT value FROM told WHERE name = $1", params![name])
        .await?;
    row.map(|row| row.text("value")).transpose()
}

pub(super) async fn tell(db: &Conn, name: &str, value: &str) -> Result<(), Fault> {
    db.exec(
        "INSERT INTO told (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )
    .await?;
    Ok(())
}

pub(super) async fn untell(db: &Conn, names: &[&str]) -> Result<(), Fault> {
    for name in names {
        db.exec("DELETE FROM told WHERE name = $1", params![*name])
            .await?;
    }
    Ok(())
}

/// The newest key of a kind that the hub has once.
pub(super) async fn newest(db: &Conn, kind: &str) -> Result<Option<i64>, Fault> {
    let row = db
        .one(
            "SELECT id FROM data_key WHERE kind = $1 ORDER BY made_at DESC, id LIMIT 1",
            params![kind],
        )
        .await?;
    row.map(|row| row.int("id")).transpose()
}

/// Every fact.
pub(super) async fn all_told(db: &Conn) -> Result<Vec<(String, String)>, Fault> {
    let rows = db
        .all("SELECT name, value FROM told ORDER BY name", params![])
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("name")?, row.text("value")?)))
        .collect()
}

/// Every key that was erased.
pub(super) async fn erased(db: &Conn) -> Result<Vec<i64>, Fault> {
    let rows = db
        .all("SELECT id FROM erased_key ORDER BY id", params![])
        .await?;
    rows.iter().map(|row| row.int("id")).collect()
}
