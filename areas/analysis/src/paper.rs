//! Marks made with a pen: how the lines that somebody types in from paper are read.
//!
//! One line a mark: a place, the codes, and after ` / ` a note.
//!
//! | Line | Marks |
//! |---|---|
//! | `12 håp` | all of block 12 with the code «håp» |
//! | `12.2 H, venting` | sentence 2 of block 12 with the code whose sign is H, and with «venting» |
//! | `12.2-14 bolig` | from sentence 2 of block 12 to the end of block 14 |
//! | `12.2-.4 +ro` | sentences 2 to 4 of block 12 with a code that is made on the way |
//! | `12 / tonen endrer seg` | only a note |
//!
//! Empty lines, and lines that begin with `#`, are nothing. Names are told apart as codes are, by
//! letters alone and not by their case.

use std::collections::{HashMap, HashSet};

use base::Id;
use voices::Block;

use crate::anchor::{Anchor, Point};
use crate::codebook::{Code, NAME_MAX, folded};
use crate::coding::{BLOCKS_MAX, CODES_AT_ONCE, MARKS_AT_ONCE, NOTE_MAX};
use crate::segments::sentences;

/// Longest text that is read, in characters.
pub const TEXT_MAX: usize = 60_000;
/// Codes that are offered for a name nobody knows.
const LIKE: usize = 3;

/// A block, or a sentence in it, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spot {
    /// The number of the block.
    pub place: i64,
    /// The number of the sentence; none for the whole block.
    pub sentence: Option<usize>,
}

/// What a line asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Where the mark begins.
    pub from: Spot,
    /// Where it ends, included.
    pub to: Spot,
    /// With which codes.
    pub codes: Vec<Id<Code>>,
    /// With codes that are made on the way.
    pub new_codes: Vec<String>,
    /// A note, empty for none.
    pub note: String,
}

/// What is wrong with a line, for the one who typed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// It does not begin with a number.
    NoPlace,
    /// A place, but neither code nor note.
    NoCode,
    /// Nothing is called so; these come near.
    UnknownCode(String, Vec<String>),
    /// Several codes have this name or sign.
    TwoCodes(String),
    /// A heading, which nothing can be marked with.
    Heading(String),
    /// A new code's name is too long.
    LongName,
    /// More codes than a mark can have.
    ManyCodes,
    /// The note is too long.
    LongNote,
    /// The text has no block with this number.
    NoBlock(i64),
    /// The block has only so many sentences.
    NoSentence(i64, usize),
    /// It ends before it begins.
    Backwards,
    /// It goes over more blocks than a mark can.
    TooLong,
    /// There are more lines than can be saved at once.
    TooMany,
}

/// A line as somebody typed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// What was typed.
    pub text: String,
    /// What it asks for.
    pub asked: Result<Asked, Wrong>,
}

/// Reads lines. Whether the text has such places is [`place`]'s to say.
#[must_use]
pub fn lines(text: &str, codes: &[Code]) -> Vec<Line> {
    let typed: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let (saved, beyond) = typed.split_at(typed.len().min(MARKS_AT_ONCE));
    let mut book = Book::of(codes);
    // A code that one line makes can be used by its name in all others.
    let new = saved.iter().filter_map(|(_, line)| book.line(line).ok());
    let new: Vec<String> = new.flat_map(|asked| asked.new_codes).collect();
    book.make(new);
    let read = saved
        .iter()
        .map(|(number, line)| (number, line, book.line(line)));
    let left = beyond
        .iter()
        .map(|(number, line)| (number, line, Err(Wrong::TooMany)));
    read.chain(left)
        .map(|(number, line, asked)| Line {
            number: *number,
            text: (*line).to_owned(),
            asked,
        })
        .collect()
}

/// Ranges of block numbers that some lines touch, for fetching them.
#[must_use]
pub fn ranges(lines: &[Line]) -> Vec<(i64, i64)> {
    lines
        .iter()
        .filter_map(|line| line.asked.as_ref().ok())
        .filter(|asked| asked.check().is_ok())
        .map(|asked| (asked.from.place, asked.to.place))
        .collect()
}

