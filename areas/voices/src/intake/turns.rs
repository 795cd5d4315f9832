//! Who speaks: labels believed or not, over the whole text.

use std::collections::{BTreeMap, BTreeSet};

use super::label::{Head, Shape, head};
use super::{Kind, Paragraph, notices::small};

/// What a person has said about labels; it stands above any guess.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// Labels that are speakers even if the text gives little evidence.
    pub speakers: BTreeSet<String>,
    /// Labels that are not speakers.
    pub not_speakers: BTreeSet<String>,
}

/// What [`turns`] gives back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recognised {
    /// The paragraphs, with their speakers.
    pub paragraphs: Vec<Paragraph>,
    /// Each speaker in order of first word, with the number of turns.
    pub speakers: Vec<(String, u32)>,
    /// Times moved from the text to the turn.
    pub times: u32,
}

/// Characters from one label to the next, on average, beyond which a text is no conversation.
const CHARACTERS_A_TURN: usize = 2_500;

/// Finds who speaks in paragraphs that have no speaker yet; those that have one stay as they are
/// and count as evidence. Only labels and times leave the text, and they go to `speaker` and
/// `time_ms`. Pure and repeatable: running it on its own result changes nothing.
#[must_use]
pub fn turns(paragraphs: Vec<Paragraph>, choices: &Choices) -> Recognised {
    let labels = {
        let lines = paragraphs
            .iter()
            .filter(|paragraph| paragraph.speaker.is_none())
            .flat_map(|paragraph| paragraph.text.lines());
        let known = paragraphs
            .iter()
            .filter(|paragraph| !paragraph.continues)
            .filter_map(|paragraph| paragraph.speaker.as_deref());
        Labels::find(lines, known, choices)
    };
    let mut reading = Reading::default();
    for paragraph in paragraphs {
        reading.take(paragraph, &labels);
    }
    reading.finish()
}

/// The labels of one text that are believed.
#[derive(Debug, Default)]
pub(super) struct Labels {
    colon: BTreeSet<String>,
    alone: BTreeSet<String>,
    /// Paragraphs that begin with a time and no name.
    times: bool,
    /// More than one speaker, so that an unlabelled paragraph goes on with the one before.
    several: bool,
}

#[derive(Default)]
struct Seen {
    count: usize,
    best: Option<Shape>,
    alone: usize,
    alone_with_time: usize,
}

