//! How codes, blocks and marks look. `islands/coding.ts` builds the same for blocks that it loads.

use std::collections::HashMap;

use base::Id;
use maud::{Markup, html};
use ui::Words;

use crate::codebook::{Code, class};
use crate::coding::window::{Mark, MarkedBlock};
use crate::segments::{cut, segments};

/// Codes by their ids.
pub type ById<'a> = HashMap<Id<Code>, &'a Code>;

/// Codes by their ids.
pub fn by_id(codes: &[Code]) -> ById<'_> {
    codes.iter().map(|code| (code.id, code)).collect()
}

/// A code's name with its sign on its colour.
pub fn code_tag(code: &Code) -> Markup {
    html! {
        span class={ "code-tag " (code.class()) } {
            @if !code.sign.is_empty() { span class="code-sign" aria-hidden="true" { (code.sign) } }
            span class="code-name" { (code.name) }
        }
    }
}

/// Marks shown beside a block before the rest folds away.
const MARGIN: usize = 4;

/// A block in the workspace.
pub fn block(words: &Words, codes: &ById<'_>, block: &MarkedBlock, mark_href: &str) -> Markup {
    let side = block.side.unwrap_or("none");
    html! {
        li class={ "block block-" (block.kind) " side-" (side) } id={ "b-" (block.place) }
            data-block=(block.id) data-place=(block.place) {
            div class="block-head" {
                span class="block-number" { (block.place) }
                @if let Some(speaker) = &block.speaker { span class="block-speaker" { (speaker) } }
                a class="ds-link block-mark" href=(mark_href)
                    aria-label=(words.tv("analysis-mark-block", &[("n", block.place.into())])) { (words.t("analysis-mark")) }
            }
            div class="block-words" dir="auto" { (inline(block, codes)) }
            (margin(words, codes, &block.marks))
        }
    }
}

/// The text of a block with its marks.
pub fn inline(block: &MarkedBlock, codes: &ById<'_>) -> Markup {
    let spans: Vec<(usize, usize)> = block
        .marks
        .iter()
        .map(|mark| (mark.from, mark.to))
        .collect();
    html! {
        @for piece in segments(block.text.chars().count(), &spans) {
            @let text = cut(&block.text, piece.from, piece.to);
            @let marks = piece.passages.iter().filter_map(|n| block.marks.get(*n)).collect::<Vec<_>>();
            @if marks.is_empty() { (text) } @else {
                span class=(segment_class(&marks, codes)) data-passages=(ids(&marks)) { (text) }
            }
        }
    }
}

fn ids(marks: &[&Mark]) -> String {
    marks
        .iter()
        .map(|mark| mark.passage.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

fn segment_class(marks: &[&Mark], codes: &ById<'_>) -> String {
    let mut colours = marks
        .iter()
        .flat_map(|mark| &mark.codes)
        .filter(|code| codes.contains_key(&code.code))
        .map(|code| class(code.code));
    let mut all = format!("seg depth-{}", marks.len().min(4));
    match (colours.next(), colours.next()) {
        (None, _) => all.push_str(" seg-note"),
        (Some(first), None) => {
            all.push(' ');
            all.push_str(&first);
        }
        (Some(first), Some(second)) => {
            all.push_str(&format!(" two {first} {}", second.replacen("c-", "k-", 1)));
        }
    }
    all
}

/// The names beside a block: one line for each mark, however many lie over one another.
pub fn margin(words: &Words, codes: &ById<'_>, marks: &[Mark]) -> Markup {
    let (first, rest) = marks.split_at(marks.len().min(MARGIN));
    html! {
        div class="margin" {
            @if !first.is_empty() { ul class="margin-marks" { @for mark in first { (margin_mark(words, codes, mark)) } } }
            @if !rest.is_empty() {
                details class="margin-more" {
                    summary { (words.tv("analysis-more-marks", &[("n", rest.len().into())])) }
                    ul class="margin-marks" { @for mark in rest { (margin_mark(words, codes, mark)) } }
                }
            }
        }
    }
}

fn margin_mark(words: &Words, codes: &ById<'_>, mark: &Mark) -> Markup {
    html! {
        li class={ "margin-mark" @if !mark.begins { " goes-on" } } data-passage=(mark.passage) {
            a href={ "/passages/" (mark.passage) } {
                @if !mark.begins { span class="from-before" { (words.t("analysis-from-before")) } }
                @for given in &mark.codes {
                    @if let Some(code) = codes.get(&given.code) { (code_tag(code)) }
                }
                @if mark.notes > 0 { span class="has-note" { (words.tv("analysis-notes-n", &[("n", mark.notes.into())])) } }
                @if let Some(number) = mark.quote {
                    span class="has-quote" { (words.tv("analysis-quote-n", &[("n", number.into())])) }
                }
                @if mark.empty { span class="is-empty" { (words.t("analysis-words-gone")) } }
            }
        }
    }
}

/// The code tree beside the text.
pub fn tree(words: &Words, codes: &[Code], counts: &HashMap<Id<Code>, i64>) -> Markup {
    html! {
        ul class="code-tree" {
            @for code in codes {
                @let n = counts.get(&code.id).copied().unwrap_or(0);
                li class={ "code-row level-" (code.depth.min(5)) @if !code.codable { " heading" } }
                    data-code=(code.id) data-name=(code.name) data-sign=(code.sign) data-colour=(code.colour)
                    data-codable=(code.codable) title=(code.description) {
                    a href={ "/codes/" (code.id) } { (code_tag(code)) }
                    @if code.codable {
                        span class="code-count" data-count=(code.id) aria-label=(words.tv("analysis-marks-n", &[("n", n.into())])) { (n) }
                    }
                }
            }
        }
    }
}