impl Asked {
    fn check(&self) -> Result<(), Wrong> {
        let apart = self.to.place.saturating_sub(self.from.place);
        let sentences = self.from.sentence.zip(self.to.sentence);
        if apart < 0 || (apart == 0 && sentences.is_some_and(|(from, to)| to < from)) {
            return Err(Wrong::Backwards);
        }
        if usize::try_from(apart).map_or(true, |n| n >= BLOCKS_MAX) {
            return Err(Wrong::TooLong);
        }
        Ok(())
    }
}

/// The anchor that a line points to, in the text as it is.
///
/// # Errors
/// [`Wrong`], when the text has no such place.
pub fn place(asked: &Asked, blocks: &HashMap<i64, Block>) -> Result<Anchor, Wrong> {
    asked.check()?;
    let (first, from) = span(asked.from, blocks)?;
    let (last, to) = span(asked.to, blocks)?;
    Ok(Anchor {
        from: Point {
            block: first,
            at: from.0,
        },
        to: Point {
            block: last,
            at: to.1,
        },
    })
}

type Span = (usize, usize);

fn span(spot: Spot, blocks: &HashMap<i64, Block>) -> Result<(Id<Block>, Span), Wrong> {
    let block = blocks.get(&spot.place).ok_or(Wrong::NoBlock(spot.place))?;
    let span = match spot.sentence {
        None => (0, block.body.chars().count()),
        Some(n) => {
            let all = sentences(&block.body);
            *n.checked_sub(1)
                .and_then(|n| all.get(n))
                .ok_or(Wrong::NoSentence(spot.place, all.len()))?
        }
    };
    Ok((block.id, span))
}

/// Codes as they are looked up. Names and signs are [`folded`].
struct Book<'a> {
    codes: &'a [Code],
    by_name: HashMap<String, Vec<Id<Code>>>,
    by_sign: HashMap<String, Vec<Id<Code>>>,
    /// Signs as they are: «H» and «h» may be two.
    by_exact_sign: HashMap<&'a str, Vec<Id<Code>>>,
    headings: HashSet<String>,
    /// Names of codes that are made on the way, as they were typed first.
    made: HashMap<String, String>,
}

impl<'a> Book<'a> {
    fn of(codes: &'a [Code]) -> Self {
        let mut book = Self {
            codes,
            by_name: HashMap::new(),
            by_sign: HashMap::new(),
            by_exact_sign: HashMap::new(),
            headings: HashSet::new(),
            made: HashMap::new(),
        };
        for code in codes {
            if !code.codable {
                book.headings.insert(folded(&code.name));
                continue;
            }
            let (name, sign) = (folded(&code.name), folded(&code.sign));
            book.by_name.entry(name).or_default().push(code.id);
            book.by_sign.entry(sign).or_default().push(code.id);
            let exact = book.by_exact_sign.entry(&code.sign).or_default();
            exact.push(code.id);
        }
        book
    }

    /// These codes are made on the way.
    fn make(&mut self, names: Vec<String>) {
        for name in names {
            self.made.entry(folded(&name)).or_insert(name);
        }
    }

