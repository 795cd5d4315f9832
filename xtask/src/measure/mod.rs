//! Measurements on a release build. Each is a file here with one function that gives a [`Measurement`]; to add one, write
//! the file and its line in [`ALL`]. Every figure in the documents comes from one of these.

mod add_mark;
mod hub;
mod idle_memory;
mod start;

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::places::Places;
use crate::program::{self, Profile};

/// What a measurement prints, as one line of JSON.
#[derive(Debug, Serialize)]
pub struct Measurement {
    /// The name it is asked for by.
    pub name: &'static str,
    /// The one number.
    pub value: f64,
    /// `ms`, `MB`, `bytes`, `/s`, `x`, or empty for a count or a share. MB are 1 000 000 bytes.
    pub unit: &'static str,
    /// What the number should be at most (or at least, for rates), when that was decided.
    pub aim: Option<f64>,
    /// The same measured on a comparable program, when that was done.
    pub peer: Option<f64>,
    /// How often it was measured.
    pub runs: usize,
    /// Runs in which something was wrong; anything but 0 fails the command.
    pub faults: usize,
    /// Runs that were left out.
    pub skipped: usize,
    /// What else is worth knowing.
    pub detail: Value,
}

/// A measurement that can be asked for.
pub struct Known {
    pub name: &'static str,
    pub about: &'static str,
    take: fn(&Path) -> Result<Measurement, String>,
}

/// All of them, in the order of `--list`.
pub const ALL: [Known; 3] = [start::KNOWN, idle_memory::KNOWN, add_mark::KNOWN];

/// Builds for release and takes one measurement.
pub fn take(places: &Places, name: &str) -> Result<Measurement, String> {
    let known = ALL
        .iter()
        .find(|known| known.name == name)
        .ok_or_else(|| format!("There is no measurement called {name}."))?;
    let program = program::build(places, Profile::Release)?;
    (known.take)(&program)
}

/// The middle value; of an even number the mean of the two in the middle. 0 when there is none.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (
        sorted.get(middle),
        middle.checked_sub(1).and_then(|m| sorted.get(m)),
    ) {
        (Some(high), Some(low)) if sorted.len().is_multiple_of(2) => f64::midpoint(*low, *high),
        (Some(middle), _) => *middle,
        (None, _) => 0.0,
    }
}

/// A tenth of a unit is finer than any of these can be repeated.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        assert_eq!(median(&[9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 9.0]), 3.0);
        assert_eq!(median(&[]), 0.0);
    }
}
