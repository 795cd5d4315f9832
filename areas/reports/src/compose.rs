//! From the study, its themes and findings, and the own text to a paper. Plain functions: no HTTP, no SQL.
//!
//! What the program fills in stands where the own text leaves room: a research question that the own text already
//! holds is not printed twice, a finding that the own text points to is not printed again after it. Sides are shown
//! each for itself, with figures from five on, and are never summed. A quote tells the side it comes from and nothing
//! else about who said it.

mod chapters;

use std::collections::{BTreeMap, BTreeSet};

use base::Uuid;
use small_cells::Count;
use ui::Words;

use crate::checks::Place;
use crate::paper::{
    self, Block, Day, Finding, Inline, Kind, Labels, Language, Paper, Polarity, Quote,
    ReferenceKind,
};
use crate::report::{PartKey, Stamp, parts};

/// All that a paper is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// Stable name of the version.
    pub ident: String,
    /// Which report.
    pub kind: Kind,
    /// Its language.
    pub language: Language,
    /// Its title.
    pub title: String,
    /// Its subtitle; may be empty.
    pub subtitle: String,
    /// Who answers for it.
    pub hub: paper::Hub,
    /// What the cover tells of the study.
    pub study: paper::Study,
    /// The day it was made.
    pub date: Day,
    /// The study's own background.
    pub background: String,
    /// The research questions.
    pub questions: Vec<String>,
    /// The titles of the theme guide.
    pub guide: Vec<String>,
    /// How many were heard on each side, by the side's name in the plural.
    pub voices: Vec<Count<String>>,
    /// The themes in their order.
    pub themes: Vec<ThemeText>,
    /// The findings in their order.
    pub findings: Vec<FindingText>,
    /// The own text of each part, in Markdown.
    pub own: BTreeMap<PartKey, String>,
}

/// A theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeText {
    /// Its id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// What it is about, as written while analysing.
    pub about: String,
}

/// A finding with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingText {
    /// Its number in the study.
    pub number: i64,
    /// Its theme.
    pub theme: Option<Uuid>,
    /// The sentence.
    pub sentence: String,
    /// Strength, weakness or wish.
    pub polarity: Polarity,
    /// Key of the name of its level.
    pub level: &'static str,
    /// Names, in the plural, of the sides that carry it.
    pub sides: Vec<String>,
    /// Quotes, in their order.
    pub evidence: Vec<QuoteText>,
}

/// A quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteText {
    /// Its number in the study.
    pub number: i64,
    /// What it does to the finding.
    pub stance: Stance,
    /// The words.
    pub words: String,
    /// Name, in the singular, of the side it comes from; may be empty.
    pub side: String,
}

/// What a quote does to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stance {
    /// It carries it.
    Supports,
    /// It adds something to it.
    Nuances,
    /// It says otherwise.
    Contradicts,
}

impl Stance {
    /// Key of the line before such a quote; a quote that supports needs none.
    #[must_use]
    pub fn text_key(self) -> Option<&'static str> {
        match self {
            Self::Supports => None,
            Self::Nuances => Some("reports-stance-nuances"),
            Self::Contradicts => Some("reports-stance-contradicts"),
        }
    }
}

impl std::str::FromStr for Stance {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "supports" => Ok(Self::Supports),
            "nuances" => Ok(Self::Nuances),
            "contradicts" => Ok(Self::Contradicts),
            _ => Err(()),
        }
    }
}

/// A paper, and what can be told of it only while it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// The paper.
    pub paper: Paper,
    /// For each of its parts, where its words come from.
    pub places: Vec<Place>,
    /// Obligatory parts with nothing to print.
    pub empty: Vec<PartKey>,
}

/// Quotes of a finding that are printed after it when the own text does not choose.
const QUOTES: usize = 3;

