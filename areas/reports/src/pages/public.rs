//! What everybody sees: the reports that are published. One page, one small style sheet, no script, no font to fetch;
//! the same for whoever looks, so that it may be kept and asked for again by its tag.

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base::Digest;
use frame::{Ask, Failure, Reply};
use people::{HubRow, hub_row};
use serde::Deserialize;
use ui::parts::Paging;
use ui::{DOCTYPE, Markup, Words, assets, dates, html};

use super::{as_file, format_of};
use crate::acts;
use crate::compose::kind_key;
use crate::html as draw;
use crate::paper::{Block, Kind, Paper, plain};
use crate::publish::{Publication, store as published};
use crate::store as rows;

/// Reports on one page of the list.
const PAGE: i64 = 30;
/// Longest description of a page, in characters: what lists of search results show.
const DESCRIPTION: usize = 160;

/// The page that was asked for.
#[derive(Deserialize)]
pub(super) struct PageQuery {
    page: Option<i64>,
}

/// A page on its way.
struct Leaf<'a> {
    words: &'a Words,
    title: String,
    description: String,
    hub: HubRow,
    body: Markup,
    /// The page in other languages: only the list has those, a report has its own.
    languages: bool,
}

pub(super) async fn list(ask: Ask, Query(query): Query<PageQuery>, headers: HeaderMap) -> Reply {
    let db = ask.hub.store().read();
    let page = query.page.unwrap_or(1).clamp(1, 100_000);
    let paging = Paging {
        page,
        size: PAGE,
        total: published::count(&db).await?,
    };
    let reports = published::list(&db, PAGE, paging.offset()).await?;
    let hub = about(&ask).await?;
    let words = &ask.words;
    let what = words.tv("reports-list-what", &[("hub", (&hub.name).into())]);
    let body = html! {
        h1 { (words.t("reports-list")) }
        p { (what) }
        @if reports.is_empty() { p { (words.t("reports-list-none")) } }
        ul class="public-list" { @for report in &reports { (entry(words, report)) } }
        (paging.show(words, |page| format!("/reports?page={page}")))
    };
    let leaf = Leaf {
        words,
        title: words.t("reports-list"),
        description: what.clone(),
        hub,
        body,
        languages: true,
    };
    let mut response = tagged(leaf.render(), &headers);
    // The language of this one page is that of whoever looks.
    response.headers_mut().insert(
        header::VARY,
        HeaderValue::from_static("accept-language, cookie"),
    );
    Ok(response)
}

fn entry(words: &Words, report: &Publication) -> Markup {
    html! {
        li lang=(report.lang.tag()) {
            a href=(report.path()) { (report.title) }
            @if !report.subtitle.is_empty() { " " span { (report.subtitle) } }
            p lang=(words.lang().tag()) { (dates::day(report.published_at, words.lang())) " · " (report.lang.own_name()) }
        }
    }
}

pub(super) async fn read(ask: Ask, Path(slug): Path<String>, headers: HeaderMap) -> Reply {
    let db = ask.hub.store().read();
    let public = published::at(&db, &slug).await?.ok_or(Failure::NotFound)?;
    let words = ask.hub.words(public.lang);
    let hub = about(&ask).await?;
    if public.taken_back_at.is_some() {
        return Ok(taken_back(&words, &public, hub));
    }
    if public.outdated {
        return Ok(waits(&words, &public, hub, StatusCode::OK));
    }
    let version = rows::version(&db, public.version)
        .await?
        .ok_or(Failure::NotFound)?;
    let paper = acts::paper_of(&ask.hub, &version).await?;
    let at = public.path();
    let day = dates::day(public.published_at, public.lang);
    let body = html! {
        p class="public-files" {
            a href={ (at) "/report.pdf" } { (words.t("reports-download-pdf")) } " "
            a href={ (at) "/report.docx" } { (words.t("reports-download-docx")) }
        }
        (draw::article(&paper, None))
        p class="public-when" { (words.tv("reports-published", &[("when", day.into())])) }
    };
    let leaf = Leaf {
        words: &words,
        title: format!("{} – {}", paper.title, words.t(kind_key(Kind::Final))),
        description: description(&paper),
        hub,
        body,
        languages: false,
    };
    Ok(tagged(leaf.render(), &headers))
}

/// The hub as it signs.
async fn about(ask: &Ask) -> Result<HubRow, Failure> {
    let row = hub_row(&ask.hub.store().read()).await?.unwrap_or_default();
    Ok(HubRow {
        name: match ask.hub.name() {
            none if none.is_empty() => ask.t("ui-product"),
            name => name,
        },
        ..row
    })
}

/// The report is taken back: the address says so, and not why.
fn taken_back(words: &Words, public: &Publication, hub: HubRow) -> Response {
    let keys = ("reports-taken-back", "reports-taken-back-what");
    instead(words, public, hub, (StatusCode::GONE, keys))
}

