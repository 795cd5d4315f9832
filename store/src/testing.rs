//! Throw-away stores: each test runs on both engines.
//!
//! PostgreSQL is used when `KNUTEPUNKT_TEST_PG` names a server (`cargo xtask test` starts one);
//! without it only SQLite is tried, and the test says so.

#![expect(
    clippy::expect_used,
    reason = "a test that can't begin should say where"
)]

use std::path::Path;

use base::{Chance, Clock, Time};
use sea_orm::{ConnectionTrait, Database};

use crate::{Engine, OpenOptions, Sealed, Store, Unlock};

/// The moment at which the clock of [`each_engine`] stands: 2026-03-02 12:00 in Oslo.
pub const NOON: Time = Time::from_micros(1_772_449_200_000_000);

/// Runs a test on a fresh SQLite store and on a fresh PostgreSQL database.
pub async fn each_engine(test: impl AsyncFn(&Store, &Clock)) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    run(dir.path(), None, &test).await;
    match std::env::var("KNUTEPUNKT_TEST_PG") {
        Ok(server) => {
            let dir = tempfile::tempdir().expect("a temporary folder");
            let name = fresh_database(&server).await;
            run(dir.path(), Some(beside(&server, &name)), &test).await;
            drop_database(&server, &name).await;
        }
        Err(_) => eprintln!("PostgreSQL skipped: KNUTEPUNKT_TEST_PG is not set"),
    }
}

async fn run(dir: &Path, database: Option<String>, test: &impl AsyncFn(&Store, &Clock)) {
    let clock = Clock::standing_at(NOON);
    let options = OpenOptions {
        dir: dir.to_path_buf(),
        database,
        objects: None,
        witness: "serve",
        unlock: Unlock::default(),
        keys: None,
        clock: clock.clone(),
    };
    let store = Store::open(options).await.expect("a fresh store opens");
    test(&store, &clock).await;
    store.close().await;
}

async fn fresh_database(server: &str) -> String {
    let chance = Chance::from_system().expect("randomness");
    let name = format!("test_{}", chance.uuid(Clock::System.now()).simple());
    let admin = Database::connect(beside(server, "postgres"))
        .await
        .expect("the test server answers");
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .expect("a fresh database");
    admin.close().await.expect("closing");
    name
}

async fn drop_database(server: &str, name: &str) {
    let admin = Database::connect(beside(server, "postgres"))
        .await
        .expect("the test server answers");
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    admin
        .execute_unprepared(&drop)
        .await
        .expect("the database goes away");
}

/// The address of another database on the same server.
fn beside(server: &str, database: &str) -> String {
    let authority = server.find("://").map_or(0, |at| at + 3);
    let end = server[authority..]
        .find('/')
        .map_or(server.len(), |at| authority + at);
    format!("{}/{database}", &server[..end])
}

/// Every `table.column` of the database in which some row holds these words, in any type, sealed in one of
/// these tables or not: after something was erased, there must be none, also in tables that were made since.
pub async fn places_that_hold(store: &Store, sealed: &[Sealed], words: &str) -> Vec<String> {
    let mut found = places_that_show(store, words).await;
    for table in sealed {
        let mut last = None;
        loop {
            let page = table.after(&store.read(), last.as_ref(), 500).await;
            let page = page.expect("a table can be walked through");
            if page.is_empty() {
                break;
            }
            if page
                .iter()
                .any(|met| met.opens().is_ok_and(|text| text.contains(words)))
            {
                found.push(format!("{}.body", table.table));
            }
            last = page.into_iter().last();
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The same without opening anything: what somebody sees who has the database and no keys.
pub async fn places_that_show(store: &Store, words: &str) -> Vec<String> {
    let db = store.read();
    let columns = match store.engine() {
        Engine::Sqlite => {
            "SELECT m.name AS held, p.name AS place, p.type AS kind FROM sqlite_master m \
             JOIN pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY m.name, p.cid"
        }
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS held, CAST(column_name AS TEXT) AS place, \
             CAST(data_type AS TEXT) AS kind FROM information_schema.columns \
             WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
        }
    };
    let columns = db.all(columns, Vec::new()).await.expect("the columns");
    let mut found = Vec::new();
    for row in columns {
        let of = |name: &str| row.text(name).expect("a name");
        let (table, column) = (of("held"), of("place"));
        let holds = match (store.engine(), of("kind").as_str()) {
            (Engine::Sqlite, _) => {
                format!("instr(CAST(\"{column}\" AS BLOB), CAST($1 AS BLOB)) > 0")
            }
            (Engine::Postgres, "bytea") => {
                format!("position(convert_to(CAST($1 AS TEXT), 'UTF8') IN \"{column}\") > 0")
            }
            (Engine::Postgres, _) => format!("strpos(CAST(\"{column}\" AS TEXT), $1) > 0"),
        };
        let sql = format!("SELECT COUNT(*) AS n FROM \"{table}\" WHERE {holds}");
        let n = db
            .count(&sql, crate::params![words])
            .await
            .expect("a column can be searched");
        if n > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}
