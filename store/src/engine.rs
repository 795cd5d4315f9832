//! Opening a store: the one place that chooses between the engines.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Uuid};
use sea_orm::{
    AccessMode, ConnectOptions, Database, DatabaseConnection, DbBackend, IsolationLevel,
    TransactionTrait,
};

use crate::backup::UNDER_WAY;
use crate::objects::Objects;
use crate::witness::{Line, Witness};
use crate::write::{Hand, Writer};
use crate::{Conn, Fault, KeyCopy, Keys, Sheet, Unlock, keys, migrate, sealing};

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
    /// What opens the keys.
    pub unlock: Unlock,
    /// Keys that are open already: of a hub whose backup is tried.
    pub keys: Option<Keys>,
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
    keys: Keys,
    clock: Clock,
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
        if options.dir.join(UNDER_WAY).exists() {
            return Err(Fault::File(format!(
                "a restore into {} did not come to its end; run knutepunkt restore again",
                options.dir.display()
            )));
        }
        Self::open_marked(options).await
    }

    /// Opens it while a restore is under way.
    pub(crate) async fn open_marked(options: OpenOptions) -> Result<Self, Fault> {
        let dir = options.dir;
        std::fs::create_dir_all(&dir)?;
        let keys = match options.keys {
            Some(keys) => keys,
            None => {
                open_keys(
                    &dir,
                    options.database.as_deref(),
                    options.unlock,
                    &options.clock,
                )
                .await?
            }
        };
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
        let reading = Conn::pool(readers.clone(), engine);
        sealing::adopt(&Conn::pool(writing.clone(), engine), keys.id()).await?;
        let instance = instance_of(&dir, &options.clock)?;
        let witness = Witness::open(&dir, options.witness)?;
        catch_up(&reading, &dir, instance, &witness, options.witness).await?;
        let writer = Writer::start(Hand {
            engine,
            conn: writing,
            witness,
            keys: keys.clone(),
            instance,
        });
        let objects = Objects::open(options.objects.as_deref(), &dir, &keys)?;
        Ok(Self(Arc::new(Inner {
            engine,
            readers,
            writer,
            objects,
            keys,
            clock: options.clock,
            dir,
            instance,
        })))
    }

    /// One state of the database to read from, however long it takes, while others write on.
    pub(crate) async fn snapshot(&self) -> Result<Conn, Fault> {
        let readers = &self.0.readers;
        let begun = match self.0.engine {
            Engine::Sqlite => readers.begin().await?,
            Engine::Postgres => {
                let level = Some(IsolationLevel::RepeatableRead);
                readers
                    .begin_with_config(level, Some(AccessMode::ReadOnly))
                    .await?
            }
        };
        Ok(Conn::act(Arc::new(begun), self.0.engine).with_keys(&self.0.keys))
    }

    /// The clock.
    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// For reading.
    #[must_use]
    pub fn read(&self) -> Conn {
        Conn::pool(self.0.readers.clone(), self.0.engine).with_keys(&self.0.keys)
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
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
        self.0.keys.close().await;
    }

    /// The same for a store whose keys are another's.
    pub(crate) async fn close_database(&self) {
        self.0.writer.stop().await;
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

/// The key store is opened before the database: what lies in it opens the database.
async fn open_keys(
    dir: &Path,
    database: Option<&str>,
    unlock: Unlock,
    clock: &Clock,
) -> Result<Keys, Fault> {
    let (conn, engine) = key_store(dir, database).await?;
    Keys::open(conn, engine, dir, unlock, clock).await
}

/// Opens the keys of a hub that nobody can open any more with two recovery sheets: from now on they
/// open as these options say.
///
/// # Errors
/// [`Fault::Locked`] with what is wrong with the sheets.
pub async fn recover(options: &OpenOptions, sheets: (&Sheet, &Sheet)) -> Result<(), Fault> {
    let (conn, engine) = key_store(&options.dir, options.database.as_deref()).await?;
    let done = keys::recover(
        &conn,
        engine,
        (&options.dir, &options.unlock),
        sheets,
        &options.clock,
    )
    .await;
    conn.as_pool()?.clone().close().await?;
    done
}

/// Opens the keys of a place, as [`Store::open`] does.
pub(crate) async fn open_for(dir: &Path, options: &OpenOptions) -> Result<Keys, Fault> {
    let database = options.database.as_deref();
    open_keys(dir, database, options.unlock.clone(), &options.clock).await
}

/// Puts a copy of keys into a place that has none.
pub(crate) async fn put_keys(options: &OpenOptions, copy: &KeyCopy) -> Result<(), Fault> {
    let (conn, engine) = key_store(&options.dir, options.database.as_deref()).await?;
    let put = copy.put(&conn, engine, &options.clock).await;
    conn.as_pool()?.clone().close().await?;
    put
}

/// Takes away what a restore that was interrupted left in a folder.
pub(crate) fn clear(dir: &Path) -> Result<(), Fault> {
    for name in [
        "knutepunkt.db",
        "knutepunkt.db-wal",
        "knutepunkt.db-shm",
        "keys.db",
        "keys.db-journal",
        "instance",
    ] {
        match std::fs::remove_file(dir.join(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    for name in ["objects", "witness"] {
        match std::fs::remove_dir_all(dir.join(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The schema of the key store on PostgreSQL.
const KEYS_SCHEMA: &str = "keys";

async fn key_store(dir: &Path, database: Option<&str>) -> Result<(Conn, Engine), Fault> {
    let Some(url) = database else {
        let pool = connect_sqlite(&path_of(&dir.join("keys.db"))?, Use::Keys).await?;
        return Ok((Conn::pool(pool, Engine::Sqlite), Engine::Sqlite));
    };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(2)
        .min_connections(0)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .set_schema_search_path(KEYS_SCHEMA);
    let pool = Database::connect(options).await?;
    let conn = Conn::pool(pool, Engine::Postgres);
    conn.run_script(&format!("CREATE SCHEMA IF NOT EXISTS {KEYS_SCHEMA}"))
        .await?;
    Ok((conn, Engine::Postgres))
}

/// What a connection to an SQLite file is for.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    Write,
    Read,
    /// The key store: small, seldom written, and what is taken out must be gone from the disk.
    Keys,
}

fn path_of(file: &Path) -> Result<String, Fault> {
    file.to_str()
        .map(str::to_owned)
        .ok_or_else(|| Fault::File("the data folder's name is not UTF-8".into()))
}

async fn open_sqlite(
    file: &Path,
) -> Result<(Engine, DatabaseConnection, DatabaseConnection), Fault> {
    let path = path_of(file)?;
    let writing = connect_sqlite(&path, Use::Write).await?;
    let readers = connect_sqlite(&path, Use::Read).await?;
    Ok((Engine::Sqlite, readers, writing))
}

async fn connect_sqlite(path: &str, used: Use) -> Result<DatabaseConnection, Fault> {
    let size = if used == Use::Read { SQLITE_READERS } else { 1 };
    // A journal that is emptied keeps nothing of a key that was taken out.
    let journal = if used == Use::Keys { "TRUNCATE" } else { "WAL" };
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
            .create_if_missing(used != Use::Read)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(15))
            .pragma("journal_mode", journal)
            .pragma("synchronous", "FULL")
            .pragma("temp_store", "MEMORY")
            .pragma("secure_delete", "ON");
        if used == Use::Read {
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
