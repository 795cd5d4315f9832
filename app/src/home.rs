//! The front page, which belongs to no area: a welcome, or somebody's own page.

use std::sync::Arc;

use base::{Actor, Role};
use frame::{Area, Ask, Bundle, Door, Due, Errand, Reply, Routes, show};
use ui::{Markup, dates, html, parts};

use crate::gallery;

pub(crate) fn area() -> Area {
    let texts = ui::TextSet {
        room: "app",
        nb: include_str!("../texts/nb.ftl"),
        nn: include_str!("../texts/nn.ftl"),
        en: include_str!("../texts/en.ftl"),
    };
    Area::new("app", texts).routes(
        Routes::new()
            .get("/", Door::Anyone, front)
            .with(gallery::routes()),
    )
}

async fn front(ask: Ask) -> Reply {
    let words = &ask.words;
    let Some(actor) = &ask.actor else {
        let body = html! {
            div class="hero" {
                h1 { (words.t("app-welcome")) }
                p { (words.t("app-what")) }
                p class="row" {
                    (parts::button_link("/sign-in", &words.t("ui-sign-in")))
                    (parts::quiet_link("/reports", &words.t("app-reports")))
                }
            }
        };
        return Ok(show(&ask.page(words.t("app-front"), body)));
    };
    let works = [Role::HubLead, Role::ProcessManager, Role::PeerResearcher];
    if works.iter().any(|role| actor.is(*role)) || !actor.memberships.is_empty() {
        return mine(&ask, actor).await;
    }
    let body = html! {
        (parts::h1(&words.tv("app-hello", &[("name", (&actor.name).into())])))
        p { (words.t("app-nothing-yet")) }
        p { a class="ds-link" href="/me" { (words.t("app-to-me")) } }
    };
    Ok(show(&ask.page(words.t("app-front"), body)))
}

/// Somebody's own page: what waits today, this week, and whenever there is time.
async fn mine(ask: &Ask, actor: &Arc<Actor>) -> Reply {
    let (words, now) = (&ask.words, ask.now());
    let all = ask.hub.errands_of(actor).await?;
    let in_bundle = |bundle| -> Vec<&Errand> {
        all.iter()
            .filter(|one| one.due.bundle(now) == bundle)
            .collect()
    };
    let (today, week, later) = (
        in_bundle(Bundle::Today),
        in_bundle(Bundle::Week),
        in_bundle(Bundle::Later),
    );
    let body = html! {
        (parts::h1(&words.tv("app-hello", &[("name", (&actor.name).into())])))
        section class="errands" {
            (parts::h2(&words.t("app-today")))
            @if today.is_empty() { p { (words.t("app-today-none")) } } @else { (list(ask, &today)) }
        }
        @for (title, some) in [("app-week", &week), ("app-later", &later)] {
            @if !some.is_empty() { section class="errands" { (parts::h2(&words.t(title))) (list(ask, some)) } }
        }
        p class="row" {
            (parts::quiet_link("/studies", &words.t("app-to-studies")))
            a class="ds-link" href="/me" { (words.t("app-to-me")) }
            a class="ds-link" href="/gallery" { (words.t("app-to-gallery")) }
        }
    };
    Ok(show(&ask.page(words.t("app-mine"), body)))
}

fn list(ask: &Ask, errands: &[&Errand]) -> Markup {
    html! {
        ul class="errand-list" {
            @for errand in errands {
                li {
                    a class="ds-link" href=(errand.href) { (ask.words.tv(errand.text, &errand.args)) }
                    @if !errand.about.is_empty() { span class="errand-about" { (errand.about) } }
                    @if let Due::By(time) = errand.due {
                        span class="errand-about" {
                            (ask.words.tv("app-until", &[("day", dates::day(time, ask.lang()).into())]))
                        }
                    }
                }
            }
        }
    }
}
