//! The text of the Word document: cover, list of contents, parts; header and footer of the pages.

use std::io;

use super::parts::{FOOTER, HEADER, LEVELS, R, W, indent};
use super::pen::{Item, Look, Pen, heading_style, toc_name};
use super::xml::Xml;
use crate::paper::{Block, Finding, Inline, Paper, Part, Quote};

/// The text, and what other parts of the package must know of it.
pub(super) struct Body {
    pub(super) document: Vec<u8>,
    /// Addresses outside, in the order of their ids.
    pub(super) links: Vec<String>,
    /// Lists with numbers: level and first number.
    pub(super) lists: Vec<(usize, u64)>,
}

const NAMESPACES: [(&str, &str); 2] = [("xmlns:w", W), ("xmlns:r", R)];

/// Writes the text.
pub(super) fn write(paper: &Paper) -> io::Result<Body> {
    let mut pen = Pen::new(paper);
    pen.cover(paper)?;
    pen.contents(paper)?;
    for (at, part) in paper.parts.iter().enumerate() {
        pen.part(part, at)?;
    }
    let about = pen.heading_of(1, paper.parts.len(), false)?;
    pen.run(&paper.labels.about, Look::default())?;
    pen.end_heading(&about)?;
    pen.blocks(&paper.colophon, 2)?;
    let lines = std::iter::once(&paper.hub.name).chain(&paper.hub.lines);
    pen.paragraph("Normal", |pen| {
        for (at, line) in lines.enumerate() {
            if at > 0 {
                pen.line_break()?;
            }
            pen.run(line, Look::default())?;
        }
        Ok(())
    })?;
    let mut document = Xml::new()?;
    document.open("w:document", &NAMESPACES)?;
    document.open("w:body", &[])?;
    document.put(pen.xml);
    section(&mut document)?;
    document.close("w:body")?;
    document.close("w:document")?;
    Ok(Body {
        document: document.into_bytes(),
        links: pen.links,
        lists: pen.lists,
    })
}

/// Page, margins, header and footer; none of these on the cover.
fn section(xml: &mut Xml) -> io::Result<()> {
    xml.open("w:sectPr", &[])?;
    xml.empty(
        "w:headerReference",
        &[("w:type", "default"), ("r:id", HEADER)],
    )?;
    xml.empty(
        "w:footerReference",
        &[("w:type", "default"), ("r:id", FOOTER)],
    )?;
    xml.empty("w:pgSz", &[("w:w", "11906"), ("w:h", "16838")])?;
    let margins = [
        ("w:top", "1418"),
        ("w:right", "1418"),
        ("w:bottom", "1418"),
        ("w:left", "1418"),
        ("w:header", "709"),
        ("w:footer", "709"),
        ("w:gutter", "0"),
    ];
    xml.empty("w:pgMar", &margins)?;
    xml.empty("w:titlePg", &[])?;
    xml.close("w:sectPr")
}

/// Title and kind, on every page but the cover.
pub(super) fn header(paper: &Paper) -> io::Result<Vec<u8>> {
    let title = paper.short_title.as_ref().unwrap_or(&paper.title);
    running("w:hdr", "Header", |pen| {
        pen.run(title, Look::default())?;
        pen.tab()?;
        pen.run(&paper.labels.kind, Look::default())
    })
}

/// What the version is, and the page.
pub(super) fn footer(paper: &Paper) -> io::Result<Vec<u8>> {
    let labels = &paper.labels;
    let words = paper.mark.as_ref().unwrap_or(&paper.hub.name);
    running("w:ftr", "Footer", |pen| {
        pen.run(words, Look::default())?;
        pen.tab()?;
        pen.run(&format!("{} ", labels.page), Look::default())?;
        pen.field("PAGE")?;
        pen.run(&format!(" {} ", labels.of), Look::default())?;
        pen.field("NUMPAGES")
    })
}

