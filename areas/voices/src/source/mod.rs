//! Sources, their blocks and speakers. No HTTP, no SQL.

pub(crate) mod acts;
pub(crate) mod edit;
mod layout;
pub(crate) mod pages;
pub(crate) mod store;

use base::{Id, Time, Uuid};
use people::{Layer, Scope, Thing};
use store_crate::objects::Object;

use ::store as store_crate;

use crate::Study;

pub use layout::layout;

/// A text that was brought into a study.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Its id.
    pub id: Id<Source>,
    /// The study it belongs to.
    pub study: Id<Study>,
    /// Its name.
    pub name: String,
    /// Why it may be quoted, if it may.
    pub basis: Basis,
    /// `txt`, `docx`, `pdf`, `qdpx`.
    pub format: String,
    /// WHATWG name of the encoding it had, for plain text.
    pub encoding: Option<String>,
    /// Line ends it had, for plain text: `lf`, `cr_lf`, `cr`, `mixed`.
    pub line_ends: Option<String>,
    /// The file it came in.
    pub object: Option<Id<Object>>,
    /// Its identity in files of other programs.
    pub guid: Uuid,
    /// False when a project named the text but did not bring it.
    pub has_text: bool,
    /// Line ends before the first block.
    pub lead: i64,
    /// Raised by each change of its text.
    pub revision: i64,
    /// When it was brought in.
    pub made_at: Time,
}

impl Thing for Source {
    const KIND: &'static str = "source";
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn scope(&self) -> Scope {
        Scope::Study(self.study.uuid(), Layer::Raw)
    }
}

/// A source with its size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceSummary {
    /// The source.
    pub source: Source,
    /// Blocks.
    pub blocks: i64,
    /// Code points of all blocks.
    pub chars: i64,
    /// Speakers.
    pub speakers: i64,
}

/// Somebody who speaks in a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Speaker {
    /// Their id.
    pub id: Id<Speaker>,
    /// The label in the text.
    pub label: String,
    /// On which side they speak.
    pub side: Side,
    /// Blocks they speak.
    pub blocks: i64,
}

/// A turn, a paragraph or a heading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Its id.
    pub id: Id<Block>,
    /// The source.
    pub source: Id<Source>,
    /// Its number in the source, from 1 and without gaps.
    pub place: i64,
    /// What it is.
    pub kind: BlockKind,
    /// Who speaks.
    pub speaker: Option<Id<Speaker>>,
    /// Their label.
    pub speaker_label: Option<String>,
    /// Their side.
    pub side: Option<Side>,
    /// Milliseconds from the start of the recording.
    pub time: Option<i64>,
    /// The text, LF line ends.
    pub body: String,
    /// Code points in the text.
    pub chars: i64,
    /// Line ends between this block and the next; 0 where one paragraph was split softly.
    pub gap: i64,
}

/// A closed set of words with a text for each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $case:ident = $word:literal, $key:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$each])* $case,)+ }
        impl $name {
            /// All of them, in the order they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];
            /// The word in the database and the API.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$case => $word,)+ }
            }
            /// Key of its name.
            #[must_use]
            pub fn text_key(self) -> &'static str {
                match self { $(Self::$case => $key,)+ }
            }
        }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|one| one.word() == word).ok_or(())
            }
        }
    };
}

words! {
    /// What a block is.
    BlockKind {
        /// Somebody's turn in a conversation.
        Turn = "turn", "voices-kind-turn";
        /// A paragraph.
        Prose = "prose", "voices-kind-prose";
        /// A heading.
        Heading = "heading", "voices-kind-heading";
    }
}

words! {
    /// On which side somebody speaks; sides are never summed.
    Side {
        /// Asks.
        Interviewer = "interviewer", "voices-side-interviewer";
        /// Uses the service.
        User = "user", "voices-side-user";
        /// Is close to somebody who does.
        Relative = "relative", "voices-side-relative";
        /// Works there.
        Staff = "staff", "voices-side-staff";
        /// Works with the service from outside.
        Partner = "partner", "voices-side-partner";
        /// Speaks for an organisation.
        Organisation = "organisation", "voices-side-organisation";
        /// Not said yet.
        Unknown = "unknown", "voices-side-unknown";
    }
}

