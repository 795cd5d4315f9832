//! What it costs to mark a passage, beyond what writing the rows costs anyway.
//!
//! Over HTTP on one kept connection: 300 marks in a document of 10 kB and 300 in one of 1 MB. Then,
//! in the same run and on the same file, the same rows on a plain connection with 64 bytes appended
//! and flushed (`store/examples/bare_add_mark.rs`). The value is the difference of the medians.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::hub::Hub;
use super::{Known, Measurement, median, rounded};
use crate::{clock, process};

const MARKS: usize = 300;
const STUDY: &str = "oppsokende-team";

pub const KNOWN: Known = Known {
    name: "add-mark",
    about: "ms that a mark costs over HTTP, less the same rows and one synced append of 64 bytes",
    take,
};

fn take(program: &Path) -> Result<Measurement, String> {
    let hub = Hub::start(program, "demo")?;
    let client = Client::sign_in(&hub)?;
    let small = document(program, &hub, "ti-kilobyte.txt", 10_000)?;
    let large = document(program, &hub, "en-megabyte.txt", 1_000_000)?;
    let code = client.a_code()?;
    let in_small = client.mark_many(&small, &code)?;
    let in_large = client.mark_many(&large, &code)?;
    let data = hub.stop();
    let bare = bare(program, &data)?;
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
            "large_to_small": (large_ms / small_ms * 100.0).round() / 100.0,
            "large_to_small_aim": 1.2,
            "bare_ms": rounded(bare),
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
    let mut import = Command::new(program);
    import.args([
        "import",
        "--study",
        STUDY,
        "--basis",
        "fictional",
        "--json",
        "--data",
    ]);
    let answer = import
        .arg(hub.data())
        .arg(&file)
        .output()
        .map_err(|error| error.to_string())?;
    let report: Value = serde_json::from_slice(&answer.stdout)
        .map_err(|_| format!("import said: {}", String::from_utf8_lossy(&answer.stderr)))?;
    let source = report
        .pointer("/files/0/outcome/sources/0")
        .and_then(Value::as_str);
    source
        .map(str::to_owned)
        .ok_or_else(|| format!("no source came of {name}: {report}"))
}

/// The bare twin on the hub's own file, which nobody serves now.
fn bare(program: &Path, data: &Path) -> Result<f64, String> {
    // Beside the program lies the target folder's profile folder.
    let mut cargo = process::cargo();
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "-p",
        "store",
        "--example",
        "bare_add_mark",
    ]);
    process::run(&mut cargo)?;
    let example = program.with_file_name("examples").join("bare_add_mark");
    let answer = Command::new(&example)
        .arg(data.join("knutepunkt.db"))
        .arg(MARKS.to_string())
        .output()
        .map_err(|error| format!("{}: {error}", example.display()))?;
    let said = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    said.parse().map_err(|_| {
        format!(
            "the bare twin said: {said}{}",
            String::from_utf8_lossy(&answer.stderr)
        )
    })
}

/// A signed-in peer researcher on one kept connection.
struct Client {
    agent: ureq::Agent,
    base: String,
    cookie: String,
}

impl Client {
    fn sign_in(hub: &Hub) -> Result<Self, String> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .build()
            .into();
        let file = hub.data().join("demo.json");
        let demo = loop {
            match std::fs::read(&file) {
                Ok(bytes) => break bytes,
                Err(_) if hub.started.elapsed().as_secs() < 60 => {
                    clock::wait(std::time::Duration::from_millis(50))
                }
                Err(error) => return Err(format!("{}: {error}", file.display())),
            }
        };
        let demo: Value = serde_json::from_slice(&demo).map_err(|error| error.to_string())?;
        let link = demo
            .pointer("/people/peer_researcher/sign_in")
            .and_then(Value::as_str);
        let link = link.ok_or("demo.json has no peer researcher")?;
        let answer = agent.get(link).call().map_err(|error| error.to_string())?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .and_then(|value| value.to_str().ok());
        let cookie = cookie
            .and_then(|value| value.split(';').next())
            .ok_or("no session began")?;
        Ok(Self {
            agent,
            base: hub.base().to_owned(),
            cookie: cookie.to_owned(),
        })
    }

    fn get(&self, path: &str) -> Result<Value, String> {
        let request = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("cookie", &self.cookie);
        let mut answer = request.call().map_err(|error| format!("{path}: {error}"))?;
        let text = answer
            .body_mut()
            .read_to_string()
            .map_err(|error| format!("{path}: {error}"))?;
        serde_json::from_str(&text)
            .map_err(|_| format!("{path} answered {}: {text}", answer.status()))
    }

    fn a_code(&self) -> Result<String, String> {
        let codes = self.get(&format!("/api/v1/studies/{STUDY}/codes"))?;
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

    fn mark_many(&self, source: &str, code: &str) -> Result<Vec<f64>, String> {
        let window = self.get(&format!("/api/v1/sources/{source}/window?from=1&limit=40"))?;
        let blocks: Vec<String> = window
            .get("blocks")
            .and_then(Value::as_array)
            .ok_or("no blocks")?
            .iter()
            .filter_map(|block| Some(block.get("id")?.as_str()?.to_owned()))
            .collect();
        let mut times = Vec::with_capacity(MARKS);
        for n in 0..MARKS {
            let block = blocks.get(n % blocks.len()).ok_or("no blocks")?;
            let from = n / blocks.len();
            let body = json!({
                "from": { "block": block, "at": from },
                "to": { "block": block, "at": from + 9 },
                "codes": [code],
            });
            let url = format!("{}/api/v1/sources/{source}/marks", self.base);
            let request = self
                .agent
                .post(&url)
                .header("cookie", &self.cookie)
                .content_type("application/json");
            let begun = clock::now();
            let mut answer = request
                .send(body.to_string())
                .map_err(|error| error.to_string())?;
            let text = answer
                .body_mut()
                .read_to_string()
                .map_err(|error| error.to_string())?;
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
            if !answer.status().is_success() {
                return Err(format!("marking answered {}: {text}", answer.status()));
            }
        }
        Ok(times)
    }
}
