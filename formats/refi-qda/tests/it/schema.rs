//! What is written is what the XSD asks for.

use std::io::{Cursor, Write};
use std::process::{Command, Stdio};

use refi_qda::{
    Code, Coding, Error, Item, Leftover, MediaKind, MediaSource, Project, Reason, Selection, Set,
    Stamp, SyncPoint, TextBody, TextRole, TextSource, User, Writer, text_path,
};

use crate::support::{guid, open, project_of, project_xml, shared};

/// Runs `xmllint` over the project of an archive. `None` when there is no `xmllint` or no schema.
pub fn validate(archive: &[u8]) -> Option<Result<(), String>> {
    let schema = shared(
        "KNUTEPUNKT_CONFORMANCE",
        "conformance",
        "refi-qda/Project.xsd",
    )?;
    let child = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("skipped: no xmllint");
        return None;
    };
    let xml = project_xml(archive);
    child
        .stdin
        .take()
        .unwrap()
        .write_all(xml.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(if output.status.success() {
        Ok(())
    } else {
        Err(told)
    })
}

fn stamp(user: u128) -> Stamp {
    Stamp {
        user: Some(guid(user)),
        at: Some("2026-01-31T12:30:00.25+01:00".parse().unwrap()),
    }
}

fn coding(number: u128, code: u128) -> Coding {
    Coding {
        guid: guid(number),
        code: guid(code),
        created: stamp(1),
        note_refs: vec![guid(40)],
    }
}

fn kept(kind: &str, xml: &str) -> Leftover {
    Leftover {
        kind: kind.to_owned(),
        guid: None,
        target: None,
        refs: Vec::new(),
        reason: Reason::Kept,
        xml: xml.to_owned(),
    }
}

fn project() -> Project {
    let leaf = Code {
        guid: guid(11),
        name: "Håp & \"tillit\"".to_owned(),
        is_codable: true,
        color: Some("#ff8800".parse().unwrap()),
        description: Some("når noen tror på deg <3".to_owned()),
        note_refs: vec![guid(40)],
        children: Vec::new(),
    };
    let root = Code {
        guid: guid(10),
        name: "Bedring".to_owned(),
        is_codable: false,
        color: None,
        description: None,
        note_refs: Vec::new(),
        children: vec![leaf],
    };
    Project {
        name: "Prøve".to_owned(),
        origin: Some("Program 1.0".to_owned()),
        created: stamp(1),
        modified: stamp(2),
        description: Some("Om prosjektet".to_owned()),
        users: vec![
            User {
                guid: guid(1),
                name: Some("Kari".to_owned()),
                id: Some("KA".to_owned()),
            },
            User {
                guid: guid(2),
                name: None,
                id: None,
            },
        ],
        codes: vec![root],
        sets: vec![Set {
            guid: guid(50),
            name: "Tema 1".to_owned(),
            description: Some("d".to_owned()),
            codes: vec![guid(10), guid(11)],
            sources: vec![guid(20)],
            notes: vec![guid(40)],
        }],
        note_refs: vec![guid(40)],
        ..Project::default()
    }
}

fn text() -> TextSource {
    let marked = Selection {
        name: Some("Hei".to_owned()),
        description: Some("kommentar".to_owned()),
        created: stamp(1),
        modified: stamp(2),
        codings: vec![coding(31, 11), coding(32, 10)],
        note_refs: vec![guid(40)],
        ..Selection::new(guid(30), 0, 3)
    };
    TextSource {
        description: Some("intervju".to_owned()),
        created: stamp(1),
        selections: vec![marked, Selection::new(guid(33), 4, 6)],
        codings: vec![coding(34, 10)],
        note_refs: vec![guid(40)],
        leftovers: vec![kept(
            "VariableValue",
            "<VariableValue><VariableRef targetGUID=\"00000000-0000-0000-0000-000000000060\"/><TextValue>x</TextValue></VariableValue>",
        )],
        ..TextSource::new(guid(20), "intervju 1")
    }
}

fn note() -> TextSource {
    TextSource {
        role: TextRole::Note,
        body: TextBody::Inline("Et notat".to_owned()),
        ..TextSource::new(guid(40), "n")
    }
}

