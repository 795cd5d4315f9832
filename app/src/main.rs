//! The program `knutepunkt`: reads the configuration, puts the areas together, and runs one
//! command. It has no rules of its own.
//!
//! Exit codes: 0 done, 1 it failed and says why, 2 wrong use. Standard output is for results,
//! standard error for messages.

mod commands;
mod config;
mod demo;
mod gallery;
mod home;
#[cfg(test)]
mod house;
mod hub;
mod keeping;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use crate::config::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log();
    std::panic::set_hook(Box::new(|panic| {
        // Where, and never what: the message may hold a piece of somebody's text.
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(code = "KP0500", place, "a part of the program stopped");
    }));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(cli)),
        Err(error) => Err(format!("the program can't start its workers: {error}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&why);
            ExitCode::FAILURE
        }
    }
}

/// A message for the one at the keyboard.
fn say(text: &str) {
    #[expect(clippy::print_stderr, reason = "standard error is where messages go")]
    {
        eprintln!("{text}");
    }
}

/// A result, for the one at the keyboard or a script. A reader that has gone away is no fault.
fn answer(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Ordinary logs never hold names, contact data, free text or tokens; statements of the database
/// are not logged at all. `KNUTEPUNKT_LOG` changes what is shown.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("KNUTEPUNKT_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
}
