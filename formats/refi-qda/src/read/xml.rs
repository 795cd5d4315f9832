//! XML as tokens: limits, lenient names, strict form.
//!
//! Everything above this file sees local names, unescaped attributes and one `Start`/`End` pair per
//! element. Namespaces are not looked at: programs are known to declare the wrong one.

use std::borrow::Cow;
use std::io::{self, BufRead};
use std::sync::Arc;

use quick_xml::errors::IllFormedError;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use uuid::Uuid;

use crate::container::Gauge;
use crate::error::{Error, Part, Result, What, XmlFault, from_io};
use crate::escape::{push_attribute, push_text};
use crate::{Leftover, Limits, Reason};

/// A source of tokens.
pub(crate) struct Xml<'r> {
    reader: Reader<Gauge<Box<dyn BufRead + 'r>>>,
    buf: Vec<u8>,
    depth: usize,
    max_depth: usize,
    elements: u64,
    max_elements: u64,
    started: bool,
}

/// What comes next in the XML.
pub(crate) enum Token<'a> {
    /// An element begins.
    Start(Tag<'a>),
    /// The element that began last and has not ended, ends.
    End,
    /// Characters, unescaped.
    Text(Cow<'a, str>),
    /// A comment, a processing instruction, the XML declaration.
    Aside,
    /// The document is over. Never met inside an element.
    Eof,
}

/// The start of an element.
pub(crate) struct Tag<'a> {
    start: BytesStart<'a>,
    at: u64,
}

