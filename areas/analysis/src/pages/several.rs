//! Several at once: whole blocks and marks that somebody ticks get codes, lose codes, or go, in one
//! act.

use std::collections::{HashMap, HashSet};

use axum::extract::{Path, Query};
use base::Id;
use frame::{Ask, FormData, Reply, redirect, saved, show};
use maud::{Markup, html};
use ui::form::{Form, Input};
use ui::parts;
use voices::{Block, Source, Study};

use super::passage::{code_boxes, ids, named};
use super::workspace::crumb;
use super::{again, crumbs, open_source, place_href, show as look, style_href};
use crate::anchor::{Anchor, Point};
use crate::codebook::Code;
use crate::coding::several::{mark_all, uncode_all, unmark_all};
use crate::coding::window::{Mark, MarkedBlock, WINDOW, marked};
use crate::coding::{CODES_AT_ONCE, MARKS_AT_ONCE, NewMark, Passage, store as rows};

/// Fields that may have to be mended, with their labels.
const LABELS: [(&str, &str); 3] = [
    ("chosen", "analysis-several-choose"),
    ("code", "analysis-codes"),
    ("new_code", "analysis-new-code"),
];

/// What is ticked.
#[derive(Default)]
struct Ticked {
    blocks: Vec<String>,
    passages: Vec<String>,
    codes: Vec<String>,
}

impl Ticked {
    /// What is ticked and not on this page, as name and value of fields.
    fn elsewhere<'a>(&'a self, blocks: &[MarkedBlock]) -> Vec<(&'static str, &'a str)> {
        let here: HashSet<String> = blocks.iter().map(|block| block.id.to_string()).collect();
        let marks = blocks.iter().flat_map(|block| &block.marks);
        let marked: HashSet<String> = marks.map(|mark| mark.passage.to_string()).collect();
        let of = |name: &'static str, ticked: &'a [String], shown: HashSet<String>| {
            let others = ticked.iter().filter(move |id| !shown.contains(*id));
            others.map(move |id| (name, id.as_str()))
        };
        of("block", &self.blocks, here)
            .chain(of("passage", &self.passages, marked))
            .collect()
    }
}

