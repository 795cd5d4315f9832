//! What holds for every kind of file.

use super::testing::{docx, drawn, pdf, shown};
use super::*;
use proptest::prelude::*;

fn intake(name: &str, bytes: &[u8]) -> Result<Intake, Refused> {
    read(name, bytes, &Limits::default(), &|_, _| true)
}

#[test]
fn the_name_and_the_bytes_must_agree() {
    let pdf = pdf(&[&drawn(&[(20.0, 300.0, 10.0, "Hei")])]);
    let not = |extension: &str, found| {
        Err(Refused::NotWhatItSaysItIs {
            extension: extension.into(),
            found,
        })
    };
    assert_eq!(intake("a.txt", &pdf), not("txt", FileKind::Pdf));
    assert_eq!(intake("a.docx", &pdf), not("docx", FileKind::Pdf));
    assert_eq!(intake("a.pdf", b"Hei"), not("pdf", FileKind::Text));
    assert_eq!(intake("A.DOCX", b"Hei"), not("docx", FileKind::Text));
    assert_eq!(intake("a.txt", b"{\\rtf1 Hei}"), not("txt", FileKind::Rtf));
    assert_eq!(
        intake("a.txt", b"\x89PNG\r\n\x1A\nxx"),
        not("txt", FileKind::Picture)
    );
    assert_eq!(intake("a.pdf", b"\0\x01\x02"), not("pdf", FileKind::Other));
    assert_eq!(
        intake("a.mp3", b"x"),
        Err(Refused::UnknownKind {
            extension: "mp3".into()
        })
    );
    assert_eq!(
        intake("intervju", b"x"),
        Err(Refused::UnknownKind {
            extension: String::new()
        })
    );
}

#[test]
fn empty_files_say_so() {
    for name in ["a.txt", "a.docx", "a.pdf"] {
        assert_eq!(intake(name, b""), Err(Refused::Empty), "{name}");
        assert_eq!(intake(name, b" \r\n\t \n"), Err(Refused::Empty), "{name}");
    }
}

#[test]
fn limits_and_stops_hold() {
    let small = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        read("a.txt", b"en\nto\ntre", &limits, &|_, _| true).map(|_| ())
    };
    assert_eq!(
        small(|limits| limits.file_bytes = 8),
        Err(Refused::TooLarge {
            what: Measure::FileBytes,
            limit: 8
        })
    );
    assert_eq!(
        small(|limits| limits.characters = 6),
        Err(Refused::TooLarge {
            what: Measure::Characters,
            limit: 6
        })
    );
    assert_eq!(
        small(|limits| limits.paragraphs = 2),
        Err(Refused::TooLarge {
            what: Measure::Paragraphs,
            limit: 2
        })
    );
    assert_eq!(small(|_| ()), Ok(()));
    assert_eq!(
        read("a.txt", b"en", &Limits::default(), &|_, _| false),
        Err(Refused::Cancelled)
    );
    let page = drawn(&[(20.0, 300.0, 10.0, "Hei")]);
    let pages = pdf(&[page.as_str(); 3]);
    assert_eq!(
        read("a.pdf", &pages, &Limits::default(), &|done, total| total
            < 3
            || done < 2),
        Err(Refused::Cancelled)
    );
    let limits = Limits {
        pages: 2,
        ..Limits::default()
    };
    assert_eq!(
        read("a.pdf", &pages, &limits, &|_, _| true),
        Err(Refused::TooLarge {
            what: Measure::Pages,
            limit: 2
        })
    );
}

#[test]
fn long_paragraphs_are_split_into_blocks() {
    let text = format!(
        "I: Ja?\nKari: {}\nI: Hm.\nKari: Nei.",
        "Det var slik. ".repeat(700)
    );
    let intake = intake("a.txt", text.as_bytes()).unwrap();
    assert_eq!(
        intake.notices,
        [
            Notice::SpeakersFound {
                speakers: 2,
                turns: 4
            },
            Notice::ParagraphsSplit { count: 1 }
        ]
    );
    let parts: Vec<&Paragraph> = intake
        .paragraphs
        .iter()
        .filter(|paragraph| paragraph.text.contains("slik"))
        .collect();
    assert_eq!(
        parts
            .iter()
            .map(|part| (part.speaker.as_deref(), part.continues))
            .collect::<Vec<_>>(),
        [
            (Some("Kari"), false),
            (Some("Kari"), true),
            (Some("Kari"), true)
        ]
    );
    assert!(
        parts
            .iter()
            .all(|part| part.text.chars().count() <= BLOCK_CODE_POINTS)
    );
    assert_eq!(
        parts
            .iter()
            .map(|part| part.text.as_str())
            .collect::<String>(),
        "Det var slik. ".repeat(700).trim_end()
    );
}

