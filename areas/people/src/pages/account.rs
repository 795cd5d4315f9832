//! The people of the hub, for the hub lead.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Account, Id, Role};
use frame::{Ask, Failure, FormData, Reply, saved, show};
use serde::Deserialize;
use ui::form::{Form, Input, submit};
use ui::parts::{Paging, Tone};
use ui::{Crumb, Markup, Words, html, parts};

use super::link::{HUB_LABELS, hub_fields, hub_of, taken};
use crate::acts::{self, NewAccount};
use crate::door::{TheHub, visitor};
use crate::links::{self, INVITATION, SIGN_IN};
use crate::rules::Act;
use crate::store::{self as rows, AccountRow, Purpose};

const PAGE: i64 = 50;

#[derive(Deserialize)]
pub(crate) struct At {
    #[serde(default)]
    page: Option<i64>,
}

pub(crate) async fn list(ask: Ask, Query(at): Query<At>) -> Reply {
    list_with(&ask, at.page.unwrap_or(1), &Form::default()).await
}

async fn list_with(ask: &Ask, page: i64, form: &Form) -> Reply {
    visitor(ask)?.read(TheHub).await?;
    let db = ask.hub.store().read();
    let total = rows::all_accounts_count(&db).await?;
    let paging = Paging {
        page,
        size: PAGE,
        total,
    };
    let accounts = rows::accounts(&db, PAGE, paging.offset()).await?;
    let words = &ask.words;
    let head = [
        "people-name",
        "people-email",
        "people-roles",
        "people-state",
    ]
    .map(|key| words.t(key));
    let table: Vec<Vec<Markup>> = accounts
        .iter()
        .map(|(account, roles)| {
            vec![
                html! { a class="ds-link" href={ "/people/" (account.id) } { (account.name) } },
                html! { (account.email.as_deref().unwrap_or("–")) },
                html! { (role_names(words, roles)) },
                html! { (state(words, account)) },
            ]
        })
        .collect();
    let body = html! {
        (parts::h1(&words.t("people-menu")))
        p { a class="ds-link" href="/people/hub" { (words.t("people-hub-edit")) } }
        (parts::table(&words.t("people-list"), &head, &table))
        (paging.show(words, |page| format!("/people?page={page}")))
        section class="stack narrow" id="invite" {
            (parts::h2(&words.t("people-invite")))
            (form.summary(words, &[("name", "people-name"), ("email", "people-email"), ("roles", "people-roles")]))
            p { (words.t("people-invite-what")) }
            form method="post" action="/people" class="stack" {
                (Input::text("name", "people-name").show(words, form))
                (Input::text("email", "people-email").kind("email", "off").help("people-invite-email").show(words, form))
                (role_boxes(words, form))
                (submit(words, "people-invite-go"))
            }
        }
    };
    Ok(show(&ask.page(words.t("people-menu"), body)))
}

fn state(words: &Words, account: &AccountRow) -> String {
    words.t(if account.closed_at.is_some() {
        "people-state-closed"
    } else if account.email.is_none() {
        "people-state-by-link"
    } else if account.has_passphrase {
        "people-state-open"
    } else {
        "people-state-invited"
    })
}

fn role_names(words: &Words, roles: &[Role]) -> String {
    roles
        .iter()
        .map(|role| words.t(role.text_key()))
        .collect::<Vec<_>>()
        .join(", ")
}

fn role_help(role: Role) -> &'static str {
    match role {
        Role::HubLead => "people-role-hub-lead-what",
        Role::ProcessManager => "people-role-process-manager-what",
        Role::PeerResearcher => "people-role-peer-researcher-what",
        Role::Volunteer => "people-role-volunteer-what",
        Role::Service => "people-role-service-what",
        Role::Participant => "people-role-participant-what",
    }
}

fn role_boxes(words: &Words, form: &Form) -> Markup {
    html! {
        fieldset class="ds-fieldset" id="roles" {
            legend class="ds-label" { (words.t("people-roles")) }
            @for role in Role::ALL {
                @let name = format!("role-{}", role.word());
                div class="ds-field" {
                    input class="ds-input" type="checkbox" id=(name) name=(name) value="on" checked[form.has(&name)]
                        aria-describedby={ (name) "-help" };
                    label class="ds-label" data-weight="regular" for=(name) { (words.t(role.text_key())) }
                    div data-field="description" id={ (name) "-help" } { (words.t(role_help(role))) }
                }
            }
            @if let Some(key) = form.what_is_wrong("roles") {
                p class="ds-validation-message" { (words.t(key)) }
            }
        }
    }
}

