//! Words are taken out of what was given out already: from that moment nobody gets them any more.

use ::store::{jobs, objects};
use base::DAY;
use frame::jobs::Work;
use frame::{TextChange, TextChangeKind};

use super::*;
use crate::publish;

impl World {
    fn inside(&self) -> String {
        crate::pages::base_of(&self.study.slug, self.kind)
    }

    /// Somebody writes the block of a quote anew.
    async fn change_block(&self, splice: (usize, usize, usize), may_stand: bool) {
        let found = findings::findings(&self.hub.store().read(), self.study.id)
            .await
            .unwrap();
        let quote = found[0].evidence[0].clone();
        let change = TextChange {
            study: self.study.id.uuid(),
            source: quote.source.uuid(),
            block: quote.block.unwrap().uuid(),
            at: self.hub.now(),
            may_stand,
            kind: TextChangeKind::Spliced(vec![splice]),
        };
        let hub = self.hub.clone();
        let done: Result<(), ::store::Fault> = self
            .hub
            .store()
            .write(move |tx| Box::pin(async move { hub.text_changed(tx, &change).await }))
            .await;
        done.unwrap();
    }

    async fn version(&self, id: Id<crate::report::Version>) -> rows::Version {
        let found = rows::version(&self.hub.store().read(), id).await.unwrap();
        found.unwrap()
    }
}

const COMING: &str = "En ny versjon av rapporten er på vei";

