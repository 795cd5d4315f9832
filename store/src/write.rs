//! The only way to write.
//!
//! On SQLite one task owns the one writing connection. Acts queue up for it; it opens a
//! transaction (`BEGIN IMMEDIATE`), runs the first act, and each that waits behind it in a savepoint
//! of its own, and commits them together: with `synchronous=FULL` a commit costs a disk flush, and
//! several acts share it.
//! On PostgreSQL each act is a plain transaction. In both, what `write` has answered is committed,
//! and its trail lines stand in the witness, flushed.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use base::Uuid;
use futures::FutureExt;
use futures::future::BoxFuture;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

use crate::witness::{Line, Witness};
use crate::{Conn, Engine, Fault, Keys, Store, Value};

/// The future an act gives back; `Box::pin(async move { … })`.
pub type ActFuture<'t, T, E> = BoxFuture<'t, Result<T, E>>;

/// An act: what is written in one go, or not at all.
pub trait Act<T, E>: for<'t> FnOnce(&'t Tx) -> ActFuture<'t, T, E> + Send + 'static {}
impl<T, E, F> Act<T, E> for F where F: for<'t> FnOnce(&'t Tx) -> ActFuture<'t, T, E> + Send + 'static
{}

/// The inside of an act: reads see what the act has written so far.
pub struct Tx {
    conn: Conn,
    instance: Uuid,
    lines: Mutex<Vec<Line>>,
}

impl Tx {
    /// Changes rows; gives how many.
    ///
    /// # Errors
    /// [`Fault`]; a broken unique rule is [`Fault::Taken`].
    pub async fn exec(&self, sql: &str, params: Vec<Value>) -> Result<u64, Fault> {
        self.conn.exec(sql, params).await
    }

    /// The id of the data folder this process writes beside.
    #[must_use]
    pub fn instance(&self) -> Uuid {
        self.instance
    }

