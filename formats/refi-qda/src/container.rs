//! The zip around a project: finding entries under all spellings, unpacking under limits.

use std::collections::HashMap;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quick_xml::encoding::DecodingReader;
use uuid::Uuid;
use zip::ZipArchive;

use crate::error::{Carried, Part, Result, What, from_io, from_zip};
use crate::{Error, Limits, SourceText};

/// Bytes an entry may have before its packing ratio counts, so that short runs of blanks are no bomb.
const RATIO_FREE: u64 = 100 * 1024;

const XML_BUFFER: usize = 64 * 1024;

/// The file underneath, which the XML and the texts read by turns.
struct Shared<R> {
    file: R,
    at: u64,
}

/// One reader's own place in the shared file.
pub(crate) struct Handle<R> {
    shared: Arc<Mutex<Shared<R>>>,
    at: u64,
}

impl<R> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            at: self.at,
        }
    }
}

impl<R> Handle<R> {
    fn new(file: R) -> Self {
        Self {
            // The true place is unknown: a place no file has makes the first read seek.
            shared: Arc::new(Mutex::new(Shared { file, at: u64::MAX })),
            at: 0,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared<R>> {
        // After a panic elsewhere the place may be anything; `at` is set after each read only, and
        // a wrong place shows as a checksum that does not match.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Read + Seek> Read for Handle<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut shared = self.lock();
        if shared.at != self.at {
            shared.at = u64::MAX;
            shared.at = shared.file.seek(SeekFrom::Start(self.at))?;
        }
        let read = match shared.file.read(buf) {
            Ok(read) => read,
            Err(error) => {
                shared.at = u64::MAX;
                return Err(error);
            }
        };
        let at = self.at.saturating_add(read as u64);
        shared.at = at;
        drop(shared);
        self.at = at;
        Ok(read)
    }
}

impl<R: Read + Seek> Seek for Handle<R> {
    fn seek(&mut self, pos: SeekFrom) -> io::Result<u64> {
        let at = match pos {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => {
                let mut shared = self.lock();
                shared.at = u64::MAX;
                let end = shared.file.seek(SeekFrom::End(0))?;
                shared.at = end;
                end.checked_add_signed(by)
            }
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Where the project lies.
enum Place<R> {
    /// A `project.qde` on its own, without texts.
    Bare(Handle<R>),
    /// A zip, with the number of its project entry.
    Zip(ZipArchive<Handle<R>>, usize),
}

impl<R> Clone for Place<R> {
    fn clone(&self) -> Self {
        match self {
            Self::Bare(handle) => Self::Bare(handle.clone()),
            Self::Zip(archive, project) => Self::Zip(archive.clone(), *project),
        }
    }
}

/// The files of a project: texts, and whatever else lies beside them.
pub struct Files<R> {
    place: Place<R>,
    names: Arc<Names>,
    limits: Limits,
    unpacked: u64,
    size: u64,
}

/// Entry numbers by [`key`] of the file name.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Names(HashMap<String, usize>);

impl Names {
    /// The entry that a path of the project names.
    pub(crate) fn find(&self, path: &str) -> Option<usize> {
        self.0.get(&key(last_part(path))).copied()
    }
}

impl<R: Read + Seek> Files<R> {
    pub(crate) fn open(file: R, limits: Limits) -> Result<Self> {
        let mut handle = Handle::new(file);
        let size = handle.seek(SeekFrom::End(0)).map_err(Error::Io)?;
        let start = first_bytes(&mut handle)?;
        let mut files = Self {
            place: Place::Bare(handle.clone()),
            names: Arc::default(),
            limits,
            unpacked: 0,
            size,
        };
        if looks_like_xml(&start) {
            return Ok(files);
        }
        let is_zip = start.starts_with(b"PK\x03\x04");
        let archive = ZipArchive::new(handle).map_err(|error| match error {
            zip::result::ZipError::Io(error) => from_io(error, Part::Archive),
            _ if is_zip => Error::Truncated(Part::Archive),
            _ => Error::NotAZip,
        })?;
        if archive.len() as u64 > limits.entries {
            return Err(Error::TooLarge {
                what: What::Entries,
                limit: limits.entries,
            });
        }
        let names = entry_names(&archive);
        let project = find_project(&names).ok_or({
            // A cut archive whose last whole entry is itself a zip (a .docx, stored) opens as that
            // one; its directory then does not start where the file does.
            if is_zip && archive.offset() > 0 {
                Error::Truncated(Part::Archive)
            } else {
                Error::NoProject
            }
        })?;
        files.names = Arc::new(index(&names));
        files.place = Place::Zip(archive, project);
        Ok(files)
    }

    /// Whether the archive holds the file that a path of the project names.
    ///
    /// `internal://`, `relative:///`, `absolute:///` and bare names are looked up alike: by the
    /// last part of the path, without regard to case, and to the spelling of a GUID in it.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.names.find(path).is_some()
    }

    /// Loads and decodes a text file.
    ///
    /// # Errors
    /// [`Error::NoSuchFile`], [`Error::NotUnicode`], [`Error::TooLarge`], and what reading can meet.
    pub fn open_text(&mut self, path: &str) -> Result<SourceText> {
        SourceText::from_bytes(self.bytes(path)?)
    }

    /// Loads a file that counts as text: at most [`Limits::text`] bytes.
    ///
    /// # Errors
    /// [`Error::NoSuchFile`], [`Error::TooLarge`], and what reading can meet.
    pub fn bytes(&mut self, path: &str) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let limit = (self.limits.text, What::Text);
        self.unpack(path, limit, &mut bytes)?;
        Ok(bytes)
    }

    /// Copies a file of any size, a recording for instance, and returns its size in bytes.
    ///
    /// # Errors
    /// [`Error::NoSuchFile`], [`Error::TooLarge`], and what reading and writing can meet.
    pub fn copy(&mut self, path: &str, to: &mut impl Write) -> Result<u64> {
        let limit = (self.limits.unpacked, What::Unpacked);
        self.unpack(path, limit, to)
    }

    fn unpack(&mut self, path: &str, limit: (u64, What), to: &mut impl Write) -> Result<u64> {
        let number = self.names.find(path).ok_or(Error::NoSuchFile)?;
        let Place::Zip(archive, _) = &mut self.place else {
            return Err(Error::NoSuchFile);
        };
        let entry = open_entry(archive, number, Part::File)?;
        let packed = entry.compressed_size().min(self.size);
        let mut gauge =
            Gauge::new(io::BufReader::new(entry), limit, self.limits, self.unpacked).packed(packed);
        let done = io::copy(&mut gauge, to).map_err(|error| from_io(error, Part::File));
        self.unpacked = self.unpacked.saturating_add(gauge.read);
        done
    }

    /// The XML of the project, to be read beside the other files.
    pub(crate) fn project(&self) -> ProjectFile<R> {
        ProjectFile {
            place: self.place.clone(),
            limits: self.limits,
            size: self.size,
        }
    }

    pub(crate) fn names(&self) -> Arc<Names> {
        Arc::clone(&self.names)
    }
}

/// The `project.qde`, with a place of its own in the file.
pub(crate) struct ProjectFile<R> {
    place: Place<R>,
    limits: Limits,
    size: u64,
}

impl<R: Read + Seek> ProjectFile<R> {
    /// Runs `read` over the XML, from its start.
    pub(crate) fn with<T, E: From<Error>>(
        &mut self,
        read: impl FnOnce(Gauge<Box<dyn BufRead + '_>>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let limit = (self.limits.project, What::Project);
        match &mut self.place {
            Place::Bare(handle) => {
                handle.at = 0;
                let xml = utf8(io::BufReader::with_capacity(XML_BUFFER, handle))?;
                read(Gauge::new(xml, limit, self.limits, 0))
            }
            Place::Zip(archive, number) => {
                let entry = open_entry(archive, *number, Part::Project)?;
                let packed = entry.compressed_size().min(self.size);
                let xml = utf8(io::BufReader::with_capacity(XML_BUFFER, entry))?;
                read(Gauge::new(xml, limit, self.limits, 0).packed(packed))
            }
        }
    }
}

fn open_entry<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    number: usize,
    part: Part,
) -> Result<zip::read::ZipFile<'_, R>> {
    let fault = |error| from_zip(error, part);
    // Asked first: a method of encryption that the zip reader lacks shows as a packing it lacks.
    if archive.by_index_data(number).map_err(fault)?.encrypted() {
        return Err(Error::Encrypted);
    }
    archive.by_index(number).map_err(fault)
}

/// Counts what passes and stops at the limits.
pub(crate) struct Gauge<B> {
    inner: B,
    limits: Limits,
    limit: (u64, What),
    packed: Option<u64>,
    before: u64,
    read: u64,
    token_end: Option<u64>,
}

impl<B> Gauge<B> {
    fn new(inner: B, limit: (u64, What), limits: Limits, before: u64) -> Self {
        Self {
            inner,
            limits,
            limit,
            packed: None,
            before,
            read: 0,
            token_end: None,
        }
    }

    /// A gauge for bytes that are in memory already.
    pub(crate) fn free(inner: B, limits: Limits) -> Self {
        Self::new(inner, (u64::MAX, What::Project), limits, 0)
    }

    fn packed(mut self, bytes: u64) -> Self {
        self.packed = Some(bytes);
        self
    }

    /// Starts a new XML token: from here on at most [`Limits::token`] bytes until the next call.
    pub(crate) fn start_token(&mut self) {
        self.token_end = Some(self.read.saturating_add(self.limits.token));
    }

    fn check(&self) -> io::Result<()> {
        let too_large = |what, limit| Err(Carried::io(Error::TooLarge { what, limit }));
        let (limit, what) = self.limit;
        if self.read > limit {
            return too_large(what, limit);
        }
        if self.before.saturating_add(self.read) > self.limits.unpacked {
            return too_large(What::Unpacked, self.limits.unpacked);
        }
        if self.token_end.is_some_and(|end| self.read > end) {
            return too_large(What::Token, self.limits.token);
        }
        let ratio = self.limits.ratio;
        if let Some(packed) = self.packed
            && self.read > RATIO_FREE
            && self.read > packed.saturating_mul(ratio)
        {
            return too_large(What::Ratio, ratio);
        }
        Ok(())
    }
}

impl<B: BufRead> BufRead for Gauge<B> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.read = self.read.saturating_add(amount as u64);
        self.inner.consume(amount);
    }
}

