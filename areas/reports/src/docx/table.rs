//! Tables of a Word document.

use std::io;

use super::pen::{Look, Pen};
use super::{WIDTH, styles};
use crate::paper::{Inline, Row, Table, plain};

impl<'a> Pen<'a> {
    /// A table with its caption above it.
    pub(super) fn table(&mut self, table: &'a Table) -> io::Result<()> {
        let widths = widths(table);
        let name = if table.caption.trim().is_empty() {
            self.label(|labels| &labels.table).to_owned()
        } else {
            self.tables += 1;
            let number = self.tables;
            let label = self.label(|labels| &labels.table);
            let words = format!("{label} {number}. {}", table.caption);
            self.paragraph("Caption", |pen| pen.run(&words, Look::default()))?;
            table.caption.clone()
        };
        self.xml.open("w:tbl", &[])?;
        self.table_look(table, &name, &widths)?;
        if !table.header.is_empty() {
            self.row(&table.header, &widths, (true, false))?;
        }
        for row in &table.rows {
            match row {
                Row::Group(text) => self.group(text, &widths)?,
                Row::Cells(cells) => self.row(cells, &widths, (false, table.row_heads))?,
            }
        }
        self.xml.close("w:tbl")?;
        // Two tables without a paragraph between them would be one.
        self.paragraph("TableText", |_| Ok(()))
    }

    fn table_look(&mut self, table: &Table, name: &str, widths: &[usize]) -> io::Result<()> {
        let heads: Vec<String> = table.header.iter().map(|cell| plain(cell)).collect();
        let on = |is_so: bool| if is_so { "1" } else { "0" };
        let xml = &mut self.xml;
        xml.open("w:tblPr", &[])?;
        xml.empty("w:tblStyle", &[("w:val", "ReportTable")])?;
        xml.empty("w:tblW", &[("w:w", &WIDTH.to_string()), ("w:type", "dxa")])?;
        xml.empty("w:tblLayout", &[("w:type", "fixed")])?;
        let look = [
            ("w:firstRow", on(!table.header.is_empty())),
            ("w:lastRow", "0"),
            ("w:firstColumn", on(table.row_heads)),
            ("w:lastColumn", "0"),
            ("w:noHBand", "1"),
            ("w:noVBand", "1"),
        ];
        xml.empty("w:tblLook", &look)?;
        xml.empty("w:tblCaption", &[("w:val", name)])?;
        xml.empty("w:tblDescription", &[("w:val", &heads.join(", "))])?;
        xml.close("w:tblPr")?;
        xml.open("w:tblGrid", &[])?;
        for width in widths {
            xml.empty("w:gridCol", &[("w:w", &width.to_string())])?;
        }
        xml.close("w:tblGrid")
    }

    fn row(
        &mut self,
        cells: &[Vec<Inline>],
        widths: &[usize],
        (is_head, row_heads): (bool, bool),
    ) -> io::Result<()> {
        self.xml.open("w:tr", &[])?;
        self.xml.open("w:trPr", &[])?;
        self.xml.empty("w:cantSplit", &[])?;
        if is_head {
            self.xml.empty("w:tblHeader", &[])?;
        }
        self.xml.close("w:trPr")?;
        for (at, width) in widths.iter().enumerate() {
            self.xml.open("w:tc", &[])?;
            self.xml.open("w:tcPr", &[])?;
            self.xml
                .empty("w:tcW", &[("w:w", &width.to_string()), ("w:type", "dxa")])?;
            self.xml.close("w:tcPr")?;
            let style = if is_head { "TableHead" } else { "TableText" };
            let look = Look {
                bold: row_heads && at == 0,
                ..Look::default()
            };
            let text = cells.get(at).map_or(&[][..], Vec::as_slice);
            self.paragraph(style, |pen| pen.inlines(text, look))?;
            self.xml.close("w:tc")?;
        }
        self.xml.close("w:tr")
    }

    /// A row across all columns.
    fn group(&mut self, text: &[Inline], widths: &[usize]) -> io::Result<()> {
        self.xml.open("w:tr", &[])?;
        self.xml.open("w:trPr", &[])?;
        self.xml.empty("w:cantSplit", &[])?;
        self.xml.close("w:trPr")?;
        self.xml.open("w:tc", &[])?;
        self.xml.open("w:tcPr", &[])?;
        self.xml
            .empty("w:tcW", &[("w:w", &WIDTH.to_string()), ("w:type", "dxa")])?;
        self.xml
            .empty("w:gridSpan", &[("w:val", &widths.len().to_string())])?;
        let fill = [
            ("w:val", "clear"),
            ("w:color", "auto"),
            ("w:fill", styles::MIST),
        ];
        self.xml.empty("w:shd", &fill)?;
        self.xml.close("w:tcPr")?;
        self.paragraph("TableHead", |pen| pen.inlines(text, Look::default()))?;
        self.xml.close("w:tc")?;
        self.xml.close("w:tr")
    }
}

/// Widths of the columns: by their longest word and by how much they hold, within limits.
fn widths(table: &Table) -> Vec<usize> {
    const LEAST: usize = 6;
    const MOST: usize = 45;
    let mut wants: Vec<usize> = vec![LEAST; table.header.len().max(1)];
    let cells = table.rows.iter().filter_map(|row| match row {
        Row::Cells(cells) => Some(cells),
        Row::Group(_) => None,
    });
    for row in std::iter::once(&table.header).chain(cells) {
        for (at, cell) in row.iter().enumerate() {
            if wants.len() <= at {
                wants.push(LEAST);
            }
            let words = plain(cell);
            let longest = words
                .split_whitespace()
                .map(|word| word.chars().count())
                .max();
            let want = longest.unwrap_or(0).max(words.chars().count() / 2) + 2;
            if let Some(most) = wants.get_mut(at) {
                *most = (*most).max(want.min(MOST));
            }
        }
    }
    let all: usize = wants.iter().sum();
    wants
        .into_iter()
        .map(|want| WIDTH * want / all.max(1))
        .collect()
}
