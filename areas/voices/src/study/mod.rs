//! Studies: what they are and how they move on. No HTTP, no SQL.

pub(crate) mod acts;
mod guide;
pub(crate) mod pages;
pub mod practice;
pub(crate) mod store;

use base::{Account, Id, Time, Uuid};
use people::{Layer, Scope, Thing};

pub use guide::{parse_guide, write_guide};

/// A study: one evaluation from commission to follow-up. What stands on its card is read from it as
/// from the card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Study {
    /// Its card.
    pub card: StudyCard,
    /// What the services are and why they are evaluated, in the hub's own words.
    pub background: String,
    /// The evaluated services.
    pub services: Vec<String>,
    /// The research questions.
    pub questions: Vec<String>,
    /// Who makes the final report public.
    pub publisher: Publisher,
}

impl std::ops::Deref for Study {
    type Target = StudyCard;
    fn deref(&self) -> &StudyCard {
        &self.card
    }
}

/// The commission of a study, for those who work in it. Use
/// [`StudyPart`](people::StudyPart) for its other layers.
impl Thing for Study {
    const KIND: &'static str = people::STUDY;
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn scope(&self) -> Scope {
        Scope::Study(self.id.uuid(), Layer::Lead)
    }
}

/// A study as lists show it: what also the hub lead may know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StudyCard {
    /// Its id.
    pub id: Id<Study>,
    /// Its name in addresses: a–z, digits and hyphens.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How far it has come.
    pub state: StudyState,
    /// Since when.
    pub state_at: Time,
    /// It is for practice: its text is made up, nothing of it goes out, and it is in no count.
    pub practice: bool,
    /// When it was begun.
    pub made_at: Time,
}

/// A study's card, and how far its command log had come when it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The card.
    pub study: StudyCard,
    /// The number of its last command: it is another one after each act of the study.
    pub seq: i64,
}

/// A theme of the theme guide with what is asked about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GuideTheme {
    /// Its id.
    pub id: Id<GuideTheme>,
    /// The theme.
    pub title: String,
    /// The questions, in their order.
    pub questions: Vec<String>,
}

/// A study as it is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewStudy {
    /// Its title.
    pub title: String,
    /// Its name in addresses; made from the title when there is none.
    pub slug: Option<String>,
    /// Background, may be empty.
    pub background: String,
    /// The evaluated services.
    pub services: Vec<String>,
    /// The research questions.
    pub questions: Vec<String>,
    /// The theme guide: title and questions of each theme.
    pub guide: Vec<(String, Vec<String>)>,
    /// Who makes the final report public.
    pub publisher: Publisher,
}

/// Who makes the final report public, as the commission says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Publisher {
    /// Nothing is agreed yet: nobody does.
    #[default]
    Undecided,
    /// The hub, on its own pages.
    Hub,
    /// The service; the hub hands the files over.
    Service,
}

impl Publisher {
    /// All of them, in the order in which they are chosen from.
    pub const ALL: [Self; 3] = [Self::Undecided, Self::Hub, Self::Service];

    /// The word in the database and in forms.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Hub => "hub",
            Self::Service => "service",
        }
    }

    /// Key of its name.
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Undecided => "voices-publisher-undecided",
            Self::Hub => "voices-publisher-hub",
            Self::Service => "voices-publisher-service",
        }
    }
}

impl std::str::FromStr for Publisher {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|publisher| publisher.word() == word)
            .ok_or(())
    }
}

/// How far a study has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StudyState {
    /// Being planned.
    Draft,
    /// The service stands behind it.
    Anchored,
    /// People are asked to take part.
    Recruiting,
    /// Interviews are held.
    Interviewing,
    /// What was said is marked and put together.
    Analysing,
    /// The process report is written and handed over.
    ProcessReport,
    /// The dialogue conference.
    Dialogue,
    /// The final report is written.
    FinalReport,
    /// What came of it.
    FollowUp,
    /// Over.
    Closed,
}

