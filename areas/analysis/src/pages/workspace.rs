//! The coding workspace: text in a window, names of marks beside it, the code tree.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use base::Id;
use frame::{Ask, FormData, Reply, redirect, show};
use maud::{Markup, html};
use ui::{Crumb, parts};
use voices::{Source, Study};

use super::{crumbs, open_source, open_study, show as look, style_href};
use crate::codebook::Code;
use crate::coding::acts;
use crate::coding::window::{MarkedBlock, WINDOW, marked};
use crate::store as book;

/// Sources offered in the list of the workspace.
const SOURCES: i64 = 300;

/// The address of a place in the workspace.
pub(crate) fn place_href(slug: &str, source: Id<Source>, place: i64) -> String {
    format!("/studies/{slug}/coding?source={source}&at={place}#b-{place}")
}

/// `/sources/{id}/code` leads to the workspace with that source.
pub async fn of_source(ask: Ask, Path(id): Path<Id<Source>>) -> Reply {
    let (_, study, source) = open_source(&ask, id).await?;
    Ok(redirect(&format!(
        "/studies/{}/coding?source={}",
        study.slug, source.id
    )))
}

/// The workspace.
pub async fn page(
    ask: Ask,
    Path(slug): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
) -> Reply {
    let (_, study) = open_study(&ask, &slug).await?;
    let db = ask.hub.store().read();
    let sources = voices::source_list(&db, study.id, SOURCES, 0).await?;
    let wanted: Option<Id<Source>> = asked.get("source").and_then(|id| id.parse().ok());
    let source = match wanted {
        Some(id) => {
            let (_, of_study, source) = open_source(&ask, id).await?;
            (of_study.id == study.id)
                .then_some(source)
                .ok_or(frame::Failure::NotFound)
                .map(Some)?
        }
        None => sources.iter().find(|one| one.has_text).cloned(),
    };
    let Some(source) = source else {
        return Ok(show(&no_sources(&ask, &study)));
    };
    let from = asked
        .get("at")
        .and_then(|at| at.parse::<i64>().ok())
        .unwrap_or(1)
        .max(1);
    let total = voices::last_place(&db, source.id).await?;
    // A number past the end shows the end.
    let from = from.min(total.max(1));
    let codes = crate::codes(&db, study.id).await?;
    let counts: HashMap<_, _> = book::counts(&db, study.id, Some(source.id))
        .await?
        .into_iter()
        .collect();
    let blocks = marked(&db, voices::blocks(&db, source.id, from, WINDOW).await?).await?;
    let desk = Desk {
        ask: &ask,
        study: &study,
        source: &source,
        codes: &codes,
        from,
        total,
    };
    let body = desk.show(&sources, &blocks, &counts);
    let way = crumbs(&ask, &study, Vec::new());
    let page = ask
        .page(ask.t("analysis-coding"), body)
        .crumbs(way)
        .wide()
        .style(style_href(&study))
        .island("coding");
    Ok(show(&page))
}

fn no_sources(ask: &Ask, study: &Study) -> ui::Page {
    let body = html! {
        (voices::study_nav(ask, study, "coding"))
        (parts::h1(&ask.t("analysis-coding")))
        p { (ask.t("analysis-no-sources")) }
        p { (parts::button_link(&format!("/studies/{}/import", study.slug), &ask.t("voices-import"))) }
    };
    ask.page(ask.t("analysis-coding"), body)
        .crumbs(crumbs(ask, study, Vec::new()))
}

/// Takes the own last mark back, without script.
pub async fn undo(ask: Ask, Path(slug): Path<String>, form: FormData) -> Reply {
    let (visitor, study) = open_study(&ask, &slug).await?;
    let id = study.id;
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { acts::undo(tx, &visitor, id).await }))
        .await?;
    let form = form.form();
    let back = form.value("back");
    let ours = back.starts_with(&format!("/studies/{}/coding", study.slug));
    Ok(redirect(if ours { back } else { "/" }))
}

struct Desk<'a> {
    ask: &'a Ask,
    study: &'a Study,
    source: &'a Source,
    codes: &'a [Code],
    from: i64,
    total: i64,
}

