//! The overview of a study, and its card for those who see no more.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use frame::{Ask, Failure, FormData, Reply, saved, show};
use people::{Act, Layer, StudyPart, Visitor, members};
use ui::form::{Form, Input, select};
use ui::parts::{self, Paging, Tone};
use ui::{Crumb, Markup, Page, dates, html};

use super::{
    PageQuery, card_door, history_lines, members_door, members_part, state_tag, study_crumbs,
    study_nav,
};
use crate::source::SourceSummary;
use crate::study::{Facts, GuideTheme, Missing, Study, StudyState, acts, missing, store as rows};

/// Sources on one page of the overview.
const SOURCES: i64 = 50;
/// Lines of history on the overview.
const NEWEST: i64 = 8;

pub async fn overview(ask: Ask, Path(slug): Path<String>, Query(query): Query<PageQuery>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = rows::by_slug(&ask.hub.store().read(), &slug)
        .await?
        .ok_or(Failure::NotFound)?;
    sheet(&ask, &visitor, study, query.page, &Form::default()).await
}

/// The overview, or the card, with a form of it as it was filled in.
pub(super) async fn sheet(
    ask: &Ask,
    visitor: &Visitor,
    study: Study,
    page: Option<i64>,
    form: &Form,
) -> Reply {
    let page = if visitor.may(Act::Read, &study) {
        whole(ask, visitor, study, page, form).await?
    } else {
        card(ask, visitor, study, form).await?
    };
    let response = show(&page);
    Ok(if form.is_fine() {
        response
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, response).into_response()
    })
}

async fn whole(
    ask: &Ask,
    visitor: &Visitor,
    study: Study,
    page: Option<i64>,
    form: &Form,
) -> Result<Page, Failure> {
    let study = visitor.read(study).await?;
    let db = ask.hub.store().read();
    let facts = acts::facts(&ask.hub, &db, study.id).await?;
    let guide = rows::guide(&db, study.id).await?;
    let total = crate::source_count(&db, study.id).await?;
    let paging = Paging {
        page: page.unwrap_or(1).clamp(1, 100_000),
        size: SOURCES,
        total,
    };
    let sources = crate::sources(&db, study.id, SOURCES, paging.offset()).await?;
    let newest = rows::history(&db, study.id, i64::MAX, NEWEST).await?;
    let leads = visitor.may(Act::Change, &*study);
    let body = html! {
        (study_nav(ask, &study, ""))
        (parts::h1(&study.title))
        (form.summary(&ask.words, &LABELS))
        (state_part(ask, &study, &facts, leads, form))
        (sources_part(ask, &study, &sources))
        (paging.show(&ask.words, |page| format!("/studies/{}?page={page}", study.slug)))
        (commission_part(ask, &study, &guide, leads))
        (members_of(ask, visitor, &study, form).await?)
        section class="study-part" {
            (parts::h2(&ask.t("voices-history")))
            (history_lines(ask, &newest).await?)
            p class="row" {
                a class="ds-link" href={ "/studies/" (study.slug) "/history" } { (ask.t("voices-history-all")) }
                a class="ds-link" href={ "/studies/" (study.slug) "/opened" } { (ask.t("voices-opened")) }
            }
        }
    };
    let mut crumbs = study_crumbs(ask, &study);
    crumbs.truncate(1);
    Ok(ask.page(study.title.clone(), body).crumbs(crumbs))
}

/// Fields of the page's forms that may have to be mended, with their labels.
const LABELS: [(&str, &str); 4] = [
    ("reason", "voices-reason"),
    ("back-reason", "voices-reason"),
    ("account", "voices-member-who"),
    ("role", "voices-member-as"),
];

/// What somebody sees who does not work in the study: that it is there, how far it is, who works
/// in it if that is theirs to know.
async fn card(ask: &Ask, visitor: &Visitor, study: Study, form: &Form) -> Result<Page, Failure> {
    visitor.read(card_door(&study)).await?;
    let body = html! {
        (parts::h1(&study.title))
        (form.summary(&ask.words, &LABELS))
        p { (state_tag(ask, study.state)) " " (since(ask, &study)) }
        p { (ask.words.tv("voices-begun", &[("day", dates::day(study.made_at, ask.lang()).into())])) }
        @if visitor.may(Act::Read, &StudyPart(study.id.uuid(), Layer::Released)) {
            p { (parts::button_link(&format!("/studies/{}/report", study.slug), &ask.t("voices-card-released"))) }
        }
        (parts::alert(Tone::Info, html! { p { (ask.t("voices-card-only")) } }))
        (members_of(ask, visitor, &study, form).await?)
    };
    let crumbs = vec![Crumb::new("/studies", ask.t("voices-menu"))];
    Ok(ask.page(study.title.clone(), body).crumbs(crumbs))
}

