//! Pages of studies: the list, the overview with its state, members and history.

mod commission;
mod opened;
mod overview;
pub(crate) mod practice;

use axum::extract::{Path, Query};
use base::{Id, Role};
use frame::{Ask, Door, Failure, FormData, Gate, Reply, Routes, saved, show};
use people::{Act, Granted, Layer, StudyPart, Visitor, members};
use serde::Deserialize;
use ui::form::{Form, select, submit};
use ui::parts::{self, Paging};
use ui::{Crumb, Markup, dates, html};

use super::{Command, Study, StudyCard, StudyState, acts, store as rows};

/// Studies on one page of the list.
const PAGE: i64 = 30;
/// Lines of history on one page.
const LINES: i64 = 50;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/studies", Door::SignedIn, list)
        .get("/studies/new", people::new_study_door(), commission::new)
        .post("/studies/new", people::new_study_door(), commission::create)
        .post("/studies/practice", practice_door(), practice::begin)
        .get(
            "/studies/{slug}/practice/empty",
            Door::Staff,
            practice::confirm,
        )
        .post(
            "/studies/{slug}/practice/empty",
            study_door(Act::Delete, Layer::Lead),
            practice::empty,
        )
        .get("/studies/{slug}", Door::SignedIn, overview::overview)
        .get("/studies/{slug}/edit", Door::Staff, commission::edit)
        .post("/studies/{slug}/edit", lead(), commission::save)
        .post("/studies/{slug}/state", lead(), overview::move_on)
        .post("/studies/{slug}/members", members_only(), add_member)
        .post(
            "/studies/{slug}/members/remove",
            members_only(),
            remove_member,
        )
        .get("/studies/{slug}/history", Door::Staff, history)
        .get("/studies/{slug}/opened", Door::Staff, opened::page)
}

/// The door of a route that does something in the study `{slug}`, asked before its form is read.
#[must_use]
pub fn study_door(act: Act, layer: Layer) -> Door {
    people::study_door(act, layer, |db, parts| {
        Box::pin(async move {
            match parts.get("slug") {
                Some(slug) => rows::id_of(db, slug).await,
                None => Ok(None),
            }
        })
    })
}

/// The door of a route that works with what was said in the study `{slug}`.
#[must_use]
pub fn work_door() -> Door {
    study_door(Act::Change, Layer::Raw)
}

/// The door of the route that begins a practice study.
fn practice_door() -> Door {
    Door::Inside(Gate::new(|hub, actor, _| {
        let may = Visitor::new(&hub, actor).may(Act::Create, &begin_practice());
        Box::pin(async move { may.then_some(()).ok_or(Failure::NotFound) })
    }))
}

fn begin_practice() -> crate::practice::Begin {
    crate::practice::Begin::any()
}

fn lead() -> Door {
    study_door(Act::Change, Layer::Lead)
}

fn members_only() -> Door {
    study_door(Act::Change, Layer::Members)
}

/// The study at an address, for those who work in it: the trail has the line.
///
/// # Errors
/// [`Failure::NotFound`] when it is not there or this person may not.
pub async fn open_study(
    ask: &Ask,
    visitor: &Visitor,
    slug: &str,
) -> Result<Granted<Study>, Failure> {
    let study = rows::by_slug(&ask.hub.store().read(), slug)
        .await?
        .ok_or(Failure::NotFound)?;
    visitor.read(study).await
}

/// The way to a page of a study.
#[must_use]
pub fn study_crumbs(ask: &Ask, study: &StudyCard) -> Vec<Crumb> {
    vec![
        Crumb::new("/studies", ask.t("voices-menu")),
        Crumb::new(format!("/studies/{}", study.slug), study.title.clone()),
    ]
}

/// The pages of a study. Stands first in the body of each of them, above its heading, so that it
/// never moves. `current` is the last part of the address: empty for the overview, `import`,
/// `coding`, `codes`, `themes`, `findings`, `report`, `export`. A page below one of these gives the
/// one it is below; for anything else none is marked.
#[must_use]
pub fn study_nav(ask: &Ask, study: &StudyCard, current: &str) -> Markup {
    let places = [
        ("", "voices-nav-overview"),
        ("import", "voices-nav-import"),
        ("coding", "voices-nav-coding"),
        ("codes", "voices-nav-codes"),
        ("themes", "voices-nav-themes"),
        ("findings", "voices-nav-findings"),
        ("report", "voices-nav-report"),
        ("export", "voices-nav-export"),
    ];
    html! {
        (practice::banner(ask, study))
        nav class="study-nav" aria-label=(ask.t("voices-nav")) {
            ul {
                @for (place, label) in places {
                    li {
                        a href={ "/studies/" (study.slug) @if !place.is_empty() { "/" (place) } }
                            aria-current=[(place == current).then_some("page")] { (ask.t(label)) }
                    }
                }
            }
        }
    }
}

