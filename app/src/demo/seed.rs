//! Fills a fresh hub with the demo's content, through the same acts that pages call.

mod practice;
mod report;

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use analysis::codes::NewCode;
use analysis::findings::{Finding, NewFinding, NewTheme, Theme};
use analysis::{Anchor, Code, NewMark, Passage, Point};
use base::{Account, Actor, Clock, DAY, Id, Role};
use frame::{Failure, Hub};
use people::{HubRow, NewAccount, Visitor};
use store::Tx;
use voices::{Basis, Block, NewStudy, Publisher, Side, Source, Study};

use super::content::{Content, HubFile, MarkData, SourceData, SpeakerData, StudyContent};
use crate::commands::sentence;

/// Who is in the demo, by role.
pub(super) struct Cast {
    pub(super) people: BTreeMap<String, String>,
    pub(super) accounts: BTreeMap<String, Id<Account>>,
    pub(super) studies: Vec<String>,
}

/// Days since the older study was begun: less than the trail is kept.
const BEGUN: i64 = 690;

/// Makes the whole demo.
pub(super) async fn make(hub: &Hub) -> Result<Cast, String> {
    let content = Content::read()?;
    let told = sentence(hub);
    let clock = Clock::standing_at(hub.now().plus(-BEGUN * DAY));
    let (then, _) = Hub::assemble(
        hub.store().clone(),
        clock,
        hub.chance().clone(),
        hub.config().clone(),
        crate::hub::areas(),
    )?;
    let accounts = people_of(&then, &content.hub).await.map_err(&told)?;
    hub.set_name(&content.hub.hub.name);
    let content_hub = content.hub.clone();
    let seeder = |hub: &Hub, content: &Arc<StudyContent>| Seeder {
        hub: hub.clone(),
        content: content.clone(),
        accounts: accounts.clone(),
        people: content_hub.clone(),
    };
    let older = seeder(&then, &content.older);
    let older = older.whole().await.map_err(&told)?;
    let main = seeder(hub, &content.main);
    let slugs = vec![
        main.whole().await.map_err(&told)?.slug.clone(),
        older.slug.clone(),
        main.practice(&content.practice.mark)
            .await
            .map_err(&told)?
            .slug
            .clone(),
    ];
    let people = content
        .hub
        .person
        .iter()
        .map(|person| (person.id.clone(), person.name.clone()))
        .collect();
    Ok(Cast {
        people,
        accounts,
        studies: slugs,
    })
}

/// The hub's row and its accounts, by their id in the content.
async fn people_of(
    hub: &Hub,
    content: &Arc<HubFile>,
) -> Result<BTreeMap<String, Id<Account>>, Failure> {
    let (asked, content) = (hub.clone(), content.clone());
    hub.store()
        .write(move |tx| {
            Box::pin(async move {
                let data = &content.hub;
                let row = HubRow {
                    name: data.name.clone(),
                    place: data.municipality.clone(),
                    contact: data.contact.clone(),
                };
                people::name_hub(tx, &Visitor::operator(&asked, "demo"), &row).await?;
                let mut accounts = BTreeMap::new();
                for person in &content.person {
                    let new = NewAccount {
                        name: person.name.clone(),
                        email: None,
                        roles: vec![person.role],
                        lang: None,
                    };
                    accounts.insert(
                        person.id.clone(),
                        people::add_account(tx, &asked, &new).await?,
                    );
                }
                Ok::<_, Failure>(accounts)
            })
        })
        .await
}

/// Makes one study.
struct Seeder {
    hub: Hub,
    people: Arc<HubFile>,
    content: Arc<StudyContent>,
    accounts: BTreeMap<String, Id<Account>>,
}

/// A source with its text, to find quotes in.
struct Text {
    source: Id<Source>,
    blocks: Vec<Block>,
}

fn broken(what: impl Into<String>) -> Failure {
    Failure::Fault(format!(
        "the demo's content does not fit together: {}",
        what.into()
    ))
}

