//! Paragraphs of a Word document and what stands in them.

use std::collections::{BTreeSet, HashMap};
use std::io;

use super::parts::link_id;
use super::xml::Xml;
use crate::paper::{Block, Finding, Inline, Labels, Paper, Quote, plain, web_address};

/// How words look beside the style of their paragraph.
#[derive(Clone, Copy, Default)]
pub(super) struct Look {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) code: bool,
    pub(super) link: bool,
}

/// What is at hand while the text is written.
pub(super) struct Pen<'a> {
    pub(super) xml: Xml,
    pub(super) labels: Option<&'a Labels>,
    pub(super) links: Vec<String>,
    pub(super) lists: Vec<(usize, u64)>,
    /// Names of the places that findings and quotes have, by their ids.
    pub(super) places: HashMap<&'a str, String>,
    /// Ids whose place is written.
    pub(super) placed: BTreeSet<&'a str>,
    pub(super) bookmarks: usize,
    pub(super) tables: usize,
    /// The style of running text where it stands: `Normal`, or that of a box or an aside.
    pub(super) dress: &'static str,
}

/// The paragraph that an item of a list begins with.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) list: usize,
    pub(super) level: usize,
}

impl<'a> Pen<'a> {
    pub(super) fn bare() -> Self {
        Self {
            xml: Xml::piece(),
            labels: None,
            links: Vec::new(),
            lists: Vec::new(),
            places: HashMap::new(),
            placed: BTreeSet::new(),
            bookmarks: 0,
            tables: 0,
            dress: "Normal",
        }
    }

    pub(super) fn new(paper: &'a Paper) -> Self {
        let mut pen = Self::bare();
        pen.labels = Some(&paper.labels);
        for part in &paper.parts {
            pen.note_places(&part.blocks);
        }
        pen.note_places(&paper.colophon);
        pen
    }