impl<B: BufRead> Read for Gauge<B> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(buf)?;
        self.consume(amount);
        Ok(amount)
    }
}

fn first_bytes(handle: &mut (impl Read + Seek)) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    handle.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
    handle.take(64).read_to_end(&mut start).map_err(Error::Io)?;
    handle.seek(SeekFrom::Start(0)).map_err(Error::Io)?;
    Ok(start)
}

/// A `<` after byte order mark, zero bytes of UTF-16 and white space.
fn looks_like_xml(start: &[u8]) -> bool {
    let marks = [0, b' ', b'\t', b'\r', b'\n', 0xEF, 0xBB, 0xBF, 0xFE, 0xFF];
    start.iter().find(|b| !marks.contains(b)) == Some(&b'<')
}

/// Passes UTF-8 through and turns UTF-16, which the standard does not allow, into it.
///
/// What the XML declaration says is not asked: programs are known to write `encoding="utf-16"`
/// over UTF-8.
fn utf8<'a>(mut from: impl BufRead + 'a) -> Result<Box<dyn BufRead + 'a>> {
    let start = from.fill_buf().map_err(|e| from_io(e, Part::Project))?;
    if start.starts_with(&[0xFE, 0xFF]) || start.starts_with(&[0xFF, 0xFE]) {
        Ok(Box::new(DecodingReader::new(from)))
    } else {
        Ok(Box::new(from))
    }
}

