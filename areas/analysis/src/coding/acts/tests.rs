//! Marking, changing and taking back, on both engines.

use ::store::testing::each_engine;

use super::*;
use crate::anchor::Point;
use crate::codes;
use crate::coding::several::{uncode_all, unmark_all};
use crate::coding::testing::World;

fn code_of(failure: Failure) -> String {
    match failure {
        Failure::Refused { code, .. } => code.to_owned(),
        Failure::NotFound => "not found".into(),
        other => format!("{other:?}"),
    }
}

async fn take_back(world: &World, visitor: &Visitor) -> Result<Done, Failure> {
    let (visitor, study) = (visitor.clone(), world.made.study.id);
    world
        .hub
        .store()
        .write(move |tx| Box::pin(async move { undo(tx, &visitor, study).await }))
        .await
}

#[tokio::test]
async fn two_people_who_mark_the_same_words_share_the_passage_and_undo_their_own() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let (met, rest) = (world.code("Å bli møtt").await, world.code("Ro").await);
        let anchor = world.anchor((1, 8), (1, 28));
        let first = world
            .mark(&world.kari, anchor, &[met.id, rest.id], "Tydelig")
            .await
            .unwrap();
        assert_eq!(world.words(first.passage).await, "🙂 godt å bli møtt. I");
        assert_eq!(first.blocks, [world.made.blocks[0][1]]);
        let ola = world.colleague();
        let second = world.mark(&ola, anchor, &[met.id], "").await.unwrap();
        assert_eq!(second.passage, first.passage);
        let again = world.mark(&ola, anchor, &[met.id], "").await.unwrap();
        assert_eq!(again.seq, None);
        let mut expected = vec![(met.id, 2), (rest.id, 1)];
        expected.sort();
        assert_eq!(world.counts().await, expected);

        take_back(&world, &world.kari).await.unwrap();
        assert_eq!(world.counts().await, [(met.id, 1)]);
        assert!(world.passage(first.passage).await.is_some());
        take_back(&world, &ola).await.unwrap();
        assert_eq!(world.counts().await, []);
        assert_eq!(world.passage(first.passage).await, None);
        assert_eq!(
            code_of(take_back(&world, &ola).await.unwrap_err()),
            "AN0010"
        );
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_marked_changes_nothing() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let met = world.code("Å bli møtt").await;
        let other = voices::testing::a_study(&world.hub)
            .titled("En annen")
            .with_source("B", &["a b c"])
            .make();
        let other = other.await.unwrap();
        let foreign = Point {
            block: other.blocks[0][0],
            at: 0,
        };
        let fine = world.anchor((1, 0), (1, 3));
        let cases = [
            (
                Anchor {
                    from: foreign,
                    to: fine.to,
                },
                vec![met.id],
                "AN0002",
            ),
            (world.anchor((1, 3), (1, 0)), vec![met.id], "AN0002"),
            (world.anchor((2, 0), (1, 3)), vec![met.id], "AN0002"),
            (world.anchor((1, 3), (1, 3)), vec![met.id], "AN0002"),
            (world.anchor((3, 0), (3, 4)), vec![met.id], "AN0002"),
            (fine, vec![Id::from(base::Uuid::from_u128(5))], "AN0004"),
            (fine, vec![], "AN0001"),
        ];
        for (anchor, codes, expected) in cases {
            let failure = world
                .mark(&world.kari, anchor, &codes, "")
                .await
                .unwrap_err();
            assert_eq!(code_of(failure), expected, "{anchor:?}");
        }
        let stranger = crate::coding::testing::member(7, "Ukjent", other.study.id.uuid());
        let stranger = Visitor::new(&world.hub, std::sync::Arc::new(stranger));
        let failure = world
            .mark(&stranger, fine, &[met.id], "")
            .await
            .unwrap_err();
        assert_eq!(code_of(failure), "not found");
        assert_eq!(world.counts().await, []);
    })
    .await;
}

