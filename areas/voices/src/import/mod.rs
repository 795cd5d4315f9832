//! Bringing texts in. What an import is and what is told about its files; no HTTP, no SQL.

pub(crate) mod acts;
pub(crate) mod job;
pub(crate) mod pages;
pub(crate) mod store;
mod told;

use base::{Account, Id, Time};
use serde::{Deserialize, Serialize};
use store_crate::jobs::Job;
use store_crate::objects::Object;

use ::store as store_crate;

use crate::intake::{BLOCK_CODE_POINTS, Intake, Kind, LineEnds, Paragraph};
use crate::source::{BlockKind, NewBlock, NewSpeaker, side_of_label};
use crate::{Basis, Source, Study};

pub use told::Told;

/// The kind of job that brings in texts.
pub const TEXT_JOB: &str = "voices.import";
/// The kind of job that brings in a whole project of another program; `analysis` works on it. Its
/// payload is `{"import": id}`.
pub const PROJECT_JOB: &str = "analysis.import_project";

/// Files of one import at most.
pub const FILES: usize = 100;
/// Bytes of one import at most.
pub const BYTES: usize = 200 << 20;

/// An import: files that become visible together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    /// Its id.
    pub id: Id<Import>,
    /// The study.
    pub study: Id<Study>,
    /// The job that works on it.
    pub job: Option<Id<Job>>,
    /// Where it stands.
    pub state: ImportState,
    /// The basis of all its sources.
    pub basis: Basis,
    /// Who asked; none for an operator.
    pub made_by: Option<Id<Account>>,
    /// When.
    pub made_at: Time,
}

/// Where an import stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Not whole yet: nobody sees anything of it.
    Open,
    /// Whole.
    Done,
    /// Stopped; nothing of it was kept.
    Cancelled,
}

impl ImportState {
    /// The word in the database and the API.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

impl std::str::FromStr for ImportState {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Open, Self::Done, Self::Cancelled]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or(())
    }
}

/// Marks the id of a file of an import.
pub enum ImportFileId {}

/// A file of an import.
#[derive(Clone, PartialEq, Debug)]
pub struct ImportFile {
    /// Its id.
    pub id: Id<ImportFileId>,
    /// The name it came with.
    pub name: String,
    /// The file; none when it was not kept.
    pub object: Option<Id<Object>>,
    /// Bytes.
    pub size: i64,
    /// `waiting`, `done`, `refused`.
    pub state: String,
    /// What came of it.
    pub outcome: Option<Outcome>,
}

/// What came of one file. No contents.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// The sources it became.
    #[serde(default)]
    pub sources: Vec<Id<Source>>,
    /// Turns of a conversation.
    #[serde(default)]
    pub turns: i64,
    /// Paragraphs and headings that are no turns.
    #[serde(default)]
    pub paragraphs: i64,
    /// Code points.
    #[serde(default)]
    pub chars: i64,
    /// Speakers.
    #[serde(default)]
    pub speakers: i64,
    /// WHATWG name of the encoding.
    #[serde(default)]
    pub encoding: Option<String>,
    /// `lf`, `cr_lf`, `cr`, `mixed`.
    #[serde(default)]
    pub line_ends: Option<String>,
    /// What came in besides, and what could not be carried.
    #[serde(default)]
    pub notices: Vec<Told>,
    /// Why it was not read.
    #[serde(default)]
    pub refused: Option<Told>,
}

/// What came of an import, for commands.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// The import.
    pub import: Id<Import>,
    /// The study's name in addresses.
    pub study: String,
    /// Where it stands.
    pub state: ImportState,
    /// Its files in order.
    pub files: Vec<FileReport>,
}

/// What came of one file, for commands.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct FileReport {
    /// The name it came with.
    pub name: String,
    /// Bytes.
    pub bytes: i64,
    /// What came of it; none when the import was stopped.
    pub outcome: Option<Outcome>,
}

/// The ending of a file name in small letters.
#[must_use]
pub fn ending(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase())
        .unwrap_or_default()
}

/// Can files with such a name be brought in?
#[must_use]
pub fn is_known(name: &str) -> bool {
    is_project(name) || crate::intake::reads(name)
}

/// A whole project of another program, or its codebook? Such a file comes alone.
#[must_use]
pub fn is_project(name: &str) -> bool {
    ending(name) == "qdpx" || is_codebook(name)
}

/// The codebook of another program?
#[must_use]
pub fn is_codebook(name: &str) -> bool {
    ending(name) == "qdc"
}

