//! Making a final report public, and taking it back: what the process manager sees.

use axum::extract::Path;
use frame::{Ask, Failure, Reply};
use people::Act;
use ui::form;
use ui::parts::{self as look, Tone};
use ui::{Markup, dates, html};
use voices::{Publisher, Study};

use super::{base, page_of, version};
use crate::paper::Kind;
use crate::publish::{self, NotPublic, Publication, may_be_public};
use crate::store::{self as rows, Version};

/// What of the report is public now, on its overview.
pub(super) fn state(
    ask: &Ask,
    study: &Study,
    public: Option<&Publication>,
    versions: &[Version],
) -> Markup {
    let leads = people::visitor(ask).is_ok_and(|visitor| {
        versions
            .first()
            .is_some_and(|version| visitor.may(Act::HandOver, version))
    });
    html! {
        section class="report-section" {
            (look::h2(&ask.t("reports-public")))
            @match public {
                None => {
                    p { (ask.t("reports-public-none")) }
                    p { (ask.words.tv("reports-publisher-now", &[("who", ask.t(study.publisher.text_key()).into())])) }
                },
                Some(public) => {
                    (public_now(ask, study, public, versions))
                    @if leads && public.taken_back_at.is_none() { (take_back_form(ask, study)) }
                },
            }
        }
    }
}

fn public_now(ask: &Ask, study: &Study, public: &Publication, versions: &[Version]) -> Markup {
    let version = versions.iter().find(|version| version.id == public.version);
    let number = version.map_or(0, |version| version.number);
    let newest = versions.first().filter(|version| !version.outdated);
    let day = |at| dates::day(at, ask.lang());
    html! {
        @match public.taken_back_at {
            Some(at) => p { (ask.words.tv("reports-public-taken-back", &[("when", day(at).into())])) },
            None => {
                p {
                    (ask.words.tv("reports-public-is", &[("number", number.into()), ("when", day(public.published_at).into())]))
                    " " a class="ds-link" href=(public.path()) { (ask.address(&public.path())) }
                }
                @if public.outdated { (replace(ask, study, newest)) }
            },
        }
    }
}

/// Words in the public version were taken out: the way to another.
fn replace(ask: &Ask, study: &Study, newest: Option<&Version>) -> Markup {
    let Some(newest) = newest else {
        return super::handover::outdated(
            ask,
            (study, Kind::Final),
            &ask.t("reports-not-public-outdated"),
        );
    };
    let at = format!(
        "{}/versions/{}/publish",
        base(study, Kind::Final),
        newest.number
    );
    let label = ask
        .words
        .tv("reports-publish-new", &[("number", newest.number.into())]);
    look::alert(
        Tone::Warning,
        html! {
            p { (ask.t("reports-not-public-outdated")) }
            p { (look::button_link(&at, &label)) }
        },
    )
}

fn take_back_form(ask: &Ask, study: &Study) -> Markup {
    html! {
        (look::fold(&ask.t("reports-take-back"), false, html! {
            p { (ask.t("reports-take-back-what")) }
            (form::act(&ask.words, &format!("{}/take-back", base(study, Kind::Final)), "reports-take-back-button", &[]))
        }))
    }
}

pub(super) async fn show(ask: Ask, Path((slug, number)): Path<(String, i64)>) -> Reply {
    let (visitor, study, found) = version(&ask, Kind::Final, &slug, number).await?;
    if !visitor.may(Act::HandOver, &found) {
        return Err(Failure::NotFound);
    }
    let granted = visitor.read(found).await?;
    let db = ask.hub.store().read();
    let newest = rows::versions(&db, study.id, Kind::Final, 1).await?;
    let newest = newest.first().map_or(0, |version| version.number);
    let public = publish::store::of_report(&db, granted.report).await?;
    let words = &ask.words;
    let title = words.tv("reports-publish-title", &[("number", number.into())]);
    let at = format!("{}/versions/{number}", base(&study, Kind::Final));
    let body = html! {
        @match may_be_public(&granted, newest, study.publisher) {
            Ok(()) => {
                p { (ask.t("reports-publish-what")) }
                p { strong { (ask.t("reports-publish-address")) ": " } code class="report-link" { (ask.address(&format!("/reports/{}", study.slug))) } }
                @if public.is_some() { p { (ask.t("reports-publish-replaces")) } }
                @if ask.hub.config().public_url.is_none() { p { (ask.t("reports-publish-local")) } }
                (form::act(words, &format!("{at}/publish"), "reports-publish-button", &[]))
            },
            Err(why) => {
                (look::alert(Tone::Info, html! { p { (ask.t(why.text_key())) } }))
                @if why == NotPublic::Service { (files(&ask, &at)) }
                @if study.publisher == Publisher::Undecided {
                    p { (look::quiet_link(&format!("/studies/{}/edit", study.slug), &ask.t("reports-publisher-write"))) }
                }
            },
        }
    };
    Ok(page_of(&ask, (&study, Kind::Final), &title, &body, true))
}

/// What is handed over when the service publishes.
fn files(ask: &Ask, at: &str) -> Markup {
    html! {
        div class="report-actions" {
            (look::button_link(&format!("{at}/report.pdf"), &ask.t("reports-download-pdf")))
            (look::quiet_link(&format!("{at}/report.docx"), &ask.t("reports-download-docx")))
            (look::quiet_link(&format!("{at}/hand-over"), &ask.t("reports-hand-over-link")))
        }
    }
}

pub(super) async fn publish(ask: Ask, Path((slug, number)): Path<(String, i64)>) -> Reply {
    let (visitor, study, found) = version(&ask, Kind::Final, &slug, number).await?;
    let to = base(&study, Kind::Final);
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { publish::publish(tx, &visitor, &study, found.id).await })
        })
        .await?;
    Ok(frame::saved(&to))
}

pub(super) async fn take_back(ask: Ask, Path(slug): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = super::study(&ask.hub.store().read(), &slug).await?;
    let to = base(&study, Kind::Final);
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { publish::take_back(tx, &visitor, &study).await }))
        .await?;
    Ok(frame::saved(&to))
}
