//! What lies on the shelf is what would be read: after each kind of act, what one instance shows, which
//! has looked before, is held against what an instance shows that was just started. The acts happen on
//! a third, so that nothing but the database tells of them.

use std::sync::Arc;

use ::store::Store;
use ::store::testing::each_engine;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use base::{Chance, Clock, Lang, Uuid};
use frame::{Area, Config, Failure, Forget, Hub, Withdrawal};
use futures::future::BoxFuture;
use people::Visitor;
use tower::ServiceExt;
use ui::TextSet;
use voices::{Basis, NewStudy, Side, Source, StudyState};

use crate::codebook::Frame;
use crate::codes::{self, NewCode};
use crate::coding::acts::{self, NewMark};
use crate::coding::several::{mark_all, uncode_all, unmark_all};
use crate::coding::testing::{World, member};
use crate::findings::{self, Level, NewFinding, Polarity, Stance};

/// An instance of the hub: its pages for Kari, who works in every study that is asked for.
fn instance(store: &Store, clock: &Clock, number: u64) -> Router {
    let texts = TextSet {
        room: "doorkeeper",
        nb: "",
        nn: "",
        en: "",
    };
    let mut doorkeeper = Area::new("doorkeeper", texts);
    doorkeeper.identify = Some(|_, headers| {
        Box::pin(async move {
            let study = headers.get("x-member").and_then(|id| id.to_str().ok());
            let study = study.and_then(|id| id.parse::<Uuid>().ok());
            Ok(study.map(|study| Arc::new(member(1, "Kari", study))))
        })
    });
    let areas = vec![voices::area(), crate::area(), doorkeeper];
    let chance = Chance::seeded(number);
    let (hub, routes) = Hub::assemble(
        store.clone(),
        clock.clone(),
        chance,
        Config::default(),
        areas,
    )
    .unwrap();
    frame::router(&hub, routes)
}

type Shown = Vec<(String, StatusCode, String)>;

struct Looking<'a> {
    world: &'a World,
    clock: &'a Clock,
    slug: String,
    study: Uuid,
    source: String,
    /// The instance that has looked before.
    looked: Router,
    before: Shown,
    started: u64,
}

impl<'a> Looking<'a> {
    async fn at(world: &'a World, clock: &'a Clock, slug: &str, source: String) -> Looking<'a> {
        let db = world.hub.store().read();
        let study = voices::study_by_slug(&db, slug).await.unwrap().unwrap();
        let mut looking = Self {
            world,
            clock,
            slug: slug.to_owned(),
            study: study.id.uuid(),
            source,
            looked: instance(world.hub.store(), clock, 100),
            before: Vec::new(),
            started: 100,
        };
        looking.before = looking.look(&looking.looked).await;
        looking
    }

    async fn look(&self, at: &Router) -> Shown {
        let (slug, source) = (&self.slug, &self.source);
        let mut shown = Vec::new();
        for path in [
            format!("/studies/{slug}/coding?source={source}&at=1"),
            format!("/studies/{slug}/coding?source={source}&at=3&lang=nn"),
            format!("/studies/{slug}/coding"),
            format!("/api/v1/sources/{source}/window"),
            format!("/api/v1/sources/{source}/window?from=2&limit=1"),
            format!("/api/v1/studies/{slug}/codes?source={source}"),
            format!("/api/v1/studies/{slug}/codes"),
            format!("/studies/{slug}/codes.css"),
        ] {
            let request = Request::get(&path)
                .header(header::HOST, "127.0.0.1")
                .header("x-member", self.study.to_string())
                .body(Body::empty())
                .unwrap();
            let answer = at.clone().oneshot(request).await.unwrap();
            let status = answer.status();
            let bytes = to_bytes(answer.into_body(), 4_000_000).await.unwrap();
            shown.push((path, status, String::from_utf8(bytes.to_vec()).unwrap()));
        }
        shown
    }

    /// Looks again after an act; it must show as something.
    async fn after(&mut self, act: &str) {
        self.clock.advance(base::SECOND);
        self.started += 1;
        let fresh = instance(self.world.hub.store(), self.clock, self.started);
        let fresh = self.look(&fresh).await;
        // Made by the first look, from the shelf by the second.
        for _ in 0..2 {
            assert_eq!(self.look(&self.looked).await, fresh, "after: {act}");
        }
        assert_ne!(
            self.before, fresh,
            "nothing is shown otherwise after: {act}"
        );
        self.before = fresh;
    }

    /// Does something, and looks again.
    async fn did<T: Send + 'static>(
        &mut self,
        name: &str,
        act: impl for<'t> FnOnce(&'t ::store::Tx) -> BoxFuture<'t, Result<T, Failure>> + Send + 'static,
    ) -> T {
        let done = self.world.hub.store().write(act).await;
        let done = done.unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        self.after(name).await;
        done
    }
}

