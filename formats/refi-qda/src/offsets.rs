//! What a position counts, and where it is in the words.
//!
//! REFI-QDA 1.5 §10.2 says that positions are Unicode code points, from 0. Programs count UTF-16
//! units, count CRLF as one, count the byte order mark or not, and do not say so. A position is
//! therefore read in up to eight ways, the marks of a text show which way puts them on words, and
//! everything after that is code points in text with LF line ends.
//!
//! Nothing here normalises Unicode: the same word in composed and in decomposed form has different
//! positions, and the producer counted one of them.

mod judge;

use std::borrow::Cow;
use std::fmt;

use crate::error::{Error, Result};
use crate::{Selection, TextBody};

pub use judge::{Producer, Refusal, Score, Verdict};

/// The words of a text as a file held them: decoded, without byte order mark, line ends untouched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    raw: String,
    encoding: Encoding,
    bom: bool,
}

/// How a text file was encoded. The standard knows UTF-8 only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// What one step of a position is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A Unicode code point, as the standard says.
    CodePoints,
    /// A UTF-16 code unit: an emoji counts two. Natural to .NET, Java, JavaScript, Qt and macOS.
    Utf16,
}

/// How a CRLF counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineEnds {
    /// As the two characters it is.
    CrlfIsTwo,
    /// As one line end.
    CrlfIsOne,
}

/// One way to read positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reading {
    /// What one step is.
    pub unit: Unit,
    /// How a CRLF counts.
    pub line_ends: LineEnds,
    /// Whether the byte order mark counts as the first character.
    pub bom_counts: bool,
}

impl Reading {
    /// The words of the standard: code points, each of them, and the byte order mark is none of
    /// the text.
    pub const STANDARD: Self = Self {
        unit: Unit::CodePoints,
        line_ends: LineEnds::CrlfIsTwo,
        bom_counts: false,
    };

    /// A stable word for the reading, to be stored or logged, such as `utf16-crlf2`.
    #[must_use]
    pub fn code(self) -> &'static str {
        use LineEnds::{CrlfIsOne, CrlfIsTwo};
        use Unit::{CodePoints, Utf16};
        match (self.unit, self.line_ends, self.bom_counts) {
            (CodePoints, CrlfIsTwo, false) => "codepoints-crlf2",
            (CodePoints, CrlfIsTwo, true) => "codepoints-crlf2-bom",
            (CodePoints, CrlfIsOne, false) => "codepoints-crlf1",
            (CodePoints, CrlfIsOne, true) => "codepoints-crlf1-bom",
            (Utf16, CrlfIsTwo, false) => "utf16-crlf2",
            (Utf16, CrlfIsTwo, true) => "utf16-crlf2-bom",
            (Utf16, CrlfIsOne, false) => "utf16-crlf1",
            (Utf16, CrlfIsOne, true) => "utf16-crlf1-bom",
        }
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A passage in text with LF line ends and without byte order mark, in code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// First character.
    pub start: usize,
    /// Behind the last character.
    pub end: usize,
}

/// Where a position is in the raw text: byte, and code points of LF text before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    byte: usize,
    lf: usize,
}

/// Start and end of each mark, where it has them in the text.
type Spots = Vec<Option<(Spot, Spot)>>;

impl SourceText {
    /// Takes decoded text. A byte order mark at its start is taken off and remembered.
    pub fn new(text: impl Into<String>) -> Self {
        let mut raw = text.into();
        let bom = raw.starts_with(BOM);
        if bom {
            raw.drain(..BOM.len_utf8());
        }
        Self {
            raw,
            encoding: Encoding::Utf8,
            bom,
        }
    }

