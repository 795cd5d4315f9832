//! Files beside the database: originals that came in, reports that went out.
//!
//! An object is written and flushed **before** the commit that names it, so a committed name
//! always has its file; a file whose commit never came is an orphan and is swept later. A file is
//! sealed piece by piece as it comes in; the row keeps the SHA-256 of what was put in, and the key.
//! Behind it stands the `object_store` crate; today for a folder.

mod stream;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{Digest, FileDigest, Id, Time};
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};

use self::stream::Sealing;
use crate::{Conn, Fault, Keys, Row, Sealer, Tx, each, params, places};

/// A stored file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// Its id, which is also its name in the folder.
    pub id: Id<Object>,
    /// SHA-256 of the content.
    pub digest: Digest,
    /// Bytes.
    pub size: i64,
    /// Media type, for sending it out again.
    pub media: String,
    /// The key it is sealed with; none for a file from before sealing.
    pub key: Option<i64>,
}

/// Where the files lie.
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
    keys: Keys,
}

/// An orphan is swept when it is older than this: no commit takes so long.
const ORPHAN_AGE: i64 = base::DAY;

impl Objects {
    pub(crate) fn open(url: Option<&str>, dir: &Path, keys: &Keys) -> Result<Self, Fault> {
        let folder = match url {
            None => dir.join("objects"),
            Some(url) => match url.strip_prefix("file://").unwrap_or(url) {
                other if other.contains("://") => {
                    return Err(Fault::File(
                        "objects can lie in a folder only in this version; s3:// is not built yet"
                            .into(),
                    ));
                }
                folder => PathBuf::from(folder),
            },
        };
        std::fs::create_dir_all(&folder)?;
        let store = LocalFileSystem::new_with_prefix(&folder)?;
        Ok(Self {
            store: Arc::new(store),
            folder,
            keys: keys.clone(),
        })
    }

    fn key(id: Id<Object>) -> Key {
        let name = id.to_string();
        // UUIDv7 begins with the time: the last two digits spread the files over folders.
        let shelf = name.get(34..).unwrap_or("00").to_owned();
        Key::from_iter([shelf, name])
    }

    /// Seals a file, writes and flushes it. Name it in the database with [`add`].
    ///
    /// # Errors
    /// [`Fault::File`].
    pub async fn put(
        &self,
        sealer: &Sealer,
        id: Id<Object>,
        media: &str,
        bytes: Bytes,
    ) -> Result<Object, Fault> {
        let mut writing = self.begin(sealer, id, media).await?;
        writing.write(bytes).await?;
        writing.finish().await
    }

    /// Begins a file that comes in pieces, so that no more than a few of them are in memory.
    ///
    /// # Errors
    /// [`Fault::File`].
    pub async fn begin(
        &self,
        sealer: &Sealer,
        id: Id<Object>,
        media: &str,
    ) -> Result<Writing, Fault> {
        let key = Self::key(id);
        let upload = self.store.put_multipart(&key).await?;
        Ok(Writing {
            pieces: WriteMultipart::new_with_chunk_size(upload, PIECE),
            sealing: Sealing::new(id, (sealer.id, &sealer.key), &sealer.chance),
            digest: FileDigest::default(),
            size: 0,
            path: self.folder.join(key.as_ref()),
            object: (id, media.to_owned()),
            key: sealer.id,
        })
    }

    /// Reads a file, opens it, and compares it with its digest.
    ///
    /// # Errors
    /// [`Fault::File`] when it is gone or damaged; [`Fault::Sealed`] when it does not open.
    pub async fn get(&self, object: &Object) -> Result<Bytes, Fault> {
        let bytes = self.raw(object.id).await?;
        self.opened(object, bytes).await
    }

    /// A file as it lies there.
    pub(crate) async fn raw(&self, id: Id<Object>) -> Result<Bytes, Fault> {
        Ok(self.store.get(&Self::key(id)).await?.bytes().await?)
    }

    /// Puts a file there that is sealed already.
    pub(crate) async fn put_raw(&self, id: Id<Object>, bytes: Bytes) -> Result<(), Fault> {
        let key = Self::key(id);
        self.store.put(&key, bytes.into()).await?;
        let path = self.folder.join(key.as_ref());
        tokio::task::spawn_blocking(move || flush(&path))
            .await
            .map_err(|_| Fault::Closed)?
    }

