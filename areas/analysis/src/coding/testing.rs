//! A study with texts, codes and two people, for the tests of this area.

use std::sync::Arc;

use ::store::Store;
use base::{Account, Actor, Clock, Id, Membership, Role, Uuid};
use frame::{Failure, Hub};
use people::Visitor;
use voices::testing::{Made, a_hub, a_study};

use crate::anchor::{Anchor, Point};
use crate::codebook::Code;
use crate::codes::{self, NewCode};
use crate::coding::acts::{Done, NewMark, mark};
use crate::coding::quotes::quotes;
use crate::coding::{Passage, store as rows};

/// Texts with an emoji, and words that come twice.
pub const LINES: [&str; 4] = [
    "Intervjuer: Hvordan var det?",
    "Kari: Det var 🙂 godt å bli møtt. Ingen maste.",
    "Kari: Så gikk vi en tur.",
    "Ola: Ja.",
];

/// A hub with one study, and somebody who works in it.
pub struct World {
    /// The hub.
    pub hub: Hub,
    /// The study with its source.
    pub made: Made,
    /// Somebody who marks.
    pub kari: Visitor,
}

/// A member of a study with an account of this number.
pub fn member(number: u128, name: &str, study: Uuid) -> Actor {
    let mut actor = Actor::operator(name);
    actor.account = Some(Id::<Account>::from(Uuid::from_u128(number)));
    actor.roles = vec![Role::PeerResearcher];
    actor.memberships = vec![Membership {
        kind: "study".into(),
        id: study,
        role: Role::PeerResearcher,
    }];
    actor
}

impl World {
    /// On a throw-away store.
    pub async fn on(store: &Store, clock: &Clock) -> Self {
        let hub = a_hub(store, clock, vec![voices::area(), crate::area()]);
        let made = a_study(&hub)
            .with_source("Samtale", &LINES)
            .make()
            .await
            .unwrap();
        let kari = Visitor::new(&hub, Arc::new(member(1, "Kari", made.study.id.uuid())));
        Self { hub, made, kari }
    }

    /// Another person who works in the study.
    pub fn colleague(&self) -> Visitor {
        Visitor::new(
            &self.hub,
            Arc::new(member(2, "Ola", self.made.study.id.uuid())),
        )
    }

    /// A code of the study.
    pub async fn code(&self, name: &str) -> Code {
        let (visitor, study, new) = (self.kari.clone(), self.made.study.id, NewCode::named(name));
        let write = self.hub.store();
        write
            .write(move |tx| Box::pin(async move { codes::add(tx, &visitor, study, new).await }))
            .await
            .unwrap()
    }

    /// An anchor from (block number, code point) to another.
    pub fn anchor(&self, from: (usize, usize), to: (usize, usize)) -> Anchor {
        let point = |(n, at): (usize, usize)| Point {
            block: self.made.blocks[0][n],
            at,
        };
        Anchor {
            from: point(from),
            to: point(to),
        }
    }

    /// Marks.
    pub async fn mark(
        &self,
        visitor: &Visitor,
        anchor: Anchor,
        codes: &[Id<Code>],
        note: &str,
    ) -> Result<Done, Failure> {
        let (visitor, source) = (visitor.clone(), self.made.sources[0]);
        let new = NewMark {
            anchor,
            codes: codes.to_vec(),
            new_codes: vec![],
            note: note.into(),
        };
        self.hub
            .store()
            .write(move |tx| Box::pin(async move { mark(tx, &visitor, source, &new).await }))
            .await
    }

    /// A passage as it is now.
    pub async fn passage(&self, id: Id<Passage>) -> Option<Passage> {
        rows::passage_by_id(&self.hub.store().read(), id)
            .await
            .unwrap()
    }

    /// The words of a passage as they are now.
    pub async fn words(&self, id: Id<Passage>) -> String {
        let passage = self.passage(id).await.unwrap();
        quotes(&self.hub.store().read(), &[passage])
            .await
            .unwrap()
            .remove(0)
            .text
    }

    /// The kept counts: code and number.
    pub async fn counts(&self) -> Vec<(Id<Code>, i64)> {
        let all = crate::store::counts(&self.hub.store().read(), self.made.study.id, None)
            .await
            .unwrap();
        let mut all: Vec<_> = all.into_iter().filter(|(_, n)| *n != 0).collect();
        all.sort();
        all
    }

    /// What `check` finds.
    pub async fn faults(&self) -> Vec<String> {
        crate::coding::hooks::check(self.hub.store()).await.unwrap()
    }
}
