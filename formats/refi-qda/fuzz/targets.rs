//! What must hold for any input. `cargo fuzz run NAME` makes input up; the test `corpus` replays what
//! lies in `corpus/`.

#![cfg_attr(not(test), expect(dead_code, reason = "each target uses one of these"))]

use std::collections::HashSet;
use std::io::Cursor;

use refi_qda::{
    Codebook, Error, Item, Leftover, Limits, Reader, Selection, SourceText, TextBody, TextSource,
    Uuid, Writer,
};

/// Small, so that time goes into many inputs rather than into large ones.
fn limits() -> Limits {
    Limits {
        entries: 50,
        unpacked: 1 << 20,
        project: 1 << 18,
        text: 1 << 16,
        token: 1 << 16,
        elements: 1 << 12,
        ratio: 200,
        depth: 64,
    }
}

/// A `project.qde`: what is read can be written, and then reads the same.
pub fn project(data: &[u8]) {
    read(data);
}

/// A `.qdpx`: whatever the archive is like.
pub fn container(data: &[u8]) {
    read(data);
}

fn read(data: &[u8]) {
    let Ok(mut reader) = Reader::open(Cursor::new(data), limits()) else {
        return;
    };
    let project = reader.project().clone();
    let Ok(mut writer) = Writer::new(Cursor::new(Vec::new()), project) else {
        return;
    };
    let mut written = true;
    let done = reader.read(|item, files| {
        let texts: Vec<&TextSource> = match &item {
            Item::Text(text) | Item::Note(text) => vec![text],
            Item::Media(media) => media.texts.iter().collect(),
            Item::Leftover(left) => {
                cut(left);
                Vec::new()
            }
        };
        for text in texts {
            if let TextBody::File { path } = &text.body
                && let Ok(words) = files.open_text(path)
            {
                places(&words, &text.selections);
            }
            text.leftovers.iter().for_each(cut);
        }
        written &= match &item {
            Item::Text(text) => writer.text(text, None).is_ok(),
            Item::Note(note) => writer.note(note, None).is_ok(),
            Item::Media(media) => writer.media(media, &[]).is_ok(),
            Item::Leftover(left) => writer.leftover(left).is_ok(),
        };
        Ok::<(), Error>(())
    });
    if done.is_err() || !written {
        return;
    }
    let Ok(written) = writer.finish() else { return };
    let again = Reader::open(Cursor::new(written.out.into_inner()), Limits::default());
    let again = again.expect("what was written reads");
    assert_eq!(again.inventory().codes, reader.inventory().codes);
    assert_eq!(again.inventory().users, reader.inventory().users);
    assert_eq!(again.project().codes, reader.project().codes);
}

/// What is cut out of a kept element is gone.
fn cut(left: &Leftover) {
    let again = Leftover::from_xml(&left.xml).expect("what was kept reads");
    assert_eq!((&again.kind, again.guid), (&left.kind, left.guid));
    for gone in left.refs.iter().take(3) {
        let gone: HashSet<Uuid> = [*gone].into();
        if let Some(rest) = left.without(&gone) {
            assert!(rest.refs.iter().all(|one| !gone.contains(one)));
        }
    }
}

/// A `.qdc`: what is read can be written, and then reads the same.
pub fn codebook(data: &[u8]) {
    let Ok(book) = Codebook::read(Cursor::new(data), limits()) else {
        return;
    };
    let mut out = Vec::new();
    if book.write(&mut out).is_err() {
        return;
    }
    let again =
        Codebook::read(Cursor::new(out), Limits::default()).expect("what was written reads");
    let names = |book: &Codebook| {
        let mut open: Vec<_> = book.codes.iter().collect();
        let mut names = Vec::new();
        while let Some(code) = open.pop() {
            names.push((code.guid, code.name.clone(), code.is_codable));
            open.extend(&code.children);
        }
        names
    };
    assert_eq!(names(&again), names(&book));
}

/// Any text with any marks: places lie in the text.
///
/// The first byte tells how many marks there are; each has two bytes for its start and two for its
/// length.
pub fn offsets(data: &[u8]) {
    let Some((count, rest)) = data.split_first() else {
        return;
    };
    let (marks, text) = rest.split_at(rest.len().min(usize::from(*count) * 4));
    let selections: Vec<Selection> = marks
        .chunks_exact(4)
        .map(|four| {
            let number = |at: usize| u64::from(u16::from_le_bytes([four[at], four[at + 1]]));
            let mut one = Selection::new(Uuid::nil(), number(0), number(0) + number(2));
            one.name = (four[0] % 3 == 0).then(|| String::from_utf8_lossy(text).into_owned());
            one
        })
        .collect();
    if let Ok(text) = SourceText::from_bytes(text.to_vec()) {
        places(&text, &selections);
    }
}

fn places(text: &SourceText, selections: &[Selection]) {
    let length = text.to_lf().chars().count();
    let verdict = text.judge(selections, &[]);
    assert_eq!(verdict.scores.len(), text.readings().len());
    for score in &verdict.scores {
        assert!(score.placed <= score.in_text && score.in_text <= score.marks);
        for place in text.place(score.reading, selections).into_iter().flatten() {
            assert!(place.start <= place.end && place.end <= length);
        }
    }
}
