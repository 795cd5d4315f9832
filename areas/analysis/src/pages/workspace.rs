//! The coding workspace: text in a window, names of marks beside it, the code tree.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use base::Id;
use frame::{Ask, Failure, FormData, Reply, redirect, show};
use maud::{Markup, PreEscaped, html};
use people::{Layer, StudyPart};
use ui::{Crumb, Words, parts};
use voices::{Source, Study, StudyCard};

use super::{
    crumbs, open_source, open_study, show as look, shown, stand_in_source, stand_in_study,
    style_href,
};
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

/// The workspace. What stands in it is the same for all who may see it, and lies on the shelf until
/// something is done in the study; the frame around it is everybody's own.
pub async fn page(
    ask: Ask,
    Path(slug): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
) -> Reply {
    let wanted: Option<Id<Source>> = asked.get("source").and_then(|id| id.parse().ok());
    let (source, at) = match wanted {
        Some(id) => match stand_in_source(&ask, id).await {
            Ok((source, at)) if at.study.slug == slug => (source, at),
            Ok(_) | Err(Failure::NotFound) => {
                stand_in_study(&ask, &slug).await?;
                return Err(Failure::NotFound);
            }
            Err(other) => return Err(other),
        },
        None => {
            let at = stand_in_study(&ask, &slug).await?;
            let db = ask.hub.store().read();
            let all = voices::source_list(&db, at.study.id, SOURCES, 0).await?;
            match all.into_iter().find(|one| one.has_text) {
                Some(source) => stand_in_source(&ask, source.id).await?,
                None => return Ok(show(&no_sources(&ask, &at.study))),
            }
        }
    };
    people::visitor(&ask)?
        .read(StudyPart(at.study.id.uuid(), Layer::Raw))
        .await?;
    let from = asked
        .get("at")
        .and_then(|at| at.parse::<i64>().ok())
        .unwrap_or(1)
        .max(1);
    let what = format!("coding {} {} {from}", ask.lang().tag(), source.id);
    let desk = shown(&ask, &at, what, desk(&ask, &at.study, &source, from)).await?;
    let body = html! {
        (voices::study_nav(&ask, &at.study, "coding"))
        (PreEscaped(&desk))
    };
    let page = ask
        .page(ask.t("analysis-coding"), body)
        .crumbs(crumbs(&ask, &at.study, Vec::new()))
        .wide()
        .style(style_href(&at.study))
        .island("coding");
    Ok(show(&page))
}

/// The workspace of a source from a place on, as HTML.
async fn desk(ask: &Ask, study: &StudyCard, source: &Source, from: i64) -> Result<String, Failure> {
    let db = ask.hub.store().read();
    let sources = voices::source_list(&db, study.id, SOURCES, 0).await?;
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
        words: &ask.words,
        study,
        source,
        codes: &codes,
        from,
        total,
    };
    Ok(desk.show(&sources, &blocks, &counts).into_string())
}