impl StudyState {
    /// All states in their order.
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::Anchored,
        Self::Recruiting,
        Self::Interviewing,
        Self::Analysing,
        Self::ProcessReport,
        Self::Dialogue,
        Self::FinalReport,
        Self::FollowUp,
        Self::Closed,
    ];

    /// The word in the database and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Anchored => "anchored",
            Self::Recruiting => "recruiting",
            Self::Interviewing => "interviewing",
            Self::Analysing => "analysing",
            Self::ProcessReport => "process_report",
            Self::Dialogue => "dialogue",
            Self::FinalReport => "final_report",
            Self::FollowUp => "follow_up",
            Self::Closed => "closed",
        }
    }

    /// Key of its name.
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Draft => "voices-state-draft",
            Self::Anchored => "voices-state-anchored",
            Self::Recruiting => "voices-state-recruiting",
            Self::Interviewing => "voices-state-interviewing",
            Self::Analysing => "voices-state-analysing",
            Self::ProcessReport => "voices-state-process-report",
            Self::Dialogue => "voices-state-dialogue",
            Self::FinalReport => "voices-state-final-report",
            Self::FollowUp => "voices-state-follow-up",
            Self::Closed => "voices-state-closed",
        }
    }

    /// The state after this one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|state| *state > self)
    }

    /// The states before this one, the nearest first.
    #[must_use]
    pub fn earlier(self) -> Vec<Self> {
        Self::ALL
            .into_iter()
            .rev()
            .filter(|state| *state < self)
            .collect()
    }
}

impl std::str::FromStr for StudyState {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or(())
    }
}

/// What is counted in a study. `None` where this area does not know: the caller fills it in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// Evaluated services.
    pub services: i64,
    /// Research questions.
    pub questions: i64,
    /// Themes of the guide.
    pub themes: i64,
    /// Members who interview.
    pub interviewers: i64,
    /// Sources.
    pub sources: i64,
    /// Sources with a basis.
    pub quotable: i64,
    /// Findings.
    pub findings: Option<i64>,
    /// Fixed versions of the process report.
    pub process_reports: Option<i64>,
    /// Times the process report was handed over.
    pub handed_over: Option<i64>,
    /// Fixed versions of the final report.
    pub final_reports: Option<i64>,
}

/// Something that a study lacks before its next state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    /// No service is named.
    Service,
    /// There is no research question.
    Question,
    /// There is no theme guide.
    Guide,
    /// Nobody who interviews is a member.
    Interviewer,
    /// Nothing was brought in.
    Source,
    /// No source says on what basis it may be quoted.
    Basis,
    /// There is no finding.
    Finding,
    /// No process report is fixed.
    ProcessReport,
    /// The process report is fixed and the service has not got it.
    HandOver,
    /// No final report is fixed.
    FinalReport,
}

impl Missing {
    /// Key of the sentence that says so and what to do.
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Service => "voices-missing-service",
            Self::Question => "voices-missing-question",
            Self::Guide => "voices-missing-guide",
            Self::Interviewer => "voices-missing-interviewer",
            Self::Source => "voices-missing-source",
            Self::Basis => "voices-missing-basis",
            Self::Finding => "voices-missing-finding",
            Self::ProcessReport => "voices-missing-process-report",
            Self::HandOver => "voices-missing-hand-over",
            Self::FinalReport => "voices-missing-final-report",
        }
    }
}

