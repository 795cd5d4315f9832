//! Builders for tests: a study with texts in it, quickly.

use base::{Chance, Clock, Id};
use frame::{Area, Config, Failure, Hub};
use people::Visitor;
use store::Store;

use crate::source::{NewBlock, NewSource, NewSpeaker, side_of_label};
use crate::{Basis, Block, BlockKind, NewStudy, Source, Study, import, source};

/// A hub on a throw-away store with these areas.
///
/// # Panics
/// When the areas do not fit together.
#[must_use]
pub fn a_hub(store: &Store, clock: &Clock, areas: Vec<Area>) -> Hub {
    let chance = Chance::seeded(1);
    #[expect(clippy::expect_used, reason = "for tests")]
    let (hub, _) = Hub::assemble(
        store.clone(),
        clock.clone(),
        chance,
        Config::default(),
        areas,
    )
    .expect("the areas fit together");
    hub
}

/// A study on its way: `a_study(&hub).with_source("Intervju 1", &["Kari: hei"]).make().await`.
pub struct StudyBuilder {
    hub: Hub,
    new: NewStudy,
    sources: Vec<(String, Vec<String>, Basis)>,
}

/// What a [`StudyBuilder`] made.
pub struct Made {
    /// The study.
    pub study: Study,
    /// Its sources, in the order they were given.
    pub sources: Vec<Id<Source>>,
    /// The blocks of each source.
    pub blocks: Vec<Vec<Id<Block>>>,
}

/// Begins a study with a title, a service and a question.
#[must_use]
pub fn a_study(hub: &Hub) -> StudyBuilder {
    let new = NewStudy {
        title: "Oppsøkende team".into(),
        services: vec!["Oppsøkende team".into()],
        questions: vec!["Hvordan er det å bli oppsøkt?".into()],
        guide: vec![("Å bli møtt".into(), vec!["Hva skjedde?".into()])],
        ..NewStudy::default()
    };
    StudyBuilder {
        hub: hub.clone(),
        new,
        sources: Vec::new(),
    }
}

impl StudyBuilder {
    /// With another title.
    #[must_use]
    pub fn titled(mut self, title: &str) -> Self {
        title.clone_into(&mut self.new.title);
        self
    }

    /// With a source: each line is a block, `Name: words` a turn. Its basis is `fictional`.
    #[must_use]
    pub fn with_source(self, name: &str, lines: &[&str]) -> Self {
        self.with_source_on(name, lines, Basis::Fictional)
    }

    /// With a source on a certain basis.
    #[must_use]
    pub fn with_source_on(mut self, name: &str, lines: &[&str], basis: Basis) -> Self {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        self.sources.push((name.to_owned(), lines, basis));
        self
    }

    /// Makes it, as an operator.
    ///
    /// # Errors
    /// [`Failure`] of the acts it calls.
    pub async fn make(self) -> Result<Made, Failure> {
        let visitor = Visitor::operator(&self.hub, "test");
        let (new, sources, who) = (self.new, self.sources, visitor.clone());
        self.hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let study = crate::create_study(tx, &who, &new).await?;
                    let mut made = Made {
                        study,
                        sources: Vec::new(),
                        blocks: Vec::new(),
                    };
                    if sources.is_empty() {
                        return Ok(made);
                    }
                    let now = who.hub().now();
                    let home = import::Import {
                        id: who.hub().chance().id(now),
                        study: made.study.id,
                        job: None,
                        state: import::ImportState::Open,
                        basis: Basis::Fictional,
                        made_by: None,
                        made_at: now,
                    };
                    import::store::add(tx, &home).await?;
                    for (name, lines, basis) in &sources {
                        let (speakers, blocks) = parsed(lines);
                        let new = NewSource {
                            name,
                            format: "txt",
                            basis: *basis,
                            encoding: None,
                            line_ends: None,
                            object: None,
                            guid: None,
                            has_text: true,
                            lead: 0,
                        };
                        let added = source::acts::add_source(
                            tx, &who, home.id, home.study, &new, &speakers,
                        )
                        .await?;
                        made.blocks
                            .push(source::acts::add_blocks(tx, &who, &added, 1, &blocks).await?);
                        made.sources.push(added.id);
                    }
                    import::acts::finish_import(tx, &who, &home, &[]).await?;
                    Ok::<_, Failure>(made)
                })
            })
            .await
    }
}

