//! What is kept of a project goes with its source, and with words that are taken back.

use frame::Withdrawal;

use super::lossless::{everything, files_of};
use super::*;
use crate::exchange::kept;

async fn source(hub: &Hub, study: &Study, n: u32) -> voices::Source {
    let all = findings::all_sources(&hub.store().read(), study.id)
        .await
        .unwrap();
    all.into_iter().find(|one| one.guid == guid(n)).unwrap()
}

async fn delete(hub: &Hub, source: voices::Source) {
    let visitor = Visitor::operator(hub, "ops");
    let gone: Option<Id<::store::objects::Object>> = hub
        .store()
        .write(move |tx| {
            Box::pin(async move { voices::delete_source(tx, &visitor, &source).await })
        })
        .await
        .unwrap();
    assert_eq!(gone, None, "the project itself was not kept");
}

/// All bodies that are kept in a study, in one text.
async fn bodies(hub: &Hub, study: &Study) -> String {
    let db = hub.store().read();
    let mut all = kept::store::of_study(&db, study.id).await.unwrap();
    for source in findings::all_sources(&db, study.id).await.unwrap() {
        all.extend(kept::store::of_source(&db, source.id).await.unwrap());
    }
    all.iter()
        .map(|one| one.body.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

async fn run_jobs(hub: &Hub) {
    loop {
        let worker = hub.chance().uuid(hub.now());
        let job = ::store::jobs::claim(hub.store(), worker, hub.now())
            .await
            .unwrap();
        let Some(job) = job else { return };
        frame::jobs::work(hub.clone(), job).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_taken_out_takes_along_what_is_kept_of_it() {
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let study = an_empty_study(&hub, "Bort").await;
        bring_in(&hub, &study, everything()).await;
        for n in [30, 71, 63] {
            delete(&hub, source(&hub, &study, n).await).await;
        }
        let left = bodies(&hub, &study).await;
        for gone in [30, 31, 60, 61, 70, 71, 74, 76, 93, 95] {
            assert!(!left.contains(&guid(gone).to_string()), "{gone}: {left}");
        }
        for word in ["Kari", "hemmelige", "stille her", "Intervju"] {
            assert!(!left.contains(word), "{word}: {left}");
        }
        // The picture, the film, the variable, and what is left of the set and the graph.
        for stays in [50, 80, 20, 91, 92, 94] {
            assert!(left.contains(&guid(stays).to_string()), "{stays}: {left}");
        }
        let file = take_out(&hub, &study, Format::Qdpx).await;
        validate(&file);
        assert_eq!(
            files_of(&file).into_values().collect::<Vec<_>>(),
            ["not a real picture"]
        );
        let objects = |hub: &Hub| std::fs::read_dir(hub.store().dir().join("objects")).unwrap();
        run_jobs(&hub).await;
        let files: usize = objects(&hub)
            .map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap().count())
            .sum();
        assert_eq!(files, 1, "only the picture's file is left");
        assert_eq!(
            ::store::check::run(store, &[]).await.unwrap(),
            Vec::<String>::new()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_taken_back_leave_what_is_kept() {
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let study = an_empty_study(&hub, "Trukket").await;
        bring_in(&hub, &study, everything()).await;
        let mut blocks = Vec::new();
        for n in [63, 71] {
            let source = source(&hub, &study, n).await;
            let all = voices::blocks(&store.read(), source.id, 0, 10)
                .await
                .unwrap();
            blocks.push(all[0].id.uuid());
        }
        let what = Withdrawal {
            study: study.id.uuid(),
            blocks,
            at: hub.now(),
        };
        let (asked, telling) = (what.clone(), hub.clone());
        let counts: Vec<frame::WithdrawalCount> = hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let counts = telling.withdrawal_preview(tx, &asked).await?;
                    telling.withdraw(tx, &asked).await?;
                    Ok::<_, ::store::Fault>(counts)
                })
            })
            .await
            .unwrap();
        let kept = counts
            .iter()
            .find(|one| one.what == "analysis-withdraw-kept");
        assert_eq!(kept.map(|one| one.n), Some(6));
        let left = bodies(&hub, &study).await;
        for word in ["hemmelige", "stille her", ".pdf", ".m4a", "not a real pdf"] {
            let in_heads = left.matches(word).count();
            let heads = left
                .lines()
                .filter(|line| line.starts_with("<PDFSource") || line.starts_with("<AudioSource"));
            let allowed = heads.map(|line| line.matches(word).count()).sum::<usize>();
            assert_eq!(in_heads, allowed, "{word}: {left}");
        }
        assert!(
            left.contains(&guid(51).to_string()),
            "the picture's marks stay: {left}"
        );
        let file = take_out(&hub, &study, Format::Qdpx).await;
        validate(&file);
        let mut names: Vec<String> = files_of(&file).into_values().collect();
        names.sort();
        assert_eq!(names, ["not a real docx", "not a real picture"]);
    })
    .await;
}
