//! Pages of imports: the form, and how far one has come.

use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::Id;
use frame::{Ask, Door, Failure, Reply, Routes, redirect, show};
use people::{Act, Layer, StudyPart, Visitor};
use serde_json::json;
use store::jobs::{self, Job, State};
use store::objects::Writing;
use ui::form::{Form, radios, submit};
use ui::parts::{self, Tone};
use ui::{Markup, Words, dates, html};

use super::acts::{self, Put};
use super::{
    BYTES, FILES, Import, ImportFile, ImportState, Outcome, Told, is_known, is_project,
    store as rows,
};
use crate::study::pages::practice;
use crate::study::pages::{open_study, study_crumbs, study_door, study_nav, work_door};
use crate::{Basis, Study};

/// Bytes of one file at most.
const FILE: usize = 100 << 20;
/// Imports listed under the form.
const NEWEST: i64 = 10;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/studies/{slug}/import", Door::Staff, form_page)
        .upload(
            "/studies/{slug}/import",
            study_door(Act::Create, Layer::Raw),
            BYTES + (1 << 20),
            upload,
        )
        .get("/studies/{slug}/imports/{id}", Door::Staff, progress_page)
        .post("/studies/{slug}/imports/{id}/cancel", work_door(), cancel)
        .get("/api/v1/imports/{id}", Door::Staff, progress_json)
}

fn raw(study: &Study) -> StudyPart {
    StudyPart(study.id.uuid(), Layer::Raw)
}

async fn form_page(ask: Ask, Path(slug): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = open_study(&ask, &visitor, &slug).await?;
    if !visitor.may(Act::Create, &raw(&study)) {
        return Err(Failure::NotFound);
    }
    let newest = rows::imports(&ask.hub.store().read(), study.id, NEWEST).await?;
    Ok(page(&ask, &study, &Form::default(), &newest))
}

fn page(ask: &Ask, study: &Study, form: &Form, newest: &[Import]) -> Response {
    let words = &ask.words;
    let bases: Vec<(&str, &str)> = Basis::ALL
        .iter()
        .map(|basis| (basis.word(), sentence(*basis)))
        .collect();
    let wrong = form.what_is_wrong("files");
    let body = html! {
        (study_nav(ask, study, "import"))
        (parts::h1(&ask.t("voices-import")))
        @if study.practice { (practice::notice(ask, "voices-practice-no-import")) }
        (form.summary(words, &[("basis", "voices-basis-legend"), ("files", "voices-files")]))
        @if !study.practice { form method="post" enctype="multipart/form-data" class="stack form-narrow" {
            (radios(words, form, "basis", "voices-basis-legend", &bases))
            div class="ds-field" {
                label class="ds-label" for="files" { (ask.t("voices-files")) }
                div data-field="description" id="files-help" { (ask.t("voices-files-help")) }
                input class="ds-input" type="file" id="files" name="files" multiple
                    accept=".docx,.odt,.pdf,.rtf,.html,.htm,.txt,.md,.vtt,.srt,.qdpx,.qdc" aria-describedby="files-help files-wrong"
                    aria-invalid=[wrong.map(|_| "true")];
                p class="ds-validation-message" id="files-wrong" { @if let Some(key) = wrong { (ask.t(key)) } }
            }
            p { (ask.t("voices-import-who-sees")) }
            (submit(words, "voices-import-button"))
        } }
        @if !newest.is_empty() {
            section class="study-part" {
                (parts::h2(&ask.t("voices-imports-before")))
                ul class="plain-list" {
                    @for import in newest {
                        li {
                            a class="ds-link" href={ "/studies/" (study.slug) "/imports/" (import.id) } {
                                (dates::moment(import.made_at, ask.lang()))
                            }
                            " " (parts::tag("neutral", &ask.t(state_key(import.state))))
                        }
                    }
                }
            }
        }
    };
    let response = show(
        &ask.page(ask.t("voices-import"), body)
            .crumbs(study_crumbs(ask, study)),
    );
    if form.is_fine() {
        response
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, response).into_response()
    }
}