/// One act with a clone of what it needs: `act!(looking, "name", (a, b), |tx| call)`.
macro_rules! act {
    ($looking:expr, $name:literal, ($($held:ident),*), |$tx:ident| $call:expr) => {{
        $(let $held = $held.clone();)*
        $looking.did($name, move |$tx| Box::pin(async move { $call.await })).await
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_with_codes_and_marks_is_seen_at_once() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let (study, source) = (world.made.study.id, world.made.sources[0]);
        let slug = world.made.study.slug.clone();
        let kari = world.kari.clone();
        let words = world.hub.words(Lang::Nb);
        let mut looking = Looking::at(&world, clock, &slug, source.to_string()).await;
        let see = &mut looking;
        let new = |name: &str| NewCode::named(name);

        let (a, b) = (new("Ro"), new("Møte"));
        let ro = act!(see, "a code", (kari, a), |tx| codes::add(
            tx, &kari, study, a
        ));
        let met = act!(see, "another", (kari, b), |tx| codes::add(
            tx, &kari, study, b
        ));
        let (ro, met) = (ro.id, met.id);
        let renamed = NewCode {
            colour: Some("#b83d30".into()),
            ..new("Hvile")
        };
        act!(see, "a code's name and colour", (kari, renamed), |tx| {
            codes::change(tx, &kari, study, ro, renamed)
        });
        act!(see, "a code's place", (kari), |tx| codes::shift(
            tx, &kari, study, met, true
        ));
        act!(see, "a frame", (kari, words), |tx| codes::add_frame(
            tx,
            &kari,
            study,
            Frame::Chime,
            &words
        ));

        let mark = NewMark {
            anchor: world.anchor((1, 8), (1, 14)),
            codes: vec![ro],
            new_codes: vec![],
            note: String::new(),
        };
        let done = act!(see, "a mark", (kari, mark), |tx| acts::mark(
            tx, &kari, source, &mark
        ));
        let passage = done.passage;
        let ola = world.colleague();
        act!(see, "the same by another", (ola, mark), |tx| acts::mark(
            tx, &ola, source, &mark
        ));
        let noted = NewMark {
            note: "Fint".into(),
            new_codes: vec!["Ny".into()],
            anchor: world.anchor((2, 0), (3, 2)),
            codes: vec![],
        };
        let second = act!(
            see,
            "a mark with a new code and a note",
            (kari, noted),
            |tx| acts::mark(tx, &kari, source, &noted)
        );
        let second = second.passage;
        act!(see, "a code more on it", (kari), |tx| acts::recode(
            tx,
            &kari,
            passage,
            &[met],
            &[],
            &[]
        ));
        let to = world.anchor((1, 4), (1, 14));
        act!(see, "other borders", (kari), |tx| acts::move_borders(
            tx, &kari, passage, to
        ));
        act!(see, "taking that back", (kari), |tx| acts::undo(
            tx, &kari, study
        ));
        act!(see, "a note", (kari), |tx| acts::annotate(
            tx, &kari, passage, None, "Husk"
        ));
        let note = crate::notes(&store.read(), "passage", &[passage.uuid()])
            .await
            .unwrap()[0]
            .id;
        act!(see, "no note", (kari), |tx| acts::annotate(
            tx,
            &kari,
            passage,
            Some(note),
            ""
        ));
        let several = vec![
            NewMark {
                anchor: world.anchor((0, 0), (0, 4)),
                ..mark.clone()
            },
            NewMark {
                anchor: world.anchor((3, 0), (3, 2)),
                ..mark.clone()
            },
        ];
        let done = act!(see, "several marks", (kari, several), |tx| mark_all(
            tx,
            &kari,
            source,
            &several,
            "analysis-did-type-in"
        ));
        let first = done.passage;
        act!(see, "codes off several", (kari), |tx| uncode_all(
            tx,
            &kari,
            source,
            &[passage, first],
            &[ro]
        ));
        act!(see, "taking several away", (kari), |tx| unmark_all(
            tx,
            &kari,
            source,
            &[second]
        ));
        act!(see, "a mark away", (kari), |tx| acts::unmark(
            tx, &kari, passage
        ));
        act!(see, "and back", (kari), |tx| acts::undo(tx, &kari, study));
        act!(see, "two codes as one", (kari), |tx| codes::merge(
            tx, &kari, study, met, ro
        ));

        let finding = NewFinding {
            sentence: "Det er godt å bli møtt.".into(),
            polarity: Polarity::Strength,
            level: Level::Service,
            theme: None,
            chime: None,
            sides: vec![],
        };
        act!(see, "a quote in a finding", (kari, finding), |tx| async {
            let id = findings::add_finding(tx, &kari, study, &finding).await?;
            findings::add_evidence(tx, &kari, study, id, passage, Stance::Supports).await
        });
        let hub = world.hub.clone();
        let account = world.colleague().actor().account.unwrap();
        act!(see, "somebody is forgotten", (hub), |tx| async {
            Ok(hub.forget(tx, &Forget::Account(account)).await?)
        });
        act!(see, "a code away", (kari), |tx| codes::remove(
            tx, &kari, study, ro, true
        ));
        let anchor = world.anchor((1, 0), (1, 3));
        act!(see, "a mark once more", (kari), |tx| async {
            let new = NewMark {
                anchor,
                codes: vec![],
                new_codes: vec!["Sist".into()],
                note: String::new(),
            };
            acts::mark(tx, &kari, source, &new).await
        });
        let blocks = vec![world.made.blocks[0][1].uuid()];
        let at = clock.now();
        act!(see, "words are taken back", (hub), |tx| async {
            Ok(hub
                .withdraw(
                    tx,
                    &Withdrawal {
                        study: study.uuid(),
                        blocks,
                        at,
                    },
                )
                .await?)
        });
    })
    .await;
}

