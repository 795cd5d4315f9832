//! Putting one block right: its words, its borders, who speaks.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use base::Id;
use frame::{Ask, Failure, FormData, Reply, saved, show};
use people::{Act, Visitor};
use ui::form::Form;
use ui::parts::{self, Tone};
use ui::{Markup, html};

use super::{address, crumbs, opened};
use crate::Study;
use crate::source::acts::Corrected;
use crate::source::edit::clean;
use crate::source::{Block, Source, acts, store as rows};
use crate::study::pages::study_nav;

async fn block_of(ask: &Ask, source: &Source, id: &str) -> Result<Block, Failure> {
    let id: Id<Block> = id.parse().map_err(|_| Failure::NotFound)?;
    let found = rows::blocks_by_id(&ask.hub.store().read(), &[id]).await?;
    found
        .into_iter()
        .next()
        .filter(|block| block.source == source.id)
        .ok_or(Failure::NotFound)
}

pub async fn page(ask: Ask, Path((id, block)): Path<(String, String)>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (source, study) = opened(&ask, &visitor, &id).await?;
    let block = block_of(&ask, &source, &block).await?;
    if !visitor.may(Act::Change, &*source) {
        return Err(Failure::NotFound);
    }
    shown(&ask, &source, &study, &block, None).await
}

/// Why the form is shown again, with what was typed.
struct Again {
    key: &'static str,
    typed: Corrected,
    stale: bool,
}

async fn shown(
    ask: &Ask,
    source: &Source,
    study: &Study,
    block: &Block,
    again: Option<Again>,
) -> Reply {
    let speakers = rows::speakers(&ask.hub.store().read(), source.id).await?;
    let title = ask
        .words
        .tv("voices-correct-number", &[("n", block.place.into())]);
    let digest = acts::block_digest(block);
    let typed = again
        .as_ref()
        .map_or(block.body.as_str(), |again| again.typed.text.as_str());
    let fixed = ask
        .hub
        .fixed_with(&ask.hub.store().read(), block.id.uuid())
        .await?;
    let base = format!("/sources/{}/blocks/{}", source.id, block.id);
    let wrong = again.as_ref().map(|_| "true");
    let body = html! {
        (study_nav(ask, study, "source"))
        (parts::h1(&title))
        @if let Some(again) = &again {
            (parts::alert(Tone::Warning, html! {
                p id="why" { (ask.t(again.key)) }
                @if again.stale {
                    p { strong { (ask.t("voices-stale-now")) } }
                    blockquote class="body" { (block.body) }
                }
            }))
        }
        form method="post" action={ (base) "/edit" } class="stack form-narrow" {
            (hidden(&digest))
            div class="ds-field" {
                label class="ds-label" for="text" { (ask.t("voices-words")) }
                div data-field="description" id="text-help" { (ask.t("voices-words-help")) }
                textarea class="ds-input reading" id="text" name="text" rows="10" aria-describedby="text-help why"
                    aria-invalid=[wrong] { "\n" (typed) }
            }
            @if fixed > 0 { (may_stand(ask, fixed, again.as_ref().is_some_and(|again| again.typed.may_stand))) }
            div class="row" {
                button class="ds-button" type="submit" { (ask.t("voices-save")) }
                a class="ds-button" data-variant="secondary" href=(address(source, block.place)) { (ask.t("voices-no-change")) }
            }
        }
        (speaker_form(ask, block, &base, &digest, speakers.iter().map(|speaker| speaker.label.as_str())))
        (split_form(ask, block, &base, &digest))
        @if block.place > 1 {
            section class="study-part" {
                (parts::h2(&ask.t("voices-join")))
                p { (ask.t("voices-join-help")) }
                form method="post" action={ (base) "/join" } {
                    (hidden(&digest))
                    button class="ds-button" data-variant="secondary" type="submit" { (ask.t("voices-join")) }
                }
            }
        }
    };
    let response = show(
        &ask.page(title, body)
            .crumbs(crumbs(ask, study, Some(source))),
    );
    Ok(match &again {
        None => response,
        Some(again) if again.stale => (StatusCode::CONFLICT, response).into_response(),
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, response).into_response(),
    })
}