impl Labels {
    /// Weighs the lines of a whole text. `known` are speakers found before, once for each turn.
    pub(super) fn find<'a>(
        lines: impl Iterator<Item = &'a str>,
        known: impl Iterator<Item = &'a str>,
        choices: &Choices,
    ) -> Self {
        let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
        let (mut characters, mut full_lines, mut times) = (0, 0, 0);
        for label in known {
            let entry = seen.entry(label.to_owned()).or_default();
            entry.count += 1;
            entry.best = Some(Shape::Role);
        }
        for line in lines.filter(|line| !line.trim().is_empty()) {
            characters += line.len();
            full_lines += 1;
            let Some(head) = head(line) else { continue };
            if head.shape == Shape::TimeOnly {
                times += 1;
                continue;
            }
            let entry = seen.entry(head.label.to_owned()).or_default();
            match head.shape {
                Shape::Alone => entry.alone += 1,
                Shape::AloneWithTime => entry.alone_with_time += 1,
                shape => {
                    entry.count += 1;
                    entry.best = Some(entry.best.map_or(shape, |best| best.min(shape)));
                }
            }
        }
        seen.retain(|label, _| !choices.not_speakers.contains(label));
        let mut labels = Self {
            times: times >= 3,
            ..Self::default()
        };
        labels.believe_colons(&seen, characters, full_lines);
        labels.believe_alone(&seen, characters);
        labels.colon.extend(choices.speakers.iter().cloned());
        labels.alone.extend(
            choices
                .speakers
                .iter()
                .filter(|label| seen.get(*label).is_some_and(|seen| seen.count == 0))
                .cloned(),
        );
        labels.several = labels.colon.union(&labels.alone).count() > 1;
        labels
    }

    fn believe_colons(&mut self, seen: &BTreeMap<String, Seen>, characters: usize, lines: usize) {
        let recurring: Vec<(&String, &Seen)> = seen
            .iter()
            .filter(|(_, seen)| match seen.best {
                Some(Shape::Role | Shape::Name) => seen.count >= 2,
                Some(_) => seen.count >= 5,
                None => false,
            })
            .collect();
        let turns: usize = recurring.iter().map(|(_, seen)| seen.count).sum();
        let conversation = match recurring.as_slice() {
            [] => false,
            [(_, only)] => {
                only.count >= 3 && (only.best == Some(Shape::Role) || only.count * 10 >= lines * 3)
            }
            _ => turns >= 3,
        };
        if conversation && characters <= turns * CHARACTERS_A_TURN {
            self.colon
                .extend(recurring.iter().map(|(label, _)| (*label).clone()));
            let singles = seen
                .iter()
                .filter(|(_, seen)| matches!(seen.best, Some(Shape::Role | Shape::Name)));
            self.colon.extend(singles.map(|(label, _)| label.clone()));
        } else {
            // A short piece: every speaker may speak only once, but then nearly each line is a turn.
            let strong: Vec<(&String, &Seen)> = seen
                .iter()
                .filter(|(_, seen)| matches!(seen.best, Some(Shape::Role | Shape::Name)))
                .collect();
            let turns: usize = strong.iter().map(|(_, seen)| seen.count).sum();
            let roles = strong
                .iter()
                .filter(|(_, seen)| seen.best == Some(Shape::Role))
                .count();
            if strong.len() >= 2
                && (roles > 0 || turns >= 3)
                && turns * 10 >= lines * 7
                && characters <= turns * CHARACTERS_A_TURN
            {
                self.colon
                    .extend(strong.iter().map(|(label, _)| (*label).clone()));
            }
        }
    }

    fn believe_alone(&mut self, seen: &BTreeMap<String, Seen>, characters: usize) {
        let with_time: Vec<&String> = seen
            .iter()
            .filter(|(_, seen)| seen.alone_with_time >= 2)
            .map(|(label, _)| label)
            .collect();
        let turns: usize = seen.values().map(|seen| seen.alone_with_time).sum();
        if !with_time.is_empty() && turns >= 3 && characters <= turns * CHARACTERS_A_TURN {
            self.alone.extend(
                seen.iter()
                    .filter(|(_, seen)| seen.alone_with_time > 0)
                    .map(|(label, _)| label.clone()),
            );
        }
        let plain: Vec<(&String, &Seen)> =
            seen.iter().filter(|(_, seen)| seen.alone >= 3).collect();
        let turns: usize = plain.iter().map(|(_, seen)| seen.alone).sum();
        if self.colon.is_empty() && plain.len() >= 2 && characters <= turns * CHARACTERS_A_TURN {
            self.alone
                .extend(plain.iter().map(|(label, _)| (*label).clone()));
        }
    }

    /// The start of a turn, if this line is believed to be one.
    pub(super) fn opens<'a>(&self, line: &'a str) -> Option<Head<'a>> {
        let head = head(line)?;
        let believed = match head.shape {
            Shape::TimeOnly => self.times,
            Shape::Alone | Shape::AloneWithTime => self.alone.contains(head.label),
            Shape::Role | Shape::Name | Shape::Phrase => {
                self.colon.contains(head.label) || self.alone.contains(head.label)
            }
        };
        believed.then_some(head)
    }

    /// True when the text has speakers at all.
    pub(super) fn any(&self) -> bool {
        !self.colon.is_empty() || !self.alone.is_empty()
    }
}

