//! What one line says about who speaks and when. Whether it is to be believed is decided over
//! the whole text, in [`super::turns`].

/// The start of a line that may be the start of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// The label as it stands, without colon and times. Empty when there is only a time.
    pub(super) label: &'a str,
    /// Milliseconds from the start of the recording.
    pub(super) time_ms: Option<u64>,
    /// What follows on the line.
    pub(super) rest: &'a str,
    pub(super) shape: Shape,
}

/// How much a label looks like one, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// `I:`, `Intervjuer:`, `P1:`, `Deltaker 2 (kvinne):`.
    Role,
    /// `Kari:`, `Kari Nordmann:`.
    Name,
    /// `Kari Nordmann  00:12` alone on its line, no colon.
    AloneWithTime,
    /// `Kari Nordmann` alone on its line, no colon.
    Alone,
    /// `[00:01:23] ` and then text.
    TimeOnly,
    /// Starts with a capital and ends in a colon, but has words in small letters.
    Phrase,
}

/// Code points of a label at most, with what stands in brackets.
const LABEL_LENGTH: usize = 48;
const LABEL_WORDS: usize = 4;

/// Words that name a part in an interview, in small letters.
const ROLES: &[&str] = &[
    "i",
    "int",
    "intv",
    "intervjuer",
    "intervjuar",
    "interviewer",
    "q",
    "a",
    "s",
    "m",
    "mod",
    "moderator",
    "ordstyrer",
    "ordstyrar",
    "deltaker",
    "deltakar",
    "deltager",
    "participant",
    "informant",
    "inf",
    "respondent",
    "resp",
    "r",
    "p",
    "d",
    "b",
    "k",
    "speaker",
    "taler",
    "talar",
    "person",
    "bruker",
    "brukar",
    "beboer",
    "bebuar",
    "pårørende",
    "pårørande",
    "ansatt",
    "tilsett",
    "mann",
    "kvinne",
    "man",
    "woman",
    "male",
    "female",
    "gruppe",
    "gruppa",
    "group",
    "alle",
    "all",
    "flere",
    "fleire",
    "ukjent",
    "unknown",
    "spørsmål",
    "svar",
    "question",
    "answer",
    "fasilitator",
    "facilitator",
    "tolk",
    "interpreter",
    "forsker",
    "forskar",
    "medforsker",
    "medforskar",
    "researcher",
];

/// Words before a colon that head a line of facts, not a turn, in small letters.
const FACTS: &[&str] = &[
    "dato",
    "date",
    "sted",
    "stad",
    "place",
    "tid",
    "time",
    "varighet",
    "varigheit",
    "duration",
    "tema",
    "topic",
    "emne",
    "merk",
    "nb",
    "obs",
    "ps",
    "note",
    "notat",
    "kilde",
    "kjelde",
    "source",
    "eksempel",
    "example",
    "konklusjon",
    "conclusion",
    "tittel",
    "title",
    "navn",
    "namn",
    "name",
    "telefon",
    "phone",
    "e-post",
    "epost",
    "email",
    "e-mail",
    "adresse",
    "address",
    "tabell",
    "table",
    "figur",
    "figure",
    "image",
    "bilde",
    "nøkkelord",
    "keywords",
    "formål",
    "til",
    "fra",
    "from",
    "to",
    "subject",
    "re",
    "sv",
    "http",
    "https",
    "www",
    "fil",
    "file",
    "til stede",
    "deltakere",
    "deltakarar",
    "participants",
    "fordeler",
    "ulemper",
    "begrensninger",
    "sammendrag",
    "abstract",
    "isbn",
    "doi",
];

/// Reads the start of a line. `None` when it has none of the shapes.
pub(super) fn head(line: &str) -> Option<Head<'_>> {
    let line = line.trim();
    if line.starts_with(['-', '–', '—', '•', '*', '«', '"', '”', '“']) {
        return None;
    }
    let (before, line) = match time_at_start(line) {
        Some((time, rest)) => (Some(time), rest.trim_start_matches(['-', '–', ' ', '\t'])),
        None => (None, line),
    };
    if let Some((label, rest)) = at_colon(line) {
        let (label, after) = time_at_end(label);
        if let Some(shape) = shape(label) {
            return Some(Head {
                label,
                time_ms: before.or(after),
                rest: rest.trim(),
                shape,
            });
        }
    }
    let (label, after) = time_at_end(line);
    let time_ms = before.or(after);
    if is_name(label) && label.chars().count() <= LABEL_LENGTH && !label.ends_with(['.', '!', '?'])
    {
        let shape = if time_ms.is_some() {
            Shape::AloneWithTime
        } else {
            Shape::Alone
        };
        return Some(Head {
            label,
            time_ms,
            rest: "",
            shape,
        });
    }
    before.map(|time| Head {
        label: "",
        time_ms: Some(time),
        rest: line,
        shape: Shape::TimeOnly,
    })
}

