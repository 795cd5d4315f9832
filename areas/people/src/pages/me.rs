//! One's own page: language, passphrase, sessions.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Account, Id, Lang, Session};
use frame::{Ask, Failure, FormData, Reply, redirect, saved, show};
use store::Fault;
use ui::form::{Form, Input, radios, submit};
use ui::{Markup, dates, html, parts};

use super::link::passphrase_field;
use super::new_passphrase;
use crate::passphrase;
use crate::store::{self as rows, AccountRow, SessionRow};

async fn own(ask: &Ask) -> Result<(AccountRow, Vec<SessionRow>), Failure> {
    let account = ask.who()?.account.ok_or(Failure::SignIn)?;
    let db = ask.hub.store().read();
    let row = rows::account(&db, account).await?.ok_or(Failure::SignIn)?;
    let sessions = rows::sessions(&db, account, ask.now()).await?;
    Ok((row, sessions))
}

fn account_of(ask: &Ask) -> Result<(Id<Account>, Id<Session>), Failure> {
    let actor = ask.who()?;
    actor.account.zip(actor.session).ok_or(Failure::SignIn)
}

pub(crate) async fn page(ask: Ask) -> Reply {
    let (account, sessions) = own(&ask).await?;
    sheet(&ask, &account, &sessions, &Form::default())
}

fn sheet(ask: &Ask, account: &AccountRow, sessions: &[SessionRow], form: &Form) -> Reply {
    let words = &ask.words;
    let lang = Form::filled([("lang", account.lang.unwrap_or(ask.lang()).tag())]);
    let body = html! {
        (parts::h1(&account.name))
        (form.summary(words, &[("old", "people-old-passphrase"), ("passphrase", "people-passphrase")]))
        section class="stack narrow" {
            form method="post" action="/me/language" class="stack" {
                (radios(words, &lang, "lang", "people-my-language", &[
                    ("nb", "people-lang-nb"), ("nn", "people-lang-nn"), ("en", "people-lang-en"),
                ]))
                (submit(words, "people-save"))
            }
        }
        @if account.email.is_some() {
            section class="stack narrow" {
                (parts::h2(&words.t("people-change-passphrase")))
                form method="post" action="/me/passphrase" class="stack" {
                    @if account.has_passphrase {
                        (Input::text("old", "people-old-passphrase").kind("password", "current-password").show(words, form))
                    }
                    (passphrase_field(ask, form))
                    (submit(words, "people-save"))
                }
            }
        }
        section class="stack" {
            (parts::h2(&words.t("people-sessions")))
            p { (words.t("people-sessions-what")) }
            (session_table(ask, sessions)?)
        }
    };
    Ok(show(&ask.page(words.t("people-me"), body)))
}

fn session_table(ask: &Ask, sessions: &[SessionRow]) -> Result<Markup, Failure> {
    let words = &ask.words;
    let (_, here) = account_of(ask)?;
    let head = [
        "people-device",
        "people-since",
        "people-last-used",
        "people-end",
    ]
    .map(|key| words.t(key));
    let rows: Vec<Vec<Markup>> = sessions
        .iter()
        .map(|session| {
            vec![
                html! { (session.device) @if session.id == here { " " (parts::tag("success", &words.t("people-this-one"))) } },
                html! { (dates::moment(session.made_at, ask.lang())) },
                html! { (dates::moment(session.seen_at, ask.lang())) },
                html! {
                    form method="post" action="/me/sessions/end" class="inline" {
                        button class="ds-button" data-variant="secondary" data-size="sm" name="session" value=(session.id) { (words.t("people-end")) }
                    }
                },
            ]
        })
        .collect();
    Ok(parts::table(&words.t("people-sessions-list"), &head, &rows))
}

pub(crate) async fn language(ask: Ask, data: FormData) -> Reply {
    let (account, _) = account_of(&ask)?;
    let lang = Lang::from_tag(data.form().value("lang")).unwrap_or_default();
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { rows::set_lang(tx, account, lang).await }))
        .await
        .map_err(|fault: Fault| Failure::from(fault))?;
    Ok(saved(&format!("/me?lang={}", lang.tag())))
}

pub(crate) async fn passphrase(ask: Ask, data: FormData) -> Reply {
    let (id, here) = account_of(&ask)?;
    let (account, sessions) = own(&ask).await?;
    let mut form = data.form();
    let secret = new_passphrase(&mut form);
    let email = account.email.clone().unwrap_or_default();
    let kept = rows::by_email(&ask.hub.store().read(), &email)
        .await?
        .and_then(|(_, kept)| kept);
    if kept.is_some() && !passphrase::is_right(form.raw("old"), kept).await? {
        form.wrong("old", "people-old-wrong");
    }
    if !form.is_fine() {
        let shown: Response = sheet(&ask, &account, &sessions, &form)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    }
    let hash = passphrase::hash(&secret, ask.hub.chance()).await?;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                rows::set_passphrase(tx, id, &hash).await?;
                // Whoever knew the old one is signed out.
                rows::end_other_sessions(tx, id, here).await
            })
        })
        .await
        .map_err(|fault: Fault| Failure::from(fault))?;
    Ok(saved("/me"))
}

pub(crate) async fn end_session(ask: Ask, data: FormData) -> Reply {
    let (account, here) = account_of(&ask)?;
    let session = data
        .form()
        .value("session")
        .parse::<Id<Session>>()
        .map_err(|_| Failure::NotFound)?;
    let ended: Result<bool, Fault> = ask
        .hub
        .store()
        .write(move |tx| Box::pin(async move { rows::end_session(tx, account, session).await }))
        .await;
    match ended? {
        false => Err(Failure::NotFound),
        true if session == here => Ok(crate::session::without_cookie(redirect("/"))),
        true => Ok(saved("/me")),
    }
}