/// A new version comes in the place of the one that was here: the address says so, and not why.
fn waits(words: &Words, public: &Publication, hub: HubRow, status: StatusCode) -> Response {
    let keys = ("reports-new-coming", "reports-new-coming-public");
    instead(words, public, hub, (status, keys))
}

/// A heading and a sentence in the place of the report. Not kept, and out of the lists of search results.
fn instead(
    words: &Words,
    public: &Publication,
    hub: HubRow,
    (status, (heading, what)): (StatusCode, (&str, &str)),
) -> Response {
    let what = words.tv(
        what,
        &[
            ("title", (&public.title).into()),
            ("hub", (&hub.name).into()),
        ],
    );
    let leaf = Leaf {
        words,
        title: words.t(heading),
        description: what.clone(),
        hub,
        body: html! { h1 { (words.t(heading)) } p { (what) } },
        languages: false,
    };
    let mut response = (status, Html(leaf.render())).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    );
    response
}

pub(super) async fn file(
    ask: Ask,
    Path((slug, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Reply {
    let format = format_of(&file)?;
    let db = ask.hub.store().read();
    let public = published::at(&db, &slug).await?.ok_or(Failure::NotFound)?;
    if public.taken_back_at.is_some() {
        let hub = about(&ask).await?;
        return Ok(taken_back(&ask.hub.words(public.lang), &public, hub));
    }
    if public.outdated {
        let hub = about(&ask).await?;
        let words = ask.hub.words(public.lang);
        return Ok(waits(&words, &public, hub, StatusCode::NOT_FOUND));
    }
    let version = rows::version(&db, public.version)
        .await?
        .ok_or(Failure::NotFound)?;
    let bytes = acts::file(&ask.hub, &version, format).await?;
    let tag = tag_of(&bytes);
    Ok(kept(as_file(bytes, format, &slug), &tag, &headers))
}

/// What stands first in the report: the subtitle, or the words the first part begins with.
fn description(paper: &Paper) -> String {
    let first = paper
        .parts
        .iter()
        .flat_map(|part| &part.blocks)
        .find_map(|block| match block {
            Block::Paragraph(text) => Some(plain(text)),
            _ => None,
        });
    let words = first.or_else(|| paper.subtitle.clone());
    let words = words.unwrap_or_else(|| paper.labels.kind.clone());
    let mut short: String = words.chars().take(DESCRIPTION).collect();
    if short.len() < words.len() {
        let end = short.rfind(' ').unwrap_or(short.len());
        short.truncate(end);
        short.push('…');
    }
    short
}

/// Weak, since the same page may travel compressed in more than one way.
fn tag_of(bytes: &[u8]) -> String {
    let digest: String = Digest::of_file(bytes).hex().chars().take(32).collect();
    format!("W/\"{digest}\"")
}

fn tagged(page: String, headers: &HeaderMap) -> Response {
    let tag = tag_of(page.as_bytes());
    kept(Html(page).into_response(), &tag, headers)
}

/// May be kept, but is asked for again each time: a new version takes the place of the old one at once.
fn kept(response: Response, tag: &str, headers: &HeaderMap) -> Response {
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim() == tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        response
    };
    let all = response.headers_mut();
    all.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, no-cache"),
    );
    all.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("all"),
    );
    if let Ok(tag) = HeaderValue::from_str(tag) {
        all.insert(header::ETAG, tag);
    }
    response
}

impl Leaf<'_> {
    fn render(&self) -> String {
        let words = self.words;
        let name = &self.hub.name;
        html! {
            (DOCTYPE)
            html lang=(words.lang().tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " – " (name) }
                    meta name="description" content=(self.description);
                    link rel="stylesheet" href=(assets::path("public.css"));
                    link rel="icon" href="/icon.svg" type="image/svg+xml";
                }
                body class="public" {
                    a class="public-skip" href="#main" { (words.t("ui-skip")) }
                    header class="public-head" {
                        a href="/reports" { (name) " · " (words.t("reports-list")) }
                        a class="public-exit" href="/exit" rel="noreferrer" { (words.t("ui-quick-exit")) }
                    }
                    main id="main" tabindex="-1" { (self.body) }
                    footer class="public-foot" {
                        @for line in [&self.hub.name, &self.hub.place, &self.hub.contact] { @if !line.is_empty() { p { (line) } } }
                        @if self.languages {
                            nav aria-label=(words.t("ui-language")) {
                                @for lang in base::Lang::ALL {
                                    a href={ "/reports?lang=" (lang.tag()) } lang=(lang.tag()) hreflang=(lang.tag())
                                        aria-current=[(lang == words.lang()).then_some("true")] { (lang.own_name()) } " "
                                }
                            }
                        }
                    }
                }
            }
        }
        .into_string()
    }
}
