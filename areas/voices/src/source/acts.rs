//! What is done with sources: each act opens its door, changes the rows, tells the other areas
//! and is recorded.

use base::{Digest, Id};
use frame::{Failure, Forget, TextChange, TextChangeKind};
use people::{Act, Visitor};
use serde_json::json;
use store::objects::Object;
use store::{Conn, Fault, Tx};

use super::edit::{clean, cut, joined, removed_words, splices};
use super::{
    AddedSource, Basis, Block, BlockKind, NewBlock, NewSource, NewSpeaker, Side, Source, Speaker,
    side_of_label, store as rows,
};
use crate::import::Import;
use crate::intake::BLOCK_CODE_POINTS;
use crate::study::acts::record;
use crate::{Study, study};

/// Adds a source that nobody sees until [`crate::finish_import`].
///
/// # Errors
/// [`Fault`] of the database.
pub async fn add_source(
    tx: &Tx,
    visitor: &Visitor,
    import: Id<Import>,
    study: Id<Study>,
    new: &NewSource<'_>,
    speakers: &[NewSpeaker],
) -> Result<AddedSource, Fault> {
    let hub = visitor.hub();
    let now = hub.now();
    let id = hub.chance().id(now);
    let guid = new.guid.unwrap_or_else(|| hub.chance().uuid(now));
    rows::add_source(tx, id, (import, study), new, guid, now).await?;
    let mut ids = Vec::with_capacity(speakers.len());
    for speaker in speakers {
        let speaker_id = hub.chance().id(now);
        rows::add_speaker(tx, speaker_id, id, speaker).await?;
        ids.push(speaker_id);
    }
    Ok(AddedSource {
        id,
        study,
        speakers: ids,
    })
}

/// Adds blocks to a source under import; `first_place` is 1 for the first batch. At most 500 in
/// one act, so that others get to write in between. Gives their ids.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn add_blocks(
    tx: &Tx,
    visitor: &Visitor,
    source: &AddedSource,
    first_place: i64,
    new: &[NewBlock],
) -> Result<Vec<Id<Block>>, Fault> {
    let hub = visitor.hub();
    let now = hub.now();
    let mut blocks = Vec::with_capacity(new.len());
    for (place, block) in (first_place..).zip(new) {
        let speaker = block
            .speaker
            .and_then(|at| source.speakers.get(at).copied());
        blocks.push(Block {
            id: hub.chance().id(now),
            source: source.id,
            place,
            kind: block.kind,
            speaker,
            speaker_label: None,
            side: None,
            time: block.time,
            chars: count(&block.text),
            body: block.text.clone(),
            gap: block.gap,
        });
    }
    rows::add_blocks(tx, source.study, &blocks).await?;
    Ok(blocks.into_iter().map(|block| block.id).collect())
}

fn count(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// The digest by which a form tells which text of a block it was made from.
#[must_use]
pub fn block_digest(block: &Block) -> String {
    let speaker = block.speaker.map(|id| id.to_string()).unwrap_or_default();
    base::digest_of(&[
        block.body.as_bytes(),
        speaker.as_bytes(),
        block.id.uuid().as_bytes(),
    ])
    .hex()
}

/// The block as it is now, when it still is as the form knew it; the source is held meanwhile.
async fn fresh(tx: &Tx, source: &Source, block: Id<Block>, digest: &str) -> Result<Block, Failure> {
    rows::raise_revision(tx, source.id).await?;
    let found = rows::blocks_by_id(tx, &[block]).await?.into_iter().next();
    let found = found
        .filter(|block| block.source == source.id)
        .ok_or(Failure::NotFound)?;
    if Digest::from_hex(digest).is_none() || block_digest(&found) != digest {
        return Err(stale());
    }
    Ok(found)
}

/// Somebody else changed the text meanwhile: `VO0010`.
#[must_use]
pub fn stale() -> Failure {
    Failure::conflict("VO0010", "voices-stale")
}

async fn tell(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    block: Id<Block>,
    (kind, may_stand): (TextChangeKind, bool),
) -> Result<(), Fault> {
    let change = TextChange {
        study: source.study.uuid(),
        source: source.id.uuid(),
        block: block.uuid(),
        at: visitor.hub().now(),
        may_stand,
        kind,
    };
    visitor.hub().text_changed(tx, &change).await
}

/// A text as somebody wrote it anew.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Corrected {
    /// The text.
    pub text: String,
    /// Fixed reports that quote the block may stand: nothing was taken out that must leave them.
    pub may_stand: bool,
}

