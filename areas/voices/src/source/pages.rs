//! Pages of a source: reading it, what is known about it, and putting it right.

mod correct;
mod facts;

use axum::extract::{Path, Query};
use base::Id;
use frame::{Ask, Door, Failure, Reply, Routes, show};
use people::{Act, Granted, Layer, Visitor};
use serde::Deserialize;
use ui::parts::{self, Tone};
use ui::{Crumb, Markup, html};

use super::{Block, BlockKind, Side, Source, store as rows};
use crate::Study;
use crate::study::pages::{study_crumbs, study_nav};

/// Blocks in one window.
const WINDOW: i64 = 60;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/sources/{id}", Door::Staff, read)
        .get("/sources/{id}/facts", Door::Staff, facts::page)
        .post("/sources/{id}/facts", source_door(Act::Change), facts::save)
        .post(
            "/sources/{id}/speakers/{speaker}",
            source_door(Act::Change),
            facts::save_speaker,
        )
        .post(
            "/sources/{id}/speakers/{speaker}/unname",
            source_door(Act::Change),
            facts::unname,
        )
        .get("/sources/{id}/delete", Door::Staff, facts::confirm_delete)
        .post(
            "/sources/{id}/delete",
            source_door(Act::Delete),
            facts::delete,
        )
        .get(
            "/sources/{id}/blocks/{block}/edit",
            Door::Staff,
            correct::page,
        )
        .post(
            "/sources/{id}/blocks/{block}/edit",
            source_door(Act::Change),
            correct::save,
        )
        .post(
            "/sources/{id}/blocks/{block}/split",
            source_door(Act::Change),
            correct::split,
        )
        .post(
            "/sources/{id}/blocks/{block}/join",
            source_door(Act::Change),
            correct::join,
        )
        .post(
            "/sources/{id}/blocks/{block}/speaker",
            source_door(Act::Change),
            correct::speaker,
        )
}

/// The door of a route that does something with the source `{id}`, asked before its form is read.
#[must_use]
pub fn source_door(act: Act) -> Door {
    people::study_door(act, Layer::Raw, |db, parts| {
        Box::pin(async move {
            match parts.get("id").and_then(|id| id.parse().ok()) {
                Some(id) => rows::study_of(db, id).await,
                None => Ok(None),
            }
        })
    })
}

/// A source behind its door, with its study.
async fn opened(
    ask: &Ask,
    visitor: &Visitor,
    id: &str,
) -> Result<(Granted<Source>, Study), Failure> {
    let db = ask.hub.store().read();
    let id: Id<Source> = id.parse().map_err(|_| Failure::NotFound)?;
    let source = rows::source(&db, id).await?.ok_or(Failure::NotFound)?;
    let source = visitor.read(source).await?;
    let study = crate::study(&db, source.study)
        .await?
        .ok_or(Failure::NotFound)?;
    Ok((source, study))
}

fn crumbs(ask: &Ask, study: &Study, source: Option<&Source>) -> Vec<Crumb> {
    let mut crumbs = study_crumbs(ask, study);
    crumbs.extend(
        source.map(|source| Crumb::new(format!("/sources/{}", source.id), source.name.clone())),
    );
    crumbs
}

/// The page of the reader that holds a block.
fn address(source: &Source, place: i64) -> String {
    format!("/sources/{}?from={}#b{place}", source.id, window_of(place))
}

/// The first block of the window that holds a place.
fn window_of(place: i64) -> i64 {
    (place.max(1) - 1) / WINDOW * WINDOW + 1
}

/// Where to begin reading.
#[derive(Deserialize)]
pub struct From {
    from: Option<String>,
}