    fn line(&self, line: &str) -> Result<Asked, Wrong> {
        let (from, to, rest) = spots(line).ok_or(Wrong::NoPlace)?;
        let mut asked = Asked {
            from,
            to,
            codes: Vec::new(),
            new_codes: Vec::new(),
            note: String::new(),
        };
        let rest = rest.trim();
        // A code's name may hold a comma or a stroke: all of it is tried before it is cut.
        if let Ok(code) = self.code(rest) {
            asked.codes.push(code);
            return Ok(asked);
        }
        let (names, note) = match rest.strip_prefix("/ ") {
            Some(note) => ("", note),
            None => rest.split_once(" / ").unwrap_or((rest, "")),
        };
        note.trim().clone_into(&mut asked.note);
        if asked.note.chars().count() > NOTE_MAX {
            return Err(Wrong::LongNote);
        }
        for name in names
            .split([',', ';'])
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            self.take(name, &mut asked)?;
            if asked.codes.len() + asked.new_codes.len() > CODES_AT_ONCE {
                return Err(Wrong::ManyCodes);
            }
        }
        if asked.codes.is_empty() && asked.new_codes.is_empty() && asked.note.is_empty() {
            return Err(Wrong::NoCode);
        }
        Ok(asked)
    }

    fn take(&self, name: &str, asked: &mut Asked) -> Result<(), Wrong> {
        // «12: håp» and «12 – håp» are written by many.
        let bare = name.trim_start_matches([':', '-', '–', '=']).trim();
        let new = name.strip_prefix('+').map(str::trim);
        let known = self.code(name).or_else(|wrong| match new {
            Some(new) if !new.is_empty() => self.code(new),
            _ if bare.len() < name.len() && !bare.is_empty() => self.code(bare),
            _ => Err(wrong),
        });
        let code = match known {
            Ok(code) => code,
            Err(wrong) => {
                let made = self.made.get(&folded(bare));
                let new = new
                    .or(made.map(String::as_str))
                    .filter(|new| !new.is_empty());
                let new = new.ok_or(wrong)?;
                if new.chars().count() > NAME_MAX {
                    return Err(Wrong::LongName);
                }
                if !asked
                    .new_codes
                    .iter()
                    .any(|known| folded(known) == folded(new))
                {
                    asked.new_codes.push(new.to_owned());
                }
                return Ok(());
            }
        };
        if !asked.codes.contains(&code) {
            asked.codes.push(code);
        }
        Ok(())
    }

    /// The one code with this name, or else with this sign.
    fn code(&self, name: &str) -> Result<Id<Code>, Wrong> {
        let wanted = folded(name.trim_matches(['«', '»', '"', '”', '“']));
        for found in [
            self.by_name.get(&wanted),
            self.by_exact_sign.get(name),
            self.by_sign.get(&wanted),
        ] {
            match found.map(Vec::as_slice) {
                None | Some([]) => {}
                Some([one]) => return Ok(*one),
                Some(_) => return Err(Wrong::TwoCodes(name.to_owned())),
            }
        }
        if self.headings.contains(&wanted) {
            return Err(Wrong::Heading(name.to_owned()));
        }
        Err(Wrong::UnknownCode(name.to_owned(), self.like(&wanted)))
    }

    /// Codes whose names come near.
    fn like(&self, wanted: &str) -> Vec<String> {
        let start: String = wanted.chars().take(3).collect();
        self.codes
            .iter()
            .filter(|code| code.codable && !start.is_empty())
            .filter(|code| {
                let name = folded(&code.name);
                let word = name.split(' ').any(|word| word.starts_with(&start));
                name.contains(wanted) || word
            })
            .take(LIKE)
            .map(|code| code.name.clone())
            .collect()
    }
}

/// Where a line points to, and what comes after.
fn spots(line: &str) -> Option<(Spot, Spot, &str)> {
    let (place, rest) = number(line)?;
    let (sentence, rest) = sentence(rest);
    let from = Spot { place, sentence };
    let beyond = rest
        .trim_start()
        .strip_prefix(['-', '–', '—'])
        .map(str::trim_start);
    let to = beyond.and_then(|beyond| match number(beyond) {
        Some((place, rest)) => {
            let (sentence, rest) = self::sentence(rest);
            Some((Spot { place, sentence }, rest))
        }
        None => match self::sentence(beyond) {
            (Some(n), rest) => {
                let sentence = Some(n);
                Some((Spot { place, sentence }, rest))
            }
            _ => None,
        },
    });
    let (to, rest) = to.unwrap_or((from, rest));
    // «12a» is no place, and a code's name does not begin within a number.
    let ends = rest
        .chars()
        .next()
        .is_none_or(|next| !next.is_alphanumeric());
    ends.then_some((from, to, rest))
}

fn number(text: &str) -> Option<(i64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    Some((digits.parse().ok()?, rest))
}

