//! Documents put together of parts that a fuzzer can change. In a packed file nearly every change
//! only breaks a checksum, a length or a place, and what reads the words inside is never reached.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What stands between the parts of an input.
const BETWEEN: &[u8] = b"\n=====\n";

/// Parts of a Word document, in the order of an input.
const DOCX: [&str; 8] = [
    "word/document.xml",
    "word/styles.xml",
    "word/numbering.xml",
    "word/comments.xml",
    "word/footnotes.xml",
    "word/endnotes.xml",
    "word/header1.xml",
    "docProps/core.xml",
];

/// Parts of an OpenDocument text, in the order of an input.
const ODT: [&str; 4] = [
    "content.xml",
    "styles.xml",
    "meta.xml",
    "META-INF/manifest.xml",
];

/// A file of this kind (`docx`, `odt` or `pdf`) made of the parts in `bytes`.
///
/// A PDF has one page. Its parts are what the page draws, the table from codes to letters of its
/// font, the entries of that font, and objects that are added, the first with number 7.
#[must_use]
pub fn packed(kind: &str, bytes: &[u8]) -> Vec<u8> {
    let parts = split(bytes);
    match kind {
        "docx" => zip(&DOCX, &parts),
        "odt" => zip(&ODT, &parts),
        _ => pdf(&parts),
    }
}

fn split(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some(at) = bytes
        .windows(BETWEEN.len())
        .position(|window| window == BETWEEN)
    {
        parts.push(&bytes[..at]);
        bytes = &bytes[at + BETWEEN.len()..];
    }
    parts.push(bytes);
    parts
}

fn zip(names: &[&str], parts: &[&[u8]]) -> Vec<u8> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in names.iter().zip(parts) {
        zip.start_file(*name, stored).expect("memory takes it");
        zip.write_all(part).expect("memory takes it");
    }
    zip.finish().expect("memory takes it").into_inner()
}

fn pdf(parts: &[&[u8]]) -> Vec<u8> {
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    let stream = |part: &[u8]| {
        let head = format!("<</Length {}>>stream\n", part.len());
        [head.as_bytes(), part, b"\nendstream"].concat()
    };
    let font = match part(2) {
        b"" => b"/Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding",
        entries => entries,
    };
    let table: &[u8] = if part(1).is_empty() {
        b""
    } else {
        b"/ToUnicode 5 0 R"
    };
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 400 400]>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 6 0 R>>/XObject<</X 7 0 R/Y 8 0 R>>>>>>".to_vec(),
        stream(part(0)),
        stream(part(1)),
        [b"<<", font, table, b">>"].concat(),
    ];
    objects.extend(parts.iter().skip(3).map(|part| part.to_vec()));
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", out.len()).expect("memory takes it");
        out.extend(format!("{} 0 obj\n", at + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    let size = objects.len() + 1;
    let end = format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF");
    [out.as_slice(), table.as_bytes(), end.as_bytes()].concat()
}
