//! Fills a fresh hub with the demo's content, through the same acts that pages call.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use analysis::codes::NewCode;
use analysis::findings::{Finding, NewFinding, NewTheme, Theme};
use analysis::{Anchor, Code, NewMark, Passage, Point};
use base::{Account, Actor, Id, Lang, Role};
use frame::{Failure, Hub};
use people::{HubRow, NewAccount, Visitor};
use reports::{Kind, PartKey, Target};
use store::Tx;
use voices::{Basis, Block, NewStudy, Side, Source, Study, StudyState};

use super::content::{Content, MarkData, SourceData, SpeakerData};
use crate::commands::sentence;

/// Who is in the demo, by role.
pub(super) struct Cast {
    pub(super) people: BTreeMap<String, String>,
    pub(super) accounts: BTreeMap<String, Id<Account>>,
    pub(super) studies: Vec<String>,
}

/// Makes the whole demo.
pub(super) async fn make(hub: &Hub) -> Result<Cast, String> {
    let content = Arc::new(Content::read()?);
    let told = sentence(hub);
    let accounts = people_of(hub, &content).await.map_err(&told)?;
    let seeder = Seeder {
        hub: hub.clone(),
        content: content.clone(),
        accounts,
    };
    let study = seeder.study().await.map_err(&told)?;
    let sources = seeder.sources(&study).await.map_err(&told)?;
    let codes = seeder.codes(&study).await.map_err(&told)?;
    let marks = seeder
        .marks(&study, &sources, &codes)
        .await
        .map_err(&told)?;
    let findings = seeder
        .findings(&study, &codes, &marks)
        .await
        .map_err(&told)?;
    seeder.report(&study, &findings).await.map_err(&told)?;
    let people = content
        .hub
        .person
        .iter()
        .map(|person| (person.id.clone(), person.name.clone()))
        .collect();
    Ok(Cast {
        people,
        accounts: seeder.accounts,
        studies: vec![study.slug],
    })
}