impl Seeder {
    /// The study from its commission to its reports.
    async fn whole(&self) -> Result<Study, Failure> {
        let study = self.study().await?;
        self.wait(40);
        let sources = self.sources(&study).await?;
        self.wait(20);
        let codes = self.codes(&study).await?;
        let marks = self.marks(&study, &sources, &codes).await?;
        self.wait(15);
        let found = self.findings(&study, &codes, &marks).await?;
        self.wait(15);
        self.reports(&study, &found).await?;
        Ok(study)
    }

    /// Lets days pass where the study lies in the past; the machine's clock is left alone.
    fn wait(&self, days: i64) {
        self.hub.clock().advance(days * DAY);
    }

    fn account(&self, person: &str) -> Result<Id<Account>, Failure> {
        self.accounts
            .get(person)
            .copied()
            .ok_or_else(|| broken(person))
    }

    /// Somebody of the demo, with the roles they have now.
    async fn visitor(&self, person: &str) -> Result<Visitor, Failure> {
        let account = self.account(person)?;
        let actor: Actor = people::members::actor(&self.hub.store().read(), account)
            .await?
            .ok_or_else(|| broken(person))?;
        Ok(Visitor::new(&self.hub, Arc::new(actor)))
    }

    async fn act<T: Send + 'static>(&self, act: impl store::Act<T, Failure>) -> Result<T, Failure> {
        self.hub.store().write(act).await
    }

    async fn study(&self) -> Result<Study, Failure> {
        let visitor = self.visitor("process_manager").await?;
        let data = &self.content.study;
        let new = NewStudy {
            title: format!("{} – {}", data.title, data.subtitle),
            slug: Some(data.slug.clone()),
            background: format!("{}\n\n{}", data.about_nb, data.service_background.trim()),
            services: data.services.clone(),
            questions: data.questions.clone(),
            guide: data
                .guide
                .iter()
                .map(|theme| (theme.title.clone(), theme.questions.clone()))
                .collect(),
            publisher: match self.content.final_report {
                Some(_) => Publisher::Hub,
                None => Publisher::Undecided,
            },
        };
        let study = self
            .act(move |tx| Box::pin(async move { voices::create_study(tx, &visitor, &new).await }))
            .await?;
        let mut members = Vec::new();
        for person in &data.members {
            let role = self
                .people
                .person
                .iter()
                .find(|one| one.id == *person)
                .map(|one| one.role);
            members.push((self.account(person)?, role.ok_or_else(|| broken(person))?));
        }
        members.push((self.account(&data.service_contact)?, Role::Service));
        let (leader, id) = (self.visitor("process_manager").await?, study.id);
        self.act(move |tx| {
            Box::pin(async move {
                for (account, role) in members {
                    voices::set_member(tx, &leader, id, account, role).await?;
                }
                Ok(())
            })
        })
        .await?;
        Ok(study)
    }

    async fn sources(&self, study: &Study) -> Result<HashMap<String, Text>, Failure> {
        let visitor = self.visitor("process_manager").await?;
        let mut texts = HashMap::new();
        for data in &self.content.source {
            let text = Content::interview(&data.file).ok_or_else(|| broken(&data.file))?;
            let file = (format!("{}.txt", data.title), text.into());
            let report =
                voices::import_files(&self.hub, &visitor, study, vec![file], Basis::Fictional)
                    .await?;
            let source = report
                .files
                .first()
                .and_then(|file| file.outcome.as_ref()?.sources.first().copied())
                .ok_or_else(|| broken(&data.file))?;
            self.sides(&visitor, source, data).await?;
            let blocks = voices::blocks(&self.hub.store().read(), source, 0, 10_000).await?;
            texts.insert(data.file.clone(), Text { source, blocks });
        }
        Ok(texts)
    }

    /// Says which side each speaker is on.
    async fn sides(
        &self,
        visitor: &Visitor,
        id: Id<Source>,
        data: &SourceData,
    ) -> Result<(), Failure> {
        let db = self.hub.store().read();
        let source = voices::source(&db, id)
            .await?
            .ok_or_else(|| broken(&data.file))?;
        let sides: HashMap<String, Side> = data
            .speakers
            .iter()
            .map(|speaker| (speaker.name.clone(), side_of(speaker)))
            .collect();
        let speakers = voices::speakers(&db, id).await?;
        let visitor = visitor.clone();
        self.act(move |tx| {
            Box::pin(async move {
                for speaker in speakers {
                    if let Some(side) = sides.get(&speaker.label) {
                        voices::rename_speaker(
                            tx,
                            &visitor,
                            &source,
                            speaker.id,
                            &speaker.label,
                            *side,
                        )
                        .await?;
                    }
                }
                Ok(())
            })
        })
        .await
    }

    async fn codes(&self, study: &Study) -> Result<HashMap<String, Id<Code>>, Failure> {
        let (visitor, study, content) = (
            self.visitor("peer_researcher").await?,
            study.id,
            self.content.clone(),
        );
        self.act(move |tx| {
            Box::pin(async move {
                let mut ids: HashMap<String, Id<Code>> = HashMap::new();
                for data in &content.coding.code {
                    let parent = match &data.parent {
                        Some(parent) => Some(*ids.get(parent).ok_or_else(|| broken(parent))?),
                        None => None,
                    };
                    let new = NewCode {
                        parent,
                        name: data.name.clone(),
                        description: data.description.clone(),
                        colour: Some(data.colour.clone()),
                        sign: Some(data.sign.clone()),
                        heading: false,
                    };
                    let code = analysis::codes::add(tx, &visitor, study, new).await?;
                    ids.insert(data.id.clone(), code.id);
                }
                Ok(ids)
            })
        })
        .await
    }

    /// Marks by each of the two coders; gives the passages by the marks' ids.
    async fn marks(
        &self,
        study: &Study,
        texts: &HashMap<String, Text>,
        codes: &HashMap<String, Id<Code>>,
    ) -> Result<HashMap<String, Id<Passage>>, Failure> {
        let mut passages = HashMap::new();
        for person in self
            .people
            .person
            .iter()
            .filter(|person| person.coder.is_some())
        {
            let visitor = self.visitor(&person.id).await?;
            let own = self
                .content
                .coding
                .mark
                .iter()
                .filter(|mark| Some(&mark.coder) == person.coder.as_ref());
            let mut wanted = Vec::new();
            for mark in own {
                let text = texts.get(&mark.file).ok_or_else(|| broken(&mark.file))?;
                wanted.push((mark.id.clone(), text.source, new_mark(mark, text, codes)?));
            }
            let made = self
                .act(move |tx| Box::pin(async move { mark_all(tx, &visitor, wanted).await }))
                .await?;
            passages.extend(made);
        }
        self.hub.tell(study.id.uuid());
        Ok(passages)
    }

    /// Themes and findings; gives the findings' numbers by their ids in the content, and the
    /// themes' ids.
    async fn findings(
        &self,
        study: &Study,
        codes: &HashMap<String, Id<Code>>,
        marks: &HashMap<String, Id<Passage>>,
    ) -> Result<Found, Failure> {
        let visitor = self.visitor("process_manager").await?;
        let (study, content) = (study.id, self.content.clone());
        let (codes, marks) = (codes.clone(), marks.clone());
        self.act(move |tx| {
            Box::pin(async move {
                let mut found = Found::default();
                for data in &content.findings.theme {
                    let own = data
                        .codes
                        .iter()
                        .filter_map(|code| codes.get(code).copied())
                        .collect();
                    let new = NewTheme {
                        title: data.title.clone(),
                        text: data.summary.clone(),
                        codes: own,
                    };
                    let id = analysis::findings::add_theme(tx, &visitor, study, &new).await?;
                    found.themes.insert(data.id.clone(), id);
                }
                for data in &content.findings.finding {
                    let finding = new_finding(data, &found.themes)?;
                    let id: Id<Finding> =
                        analysis::findings::add_finding(tx, &visitor, study, &finding).await?;
                    for evidence in &data.evidence {
                        let passage = *marks
                            .get(&evidence.mark)
                            .ok_or_else(|| broken(&evidence.mark))?;
                        let stance = evidence
                            .stance
                            .parse()
                            .map_err(|()| broken(&evidence.stance))?;
                        let number = analysis::findings::add_evidence(
                            tx, &visitor, study, id, passage, stance,
                        )
                        .await?;
                        found.quotes.insert(evidence.mark.clone(), number);
                    }
                    found.findings.insert(data.id.clone(), id);
                }
                Ok(found)
            })
        })
        .await
    }
}

