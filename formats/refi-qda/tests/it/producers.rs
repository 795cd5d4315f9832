//! Traps that programs lay without meaning to, one made-up project for each.

use std::io::Cursor;

use refi_qda::{
    Color, Item, Limits, Producer, Reader, Reading, Reason, SourceText, TextBody, Unit,
};

use crate::support::{archive, everything, guid, open, project_of, qde, texts};

const TEXT: &str = "11111111-2222-3333-4444-55555555aaaa";

fn source(attributes: &str, inside: &str) -> String {
    format!("<Sources><TextSource guid=\"{TEXT}\" {attributes}>{inside}</TextSource></Sources>")
}

fn mark(start: usize, end: usize) -> String {
    let guid = guid(start as u128);
    format!("<PlainTextSelection guid=\"{guid}\" startPosition=\"{start}\" endPosition=\"{end}\"/>")
}

/// The words of all marks, by the reading that fits.
fn marked_words(bytes: &[u8]) -> (Reading, Vec<String>) {
    let mut reader = open(bytes).unwrap();
    let origin = reader.project().origin.clone();
    let source = texts(&mut reader).remove(0);
    let text = match &source.body {
        TextBody::File { path } => reader.files().open_text(path).unwrap(),
        body => SourceText::from_inline(body).unwrap(),
    };
    let preferred = [Producer::from_origin(origin.as_deref()).reading()];
    let reading = text
        .judge(&source.selections, &preferred)
        .reading()
        .unwrap();
    let lf: Vec<char> = text.to_lf().chars().collect();
    let places = text.place(reading, &source.selections);
    let words = places.into_iter().map(|place| place.unwrap());
    (
        reading,
        words.map(|p| lf[p.start..p.end].iter().collect()).collect(),
    )
}

#[test]
fn nvivo_for_windows() {
    // UTF-16 units, byte order mark not counted, CRLF as two, `Sources/`, lower-case GUIDs.
    let text = "Første linje 😀😀\r\nHun sa 👍 det var bra\r\n\r\nOg så 😡 ingenting";
    let words = ["Hun sa", "bra", "ingenting"];
    let position = |word: &str| {
        let before = text.split(word).next().unwrap().encode_utf16().count();
        (before, before + word.encode_utf16().count())
    };
    let marks: String = words
        .iter()
        .map(|w| position(w))
        .map(|(s, e)| mark(s, e))
        .collect();
    let file = format!("\u{FEFF}{text}");
    let path = format!("plainTextPath=\"internal://{TEXT}.txt\"");
    let bytes = archive(&[
        ("project.qde", qde(&source(&path, &marks)).as_bytes()),
        (&format!("Sources/{TEXT}.txt"), file.as_bytes()),
    ]);
    let (reading, found) = marked_words(&bytes);
    assert_eq!(reading.code(), "utf16-crlf2");
    assert_eq!(found, words);
}

#[test]
fn nvivo_for_mac() {
    // A junk entry of no bytes, and entries that are stored, not packed.
    use std::io::Write;
    let stored =
        zip::write::SimpleFileOptions::DEFAULT.compression_method(zip::CompressionMethod::Stored);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let project = qde(&source(
        &format!("plainTextPath=\"internal://{TEXT}.txt\""),
        &mark(0, 3),
    ));
    for (name, bytes) in [
        ("sources/.root", ""),
        ("project.qde", project.as_str()),
        (&format!("sources/{TEXT}.txt"), "Hun sa"),
        ("__MACOSX/sources/._project.qde", "junk"),
    ] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes.as_bytes()).unwrap();
    }
    let (reading, found) = marked_words(&zip.finish().unwrap().into_inner());
    assert_eq!(
        (reading, found),
        (Reading::STANDARD, vec!["Hun".to_owned()])
    );
}

#[test]
fn atlas_ti_counts_crlf_as_one_and_names_the_quote() {
    let text = "En\r\nto\r\ntre\r\nfire fem seks\r\nsju";
    let selection = format!(
        "<PlainTextSelection guid=\"{TEXT}\" name=\"tre fire…\" startPosition=\"6\" endPosition=\"14\"/>"
    );
    let path = "plainTextPath=\"internal://A.txt\"";
    let bytes = archive(&[
        ("Project.qde", qde(&source(path, &selection)).as_bytes()),
        ("sources/a.TXT", text.as_bytes()),
    ]);
    let (reading, found) = marked_words(&bytes);
    assert_eq!(reading.code(), "codepoints-crlf1");
    assert_eq!(found, ["tre\nfire"]);
}

