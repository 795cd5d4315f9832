//! From lines with places to paragraphs.

use std::collections::HashMap;

use super::super::encoding::clean;
use super::super::furniture::{Part, Placed, parts};
use super::super::lines::{Joins, Vocabulary, ends_sentence, is_item, starts_lower};
use super::super::notices::Notices;
use super::super::turns::{Choices, Labels};
use super::super::{Kind, Notice, Paragraph};
use super::layout::{Row, take_margin_numbers, unfold_columns};

/// Lines of all pages to paragraphs.
pub(super) fn paragraphs(
    mut rows: Vec<Row>,
    pages: usize,
    notices: &mut Notices,
) -> Vec<Paragraph> {
    let numbers = take_margin_numbers(&mut rows);
    notices.count(numbers, |count| Notice::ParagraphNumbersRemoved { count });
    let rows = without_furniture(rows, pages, notices);
    let mut controls = 0;
    let mut lines: Vec<Line> = Vec::with_capacity(rows.len());
    for page in rows.chunk_by(|a, b| a.page == b.page) {
        for row in unfold_columns(page.to_vec()) {
            let (text, replaced) = clean(&row.text());
            controls += replaced;
            lines.push(Line {
                text: text.trim().to_owned(),
                bold: row.bold(),
                left: row.left(),
                right: row.right(),
                y: row.y,
                size: row.size,
                page: row.page,
                numbered: row.numbered,
                cells: row.has_cells(),
            });
        }
    }
    notices.count(controls, |count| Notice::ControlCharactersReplaced {
        count,
    });
    let labels = Labels::find(
        lines.iter().map(|line| line.text.as_str()),
        std::iter::empty(),
        &Choices::default(),
    );
    let words = Vocabulary::of(lines.iter().map(|line| line.text.as_str()));
    let look = Look::of(&lines, numbers > 0);
    let mut joins = Joins::default();
    let mut out: Vec<Paragraph> = Vec::new();
    let mut last: Option<&Line> = None;
    for line in &lines {
        let kind = look.kind(line, last);
        let starts = last.is_none_or(|last| look.starts(last, line, &labels))
            || out.last().is_none_or(|before| before.kind != kind);
        match out.last_mut().filter(|_| !starts) {
            Some(paragraph) => joins.join(&mut paragraph.text, &line.text, &words),
            None => out.push(Paragraph {
                kind,
                ..Paragraph::prose(line.text.clone())
            }),
        }
        last = Some(line);
    }
    notices.count(joins.lines, |count| Notice::LinesJoined { count });
    notices.count(joins.hyphens, |count| Notice::HyphensJoined { count });
    out
}

/// Page numbers and running heads stand among the first or last two lines of a page.
fn without_furniture(rows: Vec<Row>, pages: usize, notices: &mut Notices) -> Vec<Row> {
    let texts: Vec<String> = rows.iter().map(Row::text).collect();
    let page_of = |at: Option<usize>| at.and_then(|at| rows.get(at)).map(|row| row.page);
    let placed: Vec<Placed<'_>> = rows
        .iter()
        .zip(&texts)
        .enumerate()
        .map(|(at, (row, text))| {
            let edge = page_of(at.checked_sub(2)) != Some(row.page)
                || page_of(Some(at + 2)) != Some(row.page);
            Placed {
                text,
                page: row.page,
                edge,
            }
        })
        .collect();
    let mut parts = parts(&placed, 2);
    for (placed, part) in placed.iter().zip(&mut parts) {
        // One page says so itself: "1/1".
        if placed.edge && placed.text.trim() == format!("{}/{pages}", placed.page + 1) {
            *part = Part::Furniture;
        }
    }
    let count = |which: Part| parts.iter().filter(|part| **part == which).count();
    notices.count(count(Part::Furniture), |count| {
        Notice::PageFurnitureRemoved { count }
    });
    notices.count(count(Part::Contents), |count| {
        Notice::ContentsLinesRemoved { count }
    });
    rows.into_iter()
        .zip(parts)
        .filter(|(_, part)| *part == Part::Text)
        .map(|(row, _)| row)
        .collect()
}

