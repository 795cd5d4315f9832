//! The report as a document: what is printed, in which order, with nothing about how it looks.
//!
//! A [`Paper`] is what a fixed version of a report stores (as JSON) and what each format (PDF, Word, web page) is made
//! from. It holds finished words only: numbers, labels and wording are decided before it is made, so that a version
//! looks the same however the texts of the program change later.
//!
//! To add a kind of block: add the variant here, its measure in `weight.rs`, its drawing in each format, and a test.

mod inlines;
mod markdown;
mod weight;
mod within;

pub use markdown::markdown;
pub use weight::{DEEPEST, Weight};
pub use within::{left_over, refer};

use std::fmt;

use serde::{Deserialize, Serialize};

/// A whole report, ready to be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Stable name of this version (not shown). Two papers that differ should have different ones.
    pub ident: String,
    /// Chooses hyphens, and tells screen readers how to pronounce.
    pub language: Language,
    /// Process or final report; its name in words is in `labels`.
    pub kind: Kind,
    /// Must hold a visible sign.
    pub title: String,
    /// Shown at the top of each page; the title itself when absent.
    pub short_title: Option<String>,
    /// Stands under the title on the cover.
    pub subtitle: Option<String>,
    /// The author in the sense of a library.
    pub hub: Hub,
    /// Shown on the cover.
    pub study: Study,
    /// The day the version was fixed.
    pub date: Day,
    /// Words that stand on every page, such as "Foreløpig – til dialogkonferansen".
    pub mark: Option<String>,
    /// Chapters and their sections, in reading order.
    pub parts: Vec<Part>,
    /// Who made the report, how it may be used, who paid.
    pub colophon: Vec<Block>,
    /// The form's own words, kept with the version so that it never changes.
    pub labels: Labels,
}

/// Language of the document. Written as its BCP 47 tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Norwegian bokmål.
    Nb,
    /// Norwegian nynorsk.
    Nn,
    /// English.
    En,
}

impl Language {
    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::Nn => "nn",
            Self::En => "en",
        }
    }
}

/// Which of a study's two reports this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Handed over before the dialogue conference, never public.
    Process,
    /// Made after (or before) the conference, published as the commission says.
    Final,
}

/// The hub that answers for the report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hub {
    /// As it signs.
    pub name: String,
    /// Address, telephone, web address: one line each.
    pub lines: Vec<String>,
}

/// What the cover tells about the study.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Study {
    /// Services that were evaluated, one line each.
    pub services: Vec<String>,
    /// When the interviews were held, in words.
    pub period: Option<String>,
    /// Names of the project group, as they are to be printed.
    pub group: Vec<String>,
}

/// A calendar day, with the words it is printed as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// 1 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31, and a day the month has.
    pub day: u8,
    /// As printed: "14. mars 2026".
    pub text: String,
}

/// A chapter or a section of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// As printed: "4.2".
    pub number: Option<String>,
    /// Without its number. A blank one is not drawn; its blocks are.
    pub heading: String,
    /// 1 for a chapter. A level that skips one is drawn one below the last.
    pub level: u8,
    /// What stands under the heading, before the next part.
    pub blocks: Vec<Block>,
}

impl Part {
    /// Its heading with its number.
    #[must_use]
    pub fn numbered(&self) -> String {
        match &self.number {
            Some(number) => format!("{number} {}", self.heading),
            None => self.heading.clone(),
        }
    }
}

/// Something that stands on its own lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "of", rename_all = "snake_case")]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading inside somebody's own text.
    Heading {
        /// 1 is the level just below the part it stands in.
        depth: u8,
        /// Blank headings are not drawn.
        text: Vec<Inline>,
    },
    /// Items with bullets or numbers, each holding blocks.
    List {
        /// Numbers instead of bullets?
        ordered: bool,
        /// Number of the first item of an ordered list.
        start: u64,
        /// One list of blocks for each item.
        items: Vec<Vec<Block>>,
    },
    /// Words of one who took part.
    Quote(Quote),
    /// A finding with its facts.
    Finding(Finding),
    /// Rows and columns.
    Table(Table),
    /// A box that stands out: main points, a definition.
    FactBox {
        /// Shown in bold; not a heading of the report. May be empty.
        heading: String,
        /// What the box holds.
        blocks: Vec<Block>,
    },
    /// Text set off from the rest, without a speaker (`>` in Markdown).
    Aside(Vec<Block>),
    /// Stands where a finding or a quote is to be put; see [`resolve`].
    Reference {
        /// Finding or quote.
        kind: ReferenceKind,
        /// As it was written: letters, digits and hyphens.
        id: String,
    },
    /// A short line between two thoughts.
    Rule,
}

