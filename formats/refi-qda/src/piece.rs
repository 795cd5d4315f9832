//! Parts of a project as XML of their own, for programs that keep rows rather than projects.
//!
//! A program that has its own place for texts, marks and notes still has none for much of what
//! stands around them. It keeps that as [`Leftover`]s and gives it to a
//! [`Writer`](crate::Writer) again; when words are to be erased, [`Leftover::without`] takes out
//! what refers to them.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use uuid::Uuid;

use crate::container::Gauge;
use crate::error::{Error, Result};
use crate::escape::{push_attribute, push_text, replace_non_xml};
use crate::read::{self, Keeping, Tag, Token, Xml, written_guid};
use crate::{
    Coding, Leftover, Limits, MediaSource, Project, Reason, Selection, Set, Stamp, SyncPoint,
    TextBody, TextSource, User,
};

/// A part of a project that can stand as one element of XML.
pub trait Piece: Sized {
    /// The part as XML. Texts are written with marks and codings, without words and notes; media
    /// sources and projects with attributes and description only. Characters that XML cannot hold
    /// become U+FFFD.
    #[must_use]
    fn to_piece(&self) -> Leftover;

    /// The part again. Sources find no files: a path is told as
    /// [`TextBody::Missing`].
    ///
    /// # Errors
    /// As reading a project; [`Error::NotAProject`] when it is another element.
    fn from_piece(xml: &str) -> Result<Self>;
}

/// Runs `read` on the first tag of a piece of XML.
fn parse<T>(
    xml: &str,
    names: &[&str],
    read: impl FnOnce(&mut Xml<'_>, read::PieceHead) -> Result<T>,
) -> Result<T> {
    let mut tokens = tokens(xml);
    let head = match tokens.next()? {
        Token::Start(tag) if names.contains(&tag.name()) => read::PieceHead::of(&tag)?,
        _ => return Err(Error::NotAProject),
    };
    read(&mut tokens, head)
}

fn tokens(xml: &str) -> Xml<'_> {
    let from: Box<dyn BufRead + '_> = Box::new(xml.as_bytes());
    let limits = Limits::of_memory();
    Xml::new(Gauge::free(from, limits), limits)
}

/// An element in the making.
struct Element {
    kind: &'static str,
    guid: Option<Uuid>,
    refs: Vec<Uuid>,
    xml: String,
}

impl Element {
    fn new(kind: &'static str, guid: Uuid) -> Self {
        let mut made = Self::bare(kind);
        made.guid = Some(guid);
        push_attribute(&mut made.xml, "guid", &guid.to_string());
        made
    }

    fn bare(kind: &'static str) -> Self {
        Self {
            kind,
            guid: None,
            refs: Vec::new(),
            xml: format!("<{kind}"),
        }
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            push_attribute(&mut self.xml, name, &replace_non_xml(value));
        }
    }

    fn number(&mut self, name: &str, value: Option<u64>) {
        self.text(name, value.map(|n| n.to_string()).as_deref());
    }

    fn pointer(&mut self, name: &str, value: Option<Uuid>) {
        if let Some(guid) = value {
            self.refs.push(guid);
            push_attribute(&mut self.xml, name, &guid.to_string());
        }
    }

    fn stamps(&mut self, created: Stamp, modified: Stamp, names: [&str; 2]) {
        self.pointer(names[0], created.user);
        self.text(
            "creationDateTime",
            created.at.map(|at| at.to_string()).as_deref(),
        );
        self.pointer(names[1], modified.user);
        self.text(
            "modifiedDateTime",
            modified.at.map(|at| at.to_string()).as_deref(),
        );
    }

    /// Ends the element, with children that only point somewhere.
    fn end(self, description: Option<&str>, children: &[(&str, &[Uuid])]) -> Leftover {
        self.end_with(description, &[], children)
    }

    /// The same, with elements before the references.
    fn end_with(
        mut self,
        description: Option<&str>,
        inner: &[Leftover],
        children: &[(&str, &[Uuid])],
    ) -> Leftover {
        self.xml.push('>');
        if let Some(words) = description {
            self.xml.push_str("<Description>");
            push_text(&mut self.xml, &replace_non_xml(words));
            self.xml.push_str("</Description>");
        }
        for one in inner {
            self.refs.extend(one.guid);
            self.refs.extend(&one.refs);
            self.xml.push_str(&one.xml);
        }
        for (name, targets) in children {
            for target in *targets {
                self.refs.push(*target);
                self.xml
                    .push_str(&format!("<{name} targetGUID=\"{target}\"/>"));
            }
        }
        self.xml.push_str("</");
        self.xml.push_str(self.kind);
        self.xml.push('>');
        let mut seen = HashSet::new();
        self.refs.retain(|guid| seen.insert(*guid));
        Leftover {
            kind: self.kind.to_owned(),
            guid: self.guid,
            target: None,
            refs: self.refs,
            reason: Reason::Kept,
            xml: self.xml,
        }
    }
}

