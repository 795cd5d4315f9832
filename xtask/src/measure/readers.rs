//! Twenty signed-in people read one document with a thousand marks at once, each on a connection of their own, each
//! opening the workspace again as soon as it is there; the trail is on, as always. The peer is Taguette, read in the
//! same way.

use std::time::Duration;

use serde_json::{Value, json};

use super::browser;
use super::fixture::Marked;
use super::many_marks::asked;
use super::person::Person;
use super::taguette::{self, Taguette};
use super::text::Interview;
use super::{Ground, Known, Measurement, median, rounded};
use crate::clock;

const BYTES: usize = 60_000;
const MARKS: usize = 1_000;
const READERS: usize = 20;
const RUNS: usize = 5;
const LASTS: Duration = Duration::from_secs(4);
const FASTER: f64 = 20.0;

pub const KNOWN: Known = Known {
    name: "readers-20",
    about: "views/s of a document with 1 000 marks by 20 signed-in readers at once; peer: Taguette",
    take,
};

fn take(ground: &Ground) -> Result<Measurement, String> {
    let text = Interview::of(BYTES, MARKS);
    let mut marked = Marked::open(ground, &text)?;
    let counted = marked.count(&marked.reader()?)?;
    let address = format!("{}{}", marked.hub.base(), marked.workspace(1));
    let loads = browser::loads(ground, Some(&marked.sign_in()?), &[address])?;
    let view = asked(&marked, loads.first().ok_or("the browser opened nothing")?)?;
    let readers = marked.readers(READERS)?;
    let ours = read(&readers, &view)?;
    marked.hub.stop();
    let bare = ground.bare(
        "bare_reading",
        &[
            &marked.hub.database(),
            &marked.source,
            &READERS.to_string(),
            "4",
        ],
    )?;
    let peer = peer(ground, &text);
    let rate = peer.as_ref().ok().map(|peer| peer.rate);
    Ok(Measurement {
        name: KNOWN.name,
        value: rounded(ours.rate),
        unit: "/s",
        aim: rate.map(|rate| rounded(rate * FASTER)),
        peer: rate.map(rounded),
        runs: RUNS,
        faults: usize::from(counted != MARKS as u64) + ours.refused,
        skipped: 0,
        detail: json!({
            "times": rate.map(|rate| rounded(ours.rate / rate)),
            "requests": view.len(),
            "view_bytes": ours.bytes,
            "p50_ms": rounded(ours.p50),
            "p95_ms": rounded(ours.p95),
            "bare_views_per_second": bare.get("per_second"),
            "peer": peer.map_or_else(
                Value::String,
                |peer| json!({ "requests": 3, "view_bytes": peer.bytes, "p50_ms": rounded(peer.p50), "p95_ms": rounded(peer.p95) }),
            ),
        }),
    })
}

/// What reading together came to.
struct Reading {
    /// Views a second: the median of the runs.
    rate: f64,
    p50: f64,
    p95: f64,
    /// Bytes of one view, packed.
    bytes: usize,
    refused: usize,
}

/// The readers open the view again and again, [`LASTS`] in each run.
fn read(readers: &[Person], view: &[String]) -> Result<Reading, String> {
    // Once each before time is taken: connections, caches, and the line that this opening leaves on the trail.
    let mut bytes = 0;
    for reader in readers {
        bytes = 0;
        for path in view {
            bytes += reader.get(path)?.fine(path)?.body.len();
        }
    }
    let (mut rates, mut times, mut refused) = (Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        let begun = clock::now();
        let done: Vec<Result<Vec<f64>, String>> = std::thread::scope(|scope| {
            let all: Vec<_> = readers
                .iter()
                .map(|reader| scope.spawn(|| read_on(reader, view)))
                .collect();
            all.into_iter()
                .map(|one| one.join().map_err(|_| "a reader stopped".to_owned())?)
                .collect()
        });
        let took = begun.elapsed().as_secs_f64();
        let mut views = 0;
        for one in done {
            match one {
                Ok(each) => {
                    views += each.len();
                    times.extend(each);
                }
                Err(why) => {
                    eprintln!("{why}");
                    refused += 1;
                }
            }
        }
        rates.push(views as f64 / took);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(0.0);
    Ok(Reading {
        rate: median(&rates),
        p50: at(50),
        p95: at(95),
        bytes,
        refused,
    })
}

/// One reader's views, in ms each.
fn read_on(reader: &Person, view: &[String]) -> Result<Vec<f64>, String> {
    let started = clock::now();
    let mut times = Vec::new();
    while started.elapsed() < LASTS {
        let begun = clock::now();
        for path in view {
            reader.get(path)?.fine(path)?;
        }
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(times)
}

fn peer(ground: &Ground, text: &Interview) -> Result<Reading, String> {
    let taguette = Taguette::start(&ground.places)?;
    let document = taguette.upload(&text.name, &text.html())?;
    let listed = taguette.mark(document, text)?;
    if listed != MARKS {
        return Err(format!("Taguette lists {listed} marks"));
    }
    let readers: Vec<Person> = (0..READERS)
        .map(|_| taguette.person.as_a_browser())
        .collect();
    let reading = read(&readers, &taguette::view(document))?;
    match reading.refused {
        0 => Ok(reading),
        refused => Err(format!("Taguette refused {refused} readers")),
    }
}
