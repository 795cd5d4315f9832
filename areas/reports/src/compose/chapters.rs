//! The chapters, in their order.

use base::Uuid;
use small_cells::{Shown, Threshold};

use super::{FindingText, Maker, ThemeText, finding_id, polarity_key};
use crate::checks::Place;
use crate::paper::{Block, Inline, Row, Table, markdown, plain};
use crate::report::{OF_THE_METHOD, PartKey};

/// The line in the own text where the table of voices is to stand.
const VOICES: [&str; 2] = ["[[stemmer]]", "[[voices]]"];

/// Numbers chapters and sections.
#[derive(Default)]
struct Numbers {
    chapter: usize,
    section: usize,
}

impl Numbers {
    fn chapter(&mut self) -> Option<String> {
        self.chapter += 1;
        self.section = 0;
        Some(self.chapter.to_string())
    }

    fn section(&mut self) -> Option<String> {
        self.section += 1;
        Some(format!("{}.{}", self.chapter, self.section))
    }
}

/// Adds all parts.
pub(super) fn all(maker: &mut Maker<'_>) {
    let numbers = &mut Numbers::default();
    unnumbered_chapter(maker, PartKey::EasyRead);
    let background = background(maker);
    plain_chapter(maker, numbers, PartKey::Background, background);
    let questions = questions(maker);
    plain_chapter(maker, numbers, PartKey::Questions, questions);
    method(maker, numbers);
    let material = maker.material;
    for theme in &material.themes {
        theme_chapter(maker, numbers, theme);
    }
    other_findings(maker, numbers);
    table_chapter(maker, numbers);
    let numbered = [
        PartKey::Conference,
        PartKey::Outcome,
        PartKey::Conclusion,
        PartKey::Recommendations,
        PartKey::FollowUp,
    ];
    for part in numbered {
        let blocks = maker.take(part);
        plain_chapter(maker, numbers, part, blocks);
    }
    unnumbered_chapter(maker, PartKey::Words);
    unnumbered_chapter(maker, PartKey::Thanks);
}

fn unnumbered_chapter(maker: &mut Maker<'_>, part: PartKey) {
    let blocks = maker.take(part);
    if !blocks.is_empty() {
        let heading = heading_of(maker, part);
        maker.add(None, heading, Place::Part(part), blocks);
    }
}

fn heading_of(maker: &Maker<'_>, part: PartKey) -> String {
    maker.words.t(part.text_key(maker.material.kind))
}

fn plain_chapter(maker: &mut Maker<'_>, numbers: &mut Numbers, part: PartKey, blocks: Vec<Block>) {
    if !blocks.is_empty() {
        let heading = heading_of(maker, part);
        maker.add(numbers.chapter(), heading, Place::Part(part), blocks);
    }
}

fn background(maker: &mut Maker<'_>) -> Vec<Block> {
    let own = maker.take(PartKey::Background);
    if own.is_empty() {
        markdown(&maker.material.background)
    } else {
        own
    }
}

fn questions(maker: &mut Maker<'_>) -> Vec<Block> {
    let mut blocks = maker.take(PartKey::Questions);
    list_what_is_missing(
        &mut blocks,
        &maker.material.questions,
        maker.words.t("reports-fill-questions"),
    );
    blocks
}

/// Adds a list of those items that the blocks don't hold yet.
fn list_what_is_missing(blocks: &mut Vec<Block>, items: &[String], lead: String) {
    let there = folded(&text_of(blocks));
    let missing: Vec<&String> = items
        .iter()
        .filter(|item| !item.trim().is_empty() && !there.contains(&folded(item)))
        .collect();
    if missing.is_empty() {
        return;
    }
    blocks.push(Block::text(lead));
    blocks.push(Block::List {
        ordered: false,
        start: 1,
        items: missing
            .into_iter()
            .map(|item| vec![Block::text(item.trim())])
            .collect(),
    });
}

