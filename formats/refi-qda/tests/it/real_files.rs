//! Projects that programs have written.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Cursor;

use refi_qda::{
    Error, Inventory, Item, Limits, MediaKind, Place, Producer, Reader, SourceText, TextBody,
    Writer,
};

use crate::schema::validate;
use crate::support::{self, everything, shared};

fn open(name: &str) -> Option<Reader<File>> {
    let path = shared("KNUTEPUNKT_REAL", "real", &format!("projects/{name}"))?;
    Some(Reader::open(File::open(path).unwrap(), Limits::default()).unwrap())
}

fn every_element() -> Inventory {
    Inventory {
        users: 3,
        codes: 14,
        sets: 16,
        text_sources: 6,
        media_sources: 6,
        media_texts: 5,
        notes: 2,
        selections: 8,
        codings: 9,
        missing_texts: 11,
        leftovers: BTreeMap::from([
            ("Graph".to_owned(), 1),
            ("Link".to_owned(), 1),
            ("PDFSelection".to_owned(), 4),
            ("PictureSelection".to_owned(), 1),
            ("VideoSelection".to_owned(), 2),
        ]),
    }
}

#[test]
fn every_element_of_atlas_ti_is_counted() {
    for name in [
        "atlasti-8.4-every-element.qdpx",
        "atlasti-8.4-every-element.qde",
    ] {
        let Some(reader) = open(name) else { continue };
        assert_eq!(*reader.inventory(), every_element(), "{name}");
        assert_eq!(reader.project().name, "ATLAS.ti standard project");
        let origin = reader.project().origin.as_deref();
        assert_eq!(Producer::from_origin(origin), Producer::AtlasTi);
    }
}

#[test]
fn texts_that_are_not_there_come_with_their_marks() {
    let Some(mut reader) = open("atlasti-8.4-every-element.qdpx") else {
        return;
    };
    let mut marks = Vec::new();
    let mut media = Vec::new();
    reader
        .read(|item, _| {
            match item {
                Item::Text(text) => {
                    assert!(matches!(text.body, TextBody::Missing { .. }));
                    marks.extend(
                        text.selections
                            .iter()
                            .map(|s| (s.start, s.end, s.codings.len())),
                    );
                }
                Item::Media(source) => {
                    let marked: usize = source.texts.iter().map(|t| t.selections.len()).sum();
                    let points: usize = source.texts.iter().map(|t| t.sync_points.len()).sum();
                    media.push((source.kind, source.texts.len(), marked, points));
                }
                _ => {}
            }
            Ok::<(), Error>(())
        })
        .unwrap();
    assert_eq!(
        marks,
        [
            (139, 195, 1),
            (250, 412, 0),
            (0, 410, 3),
            (688, 907, 1),
            (215, 275, 1),
            (513, 907, 1)
        ]
    );
    assert_eq!(
        media,
        [
            (MediaKind::Picture, 0, 0, 0),
            (MediaKind::Pdf, 1, 0, 0),
            (MediaKind::Pdf, 1, 2, 0),
            (MediaKind::Audio, 0, 0, 0),
            (MediaKind::Video, 2, 0, 2),
            (MediaKind::Video, 1, 0, 11)
        ]
    );
}

#[test]
fn the_end_is_exclusive_in_atlas_ti() {
    // The quote stands in the name, so the text around it can be made up.
    let Some(mut reader) = open("atlasti-8.4-every-element.qdpx") else {
        return;
    };
    let mut seen = false;
    reader
        .read(|item, _| {
            let Item::Text(text) = item else {
                return Ok(());
            };
            let Some(mark) = text
                .selections
                .iter()
                .find(|s| (s.start, s.end) == (139, 195))
            else {
                return Ok(());
            };
            let quote = mark.name.clone().unwrap();
            let words = SourceText::new(format!("{}{quote} And on.", "x ".repeat(69) + " "));
            let verdict = words.judge(std::slice::from_ref(mark), &[]);
            let score = verdict.outcome.unwrap();
            assert_eq!((score.quotes, score.marks), (1, 1));
            assert_eq!(
                words.place(score.reading, std::slice::from_ref(mark)),
                [Some(Place {
                    start: 139,
                    end: 195
                })]
            );
            seen = true;
            Ok::<(), Error>(())
        })
        .unwrap();
    assert!(seen);
}

#[test]
fn small_projects_of_atlas_ti_23() {
    let two_users = Inventory {
        users: 2,
        ..Inventory::default()
    };
    if let Some(reader) = open("atlasti-23.2-blank.qdpx") {
        assert_eq!(*reader.inventory(), two_users);
    }
    if let Some(reader) = open("atlasti-23.2-codes.qdpx") {
        assert_eq!(
            *reader.inventory(),
            Inventory {
                codes: 3,
                ..two_users
            }
        );
        let tree: Vec<_> = reader
            .project()
            .codes
            .iter()
            .map(|c| (c.name.as_str(), c.children.len()))
            .collect();
        assert_eq!(tree, [("Commits", 2)]);
    }
}

#[test]
fn every_element_goes_out_again_and_is_valid() {
    let Some(mut reader) = open("atlasti-8.4-every-element.qdpx") else {
        return;
    };
    let mut writer = Writer::new(Cursor::new(Vec::new()), reader.project().clone()).unwrap();
    let mut items = Vec::new();
    reader
        .read(|item, _| {
            match &item {
                Item::Text(text) => writer.text(text, None)?,
                Item::Media(media) => writer.media(media, &[])?,
                Item::Note(note) => writer.note(note, None)?,
                Item::Leftover(leftover) => writer.leftover(leftover)?,
            }
            items.push(item);
            Ok::<(), Error>(())
        })
        .unwrap();
    let written = writer.finish().unwrap();
    assert_eq!(written.left_out, []);
    let bytes = written.out.into_inner();
    let mut again = support::open(&bytes).unwrap();
    assert_eq!(again.inventory(), reader.inventory());
    assert_eq!(again.project(), reader.project());
    let found: Vec<_> = everything(&mut again)
        .into_iter()
        .map(|(item, _)| item)
        .collect();
    assert_eq!(found, items);
    if let Some(outcome) = validate(&bytes) {
        assert_eq!(outcome, Ok(()));
    }
}
