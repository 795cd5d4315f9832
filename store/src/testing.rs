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

use crate::{OpenOptions, Store};

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
