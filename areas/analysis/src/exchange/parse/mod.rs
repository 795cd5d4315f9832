//! Reads a project of another program, one source at a time. No SQL; runs on a thread of its own.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;

use base::Uuid;
use bytes::Bytes;
use refi_qda::{
    Code, Codebook, Coding, Error, Item, Leftover, Limits, Piece, Producer, Project, Reader,
    Reading, Reason, Set, Stamp,
};
use voices::NewBlock;

use super::{ORIGIN, Spot};

pub(super) mod note;
pub(super) mod source;

/// Marks of one project at most: they become visible in one act.
const MARKS: u64 = 200_000;
/// Bytes of kept XML of one project at most: they are held until the last act.
const KEPT: usize = 64 << 20;

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
    /// Notes on the project as a whole.
    pub note_refs: Vec<Uuid>,
    /// What is kept of the head: who made it when, short names of users, sets.
    pub kept: Vec<Leftover>,
}

/// A file that lay in the project, to go out with it again.
#[derive(Clone, Debug)]
pub struct KeptFile {
    /// [`FILE`] or [`ORIGINAL_TEXT`].
    pub kind: &'static str,
    /// The path as the project tells it.
    pub path: String,
    /// The source or text it belongs to.
    pub target: Uuid,
    /// Its content.
    pub bytes: Bytes,
}

/// A recording, a picture, a PDF, a text with its looks.
pub const FILE: &str = "file";
/// A text whose marks fit no reading: as it came, since only its own program can count in it.
pub const ORIGINAL_TEXT: &str = "original_text";
/// How positions in a text were read: code of the reading, marks, marks on words.
pub const READING: &str = "reading";

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
    /// Notes about the recording, picture or PDF it belongs to, and the GUID of that.
    pub around: Option<(Uuid, Vec<Uuid>)>,
    /// What stands around it and is kept; `target` is the text or the source it is part of.
    pub kept: Vec<Leftover>,
    /// Files that go with it.
    pub files: Vec<KeptFile>,
}

/// A passage on its way in.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Its GUID.
    pub guid: Uuid,
    /// Where it lies among the blocks; none where the text is missing.
    pub spots: Option<(Spot, Spot)>,
    /// The project's own positions, where the text is missing or is not the one that was marked.
    pub raw: Option<(i64, i64)>,
    /// What else it says of itself: a name that is no quote, who changed it, points of time.
    pub head: Option<Leftover>,
    /// Who made it, and when.
    pub created: Stamp,
    /// Codes on it.
    pub codings: Vec<Coding>,
    /// What is said about it.
    pub description: Option<String>,
    /// Notes about it.
    pub note_refs: Vec<Uuid>,
}

/// A note on its way in.
#[derive(Clone, Debug)]
pub struct NoteText {
    /// Its GUID.
    pub guid: Uuid,
    /// The words; empty where the project has none.
    pub text: String,
    /// Who wrote it, and when.
    pub created: Stamp,
    /// Name, description and marks of it.
    pub head: Leftover,
    /// Files that go with it.
    pub files: Vec<KeptFile>,
}

/// What the reader hands over, in the project's order.
#[derive(Clone, Debug)]
pub enum Part {
    /// Comes first.
    Head(Head),
    /// Each text.
    Text(Box<Text>),
    /// Each note.
    Note(Box<NoteText>),
    /// Something of the project as a whole that is kept: a case, a link.
    Kept(Leftover),
}

/// What was kept without being shown, how positions were read, what could not be carried: key of a
/// text and how many. Nothing is lost quietly.
pub type Losses = BTreeMap<&'static str, i64>;

/// Why reading ended early.
pub enum Ended {
    /// The file is no use.
    Refused(Error),
    /// More marks or kept things than can come in at once.
    TooMany,
    /// Nobody listens any more.
    Stopped,
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// What is known while a project is read.
struct State {
    /// Readings of positions to prefer, what the project's own texts have shown first.
    habits: Vec<Reading>,
    losses: Losses,
    /// Bytes of files taken so far.
    files: u64,
    /// Bytes of XML kept so far.
    kept: usize,
}

impl State {
    fn tell(&mut self, key: &'static str, n: usize) {
        if n > 0 {
            *self.losses.entry(key).or_default() += i64::try_from(n).unwrap_or(i64::MAX);
        }
    }