fn chosen_roles(form: &mut Form) -> Vec<Role> {
    let roles: Vec<Role> = Role::ALL
        .into_iter()
        .filter(|role| form.has(&format!("role-{}", role.word())))
        .collect();
    if roles.is_empty() {
        form.wrong("roles", "people-role-missing");
    }
    roles
}

pub(crate) async fn invite(ask: Ask, data: FormData) -> Reply {
    let visitor = visitor(&ask)?;
    let mut form = data.form();
    let name = form.required("name", 120);
    let typed = form.optional("email", 254);
    let email = if typed.is_empty() {
        None
    } else {
        acts::email(&typed)
    };
    if email.is_none() && !typed.is_empty() {
        form.wrong("email", "people-email-wrong");
    }
    let roles = chosen_roles(&mut form);
    if !form.is_fine() {
        let page = list_with(&ask, 1, &form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let new = NewAccount {
        name: name.clone(),
        email,
        roles,
        lang: None,
    };
    let hub = ask.hub.clone();
    let made = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                visitor.enter(tx, Act::Create, TheHub).await?;
                let account = acts::add_account(tx, &hub, &new).await.map_err(taken)?;
                let token =
                    links::make(tx, &hub, Purpose::Invitation, Some(account), INVITATION).await?;
                Ok::<_, Failure>(token)
            })
        })
        .await;
    match made {
        Ok(token) => Ok(new_link(&ask, &name, &token, INVITATION)),
        Err(Failure::Refused { code: "PE0002", .. }) => {
            form.wrong("email", "people-email-taken");
            let page = list_with(&ask, 1, &form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// Shows a link, the only time it can be seen.
fn new_link(ask: &Ask, name: &str, token: &str, lasts: i64) -> Response {
    let words = &ask.words;
    let address = ask.address(&links::path(token));
    let days = lasts / base::DAY;
    let body = html! {
        (parts::h1(&words.tv("people-link-for", &[("name", name.into())])))
        p { (words.tv("people-link-give", &[("days", days.into())])) }
        p class="link-to-give" { code { (address) } }
        @if ask.hub.config().public_url.is_none() {
            (parts::alert(Tone::Info, html! { p { (words.t("people-link-local")) } }))
        }
        p { a class="ds-link" href="/people" { (words.t("people-back")) } }
    };
    show(&ask.page(words.t("people-link-new"), body))
}

async fn account(ask: &Ask, id: Id<Account>) -> Result<(AccountRow, Vec<Role>), Failure> {
    let db = ask.hub.store().read();
    let row = rows::account(&db, id).await?.ok_or(Failure::NotFound)?;
    let (roles, _) = rows::roles_of(&db, id).await?;
    Ok((row, roles))
}

pub(crate) async fn one(ask: Ask, Path(id): Path<Id<Account>>) -> Reply {
    visitor(&ask)?.read(TheHub).await?;
    let (row, roles) = account(&ask, id).await?;
    let boxes = roles
        .iter()
        .map(|role| (format!("role-{}", role.word()), "on".to_owned()));
    Ok(one_with(&ask, &row, &Form::filled(boxes)))
}

fn one_with(ask: &Ask, row: &AccountRow, form: &Form) -> Response {
    let words = &ask.words;
    let at = format!("/people/{}", row.id);
    let body = html! {
        (parts::h1(&row.name))
        (form.summary(words, &[("roles", "people-roles")]))
        p { (row.email.as_deref().unwrap_or("–")) " · " (state(words, row)) }
        form method="post" action={ (at) "/roles" } class="stack narrow" {
            (role_boxes(words, form))
            (submit(words, "people-save"))
        }
        @if row.closed_at.is_none() {
            section class="stack" {
                (parts::h2(&words.t("people-link-new")))
                p { (words.t("people-link-new-what")) }
                (ui::form::act(words, &format!("{at}/link"), "people-link-make", &[]))
            }
        }
        section class="stack" {
            (parts::h2(&words.t("people-close")))
            p { (words.t("people-close-what")) }
            @if row.closed_at.is_none() {
                (ui::form::act(words, &format!("{at}/close"), "people-close-go", &[("closed", "yes")]))
            } @else {
                (ui::form::act(words, &format!("{at}/close"), "people-open-go", &[("closed", "no")]))
            }
        }
    };
    let crumbs = vec![Crumb::new("/people", words.t("people-menu"))];
    show(&ask.page(row.name.clone(), body).crumbs(crumbs))
}

pub(crate) async fn roles(ask: Ask, Path(id): Path<Id<Account>>, data: FormData) -> Reply {
    let visitor = visitor(&ask)?;
    let (row, before) = account(&ask, id).await?;
    let mut form = data.form();
    let roles = chosen_roles(&mut form);
    let own = visitor.actor().account == Some(id);
    if own && before.contains(&Role::HubLead) && !roles.contains(&Role::HubLead) {
        form.wrong("roles", "people-not-yourself");
    }
    if !form.is_fine() {
        return Ok((
            StatusCode::UNPROCESSABLE_ENTITY,
            one_with(&ask, &row, &form),
        )
            .into_response());
    }
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                visitor.enter(tx, Act::Change, TheHub).await?;
                rows::set_roles(tx, id, &roles).await?;
                Ok::<_, Failure>(())
            })
        })
        .await?;
    Ok(saved("/people"))
}

