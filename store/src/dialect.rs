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

/// The end of a select whose row nobody may change until this act ends.
#[must_use]
pub fn share_lock(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "",
        Engine::Postgres => "FOR SHARE",
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

/// Every column of every table: `held`, `place`, `kind` as the engine names it, and `key`, its place in
/// the primary key or 0; by table.
#[must_use]
pub(crate) fn columns(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT m.name AS held, p.name AS place, p.type AS kind, p.pk AS key FROM sqlite_master m \
             JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
             ORDER BY m.name, p.cid"
        }
        Engine::Postgres => {
            "SELECT CAST(c.table_name AS TEXT) AS held, CAST(c.column_name AS TEXT) AS place, \
             CAST(c.data_type AS TEXT) AS kind, CAST(COALESCE(k.ordinal_position, 0) AS BIGINT) AS key \
             FROM information_schema.columns c \
             LEFT JOIN information_schema.table_constraints t ON t.table_schema = c.table_schema \
             AND t.table_name = c.table_name AND t.constraint_type = 'PRIMARY KEY' \
             LEFT JOIN information_schema.key_column_usage k ON k.constraint_schema = t.constraint_schema \
             AND k.constraint_name = t.constraint_name AND k.table_name = c.table_name \
             AND k.column_name = c.column_name WHERE c.table_schema = current_schema() \
             ORDER BY c.table_name, c.ordinal_position"
        }
    }
}

/// Which table (`held`) points to which (`parent`).
#[must_use]
pub(crate) fn references(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT DISTINCT m.name AS held, f.\"table\" AS parent FROM sqlite_master m \
             JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
        }
        Engine::Postgres => {
            "SELECT DISTINCT CAST(k.relname AS TEXT) AS held, CAST(p.relname AS TEXT) AS parent \
             FROM pg_constraint c JOIN pg_class k ON k.oid = c.conrelid JOIN pg_class p ON p.oid = c.confrelid \
             JOIN pg_namespace n ON n.oid = k.relnamespace WHERE c.contype = 'f' AND n.nspname = current_schema()"
        }
    }
}
