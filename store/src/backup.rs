//! Backups: the stream of everything, sealed with `age` (age-encryption.org/v1), and tried before it
//! counts.
//!
//! A backup is two files. `FILE` holds the database and the objects, sealed to an `age` identity that the
//! hub's keys open. `FILE.keys` holds the wrapped keys; it is kept for a short time only, so that what was
//! erased is soon gone from every copy. Both open with the key file, the passphrase, or two recovery
//! sheets.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use age::x25519::Identity;
use bech32::{Bech32, Hrp};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::stream::{Files, Frame, Head, Loading, ON_THE_WAY, belongs, send};
use crate::{Fault, KeyCopy, Keys, OpenOptions, Sealed, Sheet, Store, Unlock};

/// The identity to which a hub's backups are sealed.
async fn identity(keys: &Keys) -> Result<Identity, Fault> {
    let key = keys.own("backup").await?;
    let told = || Fault::Locked("the key of the backups is damaged".into());
    // What age calls a secret key: 32 bytes in Bech32.
    let human = Hrp::parse("age-secret-key-").map_err(|_| told())?;
    let text = bech32::encode::<Bech32>(human, key.bytes()).map_err(|_| told())?;
    let text = Zeroizing::new(text.to_uppercase());
    text.parse().map_err(|_| told())
}

/// What a backup holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// Bytes of the file.
    pub bytes: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Tables.
    pub tables: usize,
}

/// Where the keys of a backup lie.
#[must_use]
pub fn keys_beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".keys");
    file.with_file_name(name)
}

/// Writes a backup while others write on, restores it into a scratch place, opens every sealed row and
/// every object there, and only then gives it its name.
///
/// # Errors
/// [`Fault`]; then there is no file of that name, or still the one from before.
pub async fn write(store: &Store, file: &Path, tables: &[Sealed]) -> Result<Done, Fault> {
    let identity = identity(store.keys()).await?;
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let keys = store.keys().copy().await?.bytes()?;
    let (to, frames) = mpsc::channel(ON_THE_WAY);
    let (recipient, at) = (identity.to_public(), folder.clone());
    let writing = tokio::task::spawn_blocking(move || write_sealed(&at, &recipient, frames));
    let sent = send(store, true, to).await;
    let written = writing.await.map_err(|_| Fault::Closed)?;
    sent?;
    let sealed = written?;
    let sums = try_it(store, sealed.path(), &identity, tables).await?;
    let mut beside = NamedTempFile::new_in(&folder)?;
    beside.write_all(&keys)?;
    for (temp, name) in [(beside, keys_beside(file)), (sealed, file.to_path_buf())] {
        temp.as_file().sync_all()?;
        temp.persist(name)
            .map_err(|error| Fault::from(error.error))?;
    }
    File::open(&folder)?.sync_all()?;
    let rows = sums.iter().filter_map(|(_, sum)| sum.split(' ').next());
    Ok(Done {
        bytes: std::fs::metadata(file)?.len(),
        rows: rows.filter_map(|rows| rows.parse::<u64>().ok()).sum(),
        tables: sums.len(),
    })
}

fn write_sealed(
    folder: &Path,
    recipient: &age::x25519::Recipient,
    mut frames: mpsc::Receiver<Frame>,
) -> Result<NamedTempFile, Fault> {
    let temp = NamedTempFile::new_in(folder)?;
    let sealing =
        age::Encryptor::with_recipients(std::iter::once(recipient as &dyn age::Recipient))
            .map_err(|error| Fault::File(error.to_string()))?;
    let mut out = sealing.wrap_output(BufWriter::new(temp.as_file()))?;
    while let Some(frame) = frames.blocking_recv() {
        frame.write(&mut out)?;
    }
    out.finish()?.flush()?;
    Ok(temp)
}