/// May this person see that the study exists? Then its card is theirs to see.
fn sees_all(visitor: &Visitor) -> bool {
    visitor.actor().is(Role::HubLead) || visitor.actor().is_operator()
}

/// The page that was asked for.
#[derive(Deserialize)]
pub struct PageQuery {
    page: Option<i64>,
    before: Option<i64>,
}

async fn list(ask: Ask, Query(query): Query<PageQuery>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let db = ask.hub.store().read();
    let page = query.page.unwrap_or(1).clamp(1, 100_000);
    let own: Vec<base::Uuid> = visitor
        .actor()
        .memberships
        .iter()
        .filter(|one| one.kind == people::STUDY)
        .map(|one| one.id)
        .collect();
    let own = rows::cards_of(&db, &own).await?;
    let (practised, own): (Vec<StudyCard>, Vec<StudyCard>) =
        own.into_iter().partition(|card| card.practice);
    let (cards, total) = if sees_all(&visitor) {
        rows::cards(&db, PAGE, (page - 1) * PAGE).await?
    } else {
        let total = i64::try_from(own.len()).unwrap_or(i64::MAX);
        let from = usize::try_from((page - 1) * PAGE).unwrap_or(usize::MAX);
        (
            own.into_iter()
                .skip(from)
                .take(usize::try_from(PAGE).unwrap_or(30))
                .collect(),
            total,
        )
    };
    let paging = Paging {
        page,
        size: PAGE,
        total,
    };
    let may_begin = visitor.may(Act::Create, &acts::Begin::any());
    let body = html! {
        (parts::h1(&ask.t("voices-menu")))
        p class="ds-paragraph lead" { (ask.t("voices-list-what")) }
        @if may_begin { p { (parts::button_link("/studies/new", &ask.t("voices-new"))) } }
        @if cards.is_empty() {
            (parts::alert(parts::Tone::Info, html! { p { (ask.t("voices-list-empty")) } }))
        } @else {
            ul class="study-cards" { @for card in &cards { (card_of(&ask, card)) } }
        }
        (paging.show(&ask.words, |page| format!("/studies?page={page}")))
        (practice::part(&ask, &visitor, practised.first()))
    };
    Ok(show(&ask.page(ask.t("voices-menu"), body)))
}

fn card_of(ask: &Ask, card: &StudyCard) -> Markup {
    html! {
        li class="ds-card" {
            h2 class="ds-heading" data-size="xs" {
                a class="ds-link" href={ "/studies/" (card.slug) } { (card.title) }
            }
            p {
                (state_tag(ask, card.state)) " "
                span class="quiet" {
                    (ask.words.tv("voices-since", &[("day", dates::day(card.state_at, ask.lang()).into())]))
                }
            }
        }
    }
}

fn state_tag(ask: &Ask, state: StudyState) -> Markup {
    let color = if state == StudyState::Closed {
        "neutral"
    } else {
        "accent"
    };
    parts::tag(color, &ask.t(state.text_key()))
}

async fn add_member(ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = rows::by_slug(&ask.hub.store().read(), &slug)
        .await?
        .ok_or(Failure::NotFound)?;
    let mut form = data.form();
    let account = form.value("account").parse().ok();
    let role = form.value("role").parse().ok();
    let role = role.filter(|role| acts::MEMBER_ROLES.contains(role));
    if account.is_none() {
        form.wrong("account", "ui-field-choose");
    }
    if role.is_none() {
        form.wrong("role", "ui-field-choose");
    }
    let (Some(account), Some(role)) = (account, role) else {
        return overview::sheet(&ask, &visitor, study, None, &form).await;
    };
    let id = study.id;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::set_member(tx, &visitor, id, account, role).await })
        })
        .await?;
    Ok(saved(&format!("/studies/{}#members", study.slug)))
}

async fn remove_member(ask: Ask, Path(slug): Path<String>, data: FormData) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = rows::by_slug(&ask.hub.store().read(), &slug)
        .await?
        .ok_or(Failure::NotFound)?;
    let account = data
        .form()
        .value("account")
        .parse()
        .map_err(|_| Failure::NotFound)?;
    let id = study.id;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::remove_member(tx, &visitor, id, account).await })
        })
        .await?;
    Ok(saved(&format!("/studies/{}#members", study.slug)))
}

