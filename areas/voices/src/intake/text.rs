//! Plain text: lines to paragraphs, by evidence in the text itself.

use std::collections::HashMap;

use super::encoding::PAGE_BREAK;
use super::furniture::{Part, Placed, parts};
use super::lines::{
    Joins, Outline, Vocabulary, ends_quote, ends_sentence, is_caption, is_item, starts_lower,
    starts_quote,
};
use super::notices::Notices;
use super::turns::{Choices, Labels};
use super::{Kind, Limits, Measure, Notice, Paragraph, Refused};

/// One line that is not blank.
#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    /// Blank lines before it.
    gap: usize,
    page: usize,
    /// First on its page.
    first: bool,
    /// One of several short lines in a row: a table, a list of names, a verse.
    short: bool,
}

/// Blank lines that count as a new page when there is no form feed.
const PAGE_GAP: usize = 5;

/// Makes paragraphs of decoded text.
pub(super) fn paragraphs(
    text: &str,
    limits: &Limits,
    notices: &mut Notices,
) -> Result<Vec<Paragraph>, Refused> {
    let lines = lines(text);
    // Several lines may make one paragraph, but not more than this.
    if lines.len() > limits.paragraphs.saturating_mul(5) {
        return Err(Refused::TooLarge {
            what: Measure::Paragraphs,
            limit: limits.paragraphs as u64,
        });
    }
    let mut lines = without_furniture(lines, notices);
    let labels = Labels::find(
        lines.iter().map(|line| line.text),
        std::iter::empty(),
        &Choices::default(),
    );
    let shape = Shape::of(&lines);
    if shape.wrapped {
        mark_short_lines(&mut lines, &shape, &labels);
    }
    let words = Vocabulary::of(lines.iter().map(|line| line.text));
    let mut grouping = Grouping {
        labels: &labels,
        shape: &shape,
        words,
        outline: Outline::default(),
        groups: Vec::new(),
        joins: Joins::default(),
        last: None,
    };
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1);
        grouping.take(line, next);
    }
    notices.count(grouping.joins.lines, |count| Notice::LinesJoined { count });
    notices.count(grouping.joins.hyphens, |count| Notice::HyphensJoined {
        count,
    });
    let mut groups = grouping.groups;
    if !labels.any() {
        unnumbered_headings(&mut groups, &shape);
    }
    Ok(groups.into_iter().map(Group::into_paragraph).collect())
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let (mut gap, mut page, mut new_page) = (0, 0, true);
    for whole in text.split('\n') {
        for (index, line) in whole.split(PAGE_BREAK).enumerate() {
            if index > 0 {
                page += usize::from(!out.is_empty());
                new_page = true;
            }
            let trimmed = line.trim();
            if trimmed.is_empty() {
                gap += usize::from(index == 0);
                continue;
            }
            if gap >= PAGE_GAP && !out.is_empty() && !new_page {
                page += 1;
                new_page = true;
            }
            out.push(Line {
                text: trimmed,
                gap,
                page,
                first: new_page,
                short: false,
            });
            (gap, new_page) = (0, false);
        }
    }
    out
}

/// Takes out page numbers, running heads and tables of contents.
fn without_furniture<'a>(lines: Vec<Line<'a>>, notices: &mut Notices) -> Vec<Line<'a>> {
    let edge = |at: usize, line: &Line<'a>| {
        let near = |other: Option<&Line<'a>>| other.is_none_or(|other| other.page != line.page);
        let alone = line.gap > 0 && lines.get(at + 1).is_none_or(|next| next.gap > 0);
        near(at.checked_sub(2).and_then(|at| lines.get(at)))
            || near(lines.get(at + 2))
            || near(lines.get(at + 1))
            || (alone && line.text.len() <= 24)
    };
    let placed: Vec<Placed<'a>> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| Placed {
            text: line.text,
            page: line.page,
            edge: edge(at, line),
        })
        .collect();
    let parts = parts(&placed, 3);
    let count = |which: Part| parts.iter().filter(|part| **part == which).count();
    notices.count(count(Part::Furniture), |count| {
        Notice::PageFurnitureRemoved { count }
    });
    notices.count(count(Part::Contents), |count| {
        Notice::ContentsLinesRemoved { count }
    });
    let mut out = Vec::with_capacity(lines.len());
    let mut owed = None;
    for (line, part) in lines.into_iter().zip(parts) {
        if part == Part::Text {
            let (gap, first) = owed.take().unwrap_or((0, false));
            out.push(Line {
                gap: line.gap.max(gap),
                first: line.first || first,
                ..line
            });
        } else {
            // What stood around the line taken out is still a border.
            let (gap, _) = owed.unwrap_or((0, false));
            owed = Some((line.gap.max(gap), true));
        }
    }
    out
}

