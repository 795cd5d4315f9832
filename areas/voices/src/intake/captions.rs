//! Subtitles (`.vtt`, `.srt`): cues with times become turns.
//!
//! Sources of the formats: W3C WebVTT, sections 4 and 6; SubRip has no standard and is read as
//! players do. Cues of one speaker are put together until a sentence ends and the turn is long, or
//! until there is a pause; each part keeps the time at which it begins.

use super::notices::Notices;
use super::turns::{Choices, Labels};
use super::{Body, FileKind, Kind, Limits, Measure, Notice, Paragraph, Refused};

/// Letters after which a turn is parted at the next end of a sentence.
const LONG: usize = 600;
/// Letters after which it is parted even without one: automatic subtitles have no full stops.
const TOO_LONG: usize = 1_500;
/// Milliseconds without words that part a turn after a sentence.
const PAUSE: u64 = 4_000;

/// Letters of a tag at most.
const TAG: usize = 120;

/// One line of a cue, with who speaks where the cue says so.
#[derive(Debug)]
struct Line {
    speaker: Option<String>,
    text: String,
    from: u64,
    to: u64,
}

/// Reads subtitles.
pub(super) fn read(
    kind: FileKind,
    text: &str,
    limits: &Limits,
    notices: &mut Notices,
) -> Result<Body, Refused> {
    let extension = if kind == FileKind::Vtt { "vtt" } else { "srt" };
    let not_subtitles = || Refused::NotWhatItSaysItIs {
        extension: extension.to_owned(),
        found: FileKind::Text,
    };
    let vtt = text.starts_with("WEBVTT");
    if kind == FileKind::Vtt && !vtt {
        return Err(not_subtitles());
    }
    let (lines, cues) = lines(text, limits)?;
    if cues == 0 {
        let empty = vtt || text.trim().is_empty();
        return Err(if empty {
            Refused::Empty
        } else {
            not_subtitles()
        });
    }
    let (paragraphs, joined) = turns_of(lines);
    notices.count(joined, |count| Notice::CuesJoined { count });
    Ok(Body::of((paragraphs, Vec::new()), None))
}

/// The lines of all cues, and how many cues there were.
fn lines(text: &str, limits: &Limits) -> Result<(Vec<Line>, usize), Refused> {
    let mut out: Vec<Line> = Vec::new();
    let mut cues = 0;
    // The cue that is read: its times, and who spoke last in it.
    let mut cue: Option<(u64, u64)> = None;
    let mut speaker: Option<String> = None;
    let mut beside = false;
    for line in text.split(['\n', '\u{C}']) {
        let line = line.trim();
        if line.is_empty() {
            (cue, beside) = (None, false);
            continue;
        }
        if let Some(times) = times(line) {
            cues += 1;
            (cue, speaker, beside) = (Some(times), None, false);
            continue;
        }
        let Some((from, to)) = cue else {
            // Head, number, name, note or style.
            beside |= ["NOTE", "STYLE", "REGION", "WEBVTT"]
                .iter()
                .any(|word| line.starts_with(word));
            continue;
        };
        if beside {
            continue;
        }
        for (who, words) in voices(line, &mut speaker) {
            if out.len() >= limits.paragraphs.saturating_mul(5) {
                return Err(Refused::TooLarge {
                    what: Measure::Paragraphs,
                    limit: limits.paragraphs as u64,
                });
            }
            out.push(Line {
                speaker: who,
                text: words,
                from,
                to,
            });
        }
    }
    Ok((out, cues))
}

/// `00:01:02.300 --> 00:01:04,000 align:start`, hours and the sign before thousandths as found.
fn times(line: &str) -> Option<(u64, u64)> {
    let (from, rest) = line.split_once("-->")?;
    let to = rest.split_whitespace().next()?;
    Some((time(from.trim())?, time(to)?))
}

fn time(text: &str) -> Option<u64> {
    let (clock, thousandths) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let mut seconds: u64 = 0;
    let mut parts = 0;
    for part in clock.split(':') {
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        seconds = seconds * 60 + part.parse::<u64>().ok()?;
        parts += 1;
        if parts > 3 {
            return None;
        }
    }
    let digits = thousandths.get(..thousandths.len().min(3))?;
    let scale = [1_000, 100, 10, 1].get(digits.len())?;
    let part: u64 = if digits.is_empty() {
        0
    } else {
        digits.parse().ok()?
    };
    (parts >= 2).then_some(seconds * 1_000 + part * scale)
}