/// What was made of the marks.
#[derive(Default)]
pub(super) struct Found {
    pub(super) themes: HashMap<String, Id<Theme>>,
    pub(super) findings: HashMap<String, Id<Finding>>,
    pub(super) quotes: HashMap<String, i64>,
}

fn side_of(speaker: &SpeakerData) -> Side {
    match (
        speaker.part.as_str(),
        speaker.sides.first().map(String::as_str),
    ) {
        ("interviewer", _) => Side::Interviewer,
        (_, Some(side)) => side.parse().unwrap_or(Side::Unknown),
        (_, None) => Side::Unknown,
    }
}

fn new_finding(
    data: &super::content::FindingData,
    themes: &HashMap<String, Id<Theme>>,
) -> Result<NewFinding, Failure> {
    let wrong = || broken(&data.id);
    Ok(NewFinding {
        sentence: data.sentence.clone(),
        polarity: data.polarity.parse().map_err(|()| wrong())?,
        level: data.level.parse().map_err(|()| wrong())?,
        theme: themes.get(&data.theme).copied(),
        chime: match &data.chime {
            Some(word) => Some(word.parse().map_err(|()| wrong())?),
            None => None,
        },
        sides: data
            .sides
            .iter()
            .filter_map(|side| side.parse().ok())
            .collect(),
    })
}

