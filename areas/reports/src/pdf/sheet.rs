//! From the paper to the data that `report.typ` draws: clean text, true heading levels, places that links lead to,
//! table widths. The drawing then decides nothing but the look.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::super::paper::{Block, Inline, Paper, Part, Row, Table, plain, web_address};
use super::glyphs::{Cleaner, Missing, is_invisible};
use super::limits::refuse;
use super::{Diagnostics, Fonts, PdfError, Refusal, Stage};

/// Longest run without a space before a place to break is put into it, in code points.
const LONGEST_RUN: usize = 28;
/// Deepest heading that the tags of a PDF know.
const DEEPEST_HEADING: u8 = 6;
/// Largest number a list begins with.
const LARGEST_START: u64 = 999_999_999;
/// A column whose longest cell is no longer than this is as narrow as its words, in code points.
const NARROW: usize = 14;
/// Narrow columns together may take no more than this, or all columns share the width.
const NARROW_TOGETHER: usize = 44;

/// The data, and the signs that were replaced in it.
pub(super) fn json(
    paper: &Paper,
    fonts: &Fonts,
    missing: &Missing,
) -> Result<(String, BTreeSet<char>), PdfError> {
    let mut cleaner = Cleaner {
        fonts,
        missing,
        emoji: "?",
        replaced: BTreeSet::new(),
    };
    let emoji = cleaner.clean(&paper.labels.emoji);
    cleaner.emoji = &emoji;
    // Every string there is goes through the cleaner, so that a field added later can not be forgotten.
    let mut value = serde_json::to_value(paper).map_err(data_fault)?;
    clean(&mut value, &mut cleaner);
    let replaced = std::mem::take(&mut cleaner.replaced);
    let paper = serde_json::from_value(value).map_err(data_fault)?;
    let paper = finish(paper)?;
    Ok((serde_json::to_string(&paper).map_err(data_fault)?, replaced))
}

fn data_fault(error: serde_json::Error) -> PdfError {
    PdfError::Fault {
        stage: Stage::Data,
        diagnostics: Diagnostics::new(vec![error.to_string()]),
    }
}

