//! Small tools for the other files.

use std::io::{Cursor, Read, Write};
use std::path::PathBuf;

use refi_qda::{Error, Files, Item, Limits, Reader, TextBody, TextSource, Uuid};
use zip::write::SimpleFileOptions;

pub type Bytes = Cursor<Vec<u8>>;

/// A GUID made of a number, so that tests can name it.
pub fn guid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// An archive with these entries.
pub fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::DEFAULT).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An archive whose `project.qde` has this inside its `Project`.
pub fn project_of(inside: &str) -> Vec<u8> {
    archive(&[("project.qde", qde(inside).as_bytes())])
}

pub fn qde(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Project name=\"p\" xmlns=\"urn:QDA-XML:project:1.0\">{inside}</Project>"
    )
}

pub fn open(bytes: &[u8]) -> refi_qda::Result<Reader<Bytes>> {
    Reader::open(Cursor::new(bytes.to_vec()), Limits::default())
}

/// The code of the error, `ok` if there is none.
pub fn outcome(bytes: &[u8], limits: Limits) -> &'static str {
    match Reader::open(Cursor::new(bytes.to_vec()), limits) {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

/// All items, each text with its words as they lie in the file.
pub fn everything(reader: &mut Reader<Bytes>) -> Vec<(Item, Vec<Option<String>>)> {
    let mut all = Vec::new();
    reader
        .read(|item, files| {
            let texts: Vec<&TextSource> = match &item {
                Item::Text(text) | Item::Note(text) => vec![text],
                Item::Media(media) => media.texts.iter().collect(),
                Item::Leftover(_) => Vec::new(),
            };
            let words = texts.into_iter().map(|text| words(text, files)).collect();
            all.push((item, words));
            Ok::<(), Error>(())
        })
        .unwrap();
    all
}

fn words(text: &TextSource, files: &mut Files<Bytes>) -> Option<String> {
    match &text.body {
        TextBody::File { path } => Some(files.open_text(path).unwrap().raw().to_owned()),
        _ => None,
    }
}

/// The texts of a project, without notes.
pub fn texts(reader: &mut Reader<Bytes>) -> Vec<TextSource> {
    let items = everything(reader).into_iter();
    items
        .filter_map(|(item, _)| match item {
            Item::Text(text) => Some(text),
            _ => None,
        })
        .collect()
}

/// The unpacked `project.qde` of an archive.
pub fn project_xml(bytes: &[u8]) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut xml = String::new();
    let mut entry = zip.by_name("project.qde").unwrap();
    entry.read_to_string(&mut xml).unwrap();
    xml
}

/// A file of the data that lies beside the repository, or `None` with a word about it.
pub fn shared(variable: &str, default: &str, file: &str) -> Option<PathBuf> {
    let root = std::env::var_os(variable).map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(default),
        PathBuf::from,
    );
    let path = root.join(file);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no {file} under {variable}");
    None
}
