//! Findings with the quotes they rest on.

use std::collections::HashMap;

use ::store::{Conn, Fault};
use base::Id;
use voices::Source;

use super::store;
use super::{Evidence, Finding, Stance, StudyId};
use crate::coding::Passage;
use crate::coding::quotes::{Quote, quotes};

/// Sources of a study by id: all of them, since a study has few.
pub(crate) async fn all_sources(db: &Conn, study: StudyId) -> Result<Vec<Source>, Fault> {
    const PAGE: i64 = 500;
    let mut all = Vec::new();
    loop {
        let offset = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let page = voices::sources(db, study, PAGE, offset).await?;
        let last = page.len() < 500;
        all.extend(page.into_iter().map(|summary| summary.source));
        if last {
            return Ok(all);
        }
    }
}

/// The findings of a study in their order, with their quotes. A bounded number of questions to
/// the database.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn findings(db: &Conn, study: StudyId) -> Result<Vec<Finding>, Fault> {
    let mut findings = store::bare_findings(db, study).await?;
    let links = store::links(db, study).await?;
    let spans: Vec<Passage> = links.iter().map(|link| link.span).collect();
    let quotes: HashMap<Id<Passage>, Quote> = quotes(db, &spans)
        .await?
        .into_iter()
        .map(|quote| (quote.passage.id, quote))
        .collect();
    let mut evidence: HashMap<Id<Finding>, Vec<Evidence>> = HashMap::new();
    for link in links {
        if let Some(quote) = quotes.get(&link.span.id) {
            evidence
                .entry(link.finding)
                .or_default()
                .push(evidence_of(quote.clone(), link.stance));
        }
    }
    for finding in &mut findings {
        finding.evidence = evidence.remove(&finding.id).unwrap_or_default();
    }
    Ok(findings)
}

fn evidence_of(quote: Quote, stance: Stance) -> Evidence {
    let passage = quote.passage;
    Evidence {
        passage: passage.id,
        quote_number: passage.quote_number.unwrap_or_default(),
        stance,
        text: quote.text,
        speaker_label: quote.speaker,
        side: quote.side,
        speakers: quote.speakers,
        source: passage.source,
        source_name: quote.source_name,
        basis: quote.basis,
        block: passage.anchor.map(|anchor| anchor.from.block),
        place: quote.place,
    }
}