const STAMPS: [&str; 2] = ["creatingUser", "modifyingUser"];

impl Piece for TextSource {
    fn to_piece(&self) -> Leftover {
        let mut made = Element::new(self.role.element(), self.guid);
        made.text("name", self.name.as_deref());
        made.text("richTextPath", self.rich_path.as_deref());
        if let TextBody::File { path } | TextBody::Missing { path } = &self.body {
            made.text("plainTextPath", Some(path));
        }
        made.stamps(self.created, self.modified, STAMPS);
        let marks: Vec<Leftover> = self.selections.iter().map(Piece::to_piece).collect();
        let codings = self.codings.iter().map(Piece::to_piece);
        let inner: Vec<Leftover> = marks.into_iter().chain(codings).collect();
        made.end_with(self.description.as_deref(), &inner, &[])
    }

    fn from_piece(xml: &str) -> Result<Self> {
        let names = [
            "TextSource",
            "Note",
            "Representation",
            "Transcript",
            "TextDescription",
        ];
        parse(xml, &names, read::text_piece)
    }
}

impl Piece for MediaSource {
    fn to_piece(&self) -> Leftover {
        let mut made = Element::new(self.kind.element(), self.guid);
        made.text("name", self.name.as_deref());
        made.text("path", self.path.as_deref());
        made.text("currentPath", self.current_path.as_deref());
        made.stamps(self.created, self.modified, STAMPS);
        made.end(self.description.as_deref(), &[])
    }

    fn from_piece(xml: &str) -> Result<Self> {
        let names = ["PDFSource", "PictureSource", "AudioSource", "VideoSource"];
        parse(xml, &names, read::media_piece)
    }
}

impl Piece for Selection {
    fn to_piece(&self) -> Leftover {
        let kind = match self.sync {
            Some(_) => "TranscriptSelection",
            None => "PlainTextSelection",
        };
        let mut made = Element::new(kind, self.guid);
        made.text("name", self.name.as_deref());
        made.number("startPosition", Some(self.start));
        made.number("endPosition", Some(self.end));
        made.pointer("fromSyncPoint", self.sync.map(|(from, _)| from));
        made.pointer("toSyncPoint", self.sync.map(|(_, to)| to));
        made.stamps(self.created, self.modified, STAMPS);
        let codings: Vec<Leftover> = self.codings.iter().map(Piece::to_piece).collect();
        let notes: &[Uuid] = &self.note_refs;
        made.end_with(self.description.as_deref(), &codings, &[("NoteRef", notes)])
    }

    fn from_piece(xml: &str) -> Result<Self> {
        let names = ["PlainTextSelection", "TranscriptSelection"];
        parse(xml, &names, read::selection_piece)
    }
}

impl Piece for Coding {
    fn to_piece(&self) -> Leftover {
        let mut made = Element::new("Coding", self.guid);
        made.pointer("creatingUser", self.created.user);
        made.text(
            "creationDateTime",
            self.created.at.map(|at| at.to_string()).as_deref(),
        );
        made.end(
            None,
            &[("CodeRef", &[self.code]), ("NoteRef", &self.note_refs)],
        )
    }

    fn from_piece(xml: &str) -> Result<Self> {
        parse(xml, &["Coding"], read::coding_piece)
    }
}

impl Piece for SyncPoint {
    fn to_piece(&self) -> Leftover {
        let mut made = Element::new("SyncPoint", self.guid);
        made.number("timeStamp", self.time);
        made.number("position", self.position);
        made.end(None, &[])
    }

    fn from_piece(xml: &str) -> Result<Self> {
        parse(xml, &["SyncPoint"], read::sync_piece)
    }
}

