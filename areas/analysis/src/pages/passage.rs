//! Marking without script: by block, sentence, words or typed quote; and one passage on a page of
//! its own.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use base::Id;
use frame::{Ask, Failure, FormData, Reply, redirect, saved, show};
use maud::{Markup, html};
use people::Visitor;
use ui::form::{Form, Input, submit};
use ui::parts;
use voices::{Block, Source, Study};

use super::workspace::{crumb, place_href};
use super::{again, crumbs, open_source, show as look, style_href};
use crate::anchor::{Anchor, Point};
use crate::codebook::{Code, NAME_MAX};
use crate::coding::acts::{self, NewMark};
use crate::coding::quotes::{CONTEXT, Quote, quotes};
use crate::coding::window::{MarkedBlock, marked};
use crate::coding::{CODES_AT_ONCE, Coding, NOTE_MAX, Note, Passage, store as rows};
use crate::segments::{cut, find, sentences, words};
use crate::store as book;

/// The form that marks in a block.
pub async fn mark_form(
    ask: Ask,
    Path(id): Path<Id<Source>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Reply {
    let (_, study, source) = open_source(&ask, id).await?;
    let block = asked
        .get("block")
        .and_then(|id| id.parse().ok())
        .ok_or(Failure::NotFound)?;
    let form = Form::filled([("which", "all")]);
    Ok(show(
        &mark_page(&ask, &study, &source, block, &form, &[]).await?,
    ))
}

async fn block_of(ask: &Ask, source: &Source, id: Id<Block>) -> Result<Block, Failure> {
    let found = voices::blocks_by_id(&ask.hub.store().read(), &[id]).await?;
    found
        .into_iter()
        .find(|block| block.source == source.id)
        .ok_or(Failure::NotFound)
}

async fn mark_page(
    ask: &Ask,
    study: &Study,
    source: &Source,
    id: Id<Block>,
    form: &Form,
    ticked: &[String],
) -> Result<ui::Page, Failure> {
    let db = ask.hub.store().read();
    let block = block_of(ask, source, id).await?;
    let place = block.place;
    let codes = crate::codes(&db, study.id).await?;
    let block = marked(&db, vec![block])
        .await?
        .pop()
        .ok_or(Failure::NotFound)?;
    let by_id = look::by_id(&codes);
    let title = ask.words.tv("analysis-mark-block", &[("n", place.into())]);
    let body = html! {
        (voices::study_nav(ask, study, "coding"))
        (parts::h1(&title))
        @if let Some(speaker) = &block.speaker { p class="block-speaker" { (speaker) } }
        blockquote class="block-words" { (look::inline(&block, &by_id)) }
        @if !block.marks.is_empty() {
            (parts::h2(&ask.t("analysis-marks-here")))
            (look::margin(&ask.words, &by_id, &block.marks))
        }
        (parts::h2(&ask.t("analysis-new-mark")))
        (form.summary(&ask.words, &LABELS))
        form class="spaced" method="post" action={ "/sources/" (source.id) "/mark" } {
            input type="hidden" name="block" value=(id);
            (which_words(ask, &block, form))
            (code_boxes(ask, &codes, ticked))
            (Input::text("new_code", "analysis-new-code").show(&ask.words, form))
            (Input::area("note", "analysis-note", 3).show(&ask.words, form))
            (submit(&ask.words, "analysis-mark"))
        }
    };
    let way = crumbs(ask, study, vec![crumb(ask, study, source, place)]);
    Ok(ask.page(title, body).crumbs(way).style(style_href(study)))
}

/// Fields that may have to be mended, with their labels.
const LABELS: [(&str, &str); 5] = [
    ("which", "analysis-which-words"),
    ("quote", "analysis-typed-quote"),
    ("code", "analysis-codes"),
    ("new_code", "analysis-new-code"),
    ("note", "analysis-note"),
];

fn which_words(ask: &Ask, block: &MarkedBlock, form: &Form) -> Markup {
    let option = |value: &str, text: String, wanted: &str| {
        html! { option value=(value) selected[form.value(wanted) == value] { (text) } }
    };
    let all = words(&block.text);
    let numbered: Vec<(String, String)> = all
        .iter()
        .enumerate()
        .map(|(n, (from, to))| {
            (
                n.to_string(),
                format!("{}. {}", n + 1, cut(&block.text, *from, *to)),
            )
        })
        .collect();
    html! {
        fieldset class="ds-fieldset" id="which" {
            legend class="ds-label" { (ask.t("analysis-which-words")) }
            (radio(ask, form, "all", "analysis-which-all"))
            (radio(ask, form, "sentence", "analysis-which-sentence"))
            label class="ds-label ds-sr-only" for="sentence" { (ask.t("analysis-which-sentence")) }
            select class="ds-input" id="sentence" name="sentence" {
                @for (n, (from, to)) in sentences(&block.text).into_iter().enumerate() {
                    (option(&n.to_string(), cut(&block.text, from, to).to_owned(), "sentence"))
                }
            }
            (radio(ask, form, "words", "analysis-which-range"))
            div class="two-fields" {
                @for (name, key) in [("first", "analysis-first-word"), ("last", "analysis-last-word")] {
                    div class="ds-field" {
                        label class="ds-label" for=(name) { (ask.t(key)) }
                        select class="ds-input" id=(name) name=(name) {
                            @for (value, text) in &numbered { (option(value, text.clone(), name)) }
                        }
                    }
                }
            }
            (radio(ask, form, "quote", "analysis-which-quote"))
            (Input::text("quote", "analysis-typed-quote").show(&ask.words, form))
        }
    }
}

fn radio(ask: &Ask, form: &Form, value: &str, key: &str) -> Markup {
    html! {
        div class="ds-field" {
            input class="ds-input" type="radio" name="which" id={ "which-" (value) } value=(value)
                checked[form.value("which") == value];
            label class="ds-label" data-weight="regular" for={ "which-" (value) } { (ask.t(key)) }
        }
    }
}

pub(super) fn code_boxes(ask: &Ask, codes: &[Code], ticked: &[String]) -> Markup {
    html! {
        fieldset class="ds-fieldset code-boxes" id="code" {
            legend class="ds-label" { (ask.t("analysis-codes")) }
            @for code in codes {
                @if code.codable {
                    @let id = code.id.to_string();
                    div class={ "ds-field level-" (code.depth.min(5)) } {
                        input class="ds-input" type="checkbox" name="code" id={ "code-" (id) } value=(id)
                            checked[ticked.contains(&id)];
                        label class="ds-label" data-weight="regular" for={ "code-" (id) } { (look::code_tag(code)) }
                    }
                } @else {
                    p class={ "code-heading level-" (code.depth.min(5)) } { (code.name) }
                }
            }
        }
    }
}

/// The anchor that a form asks for, in a block.
fn anchor_of(form: &Form, block: &Block) -> Option<Anchor> {
    let text = &block.body;
    let number = |name: &str| form.value(name).parse::<usize>().ok();
    let (from, to) = match form.value("which") {
        "sentence" => *sentences(text).get(number("sentence")?)?,
        "words" => {
            let all = words(text);
            let (first, last) = (all.get(number("first")?)?, all.get(number("last")?)?);
            (first.0, last.1)
        }
        "quote" => find(text, form.value("quote"))?,
        _ => (0, text.chars().count()),
    };
    (from < to).then_some(Anchor {
        from: Point {
            block: block.id,
            at: from,
        },
        to: Point {
            block: block.id,
            at: to,
        },
    })
}

/// Notes that the words a form asks for are not there.
fn words_missing(form: &mut Form) {
    let field = match form.value("which") {
        "quote" => "quote",
        _ => "which",
    };
    form.wrong(field, "analysis-words-not-found");
}

pub(super) fn ids<K>(texts: &[String]) -> Vec<Id<K>> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

pub(super) fn named(name: &str) -> Vec<String> {
    Some(name.to_owned())
        .filter(|name| !name.is_empty())
        .into_iter()
        .collect()
}

/// Marks as the form says.
pub async fn mark(ask: Ask, Path(id): Path<Id<Source>>, data: FormData) -> Reply {
    let (visitor, study, source) = open_source(&ask, id).await?;
    let mut form = data.form();
    let block: Id<Block> = form.value("block").parse().map_err(|_| Failure::NotFound)?;
    let found = block_of(&ask, &source, block).await?;
    let (ticked, note) = (data.many("code"), form.optional("note", NOTE_MAX));
    let new_code = form.optional("new_code", NAME_MAX);
    let anchor = anchor_of(&form, &found);
    if anchor.is_none() {
        words_missing(&mut form);
    }
    if ticked.is_empty() && new_code.is_empty() && note.is_empty() {
        form.wrong("code", "analysis-no-code");
    }
    if ticked.len() > CODES_AT_ONCE {
        form.wrong("code", "analysis-too-many-codes");
    }
    let Some(anchor) = anchor.filter(|_| form.is_fine()) else {
        return Ok(again(
            &mark_page(&ask, &study, &source, block, &form, &ticked).await?,
        ));
    };
    let new = NewMark {
        anchor,
        codes: ids(&ticked),
        new_codes: named(&new_code),
        note,
    };
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { acts::mark(tx, &visitor, id, &new).await }))
        .await?;
    Ok(saved(&place_href(&study.slug, source.id, found.place)))
}

