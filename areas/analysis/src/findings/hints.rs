//! What to look at again in the sentence of a finding. Simple rules, and so sometimes wrong: a hint
//! is never a wall.

use super::{Hint, SENTENCE};

const ENDS: [char; 4] = ['.', '!', '?', '…'];
const CLOSES: [char; 6] = ['»', '"', '”', '’', ')', ']'];

/// What to look at again in the sentence of a finding; also used where reports are checked.
#[must_use]
pub fn hints(sentence: &str) -> Vec<Hint> {
    let sentence = sentence.trim();
    let mut hints = Vec::new();
    let ends = sentence.trim_end_matches(CLOSES).ends_with(ENDS);
    if !ends || sentence.split_whitespace().count() < 3 {
        hints.push(Hint::NotASentence);
    }
    if sentence.chars().count() > SENTENCE {
        hints.push(Hint::TooLong);
    }
    if has_small_figure(sentence) {
        hints.push(Hint::SmallFigure);
    }
    if has_percent(sentence) {
        hints.push(Hint::Percent);
    }
    hints
}

/// Beginnings of what a share in percent may be of without being people: a part-time post.
const POSTS: &[&str] = &["stilling", "post", "position", "job"];

/// Does the text tell a share in percent, as «75 %», «75%» or «75 prosent»?
#[must_use]
pub fn has_percent(text: &str) -> bool {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%')
                .to_lowercase()
        })
        .collect();
    let at = |n: usize| words.get(n).map_or("", String::as_str);
    let is_number = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            && word
                .chars()
                .all(|c| c.is_ascii_digit() || c == ',' || c == '.')
    };
    words.iter().enumerate().any(|(n, word)| {
        let of = match word.strip_suffix('%') {
            Some(number) if is_number(number) => at(n + 1),
            _ if is_number(word) && begins(at(n + 1), &["%", "prosent", "pst", "percent"]) => {
                at(n + 2)
            }
            _ => return false,
        };
        !begins(of, POSTS)
    })
}

/// Words after which a small number names a part of something, not people.
const NAMES_A_PART: &[&str] = &[
    "kl", "klokken", "klokka", "kapittel", "del", "punkt", "tabell", "figur", "fase", "nr",
    "trinn", "sitat", "funn", "chapter", "part", "no",
];
/// Beginnings of what is counted that is no people.
const NOT_PEOPLE: &[&str] = &[
    "uke",
    "veke",
    "dag",
    "døgn",
    "år",
    "time",
    "minutt",
    "måned",
    "månad",
    "kron",
    "gang",
    "prosent",
    "kilometer",
    "km",
    "meter",
    "tema",
    "kode",
    "spørsmål",
    "mil",
    "week",
    "day",
    "year",
    "hour",
    "minute",
    "month",
    "krone",
    "percent",
    "theme",
    "code",
    "question",
    "%",
    "pst",
];
/// Number words, with and without accent; counted only before people or «of».
const SMALL_WORDS: &[&str] = &[
    "én", "ein", "éin", "éi", "en", "to", "tre", "fire", "one", "two", "three", "four", "ett",
    "begge",
];
/// Beginnings of the words for people who were heard.
const PEOPLE: &[&str] = &[
    "bruker",
    "brukar",
    "informant",
    "deltaker",
    "deltakar",
    "pårørende",
    "pårørande",
    "ansatt",
    "tilsett",
    "person",
    "menneske",
    "kvinne",
    "mann",
    "menn",
    "ungdom",
    "forelder",
    "foreldre",
    "user",
    "participant",
    "relative",
    "staff",
    "people",
    "women",
];

/// Does the text count fewer than five people? Simple, and so sometimes wrong: a hint.
#[must_use]
pub fn has_small_figure(text: &str) -> bool {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%')
                .to_lowercase()
        })
        .filter(|word| !word.is_empty())
        .collect();
    words.iter().enumerate().any(|(at, word)| {
        let next = words.get(at + 1).map_or("", String::as_str);
        let before = at
            .checked_sub(1)
            .and_then(|at| words.get(at))
            .map_or("", String::as_str);
        if matches!(word.as_str(), "1" | "2" | "3" | "4") {
            return !NAMES_A_PART.contains(&before) && !begins(next, NOT_PEOPLE);
        }
        let after_next = words.get(at + 2).map_or("", String::as_str);
        let counted = match next {
            // «en av de ansatte», «two of the users», but not «en av de siste dagene».
            "av" | "of" => words
                .iter()
                .skip(at + 2)
                .take(3)
                .any(|word| begins(word, PEOPLE)),
            _ => false,
        };
        // The article looks like the number: «en bruker» says nothing about how many.
        let article = matches!(word.as_str(), "en" | "ein" | "ett");
        SMALL_WORDS.contains(&word.as_str())
            && (counted
                || (!article
                    && (begins(next, PEOPLE) || (next == "andre" && begins(after_next, PEOPLE)))))
    })
}

fn begins(word: &str, beginnings: &[&str]) -> bool {
    beginnings
        .iter()
        .any(|beginning| word.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_hinted_at_for_its_end_length_and_small_figures() {
        assert_eq!(hints("Oppfølgerne møter folk der de er."), vec![]);
        assert_eq!(hints("De sier: «Han kom når han sa han skulle.»"), vec![]);
        assert_eq!(hints("Møteplass"), vec![Hint::NotASentence]);
        assert_eq!(
            hints("Folk vil ha én å forholde seg til"),
            vec![Hint::NotASentence]
        );
        assert_eq!(
            hints(&format!("{}.", "Mange venter lenge ".repeat(30))),
            vec![Hint::TooLong]
        );
        assert_eq!(
            hints("3 brukere hadde ventet i to uker."),
            vec![Hint::SmallFigure]
        );
        assert_eq!(
            hints("Av brukerne hadde 75 % ingen plan."),
            vec![Hint::Percent]
        );
    }

    #[test]
    fn a_share_in_percent_is_seen_however_it_is_written() {
        for text in [
            "75 % hadde ingen plan.",
            "Det gjaldt 75%.",
            "Det gjaldt (75\u{202f}%).",
            "12,5 prosent svarte ja.",
            "About 40 percent agreed.",
        ] {
            assert!(has_percent(text), "{text}");
        }
        for text in [
            "Hun har 50 % stilling.",
            "De ga hundre prosent.",
            "75 brukere svarte.",
            "Prosenten er ukjent.",
        ] {
            assert!(!has_percent(text), "{text}");
        }
    }

    #[test]
    fn only_people_are_small_figures() {
        let counted = [
            "To brukere sa det samme.",
            "En av de ansatte var uenig.",
            "2 av 7 fikk hjelp.",
            "Two of the users agreed.",
            "Fire pårørende fortalte om det.",
            "Bare 3 hadde plan.",
        ];
        let free = [
            "En bruker er mer enn en diagnose.",
            "De ventet i 3 uker.",
            "Kontoret stenger kl. 4 hver dag.",
            "Seks brukere hadde plan.",
            "12 brukere svarte.",
            "They want to be heard.",
            "I 2 år har tilbudet vært åpent.",
            "Se tabell 3 for mer.",
            "Tre timer er lang tid.",
        ];
        for text in counted {
            assert!(has_small_figure(text), "{text}");
        }
        for text in free {
            assert!(!has_small_figure(text), "{text}");
        }
    }
}
