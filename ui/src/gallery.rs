//! Examples of the components: the gallery page shows them, tests render them, axe looks them over.
//!
//! To add one: an [`Example`] in [`examples`], and its title in the texts. The names are fragments of the gallery page's address, so no two are alike.

use maud::{Markup, html};

use crate::form::{self, Form, Input};
use crate::parts::{self, Paging, Tone};
use crate::{Crumb, Words, page};

/// A component in use.
#[derive(Clone, Copy)]
pub struct Example {
    /// Its name in the address: a–z and hyphens.
    pub name: &'static str,
    /// Key of its title.
    pub title: &'static str,
    /// The component as it stands in a page.
    pub show: fn(&Words) -> Markup,
}

impl Example {
    /// An example.
    #[must_use]
    pub const fn new(name: &'static str, title: &'static str, show: fn(&Words) -> Markup) -> Self {
        Self { name, title, show }
    }
}

/// The examples of this room.
#[must_use]
pub fn examples() -> Vec<Example> {
    vec![
        Example::new("headings", "ui-gallery-headings", headings),
        Example::new("messages", "ui-gallery-messages", messages),
        Example::new("links", "ui-gallery-links", links),
        Example::new("tags", "ui-gallery-tags", tags),
        Example::new("table", "ui-gallery-table", table),
        Example::new("fold", "ui-gallery-fold", fold),
        Example::new("progress", "ui-gallery-progress", progress),
        Example::new("paging", "ui-gallery-paging", paging),
        Example::new("crumbs", "ui-gallery-crumbs", crumbs),
        Example::new("form", "ui-gallery-form", form_as_it_comes),
        Example::new("form-refused", "ui-gallery-form-refused", form_refused),
        Example::new("buttons", "ui-gallery-buttons", buttons),
    ]
}

fn headings(words: &Words) -> Markup {
    html! { (parts::h2(&words.t("ui-sample-heading"))) p { (words.t("ui-sample-sentence")) } }
}

fn messages(words: &Words) -> Markup {
    let tones = [Tone::Info, Tone::Success, Tone::Warning, Tone::Danger];
    html! {
        div class="stack" {
            @for tone in tones { (parts::alert(tone, html! { p { (words.t("ui-sample-sentence")) } })) }
        }
    }
}

fn links(words: &Words) -> Markup {
    html! {
        p class="row" {
            (parts::button_link("#links", &words.t("ui-sample-do")))
            (parts::quiet_link("#links", &words.t("ui-sample-do-less")))
            a class="ds-link" href="#links" { (words.t("ui-sample-link")) }
        }
    }
}

fn tags(words: &Words) -> Markup {
    let colors = ["neutral", "info", "success", "warning", "danger"];
    html! { p class="row" { @for color in colors { (parts::tag(color, &words.t("ui-sample-word"))) } } }
}

fn table(words: &Words) -> Markup {
    let head = [words.t("ui-sample-name"), words.t("ui-sample-size")];
    let row = |n: i64| vec![html! { (words.t("ui-sample-word")) " " (n) }, html! { (n) }];
    parts::table(&words.t("ui-gallery-table"), &head, &[row(1), row(2)])
}

fn fold(words: &Words) -> Markup {
    let more = html! { p { (words.t("ui-sample-sentence")) } };
    html! {
        (parts::fold(&words.t("ui-sample-heading"), false, more.clone()))
        (parts::fold(&words.t("ui-sample-heading"), true, more))
    }
}

fn progress(words: &Words) -> Markup {
    parts::progress(&words.t("ui-sample-sentence"), 2, 5)
}

fn paging(words: &Words) -> Markup {
    let middle = Paging {
        page: 2,
        size: 20,
        total: 60,
    };
    middle.show(words, |n| format!("?page={n}#paging"))
}

fn crumbs(words: &Words) -> Markup {
    page::crumbs(
        &words.t("ui-gallery-crumbs"),
        &[
            Crumb::new("#crumbs", words.t("ui-sample-name")),
            Crumb::new("#crumbs", words.t("ui-sample-word")),
        ],
    )
}

