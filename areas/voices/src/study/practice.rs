//! The practice study: somebody tries everything out on a text that is made up, before the first
//! real interview. Nothing of it is counted or goes out, nothing is brought in, and one act takes
//! away what anyone did in it and lays the text out anew. No HTTP, no SQL.

use std::sync::Arc;

use base::{Actor, Id, Lang, Role, Uuid};
use frame::{Failure, Forget, PracticeLaid};
use people::{Act, Scope, Thing, Visitor, members};
use serde_json::json;
use store::{Conn, Fault, Tx};
use ui::Words;

use super::acts::{record, write_commission};
use super::{NewStudy, Study, StudyCard, StudyState, free_slug, slug_of, store as rows};
use crate::Basis;
use crate::import::{Import, ImportState, store as imports};
use crate::source::acts::{add_blocks, add_source};
use crate::source::{BlockKind, NewBlock, NewSource, NewSpeaker, Side};

/// The text: one turn a paragraph, `Label: words`, in bokmål.
const TEXT: &str = include_str!("practice.txt");
/// The label of the one who asks; everybody else in the text is asked.
const ASKS: &str = "Intervjuer";

/// A practice study that is about to be made.
pub struct Begin(Uuid);

impl Begin {
    /// Any: to ask whether somebody may practise.
    #[must_use]
    pub fn any() -> Self {
        Self(Uuid::nil())
    }
}

impl Thing for Begin {
    const KIND: &'static str = people::STUDY;
    fn id(&self) -> Uuid {
        self.0
    }
    fn scope(&self) -> Scope {
        Scope::Practice
    }
}

/// What may not be done with a practice study: fix a report, hand it over, publish it.
///
/// # Errors
/// `VO0033` for a practice study.
pub fn goes_out(study: &Study) -> Result<(), Failure> {
    if study.practice {
        Err(Failure::conflict("VO0033", "voices-practice-stays"))
    } else {
        Ok(())
    }
}

/// The practice study somebody is in, the newest of them.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn of(db: &Conn, actor: &Actor) -> Result<Option<StudyCard>, Fault> {
    let own: Vec<Uuid> = actor
        .memberships
        .iter()
        .filter(|one| one.kind == people::STUDY && one.role != Role::Service)
        .map(|one| one.id)
        .collect();
    let cards = rows::cards_of(db, &own).await?;
    Ok(cards.into_iter().find(|card| card.practice))
}

/// Makes a practice study with its text and its codes. Whoever makes it leads it, so that every
/// step can be tried.
///
/// # Errors
/// [`Failure::NotFound`] when this person does not work with studies; [`Failure`] of the database.
pub async fn begin(tx: &Tx, visitor: &Visitor, lang: Lang) -> Result<Study, Failure> {
    let hub = visitor.hub();
    let now = hub.now();
    let id: Id<Study> = hub.chance().id(now);
    visitor.enter(tx, Act::Create, Begin(id.uuid())).await?;
    let title = hub.words(lang).t("voices-practice-title");
    let slug = free_slug(&title, &rows::slugs_like(tx, &slug_of(&title)).await?);
    rows::add(tx, id, &slug, now).await?;
    if let Some(account) = visitor.actor().account {
        members::set(tx, id.uuid(), account, Role::ProcessManager, now).await?;
    }
    lay_out(tx, visitor, id, lang).await?;
    rows::by_id(tx, id).await?.ok_or(Failure::NotFound)
}

/// Takes away everything that anyone did in a practice study, in every area, with its history, and
/// lays the text out anew. Its members stay.
///
/// # Errors
/// [`Failure::NotFound`] for a study that is none, and for who does not lead it.
pub async fn empty(tx: &Tx, visitor: &Visitor, id: Id<Study>, lang: Lang) -> Result<(), Failure> {
    let study = rows::by_id(tx, id).await?.ok_or(Failure::NotFound)?;
    visitor.enter(tx, Act::Delete, study.clone()).await?;
    if !study.practice {
        return Err(Failure::NotFound);
    }
    let what = Forget::StudyWork { study: id.uuid() };
    visitor.hub().forget(tx, &what).await?;
    rows::renew(tx, id, visitor.hub().now()).await?;
    lay_out(tx, visitor, id, lang).await
}

