//! Gathers what a report is made from, through the faces of the other areas. No HTTP, no SQL.

use std::collections::{BTreeMap, BTreeSet};

use analysis::findings::{self, Evidence, Finding};
use base::{Id, Lang, Role, Time};
use frame::Hub;
use people::members;
use small_cells::Count;
use store::{Conn, Fault};
use ui::{Words, dates};
use voices::{Side, Study};

use crate::checks::{Allowed, Facts};
use crate::compose::{Composed, FindingText, Material, QuoteText, Stance, ThemeText, compose};
use crate::html::{Inside, InsideQuote};
use crate::paper::{self, Day, Kind, Polarity};
use crate::report::{Report, Stamp};
use crate::store::{self as rows, PartText, ReportRow};

/// Everything about a report on its way.
pub(crate) struct Gathered {
    /// Its cover; as it would be, when nothing is stored yet.
    pub(crate) report: ReportRow,
    /// The own texts.
    pub(crate) parts: Vec<PartText>,
    /// What the paper is made from.
    pub(crate) material: Material,
    /// What the checks need beside it; without what only composing tells.
    facts: Facts,
    /// Where findings and quotes come from.
    pub(crate) inside: Inside,
}

impl Gathered {
    /// The paper, and what to look at.
    pub(crate) fn compose(&self, stamp: Stamp, hub: &Hub) -> (Composed, Facts) {
        let composed = compose(&self.material, stamp, &hub.words(self.report.lang));
        let facts = Facts {
            empty: composed.empty.clone(),
            ..self.facts.clone()
        };
        (composed, facts)
    }
}

/// The report of a study, or what it begins as.
pub(crate) async fn report_or_new(
    db: &Conn,
    hub: &Hub,
    study: &Study,
    kind: Kind,
) -> Result<ReportRow, Fault> {
    let found = rows::report(db, study.id, kind).await?;
    Ok(found.unwrap_or_else(|| {
        let id: Id<Report> = hub.chance().id(hub.now());
        let title = study.title.clone();
        let (subtitle, period) = (String::new(), String::new());
        ReportRow {
            id,
            study: study.id,
            kind,
            title,
            subtitle,
            period,
            lang: Lang::default(),
        }
    }))
}

/// Gathers everything. A bounded number of questions to the database, and one for each source.
pub(crate) async fn gather(
    db: &Conn,
    hub: &Hub,
    study: &Study,
    kind: Kind,
) -> Result<Gathered, Fault> {
    let report = report_or_new(db, hub, study, kind).await?;
    let words = hub.words(report.lang);
    let parts = rows::parts(db, report.id).await?;
    let themes = findings::themes(db, study.id).await?;
    let findings = findings::findings(db, study.id).await?;
    let about_hub = people::hub_row(db).await?.unwrap_or_default();
    let hub_lines = [&about_hub.place, &about_hub.contact];
    let hub_lines: Vec<String> = hub_lines
        .into_iter()
        .filter(|line| !line.trim().is_empty())
        .cloned()
        .collect();
    let guide = voices::guide(db, study.id).await?;
    let material = Material {
        ident: format!("{}-{}", report.id, hub.now().micros()),
        kind,
        language: report.lang.into(),
        title: report.title.clone(),
        subtitle: report.subtitle.clone(),
        hub: paper::Hub {
            name: hub.name(),
            lines: hub_lines.clone(),
        },
        study: paper::Study {
            services: study.services.clone(),
            period: Some(report.period.clone()).filter(|period| !period.is_empty()),
            group: group(db, study, &words).await?,
        },
        date: day(hub.now(), report.lang),
        background: study.background.clone(),
        questions: study.questions.clone(),
        guide: guide.into_iter().map(|theme| theme.title).collect(),
        voices: voices_heard(db, study, &words).await?,
        themes: themes
            .iter()
            .map(|theme| ThemeText {
                id: theme.id.uuid(),
                title: theme.title.clone(),
                about: theme.text.clone(),
            })
            .collect(),
        findings: findings
            .iter()
            .map(|finding| finding_text(finding, &words))
            .collect(),
        own: parts
            .iter()
            .map(|part| (part.part, part.text.clone()))
            .collect(),
    };
    let names = study.services.iter().chain(&hub_lines).chain([
        &material.hub.name,
        &study.title,
        &report.title,
    ]);
    let facts = Facts {
        without_basis: numbers(&findings, |quote| !quote.basis.may_be_quoted()),
        // Notes are `analysis`' to give, and its face has none yet.
        not_to_be_quoted: BTreeSet::new(),
        empty: Vec::new(),
        bare_themes: themes
            .iter()
            .filter(|theme| {
                findings
                    .iter()
                    .all(|finding| finding.theme != Some(theme.id))
            })
            .map(|theme| (theme.id.uuid(), theme.title.clone()))
            .collect(),
        allowed: Allowed::of(names),
    };
    let inside = inside(&study.slug, &findings);
    Ok(Gathered {
        report,
        parts,
        material,
        facts,
        inside,
    })
}

/// A day as papers need it.
pub(crate) fn day(time: Time, lang: Lang) -> Day {
    let local = time.local();
    Day {
        year: u16::try_from(local.year()).unwrap_or(1),
        month: local.month().unsigned_abs(),
        day: local.day().unsigned_abs(),
        text: dates::day(time, lang),
    }
}

