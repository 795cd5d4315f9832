//! Pages of practice: the way to it on the list of studies, its sign on every page, emptying it.

use axum::extract::Path;
use frame::{Ask, Failure, Reply, redirect, show};
use people::{Act, Layer, StudyPart, Visitor};
use ui::parts::{self, Tone};
use ui::{Markup, html};

use super::{card_of, open_study, study_crumbs, study_nav};
use crate::study::{Study, StudyCard, practice};

/// Makes one; whoever has one already is led to it.
pub async fn begin(ask: Ask) -> Reply {
    let visitor = people::visitor(&ask)?;
    let lang = ask.lang();
    let known = practice::of(&ask.hub.store().read(), visitor.actor()).await?;
    let slug = match known {
        Some(card) => card.slug,
        None => {
            let study: Study = ask
                .hub
                .store()
                .write(move |tx| Box::pin(async move { practice::begin(tx, &visitor, lang).await }))
                .await?;
            study.card.slug
        }
    };
    Ok(redirect(&format!("/studies/{slug}")))
}

/// Says what goes, before it goes.
pub async fn confirm(ask: Ask, Path(slug): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = open_study(&ask, &visitor, &slug).await?;
    if !study.practice || !visitor.may(Act::Delete, &*study) {
        return Err(Failure::NotFound);
    }
    let title = ask.t("voices-practice-empty");
    let goes = ask.words.tv(
        "voices-practice-empty-goes",
        &[("title", (&study.title).into())],
    );
    let what = [
        "voices-practice-empty-marks",
        "voices-practice-empty-findings",
        "voices-practice-empty-report",
        "voices-practice-empty-history",
    ];
    let body = html! {
        (study_nav(&ask, &study, "practice"))
        (parts::h1(&title))
        p { (goes) }
        ul class="ds-list" { @for key in what { li { (ask.t(key)) } } }
        p { (ask.t("voices-practice-empty-then")) }
        form method="post" class="practice-ends" {
            button class="ds-button" data-color="danger" type="submit" { (ask.t("voices-practice-empty-button")) }
            a class="ds-button" data-variant="secondary" href={ "/studies/" (study.slug) } { (ask.t("voices-practice-empty-not")) }
        }
    };
    let page = ask.page(title, body).crumbs(study_crumbs(&ask, &study));
    Ok(show(&page))
}

/// Empties it.
pub async fn empty(ask: Ask, Path(slug): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = open_study(&ask, &visitor, &slug).await?.into_inner();
    let (id, lang) = (study.id, ask.lang());
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { practice::empty(tx, &visitor, id, lang).await }))
        .await?;
    ask.hub.tell(id.uuid());
    Ok(redirect(&format!("/studies/{}", study.slug)))
}

/// The sign on every page of a practice study, with the way to empty it for who may.
pub(super) fn banner(ask: &Ask, study: &StudyCard) -> Markup {
    let lead = StudyPart(study.id.uuid(), Layer::Lead);
    let leads = people::visitor(ask).is_ok_and(|visitor| visitor.may(Act::Delete, &lead));
    html! {
        @if study.practice {
            div class="ds-alert practice-banner" data-color="warning" data-size="sm" {
                p {
                    strong { (ask.t("voices-practice-tag")) ": " }
                    (ask.t("voices-practice-banner"))
                    @if leads {
                        " " a class="ds-link" href={ "/studies/" (study.slug) "/practice/empty" } { (ask.t("voices-practice-empty")) }
                    }
                }
            }
        }
    }
}

/// The part of the list of studies that leads to practising.
pub(super) fn part(ask: &Ask, visitor: &Visitor, own: Option<&StudyCard>) -> Markup {
    let may = visitor.may(Act::Create, &practice::Begin::any());
    html! {
        @if own.is_some() || may {
            section id="practice" class="study-part" {
                (parts::h2(&ask.t("voices-practice")))
                @match own {
                    Some(card) => {
                        p { (ask.t("voices-practice-yours")) }
                        ul class="study-cards" { (card_of(ask, card)) }
                    }
                    None => {
                        p { (ask.t("voices-practice-what")) }
                        p class="quiet" { (ask.t("voices-practice-who-sees")) }
                        form method="post" action="/studies/practice" {
                            button class="ds-button" data-variant="secondary" type="submit" { (ask.t("voices-practice-begin")) }
                        }
                    }
                }
            }
        }
    }
}

/// Why a page of the study offers nothing here: for practice only.
pub fn notice(ask: &Ask, key: &str) -> Markup {
    parts::alert(Tone::Info, html! { p { (ask.t(key)) } })
}
