//! What it costs to mark a passage, beyond what writing the rows costs anyway.
//!
//! Over HTTP on one kept connection: 300 marks in a document of 10 kB and 300 in one of 1 MB. Then,
//! in the same run and on the same file, the same rows on a plain connection with 64 bytes appended
//! and flushed (`store/examples/bare_add_mark.rs`). The value is the difference of the medians.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::hub::Hub;
use super::person::Person;
use super::{Ground, Known, Measurement, hundredths, median, rounded};
use crate::clock;

const MARKS: usize = 300;
/// Marks before time is taken.
const WARM_UP: usize = 20;
const STUDY: &str = "oppsokende-team";

pub const KNOWN: Known = Known {
    name: "add-mark",
    about: "ms that a mark costs over HTTP, less the same rows and one synced append of 64 bytes",
    take,
};

fn take(ground: &Ground) -> Result<Measurement, String> {
    let mut hub = Hub::start(&ground.program, "demo")?;
    let person = Person::sign_in(&hub, "peer_researcher")?;
    let small = document(&ground.program, &hub, "ti-kilobyte.txt", 10_000)?;
    let large = document(&ground.program, &hub, "en-megabyte.txt", 1_000_000)?;
    let code = a_code(&person)?;
    let (small, large) = (Place::find(&person, &small)?, Place::find(&person, &large)?);
    let (mut in_small, mut in_large) = (Vec::new(), Vec::new());
    // One here and one there, so that what else the machine does strikes both alike.
    for n in 0..WARM_UP + MARKS {
        let (one, other) = (
            small.mark(&person, &code, n)?,
            large.mark(&person, &code, n)?,
        );
        if n >= WARM_UP {
            in_small.push(one);
            in_large.push(other);
        }
    }
    hub.stop();
    let bare = ground.bare("bare_add_mark", &[&hub.database(), &MARKS.to_string()])?;
    let bare = bare.as_f64().ok_or("the bare twin gave no number")?;
    let (small_ms, large_ms) = (median(&in_small), median(&in_large));
    Ok(Measurement {
        name: KNOWN.name,
        value: rounded(small_ms - bare),
        unit: "ms",
        aim: Some(2.0),
        peer: None,
        runs: MARKS,
        faults: 0,
        skipped: 0,
        detail: json!({
            "over_http_10kB_ms": rounded(small_ms),
            "over_http_1MB_ms": rounded(large_ms),
            "large_to_small": hundredths(large_ms / small_ms),
            "large_to_small_aim": 1.2,
            "bare_ms": hundredths(bare),
            "peer": "none in this run",
        }),
    })
}

/// Brings in a made-up conversation of about so many bytes; gives the source's id.
fn document(program: &Path, hub: &Hub, name: &str, bytes: usize) -> Result<String, String> {
    let mut text = String::with_capacity(bytes + 200);
    let mut turn = 0;
    while text.len() < bytes {
        let who = if turn % 2 == 0 { "Kari" } else { "Ola" };
        turn += 1;
        let _ = writeln!(
            text,
            "{who}: Dette er replikk nummer {turn}, og den sier noe om hvordan det var å bli møtt den dagen.\n"
        );
    }
    let file = hub.data().join(name);
    std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    let report = hub.import(program, STUDY, &file)?;
    let source = report
        .pointer("/files/0/outcome/sources/0")
        .and_then(Value::as_str);
    source
        .map(str::to_owned)
        .ok_or_else(|| format!("no source came of {name}: {report}"))
}

fn a_code(person: &Person) -> Result<String, String> {
    let codes = person.json(&format!("/api/v1/studies/{STUDY}/codes"))?;
    let all = codes
        .get("codes")
        .and_then(Value::as_array)
        .ok_or("no codes")?;
    let usable = all
        .iter()
        .rev()
        .find(|code| code.get("codable") != Some(&Value::Bool(false)));
    let id = usable
        .and_then(|code| code.get("id"))
        .and_then(Value::as_str);
    id.map(str::to_owned)
        .ok_or_else(|| "no code can be used".to_owned())
}

/// Where the marks go: the first blocks of a source.
struct Place {
    marks: String,
    blocks: Vec<String>,
}

impl Place {
    fn find(person: &Person, source: &str) -> Result<Self, String> {
        let window = person.json(&format!("/api/v1/sources/{source}/window?from=1&limit=40"))?;
        let blocks = window.get("blocks").and_then(Value::as_array);
        let blocks: Vec<String> = blocks
            .ok_or("no blocks")?
            .iter()
            .filter_map(|block| Some(block.get("id")?.as_str()?.to_owned()))
            .collect();
        Ok(Self {
            marks: format!("/api/v1/sources/{source}/marks"),
            blocks,
        })
    }

    /// Makes the n-th mark; how many ms it took.
    fn mark(&self, person: &Person, code: &str, n: usize) -> Result<f64, String> {
        let count = self.blocks.len().max(1);
        let block = self.blocks.get(n % count).ok_or("no blocks")?;
        let from = n / count;
        let body = json!({
            "from": { "block": block, "at": from },
            "to": { "block": block, "at": from + 9 },
            "codes": [code],
        });
        let begun = clock::now();
        let answer = person.send(&self.marks, "application/json", body.to_string().as_bytes())?;
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        answer.fine(&self.marks)?;
        Ok(took)
    }
}
