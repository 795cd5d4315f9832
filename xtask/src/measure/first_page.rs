//! Bytes over the wire until the public page of a published report stands in a browser that was never there before: the
//! page and all it loads, heads included, packed as the browser asks for it.

use serde_json::{Value, json};

use super::browser;
use super::hub::Hub;
use super::{Ground, Known, Measurement};

const RUNS: usize = 3;
const AIM: f64 = 100_000.0;

pub const KNOWN: Known = Known {
    name: "first-page-bytes",
    about: "bytes over the wire of the public page of a report with all it loads in a browser",
    take,
};

fn take(ground: &Ground) -> Result<Measurement, String> {
    let hub = Hub::start(&ground.program, "demo")?;
    let path = public_report(&hub)?;
    let addresses: Vec<String> = (0..RUNS).map(|_| format!("{}{path}", hub.base())).collect();
    let all = browser::loads(ground, None, &addresses)?;
    let sums: Vec<u64> = all
        .iter()
        .map(|loads| loads.iter().map(|load| load.bytes).sum())
        .collect();
    let is_bad = |load: &browser::Load| load.status != 200 || !load.url.starts_with(hub.base());
    let faults = all.iter().filter(|loads| loads.iter().any(is_bad)).count();
    let loads: Vec<Value> = all
        .first()
        .into_iter()
        .flatten()
        .map(|load| {
            let path = load.url.strip_prefix(hub.base()).unwrap_or(&load.url);
            json!({ "path": path, "kind": load.kind, "bytes": load.bytes })
        })
        .collect();
    Ok(Measurement {
        name: KNOWN.name,
        value: sums.iter().copied().max().unwrap_or_default() as f64,
        unit: "bytes",
        aim: Some(AIM),
        peer: None,
        runs: RUNS,
        faults,
        skipped: 0,
        detail: json!({ "each": sums, "loads": loads, "peer": "none: the peer has no public pages" }),
    })
}

/// The address of the first report in the demo that the public may read.
fn public_report(hub: &Hub) -> Result<String, String> {
    let demo = hub.demo()?;
    let studies = demo.get("studies").and_then(Value::as_array);
    for slug in studies.into_iter().flatten().filter_map(Value::as_str) {
        let path = format!("/reports/{slug}");
        if hub.get(&path)? == 200 {
            return Ok(path);
        }
    }
    Err("no report of the demo is published".to_owned())
}