async fn read(ask: Ask, Path(id): Path<String>, Query(query): Query<From>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let (source, study) = opened(&ask, &visitor, &id).await?;
    let db = ask.hub.store().read();
    let (total, _) = rows::size(&db, source.id).await?;
    let wish = query
        .from
        .and_then(|from| from.trim().parse::<i64>().ok())
        .unwrap_or(1);
    let from = wish.clamp(1, total.max(1));
    let blocks = rows::blocks(&db, source.id, from, WINDOW).await?;
    let may_change = visitor.may(Act::Change, &*source);
    let body = html! {
        (study_nav(&ask, &study, "source"))
        (parts::h1(&source.name))
        div class="row" {
            (parts::button_link(&format!("/sources/{id}/code"), &ask.t("voices-code-it")))
            (parts::quiet_link(&format!("/sources/{id}/facts"), &ask.t("voices-facts")))
            @if !source.basis.may_be_quoted() { (parts::tag("warning", &ask.t(source.basis.text_key()))) }
        }
        @if !source.has_text {
            (parts::alert(Tone::Warning, html! { p { (ask.t("voices-text-missing-what")) } }))
        } @else {
            (window_nav(&ask, &source, from, total))
            article class="reader" aria-label=(source.name) { (lines(&ask, &source, &blocks, may_change)) }
            (window_nav(&ask, &source, from, total))
        }
    };
    Ok(show(
        &ask.page(source.name.clone(), body)
            .crumbs(crumbs(&ask, &study, None)),
    ))
}

fn window_nav(ask: &Ask, source: &Source, from: i64, total: i64) -> Markup {
    let last = (from + WINDOW - 1).min(total);
    let numbers = [
        ("from", from.into()),
        ("to", last.into()),
        ("total", total.into()),
    ];
    html! {
        nav class="pages reader-nav" aria-label=(ask.t("voices-windows")) {
            @if from > 1 {
                a class="ds-button" data-variant="secondary" data-size="sm" rel="prev"
                    href={ "/sources/" (source.id) "?from=" ((from - WINDOW).max(1)) } { (ask.t("ui-page-before")) }
            }
            span { (ask.words.tv("voices-window", &numbers)) }
            @if last < total {
                a class="ds-button" data-variant="secondary" data-size="sm" rel="next"
                    href={ "/sources/" (source.id) "?from=" (last + 1) } { (ask.t("ui-page-after")) }
            }
            @if total > WINDOW {
                form method="get" action={ "/sources/" (source.id) } class="inline" {
                    label class="ds-label" { (ask.t("voices-go-to")) " "
                        input class="ds-input short" name="from" inputmode="numeric" value=(from);
                    }
                    button class="ds-button" data-variant="tertiary" data-size="sm" type="submit" { (ask.t("voices-go")) }
                }
            }
        }
    }
}

fn lines(ask: &Ask, source: &Source, blocks: &[Block], may_change: bool) -> Markup {
    let before = std::iter::once(None).chain(blocks.iter().map(|block| block.speaker));
    html! {
        @for (block, before) in blocks.iter().zip(before) {
            @let opens = block.speaker.is_some() && block.speaker != before;
            div class={ "block " (block.kind.word()) @if block.side == Some(Side::Interviewer) { " asks" } } id={ "b" (block.place) } {
                a class="number" href={ "#b" (block.place) } aria-label=(ask.words.tv("voices-number", &[("n", block.place.into())])) { (block.place) }
                div class="words" {
                    @if opens {
                        p class="speaker" {
                            (block.speaker_label.as_deref().unwrap_or_default())
                            @if let Some(time) = block.time { " " span class="quiet time" { (clock(time)) } }
                        }
                    } @else if let Some(time) = block.time {
                        p class="quiet time" { (clock(time)) }
                    }
                    @if block.kind == BlockKind::Heading {
                        h2 class="ds-heading" data-size="xs" { (block.body) }
                    } @else {
                        p class="body" { (block.body) }
                    }
                }
                @if may_change {
                    a class="ds-link change" href={ "/sources/" (source.id) "/blocks/" (block.id) "/edit" }
                        aria-label=(ask.words.tv("voices-correct-number", &[("n", block.place.into())])) { (ask.t("voices-correct")) }
                }
            }
        }
    }
}

