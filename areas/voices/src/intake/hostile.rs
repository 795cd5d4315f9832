//! Hostile and broken files, made by generators: each is refused with its reason, or comes in
//! whole; none may take more than moments, go deep, or end the program.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::testing::{docx, drawn, odt, pdf, pdf_of, word, zip};
use super::{FileKind, Intake, Limits, Measure, Refused, read};

#[path = "../../../../fuzz/src/parts.rs"]
mod parts;

/// The program as it is run refuses within two seconds. Unoptimised, on a machine that builds other
/// things, it takes ten times that; what grows with the square takes minutes.
const PATIENCE: Duration = Duration::from_secs(30);

#[expect(
    clippy::disallowed_methods,
    reason = "how long it takes is what is tested"
)]
fn intake(name: &str, bytes: &[u8]) -> Result<Intake, Refused> {
    let begun = Instant::now();
    let read = read(name, bytes, &Limits::default(), &|_, _| true);
    let took = begun.elapsed();
    assert!(took < PATIENCE, "{name}: {took:?}");
    read
}

fn refused(name: &str, bytes: &[u8]) -> Refused {
    intake(name, bytes).map(|_| name.to_owned()).unwrap_err()
}

fn too_large(what: Measure, limit: u64) -> Refused {
    Refused::TooLarge { what, limit }
}

fn odt_of(content: &str) -> Vec<u8> {
    zip(&[("content.xml", content.as_bytes())])
}

