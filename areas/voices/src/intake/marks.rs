//! What a file had marked: colours behind words, and comments. Readers note where colours change
//! and comments begin and end; here that becomes marks on the paragraphs that came out.

use std::collections::HashMap;

use super::Paragraph;

/// A place in an [`super::Intake`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Which paragraph, from 0.
    pub paragraph: usize,
    /// Code points before it in that paragraph.
    pub at: usize,
}

/// Words that somebody had marked in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Where it begins.
    pub from: Spot,
    /// Where it ends, exclusive.
    pub to: Spot,
    /// How it was marked.
    pub kind: MarkKind,
}

/// How words were marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkKind {
    /// With a colour behind them.
    Highlight(Colour),
    /// With a comment.
    Comment {
        /// Who wrote it, where the file says.
        author: Option<String>,
        /// What it says; never empty.
        text: String,
    },
}

/// A colour as people name it: shades that look the same are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Colour {
    Yellow,
    Orange,
    Red,
    Pink,
    Purple,
    Blue,
    Turquoise,
    Green,
    Brown,
    Grey,
    Black,
    DarkYellow,
    DarkRed,
    DarkBlue,
    DarkTurquoise,
    DarkGreen,
}

impl Colour {
    /// The word in code.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
            Self::Pink => "pink",
            Self::Purple => "purple",
            Self::Blue => "blue",
            Self::Turquoise => "turquoise",
            Self::Green => "green",
            Self::Brown => "brown",
            Self::Grey => "grey",
            Self::Black => "black",
            Self::DarkYellow => "dark_yellow",
            Self::DarkRed => "dark_red",
            Self::DarkBlue => "dark_blue",
            Self::DarkTurquoise => "dark_turquoise",
            Self::DarkGreen => "dark_green",
        }
    }

    /// A colour by Word's name for it (ECMA-376 part 1, 17.18.40), `rrggbb`, or `#rrggbb`. White,
    /// none and what is no colour give `None`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let named = match text.to_ascii_lowercase().as_str() {
            "yellow" => Self::Yellow,
            "green" | "lightgreen" | "lime" => Self::Green,
            "cyan" | "aqua" => Self::Turquoise,
            "magenta" | "fuchsia" | "pink" => Self::Pink,
            "blue" | "lightblue" => Self::Blue,
            "red" => Self::Red,
            "orange" => Self::Orange,
            "purple" | "darkmagenta" => Self::Purple,
            "darkblue" => Self::DarkBlue,
            "darkcyan" => Self::DarkTurquoise,
            "darkgreen" => Self::DarkGreen,
            "darkred" => Self::DarkRed,
            "darkyellow" => Self::DarkYellow,
            "darkgray" | "lightgray" | "gray" | "grey" => Self::Grey,
            "black" => Self::Black,
            other => {
                let hex = other.strip_prefix('#').unwrap_or(other);
                if hex.len() != 6 || !hex.is_ascii() {
                    return None;
                }
                let part = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
                return Self::of_light(part(0)?, part(2)?, part(4)?);
            }
        };
        Some(named)
    }

    /// By red, green and blue light.
    pub(super) fn of_light(red: u8, green: u8, blue: u8) -> Option<Self> {
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        let spread = i32::from(most) - i32::from(least);
        let (red, green, blue) = (i32::from(red), i32::from(green), i32::from(blue));
        let most = i32::from(most);
        if most < 40 {
            return Some(Self::Black);
        }
        if spread * 100 < most * 12 {
            return (most < 238).then_some(Self::Grey);
        }
        // Degrees around the circle of colours.
        let hue = if most == red {
            (60 * (green - blue) / spread).rem_euclid(360)
        } else if most == green {
            60 * (blue - red) / spread + 120
        } else {
            60 * (red - green) / spread + 240
        };
        let (dark, pale) = (most <= 153, spread * 2 < most);
        Some(match hue {
            15..42 if dark => Self::Brown,
            15..42 => Self::Orange,
            42..70 if dark => Self::DarkYellow,
            42..70 => Self::Yellow,
            70..165 if dark => Self::DarkGreen,
            70..165 => Self::Green,
            165..200 if dark => Self::DarkTurquoise,
            165..200 => Self::Turquoise,
            200..260 if dark => Self::DarkBlue,
            200..260 => Self::Blue,
            260..345 if dark => Self::Purple,
            260..295 => Self::Purple,
            295..345 => Self::Pink,
            _ if dark => Self::DarkRed,
            _ if pale => Self::Pink,
            _ => Self::Red,
        })
    }
}

