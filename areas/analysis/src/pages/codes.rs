//! The code tree, and the passages of one code.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use base::{Id, digest_of};
use frame::{Ask, Failure, FormData, Reply, redirect, saved, show};
use maud::{Markup, html};
use people::{Layer, StudyPart, Visitor};
use ui::form::{Form, Input, checkbox, select, submit};
use ui::{Crumb, parts};
use voices::Study;

use super::passage::words_of;
use super::{
    again, crumbs, open_study, place_href, show as look, shown, stand_in_study, style_href,
};
use crate::codebook::{Code, DESCRIPTION_MAX, Frame, NAME_MAX, PALETTE, is_sign, may_go_below};
use crate::codes::{self, NewCode};
use crate::coding::quotes::quotes;
use crate::coding::store::{self as rows, Filter};
use crate::store as book;

/// Passages on a page.
const PAGE: i64 = 25;

/// The colours of a study's codes.
pub async fn style(ask: Ask, Path(slug): Path<String>, headers: HeaderMap) -> Reply {
    let at = stand_in_study(&ask, &slug).await?;
    let colours = async {
        let mut css = String::new();
        for code in crate::codes(&ask.hub.store().read(), at.study.id).await? {
            let class = code.class();
            let second = class.replacen("c-", "k-", 1);
            css.push_str(&format!(
                ".{class}{{--code:{0}}}.{second}{{--code2:{0}}}\n",
                code.colour
            ));
        }
        Ok(css)
    };
    let css = shown(&ask, &at, "codes.css".to_owned(), colours).await?;
    let tag = format!("\"{}\"", digest_of(&[css.as_bytes()]).hex());
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        css.to_string().into_response()
    };
    let all = response.headers_mut();
    all.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/css; charset=utf-8"),
    );
    all.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        all.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// The code tree.
pub async fn list(ask: Ask, Path(slug): Path<String>) -> Reply {
    let (_, study) = open_study(&ask, &slug).await?;
    Ok(show(&list_page(&ask, &study, &Form::default()).await?))
}

async fn list_page(ask: &Ask, study: &Study, form: &Form) -> Result<ui::Page, Failure> {
    let db = ask.hub.store().read();
    let codes = crate::codes(&db, study.id).await?;
    let counts: HashMap<_, _> = book::counts(&db, study.id, None)
        .await?
        .into_iter()
        .collect();
    let guide = voices::guide(&db, study.id).await?;
    let body = html! {
        (voices::study_nav(ask, study, "codes"))
        (parts::h1(&ask.t("analysis-codes")))
        p { (ask.t("analysis-codes-what")) }
        @if !codes.is_empty() { p { (parts::quiet_link("#new-code", &ask.t("analysis-new-code"))) } }
        @if codes.is_empty() {
            (parts::alert(parts::Tone::Info, html! { p { (ask.t("analysis-no-codes-yet")) " " (ask.t("analysis-frames-what")) } }))
            (frames(ask, study, !guide.is_empty()))
        } @else {
            ul class="codebook" {
                @for code in &codes { (row(ask, code, counts.get(&code.id).copied().unwrap_or(0))) }
            }
        }
        section class="ds-card code-new" id="new-code" {
            (parts::h2(&ask.t("analysis-new-code")))
            (form.summary(&ask.words, &LABELS))
            form method="post" action={ "/studies/" (study.slug) "/codes" } {
                (fields(ask, form, &codes, None))
                (submit(&ask.words, "analysis-add-code"))
            }
        }
        @if !codes.is_empty() {
            (parts::fold(&ask.t("analysis-more-frames"), false, frames(ask, study, !guide.is_empty())))
        }
    };
    let way = crumbs(ask, study, Vec::new());
    Ok(ask
        .page(ask.t("analysis-codes"), body)
        .crumbs(way)
        .style(style_href(study)))
}

fn row(ask: &Ask, code: &Code, n: i64) -> Markup {
    html! {
        li class={ "codebook-row level-" (code.depth.min(5)) } {
            a class="codebook-name" href={ "/codes/" (code.id) } { (look::code_tag(code)) }
            @if code.codable { span class="code-count" { (ask.words.tv("analysis-marks-n", &[("n", n.into())])) } }
            @if !code.description.is_empty() { p class="codebook-what" { (code.description) } }
        }
    }
}

fn frames(ask: &Ask, study: &Study, has_guide: bool) -> Markup {
    html! {
        div class="frames" {
            @for frame in Frame::ALL {
                @if frame != Frame::Guide || has_guide {
                    form method="post" action={ "/studies/" (study.slug) "/frames" } {
                        input type="hidden" name="frame" value=(frame.word());
                        button class="ds-button" type="submit" data-size="sm"
                            data-variant=(if frame == Frame::Guide { "primary" } else { "secondary" }) { (ask.t(frame.text_key())) }
                    }
                }
            }
        }
    }
}