#[test]
fn bombs_of_zip_and_xml() {
    let sixty_megabytes = "ord ".repeat(15 << 20);
    let big = docx(
        &format!("<w:p><w:r><w:t>{sixty_megabytes}</w:t></w:r></w:p>"),
        &[],
    );
    assert!(big.len() < 1 << 20, "{}", big.len());
    assert_eq!(refused("a.docx", &big), too_large(Measure::Ratio, 100));
    let big = odt(&format!("<text:p>{sixty_megabytes}</text:p>"), "");
    assert_eq!(refused("a.odt", &big), too_large(Measure::Ratio, 100));
    let runs = "<w:r><w:t>ord </w:t></w:r>".repeat(150_000);
    let many = docx(&format!("<w:p>{runs}</w:p>"), &[]);
    assert_eq!(refused("a.docx", &many), too_large(Measure::Ratio, 100));
    let spans = "<text:span>ord </text:span>".repeat(150_000);
    let many = odt(&format!("<text:p>{spans}</text:p>"), "");
    assert_eq!(refused("a.odt", &many), too_large(Measure::Ratio, 100));
    let styles = format!("<a>{}</a>", "<w:style/>".repeat(400_000));
    let beside = docx(
        "<w:p><w:r><w:t>Hei</w:t></w:r></w:p>",
        &[("word/styles.xml", &styles)],
    );
    assert_eq!(refused("a.docx", &beside), too_large(Measure::Ratio, 100));
    let beside = zip(&[("content.xml", b"<a/>"), ("styles.xml", styles.as_bytes())]);
    assert_eq!(refused("a.odt", &beside), too_large(Measure::Ratio, 100));

    let nine = (0..9).fold("<!ENTITY e0 \"ha\">".to_owned(), |all, n| {
        format!(
            "{all}<!ENTITY e{} \"{}\">",
            n + 1,
            format!("&e{n};").repeat(10)
        )
    });
    let entities = format!("<!DOCTYPE x [{nine}]><x>&e9;</x>");
    let no_types = Refused::Unsafe {
        what: "a document type",
    };
    let no_entities = Refused::Unsafe {
        what: "an entity of its own",
    };
    assert_eq!(
        refused(
            "a.docx",
            &zip(&[("word/document.xml", entities.as_bytes())])
        ),
        no_types
    );
    assert_eq!(refused("a.odt", &odt_of(&entities)), no_types);
    assert_eq!(
        refused("a.odt", &odt("<text:p>&e9;</text:p>", "")),
        no_entities
    );
    // The page shows them as they are written: HTML has no entities of its own.
    let page = intake("a.html", entities.as_bytes()).unwrap();
    assert!(page.paragraphs[0].text.ends_with("&e9;"));

    let deep = |one: &str| one.repeat(5_000);
    assert_eq!(
        refused("a.docx", &docx(&deep("<w:p>"), &[])),
        too_large(Measure::Depth, 256)
    );
    assert_eq!(
        refused("a.odt", &odt(&deep("<text:section>"), "")),
        too_large(Measure::Depth, 256)
    );
    assert_eq!(
        refused("a.html", deep("<div>").as_bytes()),
        too_large(Measure::Depth, 512)
    );
    assert_eq!(
        refused("a.rtf", format!("{{\\rtf1 {}", deep("{")).as_bytes()),
        too_large(Measure::Depth, 256)
    );
    assert_eq!(
        refused("a.md", deep(">").as_bytes()),
        too_large(Measure::Depth, 256)
    );
    let many: Vec<String> = (0..2_001).map(|n| format!("f{n}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(
        refused("a.odt", &zip(&many)),
        too_large(Measure::Entries, 2_000)
    );
}

#[test]
fn names_that_lead_out_are_refused_and_others_are_only_names() {
    let text = word("<w:p><w:r><w:t>Hei</w:t></w:r></w:p>");
    let content = "<office:body><office:text><text:p>Hei</text:p></office:text></office:body>";
    for name in [
        "../../etc/passwd",
        "word/../../etc/passwd",
        "..\\..\\etc\\passwd",
        "C:\\..\\etc",
    ] {
        for (file, part, text) in [
            ("../../a.docx", "word/document.xml", text.as_str()),
            ("a.odt", "content.xml", content),
        ] {
            let whole = [(part, text.as_bytes())];
            assert_eq!(
                intake(file, &zip(&whole)).unwrap().paragraphs[0].text,
                "Hei"
            );
            let leads_out = zip(&[whole[0], (name, b"x")]);
            assert_eq!(
                refused(file, &leads_out),
                Refused::Unsafe {
                    what: "a name that leads out of it"
                },
                "{name}"
            );
        }
    }
    let names = zip(&[
        ("/word/document.xml", b"<x/>"),
        ("word/../word/document.xml", b"<x/>"),
        ("word/document.xml", text.as_bytes()),
    ]);
    let read = intake("../../a.docx", &names).unwrap();
    assert_eq!(read.paragraphs[0].text, "Hei");
    let leads_out = "<Relationships><Relationship Type=\"x/officeDocument\" Target=\"../../../etc/passwd\"/></Relationships>";
    let other = zip(&[
        ("_rels/.rels", leads_out.as_bytes()),
        ("word/document.xml", text.as_bytes()),
    ]);
    assert_eq!(intake("a.docx", &other).unwrap().paragraphs[0].text, "Hei");
}

#[test]
fn surrogates_and_nul() {
    let broken = |what| Refused::Broken { what };
    for number in ["#xD800", "#0", "#x110000"] {
        let body = format!("<w:p><w:r><w:t>a&{number};b</w:t></w:r></w:p>");
        assert_eq!(
            refused("a.docx", &docx(&body, &[])),
            broken("XML"),
            "{number}"
        );
        let body = format!("<text:p>a&{number};b</text:p>");
        assert_eq!(refused("a.odt", &odt(&body, "")), broken("XML"), "{number}");
        let page = intake("a.html", format!("<p>a&{number};b").as_bytes()).unwrap();
        assert_eq!(page.paragraphs[0].text, "a\u{FFFD}b", "{number}");
    }
    let lone = intake("a.rtf", b"{\\rtf1 a\\u-10240?b\\u-9216?c}").unwrap();
    assert_eq!(lone.paragraphs[0].text, "a\u{FFFD}b\u{FFFD}c");
    for name in ["a.txt", "a.md", "a.html"] {
        let read = intake(name, b"abc def\0ghi jkl mno pqr stu vwx").unwrap();
        assert!(!read.paragraphs[0].text.contains('\0'), "{name}");
    }
    let lone = b"\xFF\xFEa\0\0\xD8b\0";
    let read = intake("a.txt", lone).unwrap();
    assert_eq!(read.paragraphs[0].text, "a\u{FFFD}b");
}

#[test]
fn locked_cut_and_misnamed() {
    let mut ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    ole.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(refused("a.docx", &ole), Refused::Encrypted);
    let not = |extension: &str, found| Refused::NotWhatItSaysItIs {
        extension: extension.into(),
        found,
    };
    assert_eq!(refused("a.odt", &ole[..8]), not("odt", FileKind::OldWord));

    let whole: Vec<(&str, Vec<u8>)> = vec![
        ("a.docx", docx("<w:p><w:r><w:t>Hei</w:t></w:r></w:p>", &[])),
        ("a.odt", odt("<text:p>Hei</text:p>", "")),
        ("a.rtf", b"{\\rtf1 Hei\\par}".to_vec()),
    ];
    for (name, bytes) in &whole {
        assert!(intake(name, bytes).is_ok(), "{name}");
        let half = &bytes[..bytes.len() / 2];
        assert_eq!(refused(name, half), Refused::Truncated, "{name}");
    }
    let web = b"<!DOCTYPE html><p>Hei".to_vec();
    let drawing = pdf(&[&drawn(&[(20.0, 300.0, 10.0, "Hei")])]);
    let kinds = [
        ("pdf", &drawing, FileKind::Pdf),
        ("html", &web, FileKind::Html),
        ("rtf", &whole[2].1, FileKind::Rtf),
    ];
    for (own, bytes, kind) in kinds {
        for other in ["txt", "docx", "odt", "rtf", "vtt", "srt", "pdf", "html"] {
            if other != own {
                assert_eq!(refused(&format!("a.{other}"), bytes), not(other, kind));
            }
        }
    }
    assert_eq!(refused("a.docx", &whole[1].1), not("docx", FileKind::Odt));
    assert_eq!(refused("a.odt", &whole[0].1), not("odt", FileKind::Docx));
}

#[test]
fn repetition_costs_no_more_than_its_length() {
    let cases: Vec<(&str, String)> = vec![
        ("a.html", "<a".repeat(60_000)),
        ("a.html", "<p><b><i>".repeat(20_000)),
        ("a.html", "</p>".repeat(50_000)),
        ("a.html", "<ul><li>".repeat(250) + &"<p>".repeat(40_000)),
        ("a.html", format!("<p {}>x", "a=b ".repeat(40_000))),
        ("a.html", "<mark>x</mark> ".repeat(12_000)),
        ("a.html", format!("<script>{}", "</scrip".repeat(20_000))),
        ("a.html", "&#x41;".repeat(30_000)),
        ("a.rtf", format!("{{\\rtf1 {}}}", "{}".repeat(60_000))),
        ("a.rtf", format!("{{\\rtf1 {}}}", "\\par ".repeat(30_000))),
        (
            "a.rtf",
            format!("{{\\rtf1 {}x}}", "\\u-10240?".repeat(16_000)),
        ),
        (
            "a.srt",
            format!("1\n00:00:01,000 --> 00:00:02,000\n{}", "<".repeat(60_000)),
        ),
        (
            "a.srt",
            "1\n00:00:01,000 --> 00:00:02,000\nI: ja\n\n".repeat(4_000),
        ),
        (
            "a.vtt",
            format!(
                "WEBVTT\n\n00:01.000 --> 00:02.000\n{}",
                "<v a>".repeat(12_000)
            ),
        ),
        ("a.md", "[a](".repeat(10_000)),
        ("a.md", "**a ".repeat(12_000)),
        ("a.md", "- ".repeat(4_000)),
        ("a.md", "| a ".repeat(12_000) + "\n|" + &"-|".repeat(12_000)),
        ("a.md", "[^a]: x\n\n".repeat(6_000)),
        ("a.txt", "I: ".repeat(40_000)),
        ("a.txt", "A: b\n".repeat(20_000)),
    ];
    for (name, text) in cases {
        let _ = intake(name, text.as_bytes());
    }
}

#[test]
fn a_pdf_that_nests_and_repeats() {
    let deep = format!("{}1{}", "[".repeat(60_000), "]".repeat(60_000));
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[2 0 R]>>".to_owned(),
        deep,
    ];
    assert!(intake("a.pdf", &pdf_of(&objects, "")).is_err());
    let drawing = "q ".repeat(100_000) + "BT /F 10 Tf 20 300 Td (Hei) Tj ET";
    let _ = intake("a.pdf", &pdf(&[&drawing]));
}

