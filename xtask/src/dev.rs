//! The demo hub for people who change it: built anew and started again at each change of a source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::places::Places;
use crate::process::Ending;
use crate::program::{self, Profile};
use crate::{clock, files, process};

/// The endings of the files that a build looks at. `Cargo.lock` is left out: builds write it.
const SOURCES: [&str; 7] = ["rs", "ftl", "sql", "toml", "ts", "css", "typ"];

/// How often the sources are looked at: a few hundred files, some milliseconds of work.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Builds, runs `knutepunkt demo ARGS`, and does so again whenever a source has changed. While a build fails, the
/// program that was running goes on. Ends with ctrl-c only.
pub fn run(places: &Places, args: &[String]) -> Result<(), String> {
    let running = Running::default();
    let closing = running.clone();
    let _ending = Ending::new(move || closing.replace(None));
    loop {
        let seen = look(&places.root)?;
        match program::build(places, Profile::Dev) {
            Ok(path) => start(&running, &path, args),
            Err(why) => eprintln!(
                "{why}\ndev: the build failed; what was running goes on. Waiting for a change."
            ),
        }
        while look(&places.root)? == seen {
            clock::wait(LOOK_EVERY);
            if let Some(how) = running.ended() {
                eprintln!("dev: the program has ended ({how}). Waiting for a change.");
            }
        }
    }
}

fn start(running: &Running, program: &Path, args: &[String]) {
    running.replace(None);
    let mut demo = Command::new(program);
    demo.arg("demo").args(args).env("KNUTEPUNKT_DEV", "1");
    match demo.spawn() {
        Ok(child) => running.replace(Some(child)),
        Err(e) => eprintln!("dev: {}: {e}", program.display()),
    }
}

/// When each source was last written. A file that goes away between two steps is simply not there.
fn look(root: &Path) -> Result<BTreeMap<PathBuf, SystemTime>, String> {
    let sources = files::tree(root, &|file| {
        SOURCES.iter().any(|ending| files::ends_with(file, ending))
    })?;
    let written = |file: PathBuf| {
        let time = file.metadata().and_then(|it| it.modified()).ok()?;
        Some((file, time))
    };
    Ok(sources.into_iter().filter_map(written).collect())
}

/// The program that runs at present, if any; shared with what ends it on ctrl-c.
#[derive(Clone, Default)]
struct Running(Arc<Mutex<Option<Child>>>);

impl Running {
    fn replace(&self, next: Option<Child>) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut old) = now.take() {
            process::stop(&mut old);
        }
        *now = next;
    }

    /// How it ended, once, when it has ended by itself.
    fn ended(&self) -> Option<String> {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let status = now.as_mut()?.try_wait().ok().flatten()?;
        *now = None;
        Some(status.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_in_sources_and_not_in_what_is_made() {
        let root = tempfile::tempdir().unwrap();
        let put = |file: &str| files::write(&root.path().join(file), "x").unwrap();
        put("areas/x/src/lib.rs");
        let before = look(root.path()).unwrap();
        for made in [
            "target/a.rs",
            "node_modules/p/b.ts",
            "ui/assets/dist/app.css",
            "Cargo.lock",
            ".git/c.rs",
        ] {
            put(made);
        }
        assert_eq!(look(root.path()).unwrap(), before);
        put("areas/x/texts/nb.ftl");
        assert_eq!(look(root.path()).unwrap().len(), 2);
    }
}
