//! What each instance does once a day by itself, without a row in the job table: nobody asked for it,
//! and it belongs to the folder of this instance.

use store::{Fault, trail};

use crate::Hub;

/// How long until it is done again; it is first done when the workers start.
pub(crate) const AGAIN: i64 = base::DAY;

/// Ends lines of the trail whose time is over, and takes away files that no row names.
pub(crate) async fn run(hub: &Hub) {
    if let Err(fault) = tidy(hub).await {
        tracing::error!(code = "FR0512", %fault, "what is done once a day was not done");
    }
}

async fn tidy(hub: &Hub) -> Result<(), Fault> {
    let ended = trail::end_old(hub.store(), hub.chance(), hub.now()).await?;
    let swept = hub
        .store()
        .objects()
        .sweep(&hub.store().read(), hub.now())
        .await?;
    let keys = crate::sealing::at_night(hub).await?;
    if ended > 0 || swept > 0 || keys > 0 {
        tracing::info!(ended, swept, keys, "done once a day");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base::{Chance, Uuid};
    use store::testing::each_engine;
    use store::trail::{Entry, KEPT};

    use super::*;
    use crate::Config;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_workers_end_what_is_old_when_they_start() {
        each_engine(async |store, clock| {
            let chance = Chance::seeded(3);
            let old = clock.now().plus(-KEPT - base::DAY);
            let subject = Uuid::from_u128(5);
            let entry = Entry {
                id: chance.uuid(old),
                at: old,
                actor: None,
                role: "account".into(),
                act: "read".into(),
                kind: "source".into(),
                subject,
                ground: "own".into(),
                study: None,
            };
            let done: Result<(), Fault> = store
                .write(move |tx| Box::pin(async move { tx.trail(&entry).await }))
                .await;
            done.unwrap();
            let (hub, _) = Hub::assemble(
                store.clone(),
                clock.clone(),
                chance,
                Config::default(),
                vec![],
            )
            .unwrap();
            let about = async || {
                trail::about(&store.read(), "source", subject, 9)
                    .await
                    .unwrap()
            };
            assert_eq!(about().await.len(), 1);
            let seen = async {
                while !about().await.is_empty() {
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
            };
            let stop = async {
                let _ = tokio::time::timeout(std::time::Duration::from_secs(20), seen).await;
            };
            crate::jobs::run(hub.clone(), stop).await.unwrap();
            assert_eq!(about().await, []);
            assert_eq!(
                store::check::run(store, &[]).await.unwrap(),
                Vec::<String>::new()
            );
        })
        .await;
    }
}
