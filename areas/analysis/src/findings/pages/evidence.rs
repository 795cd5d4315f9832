//! The quotes of a finding: those it has, and choosing more.

use axum::extract::Path;
use base::Id;
use frame::{Ask, Failure, FormData, Reply, redirect, saved};
use ui::form::{Form, act, select};
use ui::parts::{Paging, Tone, alert, h2};
use ui::{Markup, Words, html};
use voices::Study;

use super::super::{Evidence, Finding, Stance, Theme, acts, store, voices_of};
use super::{Asked, PAGE, id_of, quote, themes};
use crate::codebook::Code;
use crate::coding::Passage;
use crate::coding::quotes::quotes;
use crate::pages::open_study as open;

/// The quotes a finding rests on, and how many voices carry it.
pub fn of_finding(words: &Words, study: &Study, finding: &Finding, may: bool) -> Markup {
    let voices = voices_of(&finding.evidence);
    let here = format!("/studies/{}/findings/{}", study.slug, finding.id);
    html! {
        (h2(&words.tv("analysis-finding-quotes", &[("n", finding.evidence.len().into())])))
        @if !voices.is_empty() {
            p class="voices-line" {
                (words.t("analysis-voices")) " "
                @for (at, one) in voices.iter().enumerate() {
                    @if at > 0 { "; " }
                    @let (amount, figure) = one.amount();
                    (words.t(amount.text_key())) " " (words.t(one.side.text_key()))
                    @if let Some(figure) = figure { " (" (figure) ")" }
                }
                ". " (words.t("analysis-voices-why"))
            }
        }
        @if finding.evidence.iter().any(|one| !one.basis.may_be_quoted()) {
            (alert(Tone::Danger, html! { p { (words.t("analysis-no-basis-what")) } }))
        }
        @if may && !finding.evidence.is_empty() { p class="quiet" { (words.t("analysis-quote-acts-help")) } }
        @for stance in Stance::ALL {
            @let own = finding.evidence.iter().filter(|one| one.stance == *stance).collect::<Vec<_>>();
            @if !own.is_empty() {
                h3 class="ds-heading" data-size="2xs" { (words.t(stance.text_key())) }
                @for one in own {
                    (quote(words, &study.slug, one, &html! { @if may { (acts_on(words, &here, one)) } }))
                }
            }
        }
    }
}

fn acts_on(words: &Words, here: &str, one: &Evidence) -> Markup {
    let passage = one.passage.to_string();
    html! {
        div class="quote-acts" {
            @for stance in Stance::ALL.iter().filter(|stance| **stance != one.stance) {
                (act(words, &format!("{here}/evidence"), stance.text_key(), &[("passage", &passage), ("stance", stance.word())]))
            }
            (act(words, &format!("{here}/evidence/remove"), "analysis-quote-remove", &[("passage", &passage)]))
        }
    }
}

/// Choosing more quotes: the passages of the finding's theme, or of one code.
pub async fn chooser(
    ask: &Ask,
    study: &Study,
    finding: &Finding,
    all_themes: &[Theme],
    asked: &Asked,
) -> Result<Markup, Failure> {
    let db = ask.hub.store().read();
    let words = &ask.words;
    let codes = crate::store::codes(&db, study.id).await?;
    let chosen: Option<Id<Code>> = asked.code.as_deref().and_then(|id| id.parse().ok());
    let theme = all_themes
        .iter()
        .find(|theme| Some(theme.id) == finding.theme);
    let wanted: Vec<Id<Code>> = match chosen {
        Some(code) => codes
            .iter()
            .filter(|one| one.id == code)
            .map(|one| one.id)
            .collect(),
        None => theme.map(|theme| theme.codes.clone()).unwrap_or_default(),
    };
    let total = store::span_count(&db, study.id, &wanted).await?;
    let paging = Paging {
        page: asked.page.unwrap_or(1).max(1),
        size: PAGE,
        total,
    };
    let spans = store::spans(&db, study.id, &wanted, (PAGE, paging.offset())).await?;
    let found = quotes(&db, &spans).await?;
    let here = format!("/studies/{}/findings/{}", study.slug, finding.id);
    let code = chosen.map(|code| code.to_string()).unwrap_or_default();
    let mut options = vec![(String::new(), words.t("analysis-from-theme"))];
    options.extend(themes::options(&codes));
    let form = Form::filled([("code", code.clone())]);
    Ok(html! {
        section class="chooser" id="choose" {
            (h2(&words.t("analysis-quotes-choose")))
            p { (words.t("analysis-quotes-choose-help")) }
            form method="get" action=(here) class="filter" {
                (select(words, &form, "code", "analysis-quotes-from", &options))
                button class="ds-button" data-variant="secondary" type="submit" { (words.t("analysis-show")) }
            }
            @if found.is_empty() { p class="empty" { (words.t("analysis-quotes-none")) } }
            @for one in &found {
                @let used = finding.evidence.iter().any(|own| own.passage == one.passage.id);
                (quote(words, &study.slug, one, &html! {
                    @if used {
                        p { span class="ds-tag" data-color="success" { (words.t("analysis-quote-used")) } }
                    } @else {
                        div class="quote-acts" {
                            @for stance in Stance::ALL {
                                (act(words, &format!("{here}/evidence"), stance.text_key(),
                                    &[("passage", &one.passage.id.to_string()), ("stance", stance.word()), ("code", &code)]))
                            }
                        }
                    }
                }))
            }
            (paging.show(words, |n| format!("{here}?code={code}&page={n}#choose")))
        }
    })
}

/// Back to the page, with the same code chosen.
fn back(slug: &str, id: Id<Finding>, data: &FormData) -> String {
    let form = data.form();
    let code: Option<Id<Code>> = form.value("code").parse().ok();
    match code {
        Some(code) => format!("/studies/{slug}/findings/{id}?code={code}"),
        None => format!("/studies/{slug}/findings/{id}"),
    }
}

/// `POST /studies/{slug}/findings/{id}/evidence`
pub async fn set(ask: Ask, Path((slug, id)): Path<(String, String)>, data: FormData) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let id: Id<Finding> = id_of(&id)?;
    let passage: Id<Passage> = id_of(data.form().value("passage"))?;
    let stance: Stance = data
        .form()
        .value("stance")
        .parse()
        .unwrap_or(Stance::Supports);
    let of = study.id;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::add_evidence(tx, &visitor, of, id, passage, stance).await })
        })
        .await?;
    ask.hub.tell(of.uuid());
    Ok(saved(&back(&slug, id, &data)))
}

/// `POST /studies/{slug}/findings/{id}/evidence/remove`
pub async fn remove(ask: Ask, Path((slug, id)): Path<(String, String)>, data: FormData) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let id: Id<Finding> = id_of(&id)?;
    let passage: Id<Passage> = id_of(data.form().value("passage"))?;
    let of = study.id;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::remove_evidence(tx, &visitor, of, id, passage).await })
        })
        .await?;
    ask.hub.tell(of.uuid());
    Ok(redirect(&back(&slug, id, &data)))
}