pub(crate) async fn link(ask: Ask, Path(id): Path<Id<Account>>) -> Reply {
    let visitor = visitor(&ask)?;
    let (row, _) = account(&ask, id).await?;
    if row.closed_at.is_some() {
        return Err(Failure::NotFound);
    }
    // Who has never chosen a passphrase is still invited.
    let (purpose, lasts) = if row.has_passphrase || row.email.is_none() {
        (Purpose::SignIn, SIGN_IN)
    } else {
        (Purpose::Invitation, INVITATION)
    };
    let hub = ask.hub.clone();
    let token = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                visitor.enter(tx, Act::Change, TheHub).await?;
                Ok::<_, Failure>(links::make(tx, &hub, purpose, Some(id), lasts).await?)
            })
        })
        .await?;
    Ok(new_link(&ask, &row.name, &token, lasts))
}

pub(crate) async fn close(ask: Ask, Path(id): Path<Id<Account>>, data: FormData) -> Reply {
    let visitor = visitor(&ask)?;
    if visitor.actor().account == Some(id) {
        return Err(Failure::conflict("PE0003", "people-not-yourself"));
    }
    account(&ask, id).await?;
    let at = (data.form().value("closed") == "yes").then(|| ask.now());
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                visitor.enter(tx, Act::Change, TheHub).await?;
                rows::set_closed(tx, id, at).await?;
                Ok::<_, Failure>(())
            })
        })
        .await?;
    Ok(saved(&format!("/people/{id}")))
}

pub(crate) async fn hub(ask: Ask) -> Reply {
    visitor(&ask)?.read(TheHub).await?;
    let row = rows::hub(&ask.hub.store().read())
        .await?
        .unwrap_or_default();
    let form = Form::filled([
        ("hub_name", row.name),
        ("hub_place", row.place),
        ("hub_contact", row.contact),
    ]);
    Ok(hub_with(&ask, &form))
}

fn hub_with(ask: &Ask, form: &Form) -> Response {
    let words = &ask.words;
    let body = html! {
        (parts::h1(&words.t("people-hub-edit")))
        (form.summary(words, &HUB_LABELS))
        form method="post" action="/people/hub" class="stack narrow" {
            (hub_fields(ask, form))
            (submit(words, "people-save"))
        }
    };
    let crumbs = vec![Crumb::new("/people", words.t("people-menu"))];
    show(&ask.page(words.t("people-hub-edit"), body).crumbs(crumbs))
}

pub(crate) async fn change_hub(ask: Ask, data: FormData) -> Reply {
    let visitor = visitor(&ask)?;
    let mut form = data.form();
    let row = hub_of(&mut form);
    if !form.is_fine() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, hub_with(&ask, &form)).into_response());
    }
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { acts::name_hub(tx, &visitor, &row).await }))
        .await?;
    Ok(saved("/people"))
}
