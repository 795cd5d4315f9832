//! The overview of a report, its cover, and how it looks now.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use base::{Id, Lang};
use frame::{Ask, FormData, Reply};
use people::{Layer, StudyPart, Visitor};
use ui::form::{self, Form, Input};
use ui::parts::{self as look, Tone};
use ui::{Markup, dates, html};
use voices::Study;

use super::{as_file, base, opened, page_of, part_name, reading, works_inside};
use crate::acts::{self, Format, Settings};
use crate::compose::kind_key;
use crate::html as draw;
use crate::material::{Gathered, gather};
use crate::paper::Kind;
use crate::publish;
use crate::report::{PartKey, Stamp, parts};
use crate::store::{self as rows, PartText, Version};

/// Longest title, subtitle and period, in characters: what the cover of the PDF takes.
const LINE: usize = 300;
/// Newest versions that are shown.
const VERSIONS: i64 = 50;

pub(super) async fn show(kind: Kind, ask: Ask, Path(slug): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = super::study(&ask.hub.store().read(), &slug).await?;
    if !works_inside(&visitor, &study) {
        return released(&ask, &visitor, (&study, kind)).await;
    }
    let part = StudyPart(study.id.uuid(), Layer::Raw);
    visitor.read(part).await?;
    let db = ask.hub.store().read();
    if kind == Kind::Final && rows::report(&db, study.id, kind).await?.is_none() {
        return begin_page(&ask, &study).await;
    }
    let gathered = gather(&db, &ask.hub, &study, kind).await?;
    let report = &gathered.report;
    let form = Form::filled([
        ("title", report.title.as_str()),
        ("subtitle", report.subtitle.as_str()),
        ("period", report.period.as_str()),
        ("lang", report.lang.tag()),
    ]);
    page(&ask, &study, &gathered, &form).await
}

/// For the service: the versions that were handed over, and nothing that leads inside.
async fn released(ask: &Ask, visitor: &Visitor, (study, kind): (&Study, Kind)) -> Reply {
    let part = StudyPart(study.id.uuid(), Layer::Released);
    visitor.read(part).await?;
    let handed = rows::handed_over(&ask.hub.store().read(), study.id, kind, VERSIONS).await?;
    // A version before the one that was handed over last needs no word.
    let new_comes = handed.first().is_some_and(|version| version.outdated);
    let versions: Vec<&Version> = handed.iter().filter(|version| !version.outdated).collect();
    let title = ask.t(kind_key(kind));
    let what = match kind {
        Kind::Process => "reports-released-what",
        Kind::Final => "reports-released-final",
    };
    let body = html! {
        (look::h1(&title))
        (kinds(ask, study, kind))
        p { (ask.t(what)) }
        @if new_comes {
            (look::alert(Tone::Info, html! { p { (ask.t("reports-new-coming-released")) } }))
        } @else if versions.is_empty() {
            (look::alert(Tone::Info, html! { p { (ask.t("reports-released-none")) } }))
        }
        ul class="report-released" {
            @for version in &versions {
                @let href = format!("{}/versions/{}", base(study, kind), version.number);
                li {
                    a class="ds-link" href=(href) { (ask.words.tv("reports-version", &[("number", version.number.into())])) }
                    " · " (dates::day(version.fixed_at, ask.lang()))
                    " · " a class="ds-link" href={ (href) "/report.pdf" } { (ask.t("reports-download-pdf")) }
                    " · " a class="ds-link" href={ (href) "/report.docx" } { (ask.t("reports-download-docx")) }
                }
            }
        }
    };
    let page = ask.page(title, body);
    Ok(frame::show(
        &page.crumbs(super::crumbs(ask, study, kind, false)),
    ))
}

