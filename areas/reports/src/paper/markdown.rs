//! Own text written in Markdown (CommonMark with tables), read into blocks.
//!
//! Nothing that was written disappears: what the document has no form for comes out as plain words. So raw HTML stands
//! as it was typed, a picture leaves its text in brackets, a link that may not be one keeps its address in brackets.

use std::collections::HashSet;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::inlines::{Inlines, Line, Span, join};
use super::{Block, Inline, ReferenceKind, Row, Table, plain};

/// Lists and asides (and, apart from them, bold, italics and links) deeper than this lose their form, not their words.
pub(super) const DEEPEST: usize = 6;

/// Longest id in a reference, in characters.
const LONGEST_ID: usize = 64;

/// Reads Markdown.
///
/// A line with nothing but `[[funn:ID]]` or `[[sitat:ID]]` (also `finding`, `quote`) becomes a [`Block::Reference`].
/// Headings become [`Block::Heading`] whose depths begin at 1 and never skip one.
pub fn markdown(text: &str) -> Vec<Block> {
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES);
    let mut definitions: Vec<_> = parser
        .reference_definitions()
        .iter()
        .map(|(label, d)| {
            (
                d.span.start,
                label.to_owned(),
                text.get(d.span.clone()).unwrap_or("").to_owned(),
            )
        })
        .collect();
    definitions.sort();
    let mut reader = Reader::default();
    for (event, range) in parser.into_offset_iter() {
        if let Event::End(TagEnd::TableCell) = event {
            reader.read_to = range.end;
        }
        if let Event::End(TagEnd::TableRow) = event {
            reader.more_cells(text.get(reader.read_to..range.end).unwrap_or(""));
        }
        reader.event(event);
    }
    for (_, label, written) in definitions {
        if !reader.used.contains(&label.to_lowercase()) {
            reader.text.line(vec![Inline::Text(written)]);
            reader.end_paragraph();
        }
    }
    reader.finish()
}

/// `funn:ID` in double brackets, alone.
fn reference(line: &[Inline]) -> Option<Block> {
    if !line.iter().all(|i| matches!(i, Inline::Text(_))) {
        return None;
    }
    let words = plain(line);
    let (kind, id) = named(words.trim().strip_prefix("[[")?.strip_suffix("]]")?)?;
    Some(Block::Reference {
        kind,
        id: id.to_owned(),
    })
}

/// What `funn:ID` names.
pub(super) fn named(words: &str) -> Option<(ReferenceKind, &str)> {
    let (kind, id) = words.split_once(':')?;
    let kind = match kind.trim().to_lowercase().as_str() {
        "funn" | "finding" => ReferenceKind::Finding,
        "sitat" | "quote" => ReferenceKind::Quote,
        _ => return None,
    };
    let id = id.trim();
    let fits = (1..=LONGEST_ID).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then_some((kind, id))
}

/// An open container of blocks.
enum Holder {
    List {
        ordered: bool,
        start: u64,
        items: Vec<Vec<Block>>,
    },
    Item,
    Aside,
    /// Too deep: its blocks go to the holder around it.
    Flat,
}

