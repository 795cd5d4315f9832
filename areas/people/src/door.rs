//! No door without a trail: one call decides, and writes down.

use std::sync::Arc;

use base::{Actor, MINUTE, Time, Uuid};
use frame::{Ask, Door, Failure, Gate, Hub, Opening, PathParts};
use futures::future::BoxFuture;
use store::trail::Entry;
use store::{Conn, Fault, Tx};

use crate::rules::{Act, Layer, STUDY, Scope, may};
use crate::store as rows;

/// Something behind a door.
pub trait Thing {
    /// The word for its kind, on the trail.
    const KIND: &'static str;
    /// Which one.
    fn id(&self) -> Uuid;
    /// What its access hangs on.
    fn scope(&self) -> Scope;
}

/// A part of a study by its id, where there is no row to hold up.
#[derive(Clone, Copy, Debug)]
pub struct StudyPart(pub Uuid, pub Layer);

impl Thing for StudyPart {
    const KIND: &'static str = STUDY;
    fn id(&self) -> Uuid {
        self.0
    }
    fn scope(&self) -> Scope {
        Scope::Study(self.0, self.1)
    }
}

/// The hub as a thing to lead.
#[derive(Clone, Copy, Debug)]
pub struct TheHub;

impl Thing for TheHub {
    const KIND: &'static str = "hub";
    fn id(&self) -> Uuid {
        Uuid::nil()
    }
    fn scope(&self) -> Scope {
        Scope::Hub
    }
}

/// A thing that has passed the door. It can't be made anywhere else, and what shows or changes a
/// thing of a study asks for it.
#[derive(Clone, Debug)]
pub struct Granted<T>(T);

impl<T> Granted<T> {
    /// The thing itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Granted<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// One opening by one person of one thing counts once in this time.
const ONCE_IN: i64 = 15 * MINUTE;

/// Finds the study of what a route's path names: its id, or none when there is no such thing.
pub type FindStudy =
    for<'a> fn(&'a Conn, &'a PathParts) -> BoxFuture<'a, Result<Option<Uuid>, Fault>>;

/// The door of a route that does something with one thing of a study: asked before the form is
/// read. It lets in and leaves no line, since the deed leaves its own; who is not let in does.
#[must_use]
pub fn study_door(act: Act, layer: Layer, find: FindStudy) -> Door {
    Door::Inside(Gate::new(move |hub, actor, parts| {
        Box::pin(async move {
            let study = find(&hub.store().read(), &parts)
                .await?
                .ok_or(Failure::NotFound)?;
            let visitor = Visitor { hub, actor };
            let part = StudyPart(study, layer);
            if visitor.may(act, &part) {
                Ok(())
            } else {
                visitor.note(&part, None).await?;
                Err(Failure::NotFound)
            }
        })
    }))
}

/// The door of a route that begins a study.
#[must_use]
pub fn new_study_door() -> Door {
    Door::Inside(Gate::new(|_, actor, _| {
        let ground = may(&actor, Act::Create, Scope::NewStudy);
        Box::pin(async move { ground.map(|_| ()).ok_or(Failure::NotFound) })
    }))
}

/// Somebody at the doors of a hub. Cheap to clone, so that it can go into an act.
#[derive(Clone)]
pub struct Visitor {
    hub: Hub,
    actor: Arc<Actor>,
}

/// The one who asks, as a [`Visitor`].
///
/// # Errors
/// [`Failure::SignIn`] when nobody is signed in.
pub fn visitor(ask: &Ask) -> Result<Visitor, Failure> {
    Ok(Visitor {
        hub: ask.hub.clone(),
        actor: ask.who()?.clone(),
    })
}

impl Visitor {
    /// An operator at the command line.
    #[must_use]
    pub fn operator(hub: &Hub, system_user: &str) -> Self {
        Self {
            hub: hub.clone(),
            actor: Arc::new(Actor::operator(system_user)),
        }
    }

    /// Somebody by their actor, for jobs that go on in their name.
    #[must_use]
    pub fn new(hub: &Hub, actor: Arc<Actor>) -> Self {
        Self {
            hub: hub.clone(),
            actor,
        }
    }

    /// Who it is.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The hub.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Would the door open? Only to decide what a page offers; nothing is shown on this alone.
    #[must_use]
    pub fn may<T: Thing>(&self, act: Act, thing: &T) -> bool {
        may(&self.actor, act, thing.scope()).is_some()
    }

    /// The studies in whose layer this person may do this, as a member: to ask about many at once.
    #[must_use]
    pub fn studies(&self, act: Act, layer: Layer) -> Vec<Uuid> {
        let all = self.actor.memberships.iter();
        all.filter(|member| member.kind == STUDY)
            .map(|member| member.id)
            .filter(|study| may(&self.actor, act, Scope::Study(*study, layer)).is_some())
            .collect()
    }

    /// Opens a door to look. The trail has the line before this answers; when it can't be written,
    /// the door stays shut.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when this person may not, the same as when the thing is not there.
    pub async fn read<T: Thing>(&self, thing: T) -> Result<Granted<T>, Failure> {
        let ground = may(&self.actor, Act::Read, thing.scope());
        self.note(&thing, ground).await?;
        ground.map(|_| Granted(thing)).ok_or(Failure::NotFound)
    }

