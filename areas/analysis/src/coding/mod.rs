//! Passages, codings and notes: what is done when somebody marks. No HTTP, no SQL.

pub mod acts;
pub(crate) mod change;
pub(crate) mod hooks;
mod place;
pub mod quotes;
pub mod several;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod testing;
pub mod window;

use base::{Id, Time, Uuid};
use people::{Layer, Scope, Thing};
use serde::{Deserialize, Serialize};
use voices::{Source, Study};

use crate::anchor::Anchor;
use crate::codebook::Code;

pub use acts::NewMark;

/// Somebody who marks in a study: an account here, or a name from another program's project.
pub enum Coder {}

/// A piece of a source that is marked, noted or quoted. All who mark the same words share it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Passage {
    /// Its id.
    pub id: Id<Passage>,
    /// The study.
    pub study: Id<Study>,
    /// The source.
    pub source: Id<Source>,
    /// Where it is; `None` where the source's text is missing.
    pub anchor: Option<Anchor>,
    /// The positions another program gave, where the text is missing.
    pub raw: Option<(i64, i64)>,
    /// Its identity in files of other programs.
    pub guid: Uuid,
    /// Its number as a quote.
    pub quote_number: Option<i64>,
    /// Who marked it first.
    pub made_by: Id<Coder>,
    /// When.
    pub made_at: Time,
}

impl Thing for Passage {
    const KIND: &'static str = "passage";
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn scope(&self) -> Scope {
        Scope::Study(self.study.uuid(), Layer::Raw)
    }
}

/// One passage marked with one code by one coder.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Coding {
    /// Its id.
    pub id: Id<Coding>,
    /// The passage.
    pub passage: Id<Passage>,
    /// The code.
    pub code: Id<Code>,
    /// Who did it.
    pub coder: Id<Coder>,
    /// Its identity in files of other programs.
    pub guid: Uuid,
    /// When.
    pub made_at: Time,
}

/// What somebody wrote about a passage, a code, a source or the study.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Note {
    /// Its id.
    pub id: Id<Note>,
    /// The study.
    pub study: Id<Study>,
    /// `passage`, `code`, `source` or `study`.
    pub about_kind: String,
    /// Which one.
    pub about: Uuid,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub author: Id<Coder>,
    /// Their name.
    pub author_name: String,
    /// When.
    pub made_at: Time,
}

/// Longest note, in characters.
pub const NOTE_MAX: usize = 10_000;
/// Codes that can be given to a passage in one act.
pub const CODES_AT_ONCE: usize = 40;
/// Marks that can be made or removed in one act.
pub const MARKS_AT_ONCE: usize = 500;
/// Blocks a passage can touch.
pub const BLOCKS_MAX: usize = 400;