/// What the lengths of the lines tell.
#[derive(Debug)]
struct Shape {
    /// Lines were broken at a width, so that paragraphs have to be put together.
    wrapped: bool,
    /// Nine lines in ten are not longer, in code points.
    width: usize,
    /// Blank lines between lines that belong together.
    rhythm: usize,
}

impl Shape {
    fn of(lines: &[Line<'_>]) -> Self {
        let mut lengths: Vec<usize> = lines.iter().map(|line| line.text.chars().count()).collect();
        lengths.sort_unstable();
        let width = lengths
            .get(lengths.len() * 9 / 10)
            .or(lengths.last())
            .copied()
            .unwrap_or(0);
        let longest = lengths.last().copied().unwrap_or(0);
        let pairs = || lines.iter().zip(lines.iter().skip(1));
        let runs_on = pairs()
            .filter(|(line, next)| !ends_sentence(line.text) && starts_lower(next.text))
            .count();
        let zero = lines.iter().skip(1).filter(|line| line.gap == 0).count();
        let one = lines.iter().skip(1).filter(|line| line.gap == 1).count();
        let wrapped = runs_on >= 2
            && runs_on * 5 >= lines.len()
            && (40..=140).contains(&width)
            && longest <= width * 2;
        Self {
            wrapped,
            width,
            rhythm: usize::from(one > zero * 2),
        }
    }

    /// The next word would not have fitted on the line.
    fn is_full(&self, line: &str, next: &str) -> bool {
        let word = next.split_whitespace().next().unwrap_or("").chars().count();
        (line.chars().count() + 1 + word) * 100 > self.width * 92
    }
}

/// Lines that make one paragraph.
#[derive(Debug)]
struct Group {
    text: String,
    kind: Kind,
    lines: usize,
    /// More space before it than between lines.
    apart: bool,
    item: bool,
}

impl Group {
    fn into_paragraph(self) -> Paragraph {
        Paragraph {
            kind: self.kind,
            ..Paragraph::prose(self.text)
        }
    }
}

struct Grouping<'a> {
    labels: &'a Labels,
    shape: &'a Shape,
    words: Vocabulary,
    outline: Outline,
    groups: Vec<Group>,
    joins: Joins,
    last: Option<Line<'a>>,
}

impl<'a> Grouping<'a> {
    fn take(&mut self, line: &Line<'a>, next: Option<&Line<'_>>) {
        let opens = self.labels.opens(line.text).is_some();
        let heading = !opens && self.is_heading(line, next);
        let joins = !opens && !heading && self.goes_on(line, next);
        match self.groups.last_mut().filter(|_| joins) {
            Some(group) if line.short => {
                group.text.push('\n');
                group.text.push_str(line.text);
                group.lines += 1;
            }
            Some(group) => {
                self.joins.join(&mut group.text, line.text, &self.words);
                group.lines += 1;
            }
            None => self.groups.push(Group {
                text: line.text.to_owned(),
                kind: if heading { Kind::Heading } else { Kind::Prose },
                lines: 1,
                apart: line.gap > self.shape.rhythm || self.groups.is_empty(),
                item: is_item(line.text),
            }),
        }
        self.last = Some(*line);
    }

