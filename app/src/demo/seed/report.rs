//! The reports of a study: own text, looked over, fixed, handed over; the final one made public.

use std::collections::HashMap;

use base::{Id, Lang};
use frame::Failure;
use people::Visitor;
use reports::{Kind, PartKey, Target, Version};
use voices::{Study, StudyState};

use super::{Found, Seeder, broken};
use crate::demo::content::ReportFile;

/// Days the demo's link to the service holds.
const LINK_DAYS: i64 = 60;

impl Seeder {
    /// The process report, handed over; and the final report where there is one.
    pub(super) async fn reports(&self, study: &Study, found: &Found) -> Result<(), Failure> {
        let visitor = self.visitor("process_manager").await?;
        let version = self
            .fixed(
                &visitor,
                study,
                found,
                (Kind::Process, &self.content.report),
            )
            .await?;
        let recipient = format!("{}, leder", self.content.study.services.join(", "));
        let who = visitor.clone();
        self.act(move |tx| {
            Box::pin(async move {
                reports::hand_over(tx, &who, &version, &recipient, LINK_DAYS).await?;
                Ok(())
            })
        })
        .await?;
        self.move_on(&visitor, study.id, StudyState::ProcessReport)
            .await?;
        let Some(text) = &self.content.final_report else {
            return Ok(());
        };
        self.wait(30);
        self.move_on(&visitor, study.id, StudyState::FinalReport)
            .await?;
        self.wait(30);
        let version = self
            .fixed(&visitor, study, found, (Kind::Final, text))
            .await?;
        let (who, what) = (visitor.clone(), study.clone());
        self.act(move |tx| {
            Box::pin(async move {
                reports::publish(tx, &who, &what, version.id).await?;
                Ok(())
            })
        })
        .await?;
        self.move_on(&visitor, study.id, StudyState::FollowUp).await
    }

    /// Writes a report and fixes it.
    async fn fixed(
        &self,
        visitor: &Visitor,
        study: &Study,
        found: &Found,
        (kind, text): (Kind, &ReportFile),
    ) -> Result<Version, Failure> {
        let data = &self.content.study;
        let settings = reports::Settings {
            title: data.title.clone(),
            subtitle: data.subtitle.clone(),
            period: data.period.clone(),
            lang: Lang::Nb,
        };
        let parts = self.parts(study, found, text).await?;
        let (who, what) = (visitor.clone(), study.clone());
        self.act(move |tx| {
            Box::pin(async move {
                reports::set_settings(tx, &who, &what, kind, &settings).await?;
                for (part, text) in parts {
                    let target = Target {
                        kind,
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
        self.look_over(visitor, study, kind).await?;
        reports::fix(visitor, study, kind).await
    }

    /// Moves the study on, step by step.
    async fn move_on(
        &self,
        visitor: &Visitor,
        id: Id<Study>,
        to: StudyState,
    ) -> Result<(), Failure> {
        let facts = voices::facts(&self.hub, &self.hub.store().read(), id).await?;
        let visitor = visitor.clone();
        self.act(move |tx| {
            Box::pin(async move {
                loop {
                    let study = voices::study(tx, id).await?.ok_or(Failure::NotFound)?;
                    match study.state.next() {
                        Some(next) if next <= to => {
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
    async fn parts(
        &self,
        study: &Study,
        found: &Found,
        report: &ReportFile,
    ) -> Result<Vec<(PartKey, String)>, Failure> {
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
            let whole = text.trim().to_owned();
            let known = numbers
                .iter()
                .filter(|(from, _)| whole.contains(from.as_str()));
            known.fold(whole.clone(), |text, (from, to)| text.replace(from, to))
        };
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
    async fn look_over(&self, visitor: &Visitor, study: &Study, kind: Kind) -> Result<(), Failure> {
        let issues = reports::issues(&self.hub, study, kind).await?;
        let marks: Vec<String> = issues.iter().map(|issue| issue.mark()).collect();
        let (who, what) = (visitor.clone(), study.clone());
        self.act(move |tx| {
            Box::pin(async move {
                for mark in marks {
                    let decision = (mark.as_str(), Some("Sett på: oppdiktet"));
                    reports::decide(tx, &who, &what, kind, decision).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
