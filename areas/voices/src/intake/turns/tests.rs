use super::*;
use proptest::prelude::*;

fn prose(lines: &[&str]) -> Vec<Paragraph> {
    lines
        .iter()
        .map(|line| Paragraph::prose((*line).to_owned()))
        .collect()
}

/// `speaker|text`, with `+` before what continues.
fn shown(recognised: &Recognised) -> Vec<String> {
    let one = |paragraph: &Paragraph| {
        let more = if paragraph.continues { "+" } else { "" };
        format!(
            "{more}{}|{}",
            paragraph.speaker.as_deref().unwrap_or(""),
            paragraph.text
        )
    };
    recognised.paragraphs.iter().map(one).collect()
}

fn read(lines: &[&str]) -> Vec<String> {
    shown(&turns(prose(lines), &Choices::default()))
}

#[test]
fn a_conversation_with_labels() {
    let lines = [
        "Dato: 3. mai",
        "I: Hvordan var det?",
        "Kari: Fint.",
        "Og varmt.",
        "I: Ja?",
        "Kari: Ja. Jeg sa: nei.",
        "Ola: Hei",
    ];
    assert_eq!(
        read(&lines),
        [
            "|Dato: 3. mai",
            "I|Hvordan var det?",
            "Kari|Fint.",
            "+Kari|Og varmt.",
            "I|Ja?",
            "Kari|Ja. Jeg sa: nei.",
            "Ola|Hei"
        ]
    );
    let recognised = turns(prose(&lines), &Choices::default());
    assert_eq!(
        recognised.speakers,
        [
            ("I".to_owned(), 2),
            ("Kari".to_owned(), 2),
            ("Ola".to_owned(), 1)
        ]
    );
}

#[test]
fn prose_with_colons_stays_prose() {
    let long = "Dette er en tekst uten samtale. ".repeat(200);
    let lines = [
        "Problemstillingen er:",
        &long,
        "Margrethe forteller:",
        "«Slik er det.»",
        "Problemstillingen er:",
        &long,
        "Merk: dette",
    ];
    assert_eq!(read(&lines), lines.map(|line| format!("|{}", line.trim())));
}

#[test]
fn dash_dialogue_has_no_speakers() {
    let lines = ["– Hei, sa hun.", "– Hei: du?", "– Ja."];
    assert_eq!(read(&lines), lines.map(|line| format!("|{line}")));
}

#[test]
fn a_phrase_in_a_conversation_is_no_speaker() {
    let lines = [
        "I: Ja?",
        "P: Nei.",
        "Problemstillingen er: hva",
        "I: Hm",
        "P: Jo",
    ];
    assert_eq!(
        read(&lines),
        [
            "I|Ja?",
            "P|Nei.",
            "+P|Problemstillingen er: hva",
            "I|Hm",
            "P|Jo"
        ]
    );
}

#[test]
fn two_turns_are_enough_when_there_is_nothing_else() {
    assert_eq!(
        read(&["Intervjuer: Hva nå?", "Kari: Vet ikke."]),
        ["Intervjuer|Hva nå?", "Kari|Vet ikke."]
    );
    assert_eq!(read(&["Viktig: les dette"]), ["|Viktig: les dette"]);
}

#[test]
fn a_speaker_alone_on_a_line() {
    let lines = ["Kari:", "Hei du.", "Ola:", "Hei.", "Kari:", "Nå?", "Ola:"];
    assert_eq!(
        read(&lines),
        ["Kari|Hei du.", "Ola|Hei.", "Kari|Nå?", "|Ola:"]
    );
    let lines = [
        "Kari Moe  0:01",
        "Hei du.",
        "Ola Moe  0:04",
        "Hei.",
        "Kari Moe  0:09",
        "Nå?",
    ];
    let recognised = turns(prose(&lines), &Choices::default());
    assert_eq!(
        shown(&recognised),
        ["Kari Moe|Hei du.", "Ola Moe|Hei.", "Kari Moe|Nå?"]
    );
    assert_eq!(
        recognised
            .paragraphs
            .iter()
            .map(|p| p.time_ms)
            .collect::<Vec<_>>(),
        [Some(1_000), Some(4_000), Some(9_000)]
    );
    assert_eq!(recognised.times, 3);
}

