//! Who may do what: named predicates, no HTTP, no SQL.
//!
//! The table in words: a **hub lead** leads the hub and its people, and sees of a study that it
//! exists, its state and dates, and who its members are. A **process manager** who is a member
//! leads the study; a **peer researcher** who is a member works with what is said in it. A
//! **volunteer** has no access to studies. **Service** and **participant** reach released text
//! only. An **operator** at the command line owns the data folder anyway.

use base::{Account, Actor, Id, Role, Uuid};

/// What somebody wants to do; the word on the trail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// Look at it.
    Read,
    /// Make it.
    Create,
    /// Change it.
    Change,
    /// Take it away.
    Delete,
    /// Take it out of the hub as a file.
    Export,
    /// Give it to the service.
    HandOver,
}

impl Act {
    /// All acts.
    pub const ALL: [Self; 6] = [
        Self::Read,
        Self::Create,
        Self::Change,
        Self::Delete,
        Self::Export,
        Self::HandOver,
    ];

    /// The word on the trail.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Change => "change",
            Self::Delete => "delete",
            Self::Export => "export",
            Self::HandOver => "hand_over",
        }
    }
}

/// The part of a study somebody wants to reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layer {
    /// That it exists, its state and dates.
    Card,
    /// Who its members are.
    Members,
    /// Its commission, states and settings.
    Lead,
    /// What was said, and what is made of it: sources, codes, findings, drafts.
    Raw,
    /// What was handed over or published.
    Released,
}

/// What a thing belongs to, and so what its access hangs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The hub: its name, its people.
    Hub,
    /// A study that does not exist yet.
    NewStudy,
    /// A practice study that does not exist yet.
    Practice,
    /// A part of a study.
    Study(Uuid, Layer),
    /// Somebody's own.
    Own(Id<Account>),
}

/// The kind under which memberships in studies are kept.
pub const STUDY: &str = "study";

/// May this person do this? The answer is the ground, for the trail.
#[must_use]
pub fn may(actor: &Actor, act: Act, scope: Scope) -> Option<&'static str> {
    if actor.is_operator() {
        return Some("operator");
    }
    match scope {
        Scope::Hub => leads_the_hub(actor),
        Scope::NewStudy => may_begin_a_study(actor),
        Scope::Practice => may_practise(actor),
        Scope::Own(account) => (actor.account == Some(account)).then_some("own"),
        Scope::Study(study, layer) => {
            let member = actor.role_in(STUDY, study);
            match layer {
                Layer::Card => sees_the_card(actor, member, act),
                Layer::Members => leads_the_hub(actor).or_else(|| leads_the_study(member)),
                Layer::Lead => may_lead(member, act),
                Layer::Raw => works_with_what_was_said(member, act),
                Layer::Released => may_read_released(member, act),
            }
        }
    }
}

fn leads_the_hub(actor: &Actor) -> Option<&'static str> {
    actor.is(Role::HubLead).then_some("hub_lead")
}

fn may_begin_a_study(actor: &Actor) -> Option<&'static str> {
    leads_the_hub(actor).or_else(|| actor.is(Role::ProcessManager).then_some("process_manager"))
}

fn may_practise(actor: &Actor) -> Option<&'static str> {
    let works = actor.is(Role::PeerResearcher).then_some("peer_researcher");
    may_begin_a_study(actor).or(works)
}

fn leads_the_study(member: Option<Role>) -> Option<&'static str> {
    (member == Some(Role::ProcessManager)).then_some("study_process_manager")
}

fn sees_the_card(actor: &Actor, member: Option<Role>, act: Act) -> Option<&'static str> {
    match (act, member) {
        (Act::Read, Some(_)) => Some("study_member"),
        (Act::Read, None) => leads_the_hub(actor),
        _ => leads_the_study(member),
    }
}

fn may_lead(member: Option<Role>, act: Act) -> Option<&'static str> {
    match (act, member) {
        (Act::Read, Some(Role::PeerResearcher)) => Some("study_peer_researcher"),
        _ => leads_the_study(member),
    }
}

fn works_with_what_was_said(member: Option<Role>, act: Act) -> Option<&'static str> {
    match (act, member) {
        (Act::Read | Act::Create | Act::Change | Act::Export, Some(Role::PeerResearcher)) => {
            Some("study_peer_researcher")
        }
        _ => leads_the_study(member),
    }
}

