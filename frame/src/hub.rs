//! The state every handler has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use base::{Actor, Chance, Clock, Lang, Uuid};
use store::Store;
use tokio::sync::{Notify, broadcast};
use ui::{Texts, Words};

use crate::area::{CheckFn, FixedWithFn, Hooks, IdentifyFn, JobFn, MenuEntry, ProgressFn};
use crate::errand::ErrandsFn;
use crate::lately::Lately;
use crate::routes::RouteInfo;
use crate::shelf::Shelf;
use crate::{Area, Routes};

/// An address under which the hub is reached from outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicUrl {
    /// `https`, or `http` for trying out on the own network.
    pub secure: bool,
    /// Host, with port when it has one.
    pub host: String,
}

impl std::str::FromStr for PublicUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("«{text}» is not an address such as https://hub.example.org");
        let uri: axum::http::Uri = text.parse().map_err(|_| wrong())?;
        let host = uri
            .authority()
            .map(|host| host.as_str().to_ascii_lowercase())
            .ok_or_else(wrong)?;
        match (uri.scheme_str(), uri.path()) {
            (Some("https"), "/" | "") => Ok(Self { secure: true, host }),
            (Some("http"), "/" | "") => Ok(Self {
                secure: false,
                host,
            }),
            _ => Err(wrong()),
        }
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}://{}",
            if self.secure { "https" } else { "http" },
            self.host
        )
    }
}

/// How this hub is run.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The address from outside, when there is one.
    pub public_url: Option<PublicUrl>,
    /// The proxy in front, whose `X-Forwarded-Proto` and `-Host` are believed.
    pub trusted_proxy: Option<IpAddr>,
    /// The demo hub: its sign-in links can be used again.
    pub demo: bool,
    /// Pages load themselves again when the program was rebuilt.
    pub dev: bool,
    /// Where «leave quickly» leads.
    pub quick_exit: String,
}

/// Something happened in a study: tells the live view, and other instances, to look.
pub type Live = broadcast::Sender<Uuid>;

/// The running hub. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    chance: Chance,
    texts: Texts,
    config: Config,
    name: RwLock<String>,
    menu: Vec<MenuEntry>,
    errands: Vec<ErrandsFn>,
    sealed: Vec<store::Sealed>,
    holders: Vec<store::Holder>,
    jobs: HashMap<&'static str, JobFn>,
    hooks: Vec<Hooks>,
    progress: Vec<ProgressFn>,
    fixed_with: Vec<FixedWithFn>,
    checks: Vec<CheckFn>,
    identify: Option<IdentifyFn>,
    routes: Vec<RouteInfo>,
    job_asked: Notify,
    live: Live,
    shelf: Shelf,
    lately: Lately,
}

impl Hub {
    /// Puts the areas together. Gives the hub and the routes of all areas.
    ///
    /// # Errors
    /// A sentence when language files are not well formed, or a route's door is too wide.
    pub fn assemble(
        store: Store,
        clock: Clock,
        chance: Chance,
        config: Config,
        areas: Vec<Area>,
    ) -> Result<(Self, Routes), String> {
        let mut sets = vec![ui::texts(), crate::texts()];
        sets.extend(areas.iter().map(|area| area.texts));
        let texts = Texts::new(&sets)?;
        let mut inner = Inner {
            store,
            clock,
            chance,
            texts,
            config,
            name: RwLock::default(),
            menu: Vec::new(),
            errands: Vec::new(),
            sealed: Vec::new(),
            holders: Vec::new(),
            jobs: HashMap::from([(crate::sealing::JOB, crate::sealing::work as JobFn)]),
            hooks: Vec::new(),
            progress: Vec::new(),
            fixed_with: Vec::new(),
            checks: Vec::new(),
            identify: None,
            routes: Vec::new(),
            job_asked: Notify::new(),
            live: broadcast::channel(256).0,
            shelf: Shelf::default(),
            lately: Lately::default(),
        };
        let mut routes = Routes::new();
        for area in areas {
            inner.menu.extend(area.menu);
            inner.errands.extend(area.errands);
            inner.sealed.extend(area.sealed);
            inner.holders.extend(area.holders);
            inner.jobs.extend(area.jobs);
            inner.hooks.push(area.hooks);
            inner.progress.extend(area.progress);
            inner.fixed_with.extend(area.fixed_with);
            inner.checks.extend(area.check);
            inner.identify = inner.identify.or(area.identify);
            routes = routes.with(area.routes);
        }
        if let Some(fault) = routes.faults().first() {
            return Err(fault.clone());
        }
        inner.routes = routes.list().to_vec();
        Ok((Self(Arc::new(inner)), routes))
    }

