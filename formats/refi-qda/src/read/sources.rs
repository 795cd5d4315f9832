//! Sources, notes, and the marks in them.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::project::{Reference, required, stamp};
use super::xml::{Keeping, Tag, Token, Xml, guid};
use crate::container::Names;
use crate::error::Result;
use crate::{
    Coding, Item, Leftover, MediaKind, MediaSource, Reason, Selection, Stamp, SyncPoint, TextBody,
    TextRole, TextSource,
};

/// What reading a source must know besides its XML.
pub(super) struct Context {
    /// Which files the archive holds.
    pub(super) names: Arc<Names>,
}

/// The next child of `Sources`, or `None` at its end.
pub(super) fn next_source(xml: &mut Xml<'_>, context: &Context) -> Result<Option<Item>> {
    loop {
        match xml.next()? {
            Token::Start(tag) => {
                let kind = match tag.name() {
                    "TextSource" => {
                        let head = TextHead::of(&tag, TextRole::Source)?;
                        return Ok(Some(Item::Text(text_source(xml, head, context)?)));
                    }
                    "PDFSource" => MediaKind::Pdf,
                    "PictureSource" => MediaKind::Picture,
                    "AudioSource" => MediaKind::Audio,
                    "VideoSource" => MediaKind::Video,
                    _ => {
                        let kept = Keeping::new(&tag)?;
                        let leftover = xml.keep(kept, Reason::Unknown, None)?;
                        return Ok(Some(Item::Leftover(leftover)));
                    }
                };
                let source = media_head(&tag, kind)?;
                return Ok(Some(Item::Media(media_source(xml, source, context)?)));
            }
            Token::End => return Ok(None),
            _ => {}
        }
    }
}

/// The next child of `Notes`, or `None` at its end.
pub(super) fn next_note(xml: &mut Xml<'_>, context: &Context) -> Result<Option<Item>> {
    loop {
        match xml.next()? {
            Token::Start(tag) if tag.name() == "Note" => {
                let head = TextHead::of(&tag, TextRole::Note)?;
                return Ok(Some(Item::Note(text_source(xml, head, context)?)));
            }
            Token::Start(tag) => {
                let kept = Keeping::new(&tag)?;
                let leftover = xml.keep(kept, Reason::Unknown, None)?;
                return Ok(Some(Item::Leftover(leftover)));
            }
            Token::End => return Ok(None),
            _ => {}
        }
    }
}

/// A text before its children are read.
pub(crate) struct TextHead {
    source: TextSource,
    plain_path: Option<String>,
}

impl TextHead {
    pub(super) fn of(tag: &Tag<'_>, role: TextRole) -> Result<Self> {
        let (mut own, mut plain_path) = (None, None);
        let mut source = TextSource::new(Uuid::nil(), "");
        source.name = None;
        source.role = role;
        source.body = TextBody::Absent;
        for attribute in tag.attributes() {
            let (name, value) = attribute?;
            if stamp(name, &value, &mut source.created, &mut source.modified) {
                continue;
            }
            match name {
                "guid" => own = guid(&value),
                "name" => source.name = Some(value.into_owned()),
                "plainTextPath" => plain_path = Some(value.into_owned()),
                "richTextPath" => source.rich_path = Some(value.into_owned()),
                _ => {}
            }
        }
        source.guid = required(own, role.element(), tag.at())?;
        Ok(Self {
            source,
            plain_path: plain_path.filter(|path| !path.trim().is_empty()),
        })
    }
}

pub(super) fn text_source(
    xml: &mut Xml<'_>,
    head: TextHead,
    context: &Context,
) -> Result<TextSource> {
    let TextHead {
        mut source,
        plain_path,
    } = head;
    let owner = Some(source.guid);
    let mut inline = None;
    let mut positions = HashMap::new();
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.name() {
                "Description" => source.description = Some(xml.content()?),
                "PlainTextContent" => inline = Some(xml.raw_content()?),
                "PlainTextSelection" | "TranscriptSelection" => {
                    match selection_head(&tag, &positions)? {
                        Ok(head) => {
                            let selection = selection(xml, head, &mut source.leftovers)?;
                            source.selections.push(selection);
                        }
                        Err((kept, reason)) => {
                            let leftover = xml.keep(kept, reason, owner)?;
                            source.leftovers.push(leftover);
                        }
                    }
                }
                "Coding" => {
                    let into = (&mut source.codings, &mut source.leftovers);
                    let start = CodingStart::of(&tag)?;
                    start.read(xml, into, owner)?;
                }
                "NoteRef" => {
                    let note = Reference::of(&tag)?;
                    note.settle(xml, &mut source.note_refs, &mut source.leftovers, owner)?;
                }
                "SyncPoint" => match sync_point(&tag)? {
                    Ok(point) => {
                        positions.extend(point.position.map(|at| (point.guid, at)));
                        source.sync_points.push(point);
                        xml.skip()?;
                    }
                    Err(kept) => {
                        let leftover = xml.keep(kept, Reason::BadGuid, owner)?;
                        source.leftovers.push(leftover);
                    }
                },
                name => {
                    let reason = reason_to_keep(name, "VariableValue");
                    let kept = Keeping::new(&tag)?;
                    let leftover = xml.keep(kept, reason, owner)?;
                    source.leftovers.push(leftover);
                }
            },
            Token::End => break,
            _ => {}
        }
    }
    source.body = body(plain_path, inline, &context.names);
    Ok(source)
}