    /// What lies there, opened and compared with its digest.
    pub(crate) async fn opened(&self, object: &Object, bytes: Bytes) -> Result<Bytes, Fault> {
        // The file says itself which key it has: while it is sealed anew, the row may be behind.
        let key = match (object.key, stream::key_of(&bytes)) {
            (Some(_), None) => return Err(damaged(object.id)),
            (None, Some(_)) if Digest::of_file(&bytes) == object.digest => None,
            (_, key) => key,
        };
        let bytes = match key {
            None => bytes,
            Some(key) => {
                self.keys.fetch(&[key]).await?;
                let sealer = self.keys.sealer(key)?;
                let id = object.id;
                let opened =
                    tokio::task::spawn_blocking(move || stream::opened(id, &sealer.key, &bytes));
                let opened = opened.await.map_err(|_| Fault::Closed)?;
                opened
                    .ok_or_else(|| Fault::Sealed(format!("object {id}")))?
                    .into()
            }
        };
        if Digest::of_file(&bytes) == object.digest {
            Ok(bytes)
        } else {
            Err(damaged(object.id))
        }
    }

    /// Takes a file away; one that is gone already is no fault.
    ///
    /// # Errors
    /// [`Fault::File`].
    pub async fn delete(&self, id: Id<Object>) -> Result<(), Fault> {
        match self.store.delete(&Self::key(id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes files that no row names and that are older than a day; gives how many.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn sweep(&self, db: &Conn, now: Time) -> Result<usize, Fault> {
        let found: Vec<_> = self.store.list(None).try_collect().await?;
        let mut swept = 0;
        for file in found {
            let age = now.since(Time::from_micros(file.last_modified.timestamp_micros()));
            let id = file
                .location
                .filename()
                .and_then(|name| name.parse::<Id<Object>>().ok());
            if let Some(id) = id
                && age > ORPHAN_AGE
                && get(db, id).await?.is_none()
            {
                self.delete(id).await?;
                swept += 1;
            }
        }
        let folder = self.folder.clone();
        let unfinished = tokio::task::spawn_blocking(move || drop_unfinished(&folder, now))
            .await
            .map_err(|_| Fault::Closed)??;
        Ok(swept + unfinished)
    }
}

fn damaged(id: Id<Object>) -> Fault {
    Fault::File(format!("object {id} is damaged"))
}

/// Bytes written at a time.
const PIECE: usize = 1 << 20;
/// Pieces on their way to the disk at once.
const AT_ONCE: usize = 2;

/// A file on its way in. It has no name until it is finished; one that is dropped is gone.
pub struct Writing {
    pieces: WriteMultipart,
    sealing: Sealing,
    digest: FileDigest,
    size: i64,
    path: PathBuf,
    object: (Id<Object>, String),
    key: i64,
}

impl Writing {
    /// The next piece.
    ///
    /// # Errors
    /// [`Fault::File`].
    pub async fn write(&mut self, piece: Bytes) -> Result<(), Fault> {
        self.pieces.wait_for_capacity(AT_ONCE).await?;
        self.digest.update(&piece);
        self.size = self
            .size
            .saturating_add(i64::try_from(piece.len()).unwrap_or(i64::MAX));
        let sealed = self.sealing.push(&piece)?;
        self.pieces.put(sealed);
        Ok(())
    }

    /// Bytes so far.
    #[must_use]
    pub fn size(&self) -> i64 {
        self.size
    }

    /// The whole file, flushed. Name it in the database with [`add`].
    ///
    /// # Errors
    /// [`Fault::File`].
    pub async fn finish(mut self) -> Result<Object, Fault> {
        self.pieces.put(self.sealing.last()?);
        self.pieces.finish().await?;
        let path = self.path;
        tokio::task::spawn_blocking(move || flush(&path))
            .await
            .map_err(|_| Fault::Closed)??;
        let (id, media) = self.object;
        Ok(Object {
            id,
            digest: self.digest.finish(),
            size: self.size,
            media,
            key: Some(self.key),
        })
    }

    /// Gives it up; nothing of it stays.
    ///
    /// # Errors
    /// [`Fault::File`].
    pub async fn abort(self) -> Result<(), Fault> {
        Ok(self.pieces.abort().await?)
    }
}

/// Takes away what a power cut has left of files on their way in: the store keeps them beside their
/// place, with a `#` in the name, and does not list them.
fn drop_unfinished(folder: &Path, now: Time) -> Result<usize, Fault> {
    let mut gone = 0;
    for shelf in std::fs::read_dir(folder)? {
        let shelf = shelf?.path();
        if !shelf.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&shelf)? {
            let file = file?;
            let unfinished = file.file_name().to_string_lossy().contains('#');
            if unfinished && age(&file.metadata()?, now) > ORPHAN_AGE {
                std::fs::remove_file(file.path())?;
                gone += 1;
            }
        }
    }
    Ok(gone)
}

fn age(file: &std::fs::Metadata, now: Time) -> i64 {
    let micros = file
        .modified()
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_micros()).ok());
    micros.map_or(0, |micros| now.since(Time::from_micros(micros)))
}

