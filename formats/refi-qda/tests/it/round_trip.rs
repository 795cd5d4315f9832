//! What is written is read again, equal in every part.

use std::io::Cursor;

use proptest::prelude::*;
use refi_qda::{
    Code, Coding, Color, DateTime, Item, Leftover, LineEnds, Project, Reading, Reason, Selection,
    Set, SourceText, Stamp, TextBody, TextRole, TextSource, Unit, User, Uuid, Writer, text_path,
};

use crate::schema::validate;
use crate::support::{everything, guid, open, texts};

/// Words with everything that has ever gone wrong in them.
fn words() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "hei ",
        "æøå",
        "😀",
        "👍🏽",
        "e\u{301}",
        "\n",
        "\t",
        "  ",
        "<",
        ">",
        "&",
        "&amp;",
        "]]>",
        "\"",
        "'",
        "\u{85}",
        "\u{2028}",
        "\u{FFFD}",
        "\u{10FFFF}",
        "ord",
        ".",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn some_guid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn stamp() -> impl Strategy<Value = Stamp> {
    let moment = (0..4_000_000_000_000_000_i64).prop_map(DateTime::from_unix_micros);
    (
        prop::option::of(some_guid()),
        prop_oneof![Just(None), moment],
    )
        .prop_map(|(user, at)| Stamp { user, at })
}

fn code_head() -> impl Strategy<Value = CodeHead> {
    (
        some_guid(),
        words(),
        any::<bool>(),
        prop::option::of(any::<[u8; 3]>()),
        prop::option::of(words()),
        prop::collection::vec(some_guid(), 0..2),
    )
}

fn code() -> impl Strategy<Value = Code> {
    let leaf = code_head().prop_map(one_code);
    leaf.prop_recursive(4, 20, 4, |inner| {
        (code_head(), prop::collection::vec(inner, 0..4)).prop_map(|(head, children)| Code {
            children,
            ..one_code(head)
        })
    })
}

type CodeHead = (
    Uuid,
    String,
    bool,
    Option<[u8; 3]>,
    Option<String>,
    Vec<Uuid>,
);

fn one_code((guid, name, is_codable, color, description, note_refs): CodeHead) -> Code {
    let color = color.map(|[red, green, blue]| Color { red, green, blue });
    Code {
        guid,
        name,
        is_codable,
        color,
        description,
        note_refs,
        children: Vec::new(),
    }
}

fn guids() -> impl Strategy<Value = Vec<Uuid>> {
    prop::collection::vec(some_guid(), 0..3)
}

fn project() -> impl Strategy<Value = Project> {
    let user = (
        some_guid(),
        prop::option::of(words()),
        prop::option::of(words()),
    )
        .prop_map(|(guid, name, id)| User { guid, name, id });
    let set = (
        some_guid(),
        words(),
        prop::option::of(words()),
        guids(),
        guids(),
        guids(),
    )
        .prop_map(|(guid, name, description, codes, sources, notes)| Set {
            guid,
            name,
            description,
            codes,
            sources,
            notes,
        });
    (
        (
            words(),
            prop::option::of(words()),
            prop::option::of(words()),
            prop::option::of(words()),
        ),
        (stamp(), stamp(), guids()),
        prop::collection::vec(user, 0..3),
        prop::collection::vec(code(), 0..3),
        prop::collection::vec(set, 0..3),
    )
        .prop_map(|(texts, stamps, users, codes, sets)| {
            let (name, origin, base_path, description) = texts;
            let (created, modified, note_refs) = stamps;
            Project {
                name,
                origin,
                created,
                modified,
                base_path,
                description,
                users,
                codes,
                sets,
                note_refs,
                leftovers: Vec::new(),
            }
        })
}

fn coding() -> impl Strategy<Value = Coding> {
    (some_guid(), some_guid(), stamp(), guids()).prop_map(|(guid, code, created, note_refs)| {
        Coding {
            guid,
            code,
            created,
            note_refs,
        }
    })
}

type Cut = (prop::sample::Index, prop::sample::Index);