/// Cuts at the first colon that ends a label: near the start, with white space or nothing after
/// it, so that `http://` and `12:30` are none. Colons within brackets do not count.
fn at_colon(line: &str) -> Option<(&str, &str)> {
    let mut brackets = 0i32;
    for (count, (at, sign)) in line.char_indices().enumerate() {
        match sign {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            ':' if brackets <= 0 => {
                let (label, rest) = (line.get(..at)?, line.get(at + 1..)?);
                return rest
                    .chars()
                    .next()
                    .is_none_or(char::is_whitespace)
                    .then_some((label.trim_end(), rest));
            }
            _ => {}
        }
        if count > LABEL_LENGTH + 16 {
            return None;
        }
    }
    None
}

/// The shape of what stands before a colon.
fn shape(label: &str) -> Option<Shape> {
    if label.is_empty() || label.chars().count() > LABEL_LENGTH || is_fact(label) {
        return None;
    }
    if is_role(label) {
        Some(Shape::Role)
    } else if is_name(label) {
        Some(Shape::Name)
    } else {
        let words = label.split_whitespace().count();
        let plain = label
            .chars()
            .all(|sign| sign.is_alphanumeric() || matches!(sign, ' ' | '-' | '(' | ')' | '/'));
        (words <= LABEL_WORDS && plain && label.starts_with(char::is_uppercase))
            .then_some(Shape::Phrase)
    }
}

fn is_fact(label: &str) -> bool {
    FACTS.contains(&label.to_lowercase().as_str())
}

/// `Deltaker 2 (kvinne)`, `INT`, `P1`, `SPEAKER_00`, `Intervjuer 1`.
fn is_role(label: &str) -> bool {
    let outside = label.split('(').next().unwrap_or(label).trim();
    if outside.split_whitespace().count() > 3
        || label
            .chars()
            .any(|sign| matches!(sign, '.' | ',' | ';' | '!' | '?'))
    {
        return false;
    }
    let lower = outside.to_lowercase();
    let mut parts = lower
        .split(|sign: char| sign.is_whitespace() || matches!(sign, '_' | '-' | '#'))
        .filter(|part| !part.is_empty());
    let Some(first) = parts.next() else {
        return false;
    };
    let stem = first.trim_end_matches(|sign: char| sign.is_ascii_digit());
    ROLES.contains(&stem)
        && parts
            .all(|part| part.chars().all(|sign| sign.is_ascii_digit()) || part.chars().count() == 1)
}

/// One to four words, each with a capital at its start, and brackets.
fn is_name(label: &str) -> bool {
    let outside = label.split(['(', '[']).next().unwrap_or(label).trim();
    let mut words = 0;
    for word in outside
        .split([' ', '\t', '\u{A0}', '/', '&', '+'])
        .filter(|word| !word.is_empty())
    {
        words += 1;
        let mut signs = word.chars();
        let starts = signs
            .next()
            .is_some_and(|sign| sign.is_uppercase() || (words > 1 && sign.is_ascii_digit()));
        let plain = signs
            .all(|sign| sign.is_alphanumeric() || matches!(sign, '-' | '_' | '\'' | '’' | '*'));
        let initial = word.chars().count() <= 3 && word.ends_with('.');
        if !starts || !(plain || initial) {
            return false;
        }
    }
    (1..=LABEL_WORDS).contains(&words)
}

/// A time at the very start, and what follows: `[00:01:23]`, `(1:23)`, `00:01:23.450`, `#00:01:23-4#`.
fn time_at_start(line: &str) -> Option<(u64, &str)> {
    let (open, inner) = match line.chars().next()? {
        '[' => (Some(']'), line.get(1..)?),
        '(' => (Some(')'), line.get(1..)?),
        '#' => (Some('#'), line.get(1..)?),
        sign if sign.is_ascii_digit() => (None, line),
        _ => return None,
    };
    let length = inner
        .find(|sign: char| !sign.is_ascii_digit() && !matches!(sign, ':' | '.' | ',' | '-'))
        .unwrap_or(inner.len());
    let length = inner
        .get(..length)?
        .trim_end_matches([':', '-', ',', '.'])
        .len();
    let time = time(inner.get(..length)?)?;
    let rest = inner.get(length..)?;
    let rest = match open {
        Some(close) => rest.strip_prefix(close)?,
        None => rest,
    };
    (rest.is_empty() || rest.starts_with([' ', '\t', ':']))
        .then(|| (time, rest.trim_start_matches(':').trim_start()))
}

