//! Sources of a project: texts with their marks, and what stands around texts.

use std::collections::HashMap;
use std::io::{Read, Seek, Write};

use base::Uuid;
use refi_qda::{
    Error, Files, Leftover, MediaKind, MediaSource, Piece, Place, Reading, Reason, Selection,
    SourceText, SyncPoint, TextBody, TextSource,
};
use voices::{BlockKind, NewBlock};

use super::super::{Cut, Spot, cut_text, without_controls};
use super::{FILE, KeptFile, Mark, ORIGINAL_TEXT, READING, State, Text};

/// Bytes of one file at most; it is held in memory on its way to the objects.
const FILE_BYTES: usize = 200 << 20;
/// Bytes of all files of a project at most.
const ALL_BYTES: u64 = 1 << 30;

/// A text source.
pub(super) fn text<R: Read + Seek>(
    text: TextSource,
    files: &mut Files<R>,
    state: &mut State,
) -> Result<Text, Error> {
    read(text, None, files, state)
}

/// The texts of a source that is more than text. What belongs to all of it goes with the first;
/// without any text there is one without words, so that it is seen, and can be taken out.
pub(super) fn media<R: Read + Seek>(
    mut media: MediaSource,
    files: &mut Files<R>,
    state: &mut State,
) -> Result<Vec<Text>, Error> {
    let key = match media.kind {
        MediaKind::Pdf => "analysis-kept-pdfs",
        MediaKind::Picture => "analysis-kept-pictures",
        MediaKind::Audio => "analysis-kept-audio",
        MediaKind::Video => "analysis-kept-videos",
    };
    state.tell(key, 1);
    let texts = std::mem::take(&mut media.texts);
    let name = media.name.clone().unwrap_or_default();
    let many = texts.len() > 1;
    let mut all = Vec::with_capacity(texts.len().max(1));
    for (at, text) in texts.into_iter().enumerate() {
        let own = text.name.clone().filter(|name| !name.trim().is_empty());
        let shown = match own {
            Some(own) if many || name.is_empty() => own,
            _ if many => format!("{name} ({})", at + 1),
            _ => name.clone(),
        };
        all.push(read(text, Some((media.guid, shown)), files, state)?);
    }
    if all.is_empty() {
        all.push(wordless(&media, name));
    }
    let path = media.path.clone();
    let guid = media.guid;
    let around = around(media, state);
    if let Some(first) = all.first_mut() {
        first.around = Some((guid, around.note_refs));
        first.kept.extend(around.kept);
        if let Some(path) = path {
            first.files.extend(file((FILE, &path, guid), files, state)?);
        }
    }
    Ok(all)
}

/// What is around the texts of a source.
struct Around {
    kept: Vec<Leftover>,
    note_refs: Vec<Uuid>,
}

fn around(media: MediaSource, state: &mut State) -> Around {
    let guid = media.guid;
    state.tell("analysis-kept-source-codings", media.codings.len());
    let head = MediaSource {
        codings: Vec::new(),
        note_refs: Vec::new(),
        leftovers: Vec::new(),
        ..media.clone()
    };
    let mut kept = vec![target(head.to_piece(), guid)];
    kept.extend(media.codings.iter().map(|one| target(one.to_piece(), guid)));
    for left in media.leftovers {
        state.tell_kept(&left);
        kept.push(left);
    }
    Around {
        kept,
        note_refs: media.note_refs,
    }
}

fn wordless(media: &MediaSource, name: String) -> Text {
    Text {
        guid: media.guid,
        name: named(Some(name), media.guid),
        encoding: None,
        line_ends: None,
        has_text: false,
        lead: 0,
        blocks: Vec::new(),
        marks: Vec::new(),
        description: None,
        created: media.created,
        note_refs: Vec::new(),
        around: None,
        kept: Vec::new(),
        files: Vec::new(),
    }
}

fn target(mut left: Leftover, to: Uuid) -> Leftover {
    left.target = Some(to);
    left
}

fn named(name: Option<String>, guid: Uuid) -> String {
    name.filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| guid.to_string())
}