/// Cleans all strings but those that are not shown.
fn clean(value: &mut Value, cleaner: &mut Cleaner<'_>) {
    match value {
        Value::String(text) => *text = breakable(&cleaner.clean(text)),
        Value::Array(values) => values.iter_mut().for_each(|v| clean(v, cleaner)),
        Value::Object(fields) => {
            for (key, field) in fields {
                if !matches!(key.as_str(), "is" | "id" | "ident" | "href") {
                    clean(field, cleaner);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Puts places to break into long runs: after signs where addresses are cut, and inside what is still too long. In a
/// word it is a soft hyphen, elsewhere nothing shows.
fn breakable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(' ') {
        if piece.chars().count() <= LONGEST_RUN {
            out.push_str(piece);
            continue;
        }
        let mut since = 0;
        let mut signs = piece.chars().peekable();
        while let Some(sign) = signs.next() {
            out.push(sign);
            since += 1;
            let Some(&next) = signs.peek() else { break };
            if !next.is_alphanumeric() || is_invisible(sign) {
                continue;
            }
            if matches!(
                sign,
                '/' | '?' | '&' | '=' | '_' | '.' | ',' | '@' | '#' | ':' | '-'
            ) {
                out.push('\u{200b}');
                since = 0;
            } else if since >= LONGEST_RUN {
                out.push(if sign.is_alphabetic() && next.is_alphabetic() {
                    '\u{ad}'
                } else {
                    '\u{200b}'
                });
                since = 0;
            }
        }
    }
    out
}

fn blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

fn finish(mut paper: Paper) -> Result<Paper, PdfError> {
    if blank(&paper.title) {
        return refuse(Refusal::NoTitle);
    }
    let maybe = [
        &mut paper.short_title,
        &mut paper.subtitle,
        &mut paper.mark,
        &mut paper.study.period,
    ];
    for text in maybe {
        text.take_if(|text| blank(text));
    }
    for lines in [
        &mut paper.hub.lines,
        &mut paper.study.services,
        &mut paper.study.group,
    ] {
        lines.retain(|line| !blank(line));
    }
    let mut places = Places::default();
    paper
        .parts
        .iter_mut()
        .for_each(|part| places.name(&mut part.blocks));
    places.name(&mut paper.colophon);
    let mut shape = Shape {
        places: &places.names,
        level: 0,
    };
    for part in &mut paper.parts {
        shape.part(part);
    }
    shape.inner(&mut paper.colophon);
    Ok(paper)
}

/// Short names for what links lead to. What stands twice is found at its first place.
#[derive(Default)]
struct Places {
    names: HashMap<String, String>,
}

impl Places {
    fn name(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            match block {
                Block::Quote(quote) => self.add(&mut quote.id),
                Block::Finding(finding) => self.add(&mut finding.id),
                Block::List { items, .. } => items.iter_mut().for_each(|item| self.name(item)),
                Block::FactBox { blocks, .. } | Block::Aside(blocks) => self.name(blocks),
                _ => {}
            }
        }
    }

    fn add(&mut self, id: &mut String) {
        let taken = id.is_empty() || self.names.contains_key(id);
        let name = if taken {
            String::new()
        } else {
            format!("place-{}", self.names.len())
        };
        let id = std::mem::replace(id, name.clone());
        if !taken {
            self.names.insert(id, name);
        }
    }
}

/// Brings headings, links, lists and tables into the form that can be drawn.
struct Shape<'a> {
    places: &'a HashMap<String, String>,
    /// Level of the last heading.
    level: u8,
}

impl Shape<'_> {
    fn part(&mut self, part: &mut Part) {
        part.number.take_if(|number| blank(number));
        if !blank(&part.heading) {
            self.level = part
                .level
                .clamp(1, self.level.saturating_add(1).min(DEEPEST_HEADING));
        }
        part.level = self.level;
        part.blocks
            .retain(|block| !matches!(block, Block::Heading { text, .. } if blank(&plain(text))));
        for block in &mut part.blocks {
            if let Block::Heading { depth, text } = block {
                let wanted = part.level.saturating_add((*depth).max(1));
                self.level = wanted
                    .min(self.level.saturating_add(1))
                    .min(DEEPEST_HEADING);
                *depth = self.level;
                self.inlines(text);
            } else {
                self.block(block);
            }
        }
    }

    /// Blocks inside others, where a heading heads nothing of the report.
    fn inner(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            if let Block::Heading { text, .. } = block {
                *block = Block::Paragraph(vec![Inline::Strong(std::mem::take(text))]);
            }
            self.block(block);
        }
    }

    fn block(&mut self, block: &mut Block) {
        match block {
            Block::Paragraph(text) | Block::Heading { text, .. } => self.inlines(text),
            Block::List { items, start, .. } => {
                *start = (*start).min(LARGEST_START);
                items.iter_mut().for_each(|item| self.inner(item));
            }
            Block::Quote(quote) => self.inlines(&mut quote.words),
            Block::Table(table) => self.table(table),
            Block::FactBox { blocks, .. } | Block::Aside(blocks) => self.inner(blocks),
            Block::Finding(_) | Block::Reference { .. } | Block::Rule => {}
        }
    }

    fn inlines(&mut self, inlines: &mut Vec<Inline>) {
        for inline in inlines {
            match inline {
                Inline::Strong(inner) | Inline::Emph(inner) => self.inlines(inner),
                Inline::Goto { id, text } => {
                    *id = self.places.get(id.as_str()).cloned().unwrap_or_default();
                    self.inlines(text);
                }
                Inline::Link { href, text } => {
                    self.inlines(text);
                    if blank(&plain(text)) {
                        *text = vec![Inline::Text(breakable(href))];
                    }
                    match web_address(href) {
                        Some(address) => *href = address,
                        // Not a link, but its words stay.
                        None => {
                            let text = std::mem::take(text);
                            *inline = Inline::Goto {
                                id: String::new(),
                                text,
                            };
                        }
                    }
                }
                Inline::Text(_) | Inline::Code(_) | Inline::Break => {}
            }
        }
    }

    fn table(&mut self, table: &mut Table) {
        let rows = table.rows.iter_mut().filter_map(|row| match row {
            Row::Cells(cells) => Some(cells),
            Row::Group(_) => None,
        });
        let mut all: Vec<&mut Vec<Vec<Inline>>> = rows.collect();
        if !table.header.is_empty() {
            all.push(&mut table.header);
        }
        let columns = all.iter().map(|cells| cells.len()).max().unwrap_or(0);
        let mut longest = vec![0; columns];
        for cells in all {
            cells.resize(columns, Vec::new());
            for (cell, longest) in cells.iter_mut().zip(&mut longest) {
                self.inlines(cell);
                *longest = plain(cell).chars().count().max(*longest);
            }
        }
        for row in &mut table.rows {
            if let Row::Group(text) = row {
                self.inlines(text);
            }
        }
        if table.weights.len() != columns {
            table.weights = weights(&longest);
        }
    }
}

