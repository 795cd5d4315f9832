//! On from the process report to what everybody reads, and what happens when words are taken back.

use frame::{Withdrawal, WithdrawalCount};
use voices::{NewStudy, Publisher};

use super::*;
use crate::publish::{Publication, publish, take_back};
use crate::report::{PartKey, parts};

impl World {
    /// Who publishes is agreed.
    pub(super) async fn agree(&mut self, publisher: Publisher) {
        let (visitor, study) = (self.visitor.clone(), self.study.clone());
        let new = NewStudy {
            title: study.title.clone(),
            services: study.services.clone(),
            publisher,
            ..NewStudy::default()
        };
        let changed: Result<(), Failure> = self
            .hub
            .store()
            .write(move |tx| {
                Box::pin(async move { voices::change_study(tx, &visitor, &study, &new).await })
            })
            .await;
        changed.unwrap();
        self.study.publisher = publisher;
    }

    pub(super) async fn begin(&self) -> Result<(), Failure> {
        let (visitor, study) = (self.visitor.clone(), self.study.clone());
        self.hub
            .store()
            .write(move |tx| Box::pin(async move { acts::begin_final(tx, &visitor, &study).await }))
            .await
    }

    pub(super) async fn fix(&self) -> rows::Version {
        self.let_all_stand().await;
        acts::fix(&self.visitor, &self.study, self.kind)
            .await
            .unwrap()
    }

    pub(super) async fn publish(&self, version: &rows::Version) -> Result<Publication, Failure> {
        let (visitor, study, id) = (self.visitor.clone(), self.study.clone(), version.id);
        self.hub
            .store()
            .write(move |tx| Box::pin(async move { publish(tx, &visitor, &study, id).await }))
            .await
    }

    /// A version of the final report, fixed and published by the hub.
    pub(super) async fn published(&mut self) -> rows::Version {
        self.agree(Publisher::Hub).await;
        self.kind = Kind::Final;
        self.begin().await.unwrap();
        let version = self.fix().await;
        self.publish(&version).await.unwrap();
        version
    }

