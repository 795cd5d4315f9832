//! A small paper with one of each kind of block, for the tests.

use super::super::paper::*;

pub(super) fn labels() -> Labels {
    let word = |word: &str| word.to_owned();
    Labels {
        kind: word("Prosessrapport"),
        contents: word("Innhold"),
        about: word("Om rapporten"),
        services: word("Tjenester"),
        period: word("Intervjuer"),
        date: word("Dato"),
        group: word("Prosjektgruppe"),
        finding: word("Funn"),
        quote: word("Sitat"),
        table: word("Tabell"),
        voices: word("Hvem sa det"),
        reception: word("Slik ble funnet mottatt"),
        page: word("Side"),
        of: word("av"),
        emoji: word("[emoji]"),
    }
}

pub(super) fn cell(text: &str) -> Vec<Inline> {
    vec![Inline::text(text)]
}

pub(super) fn part(number: &str, level: u8, heading: &str, blocks: Vec<Block>) -> Part {
    let number = (!number.is_empty()).then(|| number.to_owned());
    Part {
        number,
        heading: heading.to_owned(),
        level,
        blocks,
    }
}

pub(super) fn table(rows: usize) -> Block {
    let row = |n: usize| {
        Row::Cells(vec![
            cell(&n.to_string()),
            cell("Teamet møter folk der de er."),
        ])
    };
    let groups = [Row::Group(cell("Å bli møtt"))];
    Block::Table(Table {
        caption: "Funnene samlet".into(),
        header: vec![cell("Nr."), cell("Setning")],
        rows: groups.into_iter().chain((1..=rows).map(row)).collect(),
        row_heads: true,
        weights: Vec::new(),
    })
}

pub(super) fn finding() -> Finding {
    Finding {
        id: "f-1".into(),
        number: 1,
        sentence: "Det er vanskelig å vite hvem som kommer.".into(),
        polarity: Polarity::Weakness,
        polarity_word: "Svakhet".into(),
        level_word: "Tjenestenivå".into(),
        voices: vec!["mange brukere".into(), "noen pårørende".into()],
        reception: Some("Bekreftet.".into()),
    }
}

pub(super) fn quote() -> Quote {
    Quote {
        id: "s-12".into(),
        number: 12,
        speaker: "Deltaker 3".into(),
        side: "bruker".into(),
        words: cell("Jeg sitter klar fra klokka ni."),
    }
}

/// A process report in bokmål.
pub(crate) fn paper() -> Paper {
    let goto = Inline::Goto {
        id: "f-1".into(),
        text: cell("funn 1"),
    };
    let own = "Egen tekst.\n\n### Spørsmålene\n\n1. Hva?\n2. Hvem?\n\n> Satt av.\n\n[Mer](https://eksempel.no)";
    Paper {
        ident: "rapport-1".into(),
        language: Language::Nb,
        kind: Kind::Process,
        title: "Når noen ikke går lei".into(),
        short_title: None,
        subtitle: Some("Brukernes erfaringer".into()),
        hub: Hub {
            name: "Knutepunkt Vest".into(),
            lines: vec!["Brygga 4, 5999 Fjordvik".into()],
        },
        study: Study {
            services: vec!["Oppsøkende team".into()],
            period: Some("Januar til mars 2026".into()),
            group: vec!["Ragnhild Moe".into(), "Ali Haugen".into()],
        },
        date: Day {
            year: 2026,
            month: 4,
            day: 14,
            text: "14. april 2026".into(),
        },
        mark: Some("Foreløpig – til dialogkonferansen".into()),
        parts: vec![
            part("1", 1, "Bakgrunn", markdown(own)),
            part(
                "2",
                1,
                "Forutsigbarhet",
                vec![Block::Finding(finding()), Block::Quote(quote())],
            ),
            part(
                "2.1",
                2,
                "Oppsummert",
                vec![
                    Block::FactBox {
                        heading: "Kort sagt".into(),
                        blocks: vec![Block::text("Si hvem som kommer.")],
                    },
                    Block::Paragraph(vec![Inline::text("Se "), goto]),
                    table(2),
                    Block::Rule,
                    Block::Reference {
                        kind: ReferenceKind::Quote,
                        id: "x".into(),
                    },
                ],
            ),
        ],
        colophon: vec![Block::text("Laget på oppdrag fra kommunen.")],
        labels: labels(),
    }
}
