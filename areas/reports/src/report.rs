//! What a report consists of: its kinds, its parts in their order, what each of them needs. No HTTP, no SQL.
//!
//! The order is that of printed reports: background, research questions, the method with its sections, one chapter
//! per theme, the findings as a table. A process report then says how it is used at the dialogue conference, and what
//! is thought so far. A final report begins with what is easy to read, and ends with what the conference said,
//! conclusions, recommendations, what happens next, and words explained.
//!
//! To add a part: a variant of [`PartKey`] with its words, a place in [`BEFORE_THEMES`] or [`AFTER_THEMES`], the kind
//! it belongs to in [`PartKey::kind`], its heading in the texts, and what fills it in `compose.rs`.

use std::fmt;
use std::str::FromStr;

use base::{Lang, Uuid};

use crate::paper::{Kind, Language};

/// Marks the id of a report.
pub enum Report {}
/// Marks the id of a fixed version.
pub enum Version {}
/// Marks the id of a handing over.
pub enum HandOver {}

/// Days a link holds when nothing else was chosen.
pub const USUAL_DAYS: i64 = 60;
/// Days a link holds at most.
pub const MOST_DAYS: i64 = 365;
/// Code points of one part's own text at most: some 60 pages.
pub const MOST_TEXT: usize = 150_000;

impl Kind {
    /// Both, in the order in which they are made.
    pub const ALL: [Self; 2] = [Self::Process, Self::Final];

    /// The word in the database and at the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Final => "final",
        }
    }
}

impl FromStr for Kind {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or(())
    }
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Nb => Self::Nb,
            Lang::Nn => Self::Nn,
            Lang::En => Self::En,
        }
    }
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Nb => Self::Nb,
            Language::Nn => Self::Nn,
            Language::En => Self::En,
        }
    }
}

/// A part that can hold own text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PartKey {
    /// The report in short, easy to read.
    EasyRead,
    /// Why this was looked into.
    Background,
    /// The research questions.
    Questions,
    /// The basic thinking of the method.
    Method,
    /// How it was carried out.
    Practice,
    /// Why people were heard in groups.
    FocusGroups,
    /// What was promised to those who told.
    Ethics,
    /// What a dialogue conference is.
    Dialogue,
    /// Who told, without telling who.
    Sample,
    /// What this report is, and what it is not.
    AboutProcessReport,
    /// The text of a theme's chapter.
    ThemeIntro(Uuid),
    /// What a theme comes to.
    ThemeSummary(Uuid),
    /// How the report is used at the dialogue conference.
    Conference,
    /// What came out of the dialogue conference.
    Outcome,
    /// What we think: so far, or in the end.
    Conclusion,
    /// What ought to be done, and by whom.
    Recommendations,
    /// What happens with the report.
    FollowUp,
    /// Words explained.
    Words,
    /// Thanks.
    Thanks,
}

/// The parts before the themes, in their order.
pub const BEFORE_THEMES: [PartKey; 10] = [
    PartKey::EasyRead,
    PartKey::Background,
    PartKey::Questions,
    PartKey::Method,
    PartKey::Practice,
    PartKey::FocusGroups,
    PartKey::Ethics,
    PartKey::Dialogue,
    PartKey::Sample,
    PartKey::AboutProcessReport,
];

/// The sections of the chapter on the method.
pub const OF_THE_METHOD: [PartKey; 7] = [
    PartKey::Method,
    PartKey::Practice,
    PartKey::FocusGroups,
    PartKey::Ethics,
    PartKey::Dialogue,
    PartKey::Sample,
    PartKey::AboutProcessReport,
];

/// The parts after the themes, in their order.
pub const AFTER_THEMES: [PartKey; 7] = [
    PartKey::Conference,
    PartKey::Outcome,
    PartKey::Conclusion,
    PartKey::Recommendations,
    PartKey::FollowUp,
    PartKey::Words,
    PartKey::Thanks,
];

