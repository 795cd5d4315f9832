//! Queries and rows.

use std::sync::Arc;

use base::{Digest, Id, Time, Uuid};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, QueryResult, Statement};

use crate::{Body, Engine, Fault, Keys, Place, Value};

#[derive(Clone)]
enum Inner {
    Pool(DatabaseConnection),
    Act(Arc<DatabaseTransaction>),
}

/// Something to ask: the pool of readers, or the inside of an act.
#[derive(Clone)]
pub struct Conn {
    inner: Inner,
    engine: Engine,
    keys: Option<Keys>,
}

impl Conn {
    pub(crate) fn pool(pool: DatabaseConnection, engine: Engine) -> Self {
        Self {
            inner: Inner::Pool(pool),
            engine,
            keys: None,
        }
    }

    pub(crate) fn act(act: Arc<DatabaseTransaction>, engine: Engine) -> Self {
        Self {
            inner: Inner::Act(act),
            engine,
            keys: None,
        }
    }

    /// With the keys that open what is sealed.
    pub(crate) fn with_keys(self, keys: &Keys) -> Self {
        Self {
            keys: Some(keys.clone()),
            ..self
        }
    }

    pub(crate) fn keys(&self) -> Result<&Keys, Fault> {
        self.keys
            .as_ref()
            .ok_or_else(|| Fault::Locked("no keys here".into()))
    }

    /// The rows, with the keys at hand that open what is sealed in them.
    async fn rows(&self, sql: &str, found: Vec<QueryResult>) -> Result<Vec<Row>, Fault> {
        let rows: Vec<Row> = found
            .into_iter()
            .map(|row| Row(row, self.keys.clone()))
            .collect();
        if let Some(keys) = self.keys.as_ref().filter(|_| sql.contains(KEY_REF)) {
            // A statement may name the column without asking for it.
            let ids: Vec<i64> = rows
                .iter()
                .filter_map(|row| row.opt_int(KEY_REF).ok().flatten())
                .collect();
            keys.fetch(&ids).await?;
        }
        Ok(rows)
    }

    pub(crate) fn as_pool(&self) -> Result<&DatabaseConnection, Fault> {
        match &self.inner {
            Inner::Pool(pool) => Ok(pool),
            Inner::Act(_) => Err(Fault::Closed),
        }
    }