    pub(super) async fn public(&self, path: &str, tag: Option<&str>) -> Response {
        let mut request = Request::builder()
            .uri(path)
            .header(header::HOST, "127.0.0.1");
        if let Some(tag) = tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let request = request.body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The block that a quote begins in is taken back; what the preview said before.
    pub(super) async fn take_back_words(&self, quote: &str) -> Vec<WithdrawalCount> {
        let found = findings::findings(&self.hub.store().read(), self.study.id)
            .await
            .unwrap();
        let evidence = found.iter().flat_map(|finding| &finding.evidence);
        let block = evidence
            .filter(|one| one.text == quote)
            .find_map(|one| one.block)
            .unwrap();
        let what = Withdrawal {
            study: self.study.id.uuid(),
            blocks: vec![block.uuid()],
            at: self.hub.now(),
        };
        let hub = self.hub.clone();
        let done: Result<Vec<WithdrawalCount>, Failure> = self
            .hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let before = hub.withdrawal_preview(tx, &what).await?;
                    hub.withdraw(tx, &what).await?;
                    Ok(before)
                })
            })
            .await;
        done.unwrap()
    }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Failure>) -> (&'static str, &'static str) {
    match answer {
        Err(Failure::Refused { code, text, .. }) => (code, text),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_report_begins_with_what_it_shares_with_the_process_report() {
    testing::each_engine(async |store, clock| {
        let mut world = World::new(store, clock, Basis::Fictional).await;
        let intro = PartKey::ThemeIntro(world.theme);
        for (part, text) in [
            (PartKey::Background, "Teamet banker på."),
            (intro, "Om døra, som [[funn:1]] viser."),
            (PartKey::Conference, "Slik brukes den."),
            (PartKey::AboutProcessReport, "Foreløpig."),
        ] {
            world.write(part, 0, text).await.unwrap();
        }
        world.set_cover("Å bli oppsøkt", "Under").await;
        world.begin().await.unwrap();
        assert_eq!(refused(world.begin().await).0, "RE0007");
        let db = store.read();
        let report = rows::report(&db, world.study.id, Kind::Final)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (report.title.as_str(), report.subtitle.as_str(), report.lang),
            ("Å bli oppsøkt", "Under", Lang::Nn)
        );
        let mut copied: Vec<(PartKey, String, i64)> = rows::parts(&db, report.id)
            .await
            .unwrap()
            .into_iter()
            .map(|part| (part.part, part.text, part.revision))
            .collect();
        copied.sort();
        assert_eq!(
            copied,
            [
                (PartKey::Background, "Teamet banker på.".to_owned(), 1),
                (intro, "Om døra, som [[funn:1]] viser.".to_owned(), 1),
            ]
        );
        // Of what is written in the other report, nothing is printed here.
        world.kind = Kind::Final;
        world
            .write(PartKey::Recommendations, 0, "Ring først ([[funn:1]]).")
            .await
            .unwrap();
        let html = acts::draft(
            &world.hub,
            &world.visitor,
            &world.study,
            Kind::Final,
            Format::Html,
        )
        .await
        .unwrap();
        let html = String::from_utf8(html).unwrap();
        assert!(
            html.contains(
                "<p>Ring først (<a class=\"ds-link\" href=\"#finding-1\">funn\u{a0}1</a>).</p>"
            ),
            "{html}"
        );
        assert!(
            !html.contains("Slik brukes den.") && !html.contains("Foreløpig"),
            "{html}"
        );
        assert_eq!(html.matches("id=\"finding-1\"").count(), 1, "{html}");
        let own = parts(Kind::Final, &[]);
        assert!(own.contains(&PartKey::EasyRead) && !own.contains(&PartKey::Conference));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_commission_gives_the_hub_is_published_and_never_a_process_report() {
    testing::each_engine(async |store, clock| {
        let mut world = World::new(store, clock, Basis::Fictional).await;
        world.agree(Publisher::Hub).await;
        let process = world.fix().await;
        assert_eq!(
            refused(world.publish(&process).await),
            ("RE0008", "reports-not-public-process")
        );
        world.kind = Kind::Final;
        world.begin().await.unwrap();
        let version = world.fix().await;
        assert_eq!((version.number, version.docx.is_some()), (1, true));
        for (publisher, text) in [
            (Publisher::Undecided, "reports-not-public-undecided"),
            (Publisher::Service, "reports-not-public-service"),
        ] {
            world.agree(publisher).await;
            assert_eq!(refused(world.publish(&version).await), ("RE0008", text));
        }
        let address = format!("/reports/{}", world.study.slug);
        assert_eq!(
            world.public(&address, None).await.status(),
            StatusCode::NOT_FOUND
        );
        let manager = world.an_account(Role::ProcessManager).await;
        let researcher = world.an_account(Role::PeerResearcher).await;
        let service = world.an_account(Role::Service).await;
        let path = format!(
            "/studies/{}/final-report/versions/1/publish",
            world.study.slug
        );
        let (_, page) = world.ask(Some(manager), &path, None).await;
        assert!(
            page.contains("det tjenesten som publiserer")
                && page.contains("/versions/1/report.docx"),
            "{page}"
        );
        world.agree(Publisher::Hub).await;
        for who in [researcher, service] {
            for form in [None, Some(String::new())] {
                let (status, _) = world.ask(Some(who), &path, form).await;
                assert_eq!(status, StatusCode::NOT_FOUND);
            }
        }
        let (status, _) = world.ask(Some(manager), &path, Some(String::new())).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(world.public(&address, None).await.status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_the_newest_published_version_and_nothing_of_those_before() {
    testing::each_engine(async |store, clock| {
        let mut world = World::new(store, clock, Basis::Fictional).await;
        let first = world.published().await;
        let address = format!("/reports/{}", world.study.slug);
        let read = async |path: &str| {
            let response = world.public(path, None).await;
            let status = response.status();
            let tag = response.headers().get(header::ETAG).cloned();
            let kept = response.headers()[header::CACHE_CONTROL].clone();
            let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
            (
                status,
                tag,
                kept,
                String::from_utf8_lossy(&bytes).into_owned(),
            )
        };
        let (status, tag, kept, page) = read(&address).await;
        assert_eq!(
            (status, kept.to_str().unwrap()),
            (StatusCode::OK, "public, no-cache")
        );
        for words in [
            "<html lang=\"nb\">",
            SENTENCE,
            QUOTE,
            "name=\"description\"",
            "Fastsatt ",
            "/assets/public",
        ] {
            assert!(page.contains(words), "{words} is not in {page}");
        }
        for words in [
            "Torill",
            "Kim",
            "Gruppeintervju",
            "/studies",
            "<script",
            "noindex",
            "inter.css",
            "Foreløpig",
        ] {
            assert!(!page.contains(words), "{words} is in {page}");
        }
        let tag = tag.unwrap();
        let again = world.public(&address, tag.to_str().ok()).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let (_, _, _, list) = read("/reports").await;
        assert!(list.contains(&format!("href=\"{address}\"")), "{list}");
        let pdf = format!("{address}/report.pdf");
        let (_, pdf_tag, _, bytes) = read(&pdf).await;
        assert!(bytes.starts_with("%PDF-") && pdf_tag.is_some());
        assert!(
            read(&format!("{address}/report.docx"))
                .await
                .3
                .starts_with("PK")
        );
        assert_eq!(
            read(&format!("{address}/report.html")).await.0,
            StatusCode::NOT_FOUND
        );
        // One who told takes words back: gone from the draft, marked in what is fixed, published anew.
        let counts = world.take_back_words(QUOTE).await;
        let of_reports: Vec<i64> = counts
            .iter()
            .filter(|count| count.what == "reports-withdraw-versions")
            .map(|count| count.n)
            .collect();
        assert_eq!(of_reports, [1]);
        assert_eq!(
            refused(world.publish(&first).await),
            ("RE0008", "reports-not-public-outdated")
        );
        let second = world.fix().await;
        assert_eq!((second.number, second.outdated), (2, false));
        clock.advance(base::DAY);
        world.publish(&second).await.unwrap();
        assert_eq!(refused(world.publish(&first).await).0, "RE0008");
        let (_, new_tag, _, page) = read(&address).await;
        assert!(page.contains(AGAINST) && !page.contains(QUOTE), "{page}");
        assert_ne!(new_tag, Some(tag));
        assert_ne!(read(&pdf).await.1, pdf_tag);
        let versions = rows::versions(&store.read(), world.study.id, Kind::Final, 9)
            .await
            .unwrap();
        let outdated: Vec<(i64, bool)> = versions
            .iter()
            .map(|one| (one.number, one.outdated))
            .collect();
        assert_eq!(outdated, [(2, false), (1, true)]);
        assert_eq!(crate::check(store).await.unwrap(), Vec::<String>::new());
        let (visitor, study) = (world.visitor.clone(), world.study.clone());
        let taken: Result<(), Failure> = store
            .write(move |tx| Box::pin(async move { take_back(tx, &visitor, &study).await }))
            .await;
        taken.unwrap();
        for path in [&address, &pdf] {
            let (status, _, _, page) = read(path).await;
            assert_eq!(status, StatusCode::GONE);
            assert!(
                page.contains("er trukket tilbake av Senteret") && !page.contains(SENTENCE),
                "{page}"
            );
        }
        assert!(!read("/reports").await.3.contains(&address));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_in_a_version_also_after_their_block_was_cut_or_the_source_is_gone() {
    testing::each_engine(async |store, clock| {
        let mut world = World::new(store, clock, Basis::Fictional).await;
        let version = world.published().await;
        let outdated = async || {
            let found = rows::version(&store.read(), version.id).await.unwrap();
            found.unwrap().outdated
        };
        let (hub, study) = (world.hub.clone(), world.study.id.uuid());
        let found = findings::findings(&store.read(), world.study.id)
            .await
            .unwrap();
        let quote = found[0].evidence[0].clone();
        let block = quote.block.unwrap().uuid();
        let new_block = base::Uuid::from_u128(77);
        let cut = frame::TextChange {
            study,
            source: quote.source.uuid(),
            block,
            at: clock.now(),
            may_stand: true,
            kind: frame::TextChangeKind::Split {
                at: 5,
                skipped: 1,
                new_block,
            },
        };
        let of_new = Withdrawal {
            study,
            blocks: vec![new_block],
            at: clock.now(),
        };
        let done: Result<Vec<i64>, ::store::Fault> = store
            .write(move |tx| {
                Box::pin(async move {
                    let count = async |tx: &::store::Tx| {
                        let hook = crate::publish::hooks().withdrawal_preview.unwrap();
                        Ok::<i64, ::store::Fault>(hook(tx, &of_new).await?[0].n)
                    };
                    let before = count(tx).await?;
                    crate::publish::hooks().text_changed.unwrap()(tx, &cut).await?;
                    Ok(vec![before, count(tx).await?])
                })
            })
            .await;
        assert_eq!(done.unwrap(), [0, 1]);
        assert!(!outdated().await);
        let gone = frame::Forget::Source {
            study,
            source: quote.source.uuid(),
            at: clock.now(),
        };
        let forgotten: Result<(), ::store::Fault> = store
            .write(move |tx| Box::pin(async move { hub.forget(tx, &gone).await }))
            .await;
        forgotten.unwrap();
        assert!(outdated().await);
    })
    .await;
}
