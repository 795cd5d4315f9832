//! Markdown (`.md`), as CommonMark 0.31 with tables, footnotes and lists of tasks.
//!
//! The words come in as they are read aloud: no signs for bold or links, numbers and dots of lists
//! kept. HTML within it goes through the reader of web pages; what only looks like HTML, such as
//! `<ler>` in a transcript, stays as it stands.

use std::collections::HashMap;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::draft::{Draft, words_of};
use super::html;
use super::limits::{Limits, Progress, step};
use super::notices::Notices;
use super::{Body, Kind, Measure, Notice, Refused};

/// Events between two looks at whether to go on.
const STEP: usize = 1 << 13;

/// Reads a text.
pub(super) fn read(
    text: &str,
    limits: &Limits,
    progress: Progress<'_>,
    notices: &mut Notices,
) -> Result<Body, Refused> {
    too_deep(text, limits)?;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reading = Reading {
        draft: Draft::new(limits),
        lists: Vec::new(),
        html: String::new(),
        pages: Vec::new(),
        notes: HashMap::new(),
        image: 0,
        pictures: 0,
        tables: 0,
        progress,
    };
    for (count, (event, range)) in Parser::new_ext(text, options)
        .into_offset_iter()
        .enumerate()
    {
        if count.is_multiple_of(STEP) {
            step(progress, range.start as u64, text.len() as u64)?;
        }
        reading.take(event)?;
    }
    let notes = reading.draft.notes();
    let body = reading.draft.finish(notices)?;
    notices.count(notes, |count| Notice::FootnotesAppended { count });
    notices.count(reading.tables, |count| Notice::TablesFlattened { count });
    notices.count(reading.pictures, |count| Notice::PicturesLeftOut { count });
    for page in reading.pages {
        page.tell(notices);
    }
    Ok(Body::of(body, None))
}

/// Quotes and lists within one another, beyond what anybody writes, cost the parser time that
/// grows with the square.
fn too_deep(text: &str, limits: &Limits) -> Result<(), Refused> {
    let nested = |line: &str| {
        line.bytes()
            .take_while(|byte| matches!(byte, b'>' | b' ' | b'-' | b'*' | b'+' | b'\t'))
            .filter(|byte| *byte == b'>')
            .count()
    };
    if text.lines().any(|line| nested(line) > limits.depth) {
        return Err(Refused::TooLarge {
            what: Measure::Depth,
            limit: limits.depth as u64,
        });
    }
    Ok(())
}

struct Reading<'a> {
    draft: Draft<'a>,
    /// For each list: the next number, or none when it has dots.
    lists: Vec<Option<u64>>,
    /// A block of HTML on its way.
    html: String,
    pages: Vec<html::Met>,
    /// Numbers of the notes by their names.
    notes: HashMap<String, usize>,
    /// Within how many pictures: what is written in their stead is no text.
    image: usize,
    pictures: usize,
    tables: usize,
    progress: Progress<'a>,
}

impl Reading<'_> {
    fn take(&mut self, event: Event<'_>) -> Result<(), Refused> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            _ if self.image > 0 => Ok(()),
            Event::Text(text) | Event::Code(text) => self.draft.push(&text),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.draft.push(&text),
            Event::Html(html) => {
                self.html.push_str(&html);
                Ok(())
            }
            Event::InlineHtml(html) => self.inline(&html),
            Event::FootnoteReference(name) => {
                let number = self.note(&name);
                self.draft.push(&format!("[{number}]"))
            }
            Event::SoftBreak => {
                self.draft.soft_break();
                Ok(())
            }
            Event::HardBreak => self.draft.push("\n"),
            Event::Rule => self.draft.end(),
            Event::TaskListMarker(done) => self.draft.push(if done { "☑ " } else { "☐ " }),
        }
    }

    fn note(&mut self, name: &str) -> usize {
        if let Some(number) = self.notes.get(name) {
            return *number;
        }
        let number = self.draft.add_note();
        self.notes.insert(name.to_owned(), number);
        number
    }

    fn start(&mut self, tag: Tag<'_>) -> Result<(), Refused> {
        match tag {
            Tag::Heading { .. } => {
                self.draft.end()?;
                self.draft.open().kind = Kind::Heading;
            }
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::TableCell => {
                self.block()?;
                if let Tag::CodeBlock(CodeBlockKind::Fenced(_)) = tag {
                    self.draft.open().prefix = None;
                }
            }
            Tag::List(first) => {
                self.block()?;
                self.lists.push(first);
            }
            Tag::Item => {
                self.draft.end()?;
                let prefix = match self.lists.last_mut() {
                    Some(Some(next)) => {
                        let number = *next;
                        *next = next.saturating_add(1);
                        format!("{number}.")
                    }
                    _ => "•".to_owned(),
                };
                self.draft.open().prefix = Some(prefix);
            }
            Tag::Table(_) => {
                self.draft.end()?;
                self.tables += 1;
            }
            Tag::Image { .. } => {
                self.image += 1;
                self.pictures += 1;
            }
            Tag::FootnoteDefinition(name) => {
                let number = self.note(&name);
                self.draft.begin_aside();
                self.lists.push(None);
                self.draft.open().prefix = Some(number.to_string());
            }
            Tag::HtmlBlock => self.html.clear(),
            _ => {}
        }
        Ok(())
    }

    /// A block within an item begins: the item's number stands before its first words.
    fn block(&mut self) -> Result<(), Refused> {
        if self.draft.open().text.trim().is_empty() {
            Ok(())
        } else {
            self.draft.end()
        }
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), Refused> {
        match tag {
            TagEnd::Heading(_)
            | TagEnd::Paragraph
            | TagEnd::CodeBlock
            | TagEnd::Item
            | TagEnd::TableCell
            | TagEnd::BlockQuote(_)
            | TagEnd::MetadataBlock(_) => self.draft.end()?,
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Image => self.image = self.image.saturating_sub(1),
            TagEnd::FootnoteDefinition => {
                self.lists.pop();
                let aside = self.draft.end_aside()?;
                let number = aside
                    .iter()
                    .find_map(|one| one.prefix.as_ref()?.parse().ok());
                self.draft.set_note(number.unwrap_or(0), words_of(&aside));
            }
            TagEnd::HtmlBlock => {
                let html = std::mem::take(&mut self.html);
                self.draft.end()?;
                let met = html::into_draft(&html, &mut self.draft, self.progress)?;
                self.pages.push(met);
            }
            _ => {}
        }
        Ok(())
    }

    /// A tag in the midst of text: real ones say how words look; others are words themselves.
    fn inline(&mut self, tag: &str) -> Result<(), Refused> {
        let name: String = tag
            .trim_start_matches(['<', '/'])
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        match name.as_str() {
            "br" => self.draft.push("\n"),
            "img" => {
                self.pictures += 1;
                Ok(())
            }
            _ if tag.starts_with("<!") || INLINE.contains(&name.as_str()) => Ok(()),
            _ => self.draft.push(tag),
        }
    }
}

