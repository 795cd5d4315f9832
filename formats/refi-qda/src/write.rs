//! Writing a project.

mod sources;
mod xml;

use std::collections::HashSet;
use std::io::{self, Read, Seek, Write};

use uuid::Uuid;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use self::xml::XmlOut;
use crate::container::{key, last_part};
use crate::error::{Error, Part, Result, from_zip};
use crate::escape::first_non_xml;
use crate::read::is_one_element;
use crate::{Code, Leftover, MediaSource, Project, Reason, Set, TextSource, User};

const NAMESPACE: &str = "urn:QDA-XML:project:1.0";

/// Writes a `.qdpx` that validates against the XSD of REFI-QDA 1.5.
///
/// The XSD fixes the order: variables, cases, sources, notes, links, graphs, each of them as often
/// as there are and in its turn, then [`finish`](Self::finish). Users, codes and sets come from the
/// [`Project`] and are put where they belong. What a [`Reader`](crate::Reader) hands out comes in
/// this order.
///
/// Positions are what the standard says: code points of the text as it is written, end exclusive.
/// Equal calls give equal bytes; nothing in the file comes from a clock.
///
/// The XML is held packed until the end, about a tenth of its size; texts go out at once. When an
/// error comes the file is of no use: throw it away.
pub struct Writer<W: Write + Seek> {
    zip: ZipWriter<W>,
    xml: XmlOut,
    project: Project,
    stage: Stage,
    files: HashSet<String>,
    left_out: Vec<LeftOut>,
}

/// A written project.
#[derive(Debug)]
pub struct Written<W> {
    /// What was written to, standing behind the last byte.
    pub out: W,
    /// What was given and has no place in a valid project.
    pub left_out: Vec<LeftOut>,
}

/// Something that was not written, because the XSD has no place for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The element, as REFI-QDA or its producer names it.
    pub kind: String,
    /// Its GUID, if it has one.
    pub guid: Option<Uuid>,
}

/// Parts of a project after the code book, in the order of the XSD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Head,
    Variables,
    Cases,
    Sources,
    Notes,
    Links,
    Sets,
    Graphs,
    Tail,
}

impl Stage {
    /// The element around the part; head and tail have none.
    fn container(self) -> Option<&'static str> {
        match self {
            Self::Head | Self::Tail => None,
            Self::Variables => Some("Variables"),
            Self::Cases => Some("Cases"),
            Self::Sources => Some("Sources"),
            Self::Notes => Some("Notes"),
            Self::Links => Some("Links"),
            Self::Sets => Some("Sets"),
            Self::Graphs => Some("Graphs"),
        }
    }

    /// Where a kept element belongs.
    fn of_leftover(kind: &str) -> Option<Self> {
        match kind {
            "Variable" => Some(Self::Variables),
            "Case" => Some(Self::Cases),
            "Link" => Some(Self::Links),
            "Set" => Some(Self::Sets),
            "Graph" => Some(Self::Graphs),
            _ => None,
        }
    }
}

impl<W: Write + Seek> Writer<W> {
    /// Begins a project: head, users and codes go out now, sets, description and notes on the
    /// project in their turn.
    ///
    /// # Errors
    /// [`Error::NotXml`] for a name or description that XML cannot carry, [`Error::Io`].
    pub fn new(out: W, project: Project) -> Result<Self> {
        let mut writer = Self {
            zip: ZipWriter::new(out).set_auto_large_file(),
            xml: XmlOut::new(options())?,
            project: Project::default(),
            stage: Stage::Head,
            files: HashSet::new(),
            left_out: Vec::new(),
        };
        writer.head(&project)?;
        writer.leave_out(&project.leftovers);
        writer.project = project;
        Ok(writer)
    }

    /// Writes a text source. With `text` its words go into a file of the archive, whatever
    /// [`TextSource::body`] says; without, the body is written as it is: words into the XML, the
    /// path of a missing file as it came.
    ///
    /// # Errors
    /// [`Error::NotPlainLf`] and [`Error::BadOffset`] where positions would mean something else than
    /// they say; [`Error::Duplicate`], [`Error::OutOfOrder`], [`Error::NotXml`], [`Error::Io`].
    pub fn text(&mut self, source: &TextSource, text: Option<&str>) -> Result<()> {
        self.enter(Stage::Sources)?;
        self.text_element("TextSource", source, text)
    }

