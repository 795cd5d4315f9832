//! What came with projects and is kept without being shown elsewhere: by kind, with its name.

use axum::extract::{Path, Query};
use base::Id;
use frame::{Ask, Failure, Reply};
use serde::Deserialize;
use ui::parts::{Paging, alert, h1, h2, quiet_link, table};
use ui::{Markup, html};
use voices::{Source, Study};

use super::{Kept, store};
use crate::exchange::parse::source::reading_key;
use crate::findings;
use crate::pages::{crumbs, open_study};

/// Things on a page.
const PAGE: i64 = 50;

/// A kind as people call it: key of its name, key of what it is, the elements it is made of.
struct Shelf {
    name: &'static str,
    what: &'static str,
    kinds: &'static [&'static str],
}

/// All that can be shown, in the order of the page. What only completes something shown elsewhere
/// (who changed a text last, descriptions that became notes) is not on it.
const SHELVES: [Shelf; 14] = [
    Shelf {
        name: "analysis-kept-shelf-audio",
        what: "analysis-kept-what-media",
        kinds: &["AudioSource"],
    },
    Shelf {
        name: "analysis-kept-shelf-video",
        what: "analysis-kept-what-media",
        kinds: &["VideoSource"],
    },
    Shelf {
        name: "analysis-kept-shelf-picture",
        what: "analysis-kept-what-media",
        kinds: &["PictureSource"],
    },
    Shelf {
        name: "analysis-kept-shelf-pdf",
        what: "analysis-kept-what-media",
        kinds: &["PDFSource"],
    },
    Shelf {
        name: "analysis-kept-shelf-marks",
        what: "analysis-kept-what-marks",
        kinds: &[
            "PictureSelection",
            "PDFSelection",
            "AudioSelection",
            "VideoSelection",
        ],
    },
    Shelf {
        name: "analysis-kept-shelf-codings",
        what: "analysis-kept-what-codings",
        kinds: &["Coding"],
    },
    Shelf {
        name: "analysis-kept-shelf-cases",
        what: "analysis-kept-what-cases",
        kinds: &["Case"],
    },
    Shelf {
        name: "analysis-kept-shelf-variables",
        what: "analysis-kept-what-variables",
        kinds: &["Variable"],
    },
    Shelf {
        name: "analysis-kept-shelf-values",
        what: "analysis-kept-what-values",
        kinds: &["VariableValue"],
    },
    Shelf {
        name: "analysis-kept-shelf-sets",
        what: "analysis-kept-what-sets",
        kinds: &["Set"],
    },
    Shelf {
        name: "analysis-kept-shelf-links",
        what: "analysis-kept-what-links",
        kinds: &["Link"],
    },
    Shelf {
        name: "analysis-kept-shelf-graphs",
        what: "analysis-kept-what-graphs",
        kinds: &["Graph"],
    },
    Shelf {
        name: "analysis-kept-shelf-times",
        what: "analysis-kept-what-times",
        kinds: &["SyncPoint"],
    },
    Shelf {
        name: "analysis-kept-shelf-texts",
        what: "analysis-kept-what-texts",
        kinds: &["original_text"],
    },
];

#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// Number of a shelf, to see all that is on it.
    kind: Option<usize>,
    page: Option<i64>,
}

