//! Parts of a project on their own, and codebooks.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Write};
use std::process::{Command, Stdio};

use refi_qda::{
    Code, Codebook, Coding, Leftover, Limits, MediaKind, MediaSource, Piece, Project, Selection,
    Set, Stamp, SyncPoint, TextBody, TextRole, TextSource, User,
};

use crate::support::{guid, shared};

fn stamp(user: u128) -> Stamp {
    Stamp {
        user: Some(guid(user)),
        at: Some("2026-01-31T12:30:00Z".parse().unwrap()),
    }
}

fn mark() -> Selection {
    Selection {
        name: Some("\"sitat\" <1>\n".to_owned()),
        description: Some("hvorfor & hvordan".to_owned()),
        created: stamp(1),
        modified: stamp(2),
        codings: vec![Coding {
            guid: guid(12),
            code: guid(20),
            created: stamp(1),
            note_refs: vec![guid(13)],
        }],
        note_refs: vec![guid(14)],
        ..Selection::new(guid(11), 3, 9)
    }
}

/// The piece reads as what it was, and knows what it mentions.
fn again<P: Piece + PartialEq + std::fmt::Debug>(part: &P, kind: &str, refs: &[u128]) {
    let left = part.to_piece();
    assert_eq!(left.kind, kind);
    assert_eq!(left.refs, refs.iter().map(|n| guid(*n)).collect::<Vec<_>>());
    assert_eq!(P::from_piece(&left.xml).unwrap(), *part);
    let read = Leftover::from_xml(&left.xml).unwrap();
    assert_eq!((read.guid, read.kind), (left.guid, left.kind));
}

#[test]
fn parts_stand_alone_and_come_back() {
    again(&mark(), "PlainTextSelection", &[1, 2, 12, 20, 13, 14]);
    let in_time = Selection {
        sync: Some((guid(30), guid(31))),
        ..Selection::new(guid(11), 0, 4)
    };
    again(&in_time, "TranscriptSelection", &[30, 31]);
    let text = TextSource {
        role: TextRole::Note,
        description: Some("en lapp".to_owned()),
        body: TextBody::Missing {
            path: "internal://a.txt".to_owned(),
        },
        rich_path: Some("internal://a.docx".to_owned()),
        created: stamp(1),
        selections: vec![mark()],
        ..TextSource::new(guid(40), "Om håp")
    };
    again(&text, "Note", &[1, 11, 2, 12, 20, 13, 14]);
    let media = MediaSource {
        guid: guid(50),
        kind: MediaKind::Audio,
        name: Some("Opptak".to_owned()),
        description: None,
        path: Some("internal://b.m4a".to_owned()),
        current_path: None,
        created: stamp(1),
        modified: Stamp::default(),
        texts: Vec::new(),
        codings: Vec::new(),
        note_refs: Vec::new(),
        leftovers: Vec::new(),
    };
    again(&media, "AudioSource", &[1]);
    let point = SyncPoint {
        guid: guid(60),
        time: Some(2500),
        position: None,
    };
    again(&point, "SyncPoint", &[]);
    let user = User {
        guid: guid(1),
        name: Some("Åse".to_owned()),
        id: Some("ÅS".to_owned()),
    };
    again(&user, "User", &[]);
    let set = Set {
        guid: guid(70),
        name: "Alle".to_owned(),
        description: None,
        codes: vec![guid(20)],
        sources: vec![guid(40)],
        notes: vec![guid(41)],
    };
    again(&set, "Set", &[20, 40, 41]);
    let project = Project {
        name: "p".to_owned(),
        created: stamp(1),
        base_path: Some("C:\\mine".to_owned()),
        ..Project::default()
    };
    again(&project, "Project", &[1]);
    assert!(User::from_piece("<Set guid=\"1\"/>").is_err());
    assert!(Set::from_piece("nothing").is_err());
}

#[test]
fn what_lies_in_something_erased_takes_what_points_to_it_along() {
    let xml = format!(
        "<Graph guid=\"{}\"><Vertex guid=\"{}\" representedGUID=\"{}\"><Port guid=\"{}\"/></Vertex>\
         <Edge guid=\"{}\" sourceVertex=\"{}\"/><Vertex guid=\"{}\"/></Graph>",
        guid(1),
        guid(2),
        guid(3),
        guid(4),
        guid(5),
        guid(4),
        guid(6)
    );
    let graph = Leftover::from_xml(&xml).unwrap();
    assert_eq!(
        graph.without(&[guid(3)].into()).unwrap().xml,
        format!(
            "<Graph guid=\"{}\"><Vertex guid=\"{}\"/></Graph>",
            guid(1),
            guid(6)
        )
    );
}

/// Each element points to the one after it, so that each goes when the last one does; one pass for
/// each would take hours.
#[test]
fn a_long_chain_is_erased_and_renamed_at_once() {
    const LONG: u128 = 50_000;
    let links = (2..LONG).map(|n| {
        format!(
            "<Edge guid=\"{}\" targetVertex=\"{}\"/>",
            guid(n),
            guid(n + 1)
        )
    });
    let links: String = links.collect();
    let graph =
        Leftover::from_xml(&format!("<Graph guid=\"{}\">{links}</Graph>", guid(1))).unwrap();
    let rest = graph.without(&[guid(LONG)].into()).unwrap();
    assert_eq!(rest.xml, format!("<Graph guid=\"{}\"/>", guid(1)));
    let names = (1..=LONG).map(|n| (guid(n), guid(n + LONG))).collect();
    let copy = graph.renamed(&names);
    assert_eq!(
        copy.own_guids(),
        (1..LONG).map(|n| guid(n + LONG)).collect::<Vec<_>>()
    );
    assert_eq!(copy.refs, Leftover::from_xml(&copy.xml).unwrap().refs);
}

