//! Pages of reports: the overview, writing a part, preview, looking over, handing over, publishing, what the service
//! sees, and what everybody sees.

mod checks;
mod handed;
mod handover;
mod overview;
mod part;
mod public;
mod publish;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use frame::{Ask, Door, Failure, FormData, Routes};
use people::{Act, Layer, StudyPart, Visitor};
use store::Conn;
use ui::parts as look;
use ui::{Crumb, Markup, Words, html};
use voices::Study;

use crate::acts::Format;
use crate::checks::Place;
use crate::compose::{Material, kind_key};
use crate::docx;
use crate::paper::Kind;
use crate::report::PartKey;
use crate::store::{self as rows, Version};

/// The routes of one kind of report.
macro_rules! of_kind {
    ($base:literal, $kind:expr) => {
        Routes::new()
            .get($base, Door::SignedIn, |ask: Ask, path: Path<String>| {
                overview::show($kind, ask, path)
            })
            .post(
                concat!($base, "/settings"),
                change(),
                |ask: Ask, path: Path<String>, data: FormData| {
                    overview::save($kind, ask, path, data)
                },
            )
            .get(
                concat!($base, "/preview"),
                Door::Staff,
                |ask: Ask, path: Path<String>| overview::preview($kind, ask, path),
            )
            .get(
                concat!($base, "/draft.pdf"),
                Door::Staff,
                |ask: Ask, path: Path<String>| overview::draft(($kind, Format::Pdf), ask, path),
            )
            .get(
                concat!($base, "/draft.docx"),
                Door::Staff,
                |ask: Ask, path: Path<String>| overview::draft(($kind, Format::Docx), ask, path),
            )
            .get(
                concat!($base, "/parts/{part}"),
                Door::Staff,
                |ask: Ask, path: Path<(String, String)>| part::show($kind, ask, path),
            )
            .post(
                concat!($base, "/parts/{part}"),
                change(),
                |ask: Ask, path: Path<(String, String)>, data: FormData| {
                    part::save($kind, ask, path, data)
                },
            )
            .get(
                concat!($base, "/checks"),
                Door::Staff,
                |ask: Ask, path: Path<String>| checks::show($kind, ask, path),
            )
            .post(
                concat!($base, "/checks"),
                change(),
                |ask: Ask, path: Path<String>, data: FormData| {
                    checks::decide($kind, ask, path, data)
                },
            )
            .post(
                concat!($base, "/fix"),
                change(),
                |ask: Ask, path: Path<String>| checks::fix($kind, ask, path),
            )
            .get(
                concat!($base, "/versions/{number}"),
                Door::SignedIn,
                |ask: Ask, path: Path<(String, i64)>| handover::read($kind, ask, path),
            )
            .get(
                concat!($base, "/versions/{number}/{file}"),
                Door::SignedIn,
                |ask: Ask, path: Path<(String, i64, String)>| handover::file($kind, ask, path),
            )
            .post(
                concat!($base, "/versions/{number}/hand-on"),
                give_out(),
                |ask: Ask, path: Path<(String, i64)>| handover::hand_on($kind, ask, path),
            )
            .get(
                concat!($base, "/versions/{number}/hand-over"),
                Door::Staff,
                |ask: Ask, path: Path<(String, i64)>| handover::show($kind, ask, path),
            )
            .post(
                concat!($base, "/versions/{number}/hand-over"),
                give_out(),
                |ask: Ask, path: Path<(String, i64)>, data: FormData| {
                    handover::make($kind, ask, path, data)
                },
            )
            .post(
                concat!($base, "/versions/{number}/end-link"),
                give_out(),
                |ask: Ask, path: Path<(String, i64)>, data: FormData| {
                    handover::end($kind, ask, path, data)
                },
            )
    };
}

