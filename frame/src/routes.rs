//! Routes with their doors.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use base::Role;

use crate::pipeline::Asker;
use crate::{Failure, Hub};

/// Who may come as far as the handler; what they may do there is `people::open`'s to say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
}

impl Door {
    /// The word for the list of routes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Anyone => "anyone",
            Self::SignedIn => "signed_in",
            Self::Staff => "staff",
            Self::HubLead => "hub_lead",
        }
    }
}

impl Door {
    /// Who may come as far as the handler, in words: `anyone`, or roles at the hub. Members of a
    /// study pass the staff door whatever their role at the hub is.
    #[must_use]
    pub fn roles(self) -> Vec<&'static str> {
        match self {
            Self::Public | Self::Anyone => vec!["anyone"],
            Self::SignedIn => Role::ALL.map(Role::word).to_vec(),
            Self::Staff => STAFF.map(Role::word).to_vec(),
            Self::HubLead => vec![Role::HubLead.word()],
        }
    }
}

/// Who works at the hub.
const STAFF: [Role; 3] = [Role::HubLead, Role::ProcessManager, Role::PeerResearcher];

/// One route, as `knutepunkt routes` lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
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
        let route = route.route_layer(from_fn(move |request, next| guard(door, request, next)));
        if door == Door::Public {
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
    let actor = request
        .extensions()
        .get::<Asker>()
        .and_then(|asker| asker.actor.clone());
    let open = match (door, &actor) {
        (Door::Public | Door::Anyone, _) => true,
        (Door::SignedIn, Some(_)) => true,
        (Door::Staff, Some(actor)) => {
            STAFF.iter().any(|role| actor.is(*role))
                || actor
                    .memberships
                    .iter()
                    .any(|member| STAFF.contains(&member.role))
        }
        (Door::HubLead, Some(actor)) => actor.is(Role::HubLead),
        (_, None) => return Failure::SignIn.into_response(),
    };
    if open {
        next.run(request).await
    } else {
        Failure::NotFound.into_response()
    }
}