struct Opened {
    visitor: Visitor,
    study: Study,
    source: Source,
    passage: Passage,
}

async fn open(ask: &Ask, id: Id<Passage>) -> Result<Opened, Failure> {
    let db = ask.hub.store().read();
    let passage = rows::passage_by_id(&db, id)
        .await?
        .ok_or(Failure::NotFound)?;
    let (visitor, study, source) = open_source(ask, passage.source).await?;
    Ok(Opened {
        visitor,
        study,
        source,
        passage,
    })
}

/// A form of the page of a passage, as it was sent and could not be used.
enum Sent<'a> {
    /// None: the page is only shown.
    Nothing,
    /// The codes that were ticked when the page was shown, and those that are now.
    Codes(&'a Form, &'a [String], &'a [String]),
    /// Other borders.
    Borders(&'a Form),
    /// A note, or a new one.
    Note(&'a Form, Option<Id<Note>>),
}

impl Sent<'_> {
    /// What to mend.
    fn summary(&self, ask: &Ask) -> Markup {
        match self {
            Self::Nothing => html! {},
            Self::Codes(form, ..) | Self::Borders(form) => form.summary(&ask.words, &LABELS),
            Self::Note(form, note) => {
                form.summary(&ask.words, &[(&note_field(*note), "analysis-note")])
            }
        }
    }
}

/// The id of a note's field on the page.
fn note_field(note: Option<Id<Note>>) -> String {
    note.map_or_else(|| "text".to_owned(), |note| format!("note-{note}"))
}

/// One passage: its words, codes and notes, and what can be done with it.
pub async fn page(ask: Ask, Path(id): Path<Id<Passage>>) -> Reply {
    let opened = open(&ask, id).await?;
    Ok(show(&passage_page(&ask, &opened, &Sent::Nothing).await?))
}

async fn passage_page(ask: &Ask, opened: &Opened, sent: &Sent<'_>) -> Result<ui::Page, Failure> {
    let Opened {
        study,
        source,
        passage,
        ..
    } = opened;
    let id = passage.id;
    let db = ask.hub.store().read();
    let codes = crate::codes(&db, study.id).await?;
    let codings = rows::codings_of(&db, &[id]).await?;
    let notes = book::notes(&db, "passage", &[id.uuid()]).await?;
    let quote = quotes(&db, &[*passage])
        .await?
        .pop()
        .ok_or(Failure::NotFound)?;
    let in_one = passage
        .anchor
        .filter(|anchor| anchor.from.block == anchor.to.block);
    let block = match in_one {
        Some(anchor) => marked(&db, vec![block_of(ask, source, anchor.from.block).await?])
            .await?
            .pop(),
        None => None,
    };
    let href = place_href(&study.slug, source.id, quote.place.max(1));
    let body = html! {
        (voices::study_nav(ask, study, "coding"))
        (parts::h1(&ask.t("analysis-passage")))
        (sent.summary(ask))
        (words_of(ask, &quote, &href))
        (codes_form(ask, id, &codes, &codings, sent))
        (notes_forms(ask, id, &notes, sent))
        @if let Some(block) = &block { (borders_form(ask, id, block, sent)) }
        (parts::h2(&ask.t("analysis-delete-mark")))
        p { (ask.t("analysis-delete-mark-what")) }
        (ui::form::act(&ask.words, &format!("/passages/{id}/delete"), "analysis-delete-mark", &[]))
    };
    let way = crumbs(
        ask,
        study,
        vec![crumb(ask, study, source, quote.place.max(1))],
    );
    Ok(ask
        .page(ask.t("analysis-passage"), body)
        .crumbs(way)
        .style(style_href(study)))
}

/// Are these only some of the words around a quote?
fn cut_off(around: &str) -> bool {
    around.chars().count() >= CONTEXT
}

/// A quote with some words around it, who said it, and the way to its place.
pub fn words_of(ask: &Ask, quote: &Quote, href: &str) -> Markup {
    html! {
        figure class="quote" {
            blockquote {
                @if !quote.before.is_empty() { span class="around" { @if cut_off(&quote.before) { "…" } (quote.before) } }
                @if quote.text.is_empty() { em { (ask.t(if quote.place == 0 { "analysis-text-missing" } else { "analysis-words-gone" })) } }
                @else { mark { (quote.text) } }
                @if !quote.after.is_empty() { span class="around" { (quote.after) @if cut_off(&quote.after) { "…" } } }
            }
            figcaption {
                @if let Some(speaker) = &quote.speaker { (speaker) " · " }
                a class="ds-link" href=(href) { (quote.source_name) @if quote.place > 0 { ", " (quote.place) } }
                @if let Some(number) = quote.passage.quote_number {
                    " · " (ask.words.tv("analysis-quote-n", &[("n", number.into())]))
                }
            }
        }
    }
}

fn codes_form(
    ask: &Ask,
    id: Id<Passage>,
    codes: &[Code],
    codings: &[(Coding, String)],
    sent: &Sent<'_>,
) -> Markup {
    let given: Vec<String> = codings
        .iter()
        .map(|(coding, _)| coding.code.to_string())
        .collect();
    let by_id = look::by_id(codes);
    let fresh = Form::default();
    let (form, before, ticked) = match sent {
        Sent::Codes(form, before, after) => (*form, *before, *after),
        _ => (&fresh, &*given, &*given),
    };
    let change = html! {
        form class="spaced" method="post" action={ "/passages/" (id) "/codes" } {
            @for code in before { input type="hidden" name="before" value=(code); }
            (code_boxes(ask, codes, ticked))
            (Input::text("new_code", "analysis-new-code").show(&ask.words, form))
            (submit(&ask.words, "analysis-save"))
        }
    };
    html! {
        (parts::h2(&ask.t("analysis-codes")))
        ul class="given-codes" {
            @for (coding, coder) in codings {
                @if let Some(code) = by_id.get(&coding.code) {
                    li { (look::code_tag(code)) " " (ask.words.tv("analysis-marked-by", &[("who", coder.into())])) }
                }
            }
        }
        (parts::fold(&ask.t("analysis-change-codes"), !form.is_fine(), change))
    }
}

fn notes_forms(ask: &Ask, id: Id<Passage>, notes: &[Note], sent: &Sent<'_>) -> Markup {
    let fresh = Form::default();
    let of = |note: Option<Id<Note>>| match sent {
        Sent::Note(form, of) if *of == note => *form,
        _ => &fresh,
    };
    html! {
        (parts::h2(&ask.t("analysis-notes")))
        @for note in notes {
            form method="post" action={ "/passages/" (id) "/note" } class="note-form" {
                @let field = note_field(Some(note.id));
                @let wrong = of(Some(note.id)).what_is_wrong(&field);
                @let text = if wrong.is_some() { of(Some(note.id)).raw("text") } else { &note.text };
                @let told = wrong.map(|_| format!("{field}-wrong"));
                input type="hidden" name="note" value=(note.id);
                div class="ds-field" {
                    label class="ds-label" for=(field) { (note.author_name) ", " (ui::dates::moment(note.made_at, ask.lang())) }
                    textarea class="ds-input" id=(field) name="text" rows="3"
                        aria-describedby=[told.as_deref()] aria-invalid=[wrong.map(|_| "true")] { "\n" (text) }
                    @if let (Some(key), Some(told)) = (wrong, &told) { p class="ds-validation-message" id=(told) { (ask.t(key)) } }
                }
                button class="ds-button" data-variant="secondary" data-size="sm" type="submit" { (ask.t("analysis-save")) }
                button class="ds-button" data-variant="tertiary" data-size="sm" type="submit" name="remove" value="yes" { (ask.t("analysis-delete-note")) }
            }
        }
        form method="post" action={ "/passages/" (id) "/note" } class="note-form" {
            (Input::area("text", "analysis-new-note", 3).show(&ask.words, of(None)))
            (submit(&ask.words, "analysis-save"))
        }
    }
}

fn borders_form(ask: &Ask, id: Id<Passage>, block: &MarkedBlock, sent: &Sent<'_>) -> Markup {
    let mark = block.marks.iter().find(|mark| mark.passage == id);
    let all = words(&block.text);
    let at = |wanted: Option<usize>, end: bool| {
        let wanted = wanted?;
        all.iter().position(|(from, to)| {
            if end {
                *to >= wanted
            } else {
                *to > wanted || *from >= wanted
            }
        })
    };
    let first = at(mark.map(|mark| mark.from), false)
        .unwrap_or(0)
        .to_string();
    let last = at(mark.map(|mark| mark.to), true).unwrap_or(0).to_string();
    let as_it_is = Form::filled([
        ("which", "words".to_owned()),
        ("first", first),
        ("last", last),
    ]);
    let form = match sent {
        Sent::Borders(form) => form,
        _ => &as_it_is,
    };
    let change = html! {
        form class="spaced" method="post" action={ "/passages/" (id) "/move" } {
            input type="hidden" name="block" value=(block.id);
            (which_words(ask, block, form))
            (submit(&ask.words, "analysis-save"))
        }
    };
    parts::fold(&ask.t("analysis-change-borders"), !form.is_fine(), change)
}

/// Changes the codes of a passage as the form says.
pub async fn recode(ask: Ask, Path(id): Path<Id<Passage>>, data: FormData) -> Reply {
    let opened = open(&ask, id).await?;
    let mut form = data.form();
    let (before, after) = (data.many("before"), data.many("code"));
    let only = |some: &[String], others: &[String]| {
        ids(&some
            .iter()
            .filter(|code| !others.contains(code))
            .cloned()
            .collect::<Vec<_>>())
    };
    let (add, remove) = (only(&after, &before), only(&before, &after));
    let new_codes = named(&form.optional("new_code", NAME_MAX));
    if add.len() > CODES_AT_ONCE {
        form.wrong("code", "analysis-too-many-codes");
    }
    if !form.is_fine() {
        let sent = Sent::Codes(&form, &before, &after);
        return Ok(again(&passage_page(&ask, &opened, &sent).await?));
    }
    let Opened {
        visitor,
        study,
        source,
        passage,
    } = opened;
    let place = quotes(&ask.hub.store().read(), &[passage])
        .await?
        .pop()
        .map_or(1, |quote| quote.place.max(1));
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::recode(tx, &visitor, id, &add, &new_codes, &remove).await })
        })
        .await?;
    Ok(saved(&place_href(&study.slug, source.id, place)))
}

