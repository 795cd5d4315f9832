//! The parts of a Word package beside the text: styles, lists, settings, properties, what belongs to what.

use std::io;

use super::xml::Xml;
use crate::paper::{Language, Paper};

pub(super) const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
pub(super) const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const OFFICE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// The language with its country, as Word names it: chooses spelling and the voice that reads aloud.
pub(super) fn tag(language: Language) -> &'static str {
    match language {
        Language::Nb => "nb-NO",
        Language::Nn => "nn-NO",
        Language::En => "en-GB",
    }
}

/// Which part is of which kind.
pub(super) fn content_types() -> io::Result<Vec<u8>> {
    let mut xml = Xml::new()?;
    let types = "http://schemas.openxmlformats.org/package/2006/content-types";
    xml.open("Types", &[("xmlns", types)])?;
    let rels = "application/vnd.openxmlformats-package.relationships+xml";
    xml.empty("Default", &[("Extension", "rels"), ("ContentType", rels)])?;
    xml.empty(
        "Default",
        &[("Extension", "xml"), ("ContentType", "application/xml")],
    )?;
    let office = |kind: &str| format!("{OFFICE}.{kind}+xml");
    let parts = [
        ("/word/document.xml", office("document.main")),
        ("/word/styles.xml", office("styles")),
        ("/word/numbering.xml", office("numbering")),
        ("/word/settings.xml", office("settings")),
        ("/word/header1.xml", office("header")),
        ("/word/footer1.xml", office("footer")),
        (
            "/docProps/core.xml",
            "application/vnd.openxmlformats-package.core-properties+xml".to_owned(),
        ),
        (
            "/docProps/app.xml",
            "application/vnd.openxmlformats-officedocument.extended-properties+xml".to_owned(),
        ),
    ];
    for (part, kind) in &parts {
        xml.empty("Override", &[("PartName", part), ("ContentType", kind)])?;
    }
    xml.close("Types")?;
    Ok(xml.into_bytes())
}

/// Relationships: id, kind, target, whether it lies outside the package.
fn relationships(all: &[(String, String, &str, bool)]) -> io::Result<Vec<u8>> {
    let mut xml = Xml::new()?;
    let namespace = "http://schemas.openxmlformats.org/package/2006/relationships";
    xml.open("Relationships", &[("xmlns", namespace)])?;
    for (id, kind, target, outside) in all {
        let mut attributes = vec![
            ("Id", id.as_str()),
            ("Type", kind.as_str()),
            ("Target", *target),
        ];
        if *outside {
            attributes.push(("TargetMode", "External"));
        }
        xml.empty("Relationship", &attributes)?;
    }
    xml.close("Relationships")?;
    Ok(xml.into_bytes())
}

/// What the package consists of.
pub(super) fn package() -> io::Result<Vec<u8>> {
    let core =
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";
    relationships(&[
        (
            "rId1".into(),
            format!("{R}/officeDocument"),
            "word/document.xml",
            false,
        ),
        ("rId2".into(), core.into(), "docProps/core.xml", false),
        (
            "rId3".into(),
            format!("{R}/extended-properties"),
            "docProps/app.xml",
            false,
        ),
    ])
}

/// Ids of the header and footer of the pages.
pub(super) const HEADER: &str = "rId4";
pub(super) const FOOTER: &str = "rId5";

/// The id of an address outside, by its place among them.
pub(super) fn link_id(at: usize) -> String {
    format!("rId{}", at + 100)
}

/// What the text refers to.
pub(super) fn of_document(links: &[String]) -> io::Result<Vec<u8>> {
    let own = |id: &str, kind: &str, target: &'static str| {
        (id.to_owned(), format!("{R}/{kind}"), target, false)
    };
    let mut all = vec![
        own("rId1", "styles", "styles.xml"),
        own("rId2", "numbering", "numbering.xml"),
        own("rId3", "settings", "settings.xml"),
        own(HEADER, "header", "header1.xml"),
        own(FOOTER, "footer", "footer1.xml"),
    ];
    let kind = format!("{R}/hyperlink");
    all.extend(
        links
            .iter()
            .enumerate()
            .map(|(at, href)| (link_id(at), kind.clone(), href.as_str(), true)),
    );
    relationships(&all)
}