#[tokio::test(flavor = "multi_thread")]
async fn a_link_shows_that_a_new_version_comes_and_then_that_version() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        let first = world.fix().await;
        let link = world.hand_over(&first, 60).await.unwrap();
        let over = world.hand_over(&first, 1).await.unwrap();
        clock.advance(DAY);
        let manager = world.an_account(Role::ProcessManager).await;
        let researcher = world.an_account(Role::PeerResearcher).await;
        let service = world.an_account(Role::Service).await;
        assert!(world.ask(None, &link.path(), None).await.1.contains(QUOTE));

        world.take_back_words(QUOTE).await;
        let pdf = format!("{}/report.pdf", link.path());
        let docx = format!("{}/report.docx", link.path());
        for (path, expected) in [
            (&link.path(), StatusCode::OK),
            (&pdf, StatusCode::NOT_FOUND),
            (&docx, StatusCode::NOT_FOUND),
        ] {
            let (status, page) = world.ask(None, path, None).await;
            assert_eq!(status, expected, "{path}");
            assert!(page.contains(COMING) && page.contains("noindex"), "{page}");
            for words in [QUOTE, SENTENCE, "tatt ut", "trukket"] {
                assert!(!page.contains(words), "{words} is in {page}");
            }
        }
        assert_eq!(world.ask(None, &over.path(), None).await.0, StatusCode::GONE);

        // Inside, what to do; the service sees that a new version comes.
        let version = format!("{}/versions/1", world.inside());
        for who in [manager, researcher] {
            let (status, page) = world.ask(Some(who), &version, None).await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains("/report/checks") && !page.contains(QUOTE), "{page}");
            let (_, page) = world.ask(Some(who), &world.inside(), None).await;
            assert!(page.contains("Én lenke viser nå bare"), "{page}");
        }
        for path in [&version, &world.inside()] {
            let (status, page) = world.ask(Some(service), path, None).await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains("Den vises her når den er overlevert"), "{page}");
            assert!(!page.contains(QUOTE) && !page.contains("tatt ut"), "{page}");
        }
        for who in [manager, researcher, service] {
            for file in ["report.pdf", "report.docx"] {
                let (status, page) = world.ask(Some(who), &format!("{version}/{file}"), None).await;
                assert_eq!(status, StatusCode::CONFLICT);
                assert!(page.contains("RE0009") && !page.contains(QUOTE), "{page}");
            }
        }
        let form = Some("recipient=leder&days=60".to_owned());
        let hand_over = format!("{version}/hand-over");
        let (status, _) = world.ask(Some(manager), &hand_over, form).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let newest = acts::newest(&world.hub, &world.visitor, &world.study, KIND, Format::Pdf).await;
        let text = "reports-newest-not-readable";
        assert!(
            matches!(newest, Err(Failure::Refused { code: "RE0009", text: found, .. }) if found == text),
            "{newest:?}"
        );

        // What somebody else fixes is shown when who leads the study says so.
        world.let_all_stand().await;
        let fix = format!("{}/fix", world.inside());
        let (status, _) = world.ask(Some(researcher), &fix, Some(String::new())).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(world.ask(None, &link.path(), None).await.1.contains(COMING));
        let (_, page) = world.ask(Some(manager), &world.inside(), None).await;
        assert!(page.contains("/report/versions/2/hand-on"), "{page}");
        let hand_on = |number: i64| format!("{}/versions/{number}/hand-on", world.inside());
        for (who, number, expected) in [
            (researcher, 2, StatusCode::NOT_FOUND),
            (service, 2, StatusCode::NOT_FOUND),
            (manager, 1, StatusCode::CONFLICT),
            (manager, 3, StatusCode::NOT_FOUND),
            (manager, 2, StatusCode::SEE_OTHER),
            (manager, 2, StatusCode::NOT_FOUND),
        ] {
            let form = Some(String::new());
            let (status, _) = world.ask(Some(who), &hand_on(number), form).await;
            assert_eq!(status, expected, "{number}");
        }
        let (status, page) = world.ask(None, &link.path(), None).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains(AGAINST) && !page.contains(QUOTE), "{page}");
        let (status, pdf) = world.ask(None, &pdf, None).await;
        assert!(status == StatusCode::OK && pdf.starts_with("%PDF-"));
        let (_, page) = world.ask(Some(service), &world.inside(), None).await;
        assert!(page.contains("/versions/2") && !page.contains("/versions/1"), "{page}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_who_leads_the_study_fixes_is_shown_by_the_links_that_wait() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        let first = world.fix().await;
        let link = world.hand_over(&first, 60).await.unwrap();
        let second = world.fix().await;
        let newer = world.hand_over(&second, 60).await.unwrap();
        world.take_back_words(QUOTE).await;
        let third = world.fix().await;
        for path in [link.path(), newer.path()] {
            let (_, page) = world.ask(None, &path, None).await;
            assert!(page.contains(AGAINST) && !page.contains(QUOTE), "{page}");
        }
        let links = rows::handovers(&store.read(), third.id).await.unwrap();
        assert_eq!(links.len(), 2);
        // The newest that was handed over takes links at once; a version before it never does.
        let fourth = world.fix().await;
        let last = world.hand_over(&fourth, 60).await.unwrap();
        world.change_outdated(third.id).await;
        let links = rows::handovers(&store.read(), fourth.id).await.unwrap();
        assert_eq!(links.len(), 3);
        world.take_back_words(AGAINST).await;
        assert!(world.ask(None, &last.path(), None).await.1.contains(COMING));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_public_report_says_that_a_new_version_comes_until_it_is_published() {
    testing::each_engine(async |store, clock| {
        let mut world = World::new(store, clock, Basis::Fictional).await;
        world.published().await;
        let manager = world.an_account(Role::ProcessManager).await;
        let address = format!("/reports/{}", world.study.slug);
        let tag = world.public(&address, None).await.headers()[header::ETAG].clone();
        world.take_back_words(QUOTE).await;
        let files = ["report.pdf", "report.docx"].map(|file| format!("{address}/{file}"));
        let look = async || {
            let answer = world.public(&address, tag.to_str().ok()).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
            assert_eq!(answer.headers()["x-robots-tag"], "noindex");
            let bytes = to_bytes(answer.into_body(), 10_000_000).await.unwrap();
            let page = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(page.contains(COMING), "{page}");
            for words in [QUOTE, SENTENCE, "tatt ut", "trukket"] {
                assert!(!page.contains(words), "{words} is in {page}");
            }
            for file in &files {
                let status = world.public(file, None).await.status();
                assert_eq!(status, StatusCode::NOT_FOUND);
            }
            let (_, list) = world.ask(None, "/reports", None).await;
            assert!(!list.contains(&address), "{list}");
        };
        look().await;
        let (_, page) = world.ask(Some(manager), &world.inside(), None).await;
        assert!(page.contains("På adressen står det bare"), "{page}");
        let actor = people::members::actor(&store.read(), manager)
            .await
            .unwrap();
        let errands = crate::errands::errands(&world.hub, &Arc::new(actor.unwrap()))
            .await
            .unwrap();
        let errands: Vec<(&str, String)> = errands
            .into_iter()
            .map(|errand| (errand.text, errand.href))
            .collect();
        assert_eq!(errands, [("reports-errand-new-version", world.inside())]);
        // Fixed is not published.
        let second = world.fix().await;
        look().await;
        let (_, page) = world.ask(Some(manager), &world.inside(), None).await;
        assert!(page.contains("Publiser versjon 2"), "{page}");
        world.publish(&second).await.unwrap();
        let (status, page) = world.ask(None, &address, None).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains(AGAINST) && !page.contains(QUOTE), "{page}");
        assert_eq!(world.public(&files[0], None).await.status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_version_whose_words_were_taken_out_nothing_is_left() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        let version = world.fix().await;
        let files = [version.object, version.docx.unwrap()];
        let mut kept = Vec::new();
        for file in files {
            kept.extend(objects::get(&store.read(), file).await.unwrap());
        }
        assert_eq!(kept.len(), 2);
        world.take_back_words(QUOTE).await;
        let db = store.read();
        assert_eq!(rows::paper(&db, version.id).await.unwrap(), None);
        for file in files {
            assert_eq!(objects::get(&db, file).await.unwrap(), None);
        }
        // Again, for words that are in it no more: nothing is left to take.
        let counts = world.take_back_words(AGAINST).await;
        assert!(
            counts
                .iter()
                .all(|count| count.what != "reports-withdraw-versions" || count.n == 0)
        );
        let worker = base::Uuid::from_u128(9);
        let job = jobs::claim(store, worker, clock.now())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(job.kind, publish::ERASE);
        let work = Work {
            hub: world.hub.clone(),
            job,
        };
        assert_eq!(publish::erase(work).await.unwrap()["deleted"], 2);
        for object in &kept {
            assert!(store.objects().get(object).await.is_err());
        }
        assert!(
            jobs::claim(store, worker, clock.now())
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(crate::check(store).await.unwrap(), Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_a_block_says_whether_reports_that_quote_it_may_stand() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        let version = world.fix().await;
        let found = findings::findings(&store.read(), world.study.id)
            .await
            .unwrap();
        let block = found[0].evidence[0].block.unwrap().uuid();
        let db = store.read();
        assert_eq!(world.hub.fixed_with(&db, block).await.unwrap(), 1);
        assert_eq!(
            world
                .hub
                .fixed_with(&db, base::Uuid::from_u128(1))
                .await
                .unwrap(),
            0
        );
        // A spelling mistake, and words that only came in.
        world.change_block((3, 4, 5), true).await;
        world.change_block((3, 0, 5), false).await;
        assert!(!world.version(version.id).await.outdated);
        world.change_block((3, 4, 5), false).await;
        assert!(world.version(version.id).await.outdated);
        assert_eq!(world.hub.fixed_with(&db, block).await.unwrap(), 0);
    })
    .await;
}

impl World {
    /// Words are taken out that only this version quotes: the others know nothing of their blocks.
    async fn change_outdated(&self, version: Id<crate::report::Version>) {
        let source = base::Uuid::from_u128(50);
        let at = self.hub.now();
        let hub = self.hub.clone();
        let study = self.study.id.uuid();
        let gone: Result<(), ::store::Fault> = self
            .hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let block = base::Uuid::from_u128(51);
                    publish::store::add_blocks(tx, version, &[(block, source)]).await?;
                    let what = frame::Forget::Source { study, source, at };
                    hub.forget(tx, &what).await
                })
            })
            .await;
        gone.unwrap();
    }
}
