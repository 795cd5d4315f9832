//! Signing in and out.

use std::num::NonZeroU32;
use std::sync::LazyLock;

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base::{Account, Digest, Id, digest_of};
use frame::{Ask, Failure, FormData, Reply, redirect, show};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use store::Fault;
use ui::form::{Form, Input, submit};
use ui::{html, parts};

use crate::session::{Begun, without_cookie};
use crate::{acts, links, passphrase};

#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

pub(crate) async fn page(ask: Ask, Query(next): Query<Next>) -> Reply {
    if ask.actor.is_some() {
        return Ok(redirect(&next.next));
    }
    Ok(sheet(&ask, &Form::filled([("next", next.next)])))
}

fn sheet(ask: &Ask, form: &Form) -> Response {
    let words = &ask.words;
    let body = html! {
        (parts::h1(&words.t("people-sign-in")))
        (form.summary(words, &[("email", "people-email"), ("passphrase", "people-passphrase")]))
        form method="post" action="/sign-in" class="stack narrow" {
            input type="hidden" name="next" value=(form.value("next"));
            (Input::text("email", "people-email").kind("email", "username").show(words, form))
            (Input::text("passphrase", "people-passphrase").kind("password", "current-password").show(words, form))
            (submit(words, "people-sign-in"))
        }
        p { (words.t("people-sign-in-other")) }
    };
    show(&ask.page(words.t("people-sign-in"), body))
}

/// Tries for one e-mail: ten at once, then one each half minute. In memory: it guards against
/// guessing, and a restart forgives.
static TRIES: LazyLock<DefaultKeyedRateLimiter<Digest>> = LazyLock::new(|| {
    let ten = NonZeroU32::MIN.saturating_add(9);
    RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN.saturating_add(1)).allow_burst(ten))
});

pub(crate) async fn enter(ask: Ask, headers: HeaderMap, data: FormData) -> Reply {
    let mut form = data.form();
    let typed = form.required("email", 254);
    let secret = form.raw("passphrase").to_owned();
    if !form.is_fine() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, sheet(&ask, &form)).into_response());
    }
    let email = acts::email(&typed).unwrap_or(typed);
    let key = digest_of(&[ask.hub.store().instance().as_bytes(), email.as_bytes()]);
    if TRIES.check_key(&key).is_err() {
        form.wrong("email", "people-too-many-tries");
        return Ok((StatusCode::TOO_MANY_REQUESTS, sheet(&ask, &form)).into_response());
    }
    let found = crate::store::by_email(&ask.hub.store().read(), &email).await?;
    let (account, kept) = match found {
        Some((account, kept)) => (Some(account), kept),
        None => (None, None),
    };
    let right = passphrase::is_right(&secret, kept).await?;
    match account.filter(|_| right) {
        Some(account) => begin(&ask, &headers, account, form.value("next")).await,
        None => {
            form.wrong("email", "people-wrong");
            Ok((StatusCode::UNPROCESSABLE_ENTITY, sheet(&ask, &form)).into_response())
        }
    }
}

/// Begins a session and sends the browser on.
pub(crate) async fn begin(
    ask: &Ask,
    headers: &HeaderMap,
    account: Id<Account>,
    next: &str,
) -> Reply {
    let begun = Begun::new(ask, headers, account);
    let begun = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                begun.write(tx).await?;
                Ok::<_, Fault>(begun)
            })
        })
        .await?;
    begun.on(redirect(next))
}

pub(crate) async fn leave(ask: Ask) -> Reply {
    if let Some(actor) = &ask.actor
        && let (Some(account), Some(session)) = (actor.account, actor.session)
    {
        ask.hub
            .store()
            .write(move |tx| {
                Box::pin(async move { crate::store::end_session(tx, account, session).await })
            })
            .await
            .map_err(|fault: Fault| Failure::from(fault))?;
    }
    Ok(without_cookie(redirect("/")))
}

pub(crate) async fn demo(ask: Ask, headers: HeaderMap, Path(token): Path<String>) -> Reply {
    let account = links::demo_account(&ask.hub, &token).await?;
    begin(&ask, &headers, account, "/").await
}