/// Reports quote this block: who changes it says whether they may stand. Without the tick they don't.
fn may_stand(ask: &Ask, fixed: i64, ticked: bool) -> Markup {
    let what = ask.words.tv("voices-quoted", &[("n", fixed.into())]);
    html! {
        div class="ds-field" {
            input class="ds-input" type="checkbox" id="may-stand" name="may-stand" value="on" checked[ticked]
                aria-describedby="may-stand-help";
            label class="ds-label" data-weight="regular" for="may-stand" { (ask.t("voices-may-stand")) }
            div data-field="description" id="may-stand-help" { (what) }
        }
    }
}

fn hidden(digest: &str) -> Markup {
    html! { input type="hidden" name="digest" value=(digest); }
}

fn speaker_form<'a>(
    ask: &Ask,
    block: &Block,
    base: &str,
    digest: &str,
    labels: impl Iterator<Item = &'a str>,
) -> Markup {
    html! {
        section class="study-part" {
            (parts::h2(&ask.t("voices-who-speaks")))
            form method="post" action={ (base) "/speaker" } class="stack form-narrow" {
                (hidden(digest))
                div class="ds-field" {
                    label class="ds-label" for="label" { (ask.t("voices-speaker-label")) }
                    div data-field="description" id="label-help" { (ask.t("voices-speaker-help")) }
                    input class="ds-input" id="label" name="label" list="labels" aria-describedby="label-help"
                        value=(block.speaker_label.as_deref().unwrap_or_default());
                    datalist id="labels" { @for label in labels { option value=(label) {} } }
                }
                button class="ds-button" data-variant="secondary" type="submit" { (ask.t("voices-set-speaker")) }
            }
        }
    }
}

/// Places offered for a cut at most.
const PLACES: usize = 60;

/// Where sentences and lines begin, in code points, with the words that follow.
fn places(text: &str) -> Vec<(usize, String)> {
    let signs: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for (at, pair) in signs.windows(2).enumerate() {
        let ends = matches!(pair, ['.' | '!' | '?' | '…' | '\n', next] if next.is_whitespace())
            || matches!(pair, ['\n', _]);
        if ends && found.len() < PLACES {
            let from = at + 1;
            let words: String = signs
                .iter()
                .skip(from)
                .collect::<String>()
                .trim_start()
                .chars()
                .take(50)
                .collect();
            if !words.is_empty() {
                found.push((from, words));
            }
        }
    }
    found
}

fn split_form(ask: &Ask, block: &Block, base: &str, digest: &str) -> Markup {
    let places = places(&block.body);
    html! {
        section class="study-part" {
            (parts::h2(&ask.t("voices-split")))
            form method="post" action={ (base) "/split" } class="stack form-narrow" {
                (hidden(digest))
                @if !places.is_empty() {
                    div class="ds-field" {
                        label class="ds-label" for="at" { (ask.t("voices-split-at")) }
                        select class="ds-input" id="at" name="at" {
                            option value="" {}
                            @for (at, words) in &places { option value=(at) { (words) " …" } }
                        }
                    }
                }
                div class="ds-field" {
                    label class="ds-label" for="before" { (ask.t("voices-split-before")) }
                    div data-field="description" id="before-help" { (ask.t("voices-split-help")) }
                    input class="ds-input" id="before" name="before" aria-describedby="before-help";
                }
                button class="ds-button" data-variant="secondary" type="submit" { (ask.t("voices-split")) }
            }
        }
    }
}

/// What every form here brings: the source, the block and the digest it was made from.
struct Sent {
    visitor: Visitor,
    source: Source,
    study: Study,
    block: Block,
    form: Form,
    digest: String,
}

