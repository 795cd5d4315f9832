//! The pages of coding.

mod codes;
mod paper;
mod passage;
mod several;
pub(crate) mod show;
mod workspace;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::Id;
use frame::{Ask, Door, Failure, Routes, Spot};
use people::{Act, Layer, StudyPart, Visitor};
use ui::Crumb;
use voices::{Source, Standing, Study, StudyCard};

pub(crate) use workspace::place_href;

/// The routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/studies/{slug}/coding", Door::Staff, workspace::page)
        .get("/sources/{id}/code", Door::Staff, workspace::of_source)
        .post("/studies/{slug}/undo", voices::work_door(), workspace::undo)
        .get("/sources/{id}/mark", Door::Staff, passage::mark_form)
        .post(
            "/sources/{id}/mark",
            voices::source_door(people::Act::Change),
            passage::mark,
        )
        .get("/sources/{id}/several", Door::Staff, several::form)
        .post(
            "/sources/{id}/several",
            voices::source_door(Act::Change),
            several::change,
        )
        .get("/sources/{id}/paper", Door::Staff, paper::sheets)
        .get("/sources/{id}/paper/marks", Door::Staff, paper::typing)
        .post(
            "/sources/{id}/paper/marks",
            voices::source_door(Act::Change),
            paper::typed,
        )
        .get("/passages/{id}", Door::Staff, passage::page)
        .post("/passages/{id}/codes", passage_door(), passage::recode)
        .post("/passages/{id}/move", passage_door(), passage::move_borders)
        .post("/passages/{id}/note", passage_door(), passage::annotate)
        .post("/passages/{id}/delete", passage_door(), passage::unmark)
        .get("/studies/{slug}/codes", Door::Staff, codes::list)
        .post("/studies/{slug}/codes", voices::work_door(), codes::add)
        .post(
            "/studies/{slug}/frames",
            voices::work_door(),
            codes::add_frame,
        )
        .get("/studies/{slug}/codes.css", Door::Staff, codes::style)
        .get("/codes/{id}", Door::Staff, codes::page)
        .post("/codes/{id}", code_door(), codes::change)
        .post("/codes/{id}/shift", code_door(), codes::shift)
        .post("/codes/{id}/merge", code_door(), codes::merge)
        .post("/codes/{id}/delete", code_door(), codes::remove)
}

/// The door of a route that does something with the passage `{id}`, asked before its form is read.
pub(crate) fn passage_door() -> Door {
    people::study_door(Act::Change, Layer::Raw, |db, parts| {
        Box::pin(async move {
            match parts.get("id").and_then(|id| id.parse().ok()) {
                Some(id) => crate::coding::store::study_of_passage(db, id).await,
                None => Ok(None),
            }
        })
    })
}

/// The door of a route that does something with the code `{id}`.
fn code_door() -> Door {
    people::study_door(Act::Change, Layer::Raw, |db, parts| {
        Box::pin(async move {
            match parts.get("id").and_then(|id| id.parse().ok()) {
                Some(id) => crate::store::study_of_code(db, id).await,
                None => Ok(None),
            }
        })
    })
}

/// Opens what was said in a study, for the one who asks.
pub(crate) async fn open_study(ask: &Ask, slug: &str) -> Result<(Visitor, Study), Failure> {
    let visitor = people::visitor(ask)?;
    let db = ask.hub.store().read();
    let study = voices::study_by_slug(&db, slug)
        .await?
        .ok_or(Failure::NotFound)?;
    visitor.read(StudyPart(study.id.uuid(), Layer::Raw)).await?;
    Ok((visitor, study))
}

/// Opens a source, for the one who asks.
pub(crate) async fn open_source(
    ask: &Ask,
    id: Id<Source>,
) -> Result<(Visitor, Study, Source), Failure> {
    let visitor = people::visitor(ask)?;
    let db = ask.hub.store().read();
    let source = voices::source(&db, id).await?.ok_or(Failure::NotFound)?;
    let source = visitor.read(source).await?.into_inner();
    let study = voices::study(&db, source.study)
        .await?
        .ok_or(Failure::NotFound)?;
    Ok((visitor, study, source))
}

/// Opens what was said in a study, for the one who asks: only its card is read, with the number that
/// says whether what lies on the shelf still holds.
pub(crate) async fn stand_in_study(ask: &Ask, slug: &str) -> Result<Standing, Failure> {
    let visitor = people::visitor(ask)?;
    let at = voices::standing(&ask.hub.store().read(), slug)
        .await?
        .ok_or(Failure::NotFound)?;
    visitor
        .read(StudyPart(at.study.id.uuid(), Layer::Raw))
        .await?;
    Ok(at)
}

