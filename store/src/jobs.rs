//! Jobs: work that takes longer than a page may.
//!
//! A job is a row, written in the act that asks for it, so it exists exactly when the act does;
//! the same table is the outbox. A worker leases it, tells how far it is, and may be told to stop;
//! when the worker dies the lease runs out and the job is taken up again.

use base::{Id, Time, Uuid};
use serde::{Deserialize, Serialize};

use crate::{Conn, Fault, Row, Store, Tx, dialect, each, params, places};

/// Where a job stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Finished; `result` tells what came of it.
    Done,
    /// Given up; `result` tells why.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Nothing more will happen.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

impl std::str::FromStr for State {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        [
            Self::Queued,
            Self::Running,
            Self::Done,
            Self::Failed,
            Self::Cancelled,
        ]
        .into_iter()
        .find(|state| state.word() == word)
        .ok_or(())
    }
}

/// A job as it is asked for.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Its id.
    pub id: Id<Job>,
    /// Which worker function takes it, e.g. `voices.import`.
    pub kind: &'static str,
    /// The study it belongs to, if any.
    pub study: Option<Uuid>,
    /// Who asked.
    pub account: Option<Uuid>,
    /// What the worker needs to know: ids, never contents.
    pub payload: serde_json::Value,
}

/// A job as it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Job {
    /// Its id.
    pub id: Id<Job>,
    /// Which worker function takes it.
    pub kind: String,
    /// The study it belongs to, if any.
    pub study: Option<Uuid>,
    /// Who asked.
    pub account: Option<Uuid>,
    /// What the worker needs to know.
    pub payload: serde_json::Value,
    /// Where it stands.
    pub state: State,
    /// Steps done.
    pub done: i64,
    /// Steps in all, 0 when unknown.
    pub total: i64,
    /// A person asked it to stop.
    pub cancel: bool,
    /// Times it was begun.
    pub attempts: i64,
    /// What came of it: counts and codes, never contents.
    pub result: Option<serde_json::Value>,
}

/// How long a worker may be silent before its job is taken up by another.
pub const LEASE: i64 = 30 * base::SECOND;
/// A job that was begun so often and never ended is given up.
pub const ATTEMPTS: i64 = 3;

const COLUMNS: &str =
    "id, kind, study, account, payload, state, done, total, cancel, attempts, result";

impl Job {
    fn of(row: &Row) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id("id")?,
            kind: row.text("kind")?,
            study: row.opt_id::<()>("study")?.map(Id::uuid),
            account: row.opt_id::<()>("account")?.map(Id::uuid),
            payload: serde_json::from_str(&row.text("payload")?)?,
            state: row.word("state")?,
            done: row.int("done")?,
            total: row.int("total")?,
            cancel: row.flag("cancel")?,
            attempts: row.int("attempts")?,
            result: row
                .opt_text("result")?
                .map(|text| serde_json::from_str(&text))
                .transpose()?,
        })
    }
}

/// Asks for a job, in the act that needs it.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn add(tx: &Tx, job: &NewJob, now: Time) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO job (id, kind, study, account, payload, state, done, total, cancel, attempts, \
         made_at) VALUES ($1, $2, $3, $4, $5, 'queued', 0, 0, FALSE, 0, $6)",
        params![
            job.id,
            job.kind,
            job.study,
            job.account,
            job.payload.to_string(),
            now
        ],
    )
    .await?;
    Ok(())
}

/// The job with this id.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn get(db: &Conn, id: Id<Job>) -> Result<Option<Job>, Fault> {
    let row = db
        .one(
            &format!("SELECT {COLUMNS} FROM job WHERE id = $1"),
            params![id],
        )
        .await?;
    row.map(|row| Job::of(&row)).transpose()
}