async fn sent(ask: &Ask, (id, block): (String, String), data: &FormData) -> Result<Sent, Failure> {
    let visitor = people::visitor(ask)?;
    let (source, study) = opened(ask, &visitor, &id).await?;
    let source = source.into_inner();
    let block = block_of(ask, &source, &block).await?;
    let form = data.form();
    let digest = form.value("digest").to_owned();
    Ok(Sent {
        visitor,
        source,
        study,
        block,
        form,
        digest,
    })
}

pub async fn save(ask: Ask, Path(path): Path<(String, String)>, data: FormData) -> Reply {
    let sent = sent(&ask, path, &data).await?;
    // Browsers send CRLF; white space at the ends is the person's.
    let text = clean(sent.form.raw("text"));
    let (visitor, source, id) = (sent.visitor, sent.source.clone(), sent.block.id);
    let may_stand = sent.form.has("may-stand");
    let new = Corrected { text, may_stand };
    let (digest, typed) = (sent.digest, new.clone());
    let written: Result<(), Failure> = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::correct(tx, &visitor, &source, id, &digest, &new).await })
        })
        .await;
    match written {
        Ok(()) => Ok(saved(&address(&sent.source, sent.block.place))),
        Err(Failure::Refused { code, text, .. }) => {
            let again = Again {
                key: text,
                typed,
                stale: code == "VO0010",
            };
            let now = block_of(&ask, &sent.source, &id.to_string()).await?;
            shown(&ask, &sent.source, &sent.study, &now, Some(again)).await
        }
        Err(other) => Err(other),
    }
}

pub async fn split(ask: Ask, Path(path): Path<(String, String)>, data: FormData) -> Reply {
    let sent = sent(&ask, path, &data).await?;
    let before = sent.form.value("before");
    let at = if before.is_empty() {
        sent.form.value("at").parse().ok()
    } else {
        sent.block.body.find(before).map(|byte| {
            sent.block
                .body
                .get(..byte)
                .unwrap_or_default()
                .chars()
                .count()
        })
    };
    let at: usize = at.ok_or_else(|| Failure::bad("VO0012", "voices-bad-cut"))?;
    let place = sent.block.place;
    let (visitor, source, digest, id) = (
        sent.visitor,
        sent.source.clone(),
        sent.digest,
        sent.block.id,
    );
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::split(tx, &visitor, &source, id, &digest, at).await })
        })
        .await?;
    Ok(saved(&address(&sent.source, place)))
}

pub async fn join(ask: Ask, Path(path): Path<(String, String)>, data: FormData) -> Reply {
    let sent = sent(&ask, path, &data).await?;
    let place = sent.block.place - 1;
    let (visitor, source, digest, id) = (
        sent.visitor,
        sent.source.clone(),
        sent.digest,
        sent.block.id,
    );
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::join(tx, &visitor, &source, id, &digest).await })
        })
        .await?;
    Ok(saved(&address(&sent.source, place)))
}

pub async fn speaker(ask: Ask, Path(path): Path<(String, String)>, data: FormData) -> Reply {
    let mut sent = sent(&ask, path, &data).await?;
    let label = sent.form.optional("label", 100);
    if !sent.form.is_fine() {
        return Err(Failure::bad("VO0015", "voices-bad-label"));
    }
    let (visitor, source, digest, id) = (
        sent.visitor,
        sent.source.clone(),
        sent.digest,
        sent.block.id,
    );
    ask.hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                acts::set_block_speaker(tx, &visitor, &source, id, &digest, &label).await
            })
        })
        .await?;
    Ok(saved(&address(&sent.source, sent.block.place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_offered_where_sentences_begin() {
        let found = places("Hei. Hva nå? Ja\nNei.");
        let expected = [(4, "Hva nå? Ja\nNei."), (12, "Ja\nNei."), (16, "Nei.")];
        assert_eq!(found, expected.map(|(at, words)| (at, words.to_owned())));
        assert_eq!(places("Ingen steder"), []);
    }
}