/// Where something begins or ends in a paragraph on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Edge {
    /// From here on the words have this colour behind them, to the end of the paragraph at most.
    Colour(Option<Colour>),
    /// A comment begins.
    From(String),
    /// A comment ends.
    To(String),
    /// A comment stands here; says something only when it had no beginning and end.
    Point(String),
}

/// Edges with the byte before which they stand, in order.
pub(super) type Edges = Vec<(usize, Edge)>;

/// Edges that are looked back on at most for the colour before.
const BACK: usize = 64;

/// Notes a change of colour; changes that cancel out leave nothing.
pub(super) fn note_colour(edges: &mut Edges, at: usize, colour: Option<Colour>) {
    let back = edges
        .iter()
        .rev()
        .take(BACK)
        .take_while(|(place, _)| *place == at)
        .position(|(_, edge)| matches!(edge, Edge::Colour(_)));
    if let Some(back) = back {
        edges.remove(edges.len() - 1 - back);
    }
    let before = edges
        .iter()
        .rev()
        .take(BACK)
        .find_map(|(_, edge)| match edge {
            Edge::Colour(colour) => Some(*colour),
            _ => None,
        });
    // Behind so many comments it is not known: then it is noted once more.
    let known = before.or((edges.len() <= BACK).then_some(None));
    if known != Some(colour) {
        edges.push((at, Edge::Colour(colour)));
    }
}

/// A comment as the file has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Comment {
    pub(super) author: Option<String>,
    pub(super) text: String,
}

/// A mark on paragraphs before speakers are found: (paragraph, byte) to (paragraph, byte).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BodyMark {
    pub(super) from: (usize, usize),
    pub(super) to: (usize, usize),
    pub(super) kind: MarkKind,
}

/// Paragraphs that one colour runs through at most before it counts as a new mark.
const RUN: usize = 100;
/// Marks of one file at most; what is beyond is told as left out.
pub(super) const MARKS: usize = 20_000;

/// A colour that runs.
#[derive(Debug, Clone, Copy)]
struct Run {
    colour: Colour,
    from: (usize, usize),
    to: (usize, usize),
}

/// Draws edges together into marks. `paragraphs` are lengths in bytes with their edges. Comments
/// that stand nowhere are left in `comments`.
pub(super) fn gather(
    paragraphs: &[(usize, Edges)],
    comments: &mut HashMap<String, Comment>,
) -> Vec<BodyMark> {
    let mut marks = Vec::new();
    let mut run: Option<Run> = None;
    let mut open: HashMap<&str, (usize, usize)> = HashMap::new();
    let close = |run: Option<Run>, marks: &mut Vec<BodyMark>| {
        if let Some(run) = run.filter(|run| run.from < run.to) {
            marks.push(BodyMark {
                from: run.from,
                to: run.to,
                kind: MarkKind::Highlight(run.colour),
            });
        }
    };
    for (at, (length, edges)) in paragraphs.iter().enumerate() {
        // The same colour from the first letter on: it runs on from the paragraph before.
        let goes_on = run.is_some_and(|run| {
            let first = edges.iter().find_map(|(place, edge)| match edge {
                Edge::Colour(colour) => Some((*place, *colour)),
                _ => None,
            });
            first == Some((0, Some(run.colour))) && at - run.from.0 < RUN
        });
        if !goes_on {
            close(run.take(), &mut marks);
        }
        for (place, edge) in edges {
            let here = (at, (*place).min(*length));
            match edge {
                Edge::Colour(Some(colour)) if goes_on && here.1 == 0 => {
                    run = run.map(|run| Run {
                        colour: *colour,
                        ..run
                    });
                }
                Edge::Colour(colour) => {
                    close(run.map(|run| Run { to: here, ..run }), &mut marks);
                    run = colour.map(|colour| Run {
                        colour,
                        from: here,
                        to: here,
                    });
                }
                Edge::From(id) => {
                    open.insert(id, here);
                }
                Edge::To(id) | Edge::Point(id) => {
                    let from = open.remove(id.as_str()).unwrap_or(here);
                    if let Some(comment) = comments.remove(id.as_str()) {
                        marks.push(BodyMark {
                            from,
                            to: here,
                            kind: MarkKind::Comment {
                                author: comment.author,
                                text: comment.text,
                            },
                        });
                    }
                }
            }
        }
        run = run.map(|run| Run {
            to: (at, *length),
            ..run
        });
    }
    close(run, &mut marks);
    // Ended nowhere: it stands where it began.
    let mut left: Vec<(&str, (usize, usize))> = open.into_iter().collect();
    left.sort_by_key(|(_, from)| *from);
    for (id, from) in left {
        if let Some(comment) = comments.remove(id) {
            marks.push(BodyMark {
                from,
                to: from,
                kind: MarkKind::Comment {
                    author: comment.author,
                    text: comment.text,
                },
            });
        }
    }
    marks.sort_by_key(|mark| (mark.from, matches!(mark.kind, MarkKind::Comment { .. })));
    marks
}

