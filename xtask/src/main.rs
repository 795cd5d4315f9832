//! The project's own commands: `cargo xtask COMMAND`. They need Rust, Node and npm, and install everything else themselves.
//!
//! Results go to standard output, everything else to standard error.

mod assets;
mod clock;
mod dev;
mod files;
mod measure;
mod node;
mod places;
mod postgres;
mod process;
mod program;
mod stamp;
mod test;

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};

use places::Places;
use postgres::Postgres;
use program::Profile;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own commands.")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the page assets into ui/assets/dist
    Assets,
    /// Build page assets and program; the last line on standard output is the program's path
    Build {
        /// Optimised, as it is given to others
        #[arg(long)]
        release: bool,
    },
    /// Build, then run `knutepunkt demo` with these arguments
    Demo {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// As demo, and again at each change of a source
    Dev {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Check everything: format, types, lint, tests on both engines, walks in a browser
    Test {
        /// Only these checks (may be given several times)
        #[arg(long, value_enum)]
        only: Vec<test::Check>,
    },
    /// Run a command beside a throw-away PostgreSQL, with its address in KNUTEPUNKT_TEST_PG
    Postgres {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<String>,
    },
    /// Take one measurement on a release build and print it as one line of JSON
    Measure {
        /// Which one
        #[arg(required_unless_present = "list", value_parser = PossibleValuesParser::new(measure::ALL.map(|known| known.name)))]
        name: Option<String>,
        /// Show which there are
        #[arg(long)]
        list: bool,
        /// On the quick build, to see that the measurement runs; its figures mean nothing
        #[arg(long = "try")]
        trial: bool,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match process::watch_for_interrupts().and_then(|()| carry_out(arguments.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(task: Task) -> Result<(), String> {
    let places = Places::find()?;
    match task {
        Task::Assets => assets::build(&places),
        Task::Build { release } => {
            let profile = if release {
                Profile::Release
            } else {
                Profile::Dev
            };
            tell(&program::build(&places, profile)?.display().to_string());
            Ok(())
        }
        Task::Demo { args } => {
            let program = program::build(&places, Profile::Dev)?;
            let why = Command::new(&program).arg("demo").args(args).exec();
            Err(format!("{}: {why}", program.display()))
        }
        Task::Dev { args } => dev::run(&places, &args),
        Task::Test { only } => test::run(&places, &only),
        Task::Postgres { command } => beside_postgres(&places, &command),
        Task::Measure { list: true, .. } => {
            for known in &measure::ALL {
                tell(&format!("{:<18} {}", known.name, known.about));
            }
            Ok(())
        }
        Task::Measure { name, trial, .. } => {
            let profile = match trial {
                true => Profile::Dev,
                false => Profile::Release,
            };
            let taken = measure::take(&places, &name.unwrap_or_default(), profile)?;
            tell(&serde_json::to_string(&taken).map_err(|e| e.to_string())?);
            match taken.faults {
                0 => Ok(()),
                faults => Err(format!("{faults} of {} runs had a fault.", taken.runs)),
            }
        }
    }
}

fn beside_postgres(places: &Places, command: &[String]) -> Result<(), String> {
    let (program, args) = command.split_first().ok_or("which command?")?;
    node::install(places)?;
    let postgres = Postgres::start(places, &[])?;
    process::run_loud(
        Command::new(program)
            .args(args)
            .env("KNUTEPUNKT_TEST_PG", postgres.url("postgres")),
    )
}

/// A result.
#[expect(clippy::print_stdout, reason = "this is what standard output is for")]
fn tell(line: &str) {
    println!("{line}");
}
