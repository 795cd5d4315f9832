//! What may point at one person: numbers, addresses, dates of birth, names. Simple rules, found by looking at signs.

use std::collections::BTreeSet;

use super::tokens::{Word, between, words};

/// Names that may stand in quotes.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Allowed(BTreeSet<String>);

/// Capitalised words that name nobody.
const NOBODY: [&str; 9] = [
    "gud", "herregud", "norge", "noreg", "norway", "norsk", "i", "i'm", "i've",
];

impl Allowed {
    /// Every word of these names.
    pub fn of<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Self {
        let mut all = BTreeSet::new();
        for name in names {
            all.extend(words(name.as_ref()).iter().map(Word::lower));
        }
        Self(all)
    }

    fn holds(&self, word: &Word<'_>) -> bool {
        let word = word.lower();
        let plain = word
            .strip_suffix("'s")
            .or(word.strip_suffix('s'))
            .unwrap_or(&word);
        NOBODY.contains(&word.as_str()) || self.0.contains(&word) || self.0.contains(plain)
    }
}

/// A run of digits that belong together: digits in groups, with the bytes they take.
struct Run {
    groups: Vec<String>,
    from: usize,
    to: usize,
    plus: bool,
}

impl Run {
    fn digits(&self) -> String {
        self.groups.concat()
    }

    fn lengths(&self) -> Vec<usize> {
        self.groups.iter().map(String::len).collect()
    }
}

/// Digits with single spaces between groups. A run that touches a letter, a comma or a full stop with digits is cut
/// there.
fn runs(text: &str) -> Vec<Run> {
    let mut all: Vec<Run> = Vec::new();
    let mut open: Option<Run> = None;
    let mut last = ' ';
    let mut gap = false;
    for (at, sign) in text.char_indices() {
        match sign {
            '0'..='9' => {
                let end = at + sign.len_utf8();
                let run = open.get_or_insert_with(|| Run {
                    groups: vec![String::new()],
                    from: at,
                    to: end,
                    plus: last == '+',
                });
                if gap {
                    run.groups.push(String::new());
                    gap = false;
                }
                if let Some(group) = run.groups.last_mut() {
                    group.push(sign);
                }
                run.to = end;
            }
            ' ' | '\u{a0}' | '\u{202f}' if open.is_some() && !gap => gap = true,
            _ => {
                all.extend(open.take());
                gap = false;
            }
        }
        last = sign;
    }
    all.extend(open);
    all
}

fn excerpt(text: &str, run: &Run) -> String {
    let from = if run.plus {
        run.from.saturating_sub(1)
    } else {
        run.from
    };
    text.get(from..run.to).unwrap_or_default().to_owned()
}

/// Telephone numbers: eight digits as Norwegian ones are written, or a plus with eight digits or more.
#[must_use]
pub fn phones(text: &str) -> Vec<String> {
    let is_phone = |run: &Run| {
        let digits = run.digits();
        if run.plus {
            return (8..=15).contains(&digits.len());
        }
        let national = digits.strip_prefix("0047").unwrap_or(&digits);
        let grouped = matches!(
            run.lengths().as_slice(),
            [8] | [3, 2, 3] | [2, 2, 2, 2] | [12] | [4, ..]
        );
        national.len() == 8
            && grouped
            && !matches!(run.lengths().as_slice(), [4, 4])
            && national.starts_with(|first: char| ('2'..='9').contains(&first))
    };
    runs(text)
        .iter()
        .filter(|run| is_phone(run))
        .map(|run| excerpt(text, run))
        .collect()
}

/// National ids: eleven digits, also as six and five, whose two check digits are right.
#[must_use]
pub fn national_ids(text: &str) -> Vec<String> {
    let is_id = |run: &Run| {
        matches!(run.lengths().as_slice(), [11] | [6, 5]) && has_check_digits(&run.digits())
    };
    runs(text)
        .iter()
        .filter(|run| is_id(run))
        .map(|run| excerpt(text, run))
        .collect()
}

/// The two check digits, each by its weights, modulo 11 (Skatteetaten's rule; also right for D-numbers).
fn has_check_digits(id: &str) -> bool {
    const FIRST: [u32; 10] = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1];
    const SECOND: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
    let digits: Vec<u32> = id.chars().filter_map(|sign| sign.to_digit(10)).collect();
    let sum = |weights: &[u32]| {
        weights
            .iter()
            .zip(&digits)
            .map(|(weight, digit)| weight * digit)
            .sum::<u32>()
    };
    digits.len() == 11 && sum(&FIRST) % 11 == 0 && sum(&SECOND) % 11 == 0
}