#[test]
fn qualcoder_writes_a_byte_order_mark_and_crlf() {
    let project = qde(&source("plainTextPath=\"internal://a.txt\"", &mark(3, 5)))
        .replace("name=\"p\"", "name=\"p\" origin=\"QualCoder 3.5\"");
    let bytes = archive(&[
        ("project.qde", project.as_bytes()),
        ("sources/a.txt", "\u{FEFF}ab\r\ncd ef".as_bytes()),
    ]);
    let (reading, found) = marked_words(&bytes);
    assert_eq!(reading.code(), "codepoints-crlf1");
    assert_eq!(found, ["cd"]);
}

#[test]
fn paths_of_all_kinds_lead_to_the_file() {
    for path in [
        "board_2017.txt",
        "internal://board_2017.txt",
        "INTERNAL:///Board_2017.TXT",
        "relative:///board_2017.txt",
        "absolute:///C:/PROJECT/Sources/board_2017.txt",
        "sources\\board_2017.txt",
    ] {
        let project = qde(&source(&format!("plainTextPath=\"{path}\""), ""));
        let bytes = archive(&[
            ("project.qde", project.as_bytes()),
            ("sources/board_2017.txt", b"words"),
        ]);
        let found = everything(&mut open(&bytes).unwrap());
        assert_eq!(found[0].1, [Some("words".to_owned())], "{path}");
    }
}

#[test]
fn a_named_text_that_is_not_there_is_no_error() {
    let path = "relative:///elsewhere.txt";
    let bytes = project_of(&source(&format!("plainTextPath=\"{path}\""), &mark(2, 7)));
    let mut reader = open(&bytes).unwrap();
    assert_eq!(reader.inventory().missing_texts, 1);
    let source = texts(&mut reader).remove(0);
    assert_eq!(
        source.body,
        TextBody::Missing {
            path: path.to_owned()
        }
    );
    assert_eq!(
        (source.selections[0].start, source.selections[0].end),
        (2, 7)
    );
    assert_eq!(
        reader.files().open_text(path).unwrap_err().code(),
        "no-such-file"
    );
}

#[test]
fn words_in_the_xml_keep_their_line_ends() {
    let bytes = project_of(&source(
        "",
        "<PlainTextContent>a\r\nb &amp; <![CDATA[<c>]]>&#x1F600;</PlainTextContent>",
    ));
    let source = texts(&mut open(&bytes).unwrap()).remove(0);
    assert_eq!(source.body, TextBody::Inline("a\r\nb & <c>😀".to_owned()));
}

#[test]
fn guids_are_compared_by_value() {
    let bytes = project_of(
        "<CodeBook><Codes><Code guid=\"{ABCDEF00-0000-0000-0000-00000000000A}\" name=\"c\" \
         isCodable=\"true\"/></Codes></CodeBook>\
         <Sources><TextSource guid=\"00000000-0000-0000-0000-000000000001\">\
         <Coding guid=\"00000000-0000-0000-0000-000000000002\">\
         <CodeRef targetGUID=\"abcdef00-0000-0000-0000-00000000000a\"/></Coding>\
         </TextSource></Sources>",
    );
    let mut reader = open(&bytes).unwrap();
    let code = reader.project().codes[0].guid;
    assert_eq!(texts(&mut reader)[0].codings[0].code, code);
}

