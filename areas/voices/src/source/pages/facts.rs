//! What is known about a source: name, basis, speakers with their sides, and taking it out.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::Id;
use frame::{Ask, Failure, FormData, Reply, redirect, saved, show};
use people::Act;
use store::objects::Object;
use ui::form::{Form, Input, radios, submit};
use ui::parts::{self, Tone};
use ui::{Markup, dates, html};

use super::{crumbs, opened};
use crate::Study;
use crate::import::pages::{line_ends_key, sentence};
use crate::source::{Basis, Side, Source, Speaker, acts, store as rows};
use crate::study::pages::study_nav;

pub async fn page(ask: Ask, Path(id): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (source, study) = opened(&ask, &visitor, &id).await?;
    let form = Form::filled([
        ("name", source.name.clone()),
        ("basis", source.basis.word().to_owned()),
    ]);
    let leads = visitor.may(Act::Delete, &*source);
    shown(&ask, &source, &study, &form, leads).await
}

async fn shown(ask: &Ask, source: &Source, study: &Study, form: &Form, leads: bool) -> Reply {
    let db = ask.hub.store().read();
    let (blocks, chars) = rows::size(&db, source.id).await?;
    let speakers = rows::speakers(&db, source.id).await?;
    let words = &ask.words;
    let bases: Vec<(&str, &str)> = Basis::ALL
        .iter()
        .map(|basis| (basis.word(), sentence(*basis)))
        .collect();
    let body = html! {
        (study_nav(ask, study, "source"))
        (parts::h1(&ask.t("voices-facts")))
        p { a class="ds-link" href={ "/sources/" (source.id) } { (ask.t("voices-back-to-text")) } }
        (known(ask, source, blocks, chars))
        (form.summary(words, &[("name", "voices-name"), ("basis", "voices-basis-legend")]))
        form method="post" class="stack form-narrow" {
            (Input::text("name", "voices-name").show(words, form))
            (radios(words, form, "basis", "voices-basis-legend", &bases))
            (submit(words, "voices-save"))
        }
        (speakers_part(ask, source, &speakers))
        @if leads {
            section class="study-part" {
                (parts::h2(&ask.t("voices-delete-source")))
                p { (ask.t("voices-delete-before")) }
                (parts::quiet_link(&format!("/sources/{}/delete", source.id), &ask.t("voices-delete-source")))
            }
        }
    };
    let response = show(&ask.page(source.name.clone(), body).crumbs(crumbs(
        ask,
        study,
        Some(source),
    )));
    Ok(if form.is_fine() {
        response
    } else {
        unprocessable(response)
    })
}

fn unprocessable(response: Response) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, response).into_response()
}

fn known(ask: &Ask, source: &Source, blocks: i64, chars: i64) -> Markup {
    let day = dates::moment(source.made_at, ask.lang());
    html! {
        dl class="facts" {
            dt { (ask.t("voices-brought-in")) } dd { (day) }
            dt { (ask.t("voices-format")) } dd { (source.format) }
            dt { (ask.t("voices-size")) }
            dd { (ask.words.tv("voices-blocks-chars", &[("blocks", blocks.into()), ("chars", chars.into())])) }
            @if let Some(encoding) = &source.encoding {
                dt { (ask.t("voices-encoding")) }
                dd { (encoding) @if let Some(ends) = &source.line_ends { " – " (ask.t(line_ends_key(ends))) } }
            }
        }
    }
}

fn speakers_part(ask: &Ask, source: &Source, speakers: &[Speaker]) -> Markup {
    html! {
        section id="speakers" class="study-part" {
            (parts::h2(&ask.t("voices-speakers")))
            @if speakers.is_empty() { p { (ask.t("voices-speakers-none")) } } @else { p { (ask.t("voices-speakers-help")) } }
            @for (at, speaker) in speakers.iter().enumerate() {
                div class="ds-card speaker-card" {
                    form method="post" action={ "/sources/" (source.id) "/speakers/" (speaker.id) } class="row" {
                        div class="ds-field" {
                            label class="ds-label" for={ "label-" (at) } { (ask.t("voices-speaker-label")) }
                            input class="ds-input" id={ "label-" (at) } name="label" value=(speaker.label);
                        }
                        div class="ds-field" {
                            label class="ds-label" for={ "side-" (at) } { (ask.t("voices-side")) }
                            select class="ds-input" id={ "side-" (at) } name="side" {
                                @for side in Side::ALL {
                                    option value=(side.word()) selected[*side == speaker.side] { (ask.t(side.text_key())) }
                                }
                            }
                        }
                        button class="ds-button" data-size="sm" type="submit" { (ask.t("voices-save")) }
                        span class="quiet" { (ask.words.tv("voices-speaks", &[("n", speaker.blocks.into())])) }
                    }
                    form method="post" action={ "/sources/" (source.id) "/speakers/" (speaker.id) "/unname" } {
                        button class="ds-button" data-variant="tertiary" data-size="sm" type="submit"
                            aria-label=(ask.words.tv("voices-unname-who", &[("label", (&speaker.label).into())])) {
                            (ask.t("voices-unname"))
                        }
                    }
                }
            }
        }
    }
}

