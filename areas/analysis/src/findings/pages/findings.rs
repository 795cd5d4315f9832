//! Findings: the list by theme, the form, and the page where a finding gets its quotes.

use axum::extract::{Path, Query};
use base::Id;
use frame::{Ask, Failure, FormData, Reply, redirect, saved};
use ui::form::{Form, Input, act, radios, select, submit};
use ui::parts::{Tone, alert, button_link, fold, h1, h2, tag};
use ui::{Markup, Words, html};
use voices::{Side, Study};

use super::super::{
    Chime, Finding, Level, NewFinding, Polarity, SENTENCE_STORED, Theme, acts, findings, store,
    suggested_sides,
};
use super::{Asked, again, evidence, hint_list, id_of, may_change, page};
use crate::pages::open_study as open;

/// `GET /studies/{slug}/findings`
pub async fn list(ask: Ask, Path(slug): Path<String>) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let db = ask.hub.store().read();
    let all = findings(&db, study.id).await?;
    let themes = store::themes(&db, study.id).await?;
    let words = &ask.words;
    let of_theme = |theme: Option<Id<Theme>>| {
        all.iter()
            .filter(move |one| one.theme == theme)
            .collect::<Vec<_>>()
    };
    let body = html! {
        (h1(&words.t("analysis-findings")))
        p { (words.t("analysis-findings-what")) }
        @if may_change(&visitor, study.id) {
            p { (button_link(&format!("/studies/{slug}/findings/new"), &words.t("analysis-finding-new"))) }
        }
        @if all.is_empty() { p class="empty" { (words.t("analysis-findings-none")) } }
        @for theme in &themes {
            @let own = of_theme(Some(theme.id));
            @if !own.is_empty() {
                (h2(&theme.title))
                (cards(words, &slug, &own))
            }
        }
        @let rest = of_theme(None);
        @if !rest.is_empty() {
            (h2(&words.t("analysis-findings-no-theme")))
            (cards(words, &slug, &rest))
        }
    };
    Ok(frame::show(&page(
        &ask,
        &study,
        ("findings", &ask.t("analysis-findings")),
        &[],
        body,
    )))
}

fn cards(words: &Words, slug: &str, own: &[&Finding]) -> Markup {
    html! {
        ul class="findings" {
            @for finding in own {
                li class={ "ds-card finding polarity-" (finding.polarity.word()) } {
                    p class="finding-sentence" {
                        a class="ds-link" href={ "/studies/" (slug) "/findings/" (finding.id) } { (finding.sentence) }
                    }
                    p class="finding-tags" {
                        span { (words.tv("analysis-finding-number", &[("n", finding.number.into())])) } " "
                        (tag(colour(finding.polarity), &words.t(finding.polarity.text_key()))) " "
                        (tag("neutral", &words.t(finding.level.text_key()))) " "
                        @if let Some(chime) = finding.chime { (tag("neutral", &words.t(chime.text_key()))) " " }
                        @for side in &finding.sides { (tag("info", &words.t(side.text_key()))) " " }
                        span { (words.tv("analysis-finding-quotes", &[("n", finding.evidence.len().into())])) }
                    }
                    @if finding.evidence.iter().any(|one| !one.basis.may_be_quoted()) {
                        p { (tag("danger", &words.t("analysis-no-basis-some"))) }
                    }
                }
            }
        }
    }
}

fn colour(polarity: Polarity) -> &'static str {
    match polarity {
        Polarity::Strength => "success",
        Polarity::Weakness => "warning",
        Polarity::Wish => "info",
    }
}

/// Sides that can carry a finding.
const SIDES: [Side; 5] = [
    Side::User,
    Side::Relative,
    Side::Staff,
    Side::Partner,
    Side::Organisation,
];

/// Fields that may have to be mended, with their labels.
const LABELS: [(&str, &str); 3] = [
    ("sentence", "analysis-finding-sentence"),
    ("polarity", "analysis-finding-polarity"),
    ("level", "analysis-finding-level"),
];

