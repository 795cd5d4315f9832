//! What can go wrong, as values a program can act on.
//!
//! No message holds text of the project: not a name, not a quote, not a path. They can go to an
//! ordinary log.

use std::fmt;

use uuid::Uuid;

/// Result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a project could not be read or written.
///
/// The variant is the machine-usable kind; [`Error::code`] gives it as a stable word for logs and
/// lists of messages.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are neither a zip archive nor a bare `project.qde`.
    #[error("not a zip archive")]
    NotAZip,
    /// An entry that is needed is locked with a password; the format knows no passwords.
    #[error("the archive is locked with a password")]
    Encrypted,
    /// The archive has no `project.qde`, under any spelling.
    #[error("the archive holds no project.qde")]
    NoProject,
    /// The XML is something else: its root element is not `Project`.
    #[error("the XML is not a REFI-QDA project")]
    NotAProject,
    /// The file ends before it should: a zip without its directory, an entry without its last
    /// bytes, XML with open elements.
    #[error("{0} ends too early")]
    Truncated(Part),
    /// The bytes contradict themselves, for instance a checksum that does not match.
    #[error("{0} is damaged")]
    Damaged(Part),
    /// Packed with a method other than *stored* and *deflate*.
    #[error("{0} is packed in an unknown way")]
    UnknownPacking(Part),
    /// A limit of [`Limits`](crate::Limits) was passed while reading.
    #[error("{what} over the limit of {limit}")]
    TooLarge {
        /// What was too large.
        what: What,
        /// The limit that stood, in the unit of `what`.
        limit: u64,
    },
    /// The XML is not well-formed or uses what a project must not use.
    #[error("XML fault at byte {at}: {fault}")]
    Xml {
        /// Byte of the unpacked `project.qde` at which reading stopped.
        at: u64,
        /// What is wrong there.
        fault: XmlFault,
    },
    /// Elements nested deeper than [`Limits::depth`](crate::Limits::depth).
    #[error("elements nested deeper than {limit}")]
    TooDeep {
        /// The limit that stood.
        limit: usize,
    },
    /// A user, code, source, note or set has no GUID that can be read, so nothing could refer to it.
    #[error("a {element} near byte {at} has no readable GUID")]
    BadGuid {
        /// The element, as REFI-QDA names it.
        element: &'static str,
        /// Byte of the unpacked `project.qde`.
        at: u64,
    },
    /// Writing: a selection ends before it starts or lies outside its text.
    #[error("selection {selection} lies outside its text")]
    BadOffset {
        /// GUID of the selection.
        selection: Uuid,
    },
    /// Reading a file that the archive does not hold.
    #[error("the archive does not hold that file")]
    NoSuchFile,
    /// A text file is neither UTF-8 nor UTF-16 with a byte order mark.
    #[error("a text file is not Unicode, first at byte {at}")]
    NotUnicode {
        /// First byte that fits no encoding.
        at: u64,
    },
    /// Writing: a character that XML 1.0 cannot hold, see
    /// [`replace_non_xml`](crate::replace_non_xml).
    #[error("{element} holds U+{:04X}, which XML cannot carry", *.found as u32)]
    NotXml {
        /// The element whose name or description holds it.
        element: &'static str,
        /// The character.
        found: char,
    },
    /// Writing: text with a byte order mark or with CR line ends, for which offsets would be
    /// ambiguous. [`SourceText::to_lf`](crate::SourceText::to_lf) makes it right.
    #[error("the text of {0} has a byte order mark or CR line ends")]
    NotPlainLf(Uuid),
    /// Writing a codebook: it has no code, and the XSD asks for one.
    #[error("a codebook without a code cannot be written")]
    NoCodes,
    /// Writing: two texts with one GUID, or two files with one name.
    #[error("a text or file is there twice")]
    Duplicate,
    /// Writing: the XSD fixes the order of parts, and this one came after a later one.
    #[error("{0} comes too late in the project")]
    OutOfOrder(&'static str),
    /// Writing: a kept element that is not one well-formed element of its kind.
    #[error("a kept {0} is not one well-formed element")]
    BadLeftover(String),
    /// Writing: a selection in a transcript without the sync points that are its only position.
    #[error("transcript selection {0} has no sync points")]
    NoSyncPoints(Uuid),
    /// Reading or writing the underlying file failed.
    #[error("reading or writing failed")]
    Io(#[source] std::io::Error),
}

impl Error {
    /// A stable word for the variant, such as `too-large`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAZip => "not-a-zip",
            Self::Encrypted => "encrypted",
            Self::NoProject => "no-project",
            Self::NotAProject => "not-a-project",
            Self::Truncated(_) => "truncated",
            Self::Damaged(_) => "damaged",
            Self::UnknownPacking(_) => "unknown-packing",
            Self::TooLarge { .. } => "too-large",
            Self::Xml { .. } => "xml",
            Self::TooDeep { .. } => "too-deep",
            Self::BadGuid { .. } => "bad-guid",
            Self::BadOffset { .. } => "bad-offset",
            Self::NoSuchFile => "no-such-file",
            Self::NotUnicode { .. } => "not-unicode",
            Self::NotXml { .. } => "not-xml",
            Self::NotPlainLf(_) => "not-plain-lf",
            Self::NoCodes => "no-codes",
            Self::Duplicate => "duplicate",
            Self::OutOfOrder(_) => "out-of-order",
            Self::BadLeftover(_) => "bad-leftover",
            Self::NoSyncPoints(_) => "no-sync-points",
            Self::Io(_) => "io",
        }
    }
}

