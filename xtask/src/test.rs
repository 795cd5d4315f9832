//! Everything that must hold before a change is handed in. No check stops the next: the closing lines tell all at once.
//! Only what the rest stands on (packages, page assets, the program) ends the run when it fails.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::ValueEnum;

use crate::places::Places;
use crate::postgres::Postgres;
use crate::program::{self, Profile};
use crate::{assets, clock, files, node, process};

/// One kind of check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Check {
    /// `cargo fmt --check`
    Format,
    /// `tsc` over islands and walks
    Types,
    /// clippy, with warnings as errors
    Lint,
    /// All Rust tests, on SQLite and PostgreSQL
    Rust,
    /// The browser walks, on SQLite and PostgreSQL
    Walks,
}

/// What came of one check.
struct Outcome {
    name: String,
    took: Duration,
    result: Result<(), String>,
}

/// Runs the wanted checks, or all of them when none is named.
///
/// # Errors
/// Names the checks that failed.
pub fn run(places: &Places, wanted: &[Check]) -> Result<(), String> {
    let wants = |check: Check| wanted.is_empty() || wanted.contains(&check);
    let mut done = Report::default();
    let whole = all(places, &mut done, &wants).is_some();
    done.close(wanted.is_empty(), whole)
}

/// All that is wanted; nothing when something failed that the rest stands on.
fn all(places: &Places, done: &mut Report, wants: &dyn Fn(Check) -> bool) -> Option<()> {
    if wants(Check::Format) {
        done.check("format", || {
            process::run(
                process::cargo()
                    .args(["fmt", "--all", "--check"])
                    .current_dir(&places.root),
            )
        });
    }
    done.check("assets", || assets::build(places))?;
    if wants(Check::Types) {
        done.check("types", || types(places));
    }
    let program = match wants(Check::Walks) {
        true => Some(done.check("program", || program::build(places, Profile::Dev))?),
        false => None,
    };
    rest(places, done, wants, program.as_deref());
    Some(())
}

fn rest(places: &Places, done: &mut Report, wants: &dyn Fn(Check) -> bool, program: Option<&Path>) {
    if wants(Check::Lint) {
        done.check("lint", || {
            on_both_halves(|half| {
                process::run(
                    process::cargo()
                        .arg("clippy")
                        .args(half)
                        .args(["--all-targets", "--", "-D", "warnings"])
                        .current_dir(&places.root),
                )
            })
        });
    }
    if !wants(Check::Rust) && !wants(Check::Walks) {
        return;
    }
    let walks = match program {
        Some(_) => done
            .check("walks: bundle", || bundle_walks(places))
            .unwrap_or_default(),
        None => Vec::new(),
    };
    let databases: Vec<String> = walks.iter().map(|walk| database(walk)).collect();
    let postgres = done.check("PostgreSQL: start", || Postgres::start(places, &databases));
    if wants(Check::Rust) {
        // Without PostgreSQL its half is missing, and the run fails for that; the other half is told all the same.
        done.check("Rust tests", || rust(places, postgres.as_ref()));
    }
    if let (Some(program), false) = (program, walks.is_empty()) {
        done.check("walks on SQLite", || walk(places, program, &walks, None));
        if let Some(postgres) = &postgres {
            done.check("walks on PostgreSQL", || {
                walk(places, program, &walks, Some(postgres))
            });
        }
    }
}

fn types(places: &Places) -> Result<(), String> {
    let islands = match has_islands(places)? {
        true => process::run(node::tool(places, "tsc").args(["--project", "tsconfig.json"])),
        false => Ok(()),
    };
    let walks = process::run(node::tool(places, "tsc").args(["--project", "e2e/tsconfig.json"]));
    islands.and(walks)
}