/// All parts of a report of this kind with these themes, in their order.
#[must_use]
pub fn parts(kind: Kind, themes: &[Uuid]) -> Vec<PartKey> {
    let of_theme = |theme: &Uuid| [PartKey::ThemeIntro(*theme), PartKey::ThemeSummary(*theme)];
    BEFORE_THEMES
        .into_iter()
        .chain(themes.iter().flat_map(of_theme))
        .chain(AFTER_THEMES)
        .filter(|part| part.is_in(kind))
        .collect()
}

impl PartKey {
    /// The theme whose chapter it stands in.
    #[must_use]
    pub fn theme(self) -> Option<Uuid> {
        match self {
            Self::ThemeIntro(theme) | Self::ThemeSummary(theme) => Some(theme),
            _ => None,
        }
    }

    /// The one kind of report it belongs to; `None` for both.
    #[must_use]
    pub fn kind(self) -> Option<Kind> {
        match self {
            Self::AboutProcessReport | Self::Conference => Some(Kind::Process),
            Self::EasyRead
            | Self::Outcome
            | Self::Recommendations
            | Self::FollowUp
            | Self::Words => Some(Kind::Final),
            _ => None,
        }
    }

    /// Does a report of this kind have it?
    #[must_use]
    pub fn is_in(self, kind: Kind) -> bool {
        self.kind().is_none_or(|only| only == kind)
    }

    /// Key of its heading; for a theme's chapter that takes the theme's title as `$theme`.
    #[must_use]
    pub fn text_key(self, kind: Kind) -> &'static str {
        match self {
            Self::EasyRead => "reports-part-easy-read",
            Self::Background => "reports-part-background",
            Self::Questions => "reports-part-questions",
            Self::Method => "reports-part-method",
            Self::Practice => "reports-part-practice",
            Self::FocusGroups => "reports-part-focus-groups",
            Self::Ethics => "reports-part-ethics",
            Self::Dialogue => "reports-part-dialogue",
            Self::Sample => "reports-part-sample",
            Self::AboutProcessReport => "reports-part-about-process-report",
            Self::ThemeIntro(_) => "reports-part-theme-intro",
            Self::ThemeSummary(_) => "reports-part-theme-summary",
            Self::Conference => "reports-part-conference",
            Self::Outcome => "reports-part-outcome",
            Self::Conclusion => match kind {
                Kind::Process => "reports-part-conclusion",
                Kind::Final => "reports-part-final-conclusion",
            },
            Self::Recommendations => "reports-part-recommendations",
            Self::FollowUp => "reports-part-follow-up",
            Self::Words => "reports-part-words",
            Self::Thanks => "reports-part-thanks",
        }
    }

    /// Key of the sentence that tells what belongs there.
    #[must_use]
    pub fn help_key(self, kind: Kind) -> &'static str {
        match self {
            Self::EasyRead => "reports-help-easy-read",
            Self::Background => "reports-help-background",
            Self::Questions => "reports-help-questions",
            Self::Method => "reports-help-method",
            Self::Practice => "reports-help-practice",
            Self::FocusGroups => "reports-help-focus-groups",
            Self::Ethics => "reports-help-ethics",
            Self::Dialogue => "reports-help-dialogue",
            Self::Sample => "reports-help-sample",
            Self::AboutProcessReport => "reports-help-about-process-report",
            Self::ThemeIntro(_) => "reports-help-theme-intro",
            Self::ThemeSummary(_) => "reports-help-theme-summary",
            Self::Conference => "reports-help-conference",
            Self::Outcome => "reports-help-outcome",
            Self::Conclusion => match kind {
                Kind::Process => "reports-help-conclusion",
                Kind::Final => "reports-help-final-conclusion",
            },
            Self::Recommendations => "reports-help-recommendations",
            Self::FollowUp => "reports-help-follow-up",
            Self::Words => "reports-help-words",
            Self::Thanks => "reports-help-thanks",
        }
    }

    /// Does a report without it lack something that readers count on?
    #[must_use]
    pub fn is_obligatory(self) -> bool {
        matches!(
            self,
            Self::Background
                | Self::Questions
                | Self::Method
                | Self::Practice
                | Self::Ethics
                | Self::Sample
                | Self::Conference
                | Self::Conclusion
                | Self::EasyRead
                | Self::Outcome
                | Self::Recommendations
        )
    }
}