impl From<&str> for Corrected {
    /// Words may have been taken out: the careful one.
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            may_stand: false,
        }
    }
}

/// Writes the text of a block anew; marks keep to the words that stayed.
///
/// # Errors
/// [`Failure::NotFound`]; `VO0010` when it was changed meanwhile; `VO0011` when the text is empty
/// or longer than a block may be.
pub async fn correct(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    block: Id<Block>,
    digest: &str,
    new: &Corrected,
) -> Result<(), Failure> {
    visitor.enter(tx, Act::Change, source.clone()).await?;
    let before = fresh(tx, source, block, digest).await?;
    let text = clean(&new.text);
    check_length(&text)?;
    let new = Corrected { text, ..*new };
    write(tx, visitor, source, &before, &new).await
}

fn check_length(text: &str) -> Result<(), Failure> {
    // Room for corrections of a block that was full when it came in.
    let too_long = text.chars().count() > BLOCK_CODE_POINTS + BLOCK_CODE_POINTS / 4;
    if text.trim().is_empty() || too_long {
        return Err(Failure::bad("VO0011", "voices-bad-length"));
    }
    Ok(())
}

async fn write(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    before: &Block,
    Corrected { text, may_stand }: &Corrected,
) -> Result<(), Failure> {
    let changes = splices(&before.body, text);
    if changes.is_empty() {
        return Ok(());
    }
    rows::set_body(tx, before.id, text).await?;
    let removed = removed_words(&before.body, text, &changes);
    tell(
        tx,
        visitor,
        source,
        before.id,
        (TextChangeKind::Spliced(changes.clone()), *may_stand),
    )
    .await?;
    let payload =
        json!({ "source": source.id, "block": before.id, "splices": changes, "removed": removed });
    record(
        tx,
        visitor,
        source.study,
        "voices-did-correct",
        &payload,
        None,
    )
    .await?;
    Ok(())
}

/// Makes two blocks of one, before a code point; gives the new block.
///
/// # Errors
/// As [`correct`]; `VO0012` when one side would have no words.
pub async fn split(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    block: Id<Block>,
    digest: &str,
    at: usize,
) -> Result<Id<Block>, Failure> {
    visitor.enter(tx, Act::Change, source.clone()).await?;
    let before = fresh(tx, source, block, digest).await?;
    let parts = cut(&before.body, at).ok_or_else(|| Failure::bad("VO0012", "voices-bad-cut"))?;
    let hub = visitor.hub();
    let new = Block {
        id: hub.chance().id(hub.now()),
        place: before.place + 1,
        time: None,
        chars: count(&parts.second),
        body: parts.second,
        ..before.clone()
    };
    rows::shift(tx, source.id, before.place, 1).await?;
    rows::set_body(tx, block, &parts.first).await?;
    rows::set_block(
        tx,
        &Block {
            gap: before.gap.max(1),
            ..before.clone()
        },
    )
    .await?;
    rows::add_blocks(tx, source.study, std::slice::from_ref(&new)).await?;
    let kind = TextChangeKind::Split {
        at: parts.at,
        skipped: parts.skipped,
        new_block: new.id.uuid(),
    };
    tell(tx, visitor, source, block, (kind, true)).await?;
    let payload = json!({ "source": source.id, "block": block, "at": parts.at, "new": new.id });
    record(
        tx,
        visitor,
        source.study,
        "voices-did-split",
        &payload,
        None,
    )
    .await?;
    Ok(new.id)
}