impl Piece for Set {
    fn to_piece(&self) -> Leftover {
        let mut made = Element::new("Set", self.guid);
        made.text("name", Some(&self.name));
        let members: [(&str, &[Uuid]); 3] = [
            ("MemberCode", &self.codes),
            ("MemberSource", &self.sources),
            ("MemberNote", &self.notes),
        ];
        made.end(self.description.as_deref(), &members)
    }

    fn from_piece(xml: &str) -> Result<Self> {
        parse(xml, &["Set"], read::set_piece)
    }
}

impl Piece for User {
    fn to_piece(&self) -> Leftover {
        let mut made = Element::new("User", self.guid);
        made.text("name", self.name.as_deref());
        made.text("id", self.id.as_deref());
        made.end(None, &[])
    }

    fn from_piece(xml: &str) -> Result<Self> {
        parse(xml, &["User"], read::user_piece)
    }
}

impl Piece for Project {
    fn to_piece(&self) -> Leftover {
        let mut made = Element::bare("Project");
        made.text("name", Some(&self.name));
        made.text("origin", self.origin.as_deref());
        made.stamps(
            self.created,
            self.modified,
            ["creatingUserGUID", "modifyingUserGUID"],
        );
        made.text("basePath", self.base_path.as_deref());
        made.end(self.description.as_deref(), &[])
    }

    fn from_piece(xml: &str) -> Result<Self> {
        parse(xml, &["Project"], read::project_piece)
    }
}

impl Leftover {
    /// The element that a piece of XML is, with all GUIDs it mentions.
    ///
    /// # Errors
    /// As reading a project; [`Error::NotAProject`] when it is no element.
    pub fn from_xml(xml: &str) -> Result<Self> {
        let mut tokens = tokens(xml);
        let kept = match tokens.next()? {
            Token::Start(tag) => Keeping::new(&tag)?,
            _ => return Err(Error::NotAProject),
        };
        tokens.keep(kept, Reason::Kept, None)
    }

    /// The `name` of the element, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let mut tokens = tokens(&self.xml);
        let Ok(Token::Start(tag)) = tokens.next() else {
            return None;
        };
        let mut named = tag.attributes().filter_map(Result::ok);
        let found = named.find(|(name, _)| *name == "name");
        found
            .map(|(_, value)| value.into_owned())
            .filter(|name| !name.trim().is_empty())
    }

    /// What is left when these GUIDs are erased: every element that mentions one of them goes, and
    /// what mentions such an element or one within it. `None` when the whole goes.
    ///
    /// ```
    /// use refi_qda::{Leftover, Uuid};
    /// let (kari, talk, other) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
    /// let xml = format!(
    ///     "<Case guid=\"{kari}\"><SourceRef targetGUID=\"{talk}\"/><SourceRef targetGUID=\"{other}\"/></Case>"
    /// );
    /// let case = Leftover::from_xml(&xml).unwrap();
    /// assert_eq!(case.without(&[talk].into()).unwrap().refs, [other]);
    /// assert_eq!(case.without(&[kari].into()), None);
    /// ```
    #[must_use]
    pub fn without(&self, gone: &HashSet<Uuid>) -> Option<Self> {
        // XML of this crate's own making reads; what does not cannot be cut, so it goes whole.
        let gone = Mentions::of(&self.xml).ok()?.gone_with(gone);
        let kept = self.cut(&gone).ok().flatten()?;
        Some(Self {
            target: self.target.filter(|target| !gone.contains(target)),
            ..kept
        })
    }

    /// Leaves out what mentions a GUID that is gone.
    fn cut(&self, gone: &HashSet<Uuid>) -> Result<Option<Self>> {
        let mut tokens = tokens(&self.xml);
        let mut kept = match tokens.next()? {
            Token::Start(tag) if !mentions(&tag, gone)? => Keeping::new(&tag)?,
            _ => return Ok(None),
        };
        loop {
            match tokens.next()? {
                Token::Start(tag) => {
                    if mentions(&tag, gone)? {
                        tokens.skip()?;
                    } else {
                        kept.start(&tag)?;
                    }
                }
                Token::End => {
                    kept.end();
                    if kept.is_whole() {
                        return Ok(Some(kept.finish(self.reason, None)));
                    }
                }
                Token::Text(text) => kept.text(&text),
                Token::Aside => {}
                Token::Eof => return Ok(None),
            }
        }
    }

    /// The GUIDs of the element and of all in it, as opposed to those it refers to.
    #[must_use]
    pub fn own_guids(&self) -> Vec<Uuid> {
        let mut found = Vec::new();
        let mut tokens = tokens(&self.xml);
        loop {
            match tokens.next() {
                Ok(Token::Start(tag)) => {
                    let own = tag.attributes().filter_map(Result::ok);
                    let own = own.filter(|(name, _)| *name == "guid");
                    found.extend(own.filter_map(|(_, value)| written_guid(&value)));
                }
                Ok(Token::Eof) | Err(_) => return found,
                Ok(_) => {}
            }
        }
    }

    /// The same with other GUIDs: for a second copy of something.
    #[must_use]
    pub fn renamed(&self, names: &HashMap<Uuid, Uuid>) -> Self {
        let new = |guid: Uuid| names.get(&guid).copied().unwrap_or(guid);
        let mentioned: HashSet<Uuid> = self.refs.iter().copied().chain(self.own_guids()).collect();
        let mut xml = String::with_capacity(self.xml.len());
        // GUIDs of a kept element stand in quotes and in one spelling.
        for (at, piece) in self.xml.split('"').enumerate() {
            if at > 0 {
                xml.push('"');
            }
            let guid = written_guid(piece).filter(|guid| mentioned.contains(guid));
            match guid.and_then(|guid| names.get(&guid)) {
                Some(name) => xml.push_str(&name.to_string()),
                None => xml.push_str(piece),
            }
        }
        Self {
            guid: self.guid.map(new),
            target: self.target.map(new),
            refs: self.refs.iter().copied().map(new).collect(),
            xml,
            ..self.clone()
        }
    }
}