fn fields(ask: &Ask, form: &Form, codes: &[Code], own: Option<Id<Code>>) -> Markup {
    let mut parents = vec![(String::new(), ask.t("analysis-no-parent"))];
    parents.extend(
        codes
            .iter()
            .filter(|code| own.is_none_or(|own| may_go_below(codes, own, code.id)))
            .map(|code| {
                (
                    code.id.to_string(),
                    format!("{}{}", "– ".repeat(code.depth), code.name),
                )
            }),
    );
    html! {
        (Input::text("name", "analysis-code-name").show(&ask.words, form))
        (Input::area("description", "analysis-code-description", 3).help("analysis-code-description-help").show(&ask.words, form))
        (select(&ask.words, form, "parent", "analysis-code-parent", &parents))
        (Input::text("sign", "analysis-code-sign").help("analysis-code-sign-help").show(&ask.words, form))
        fieldset class="ds-fieldset colours" {
            legend class="ds-label" { (ask.t("analysis-code-colour")) }
            div class="colour-row" {
                @for (n, colour) in PALETTE.iter().enumerate() {
                    label class="colour" {
                        input type="radio" name="colour" value=(colour) checked[form.value("colour") == *colour]
                            aria-label=(ask.words.tv("analysis-colour-n", &[("n", (n + 1).into())]));
                        svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" { rect width="24" height="24" rx="4" fill=(colour) {} }
                    }
                }
            }
        }
        (checkbox(&ask.words, form, "heading", "analysis-code-heading"))
    }
}

/// Fields that may have to be mended, with their labels.
const LABELS: [(&str, &str); 3] = [
    ("name", "analysis-code-name"),
    ("description", "analysis-code-description"),
    ("sign", "analysis-code-sign"),
];

fn new_code(form: &mut Form) -> NewCode {
    let name = form.required("name", NAME_MAX);
    let description = form.optional("description", DESCRIPTION_MAX);
    let sign = form.value("sign").to_owned();
    if !sign.is_empty() && !is_sign(&sign) {
        form.wrong("sign", "analysis-wrong-sign");
    }
    NewCode {
        name,
        parent: form.value("parent").parse().ok(),
        colour: Some(form.value("colour").to_owned()).filter(|colour| !colour.is_empty()),
        sign: Some(sign).filter(|sign| !sign.is_empty()),
        description,
        heading: form.has("heading"),
    }
}

/// Makes a code.
pub async fn add(ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let (visitor, study) = open_study(&ask, &slug).await?;
    let mut form = data.form();
    let new = new_code(&mut form);
    if !form.is_fine() {
        let page = list_page(&ask, &study, &form).await?;
        return Ok(again(&page));
    }
    let id = study.id;
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { codes::add(tx, &visitor, id, new).await }))
        .await?;
    Ok(saved(&format!("/studies/{slug}/codes")))
}

/// Adds a frame to start from.
pub async fn add_frame(ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let (visitor, study) = open_study(&ask, &slug).await?;
    let frame = Frame::from_word(data.form().value("frame")).ok_or(Failure::NotFound)?;
    let words = ask.words.clone();
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { codes::add_frame(tx, &visitor, study.id, frame, &words).await })
        })
        .await?;
    Ok(saved(&format!("/studies/{slug}/codes")))
}

async fn open_code(ask: &Ask, id: Id<Code>) -> Result<(Visitor, Study, Code), Failure> {
    let visitor = people::visitor(ask)?;
    let db = ask.hub.store().read();
    let (code, study) = book::code_by_id(&db, id).await?.ok_or(Failure::NotFound)?;
    visitor.read(StudyPart(study.uuid(), Layer::Raw)).await?;
    let study = voices::study(&db, study).await?.ok_or(Failure::NotFound)?;
    Ok((visitor, study, code))
}