#[test]
fn prefixes_and_wrong_namespaces_do_not_matter() {
    let xml = "<q:Project xmlns:q='urn:wrong' name='p' q:name='x'><q:Users>\
               <q:User guid='00000000-0000-0000-0000-000000000001' name='A'/></q:Users>\
               <q:Cases><q:Case guid='00000000-0000-0000-0000-000000000002' q:x='1' \
               name='&quot;it&apos;s&quot;'><q:SourceRef \
               targetGUID='{ABCDEF00-0000-0000-0000-00000000000A}'/></q:Case></q:Cases></q:Project>";
    let bytes = archive(&[("project.qde", xml.as_bytes())]);
    let mut reader = open(&bytes).unwrap();
    assert_eq!(reader.project().name, "p");
    assert_eq!(reader.project().users.len(), 1);
    let (Item::Leftover(case), _) = everything(&mut reader).remove(0) else {
        panic!("a case is kept");
    };
    assert_eq!((case.kind.as_str(), case.reason), ("Case", Reason::Kept));
    assert_eq!(case.guid, Some(guid(2)));
    assert_eq!(case.refs, [guid(0xabcd_ef00_0000_0000_0000_0000_0000_000a)]);
    assert_eq!(
        case.xml,
        "<Case guid=\"00000000-0000-0000-0000-000000000002\" name=\"&quot;it's&quot;\">\
         <SourceRef targetGUID=\"abcdef00-0000-0000-0000-00000000000a\"/></Case>"
    );
}

#[test]
fn a_parent_may_be_codable_and_colours_are_taken_as_they_come() {
    let code = |number: u32, rest: &str, inside: &str| {
        format!(
            "<Code guid=\"00000000-0000-0000-0000-00000000000{number}\" name=\"{number}\" {rest}>{inside}</Code>"
        )
    };
    let inner = code(2, "isCodable=\"false\" color=\"rgba(1,2,3,0.5)\"", "");
    let outer = code(
        1,
        "isCodable=\"true\" color=\"#f00\"",
        &(inner + &code(3, "color=\"teal\"", "")),
    );
    let reader = open(&project_of(&format!("<CodeBook>{outer}</CodeBook>"))).unwrap();
    let codes = &reader.project().codes;
    let color = |red, green, blue| Some(Color { red, green, blue });
    let seen = |c: &refi_qda::Code| (c.is_codable, c.color, c.children.len());
    assert_eq!(
        codes.iter().map(seen).collect::<Vec<_>>(),
        [(true, color(255, 0, 0), 2)]
    );
    assert_eq!(
        codes[0].children.iter().map(seen).collect::<Vec<_>>(),
        [(false, color(1, 2, 3), 0), (true, None, 0)]
    );
}

#[test]
fn marks_that_cannot_be_read_are_kept_with_the_reason() {
    let bytes = project_of(&source(
        "",
        &format!(
            "<PlainTextContent>abc</PlainTextContent>\
             <PlainTextSelection guid=\"x\" startPosition=\"0\" endPosition=\"1\"/>\
             <PlainTextSelection guid=\"{TEXT}\" startPosition=\"-1\" endPosition=\"1\"><Description>d</Description></PlainTextSelection>\
             <PlainTextSelection guid=\"{TEXT}\" startPosition=\"2\" endPosition=\"1\"/>\
             <PlainTextSelection guid=\"{TEXT}\" startPosition=\"0\" endPosition=\"1\">\
               <Coding guid=\"{TEXT}\"><CodeRef targetGUID=\"\"/></Coding></PlainTextSelection>\
             <Extra a=\"1\">x<b/></Extra>"
        ),
    ));
    let source = texts(&mut open(&bytes).unwrap()).remove(0);
    let kept: Vec<_> = source
        .leftovers
        .iter()
        .map(|l| (l.kind.as_str(), l.reason))
        .collect();
    assert_eq!(
        kept,
        [
            ("PlainTextSelection", Reason::BadGuid),
            ("PlainTextSelection", Reason::BadOffset),
            ("PlainTextSelection", Reason::BadOffset),
            ("CodeRef", Reason::BadGuid),
            ("Coding", Reason::BadGuid),
            ("Extra", Reason::Unknown),
        ]
    );
    assert_eq!(source.leftovers[5].xml, "<Extra a=\"1\">x<b/></Extra>");
    assert_eq!(source.leftovers[1].target, Some(source.guid));
    assert_eq!(source.selections.len(), 1);
}

#[test]
fn several_codes_in_one_coding_become_several_codings() {
    let bytes = project_of(&source(
        "",
        &format!(
            "<Coding guid=\"{TEXT}\"><CodeRef targetGUID=\"{}\"/><CodeRef targetGUID=\"{}\"/>\
             <NoteRef targetGUID=\"{}\"/></Coding>",
            guid(1),
            guid(2),
            guid(3)
        ),
    ));
    let codings = texts(&mut open(&bytes).unwrap()).remove(0).codings;
    let codes: Vec<_> = codings.iter().map(|coding| coding.code).collect();
    assert_eq!(codes, [guid(1), guid(2)]);
    assert_eq!(codings[0].guid, codings[1].guid);
    let notes: Vec<_> = codings
        .iter()
        .map(|coding| coding.note_refs.clone())
        .collect();
    assert_eq!(notes, [vec![guid(3)], vec![]]);
}

