//! A Python of its own for a peer that comes as a package.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{files, process, stamp};

/// Makes a virtual environment in `home` with this package in it, once; gives its interpreter. `least` is the oldest
/// minor version of Python 3 that the package runs on. `setuptools` comes along: older packages import a part of it
/// that Python itself had until 3.12.
///
/// # Errors
/// A sentence that says why the package can't be had here.
pub fn install(home: &Path, package: &str, least: u32) -> Result<PathBuf, String> {
    let place = home.join("python");
    let python = place.join("bin").join("python");
    let done = home.join("installed");
    if stamp::says(&done, package) && python.exists() {
        return Ok(python);
    }
    files::remove(&place)?;
    let not_here = |why: String| format!("{package} can't be installed here: {}", last_line(&why));
    let new_enough = format!("import sys; sys.exit(sys.version_info < (3, {least}))");
    let found = ["python3", "python3.14", "python3.13", "python3.12"]
        .into_iter()
        .find(|name| process::read(Command::new(name).args(["-c", &new_enough])).is_ok())
        .ok_or_else(|| not_here(format!("there is no Python 3.{least} or newer")))?;
    process::read(Command::new(found).args(["-m", "venv"]).arg(&place)).map_err(not_here)?;
    process::read(Command::new(&python).args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "setuptools<81",
        package,
    ]))
    .map_err(not_here)?;
    stamp::write(&done, package)?;
    Ok(python)
}

/// The last line of what a program said: in Python, what was wrong.
pub fn last_line(text: &str) -> &str {
    text.trim_end().lines().next_back().unwrap_or_default()
}