fn parsed(lines: &[String]) -> (Vec<NewSpeaker>, Vec<NewBlock>) {
    let mut speakers: Vec<NewSpeaker> = Vec::new();
    let blocks = lines
        .iter()
        .map(|line| {
            let (speaker, text) = match line.split_once(": ") {
                Some((label, text)) => {
                    let known = speakers.iter().position(|speaker| speaker.label == label);
                    let at = known.unwrap_or(speakers.len());
                    if known.is_none() {
                        speakers.push(NewSpeaker {
                            label: label.to_owned(),
                            side: side_of_label(label),
                        });
                    }
                    (Some(at), text)
                }
                None => (None, line.as_str()),
            };
            let kind = if speaker.is_some() {
                BlockKind::Turn
            } else {
                BlockKind::Prose
            };
            NewBlock {
                kind,
                speaker,
                time: None,
                text: text.to_owned(),
                gap: 1,
            }
        })
        .collect();
    (speakers, blocks)
}

/// The pages, asked as a browser would.
#[cfg(test)]
pub(crate) mod web {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::{HeaderMap, Request, StatusCode, header};
    use base::{Actor, Chance, Clock, Id, Membership, Role, Uuid};
    use frame::{Area, Config, Hub};
    use futures::future::BoxFuture;
    use store::{Fault, Store};
    use tower::ServiceExt;

    /// Who asks: the header `x-who` names a role; without it an operator.
    fn identify(
        _: Hub,
        headers: HeaderMap,
    ) -> BoxFuture<'static, Result<Option<Arc<Actor>>, Fault>> {
        Box::pin(async move {
            let mut actor = Actor::operator("test");
            actor.roles = vec![Role::PeerResearcher];
            if let Some(who) = headers.get("x-who").and_then(|who| who.to_str().ok()) {
                let (role, study) = who.split_once(' ').unwrap_or((who, ""));
                let role: Role = role.parse().unwrap();
                actor.account = Some(Id::from(Uuid::from_u128(7)));
                actor.roles = vec![role];
                actor.memberships = study
                    .parse()
                    .map(|id| Membership {
                        kind: people::STUDY.into(),
                        id,
                        role,
                    })
                    .into_iter()
                    .collect();
            }
            Ok(Some(Arc::new(actor)))
        })
    }

    /// A hub with its pages.
    pub(crate) fn a_site(store: &Store, clock: &Clock) -> (Hub, Router) {
        let mut door = Area::new(
            "door",
            ui::TextSet {
                room: "door",
                nb: "",
                nn: "",
                en: "",
            },
        );
        door.identify = Some(identify);
        let areas = vec![crate::area(), door];
        let (hub, routes) = Hub::assemble(
            store.clone(),
            clock.clone(),
            Chance::seeded(1),
            Config::default(),
            areas,
        )
        .unwrap();
        let router = frame::router(&hub, routes);
        (hub, router)
    }

    /// What a page answered.
    pub(crate) struct Answer {
        pub(crate) status: StatusCode,
        pub(crate) to: String,
        pub(crate) text: String,
    }

    async fn ask(site: &Router, request: Request<Body>) -> Answer {
        let response = site.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let to = response
            .headers()
            .get(header::LOCATION)
            .map_or("", |to| to.to_str().unwrap())
            .to_owned();
        let bytes = to_bytes(response.into_body(), 10 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(!text.contains("voices-"), "a text is missing: {text}");
        Answer { status, to, text }
    }

    pub(crate) async fn get(site: &Router, path: &str, who: &str) -> Answer {
        let mut request = Request::get(path).header(header::HOST, "localhost");
        if !who.is_empty() {
            request = request.header("x-who", who);
        }
        ask(site, request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(site: &Router, path: &str, form: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> = form
            .iter()
            .map(|(name, value)| {
                let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
                format!("{name}={value}")
            })
            .collect();
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(pairs.join("&")))
            .unwrap();
        ask(site, request).await
    }

    /// Any body at all, from somebody.
    pub(crate) async fn send(
        site: &Router,
        path: &str,
        who: &str,
        (media, body): (&str, &str),
    ) -> Answer {
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header("x-who", who)
            .header(header::CONTENT_TYPE, media)
            .body(Body::from(body.to_owned()))
            .unwrap();
        ask(site, request).await
    }

    pub(crate) async fn upload(
        site: &Router,
        path: &str,
        basis: &str,
        files: &[(&str, &str)],
    ) -> Answer {
        let mut body =
            format!("--X\r\nContent-Disposition: form-data; name=\"basis\"\r\n\r\n{basis}\r\n");
        for (name, text) in files {
            body.push_str(&format!(
                "--X\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n{text}\r\n"
            ));
        }
        body.push_str("--X--\r\n");
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
            .body(Body::from(body))
            .unwrap();
        ask(site, request).await
    }
}