/// The compiler takes a project without a file for a mistake.
fn has_islands(places: &Places) -> Result<bool, String> {
    let mut folders = vec![places.root.join("ui/islands")];
    folders.extend(
        files::list(&places.root.join("areas"))?
            .into_iter()
            .map(|area| area.join("islands")),
    );
    for folder in folders {
        if !files::tree(&folder, &is_island_source)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_island_source(file: &Path) -> bool {
    files::ends_with(file, "ts") && !is_walk(file)
}

fn rust(places: &Places, postgres: Option<&Postgres>) -> Result<(), String> {
    on_both_halves(|half| {
        let mut cargo = process::cargo();
        cargo
            .arg("test")
            .args(half)
            .arg("--no-fail-fast")
            .current_dir(&places.root)
            .env_remove("KNUTEPUNKT_TEST_PG");
        if let Some(postgres) = postgres {
            cargo.env("KNUTEPUNKT_TEST_PG", postgres.url("postgres"));
        }
        process::run_loud(&mut cargo)
    })
}

/// Does something with this tool's package and with all others, apart: built together, cargo would give the libraries
/// that they share the features of both, and compile most of the program a second time.
fn on_both_halves(act: impl Fn(&[&str]) -> Result<(), String>) -> Result<(), String> {
    let tool = act(&["--package", "xtask"]);
    let others = act(&["--workspace", "--exclude", "xtask"]);
    tool.and(others)
}

fn is_walk(file: &Path) -> bool {
    file.to_string_lossy().ends_with(".test.ts")
}

/// Walks and island tests, made into what Node runs; in `node_modules`, so that they find their packages.
fn bundle_walks(places: &Places) -> Result<Vec<PathBuf>, String> {
    let mut sources = Vec::new();
    for folder in ["e2e", "ui", "areas"] {
        sources.extend(files::tree(&places.root.join(folder), &is_walk)?);
    }
    if sources.is_empty() {
        return Err("there is no walk to take: e2e/*.test.ts".to_owned());
    }
    let out = places.cache().join("walks");
    files::remove(&out)?;
    node::bundle(places, &sources, &out)?;
    files::tree(&out, &|file| file.to_string_lossy().ends_with(".test.mjs"))
}

/// Each file with walks has a database of its own, called after it; the harness makes the same name.
fn database(walk: &Path) -> String {
    let file = walk.file_name().unwrap_or_default().to_string_lossy();
    let name = file.strip_suffix(".test.mjs").unwrap_or(&file);
    let plain = name.chars().map(|c| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    });
    format!("walk_{}", plain.collect::<String>())
}

fn walk(
    places: &Places,
    program: &Path,
    walks: &[PathBuf],
    postgres: Option<&Postgres>,
) -> Result<(), String> {
    let engine = if postgres.is_some() {
        "postgresql"
    } else {
        "sqlite"
    };
    let shots = places.target.join("e2e-shots").join(engine);
    files::remove(&shots)?;
    let mut node = Command::new("node");
    node.args(["--enable-source-maps", "--test", "--test-reporter=spec"])
        .args(walks)
        .current_dir(&places.root)
        .env_remove("KNUTEPUNKT_E2E_DATABASE")
        .env("KNUTEPUNKT_BIN", program)
        .env("KNUTEPUNKT_E2E_SHOTS", &shots);
    if let Some(postgres) = postgres {
        node.env("KNUTEPUNKT_E2E_DATABASE", postgres.url(""));
    }
    eprintln!("screenshots: {}", shots.display());
    process::run_loud(&mut node)
}

/// What has been checked so far.
#[derive(Default)]
struct Report {
    outcomes: Vec<Outcome>,
}

impl Report {
    /// Runs one check, tells of it and keeps what came of it; gives its value when it went well.
    fn check<T>(&mut self, name: &str, act: impl FnOnce() -> Result<T, String>) -> Option<T> {
        eprintln!("\n== {name}");
        let started = clock::now();
        let (value, result) = match act() {
            Ok(value) => (Some(value), Ok(())),
            Err(why) => (None, Err(why)),
        };
        if let Err(why) = &result {
            eprintln!("{why}");
        }
        self.outcomes.push(Outcome {
            name: name.to_owned(),
            took: started.elapsed(),
            result,
        });
        value
    }

    /// The closing lines. `all`: nothing was left out on purpose; `whole`: nothing was left out because of a failure.
    fn close(&self, all: bool, whole: bool) -> Result<(), String> {
        eprintln!("\n== closing\n{self}");
        let failed = self.outcomes.iter().filter(|done| done.result.is_err());
        let failed: Vec<&str> = failed.map(|done| done.name.as_str()).collect();
        if !failed.is_empty() {
            let rest = if whole {
                ""
            } else {
                " What stands on it was not looked at."
            };
            return Err(format!("Does not hold: {}.{rest}", failed.join(", ")));
        }
        match all {
            true => eprintln!("Everything holds."),
            false => eprintln!("What was asked for holds; the other checks were left out."),
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Outcome { name, took, result } in &self.outcomes {
            let seconds = took.as_secs_f64();
            match result {
                Ok(()) => writeln!(f, "holds   {seconds:7.1} s  {name}")?,
                Err(why) => {
                    let first = why.lines().next().unwrap_or_default();
                    writeln!(f, "FAILED  {seconds:7.1} s  {name}: {first}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_check_is_told_at_the_end_and_stops_nothing() {
        let mut done = Report::default();
        assert_eq!(
            done.check("first", || Err::<(), _>("why\nmore".to_owned())),
            None
        );
        assert_eq!(done.check("second", || Ok(7)), Some(7));
        for outcome in &mut done.outcomes {
            outcome.took = Duration::from_millis(1500);
        }
        assert_eq!(
            done.to_string(),
            "FAILED      1.5 s  first: why\nholds       1.5 s  second\n"
        );
        assert_eq!(
            done.close(true, true),
            Err("Does not hold: first.".to_owned())
        );
        assert_eq!(
            done.close(true, false),
            Err("Does not hold: first. What stands on it was not looked at.".to_owned())
        );
    }

    #[test]
    fn a_walk_file_gives_its_database_a_plain_name() {
        assert_eq!(
            database(Path::new("/c/e2e/front-door.test.mjs")),
            "walk_front_door"
        );
        assert_eq!(database(Path::new("Board2.test.mjs")), "walk_board2");
    }
}