/// E-mail addresses.
#[must_use]
pub fn emails(text: &str) -> Vec<String> {
    let trim: &[char] = &[
        '.', ',', ';', ':', '(', ')', '<', '>', '«', '»', '"', '!', '?', '*', '_',
    ];
    text.split_whitespace()
        .map(|word| word.trim_matches(trim))
        .filter(|word| {
            word.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty()
                    && host
                        .split_once('.')
                        .is_some_and(|(a, b)| !a.is_empty() && b.len() >= 2)
            })
        })
        .map(str::to_owned)
        .collect()
}

const MONTHS: [&str; 17] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
    "january",
    "february",
    "march",
    "may",
    "december",
];
const BORN: [&str; 4] = ["født", "fødd", "born", "fødselsdato"];

/// Dates of birth: a date or a year shortly after «født». In what somebody said (`said`) any whole date counts.
#[must_use]
pub fn birth_dates(text: &str, said: bool) -> Vec<String> {
    let words = words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let born = BORN.contains(&word.lower().as_str());
        let near = words.get(at + 1..).unwrap_or_default().iter().take(4);
        let year = near
            .enumerate()
            .filter(|(_, near)| is_year(near))
            .map(|(steps, _)| at + 1 + steps)
            .next();
        let whole = whole_date(&words, at);
        if let (true, Some(last)) = (born, year.and_then(|year| words.get(year))) {
            found.push(between(text, word, last));
            at = year.unwrap_or(at) + 1;
        } else if let (true, Some(last)) = (said || born, whole.and_then(|last| words.get(last))) {
            found.push(between(text, word, last));
            at = whole.unwrap_or(at) + 1;
        } else {
            at += 1;
        }
    }
    found
}

fn number(word: &Word<'_>) -> Option<u32> {
    (word.text.len() <= 4)
        .then(|| word.text.parse().ok())
        .flatten()
}

fn is_year(word: &Word<'_>) -> bool {
    word.text.len() == 4 && number(word).is_some_and(|year| (1900..2100).contains(&year))
}

