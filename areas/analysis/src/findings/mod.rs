//! Themes and findings: from what is marked to what is said about it.
//!
//! A **theme** gathers codes. A **finding** is a full sentence about a theme, with the quotes that
//! support it, nuance it or contradict it, and the sides that carry it. Sides are never summed.
//! What others call is here: the words of the field, the rules, [`themes`], [`findings`] and the
//! acts ([`add_theme`], [`add_finding`], [`add_evidence`]).

mod acts;
mod hints;
mod pages;
mod quotes;
pub(crate) mod store;

use base::{Id, Uuid};
use voices::{Basis, Block, Side, Source, Speaker, Study};

use crate::codebook::Code;
use crate::coding::Passage;

pub(crate) use acts::bring_in_themes;
pub use acts::{add_evidence, add_finding, add_theme};
pub use hints::{has_percent, has_small_figure, hints};
pub use pages::routes;
pub(crate) use quotes::all_sources;
pub use quotes::findings;
pub use store::themes;

/// A set of words that are stored, and shown through language files.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal, $key:literal;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$meaning])* $variant,)* }

        impl $name {
            /// All of them, in the order they are shown in.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word in database and exports.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Key of its name in the language files.
            #[must_use]
            pub fn text_key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
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
    /// What a finding says about the service.
    Polarity {
        /// Something that is good as it is.
        Strength = "strength", "analysis-finding-strength";
        /// Something that is lacking.
        Weakness = "weakness", "analysis-finding-weakness";
        /// Something that people wish for.
        Wish = "wish", "analysis-finding-wish";
    }
}
words! {
    /// What a finding is about.
    Level {
        /// The person's own life.
        Individual = "individual", "analysis-level-individual";
        /// One service.
        Service = "service", "analysis-level-service";
        /// How services work together, and their rules.
        System = "system", "analysis-level-system";
        /// Society around the services.
        Society = "society", "analysis-level-society";
    }
}
words! {
    /// A recovery process of the CHIME framework.
    Chime {
        /// Belonging to others.
        Connectedness = "connectedness", "analysis-process-connectedness";
        /// Hope and belief in change.
        Hope = "hope", "analysis-process-hope";
        /// A self that is more than an illness.
        Identity = "identity", "analysis-process-identity";
        /// Meaning in life.
        Meaning = "meaning", "analysis-process-meaning";
        /// Say over one's own life.
        Empowerment = "empowerment", "analysis-process-empowerment";
    }
}
words! {
    /// What a quote does to a finding.
    Stance {
        /// It carries the finding.
        Supports = "supports", "analysis-stance-supports";
        /// It carries it, with a reservation.
        Nuances = "nuances", "analysis-stance-nuances";
        /// It says otherwise.
        Contradicts = "contradicts", "analysis-stance-contradicts";
    }
}
words! {
    /// The agreed words for how many voices say something.
    Amount {
        /// One or two.
        Some = "some", "analysis-amount-some";
        /// Three or four.
        Several = "several", "analysis-amount-several";
        /// Five or more.
        Many = "many", "analysis-amount-many";
    }
}
words! {
    /// Something to look at again in the sentence of a finding. Never a wall.
    Hint {
        /// It does not end as a sentence does, or is too short for one.
        NotASentence = "not_a_sentence", "analysis-hint-not-a-sentence";
        /// It is longer than people take in at once.
        TooLong = "too_long", "analysis-hint-too-long";
        /// It counts fewer than five people.
        SmallFigure = "small_figure", "analysis-hint-small-figure";
        /// It gives a share in percent, which hides how few were heard.
        Percent = "percent", "analysis-hint-percent";
    }
}

/// A theme: codes that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Theme {
    /// Its id.
    pub id: Id<Theme>,
    /// Its identity in files of other programs.
    pub guid: Uuid,
    /// Its place among the themes of the study.
    pub place: i64,
    /// Title.
    pub title: String,
    /// What it is about, in the study's own words; may be empty.
    pub text: String,
    /// The codes it gathers.
    pub codes: Vec<Id<Code>>,
}

/// A theme as it is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewTheme {
    /// Title.
    pub title: String,
    /// What it is about.
    pub text: String,
    /// The codes it gathers.
    pub codes: Vec<Id<Code>>,
}

/// A finding with what it rests on.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// Its id.
    pub id: Id<Finding>,
    /// Its number in the study; never used again for another.
    pub number: i64,
    /// Its place among the findings of the study.
    pub place: i64,
    /// The theme it belongs to.
    pub theme: Option<Id<Theme>>,
    /// The sentence.
    pub sentence: String,
    /// What it says about the service.
    pub polarity: Polarity,
    /// What it is about.
    pub level: Level,
    /// The recovery process it belongs to, if any.
    pub chime: Option<Chime>,
    /// The sides that carry it.
    pub sides: Vec<Side>,
    /// The quotes it rests on, in their order.
    pub evidence: Vec<Evidence>,
}

/// A finding as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewFinding {
    /// The sentence.
    pub sentence: String,
    /// What it says about the service.
    pub polarity: Polarity,
    /// What it is about.
    pub level: Level,
    /// The theme it belongs to.
    pub theme: Option<Id<Theme>>,
    /// The recovery process it belongs to, if any.
    pub chime: Option<Chime>,
    /// The sides that carry it.
    pub sides: Vec<Side>,
}

