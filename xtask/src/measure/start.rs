//! From starting the program on an empty folder to its first page.

use serde_json::json;

use super::hub::Hub;
use super::{Ground, Known, Measurement, median, rounded};

const RUNS: usize = 5;

pub const KNOWN: Known = Known {
    name: "start",
    about: "ms from starting `serve` on an empty folder to the whole first page",
    take,
};

fn take(ground: &Ground) -> Result<Measurement, String> {
    let mut times = Vec::new();
    let mut statuses = Vec::new();
    for _ in 0..RUNS {
        let hub = Hub::start(&ground.program, "serve")?;
        statuses.push(hub.get("/")?);
        times.push(hub.started.elapsed().as_secs_f64() * 1000.0);
    }
    let is_page = |status: &&u16| matches!(**status, 200 | 303);
    Ok(Measurement {
        name: KNOWN.name,
        value: rounded(median(&times)),
        unit: "ms",
        aim: None,
        peer: None,
        runs: RUNS,
        faults: RUNS - statuses.iter().filter(is_page).count(),
        skipped: 0,
        detail: json!({ "each_ms": times.iter().map(|t| rounded(*t)).collect::<Vec<_>>(), "statuses": statuses }),
    })
}
