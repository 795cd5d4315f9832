//! Passages as quotes: words, speaker and source, fetched for many passages at once.

use std::collections::HashMap;

use ::store::{Conn, Fault};
use base::Id;
use voices::{Basis, Block, Side, Source, Speaker};

use super::store;
use super::{Evidence, Finding, Stance, StudyId};
use crate::coding::Passage;
use crate::segments::cut;

/// A passage with its words and where they come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quote {
    /// The passage.
    pub passage: Id<Passage>,
    /// Its number as a quote, when it has been used.
    pub number: Option<i64>,
    /// The words; empty where the text is missing.
    pub text: String,
    /// Who says it, as the source calls them: the first who is no interviewer.
    pub speaker_label: Option<String>,
    /// Their side.
    pub side: Option<Side>,
    /// Everybody who speaks in it, interviewers left out.
    pub speakers: Vec<(Id<Speaker>, Side)>,
    /// The source.
    pub source: Id<Source>,
    /// Its name.
    pub source_name: String,
    /// What lets it be quoted.
    pub basis: Basis,
    /// The block it begins in.
    pub block: Option<Id<Block>>,
    /// That block's place.
    pub place: i64,
}

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

/// The quotes behind these passages, in their order. Three questions to the database, however
/// many passages there are (more only past 500). A passage of a source that is not there yet is
/// left out.
pub(crate) async fn quotes(
    db: &Conn,
    study: StudyId,
    spans: &[Passage],
) -> Result<Vec<Quote>, Fault> {
    if spans.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<Id<Passage>> = spans.iter().map(|span| span.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let touched = store::touched(db, &ids).await?;
    let mut blocks: Vec<Id<Block>> = touched.iter().map(|(_, block)| *block).collect();
    blocks.sort_unstable();
    blocks.dedup();
    let mut known: HashMap<Id<Block>, Block> = HashMap::new();
    for some in blocks.chunks(500) {
        known.extend(
            voices::blocks_by_id(db, some)
                .await?
                .into_iter()
                .map(|block| (block.id, block)),
        );
    }
    let mut of_passage: HashMap<Id<Passage>, Vec<&Block>> = HashMap::new();
    for (passage, block) in &touched {
        if let Some(block) = known.get(block) {
            of_passage.entry(*passage).or_default().push(block);
        }
    }
    let sources = all_sources(db, study).await?;
    let sources: HashMap<Id<Source>, &Source> =
        sources.iter().map(|source| (source.id, source)).collect();
    Ok(spans
        .iter()
        .filter_map(|span| {
            let source = sources.get(&span.source)?;
            let mut blocks = of_passage.get(&span.id).cloned().unwrap_or_default();
            blocks.sort_by_key(|block| block.place);
            Some(quote(span, source, &blocks))
        })
        .collect())
}

fn quote(span: &Passage, source: &Source, blocks: &[&Block]) -> Quote {
    let says = blocks
        .iter()
        .find(|block| block.speaker.is_some() && block.side != Some(Side::Interviewer))
        .or_else(|| blocks.iter().find(|block| block.speaker.is_some()));
    let mut speakers: Vec<(Id<Speaker>, Side)> = Vec::new();
    for block in blocks {
        if let (Some(speaker), Some(side)) = (block.speaker, block.side)
            && side != Side::Interviewer
            && !speakers.iter().any(|(known, _)| *known == speaker)
        {
            speakers.push((speaker, side));
        }
    }
    Quote {
        passage: span.id,
        number: span.quote_number,
        text: words(span, blocks),
        speaker_label: says.and_then(|block| block.speaker_label.clone()),
        side: says.and_then(|block| block.side),
        speakers,
        source: source.id,
        source_name: source.name.clone(),
        basis: source.basis,
        block: span.anchor.map(|anchor| anchor.from.block),
        place: blocks.first().map_or(0, |block| block.place),
    }
}

/// The words from the first border to the last; what was one paragraph stays one.
pub(crate) fn words(span: &Passage, blocks: &[&Block]) -> String {
    let mut text = String::new();
    for (at, block) in blocks.iter().enumerate() {
        let chars = usize::try_from(block.chars).unwrap_or(0);
        let (from, to) = span
            .anchor
            .map_or((0, 0), |anchor| anchor.within(block.id, chars));
        if at > 0 && blocks.get(at - 1).is_some_and(|before| before.gap > 0) {
            text.push('\n');
        }
        text.push_str(cut(&block.body, from, to));
    }
    text
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
    let quotes: HashMap<Id<Passage>, Quote> = quotes(db, study, &spans)
        .await?
        .into_iter()
        .map(|quote| (quote.passage, quote))
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
    Evidence {
        passage: quote.passage,
        quote_number: quote.number.unwrap_or_default(),
        stance,
        text: quote.text,
        speaker_label: quote.speaker_label,
        side: quote.side,
        speakers: quote.speakers,
        source: quote.source,
        source_name: quote.source_name,
        basis: quote.basis,
        block: quote.block,
        place: quote.place,
    }
}