#[test]
fn one_line_of_a_million_signs_is_read() {
    let text = "ord ".repeat(250_000);
    let intake = intake("a.txt", text.as_bytes()).unwrap();
    assert_eq!(intake.paragraphs.len(), 250);
    assert_eq!(shown(&intake).concat(), text.trim());
}

#[test]
fn an_intake_tells_what_came_in() {
    let expected = Intake {
        kind: FileKind::Text,
        paragraphs: vec![
            Paragraph {
                speaker: Some("I".into()),
                time_ms: Some(1_000),
                text: "Ja?".into(),
                kind: Kind::Turn,
                continues: false,
            },
            Paragraph {
                speaker: Some("P1".into()),
                time_ms: None,
                text: "N\u{FFFD}ei 👩\u{200D}👧.".into(),
                kind: Kind::Turn,
                continues: false,
            },
        ],
        notices: vec![
            Notice::ControlCharactersReplaced { count: 1 },
            Notice::SpeakersFound {
                speakers: 2,
                turns: 2,
            },
            Notice::TimesRead { count: 1 },
        ],
        encoding: Some("UTF-8"),
        line_ends: LineEnds::CrLf,
        title: None,
        speakers: vec![("I".into(), 1), ("P1".into(), 1)],
        marks: Vec::new(),
    };
    assert_eq!(
        intake(
            "mappe/a.TXT",
            "\u{FEFF}[00:01] I: Ja?\r\n\r\nP1: N\0ei 👩\u{200D}👧.\r\n".as_bytes()
        ),
        Ok(expected)
    );
}

/// Every invariant that holds for whatever was read.
fn holds(intake: &Intake) -> bool {
    let text = |paragraph: &Paragraph| {
        !paragraph.text.trim().is_empty()
            && paragraph.text.chars().count() <= BLOCK_CODE_POINTS
            && !paragraph
                .text
                .chars()
                .any(|sign| sign.is_control() && sign != '\n' && sign != '\t')
    };
    intake.paragraphs.iter().all(text)
        && intake
            .paragraphs
            .iter()
            .all(|paragraph| (paragraph.kind == Kind::Turn) == paragraph.speaker.is_some())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_bytes_with_any_ending(bytes in prop::collection::vec(any::<u8>(), 0..600), which in 0usize..3, start in 0usize..4) {
        let name = ["a.txt", "a.docx", "a.pdf"][which];
        let start: &[u8] = [&b""[..], b"PK\x03\x04", b"%PDF-1.4\n", b"\xFF\xFE"][start];
        let bytes = [start, &bytes].concat();
        if let Ok(intake) = intake(name, &bytes) {
            prop_assert!(holds(&intake));
        }
    }

    #[test]
    fn any_text(text in any::<String>()) {
        if let Ok(intake) = intake("a.txt", text.as_bytes()) {
            prop_assert!(holds(&intake));
        }
    }

    #[test]
    fn damaged_documents(at in 0usize..2_000, byte in any::<u8>(), which in any::<bool>()) {
        let (name, mut bytes) = if which {
            ("a.docx", docx("<w:p><w:r><w:t>I: Hei</w:t></w:r></w:p><w:p><w:r><w:t>P: Nei</w:t></w:r></w:p>", &[("word/styles.xml", "<w:styles/>")]))
        } else {
            ("a.pdf", pdf(&[&drawn(&[(20.0, 300.0, 10.0, "Hei"), (20.0, 280.0, 10.0, "Nei")])]))
        };
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(intake) = intake(name, &bytes) {
            prop_assert!(holds(&intake));
        }
    }
}
