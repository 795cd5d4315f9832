//! Broken and hostile input: a typed error, never a panic, and nothing handed out before.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use refi_qda::{Error, Limits, Reader, Selection, SourceText, What};

use crate::support::{archive, guid, open, outcome, project_of, qde};

fn default(bytes: &[u8]) -> &'static str {
    outcome(bytes, Limits::default())
}

fn sample() -> Vec<u8> {
    let project = qde(&format!(
        "<Users><User guid=\"{a}\"/></Users><Sources><TextSource guid=\"{a}\" plainTextPath=\"internal://a.txt\">\
         <PlainTextSelection guid=\"{a}\" startPosition=\"0\" endPosition=\"1\"><Coding guid=\"{a}\">\
         <CodeRef targetGUID=\"{a}\"/></Coding></PlainTextSelection></TextSource></Sources>",
        a = guid(7)
    ));
    archive(&[
        ("project.qde", project.as_bytes()),
        ("sources/a.txt", b"Hei du"),
    ])
}

#[test]
fn what_is_no_project() {
    assert_eq!(default(b""), "not-a-zip");
    assert_eq!(default(b"%PDF-1.7"), "not-a-zip");
    assert_eq!(default(&archive(&[])), "no-project");
    assert_eq!(
        default(&archive(&[("word/document.xml", b"<a/>")])),
        "no-project"
    );
    assert_eq!(
        default(&archive(&[("a.qde", b"<a/>"), ("b.qde", b"<a/>")])),
        "no-project"
    );
    assert_eq!(default(b"<CodeBook/>"), "not-a-project");
    assert_eq!(default(&archive(&[("project.qde", b"")])), "truncated");
}

#[test]
fn every_cut_of_an_archive_is_refused() {
    let whole = sample();
    assert_eq!(default(&whole), "ok");
    for end in 4..whole.len() {
        assert_eq!(default(&whole[..end]), "truncated", "cut at {end}");
    }
}

#[test]
fn a_cut_archive_is_not_taken_for_a_zip_inside_it() {
    let stored =
        zip::write::SimpleFileOptions::DEFAULT.compression_method(zip::CompressionMethod::Stored);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("sources/a.docx", stored).unwrap();
    zip.write_all(&archive(&[("word/document.xml", b"<a/>")]))
        .unwrap();
    zip.start_file("project.qde", stored).unwrap();
    zip.write_all(qde("").as_bytes()).unwrap();
    let whole = zip.finish().unwrap().into_inner();
    assert_eq!(default(&whole), "ok");
    let end = whole.windows(11).position(|w| w == b"project.qde").unwrap();
    assert_eq!(default(&whole[..end]), "truncated");
}

#[test]
fn every_cut_of_the_xml_is_refused() {
    let whole = qde(
        "<Users><!-- a --><User guid='00000000-0000-0000-0000-000000000001' name='&amp;'/></Users><Description><![CDATA[x]]></Description>",
    );
    for end in 0..whole.len() {
        let bytes = archive(&[("project.qde", &whole.as_bytes()[..end])]);
        let outcome = default(&bytes);
        assert!(
            matches!(outcome, "truncated" | "xml"),
            "{outcome} when cut at {end}"
        );
    }
}

