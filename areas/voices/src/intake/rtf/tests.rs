use super::super::testing::shown;
use super::super::{Colour, FileKind, Intake, Mark, MarkKind, Spot, read};
use super::*;

fn intake(body: &str) -> Intake {
    read(
        "a.rtf",
        whole(body).as_bytes(),
        &Limits::default(),
        &|_, _| true,
    )
    .unwrap()
}

fn whole(body: &str) -> String {
    format!(
        "{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0\\fcharset0 Arial;}}{{\\f1\\fcharset204 Arial;}}{{\\f2\\fcharset2 Wingdings;}}}}\
         {{\\colortbl;\\red255\\green255\\blue0;\\red0\\green255\\blue0;}}{{\\stylesheet{{\\s0 Normal;}}{{\\s1\\b heading 1;}}}}{{\\info{{\\title Mitt intervju}}{{\\author X}}}}\
         {{\\*\\generator Noe;}}{body}}}"
    )
}

#[test]
fn letters_in_code_pages_and_units() {
    let body = "\\pard\\s1 Samtale\\par\\pard Bl\\'e5b\\'e6r \\u248?st\\u229\\'e5 {\\f1\\'e4\\'e0} \\uc2\\u8217\\'92\\'92\\uc0 \\u-10179\\uc1 \\u-8704? \\{a\\}\\~b\\_c\\-d\\emdash\\line ny\\tab x\\par";
    let intake = intake(body);
    assert_eq!(
        shown(&intake),
        [
            "# Samtale",
            "Blåbær østå да ’😀 {a}\u{A0}b\u{2011}cd—\nny\tx"
        ]
    );
    assert_eq!(intake.notices, [Notice::SoftHyphensRemoved { count: 1 }]);
    assert_eq!(intake.title.as_deref(), Some("Mitt intervju"));
}

#[test]
fn what_is_not_text_is_told() {
    let body = "inn{\\v skjult}{\\deleted ut}{\\revised satt} \\u-10179? {\\f2\\'e0}{\\pict\\wmetafile8 0102}{\\header Topp}{\\footer 3}\
        {\\field{\\*\\fldinst PAGE}{\\fldrslt 12}}{\\*\\ukjent nei}{\\shp{\\*\\shpinst{\\sp{\\sn x}{\\sv y}}{\\shptxt boks\\par}}{\\shprslt boks}}\
        {\\footnote \\chftn  Om dette.}\\par\\trowd\\intbl en\\cell to\\cell\\row\\pard{\\listtext 1.\\tab}punkt\\par{\\listtext \\u61623?\\tab}dott\\par\\bin3 abcslutt";
    let intake = intake(body);
    assert_eq!(
        shown(&intake),
        [
            "boks",
            "innsatt \u{FFFD} \u{FFFD}12[1]",
            "en",
            "to",
            "1. punkt",
            "• dott",
            "slutt",
            "[1] Om dette."
        ]
    );
    assert_eq!(
        intake.notices,
        [
            Notice::FootnotesAppended { count: 1 },
            Notice::TablesFlattened { count: 1 },
            Notice::PicturesLeftOut { count: 1 },
            Notice::TrackedInsertionsKept { count: 1 },
            Notice::TrackedDeletionsLeftOut { count: 1 },
            Notice::HiddenTextLeftOut { count: 1 },
            Notice::HeadersLeftOut { count: 1 },
            Notice::SymbolsReplaced { count: 1 },
            Notice::LossyDecoding { count: 1 },
        ]
    );
}

#[test]
fn colours_and_comments_stand_on_their_words() {
    let body = "Kari: Det {\\highlight1 var }{\\highlight1 fint}.\\par I: {\\*\\atrfstart 0}Ja vel{\\*\\atrfend 0}{\\*\\atnid OM}{\\*\\atnauthor Ola}\\chatn \
        {\\*\\annotation{\\*\\atndate 1}{\\*\\atnref 0}Viktig}?\\par Kari: {\\chcbpat2 Hm}\\par I: Ja\\par";
    let intake = intake(body);
    let spot = |paragraph, at| Spot { paragraph, at };
    let colour = |from, to, colour| Mark {
        from,
        to,
        kind: MarkKind::Highlight(colour),
    };
    assert_eq!(
        intake.marks,
        [
            colour(spot(0, 4), spot(0, 12), Colour::Yellow),
            Mark {
                from: spot(1, 0),
                to: spot(1, 6),
                kind: MarkKind::Comment {
                    author: Some("Ola".into()),
                    text: "Viktig".into()
                }
            },
            colour(spot(2, 0), spot(2, 2), Colour::Green),
        ]
    );
    assert_eq!(
        shown(&intake),
        ["Kari: Det var fint.", "I: Ja vel?", "Kari: Hm", "I: Ja"]
    );
}

#[test]
fn half_a_document_and_deep_groups_are_refused() {
    let text = whole("Hei\\par");
    let refused = |bytes: &[u8]| read("a.rtf", bytes, &Limits::default(), &|_, _| true).map(|_| ());
    assert_eq!(
        refused(&text.as_bytes()[..text.len() - 1]),
        Err(Refused::Truncated)
    );
    assert_eq!(refused(b"{\\rtf1 a\\bin9999 b}"), Err(Refused::Truncated));
    assert_eq!(refused(b"{\\rtf1 \\'4"), Err(Refused::Truncated));
    assert_eq!(refused(b"{\\rtf1 {\\pict 00}}"), Err(Refused::Empty));
    assert_eq!(
        refused(format!("{{\\rtf1 {}", "{".repeat(5_000)).as_bytes()),
        Err(Refused::TooLarge {
            what: Measure::Depth,
            limit: 256
        })
    );
    assert_eq!(
        refused(b"PK\x03\x04"),
        Err(Refused::NotWhatItSaysItIs {
            extension: "rtf".into(),
            found: FileKind::Zip
        })
    );
}
