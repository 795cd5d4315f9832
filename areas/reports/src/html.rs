//! A paper as HTML: the one renderer for preview, for what the service reads, and for the file. No HTTP, no SQL.
//!
//! Seen from inside, findings and quotes lead back to where they come from. Seen from outside nothing of that is in the
//! page: [`Inside`] is handed in by those who may have it, it is no switch.

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use ui::Words;

use crate::paper::{
    Block, Finding, Inline, Labels, Paper, Part, Polarity, Quote, ReferenceKind, Row, Table,
    web_address,
};

/// Where findings and quotes come from, by their numbers.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Inside {
    /// The page of a finding.
    pub(crate) findings: BTreeMap<i64, String>,
    /// The passage of a quote.
    pub(crate) quotes: BTreeMap<i64, InsideQuote>,
}

/// Where a quote comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct InsideQuote {
    /// Its passage in the workspace.
    pub(crate) href: String,
    /// Source and speaker, as they are called inside.
    pub(crate) from: String,
}

/// The paper as an article. `inside` with the words of the page for those who work with the study.
pub(crate) fn article(paper: &Paper, inside: Option<(&Inside, &Words)>) -> Markup {
    let pen = Pen {
        labels: &paper.labels,
        inside,
    };
    html! {
        article class="report" lang=(paper.language.tag()) {
            header class="report-cover" {
                @if let Some(mark) = &paper.mark { p class="report-mark" { (mark) } }
                p class="report-kind" { (paper.labels.kind) }
                h1 class="ds-heading" data-size="xl" { (paper.title) }
                @if let Some(subtitle) = &paper.subtitle { p class="report-subtitle" { (subtitle) } }
                (facts(paper))
            }
            (contents(paper))
            @for (at, part) in paper.parts.iter().enumerate() { (pen.part(part, at)) }
            section class="report-colophon" {
                h2 class="ds-heading" data-size="sm" { (paper.labels.about) }
                (pen.blocks(&paper.colophon, 3))
            }
        }
    }
}

/// Some blocks of a paper, as they look in it.
pub(crate) fn fragment(paper: &Paper, blocks: &[Block]) -> Markup {
    let pen = Pen {
        labels: &paper.labels,
        inside: None,
    };
    html! { div class="report" lang=(paper.language.tag()) { (pen.blocks(blocks, 3)) } }
}

/// A page of its own, for a file: style inside, nothing fetched.
pub(crate) fn document(paper: &Paper) -> String {
    let style = concat!(
        include_str!("../../../ui/assets/report-article.css"),
        include_str!("../../../ui/assets/report-page.css")
    );
    html! {
        (DOCTYPE)
        html lang=(paper.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow";
                title { (paper.title) }
                style { (PreEscaped(style)) }
            }
            body class="report-file" { main { (article(paper, None)) } }
        }
    }
    .into_string()
}

fn facts(paper: &Paper) -> Markup {
    let labels = &paper.labels;
    let study = &paper.study;
    html! {
        dl class="report-facts" {
            dt { (paper.hub.name) }
            @for line in &paper.hub.lines { dd { (line) } }
            @if !study.services.is_empty() {
                dt { (labels.services) }
                @for service in &study.services { dd { (service) } }
            }
            @if let Some(period) = &study.period { dt { (labels.period) } dd { (period) } }
            dt { (labels.date) }
            dd { (paper.date.text) }
            @if !study.group.is_empty() {
                dt { (labels.group) }
                @for person in &study.group { dd { (person) } }
            }
        }
    }
}

fn part_id(at: usize) -> String {
    format!("part-{}", at + 1)
}

fn contents(paper: &Paper) -> Markup {
    html! {
        @if !paper.parts.is_empty() {
            nav class="report-contents" aria-label=(paper.labels.contents) {
                h2 class="ds-heading" data-size="xs" { (paper.labels.contents) }
                ul {
                    @for (at, part) in paper.parts.iter().enumerate() {
                        li data-level=(part.level) {
                            a class="ds-link" href={ "#" (part_id(at)) } { (part.numbered()) }
                        }
                    }
                }
            }
        }
    }
}

fn heading(level: u8, id: Option<&str>, text: &Markup) -> Markup {
    html! {
        @match level {
            0..=2 => h2 class="ds-heading" data-size="md" id=[id] { (text) },
            3 => h3 class="ds-heading" data-size="sm" id=[id] { (text) },
            4 => h4 class="ds-heading" data-size="xs" id=[id] { (text) },
            5 => h5 class="ds-heading" data-size="2xs" id=[id] { (text) },
            _ => h6 class="ds-heading" data-size="2xs" id=[id] { (text) },
        }
    }
}