/// Marks at any two borders: overlaps, nesting, equal borders and empty marks all come up.
fn selection(length: usize) -> impl Strategy<Value = Selection> {
    (
        any::<Cut>(),
        (
            some_guid(),
            prop::option::of(words()),
            prop::option::of(words()),
        ),
        (stamp(), stamp()),
        prop::collection::vec(coding(), 0..3),
        guids(),
    )
        .prop_map(
            move |((one, two), (guid, name, description), stamps, codings, note_refs)| {
                let (one, two) = (one.index(length + 1) as u64, two.index(length + 1) as u64);
                Selection {
                    name,
                    description,
                    created: stamps.0,
                    modified: stamps.1,
                    codings,
                    note_refs,
                    ..Selection::new(guid, one.min(two), one.max(two))
                }
            },
        )
}

/// A text and its words; the number makes its GUID.
fn text(role: TextRole, number: u128) -> impl Strategy<Value = (TextSource, Option<String>)> {
    let body = (words(), 0..4_u8);
    let body_and_marks = body.prop_flat_map(|(words, kind)| {
        let length = words.chars().count();
        (
            Just((words, kind)),
            prop::collection::vec(selection(length), 0..5),
        )
    });
    (
        body_and_marks,
        (
            prop::option::of(words()),
            prop::option::of(words()),
            prop::option::of(words()),
        ),
        (stamp(), stamp()),
        (
            prop::collection::vec(coding(), 0..3),
            guids(),
            any::<bool>(),
        ),
    )
        .prop_map(
            move |(((words, kind), selections), names, stamps, (codings, note_refs, value))| {
                let own = guid(number);
                let (body, file) = match kind {
                    0 => (
                        TextBody::File {
                            path: text_path(own),
                        },
                        Some(words),
                    ),
                    1 => (TextBody::Inline(words), None),
                    2 => (
                        TextBody::Missing {
                            path: format!("internal://gone-{number}.txt"),
                        },
                        None,
                    ),
                    _ => (TextBody::Absent, None),
                };
                let leftovers = if value {
                    vec![variable_value(own)]
                } else {
                    Vec::new()
                };
                let source = TextSource {
                    guid: own,
                    role,
                    name: names.0,
                    description: names.1,
                    body,
                    rich_path: names.2,
                    created: stamps.0,
                    modified: stamps.1,
                    selections,
                    codings,
                    note_refs,
                    sync_points: Vec::new(),
                    leftovers,
                };
                (source, file)
            },
        )
}

fn variable_value(owner: Uuid) -> Leftover {
    Leftover {
        kind: "VariableValue".to_owned(),
        guid: None,
        target: Some(owner),
        refs: vec![guid(77)],
        reason: Reason::Kept,
        xml: format!(
            "<VariableValue><VariableRef targetGUID=\"{}\"/><TextValue>a &amp; b</TextValue></VariableValue>",
            guid(77)
        ),
    }
}

type Words = (TextSource, Option<String>);

fn write(project: &Project, texts: &[Words], notes: &[Words]) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new()), project.clone()).unwrap();
    for (source, words) in texts {
        writer.text(source, words.as_deref()).unwrap();
    }
    for (note, words) in notes {
        writer.note(note, words.as_deref()).unwrap();
    }
    let written = writer.finish().unwrap();
    assert_eq!(written.left_out, []);
    written.out.into_inner()
}

fn check(project: &Project, sources: &[Words], notes: &[Words]) -> Vec<u8> {
    let bytes = write(project, sources, notes);
    let mut reader = open(&bytes).unwrap();
    assert_eq!(reader.project(), project);
    let texts = sources
        .iter()
        .map(|(s, w)| (Item::Text(s.clone()), vec![w.clone()]));
    let notes = notes
        .iter()
        .map(|(s, w)| (Item::Note(s.clone()), vec![w.clone()]));
    let expected: Vec<_> = texts.chain(notes).collect();
    assert_eq!(everything(&mut reader), expected);
    bytes
}

fn anything() -> impl Strategy<Value = (Project, Vec<Words>, Vec<Words>)> {
    let both = (
        text(TextRole::Source, 1),
        text(TextRole::Source, 2),
        text(TextRole::Note, 3),
    );
    (project(), both, 0..4_u8).prop_map(|(project, (one, two, note), how_many)| match how_many {
        0 => (project, Vec::new(), Vec::new()),
        1 => (project, vec![one], Vec::new()),
        2 => (project, Vec::new(), vec![note]),
        _ => (project, vec![one, two], vec![note]),
    })
}