#[test]
fn a_pdf_whose_fonts_tell_without_end() {
    let shown = "BT /F 10 Tf 20 300 Td (Hei) Tj ET";
    let with_table = |table: &str, drawing: &str| {
        let parts = [drawing, table].join("\n=====\n");
        intake("a.pdf", &parts::packed("pdf", parts.as_bytes()))
    };
    let every_code = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /A def\n/CMapType 2 def\n\
        1 begincodespacerange\n<00000000> <FFFFFFFF>\nendcodespacerange\n1 beginbfrange\n<00000000> <FFFFFFFF> <0001>\n\
        endbfrange\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
    let all = with_table(every_code, shown).unwrap();
    assert_eq!(all.paragraphs[0].text, "Ifj");
    let long = format!("beginbfchar <48> <{}> endbfchar", "0041".repeat(1_000_000));
    let many = format!("BT /F 10 Tf 20 300 Td ({}) Tj ET", "H".repeat(20));
    assert_eq!(
        with_table(&long, &many),
        Err(too_large(Measure::Characters, 10_000_000))
    );
    // Each font tells all its widths in a few bytes; a page takes up as many fonts as it likes.
    let fonts: Vec<String> = (0..300)
        .map(|n| format!("/F{n}<</Subtype/Type0/DescendantFonts[<</W[0 65535 {n}]>>]>>"))
        .collect();
    let taken: String = (0..300).map(|n| format!("/F{n} 9 Tf ")).collect();
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
        format!(
            "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<<{}>>>>>>",
            fonts.concat()
        ),
        format!("<</Length {}>>stream\n{taken}\nendstream", taken.len()),
    ];
    assert_eq!(
        refused("a.pdf", &pdf_of(&objects, "")),
        too_large(Measure::UnpackedBytes, 256 << 20)
    );
}