/// The state while going through the paragraphs once.
#[derive(Default)]
struct Reading {
    out: Vec<Paragraph>,
    speaker: Option<String>,
    /// A label that stood alone; the line as it stood, in case nothing follows.
    waiting: Option<(String, Option<String>, Option<u64>)>,
    times: usize,
}

impl Reading {
    fn take(&mut self, paragraph: Paragraph, labels: &Labels) {
        if paragraph.speaker.is_some() {
            self.give_up_waiting();
            self.speaker.clone_from(&paragraph.speaker);
            self.out.push(paragraph);
            return;
        }
        let opens_first = paragraph
            .text
            .lines()
            .next()
            .is_some_and(|line| labels.opens(line).is_some());
        if paragraph.kind == Kind::Heading && !opens_first {
            self.give_up_waiting();
            self.speaker = None;
            self.out.push(paragraph);
            return;
        }
        let mut held: Option<String> = None;
        let mut continues = paragraph.continues;
        let mut opened = false;
        for line in paragraph.text.split('\n') {
            let Some(head) = labels.opens(line) else {
                match &mut held {
                    Some(text) => {
                        text.push('\n');
                        text.push_str(line);
                    }
                    None => held = Some(line.to_owned()),
                }
                continue;
            };
            if let Some(text) = held.take() {
                self.push(text, continues || opened, labels, &paragraph);
            }
            opened = true;
            continues = false;
            self.open(&head, line);
            held = (!head.rest.is_empty()).then(|| head.rest.to_owned());
        }
        if let Some(text) = held {
            self.push(text, continues, labels, &paragraph);
        }
    }

    /// A label was read: its turn starts with the next text.
    fn open(&mut self, head: &Head<'_>, line: &str) {
        self.give_up_waiting();
        let speaker = if head.label.is_empty() {
            self.speaker.clone()
        } else {
            Some(head.label.to_owned())
        };
        self.waiting = Some((line.trim().to_owned(), speaker, head.time_ms));
    }

    /// Text arrives: as the turn that waits, as more of the turn before, or as prose.
    fn push(&mut self, text: String, continues: bool, labels: &Labels, model: &Paragraph) {
        let text = text.trim().to_owned();
        if text.is_empty() {
            return;
        }
        if let Some((_, speaker, time_ms)) = self.waiting.take() {
            self.times += usize::from(time_ms.is_some());
            self.speaker.clone_from(&speaker);
            let kind = if speaker.is_some() {
                Kind::Turn
            } else {
                Kind::Prose
            };
            self.out.push(Paragraph {
                speaker,
                time_ms,
                text,
                kind,
                continues: false,
            });
        } else if labels.several
            && let Some(speaker) = &self.speaker
        {
            self.out.push(Paragraph {
                speaker: Some(speaker.clone()),
                time_ms: None,
                text,
                kind: Kind::Turn,
                continues: true,
            });
        } else {
            self.out.push(Paragraph {
                text,
                continues,
                ..model.clone()
            });
        }
    }

    /// A label with nothing after it is text, not a turn.
    fn give_up_waiting(&mut self) {
        if let Some((line, _, _)) = self.waiting.take() {
            self.out.push(Paragraph::prose(line));
        }
    }