/// Elements that stand in the midst of text.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "big", "center", "cite", "code", "del", "dfn", "div", "em",
    "font", "i", "ins", "kbd", "mark", "p", "q", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "time", "tt", "u", "var", "wbr",
];

#[cfg(test)]
mod tests {
    use super::super::testing::shown;
    use super::super::{Intake, read};
    use super::*;

    fn intake(text: &str) -> Intake {
        read("a.md", text.as_bytes(), &Limits::default(), &|_, _| true).unwrap()
    }

    #[test]
    fn headings_lists_notes_and_no_signs() {
        let text = "---\ntitle: Fra feltet\n---\n# Tittel\n\nEn **sterk** [lenke](http://x) og `kode`\nsom går videre.[^a]\n\n\
            * punkt\n  med mer\n\n  og et avsnitt\n* [x] gjort\n\n3. tre\n4. fire\n\n> sitert\n\n| a | b |\n|---|---|\n| c | d |\n\n\
            ![et bilde](b.png)\n\n<div>i <b>HTML</b><script>x()</script></div>\n\n```\nfast\n  bredde\n```\n\n[^a]: Om dette.\n";
        let intake = intake(text);
        assert_eq!(
            shown(&intake),
            [
                "title: Fra feltet",
                "# Tittel",
                "En sterk lenke og kode som går videre.[1]",
                "• punkt med mer",
                "og et avsnitt",
                "• ☑ gjort",
                "3. tre",
                "4. fire",
                "sitert",
                "a",
                "b",
                "c",
                "d",
                "i HTML",
                "fast\n  bredde",
                "[1] Om dette."
            ]
        );
        assert_eq!(
            intake.notices,
            [
                Notice::FootnotesAppended { count: 1 },
                Notice::TablesFlattened { count: 1 },
                Notice::PicturesLeftOut { count: 1 },
            ]
        );
    }

    #[test]
    fn turns_on_lines_of_one_paragraph() {
        let text = "**I:** Hvordan\nvar det?\n**Kari:** Det gikk <ler> bra, <u>altså</u>.\nI: Ja?\nKari: Nei.\n";
        assert_eq!(
            shown(&intake(text)),
            [
                "I: Hvordan var det?",
                "Kari: Det gikk <ler> bra, altså.",
                "I: Ja?",
                "Kari: Nei."
            ]
        );
    }

    #[test]
    fn signs_upon_signs_take_no_time() {
        for text in [
            "> ".repeat(50_000),
            "[".repeat(100_000),
            "*a **b ".repeat(30_000),
            "`".repeat(100_000),
            "<".repeat(100_000),
            "- ".repeat(50_000),
            "![](".repeat(30_000),
        ] {
            let _ = read("a.md", text.as_bytes(), &Limits::default(), &|_, _| true);
        }
        assert_eq!(
            read(
                "a.md",
                ">".repeat(5_000).as_bytes(),
                &Limits::default(),
                &|_, _| true
            ),
            Err(Refused::TooLarge {
                what: Measure::Depth,
                limit: 256
            })
        );
    }
}
