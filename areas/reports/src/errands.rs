//! What waits for who leads a study: reports whose words were taken out, and links that end soon.

use std::collections::HashMap;
use std::sync::Arc;

use ::store::Fault;
use base::{Actor, DAY, Uuid};
use frame::{Due, Errand, Hub};
use futures::future::BoxFuture;
use people::{Act, Layer, Visitor};
use voices::StudyCard;

use crate::pages::base_of;
use crate::store::{self, Ending, Waiting};

pub(crate) fn errands<'a>(
    hub: &'a Hub,
    actor: &'a Arc<Actor>,
) -> BoxFuture<'a, Result<Vec<Errand>, Fault>> {
    Box::pin(async move {
        let leads = Visitor::new(hub, actor.clone()).studies(Act::HandOver, Layer::Raw);
        let (db, now) = (hub.store().read(), hub.now());
        let ending = store::ending_links(&db, &leads, now, now.plus(7 * DAY)).await?;
        let waiting = store::waiting(&db, &leads, now).await?;
        let mut studies: Vec<Uuid> = ending.iter().map(|link| link.study).collect();
        studies.extend(waiting.iter().map(|report| report.study));
        let cards: HashMap<Uuid, StudyCard> = voices::study_cards(&db, &studies)
            .await?
            .into_iter()
            .map(|card| (card.id.uuid(), card))
            .collect();
        let errand = |link: &Ending| {
            let card = cards.get(&link.study)?;
            Some(Errand {
                due: Due::By(link.at),
                text: "reports-errand-link-ends",
                args: vec![("who", (&link.recipient).into())],
                href: base_of(&card.slug, link.kind),
                about: card.title.clone(),
            })
        };
        let new_version = |report: &Waiting| {
            let card = cards.get(&report.study)?;
            Some(Errand {
                due: Due::Now,
                text: "reports-errand-new-version",
                args: Vec::new(),
                href: base_of(&card.slug, report.kind),
                about: card.title.clone(),
            })
        };
        let waiting = waiting.iter().filter_map(new_version);
        Ok(waiting.chain(ending.iter().filter_map(errand)).collect())
    })
}