fn media(kind: MediaKind, number: u128, mark: &str) -> MediaSource {
    let mut words = TextSource {
        role: kind.text_role(),
        body: TextBody::Inline("Hei du".to_owned()),
        ..TextSource::new(guid(number + 1), "t")
    };
    let mut selection = Selection::new(guid(number + 2), 0, 3);
    if kind.text_role() == TextRole::Transcript {
        selection.sync = Some((guid(number + 3), guid(number + 4)));
        let point = |n, time, position| SyncPoint {
            guid: guid(number + n),
            time: Some(time),
            position: Some(position),
        };
        words.sync_points = vec![point(3, 0, 0), point(4, 900, 3)];
    }
    words.selections = vec![selection];
    MediaSource {
        guid: guid(number),
        kind,
        name: Some("m".to_owned()),
        description: Some("d".to_owned()),
        path: Some("internal://file.bin".to_owned()),
        current_path: Some("absolute:///C:/file.bin".to_owned()),
        created: stamp(1),
        modified: stamp(2),
        texts: vec![words],
        codings: vec![coding(number + 5, 10)],
        note_refs: vec![guid(40)],
        leftovers: vec![kept(kind.selection_element(), mark)],
    }
}

/// A project with one of everything.
fn everything() -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new()), project()).unwrap();
    let leftovers = [
        kept(
            "Variable",
            "<Variable guid=\"00000000-0000-0000-0000-000000000060\" name=\"v\" typeOfVariable=\"Text\"/>",
        ),
        kept(
            "Case",
            "<Case guid=\"00000000-0000-0000-0000-000000000061\"/>",
        ),
        kept(
            "Link",
            "<Link guid=\"00000000-0000-0000-0000-000000000062\"/>",
        ),
        kept(
            "Graph",
            "<Graph guid=\"00000000-0000-0000-0000-000000000063\"/>",
        ),
    ];
    writer.leftover(&leftovers[0]).unwrap();
    writer.leftover(&leftovers[1]).unwrap();
    writer.text(&text(), Some("Hei du\n")).unwrap();
    let boxed = "firstX=\"0\" firstY=\"0\" secondX=\"1\" secondY=\"1\"";
    for (kind, number, mark) in [
        (
            MediaKind::Pdf,
            100,
            format!("<PDFSelection guid=\"{}\" page=\"0\" {boxed}/>", guid(109)),
        ),
        (
            MediaKind::Picture,
            110,
            format!("<PictureSelection guid=\"{}\" {boxed}/>", guid(119)),
        ),
        (
            MediaKind::Audio,
            120,
            format!(
                "<AudioSelection guid=\"{}\" begin=\"0\" end=\"1\"/>",
                guid(129)
            ),
        ),
        (
            MediaKind::Video,
            130,
            format!(
                "<VideoSelection guid=\"{}\" begin=\"0\" end=\"1\"/>",
                guid(139)
            ),
        ),
    ] {
        writer.media(&media(kind, number, &mark), &[]).unwrap();
    }
    writer
        .file("internal://file.bin", [1_u8, 2, 3].as_slice())
        .unwrap();
    writer.note(&note(), None).unwrap();
    writer.leftover(&leftovers[2]).unwrap();
    writer.leftover(&leftovers[3]).unwrap();
    let written = writer.finish().unwrap();
    assert_eq!(written.left_out, []);
    written.out.into_inner()
}

#[test]
fn one_of_everything_is_valid() {
    let archive = everything();
    if let Some(outcome) = validate(&archive) {
        assert_eq!(outcome, Ok(()));
    }
}

#[test]
fn the_validator_can_say_no() {
    let archive = project_of("<Notes/><Users/>");
    if let Some(outcome) = validate(&archive) {
        assert!(outcome.is_err());
    }
}