#[tokio::test]
async fn marks_stay_on_their_words_when_the_text_is_corrected_split_and_joined() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let met = world.code("Å bli møtt").await;
        let long = world
            .mark(&world.kari, world.anchor((1, 8), (2, 7)), &[met.id], "")
            .await
            .unwrap()
            .passage;
        let short = world
            .mark(&world.kari, world.anchor((1, 10), (1, 14)), &[met.id], "")
            .await
            .unwrap()
            .passage;
        assert_eq!(
            world.words(long).await,
            "🙂 godt å bli møtt. Ingen maste.\nSå gikk"
        );
        assert_eq!(world.words(short).await, "godt");
        let (visitor, source, block) = (
            world.kari.clone(),
            world.made.sources[0],
            world.made.blocks[0][1],
        );
        world
            .hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let source = voices::source(tx, source).await?.ok_or(Failure::NotFound)?;
                    let now = |block| async move {
                        let found = voices::blocks_by_id(tx, &[block])
                            .await?
                            .pop()
                            .ok_or(Failure::NotFound)?;
                        Ok::<_, Failure>(voices::block_digest(&found))
                    };
                    let text = "Nei, det var 🙂 veldig godt å bli møtt. Ingen maste.";
                    voices::correct(
                        tx,
                        &visitor,
                        &source,
                        block,
                        &now(block).await?,
                        &text.into(),
                    )
                    .await?;
                    let at = text.chars().take_while(|letter| *letter != 'v').count() + 13;
                    let new =
                        voices::split(tx, &visitor, &source, block, &now(block).await?, at).await?;
                    voices::join(tx, &visitor, &source, new, &now(new).await?).await?;
                    Ok::<_, Failure>(())
                })
            })
            .await
            .unwrap();
        assert_eq!(world.words(short).await, "godt");
        assert_eq!(
            world.words(long).await,
            "🙂 veldig godt å bli møtt. Ingen maste.\nSå gikk"
        );
        assert_eq!(world.faults().await, Vec::<String>::new());
        assert_eq!(
            code_of(
                take_back(&world, &world.kari)
                    .await
                    .map(|_| ())
                    .err()
                    .unwrap_or(Failure::NotFound)
            ),
            "not found"
        );
        assert_eq!(world.passage(short).await, None);
    })
    .await;
}

