use super::super::testing::shown;
use super::super::{Intake, LineEnds, MarkKind, Spot, read};
use super::*;

fn intake(html: &[u8]) -> Intake {
    read("a.html", html, &Limits::default(), &|_, _| true).unwrap()
}

#[test]
fn blocks_entities_and_nothing_that_is_no_text() {
    let html = "<!DOCTYPE html><html><head><title>Et &amp; to</title><style>p { color: red }</style>\
        <script>if (1 < 2) alert('</p>')</script></head><body><h1>Samtale</h1><p>Å være\n  her &aring;ret&nbsp;rundt&shy;et <b>nå</b>!<br>Ny linje\
        <p>Uten <i>slutt</i><ul><li>en<li>to<ol start=3><li>tre</ol></ul><pre>  fast\n bredde</pre><img src=x><svg><text>tegnet</text></svg>\
        <div hidden>skjult <div>også</div></div><!-- <p>nei --><table><tr><td>a<td><p>b</p></table>Slutt &#xD800; &lt;b&gt;";
    let intake = intake(html.as_bytes());
    assert_eq!(
        shown(&intake),
        [
            "# Samtale",
            "Å være her året\u{A0}rundtet nå!\nNy linje",
            "Uten slutt",
            "• en",
            "• to",
            "3. tre",
            "fast\n bredde",
            "a",
            "b",
            "Slutt \u{FFFD} <b>"
        ]
    );
    assert_eq!(
        intake.notices,
        [
            Notice::SoftHyphensRemoved { count: 1 },
            Notice::TablesFlattened { count: 1 },
            Notice::PicturesLeftOut { count: 2 },
            Notice::HiddenTextLeftOut { count: 1 },
            Notice::LossyDecoding { count: 1 },
        ]
    );
    assert_eq!(intake.title.as_deref(), Some("Et & to"));
    assert_eq!(
        (intake.encoding, intake.line_ends),
        (Some("UTF-8"), LineEnds::Lf)
    );
}

#[test]
fn turns_are_known_as_in_other_files() {
    let html = "<ol><li><b>Intervjuer:</b> Ja?</li><li><b>Kari:</b> Nei.</li></ol><p>Intervjuer: Hm.</p><p>Kari: Jo.<br>Ola: Hei</p>";
    let intake = intake(html.as_bytes());
    assert_eq!(
        shown(&intake),
        [
            "Intervjuer: Ja?",
            "Kari: Nei.",
            "Intervjuer: Hm.",
            "Kari: Jo.",
            "Ola: Hei"
        ]
    );
    assert_eq!(
        intake.notices.first(),
        Some(&Notice::ParagraphNumbersRemoved { count: 2 })
    );
}

#[test]
fn the_page_says_its_encoding() {
    let body = "<meta charset='iso-8859-15'><p>Bl\u{e5}b\u{e6}r \u{a4}";
    let latin: Vec<u8> = body.chars().map(|sign| sign as u8).collect();
    let intake = intake(&latin);
    assert_eq!(shown(&intake), ["Blåbær €"]);
    assert_eq!(
        (intake.encoding, intake.notices.len()),
        (Some("ISO-8859-15"), 0)
    );
    // What it says is wrong when the bytes are UTF-8 beyond doubt.
    let wrong =
        "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1252\"><p>Blåbær";
    let right = super::super::read("a.htm", wrong.as_bytes(), &Limits::default(), &|_, _| true);
    assert_eq!(
        right.map(|intake| shown(&intake)),
        Ok(vec!["Blåbær".to_owned()])
    );
}

#[test]
fn marked_words_stay_marked() {
    let html = "<p>Kari: Det <mark>var fint</mark>.</p><p>I: <span style=\"background-color: rgb(0, 255, 0)\">Ja <span>så</span></span>?</p>\
        <p>Kari: Hm</p><p>I: Nei</p>";
    let intake = intake(html.as_bytes());
    let words: Vec<(Spot, Spot, &MarkKind)> = intake
        .marks
        .iter()
        .map(|mark| (mark.from, mark.to, &mark.kind))
        .collect();
    let spot = |paragraph, at| Spot { paragraph, at };
    assert_eq!(
        words,
        [
            (
                spot(0, 4),
                spot(0, 12),
                &MarkKind::Highlight(Colour::Yellow)
            ),
            (spot(1, 0), spot(1, 5), &MarkKind::Highlight(Colour::Green))
        ]
    );
}

#[test]
fn five_thousand_elements_deep_is_refused_and_loose_ends_are_not() {
    let deep = format!("{}ord", "<div>".repeat(5_000));
    let refused = read("a.html", deep.as_bytes(), &Limits::default(), &|_, _| true);
    assert_eq!(
        refused.map(|_| ()),
        Err(Refused::TooLarge {
            what: Measure::Depth,
            limit: 512
        })
    );
    let loose = "<p>ord<font><b><td></ul></x>".repeat(5_000);
    assert_eq!(intake(loose.as_bytes()).paragraphs.len(), 5_000);
}
