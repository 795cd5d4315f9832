//! From the bytes of a file to paragraphs that are ready to become blocks of a source.
//!
//! Pure: no HTTP, no SQL, no clock, no chance. [`read`] never panics, on any bytes; what cannot be
//! read is [`Refused`] with a reason a person can act on, and everything that was changed or could
//! not be carried is told as a [`Notice`]. Words are never normalised and never lost silently.
//!
//! To read another kind of file: add it to [`FileKind`] and `sniff`, write a module that makes
//! [`Paragraph`]s without speakers and tells its notices, and call it in `read_kind`. Speakers are
//! found afterwards, in one place, for all kinds ([`turns()`]).

mod correct;
mod docx;
mod encoding;
mod furniture;
mod label;
mod limits;
mod lines;
mod notices;
mod pdf;
mod split;
#[cfg(test)]
mod testing;
mod text;
mod turns;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

pub use correct::{NotCorrected, merge_with_previous, not_a_speaker, rename_speaker, split_at};
pub use limits::{Limits, Progress};
pub use notices::{FileKind, Measure, Notice, Refused};
pub use split::{BLOCK_CODE_POINTS, split_soft};
pub use turns::{Choices, Recognised, turns};

use notices::{Notices, small};

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
        FileKind::Pdf => pdf::read(bytes, limits, progress, notices),
        _ => {
            let decoded = encoding::decode(bytes, &extension(name), notices)?;
            let paragraphs = text::paragraphs(&decoded.text, limits, notices)?;
            Ok(Body {
                paragraphs,
                encoding: Some(decoded.encoding),
                line_ends: decoded.line_ends,
                title: None,
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
    let recognised = turns(body.paragraphs, &Choices::default());
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
    let (paragraphs, split) = into_blocks(recognised.paragraphs, limits.block);
    notices.count(split, |count| Notice::ParagraphsSplit { count });
    if paragraphs.is_empty() {
        return Err(Refused::Empty);
    }
    Ok(Intake {
        kind,
        paragraphs,
        notices: notices.into_vec(),
        encoding: body.encoding,
        line_ends: body.line_ends,
        title: body.title,
        speakers: recognised.speakers,
    })
}

/// Splits what is longer than a block; gives also how many paragraphs were split.
fn into_blocks(paragraphs: Vec<Paragraph>, limit: usize) -> (Vec<Paragraph>, usize) {
    let mut out = Vec::with_capacity(paragraphs.len());
    let mut split = 0;
    for paragraph in paragraphs {
        if paragraph.text.trim().is_empty() {
            continue;
        }
        let parts = split_soft(&paragraph.text, limit);
        if parts.len() == 1 {
            out.push(paragraph);
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
            out.push(Paragraph {
                speaker,
                time_ms,
                text: part.to_owned(),
                kind: paragraph.kind,
                continues,
            });
        }
    }
    (out, split)
}

/// The ending of a name in small letters, without the dot.
fn extension(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase())
        .unwrap_or_default()
}

/// What the bytes are, held against what the name says.
fn kind_of(name: &str, bytes: &[u8]) -> Result<FileKind, Refused> {
    let extension = extension(name);
    let says = match extension.as_str() {
        "txt" | "text" | "md" => FileKind::Text,
        "docx" => FileKind::Docx,
        "pdf" => FileKind::Pdf,
        _ => return Err(Refused::UnknownKind { extension }),
    };
    let found = sniff(bytes);
    match (says, found) {
        (FileKind::Docx, Some(FileKind::OldWord)) if docx::is_encrypted(bytes) => {
            Err(Refused::Encrypted)
        }
        // A zip may still turn out to be something else; its reader tells.
        (FileKind::Docx, Some(FileKind::Zip)) => Ok(FileKind::Docx),
        (FileKind::Text, None) => Ok(FileKind::Text),
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

#[cfg(test)]
mod tests {
    use super::testing::{docx, drawn, pdf, shown};
    use super::*;
    use proptest::prelude::*;

    fn intake(name: &str, bytes: &[u8]) -> Result<Intake, Refused> {
        read(name, bytes, &Limits::default(), &|_, _| true)
    }

    #[test]
    fn the_name_and_the_bytes_must_agree() {
        let pdf = pdf(&[&drawn(&[(20.0, 300.0, 10.0, "Hei")])]);
        let not = |extension: &str, found| {
            Err(Refused::NotWhatItSaysItIs {
                extension: extension.into(),
                found,
            })
        };
        assert_eq!(intake("a.txt", &pdf), not("txt", FileKind::Pdf));
        assert_eq!(intake("a.docx", &pdf), not("docx", FileKind::Pdf));
        assert_eq!(intake("a.pdf", b"Hei"), not("pdf", FileKind::Text));
        assert_eq!(intake("A.DOCX", b"Hei"), not("docx", FileKind::Text));
        assert_eq!(intake("a.txt", b"{\\rtf1 Hei}"), not("txt", FileKind::Rtf));
        assert_eq!(
            intake("a.txt", b"\x89PNG\r\n\x1A\nxx"),
            not("txt", FileKind::Picture)
        );
        assert_eq!(intake("a.pdf", b"\0\x01\x02"), not("pdf", FileKind::Other));
        assert_eq!(
            intake("a.odt", b"x"),
            Err(Refused::UnknownKind {
                extension: "odt".into()
            })
        );
        assert_eq!(
            intake("intervju", b"x"),
            Err(Refused::UnknownKind {
                extension: String::new()
            })
        );
    }

    #[test]
    fn empty_files_say_so() {
        for name in ["a.txt", "a.docx", "a.pdf"] {
            assert_eq!(intake(name, b""), Err(Refused::Empty), "{name}");
            assert_eq!(intake(name, b" \r\n\t \n"), Err(Refused::Empty), "{name}");
        }
    }

    #[test]
    fn limits_and_stops_hold() {
        let small = |change: fn(&mut Limits)| {
            let mut limits = Limits::default();
            change(&mut limits);
            read("a.txt", b"en\nto\ntre", &limits, &|_, _| true).map(|_| ())
        };
        assert_eq!(
            small(|limits| limits.file_bytes = 8),
            Err(Refused::TooLarge {
                what: Measure::FileBytes,
                limit: 8
            })
        );
        assert_eq!(
            small(|limits| limits.characters = 6),
            Err(Refused::TooLarge {
                what: Measure::Characters,
                limit: 6
            })
        );
        assert_eq!(
            small(|limits| limits.paragraphs = 2),
            Err(Refused::TooLarge {
                what: Measure::Paragraphs,
                limit: 2
            })
        );
        assert_eq!(small(|_| ()), Ok(()));
        assert_eq!(
            read("a.txt", b"en", &Limits::default(), &|_, _| false),
            Err(Refused::Cancelled)
        );
        let page = drawn(&[(20.0, 300.0, 10.0, "Hei")]);
        let pages = pdf(&[page.as_str(); 3]);
        assert_eq!(
            read("a.pdf", &pages, &Limits::default(), &|done, total| total
                < 3
                || done < 2),
            Err(Refused::Cancelled)
        );
        let limits = Limits {
            pages: 2,
            ..Limits::default()
        };
        assert_eq!(
            read("a.pdf", &pages, &limits, &|_, _| true),
            Err(Refused::TooLarge {
                what: Measure::Pages,
                limit: 2
            })
        );
    }

    #[test]
    fn long_paragraphs_are_split_into_blocks() {
        let text = format!(
            "I: Ja?\nKari: {}\nI: Hm.\nKari: Nei.",
            "Det var slik. ".repeat(700)
        );
        let intake = intake("a.txt", text.as_bytes()).unwrap();
        assert_eq!(
            intake.notices,
            [
                Notice::SpeakersFound {
                    speakers: 2,
                    turns: 4
                },
                Notice::ParagraphsSplit { count: 1 }
            ]
        );
        let parts: Vec<&Paragraph> = intake
            .paragraphs
            .iter()
            .filter(|paragraph| paragraph.text.contains("slik"))
            .collect();
        assert_eq!(
            parts
                .iter()
                .map(|part| (part.speaker.as_deref(), part.continues))
                .collect::<Vec<_>>(),
            [
                (Some("Kari"), false),
                (Some("Kari"), true),
                (Some("Kari"), true)
            ]
        );
        assert!(
            parts
                .iter()
                .all(|part| part.text.chars().count() <= BLOCK_CODE_POINTS)
        );
        assert_eq!(
            parts
                .iter()
                .map(|part| part.text.as_str())
                .collect::<String>(),
            "Det var slik. ".repeat(700).trim_end()
        );
    }

    #[test]
    fn one_line_of_a_million_signs_is_read() {
        let text = "ord ".repeat(250_000);
        let intake = intake("a.txt", text.as_bytes()).unwrap();
        assert_eq!(intake.paragraphs.len(), 250);
        assert_eq!(shown(&intake).concat(), text.trim());
    }

    #[test]
    fn an_intake_tells_what_came_in() {
        let expected = Intake {
            kind: FileKind::Text,
            paragraphs: vec![
                Paragraph {
                    speaker: Some("I".into()),
                    time_ms: Some(1_000),
                    text: "Ja?".into(),
                    kind: Kind::Turn,
                    continues: false,
                },
                Paragraph {
                    speaker: Some("P1".into()),
                    time_ms: None,
                    text: "N\u{FFFD}ei 👩\u{200D}👧.".into(),
                    kind: Kind::Turn,
                    continues: false,
                },
            ],
            notices: vec![
                Notice::ControlCharactersReplaced { count: 1 },
                Notice::SpeakersFound {
                    speakers: 2,
                    turns: 2,
                },
                Notice::TimesRead { count: 1 },
            ],
            encoding: Some("UTF-8"),
            line_ends: LineEnds::CrLf,
            title: None,
            speakers: vec![("I".into(), 1), ("P1".into(), 1)],
        };
        assert_eq!(
            intake(
                "mappe/a.TXT",
                "\u{FEFF}[00:01] I: Ja?\r\n\r\nP1: N\0ei 👩\u{200D}👧.\r\n".as_bytes()
            ),
            Ok(expected)
        );
    }

    /// Every invariant that holds for whatever was read.
    fn holds(intake: &Intake) -> bool {
        let text = |paragraph: &Paragraph| {
            !paragraph.text.trim().is_empty()
                && paragraph.text.chars().count() <= BLOCK_CODE_POINTS
                && !paragraph
                    .text
                    .chars()
                    .any(|sign| sign.is_control() && sign != '\n' && sign != '\t')
        };
        intake.paragraphs.iter().all(text)
            && intake
                .paragraphs
                .iter()
                .all(|paragraph| (paragraph.kind == Kind::Turn) == paragraph.speaker.is_some())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_bytes_with_any_ending(bytes in prop::collection::vec(any::<u8>(), 0..600), which in 0usize..3, start in 0usize..4) {
            let name = ["a.txt", "a.docx", "a.pdf"][which];
            let start: &[u8] = [&b""[..], b"PK\x03\x04", b"%PDF-1.4\n", b"\xFF\xFE"][start];
            let bytes = [start, &bytes].concat();
            if let Ok(intake) = intake(name, &bytes) {
                prop_assert!(holds(&intake));
            }
        }

        #[test]
        fn any_text(text in any::<String>()) {
            if let Ok(intake) = intake("a.txt", text.as_bytes()) {
                prop_assert!(holds(&intake));
            }
        }

        #[test]
        fn damaged_documents(at in 0usize..2_000, byte in any::<u8>(), which in any::<bool>()) {
            let (name, mut bytes) = if which {
                ("a.docx", docx("<w:p><w:r><w:t>I: Hei</w:t></w:r></w:p><w:p><w:r><w:t>P: Nei</w:t></w:r></w:p>", &[("word/styles.xml", "<w:styles/>")]))
            } else {
                ("a.pdf", pdf(&[&drawn(&[(20.0, 300.0, 10.0, "Hei"), (20.0, 280.0, 10.0, "Nei")])]))
            };
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(intake) = intake(name, &bytes) {
                prop_assert!(holds(&intake));
            }
        }
    }
}