    fn finish(mut self) -> Recognised {
        self.give_up_waiting();
        let mut speakers: Vec<(String, u32)> = Vec::new();
        let mut place: BTreeMap<&str, usize> = BTreeMap::new();
        for paragraph in self.out.iter().filter(|paragraph| !paragraph.continues) {
            let Some(speaker) = paragraph.speaker.as_deref() else {
                continue;
            };
            let at = *place.entry(speaker).or_insert_with(|| {
                speakers.push((speaker.to_owned(), 0));
                speakers.len() - 1
            });
            if let Some((_, count)) = speakers.get_mut(at) {
                *count = count.saturating_add(1);
            }
        }
        Recognised {
            paragraphs: self.out,
            speakers,
            times: small(self.times),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prose(lines: &[&str]) -> Vec<Paragraph> {
        lines
            .iter()
            .map(|line| Paragraph::prose((*line).to_owned()))
            .collect()
    }

    /// `speaker|text`, with `+` before what continues.
    fn shown(recognised: &Recognised) -> Vec<String> {
        let one = |paragraph: &Paragraph| {
            let more = if paragraph.continues { "+" } else { "" };
            format!(
                "{more}{}|{}",
                paragraph.speaker.as_deref().unwrap_or(""),
                paragraph.text
            )
        };
        recognised.paragraphs.iter().map(one).collect()
    }

    fn read(lines: &[&str]) -> Vec<String> {
        shown(&turns(prose(lines), &Choices::default()))
    }

    #[test]
    fn a_conversation_with_labels() {
        let lines = [
            "Dato: 3. mai",
            "I: Hvordan var det?",
            "Kari: Fint.",
            "Og varmt.",
            "I: Ja?",
            "Kari: Ja. Jeg sa: nei.",
            "Ola: Hei",
        ];
        assert_eq!(
            read(&lines),
            [
                "|Dato: 3. mai",
                "I|Hvordan var det?",
                "Kari|Fint.",
                "+Kari|Og varmt.",
                "I|Ja?",
                "Kari|Ja. Jeg sa: nei.",
                "Ola|Hei"
            ]
        );
        let recognised = turns(prose(&lines), &Choices::default());
        assert_eq!(
            recognised.speakers,
            [
                ("I".to_owned(), 2),
                ("Kari".to_owned(), 2),
                ("Ola".to_owned(), 1)
            ]
        );
    }

    #[test]
    fn prose_with_colons_stays_prose() {
        let long = "Dette er en tekst uten samtale. ".repeat(200);
        let lines = [
            "Problemstillingen er:",
            &long,
            "Margrethe forteller:",
            "«Slik er det.»",
            "Problemstillingen er:",
            &long,
            "Merk: dette",
        ];
        assert_eq!(read(&lines), lines.map(|line| format!("|{}", line.trim())));
    }

    #[test]
    fn dash_dialogue_has_no_speakers() {
        let lines = ["– Hei, sa hun.", "– Hei: du?", "– Ja."];
        assert_eq!(read(&lines), lines.map(|line| format!("|{line}")));
    }

    #[test]
    fn a_phrase_in_a_conversation_is_no_speaker() {
        let lines = [
            "I: Ja?",
            "P: Nei.",
            "Problemstillingen er: hva",
            "I: Hm",
            "P: Jo",
        ];
        assert_eq!(
            read(&lines),
            [
                "I|Ja?",
                "P|Nei.",
                "+P|Problemstillingen er: hva",
                "I|Hm",
                "P|Jo"
            ]
        );
    }

    #[test]
    fn two_turns_are_enough_when_there_is_nothing_else() {
        assert_eq!(
            read(&["Intervjuer: Hva nå?", "Kari: Vet ikke."]),
            ["Intervjuer|Hva nå?", "Kari|Vet ikke."]
        );
        assert_eq!(read(&["Viktig: les dette"]), ["|Viktig: les dette"]);
    }

    #[test]
    fn a_speaker_alone_on_a_line() {
        let lines = ["Kari:", "Hei du.", "Ola:", "Hei.", "Kari:", "Nå?", "Ola:"];
        assert_eq!(
            read(&lines),
            ["Kari|Hei du.", "Ola|Hei.", "Kari|Nå?", "|Ola:"]
        );
        let lines = [
            "Kari Moe  0:01",
            "Hei du.",
            "Ola Moe  0:04",
            "Hei.",
            "Kari Moe  0:09",
            "Nå?",
        ];
        let recognised = turns(prose(&lines), &Choices::default());
        assert_eq!(
            shown(&recognised),
            ["Kari Moe|Hei du.", "Ola Moe|Hei.", "Kari Moe|Nå?"]
        );
        assert_eq!(
            recognised
                .paragraphs
                .iter()
                .map(|p| p.time_ms)
                .collect::<Vec<_>>(),
            [Some(1_000), Some(4_000), Some(9_000)]
        );
        assert_eq!(recognised.times, 3);
    }

    #[test]
    fn names_alone_without_colon_need_two_who_recur() {
        let lines = [
            "Kari", "Hei du.", "Ola", "Hei.", "Kari", "Nå?", "Ola", "Ja.", "Kari", "Så bra.",
            "Ola", "Hm.",
        ];
        assert_eq!(
            read(&lines),
            [
                "Kari|Hei du.",
                "Ola|Hei.",
                "Kari|Nå?",
                "Ola|Ja.",
                "Kari|Så bra.",
                "Ola|Hm."
            ]
        );
        assert_eq!(
            read(&[
                "Recovery",
                "Tekst her.",
                "Recovery",
                "Mer tekst.",
                "Recovery",
                "Enda mer."
            ])[0],
            "|Recovery"
        );
    }

    #[test]
    fn turns_inside_one_paragraph_are_taken_apart() {
        assert_eq!(
            read(&["I: Ja?\nP: Nei\nikke nå\nI: Hm\nP: Jo"]),
            ["I|Ja?", "P|Nei\nikke nå", "I|Hm", "P|Jo"]
        );
    }

    #[test]
    fn a_person_decides() {
        let lines = [
            "I: Ja?",
            "P: Nei.",
            "Tanker: mange",
            "I: Hm",
            "P: Jo",
            "Tanker: få",
        ];
        let choices = Choices {
            not_speakers: ["Tanker".to_owned()].into(),
            ..Choices::default()
        };
        let recognised = turns(prose(&lines), &choices);
        assert_eq!(
            shown(&recognised),
            [
                "I|Ja?",
                "P|Nei.",
                "+P|Tanker: mange",
                "I|Hm",
                "P|Jo",
                "+P|Tanker: få"
            ]
        );
        let choices = Choices {
            speakers: ["Viktig".to_owned()].into(),
            ..Choices::default()
        };
        assert_eq!(
            shown(&turns(prose(&["Viktig: les", "Og mer."]), &choices)),
            ["Viktig|les", "|Og mer."]
        );
    }

    #[test]
    fn a_heading_ends_a_turn() {
        let mut paragraphs = prose(&["I: Ja?", "P: Nei.", "Del to", "Tekst.", "I: Hm", "P: Jo"]);
        paragraphs[2].kind = Kind::Heading;
        assert_eq!(
            shown(&turns(paragraphs, &Choices::default())),
            ["I|Ja?", "P|Nei.", "|Del to", "|Tekst.", "I|Hm", "P|Jo"]
        );
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_a_second_run_changes_nothing(
            lines in prop::collection::vec("(I: |P1: |Kari: |\\[00:01\\] |Kari|Ola  0:01|– |Noe er: )?[a-zæ:. \\[\\]]{0,12}", 0..20)
        ) {
            let paragraphs: Vec<Paragraph> = lines.iter().map(|line| Paragraph::prose(line.clone())).collect();
            let letters = |text: &str| text.chars().filter(|sign| sign.is_alphabetic()).collect::<String>();
            let once = turns(paragraphs, &Choices::default());
            let given: String = once.paragraphs.iter().map(|paragraph| {
                let label = if paragraph.continues { "" } else { paragraph.speaker.as_deref().unwrap_or("") };
                format!("{label}{}", paragraph.text)
            }).collect();
            // A time alone repeats the name of the one who goes on speaking.
            prop_assume!(!lines.iter().any(|line| line.starts_with('[')));
            prop_assert_eq!(letters(&given), letters(&lines.concat()));
            let twice = turns(once.paragraphs.clone(), &Choices::default());
            prop_assert_eq!(twice.paragraphs, once.paragraphs);
        }
    }
}