    pub(super) fn note_places(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            match block {
                Block::Finding(Finding { id, .. }) | Block::Quote(Quote { id, .. })
                    if !id.is_empty() =>
                {
                    let name = format!("place{}", self.places.len());
                    self.places.entry(id).or_insert(name);
                }
                Block::List { items, .. } => items.iter().for_each(|item| self.note_places(item)),
                Block::FactBox { blocks, .. } | Block::Aside(blocks) => self.note_places(blocks),
                _ => {}
            }
        }
    }

    pub(super) fn label(&self, which: impl Fn(&'a Labels) -> &'a String) -> &'a str {
        self.labels.map_or("", |labels| which(labels))
    }

    // Paragraphs and what stands in them.

    pub(super) fn paragraph(
        &mut self,
        style: &str,
        words: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.begin(style, None, false)?;
        words(self)?;
        self.xml.close("w:p")
    }

    pub(super) fn begin(
        &mut self,
        style: &str,
        item: Option<Item>,
        new_page: bool,
    ) -> io::Result<()> {
        let xml = &mut self.xml;
        xml.open("w:p", &[])?;
        xml.open("w:pPr", &[])?;
        xml.empty("w:pStyle", &[("w:val", style)])?;
        if new_page {
            xml.empty("w:pageBreakBefore", &[])?;
        }
        if let Some(Item { list, level }) = item {
            xml.open("w:numPr", &[])?;
            xml.empty("w:ilvl", &[("w:val", &level.to_string())])?;
            xml.empty("w:numId", &[("w:val", &list.to_string())])?;
            xml.close("w:numPr")?;
        }
        xml.close("w:pPr")
    }

    pub(super) fn begin_run(&mut self, look: Look) -> io::Result<()> {
        let xml = &mut self.xml;
        xml.open("w:r", &[])?;
        xml.open("w:rPr", &[])?;
        // A link keeps the look of a link; only one style can be chosen.
        if look.link || look.code {
            let style = if look.link { "Hyperlink" } else { "Code" };
            xml.empty("w:rStyle", &[("w:val", style)])?;
        }
        for (name, is_so) in [("w:b", look.bold), ("w:i", look.italic)] {
            if is_so {
                xml.empty(name, &[])?;
            }
        }
        xml.close("w:rPr")
    }

    pub(super) fn run(&mut self, words: &str, look: Look) -> io::Result<()> {
        if words.is_empty() {
            return Ok(());
        }
        self.begin_run(look)?;
        self.xml.words("w:t", &[("xml:space", "preserve")], words)?;
        self.xml.close("w:r")
    }

    pub(super) fn line_break(&mut self) -> io::Result<()> {
        self.xml.open("w:r", &[])?;
        self.xml.empty("w:br", &[])?;
        self.xml.close("w:r")
    }

    pub(super) fn tab(&mut self) -> io::Result<()> {
        self.xml.open("w:r", &[])?;
        self.xml.empty("w:tab", &[])?;
        self.xml.close("w:r")
    }

    /// A number that Word works out.
    pub(super) fn field(&mut self, name: &str) -> io::Result<()> {
        self.xml.open("w:fldSimple", &[("w:instr", name)])?;
        self.run("1", Look::default())?;
        self.xml.close("w:fldSimple")
    }

    pub(super) fn inlines(&mut self, inlines: &[Inline], look: Look) -> io::Result<()> {
        for inline in inlines {
            match inline {
                Inline::Text(text) => self.run(text, look)?,
                Inline::Strong(inner) => self.inlines(inner, Look { bold: true, ..look })?,
                Inline::Emph(inner) => self.inlines(
                    inner,
                    Look {
                        italic: true,
                        ..look
                    },
                )?,
                Inline::Code(text) => self.run(text, Look { code: true, ..look })?,
                Inline::Link { href, text } => self.link(href, text, look)?,
                Inline::Goto { id, text } => match self.places.get(id.as_str()).cloned() {
                    Some(place) if !look.link => {
                        self.xml.open("w:hyperlink", &[("w:anchor", &place)])?;
                        self.inlines(text, Look { link: true, ..look })?;
                        self.xml.close("w:hyperlink")?;
                    }
                    _ => self.inlines(text, look)?,
                },
                Inline::Break => self.line_break()?,
            }
        }
        Ok(())
    }

    pub(super) fn link(&mut self, href: &str, text: &[Inline], look: Look) -> io::Result<()> {
        let Some(href) = web_address(href).filter(|_| !look.link) else {
            return self.inlines(text, look);
        };
        let at = self.links.iter().position(|link| *link == href);
        let at = at.unwrap_or_else(|| {
            self.links.push(href.clone());
            self.links.len() - 1
        });
        self.xml.open("w:hyperlink", &[("r:id", &link_id(at))])?;
        let look = Look { link: true, ..look };
        if plain(text).trim().is_empty() {
            self.run(&href, look)?;
        } else {
            self.inlines(text, look)?;
        }
        self.xml.close("w:hyperlink")
    }

    // Bookmarks and headings.

    pub(super) fn open_bookmark(&mut self, name: &str) -> io::Result<String> {
        let id = self.bookmarks.to_string();
        self.bookmarks += 1;
        self.xml
            .empty("w:bookmarkStart", &[("w:id", &id), ("w:name", name)])?;
        Ok(id)
    }

    pub(super) fn close_bookmark(&mut self, id: &str) -> io::Result<()> {
        self.xml.empty("w:bookmarkEnd", &[("w:id", id)])
    }

    /// Begins the heading of a part, which the list of contents leads to.
    pub(super) fn heading_of(
        &mut self,
        level: u8,
        at: usize,
        new_page: bool,
    ) -> io::Result<String> {
        self.begin(&heading_style(level), None, new_page)?;
        self.open_bookmark(&toc_name(at))
    }

    pub(super) fn end_heading(&mut self, bookmark: &str) -> io::Result<()> {
        self.close_bookmark(bookmark)?;
        self.xml.close("w:p")
    }
}

/// The style of a heading.
pub(super) fn heading_style(level: u8) -> String {
    format!("Heading{}", level.clamp(1, 6))
}

/// The name of the place of a part's heading.
pub(super) fn toc_name(at: usize) -> String {
    format!("_Toc{}", at + 1)
}