/// Which elements of a kept one mention which GUIDs.
struct Mentions {
    /// For each element, in their order: its own GUID, and the number of the first element after
    /// it that does not lie in it.
    elements: Vec<(Option<Uuid>, usize)>,
    /// Numbers of the elements that mention a GUID, be it their own.
    by_guid: HashMap<Uuid, Vec<usize>>,
}

impl Mentions {
    fn of(xml: &str) -> Result<Self> {
        let mut found = Self {
            elements: Vec::new(),
            by_guid: HashMap::new(),
        };
        let mut tokens = tokens(xml);
        let mut open = Vec::new();
        loop {
            match tokens.next()? {
                Token::Start(tag) => {
                    let number = found.elements.len();
                    let mut own = None;
                    for attribute in tag.attributes() {
                        let (name, value) = attribute?;
                        let Some(guid) = written_guid(&value) else {
                            continue;
                        };
                        if name == "guid" {
                            own = Some(guid);
                        }
                        found.by_guid.entry(guid).or_default().push(number);
                    }
                    found.elements.push((own, number));
                    open.push(number);
                }
                Token::End => {
                    let after = found.elements.len();
                    let ended = open.pop().and_then(|number| found.elements.get_mut(number));
                    if let Some((_, end)) = ended {
                        *end = after;
                    }
                }
                Token::Eof => return Ok(found),
                _ => {}
            }
        }
    }

    /// These GUIDs, and those of all elements that go with them.
    fn gone_with(mut self, gone: &HashSet<Uuid>) -> HashSet<Uuid> {
        let mut all = gone.clone();
        let mut open: Vec<Uuid> = gone.iter().copied().collect();
        while let Some(guid) = open.pop() {
            for number in self.by_guid.remove(&guid).unwrap_or_default() {
                let end = self.elements.get(number).map_or(number, |(_, end)| *end);
                for (own, _) in self.elements.get_mut(number..end).unwrap_or_default() {
                    // Taken, so that no element is gone through twice for what lies in it.
                    open.extend(own.take().filter(|own| all.insert(*own)));
                }
            }
        }
        all
    }
}

fn mentions(tag: &Tag<'_>, gone: &HashSet<Uuid>) -> Result<bool> {
    for attribute in tag.attributes() {
        let (_, value) = attribute?;
        if written_guid(&value).is_some_and(|guid| gone.contains(&guid)) {
            return Ok(true);
        }
    }
    Ok(false)
}