impl Tag<'_> {
    /// Name without prefix.
    pub(crate) fn name(&self) -> &str {
        local(self.start.name().into_inner())
    }

    /// Byte of the XML behind the tag.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }

    /// Names and unescaped values, without namespace declarations and prefixed attributes.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = Result<(&str, Cow<'_, str>)>> {
        let mut attributes = self.start.attributes();
        // The library's check for doubles compares each with each; a tag of a million attributes
        // would take hours. The last double wins.
        attributes.with_checks(false);
        attributes.filter_map(|attribute| match attribute {
            Err(_) => Some(Err(self.fault(XmlFault::Attribute))),
            Ok(attribute) if is_foreign(attribute.key.into_inner()) => None,
            Ok(attribute) => Some(self.unescape(&attribute)),
        })
    }

    fn unescape<'t>(&'t self, attribute: &Attribute<'t>) -> Result<(&'t str, Cow<'t, str>)> {
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| self.fault(XmlFault::Reference))?;
        Ok((attribute.key.into_inner(), value))
    }

    fn fault(&self, fault: XmlFault) -> Error {
        Error::Xml { at: self.at, fault }
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn is_foreign(attribute: &str) -> bool {
    attribute == "xmlns" || attribute.contains(':')
}

impl<'r> Xml<'r> {
    pub(crate) fn new(from: Gauge<Box<dyn BufRead + 'r>>, limits: Limits) -> Self {
        let mut reader = Reader::from_reader(from);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buf: Vec::new(),
            depth: 0,
            max_depth: limits.depth,
            elements: 0,
            max_elements: limits.elements,
            started: false,
        }
    }

    /// Elements begun so far that are still held.
    pub(crate) fn held(&self) -> u64 {
        self.elements
    }

    /// All that was begun after so many elements is held no longer.
    pub(crate) fn let_go(&mut self, held: u64) {
        self.elements = held;
    }

    /// The next token, with line ends in text made LF as XML asks.
    pub(crate) fn next(&mut self) -> Result<Token<'_>> {
        self.next_token(true)
    }

    fn next_token(&mut self, make_lf: bool) -> Result<Token<'_>> {
        self.buf.clear();
        self.reader.get_mut().start_token();
        let event = self.reader.read_event_into(&mut self.buf);
        let at = self.reader.buffer_position();
        let fault = |fault| Err(Error::Xml { at, fault });
        let text = match event.map_err(|error| from_quick_xml(error, at))? {
            Event::Start(start) | Event::Empty(start) => {
                if self.depth == 0 && self.started {
                    return fault(XmlFault::Trailing);
                }
                self.started = true;
                self.depth += 1;
                if self.depth > self.max_depth {
                    return Err(Error::TooDeep {
                        limit: self.max_depth,
                    });
                }
                self.elements += 1;
                if self.elements > self.max_elements {
                    return Err(Error::TooLarge {
                        what: What::Elements,
                        limit: self.max_elements,
                    });
                }
                return Ok(Token::Start(Tag { start, at }));
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                return Ok(Token::End);
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => return Ok(Token::Aside),
            Event::DocType(_) => return fault(XmlFault::Doctype),
            Event::Eof if self.depth > 0 || !self.started => {
                return Err(Error::Truncated(Part::Project));
            }
            Event::Eof => return Ok(Token::Eof),
            Event::Text(text) if make_lf => text.xml10_content(),
            Event::Text(text) => text.into_inner(),
            Event::CData(text) if make_lf => text.xml10_content(),
            Event::CData(text) => text.into_inner(),
            Event::GeneralRef(reference) => match resolve(&reference) {
                Some(text) => text,
                None => return fault(XmlFault::Reference),
            },
        };
        if self.depth == 0 && !text.trim().is_empty() {
            return fault(XmlFault::Trailing);
        }
        Ok(Token::Text(text))
    }

    /// All characters of the element that began last, up to and with its end.
    pub(crate) fn content(&mut self) -> Result<String> {
        self.gather(true)
    }

    /// The same, with line ends as they stand in the file. For texts that positions count in: the
    /// program that counted may have seen what XML takes away.
    pub(crate) fn raw_content(&mut self) -> Result<String> {
        self.gather(false)
    }

    fn gather(&mut self, make_lf: bool) -> Result<String> {
        let end = self.depth.saturating_sub(1);
        let mut content = String::new();
        while self.depth > end {
            if let Token::Text(text) = self.next_token(make_lf)? {
                content.push_str(&text);
            }
        }
        Ok(content)
    }

    /// Reads past the end of the element that began last.
    pub(crate) fn skip(&mut self) -> Result<()> {
        let end = self.depth.saturating_sub(1);
        while self.depth > end {
            self.next()?;
        }
        Ok(())
    }

    /// Keeps the element that began last, whole, up to and with its end.
    pub(crate) fn keep(
        &mut self,
        mut kept: Keeping,
        reason: Reason,
        target: Option<Uuid>,
    ) -> Result<Leftover> {
        let end = self.depth.saturating_sub(1);
        while self.depth > end {
            match self.next()? {
                Token::Start(tag) => kept.start(&tag)?,
                Token::End => kept.end(),
                Token::Text(text) => kept.text(&text),
                Token::Aside | Token::Eof => {}
            }
        }
        Ok(kept.finish(reason, target))
    }
}

/// An element being kept as XML.
pub(crate) struct Keeping {
    kind: String,
    guid: Option<Uuid>,
    link_target: Option<Uuid>,
    refs: Vec<Uuid>,
    open: Vec<String>,
    /// Whether the last thing written is a start tag without its `>`.
    tag_open: bool,
    xml: String,
}

impl Keeping {
    /// Begins with the tag of the element to keep.
    pub(crate) fn new(tag: &Tag<'_>) -> Result<Self> {
        let mut kept = Self {
            kind: tag.name().to_owned(),
            guid: None,
            link_target: None,
            refs: Vec::new(),
            open: Vec::new(),
            tag_open: false,
            xml: String::new(),
        };
        kept.start(tag)?;
        Ok(kept)
    }

    pub(crate) fn start(&mut self, tag: &Tag<'_>) -> Result<()> {
        self.close_tag();
        self.xml.push('<');
        self.xml.push_str(tag.name());
        let outermost = self.open.is_empty();
        for attribute in tag.attributes() {
            let (name, value) = attribute?;
            // All GUIDs in one spelling, so that programs which compare letter by letter still
            // find what is referred to.
            let Some(guid) = written_guid(&value) else {
                push_attribute(&mut self.xml, name, &value);
                continue;
            };
            push_attribute(&mut self.xml, name, &guid.to_string());
            if outermost && name == "guid" {
                self.guid = Some(guid);
                continue;
            }
            if outermost && name == "targetGUID" {
                self.link_target = Some(guid);
            }
            self.refs.push(guid);
        }
        self.open.push(tag.name().to_owned());
        self.tag_open = true;
        Ok(())
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.close_tag();
        push_text(&mut self.xml, text);
    }

