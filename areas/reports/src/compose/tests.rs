use base::Lang;
use ui::Texts;

use super::*;
use crate::paper::{Part, Row, Table, plain};

pub(crate) fn words(lang: Lang) -> Words {
    Texts::new(&[crate::texts()]).unwrap().words(lang)
}

pub(crate) fn quote_block(number: i64, said: &str) -> Block {
    quote(&a_quote(number, Stance::Supports, said))
}

fn a_quote(number: i64, stance: Stance, said: &str) -> QuoteText {
    QuoteText {
        number,
        stance,
        words: said.into(),
        side: "bruker".into(),
    }
}

/// A paper with these blocks and nothing else.
pub(crate) fn composed_of(parts: Vec<(Place, Vec<Block>)>) -> Composed {
    let mut composed = compose(&material(), Stamp::Draft, &words(Lang::Nb));
    composed.places = parts.iter().map(|(place, _)| *place).collect();
    composed.paper.parts = parts
        .into_iter()
        .map(|(_, blocks)| Part {
            number: None,
            heading: String::new(),
            level: 1,
            blocks,
        })
        .collect();
    composed
}

/// A study with nothing in it.
pub(crate) fn material() -> Material {
    Material {
        ident: "prøve".into(),
        kind: Kind::Process,
        language: Language::Nb,
        title: "Å bli møtt".into(),
        subtitle: String::new(),
        hub: paper::Hub {
            name: "Senteret".into(),
            lines: Vec::new(),
        },
        study: paper::Study::default(),
        date: Day {
            year: 2026,
            month: 3,
            day: 2,
            text: "2. mars 2026".into(),
        },
        background: String::new(),
        questions: Vec::new(),
        guide: Vec::new(),
        voices: Vec::new(),
        themes: Vec::new(),
        findings: Vec::new(),
        own: BTreeMap::new(),
    }
}

const THEME: Uuid = Uuid::from_u128(1);

fn a_finding(number: i64, theme: Option<Uuid>, evidence: Vec<QuoteText>) -> FindingText {
    FindingText {
        number,
        theme,
        sentence: format!("Setning {number}."),
        polarity: Polarity::Wish,
        level: "reports-level-service",
        sides: vec!["brukere".into(), "pårørende".into()],
        evidence,
    }
}

/// What is printed, as short lines.
fn outline(composed: &Composed) -> Vec<String> {
    let mut lines = Vec::new();
    for part in &composed.paper.parts {
        let number = part.number.clone().unwrap_or_else(|| "–".into());
        lines.push(format!("{number} {}", part.heading));
        part.blocks
            .iter()
            .for_each(|block| outline_block(block, &mut lines));
    }
    lines
}

fn outline_block(block: &Block, lines: &mut Vec<String>) {
    match block {
        Block::Paragraph(text) => lines.push(format!("  {}", plain(text))),
        Block::List { items, .. } => {
            for item in items {
                item.iter().for_each(|block| outline_block(block, lines));
            }
        }
        Block::Finding(finding) => lines.push(format!(
            "  F{} {} [{}, {}: {}]",
            finding.number,
            finding.sentence,
            finding.polarity_word,
            finding.level_word,
            finding.voices.join("+")
        )),
        Block::Quote(quote) => lines.push(format!(
            "  Q{} {} ({})",
            quote.number,
            plain(&quote.words),
            quote.side
        )),
        Block::Reference { kind, id } => lines.push(format!("  ?{kind:?} {id}")),
        Block::Table(table) => lines.extend(outline_table(table)),
        other => lines.push(format!("  {other:?}")),
    }
}

fn outline_table(table: &Table) -> Vec<String> {
    let joined = |cells: &[Vec<Inline>]| {
        cells
            .iter()
            .map(|cell| plain(cell))
            .collect::<Vec<_>>()
            .join(" | ")
    };
    let row = |row: &Row| match row {
        Row::Cells(cells) => format!("  | {}", joined(cells)),
        Row::Group(text) => format!("  |{}", plain(text)),
    };
    let head = format!("  {}: {}", table.caption, joined(&table.header));
    std::iter::once(head)
        .chain(table.rows.iter().map(row))
        .collect()
}

fn full_material() -> Material {
    let own = [
        (PartKey::Questions, "Vi spurte:\n\n- Hva **virker**?"),
        (PartKey::Method, "Likeverd."),
        (PartKey::Practice, "Vi snakket om *Tilgang*."),
        (
            PartKey::Sample,
            "Vi spurte bredt.\n\n[[stemmer]]\n\nDet var det.",
        ),
        (
            PartKey::ThemeIntro(THEME),
            "Først.\n\n[[funn:2]]\n\n[[sitat:12]]\n\n[[funn:99]]",
        ),
        (PartKey::ThemeSummary(THEME), "- Kort sagt."),
        (PartKey::Thanks, "Takk."),
    ];
    Material {
        background: "Kommunen spurte oss.".into(),
        questions: vec!["Hva virker?".into(), "Hva mangler?".into()],
        guide: vec!["Tilgang".into(), "Å bli spurt".into()],
        voices: vec![
            Count::new(5, "brukere".into()),
            Count::new(2, "pårørende".into()),
        ],
        themes: vec![ThemeText {
            id: THEME,
            title: "Døra".into(),
            about: "Om døra.".into(),
        }],
        findings: vec![
            a_finding(
                1,
                Some(THEME),
                vec![
                    a_quote(11, Stance::Contradicts, "Nei."),
                    a_quote(12, Stance::Supports, "Ja."),
                    a_quote(13, Stance::Supports, "Jo."),
                    a_quote(14, Stance::Supports, "Joda.\nSikkert."),
                    a_quote(15, Stance::Supports, "For mye."),
                    a_quote(16, Stance::Nuances, "Tja."),
                ],
            ),
            a_finding(
                2,
                Some(THEME),
                vec![a_quote(21, Stance::Supports, "Velges ikke av seg selv.")],
            ),
            a_finding(3, None, vec![]),
        ],
        own: own
            .into_iter()
            .map(|(part, text)| (part, text.to_owned()))
            .collect(),
        ..material()
    }
}