pub(crate) fn routes() -> Routes {
    of_kind!("/studies/{slug}/report", Kind::Process)
        .with(of_kind!("/studies/{slug}/final-report", Kind::Final))
        .post(
            "/studies/{slug}/final-report/begin",
            change(),
            overview::begin,
        )
        .get(
            "/studies/{slug}/final-report/versions/{number}/publish",
            Door::Staff,
            publish::show,
        )
        .post(
            "/studies/{slug}/final-report/versions/{number}/publish",
            give_out(),
            publish::publish,
        )
        .post(
            "/studies/{slug}/final-report/take-back",
            give_out(),
            publish::take_back,
        )
        .get("/handed-over/{token}", Door::Public, handed::show)
        .get("/handed-over/{token}/{file}", Door::Public, handed::file)
        .get("/reports", Door::Public, public::list)
        .get("/reports/{slug}", Door::Public, public::read)
        .get("/reports/{slug}/{file}", Door::Public, public::file)
}

/// The door of what changes a draft.
fn change() -> Door {
    voices::study_door(Act::Change, Layer::Raw)
}

/// The door of what gives a fixed version out of the hub.
fn give_out() -> Door {
    voices::study_door(Act::HandOver, Layer::Raw)
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
async fn version(
    ask: &Ask,
    kind: Kind,
    slug: &str,
    number: i64,
) -> Result<(Visitor, Study, Version), Failure> {
    let visitor = people::visitor(ask)?;
    let db = ask.hub.store().read();
    let study = study(&db, slug).await?;
    let version = rows::version_by_number(&db, study.id, kind, number)
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

/// The address of a report inside the hub.
fn base(study: &Study, kind: Kind) -> String {
    base_of(&study.slug, kind)
}

/// The same by the study's name in addresses.
pub(crate) fn base_of(slug: &str, kind: Kind) -> String {
    let name = match kind {
        Kind::Process => "report",
        Kind::Final => "final-report",
    };
    format!("/studies/{slug}/{name}")
}

fn crumbs(ask: &Ask, study: &Study, kind: Kind, below: bool) -> Vec<Crumb> {
    let mut crumbs = voices::study_crumbs(ask, study);
    if below {
        crumbs.push(Crumb::new(base(study, kind), ask.t(kind_key(kind))));
    }
    crumbs
}

/// A page of the report, under the pages of its study. The title is its heading.
fn page_of(
    ask: &Ask,
    (study, kind): (&Study, Kind),
    title: &str,
    body: &Markup,
    below: bool,
) -> Response {
    let body = html! { (voices::study_nav(ask, study, "report")) (look::h1(title)) (body) };
    frame::show(
        &ask.page(title, body)
            .crumbs(crumbs(ask, study, kind, below)),
    )
}

/// A page where the report is read: its heading is the report's title.
fn reading(ask: &Ask, (study, kind): (&Study, Kind), title: &str, body: &Markup) -> Response {
    let body = html! { (voices::study_nav(ask, study, "report")) (body) };
    frame::show(&ask.page(title, body).crumbs(crumbs(ask, study, kind, true)))
}

/// The name of a part; for a theme's chapter with the theme's title.
fn part_name(words: &Words, material: &Material, part: PartKey) -> String {
    let theme = part
        .theme()
        .map(|id| theme_title(material, id))
        .unwrap_or_default();
    words.tv(part.text_key(material.kind), &[("theme", theme.into())])
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
fn href(
    (study, kind): (&Study, Kind),
    inside: &crate::html::Inside,
    place: Place,
) -> Option<String> {
    match place {
        Place::Part(part) => Some(format!("{}/parts/{part}", base(study, kind))),
        Place::Theme(id) => Some(format!("/studies/{}/themes/{id}", study.slug)),
        Place::Finding(number) => inside.findings.get(&number).cloned(),
        Place::Quote(number) => inside.quotes.get(&number).map(|quote| quote.href.clone()),
        Place::Cover => Some(base(study, kind)),
    }
}

/// The format of a file by its name in addresses.
fn format_of(file: &str) -> Result<Format, Failure> {
    match file {
        "report.pdf" => Ok(Format::Pdf),
        "report.docx" => Ok(Format::Docx),
        _ => Err(Failure::NotFound),
    }
}

/// Bytes as a file to keep.
fn as_file(bytes: Vec<u8>, format: Format, name: &str) -> Response {
    let (media, ending) = match format {
        Format::Pdf => ("application/pdf", "pdf"),
        Format::Docx => (docx::MEDIA, "docx"),
        Format::Html => ("text/html; charset=utf-8", "html"),
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let name: String = name
        .chars()
        .filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-')
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{ending}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