impl Desk<'_> {
    fn href(&self, at: i64) -> String {
        format!(
            "/studies/{}/coding?source={}&at={at}",
            self.study.slug, self.source.id
        )
    }

    fn show(
        &self,
        sources: &[Source],
        blocks: &[MarkedBlock],
        counts: &HashMap<Id<Code>, i64>,
    ) -> Markup {
        let ask = self.ask;
        let codes = look::by_id(self.codes);
        html! {
            (voices::study_nav(ask, self.study, "coding"))
            coding-desk data-slug=(self.study.slug) data-source=(self.source.id) data-total=(self.total) {
                (texts(ask))
                div class="desk-top" {
                    h1 class="ds-heading" data-size="sm" { (self.source.name) }
                    (self.tools(sources))
                }
                div class="desk-status" role="status" aria-live="polite" {}
                div class="desk-pending" hidden {}
                div class="desk" {
                    (self.panel(counts))
                    section class="desk-text" aria-label=(ask.t("analysis-text")) {
                        @if !self.source.has_text {
                            (parts::alert(parts::Tone::Warning, html! { p { (ask.t("analysis-text-missing")) } }))
                        }
                        (self.steps(blocks, "before"))
                        ol class="blocks" {
                            @for block in blocks {
                                (look::block(&ask.words, &codes, block, &self.mark_href(block)))
                            }
                        }
                        (self.steps(blocks, "after"))
                    }
                }
            }
        }
    }

    fn mark_href(&self, block: &MarkedBlock) -> String {
        format!("/sources/{}/mark?block={}", self.source.id, block.id)
    }

    fn tools(&self, sources: &[Source]) -> Markup {
        let ask = self.ask;
        html! {
            div class="desk-tools" {
                form method="get" action={ "/studies/" (self.study.slug) "/coding" } class="desk-go" {
                    label class="ds-label" for="desk-source" { (ask.t("analysis-source")) }
                    select class="ds-input" data-size="sm" id="desk-source" name="source" {
                        @for one in sources {
                            option value=(one.id) selected[one.id == self.source.id] { (one.name) }
                        }
                    }
                    label class="ds-label" for="desk-at" { (ask.t("analysis-go-to")) }
                    input class="ds-input" data-size="sm" type="number" id="desk-at" name="at" min="1"
                        max=[(self.total > 0).then_some(self.total)] value=(self.from);
                    button class="ds-button" data-variant="secondary" data-size="sm" type="submit" { (ask.t("analysis-go")) }
                }
                form method="post" action={ "/studies/" (self.study.slug) "/undo" } class="desk-undo" {
                    input type="hidden" name="back" value=(self.href(self.from));
                    button class="ds-button" data-variant="secondary" data-size="sm" type="submit" { (ask.t("analysis-undo")) }
                }
                a class="ds-link" href={ "/sources/" (self.source.id) "/several?at=" (self.from) } { (ask.t("analysis-several")) }
                a class="ds-link" href={ "/sources/" (self.source.id) "/paper" } { (ask.t("analysis-paper")) }
                button class="ds-button desk-help-button" data-variant="tertiary" data-size="sm" type="button" hidden {
                    (ask.t("analysis-help"))
                }
            }
        }
    }

    fn panel(&self, counts: &HashMap<Id<Code>, i64>) -> Markup {
        let ask = self.ask;
        html! {
            aside class="desk-codes" aria-label=(ask.t("analysis-codes")) {
                details class="code-drawer" open {
                    summary { (ask.t("analysis-codes")) }
                    @if self.codes.is_empty() {
                        p { (ask.t("analysis-no-codes-yet")) " "
                            a class="ds-link" href={ "/studies/" (self.study.slug) "/codes" } { (ask.t("analysis-choose-frame")) } }
                    }
                    div class="code-search" hidden {
                        label class="ds-label" for="code-search" { (ask.t("analysis-search-codes")) }
                        input class="ds-input" data-size="sm" type="search" id="code-search" autocomplete="off";
                    }
                    (look::tree(&ask.words, self.codes, counts))
                }
            }
        }
    }

    fn steps(&self, blocks: &[MarkedBlock], which: &str) -> Markup {
        let ask = self.ask;
        let first = blocks.first().map_or(self.from, |block| block.place);
        let last = blocks.last().map_or(0, |block| block.place);
        html! {
            nav class={ "window-steps steps-" (which) } aria-label=(ask.t("analysis-windows")) {
                @if which == "before" && first > 1 {
                    a class="ds-button" data-variant="secondary" data-size="sm" rel="prev" href=(self.href((first - WINDOW).max(1))) {
                        (ask.t("analysis-earlier"))
                    }
                }
                @if which == "after" && last > 0 && last < self.total {
                    a class="ds-button" data-variant="secondary" data-size="sm" rel="next" href=(self.href(last + 1)) {
                        (ask.t("analysis-later"))
                    }
                }
            }
        }
    }
}