async fn lay_out(tx: &Tx, visitor: &Visitor, id: Id<Study>, lang: Lang) -> Result<(), Failure> {
    let hub = visitor.hub();
    let words = hub.words(lang);
    rows::set_practice(tx, id, StudyState::Analysing, hub.now()).await?;
    write_commission(tx, visitor, id, &commission(&words)).await?;
    lay_text(tx, visitor, id, &words.t("voices-practice-source")).await?;
    record(tx, visitor, id, "voices-did-lay-practice", &json!({}), None).await?;
    let laid = PracticeLaid {
        hub: hub.clone(),
        actor: Arc::new(visitor.actor().clone()),
        study: id.uuid(),
        lang,
    };
    Ok(hub.practice_laid(tx, &laid).await?)
}

fn commission(words: &Words) -> NewStudy {
    let theme = |title: &str, question: &str| (words.t(title), vec![words.t(question)]);
    NewStudy {
        title: words.t("voices-practice-title"),
        background: words.t("voices-practice-background"),
        services: vec![words.t("voices-practice-service")],
        questions: vec![
            words.t("voices-practice-question-met"),
            words.t("voices-practice-question-decide"),
        ],
        guide: vec![
            theme("voices-practice-theme-met", "voices-practice-ask-met"),
            theme("voices-practice-theme-decide", "voices-practice-ask-decide"),
        ],
        ..NewStudy::default()
    }
}

/// Lays the text out as a source that is whole, without a file behind it.
async fn lay_text(tx: &Tx, visitor: &Visitor, study: Id<Study>, name: &str) -> Result<(), Fault> {
    let hub = visitor.hub();
    let now = hub.now();
    let import = Import {
        id: hub.chance().id(now),
        study,
        job: None,
        state: ImportState::Open,
        basis: Basis::Fictional,
        made_by: visitor.actor().account,
        made_at: now,
    };
    imports::add(tx, &import).await?;
    let new = NewSource {
        name,
        format: "txt",
        basis: Basis::Fictional,
        encoding: None,
        line_ends: None,
        object: None,
        guid: None,
        has_text: true,
        lead: 0,
    };
    let (speakers, blocks) = turns(TEXT);
    let source = add_source(tx, visitor, import.id, study, &new, &speakers).await?;
    add_blocks(tx, visitor, &source, 1, &blocks).await?;
    imports::end(tx, import.id, ImportState::Done).await?;
    imports::show_sources(tx, import.id).await
}