#[test]
fn xml_that_is_not_well_formed() {
    for inside in [
        "<Users></Codes>",
        "<Users",
        "<a b=c/>",
        "<a b/>",
        "&nothing;",
        "&#0;",
        "&#xD800;",
        "&",
        "<a>&lt</a>",
        "<a b='&x;'/>",
        "</Project><Project>",
        "</Project>text",
        "</Project></Project>",
        "<Users><b></Users>",
    ] {
        let outcome = default(&project_of(inside));
        // The start tag swallows what follows as its attributes.
        let expected: &[_] = match inside {
            "<Users" => &["xml", "truncated"],
            _ => &["xml"],
        };
        assert!(expected.contains(&outcome), "{inside}: {outcome}");
    }
    assert_eq!(
        default(&archive(&[("project.qde", b"<Project name='\xE5'/>")])),
        "xml"
    );
    assert_eq!(
        default(b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><Project/>"),
        "xml"
    );
}

#[test]
fn guids_that_are_needed() {
    for inside in [
        "<Users><User name='a'/></Users>",
        "<CodeBook><Codes><Code guid='1' name='a' isCodable='true'/></Codes></CodeBook>",
        "<Sources><TextSource/></Sources>",
        "<Sources><PDFSource guid='æ'/></Sources>",
        "<Notes><Note/></Notes>",
        "<Sets><Set name='a'/></Sets>",
    ] {
        assert_eq!(default(&project_of(inside)), "bad-guid", "{inside}");
    }
}

#[test]
fn deep_elements() {
    let nest = |tag: &str, depth: usize| {
        project_of(&(format!("<{tag}>").repeat(depth) + &format!("</{tag}>").repeat(depth)))
    };
    assert_eq!(default(&nest("a", 255)), "ok");
    assert_eq!(default(&nest("a", 256)), "too-deep");
    assert_eq!(default(&nest("a", 100_000)), "too-deep");
    let code = format!("<Code guid='{}' name='a' isCodable='true'>", guid(1));
    let tree = format!(
        "<CodeBook><Codes>{}{}</Codes></CodeBook>",
        code.repeat(1020),
        "</Code>".repeat(1020)
    );
    let deep = Limits {
        depth: usize::MAX,
        ..Limits::default()
    };
    let reader = Reader::open(Cursor::new(project_of(&tree)), deep).unwrap();
    assert_eq!(reader.inventory().codes, 1020);
}

#[test]
fn sizes_are_counted_while_reading() {
    let limits = Limits::default();
    let what =
        |bytes: &[u8], limits: Limits| match Reader::open(Cursor::new(bytes.to_vec()), limits) {
            Err(Error::TooLarge { what, .. }) => Some(what),
            _ => None,
        };
    let blanks = project_of(&" ".repeat(4_000_000));
    assert_eq!(what(&blanks, limits), Some(What::Ratio));
    let no_ratio = Limits {
        ratio: u64::MAX,
        ..limits
    };
    assert_eq!(what(&blanks, no_ratio), None);
    assert_eq!(
        what(
            &blanks,
            Limits {
                project: 1_000_000,
                ..no_ratio
            }
        ),
        Some(What::Project)
    );
    assert_eq!(
        what(
            &blanks,
            Limits {
                unpacked: 1_000_000,
                ..no_ratio
            }
        ),
        Some(What::Unpacked)
    );
    assert_eq!(
        what(
            &blanks,
            Limits {
                token: 1_000_000,
                ..no_ratio
            }
        ),
        Some(What::Token)
    );
    assert_eq!(
        what(
            &sample(),
            Limits {
                entries: 1,
                ..limits
            }
        ),
        Some(What::Entries)
    );
}

#[test]
fn what_is_held_at_once_is_counted() {
    let limits = Limits {
        elements: 100,
        ..Limits::default()
    };
    let outcome = |inside: &str| outcome(&project_of(inside), limits);
    let texts = |marks: usize| {
        let text = format!(
            "<TextSource guid='{}'>{}</TextSource>",
            guid(1),
            "<x/>".repeat(marks)
        );
        format!("<Sources>{}</Sources>", text.repeat(10))
    };
    assert_eq!(outcome(&texts(90)), "ok");
    assert_eq!(outcome(&texts(120)), "too-large");
    assert_eq!(outcome(&"<Unknown><a/></Unknown>".repeat(300)), "ok");
    assert_eq!(
        outcome(&format!("<Links>{}</Links>", "<Link/>".repeat(300))),
        "ok"
    );
    // Users, codes and sets stay, and count with what comes after them.
    let users = format!("<Users>{}</Users>", "<x/>".repeat(50));
    assert_eq!(outcome(&(users.clone() + &texts(30))), "ok");
    assert_eq!(outcome(&(users.clone() + &texts(60))), "too-large");
    assert_eq!(outcome(&users.repeat(3)), "too-large");
}

#[test]
fn marks_on_endless_blanks_are_judged_at_once() {
    let text = format!("{}slutt", " ".repeat(1 << 20));
    let end = text.len() as u64;
    let mut mark = Selection::new(guid(1), 0, end);
    mark.name = Some("slutt".to_owned());
    let text = SourceText::new(text);
    let verdict = text.judge(&vec![mark; 20_000], &[]);
    let score = verdict.scores[0];
    assert_eq!(
        (score.marks, score.placed, score.quotes),
        (20_000, 20_000, 0)
    );
}

#[test]
fn a_text_that_unpacks_too_far() {
    let bytes = archive(&[
        ("project.qde", qde("").as_bytes()),
        ("sources/a.txt", &vec![b'a'; 3_000_000]),
    ]);
    let text = |limits: Limits| {
        let mut reader = Reader::open(Cursor::new(bytes.clone()), limits).unwrap();
        match reader.files().open_text("a.txt") {
            Err(Error::TooLarge { what, .. }) => Some(what),
            other => other.map(|_| None).unwrap(),
        }
    };
    let limits = Limits {
        ratio: u64::MAX,
        ..Limits::default()
    };
    assert_eq!(text(limits), None);
    assert_eq!(text(Limits::default()), Some(What::Ratio));
    assert_eq!(
        text(Limits {
            text: 1000,
            ..limits
        }),
        Some(What::Text)
    );
    assert_eq!(
        text(Limits {
            unpacked: 1000,
            ..limits
        }),
        Some(What::Unpacked)
    );
}

#[test]
fn sizes_in_headers_may_lie() {
    // The unpacked size in both headers says 10 bytes.
    let mut bytes = project_of(&" ".repeat(4_000_000));
    let size = (4_000_000 + qde("").len() as u32).to_le_bytes();
    let found: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| bytes[*at..*at + 4] == size)
        .collect();
    assert!(!found.is_empty());
    for at in found {
        bytes[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    assert_ne!(default(&bytes), "ok");
}

#[test]
fn damage_is_told_apart_from_size() {
    let mut bytes = sample();
    let at = bytes.windows(11).position(|w| w == b"project.qde").unwrap() + 40;
    bytes[at] ^= 0xFF;
    assert!(matches!(default(&bytes), "damaged" | "xml" | "truncated"));
}

#[test]
fn locked_archives() {
    let mut bytes = sample();
    // The flag of encryption, in each local and each central header.
    for (signature, offset) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let found: Vec<usize> = (0..bytes.len() - 4)
            .filter(|at| &bytes[*at..*at + 4] == signature)
            .collect();
        for at in found {
            bytes[at + offset] |= 1;
        }
    }
    assert_eq!(default(&bytes), "encrypted");
}

#[test]
fn names_that_climb_are_only_names() {
    let path = "internal://../../etc/passwd";
    let project = qde(&format!(
        "<Sources><TextSource guid=\"{}\" plainTextPath=\"{path}\"/></Sources>",
        guid(1)
    ));
    let bytes = archive(&[
        ("project.qde", project.as_bytes()),
        ("../../etc/passwd", b"words of the archive"),
    ]);
    let mut reader = open(&bytes).unwrap();
    assert_eq!(
        reader.files().open_text(path).unwrap().raw(),
        "words of the archive"
    );
}

#[test]
fn messages_hold_no_text_of_the_project() {
    for bytes in [
        project_of("<Kari></Ola>"),
        project_of("<Users><User guid='Kari'/></Users>"),
        project_of("&Kari;"),
        archive(&[("project.qde", b"<Kari/>")]),
    ] {
        let message = open(&bytes).err().unwrap().to_string();
        assert!(
            !message.contains("Kari") && !message.contains("Ola"),
            "{message}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = default(&bytes);
    }

    #[test]
    fn no_change_of_an_archive_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = sample();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(mut reader) = open(&bytes) {
            let _ = reader.read(|_, files| files.open_text("a.txt").map(drop));
        }
    }

    #[test]
    fn no_xml_panics(pieces in prop::collection::vec(prop::sample::select(vec![
        "<Users>", "</Users>", "<User guid='00000000-0000-0000-0000-000000000001'/>", "<CodeBook>", "<Codes>",
        "<Code guid='00000000-0000-0000-0000-000000000001' name='a'>", "</Code>", "</Codes>", "</CodeBook>",
        "<Sources>", "</Sources>", "<TextSource guid='00000000-0000-0000-0000-000000000001'>", "</TextSource>",
        "<PlainTextSelection guid='00000000-0000-0000-0000-000000000001' startPosition='1' endPosition='2'>",
        "</PlainTextSelection>", "<Coding guid=''>", "<Coding guid='00000000-0000-0000-0000-000000000001'>",
        "</Coding>", "<CodeRef targetGUID=''/>", "<?x?>", "<!--x-->", "<![CDATA[", "]]>", "&amp;", "x", "\0",
        "<Notes>", "</Notes>", "<Sets>", "</Sets>", "<Cases><Case>", "</Case></Cases>", "<a:b c:d='e'>", "</a:b>",
        "<PDFSource guid='00000000-0000-0000-0000-000000000001'>", "</PDFSource>", "<Representation/>", "<>", "</>",
    ]), 0..30)) {
        let _ = default(qde(&pieces.concat()).as_bytes());
    }
}