/// What a study in this state lacks before the next one. It is no wall: with a reason, which is
/// kept, it goes on all the same.
#[must_use]
pub fn missing(state: StudyState, facts: &Facts) -> Vec<Missing> {
    let none = |count: i64| count == 0;
    let known_none = |count: Option<i64>| count == Some(0);
    let wants: &[(Missing, bool)] = match state {
        StudyState::Draft => &[
            (Missing::Service, none(facts.services)),
            (Missing::Question, none(facts.questions)),
        ],
        StudyState::Anchored => &[(Missing::Guide, none(facts.themes))],
        StudyState::Recruiting => &[(Missing::Interviewer, none(facts.interviewers))],
        StudyState::Interviewing => &[(Missing::Source, none(facts.sources))],
        StudyState::Analysing => &[
            (Missing::Basis, none(facts.quotable)),
            (Missing::Finding, known_none(facts.findings)),
        ],
        StudyState::ProcessReport => &[
            (Missing::ProcessReport, known_none(facts.process_reports)),
            (Missing::HandOver, known_none(facts.handed_over)),
        ],
        StudyState::FinalReport => &[(Missing::FinalReport, known_none(facts.final_reports))],
        StudyState::Dialogue | StudyState::FollowUp | StudyState::Closed => &[],
    };
    wants
        .iter()
        .filter(|(_, lacking)| *lacking)
        .map(|(what, _)| *what)
        .collect()
}

/// Why a study is not moved to another state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotMoved {
    /// Only the next state, or one before, can be chosen.
    NotNext,
    /// Something is missing, or it goes back: that needs a reason.
    NeedsReason,
}

/// May a study go from one state to another with this reason?
///
/// # Errors
/// [`NotMoved`].
pub fn may_move(
    from: StudyState,
    to: StudyState,
    facts: &Facts,
    reason: &str,
) -> Result<(), NotMoved> {
    let forward = from.next() == Some(to);
    if !forward && to >= from {
        return Err(NotMoved::NotNext);
    }
    let needs_reason = !forward || !missing(from, facts).is_empty();
    if needs_reason && reason.trim().is_empty() {
        Err(NotMoved::NeedsReason)
    } else {
        Ok(())
    }
}

/// Characters of a slug at most.
const SLUG: usize = 60;