/// Makes the paper.
#[must_use]
pub fn compose(material: &Material, stamp: Stamp, words: &Words) -> Composed {
    let mut maker = Maker::new(material, words);
    chapters::all(&mut maker);
    let empty = maker.empty();
    let paper = Paper {
        ident: material.ident.clone(),
        language: material.language,
        kind: material.kind,
        title: material.title.clone(),
        short_title: None,
        subtitle: Some(material.subtitle.clone()).filter(|text| !text.is_empty()),
        hub: material.hub.clone(),
        study: material.study.clone(),
        date: material.date.clone(),
        mark: Some(words.tv(stamp.text_key(), &[("date", (&material.date.text).into())])),
        parts: maker.parts,
        colophon: colophon(material, words),
        labels: labels(material.kind, words),
    };
    Composed {
        paper,
        places: maker.places,
        empty,
    }
}

/// The id of a finding inside a paper.
#[must_use]
pub fn finding_id(number: i64) -> String {
    format!("finding-{number}")
}

/// The id of a quote inside a paper.
#[must_use]
pub fn quote_id(number: i64) -> String {
    format!("quote-{number}")
}

fn colophon(material: &Material, words: &Words) -> Vec<Block> {
    let hub = &material.hub.name;
    vec![
        Block::text(words.tv("reports-colophon-who", &[("hub", hub.into())])),
        Block::text(words.t(match material.kind {
            Kind::Process => "reports-colophon-use",
            Kind::Final => "reports-colophon-final",
        })),
        Block::text(words.t("reports-colophon-quotes")),
    ]
}

fn labels(kind: Kind, words: &Words) -> Labels {
    Labels {
        kind: words.t(kind_key(kind)),
        contents: words.t("reports-label-contents"),
        about: words.t("reports-label-about"),
        services: words.t("reports-label-services"),
        period: words.t("reports-label-period"),
        date: words.t("reports-label-date"),
        group: words.t("reports-label-group"),
        finding: words.t("reports-label-finding"),
        quote: words.t("reports-label-quote"),
        table: words.t("reports-label-table"),
        voices: words.t("reports-label-voices"),
        reception: words.t("reports-label-reception"),
        page: words.t("reports-label-page"),
        of: words.t("reports-label-of"),
        emoji: words.t("reports-label-emoji"),
    }
}

/// Key of a kind's name.
#[must_use]
pub fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Process => "reports-kind-process",
        Kind::Final => "reports-kind-final",
    }
}

/// Key of a polarity's name.
#[must_use]
pub fn polarity_key(polarity: Polarity) -> &'static str {
    match polarity {
        Polarity::Strength => "reports-polarity-strength",
        Polarity::Weakness => "reports-polarity-weakness",
        Polarity::Wish => "reports-polarity-wish",
    }
}

/// What is at hand while a paper is made.
struct Maker<'a> {
    material: &'a Material,
    words: &'a Words,
    findings: BTreeMap<i64, &'a FindingText>,
    quotes: BTreeMap<i64, &'a QuoteText>,
    /// Own text, read.
    own: BTreeMap<PartKey, Vec<Block>>,
    /// Findings and quotes that the own text points to, anywhere.
    pointed_to: BTreeSet<(bool, i64)>,
    parts: Vec<paper::Part>,
    places: Vec<Place>,
}

impl<'a> Maker<'a> {
    fn new(material: &'a Material, words: &'a Words) -> Self {
        let findings: BTreeMap<i64, &FindingText> = material
            .findings
            .iter()
            .map(|finding| (finding.number, finding))
            .collect();
        let quotes = material
            .findings
            .iter()
            .flat_map(|finding| &finding.evidence)
            .map(|quote| (quote.number, quote))
            .collect();
        let mut maker = Self {
            material,
            words,
            findings,
            quotes,
            own: BTreeMap::new(),
            pointed_to: BTreeSet::new(),
            parts: Vec::new(),
            places: Vec::new(),
        };
        let own = material.own.iter();
        for (part, text) in own.filter(|(part, _)| part.is_in(material.kind)) {
            let blocks = paper::markdown(text);
            let blocks = paper::resolve(blocks, &mut |kind, id| maker.refer(kind, id));
            let blocks = paper::refer(blocks, &|id| maker.lead_to(id));
            if !blocks.is_empty() {
                maker.own.insert(*part, blocks);
            }
        }
        maker
    }

