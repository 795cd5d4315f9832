use base::Clock;
use frame::Hub;
use store::jobs::{self, Job};
use store::{Store, testing};

use super::*;
use crate::import::acts::{begin_import, cancel_import, clean_at_start, import_files, put};
use crate::testing::{a_hub, a_study};
use crate::{Basis, Report, Study, area};

fn hub_on(store: &Store, clock: &Clock) -> Hub {
    a_hub(store, clock, vec![area()])
}

fn conversation(turns: usize) -> Bytes {
    let turn = |at: usize| {
        format!(
            "Intervjuer: Hvordan gikk det {at}?\nKari: Det gikk bra, men så måtte vi flytte, gang {at}.\n"
        )
    };
    Bytes::from((0..turns).map(turn).collect::<String>())
}

async fn begun(hub: &Hub, study: &Study, files: Vec<(&str, Bytes)>) -> Import {
    let mut all = Vec::new();
    for (name, bytes) in files {
        all.push(put(hub, study.id, name, bytes).await.unwrap());
    }
    let (who, of) = (Visitor::operator(hub, "test"), study.clone());
    hub.store()
        .write(move |tx| {
            Box::pin(async move { begin_import(tx, &who, &of, Basis::PaperConsent, &all).await })
        })
        .await
        .unwrap()
}

async fn claimed(hub: &Hub) -> Job {
    jobs::claim(hub.store(), hub.chance().uuid(hub.now()), hub.now())
        .await
        .unwrap()
        .unwrap()
}

/// Sources, blocks and objects in the database, also those nobody sees.
async fn rows_left(hub: &Hub) -> (i64, i64, i64) {
    let db = hub.store().read();
    let sources = rows::half_visible(&db, 1_000).await.unwrap().len();
    let blocks = crate::source::store::page_of_blocks(&db, Id::from(base::Uuid::nil()), 10_000)
        .await
        .unwrap();
    let objects = objects::page(&db, Id::from(base::Uuid::nil()), 1_000)
        .await
        .unwrap();
    (sources as i64, blocks.len() as i64, objects.len() as i64)
}

