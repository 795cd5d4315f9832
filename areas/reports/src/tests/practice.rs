//! A practice study in all areas: nothing of it goes out, and emptying it leaves nothing of it.

use analysis::codes;
use frame::Failure;

use super::*;

/// Stands in everything that is written in the practice study, and nowhere else.
const WRITTEN: &str = "Blåmeis";

async fn act<T: Send + 'static>(world: &World, act: impl ::store::Act<T, Failure>) -> T {
    world.hub.store().write(act).await.unwrap()
}

/// The names of the codes that are laid out with the text.
async fn laid(world: &World, study: &Study) -> Vec<String> {
    let codes = analysis::codes(&world.hub.store().read(), study.id).await;
    codes.unwrap().into_iter().map(|code| code.name).collect()
}

/// Marks, notes, codes, a theme, a finding and both reports, with the word in each.
async fn write_everywhere(world: &World, study: &Study) {
    let db = world.hub.store().read();
    let source = voices::sources(&db, study.id, 1, 0).await.unwrap()[0]
        .source
        .id;
    let block = voices::blocks(&db, source, 1, 1).await.unwrap()[0].id;
    let (who, what) = (world.visitor.clone(), study.clone());
    act(world, move |tx| {
        Box::pin(async move {
            let new = NewMark {
                anchor: Anchor {
                    from: Point { block, at: 0 },
                    to: Point { block, at: 5 },
                },
                codes: Vec::new(),
                new_codes: vec![WRITTEN.into()],
                note: WRITTEN.into(),
            };
            let passage = analysis::mark(tx, &who, source, &new).await?.passage;
            let described = codes::NewCode {
                description: WRITTEN.into(),
                ..codes::NewCode::named("Egen kode")
            };
            let code = codes::add(tx, &who, what.id, described).await?;
            let theme = NewTheme {
                title: WRITTEN.into(),
                text: WRITTEN.into(),
                codes: vec![code.id],
            };
            let theme = findings::add_theme(tx, &who, what.id, &theme).await?;
            let finding = NewFinding {
                sentence: WRITTEN.into(),
                polarity: findings::Polarity::Wish,
                level: findings::Level::Service,
                theme: Some(theme),
                chime: None,
                sides: vec![voices::Side::User],
            };
            let finding = findings::add_finding(tx, &who, what.id, &finding).await?;
            let stance = findings::Stance::Supports;
            findings::add_evidence(tx, &who, what.id, finding, passage, stance).await?;
            let settings = Settings {
                title: WRITTEN.into(),
                subtitle: WRITTEN.into(),
                period: WRITTEN.into(),
                lang: Lang::Nb,
            };
            acts::set_settings(tx, &who, &what, KIND, &settings).await?;
            let target = Target {
                kind: KIND,
                part: PartKey::Background,
                expected: 0,
            };
            let saved = acts::set_part(tx, &who, &what, target, WRITTEN).await;
            assert!(saved.is_ok(), "{saved:?}");
            acts::begin_final(tx, &who, &what).await?;
            acts::decide(tx, &who, &what, KIND, ("0123", Some(WRITTEN))).await
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn practice_never_goes_out_and_is_emptied_in_every_area() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        let real = testing::places_that_hold(store, world.hub.sealed(), QUOTE).await;
        assert!(!real.is_empty());
        let who = world.visitor.clone();
        let study = act(&world, move |tx| {
            Box::pin(async move { voices::practice::begin(tx, &who, Lang::Nb).await })
        })
        .await;
        let codes = laid(&world, &study).await;
        assert_eq!(codes.len(), 11, "a heading with ten codes: {codes:?}");
        write_everywhere(&world, &study).await;
        let held = testing::places_that_hold(store, world.hub.sealed(), WRITTEN).await;
        for place in [
            "code.name",
            "code.description",
            "command.body",
            "finding.body",
            "note.body",
            "report.title",
            "report_check.body",
            "report_part.body",
            "theme.body",
            "theme.title",
        ] {
            assert!(held.iter().any(|one| one == place), "{place}: {held:?}");
        }
        for kind in Kind::ALL {
            let fixed = acts::fix(&world.visitor, &study, kind).await;
            assert!(
                matches!(fixed, Err(Failure::Refused { code: "VO0033", .. })),
                "{fixed:?}"
            );
        }
        let (who, id) = (world.visitor.clone(), study.id);
        act(&world, move |tx| {
            Box::pin(async move { voices::practice::empty(tx, &who, id, Lang::Nb).await })
        })
        .await;
        assert_eq!(
            testing::places_that_hold(store, world.hub.sealed(), WRITTEN).await,
            Vec::<String>::new()
        );
        assert_eq!(laid(&world, &study).await, codes);
        assert_eq!(world.hub.check_areas().await.unwrap(), Vec::<String>::new());
        // The real study beside it is as it was.
        assert_eq!(
            testing::places_that_hold(store, world.hub.sealed(), QUOTE).await,
            real
        );
    })
    .await;
}
