//! Gathers what a report is made from, through the faces of the other areas. No HTTP, no SQL.

use std::collections::{BTreeMap, BTreeSet};

use analysis::Passage;
use analysis::findings::{self, Evidence, Finding};
use base::{Id, Lang, Role, Time, Uuid};
use frame::Hub;
use people::members;
use small_cells::Count;
use store::{Conn, Fault};
use ui::{Words, dates};
use voices::{Side, Source, Study};

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
    /// The passage and the source of each quote, by its number.
    pub(crate) quoted: BTreeMap<i64, (Id<Passage>, Id<Source>)>,
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

/// Gathers everything. A bounded number of questions to the database, however much there is.
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
        not_to_be_quoted: not_to_be_quoted(db, &findings).await?,
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
    let quoted = findings
        .iter()
        .flat_map(|finding| &finding.evidence)
        .map(|quote| (quote.quote_number, (quote.passage, quote.source)))
        .collect();
    Ok(Gathered {
        report,
        parts,
        material,
        facts,
        inside,
        quoted,
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
    let mut heard: BTreeMap<Side, u64> = BTreeMap::new();
    for speaker in voices::speakers_of_study(db, study.id).await? {
        *heard.entry(speaker.side).or_default() += 1;
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
        sides: sides(&finding.sides, words),
        evidence: finding
            .evidence
            .iter()
            .map(|quote| quote_text(quote, words))
            .collect(),
    }
}

/// Names of sides, each once and in the same order everywhere.
fn sides(sides: &[Side], words: &Words) -> Vec<String> {
    let sides: BTreeSet<Side> = sides.iter().copied().collect();
    sides
        .into_iter()
        .map(|side| words.t(sides_key(side)))
        .collect()
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

/// What somebody writes in a note on a passage that must stay out of the report, in small letters.
const NOT_TO_BE_QUOTED: [&str; 3] = ["ikke siter", "ikkje siter", "do not quote"];

/// Does a note say that the passage is not to be quoted?
fn forbids_quoting(note: &str) -> bool {
    let note = note.to_lowercase();
    let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
    NOT_TO_BE_QUOTED.iter().any(|words| note.contains(words))
}

/// Numbers of the quotes whose passage has a note that forbids quoting.
async fn not_to_be_quoted(db: &Conn, findings: &[Finding]) -> Result<BTreeSet<i64>, Fault> {
    let evidence = findings.iter().flat_map(|finding| &finding.evidence);
    let passages: BTreeSet<Uuid> = evidence.map(|quote| quote.passage.uuid()).collect();
    let passages: Vec<Uuid> = passages.into_iter().collect();
    let notes = analysis::notes(db, "passage", &passages).await?;
    let forbidden: BTreeSet<Uuid> = notes
        .iter()
        .filter(|note| forbids_quoting(&note.text))
        .map(|note| note.about)
        .collect();
    Ok(numbers(findings, |quote| {
        forbidden.contains(&quote.passage.uuid())
    }))
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
                href: analysis::place_href(slug, quote.source, quote.place),
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
    fn a_note_forbids_quoting_in_every_language_and_however_it_is_written() {
        for note in [
            "IKKE SITER, hun ba om det",
            "Vi må  ikke\nsitere dette",
            "Ikkje siter!",
            "Do not quote.",
        ] {
            assert!(forbids_quoting(note), "{note}");
        }
        for note in [
            "",
            "Siter gjerne",
            "Ikke for langt: siter bare slutten",
            "quote",
        ] {
            assert!(!forbids_quoting(note), "{note}");
        }
    }

    #[test]
    fn a_role_stands_small_after_a_name_unless_it_is_an_abbreviation() {
        assert_eq!(small_first("Prosessleder"), "prosessleder");
        assert_eq!(small_first("BSB-medarbeider"), "BSB-medarbeider");
        assert_eq!(small_first(""), "");
    }
}
