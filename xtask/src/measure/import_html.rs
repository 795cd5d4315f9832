//! From sending a page of one megabyte until it can be read: over HTTP, on the form that people use, until the import
//! says that it is over. The peer is Taguette, which reads such a page in its own process and answers when it is in.

use std::time::Duration;

use serde_json::{Value, json};

use super::fixture::new_study;
use super::hub::Hub;
use super::person::Person;
use super::taguette::Taguette;
use super::text::Interview;
use super::{Ground, Known, Measurement, median, rounded};
use crate::clock;

const BYTES: usize = 1_000_000;
const RUNS: usize = 7;
/// Between two looks at an import.
const PAUSE: Duration = Duration::from_millis(2);
const OVER_WITHIN: Duration = Duration::from_secs(120);

pub const KNOWN: Known = Known {
    name: "import-1mb",
    about: "ms from sending an HTML file of 1 MB until it can be read; peer: Taguette's import of the same file",
    take,
};

fn take(ground: &Ground) -> Result<Measurement, String> {
    let text = Interview::of(BYTES, 0);
    let page = text.html();
    let mut hub = Hub::start(&ground.program, "demo")?;
    let leader = Person::sign_in(&hub, "process_manager")?;
    let slug = new_study(&leader)?;
    let (mut times, mut faults, mut source) = (Vec::new(), 0, String::new());
    for _ in 0..RUNS {
        let begun = clock::now();
        let import = send(&leader, &slug, &text.name, &page)?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        source = came_in(&leader, &import)?;
        faults += usize::from(!is_whole(&leader, &source, &text)?);
    }
    hub.stop();
    let bare = ground.bare(
        "bare_import",
        &[&hub.database(), &source, &RUNS.to_string()],
    )?;
    let ours = median(&times);
    let peer = peer(ground, &text.name, &page);
    let each = |times: &[f64]| times.iter().map(|time| rounded(*time)).collect::<Vec<_>>();
    let peer_ms = peer.as_ref().ok().map(|times| median(times));
    Ok(Measurement {
        name: KNOWN.name,
        value: rounded(ours),
        unit: "ms",
        aim: None,
        peer: peer_ms.map(rounded),
        runs: RUNS,
        faults,
        skipped: 0,
        detail: json!({
            "times_faster": peer_ms.map(|peer| rounded(peer / ours)),
            "bytes": page.len(),
            "paragraphs": text.paragraphs.len(),
            "each_ms": each(&times),
            "bare_ms": bare,
            "peer": peer.map_or_else(Value::String, |times| json!({ "each_ms": each(&times) })),
        }),
    })
}

/// Sends the page by the form and waits until the import is over; gives the import's address.
fn send(leader: &Person, slug: &str, name: &str, page: &str) -> Result<String, String> {
    let path = format!("/studies/{slug}/import");
    let answer = leader.upload(
        &path,
        &[("basis", "fictional")],
        (
            "files",
            &format!("{name}.html"),
            "text/html",
            page.as_bytes(),
        ),
    )?;
    let to = answer
        .to
        .clone()
        .ok_or_else(|| format!("{path} answered {}: {}", answer.status, answer.text()))?;
    let id = to.rsplit('/').next().unwrap_or_default();
    let progress = format!("/api/v1/imports/{id}");
    let begun = clock::now();
    while leader.json(&progress)?.get("over") != Some(&Value::Bool(true)) {
        if begun.elapsed() > OVER_WITHIN {
            return Err(format!("{to} is not over"));
        }
        clock::wait(PAUSE);
    }
    Ok(to)
}

/// The source that an import brought.
fn came_in(leader: &Person, import: &str) -> Result<String, String> {
    const HREF: &str = "href=\"/sources/";
    let page = leader.get(import)?.fine(import)?.text();
    let source = page
        .split(HREF)
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    source
        .map(str::to_owned)
        .ok_or_else(|| format!("nothing came in: {page}"))
}

/// The first and the last paragraph are there, in their places.
fn is_whole(leader: &Person, source: &str, text: &Interview) -> Result<bool, String> {
    for place in [1, text.paragraphs.len()] {
        let path = format!("/api/v1/sources/{source}/window?from={place}&limit=1");
        let window = leader.json(&path)?;
        let there = window.pointer("/blocks/0/text").and_then(Value::as_str);
        if there != text.paragraphs.get(place - 1).map(String::as_str) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn peer(ground: &Ground, name: &str, page: &str) -> Result<Vec<f64>, String> {
    let taguette = Taguette::start(&ground.places)?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begun = clock::now();
        taguette.upload(name, page)?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(times)
}