#[tokio::test]
async fn borders_codes_and_notes_change_and_come_back() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let (met, rest) = (world.code("Å bli møtt").await, world.code("Ro").await);
        let before = world.anchor((1, 11), (1, 15));
        let id = world
            .mark(&world.kari, before, &[met.id], "Et notat")
            .await
            .unwrap()
            .passage;
        let (visitor, to, store) = (
            world.kari.clone(),
            world.anchor((1, 11), (2, 2)),
            world.hub.store(),
        );
        let done = store
            .write(move |tx| Box::pin(async move { move_borders(tx, &visitor, id, to).await }))
            .await
            .unwrap();
        assert_eq!(done.blocks.len(), 2);
        let (visitor, code) = (world.kari.clone(), rest.id);
        store
            .write(move |tx| {
                Box::pin(
                    async move { recode(tx, &visitor, id, &[code], &["Ny".into()], &[]).await },
                )
            })
            .await
            .unwrap();
        assert_eq!(world.counts().await.len(), 3);
        let visitor = world.kari.clone();
        store
            .write(move |tx| Box::pin(async move { unmark(tx, &visitor, id).await }))
            .await
            .unwrap();
        assert_eq!(
            (world.passage(id).await, world.counts().await),
            (None, vec![])
        );

        take_back(&world, &world.kari).await.unwrap();
        assert_eq!(world.counts().await.len(), 3);
        let notes = book::notes(&store.read(), "passage", &[id.uuid()])
            .await
            .unwrap();
        assert_eq!(
            notes
                .iter()
                .map(|note| note.text.as_str())
                .collect::<Vec<_>>(),
            ["Et notat"]
        );
        take_back(&world, &world.kari).await.unwrap();
        take_back(&world, &world.kari).await.unwrap();
        assert_eq!(world.passage(id).await.unwrap().anchor, Some(before));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn codes_merge_and_go_with_what_hangs_on_them() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let (a, b) = (world.code("A").await, world.code("B").await);
        let both = world
            .mark(&world.kari, world.anchor((1, 0), (1, 3)), &[a.id, b.id], "")
            .await
            .unwrap()
            .passage;
        world
            .mark(&world.kari, world.anchor((2, 0), (2, 2)), &[a.id], "")
            .await
            .unwrap();
        let (visitor, study) = (world.kari.clone(), world.made.study.id);
        let (from, into) = (a.id, b.id);
        let db = world.hub.store();
        db.write(move |tx| {
            Box::pin(async move { codes::merge(tx, &visitor, study, from, into).await })
        })
        .await
        .unwrap();
        assert_eq!(world.counts().await, [(b.id, 2)]);
        let visitor = world.kari.clone();
        let refused = db
            .write(move |tx| {
                Box::pin(async move { codes::remove(tx, &visitor, study, into, false).await })
            })
            .await;
        assert_eq!(code_of(refused.unwrap_err()), "AN0014");
        let visitor = world.kari.clone();
        db.write(move |tx| {
            Box::pin(async move { codes::remove(tx, &visitor, study, into, true).await })
        })
        .await
        .unwrap();
        assert_eq!(
            (world.passage(both).await, world.counts().await),
            (None, vec![])
        );
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn several_marks_are_one_act_and_one_step_back() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let (met, rest) = (world.code("Å bli møtt").await, world.code("Ro").await);
        let shared = world.anchor((1, 8), (1, 14));
        let before = world
            .mark(&world.colleague(), shared, &[met.id], "")
            .await
            .unwrap()
            .passage;
        let new = |anchor, codes: &[Id<Code>], names: &[&str], note: &str| NewMark {
            anchor,
            codes: codes.to_vec(),
            new_codes: names.iter().map(|name| (*name).to_owned()).collect(),
            note: note.into(),
        };
        let marks = vec![
            new(shared, &[met.id, rest.id], &[], ""),
            new(world.anchor((2, 0), (2, 18)), &[rest.id], &["Tur"], "Ute"),
            // The same words again: one passage.
            new(world.anchor((2, 0), (2, 18)), &[met.id], &["tur"], ""),
            new(world.anchor((0, 3), (3, 2)), &[], &["Tur"], ""),
        ];
        let (visitor, source) = (world.kari.clone(), world.made.sources[0]);
        let done = store
            .write(move |tx| {
                Box::pin(async move {
                    mark_all(tx, &visitor, source, &marks, "analysis-did-type-in").await
                })
            })
            .await
            .unwrap();
        assert_eq!(done.passage, before);
        assert_eq!(done.blocks.len(), 4);
        let tur = done.new_codes[0].clone();
        assert_eq!((done.new_codes.len(), tur.name.as_str()), (1, "Tur"));
        let mut expected = vec![(met.id, 3), (rest.id, 2), (tur.id, 2)];
        expected.sort();
        assert_eq!(world.counts().await, expected);
        assert_eq!(world.faults().await, Vec::<String>::new());

        take_back(&world, &world.kari).await.unwrap();
        assert_eq!(world.counts().await, [(met.id, 1)]);
        assert_eq!(
            code_of(take_back(&world, &world.kari).await.unwrap_err()),
            "AN0010"
        );
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn several_marks_lose_a_code_or_go_and_come_back_together() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let (met, rest) = (world.code("Å bli møtt").await, world.code("Ro").await);
        let mut passages = Vec::new();
        for (anchor, codes) in [
            (world.anchor((1, 0), (1, 3)), vec![met.id, rest.id]),
            (world.anchor((2, 0), (2, 2)), vec![rest.id]),
        ] {
            let done = world.mark(&world.kari, anchor, &codes, "Notat").await;
            passages.push(done.unwrap().passage);
        }
        let all = vec![(met.id, 1), (rest.id, 2)];
        let all = {
            let mut all = all;
            all.sort();
            all
        };
        let (visitor, source, these) =
            (world.kari.clone(), world.made.sources[0], passages.clone());
        let code = rest.id;
        store
            .write(move |tx| {
                Box::pin(async move { uncode_all(tx, &visitor, source, &these, &[code]).await })
            })
            .await
            .unwrap();
        assert_eq!(world.counts().await, [(met.id, 1)]);
        take_back(&world, &world.kari).await.unwrap();
        assert_eq!(world.counts().await, all);

        let (visitor, these) = (world.kari.clone(), passages.clone());
        store
            .write(move |tx| {
                Box::pin(async move { unmark_all(tx, &visitor, source, &these).await })
            })
            .await
            .unwrap();
        assert_eq!(world.counts().await, []);
        assert_eq!(world.passage(passages[0]).await, None);
        take_back(&world, &world.kari).await.unwrap();
        assert_eq!(world.counts().await, all);
        let uuids: Vec<_> = passages.iter().map(|id| id.uuid()).collect();
        let notes = book::notes(&store.read(), "passage", &uuids).await.unwrap();
        assert_eq!(notes.len(), 2);
        assert_eq!(world.faults().await, Vec::<String>::new());

        let refused = async |these: Vec<Id<Passage>>| {
            let visitor = world.kari.clone();
            let refused = store
                .write(move |tx| {
                    Box::pin(async move { unmark_all(tx, &visitor, source, &these).await })
                })
                .await;
            code_of(refused.unwrap_err())
        };
        assert_eq!(refused(vec![]).await, "AN0017");
        let stranger = Id::from(base::Uuid::from_u128(5));
        assert_eq!(refused(vec![passages[0], stranger]).await, "not found");
        assert_eq!(world.counts().await, all);
    })
    .await;
}