    /// Which engine answers; only [`crate::dialect`] should need it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    fn statement(&self, sql: &str, params: Vec<Value>) -> Statement {
        Statement::from_sql_and_values(self.engine.backend(), sql, params)
    }

    /// All rows. The caller bounds their number (`LIMIT`, or a key with few rows).
    ///
    /// # Errors
    /// [`Fault`] of the database.
    pub async fn all(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, Fault> {
        let statement = self.statement(sql, params);
        let rows = match &self.inner {
            Inner::Pool(pool) => pool.query_all_raw(statement).await?,
            Inner::Act(act) => act.query_all_raw(statement).await?,
        };
        self.rows(sql, rows).await
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// [`Fault`] of the database.
    pub async fn one(&self, sql: &str, params: Vec<Value>) -> Result<Option<Row>, Fault> {
        let statement = self.statement(sql, params);
        let row = match &self.inner {
            Inner::Pool(pool) => pool.query_one_raw(statement).await?,
            Inner::Act(act) => act.query_one_raw(statement).await?,
        };
        Ok(self.rows(sql, row.into_iter().collect()).await?.pop())
    }

    /// The number in column `n` of the only row, 0 when there is none.
    ///
    /// # Errors
    /// [`Fault`] of the database.
    pub async fn count(&self, sql: &str, params: Vec<Value>) -> Result<i64, Fault> {
        self.one(sql, params)
            .await?
            .map_or(Ok(0), |row| row.int("n"))
    }

    pub(crate) async fn exec(&self, sql: &str, params: Vec<Value>) -> Result<u64, Fault> {
        let statement = self.statement(sql, params);
        let done = match &self.inner {
            Inner::Pool(pool) => pool.execute_raw(statement).await?,
            Inner::Act(act) => act.execute_raw(statement).await?,
        };
        Ok(done.rows_affected())
    }

    pub(crate) async fn run_script(&self, sql: &str) -> Result<(), Fault> {
        match &self.inner {
            Inner::Pool(pool) => pool.execute_unprepared(sql).await?,
            Inner::Act(act) => act.execute_unprepared(sql).await?,
        };
        Ok(())
    }
}

/// One row of an answer; columns are read by name.
pub struct Row(QueryResult, Option<Keys>);

/// The column that says which key opens the body beside it.
const KEY_REF: &str = "key_ref";

impl Row {
    fn get<T: sea_orm::TryGetable>(&self, column: &str) -> Result<T, Fault> {
        self.0
            .try_get::<T>("", column)
            .map_err(|error| Fault::Row(format!("{column}: {error}")))
    }

    /// A text column.
    ///
    /// # Errors
    /// [`Fault::Row`] when the column is not there or holds something else; so for all below.
    pub fn text(&self, column: &str) -> Result<String, Fault> {
        self.get(column)
    }

    /// A text column that may be empty (`NULL`).
    pub fn opt_text(&self, column: &str) -> Result<Option<String>, Fault> {
        self.get(column)
    }

    /// A whole number.
    pub fn int(&self, column: &str) -> Result<i64, Fault> {
        self.get(column)
    }

    /// A whole number that may be `NULL`.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, Fault> {
        self.get(column)
    }

    /// A count or position: a whole number that is never negative.
    pub fn size(&self, column: &str) -> Result<usize, Fault> {
        usize::try_from(self.int(column)?).map_err(|_| Fault::Row(format!("{column}: negative")))
    }

    /// True or false.
    pub fn flag(&self, column: &str) -> Result<bool, Fault> {
        self.get(column)
    }

    /// True or false, or `NULL`.
    pub(crate) fn opt_flag(&self, column: &str) -> Result<Option<bool>, Fault> {
        self.get(column)
    }

    /// Bytes that may be `NULL`.
    pub(crate) fn opt_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.get(column)
    }

    /// Bytes.
    pub fn bytes(&self, column: &str) -> Result<Vec<u8>, Fault> {
        self.get(column)
    }

    /// A moment.
    pub fn time(&self, column: &str) -> Result<Time, Fault> {
        self.int(column).map(Time::from_micros)
    }

    /// A moment that may be `NULL`.
    pub fn opt_time(&self, column: &str) -> Result<Option<Time>, Fault> {
        Ok(self.opt_int(column)?.map(Time::from_micros))
    }

    /// An id.
    pub fn id<K>(&self, column: &str) -> Result<Id<K>, Fault> {
        self.get::<Uuid>(column).map(Id::from)
    }

    /// An id that may be `NULL`.
    pub fn opt_id<K>(&self, column: &str) -> Result<Option<Id<K>>, Fault> {
        Ok(self.get::<Option<Uuid>>(column)?.map(Id::from))
    }

    /// An id of whatever kind.
    pub fn uuid(&self, column: &str) -> Result<Uuid, Fault> {
        self.get(column)
    }

    /// A SHA-256 digest.
    pub fn digest(&self, column: &str) -> Result<Digest, Fault> {
        let hex: String = self
            .bytes(column)?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Digest::from_hex(&hex).ok_or_else(|| Fault::Row(format!("{column}: not a digest")))
    }

    /// The text of the columns `body` and `key_ref`, which was sealed for this place.
    pub fn body(&self, place: &Place) -> Result<String, Fault> {
        Body::stored(self.bytes("body")?, self.opt_int(KEY_REF)?).open(self.1.as_ref(), place)
    }

    /// A text column read as one of a closed set of words.
    pub fn word<T: std::str::FromStr>(&self, column: &str) -> Result<T, Fault> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|_| Fault::Row(format!("{column}: unknown word")))
    }
}