fn read(data: &FormData) -> (Form, Option<NewFinding>) {
    let mut form = data.form();
    let sentence = form.optional("sentence", SENTENCE_STORED);
    if sentence.is_empty() {
        form.wrong("sentence", "analysis-finding-sentence-missing");
    }
    let polarity = form.value("polarity").parse().ok();
    let level = form.value("level").parse().ok();
    if polarity.is_none() {
        form.wrong("polarity", "analysis-finding-polarity-missing");
    }
    if level.is_none() {
        form.wrong("level", "analysis-finding-level-missing");
    }
    let finding = polarity
        .zip(level)
        .filter(|_| form.is_fine())
        .map(|(polarity, level)| NewFinding {
            sentence,
            polarity,
            level,
            theme: form.value("theme").parse().ok(),
            chime: form.value("chime").parse().ok(),
            sides: data
                .many("side")
                .iter()
                .filter_map(|side| side.parse().ok())
                .filter(|side| SIDES.contains(side))
                .collect(),
        });
    (form, finding)
}

/// `sides` are ticked; `suggested` come from the quotes.
fn fields(
    words: &Words,
    form: &Form,
    themes: &[Theme],
    sides: &[Side],
    suggested: &[Side],
) -> Markup {
    let mut theme_options = vec![(String::new(), words.t("analysis-no-theme"))];
    theme_options.extend(
        themes
            .iter()
            .map(|theme| (theme.id.to_string(), theme.title.clone())),
    );
    let mut chimes = vec![(String::new(), words.t("analysis-no-process"))];
    chimes.extend(
        Chime::ALL
            .iter()
            .map(|one| (one.word().to_owned(), words.t(one.text_key()))),
    );
    let polarities: Vec<(&str, &str)> = Polarity::ALL
        .iter()
        .map(|one| (one.word(), one.text_key()))
        .collect();
    let levels: Vec<(&str, &str)> = Level::ALL
        .iter()
        .map(|one| (one.word(), one.text_key()))
        .collect();
    html! {
        (Input::area("sentence", "analysis-finding-sentence", 3).help("analysis-finding-sentence-help").show(words, form))
        (select(words, form, "theme", "analysis-theme", &theme_options))
        (radios(words, form, "polarity", "analysis-finding-polarity", &polarities))
        (radios(words, form, "level", "analysis-finding-level", &levels))
        (select(words, form, "chime", "analysis-finding-process", &chimes))
        fieldset class="ds-fieldset" id="side" {
            legend class="ds-label" { (words.t("analysis-finding-sides")) }
            p data-field="description" { (words.t("analysis-finding-sides-help")) }
            @for side in SIDES {
                div class="ds-field" {
                    input class="ds-input" type="checkbox" name="side" id={ "side-" (side.word()) } value=(side.word())
                        checked[sides.contains(&side)];
                    label class="ds-label" data-weight="regular" for={ "side-" (side.word()) } {
                        (words.t(side.text_key()))
                        @if suggested.contains(&side) { " " span class="suggested" { (words.t("analysis-side-suggested")) } }
                    }
                }
            }
        }
    }
}

