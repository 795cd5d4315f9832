//! The front page: the one page that belongs to no area.

use base::Role;
use frame::{Area, Ask, Door, Reply, Routes, redirect, show};
use ui::{html, parts};

pub(crate) fn area() -> Area {
    let texts = ui::TextSet {
        room: "app",
        nb: include_str!("../texts/nb.ftl"),
        nn: include_str!("../texts/nn.ftl"),
        en: include_str!("../texts/en.ftl"),
    };
    Area::new("app", texts).routes(Routes::new().get("/", Door::Anyone, front))
}

async fn front(ask: Ask) -> Reply {
    let words = &ask.words;
    let Some(actor) = &ask.actor else {
        let body = html! {
            div class="hero" {
                h1 { (words.t("app-welcome")) }
                p { (words.t("app-what")) }
                p class="row" { (parts::button_link("/sign-in", &words.t("ui-sign-in"))) }
            }
        };
        return Ok(show(&ask.page(words.t("app-front"), body)));
    };
    let works = [Role::HubLead, Role::ProcessManager, Role::PeerResearcher];
    if works.iter().any(|role| actor.is(*role)) || !actor.memberships.is_empty() {
        return Ok(redirect("/studies"));
    }
    let body = html! {
        (parts::h1(&words.tv("app-hello", &[("name", (&actor.name).into())])))
        p { (words.t("app-nothing-yet")) }
        p { a class="ds-link" href="/me" { (words.t("app-to-me")) } }
    };
    Ok(show(&ask.page(words.t("app-front"), body)))
}