/// Key of the sentence by which a basis is chosen.
pub fn sentence(basis: Basis) -> &'static str {
    match basis {
        Basis::Consent => "voices-basis-consent-what",
        Basis::PaperConsent => "voices-basis-paper-what",
        Basis::PublicDocument => "voices-basis-public-what",
        Basis::TableNotes => "voices-basis-table-what",
        Basis::Fictional => "voices-basis-fictional-what",
        Basis::None => "voices-basis-none-what",
    }
}

fn state_key(state: ImportState) -> &'static str {
    match state {
        ImportState::Open => "voices-import-open",
        ImportState::Done => "voices-import-done",
        ImportState::Cancelled => "voices-import-cancelled",
    }
}

/// What a form with files brought.
struct Sent {
    study: Id<Study>,
    form: Form,
    basis: String,
    files: Vec<Put>,
}

async fn upload(ask: Ask, Path(slug): Path<String>, multipart: Multipart) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = open_study(&ask, &visitor, &slug).await?.into_inner();
    if !visitor.may(Act::Create, &raw(&study)) {
        return Err(Failure::NotFound);
    }
    let mut sent = receive(&ask, study.id, multipart).await?;
    let basis: Option<Basis> = sent.basis.parse().ok();
    if basis.is_none() {
        sent.form.wrong("basis", "voices-basis-choose");
    }
    let projects = sent
        .files
        .iter()
        .filter(|file| is_project(&file.name))
        .count();
    if sent.form.is_fine() && sent.files.is_empty() {
        sent.form.wrong("files", "voices-file-missing");
    }
    if projects > 0 && sent.files.len() > 1 {
        sent.form.wrong("files", "voices-project-alone");
    }
    let (Some(basis), true) = (basis, sent.form.is_fine()) else {
        let gone = sent.files.iter().map(|file| file.object.id).collect();
        acts::delete_objects(&ask.hub, gone).await;
        return Ok(page(&ask, &study, &sent.form, &[]));
    };
    let slug = study.slug.clone();
    let import: Import = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(
                async move { acts::begin_import(tx, &visitor, &study, basis, &sent.files).await },
            )
        })
        .await?;
    ask.hub.job_asked();
    Ok(redirect(&format!("/studies/{slug}/imports/{}", import.id)))
}

/// Takes the files one after the other, each in pieces straight to the objects.
async fn receive(ask: &Ask, study: Id<Study>, mut multipart: Multipart) -> Result<Sent, Failure> {
    let mut sent = Sent {
        study,
        form: Form::default(),
        basis: String::new(),
        files: Vec::new(),
    };
    match receive_all(ask, &mut sent, &mut multipart).await {
        Ok(()) => Ok(sent),
        Err(failure) => {
            // Broken off: what came whole before is named by nothing.
            let gone = sent.files.iter().map(|file| file.object.id).collect();
            acts::delete_objects(&ask.hub, gone).await;
            Err(failure)
        }
    }
}

fn broken() -> Failure {
    Failure::bad("VO0022", "voices-upload-broken")
}

async fn receive_all(ask: &Ask, sent: &mut Sent, multipart: &mut Multipart) -> Result<(), Failure> {
    let mut total = 0;
    while let Some(field) = multipart.next_field().await.map_err(|_| broken())? {
        match field.file_name().map(str::to_owned) {
            Some(name) => keep(ask, sent, &name, (field, &mut total)).await?,
            None if field.name() == Some("basis") => {
                sent.basis = word(field).await?;
                sent.form.set("basis", &sent.basis);
            }
            None => {}
        }
    }
    Ok(())
}

/// Bytes of a choice at most.
const WORD: usize = 100;