/// Puts a block together with the one before it, whose speaker stands.
///
/// # Errors
/// As [`correct`]; `VO0013` when there is none before it, or the two are too long for one block.
pub async fn join(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    block: Id<Block>,
    digest: &str,
) -> Result<Id<Block>, Failure> {
    visitor.enter(tx, Act::Change, source.clone()).await?;
    let second = fresh(tx, source, block, digest).await?;
    let cannot = || Failure::conflict("VO0013", "voices-bad-join");
    let place = second.place - 1;
    let first = rows::blocks_between(tx, source.id, place, place)
        .await?
        .into_iter()
        .next()
        .ok_or_else(cannot)?;
    // What was split softly goes together as it was; else a space stands between.
    let (text, at) = if first.gap == 0 {
        (
            format!("{}{}", first.body, second.body),
            first.body.chars().count(),
        )
    } else {
        joined(&first.body, &second.body)
    };
    if text.chars().count() > BLOCK_CODE_POINTS + BLOCK_CODE_POINTS / 4 {
        return Err(cannot());
    }
    rows::set_body(tx, first.id, &text).await?;
    rows::set_block(
        tx,
        &Block {
            gap: second.gap,
            ..first.clone()
        },
    )
    .await?;
    tell(
        tx,
        visitor,
        source,
        block,
        (
            TextChangeKind::Joined {
                into: first.id.uuid(),
                at,
            },
            true,
        ),
    )
    .await?;
    rows::remove_block(tx, block).await?;
    rows::shift(tx, source.id, second.place, -1).await?;
    rows::drop_silent(tx, source.id).await?;
    let payload = json!({ "source": source.id, "block": first.id, "at": at, "gone": block });
    record(tx, visitor, source.study, "voices-did-join", &payload, None).await?;
    Ok(first.id)
}

/// Says who speaks a block: a speaker with this label, made when there is none; nobody when the
/// label is empty.
///
/// # Errors
/// As [`correct`].
pub async fn set_block_speaker(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    block: Id<Block>,
    digest: &str,
    label: &str,
) -> Result<(), Failure> {
    visitor.enter(tx, Act::Change, source.clone()).await?;
    let before = fresh(tx, source, block, digest).await?;
    let (speaker, kind) = match label.trim() {
        "" if before.kind == BlockKind::Heading => (None, BlockKind::Heading),
        "" => (None, BlockKind::Prose),
        label => (
            Some(speaker_by_label(tx, visitor, source, label).await?),
            BlockKind::Turn,
        ),
    };
    rows::set_block(
        tx,
        &Block {
            speaker,
            kind,
            ..before
        },
    )
    .await?;
    rows::drop_silent(tx, source.id).await?;
    let payload = json!({ "source": source.id, "block": block, "label": label.trim() });
    record(
        tx,
        visitor,
        source.study,
        "voices-did-set-speaker",
        &payload,
        None,
    )
    .await?;
    Ok(())
}

async fn speaker_by_label(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    label: &str,
) -> Result<Id<Speaker>, Fault> {
    let all = rows::speakers(tx, source.id).await?;
    if let Some(known) = all.iter().find(|speaker| speaker.label == label) {
        return Ok(known.id);
    }
    let hub = visitor.hub();
    let id = hub.chance().id(hub.now());
    let new = NewSpeaker {
        label: label.to_owned(),
        side: side_of_label(label),
    };
    rows::add_speaker(tx, id, source.id, &new).await?;
    Ok(id)
}

/// Gives a speaker another label and side, everywhere; two become one when the label is in use.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn rename_speaker(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    speaker: Id<Speaker>,
    label: &str,
    side: Side,
) -> Result<(), Failure> {
    visitor.enter(tx, Act::Change, source.clone()).await?;
    rows::raise_revision(tx, source.id).await?;
    let all = rows::speakers(tx, source.id).await?;
    let known = all
        .iter()
        .find(|one| one.id == speaker)
        .ok_or(Failure::NotFound)?;
    let label = label.trim();
    let label = if label.is_empty() {
        known.label.as_str()
    } else {
        label
    };
    match all
        .iter()
        .find(|one| one.label == label && one.id != speaker)
    {
        Some(other) => {
            rows::move_blocks(tx, source.id, speaker, other.id).await?;
            rows::set_speaker(tx, other.id, label, side).await?;
            rows::drop_silent(tx, source.id).await?;
        }
        None => rows::set_speaker(tx, speaker, label, side).await?,
    }
    let payload =
        json!({ "source": source.id, "before": known.label, "after": label, "side": side.word() });
    record(
        tx,
        visitor,
        source.study,
        "voices-did-rename-speaker",
        &payload,
        None,
    )
    .await?;
    Ok(())
}