struct Pen<'a> {
    labels: &'a Labels,
    inside: Option<(&'a Inside, &'a Words)>,
}

impl Pen<'_> {
    fn part(&self, part: &Part, at: usize) -> Markup {
        let level = part.level.saturating_add(1);
        let id = part_id(at);
        html! {
            section {
                (heading(level, Some(&id), &html! { (part.numbered()) }))
                (self.blocks(&part.blocks, level.saturating_add(1)))
            }
        }
    }

    fn blocks(&self, blocks: &[Block], level: u8) -> Markup {
        html! { @for block in blocks { (self.block(block, level)) } }
    }

    /// `level` is the heading level just below where the block stands.
    fn block(&self, block: &Block, level: u8) -> Markup {
        match block {
            Block::Paragraph(text) => html! { p { (self.inlines(text)) } },
            Block::Heading { depth, text } => {
                let level = level.saturating_add(depth.saturating_sub(1));
                heading(level, None, &self.inlines(text))
            }
            Block::List {
                ordered,
                start,
                items,
            } => html! {
                @if *ordered {
                    ol start=(start) { @for item in items { li { (self.blocks(item, level)) } } }
                } @else {
                    ul { @for item in items { li { (self.blocks(item, level)) } } }
                }
            },
            Block::Quote(quote) => self.quote(quote),
            Block::Finding(finding) => self.finding(finding),
            Block::Table(table) => self.table(table),
            Block::FactBox {
                heading: title,
                blocks,
            } => html! {
                aside class="report-box" {
                    p { strong { (title) } }
                    (self.blocks(blocks, level))
                }
            },
            Block::Aside(blocks) => {
                html! { blockquote class="report-aside" { (self.blocks(blocks, level)) } }
            }
            Block::Reference { kind, id } => self.reference(*kind, id),
            Block::Rule => html! { hr; },
        }
    }

    fn quote(&self, quote: &Quote) -> Markup {
        let inside = self.inside.and_then(|(inside, words)| {
            Some((inside.quotes.get(&i64::from(quote.number))?, words))
        });
        html! {
            figure class="report-quote" id=[Some(&quote.id).filter(|id| !id.is_empty())] {
                blockquote { p { (self.inlines(&quote.words)) } }
                figcaption {
                    (self.labels.quote) " " (quote.number)
                    @for said in [&quote.speaker, &quote.side] { @if !said.is_empty() { " · " (said) } }
                    @if let Some((from, words)) = inside {
                        " · "
                        a class="ds-link report-inside" lang=(words.lang().tag()) href=(from.href) {
                            (words.t("reports-inside-quote")) " (" (from.from) ")"
                        }
                    }
                }
            }
        }
    }

    fn finding(&self, finding: &Finding) -> Markup {
        let inside = self.inside.and_then(|(inside, words)| {
            Some((inside.findings.get(&i64::from(finding.number))?, words))
        });
        html! {
            div class={ "report-finding " (polarity_class(finding.polarity)) } id=[Some(&finding.id).filter(|id| !id.is_empty())] {
                p class="report-finding-head" {
                    strong { (self.labels.finding) " " (finding.number) }
                    " · " span aria-hidden="true" { (finding.polarity.sign()) } " " (finding.polarity_word)
                    " · " (finding.level_word)
                }
                p class="report-sentence" { (finding.sentence) }
                @if !finding.voices.is_empty() {
                    p class="report-voices" { (self.labels.voices) ": " (finding.voices.join(", ")) }
                }
                @if let Some(reception) = &finding.reception {
                    p { (self.labels.reception) ": " (reception) }
                }
                @if let Some((href, words)) = inside {
                    p { a class="ds-link report-inside" lang=(words.lang().tag()) href=(href) { (words.t("reports-inside-finding")) } }
                }
            }
        }
    }

    fn table(&self, table: &Table) -> Markup {
        let columns = table
            .rows
            .iter()
            .map(cells_in)
            .chain([table.header.len()])
            .max()
            .unwrap_or(1)
            .max(1);
        let label = Some(table.caption.as_str()).filter(|caption| !caption.is_empty());
        html! {
            div class="table-scroll" tabindex="0" role="region" aria-label=[label.or(Some(&self.labels.table))] {
                table class="ds-table" data-border {
                    @if let Some(caption) = label { caption { (caption) } }
                    @if !table.header.is_empty() {
                        thead { tr { @for cell in &table.header { th scope="col" { (self.inlines(cell)) } } } }
                    }
                    tbody {
                        @for row in &table.rows {
                            @match row {
                                Row::Group(text) => tr class="report-group" {
                                    th scope="colgroup" colspan=(columns) { (self.inlines(text)) }
                                },
                                Row::Cells(cells) => tr {
                                    @for (at, cell) in cells.iter().enumerate() {
                                        @if at == 0 && table.row_heads { th scope="row" { (self.inlines(cell)) } }
                                        @else { td { (self.inlines(cell)) } }
                                    }
                                },
                            }
                        }
                    }
                }
            }
        }
    }

    fn reference(&self, kind: ReferenceKind, id: &str) -> Markup {
        let written = kind.typed(id);
        html! {
            p class="report-unknown" {
                @match self.inside {
                    Some((_, words)) => span lang=(words.lang().tag()) {
                        (words.tv("reports-reference-unknown", &[("reference", (&written).into())]))
                    },
                    None => (written),
                }
            }
        }
    }

    fn inlines(&self, inlines: &[Inline]) -> Markup {
        html! {
            @for inline in inlines {
                @match inline {
                    Inline::Text(text) => (text),
                    Inline::Strong(inner) => strong { (self.inlines(inner)) },
                    Inline::Emph(inner) => em { (self.inlines(inner)) },
                    Inline::Code(text) => code { (text) },
                    Inline::Link { href, text } => @match web_address(href) {
                        Some(href) => a class="ds-link" href=(href) rel="noreferrer noopener" {
                            @if text.is_empty() { (href) } @else { (self.inlines(text)) }
                        },
                        None => (self.inlines(text)),
                    },
                    Inline::Goto { id, text } => a class="ds-link" href={ "#" (id) } { (self.inlines(text)) },
                    Inline::Break => br;,
                }
            }
        }
    }
}