/// The names of all entries that are files, by their number.
fn entry_names<R>(archive: &ZipArchive<R>) -> Vec<(usize, String)>
where
    R: Read + Seek,
{
    let names = archive.file_names().enumerate();
    // A name that cannot be decoded cannot be named by the project either.
    names
        .filter_map(|(number, name)| Some((number, name.ok()?.replace('\\', "/"))))
        .filter(|(_, name)| !name.ends_with('/') && !name.starts_with("__MACOSX/"))
        .collect()
}

/// `project.qde` in any case, else the only `.qde` there is; the least deep one first.
fn find_project(names: &[(usize, String)]) -> Option<usize> {
    let depth = |name: &str| name.matches('/').count();
    let named = |name: &str| last_part(name).eq_ignore_ascii_case("project.qde");
    let exact = names
        .iter()
        .filter(|(_, name)| named(name))
        .min_by_key(|(_, name)| depth(name));
    let mut others = names
        .iter()
        .filter(|(_, name)| name.to_ascii_lowercase().ends_with(".qde"));
    match (exact, others.next(), others.next()) {
        (Some((number, _)), _, _) | (None, Some((number, _)), None) => Some(*number),
        _ => None,
    }
}

/// Entry numbers by key. What lies in `sources/` wins over a namesake elsewhere.
fn index(names: &[(usize, String)]) -> Names {
    let in_sources = |name: &str| {
        name.rsplit('/')
            .nth(1)
            .is_some_and(|folder| folder.eq_ignore_ascii_case("sources"))
    };
    let mut index = HashMap::with_capacity(names.len());
    for (number, name) in names.iter().filter(|(_, name)| !in_sources(name)) {
        index.entry(key(last_part(name))).or_insert(*number);
    }
    for (number, name) in names.iter().rev().filter(|(_, name)| in_sources(name)) {
        index.insert(key(last_part(name)), *number);
    }
    Names(index)
}