/// A quote in a finding.
#[derive(Clone, PartialEq, Debug)]
pub struct Evidence {
    /// The passage.
    pub passage: Id<Passage>,
    /// The quote's number in the study.
    pub quote_number: i64,
    /// What it does to the finding.
    pub stance: Stance,
    /// The words.
    pub text: String,
    /// Who says it, as the source calls them.
    pub speaker_label: Option<String>,
    /// The side of the one who says it.
    pub side: Option<Side>,
    /// Everybody who speaks in it, interviewers left out.
    pub speakers: Vec<(Id<Speaker>, Side)>,
    /// The source.
    pub source: Id<Source>,
    /// The source's name.
    pub source_name: String,
    /// What lets it be quoted; with [`Basis::None`] it can't stand in a report.
    pub basis: Basis,
    /// The block it begins in; none where the text is missing.
    pub block: Option<Id<Block>>,
    /// That block's place in the source, to lead back to it.
    pub place: i64,
}

/// How many on one side carry something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Voices {
    /// The side.
    pub side: Side,
    /// Different speakers among the quotes that support or nuance.
    pub carry: usize,
}

/// Longest sentence of a finding that is taken in at once, in characters.
pub const SENTENCE: usize = 400;
/// Longest sentence that is stored.
pub const SENTENCE_STORED: usize = 2000;

/// The sides among the quotes that carry a finding, each once, as a suggestion: interviewers and
/// unknown speakers are no side.
#[must_use]
pub fn suggested_sides(evidence: &[Evidence]) -> Vec<Side> {
    let mut sides: Vec<Side> = Vec::new();
    for (_, side) in carrying(evidence) {
        if !sides.contains(&side) {
            sides.push(side);
        }
    }
    sides
}

/// Different speakers per side among the quotes that support or nuance.
#[must_use]
pub fn voices_of(evidence: &[Evidence]) -> Vec<Voices> {
    suggested_sides(evidence)
        .into_iter()
        .map(|side| {
            let mut speakers: Vec<Id<Speaker>> = carrying(evidence)
                .filter(|(_, own)| *own == side)
                .map(|(speaker, _)| speaker)
                .collect();
            speakers.sort_unstable();
            speakers.dedup();
            Voices {
                side,
                carry: speakers.len(),
            }
        })
        .collect()
}

fn carrying(evidence: &[Evidence]) -> impl Iterator<Item = (Id<Speaker>, Side)> {
    evidence
        .iter()
        .filter(|one| one.stance != Stance::Contradicts)
        .flat_map(|one| one.speakers.iter().copied())
        .filter(|(_, side)| !matches!(side, Side::Interviewer | Side::Unknown))
}

impl Voices {
    /// The agreed word for it, and the figure when it may be told.
    #[must_use]
    pub fn amount(self) -> (Amount, Option<u64>) {
        let count = small_cells::Count::new(self.carry as u64, self.side);
        let figure = count.shown(small_cells::Threshold::default()).number();
        let amount = match self.carry {
            0..=2 => Amount::Some,
            3 | 4 => Amount::Several,
            _ => Amount::Many,
        };
        (amount, figure)
    }
}

/// The study a row must belong to; shorter to say.
type StudyId = Id<Study>;

#[cfg(test)]
mod tests {
    use super::*;

    fn said(speaker: u128, side: Side, stance: Stance) -> Evidence {
        Evidence {
            passage: Id::from(Uuid::from_u128(speaker)),
            quote_number: 1,
            stance,
            text: String::new(),
            speaker_label: None,
            side: Some(side),
            speakers: vec![(Id::from(Uuid::from_u128(speaker)), side)],
            source: Id::from(Uuid::nil()),
            source_name: String::new(),
            basis: Basis::Fictional,
            block: None,
            place: 0,
        }
    }

    #[test]
    fn voices_are_counted_once_per_side_and_never_summed() {
        let evidence = [
            said(1, Side::User, Stance::Supports),
            said(1, Side::User, Stance::Nuances),
            said(2, Side::User, Stance::Supports),
            said(3, Side::Staff, Stance::Supports),
            said(4, Side::Relative, Stance::Contradicts),
            said(5, Side::Interviewer, Stance::Supports),
        ];
        assert_eq!(suggested_sides(&evidence), vec![Side::User, Side::Staff]);
        let expected = vec![
            Voices {
                side: Side::User,
                carry: 2,
            },
            Voices {
                side: Side::Staff,
                carry: 1,
            },
        ];
        assert_eq!(voices_of(&evidence), expected);
    }

    #[test]
    fn figures_come_only_from_five() {
        let amount = |carry| {
            Voices {
                side: Side::User,
                carry,
            }
            .amount()
        };
        assert_eq!(amount(1), (Amount::Some, None));
        assert_eq!(amount(4), (Amount::Several, None));
        assert_eq!(amount(5), (Amount::Many, Some(5)));
    }

    #[test]
    fn each_word_reads_back() {
        for one in Polarity::ALL {
            assert_eq!(one.word().parse(), Ok(*one));
        }
        for one in Stance::ALL {
            assert_eq!(one.word().parse(), Ok(*one));
        }
        assert_eq!("else".parse::<Level>(), Err(()));
    }
}
