//! Exchange with other programs: projects in and out, in the open formats of the field.
//!
//! A `.qdpx` comes in as a job ([`import_project`]) and goes out with [`export`]; for scripts there
//! is JSON. In between stands one rule: the text of a project is cut into blocks so that put
//! together they are the text again, to the letter, and so every position comes out where it was.

mod codebook;
mod export;
mod import;
mod json;
pub(crate) mod kept;
mod last_act;
mod notes;
mod out;
mod pages;
pub(crate) mod parse;
mod project;
#[cfg(test)]
mod round_trip;
pub(crate) mod store;
mod tables;

use ::voices::intake::{BLOCK_CODE_POINTS, split_soft};

pub use export::{Exported, export};
pub use import::import_project;
pub use kept::{FILE_JOB, delete_file};
pub use pages::routes;

/// How this program names itself in project files.
const ORIGIN: &str = "Knutepunkt";

/// A format that a study can be taken out in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// REFI-QDA 1.5, for other analysis programs.
    Qdpx,
    /// The codebook alone, for other analysis programs.
    Qdc,
    /// A workbook: marks, codes, sources, findings.
    Xlsx,
    /// The marks as a table, for scripts.
    Csv,
    /// JSON, for scripts.
    Json,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 5] = [Self::Qdpx, Self::Qdc, Self::Xlsx, Self::Csv, Self::Json];

    /// The word at the command line, in the database and as file ending.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Qdpx => "qdpx",
            Self::Qdc => "qdc",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Qdpx => "application/zip",
            Self::Qdc => "application/xml",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    /// Key of what it is for.
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Qdpx => "analysis-export-qdpx",
            Self::Qdc => "analysis-export-qdc",
            Self::Xlsx => "analysis-export-xlsx",
            Self::Csv => "analysis-export-csv",
            Self::Json => "analysis-export-json",
        }
    }
}

impl std::str::FromStr for Format {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|format| format.word() == word)
            .ok_or(())
    }
}

/// A piece of a text, to become a block.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Piece {
    /// Where it begins in the text, in code points.
    start: usize,
    /// Code points in it.
    chars: usize,
    /// The words.
    text: String,
    /// Line ends after it.
    gap: usize,
}

/// A text cut into pieces.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Cut {
    /// Line ends before the first piece.
    lead: usize,
    /// The pieces.
    pieces: Vec<Piece>,
}

/// A place in a piece: its number and the code points before the place.
type Spot = (usize, usize);

/// Cuts a text with LF line ends at its lines. Blank lines are gaps; a line of white space is a
/// piece; a line too long for a block is split softly.
fn cut_text(text: &str) -> Cut {
    let mut cut = Cut::default();
    let mut at = 0;
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            at += 1;
            match cut.pieces.last_mut() {
                Some(last) => last.gap += 1,
                None => cut.lead += 1,
            }
        }
        if line.is_empty() {
            continue;
        }
        for part in split_soft(line, BLOCK_CODE_POINTS) {
            let chars = part.chars().count();
            cut.pieces.push(Piece {
                start: at,
                chars,
                text: part.to_owned(),
                gap: 0,
            });
            at += chars;
        }
    }
    cut
}

impl Cut {
    /// Where a stretch of the text begins and ends among the pieces. Borders in a gap move
    /// inward; `None` when nothing is left.
    fn find(&self, start: usize, end: usize) -> Option<(Spot, Spot)> {
        let first = self
            .pieces
            .partition_point(|piece| piece.start + piece.chars <= start);
        let after = self.pieces.partition_point(|piece| piece.start < end);
        let last = after.checked_sub(1)?;
        let (from, to) = (self.pieces.get(first)?, self.pieces.get(last)?);
        let from_at = start.saturating_sub(from.start);
        let to_at = end.checked_sub(to.start)?.min(to.chars);
        ((first, from_at) < (last, to_at)).then_some(((first, from_at), (last, to_at)))
    }
}

/// Control characters but tab and line end become U+FFFD, so that every position stays; gives how
/// many there were.
fn without_controls(text: &str) -> (String, u64) {
    let mut count = 0;
    let text = text
        .chars()
        .map(|c| {
            let bad = c.is_control() && c != '\n' && c != '\t';
            count += u64::from(bad);
            if bad { char::REPLACEMENT_CHARACTER } else { c }
        })
        .collect();
    (text, count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn together(cut: &Cut) -> String {
        let mut text = "\n".repeat(cut.lead);
        for piece in &cut.pieces {
            text.push_str(&piece.text);
            text.push_str(&"\n".repeat(piece.gap));
        }
        text
    }

    fn quote(cut: &Cut, (from, to): (Spot, Spot)) -> String {
        let start = cut.pieces[from.0].start + from.1;
        let end = cut.pieces[to.0].start + to.1;
        together(cut)
            .chars()
            .skip(start)
            .take(end - start)
            .collect()
    }

    #[test]
    fn blank_lines_are_gaps_and_white_space_is_a_piece() {
        let cut = cut_text("\n\nhei 👋\n\n \ndu\n");
        let shape: Vec<_> = cut
            .pieces
            .iter()
            .map(|p| (p.start, p.chars, p.text.as_str(), p.gap))
            .collect();
        assert_eq!(
            shape,
            [(2, 5, "hei 👋", 2), (9, 1, " ", 1), (11, 2, "du", 1)]
        );
        assert_eq!(cut.lead, 2);
        assert_eq!(cut_text(""), Cut::default());
        assert_eq!(
            cut_text("\n"),
            Cut {
                lead: 1,
                pieces: vec![]
            }
        );
    }

    #[test]
    fn borders_in_a_gap_move_inward() {
        let cut = cut_text("en\n\nto\ntre");
        assert_eq!(cut.find(0, 2), Some(((0, 0), (0, 2))));
        assert_eq!(cut.find(2, 7), Some(((1, 0), (1, 2))));
        assert_eq!(cut.find(1, 8), Some(((0, 1), (2, 1))));
        assert_eq!(cut.find(0, 4), Some(((0, 0), (0, 2))));
        assert_eq!(cut.find(2, 4), None);
        assert_eq!(cut.find(1, 1), None);
        assert_eq!(cut.find(10, 10), None);
        assert_eq!(cut.find(9, 99), Some(((2, 2), (2, 3))));
    }

    #[test]
    fn a_long_line_is_split_without_a_gap() {
        let text = "ord ".repeat(3000);
        let cut = cut_text(&text);
        assert!(cut.pieces.len() >= 3);
        assert!(
            cut.pieces
                .iter()
                .all(|piece| piece.chars <= BLOCK_CODE_POINTS)
        );
        assert_eq!(together(&cut), text);
    }

    #[test]
    fn control_characters_keep_their_place() {
        assert_eq!(
            without_controls("a\u{c}b\tc\n\u{85}"),
            ("a\u{FFFD}b\tc\n\u{FFFD}".to_owned(), 2)
        );
    }

    proptest! {
        #[test]
        fn any_text_is_itself_again_and_any_stretch_keeps_its_words(
            text in "[a-c å👋\n]{0,60}",
            a in 0_usize..64,
            b in 0_usize..64,
        ) {
            let cut = cut_text(&text);
            prop_assert_eq!(&together(&cut), &text);
            let (start, end) = (a.min(b), a.max(b));
            let wanted: String = text.chars().skip(start).take(end - start).collect();
            let found = cut.find(start, end).map(|spots| quote(&cut, spots)).unwrap_or_default();
            prop_assert_eq!(found, wanted.trim_matches('\n'));
        }
    }
}