/// The words of a line by who speaks them; tags that say how words look go.
fn voices(line: &str, speaker: &mut Option<String>) -> Vec<(Option<String>, String)> {
    let mut out: Vec<(Option<String>, String)> = Vec::new();
    let mut words = String::new();
    let mut rest = line;
    let give = |words: &mut String, speaker: &Option<String>, out: &mut Vec<_>| {
        let text = unescaped(words).trim().to_owned();
        words.clear();
        if !text.is_empty() {
            out.push((speaker.clone(), text));
        }
    };
    while let Some(at) = rest.find(['<', '{']) {
        let (before, from) = rest.split_at(at);
        words.push_str(before);
        let close = if from.starts_with('<') { '>' } else { '}' };
        let Some((inside, after)) = from
            .get(1..)
            .and_then(|inside| {
                let mut signs = inside.char_indices().take(TAG);
                let (at, _) = signs.find(|(_, sign)| *sign == close)?;
                inside.get(..at).zip(inside.get(at + 1..))
            })
            .filter(|(inside, _)| is_tag(inside, close))
        else {
            let sign = from.chars().next().map_or(0, char::len_utf8);
            words.push_str(from.get(..sign).unwrap_or(""));
            rest = from.get(sign..).unwrap_or("");
            continue;
        };
        rest = after;
        if inside.starts_with("v ") || inside.starts_with("v.") {
            give(&mut words, speaker, &mut out);
            let name = inside.split_once(char::is_whitespace).map(|(_, name)| name);
            let name = unescaped(name.unwrap_or("").trim());
            let name: String = name.chars().take(100).collect();
            *speaker = (!name.is_empty()).then_some(name);
        } else if inside == "/v" {
            give(&mut words, speaker, &mut out);
            *speaker = None;
        }
    }
    words.push_str(rest);
    give(&mut words, speaker, &mut out);
    out
}

/// What WebVTT and SubRip use between angle and curly brackets; anything else is what was said.
fn is_tag(inside: &str, close: char) -> bool {
    if close == '}' {
        return inside.starts_with('\\');
    }
    let name = inside.trim_start_matches('/');
    let name = name.split(['.', ' ', '=']).next().unwrap_or("");
    matches!(
        name.to_ascii_lowercase().as_str(),
        "v" | "c" | "i" | "b" | "u" | "s" | "ruby" | "rt" | "lang" | "font"
    ) || time(inside).is_some()
}

/// The entities of WebVTT.
fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", "\u{A0}")
        .replace("&lrm;", "\u{200E}")
        .replace("&rlm;", "\u{200F}")
        .replace("&amp;", "&")
}

/// Turns, and how many lines were put to one before.
fn turns_of(lines: Vec<Line>) -> (Vec<Paragraph>, usize) {
    let labels = Labels::find(
        lines
            .iter()
            .filter(|line| line.speaker.is_none())
            .map(|line| line.text.as_str()),
        lines.iter().filter_map(|line| line.speaker.as_deref()),
        &Choices::default(),
    );
    let mut out: Vec<Paragraph> = Vec::new();
    let mut joined = 0;
    let mut letters = 0;
    let mut before: Option<(u64, u64)> = None;
    let mut labelled: Option<String> = None;
    for line in lines {
        let mut text = line.text;
        let mut opens = false;
        let speaker = match line.speaker {
            Some(speaker) => {
                labelled = None;
                Some(speaker)
            }
            None => {
                let head = labels
                    .opens(&text)
                    .filter(|head| !head.label.is_empty() && !head.rest.is_empty())
                    .map(|head| (head.label.to_owned(), head.rest.to_owned()));
                if let Some((label, rest)) = head {
                    opens = true;
                    labelled = Some(label);
                    text = rest;
                }
                labelled.clone()
            }
        };
        let said = text.starts_with(['-', '–', '—']);
        let last = out.last_mut();
        let same = last.as_ref().is_some_and(|last| last.speaker == speaker);
        let pause = before.is_some_and(|(_, to)| line.from.saturating_sub(to) >= PAUSE);
        let ended = last.as_ref().is_some_and(|last| ends_sentence(&last.text));
        let parts = !same
            || opens && ended
            || said
            || letters >= TOO_LONG
            || ended && (letters >= LONG || pause || (speaker.is_none() && letters >= LONG / 4));
        let count = text.chars().count();
        match last {
            Some(last) if !parts => {
                last.text.push(' ');
                last.text.push_str(&text);
                letters += count + 1;
                joined += 1;
            }
            _ => {
                letters = count;
                out.push(Paragraph {
                    continues: same && speaker.is_some() && !opens,
                    kind: if speaker.is_some() {
                        Kind::Turn
                    } else {
                        Kind::Prose
                    },
                    speaker,
                    time_ms: Some(line.from),
                    text,
                });
            }
        }
        before = Some((line.from, line.to));
    }
    (out, joined)
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '»', '”', ')', '’'])
        .ends_with(['.', '!', '?', '…', ':'])
}

#[cfg(test)]
mod tests {
    use super::super::testing::shown;
    use super::super::{Intake, read};
    use super::*;

