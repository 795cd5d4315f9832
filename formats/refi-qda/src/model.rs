//! What a project holds.
//!
//! The names are those of REFI-QDA 1.5 where it has one. Positions in here are numbers as they
//! stand in the file: which unit they count in is for [`SourceText::judge`](crate::SourceText::judge)
//! to find out.

use uuid::Uuid;

use crate::{Color, DateTime};

/// The head of a project and everything in it that is small: users, codes, sets.
///
/// Sources, notes and what is kept as [`Leftover`] come one by one, as [`Item`]s.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    /// Name of the project; empty when the file has none.
    pub name: String,
    /// The program that wrote the file, for instance `ATLAS.ti for Windows 23.2.3.27778`.
    pub origin: Option<String>,
    /// Who made it, and when.
    pub created: Stamp,
    /// Who changed it last, and when.
    pub modified: Stamp,
    /// Folder that `relative://` paths start from. May tell the name of a user of some machine.
    pub base_path: Option<String>,
    /// Free description.
    pub description: Option<String>,
    /// Everybody who made something.
    pub users: Vec<User>,
    /// The code tree.
    pub codes: Vec<Code>,
    /// Groups of codes, sources and notes.
    pub sets: Vec<Set>,
    /// Notes on the project as a whole.
    pub note_refs: Vec<Uuid>,
    /// What stood inside users, codes or sets and has no place above.
    pub leftovers: Vec<Leftover>,
}

/// Who did something, and when; both may be untold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// GUID of the user.
    pub user: Option<Uuid>,
    /// The moment. A moment that cannot be read is dropped.
    pub at: Option<DateTime>,
}

/// Somebody who worked on the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// GUID that others refer to.
    pub guid: Uuid,
    /// Name, as the program showed it.
    pub name: Option<String>,
    /// Short sign or login name.
    pub id: Option<String>,
}

/// A code and the codes below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// GUID that codings refer to.
    pub guid: Uuid,
    /// Name.
    pub name: String,
    /// False for a folder that only groups. A code with children may be codable all the same.
    pub is_codable: bool,
    /// Colour; a colour that cannot be read is dropped.
    pub color: Option<Color>,
    /// What the code means and when to use it.
    pub description: Option<String>,
    /// Notes on the code.
    pub note_refs: Vec<Uuid>,
    /// Codes below this one, in their order.
    pub children: Vec<Code>,
}

/// A named group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// Its own GUID.
    pub guid: Uuid,
    /// Name.
    pub name: String,
    /// Free description.
    pub description: Option<String>,
    /// Codes in it (`MemberCode`).
    pub codes: Vec<Uuid>,
    /// Sources in it (`MemberSource`).
    pub sources: Vec<Uuid>,
    /// Notes in it (`MemberNote`).
    pub notes: Vec<Uuid>,
}

/// One thing the reader hands out.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A text source.
    Text(TextSource),
    /// A PDF, picture, audio or video source, with its texts.
    Media(MediaSource),
    /// A note. Notes have the form of text sources; others point to them by `note_refs`.
    Note(TextSource),
    /// A variable, case, link, graph, or an element the standard does not know.
    Leftover(Leftover),
}

/// A text with its marks.
#[derive(Clone, Debug, PartialEq)]
pub struct TextSource {
    /// Its own GUID.
    pub guid: Uuid,
    /// What the text is to the project.
    pub role: TextRole,
    /// Name, often the original file name.
    pub name: Option<String>,
    /// Free description.
    pub description: Option<String>,
    /// Where its words are.
    pub body: TextBody,
    /// Path of the same text with its looks (`richTextPath`), as the file has it.
    pub rich_path: Option<String>,
    /// Who made it, and when.
    pub created: Stamp,
    /// Who changed it last, and when.
    pub modified: Stamp,
    /// Marked passages, in the file's order. They may overlap, nest and coincide.
    pub selections: Vec<Selection>,
    /// Codings of the text as a whole.
    pub codings: Vec<Coding>,
    /// Notes on the text.
    pub note_refs: Vec<Uuid>,
    /// Where a transcript meets its recording; empty for other texts.
    pub sync_points: Vec<SyncPoint>,
    /// Variable values, and what could not be read.
    pub leftovers: Vec<Leftover>,
}

impl TextSource {
    /// A text without marks, of role [`TextRole::Source`], whose words lie in the archive under
    /// the name that [`Writer`](crate::Writer) gives them.
    #[must_use]
    pub fn new(guid: Uuid, name: impl Into<String>) -> Self {
        Self {
            guid,
            role: TextRole::Source,
            name: Some(name.into()),
            description: None,
            body: TextBody::File {
                path: text_path(guid),
            },
            rich_path: None,
            created: Stamp::default(),
            modified: Stamp::default(),
            selections: Vec::new(),
            codings: Vec::new(),
            note_refs: Vec::new(),
            sync_points: Vec::new(),
            leftovers: Vec::new(),
        }
    }
}

/// The path under which [`Writer`](crate::Writer) puts the words of a text.
#[must_use]
pub fn text_path(guid: Uuid) -> String {
    format!("internal://{guid}.txt")
}

/// What a text is to the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextRole {
    /// A source in its own right (`TextSource`).
    Source,
    /// A note (`Note`).
    Note,
    /// The text twin of a PDF (`Representation`).
    Representation,
    /// The text of a recording (`Transcript`).
    Transcript,
    /// What a picture shows, in words (`TextDescription`).
    TextDescription,
}

impl TextRole {
    /// The element's name in the XML.
    #[must_use]
    pub fn element(self) -> &'static str {
        match self {
            Self::Source => "TextSource",
            Self::Note => "Note",
            Self::Representation => "Representation",
            Self::Transcript => "Transcript",
            Self::TextDescription => "TextDescription",
        }
    }
}