async fn brought(hub: &Hub, study: &Study, files: Vec<(&str, Bytes)>) -> Report {
    let files = files
        .into_iter()
        .map(|(name, bytes)| (name.to_owned(), bytes))
        .collect();
    let who = Visitor::operator(hub, "test");
    import_files(hub, &who, study, files, Basis::PaperConsent)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_file_does_not_keep_the_others_out() {
    testing::each_engine(async |store, clock| {
        let hub = hub_on(store, clock);
        let study = a_study(&hub).make().await.unwrap().study;
        let files = vec![
            ("Intervju.txt", conversation(300)),
            ("tom.txt", Bytes::from_static(b"  ")),
            ("falsk.pdf", Bytes::from_static(b"PK\x03\x04 not a pdf")),
        ];
        let report = brought(&hub, &study, files).await;
        assert_eq!(report.state, ImportState::Done);
        let codes: Vec<Option<String>> = report
            .files
            .iter()
            .map(|file| Some(file.outcome.as_ref()?.refused.as_ref()?.code.clone()))
            .collect();
        assert_eq!(
            codes,
            [
                None,
                Some("empty".into()),
                Some("not_what_it_says_it_is".into())
            ]
        );
        let first = report.files[0].outcome.clone().unwrap();
        assert_eq!((first.turns, first.paragraphs, first.speakers), (600, 0, 2));
        let db = hub.store().read();
        let sources = crate::sources(&db, study.id, 10, 0).await.unwrap();
        assert_eq!(sources.len(), 1);
        assert_eq!((sources[0].blocks, sources[0].chars), (600, first.chars));
        assert_eq!(sources[0].source.name, "Intervju");
        assert_eq!(sources[0].source.basis, Basis::PaperConsent);
        // Of the refused files nothing is kept.
        assert_eq!(
            objects::page(&db, Id::from(base::Uuid::nil()), 10)
                .await
                .unwrap()
                .len(),
            1
        );
        assert_eq!(hub.check_areas().await.unwrap(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_died_half_way_begins_again_and_leaves_nothing_behind() {
    testing::each_engine(async |store, clock| {
        let hub = hub_on(store, clock);
        let study = a_study(&hub).make().await.unwrap().study;
        let import = begun(
            &hub,
            &study,
            vec![("a.txt", conversation(700)), ("b.txt", conversation(5))],
        )
        .await;
        let job = claimed(&hub).await;
        // The first file and a part of its blocks arrive; then the program is killed.
        let work = Work {
            hub: hub.clone(),
            job: job.clone(),
        };
        let visitor = visitor_of(&hub, &job).await.unwrap().unwrap();
        let files = rows::files(&hub.store().read(), import.id).await.unwrap();
        let step = Step {
            work: &work,
            total: 2_000,
            done: 0,
        };
        one_file(&step, &visitor, &import, &files[0]).await.unwrap();
        assert_eq!(
            crate::source_count(&hub.store().read(), study.id)
                .await
                .unwrap(),
            0
        );
        assert_eq!(rows_left(&hub).await, (0, 1_400, 2));
        // The lease runs out, another worker takes the job up.
        clock.advance(jobs::LEASE + 1);
        let again = claimed(&hub).await;
        assert_eq!((again.id, again.attempts), (job.id, 2));
        assert!(
            matches!(step.at(10).await, Err(JobEnd::Stopped)),
            "the dead worker may not go on"
        );
        frame::jobs::work(hub.clone(), again).await;
        let db = hub.store().read();
        let sources = crate::sources(&db, study.id, 10, 0).await.unwrap();
        let sizes: Vec<i64> = sources.iter().map(|source| source.blocks).collect();
        assert_eq!(sizes, [1_400, 10]);
        assert_eq!(rows_left(&hub).await, (0, 1_410, 2));
        let ended = rows::import(&db, import.id).await.unwrap().unwrap();
        assert_eq!(ended.state, ImportState::Done);
        let kinds: Vec<String> = crate::history(&db, study.id, i64::MAX, 10)
            .await
            .unwrap()
            .into_iter()
            .map(|command| command.kind)
            .collect();
        assert_eq!(
            kinds,
            [
                "voices-did-import",
                "voices-did-begin-import",
                "voices-did-begin"
            ]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_killed_after_its_last_act_changes_nothing_more() {
    testing::each_engine(async |store, clock| {
        let hub = hub_on(store, clock);
        let study = a_study(&hub).make().await.unwrap().study;
        let _ = begun(&hub, &study, vec![("a.txt", conversation(3))]).await;
        let work = Work {
            hub: hub.clone(),
            job: claimed(&hub).await,
        };
        super::import(work).await.unwrap();
        clock.advance(jobs::LEASE + 1);
        let again = claimed(&hub).await;
        frame::jobs::work(hub.clone(), again).await;
        let sources = crate::sources(&hub.store().read(), study.id, 10, 0)
            .await
            .unwrap();
        assert_eq!(
            sources
                .iter()
                .map(|source| source.blocks)
                .collect::<Vec<_>>(),
            [6]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_stops_leaves_nothing() {
    testing::each_engine(async |store, clock| {
        let hub = hub_on(store, clock);
        let study = a_study(&hub).make().await.unwrap().study;
        let who = Visitor::operator(&hub, "test");
        // Stopped while it waits.
        let waiting = begun(&hub, &study, vec![("a.txt", conversation(3))]).await;
        cancel_import(&who, &waiting).await.unwrap();
        assert_eq!(rows_left(&hub).await, (0, 0, 0));
        // Stopped while it runs.
        let running = begun(&hub, &study, vec![("a.txt", conversation(3))]).await;
        let job = claimed(&hub).await;
        cancel_import(&who, &running).await.unwrap();
        frame::jobs::work(hub.clone(), job).await;
        assert_eq!(rows_left(&hub).await, (0, 0, 0));
        let db = hub.store().read();
        for import in [waiting.id, running.id] {
            let import = rows::import(&db, import).await.unwrap().unwrap();
            assert_eq!(import.state, ImportState::Cancelled);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leftovers_of_a_job_that_was_given_up_go_at_start() {
    testing::each_engine(async |store, clock| {
        let hub = hub_on(store, clock);
        let study = a_study(&hub).make().await.unwrap().study;
        let import = begun(&hub, &study, vec![("a.txt", conversation(3))]).await;
        let job = claimed(&hub).await;
        let work = Work {
            hub: hub.clone(),
            job: job.clone(),
        };
        let visitor = visitor_of(&hub, &job).await.unwrap().unwrap();
        let files = rows::files(&hub.store().read(), import.id).await.unwrap();
        one_file(
            &Step {
                work: &work,
                total: 1_000,
                done: 0,
            },
            &visitor,
            &import,
            &files[0],
        )
        .await
        .unwrap();
        let now = hub.now();
        let ended: Result<(), Fault> = hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    jobs::finish(tx, &job, jobs::State::Failed, &json!({}), now).await
                })
            })
            .await;
        ended.unwrap();
        clean_at_start(&hub).await.unwrap();
        assert_eq!(rows_left(&hub).await, (0, 0, 0));
    })
    .await;
}

/// Files that lie beside the repository, if they do.
fn real(name: &str) -> Option<Bytes> {
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/real");
    let dir = std::env::var_os("KNUTEPUNKT_REAL").map_or(beside, std::path::PathBuf::from);
    std::fs::read(dir.join(name)).ok().map(Bytes::from)
}

#[tokio::test(flavor = "multi_thread")]
async fn real_interviews_and_a_real_thesis_come_in() {
    let mut files: Vec<(String, Bytes)> = Vec::new();
    for n in 1..=7 {
        let name = format!("P{n}.pdf");
        if let Some(bytes) = real(&format!("interviews/transcripts/{name}")) {
            files.push((name, bytes));
        }
    }
    files.extend(
        real("founding/004_8266021926f7c10e.txt").map(|bytes| ("oppgave.txt".to_owned(), bytes)),
    );
    if files.len() < 8 {
        eprintln!("skipped: the real interviews are not beside the repository (KNUTEPUNKT_REAL)");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::System;
    let options = store::OpenOptions {
        dir: dir.path().to_path_buf(),
        database: None,
        objects: None,
        witness: "serve",
        unlock: store::Unlock::default(),
        keys: None,
        clock: clock.clone(),
    };
    let store = Store::open(options).await.unwrap();
    let hub = hub_on(&store, &clock);
    let study = a_study(&hub).make().await.unwrap().study;
    let who = Visitor::operator(&hub, "test");
    let report = import_files(&hub, &who, &study, files, Basis::PublicDocument)
        .await
        .unwrap();
    let counts: Vec<(String, i64, i64, i64)> = report
        .files
        .iter()
        .map(|file| {
            let outcome = file.outcome.clone().unwrap();
            assert_eq!(outcome.refused, None, "{}", file.name);
            (
                file.name.clone(),
                outcome.turns,
                outcome.paragraphs,
                outcome.speakers,
            )
        })
        .collect();
    let turns: Vec<(i64, i64)> = counts
        .iter()
        .take(7)
        .map(|(_, turns, _, who)| (*turns, *who))
        .collect();
    assert_eq!(
        turns,
        [
            (94, 2),
            (165, 2),
            (121, 2),
            (109, 2),
            (134, 3),
            (99, 2),
            (104, 2)
        ]
    );
    let (_, turns, paragraphs, speakers) = counts.last().unwrap();
    assert_eq!((*turns, *speakers), (0, 0), "a thesis is no conversation");
    assert!(
        (200..400).contains(paragraphs),
        "broken lines make paragraphs: {paragraphs}"
    );
    assert_eq!(hub.check_areas().await.unwrap(), Vec::<String>::new());
    store.close().await;
}
