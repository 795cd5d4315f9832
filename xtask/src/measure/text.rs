//! Made-up interviews with marks: the same words and the same marks for every program that is measured.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use refi_qda::{Code, Coding, Project, Selection, TextSource, Uuid, Writer};
use serde_json::{Value, json};

/// Codes that the marks share.
const CODES: usize = 50;
const WORDS: [&str; 48] = [
    "jeg", "ble", "møtt", "på", "en", "måte", "som", "gjorde", "at", "jeg", "turte", "å", "si",
    "det", "høyt", "og", "så", "gikk", "vi", "ut", "i", "gangen", "etterpå", "der", "sto",
    "kaffen", "ikke", "bare", "papirer", "men", "folk", "hver", "gang", "noen", "spurte",
    "hvordan", "dagen", "var", "før", "møtet", "ventet", "lenge", "ingen", "ringte", "tilbake",
    "sånn", "er", "livet",
];

/// A mark: code points in a paragraph, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub paragraph: usize,
    pub from: usize,
    pub to: usize,
    pub code: usize,
}

/// A text with marks.
pub struct Interview {
    pub name: String,
    pub paragraphs: Vec<String>,
    pub marks: Vec<Mark>,
}

impl Interview {
    /// A text of about so many bytes in paragraphs of about 250 characters, with so many marks on words spread over it; one
    /// in three overlaps the one before. The same figures give the same text.
    pub fn of(bytes: usize, marks: usize) -> Self {
        let mut dice = Dice(bytes as u64 ^ ((marks as u64) << 32));
        let mut paragraphs = Vec::new();
        let mut written = 0;
        while written < bytes {
            let text = paragraph(&mut dice);
            written += text.len() + 1;
            paragraphs.push(text);
        }
        let mut all: Vec<Mark> = Vec::with_capacity(marks);
        let mut first = 0;
        for n in 0..marks {
            let place = n * paragraphs.len() / marks.max(1);
            let words = words(paragraphs.get(place).map_or("", String::as_str));
            let same = all.last().is_some_and(|last| last.paragraph == place);
            first = match n % 3 == 2 && same {
                true => first + 1,
                false => dice.below(words.len().saturating_sub(12)),
            };
            let last = (first + 2 + dice.below(9)).min(words.len().saturating_sub(1));
            let (from, _) = words.get(first).copied().unwrap_or_default();
            let (_, to) = words.get(last).copied().unwrap_or_default();
            all.push(Mark {
                paragraph: place,
                from,
                to,
                code: dice.below(CODES),
            });
        }
        Self {
            name: format!("interview-{bytes}-{marks}"),
            paragraphs,
            marks: all,
        }
    }

    /// The text as a page.
    pub fn html(&self) -> String {
        let mut page = format!(
            "<!DOCTYPE html><html lang=\"nb\"><head><meta charset=\"utf-8\"><title>{}</title></head><body>",
            self.name
        );
        for text in &self.paragraphs {
            let _ = write!(page, "<p>{text}</p>");
        }
        page.push_str("</body></html>");
        page
    }

    /// The text with its marks as a project of REFI-QDA.
    pub fn write_qdpx(&self, to: &Path) -> Result<(), String> {
        let fault = |error: refi_qda::Error| format!("{}: {error}", to.display());
        let mut ids = 0_u128;
        let mut fresh = || {
            ids += 1;
            Uuid::from_u128(ids)
        };
        let coder = refi_qda::User {
            guid: fresh(),
            name: Some("Kari".to_owned()),
            id: None,
        };
        let made = refi_qda::Stamp {
            user: Some(coder.guid),
            at: None,
        };
        let codes: Vec<Code> = code_names()
            .map(|name| Code {
                guid: fresh(),
                name,
                is_codable: true,
                color: None,
                description: None,
                note_refs: Vec::new(),
                children: Vec::new(),
            })
            .collect();
        let mut source = TextSource::new(fresh(), &self.name);
        source.created = made;
        let starts = self.starts(|text| text.chars().count() + 1);
        for mark in &self.marks {
            let start = starts.get(mark.paragraph).copied().unwrap_or_default();
            let code = codes
                .get(mark.code)
                .map_or_else(Uuid::nil, |code| code.guid);
            let mut selection = Selection::new(
                fresh(),
                (start + mark.from) as u64,
                (start + mark.to) as u64,
            );
            selection.created = made;
            selection.codings.push(Coding {
                guid: fresh(),
                code,
                created: made,
                note_refs: Vec::new(),
            });
            source.selections.push(selection);
        }
        let project = Project {
            name: self.name.clone(),
            users: vec![coder],
            codes,
            ..Project::default()
        };
        let file = File::create(to).map_err(|error| format!("{}: {error}", to.display()))?;
        let mut writer = Writer::new(file, project).map_err(fault)?;
        writer
            .text(&source, Some(&self.paragraphs.join("\n")))
            .map_err(fault)?;
        writer.finish().map_err(fault)?;
        Ok(())
    }