fn may_read_released(member: Option<Role>, act: Act) -> Option<&'static str> {
    match (act, member) {
        (Act::Read, Some(Role::PeerResearcher)) => Some("study_peer_researcher"),
        (Act::Read, Some(Role::Service)) => Some("study_service"),
        _ => leads_the_study(member),
    }
}

#[cfg(test)]
mod tests {
    use base::Membership;

    use super::*;

    const STUDY_ID: Uuid = Uuid::from_u128(1);

    fn someone(role: Role, member: Option<Role>) -> Actor {
        let mut actor = Actor::operator("someone");
        actor.account = Some(Id::from(Uuid::from_u128(9)));
        actor.roles = vec![role];
        actor.memberships = member
            .map(|role| Membership {
                kind: STUDY.into(),
                id: STUDY_ID,
                role,
            })
            .into_iter()
            .collect();
        actor
    }

    /// The acts somebody may do, as a row of letters: Read, Create, cHange, Delete, Export, hand Over.
    fn row(actor: &Actor, scope: Scope) -> String {
        let letters = "RCHDEO".chars();
        Act::ALL
            .into_iter()
            .zip(letters)
            .map(|(act, letter)| {
                if may(actor, act, scope).is_some() {
                    letter
                } else {
                    '-'
                }
            })
            .collect()
    }

    fn study_rows(actor: &Actor) -> Vec<String> {
        [
            Layer::Card,
            Layer::Members,
            Layer::Lead,
            Layer::Raw,
            Layer::Released,
        ]
        .map(|layer| row(actor, Scope::Study(STUDY_ID, layer)))
        .to_vec()
    }

    #[test]
    fn the_table_of_studies_is_this_one() {
        let nothing = ["------"; 5];
        let table = [
            (
                someone(Role::HubLead, None),
                ["R-----", "RCHDEO", "------", "------", "------"],
            ),
            (
                someone(Role::ProcessManager, Some(Role::ProcessManager)),
                ["RCHDEO", "RCHDEO", "RCHDEO", "RCHDEO", "RCHDEO"],
            ),
            (someone(Role::ProcessManager, None), nothing),
            (
                someone(Role::PeerResearcher, Some(Role::PeerResearcher)),
                ["R-----", "------", "R-----", "RCH-E-", "R-----"],
            ),
            (someone(Role::PeerResearcher, None), nothing),
            (someone(Role::Volunteer, None), nothing),
            (
                someone(Role::Service, Some(Role::Service)),
                ["R-----", "------", "------", "------", "R-----"],
            ),
            (someone(Role::Service, None), nothing),
            (someone(Role::Participant, None), nothing),
        ];
        for (actor, expected) in table {
            assert_eq!(study_rows(&actor), expected, "{actor:?}");
        }
    }

    #[test]
    fn who_works_with_studies_may_practise() {
        for role in Role::ALL {
            let works = [Role::HubLead, Role::ProcessManager, Role::PeerResearcher];
            let expected = if works.contains(&role) {
                "RCHDEO"
            } else {
                "------"
            };
            assert_eq!(
                row(&someone(role, None), Scope::Practice),
                expected,
                "{role:?}"
            );
        }
    }

    #[test]
    fn membership_in_one_study_opens_no_other() {
        let actor = someone(Role::ProcessManager, Some(Role::ProcessManager));
        let other = Uuid::from_u128(2);
        for act in Act::ALL {
            assert_eq!(may(&actor, act, Scope::Study(other, Layer::Raw)), None);
        }
    }

    #[test]
    fn only_the_hub_lead_leads_the_hub_and_only_oneself_owns_ones_own() {
        for role in Role::ALL {
            let actor = someone(role, None);
            let all = if role == Role::HubLead {
                "RCHDEO"
            } else {
                "------"
            };
            assert_eq!(row(&actor, Scope::Hub), all, "{role:?}");
            assert_eq!(
                row(&actor, Scope::Own(Id::from(Uuid::from_u128(9)))),
                "RCHDEO"
            );
            assert_eq!(
                row(&actor, Scope::Own(Id::from(Uuid::from_u128(8)))),
                "------"
            );
        }
    }
}