/// An address made from a title: `Møteplassen på Ås` → `moteplassen-pa-as`. Empty when the title
/// has no letter or digit.
#[must_use]
pub fn slug_of(title: &str) -> String {
    let mut slug = String::new();
    for sign in title.chars().flat_map(char::to_lowercase) {
        let plain = match sign {
            'a'..='z' | '0'..='9' => Some(sign),
            'æ' | 'å' | 'ä' | 'á' | 'à' | 'â' => Some('a'),
            'ø' | 'ö' | 'ó' | 'ò' | 'ô' => Some('o'),
            'é' | 'è' | 'ê' | 'ë' => Some('e'),
            'ü' | 'ú' => Some('u'),
            'í' | 'ï' => Some('i'),
            'š' => Some('s'),
            'č' | 'ç' => Some('c'),
            'ž' => Some('z'),
            'đ' | 'ð' => Some('d'),
            'ŋ' | 'ñ' => Some('n'),
            'ŧ' => Some('t'),
            _ => None,
        };
        match plain {
            _ if slug.len() >= SLUG => break,
            Some(sign) => slug.push(sign),
            None if slug.is_empty() || slug.ends_with('-') => {}
            None => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// The first of `slug`, `slug-2`, `slug-3` … that is not taken; `new` and `practice` are addresses of
/// their own.
#[must_use]
pub fn free_slug(title: &str, taken: &[String]) -> String {
    let base = match slug_of(title) {
        empty if empty.is_empty() => "evaluering".to_owned(),
        word if ["new", "practice"].contains(&word.as_str()) => format!("{word}-2"),
        slug => slug,
    };
    let is_free = |slug: &String| !taken.contains(slug);
    std::iter::once(base.clone())
        .chain((2..=taken.len() + 2).map(|n| format!("{base}-{n}")))
        .find(is_free)
        .unwrap_or(base)
}

/// A line of a study's history.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    /// Its number in the study.
    pub seq: i64,
    /// When.
    pub at: Time,
    /// Who; none for an operator.
    pub actor: Option<Id<Account>>,
    /// What was done: the key of the text that tells it, e.g. `voices-did-correct`.
    pub kind: String,
    /// What it needs to be shown or taken back.
    pub payload: serde_json::Value,
    /// The command that this one took back.
    pub undoes: Option<i64>,
}

/// A move from one state to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateChange {
    /// From.
    pub before: StudyState,
    /// To.
    pub after: StudyState,
    /// Why, where something was missing or it went back.
    pub reason: String,
    /// Who; none for an operator.
    pub actor: Option<Id<Account>>,
    /// When.
    pub at: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_made_of_titles() {
        assert_eq!(
            slug_of("Møteplassen på Ås – hva nå?"),
            "moteplassen-pa-as-hva-na"
        );
        assert_eq!(slug_of("  ÆØÅ  "), "aoa");
        assert_eq!(slug_of("???"), "");
        assert_eq!(free_slug("Ås", &[]), "as");
        assert_eq!(
            free_slug("Ås", &["as".into(), "as-2".into(), "as-4".into()]),
            "as-3"
        );
        assert_eq!(free_slug("new", &[]), "new-2");
        assert_eq!(free_slug("Practice", &[]), "practice-2");
        assert_eq!(free_slug("!", &[]), "evaluering");
        assert!(slug_of(&"lang ".repeat(100)).len() <= SLUG);
    }

    #[test]
    fn each_state_says_what_it_lacks() {
        let nothing = Facts {
            findings: Some(0),
            process_reports: Some(0),
            handed_over: Some(0),
            final_reports: Some(0),
            ..Facts::default()
        };
        let lacks: Vec<Vec<Missing>> = StudyState::ALL
            .into_iter()
            .map(|state| missing(state, &nothing))
            .collect();
        assert_eq!(
            lacks,
            [
                vec![Missing::Service, Missing::Question],
                vec![Missing::Guide],
                vec![Missing::Interviewer],
                vec![Missing::Source],
                vec![Missing::Basis, Missing::Finding],
                vec![Missing::ProcessReport, Missing::HandOver],
                vec![],
                vec![Missing::FinalReport],
                vec![],
                vec![],
            ]
        );
        // What is not known is not said to be missing.
        assert_eq!(
            missing(StudyState::Analysing, &Facts::default()),
            [Missing::Basis]
        );
    }

    #[test]
    fn a_study_goes_on_when_nothing_is_missing_or_with_a_reason() {
        let (none, some) = (
            Facts::default(),
            Facts {
                services: 1,
                questions: 1,
                ..Facts::default()
            },
        );
        use StudyState::{Anchored, Draft, Recruiting};
        assert_eq!(may_move(Draft, Anchored, &some, ""), Ok(()));
        assert_eq!(
            may_move(Draft, Anchored, &none, " "),
            Err(NotMoved::NeedsReason)
        );
        assert_eq!(may_move(Draft, Anchored, &none, "Hastesak"), Ok(()));
        assert_eq!(
            may_move(Draft, Recruiting, &some, "x"),
            Err(NotMoved::NotNext)
        );
        assert_eq!(may_move(Draft, Draft, &some, "x"), Err(NotMoved::NotNext));
        assert_eq!(
            may_move(Recruiting, Draft, &some, ""),
            Err(NotMoved::NeedsReason)
        );
        assert_eq!(
            may_move(Recruiting, Draft, &some, "Tjenesten trakk seg"),
            Ok(())
        );
    }

    #[test]
    fn words_of_states_read_back() {
        for publisher in Publisher::ALL {
            assert_eq!(publisher.word().parse(), Ok(publisher));
        }
        for state in StudyState::ALL {
            assert_eq!(state.word().parse(), Ok(state));
        }
        assert_eq!(StudyState::Closed.next(), None);
        assert_eq!(
            StudyState::Recruiting.earlier(),
            [StudyState::Anchored, StudyState::Draft]
        );
    }
}
