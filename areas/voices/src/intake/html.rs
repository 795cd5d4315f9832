//! Web pages (`.html`): the words in their blocks, as a browser without style sheets shows them.
//!
//! The tokens come from html5gum, which reads them as WHATWG HTML 13.2.5 says, with all its rules
//! for broken markup. Of the tree only what blocks, lists and colours need is followed, in one pass
//! and without recursion.

use std::collections::HashMap;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::draft::Draft;
use super::encoding::clean;
use super::limits::{Limits, Progress, step};
use super::marks::Colour;
use super::notices::Notices;
use super::{Body, Kind, Measure, Notice, Refused};

/// Reads a page.
pub(super) fn read(
    text: &str,
    limits: &Limits,
    progress: Progress<'_>,
    notices: &mut Notices,
) -> Result<Body, Refused> {
    let mut draft = Draft::new(limits);
    let met = into_draft(text, &mut draft, progress)?;
    let drafted = draft.finish(notices)?;
    met.tell(notices);
    let title = clean(met.title.trim()).0;
    let title: String = title.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Body::of(drafted, (!title.is_empty()).then_some(title)))
}

/// What was met on the way.
#[derive(Debug, Default)]
pub(super) struct Met {
    pictures: usize,
    tables: usize,
    hidden: usize,
    unreadable: usize,
    title: String,
}

impl Met {
    pub(super) fn tell(&self, notices: &mut Notices) {
        notices.count(self.tables, |count| Notice::TablesFlattened { count });
        notices.count(self.pictures, |count| Notice::PicturesLeftOut { count });
        notices.count(self.hidden, |count| Notice::HiddenTextLeftOut { count });
        notices.count(self.unreadable, |count| Notice::LossyDecoding { count });
    }
}

/// Reads HTML into a draft that may hold other things already.
pub(super) fn into_draft(
    text: &str,
    draft: &mut Draft<'_>,
    progress: Progress<'_>,
) -> Result<Met, Refused> {
    let mut page = Page::new(draft);
    page.total = text.len() as u64;
    page.known_unreadable = text.matches('\u{FFFD}').count();
    {
        let mut emitter =
            CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Refused> {
                page.take(&event, progress).err()
            });
        emitter.naively_switch_states(true);
        let mut tokens = Tokenizer::new_with_emitter(text, emitter);
        if let Some(refused) = tokens.next() {
            let refused: Result<Refused, Infallible> = refused;
            return Err(match refused {
                Ok(refused) => refused,
                Err(never) => match never {},
            });
        }
    }
    page.draft.end()?;
    page.met.unreadable = page.met.unreadable.saturating_sub(page.known_unreadable);
    Ok(page.met)
}

/// Elements inside one another at most; browsers draw the line at 512 too.
const DEPTH: usize = 512;
/// How far up an end tag that was left out is looked for.
const LOOK_UP: usize = 64;
/// Events between two looks at whether to go on.
const STEP: u64 = 1 << 13;

/// An element that is open and means something to us.
#[derive(Debug)]
struct Open {
    name: String,
    /// The colour behind the words before it, when it set another.
    colour: Option<Option<Colour>>,
    list: bool,
    pre: bool,
}

/// A tag being read.
#[derive(Debug, Default)]
struct Tag {
    name: String,
    attribute: String,
    start: Option<u32>,
    hidden: bool,
    colour: Option<Colour>,
}

struct Page<'d, 'l> {
    draft: &'d mut Draft<'l>,
    met: Met,
    open: Vec<Open>,
    /// How many of each name are open.
    names: HashMap<String, usize>,
    /// For each list: the next number, or none when it has bullets.
    lists: Vec<Option<u32>>,
    pre: usize,
    /// White space was met and nothing after it yet.
    space: bool,
    tag: Tag,
    /// Everything inside this element is passed over; how many of its name are open.
    skip: Option<(String, usize)>,
    skip_is_hidden: bool,
    skip_had_text: bool,
    in_title: bool,
    events: u64,
    seen: u64,
    total: u64,
    known_unreadable: usize,
}

impl<'d, 'l> Page<'d, 'l> {
    fn new(draft: &'d mut Draft<'l>) -> Self {
        Self {
            draft,
            met: Met::default(),
            open: Vec::new(),
            names: HashMap::new(),
            lists: Vec::new(),
            pre: 0,
            space: false,
            tag: Tag::default(),
            skip: None,
            skip_is_hidden: false,
            skip_had_text: false,
            in_title: false,
            events: 0,
            seen: 0,
            total: 0,
            known_unreadable: 0,
        }
    }

