//! Which reading of the positions fits a text, by evidence.

use std::cmp::Reverse;

use super::{LineEnds, Reading, SourceText, Spots, Unit};
use crate::Selection;

/// With this many marks, chance alone no longer explains a low share on word borders.
const ENOUGH_MARKS: usize = 8;

/// A name shorter than this may equal a passage by chance.
const QUOTE_MIN: usize = 3;

/// Bytes that a passage may have beyond twice its name and still be the same words: line ends and
/// indents that the name tells as one blank.
const BLANKS_MAX: usize = 1_000;

/// How well one reading fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// The reading.
    pub reading: Reading,
    /// Marks looked at: all that hold at least one position.
    pub marks: usize,
    /// Marks that lie in the text.
    pub in_text: usize,
    /// Marks that begin and end at word borders.
    pub on_words: usize,
    /// Marks whose words are their name, as ATLAS.ti stores them.
    pub quotes: usize,
    /// Marks that are on words or equal their name.
    pub placed: usize,
    /// Marks on words that neither begin nor end with white space.
    pub tight: usize,
}

impl Score {
    /// Share of the marks that are placed, 0 to 1; 1 when there are none.
    #[must_use]
    pub fn share(&self) -> f64 {
        if self.marks == 0 {
            return 1.0;
        }
        // Both are counts of marks in one text, far below 2^52.
        self.placed as f64 / self.marks as f64
    }
}

/// Why no reading was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// Most marks lie outside the text: it is shorter than the one that was marked.
    OutsideText,
    /// Most marks begin or end inside words: it is not the text that was marked.
    InsideWords,
}

/// The outcome of [`SourceText::judge`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The reading that fits, or why none does.
    pub outcome: Result<Score, Refusal>,
    /// Whether another reading fits as well and gives other places, so that the preference decided.
    pub by_preference: bool,
    /// All readings that differ for the text, best first.
    pub scores: Vec<Score>,
}

impl Verdict {
    /// The reading to use, if one fits.
    #[must_use]
    pub fn reading(&self) -> Option<Reading> {
        self.outcome.as_ref().ok().map(|score| score.reading)
    }
}

/// Programs known by the `origin` they write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Producer {
    /// NVivo for Windows and Mac.
    Nvivo,
    /// ATLAS.ti.
    AtlasTi,
    /// MAXQDA.
    Maxqda,
    /// QualCoder.
    QualCoder,
    /// Quirkos.
    Quirkos,
    /// Anything else.
    Other,
}

impl Producer {
    /// Recognises the `origin` of a project.
    #[must_use]
    pub fn from_origin(origin: Option<&str>) -> Self {
        let origin = origin.unwrap_or_default().to_lowercase();
        let known = [
            ("nvivo", Self::Nvivo),
            ("atlas", Self::AtlasTi),
            ("maxqda", Self::Maxqda),
            ("qualcoder", Self::QualCoder),
            ("quirkos", Self::Quirkos),
        ];
        let found = known.iter().find(|(word, _)| origin.contains(word));
        found.map_or(Self::Other, |(_, producer)| *producer)
    }

    /// How the program is known to count: decides where the marks of a text do not.
    #[must_use]
    pub fn reading(self) -> Reading {
        match self {
            // Seen in NVivo 12.6 for Windows.
            Self::Nvivo => Reading {
                unit: Unit::Utf16,
                ..Reading::STANDARD
            },
            // ATLAS.ti writes CRLF and counts lines by one character; QualCoder is Python, which
            // holds LF and writes what the platform likes.
            Self::AtlasTi | Self::QualCoder => Reading {
                line_ends: LineEnds::CrlfIsOne,
                ..Reading::STANDARD
            },
            Self::Maxqda | Self::Quirkos | Self::Other => Reading::STANDARD,
        }
    }
}