async fn mark_all(
    tx: &Tx,
    visitor: &Visitor,
    wanted: Vec<(String, Id<Source>, NewMark)>,
) -> Result<Vec<(String, Id<Passage>)>, Failure> {
    let mut made = Vec::with_capacity(wanted.len());
    for (id, source, new) in wanted {
        made.push((id, analysis::mark(tx, visitor, source, &new).await?.passage));
    }
    Ok(made)
}

fn new_mark(
    mark: &MarkData,
    text: &Text,
    codes: &HashMap<String, Id<Code>>,
) -> Result<NewMark, Failure> {
    let own: Option<Vec<Id<Code>>> = mark
        .codes
        .iter()
        .map(|code| codes.get(code).copied())
        .collect();
    Ok(NewMark {
        anchor: anchor_of(text, &mark.quote, mark.to.as_deref()).ok_or_else(|| broken(&mark.id))?,
        codes: own.ok_or_else(|| broken(&mark.id))?,
        new_codes: Vec::new(),
        note: mark.note.clone().unwrap_or_default(),
    })
}

/// From the first letter of `quote` to the last of `to`, or of the quote itself.
fn anchor_of(text: &Text, quote: &str, to: Option<&str>) -> Option<Anchor> {
    let (block, at) = place_of(text, quote)?;
    let last = to.unwrap_or(quote);
    let (end, before) = place_of(text, last)?;
    Some(Anchor {
        from: Point {
            block: block.id,
            at,
        },
        to: Point {
            block: end.id,
            at: before + last.chars().count(),
        },
    })
}

/// The block in which these words stand, and the code points before them.
fn place_of<'a>(text: &'a Text, words: &str) -> Option<(&'a Block, usize)> {
    text.blocks.iter().find_map(|block| {
        let at = block.body.find(words)?;
        Some((block, block.body.get(..at)?.chars().count()))
    })
}