#[test]
fn parts_and_children_stand_in_the_order_of_the_xsd() {
    let xml = project_xml(&everything());
    let children = |parent: &str| {
        // Children are one blank deeper than their parent.
        let (at, indent) = xml
            .lines()
            .enumerate()
            .find_map(|(at, line)| {
                let bare = line.trim_start();
                bare.starts_with(parent)
                    .then(|| (at, line.len() - bare.len()))
            })
            .unwrap();
        let below = xml.lines().skip(at + 1);
        let inside = below.take_while(move |line| line.len() - line.trim_start().len() > indent);
        let direct = inside.filter(move |line| {
            line.len() - line.trim_start().len() == indent + 1
                && !line.trim_start().starts_with("</")
        });
        direct
            .map(|line| line.trim_start().trim_start_matches('<'))
            .map(|line| {
                line.split([' ', '>', '/'])
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        children("<Project "),
        [
            "Users",
            "CodeBook",
            "Variables",
            "Cases",
            "Sources",
            "Notes",
            "Links",
            "Sets",
            "Graphs",
            "Description",
            "NoteRef"
        ]
    );
    assert_eq!(
        children("<TextSource "),
        [
            "Description",
            "PlainTextSelection",
            "PlainTextSelection",
            "Coding",
            "NoteRef",
            "VariableValue"
        ]
    );
    assert_eq!(
        children("<PlainTextSelection "),
        ["Description", "Coding", "Coding", "NoteRef"]
    );
    assert_eq!(children("<Coding "), ["CodeRef", "NoteRef"]);
    assert_eq!(
        children("<PDFSource "),
        [
            "Description",
            "PDFSelection",
            "Representation",
            "Coding",
            "NoteRef"
        ]
    );
    assert_eq!(
        children("<PictureSource "),
        [
            "Description",
            "TextDescription",
            "PictureSelection",
            "Coding",
            "NoteRef"
        ]
    );
    assert_eq!(
        children("<AudioSource "),
        [
            "Description",
            "Transcript",
            "AudioSelection",
            "Coding",
            "NoteRef"
        ]
    );
    assert_eq!(
        children("<Transcript "),
        [
            "PlainTextContent",
            "SyncPoint",
            "SyncPoint",
            "TranscriptSelection"
        ]
    );
    assert_eq!(
        children("<Set "),
        [
            "Description",
            "MemberCode",
            "MemberCode",
            "MemberSource",
            "MemberNote"
        ]
    );
}

#[test]
fn equal_projects_are_equal_bytes() {
    assert_eq!(everything(), everything());
}

#[test]
fn the_archive_is_laid_out_as_the_standard_says() {
    let archive = everything();
    let zip = zip::ZipArchive::new(Cursor::new(&archive)).unwrap();
    let mut names: Vec<String> = zip
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "project.qde",
            "sources/00000000-0000-0000-0000-000000000014.txt",
            "sources/file.bin"
        ]
    );
    assert_eq!(
        text_path(guid(20)),
        "internal://00000000-0000-0000-0000-000000000014.txt"
    );
    assert!(
        project_xml(&archive)
            .starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Project xmlns=")
    );
    let mut reader = open(&archive).unwrap();
    let mut copied = Vec::new();
    assert_eq!(
        reader
            .files()
            .copy("internal://file.bin", &mut copied)
            .unwrap(),
        3
    );
    assert_eq!(copied, [1, 2, 3]);
}

#[test]
fn a_small_project_word_for_word() {
    let mut project = Project {
        name: "p".to_owned(),
        ..Project::default()
    };
    project.users = vec![User {
        guid: guid(1),
        name: Some("A".to_owned()),
        id: None,
    }];
    let mut writer = Writer::new(Cursor::new(Vec::new()), project).unwrap();
    let mut source = TextSource::new(guid(2), "s");
    source.selections.push(Selection::new(guid(3), 0, 1));
    writer.text(&source, Some("a")).unwrap();
    let archive = writer.finish().unwrap().out.into_inner();
    assert_eq!(
        project_xml(&archive),
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Project xmlns=\"urn:QDA-XML:project:1.0\" name=\"p\">\n \
         <Users>\n  <User guid=\"00000000-0000-0000-0000-000000000001\" name=\"A\"/>\n </Users>\n \
         <Sources>\n  \
         <TextSource guid=\"00000000-0000-0000-0000-000000000002\" name=\"s\" \
         plainTextPath=\"internal://00000000-0000-0000-0000-000000000002.txt\">\n   \
         <PlainTextSelection guid=\"00000000-0000-0000-0000-000000000003\" startPosition=\"0\" endPosition=\"1\"/>\n  \
         </TextSource>\n </Sources>\n</Project>\n"
    );
}

