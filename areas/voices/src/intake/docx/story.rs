//! Going through the text of a document: paragraphs, runs, tables, notes, tracked changes.
//!
//! Source of the format: ECMA-376 part 1, 17.3 to 17.16. Elements are known by their names without
//! prefix, so that the strict and the transitional namespace read alike.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::super::encoding::{PAGE_BREAK, clean};
use super::super::marks::{Colour, Comment, Edge, Edges, note_colour};
use super::super::package::{Visit, attribute, is_on};
use super::super::{Measure, Refused};

/// A paragraph as it stands in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) text: String,
    pub(super) style: Option<String>,
    /// List and level set on the paragraph itself; `Some(None)` means no list.
    pub(super) list: Option<Option<(String, usize)>>,
    pub(super) outline: bool,
    /// The note it belongs to, when the part is a part of notes.
    pub(super) note: Option<String>,
    /// The mark at its end was deleted: the next paragraph goes on from it.
    mark_deleted: bool,
    /// Where colours change and comments begin and end.
    pub(super) edges: Edges,
}

/// What was met on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Met {
    pub(super) pictures: usize,
    pub(super) tables: usize,
    pub(super) controls: usize,
    pub(super) insertions: usize,
    pub(super) deletions: usize,
    pub(super) hidden: usize,
    pub(super) soft_hyphens: usize,
    pub(super) symbols: usize,
}

/// A note asked for in the text; its number is its place in `Story::notes` plus one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoteAt {
    Foot(String),
    End(String),
}

/// Reads one part into items.
#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) items: Vec<Item>,
    pub(super) met: Met,
    pub(super) notes: Vec<NoteAt>,
    /// Paragraphs being read; text boxes stand within paragraphs.
    open: Vec<Item>,
    depth: usize,
    /// Everything inside the element at this depth is passed over.
    skip: Option<usize>,
    properties: Vec<&'static str>,
    in_text: bool,
    run_hidden: bool,
    hidden_had_text: bool,
    /// For each field being read: still in its code.
    fields: Vec<bool>,
    list_id: Option<String>,
    list_level: usize,
    note: Option<String>,
    /// The comment it belongs to, when the part is the part of comments.
    comment: Option<String>,
    pub(super) comments: HashMap<String, Comment>,
    run_colour: Option<Colour>,
    /// Edges that stood between paragraphs.
    between: Vec<Edge>,
    characters: usize,
    limit: usize,
    items_limit: usize,
}

impl Story {
    pub(super) fn new(characters: usize, paragraphs: usize) -> Self {
        Self {
            limit: characters,
            items_limit: paragraphs,
            ..Self::default()
        }
    }

    fn push(&mut self, text: &str) -> Result<(), Refused> {
        if self.fields.iter().any(|in_code| *in_code) {
            return Ok(());
        }
        if self.run_hidden {
            self.hidden_had_text = true;
            return Ok(());
        }
        self.characters += text.len();
        if self.characters > self.limit.saturating_mul(4) {
            return Err(Refused::TooLarge {
                what: Measure::Characters,
                limit: self.limit as u64,
            });
        }
        let (text, controls) = clean(text);
        self.met.controls += controls;
        let colour = self.run_colour;
        if let Some(item) = self.open.last_mut() {
            note_colour(&mut item.edges, item.text.len(), colour);
            if text.contains(PAGE_BREAK) {
                item.text.push_str(&text.replace(PAGE_BREAK, "\n"));
            } else {
                item.text.push_str(&text);
            }
        }
        Ok(())
    }

    /// Within the properties of a run or of a paragraph mark.
    fn in_properties(&self, name: &str) -> bool {
        self.properties.last() == Some(&name)
    }

    fn open_property(&mut self, name: &str, element: &BytesStart<'_>) {
        let mark = self.properties.contains(&"pPr");
        let value = || attribute(element, "val");
        match name {
            "vanish" if !mark => self.run_hidden = is_on(element),
            "highlight" if !mark => {
                self.run_colour = value().as_deref().and_then(Colour::parse);
            }
            // What LibreOffice and Google Docs write for a highlight.
            "shd" if !mark && self.in_properties("rPr") && self.run_colour.is_none() => {
                let fill = attribute(element, "fill");
                self.run_colour = fill.as_deref().and_then(Colour::parse);
            }
            "del" | "moveFrom" if mark && self.in_properties("rPr") => {
                if let Some(item) = self.open.last_mut() {
                    item.mark_deleted = true;
                }
            }
            "pStyle" => {
                if let Some(item) = self.open.last_mut() {
                    item.style = value();
                }
            }
            "outlineLvl" => {
                if let Some(item) = self.open.last_mut() {
                    item.outline = value().is_some_and(|level| level != "9");
                }
            }
            "numPr" => (self.list_id, self.list_level) = (None, 0),
            "ilvl" => self.list_level = value().and_then(|level| level.parse().ok()).unwrap_or(0),
            "numId" => self.list_id = value(),
            _ => {}
        }
    }