/// Words of one who took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// What an [`Inline::Goto`] points to; not shown.
    pub id: String,
    /// Counted through the report.
    pub number: u32,
    /// As agreed with the person: a label or a fictive name. May be empty.
    pub speaker: String,
    /// Side in words: "bruker", "pårørende". May be empty.
    pub side: String,
    /// What was said; a break between two turns.
    pub words: Vec<Inline>,
}

/// One finding, as a full sentence with its facts in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What an [`Inline::Goto`] points to; not shown.
    pub id: String,
    /// Counted through the report.
    pub number: u32,
    /// A full sentence.
    pub sentence: String,
    /// Sign and colour.
    pub polarity: Polarity,
    /// "Styrke"
    pub polarity_word: String,
    /// "Tjenestenivå"
    pub level_word: String,
    /// Who carries it: "mange brukere", "noen pårørende".
    pub voices: Vec<String>,
    /// How it was received at the conference.
    pub reception: Option<String>,
}

/// Chooses the sign beside the polarity's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Polarity {
    /// Something that works; plus.
    Strength,
    /// Something that does not; minus.
    Weakness,
    /// Something that is missed; arrow.
    Wish,
}

impl Polarity {
    /// Its sign: colour is never the only one.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Strength => "+",
            Self::Weakness => "−",
            Self::Wish => "→",
        }
    }
}

/// A table. Short rows are filled with empty cells, long ones widen the table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    /// Stands above, after the table's number. Blank: no caption, no number.
    pub caption: String,
    /// Cells of the heading row, repeated on each page. May be empty.
    pub header: Vec<Vec<Inline>>,
    /// Rows below the heading row.
    pub rows: Vec<Row>,
    /// Does the first cell name its row?
    pub row_heads: bool,
    /// Relative column widths, 0 = as narrow as its words; empty = by content.
    #[serde(default)]
    pub weights: Vec<u16>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "of", rename_all = "snake_case")]
pub enum Row {
    /// One cell for each column.
    Cells(Vec<Vec<Inline>>),
    /// A heading over the rows that follow, across all columns (a theme).
    Group(Vec<Inline>),
}

/// Text inside a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "of", rename_all = "snake_case")]
pub enum Inline {
    /// Words as they are; never read as markup.
    Text(String),
    /// Bold.
    Strong(Vec<Inline>),
    /// Italics.
    Emph(Vec<Inline>),
    /// Fixed width.
    Code(String),
    /// A link out of the document; see [`web_address`] for what is accepted.
    Link {
        /// Where it leads.
        href: String,
        /// What is shown; the address when blank.
        text: Vec<Inline>,
    },
    /// A link to the finding or quote with this id, plain text when the paper does not hold it.
    Goto {
        /// Of a [`Finding`] or [`Quote`].
        id: String,
        /// What is shown.
        text: Vec<Inline>,
    },
    /// A new line in the same paragraph.
    Break,
}

/// What a [`Block::Reference`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReferenceKind {
    /// `[[funn:ID]]`
    Finding,
    /// `[[sitat:ID]]`
    Quote,
}

impl ReferenceKind {
    /// A reference as it is typed in own text.
    #[must_use]
    pub fn typed(self, id: impl fmt::Display) -> String {
        let word = match self {
            Self::Finding => "funn",
            Self::Quote => "sitat",
        };
        format!("[[{word}:{id}]]")
    }
}

/// The words that the form itself needs, in the language of the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// Name of the kind: "Prosessrapport".
    pub kind: String,
    /// Heading over the contents: "Innhold".
    pub contents: String,
    /// Heading over the colophon: "Om rapporten".
    pub about: String,
    /// On the cover, before [`Study::services`].
    pub services: String,
    /// On the cover, before [`Study::period`].
    pub period: String,
    /// On the cover, before [`Day::text`].
    pub date: String,
    /// On the cover, before [`Study::group`].
    pub group: String,
    /// Before a number: "Funn".
    pub finding: String,
    /// Before a number: "Sitat".
    pub quote: String,
    /// Before a number: "Tabell".
    pub table: String,
    /// "Hvem sa det"
    pub voices: String,
    /// "Slik ble funnet mottatt"
    pub reception: String,
    /// "Side", in "Side 3 av 12".
    pub page: String,
    /// "av", in "Side 3 av 12".
    pub of: String,
    /// Stands for a picture sign that no font has: `[emoji]`.
    pub emoji: String,
}

impl Inline {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn inner(&self) -> &[Inline] {
        match self {
            Self::Strong(inner) | Self::Emph(inner) => inner,
            Self::Link { text, .. } | Self::Goto { text, .. } => text,
            Self::Text(_) | Self::Code(_) | Self::Break => &[],
        }
    }
}