/// Leases the oldest job that waits, or whose worker has fallen silent.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn claim(store: &Store, worker: Uuid, now: Time) -> Result<Option<Job>, Fault> {
    let locked = dialect::skip_locked(store.engine());
    let sql = format!(
        "UPDATE job SET state = 'running', worker = $1, lease_until = $2, attempts = attempts + 1 \
         WHERE id = (SELECT id FROM job WHERE state = 'queued' \
         OR (state = 'running' AND lease_until < $3) ORDER BY made_at, id LIMIT 1 {locked}) \
         RETURNING {COLUMNS}"
    );
    store
        .write(move |tx| {
            Box::pin(async move {
                let row = tx.one(&sql, params![worker, now.plus(LEASE), now]).await?;
                row.map(|row| Job::of(&row)).transpose()
            })
        })
        .await
}

/// Leases one certain job that waits, for a command that works on it itself; false when another
/// worker was quicker.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn claim_this(tx: &Tx, id: Id<Job>, worker: Uuid, now: Time) -> Result<bool, Fault> {
    let taken = tx
        .exec(
            "UPDATE job SET state = 'running', worker = $1, lease_until = $2, attempts = attempts + 1 \
             WHERE id = $3 AND state = 'queued'",
            params![worker, now.plus(LEASE), id],
        )
        .await?;
    Ok(taken == 1)
}

/// Which of these jobs wait or are worked on, in no order.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn going_on(db: &Conn, ids: &[Id<Job>]) -> Result<Vec<Id<Job>>, Fault> {
    // A statement takes a limited number of values.
    const AT_ONCE: usize = 500;
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT id FROM job WHERE state IN ('queued', 'running') AND id IN ({})",
            places(1, some.len())
        );
        for row in db.all(&sql, each(some)).await? {
            found.push(row.id("id")?);
        }
    }
    Ok(found)
}

/// Is there anything [`claim`] would give? Asked without writing, since an idle hub should not
/// touch its disk.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn is_waiting(db: &Conn, now: Time) -> Result<bool, Fault> {
    let row = db
        .one(
            "SELECT id FROM job WHERE state = 'queued' OR (state = 'running' AND lease_until < $1) LIMIT 1",
            params![now],
        )
        .await?;
    Ok(row.is_some())
}

/// Tells how far a job is and keeps its lease; false when it should stop: a person cancelled it,
/// or another worker has it by now.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn progress(tx: &Tx, job: &Job, done: i64, total: i64, now: Time) -> Result<bool, Fault> {
    let row = tx
        .one(
            "UPDATE job SET done = $1, total = $2, lease_until = $3 \
             WHERE id = $4 AND state = 'running' AND attempts = $5 RETURNING cancel",
            params![done, total, now.plus(LEASE), job.id, job.attempts],
        )
        .await?;
    Ok(match row {
        Some(row) => !row.flag("cancel")?,
        None => false,
    })
}

/// Ends a job that this worker still has.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn finish(
    tx: &Tx,
    job: &Job,
    state: State,
    result: &serde_json::Value,
    now: Time,
) -> Result<(), Fault> {
    tx.exec(
        "UPDATE job SET state = $1, result = $2, ended_at = $3, lease_until = NULL \
         WHERE id = $4 AND state = 'running' AND attempts = $5",
        params![state.word(), result.to_string(), now, job.id, job.attempts],
    )
    .await?;
    Ok(())
}

/// Asks a job to stop: at once when it waits, at its next step when it runs.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn cancel(tx: &Tx, id: Id<Job>, now: Time) -> Result<(), Fault> {
    tx.exec(
        "UPDATE job SET state = 'cancelled', ended_at = $1 WHERE id = $2 AND state = 'queued'",
        params![now, id],
    )
    .await?;
    tx.exec(
        "UPDATE job SET cancel = TRUE WHERE id = $1 AND state = 'running'",
        params![id],
    )
    .await?;
    Ok(())
}

/// Puts back what a dead process of this data folder was working on. Only for SQLite, where the
/// lock on the folder says that no other worker lives.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn take_back(tx: &Tx) -> Result<u64, Fault> {
    tx.exec(
        "UPDATE job SET state = 'queued', lease_until = NULL WHERE state = 'running'",
        params![],
    )
    .await
}