async fn page(ask: &Ask, study: &Study, gathered: &Gathered, form: &Form) -> Reply {
    let db = ask.hub.store().read();
    let kind = gathered.material.kind;
    let public = publish::store::of_report(&db, gathered.report.id).await?;
    let versions = rows::versions(&db, study.id, kind, VERSIONS).await?;
    let links = rows::open_links(&db, gathered.report.id, ask.now()).await?;
    let changed = gathered.parts.iter().filter_map(|part| part.changed_by);
    let mut ids: Vec<Id<base::Account>> = changed
        .chain(versions.iter().filter_map(|version| version.fixed_by))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let names = people::members::names(&db, &ids).await?;
    let base = base(study, kind);
    let waiting = publish::store::waiting_links(&db, gathered.report.id, ask.now()).await?;
    let intro = match kind {
        Kind::Process => "reports-intro",
        Kind::Final => "reports-intro-final",
    };
    let body = html! {
        (kinds(ask, study, kind))
        (words_taken_out(ask, (study, kind), versions.first(), waiting))
        p class="ds-paragraph lead" { strong { (gathered.report.title) } }
        p { (ask.t(intro)) }
        div class="report-actions" {
            (look::button_link(&format!("{base}/preview"), &ask.t("reports-preview")))
            (look::quiet_link(&format!("{base}/draft.pdf"), &ask.t("reports-draft-pdf")))
            (look::quiet_link(&format!("{base}/draft.docx"), &ask.t("reports-draft-docx")))
            (look::quiet_link(&format!("{base}/checks"), &ask.t("reports-checks")))
        }
        @if kind == Kind::Final { (super::publish::state(ask, study, public.as_ref(), &versions)) }
        section class="report-section" { (part_table(ask, study, gathered, &names)) }
        section class="report-section" { (version_table(ask, (study, kind), &versions, (&links, &names))) }
        section class="report-section" { (look::h2(&ask.t("reports-settings"))) (settings(ask, (study, kind), form)) }
    };
    Ok(page_of(
        ask,
        (study, kind),
        &ask.t(kind_key(kind)),
        &body,
        false,
    ))
}

/// Words were taken out of what is fixed: the way to a new version, and from it on to who has a link.
fn words_taken_out(
    ask: &Ask,
    (study, kind): (&Study, Kind),
    newest: Option<&Version>,
    waiting: i64,
) -> Markup {
    let Some(newest) = newest else {
        return Markup::default();
    };
    let args = [("number", newest.number.into()), ("n", waiting.into())];
    let links = ask.words.tv("reports-waiting", &args);
    if newest.outdated {
        let mut what = ask.words.tv("reports-outdated", &args);
        if waiting > 0 {
            what = format!("{what} {links}");
        }
        return super::handover::outdated(ask, (study, kind), &what);
    }
    let leads =
        people::visitor(ask).is_ok_and(|visitor| visitor.may(people::Act::HandOver, newest));
    if waiting == 0 || !leads {
        return Markup::default();
    }
    let action = format!("{}/versions/{}/hand-on", base(study, kind), newest.number);
    look::alert(
        Tone::Warning,
        html! {
            p { (links) " " (ask.words.tv("reports-hand-on-what", &args)) }
            form method="post" action=(action) {
                button class="ds-button" type="submit" { (ask.words.tv("reports-hand-on", &args)) }
            }
        },
    )
}

/// The two reports of a study: the one this page is about, and the way to the other.
fn kinds(ask: &Ask, study: &Study, here: Kind) -> Markup {
    html! {
        nav class="report-kinds" aria-label=(ask.t("reports-kinds")) {
            ul {
                @for kind in Kind::ALL {
                    li {
                        a class="ds-link" href=(base(study, kind)) aria-current=[(kind == here).then_some("page")] { (ask.t(kind_key(kind))) }
                    }
                }
            }
        }
    }
}

/// The final report before it is begun.
async fn begin_page(ask: &Ask, study: &Study) -> Reply {
    let before = rows::report(&ask.hub.store().read(), study.id, Kind::Process).await?;
    let (what, button) = match before {
        Some(_) => ("reports-begin-what", "reports-begin-from"),
        None => ("reports-begin-empty-what", "reports-begin-empty"),
    };
    let body = html! {
        (kinds(ask, study, Kind::Final))
        p { (ask.t(what)) }
        form method="post" action={ (base(study, Kind::Final)) "/begin" } { (form::submit(&ask.words, button)) }
        p { (ask.words.tv("reports-publisher-now", &[("who", ask.t(study.publisher.text_key()).into())])) }
    };
    let title = ask.t(kind_key(Kind::Final));
    Ok(page_of(ask, (study, Kind::Final), &title, &body, false))
}

