//! What a one-time link opens: the first start, an invitation, a sign-in.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base::{Account, Id, Role};
use frame::{Ask, Failure, FormData, Reply, show};
use store::Fault;
use ui::form::{Form, Input, checkbox, submit};
use ui::{Markup, html, parts};

use super::{new_passphrase, sign_in};
use crate::acts::{self, NewAccount};
use crate::store::{self as rows, AccountRow, HubRow, LinkRow, Purpose};
use crate::{links, passphrase};

pub(crate) async fn page(ask: Ask, Path(token): Path<String>) -> Reply {
    let link = links::open(&ask.hub.store().read(), &token, ask.now()).await?;
    match link {
        Some(link) if link.purpose != Purpose::Demo => {
            let account = account_of(&ask, &link).await?;
            Ok(sheet(&ask, &link, account.as_ref(), &Form::default()))
        }
        _ => Ok((StatusCode::GONE, ended(&ask)).into_response()),
    }
}

fn ended(ask: &Ask) -> Response {
    let words = &ask.words;
    let body = html! {
        (parts::h1(&words.t("people-link-ended")))
        p { (words.t("people-link-ended-what")) }
        p { a class="ds-link" href="/sign-in" { (words.t("people-sign-in")) } }
    };
    show(&ask.page(words.t("people-link-ended"), body))
}

async fn account_of(ask: &Ask, link: &LinkRow) -> Result<Option<AccountRow>, Failure> {
    match link.account {
        Some(id) => Ok(rows::account(&ask.hub.store().read(), id).await?),
        None => Ok(None),
    }
}

fn sheet(ask: &Ask, link: &LinkRow, account: Option<&AccountRow>, form: &Form) -> Response {
    let words = &ask.words;
    let (title, body) = match link.purpose {
        Purpose::FirstLead => ("people-first", first(ask, form)),
        Purpose::Invitation => ("people-welcome", invitation(ask, account, form)),
        Purpose::SignIn | Purpose::Demo => (
            "people-sign-in",
            html! {
                p { (words.t("people-link-once")) }
                form method="post" class="stack narrow" { (submit(words, "people-sign-in")) }
            },
        ),
    };
    let name = account
        .map(|account| account.name.as_str())
        .unwrap_or_default();
    let heading = match link.purpose {
        Purpose::Invitation => words.tv("people-welcome-name", &[("name", name.into())]),
        _ => words.t(title),
    };
    let labels = [HUB_LABELS, OWN_LABELS].concat();
    let body = html! { (parts::h1(&heading)) (form.summary(words, &labels)) (body) };
    show(&ask.page(words.t(title), body))
}

fn first(ask: &Ask, form: &Form) -> Markup {
    let words = &ask.words;
    html! {
        p { (words.t("people-first-what")) }
        form method="post" class="stack narrow" {
            (parts::h2(&words.t("people-first-hub")))
            (hub_fields(ask, form))
            (parts::h2(&words.t("people-first-you")))
            (Input::text("name", "people-name").kind("text", "name").show(words, form))
            (Input::text("email", "people-email").kind("email", "username").show(words, form))
            (passphrase_field(ask, form))
            (checkbox(words, form, "leads_studies", "people-also-leads"))
            (submit(words, "people-first-go"))
        }
    }
}

/// The fields of the hub that may have to be mended, with their labels.
pub(super) const HUB_LABELS: [(&str, &str); 3] = [
    ("hub_name", "people-hub-name"),
    ("hub_place", "people-hub-place"),
    ("hub_contact", "people-hub-contact"),
];

/// The fields of a person that may have to be mended.
const OWN_LABELS: [(&str, &str); 3] = [
    ("name", "people-name"),
    ("email", "people-email"),
    ("passphrase", "people-passphrase"),
];

pub(super) fn hub_fields(ask: &Ask, form: &Form) -> Markup {
    let words = &ask.words;
    html! {
        (Input::text("hub_name", "people-hub-name").kind("text", "organization").show(words, form))
        (Input::text("hub_place", "people-hub-place").show(words, form))
        (Input::text("hub_contact", "people-hub-contact").help("people-hub-contact-help").show(words, form))
    }
}

pub(super) fn passphrase_field(ask: &Ask, form: &Form) -> Markup {
    Input::text("passphrase", "people-passphrase")
        .kind("password", "new-password")
        .help("people-passphrase-help")
        .show(&ask.words, form)
}