fn since(ask: &Ask, study: &Study) -> String {
    ask.words.tv(
        "voices-since",
        &[("day", dates::day(study.state_at, ask.lang()).into())],
    )
}

async fn members_of(
    ask: &Ask,
    visitor: &Visitor,
    study: &Study,
    form: &Form,
) -> Result<Markup, Failure> {
    let chooses = visitor.may(Act::Change, &members_door(study));
    if !chooses && !visitor.may(Act::Read, study) {
        return Ok(html! {});
    }
    let db = ask.hub.store().read();
    let members = members::of_study(&db, study.id.uuid()).await?;
    let possible = if chooses {
        Some(members::possible(&db).await?)
    } else {
        None
    };
    Ok(members_part(
        ask,
        &study.slug,
        &members,
        possible.as_deref(),
        form,
    ))
}

fn state_part(ask: &Ask, study: &Study, facts: &Facts, leads: bool, form: &Form) -> Markup {
    let lacking = missing(study.state, facts);
    html! {
        section class="study-part ds-card state-card" {
            p { (state_tag(ask, study.state)) " " span class="quiet" { (since(ask, study)) } }
            (steps(ask, study.state))
            @if !lacking.is_empty() { (lacks(ask, &lacking)) }
            @if let Some(next) = study.state.next().filter(|_| leads) {
                (move_form(ask, study, next, !lacking.is_empty(), form))
            }
            @if leads && study.state != StudyState::Draft { (back_form(ask, study, form)) }
        }
    }
}

fn steps(ask: &Ask, now: StudyState) -> Markup {
    html! {
        ol class="steps" aria-label=(ask.t("voices-steps")) {
            @for state in StudyState::ALL {
                li class=(if state < now { "past" } else if state == now { "now" } else { "ahead" })
                    aria-current=[(state == now).then_some("step")] { (ask.t(state.text_key())) }
            }
        }
    }
}

fn lacks(ask: &Ask, lacking: &[Missing]) -> Markup {
    html! {
        p { strong { (ask.t("voices-lacks")) } }
        ul { @for what in lacking { li { (ask.t(what.text_key())) } } }
    }
}

fn move_form(
    ask: &Ask,
    study: &Study,
    next: StudyState,
    needs_reason: bool,
    form: &Form,
) -> Markup {
    let name = ask.t(next.text_key());
    html! {
        form method="post" action={ "/studies/" (study.slug) "/state" } class="stack" {
            input type="hidden" name="to" value=(next.word());
            @if needs_reason {
                (Input::area("reason", "voices-reason", 2).help("voices-reason-help").show(&ask.words, form))
            }
            button class="ds-button" type="submit" data-variant=(if needs_reason { "secondary" } else { "primary" }) {
                (ask.words.tv("voices-move-on", &[("state", name.into())]))
            }
        }
    }
}

fn back_form(ask: &Ask, study: &Study, form: &Form) -> Markup {
    let earlier: Vec<(String, String)> = study
        .state
        .earlier()
        .into_iter()
        .map(|state| (state.word().to_owned(), ask.t(state.text_key())))
        .collect();
    let refused = form.what_is_wrong("back-reason").is_some();
    let body = html! {
        form method="post" action={ "/studies/" (study.slug) "/state" } class="stack" {
            (select(&ask.words, form, "to", "voices-back-to", &earlier))
            (Input::area("back-reason", "voices-reason", 2).show(&ask.words, form))
            button class="ds-button" data-variant="secondary" type="submit" { (ask.t("voices-back-button")) }
        }
    };
    parts::fold(&ask.t("voices-back"), refused, body)
}

