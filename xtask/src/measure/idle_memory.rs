//! How much memory a fresh hub holds when nobody uses it.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::hub::Hub;
use super::{Ground, Known, Measurement, median, rounded};
use crate::{clock, files};

const RUNS: usize = 3;

pub const KNOWN: Known = Known {
    name: "idle-memory",
    about: "MB of resident memory 3 s after a fresh hub gave its first page (Linux)",
    take,
};

fn take(ground: &Ground) -> Result<Measurement, String> {
    let mut held = Vec::new();
    let mut highest = Vec::new();
    for _ in 0..RUNS {
        let hub = Hub::start(&ground.program, "serve")?;
        hub.get("/")?;
        clock::wait(Duration::from_secs(3));
        let path = Path::new("/proc")
            .join(hub.pid().to_string())
            .join("status");
        let status = std::fs::read_to_string(&path).map_err(files::told(&path))?;
        let line =
            |name| megabytes(&status, name).ok_or(format!("{} has no {name}", path.display()));
        held.push(line("VmRSS")?);
        highest.push(rounded(line("VmHWM")?));
    }
    Ok(Measurement {
        name: KNOWN.name,
        value: rounded(median(&held)),
        unit: "MB",
        aim: None,
        peer: None,
        runs: RUNS,
        faults: 0,
        skipped: 0,
        detail: json!({ "each_MB": held.iter().map(|m| rounded(*m)).collect::<Vec<_>>(), "highest_MB": highest }),
    })
}

/// A line such as `VmRSS:     12345 kB` of the kernel's account of a process (proc(5)); its kB are 1 024 bytes.
fn megabytes(status: &str, name: &str) -> Option<f64> {
    let rest = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kilobytes: f64 = rest.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_line_of_that_name() {
        let status = "VmHWM:\t   20000 kB\nVmRSS:\t   10000 kB\n";
        assert_eq!(megabytes(status, "VmRSS"), Some(10.24));
        assert_eq!(megabytes(status, "VmSwap"), None);
        assert_eq!(megabytes("VmRSS: none", "VmRSS"), None);
    }
}
