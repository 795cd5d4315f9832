//! Brings a database to this program's schema.
//!
//! The files of `migrations/` are compiled in and run in the order of their names. Each is
//! remembered with its digest, so that a file that was changed after it ran is noticed, and a
//! database that a newer program has opened is refused instead of guessed at.

use std::collections::BTreeMap;
use std::path::Path;

use base::{Clock, Digest};
use rust_embed::RustEmbed;
use sea_orm::{DatabaseConnection, TransactionTrait};

use crate::{Conn, Engine, Fault, dialect, params};

#[derive(RustEmbed)]
#[folder = "../migrations"]
struct Files;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration \
    (name TEXT PRIMARY KEY, digest {{bytes}} NOT NULL, at BIGINT NOT NULL)";

/// Runs what has not run yet: all of it in one transaction.
pub(crate) async fn run(
    pool: &Conn,
    engine: Engine,
    clock: &Clock,
    dir: &Path,
) -> Result<(), Fault> {
    let files = files()?;
    let done = done(pool, engine).await?;
    for name in done.keys() {
        if !files.contains_key(name) {
            return Err(Fault::Migration(format!(
                "this database was opened by a newer version of the program ({name}); use that version"
            )));
        }
    }
    for (name, digest) in &done {
        if files
            .get(name)
            .is_some_and(|sql| Digest::of_file(sql.as_bytes()) != *digest)
        {
            return Err(Fault::Migration(format!(
                "{name} was changed after it had run"
            )));
        }
    }
    let open: Vec<_> = files
        .iter()
        .filter(|(name, _)| !done.contains_key(*name))
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    if engine == Engine::Sqlite && !done.is_empty() {
        copy_before(pool, dir, clock).await?;
    }
    pool.in_transaction(async |act| {
        act.run_script(&dialect::types(engine, TABLE)).await?;
        for (name, sql) in open {
            act.run_script(&dialect::types(engine, sql))
                .await
                .map_err(|fault| Fault::Migration(format!("{name}: {fault}")))?;
            act.exec(
                "INSERT INTO migration (name, digest, at) VALUES ($1, $2, $3)",
                params![name, Digest::of_file(sql.as_bytes()), clock.now()],
            )
            .await?;
        }
        Ok(())
    })
    .await
}

impl Conn {
    async fn in_transaction(
        &self,
        work: impl AsyncFnOnce(&Conn) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let pool: &DatabaseConnection = self.as_pool()?;
        let outer = std::sync::Arc::new(pool.begin().await?);
        let inner = Conn::act(outer.clone(), self.engine());
        let result = work(&inner).await;
        drop(inner);
        let outer = std::sync::Arc::try_unwrap(outer)
            .map_err(|_| Fault::Migration("a migration kept its transaction".into()))?;
        match result {
            Ok(()) => Ok(outer.commit().await?),
            Err(fault) => {
                outer.rollback().await?;
                Err(fault)
            }
        }
    }
}

fn files() -> Result<BTreeMap<String, String>, Fault> {
    Files::iter()
        .filter(|name| name.ends_with(".sql"))
        .map(|name| {
            let file =
                Files::get(&name).ok_or_else(|| Fault::Migration(format!("{name} is gone")))?;
            let sql = String::from_utf8(file.data.into_owned())
                .map_err(|_| Fault::Migration(format!("{name} is not UTF-8")))?;
            Ok((name.into_owned(), sql))
        })
        .collect()
}

async fn done(pool: &Conn, engine: Engine) -> Result<BTreeMap<String, Digest>, Fault> {
    if pool
        .one(dialect::table_exists(engine), params!["migration"])
        .await?
        .is_none()
    {
        return Ok(BTreeMap::new());
    }
    let rows = pool
        .all("SELECT name, digest FROM migration", params![])
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("name")?, row.digest("digest")?)))
        .collect()
}

/// The migrations that have run, in their order.
pub(crate) async fn names(db: &Conn) -> Result<Vec<String>, Fault> {
    Ok(done(db, db.engine()).await?.into_keys().collect())
}

/// A copy of the SQLite file as it was, before it is changed; the newest is kept.
async fn copy_before(pool: &Conn, dir: &Path, clock: &Clock) -> Result<(), Fault> {
    let copy = dir.join(format!("before-migration-{}.db", clock.now().day()));
    if copy.exists() {
        std::fs::remove_file(&copy)?;
    }
    let name = copy.to_string_lossy().into_owned();
    pool.exec("VACUUM INTO $1", params![name]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_fresh_database_has_every_migration_and_a_second_start_runs_none() {
        testing::each_engine(async |store, clock| {
            let read = store.read();
            let before = done(&read, store.engine()).await.unwrap();
            let names: Vec<String> = files().unwrap().into_keys().collect();
            assert_eq!(before.keys().cloned().collect::<Vec<_>>(), names);
            run(&read, store.engine(), clock, store.dir())
                .await
                .unwrap();
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_newer_database_and_a_changed_file_are_refused() {
        testing::each_engine(async |store, clock| {
            let engine = store.engine();
            store
                .write(|tx| {
                    Box::pin(async move {
                        tx.exec(
                            "INSERT INTO migration (name, digest, at) VALUES ($1, $2, $3)",
                            params!["9999_later.sql", Digest::of_file(b""), 0_i64],
                        )
                        .await
                    })
                })
                .await
                .map_err(|fault: Fault| fault)
                .unwrap();
            let refused = run(&store.read(), engine, clock, store.dir())
                .await
                .unwrap_err();
            assert!(refused.to_string().contains("newer version"), "{refused}");
        })
        .await;
    }
}
