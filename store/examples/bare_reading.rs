//! The bare twin of the measurements `document-10k-marks` and `readers-20`: the rows that a window of the workspace shows,
//! read on plain connections, and nothing made of them.
//!
//! `bare_reading DATABASE SOURCE READERS SECONDS` works on a hub's SQLite file that nobody serves, and prints
//! `{"median_ms": …, "per_second": …}`.

mod bare;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bare::{Fault, connect, median, sql};
use base::Uuid;
use sea_orm::{ConnectionTrait, DatabaseConnection};

/// Blocks in a window, as in the workspace.
const WINDOW: i64 = 50;

/// What a window shows: the source and its study's other sources, the codes with their counts, the blocks with who
/// speaks, and of the marks in them the passages, the codings with the coders, and how many notes there are.
const READS: [&str; 7] = [
    "SELECT id, name FROM source WHERE study = (SELECT study FROM source WHERE id = $1) AND visible ORDER BY name LIMIT 300",
    "SELECT * FROM code WHERE study = (SELECT study FROM source WHERE id = $1) ORDER BY place, id",
    "SELECT code, n FROM tally WHERE source = $1",
    "SELECT b.*, p.label, p.side FROM block b LEFT JOIN speaker p ON p.id = b.speaker \
     WHERE b.source = $1 AND b.place >= $2 ORDER BY b.place LIMIT $3",
    "SELECT passage.* FROM block JOIN passage_block ON passage_block.block = block.id \
     JOIN passage ON passage.id = passage_block.passage \
     WHERE block.source = $1 AND block.place >= $2 AND block.place < $2 + $3",
    "SELECT coding.*, coder.name FROM block JOIN passage_block ON passage_block.block = block.id \
     JOIN coding ON coding.passage = passage_block.passage JOIN coder ON coder.id = coding.coder \
     WHERE block.source = $1 AND block.place >= $2 AND block.place < $2 + $3",
    "SELECT note.about, COUNT(*) FROM block JOIN passage_block ON passage_block.block = block.id \
     JOIN note ON note.about_kind = 'passage' AND note.about = passage_block.passage \
     WHERE block.source = $1 AND block.place >= $2 AND block.place < $2 + $3 GROUP BY note.about",
];

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [path, source, readers, seconds] = args.as_slice() else {
        return Err("bare_reading DATABASE SOURCE READERS SECONDS".into());
    };
    let source: Uuid = source.parse()?;
    let lasts = Duration::from_secs(seconds.parse()?);
    let mut all = Vec::new();
    for _ in 0..readers.parse::<usize>()? {
        all.push(tokio::spawn(read_on(PathBuf::from(path), source, lasts)));
    }
    let mut times = Vec::new();
    for one in all {
        times.extend(one.await??);
    }
    let rate = times.len() as f64 / lasts.as_secs_f64();
    writeln!(
        std::io::stdout(),
        "{{\"median_ms\": {:.3}, \"per_second\": {rate:.1}}}",
        median(times)
    )?;
    Ok(())
}

/// One reader's windows, in ms each.
async fn read_on(path: PathBuf, source: Uuid, lasts: Duration) -> Result<Vec<f64>, Fault> {
    let db = connect(Path::new(&path)).await?;
    window(&db, source).await?;
    let started = now();
    let mut times = Vec::new();
    while started.elapsed() < lasts {
        let begun = now();
        window(&db, source).await?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(times)
}

async fn window(db: &DatabaseConnection, source: Uuid) -> Result<(), Fault> {
    for text in READS {
        let values = match text.contains("$3") {
            true => vec![source.into(), 1_i64.into(), WINDOW.into()],
            false => vec![source.into()],
        };
        db.query_all_raw(sql(text, values)).await?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this is a measurement")]
fn now() -> Instant {
    Instant::now()
}
