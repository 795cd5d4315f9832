//! The workers: take jobs from the table and hand them to the area that knows how.

use base::{Time, Uuid};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use store::jobs::{self, ATTEMPTS, Job, State};
use store::{Engine, Fault};
use tokio::sync::Semaphore;

use crate::{Hub, night};

/// A job at hand.
pub struct Work {
    /// The hub.
    pub hub: Hub,
    /// The job.
    pub job: Job,
}

/// Why a job ended without a result.
#[derive(Debug)]
pub enum JobEnd {
    /// A person stopped it, or another worker has it.
    Stopped,
    /// It can't be done: a code for the person, no contents.
    Failed(&'static str),
    /// Ours to mend.
    Fault(Fault),
}

impl From<Fault> for JobEnd {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Work {
    /// Tells how far it is, and keeps the job.
    ///
    /// # Errors
    /// [`JobEnd::Stopped`] when it should stop now.
    pub async fn progress(&self, done: i64, total: i64) -> Result<(), JobEnd> {
        let (job, now) = (self.job.clone(), self.now());
        let going: Result<bool, Fault> = self
            .hub
            .store()
            .write(move |tx| {
                Box::pin(async move { jobs::progress(tx, &job, done, total, now).await })
            })
            .await;
        if going? { Ok(()) } else { Err(JobEnd::Stopped) }
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Time {
        self.hub.now()
    }
}

/// Jobs worked on at once: one for each core of the usual machine.
const AT_ONCE: usize = 2;
/// How long a worker sleeps when nobody rings: another instance may have asked, or died.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Works until told to stop; then lets go of what has not ended (it is taken up again at the next
/// start).
pub async fn run(hub: Hub, stop: impl Future<Output = ()>) -> Result<(), Fault> {
    if hub.store().engine() == Engine::Sqlite {
        hub.store()
            .write(|tx| Box::pin(async move { jobs::take_back(tx).await }))
            .await?;
    }
    let worker = hub.chance().uuid(hub.now());
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    tokio::pin!(stop);
    let mut night = hub.now();
    loop {
        if hub.now() >= night {
            night = hub.now().plus(night::AGAIN);
            night::run(&hub).await;
        }
        hub.shelf().drop_idle(hub.now());
        let slot = tokio::select! {
            () = &mut stop => return Ok(()),
            slot = slots.clone().acquire_owned() => slot.map_err(|_| Fault::Closed)?,
        };
        match next(&hub, worker).await {
            Ok(Some(job)) => {
                let hub = hub.clone();
                tokio::spawn(async move {
                    work(hub.clone(), job).await;
                    drop(slot);
                    hub.job_asked();
                });
            }
            Ok(None) => {
                drop(slot);
                tokio::select! {
                    () = &mut stop => return Ok(()),
                    () = hub.job_bell().notified() => {}
                    () = tokio::time::sleep(LOOK_AGAIN) => {}
                }
            }
            Err(fault) => {
                tracing::error!(code = "FR0510", %fault, "jobs can't be read");
                drop(slot);
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }
}

async fn next(hub: &Hub, worker: Uuid) -> Result<Option<Job>, Fault> {
    if jobs::is_waiting(&hub.store().read(), hub.now()).await? {
        jobs::claim(hub.store(), worker, hub.now()).await
    } else {
        Ok(None)
    }
}

/// Runs one job to its end; also used by commands, which work on their own jobs at once.
pub async fn work(hub: Hub, job: Job) {
    let end = match hub.job(&job.kind) {
        _ if job.attempts > ATTEMPTS => Err(JobEnd::Failed("gave_up")),
        None => Err(JobEnd::Failed("unknown_kind")),
        Some(function) => {
            let work = Work {
                hub: hub.clone(),
                job: job.clone(),
            };
            AssertUnwindSafe(async move { function(work).await })
                .catch_unwind()
                .await
                .unwrap_or(Err(JobEnd::Failed("panicked")))
        }
    };
    let (state, result) = match end {
        Ok(result) => (State::Done, result),
        Err(JobEnd::Stopped) => (State::Cancelled, serde_json::json!({})),
        Err(JobEnd::Failed(code)) => {
            tracing::warn!(job = %job.id, kind = job.kind, code, "job failed");
            (State::Failed, serde_json::json!({ "code": code }))
        }
        Err(JobEnd::Fault(fault)) => {
            tracing::error!(job = %job.id, kind = job.kind, %fault, "job failed");
            (State::Failed, serde_json::json!({ "code": "fault" }))
        }
    };
    let now = hub.now();
    let ended: Result<(), Fault> = hub
        .store()
        .write(move |tx| Box::pin(async move { jobs::finish(tx, &job, state, &result, now).await }))
        .await;
    if let Err(fault) = ended {
        tracing::error!(code = "FR0511", %fault, "a job's end can't be written");
    }
}