/// Which part of a project file an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The zip archive as a whole.
    Archive,
    /// The `project.qde` in it.
    Project,
    /// A source file in it.
    File,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Archive => "the archive",
            Self::Project => "the project.qde",
            Self::File => "a source file",
        })
    }
}

/// What was larger than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// Number of entries in the archive.
    Entries,
    /// Bytes unpacked in all.
    Unpacked,
    /// Bytes of the unpacked `project.qde`.
    Project,
    /// Bytes of one unpacked text file.
    Text,
    /// Bytes of one tag or one run of text in the XML.
    Token,
    /// Number of elements held at once.
    Elements,
    /// Unpacked bytes per packed byte of one entry.
    Ratio,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entries => "number of entries",
            Self::Unpacked => "unpacked size in all",
            Self::Project => "unpacked size of project.qde",
            Self::Text => "unpacked size of a text file",
            Self::Token => "size of one XML token",
            Self::Elements => "number of elements at once",
            Self::Ratio => "packing ratio",
        })
    }
}

/// What is wrong with the XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum XmlFault {
    /// Not UTF-8 (or not UTF-16 where a byte order mark says so).
    Encoding,
    /// An end tag that closes another element than the open one, or none.
    EndTag,
    /// An attribute that cannot be read.
    Attribute,
    /// An entity or character reference that XML does not define.
    Reference,
    /// A document type declaration. Projects have none, and entity bombs need one.
    Doctype,
    /// Something other than comments and white space after the root element.
    Trailing,
    /// Any other breach of the grammar.
    Syntax,
}

impl fmt::Display for XmlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encoding => "not valid UTF-8",
            Self::EndTag => "an end tag does not match",
            Self::Attribute => "an attribute cannot be read",
            Self::Reference => "an undefined reference",
            Self::Doctype => "a document type declaration",
            Self::Trailing => "content after the root element",
            Self::Syntax => "not well-formed",
        })
    }
}

/// An error of this crate that travels through `std::io` and is taken out again.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct Carried(pub(crate) Error);

impl Carried {
    pub(crate) fn io(error: Error) -> std::io::Error {
        std::io::Error::other(Self(error))
    }
}

/// Turns an I/O error met while reading `part` into the fault behind it.
pub(crate) fn from_io(error: std::io::Error, part: Part) -> Error {
    match error.downcast::<Carried>() {
        Ok(Carried(inner)) => inner,
        Err(error) => match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Error::Truncated(part),
            // The zip and deflate readers use these two kinds for bytes that make no sense.
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => {
                Error::Damaged(part)
            }
            _ => Error::Io(error),
        },
    }
}

/// Turns a fault of the zip reader into ours.
pub(crate) fn from_zip(error: zip::result::ZipError, part: Part) -> Error {
    use zip::result::ZipError;
    match error {
        ZipError::Io(error) => from_io(error, part),
        ZipError::InvalidPassword | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            Error::Encrypted
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            Error::UnknownPacking(part)
        }
        ZipError::FileNotFound => Error::NoSuchFile,
        _ => Error::Damaged(part),
    }
}
