//! The gallery: every component that pages are made of, in use.

use frame::{Ask, Door, Reply, Routes, redirect, show};
use ui::{html, parts};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/gallery", Door::Anyone, gallery)
        .post("/gallery", Door::Anyone, back)
}

async fn gallery(ask: Ask) -> Reply {
    let words = &ask.words;
    let examples = ui::gallery::examples();
    let body = html! {
        (parts::h1(&words.t("ui-gallery")))
        p { (words.t("ui-gallery-what")) }
        ul class="ds-list" {
            @for example in &examples {
                li { a class="ds-link" href={ "#" (example.name) } { (words.t(example.title)) } }
            }
        }
        @for example in &examples {
            section id=(example.name) class="example" {
                (parts::h2(&words.t(example.title)))
                div class="stack" { ((example.show)(words)) }
            }
        }
    };
    Ok(show(&ask.page(words.t("ui-gallery"), body)))
}

/// The buttons of the examples lead nowhere else.
async fn back(_: Ask) -> Reply {
    Ok(redirect("/gallery"))
}