fn no_sources(ask: &Ask, study: &StudyCard) -> ui::Page {
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

/// What the workspace shows; nothing in it knows who asks.
struct Desk<'a> {
    words: &'a Words,
    study: &'a StudyCard,
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
        let words = self.words;
        let codes = look::by_id(self.codes);
        html! {
            coding-desk data-slug=(self.study.slug) data-source=(self.source.id) data-total=(self.total) {
                (texts(words))
                div class="desk-top" {
                    h1 class="ds-heading" data-size="sm" { (self.source.name) }
                    (self.tools(sources))
                }
                div class="desk-status" role="status" aria-live="polite" {}
                div class="desk-pending" hidden {}
                div class="desk" {
                    (self.panel(counts))
                    section class="desk-text" aria-label=(words.t("analysis-text")) {
                        @if !self.source.has_text {
                            (parts::alert(parts::Tone::Warning, html! { p { (words.t("analysis-text-missing")) } }))
                        }
                        (self.steps(blocks, "before"))
                        ol class="blocks" {
                            @for block in blocks {
                                (look::block(words, &codes, block, &self.mark_href(block)))
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
        let words = self.words;
        html! {
            div class="desk-tools" {
                form method="get" action={ "/studies/" (self.study.slug) "/coding" } class="desk-go" {
                    label class="ds-label" for="desk-source" { (words.t("analysis-source")) }
                    select class="ds-input" data-size="sm" id="desk-source" name="source" {
                        @for one in sources {
                            option value=(one.id) selected[one.id == self.source.id] { (one.name) }
                        }
                    }
                    label class="ds-label" for="desk-at" { (words.t("analysis-go-to")) }
                    input class="ds-input" data-size="sm" type="number" id="desk-at" name="at" min="1"
                        max=[(self.total > 0).then_some(self.total)] value=(self.from);
                    button class="ds-button" data-variant="secondary" data-size="sm" type="submit" { (words.t("analysis-go")) }
                }
                form method="post" action={ "/studies/" (self.study.slug) "/undo" } class="desk-undo" {
                    input type="hidden" name="back" value=(self.href(self.from));
                    button class="ds-button" data-variant="secondary" data-size="sm" type="submit" { (words.t("analysis-undo")) }
                }
                a class="ds-link" href={ "/sources/" (self.source.id) "/several?at=" (self.from) } { (words.t("analysis-several")) }
                a class="ds-link" href={ "/sources/" (self.source.id) "/paper" } { (words.t("analysis-paper")) }
                button class="ds-button desk-help-button" data-variant="tertiary" data-size="sm" type="button" hidden {
                    (words.t("analysis-help"))
                }
            }
        }
    }

    fn panel(&self, counts: &HashMap<Id<Code>, i64>) -> Markup {
        let words = self.words;
        html! {
            aside class="desk-codes" aria-label=(words.t("analysis-codes")) {
                details class="code-drawer" open {
                    summary { (words.t("analysis-codes")) }
                    @if self.codes.is_empty() {
                        p { (words.t("analysis-no-codes-yet")) " "
                            a class="ds-link" href={ "/studies/" (self.study.slug) "/codes" } { (words.t("analysis-choose-frame")) } }
                    }
                    div class="code-search" hidden {
                        label class="ds-label" for="code-search" { (words.t("analysis-search-codes")) }
                        input class="ds-input" data-size="sm" type="search" id="code-search" autocomplete="off";
                    }
                    (look::tree(words, self.codes, counts))
                }
            }
        }
    }

    fn steps(&self, blocks: &[MarkedBlock], which: &str) -> Markup {
        let words = self.words;
        let first = blocks.first().map_or(self.from, |block| block.place);
        let last = blocks.last().map_or(0, |block| block.place);
        html! {
            nav class={ "window-steps steps-" (which) } aria-label=(words.t("analysis-windows")) {
                @if which == "before" && first > 1 {
                    a class="ds-button" data-variant="secondary" data-size="sm" rel="prev" href=(self.href((first - WINDOW).max(1))) {
                        (words.t("analysis-earlier"))
                    }
                }
                @if which == "after" && last > 0 && last < self.total {
                    a class="ds-button" data-variant="secondary" data-size="sm" rel="next" href=(self.href(last + 1)) {
                        (words.t("analysis-later"))
                    }
                }
            }
        }
    }
}

/// The texts of the island; `{name}` in them is filled in there.
fn texts(words: &Words) -> Markup {
    let plain = [
        ("mark", words.t("analysis-mark")),
        ("mark-with", words.t("analysis-mark-with")),
        ("search", words.t("analysis-search-codes")),
        ("recent", words.t("analysis-recent")),
        ("note", words.t("analysis-note")),
        ("cancel", words.t("analysis-cancel")),
        ("close", words.t("analysis-close")),
        ("save", words.t("analysis-save")),
        ("delete", words.t("analysis-delete-mark")),
        ("borders", words.t("analysis-change-borders")),
        ("borders-how", words.t("analysis-change-borders-how")),
        ("add-code", words.t("analysis-add-code-to")),
        ("remove-code", words.t("analysis-remove-code")),
        ("passage", words.t("analysis-passage")),
        ("open", words.t("analysis-open-passage")),
        ("help", words.t("analysis-help")),
        ("retry", words.t("analysis-retry")),
        ("discard", words.t("analysis-discard")),
        ("offline", words.t("analysis-offline")),
        ("undone", words.t("analysis-told-undone")),
        ("removed", words.t("analysis-told-removed")),
        ("moved", words.t("analysis-told-moved")),
        ("saved", words.t("analysis-told-saved")),
        ("marking", words.t("analysis-told-marking")),
        ("cancelled", words.t("analysis-told-cancelled")),
        ("no-hit", words.t("analysis-no-hit")),
        ("from-before", words.t("analysis-from-before")),
        ("words-gone", words.t("analysis-words-gone")),
        ("handle-from", words.t("analysis-handle-from")),
        ("handle-to", words.t("analysis-handle-to")),
        ("from-earlier", words.t("analysis-border-from-earlier")),
        ("from-later", words.t("analysis-border-from-later")),
        ("to-earlier", words.t("analysis-border-to-earlier")),
        ("to-later", words.t("analysis-border-to-later")),
        ("offline-not-kept", words.t("analysis-offline-not-kept")),
        ("text-hint", words.t("analysis-text-hint")),
        ("picker-hint", words.t("analysis-picker-hint")),
        ("new-note", words.t("analysis-new-note")),
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
        words.tv(key, &args)
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
        ("↑ ↓", words.t("analysis-key-blocks")),
        ("M", words.t("analysis-key-mark")),
        ("← →", words.t("analysis-key-word")),
        ("Shift + ← →", words.t("analysis-key-extend")),
        ("Shift + ↑ ↓", words.t("analysis-key-sentence")),
        ("← →", words.t("analysis-key-handle")),
        ("Shift + ← →", words.t("analysis-key-handle-letter")),
        ("B", words.t("analysis-key-block")),
        ("Enter", words.t("analysis-key-enter")),
        ("Esc", words.t("analysis-key-escape")),
        ("E", words.t("analysis-key-edit")),
        ("Ctrl + Z", words.t("analysis-key-undo")),
        ("?", words.t("analysis-key-help")),
    ];
    html! {
        template class="desk-texts" {
            @for (name, text) in plain.iter().chain(&holed) { span data-text=(name) { (text) } }
        }
        template class="desk-keys" {
            h2 class="ds-heading" data-size="xs" { (words.t("analysis-help-title")) }
            p { (words.t("analysis-help-what")) }
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

#[cfg(test)]
mod tests;
