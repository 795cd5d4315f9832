//! Routes with their doors.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use base::{Actor, Role};
use futures::future::BoxFuture;

use crate::pipeline::Asker;
use crate::{Failure, Hub};

/// What stands in a request's path where the route has braces, by name.
pub type PathParts = HashMap<String, String>;

type Ask =
    dyn Fn(Hub, Arc<Actor>, PathParts) -> BoxFuture<'static, Result<(), Failure>> + Send + Sync;

/// A door inside the hub: an area's own question about the thing that a path names.
#[derive(Clone)]
pub struct Gate(Arc<Ask>);

impl Gate {
    /// A gate that asks this. [`Failure::NotFound`] is the answer to those it does not let in.
    pub fn new(
        ask: impl Fn(Hub, Arc<Actor>, PathParts) -> BoxFuture<'static, Result<(), Failure>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self(Arc::new(ask))
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gate")
    }
}

/// Who may come as far as the handler. It is asked before anything of the request's body is read,
/// so that who is not let in learns nothing from how a form is refused.
#[derive(Clone, Debug)]
pub enum Door {
    /// Anyone; also on the second, public listener.
    Public,
    /// Anyone, but not on the public listener: sign-in and the like.
    Anyone,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever works at the hub: hub lead, process manager, peer researcher.
    Staff,
    /// The hub lead.
    HubLead,
    /// Whoever may do just this with just that thing, as the area says. What changes one thing
    /// must have this door: see [`Routes::faults`].
    Inside(Gate),
}

impl Door {
    /// The word for the list of routes.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Anyone => "anyone",
            Self::SignedIn => "signed_in",
            Self::Staff => "staff",
            Self::HubLead => "hub_lead",
            Self::Inside(_) => "inside",
        }
    }
}

impl Door {
    /// Who may come as far as the handler, in words: `anyone`, or roles at the hub. Members of a
    /// study pass the staff door whatever their role at the hub is.
    #[must_use]
    pub fn roles(&self) -> Vec<&'static str> {
        match self {
            Self::Public | Self::Anyone => vec!["anyone"],
            Self::SignedIn => Role::ALL.map(Role::word).to_vec(),
            Self::Staff | Self::Inside(_) => STAFF.map(Role::word).to_vec(),
            Self::HubLead => vec![Role::HubLead.word()],
        }
    }
}

/// Who works at the hub.
const STAFF: [Role; 3] = [Role::HubLead, Role::ProcessManager, Role::PeerResearcher];

/// One route, as `knutepunkt routes` lists it.
#[derive(Clone, Debug)]
pub struct RouteInfo {
    /// `GET` or `POST`.
    pub method: Method,
    /// The path with its `{parts}`.
    pub path: &'static str,
    /// Who may come as far as the handler.
    pub door: Door,
}

/// Routes of one area, or of all.
#[derive(Default)]
pub struct Routes {
    all: Router<Hub>,
    public: Router<Hub>,
    list: Vec<RouteInfo>,
}

impl Routes {
    /// No routes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A page, or something to read.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, door: Door, handler: H) -> Self
    where
        H: Handler<T, Hub> + Clone,
        T: 'static,
    {
        self.add(Method::GET, path, door, on(MethodFilter::GET, handler))
    }

    /// Something that changes.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, door: Door, handler: H) -> Self
    where
        H: Handler<T, Hub> + Clone,
        T: 'static,
    {
        self.add(Method::POST, path, door, on(MethodFilter::POST, handler))
    }

    /// Something that changes and takes up to `limit` bytes.
    #[must_use]
    pub fn upload<H, T>(self, path: &'static str, door: Door, limit: usize, handler: H) -> Self
    where
        H: Handler<T, Hub> + Clone,
        T: 'static,
    {
        let route =
            on(MethodFilter::POST, handler).layer(axum::extract::DefaultBodyLimit::max(limit));
        self.add(Method::POST, path, door, route)
    }

    fn add(
        mut self,
        method: Method,
        path: &'static str,
        door: Door,
        route: MethodRouter<Hub>,
    ) -> Self {
        let asked = door.clone();
        let route = route.route_layer(from_fn(move |request, next| {
            guard(asked.clone(), request, next)
        }));
        if matches!(door, Door::Public) {
            self.public = self.public.route(path, route.clone());
        }
        self.all = self.all.route(path, route);
        self.list.push(RouteInfo { method, path, door });
        self
    }

    /// These and others.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.all = self.all.merge(other.all);
        self.public = self.public.merge(other.public);
        self.list.extend(other.list);
        self
    }

    /// Routes whose door is too wide: what changes something that a path names, behind a door
    /// that does not know the thing, would read the form before anyone asks whose it is.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        self.list
            .iter()
            .filter(|route| {
                route.method != Method::GET
                    && route.path.contains('{')
                    && matches!(route.door, Door::Staff | Door::SignedIn)
            })
            .map(|route| {
                format!(
                    "{} {}: give it a door of its own, Door::Inside",
                    route.method, route.path
                )
            })
            .collect()
    }

    /// Each route with its door.
    #[must_use]
    pub fn list(&self) -> &[RouteInfo] {
        &self.list
    }

    pub(crate) fn into_all(self) -> Router<Hub> {
        self.all
    }

    pub(crate) fn public(&self) -> Router<Hub> {
        self.public.clone()
    }
}

async fn guard(door: Door, request: Request, next: Next) -> Response {
    let asker = request.extensions().get::<Asker>().cloned();
    let actor = asker.as_ref().and_then(|asker| asker.actor.clone());
    let request = match (door, asker, actor) {
        (Door::Public | Door::Anyone, _, _) | (Door::SignedIn, _, Some(_)) => request,
        (_, None, _) | (_, _, None) => return Failure::SignIn.into_response(),
        (Door::Staff, _, Some(actor)) if is_staff(&actor) => request,
        (Door::HubLead, _, Some(actor)) if actor.is(Role::HubLead) => request,
        (Door::Staff | Door::HubLead, _, Some(_)) => return Failure::NotFound.into_response(),
        (Door::Inside(gate), Some(asker), Some(actor)) => {
            let (mut head, body) = request.into_parts();
            let parts = path_parts(&mut head).await;
            if let Err(failure) = gate.0(asker.hub, actor, parts).await {
                return failure.into_response();
            }
            Request::from_parts(head, body)
        }
    };
    next.run(request).await
}

fn is_staff(actor: &Actor) -> bool {
    STAFF.iter().any(|role| actor.is(*role))
        || actor
            .memberships
            .iter()
            .any(|member| STAFF.contains(&member.role))
}

/// What stands in the path; a part that is no text is left out, and so names nothing.
async fn path_parts(head: &mut axum::http::request::Parts) -> PathParts {
    match RawPathParams::from_request_parts(head, &()).await {
        Ok(parts) => parts
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        Err(_) => PathParts::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn nothing() {}

    #[test]
    fn what_changes_a_thing_asks_about_that_thing() {
        let gate = Gate::new(|_, _, _| Box::pin(async { Ok(()) }));
        let routes = Routes::new()
            .get("/things/{id}", Door::Staff, nothing)
            .post("/things", Door::Staff, nothing)
            .post("/links/{token}", Door::Anyone, nothing)
            .post("/people/{id}", Door::HubLead, nothing)
            .post("/things/{id}/gone", Door::Inside(gate), nothing)
            .post("/things/{id}", Door::Staff, nothing);
        assert_eq!(
            routes.faults(),
            ["POST /things/{id}: give it a door of its own, Door::Inside"]
        );
    }
}
