//! The command line, the environment and the configuration file. What stands first wins.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use frame::PublicUrl;
use serde::Deserialize;
use store::Unlock;
use zeroize::Zeroizing;

use crate::say;

/// The working system of a peer-driven recovery hub.
#[derive(Parser)]
#[command(name = "knutepunkt", version, about)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where a hub's data are; every command takes these.
#[derive(Args, Clone, Default)]
pub(crate) struct Place {
    /// The data folder [default: ./data]
    #[arg(long, global = true, env = "KNUTEPUNKT_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// postgres://… instead of SQLite in the data folder
    #[arg(
        long,
        global = true,
        env = "KNUTEPUNKT_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) database: Option<String>,
    /// Where originals and reports lie [default: DIR/objects]
    #[arg(long, global = true, env = "KNUTEPUNKT_OBJECTS", value_name = "URL")]
    pub(crate) objects: Option<String>,
    /// The key file that opens the hub's keys, readable by its owner only [default: DIR/unlock.key]
    #[arg(
        long,
        global = true,
        env = "KNUTEPUNKT_UNLOCK_KEY",
        value_name = "FILE"
    )]
    pub(crate) unlock_key: Option<PathBuf>,
    /// The keys are opened by a passphrase: the first line of standard input
    #[arg(
        long,
        global = true,
        env = "KNUTEPUNKT_PASSPHRASE",
        conflicts_with = "unlock_key"
    )]
    pub(crate) passphrase: bool,
    /// Configuration file [default: ./knutepunkt.toml, when it is there]
    #[arg(long, global = true, env = "KNUTEPUNKT_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// How the hub listens.
#[derive(Args, Clone, Default)]
pub(crate) struct Listen {
    /// Address to listen on [default: 127.0.0.1:7373]
    #[arg(long, env = "KNUTEPUNKT_LISTEN", value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// A second address with the public pages only
    #[arg(long, env = "KNUTEPUNKT_PUBLIC_LISTEN", value_name = "ADDR")]
    pub(crate) public_listen: Option<SocketAddr>,
    /// The address people outside use, e.g. https://hub.example.org
    #[arg(long, env = "KNUTEPUNKT_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<PublicUrl>,
    /// The proxy in front whose X-Forwarded-Host and -Proto are believed
    #[arg(long, env = "KNUTEPUNKT_TRUSTED_PROXY", value_name = "IP", num_args = 0..=1, default_missing_value = "127.0.0.1")]
    pub(crate) trusted_proxy: Option<IpAddr>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the hub
    Serve(Listen),
    /// Run a fictional hub to look at
    Demo(Listen),
    /// Bring files into a study
    Import(Import),
    /// Take a study out as a file
    Export(Export),
    /// Write the report of a study
    Report(Report),
    /// Verify everything that is stored
    Check(Json),
    /// Write a backup of everything, while the hub runs
    Backup(Backup),
    /// Restore a backup into an empty folder
    Restore(Restore),
    /// Copy everything to another database
    Move(Move),
    /// The recovery sheets that open the hub's keys when all else is lost
    #[command(subcommand)]
    Recovery(Recovery),
    /// List every route with who may come
    Routes(Json),
}

#[derive(Args)]
pub(crate) struct Backup {
    /// File to write; the keys that open it are written beside it, as FILE.keys
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The keys that open it: those written with it, or newer ones [default: FILE.keys]
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
    /// The key file or passphrase is lost: two recovery sheets come in on standard input
    #[arg(long)]
    pub(crate) sheets: bool,
}

#[derive(Args)]
pub(crate) struct Move {
    /// postgres://… or sqlite (in the data folder)
    #[arg(long, value_name = "URL")]
    pub(crate) to: String,
}

#[derive(Subcommand)]
pub(crate) enum Recovery {
    /// Make three new sheets, any two of which open the keys; they are shown once
    Sheets,
    /// Type one sheet back, to see that it was written down right
    TypedBack,
    /// Try two sheets, as one should once a year
    Drill,
    /// Open a hub whose key file or passphrase is lost, with two sheets
    Open,
}

