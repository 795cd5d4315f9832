//! Large projects: as much as a centre marks in years, in memory for one source.

use std::fs::File;
use std::io::{BufWriter, Seek};

use refi_qda::{
    Coding, Error, Item, Limits, Project, Reader, Selection, Stamp, TextSource, Writer,
};

use crate::support::guid;

/// `sources` texts of 30 kB with `marks` coded passages each, in a file without a name.
fn project(sources: u32, marks: u32) -> File {
    let words = "Eg venta lenge på svar og ingen ringte tilbake den uka. ".repeat(540);
    let file = tempfile::tempfile().unwrap();
    let mut writer = Writer::new(BufWriter::new(file), Project::default()).unwrap();
    let stamp = Stamp {
        user: Some(guid(1)),
        at: "2026-01-31T12:30:00Z".parse().ok(),
    };
    for number in 0..sources {
        let base = u128::from(number) << 64;
        let mark = |at: u32| Selection {
            name: Some(format!("mark {at}")),
            created: stamp,
            modified: stamp,
            codings: vec![Coding {
                guid: guid(base + (1 << 40) + u128::from(at)),
                code: guid(u128::from(at % 30)),
                created: stamp,
                note_refs: Vec::new(),
            }],
            ..Selection::new(
                guid(base + (2 << 40) + u128::from(at)),
                u64::from(at) * 50,
                u64::from(at) * 50 + 40,
            )
        };
        let source = TextSource {
            selections: (0..marks).map(mark).collect(),
            ..TextSource::new(guid(base + (3 << 40)), format!("interview {number}"))
        };
        writer.text(&source, Some(&words)).unwrap();
    }
    let mut file = writer.finish().unwrap().out.into_inner().unwrap();
    file.rewind().unwrap();
    file
}

/// Codings handed out, and the words of all texts in bytes.
fn read(file: File) -> (u64, usize) {
    let mut reader = Reader::open(file, Limits::default()).unwrap();
    let (mut codings, mut bytes) = (0, 0);
    reader
        .read(|item, files| {
            let Item::Text(source) = item else {
                return Ok(());
            };
            codings += source
                .selections
                .iter()
                .map(|s| s.codings.len() as u64)
                .sum::<u64>();
            let text = files.open_text(&refi_qda::text_path(source.guid))?;
            bytes += text.raw().len();
            Ok::<(), Error>(())
        })
        .unwrap();
    assert_eq!(reader.inventory().codings, codings);
    (codings, bytes)
}

#[test]
fn ten_thousand_codings() {
    assert_eq!(read(project(20, 500)), (10_000, 20 * 30_780));
}

/// Slow without optimisation. Run it alone, for the memory is that of the whole process:
/// `cargo test -p refi-qda hundred_thousand -- --ignored --nocapture`.
#[test]
#[expect(clippy::disallowed_methods, reason = "a measurement")]
#[ignore = "slow without optimisation, and measures the whole process"]
fn hundred_thousand_codings() {
    let file = project(200, 500);
    let packed = file.metadata().unwrap().len();
    let start = std::time::Instant::now();
    assert_eq!(read(file), (100_000, 200 * 30_780));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|kb| kb.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    println!(
        "{packed} bytes packed, read in {:?}, peak {peak:?} kB",
        start.elapsed()
    );
    assert!(peak.is_none_or(|kb| kb < 100_000), "{peak:?} kB");
}