    /// Decodes UTF-8, or UTF-16 with a byte order mark.
    ///
    /// # Errors
    /// [`Error::NotUnicode`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self> {
        let encoding = match bytes.as_slice() {
            [0xFF, 0xFE, ..] => Encoding::Utf16Le,
            [0xFE, 0xFF, ..] => Encoding::Utf16Be,
            _ => {
                let text = String::from_utf8(bytes).map_err(|error| Error::NotUnicode {
                    at: error.utf8_error().valid_up_to() as u64,
                })?;
                return Ok(Self::new(text));
            }
        };
        let text = decode_utf16(&bytes, encoding)?;
        Ok(Self {
            encoding,
            ..Self::new(text)
        })
    }

    /// The words inside the XML, if that is where they are.
    #[must_use]
    pub fn from_inline(body: &TextBody) -> Option<Self> {
        match body {
            TextBody::Inline(text) => Some(Self::new(text.as_str())),
            _ => None,
        }
    }

    /// The text with its own line ends, without byte order mark.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The text that [`Place`]s count in: CRLF and CR made LF, nothing else touched.
    #[must_use]
    pub fn to_lf(&self) -> Cow<'_, str> {
        if !self.raw.contains('\r') {
            return Cow::Borrowed(&self.raw);
        }
        Cow::Owned(self.raw.replace("\r\n", "\n").replace('\r', "\n"))
    }

    /// How the file was encoded.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether the file began with a byte order mark.
    #[must_use]
    pub fn has_bom(&self) -> bool {
        self.bom
    }

    /// Whether there is a CR in it, so that [`to_lf`](Self::to_lf) changes it.
    #[must_use]
    pub fn has_cr(&self) -> bool {
        self.raw.contains('\r')
    }

    /// The readings that differ for this text, the standard's first. Plain text without byte order
    /// mark, CRLF and emoji can be read in one way only.
    #[must_use]
    pub fn readings(&self) -> Vec<Reading> {
        let astral = self.raw.chars().any(|c| c.len_utf16() == 2);
        let crlf = self.raw.contains("\r\n");
        let mut readings = Vec::new();
        for bom_counts in [false, true] {
            for line_ends in [LineEnds::CrlfIsTwo, LineEnds::CrlfIsOne] {
                for unit in [Unit::CodePoints, Unit::Utf16] {
                    let reading = Reading {
                        unit,
                        line_ends,
                        bom_counts,
                    };
                    if self.differs(reading, astral, crlf) {
                        readings.push(reading);
                    }
                }
            }
        }
        readings
    }

    /// Whether each departure from the standard makes a difference here.
    fn differs(&self, reading: Reading, astral: bool, crlf: bool) -> bool {
        (astral || reading.unit == Unit::CodePoints)
            && (crlf || reading.line_ends == LineEnds::CrlfIsTwo)
            && (self.bom || !reading.bom_counts)
    }

    /// Each selection's place, or `None` where it lies outside the text or inside a character.
    ///
    /// A border between CR and LF moves before the line end.
    #[must_use]
    pub fn place(&self, reading: Reading, selections: &[Selection]) -> Vec<Option<Place>> {
        let spots = self.spots_of(reading, selections);
        let place = |pair: &Option<(Spot, Spot)>| {
            pair.map(|(start, end)| Place {
                start: start.lf,
                end: end.lf,
            })
        };
        spots.iter().map(place).collect()
    }

    /// The same for single positions, those of sync points for instance.
    #[must_use]
    pub fn place_positions(&self, reading: Reading, positions: &[u64]) -> Vec<Option<usize>> {
        let spots = self.spots(reading, positions);
        spots.iter().map(|spot| spot.map(|s| s.lf)).collect()
    }

    fn spots_of(&self, reading: Reading, selections: &[Selection]) -> Spots {
        let positions: Vec<u64> = selections.iter().flat_map(|s| [s.start, s.end]).collect();
        let spots = self.spots(reading, &positions);
        let pair = |pair: &[Option<Spot>]| match pair {
            [Some(start), Some(end)] if start.byte <= end.byte => Some((*start, *end)),
            _ => None,
        };
        spots.chunks(2).map(pair).collect()
    }

    /// One walk through the text for all positions.
    fn spots(&self, reading: Reading, positions: &[u64]) -> Vec<Option<Spot>> {
        let mut wanted: Vec<(u64, usize)> = positions.iter().copied().zip(0..).collect();
        wanted.sort_unstable();
        let mut wanted = wanted.into_iter().peekable();
        let mut spots = vec![None; positions.len()];
        let mut settle = |position: u64, spot: Spot| {
            while let Some((at, index)) = wanted.next_if(|(at, _)| *at <= position) {
                // Smaller ones were stepped over: they point into the middle of a character.
                if let Some(slot) = spots.get_mut(index).filter(|_| at == position) {
                    *slot = Some(spot);
                }
            }
            wanted.peek().is_some()
        };
        let mut spot = Spot { byte: 0, lf: 0 };
        let mut position = 0;
        let mut more = settle(position, spot);
        if self.bom && reading.bom_counts {
            position = 1;
            more = settle(position, spot);
        }
        let mut chars = self.raw.chars().peekable();
        while more && let Some(c) = chars.next() {
            let in_crlf = c == '\r' && chars.peek() == Some(&'\n');
            position += match (reading.unit, reading.line_ends) {
                (_, LineEnds::CrlfIsOne) if in_crlf => 0,
                (Unit::CodePoints, _) => 1,
                (Unit::Utf16, _) => c.len_utf16() as u64,
            };
            spot.byte += c.len_utf8();
            spot.lf += usize::from(!in_crlf);
            more = settle(position, spot);
        }
        spots
    }
}