proptest! {
    #[test]
    fn what_goes_out_comes_in_equal((project, texts, notes) in anything()) {
        check(&project, &texts, &notes);
    }

    /// Marks counted in any way, over any line ends, come in, go out by the standard and come in
    /// again on the same words.
    #[test]
    fn marks_keep_their_words_through_both_ways(
        pieces in prop::collection::vec(
            prop::sample::select(vec!["ord", " ", "\r\n", "\n", "😀", "å", "e\u{301}", "."]), 1..30,
        ),
        cuts in prop::collection::vec(any::<Cut>(), 0..6),
        utf16 in any::<bool>(), one in any::<bool>(), bom in any::<bool>(),
    ) {
        let reading = Reading {
            unit: if utf16 { Unit::Utf16 } else { Unit::CodePoints },
            line_ends: if one { LineEnds::CrlfIsOne } else { LineEnds::CrlfIsTwo },
            bom_counts: bom,
        };
        let count = |pieces: &[&str]| {
            let text = pieces.concat();
            let text = if one { text.replace("\r\n", "\n") } else { text };
            let steps = if utf16 { text.encode_utf16().count() } else { text.chars().count() };
            steps as u64 + u64::from(bom)
        };
        let cut = |(one, two): &Cut| {
            let (one, two) = (one.index(pieces.len() + 1), two.index(pieces.len() + 1));
            (one.min(two), one.max(two))
        };
        let marks: Vec<_> = cuts.iter().map(cut).collect();
        let came: Vec<_> = marks
            .iter()
            .map(|(from, to)| Selection::new(guid(9), count(&pieces[..*from]), count(&pieces[..*to])))
            .collect();
        let text = SourceText::from_bytes(format!("\u{FEFF}{}", pieces.concat()).into_bytes()).unwrap();
        let places = text.place(reading, &came);
        let mut source = TextSource::new(guid(1), "s");
        source.selections = places
            .iter()
            .map(|place| place.unwrap())
            .map(|place| Selection::new(guid(9), place.start as u64, place.end as u64))
            .collect();
        let bytes = write(&Project::default(), &[(source, Some(text.to_lf().into_owned()))], &[]);
        let mut reader = open(&bytes).unwrap();
        let again = texts(&mut reader).remove(0);
        let lf = reader.files().open_text(&text_path(guid(1))).unwrap();
        prop_assert_eq!(lf.readings().into_iter().filter(|r| r.line_ends == LineEnds::CrlfIsOne).count(), 0);
        let chars: Vec<char> = lf.raw().chars().collect();
        let places = lf.place(Reading::STANDARD, &again.selections);
        for (place, (from, to)) in places.into_iter().map(Option::unwrap).zip(marks) {
            let words: String = chars[place.start..place.end].iter().collect();
            prop_assert_eq!(words, pieces[from..to].concat().replace("\r\n", "\n"));
        }
    }
}

proptest! {
    // Each case starts a program.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_goes_out_is_valid((project, texts, notes) in anything()) {
        let bytes = check(&project, &texts, &notes);
        if let Some(outcome) = validate(&bytes) {
            prop_assert_eq!(outcome, Ok(()));
        }
    }
}

#[test]
fn two_coders_with_emoji_overlaps_and_nesting() {
    let words =
        "Eg fekk hjelp 😀 då eg kom ut.\nDet var 👍🏽 bra, men det tok lang tid.\n".repeat(40);
    let length = words.chars().count() as u64;
    let mark = |number: u64| {
        let start = number * 7 % (length - 40);
        let mut selection = Selection::new(
            guid(1000 + u128::from(number)),
            start,
            start + 5 + number % 35,
        );
        selection.codings = vec![Coding {
            guid: guid(2000 + u128::from(number)),
            code: guid(10 + u128::from(number % 5)),
            created: Stamp {
                user: Some(guid(1 + u128::from(number % 2))),
                at: None,
            },
            note_refs: Vec::new(),
        }];
        selection
    };
    let mut source = TextSource::new(guid(3), "samtale");
    source.selections = (0..200).map(mark).collect();
    check(&Project::default(), &[(source, Some(words))], &[]);
}
