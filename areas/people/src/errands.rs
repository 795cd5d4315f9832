//! What waits for the hub lead: invitations that nobody has used.

use std::sync::Arc;

use ::store::Fault;
use base::{Actor, DAY, Role};
use frame::{Due, Errand, Hub};
use futures::future::BoxFuture;

use crate::store as rows;

/// Invitations told of at most.
const MOST: i64 = 5;

pub(crate) fn errands<'a>(
    hub: &'a Hub,
    actor: &'a Arc<Actor>,
) -> BoxFuture<'a, Result<Vec<Errand>, Fault>> {
    Box::pin(async move {
        if !actor.is(Role::HubLead) {
            return Ok(Vec::new());
        }
        let (db, now) = (hub.store().read(), hub.now());
        let open = rows::open_invitations(&db, now, now.plus(7 * DAY), MOST).await?;
        let errand = |(account, ends)| Errand {
            due: Due::By(ends),
            text: "people-errand-invitation",
            args: Vec::new(),
            href: format!("/people/{account}"),
            about: String::new(),
        };
        Ok(open.into_iter().map(errand).collect())
    })
}
