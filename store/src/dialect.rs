//! Everything in which the two engines differ.

use crate::Engine;

/// The end of a sub-select that picks a row to work on, so that two instances never pick the same.
/// SQLite has one writer and needs nothing.
#[must_use]
pub fn skip_locked(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "",
        Engine::Postgres => "FOR UPDATE SKIP LOCKED",
    }
}

/// Type names in migrations: `{{uuid}}` and `{{bytes}}` are written where the engines' names differ.
#[must_use]
pub fn types(engine: Engine, sql: &str) -> String {
    let (uuid, bytes) = match engine {
        Engine::Sqlite => ("BLOB", "BLOB"),
        Engine::Postgres => ("UUID", "BYTEA"),
    };
    sql.replace("{{uuid}}", uuid).replace("{{bytes}}", bytes)
}

/// Is a table of this name there? `$1` is the name; gives a row when it is.
#[must_use]
pub fn table_exists(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SELECT 1 AS n FROM sqlite_master WHERE type = 'table' AND name = $1",
        Engine::Postgres => {
            "SELECT CAST(1 AS BIGINT) AS n FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name = $1"
        }
    }
}

/// Asks for tables with rows that point to others that are gone. PostgreSQL never lets that come
/// about; SQLite checks as it writes, but not what was put in past it.
#[must_use]
pub fn broken_references(engine: Engine) -> Option<&'static str> {
    match engine {
        Engine::Sqlite => Some("SELECT DISTINCT \"table\" AS name FROM pragma_foreign_key_check"),
        Engine::Postgres => None,
    }
}
