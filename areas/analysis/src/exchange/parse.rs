//! Reads a project of another program, one source at a time. No SQL; runs on a thread of its own.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;

use base::Uuid;
use bytes::Bytes;
use refi_qda::{
    Code, Coding, Error, Files, Item, Limits, MediaKind, MediaSource, Producer, Project, Reader,
    Reading, Selection, SourceText, Stamp, TextBody, TextSource,
};
use voices::{BlockKind, NewBlock};

use super::{Cut, ORIGIN, Spot, cut_text, without_controls};

/// Marks of one project at most: they become visible in one act.
const MARKS: u64 = 200_000;

/// The head of a project.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// Users: GUID and name.
    pub users: Vec<(Uuid, String)>,
    /// The code tree.
    pub codes: Vec<Code>,
    /// Themes, when the project came from this program: GUID, title, text, codes.
    pub themes: Vec<(Uuid, String, String, Vec<Uuid>)>,
    /// What the project says about itself.
    pub description: Option<String>,
}

/// A text on its way in.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its GUID.
    pub guid: Uuid,
    /// Its name.
    pub name: String,
    /// Encoding of its file.
    pub encoding: Option<&'static str>,
    /// Line ends of its file.
    pub line_ends: Option<&'static str>,
    /// The text itself was there.
    pub has_text: bool,
    /// Line ends before the first block.
    pub lead: i64,
    /// Its blocks.
    pub blocks: Vec<NewBlock>,
    /// Its marks.
    pub marks: Vec<Mark>,
    /// What is said about the text.
    pub description: Option<String>,
    /// Who made it.
    pub created: Stamp,
    /// Notes about it.
    pub note_refs: Vec<Uuid>,
}

/// A passage on its way in.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Its GUID.
    pub guid: Uuid,
    /// Where it lies among the blocks; none where the text is missing.
    pub spots: Option<(Spot, Spot)>,
    /// The project's own positions, where the text is missing.
    pub raw: Option<(i64, i64)>,
    /// Who made it, and when.
    pub created: Stamp,
    /// Codes on it.
    pub codings: Vec<Coding>,
    /// What is said about it.
    pub description: Option<String>,
    /// Notes about it and about its codings.
    pub note_refs: Vec<Uuid>,
}

/// A note on its way in.
#[derive(Clone, Debug)]
pub struct NoteText {
    /// Its GUID.
    pub guid: Uuid,
    /// The words.
    pub text: String,
    /// Who wrote it, and when.
    pub created: Stamp,
}

/// What the reader hands over, in the project's order.
#[derive(Clone, Debug)]
pub enum Part {
    /// Comes first.
    Head(Head),
    /// Each text.
    Text(Box<Text>),
    /// Each note.
    Note(NoteText),
}

/// What could not be carried: key of a text and how many. Nothing is lost quietly.
pub type Losses = BTreeMap<&'static str, i64>;

/// Why reading ended early.
pub enum Ended {
    /// The file is no use.
    Refused(Error),
    /// More marks than can come in at once.
    TooManyMarks,
    /// Nobody listens any more.
    Stopped,
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// Reads a project and hands over its parts; `give` answers false to stop.
pub fn read(bytes: Bytes, give: &mut dyn FnMut(Part) -> bool) -> Result<Losses, Ended> {
    let mut reader = Reader::open(Cursor::new(bytes), Limits::default())?;
    if reader.inventory().selections > MARKS || reader.inventory().codings > MARKS {
        return Err(Ended::TooManyMarks);
    }
    let mut losses = Losses::new();
    let ours = reader
        .project()
        .origin
        .as_deref()
        .is_some_and(|origin| origin.starts_with(ORIGIN));
    let habit = Producer::from_origin(reader.project().origin.as_deref()).reading();
    if !give(Part::Head(head(reader.project(), ours, &mut losses))) {
        return Err(Ended::Stopped);
    }
    let mut habits = vec![habit];
    reader.read(|item, files| {
        let mut parts = Vec::new();
        match item {
            Item::Text(text) => parts.push(Part::Text(Box::new(source(
                text,
                None,
                files,
                &mut habits,
                &mut losses,
            )?))),
            Item::Media(media) => {
                for text in media_texts(media, &mut losses) {
                    let (name, text) = text;
                    let one = source(text, Some(&name), files, &mut habits, &mut losses)?;
                    parts.push(Part::Text(Box::new(one)));
                }
            }
            Item::Note(text) => parts.extend(note(text, files, &mut losses)?.map(Part::Note)),
            Item::Leftover(left) => lose(&mut losses, leftover_key(&left.kind), 1),
        }
        if parts.into_iter().all(&mut *give) {
            Ok(())
        } else {
            Err(Ended::Stopped)
        }
    })?;
    Ok(losses)
}

fn lose(losses: &mut Losses, key: &'static str, n: usize) {
    if n > 0 {
        *losses.entry(key).or_default() += i64::try_from(n).unwrap_or(i64::MAX);
    }
}

fn leftover_key(kind: &str) -> &'static str {
    match kind {
        "PictureSelection" => "analysis-lost-picture-marks",
        "PDFSelection" => "analysis-lost-pdf-marks",
        "AudioSelection" | "VideoSelection" => "analysis-lost-time-marks",
        "Variable" | "VariableValue" => "analysis-lost-variables",
        "Case" => "analysis-lost-cases",
        "Link" => "analysis-lost-links",
        "Graph" => "analysis-lost-graphs",
        _ => "analysis-lost-other",
    }
}