    fn open_content(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused> {
        match name {
            "p" => {
                let edges = std::mem::take(&mut self.between);
                self.open.push(Item {
                    note: self.note.clone(),
                    edges: edges.into_iter().map(|edge| (0, edge)).collect(),
                    ..Item::default()
                });
            }
            "tbl" => self.met.tables += 1,
            "r" => {
                (self.run_hidden, self.hidden_had_text) = (false, false);
                self.run_colour = None;
            }
            "t" => self.in_text = true,
            "tab" | "ptab" => self.push("\t")?,
            "br" | "cr" => self.push("\n")?,
            "noBreakHyphen" => self.push("\u{2011}")?,
            "softHyphen" => self.met.soft_hyphens += 1,
            "sym" => {
                self.met.symbols += 1;
                self.push("\u{FFFD}")?;
            }
            "fldChar" => match attribute(element, "fldCharType").as_deref() {
                Some("begin") => self.fields.push(true),
                Some("separate") => {
                    if let Some(in_code) = self.fields.last_mut() {
                        *in_code = false;
                    }
                }
                Some("end") => {
                    self.fields.pop();
                }
                _ => {}
            },
            "footnoteReference" | "endnoteReference" => self.ask_for_note(name, element)?,
            "footnote" | "endnote" => {
                let real = !matches!(
                    attribute(element, "type").as_deref(),
                    Some("separator" | "continuationSeparator" | "continuationNotice")
                );
                self.note = attribute(element, "id").filter(|_| real);
                if !real {
                    self.skip = Some(self.depth);
                }
            }
            "commentRangeStart" => self.edge(element, Edge::From),
            "commentRangeEnd" => self.edge(element, Edge::To),
            "commentReference" => self.edge(element, Edge::Point),
            "comment" => {
                self.comment = attribute(element, "id");
                if let Some(id) = &self.comment {
                    let author = attribute(element, "author");
                    let comment = Comment {
                        author: author.filter(|name| !name.trim().is_empty()),
                        text: String::new(),
                    };
                    self.comments.insert(id.clone(), comment);
                }
            }
            "ins" | "moveTo" => self.met.insertions += 1,
            "del" | "moveFrom" => {
                self.met.deletions += 1;
                self.skip = Some(self.depth);
            }
            "pic" | "imagedata" | "chart" => self.met.pictures += 1,
            "Fallback" | "instrText" | "delText" | "rt" => self.skip = Some(self.depth),
            _ => {}
        }
        Ok(())
    }

    fn edge(&mut self, element: &BytesStart<'_>, make: fn(String) -> Edge) {
        if let Some((id, item)) = attribute(element, "id").zip(self.open.last_mut()) {
            item.edges.push((item.text.len(), make(id)));
        } else if let Some(id) = attribute(element, "id") {
            // Between two paragraphs: it stands at the start of the next.
            self.between.push(make(id));
        }
    }

    fn ask_for_note(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused> {
        let Some(id) = attribute(element, "id") else {
            return Ok(());
        };
        self.notes.push(if name == "footnoteReference" {
            NoteAt::Foot(id)
        } else {
            NoteAt::End(id)
        });
        let mark = format!("[{}]", self.notes.len());
        self.push(&mark)
    }

    fn close_paragraph(&mut self) -> Result<(), Refused> {
        let Some(mut item) = self.open.pop() else {
            return Ok(());
        };
        if self.open.is_empty()
            && let Some(mut whole) = self.items.pop_if(|before| before.mark_deleted)
        {
            let moved = whole.text.len();
            whole.text.push_str(&item.text);
            let own = item.edges.into_iter();
            whole.edges.extend(own.map(|(at, edge)| (at + moved, edge)));
            item = Item {
                outline: item.outline,
                note: item.note,
                mark_deleted: item.mark_deleted,
                ..whole
            };
        }
        if self.items.len() >= self.items_limit {
            return Err(Refused::TooLarge {
                what: Measure::Paragraphs,
                limit: self.items_limit as u64,
            });
        }
        if let Some(comment) = self
            .comment
            .as_ref()
            .and_then(|id| self.comments.get_mut(id))
        {
            if !comment.text.is_empty() {
                comment.text.push('\n');
            }
            comment.text.push_str(item.text.trim());
            return Ok(());
        }
        let has_edge = !item.edges.is_empty();
        if item.mark_deleted || has_edge || !item.text.trim().is_empty() {
            self.items.push(item);
        }
        Ok(())
    }
}

/// Elements whose content describes and is not text.
const PROPERTIES: &[&str] = &[
    "pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "sdtPr", "tblGrid", "tblPrEx",
];

impl Visit for Story {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused> {
        self.depth += 1;
        if self.skip.is_some() {
            return Ok(());
        }
        if name.ends_with("PrChange") {
            self.skip = Some(self.depth);
        } else if let Some(property) = PROPERTIES.iter().find(|property| **property == name) {
            self.properties.push(property);
        } else if self.properties.is_empty() {
            self.open_content(name, element)?;
        } else {
            self.open_property(name, element);
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Refused> {
        let skipped = self.skip;
        if skipped == Some(self.depth) {
            self.skip = None;
        }
        self.depth = self.depth.saturating_sub(1);
        if skipped.is_some() {
            return Ok(());
        }
        if self.in_properties(name) {
            self.properties.pop();
            return Ok(());
        }
        match name {
            "numPr" => {
                let list = self
                    .list_id
                    .take()
                    .filter(|id| id != "0")
                    .map(|id| (id, self.list_level));
                if let Some(item) = self.open.last_mut() {
                    item.list = Some(list);
                }
            }
            "t" => self.in_text = false,
            "r" => {
                self.met.hidden += usize::from(self.hidden_had_text);
                (self.run_hidden, self.hidden_had_text) = (false, false);
                self.run_colour = None;
            }
            "p" if self.properties.is_empty() => self.close_paragraph()?,
            "footnote" | "endnote" => self.note = None,
            "comment" => self.comment = None,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Refused> {
        if self.in_text && self.skip.is_none() {
            self.push(text)
        } else {
            Ok(())
        }
    }
}
