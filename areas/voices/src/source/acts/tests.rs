use std::sync::Mutex;

use base::Clock;
use frame::{Area, Hooks, Hub};
use futures::future::BoxFuture;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use store::{Store, testing};

use super::*;
use crate::testing::{Made, a_hub, a_study};

/// What the other areas were told; one test at a time reads it.
static TOLD: Mutex<Vec<TextChangeKind>> = Mutex::new(Vec::new());
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn listen<'a>(_: &'a Tx, change: &'a TextChange) -> BoxFuture<'a, Result<(), Fault>> {
    Box::pin(async move {
        TOLD.lock().unwrap().push(change.kind.clone());
        Ok(())
    })
}

fn told() -> Vec<TextChangeKind> {
    std::mem::take(&mut TOLD.lock().unwrap())
}

async fn a_source(store: &Store, clock: &Clock, lines: &[&str]) -> (Hub, Made, Source) {
    let texts = ui::TextSet {
        room: "ears",
        nb: "",
        nn: "",
        en: "",
    };
    let ears = Area::new("ears", texts).hooks(Hooks {
        text_changed: Some(listen),
        ..Hooks::default()
    });
    let hub = a_hub(store, clock, vec![crate::area(), ears]);
    let made = a_study(&hub)
        .with_source("Intervju", lines)
        .make()
        .await
        .unwrap();
    let source = crate::source(&hub.store().read(), made.sources[0])
        .await
        .unwrap()
        .unwrap();
    told();
    (hub, made, source)
}

async fn blocks(hub: &Hub, source: &Source) -> Vec<Block> {
    crate::blocks(&hub.store().read(), source.id, 1, 100)
        .await
        .unwrap()
}

/// Number, label and text of each block.
async fn lines(hub: &Hub, source: &Source) -> Vec<(i64, Option<String>, String)> {
    blocks(hub, source)
        .await
        .into_iter()
        .map(|block| (block.place, block.speaker_label, block.body))
        .collect()
}

fn line(place: i64, label: &str, text: &str) -> (i64, Option<String>, String) {
    (
        place,
        Some(label.to_owned()).filter(|label| !label.is_empty()),
        text.to_owned(),
    )
}

