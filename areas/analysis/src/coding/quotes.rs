//! Passages as quotes: their words, who says them and where, fetched for many at once.

use std::collections::HashMap;

use ::store::{Conn, Fault};
use base::Id;
use voices::{Basis, Block, Side, Source, Speaker};

use super::{Passage, store as rows};
use crate::segments::cut;

/// Code points shown before and after a quote.
pub const CONTEXT: usize = 120;

/// A passage with its words and where they come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quote {
    /// The passage.
    pub passage: Passage,
    /// Its words, a line end where one paragraph ends; empty where the text is missing.
    pub text: String,
    /// Some words before it in its first block.
    pub before: String,
    /// Some words after it in its last block.
    pub after: String,
    /// Who says it, as the source calls them: the first who is no interviewer.
    pub speaker: Option<String>,
    /// Their side.
    pub side: Option<Side>,
    /// Everybody who speaks in it, interviewers left out.
    pub speakers: Vec<(Id<Speaker>, Side)>,
    /// The name of the source.
    pub source_name: String,
    /// What lets it be quoted.
    pub basis: Basis,
    /// Number of the block it begins in; 0 when the text is missing.
    pub place: i64,
}

/// The quotes behind these passages, in their order. Three questions to the database, however many
/// passages there are (more only past 500). A passage of a source that is not there yet is left out.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn quotes(db: &Conn, passages: &[Passage]) -> Result<Vec<Quote>, Fault> {
    if passages.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Id<Passage>> = passages.iter().map(|passage| passage.id).collect();
    let touched = rows::touched(db, &apart(ids)).await?;
    let blocks = apart(touched.iter().map(|(_, block)| *block).collect());
    let blocks: HashMap<Id<Block>, Block> = voices::blocks_by_id(db, &blocks)
        .await?
        .into_iter()
        .map(|block| (block.id, block))
        .collect();
    let mut of_passage: HashMap<Id<Passage>, Vec<&Block>> = HashMap::new();
    for (passage, block) in &touched {
        if let Some(block) = blocks.get(block) {
            of_passage.entry(*passage).or_default().push(block);
        }
    }
    let sources = apart(passages.iter().map(|passage| passage.source).collect());
    let sources: HashMap<Id<Source>, Source> = voices::sources_by_id(db, &sources)
        .await?
        .into_iter()
        .map(|source| (source.id, source))
        .collect();
    Ok(passages
        .iter()
        .filter_map(|passage| {
            let source = sources.get(&passage.source)?;
            let mut blocks = of_passage.remove(&passage.id).unwrap_or_default();
            blocks.sort_by_key(|block| block.place);
            Some(quote(passage, source, &blocks))
        })
        .collect())
}

/// Each once.
fn apart<K>(mut ids: Vec<Id<K>>) -> Vec<Id<K>> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn quote(passage: &Passage, source: &Source, blocks: &[&Block]) -> Quote {
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
    let around = |block: Option<&&Block>, part: fn(&str, usize) -> String, end: bool| {
        let at = passage
            .anchor
            .map(|anchor| if end { anchor.to.at } else { anchor.from.at });
        block
            .zip(at)
            .map_or_else(String::new, |(block, at)| part(&block.body, at))
    };
    Quote {
        passage: *passage,
        text: words(passage, blocks),
        before: around(
            blocks.first(),
            |text, at| cut(text, at.saturating_sub(CONTEXT), at).to_owned(),
            false,
        ),
        after: around(
            blocks.last(),
            |text, at| cut(text, at, at.saturating_add(CONTEXT)).to_owned(),
            true,
        ),
        speaker: says.and_then(|block| block.speaker_label.clone()),
        side: says.and_then(|block| block.side),
        speakers,
        source_name: source.name.clone(),
        basis: source.basis,
        place: blocks.first().map_or(0, |block| block.place),
    }
}

/// The words from the first border to the last; what was one paragraph stays one.
fn words(passage: &Passage, blocks: &[&Block]) -> String {
    let mut text = String::new();
    for (at, block) in blocks.iter().enumerate() {
        let chars = usize::try_from(block.chars).unwrap_or(0);
        let (from, to) = passage
            .anchor
            .map_or((0, 0), |anchor| anchor.within(block.id, chars));
        if at > 0 && blocks.get(at - 1).is_some_and(|before| before.gap > 0) {
            text.push('\n');
        }
        text.push_str(cut(&block.body, from, to));
    }
    text
}

#[cfg(test)]
mod tests {
    use ::store::testing::each_engine;

    use super::*;
    use crate::coding::testing::World;

    #[tokio::test]
    async fn a_quote_says_who_speaks_and_what_stands_around_it() {
        each_engine(async |store, clock| {
            let world = World::on(store, clock).await;
            let code = world.code("Møte").await;
            let long = world
                .mark(&world.kari, world.anchor((0, 12), (1, 7)), &[code.id], "")
                .await
                .unwrap()
                .passage;
            let short = world
                .mark(&world.kari, world.anchor((2, 3), (2, 7)), &[code.id], "")
                .await
                .unwrap()
                .passage;
            let both = [world.passage(short).await, world.passage(long).await].map(Option::unwrap);
            let found = quotes(&store.read(), &both).await.unwrap();
            let told: Vec<_> = found
                .iter()
                .map(|quote| (quote.text.as_str(), quote.speaker.as_deref(), quote.place))
                .collect();
            assert_eq!(
                told,
                [
                    ("gikk", Some("Kari"), 3),
                    ("det?\nDet var", Some("Kari"), 1)
                ]
            );
            let around: Vec<_> = found
                .iter()
                .map(|quote| (quote.before.as_str(), quote.after.as_str()))
                .collect();
            assert_eq!(
                around,
                [
                    ("Så ", " vi en tur."),
                    ("Hvordan var ", " 🙂 godt å bli møtt. Ingen maste.")
                ]
            );
            assert_eq!(
                found
                    .first()
                    .map(|quote| (quote.source_name.as_str(), quote.basis)),
                Some(("Samtale", Basis::Fictional))
            );
        })
        .await;
    }
}
