//! From letters with places to lines.

use std::collections::HashMap;

use super::walk::Glyph;

/// A piece of a line with no wide gap in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segment {
    pub(super) text: String,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) bold: bool,
}

/// One line of a page. y goes up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) segments: Vec<Segment>,
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) page: usize,
    /// A number stood in the margin: a paragraph begins here.
    pub(super) numbered: bool,
}

impl Row {
    /// The words, with a tab between the cells of a table.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for (at, segment) in self.segments.iter().enumerate() {
            if at > 0 {
                out.push(if self.is_cell(at) { '\t' } else { ' ' });
            }
            out.push_str(&segment.text);
        }
        out
    }

    /// Gaps as between the cells of a table.
    pub(super) fn has_cells(&self) -> bool {
        (1..self.segments.len()).any(|at| self.is_cell(at))
    }

    /// A wide gap stands before this segment, and not only because what is before it is the mark
    /// or number of a list or heading.
    fn is_cell(&self, at: usize) -> bool {
        let before = at
            .checked_sub(1)
            .and_then(|before| self.segments.get(before));
        let (Some(before), Some(segment)) = (before, self.segments.get(at)) else {
            return false;
        };
        let mark = at == 1
            && before.text.chars().count() <= 6
            && !before.text.contains(char::is_alphabetic);
        !mark && segment.left - before.right > CELL_GAP * self.size
    }

    pub(super) fn left(&self) -> f64 {
        self.segments.first().map_or(0.0, |segment| segment.left)
    }

    pub(super) fn right(&self) -> f64 {
        self.segments.last().map_or(0.0, |segment| segment.right)
    }

    pub(super) fn bold(&self) -> bool {
        !self.segments.is_empty() && self.segments.iter().all(|segment| segment.bold)
    }
}

/// Gaps in parts of the font size: between words, where a line falls apart, between cells.
const WORD_GAP: f64 = 0.16;
const COLUMN_GAP: f64 = 0.9;
const CELL_GAP: f64 = 2.0;

/// The lines of one page from top to bottom, columns one after the other.
pub(super) fn rows(glyphs: Vec<Glyph>, page: usize) -> Vec<Row> {
    let mut lines: Vec<(f64, f64, Vec<Glyph>)> = Vec::new();
    let mut near: HashMap<i64, Vec<usize>> = HashMap::new();
    let bucket = |y: f64| (y / 4.0).round().clamp(-1e12, 1e12) as i64;
    for glyph in glyphs {
        let around = (bucket(glyph.y) - 3)..=(bucket(glyph.y) + 3);
        let fits = |index: &usize| {
            lines.get(*index).is_some_and(|(y, size, _)| {
                (y - glyph.y).abs() <= 0.45 * size.max(glyph.size).min(2.0 * glyph.size)
            })
        };
        let distance = |index: usize| {
            lines
                .get(index)
                .map_or(f64::MAX, |(y, _, _)| (y - glyph.y).abs())
        };
        let found = around
            .filter_map(|key| near.get(&key))
            .flatten()
            .copied()
            .filter(fits)
            .min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
        match found.and_then(|index| lines.get_mut(index)) {
            Some((_, size, line)) => {
                *size = size.max(glyph.size);
                line.push(glyph);
            }
            None => {
                near.entry(bucket(glyph.y)).or_default().push(lines.len());
                lines.push((glyph.y, glyph.size, vec![glyph]));
            }
        }
    }
    lines.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
    let rows = lines.into_iter().filter_map(|(y, size, glyphs)| {
        let segments = segments(glyphs);
        (!segments.is_empty()).then_some(Row {
            segments,
            y,
            size,
            page,
            numbered: false,
        })
    });
    rows.collect()
}

/// Letters of one line to words and segments.
fn segments(mut glyphs: Vec<Glyph>) -> Vec<Segment> {
    glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut out: Vec<Segment> = Vec::new();
    let mut last: Option<Glyph> = None;
    for glyph in glyphs {
        let blank = glyph.text.chars().all(char::is_whitespace);
        if let Some(last) = &last
            && last.text == glyph.text
            && (last.x - glyph.x).abs() < 0.08 * glyph.size
            && !blank
        {
            // Printed twice in one place to look bold.
            continue;
        }
        if blank {
            continue;
        }
        let gap = last
            .as_ref()
            .map(|last| (glyph.x - last.x - last.width) / glyph.size.max(last.size));
        let letters: String = glyph
            .text
            .chars()
            .map(|sign| if sign.is_whitespace() { ' ' } else { sign })
            .collect();
        match (gap, out.last_mut()) {
            (Some(gap), Some(segment)) if gap <= COLUMN_GAP => {
                if gap > WORD_GAP && !segment.text.ends_with(' ') {
                    segment.text.push(' ');
                }
                segment.text.push_str(&letters);
                segment.right = segment.right.max(glyph.x + glyph.width);
                segment.bold &= glyph.bold;
            }
            _ => out.push(Segment {
                text: letters,
                left: glyph.x,
                right: glyph.x + glyph.width,
                bold: glyph.bold,
            }),
        }
        last = Some(glyph);
    }
    out
}

