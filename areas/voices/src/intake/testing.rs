//! Builders for tests: small documents written by hand, and the real files when they are there.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Intake, Kind};

/// `# heading`, `Speaker: text`, `+Speaker: text` for what continues, else the text.
pub(super) fn shown(intake: &Intake) -> Vec<String> {
    let one = |paragraph: &super::Paragraph| match (
        &paragraph.speaker,
        paragraph.kind,
        paragraph.continues,
    ) {
        (Some(_), _, true) => format!("+{}", paragraph.text),
        (Some(speaker), _, false) => format!("{speaker}: {}", paragraph.text),
        (None, Kind::Heading, _) => format!("# {}", paragraph.text),
        (None, ..) => paragraph.text.clone(),
    };
    intake.paragraphs.iter().map(one).collect()
}

/// The letters of a text in their order.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphabetic()).collect()
}

/// A file of the real input, by `KNUTEPUNKT_REAL` or beside the repository; `None` (told) when missing.
pub(super) fn real_file(path: &str) -> Option<Vec<u8>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/real");
    let folder = std::env::var_os("KNUTEPUNKT_REAL").map_or(beside, PathBuf::from);
    let bytes = std::fs::read(folder.join(path)).ok();
    if bytes.is_none() {
        println!("skipped: {path} is not there");
    }
    bytes
}

/// A zip with these files.
pub(super) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The main part of a Word document around a body.
pub(super) fn word(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
         xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"><w:body>{body}</w:body></w:document>"
    )
}

/// A Word document with this body and these other parts.
pub(super) fn docx(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let main = word(body);
    let mut files: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", main.as_bytes()),
    ];
    files.extend(parts.iter().map(|(name, text)| (*name, text.as_bytes())));
    zip(&files)
}

/// A PDF with these objects, numbered from 1; the first is the catalog. `trailer` is added.
pub(super) fn pdf_of(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut out = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(out.len());
        write!(out, "{} 0 obj\n{object}\nendobj\n", index + 1).unwrap();
    }
    let start = out.len();
    write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(out, "{place:010} 00000 n ").unwrap();
    }
    write!(
        out,
        "trailer\n<</Size {}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF",
        objects.len() + 1
    )
    .unwrap();
    out.into_bytes()
}

/// A PDF of one page of 400 × 400 points for each drawing, with Helvetica as `/F`.
pub(super) fn pdf(drawings: &[&str]) -> Vec<u8> {
    let kids: Vec<String> = (0..drawings.len())
        .map(|index| format!("{} 0 R", 4 + index * 2))
        .collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!(
            "<</Type/Pages/Count {}/Kids[{}]/MediaBox[0 0 400 400]/Resources<</Font<</F 3 0 R>>>>>>",
            drawings.len(),
            kids.join(" ")
        ),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    for (index, drawing) in drawings.iter().enumerate() {
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/Contents {} 0 R>>",
            5 + index * 2
        ));
        objects.push(format!(
            "<</Length {}>>stream\n{drawing}\nendstream",
            drawing.len()
        ));
    }
    pdf_of(&objects, "")
}

/// Drawing operations for lines of text: left, height, size, text.
pub(super) fn drawn(lines: &[(f64, f64, f64, &str)]) -> String {
    lines
        .iter()
        .fold(String::new(), |mut out, (x, y, size, text)| {
            writeln!(out, "BT /F {size} Tf {x} {y} Td ({text}) Tj ET").unwrap();
            out
        })
}

/// An OpenDocument text with this body and these styles.
pub(super) fn odt(body: &str, styles: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body><office:text>{body}</office:text></office:body></office:document-content>"
    );
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", content.as_bytes()),
    ])
}