fn head(project: &Project, ours: bool, losses: &mut Losses) -> Head {
    for left in &project.leftovers {
        lose(losses, leftover_key(&left.kind), 1);
    }
    let name = |user: &refi_qda::User| {
        user.name
            .clone()
            .or_else(|| user.id.clone())
            .unwrap_or_default()
    };
    let mut themes = Vec::new();
    if ours {
        for set in &project.sets {
            let text = set.description.clone().unwrap_or_default();
            themes.push((set.guid, set.name.clone(), text, set.codes.clone()));
        }
    } else {
        lose(losses, "analysis-lost-sets", project.sets.len());
    }
    // Notes on the project are kept as notes on the study, which is where unreferenced notes go.
    Head {
        users: project
            .users
            .iter()
            .map(|user| (user.guid, name(user)))
            .collect(),
        codes: project.codes.clone(),
        themes,
        description: project
            .description
            .clone()
            .filter(|text| !text.trim().is_empty()),
    }
}

/// The texts of a source that is more than text, each with its name; the rest is told.
fn media_texts(media: MediaSource, losses: &mut Losses) -> Vec<(String, TextSource)> {
    let key = match media.kind {
        MediaKind::Pdf => "analysis-lost-pdfs",
        MediaKind::Picture => "analysis-lost-pictures",
        MediaKind::Audio => "analysis-lost-audio",
        MediaKind::Video => "analysis-lost-videos",
    };
    lose(losses, key, 1);
    lose(losses, "analysis-lost-source-codings", media.codings.len());
    for left in &media.leftovers {
        lose(losses, leftover_key(&left.kind), 1);
    }
    let name = media.name.unwrap_or_default();
    let refs = media.note_refs;
    let mut texts = media.texts;
    match texts.first_mut() {
        Some(first) => first.note_refs.extend(refs),
        None => lose(losses, "analysis-lost-notes-on-media", refs.len()),
    }
    let many = texts.len() > 1;
    texts
        .into_iter()
        .enumerate()
        .map(|(at, text)| {
            let own = text.name.clone().filter(|name| !name.trim().is_empty());
            let name = match own {
                Some(own) if many || name.is_empty() => own,
                _ if many => format!("{name} ({})", at + 1),
                _ => name.clone(),
            };
            (name, text)
        })
        .collect()
}

fn load<R: std::io::Read + std::io::Seek>(
    body: &TextBody,
    files: &mut Files<R>,
) -> Result<Option<SourceText>, Error> {
    match body {
        TextBody::File { path } => files.open_text(path).map(Some),
        TextBody::Inline(words) => Ok(Some(SourceText::new(words.as_str()))),
        TextBody::Missing { .. } | TextBody::Absent => Ok(None),
    }
}

fn source<R: std::io::Read + std::io::Seek>(
    text: TextSource,
    name: Option<&str>,
    files: &mut Files<R>,
    habits: &mut Vec<Reading>,
    losses: &mut Losses,
) -> Result<Text, Error> {
    for left in &text.leftovers {
        lose(losses, leftover_key(&left.kind), 1);
    }
    lose(losses, "analysis-lost-source-codings", text.codings.len());
    lose(losses, "analysis-lost-sync-points", text.sync_points.len());
    let loaded = load(&text.body, files)?;
    let name = name
        .map(str::to_owned)
        .or(text.name)
        .filter(|name| !name.trim().is_empty());
    let mut made = Text {
        guid: text.guid,
        name: name.unwrap_or_else(|| text.guid.to_string()),
        encoding: None,
        line_ends: None,
        has_text: loaded.is_some(),
        lead: 0,
        blocks: Vec::new(),
        marks: Vec::new(),
        description: text.description,
        created: text.created,
        note_refs: text.note_refs,
    };
    let Some(loaded) = loaded else {
        made.marks = text.selections.into_iter().map(raw_mark).collect();
        return Ok(made);
    };
    made.encoding = Some(match loaded.encoding() {
        refi_qda::Encoding::Utf8 => "UTF-8",
        refi_qda::Encoding::Utf16Le => "UTF-16LE",
        refi_qda::Encoding::Utf16Be => "UTF-16BE",
    });
    made.line_ends = Some(if loaded.has_cr() { "cr_lf" } else { "lf" });
    let (words, replaced) = without_controls(&loaded.to_lf());
    lose(
        losses,
        "analysis-lost-control-characters",
        usize::try_from(replaced).unwrap_or(usize::MAX),
    );
    let cut = cut_text(&words);
    made.marks = place(&loaded, text.selections, &cut, habits, losses);
    made.lead = i64::try_from(cut.lead).unwrap_or(0);
    made.blocks = cut
        .pieces
        .into_iter()
        .map(|piece| NewBlock {
            kind: BlockKind::Prose,
            speaker: None,
            time: None,
            text: piece.text,
            gap: i64::try_from(piece.gap).unwrap_or(0),
        })
        .collect();
    Ok(made)
}

