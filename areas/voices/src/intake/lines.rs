//! Evidence in single lines, and putting broken lines together. Used for plain text and for PDF.

use std::collections::HashSet;

/// The words of a text, to decide about hyphens at line ends.
#[derive(Debug, Default)]
pub(super) struct Vocabulary(HashSet<String>);

impl Vocabulary {
    /// Collects words, with inner hyphens kept, in small letters.
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let words = lines
            .flat_map(str::split_whitespace)
            .map(bare)
            .filter(|word| !word.is_empty() && !word.ends_with('-'));
        Self(words.collect())
    }

    fn has(&self, word: &str) -> bool {
        self.0.contains(&bare(word))
    }
}

/// A word in small letters without the punctuation around it.
fn bare(word: &str) -> String {
    word.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '-')
        .to_lowercase()
}

/// How many of what was done while joining.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Joins {
    pub(super) lines: usize,
    pub(super) hyphens: usize,
}

impl Joins {
    /// Adds a line to a paragraph: with a space, or without when a word was divided.
    pub(super) fn join(&mut self, paragraph: &mut String, line: &str, words: &Vocabulary) {
        self.lines += 1;
        let line = line.trim();
        match divided(paragraph, line, words) {
            Divided::No => {
                if !paragraph.is_empty() && !paragraph.ends_with(char::is_whitespace) {
                    paragraph.push(' ');
                }
            }
            Divided::HyphenStays => {}
            Divided::HyphenGoes => {
                self.hyphens += 1;
                paragraph.pop();
            }
        }
        paragraph.push_str(line);
    }
}

#[derive(Debug, PartialEq)]
enum Divided {
    No,
    HyphenStays,
    HyphenGoes,
}

/// Decides about a hyphen at the end of a line. The hyphen goes when the whole word is used
/// elsewhere, or when small letters follow and nothing speaks against it: the word with hyphen is
/// used elsewhere, or both halves are words of their own.
fn divided(before: &str, after: &str, words: &Vocabulary) -> Divided {
    let Some(stem) = before.strip_suffix(['-', '\u{AD}', '\u{2010}']) else {
        return Divided::No;
    };
    let first = stem.split_whitespace().next_back().unwrap_or("");
    let second = after.split_whitespace().next().unwrap_or("");
    if first.is_empty()
        || stem.ends_with(char::is_whitespace)
        || stem.ends_with('-')
        || second.is_empty()
    {
        return Divided::No;
    }
    if before.ends_with('\u{AD}') {
        return Divided::HyphenGoes;
    }
    // "rus- og", "helse- eller": the hyphen stands for a word left out.
    if ["og", "eller", "samt", "and", "or", "til", "som", "men"].contains(&bare(second).as_str()) {
        return Divided::No;
    }
    let last = stem.chars().next_back();
    if !second.starts_with(char::is_lowercase) || !last.is_some_and(char::is_lowercase) {
        // "1990-tallet", "NAV-kontoret", "Rom-Agder".
        return if second.starts_with(char::is_alphanumeric) {
            Divided::HyphenStays
        } else {
            Divided::No
        };
    }
    if words.has(&format!("{first}{second}")) {
        Divided::HyphenGoes
    } else if words.has(&format!("{first}-{second}")) || (words.has(first) && words.has(second)) {
        Divided::HyphenStays
    } else {
        Divided::HyphenGoes
    }
}

/// Full stop, question mark and their like, also before closing quotes, brackets and note marks.
pub(super) fn ends_sentence(line: &str) -> bool {
    let line = line
        .trim_end()
        .trim_end_matches(['»', '”', '"', '’', '\'', ')', ']', '“']);
    line.ends_with(['.', '!', '?', '…', ':', ';'])
}

/// The first letter is small.
pub(super) fn starts_lower(line: &str) -> bool {
    line.trim_start().starts_with(char::is_lowercase)
}

pub(super) fn starts_quote(line: &str) -> bool {
    line.trim_start().starts_with(['«', '“', '"', '”'])
}

pub(super) fn ends_quote(line: &str) -> bool {
    line.trim_end()
        .trim_end_matches(['.', '!', '?'])
        .ends_with(['»', '”', '"'])
}

/// A line that starts an item of a list: `- x`, `• x`, `1. X`, `b) x`.
pub(super) fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    let mut words = line.split_whitespace();
    let (Some(mark), Some(word)) = (words.next(), words.next()) else {
        return false;
    };
    if matches!(
        mark,
        "-" | "–" | "—" | "•" | "*" | "·" | "o" | "▪" | "◦" | "" | "➢" | "✓"
    ) {
        return mark != "o" || word.starts_with(char::is_uppercase);
    }
    let Some(number) = mark.strip_suffix([')', '.']) else {
        return false;
    };
    let counts =
        (1..=2).contains(&number.len()) && number.chars().all(|sign| sign.is_ascii_digit());
    let letter = number.len() == 1 && number.chars().all(|sign| sign.is_ascii_lowercase());
    word.starts_with(char::is_uppercase) && (counts || (letter && mark.ends_with(')')))
        || (letter && mark.ends_with(')'))
}