words! {
    /// Why a source may be quoted. Without a basis nothing of it can be.
    Basis {
        /// Consent given in this hub.
        Consent = "consent", "voices-basis-consent";
        /// Consent on paper, kept elsewhere.
        PaperConsent = "paper_consent", "voices-basis-paper";
        /// Anyone can read it.
        PublicDocument = "public_document", "voices-basis-public";
        /// Notes from a table at a conference, that name nobody.
        TableNotes = "table_notes", "voices-basis-table";
        /// Made up.
        Fictional = "fictional", "voices-basis-fictional";
        /// Not said: nothing can be quoted.
        None = "none", "voices-basis-none";
    }
}

impl Basis {
    /// May words of the source be quoted in a report?
    #[must_use]
    pub fn may_be_quoted(self) -> bool {
        self != Self::None
    }
}

/// A source as an import brings it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSource<'a> {
    /// Its name.
    pub name: &'a str,
    /// `txt`, `docx`, `pdf`, `qdpx`.
    pub format: &'a str,
    /// Why it may be quoted.
    pub basis: Basis,
    /// WHATWG name of its encoding.
    pub encoding: Option<&'a str>,
    /// Its line ends: `lf`, `cr_lf`, `cr`, `mixed`.
    pub line_ends: Option<&'a str>,
    /// The file it came in.
    pub object: Option<Id<Object>>,
    /// Its identity in files of other programs; a fresh one when there is none.
    pub guid: Option<Uuid>,
    /// False when the text is missing.
    pub has_text: bool,
    /// Line ends before the first block.
    pub lead: i64,
}

/// A speaker as an import brings them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSpeaker {
    /// The label in the text.
    pub label: String,
    /// Their side.
    pub side: Side,
}

/// A block as an import brings it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewBlock {
    /// What it is.
    pub kind: BlockKind,
    /// Who speaks: the place in the list of speakers that was given with the source.
    pub speaker: Option<usize>,
    /// Milliseconds from the start of the recording.
    pub time: Option<i64>,
    /// The text, LF line ends, at most [`crate::intake::BLOCK_CODE_POINTS`] code points.
    pub text: String,
    /// Line ends after it.
    pub gap: i64,
}

/// A source that was just added and takes its blocks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddedSource {
    /// Its id.
    pub id: Id<Source>,
    /// Its study.
    pub study: Id<Study>,
    /// Its speakers, in the order they were given.
    pub speakers: Vec<Id<Speaker>>,
}

/// The side a label suggests; a person says if it is another.
#[must_use]
pub fn side_of_label(label: &str) -> Side {
    let word = label.trim().to_lowercase();
    let bare = word.trim_end_matches(|sign: char| {
        sign.is_ascii_digit() || sign.is_whitespace() || sign == '.'
    });
    match bare {
        "i" | "int" | "intv" | "intervjuer" | "intervjuar" | "interviewer" | "q" | "moderator"
        | "mod" | "ordstyrer" | "ordstyrar" | "fasilitator" | "facilitator" => Side::Interviewer,
        "ansatt" | "tilsett" | "staff" => Side::Staff,
        "pårørende" | "pårørande" | "relative" => Side::Relative,
        "bruker" | "brukar" | "user" => Side::User,
        _ => Side::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_suggests_a_side_only_when_it_says_so() {
        assert_eq!(side_of_label("Intervjuer 2"), Side::Interviewer);
        assert_eq!(side_of_label("I1"), Side::Interviewer);
        assert_eq!(side_of_label("Pårørende"), Side::Relative);
        assert_eq!(side_of_label("Kari"), Side::Unknown);
        assert_eq!(side_of_label("P1"), Side::Unknown);
    }

    #[test]
    fn words_read_back() {
        for side in Side::ALL {
            assert_eq!(side.word().parse(), Ok(*side));
        }
        for basis in Basis::ALL {
            assert_eq!(basis.word().parse(), Ok(*basis));
            assert_eq!(basis.may_be_quoted(), *basis != Basis::None);
        }
        assert_eq!("x".parse::<BlockKind>(), Err(()));
    }
}