pub(super) async fn begin(ask: Ask, Path(slug): Path<String>) -> Reply {
    let (visitor, study) = opened(&ask, &slug).await?;
    let to = base(&study, Kind::Final);
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { acts::begin_final(tx, &visitor, &study).await }))
        .await?;
    Ok(frame::redirect(&to))
}

type Names = [(Id<base::Account>, String)];

/// «2. mars 2026 av Kari»; `when` is how the moment is written.
pub(super) fn changed(ask: &Ask, part: &PartText, names: &Names, when: String) -> String {
    let who = part
        .changed_by
        .and_then(|id| names.iter().find(|(account, _)| *account == id));
    let who = who.map_or_else(|| ask.t("reports-somebody"), |(_, name)| name.clone());
    ask.words.tv(
        "reports-changed-by",
        &[("when", when.into()), ("who", who.into())],
    )
}

fn part_table(ask: &Ask, study: &Study, gathered: &Gathered, names: &Names) -> Markup {
    let kind = gathered.material.kind;
    let themes: Vec<base::Uuid> = gathered
        .material
        .themes
        .iter()
        .map(|theme| theme.id)
        .collect();
    let (composed, _) = gathered.compose(Stamp::Draft, &ask.hub);
    let rows: Vec<Vec<Markup>> = parts(kind, &themes)
        .into_iter()
        .map(|part| {
            let stored = gathered.parts.iter().find(|text| text.part == part);
            let written = stored.is_some_and(|text| !text.text.trim().is_empty());
            let printed = composed.places.contains(&crate::checks::Place::Part(part));
            let href = format!("{}/parts/{part}", base(study, kind));
            vec![
                html! { a class="ds-link" href=(href) { (part_name(&ask.words, &gathered.material, part)) } },
                state(ask, part, written, printed),
                html! { span class="quiet report-when" { @if let Some(stored) = stored { (changed(ask, stored, names, dates::day(stored.changed_at, ask.lang()))) } } },
            ]
        })
        .collect();
    let head = ["reports-part", "reports-state", "reports-last-changed"].map(|key| ask.t(key));
    html! {
        (look::h2(&ask.t("reports-parts")))
        @if themes.is_empty() { (look::alert(Tone::Info, html! { (ask.t("reports-themes-none")) })) }
        (look::table(&ask.t("reports-parts"), &head, &rows))
    }
}

fn state(ask: &Ask, part: PartKey, written: bool, printed: bool) -> Markup {
    let (color, key) = match (written, printed, part.is_obligatory()) {
        (true, _, _) => ("success", "reports-state-written"),
        (false, true, _) => ("info", "reports-state-filled"),
        (false, false, true) => ("warning", "reports-state-empty-obligatory"),
        (false, false, false) => ("neutral", "reports-state-empty"),
    };
    look::tag(color, &ask.t(key))
}

fn version_table(
    ask: &Ask,
    (study, kind): (&Study, Kind),
    versions: &[Version],
    (links, names): (&[(base::Uuid, i64)], &Names),
) -> Markup {
    if versions.is_empty() {
        return html! { (look::h2(&ask.t("reports-versions"))) p { (ask.t("reports-no-versions")) } };
    }
    let visitor = people::visitor(ask).ok();
    let rows: Vec<Vec<Markup>> = versions
        .iter()
        .map(|version| {
            let hands_over = visitor.as_ref().is_some_and(|one| one.may(people::Act::HandOver, version));
            let href = format!("{}/versions/{}", base(study, kind), version.number);
            let n = links.iter().find(|(id, _)| *id == version.id.uuid()).map_or(0, |(_, n)| *n);
            let who = version.fixed_by.and_then(|id| names.iter().find(|(account, _)| *account == id));
            vec![
                html! { (version.number) },
                html! {
                    (dates::moment(version.fixed_at, ask.lang()))
                    @if let Some((_, name)) = who { " · " (name) }
                    @if version.outdated { " " (look::tag("warning", &ask.t("reports-version-outdated"))) }
                },
                html! {
                    @if !version.outdated {
                        a class="ds-link" href=(href) { (ask.t("reports-read-version")) } " · "
                        a class="ds-link" href={ (href) "/report.pdf" } { (ask.t("reports-download-pdf")) } " · "
                        a class="ds-link" href={ (href) "/report.docx" } { (ask.t("reports-download-docx")) }
                    }
                },
                html! {
                    (ask.words.tv("reports-open-links", &[("n", n.into())]))
                    @if hands_over {
                        " · " a class="ds-link" href={ (href) "/hand-over" } { (ask.t("reports-hand-over")) }
                        @if kind == Kind::Final && !version.outdated { " · " a class="ds-link" href={ (href) "/publish" } { (ask.t("reports-publish")) } }
                    }
                },
            ]
        })
        .collect();
    let head = [
        "reports-version-which",
        "reports-version-fixed",
        "reports-version-file",
        "reports-version-links",
    ];
    html! {
        (look::h2(&ask.t("reports-versions")))
        (look::table(&ask.t("reports-versions"), &head.map(|key| ask.t(key)), &rows))
    }
}