#[tokio::test]
async fn the_words_of_notes_go_with_their_source_also_where_undo_kept_them() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let met = world.code("Å bli møtt").await;
        let other = voices::testing::a_study(&world.hub)
            .titled("En annen")
            .with_source("B", &["a b c"])
            .make();
        let other = other.await.unwrap();
        let words = ["Hemmeligord-ett", "Hemmeligord-to", "Hemmeligord-tre"];
        let id = world
            .mark(
                &world.kari,
                world.anchor((1, 0), (1, 3)),
                &[met.id],
                words[0],
            )
            .await
            .unwrap()
            .passage;
        let note = book::notes(&store.read(), "passage", &[id.uuid()])
            .await
            .unwrap()
            .remove(0)
            .id;
        let visitor = world.kari.clone();
        store
            .write(move |tx| {
                Box::pin(async move {
                    annotate(tx, &visitor, id, Some(note), words[1]).await?;
                    annotate(tx, &visitor, id, None, words[2]).await?;
                    unmark(tx, &visitor, id).await
                })
            })
            .await
            .unwrap();
        let sealed = world.hub.sealed();
        for word in words {
            let kept = ::store::testing::places_that_hold(store, sealed, word).await;
            assert_eq!(kept, ["command.body"], "{word}");
        }

        let (boss, source) = (Visitor::operator(&world.hub, "test"), world.made.sources[0]);
        store
            .write(move |tx| {
                Box::pin(async move {
                    let source = voices::source(tx, source).await?.ok_or(Failure::NotFound)?;
                    voices::delete_source(tx, &boss, &source).await
                })
            })
            .await
            .unwrap();
        for word in words {
            let kept = ::store::testing::places_that_hold(store, sealed, word).await;
            assert_eq!(kept, Vec::<String>::new(), "{word}");
        }
        // What is gone is not offered for undo, and is not in the way of it.
        assert_eq!(
            code_of(take_back(&world, &world.kari).await.unwrap_err()),
            "AN0010"
        );
        assert_eq!(other.sources.len(), 1);
    })
    .await;
}
