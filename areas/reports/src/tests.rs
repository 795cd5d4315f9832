//! The whole way on both engines: write, look over, fix, hand over, read by a link.

use std::process::Stdio;
use std::sync::Arc;

use ::store::{Store, testing};
use analysis::findings::{self, NewFinding, NewTheme};
use analysis::{Anchor, NewMark, Point};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use base::{Actor, Chance, Clock, Id, Lang, Role};
use frame::{Config, Failure, Hub};
use futures::future::BoxFuture;
use people::Visitor;
use tower::ServiceExt;
use voices::{Basis, Study};

use crate::checks::{Issue, Place, Rule};
use crate::paper::Kind;
use crate::report::PartKey;
use crate::{Format, NotSaved, Settings, Target, acts, store as rows};

mod final_report;
mod notes;
mod practice;
mod taken_out;

const KIND: Kind = Kind::Process;
const QUOTE: &str = "De satte seg ned og ble sittende.";
const AGAINST: &str = "Det er ikke alle det er hyggelig for, Ragnhild.";
const SENTENCE: &str = "Flere slapp teamet inn fordi de hadde god tid.";

struct World {
    hub: Hub,
    router: Router,
    visitor: Visitor,
    study: Study,
    theme: base::Uuid,
    /// The report that is worked on.
    kind: Kind,
}

/// Whoever the header says, so that pages can be asked for without signing in.
fn by_header(
    hub: Hub,
    headers: header::HeaderMap,
) -> BoxFuture<'static, Result<Option<Arc<Actor>>, ::store::Fault>> {
    Box::pin(async move {
        let id = headers
            .get("x-test-account")
            .and_then(|id| id.to_str().ok())
            .and_then(|id| id.parse().ok());
        match id {
            Some(id) => Ok(people::members::actor(&hub.store().read(), id)
                .await?
                .map(Arc::new)),
            None => Ok(None),
        }
    })
}