/// Runs an act of this file on a block as it is now.
macro_rules! act {
    ($hub:expr, $source:expr, $place:expr, |$tx:ident, $who:ident, $of:ident, $id:ident, $digest:ident| $act:expr) => {{
        let block = blocks($hub, $source)
            .await
            .into_iter()
            .find(|block| block.place == $place)
            .unwrap();
        let ($who, $of) = (Visitor::operator($hub, "test"), $source.clone());
        let ($id, $digest) = (block.id, block_digest(&block));
        $hub.store()
            .write(move |$tx| Box::pin(async move { $act.await }))
            .await
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_corrected_and_every_area_is_told_where() {
    let _turn = ONE_AT_A_TIME.lock().await;
    testing::each_engine(async |store, clock| {
        let (hub, made, source) = a_source(store, clock, &["Kari: hei på deg", "Ola: ja"]).await;
        act!(&hub, &source, 1, |tx, who, of, id, digest| correct(
            tx,
            &who,
            &of,
            id,
            &digest,
            &"hei til deg\r\n👋".into()
        ))
        .unwrap();
        assert_eq!(
            lines(&hub, &source).await,
            [line(1, "Kari", "hei til deg\n👋"), line(2, "Ola", "ja")]
        );
        assert_eq!(
            told(),
            [TextChangeKind::Spliced(vec![(4, 2, 3), (11, 0, 2)])]
        );
        let after = crate::source(&hub.store().read(), source.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(after.revision, 1);
        let newest = crate::history(&hub.store().read(), made.study.id, i64::MAX, 1)
            .await
            .unwrap();
        assert_eq!(newest[0].kind, "voices-did-correct");
        assert_eq!(newest[0].payload["removed"], json!(["på", ""]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_meanwhile_is_not_overwritten() {
    let _turn = ONE_AT_A_TIME.lock().await;
    testing::each_engine(async |store, clock| {
        let (hub, made, source) = a_source(store, clock, &["Kari: hei"]).await;
        let old = block_digest(&blocks(&hub, &source).await[0]);
        act!(&hub, &source, 1, |tx, who, of, id, digest| correct(
            tx,
            &who,
            &of,
            id,
            &digest,
            &"hallo".into()
        ))
        .unwrap();
        told();
        let (who, of, id) = (
            Visitor::operator(&hub, "test"),
            source.clone(),
            made.blocks[0][0],
        );
        let refused: Result<(), Failure> = hub
            .store()
            .write(move |tx| {
                Box::pin(async move { correct(tx, &who, &of, id, &old, &"hei igjen".into()).await })
            })
            .await;
        assert!(
            matches!(refused, Err(Failure::Refused { code: "VO0010", .. })),
            "{refused:?}"
        );
        let refused = act!(&hub, &source, 1, |tx, who, of, id, digest| correct(
            tx,
            &who,
            &of,
            id,
            &digest,
            &" \n".into()
        ));
        assert!(
            matches!(refused, Err(Failure::Refused { code: "VO0011", .. })),
            "{refused:?}"
        );
        assert_eq!(lines(&hub, &source).await, [line(1, "Kari", "hallo")]);
        assert_eq!(told(), []);
        let after = crate::source(&hub.store().read(), source.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(after.revision, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_are_split_and_joined() {
    let _turn = ONE_AT_A_TIME.lock().await;
    testing::each_engine(async |store, clock| {
        let (hub, _, source) = a_source(store, clock, &["Kari: hei på  deg", "Ola: ja"]).await;
        let new = act!(&hub, &source, 1, |tx, who, of, id, digest| split(
            tx, &who, &of, id, &digest, 7
        ))
        .unwrap();
        assert_eq!(
            lines(&hub, &source).await,
            [
                line(1, "Kari", "hei på"),
                line(2, "Kari", "deg"),
                line(3, "Ola", "ja")
            ]
        );
        assert_eq!(
            told(),
            [TextChangeKind::Split {
                at: 6,
                skipped: 2,
                new_block: new.uuid()
            }]
        );
        let into = act!(&hub, &source, 3, |tx, who, of, id, digest| join(
            tx, &who, &of, id, &digest
        ))
        .unwrap();
        assert_eq!(
            lines(&hub, &source).await,
            [line(1, "Kari", "hei på"), line(2, "Kari", "deg ja")]
        );
        assert_eq!(
            told(),
            [TextChangeKind::Joined {
                into: into.uuid(),
                at: 4
            }]
        );
        let labels: Vec<String> = crate::speakers(&hub.store().read(), source.id)
            .await
            .unwrap()
            .into_iter()
            .map(|speaker| speaker.label)
            .collect();
        assert_eq!(labels, ["Kari"], "who speaks nowhere is no speaker");
        let refused = act!(&hub, &source, 1, |tx, who, of, id, digest| join(
            tx, &who, &of, id, &digest
        ));
        assert!(
            matches!(refused, Err(Failure::Refused { code: "VO0013", .. })),
            "{refused:?}"
        );
        assert_eq!(hub.check_areas().await.unwrap(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_speaker_who_is_none_is_put_back_however_often_they_stand() {
    let _turn = ONE_AT_A_TIME.lock().await;
    testing::each_engine(async |store, clock| {
        // Looked at in groups of two: runs begin, end and go on over the borders of groups.
        let start = [
            "Merk: a", "Kari: b", "Merk: c", "Merk: d", "Merk: e", "Ola: f", "Merk: g",
        ];
        let (hub, _, source) = a_source(store, clock, &start).await;
        let all = crate::speakers(&hub.store().read(), source.id)
            .await
            .unwrap();
        let merk = all.iter().find(|one| one.label == "Merk").unwrap().id;
        act!(&hub, &source, 1, |tx, who, of, _id, _digest| not_a_speaker(
            tx, &who, &of, merk
        ))
        .unwrap();
        assert_eq!(
            lines(&hub, &source).await,
            [
                line(1, "", "Merk: a"),
                line(2, "Kari", "b"),
                line(3, "Kari", "Merk: c"),
                line(4, "Kari", "d"),
                line(5, "Kari", "e"),
                line(6, "Ola", "f"),
                line(7, "Ola", "Merk: g"),
            ]
        );
        told();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn speakers_are_put_right() {
    let _turn = ONE_AT_A_TIME.lock().await;
    testing::each_engine(async |store, clock| {
        let start = ["Kari: hei", "Merk: dette", "Merk: og dette", "Kar: ja"];
        let (hub, _, source) = a_source(store, clock, &start).await;
        let id_of = async |label: &str| {
            let all = crate::speakers(&hub.store().read(), source.id)
                .await
                .unwrap();
            all.into_iter()
                .find(|speaker| speaker.label == label)
                .unwrap()
                .id
        };
        let merk = id_of("Merk").await;
        act!(&hub, &source, 1, |tx, who, of, _id, _digest| not_a_speaker(
            tx, &who, &of, merk
        ))
        .unwrap();
        assert_eq!(told(), [TextChangeKind::Spliced(vec![(0, 0, 6)])]);
        let kar = id_of("Kar").await;
        act!(
            &hub,
            &source,
            1,
            |tx, who, of, _id, _digest| rename_speaker(tx, &who, &of, kar, "Kari", Side::User)
        )
        .unwrap();
        assert_eq!(
            lines(&hub, &source).await,
            [
                line(1, "Kari", "hei"),
                line(2, "Kari", "Merk: dette"),
                line(3, "Kari", "og dette"),
                line(4, "Kari", "ja")
            ]
        );
        act!(&hub, &source, 4, |tx, who, of, id, digest| {
            set_block_speaker(tx, &who, &of, id, &digest, "Ola")
        })
        .unwrap();
        act!(&hub, &source, 1, |tx, who, of, id, digest| {
            set_block_speaker(tx, &who, &of, id, &digest, "")
        })
        .unwrap();
        let all: Vec<(String, Side, i64)> = crate::speakers(&hub.store().read(), source.id)
            .await
            .unwrap()
            .into_iter()
            .map(|speaker| (speaker.label, speaker.side, speaker.blocks))
            .collect();
        assert_eq!(
            all,
            [
                ("Kari".into(), Side::User, 2),
                ("Ola".into(), Side::Unknown, 1)
            ]
        );
        assert_eq!(blocks(&hub, &source).await[0].kind, BlockKind::Prose);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_deleted_leaves_no_words_in_the_log() {
    let _turn = ONE_AT_A_TIME.lock().await;
    testing::each_engine(async |store, clock| {
        let (hub, made, source) = a_source(store, clock, &["Kari: hemmelig ord"]).await;
        act!(&hub, &source, 1, |tx, who, of, id, digest| correct(
            tx,
            &who,
            &of,
            id,
            &digest,
            &"ord".into()
        ))
        .unwrap();
        let (who, of) = (Visitor::operator(&hub, "test"), source.clone());
        hub.store()
            .write(move |tx| Box::pin(async move { delete_source(tx, &who, &of).await }))
            .await
            .unwrap();
        let db = hub.store().read();
        assert_eq!(crate::source(&db, source.id).await.unwrap(), None);
        assert_eq!(crate::blocks_by_id(&db, &made.blocks[0]).await.unwrap(), []);
        let log = crate::history(&db, made.study.id, i64::MAX, 100)
            .await
            .unwrap();
        let all = format!(
            "{:?}",
            log.iter()
                .map(|command| &command.payload)
                .collect::<Vec<_>>()
        );
        assert!(!all.contains("hemmelig"), "{all}");
    })
    .await;
}

#[derive(Debug, Clone)]
enum Edit {
    Write(usize, String),
    Split(usize, usize),
    Join(usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        (0_usize..4, "[a-cæå👋 \n]{1,14}").prop_map(|(at, text)| Edit::Write(at, text)),
        (0_usize..4, 0_usize..10).prop_map(|(at, place)| Edit::Split(at, place)),
        (0_usize..4).prop_map(Edit::Join),
    ];
    prop::collection::vec(edit, 1..10)
}

/// The same edits on a list of texts, without a store.
fn on_texts(texts: &mut Vec<String>, edit: &Edit) {
    match edit {
        Edit::Write(at, text) if !text.trim().is_empty() => {
            if let Some(body) = texts.get_mut(*at) {
                body.clone_from(text);
            }
        }
        Edit::Split(at, place) => {
            if let Some(parts) = texts.get(*at).and_then(|text| cut(text, *place)) {
                texts[*at] = parts.first;
                texts.insert(at + 1, parts.second);
            }
        }
        Edit::Join(at) if *at > 0 && *at < texts.len() => {
            let second = texts.remove(*at);
            texts[at - 1] = joined(&texts[at - 1], &second).0;
        }
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_edits_leave_the_text_that_was_typed() {
    let _turn = ONE_AT_A_TIME.lock().await;
    testing::each_engine(async |store, clock| {
        let mut runner = TestRunner::deterministic();
        for _ in 0..12 {
            // Another moment, so that the ids are others.
            clock.advance(base::SECOND);
            let plan = edits().new_tree(&mut runner).unwrap().current();
            let (hub, _, source) =
                a_source(store, clock, &["Kari: en to", "Ola: tre", "fire fem"]).await;
            let mut texts = vec!["en to".to_owned(), "tre".to_owned(), "fire fem".to_owned()];
            for edit in &plan {
                let at = match edit {
                    Edit::Write(at, _) | Edit::Split(at, _) | Edit::Join(at) => *at,
                };
                if at < texts.len() {
                    let place = at as i64 + 1;
                    // What can't be done is refused and changes nothing, here as there.
                    let _ = match edit.clone() {
                        Edit::Write(_, text) => {
                            let new = Corrected::from(text.as_str());
                            act!(&hub, &source, place, |tx, who, of, id, digest| {
                                correct(tx, &who, &of, id, &digest, &new)
                            })
                        }
                        Edit::Split(_, cut_at) => {
                            act!(&hub, &source, place, |tx, who, of, id, digest| {
                                split(tx, &who, &of, id, &digest, cut_at)
                            })
                            .map(|_| ())
                        }
                        Edit::Join(_) => act!(&hub, &source, place, |tx, who, of, id, digest| {
                            join(tx, &who, &of, id, &digest)
                        })
                        .map(|_| ()),
                    };
                }
                on_texts(&mut texts, edit);
            }
            let found: Vec<String> = blocks(&hub, &source)
                .await
                .into_iter()
                .map(|block| block.body)
                .collect();
            assert_eq!(found, texts, "{plan:?}");
            assert_eq!(hub.check_areas().await.unwrap(), Vec::<String>::new());
        }
    })
    .await;
}