fn running(
    name: &str,
    style: &str,
    words: impl FnOnce(&mut Pen<'_>) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let mut pen = Pen::bare();
    pen.paragraph(style, words)?;
    let mut xml = Xml::new()?;
    xml.open(name, &NAMESPACES)?;
    xml.put(pen.xml);
    xml.close(name)?;
    Ok(xml.into_bytes())
}

impl<'a> Pen<'a> {
    // The pages before the parts.

    fn cover(&mut self, paper: &Paper) -> io::Result<()> {
        let labels = &paper.labels;
        let study = &paper.study;
        let words = [
            ("CoverHub", Some(&paper.hub.name)),
            ("CoverKind", Some(&labels.kind)),
            ("Title", Some(&paper.title)),
            ("Subtitle", paper.subtitle.as_ref()),
            ("Mark", paper.mark.as_ref()),
        ];
        for (style, text) in words {
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                self.paragraph(style, |pen| pen.run(text, Look::default()))?;
            }
        }
        let period: Vec<String> = study.period.iter().cloned().collect();
        let facts = [
            (&labels.services, study.services.as_slice()),
            (&labels.period, period.as_slice()),
            (&labels.group, study.group.as_slice()),
            (&labels.date, std::slice::from_ref(&paper.date.text)),
        ];
        for (name, lines) in facts {
            if lines.is_empty() {
                continue;
            }
            self.paragraph("Fact", |pen| {
                let bold = Look {
                    bold: true,
                    ..Look::default()
                };
                pen.run(name, bold)?;
                for line in lines {
                    pen.line_break()?;
                    pen.run(line, Look::default())?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// A field that Word can bring up to date, with the list in it as it is now.
    fn contents(&mut self, paper: &Paper) -> io::Result<()> {
        self.xml.open("w:sdt", &[])?;
        self.xml.open("w:sdtPr", &[])?;
        self.xml.open("w:docPartObj", &[])?;
        self.xml
            .empty("w:docPartGallery", &[("w:val", "Table of Contents")])?;
        self.xml.empty("w:docPartUnique", &[])?;
        self.xml.close("w:docPartObj")?;
        self.xml.close("w:sdtPr")?;
        self.xml.open("w:sdtContent", &[])?;
        self.paragraph("TOCHeading", |pen| {
            pen.run(&paper.labels.contents, Look::default())
        })?;
        let parts = paper.parts.iter().enumerate();
        let mut lines: Vec<(u8, usize, String)> = parts
            .filter(|(_, part)| part.level <= 2 && !part.heading.trim().is_empty())
            .map(|(at, part)| (part.level, at, part.numbered()))
            .collect();
        lines.push((1, paper.parts.len(), paper.labels.about.clone()));
        let last = lines.len() - 1;
        for (line, (level, at, heading)) in lines.into_iter().enumerate() {
            let style = if level <= 1 { "TOC1" } else { "TOC2" };
            self.paragraph(style, |pen| {
                if line == 0 {
                    pen.field_sign("begin")?;
                    pen.xml.open("w:r", &[])?;
                    let what = " TOC \\o \"1-2\" \\h \\z \\u ";
                    pen.xml
                        .words("w:instrText", &[("xml:space", "preserve")], what)?;
                    pen.xml.close("w:r")?;
                    pen.field_sign("separate")?;
                }
                pen.xml
                    .open("w:hyperlink", &[("w:anchor", &toc_name(at))])?;
                pen.run(&heading, Look::default())?;
                pen.xml.close("w:hyperlink")?;
                if line == last {
                    pen.field_sign("end")?;
                }
                Ok(())
            })?;
        }
        self.xml.close("w:sdtContent")?;
        self.xml.close("w:sdt")
    }

    fn field_sign(&mut self, kind: &str) -> io::Result<()> {
        self.xml.open("w:r", &[])?;
        self.xml.empty("w:fldChar", &[("w:fldCharType", kind)])?;
        self.xml.close("w:r")
    }

    // Parts.

    fn part(&mut self, part: &'a Part, at: usize) -> io::Result<()> {
        let bookmark = self.heading_of(part.level, at, at == 0)?;
        self.run(&part.numbered(), Look::default())?;
        self.end_heading(&bookmark)?;
        self.blocks(&part.blocks, part.level.saturating_add(1))
    }

    fn blocks(&mut self, blocks: &'a [Block], level: u8) -> io::Result<()> {
        blocks
            .iter()
            .try_for_each(|block| self.block(block, level, None, 0))
    }

    /// `level` is the heading level just below where the block stands; `depth` how many lists it stands in.
    fn block(
        &mut self,
        block: &'a Block,
        level: u8,
        item: Option<Item>,
        depth: usize,
    ) -> io::Result<()> {
        match block {
            Block::Paragraph(text) => self.text(text, item, depth),
            Block::Heading { depth, text } => {
                let level = level.saturating_add(depth.saturating_sub(1));
                self.paragraph(&heading_style(level), |pen| {
                    pen.inlines(text, Look::default())
                })
            }
            Block::List {
                ordered,
                start,
                items,
            } => self.list(*ordered, *start, items, (level, depth)),
            Block::Quote(quote) => self.quote(quote),
            Block::Finding(finding) => self.finding(finding),
            Block::Table(table) => self.table(table),
            Block::FactBox { heading, blocks } => self.dressed("Box", |pen| {
                if !heading.trim().is_empty() {
                    let bold = Look {
                        bold: true,
                        ..Look::default()
                    };
                    pen.paragraph("Box", |pen| pen.run(heading, bold))?;
                }
                pen.blocks(blocks, level)
            }),
            Block::Aside(blocks) => self.dressed("Aside", |pen| pen.blocks(blocks, level)),
            Block::Reference { kind, id } => {
                let words = kind.typed(id);
                self.paragraph("Unknown", |pen| pen.run(&words, Look::default()))
            }
            Block::Rule => self.paragraph("Normal", |pen| pen.run("⁂", Look::default())),
        }
    }

    fn dressed(
        &mut self,
        style: &'static str,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let before = std::mem::replace(&mut self.dress, style);
        write(self)?;
        self.dress = before;
        Ok(())
    }

    fn text(&mut self, text: &[Inline], item: Option<Item>, depth: usize) -> io::Result<()> {
        let style = if depth > 0 {
            "ListParagraph"
        } else {
            self.dress
        };
        self.begin_in_list(style, item, depth)?;
        self.inlines(text, Look::default())?;
        self.xml.close("w:p")
    }

    /// What follows the first paragraph of an item stands in as far as it does.
    fn begin_in_list(&mut self, style: &str, item: Option<Item>, depth: usize) -> io::Result<()> {
        if item.is_some() || depth == 0 {
            return self.begin(style, item, false);
        }
        let xml = &mut self.xml;
        xml.open("w:p", &[])?;
        xml.open("w:pPr", &[])?;
        xml.empty("w:pStyle", &[("w:val", style)])?;
        let left = indent((depth - 1).min(LEVELS - 1));
        xml.empty("w:ind", &[("w:left", &left)])?;
        xml.close("w:pPr")
    }

    fn list(
        &mut self,
        ordered: bool,
        start: u64,
        items: &'a [Vec<Block>],
        (level, depth): (u8, usize),
    ) -> io::Result<()> {
        let at = depth.min(LEVELS - 1);
        let list = if ordered {
            self.lists.push((at, start.min(32_767)));
            self.lists.len() + 1
        } else {
            1
        };
        for blocks in items {
            let mut item = Some(Item { list, level: at });
            for block in blocks {
                self.block(block, level, item.take(), depth + 1)?;
            }
        }
        Ok(())
    }

    /// Writes words that are led to; the place is theirs when they are the first with this id.
    fn place(
        &mut self,
        id: &'a str,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        match self.places.get(id).cloned() {
            Some(name) if self.placed.insert(id) => {
                let bookmark = self.open_bookmark(&name)?;
                write(self)?;
                self.close_bookmark(&bookmark)
            }
            _ => write(self),
        }
    }

    fn quote(&mut self, quote: &'a Quote) -> io::Result<()> {
        let number = format!("{} {}", self.label(|labels| &labels.quote), quote.number);
        let source = joined(&[&number, &quote.speaker, &quote.side]);
        self.paragraph("QuoteSource", |pen| {
            pen.place(&quote.id, |pen| pen.run(&source, Look::default()))
        })?;
        self.paragraph("Quote", |pen| pen.inlines(&quote.words, Look::default()))
    }

    fn finding(&mut self, finding: &'a Finding) -> io::Result<()> {
        let number = format!(
            "{} {}",
            self.label(|labels| &labels.finding),
            finding.number
        );
        let polarity = format!("{} {}", finding.polarity.sign(), finding.polarity_word);
        let rest = joined(&["", &polarity, &finding.level_word]);
        self.paragraph("FindingHead", |pen| {
            let bold = Look {
                bold: true,
                ..Look::default()
            };
            pen.place(&finding.id, |pen| pen.run(&number, bold))?;
            pen.run(&format!(" · {rest}"), Look::default())
        })?;
        self.paragraph("Finding", |pen| pen.run(&finding.sentence, Look::default()))?;
        let voices = finding.voices.join(", ");
        let facts = [
            (self.label(|labels| &labels.voices), Some(voices)),
            (
                self.label(|labels| &labels.reception),
                finding.reception.clone(),
            ),
        ];
        let facts = facts
            .into_iter()
            .filter_map(|(name, fact)| Some((name, fact.filter(|fact| !fact.is_empty())?)));
        for (name, fact) in facts {
            self.paragraph("FindingFact", |pen| {
                pen.run(&format!("{name}: {fact}"), Look::default())
            })?;
        }
        Ok(())
    }
}

fn joined(words: &[&str]) -> String {
    let words: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !word.trim().is_empty())
        .collect();
    words.join(" · ")
}
