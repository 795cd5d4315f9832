//! Sealing anew: what is not sealed yet, and what is sealed with a key that was replaced.

use base::Id;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use store::jobs::{self, Job, NewJob};
use store::{Fault, Owner, Tx, Walk, sealing};

use crate::Hub;
use crate::jobs::{JobEnd, Work};

/// The kind of the job.
pub(crate) const JOB: &str = "frame.seal";

/// Gives an owner a fresh key, and asks for what stands to be sealed with it.
///
/// # Errors
/// [`Fault`] of database or key store.
pub async fn replace_key(tx: &Tx, hub: &Hub, owner: Owner) -> Result<Id<Job>, Fault> {
    let now = hub.now();
    sealing::replace(tx, owner, now).await?;
    let job = NewJob {
        id: hub.chance().id(now),
        kind: JOB,
        study: match owner {
            Owner::Study(id) | Owner::Participant { study: id, .. } => Some(id),
            Owner::Hub => None,
        },
        account: None,
        payload: Value::Null,
    };
    jobs::add(tx, &job, now).await?;
    Ok(job.id)
}

/// The job: it can be stopped at any moment, and begun anew it passes over what was done.
pub(crate) fn work(work: Work) -> BoxFuture<'static, Result<Value, JobEnd>> {
    Box::pin(async move {
        let (hub, mut done) = (work.hub.clone(), 0);
        let total = store::rows_in(&hub.store().read(), hub.sealed()).await?;
        for table in hub.sealed() {
            let mut walk = Walk::new(*table);
            loop {
                let rows = walk.step(hub.store()).await?;
                if rows == 0 {
                    break;
                }
                done += i64::try_from(rows).unwrap_or_default();
                work.progress(done, total.max(done)).await?;
            }
        }
        let gone = finish(&hub).await?;
        Ok(json!({ "rows": done, "keys": gone }))
    })
}

/// Once a day, and when the workers start: seals what was left, without telling anybody.
pub(crate) async fn at_night(hub: &Hub) -> Result<usize, Fault> {
    for table in hub.sealed() {
        let mut walk = Walk::new(*table);
        while walk.step(hub.store()).await? > 0 {}
    }
    finish(hub).await
}

/// Files, then the keys that nothing needs any more.
async fn finish(hub: &Hub) -> Result<usize, Fault> {
    sealing::seal_objects(hub.store(), hub.holders()).await?;
    sealing::let_go(hub.store(), hub.sealed(), hub.now()).await
}
