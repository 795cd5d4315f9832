//! Going through the text of an OpenDocument: paragraphs, lists, notes, comments, tracked changes.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::super::draft::{Draft, words_of};
use super::super::marks::{Colour, Comment, Edge};
use super::super::package::{Visit, attribute};
use super::super::{Kind, Limits, Refused};
use super::styles::Styles;

/// What was met on the way.
#[derive(Debug, Default)]
pub(super) struct Met {
    pub(super) pictures: usize,
    pub(super) tables: usize,
    pub(super) insertions: usize,
    pub(super) deletions: usize,
    pub(super) hidden: usize,
    pub(super) contents: usize,
    pub(super) footnotes: usize,
    pub(super) endnotes: usize,
}

/// An element that stands beside the running text.
#[derive(Debug)]
enum Aside {
    /// The body of a note with this number.
    Note(usize),
    /// A comment with its key, and its author on the way.
    Comment {
        id: String,
        author: String,
    },
    Frame,
}

/// Why what is read now is no text of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Skip {
    Quiet,
    Hidden,
    Contents,
}

/// Reads the content.
pub(super) struct Story<'a> {
    draft: Draft<'a>,
    styles: Styles,
    met: Met,
    is_text: bool,
    in_body: bool,
    in_changes: bool,
    /// Elements open inside `body`.
    depth: usize,
    /// Everything inside the element at this depth is passed over.
    skip: Option<(usize, Skip)>,
    skip_had_text: bool,
    /// Paragraphs inside one another; text outside of them is none.
    paragraphs: usize,
    /// White space was met and nothing after it yet.
    space: bool,
    /// For each open span: the colour and the hidden count before it.
    spans: Vec<Option<Colour>>,
    /// Open lists: name of the style, items counted, whether the item has said its number.
    lists: Vec<(Option<String>, u32)>,
    item_is_new: bool,
    asides: Vec<(usize, Aside)>,
    comments: usize,
    in_author: bool,
    frame_is_told: bool,
    /// How far lists of each style and level have counted, for those that count on.
    counted: HashMap<(usize, Option<String>), u32>,
}

impl<'a> Story<'a> {
    pub(super) fn new(limits: &'a Limits, styles: Styles) -> Self {
        Self {
            draft: Draft::new(limits),
            styles,
            met: Met::default(),
            is_text: false,
            in_body: false,
            in_changes: false,
            depth: 0,
            skip: None,
            skip_had_text: false,
            paragraphs: 0,
            space: false,
            spans: Vec::new(),
            lists: Vec::new(),
            item_is_new: false,
            asides: Vec::new(),
            comments: 0,
            in_author: false,
            frame_is_told: false,
            counted: HashMap::new(),
        }
    }

    /// Is it a text at all, not a sheet or slides?
    pub(super) fn is_text(&self) -> bool {
        self.is_text
    }

    /// The draft, what was met, and heads and feet of pages with words.
    pub(super) fn into_parts(self) -> (Draft<'a>, Met, usize) {
        (self.draft, self.met, self.styles.edges)
    }

    fn push(&mut self, text: &str) -> Result<(), Refused> {
        self.flush_space()?;
        self.draft.push(text)
    }