/// Widths by the longest cell of each column: short ones take what they need, the others share the rest, a long text
/// weighing less than in proportion.
fn weights(longest: &[usize]) -> Vec<u16> {
    let narrow: usize = longest.iter().filter(|&&n| n <= NARROW).sum();
    let may = narrow <= NARROW_TOGETHER && longest.iter().any(|&n| n > NARROW);
    let weight = |&n: &usize| match may && n <= NARROW {
        true => 0,
        false => u16::try_from((n.clamp(8, 160) * 100).isqrt()).unwrap_or(u16::MAX),
    };
    longest.iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::paper::{Finding, Quote};
    use super::super::sample::{cell, finding, paper, part, quote};
    use super::*;

    fn finished(parts: Vec<Part>) -> Vec<Part> {
        finish(Paper { parts, ..paper() }).unwrap().parts
    }

    #[test]
    fn levels_begin_at_one_and_never_skip() {
        let heading = |depth, text: &str| Block::Heading {
            depth,
            text: cell(text),
        };
        let parts = finished(vec![
            part(
                "1",
                3,
                "A",
                vec![heading(4, "a"), heading(1, "\u{200b}"), heading(9, "b")],
            ),
            part("2", 9, "B", vec![]),
            part("", 1, " ", vec![heading(1, "c")]),
            part(" ", 0, "C", vec![Block::Aside(vec![heading(1, "d")])]),
        ]);
        let aside = Block::Aside(vec![Block::Paragraph(vec![Inline::Strong(cell("d"))])]);
        let expected = vec![
            part("1", 1, "A", vec![heading(2, "a"), heading(3, "b")]),
            part("2", 4, "B", vec![]),
            part("", 4, " ", vec![heading(5, "c")]),
            part("", 1, "C", vec![aside]),
        ];
        assert_eq!(parts, expected);
    }

    #[test]
    fn links_lead_to_the_first_place_with_the_id_or_become_words() {
        let goto = |id: &str| Inline::Goto {
            id: id.into(),
            text: cell("x"),
        };
        let link = |href: &str, text: Vec<Inline>| Inline::Link {
            href: href.into(),
            text,
        };
        let blocks = vec![
            Block::Paragraph(vec![goto("s-12"), goto("f-1"), goto("nei"), goto("")]),
            Block::Quote(quote()),
            Block::Aside(vec![Block::Quote(quote()), Block::Finding(finding())]),
            Block::Paragraph(vec![
                link("https://å.no", vec![]),
                link("javascript:x", cell("y")),
            ]),
        ];
        let parts = finished(vec![part("1", 1, "A", blocks)]);
        let named = |id: &str| Quote {
            id: id.into(),
            ..quote()
        };
        let to_finding = Finding {
            id: "place-1".into(),
            ..finding()
        };
        let plain = Inline::Goto {
            id: String::new(),
            text: cell("y"),
        };
        let expected = vec![
            Block::Paragraph(vec![goto("place-0"), goto("place-1"), goto(""), goto("")]),
            Block::Quote(named("place-0")),
            Block::Aside(vec![Block::Quote(named("")), Block::Finding(to_finding)]),
            Block::Paragraph(vec![link("https://%C3%A5.no", cell("https://å.no")), plain]),
        ];
        assert_eq!(parts, vec![part("1", 1, "A", expected)]);
    }

    #[test]
    fn tables_are_made_even_and_get_widths() {
        let rows = vec![
            Row::Cells(vec![cell("1")]),
            Row::Group(cell("g")),
            Row::Cells(vec![
                cell("2"),
                cell(&"a".repeat(100)),
                cell(&"b".repeat(400)),
            ]),
        ];
        let table = Table {
            header: vec![cell("Nr.")],
            rows,
            ..Table::default()
        };
        let parts = finished(vec![part("1", 1, "A", vec![Block::Table(table)])]);
        let rows = vec![
            Row::Cells(vec![cell("1"), vec![], vec![]]),
            Row::Group(cell("g")),
            Row::Cells(vec![
                cell("2"),
                cell(&"a".repeat(100)),
                cell(&"b".repeat(400)),
            ]),
        ];
        let header = vec![cell("Nr."), vec![], vec![]];
        let expected = Table {
            header,
            rows,
            weights: vec![0, 100, 126],
            ..Table::default()
        };
        assert_eq!(parts, vec![part("1", 1, "A", vec![Block::Table(expected)])]);
    }

    #[test]
    fn narrow_columns_share_the_width_when_they_are_all_there_is() {
        assert_eq!(weights(&[3, 5]), [28, 28]);
        assert_eq!(weights(&[14, 14, 14, 14, 50]), [37, 37, 37, 37, 70]);
        assert_eq!(weights(&[14, 50]), [0, 70]);
        assert_eq!(weights(&[]), [] as [u16; 0]);
    }

    #[test]
    fn long_runs_get_places_to_break_and_ordinary_words_none() {
        assert_eq!(
            breakable("Et vanlig ord-og-ord og nav.no/a"),
            "Et vanlig ord-og-ord og nav.no/a"
        );
        let word = "a".repeat(30);
        assert_eq!(
            breakable(&format!("x {word} y")),
            format!("x {}\u{ad}aa y", "a".repeat(28))
        );
        assert_eq!(
            breakable("https://www.eksempel.no/sti?a=1&b"),
            "https://\u{200b}www.\u{200b}eksempel.\u{200b}no/\u{200b}sti?\u{200b}a=\u{200b}1&\u{200b}b"
        );
        assert_eq!(
            breakable(&"1".repeat(30)),
            format!("{}\u{200b}11", "1".repeat(28))
        );
    }

    #[test]
    fn a_title_without_a_visible_sign_is_refused() {
        for title in ["", " \n ", "\u{200b}\u{0}"] {
            let fonts = Fonts::new(Vec::new()).unwrap();
            let found = json(
                &Paper {
                    title: title.into(),
                    ..paper()
                },
                &fonts,
                &Missing::default(),
            );
            assert_eq!(
                found,
                Err(PdfError::Refused {
                    what: Refusal::NoTitle
                })
            );
        }
    }

    #[test]
    fn every_text_is_cleaned_but_what_is_not_shown() {
        let fonts = Fonts::new(Vec::new()).unwrap();
        let mut paper = paper();
        paper.ident = "a\nb".into();
        paper.hub.lines = vec!["a\nb 😀".into(), "\u{200b}".into()];
        paper.labels.emoji = "(bilde)\n".into();
        paper.mark = Some("\u{0}".into());
        let (json, replaced) = json(&paper, &fonts, &Missing::default()).unwrap();
        let found: Paper = serde_json::from_str(&json).unwrap();
        assert_eq!(found.hub.lines, ["a b (bilde) "]);
        assert_eq!((found.ident.as_str(), found.mark), ("a\nb", None));
        assert_eq!(replaced, BTreeSet::from(['😀']));
    }
}