    fn intake(name: &str, text: &str) -> Result<Intake, Refused> {
        read(name, text.as_bytes(), &Limits::default(), &|_, _| true)
    }

    fn times_of(intake: &Intake) -> Vec<Option<u64>> {
        intake.paragraphs.iter().map(|one| one.time_ms).collect()
    }

    #[test]
    fn voices_of_webvtt() {
        let text = "WEBVTT - møte\n\nNOTE\nikke med\n\nSTYLE\n::cue { color: red }\n\n1\n00:00:01.000 --> 00:00:03.000 align:start\n\
            <v Kari Moe>Det var <i>egentlig</i>\n\n2\n00:03.500 --> 00:05.000\n<v Kari Moe>ganske fint &amp; <00:04.000>varmt.</v>\n\n\
            00:06.000 --> 00:07.000\n<v.loud Ola>Ja? <ler></v> <v Kari Moe>Ja.</v>\n";
        let intake = intake("a.vtt", text).unwrap();
        assert_eq!(
            shown(&intake),
            [
                "Kari Moe: Det var egentlig ganske fint & varmt.",
                "Ola: Ja? <ler>",
                "Kari Moe: Ja."
            ]
        );
        assert_eq!(times_of(&intake), [Some(1_000), Some(6_000), Some(6_000)]);
        assert_eq!(
            intake.notices,
            [
                Notice::CuesJoined { count: 1 },
                Notice::SpeakersFound {
                    speakers: 2,
                    turns: 3
                }
            ]
        );
    }

    #[test]
    fn labels_in_subrip_and_sentences_over_cues() {
        let text = "1\r\n00:00:01,000 --> 00:00:02,000\r\nIntervjuer: Hvordan\r\nvar det?\r\n\r\n2\r\n00:00:02,500 --> 00:00:04,000\r\n{\\an8}Kari: Det <b>var</b>\r\n\r\n\
            3\r\n00:00:04,000 --> 00:00:05,000\r\nfint.\r\n\r\n4\r\n00:00:15,000 --> 00:00:16,000\r\nOg varmt.\r\n\r\n5\r\n00:00:17,000 --> 00:00:18,000\r\nIntervjuer: Ja?\r\n\r\n\
            6\r\n00:00:19,000 --> 00:00:20,000\r\nKari: Ja.\r\n";
        let intake = intake("a.srt", text).unwrap();
        assert_eq!(
            shown(&intake),
            [
                "Intervjuer: Hvordan var det?",
                "Kari: Det var fint.",
                "+Og varmt.",
                "Intervjuer: Ja?",
                "Kari: Ja."
            ]
        );
        assert_eq!(
            times_of(&intake),
            [
                Some(1_000),
                Some(2_500),
                Some(15_000),
                Some(17_000),
                Some(19_000)
            ]
        );
    }

    #[test]
    fn without_names_sentences_are_put_together() {
        let text = "1\n00:00:01,000 --> 00:00:02,000\nDet var en gang\n\n2\n00:00:02,000 --> 00:00:03,000\nen mann.\n\n3\n00:00:09,000 --> 00:00:10,000\nHan gikk.\n\n\
            4\n00:00:10,000 --> 00:00:11,000\n- Hvor?\n- Hjem.\n";
        let intake = intake("a.srt", text).unwrap();
        assert_eq!(
            shown(&intake),
            [
                "Det var en gang en mann.",
                "Han gikk.",
                "- Hvor?",
                "- Hjem."
            ]
        );
    }

    #[test]
    fn what_is_no_subtitles_is_refused() {
        let not = |extension: &str| {
            Err(Refused::NotWhatItSaysItIs {
                extension: extension.into(),
                found: FileKind::Text,
            })
        };
        assert_eq!(intake("a.vtt", "1\n00:01.0 --> 00:02.0\nHei"), not("vtt"));
        assert_eq!(intake("a.srt", "Hei på deg"), not("srt"));
        assert_eq!(intake("a.srt", "1\n0x:00 --> 1\nHei"), not("srt"));
        assert_eq!(intake("a.vtt", "WEBVTT\n\n"), Err(Refused::Empty));
        assert_eq!(intake("a.srt", " \n "), Err(Refused::Empty));
    }

    #[test]
    fn times_as_they_are_written() {
        assert_eq!(time("01:02:03.004"), Some(3_723_004));
        assert_eq!(time("02:03,5"), Some(123_500));
        assert_eq!(time("9999:59:59.999"), Some(35_999_999_999));
        for wrong in ["3", "a:b", "1:2:3:4", "00:00.x", "-1:00", ":", "99999:00"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
        assert_eq!(time(&"9999:".repeat(40)), None);
        assert_eq!(time(&(":9999".repeat(40)[1..])), None);
    }
}
