//! Who speaks: labels believed or not, over the whole text.

use std::collections::{BTreeMap, BTreeSet};

use super::label::{Head, Shape, head};
use super::marks::Origin;
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
    turns_traced(paragraphs, choices).0
}

/// As [`turns`], with the place where the text of each paragraph stood before.
pub(super) fn turns_traced(
    paragraphs: Vec<Paragraph>,
    choices: &Choices,
) -> (Recognised, Vec<Origin>) {
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
    for (at, paragraph) in paragraphs.into_iter().enumerate() {
        reading.at = at;
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
    /// Where each of them stood.
    origins: Vec<Origin>,
    /// The paragraph that is read, and its time until its first text takes it.
    at: usize,
    time: Option<u64>,
    speaker: Option<String>,
    /// A label that stood alone; the line as it stood, in case nothing follows.
    waiting: Option<(Origin, String, Option<String>, Option<u64>)>,
    times: usize,
}

impl Reading {
    fn take(&mut self, paragraph: Paragraph, labels: &Labels) {
        if paragraph.speaker.is_some() {
            self.give_up_waiting();
            self.speaker.clone_from(&paragraph.speaker);
            self.put((self.at, 0), paragraph);
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
            self.put((self.at, 0), paragraph);
            return;
        }
        self.time = paragraph.time_ms;
        let mut held: Option<(usize, String)> = None;
        let mut next = 0;
        let mut continues = paragraph.continues;
        let mut opened = false;
        for line in paragraph.text.split('\n') {
            let start = next;
            next += line.len() + 1;
            let Some(head) = labels.opens(line) else {
                match &mut held {
                    Some((_, text)) => {
                        text.push('\n');
                        text.push_str(line);
                    }
                    None => held = Some((start, line.to_owned())),
                }
                continue;
            };
            if let Some((from, text)) = held.take() {
                self.push(from, text, continues || opened, labels, &paragraph);
            }
            opened = true;
            continues = false;
            self.open(&head, start, line);
            let rest = line.trim_end().len().saturating_sub(head.rest.len());
            held = (!head.rest.is_empty()).then(|| (start + rest, head.rest.to_owned()));
        }
        if let Some((from, text)) = held {
            self.push(from, text, continues, labels, &paragraph);
        }
    }

    /// A label was read: its turn starts with the next text.
    fn open(&mut self, head: &Head<'_>, start: usize, line: &str) {
        self.give_up_waiting();
        let speaker = if head.label.is_empty() {
            self.speaker.clone()
        } else {
            Some(head.label.to_owned())
        };
        let start = start + line.len() - line.trim_start().len();
        let origin = (self.at, start);
        self.waiting = Some((origin, line.trim().to_owned(), speaker, head.time_ms));
    }

    /// Text arrives: as the turn that waits, as more of the turn before, or as prose.
    fn push(
        &mut self,
        from: usize,
        text: String,
        continues: bool,
        labels: &Labels,
        model: &Paragraph,
    ) {
        let origin = (self.at, from + text.len() - text.trim_start().len());
        let text = text.trim().to_owned();
        if text.is_empty() {
            return;
        }
        let time = self.time.take();
        if let Some((_, _, speaker, time_ms)) = self.waiting.take() {
            self.times += usize::from(time_ms.is_some());
            let time_ms = time_ms.or(time);
            self.speaker.clone_from(&speaker);
            let kind = if speaker.is_some() {
                Kind::Turn
            } else {
                Kind::Prose
            };
            self.put(
                origin,
                Paragraph {
                    speaker,
                    time_ms,
                    text,
                    kind,
                    continues: false,
                },
            );
        } else if labels.several
            && let Some(speaker) = &self.speaker
        {
            self.put(
                origin,
                Paragraph {
                    speaker: Some(speaker.clone()),
                    time_ms: time,
                    text,
                    kind: Kind::Turn,
                    continues: true,
                },
            );
        } else {
            self.put(
                origin,
                Paragraph {
                    text,
                    continues,
                    time_ms: time,
                    ..model.clone()
                },
            );
        }
    }

    /// A label with nothing after it is text, not a turn.
    fn give_up_waiting(&mut self) {
        if let Some((origin, line, _, _)) = self.waiting.take() {
            self.put(origin, Paragraph::prose(line));
        }
    }

    fn put(&mut self, origin: Origin, paragraph: Paragraph) {
        self.origins.push(origin);
        self.out.push(paragraph);
    }

    fn finish(mut self) -> (Recognised, Vec<Origin>) {
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
        let recognised = Recognised {
            paragraphs: self.out,
            speakers,
            times: small(self.times),
        };
        (recognised, self.origins)
    }
}

#[cfg(test)]
mod tests;
