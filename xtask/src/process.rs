//! Starting other programs, and leaving nothing behind when this one ends.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::clock;

/// The cargo that runs this command, or the one on the path.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// Runs a program to its end; what it prints goes to standard error, since our standard output is for results.
///
/// # Errors
/// A sentence with the command line, when it cannot be started or does not end with 0.
pub fn run(command: &mut Command) -> Result<(), String> {
    command.stdout(Stdio::from(std::io::stderr()));
    run_loud(command)
}

/// As [`run`], but the program keeps our standard output: for test runners, whose lines are the result.
pub fn run_loud(command: &mut Command) -> Result<(), String> {
    let line = command_line(command);
    rest_when_interrupted();
    eprintln!("$ {line}");
    let mut child = command
        .spawn()
        .map_err(|e| format!("{line}: could not be started: {e}"))?;
    let pid = child.id();
    let ending = Ending::new(move || {
        signal(pid, Signal::SIGTERM);
    });
    let status = child.wait().map_err(|e| format!("{line}: {e}"))?;
    rest_when_interrupted();
    ending.forget();
    ended_well(&line, status)
}

/// Runs a program quietly and gives what it printed on standard output; shows both streams when it fails.
pub fn read(command: &mut Command) -> Result<String, String> {
    let line = command_line(command);
    let answer = command
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("{line}: could not be started: {e}"))?;
    let out = String::from_utf8_lossy(&answer.stdout).into_owned();
    let err = String::from_utf8_lossy(&answer.stderr);
    ended_well(&line, answer.status)
        .map_err(|why| format!("{why}\n{out}{err}").trim_end().to_owned())?;
    Ok(out)
}

fn ended_well(line: &str, status: ExitStatus) -> Result<(), String> {
    if status.success() {
        return Ok(());
    }
    Err(match (status.code(), status.signal()) {
        (Some(code), _) => format!("{line}: ended with {code}"),
        (None, Some(signal)) => format!("{line}: was stopped by signal {signal}"),
        (None, None) => format!("{line}: failed"),
    })
}

/// The command as a person would type it, for messages.
pub fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut words = vec![name.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|a| a.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Sends a signal; a process that is gone already is no error.
pub fn signal(pid: u32, signal: Signal) {
    if let Ok(pid) = i32::try_from(pid) {
        let _gone = kill(Pid::from_raw(pid), signal);
    }
}

/// Asks a program to stop, waits for as long as a graceful stop may take, and then makes it stop.
pub fn stop(child: &mut Child) {
    signal(child.id(), Signal::SIGTERM);
    let started = clock::now();
    while started.elapsed() < Duration::from_secs(10) {
        match child.try_wait() {
            Ok(None) => clock::wait(Duration::from_millis(20)),
            _ => return,
        }
    }
    let _gone = child.kill();
    let _gone = child.wait();
}

type Act = Box<dyn FnOnce() + Send>;

static ENDINGS: Mutex<Vec<(u64, Act)>> = Mutex::new(Vec::new());

fn endings() -> MutexGuard<'static, Vec<(u64, Act)>> {
    ENDINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something to do when its owner is dropped, or when a person stops us with ctrl-c, whichever comes first.
#[must_use = "an ending that is dropped is carried out at once"]
pub struct Ending(u64);

impl Ending {
    pub fn new(act: impl FnOnce() + Send + 'static) -> Self {
        let mut all = endings();
        let number = all.last().map_or(0, |(last, _)| last + 1);
        all.push((number, Box::new(act)));
        Self(number)
    }

    /// Takes the act back: what it would end has ended by itself.
    pub fn forget(self) {
        endings().retain(|(number, _)| *number != self.0);
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let mut all = endings();
        let place = all.iter().position(|(number, _)| *number == self.0);
        let act = place.map(|at| all.remove(at));
        drop(all);
        if let Some((_, act)) = act {
            act();
        }
    }
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Ctrl-c also ends the program that we were waiting for; going on with the next would outlive us.
fn rest_when_interrupted() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        clock::wait(Duration::from_secs(1));
    }
}

/// From now on ctrl-c and a polite kill carry out every ending, the newest first, and then end us with 130.
pub fn watch_for_interrupts() -> Result<(), String> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        while let Some((_, act)) = { endings().pop() } {
            act();
        }
        std::process::exit(130);
    })
    .map_err(|e| format!("interrupts cannot be watched: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::AtomicU32;

    #[test]
    fn an_ending_is_carried_out_once_and_not_when_taken_back() {
        let count = Arc::new(AtomicU32::new(0));
        let (first, second) = (Arc::clone(&count), Arc::clone(&count));
        let kept = Ending::new(move || {
            first.fetch_add(1, Ordering::SeqCst);
        });
        Ending::new(move || {
            second.fetch_add(10, Ordering::SeqCst);
        })
        .forget();
        drop(kept);
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_failing_program_shows_what_it_printed_on_both_streams() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        assert_eq!(
            read(&mut command),
            Err("sh -c echo out; echo err >&2; exit 3: ended with 3\nout\nerr".to_owned())
        );
    }
}
