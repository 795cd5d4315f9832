//! One text of a study as a text of a REFI-QDA project.

use std::collections::HashMap;
use std::io::{Seek, Write};

use base::{Uuid, digest_of};
use frame::Failure;
use refi_qda::{
    Coding, DateTime, Piece, Selection, SyncPoint, TextBody, TextRole, TextSource, text_path,
};
use voices::Source;

use super::export::{Loaded, Marked, short};
use super::kept::{self, Kept};
use super::notes::{by_note, notes_on};
use super::parse::{FILE, ORIGINAL_TEXT};
use super::project::{Out, clean, stamp};

/// A text that can be written.
pub(super) struct Written {
    /// The text with its marks.
    pub(super) text: TextSource,
    /// Its words; none when they are missing, or stand in a file as they came.
    pub(super) words: Option<String>,
    /// Notes on the recording, picture or PDF it belongs to.
    pub(super) said: Vec<Uuid>,
}

/// Makes a text; its files are written at once.
pub(super) async fn source<W: Write + Seek + Send>(
    out: &mut Out<'_, W>,
    source: &Source,
) -> Result<Written, Failure> {
    let loaded = out.whole.source(source).await?;
    let all = kept::store::of_source(&out.whole.db, source.id).await?;
    let of_notes = by_note(&all);
    let changed = source.revision > 0;
    let on_source = crate::store::notes(&out.whole.db, "source", &[source.id.uuid()]).await?;
    let said = out.notes.say(out.whole, &on_source, &of_notes, out.left);
    let mut text = begin::<W>(source, &all, changed);
    text.description = said.description.clone();
    text.note_refs = said.refs;
    let original = original(source, &loaded, &all);
    for one in &all {
        let own = one.target == Some(source.guid);
        match one.kind.as_str() {
            FILE if own && changed => out.left.tell("analysis-left-files", 1),
            FILE if own => out.file(one).await?,
            "Coding" if own => text.codings.extend(out.coding(one)),
            "SyncPoint" => text.sync_points.extend(SyncPoint::from_piece(&one.body)),
            "VariableValue" if own => text.leftovers.extend(one.element()),
            _ => {}
        }
    }
    let strange = all.iter().filter(|one| one.reason != "kept").count();
    out.left.tell("analysis-left-other", strange);
    text.selections = selections(out, source, (&loaded, &all, original.is_some())).await?;
    empty_marks(&mut text, &all, &loaded);
    if text.role == TextRole::Transcript {
        synchronise(&mut text);
    }
    let words = match original {
        Some(one) => {
            out.file(one).await?;
            text.body = TextBody::File {
                path: one.body.clone(),
            };
            None
        }
        None => source.has_text.then(|| clean(&loaded.text)),
    };
    Ok(Written {
        text,
        words,
        said: said.on.into_iter().map(|(_, note)| note).collect(),
    })
}

/// The text as it came, or as a new one; without marks.
fn begin<W: Write + Seek + Send>(source: &Source, all: &[Kept], changed: bool) -> TextSource {
    let role = all
        .iter()
        .find(|one| one.is_text())
        .is_some_and(|one| one.text_of().is_some());
    let head = Out::<W>::text_head(all);
    let mut text = head.unwrap_or_else(|| {
        let mut text = TextSource::new(source.guid, clean(&source.name));
        text.created.at = DateTime::from_unix_micros(source.made_at.micros());
        text.body = TextBody::Missing {
            path: text_path(source.guid),
        };
        text
    });
    text.guid = source.guid;
    if !role {
        text.role = TextRole::Source;
        text.name = Some(clean(&source.name));
    }
    // A text that was changed here does not look like the file it came from any more.
    if changed {
        text.rich_path = None;
    }
    text
}

/// The file of a text whose marks have no place in it, so long as nothing of ours is in it.
fn original<'k>(source: &Source, loaded: &Loaded, all: &'k [Kept]) -> Option<&'k Kept> {
    let untouched = source.revision == 0 && !loaded.marks.iter().any(Marked::is_placed);
    all.iter()
        .find(|one| one.kind == ORIGINAL_TEXT && untouched)
}

