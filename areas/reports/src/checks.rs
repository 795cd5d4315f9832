//! What is looked at before a report is fixed. Pure functions over the paper and a few facts; no HTTP, no SQL.
//!
//! The rules are simple on purpose and only point: a person decides. What a rule can't know (a nickname, a story that
//! only one can have) is left to those who read. Two rules stop: a quote that nobody has the right to print, and a
//! reference that leads nowhere. The rest must be looked at; whoever lets it stand says why.
//!
//! To add a rule: a variant of [`Rule`] with its texts, where it is found, a row in a table of the tests.

mod figures;
mod identify;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use base::{Uuid, digest_of};

use crate::compose::Composed;
use crate::paper::{Block, Kind, Language, Paper, Row, left_over, plain};
use crate::report::PartKey;

pub use figures::small_figures;
pub use identify::{Allowed, birth_dates, emails, names, national_ids, phones, street_addresses};

/// What a rule found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// A quote whose source has no basis.
    NoBasis,
    /// A reference to a finding or a quote that is not there.
    UnknownReference,
    /// A quote with a note that says it must not be quoted.
    NotToBeQuoted,
    /// Eleven digits that are somebody's national id.
    NationalId,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A date of birth.
    BirthDate,
    /// A street with a number.
    Address,
    /// A name in a quote.
    Name,
    /// A number of people under five.
    SmallFigure,
    /// A final report that calls itself preliminary.
    Preliminary,
    /// A part that readers count on is empty.
    EmptyPart,
    /// A theme that nothing was found under.
    ThemeWithoutFindings,
}

/// How a rule is to be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    /// The report can't be fixed before it is mended.
    Stops,
    /// Somebody must have looked at it.
    Look,
}

impl Rule {
    /// How it is to be taken.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::NoBasis | Self::UnknownReference => Severity::Stops,
            _ => Severity::Look,
        }
    }

    /// The word that is stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoBasis => "no_basis",
            Self::UnknownReference => "unknown_reference",
            Self::NotToBeQuoted => "not_to_be_quoted",
            Self::NationalId => "national_id",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::BirthDate => "birth_date",
            Self::Address => "address",
            Self::Name => "name",
            Self::SmallFigure => "small_figure",
            Self::Preliminary => "preliminary",
            Self::EmptyPart => "empty_part",
            Self::ThemeWithoutFindings => "theme_without_findings",
        }
    }

    /// Key of what it says.
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::NoBasis => "reports-rule-no-basis",
            Self::UnknownReference => "reports-rule-unknown-reference",
            Self::NotToBeQuoted => "reports-rule-not-to-be-quoted",
            Self::NationalId => "reports-rule-national-id",
            Self::Phone => "reports-rule-phone",
            Self::Email => "reports-rule-email",
            Self::BirthDate => "reports-rule-birth-date",
            Self::Address => "reports-rule-address",
            Self::Name => "reports-rule-name",
            Self::SmallFigure => "reports-rule-small-figure",
            Self::Preliminary => "reports-rule-preliminary",
            Self::EmptyPart => "reports-rule-empty-part",
            Self::ThemeWithoutFindings => "reports-rule-theme-without-findings",
        }
    }

    /// Key of what to do about it.
    #[must_use]
    pub fn advice_key(self) -> &'static str {
        match self {
            Self::NoBasis => "reports-advice-no-basis",
            Self::UnknownReference => "reports-advice-unknown-reference",
            Self::NotToBeQuoted => "reports-advice-not-to-be-quoted",
            Self::NationalId | Self::Phone | Self::Email | Self::BirthDate | Self::Address => {
                "reports-advice-identifier"
            }
            Self::Name => "reports-advice-name",
            Self::SmallFigure => "reports-advice-small-figure",
            Self::Preliminary => "reports-advice-preliminary",
            Self::EmptyPart => "reports-advice-empty-part",
            Self::ThemeWithoutFindings => "reports-advice-theme-without-findings",
        }
    }
}

/// Where it was found, and so where it is mended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// In the own text of a part.
    Part(PartKey),
    /// In a theme.
    Theme(Uuid),
    /// In a finding, by its number.
    Finding(i64),
    /// In a quote, by its number.
    Quote(i64),
    /// On the cover or in what the program itself fills in.
    Cover,
}

/// Something to look at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Issue {
    /// Which rule.
    pub rule: Rule,
    /// Where.
    pub place: Place,
    /// The words it is about; may be empty.
    pub excerpt: String,
}