#[derive(Args)]
pub(crate) struct Json {
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Import {
    /// Short name of the study; it is made when it is not there
    #[arg(long, value_name = "SLUG")]
    pub(crate) study: String,
    /// What allows the hub to have this: consent, paper_consent, public_document, table_notes,
    /// fictional, none (nothing of it can be quoted then)
    #[arg(long, default_value = "none", value_parser = basis)]
    pub(crate) basis: voices::Basis,
    /// Tell what came in as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Files: .docx .odt .pdf .rtf .html .txt .md .vtt .srt .qdpx .qdc
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

fn basis(word: &str) -> Result<voices::Basis, String> {
    word.parse().map_err(|()| {
        "one of consent, paper_consent, public_document, table_notes, fictional, none".to_owned()
    })
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A project that other analysis programs read (REFI-QDA)
    Qdpx,
    /// The codebook alone (REFI-QDA)
    Qdc,
    /// A workbook: marks, codes, sources, findings
    Xlsx,
    /// The marks as a table
    Csv,
    /// Everything as JSON
    Json,
}

#[derive(Args)]
pub(crate) struct Export {
    /// Short name of the study
    #[arg(long, value_name = "SLUG")]
    pub(crate) study: String,
    /// Format
    #[arg(long)]
    pub(crate) to: ExportFormat,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ReportKind {
    /// The process report, for the dialogue conference
    Process,
    /// The final report
    Final,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ReportFormat {
    /// PDF/UA-1
    Pdf,
    /// A Word document
    Docx,
    /// A web page
    Html,
}

#[derive(Args)]
pub(crate) struct Report {
    /// Short name of the study
    #[arg(long, value_name = "SLUG")]
    pub(crate) study: String,
    /// Kind
    #[arg(long)]
    pub(crate) kind: ReportKind,
    /// Format
    #[arg(long, default_value = "pdf")]
    pub(crate) format: ReportFormat,
    /// Build the draft as it stands now, instead of the newest fixed version
    #[arg(long)]
    pub(crate) draft: bool,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

/// The configuration file: what may also be said on the command line.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    database: Option<String>,
    objects: Option<String>,
    unlock_key: Option<PathBuf>,
    passphrase: Option<bool>,
    listen: Option<SocketAddr>,
    public_listen: Option<SocketAddr>,
    public_url: Option<String>,
    trusted_proxy: Option<IpAddr>,
    quick_exit: Option<String>,
}

/// What was decided, from all three.
pub(crate) struct Settings {
    pub(crate) dir: PathBuf,
    pub(crate) database: Option<String>,
    pub(crate) objects: Option<String>,
    pub(crate) unlock: Unlock,
    pub(crate) listen: SocketAddr,
    pub(crate) public_listen: Option<SocketAddr>,
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) trusted_proxy: Option<IpAddr>,
    pub(crate) quick_exit: String,
}

/// A weather forecast: what anyone may have been looking at.
const QUICK_EXIT: &str = "https://www.yr.no/";

const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7373);

impl Settings {
    /// Command line and environment before the file.
    pub(crate) fn new(place: Place, listen: Listen) -> Result<Self, String> {
        let file = read_file(place.config)?;
        let public_url = match (listen.public_url, file.public_url) {
            (Some(url), _) => Some(url),
            (None, Some(text)) => Some(text.parse()?),
            (None, None) => None,
        };
        let unlock = match place.passphrase || file.passphrase == Some(true) {
            true => Unlock::Passphrase(typed()?),
            false => Unlock::File(place.unlock_key.or(file.unlock_key).or_else(credential)),
        };
        Ok(Self {
            dir: place
                .data
                .or(file.data)
                .unwrap_or_else(|| PathBuf::from("data")),
            database: place.database.or(file.database),
            objects: place.objects.or(file.objects),
            unlock,
            listen: listen.listen.or(file.listen).unwrap_or(LISTEN),
            public_listen: listen.public_listen.or(file.public_listen),
            public_url,
            trusted_proxy: listen.trusted_proxy.or(file.trusted_proxy),
            quick_exit: file.quick_exit.unwrap_or_else(|| QUICK_EXIT.to_owned()),
        })
    }
}

/// The key file that a service manager hands in (`LoadCredential=knutepunkt-unlock:…` in systemd).
fn credential() -> Option<PathBuf> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    let file = PathBuf::from(folder).join("knutepunkt-unlock");
    file.exists().then_some(file)
}

/// The passphrase: the first line that comes in.
fn typed() -> Result<Zeroizing<String>, String> {
    use std::io::{BufRead, IsTerminal};
    let input = std::io::stdin();
    if input.is_terminal() {
        say("Passphrase of the hub's keys:");
    }
    let mut line = Zeroizing::new(String::new());
    input
        .lock()
        .read_line(&mut line)
        .map_err(|error| error.to_string())?;
    let words = Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned());
    match words.chars().count() {
        0..SHORTEST => Err(format!(
            "The passphrase has at least {SHORTEST} characters; none or a shorter one came in."
        )),
        _ => Ok(words),
    }
}

/// The shortest passphrase that is taken, in characters.
const SHORTEST: usize = 12;

fn read_file(named: Option<PathBuf>) -> Result<File, String> {
    let path = named
        .clone()
        .unwrap_or_else(|| PathBuf::from("knutepunkt.toml"));
    match std::fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display())),
        Err(_) if named.is_none() => Ok(File::default()),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("k.toml");
        std::fs::write(&config, "data = \"/from/file\"\nlisten = \"127.0.0.1:9\"\npublic_url = \"https://hub.example\"\n").unwrap();
        let place = Place {
            config: Some(config.clone()),
            ..Place::default()
        };
        let listen = Listen {
            listen: "127.0.0.1:8".parse().ok(),
            ..Listen::default()
        };
        let settings = Settings::new(place, listen).unwrap();
        assert_eq!(settings.dir, PathBuf::from("/from/file"));
        assert_eq!(settings.listen, "127.0.0.1:8".parse().unwrap());
        assert_eq!(
            settings.public_url.map(|url| url.to_string()),
            Some("https://hub.example".into())
        );
    }

    #[test]
    fn an_unknown_key_and_a_missing_named_file_are_told() {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("k.toml");
        std::fs::write(&config, "lissten = 1\n").unwrap();
        for path in [config, dir.path().join("none.toml")] {
            let place = Place {
                config: Some(path),
                ..Place::default()
            };
            assert!(Settings::new(place, Listen::default()).is_err());
        }
    }
}