    /// A numbered heading in its order; not a number at the start of a broken line.
    fn is_heading(&mut self, line: &Line<'_>, next: Option<&Line<'_>>) -> bool {
        let close = |next: &Line<'_>| next.gap >= self.shape.rhythm && self.shape.rhythm > 0;
        let runs_on = next.is_some_and(|next| {
            starts_lower(next.text) && close(next) && self.shape.is_full(line.text, next.text)
        });
        !runs_on && self.outline.takes(line.text)
    }

    /// True when the line belongs to the paragraph before it.
    fn goes_on(&self, line: &Line<'_>, next: Option<&Line<'_>>) -> bool {
        let (Some(group), Some(last)) = (self.groups.last(), &self.last) else {
            return false;
        };
        if !self.shape.wrapped || is_caption(line.text) {
            return false;
        }
        if line.short || last.short {
            return line.short && last.short;
        }
        let now = line.text;
        let full = self.shape.is_full(last.text, now);
        let ends = ends_sentence(last.text);
        // A dash may also stand in the middle of a sentence that was broken there.
        let dash_within =
            full && !ends && !group.item && starts_lower(now.trim_start_matches(['-', '–', ' ']));
        if is_item(now) && !dash_within {
            return false;
        }
        if group.kind == Kind::Heading {
            // The second line of a heading stands close and is no full line of a paragraph.
            let ragged =
                next.is_some_and(|next| !self.shape.is_full(now, next.text)) && !ends_sentence(now);
            return group.lines <= 3
                && !line.first
                && ((line.gap < self.shape.rhythm && (ragged || starts_lower(now)))
                    || (full && starts_lower(now)));
        }
        if is_caption(&group.text) && group.lines == 1 {
            return starts_lower(now) && full && !line.first;
        }
        if line.first || line.gap > self.shape.rhythm {
            return !ends
                && (starts_lower(now) || last.text.ends_with('-') || (full && line.first));
        }
        // A quote after a colon or after another quote, and what follows a quote that stood alone.
        if ends && starts_quote(now) && (last.text.ends_with(':') || ends_quote(last.text)) {
            return false;
        }
        if ends && starts_quote(&group.text) && ends_quote(last.text) && !starts_lower(now) {
            return false;
        }
        if full {
            return true;
        }
        !ends && (starts_lower(now) || last.text.chars().count() * 4 >= self.shape.width * 3)
    }
}

/// Four or more short lines in a row are a table, a list of names or a verse: they stay lines of
/// one paragraph instead of being run together.
fn mark_short_lines(lines: &mut [Line<'_>], shape: &Shape, labels: &Labels) {
    let mut outline = Outline::default();
    let mut run = 0..0;
    let could_be = |line: &Line<'_>, outline: &mut Outline| {
        !outline.takes(line.text)
            && line.text.chars().count() * 10 < shape.width * 6
            && (!ends_sentence(line.text) || line.text.ends_with(':'))
            && !is_item(line.text)
            && !is_caption(line.text)
            && labels.opens(line.text).is_none()
    };
    for at in 0..=lines.len() {
        if lines
            .get(at)
            .is_some_and(|line| could_be(line, &mut outline))
        {
            run.end = at + 1;
            continue;
        }
        if run.len() >= 4 {
            lines
                .iter_mut()
                .take(run.end)
                .skip(run.start)
                .for_each(|line| line.short = true);
        }
        run = at + 1..at + 1;
    }
}