/// One code: what it means, its passages, and what can be done with it.
pub async fn page(
    ask: Ask,
    Path(id): Path<Id<Code>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Reply {
    let (_, study, code) = open_code(&ask, id).await?;
    let forms = (&filled(&code), &Form::default());
    Ok(show(&code_page(&ask, &study, &code, &asked, forms).await?))
}

/// The form of a code as it is.
fn filled(code: &Code) -> Form {
    Form::filled([
        ("name", code.name.clone()),
        ("description", code.description.clone()),
        (
            "parent",
            code.parent.map(|id| id.to_string()).unwrap_or_default(),
        ),
        ("sign", code.sign.clone()),
        ("colour", code.colour.clone()),
    ])
}

/// `forms` are the one that changes the code and the one that removes it.
async fn code_page(
    ask: &Ask,
    study: &Study,
    code: &Code,
    asked: &HashMap<String, String>,
    forms: (&Form, &Form),
) -> Result<ui::Page, Failure> {
    let db = ask.hub.store().read();
    let codes = crate::codes(&db, study.id).await?;
    let coders = book::coders(&db, study.id).await?;
    let sources = voices::source_list(&db, study.id, 300, 0).await?;
    let filter = Filter {
        coder: asked.get("coder").and_then(|id| id.parse().ok()),
        source: asked.get("source").and_then(|id| id.parse().ok()),
    };
    let number = asked
        .get("page")
        .and_then(|n| n.parse().ok())
        .unwrap_or(1)
        .clamp(1, 1_000_000);
    let mut paging = parts::Paging {
        page: number,
        size: PAGE,
        total: 0,
    };
    let (passages, total) =
        rows::passages_of_code(&db, code.id, filter, PAGE, paging.offset()).await?;
    paging.total = total;
    let quotes = quotes(&db, &passages).await?;
    let ids: Vec<_> = passages.iter().map(|passage| passage.id).collect();
    let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let codings = rows::codings_of(&db, &ids).await?;
    let notes = book::notes(&db, "passage", &uuids).await?;
    let by_id = look::by_id(&codes);
    let body = html! {
        (voices::study_nav(ask, study, "codes"))
        h1 class="ds-heading" data-size="lg" { (look::code_tag(code)) }
        @if !code.description.is_empty() { p class="codebook-what" { (code.description) } }
        (parts::h2(&ask.words.tv("analysis-passages-n", &[("n", total.into())])))
        form method="get" action={ "/codes/" (code.id) } class="filter" {
            (filter_field(ask, "coder", "analysis-coder", &coders.iter().map(|(id, name)| (id.to_string(), name.clone())).collect::<Vec<_>>(), asked))
            (filter_field(ask, "source", "analysis-source", &sources.iter().map(|one| (one.id.to_string(), one.name.clone())).collect::<Vec<_>>(), asked))
            button class="ds-button" data-variant="secondary" type="submit" { (ask.t("analysis-filter")) }
        }
        @if quotes.is_empty() { p { (ask.t("analysis-no-passages")) } }
        ol class="quotes" {
            @for quote in &quotes {
                li {
                    (words_of(ask, quote, &place_href(&study.slug, quote.passage.source, quote.place.max(1))))
                    p class="quote-codes" {
                        @for (coding, coder) in codings.iter().filter(|(coding, _)| coding.passage == quote.passage.id) {
                            @if let Some(code) = by_id.get(&coding.code) { (look::code_tag(code)) " " span class="coder" { (coder) } " " }
                        }
                        a class="ds-link" href={ "/passages/" (quote.passage.id) } { (ask.t("analysis-change")) }
                    }
                    @for note in notes.iter().filter(|note| note.about == quote.passage.id.uuid()) {
                        p class="quote-note" { strong { (note.author_name) ": " } (note.text) }
                    }
                }
            }
        }
        (paging.show(&ask.words, |n| href(code, asked, n)))
        (change_forms(ask, code, &codes, forms, total))
    };
    let way = crumbs(
        ask,
        study,
        vec![Crumb::new(
            format!("/studies/{}/codes", study.slug),
            ask.t("analysis-codes"),
        )],
    );
    Ok(ask
        .page(code.name.clone(), body)
        .crumbs(way)
        .style(style_href(study)))
}

fn href(code: &Code, asked: &HashMap<String, String>, page: i64) -> String {
    let mut href = format!("/codes/{}?page={page}", code.id);
    for name in ["coder", "source"] {
        // Only what reads as an id goes into an address.
        if let Some(id) = asked.get(name).and_then(|id| id.parse::<Id<()>>().ok()) {
            href.push_str(&format!("&{name}={id}"));
        }
    }
    href
}

fn filter_field(
    ask: &Ask,
    name: &str,
    label: &str,
    options: &[(String, String)],
    asked: &HashMap<String, String>,
) -> Markup {
    let mut all = vec![(String::new(), ask.t("analysis-all"))];
    all.extend(options.iter().cloned());
    let form = Form::filled(asked.clone());
    select(&ask.words, &form, name, label, &all)
}

fn change_forms(
    ask: &Ask,
    code: &Code,
    codes: &[Code],
    (form, gone): (&Form, &Form),
    used: i64,
) -> Markup {
    let others: Vec<(String, String)> = codes
        .iter()
        .filter(|other| {
            other.id != code.id && other.codable && may_go_below(codes, code.id, other.id)
        })
        .map(|other| (other.id.to_string(), other.name.clone()))
        .collect();
    let path = format!("/codes/{}", code.id);
    let edit = html! {
        (form.summary(&ask.words, &LABELS))
        form class="spaced" method="post" action=(path) {
            (fields(ask, &with_heading(form, code), codes, Some(code.id)))
            (submit(&ask.words, "analysis-save"))
        }
        div class="shift" {
            (ui::form::act(&ask.words, &format!("{path}/shift"), "analysis-shift-up", &[("to", "up")]))
            (ui::form::act(&ask.words, &format!("{path}/shift"), "analysis-shift-down", &[("to", "down")]))
        }
    };
    let merge = html! {
        form class="spaced" method="post" action={ (path) "/merge" } {
            p { (ask.t("analysis-merge-what")) }
            (select(&ask.words, &Form::default(), "into", "analysis-merge-into", &others))
            (submit(&ask.words, "analysis-merge"))
        }
    };
    let remove = html! {
        (gone.summary(&ask.words, &[("codings", "analysis-remove-code-sure")]))
        form class="spaced" method="post" action={ (path) "/delete" } {
            @if used > 0 {
                p { (ask.words.tv("analysis-remove-code-what", &[("n", used.into())])) }
                (checkbox(&ask.words, gone, "codings", "analysis-remove-code-sure"))
            }
            button class="ds-button" data-color="danger" data-size="sm" type="submit" { (ask.t("analysis-remove-code-whole")) }
        }
    };
    html! {
        (parts::fold(&ask.t("analysis-change-code"), !form.is_fine(), edit))
        @if !others.is_empty() { (parts::fold(&ask.t("analysis-merge"), false, merge)) }
        (parts::fold(&ask.t("analysis-remove-code-whole"), !gone.is_fine(), remove))
    }
}

fn with_heading(form: &Form, code: &Code) -> Form {
    if code.codable || form.has("heading") || !form.is_fine() {
        return form.clone();
    }
    let names = ["name", "description", "parent", "sign", "colour"];
    let mut values: Vec<(&str, String)> =
        names.map(|name| (name, form.raw(name).to_owned())).to_vec();
    values.push(("heading", "on".to_owned()));
    Form::filled(values)
}

/// Changes a code.
pub async fn change(ask: Ask, Path(id): Path<Id<Code>>, data: FormData) -> Reply {
    let (visitor, study, code) = open_code(&ask, id).await?;
    let mut form = data.form();
    let new = new_code(&mut form);
    if !form.is_fine() {
        return Ok(again(
            &code_page(
                &ask,
                &study,
                &code,
                &HashMap::new(),
                (&form, &Form::default()),
            )
            .await?,
        ));
    }
    let study = study.id;
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { codes::change(tx, &visitor, study, id, new).await }))
        .await?;
    Ok(saved(&format!("/codes/{id}")))
}

