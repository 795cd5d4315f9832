//! A fresh hub to measure, in a folder of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::{clock, process};

/// What the program prints first on standard output, before the address it listens on.
const LISTENING: &str = "listening on ";

/// A running hub; it is stopped and its folder removed when this is dropped.
pub struct Hub {
    child: Child,
    base: String,
    /// When the program was started.
    pub started: Instant,
    folder: TempDir,
}

impl Hub {
    /// Starts `serve` or `demo` on an empty folder and waits for the line that tells where it listens.
    pub fn start(program: &Path, command: &str) -> Result<Self, String> {
        Self::open(program, command, empty_folder()?)
    }

    /// Starts `serve` or `demo` on the folder `data` in this one, whatever is there.
    pub fn open(program: &Path, command: &str, folder: TempDir) -> Result<Self, String> {
        let log = folder.path().join("log");
        let messages = File::create(&log).map_err(|e| format!("{}: {e}", log.display()))?;
        let mut serve = command_of(program);
        serve
            .args([command, "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(messages);
        let started = clock::now();
        let mut child = serve
            .spawn()
            .map_err(|e| format!("{}: {e}", program.display()))?;
        let mut lines = BufReader::new(
            child
                .stdout
                .take()
                .ok_or("the program has no standard output")?,
        );
        let mut first = String::new();
        let read = lines.read_line(&mut first);
        let Some(base) = base(&first) else {
            process::stop(&mut child);
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            return Err(format!(
                "serve did not say where it listens ({read:?}, {first:?}):\n{said}"
            ));
        };
        // The rest is of no interest, but a full pipe would hold the program up.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Ok(Self {
            child,
            base,
            started,
            folder,
        })
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The path of the database, for bare twins.
    pub fn database(&self) -> String {
        self.data().join("knutepunkt.db").display().to_string()
    }

    /// The address of the pages.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Stops the program; the folder stays until this is dropped.
    pub fn stop(&mut self) {
        process::stop(&mut self.child);
    }

    /// What the demo says of itself, when it has written it; its file may be an older one until then.
    pub fn demo(&self) -> Result<Value, String> {
        let file = self.data().join("demo.json");
        loop {
            let told = std::fs::read(&file).ok();
            let told = told.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
            match told {
                Some(demo) if demo.get("base").and_then(Value::as_str) == Some(&self.base) => {
                    return Ok(demo);
                }
                _ if self.started.elapsed() > READY_WITHIN => {
                    return Err(format!("{} was not written in time", file.display()));
                }
                _ => clock::wait(Duration::from_millis(20)),
            }
        }
    }

    /// Brings a file into a study, beside the running program; gives the command's account.
    pub fn import(&self, program: &Path, study: &str, file: &Path) -> Result<Value, String> {
        let mut import = command_of(program);
        import
            .args([
                "import",
                "--study",
                study,
                "--basis",
                "fictional",
                "--json",
                "--data",
            ])
            .arg(self.data())
            .arg(file);
        let said = process::read(&mut import)?;
        serde_json::from_str(&said).map_err(|_| format!("import said: {said}"))
    }

    /// Asks for a page until the answer is complete, and gives its status; redirects are not followed.
    pub fn get(&self, path: &str) -> Result<u16, String> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into();
        let url = format!("{}{path}", self.base);
        let mut answer = agent.get(&url).call().map_err(|e| format!("{url}: {e}"))?;
        answer
            .body_mut()
            .read_to_vec()
            .map_err(|e| format!("{url}: {e}"))?;
        Ok(answer.status().as_u16())
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        process::stop(&mut self.child);
    }
}

/// The demo with its PDF is built by a program that may not be optimised.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// A temporary folder; it is removed when this is dropped.
pub fn empty_folder() -> Result<TempDir, String> {
    tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))
}

/// The program, kept from a person's own settings.
fn command_of(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KNUTEPUNKT_") {
            command.env_remove(name);
        }
    }
    command
}

/// The address in the program's first line, without a slash at its end.
fn base(line: &str) -> Option<String> {
    let address = line.trim().strip_prefix(LISTENING)?;
    address
        .starts_with("http://")
        .then(|| address.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_the_first_line_only_when_it_is_one() {
        assert_eq!(
            base("listening on http://127.0.0.1:7373\n").as_deref(),
            Some("http://127.0.0.1:7373")
        );
        assert_eq!(
            base("listening on http://127.0.0.1:7373/").as_deref(),
            Some("http://127.0.0.1:7373")
        );
        assert_eq!(base("listening on port 7373"), None);
        assert_eq!(base(""), None);
    }
}