pub async fn save(ask: Ask, Path(id): Path<String>, data: FormData) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (source, study) = opened(&ask, &visitor, &id).await?;
    let source = source.into_inner();
    let mut form = data.form();
    let name = form.required("name", 200);
    let basis: Option<Basis> = form.value("basis").parse().ok();
    if basis.is_none() {
        form.wrong("basis", "ui-field-choose");
    }
    let (Some(basis), true) = (basis, form.is_fine()) else {
        let leads = visitor.may(Act::Delete, &source);
        return shown(&ask, &source, &study, &form, leads).await;
    };
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::change_source(tx, &visitor, &source, &name, basis).await })
        })
        .await?;
    Ok(saved(&format!("/sources/{id}/facts")))
}

pub async fn save_speaker(
    ask: Ask,
    Path((id, speaker)): Path<(String, String)>,
    data: FormData,
) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (source, _) = opened(&ask, &visitor, &id).await?;
    let speaker: Id<Speaker> = speaker.parse().map_err(|_| Failure::NotFound)?;
    let mut form = data.form();
    let label = form.required("label", 100);
    let side: Side = form
        .value("side")
        .parse()
        .map_err(|()| Failure::bad("VO0014", "ui-field-choose"))?;
    if !form.is_fine() {
        return Err(Failure::bad("VO0015", "voices-bad-label"));
    }
    let source = source.into_inner();
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                acts::rename_speaker(tx, &visitor, &source, speaker, &label, side).await
            })
        })
        .await?;
    Ok(saved(&format!("/sources/{id}/facts#speakers")))
}

pub async fn unname(ask: Ask, Path((id, speaker)): Path<(String, String)>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (source, _) = opened(&ask, &visitor, &id).await?;
    let speaker: Id<Speaker> = speaker.parse().map_err(|_| Failure::NotFound)?;
    let source = source.into_inner();
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::not_a_speaker(tx, &visitor, &source, speaker).await })
        })
        .await?;
    Ok(saved(&format!("/sources/{id}/facts#speakers")))
}

pub async fn confirm_delete(ask: Ask, Path(id): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (source, study) = opened(&ask, &visitor, &id).await?;
    if !visitor.may(Act::Delete, &*source) {
        return Err(Failure::NotFound);
    }
    let (blocks, _) = rows::size(&ask.hub.store().read(), source.id).await?;
    let body = html! {
        (parts::h1(&ask.t("voices-delete-source")))
        (parts::alert(Tone::Danger, html! {
            p { (ask.words.tv("voices-delete-what", &[("name", (&source.name).into()), ("blocks", blocks.into())])) }
        }))
        form method="post" class="row" {
            button class="ds-button" data-color="danger" type="submit" { (ask.t("voices-delete-yes")) }
            a class="ds-button" data-variant="secondary" href={ "/sources/" (id) "/facts" } { (ask.t("voices-delete-no")) }
        }
    };
    let page =
        ask.page(ask.t("voices-delete-source"), body)
            .crumbs(crumbs(&ask, &study, Some(&source)));
    Ok(show(&page))
}

pub async fn delete(ask: Ask, Path(id): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (source, study) = opened(&ask, &visitor, &id).await?;
    let source = source.into_inner();
    let gone: Option<Id<Object>> = ask
        .hub
        .store()
        .write(move |tx| Box::pin(async move { acts::delete_source(tx, &visitor, &source).await }))
        .await?;
    crate::delete_objects(&ask.hub, gone.into_iter().collect()).await;
    ask.hub.tell(study.id.uuid());
    Ok(redirect(&format!("/studies/{}#sources", study.slug)))
}