/// Opens a source, for the one who asks, as [`stand_in_study`] does.
pub(crate) async fn stand_in_source(
    ask: &Ask,
    id: Id<Source>,
) -> Result<(Source, Standing), Failure> {
    let visitor = people::visitor(ask)?;
    let (source, at) = voices::source_with_study(&ask.hub.store().read(), id)
        .await?
        .ok_or(Failure::NotFound)?;
    Ok((visitor.read(source).await?.into_inner(), at))
}

/// Something that is shown of a study, from the shelf; made when nothing was made since the last act
/// of the study. `what` names it with all that it depends on; see [`frame::Shelf::of`].
pub(crate) async fn shown(
    ask: &Ask,
    at: &Standing,
    what: String,
    make: impl Future<Output = Result<String, Failure>>,
) -> Result<Arc<str>, Failure> {
    let spot = Spot {
        study: at.study.id.uuid(),
        seq: at.seq,
        what,
    };
    ask.hub.shelf().of(spot, ask.now(), make).await
}

/// The way to a page of a study.
pub(crate) fn crumbs(ask: &Ask, study: &StudyCard, more: Vec<Crumb>) -> Vec<Crumb> {
    let mut crumbs = vec![
        Crumb::new("/studies", ask.t("analysis-studies")),
        Crumb::new(format!("/studies/{}", study.slug), study.title.clone()),
    ];
    crumbs.extend(more);
    crumbs
}

/// A form shown again since something is to be mended.
pub(crate) fn again(page: &ui::Page) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, frame::show(page)).into_response()
}

