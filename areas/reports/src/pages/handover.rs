//! Fixed versions, and handing them over.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::Id;
use frame::{Ask, Failure, FormData, Reply};
use people::Act;
use ui::form::{self, Form, Input};
use ui::parts::{self as look, Tone};
use ui::{Markup, dates, html};
use voices::Study;

use super::{as_file, base, crumbs, format_of, page_of, reading, version, works_inside};
use crate::acts;
use crate::html as draw;
use crate::paper::Kind;
use crate::publish;
use crate::report::{HandOver, MOST_DAYS, USUAL_DAYS};
use crate::store::{self as rows, HandOverRow, Version};

/// Longest name of a recipient, in characters.
const RECIPIENT: usize = 200;

pub(super) async fn read(kind: Kind, ask: Ask, Path((slug, number)): Path<(String, i64)>) -> Reply {
    let (visitor, study, found) = version(&ask, kind, &slug, number).await?;
    let granted = visitor.read(found).await?;
    let title = ask
        .words
        .tv("reports-version", &[("number", number.into())]);
    if granted.outdated {
        return Ok(taken_out(
            &ask,
            (&study, kind),
            &title,
            works_inside(&visitor, &study),
        ));
    }
    let paper = acts::paper_of(&ask.hub, &granted).await?;
    let at = format!("{}/versions/{number}", base(&study, kind));
    let body = html! {
        div class="report-actions" {
            (look::quiet_link(&format!("{at}/report.pdf"), &ask.t("reports-download-pdf")))
            (look::quiet_link(&format!("{at}/report.docx"), &ask.t("reports-download-docx")))
        }
        (draw::article(&paper, None))
    };
    if works_inside(&visitor, &study) {
        return Ok(reading(&ask, (&study, kind), &title, &body));
    }
    // The service: nothing that leads inside.
    Ok(frame::show(
        &ask.page(title, body)
            .crumbs(crumbs(&ask, &study, kind, true)),
    ))
}

/// In the place of a version whose words were taken out: inside, what to do; for the service, that a new one comes.
fn taken_out(ask: &Ask, (study, kind): (&Study, Kind), title: &str, inside: bool) -> Response {
    if inside {
        let body = outdated(ask, (study, kind), &ask.t("reports-outdated-version"));
        return page_of(ask, (study, kind), title, &body, true);
    }
    let body = html! {
        (look::h1(title))
        p { (ask.t("reports-new-coming-released")) }
    };
    let page = ask.page(title.to_owned(), body);
    frame::show(&page.crumbs(crumbs(ask, study, kind, true)))
}

/// Words in a version were taken out: what happened, and the way to a new version.
pub(super) fn outdated(ask: &Ask, (study, kind): (&Study, Kind), what: &str) -> Markup {
    look::alert(
        Tone::Warning,
        html! {
            p { (what) }
            p { (look::button_link(&format!("{}/checks", base(study, kind)), &ask.t("reports-fix-new"))) }
        },
    )
}

pub(super) async fn file(
    kind: Kind,
    ask: Ask,
    Path((slug, number, file)): Path<(String, i64, String)>,
) -> Reply {
    let format = format_of(&file)?;
    let (visitor, study, found) = version(&ask, kind, &slug, number).await?;
    let granted = visitor.read(found).await?;
    let bytes = acts::file(&ask.hub, &granted, format).await?;
    let name = format!("{}-{}-{number}", study.slug, kind.word());
    Ok(as_file(bytes, format, &name))
}

pub(super) async fn show(kind: Kind, ask: Ask, Path((slug, number)): Path<(String, i64)>) -> Reply {
    let days = USUAL_DAYS.to_string();
    page(
        &ask,
        (kind, &slug, number),
        &Form::filled([("days", days.as_str())]),
        None,
    )
    .await
}

