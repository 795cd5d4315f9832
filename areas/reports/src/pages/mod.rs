//! Pages of reports: the overview, writing a part, preview, looking over, handing over, and what the service sees.

mod checks;
mod handover;
mod overview;
mod part;
mod public;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use frame::{Ask, Door, Failure, Routes};
use people::{Act, Layer, StudyPart, Visitor};
use store::Conn;
use ui::parts as look;
use ui::{Crumb, Markup, Words, html};
use voices::Study;

use crate::checks::Place;
use crate::compose::Material;
use crate::paper::Kind;
use crate::report::PartKey;
use crate::store::{self as rows, Version};

/// The report these pages are about; the final report gets its own.
const KIND: Kind = Kind::Process;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/studies/{slug}/report", Door::SignedIn, overview::show)
        .post(
            "/studies/{slug}/report/settings",
            voices::work_door(),
            overview::save,
        )
        .get(
            "/studies/{slug}/report/preview",
            Door::Staff,
            overview::preview,
        )
        .get(
            "/studies/{slug}/report/draft.pdf",
            Door::Staff,
            overview::draft_pdf,
        )
        .get(
            "/studies/{slug}/report/parts/{part}",
            Door::Staff,
            part::show,
        )
        .post(
            "/studies/{slug}/report/parts/{part}",
            voices::work_door(),
            part::save,
        )
        .get("/studies/{slug}/report/checks", Door::Staff, checks::show)
        .post(
            "/studies/{slug}/report/checks",
            voices::work_door(),
            checks::decide,
        )
        .post(
            "/studies/{slug}/report/fix",
            voices::work_door(),
            checks::fix,
        )
        .get(
            "/studies/{slug}/report/versions/{number}",
            Door::SignedIn,
            handover::read,
        )
        .get(
            "/studies/{slug}/report/versions/{number}/report.pdf",
            Door::SignedIn,
            handover::pdf,
        )
        .get(
            "/studies/{slug}/report/versions/{number}/hand-over",
            Door::Staff,
            handover::show,
        )
        .post(
            "/studies/{slug}/report/versions/{number}/hand-over",
            voices::study_door(Act::HandOver, Layer::Raw),
            handover::make,
        )
        .post(
            "/studies/{slug}/report/versions/{number}/end-link",
            voices::study_door(Act::HandOver, Layer::Raw),
            handover::end,
        )
        .get("/handed-over/{token}", Door::Public, public::show)
        .get("/handed-over/{token}/report.pdf", Door::Public, public::pdf)
}

async fn study(db: &Conn, slug: &str) -> Result<Study, Failure> {
    voices::study_by_slug(db, slug)
        .await?
        .ok_or(Failure::NotFound)
}

/// The study, for those who work with what was said in it.
async fn opened(ask: &Ask, slug: &str) -> Result<(Visitor, Study), Failure> {
    let visitor = people::visitor(ask)?;
    let study = study(&ask.hub.store().read(), slug).await?;
    visitor.read(StudyPart(study.id.uuid(), Layer::Raw)).await?;
    Ok((visitor, study))
}

/// A fixed version by its number; its door is still to be opened.
async fn version(ask: &Ask, slug: &str, number: i64) -> Result<(Visitor, Study, Version), Failure> {
    let visitor = people::visitor(ask)?;
    let db = ask.hub.store().read();
    let study = study(&db, slug).await?;
    let version = rows::version_by_number(&db, study.id, KIND, number)
        .await?
        .ok_or(Failure::NotFound)?;
    if !works_inside(&visitor, &study) && rows::handovers(&db, version.id).await?.is_empty() {
        return Err(Failure::NotFound);
    }
    Ok((visitor, study, version))
}

/// Does this person work with what was said? The service does not: it sees what was handed over.
fn works_inside(visitor: &Visitor, study: &Study) -> bool {
    visitor.may(Act::Read, &StudyPart(study.id.uuid(), Layer::Raw))
}

fn base(study: &Study) -> String {
    format!("/studies/{}/report", study.slug)
}

fn crumbs(ask: &Ask, study: &Study, below: bool) -> Vec<Crumb> {
    let mut crumbs = voices::study_crumbs(ask, study);
    if below {
        crumbs.push(Crumb::new(base(study), ask.t("reports-title")));
    }
    crumbs
}

/// A page of the report, under the pages of its study. The title is its heading.
fn page_of(ask: &Ask, study: &Study, title: &str, body: &Markup, below: bool) -> Response {
    let body = html! { (voices::study_nav(ask, study, "report")) (look::h1(title)) (body) };
    frame::show(&ask.page(title, body).crumbs(crumbs(ask, study, below)))
}

/// A page where the report is read: its heading is the report's title.
fn reading(ask: &Ask, study: &Study, title: &str, body: &Markup) -> Response {
    let body = html! { (voices::study_nav(ask, study, "report")) (body) };
    frame::show(&ask.page(title, body).crumbs(crumbs(ask, study, true)))
}

/// The name of a part; for a theme's chapter with the theme's title.
fn part_name(words: &Words, material: &Material, part: PartKey) -> String {
    let theme = part
        .theme()
        .map(|id| theme_title(material, id))
        .unwrap_or_default();
    words.tv(part.text_key(), &[("theme", theme.into())])
}

fn theme_title(material: &Material, id: base::Uuid) -> String {
    material
        .themes
        .iter()
        .find(|theme| theme.id == id)
        .map(|theme| theme.title.clone())
        .unwrap_or_default()
}

/// Where something is mended, when there is a page for it.
fn href(study: &Study, inside: &crate::html::Inside, place: Place) -> Option<String> {
    match place {
        Place::Part(part) => Some(format!("{}/parts/{part}", base(study))),
        Place::Theme(id) => Some(format!("/studies/{}/themes/{id}", study.slug)),
        Place::Finding(number) => inside.findings.get(&number).cloned(),
        Place::Quote(number) => inside.quotes.get(&number).map(|quote| quote.href.clone()),
        Place::Cover => Some(base(study)),
    }
}

/// Bytes as a PDF to keep.
fn as_pdf(bytes: Vec<u8>, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pdf"),
    );
    let name: String = name
        .chars()
        .filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-')
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.pdf\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
