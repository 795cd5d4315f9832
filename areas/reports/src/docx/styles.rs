//! The styles of the Word document. Whoever takes the document over changes its look here, not in each paragraph.

use std::io;

use super::parts::{W, tag};
use super::xml::Xml;
use crate::paper::Language;

const FONT: &str = "Calibri";
// The colours of the PDF; text has a contrast of at least 4.5 : 1 on white and on `MIST`.
const INK: &str = "1B2A31";
const DEEP: &str = "0D4853";
const TEAL: &str = "1F6F7C";
const QUIET: &str = "4A5C64";
pub(super) const MIST: &str = "EDF4F4";
const SAND: &str = "FAF4E8";
const RUST: &str = "8A4510";

/// A style of paragraphs. Sizes in half points, spaces in twentieths of a point.
#[derive(Default)]
struct Style {
    id: &'static str,
    name: &'static str,
    /// The style it is like otherwise.
    based_on: Option<&'static str>,
    /// The style of the paragraph after it.
    next: Option<&'static str>,
    size: Option<u32>,
    bold: bool,
    italic: bool,
    colour: Option<&'static str>,
    before: Option<u32>,
    after: Option<u32>,
    left: Option<u32>,
    keep_next: bool,
    page_break: bool,
    /// 0 for a heading of the first level.
    outline: Option<u32>,
    fill: Option<&'static str>,
    /// Colour and width, in eighths of a point, of a line at the left.
    bar: Option<(&'static str, u32)>,
    /// Styles that Word shows first.
    shown: bool,
}

const HEADINGS: [(&str, &str, u32, u32); 6] = [
    ("Heading1", "heading 1", 40, 480),
    ("Heading2", "heading 2", 30, 360),
    ("Heading3", "heading 3", 26, 280),
    ("Heading4", "heading 4", 24, 240),
    ("Heading5", "heading 5", 22, 220),
    ("Heading6", "heading 6", 22, 220),
];

fn all() -> Vec<Style> {
    let mut styles: Vec<Style> = HEADINGS
        .iter()
        .zip(0..)
        .map(|((id, name, size, before), level)| Style {
            id,
            name,
            based_on: Some("Normal"),
            next: Some("Normal"),
            size: Some(*size),
            bold: true,
            colour: Some(DEEP),
            before: Some(*before),
            after: Some(120),
            keep_next: true,
            outline: Some(level),
            shown: true,
            ..Style::default()
        })
        .collect();
    styles.extend(cover());
    styles.extend(own());
    styles
}

fn like_normal(id: &'static str, name: &'static str) -> Style {
    Style {
        id,
        name,
        based_on: Some("Normal"),
        ..Style::default()
    }
}

fn cover() -> Vec<Style> {
    vec![
        Style {
            size: Some(26),
            bold: true,
            colour: Some(DEEP),
            after: Some(2400),
            ..like_normal("CoverHub", "Cover Hub")
        },
        Style {
            size: Some(28),
            bold: true,
            colour: Some(RUST),
            after: Some(200),
            ..like_normal("CoverKind", "Cover Kind")
        },
        Style {
            size: Some(64),
            bold: true,
            colour: Some(DEEP),
            after: Some(240),
            shown: true,
            ..like_normal("Title", "Title")
        },
        Style {
            size: Some(32),
            colour: Some(QUIET),
            after: Some(480),
            shown: true,
            ..like_normal("Subtitle", "Subtitle")
        },
        Style {
            size: Some(24),
            bold: true,
            fill: Some(SAND),
            bar: Some((RUST, 24)),
            after: Some(480),
            ..like_normal("Mark", "Mark")
        },
        Style {
            after: Some(120),
            ..like_normal("Fact", "Cover Fact")
        },
        Style {
            size: Some(32),
            bold: true,
            colour: Some(DEEP),
            after: Some(200),
            keep_next: true,
            page_break: true,
            ..like_normal("TOCHeading", "TOC Heading")
        },
        Style {
            before: Some(120),
            after: Some(60),
            bold: true,
            ..like_normal("TOC1", "toc 1")
        },
        Style {
            left: Some(360),
            after: Some(40),
            ..like_normal("TOC2", "toc 2")
        },
        Style {
            size: Some(18),
            colour: Some(QUIET),
            after: Some(0),
            ..like_normal("Header", "header")
        },
        Style {
            size: Some(18),
            colour: Some(QUIET),
            after: Some(0),
            ..like_normal("Footer", "footer")
        },
    ]
}

fn own() -> Vec<Style> {
    vec![
        Style {
            after: Some(80),
            ..like_normal("ListParagraph", "List Paragraph")
        },
        Style {
            left: Some(340),
            italic: true,
            bar: Some((TEAL, 18)),
            after: Some(200),
            shown: true,
            ..like_normal("Quote", "Quote")
        },
        Style {
            left: Some(340),
            size: Some(19),
            bold: true,
            colour: Some(TEAL),
            bar: Some((TEAL, 18)),
            before: Some(160),
            after: Some(0),
            keep_next: true,
            next: Some("Quote"),
            ..like_normal("QuoteSource", "Quote Source")
        },
        Style {
            left: Some(170),
            size: Some(19),
            colour: Some(DEEP),
            fill: Some(MIST),
            bar: Some((TEAL, 32)),
            before: Some(200),
            after: Some(0),
            keep_next: true,
            next: Some("Finding"),
            ..like_normal("FindingHead", "Finding Head")
        },
        Style {
            left: Some(170),
            size: Some(25),
            bold: true,
            fill: Some(MIST),
            bar: Some((TEAL, 32)),
            after: Some(0),
            keep_next: true,
            shown: true,
            ..like_normal("Finding", "Finding")
        },
        Style {
            left: Some(170),
            size: Some(19),
            fill: Some(MIST),
            bar: Some((TEAL, 32)),
            after: Some(200),
            ..like_normal("FindingFact", "Finding Fact")
        },
        Style {
            left: Some(170),
            fill: Some(SAND),
            bar: Some((RUST, 18)),
            after: Some(0),
            ..like_normal("Box", "Box")
        },
        Style {
            left: Some(340),
            bar: Some((QUIET, 8)),
            ..like_normal("Aside", "Aside")
        },
        Style {
            size: Some(20),
            bold: true,
            colour: Some(DEEP),
            before: Some(200),
            after: Some(100),
            keep_next: true,
            shown: true,
            ..like_normal("Caption", "caption")
        },
        Style {
            size: Some(20),
            after: Some(0),
            ..like_normal("TableText", "Table Text")
        },
        Style {
            bold: true,
            colour: Some(DEEP),
            keep_next: true,
            based_on: Some("TableText"),
            after: Some(0),
            ..like_normal("TableHead", "Table Head")
        },
        Style {
            colour: Some(RUST),
            ..like_normal("Unknown", "Unknown Reference")
        },
    ]
}

/// The whole part.
pub(super) fn styles(language: Language) -> io::Result<Vec<u8>> {
    let mut xml = Xml::new()?;
    xml.open("w:styles", &[("xmlns:w", W)])?;
    defaults(&mut xml, language)?;
    xml.open(
        "w:style",
        &[
            ("w:type", "paragraph"),
            ("w:default", "1"),
            ("w:styleId", "Normal"),
        ],
    )?;
    xml.empty("w:name", &[("w:val", "Normal")])?;
    xml.empty("w:qFormat", &[])?;
    xml.close("w:style")?;
    for style in all() {
        paragraph_style(&mut xml, &style)?;
    }
    character_style(&mut xml, "Hyperlink", "Hyperlink", |xml| {
        xml.empty("w:color", &[("w:val", TEAL)])?;
        xml.empty("w:u", &[("w:val", "single")])
    })?;
    character_style(&mut xml, "Code", "Code", |xml| {
        xml.empty(
            "w:rFonts",
            &[("w:ascii", "Courier New"), ("w:hAnsi", "Courier New")],
        )
    })?;
    table_style(&mut xml)?;
    xml.close("w:styles")?;
    Ok(xml.into_bytes())
}

fn defaults(xml: &mut Xml, language: Language) -> io::Result<()> {
    let tag = tag(language);
    xml.open("w:docDefaults", &[])?;
    xml.open("w:rPrDefault", &[])?;
    xml.open("w:rPr", &[])?;
    let fonts = [
        ("w:ascii", FONT),
        ("w:hAnsi", FONT),
        ("w:eastAsia", FONT),
        ("w:cs", FONT),
    ];
    xml.empty("w:rFonts", &fonts)?;
    xml.empty("w:color", &[("w:val", INK)])?;
    xml.empty("w:sz", &[("w:val", "22")])?;
    xml.empty("w:szCs", &[("w:val", "22")])?;
    xml.empty(
        "w:lang",
        &[("w:val", tag), ("w:eastAsia", tag), ("w:bidi", "ar-SA")],
    )?;
    xml.close("w:rPr")?;
    xml.close("w:rPrDefault")?;
    xml.open("w:pPrDefault", &[])?;
    xml.open("w:pPr", &[])?;
    xml.empty(
        "w:spacing",
        &[
            ("w:after", "160"),
            ("w:line", "288"),
            ("w:lineRule", "auto"),
        ],
    )?;
    xml.close("w:pPr")?;
    xml.close("w:pPrDefault")?;
    xml.close("w:docDefaults")
}

/// The order of the elements is that of the schema; Word refuses another.
fn paragraph_style(xml: &mut Xml, style: &Style) -> io::Result<()> {
    xml.open(
        "w:style",
        &[("w:type", "paragraph"), ("w:styleId", style.id)],
    )?;
    xml.empty("w:name", &[("w:val", style.name)])?;
    for (element, other) in [("w:basedOn", style.based_on), ("w:next", style.next)] {
        if let Some(other) = other {
            xml.empty(element, &[("w:val", other)])?;
        }
    }
    if style.shown {
        xml.empty("w:qFormat", &[])?;
    }
    xml.open("w:pPr", &[])?;
    if style.keep_next {
        xml.empty("w:keepNext", &[])?;
        xml.empty("w:keepLines", &[])?;
    }
    if style.page_break {
        xml.empty("w:pageBreakBefore", &[])?;
    }
    if let Some((colour, width)) = style.bar {
        xml.open("w:pBdr", &[])?;
        let width = width.to_string();
        let bar = [
            ("w:val", "single"),
            ("w:sz", &width),
            ("w:space", "8"),
            ("w:color", colour),
        ];
        xml.empty("w:left", &bar)?;
        xml.close("w:pBdr")?;
    }
    if let Some(fill) = style.fill {
        xml.empty(
            "w:shd",
            &[("w:val", "clear"), ("w:color", "auto"), ("w:fill", fill)],
        )?;
    }
    if style.id == "Footer" || style.id == "Header" {
        xml.open("w:tabs", &[])?;
        xml.empty("w:tab", &[("w:val", "right"), ("w:pos", super::WIDTH_TEXT)])?;
        xml.close("w:tabs")?;
    }
    let (before, after) = (
        style.before.unwrap_or(0).to_string(),
        style.after.unwrap_or(160).to_string(),
    );
    xml.empty("w:spacing", &[("w:before", &before), ("w:after", &after)])?;
    if let Some(left) = style.left {
        xml.empty("w:ind", &[("w:left", &left.to_string())])?;
    }
    if let Some(level) = style.outline {
        xml.empty("w:outlineLvl", &[("w:val", &level.to_string())])?;
    }
    xml.close("w:pPr")?;
    xml.open("w:rPr", &[])?;
    for (element, is_so) in [("w:b", style.bold), ("w:i", style.italic)] {
        if is_so {
            xml.empty(element, &[])?;
        }
    }
    if let Some(colour) = style.colour {
        xml.empty("w:color", &[("w:val", colour)])?;
    }
    if let Some(size) = style.size {
        let size = size.to_string();
        xml.empty("w:sz", &[("w:val", &size)])?;
        xml.empty("w:szCs", &[("w:val", &size)])?;
    }
    xml.close("w:rPr")?;
    xml.close("w:style")
}

fn character_style(
    xml: &mut Xml,
    id: &str,
    name: &str,
    look: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    xml.open("w:style", &[("w:type", "character"), ("w:styleId", id)])?;
    xml.empty("w:name", &[("w:val", name)])?;
    xml.open("w:rPr", &[])?;
    look(xml)?;
    xml.close("w:rPr")?;
    xml.close("w:style")
}

fn table_style(xml: &mut Xml) -> io::Result<()> {
    xml.open(
        "w:style",
        &[("w:type", "table"), ("w:styleId", "ReportTable")],
    )?;
    xml.empty("w:name", &[("w:val", "Report Table")])?;
    xml.open("w:tblPr", &[])?;
    xml.open("w:tblBorders", &[])?;
    for side in ["w:top", "w:bottom", "w:insideH"] {
        let line = [
            ("w:val", "single"),
            ("w:sz", "4"),
            ("w:space", "0"),
            ("w:color", "BFD2D4"),
        ];
        xml.empty(side, &line)?;
    }
    xml.close("w:tblBorders")?;
    xml.open("w:tblCellMar", &[])?;
    for (side, width) in [
        ("w:top", "60"),
        ("w:left", "110"),
        ("w:bottom", "60"),
        ("w:right", "110"),
    ] {
        xml.empty(side, &[("w:w", width), ("w:type", "dxa")])?;
    }
    xml.close("w:tblCellMar")?;
    xml.close("w:tblPr")?;
    xml.open("w:tblStylePr", &[("w:type", "firstRow")])?;
    xml.open("w:tcPr", &[])?;
    xml.empty(
        "w:shd",
        &[("w:val", "clear"), ("w:color", "auto"), ("w:fill", MIST)],
    )?;
    xml.close("w:tcPr")?;
    xml.close("w:tblStylePr")?;
    xml.close("w:style")
}
