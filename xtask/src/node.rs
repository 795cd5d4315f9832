//! Node and npm: is there a usable one, and are the packages of the lock file installed?

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places::Places;
use crate::{files, process, stamp};

const OLDEST: (u32, u32) = (20, 11);

/// Installs the packages of `package-lock.json` unless that is done. No package runs a script of its own.
///
/// # Errors
/// Says what to install when Node or npm is missing or too old.
pub fn install(places: &Places) -> Result<(), String> {
    check_node()?;
    let recipe = ["package.json", "package-lock.json", ".npmrc"].map(|name| places.root.join(name));
    let wanted = stamp::digest(recipe, std::env::consts::ARCH)?;
    let stamp = places.modules().join(".knutepunkt-installed");
    if stamp::says(&stamp, &wanted) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&places.root);
    if Command::new("npm").arg("--version").output().is_err() {
        return Err("npm is not on this machine. It comes with Node.js (20.11 or newer): install Node.js with npm, then run this again.".to_owned());
    }
    process::run(&mut npm)?;
    stamp::write(&stamp, &wanted)
}

/// A program that an installed package brings, such as `esbuild` or `tsc`.
pub fn tool(places: &Places, name: &str) -> Command {
    let mut command = Command::new(places.modules().join(".bin").join(name));
    command.current_dir(&places.root);
    command
}

/// The folder of an installed package.
pub fn package(places: &Places, name: &str) -> PathBuf {
    places.modules().join(name)
}

/// Makes scripts, with all of ours that they use, into what Node runs; they find packages where `out` is in
/// `node_modules`. `e2e/x.ts` becomes `out/e2e/x.mjs`.
pub fn bundle(places: &Places, sources: &[PathBuf], out: &Path) -> Result<(), String> {
    let mut esbuild = tool(places, "esbuild");
    esbuild
        .args(
            sources
                .iter()
                .map(|source| files::below(&places.root, source)),
        )
        .args([
            "--bundle",
            "--platform=node",
            "--target=node20",
            "--format=esm",
            "--packages=external",
        ])
        .args([
            "--out-extension:.js=.mjs",
            "--sourcemap=inline",
            "--log-level=warning",
            "--outbase=.",
        ])
        .arg(format!("--outdir={}", out.display()));
    process::run(&mut esbuild)
}

fn check_node() -> Result<(), String> {
    let answer = Command::new("node").arg("--version").output().map_err(|_| {
        "Node.js is not on this machine. Install version 20.11 or newer (with npm), then run this again.".to_owned()
    })?;
    let said = String::from_utf8_lossy(&answer.stdout);
    match version(&said) {
        Some(found) if found >= OLDEST => Ok(()),
        _ => Err(format!(
            "Node.js 20.11 or newer is needed; this machine has {}. Install a newer one, then run this again.",
            said.trim()
        )),
    }
}

/// Major and minor of what `node --version` prints, such as `v20.11.0`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(version("v20.9.1\n"), Some((20, 9)));
        assert!(version("v20.9.1") < Some(OLDEST));
        assert!(version("v20.11.0") >= Some(OLDEST));
        assert!(version("v24.0.0") >= Some(OLDEST));
        assert_eq!(version("node: bad option"), None);
    }
}