/// `.2` or `,2`.
fn sentence(text: &str) -> (Option<usize>, &str) {
    let found = text
        .strip_prefix(['.', ','])
        .and_then(number)
        .and_then(|(n, rest)| Some((usize::try_from(n).ok()?, rest)));
    match found {
        Some((n, rest)) => (Some(n), rest),
        None => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use base::Uuid;
    use proptest::prelude::*;
    use voices::BlockKind;

    use super::*;

    fn code(n: u128, name: &str, sign: &str) -> Code {
        Code {
            id: Id::from(Uuid::from_u128(n)),
            parent: None,
            place: 1,
            name: name.into(),
            description: String::new(),
            colour: "#0b7a75".into(),
            sign: sign.into(),
            codable: true,
            guid: Uuid::from_u128(n),
            depth: 0,
        }
    }

    fn book() -> Vec<Code> {
        let mut heading = code(9, "CHIME", "CH");
        heading.codable = false;
        vec![
            code(1, "Håp", "H"),
            code(2, "Venting", "V"),
            code(3, "Bolig, egen", "B"),
            code(4, "Ønske", "−"),
            code(5, "Ro", "R"),
            code(6, "Rot", "R"),
            heading,
        ]
    }

    fn read(line: &str) -> Result<Asked, Wrong> {
        lines(line, &book()).remove(0).asked
    }

    fn spot(place: i64, sentence: Option<usize>) -> Spot {
        Spot { place, sentence }
    }

    fn asked(
        from: Spot,
        to: Spot,
        codes: &[u128],
        new: &[&str],
        note: &str,
    ) -> Result<Asked, Wrong> {
        Ok(Asked {
            from,
            to,
            codes: codes
                .iter()
                .map(|n| Id::from(Uuid::from_u128(*n)))
                .collect(),
            new_codes: new.iter().map(|name| (*name).to_owned()).collect(),
            note: note.into(),
        })
    }

    #[test]
    fn lines_are_read_as_people_write_them() {
        let (whole, two) = (spot(12, None), spot(12, Some(2)));
        let cases = [
            ("12 håp", asked(whole, whole, &[1], &[], "")),
            ("12.2 H, venting", asked(two, two, &[1, 2], &[], "")),
            ("12,2 h;  VENTING", asked(two, two, &[1, 2], &[], "")),
            (
                "12.2-14 Bolig, egen",
                asked(two, spot(14, None), &[3], &[], ""),
            ),
            (
                "12.2–.4 +Ny  ro",
                asked(two, spot(12, Some(4)), &[], &["Ny  ro"], ""),
            ),
            (
                "12 - 14.1 «Håp»",
                asked(whole, spot(14, Some(1)), &[1], &[], ""),
            ),
            ("12: håp", asked(whole, whole, &[1], &[], "")),
            ("12 – håp", asked(whole, whole, &[1], &[], "")),
            ("12 -, håp", asked(whole, whole, &[4, 1], &[], "")),
            (
                "12 / tonen / her",
                asked(whole, whole, &[], &[], "tonen / her"),
            ),
            (
                "12 V, + håp / Husk",
                asked(whole, whole, &[2, 1], &[], "Husk"),
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let unknown = |name: &str, like: &[&str]| {
            let like = like.iter().map(|name| (*name).to_owned()).collect();
            Err(Wrong::UnknownCode(name.into(), like))
        };
        let cases = [
            ("håp 12", Err(Wrong::NoPlace)),
            ("12a håp", Err(Wrong::NoPlace)),
            ("99999999999999999999 håp", Err(Wrong::NoPlace)),
            ("12", Err(Wrong::NoCode)),
            ("12.2-14  ", Err(Wrong::NoCode)),
            ("12 ventetid", unknown("ventetid", &["Venting"])),
            ("12 håp, kaos", unknown("kaos", &[])),
            ("12 R", Err(Wrong::TwoCodes("R".into()))),
            ("12 chime", Err(Wrong::Heading("chime".into()))),
        ];
        for (line, expected) in cases {
            assert_eq!(read(line), expected, "{line}");
        }
        let long = format!("12 +{}", "o".repeat(NAME_MAX + 1));
        assert_eq!(read(&long), Err(Wrong::LongName));
        // A code that one line makes is known to all.
        let all = lines("3 ny kode\n4 +Ny kode", &book());
        let new: Vec<_> = all
            .into_iter()
            .map(|line| line.asked.map(|asked| asked.new_codes))
            .collect();
        assert_eq!(
            new,
            [
                Ok(vec!["Ny kode".to_owned()]),
                Ok(vec!["Ny kode".to_owned()])
            ]
        );
        let text = "\n# et ark\n  3 håp \n\n4 H";
        let all: Vec<(usize, String)> = lines(text, &book())
            .into_iter()
            .map(|line| (line.number, line.text))
            .collect();
        assert_eq!(all, [(3, "3 håp".to_owned()), (5, "4 H".to_owned())]);
    }

    #[test]
    fn a_sheet_of_nothing_but_names_is_read_at_once() {
        let codes: Vec<Code> = (0..2_000)
            .map(|n| code(n, &format!("Kode {n}"), "K"))
            .collect();
        let new: Vec<String> = (0..9_000).map(|n| format!("+n{n}")).collect();
        let one = lines(&format!("1 {}", new.join(",")), &codes).remove(0);
        assert_eq!(one.asked, Err(Wrong::ManyCodes));
        let many: String = new.iter().map(|name| format!("1 {name}\n")).collect();
        let read = lines(&many, &codes);
        let (saved, beyond) = read.split_at(MARKS_AT_ONCE);
        assert!(saved.iter().all(|line| line.asked.is_ok()));
        assert!(beyond.iter().all(|line| line.asked == Err(Wrong::TooMany)));
        assert_eq!(read.len(), 9_000);
    }

    fn block(place: i64, body: &str) -> Block {
        Block {
            id: Id::from(Uuid::from_u128(place.unsigned_abs().into())),
            source: Id::from(Uuid::nil()),
            place,
            kind: BlockKind::Prose,
            speaker: None,
            speaker_label: None,
            side: None,
            time: None,
            body: body.into(),
            chars: i64::try_from(body.chars().count()).unwrap(),
            gap: 1,
        }
    }

    #[test]
    fn a_line_points_to_the_words_of_its_sentences() {
        let blocks: HashMap<i64, Block> = [
            block(1, "Ja. Det gikk 🙂 bra! Til slutt."),
            block(2, "Én til."),
        ]
        .into_iter()
        .map(|block| (block.place, block))
        .collect();
        let placed = |line: &str| {
            let asked = read(line)?;
            let anchor = place(&asked, &blocks)?;
            let id = |id: Id<Block>| id.uuid().as_u128();
            Ok((
                id(anchor.from.block),
                anchor.from.at,
                id(anchor.to.block),
                anchor.to.at,
            ))
        };
        let cases = [
            ("1 H", Ok((1, 0, 1, 30))),
            ("1.2 H", Ok((1, 4, 1, 19))),
            ("1.2-2 H", Ok((1, 4, 2, 7))),
            ("1.2-.3 H", Ok((1, 4, 1, 30))),
            ("1.4 H", Err(Wrong::NoSentence(1, 3))),
            ("1.0 H", Err(Wrong::NoSentence(1, 3))),
            ("3 H", Err(Wrong::NoBlock(3))),
            ("2-1 H", Err(Wrong::Backwards)),
            ("1.3-.2 H", Err(Wrong::Backwards)),
            ("1-400 H", Err(Wrong::NoBlock(400))),
            ("1-401 H", Err(Wrong::TooLong)),
        ];
        for (line, expected) in cases {
            assert_eq!(placed(line), expected, "{line}");
        }
        let all = lines("1.2-2 H\n2-1 H\n2 V\nhei", &book());
        assert_eq!(ranges(&all), [(1, 2), (2, 2)]);
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_is_too_much(text in "[0-9.,;:/+«» \\-–aHhåp\n]{0,60}") {
            for line in lines(&text, &book()) {
                if let Ok(asked) = line.asked {
                    prop_assert!(!(asked.codes.is_empty() && asked.new_codes.is_empty() && asked.note.is_empty()));
                }
            }
        }
    }
}
