//! Themes: the list in its order, and a page for each.

use axum::extract::{Path, Query};
use base::Id;
use frame::{Ask, Failure, FormData, Reply, redirect, saved};
use ui::form::{Form, Input, act, select, submit};
use ui::parts::{Paging, Tone, alert, fold, h1, h2, quiet_link};
use ui::{Markup, html};
use voices::Study;

use super::super::{Finding, NewTheme, Theme, acts, store};
use super::{Asked, PAGE, again, id_of, may_change, page, quote, theme_of};
use crate::codebook::Code;
use crate::coding::quotes::quotes;
use crate::pages::open_study as open;
use crate::pages::show::code_tag;

/// Longest title of a theme.
const TITLE: usize = 200;
/// Longest text of a theme.
const TEXT: usize = 20_000;

/// `GET /studies/{slug}/themes`
pub async fn list(ask: Ask, Path(slug): Path<String>) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let body = list_body(
        &ask,
        &study,
        may_change(&visitor, study.id),
        &Form::default(),
    )
    .await?;
    Ok(frame::show(&page(
        &ask,
        &study,
        ("themes", &ask.t("analysis-themes")),
        &[],
        body,
    )))
}

async fn list_body(ask: &Ask, study: &Study, may: bool, form: &Form) -> Result<Markup, Failure> {
    let db = ask.hub.store().read();
    let themes = store::themes(&db, study.id).await?;
    let tallies = store::tallies(&db, study.id).await?;
    let codes = crate::store::codes(&db, study.id).await?;
    let words = &ask.words;
    let base = format!("/studies/{}/themes", study.slug);
    let last = themes.len().saturating_sub(1);
    Ok(html! {
        (h1(&words.t("analysis-themes")))
        p { (words.t("analysis-themes-what")) }
        @if themes.is_empty() { p class="empty" { (words.t("analysis-themes-none")) } }
        ol class="themes" {
            @for (at, theme) in themes.iter().enumerate() {
                @let tally = tallies.iter().find(|tally| tally.theme == theme.id);
                li class="ds-card theme" {
                    h2 class="ds-heading" data-size="xs" {
                        a class="ds-link" href={ (base) "/" (theme.id) } { (theme.title) }
                    }
                    p class="theme-counts" {
                        (words.tv("analysis-theme-counts", &[
                            ("passages", tally.map_or(0, |tally| tally.passages).into()),
                            ("sources", tally.map_or(0, |tally| tally.sources).into()),
                        ]))
                    }
                    p class="theme-codes" {
                        @for code in codes.iter().filter(|code| theme.codes.contains(&code.id)) { (code_tag(code)) " " }
                    }
                    @if may {
                        div class="theme-acts" {
                            @if at > 0 { (act(words, &format!("{base}/{}/move", theme.id), "analysis-move-up", &[("to", "up")])) }
                            @if at < last { (act(words, &format!("{base}/{}/move", theme.id), "analysis-move-down", &[("to", "down")])) }
                            (quiet_link(&format!("{base}/{}/edit", theme.id), &words.t("analysis-edit")))
                        }
                    }
                }
            }
        }
        @if may {
            (h2(&words.t("analysis-theme-add")))
            (form.summary(words, &[("title", "analysis-theme-title"), ("text", "analysis-theme-text")]))
            form method="post" action=(base) class="stack" {
                (Input::text("title", "analysis-theme-title").show(words, form))
                (Input::area("text", "analysis-theme-text", 3).help("analysis-theme-text-help").show(words, form))
                (submit(words, "analysis-theme-add"))
            }
            @if !codes.is_empty() {
                (h2(&words.t("analysis-theme-from-code")))
                form method="post" action={ (base) "/from-code" } class="stack" {
                    (select(words, &Form::default(), "code", "analysis-code", &options(&codes)))
                    (submit(words, "analysis-theme-make"))
                }
            }
        }
    })
}

/// Codes to choose from, in the order of the tree.
pub(super) fn options(codes: &[Code]) -> Vec<(String, String)> {
    codes
        .iter()
        .map(|code| {
            (
                code.id.to_string(),
                format!("{}{} {}", "  ".repeat(code.depth), code.sign, code.name),
            )
        })
        .collect()
}