impl Issue {
    /// The same issue has the same mark each time, so that what somebody decided about it is found again; any change
    /// of place or words makes it another one. Holds none of the words.
    #[must_use]
    pub fn mark(&self) -> String {
        let place = match self.place {
            Place::Part(part) => format!("part {part}"),
            Place::Theme(theme) => format!("theme {theme}"),
            Place::Finding(number) => format!("finding {number}"),
            Place::Quote(number) => format!("quote {number}"),
            Place::Cover => "cover".to_owned(),
        };
        let digest = digest_of(&[
            self.rule.word().as_bytes(),
            place.as_bytes(),
            self.excerpt.as_bytes(),
        ]);
        digest.hex().chars().take(32).collect()
    }
}

/// What the paper itself does not tell.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Facts {
    /// Numbers of quotes whose source has no basis.
    pub without_basis: BTreeSet<i64>,
    /// Numbers of quotes with a note that says «do not quote».
    pub not_to_be_quoted: BTreeSet<i64>,
    /// Obligatory parts with nothing to print.
    pub empty: Vec<PartKey>,
    /// Themes without findings: id and title.
    pub bare_themes: Vec<(Uuid, String)>,
    /// Names that may stand in quotes: the service, the hub, the place.
    pub allowed: Allowed,
}

/// Looks a report over. Each thing is told once, those that stop first, then in the order of the report.
#[must_use]
pub fn check(composed: &Composed, facts: &Facts) -> Vec<Issue> {
    let mut found = Found {
        language: composed.paper.language,
        kind: composed.paper.kind,
        facts,
        issues: Vec::new(),
    };
    found.cover(&composed.paper);
    for (part, place) in composed.paper.parts.iter().zip(&composed.places) {
        found.blocks(&part.blocks, *place);
    }
    for part in &facts.empty {
        found.add(Rule::EmptyPart, Place::Part(*part), String::new());
    }
    for (theme, title) in &facts.bare_themes {
        found.add(
            Rule::ThemeWithoutFindings,
            Place::Theme(*theme),
            title.clone(),
        );
    }
    let (mut stops, look): (Vec<Issue>, Vec<Issue>) = found
        .issues
        .into_iter()
        .partition(|issue| issue.rule.severity() == Severity::Stops);
    stops.extend(look);
    stops
}

/// What somebody decided about issues: by [`Issue::mark`], the reason.
pub type Decided = BTreeMap<String, String>;

/// The issues that still keep a report from being fixed.
#[must_use]
pub fn open<'a>(issues: &'a [Issue], decided: &Decided) -> Vec<&'a Issue> {
    let keeps = |issue: &&Issue| {
        issue.rule.severity() == Severity::Stops || !decided.contains_key(&issue.mark())
    };
    issues.iter().filter(keeps).collect()
}

struct Found<'a> {
    language: Language,
    kind: Kind,
    facts: &'a Facts,
    issues: Vec<Issue>,
}

impl Found<'_> {
    fn add(&mut self, rule: Rule, place: Place, excerpt: String) {
        let issue = Issue {
            rule,
            place,
            excerpt,
        };
        if !self.issues.contains(&issue) {
            self.issues.push(issue);
        }
    }

    fn all(&mut self, rule: Rule, place: Place, excerpts: Vec<String>) {
        for excerpt in excerpts {
            self.add(rule, place, excerpt);
        }
    }

    fn cover(&mut self, paper: &Paper) {
        for text in [Some(&paper.title), paper.subtitle.as_ref()]
            .into_iter()
            .flatten()
        {
            self.identifiers(text, Place::Cover);
        }
    }

    fn blocks(&mut self, blocks: &[Block], place: Place) {
        for block in blocks {
            self.block(block, place);
        }
    }

    fn block(&mut self, block: &Block, place: Place) {
        match block {
            Block::Paragraph(text) | Block::Heading { text, .. } => {
                self.own_words(&plain(text), place)
            }
            Block::List { items, .. } => items.iter().for_each(|item| self.blocks(item, place)),
            Block::Aside(blocks) => self.blocks(blocks, place),
            Block::FactBox { heading, blocks } => {
                self.own_words(heading, place);
                self.blocks(blocks, place);
            }
            Block::Table(table) => {
                for row in &table.rows {
                    let cells = match row {
                        Row::Cells(cells) => cells.as_slice(),
                        Row::Group(text) => std::slice::from_ref(text),
                    };
                    cells
                        .iter()
                        .for_each(|cell| self.own_words(&plain(cell), place));
                }
            }
            Block::Quote(quote) => self.quote(i64::from(quote.number), &plain(&quote.words)),
            Block::Finding(finding) => {
                self.own_words(&finding.sentence, Place::Finding(i64::from(finding.number)));
            }
            Block::Reference { kind, id } => {
                self.add(Rule::UnknownReference, place, kind.typed(id));
            }
            Block::Rule => {}
        }
    }

    fn own_words(&mut self, text: &str, place: Place) {
        self.all(Rule::UnknownReference, place, left_over(text));
        self.identifiers(text, place);
        if self.kind == Kind::Final {
            self.all(Rule::Preliminary, place, preliminary(text));
        }
        self.all(Rule::SmallFigure, place, small_figures(text, self.language));
        self.all(Rule::BirthDate, place, birth_dates(text, false));
    }

    fn quote(&mut self, number: i64, text: &str) {
        let place = Place::Quote(number);
        if self.facts.without_basis.contains(&number) {
            self.add(Rule::NoBasis, place, String::new());
        }
        if self.facts.not_to_be_quoted.contains(&number) {
            self.add(Rule::NotToBeQuoted, place, String::new());
        }
        self.identifiers(text, place);
        self.all(Rule::BirthDate, place, birth_dates(text, true));
        self.all(Rule::Name, place, names(text, &self.facts.allowed));
    }

    fn identifiers(&mut self, text: &str, place: Place) {
        self.all(Rule::NationalId, place, national_ids(text));
        self.all(Rule::Phone, place, phones(text));
        self.all(Rule::Email, place, emails(text));
        self.all(Rule::Address, place, street_addresses(text));
    }
}