#[derive(Default)]
struct Reader {
    /// Blocks outside every holder.
    root: Vec<Block>,
    holders: Vec<(Holder, Vec<Block>)>,
    /// What has been read of the paragraph, heading or cell that is open.
    text: Inlines,
    code: Option<String>,
    fenced: bool,
    table: Option<Table>,
    cells: Vec<Vec<Inline>>,
    /// Where the last table cell ended, in bytes of the text.
    read_to: usize,
    /// Written levels of the headings that stand above the next one.
    above: Vec<u8>,
    /// Labels of the link definitions that were used, in lower case.
    used: HashSet<String>,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.text.add(Inline::Text(text.into_string())),
            },
            Event::Code(text) => self.text.add(Inline::Code(text.into_string())),
            Event::Html(html) => {
                self.text
                    .add(Inline::text(html.trim_end_matches(['\r', '\n'])));
                self.text.end_line(true);
            }
            Event::InlineHtml(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text.add(Inline::Text(text.into_string()));
            }
            Event::FootnoteReference(label) => self.text.add(Inline::Text(format!("[^{label}]"))),
            Event::SoftBreak => self.text.end_line(false),
            Event::HardBreak => self.text.end_line(true),
            Event::Rule => {
                self.end_paragraph();
                self.block(Block::Rule);
            }
            Event::TaskListMarker(done) => {
                self.text
                    .add(Inline::text(if done { "[x] " } else { "[ ] " }))
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.text.open(Span::Strong),
            Tag::Emphasis => self.text.open(Span::Emph),
            Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            } => {
                self.note_use(link_type, &id);
                let mail = if link_type == LinkType::Email {
                    "mailto:"
                } else {
                    ""
                };
                let dest = format!("{mail}{dest_url}");
                self.text.open(Span::Link {
                    dest,
                    title: title.into_string(),
                });
            }
            Tag::Image {
                link_type,
                dest_url,
                title,
                id,
            } => {
                self.note_use(link_type, &id);
                let (dest, title) = (dest_url.into_string(), title.into_string());
                self.text.open(Span::Image { dest, title });
            }
            block => {
                self.end_paragraph();
                self.start_block(block);
            }
        }
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::List(start) => self.open(Holder::List {
                ordered: start.is_some(),
                start: start.unwrap_or(1),
                items: Vec::new(),
            }),
            Tag::Item => {
                let flat = !matches!(self.holders.last(), Some((Holder::List { .. }, _)));
                let holder = if flat { Holder::Flat } else { Holder::Item };
                self.holders.push((holder, Vec::new()));
            }
            Tag::BlockQuote(_) => self.open(Holder::Aside),
            Tag::CodeBlock(kind) => {
                self.fenced = matches!(kind, CodeBlockKind::Fenced(_));
                if let CodeBlockKind::Fenced(info) = kind
                    && !info.trim().is_empty()
                {
                    self.text.add(Inline::Code(info.into_string()));
                    self.text.end_line(true);
                }
                self.code = Some(String::new());
            }
            Tag::Table(_) => self.table = Some(Table::default()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link | TagEnd::Image => self.text.close(),
            TagEnd::Heading(level) => self.end_heading(level as u8),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.end_paragraph();
                self.close();
            }
            TagEnd::TableCell => {
                let cell = self.text.take();
                self.cells.push(cell);
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                let cells = std::mem::take(&mut self.cells);
                if let Some(table) = &mut self.table {
                    match tag {
                        TagEnd::TableHead => table.header = cells,
                        _ => table.rows.push(Row::Cells(cells)),
                    }
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.block(Block::Table(table));
                }
            }
            _ => self.end_paragraph(),
        }
    }

    /// Cells beyond the width of the heading row, which the parser passes over.
    fn more_cells(&mut self, written: &str) {
        let words = written
            .split('|')
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        self.cells
            .extend(words.map(|cell| vec![Inline::text(cell)]));
    }

    fn note_use(&mut self, link: LinkType, id: &str) {
        if matches!(
            link,
            LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut
        ) {
            self.used.insert(id.to_lowercase());
        }
    }

    fn block(&mut self, block: Block) {
        self.holders
            .last_mut()
            .map_or(&mut self.root, |(_, blocks)| blocks)
            .push(block);
    }

    /// Turns the lines read so far into paragraphs and references.
    fn end_paragraph(&mut self) {
        let mut rest = Vec::new();
        for line in self.text.take_lines() {
            if let Some(found) = reference(&line.0) {
                self.paragraph(std::mem::take(&mut rest));
                self.block(found);
            } else {
                rest.push(line);
            }
        }
        self.paragraph(rest);
    }

    fn paragraph(&mut self, lines: Vec<Line>) {
        let text = join(lines);
        if !plain(&text).trim().is_empty() {
            self.block(Block::Paragraph(text));
        }
    }

    fn end_heading(&mut self, level: u8) {
        let text = self.text.take();
        if let Some(found) = reference(&text) {
            return self.block(found);
        }
        if plain(&text).trim().is_empty() {
            return;
        }
        if !self.holders.is_empty() {
            // A heading inside a list or an aside heads nothing of the report.
            return self.block(Block::Paragraph(vec![Inline::Strong(text)]));
        }
        while self.above.last().is_some_and(|&last| last >= level) {
            self.above.pop();
        }
        self.above.push(level);
        let depth = u8::try_from(self.above.len()).unwrap_or(u8::MAX);
        self.block(Block::Heading { depth, text });
    }

    fn end_code(&mut self) {
        let code = self.code.take().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim().is_empty()) {
            self.text.add(match self.fenced {
                true => Inline::Code(line.to_owned()),
                // Indented text is hardly ever meant as code by those who write reports.
                false => Inline::text(line.trim()),
            });
            self.text.end_line(true);
        }
        self.end_paragraph();
    }

    fn open(&mut self, holder: Holder) {
        let open = self
            .holders
            .iter()
            .filter(|(h, _)| !matches!(h, Holder::Flat | Holder::Item));
        let holder = if open.count() < DEEPEST {
            holder
        } else {
            Holder::Flat
        };
        self.holders.push((holder, Vec::new()));
    }

    fn close(&mut self) {
        let Some((holder, blocks)) = self.holders.pop() else {
            return;
        };
        match holder {
            Holder::Aside if blocks.is_empty() => {}
            Holder::Aside => self.block(Block::Aside(blocks)),
            Holder::Flat => blocks.into_iter().for_each(|b| self.block(b)),
            Holder::List {
                ordered,
                start,
                items,
            } => {
                if !items.is_empty() {
                    self.block(Block::List {
                        ordered,
                        start,
                        items,
                    });
                }
            }
            Holder::Item => {
                if let Some((Holder::List { items, .. }, _)) = self.holders.last_mut() {
                    items.push(blocks);
                }
            }
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.end_paragraph();
        while !self.holders.is_empty() {
            self.close();
        }
        self.root
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(words: &str) -> Inline {
        Inline::text(words)
    }

    fn reference_to(kind: ReferenceKind, id: &str) -> Block {
        Block::Reference {
            kind,
            id: id.into(),
        }
    }

    #[test]
    fn headings_never_skip_a_level_and_stay_out_of_lists() {
        let blocks = markdown("### A\n\n##### B\n\n#### C\n\n## D\n\n#\n\n- # E");
        let heading = |depth, words: &str| Block::Heading {
            depth,
            text: vec![text(words)],
        };
        let strong = Block::Paragraph(vec![Inline::Strong(vec![text("E")])]);
        let list = Block::List {
            ordered: false,
            start: 1,
            items: vec![vec![strong]],
        };
        assert_eq!(
            blocks,
            vec![
                heading(1, "A"),
                heading(2, "B"),
                heading(2, "C"),
                heading(1, "D"),
                list
            ]
        );
    }

    #[test]
    fn a_reference_stands_alone_on_its_line() {
        let blocks = markdown(
            "Foran\n[[funn:7-a]]\n bak\n\n- [[ sitat : 12 ]]\n\n[[finding:1]]\n---\n\nse [[funn:2]]\n\n[[funn:]]\n\n[[annet:1]]\n\n[[quote:a b]]",
        );
        let item = vec![reference_to(ReferenceKind::Quote, "12")];
        assert_eq!(
            blocks,
            vec![
                Block::text("Foran"),
                reference_to(ReferenceKind::Finding, "7-a"),
                Block::text("bak"),
                Block::List {
                    ordered: false,
                    start: 1,
                    items: vec![item]
                },
                reference_to(ReferenceKind::Finding, "1"),
                Block::text("se [[funn:2]]"),
                Block::text("[[funn:]]"),
                Block::text("[[annet:1]]"),
                Block::text("[[quote:a b]]"),
            ]
        );
    }

    #[test]
    fn html_is_shown_as_it_was_typed() {
        let blocks = markdown("a <b>fet</b> <!-- c -->\n\n<div onclick=\"x\">\nInni\n</div>\n");
        let block = vec![
            text("<div onclick=\"x\">"),
            Inline::Break,
            text("Inni"),
            Inline::Break,
            text("</div>"),
        ];
        assert_eq!(
            blocks,
            vec![
                Block::text("a <b>fet</b> <!-- c -->"),
                Block::Paragraph(block)
            ]
        );
    }

    #[test]
    fn tables_lists_asides_rules_and_code() {
        let blocks = markdown(
            "| A | B |\n|---|---|\n| 1 | **2** |\n| 1 | 2 | tre | fire |\n\n3. tre\n4. fire\n\n> sagt\n\n---\n\n```rust\nlet a;\n\nb\n```\n\n    innrykk",
        );
        let table = Table {
            header: vec![vec![text("A")], vec![text("B")]],
            rows: vec![
                Row::Cells(vec![vec![text("1")], vec![Inline::Strong(vec![text("2")])]]),
                Row::Cells(
                    ["1", "2", "tre", "fire"]
                        .map(|cell| vec![text(cell)])
                        .to_vec(),
                ),
            ],
            ..Table::default()
        };
        let code = |words: &str| Inline::Code(words.into());
        let items = vec![vec![Block::text("tre")], vec![Block::text("fire")]];
        assert_eq!(
            blocks,
            vec![
                Block::Table(table),
                Block::List {
                    ordered: true,
                    start: 3,
                    items
                },
                Block::Aside(vec![Block::text("sagt")]),
                Block::Rule,
                Block::Paragraph(vec![
                    code("rust"),
                    Inline::Break,
                    code("let a;"),
                    Inline::Break,
                    code("b")
                ]),
                Block::text("innrykk"),
            ]
        );
    }

    #[test]
    fn deep_nesting_loses_its_form_but_no_words() {
        let blocks = markdown(&format!("{}innerst", "> ".repeat(2_000)));
        let expected =
            (0..DEEPEST).fold(Block::text("innerst"), |inner, _| Block::Aside(vec![inner]));
        assert_eq!(blocks, vec![expected]);
    }

    /// All that a block shows or holds, however it is formed.
    fn everything(blocks: &[Block]) -> String {
        serde_json::to_string(blocks).unwrap()
    }

    fn snippet() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "W",
            "# W",
            "#### W",
            "- W",
            "  - W",
            "1. W",
            "> W",
            "**W**",
            "*W",
            "_W_",
            "[W](W)",
            "[W](<https://W.no> 'W')",
            "![W](b)",
            "|W|W|",
            "|-|-|",
            "|W|W|W|W|",
            "<W>",
            "<W",
            "`W`",
            "```W",
            "~~~",
            "    W",
            "[W]: W",
            "[[funn:W]]",
            "<https://W.no>",
            "---",
            "===",
            "\\",
            "W  ",
            "<!-- W",
            "-->",
            "[W][W]",
            "~~W~~",
            "$W$",
            "[^W]",
            "[^W]: W",
            "\tW",
        ])
    }

    proptest! {
        /// Every word that was written is in the result, whatever the signs around it.
        #[test]
        fn no_word_is_lost(snippets in prop::collection::vec((snippet(), prop::sample::select(vec![" ", "\n", "\n\n"])), 0..14)) {
            let mut count = 0;
            let mut source = String::new();
            for (snippet, end) in &snippets {
                for piece in snippet.split_inclusive('W') {
                    match piece.strip_suffix('W') {
                        Some(before) => {
                            source.push_str(&format!("{before}q{count}q"));
                            count += 1;
                        }
                        None => source.push_str(piece),
                    }
                }
                source.push_str(end);
            }
            let found = everything(&markdown(&source));
            for n in 0..count {
                prop_assert!(found.contains(&format!("q{n}q")), "q{n}q of {source:?} is not in {found}");
            }
        }

        #[test]
        fn any_text_is_read_and_headings_never_skip(text in any::<String>()) {
            let mut last = 0;
            for block in markdown(&text) {
                if let Block::Heading { depth, .. } = block {
                    prop_assert!(depth >= 1 && depth <= last + 1);
                    last = depth;
                }
            }
        }
    }
}
