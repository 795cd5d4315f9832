//! The JSON side of coding, for the island and for scripts.
//!
//! | Route | Does |
//! |---|---|
//! | `GET /api/v1/sources/{id}/window?from=&limit=` | blocks with their marks |
//! | `GET /api/v1/studies/{slug}/codes?source=` | the tree with counts |
//! | `POST /api/v1/studies/{slug}/codes` | a new code |
//! | `POST /api/v1/studies/{slug}/undo` | takes the own last mark back |
//! | `POST /api/v1/sources/{id}/marks` | marks `{from, to, codes, new_codes?, note?}` |
//! | `GET /api/v1/passages/{id}` | words, codes, notes and blocks of a passage |
//! | `POST /api/v1/passages/{id}/codes` | `{add?, new_codes?, remove?}` |
//! | `POST /api/v1/passages/{id}/move` | `{from, to}` |
//! | `POST /api/v1/passages/{id}/notes` | `{note?, text}`; an empty text removes |
//! | `POST /api/v1/passages/{id}/delete` | takes the mark away |
//!
//! Each act answers `{passage, seq, blocks, codes}`: the blocks whose marks look different now and
//! the codes that were made on the way.

use std::collections::HashMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::Id;
use frame::{Ask, Door, Failure, Reply, Routes};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use voices::Source;

use crate::anchor::{Anchor, Point};
use crate::codebook::Code;
use crate::codes::{self, NewCode};
use crate::coding::acts::{self, Done, NewMark};
use crate::coding::quotes::quotes;
use crate::coding::window::{WINDOW, WINDOW_MAX, marked};
use crate::coding::{Note, Passage, store as rows};
use crate::pages::{open_study, shown, stand_in_source, stand_in_study};
use crate::store as book;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/api/v1/sources/{id}/window", Door::Staff, window)
        .post(
            "/api/v1/sources/{id}/marks",
            voices::source_door(people::Act::Change),
            mark,
        )
        .get("/api/v1/studies/{slug}/codes", Door::Staff, tree)
        .post(
            "/api/v1/studies/{slug}/codes",
            voices::work_door(),
            new_code,
        )
        .post("/api/v1/studies/{slug}/undo", voices::work_door(), undo)
        .get("/api/v1/passages/{id}", Door::Staff, passage)
        .post(
            "/api/v1/passages/{id}/codes",
            crate::pages::passage_door(),
            recode,
        )
        .post(
            "/api/v1/passages/{id}/move",
            crate::pages::passage_door(),
            move_borders,
        )
        .post(
            "/api/v1/passages/{id}/notes",
            crate::pages::passage_door(),
            annotate,
        )
        .post(
            "/api/v1/passages/{id}/delete",
            crate::pages::passage_door(),
            unmark,
        )
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|_| Failure::bad("AN0016", "analysis-bad-request"))
}

fn id<K>(text: &str) -> Result<Id<K>, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}

type Asked = Query<HashMap<String, String>>;

fn number(asked: &HashMap<String, String>, name: &str, default: i64) -> i64 {
    asked
        .get(name)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

async fn window(ask: Ask, Path(source): Path<String>, Query(asked): Asked) -> Reply {
    let (source, at) = stand_in_source(&ask, id(&source)?).await?;
    let from = number(&asked, "from", 1).max(1);
    let limit = number(&asked, "limit", WINDOW).clamp(1, WINDOW_MAX);
    let (id, revision) = (source.id, source.revision);
    let what = format!("window {id} {revision} {from} {limit}");
    let blocks = async {
        let db = ask.hub.store().read();
        let blocks = marked(&db, voices::blocks(&db, id, from, limit).await?).await?;
        Ok(json!({ "revision": revision, "blocks": blocks }).to_string())
    };
    let body = shown(&ask, &at, what, blocks).await?;
    Ok(as_json(&body))
}

/// JSON that is written already.
fn as_json(body: &str) -> Response {
    let media = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, media)], body.to_owned()).into_response()
}

async fn tree(ask: Ask, Path(slug): Path<String>, Query(asked): Asked) -> Reply {
    let at = stand_in_study(&ask, &slug).await?;
    let source: Option<Id<Source>> = asked.get("source").map(|text| id(text)).transpose()?;
    let what = match source {
        Some(source) => format!("codes {source}"),
        None => "codes".to_owned(),
    };
    let codes = async {
        let db = ask.hub.store().read();
        let counts: HashMap<_, _> = book::counts(&db, at.study.id, source)
            .await?
            .into_iter()
            .collect();
        let codes: Vec<_> = crate::codes(&db, at.study.id)
            .await?
            .into_iter()
            .map(|code| {
                let mut json = json!(code);
                json["class"] = json!(code.class());
                json["n"] = json!(counts.get(&code.id).copied().unwrap_or(0));
                json
            })
            .collect();
        Ok(json!({ "codes": codes }).to_string())
    };
    let body = shown(&ask, &at, what, codes).await?;
    Ok(as_json(&body))
}

/// The answer to an act: what looks different now.
async fn told(ask: &Ask, done: Done) -> Reply {
    let db = ask.hub.store().read();
    let blocks = match done.blocks.is_empty() {
        true => Vec::new(),
        false => voices::blocks_by_id(&db, &done.blocks).await?,
    };
    let blocks = marked(&db, blocks).await?;
    let body = json!({ "passage": done.passage, "seq": done.seq, "blocks": blocks, "codes": done.new_codes });
    Ok(Json(body).into_response())
}