/// The fields of the sample form; `at` keeps the names of two forms on one page apart.
struct Fields {
    name: &'static str,
    more: &'static str,
    choice: &'static str,
    among: &'static str,
    tick: &'static str,
}

fn form_of(words: &Words, form: &Form, fields: &Fields) -> Markup {
    let many = [("a", "ui-sample-name"), ("b", "ui-sample-size")]
        .map(|(value, key)| (value.to_owned(), words.t(key)));
    let labels = [
        (fields.name, "ui-sample-name"),
        (fields.more, "ui-sample-more"),
        (fields.choice, "ui-sample-choice"),
        (fields.among, "ui-sample-among"),
        (fields.tick, "ui-sample-tick"),
    ];
    html! {
        (form.summary(words, &labels))
        form method="post" action="/gallery" class="stack" {
            (Input::text(fields.name, "ui-sample-name").help("ui-sample-sentence").show(words, form))
            (Input::area(fields.more, "ui-sample-more", 3).show(words, form))
            (form::radios(words, form, fields.choice, "ui-sample-choice", &[("a", "ui-sample-name"), ("b", "ui-sample-size")]))
            (form::select(words, form, fields.among, "ui-sample-among", &many))
            (form::checkbox(words, form, fields.tick, "ui-sample-tick"))
            (form::submit(words, "ui-sample-do"))
        }
    }
}

fn form_as_it_comes(words: &Words) -> Markup {
    let fields = Fields {
        name: "sample-name",
        more: "sample-more",
        choice: "sample-choice",
        among: "sample-among",
        tick: "sample-tick",
    };
    let form = Form::filled([
        (fields.name, words.t("ui-sample-word")),
        (fields.choice, "a".to_owned()),
    ]);
    form_of(words, &form, &fields)
}

fn form_refused(words: &Words) -> Markup {
    let fields = Fields {
        name: "refused-name",
        more: "refused-more",
        choice: "refused-choice",
        among: "refused-among",
        tick: "refused-tick",
    };
    let mut form = Form::filled([(fields.more, words.t("ui-sample-sentence"))]);
    form.required(fields.name, 80);
    form.wrong(fields.more, "ui-field-too-long");
    form.wrong(fields.choice, "ui-field-choose");
    form.wrong(fields.among, "ui-field-choose");
    form.wrong(fields.tick, "ui-field-choose");
    form_of(words, &form, &fields)
}

fn buttons(words: &Words) -> Markup {
    html! {
        form method="post" action="/gallery" { (form::submit(words, "ui-sample-do")) }
        (form::act(words, "/gallery", "ui-sample-do-less", &[("what", "1")]))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use base::Lang;

    use super::*;
    use crate::{Texts, texts};

    #[test]
    fn each_example_stands_in_all_languages_with_ids_of_its_own() {
        let all = Texts::new(&[texts()]).unwrap();
        for lang in Lang::ALL {
            let words = all.words(lang);
            let page: String = examples()
                .iter()
                .map(|example| {
                    assert!(words.has(example.title), "{}", example.title);
                    (example.show)(&words).into_string()
                })
                .collect();
            // A text that is not there shows as its key.
            assert!(
                !page.contains("ui-sample") && !page.contains("ui-gallery"),
                "{page}"
            );
            let mut ids: Vec<&str> = page
                .split(" id=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .collect();
            let of_all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), of_all, "an id stands twice");
        }
    }

    #[test]
    fn every_component_has_an_example() {
        let shown = include_str!("gallery.rs");
        let missing: BTreeSet<&str> = [include_str!("parts.rs"), include_str!("form.rs")]
            .iter()
            .flat_map(|file| file.split("\npub fn ").skip(1))
            .filter(|item| {
                item.split('{')
                    .next()
                    .is_some_and(|head| head.contains("-> Markup"))
            })
            .filter_map(|item| item.split('(').next())
            // The heading of the page is the gallery's own.
            .filter(|name| *name != "h1")
            .filter(|name| !shown.contains(&format!("::{name}(")))
            .collect();
        assert_eq!(missing, BTreeSet::new());
    }
}
