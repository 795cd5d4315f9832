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

#[cfg(test)]
mod tests {
    use base::{Chance, Clock, Digest, Uuid};
    use store::testing::{NOON, each_engine, places_that_hold, places_that_show};
    use store::{Holder, Named, Sealed, Store, objects, params};

    use super::*;
    use crate::{Area, Config};

    const BODY: Sealed = Sealed {
        table: "command",
        row: &[("study", Named::Id), ("seq", Named::Number)],
        study: "t.study",
    };
    const FILE: Holder = Holder {
        table: "source",
        column: "object",
        study: "t.study",
    };
    const STUDY: Uuid = Uuid::from_u128(0x51);
    const FILE_ID: Uuid = Uuid::from_u128(0xf11e_0000_0000_0000_0000_0000_0000_00aa);

    fn hub(store: &Store, clock: &Clock) -> Hub {
        let texts = ui::TextSet {
            room: "sealing",
            nb: "",
            nn: "",
            en: "",
        };
        let area = Area::new("sealing", texts).sealed(&[BODY], &[FILE]);
        let chance = Chance::seeded(3);
        let made = Hub::assemble(
            store.clone(),
            clock.clone(),
            chance,
            Config::default(),
            vec![area],
        );
        made.unwrap().0
    }

    /// A hub from before sealing: a command and a file as they were stored then.
    async fn from_before(store: &Store) {
        let folder = store.dir().join("objects").join("aa");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(FILE_ID.to_string()), "En fil.").unwrap();
        let done: Result<(), Fault> = store
            .write(|tx| {
                Box::pin(async move {
                    for (sql, values) in [
                        (
                            "INSERT INTO study (id, slug, title, state, state_at, background, seq, made_at) \
                             VALUES ($1, 'natt', 'Natt', 'draft', 5, '', 1, 5)",
                            params![STUDY],
                        ),
                        (
                            "INSERT INTO command (study, seq, at, kind, body) VALUES ($1, 1, 5, 'said', $2)",
                            params![STUDY, "Det var stille.".as_bytes().to_vec()],
                        ),
                        (
                            "INSERT INTO object (id, digest, size, media, made_at) VALUES ($1, $2, 7, 'text/plain', 5)",
                            params![FILE_ID, Digest::of_file(b"En fil.")],
                        ),
                        (
                            "INSERT INTO import (id, study, basis, state, made_at) VALUES ($1, $1, 'none', 'done', 5)",
                            params![STUDY],
                        ),
                        (
                            "INSERT INTO source (id, study, import, name, basis, format, object, has_text, lead, visible, revision, guid, made_at) \
                             VALUES ($1, $1, $1, 'a', 'none', 'txt', $2, TRUE, 0, TRUE, 1, $1, 5)",
                            params![STUDY, FILE_ID],
                        ),
                    ] {
                        tx.exec(sql, values).await?;
                    }
                    Ok(())
                })
            })
            .await;
        done.unwrap();
    }

    async fn key_of(store: &Store, table: &str) -> Option<i64> {
        let sql = format!("SELECT key_ref FROM {table}");
        let row = store.read().one(&sql, params![]).await.unwrap().unwrap();
        row.opt_int("key_ref").unwrap()
    }

    async fn reads(store: &Store) -> (Vec<String>, Vec<String>, axum::body::Bytes) {
        let object = objects::get(&store.read(), Id::from(FILE_ID)).await;
        (
            places_that_hold(store, &[BODY], "Det var stille.").await,
            places_that_show(store, "Det var stille.").await,
            store
                .objects()
                .get(&object.unwrap().unwrap())
                .await
                .unwrap(),
        )
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_hub_from_before_is_sealed_and_a_replaced_key_goes_when_nothing_needs_it() {
        each_engine(async |store, clock| {
            from_before(store).await;
            let hub = hub(store, clock);
            let faults = store::check::run(store, hub.sealed()).await.unwrap();
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].contains("is not sealed"), "{faults:?}");
            assert_eq!(at_night(&hub).await.unwrap(), 0);
            let sealed = (
                vec!["command.body".to_owned()],
                Vec::new(),
                "En fil.".into(),
            );
            assert_eq!(reads(store).await, sealed);
            let key = key_of(store, "command").await;
            assert!(key.is_some());
            assert_eq!(key_of(store, "object").await, key);
            let well = async || store::check::run(store, hub.sealed()).await.unwrap();
            assert_eq!(well().await, Vec::<String>::new());

            let of = hub.clone();
            let asked: Result<_, Fault> = store
                .write(move |tx| {
                    Box::pin(async move { replace_key(tx, &of, Owner::Study(STUDY)).await })
                })
                .await;
            let worker = hub.chance().uuid(NOON);
            let job = jobs::claim(store, worker, hub.now())
                .await
                .unwrap()
                .unwrap();
            assert_eq!(job.id, asked.unwrap());
            let done = work(Work {
                hub: hub.clone(),
                job,
            });
            assert_eq!(done.await.unwrap(), json!({ "rows": 1, "keys": 1 }));
            let fresh = key_of(store, "command").await;
            assert_ne!(fresh, key);
            assert_eq!(key_of(store, "object").await, fresh);
            assert_eq!(reads(store).await, sealed);
            assert_eq!(well().await, Vec::<String>::new());
        })
        .await;
    }
}