/// The hub's row and its accounts, by their id in the content.
async fn people_of(
    hub: &Hub,
    content: &Arc<Content>,
) -> Result<BTreeMap<String, Id<Account>>, Failure> {
    let (asked, content) = (hub.clone(), content.clone());
    hub.store()
        .write(move |tx| {
            Box::pin(async move {
                let data = &content.hub.hub;
                let row = HubRow {
                    name: data.name.clone(),
                    place: data.municipality.clone(),
                    contact: data.contact.clone(),
                };
                people::name_hub(tx, &Visitor::operator(&asked, "demo"), &row).await?;
                let mut accounts = BTreeMap::new();
                for person in &content.hub.person {
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

struct Seeder {
    hub: Hub,
    content: Arc<Content>,
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
        let data = &self.content.hub.study;
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
        };
        let study = self
            .act(move |tx| Box::pin(async move { voices::create_study(tx, &visitor, &new).await }))
            .await?;
        let mut members = Vec::new();
        for person in &data.members {
            let role = self
                .content
                .hub
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
        for data in &self.content.hub.source {
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
            .content
            .hub
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
    let (block, at) = place_of(text, &mark.quote).ok_or_else(|| broken(&mark.id))?;
    let from = Point {
        block: block.id,
        at,
    };
    let to = match &mark.to {
        None => Point {
            block: block.id,
            at: at + mark.quote.chars().count(),
        },
        Some(last) => {
            let (block, at) = place_of(text, last).ok_or_else(|| broken(&mark.id))?;
            Point {
                block: block.id,
                at: at + last.chars().count(),
            }
        }
    };
    let own: Option<Vec<Id<Code>>> = mark
        .codes
        .iter()
        .map(|code| codes.get(code).copied())
        .collect();
    Ok(NewMark {
        anchor: Anchor { from, to },
        codes: own.ok_or_else(|| broken(&mark.id))?,
        new_codes: Vec::new(),
        note: mark.note.clone().unwrap_or_default(),
    })
}

/// The block in which these words stand, and the code points before them.
fn place_of<'a>(text: &'a Text, words: &str) -> Option<(&'a Block, usize)> {
    text.blocks.iter().find_map(|block| {
        let at = block.body.find(words)?;
        Some((block, block.body.get(..at)?.chars().count()))
    })
}

/// Days the demo's link to the service holds.
const LINK_DAYS: i64 = 60;

impl Seeder {
    /// The process report: own text, looked over, fixed, handed over; and the study moves on.
    async fn report(&self, study: &Study, found: &Found) -> Result<(), Failure> {
        let visitor = self.visitor("process_manager").await?;
        let data = &self.content.hub.study;
        let settings = reports::Settings {
            title: data.title.clone(),
            subtitle: data.subtitle.clone(),
            period: data.period.clone(),
            lang: Lang::Nb,
        };
        let parts = self.parts(study, found).await?;
        let (who, what) = (visitor.clone(), study.clone());
        self.act(move |tx| {
            Box::pin(async move {
                reports::set_settings(tx, &who, &what, Kind::Process, &settings).await?;
                for (part, text) in parts {
                    let target = Target {
                        kind: Kind::Process,
                        part,
                        expected: 0,
                    };
                    reports::set_part(tx, &who, &what, target, &text)
                        .await
                        .map_err(|_| broken(format!("{part}")))?;
                }
                Ok(())
            })
        })
        .await?;
        self.look_over(&visitor, study).await?;
        let version = reports::fix(&visitor, study, Kind::Process).await?;
        let facts = voices::facts(&self.hub, &self.hub.store().read(), study.id).await?;
        let (id, recipient) = (
            study.id,
            format!("{}, leder", self.content.hub.study.services.join(", ")),
        );
        self.act(move |tx| {
            Box::pin(async move {
                reports::hand_over(tx, &visitor, &version, &recipient, LINK_DAYS).await?;
                loop {
                    let study = voices::study(tx, id).await?.ok_or(Failure::NotFound)?;
                    match study.state.next() {
                        Some(next) if next <= StudyState::ProcessReport => {
                            voices::set_state(tx, &visitor, &study, next, "", &facts).await?;
                        }
                        _ => return Ok(()),
                    }
                }
            })
        })
        .await
    }

    /// The own text of each part, with the program's numbers in its references.
    async fn parts(&self, study: &Study, found: &Found) -> Result<Vec<(PartKey, String)>, Failure> {
        let findings = analysis::findings::findings(&self.hub.store().read(), study.id).await?;
        let mut numbers: HashMap<String, String> = HashMap::new();
        for (id, finding) in &found.findings {
            let finding = findings
                .iter()
                .find(|one| one.id == *finding)
                .ok_or_else(|| broken(id))?;
            numbers.insert(
                format!("[[funn:{id}]]"),
                format!("[[funn:{}]]", finding.number),
            );
        }
        for (mark, number) in &found.quotes {
            numbers.insert(format!("[[sitat:{mark}]]"), format!("[[sitat:{number}]]"));
        }
        let numbered = |text: &str| -> String {
            let lines = text.trim().lines();
            lines
                .map(|line| numbers.get(line.trim()).map_or(line, String::as_str))
                .collect::<Vec<_>>()
                .join("\n")
        };
        let report = &self.content.report;
        let mut parts = Vec::new();
        for (key, text) in &report.parts {
            parts.push((key.parse().map_err(|_| broken(key))?, numbered(text)));
        }
        for (id, text) in &report.theme {
            let theme = found.themes.get(id).ok_or_else(|| broken(id))?.uuid();
            parts.push((PartKey::ThemeIntro(theme), numbered(&text.intro)));
            parts.push((PartKey::ThemeSummary(theme), numbered(&text.summary)));
        }
        Ok(parts)
    }

    /// What the checks ask somebody to look at was looked at.
    async fn look_over(&self, visitor: &Visitor, study: &Study) -> Result<(), Failure> {
        let issues = reports::issues(&self.hub, study, Kind::Process).await?;
        let marks: Vec<String> = issues.iter().map(|issue| issue.mark()).collect();
        let (who, what) = (visitor.clone(), study.clone());
        self.act(move |tx| {
            Box::pin(async move {
                for mark in marks {
                    let decision = (mark.as_str(), Some("Sett på: oppdiktet"));
                    reports::decide(tx, &who, &what, Kind::Process, decision).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