fn fault(act: impl FnOnce(&mut Writer<Cursor<Vec<u8>>>) -> refi_qda::Result<()>) -> &'static str {
    let mut writer = Writer::new(Cursor::new(Vec::new()), Project::default()).unwrap();
    act(&mut writer).map_or_else(|error| error.code(), |()| "ok")
}

#[test]
fn what_would_not_be_valid_or_true_is_refused() {
    let marked = |start, end| TextSource {
        selections: vec![Selection::new(guid(3), start, end)],
        ..TextSource::new(guid(2), "s")
    };
    assert_eq!(fault(|w| w.text(&marked(0, 2), Some("å😀"))), "ok");
    assert_eq!(fault(|w| w.text(&marked(0, 3), Some("å😀"))), "bad-offset");
    assert_eq!(fault(|w| w.text(&marked(2, 1), None)), "bad-offset");
    assert_eq!(
        fault(|w| w.text(&marked(0, 1), Some("a\r\nb"))),
        "not-plain-lf"
    );
    assert_eq!(
        fault(|w| w.text(&marked(0, 1), Some("\u{FEFF}a"))),
        "not-plain-lf"
    );
    assert_eq!(
        fault(|w| w.text(&TextSource::new(guid(2), "a\0b"), None)),
        "not-xml"
    );
    assert_eq!(
        fault(|w| {
            w.text(&marked(0, 1), Some("a"))?;
            w.text(&marked(0, 1), Some("a"))
        }),
        "duplicate"
    );
    assert_eq!(
        fault(|w| {
            w.note(&note(), None)?;
            w.text(&marked(0, 1), None)
        }),
        "out-of-order"
    );
    assert_eq!(
        fault(|w| w.leftover(&kept("Case", "<Case/><Case/>"))),
        "bad-leftover"
    );
    assert_eq!(
        fault(|w| w.leftover(&kept("Case", "<Link/>"))),
        "bad-leftover"
    );
    assert_eq!(
        fault(|w| w.leftover(&kept("Case", "<Case>"))),
        "bad-leftover"
    );
    assert_eq!(
        fault(|w| w.leftover(&kept("Case", "<Case a=\"\u{1}\"/>"))),
        "not-xml"
    );
    let mut audio = media(MediaKind::Audio, 120, "<AudioSelection/>");
    audio.texts[0].selections[0].sync = None;
    assert_eq!(fault(|w| w.media(&audio, &[])), "no-sync-points");
    let nul = Project {
        name: "\u{1F}".to_owned(),
        ..Project::default()
    };
    let error = Writer::new(Cursor::new(Vec::new()), nul).err().unwrap();
    assert!(matches!(
        error,
        Error::NotXml {
            element: "Project",
            found: '\u{1F}'
        }
    ));
}

#[test]
fn what_has_no_place_is_told() {
    let mut project = Project::default();
    project.leftovers.push(Leftover {
        reason: Reason::Unknown,
        ..kept("Strange", "<Strange/>")
    });
    let mut writer = Writer::new(Cursor::new(Vec::new()), project).unwrap();
    let mut source = text();
    source.leftovers = vec![Leftover {
        reason: Reason::BadOffset,
        ..kept("PlainTextSelection", "<PlainTextSelection/>")
    }];
    source.sync_points = vec![SyncPoint {
        guid: guid(9),
        time: None,
        position: None,
    }];
    writer.text(&source, Some("Hei du")).unwrap();
    writer.leftover(&kept("Merge", "<Merge/>")).unwrap();
    let written = writer.finish().unwrap();
    let told: Vec<_> = written
        .left_out
        .iter()
        .map(|l| (l.kind.as_str(), l.guid))
        .collect();
    assert_eq!(
        told,
        [
            ("Strange", None),
            ("SyncPoint", Some(guid(9))),
            ("PlainTextSelection", None),
            ("Merge", None)
        ]
    );
    let mut seen = 0;
    open(&written.out.into_inner())
        .unwrap()
        .read(|item, _| {
            assert!(matches!(item, Item::Text(_)));
            seen += 1;
            Ok::<(), Error>(())
        })
        .unwrap();
    assert_eq!(seen, 1);
}
