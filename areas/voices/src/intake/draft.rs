//! Paragraphs on their way in, for readers of documents: characters are cleaned and counted as
//! they come, list numbers give way to labels of speakers, and marks stay on their words.

use std::collections::HashMap;

use super::encoding::{PAGE_BREAK, clean};
use super::marks::{BodyMark, Colour, Comment, Edge, Edges, gather, note_colour};
use super::notices::Notices;
use super::turns::{Choices, Labels};
use super::{Kind, Limits, Measure, Notice, Paragraph, Refused};

/// Characters that the look of a list may put around its numbers. It is told once and stands before
/// every item: without a bound a small file could become a text without end.
const LOOK: usize = 64;

/// What the look of a list puts before or around its numbers, cut to what a reader would take for one.
pub(super) fn list_look(text: String) -> String {
    match text.char_indices().nth(LOOK) {
        Some((at, _)) => text.get(..at).unwrap_or_default().to_owned(),
        None => text,
    }
}

/// A paragraph as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drafted {
    pub(super) text: String,
    pub(super) kind: Kind,
    /// What a list puts before it.
    pub(super) prefix: Option<String>,
    /// Places of line ends that mean nothing by themselves: they stay before the label of a
    /// speaker and become a space elsewhere.
    pub(super) soft: Vec<usize>,
    pub(super) edges: Edges,
}

impl Default for Drafted {
    fn default() -> Self {
        Self {
            text: String::new(),
            kind: Kind::Prose,
            prefix: None,
            soft: Vec::new(),
            edges: Edges::new(),
        }
    }
}

/// What was set aside while a note, a comment or a box within a paragraph is read.
#[derive(Debug)]
struct Aside {
    open: Drafted,
    colour: Option<Colour>,
    done: usize,
}

/// A text on its way in.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    limits: &'a Limits,
    done: Vec<Drafted>,
    open: Drafted,
    colour: Option<Colour>,
    asides: Vec<Aside>,
    bytes: usize,
    controls: usize,
    pub(super) soft_hyphens: usize,
    pub(super) comments: HashMap<String, Comment>,
    notes: Vec<String>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            done: Vec::new(),
            open: Drafted::default(),
            colour: None,
            asides: Vec::new(),
            bytes: 0,
            controls: 0,
            soft_hyphens: 0,
            comments: HashMap::new(),
            notes: Vec::new(),
        }
    }

    /// Adds text to the open paragraph. Soft hyphens, shown only at the end of a line, go.
    pub(super) fn push(&mut self, text: &str) -> Result<(), Refused> {
        self.bytes += text.len();
        if self.bytes > self.limits.characters.saturating_mul(4) {
            return Err(Refused::TooLarge {
                what: Measure::Characters,
                limit: self.limits.characters as u64,
            });
        }
        let plain = |sign: char| !sign.is_control() && sign != '\u{AD}' && sign != '\u{2028}';
        if text.chars().all(|sign| plain(sign) && sign != '\u{2029}') {
            self.open.text.push_str(text);
            return Ok(());
        }
        let (text, controls) = clean(text);
        self.controls += controls;
        self.soft_hyphens += text.matches('\u{AD}').count();
        let signs = text.chars().filter(|sign| *sign != '\u{AD}');
        self.open.text.extend(signs.map(|sign| match sign {
            PAGE_BREAK => '\n',
            sign => sign,
        }));
        Ok(())
    }

    /// A line end that means nothing by itself.
    pub(super) fn soft_break(&mut self) {
        self.open.soft.push(self.open.text.len());
        self.open.text.push('\n');
    }

    /// The open paragraph.
    pub(super) fn open(&mut self) -> &mut Drafted {
        &mut self.open
    }

    /// White space at the end of the open paragraph would not be seen.
    pub(super) fn at_line_start(&self) -> bool {
        self.open.text.is_empty() || self.open.text.ends_with('\n')
    }

    /// Ends the open paragraph, if it says anything.
    pub(super) fn end(&mut self) -> Result<(), Refused> {
        let ended = std::mem::take(&mut self.open);
        let comments = ended
            .edges
            .iter()
            .any(|(_, edge)| !matches!(edge, Edge::Colour(_)));
        if !ended.text.trim().is_empty() || comments {
            if self.done.len() >= self.limits.paragraphs {
                return Err(Refused::TooLarge {
                    what: Measure::Paragraphs,
                    limit: self.limits.paragraphs as u64,
                });
            }
            self.done.push(ended);
        }
        note_colour(&mut self.open.edges, 0, self.colour);
        Ok(())
    }

    /// The colour behind the words from here on.
    pub(super) fn colour(&mut self, colour: Option<Colour>) {
        self.colour = colour;
        note_colour(&mut self.open.edges, self.open.text.len(), colour);
    }

    /// The colour behind the words now.
    pub(super) fn colour_now(&self) -> Option<Colour> {
        self.colour
    }

    /// Something begins or ends here.
    pub(super) fn edge(&mut self, edge: Edge) {
        self.open.edges.push((self.open.text.len(), edge));
    }

    /// Begins to read what stands beside the text: a note, a comment, a box.
    pub(super) fn begin_aside(&mut self) {
        self.asides.push(Aside {
            open: std::mem::take(&mut self.open),
            colour: self.colour.take(),
            done: self.done.len(),
        });
    }

    /// Ends what was begun last, and gives it.
    pub(super) fn end_aside(&mut self) -> Result<Vec<Drafted>, Refused> {
        self.end()?;
        let Some(aside) = self.asides.pop() else {
            return Ok(Vec::new());
        };
        self.open = aside.open;
        self.colour = aside.colour;
        let from = aside.done.min(self.done.len());
        Ok(self.done.split_off(from))
    }

    /// A box stands before the paragraph it is set in.
    pub(super) fn put_before(&mut self, aside: Vec<Drafted>) {
        self.done.extend(aside);
    }

    /// A note that is asked for; gives its number, from 1. Its text comes with [`Self::set_note`].
    pub(super) fn add_note(&mut self) -> usize {
        self.notes.push(String::new());
        self.notes.len()
    }

    /// How many notes there are.
    pub(super) fn notes(&self) -> usize {
        self.notes.len()
    }

    /// Says what the note with this number, from 1, is.
    pub(super) fn set_note(&mut self, number: usize, text: String) {
        let note = number.checked_sub(1).and_then(|at| self.notes.get_mut(at));
        if let Some(note) = note {
            *note = text;
        }
    }

    /// Paragraphs and marks; notes stand at the end under their numbers.
    pub(super) fn finish(
        mut self,
        notices: &mut Notices,
    ) -> Result<(Vec<Paragraph>, Vec<BodyMark>), Refused> {
        self.end()?;
        // An aside that was never ended still holds words.
        while !self.asides.is_empty() {
            let inner = self.end_aside()?;
            self.done.extend(inner);
            self.end()?;
        }
        let (mut paragraphs, marks) = drawn_up(self.done, self.controls, self.comments, notices);
        for (at, note) in self.notes.iter().enumerate() {
            let note = note.trim();
            if !note.is_empty() {
                paragraphs.push(Paragraph::prose(format!("[{}] {note}", at + 1)));
            }
        }
        notices.count(self.soft_hyphens, |count| Notice::SoftHyphensRemoved {
            count,
        });
        Ok((paragraphs, marks))
    }
}