/// Flushes the file and the folder it was renamed into.
fn flush(path: &Path) -> Result<(), Fault> {
    std::fs::File::open(path)?.sync_all()?;
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Names an object in the database.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn add(tx: &Tx, object: &Object, now: Time) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO object (id, digest, size, media, key_ref, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![object.id, object.digest, object.size, &object.media, object.key, now],
    )
    .await?;
    Ok(())
}

/// Takes an object's row away; its file is deleted after the commit, with [`Objects::delete`].
///
/// # Errors
/// [`Fault`] of the database, also while something still points to it.
pub async fn forget(tx: &Tx, id: Id<Object>) -> Result<(), Fault> {
    tx.exec("DELETE FROM object WHERE id = $1", params![id])
        .await?;
    Ok(())
}

/// Takes away what an object holds and leaves its row for what names it: from this act on nobody
/// gets the file, which is deleted after the commit, with [`Objects::delete`].
///
/// # Errors
/// [`Fault`] of the database.
pub async fn erase(tx: &Tx, ids: &[Id<Object>], now: Time) -> Result<(), Fault> {
    for some in ids.chunks(500) {
        let sql = format!(
            "UPDATE object SET erased_at = $1 WHERE erased_at IS NULL AND id IN ({})",
            places(2, some.len())
        );
        let mut values = params![now];
        values.extend(each(some));
        tx.exec(&sql, values).await?;
    }
    Ok(())
}

/// The object with this id; none when it was erased.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn get(db: &Conn, id: Id<Object>) -> Result<Option<Object>, Fault> {
    let row = db
        .one(
            "SELECT id, digest, size, media, key_ref FROM object WHERE id = $1 AND erased_at IS NULL",
            params![id],
        )
        .await?;
    row.map(|row| of(&row)).transpose()
}

/// Objects after `after` in the order of their ids, for `check`.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn page(db: &Conn, after: Id<Object>, limit: i64) -> Result<Vec<Object>, Fault> {
    let rows = db
        .all(
            "SELECT id, digest, size, media, key_ref FROM object WHERE id > $1 AND erased_at IS NULL ORDER BY id LIMIT $2",
            params![after, limit],
        )
        .await?;
    rows.iter().map(of).collect()
}

pub(crate) fn of(row: &Row) -> Result<Object, Fault> {
    Ok(Object {
        id: row.id("id")?,
        digest: row.digest("digest")?,
        size: row.int("size")?,
        media: row.text("media")?,
        key: row.opt_int("key_ref")?,
    })
}

#[cfg(test)]
mod tests {
    use base::{Chance, Uuid};

    use super::*;
    use crate::testing;