#[test]
fn transcript_marks_take_their_positions_from_sync_points() {
    let bytes = project_of(&format!(
        "<Sources><AudioSource guid=\"{TEXT}\" path=\"relative:///a.m4a\">\
         <Transcript guid=\"{a}\"><PlainTextContent>Hei du der</PlainTextContent>\
         <SyncPoint guid=\"{b}\" timeStamp=\"0\" position=\"4\"/><SyncPoint guid=\"{c}\" timeStamp=\"900\" position=\"6\"/>\
         <TranscriptSelection guid=\"{d}\" fromSyncPoint=\"{b}\" toSyncPoint=\"{c}\"/>\
         <TranscriptSelection guid=\"{d}\" fromSyncPoint=\"{b}\"/></Transcript>\
         <AudioSelection guid=\"{d}\" begin=\"1\" end=\"2\"/></AudioSource></Sources>",
        a = guid(1),
        b = guid(2),
        c = guid(3),
        d = guid(4),
    ));
    let mut reader = open(&bytes).unwrap();
    let (Item::Media(audio), _) = everything(&mut reader).remove(0) else {
        panic!("an audio source");
    };
    let transcript = &audio.texts[0];
    assert_eq!(transcript.selections.len(), 1);
    assert_eq!(
        (transcript.selections[0].start, transcript.selections[0].end),
        (4, 6)
    );
    assert_eq!(transcript.leftovers[0].reason, Reason::BadOffset);
    assert_eq!(audio.leftovers[0].reason, Reason::Kept);
}

#[test]
fn utf16_is_tolerated_whatever_the_declaration_says() {
    let utf8 =
        qde("<Users><User guid=\"00000000-0000-0000-0000-000000000001\" name=\"Åse 😀\"/></Users>");
    let lying = utf8.replace("utf-8", "utf-16");
    let le: Vec<u8> = format!("\u{FEFF}{lying}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let be: Vec<u8> = format!("\u{FEFF}{lying}")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let bom = format!("\u{FEFF}{utf8}").into_bytes();
    for bytes in [le, be, bom, lying.into_bytes(), utf8.into_bytes()] {
        for bytes in [archive(&[("project.qde", &bytes)]), bytes] {
            let reader = Reader::open(Cursor::new(bytes), Limits::default()).unwrap();
            assert_eq!(reader.project().users[0].name.as_deref(), Some("Åse 😀"));
        }
    }
}

#[test]
fn a_text_in_utf16_is_decoded_and_its_marks_are_found() {
    let text = "Ja 😀 nei 😀 kanskje";
    let utf16: Vec<u8> = format!("\u{FEFF}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let bytes = archive(&[
        (
            "project.qde",
            qde(&source(
                "plainTextPath=\"a.txt\"",
                &(mark(6, 9) + &mark(13, 20)),
            ))
            .as_bytes(),
        ),
        ("a.txt", &utf16),
    ]);
    let (reading, found) = marked_words(&bytes);
    assert_eq!(reading.unit, Unit::Utf16);
    assert_eq!(found, ["nei", "kanskje"]);
}

#[test]
fn nothing_normalises_unicode() {
    let text = "A\u{30A} og Å";
    let bytes = archive(&[
        (
            "project.qde",
            qde(&source(
                "name=\"A\u{30A}\" plainTextPath=\"a.txt\"",
                &mark(0, 2),
            ))
            .as_bytes(),
        ),
        ("a.txt", text.as_bytes()),
    ]);
    let found = everything(&mut open(&bytes).unwrap()).remove(0);
    assert_eq!(found.1, [Some(text.to_owned())]);
    let Item::Text(source) = found.0 else {
        panic!("a text")
    };
    assert_eq!(source.name.as_deref(), Some("A\u{30A}"));
    assert_eq!(marked_words(&bytes).1, ["A\u{30A}"]);
}