/// `Tabell 1 …`, `Figure 2. …`.
pub(super) fn is_caption(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let named = words.next().is_some_and(|word| {
        matches!(
            word,
            "Tabell" | "Figur" | "Table" | "Figure" | "Bilde" | "Diagram"
        )
    });
    named
        && words.next().is_some_and(|number| {
            number
                .trim_end_matches(['.', ':'])
                .chars()
                .all(|sign| sign.is_ascii_digit())
                && number.len() <= 4
        })
}

/// Numbered headings, believed only in their order (`1`, `1.1`, `1.2`, `2`).
#[derive(Debug, Default)]
pub(super) struct Outline(Vec<u32>);

impl Outline {
    /// True when the line is the next heading; then it is counted.
    pub(super) fn takes(&mut self, line: &str) -> bool {
        let Some(number) = heading_number(line) else {
            return false;
        };
        let follows = self.follows(&number);
        if follows {
            self.0 = number;
        }
        follows
    }

    fn follows(&self, number: &[u32]) -> bool {
        if self.0.is_empty() {
            return number.first() == Some(&1) && number.iter().skip(1).all(|&part| part == 1);
        }
        let same = self
            .0
            .iter()
            .zip(number)
            .take_while(|(before, now)| before == now)
            .count();
        let (before, now) = (
            self.0.get(same).copied().unwrap_or(0),
            number.get(same).copied().unwrap_or(0),
        );
        // The first part that differs goes up by one (or two: a heading may be missing), and
        // what stands below it starts at one.
        let step = now > before && now - before <= 2;
        step && number.iter().skip(same + 1).all(|&part| part == 1)
            && number.len() <= self.0.len() + 2
    }
}

/// `4.2.1 Title` as numbers. Short, with a capital, and not a sentence.
fn heading_number(line: &str) -> Option<Vec<u32>> {
    let line = line.trim();
    let (number, title) = line.split_once(char::is_whitespace)?;
    let title = title.trim();
    let number = number.strip_suffix('.').unwrap_or(number);
    if title.chars().count() > 120
        || title.ends_with(['.', ',', ';'])
        || !title
            .trim_start_matches(['«', '“', '"'])
            .starts_with(char::is_uppercase)
    {
        return None;
    }
    let parts: Vec<u32> = number
        .split('.')
        .map(|part| part.parse().ok().filter(|&part| (1..100).contains(&part)))
        .collect::<Option<_>>()?;
    (parts.len() <= 5).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(before: &str, after: &str, text: &str) -> (String, usize) {
        let mut paragraph = before.to_owned();
        let mut joins = Joins::default();
        joins.join(&mut paragraph, after, &Vocabulary::of(text.lines()));
        (paragraph, joins.hyphens)
    }

    #[test]
    fn a_hyphen_goes_only_with_evidence() {
        for (before, after, text, expected, hyphens) in [
            (
                "kunnskaps-",
                "sammenstilling er",
                "en kunnskapssammenstilling",
                "kunnskapssammenstilling er",
                1,
            ),
            (
                "noen kunnskaps-",
                "sammenstillinger.",
                "",
                "noen kunnskapssammenstillinger.",
                1,
            ),
            ("fra 1990-", "tallet", "", "fra 1990-tallet", 0),
            (
                "a six-",
                "year study",
                "six months a year",
                "a six-year study",
                0,
            ),
            ("Rom-", "Agder", "", "Rom-Agder", 0),
            ("rus-", "og psykisk", "", "rus- og psykisk", 0),
            ("bo -", "og", "", "bo - og", 0),
            ("øvel\u{AD}", "sen", "", "øvelsen", 1),
            ("en", "to", "", "en to", 0),
        ] {
            assert_eq!(
                joined(before, after, text),
                (expected.to_owned(), hyphens),
                "{before} {after}"
            );
        }
    }

    #[test]
    fn sentence_ends() {
        for line in ["Ja.", "Ja?»", "(Moe, 2022).  ", "slik:", "nå…"] {
            assert!(ends_sentence(line), "{line}");
        }
        for line in ["Ja", "Ja,", "(2022)", "«ja»", ""] {
            assert!(!ends_sentence(line), "{line}");
        }
    }

    #[test]
    fn items_of_lists() {
        for line in ["- stabil bolig", "• Ja", "1. Først", "12) Sist", "b) nei"] {
            assert!(is_item(line), "{line}");
        }
        for line in [
            "-ja",
            "10. mai var",
            "2015. Det",
            "s. 25). Og",
            "-",
            "I dag",
        ] {
            assert!(!is_item(line), "{line}");
        }
    }

    #[test]
    fn headings_only_in_order() {
        let mut outline = Outline::default();
        let lines = [
            ("2019 Lived experience", false),
            ("2 Tidlig", false),
            ("1 Innledning", true),
            ("1.1 Bakgrunn", true),
            ("1.2 Mer", true),
            ("2 Teori", true),
            ("2.1.1 «Ja»", true),
            ("1 Brukererfaring", false),
            ("2.2 ikke", false),
            ("2.2 En setning.", false),
            ("4 Metode", true),
            ("9 Langt fram", false),
        ];
        for (line, expected) in lines {
            assert_eq!(outline.takes(line), expected, "{line}");
        }
    }
}