/// Where the words of a text are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextBody {
    /// In a file of the archive; [`Files::open_text`](crate::Files::open_text) loads it.
    File {
        /// The path as the project tells it.
        path: String,
    },
    /// In the XML itself, with the line ends as they stand there.
    Inline(String),
    /// In a file that the project names and the archive lacks. The marks and their positions are
    /// still there.
    Missing {
        /// The path as the project tells it.
        path: String,
    },
    /// The project tells no words and no file.
    Absent,
}

/// A marked passage.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Its own GUID. Some programs use one GUID for a passage in a PDF and in its text twin.
    pub guid: Uuid,
    /// Name. ATLAS.ti puts the quote here, cut with `…` and with line ends as blanks.
    pub name: Option<String>,
    /// First position, in the file's own unit.
    pub start: u64,
    /// Position behind the last character, in the file's own unit.
    pub end: u64,
    /// In a transcript: the sync points that `start` and `end` were taken from.
    pub sync: Option<(Uuid, Uuid)>,
    /// Comment on the passage.
    pub description: Option<String>,
    /// Who made it, and when.
    pub created: Stamp,
    /// Who changed it last, and when.
    pub modified: Stamp,
    /// Codes put on it; none is normal.
    pub codings: Vec<Coding>,
    /// Notes on it.
    pub note_refs: Vec<Uuid>,
}

impl Selection {
    /// A passage without name, codes and notes.
    #[must_use]
    pub fn new(guid: Uuid, start: u64, end: u64) -> Self {
        Self {
            guid,
            name: None,
            start,
            end,
            sync: None,
            description: None,
            created: Stamp::default(),
            modified: Stamp::default(),
            codings: Vec::new(),
            note_refs: Vec::new(),
        }
    }
}

/// A code put on a passage or a source, by somebody.
///
/// A coding that names several codes, which the XSD does not allow, is read as several codings
/// with the same GUID, of which the first has the notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coding {
    /// Its own GUID.
    pub guid: Uuid,
    /// GUID of the code.
    pub code: Uuid,
    /// The coder, and when.
    pub created: Stamp,
    /// Notes on this use of the code.
    pub note_refs: Vec<Uuid>,
}

/// A point where a transcript meets its recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncPoint {
    /// Its own GUID.
    pub guid: Uuid,
    /// Milliseconds from the start of the recording.
    pub time: Option<u64>,
    /// Position in the transcript, in the file's own unit.
    pub position: Option<u64>,
}

/// A source that is more than text.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaSource {
    /// Its own GUID.
    pub guid: Uuid,
    /// What it is.
    pub kind: MediaKind,
    /// Name, often the original file name.
    pub name: Option<String>,
    /// Free description.
    pub description: Option<String>,
    /// Path of the file, as the project tells it.
    pub path: Option<String>,
    /// Where the file lay originally. May tell the name of a user of some machine.
    pub current_path: Option<String>,
    /// Who made it, and when.
    pub created: Stamp,
    /// Who changed it last, and when.
    pub modified: Stamp,
    /// Its words: the representation of a PDF, the transcripts of a recording, the description of
    /// a picture.
    pub texts: Vec<TextSource>,
    /// Codings of the source as a whole.
    pub codings: Vec<Coding>,
    /// Notes on it.
    pub note_refs: Vec<Uuid>,
    /// Marks on pages, pictures and stretches of time, variable values, and what could not be read.
    pub leftovers: Vec<Leftover>,
}

/// Kind of a [`MediaSource`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// `PDFSource`
    Pdf,
    /// `PictureSource`
    Picture,
    /// `AudioSource`
    Audio,
    /// `VideoSource`
    Video,
}

impl MediaKind {
    /// The element's name in the XML.
    #[must_use]
    pub fn element(self) -> &'static str {
        match self {
            Self::Pdf => "PDFSource",
            Self::Picture => "PictureSource",
            Self::Audio => "AudioSource",
            Self::Video => "VideoSource",
        }
    }

    /// The element that marks a part of it.
    #[must_use]
    pub fn selection_element(self) -> &'static str {
        match self {
            Self::Pdf => "PDFSelection",
            Self::Picture => "PictureSelection",
            Self::Audio => "AudioSelection",
            Self::Video => "VideoSelection",
        }
    }

    /// The role of its texts.
    #[must_use]
    pub fn text_role(self) -> TextRole {
        match self {
            Self::Pdf => TextRole::Representation,
            Self::Picture => TextRole::TextDescription,
            Self::Audio | Self::Video => TextRole::Transcript,
        }
    }
}

/// An element this crate does not look into, kept whole so that it can go out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Local name of the element, for instance `Case`.
    pub kind: String,
    /// Its own GUID, if it has one.
    pub guid: Option<Uuid>,
    /// What it belongs to: the source, text or selection it stood in; for a link, what the link
    /// points to.
    pub target: Option<Uuid>,
    /// All other GUIDs it mentions, each once, in order. When one of these is erased, this may have
    /// to go too.
    pub refs: Vec<Uuid>,
    /// Why it was not read.
    pub reason: Reason,
    /// The element, without namespace prefixes and with its GUIDs in lower case, to stand in the
    /// project's namespace.
    pub xml: String,
}

/// Why an element was kept as a [`Leftover`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Part of the standard that this crate keeps as it is.
    Kept,
    /// No element of the standard, or not at this place.
    Unknown,
    /// A GUID in it cannot be read.
    BadGuid,
    /// A position in it is missing, negative or no number, or its end comes before its start.
    BadOffset,
}

impl Reason {
    /// A stable word for the reason.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Unknown => "unknown",
            Self::BadGuid => "bad-guid",
            Self::BadOffset => "bad-offset",
        }
    }
}