/// The page of all kinds with how many there are, or of one kind.
pub async fn page(ask: Ask, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Reply {
    let (_, study) = open_study(&ask, &slug).await?;
    let chosen = asked
        .kind
        .and_then(|at| SHELVES.get(at).map(|shelf| (at, shelf)));
    let here = format!("/studies/{slug}/kept");
    let body = match chosen {
        Some((at, shelf)) => one_kind(&ask, &study, (at, shelf), &here, asked.page).await?,
        None => all_kinds(&ask, &study, &here).await?,
    };
    let body = html! {
        (voices::study_nav(&ask, &study, "export"))
        (h1(&ask.t("analysis-kept")))
        (body)
    };
    let page = ask
        .page(ask.t("analysis-kept"), body)
        .crumbs(crumbs(&ask, &study, Vec::new()));
    Ok(frame::show(&page))
}

async fn all_kinds(ask: &Ask, study: &Study, here: &str) -> Result<Markup, Failure> {
    let db = ask.hub.store().read();
    let counts = store::counts(&db, study.id).await?;
    let n = |shelf: &Shelf| -> i64 {
        let own = counts
            .iter()
            .filter(|(kind, reason, _)| shelf.kinds.contains(&kind.as_str()) && reason == "kept");
        own.map(|(_, _, n)| n).sum()
    };
    let other: i64 = counts
        .iter()
        .filter(|(_, reason, _)| reason != "kept")
        .map(|(_, _, n)| n)
        .sum();
    let readings = store::page(&db, study.id, &["reading"], PAGE, 0).await?;
    let words = &ask.words;
    let any = other > 0 || !readings.is_empty() || SHELVES.iter().any(|shelf| n(shelf) > 0);
    Ok(html! {
        p { (words.t("analysis-kept-about")) }
        @if !any { p class="empty" { (words.t("analysis-kept-none")) } }
        @if any {
            ul class="exports" {
                @for (at, shelf) in SHELVES.iter().enumerate() {
                    @if n(shelf) > 0 {
                        li class="ds-card" {
                            h2 class="ds-heading" data-size="2xs" {
                                a class="ds-link" href={ (here) "?kind=" (at) } { (words.t(shelf.name)) }
                                " " span class="quiet" { (n(shelf)) }
                            }
                            p { (words.t(shelf.what)) }
                        }
                    }
                }
            }
        }
        @if other > 0 { (alert(ui::parts::Tone::Info, html! { p { (words.tv("analysis-kept-other", &[("count", other.into())])) } })) }
        @if !readings.is_empty() {
            (h2(&words.t("analysis-kept-readings")))
            p { (words.t("analysis-kept-readings-what")) }
            (reading_table(ask, study, &readings).await?)
        }
    })
}

async fn names(ask: &Ask, study: &Study) -> Result<Vec<(Id<Source>, String)>, Failure> {
    let all = findings::all_sources(&ask.hub.store().read(), study.id).await?;
    Ok(all.into_iter().map(|one| (one.id, one.name)).collect())
}

fn name_of(names: &[(Id<Source>, String)], one: &Kept) -> Markup {
    let found = one
        .source
        .and_then(|id| names.iter().find(|(known, _)| *known == id));
    html! {
        @match found {
            Some((id, name)) => a class="ds-link" href={ "/sources/" (id) } { (name) },
            None => "–",
        }
    }
}

async fn reading_table(ask: &Ask, study: &Study, readings: &[Kept]) -> Result<Markup, Failure> {
    let words = &ask.words;
    let names = names(ask, study).await?;
    let head = [
        "analysis-kept-source",
        "analysis-kept-reading",
        "analysis-kept-on-words",
    ];
    let head: Vec<String> = head.iter().map(|key| words.t(key)).collect();
    let rows: Vec<Vec<Markup>> = readings
        .iter()
        .map(|one| {
            let mut parts = one.body.split(' ');
            let code = parts.next().unwrap_or_default();
            let marks = parts.next().unwrap_or_default();
            let placed = parts.next().unwrap_or_default();
            let how = reading_key(code).map_or("analysis-kept-reading-none", short_key);
            vec![
                name_of(&names, one),
                html! { (words.t(how)) },
                html! { (words.tv("analysis-kept-of", &[("placed", placed.into()), ("marks", marks.into())])) },
            ]
        })
        .collect();
    Ok(table(&words.t("analysis-kept-readings"), &head, &rows))
}

/// Key of a reading in few words, from the key of its sentence.
fn short_key(key: &str) -> &'static str {
    match key {
        "analysis-read-utf16-crlf2" => "analysis-kept-reading-utf16-crlf2",
        "analysis-read-utf16-crlf1" => "analysis-kept-reading-utf16-crlf1",
        "analysis-read-codepoints-crlf1" => "analysis-kept-reading-codepoints-crlf1",
        "analysis-read-codepoints-crlf2" => "analysis-kept-reading-codepoints",
        _ => "analysis-kept-reading-bom",
    }
}

async fn one_kind(
    ask: &Ask,
    study: &Study,
    (at, shelf): (usize, &Shelf),
    here: &str,
    page: Option<i64>,
) -> Result<Markup, Failure> {
    let db = ask.hub.store().read();
    let total = store::count(&db, study.id, shelf.kinds).await?;
    let paging = Paging {
        page: page.unwrap_or(1).max(1),
        size: PAGE,
        total,
    };
    let all = store::page(&db, study.id, shelf.kinds, PAGE, paging.offset()).await?;
    let names = names(ask, study).await?;
    let words = &ask.words;
    // What belongs to the project as a whole has no source to name.
    let with_source = all.iter().any(|one| one.source.is_some());
    let mut head = vec![words.t("analysis-kept-name")];
    if with_source {
        head.push(words.t("analysis-kept-source"));
    }
    let rows: Vec<Vec<Markup>> = all
        .iter()
        .map(|one| {
            let name = one.element().and_then(|left| left.name());
            let shown = name.unwrap_or_else(|| words.t("analysis-kept-nameless"));
            let mut row = vec![html! { (shown) }];
            if with_source {
                row.push(name_of(&names, one));
            }
            row
        })
        .collect();
    Ok(html! {
        (h2(&words.t(shelf.name)))
        p { (words.t(shelf.what)) }
        @if rows.is_empty() { p class="empty" { (words.t("analysis-kept-none")) } }
        @else { (table(&words.t(shelf.name), &head, &rows)) }
        (paging.show(words, |n| format!("{here}?kind={at}&page={n}")))
        p { (quiet_link(here, &words.t("analysis-kept-back"))) }
    })
}