/// Speakers and turns of a text with one turn a paragraph.
fn turns(text: &str) -> (Vec<NewSpeaker>, Vec<NewBlock>) {
    let mut speakers: Vec<NewSpeaker> = Vec::new();
    let mut blocks = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (label, words) = line.split_once(": ").unwrap_or(("", line));
        let known = speakers.iter().position(|speaker| speaker.label == label);
        let at = known.unwrap_or(speakers.len());
        if known.is_none() {
            let side = if label == ASKS {
                Side::Interviewer
            } else {
                Side::User
            };
            speakers.push(NewSpeaker {
                label: label.to_owned(),
                side,
            });
        }
        blocks.push(NewBlock {
            kind: BlockKind::Turn,
            speaker: Some(at),
            time: None,
            text: words.to_owned(),
            gap: 2,
        });
    }
    (speakers, blocks)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use frame::Hub;
    use store::testing;

    use super::*;
    use crate::testing::web::{a_site, get, post, upload};
    use crate::testing::{a_hub, a_study};

    /// Stands in everything that is written in the test, and nowhere else.
    const WRITTEN: &str = "Blåmeis";

    async fn made(hub: &Hub) -> Study {
        let visitor = Visitor::operator(hub, "test");
        let begun: Result<Study, Failure> = hub
            .store()
            .write(move |tx| Box::pin(async move { begin(tx, &visitor, Lang::Nb).await }))
            .await;
        begun.unwrap()
    }

    async fn emptied(hub: &Hub, id: Id<Study>) -> Result<(), Failure> {
        let visitor = Visitor::operator(hub, "test");
        hub.store()
            .write(move |tx| Box::pin(async move { empty(tx, &visitor, id, Lang::Nb).await }))
            .await
    }

    /// What the text and the commission are, without ids and times.
    async fn laid(hub: &Hub, id: Id<Study>) -> (Study, Vec<(Option<String>, String)>) {
        let db = hub.store().read();
        let study = crate::study(&db, id).await.unwrap().unwrap();
        let sources = crate::sources(&db, id, 10, 0).await.unwrap();
        assert_eq!(sources.len(), 1);
        let source = &sources[0].source;
        assert_eq!(
            (source.name.as_str(), source.basis),
            ("Øvingsintervju (oppdiktet)", Basis::Fictional)
        );
        let blocks = crate::blocks(&db, source.id, 1, 1_000).await.unwrap();
        let turns = blocks
            .into_iter()
            .map(|block| (block.speaker_label, block.body));
        (study, turns.collect())
    }

    #[test]
    fn the_text_is_turns_of_two_and_long_enough() {
        let (speakers, blocks) = turns(TEXT);
        let sides: Vec<(&str, Side)> = speakers
            .iter()
            .map(|speaker| (speaker.label.as_str(), speaker.side))
            .collect();
        assert_eq!(
            sides,
            [("Intervjuer", Side::Interviewer), ("Deltaker", Side::User)]
        );
        let words: usize = blocks
            .iter()
            .map(|block| block.text.split_whitespace().count())
            .sum();
        assert!((600..=800).contains(&words), "{words} words");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn emptying_leaves_nothing_of_what_was_written_and_lays_the_text_out_anew() {
        testing::each_engine(async |store, clock| {
            let hub = a_hub(store, clock, vec![crate::area()]);
            let other = a_study(&hub).make().await.unwrap().study;
            let study = made(&hub).await;
            let before = laid(&hub, study.id).await;
            assert!(before.0.practice && before.0.state == StudyState::Analysing);
            let seq = crate::history(&store.read(), study.id, i64::MAX, 1)
                .await
                .unwrap()[0]
                .seq;
            clock.advance(base::DAY);
            write_everywhere(&hub, &study).await;
            let held = testing::places_that_hold(store, hub.sealed(), WRITTEN).await;
            let expected = [
                "block.body",
                "command.body",
                "guide_theme.title",
                "source.name",
                "speaker.label",
                "state_change.reason",
                "study.title",
                "study.background",
                "study_question.question",
                "study_service.name",
            ];
            assert_eq!(
                held.iter()
                    .map(String::as_str)
                    .collect::<std::collections::BTreeSet<_>>(),
                expected.into_iter().collect()
            );
            emptied(&hub, study.id).await.unwrap();
            assert_eq!(
                testing::places_that_hold(store, hub.sealed(), WRITTEN).await,
                Vec::<String>::new()
            );
            let (after, turns) = laid(&hub, study.id).await;
            assert_eq!(turns, before.1);
            assert_eq!(
                after,
                Study {
                    card: StudyCard {
                        state_at: hub.now(),
                        ..before.0.card
                    },
                    ..before.0
                }
            );
            // Its history is as new, and its numbers go on.
            let history = crate::history(&store.read(), study.id, i64::MAX, 10)
                .await
                .unwrap();
            let kinds: Vec<&str> = history.iter().map(|line| line.kind.as_str()).collect();
            assert_eq!(kinds, ["voices-did-lay-practice"]);
            assert!(history[0].seq > seq);
            let faults = hub.check_areas().await.unwrap();
            assert_eq!(faults, Vec::<String>::new());
            // A study that is real is never emptied.
            let refused = emptied(&hub, other.id).await;
            assert!(matches!(refused, Err(Failure::NotFound)), "{refused:?}");
            let kept = crate::study(&store.read(), other.id).await.unwrap();
            assert_eq!(kept, Some(other));
        })
        .await;
    }

    /// Writes a word into all that can be written in this area.
    async fn write_everywhere(hub: &Hub, study: &Study) {
        let (visitor, study) = (Visitor::operator(hub, "test"), study.clone());
        let db = hub.store().read();
        let source = crate::sources(&db, study.id, 1, 0)
            .await
            .unwrap()
            .remove(0)
            .source;
        let block = crate::blocks(&db, source.id, 1, 1).await.unwrap().remove(0);
        let speaker = crate::speakers(&db, source.id).await.unwrap().remove(0).id;
        let facts = crate::facts(hub, &db, study.id).await.unwrap();
        let word = WRITTEN.to_owned();
        let new = NewStudy {
            title: word.clone(),
            background: word.clone(),
            services: vec![word.clone()],
            questions: vec![word.clone()],
            guide: vec![(word.clone(), Vec::new())],
            ..NewStudy::default()
        };
        let written: Result<(), Failure> = hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let digest = crate::block_digest(&block);
                    crate::correct(tx, &visitor, &source, block.id, &digest, &WRITTEN.into())
                        .await?;
                    let (name, basis) = (WRITTEN, Basis::None);
                    crate::change_source(tx, &visitor, &source, name, basis).await?;
                    crate::rename_speaker(tx, &visitor, &source, speaker, WRITTEN, Side::Staff)
                        .await?;
                    crate::change_study(tx, &visitor, &study, &new).await?;
                    let to = StudyState::ProcessReport;
                    crate::set_state(tx, &visitor, &study, to, WRITTEN, &facts).await
                })
            })
            .await;
        written.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_works_with_studies_practises_and_nobody_counts_it() {
        testing::each_engine(async |store, clock| {
            let (hub, site) = a_site(store, clock);
            let offer = "action=\"/studies/practice\"";
            for (who, may) in [
                ("peer_researcher", true),
                ("process_manager", true),
                ("hub_lead", true),
                ("volunteer", false),
                ("service", false),
                ("participant", false),
            ] {
                let list = get(&site, "/studies", who).await;
                assert_eq!(list.text.contains(offer), may, "{who}");
            }
            let begun = post(&site, "/studies/practice", &[]).await;
            assert_eq!(begun.to, "/studies/ovingsevaluering");
            let study = crate::study_by_slug(&store.read(), "ovingsevaluering")
                .await
                .unwrap()
                .unwrap();
            // Its sign stands on its pages, and it is in no list but one's own.
            let leads = format!("process_manager {}", study.id);
            let works = format!("peer_researcher {}", study.id);
            let sign = "practice-banner";
            let way = "/studies/ovingsevaluering/practice/empty";
            for path in ["", "/history", "/import"] {
                let page = get(&site, &format!("/studies/ovingsevaluering{path}"), &leads).await;
                assert!(
                    page.text.contains(sign) && page.text.contains(way),
                    "{path}"
                );
            }
            let page = get(&site, "/studies/ovingsevaluering", &works).await;
            assert!(page.text.contains(sign) && !page.text.contains(way));
            let list = get(&site, "/studies", &leads).await;
            assert!(list.text.contains("/studies/ovingsevaluering") && !list.text.contains(offer));
            assert!(
                !get(&site, "/studies", "hub_lead")
                    .await
                    .text
                    .contains("ovingsevaluering")
            );
            assert_eq!(
                crate::studies(&store.read(), 10, 0).await.unwrap(),
                (vec![], 0)
            );
            // Nothing is brought into it.
            let import = "/studies/ovingsevaluering/import";
            assert!(
                !get(&site, import, &leads)
                    .await
                    .text
                    .contains("type=\"file\"")
            );
            let refused = upload(&site, import, "consent", &[("a.txt", "Kari: hei")]).await;
            assert_eq!(refused.status, StatusCode::CONFLICT);
            assert!(refused.text.contains("VO0032"), "{}", refused.text);
            // One page before it is emptied; only for who leads it.
            let confirm = get(&site, way, &leads).await;
            assert_eq!(confirm.status, StatusCode::OK);
            assert!(confirm.text.contains("<form method=\"post\""));
            assert_eq!(get(&site, way, &works).await.status, StatusCode::NOT_FOUND);
            let emptied = post(&site, way, &[]).await;
            assert_eq!(emptied.to, "/studies/ovingsevaluering");
            let real = a_study(&hub).make().await.unwrap().study;
            let way = format!("/studies/{}/practice/empty", real.slug);
            let leads = format!("process_manager {}", real.id);
            assert_eq!(get(&site, &way, &leads).await.status, StatusCode::NOT_FOUND);
            assert_eq!(post(&site, &way, &[]).await.status, StatusCode::NOT_FOUND);
            assert!(goes_out(&real).is_ok() && goes_out(&study).is_err());
        })
        .await;
    }
}