#[test]
fn the_look_of_a_list_does_not_multiply() {
    let look = "x".repeat(20_000);
    let numbering = format!(
        "<w:numbering><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/>\
         <w:lvlText w:val=\"%1{look}\"/></w:lvl></w:abstractNum><w:num w:numId=\"5\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"
    );
    let item = "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"5\"/></w:numPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>";
    let bytes = docx(&item.repeat(500), &[("word/numbering.xml", &numbering)]);
    let items = intake("a.docx", &bytes).unwrap().paragraphs;
    assert_eq!(items[499].text, format!("500{} a", "x".repeat(62)));
    let styles = format!(
        "<text:list-style style:name=\"L\"><text:list-level-style-number text:level=\"1\" style:num-format=\"1\" \
         style:num-prefix=\"{look}\" style:num-suffix=\"{look}\"/></text:list-style>"
    );
    let item = "<text:list-item><text:p>a</text:p></text:list-item>".repeat(500);
    let list = format!("<text:list text:style-name=\"L\">{item}</text:list>");
    let items = intake("a.odt", &odt(&list, &styles)).unwrap().paragraphs;
    let around = "x".repeat(64);
    assert_eq!(items[499].text, format!("{around}500{around} a"));
}

/// A small whole file of each kind.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let comments = (
        "word/comments.xml",
        "<w:comments><w:comment w:id=\"0\" w:author=\"Ola\"><w:p><w:r><w:t>Ja</w:t></w:r></w:p></w:comment></w:comments>",
    );
    let styles = "<style:style style:name=\"T1\"><style:text-properties fo:background-color=\"#ffff00\"/></style:style>";
    vec![
        ("a.docx", docx("<w:p><w:commentRangeStart w:id=\"0\"/><w:r><w:rPr><w:highlight w:val=\"yellow\"/></w:rPr><w:t>I: Hei</w:t></w:r><w:commentRangeEnd w:id=\"0\"/></w:p><w:p><w:r><w:t>P: Nei</w:t></w:r></w:p>", &[comments])),
        ("a.odt", odt("<text:p>I: <text:span text:style-name=\"T1\">Hei</text:span><office:annotation><text:p>Å</text:p></office:annotation></text:p><text:list><text:list-item><text:p>P: Nei</text:p></text:list-item></text:list>", styles)),
        ("a.rtf", b"{\\rtf1\\ansi{\\colortbl;\\red255\\green255\\blue0;}I: {\\highlight1 B\\u229?r}{\\*\\annotation Ja}\\par P: {\\footnote x}\\'e5\\cell\\row}".to_vec()),
        ("a.html", "<!DOCTYPE html><meta charset=utf-8><h1>Å</h1><p>I: <mark>Hei</mark><ul><li>P: Nei<table><td>a&amp;b".into()),
        ("a.md", "# Å\n\nI: **Hei**\nP: Nei[^1] <ler>\n\n1. a\n2. b\n\n| a |\n|---|\n| b |\n\n<p>x</p>\n\n[^1]: note\n".into()),
        ("a.vtt", "WEBVTT\n\n1\n00:01.000 --> 00:02.000 x:1\n<v Kari>Hei &amp; <i>hå</i></v>\n\nNOTE x\n".into()),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nI: Hei\n\n2\n00:00:02,000 --> 00:00:03,000\nP: {\\an8}nei\n".into()),
        ("a.txt", "I: Hei [00:01]\nP: Nei\n\n1 Å\n- b\n\u{C}\n12\n".into()),
        ("a.pdf", pdf(&[&drawn(&[(20.0, 300.0, 10.0, "Hei"), (20.0, 280.0, 10.0, "Nei")])])),
    ]
}

