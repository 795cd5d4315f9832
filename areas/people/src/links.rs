//! One-time links: a page with a button; pressing it uses the link up.

use base::{Account, DAY, Id, Time, digest_of};
use frame::{Failure, Hub};
use store::{Conn, Fault, Tx};

use crate::store as rows;
use crate::store::{LinkRow, Purpose};

/// How long an invitation holds.
pub(crate) const INVITATION: i64 = 14 * DAY;
/// How long a link for signing in holds.
pub(crate) const SIGN_IN: i64 = DAY;
/// How long the first link of a fresh hub holds; the next start prints a new one.
const FIRST: i64 = 7 * DAY;
/// The demo's links hold as long as anyone will look at it.
const DEMO: i64 = 3650 * DAY;

fn digest(token: &str) -> base::Digest {
    digest_of(&[b"link", token.as_bytes()])
}

/// The link behind the secret in an address, while it can be used.
pub(crate) async fn open(db: &Conn, token: &str, now: Time) -> Result<Option<LinkRow>, Fault> {
    let link = rows::link(db, digest(token)).await?;
    Ok(link.filter(|link| link.used_at.is_none() && link.ends_at > now))
}

/// Makes a link; an open one of the same purpose for the same person is replaced. Gives the
/// secret, which is kept nowhere.
pub(crate) async fn make(
    tx: &Tx,
    hub: &Hub,
    purpose: Purpose,
    account: Option<Id<Account>>,
    lasts: i64,
) -> Result<String, Fault> {
    let now = hub.now();
    let token = hub.chance().token();
    let link = LinkRow {
        id: hub.chance().id(now),
        purpose,
        account,
        ends_at: now.plus(lasts),
        used_at: None,
    };
    rows::drop_links(tx, purpose, account).await?;
    rows::add_link(tx, &link, digest(&token), now).await?;
    Ok(token)
}

/// The path of a link.
pub(crate) fn path(token: &str) -> String {
    format!("/link/{token}")
}

/// On a hub that nobody leads yet: makes the link for the first hub lead and gives its path.
/// `None` when the hub has accounts.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn first_start(hub: &Hub) -> Result<Option<String>, Fault> {
    if rows::account_count(&hub.store().read()).await? > 0 {
        return Ok(None);
    }
    let asked = hub.clone();
    let token: Result<String, Fault> = hub
        .store()
        .write(move |tx| {
            Box::pin(async move { make(tx, &asked, Purpose::FirstLead, None, FIRST).await })
        })
        .await;
    Ok(Some(path(&token?)))
}

/// A link by which the demo signs in as somebody, as often as wanted; only a demo hub takes it.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn demo_sign_in(tx: &Tx, hub: &Hub, account: Id<Account>) -> Result<String, Fault> {
    Ok(format!(
        "/demo/{}",
        make(tx, hub, Purpose::Demo, Some(account), DEMO).await?
    ))
}

/// Whom a demo link signs in; never anyone on a hub that is no demo.
pub(crate) async fn demo_account(hub: &Hub, token: &str) -> Result<Id<Account>, Failure> {
    let link = if hub.config().demo {
        open(&hub.store().read(), token, hub.now()).await?
    } else {
        None
    };
    link.filter(|link| link.purpose == Purpose::Demo)
        .and_then(|link| link.account)
        .ok_or(Failure::NotFound)
}