#[derive(Deserialize)]
struct Marking {
    from: Point,
    to: Point,
    #[serde(default)]
    codes: Vec<Id<Code>>,
    #[serde(default)]
    new_codes: Vec<String>,
    #[serde(default)]
    note: String,
}

async fn mark(ask: Ask, Path(source): Path<String>, body: Bytes) -> Reply {
    let visitor = people::visitor(&ask)?;
    let source: Id<Source> = id(&source)?;
    let asked: Marking = read(&body)?;
    let new = NewMark {
        anchor: Anchor {
            from: asked.from,
            to: asked.to,
        },
        codes: asked.codes,
        new_codes: asked.new_codes,
        note: asked.note,
    };
    let done = ask
        .hub
        .store()
        .write(move |tx| Box::pin(async move { acts::mark(tx, &visitor, source, &new).await }))
        .await?;
    told(&ask, done).await
}

#[derive(Deserialize)]
struct Coded {
    name: String,
    #[serde(default)]
    parent: Option<Id<Code>>,
    #[serde(default)]
    colour: Option<String>,
    #[serde(default)]
    sign: Option<String>,
    #[serde(default)]
    description: String,
}

async fn new_code(ask: Ask, Path(slug): Path<String>, body: Bytes) -> Reply {
    let (visitor, study) = open_study(&ask, &slug).await?;
    let asked: Coded = read(&body)?;
    let new = NewCode {
        name: asked.name,
        parent: asked.parent,
        colour: asked.colour,
        sign: asked.sign,
        description: asked.description,
        heading: false,
    };
    let code = ask
        .hub
        .store()
        .write(move |tx| Box::pin(async move { codes::add(tx, &visitor, study.id, new).await }))
        .await?;
    Ok(Json(json!({ "code": code })).into_response())
}

async fn undo(ask: Ask, Path(slug): Path<String>) -> Reply {
    let (visitor, study) = open_study(&ask, &slug).await?;
    let done = ask
        .hub
        .store()
        .write(move |tx| Box::pin(async move { acts::undo(tx, &visitor, study.id).await }))
        .await?;
    told(&ask, done).await
}

async fn passage(ask: Ask, Path(passage): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let db = ask.hub.store().read();
    let passage = rows::passage_by_id(&db, id(&passage)?)
        .await?
        .ok_or(Failure::NotFound)?;
    let passage = visitor.read(passage).await?.into_inner();
    let notes = book::notes(&db, "passage", &[passage.id.uuid()]).await?;
    let codings = rows::codings_of(&db, &[passage.id]).await?;
    let quote = quotes(&db, &[passage]).await?.pop().map(|quote| {
        json!({ "text": quote.text, "before": quote.before, "after": quote.after,
            "speaker": quote.speaker, "place": quote.place })
    });
    let codings: Vec<_> = codings
        .into_iter()
        .map(|(coding, coder)| json!({ "id": coding.id, "code": coding.code, "coder": coder }))
        .collect();
    let notes: Vec<_> = notes
        .into_iter()
        .map(|note| json!({ "id": note.id, "text": note.text, "author": note.author_name }))
        .collect();
    let body = json!({ "passage": passage, "quote": quote, "codings": codings, "notes": notes });
    Ok(Json(body).into_response())
}

#[derive(Deserialize)]
struct Recoding {
    #[serde(default)]
    add: Vec<Id<Code>>,
    #[serde(default)]
    new_codes: Vec<String>,
    #[serde(default)]
    remove: Vec<Id<Code>>,
}

async fn recode(ask: Ask, Path(passage): Path<String>, body: Bytes) -> Reply {
    let visitor = people::visitor(&ask)?;
    let passage: Id<Passage> = id(&passage)?;
    let asked: Recoding = read(&body)?;
    let done = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                acts::recode(
                    tx,
                    &visitor,
                    passage,
                    &asked.add,
                    &asked.new_codes,
                    &asked.remove,
                )
                .await
            })
        })
        .await?;
    told(&ask, done).await
}

async fn move_borders(ask: Ask, Path(passage): Path<String>, body: Bytes) -> Reply {
    let visitor = people::visitor(&ask)?;
    let passage: Id<Passage> = id(&passage)?;
    let asked: Anchor = read(&body)?;
    let done = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move { acts::move_borders(tx, &visitor, passage, asked).await })
        })
        .await?;
    told(&ask, done).await
}

#[derive(Deserialize)]
struct Annotating {
    #[serde(default)]
    note: Option<Id<Note>>,
    text: String,
}

async fn annotate(ask: Ask, Path(passage): Path<String>, body: Bytes) -> Reply {
    let visitor = people::visitor(&ask)?;
    let passage: Id<Passage> = id(&passage)?;
    let asked: Annotating = read(&body)?;
    let done = ask
        .hub
        .store()
        .write(move |tx| {
            Box::pin(
                async move { acts::annotate(tx, &visitor, passage, asked.note, &asked.text).await },
            )
        })
        .await?;
    told(&ask, done).await
}

async fn unmark(ask: Ask, Path(passage): Path<String>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let passage: Id<Passage> = id(&passage)?;
    let done = ask
        .hub
        .store()
        .write(move |tx| Box::pin(async move { acts::unmark(tx, &visitor, passage).await }))
        .await?;
    told(&ask, done).await
}
