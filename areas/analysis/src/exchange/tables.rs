//! Marks, codes, sources and findings as tables: a workbook for people, a table for scripts.
//!
//! A cell that begins as a formula does would be carried out by a spreadsheet that opens the file;
//! words of an interview may begin so. In csv such a cell gets an apostrophe before it, in a
//! workbook every cell is text.

use std::io::{Seek, Write};

use base::Time;
use frame::Failure;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};
use ui::Words;

use super::export::{Left, Whole, fault};
use crate::codebook::Code;
use crate::findings;

/// Columns of the table of marks, as csv names them; stable, and only growing.
const COLUMNS: [&str; 17] = [
    "source",
    "speaker",
    "side",
    "quote",
    "code",
    "code_path",
    "coder",
    "at",
    "quote_number",
    "basis",
    "from",
    "to",
    "source_id",
    "passage_id",
    "passage_guid",
    "code_id",
    "coding_guid",
];

/// Keys of what a person calls the first ten columns; the others are for scripts.
const HEADINGS: [&str; 10] = [
    "analysis-table-source",
    "analysis-table-speaker",
    "analysis-table-side",
    "analysis-table-quote",
    "analysis-table-code",
    "analysis-table-code-path",
    "analysis-table-coder",
    "analysis-table-at",
    "analysis-table-quote-number",
    "analysis-table-basis",
];

/// Characters a cell of a workbook can hold, less some room.
const CELL: usize = 32_000;

/// The marks of a study, one line for each code on each of them, in the order of the texts.
async fn each_mark(
    whole: &Whole<'_>,
    take: &mut (dyn FnMut([String; 17]) -> Result<(), Failure> + Send),
) -> Result<(), Failure> {
    for source in &whole.sources {
        let loaded = whole.source(source).await?;
        for mark in &loaded.marks {
            let voice = loaded.voice(mark.from).filter(|_| mark.is_placed());
            let quote = mark.quote(&loaded.text).unwrap_or_default();
            for coding in &mark.codings {
                let code = whole.codes.iter().find(|code| code.id == coding.code);
                let coder = whole.coder(coding.coder);
                let number = mark.passage.quote_number;
                take([
                    source.name.clone(),
                    voice
                        .and_then(|voice| voice.label.clone())
                        .unwrap_or_default(),
                    voice
                        .and_then(|voice| voice.side)
                        .map(|side| side.word())
                        .unwrap_or_default()
                        .to_owned(),
                    quote.to_owned(),
                    code.map(|code| code.name.clone()).unwrap_or_default(),
                    code.map(|code| path(&whole.codes, code))
                        .unwrap_or_default(),
                    coder.map(|coder| coder.name.clone()).unwrap_or_default(),
                    coding.made_at.rfc3339(),
                    number.map(|number| number.to_string()).unwrap_or_default(),
                    source.basis.word().to_owned(),
                    mark.from.to_string(),
                    mark.to.to_string(),
                    source.id.to_string(),
                    mark.passage.id.to_string(),
                    mark.passage.guid.to_string(),
                    coding.code.to_string(),
                    coding.guid.to_string(),
                ])?;
            }
        }
    }
    Ok(())
}