/// Moves the borders of a passage as the form says.
pub async fn move_borders(ask: Ask, Path(id): Path<Id<Passage>>, data: FormData) -> Reply {
    let opened = open(&ask, id).await?;
    let mut form = data.form();
    let block: Id<Block> = form.value("block").parse().map_err(|_| Failure::NotFound)?;
    let block = block_of(&ask, &opened.source, block).await?;
    let Some(anchor) = anchor_of(&form, &block) else {
        words_missing(&mut form);
        let page = passage_page(&ask, &opened, &Sent::Borders(&form)).await?;
        return Ok(again(&page));
    };
    let visitor = opened.visitor;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::move_borders(tx, &visitor, id, anchor).await })
        })
        .await?;
    Ok(saved(&format!("/passages/{id}")))
}

/// Writes, changes or removes a note.
pub async fn annotate(ask: Ask, Path(id): Path<Id<Passage>>, data: FormData) -> Reply {
    let opened = open(&ask, id).await?;
    let mut form = data.form();
    let note: Option<Id<Note>> = form.value("note").parse().ok();
    let text = match form.has("remove") {
        true => String::new(),
        false => form.value("text").replace("\r\n", "\n"),
    };
    if text.chars().count() > NOTE_MAX {
        form.wrong(&note_field(note), "ui-field-too-long");
        let page = passage_page(&ask, &opened, &Sent::Note(&form, note)).await?;
        return Ok(again(&page));
    }
    let gone = text.is_empty();
    let visitor = opened.visitor;
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::annotate(tx, &visitor, id, note, &text).await })
        })
        .await?;
    let to = format!("/passages/{id}");
    Ok(if gone { redirect(&to) } else { saved(&to) })
}

/// Takes a mark away.
pub async fn unmark(ask: Ask, Path(id): Path<Id<Passage>>) -> Reply {
    let Opened {
        visitor,
        study,
        source,
        passage,
    } = open(&ask, id).await?;
    let place = quotes(&ask.hub.store().read(), &[passage])
        .await?
        .pop()
        .map_or(1, |quote| quote.place.max(1));
    ask.hub
        .store()
        .write(move |tx| Box::pin(async move { acts::unmark(tx, &visitor, id).await }))
        .await?;
    Ok(redirect(&place_href(&study.slug, source.id, place)))
}