/// Takes out numbers that another program printed in the margin, and marks the lines they stood
/// at. Gives how many there were.
pub(super) fn take_margin_numbers(rows: &mut Vec<Row>) -> usize {
    let is_number = |segment: &Segment| {
        segment.text.len() <= 5
            && !segment.text.is_empty()
            && segment.text.chars().all(|sign| sign.is_ascii_digit())
    };
    let mut lefts: HashMap<i64, usize> = HashMap::new();
    for segment in rows
        .iter()
        .flat_map(|row| row.segments.iter())
        .filter(|segment| !is_number(segment))
    {
        *lefts.entry(segment.left.round() as i64).or_default() += 1;
    }
    let Some((body, _)) = lefts
        .into_iter()
        .max_by_key(|(left, count)| (*count, -left))
    else {
        return 0;
    };
    let in_margin = |row: &Row| {
        row.segments
            .first()
            .filter(|first| is_number(first) && first.right < body as f64 - 1.0)
            .and_then(|first| first.text.parse::<u64>().ok())
    };
    let numbers: Vec<u64> = rows.iter().filter_map(in_margin).collect();
    // They count up by one (twice the same where a page ends) and stand at many lines; numbers of
    // headings and lists do not.
    let steps = numbers.iter().zip(numbers.iter().skip(1));
    let counting = steps
        .filter(|(before, after)| {
            (0..=1).contains(&after.saturating_sub(**before)) && after >= before
        })
        .count();
    if numbers.len() < 5
        || (counting + 1) * 10 < numbers.len() * 9
        || numbers.len() * 12 < rows.len()
    {
        return 0;
    }
    let mut owed: Option<(usize, f64)> = None;
    for row in rows.iter_mut() {
        if in_margin(row).is_some() {
            row.segments.remove(0);
            row.numbered = true;
            owed = row.segments.is_empty().then_some((row.page, row.y));
        } else if let Some((page, y)) = owed.take() {
            // The number stood a little above its line.
            row.numbered |= page == row.page && (y - row.y).abs() < row.size;
        }
    }
    rows.retain(|row| !row.segments.is_empty());
    numbers.len()
}

/// Puts columns one after the other where a page has two.
pub(super) fn unfold_columns(rows: Vec<Row>) -> Vec<Row> {
    let left = rows.iter().map(Row::left).fold(f64::MAX, f64::min);
    let right = rows.iter().map(Row::right).fold(f64::MIN, f64::max);
    let middle = (left + (right - left) * 0.3)..(left + (right - left) * 0.7);
    let gaps = rows.iter().flat_map(|row| {
        row.segments
            .iter()
            .zip(row.segments.iter().skip(1))
            .map(|(a, b)| f64::midpoint(a.right, b.left))
    });
    let mut gaps: Vec<f64> = gaps.filter(|gap| middle.contains(gap)).collect();
    gaps.sort_by(f64::total_cmp);
    let Some(gutter) = gaps
        .get(gaps.len() / 2)
        .copied()
        .filter(|_| gaps.len() >= 6)
    else {
        return rows;
    };
    let crosses = |row: &Row| {
        row.segments
            .iter()
            .any(|segment| segment.left < gutter && segment.right > gutter)
    };
    let both = |row: &Row| {
        row.segments.len() == 2
            && !crosses(row)
            && row
                .segments
                .iter()
                .all(|segment| segment.text.chars().count() > 12)
    };
    let crossing = rows.iter().filter(|row| crosses(row)).count();
    let columns = rows.iter().filter(|row| both(row)).count();
    if columns < 6 || columns * 10 < rows.len() * 5 || crossing * 10 > rows.len() * 3 {
        return rows;
    }
    let mut out = Vec::with_capacity(rows.len());
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    for row in rows {
        if crosses(&row) {
            out.append(&mut firsts);
            out.append(&mut seconds);
            out.push(row);
            continue;
        }
        let (first, second): (Vec<Segment>, Vec<Segment>) = row
            .segments
            .iter()
            .cloned()
            .partition(|segment| segment.left < gutter);
        for (segments, column) in [(first, &mut firsts), (second, &mut seconds)] {
            if !segments.is_empty() {
                column.push(Row {
                    segments,
                    ..row.clone()
                });
            }
        }
    }
    out.append(&mut firsts);
    out.append(&mut seconds);
    out
}
