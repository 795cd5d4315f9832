//! The page where a study is taken out.

use std::io::Cursor;

use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base::{Account, Id};
use frame::{Ask, Door, Failure, FormData, Reply, Routes};
use people::{Act, Layer, StudyPart};
use serde::Deserialize;
use ui::parts::{Paging, h1, h2, quiet_link, table};
use ui::{Markup, dates, html};

use super::store::{self, ExportRow};
use super::{Format, export, kept};
use crate::pages::{crumbs, open_study};

/// Exports on a page.
const PAGE: i64 = 25;

/// The routes of exchange.
pub fn routes() -> Routes {
    Routes::new()
        .get("/studies/{slug}/export", Door::Staff, page)
        .get("/studies/{slug}/kept", Door::Staff, kept::pages::page)
        .post(
            "/studies/{slug}/export",
            voices::study_door(Act::Export, Layer::Raw),
            download,
        )
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    page: Option<i64>,
}

async fn page(ask: Ask, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Reply {
    let (visitor, study) = open_study(&ask, &slug).await?;
    let db = ask.hub.store().read();
    let total = store::export_count(&db, study.id).await?;
    let paging = Paging {
        page: asked.page.unwrap_or(1).max(1),
        size: PAGE,
        total,
    };
    let rows = store::exports(&db, study.id, PAGE, paging.offset()).await?;
    let words = &ask.words;
    let here = format!("/studies/{slug}/export");
    let may = visitor.may(Act::Export, &StudyPart(study.id.uuid(), Layer::Raw));
    let list = list(&ask, &rows).await?;
    let body = html! {
        (voices::study_nav(&ask, &study, "export"))
        (h1(&words.t("analysis-export")))
        p { (words.t("analysis-export-what")) }
        @if may {
            ul class="exports" {
                @for format in Format::ALL {
                    li class="ds-card" {
                        p { (words.t(format.text_key())) }
                        form method="post" action=(here) {
                            input type="hidden" name="to" value=(format.word());
                            button class="ds-button" type="submit" {
                                (words.tv("analysis-export-as", &[("format", format.word().into())]))
                            }
                        }
                    }
                }
            }
            p { (words.t("analysis-export-who-sees")) }
        }
        p { (quiet_link(&format!("/studies/{slug}/kept"), &words.t("analysis-kept"))) }
        (h2(&words.t("analysis-exports")))
        @if rows.is_empty() { p class="empty" { (words.t("analysis-exports-none")) } } @else { (list) }
        (paging.show(words, |n| format!("{here}?page={n}")))
    };
    let page = ask
        .page(ask.t("analysis-export"), body)
        .crumbs(crumbs(&ask, &study, Vec::new()));
    Ok(frame::show(&page))
}

async fn list(ask: &Ask, rows: &[ExportRow]) -> Result<Markup, Failure> {
    let mut accounts: Vec<Id<Account>> = rows
        .iter()
        .filter_map(|row| row.actor.map(Id::from))
        .collect();
    accounts.sort_unstable();
    accounts.dedup();
    let names = people::members::names(&ask.hub.store().read(), &accounts).await?;
    let words = &ask.words;
    let who = |row: &ExportRow| match row.actor.map(Id::from) {
        Some(id) => names
            .iter()
            .find(|(known, _)| *known == id)
            .map_or_else(|| "–".to_owned(), |(_, name)| name.clone()),
        None => row.role.trim_start_matches("operator:").to_owned(),
    };
    let head = [
        "analysis-export-when",
        "analysis-export-who",
        "analysis-export-format",
        "analysis-export-digest",
        "analysis-export-left",
    ];
    let head: Vec<String> = head.iter().map(|key| words.t(key)).collect();
    let cells: Vec<Vec<Markup>> = rows
        .iter()
        .map(|row| {
            let digest = row.digest.hex();
            vec![
                html! { (dates::moment(row.at, ask.lang())) },
                html! { (who(row)) },
                html! { (row.format) },
                html! { code title=(digest) { (digest.get(..12).unwrap_or(&digest)) } },
                html! {
                    @if row.told.is_empty() { "–" } @else {
                        ul class="plain-list" { @for told in &row.told { li { (told.as_notice(words)) } } }
                    }
                },
            ]
        })
        .collect();
    Ok(table(&words.t("analysis-exports"), &head, &cells))
}

async fn download(ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let (visitor, study) = open_study(&ask, &slug).await?;
    let format: Format = data
        .form()
        .value("to")
        .parse()
        .map_err(|()| Failure::bad("AN0040", "analysis-export-bad-format"))?;
    let exported = export(
        &visitor,
        &study,
        format,
        ask.lang(),
        Cursor::new(Vec::new()),
    )
    .await?;
    Ok(file(format, &exported.name, exported.out.into_inner()))
}

fn file(format: Format, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, format.media().to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, Body::from(bytes)).into_response()
}