    /// The marks as Taguette places them: bytes of UTF-8 over the words of the page, without its tags.
    pub fn for_taguette(&self) -> Value {
        let starts = self.starts(str::len);
        let marks: Vec<Value> = self
            .marks
            .iter()
            .map(|mark| {
                let start = starts.get(mark.paragraph).copied().unwrap_or_default();
                let text = self
                    .paragraphs
                    .get(mark.paragraph)
                    .map_or("", String::as_str);
                let (from, to) = (byte_of(text, mark.from), byte_of(text, mark.to));
                json!([
                    start + from,
                    start + to,
                    mark.code,
                    text.get(from..to).unwrap_or_default()
                ])
            })
            .collect();
        json!({ "tags": code_names().collect::<Vec<_>>(), "marks": marks })
    }

    /// Where each paragraph begins when each is so long.
    fn starts(&self, length: impl Fn(&str) -> usize) -> Vec<usize> {
        let mut at = 0;
        self.paragraphs
            .iter()
            .map(|text| {
                let start = at;
                at += length(text);
                start
            })
            .collect()
    }
}

/// Where each word begins and ends, in code points.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut at = 0;
    text.split(' ')
        .map(|word| {
            let begun = at;
            let end = begun + word.chars().count();
            at = end + 1;
            (begun, end)
        })
        .collect()
}

fn code_names() -> impl Iterator<Item = String> {
    (1..=CODES).map(|n| format!("kode {n:02}"))
}

fn byte_of(text: &str, char: usize) -> usize {
    text.char_indices()
        .nth(char)
        .map_or(text.len(), |(at, _)| at)
}

/// Three to five sentences.
fn paragraph(dice: &mut Dice) -> String {
    let mut text = String::new();
    for sentence in 0..3 + dice.below(3) {
        if sentence > 0 {
            text.push(' ');
        }
        for n in 0..9 + dice.below(10) {
            let word = WORDS.get(dice.below(WORDS.len())).copied().unwrap_or("og");
            if n == 0 {
                let mut letters = word.chars();
                text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                text.push_str(letters.as_str());
            } else {
                text.push(' ');
                text.push_str(word);
            }
        }
        text.push('.');
    }
    text
}

/// SplitMix64: chance that is the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % (end.max(1) as u64)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_marks_hold_the_same_words_in_each_form() {
        let made = Interview::of(20_000, 300);
        assert_eq!(made.marks.len(), 300);
        assert_eq!(made.marks, Interview::of(20_000, 300).marks);
        let whole: Vec<char> = made.paragraphs.join("\n").chars().collect();
        let bare = made.paragraphs.concat();
        let starts = made.starts(|text| text.chars().count() + 1);
        let told = made.for_taguette();
        for (n, mark) in made.marks.iter().enumerate() {
            let text: Vec<char> = made.paragraphs[mark.paragraph].chars().collect();
            let is_border =
                |at: usize| at == 0 || at == text.len() || text[at] == ' ' || text[at - 1] == ' ';
            assert!(
                mark.from < mark.to && is_border(mark.from) && is_border(mark.to),
                "{mark:?}"
            );
            let start = starts[mark.paragraph];
            let words: String = whole[start + mark.from..start + mark.to].iter().collect();
            let at =
                |field: usize| usize::try_from(told["marks"][n][field].as_u64().unwrap()).unwrap();
            assert_eq!(bare[at(0)..at(1)], words);
            assert_eq!(told["marks"][n][3], words);
        }
    }
}