/// A short line with a capital and no end mark, set apart, before a real paragraph.
fn unnumbered_headings(groups: &mut [Group], shape: &Shape) {
    let mut times: HashMap<String, usize> = HashMap::new();
    for group in groups.iter().filter(|group| group.text.len() <= 320) {
        *times.entry(group.text.clone()).or_default() += 1;
    }
    let mut after_is_long = false;
    for group in groups.iter_mut().rev() {
        let length = group.text.chars().count();
        let could_be = group.kind == Kind::Prose
            && group.lines == 1
            && !group.item
            && length <= 80
            && (group.apart || !shape.wrapped);
        let shaped = group
            .text
            .starts_with(|sign: char| sign.is_uppercase() || sign.is_ascii_digit())
            && !group
                .text
                .ends_with(['.', ',', ';', ':', '!', '»', '”', '"']);
        // "Read more", again and again, heads nothing.
        let rare = times.get(&group.text).is_none_or(|times| *times <= 2);
        if could_be && shaped && rare && after_is_long && !is_caption(&group.text) {
            group.kind = Kind::Heading;
        }
        after_is_long = group.kind == Kind::Prose && length >= 120;
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{letters, real_file, shown};
    use super::super::{Intake, read};
    use super::*;
    use proptest::prelude::*;

    fn intake(text: &str) -> Intake {
        read("a.txt", text.as_bytes(), &Limits::default(), &|_, _| true).unwrap()
    }

    /// Breaks words into lines of at most `width` signs.
    fn wrapped(text: &str, width: usize, between: &str) -> String {
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let line = lines.last_mut().unwrap();
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(word.to_owned());
            } else {
                *line = if line.is_empty() {
                    word.to_owned()
                } else {
                    format!("{line} {word}")
                };
            }
        }
        lines.join(between)
    }

    const FIRST: &str = "Vi ble møtt med respekt fra første dag, og det var noe helt annet enn det vi var vant til fra før. \
        Det tok tid å tro på det. Noen av oss ventet på at det skulle snu, slik det alltid hadde gjort, men det gjorde det ikke.";
    const SECOND: &str = "Etter hvert fikk vi ansvar selv. Det var skummelt, men også godt, og ingen spurte om vi hadde lov til å være der \
        når kvelden kom og de andre gikk hjem til sitt.";

    #[test]
    fn one_line_is_one_paragraph_when_lines_are_not_broken() {
        let text = format!("Overskrift\n\n{FIRST}\n{SECOND}\n");
        assert_eq!(
            shown(&intake(&text)),
            [
                "# Overskrift".to_owned(),
                FIRST.to_owned(),
                SECOND.to_owned()
            ]
        );
    }

    #[test]
    fn broken_lines_are_put_together() {
        for between in ["\n", " \n\n", "\r\n"] {
            let text = format!(
                "{}{between}{between}{}",
                wrapped(FIRST, 60, between),
                wrapped(SECOND, 60, between)
            );
            let intake = intake(&text);
            assert_eq!(shown(&intake), [FIRST, SECOND], "{between:?}");
            assert_eq!(intake.notices, [Notice::LinesJoined { count: 5 }]);
        }
    }

    #[test]
    fn headings_lists_and_quotes_stand_alone() {
        let body = wrapped(FIRST, 60, "\n");
        let text = format!(
            "1 Innledning\n{body}\n- stabil bolig\n- venner\n1.1 Mer\n{body}\nEva sier:\n«{body}»\n«{body}»\nTabell 1 Navn\nA B\nC D\nE F\nG H"
        );
        let quote = format!("«{FIRST}»");
        assert_eq!(
            shown(&intake(&text)),
            [
                "# 1 Innledning",
                FIRST,
                "- stabil bolig",
                "- venner",
                "# 1.1 Mer",
                FIRST,
                "Eva sier:",
                &quote,
                &quote,
                "Tabell 1 Navn",
                "A B\nC D\nE F\nG H"
            ]
        );
    }

    #[test]
    fn furniture_goes_and_is_told() {
        let page =
            |number: usize, body: &str| format!("Rapport om recovery\n\n{body}\n\n{number}\n\u{C}");
        let words: Vec<&str> = FIRST.split(' ').collect();
        let (a, b) = words.split_at(words.len() / 2);
        let text = [
            page(1, &wrapped(&a.join(" "), 50, "\n")),
            page(2, &wrapped(&b.join(" "), 50, "\n")),
            page(3, &wrapped(SECOND, 50, "\n")),
        ]
        .concat();
        let intake = intake(&text);
        assert_eq!(shown(&intake), [FIRST, SECOND]);
        assert_eq!(
            intake.notices.first(),
            Some(&Notice::PageFurnitureRemoved { count: 6 })
        );
    }

    #[test]
    fn broken_turns_are_put_together() {
        let text = format!(
            "I: {}\nKari: {}\nI: Ja.\nKari: Nei.",
            wrapped(FIRST, 60, "\n"),
            wrapped(SECOND, 60, "\n")
        );
        assert_eq!(
            shown(&intake(&text)),
            [
                format!("I: {FIRST}"),
                format!("Kari: {SECOND}"),
                "I: Ja.".into(),
                "Kari: Nei.".into()
            ]
        );
    }

    #[test]
    fn the_real_thesis_reads_well() {
        let Some(bytes) = real_file("founding/004_8266021926f7c10e.txt") else {
            return;
        };
        let intake = read("thesis.txt", &bytes, &Limits::default(), &|_, _| true).unwrap();
        let headings: Vec<&str> = intake
            .paragraphs
            .iter()
            .filter(|paragraph| paragraph.kind == Kind::Heading)
            .map(|paragraph| paragraph.text.as_str())
            .collect();
        assert_eq!(headings.len(), 51);
        assert_eq!(
            (headings[1], headings[50]),
            ("1 Innledning", "9 Avsluttende refleksjoner")
        );
        assert!(intake.speakers.is_empty());
        let quotes = intake
            .paragraphs
            .iter()
            .filter(|paragraph| paragraph.text.starts_with('«'))
            .count();
        assert_eq!(quotes, 26);
        assert_eq!(
            intake.notices,
            [
                Notice::LinesJoined { count: 898 },
                Notice::HyphensJoined { count: 2 }
            ]
        );
        // Not a letter lost or moved.
        assert_eq!(
            letters(&shown(&intake).concat()),
            letters(&String::from_utf8(bytes).unwrap())
        );
    }

    #[test]
    fn the_real_pages_of_the_web_keep_their_paragraphs() {
        for (name, headings) in [
            ("000_c8b2ffaa56cfac7d", 2),
            ("001_4d974f66c890592d", 19),
            ("002_ec606b32dfd72066", 12),
            ("003_81ce6b2d931647af", 3),
        ] {
            let Some(bytes) = real_file(&format!("founding/{name}.txt")) else {
                return;
            };
            let text = String::from_utf8(bytes.clone()).unwrap();
            let intake = read("page.txt", &bytes, &Limits::default(), &|_, _| true).unwrap();
            assert_eq!(
                intake.paragraphs.len(),
                text.lines().filter(|line| !line.trim().is_empty()).count()
            );
            assert_eq!(
                intake
                    .paragraphs
                    .iter()
                    .filter(|paragraph| paragraph.kind == Kind::Heading)
                    .count(),
                headings,
                "{name}"
            );
            assert_eq!(letters(&shown(&intake).concat()), letters(&text));
        }
    }

    proptest! {
        #[test]
        fn no_letter_is_lost(lines in prop::collection::vec("(I: |Kari: |- |1\\. |1\\.1 |«|\u{C}|12)?[a-zA-ZæøåÆØÅ .,:»-]{0,70}", 1..40), gap in 1usize..3) {
            let text = lines.join(&"\n".repeat(gap));
            let Ok(intake) = read("a.txt", text.as_bytes(), &Limits::default(), &|_, _| true) else { return Ok(()) };
            let furniture = intake.notices.iter().any(|notice| matches!(notice, Notice::PageFurnitureRemoved { .. } | Notice::ContentsLinesRemoved { .. }));
            prop_assume!(!furniture);
            prop_assert_eq!(letters(&shown(&intake).concat()), letters(&text));
        }
    }
}