impl World {
    /// A study with one interview, a theme, and a finding with a quote for it and one against it.
    async fn new(store: &Store, clock: &Clock, basis: Basis) -> Self {
        let mut known = crate::area();
        known.identify = Some(by_header);
        let areas = vec![known, people::area(), voices::area(), analysis::area()];
        let (hub, routes) = Hub::assemble(
            store.clone(),
            clock.clone(),
            Chance::seeded(1),
            Config::default(),
            areas,
        )
        .unwrap();
        hub.set_name("Senteret");
        let router = frame::router(&hub, routes);
        let lines = [
            "Intervjuer: Hva skjedde?",
            &format!("Torill: {QUOTE}"),
            &format!("Kim: {AGAINST}"),
        ];
        let made = voices::testing::a_study(&hub)
            .with_source_on("Gruppeintervju", &lines, basis)
            .make()
            .await
            .unwrap();
        let visitor = Visitor::operator(&hub, "test");
        let (who, study, source) = (visitor.clone(), made.study.clone(), made.sources[0]);
        let blocks = made.blocks[0].clone();
        let theme = hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let theme = NewTheme {
                        title: "Døra".into(),
                        text: "Om døra.".into(),
                        codes: Vec::new(),
                    };
                    let theme = findings::add_theme(tx, &who, study.id, &theme).await?;
                    let new = NewFinding {
                        sentence: SENTENCE.into(),
                        polarity: findings::Polarity::Strength,
                        level: findings::Level::Individual,
                        theme: Some(theme),
                        chime: None,
                        sides: vec![voices::Side::User],
                    };
                    let finding = findings::add_finding(tx, &who, study.id, &new).await?;
                    let said = [
                        (blocks[1], QUOTE, findings::Stance::Supports),
                        (blocks[2], AGAINST, findings::Stance::Contradicts),
                    ];
                    for (block, text, stance) in said {
                        let end = text.chars().count();
                        let anchor = Anchor {
                            from: Point { block, at: 0 },
                            to: Point { block, at: end },
                        };
                        let new = NewMark {
                            anchor,
                            codes: Vec::new(),
                            new_codes: vec!["Å bli møtt".into()],
                            note: String::new(),
                        };
                        let passage = analysis::mark(tx, &who, source, &new).await?.passage;
                        findings::add_evidence(tx, &who, study.id, finding, passage, stance)
                            .await?;
                    }
                    Ok::<_, Failure>(theme)
                })
            })
            .await
            .unwrap();
        Self {
            hub,
            router,
            visitor,
            study: made.study,
            theme: theme.uuid(),
            kind: KIND,
        }
    }

    async fn write(&self, part: PartKey, expected: i64, text: &str) -> Result<i64, NotSaved> {
        let (visitor, study, text) = (self.visitor.clone(), self.study.clone(), text.to_owned());
        let target = Target {
            kind: self.kind,
            part,
            expected,
        };
        self.hub
            .store()
            .write(move |tx| {
                Box::pin(async move { acts::set_part(tx, &visitor, &study, target, &text).await })
            })
            .await
    }

    /// The cover, in nynorsk.
    async fn set_cover(&self, title: &str, subtitle: &str) {
        let (visitor, study, kind) = (self.visitor.clone(), self.study.clone(), self.kind);
        let settings = Settings {
            title: title.into(),
            subtitle: subtitle.into(),
            period: "2026".into(),
            lang: Lang::Nn,
        };
        let set: Result<(), Failure> = self
            .hub
            .store()
            .write(move |tx| {
                Box::pin(
                    async move { acts::set_settings(tx, &visitor, &study, kind, &settings).await },
                )
            })
            .await;
        set.unwrap();
    }

    async fn issues(&self) -> Vec<Issue> {
        acts::issues(&self.hub, &self.study, self.kind)
            .await
            .unwrap()
    }

    async fn let_all_stand(&self) {
        for issue in self.issues().await {
            let (visitor, study, kind) = (self.visitor.clone(), self.study.clone(), self.kind);
            self.hub
                .store()
                .write(move |tx| {
                    Box::pin(async move {
                        acts::decide(
                            tx,
                            &visitor,
                            &study,
                            kind,
                            (&issue.mark(), Some("Sett på sammen")),
                        )
                        .await
                    })
                })
                .await
                .unwrap();
        }
    }

    async fn an_account(&self, role: Role) -> Id<base::Account> {
        let (visitor, study) = (self.visitor.clone(), self.study.clone());
        self.hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let name = role.word().to_owned();
                    let new = people::NewAccount {
                        name,
                        email: None,
                        roles: vec![role],
                        lang: Some(Lang::Nb),
                    };
                    let id = people::add_account(tx, visitor.hub(), &new).await?;
                    if role != Role::Volunteer && role != Role::HubLead {
                        voices::set_member(tx, &visitor, study.id, id, role).await?;
                    }
                    Ok::<_, Failure>(id)
                })
            })
            .await
            .unwrap()
    }

    async fn hand_over(
        &self,
        version: &rows::Version,
        days: i64,
    ) -> Result<acts::HandedOver, Failure> {
        let (visitor, version) = (self.visitor.clone(), version.clone());
        self.hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    acts::hand_over(tx, &visitor, &version, "leder for teamet", days).await
                })
            })
            .await
    }

    async fn ask(
        &self,
        who: Option<Id<base::Account>>,
        path: &str,
        form: Option<String>,
    ) -> (StatusCode, String) {
        let mut request = Request::builder()
            .uri(path)
            .header(header::HOST, "127.0.0.1");
        if let Some(id) = who {
            request = request.header("x-test-account", id.to_string());
        }
        let request = match form {
            Some(form) => request
                .method("POST")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(form)),
            None => request.body(Body::empty()),
        };
        let response: Response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The text of a PDF, when the machine has `pdftotext`.