async fn history(ask: Ask, Path(slug): Path<String>, Query(query): Query<PageQuery>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let study = open_study(&ask, &visitor, &slug).await?;
    let db = ask.hub.store().read();
    let before = query.before.unwrap_or(i64::MAX);
    let commands = rows::history(&db, study.id, before, LINES).await?;
    let lines = history_lines(&ask, &commands).await?;
    let last = commands
        .last()
        .map(|command| command.seq)
        .filter(|seq| *seq > 1);
    let body = html! {
        (study_nav(&ask, &study, "history"))
        (parts::h1(&ask.t("voices-history")))
        (lines)
        @if let Some(last) = last {
            p { (parts::quiet_link(&format!("/studies/{slug}/history?before={last}"), &ask.t("voices-history-older"))) }
        }
    };
    let page = ask
        .page(ask.t("voices-history"), body)
        .crumbs(study_crumbs(&ask, &study));
    Ok(show(&page))
}

/// The lines of a history, with names.
async fn history_lines(ask: &Ask, commands: &[Command]) -> Result<Markup, Failure> {
    let mut ids: Vec<Id<base::Account>> = commands
        .iter()
        .filter_map(|command| command.actor)
        .collect();
    ids.sort();
    ids.dedup();
    let names = members::names(&ask.hub.store().read(), &ids).await?;
    let name = |command: &Command| match command.actor {
        None => ask.t("voices-operator"),
        Some(id) => names
            .iter()
            .find(|(known, _)| *known == id)
            .map_or_else(|| ask.t("voices-nobody"), |(_, name)| name.clone()),
    };
    let what = |command: &Command| {
        let key = if ask.words.has(&command.kind) {
            command.kind.as_str()
        } else {
            "voices-did-other"
        };
        ask.t(key)
    };
    Ok(html! {
        ol class="history" reversed {
            @for command in commands {
                li {
                    span class="quiet" { (dates::moment(command.at, ask.lang())) }
                    " " strong { (name(command)) } " " (what(command))
                    @if let Some(undone) = command.undoes {
                        " " (ask.words.tv("voices-undid", &[("seq", undone.into())]))
                    }
                }
            }
        }
    })
}

fn members_part(
    ask: &Ask,
    slug: &str,
    members: &[members::Member],
    possible: Option<&[(Id<base::Account>, String)]>,
    form: &Form,
) -> Markup {
    let words = &ask.words;
    let accounts: Vec<(String, String)> = possible
        .unwrap_or_default()
        .iter()
        .map(|(id, name)| (id.to_string(), name.clone()))
        .collect();
    let roles = acts::MEMBER_ROLES.map(|role| (role.word().to_owned(), ask.t(role.text_key())));
    let refused = form.what_is_wrong("account").is_some() || form.what_is_wrong("role").is_some();
    html! {
        section id="members" class="study-part" {
            (parts::h2(&ask.t("voices-members")))
            @if members.is_empty() { p { (ask.t("voices-members-none")) } }
            ul class="plain-list" {
                @for member in members {
                    li class="row" {
                        span {
                            (member.name) " " span class="quiet" { (ask.t(member.role.text_key())) ", "
                                (words.tv("voices-member-since", &[("day", dates::day(member.since, ask.lang()).into())])) }
                            @if member.leads_the_hub { " " (parts::tag("warning", &ask.t("voices-member-lead"))) }
                        }
                        @if possible.is_some() {
                            form method="post" action={ "/studies/" (slug) "/members/remove" } class="inline" {
                                input type="hidden" name="account" value=(member.account);
                                button class="ds-button" data-variant="tertiary" data-size="sm" type="submit"
                                    aria-label=(ask.words.tv("voices-member-remove-who", &[("name", (&member.name).into())])) {
                                    (ask.t("voices-member-remove"))
                                }
                            }
                        }
                    }
                }
            }
            @if possible.is_some() {
                (parts::fold(&ask.t("voices-member-add"), refused, html! {
                    form method="post" action={ "/studies/" (slug) "/members" } class="stack" {
                        p { (ask.t("voices-member-help")) }
                        p { (ask.t("voices-member-lead-help")) }
                        (select(words, form, "account", "voices-member-who", &accounts))
                        (select(words, form, "role", "voices-member-as", &roles))
                        (submit(words, "voices-member-add-button"))
                    }
                }))
            }
        }
    }
}

fn card_door(study: &Study) -> StudyPart {
    StudyPart(study.id.uuid(), Layer::Card)
}

fn members_door(study: &Study) -> StudyPart {
    StudyPart(study.id.uuid(), Layer::Members)
}

#[cfg(test)]
mod tests;
