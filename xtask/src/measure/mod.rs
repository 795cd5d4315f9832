//! Measurements on a release build. Each is a file here with one function that gives a [`Measurement`]; to add one, write
//! the file and its line in [`ALL`]. Every figure in the documents comes from one of these.

mod add_mark;
mod browser;
mod first_page;
mod fixture;
mod hub;
mod idle_memory;
mod import_html;
mod many_marks;
mod person;
mod python;
mod qdpx_parse;
mod readers;
mod start;
mod taguette;
mod text;

use std::path::PathBuf;
use std::process::Command;

use serde::Serialize;
use serde_json::Value;

use crate::places::Places;
use crate::process;
use crate::program::{self, Profile};

/// What a measurement stands on.
pub struct Ground {
    /// The program, as it was built.
    pub program: PathBuf,
    /// Where things lie.
    pub places: Places,
    profile: Profile,
}

impl Ground {
    /// Builds an example of `store` as the program was built, runs it, and gives the JSON that it prints.
    ///
    /// # Errors
    /// When it can't be built or run, or prints something else.
    fn bare(&self, example: &str, args: &[&str]) -> Result<Value, String> {
        let path = program::example(&self.places, self.profile, "store", example)?;
        let said = process::read(Command::new(&path).args(args))?;
        serde_json::from_str(&said).map_err(|_| format!("{example} said: {said}"))
    }
}

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
    take: fn(&Ground) -> Result<Measurement, String>,
}

/// All of them, in the order of `--list`.
pub const ALL: [Known; 8] = [
    start::KNOWN,
    idle_memory::KNOWN,
    add_mark::KNOWN,
    import_html::KNOWN,
    many_marks::KNOWN,
    readers::KNOWN,
    first_page::KNOWN,
    qdpx_parse::KNOWN,
];

/// Builds and takes one measurement. On a build for work, or on the program that `KNUTEPUNKT_BIN` names then, it is only
/// a try: its figures mean nothing, and say so.
pub fn take(places: &Places, name: &str, profile: Profile) -> Result<Measurement, String> {
    let known = ALL
        .iter()
        .find(|known| known.name == name)
        .ok_or_else(|| format!("There is no measurement called {name}."))?;
    let given = std::env::var_os("KNUTEPUNKT_BIN").filter(|_| profile == Profile::Dev);
    let program = match given {
        Some(path) => PathBuf::from(path),
        None => program::build(places, profile)?,
    };
    let ground = Ground {
        program,
        places: places.clone(),
        profile,
    };
    let mut taken = (known.take)(&ground)?;
    if let (Profile::Dev, Some(detail)) = (profile, taken.detail.as_object_mut()) {
        detail.insert("build".into(), "not the release build: only a try".into());
    }
    Ok(taken)
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

/// Small figures are worth a second decimal.
fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
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
