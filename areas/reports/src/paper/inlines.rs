//! Text inside a block, gathered while Markdown is read.

use super::markdown::DEEPEST;
use super::{Inline, plain, web_address};

/// An open span of inlines.
pub(super) enum Span {
    Strong,
    Emph,
    Link { dest: String, title: String },
    Image { dest: String, title: String },
    Flat,
}

/// A line of the paragraph being read, and whether a hard break ended it.
pub(super) type Line = (Vec<Inline>, bool);

/// The text of the block that is open.
#[derive(Default)]
pub(super) struct Inlines {
    /// Lines that are complete.
    lines: Vec<Line>,
    current: Vec<Inline>,
    spans: Vec<(Span, Vec<Inline>)>,
}

impl Inlines {
    pub(super) fn add(&mut self, inline: Inline) {
        let open = self
            .spans
            .last_mut()
            .map_or(&mut self.current, |(_, inner)| inner);
        push(open, inline);
    }

    pub(super) fn open(&mut self, span: Span) {
        let span = if self.spans.len() < DEEPEST {
            span
        } else {
            keep_words(span)
        };
        self.spans.push((span, Vec::new()));
    }

    pub(super) fn close(&mut self) {
        let Some((span, inner)) = self.spans.pop() else {
            return;
        };
        match span {
            Span::Strong => self.add(Inline::Strong(inner)),
            Span::Emph => self.add(Inline::Emph(inner)),
            Span::Flat => inner.into_iter().for_each(|i| self.add(i)),
            Span::Link { dest, title } => self.close_link(&dest, &title, inner),
            Span::Image { dest, title } => {
                let words = if plain(&inner).trim().is_empty() {
                    vec![Inline::Text(dest)]
                } else {
                    inner
                };
                self.add(Inline::text("["));
                words.into_iter().for_each(|i| self.add(i));
                self.add(Inline::text("]"));
                self.in_brackets(&title);
            }
        }
    }

    fn close_link(&mut self, dest: &str, title: &str, inner: Vec<Inline>) {
        let words = plain(&inner);
        match web_address(dest) {
            Some(href) if self.spans.len() < DEEPEST => {
                let text = if words.trim().is_empty() {
                    vec![Inline::text(dest)]
                } else {
                    inner
                };
                self.add(Inline::Link { href, text });
            }
            _ => {
                inner.into_iter().for_each(|i| self.add(i));
                if dest != words {
                    self.in_brackets(dest);
                }
            }
        }
        self.in_brackets(title);
    }

    fn in_brackets(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.add(Inline::Text(format!(" ({text})")));
        }
    }

    pub(super) fn end_line(&mut self, hard: bool) {
        if self.spans.is_empty() {
            self.lines.push((std::mem::take(&mut self.current), hard));
        } else {
            self.add(if hard {
                Inline::Break
            } else {
                Inline::text(" ")
            });
        }
    }

    /// Takes a finished line as it is.
    pub(super) fn line(&mut self, line: Vec<Inline>) {
        self.lines.push((line, true));
    }

    /// All lines read so far as one run of inlines.
    pub(super) fn take(&mut self) -> Vec<Inline> {
        join(self.take_lines())
    }

    /// All lines read so far, each for itself.
    pub(super) fn take_lines(&mut self) -> Vec<Line> {
        self.end_line(false);
        std::mem::take(&mut self.lines)
    }
}

/// What is left of a span that is too deep to be drawn.
fn keep_words(span: Span) -> Span {
    match span {
        Span::Strong | Span::Emph | Span::Flat => Span::Flat,
        other => other,
    }
}

/// Adds an inline, joining text to text: the parser cuts it at every sign that might have meant something.
fn push(inlines: &mut Vec<Inline>, inline: Inline) {
    match (inlines.last_mut(), inline) {
        (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
        (_, inline) => inlines.push(inline),
    }
}

/// Lines as one run: a space where the line was only wrapped, a break where it was ended on purpose.
pub(super) fn join(lines: Vec<Line>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    let mut between: Option<Inline> = None;
    for (line, hard) in lines {
        if line.is_empty() {
            continue;
        }
        between
            .take()
            .into_iter()
            .chain(line)
            .for_each(|inline| push(&mut out, inline));
        between = Some(if hard {
            Inline::Break
        } else {
            Inline::text(" ")
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Block, markdown};
    use super::*;

    fn text(words: &str) -> Inline {
        Inline::text(words)
    }

    #[test]
    fn paragraphs_keep_bold_italics_and_breaks() {
        let blocks = markdown("En *to* **tre**\nfire  \nfem\n\nseks");
        let first = vec![
            text("En "),
            Inline::Emph(vec![text("to")]),
            text(" "),
            Inline::Strong(vec![text("tre")]),
            text(" fire"),
            Inline::Break,
            text("fem"),
        ];
        assert_eq!(blocks, vec![Block::Paragraph(first), Block::text("seks")]);
    }

    #[test]
    fn links_lead_to_the_web_or_a_mailbox_and_others_keep_their_address_as_words() {
        let blocks = markdown(
            "[a](https://nav.no \"t\") [b](javascript:x) <c@d.no> [](http://e.no) <http://f.no> [g] [h][g]\n\n[g]: /inn\n[ubrukt]: https://i.no 'tt'",
        );
        let link = |href: &str, words: &str| Inline::Link {
            href: href.into(),
            text: vec![text(words)],
        };
        let first = vec![
            link("https://nav.no", "a"),
            text(" (t) b (javascript:x) "),
            link("mailto:c@d.no", "c@d.no"),
            text(" "),
            link("http://e.no", "http://e.no"),
            text(" "),
            link("http://f.no", "http://f.no"),
            text(" g (/inn) h (/inn)"),
        ];
        assert_eq!(
            blocks,
            vec![
                Block::Paragraph(first),
                Block::text("[ubrukt]: https://i.no 'tt'")
            ]
        );
    }

    #[test]
    fn pictures_leave_their_text_in_brackets() {
        assert_eq!(
            markdown("![Et hus](hus.png) ![](x.png)"),
            vec![Block::text("[Et hus] [x.png]")]
        );
    }
}