    fn begin_paragraph(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused> {
        let style = attribute(element, "style-name").unwrap_or_default();
        if self.paragraphs == 0 || !self.asides.is_empty() {
            self.draft.end()?;
        }
        self.paragraphs += 1;
        self.space = false;
        if self.styles.is_hidden(&style) {
            self.skip_from(Skip::Hidden);
            return Ok(());
        }
        if name == "h" || self.styles.is_heading(&style) {
            self.draft.open().kind = Kind::Heading;
        }
        // Text of a whole paragraph style in a colour is how the document looks.
        if std::mem::take(&mut self.item_is_new) {
            let named = self
                .lists
                .iter()
                .rev()
                .find_map(|(list, _)| list.as_deref());
            let list = named.or_else(|| self.styles.list(&style));
            let counts: Vec<u32> = self.lists.iter().map(|(_, count)| *count).collect();
            let prefix = list.and_then(|list| self.styles.prefix(list, &counts));
            self.draft.open().prefix = prefix;
        }
        Ok(())
    }

    fn skip_from(&mut self, why: Skip) {
        self.skip = Some((self.depth, why));
        self.skip_had_text = false;
    }

    fn flush_space(&mut self) -> Result<(), Refused> {
        if std::mem::take(&mut self.space) && !self.draft.at_line_start() {
            self.draft.push(" ")?;
        }
        Ok(())
    }

    fn begin_aside(&mut self, aside: Aside) -> Result<(), Refused> {
        self.flush_space()?;
        self.draft.begin_aside();
        self.asides.push((self.depth, aside));
        Ok(())
    }

    fn begin_comment(&mut self, element: &BytesStart<'_>) -> Result<(), Refused> {
        self.flush_space()?;
        self.comments += 1;
        let name = attribute(element, "name");
        let id = name
            .clone()
            .unwrap_or_else(|| format!("#{}", self.comments));
        // It ends later when it has a name; else, or without that end, it stands at a point.
        self.draft.edge(match name {
            Some(name) => Edge::From(name),
            None => Edge::Point(id.clone()),
        });
        let author = String::new();
        self.begin_aside(Aside::Comment { id, author })
    }

    fn end_aside(&mut self) -> Result<(), Refused> {
        let Some((_, aside)) = self.asides.pop() else {
            return Ok(());
        };
        let said = self.draft.end_aside()?;
        self.space = false;
        match aside {
            Aside::Note(number) => self.draft.set_note(number, words_of(&said)),
            Aside::Comment { id, author } => {
                let author = author.trim();
                let comment = Comment {
                    author: (!author.is_empty()).then(|| author.to_owned()),
                    text: words_of(&said),
                };
                self.draft.comments.insert(id, comment);
            }
            Aside::Frame => self.draft.put_before(said),
        }
        Ok(())
    }

    fn open_text(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused> {
        match name {
            "p" | "h" => self.begin_paragraph(name, element)?,
            "span" | "a" => {
                let before = self.draft.colour_now();
                self.spans.push(before);
                let style = attribute(element, "style-name").unwrap_or_default();
                if self.styles.is_hidden(&style) {
                    self.skip_from(Skip::Hidden);
                } else if name == "span"
                    && let Some(colour) = self.styles.colour(&style)
                {
                    self.flush_space()?;
                    self.draft.colour(Some(colour));
                }
            }
            "s" => {
                let count = attribute(element, "c").and_then(|count| count.parse().ok());
                self.push(&" ".repeat(count.unwrap_or(1usize).min(1_000)))?;
            }
            "tab" => self.push("\t")?,
            "line-break" => {
                self.space = false;
                self.draft.push("\n")?;
            }
            "list" => {
                let style = attribute(element, "style-name");
                let goes_on = attribute(element, "continue-list").is_some()
                    || attribute(element, "continue-numbering").is_some_and(|on| on == "true");
                let key = (self.lists.len(), style);
                let count = self.counted.get(&key).copied().filter(|_| goes_on);
                self.lists.push((key.1, count.unwrap_or(0)));
            }
            "list-item" => {
                if let Some((_, count)) = self.lists.last_mut() {
                    let start = attribute(element, "start-value");
                    let start = start.and_then(|start| start.parse::<u32>().ok());
                    *count = start.unwrap_or(count.saturating_add(1));
                }
                self.item_is_new = true;
            }
            "list-header" => self.item_is_new = false,
            "note" => {
                let end = attribute(element, "note-class").is_some_and(|class| class == "endnote");
                self.met.endnotes += usize::from(end);
                self.met.footnotes += usize::from(!end);
            }
            "note-body" => {
                let number = self.draft.add_note();
                self.push(&format!("[{number}]"))?;
                self.begin_aside(Aside::Note(number))?;
            }
            "annotation" => self.begin_comment(element)?,
            "annotation-end" => {
                if let Some(name) = attribute(element, "name") {
                    self.draft.edge(Edge::To(name));
                }
            }
            "creator" if matches!(self.asides.last(), Some((_, Aside::Comment { .. }))) => {
                self.in_author = true;
            }
            "table" => self.met.tables += 1,
            "text-box" => self.begin_aside(Aside::Frame)?,
            "frame" => self.frame_is_told = false,
            "image" | "object" | "object-ole" | "plugin" => {
                // A chart also has a picture of itself in the same frame.
                self.met.pictures += usize::from(!std::mem::replace(&mut self.frame_is_told, true));
                self.skip_from(Skip::Quiet);
            }
            "custom-shape" | "polygon" | "path" => {
                self.met.pictures += 1;
                self.begin_aside(Aside::Frame)?;
            }
            "index-body" => self.skip_from(Skip::Contents),
            "hidden-text" | "hidden-paragraph" => self.skip_from(Skip::Hidden),
            // The same names without prefix are fields whose words are text.
            "title" | "desc" | "date" if !element.name().as_ref().starts_with("text:") => {
                self.skip_from(Skip::Quiet);
            }
            "note-citation"
            | "ruby-text"
            | "date-string"
            | "creator-initials"
            | "sender-initials"
            | "meta-creator-initials"
            | "forms"
            | "event-listeners"
            | "binary-data"
            | "sequence-decls"
            | "variable-decls"
            | "user-field-decls"
            | "dde-connection-decls"
            | "index-title-template"
            | "shapes" => self.skip_from(Skip::Quiet),
            _ => {}
        }
        Ok(())
    }
}

impl Visit for Story<'_> {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused> {
        if !self.in_body {
            if name == "body" {
                self.in_body = true;
                return Ok(());
            }
            return self.styles.open(name, element);
        }
        self.depth += 1;
        if let Some((_, why)) = self.skip {
            if why == Skip::Contents && matches!(name, "p" | "h") {
                self.met.contents += 1;
            }
            return Ok(());
        }
        if self.depth == 1 {
            self.is_text |= name == "text";
        }
        if self.in_changes {
            self.met.insertions += usize::from(name == "insertion");
            self.met.deletions += usize::from(name == "deletion");
            return Ok(());
        }
        if name == "tracked-changes" {
            self.in_changes = true;
            return Ok(());
        }
        self.open_text(name, element)
    }