    async fn sealer(store: &crate::Store) -> Sealer {
        store.sealer(crate::Owner::Hub).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_put_in_comes_out_and_damage_is_seen() {
        testing::each_engine(async |store, clock| {
            let id = Chance::seeded(1).id(clock.now());
            let object = store
                .objects()
                .put(&sealer(store).await, id, "text/plain", Bytes::from("hei"))
                .await
                .unwrap();
            let (named, now) = (object.clone(), clock.now());
            let added: Result<(), Fault> = store
                .write(move |tx| Box::pin(async move { add(tx, &named, now).await }))
                .await;
            added.unwrap();
            assert_eq!(get(&store.read(), id).await.unwrap(), Some(object.clone()));
            assert_eq!(
                store.objects().get(&object).await.unwrap(),
                Bytes::from("hei")
            );
            let path = store.dir().join("objects").join(Objects::key(id).as_ref());
            let file = std::fs::read(&path).unwrap();
            assert!(!file.windows(3).any(|some| some == b"hei"), "it is sealed");
            let mut damaged = file.clone();
            *damaged.last_mut().unwrap() ^= 1;
            std::fs::write(&path, damaged).unwrap();
            assert!(store.objects().get(&object).await.is_err());
            std::fs::write(&path, file).unwrap();
            assert!(store.objects().get(&object).await.is_ok());
            std::fs::write(path, "hej").unwrap();
            assert!(store.objects().get(&object).await.is_err());
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_in_pieces_is_the_same_file_and_one_given_up_is_gone() {
        testing::each_engine(async |store, clock| {
            let (chance, now) = (Chance::seeded(2), clock.now());
            let sealer = sealer(store).await;
            let id = chance.id(now);
            // Borders of pieces and of what is written at a time lie apart.
            let whole: Vec<u8> = (0..3 * PIECE + 17).map(|n| (n % 251) as u8).collect();
            let mut writing = store
                .objects()
                .begin(&sealer, id, "text/plain")
                .await
                .unwrap();
            for piece in whole.chunks(700_001) {
                writing.write(Bytes::copy_from_slice(piece)).await.unwrap();
            }
            let object = writing.finish().await.unwrap();
            assert_eq!(
                object,
                Object {
                    id,
                    digest: Digest::of_file(&whole),
                    size: whole.len() as i64,
                    media: "text/plain".into(),
                    key: Some(sealer.id),
                }
            );
            assert_eq!(store.objects().get(&object).await.unwrap(), whole);
            let empty = store
                .objects()
                .begin(&sealer, chance.id(now), "text/plain")
                .await;
            let empty = empty.unwrap().finish().await.unwrap();
            assert_eq!((empty.size, empty.digest), (0, Digest::of_file(b"")));
            let names = || {
                let folder = store.dir().join("objects");
                let shelves = std::fs::read_dir(folder).unwrap();
                shelves
                    .flat_map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap())
                    .count()
            };
            assert_eq!(names(), 2);
            let mut given_up = store
                .objects()
                .begin(&sealer, chance.id(now), "x")
                .await
                .unwrap();
            given_up.write(Bytes::from(whole)).await.unwrap();
            given_up.abort().await.unwrap();
            assert_eq!(names(), 2);
            // What a power cut left is swept like other orphans.
            let left = store
                .objects()
                .begin(&sealer, chance.id(now), "x")
                .await
                .unwrap();
            std::mem::forget(left);
            assert_eq!(names(), 3);
            let later = base::Clock::System.now().plus(2 * base::DAY);
            let swept = store.objects().sweep(&store.read(), later).await;
            assert_eq!((swept.unwrap(), names()), (3, 0));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_erased_is_gotten_by_nobody_from_that_act_on_and_its_file_is_swept() {
        testing::each_engine(async |store, _| {
            let now = Clock::System.now();
            let chance = Chance::seeded(1);
            let mut both = Vec::new();
            for text in ["a", "b"] {
                let bytes = Bytes::from(text);
                let sealer = sealer(store).await;
                let put = store
                    .objects()
                    .put(&sealer, chance.id(now), "text/plain", bytes);
                both.push(put.await.unwrap());
            }
            let (first, second) = (both[0].clone(), both[1].clone());
            let erased: Result<(), Fault> = store
                .write(move |tx| {
                    Box::pin(async move {
                        for object in &both {
                            add(tx, object, now).await?;
                        }
                        erase(tx, &[both[0].id], now).await
                    })
                })
                .await;
            erased.unwrap();
            let db = store.read();
            assert_eq!(get(&db, first.id).await.unwrap(), None);
            let all = page(&db, Id::from(Uuid::nil()), 9).await.unwrap();
            assert_eq!(all, std::slice::from_ref(&second));
            let swept = store.objects().sweep(&db, now.plus(2 * base::DAY)).await;
            assert_eq!(swept.unwrap(), 1);
            assert!(store.objects().get(&first).await.is_err());
            assert!(store.objects().get(&second).await.is_ok());
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn only_old_files_without_a_row_are_swept() {
        testing::each_engine(async |store, _| {
            let now = Clock::System.now();
            let chance = Chance::seeded(1);
            let sealer = sealer(store).await;
            let (kept, orphan) = (chance.id(now), chance.id(now));
            let object = store
                .objects()
                .put(&sealer, kept, "text/plain", Bytes::from("a"))
                .await
                .unwrap();
            store
                .objects()
                .put(&sealer, orphan, "text/plain", Bytes::from("b"))
                .await
                .unwrap();
            let added: Result<(), Fault> = store
                .write(move |tx| Box::pin(async move { add(tx, &object, now).await }))
                .await;
            added.unwrap();
            let objects = store.objects();
            assert_eq!(objects.sweep(&store.read(), now).await.unwrap(), 0);
            assert_eq!(
                objects
                    .sweep(&store.read(), now.plus(2 * base::DAY))
                    .await
                    .unwrap(),
                1
            );
            assert_eq!(
                objects
                    .sweep(&store.read(), now.plus(2 * base::DAY))
                    .await
                    .unwrap(),
                0
            );
        })
        .await;
    }
    use base::Clock;
}