const BOM: char = '\u{FEFF}';

fn decode_utf16(bytes: &[u8], encoding: Encoding) -> Result<String> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let unit = |pair: &[u8; 2]| match encoding {
        Encoding::Utf16Be => u16::from_be_bytes(*pair),
        _ => u16::from_le_bytes(*pair),
    };
    let mut text = String::with_capacity(bytes.len());
    let mut at = 0;
    for c in char::decode_utf16(pairs.iter().map(unit)) {
        let c = c.map_err(|_| Error::NotUnicode { at })?;
        at += c.len_utf16() as u64 * 2;
        text.push(c);
    }
    if odd.is_empty() {
        Ok(text)
    } else {
        Err(Error::NotUnicode { at })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn reading(unit: Unit, line_ends: LineEnds, bom_counts: bool) -> Reading {
        Reading {
            unit,
            line_ends,
            bom_counts,
        }
    }

    #[test]
    fn each_reading_counts_in_its_own_way() {
        // Positions of "c" in "\u{FEFF}a\r\n😀b\rc", in LF text 5.
        let text = SourceText::new("\u{FEFF}a\r\n😀b\rc");
        assert_eq!(text.to_lf(), "a\n😀b\nc");
        for (unit, line_ends, bom, position) in [
            (Unit::CodePoints, LineEnds::CrlfIsTwo, false, 6),
            (Unit::CodePoints, LineEnds::CrlfIsOne, false, 5),
            (Unit::Utf16, LineEnds::CrlfIsTwo, false, 7),
            (Unit::Utf16, LineEnds::CrlfIsOne, false, 6),
            (Unit::CodePoints, LineEnds::CrlfIsTwo, true, 7),
            (Unit::CodePoints, LineEnds::CrlfIsOne, true, 6),
            (Unit::Utf16, LineEnds::CrlfIsTwo, true, 8),
            (Unit::Utf16, LineEnds::CrlfIsOne, true, 7),
        ] {
            let reading = reading(unit, line_ends, bom);
            let marks = [Selection::new(Uuid::nil(), position, position + 1)];
            assert_eq!(
                text.place(reading, &marks),
                [Some(Place { start: 5, end: 6 })],
                "{reading}"
            );
        }
        assert_eq!(text.readings().len(), 8);
        assert_eq!(SourceText::new("æøå\n").readings(), [Reading::STANDARD]);
    }

    #[test]
    fn no_place_inside_a_character_or_outside_the_text() {
        let text = SourceText::new("a😀b");
        let utf16 = reading(Unit::Utf16, LineEnds::CrlfIsTwo, false);
        assert_eq!(
            text.place_positions(utf16, &[4, 2, 0, 5, 1, 3, u64::MAX]),
            [Some(3), None, Some(0), None, Some(1), Some(2), None]
        );
        let backwards = Selection::new(Uuid::nil(), 3, 1);
        assert_eq!(text.place(utf16, &[backwards]), [None]);
    }

    #[test]
    fn a_border_inside_crlf_moves_before_it() {
        let text = SourceText::new("a\r\nb");
        assert_eq!(
            text.place_positions(Reading::STANDARD, &[0, 1, 2, 3, 4]),
            [Some(0), Some(1), Some(1), Some(2), Some(3)]
        );
    }

    #[test]
    fn encodings() {
        let le: Vec<u8> = "\u{FEFF}å😀"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let be: Vec<u8> = "\u{FEFF}å😀"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        for (bytes, encoding) in [
            (le.clone(), Encoding::Utf16Le),
            (be, Encoding::Utf16Be),
            ("\u{FEFF}å😀".into(), Encoding::Utf8),
        ] {
            let text = SourceText::from_bytes(bytes).unwrap();
            assert_eq!((text.raw(), text.has_bom()), ("å😀", true));
            assert_eq!(text.encoding(), encoding);
        }
        let at = |bytes: &[u8]| match SourceText::from_bytes(bytes.to_vec()) {
            Err(Error::NotUnicode { at }) => Some(at),
            _ => None,
        };
        assert_eq!(at(b"bl\xE5"), Some(2));
        assert_eq!(at(le.get(..le.len() - 1).unwrap()), Some(4));
        assert_eq!(at(&[0xFF, 0xFE, 0x00, 0xDC]), Some(2));
        assert_eq!(at(b""), None);
    }

    proptest! {
        /// What a producer counts in its own way comes back to the same words.
        #[test]
        fn positions_lead_back_to_the_words(
            pieces in prop::collection::vec(
                prop::sample::select(vec!["a", "æ", " ", "\r\n", "\n", "\r", "😀", "e\u{301}", "\u{FEFF}"]),
                0..40,
            ),
            cut in any::<(prop::sample::Index, prop::sample::Index)>(),
            utf16 in any::<bool>(), one in any::<bool>(), bom in any::<bool>(),
        ) {
            let at = |index: prop::sample::Index| index.index(pieces.len() + 1);
            let (from, to) = (at(cut.0).min(at(cut.1)), at(cut.0).max(at(cut.1)));
            let unit = if utf16 { Unit::Utf16 } else { Unit::CodePoints };
            let line_ends = if one { LineEnds::CrlfIsOne } else { LineEnds::CrlfIsTwo };
            let count = |text: &str| {
                let text = if one { text.replace("\r\n", "\n") } else { text.to_owned() };
                (if utf16 { text.encode_utf16().count() } else { text.chars().count() }) as u64
            };
            // A lone CR before a lone LF would become a CRLF by joining; that is another text.
            let joined = pieces.concat();
            prop_assume!(!pieces.windows(2).any(|w| w[0] == "\r" && w[1] == "\n"));
            let file = format!("\u{FEFF}{joined}");
            let text = SourceText::new(file);
            let before = u64::from(bom);
            let mark = Selection::new(
                Uuid::nil(),
                before + count(&pieces[..from].concat()),
                before + count(&pieces[..to].concat()),
            );
            let place = text.place(reading(unit, line_ends, bom), &[mark])[0].unwrap();
            let lf: Vec<char> = text.to_lf().chars().collect();
            let words: String = lf[place.start..place.end].iter().collect();
            let expected = pieces[from..to].concat().replace("\r\n", "\n").replace('\r', "\n");
            prop_assert_eq!(words, expected);
        }
    }
}