#[test]
fn names_alone_without_colon_need_two_who_recur() {
    let lines = [
        "Kari", "Hei du.", "Ola", "Hei.", "Kari", "Nå?", "Ola", "Ja.", "Kari", "Så bra.", "Ola",
        "Hm.",
    ];
    assert_eq!(
        read(&lines),
        [
            "Kari|Hei du.",
            "Ola|Hei.",
            "Kari|Nå?",
            "Ola|Ja.",
            "Kari|Så bra.",
            "Ola|Hm."
        ]
    );
    assert_eq!(
        read(&[
            "Recovery",
            "Tekst her.",
            "Recovery",
            "Mer tekst.",
            "Recovery",
            "Enda mer."
        ])[0],
        "|Recovery"
    );
}

#[test]
fn turns_inside_one_paragraph_are_taken_apart() {
    assert_eq!(
        read(&["I: Ja?\nP: Nei\nikke nå\nI: Hm\nP: Jo"]),
        ["I|Ja?", "P|Nei\nikke nå", "I|Hm", "P|Jo"]
    );
}

#[test]
fn a_person_decides() {
    let lines = [
        "I: Ja?",
        "P: Nei.",
        "Tanker: mange",
        "I: Hm",
        "P: Jo",
        "Tanker: få",
    ];
    let choices = Choices {
        not_speakers: ["Tanker".to_owned()].into(),
        ..Choices::default()
    };
    let recognised = turns(prose(&lines), &choices);
    assert_eq!(
        shown(&recognised),
        [
            "I|Ja?",
            "P|Nei.",
            "+P|Tanker: mange",
            "I|Hm",
            "P|Jo",
            "+P|Tanker: få"
        ]
    );
    let choices = Choices {
        speakers: ["Viktig".to_owned()].into(),
        ..Choices::default()
    };
    assert_eq!(
        shown(&turns(prose(&["Viktig: les", "Og mer."]), &choices)),
        ["Viktig|les", "|Og mer."]
    );
}

#[test]
fn a_heading_ends_a_turn() {
    let mut paragraphs = prose(&["I: Ja?", "P: Nei.", "Del to", "Tekst.", "I: Hm", "P: Jo"]);
    paragraphs[2].kind = Kind::Heading;
    assert_eq!(
        shown(&turns(paragraphs, &Choices::default())),
        ["I|Ja?", "P|Nei.", "|Del to", "|Tekst.", "I|Hm", "P|Jo"]
    );
}

proptest! {
    #[test]
    fn no_letter_is_lost_and_a_second_run_changes_nothing(
        lines in prop::collection::vec("(I: |P1: |Kari: |\\[00:01\\] |Kari|Ola  0:01|– |Noe er: )?[a-zæ:. \\[\\]]{0,12}", 0..20)
    ) {
        let paragraphs: Vec<Paragraph> = lines.iter().map(|line| Paragraph::prose(line.clone())).collect();
        let letters = |text: &str| text.chars().filter(|sign| sign.is_alphabetic()).collect::<String>();
        let once = turns(paragraphs, &Choices::default());
        let given: String = once.paragraphs.iter().map(|paragraph| {
            let label = if paragraph.continues { "" } else { paragraph.speaker.as_deref().unwrap_or("") };
            format!("{label}{}", paragraph.text)
        }).collect();
        // A time alone repeats the name of the one who goes on speaking.
        prop_assume!(!lines.iter().any(|line| line.starts_with('[')));
        prop_assert_eq!(letters(&given), letters(&lines.concat()));
        let twice = turns(once.paragraphs.clone(), &Choices::default());
        prop_assert_eq!(twice.paragraphs, once.paragraphs);
    }
}