/// The file name at the end of a path, whatever its scheme and separators.
pub(crate) fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// One spelling for all spellings of a file name: lower case, GUIDs without braces.
pub(crate) fn key(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let (stem, extension) = match lower.rsplit_once('.') {
        Some((stem, extension)) => (stem, Some(extension)),
        None => (lower.as_str(), None),
    };
    match (Uuid::try_parse(stem), extension) {
        (Ok(guid), Some(extension)) => format!("{guid}.{extension}"),
        (Ok(guid), None) => guid.to_string(),
        (Err(_), _) => lower,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn one_key_for_all_spellings() {
        let same = "1ddd235c-9e58-4451-8c49-17013d5c3655.txt";
        for path in [
            "internal://1DDD235C-9E58-4451-8C49-17013D5C3655.TXT",
            "internal:///{1ddd235c-9e58-4451-8c49-17013d5c3655}.txt",
            "relative:///folder/1ddd235c-9e58-4451-8c49-17013d5c3655.txt",
            "Sources\\1ddd235c-9e58-4451-8c49-17013d5c3655.txt",
        ] {
            assert_eq!(key(last_part(path)), same, "{path}");
        }
        assert_eq!(key(last_part("board_2017.txt")), "board_2017.txt");
        assert_eq!(key("Å.txt"), "å.txt");
    }

    #[test]
    fn the_project_is_found_under_its_spellings() {
        let find = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(ToString::to_string).enumerate().collect();
            find_project(&names)
        };
        assert_eq!(find(&["sources/a.txt", "Project.qde"]), Some(1));
        assert_eq!(find(&["deep/er/project.qde", "deep/PROJECT.QDE"]), Some(1));
        assert_eq!(find(&["my study.qde", "sources/a.txt"]), Some(0));
        assert_eq!(find(&["a.qde", "b.qde"]), None);
        assert_eq!(find(&[]), None);
    }

    #[test]
    fn sources_win_over_namesakes() {
        let names: Vec<_> = ["a.txt", "Sources/A.txt", "other/a.txt", "x/sources/a.txt"]
            .iter()
            .map(ToString::to_string)
            .enumerate()
            .collect();
        assert_eq!(
            index(&names),
            Names(HashMap::from([("a.txt".to_owned(), 1)]))
        );
    }

    #[test]
    fn handles_keep_their_own_place() {
        let mut one = Handle::new(Cursor::new(b"abcdef".to_vec()));
        let mut two = one.clone();
        let mut buf = [0; 2];
        one.read_exact(&mut buf).unwrap();
        assert_eq!(&buf, b"ab");
        two.seek(SeekFrom::End(-2)).unwrap();
        two.read_exact(&mut buf).unwrap();
        assert_eq!(&buf, b"ef");
        one.read_exact(&mut buf).unwrap();
        assert_eq!(&buf, b"cd");
        assert!(two.seek(SeekFrom::Current(-9)).is_err());
    }

    #[test]
    fn bytes_that_are_no_zip() {
        let open = |bytes: &[u8]| Files::open(Cursor::new(bytes.to_vec()), Limits::default());
        let code = |bytes: &[u8]| open(bytes).err().map(|e| e.code());
        assert_eq!(code(b""), Some("not-a-zip"));
        assert_eq!(code(b"hello"), Some("not-a-zip"));
        assert_eq!(code(b"PK\x03\x04 and then nothing"), Some("truncated"));
        assert_eq!(
            code(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            Some("no-project")
        );
        assert_eq!(code(b"\xEF\xBB\xBF\n<Project/>"), None);
    }
}