impl Block {
    /// A paragraph of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Paragraph(vec![Inline::text(text)])
    }
}

/// The words of some inlines, without form; a break becomes a space.
pub fn plain(inlines: &[Inline]) -> String {
    fn add(inline: &Inline, out: &mut String) {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Break => out.push(' '),
            other => other.inner().iter().for_each(|i| add(i, out)),
        }
    }
    let mut out = String::new();
    inlines.iter().for_each(|i| add(i, &mut out));
    out
}

/// Puts what `find` gives in the place of each reference, at any depth. `find` giving `None` leaves the reference.
pub fn resolve(
    blocks: Vec<Block>,
    find: &mut dyn FnMut(ReferenceKind, &str) -> Option<Vec<Block>>,
) -> Vec<Block> {
    let mut out = Vec::with_capacity(blocks.len());
    for block in blocks {
        match block {
            Block::Reference { kind, id } => match find(kind, &id) {
                Some(found) => out.extend(found),
                None => out.push(Block::Reference { kind, id }),
            },
            Block::List {
                ordered,
                start,
                items,
            } => out.push(Block::List {
                ordered,
                start,
                items: items.into_iter().map(|item| resolve(item, find)).collect(),
            }),
            Block::FactBox { heading, blocks } => {
                out.push(Block::FactBox {
                    heading,
                    blocks: resolve(blocks, find),
                });
            }
            Block::Aside(blocks) => out.push(Block::Aside(resolve(blocks, find))),
            other => out.push(other),
        }
    }
    out
}

/// Longest web address that becomes a link, in bytes.
const LONGEST_ADDRESS: usize = 2_000;

/// The address as it may stand in a link: http, https or mailto, without spaces, letters outside ASCII
/// percent-encoded. `None` for everything else.
pub fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once(':')?;
    let rest_ok = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.strip_prefix("//").is_some_and(|r| !r.is_empty()),
        "mailto" => rest.contains('@'),
        _ => false,
    };
    if !rest_ok || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii() {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    (out.len() <= LONGEST_ADDRESS).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_address_is_http_https_or_mail_and_nothing_else() {
        assert_eq!(
            web_address(" https://nav.no/å "),
            Some("https://nav.no/%C3%A5".into())
        );
        assert_eq!(web_address("HTTP://a.no"), Some("HTTP://a.no".into()));
        assert_eq!(
            web_address("mailto:post@a.no"),
            Some("mailto:post@a.no".into())
        );
        for bad in [
            "javascript:alert(1)",
            "https:",
            "https://",
            "http://a b",
            "file:///x",
            "nav.no",
            "mailto:x",
            "",
        ] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
        assert_eq!(web_address(&format!("https://{}", "a".repeat(3_000))), None);
    }

    #[test]
    fn references_are_replaced_at_any_depth_and_kept_when_unknown() {
        let reference = |id: &str| Block::Reference {
            kind: ReferenceKind::Finding,
            id: id.into(),
        };
        let blocks = vec![
            reference("1"),
            Block::List {
                ordered: false,
                start: 1,
                items: vec![vec![Block::Aside(vec![reference("1")])]],
            },
            Block::FactBox {
                heading: "x".into(),
                blocks: vec![reference("2")],
            },
        ];
        let found = resolve(blocks, &mut |_, id| {
            (id == "1").then(|| vec![Block::text("funnet"), Block::Rule])
        });
        let both = vec![Block::text("funnet"), Block::Rule];
        let expected = vec![
            Block::text("funnet"),
            Block::Rule,
            Block::List {
                ordered: false,
                start: 1,
                items: vec![vec![Block::Aside(both)]],
            },
            Block::FactBox {
                heading: "x".into(),
                blocks: vec![reference("2")],
            },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn plain_text_keeps_the_words_of_all_inlines() {
        let inlines = vec![
            Inline::Strong(vec![
                Inline::text("a"),
                Inline::Emph(vec![Inline::text("b")]),
            ]),
            Inline::Break,
            Inline::Link {
                href: "https://x.no".into(),
                text: vec![Inline::Code("c".into())],
            },
        ];
        assert_eq!(plain(&inlines), "ab c");
    }

    #[test]
    fn json_is_stable_and_comes_back() {
        let block = Block::List {
            ordered: true,
            start: 3,
            items: vec![vec![Block::text("å"), Block::Rule]],
        };
        let json = serde_json::to_string(&block).unwrap();
        let expected = r#"{"is":"list","of":{"ordered":true,"start":3,"items":[[{"is":"paragraph","of":[{"is":"text","of":"å"}]},{"is":"rule"}]]}}"#;
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_str::<Block>(&json).unwrap(), block);
    }
}
