//! Building the program itself.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use serde::Deserialize;

use crate::places::Places;
use crate::{assets, process};

/// The name of the program and of its package.
const NAME: &str = "knutepunkt";

/// How the program is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build: for work and for tests.
    Dev,
    /// As it is given to others: for measurements and releases.
    Release,
}

#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Builds page assets and program, and tells where the program is.
pub fn build(places: &Places, profile: Profile) -> Result<PathBuf, String> {
    assets::build(places)?;
    built(places, profile, &["--package", NAME], NAME)
}

/// Builds an example of one of our packages, and tells where it is.
pub fn example(
    places: &Places,
    profile: Profile,
    package: &str,
    name: &str,
) -> Result<PathBuf, String> {
    let what = ["--package", package, "--example", name];
    built(places, profile, &what, name)
}

fn built(places: &Places, profile: Profile, what: &[&str], name: &str) -> Result<PathBuf, String> {
    let mut cargo = process::cargo();
    cargo
        .arg("build")
        .args(what)
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(&places.root)
        .stdout(Stdio::piped());
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    let line = process::command_line(&cargo);
    eprintln!("$ {line}");
    let mut child = cargo
        .spawn()
        .map_err(|e| format!("{line}: could not be started: {e}"))?;
    let mut found = None;
    for message in child
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines())
    {
        let message = message.map_err(|e| format!("{line}: {e}"))?;
        found = executable(&message, name).or(found);
    }
    let status = child.wait().map_err(|e| format!("{line}: {e}"))?;
    match (status.success(), found) {
        (true, Some(path)) => Ok(path),
        (true, None) => Err(format!("{line}: made no program called {name}")),
        (false, _) => Err(format!("{line}: {name} could not be built")),
    }
}

/// A program's path, when this line of cargo's account tells of it.
fn executable(line: &str, name: &str) -> Option<PathBuf> {
    let message: Message = serde_json::from_str(line).ok()?;
    message.target.filter(|target| target.name == name)?;
    message.executable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_about_the_program_tells_its_path() {
        let of = |name: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"name":"{name}"}},"executable":"/t/debug/{name}"}}"#
            )
        };
        assert_eq!(
            executable(&of(NAME), NAME),
            Some(PathBuf::from("/t/debug/knutepunkt"))
        );
        assert_eq!(executable(&of("other"), NAME), None);
        assert_eq!(
            executable(r#"{"reason":"build-finished","success":true}"#, NAME),
            None
        );
        assert_eq!(executable("not json", NAME), None);
    }
}