fn invitation(ask: &Ask, account: Option<&AccountRow>, form: &Form) -> Markup {
    let words = &ask.words;
    let signs_in = account.and_then(|account| account.email.as_deref());
    html! {
        p { (words.t("people-welcome-what")) }
        form method="post" class="stack narrow" {
            @if let Some(email) = signs_in {
                p { (words.tv("people-welcome-email", &[("email", email.into())])) }
                (passphrase_field(ask, form))
            }
            (submit(words, "people-welcome-go"))
        }
    }
}

pub(super) fn hub_of(form: &mut Form) -> HubRow {
    HubRow {
        name: form.required("hub_name", 120),
        place: form.optional("hub_place", 120),
        contact: form.optional("hub_contact", 200),
    }
}

pub(crate) async fn use_up(
    ask: Ask,
    headers: HeaderMap,
    Path(token): Path<String>,
    data: FormData,
) -> Reply {
    let link = links::open(&ask.hub.store().read(), &token, ask.now()).await?;
    let Some(link) = link.filter(|link| link.purpose != Purpose::Demo) else {
        return Ok((StatusCode::GONE, ended(&ask)).into_response());
    };
    let mut form = data.form();
    let account = account_of(&ask, &link).await?;
    let made = match link.purpose {
        Purpose::FirstLead => take_the_lead(&ask, &link, &mut form).await?,
        Purpose::Invitation | Purpose::SignIn | Purpose::Demo => {
            take_up(&ask, &link, account.as_ref(), &mut form).await?
        }
    };
    match made {
        Some(account) => sign_in::begin(&ask, &headers, account, "/").await,
        None => Ok((
            StatusCode::UNPROCESSABLE_ENTITY,
            sheet(&ask, &link, account.as_ref(), &form),
        )
            .into_response()),
    }
}

fn already_used() -> Failure {
    Failure::conflict("PE0001", "people-link-ended-what")
}

async fn take_the_lead(
    ask: &Ask,
    link: &LinkRow,
    form: &mut Form,
) -> Result<Option<Id<Account>>, Failure> {
    let hub_row = hub_of(form);
    let name = form.required("name", 120);
    let typed = form.required("email", 254);
    let email = acts::email(&typed);
    if email.is_none() && !typed.is_empty() {
        form.wrong("email", "people-email-wrong");
    }
    let secret = new_passphrase(form);
    let mut roles = vec![Role::HubLead];
    if form.has("leads_studies") {
        roles.push(Role::ProcessManager);
    }
    if !form.is_fine() {
        return Ok(None);
    }
    let hash = passphrase::hash(&secret, ask.hub.chance()).await?;
    let new = NewAccount {
        name,
        email,
        roles,
        lang: Some(ask.lang()),
    };
    let (hub, now, link) = (ask.hub.clone(), ask.now(), link.id);
    let account = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if !rows::use_link(tx, link, now).await? || rows::account_count(tx).await? > 0 {
                    return Err(already_used());
                }
                let account = acts::add_account(tx, &hub, &new).await?;
                rows::set_passphrase(tx, account, &hash).await?;
                rows::set_hub(tx, &hub_row, now).await?;
                hub.set_name(&hub_row.name);
                Ok(account)
            })
        })
        .await?;
    Ok(Some(account))
}

async fn take_up(
    ask: &Ask,
    link: &LinkRow,
    account: Option<&AccountRow>,
    form: &mut Form,
) -> Result<Option<Id<Account>>, Failure> {
    let account = account
        .filter(|account| account.closed_at.is_none())
        .ok_or_else(already_used)?;
    let chooses = link.purpose == Purpose::Invitation && account.email.is_some();
    let secret = if chooses {
        new_passphrase(form)
    } else {
        String::new()
    };
    if !form.is_fine() {
        return Ok(None);
    }
    let hash = if chooses {
        Some(passphrase::hash(&secret, ask.hub.chance()).await?)
    } else {
        None
    };
    let (id, link, now) = (account.id, link.id, ask.now());
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if !rows::use_link(tx, link, now).await? {
                    return Err(already_used());
                }
                if let Some(hash) = hash {
                    rows::set_passphrase(tx, id, &hash).await?;
                }
                Ok::<_, Failure>(())
            })
        })
        .await?;
    Ok(Some(id))
}

/// A unique rule that stood in the way means: the e-mail has an account already.
pub(super) fn taken(fault: Fault) -> Failure {
    match fault {
        Fault::Taken(_) => Failure::conflict("PE0002", "people-email-taken"),
        other => other.into(),
    }
}