/// A time at the end of a label, taken off it.
fn time_at_end(label: &str) -> (&str, Option<u64>) {
    let trimmed = label.trim_end();
    let from = trimmed.rfind(|sign: char| matches!(sign, '[' | '(' | '#') || sign.is_whitespace());
    if let Some(at) = from
        && let Some(tail) = trimmed.get(at..)
        && let Some((time, "")) = time_at_start(tail.trim_start())
    {
        return (trimmed.get(..at).unwrap_or_default().trim_end(), Some(time));
    }
    (trimmed, None)
}

/// `h:mm:ss`, `mm:ss`, each perhaps with a fraction, as milliseconds.
fn time(text: &str) -> Option<u64> {
    let (clock, fraction) = text
        .split_once(['.', ',', '-'])
        .map_or((text, ""), |(clock, fraction)| (clock, fraction));
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len())
        || parts.iter().any(|part| part.is_empty() || part.len() > 3)
        || fraction.len() > 6
    {
        return None;
    }
    let mut seconds = 0u64;
    for (index, part) in parts.iter().enumerate() {
        let value: u64 = part.parse().ok()?;
        if index > 0 && (value > 59 || part.len() != 2) {
            return None;
        }
        seconds = seconds * 60 + value;
    }
    let mut millis = 0;
    for (sign, weight) in fraction.chars().zip([100, 10, 1]) {
        millis += u64::from(sign.to_digit(10)?) * weight;
    }
    Some(seconds * 1_000 + millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(&str, Option<u64>, &str, Shape)> {
        head(line).map(|head| (head.label, head.time_ms, head.rest, head.shape))
    }

    #[test]
    fn labels_and_times_in_their_many_shapes() {
        for (line, expected) in [
            ("I: Ja?", ("I", None, "Ja?", Shape::Role)),
            ("INT: Ja?", ("INT", None, "Ja?", Shape::Role)),
            ("P1: Nei.", ("P1", None, "Nei.", Shape::Role)),
            ("SPEAKER_00: Hi", ("SPEAKER_00", None, "Hi", Shape::Role)),
            (
                "Deltaker 2 (kvinne): Jo",
                ("Deltaker 2 (kvinne)", None, "Jo", Shape::Role),
            ),
            (
                "[00:01:23] Kari: Ja",
                ("Kari", Some(83_000), "Ja", Shape::Name),
            ),
            (
                "Kari (00:12): Ja",
                ("Kari", Some(12_000), "Ja", Shape::Name),
            ),
            (
                "Kari Nordmann [1:02:03.5]:",
                ("Kari Nordmann", Some(3_723_500), "", Shape::Name),
            ),
            (
                "#00:00:01-2# Ola: Hei: du",
                ("Ola", Some(1_200), "Hei: du", Shape::Name),
            ),
            (
                "Kari Nordmann  0:12",
                ("Kari Nordmann", Some(12_000), "", Shape::AloneWithTime),
            ),
            ("Kari", ("Kari", None, "", Shape::Alone)),
            (
                "[00:10] og så gikk vi",
                ("", Some(10_000), "og så gikk vi", Shape::TimeOnly),
            ),
            (
                "Problemstillingen er: hva",
                ("Problemstillingen er", None, "hva", Shape::Phrase),
            ),
        ] {
            assert_eq!(read(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn lines_without_a_label() {
        for line in [
            "– Hei: sa han",
            "- Kari: ja",
            "http://example.org",
            "Dato: 3. mai",
            "klokka var 12:30: da kom han",
            "",
            ":",
            "ja: nei",
            "Han sa det, og da: ingenting",
            "Dette er en lang setning som til slutt har et kolon etter seg: slik",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn times_that_are_none() {
        for text in [
            "1:2",
            "1:60",
            "12",
            "1:02:03:04",
            "1:02.x",
            "",
            ":",
            "1234:00",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