/// Every invariant that holds for whatever was read.
fn holds(intake: &Intake) -> bool {
    let text = |at: usize| {
        intake
            .paragraphs
            .get(at)
            .map(|one| one.text.chars().count())
    };
    let marks = intake.marks.iter().all(|mark| {
        mark.from < mark.to
            && text(mark.from.paragraph).is_some_and(|count| mark.from.at <= count)
            && text(mark.to.paragraph).is_some_and(|count| mark.to.at <= count)
    });
    let clean = |sign: char| !sign.is_control() || sign == '\n' || sign == '\t';
    marks
        && !intake.paragraphs.is_empty()
        && intake.paragraphs.iter().all(|one| {
            !one.text.trim().is_empty()
                && one.text.chars().count() <= super::BLOCK_CODE_POINTS
                && one.text.chars().all(clean)
                && (one.kind == super::Kind::Turn) == one.speaker.is_some()
        })
}

/// What the fuzzers found or began with, beside the repository's other folders.
#[test]
fn the_corpus_of_the_fuzzers_is_read_again() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let Ok(kinds) = std::fs::read_dir(&folder) else {
        println!("skipped: no corpus");
        return;
    };
    let mut count = 0;
    for kind in kinds {
        let kind = kind.unwrap();
        let folder = kind.file_name().to_string_lossy().into_owned();
        let whole = folder.strip_suffix("-parts");
        let name = format!("a.{}", whole.unwrap_or(&folder));
        for file in std::fs::read_dir(kind.path()).unwrap() {
            let file = file.unwrap().path();
            let bytes = std::fs::read(&file).unwrap();
            let bytes = whole.map_or(bytes.clone(), |kind| parts::packed(kind, &bytes));
            if let Ok(read) = intake(&name, &bytes) {
                assert!(holds(&read), "{}", file.display());
            }
            count += 1;
        }
    }
    assert!(count >= seeds().len(), "{count}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn damaged_files_of_every_kind(
        which in 0usize..9,
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..4), 1..6),
    ) {
        let (name, mut bytes) = seeds().remove(which);
        for (at, byte, how) in cuts {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                2 => bytes.insert(at, byte),
                _ => {
                    let piece = bytes[at..(at + 40).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
            if bytes.is_empty() {
                return Ok(());
            }
        }
        if let Ok(read) = read(name, &bytes, &Limits::default(), &|_, _| true) {
            prop_assert!(holds(&read), "{read:?}");
        }
    }

    #[test]
    fn damaged_words_within_a_package(text in "[<>/&;\"= a-zA-ZæøåI:P\\n]{0,80}", which in any::<bool>()) {
        let (name, bytes) = if which {
            ("a.docx", docx(&format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"), &[]))
        } else {
            ("a.odt", odt(&format!("<text:p>{text}</text:p>"), ""))
        };
        if let Ok(read) = read(name, &bytes, &Limits::default(), &|_, _| true) {
            prop_assert!(holds(&read), "{read:?}");
        }
    }
}
