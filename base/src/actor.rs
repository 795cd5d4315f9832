//! Who acts.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Id, Lang};

/// A person with an account at the hub. (The rows are `people`'s; the word is everyone's.)
pub enum Account {}
/// A signed-in browser.
pub enum Session {}

/// What somebody is at the hub, or in one study.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Leads the hub; sees that a study exists, not what is in it.
    HubLead,
    /// Leads a study from commission to follow-up.
    ProcessManager,
    /// Interviews, marks, writes.
    PeerResearcher,
    /// Helps at the hub; has no access to studies unless made a member.
    Volunteer,
    /// Belongs to a service that is evaluated; sees released text only.
    Service,
    /// Has taken part in an interview.
    Participant,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] = [
        Self::HubLead,
        Self::ProcessManager,
        Self::PeerResearcher,
        Self::Volunteer,
        Self::Service,
        Self::Participant,
    ];

    /// The word in database, API and demo file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::HubLead => "hub_lead",
            Self::ProcessManager => "process_manager",
            Self::PeerResearcher => "peer_researcher",
            Self::Volunteer => "volunteer",
            Self::Service => "service",
            Self::Participant => "participant",
        }
    }

    /// Key of the role's name in the language files.
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::HubLead => "role-hub-lead",
            Self::ProcessManager => "role-process-manager",
            Self::PeerResearcher => "role-peer-researcher",
            Self::Volunteer => "role-volunteer",
            Self::Service => "role-service",
            Self::Participant => "role-participant",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|role| role.word() == word)
            .ok_or(())
    }
}

/// A role in one thing, keyed by (kind, id): a study today, a home or a conference later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Membership {
    /// The kind of thing, e.g. `study`.
    pub kind: String,
    /// Which one.
    pub id: Uuid,
    /// What one is there.
    pub role: Role,
}

/// The one who asks: from a session, or an operator at the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// The account; `None` for an operator.
    pub account: Option<Id<Account>>,
    /// The session; `None` for an operator.
    pub session: Option<Id<Session>>,
    /// Name to show, or the operator's system user.
    pub name: String,
    /// Roles at the hub.
    pub roles: Vec<Role>,
    /// Roles in studies and other things.
    pub memberships: Vec<Membership>,
    /// The language this person chose, if any.
    pub lang: Option<Lang>,
}

impl Actor {
    /// The system user who runs a command beside the data: may do what the data folder's owner
    /// may anyway, and stands on the trail as `operator`.
    #[must_use]
    pub fn operator(name: &str) -> Self {
        Self {
            account: None,
            session: None,
            name: name.to_owned(),
            roles: Vec::new(),
            memberships: Vec::new(),
            lang: None,
        }
    }

    /// Runs a command rather than a browser.
    #[must_use]
    pub fn is_operator(&self) -> bool {
        self.account.is_none()
    }

    /// Has this role at the hub.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The role in one thing, if any.
    #[must_use]
    pub fn role_in(&self, kind: &str, id: Uuid) -> Option<Role> {
        self.memberships
            .iter()
            .find(|membership| membership.kind == kind && membership.id == id)
            .map(|membership| membership.role)
    }
}
