//! How much a paper holds, so that formats can refuse what is too heavy before they begin.

use super::{Block, Inline, Paper, Row, Study, Table};

/// How much a paper holds. Formats refuse what is too heavy before they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weight {
    /// Code points of all text that is shown.
    pub chars: usize,
    /// Blocks, list items, table cells and inlines together.
    pub pieces: usize,
    /// Deepest nesting of blocks and inlines together.
    pub depth: usize,
    /// Columns of the widest table.
    pub columns: usize,
}

/// Deeper than this nothing is measured further; every format refuses it.
pub const DEEPEST: usize = 24;

impl Paper {
    /// Measures the whole paper.
    pub fn weigh(&self) -> Weight {
        let mut weight = Weight::default();
        let Study {
            services,
            period,
            group,
        } = &self.study;
        let single = [&self.ident, &self.title, &self.hub.name, &self.date.text];
        let maybe = [&self.short_title, &self.subtitle, &self.mark, period];
        let lines = self.hub.lines.iter().chain(services).chain(group);
        single
            .into_iter()
            .chain(maybe.into_iter().flatten())
            .chain(lines)
            .for_each(|t| weight.text(t));
        for part in &self.parts {
            part.number
                .iter()
                .chain([&part.heading])
                .for_each(|t| weight.text(t));
            weight.blocks(&part.blocks, 1);
        }
        weight.blocks(&self.colophon, 1);
        weight
    }
}

impl Weight {
    fn text(&mut self, text: &str) {
        self.chars += text.chars().count();
        self.pieces += 1;
    }

    /// Notes that a level was reached; false when it is too deep to go on.
    fn reach(&mut self, depth: usize) -> bool {
        self.depth = self.depth.max(depth);
        depth <= DEEPEST
    }

    fn blocks(&mut self, blocks: &[Block], depth: usize) {
        if !self.reach(depth) {
            return;
        }
        for block in blocks {
            self.pieces += 1;
            self.block(block, depth);
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        match block {
            Block::Paragraph(text) | Block::Heading { text, .. } => self.inlines(text, depth),
            Block::List { items, .. } => {
                for item in items {
                    self.pieces += 1;
                    self.blocks(item, depth + 1);
                }
            }
            Block::Quote(quote) => {
                self.text(&quote.speaker);
                self.text(&quote.side);
                self.inlines(&quote.words, depth);
            }
            Block::Finding(finding) => {
                let words = [
                    &finding.sentence,
                    &finding.polarity_word,
                    &finding.level_word,
                ];
                words
                    .into_iter()
                    .chain(&finding.voices)
                    .chain(&finding.reception)
                    .for_each(|t| self.text(t));
            }
            Block::Table(table) => self.table(table, depth),
            Block::FactBox { heading, blocks } => {
                self.text(heading);
                self.blocks(blocks, depth + 1);
            }
            Block::Aside(blocks) => self.blocks(blocks, depth + 1),
            Block::Reference { id, .. } => self.text(id),
            Block::Rule => {}
        }
    }

    fn table(&mut self, table: &Table, depth: usize) {
        self.text(&table.caption);
        self.cells(&table.header, depth);
        for row in &table.rows {
            match row {
                Row::Cells(cells) => self.cells(cells, depth),
                Row::Group(text) => self.inlines(text, depth),
            }
        }
    }

    fn cells(&mut self, cells: &[Vec<Inline>], depth: usize) {
        self.columns = self.columns.max(cells.len());
        for cell in cells {
            self.pieces += 1;
            self.inlines(cell, depth);
        }
    }

    fn inlines(&mut self, inlines: &[Inline], depth: usize) {
        if !self.reach(depth) {
            return;
        }
        for inline in inlines {
            self.pieces += 1;
            match inline {
                Inline::Text(text) | Inline::Code(text) => self.chars += text.chars().count(),
                other => self.inlines(other.inner(), depth + 1),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_counts_text_pieces_depth_and_columns() {
        let cell = |text: &str| vec![Inline::text(text)];
        let mut weight = Weight::default();
        weight.blocks(
            &[
                Block::Paragraph(vec![Inline::Strong(vec![Inline::text("åå")])]),
                Block::Table(Table {
                    caption: "abc".into(),
                    header: vec![cell("a"), cell("b")],
                    rows: vec![
                        Row::Group(cell("g")),
                        Row::Cells(vec![cell("c"), cell("d"), cell("e")]),
                    ],
                    ..Table::default()
                }),
            ],
            1,
        );
        assert_eq!(
            weight,
            Weight {
                chars: 11,
                pieces: 16,
                depth: 2,
                columns: 3
            }
        );
    }

    #[test]
    fn nesting_deeper_than_any_format_takes_is_measured_without_going_to_its_end() {
        let mut block = Block::text("x");
        for _ in 0..200 {
            block = Block::Aside(vec![block]);
        }
        let mut weight = Weight::default();
        weight.blocks(&[block], 1);
        assert_eq!(weight.depth, DEEPEST + 1);
    }
}
