//! Tables from codes to letters (`ToUnicode`), read within bounds.
//!
//! Source of the format: ISO 32000-1, 9.10.3, with Adobe technical note 5014. Own code: the library
//! goes through every code of a range one by one, and a range of four bytes has four thousand
//! million.

use std::collections::HashMap;

/// Codes that one table may tell of; a font has 65 536 at most, and some are told twice.
const CODES: usize = 1 << 18;
/// UTF-16 units that the letters of one table may have together.
const UNITS: usize = 1 << 20;

/// What the codes of one font show.
#[derive(Debug, Default)]
pub(super) struct Table {
    by_code: HashMap<u32, Box<[u16]>>,
    codes: usize,
    units: usize,
}

enum Token<'a> {
    Hex(Vec<u8>),
    Open,
    Close,
    Word(&'a [u8]),
}

/// What is being told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    Nothing,
    /// A code, then its letters.
    One,
    /// First code, last code, then letters of the first, or of each in brackets.
    Range,
}

impl Table {
    /// Reads a table. What is not understood, or too much, is left out.
    pub(super) fn read(mut bytes: &[u8]) -> Self {
        let mut table = Self::default();
        let mut telling = Telling::Nothing;
        let mut codes: Vec<u32> = Vec::new();
        let mut in_list = false;
        while let Some(token) = next(&mut bytes) {
            let wanted = match telling {
                Telling::Nothing => usize::MAX,
                Telling::One => 1,
                Telling::Range => 2,
            };
            match token {
                Token::Word(b"beginbfchar") => (telling, in_list) = (Telling::One, false),
                Token::Word(b"beginbfrange") => (telling, in_list) = (Telling::Range, false),
                Token::Word(_) => {
                    let ends = matches!(token, Token::Word(b"endbfchar" | b"endbfrange"));
                    if ends {
                        telling = Telling::Nothing;
                    }
                    codes.clear();
                }
                Token::Hex(_) if telling == Telling::Nothing => {}
                Token::Hex(hex) if codes.len() < wanted => codes.push(code(&hex)),
                Token::Hex(hex) if in_list => {
                    // The first code is the next one to be told.
                    if let [at, last] = codes.as_mut_slice()
                        && *at <= *last
                    {
                        table.put(*at, &units(&hex));
                        *at = at.saturating_add(1);
                    }
                }
                Token::Hex(hex) => {
                    let (first, last) = (codes.first(), codes.last());
                    if let Some((first, last)) = first.zip(last) {
                        table.put_range(*first, *last, units(&hex));
                    }
                    codes.clear();
                }
                Token::Open => in_list = telling == Telling::Range && codes.len() == wanted,
                Token::Close => {
                    in_list = false;
                    codes.clear();
                }
            }
        }
        table
    }

    /// The letters of a code.
    pub(super) fn letters(&self, code: u32) -> Option<String> {
        String::from_utf16(self.by_code.get(&code)?).ok()
    }

    /// Bytes of memory it takes, about.
    pub(super) fn size(&self) -> usize {
        self.by_code.len() * 64 + self.units * 2
    }

    /// The last unit counts on with the codes.
    fn put_range(&mut self, first: u32, last: u32, mut letters: Vec<u16>) {
        for code in first..=last {
            if !self.put(code, &letters) {
                return;
            }
            if let Some(unit) = letters.last_mut() {
                *unit = unit.wrapping_add(1);
            }
        }
    }

    /// False when no more is taken.
    fn put(&mut self, code: u32, letters: &[u16]) -> bool {
        self.codes += 1;
        self.units += letters.len();
        let room = self.codes <= CODES && self.units <= UNITS && code <= 0xFFFF;
        if room {
            self.by_code.insert(code, letters.into());
        }
        room
    }
}