/// The name a source gets: the file's, without folders and ending.
#[must_use]
pub fn source_name(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).trim();
    let name = if stem.is_empty() { name } else { stem };
    name.chars()
        .filter(|sign| !sign.is_control())
        .take(200)
        .collect()
}

/// The word for line ends.
#[must_use]
pub fn line_ends_word(ends: LineEnds) -> &'static str {
    match ends {
        LineEnds::Lf => "lf",
        LineEnds::CrLf => "cr_lf",
        LineEnds::Cr => "cr",
        LineEnds::Mixed => "mixed",
    }
}

/// Speakers and blocks of a text that was read.
#[must_use]
pub fn blocks_of(intake: Intake) -> (Vec<NewSpeaker>, Vec<NewBlock>) {
    let speakers: Vec<NewSpeaker> = intake
        .speakers
        .into_iter()
        .map(|(label, _)| NewSpeaker {
            side: side_of_label(&label),
            label,
        })
        .collect();
    let mut blocks: Vec<NewBlock> = Vec::with_capacity(intake.paragraphs.len());
    let mut soft = false;
    let mut paragraphs = intake.paragraphs.into_iter().peekable();
    while let Some(paragraph) = paragraphs.next() {
        let next_is_soft = paragraphs
            .peek()
            .is_some_and(|next| goes_on_softly(&paragraph, next));
        let kind = match paragraph.kind {
            Kind::Turn => BlockKind::Turn,
            Kind::Prose => BlockKind::Prose,
            Kind::Heading => BlockKind::Heading,
        };
        let speaker = paragraph.speaker.as_deref();
        blocks.push(NewBlock {
            kind,
            speaker: speaker
                .and_then(|label| speakers.iter().position(|known| known.label == label)),
            time: paragraph
                .time_ms
                .and_then(|time| i64::try_from(time).ok())
                .filter(|_| !soft),
            text: paragraph.text,
            gap: if next_is_soft { 0 } else { 2 },
        });
        soft = next_is_soft;
    }
    (speakers, blocks)
}

/// Was `next` cut off from the end of `paragraph`, since together they were too long for a block?
/// What is cut is at least half as long as a block; what merely follows in the same turn is not,
/// or does not fill it.
fn goes_on_softly(paragraph: &Paragraph, next: &Paragraph) -> bool {
    let chars = paragraph.text.chars().count();
    let filled = chars * 8 >= BLOCK_CODE_POINTS;
    let open_end = paragraph.text.ends_with(char::is_whitespace) || chars == BLOCK_CODE_POINTS;
    next.continues
        && next.kind == paragraph.kind
        && next.speaker == paragraph.speaker
        && filled
        && open_end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Limits, read};

    #[test]
    fn names_of_sources_come_from_names_of_files() {
        assert_eq!(source_name("C:\\mine\\Intervju 1.docx"), "Intervju 1");
        assert_eq!(source_name(".txt"), ".txt");
        assert_eq!(ending("A.PDF"), "pdf");
        assert!(is_known("a.Docx") && !is_known("a.mp3") && !is_known("txt"));
        assert!(is_project("x.qdpx"));
    }

    #[test]
    fn a_conversation_becomes_speakers_and_blocks() {
        let text = "Intervjuer: Hei?\nKari: Hei!\nIntervjuer: Hvordan går det?\nKari: Bra.\n";
        let intake = read("a.txt", text.as_bytes(), &Limits::default(), &|_, _| true).unwrap();
        let (speakers, blocks) = blocks_of(intake);
        let labels: Vec<(&str, crate::Side)> = speakers
            .iter()
            .map(|one| (one.label.as_str(), one.side))
            .collect();
        assert_eq!(
            labels,
            [
                ("Intervjuer", crate::Side::Interviewer),
                ("Kari", crate::Side::Unknown)
            ]
        );
        let turns: Vec<(Option<usize>, &str, i64)> = blocks
            .iter()
            .map(|block| (block.speaker, block.text.as_str(), block.gap))
            .collect();
        assert_eq!(
            turns,
            [
                (Some(0), "Hei?", 2),
                (Some(1), "Hei!", 2),
                (Some(0), "Hvordan går det?", 2),
                (Some(1), "Bra.", 2)
            ]
        );
    }

    #[test]
    fn what_was_split_softly_has_no_line_end_between() {
        let long = "Dette er en setning. ".repeat(400);
        let intake = read("a.txt", long.as_bytes(), &Limits::default(), &|_, _| true).unwrap();
        let (_, blocks) = blocks_of(intake);
        let gaps: Vec<i64> = blocks.iter().map(|block| block.gap).collect();
        assert_eq!(gaps, [0, 0, 2]);
        let text: String = blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(text.trim(), long.trim());
    }
}
