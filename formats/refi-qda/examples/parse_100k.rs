//! The work of the measurement `qdpx-parse-100k`.
//!
//! `parse_100k make FILE` writes a project of 200 texts of 30 kB with 500 codings each.
//! `parse_100k read FILE` reads it with all its texts and prints, as JSON, milliseconds, the peak of
//! memory in bytes (where the system tells it), and what was found.

use std::fs::File;
use std::io::BufWriter;
use std::time::Instant;

use refi_qda::{
    Code, Coding, Error, Item, Limits, Project, Reader, Selection, Stamp, TextSource, User, Uuid,
    Writer,
};

const TEXTS: u32 = 200;
const CODINGS: u32 = 500;
const WORDS: &str = "Eg venta lenge på svar og ingen ringte tilbake den uka. ";
/// Code points of it: each sentence is marked.
const SENTENCE: u64 = 56;

fn main() -> Result<(), Error> {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("make"), Some(file)) => make(&file),
        (Some("read"), Some(file)) => read(&file),
        _ => {
            eprintln!("parse_100k make|read FILE");
            std::process::exit(2)
        }
    }
}

fn guid(kind: u128, number: u32) -> Uuid {
    Uuid::from_u128((kind << 64) + u128::from(number) + (0x4000 << 64 << 12))
}

fn make(file: &str) -> Result<(), Error> {
    let text = WORDS.repeat(540);
    let stamp = Stamp {
        user: Some(guid(1, 0)),
        at: "2026-01-31T12:30:00Z".parse().ok(),
    };
    let project = Project {
        name: "100 000 codings".to_owned(),
        users: vec![User {
            guid: guid(1, 0),
            name: Some("Kari".to_owned()),
            id: None,
        }],
        codes: (0..30)
            .map(|number| Code {
                guid: guid(2, number),
                name: format!("Kode {number}"),
                is_codable: true,
                color: "#ff8800".parse().ok(),
                description: None,
                note_refs: Vec::new(),
                children: Vec::new(),
            })
            .collect(),
        ..Project::default()
    };
    let out = BufWriter::new(File::create(file).map_err(Error::Io)?);
    let mut writer = Writer::new(out, project)?;
    for number in 0..TEXTS {
        let selections = (0..CODINGS).map(|at| {
            let own = number * CODINGS + at;
            Selection {
                name: Some(format!("mark {own}")),
                created: stamp,
                modified: stamp,
                codings: vec![Coding {
                    guid: guid(4, own),
                    code: guid(2, own % 30),
                    created: stamp,
                    note_refs: Vec::new(),
                }],
                ..Selection::new(
                    guid(3, own),
                    u64::from(at) * SENTENCE,
                    (u64::from(at) + 1) * SENTENCE - 1,
                )
            }
        });
        let source = TextSource {
            selections: selections.collect(),
            created: stamp,
            modified: stamp,
            ..TextSource::new(guid(5, number), format!("interview {number}"))
        };
        writer.text(&source, Some(&text))?;
    }
    writer.finish()?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement looks at the clock and prints what it saw"
)]
fn read(file: &str) -> Result<(), Error> {
    let started = Instant::now();
    let mut reader = Reader::open(File::open(file).map_err(Error::Io)?, Limits::default())?;
    let (mut codings, mut placed, mut bytes) = (0, 0, 0);
    reader.read(|item, files| {
        if let Item::Text(source) = item {
            let text = files.open_text(&refi_qda::text_path(source.guid))?;
            let verdict = text.judge(&source.selections, &[]);
            if let Some(reading) = verdict.reading() {
                let places = text.place(reading, &source.selections);
                placed += places.iter().flatten().count();
            }
            codings += source
                .selections
                .iter()
                .map(|one| one.codings.len())
                .sum::<usize>();
            bytes += text.raw().len();
        }
        Ok::<(), Error>(())
    })?;
    let ms = started.elapsed().as_secs_f64() * 1_000.0;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|kb| kb.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    let peak = peak.map_or("null".to_owned(), |kb| (kb * 1_024).to_string());
    println!(
        "{{\"ms\": {ms}, \"peak\": {peak}, \"codings\": {codings}, \"placed\": {placed}, \"text_bytes\": {bytes}}}"
    );
    Ok(())
}
