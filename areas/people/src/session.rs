//! Sessions: a cookie of 256 random bits, of which only the SHA-256 is kept.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base::{Account, Actor, HOUR, Id, MINUTE, Time, digest_of};
use frame::{Ask, Failure, Hub, cookie};
use futures::future::BoxFuture;
use store::{Fault, Tx};

use crate::store as rows;
use crate::store::SessionRow;

/// A session ends when it was not used for so long.
const IDLE: i64 = 4 * HOUR;
/// A session ends at the latest after so long.
const LONGEST: i64 = 12 * HOUR;

/// The cookie's name says how it was set: `__Host-` is taken by browsers only over https, for
/// this very host and path.
fn cookie_name(secure: bool) -> &'static str {
    if secure {
        "__Host-knutepunkt"
    } else {
        "knutepunkt"
    }
}

pub(crate) fn token_digest(token: &str) -> base::Digest {
    digest_of(&[b"session", token.as_bytes()])
}

/// Who asks: from the cookie. Plain http counts only on the machine itself, which the pipeline's
/// host check sees to; there the cookie has no `Secure`.
pub(crate) fn identify(
    hub: Hub,
    headers: HeaderMap,
) -> BoxFuture<'static, Result<Option<Arc<Actor>>, Fault>> {
    Box::pin(async move {
        let token =
            cookie(&headers, cookie_name(true)).or_else(|| cookie(&headers, cookie_name(false)));
        let Some(token) = token else { return Ok(None) };
        let now = hub.now();
        let found =
            rows::actor_by_token(&hub.store().read(), token_digest(&token), now, IDLE).await?;
        let Some((actor, seen)) = found else {
            return Ok(None);
        };
        if now.since(seen) >= MINUTE
            && let Some(session) = actor.session
        {
            // Nobody waits for this; if it fails, the session ends a little early.
            tokio::spawn(async move {
                let noted: Result<(), Fault> = hub
                    .store()
                    .write(move |tx| {
                        Box::pin(async move { rows::touch_session(tx, session, now).await })
                    })
                    .await;
                if let Err(fault) = noted {
                    tracing::warn!(code = "PE0501", %fault, "a session's use can't be noted");
                }
            });
        }
        Ok(Some(Arc::new(actor)))
    })
}

/// A session about to begin: the row to write, and the cookie to set when it is written.
pub(crate) struct Begun {
    row: SessionRow,
    account: Id<Account>,
    token: String,
    ends_at: Time,
    secure: bool,
}

impl Begun {
    /// For this account, in the browser that asks.
    pub(crate) fn new(ask: &Ask, headers: &HeaderMap, account: Id<Account>) -> Self {
        let now = ask.now();
        let row = SessionRow {
            id: ask.hub.chance().id(now),
            device: device(headers),
            made_at: now,
            seen_at: now,
        };
        let token = ask.hub.chance().token();
        Self {
            row,
            account,
            token,
            ends_at: now.plus(LONGEST),
            secure: ask.secure,
        }
    }

    /// Writes the session.
    pub(crate) async fn write(&self, tx: &Tx) -> Result<(), Fault> {
        rows::add_session(
            tx,
            &self.row,
            self.account,
            token_digest(&self.token),
            self.ends_at,
        )
        .await
    }

    /// Sets the cookie.
    pub(crate) fn on(&self, mut response: Response) -> Result<Response, Failure> {
        let secure = if self.secure { "; Secure" } else { "" };
        let value = format!(
            "{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}",
            cookie_name(self.secure),
            self.token,
            LONGEST / base::SECOND
        );
        let value = HeaderValue::from_str(&value)
            .map_err(|_| Failure::Fault("a cookie can't be written".into()))?;
        response.headers_mut().append(header::SET_COOKIE, value);
        Ok(response)
    }
}

/// Takes the cookie away.
pub(crate) fn without_cookie(mut response: Response) -> Response {
    for secure in [true, false] {
        let flag = if secure { "; Secure" } else { "" };
        let value = format!(
            "{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{flag}",
            cookie_name(secure)
        );
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response.headers_mut().insert(
        "clear-site-data",
        HeaderValue::from_static("\"cache\", \"storage\""),
    );
    response
}

/// Browser and system in two words, so that a person knows their own sessions; nothing finer.
fn device(headers: &HeaderMap) -> String {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let first = |known: &[(&str, &str)]| {
        known
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map_or("?", |(_, name)| *name)
            .to_owned()
    };
    let browser = first(&[
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    format!("{browser}, {system}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_in_two_words() {
        let mut headers = HeaderMap::new();
        assert_eq!(device(&headers), "?, ?");
        let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0 Safari/537.36";
        headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
        assert_eq!(device(&headers), "Chrome, Linux");
    }
}