impl SourceText {
    /// Finds the reading of positions that puts the marks on words.
    ///
    /// A mark counts as placed when it lies in the text and begins and ends at word borders, or
    /// when its words equal its name (white space taken alike, `…` at the end taken as a cut). The
    /// reading with most names met wins, then the one with most marks placed, then the one with
    /// fewest blanks at the ends, then the first of `preferred`, then the standard. Put
    /// [`Producer::reading`] into `preferred`, and before it what other texts of the project have
    /// shown.
    ///
    /// The best is refused when it places less than half of the marks. Where the text can be read
    /// in one way only there is nothing to confuse, so half of the marks must merely lie in the
    /// text; and of eight or more, a quarter must be placed.
    #[must_use]
    pub fn judge(&self, selections: &[Selection], preferred: &[Reading]) -> Verdict {
        let readings = self.readings();
        let mut tried: Vec<(Score, Spots)> = readings
            .iter()
            .map(|reading| {
                let spots = self.spots_of(*reading, selections);
                (self.score(*reading, selections, &spots), spots)
            })
            .collect();
        let evidence = |score: &Score| (score.quotes, score.placed, score.tight, score.in_text);
        let wanted: Vec<Reading> = preferred.iter().map(|like| self.same_as(*like)).collect();
        let liking = |score: &Score| wanted.iter().position(|like| *like == score.reading);
        // Stable, so that the standard stays first among equals.
        tried.sort_by_key(|(score, _)| {
            let liking = liking(score).unwrap_or(preferred.len());
            (Reverse(evidence(score)), liking)
        });
        let scores: Vec<Score> = tried.iter().map(|(score, _)| *score).collect();
        let (outcome, by_preference) = match tried.split_first() {
            None => (Err(Refusal::OutsideText), false),
            Some(((best, spots), rest)) => {
                let rival = rest
                    .iter()
                    .any(|(other, places)| evidence(other) == evidence(best) && places != spots);
                (fits(best, readings.len() == 1), rival)
            }
        };
        Verdict {
            by_preference: by_preference && outcome.is_ok(),
            outcome,
            scores,
        }
    }

    /// The reading among [`Self::readings`] that gives the same places as this one.
    fn same_as(&self, reading: Reading) -> Reading {
        let astral = self.raw.chars().any(|c| c.len_utf16() == 2);
        let crlf = self.raw.contains("\r\n");
        Reading {
            unit: if astral {
                reading.unit
            } else {
                Unit::CodePoints
            },
            line_ends: if crlf {
                reading.line_ends
            } else {
                LineEnds::CrlfIsTwo
            },
            bom_counts: self.bom && reading.bom_counts,
        }
    }

    fn score(&self, reading: Reading, selections: &[Selection], spots: &Spots) -> Score {
        let mut score = Score {
            reading,
            marks: 0,
            in_text: 0,
            on_words: 0,
            quotes: 0,
            placed: 0,
            tight: 0,
        };
        for (selection, spots) in selections.iter().zip(spots) {
            if selection.start == selection.end {
                continue;
            }
            score.marks += 1;
            let Some((start, end)) = spots else { continue };
            let Some(words) = self.raw.get(start.byte..end.byte) else {
                continue;
            };
            let on_words = self.is_border(start.byte) && self.is_border(end.byte);
            let name = selection.name.as_deref().unwrap_or_default();
            let quote = is_quote(name, words);
            let blank = |c: char| c.is_whitespace();
            score.in_text += 1;
            score.on_words += usize::from(on_words);
            score.quotes += usize::from(quote);
            score.placed += usize::from(on_words || quote);
            let tight = on_words && !words.starts_with(blank) && !words.ends_with(blank);
            score.tight += usize::from(tight);
        }
        score
    }