/// `GET /studies/{slug}/findings/new`
pub async fn new(ask: Ask, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Reply {
    let (_, study) = open(&ask, &slug).await?;
    let form = Form::filled([
        ("theme", asked.theme.unwrap_or_default()),
        ("level", Level::Service.word().to_owned()),
    ]);
    Ok(frame::show(&new_page(&ask, &study, &form, &[]).await?))
}

async fn new_page(
    ask: &Ask,
    study: &Study,
    form: &Form,
    sides: &[Side],
) -> Result<ui::Page, Failure> {
    let themes = store::themes(&ask.hub.store().read(), study.id).await?;
    let words = &ask.words;
    let body = html! {
        (h1(&words.t("analysis-finding-new")))
        (form.summary(words, &LABELS))
        form method="post" action={ "/studies/" (study.slug) "/findings" } class="stack" {
            (fields(words, form, &themes, sides, &[]))
            (submit(words, "analysis-finding-save-go-on"))
        }
    };
    Ok(page(
        ask,
        study,
        ("findings", &words.t("analysis-finding-new")),
        &[("findings", "analysis-findings")],
        body,
    ))
}

/// `POST /studies/{slug}/findings`
pub async fn add(ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let (form, new) = read(&data);
    let Some(new) = new else {
        let sides: Vec<Side> = data
            .many("side")
            .iter()
            .filter_map(|side| side.parse().ok())
            .collect();
        return Ok(again(&new_page(&ask, &study, &form, &sides).await?));
    };
    let of = study.id;
    let id = ask
        .hub
        .store()
        .write(move |tx| Box::pin(async move { acts::add_finding(tx, &visitor, of, &new).await }))
        .await?;
    ask.hub.tell(of.uuid());
    Ok(saved(&format!("/studies/{slug}/findings/{id}")))
}

/// The finding of a study with its quotes, or not found.
async fn finding_of(ask: &Ask, study: &Study, id: Id<Finding>) -> Result<Finding, Failure> {
    let all = findings(&ask.hub.store().read(), study.id).await?;
    all.into_iter()
        .find(|finding| finding.id == id)
        .ok_or(Failure::NotFound)
}

/// `GET /studies/{slug}/findings/{id}`
pub async fn edit(
    ask: Ask,
    Path((slug, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let finding = finding_of(&ask, &study, id_of(&id)?).await?;
    let theme = finding.theme.map(|id| id.to_string()).unwrap_or_default();
    let form = Form::filled([
        ("sentence", finding.sentence.clone()),
        ("theme", theme),
        ("polarity", finding.polarity.word().to_owned()),
        ("level", finding.level.word().to_owned()),
        ("chime", finding.chime.map_or("", Chime::word).to_owned()),
    ]);
    let may = may_change(&visitor, study.id);
    let sides = finding.sides.clone();
    Ok(frame::show(
        &edit_page(&ask, &study, &finding, (&form, &sides), &asked, may).await?,
    ))
}

async fn edit_page(
    ask: &Ask,
    study: &Study,
    finding: &Finding,
    (form, sides): (&Form, &[Side]),
    asked: &Asked,
    may: bool,
) -> Result<ui::Page, Failure> {
    let themes = store::themes(&ask.hub.store().read(), study.id).await?;
    let words = &ask.words;
    let suggested = suggested_sides(&finding.evidence);
    let title = words.tv("analysis-finding-number", &[("n", finding.number.into())]);
    let here = format!("/studies/{}/findings/{}", study.slug, finding.id);
    let body = html! {
        (h1(&title))
        p class="finding-sentence" { (finding.sentence) }
        (hint_list(words, &finding.sentence))
        @if finding.sides.is_empty() && !suggested.is_empty() {
            (alert(Tone::Info, html! { p { (words.t("analysis-sides-to-confirm")) } }))
        }
        (evidence::of_finding(words, study, finding, may))
        @if may {
            (evidence::chooser(ask, study, finding, &themes, asked).await?)
            (h2(&words.t("analysis-finding-edit")))
            (form.summary(words, &LABELS))
            form method="post" action=(here) class="stack" {
                (fields(words, form, &themes, sides, &suggested))
                (submit(words, "analysis-save"))
            }
            (fold(&words.t("analysis-finding-delete"), false, html! {
                p { (words.t("analysis-finding-delete-what")) }
                (act(words, &format!("{here}/delete"), "analysis-finding-delete", &[]))
            }))
        }
    };
    Ok(page(
        ask,
        study,
        ("findings", &title),
        &[("findings", "analysis-findings")],
        body,
    ))
}

/// `POST /studies/{slug}/findings/{id}`
pub async fn change(ask: Ask, Path((slug, id)): Path<(String, String)>, data: FormData) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let id: Id<Finding> = id_of(&id)?;
    let (form, new) = read(&data);
    let Some(new) = new else {
        let finding = finding_of(&ask, &study, id).await?;
        let sides: Vec<Side> = data
            .many("side")
            .iter()
            .filter_map(|side| side.parse().ok())
            .collect();
        let asked = Asked::default();
        return Ok(again(
            &edit_page(&ask, &study, &finding, (&form, &sides), &asked, true).await?,
        ));
    };
    let of = study.id;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::change_finding(tx, &visitor, of, id, &new).await })
        })
        .await?;
    ask.hub.tell(of.uuid());
    Ok(saved(&format!("/studies/{slug}/findings/{id}")))
}

/// `POST /studies/{slug}/findings/{id}/delete`
pub async fn delete(ask: Ask, Path((slug, id)): Path<(String, String)>) -> Reply {
    let (visitor, study) = open(&ask, &slug).await?;
    let id: Id<Finding> = id_of(&id)?;
    let of = study.id;
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { acts::delete_finding(tx, &visitor, of, id).await }))
        .await?;
    ask.hub.tell(of.uuid());
    Ok(redirect(&format!("/studies/{slug}/findings")))
}
