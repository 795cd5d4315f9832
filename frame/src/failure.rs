//! What is not the page that was asked for.
//!
//! What a person can mend is no failure: the form is shown again. What is left is here, and is
//! turned into a page (or into JSON under `/api/`) in one place, `pipeline`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::Fault;

/// What a handler gives back.
pub type Reply = Result<Response, Failure>;

/// Why there is no page. Each has a code that a person can read out to somebody who helps.
#[derive(Clone, Debug)]
pub enum Failure {
    /// Not there, or not for this person: outsiders can't tell which. `FR0404`.
    NotFound,
    /// Must sign in first. `FR0401`.
    SignIn,
    /// It was understood and can't be done, for a reason the person can act on: the key of a text
    /// that says so, and the area's code for it.
    Refused {
        /// HTTP status.
        status: StatusCode,
        /// The area's code, e.g. `VO0003`.
        code: &'static str,
        /// Key of the text.
        text: &'static str,
    },
    /// Ours to mend: logged once, shown with a number. `FR0500`.
    Fault(String),
}

impl Failure {
    /// The thing's state does not allow it, or it was changed meanwhile.
    #[must_use]
    pub fn conflict(code: &'static str, text: &'static str) -> Self {
        Self::Refused {
            status: StatusCode::CONFLICT,
            code,
            text,
        }
    }

    /// What was sent can't be used.
    #[must_use]
    pub fn bad(code: &'static str, text: &'static str) -> Self {
        Self::Refused {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code,
            text,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Refused { status, .. } => *status,
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "FR0404",
            Self::SignIn => "FR0401",
            Self::Refused { code, .. } => code,
            Self::Fault(_) => "FR0500",
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The cookie by which the page that comes next says that something was saved.
pub(crate) const SAID: &str = "said";

/// Sends the browser on after something was saved: the page that comes next says so, once, also
/// without script. Only to addresses on this hub.
#[must_use]
pub fn saved(to: &str) -> Response {
    let mut response = redirect(to);
    // The word is all it holds, and it is gone with the next page.
    let cookie = HeaderValue::from_static("said=saved; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// Sends the browser on with `303 See Other`. Only to addresses on this hub.
#[must_use]
pub fn redirect(to: &str) -> Response {
    // `//host` would leave the hub.
    let to = if to.starts_with('/') && !to.starts_with("//") && !to.contains('\\') {
        to
    } else {
        "/"
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let target = HeaderValue::from_str(&encoded(to)).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, target);
    response
}

/// Percent-encodes what may not stand in a header.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() {
            text.push(char::from(byte))
        } else {
            text.push_str(&format!("%{byte:02X}"))
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(to: &str) -> String {
        redirect(to).headers()[header::LOCATION]
            .to_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn the_browser_is_never_sent_off_the_hub() {
        assert_eq!(target("/studies/a?b=c"), "/studies/a?b=c");
        assert_eq!(target("/å"), "/%C3%A5");
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "evil",
            "",
        ] {
            assert_eq!(target(bad), "/", "{bad}");
        }
        assert_eq!(target("/a\r\nSet-Cookie: x"), "/a%0D%0ASet-Cookie:%20x");
    }
}