/// Day, month and year from here: the place of the year.
fn whole_date(words: &[Word<'_>], at: usize) -> Option<usize> {
    let (day, month, year) = (words.get(at)?, words.get(at + 1)?, words.get(at + 2)?);
    let is_day = number(day).is_some_and(|day| (1..=31).contains(&day));
    let is_month = number(month).is_some_and(|month| (1..=12).contains(&month))
        || MONTHS.contains(&month.lower().as_str());
    let two_digits = year.text.len() == 2 && number(month).is_some() && number(year).is_some();
    // One sign between them: «12.03.1987», «12/3 1987», not a list of numbers in a sentence.
    let close = month.at.start <= day.at.end + 2 && year.at.start <= month.at.end + 2;
    (is_day && is_month && close && (is_year(year) || two_digits)).then_some(at + 2)
}

const STREETS: [&str; 19] = [
    "veien", "vegen", "vei", "veg", "gata", "gate", "gaten", "gt", "vn", "stien", "bakken",
    "plassen", "allé", "alle", "alleen", "svingen", "tunet", "street", "road",
];

/// Streets with a number: «Skogveien 12», «Øvre gate 3 B».
#[must_use]
pub fn street_addresses(text: &str) -> Vec<String> {
    let words = words(text);
    let mut found = Vec::new();
    for (at, pair) in words.windows(2).enumerate() {
        let [street, house] = pair else { continue };
        let lower = street.lower();
        let compound = street.is_capitalised()
            && STREETS
                .iter()
                .any(|end| lower.ends_with(end) && lower.len() > end.len());
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let apart = STREETS.contains(&lower.as_str()) && before.is_some_and(Word::is_capitalised);
        if !is_house(house.text) || house.at.start > street.at.end + 2 {
            continue;
        }
        if let (true, Some(before)) = (apart, before) {
            found.push(between(text, before, house));
        } else if compound {
            found.push(between(text, street, house));
        }
    }
    found
}

/// `12`, `12B`.
fn is_house(text: &str) -> bool {
    let digits = text.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
    text.len() - digits.len() <= 1
        && (1..=3).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Names in something that was said: capitals that don't come from standing first, and that are nobody's who may be
/// named. Words that stand together are one name. Words in capitals only (NAV, DPS) are no names.
#[must_use]
pub fn names(text: &str, allowed: &Allowed) -> Vec<String> {
    let words = words(text);
    let is_name = |word: &Word<'_>| !word.is_first && word.is_capitalised() && !allowed.holds(word);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if !is_name(word) {
            at += 1;
            continue;
        }
        let mut last = at;
        while let (Some(here), Some(next)) = (words.get(last), words.get(last + 1)) {
            if !is_name(next) || text.get(here.at.end..next.at.start) != Some(" ") {
                break;
            }
            last += 1;
        }
        if let Some(end) = words.get(last) {
            found.push(between(text, word, end));
        }
        at = last + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    type Finder = fn(&str) -> Vec<String>;

    #[test]
    fn numbers_addresses_and_dates_are_found_by_this_table() {
        let in_quote: Finder = |text| birth_dates(text, true);
        let in_own_text: Finder = |text| birth_dates(text, false);
        // 01010750160 and 13097248022 are made-up ids with right check digits (public test numbers).
        let table: [(Finder, &str, &[&str]); 30] = [
            (
                phones,
                "Ring 412 34 567 eller 41 23 45 67.",
                &["412 34 567", "41 23 45 67"],
            ),
            (phones, "41234567", &["41234567"]),
            (phones, "+47 412 34 567", &["+47 412 34 567"]),
            (
                phones,
                "i årene 2021 2026, 12 500 000 kroner, 12345678",
                &[],
            ),
            (phones, "sak 20261234567", &[]),
            (national_ids, "01010750160", &["01010750160"]),
            (national_ids, "nr 130972 48022.", &["130972 48022"]),
            (national_ids, "01010750161 og 12345678901", &[]),
            (emails, "skriv til kari@example.no.", &["kari@example.no"]),
            (emails, "@teamet, a@b, @", &[]),
            (in_own_text, "Hun er født 12.03.1987.", &["født 12.03.1987"]),
            (in_own_text, "født i mars 1987", &["født i mars 1987"]),
            (in_own_text, "fødd 1987", &["fødd 1987"]),
            (
                in_own_text,
                "Brevet kom 17.08.2026, møtet 3. mai 2026.",
                &[],
            ),
            (in_quote, "det var 17.08.2026 det", &["17.08.2026"]),
            (in_quote, "den 3. mai 1987 ble jeg", &["3. mai 1987"]),
            (in_quote, "12/3 87", &["12/3 87"]),
            (in_quote, "klokka 12, 3 og 87 personer", &[]),
            (in_quote, "jeg er født på nytt", &[]),
            (street_addresses, "bor i Skogveien 12", &["Skogveien 12"]),
            (
                street_addresses,
                "Øvre gate 3 og Storgata 7B",
                &["Øvre gate 3", "Storgata 7B"],
            ),
            (street_addresses, "på veien 12 ganger", &[]),
            (street_addresses, "Veien 2026", &[]),
            (street_addresses, "i gata. 3 dager", &[]),
            (national_ids, "", &[]),
            (phones, "112", &[]),
            (phones, "004741234567", &["004741234567"]),
            (emails, "(post@a.no)", &["post@a.no"]),
            (street_addresses, "St. Olavs gate 10", &["Olavs gate 10"]),
            (in_own_text, "Teamet ble født i en garasje", &[]),
        ];
        for (find, text, expected) in table {
            assert_eq!(find(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_capitals_inside_a_sentence_that_nobody_allowed() {
        let allowed = Allowed::of(["Oppsøkende team", "Tåkefjord kommune"]);
        let table: [(&str, &[&str]); 10] = [
            (
                "Da sa Kari Nordmann at det gikk. Etterpå kom Ola.",
                &["Kari Nordmann", "Ola"],
            ),
            ("Kari kom. Ola gikk.", &[]),
            ("«Æ ringte Hallgeir», sa ho", &["Hallgeir"]),
            ("han sa: Kom inn! – Nei", &[]),
            ("NAV og DPS og BUP i Tåkefjord", &[]),
            ("da Tåkefjords folk møtte Oppsøkende", &[]),
            ("ja, Kari, Ola", &["Kari", "Ola"]),
            ("takk Gud for det i Norge", &[]),
            ("på iPhone-en til Kari-Anne", &["Kari-Anne"]),
            ("", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(names(text, &allowed), expected, "{text}");
        }
    }
}
