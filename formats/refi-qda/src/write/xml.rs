//! XML going out: indented, escaped, packed as it is made.

use std::io::Write;

use uuid::Uuid;
use zip::write::{PreparedZipFile, SimpleFileOptions, ZipFileBuilder};

use crate::error::{Error, Part, Result, from_zip};
use crate::escape::{first_non_xml, push_attribute, push_text};
use crate::{DateTime, Stamp};

/// Bytes gathered before they are packed.
const CHUNK: usize = 64 * 1024;

/// The `project.qde` in the making. What is done is held packed, about a tenth of its size.
pub(super) struct XmlOut {
    packed: ZipFileBuilder,
    buffer: String,
    open: Vec<&'static str>,
    /// Whether the last thing written is a start tag without its `>`.
    tag_open: bool,
}

impl XmlOut {
    pub(super) fn new(options: SimpleFileOptions) -> Result<Self> {
        let packed = ZipFileBuilder::new("project.qde", options)
            .map_err(|error| from_zip(error, Part::Project))?;
        Ok(Self {
            packed,
            buffer: "<?xml version=\"1.0\" encoding=\"utf-8\"?>".to_owned(),
            open: Vec::new(),
            tag_open: false,
        })
    }

    /// Begins an element; attributes may follow.
    pub(super) fn start(&mut self, element: &'static str) -> Result<()> {
        self.new_line()?;
        self.buffer.push('<');
        self.buffer.push_str(element);
        self.open.push(element);
        self.tag_open = true;
        Ok(())
    }

    /// Ends the element that began last and has not ended.
    pub(super) fn end(&mut self) -> Result<()> {
        let element = self.open.pop().unwrap_or_default();
        if self.tag_open {
            self.tag_open = false;
            self.buffer.push_str("/>");
            return Ok(());
        }
        self.new_line()?;
        self.buffer.push_str("</");
        self.buffer.push_str(element);
        self.buffer.push('>');
        Ok(())
    }

    /// An element with text and nothing else.
    pub(super) fn leaf(&mut self, element: &'static str, text: &str) -> Result<()> {
        self.start(element)?;
        refuse_non_xml(element, text)?;
        self.open.pop();
        self.tag_open = false;
        self.buffer.push('>');
        push_text(&mut self.buffer, text);
        self.buffer.push_str("</");
        self.buffer.push_str(element);
        self.buffer.push('>');
        Ok(())
    }

    /// The same, if there is a text.
    pub(super) fn leaf_if(&mut self, element: &'static str, text: Option<&str>) -> Result<()> {
        text.map_or(Ok(()), |text| self.leaf(element, text))
    }

    /// An element that only points somewhere.
    pub(super) fn pointer(&mut self, element: &'static str, target: Uuid) -> Result<()> {
        self.start(element)?;
        self.guid("targetGUID", target);
        self.end()
    }

    /// One such element for each target.
    pub(super) fn pointers(&mut self, element: &'static str, targets: &[Uuid]) -> Result<()> {
        targets
            .iter()
            .try_for_each(|target| self.pointer(element, *target))
    }

    /// An element that is XML already.
    pub(super) fn ready(&mut self, xml: &str) -> Result<()> {
        self.new_line()?;
        self.buffer.push_str(xml);
        Ok(())
    }

    pub(super) fn attribute(&mut self, name: &str, value: &str) -> Result<()> {
        refuse_non_xml(self.open.last().copied().unwrap_or_default(), value)?;
        push_attribute(&mut self.buffer, name, value);
        Ok(())
    }

    pub(super) fn attribute_if(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        value.map_or(Ok(()), |value| self.attribute(name, value))
    }

    pub(super) fn guid(&mut self, name: &str, value: Uuid) {
        let mut form = Uuid::encode_buffer();
        push_attribute(
            &mut self.buffer,
            name,
            value.hyphenated().encode_lower(&mut form),
        );
    }

    pub(super) fn guid_if(&mut self, name: &str, value: Option<Uuid>) {
        if let Some(value) = value {
            self.guid(name, value);
        }
    }

    pub(super) fn number(&mut self, name: &str, value: u64) {
        push_attribute(&mut self.buffer, name, &value.to_string());
    }

    /// Who made and who changed what is being written.
    pub(super) fn stamps(&mut self, created: Stamp, modified: Stamp) {
        self.guid_if("creatingUser", created.user);
        self.moment("creationDateTime", created.at);
        self.guid_if("modifyingUser", modified.user);
        self.moment("modifiedDateTime", modified.at);
    }

    pub(super) fn moment(&mut self, name: &str, at: Option<DateTime>) {
        if let Some(at) = at {
            push_attribute(&mut self.buffer, name, &at.to_string());
        }
    }

    fn new_line(&mut self) -> Result<()> {
        if self.tag_open {
            self.tag_open = false;
            self.buffer.push('>');
        }
        if self.buffer.len() >= CHUNK {
            self.pack()?;
        }
        self.buffer.push('\n');
        self.buffer
            .extend(std::iter::repeat_n(' ', self.open.len()));
        Ok(())
    }

    fn pack(&mut self) -> Result<()> {
        self.packed
            .write_all(self.buffer.as_bytes())
            .map_err(Error::Io)?;
        self.buffer.clear();
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<PreparedZipFile> {
        self.buffer.push('\n');
        self.pack()?;
        self.packed
            .finish()
            .map_err(|error| from_zip(error, Part::Project))
    }
}

fn refuse_non_xml(element: &'static str, text: &str) -> Result<()> {
    match first_non_xml(text) {
        Some(found) => Err(Error::NotXml { element, found }),
        None => Ok(()),
    }
}