    /// The database with its objects.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> base::Time {
        self.0.clock.now()
    }

    /// The clock, for what lives longer than a request.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Ids and secrets.
    #[must_use]
    pub fn chance(&self) -> &Chance {
        &self.0.chance
    }

    /// How this hub is run.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The texts of one language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> Words {
        self.0.texts.words(lang)
    }

    /// The hub's name.
    #[must_use]
    pub fn name(&self) -> String {
        self.0
            .name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps the hub's name at hand for the page shell; `people` calls it when it has changed.
    pub fn set_name(&self, name: &str) {
        name.clone_into(&mut self.0.name.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// The menu of somebody, in the words of the page.
    #[must_use]
    pub fn menu(&self, actor: &Actor, words: &Words) -> Vec<(String, String)> {
        self.0
            .menu
            .iter()
            .filter(|entry| (entry.shown_to)(actor))
            .map(|entry| (entry.href.to_owned(), words.t(entry.label)))
            .collect()
    }

    /// All tables with sealed bodies.
    #[must_use]
    pub fn sealed(&self) -> &[store::Sealed] {
        &self.0.sealed
    }

    pub(crate) fn holders(&self) -> &[store::Holder] {
        &self.0.holders
    }

    pub(crate) fn errands(&self) -> &[ErrandsFn] {
        &self.0.errands
    }

    /// Every route with its door.
    #[must_use]
    pub fn route_list(&self) -> &[RouteInfo] {
        &self.0.routes
    }

    /// Something waits in the job table: wakes the workers at once.
    pub fn job_asked(&self) {
        self.0.job_asked.notify_one();
    }

    pub(crate) fn job_bell(&self) -> &Notify {
        &self.0.job_asked
    }

    pub(crate) fn job(&self, kind: &str) -> Option<JobFn> {
        self.0.jobs.get(kind).copied()
    }

    pub(crate) fn hooks(&self) -> &[Hooks] {
        &self.0.hooks
    }

    pub(crate) fn fixed_withs(&self) -> &[FixedWithFn] {
        &self.0.fixed_with
    }

    pub(crate) fn progresses(&self) -> &[ProgressFn] {
        &self.0.progress
    }

    pub(crate) fn checks(&self) -> &[CheckFn] {
        &self.0.checks
    }

    pub(crate) fn identify(&self) -> Option<IdentifyFn> {
        self.0.identify
    }

    /// What the pages of studies show, held in memory between views.
    #[must_use]
    pub fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    /// Which openings stand on the trail already.
    #[must_use]
    pub fn lately(&self) -> &Lately {
        &self.0.lately
    }

    /// Tells those who watch a study that something was done in it.
    pub fn tell(&self, study: Uuid) {
        // Nobody watching is the usual case.
        let _ = self.0.live.send(study);
    }

    /// Watches the studies.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Uuid> {
        self.0.live.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_scheme_and_host_and_nothing_else() {
        let url: PublicUrl = "https://Hub.example.org".parse().unwrap();
        assert_eq!(
            url,
            PublicUrl {
                secure: true,
                host: "hub.example.org".into()
            }
        );
        assert_eq!(url.to_string(), "https://hub.example.org");
        for bad in [
            "hub.example.org",
            "https://",
            "ftp://x",
            "https://x/path",
            "",
        ] {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }
}
