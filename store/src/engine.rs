//! Opening a store: the one place that chooses between the engines.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Uuid};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend};

use crate::objects::Objects;
use crate::witness::{Line, Witness};
use crate::write::Writer;
use crate::{Conn, Fault, migrate};

/// The two engines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// A file in the data folder; one machine.
    Sqlite,
    /// A server; several instances.
    Postgres,
}

impl Engine {
    pub(crate) fn backend(self) -> DbBackend {
        match self {
            Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres => DbBackend::Postgres,
        }
    }
}

/// What [`Store::open`] needs to know.
pub struct OpenOptions {
    /// The data folder: database file, objects, witness.
    pub dir: PathBuf,
    /// `postgres://…`, or `None` for SQLite in the data folder.
    pub database: Option<String>,
    /// Where objects lie; `None` for `objects` in the data folder.
    pub objects: Option<String>,
    /// The name of this process's witness file: `serve`, or `operator` for commands.
    pub witness: &'static str,
    /// The clock that stamps trail and jobs.
    pub clock: Clock,
}

/// An open database with its objects and witness. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Engine,
    readers: DatabaseConnection,
    writer: Writer,
    objects: Objects,
    dir: PathBuf,
    instance: Uuid,
}

/// Readers of SQLite: pages are small, and two cores are the usual machine.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL, for reading and writing together.
const POSTGRES_CONNECTIONS: u32 = 10;

impl Store {
    /// Opens the store, makes it where there is none, and brings it to this program's schema.
    ///
    /// # Errors
    /// [`Fault`] when folder or database can't be used, or belong to a newer program.
    pub async fn open(options: OpenOptions) -> Result<Self, Fault> {
        let dir = options.dir;
        std::fs::create_dir_all(&dir)?;
        let (engine, readers, writing) = match &options.database {
            None => open_sqlite(&dir.join("knutepunkt.db")).await?,
            Some(url) => open_postgres(url).await?,
        };
        migrate::run(
            &Conn::pool(writing.clone(), engine),
            engine,
            &options.clock,
            &dir,
        )
        .await?;
        let instance = instance_of(&dir, &options.clock)?;
        let witness = Witness::open(&dir, options.witness)?;
        let reading = Conn::pool(readers.clone(), engine);
        catch_up(&reading, &dir, instance, &witness, options.witness).await?;
        let writer = Writer::start(engine, writing, witness, instance);
        let objects = Objects::open(options.objects.as_deref(), &dir)?;
        Ok(Self(Arc::new(Inner {
            engine,
            readers,
            writer,
            objects,
            dir,
            instance,
        })))
    }

    /// For reading.
    #[must_use]
    pub fn read(&self) -> Conn {
        Conn::pool(self.0.readers.clone(), self.0.engine)
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.0.writer
    }

    /// Asks the database for the least there is.
    ///
    /// # Errors
    /// [`Fault`] when it does not answer.
    pub async fn is_up(&self) -> Result<(), Fault> {
        self.read()
            .one("SELECT 1 AS n", Vec::new())
            .await
            .map(|_| ())
    }

    /// The files beside the database.
    #[must_use]
    pub fn objects(&self) -> &Objects {
        &self.0.objects
    }

    /// The engine in use, to say it on the status page.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// The data folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// The id of this data folder; trail rows carry it, so that `check` compares each row with the
    /// witness of the folder it was written beside.
    #[must_use]
    pub fn instance(&self) -> Uuid {
        self.0.instance
    }

    /// Ends the writer after what it has begun, and closes the connections.
    pub async fn close(&self) {
        self.0.writer.stop().await;
        // Closing is the last thing; a connection that is gone already needs no word.
        let _ = self.0.readers.clone().close().await;
    }
}

/// A crash between a commit and its witness leaves rows that nobody was answered for. They stand,
/// so they get their lines now; `check` would otherwise take them for rows from outside.
async fn catch_up(
    db: &Conn,
    dir: &Path,
    instance: Uuid,
    witness: &Witness,
    name: &str,
) -> Result<(), Fault> {
    let (known, last) = crate::witness::tails(dir, name)?;
    let Some(last) = last else { return Ok(()) };
    let newer = crate::trail::page(db, instance, last, 10_000).await?;
    let lines = newer
        .into_iter()
        .map(|kept| Line {
            trail: kept.entry.id,
            digest: kept.digest,
        })
        .filter(|line| !known.contains(&line.trail))
        .collect();
    witness.append(lines).await
}

async fn open_sqlite(
    file: &Path,
) -> Result<(Engine, DatabaseConnection, DatabaseConnection), Fault> {
    let path = file
        .to_str()
        .ok_or_else(|| Fault::File("the data folder's name is not UTF-8".into()))?;
    let writing = connect_sqlite(path, 1, false).await?;
    let readers = connect_sqlite(path, SQLITE_READERS, true).await?;
    Ok((Engine::Sqlite, readers, writing))
}

async fn connect_sqlite(
    path: &str,
    size: u32,
    read_only: bool,
) -> Result<DatabaseConnection, Fault> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options
        .max_connections(size)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false);
    let path = path.to_owned();
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .in_memory(false)
            .shared_cache(false)
            .filename(&path)
            .create_if_missing(!read_only)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(15))
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("temp_store", "MEMORY")
            .pragma("secure_delete", "ON");
        if read_only {
            sqlite.pragma("query_only", "ON")
        } else {
            sqlite
        }
    });
    Ok(Database::connect(options).await?)
}

async fn open_postgres(
    url: &str,
) -> Result<(Engine, DatabaseConnection, DatabaseConnection), Fault> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(POSTGRES_CONNECTIONS)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    let pool = Database::connect(options).await?;
    Ok((Engine::Postgres, pool.clone(), pool))
}

/// Reads the folder's id, or gives it one the first time.
fn instance_of(dir: &Path, clock: &Clock) -> Result<Uuid, Fault> {
    let file = dir.join("instance");
    if let Ok(text) = std::fs::read_to_string(&file) {
        return text
            .trim()
            .parse()
            .map_err(|_| Fault::File("the file «instance» in the data folder is damaged".into()));
    }
    let chance = base::Chance::from_system().map_err(|error| Fault::File(error.to_string()))?;
    let instance = chance.uuid(clock.now());
    // Another process may be first: `create_new` lets one of them win.
    match std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&file)
    {
        Ok(mut new) => {
            use std::io::Write;
            new.write_all(instance.to_string().as_bytes())?;
            new.sync_all()?;
            Ok(instance)
        }
        Err(_) => {
            let text = std::fs::read_to_string(&file)?;
            text.trim()
                .parse()
                .map_err(|_| Fault::File("the file «instance» is damaged".into()))
        }
    }
}
