//! The form of a study: title, background, services, questions, theme guide.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use frame::{Ask, Failure, FormData, Reply, redirect, saved, show};
use people::Act;
use ui::form::{Form, Input, select, submit};
use ui::{Crumb, html, parts};

use super::{open_study, study_crumbs};
use crate::study::{NewStudy, Publisher, Study, acts, parse_guide, store as rows, write_guide};

/// Lines of a list at most, and characters of a line.
const LINES: usize = 50;
const LINE: usize = 400;

/// Fields that may have to be mended, with their labels.
const LABELS: [(&str, &str); 5] = [
    ("title", "voices-title"),
    ("services", "voices-services"),
    ("questions", "voices-questions"),
    ("guide", "voices-guide"),
    ("background", "voices-background"),
];

pub async fn new(ask: Ask) -> Reply {
    let visitor = people::visitor(&ask)?;
    if !visitor.may(Act::Create, &acts::Begin::any()) {
        return Err(Failure::NotFound);
    }
    Ok(page(&ask, &Form::default(), None))
}

pub async fn create(ask: Ask, data: FormData) -> Reply {
    let visitor = people::visitor(&ask)?;
    let mut form = data.form();
    let new = read(&mut form);
    if !form.is_fine() {
        return Ok(page(&ask, &form, None));
    }
    let study: Study = ask
        .hub
        .store()
        .write(move |tx| Box::pin(async move { acts::create_study(tx, &visitor, &new).await }))
        .await?;
    Ok(redirect(&format!("/studies/{}", study.slug)))
}

pub async fn edit(ask: Ask, Path(slug): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = open_study(&ask, &visitor, &slug).await?;
    if !visitor.may(Act::Change, &*study) {
        return Err(Failure::NotFound);
    }
    let guide = rows::guide(&ask.hub.store().read(), study.id).await?;
    let form = Form::filled([
        ("title", study.title.clone()),
        ("background", study.background.clone()),
        ("services", study.services.join("\n")),
        ("questions", study.questions.join("\n")),
        ("guide", write_guide(&guide)),
        ("publisher", study.publisher.word().to_owned()),
    ]);
    Ok(page(&ask, &form, Some(&study)))
}

pub async fn save(ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = open_study(&ask, &visitor, &slug).await?.into_inner();
    let mut form = data.form();
    let new = read(&mut form);
    if !form.is_fine() {
        return Ok(page(&ask, &form, Some(&study)));
    }
    let address = format!("/studies/{}", study.slug);
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::change_study(tx, &visitor, &study, &new).await })
        })
        .await?;
    Ok(saved(&address))
}

fn read(form: &mut Form) -> NewStudy {
    let guide_text = form.optional("guide", 20_000);
    let guide = parse_guide(&guide_text).unwrap_or_else(|fault| {
        form.wrong("guide", fault.text_key());
        Vec::new()
    });
    NewStudy {
        title: form.required("title", 200),
        slug: None,
        background: form.optional("background", 20_000),
        services: lines(form, "services"),
        questions: lines(form, "questions"),
        guide,
        publisher: form.value("publisher").parse().unwrap_or_default(),
    }
}

fn lines(form: &mut Form, name: &str) -> Vec<String> {
    let text = form.optional(name, LINES * LINE);
    let lines: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    if lines.len() > LINES || lines.iter().any(|line| line.chars().count() > LINE) {
        form.wrong(name, "voices-lines-too-long");
    }
    lines
}

fn page(ask: &Ask, form: &Form, study: Option<&Study>) -> axum::response::Response {
    let words = &ask.words;
    let title = ask.t(if study.is_some() {
        "voices-edit"
    } else {
        "voices-new"
    });
    let publishers =
        Publisher::ALL.map(|publisher| (publisher.word().to_owned(), ask.t(publisher.text_key())));
    let body = html! {
        (parts::h1(&title))
        (form.summary(words, &LABELS))
        form method="post" class="stack form-narrow" {
            (Input::text("title", "voices-title").help("voices-title-help").show(words, form))
            (Input::area("services", "voices-services", 3).help("voices-services-help").show(words, form))
            (Input::area("questions", "voices-questions", 5).help("voices-questions-help").show(words, form))
            (Input::area("guide", "voices-guide", 12).help("voices-guide-help").show(words, form))
            pre class="example" aria-label=(ask.t("voices-guide-example-label")) { (ask.t("voices-guide-example")) }
            (Input::area("background", "voices-background", 6).help("voices-background-help").show(words, form))
            (select(words, form, "publisher", "voices-publisher", &publishers))
            @if study.is_none() { p { (ask.t("voices-new-who-sees")) } }
            (submit(words, if study.is_some() { "voices-save" } else { "voices-new-button" }))
        }
    };
    let crumbs = match study {
        Some(study) => study_crumbs(ask, study),
        None => vec![Crumb::new("/studies", ask.t("voices-menu"))],
    };
    let response = show(&ask.page(title, body).crumbs(crumbs));
    if form.is_fine() {
        response
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, response).into_response()
    }
}
