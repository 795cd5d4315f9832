use super::super::super::testing::{odt, shown, zip};
use super::super::super::{
    Colour, FileKind, Intake, Kind, Limits, Mark, MarkKind, Notice, Refused, Spot, read,
};

fn intake(body: &str, styles: &str) -> Intake {
    read("a.odt", &odt(body, styles), &Limits::default(), &|_, _| {
        true
    })
    .unwrap()
}

#[test]
fn paragraphs_white_space_tabs_and_notes() {
    let body = "<text:h text:outline-level=\"1\">Samtale</text:h><text:p>  Å være\n  <text:span>her</text:span> <text:s text:c=\"2\"/>nå<text:tab/>x<text:line-break/>\
        y<text:note text:note-class=\"footnote\"><text:note-citation>1</text:note-citation><text:note-body><text:p>Om dette.</text:p><text:p>Mer.</text:p></text:note-body></text:note>.</text:p>\
        <text:p/><table:table><table:table-row><table:table-cell><text:p>en</text:p></table:table-cell><table:table-cell><text:p>to</text:p></table:table-cell></table:table-row></table:table>\
        <text:p>f\u{AD}ør <draw:frame><draw:text-box><text:p>boks</text:p></draw:text-box></draw:frame>etter<draw:frame><draw:object/><draw:image/><svg:title>Bilde</svg:title></draw:frame></text:p>\
        <text:table-of-content><text:index-body><text:p>Samtale 1</text:p></text:index-body></text:table-of-content>";
    let intake = intake(body, "");
    assert_eq!(
        shown(&intake),
        [
            "# Samtale",
            "Å være her   nå\tx\ny[1].",
            "en",
            "to",
            "boks",
            "før etter",
            "[1] Om dette.\nMer."
        ]
    );
    assert_eq!(
        intake.notices,
        [
            Notice::SoftHyphensRemoved { count: 1 },
            Notice::FootnotesAppended { count: 1 },
            Notice::ContentsLinesRemoved { count: 1 },
            Notice::TablesFlattened { count: 1 },
            Notice::PicturesLeftOut { count: 1 },
        ]
    );
}

#[test]
fn changes_hidden_words_and_lists() {
    let styles = "<style:style style:name=\"T9\"><style:text-properties text:display=\"none\"/></style:style>\
        <style:style style:name=\"P1\" style:parent-style-name=\"Title\"/><text:list-style style:name=\"L1\">\
        <text:list-level-style-number text:level=\"1\" style:num-format=\"1\" style:num-suffix=\".\"/>\
        <text:list-level-style-number text:level=\"2\" style:num-format=\"a\" style:num-suffix=\")\" text:display-levels=\"2\"/></text:list-style>\
        <text:list-style style:name=\"L2\"><text:list-level-style-bullet text:level=\"1\" text:bullet-char=\"x\"/></text:list-style>";
    let body = "<text:tracked-changes><text:changed-region><text:deletion><text:p>slettet</text:p></text:deletion></text:changed-region>\
        <text:changed-region><text:insertion/></text:changed-region></text:tracked-changes><text:p text:style-name=\"P1\">Tittel</text:p>\
        <text:p>inn<text:span text:style-name=\"T9\">skjult</text:span> ut</text:p>\
        <text:list text:style-name=\"L1\"><text:list-item><text:p>en</text:p><text:list><text:list-item><text:p>a</text:p></text:list-item><text:list-item><text:p>b</text:p><text:p>mer</text:p></text:list-item></text:list></text:list-item></text:list>\
        <text:list text:style-name=\"L2\"><text:list-item><text:p>punkt</text:p></text:list-item></text:list>\
        <text:list text:style-name=\"L1\" text:continue-numbering=\"true\"><text:list-item><text:p>to</text:p></text:list-item></text:list>";
    let intake = intake(body, styles);
    assert_eq!(
        shown(&intake),
        [
            "# Tittel",
            "inn ut",
            "1. en",
            "1.a) a",
            "1.b) b",
            "mer",
            "• punkt",
            "2. to"
        ]
    );
    assert_eq!(
        intake.notices,
        [
            Notice::TrackedInsertionsKept { count: 1 },
            Notice::TrackedDeletionsLeftOut { count: 1 },
            Notice::HiddenTextLeftOut { count: 1 },
        ]
    );
}

#[test]
fn colours_and_comments_stand_on_their_words() {
    let styles = "<style:style style:name=\"T1\"><style:text-properties fo:background-color=\"#ffff00\"/></style:style>";
    let comment = "<dc:creator>Ola</dc:creator><dc:date>2026-01-01</dc:date><text:p>Viktig</text:p><text:p>poeng</text:p>";
    let body = format!(
        "<text:p>Kari: Det <text:span text:style-name=\"T1\">var </text:span><text:span text:style-name=\"T1\">fint</text:span> der.</text:p>\
        <text:p>I: <office:annotation office:name=\"a\">{comment}</office:annotation>Ja vel<office:annotation-end office:name=\"a\"/>?</text:p>\
        <text:p>Kari: Ja<office:annotation><dc:creator/><text:p>Her</text:p></office:annotation>.</text:p><text:p>I: Å</text:p>"
    );
    let intake = intake(&body, styles);
    assert_eq!(
        shown(&intake),
        ["Kari: Det var fint der.", "I: Ja vel?", "Kari: Ja.", "I: Å"]
    );
    let spot = |paragraph, at| Spot { paragraph, at };
    assert_eq!(
        intake.marks,
        [
            Mark {
                from: spot(0, 4),
                to: spot(0, 12),
                kind: MarkKind::Highlight(Colour::Yellow)
            },
            Mark {
                from: spot(1, 0),
                to: spot(1, 6),
                kind: MarkKind::Comment {
                    author: Some("Ola".into()),
                    text: "Viktig\npoeng".into()
                }
            },
            Mark {
                from: spot(2, 0),
                to: spot(2, 3),
                kind: MarkKind::Comment {
                    author: None,
                    text: "Her".into()
                }
            },
        ]
    );
    assert!(intake.paragraphs.iter().all(|one| one.kind == Kind::Turn));
}

#[test]
fn other_things_named_odt_are_known() {
    let refused =
        |bytes: &[u8]| read("a.odt", bytes, &Limits::default(), &|_, _| true).unwrap_err();
    let not = |found| Refused::NotWhatItSaysItIs {
        extension: "odt".into(),
        found,
    };
    assert_eq!(
        refused(&zip(&[("word/document.xml", b"<w/>")])),
        not(FileKind::Docx)
    );
    let sheet: &[u8] =
        b"<office:document-content><office:body><office:spreadsheet/></office:body></office:document-content>";
    assert_eq!(
        refused(&zip(&[("content.xml", sheet)])),
        not(FileKind::Other)
    );
    let manifest: &[u8] = b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let locked = zip(&[
        ("META-INF/manifest.xml", manifest),
        ("content.xml", b"\x01\x02"),
    ]);
    assert_eq!(refused(&locked), Refused::Encrypted);
    let whole = odt("<text:p>Hei</text:p>", "");
    assert_eq!(refused(&whole[..whole.len() / 2]), Refused::Truncated);
    assert_eq!(refused(&odt("<text:p/>", "")), Refused::Empty);
}
