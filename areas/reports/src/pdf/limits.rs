//! What is taken, so that one report can not hold the machine for long.

use typst::foundations::Datetime;

use super::super::paper::{Day, Paper, Weight};
use super::PdfError;

/// Most code points of text in a paper: some 250 pages.
pub const MOST_CHARS: usize = 600_000;
/// Most blocks, cells, items and inlines together.
pub const MOST_PIECES: usize = 40_000;
/// Deepest nesting of blocks and inlines.
pub const MOST_DEPTH: usize = 16;
/// Most columns of a table that a page has room for.
pub const MOST_COLUMNS: usize = 10;
/// Most lines in a list on the cover (services, project group) and of an address.
const MOST_LINES: usize = 40;

/// Most code points of a line on the cover, of the mark and of a part's number.
const fn most(line: Line) -> usize {
    match line {
        Line::Mark => 90,
        Line::Number => 12,
        _ => 300,
    }
}

/// What about a paper (or a font) is not accepted.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing visible stands in the title.
    #[error("it has no title")]
    NoTitle,
    /// Year, month and day do not go together.
    #[error("its date is not a day of the calendar")]
    Date,
    /// More text than [`MOST_CHARS`].
    #[error("it holds {found} characters, at most {most} are taken")]
    Chars {
        /// Code points in the paper.
        found: usize,
        /// Code points that are taken.
        most: usize,
    },
    /// More than [`MOST_PIECES`].
    #[error("it holds {found} pieces, at most {most} are taken")]
    Pieces {
        /// Blocks, cells, items and inlines in the paper.
        found: usize,
        /// As many as are taken.
        most: usize,
    },
    /// Deeper than [`MOST_DEPTH`].
    #[error("its text is nested deeper than {most}")]
    Depth {
        /// Levels that are taken.
        most: usize,
    },
    /// Wider than [`MOST_COLUMNS`].
    #[error("a table has {found} columns, at most {most} are taken")]
    Columns {
        /// Columns of the widest table.
        found: usize,
        /// Columns that are taken.
        most: usize,
    },
    /// A line of the cover or of every page is too long.
    #[error("{line:?} is longer than {most} characters")]
    Line {
        /// Which one.
        line: Line,
        /// Code points that are taken.
        most: usize,
    },
    /// A list on the cover is too long.
    #[error("{list:?} has more than {most} lines")]
    Lines {
        /// Which one.
        list: Line,
        /// Lines that are taken.
        most: usize,
    },
    /// A file that was handed in as a font is none.
    #[error("font {index} can not be read")]
    Font {
        /// Its place in the list, from 0.
        index: usize,
    },
}

/// Something that stands on the cover or on every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// [`Paper::title`]
    Title,
    /// [`Paper::short_title`]
    ShortTitle,
    /// [`Paper::subtitle`]
    Subtitle,
    /// [`Paper::mark`]
    Mark,
    /// Name or a line of [`Paper::hub`].
    Hub,
    /// One of [`Study::services`](super::super::paper::Study::services).
    Service,
    /// [`Study::period`](super::super::paper::Study::period)
    Period,
    /// [`Day::text`]
    Date,
    /// One of [`Study::group`](super::super::paper::Study::group).
    Group,
    /// The number of a part.
    Number,
}

pub(super) fn refuse<T>(what: Refusal) -> Result<T, PdfError> {
    Err(PdfError::Refused { what })
}

fn date(day: &Day) -> Result<Datetime, PdfError> {
    let year = (1..=9_999)
        .contains(&day.year)
        .then_some(i32::from(day.year));
    year.and_then(|year| Datetime::from_ymd(year, day.month, day.day))
        .ok_or(PdfError::Refused {
            what: Refusal::Date,
        })
}

/// Refuses what is too large or has no true date before any work is done; gives the date.
pub(super) fn check(paper: &Paper) -> Result<Datetime, PdfError> {
    let Weight {
        chars,
        pieces,
        depth,
        columns,
    } = paper.weigh();
    if depth > MOST_DEPTH {
        return refuse(Refusal::Depth { most: MOST_DEPTH });
    }
    if chars > MOST_CHARS {
        return refuse(Refusal::Chars {
            found: chars,
            most: MOST_CHARS,
        });
    }
    if pieces > MOST_PIECES {
        return refuse(Refusal::Pieces {
            found: pieces,
            most: MOST_PIECES,
        });
    }
    if columns > MOST_COLUMNS {
        return refuse(Refusal::Columns {
            found: columns,
            most: MOST_COLUMNS,
        });
    }
    check_lines(paper)?;
    date(&paper.date)
}

