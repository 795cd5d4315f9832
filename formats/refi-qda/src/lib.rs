#![doc = include_str!("../README.md")]

mod codebook;
mod color;
mod container;
mod date;
mod error;
mod escape;
mod limits;
mod model;
mod offsets;
mod piece;
mod read;
mod write;

pub use codebook::Codebook;
pub use color::{BadColor, Color};
pub use container::Files;
pub use date::{BadDateTime, DateTime};
pub use error::{Error, Part, Result, What, XmlFault};
pub use escape::replace_non_xml;
pub use limits::Limits;
pub use model::{
    Code, Coding, Item, Leftover, MediaKind, MediaSource, Project, Reason, Selection, Set, Stamp,
    SyncPoint, TextBody, TextRole, TextSource, User, text_path,
};
pub use offsets::{
    Encoding, LineEnds, Place, Producer, Reading, Refusal, Score, SourceText, Unit, Verdict,
};
pub use piece::Piece;
pub use read::{Inventory, Reader};
pub use uuid::Uuid;
pub use write::{LeftOut, Writer, Written};