    fn close(&mut self, name: &str) -> Result<(), Refused> {
        if !self.in_body {
            return self.styles.close(name);
        }
        let skipped = self.skip;
        if let Some((depth, why)) = skipped {
            if depth == self.depth {
                self.skip = None;
                self.met.hidden += usize::from(why == Skip::Hidden && self.skip_had_text);
            } else {
                self.depth = self.depth.saturating_sub(1);
                return Ok(());
            }
        }
        if self.in_changes {
            self.in_changes = name != "tracked-changes";
            self.depth = self.depth.saturating_sub(1);
            return Ok(());
        }
        match name {
            "p" | "h" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                self.draft.end()?;
            }
            "span" | "a" => {
                let before = self.spans.pop().flatten();
                if self.draft.colour_now() != before {
                    self.flush_space()?;
                    self.draft.colour(before);
                }
            }
            "list" => {
                if let Some((style, count)) = self.lists.pop() {
                    self.counted.insert((self.lists.len(), style), count);
                }
                self.item_is_new = false;
            }
            "creator" => self.in_author = false,
            _ => {}
        }
        if self
            .asides
            .last()
            .is_some_and(|(depth, _)| *depth == self.depth)
        {
            self.end_aside()?;
        }
        if self.depth == 0 {
            self.in_body = false;
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Refused> {
        if !self.in_body {
            return self.styles.text(text);
        }
        if self.skip.is_some() {
            self.skip_had_text |= !text.trim().is_empty();
            return Ok(());
        }
        if self.in_author {
            if let Some((_, Aside::Comment { author, .. })) = self.asides.last_mut()
                && author.len() < 400
            {
                author.push_str(text);
            }
            return Ok(());
        }
        if self.in_changes || self.paragraphs == 0 {
            return Ok(());
        }
        let mut run = String::with_capacity(text.len());
        let mut at_start = self.draft.at_line_start();
        for sign in text.chars() {
            if matches!(sign, ' ' | '\t' | '\r' | '\n') {
                self.space = true;
                continue;
            }
            if std::mem::take(&mut self.space) && !at_start {
                run.push(' ');
            }
            at_start = false;
            run.push(sign);
        }
        if run.is_empty() {
            return Ok(());
        }
        self.draft.push(&run)
    }
}

#[cfg(test)]
mod tests;
