//! Smaller components: messages, tables, progress, pages of a list.

use maud::{Markup, html};

use crate::Words;

/// The tone of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Something to know.
    Info,
    /// Something went well.
    Success,
    /// Something to look out for.
    Warning,
    /// Something is wrong.
    Danger,
}

impl Tone {
    fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }
}

/// A message in the page.
#[must_use]
pub fn alert(tone: Tone, body: Markup) -> Markup {
    html! { div class="ds-alert" data-color=(tone.word()) { (body) } }
}

/// The heading of a page.
#[must_use]
pub fn h1(text: &str) -> Markup {
    html! { h1 class="ds-heading" data-size="lg" { (text) } }
}

/// The heading of a section.
#[must_use]
pub fn h2(text: &str) -> Markup {
    html! { h2 class="ds-heading" data-size="sm" { (text) } }
}

/// A link that looks like a button.
#[must_use]
pub fn button_link(href: &str, text: &str) -> Markup {
    html! { a class="ds-button" href=(href) { (text) } }
}

/// A quieter link that looks like a button.
#[must_use]
pub fn quiet_link(href: &str, text: &str) -> Markup {
    html! { a class="ds-button" data-variant="secondary" data-size="sm" href=(href) { (text) } }
}

/// A small label.
#[must_use]
pub fn tag(color: &str, text: &str) -> Markup {
    html! { span class="ds-tag" data-color=(color) { (text) } }
}

/// A table with a caption, which is read out and not seen: a heading above says it. `rows` are cells as markup; the first cell heads its row. Can be
/// scrolled sideways by keyboard where it is wide; on a telephone each row stands as a card, each cell under its heading.
#[must_use]
pub fn table(caption: &str, head: &[String], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div class="table-scroll" tabindex="0" role="region" aria-label=(caption) {
            // The roles are told, since a table that is laid out as something else loses them.
            table class="ds-table as-cards" data-border role="table" {
                caption class="visually-hidden" { (caption) }
                thead role="rowgroup" { tr role="row" { @for cell in head { th scope="col" role="columnheader" { (cell) } } } }
                tbody role="rowgroup" {
                    @for row in rows {
                        tr role="row" {
                            @for (at, cell) in row.iter().enumerate() {
                                @if at == 0 { th scope="row" role="rowheader" { (cell) } }
                                @else { td role="cell" data-label=[head.get(at)] { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Something that folds away under its heading, open or not.
#[must_use]
pub fn fold(summary: &str, open: bool, body: Markup) -> Markup {
    html! { details class="ds-details" open[open] { summary { (summary) } div { (body) } } }
}

/// How far something is, in words and as a bar.
#[must_use]
pub fn progress(label: &str, done: i64, total: i64) -> Markup {
    html! {
        div class="progress" {
            label for="progress" { (label) }
            @if total > 0 {
                progress id="progress" value=(done) max=(total) { (done) "/" (total) }
            } @else {
                progress id="progress" {}
            }
        }
    }
}

/// Part of a list that is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paging {
    /// The page, from 1.
    pub page: i64,
    /// Rows on a page.
    pub size: i64,
    /// Rows in all.
    pub total: i64,
}

impl Paging {
    /// Rows before this page.
    #[must_use]
    pub fn offset(&self) -> i64 {
        (self.page - 1).max(0).saturating_mul(self.size)
    }

    /// Pages in all, at least one.
    #[must_use]
    pub fn pages(&self) -> i64 {
        ((self.total + self.size - 1) / self.size.max(1)).max(1)
    }

    /// The links to the page before and the page after; nothing when all fits on one.
    /// `href` gives the address of a page.
    #[must_use]
    pub fn show(&self, words: &Words, href: impl Fn(i64) -> String) -> Markup {
        let pages = self.pages();
        html! {
            @if pages > 1 {
                nav class="pages" aria-label=(words.t("ui-pages")) {
                    @if self.page > 1 {
                        a class="ds-button" data-variant="secondary" data-size="sm" rel="prev" href=(href(self.page - 1)) { (words.t("ui-page-before")) }
                    }
                    span { (words.tv("ui-page-of", &[("page", self.page.into()), ("pages", pages.into())])) }
                    @if self.page < pages {
                        a class="ds-button" data-variant="secondary" data-size="sm" rel="next" href=(href(self.page + 1)) { (words.t("ui-page-after")) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_from_one_and_there_is_always_one() {
        let paging = |page, total| Paging {
            page,
            size: 20,
            total,
        };
        assert_eq!((paging(1, 0).pages(), paging(1, 0).offset()), (1, 0));
        assert_eq!((paging(2, 21).pages(), paging(2, 21).offset()), (2, 20));
        assert_eq!(paging(1, 20).pages(), 1);
    }
}