/// The style sheet with the colours of a study's codes.
pub(crate) fn style_href(study: &StudyCard) -> String {
    format!("/studies/{}/codes.css", study.slug)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode, header};
    use base::{Chance, Clock, Uuid};
    use frame::{Area, Config, Hub};
    use tower::ServiceExt;
    use ui::TextSet;

    use crate::coding::testing::{World, member};

    /// Somebody who is who the header says.
    fn doorkeeper() -> Area {
        let mut area = Area::new(
            "doorkeeper",
            TextSet {
                room: "doorkeeper",
                nb: "",
                nn: "",
                en: "",
            },
        );
        area.identify = Some(|_, headers| {
            Box::pin(async move {
                let study = headers
                    .get("x-member")
                    .and_then(|id| id.to_str().ok()?.parse::<Uuid>().ok());
                Ok(study.map(|study| Arc::new(member(1, "Kari", study))))
            })
        });
        area
    }

    struct Site {
        router: Router,
        world: World,
    }

    async fn site(store: &::store::Store, clock: &Clock) -> Site {
        let world = World::on(store, clock).await;
        let areas = vec![voices::area(), crate::area(), doorkeeper()];
        let (hub, routes) = Hub::assemble(
            store.clone(),
            clock.clone(),
            Chance::seeded(2),
            Config::default(),
            areas,
        )
        .unwrap();
        Site {
            router: frame::router(&hub, routes),
            world,
        }
    }

    impl Site {
        async fn ask(&self, path: &str, body: Option<(&str, String)>) -> (StatusCode, String) {
            self.ask_as(self.world.made.study.id.uuid(), path, body)
                .await
        }

        async fn ask_as(
            &self,
            study: Uuid,
            path: &str,
            body: Option<(&str, String)>,
        ) -> (StatusCode, String) {
            let mut request = Request::builder()
                .uri(path)
                .header(header::HOST, "127.0.0.1")
                .header("sec-fetch-site", "same-origin")
                .header("x-member", study.to_string());
            if let Some((media, _)) = &body {
                request = request.method("POST").header(header::CONTENT_TYPE, *media);
            }
            let body = body.map_or(Body::empty(), |(_, text)| Body::from(text));
            let answer = self
                .router
                .clone()
                .oneshot(request.body(body).unwrap())
                .await
                .unwrap();
            let status = answer.status();
            let bytes = to_bytes(answer.into_body(), 4_000_000).await.unwrap();
            (status, String::from_utf8(bytes.to_vec()).unwrap())
        }

        async fn json(
            &self,
            path: &str,
            body: serde_json::Value,
        ) -> (StatusCode, serde_json::Value) {
            let (status, text) = self
                .ask(path, Some(("application/json", body.to_string())))
                .await;
            (status, serde_json::from_str(&text).unwrap())
        }

        async fn form(&self, path: &str, body: &str) -> (StatusCode, String) {
            self.ask(
                path,
                Some(("application/x-www-form-urlencoded", body.to_owned())),
            )
            .await
        }
    }

    #[tokio::test]
    async fn marking_answers_with_the_blocks_that_changed_and_strangers_find_nothing() {
        ::store::testing::each_engine(async |store, clock| {
            let site = site(store, clock).await;
            let (slug, source) = (
                site.world.made.study.slug.clone(),
                site.world.made.sources[0],
            );
            let block = site.world.made.blocks[0][1];
            let marks = format!("/api/v1/sources/{source}/marks");
            let body = serde_json::json!({
                "from": {"block": block, "at": 8}, "to": {"block": block, "at": 14},
                "codes": [], "new_codes": ["Verdighet"], "note": ""
            });
            let (status, told) = site.json(&marks, body.clone()).await;
            assert_eq!(status, StatusCode::OK, "{told}");
            assert_eq!(told["blocks"][0]["marks"][0]["to"], 14);
            assert_eq!(told["codes"][0]["name"], "Verdighet");
            let path = format!("/studies/{slug}/coding?source={source}");
            let (status, page) = site.ask(&path, None).await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains(">🙂 godt</span>"), "{page}");
            assert!(page.contains("Verdighet"));
            let (_, window) = site
                .ask(
                    &format!("/api/v1/sources/{source}/window?from=2&limit=1"),
                    None,
                )
                .await;
            let window: serde_json::Value = serde_json::from_str(&window).unwrap();
            assert_eq!(window["blocks"][0], told["blocks"][0]);

            let stranger = Uuid::from_u128(77);
            for path in [
                path.clone(),
                format!("/studies/{slug}/codes"),
                format!("/api/v1/sources/{source}/window"),
            ] {
                assert_eq!(
                    site.ask_as(stranger, &path, None).await.0,
                    StatusCode::NOT_FOUND,
                    "{path}"
                );
            }
            let as_json = Some(("application/json", body.to_string()));
            assert_eq!(
                site.ask_as(stranger, &marks, as_json).await.0,
                StatusCode::NOT_FOUND
            );
            let (status, told) = site.json(&marks, serde_json::json!({"from": 3})).await;
            assert_eq!(
                (status, told["code"].as_str()),
                (StatusCode::UNPROCESSABLE_ENTITY, Some("AN0016"))
            );
            let (status, told) = site
                .json(
                    &format!("/api/v1/studies/{slug}/undo"),
                    serde_json::json!({}),
                )
                .await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(told["blocks"][0]["marks"], serde_json::json!([]));
        })
        .await;
    }

    #[tokio::test]
    async fn every_page_works_without_script() {
        ::store::testing::each_engine(async |store, clock| {
            let site = site(store, clock).await;
            let (slug, source) = (
                site.world.made.study.slug.clone(),
                site.world.made.sources[0],
            );
            let block = site.world.made.blocks[0][1];
            let codes = format!("/studies/{slug}/codes");
            let (status, _) = site
                .form(&format!("/studies/{slug}/frames"), "frame=chime")
                .await;
            assert_eq!(status, StatusCode::SEE_OTHER);
            let (status, _) = site
                .form(&format!("/studies/{slug}/frames"), "frame=guide")
                .await;
            assert_eq!(status, StatusCode::SEE_OTHER);
            let (_, page) = site.ask(&codes, None).await;
            assert!(
                page.contains("Tilhørighet") && page.contains("Å bli møtt"),
                "{page}"
            );
            assert_eq!(
                site.form(&codes, "name=").await.0,
                StatusCode::UNPROCESSABLE_ENTITY
            );

            let mark = format!("/sources/{source}/mark");
            let (status, page) = site.ask(&format!("{mark}?block={block}"), None).await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains("2. var"), "{page}");
            let wrong = format!("block={block}&which=quote&quote=finnes+ikke&new_code=Ro");
            let (status, page) = site.form(&mark, &wrong).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.contains("Fant ikke ordene"));
            let right =
                format!("block={block}&which=quote&quote=bli+m%C3%B8tt&new_code=Ro&note=Fint");
            assert_eq!(site.form(&mark, &right).await.0, StatusCode::SEE_OTHER);
            let db = site.world.hub.store().read();
            let all = crate::codes(&db, site.world.made.study.id).await.unwrap();
            let ro = all.iter().find(|code| code.name == "Ro").unwrap().id;
            let (status, page) = site.ask(&format!("/codes/{ro}"), None).await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains("<mark>bli møtt</mark>"), "{page}");
            assert!(page.contains("Fint"));
            let passage = page
                .split("/passages/")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .to_owned();
            let (status, _) = site.ask(&format!("/passages/{passage}"), None).await;
            assert_eq!(status, StatusCode::OK);
            let body = format!("block={block}&which=words&first=0&last=1");
            assert_eq!(
                site.form(&format!("/passages/{passage}/move"), &body)
                    .await
                    .0,
                StatusCode::SEE_OTHER
            );
            assert_eq!(
                site.form(&format!("/passages/{passage}/delete"), "")
                    .await
                    .0,
                StatusCode::SEE_OTHER
            );
            let (_, css) = site.ask(&format!("/studies/{slug}/codes.css"), None).await;
            assert!(css.contains("--code:#0b7a75"), "{css}");
        })
        .await;
    }

    #[tokio::test]
    async fn marks_from_paper_are_looked_through_and_saved_and_several_go_at_once() {
        ::store::testing::each_engine(async |store, clock| {
            let site = site(store, clock).await;
            let world = &site.world;
            let (source, block) = (world.made.sources[0], world.made.blocks[0][2]);
            let (paper, several) = (
                format!("/sources/{source}/paper"),
                format!("/sources/{source}/several"),
            );
            let typing = format!("{paper}/marks");
            let stranger = Uuid::from_u128(77);
            for path in [&paper, &typing, &several] {
                assert_eq!(site.ask(path, None).await.0, StatusCode::OK, "{path}");
                let (status, _) = site.ask_as(stranger, path, None).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            }
            let (_, page) = site.ask(&paper, None).await;
            assert!(
                page.contains("<sup class=\"sentence-number\">2</sup>Ingen maste."),
                "{page}"
            );

            let (status, page) = site.form(&typing, "lines=2.2+%2BRo%0A9+Ro&do=save").await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                page.contains("ikke noe avsnitt 9") && page.contains("Ingen maste."),
                "{page}"
            );
            assert_eq!(
                world.counts().await,
                [],
                "nothing is saved with a fault in it"
            );
            let lines = "lines=2.2+%2BRo%0A3-4+%2Bro+%2F+Sammen";
            let (status, page) = site.form(&typing, &format!("{lines}&do=preview")).await;
            assert_eq!(status, StatusCode::OK);
            let revision = page.split("name=\"revision\" value=\"").nth(1).unwrap();
            let revision: i64 = revision.split('"').next().unwrap().parse().unwrap();
            // A text that has changed since is shown once more.
            let late = format!("{lines}&do=save&revision={}", revision - 1);
            let (status, page) = site.form(&typing, &late).await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains("Teksten er endret siden"), "{page}");
            assert_eq!(world.counts().await, []);
            let (status, _) = site
                .form(&typing, &format!("{lines}&do=save&revision={revision}"))
                .await;
            assert_eq!(status, StatusCode::SEE_OTHER);
            let counts = world.counts().await;
            let n: Vec<i64> = counts.iter().map(|(_, n)| *n).collect();
            assert_eq!(n, [2], "one new code on two passages");

            let code = counts[0].0;
            let (status, page) = site.form(&several, "do=mark").await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                page.contains("Velg minst ett avsnitt") && page.contains("Velg minst én kode"),
                "{page}"
            );
            let chosen = format!(
                "do=mark&block={block}&block={}&code={code}",
                world.made.blocks[0][0]
            );
            assert_eq!(site.form(&several, &chosen).await.0, StatusCode::SEE_OTHER);
            assert_eq!(world.counts().await, [(code, 4)]);
            let (_, page) = site.ask(&several, None).await;
            let passages: std::collections::BTreeSet<&str> = page
                .split("name=\"passage\" id=\"")
                .skip(1)
                .filter_map(|rest| rest.split("value=\"").nth(1)?.split('"').next())
                .collect();
            assert_eq!(passages.len(), 4);
            let all: String = passages.iter().map(|id| format!("&passage={id}")).collect();
            assert_eq!(
                site.form(&several, &format!("do=unmark{all}")).await.0,
                StatusCode::SEE_OTHER
            );
            assert_eq!(world.counts().await, []);
            assert_eq!(world.faults().await, Vec::<String>::new());
        })
        .await;
    }
}