/// The names of a code and of those above it.
fn path(codes: &[Code], code: &Code) -> String {
    let mut names = vec![code.name.as_str()];
    let mut above = code.parent;
    // A tree is at most as deep as there are codes.
    while let Some(id) = above.filter(|_| names.len() <= codes.len()) {
        let parent = codes.iter().find(|one| one.id == id);
        names.extend(parent.map(|one| one.name.as_str()));
        above = parent.and_then(|one| one.parent);
    }
    names.reverse();
    names.join(" / ")
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    let first = cell.trim_start_matches([' ', '\u{A0}']).chars().next();
    let acts = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '|' | '%')
    );
    if acts {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// The table of marks as csv after RFC 4180: commas, UTF-8, CRLF.
pub(super) async fn csv<W: Write + Send>(whole: &Whole<'_>, out: W) -> Result<(), Failure> {
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    table.write_record(COLUMNS).map_err(fault)?;
    each_mark(whole, &mut |cells| {
        let cells = cells.map(|cell| harmless(&cell));
        table.write_record(cells).map_err(fault)
    })
    .await?;
    table.flush().map_err(fault)
}

/// A sheet that is being filled.
struct Sheet {
    sheet: Worksheet,
    row: u32,
    cut: usize,
}

impl Sheet {
    fn new(
        words: &Words,
        name: &'static str,
        head: &[String],
        widths: &[f64],
    ) -> Result<Self, Failure> {
        let mut sheet = Worksheet::new();
        // Thirty-one characters is what a sheet's name may have.
        let name: String = words.t(name).chars().take(31).collect();
        sheet.set_name(name).map_err(fault)?;
        let bold = Format::new().set_bold();
        for (at, cell) in (0_u16..).zip(head) {
            sheet
                .write_string_with_format(0, at, cell, &bold)
                .map_err(fault)?;
        }
        for (at, width) in (0_u16..).zip(widths) {
            sheet.set_column_width(at, *width).map_err(fault)?;
        }
        sheet.set_freeze_panes(1, 0).map_err(fault)?;
        Ok(Self {
            sheet,
            row: 0,
            cut: 0,
        })
    }

    fn line(&mut self, cells: &[String]) -> Result<(), Failure> {
        self.row += 1;
        for (at, cell) in (0_u16..).zip(cells) {
            let shown: String = cell.chars().take(CELL).collect();
            if shown.len() < cell.len() {
                self.cut += 1;
            }
            self.sheet
                .write_string(self.row, at, shown)
                .map_err(fault)?;
        }
        Ok(())
    }
}

/// A workbook with the marks, the codes, the sources and the findings.
pub(super) async fn xlsx<W: Write + Seek + Send>(
    whole: &Whole<'_>,
    words: &Words,
    now: Time,
    out: W,
    left: &mut Left,
) -> Result<(), Failure> {
    let t = |keys: &[&'static str]| keys.iter().map(|key| words.t(key)).collect::<Vec<_>>();
    let mut head = t(&HEADINGS);
    head.extend(
        COLUMNS
            .iter()
            .skip(HEADINGS.len())
            .map(|name| (*name).to_owned()),
    );
    let widths = [24.0, 16.0, 12.0, 80.0, 24.0, 36.0, 16.0, 20.0, 8.0, 16.0];
    let mut marks = Sheet::new(words, "analysis-table-marks", &head, &widths)?;
    each_mark(whole, &mut |mut cells| {
        if let Some(side) = cells.get_mut(2)
            && let Ok(known) = side.parse::<voices::Side>()
        {
            *side = words.t(known.text_key());
        }
        marks.line(&cells)
    })
    .await?;
    let sheets = [
        marks,
        codes(whole, words)?,
        sources(whole, words)?,
        found(whole, words).await?,
    ];
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_timestamp(now.micros().div_euclid(1_000_000)).map_err(fault)?;
    let about = DocProperties::new()
        .set_title(&whole.study.title)
        .set_creation_datetime(&made);
    book.set_properties(&about);
    for sheet in sheets {
        left.tell("analysis-left-long-cells", sheet.cut);
        book.push_worksheet(sheet.sheet);
    }
    book.save_to_writer(out).map_err(fault)
}

fn codes(whole: &Whole<'_>, words: &Words) -> Result<Sheet, Failure> {
    let keys = [
        "analysis-table-code-path",
        "analysis-table-description",
        "analysis-table-sign",
    ];
    let mut head: Vec<String> = keys.iter().map(|key| words.t(key)).collect();
    head.extend(["code_id", "code_guid"].map(str::to_owned));
    let mut sheet = Sheet::new(words, "analysis-table-codes", &head, &[36.0, 60.0, 8.0])?;
    for code in &whole.codes {
        sheet.line(&[
            path(&whole.codes, code),
            code.description.clone(),
            code.sign.clone(),
            code.id.to_string(),
            code.guid.to_string(),
        ])?;
    }
    Ok(sheet)
}

fn sources(whole: &Whole<'_>, words: &Words) -> Result<Sheet, Failure> {
    let keys = ["analysis-table-source", "analysis-table-basis"];
    let mut head: Vec<String> = keys.iter().map(|key| words.t(key)).collect();
    head.extend(["source_id", "source_guid"].map(str::to_owned));
    let mut sheet = Sheet::new(words, "analysis-table-sources", &head, &[36.0, 24.0])?;
    for source in &whole.sources {
        sheet.line(&[
            source.name.clone(),
            words.t(source.basis.text_key()),
            source.id.to_string(),
            source.guid.to_string(),
        ])?;
    }
    Ok(sheet)
}

async fn found(whole: &Whole<'_>, words: &Words) -> Result<Sheet, Failure> {
    let keys = [
        "analysis-table-number",
        "analysis-table-finding",
        "analysis-table-theme",
        "analysis-table-polarity",
        "analysis-table-level",
        "analysis-table-evidence",
    ];
    let head: Vec<String> = keys.iter().map(|key| words.t(key)).collect();
    let widths = [8.0, 80.0, 30.0, 16.0, 16.0, 80.0];
    let mut sheet = Sheet::new(words, "analysis-table-findings", &head, &widths)?;
    for finding in findings::findings(&whole.db, whole.study.id).await? {
        let theme = whole
            .themes
            .iter()
            .find(|theme| Some(theme.id) == finding.theme);
        let evidence: Vec<String> = finding
            .evidence
            .iter()
            .map(|one| format!("{} «{}»", words.t(one.stance.text_key()), one.text))
            .collect();
        sheet.line(&[
            finding.number.to_string(),
            finding.sentence.clone(),
            theme.map(|theme| theme.title.clone()).unwrap_or_default(),
            words.t(finding.polarity.text_key()),
            words.t(finding.level.text_key()),
            evidence.join("\n"),
        ])?;
    }
    Ok(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("+47 123", "'+47 123"),
            ("-", "'-"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("  =cmd|' /C calc'!A0", "'  =cmd|' /C calc'!A0"),
            ("＝1", "'＝1"),
            ("– ja, sa hun", "– ja, sa hun"),
            ("Hei = du", "Hei = du"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), safe);
        }
    }
}