/// Where the text of a paragraph stood before: paragraph and byte.
pub(super) type Origin = (usize, usize);

/// Puts marks on the paragraphs that came out of finding speakers and splitting; gives also how
/// many marks held no words. A comment at a point is about the whole paragraph there.
pub(super) fn settle(
    marks: Vec<BodyMark>,
    origins: &[Origin],
    paragraphs: &[Paragraph],
) -> (Vec<Mark>, usize) {
    let mut settled = Vec::with_capacity(marks.len());
    let mut lost = 0;
    for mark in marks {
        match place(&mark, origins, paragraphs) {
            Some((from, to)) => settled.push(Mark {
                from,
                to,
                kind: mark.kind,
            }),
            None => lost += 1,
        }
    }
    (settled, lost)
}

fn place(mark: &BodyMark, origins: &[Origin], paragraphs: &[Paragraph]) -> Option<(Spot, Spot)> {
    let text = |at: usize| paragraphs.get(at).map_or("", |one| one.text.as_str());
    // The first piece that ends after a place.
    let piece = |spot: Origin| {
        let mut low = 0;
        let mut high = origins.len();
        while low < high {
            let middle = low.midpoint(high);
            let ends = origins
                .get(middle)
                .map(|(paragraph, start)| (*paragraph, start + text(middle).len()));
            if ends.is_some_and(|ends| ends > spot) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    };
    let spot = |at: usize, byte: usize| {
        let words = text(at);
        let byte = (0..=byte.min(words.len()))
            .rev()
            .find(|byte| words.is_char_boundary(*byte))
            .unwrap_or(0);
        Spot {
            paragraph: at,
            at: words.get(..byte).unwrap_or("").chars().count(),
        }
    };
    let whole = |at: usize| {
        let words = text(at);
        (!words.trim().is_empty()).then(|| (spot(at, 0), spot(at, words.len())))
    };
    if mark.from == mark.to {
        let at = piece(mark.from);
        let here = |at: &usize| origins.get(*at).is_some_and(|one| one.0 == mark.from.0);
        // At the very end of a paragraph the piece before is meant.
        let at = [Some(at), at.checked_sub(1)]
            .into_iter()
            .flatten()
            .find(here)
            .unwrap_or(at.min(origins.len().checked_sub(1)?));
        return whole(at);
    }
    let (first, mut last) = (piece(mark.from), piece(mark.to));
    // The piece that holds the end, or the one before when it begins there or later.
    if origins.get(last).is_none_or(|start| *start >= mark.to) {
        last = last.checked_sub(1)?;
    }
    let (start, end) = (origins.get(first)?, origins.get(last)?);
    if first > last {
        return None;
    }
    let within = |start: &Origin, at: Origin, length: usize| {
        if at.0 > start.0 {
            length
        } else if at.0 < start.0 {
            0
        } else {
            at.1.saturating_sub(start.1).min(length)
        }
    };
    let (mut from, mut to) = (
        within(start, mark.from, text(first).len()),
        within(end, mark.to, text(last).len()),
    );
    if first == last {
        let words = text(first).get(from..to)?;
        from += words.len() - words.trim_start().len();
        to -= words.len() - words.trim_end().len();
        if from >= to {
            return None;
        }
    }
    Some((spot(first, from), spot(last, to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_as_people_name_them() {
        for (text, colour) in [
            ("yellow", Some(Colour::Yellow)),
            ("FFFF00", Some(Colour::Yellow)),
            ("#fff2a8", Some(Colour::Yellow)),
            ("00ff00", Some(Colour::Green)),
            ("#b4e5a2", Some(Colour::Green)),
            ("00FFFF", Some(Colour::Turquoise)),
            ("ff00ff", Some(Colour::Pink)),
            ("#ffc0c0", Some(Colour::Pink)),
            ("ff0000", Some(Colour::Red)),
            ("ff8000", Some(Colour::Orange)),
            ("0000ff", Some(Colour::Blue)),
            ("000080", Some(Colour::DarkBlue)),
            ("800080", Some(Colour::Purple)),
            ("808000", Some(Colour::DarkYellow)),
            ("darkYellow", Some(Colour::DarkYellow)),
            ("c0c0c0", Some(Colour::Grey)),
            ("000000", Some(Colour::Black)),
            ("ffffff", None),
            ("white", None),
            ("none", None),
            ("auto", None),
            ("transparent", None),
            ("æøåæøå", None),
        ] {
            assert_eq!(Colour::parse(text), colour, "{text}");
        }
    }

    fn run(from: (usize, usize), to: (usize, usize), colour: Colour) -> BodyMark {
        BodyMark {
            from,
            to,
            kind: MarkKind::Highlight(colour),
        }
    }

    #[test]
    fn a_colour_runs_on_over_runs_and_paragraphs() {
        let mut edges = Edges::new();
        note_colour(&mut edges, 3, Some(Colour::Yellow));
        note_colour(&mut edges, 6, None);
        note_colour(&mut edges, 6, Some(Colour::Yellow));
        note_colour(&mut edges, 9, None);
        note_colour(&mut edges, 9, Some(Colour::Red));
        assert_eq!(
            edges,
            [
                (3, Edge::Colour(Some(Colour::Yellow))),
                (9, Edge::Colour(Some(Colour::Red)))
            ]
        );
        let next = vec![
            (0, Edge::Colour(Some(Colour::Red))),
            (4, Edge::Colour(None)),
        ];
        let later = vec![(1, Edge::Colour(Some(Colour::Red)))];
        let marks = gather(&[(12, edges), (10, next), (5, later)], &mut HashMap::new());
        assert_eq!(
            marks,
            [
                run((0, 3), (0, 9), Colour::Yellow),
                run((0, 9), (1, 4), Colour::Red),
                run((2, 1), (2, 5), Colour::Red)
            ]
        );
    }

    #[test]
    fn comments_stand_on_their_words_or_at_a_point() {
        let comment = |text: &str| Comment {
            author: None,
            text: text.to_owned(),
        };
        let mut comments: HashMap<String, Comment> = ["1", "2", "3", "4"]
            .map(|id| (id.to_owned(), comment(id)))
            .into();
        let edges = vec![
            (1, Edge::From("1".into())),
            (5, Edge::To("1".into())),
            (5, Edge::Point("1".into())),
            (6, Edge::Point("2".into())),
            (7, Edge::From("3".into())),
        ];
        let marks = gather(&[(9, edges)], &mut comments);
        let at = |from: usize, to: usize, text: &str| BodyMark {
            from: (0, from),
            to: (0, to),
            kind: MarkKind::Comment {
                author: None,
                text: text.to_owned(),
            },
        };
        assert_eq!(marks, [at(1, 5, "1"), at(6, 6, "2"), at(7, 7, "3")]);
        assert_eq!(comments.keys().collect::<Vec<_>>(), ["4"]);
    }

    #[test]
    fn marks_find_their_words_again() {
        let piece = |text: &str| Paragraph::prose(text.to_owned());
        // «Kari: Å være her» and «slutt», where the label left the text.
        let paragraphs = [piece("Å være her"), piece("slutt")];
        let origins = [(0, 6), (1, 0)];
        let spot = |paragraph, at| Spot { paragraph, at };
        let find = |from, to| place(&run(from, to, Colour::Red), &origins, &paragraphs);
        assert_eq!(find((0, 9), (0, 14)), Some((spot(0, 2), spot(0, 6))));
        assert_eq!(find((0, 0), (0, 8)), Some((spot(0, 0), spot(0, 1))));
        assert_eq!(find((0, 0), (0, 5)), None);
        assert_eq!(find((0, 8), (0, 9)), None);
        assert_eq!(find((0, 15), (1, 3)), Some((spot(0, 7), spot(1, 3))));
        assert_eq!(find((0, 0), (1, 5)), Some((spot(0, 0), spot(1, 5))));
        assert_eq!(find((1, 5), (1, 5)), Some((spot(1, 0), spot(1, 5))));
        assert_eq!(find((0, 9), (0, 9)), Some((spot(0, 0), spot(0, 10))));
        assert_eq!(find((7, 0), (7, 4)), None);
    }
}