#[cfg(test)]
mod tests {
    use base::Chance;

    use super::*;
    use crate::testing;

    async fn a_job(store: &Store, chance: &Chance, now: Time) -> Id<Job> {
        let id = chance.id(now);
        let payload = serde_json::json!({"n": 1});
        let job = NewJob {
            id,
            kind: "test.work",
            study: None,
            account: None,
            payload,
        };
        let added: Result<(), Fault> = store
            .write(move |tx| Box::pin(async move { add(tx, &job, now).await }))
            .await;
        added.unwrap();
        id
    }

    async fn step(store: &Store, job: &Job, now: Time) -> bool {
        let job = job.clone();
        let going: Result<bool, Fault> = store
            .write(move |tx| Box::pin(async move { progress(tx, &job, 1, 2, now).await }))
            .await;
        going.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_job_is_given_to_one_worker_and_again_when_that_one_falls_silent() {
        testing::each_engine(async |store, clock| {
            let now = clock.now();
            let chance = Chance::seeded(3);
            let id = a_job(store, &chance, now).await;
            let first = claim(store, chance.uuid(now), now).await.unwrap().unwrap();
            assert_eq!(
                (first.id, first.attempts, first.state),
                (id, 1, State::Running)
            );
            assert_eq!(claim(store, chance.uuid(now), now).await.unwrap(), None);
            let later = now.plus(LEASE + 1);
            let second = claim(store, chance.uuid(now), later)
                .await
                .unwrap()
                .unwrap();
            assert_eq!((second.id, second.attempts), (id, 2));
            assert!(
                !step(store, &first, later).await,
                "the silent worker must stop"
            );
            assert!(step(store, &second, later).await);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn cancelling_stops_a_running_job_at_its_next_step() {
        testing::each_engine(async |store, clock| {
            let now = clock.now();
            let chance = Chance::seeded(3);
            let id = a_job(store, &chance, now).await;
            let job = claim(store, chance.uuid(now), now).await.unwrap().unwrap();
            assert!(step(store, &job, now).await);
            let asked: Result<(), Fault> = store
                .write(move |tx| Box::pin(async move { cancel(tx, id, now).await }))
                .await;
            asked.unwrap();
            assert!(!step(store, &job, now).await);
            let ended = job.clone();
            let result: Result<(), Fault> = store
                .write(move |tx| {
                    Box::pin(async move {
                        finish(tx, &ended, State::Cancelled, &serde_json::json!({}), now).await
                    })
                })
                .await;
            result.unwrap();
            let job = get(&store.read(), id).await.unwrap().unwrap();
            assert_eq!((job.state, job.done, job.total), (State::Cancelled, 1, 2));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_certain_job_is_taken_once_and_what_goes_on_is_known() {
        testing::each_engine(async |store, clock| {
            let (now, chance) = (clock.now(), Chance::seeded(4));
            let (here, waits) = (
                a_job(store, &chance, now).await,
                a_job(store, &chance, now).await,
            );
            let gone = chance.id(now);
            let mut taken = Vec::new();
            for _ in 0..2 {
                let worker = chance.uuid(now);
                let mine: Result<bool, Fault> = store
                    .write(move |tx| {
                        Box::pin(async move { claim_this(tx, here, worker, now).await })
                    })
                    .await;
                taken.push(mine.unwrap());
            }
            assert_eq!(taken, [true, false]);
            let job = get(&store.read(), here).await.unwrap().unwrap();
            assert_eq!((job.state, job.attempts), (State::Running, 1));
            let mut working = going_on(&store.read(), &[gone, waits, here]).await.unwrap();
            working.sort();
            assert_eq!(working, [here, waits]);
            let done: Result<(), Fault> = store
                .write(move |tx| {
                    Box::pin(async move {
                        finish(tx, &job, State::Done, &serde_json::json!({}), now).await
                    })
                })
                .await;
            done.unwrap();
            let working = going_on(&store.read(), &[gone, waits, here]).await.unwrap();
            assert_eq!(working, [waits]);
        })
        .await;
    }
}
