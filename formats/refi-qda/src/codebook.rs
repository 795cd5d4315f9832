//! Codebooks on their own (`.qdc`): codes and sets without sources.

use std::io::{Read, Seek, Write};

use uuid::Uuid;

use crate::container::Files;
use crate::error::{Error, Result};
use crate::escape::{first_non_xml, push_attribute, push_text};
use crate::read::{self, Xml};
use crate::{Code, Leftover, Limits, Set};

const NAMESPACE: &str = "urn:QDA-XML:codebook:1.0";

/// A code tree, and sets of codes, to be used in another project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Codebook {
    /// The program that wrote it.
    pub origin: Option<String>,
    /// The code tree.
    pub codes: Vec<Code>,
    /// Groups of codes.
    pub sets: Vec<Set>,
    /// What has no place above.
    pub leftovers: Vec<Leftover>,
}

impl Codebook {
    /// Reads a `.qdc`. What programs make of it is read as well: any namespace, a codebook inside a
    /// `Project`, a `.qdpx` with another name.
    ///
    /// # Errors
    /// As [`Reader::open`](crate::Reader::open).
    ///
    /// ```
    /// use refi_qda::{Codebook, Limits};
    /// let xml = r#"<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="any"><Codes>
    ///     <Code guid="00000000-0000-0000-0000-000000000001" name="Hope" isCodable="true"/>
    ///   </Codes></CodeBook>"#;
    /// let book = Codebook::read(std::io::Cursor::new(xml), Limits::default()).unwrap();
    /// assert_eq!(book.codes[0].name, "Hope");
    /// ```
    pub fn read<R: Read + Seek>(file: R, limits: Limits) -> Result<Self> {
        let limits = read::bounded(limits);
        let mut source = Files::open(file, limits)?.project();
        let project = source.with(|from| read::codebook(&mut Xml::new(from, limits)))?;
        Ok(Self {
            origin: project.origin,
            codes: project.codes,
            sets: project.sets,
            leftovers: project.leftovers,
        })
    }

    /// Writes a `.qdc` that validates against the XSD of the codebook. Notes on codes, and members
    /// of sets that are no codes, have no place there and are left out.
    ///
    /// # Errors
    /// [`Error::NoCodes`] when there is no code, which the XSD does not allow; [`Error::NotXml`];
    /// [`Error::Io`].
    pub fn write(&self, mut out: impl Write) -> Result<()> {
        if self.codes.is_empty() {
            return Err(Error::NoCodes);
        }
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<CodeBook");
        push_attribute(&mut xml, "xmlns", NAMESPACE);
        if let Some(origin) = &self.origin {
            attribute(&mut xml, "origin", origin)?;
        }
        xml.push_str(">\n<Codes>\n");
        for code in &self.codes {
            write_code(&mut xml, code)?;
        }
        xml.push_str("</Codes>\n");
        if !self.sets.is_empty() {
            xml.push_str("<Sets>\n");
            for set in &self.sets {
                write_set(&mut xml, set)?;
            }
            xml.push_str("</Sets>\n");
        }
        xml.push_str("</CodeBook>\n");
        out.write_all(xml.as_bytes()).map_err(Error::Io)
    }
}

fn check(text: &str) -> Result<()> {
    match first_non_xml(text) {
        Some(found) => Err(Error::NotXml {
            element: "CodeBook",
            found,
        }),
        None => Ok(()),
    }
}

fn attribute(xml: &mut String, name: &str, value: &str) -> Result<()> {
    check(value)?;
    push_attribute(xml, name, value);
    Ok(())
}

fn start(xml: &mut String, element: &str, guid: Uuid, name: &str) -> Result<()> {
    xml.push('<');
    xml.push_str(element);
    push_attribute(xml, "guid", &guid.to_string());
    attribute(xml, "name", name)
}

fn description(xml: &mut String, text: Option<&str>) -> Result<()> {
    if let Some(text) = text {
        check(text)?;
        xml.push_str("<Description>");
        push_text(xml, text);
        xml.push_str("</Description>\n");
    }
    Ok(())
}

fn write_code(xml: &mut String, code: &Code) -> Result<()> {
    start(xml, "Code", code.guid, &code.name)?;
    let codable = if code.is_codable { "true" } else { "false" };
    push_attribute(xml, "isCodable", codable);
    if let Some(color) = code.color {
        push_attribute(xml, "color", &color.to_string());
    }
    xml.push_str(">\n");
    description(xml, code.description.as_deref())?;
    for child in &code.children {
        write_code(xml, child)?;
    }
    xml.push_str("</Code>\n");
    Ok(())
}

fn write_set(xml: &mut String, set: &Set) -> Result<()> {
    start(xml, "Set", set.guid, &set.name)?;
    xml.push_str(">\n");
    description(xml, set.description.as_deref())?;
    for code in &set.codes {
        xml.push_str("<MemberCode");
        push_attribute(xml, "guid", &code.to_string());
        xml.push_str("/>\n");
    }
    xml.push_str("</Set>\n");
    Ok(())
}
