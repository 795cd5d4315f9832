//! The question a handler answers.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use base::{Actor, Lang, Time};
use ui::form::Form;
use ui::{Markup, Page, Who, Words};

use crate::pipeline::Asker;
use crate::{Failure, Hub};

/// Who asks, in which language, of which hub.
pub struct Ask {
    /// The hub.
    pub hub: Hub,
    /// Who asks; `None` when nobody is signed in.
    pub actor: Option<Arc<Actor>>,
    /// The page's texts.
    pub words: Words,
    /// Path and query.
    pub path: String,
    /// Scheme and host this request came by, e.g. `http://127.0.0.1:7373`.
    pub base: String,
    /// It came over https.
    pub secure: bool,
    /// The page before has saved something, and this one says so.
    pub saved: bool,
}

impl Ask {
    /// The one who asks.
    ///
    /// # Errors
    /// [`Failure::SignIn`] when nobody is signed in; on a route whose door asks for it this can't
    /// happen.
    pub fn who(&self) -> Result<&Arc<Actor>, Failure> {
        self.actor.as_ref().ok_or(Failure::SignIn)
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Time {
        self.hub.now()
    }

    /// The language of the page.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.words.lang()
    }

    /// A text.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.words.t(key)
    }

    /// The whole address of a path of this hub, for a link somebody is given: from the hub's public
    /// address when it has one, else from how this request came.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        let public = self.hub.config().public_url.as_ref();
        let base = public.map_or_else(|| self.base.clone(), ToString::to_string);
        format!("{base}{path}")
    }

    /// A page in the shell, with the name of the hub, who looks, and the menu.
    #[must_use]
    pub fn page(&self, title: impl Into<String>, body: Markup) -> Page {
        let who = match &self.actor {
            Some(actor) => Who {
                name: Some(actor.name.clone()),
                menu: self.hub.menu(actor, &self.words),
            },
            None => Who::default(),
        };
        Page::new(&self.words, title, body)
            .hub(self.hub.name())
            .who(who)
            .path(self.path.clone())
            .saved(self.saved)
            .trial(true)
            .dev(self.hub.config().dev)
    }
}

/// A page as a response. (A function, since `Page` and `IntoResponse` are both not ours.)
#[must_use]
pub fn show(page: &Page) -> Response {
    Html(page.render()).into_response()
}

impl FromRequestParts<Hub> for Ask {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, Failure> {
        let asker = parts
            .extensions
            .get::<Asker>()
            .cloned()
            .ok_or_else(|| Failure::Fault("a route outside the pipeline".into()))?;
        let path = parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        Ok(Self {
            hub: hub.clone(),
            words: hub.words(asker.lang),
            actor: asker.actor,
            path,
            base: asker.base,
            secure: asker.secure,
            saved: asker.saved,
        })
    }
}

/// A form that was sent, as [`Form`]. A field that stands several times keeps its last value; use
/// [`FormData::many`] for those.
pub struct FormData {
    pairs: Vec<(String, String)>,
}

impl FormData {
    /// As a form that can be checked and shown again.
    #[must_use]
    pub fn form(&self) -> Form {
        Form::filled(self.pairs.clone())
    }

    /// All values of a field.
    #[must_use]
    pub fn many(&self, name: &str) -> Vec<String> {
        self.pairs
            .iter()
            .filter(|(field, _)| field == name)
            .map(|(_, value)| value.clone())
            .collect()
    }
}

impl FromRequest<Hub> for FormData {
    type Rejection = Failure;

    async fn from_request(request: Request, hub: &Hub) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, hub)
            .await
            .map_err(|_| Failure::bad("FR0413", "frame-too-large"))?;
        let pairs = serde_urlencoded::from_bytes(&bytes)
            .map_err(|_| Failure::bad("FR0422", "frame-bad-form"))?;
        Ok(Self { pairs })
    }
}