/// The words of what stood beside the text, one line for each paragraph.
pub(super) fn words_of(aside: &[Drafted]) -> String {
    let lines: Vec<&str> = aside.iter().map(|one| one.text.trim()).collect();
    lines.join("\n").trim().to_owned()
}

/// Makes paragraphs of what was drafted, and puts marks on them.
pub(super) fn drawn_up(
    drafted: Vec<Drafted>,
    controls: usize,
    mut comments: HashMap<String, Comment>,
    notices: &mut Notices,
) -> (Vec<Paragraph>, Vec<BodyMark>) {
    let labels = Labels::find(
        drafted.iter().flat_map(|one| one.text.lines()),
        std::iter::empty(),
        &Choices::default(),
    );
    let mut numbers = 0;
    let mut paragraphs = Vec::with_capacity(drafted.len());
    let mut edges = Vec::with_capacity(drafted.len());
    for one in drafted {
        let whole = hardened(&one.text, &one.soft, &labels);
        let text = whole.trim();
        let cut = whole.len() - whole.trim_start().len();
        let turn = text
            .lines()
            .next()
            .is_some_and(|line| labels.opens(line).is_some());
        let prefix = match one.prefix {
            // Numbered turns: the number is the list's, the label must come first.
            Some(_) if turn => {
                numbers += 1;
                String::new()
            }
            Some(prefix) if !prefix.trim().is_empty() => {
                let words: Vec<&str> = prefix.split_whitespace().collect();
                format!("{} ", clean(&words.join(" ")).0)
            }
            _ => String::new(),
        };
        let text = format!("{prefix}{text}");
        let move_on = |at: usize| (at.saturating_sub(cut) + prefix.len()).min(text.len());
        let moved = one
            .edges
            .into_iter()
            .map(|(at, edge)| match edge {
                // A colour from the first letter on also runs over what stands before it.
                Edge::Colour(_) if at <= cut => (0, edge),
                edge => (move_on(at), edge),
            })
            .collect();
        edges.push((text.len(), moved));
        paragraphs.push(Paragraph {
            kind: one.kind,
            ..Paragraph::prose(text)
        });
    }
    notices.count(numbers, |count| Notice::ParagraphNumbersRemoved { count });
    notices.count(controls, |count| Notice::ControlCharactersReplaced {
        count,
    });
    comments.retain(|_, comment| !comment.text.trim().is_empty());
    let marks = gather(&edges, &mut comments);
    notices.count(comments.len(), |count| Notice::CommentsLeftOut { count });
    (paragraphs, marks)
}

/// Soft line ends stay where a label follows and become spaces elsewhere; no byte moves.
fn hardened(text: &str, soft: &[usize], labels: &Labels) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for at in soft {
        let Some((before, after)) = text.get(from..*at).zip(text.get(at + 1..)) else {
            continue;
        };
        out.push_str(before);
        let opens = after
            .lines()
            .next()
            .is_some_and(|line| labels.opens(line).is_some());
        out.push(if opens { '\n' } else { ' ' });
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or(""));
    out
}