    fn take(&mut self, event: &CallbackEvent<'_>, progress: Progress<'_>) -> Result<(), Refused> {
        self.events += 1;
        if self.events.is_multiple_of(STEP) {
            step(progress, self.seen, self.total.max(1))?;
        }
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.seen += name.len() as u64 + 2;
                self.tag = Tag {
                    name: String::from_utf8_lossy(name).into_owned(),
                    ..Tag::default()
                };
            }
            CallbackEvent::AttributeName { name } => {
                self.tag.attribute = String::from_utf8_lossy(name).into_owned();
                self.tag.hidden |= *name == b"hidden";
            }
            CallbackEvent::AttributeValue { value } => {
                self.seen += value.len() as u64;
                self.attribute(value);
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                let tag = std::mem::take(&mut self.tag);
                self.start(&tag, *self_closing)?;
            }
            CallbackEvent::EndTag { name } => {
                self.seen += name.len() as u64 + 3;
                self.tag = Tag::default();
                let name = String::from_utf8_lossy(name);
                self.end(&name)?;
            }
            CallbackEvent::String { value } => {
                self.seen += value.len() as u64;
                self.text(&String::from_utf8_lossy(value))?;
            }
            CallbackEvent::Comment { value } => self.seen += value.len() as u64,
            CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
        Ok(())
    }

    fn attribute(&mut self, value: &[u8]) {
        match self.tag.attribute.as_str() {
            "style" => {
                let style = String::from_utf8_lossy(value).to_ascii_lowercase();
                let style: String = style.split_whitespace().collect();
                self.tag.hidden |=
                    style.contains("display:none") || style.contains("visibility:hidden");
                self.tag.colour = style
                    .split(';')
                    .filter_map(|one| one.split_once(':'))
                    .find(|(name, _)| matches!(*name, "background" | "background-color"))
                    .and_then(|(_, value)| colour(value));
            }
            "start" | "value" if matches!(self.tag.name.as_str(), "ol" | "li") => {
                self.tag.start = String::from_utf8_lossy(value).trim().parse().ok();
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag, self_closing: bool) -> Result<(), Refused> {
        let name = tag.name.as_str();
        if let Some((skipped, count)) = &mut self.skip {
            *count += usize::from(skipped == name && !self_closing);
            return Ok(());
        }
        match name {
            "br" => {
                self.space = false;
                return self.draft.push("\n");
            }
            "hr" | "wbr" | "input" | "meta" | "link" | "base" | "col" | "source" | "track"
            | "area" | "param" => {
                return if name == "hr" { self.block() } else { Ok(()) };
            }
            "img" | "embed" => {
                self.met.pictures += 1;
                return Ok(());
            }
            "title" if !self.in_title => {
                self.in_title = true;
                return Ok(());
            }
            "svg" | "math" | "object" | "video" | "audio" | "canvas" | "iframe" | "map" => {
                self.met.pictures += usize::from(name != "map");
                self.skip_from(name, false, self_closing);
                return Ok(());
            }
            "script" | "style" | "template" | "noscript" | "noframes" | "select" | "datalist"
            | "rt" | "rp" => {
                self.skip_from(name, false, false);
                return Ok(());
            }
            _ => {}
        }
        let block = is_block(name);
        if tag.hidden && !has_optional_end(name) && (block || name == "span") {
            self.skip_from(name, true, self_closing);
            return Ok(());
        }
        if block {
            self.close_implied(name)?;
            self.block()?;
            self.enter_block(tag);
        }
        let colour = if name == "mark" {
            Some(tag.colour.unwrap_or(Colour::Yellow))
        } else {
            // The colour of a whole block is its looks.
            tag.colour.filter(|_| !block)
        };
        let tracked = self.names.get(name).is_some_and(|count| *count > 0);
        if !block && colour.is_none() && !tracked {
            return Ok(());
        }
        if self.open.len() >= DEPTH {
            return Err(Refused::TooLarge {
                what: Measure::Depth,
                limit: DEPTH as u64,
            });
        }
        *self.names.entry(name.to_owned()).or_default() += 1;
        self.open.push(Open {
            name: name.to_owned(),
            colour: colour.map(|_| self.draft.colour_now()),
            list: matches!(name, "ul" | "ol" | "menu" | "dir"),
            pre: matches!(name, "pre" | "textarea" | "listing" | "xmp"),
        });
        if colour.is_some() {
            self.flush_space()?;
            self.draft.colour(colour);
        }
        Ok(())
    }

    fn skip_from(&mut self, name: &str, hidden: bool, self_closing: bool) {
        if !self_closing {
            self.skip = Some((name.to_owned(), 1));
            self.skip_is_hidden = hidden;
            self.skip_had_text = false;
        }
    }

    fn enter_block(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.draft.open().kind = Kind::Heading,
            "table" => self.met.tables += 1,
            "ol" => self.lists.push(Some(tag.start.unwrap_or(1))),
            "ul" | "menu" | "dir" => self.lists.push(None),
            "li" => {
                let prefix = match self.lists.last_mut() {
                    Some(Some(next)) => {
                        let number = tag.start.unwrap_or(*next);
                        *next = number.saturating_add(1);
                        format!("{number}.")
                    }
                    _ => "•".to_owned(),
                };
                self.draft.open().prefix = Some(prefix);
            }
            "pre" | "textarea" | "listing" | "xmp" => self.pre += 1,
            _ => {}
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Refused> {
        if let Some((skipped, count)) = &mut self.skip {
            if skipped == name {
                *count -= 1;
                if *count == 0 {
                    self.skip = None;
                    self.met.hidden += usize::from(self.skip_is_hidden && self.skip_had_text);
                }
            }
            return Ok(());
        }
        if name == "title" {
            self.in_title = false;
            return Ok(());
        }
        if name == "br" {
            return self.draft.push("\n");
        }
        if is_block(name) {
            self.block()?;
        }
        if self.names.get(name).is_some_and(|count| *count > 0) {
            while let Some(closed) = self.pop()? {
                if closed == name {
                    break;
                }
            }
        }
        Ok(())
    }

    fn pop(&mut self) -> Result<Option<String>, Refused> {
        let Some(closed) = self.open.pop() else {
            return Ok(None);
        };
        if let Some(count) = self.names.get_mut(&closed.name) {
            *count = count.saturating_sub(1);
        }
        if let Some(colour) = closed.colour {
            self.flush_space()?;
            self.draft.colour(colour);
        }
        if closed.list {
            self.lists.pop();
        }
        self.pre = self.pre.saturating_sub(usize::from(closed.pre));
        Ok(Some(closed.name))
    }

    /// Closes what this start tag closes by itself: a paragraph, an item, a cell whose end tag
    /// was left out.
    fn close_implied(&mut self, name: &str) -> Result<(), Refused> {
        let (closes, within): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "menu", "dir"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table", "tbody", "thead", "tfoot"]),
            "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot"], &["table"]),
            _ => (&["p"], &["td", "th", "li", "dd", "div", "table", "body"]),
        };
        let mut above = self.open.iter().rev().take(LOOK_UP);
        let found = above.find(|open| {
            let name = open.name.as_str();
            closes.contains(&name) || within.contains(&name)
        });
        let Some(found) = found.filter(|open| closes.contains(&open.name.as_str())) else {
            return Ok(());
        };
        let found = found.name.clone();
        self.block()?;
        while let Some(closed) = self.pop()? {
            if closed == found {
                break;
            }
        }
        Ok(())
    }

    /// A block begins or ends: what was open is a paragraph.
    fn block(&mut self) -> Result<(), Refused> {
        self.space = false;
        let open = self.draft.open();
        if open.text.trim().is_empty() {
            // The number of an item goes on to the first words in it.
            open.text.clear();
            return Ok(());
        }
        self.draft.end()
    }

    fn flush_space(&mut self) -> Result<(), Refused> {
        if std::mem::take(&mut self.space) && !self.draft.at_line_start() {
            self.draft.push(" ")?;
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Refused> {
        if self.skip.is_some() {
            self.skip_had_text |= !text.trim().is_empty();
            return Ok(());
        }
        if self.in_title {
            if self.met.title.len() < 1_000 {
                self.met.title.extend(text.chars().take(1_000));
            }
            return Ok(());
        }
        self.met.unreadable += text.matches('\u{FFFD}').count();
        if self.pre > 0 {
            self.flush_space()?;
            return self.draft.push(text);
        }
        let mut run = String::with_capacity(text.len());
        let mut at_start = self.draft.at_line_start();
        for sign in text.chars() {
            if sign.is_ascii_whitespace() {
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

/// A colour in a style sheet, in the ways word processors and browsers write it.
fn colour(value: &str) -> Option<Colour> {
    let value = value.split("!").next()?;
    if let Some(inner) = value
        .strip_prefix("rgb(")
        .or_else(|| value.strip_prefix("rgba("))
    {
        let mut parts = inner.trim_end_matches(')').split([',', '/']);
        let mut part = || parts.next()?.trim().parse::<f64>().ok();
        let (red, green, blue) = (part()?, part()?, part()?);
        if part() == Some(0.0) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to what fits"
        )]
        let byte = |part: f64| part.clamp(0.0, 255.0) as u8;
        return Colour::of_light(byte(red), byte(green), byte(blue));
    }
    match value.strip_prefix('#') {
        Some(hex) if hex.len() == 3 => {
            let hex: String = hex.chars().flat_map(|digit| [digit, digit]).collect();
            Colour::parse(&hex)
        }
        _ => Colour::parse(value),
    }
}

fn has_optional_end(name: &str) -> bool {
    matches!(
        name,
        "p" | "li"
            | "dt"
            | "dd"
            | "td"
            | "th"
            | "tr"
            | "tbody"
            | "thead"
            | "tfoot"
            | "html"
            | "body"
    )
}

/// Elements that begin a new line of their own.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hgroup"
            | "html"
            | "legend"
            | "li"
            | "listing"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "textarea"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "xmp"
    )
}

#[cfg(test)]
mod tests;
