//! What waits for somebody in the analysis: texts without a mark, findings without a quote.

use std::collections::HashMap;
use std::sync::Arc;

use ::store::Fault;
use base::{Actor, Uuid};
use frame::{Due, Errand, Hub};
use futures::future::BoxFuture;
use people::{Act, Layer, Visitor};
use voices::StudyState;

use crate::{findings, store};

pub(crate) fn errands<'a>(
    hub: &'a Hub,
    actor: &'a Arc<Actor>,
) -> BoxFuture<'a, Result<Vec<Errand>, Fault>> {
    Box::pin(async move {
        let works = Visitor::new(hub, actor.clone()).studies(Act::Change, Layer::Raw);
        let db = hub.store().read();
        let sources: HashMap<Uuid, i64> = voices::source_counts(&db, &works)
            .await?
            .into_iter()
            .collect();
        let marked: HashMap<Uuid, i64> = store::marked_sources(&db, &works)
            .await?
            .into_iter()
            .collect();
        let bare: HashMap<Uuid, i64> = findings::store::without_evidence(&db, &works)
            .await?
            .into_iter()
            .collect();
        let mut all = Vec::new();
        for card in voices::study_cards(&db, &works).await? {
            if card.state == StudyState::Closed {
                continue;
            }
            let n = |of: &HashMap<Uuid, i64>| of.get(&card.id.uuid()).copied().unwrap_or(0);
            let lacks = [
                (
                    "analysis-errand-unmarked",
                    "coding",
                    n(&sources) - n(&marked),
                ),
                ("analysis-errand-no-quote", "findings", n(&bare)),
            ];
            for (text, page, n) in lacks {
                if n > 0 {
                    all.push(Errand {
                        due: Due::Sometime,
                        text,
                        args: vec![("n", n.into())],
                        href: format!("/studies/{}/{page}", card.slug),
                        about: card.title.clone(),
                    });
                }
            }
        }
        Ok(all)
    })
}