fn raw_mark(one: Selection) -> Mark {
    let raw = i64::try_from(one.start)
        .ok()
        .zip(i64::try_from(one.end).ok());
    mark(one, None, raw)
}

fn mark(one: Selection, spots: Option<(Spot, Spot)>, raw: Option<(i64, i64)>) -> Mark {
    let of_codings = one
        .codings
        .iter()
        .flat_map(|coding| coding.note_refs.iter().copied());
    let mut note_refs: Vec<Uuid> = one.note_refs.iter().copied().chain(of_codings).collect();
    note_refs.sort_unstable();
    note_refs.dedup();
    Mark {
        guid: one.guid,
        spots,
        raw,
        created: one.created,
        codings: one.codings,
        description: one.description.filter(|text| !text.trim().is_empty()),
        note_refs,
    }
}

/// Puts marks on their words, in the reading of positions that the marks themselves show.
fn place(
    text: &SourceText,
    selections: Vec<Selection>,
    cut: &Cut,
    habits: &mut Vec<Reading>,
    losses: &mut Losses,
) -> Vec<Mark> {
    if selections.is_empty() {
        return Vec::new();
    }
    let verdict = text.judge(&selections, habits);
    let Some(reading) = verdict.reading() else {
        lose(losses, "analysis-lost-misplaced-marks", selections.len());
        return Vec::new();
    };
    // What one text has shown beyond doubt goes before the habit of the program.
    if !verdict.by_preference && text.readings().len() > 1 && habits.first() != Some(&reading) {
        habits.insert(0, reading);
    }
    let places = text.place(reading, &selections);
    let mut marks = Vec::with_capacity(selections.len());
    for (one, place) in selections.into_iter().zip(places) {
        let Some(place) = place else {
            lose(losses, "analysis-lost-misplaced-marks", 1);
            continue;
        };
        match cut.find(place.start, place.end) {
            Some(spots) => marks.push(mark(one, Some(spots), None)),
            None => lose(losses, "analysis-lost-empty-marks", 1),
        }
    }
    marks
}

fn note<R: std::io::Read + std::io::Seek>(
    text: TextSource,
    files: &mut Files<R>,
    losses: &mut Losses,
) -> Result<Option<NoteText>, Error> {
    lose(
        losses,
        "analysis-lost-notes-marked",
        text.selections.len() + text.codings.len(),
    );
    let Some(words) = load(&text.body, files)? else {
        lose(losses, "analysis-lost-notes-missing", 1);
        return Ok(None);
    };
    let (words, _) = without_controls(&words.to_lf());
    let name = text.name.unwrap_or_default();
    let words = words.trim();
    // A note's name is often its first words; then it is not told twice.
    let whole = match (name.trim(), words) {
        ("", words) => words.to_owned(),
        (name, "") => name.to_owned(),
        (name, words) if words.starts_with(name) => words.to_owned(),
        (name, words) => format!("{name}\n\n{words}"),
    };
    Ok((!whole.is_empty()).then_some(NoteText {
        guid: text.guid,
        text: whole,
        created: text.created,
    }))
}

/// Which notes belong to what: filled while texts come, asked when notes come.
#[derive(Debug)]
pub struct Targets<T>(HashMap<Uuid, Vec<T>>);

impl<T> Default for Targets<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Copy> Targets<T> {
    /// These notes are about this.
    pub fn add(&mut self, notes: &[Uuid], about: T) {
        for note in notes {
            self.0.entry(*note).or_default().push(about);
        }
    }

    /// What a note is about.
    pub fn of(&self, note: Uuid) -> &[T] {
        self.0.get(&note).map_or(&[], Vec::as_slice)
    }
}
