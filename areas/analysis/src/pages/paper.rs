//! Coding with a pen: a source to print, and the page where the marks are typed in afterwards.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use base::Id;
use frame::{Ask, Failure, FormData, Reply, redirect, show};
use maud::{Markup, html};
use people::Visitor;
use ui::form::{Form, Input};
use ui::parts;
use ui::{Crumb, Words};
use voices::{Block, Source, Study};

use super::workspace::crumb;
use super::{again, crumbs, open_source, place_href, show as look, style_href};
use crate::anchor::Anchor;
use crate::codebook::Code;
use crate::coding::several::mark_all;
use crate::coding::{MARKS_AT_ONCE, NewMark};
use crate::paper::{self, Asked, Line, TEXT_MAX, Wrong};
use crate::segments::{cut, sentences};

/// Blocks in one printout.
const PART: i64 = 300;
/// Code points of a mark's words that the preview shows, at its beginning and at its end.
const SHOWN: (usize, usize) = (160, 60);

/// The field that may have to be mended, with its label.
const LABELS: [(&str, &str); 1] = [("lines", "analysis-paper-lines")];

fn paper_href(source: &Source) -> String {
    format!("/sources/{}/paper", source.id)
}

/// `GET /sources/{id}/paper`: the text with numbers and a wide margin, and the codes on a sheet.
pub async fn sheets(
    ask: Ask,
    Path(id): Path<Id<Source>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Reply {
    let (_, study, source) = open_source(&ask, id).await?;
    let db = ask.hub.store().read();
    let total = voices::last_place(&db, source.id).await?;
    let from = asked
        .get("from")
        .and_then(|from| from.parse::<i64>().ok())
        .unwrap_or(1)
        .clamp(1, total.max(1));
    let blocks = voices::blocks(&db, source.id, from, PART).await?;
    let codes = crate::codes(&db, study.id).await?;
    let last = blocks.last().map_or(from, |block| block.place);
    let part = |from: i64, key: &str| {
        html! {
            a class="ds-button" data-variant="secondary" data-size="sm" href={ (paper_href(&source)) "?from=" (from) } { (ask.t(key)) }
        }
    };
    let body = html! {
        div class="screen-only" {
            (voices::study_nav(&ask, &study, "coding"))
            (parts::h1(&ask.t("analysis-paper")))
            p { (ask.t("analysis-paper-what")) }
            ol class="paper-steps" {
                li { (ask.t("analysis-paper-step-print")) }
                li { (ask.t("analysis-paper-step-pen")) }
                li { a class="ds-link" href={ (paper_href(&source)) "/marks" } { (ask.t("analysis-paper-step-type")) } }
            }
            (parts::alert(parts::Tone::Warning, html! { p { (ask.t("analysis-paper-careful")) } }))
            div class="paper-tools" {
                button class="ds-button" type="button" data-print hidden { (ask.t("analysis-paper-print")) }
                @if from > 1 { (part((from - PART).max(1), "analysis-earlier")) }
                @if last < total { (part(last + 1, "analysis-later")) }
            }
        }
        article class="paper" aria-label=(source.name) {
            (paper_head(&ask, &study, &source, (from, last, total)))
            ol class="paper-blocks" { @for block in &blocks { (paper_block(block)) } }
            (code_sheet(&ask, &codes))
        }
    };
    let way = crumbs(&ask, &study, vec![crumb(&ask, &study, &source, from)]);
    Ok(show(
        &ask.page(
            format!("{}: {}", ask.t("analysis-paper"), source.name),
            body,
        )
        .crumbs(way)
        .style(style_href(&study))
        .island("print"),
    ))
}

fn paper_head(
    ask: &Ask,
    study: &Study,
    source: &Source,
    (from, last, total): (i64, i64, i64),
) -> Markup {
    html! {
        header class="paper-head" {
            h2 class="ds-heading" data-size="sm" { (source.name) }
            p { (study.title) " · "
                (ask.words.tv("analysis-paper-version", &[("n", source.revision.into())]))
                @if from > 1 || last < total {
                    " · " (ask.words.tv("analysis-paper-part", &[("from", from.into()), ("to", last.into()), ("n", total.into())]))
                }
            }
            p class="paper-who" {
                span { (ask.t("analysis-paper-reader")) } span class="paper-line" {}
                span { (ask.t("analysis-paper-date")) } span class="paper-line short" {}
            }
            p class="paper-safe" { (ask.t("analysis-paper-safe")) }
        }
    }
}

fn paper_block(block: &Block) -> Markup {
    let all = sentences(&block.body);
    html! {
        li class={ "paper-block block-" (block.kind.word()) } {
            span class="paper-number" { (block.place) }
            div class="paper-words" dir="auto" {
                @if let Some(speaker) = &block.speaker_label { strong class="paper-speaker" { (speaker) } " " }
                @if all.len() < 2 { (block.body) } @else {
                    @for (n, (from, _)) in all.iter().enumerate() {
                        // To where the next begins, so that white space stays as it is.
                        @let next = all.get(n + 1).map_or(usize::MAX, |(from, _)| *from);
                        sup class="sentence-number" { (n + 1) } (cut(&block.body, *from, next))
                    }
                }
            }
            div class="paper-margin" {}
        }
    }
}

/// The codes on a sheet, with how to write them in the margin.
fn code_sheet(ask: &Ask, codes: &[Code]) -> Markup {
    html! {
        section class="paper-codes" {
            h2 class="ds-heading" data-size="sm" { (ask.t("analysis-codes")) }
            p { (ask.t("analysis-paper-how-to-write")) }
            // Before the codes: after them it would begin at the foot of a sheet.
            (how_to_type(ask))
            ul class="code-sheet" {
                @for code in codes {
                    li class={ "level-" (code.depth.min(5)) @if !code.codable { " heading" } } {
                        (look::code_tag(code))
                        @if !code.description.is_empty() { p { (code.description) } }
                    }
                }
            }
        }
    }
}

/// How a line is written, with an example of each kind.
fn how_to_type(ask: &Ask) -> Markup {
    let code = ask.t("analysis-paper-example-code");
    let lines = [
        (format!("12 {code}"), "analysis-paper-example-block"),
        (format!("12.2 {code}"), "analysis-paper-example-sentence"),
        (format!("12.2-14 {code}"), "analysis-paper-example-range"),
        (format!("12.2-.4 {code}"), "analysis-paper-example-within"),
        (format!("12 +{code}"), "analysis-paper-example-new"),
        (
            ask.t("analysis-paper-example-note-line"),
            "analysis-paper-example-note",
        ),
    ];
    html! {
        dl class="paper-examples" {
            @for (line, what) in lines { dt { code { (line) } } dd { (ask.t(what)) } }
        }
    }
}

/// `GET /sources/{id}/paper/marks`: where the marks are typed in.
pub async fn typing(
    ask: Ask,
    Path(id): Path<Id<Source>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Reply {
    let (_, study, source) = open_source(&ask, id).await?;
    let number = |name: &str| asked.get(name).and_then(|n| n.parse::<i64>().ok());
    let saved = number("saved").zip(number("at")).map(|(n, at)| {
        parts::alert(
            parts::Tone::Success,
            html! {
                p { (ask.words.tv("analysis-paper-saved", &[("n", n.into())])) " "
                    a class="ds-link" href=(place_href(&study.slug, source.id, at.max(1))) { (ask.t("analysis-paper-see")) } }
            },
        )
    });
    Ok(show(&typing_page(
        &ask,
        &study,
        &source,
        &Form::default(),
        &html! { @if let Some(saved) = saved { (saved) } },
    )))
}

fn typing_page(ask: &Ask, study: &Study, source: &Source, form: &Form, above: &Markup) -> ui::Page {
    let title = ask.t("analysis-paper-marks");
    let body = html! {
        (voices::study_nav(ask, study, "coding"))
        (parts::h1(&title))
        p { (source.name) ". " (ask.words.tv("analysis-paper-version-now", &[("n", source.revision.into())])) }
        (form.summary(&ask.words, &LABELS))
        (above)
        form class="spaced paper-form" method="post" action={ (paper_href(source)) "/marks" } {
            (Input::area("lines", "analysis-paper-lines", 12).help("analysis-paper-lines-help").show(&ask.words, form))
            button class="ds-button" type="submit" name="do" value="preview" { (ask.t("analysis-paper-preview")) }
        }
        (parts::h2(&ask.t("analysis-paper-how")))
        (how_to_type(ask))
    };
    let way = vec![
        crumb(ask, study, source, 1),
        Crumb::new(paper_href(source), ask.t("analysis-paper")),
    ];
    ask.page(title, body)
        .crumbs(crumbs(ask, study, way))
        .style(style_href(study))
}

/// A line with where it points to.
struct Placed {
    line: Line,
    anchor: Result<Anchor, Wrong>,
}

struct Read {
    codes: Vec<Code>,
    blocks: HashMap<i64, Block>,
    placed: Vec<Placed>,
}

impl Read {
    async fn of(ask: &Ask, source: &Source, text: &str) -> Result<Self, Failure> {
        let db = ask.hub.store().read();
        let codes = crate::codes(&db, source.study).await?;
        let lines = paper::lines(text, &codes);
        let blocks: HashMap<i64, Block> = voices::blocks_in(&db, source.id, &paper::ranges(&lines))
            .await?
            .into_iter()
            .map(|block| (block.place, block))
            .collect();
        let placed = lines
            .into_iter()
            .map(|line| {
                let anchor = line
                    .asked
                    .clone()
                    .and_then(|asked| paper::place(&asked, &blocks));
                Placed { line, anchor }
            })
            .collect();
        Ok(Self {
            codes,
            blocks,
            placed,
        })
    }

    fn faults(&self) -> usize {
        self.placed.iter().filter(|one| one.anchor.is_err()).count()
    }

    /// The words of a line, the middle of long ones left out.
    fn words(&self, asked: &Asked, anchor: &Anchor) -> String {
        let mut text = String::new();
        for place in asked.from.place..=asked.to.place {
            let Some(block) = self.blocks.get(&place) else {
                continue;
            };
            let chars = usize::try_from(block.chars).unwrap_or(0);
            let (from, to) = anchor.within(block.id, chars);
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(cut(&block.body, from, to));
        }
        let count = text.chars().count();
        let (first, last) = SHOWN;
        if count <= first + last + 3 {
            return text;
        }
        format!(
            "{} … {}",
            cut(&text, 0, first),
            cut(&text, count - last, count)
        )
    }
}

/// `POST /sources/{id}/paper/marks`: shows what the lines point to, or saves what was shown.
pub async fn typed(ask: Ask, Path(id): Path<Id<Source>>, data: FormData) -> Reply {
    let (visitor, study, source) = open_source(&ask, id).await?;
    let mut form = data.form();
    let text = form.required("lines", TEXT_MAX);
    let read = Read::of(&ask, &source, &text).await?;
    if form.is_fine() && read.placed.is_empty() {
        form.wrong("lines", "analysis-paper-no-lines");
    }
    if form.is_fine() && read.placed.len() > MARKS_AT_ONCE {
        form.wrong("lines", "analysis-too-many-marks");
    }
    if read.faults() > 0 {
        form.wrong("lines", "analysis-paper-faults");
    }
    let seen: Option<i64> = form.value("revision").parse().ok();
    let save = form.value("do") == "save" && form.is_fine();
    if save && seen == Some(source.revision) {
        return save_lines(&ask, visitor, &study, &source, &read).await;
    }
    let above = html! {
        @if save { (parts::alert(parts::Tone::Warning, html! { p { (ask.t("analysis-paper-changed")) } })) }
        @if !read.placed.is_empty() { (preview(&ask, &source, &read, &form, &text)) }
    };
    let page = typing_page(&ask, &study, &source, &form, &above);
    Ok(match form.is_fine() {
        true => show(&page),
        false => again(&page),
    })
}

fn preview(ask: &Ask, source: &Source, read: &Read, form: &Form, text: &str) -> Markup {
    let codes = look::by_id(&read.codes);
    html! {
        section class="paper-preview" {
            (parts::h2(&ask.t("analysis-paper-preview-title")))
            ol class="preview-lines" {
                @for one in &read.placed {
                    li class=[one.anchor.is_err().then_some("is-wrong")] {
                        p class="preview-typed" {
                            (ask.words.tv("analysis-paper-line", &[("n", one.line.number.into())])) ": " code { (one.line.text) }
                        }
                        @match (&one.line.asked, &one.anchor) {
                            (Ok(asked), Ok(anchor)) => {
                                blockquote class="preview-words" { (read.words(asked, anchor)) }
                                p class="quote-codes" {
                                    @for code in asked.codes.iter().filter_map(|id| codes.get(id)) { (look::code_tag(code)) " " }
                                    @for name in &asked.new_codes { span class="ds-tag" data-color="info" { (ask.words.tv("analysis-new-code-named", &[("name", name.into())])) } " " }
                                }
                                @if !asked.note.is_empty() { p class="quote-note" { strong { (ask.t("analysis-note")) ": " } (asked.note) } }
                            }
                            (Err(wrong), _) | (_, Err(wrong)) => p class="ds-validation-message" { (what_is_wrong(&ask.words, wrong)) }
                        }
                    }
                }
            }
            @if form.is_fine() {
                form method="post" action={ (paper_href(source)) "/marks" } {
                    // What is saved is what was shown: these lines, in this text.
                    input type="hidden" name="lines" value=(text);
                    input type="hidden" name="revision" value=(source.revision);
                    p { (ask.t("analysis-paper-save-what")) }
                    button class="ds-button" type="submit" name="do" value="save" {
                        (ask.words.tv("analysis-paper-save", &[("n", read.placed.len().into())]))
                    }
                }
            }
        }
    }
}

fn what_is_wrong(words: &Words, wrong: &Wrong) -> String {
    match wrong {
        Wrong::NoPlace => words.t("analysis-line-no-place"),
        Wrong::NoCode => words.t("analysis-line-no-code"),
        Wrong::UnknownCode(name, like) => {
            let told = words.tv("analysis-line-unknown-code", &[("name", name.into())]);
            match like.is_empty() {
                true => told,
                false => {
                    let like = like.join(", ");
                    let near = words.tv("analysis-line-like", &[("names", like.into())]);
                    format!("{told} {near}")
                }
            }
        }
        Wrong::TwoCodes(name) => words.tv("analysis-line-two-codes", &[("name", name.into())]),
        Wrong::Heading(name) => words.tv("analysis-line-heading", &[("name", name.into())]),
        Wrong::LongName => words.t("analysis-wrong-name"),
        Wrong::ManyCodes => words.t("analysis-too-many-codes"),
        Wrong::LongNote => words.t("analysis-note-too-long"),
        Wrong::NoBlock(place) => words.tv("analysis-line-no-block", &[("n", (*place).into())]),
        Wrong::NoSentence(place, has) => words.tv(
            "analysis-line-no-sentence",
            &[("n", (*place).into()), ("has", (*has).into())],
        ),
        Wrong::Backwards => words.t("analysis-line-backwards"),
        Wrong::TooLong => words.t("analysis-too-long"),
        Wrong::TooMany => words.t("analysis-too-many-marks"),
    }
}

async fn save_lines(
    ask: &Ask,
    visitor: Visitor,
    study: &Study,
    source: &Source,
    read: &Read,
) -> Reply {
    let mut first = i64::MAX;
    let mut marks = Vec::with_capacity(read.placed.len());
    for one in &read.placed {
        if let (Ok(asked), Ok(anchor)) = (&one.line.asked, &one.anchor) {
            first = first.min(asked.from.place);
            marks.push(NewMark {
                anchor: *anchor,
                codes: asked.codes.clone(),
                new_codes: asked.new_codes.clone(),
                note: asked.note.clone(),
            });
        }
    }
    let (count, id) = (marks.len(), source.id);
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(
                async move { mark_all(tx, &visitor, id, &marks, "analysis-did-type-in").await },
            )
        })
        .await?;
    ask.hub.tell(study.id.uuid());
    Ok(redirect(&format!(
        "{}/marks?saved={count}&at={first}",
        paper_href(source)
    )))
}