/// Letters and digits only, small: how two wordings of one sentence are compared.
fn folded(text: &str) -> String {
    text.chars()
        .filter(|sign| sign.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn text_of(blocks: &[Block]) -> String {
    let mut all = String::new();
    for block in blocks {
        match block {
            Block::Paragraph(text) | Block::Heading { text, .. } => all.push_str(&plain(text)),
            Block::List { items, .. } => items.iter().for_each(|item| all.push_str(&text_of(item))),
            Block::Aside(blocks) | Block::FactBox { blocks, .. } => all.push_str(&text_of(blocks)),
            _ => {}
        }
        all.push('\n');
    }
    all
}

fn method(maker: &mut Maker<'_>, numbers: &mut Numbers) {
    let sections: Vec<(PartKey, Vec<Block>)> = OF_THE_METHOD
        .into_iter()
        .map(|part| {
            let mut blocks = maker.take(part);
            match part {
                PartKey::Practice => guide(maker, &mut blocks),
                PartKey::Sample => sample(maker, &mut blocks),
                _ => {}
            }
            (part, blocks)
        })
        .filter(|(_, blocks)| !blocks.is_empty())
        .collect();
    if sections.is_empty() {
        return;
    }
    // The chapter has no words of its own; its first section follows at once.
    let heading = maker.words.t("reports-chapter-method");
    maker.add(numbers.chapter(), heading, Place::Cover, Vec::new());
    for (part, blocks) in sections {
        let heading = heading_of(maker, part);
        maker.add(numbers.section(), heading, Place::Part(part), blocks);
    }
}

fn guide(maker: &Maker<'_>, blocks: &mut Vec<Block>) {
    list_what_is_missing(
        blocks,
        &maker.material.guide,
        maker.words.t("reports-fill-guide"),
    );
}

/// How many were heard on each side stands where the own text says, and stands alone when there is none.
fn sample(maker: &Maker<'_>, blocks: &mut Vec<Block>) {
    let table = voices(maker);
    if blocks.is_empty() {
        blocks.extend(table);
        return;
    }
    let is_place = |block: &Block| match block {
        Block::Paragraph(text) => VOICES.contains(&plain(text).trim().to_lowercase().as_str()),
        _ => false,
    };
    let with_table = std::mem::take(blocks).into_iter().flat_map(|block| {
        if is_place(&block) {
            table.clone()
        } else {
            vec![block]
        }
    });
    *blocks = with_table.collect();
}

fn voices(maker: &Maker<'_>) -> Vec<Block> {
    let words = maker.words;
    let seen = |count: &small_cells::Count<String>| match count.shown(Threshold::default()) {
        Shown::Figure(figure) => figure.to_string(),
        Shown::Few => words.t("reports-few"),
    };
    let rows: Vec<Row> = maker
        .material
        .voices
        .iter()
        .map(|count| Row::Cells(vec![cell(count.side().clone()), cell(seen(count))]))
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let table = Table {
        caption: words.t("reports-voices-caption"),
        header: vec![
            cell(words.t("reports-voices-side")),
            cell(words.t("reports-voices-count")),
        ],
        rows,
        row_heads: true,
        weights: Vec::new(),
    };
    vec![
        Block::text(words.t("reports-voices-lead")),
        Block::Table(table),
    ]
}

fn cell(text: impl Into<String>) -> Vec<Inline> {
    vec![Inline::text(text)]
}

fn theme_chapter(maker: &mut Maker<'_>, numbers: &mut Numbers, theme: &ThemeText) {
    let intro = PartKey::ThemeIntro(theme.id);
    let mut blocks = maker.take(intro);
    if blocks.is_empty() {
        blocks = markdown(&theme.about);
    }
    for finding in maker.loose_findings(Some(theme.id)) {
        blocks.extend(maker.whole_finding(finding));
    }
    let summary = maker.take(PartKey::ThemeSummary(theme.id));
    if blocks.is_empty() && summary.is_empty() {
        return;
    }
    maker.add(
        numbers.chapter(),
        theme.title.clone(),
        Place::Part(intro),
        blocks,
    );
    if !summary.is_empty() {
        let heading = maker.words.tv(
            "reports-theme-summed-up",
            &[("theme", (&theme.title).into())],
        );
        maker.add(
            numbers.section(),
            heading,
            Place::Part(PartKey::ThemeSummary(theme.id)),
            summary,
        );
    }
}

/// Findings that were put under no theme.
fn other_findings(maker: &mut Maker<'_>, numbers: &mut Numbers) {
    let mut blocks = Vec::new();
    for finding in maker.loose_findings(None) {
        blocks.extend(maker.whole_finding(finding));
    }
    if !blocks.is_empty() {
        let heading = maker.words.t("reports-chapter-other-findings");
        maker.add(numbers.chapter(), heading, Place::Cover, blocks);
    }
}

/// The findings as a table by theme.
fn table_chapter(maker: &mut Maker<'_>, numbers: &mut Numbers) {
    let findings = &maker.material.findings;
    if findings.is_empty() {
        return;
    }
    let of = |theme: Option<Uuid>| {
        findings
            .iter()
            .filter(move |finding| finding.theme == theme)
    };
    let mut rows = Vec::new();
    for theme in &maker.material.themes {
        group(maker, &mut rows, &theme.title, of(Some(theme.id)));
    }
    group(
        maker,
        &mut rows,
        &maker.words.t("reports-chapter-other-findings"),
        of(None),
    );
    let words = maker.words;
    let head = [
        "reports-table-number",
        "reports-table-finding",
        "reports-table-kind",
        "reports-table-sides",
    ];
    let table = Table {
        caption: words.t("reports-table-caption"),
        header: head.map(|key| cell(words.t(key))).to_vec(),
        rows,
        row_heads: true,
        weights: Vec::new(),
    };
    let blocks = vec![
        Block::text(words.t("reports-table-lead")),
        Block::Table(table),
    ];
    maker.add(
        numbers.chapter(),
        words.t("reports-chapter-table"),
        Place::Cover,
        blocks,
    );
}

fn group<'a>(
    maker: &Maker<'_>,
    rows: &mut Vec<Row>,
    title: &str,
    findings: impl Iterator<Item = &'a FindingText>,
) {
    let mut findings = findings.peekable();
    if findings.peek().is_none() {
        return;
    }
    rows.push(Row::Group(cell(title)));
    for finding in findings {
        let number = Inline::Goto {
            id: finding_id(finding.number),
            text: cell(finding.number.to_string()),
        };
        rows.push(Row::Cells(vec![
            vec![number],
            cell(finding.sentence.clone()),
            cell(maker.words.t(polarity_key(finding.polarity))),
            cell(finding.sides.join(", ")),
        ]));
    }
}