async fn selections<W: Write + Seek + Send>(
    out: &mut Out<'_, W>,
    source: &Source,
    (loaded, all, original): (&Loaded, &[Kept], bool),
) -> Result<Vec<Selection>, Failure> {
    let of_notes = by_note(all);
    let ids: Vec<Uuid> = loaded
        .marks
        .iter()
        .map(|mark| mark.passage.id.uuid())
        .collect();
    let mut notes = notes_on(&out.whole.db, "passage", &ids).await?;
    // What is kept of passages: their heads, and codings that could not be carried.
    let mut kept: HashMap<Uuid, Vec<&Kept>> = HashMap::new();
    for one in all.iter().filter(|one| one.kind != "Note") {
        if let Some(about) = one.about {
            kept.entry(about).or_default().push(one);
        }
    }
    let mut found = Vec::with_capacity(loaded.marks.len());
    for mark in &loaded.marks {
        if source.has_text && !mark.is_placed() && !original {
            out.left.tell("analysis-left-unplaced", 1);
            continue;
        }
        let id = mark.passage.id.uuid();
        let said = notes.remove(&id).unwrap_or_default();
        let said = out.notes.say(out.whole, &said, &of_notes, out.left);
        let of_mark = kept.remove(&id).unwrap_or_default();
        let mut one = selection(loaded, mark, &of_mark);
        one.created = stamp(out.whole, mark.passage.made_by, mark.passage.made_at);
        one.description = said.description;
        one.note_refs = said.refs;
        one.codings = codings(out, mark, &of_mark);
        for (coding, note) in said.on {
            match one.codings.iter_mut().find(|one| one.guid == coding) {
                Some(coding) => coding.note_refs.push(note),
                None => one.note_refs.push(note),
            }
        }
        found.push(one);
    }
    Ok(found)
}

/// Where a mark is, and what it says of itself.
fn selection(loaded: &Loaded, mark: &Marked, kept: &[&Kept]) -> Selection {
    let position = |at: usize| u64::try_from(at).unwrap_or(u64::MAX);
    let (start, end) = (position(mark.from), position(mark.to));
    let mut one = Selection::new(mark.passage.guid, start, end);
    one.name = mark.quote(&loaded.text).map(|words| clean(&short(words)));
    let head = kept.iter().find(|one| one.kind.ends_with("Selection"));
    if let Some(head) = head.and_then(|head| Selection::from_piece(&head.body).ok()) {
        one.name = head.name.or(one.name);
        one.modified = head.modified;
        // Points of time hold only for the borders they were taken from.
        one.sync = head.sync.filter(|_| (head.start, head.end) == (start, end));
    }
    one
}

fn codings<W: Write + Seek + Send>(
    out: &mut Out<'_, W>,
    mark: &Marked,
    kept: &[&Kept],
) -> Vec<Coding> {
    let mut all: Vec<Coding> = mark
        .codings
        .iter()
        .filter_map(|coding| {
            Some(Coding {
                guid: coding.guid,
                code: out.codes.get(&coding.code).copied()?,
                created: stamp(out.whole, coding.coder, coding.made_at),
                note_refs: Vec::new(),
            })
        })
        .collect();
    for one in kept.iter().filter(|one| one.kind == "Coding") {
        all.extend(out.coding(one));
    }
    all
}

/// Marks without words that were kept whole, where the text still reaches so far.
fn empty_marks(text: &mut TextSource, all: &[Kept], loaded: &Loaded) {
    let length = loaded.text.chars().count() as u64;
    let kept = all
        .iter()
        .filter(|one| one.about.is_none() && one.reason == "kept");
    let marks = kept
        .filter(|one| one.kind.ends_with("TextSelection") || one.kind == "TranscriptSelection")
        .filter_map(|one| Selection::from_piece(&one.body).ok())
        .filter(|one| one.end <= length);
    text.selections.extend(marks);
}

/// Gives every mark in a transcript the sync points that are its only position there.
fn synchronise(text: &mut TextSource) {
    let mut at: HashMap<u64, Uuid> = HashMap::new();
    for point in &text.sync_points {
        if let Some(position) = point.position {
            at.entry(position).or_insert(point.guid);
        }
    }
    let known: std::collections::HashSet<Uuid> =
        text.sync_points.iter().map(|point| point.guid).collect();
    let owner = text.guid;
    let mut made = Vec::new();
    let mut point = |position: u64| {
        *at.entry(position).or_insert_with(|| {
            // The same study gives the same file.
            let digest = digest_of(&[owner.as_bytes(), &position.to_be_bytes()]);
            let bytes = digest
                .as_bytes()
                .first_chunk::<16>()
                .copied()
                .unwrap_or_default();
            let guid = uuid::Builder::from_custom_bytes(bytes).into_uuid();
            made.push(SyncPoint {
                guid,
                time: None,
                position: Some(position),
            });
            guid
        })
    };
    for one in &mut text.selections {
        let whole = one
            .sync
            .filter(|(from, to)| known.contains(from) && known.contains(to));
        one.sync = whole.or_else(|| Some((point(one.start), point(one.end))));
    }
    text.sync_points.extend(made);
}