/// Opens a backup and hands its frames on.
fn read_sealed(file: &Path, identity: &Identity, to: &mpsc::Sender<Frame>) -> Result<(), Fault> {
    let told = |error: age::DecryptError| {
        Fault::Locked(match error {
            age::DecryptError::NoMatchingKeys => {
                "these keys do not open this backup: it belongs to another hub".to_owned()
            }
            other => format!("the backup can't be opened: {other}"),
        })
    };
    let sealed = age::Decryptor::new(BufReader::new(File::open(file)?)).map_err(told)?;
    let mut open = sealed
        .decrypt(std::iter::once(identity as &dyn age::Identity))
        .map_err(told)?;
    while let Some(frame) = Frame::read(&mut open)? {
        if to.blocking_send(frame).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// A store for trying: SQLite in a folder that goes away.
async fn scratch(store: &Store, dir: &Path) -> Result<Store, Fault> {
    Store::open(OpenOptions {
        dir: dir.to_path_buf(),
        database: None,
        objects: None,
        witness: "operator",
        unlock: Unlock::default(),
        keys: Some(store.keys().clone()),
        clock: store.clock().clone(),
    })
    .await
}

type Sums = Vec<(String, String)>;

async fn try_it(
    store: &Store,
    file: &Path,
    identity: &Identity,
    tables: &[Sealed],
) -> Result<Sums, Fault> {
    let dir = tempfile::Builder::new()
        .prefix(".trying-a-backup")
        .tempdir_in(store.dir())?;
    let trial = scratch(store, dir.path()).await?;
    let came = load(&trial, file, identity.clone(), (Files::Try, None)).await;
    let faults = match &came {
        Ok(_) => crate::check::sealed(&trial, tables).await,
        Err(_) => Ok(Vec::new()),
    };
    trial.close_database().await;
    let sums = came?;
    match faults?.first() {
        None => Ok(sums),
        Some(fault) => Err(Fault::File(format!(
            "the backup does not hold what it should, and was not kept: {fault}"
        ))),
    }
}

/// Brings a backup into a store; the files of the data folder go to `dir`.
async fn load(
    store: &Store,
    file: &Path,
    identity: Identity,
    (files, dir): (Files, Option<&Path>),
) -> Result<Sums, Fault> {
    let (to, mut frames) = mpsc::channel(ON_THE_WAY);
    let from = file.to_path_buf();
    let reading = tokio::task::spawn_blocking(move || read_sealed(&from, &identity, &to));
    let loaded = take(store, &mut frames, (files, dir)).await;
    drop(frames);
    reading.await.map_err(|_| Fault::Closed)??;
    loaded
}

async fn take(
    store: &Store,
    frames: &mut mpsc::Receiver<Frame>,
    (files, dir): (Files, Option<&Path>),
) -> Result<Sums, Fault> {
    let head = match frames.recv().await {
        Some(Frame::Head(head)) => head,
        _ => return Err(crate::stream::broken("it has no beginning")),
    };
    belongs(&head, store.keys().id())?;
    let mut loading = Loading::begin(store, &head, files).await?;
    let mut file: Option<String> = None;
    let mut beyond = false;
    while let Some(frame) = frames.recv().await {
        match frame {
            Frame::File(name) if !beyond => file = Some(name),
            Frame::Bytes(bytes) if !beyond => {
                if let (Some(dir), Some(name)) = (dir, file.take()) {
                    put_file(dir, &name, &bytes)?;
                }
            }
            frame => {
                beyond = true;
                loading.take(frame).await?;
            }
        }
    }
    loading.finish().await
}

/// A file of the data folder; only the witness comes that way, and no name leads out of it.
fn put_file(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), Fault> {
    let plain = name
        .strip_prefix("witness/")
        .filter(|name| name.ends_with(".log") && !name.contains(['/', '\\']));
    let Some(name) = plain else {
        return Err(crate::stream::broken("a file with another name"));
    };
    let folder = dir.join("witness");
    std::fs::create_dir_all(&folder)?;
    let mut file = File::create(folder.join(name))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

/// The mark of a restore that has not come to its end.
pub(crate) const UNDER_WAY: &str = "restoring";

/// Restores a backup into an empty place: data folder, and database if another one is named. An older
/// backup may come with newer keys: what was erased since stays erased. Two recovery sheets take the place
/// of a key file or passphrase that is lost.
///
/// # Errors
/// [`Fault`]; then the place holds nothing that could be taken for a hub, and restoring can be begun anew.
pub async fn restore(
    file: &Path,
    (keys, sheets): (&KeyCopy, Option<&(Sheet, Sheet)>),
    options: OpenOptions,
) -> Result<Store, Fault> {
    let dir = options.dir.clone();
    std::fs::create_dir_all(&dir)?;
    let mark = dir.join(UNDER_WAY);
    if mark.exists() {
        crate::engine::clear(&dir)?;
    } else if dir.join("instance").exists() || dir.join("knutepunkt.db").exists() {
        return Err(Fault::File(format!(
            "there is a hub in {}; restore into an empty folder",
            dir.display()
        )));
    }
    File::create(&mark)?.sync_all()?;
    crate::engine::put_keys(&options, keys).await?;
    if let Some((one, other)) = sheets {
        crate::recover(&options, (one, other)).await?;
    }
    let opened = crate::engine::open_for(&dir, &options).await?;
    let identity = identity(&opened).await?;
    let head = head(file, identity.clone()).await?;
    belongs(&head, opened.id())?;
    std::fs::write(dir.join("instance"), head.instance.to_string())?;
    let store = Store::open_marked(OpenOptions {
        keys: Some(opened),
        ..options
    })
    .await?;
    load(&store, file, identity, (Files::Keep, Some(&dir))).await?;
    crate::witness::cut(&dir, &store.read()).await?;
    std::fs::remove_file(&mark)?;
    File::open(&dir)?.sync_all()?;
    Ok(store)
}

/// The beginning of a backup.
async fn head(file: &Path, identity: Identity) -> Result<Head, Fault> {
    let (to, mut frames) = mpsc::channel(1);
    let from = file.to_path_buf();
    let reading = tokio::task::spawn_blocking(move || read_sealed(&from, &identity, &to));
    let first = frames.recv().await;
    drop(frames);
    match (first, reading.await.map_err(|_| Fault::Closed)?) {
        (Some(Frame::Head(head)), _) => Ok(head),
        (_, Err(fault)) => Err(fault),
        _ => Err(crate::stream::broken("it has no beginning")),
    }
}

/// Copies everything to another, empty database; data folder, objects and witness stay where they are.
/// Gives the sums of all tables, which are the same on both sides.
///
/// # Errors
/// [`Fault`]; the database moved from is as it was.
pub async fn move_to(store: &Store, to: OpenOptions) -> Result<Sums, Fault> {
    let copy = store.keys().copy().await?;
    crate::engine::put_keys(&to, &copy).await?;
    let keys = crate::engine::open_for(&to.dir, &to).await?;
    let target = Store::open(OpenOptions {
        keys: Some(keys),
        ..to
    })
    .await?;
    let (out, mut frames) = mpsc::channel(ON_THE_WAY);
    let sending = send(store, false, out);
    let taking = take(&target, &mut frames, (Files::Try, None));
    let (sent, took) = tokio::join!(sending, taking);
    target.close().await;
    sent?;
    took
}

#[cfg(test)]
mod tests {
    use base::{Clock, Uuid};

    use super::*;
    use crate::testing::{NOON, each_engine};
    use crate::{Named, Owner, objects, params, sealing};

    /// The command log stands for all tables: it hangs on a study.
    const BODY: Sealed = Sealed {
        table: "command",
        row: &[("study", Named::Id), ("seq", Named::Number)],
        study: "t.study",
    };

    const STUDY: Uuid = Uuid::from_u128(0x51);

    async fn done<T: Send + 'static>(store: &Store, act: impl crate::Act<T, Fault>) -> T {
        store.write(act).await.unwrap()
    }

    /// A study with one sealed command, a file, and a line on the trail.
    async fn filled(store: &Store) -> objects::Object {
        done(store, |tx| {
            Box::pin(async move {
                tx.exec(
                    "INSERT INTO study (id, slug, title, state, state_at, background, seq, made_at) \
                     VALUES ($1, 'natt', 'Å være våken', 'draft', 5, '', 1, 5)",
                    params![STUDY],
                )
                .await?;
                let sealer = tx.sealer(Owner::Study(STUDY)).await?;
                let body = sealer.seal(&BODY.at(format_args!("{STUDY}/1")), "Det var stille.")?;
                tx.exec(
                    "INSERT INTO command (study, seq, at, kind, body, key_ref) VALUES ($1, 1, 5, 'said', $2, $3)",
                    vec![params![STUDY].remove(0), body.bytes(), body.key_ref()],
                )
                .await?;
                tx.trail(&crate::trail::Entry {
                    id: Uuid::from_u128(9),
                    at: NOON,
                    actor: None,
                    role: "operator:test".into(),
                    act: "read".into(),
                    kind: "study".into(),
                    subject: STUDY,
                    ground: "operator".into(),
                    study: Some(STUDY),
                })
                .await
            })
        })
        .await;
        let sealer = store.sealer(Owner::Study(STUDY)).await.unwrap();
        let id = base::Chance::seeded(4).id(NOON);
        let object = store.objects().put(&sealer, id, "text/plain", "fil".into());
        let object = object.await.unwrap();
        let named = object.clone();
        done(store, move |tx| {
            Box::pin(async move { objects::add(tx, &named, NOON).await })
        })
        .await;
        object
    }

    async fn said(store: &Store) -> Result<String, Fault> {
        let row = store
            .read()
            .one("SELECT body, key_ref FROM command WHERE seq = 1", params![])
            .await?
            .unwrap();
        row.body(&BODY.at(format_args!("{STUDY}/1")))
    }

    fn beside(store: &Store, dir: &Path) -> OpenOptions {
        OpenOptions {
            dir: dir.to_path_buf(),
            database: None,
            objects: None,
            witness: "operator",
            // The key file of the hub that was backed up.
            unlock: Unlock::File(Some(store.dir().join("unlock.key"))),
            keys: None,
            clock: Clock::standing_at(NOON),
        }
    }

    fn copy(file: &Path) -> KeyCopy {
        KeyCopy::read(&std::fs::read(keys_beside(file)).unwrap()).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_backup_is_restored_elsewhere_with_everything_in_it() {
        each_engine(async |store, _| {
            let object = filled(store).await;
            let place = tempfile::tempdir().unwrap();
            let file = place.path().join("hub.age");
            let told = write(store, &file, &[BODY]).await.unwrap();
            assert_eq!(told.bytes, std::fs::metadata(&file).unwrap().len());
            assert!(told.rows > 4, "{told:?}");
            let to = place.path().join("new");
            let new = restore(&file, (&copy(&file), None), beside(store, &to))
                .await
                .unwrap();
            assert_eq!(said(&new).await.unwrap(), "Det var stille.");
            assert_eq!(new.objects().get(&object).await.unwrap(), "fil");
            assert_eq!(new.instance(), store.instance());
            let faults = crate::check::run(&new, &[BODY]).await.unwrap();
            assert_eq!(faults, Vec::<String>::new());
            new.close().await;
            // On a machine without the key file, two sheets open it.
            let sheets = store.keys().make_sheets().await.unwrap();
            write(store, &file, &[BODY]).await.unwrap();
            let alone = place.path().join("alone");
            let options = || OpenOptions {
                unlock: Unlock::default(),
                ..beside(store, &alone)
            };
            let locked = restore(&file, (&copy(&file), None), options()).await;
            assert!(matches!(locked, Err(Fault::Locked(_))));
            let two = (sheets[2].clone(), sheets[0].clone());
            let new = restore(&file, (&copy(&file), Some(&two)), options())
                .await
                .unwrap();
            assert_eq!(said(&new).await.unwrap(), "Det var stille.");
            new.close().await;
            // There is a hub now: nothing is written over it.
            let again = restore(&file, (&copy(&file), None), beside(store, &to)).await;
            assert!(matches!(again, Err(Fault::File(why)) if why.contains("empty folder")));
            let names = std::fs::read_dir(store.dir())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
            assert_eq!(names.filter(|name| name.contains("trying")).count(), 0);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_erased_since_stays_unreadable_with_newer_keys_and_lines_written_since_are_cut()
     {
        each_engine(async |store, _| {
            filled(store).await;
            let place = tempfile::tempdir().unwrap();
            let file = place.path().join("hub.age");
            write(store, &file, &[BODY]).await.unwrap();
            done(store, |tx| {
                Box::pin(async move {
                    tx.erase_key(Owner::Study(STUDY), NOON).await?;
                    tx.trail(&crate::trail::Entry {
                        id: Uuid::from_u128(10),
                        at: NOON,
                        actor: None,
                        role: "operator:test".into(),
                        act: "erase".into(),
                        kind: "study".into(),
                        subject: STUDY,
                        ground: "operator".into(),
                        study: None,
                    })
                    .await
                })
            })
            .await;
            sealing::carry_out(store, NOON).await.unwrap();
            let newer = store.keys().copy().await.unwrap();
            let to = place.path().join("new");
            let new = restore(&file, (&newer, None), beside(store, &to))
                .await
                .unwrap();
            assert!(matches!(said(&new).await, Err(Fault::Sealed(_))));
            let faults = crate::check::run(&new, &[]).await.unwrap();
            assert_eq!(faults.len(), 1, "only the file without its key: {faults:?}");
            assert!(faults[0].starts_with("object "), "{faults:?}");
            new.close().await;
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_damaged_or_cut_backup_and_other_keys_are_refused_and_leave_no_hub() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::standing_at(NOON);
        let open = async |name: &str| {
            let dir = dir.path().join(name);
            Store::open(OpenOptions {
                dir,
                database: None,
                objects: None,
                witness: "serve",
                unlock: Unlock::default(),
                keys: None,
                clock: clock.clone(),
            })
            .await
            .unwrap()
        };
        let (store, other) = (open("one").await, open("two").await);
        filled(&store).await;
        let file = dir.path().join("hub.age");
        write(&store, &file, &[BODY]).await.unwrap();
        let whole = std::fs::read(&file).unwrap();
        let to = dir.path().join("new");
        for length in [0, 10, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&file, &whole[..length]).unwrap();
            let came = restore(&file, (&copy(&file), None), beside(&store, &to)).await;
            assert!(came.is_err(), "cut at {length}");
            let opened = Store::open(beside(&store, &to)).await;
            assert!(matches!(opened, Err(Fault::File(why)) if why.contains("restore again")));
        }
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        std::fs::write(&file, &flipped).unwrap();
        assert!(
            restore(&file, (&copy(&file), None), beside(&store, &to))
                .await
                .is_err()
        );
        std::fs::write(&file, &whole).unwrap();
        let theirs = other.keys().copy().await.unwrap();
        let wrong = restore(&file, (&theirs, None), beside(&other, &to)).await;
        assert!(matches!(wrong, Err(Fault::Locked(_))));
        // After all that, the whole backup comes in.
        let new = restore(&file, (&copy(&file), None), beside(&store, &to))
            .await
            .unwrap();
        assert_eq!(said(&new).await.unwrap(), "Det var stille.");
        for store in [new, other, store] {
            store.close().await;
        }
    }

    #[test]
    fn a_keys_file_with_a_changed_letter_is_refused() {
        let text = r#"{"form":1,"id":"00000000-0000-0000-0000-000000000001"}"#;
        assert!(KeyCopy::read(text.as_bytes()).is_err());
    }
}