/// Moves a code up or down among its siblings.
pub async fn shift(ask: Ask, Path(id): Path<Id<Code>>, data: FormData) -> Reply {
    let (visitor, study, _) = open_code(&ask, id).await?;
    let up = data.form().value("to") == "up";
    let of = study.id;
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { codes::shift(tx, &visitor, of, id, up).await }))
        .await?;
    Ok(saved(&format!("/studies/{}/codes", study.slug)))
}

/// Makes one code of two.
pub async fn merge(ask: Ask, Path(id): Path<Id<Code>>, data: FormData) -> Reply {
    let (visitor, study, _) = open_code(&ask, id).await?;
    let into: Id<Code> = data
        .form()
        .value("into")
        .parse()
        .map_err(|_| Failure::NotFound)?;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { codes::merge(tx, &visitor, study.id, id, into).await })
        })
        .await?;
    Ok(saved(&format!("/codes/{into}")))
}

/// Removes a code.
pub async fn remove(ask: Ask, Path(id): Path<Id<Code>>, data: FormData) -> Reply {
    let (visitor, study, code) = open_code(&ask, id).await?;
    let mut form = data.form();
    let codings = form.has("codings");
    let of = study.id;
    let removed = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move { codes::remove(tx, &visitor, of, id, codings).await })
        })
        .await;
    match removed {
        Ok(()) => Ok(redirect(&format!("/studies/{}/codes", study.slug))),
        Err(Failure::Refused {
            code: codes::IN_USE,
            text,
            ..
        }) => {
            form.wrong("codings", text);
            let forms = (&filled(&code), &form);
            Ok(again(
                &code_page(&ask, &study, &code, &HashMap::new(), forms).await?,
            ))
        }
        Err(failure) => Err(failure),
    }
}