/// The texts of the island; `{name}` in them is filled in there.
fn texts(ask: &Ask) -> Markup {
    let plain = [
        ("mark", ask.t("analysis-mark")),
        ("mark-with", ask.t("analysis-mark-with")),
        ("search", ask.t("analysis-search-codes")),
        ("recent", ask.t("analysis-recent")),
        ("note", ask.t("analysis-note")),
        ("cancel", ask.t("analysis-cancel")),
        ("close", ask.t("analysis-close")),
        ("save", ask.t("analysis-save")),
        ("delete", ask.t("analysis-delete-mark")),
        ("borders", ask.t("analysis-change-borders")),
        ("borders-how", ask.t("analysis-change-borders-how")),
        ("add-code", ask.t("analysis-add-code-to")),
        ("remove-code", ask.t("analysis-remove-code")),
        ("passage", ask.t("analysis-passage")),
        ("open", ask.t("analysis-open-passage")),
        ("help", ask.t("analysis-help")),
        ("retry", ask.t("analysis-retry")),
        ("discard", ask.t("analysis-discard")),
        ("offline", ask.t("analysis-offline")),
        ("undone", ask.t("analysis-told-undone")),
        ("removed", ask.t("analysis-told-removed")),
        ("moved", ask.t("analysis-told-moved")),
        ("saved", ask.t("analysis-told-saved")),
        ("marking", ask.t("analysis-told-marking")),
        ("cancelled", ask.t("analysis-told-cancelled")),
        ("no-hit", ask.t("analysis-no-hit")),
        ("from-before", ask.t("analysis-from-before")),
        ("words-gone", ask.t("analysis-words-gone")),
        ("handle-from", ask.t("analysis-handle-from")),
        ("handle-to", ask.t("analysis-handle-to")),
        ("from-earlier", ask.t("analysis-border-from-earlier")),
        ("from-later", ask.t("analysis-border-from-later")),
        ("to-earlier", ask.t("analysis-border-to-earlier")),
        ("to-later", ask.t("analysis-border-to-later")),
        ("offline-not-kept", ask.t("analysis-offline-not-kept")),
        ("text-hint", ask.t("analysis-text-hint")),
        ("picker-hint", ask.t("analysis-picker-hint")),
        ("new-note", ask.t("analysis-new-note")),
    ];
    let filled = |key: &str, names: &[&str]| {
        let holders: Vec<(String, String)> = names
            .iter()
            .map(|name| ((*name).to_owned(), format!("{{{name}}}")))
            .collect();
        let args: Vec<(&str, ui::Arg)> = holders
            .iter()
            .map(|(name, holder)| (name.as_str(), holder.clone().into()))
            .collect();
        ask.words.tv(key, &args)
    };
    let holed = [
        ("new-code", filled("analysis-new-code-named", &["name"])),
        ("marked", filled("analysis-told-marked", &["codes", "n"])),
        ("selected", filled("analysis-told-selected", &["n"])),
        ("told-from", filled("analysis-told-from", &["word", "n"])),
        ("told-to", filled("analysis-told-to", &["word", "n"])),
        ("chosen", filled("analysis-told-chosen", &["name"])),
        ("unchosen", filled("analysis-told-unchosen", &["name"])),
        ("mark-block", filled("analysis-mark-block", &["n"])),
        ("more-marks", filled("analysis-more-marks", &["n"])),
        ("notes-n", filled("analysis-notes-n", &["n"])),
        ("quote-n", filled("analysis-quote-n", &["n"])),
        ("by", filled("analysis-marked-by", &["who"])),
        ("pending", filled("analysis-pending", &["n"])),
    ];
    let keys = [
        ("↑ ↓", ask.t("analysis-key-blocks")),
        ("M", ask.t("analysis-key-mark")),
        ("← →", ask.t("analysis-key-word")),
        ("Shift + ← →", ask.t("analysis-key-extend")),
        ("Shift + ↑ ↓", ask.t("analysis-key-sentence")),
        ("← →", ask.t("analysis-key-handle")),
        ("Shift + ← →", ask.t("analysis-key-handle-letter")),
        ("B", ask.t("analysis-key-block")),
        ("Enter", ask.t("analysis-key-enter")),
        ("Esc", ask.t("analysis-key-escape")),
        ("E", ask.t("analysis-key-edit")),
        ("Ctrl + Z", ask.t("analysis-key-undo")),
        ("?", ask.t("analysis-key-help")),
    ];
    html! {
        template class="desk-texts" {
            @for (name, text) in plain.iter().chain(&holed) { span data-text=(name) { (text) } }
        }
        template class="desk-keys" {
            h2 class="ds-heading" data-size="xs" { (ask.t("analysis-help-title")) }
            p { (ask.t("analysis-help-what")) }
            dl class="desk-keys-list" { @for (key, what) in &keys { dt { kbd { (key) } } dd { (what) } } }
        }
    }
}

/// The way back to the workspace.
pub fn crumb(ask: &Ask, study: &Study, source: &Source, place: i64) -> Crumb {
    Crumb::new(
        place_href(&study.slug, source.id, place),
        format!("{}: {}", ask.t("analysis-coding"), source.name),
    )
}
