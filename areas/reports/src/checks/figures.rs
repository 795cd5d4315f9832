//! Numbers of people under five: «tre av fem», «2 brukere».
//!
//! `en`, `ei`, `ein`, `one` count only where they can't be an article: before «av» and a number, after «bare».

use super::tokens::{Word, between, words};
use crate::paper::Language;

/// Numbers under this are not printed about people.
const THRESHOLD: u32 = 5;

const PERSON_STEMS: [&str; 22] = [
    "bruker",
    "brukar",
    "deltaker",
    "deltager",
    "deltakar",
    "informant",
    "person",
    "kvinne",
    "menneske",
    "stemme",
    "beboer",
    "bebuar",
    "ansatt",
    "tilsett",
    "pårørend",
    "pårørand",
    "ungdom",
    "jente",
    "gutt",
    "medlem",
    "stykk",
    "respondent",
];
const PERSON_ENDINGS: [&str; 14] = [
    "", "e", "en", "er", "ene", "ne", "n", "r", "rne", "ar", "ane", "mer", "mene", "mar",
];
const PERSON_WORDS: [&str; 10] = [
    "mann", "menn", "mennene", "foreldre", "mødre", "fedre", "søsken", "folk", "jentene", "guttene",
];
const PERSONS_EN: [&str; 22] = [
    "user",
    "users",
    "participant",
    "participants",
    "informant",
    "informants",
    "person",
    "persons",
    "people",
    "woman",
    "women",
    "man",
    "men",
    "relative",
    "relatives",
    "resident",
    "residents",
    "employee",
    "employees",
    "voice",
    "voices",
    "staff",
];
/// Words that may stand between a number and whom it counts.
const BETWEEN: [&str; 26] = [
    "av",
    "of",
    "de",
    "dei",
    "the",
    "våre",
    "our",
    "alle",
    "all",
    "unge",
    "yngre",
    "eldre",
    "andre",
    "nye",
    "kvinnelige",
    "kvinnelege",
    "mannlige",
    "mannlege",
    "young",
    "younger",
    "older",
    "other",
    "new",
    "male",
    "female",
    "service",
];
const ONLY: [&str; 5] = ["bare", "kun", "berre", "only", "just"];

/// How a word counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    Number(u32),
    /// One, or an article.
    One,
}

fn count(word: &Word<'_>, language: Language) -> Option<Count> {
    if word.text.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.text.parse().ok().map(Count::Number);
    }
    let word = word.lower();
    let number = match (language, word.as_str()) {
        (Language::En, "one") => return Some(Count::One),
        (Language::En, "two") => 2,
        (Language::En, "three") => 3,
        (Language::En, "four") => 4,
        (Language::En, "five") => 5,
        (Language::En, "six") => 6,
        (Language::En, "seven") => 7,
        (Language::En, "eight") => 8,
        (Language::En, "nine") => 9,
        (Language::En, "ten") => 10,
        (Language::En, _) => return None,
        (_, "en" | "ei" | "ein" | "ett" | "eitt") => return Some(Count::One),
        (_, "én" | "éi" | "éin") => 1,
        (_, "to") => 2,
        (_, "tre") => 3,
        (_, "fire") => 4,
        (_, "fem") => 5,
        (_, "seks") => 6,
        (_, "sju" | "syv") => 7,
        (_, "åtte") => 8,
        (_, "ni") => 9,
        (_, "ti") => 10,
        _ => return None,
    };
    Some(Count::Number(number))
}

fn is_person(word: &str, language: Language) -> bool {
    match language {
        Language::En => PERSONS_EN.contains(&word),
        Language::Nb | Language::Nn => {
            PERSON_WORDS.contains(&word)
                || PERSON_STEMS
                    .iter()
                    .filter_map(|stem| word.strip_prefix(stem))
                    .any(|ending| PERSON_ENDINGS.contains(&ending))
        }
    }
}