fn check_lines(paper: &Paper) -> Result<(), PdfError> {
    let study = &paper.study;
    let lists = [
        (Line::Hub, &paper.hub.lines),
        (Line::Service, &study.services),
        (Line::Group, &study.group),
    ];
    let single = [
        (Line::Title, Some(&paper.title)),
        (Line::ShortTitle, paper.short_title.as_ref()),
        (Line::Subtitle, paper.subtitle.as_ref()),
        (Line::Mark, paper.mark.as_ref()),
        (Line::Hub, Some(&paper.hub.name)),
        (Line::Period, study.period.as_ref()),
        (Line::Date, Some(&paper.date.text)),
    ];
    if let Some((list, _)) = lists.iter().find(|(_, lines)| lines.len() > MOST_LINES) {
        return refuse(Refusal::Lines {
            list: *list,
            most: MOST_LINES,
        });
    }
    let numbers = paper
        .parts
        .iter()
        .filter_map(|part| part.number.as_ref())
        .map(|n| (Line::Number, n));
    let single = single
        .into_iter()
        .filter_map(|(line, text)| Some((line, text?)));
    let listed = lists
        .into_iter()
        .flat_map(|(line, lines)| lines.iter().map(move |text| (line, text)));
    match single
        .chain(numbers)
        .chain(listed)
        .find(|(line, text)| text.chars().count() > most(*line))
    {
        Some((line, _)) => refuse(Refusal::Line {
            line,
            most: most(line),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::paper::{Block, Inline, Row, Table, markdown};
    use super::super::sample::{paper, part};
    use super::*;

    fn refusal(change: impl FnOnce(&mut Paper)) -> Option<Refusal> {
        let mut paper = paper();
        change(&mut paper);
        match check(&paper) {
            Ok(_) => None,
            Err(PdfError::Refused { what }) => Some(what),
            Err(fault) => panic!("{fault}"),
        }
    }

    fn with(block: Block) -> Option<Refusal> {
        refusal(|paper| paper.parts = vec![part("1", 1, "A", vec![block])])
    }

    #[test]
    fn an_ordinary_paper_is_taken_and_a_false_date_is_not() {
        assert_eq!(refusal(|_| {}), None);
        let date = |year, month, day| {
            refusal(|p| {
                p.date = Day {
                    year,
                    month,
                    day,
                    text: String::new(),
                }
            })
        };
        let found = [
            date(2024, 2, 29),
            date(2026, 2, 29),
            date(2026, 13, 1),
            date(0, 1, 1),
            date(10_000, 1, 1),
        ];
        let no = Some(Refusal::Date);
        assert_eq!(found, [None, no, no, no, no]);
    }

    #[test]
    fn what_is_too_large_is_refused_with_the_limit() {
        let most = MOST_CHARS;
        let Some(Refusal::Chars { found, most: told }) = with(Block::text("å".repeat(most)))
        else {
            panic!("taken")
        };
        assert!(found > most && told == most);
        let many = Block::Paragraph(vec![Inline::Break; MOST_PIECES]);
        assert!(matches!(
            with(many),
            Some(Refusal::Pieces {
                most: MOST_PIECES,
                ..
            })
        ));
        let wide = Table {
            rows: vec![Row::Cells(vec![Vec::new(); 11])],
            ..Table::default()
        };
        assert_eq!(
            with(Block::Table(wide)),
            Some(Refusal::Columns {
                found: 11,
                most: MOST_COLUMNS
            })
        );
    }

    #[test]
    fn nesting_has_an_end_that_markdown_does_not_reach() {
        let deep = (0..MOST_DEPTH).fold(Block::Rule, |inner, _| Block::Aside(vec![inner]));
        assert_eq!(with(deep), Some(Refusal::Depth { most: MOST_DEPTH }));
        let typed = format!(
            "{}{}a{}",
            "> - ".repeat(40),
            "**_".repeat(40),
            "_**".repeat(40)
        );
        let blocks = markdown(&typed);
        assert_eq!(
            with(Block::FactBox {
                heading: String::new(),
                blocks
            }),
            None
        );
    }

    #[test]
    fn lines_on_the_cover_have_a_length_and_a_number() {
        let long = "å".repeat(301);
        assert_eq!(refusal(|p| p.title = "å".repeat(300)), None);
        let line = |line, most| Some(Refusal::Line { line, most });
        assert_eq!(refusal(|p| p.title = long.clone()), line(Line::Title, 300));
        assert_eq!(
            refusal(|p| p.study.group = vec![long.clone()]),
            line(Line::Group, 300)
        );
        assert_eq!(
            refusal(|p| p.mark = Some("m".repeat(91))),
            line(Line::Mark, 90)
        );
        assert_eq!(
            refusal(|p| p.parts = vec![part("1.2.3.4.5.6.7", 1, "A", vec![])]),
            line(Line::Number, 12)
        );
        let services = vec!["Tjeneste".to_owned(); MOST_LINES + 1];
        let many = Refusal::Lines {
            list: Line::Service,
            most: MOST_LINES,
        };
        assert_eq!(refusal(|p| p.study.services = services), Some(many));
    }
}