fn reason_to_keep(name: &str, of_the_standard: &str) -> Reason {
    if name == "VariableValue" || name == of_the_standard {
        Reason::Kept
    } else {
        Reason::Unknown
    }
}

/// The standard asks for either a path or words. Where a program gives both, the words in the XML
/// stand in for a file that is not there.
fn body(path: Option<String>, inline: Option<String>, names: &Names) -> TextBody {
    match (path, inline) {
        (Some(path), _) if names.find(&path).is_some() => TextBody::File { path },
        (_, Some(words)) => TextBody::Inline(words),
        (Some(path), None) => TextBody::Missing { path },
        (None, None) => TextBody::Absent,
    }
}

pub(super) type Positions = HashMap<Uuid, u64>;

/// The attributes of a selection, or the selection to be kept and why it cannot be read.
pub(super) fn selection_head(
    tag: &Tag<'_>,
    positions: &Positions,
) -> Result<std::result::Result<Selection, (Keeping, Reason)>> {
    let (mut own, mut start, mut end) = (None, None, None);
    let (mut from, mut to) = (None, None);
    let mut selection = Selection::new(Uuid::nil(), 0, 0);
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        if stamp(
            name,
            &value,
            &mut selection.created,
            &mut selection.modified,
        ) {
            continue;
        }
        match name {
            "guid" => own = guid(&value),
            "name" => selection.name = Some(value.into_owned()),
            "startPosition" => start = value.trim().parse().ok(),
            "endPosition" => end = value.trim().parse().ok(),
            "fromSyncPoint" => from = guid(&value),
            "toSyncPoint" => to = guid(&value),
            _ => {}
        }
    }
    selection.sync = from.zip(to);
    if let Some((from, to)) = selection.sync {
        start = start.or_else(|| positions.get(&from).copied());
        end = end.or_else(|| positions.get(&to).copied());
    }
    let reason = match (own, start, end) {
        (Some(own), Some(start), Some(end)) if start <= end => {
            selection.guid = own;
            selection.start = start;
            selection.end = end;
            return Ok(Ok(selection));
        }
        (None, ..) => Reason::BadGuid,
        _ => Reason::BadOffset,
    };
    Ok(Err((Keeping::new(tag)?, reason)))
}

pub(super) fn selection(
    xml: &mut Xml<'_>,
    mut selection: Selection,
    leftovers: &mut Vec<Leftover>,
) -> Result<Selection> {
    let owner = Some(selection.guid);
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.name() {
                "Description" => selection.description = Some(xml.content()?),
                "Coding" => {
                    let start = CodingStart::of(&tag)?;
                    start.read(xml, (&mut selection.codings, leftovers), owner)?;
                }
                "NoteRef" => {
                    let note = Reference::of(&tag)?;
                    note.settle(xml, &mut selection.note_refs, leftovers, owner)?;
                }
                _ => {
                    let kept = Keeping::new(&tag)?;
                    leftovers.push(xml.keep(kept, Reason::Unknown, owner)?);
                }
            },
            Token::End => return Ok(selection),
            _ => {}
        }
    }
}

/// The attributes of a coding.
pub(crate) enum CodingStart {
    Of { guid: Uuid, created: Stamp },
    Unreadable(Keeping),
}

impl CodingStart {
    pub(super) fn of(tag: &Tag<'_>) -> Result<Self> {
        let (mut own, mut created) = (None, Stamp::default());
        for attribute in tag.attributes() {
            let (name, value) = attribute?;
            if name == "guid" {
                own = guid(&value);
            } else {
                stamp(name, &value, &mut created, &mut Stamp::default());
            }
        }
        match own {
            Some(guid) => Ok(Self::Of { guid, created }),
            None => Ok(Self::Unreadable(Keeping::new(tag)?)),
        }
    }