/// The page for handing a version over; `made` is the address of a link that was just made.
async fn page(
    ask: &Ask,
    (kind, slug, number): (Kind, &str, i64),
    form: &Form,
    made: Option<&str>,
) -> Reply {
    let (visitor, study, found) = version(ask, kind, slug, number).await?;
    if !visitor.may(Act::HandOver, &found) {
        return Err(Failure::NotFound);
    }
    let granted = visitor.read(found).await?;
    let readable = !granted.outdated;
    let links = rows::handovers(&ask.hub.store().read(), granted.id).await?;
    let title = ask
        .words
        .tv("reports-handover-title", &[("number", number.into())]);
    let action = format!("{}/versions/{number}", base(&study, kind));
    let words = &ask.words;
    let body = html! {
        @if let Some(address) = made {
            (look::alert(Tone::Success, html! {
                h2 class="ds-heading" data-size="xs" { (ask.t("reports-handover-done")) }
                p { (ask.t("reports-handover-copy")) }
                p { strong { (ask.t("reports-handover-link")) ": " } code class="report-link" { (address) } }
                @if ask.hub.config().public_url.is_none() { p { (ask.t("reports-handover-local")) } }
            }))
        }
        @if readable {
            p { (ask.t("reports-handover-what")) }
            (form.summary(words, &[("recipient", "reports-handover-recipient"), ("days", "reports-handover-days")]))
            form method="post" action={ (action) "/hand-over" } class="stack narrow" {
                (Input::text("recipient", "reports-handover-recipient").help("reports-handover-recipient-help").show(words, form))
                (Input::text("days", "reports-handover-days").help("reports-handover-days-help").kind("number", "off").show(words, form))
                (form::submit(words, "reports-handover-make"))
            }
        } @else {
            (outdated(ask, (&study, kind), &ask.t("reports-outdated-version")))
        }
        section class="report-section" { (look::h2(&ask.t("reports-handover-list"))) (list(ask, &links, &action)) }
    };
    Ok(page_of(ask, (&study, kind), &title, &body, true))
}

fn list(ask: &Ask, links: &[HandOverRow], action: &str) -> Markup {
    if links.is_empty() {
        return html! { p { (ask.t("reports-handover-none")) } };
    }
    let rows: Vec<Vec<Markup>> = links
        .iter()
        .map(|link| {
            let id = link.id.to_string();
            vec![
                html! { (link.recipient) },
                html! { (dates::day(link.made_at, ask.lang())) },
                html! { (until(ask, link)) },
                html! {
                    @if link.holds(ask.now()) {
                        (form::act(&ask.words, &format!("{action}/end-link"), "reports-handover-end", &[("link", id.as_str())]))
                    }
                },
            ]
        })
        .collect();
    let head = [
        "reports-handover-to",
        "reports-handover-made",
        "reports-handover-until",
        "reports-handover-act",
    ];
    look::table(
        &ask.t("reports-handover-list"),
        &head.map(|key| ask.t(key)),
        &rows,
    )
}

fn until(ask: &Ask, link: &HandOverRow) -> String {
    let lang = ask.lang();
    match link.ended_at {
        Some(at) => ask.words.tv(
            "reports-handover-ended",
            &[("when", dates::moment(at, lang).into())],
        ),
        None if !link.holds(ask.now()) => ask.words.tv(
            "reports-handover-over",
            &[("when", dates::moment(link.ends_at, lang).into())],
        ),
        None => dates::moment(link.ends_at, lang),
    }
}

pub(super) async fn make(
    kind: Kind,
    ask: Ask,
    Path((slug, number)): Path<(String, i64)>,
    data: FormData,
) -> Reply {
    let (visitor, _, found) = version(&ask, kind, &slug, number).await?;
    let mut form = data.form();
    let recipient = form.required("recipient", RECIPIENT);
    let days: i64 = form.value("days").parse().unwrap_or(0);
    if !(1..=MOST_DAYS).contains(&days) {
        form.wrong("days", "reports-handover-days-wrong");
    }
    if !form.is_fine() {
        let shown = page(&ask, (kind, &slug, number), &form, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    }
    let made = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::hand_over(tx, &visitor, &found, &recipient, days).await })
        })
        .await?;
    let address = ask.address(&made.path());
    let usual = USUAL_DAYS.to_string();
    // No redirect: the secret is in no address of this hub's own pages.
    page(
        &ask,
        (kind, &slug, number),
        &Form::filled([("days", usual.as_str())]),
        Some(&address),
    )
    .await
}

pub(super) async fn hand_on(
    kind: Kind,
    ask: Ask,
    Path((slug, number)): Path<(String, i64)>,
) -> Reply {
    let (visitor, study, found) = version(&ask, kind, &slug, number).await?;
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { publish::hand_on(tx, &visitor, found.id).await }))
        .await?;
    Ok(frame::saved(&base(&study, kind)))
}

pub(super) async fn end(
    kind: Kind,
    ask: Ask,
    Path((slug, number)): Path<(String, i64)>,
    data: FormData,
) -> Reply {
    let (visitor, study, found) = version(&ask, kind, &slug, number).await?;
    let id: Id<HandOver> = data
        .form()
        .value("link")
        .parse()
        .map_err(|_| Failure::NotFound)?;
    let to = format!("{}/versions/{number}/hand-over", base(&study, kind));
    let version: Version = found;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::end_handover(tx, &visitor, &version, id).await })
        })
        .await?;
    Ok(frame::saved(&to))
}