/// Codes have one or two bytes here; longer ones, which no font of ours asks for, lie beyond.
fn code(hex: &[u8]) -> u32 {
    match hex {
        [] => u32::MAX,
        [one] => u32::from(*one),
        [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        [0, rest @ ..] => code(rest),
        _ => u32::MAX,
    }
}

/// Letters are UTF-16; a single byte is one of the first letters.
fn units(hex: &[u8]) -> Vec<u16> {
    if let [one] = hex {
        return vec![u16::from(*one)];
    }
    let (pairs, _) = hex.as_chunks::<2>();
    pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect()
}

/// Takes the next token off.
fn next<'a>(bytes: &mut &'a [u8]) -> Option<Token<'a>> {
    loop {
        let (first, rest) = bytes.split_first()?;
        let ends =
            |rest: &[u8], end: fn(&u8) -> bool| rest.iter().position(end).unwrap_or(rest.len());
        let (taken, token) = match first {
            b'%' => (1 + ends(rest, |byte| matches!(byte, b'\r' | b'\n')), None),
            b'<' if rest.first() == Some(&b'<') => (2, None),
            b'<' => {
                let length = ends(rest, |byte| *byte == b'>');
                let hex = hex(rest.get(..length).unwrap_or_default());
                (length + 2, Some(Token::Hex(hex)))
            }
            b'[' => (1, Some(Token::Open)),
            b']' => (1, Some(Token::Close)),
            byte if is_apart(byte) => (1, None),
            _ => {
                let length = 1 + ends(rest, is_apart);
                let word = bytes.get(..length).unwrap_or_default();
                (length, Some(Token::Word(word)))
            }
        };
        *bytes = bytes.get(taken..).unwrap_or_default();
        if token.is_some() {
            return token;
        }
    }
}

/// White space and the signs that end a word.
fn is_apart(byte: &u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(
            byte,
            0 | b'<' | b'>' | b'[' | b']' | b'(' | b')' | b'{' | b'}' | b'%'
        )
}

fn hex(digits: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .iter()
        .filter_map(|digit| char::from(*digit).to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => high << 4 | low,
            [high] => high << 4,
            _ => 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(table: &str, codes: &[u32]) -> Vec<Option<String>> {
        let table = Table::read(table.as_bytes());
        codes.iter().map(|code| table.letters(*code)).collect()
    }

    fn letters<const N: usize>(all: [&str; N]) -> Vec<Option<String>> {
        let some = |text: &&str| (!text.is_empty()).then(|| (*text).to_owned());
        all.iter().map(some).collect()
    }

    #[test]
    fn codes_and_ranges_show_their_letters() {
        let table = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap % et ark <00>\n\
            1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
            3 beginbfchar <0001> <00C5> <02> <00660069> <0003> <D83D DE42> endbfchar\n\
            3 beginbfrange <0010> <0012> <0061> <0020><0021>[<00E6> <00F8> <00E5>] <0030> <0031> <D83DDE00>\n\
            endbfrange endcmap";
        let codes = [
            1, 2, 3, 0x10, 0x11, 0x12, 0x13, 0x20, 0x21, 0x22, 0x31, 0xFFFF,
        ];
        let wanted = letters(["Å", "fi", "🙂", "a", "b", "c", "", "æ", "ø", "", "😁", ""]);
        assert_eq!(shown(table, &codes), wanted);
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        for (table, wanted) in [
            ("", [""]),
            ("<01> <0041>", [""]),
            ("beginbfchar <01> /A <01> <0041> endbfchar", ["A"]),
            ("beginbfchar <01> <0041", ["A"]),
            ("beginbfchar <01> <D800> endbfchar", [""]),
            ("beginbfrange <02> <01> <0041> endbfrange", [""]),
            (
                "beginbfrange <01> [<0041>] <01> <01> [<0042> <0043>] endbfrange",
                ["B"],
            ),
            ("beginbfchar <0000000001> <0041> endbfchar", ["A"]),
            ("beginbfchar <01000001> <0041> endbfchar", [""]),
        ] {
            assert_eq!(shown(table, &[1]), letters(wanted), "{table}");
        }
    }

    #[test]
    fn ranges_without_end_end() {
        let all = "beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange ";
        assert_eq!(shown(all, &[0, 1]), letters(["A", "B"]));
        let many = "beginbfrange <0000> <FFFF> <0041> endbfrange ".repeat(100_000);
        let table = Table::read(many.as_bytes());
        assert_eq!(table.by_code.len(), 0x1_0000);
        assert!(table.codes <= CODES + 100_000);
        let long = format!(
            "beginbfrange <0000> <FFFF> <{}> endbfrange",
            "0041".repeat(50_000)
        );
        assert_eq!(Table::read(long.as_bytes()).by_code.len(), 20);
    }
}