fn text_of(pdf: &[u8]) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("report.pdf");
    std::fs::write(&file, pdf).unwrap();
    let output = std::process::Command::new("pdftotext")
        .args([file.to_str()?, "-"])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    output.status.success().then_some(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fixed_version_holds_findings_and_quotes_and_never_changes() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        world
            .write(PartKey::Background, 0, "Teamet banker på.")
            .await
            .unwrap();
        let found: Vec<(Rule, Place)> = world
            .issues()
            .await
            .iter()
            .map(|issue| (issue.rule, issue.place))
            .collect();
        let empty = |part| (Rule::EmptyPart, Place::Part(part));
        assert_eq!(
            found,
            vec![
                (Rule::Name, Place::Quote(2)),
                empty(PartKey::Method),
                empty(PartKey::Ethics),
                empty(PartKey::Conference),
                empty(PartKey::Conclusion),
            ]
        );
        let refused = acts::fix(&world.visitor, &world.study, KIND).await;
        assert!(
            matches!(refused, Err(Failure::Refused { code: "RE0002", .. })),
            "{refused:?}"
        );
        world.let_all_stand().await;
        let version = acts::fix(&world.visitor, &world.study, KIND).await.unwrap();
        assert_eq!(version.number, 1);
        let pdf = async || {
            acts::newest(&world.hub, &world.visitor, &world.study, KIND, Format::Pdf)
                .await
                .unwrap()
        };
        let before = pdf().await.unwrap();
        assert!(before.starts_with(b"%PDF-"));
        match text_of(&before) {
            Some(text) => {
                for words in [
                    SENTENCE,
                    QUOTE,
                    AGAINST,
                    "Teamet banker på.",
                    "Foreløpig – til dialogkonferansen",
                ] {
                    assert!(text.contains(words), "{words} is not in {text}");
                }
                assert!(
                    !text.contains("Torill") && !text.contains("Gruppeintervju"),
                    "{text}"
                );
            }
            None => eprintln!("text of the PDF skipped: no pdftotext"),
        }
        let paper = acts::paper_of(&world.hub, &version).await.unwrap();
        world
            .write(PartKey::Background, 1, "Noe annet.")
            .await
            .unwrap();
        assert_eq!(acts::paper_of(&world.hub, &version).await.unwrap(), paper);
        assert_eq!(pdf().await.unwrap(), before);
        assert_eq!(
            acts::fix(&world.visitor, &world.study, KIND)
                .await
                .unwrap()
                .number,
            2
        );
        assert_eq!(crate::check(store).await.unwrap(), Vec::<String>::new());
        store.objects().delete(version.object).await.unwrap();
        assert_eq!(crate::check(store).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_without_basis_stops_whatever_is_decided() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::None).await;
        world.let_all_stand().await;
        let refused = acts::fix(&world.visitor, &world.study, KIND).await;
        assert!(
            matches!(refused, Err(Failure::Refused { code: "RE0002", .. })),
            "{refused:?}"
        );
        let first = world
            .issues()
            .await
            .first()
            .map(|issue| (issue.rule, issue.place));
        assert_eq!(first, Some((Rule::NoBasis, Place::Quote(1))));
        let none = acts::newest(&world.hub, &world.visitor, &world.study, KIND, Format::Pdf)
            .await
            .unwrap();
        assert_eq!(none, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_write_at_once_the_second_sees_both_texts() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        assert_eq!(world.write(PartKey::Method, 0, "Hennes").await.unwrap(), 1);
        for expected in [0, 2] {
            let stale = world.write(PartKey::Method, expected, "Hans").await;
            assert!(matches!(&stale, Err(NotSaved::Stale(text)) if text.text == "Hennes" && text.revision == 1));
        }
        let manager = world.an_account(Role::ProcessManager).await;
        let path = format!("/studies/{}/report/parts/method", world.study.slug);
        let (status, page) = world.ask(Some(manager), &path, Some("revision=0&text=Hans+ord".into())).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("Hennes") && page.contains("Hans ord"), "{page}");
        let (status, _) = world.ask(Some(manager), &path, Some("revision=1&text=Begges".into())).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let report = rows::report(&store.read(), world.study.id, KIND).await.unwrap().unwrap();
        let stored = rows::part(&store.read(), report.id, PartKey::Method).await.unwrap().unwrap();
        assert_eq!((stored.text.as_str(), stored.revision, stored.changed_by), ("Begges", 2, Some(manager)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_reads_by_its_link_until_it_ends_and_sees_nothing_from_inside() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        world.let_all_stand().await;
        let version = acts::fix(&world.visitor, &world.study, KIND).await.unwrap();
        for days in [0, 366] {
            assert!(world.hand_over(&version, days).await.is_err());
        }
        let (first, second) = (
            world.hand_over(&version, 60).await.unwrap(),
            world.hand_over(&version, 1).await.unwrap(),
        );
        let (status, page) = world.ask(None, &first.path(), None).await;
        assert_eq!(status, StatusCode::OK);
        for words in [
            SENTENCE,
            QUOTE,
            "Foreløpig – til dialogkonferansen",
            "leder for teamet",
            "noindex",
        ] {
            assert!(page.contains(words), "{words} is not in {page}");
        }
        for words in [
            "Torill",
            "Kim",
            "Gruppeintervju",
            "/studies",
            "/passages",
            "/sources",
        ] {
            assert!(!page.contains(words), "{words} is in {page}");
        }
        world.ask(None, &first.path(), None).await;
        let (status, pdf) = world
            .ask(None, &format!("{}/report.pdf", first.path()), None)
            .await;
        assert!(status == StatusCode::OK && pdf.starts_with("%PDF-"));
        let trail = ::store::trail::about(&store.read(), "report_version", version.id.uuid(), 20)
            .await
            .unwrap();
        let opened: Vec<String> = trail
            .into_iter()
            .filter(|entry| entry.role == "link")
            .map(|entry| entry.ground)
            .collect();
        assert_eq!(opened, vec![format!("handover:{}", first.id)]);
        clock.advance(base::DAY);
        let (over, over_page) = world.ask(None, &second.path(), None).await;
        let (unknown, unknown_page) = world.ask(None, "/handed-over/x", None).await;
        assert_eq!((over, unknown), (StatusCode::GONE, StatusCode::NOT_FOUND));
        assert!(over_page.contains("Lenken gjelder ikke lenger") && !over_page.contains(SENTENCE));
        assert_eq!(over_page.replace(&second.token, "x"), unknown_page);
        let (visitor, its) = (world.visitor.clone(), version.clone());
        let ended: Result<(), Failure> = store
            .write(move |tx| {
                Box::pin(async move { acts::end_handover(tx, &visitor, &its, first.id).await })
            })
            .await;
        ended.unwrap();
        let pdf_path = format!("/handed-over/{}/report.pdf", first.token);
        assert_eq!(world.ask(None, &pdf_path, None).await.0, StatusCode::GONE);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_opens_for_those_it_is_meant_for() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        world.let_all_stand().await;
        // The first version was handed over, the second not.
        let version = acts::fix(&world.visitor, &world.study, KIND).await.unwrap();
        world.hand_over(&version, 60).await.unwrap();
        acts::fix(&world.visitor, &world.study, KIND).await.unwrap();
        let roles = [
            Role::ProcessManager,
            Role::PeerResearcher,
            Role::Service,
            Role::Volunteer,
            Role::HubLead,
        ];
        let mut accounts = Vec::new();
        for role in roles {
            accounts.push(world.an_account(role).await);
        }
        let intro = PartKey::ThemeIntro(world.theme);
        let table = [
            ("", "yyy--"),
            ("/preview", "yy---"),
            ("/draft.pdf", "yy---"),
            ("/checks", "yy---"),
            ("/parts/background", "yy---"),
            (&format!("/parts/{intro}"), "yy---"),
            ("/versions/1", "yyy--"),
            ("/versions/1/report.pdf", "yyy--"),
            ("/versions/1/hand-over", "y----"),
            ("/versions/2", "yy---"),
            ("/versions/2/report.pdf", "yy---"),
            ("/versions/3", "-----"),
            ("/parts/nothing", "-----"),
        ];
        for (path, expected) in table {
            let path = format!("/studies/{}/report{path}", world.study.slug);
            let mut row = String::new();
            for account in &accounts {
                let (status, _) = world.ask(Some(*account), &path, None).await;
                row.push(if status == StatusCode::OK { 'y' } else { '-' });
                assert!(
                    matches!(status, StatusCode::OK | StatusCode::NOT_FOUND),
                    "{path}: {status}"
                );
            }
            assert_eq!(row, expected, "{path}");
        }
        let preview = format!("/studies/{}/report/preview", world.study.slug);
        let (_, page) = world.ask(Some(accounts[0]), &preview, None).await;
        assert!(
            page.contains("Gruppeintervju, Torill") && page.contains("/coding?source="),
            "{page}"
        );
        let released = format!("/studies/{}/report", world.study.slug);
        let (_, page) = world.ask(Some(accounts[2]), &released, None).await;
        assert!(
            page.contains("/versions/1")
                && !page.contains("/versions/2")
                && !page.contains("/parts/"),
            "{page}"
        );
        let handover = format!("/studies/{}/report/versions/1/hand-over", world.study.slug);
        let form = || Some("recipient=leder&days=60".to_owned());
        assert_eq!(
            world.ask(Some(accounts[1]), &handover, form()).await.0,
            StatusCode::NOT_FOUND
        );
        let (status, page) = world.ask(Some(accounts[0]), &handover, form()).await;
        assert!(
            status == StatusCode::OK && page.contains("http://127.0.0.1/handed-over/"),
            "{page}"
        );
        let (status, page) = world
            .ask(
                Some(accounts[0]),
                &handover,
                Some("recipient=&days=400".into()),
            )
            .await;
        assert!(
            status == StatusCode::UNPROCESSABLE_ENTITY
                && page.contains("Skriv et tall fra 1 til 365")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_is_written_in_its_own_language() {
    testing::each_engine(async |store, clock| {
        let world = World::new(store, clock, Basis::Fictional).await;
        world.set_cover("", "Undertittel").await;
        let html = acts::draft(&world.hub, &world.visitor, &world.study, KIND, Format::Html)
            .await
            .unwrap();
        let html = String::from_utf8(html).unwrap();
        assert!(
            html.contains("<html lang=\"nn\">") && html.contains("Kva vi fann"),
            "{html}"
        );
        assert!(html.contains("Oppsøkende team") && html.contains("Undertittel"));
    })
    .await;
}
