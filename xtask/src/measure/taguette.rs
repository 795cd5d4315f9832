//! Taguette, the peer: installed from its package into the target folder, started on the loopback with a fresh SQLite
//! file, used as one signed-in person uses it in a browser.

use std::fs::File;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::hub::empty_folder;
use super::person::Person;
use super::python;
use super::text::Interview;
use crate::places::Places;
use crate::{clock, files, process};

/// What is installed; a fixed version, so that figures of different days can be compared.
pub const PACKAGE: &str = "taguette==1.5.2";
const SCRIPT: &str = include_str!("taguette_driver.py");
const STARTED_WITHIN: Duration = Duration::from_secs(60);

/// A running Taguette with one project in it; stopped when this is dropped.
pub struct Taguette {
    child: Child,
    folder: TempDir,
    python: PathBuf,
    script: PathBuf,
    /// Its one user, signed in.
    pub person: Person,
}

impl Taguette {
    /// Installs it when that is not done, and starts it on a fresh database with a project.
    ///
    /// # Errors
    /// Why there is no peer in this run; the measurement is taken all the same.
    pub fn start(places: &Places) -> Result<Self, String> {
        let home = places.target.join("measure").join("taguette");
        let python = python::install(&home, PACKAGE, 9)?;
        let script = home.join("driver.py");
        files::write(&script, SCRIPT)?;
        let folder = empty_folder()?;
        let port = free_port()?;
        let log = folder.path().join("log");
        let messages = File::create(&log).map_err(files::told(&log))?;
        let said = folder.path().join("said");
        let out = File::create(&said).map_err(files::told(&said))?;
        let mut taguette = Command::new(&python);
        taguette
            .arg(&script)
            .args(["serve", &port.to_string()])
            .arg(database(&folder))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(messages);
        let child = taguette
            .spawn()
            .map_err(|error| format!("{}: {error}", python.display()))?;
        let person = Person::at(&format!("http://127.0.0.1:{port}"));
        let mut this = Self {
            child,
            folder,
            python,
            script,
            person,
        };
        let link = this.link(&said, &log)?;
        this.sign_in(&link)?;
        Ok(this)
    }

    /// The path that signs in, printed when it listens.
    fn link(&mut self, said: &Path, log: &Path) -> Result<String, String> {
        let started = clock::now();
        loop {
            let printed = std::fs::read_to_string(said).unwrap_or_default();
            if let Some(at) = printed.find("/?token=") {
                let link = printed.get(at..).unwrap_or_default();
                return Ok(link
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_owned());
            }
            let ended = self.child.try_wait().ok().flatten().is_some();
            if ended || started.elapsed() > STARTED_WITHIN {
                let log = std::fs::read_to_string(log).unwrap_or_default();
                return Err(format!(
                    "Taguette did not start: {}",
                    python::last_line(&log)
                ));
            }
            clock::wait(Duration::from_millis(50));
        }
    }

    fn sign_in(&mut self, link: &str) -> Result<(), String> {
        let session = self.person.get(link)?.fine("signing in")?;
        let person = self.person.clone().with_session(&session)?;
        let form = person.get("/project/new")?.fine("/project/new")?;
        let token = form
            .cookies
            .iter()
            .find_map(|cookie| cookie.strip_prefix("_xsrf="));
        let token = token.ok_or("Taguette gave no token against forged forms")?;
        let mut both = session;
        both.cookies.push(format!("_xsrf={token}"));
        self.person = person.with_session(&both)?.with_token("x-xsrftoken", token);
        let fields = [("name", "measure"), ("description", "")];
        self.person
            .form("/project/new", &fields)?
            .fine("/project/new")?;
        Ok(())
    }

    /// Sends a page as a document; gives its number.
    pub fn upload(&self, name: &str, html: &str) -> Result<u64, String> {
        let path = "/api/project/1/document/new";
        let fields = [("name", name), ("description", "")];
        let file = format!("{name}.html");
        let answer =
            self.person
                .upload(path, &fields, ("file", &file, "text/html", html.as_bytes()))?;
        let told: Value = serde_json::from_slice(&answer.fine(path)?.body)
            .map_err(|error| format!("{path}: {error}"))?;
        told.get("created")
            .and_then(Value::as_u64)
            .ok_or_else(|| format!("{path}: {told}"))
    }

    /// Puts the marks of a text on its document, through Taguette's own database module: its pages would need some
    /// 40 ms for each. Gives the number of marks that it lists then.
    pub fn mark(&self, document: u64, text: &Interview) -> Result<usize, String> {
        let mut command = Command::new(&self.python);
        command
            .arg(&self.script)
            .arg("mark")
            .arg(database(&self.folder))
            .arg(document.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let told = text.for_taguette().to_string();
        let mut input = child.stdin.take().ok_or("no standard input")?;
        let sent = input.write_all(told.as_bytes());
        drop(input);
        let done = child
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        if !done.status.success() {
            return Err(format!(
                "Taguette's marks: {}",
                python::last_line(&String::from_utf8_lossy(&done.stderr))
            ));
        }
        sent.map_err(|error| error.to_string())?;
        let listed = self.person.json(&list(document))?;
        Ok(listed
            .get("highlights")
            .and_then(Value::as_array)
            .map_or(0, Vec::len))
    }
}

impl Drop for Taguette {
    fn drop(&mut self) {
        process::stop(&mut self.child);
    }
}

/// The path of a document's highlight list.
pub fn list(document: u64) -> String {
    format!("/api/project/1/document/{document}")
}

/// All that opening a document asks for, beside scripts and styles that the browser keeps.
pub fn view(document: u64) -> [String; 3] {
    [
        format!("/project/1/document/{document}"),
        list(document),
        format!("/api/project/1/document/{document}/contents"),
    ]
}

fn database(folder: &TempDir) -> PathBuf {
    folder.path().join("taguette.sqlite3")
}

/// A port that nobody listens on just now; Taguette can't choose one by itself.
fn free_port() -> Result<u16, String> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}