    /// Whether no word, combined character or CRLF goes across the byte.
    fn is_border(&self, byte: usize) -> bool {
        let (before, after) = self.raw.split_at_checked(byte).unwrap_or_default();
        match (before.chars().next_back(), after.chars().next()) {
            (Some(before), Some(after)) => {
                let in_word = before.is_alphanumeric() && after.is_alphanumeric();
                let in_character = extends(after) || before == ZERO_WIDTH_JOINER;
                let in_crlf = before == '\r' && after == '\n';
                !(in_word || in_character || in_crlf)
            }
            _ => true,
        }
    }
}

const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// Characters that belong to the one before them: accents, variation selectors, skin tones.
fn extends(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{20D0}'..='\u{20FF}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | ZERO_WIDTH_JOINER
    )
}

/// Whether a name is the quote itself.
fn is_quote(name: &str, words: &str) -> bool {
    let name = name.trim();
    let cut = name.strip_suffix('…').or_else(|| name.strip_suffix("..."));
    let shown = cut.unwrap_or(name);
    if shown.chars().filter(|c| !c.is_whitespace()).count() < QUOTE_MIN {
        return false;
    }
    // A passage of blanks without end is no quote, and is not gone through.
    let most = shown.len().saturating_mul(2).saturating_add(BLANKS_MAX);
    let mut rest = letters(
        words
            .get(..words.floor_char_boundary(most))
            .unwrap_or(words),
    );
    let begins = letters(shown).all(|c| rest.next() == Some(c));
    begins && (cut.is_some() || (words.len() <= most && rest.next().is_none()))
}

/// The characters with one blank before each word, so that all white space compares alike.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.split_whitespace()
        .flat_map(|word| std::iter::once(' ').chain(word.chars()))
}