    /// Writes a note; the same as [`text`](Self::text) otherwise.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub fn note(&mut self, note: &TextSource, text: Option<&str>) -> Result<()> {
        self.enter(Stage::Notes)?;
        self.text_element("Note", note, text)
    }

    /// Writes a PDF, picture, audio or video source; `texts` are the words of
    /// [`MediaSource::texts`], in their order, and may be shorter.
    ///
    /// Its own file is written by [`file`](Self::file).
    ///
    /// # Errors
    /// As [`text`](Self::text), and [`Error::NoSyncPoints`].
    pub fn media(&mut self, source: &MediaSource, texts: &[Option<&str>]) -> Result<()> {
        self.enter(Stage::Sources)?;
        self.media_element(source, texts)
    }

    /// Writes a variable, case, link, set or graph that was kept. Sets come after those of the
    /// [`Project`]. Anything else is left out, and
    /// told by [`finish`](Self::finish).
    ///
    /// # Errors
    /// [`Error::BadLeftover`], [`Error::OutOfOrder`], [`Error::NotXml`], [`Error::Io`].
    pub fn leftover(&mut self, leftover: &Leftover) -> Result<()> {
        match Stage::of_leftover(&leftover.kind) {
            Some(stage) if leftover.reason == Reason::Kept => {
                self.enter(stage)?;
                self.kept(leftover)
            }
            _ => {
                self.leave_out(std::slice::from_ref(leftover));
                Ok(())
            }
        }
    }

    /// Puts a file into `sources/`, under the last part of `path`. May come at any time.
    ///
    /// # Errors
    /// [`Error::Duplicate`], [`Error::Io`].
    pub fn file(&mut self, path: &str, mut from: impl Read) -> Result<()> {
        self.start_file(last_part(path))?;
        io::copy(&mut from, &mut self.zip).map_err(Error::Io)?;
        Ok(())
    }

    /// Writes what is left, closes the archive and gives back what it was written to.
    ///
    /// # Errors
    /// [`Error::NotXml`], [`Error::Io`].
    pub fn finish(mut self) -> Result<Written<W>> {
        self.enter(Stage::Tail)?;
        self.xml
            .leaf_if("Description", self.project.description.as_deref())?;
        self.xml.pointers("NoteRef", &self.project.note_refs)?;
        self.xml.end()?;
        let project = self.xml.finish()?;
        let fault = |error| from_zip(error, Part::Archive);
        self.zip.add_prepared_file(project).map_err(fault)?;
        Ok(Written {
            out: self.zip.finish().map_err(fault)?,
            left_out: self.left_out,
        })
    }

    fn head(&mut self, project: &Project) -> Result<()> {
        let xml = &mut self.xml;
        xml.start("Project")?;
        xml.attribute("xmlns", NAMESPACE)?;
        xml.attribute("name", &project.name)?;
        xml.attribute_if("origin", project.origin.as_deref())?;
        xml.guid_if("creatingUserGUID", project.created.user);
        xml.moment("creationDateTime", project.created.at);
        xml.guid_if("modifyingUserGUID", project.modified.user);
        xml.moment("modifiedDateTime", project.modified.at);
        xml.attribute_if("basePath", project.base_path.as_deref())?;
        if !project.users.is_empty() {
            xml.start("Users")?;
            project.users.iter().try_for_each(|one| user(xml, one))?;
            xml.end()?;
        }
        if !project.codes.is_empty() {
            xml.start("CodeBook")?;
            xml.start("Codes")?;
            project.codes.iter().try_for_each(|one| code(xml, one))?;
            xml.end()?;
            xml.end()?;
        }
        Ok(())
    }

    /// Closes the part before and opens this one, unless it is open.
    fn enter(&mut self, stage: Stage) -> Result<()> {
        if stage < self.stage {
            return Err(Error::OutOfOrder(stage.container().unwrap_or("Project")));
        }
        if stage == self.stage {
            return Ok(());
        }
        if self.stage.container().is_some() {
            self.xml.end()?;
        }
        let sets = std::mem::take(&mut self.project.sets);
        if self.stage < Stage::Sets && stage > Stage::Sets && !sets.is_empty() {
            self.xml.start("Sets")?;
            sets.iter().try_for_each(|one| set(&mut self.xml, one))?;
            self.xml.end()?;
        }
        if let Some(container) = stage.container() {
            self.xml.start(container)?;
        }
        match stage {
            Stage::Sets => sets.iter().try_for_each(|one| set(&mut self.xml, one))?,
            _ if stage < Stage::Sets => self.project.sets = sets,
            _ => {}
        }
        self.stage = stage;
        Ok(())
    }

    fn kept(&mut self, leftover: &Leftover) -> Result<()> {
        if let Some(found) = first_non_xml(&leftover.xml) {
            let element = "leftover";
            return Err(Error::NotXml { element, found });
        }
        if !is_one_element(&leftover.xml, &leftover.kind) {
            return Err(Error::BadLeftover(leftover.kind.clone()));
        }
        self.xml.ready(&leftover.xml)
    }

    fn leave_out(&mut self, leftovers: &[Leftover]) {
        self.left_out
            .extend(leftovers.iter().map(|leftover| LeftOut {
                kind: leftover.kind.clone(),
                guid: leftover.guid,
            }));
    }

    fn start_file(&mut self, name: &str) -> Result<()> {
        if !self.files.insert(key(name)) {
            return Err(Error::Duplicate);
        }
        self.zip
            .start_file(format!("sources/{name}"), options())
            .map_err(|error| from_zip(error, Part::File))
    }
}

/// The same for every entry, on every machine: no time but the first that zip knows.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::DEFAULT
        .compression_method(zip::CompressionMethod::Deflated)
        .system(zip::System::Unix)
        .unix_permissions(0o644)
}

fn user(xml: &mut XmlOut, user: &User) -> Result<()> {
    xml.start("User")?;
    xml.guid("guid", user.guid);
    xml.attribute_if("name", user.name.as_deref())?;
    xml.attribute_if("id", user.id.as_deref())?;
    xml.end()
}

fn code(xml: &mut XmlOut, one: &Code) -> Result<()> {
    xml.start("Code")?;
    xml.guid("guid", one.guid);
    xml.attribute("name", &one.name)?;
    xml.attribute("isCodable", if one.is_codable { "true" } else { "false" })?;
    if let Some(color) = one.color {
        xml.attribute("color", &color.to_string())?;
    }
    xml.leaf_if("Description", one.description.as_deref())?;
    xml.pointers("NoteRef", &one.note_refs)?;
    one.children.iter().try_for_each(|child| code(xml, child))?;
    xml.end()
}

fn set(xml: &mut XmlOut, set: &Set) -> Result<()> {
    xml.start("Set")?;
    xml.guid("guid", set.guid);
    xml.attribute("name", &set.name)?;
    xml.leaf_if("Description", set.description.as_deref())?;
    xml.pointers("MemberCode", &set.codes)?;
    xml.pointers("MemberSource", &set.sources)?;
    xml.pointers("MemberNote", &set.notes)?;
    xml.end()
}
