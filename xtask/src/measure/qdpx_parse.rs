//! Reading a project of 200 texts with 500 codings each, 100 000 in all: every source, every text, every mark on its
//! words. The peer is pyqdpx, which reads the same file in the same run from its package; it needs Python 3.12 or newer.
//!
//! The reader is a crate of its own, so an example of it does the work; a fresh process each time, since the peak of
//! memory is the process's.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{Ground, Known, Measurement, median, python, rounded};
use crate::{files, process, program};

const RUNS: usize = 5;
/// The peer takes some ten seconds each time.
const PEER_RUNS: usize = 3;
const CODINGS: u64 = 100_000;
const AIM_MB: f64 = 100.0;
/// A fixed version, so that figures of different days can be compared.
const PACKAGE: &str = "pyqdpx==0.1.8";
const SCRIPT: &str = include_str!("pyqdpx_driver.py");

pub const KNOWN: Known = Known {
    name: "qdpx-parse-100k",
    about: "ms to read a project with 100 000 codings, at most 100 MB; peer: pyqdpx on the same file, aim a tenth of it",
    take,
};

/// One reading of the file.
struct Reading {
    ms: f64,
    megabytes: f64,
    whole: bool,
}

fn take(ground: &Ground) -> Result<Measurement, String> {
    let reader = program::example(&ground.places, ground.profile, "refi-qda", "parse_100k")?;
    let home = ground.places.target.join("measure").join("qdpx");
    std::fs::create_dir_all(&home).map_err(files::told(&home))?;
    let file = home.join("parse-100k.qdpx");
    process::read(Command::new(&reader).arg("make").arg(&file))?;
    let ours = many(RUNS, || read(Command::new(&reader).arg("read").arg(&file)))?;
    let peer = peer(&home, &file);
    let ms = median(&each(&ours, |one| one.ms));
    let megabytes = each(&ours, |one| one.megabytes)
        .into_iter()
        .fold(0.0, f64::max);
    let peer_ms = peer
        .as_ref()
        .ok()
        .map(|all| median(&each(all, |one| one.ms)));
    let broken = ours.iter().filter(|one| !one.whole).count();
    Ok(Measurement {
        name: KNOWN.name,
        value: rounded(ms),
        unit: "ms",
        aim: peer_ms.map(|peer| rounded(peer / 10.0)),
        peer: peer_ms.map(rounded),
        runs: RUNS,
        faults: broken + usize::from(megabytes > AIM_MB),
        skipped: 0,
        detail: json!({
            "times_faster": peer_ms.map(|peer| rounded(peer / ms)),
            "peak_MB": rounded(megabytes),
            "peak_MB_aim": AIM_MB,
            "file_bytes": std::fs::metadata(&file).map(|about| about.len()).ok(),
            "each_ms": each(&ours, |one| rounded(one.ms)),
            "peer": peer.map_or_else(Value::String, |all| json!({
                "package": PACKAGE,
                "each_ms": each(&all, |one| rounded(one.ms)),
                "peak_MB": rounded(each(&all, |one| one.megabytes).into_iter().fold(0.0, f64::max)),
                "whole": all.iter().all(|one| one.whole),
            })),
        }),
    })
}

fn each(all: &[Reading], of: impl Fn(&Reading) -> f64) -> Vec<f64> {
    all.iter().map(of).collect()
}

fn many(
    times: usize,
    mut read: impl FnMut() -> Result<Reading, String>,
) -> Result<Vec<Reading>, String> {
    (0..times).map(|_| read()).collect()
}

/// Runs a reader once.
fn read(command: &mut Command) -> Result<Reading, String> {
    let said = process::read(command)?;
    let told: Value =
        serde_json::from_str(&said).map_err(|_| format!("the reader said: {said}"))?;
    let number = |name: &str| told.get(name).and_then(Value::as_f64);
    let codings = told.get("codings").and_then(Value::as_u64);
    // A reader that does not place marks does not tell.
    let placed = told.get("placed").and_then(Value::as_u64).or(codings);
    Ok(Reading {
        ms: number("ms").ok_or("the reader told no time")?,
        megabytes: number("peak").unwrap_or_default() / 1e6,
        whole: codings == Some(CODINGS) && placed == Some(CODINGS),
    })
}

/// The peer on the same file, or why there is none in this run.
fn peer(home: &Path, file: &Path) -> Result<Vec<Reading>, String> {
    // It uses what Python has since 3.12.
    let python = python::install(home, PACKAGE, 12)?;
    let script = home.join("driver.py");
    files::write(&script, SCRIPT)?;
    many(PEER_RUNS, || {
        read(Command::new(&python).arg(&script).arg(file))
    })
}