fn read(data: &FormData) -> (Form, NewTheme) {
    let mut form = data.form();
    let codes = data
        .many("code")
        .iter()
        .filter_map(|id| id.parse().ok())
        .collect();
    let theme = NewTheme {
        title: form.required("title", TITLE),
        text: form.optional("text", TEXT),
        codes,
    };
    (form, theme)
}

/// `POST /studies/{slug}/themes`
pub async fn add(ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let (form, theme) = read(&data);
    if !form.is_fine() {
        let body = list_body(&ask, &study, true, &form).await?;
        return Ok(again(&page(
            &ask,
            &study,
            ("themes", &ask.t("analysis-themes")),
            &[],
            body,
        )));
    }
    let id = write_new(&ask, visitor, &study, theme).await?;
    Ok(saved(&format!("/studies/{slug}/themes/{id}/edit")))
}

async fn write_new(
    ask: &Ask,
    visitor: people::Visitor,
    study: &Study,
    theme: NewTheme,
) -> Result<Id<Theme>, Failure> {
    let study = study.id;
    let id = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::add_theme(tx, &visitor, study, &theme).await })
        })
        .await?;
    ask.hub.tell(study.uuid());
    Ok(id)
}

/// `POST /studies/{slug}/themes/from-code`
pub async fn from_code(ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let id: Id<Code> = id_of(data.form().value("code"))?;
    let codes = crate::store::codes(&ask.hub.store().read(), study.id).await?;
    let code = codes
        .iter()
        .find(|code| code.id == id)
        .ok_or(Failure::NotFound)?;
    let theme = NewTheme {
        title: code.name.clone(),
        text: code.description.clone(),
        codes: vec![code.id],
    };
    let id = write_new(&ask, visitor, &study, theme).await?;
    Ok(saved(&format!("/studies/{slug}/themes/{id}")))
}