    /// Reads to the end of the coding. Each code in it makes one [`Coding`]; the first has the notes.
    pub(super) fn read(
        self,
        xml: &mut Xml<'_>,
        into: (&mut Vec<Coding>, &mut Vec<Leftover>),
        owner: Option<Uuid>,
    ) -> Result<()> {
        let (codings, leftovers) = into;
        let (guid, created) = match self {
            Self::Of { guid, created } => (guid, created),
            Self::Unreadable(kept) => {
                leftovers.push(xml.keep(kept, Reason::BadGuid, owner)?);
                return Ok(());
            }
        };
        let (mut codes, mut note_refs) = (Vec::new(), Vec::new());
        let mut unread = Vec::new();
        loop {
            match xml.next()? {
                Token::Start(tag) => {
                    let refs = match tag.name() {
                        "CodeRef" => &mut codes,
                        "NoteRef" => &mut note_refs,
                        _ => {
                            let kept = Keeping::new(&tag)?;
                            unread.push(xml.keep(kept, Reason::Unknown, Some(guid))?);
                            continue;
                        }
                    };
                    Reference::of(&tag)?.settle(xml, refs, &mut unread, Some(guid))?;
                }
                Token::End => break,
                _ => {}
            }
        }
        leftovers.append(&mut unread);
        if codes.is_empty() {
            leftovers.push(coding_without_code(guid, created, owner));
        }
        codings.extend(codes.into_iter().map(|code| Coding {
            guid,
            code,
            created,
            // Told with each code, many codes and many notes would multiply.
            note_refs: std::mem::take(&mut note_refs),
        }));
        Ok(())
    }
}

fn coding_without_code(guid: Uuid, created: Stamp, owner: Option<Uuid>) -> Leftover {
    let mut xml = format!("<Coding guid=\"{guid}\"");
    if let Some(user) = created.user {
        xml.push_str(&format!(" creatingUser=\"{user}\""));
    }
    if let Some(at) = created.at {
        xml.push_str(&format!(" creationDateTime=\"{at}\""));
    }
    xml.push_str("/>");
    Leftover {
        kind: "Coding".to_owned(),
        guid: Some(guid),
        target: owner,
        refs: created.user.into_iter().collect(),
        reason: Reason::BadGuid,
        xml,
    }
}

pub(super) fn sync_point(tag: &Tag<'_>) -> Result<std::result::Result<SyncPoint, Keeping>> {
    let (mut own, mut time, mut position) = (None, None, None);
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        match name {
            "guid" => own = guid(&value),
            "timeStamp" => time = value.trim().parse().ok(),
            "position" => position = value.trim().parse().ok(),
            _ => {}
        }
    }
    match own {
        Some(guid) => Ok(Ok(SyncPoint {
            guid,
            time,
            position,
        })),
        None => Ok(Err(Keeping::new(tag)?)),
    }
}

pub(super) fn media_head(tag: &Tag<'_>, kind: MediaKind) -> Result<MediaSource> {
    let mut own = None;
    let mut source = MediaSource {
        guid: Uuid::nil(),
        kind,
        name: None,
        description: None,
        path: None,
        current_path: None,
        created: Stamp::default(),
        modified: Stamp::default(),
        texts: Vec::new(),
        codings: Vec::new(),
        note_refs: Vec::new(),
        leftovers: Vec::new(),
    };
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        if stamp(name, &value, &mut source.created, &mut source.modified) {
            continue;
        }
        match name {
            "guid" => own = guid(&value),
            "name" => source.name = Some(value.into_owned()),
            "path" => source.path = Some(value.into_owned()),
            "currentPath" => source.current_path = Some(value.into_owned()),
            _ => {}
        }
    }
    source.guid = required(own, kind.element(), tag.at())?;
    Ok(source)
}

pub(super) fn media_source(
    xml: &mut Xml<'_>,
    mut source: MediaSource,
    context: &Context,
) -> Result<MediaSource> {
    let owner = Some(source.guid);
    let role = source.kind.text_role();
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.name() {
                "Description" => source.description = Some(xml.content()?),
                name if name == role.element() => {
                    let head = TextHead::of(&tag, role)?;
                    let text = text_source(xml, head, context)?;
                    source.texts.push(text);
                }
                "Coding" => {
                    let into = (&mut source.codings, &mut source.leftovers);
                    let start = CodingStart::of(&tag)?;
                    start.read(xml, into, owner)?;
                }
                "NoteRef" => {
                    let note = Reference::of(&tag)?;
                    note.settle(xml, &mut source.note_refs, &mut source.leftovers, owner)?;
                }
                name => {
                    let reason = reason_to_keep(name, source.kind.selection_element());
                    let kept = Keeping::new(&tag)?;
                    let leftover = xml.keep(kept, reason, owner)?;
                    source.leftovers.push(leftover);
                }
            },
            Token::End => return Ok(source),
            _ => {}
        }
    }
}
