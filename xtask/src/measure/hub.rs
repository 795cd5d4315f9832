//! A fresh hub to measure, in a folder of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

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
        let folder = tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))?;
        let log = folder.path().join("log");
        let messages = File::create(&log).map_err(|e| format!("{}: {e}", log.display()))?;
        let mut serve = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("KNUTEPUNKT_") {
                serve.env_remove(name);
            }
        }
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

    /// The address of the pages.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Stops the program and gives its folder.
    pub fn stop(mut self) -> PathBuf {
        process::stop(&mut self.child);
        self.data()
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
