//! Queries and rows.

use std::sync::Arc;

use base::{Digest, Id, Time, Uuid};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, QueryResult, Statement};

use crate::{Body, Engine, Fault, Value};

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
}

impl Conn {
    pub(crate) fn pool(pool: DatabaseConnection, engine: Engine) -> Self {
        Self {
            inner: Inner::Pool(pool),
            engine,
        }
    }

    pub(crate) fn act(act: Arc<DatabaseTransaction>, engine: Engine) -> Self {
        Self {
            inner: Inner::Act(act),
            engine,
        }
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
        Ok(rows.into_iter().map(Row).collect())
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
        Ok(row.map(Row))
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
pub struct Row(QueryResult);

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

    /// The text of a sealed column: `body` and its `key_ref`.
    pub fn body(&self, column: &str, key_ref: &str) -> Result<String, Fault> {
        Body::stored(self.bytes(column)?, self.opt_int(key_ref)?).open()
    }

    /// A text column read as one of a closed set of words.
    pub fn word<T: std::str::FromStr>(&self, column: &str) -> Result<T, Fault> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|_| Fault::Row(format!("{column}: unknown word")))
    }
}