    /// Tells of something kept.
    fn tell_kept(&mut self, left: &Leftover) {
        self.tell(leftover_key(left), 1);
    }
}

/// Reads a project and hands over its parts; `give` answers false to stop.
pub fn read(bytes: Bytes, give: &mut dyn FnMut(Part) -> bool) -> Result<Losses, Ended> {
    let mut reader = Reader::open(Cursor::new(bytes), Limits::default())?;
    if reader.inventory().selections > MARKS || reader.inventory().codings > MARKS {
        return Err(Ended::TooMany);
    }
    let ours = is_ours(reader.project().origin.as_deref());
    let habit = Producer::from_origin(reader.project().origin.as_deref()).reading();
    let mut state = State {
        habits: vec![habit],
        losses: Losses::new(),
        files: 0,
        kept: 0,
    };
    let head = head(reader.project(), ours, &mut state);
    state.kept += head.kept.iter().map(|left| left.xml.len()).sum::<usize>();
    if !give(Part::Head(head)) {
        return Err(Ended::Stopped);
    }
    reader.read(|item, files| {
        let parts = match item {
            Item::Text(text) => vec![Part::Text(Box::new(source::text(text, files, &mut state)?))],
            Item::Media(media) => source::media(media, files, &mut state)?
                .into_iter()
                .map(|text| Part::Text(Box::new(text)))
                .collect(),
            Item::Note(text) => vec![Part::Note(Box::new(note::note(text, files, &mut state)?))],
            Item::Leftover(left) => {
                state.tell_kept(&left);
                vec![Part::Kept(left)]
            }
        };
        state.kept += parts.iter().map(kept_bytes).sum::<usize>();
        if state.kept > KEPT {
            return Err(Ended::TooMany);
        }
        if parts.into_iter().all(&mut *give) {
            Ok(())
        } else {
            Err(Ended::Stopped)
        }
    })?;
    Ok(state.losses)
}

/// Reads a codebook and hands it over as the head of a project that has nothing else.
pub fn read_codebook(bytes: Bytes, give: &mut dyn FnMut(Part) -> bool) -> Result<Losses, Ended> {
    let book = Codebook::read(Cursor::new(bytes), Limits::default())?;
    let ours = is_ours(book.origin.as_deref());
    let project = Project {
        codes: book.codes,
        sets: book.sets,
        leftovers: book.leftovers,
        ..Project::default()
    };
    let mut state = State {
        habits: Vec::new(),
        losses: Losses::new(),
        files: 0,
        kept: 0,
    };
    let mut head = head(&project, ours, &mut state);
    head.kept.retain(|left| left.kind != "Project");
    if give(Part::Head(head)) {
        Ok(state.losses)
    } else {
        Err(Ended::Stopped)
    }
}

fn kept_bytes(part: &Part) -> usize {
    let of = |left: &Leftover| left.xml.len() + left.refs.len() * size_of::<Uuid>();
    match part {
        Part::Head(_) => 0,
        Part::Text(text) => {
            let heads = text.marks.iter().filter_map(|mark| mark.head.as_ref());
            text.kept.iter().chain(heads).map(of).sum()
        }
        Part::Note(note) => of(&note.head),
        Part::Kept(left) => of(left),
    }
}

fn is_ours(origin: Option<&str>) -> bool {
    origin.is_some_and(|origin| origin.starts_with(ORIGIN))
}

/// Key of the text that tells of something kept.
fn leftover_key(left: &Leftover) -> &'static str {
    if left.reason != Reason::Kept {
        return "analysis-lost-other";
    }
    match left.kind.as_str() {
        "PictureSelection" => "analysis-kept-picture-marks",
        "PDFSelection" => "analysis-kept-pdf-marks",
        "AudioSelection" | "VideoSelection" => "analysis-kept-time-marks",
        "Variable" => "analysis-kept-variables",
        "VariableValue" => "analysis-kept-values",
        "Case" => "analysis-kept-cases",
        "Link" => "analysis-kept-links",
        "Graph" => "analysis-kept-graphs",
        "Set" => "analysis-kept-sets",
        _ => "analysis-lost-other",
    }
}

/// A set that stands for a theme of ours: this program makes its GUIDs of version 7, others do not,
/// and a set of another program may have come out with our project again.
fn is_theme(set: &Set, ours: bool) -> bool {
    ours && set.guid.get_version_num() == 7 && set.sources.is_empty() && set.notes.is_empty()
}

fn head(project: &Project, ours: bool, state: &mut State) -> Head {
    let name = |user: &refi_qda::User| {
        user.name
            .clone()
            .or_else(|| user.id.clone())
            .unwrap_or_default()
    };
    let mut kept = vec![
        Project {
            description: None,
            ..project.clone()
        }
        .to_piece(),
    ];
    let with_id = project.users.iter().filter(|user| user.id.is_some());
    kept.extend(with_id.map(Piece::to_piece));
    let mut themes = Vec::new();
    for set in &project.sets {
        if is_theme(set, ours) {
            let text = set.description.clone().unwrap_or_default();
            themes.push((set.guid, set.name.clone(), text, set.codes.clone()));
        } else {
            let left = set.to_piece();
            state.tell_kept(&left);
            kept.push(left);
        }
    }
    for left in &project.leftovers {
        state.tell_kept(left);
        kept.push(left.clone());
    }
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
        note_refs: project.note_refs.clone(),
        kept,
    }
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