/// One line, ready to be put into a paragraph.
#[derive(Debug)]
struct Line {
    text: String,
    bold: bool,
    left: f64,
    right: f64,
    y: f64,
    size: f64,
    page: usize,
    numbered: bool,
    /// A row of a table.
    cells: bool,
}

/// What most of the text looks like. Points.
#[derive(Debug)]
struct Look {
    size: f64,
    bold: bool,
    leading: f64,
    left: f64,
    right: f64,
    /// Margin numbers tell where each paragraph begins.
    numbered: bool,
}

impl Look {
    fn of(lines: &[Line], numbered: bool) -> Self {
        let weight = |line: &Line| line.text.chars().count();
        let size = most(lines.iter().map(|line| (line.size, weight(line))));
        let body = || lines.iter().filter(|line| (line.size - size).abs() < 0.6);
        let bold = body().filter(|line| line.bold).map(weight).sum::<usize>() * 2
            > body().map(weight).sum();
        let pairs = lines
            .iter()
            .zip(lines.iter().skip(1))
            .filter(|(a, b)| a.page == b.page && a.y > b.y);
        // A page of a few scattered lines has no leading to learn from.
        let leading = most(pairs.map(|(a, b)| (a.y - b.y, 1))).min(size * 2.4);
        let left = most(body().map(|line| (line.left, 1)));
        let mut rights: Vec<f64> = body().map(|line| line.right).collect();
        rights.sort_by(f64::total_cmp);
        let right = rights
            .get(rights.len() * 95 / 100)
            .or(rights.last())
            .copied()
            .unwrap_or(0.0);
        Self {
            size,
            bold,
            leading,
            left,
            right,
            numbered,
        }
    }

    /// Larger letters, or bold ones on a short line of their own, make a heading.
    fn kind(&self, line: &Line, last: Option<&Line>) -> Kind {
        let large = line.size > self.size * 1.15;
        let apart = last.is_none_or(|last| {
            last.page != line.page || last.y - line.y > self.leading * 1.2 || last.bold
        });
        // The last line of a heading that is a sentence.
        let second = last.is_some_and(|last| last.bold && !ends_sentence(&last.text));
        let bold = line.bold
            && !self.bold
            && apart
            && line.text.chars().count() <= 120
            && (second || !line.text.ends_with(['.', ',', ':']));
        if (large || bold) && line.text.chars().any(char::is_alphabetic) {
            Kind::Heading
        } else {
            Kind::Prose
        }
    }

    /// A new paragraph begins with `line`.
    fn starts(&self, last: &Line, line: &Line, labels: &Labels) -> bool {
        if line.numbered || line.cells || last.cells || labels.opens(&line.text).is_some() {
            return true;
        }
        if (line.size - last.size).abs() > self.size * 0.12 {
            return true;
        }
        if self.numbered {
            return false;
        }
        let word = line
            .text
            .split_whitespace()
            .next()
            .unwrap_or("")
            .chars()
            .count();
        let sign = (last.right - last.left) / last.text.chars().count().max(1) as f64;
        let full = last.right + sign * (word as f64 + 1.0) > self.right - self.size * 0.5;
        let ends = ends_sentence(&last.text);
        if line.page != last.page || line.y > last.y {
            return ends && !full || !starts_lower(&line.text) && (ends || !full);
        }
        if last.y - line.y > self.leading.max(line.size * 1.15) * 1.3 || is_item(&line.text) {
            return true;
        }
        let indented = line.left > last.left + self.size * 0.8
            && last.left < self.left + self.size * 0.5
            && !starts_lower(&line.text);
        (ends && (indented || !full))
            || (!full
                && !starts_lower(&line.text)
                && last.right < self.left + (self.right - self.left) * 0.7)
    }
}

/// The value (to half a point) with the most weight.
fn most(values: impl Iterator<Item = (f64, usize)>) -> f64 {
    let mut weights: HashMap<i64, usize> = HashMap::new();
    for (value, weight) in values {
        *weights.entry((value * 2.0).round() as i64).or_default() += weight;
    }
    weights
        .into_iter()
        .max_by_key(|(value, weight)| (*weight, -value))
        .map_or(0.0, |(value, _)| value as f64 / 2.0)
}