fn sources_part(ask: &Ask, study: &Study, sources: &[SourceSummary]) -> Markup {
    let head = [
        "voices-source",
        "voices-basis",
        "voices-size",
        "voices-work",
    ]
    .map(|key| ask.t(key));
    let rows: Vec<Vec<Markup>> = sources.iter().map(|one| source_row(ask, one)).collect();
    html! {
        section id="sources" class="study-part" {
            (parts::h2(&ask.t("voices-sources")))
            @if sources.is_empty() {
                p { (ask.t("voices-sources-none")) }
            } @else {
                (parts::table(&ask.t("voices-sources"), &head, &rows))
            }
            @if !study.practice {
                p { (parts::button_link(&format!("/studies/{}/import", study.slug), &ask.t("voices-import"))) }
            }
        }
    }
}

fn source_row(ask: &Ask, one: &SourceSummary) -> Vec<Markup> {
    let source = &one.source;
    let color = if source.basis.may_be_quoted() {
        "neutral"
    } else {
        "warning"
    };
    let size = [
        ("blocks", one.blocks.into()),
        ("speakers", one.speakers.into()),
    ];
    vec![
        html! { a class="ds-link" href={ "/sources/" (source.id) } { (source.name) } },
        parts::tag(color, &ask.t(source.basis.text_key())),
        html! {
            @if source.has_text { (ask.words.tv("voices-size-of", &size)) } @else { (ask.t("voices-text-missing")) }
        },
        html! { a class="ds-link" href={ "/sources/" (source.id) "/code" } { (ask.t("voices-code-it")) } },
    ]
}

fn commission_part(ask: &Ask, study: &Study, guide: &[GuideTheme], leads: bool) -> Markup {
    html! {
        section class="study-part" {
            (parts::h2(&ask.t("voices-commission")))
            @if !study.background.is_empty() {
                div class="prose" { @for part in study.background.split("\n\n") { p { (part) } } }
            }
            h3 class="ds-heading" data-size="2xs" { (ask.t("voices-services")) }
            (plain_list(ask, &study.services))
            h3 class="ds-heading" data-size="2xs" { (ask.t("voices-questions")) }
            (plain_list(ask, &study.questions))
            h3 class="ds-heading" data-size="2xs" { (ask.t("voices-guide")) }
            @if guide.is_empty() { p class="quiet" { (ask.t("voices-none-yet")) } }
            div class="guide" {
                @for theme in guide {
                    (parts::fold(&theme.title, false, html! {
                        ul class="ds-list" { @for question in &theme.questions { li { (question) } } }
                    }))
                }
            }
            h3 class="ds-heading" data-size="2xs" { (ask.t("voices-publisher")) }
            p { (ask.t(study.publisher.text_key())) }
            @if leads { p { (parts::quiet_link(&format!("/studies/{}/edit", study.slug), &ask.t("voices-edit"))) } }
        }
    }
}

fn plain_list(ask: &Ask, lines: &[String]) -> Markup {
    html! {
        @if lines.is_empty() { p class="quiet" { (ask.t("voices-none-yet")) } }
        @else { ul class="ds-list" { @for line in lines { li { (line) } } } }
    }
}

pub async fn move_on(ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = rows::by_slug(&ask.hub.store().read(), &slug)
        .await?
        .ok_or(Failure::NotFound)?;
    let mut form = data.form();
    let to: StudyState = form
        .value("to")
        .parse()
        .map_err(|()| Failure::conflict("VO0002", "voices-not-next"))?;
    let field = if to < study.state {
        "back-reason"
    } else {
        "reason"
    };
    let reason = form.optional(field, 2_000);
    if !form.is_fine() {
        return sheet(&ask, &visitor, study, None, &form).await;
    }
    let (hub, who, what) = (ask.hub.clone(), visitor.clone(), study.clone());
    let moved: Result<(), Failure> = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let facts = acts::facts(&hub, tx, what.id).await?;
                acts::set_state(tx, &who, &what, to, &reason, &facts).await
            })
        })
        .await;
    match moved {
        Ok(()) => {
            ask.hub.tell(study.id.uuid());
            Ok(saved(&format!("/studies/{}", study.slug)))
        }
        Err(Failure::Refused {
            code: "VO0001",
            text,
            ..
        }) => {
            form.wrong(field, text);
            sheet(&ask, &visitor, study, None, &form).await
        }
        Err(other) => Err(other),
    }
}