/// The word in addresses and in the database: `background`, `theme:<id>:intro` …
impl fmt::Display for PartKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::ThemeIntro(theme) => return write!(f, "theme:{theme}:intro"),
            Self::ThemeSummary(theme) => return write!(f, "theme:{theme}:summary"),
            Self::EasyRead => "easy_read",
            Self::Background => "background",
            Self::Questions => "questions",
            Self::Method => "method",
            Self::Practice => "practice",
            Self::FocusGroups => "focus_groups",
            Self::Ethics => "ethics",
            Self::Dialogue => "dialogue",
            Self::Sample => "sample",
            Self::AboutProcessReport => "about_process_report",
            Self::Conference => "conference",
            Self::Outcome => "outcome",
            Self::Conclusion => "conclusion",
            Self::Recommendations => "recommendations",
            Self::FollowUp => "follow_up",
            Self::Words => "words",
            Self::Thanks => "thanks",
        };
        f.write_str(word)
    }
}

impl FromStr for PartKey {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        if let Some(rest) = word.strip_prefix("theme:") {
            let (theme, which) = rest.split_once(':').ok_or(())?;
            let theme = theme.parse().map_err(|_| ())?;
            return match which {
                "intro" => Ok(Self::ThemeIntro(theme)),
                "summary" => Ok(Self::ThemeSummary(theme)),
                _ => Err(()),
            };
        }
        BEFORE_THEMES
            .into_iter()
            .chain(AFTER_THEMES)
            .find(|part| part.to_string() == word)
            .ok_or(())
    }
}

/// What a paper is made for: decides the words that stand on every page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stamp {
    /// Not fixed yet.
    Draft,
    /// A fixed version of a process report.
    Preliminary,
    /// A fixed version of a final report.
    Fixed,
}

impl Stamp {
    /// That of a fixed version.
    #[must_use]
    pub fn fixed(kind: Kind) -> Self {
        match kind {
            Kind::Process => Self::Preliminary,
            Kind::Final => Self::Fixed,
        }
    }

    /// Key of the words on every page; they may take the day as `$date`.
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Draft => "reports-mark-draft",
            Self::Preliminary => "reports-mark-preliminary",
            Self::Fixed => "reports-mark-fixed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_reads_back_from_its_word() {
        let theme = Uuid::from_u128(7);
        for (kind, number) in [(Kind::Process, 14), (Kind::Final, 17)] {
            let all = parts(kind, &[theme]);
            let back: Vec<PartKey> = all
                .iter()
                .map(|part| part.to_string().parse().unwrap())
                .collect();
            assert_eq!(back, all);
            assert_eq!(all.len(), number);
        }
        for bad in [
            "",
            "theme:",
            "theme:x:intro",
            "theme:00000000-0000-0000-0000-000000000007:end",
            "Background",
        ] {
            assert_eq!(bad.parse::<PartKey>(), Err(()), "{bad}");
        }
    }

    #[test]
    fn the_themes_stand_between_the_method_and_the_conference() {
        let theme = Uuid::from_u128(7);
        assert_eq!(
            parts(Kind::Process, &[theme])[8..12],
            [
                PartKey::AboutProcessReport,
                PartKey::ThemeIntro(theme),
                PartKey::ThemeSummary(theme),
                PartKey::Conference
            ]
        );
        assert_eq!(BEFORE_THEMES[3..], OF_THE_METHOD);
    }

    #[test]
    fn a_final_report_begins_easy_and_leaves_out_what_is_the_process_reports_own() {
        let own = |kind: Kind| -> Vec<PartKey> {
            let other = if kind == Kind::Final {
                Kind::Process
            } else {
                Kind::Final
            };
            let others = parts(other, &[]);
            let mut own = parts(kind, &[]);
            own.retain(|part| !others.contains(part));
            own
        };
        assert_eq!(
            own(Kind::Process),
            [PartKey::AboutProcessReport, PartKey::Conference]
        );
        assert_eq!(
            own(Kind::Final),
            [
                PartKey::EasyRead,
                PartKey::Outcome,
                PartKey::Recommendations,
                PartKey::FollowUp,
                PartKey::Words
            ]
        );
    }
}