/// Places where a number under five is said of people, as they stand.
#[must_use]
pub fn small_figures(text: &str, language: Language) -> Vec<String> {
    let words = words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        match figure(before, rest, language) {
            Some(length) => {
                if let (Some(first), Some(last)) = (rest.first(), rest.get(length - 1)) {
                    found.push(between(text, first, last));
                }
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// Does a small figure begin here? Gives its length in words.
fn figure(before: Option<&Word<'_>>, rest: &[Word<'_>], language: Language) -> Option<usize> {
    let count_here = count(rest.first()?, language)?;
    if matches!(count_here, Count::Number(0))
        || matches!(count_here, Count::Number(n) if n >= THRESHOLD)
    {
        return None;
    }
    if let Some(length) = of_a_number(rest, language) {
        return Some(length);
    }
    let only = before.is_some_and(|word| ONLY.contains(&word.lower().as_str()));
    if count_here == Count::One && !only {
        return None;
    }
    let same_sentence = rest
        .iter()
        .enumerate()
        .skip(1)
        .take_while(|(_, word)| !word.is_first);
    for (steps, word) in same_sentence.take(4) {
        let word = word.lower();
        if is_person(&word, language) {
            return Some(steps + 1);
        }
        if !BETWEEN.contains(&word.as_str()) {
            return None;
        }
    }
    None
}

/// «tre av fem», «to av de åtte».
fn of_a_number(rest: &[Word<'_>], language: Language) -> Option<usize> {
    let of = rest.get(1)?.lower();
    if !matches!(
        (language, of.as_str()),
        (Language::En, "of") | (Language::Nb | Language::Nn, "av")
    ) {
        return None;
    }
    let same_sentence = rest
        .iter()
        .enumerate()
        .skip(2)
        .take_while(|(_, word)| !word.is_first);
    for (steps, word) in same_sentence.take(3) {
        if let Some(Count::Number(_)) = count(word, language) {
            return Some(steps + 1);
        }
        if !BETWEEN.contains(&word.lower().as_str()) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_under_five_about_people_are_found_by_this_table() {
        use Language::{En, Nb, Nn};
        let table: [(Language, &str, &[&str]); 24] = [
            (Nb, "Tre av fem slapp teamet inn.", &["Tre av fem"]),
            (Nb, "3 av 5 og 2 av de åtte", &["3 av 5", "2 av de åtte"]),
            (Nb, "en av fem sa nei", &["en av fem"]),
            (
                Nb,
                "Vi snakket med fire brukere og to unge kvinner.",
                &["fire brukere", "to unge kvinner"],
            ),
            (Nb, "tre av brukerne", &["tre av brukerne"]),
            (Nb, "én pårørende, 1 ansatt", &["én pårørende", "1 ansatt"]),
            (Nb, "Bare en deltaker kom", &["en deltaker"]),
            (Nb, "to stykker", &["to stykker"]),
            (Nb, "En av deltakerne fortalte at en ansatt kom.", &[]),
            (Nb, "fem brukere, sju ansatte, 12 deltakere", &[]),
            (Nb, "fem av åtte", &[]),
            (
                Nb,
                "Samtalen varte i to timer, og vi var der tre dager.",
                &[],
            ),
            (Nb, "to ganger sa brukeren det", &[]),
            (Nb, "to brukerstyrte sentre", &[]),
            (Nb, "15 brukere og 24 ansatte", &[]),
            (Nb, "kapittel 3. Brukere forteller", &[]),
            (
                Nn,
                "Tre av brukarane og éin tilsett",
                &["Tre av brukarane", "éin tilsett"],
            ),
            (Nn, "berre ein deltakar", &["ein deltakar"]),
            (Nn, "to pårørande", &["to pårørande"]),
            (En, "Three of the five said so.", &["Three of the five"]),
            (
                En,
                "two service users and one of four",
                &["two service users", "one of four"],
            ),
            (En, "It was given to users; one user wrote.", &[]),
            (En, "only one relative came", &["one relative"]),
            (En, "", &[]),
        ];
        for (language, text, expected) in table {
            assert_eq!(small_figures(text, language), expected, "{text}");
        }
    }
}
