//! Who opened what of a study: for those who work in it. No sums and no choosing of a person, since it is no measure
//! of anyone's work.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use base::{Account, Id, Uuid};
use frame::{Ask, Failure, Reply, show};
use people::{Act, Layer, StudyPart, members};
use serde::Deserialize;
use store::Conn;
use store::trail::{self, Entry};
use ui::{Markup, dates, html, parts};

use super::{study_crumbs, study_nav};
use crate::source::store as sources;
use crate::study::store as rows;
use crate::{Source, Study};

/// Lines on a page.
const LINES: i64 = 50;

#[derive(Deserialize)]
pub(super) struct Before {
    before: Option<Uuid>,
}

pub(super) async fn page(ask: Ask, Path(slug): Path<String>, Query(query): Query<Before>) -> Reply {
    let visitor = people::visitor(&ask)?;
    let db = ask.hub.store().read();
    let study = rows::by_slug(&db, &slug).await?.ok_or(Failure::NotFound)?;
    visitor
        .read(StudyPart(study.id.uuid(), Layer::Lead))
        .await?;
    let before = query.before.unwrap_or(Uuid::max());
    let lines = trail::openings(&db, study.id.uuid(), before, LINES).await?;
    let names = Names::of(&ask, &db, &lines).await?;
    let older = lines
        .last()
        .filter(|_| lines.len() == usize::try_from(LINES).unwrap_or(usize::MAX))
        .map(|line| line.id);
    let body = html! {
        (study_nav(&ask, &study, "opened"))
        (parts::h1(&ask.t("voices-opened")))
        p class="ds-paragraph" { (ask.t("voices-opened-what")) }
        @if lines.is_empty() { p { (ask.t("voices-opened-none")) } } @else { (table(&ask, &study, &lines, &names)) }
        @if let Some(older) = older {
            p { (parts::quiet_link(&format!("/studies/{slug}/opened?before={older}"), &ask.t("voices-history-older"))) }
        }
    };
    let page = ask
        .page(ask.t("voices-opened"), body)
        .crumbs(study_crumbs(&ask, &study));
    Ok(show(&page))
}

/// The names that a page of lines needs, asked for once.
struct Names {
    people: HashMap<Uuid, String>,
    sources: HashMap<Uuid, String>,
}

impl Names {
    async fn of(ask: &Ask, db: &Conn, lines: &[Entry]) -> Result<Self, Failure> {
        let mut accounts: Vec<Id<Account>> = lines
            .iter()
            .filter_map(|line| line.actor.map(Id::from))
            .collect();
        accounts.sort();
        accounts.dedup();
        let mut opened: Vec<Id<Source>> = lines
            .iter()
            .filter(|line| line.kind == "source")
            .map(|line| Id::from(line.subject))
            .collect();
        opened.sort();
        opened.dedup();
        let people = members::names(db, &accounts).await?;
        let sources = sources::sources_by_id(db, &opened).await?;
        let named = |name: String| match name.as_str() {
            "" => ask.t("voices-nobody"),
            _ => name,
        };
        Ok(Self {
            people: people
                .into_iter()
                .map(|(id, name)| (id.uuid(), named(name)))
                .collect(),
            sources: sources
                .into_iter()
                .map(|source| (source.id.uuid(), source.name))
                .collect(),
        })
    }

    fn who(&self, ask: &Ask, line: &Entry) -> String {
        match line.actor {
            Some(actor) => self
                .people
                .get(&actor)
                .cloned()
                .unwrap_or_else(|| ask.t("voices-nobody")),
            None if line.role == "link" => ask.t("voices-opened-by-link"),
            None => ask.t("voices-operator"),
        }
    }

    fn what(&self, ask: &Ask, line: &Entry) -> String {
        let kind = match line.kind.as_str() {
            "source" => "voices-opened-source",
            "passage" => "voices-opened-passage",
            "report" => "voices-opened-report",
            "report_version" => "voices-opened-version",
            people::STUDY => "voices-opened-study",
            _ => "voices-opened-other",
        };
        match self.sources.get(&line.subject) {
            Some(name) => name.clone(),
            None => ask.t(kind),
        }
    }
}

fn table(ask: &Ask, study: &Study, lines: &[Entry], names: &Names) -> Markup {
    let head = [
        "voices-opened-when",
        "voices-opened-who",
        "voices-opened-thing",
        "voices-opened-how",
    ]
    .map(|key| ask.t(key));
    let rows: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            let how = match line.act.as_str() {
                word if word == Act::Export.word() => "voices-opened-exported",
                word if word == Act::HandOver.word() => "voices-opened-handed",
                "refused" => "voices-opened-refused",
                _ => "voices-opened-looked",
            };
            vec![
                html! { (dates::moment(line.at, ask.lang())) },
                html! { (names.who(ask, line)) },
                html! { (names.what(ask, line)) },
                html! { (ask.t(how)) },
            ]
        })
        .collect();
    parts::table(&study.title, &head, &rows)
}

#[cfg(test)]
mod tests {
    use store::testing;

    use crate::testing::a_study;
    use crate::testing::web::{a_site, get};

    #[tokio::test(flavor = "multi_thread")]
    async fn it_tells_who_opened_what_and_who_was_kept_out() {
        testing::each_engine(async |store, clock| {
            let (hub, site) = a_site(store, clock);
            let made = a_study(&hub)
                .titled("Natt")
                .with_source("Kveldssamtale", &["Kari: hei"])
                .make()
                .await
                .unwrap();
            let member = |role: &str| format!("{role} {}", made.study.id);
            let source = format!("/sources/{}", made.sources[0]);
            for (who, status) in [
                (member("peer_researcher"), 200),
                (member("peer_researcher"), 200),
                ("hub_lead".to_owned(), 404),
            ] {
                clock.advance(base::SECOND);
                assert_eq!(get(&site, &source, &who).await.status.as_u16(), status);
            }
            let page = get(&site, "/studies/natt/opened", &member("process_manager")).await;
            let lines: Vec<&str> = page
                .text
                .split("<tr role=\"row\">")
                .skip(2)
                .filter(|row| row.contains("Kveldssamtale"))
                .collect();
            // Newest first; the second opening within a quarter of an hour is not told again.
            let told: Vec<bool> = lines
                .iter()
                .map(|row| row.contains(">Åpnet</td>"))
                .collect();
            assert_eq!(told, [false, true], "{}", page.text);
            assert!(lines[0].contains("Slapp ikke inn"), "{}", lines[0]);
            assert_eq!(
                get(&site, "/studies/natt/opened", &member("service"))
                    .await
                    .status
                    .as_u16(),
                404
            );
        })
        .await;
    }
}