async fn source_of(world: &World, id: base::Id<Source>) -> Source {
    let db = world.hub.store().read();
    voices::source(&db, id).await.unwrap().unwrap()
}

/// The block at a place, with the digest that a form would have.
async fn block(
    world: &World,
    source: base::Id<Source>,
    place: i64,
) -> (base::Id<voices::Block>, String) {
    let db = world.hub.store().read();
    let block = voices::blocks(&db, source, place, 1)
        .await
        .unwrap()
        .remove(0);
    (block.id, voices::block_digest(&block))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_with_texts_and_studies_is_seen_at_once() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let id = world.made.sources[0];
        let slug = world.made.study.slug.clone();
        let operator = Visitor::operator(&world.hub, "test");
        let who = world.kari.clone();
        let mut looking = Looking::at(&world, clock, &slug, id.to_string()).await;
        let see = &mut looking;
        let source = source_of(&world, id).await;

        let (at, digest) = block(&world, id, 2).await;
        act!(see, "a correction", (who, source, digest), |tx| voices::correct(tx, &who, &source, at, &digest, &"Det var fint. Ingen maste.".into()));
        let (at, digest) = block(&world, id, 2).await;
        act!(see, "a cut", (who, source, digest), |tx| voices::split(tx, &who, &source, at, &digest, 13));
        let (at, digest) = block(&world, id, 3).await;
        act!(see, "a join", (who, source, digest), |tx| voices::join(tx, &who, &source, at, &digest));
        let (at, digest) = block(&world, id, 1).await;
        act!(see, "another speaker", (who, source, digest), |tx| voices::set_block_speaker(tx, &who, &source, at, &digest, "Per"));
        let speakers = voices::speakers(&store.read(), id).await.unwrap();
        let speaker = |label: &str| speakers.iter().find(|one| one.label == label).unwrap().id;
        let (per, ola) = (speaker("Per"), speaker("Ola"));
        act!(see, "a speaker's name", (who, source), |tx| voices::rename_speaker(tx, &who, &source, per, "Pål", Side::Staff));
        act!(see, "no speaker", (who, source), |tx| voices::not_a_speaker(tx, &who, &source, ola));
        act!(see, "the text's name", (who, source), |tx| voices::change_source(tx, &who, &source, "Andre samtale", Basis::Fictional));
        // What changes no word raises the revision all the same, which scripts see.
        let (at, digest) = block(&world, id, 1).await;
        let same = voices::blocks(&store.read(), id, 1, 1).await.unwrap().remove(0).body;
        act!(see, "a correction of nothing", (who, source, digest, same), |tx| voices::correct(tx, &who, &source, at, &digest, &same.as_str().into()));

        let study = world.made.study.clone();
        let title = NewStudy {
            title: "Nytt navn".into(),
            ..NewStudy::default()
        };
        act!(see, "the study's title", (operator, study, title), |tx| voices::change_study(tx, &operator, &study, &title));
        let highlighted = "{\\rtf1\\ansi{\\colortbl;\\red255\\green255\\blue0;}Kari: Det var {\\highlight1 godt}.\\par}";
        let book = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\" origin=\"x\"><Codes>\
             <Code guid=\"{}\" name=\"Fra bok\" isCodable=\"true\"/></Codes></CodeBook>",
            Uuid::from_u128(9)
        );
        for (name, file) in [("a.rtf", highlighted.to_owned()), ("b.qdc", book)] {
            let files = vec![(name.to_owned(), file.into_bytes().into())];
            voices::import_files(&world.hub, &operator, &study, files, Basis::Fictional)
                .await
                .unwrap();
            see.after(name).await;
        }
        let came = voices::source_list(&store.read(), study.id, 9, 0).await.unwrap();
        let came = came.into_iter().find(|one| one.id != id).unwrap();
        act!(see, "a text away", (operator, came), |tx| voices::delete_source(tx, &operator, &came));
        // A state is not shown here, but what lies there of a study that is closed must go too.
        let seq = async || {
            let at = voices::standing(&store.read(), &slug).await.unwrap();
            at.unwrap().seq
        };
        let before = seq().await;
        let facts = voices::facts(&world.hub, &store.read(), study.id)
            .await
            .unwrap();
        let (who, to) = (operator.clone(), StudyState::Anchored);
        let moved: Result<(), Failure> = store
            .write(move |tx| {
                Box::pin(
                    async move { voices::set_state(tx, &who, &study, to, "Avtalt", &facts).await },
                )
            })
            .await;
        moved.unwrap();
        assert_eq!(seq().await, before + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_practice_study_shows_nothing_of_before() {
    each_engine(async |store, clock| {
        let world = World::on(store, clock).await;
        let who = Visitor::operator(&world.hub, "test");
        let begin = who.clone();
        let study: Result<voices::Study, Failure> = store
            .write(move |tx| {
                Box::pin(async move { voices::practice::begin(tx, &begin, Lang::Nb).await })
            })
            .await;
        let study = study.unwrap();
        let id = study.id;
        let source = voices::source_list(&store.read(), id, 1, 0)
            .await
            .unwrap()
            .remove(0);
        let mut looking = Looking::at(&world, clock, &study.slug, source.id.to_string()).await;
        let see = &mut looking;
        let (at, digest) = block(&world, source.id, 1).await;
        let new = voices::Corrected::from("Det jeg skrev");
        act!(see, "a correction", (who, source, digest, new), |tx| {
            voices::correct(tx, &who, &source, at, &digest, &new)
        });
        act!(see, "emptied", (who), |tx| voices::practice::empty(
            tx,
            &who,
            id,
            Lang::Nb
        ));
        let shown = see
            .before
            .iter()
            .find(|(path, ..)| path.ends_with("/coding"))
            .unwrap();
        assert_eq!(shown.1, StatusCode::OK);
        assert!(!shown.2.contains("Det jeg skrev"));
    })
    .await;
}
