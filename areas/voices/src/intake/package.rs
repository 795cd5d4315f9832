//! The zip of a document and the XML in it, read with limits that count what is really unpacked.

use std::cell::Cell;
use std::io::{BufReader, Cursor, Error, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;
use zip::result::ZipError;

use super::encoding::clean;
use super::limits::{Limits, Progress, step};
use super::{FileKind, Measure, Refused};

/// What goes through the elements of one part.
pub(super) trait Visit {
    /// An element opens. `name` is without prefix.
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Refused>;
    /// An element closes.
    fn close(&mut self, name: &str) -> Result<(), Refused>;
    /// Characters between elements.
    fn text(&mut self, text: &str) -> Result<(), Refused>;
}

/// An open document.
pub(super) struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    limits: &'a Limits,
    unpacked: Cell<u64>,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, Refused> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
            let whole = bytes
                .windows(4)
                .rev()
                .take(1 << 17)
                .any(|window| window == b"PK\x05\x06");
            if whole {
                Refused::Broken {
                    what: "zip directory",
                }
            } else {
                Refused::Truncated
            }
        })?;
        if zip.len() > limits.entries {
            return Err(Refused::TooLarge {
                what: Measure::Entries,
                limit: limits.entries as u64,
            });
        }
        let mut package = Self {
            zip,
            limits,
            unpacked: Cell::new(0),
        };
        if package.leads_out() {
            return Err(Refused::Unsafe {
                what: "a name that leads out of it",
            });
        }
        Ok(package)
    }

    /// Has a file inside a name such as `../x`? No word processor writes one. A file whose head is
    /// broken is told when it is read.
    fn leads_out(&mut self) -> bool {
        (0..self.zip.len()).any(|at| {
            self.zip
                .by_index_raw(at)
                .is_ok_and(|file| file.name().is_ok() && file.enclosed_name().is_none())
        })
    }

    /// The names of all files inside; those that are no Unicode are left out.
    pub(super) fn names(&self) -> Vec<String> {
        self.zip
            .file_names()
            .filter_map(Result::ok)
            .map(std::borrow::Cow::into_owned)
            .collect()
    }

    /// The kind of document, when it is not Word's.
    pub(super) fn other_kind(&self) -> FileKind {
        let names = self.names();
        let has = |start: &str| names.iter().any(|name| name.starts_with(start));
        if has("xl/") {
            FileKind::Spreadsheet
        } else if has("ppt/") {
            FileKind::Slides
        } else if has("content.xml") {
            FileKind::Odt
        } else if has("word/") {
            FileKind::Docx
        } else {
            FileKind::Zip
        }
    }

    /// The title that this part gives the document, if any.
    pub(super) fn title(&mut self, part: &str) -> Result<Option<String>, Refused> {
        let mut title = Title::default();
        self.visit(part, &mut title, &|_, _| true)?;
        Ok(Some(clean(title.text.trim()).0).filter(|title| !title.is_empty()))
    }

    /// Goes through one part. `Ok(false)` when there is no such part.
    pub(super) fn visit(
        &mut self,
        part: &str,
        visitor: &mut dyn Visit,
        progress: Progress<'_>,
    ) -> Result<bool, Refused> {
        let entry = match self.zip.by_name(part) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(false),
            Err(ZipError::InvalidPassword) => return Err(Refused::Encrypted),
            Err(ZipError::UnsupportedArchive(text)) if text == ZipError::PASSWORD_REQUIRED => {
                return Err(Refused::Encrypted);
            }
            Err(_) => return Err(Refused::Broken { what: "zip entry" }),
        };
        let (packed, total) = (entry.compressed_size().max(1), entry.size().max(1));
        let beyond = Cell::new(None);
        let counted = Counted {
            inner: entry,
            own: 0,
            packed,
            all: &self.unpacked,
            limits: self.limits,
            beyond: &beyond,
        };
        let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, counted));
        reader.config_mut().expand_empty_elements = true;
        let result = pump(&mut reader, visitor, self.limits, &|done| {
            step(progress, done, total)
        });
        match beyond.get() {
            Some((what, limit)) => Err(Refused::TooLarge { what, limit }),
            None => result.map(|()| true),
        }
    }
}

