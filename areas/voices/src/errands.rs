//! What waits for somebody in their studies: where they left off, imports under way, sources without a basis, and the
//! next step for who leads.

use std::collections::HashMap;
use std::sync::Arc;

use ::store::Fault;
use base::{Actor, Uuid};
use frame::{Due, Errand, Hub};
use futures::future::BoxFuture;
use people::{Act, Layer, Visitor};

use crate::study::StudyCard;
use crate::{StudyState, import, study};

pub(crate) fn errands<'a>(
    hub: &'a Hub,
    actor: &'a Arc<Actor>,
) -> BoxFuture<'a, Result<Vec<Errand>, Fault>> {
    Box::pin(async move {
        let visitor = Visitor::new(hub, actor.clone());
        let (works, leads) = (
            visitor.studies(Act::Change, Layer::Raw),
            visitor.studies(Act::Change, Layer::Lead),
        );
        let Some(account) = actor.account else {
            return Ok(Vec::new());
        };
        let db = hub.store().read();
        let cards: HashMap<Uuid, StudyCard> = study::store::cards_of(&db, &works)
            .await?
            .into_iter()
            .map(|card| (card.id.uuid(), card))
            .collect();
        let mut all = Vec::new();
        if let Some((study, _)) = study::store::last_place_of(&db, &works, account).await? {
            all.extend(errand(
                &cards,
                study,
                Due::Now,
                "voices-errand-resume",
                None,
            ));
        }
        for import in import::store::under_way(&db, &works, account).await? {
            let told = errand(
                &cards,
                import.study.uuid(),
                Due::Now,
                "voices-errand-import",
                None,
            );
            all.extend(told.map(|told| Errand {
                href: format!("{}/imports/{}", told.href, import.id),
                ..told
            }));
        }
        for (study, n) in study::store::without_basis(&db, &works).await? {
            all.extend(errand(
                &cards,
                study,
                Due::Now,
                "voices-errand-basis",
                Some(n),
            ));
        }
        let going_on = |study: &&Uuid| {
            cards
                .get(*study)
                .is_some_and(|card| card.state != StudyState::Closed && !card.practice)
        };
        all.extend(
            leads.iter().filter(going_on).filter_map(|study| {
                errand(&cards, *study, Due::Sometime, "voices-errand-next", None)
            }),
        );
        Ok(all)
    })
}

fn errand(
    cards: &HashMap<Uuid, StudyCard>,
    study: Uuid,
    due: Due,
    text: &'static str,
    n: Option<i64>,
) -> Option<Errand> {
    let card = cards.get(&study)?;
    Some(Errand {
        due,
        text,
        args: n.map(|n| ("n", n.into())).into_iter().collect(),
        href: format!("/studies/{}", card.slug),
        about: card.title.clone(),
    })
}

#[cfg(test)]
mod tests {
    use base::{Account, Id, Membership, Role};
    use store::testing;

    use super::*;
    use crate::Basis;
    use crate::testing::{a_hub, a_study};

    #[tokio::test(flavor = "multi_thread")]
    async fn members_are_told_what_waits_and_others_nothing() {
        testing::each_engine(async |store, clock| {
            let hub = a_hub(store, clock, vec![people::area(), crate::area()]);
            let made = a_study(&hub)
                .titled("Natt")
                .with_source_on("A", &["Kari: hei"], Basis::None)
                .with_source("B", &["Kari: hei"])
                .make()
                .await
                .unwrap();
            let mut actor = Actor::operator("someone");
            actor.account = Some(Id::<Account>::from(Uuid::from_u128(9)));
            actor.roles = vec![Role::ProcessManager];
            let told = async |actor: &Actor| -> Vec<(&str, String)> {
                let all = hub.errands_of(&Arc::new(actor.clone())).await.unwrap();
                all.into_iter().map(|one| (one.text, one.href)).collect()
            };
            assert_eq!(told(&actor).await, []);
            actor.memberships = vec![Membership {
                kind: people::STUDY.into(),
                id: made.study.id.uuid(),
                role: Role::ProcessManager,
            }];
            let visitor = Visitor::new(&hub, Arc::new(actor.clone()));
            let study = made.study.id;
            hub.store()
                .write(move |tx| {
                    Box::pin(async move {
                        let nothing = serde_json::json!({});
                        crate::record(tx, &visitor, study, "voices-did-other", &nothing, None).await
                    })
                })
                .await
                .unwrap();
            let natt = || "/studies/natt".to_owned();
            assert_eq!(
                told(&actor).await,
                [
                    ("voices-errand-resume", natt()),
                    ("voices-errand-basis", natt()),
                    ("voices-errand-next", natt())
                ]
            );
            actor.memberships[0].role = Role::Service;
            assert_eq!(told(&actor).await, []);
        })
        .await;
    }
}