/// Turns of one speaker that are put back at a time.
const TURNS: i64 = if cfg!(test) { 2 } else { 1_000 };

/// This label was no speaker's name: it goes back into the text, and the blocks go on with the
/// turn before them.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn not_a_speaker(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    speaker: Id<Speaker>,
) -> Result<(), Failure> {
    visitor.enter(tx, Act::Change, source.clone()).await?;
    rows::raise_revision(tx, source.id).await?;
    let all = rows::speakers(tx, source.id).await?;
    let label = &all
        .iter()
        .find(|one| one.id == speaker)
        .ok_or(Failure::NotFound)?
        .label;
    let mut last: Option<PutBack> = None;
    // Whose turn was put back is this speaker's no more, so the next ones come with the next look.
    loop {
        let blocks = rows::blocks_of_speaker(tx, source.id, speaker, TURNS).await?;
        if blocks.is_empty() {
            break;
        }
        for block in blocks {
            last = Some(put_back(tx, visitor, source, label, (block, last)).await?);
        }
    }
    rows::drop_silent(tx, source.id).await?;
    let payload = json!({ "source": source.id, "label": label });
    record(
        tx,
        visitor,
        source.study,
        "voices-did-unname-speaker",
        &payload,
        None,
    )
    .await?;
    Ok(())
}

/// A turn that was put back: its place, and whose it is now.
type PutBack = (i64, Option<Id<Speaker>>);

/// Gives one turn to the one before it; gives its place and whose it is now. `last` is the same of
/// the turn put back before.
async fn put_back(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    label: &str,
    (block, last): (Block, Option<PutBack>),
) -> Result<PutBack, Failure> {
    let goes_on = last.filter(|(place, _)| *place == block.place - 1);
    let before = match goes_on {
        Some((_, speaker)) => speaker,
        None => speaker_before(tx, source.id, block.place).await?,
    };
    let kind = if before.is_some() {
        BlockKind::Turn
    } else {
        BlockKind::Prose
    };
    rows::set_block(
        tx,
        &Block {
            speaker: before,
            kind,
            ..block.clone()
        },
    )
    .await?;
    if goes_on.is_none() {
        let new = Corrected {
            text: format!("{label}: {}", block.body),
            may_stand: true,
        };
        write(tx, visitor, source, &block, &new).await?;
    }
    Ok((block.place, before))
}

async fn speaker_before(
    db: &Conn,
    source: Id<Source>,
    place: i64,
) -> Result<Option<Id<Speaker>>, Fault> {
    let before = rows::blocks_between(db, source, place - 1, place - 1).await?;
    Ok(before.first().and_then(|block| block.speaker))
}

/// Writes name and basis of a source.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn change_source(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
    name: &str,
    basis: Basis,
) -> Result<(), Failure> {
    visitor.enter(tx, Act::Change, source.clone()).await?;
    rows::set_source(tx, source.id, name, basis).await?;
    let payload = json!({ "source": source.id, "name": name, "basis": basis.word() });
    record(
        tx,
        visitor,
        source.study,
        "voices-did-change-source",
        &payload,
        None,
    )
    .await?;
    Ok(())
}

/// Takes a source out of its study, in every area. Gives the file to delete after the commit.
///
/// # Errors
/// [`Failure::NotFound`] when this person does not lead the study.
pub async fn delete_source(
    tx: &Tx,
    visitor: &Visitor,
    source: &Source,
) -> Result<Option<Id<Object>>, Failure> {
    visitor.enter(tx, Act::Delete, source.clone()).await?;
    let what = Forget::Source {
        study: source.study.uuid(),
        source: source.id.uuid(),
        at: visitor.hub().now(),
    };
    visitor.hub().forget(tx, &what).await?;
    study::store::erase_source_words(tx, source.study, source.id).await?;
    let alone = rows::remove_source(tx, source.id, source.object).await?;
    record(
        tx,
        visitor,
        source.study,
        "voices-did-delete-source",
        &json!({ "source": source.id }),
        None,
    )
    .await?;
    Ok(source.object.filter(|_| alone))
}

#[cfg(test)]
mod tests;