/// `GET /sources/{id}/several`
pub async fn form(
    ask: Ask,
    Path(id): Path<Id<Source>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Reply {
    let (_, study, source) = open_source(&ask, id).await?;
    let at = asked.get("at").and_then(|at| at.parse().ok()).unwrap_or(1);
    let (form, ticked) = (Form::default(), Ticked::default());
    Ok(show(
        &page(&ask, (&study, &source), at, &form, &ticked).await?,
    ))
}

async fn page(
    ask: &Ask,
    (study, source): (&Study, &Source),
    at: i64,
    form: &Form,
    ticked: &Ticked,
) -> Result<ui::Page, frame::Failure> {
    let db = ask.hub.store().read();
    let total = voices::last_place(&db, source.id).await?;
    let from = at.clamp(1, total.max(1));
    let blocks = marked(&db, voices::blocks(&db, source.id, from, WINDOW).await?).await?;
    let codes = crate::codes(&db, study.id).await?;
    let by_id = look::by_id(&codes);
    let last = blocks.last().map_or(from, |block| block.place);
    let elsewhere = ticked.elsewhere(&blocks);
    // A way on that takes along what is ticked.
    let step = |at: i64, key: &str| {
        html! { button class="ds-button" data-variant="secondary" data-size="sm" type="submit" name="go" value=(at) { (ask.t(key)) } }
    };
    let title = ask.t("analysis-several");
    let body = html! {
        (voices::study_nav(ask, study, "coding"))
        (parts::h1(&title))
        p { (ask.t("analysis-several-what")) }
        (form.summary(&ask.words, &LABELS))
        form class="several" method="post" action={ "/sources/" (source.id) "/several" } {
            input type="hidden" name="at" value=(from);
            fieldset class="ds-fieldset" id="chosen" {
                legend class="ds-label" { (ask.t("analysis-several-choose")) }
                ol class="blocks" {
                    @for block in &blocks { (row(ask, &by_id, block, ticked)) }
                }
            }
            @for (name, id) in &elsewhere { input type="hidden" name=(name) value=(id); }
            section class="several-acts spaced" aria-label=(ask.t("analysis-several-do")) {
                (parts::h2(&ask.t("analysis-several-do")))
                @if !elsewhere.is_empty() {
                    p { (ask.words.tv("analysis-several-elsewhere", &[("n", elsewhere.len().into())])) }
                }
                (code_boxes(ask, &codes, &ticked.codes))
                (Input::text("new_code", "analysis-new-code").show(&ask.words, form))
                div class="several-buttons" {
                    button class="ds-button" type="submit" name="do" value="mark" { (ask.t("analysis-several-mark")) }
                    button class="ds-button" data-variant="secondary" type="submit" name="do" value="uncode" { (ask.t("analysis-several-uncode")) }
                    button class="ds-button" data-variant="secondary" data-color="danger" type="submit" name="do" value="unmark" { (ask.t("analysis-several-unmark")) }
                }
                p class="quiet" { (ask.t("analysis-several-undo")) }
            }
            // Last, since the first button of a form is the one that Enter presses.
            nav class="window-steps" aria-label=(ask.t("analysis-windows")) {
                @if from > 1 { (step((from - WINDOW).max(1), "analysis-earlier")) }
                @if last < total { (step(last + 1, "analysis-later")) }
            }
        }
    };
    let way = crumbs(ask, study, vec![crumb(ask, study, source, from)]);
    Ok(ask.page(title, body).crumbs(way).style(style_href(study)))
}

fn row(ask: &Ask, codes: &look::ById<'_>, block: &MarkedBlock, ticked: &Ticked) -> Markup {
    let id = block.id.to_string();
    html! {
        li class={ "block block-" (block.kind) " side-" (block.side.unwrap_or("none")) } id={ "b-" (block.place) } {
            div class="block-head" {
                div class="ds-field" {
                    input class="ds-input" type="checkbox" name="block" id={ "block-" (id) } value=(id) checked[ticked.blocks.contains(&id)];
                    label class="ds-label" data-weight="regular" for={ "block-" (id) } {
                        (ask.words.tv("analysis-block-n", &[("n", block.place.into())]))
                        @if let Some(speaker) = &block.speaker { " " strong { (speaker) } }
                    }
                }
            }
            div class="block-words" dir="auto" { (look::inline(block, codes)) }
            @if !block.marks.is_empty() {
                div class="margin" {
                    ul class="margin-marks" { @for mark in &block.marks { (tick(ask, codes, block, mark, ticked)) } }
                }
            }
        }
    }
}

fn tick(
    ask: &Ask,
    codes: &look::ById<'_>,
    block: &MarkedBlock,
    mark: &Mark,
    ticked: &Ticked,
) -> Markup {
    let id = mark.passage.to_string();
    // A passage over several blocks stands beside each of them.
    let field = format!("passage-{}-{id}", block.place);
    html! {
        li class="margin-mark" {
            div class="ds-field" {
                input class="ds-input" type="checkbox" name="passage" id=(field) value=(id) checked[ticked.passages.contains(&id)];
                label class="ds-label" data-weight="regular" for=(field) {
                    @if !mark.begins { span class="from-before" { (ask.t("analysis-from-before")) " " } }
                    @for code in mark.codes.iter().filter_map(|given| codes.get(&given.code)) { (look::code_tag(code)) " " }
                    @if mark.notes > 0 { span class="has-note" { (ask.words.tv("analysis-notes-n", &[("n", mark.notes.into())])) } }
                    @if mark.empty { span class="is-empty" { (ask.t("analysis-words-gone")) } }
                }
            }
        }
    }
}

/// `POST /sources/{id}/several`
pub async fn change(ask: Ask, Path(id): Path<Id<Source>>, data: FormData) -> Reply {
    let (visitor, study, source) = open_source(&ask, id).await?;
    let mut form = data.form();
    let ticked = Ticked {
        blocks: each_once(data.many("block")),
        // A passage over several blocks stands beside each of them.
        passages: each_once(data.many("passage")),
        codes: data.many("code"),
    };
    if let Ok(at) = form.value("go").parse() {
        let page = page(&ask, (&study, &source), at, &form, &ticked).await?;
        return Ok(show(&page));
    }
    let new_code = form.optional("new_code", crate::codebook::NAME_MAX);
    let deed = form.value("do").to_owned();
    let (codes, new_codes): (Vec<Id<Code>>, _) = (ids(&ticked.codes), named(&new_code));
    let passages: Vec<Id<Passage>> = ids(&ticked.passages);
    let none = match deed.as_str() {
        "mark" => ticked.blocks.is_empty() && passages.is_empty(),
        _ => passages.is_empty(),
    };
    if none {
        let key = match deed.as_str() {
            "mark" => "analysis-nothing-chosen",
            _ => "analysis-no-mark-chosen",
        };
        form.wrong("chosen", key);
    }
    if ticked.blocks.len() + passages.len() > MARKS_AT_ONCE {
        form.wrong("chosen", "analysis-too-many-marks");
    }
    if codes.len() > CODES_AT_ONCE {
        form.wrong("code", "analysis-too-many-codes");
    }
    let no_code = codes.is_empty() && (new_codes.is_empty() || deed == "uncode");
    if deed != "unmark" && no_code {
        form.wrong("code", "analysis-choose-code");
    }
    let at = form.value("at").parse().unwrap_or(1);
    if !form.is_fine() {
        return Ok(again(
            &page(&ask, (&study, &source), at, &form, &ticked).await?,
        ));
    }
    let blocks: Vec<Id<Block>> = ids(&ticked.blocks);
    let anchors = match deed.as_str() {
        "mark" => anchors(&ask, &source, &blocks, &passages).await?,
        _ => Vec::new(),
    };
    let marks: Vec<NewMark> = anchors
        .into_iter()
        .map(|anchor| NewMark {
            anchor,
            codes: codes.clone(),
            new_codes: new_codes.clone(),
            note: String::new(),
        })
        .collect();
    let gone = deed == "unmark";
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                match deed.as_str() {
                    "mark" => mark_all(tx, &visitor, id, &marks, "analysis-did-mark").await,
                    "uncode" => uncode_all(tx, &visitor, id, &passages, &codes).await,
                    _ => unmark_all(tx, &visitor, id, &passages).await,
                }
            })
        })
        .await?;
    ask.hub.tell(study.id.uuid());
    let to = place_href(&study.slug, source.id, at.max(1));
    Ok(if gone { redirect(&to) } else { saved(&to) })
}

fn each_once(mut ids: Vec<String>) -> Vec<String> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Whole blocks, and the words of passages.
async fn anchors(
    ask: &Ask,
    source: &Source,
    blocks: &[Id<Block>],
    passages: &[Id<Passage>],
) -> Result<Vec<Anchor>, frame::Failure> {
    let db = ask.hub.store().read();
    let whole = voices::blocks_by_id(&db, blocks).await?;
    let mut anchors: Vec<Anchor> = whole
        .into_iter()
        .filter(|block| block.source == source.id && block.chars > 0)
        .filter_map(|block| {
            let at = usize::try_from(block.chars).ok()?;
            let point = |at| Point {
                block: block.id,
                at,
            };
            Some(Anchor {
                from: point(0),
                to: point(at),
            })
        })
        .collect();
    anchors.extend(
        rows::passages_by_id(&db, passages)
            .await?
            .into_iter()
            .filter(|passage| passage.source == source.id)
            .filter_map(|passage| passage.anchor)
            .filter(|anchor| !anchor.is_empty()),
    );
    Ok(anchors)
}