#[test]
fn what_is_erased_leaves_graphs_with_all_that_hangs_on_it() {
    let xml = format!(
        "<Graph guid=\"{}\" name=\"Kart\"><Vertex guid=\"{}\" representedGUID=\"{}\" name=\"Intervju\"/>\
         <Vertex guid=\"{}\" representedGUID=\"{}\"/><Edge guid=\"{}\" sourceVertex=\"{}\" targetVertex=\"{}\"/></Graph>",
        guid(1),
        guid(2),
        guid(3),
        guid(4),
        guid(5),
        guid(6),
        guid(2),
        guid(4)
    );
    let graph = Leftover::from_xml(&xml).unwrap();
    assert_eq!(graph.name().as_deref(), Some("Kart"));
    assert_eq!(graph.own_guids(), [1, 2, 4, 6].map(guid));
    let rest = graph.without(&[guid(3)].into()).unwrap();
    assert_eq!(
        rest.xml,
        format!(
            "<Graph guid=\"{}\" name=\"Kart\"><Vertex guid=\"{}\" representedGUID=\"{}\"/></Graph>",
            guid(1),
            guid(4),
            guid(5)
        )
    );
    assert_eq!(graph.without(&HashSet::new()).as_ref(), Some(&graph));
    let names: HashMap<_, _> = [(guid(1), guid(100)), (guid(3), guid(103))].into();
    let copy = graph.renamed(&names);
    assert_eq!(copy.guid, Some(guid(100)));
    assert_eq!(
        copy.xml,
        xml.replace(&guid(1).to_string(), &guid(100).to_string())
            .replace(&guid(3).to_string(), &guid(103).to_string())
    );
}

fn code(number: u128, children: Vec<Code>) -> Code {
    Code {
        guid: guid(number),
        name: format!("Kode «{number}» & mer"),
        is_codable: number != 2,
        color: "#ff8800".parse().ok(),
        description: (number == 1).then(|| "linje\nto".to_owned()),
        note_refs: Vec::new(),
        children,
    }
}

#[test]
fn a_codebook_comes_back_and_is_valid() {
    let book = Codebook {
        origin: Some("Test 1".to_owned()),
        codes: vec![
            code(1, vec![code(2, vec![code(3, Vec::new())])]),
            code(4, Vec::new()),
        ],
        sets: vec![Set {
            guid: guid(9),
            name: "Noen".to_owned(),
            description: Some("av dem".to_owned()),
            codes: vec![guid(1), guid(3)],
            sources: Vec::new(),
            notes: Vec::new(),
        }],
        leftovers: Vec::new(),
    };
    let mut out = Vec::new();
    book.write(&mut out).unwrap();
    let read = |bytes: &[u8]| Codebook::read(Cursor::new(bytes.to_vec()), Limits::default());
    assert_eq!(read(&out).unwrap(), book);
    assert_eq!(
        Codebook::default().write(Vec::new()).unwrap_err().code(),
        "no-codes"
    );
    let cut = out.get(..out.len() / 2).unwrap();
    assert_eq!(read(cut).unwrap_err().code(), "truncated");
    for (bytes, why) in [
        (b"<Other/>".as_slice(), "not-a-project"),
        (b"hei", "not-a-zip"),
        (b"<!DOCTYPE a [<!ENTITY b \"c\">]><CodeBook/>", "xml"),
    ] {
        assert_eq!(read(bytes).unwrap_err().code(), why);
    }
    let Some(schema) = shared(
        "KNUTEPUNKT_CONFORMANCE",
        "conformance",
        "refi-qda/Codebook.xsd",
    ) else {
        return;
    };
    let child = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        println!("skipped: no xmllint");
        return;
    };
    child.stdin.take().unwrap().write_all(&out).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn codebooks_as_programs_write_them() {
    let one = format!(
        "<Code guid=\"{{{}}}\" name=\"a\" isCodable=\"true\" color=\"rgb(1,2,3)\"/>",
        guid(1)
    );
    for xml in [
        format!("<CodeBook xmlns=\"urn:QDA-XML:codebook:0:4\"><Codes>{one}</Codes></CodeBook>"),
        format!("<c:CodeBook xmlns:c=\"urn:QDA-XML:codebook:1.0\">{one}</c:CodeBook>"),
        format!(
            "<Project name=\"p\" xmlns=\"urn:QDA-XML:project:1.0\"><CodeBook><Codes>{one}</Codes></CodeBook></Project>"
        ),
    ] {
        let book = Codebook::read(Cursor::new(xml.clone()), Limits::default()).unwrap();
        let names: Vec<_> = book
            .codes
            .iter()
            .map(|code| (code.guid, code.name.as_str()))
            .collect();
        assert_eq!(names, [(guid(1), "a")], "{xml}");
    }
}