/// Title, who made it, language, day.
pub(super) fn core(paper: &Paper) -> io::Result<Vec<u8>> {
    let mut xml = Xml::new()?;
    let namespaces = [
        (
            "xmlns:cp",
            "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
        ),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ("xmlns:dcterms", "http://purl.org/dc/terms/"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ];
    xml.open("cp:coreProperties", &namespaces)?;
    xml.words("dc:title", &[], &paper.title)?;
    xml.words(
        "dc:subject",
        &[],
        paper.subtitle.as_deref().unwrap_or(&paper.labels.kind),
    )?;
    xml.words("dc:creator", &[], &paper.hub.name)?;
    xml.words("dc:language", &[], tag(paper.language))?;
    let day = &paper.date;
    let made = format!("{:04}-{:02}-{:02}T00:00:00Z", day.year, day.month, day.day);
    xml.words("dcterms:created", &[("xsi:type", "dcterms:W3CDTF")], &made)?;
    xml.close("cp:coreProperties")?;
    Ok(xml.into_bytes())
}

/// Which program made it.
pub(super) fn app() -> io::Result<Vec<u8>> {
    let mut xml = Xml::new()?;
    let namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";
    xml.open("Properties", &[("xmlns", namespace)])?;
    xml.words("Application", &[], "Knutepunkt")?;
    xml.close("Properties")?;
    Ok(xml.into_bytes())
}

/// How Word is to treat the document.
pub(super) fn settings(language: Language) -> io::Result<Vec<u8>> {
    let mut xml = Xml::new()?;
    xml.open("w:settings", &[("xmlns:w", W)])?;
    xml.empty("w:zoom", &[("w:percent", "100")])?;
    xml.empty("w:defaultTabStop", &[("w:val", "709")])?;
    xml.open("w:compat", &[])?;
    let mode = [
        ("w:name", "compatibilityMode"),
        ("w:uri", "http://schemas.microsoft.com/office/word"),
        ("w:val", "15"),
    ];
    xml.empty("w:compatSetting", &mode)?;
    xml.close("w:compat")?;
    xml.empty("w:themeFontLang", &[("w:val", tag(language))])?;
    xml.close("w:settings")?;
    Ok(xml.into_bytes())
}

/// Lists: 1 has bullets; each list with numbers has its own, from 2 on, with the level and the number it begins at.
pub(super) fn numbering(lists: &[(usize, u64)]) -> io::Result<Vec<u8>> {
    let mut xml = Xml::new()?;
    xml.open("w:numbering", &[("xmlns:w", W)])?;
    for (id, format) in [("0", "bullet"), ("1", "decimal")] {
        xml.open("w:abstractNum", &[("w:abstractNumId", id)])?;
        xml.empty("w:multiLevelType", &[("w:val", "hybridMultilevel")])?;
        for level in 0..LEVELS {
            let number = level.to_string();
            let text = match format {
                "bullet" => "•".to_owned(),
                _ => format!("%{}.", level + 1),
            };
            xml.open("w:lvl", &[("w:ilvl", &number)])?;
            xml.empty("w:start", &[("w:val", "1")])?;
            xml.empty("w:numFmt", &[("w:val", format)])?;
            xml.empty("w:lvlText", &[("w:val", &text)])?;
            xml.empty("w:lvlJc", &[("w:val", "left")])?;
            xml.open("w:pPr", &[])?;
            let left = indent(level);
            xml.empty("w:ind", &[("w:left", &left), ("w:hanging", "360")])?;
            xml.close("w:pPr")?;
            xml.close("w:lvl")?;
        }
        xml.close("w:abstractNum")?;
    }
    xml.open("w:num", &[("w:numId", "1")])?;
    xml.empty("w:abstractNumId", &[("w:val", "0")])?;
    xml.close("w:num")?;
    for (at, (level, start)) in lists.iter().enumerate() {
        xml.open("w:num", &[("w:numId", &(at + 2).to_string())])?;
        xml.empty("w:abstractNumId", &[("w:val", "1")])?;
        xml.open("w:lvlOverride", &[("w:ilvl", &level.to_string())])?;
        xml.empty("w:startOverride", &[("w:val", &start.to_string())])?;
        xml.close("w:lvlOverride")?;
        xml.close("w:num")?;
    }
    xml.close("w:numbering")?;
    Ok(xml.into_bytes())
}

/// Levels a list of Word has.
pub(super) const LEVELS: usize = 9;

/// How far text stands in at a level of a list, in twentieths of a point.
pub(super) fn indent(level: usize) -> String {
    ((level + 1) * 400).to_string()
}
