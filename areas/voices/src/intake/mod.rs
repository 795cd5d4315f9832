//! From the bytes of a file to paragraphs that are ready to become blocks of a source.
//!
//! Pure: no HTTP, no SQL, no clock, no chance. [`read`] never panics, on any bytes; what cannot be
//! read is [`Refused`] with a reason a person can act on, and everything that was changed or could
//! not be carried is told as a [`Notice`]. Words are never normalised and never lost silently.
//!
//! To read another kind of file: add it to [`FileKind`] and `sniff`, write a module that makes
//! [`Paragraph`]s without speakers and tells its notices, and call it in `read_kind`. Speakers are
//! found afterwards, in one place, for all kinds ([`turns()`]).

mod captions;
mod correct;
mod docx;
mod draft;
mod encoding;
mod furniture;
#[cfg(test)]
mod hostile;
mod html;
mod label;
mod limits;
mod lines;
mod markdown;
mod marks;
mod notices;
mod odt;
mod package;
mod pdf;
mod rtf;
mod split;
#[cfg(test)]
mod testing;
mod text;
mod turns;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

pub use correct::{NotCorrected, merge_with_previous, not_a_speaker, rename_speaker, split_at};
pub use limits::{Limits, Progress};
pub use marks::{Colour, Mark, MarkKind, Spot};
pub use notices::{FileKind, Measure, Notice, Refused};
pub use split::{BLOCK_CODE_POINTS, split_soft};
pub use turns::{Choices, Recognised, turns};

use marks::{BodyMark, MARKS, Origin, settle};
use notices::{Notices, small};
use turns::turns_traced;

/// One file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// What the file is.
    pub kind: FileKind,
    /// In the order of the text; none is empty, none is longer than `Limits::block`.
    pub paragraphs: Vec<Paragraph>,
    /// What came in and what could not be carried, in the order it was noticed.
    pub notices: Vec<Notice>,
    /// WHATWG name of the encoding; only plain text has one.
    pub encoding: Option<&'static str>,
    /// Line ends as they were in the file; paragraphs have LF.
    pub line_ends: LineEnds,
    /// The title the file gives itself, if any.
    pub title: Option<String>,
    /// Speakers in order of first word, with the number of turns.
    pub speakers: Vec<(String, u32)>,
    /// What the file had marked: colours behind words, and comments, in the order of the text.
    pub marks: Vec<Mark>,
}

/// One paragraph: a turn of somebody's, prose, or a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// The label as it stood, without colon. `None` when nobody is named.
    pub speaker: Option<String>,
    /// Milliseconds from the start of the recording, where the text gave a time.
    pub time_ms: Option<u64>,
    /// LF line ends; no control characters but `\n` and `\t`.
    pub text: String,
    /// Turn, prose or heading.
    pub kind: Kind,
    /// Goes on from the paragraph before: the same turn without a new label, or the next part of
    /// a paragraph longer than one block.
    pub continues: bool,
}

impl Paragraph {
    /// Prose with no speaker.
    #[must_use]
    pub fn prose(text: String) -> Self {
        Self {
            speaker: None,
            time_ms: None,
            text,
            kind: Kind::Prose,
            continues: false,
        }
    }
}

/// What a paragraph is in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; what needs more has a line")]
pub enum Kind {
    Turn,
    Prose,
    Heading,
}

/// Line ends of a plain text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; what needs more has a line")]
pub enum LineEnds {
    Lf,
    CrLf,
    Cr,
    Mixed,
}

/// What a reader of one kind of file gives back, before speakers are found.
#[derive(Debug)]
struct Body {
    paragraphs: Vec<Paragraph>,
    encoding: Option<&'static str>,
    line_ends: LineEnds,
    title: Option<String>,
    marks: Vec<BodyMark>,
}

impl Body {
    /// What documents give back, which know no encoding and no line ends.
    fn of((paragraphs, marks): (Vec<Paragraph>, Vec<BodyMark>), title: Option<String>) -> Self {
        Self {
            paragraphs,
            encoding: None,
            line_ends: LineEnds::Lf,
            title,
            marks,
        }
    }
}

/// Reads a file. `name` is used for its ending only; the bytes decide.
///
/// # Errors
/// [`Refused`], with nothing kept.
pub fn read(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    progress: Progress<'_>,
) -> Result<Intake, Refused> {
    limits::step(progress, 0, 1)?;
    if bytes.len() as u64 > limits.file_bytes {
        return Err(Refused::TooLarge {
            what: Measure::FileBytes,
            limit: limits.file_bytes,
        });
    }
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    let kind = kind_of(name, bytes)?;
    let mut notices = Notices::default();
    let body = read_kind(kind, name, bytes, limits, progress, &mut notices)?;
    limits::step(progress, 1, 1)?;
    finish(kind, body, limits, notices)
}

