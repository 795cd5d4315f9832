//! Reading parts of a project that stand alone.

use std::collections::HashMap;
use std::sync::Arc;

use super::project::{head, rest, set_head, set_members, user};
use super::sources::{
    CodingStart, Context, TextHead, media_head, media_source, selection, selection_head,
    sync_point, text_source,
};
use super::xml::{Tag, Xml};
use crate::error::{Error, Result};
use crate::{
    Coding, MediaKind, MediaSource, Project, Selection, Set, SyncPoint, TextRole, TextSource, User,
};

/// The first tag of a piece, read as what its name says.
pub(crate) enum PieceHead {
    Text(Box<TextHead>),
    Media(Box<MediaSource>),
    Selection(Box<Selection>),
    Coding(CodingStart),
    Sync(SyncPoint),
    Set(Set),
    User(User),
    Project(Box<Project>),
}

impl PieceHead {
    pub(crate) fn of(tag: &Tag<'_>) -> Result<Self> {
        let text = |role| Ok(Self::Text(Box::new(TextHead::of(tag, role)?)));
        let media = |kind| Ok(Self::Media(Box::new(media_head(tag, kind)?)));
        match tag.name() {
            "TextSource" => text(TextRole::Source),
            "Note" => text(TextRole::Note),
            "Representation" => text(TextRole::Representation),
            "Transcript" => text(TextRole::Transcript),
            "TextDescription" => text(TextRole::TextDescription),
            "PDFSource" => media(MediaKind::Pdf),
            "PictureSource" => media(MediaKind::Picture),
            "AudioSource" => media(MediaKind::Audio),
            "VideoSource" => media(MediaKind::Video),
            "PlainTextSelection" | "TranscriptSelection" => {
                match selection_head(tag, &HashMap::new())? {
                    Ok(found) => Ok(Self::Selection(Box::new(found))),
                    Err(_) => Err(Error::NotAProject),
                }
            }
            "Coding" => Ok(Self::Coding(CodingStart::of(tag)?)),
            "SyncPoint" => match sync_point(tag)? {
                Ok(point) => Ok(Self::Sync(point)),
                Err(_) => Err(Error::NotAProject),
            },
            "Set" => Ok(Self::Set(set_head(tag)?)),
            "User" => Ok(Self::User(user(tag)?)),
            "Project" => Ok(Self::Project(Box::new(head(tag)?))),
            _ => Err(Error::NotAProject),
        }
    }
}

fn no_files() -> Context {
    Context {
        names: Arc::default(),
    }
}

pub(crate) fn text_piece(xml: &mut Xml<'_>, head: PieceHead) -> Result<TextSource> {
    match head {
        PieceHead::Text(head) => text_source(xml, *head, &no_files()),
        _ => Err(Error::NotAProject),
    }
}

pub(crate) fn media_piece(xml: &mut Xml<'_>, head: PieceHead) -> Result<MediaSource> {
    match head {
        PieceHead::Media(head) => media_source(xml, *head, &no_files()),
        _ => Err(Error::NotAProject),
    }
}

pub(crate) fn selection_piece(xml: &mut Xml<'_>, head: PieceHead) -> Result<Selection> {
    match head {
        PieceHead::Selection(head) => selection(xml, *head, &mut Vec::new()),
        _ => Err(Error::NotAProject),
    }
}

pub(crate) fn coding_piece(xml: &mut Xml<'_>, head: PieceHead) -> Result<Coding> {
    let mut found = Vec::new();
    if let PieceHead::Coding(start) = head {
        start.read(xml, (&mut found, &mut Vec::new()), None)?;
    }
    found.pop().ok_or(Error::NotAProject)
}

pub(crate) fn sync_piece(_: &mut Xml<'_>, head: PieceHead) -> Result<SyncPoint> {
    match head {
        PieceHead::Sync(point) => Ok(point),
        _ => Err(Error::NotAProject),
    }
}

pub(crate) fn set_piece(xml: &mut Xml<'_>, head: PieceHead) -> Result<Set> {
    match head {
        PieceHead::Set(set) => set_members(xml, set, &mut Vec::new()),
        _ => Err(Error::NotAProject),
    }
}

pub(crate) fn user_piece(_: &mut Xml<'_>, head: PieceHead) -> Result<User> {
    match head {
        PieceHead::User(user) => Ok(user),
        _ => Err(Error::NotAProject),
    }
}

pub(crate) fn project_piece(xml: &mut Xml<'_>, head: PieceHead) -> Result<Project> {
    match head {
        PieceHead::Project(project) => {
            rest(xml, *project, &no_files(), &mut |_| Ok::<(), Error>(()))
        }
        _ => Err(Error::NotAProject),
    }
}