fn cells_in(row: &Row) -> usize {
    match row {
        Row::Cells(cells) => cells.len(),
        Row::Group(_) => 1,
    }
}

fn polarity_class(polarity: Polarity) -> &'static str {
    match polarity {
        Polarity::Strength => "is-strength",
        Polarity::Weakness => "is-weakness",
        Polarity::Wish => "is-wish",
    }
}

#[cfg(test)]
mod tests {
    use base::Lang;

    use super::*;
    use crate::checks::Place;
    use crate::compose::tests::{composed_of, quote_block, words};

    fn sample() -> Paper {
        let text = vec![
            Inline::text("<b> & "),
            Inline::Link {
                href: "javascript:alert(1)".into(),
                text: vec![Inline::text("felle")],
            },
            Inline::Link {
                href: "https://a.no".into(),
                text: vec![Inline::text("ut")],
            },
        ];
        composed_of(vec![(
            Place::Cover,
            vec![Block::Paragraph(text), quote_block(12, "Ja.")],
        )])
        .paper
    }

    #[test]
    fn what_was_typed_is_shown_and_never_run() {
        let html = article(&sample(), None).into_string();
        assert!(html.contains(
            "<p>&lt;b&gt; &amp; felle<a class=\"ds-link\" href=\"https://a.no\" rel=\"noreferrer noopener\">ut</a></p>"
        ));
        assert!(!html.contains("javascript"));
        assert!(!html.contains("style="));
    }

    #[test]
    fn only_from_inside_a_quote_leads_back_to_its_passage() {
        let from = InsideQuote {
            href: "/studies/a/sources/b".into(),
            from: "Gruppeintervju, Torill".into(),
        };
        let inside = Inside {
            quotes: [(12, from)].into(),
            findings: BTreeMap::new(),
        };
        let words = words(Lang::Nb);
        let seen = article(&sample(), Some((&inside, &words))).into_string();
        assert!(seen.contains("href=\"/studies/a/sources/b\""), "{seen}");
        assert!(seen.contains("Gruppeintervju, Torill"));
        let outside = article(&sample(), None).into_string();
        assert!(!outside.contains("/studies/") && !outside.contains("Torill"));
        assert!(
            outside.contains("<figcaption>Sitat 12 · bruker</figcaption>"),
            "{outside}"
        );
        assert!(document(&sample()).starts_with("<!DOCTYPE html><html lang=\"nb\">"));
    }
}