    pub(crate) fn end(&mut self) {
        let name = self.open.pop().unwrap_or_default();
        if self.tag_open {
            self.tag_open = false;
            self.xml.push_str("/>");
        } else {
            self.xml.push_str("</");
            self.xml.push_str(&name);
            self.xml.push('>');
        }
    }

    /// Whether the outermost element has ended.
    pub(crate) fn is_whole(&self) -> bool {
        self.open.is_empty()
    }

    fn close_tag(&mut self) {
        if self.tag_open {
            self.tag_open = false;
            self.xml.push('>');
        }
    }

    pub(crate) fn finish(mut self, reason: Reason, target: Option<Uuid>) -> Leftover {
        let mut seen = std::collections::HashSet::new();
        self.refs.retain(|guid| seen.insert(*guid));
        Leftover {
            kind: self.kind,
            guid: self.guid,
            target: target.or(self.link_target),
            refs: self.refs,
            reason,
            xml: self.xml,
        }
    }
}

/// A GUID in one of the two forms of the standard, and nothing else: a name of 32 digits is a name.
pub(crate) fn written_guid(value: &str) -> Option<Uuid> {
    let bare = value.trim();
    let bare = bare
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or(bare);
    (bare.len() == 36).then(|| Uuid::try_parse(bare).ok())?
}

/// A GUID of an attribute that must hold one: any form a program may have meant.
pub(crate) fn guid(value: &str) -> Option<Uuid> {
    Uuid::try_parse(value.trim()).ok()
}

fn resolve(reference: &BytesRef<'_>) -> Option<Cow<'static, str>> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Some(Cow::Owned(c.to_string())),
        Ok(None) => resolve_xml_entity(reference).map(Cow::Borrowed),
        Err(_) => None,
    }
}

fn from_quick_xml(error: quick_xml::Error, at: u64) -> Error {
    let fault = match error {
        quick_xml::Error::Io(error) => {
            let error = Arc::try_unwrap(error).unwrap_or_else(|e| io::Error::from(e.kind()));
            return from_io(error, Part::Project);
        }
        // All other faults of this kind are "the input ended before …".
        quick_xml::Error::Syntax(quick_xml::errors::SyntaxError::InvalidBangMarkup) => {
            XmlFault::Syntax
        }
        quick_xml::Error::Syntax(_)
        | quick_xml::Error::IllFormed(IllFormedError::MissingEndTag(_)) => {
            return Error::Truncated(Part::Project);
        }
        quick_xml::Error::IllFormed(
            IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_),
        ) => XmlFault::EndTag,
        quick_xml::Error::IllFormed(IllFormedError::UnclosedReference)
        | quick_xml::Error::Escape(_) => XmlFault::Reference,
        quick_xml::Error::InvalidAttr(_) => XmlFault::Attribute,
        quick_xml::Error::Encoding(_) => XmlFault::Encoding,
        _ => XmlFault::Syntax,
    };
    Error::Xml { at, fault }
}

/// Whether a piece of XML is one well-formed element of that name, with nothing around it.
pub(crate) fn is_one_element(piece: &str, name: &str) -> bool {
    let from: Box<dyn BufRead + '_> = Box::new(piece.as_bytes());
    let limits = Limits::of_memory();
    let mut xml = Xml::new(Gauge::free(from, limits), limits);
    let named =
        matches!(xml.next(), Ok(Token::Start(tag)) if tag.start.name().into_inner() == name);
    let mut whole = || -> Result<bool> {
        xml.skip()?;
        Ok(matches!(xml.next()?, Token::Eof))
    };
    named && whole().unwrap_or(false)
}