/// `GET /studies/{slug}/themes/{id}`
pub async fn show(
    ask: Ask,
    Path((slug, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let theme = theme_of(&ask, study.id, id_of(&id)?).await?;
    let db = ask.hub.store().read();
    let words = &ask.words;
    let codes = crate::store::codes(&db, study.id).await?;
    let own: Vec<Finding> = store::bare_findings(&db, study.id)
        .await?
        .into_iter()
        .filter(|one| one.theme == Some(theme.id))
        .collect();
    let total = store::span_count(&db, study.id, &theme.codes).await?;
    let paging = Paging {
        page: asked.page.unwrap_or(1).max(1),
        size: PAGE,
        total,
    };
    let spans = store::spans(&db, study.id, &theme.codes, (PAGE, paging.offset())).await?;
    let found = quotes(&db, &spans).await?;
    let base = format!("/studies/{slug}/themes/{}", theme.id);
    let body = html! {
        (h1(&theme.title))
        @if !theme.text.is_empty() { div class="theme-text" { @for part in theme.text.split("\n\n") { p { (part) } } } }
        p class="theme-codes" {
            @for code in codes.iter().filter(|code| theme.codes.contains(&code.id)) { (code_tag(code)) " " }
        }
        @if theme.codes.is_empty() { (alert(Tone::Info, html! { p { (words.t("analysis-theme-no-codes")) } })) }
        @if may_change(&visitor, study.id) {
            p class="theme-acts" {
                (quiet_link(&format!("{base}/edit"), &words.t("analysis-edit")))
                (quiet_link(&format!("/studies/{slug}/findings/new?theme={}", theme.id), &words.t("analysis-finding-new")))
            }
        }
        (h2(&words.t("analysis-findings")))
        @if own.is_empty() { p class="empty" { (words.t("analysis-findings-none-here")) } }
        ul class="finding-list" {
            @for finding in &own {
                li {
                    a class="ds-link" href={ "/studies/" (slug) "/findings/" (finding.id) } {
                        (words.tv("analysis-finding-number", &[("n", finding.number.into())])) ": " (finding.sentence)
                    }
                }
            }
        }
        (h2(&words.tv("analysis-theme-passages", &[("n", total.into())])))
        @for one in &found { (quote(words, &slug, one, &html! {})) }
        (paging.show(words, |n| format!("{base}?page={n}")))
    };
    let title = theme.title.clone();
    Ok(frame::show(&page(
        &ask,
        &study,
        ("themes", &title),
        &[("themes", "analysis-themes")],
        body,
    )))
}

/// `GET /studies/{slug}/themes/{id}/edit`
pub async fn edit(ask: Ask, Path((slug, id)): Path<(String, String)>) -> Reply {
    let (_, study) = open(&ask, &slug).await?;
    let theme = theme_of(&ask, study.id, id_of(&id)?).await?;
    let form = Form::filled([("title", theme.title.clone()), ("text", theme.text.clone())]);
    let body = edit_body(&ask, &study, &theme, &theme.codes, &form).await?;
    let way = [("themes", "analysis-themes")];
    Ok(frame::show(&page(
        &ask,
        &study,
        ("themes", &theme.title),
        &way,
        body,
    )))
}

async fn edit_body(
    ask: &Ask,
    study: &Study,
    theme: &Theme,
    chosen: &[Id<Code>],
    form: &Form,
) -> Result<Markup, Failure> {
    let codes = crate::store::codes(&ask.hub.store().read(), study.id).await?;
    let words = &ask.words;
    let base = format!("/studies/{}/themes/{}", study.slug, theme.id);
    Ok(html! {
        (h1(&theme.title))
        (form.summary(words, &[("title", "analysis-theme-title"), ("text", "analysis-theme-text")]))
        form method="post" action={ (base) "/edit" } class="stack" {
            (Input::text("title", "analysis-theme-title").show(words, form))
            (Input::area("text", "analysis-theme-text", 5).help("analysis-theme-text-help").show(words, form))
            fieldset class="ds-fieldset code-choice" {
                legend class="ds-label" { (words.t("analysis-theme-codes")) }
                @if codes.is_empty() { p { (words.t("analysis-theme-no-codes-yet")) } }
                @for code in &codes {
                    div class={ "ds-field depth-" (code.depth.min(6)) } {
                        input class="ds-input" type="checkbox" name="code" id={ "code-" (code.id) } value=(code.id)
                            checked[chosen.contains(&code.id)];
                        label class="ds-label" data-weight="regular" for={ "code-" (code.id) } { (code_tag(code)) }
                    }
                }
            }
            (submit(words, "analysis-save"))
        }
        (fold(&words.t("analysis-theme-delete"), false, html! {
            p { (words.t("analysis-theme-delete-what")) }
            (act(words, &format!("{base}/delete"), "analysis-theme-delete", &[]))
        }))
    })
}

/// `POST /studies/{slug}/themes/{id}/edit`
pub async fn change(ask: Ask, Path((slug, id)): Path<(String, String)>, data: FormData) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let id: Id<Theme> = id_of(&id)?;
    let (form, new) = read(&data);
    if !form.is_fine() {
        let theme = theme_of(&ask, study.id, id).await?;
        let body = edit_body(&ask, &study, &theme, &new.codes, &form).await?;
        let way = [("themes", "analysis-themes")];
        return Ok(again(&page(
            &ask,
            &study,
            ("themes", &theme.title),
            &way,
            body,
        )));
    }
    let of = study.id;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::change_theme(tx, &visitor, of, id, &new).await })
        })
        .await?;
    ask.hub.tell(of.uuid());
    Ok(saved(&format!("/studies/{slug}/themes/{id}")))
}

/// `POST /studies/{slug}/themes/{id}/move`
pub async fn step(ask: Ask, Path((slug, id)): Path<(String, String)>, data: FormData) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let id: Id<Theme> = id_of(&id)?;
    let up = data.form().value("to") == "up";
    let of = study.id;
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { acts::move_theme(tx, &visitor, of, id, up).await }))
        .await?;
    ask.hub.tell(of.uuid());
    Ok(saved(&format!("/studies/{slug}/themes")))
}

/// `POST /studies/{slug}/themes/{id}/delete`
pub async fn delete(ask: Ask, Path((slug, id)): Path<(String, String)>) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let id: Id<Theme> = id_of(&id)?;
    let of = study.id;
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { acts::delete_theme(tx, &visitor, of, id).await }))
        .await?;
    ask.hub.tell(of.uuid());
    Ok(redirect(&format!("/studies/{slug}/themes")))
}