/// The title a document gives itself.
#[derive(Default)]
struct Title {
    inside: bool,
    text: String,
}

impl Visit for Title {
    fn open(&mut self, name: &str, _: &BytesStart<'_>) -> Result<(), Refused> {
        self.inside = name == "title";
        Ok(())
    }

    fn close(&mut self, _: &str) -> Result<(), Refused> {
        self.inside = false;
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Refused> {
        if self.inside && self.text.len() < 1_000 {
            self.text.push_str(text);
        }
        Ok(())
    }
}

fn pump<R: std::io::BufRead>(
    reader: &mut Reader<R>,
    visitor: &mut dyn Visit,
    limits: &Limits,
    tell: &dyn Fn(u64) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut buffer = Vec::new();
    let (mut depth, mut events) = (0usize, 0u32);
    loop {
        events = events.wrapping_add(1);
        if events.is_multiple_of(1 << 13) {
            tell(reader.buffer_position())?;
        }
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) => {
                depth += 1;
                if depth > limits.depth {
                    return Err(Refused::TooLarge {
                        what: Measure::Depth,
                        limit: limits.depth as u64,
                    });
                }
                visitor.open(element.local_name().as_ref(), &element)?;
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                visitor.close(element.local_name().as_ref())?;
            }
            Event::Text(text) => visitor.text(&text)?,
            Event::CData(text) => visitor.text(&text)?,
            Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(broken)? {
                Some(sign) => visitor.text(sign.encode_utf8(&mut [0; 4]))?,
                None => visitor.text(named(&reference)?)?,
            },
            // A document type is where entity bombs live; no word processor writes one.
            Event::DocType(_) => {
                return Err(Refused::Unsafe {
                    what: "a document type",
                });
            }
            Event::Eof if depth > 0 => return Err(Refused::Truncated),
            Event::Eof => return Ok(()),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// The five entities that XML has by itself.
fn named(name: &str) -> Result<&'static str, Refused> {
    match name {
        "amp" => Ok("&"),
        "lt" => Ok("<"),
        "gt" => Ok(">"),
        "quot" => Ok("\""),
        "apos" => Ok("'"),
        _ => Err(Refused::Unsafe {
            what: "an entity of its own",
        }),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "used as a function value in map_err"
)]
fn broken(error: quick_xml::Error) -> Refused {
    match error {
        quick_xml::Error::Io(_) => Refused::Broken {
            what: "compressed data",
        },
        quick_xml::Error::Encoding(_) => Refused::Broken {
            what: "XML encoding",
        },
        _ => Refused::Broken { what: "XML" },
    }
}

/// Stops a reader that gives more than the limits.
struct Counted<'a, R> {
    inner: R,
    own: u64,
    packed: u64,
    all: &'a Cell<u64>,
    limits: &'a Limits,
    beyond: &'a Cell<Option<(Measure, u64)>>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.own += count as u64;
        let all = self.all.get() + count as u64;
        self.all.set(all);
        let beyond = if all > self.limits.unpacked_bytes {
            Some((Measure::UnpackedBytes, self.limits.unpacked_bytes))
        } else if self.own > self.limits.ratio_from && self.own / self.packed > self.limits.ratio {
            Some((Measure::Ratio, self.limits.ratio))
        } else {
            None
        };
        match beyond {
            None => Ok(count),
            Some(_) => {
                self.beyond.set(beyond);
                Err(Error::other("limit"))
            }
        }
    }
}

/// The value of an attribute by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::default()).map_or_else(
        |_| found.value.clone().into_owned(),
        std::borrow::Cow::into_owned,
    ))
}

/// A switch such as `<w:vanish/>` or `<w:vanish w:val="0"/>`.
pub(super) fn is_on(element: &BytesStart<'_>) -> bool {
    !matches!(
        attribute(element, "val").as_deref(),
        Some("0" | "false" | "off")
    )
}