/// Loads the words of a text, if they are there.
pub(super) fn load<R: Read + Seek>(
    body: &TextBody,
    files: &mut Files<R>,
) -> Result<Option<SourceText>, Error> {
    match body {
        TextBody::File { path } => files.open_text(path).map(Some),
        TextBody::Inline(words) => Ok(Some(SourceText::new(words.as_str()))),
        TextBody::Missing { .. } | TextBody::Absent => Ok(None),
    }
}

/// Keeps a file that the project holds; one that is too large is told and left.
pub(super) fn file<R: Read + Seek>(
    (kind, path, target): (&'static str, &str, Uuid),
    files: &mut Files<R>,
    state: &mut State,
) -> Result<Option<KeptFile>, Error> {
    if !files.has(path) {
        return Ok(None);
    }
    let mut taken = Capped::default();
    let size = files.copy(path, &mut taken)?;
    if taken.over || state.files.saturating_add(size) > ALL_BYTES {
        state.tell("analysis-lost-large-files", 1);
        return Ok(None);
    }
    state.files += size;
    Ok(Some(KeptFile {
        kind,
        path: path.to_owned(),
        target,
        bytes: taken.bytes.into(),
    }))
}

/// Takes so many bytes and lets the rest go by.
#[derive(Default)]
struct Capped {
    bytes: Vec<u8>,
    over: bool,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + bytes.len() > FILE_BYTES {
            self.over = true;
            self.bytes = Vec::new();
        }
        if !self.over {
            self.bytes.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn read<R: Read + Seek>(
    mut text: TextSource,
    part_of: Option<(Uuid, String)>,
    files: &mut Files<R>,
    state: &mut State,
) -> Result<Text, Error> {
    let (owner, shown) = part_of.map_or((None, None), |(owner, name)| (Some(owner), Some(name)));
    let guid = text.guid;
    let loaded = load(&text.body, files)?;
    let mut kept = Vec::new();
    let selections = std::mem::take(&mut text.selections);
    let codings = std::mem::take(&mut text.codings);
    state.tell("analysis-kept-source-codings", codings.len());
    state.tell("analysis-kept-sync-points", text.sync_points.len());
    for left in std::mem::take(&mut text.leftovers) {
        state.tell_kept(&left);
        kept.push(left);
    }
    kept.extend(codings.iter().map(|one| target(one.to_piece(), guid)));
    let head = TextSource {
        description: None,
        note_refs: Vec::new(),
        ..text.clone()
    };
    kept.push(target(head.to_piece(), owner.unwrap_or(guid)));
    let mut taken = Vec::new();
    if let Some(path) = &text.rich_path {
        taken.extend(file((FILE, path, guid), files, state)?);
    }
    let mut made = Text {
        guid,
        name: named(shown.or(text.name.clone()), guid),
        encoding: None,
        line_ends: None,
        has_text: loaded.is_some(),
        lead: 0,
        blocks: Vec::new(),
        marks: Vec::new(),
        description: text.description.take(),
        created: text.created,
        note_refs: std::mem::take(&mut text.note_refs),
        around: None,
        kept,
        files: taken,
    };
    let Some(loaded) = loaded else {
        made.kept.extend(
            text.sync_points
                .iter()
                .map(|one| target(one.to_piece(), guid)),
        );
        made.marks = selections.into_iter().map(raw_mark).collect();
        return Ok(made);
    };
    made.encoding = Some(match loaded.encoding() {
        refi_qda::Encoding::Utf8 => "UTF-8",
        refi_qda::Encoding::Utf16Le => "UTF-16LE",
        refi_qda::Encoding::Utf16Be => "UTF-16BE",
    });
    made.line_ends = Some(if loaded.has_cr() { "cr_lf" } else { "lf" });
    let (words, replaced) = without_controls(&loaded.to_lf());
    state.tell(
        "analysis-lost-control-characters",
        usize::try_from(replaced).unwrap_or(usize::MAX),
    );
    let cut = cut_text(&words);
    let marked = !selections.is_empty();
    let reading = choose(&loaded, &selections, marked, &mut made, state);
    if let Some(reading) = reading {
        place(
            &loaded,
            (reading, &cut, &words),
            selections,
            &mut made,
            state,
        );
    } else {
        made.files.extend(original(&text.body, guid, files, state)?);
        made.marks = selections.into_iter().map(raw_mark).collect();
    }
    let points = points(&loaded, reading, &text.sync_points);
    made.kept
        .extend(points.iter().map(|one| target(one.to_piece(), guid)));
    made.lead = i64::try_from(cut.lead).unwrap_or(0);
    made.blocks = blocks(cut, &points);
    Ok(made)
}

fn blocks(cut: Cut, points: &[SyncPoint]) -> Vec<NewBlock> {
    // The first that stands at a place.
    let times: HashMap<u64, Option<u64>> = points
        .iter()
        .rev()
        .filter_map(|one| Some((one.position?, one.time)))
        .collect();
    let time = |start: usize| {
        let time = times.get(&u64::try_from(start).ok()?).copied().flatten();
        i64::try_from(time?).ok()
    };
    cut.pieces
        .into_iter()
        .map(|piece| NewBlock {
            kind: BlockKind::Prose,
            speaker: None,
            time: time(piece.start),
            text: piece.text,
            gap: i64::try_from(piece.gap).unwrap_or(0),
        })
        .collect()
}

/// Sync points with their positions in the text as it is here.
fn points(text: &SourceText, reading: Option<Reading>, all: &[SyncPoint]) -> Vec<SyncPoint> {
    let positions: Vec<u64> = all
        .iter()
        .map(|one| one.position.unwrap_or(u64::MAX))
        .collect();
    let places = match reading {
        Some(reading) => text.place_positions(reading, &positions),
        None => vec![None; all.len()],
    };
    all.iter()
        .zip(places)
        .map(|(one, place)| SyncPoint {
            position: place.and_then(|at| u64::try_from(at).ok()),
            ..*one
        })
        .collect()
}

/// Finds how positions in this text are to be read, and tells; `None` when no reading fits.
fn choose(
    text: &SourceText,
    selections: &[Selection],
    marked: bool,
    made: &mut Text,
    state: &mut State,
) -> Option<Reading> {
    let verdict = text.judge(selections, &state.habits);
    let reading = verdict.reading();
    if !marked {
        return reading;
    }
    let best = verdict.scores.first();
    let (marks, placed) = best.map_or((0, 0), |score| (score.marks, score.placed));
    let code = reading.map_or("none", Reading::code);
    made.kept.push(Leftover {
        kind: READING.to_owned(),
        guid: None,
        target: Some(made.guid),
        refs: Vec::new(),
        reason: Reason::Kept,
        xml: format!("{code} {marks} {placed}"),
    });
    let Some(reading) = reading else {
        state.tell("analysis-lost-unplaced-texts", 1);
        state.tell("analysis-lost-unplaced-marks", selections.len());
        return None;
    };
    // What one text has shown beyond doubt goes before the habit of the program.
    let shown = !verdict.by_preference && text.readings().len() > 1;
    if shown && state.habits.first() != Some(&reading) {
        state.habits.insert(0, reading);
    }
    if let Some(key) = reading_key(reading.code()) {
        state.tell(key, 1);
    }
    Some(reading)
}

/// Key of the text that tells how positions were read, by the code of the reading.
pub(in crate::exchange) fn reading_key(code: &str) -> Option<&'static str> {
    Some(match code {
        "codepoints-crlf2" => "analysis-read-codepoints-crlf2",
        "codepoints-crlf1" => "analysis-read-codepoints-crlf1",
        "codepoints-crlf2-bom" => "analysis-read-codepoints-crlf2-bom",
        "codepoints-crlf1-bom" => "analysis-read-codepoints-crlf1-bom",
        "utf16-crlf2" => "analysis-read-utf16-crlf2",
        "utf16-crlf1" => "analysis-read-utf16-crlf1",
        "utf16-crlf2-bom" => "analysis-read-utf16-crlf2-bom",
        "utf16-crlf1-bom" => "analysis-read-utf16-crlf1-bom",
        _ => return None,
    })
}

/// The file of a text as it came: what its own program counts in.
fn original<R: Read + Seek>(
    body: &TextBody,
    guid: Uuid,
    files: &mut Files<R>,
    state: &mut State,
) -> Result<Option<KeptFile>, Error> {
    match body {
        TextBody::File { path } => file((ORIGINAL_TEXT, path, guid), files, state),
        TextBody::Inline(words) => Ok(Some(KeptFile {
            kind: ORIGINAL_TEXT,
            path: refi_qda::text_path(guid),
            target: guid,
            bytes: words.clone().into_bytes().into(),
        })),
        TextBody::Missing { .. } | TextBody::Absent => Ok(None),
    }
}

fn raw_mark(one: Selection) -> Mark {
    let raw = i64::try_from(one.start)
        .ok()
        .zip(i64::try_from(one.end).ok());
    let head = head(&one, None, None);
    mark(one, None, raw, head)
}

fn mark(
    one: Selection,
    spots: Option<(Spot, Spot)>,
    raw: Option<(i64, i64)>,
    head: Option<Leftover>,
) -> Mark {
    Mark {
        guid: one.guid,
        spots,
        raw,
        head,
        created: one.created,
        codings: one.codings,
        description: one.description.filter(|text| !text.trim().is_empty()),
        note_refs: one.note_refs,
    }
}

/// What a mark says of itself that has no place here, if there is any.
fn head(one: &Selection, words: Option<&str>, place: Option<Place>) -> Option<Leftover> {
    let name = one.name.clone().filter(|name| !name.trim().is_empty());
    let name = name.filter(|name| !words.is_some_and(|words| begins(words, name)));
    let changed = one.modified != refi_qda::Stamp::default() && one.modified != one.created;
    if name.is_none() && !changed && one.sync.is_none() {
        return None;
    }
    let position = |at: usize| u64::try_from(at).unwrap_or(u64::MAX);
    let head = Selection {
        name,
        start: place.map_or(one.start, |place| position(place.start)),
        end: place.map_or(one.end, |place| position(place.end)),
        description: None,
        codings: Vec::new(),
        note_refs: Vec::new(),
        ..one.clone()
    };
    Some(head.to_piece())
}

/// Whether a name is the words themselves, or their beginning: that is told again at export.
pub(super) fn begins(words: &str, name: &str) -> bool {
    let name = name
        .trim_end()
        .trim_end_matches('…')
        .trim_end_matches("...");
    // Blanks without end between the words are not gone through for every mark.
    let most = words.floor_char_boundary(name.len().saturating_mul(2).saturating_add(1_000));
    let words = words.get(..most).unwrap_or(words);
    let mut rest = words.split_whitespace().flat_map(str::chars);
    name.split_whitespace()
        .flat_map(str::chars)
        .all(|c| rest.next() == Some(c))
}

/// Puts marks on their words. A mark that lies outside the text, or on no words, is kept whole.
fn place(
    text: &SourceText,
    (reading, cut, words): (Reading, &Cut, &str),
    selections: Vec<Selection>,
    made: &mut Text,
    state: &mut State,
) {
    let places = text.place(reading, &selections);
    let mut bytes: Vec<usize> = words.char_indices().map(|(at, _)| at).collect();
    bytes.push(words.len());
    for (one, place) in selections.into_iter().zip(places) {
        let Some(place) = place else {
            state.tell("analysis-lost-stray-marks", 1);
            let mut left = target(one.to_piece(), made.guid);
            left.reason = Reason::BadOffset;
            made.kept.push(left);
            continue;
        };
        match cut.find(place.start, place.end) {
            Some(spots) => {
                let range = bytes
                    .get(place.start)
                    .copied()
                    .zip(bytes.get(place.end).copied());
                let quote = range.and_then(|(from, to)| words.get(from..to));
                let head = head(&one, quote, Some(place));
                made.marks.push(mark(one, Some(spots), None, head));
            }
            None => {
                state.tell("analysis-kept-empty-marks", 1);
                let position = |at: usize| u64::try_from(at).unwrap_or(u64::MAX);
                let moved = Selection {
                    start: position(place.start),
                    end: position(place.end),
                    ..one
                };
                made.kept.push(target(moved.to_piece(), made.guid));
            }
        }
    }
}