/// Words that belong to a process report, in small letters.
const PRELIMINARY: [&str; 5] = [
    "foreløpig",
    "førebels",
    "preliminary",
    "denne prosessrapporten",
    "this process report",
];

/// What a text that came from the process report still says of itself, each once.
fn preliminary(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let said = PRELIMINARY.iter().filter(|words| text.contains(*words));
    said.map(|words| (*words).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::tests::{composed_of, quote_block};
    use crate::paper::{Finding, Polarity, ReferenceKind};

    fn issue(rule: Rule, place: Place, excerpt: &str) -> Issue {
        Issue {
            rule,
            place,
            excerpt: excerpt.into(),
        }
    }

    #[test]
    fn a_paper_is_looked_over_place_by_place_and_what_stops_comes_first() {
        let part = PartKey::Sample;
        let finding = Finding {
            id: String::new(),
            number: 3,
            sentence: "Tre av fem slapp teamet inn.".into(),
            polarity: Polarity::Strength,
            polarity_word: String::new(),
            level_word: String::new(),
            voices: Vec::new(),
            reception: None,
        };
        let blocks = vec![
            Block::text("Ring 412 34 567."),
            quote_block(12, "Da sa Kari at det gikk bra."),
            Block::Finding(finding),
            Block::List {
                ordered: false,
                start: 1,
                items: vec![vec![Block::Reference {
                    kind: ReferenceKind::Finding,
                    id: "99".into(),
                }]],
            },
        ];
        let composed = composed_of(vec![(Place::Part(part), blocks)]);
        let facts = Facts {
            without_basis: [12].into(),
            empty: vec![PartKey::Ethics],
            bare_themes: vec![(Uuid::from_u128(5), "De rundt".into())],
            ..Facts::default()
        };
        let issues = check(&composed, &facts);
        assert_eq!(
            issues,
            vec![
                issue(Rule::NoBasis, Place::Quote(12), ""),
                issue(Rule::UnknownReference, Place::Part(part), "[[funn:99]]"),
                issue(Rule::Phone, Place::Part(part), "412 34 567"),
                issue(Rule::Name, Place::Quote(12), "Kari"),
                issue(Rule::SmallFigure, Place::Finding(3), "Tre av fem"),
                issue(Rule::EmptyPart, Place::Part(PartKey::Ethics), ""),
                issue(
                    Rule::ThemeWithoutFindings,
                    Place::Theme(Uuid::from_u128(5)),
                    "De rundt"
                ),
            ]
        );
    }

    #[test]
    fn a_final_report_that_calls_itself_preliminary_is_looked_at() {
        let place = Place::Part(PartKey::Background);
        let text = "Denne prosessrapporten er foreløpig.";
        let mut composed = composed_of(vec![(place, vec![Block::text(text)])]);
        assert_eq!(check(&composed, &Facts::default()), vec![]);
        composed.paper.kind = Kind::Final;
        assert_eq!(
            check(&composed, &Facts::default()),
            vec![
                issue(Rule::Preliminary, place, "foreløpig"),
                issue(Rule::Preliminary, place, "denne prosessrapporten"),
            ]
        );
    }

    #[test]
    fn a_reason_lets_a_warning_pass_and_never_what_stops() {
        let issues = [
            issue(Rule::NoBasis, Place::Quote(1), ""),
            issue(Rule::Name, Place::Quote(2), "Kari"),
            issue(Rule::Name, Place::Quote(3), "Kari"),
        ];
        let decided: Decided = issues[..2]
            .iter()
            .map(|issue| (issue.mark(), "fiktivt navn".to_owned()))
            .collect();
        let left: Vec<Issue> = open(&issues, &decided).into_iter().cloned().collect();
        assert_eq!(left, vec![issues[0].clone(), issues[2].clone()]);
    }
}