    /// A line for the witness, appended and flushed after the commit and before the answer.
    pub(crate) fn witness(&self, line: Line) {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    fn new(act: Arc<DatabaseTransaction>, hand: &Hand) -> Self {
        let (engine, instance) = (hand.engine, hand.instance);
        Self {
            conn: Conn::act(act, engine).with_keys(&hand.keys),
            instance,
            lines: Mutex::default(),
        }
    }

    fn take_lines(&self) -> Vec<Line> {
        std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::ops::Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl Store {
    /// Runs an act. When this answers `Ok`, it is on disk; when it answers an error, nothing of it
    /// is. The act goes on to its end also when the caller has gone away.
    ///
    /// ```ignore
    /// store.write(move |tx| Box::pin(async move { add(tx, &study).await })).await?;
    /// ```
    ///
    /// # Errors
    /// The act's own error, or a [`Fault`] of the database turned into one.
    pub async fn write<T, E>(&self, act: impl Act<T, E>) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let job = Job {
            act: Some(act),
            outcome: None,
            tell: Some(tell),
        };
        self.writer().run(Box::new(job)).await.map_err(E::from)?;
        told.await.unwrap_or_else(|_| Err(E::from(Fault::Closed)))
    }
}

/// An act on its way, with its types hidden from the writer.
pub(crate) trait Queued: Send {
    /// Runs it; true when it is to be kept.
    fn run<'a>(&'a mut self, tx: &'a Tx) -> BoxFuture<'a, bool>;
    /// Tells the caller, after the commit or instead of it.
    fn finish(self: Box<Self>, committed: Result<(), String>);
}

struct Job<A, T, E> {
    act: Option<A>,
    outcome: Option<Result<T, E>>,
    tell: Option<oneshot::Sender<Result<T, E>>>,
}

impl<A, T, E> Queued for Job<A, T, E>
where
    A: Act<T, E>,
    T: Send + 'static,
    E: From<Fault> + Send + 'static,
{
    fn run<'a>(&'a mut self, tx: &'a Tx) -> BoxFuture<'a, bool> {
        async move {
            let Some(act) = self.act.take() else {
                return false;
            };
            let outcome = AssertUnwindSafe(async { act(tx).await })
                .catch_unwind()
                .await;
            let outcome = outcome.unwrap_or_else(|_| Err(E::from(Fault::Panicked)));
            let kept = outcome.is_ok();
            self.outcome = Some(outcome);
            kept
        }
        .boxed()
    }

    fn finish(mut self: Box<Self>, committed: Result<(), String>) {
        let outcome = match (committed, self.outcome.take()) {
            (Ok(()), Some(outcome)) | (Err(_), Some(outcome @ Err(_))) => outcome,
            (Err(why), _) => Err(E::from(Fault::Database(why))),
            (Ok(()), None) => Err(E::from(Fault::Closed)),
        };
        if let Some(tell) = self.tell.take() {
            // The caller may have gone away; the act stands all the same.
            let _ = tell.send(outcome);
        }
    }
}

type Waiting = Box<dyn Queued>;

/// Acts that may wait for the SQLite writer before callers are held back.
const QUEUE: usize = 1024;
/// Acts that share one commit at most; bounds what one caller waits for others.
const GROUP: usize = 64;

pub(crate) enum Writer {
    Sqlite {
        queue: mpsc::Sender<Waiting>,
        task: AsyncMutex<Option<tokio::task::JoinHandle<()>>>,
        stop: Arc<tokio::sync::Notify>,
    },
    Postgres(Arc<Hand>),
}

/// What writes: connection, witness, and whose data folder it is.
pub(crate) struct Hand {
    pub(crate) engine: Engine,
    pub(crate) conn: DatabaseConnection,
    pub(crate) witness: Witness,
    pub(crate) keys: Keys,
    pub(crate) instance: Uuid,
}

impl Writer {
    pub(crate) fn start(hand: Hand) -> Self {
        match hand.engine {
            Engine::Postgres => Self::Postgres(Arc::new(hand)),
            Engine::Sqlite => {
                let (queue, waiting) = mpsc::channel(QUEUE);
                let stop = Arc::new(tokio::sync::Notify::new());
                let task = tokio::spawn(hand.serve(waiting, stop.clone()));
                Self::Sqlite {
                    queue,
                    task: AsyncMutex::new(Some(task)),
                    stop,
                }
            }
        }
    }

    async fn run(&self, act: Waiting) -> Result<(), Fault> {
        match self {
            Self::Sqlite { queue, .. } => queue.send(act).await.map_err(|_| Fault::Closed),
            Self::Postgres(hand) => {
                // A task of its own: a caller that goes away does not stop an act half way
                // between the commit and the witness.
                let hand = hand.clone();
                tokio::spawn(async move { hand.group(act, || None).await });
                Ok(())
            }
        }
    }

    pub(crate) async fn stop(&self) {
        match self {
            Self::Sqlite { task, stop, .. } => {
                stop.notify_one();
                if let Some(task) = task.lock().await.take() {
                    // The task ends by itself; that it was cancelled with the program is no fault.
                    let _ = task.await;
                }
            }
            Self::Postgres(hand) => {
                // The pool is shared with the readers, who close it.
                let _ = hand.conn.clone().close().await;
            }
        }
    }
}

impl Hand {
    async fn serve(self, mut waiting: mpsc::Receiver<Waiting>, stop: Arc<tokio::sync::Notify>) {
        loop {
            let first = tokio::select! {
                biased;
                act = waiting.recv() => act,
                () = stop.notified() => {
                    waiting.close();
                    waiting.recv().await
                }
            };
            let Some(first) = first else { break };
            self.group(first, || waiting.try_recv().ok()).await;
        }
        // Closing the file is the last thing; there is nobody left to tell.
        let _ = self.conn.close().await;
    }

    /// Runs one act and those that wait behind it, commits, witnesses, and tells each caller.
    async fn group(&self, first: Waiting, mut more: impl FnMut() -> Option<Waiting>) {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let outer = match self.conn.begin_with_options(options).await {
            Ok(outer) => Arc::new(outer),
            Err(error) => return first.finish(Err(error.to_string())),
        };
        let mut done = Vec::new();
        let mut lines = Vec::new();
        let mut next = Some(first);
        let mut broken = None;
        if self.engine == Engine::Sqlite
            && let Some(mut first) = next.take()
        {
            // The first needs no savepoint: when it refuses, there is nothing else to roll back, and
            // whoever waits is the first of the next group. (PostgreSQL would answer a commit after
            // a broken statement as if it were one; releasing the savepoint tells.)
            let tx = Tx::new(outer.clone(), self);
            let kept = first.run(&tx).await;
            lines = tx.take_lines();
            drop(tx);
            if !kept {
                let undone = match Arc::try_unwrap(outer) {
                    Ok(outer) => outer.rollback().await.map_err(|error| error.to_string()),
                    Err(_) => Err("an act kept its transaction".to_owned()),
                };
                return first.finish(undone);
            }
            done.push(first);
            next = more();
        }
        while let Some(mut act) = next.take() {
            match self.one(&outer, &mut act).await {
                Ok(mut new) => lines.append(&mut new),
                Err(fault) => broken = Some(fault.to_string()),
            }
            done.push(act);
            if broken.is_none() && done.len() < GROUP {
                next = more();
            }
        }
        let committed = match (broken, Arc::try_unwrap(outer)) {
            (None, Ok(outer)) => outer.commit().await.map_err(|error| error.to_string()),
            (Some(why), _) => Err(why),
            (None, Err(_)) => Err("an act kept its transaction".to_owned()),
        };
        let committed = match committed {
            Ok(()) => self
                .witness
                .append(lines)
                .await
                .map_err(|fault| fault.to_string()),
            Err(why) => Err(why),
        };
        for act in done {
            act.finish(committed.clone());
        }
    }

    /// One act in its savepoint. An error is one of the transaction itself; an act that refuses
    /// is rolled back to its savepoint and is no error here.
    async fn one(
        &self,
        outer: &Arc<DatabaseTransaction>,
        act: &mut Waiting,
    ) -> Result<Vec<Line>, Fault> {
        let tx = Tx::new(outer.clone(), self);
        tx.run_script("SAVEPOINT act").await?;
        if act.run(&tx).await {
            tx.run_script("RELEASE SAVEPOINT act").await?;
            Ok(tx.take_lines())
        } else {
            tx.run_script("ROLLBACK TO SAVEPOINT act").await?;
            tx.run_script("RELEASE SAVEPOINT act").await?;
            Ok(Vec::new())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{params, testing};

    async fn a_table(store: &Store) -> Result<(), Fault> {
        store
            .write(|tx| {
                Box::pin(async move {
                    tx.run_script("CREATE TABLE thing (id BIGINT PRIMARY KEY)")
                        .await
                })
            })
            .await
    }

    async fn add(store: &Store, id: i64, fail: bool) -> Result<(), Fault> {
        store
            .write(move |tx| {
                Box::pin(async move {
                    tx.exec("INSERT INTO thing (id) VALUES ($1)", params![id])
                        .await?;
                    if fail {
                        Err(Fault::Row("refused".into()))
                    } else {
                        Ok(())
                    }
                })
            })
            .await
    }

    async fn ids(store: &Store) -> Vec<i64> {
        let rows = store
            .read()
            .all("SELECT id FROM thing ORDER BY id", params![])
            .await
            .unwrap();
        rows.iter().map(|row| row.int("id").unwrap()).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_acts_at_once_are_each_whole_or_absent() {
        testing::each_engine(async |store, _| {
            a_table(store).await.unwrap();
            let acts = (0..200).map(|id| {
                let store = store.clone();
                tokio::spawn(async move { add(&store, id, id % 3 == 0).await.is_ok() })
            });
            let kept: Vec<bool> = futures::future::join_all(acts)
                .await
                .into_iter()
                .map(Result::unwrap)
                .collect();
            let expected: Vec<i64> = (0..200).filter(|id| id % 3 != 0).collect();
            assert_eq!(kept, (0..200).map(|id| id % 3 != 0).collect::<Vec<_>>());
            assert_eq!(ids(store).await, expected);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_broken_rule_of_the_database_spoils_only_its_own_act() {
        testing::each_engine(async |store, _| {
            a_table(store).await.unwrap();
            add(store, 1, false).await.unwrap();
            let again = add(store, 1, false).await;
            assert!(matches!(again, Err(Fault::Taken(_))), "{again:?}");
            add(store, 2, false).await.unwrap();
            assert_eq!(ids(store).await, vec![1, 2]);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_in_an_act_is_a_fault_and_the_next_act_works() {
        testing::each_engine(async |store, _| {
            a_table(store).await.unwrap();
            let result: Result<(), Fault> = store
                .write(|tx| {
                    Box::pin(async move {
                        tx.exec("INSERT INTO thing (id) VALUES ($1)", params![9_i64])
                            .await?;
                        panic!("half way")
                    })
                })
                .await;
            assert!(matches!(result, Err(Fault::Panicked)), "{result:?}");
            add(store, 2, false).await.unwrap();
            assert_eq!(ids(store).await, vec![2]);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_closed_store_says_so() {
        testing::each_engine(async |store, _| {
            a_table(store).await.unwrap();
            store.close().await;
            assert!(add(store, 1, false).await.is_err());
        })
        .await;
    }
}