async fn group(db: &Conn, study: &Study, words: &Words) -> Result<Vec<String>, Fault> {
    let members = members::of_study(db, study.id.uuid()).await?;
    let works = |role: &Role| matches!(role, Role::ProcessManager | Role::PeerResearcher);
    Ok(members
        .into_iter()
        .filter(|member| works(&member.role))
        .map(|member| {
            format!(
                "{}, {}",
                member.name,
                small_first(&words.t(member.role.text_key()))
            )
        })
        .collect())
}

/// «Prosessleder» as «prosessleder», «BSB-medarbeider» as it is.
fn small_first(text: &str) -> String {
    let mut signs = text.chars();
    match (signs.next(), signs.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(signs).collect()
        }
        _ => text.to_owned(),
    }
}

/// Key of a side's name for one who speaks; none where it tells nothing.
fn side_key(side: Side) -> Option<&'static str> {
    match side {
        Side::Interviewer => Some("reports-side-interviewer"),
        Side::User => Some("reports-side-user"),
        Side::Relative => Some("reports-side-relative"),
        Side::Staff => Some("reports-side-staff"),
        Side::Partner => Some("reports-side-partner"),
        Side::Organisation => Some("reports-side-organisation"),
        Side::Unknown => None,
    }
}

/// Key of a side's name for many.
fn sides_key(side: Side) -> &'static str {
    match side {
        Side::Interviewer => "reports-sides-interviewer",
        Side::User => "reports-sides-user",
        Side::Relative => "reports-sides-relative",
        Side::Staff => "reports-sides-staff",
        Side::Partner => "reports-sides-partner",
        Side::Organisation => "reports-sides-organisation",
        Side::Unknown => "reports-sides-unknown",
    }
}

/// How many speak on each side, those who interview left out. Somebody who is heard in two sources counts in both.
async fn voices_heard(
    db: &Conn,
    study: &Study,
    words: &Words,
) -> Result<Vec<Count<String>>, Fault> {
    const SOURCES: i64 = 500;
    let mut heard: BTreeMap<Side, u64> = BTreeMap::new();
    for summary in voices::sources(db, study.id, SOURCES, 0).await? {
        if summary.speakers == 0 {
            continue;
        }
        for speaker in voices::speakers(db, summary.source.id).await? {
            *heard.entry(speaker.side).or_default() += 1;
        }
    }
    heard.remove(&Side::Interviewer);
    Ok(heard
        .into_iter()
        .map(|(side, n)| Count::new(n, words.t(sides_key(side))))
        .collect())
}

fn finding_text(finding: &Finding, words: &Words) -> FindingText {
    FindingText {
        number: finding.number,
        theme: finding.theme.map(Id::uuid),
        sentence: finding.sentence.clone(),
        polarity: match finding.polarity {
            findings::Polarity::Strength => Polarity::Strength,
            findings::Polarity::Weakness => Polarity::Weakness,
            findings::Polarity::Wish => Polarity::Wish,
        },
        level: match finding.level {
            findings::Level::Individual => "reports-level-individual",
            findings::Level::Service => "reports-level-service",
            findings::Level::System => "reports-level-system",
            findings::Level::Society => "reports-level-society",
        },
        sides: finding
            .sides
            .iter()
            .map(|side| words.t(sides_key(*side)))
            .collect(),
        evidence: finding
            .evidence
            .iter()
            .map(|quote| quote_text(quote, words))
            .collect(),
    }
}

fn quote_text(quote: &Evidence, words: &Words) -> QuoteText {
    QuoteText {
        number: quote.quote_number,
        stance: match quote.stance {
            findings::Stance::Supports => Stance::Supports,
            findings::Stance::Nuances => Stance::Nuances,
            findings::Stance::Contradicts => Stance::Contradicts,
        },
        words: quote.text.clone(),
        side: quote
            .side
            .and_then(side_key)
            .map(|key| words.t(key))
            .unwrap_or_default(),
    }
}

fn numbers(findings: &[Finding], which: impl Fn(&Evidence) -> bool) -> BTreeSet<i64> {
    findings
        .iter()
        .flat_map(|finding| &finding.evidence)
        .filter(|quote| which(quote))
        .map(|quote| quote.quote_number)
        .collect()
}

fn inside(slug: &str, findings: &[Finding]) -> Inside {
    let mut inside = Inside::default();
    for finding in findings {
        inside.findings.insert(
            finding.number,
            format!("/studies/{slug}/findings/{}", finding.id),
        );
        for quote in &finding.evidence {
            let from = [Some(quote.source_name.clone()), quote.speaker_label.clone()];
            let quote_inside = InsideQuote {
                href: format!(
                    "/studies/{slug}/coding?source={}&at={}#b-{}",
                    quote.source, quote.place, quote.place
                ),
                from: from.into_iter().flatten().collect::<Vec<_>>().join(", "),
            };
            inside.quotes.insert(quote.quote_number, quote_inside);
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_stands_small_after_a_name_unless_it_is_an_abbreviation() {
        assert_eq!(small_first("Prosessleder"), "prosessleder");
        assert_eq!(small_first("BSB-medarbeider"), "BSB-medarbeider");
        assert_eq!(small_first(""), "");
    }
}