/// Calls the reader of the kind. The libraries for PDF and zip are foreign code fed with foreign
/// bytes: should one panic, the file is refused and the program goes on.
fn read_kind(
    kind: FileKind,
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    progress: Progress<'_>,
    notices: &mut Notices,
) -> Result<Body, Refused> {
    let guarded = AssertUnwindSafe(|| match kind {
        FileKind::Docx => docx::read(bytes, limits, progress, notices),
        FileKind::Odt => odt::read(bytes, limits, progress, notices),
        FileKind::Rtf => rtf::read(bytes, limits, progress, notices),
        FileKind::Pdf => pdf::read(bytes, limits, progress, notices),
        _ => {
            let declared = (kind == FileKind::Html)
                .then(|| encoding::declared(bytes))
                .flatten();
            let decoded = encoding::decode(bytes, &extension(name), declared, notices)?;
            let text = decoded.text.as_str();
            let body = match kind {
                FileKind::Html => html::read(text, limits, progress, notices)?,
                FileKind::Markdown => markdown::read(text, limits, progress, notices)?,
                FileKind::Vtt | FileKind::Srt => captions::read(kind, text, limits, notices)?,
                _ => Body::of((text::paragraphs(text, limits, notices)?, Vec::new()), None),
            };
            Ok(Body {
                encoding: Some(decoded.encoding),
                line_ends: decoded.line_ends,
                ..body
            })
        }
    });
    catch_unwind(guarded).unwrap_or(Err(Refused::Broken {
        what: "the library gave up",
    }))
}

/// Speakers, limits, blocks: the same for every kind.
fn finish(
    kind: FileKind,
    body: Body,
    limits: &Limits,
    mut notices: Notices,
) -> Result<Intake, Refused> {
    let characters: usize = body
        .paragraphs
        .iter()
        .map(|paragraph| paragraph.text.chars().count())
        .sum();
    if characters > limits.characters {
        return Err(Refused::TooLarge {
            what: Measure::Characters,
            limit: limits.characters as u64,
        });
    }
    if body.paragraphs.len() > limits.paragraphs {
        return Err(Refused::TooLarge {
            what: Measure::Paragraphs,
            limit: limits.paragraphs as u64,
        });
    }
    let (recognised, origins) = turns_traced(body.paragraphs, &Choices::default());
    let turn_count = recognised.speakers.iter().map(|(_, turns)| turns).sum();
    if turn_count > 0 {
        notices.tell(Notice::SpeakersFound {
            speakers: small(recognised.speakers.len()),
            turns: turn_count,
        });
    }
    notices.count(recognised.times as usize, |count| Notice::TimesRead {
        count,
    });
    let (paragraphs, origins, split) = into_blocks(recognised.paragraphs, &origins, limits.block);
    notices.count(split, |count| Notice::ParagraphsSplit { count });
    if paragraphs.is_empty() {
        return Err(Refused::Empty);
    }
    let (mut marks, mut empty) = settle(body.marks, &origins, &paragraphs);
    empty += marks.len().saturating_sub(MARKS);
    marks.truncate(MARKS);
    notices.count(empty, |count| Notice::MarksLeftOut { count });
    Ok(Intake {
        kind,
        paragraphs,
        notices: notices.into_vec(),
        encoding: body.encoding,
        line_ends: body.line_ends,
        title: body.title,
        speakers: recognised.speakers,
        marks,
    })
}

/// Splits what is longer than a block; gives also where each part stood, and how many paragraphs
/// were split.
fn into_blocks(
    paragraphs: Vec<Paragraph>,
    origins: &[Origin],
    limit: usize,
) -> (Vec<Paragraph>, Vec<Origin>, usize) {
    let mut out = Vec::with_capacity(paragraphs.len());
    let mut places = Vec::with_capacity(paragraphs.len());
    let mut split = 0;
    for (paragraph, (from, mut start)) in paragraphs.into_iter().zip(origins.iter().copied()) {
        if paragraph.text.trim().is_empty() {
            continue;
        }
        let parts = split_soft(&paragraph.text, limit);
        if parts.len() == 1 {
            out.push(paragraph);
            places.push((from, start));
            continue;
        }
        split += 1;
        for (index, part) in parts.into_iter().enumerate() {
            let (time_ms, continues) = if index == 0 {
                (paragraph.time_ms, paragraph.continues)
            } else {
                (None, true)
            };
            let speaker = paragraph.speaker.clone();
            places.push((from, start));
            start += part.len();
            out.push(Paragraph {
                speaker,
                time_ms,
                text: part.to_owned(),
                kind: paragraph.kind,
                continues,
            });
        }
    }
    (out, places, split)
}