/// `1:02:03` from milliseconds.
fn clock(millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{rest:02}")
    } else {
        format!("{minutes:02}:{rest:02}")
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use store::testing;

    use super::*;
    use crate::source::acts::block_digest;
    use crate::testing::a_study;
    use crate::testing::web::{a_site, get, post};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_source_is_read_and_put_right() {
        testing::each_engine(async |store, clock| {
            let (hub, site) = a_site(store, clock);
            let lines: Vec<String> = (1..=70)
                .map(|n| format!("Kari: Setning {n}. <b>Ny</b> her."))
                .collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let made = a_study(&hub)
                .with_source("Intervju", &lines)
                .make()
                .await
                .unwrap();
            let (id, block) = (made.sources[0], made.blocks[0][1]);
            let page = get(&site, &format!("/sources/{id}"), "").await;
            assert!(page.text.contains("Setning 60.") && !page.text.contains("Setning 61."));
            assert!(page.text.contains("&lt;b&gt;Ny") && page.text.contains("?from=61"));
            let last = get(&site, &format!("/sources/{id}?from=68"), "").await;
            assert!(last.text.contains("Setning 70.") && last.text.contains("rel=\"prev\""));
            for path in ["facts", "delete"] {
                assert_eq!(
                    get(&site, &format!("/sources/{id}/{path}"), "")
                        .await
                        .status,
                    StatusCode::OK
                );
            }
            let form = format!("/sources/{id}/blocks/{block}/edit");
            assert_eq!(get(&site, &form, "").await.status, StatusCode::OK);
            let now = crate::blocks_by_id(&hub.store().read(), &[block])
                .await
                .unwrap();
            let digest = block_digest(&now[0]);
            let saved = post(
                &site,
                &form,
                &[("digest", &digest), ("text", "En linje.\r\nEn til.")],
            )
            .await;
            assert_eq!(
                saved.to,
                format!("/sources/{id}?from=1#b2"),
                "{}",
                saved.text
            );
            // The same form again was made from a text that is gone.
            let stale = post(&site, &form, &[("digest", &digest), ("text", "Min tekst")]).await;
            assert_eq!(stale.status, StatusCode::CONFLICT);
            assert!(stale.text.contains("Min tekst") && stale.text.contains("En til."));
            let now = crate::blocks_by_id(&hub.store().read(), &[block])
                .await
                .unwrap();
            let digest = block_digest(&now[0]);
            let split = format!("/sources/{id}/blocks/{block}/split");
            let done = post(&site, &split, &[("digest", &digest), ("before", "En til")]).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
            let bodies: Vec<String> = crate::blocks(&hub.store().read(), id, 2, 2)
                .await
                .unwrap()
                .into_iter()
                .map(|block| block.body)
                .collect();
            assert_eq!(bodies, ["En linje.", "En til."]);
            let speaker = crate::speakers(&hub.store().read(), id).await.unwrap()[0].id;
            let side = [("label", "Kari"), ("side", "user")];
            let saved = post(&site, &format!("/sources/{id}/speakers/{speaker}"), &side).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER);
            let basis = [("name", "Nytt"), ("basis", "none")];
            assert_eq!(
                post(&site, &format!("/sources/{id}/facts"), &basis)
                    .await
                    .status,
                StatusCode::SEE_OTHER
            );
            let deleted = post(&site, &format!("/sources/{id}/delete"), &[]).await;
            assert_eq!(deleted.to, format!("/studies/{}#sources", made.study.slug));
            assert_eq!(
                get(&site, &format!("/sources/{id}"), "").await.status,
                StatusCode::NOT_FOUND
            );
        })
        .await;
    }

    #[test]
    fn windows_begin_at_one_and_times_are_read_off_a_clock() {
        assert_eq!([1, 60, 61, 121].map(window_of), [1, 1, 61, 121]);
        assert_eq!(window_of(-3), 1);
        assert_eq!(
            [0, 83_000, 3_723_000].map(clock),
            ["00:00", "01:23", "1:02:03"]
        );
    }
}