    /// What a reference in the own text stands for.
    fn refer(&mut self, kind: ReferenceKind, id: &str) -> Option<Vec<Block>> {
        let number: i64 = id.parse().ok()?;
        let block = match kind {
            ReferenceKind::Finding => self.finding(self.findings.get(&number)?),
            ReferenceKind::Quote => quote(self.quotes.get(&number)?),
        };
        self.pointed_to
            .insert((kind == ReferenceKind::Finding, number));
        Some(vec![block])
    }

    /// A reference inside a sentence: leads to the finding and does not move it.
    fn lead_to(&self, id: &str) -> Option<Inline> {
        let number: i64 = id.parse().ok()?;
        self.findings.get(&number)?;
        let text = self
            .words
            .tv("reports-see-finding", &[("number", number.into())]);
        Some(Inline::Goto {
            id: finding_id(number),
            // Word and number stay on one line.
            text: vec![Inline::text(text.replace(' ', "\u{a0}"))],
        })
    }

    fn finding(&self, finding: &FindingText) -> Block {
        Block::Finding(Finding {
            id: finding_id(finding.number),
            number: printed(finding.number),
            sentence: finding.sentence.clone(),
            polarity: finding.polarity,
            polarity_word: self.words.t(polarity_key(finding.polarity)),
            level_word: self.words.t(finding.level),
            voices: finding.sides.clone(),
            reception: None,
        })
    }

    /// A finding that the own text does not point to, with its quotes.
    fn whole_finding(&self, finding: &'a FindingText) -> Vec<Block> {
        let mut blocks = vec![self.finding(finding)];
        for chosen in self.choose(finding) {
            if let Some(key) = chosen.stance.text_key() {
                blocks.push(Block::Paragraph(vec![Inline::Emph(vec![Inline::text(
                    self.words.t(key),
                )])]));
            }
            blocks.push(quote(chosen));
        }
        blocks
    }

    /// At most three: those that support first, but never so many that the voice which says otherwise falls out.
    fn choose(&self, finding: &'a FindingText) -> Vec<&'a QuoteText> {
        let free = finding
            .evidence
            .iter()
            .filter(|quote| !self.pointed_to.contains(&(false, quote.number)));
        let (supports, others): (Vec<&QuoteText>, Vec<&QuoteText>) =
            free.partition(|quote| quote.stance == Stance::Supports);
        let room = QUOTES - usize::from(!others.is_empty());
        let mut chosen: Vec<&QuoteText> = supports.into_iter().take(room).collect();
        let room = QUOTES - chosen.len();
        let mut others = others;
        others.sort_by_key(|quote| std::cmp::Reverse(quote.stance));
        others.truncate(room);
        others.sort_by_key(|quote| quote.stance);
        chosen.extend(others);
        chosen
    }

    /// The findings of a theme that the own text does not point to.
    fn loose_findings(&self, theme: Option<Uuid>) -> Vec<&'a FindingText> {
        self.material
            .findings
            .iter()
            .filter(|finding| {
                finding.theme == theme && !self.pointed_to.contains(&(true, finding.number))
            })
            .collect()
    }

    fn take(&mut self, part: PartKey) -> Vec<Block> {
        self.own.remove(&part).unwrap_or_default()
    }

    fn add(&mut self, number: Option<String>, heading: String, place: Place, blocks: Vec<Block>) {
        let level = match &number {
            Some(number) if number.contains('.') => 2,
            _ => 1,
        };
        self.parts.push(paper::Part {
            number,
            heading,
            level,
            blocks,
        });
        self.places.push(place);
    }

    fn empty(&self) -> Vec<PartKey> {
        let themes: Vec<Uuid> = self.material.themes.iter().map(|theme| theme.id).collect();
        parts(self.material.kind, &themes)
            .into_iter()
            .filter(|part| part.is_obligatory() && !self.places.contains(&Place::Part(*part)))
            .collect()
    }
}

fn quote(text: &QuoteText) -> Block {
    Block::Quote(Quote {
        id: quote_id(text.number),
        number: printed(text.number),
        speaker: String::new(),
        side: text.side.clone(),
        words: lines(&text.words),
    })
}

/// Words with their line ends.
fn lines(text: &str) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !inlines.is_empty() {
            inlines.push(Inline::Break);
        }
        inlines.push(Inline::text(line));
    }
    inlines
}

fn printed(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests;