/// The ending of a name in small letters, without the dot.
fn extension(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase())
        .unwrap_or_default()
}

/// The kind of text that files with this ending hold; `None` for endings nothing is known about.
fn kind_named(extension: &str) -> Option<FileKind> {
    Some(match extension {
        "txt" | "text" => FileKind::Text,
        "md" | "markdown" => FileKind::Markdown,
        "html" | "htm" | "xhtml" => FileKind::Html,
        "vtt" => FileKind::Vtt,
        "srt" => FileKind::Srt,
        "docx" => FileKind::Docx,
        "odt" => FileKind::Odt,
        "rtf" => FileKind::Rtf,
        "pdf" => FileKind::Pdf,
        _ => return None,
    })
}

/// Can files with such a name be read?
#[must_use]
pub fn reads(name: &str) -> bool {
    kind_named(&extension(name)).is_some()
}

/// What the bytes are, held against what the name says.
fn kind_of(name: &str, bytes: &[u8]) -> Result<FileKind, Refused> {
    let extension = extension(name);
    let Some(says) = kind_named(&extension) else {
        return Err(Refused::UnknownKind { extension });
    };
    let found = sniff(bytes);
    let is_text = matches!(
        says,
        FileKind::Text | FileKind::Markdown | FileKind::Html | FileKind::Vtt | FileKind::Srt
    );
    match (says, found) {
        (FileKind::Docx | FileKind::Odt, Some(FileKind::OldWord)) if docx::is_encrypted(bytes) => {
            Err(Refused::Encrypted)
        }
        // A zip may still turn out to be something else; its reader tells.
        (FileKind::Docx | FileKind::Odt, Some(FileKind::Zip)) => Ok(says),
        // Markdown may begin with HTML.
        (FileKind::Markdown, Some(FileKind::Html)) => Ok(says),
        (_, None) if is_text => Ok(says),
        (_, Some(found)) if found == says => Ok(says),
        (_, Some(found)) => Err(Refused::NotWhatItSaysItIs { extension, found }),
        (_, None) if bytes.iter().all(u8::is_ascii_whitespace) => Err(Refused::Empty),
        (_, None) => {
            let is_text = std::str::from_utf8(bytes.get(..bytes.len().min(512)).unwrap_or(bytes))
                .is_ok_and(|text| !text.contains('\0'));
            let found = if is_text {
                FileKind::Text
            } else {
                FileKind::Other
            };
            Err(Refused::NotWhatItSaysItIs { extension, found })
        }
    }
}

/// Knows a file by its first bytes; `None` for plain text and everything unknown.
fn sniff(bytes: &[u8]) -> Option<FileKind> {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let kinds: &[(&[u8], FileKind)] = &[
        (b"PK\x03\x04", FileKind::Zip),
        (b"PK\x05\x06", FileKind::Zip),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", FileKind::OldWord),
        (b"{\\rtf", FileKind::Rtf),
        (b"\x89PNG\r\n\x1A\n", FileKind::Picture),
        (b"\xFF\xD8\xFF", FileKind::Picture),
        (b"GIF8", FileKind::Picture),
        (b"ID3", FileKind::Recording),
        (b"OggS", FileKind::Recording),
        (b"fLaC", FileKind::Recording),
        (b"RIFF", FileKind::Recording),
        (b"\x1F\x8B", FileKind::Other),
        (b"\x7FELF", FileKind::Other),
    ];
    if let Some((_, kind)) = kinds.iter().find(|(mark, _)| start.starts_with(mark)) {
        return Some(*kind);
    }
    if is_html(start) {
        return Some(FileKind::Html);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some(FileKind::Recording);
    }
    // The mark of a PDF may stand a little way in (ISO 32000-1, annex H, note 13).
    let head = bytes.get(..bytes.len().min(1_024)).unwrap_or(bytes);
    let at = head.windows(5).position(|window| window == b"%PDF-")?;
    (at == 0
        || !head.get(..at).is_some_and(|before| {
            before
                .iter()
                .all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
        }))
    .then_some(FileKind::Pdf)
}

/// A web page says so in its first words.
fn is_html(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(256)).unwrap_or(bytes);
    let head = head.trim_ascii_start().to_ascii_lowercase();
    head.starts_with(b"<!doctype html") || head.starts_with(b"<html")
}

#[cfg(test)]
mod tests;
