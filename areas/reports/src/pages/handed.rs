//! What the service sees: one version, until the link ends. No account, no script, nothing that leads inside.

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{MINUTE, Time};
use frame::{Ask, Failure, Reply};
use people::Thing;
use store::trail::Entry;
use store::{Fault, Tx};
use ui::parts::{self as look, Tone};
use ui::{Page, dates, html};

use super::{as_file, format_of};
use crate::acts::{self, digest};
use crate::html as draw;
use crate::paper::Kind;
use crate::store::{self as rows, HandOverRow, Version};

/// One opening by one link counts once in this time.
const ONCE_IN: i64 = 15 * MINUTE;
/// What a link is entitled by, on the trail: its own id follows.
const GROUND: &str = "handover:";

pub(super) async fn show(ask: Ask, Path(token): Path<String>) -> Reply {
    let (link, version) = match behind(&ask, &token).await? {
        Behind::Held(held) => *held,
        Behind::Waits => return Ok(waits(&ask, StatusCode::OK)),
        Behind::Gone(status) => return Ok(gone(&ask, status)),
    };
    let paper = acts::paper_of(&ask.hub, &version).await?;
    let what = match version.kind {
        Kind::Process => "reports-handed-what",
        Kind::Final => "reports-handed-final",
    };
    let until = dates::moment(link.ends_at, ask.lang());
    let body = html! {
        (look::alert(Tone::Info, html! {
            p { (ask.words.tv(what, &[("recipient", (&link.recipient).into())])) }
            p { (ask.words.tv("reports-handed-until", &[("when", until.into())])) }
        }))
        div class="report-actions" {
            (look::button_link(&format!("/handed-over/{token}/report.pdf"), &ask.t("reports-handed-pdf")))
            @if version.kind == Kind::Final {
                (look::quiet_link(&format!("/handed-over/{token}/report.docx"), &ask.t("reports-download-docx")))
            }
        }
        (draw::article(&paper, None))
    };
    Ok(shut(frame::show(&page(&ask, &paper.title, body))))
}

pub(super) async fn file(ask: Ask, Path((token, file)): Path<(String, String)>) -> Reply {
    let format = format_of(&file)?;
    let version = match behind(&ask, &token).await? {
        Behind::Held(held) => held.1,
        Behind::Waits => return Ok(waits(&ask, StatusCode::NOT_FOUND)),
        Behind::Gone(status) => return Ok(gone(&ask, status)),
    };
    let bytes = acts::file(&ask.hub, &version, format).await?;
    Ok(shut(as_file(bytes, format, version.kind.word())))
}

/// What is behind a secret.
enum Behind {
    Held(Box<(HandOverRow, Version)>),
    /// Words in the version were taken out, and there is no other yet.
    Waits,
    Gone(StatusCode),
}

/// Opens the door of a link; that it was opened is on the trail before anything is shown.
async fn behind(ask: &Ask, token: &str) -> Result<Behind, Failure> {
    let db = ask.hub.store().read();
    let Some(link) = rows::handover_by_token(&db, digest(token)).await? else {
        return Ok(Behind::Gone(StatusCode::NOT_FOUND));
    };
    let now = ask.now();
    if !link.holds(now) {
        return Ok(Behind::Gone(StatusCode::GONE));
    }
    let version = rows::version(&db, link.version)
        .await?
        .ok_or(Failure::NotFound)?;
    if version.outdated {
        return Ok(Behind::Waits);
    }
    let entry = entry(ask, &link, &version, now);
    if !rows::was_opened(&db, version.id, &entry.ground, now.plus(-ONCE_IN)).await? {
        ask.hub
            .store()
            .write(move |tx: &Tx| Box::pin(async move { tx.trail(&entry).await }))
            .await
            .map_err(|fault: Fault| Failure::from(fault))?;
    }
    Ok(Behind::Held(Box::new((link, version))))
}

fn entry(ask: &Ask, link: &HandOverRow, version: &Version, at: Time) -> Entry {
    Entry {
        id: ask.hub.chance().uuid(at),
        at,
        actor: None,
        role: "link".into(),
        act: people::Act::Read.word().into(),
        kind: Version::KIND.into(),
        subject: link.version.uuid(),
        ground: format!("{GROUND}{}", link.id),
        study: Some(version.study.uuid()),
    }
}

/// A page without menu and name, whoever looks: it is the same for everybody who has the link.
fn page(ask: &Ask, title: &str, body: ui::Markup) -> Page {
    Page::new(&ask.words, title, body)
        .hub(ask.hub.name())
        .path(ask.path.clone())
        .trial(true)
}

/// A new version comes; no word on why.
fn waits(ask: &Ask, status: StatusCode) -> Response {
    let title = ask.t("reports-new-coming");
    let body = html! {
        (look::h1(&title))
        p { (ask.t("reports-new-coming-link")) }
    };
    (status, shut(frame::show(&page(ask, &title, body)))).into_response()
}

/// The same words for a link that ended and one that never was.
fn gone(ask: &Ask, status: StatusCode) -> Response {
    let title = ask.t("reports-handed-gone");
    let body = html! {
        (look::h1(&title))
        p { (ask.t("reports-handed-gone-what")) }
    };
    (status, shut(frame::show(&page(ask, &title, body)))).into_response()
}

/// Not kept, not indexed, and its address not told to where somebody goes from here.
fn shut(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow"),
    );
    response
}
