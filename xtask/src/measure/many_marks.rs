//! What opening a document with ten thousand marks costs: all that a browser asks for at the window it shows, at the
//! beginning, in the middle and at the end. The peer is Taguette's list of the same marks in the same text.

use serde_json::{Value, json};

use super::browser::{self, Load};
use super::fixture::Marked;
use super::person::Person;
use super::taguette::{self, Taguette};
use super::text::Interview;
use super::{Ground, Known, Measurement, hundredths, median, rounded};
use crate::clock;

const BYTES: usize = 1_000_000;
const MARKS: usize = 10_000;
const RUNS: usize = 7;
const FASTER: f64 = 20.0;
/// Blocks that the API gives at once at most.
const WINDOW: u64 = 100;

pub const KNOWN: Known = Known {
    name: "document-10k-marks",
    about: "ms for what the workspace shows of a document with 10 000 marks; peer: Taguette's list of them",
    take,
};

fn take(ground: &Ground) -> Result<Measurement, String> {
    let text = Interview::of(BYTES, MARKS);
    let mut marked = Marked::open(ground, &text)?;
    let person = marked.reader()?;
    let counted = marked.count(&person)?;
    let openings = openings(ground, &marked, text.paragraphs.len())?;
    let reader = person.as_a_browser();
    let code = a_code(&marked, &person)?;
    let (mut times, mut again) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        // Something is done in the study, so that nothing is shown that was made before.
        let to = if run % 2 == 0 { "down" } else { "up" };
        let shift = format!("/codes/{code}/shift");
        person.form(&shift, &[("to", to)])?.fine(&shift)?;
        for all in [&mut times, &mut again] {
            for opening in &openings {
                let begun = clock::now();
                for path in opening {
                    reader.get(path)?.fine(path)?;
                }
                all.push(begun.elapsed().as_secs_f64() * 1000.0);
            }
        }
    }
    let whole = whole(&marked, &reader, text.paragraphs.len() as u64)?;
    marked.hub.stop();
    let bare = ground.bare(
        "bare_reading",
        &[&marked.hub.database(), &marked.source, "1", "2"],
    )?;
    let ours = median(&times);
    let (peer, told) = match peer(ground, &text) {
        Ok((list, view)) => (
            Some(list),
            json!({ "list_ms": rounded(list), "view_ms": rounded(view) }),
        ),
        Err(why) => (None, Value::String(why)),
    };
    Ok(Measurement {
        name: KNOWN.name,
        value: rounded(ours),
        unit: "ms",
        aim: peer.map(|peer| rounded(peer / FASTER)),
        peer: peer.map(rounded),
        runs: times.len(),
        faults: usize::from(counted != MARKS as u64),
        skipped: 0,
        detail: json!({
            "times_faster": peer.map(|peer| rounded(peer / ours)),
            "requests": openings.first().map(Vec::len),
            "document_bytes": text.paragraphs.iter().map(|text| text.len() + 1).sum::<usize>(),
            "blocks": text.paragraphs.len(),
            "marks": counted,
            "whole_document_ms": rounded(whole),
            "again_ms": rounded(median(&again)),
            "bare_ms": bare.get("median_ms"),
            "peer": told,
        }),
    })
}

/// The first code of the study.
fn a_code(marked: &Marked, person: &Person) -> Result<String, String> {
    let codes = person.json(&format!("/api/v1/studies/{}/codes", marked.slug))?;
    let code = codes.pointer("/codes/0/id").and_then(Value::as_str);
    code.map(str::to_owned)
        .ok_or_else(|| "the study has no code".to_owned())
}

/// What a browser asks for at three places, but for what it keeps.
fn openings(ground: &Ground, marked: &Marked, blocks: usize) -> Result<Vec<Vec<String>>, String> {
    let addresses: Vec<String> = [1, blocks / 2, blocks.saturating_sub(20)]
        .map(|at| marked.workspace(at))
        .into_iter()
        .map(|path| format!("{}{path}", marked.hub.base()))
        .collect();
    let all = browser::loads(ground, Some(&marked.sign_in()?), &addresses)?;
    all.iter().map(|loads| asked(marked, loads)).collect()
}

/// The paths of an opening's requests, but for what the browser keeps.
pub(super) fn asked(marked: &Marked, loads: &[Load]) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    for load in loads.iter().filter(|load| !load.is_kept()) {
        if load.method != "GET" || load.status != 200 {
            return Err(format!("opening the workspace asked: {load:?}"));
        }
        let path = load.url.strip_prefix(marked.hub.base());
        let path = path.ok_or_else(|| format!("another server was asked: {}", load.url))?;
        // What follows # is not sent.
        paths.push(path.split('#').next().unwrap_or(path).to_owned());
    }
    match paths.is_empty() {
        true => Err("the browser asked for nothing".to_owned()),
        false => Ok(paths),
    }
}

/// Every window one after the other, as if somebody read it all.
fn whole(marked: &Marked, reader: &Person, blocks: u64) -> Result<f64, String> {
    let begun = clock::now();
    let mut from = 1;
    while from <= blocks {
        let path = format!(
            "/api/v1/sources/{}/window?from={from}&limit={WINDOW}",
            marked.source
        );
        reader.get(&path)?.fine(&path)?;
        from += WINDOW;
    }
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

/// Taguette's list, and its whole view, of the same text with the same marks.
fn peer(ground: &Ground, text: &Interview) -> Result<(f64, f64), String> {
    let taguette = Taguette::start(&ground.places)?;
    let document = taguette.upload(&text.name, &text.html())?;
    let listed = taguette.mark(document, text)?;
    if listed != MARKS {
        return Err(format!("Taguette lists {listed} marks"));
    }
    let reader = taguette.person.as_a_browser();
    let timed = |paths: &[String]| {
        let begun = clock::now();
        for path in paths {
            reader.get(path)?.fine(path)?;
        }
        Ok::<_, String>(begun.elapsed().as_secs_f64() * 1000.0)
    };
    let (mut lists, mut views) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        lists.push(timed(&[taguette::list(document)])?);
        views.push(timed(&taguette::view(document))?);
    }
    Ok((median(&lists), hundredths(median(&views))))
}