/// What was chosen; what is longer than any choice is read and let go.
async fn word(mut field: Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| broken())? {
        if bytes.len() + chunk.len() <= WORD {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Keeps one file, unless something is wrong with the form already; then it is read and let go.
async fn keep(
    ask: &Ask,
    sent: &mut Sent,
    name: &str,
    (mut field, total): (Field<'_>, &mut usize),
) -> Result<(), Failure> {
    let mut file = None;
    while let Some(chunk) = field.chunk().await.map_err(|_| broken())? {
        if file.is_none() && sent.form.what_is_wrong("files").is_none() {
            file = begin(ask, sent, name).await?;
        }
        *total += chunk.len();
        let Some(writing) = &mut file else { continue };
        let size = usize::try_from(writing.size()).unwrap_or(usize::MAX);
        if size + chunk.len() <= FILE && *total <= BYTES {
            writing.write(chunk).await?;
        } else {
            sent.form.wrong("files", "voices-files-too-large");
            if let Some(writing) = file.take() {
                writing.abort().await?;
            }
        }
    }
    // A form without a chosen file sends one without name and content.
    if file.is_none() && !name.is_empty() && sent.form.what_is_wrong("files").is_none() {
        file = begin(ask, sent, name).await?;
    }
    if let Some(file) = file {
        sent.files.push(Put {
            name: acts::clean_name(name),
            object: file.finish().await?,
        });
    }
    Ok(())
}

async fn begin(ask: &Ask, sent: &mut Sent, name: &str) -> Result<Option<Writing>, Failure> {
    if !is_known(name) {
        sent.form.wrong("files", "voices-files-unknown");
    } else if sent.files.len() >= FILES {
        sent.form.wrong("files", "voices-files-too-many");
    } else {
        return Ok(Some(acts::begin_file(&ask.hub, sent.study, name).await?));
    }
    Ok(None)
}

/// An import with its study and job, behind its door.
async fn opened(
    ask: &Ask,
    visitor: &Visitor,
    id: &str,
) -> Result<(Import, Study, Option<Job>), Failure> {
    let db = ask.hub.store().read();
    let id: Id<Import> = id.parse().map_err(|_| Failure::NotFound)?;
    let import = rows::import(&db, id).await?.ok_or(Failure::NotFound)?;
    let study = crate::study(&db, import.study)
        .await?
        .ok_or(Failure::NotFound)?;
    visitor.read(raw(&study)).await?;
    let job = match import.job {
        Some(job) => jobs::get(&db, job).await?,
        None => None,
    };
    Ok((import, study, job))
}

/// Nothing more will happen to this import.
fn is_over(import: &Import, job: Option<&Job>) -> bool {
    import.state != ImportState::Open || job.is_none_or(|job| job.state.is_over())
}

fn status(words: &Words, import: &Import, job: Option<&Job>) -> String {
    match (import.state, job.map(|job| job.state)) {
        (ImportState::Done, _) => words.t("voices-import-done-what"),
        (ImportState::Cancelled, Some(State::Failed))
        | (ImportState::Open, Some(State::Failed) | None) => words.t("voices-import-failed-what"),
        (ImportState::Cancelled, _) => words.t("voices-import-cancelled-what"),
        (ImportState::Open, Some(State::Queued)) => words.t("voices-import-waiting"),
        (ImportState::Open, _) => {
            let share = job.map_or(0, |job| job.done * 100 / job.total.max(1));
            words.tv("voices-import-running", &[("percent", share.into())])
        }
    }
}

async fn progress_page(ask: Ask, Path((slug, id)): Path<(String, String)>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (import, study, job) = opened(&ask, &visitor, &id).await?;
    if study.slug != slug {
        return Err(Failure::NotFound);
    }
    let files = rows::files(&ask.hub.store().read(), import.id).await?;
    let over = is_over(&import, job.as_ref());
    let nothing = import.state == ImportState::Done && none_came_in(&files);
    let (tone, status) = if nothing {
        (Tone::Warning, ask.t("voices-import-nothing-what"))
    } else {
        (tone(&import), status(&ask.words, &import, job.as_ref()))
    };
    let address = format!("/studies/{slug}/imports/{id}");
    let body = html! {
        (study_nav(&ask, &study, "import"))
        (parts::h1(&ask.t("voices-import")))
        @if over {
            (parts::alert(tone, html! { p { (status) } }))
        } @else {
            import-progress data-href={ "/api/v1/imports/" (id) } {
                (parts::progress(&status, job.as_ref().map_or(0, |job| job.done), job.as_ref().map_or(0, |job| job.total)))
                p class="visually-hidden" role="status" {}
            }
            p { (ask.t("voices-import-may-leave")) }
            (ui::form::act(&ask.words, &format!("{address}/cancel"), "voices-import-cancel", &[]))
        }
        ul class="file-list" { @for file in &files { (file_part(&ask, &slug, file)) } }
        @if over {
            p class="row" {
                (parts::button_link(&format!("/studies/{slug}"), &ask.t("voices-to-study")))
                (parts::quiet_link(&format!("/studies/{slug}/import"), &ask.t("voices-import-more")))
            }
        }
    };
    let page = ask
        .page(ask.t("voices-import"), body)
        .crumbs(study_crumbs(&ask, &study));
    let page = if over {
        page
    } else {
        page.refresh(2).island("progress")
    };
    Ok(show(&page))
}

/// Every file was refused.
fn none_came_in(files: &[ImportFile]) -> bool {
    !files.is_empty()
        && files.iter().all(|file| {
            let outcome = file.outcome.as_ref();
            outcome.is_some_and(|outcome| outcome.refused.is_some())
        })
}

fn tone(import: &Import) -> Tone {
    match import.state {
        ImportState::Done => Tone::Success,
        ImportState::Cancelled => Tone::Info,
        ImportState::Open => Tone::Danger,
    }
}

fn file_part(ask: &Ask, slug: &str, file: &ImportFile) -> Markup {
    let size = ask.words.tv(
        "voices-kilobytes",
        &[("n", ((file.size + 1023) / 1024).into())],
    );
    html! {
        li class="ds-card" {
            h2 class="ds-heading" data-size="2xs" {
                @if file.name.is_empty() { (ask.t("voices-file-taken-out")) } @else { (file.name) }
                " " span class="quiet" { (size) }
            }
            @match &file.outcome {
                None => {}
                Some(outcome) => {
                    @if let Some(refused) = &outcome.refused {
                        (parts::alert(Tone::Warning, html! { p { (refused.as_refusal(&ask.words)) } }))
                    } @else if is_project(&file.name) { (project_brought(ask, slug, outcome)) }
                    @else { (brought(ask, outcome)) }
                }
            }
        }
    }
}

/// What came with a project or a codebook: all of it is told, and where it is now.
fn project_brought(ask: &Ask, slug: &str, outcome: &Outcome) -> Markup {
    let words = &ask.words;
    let (lost, rest): (Vec<&Told>, Vec<&Told>) = outcome.notices.iter().partition(|told| told.loss);
    html! {
        @if !lost.is_empty() {
            p { strong { (ask.t("voices-not-carried")) } }
            ul class="ds-list" { @for told in lost { li { (told.as_notice(words)) } } }
        }
        @if rest.is_empty() { p { (ask.t("voices-project-nothing-new")) } } @else {
            p { strong { (ask.t("voices-project-came")) } }
            ul class="ds-list" { @for told in rest { li { (told.as_notice(words)) } } }
        }
        p class="row" {
            @if outcome.sources.is_empty() {
                a class="ds-link" href={ "/studies/" (slug) "/codes" } { (ask.t("voices-project-codes")) }
            } @else {
                a class="ds-link" href={ "/studies/" (slug) } { (ask.t("voices-project-texts")) }
            }
            a class="ds-link" href={ "/studies/" (slug) "/kept" } { (ask.t("voices-project-kept")) }
        }
    }
}

fn brought(ask: &Ask, outcome: &Outcome) -> Markup {
    let words = &ask.words;
    let counts = [
        ("turns", outcome.turns.into()),
        ("paragraphs", outcome.paragraphs.into()),
        ("speakers", outcome.speakers.into()),
        ("chars", outcome.chars.into()),
    ];
    let (lost, rest): (Vec<&Told>, Vec<&Told>) = outcome.notices.iter().partition(|told| told.loss);
    html! {
        p { (words.tv("voices-came-in", &counts)) }
        @if let Some(encoding) = &outcome.encoding {
            p class="quiet" {
                (words.tv("voices-encoding-was", &[("encoding", encoding.into())]))
                @if let Some(ends) = &outcome.line_ends { " " (ask.t(line_ends_key(ends))) }
            }
        }
        @if !lost.is_empty() {
            p { strong { (ask.t("voices-not-carried")) } }
            ul class="ds-list" { @for told in lost { li { (told.as_notice(words)) } } }
        }
        @if !rest.is_empty() {
            (parts::fold(&ask.t("voices-was-done"), false, html! {
                ul class="ds-list" { @for told in rest { li { (told.as_notice(words)) } } }
            }))
        }
        @for source in &outcome.sources {
            p { a class="ds-link" href={ "/sources/" (source) } { (ask.t("voices-read-source")) } }
        }
    }
}

/// Key of the text for line ends.
pub fn line_ends_key(word: &str) -> &'static str {
    match word {
        "cr_lf" => "voices-ends-cr-lf",
        "cr" => "voices-ends-cr",
        "mixed" => "voices-ends-mixed",
        _ => "voices-ends-lf",
    }
}

async fn cancel(ask: Ask, Path((slug, id)): Path<(String, String)>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (import, study, _) = opened(&ask, &visitor, &id).await?;
    if study.slug != slug {
        return Err(Failure::NotFound);
    }
    acts::cancel_import(&visitor, &import).await?;
    Ok(redirect(&format!("/studies/{slug}/imports/{id}")))
}

async fn progress_json(ask: Ask, Path(id): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (import, _, job) = opened(&ask, &visitor, &id).await?;
    let body = json!({
        "state": import.state,
        "over": is_over(&import, job.as_ref()),
        "done": job.as_ref().map_or(0, |job| job.done),
        "total": job.as_ref().map_or(0, |job| job.total),
        "status": status(&ask.words, &import, job.as_ref()),
    });
    Ok(axum::Json(body).into_response())
}

#[cfg(test)]
mod tests {
    use store::testing;

    use super::*;
    use crate::testing::a_study;
    use crate::testing::web::{a_site, get, upload};

    #[tokio::test(flavor = "multi_thread")]
    async fn files_are_sent_followed_and_told_about() {
        testing::each_engine(async |store, clock| {
            let (hub, site) = a_site(store, clock);
            let study = a_study(&hub).titled("Inn").make().await.unwrap().study;
            assert_eq!(
                get(&site, "/studies/inn/import", "").await.status,
                StatusCode::OK
            );
            let form = "/studies/inn/import";
            for (basis, files, why) in [
                ("", vec![("a.txt", "hei")], "basis-wrong"),
                ("consent", vec![], "Velg minst én fil"),
                ("consent", vec![("a.mp3", "hei")], "type som ikke kan leses"),
                (
                    "consent",
                    vec![("a.qdpx", "x"), ("b.txt", "y")],
                    "for seg selv",
                ),
            ] {
                let refused = upload(&site, form, basis, &files).await;
                assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
                assert!(refused.text.contains(why), "{why}: {}", refused.text);
            }
            let files = [
                (
                    "Intervju.txt",
                    "Intervjuer: Hei?\r\nKari: Hei!\r\nIntervjuer: Ja?\r\nKari: Ja.\r\n",
                ),
                ("tom.md", " "),
            ];
            let sent = upload(&site, form, "consent", &files).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
            let waiting = get(&site, &sent.to, "").await;
            assert!(
                waiting.text.contains("import-progress")
                    && waiting.text.contains("http-equiv=\"refresh\"")
            );
            let job = jobs::claim(hub.store(), hub.chance().uuid(hub.now()), hub.now())
                .await
                .unwrap()
                .unwrap();
            frame::jobs::work(hub.clone(), job).await;
            let done = get(&site, &sent.to, "").await;
            for words in [
                "4 replikker fra 2",
                "UTF-8",
                "CRLF",
                "Fila er tom",
                "/sources/",
            ] {
                assert!(done.text.contains(words), "{words}: {}", done.text);
            }
            let id = sent.to.rsplit('/').next().unwrap();
            let told = get(&site, &format!("/api/v1/imports/{id}"), "").await;
            let told: serde_json::Value = serde_json::from_str(&told.text).unwrap();
            assert_eq!(
                (&told["over"], &told["state"]),
                (&json!(true), &json!("done"))
            );
            assert_eq!(
                get(&site, &sent.to, "hub_lead").await.status,
                StatusCode::NOT_FOUND
            );
            assert_eq!(
                crate::source_count(&hub.store().read(), study.id)
                    .await
                    .unwrap(),
                1
            );
        })
        .await;
    }
}