fn fits(best: &Score, only_one: bool) -> Result<Score, Refusal> {
    let Score {
        marks,
        in_text,
        placed,
        ..
    } = *best;
    if in_text * 2 < marks {
        return Err(Refusal::OutsideText);
    }
    let enough = if only_one {
        marks < ENOUGH_MARKS || placed * 4 >= marks
    } else {
        placed * 2 >= marks
    };
    if enough {
        Ok(*best)
    } else {
        Err(Refusal::InsideWords)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Place;

    const STORY: &str = "Vi snakka om hybelen 😀 i fjor.\r\nHan sa: 👍🏽 det går bra nå.\r\n\r\nIngen ringte \
        tilbake 😡 den uka.\r\nEg venta i tre månader 😀😀 på svar.\r\n";
    const WORDS: [&str; 6] = [
        "hybelen",
        "Han sa",
        "bra",
        "ringte tilbake",
        "venta",
        "på svar",
    ];

    /// Marks on `words` of `text`, counted by `reading`.
    fn marks(text: &str, words: &[&str], reading: Reading) -> Vec<Selection> {
        let count = |part: &str| {
            let part = match reading.line_ends {
                LineEnds::CrlfIsOne => part.replace("\r\n", "\n"),
                LineEnds::CrlfIsTwo => part.to_owned(),
            };
            match reading.unit {
                Unit::CodePoints => part.chars().count() as u64,
                Unit::Utf16 => part.encode_utf16().count() as u64,
            }
        };
        let mark = |word: &&str| {
            let start = text.find(*word).unwrap();
            let before = count(&text[..start]) + u64::from(reading.bom_counts);
            Selection::new(Uuid::nil(), before, before + count(word))
        };
        words.iter().map(mark).collect()
    }

    fn words_at(text: &SourceText, places: &[Option<Place>]) -> Vec<String> {
        let lf: Vec<char> = text.to_lf().chars().collect();
        let words = |place: &Option<Place>| match place {
            Some(place) => lf[place.start..place.end].iter().collect(),
            None => "-".to_owned(),
        };
        places.iter().map(words).collect()
    }

    #[test]
    fn all_eight_readings_are_told_apart() {
        let text = SourceText::new(format!("\u{FEFF}{STORY}"));
        let readings = text.readings();
        assert_eq!(readings.len(), 8);
        for reading in readings {
            let marks = marks(STORY, &WORDS, reading);
            let verdict = text.judge(&marks, &[]);
            assert_eq!(verdict.reading(), Some(reading), "{:?}", verdict.scores);
            assert_eq!(verdict.outcome.unwrap().share(), 1.0);
            assert_eq!(words_at(&text, &text.place(reading, &marks)), WORDS);
        }
    }

    #[test]
    fn names_outweigh_word_borders() {
        // Every character is a word of its own, so that any position is a border.
        let raw = "😀(a)(b)[c]{d}";
        let text = SourceText::new(raw);
        let utf16 = Producer::Nvivo.reading();
        let mut marks = marks(raw, &["(b)", "[c]"], utf16);
        assert!(text.judge(&marks, &[]).by_preference);
        assert_eq!(text.judge(&marks, &[utf16]).reading(), Some(utf16));
        marks[0].name = Some("(b)".to_owned());
        let verdict = text.judge(&marks, &[Reading::STANDARD]);
        assert_eq!(verdict.reading(), Some(utf16));
        assert_eq!(verdict.outcome.unwrap().quotes, 1);
        assert!(!verdict.by_preference);
    }

    #[test]
    fn marks_before_the_first_trap_are_no_contest() {
        let text = SourceText::new("plain words 😀");
        let marks = marks("plain words 😀", &["plain", "words"], Reading::STANDARD);
        let verdict = text.judge(&marks, &[Producer::Nvivo.reading()]);
        assert_eq!(verdict.reading(), Some(Producer::Nvivo.reading()));
        assert!(!verdict.by_preference);
    }

    #[test]
    fn a_text_that_is_not_the_marked_one_is_refused() {
        let marks = marks(STORY, &WORDS, Reading::STANDARD);
        let short = SourceText::new("bare litt");
        assert_eq!(short.judge(&marks, &[]).outcome, Err(Refusal::OutsideText));
        let other = SourceText::new(format!("😀{}", "abcdefghij".repeat(40)));
        assert_eq!(other.judge(&marks, &[]).outcome, Err(Refusal::InsideWords));
        let unmarked = short.judge(&[], &[]);
        assert_eq!(unmarked.reading(), Some(Reading::STANDARD));
        assert_eq!(unmarked.outcome.unwrap().share(), 1.0);
    }

    #[test]
    fn half_a_word_may_be_marked_where_nothing_can_be_confused() {
        let text = SourceText::new("boligsosial");
        let mark = [Selection::new(Uuid::nil(), 0, 5)];
        assert_eq!(text.judge(&mark, &[]).reading(), Some(Reading::STANDARD));
        let many: Vec<_> = (1..9)
            .map(|at| Selection::new(Uuid::nil(), at, at + 1))
            .collect();
        assert_eq!(text.judge(&many, &[]).outcome, Err(Refusal::InsideWords));
    }

    #[test]
    fn producers_by_origin() {
        for (origin, producer) in [
            ("NVivo 12.6.0.959", Producer::Nvivo),
            ("ATLAS.ti for Windows 23.2.3.27778", Producer::AtlasTi),
            ("MAXQDA 24", Producer::Maxqda),
            ("QualCoder 3.5", Producer::QualCoder),
            ("Quirkos 2.5", Producer::Quirkos),
            ("", Producer::Other),
        ] {
            assert_eq!(Producer::from_origin(Some(origin)), producer);
        }
        assert_eq!(Producer::from_origin(None), Producer::Other);
    }

    #[test]
    fn quotes_and_names() {
        assert!(is_quote("Oh, that was great.", "Oh, that\r\nwas great.\n"));
        assert!(is_quote("But to be hon…", "But to be honest, I used"));
        assert!(is_quote("But to...", "But to be honest"));
        assert!(!is_quote("damage done by fatty foods", "fatty foods"));
        assert!(!is_quote("", ""));
        assert!(!is_quote("…", "anything"));
        assert!(!is_quote("a b", "a b"));
    }
}