fn settings(ask: &Ask, (study, kind): (&Study, Kind), form: &Form) -> Markup {
    let words = &ask.words;
    let langs: Vec<(String, String)> = Lang::ALL
        .iter()
        .map(|lang| (lang.tag().to_owned(), lang.own_name().to_owned()))
        .collect();
    html! {
        (form.summary(words, &[("title", "reports-settings-title"), ("subtitle", "reports-settings-subtitle"), ("period", "reports-settings-period")]))
        form method="post" action={ (base(study, kind)) "/settings" } class="stack narrow" {
            (Input::text("title", "reports-settings-title").show(words, form))
            (Input::text("subtitle", "reports-settings-subtitle").show(words, form))
            (Input::text("period", "reports-settings-period").help("reports-settings-period-help").show(words, form))
            (form::select(words, form, "lang", "reports-settings-lang", &langs))
            (form::submit(words, "reports-save"))
        }
    }
}

pub(super) async fn save(kind: Kind, ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let (visitor, study) = opened(&ask, &slug).await?;
    let mut form = data.form();
    let settings = Settings {
        title: form.required("title", LINE),
        subtitle: form.optional("subtitle", LINE),
        period: form.optional("period", LINE),
        lang: Lang::from_tag(form.value("lang")).unwrap_or_default(),
    };
    if !form.is_fine() {
        let gathered = gather(&ask.hub.store().read(), &ask.hub, &study, kind).await?;
        let shown = page(&ask, &study, &gathered, &form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    }
    let to = base(&study, kind);
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::set_settings(tx, &visitor, &study, kind, &settings).await })
        })
        .await?;
    Ok(frame::saved(&to))
}

pub(super) async fn preview(kind: Kind, ask: Ask, Path(slug): Path<String>) -> Reply {
    let (_, study) = opened(&ask, &slug).await?;
    let gathered = gather(&ask.hub.store().read(), &ask.hub, &study, kind).await?;
    let (composed, _) = gathered.compose(Stamp::Draft, &ask.hub);
    let base = base(&study, kind);
    let body = html! {
        (look::alert(Tone::Info, html! {
            h2 class="ds-heading" data-size="2xs" { (ask.t("reports-inside")) }
            p { (ask.t("reports-inside-what")) }
        }))
        div class="report-actions" {
            (look::quiet_link(&format!("{base}/draft.pdf"), &ask.t("reports-draft-pdf")))
            (look::quiet_link(&format!("{base}/draft.docx"), &ask.t("reports-draft-docx")))
            (look::quiet_link(&format!("{base}/checks"), &ask.t("reports-checks")))
        }
        (draw::article(&composed.paper, Some((&gathered.inside, &ask.words))))
    };
    Ok(reading(
        &ask,
        (&study, kind),
        &ask.t("reports-preview"),
        &body,
    ))
}

pub(super) async fn draft(
    (kind, format): (Kind, Format),
    ask: Ask,
    Path(slug): Path<String>,
) -> Reply {
    let (visitor, study) = opened(&ask, &slug).await?;
    let bytes = acts::draft(&ask.hub, &visitor, &study, kind, format).await?;
    let name = format!("{}-{}-draft", study.slug, kind.word());
    Ok(as_file(bytes, format, &name))
}