#[test]
fn a_small_study_is_composed_to_this() {
    let composed = compose(&full_material(), Stamp::Draft, &words(Lang::Nb));
    let expected = [
        "1 Bakgrunn",
        "  Kommunen spurte oss.",
        "2 Problemstillinger",
        "  Vi spurte:",
        "  Hva virker?",
        "  Problemstillingene i evalueringen:",
        "  Hva mangler?",
        "3 Metoden",
        "3.1 Grunntanken",
        "  Likeverd.",
        "3.2 Slik gjorde vi det",
        "  Vi snakket om Tilgang.",
        "  Temaguiden hadde disse temaene:",
        "  Å bli spurt",
        "3.3 Hvem vi har hørt",
        "  Vi spurte bredt.",
        "  Hver side står for seg. Tall under fem oppgis ikke, og sidene er ikke lagt sammen.",
        "  Stemmene i rapporten: Side | Antall stemmer",
        "  | brukere | 5",
        "  | pårørende | færre enn fem",
        "  Det var det.",
        "4 Døra",
        "  Først.",
        "  F2 Setning 2. [Ønske, Tjenestenivå: brukere+pårørende]",
        "  Q12 Ja. (bruker)",
        "  ?Finding 99",
        "  F1 Setning 1. [Ønske, Tjenestenivå: brukere+pårørende]",
        "  Q13 Jo. (bruker)",
        "  Q14 Joda. Sikkert. (bruker)",
        "  Dette sitatet sier noe annet:",
        "  Q11 Nei. (bruker)",
        "4.1 Døra – oppsummert",
        "  Kort sagt.",
        "5 Andre funn",
        "  F3 Setning 3. [Ønske, Tjenestenivå: brukere+pårørende]",
        "6 Funnene samlet",
        "  Funnene står i kapitlene om temaene, sammen med sitatene. Her er de samlet. Nummeret fører tilbake til funnet.",
        "  Funnene, tema for tema: Nr. | Hva vi fant | Type | Hvem sa det",
        "  |Døra",
        "  | 1 | Setning 1. | Ønske | brukere, pårørende",
        "  | 2 | Setning 2. | Ønske | brukere, pårørende",
        "  |Andre funn",
        "  | 3 | Setning 3. | Ønske | brukere, pårørende",
        "– Takk",
        "  Takk.",
    ];
    assert_eq!(outline(&composed), expected);
    assert_eq!(composed.places.len(), composed.paper.parts.len());
    assert_eq!(
        composed.empty,
        vec![PartKey::Ethics, PartKey::Conference, PartKey::Conclusion]
    );
    assert_eq!(composed.paper.mark.as_deref(), Some("Utkast"));
}

#[test]
fn a_fixed_process_report_says_on_each_page_that_it_is_preliminary() {
    let mark = |lang| {
        compose(&material(), Stamp::Preliminary, &words(lang))
            .paper
            .mark
    };
    assert_eq!(
        Lang::ALL.map(|lang| mark(lang).unwrap_or_default()),
        [
            "Foreløpig – til dialogkonferansen",
            "Førebels – til dialogkonferansen",
            "Preliminary – for the dialogue conference"
        ]
    );
}

#[test]
fn nothing_gives_an_empty_paper_and_tells_what_is_missing() {
    let composed = compose(&material(), Stamp::Draft, &words(Lang::Nb));
    assert_eq!(outline(&composed), Vec::<String>::new());
    let obligatory: Vec<PartKey> = parts(Kind::Process, &[])
        .into_iter()
        .filter(|part| part.is_obligatory())
        .collect();
    assert_eq!(composed.empty, obligatory);
}

#[test]
fn own_text_of_the_sample_without_the_line_leaves_the_table_out() {
    let mut material = full_material();
    material
        .own
        .insert(PartKey::Sample, "Vi sier ikke hvor mange.".into());
    let composed = compose(&material, Stamp::Draft, &words(Lang::Nb));
    let at = composed
        .places
        .iter()
        .position(|place| *place == Place::Part(PartKey::Sample))
        .unwrap();
    assert_eq!(
        composed.paper.parts[at].blocks,
        vec![Block::text("Vi sier ikke hvor mange.")]
    );
}

#[test]
fn no_figure_under_five_of_any_side_is_printed() {
    for n in 0..5 {
        let material = Material {
            voices: vec![Count::new(n, "ansatte".into())],
            ..material()
        };
        let composed = compose(&material, Stamp::Draft, &words(Lang::Nb));
        let lines = outline(&composed);
        assert!(
            lines.contains(&"  | ansatte | færre enn fem".to_owned()),
            "{lines:?}"
        );
    }
}
