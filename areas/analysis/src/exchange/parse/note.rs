//! Notes of a project.

use std::io::{Read, Seek};

use base::Digest;
use refi_qda::{Error, Files, Leftover, Piece, Selection, SourceText, TextSource};

use super::super::without_controls;
use super::source::{begins, file, load};
use super::{FILE, NoteText, State};

/// Reads a note. Its name and its words become one text, as notes have no name here.
pub(super) fn note<R: Read + Seek>(
    mut text: TextSource,
    files: &mut Files<R>,
    state: &mut State,
) -> Result<NoteText, Error> {
    let loaded = load(&text.body, files)?;
    let mut taken = Vec::new();
    if let Some(path) = text.rich_path.clone() {
        taken.extend(file((FILE, &path, text.guid), files, state)?);
    }
    state.tell(
        "analysis-kept-note-marks",
        text.selections.len() + text.codings.len(),
    );
    if loaded.is_none() {
        state.tell("analysis-kept-notes-missing", 1);
    }
    let whole = match &loaded {
        Some(loaded) => {
            let (words, _) = without_controls(&loaded.to_lf());
            place(&mut text, loaded, &words, state);
            whole(text.name.as_deref().unwrap_or_default(), words.trim())
        }
        None => String::new(),
    };
    state.tell("analysis-lost-other", text.leftovers.len());
    let created = text.created;
    let guid = text.guid;
    let head = TextSource {
        note_refs: Vec::new(),
        ..text
    };
    Ok(NoteText {
        guid,
        head: with_digest(head.to_piece(), &whole),
        text: whole,
        created,
        files: taken,
    })
}

/// A note's name is often its first words; then it is not told twice.
fn whole(name: &str, words: &str) -> String {
    match (name.trim(), words) {
        ("", words) => words.to_owned(),
        (name, "") => name.to_owned(),
        (name, words) if begins(words, name) => words.to_owned(),
        (name, words) => format!("{name}\n\n{words}"),
    }
}

/// The words of a note without the name that [`whole`] put before them.
pub(in crate::exchange) fn words_of<'t>(name: Option<&str>, text: &'t str) -> &'t str {
    let name = name.unwrap_or_default().trim();
    text.strip_prefix(name)
        .filter(|_| !name.is_empty())
        .and_then(|rest| rest.strip_prefix("\n\n"))
        .unwrap_or(text)
}

/// Marks in a note, in code points of its words as they stand in a [`NoteText`] without the name.
/// What does not fit is dropped from the marks and told.
fn place(text: &mut TextSource, loaded: &SourceText, words: &str, state: &mut State) {
    let verdict = loaded.judge(&text.selections, &state.habits);
    let lead = words.chars().count() - words.trim_start().chars().count();
    let length = words.trim().chars().count();
    let before = text.selections.len();
    let places = match verdict.reading() {
        Some(reading) => loaded.place(reading, &text.selections),
        None => Vec::new(),
    };
    let marks = std::mem::take(&mut text.selections);
    text.selections = marks
        .into_iter()
        .zip(places)
        .filter_map(|(mark, place)| {
            let place = place?;
            let start = place.start.saturating_sub(lead).min(length) as u64;
            let end = place.end.saturating_sub(lead).min(length) as u64;
            Some(Selection { start, end, ..mark })
        })
        .collect();
    state.tell("analysis-lost-stray-marks", before - text.selections.len());
}

/// The head of a note with the digest of its text, so that its marks go out again only while the
/// note is as it came.
fn with_digest(mut head: Leftover, text: &str) -> Leftover {
    let digest = Digest::of_file(text.as_bytes()).hex();
    head.xml = head
        .xml
        .replacen("<Note", &format!("<Note digest=\"{digest}\""), 1);
    head
}

/// Whether the text of a note is still the one that came with this head.
pub(in crate::exchange) fn is_unchanged(head: &str, text: &str) -> bool {
    let digest = Digest::of_file(text.as_bytes()).hex();
    head.starts_with(&format!("<Note digest=\"{digest}\""))
}