    /// Writes down that a thing was opened on this ground, or that a door stayed shut.
    async fn note<T: Thing>(&self, thing: &T, ground: Option<&'static str>) -> Result<(), Fault> {
        let now = self.hub.now();
        let (act, why) = match ground {
            Some(ground) => (Act::Read.word(), ground),
            None => ("refused", "none"),
        };
        let entry = self.entry(act, thing, why, now);
        let opening = Opening {
            actor: entry.actor,
            role: entry.role.clone(),
            act,
            kind: T::KIND,
            subject: entry.subject,
        };
        let since = now.plus(-ONCE_IN);
        let lately = self.hub.lately();
        // A line never goes within its 15 minutes, so one that was seen needs no second look.
        if lately.noted(&opening).is_some_and(|at| at > since) {
            return Ok(());
        }
        let noted = rows::noted(&self.hub.store().read(), &entry, since).await?;
        if noted.is_none() {
            self.hub
                .store()
                .write(move |tx| Box::pin(async move { tx.trail(&entry).await }))
                .await?;
        }
        lately.note(opening, noted.unwrap_or(now));
        Ok(())
    }

    /// Opens a door to look at something of one's own: participants, visitors and owners leave no
    /// trail when they look at what is theirs.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when it is not one's own.
    pub fn own<T: Thing>(&self, thing: T) -> Result<Granted<T>, Failure> {
        match thing.scope() {
            Scope::Own(account) if self.actor.account == Some(account) => Ok(Granted(thing)),
            _ => Err(Failure::NotFound),
        }
    }

    /// Opens a door to do something, inside the act that does it: the line on the trail and the
    /// deed stand or fall together.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when this person may not.
    pub async fn enter<T: Thing>(
        &self,
        tx: &Tx,
        act: Act,
        thing: T,
    ) -> Result<Granted<T>, Failure> {
        let ground = may(&self.actor, act, thing.scope()).ok_or(Failure::NotFound)?;
        let entry = self.entry(act.word(), &thing, ground, self.hub.now());
        tx.trail(&entry).await?;
        Ok(Granted(thing))
    }

    fn entry<T: Thing>(&self, act: &str, thing: &T, ground: &str, at: Time) -> Entry {
        let role = match self.actor.account {
            Some(_) => "account".to_owned(),
            None => format!("operator:{}", self.actor.name),
        };
        Entry {
            id: self.hub.chance().uuid(at),
            at,
            actor: self.actor.account.map(base::Id::uuid),
            role,
            act: act.to_owned(),
            kind: T::KIND.to_owned(),
            subject: thing.id(),
            ground: ground.to_owned(),
            study: match thing.scope() {
                Scope::Study(study, _) => Some(study),
                Scope::Hub | Scope::NewStudy | Scope::Practice | Scope::Own(_) => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use base::{Account, Chance, Clock, Id, Membership, Role};
    use frame::Config;
    use store::testing::each_engine;
    use store::{Store, trail};

    use super::*;

    const STUDY_ID: Uuid = Uuid::from_u128(7);

    /// Somebody at the doors of one instance of the hub.
    fn at_instance(store: &Store, clock: &Clock, number: u64, role: Option<Role>) -> Visitor {
        let chance = Chance::seeded(number);
        let (hub, _) = Hub::assemble(
            store.clone(),
            clock.clone(),
            chance,
            Config::default(),
            vec![],
        )
        .unwrap();
        let mut actor = Actor::operator("Kari");
        actor.account = Some(Id::<Account>::from(Uuid::from_u128(1)));
        let member = |role| Membership {
            kind: STUDY.into(),
            id: STUDY_ID,
            role,
        };
        actor.memberships = role.map(member).into_iter().collect();
        Visitor::new(&hub, Arc::new(actor))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_opening_counts_once_in_its_time_on_every_instance() {
        each_engine(async |store, clock| {
            let member = Some(Role::PeerResearcher);
            let (one, other) = (
                at_instance(store, clock, 1, member),
                at_instance(store, clock, 2, member),
            );
            let raw = StudyPart(STUDY_ID, Layer::Raw);
            let acts = async || -> Vec<String> {
                let lines = trail::about(&store.read(), STUDY, STUDY_ID, 9).await;
                lines.unwrap().into_iter().map(|line| line.act).collect()
            };
            one.read(raw).await.unwrap();
            clock.advance(ONCE_IN - 1);
            for visitor in [&one, &other, &one] {
                visitor.read(raw).await.unwrap();
            }
            assert_eq!(acts().await, ["read"]);
            // The time runs from the line on, whoever has seen it since.
            clock.advance(1);
            for visitor in [&other, &one, &other] {
                visitor.read(raw).await.unwrap();
            }
            assert_eq!(acts().await, ["read", "read"]);
            // What was opened before does not open when the membership has ended.
            let nobody = Visitor::new(one.hub(), at_instance(store, clock, 3, None).actor);
            for _ in 0..2 {
                assert!(matches!(nobody.read(raw).await, Err(Failure::NotFound)));
            }
            assert_eq!(acts().await, ["refused", "read", "read"]);
        })
        .await;
    }
}
