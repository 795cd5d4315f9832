use std::sync::Arc;

use ::store::testing::each_engine;
use base::Uuid;
use voices::{Basis, ImportState, Told};

use super::*;
use crate::coding::testing::{World, member};
use crate::coding::{quotes::quotes, store as rows};

/// Two colours, one of them twice, and two comments; one stands on words in a colour.
const FILE: &str = "{\\rtf1\\ansi{\\colortbl;\\red255\\green255\\blue0;\\red0\\green255\\blue0;}\
    Intervjuer: Hvordan var det?\\par Kari: Det var {\\highlight1 \\u-10179?\\u-8702? godt \\'e5 komme}.\\par \
    Intervjuer: {\\highlight2 Hvor}?\\par Kari: {\\*\\atrfstart 0}{\\highlight1 Hjem}{\\*\\atrfend 0}\
    {\\*\\atnauthor Ola}\\chatn {\\*\\annotation{\\*\\atnref 0}Viktig}, tror jeg.{\\*\\annotation Uten navn}\\par}";

async fn brought(world: &World, visitor: &Visitor, name: &str, file: &str) -> Vec<Told> {
    let files = vec![(name.to_owned(), file.as_bytes().to_vec().into())];
    let report = voices::import_files(
        &world.hub,
        visitor,
        &world.made.study,
        files,
        Basis::Fictional,
    )
    .await
    .unwrap();
    assert_eq!(report.state, ImportState::Done);
    report.files[0].outcome.clone().unwrap().notices
}

/// (words, codes or author and note) of every passage, in the order they were made.
async fn marks(world: &World) -> Vec<(String, Vec<String>)> {
    let db = world.hub.store().read();
    let study = world.made.study.id;
    let passages = rows::passages_after(&db, Uuid::nil(), 100).await.unwrap();
    let ids: Vec<_> = passages.iter().map(|passage| passage.id).collect();
    let codes = crate::codes(&db, study).await.unwrap();
    let codings = rows::codings_of(&db, &ids).await.unwrap();
    let about: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let notes = crate::notes(&db, "passage", &about).await.unwrap();
    let mut all = Vec::new();
    for quote in quotes(&db, &passages).await.unwrap() {
        let id = quote.passage.id;
        let of_codes = codings.iter().filter(|(coding, _)| coding.passage == id);
        let mut what: Vec<String> = of_codes
            .map(|(coding, coder)| {
                let code = codes.iter().find(|code| code.id == coding.code).unwrap();
                format!("{} ({coder})", code.name)
            })
            .collect();
        let of_notes = notes.iter().filter(|note| note.about == id.uuid());
        what.extend(of_notes.map(|note| format!("{}: {}", note.author_name, note.text)));
        all.push((quote.text, what));
    }
    all
}

fn told(code: &str, count: i64) -> Told {
    Told {
        code: code.into(),
        count: Some(count),
        word: None,
        loss: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_become_codes_and_comments_notes() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let operator = Visitor::operator(&world.hub, "test");
        let notices = brought(&world, &operator, "a.rtf", FILE).await;
        assert_eq!(
            notices[notices.len() - 2..],
            [
                told("analysis-came-highlights", 3),
                told("analysis-came-comments", 2)
            ]
        );
        let pair = |words: &str, what: &[&str]| {
            let what = what.iter().map(|one| (*one).to_owned()).collect();
            (words.to_owned(), what)
        };
        let mut expected = vec![
            pair("😂 godt å komme", &["Gul utheving (test)"]),
            pair("Hvor", &["Grønn utheving (test)"]),
            pair("Hjem", &["Gul utheving (test)", "Ola: Viktig"]),
            pair("Hjem, tror jeg.", &["test: Uten navn"]),
        ];
        expected.sort();
        let mut found = marks(&world).await;
        found.sort();
        assert_eq!(found, expected);
        let db = world.hub.store().read();
        let codes = crate::codes(&db, world.made.study.id).await.unwrap();
        let looks: Vec<(&str, &str, &str)> = codes
            .iter()
            .map(|code| (code.name.as_str(), code.sign.as_str(), code.colour.as_str()))
            .collect();
        assert_eq!(
            looks,
            [
                ("Gul utheving", "G", "#8a6d00"),
                ("Grønn utheving", "Gr", "#3f7d20")
            ]
        );
        assert_eq!(world.hub.check_areas().await.unwrap(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_file_uses_the_codes_again_and_a_source_takes_its_marks_along() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let operator = Visitor::operator(&world.hub, "test");
        brought(&world, &operator, "a.rtf", FILE).await;
        let mut english = member(9, "Ann", world.made.study.id.uuid());
        english.lang = Some(Lang::En);
        let english = SourceCame {
            hub: world.hub.clone(),
            actor: Arc::new(english),
            lang: Lang::En,
            study: world.made.study.id.uuid(),
            source: world.made.sources[0].uuid(),
            marks: vec![
                FileMark {
                    from: (world.made.blocks[0][1].uuid(), 0),
                    to: (world.made.blocks[0][1].uuid(), 3),
                    blocks: vec![world.made.blocks[0][1].uuid()],
                    kind: FileMarkKind::Highlight { colour: "yellow" },
                },
                FileMark {
                    from: (world.made.blocks[0][1].uuid(), 0),
                    to: (world.made.blocks[0][2].uuid(), 2),
                    blocks: world.made.blocks[0][1..3]
                        .iter()
                        .map(|block| block.uuid())
                        .collect(),
                    kind: FileMarkKind::Highlight {
                        colour: "dark_blue",
                    },
                },
            ],
        };
        let came: Result<Vec<Came>, Fault> = store
            .write(move |tx| Box::pin(async move { source_came(tx, &english).await }))
            .await;
        assert_eq!(
            came.unwrap(),
            [Came {
                what: "analysis-came-highlights",
                n: 2,
                loss: false
            }]
        );
        let db = world.hub.store().read();
        let study = world.made.study.id;
        let mut names: Vec<String> = crate::codes(&db, study)
            .await
            .unwrap()
            .into_iter()
            .map(|code| code.name)
            .collect();
        names.sort();
        assert_eq!(
            names,
            ["Dark blue highlight", "Grønn utheving", "Gul utheving"]
        );
        assert_eq!(world.hub.check_areas().await.unwrap(), Vec::<String>::new());

        for summary in voices::sources(&db, study, 10, 0).await.unwrap() {
            let (who, source) = (operator.clone(), summary.source);
            store
                .write(move |tx| {
                    Box::pin(async move { voices::delete_source(tx, &who, &source).await })
                })
                .await
                .unwrap();
        }
        assert_eq!(marks(&world).await, []);
        assert_eq!(world.counts().await, []);
        assert_eq!(world.hub.check_areas().await.unwrap(), Vec::<String>::new());
    })
    .await;
}

#[test]
fn every_colour_of_a_file_has_a_code() {
    use voices::intake::Colour;
    let all = [
        Colour::Yellow,
        Colour::Orange,
        Colour::Red,
        Colour::Pink,
        Colour::Purple,
        Colour::Blue,
        Colour::Turquoise,
        Colour::Green,
        Colour::Brown,
        Colour::Grey,
        Colour::Black,
        Colour::DarkYellow,
        Colour::DarkRed,
        Colour::DarkBlue,
        Colour::DarkTurquoise,
        Colour::DarkGreen,
    ];
    let words: Vec<&str> = COLOURS.iter().map(|(word, ..)| *word).collect();
    assert_eq!(all.map(Colour::word).to_vec(), words);
    for (_, _, light) in COLOURS {
        assert!(crate::codebook::PALETTE.contains(&light), "{light}");
    }
}
