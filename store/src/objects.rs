//! Files beside the database: originals that came in, reports that went out.
//!
//! An object is written and flushed **before** the commit that names it, so a committed name
//! always has its file; a file whose commit never came is an orphan and is swept later. The row
//! keeps the SHA-256 of what was put in, and the key it is sealed with (none until sealing is
//! built). Behind it stands the `object_store` crate; today for a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{Digest, Id, Time};
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::{Conn, Fault, Row, Tx, params};

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
}

/// Where the files lie.
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

/// An orphan is swept when it is older than this: no commit takes so long.
const ORPHAN_AGE: i64 = base::DAY;

impl Objects {
    pub(crate) fn open(url: Option<&str>, dir: &Path) -> Result<Self, Fault> {
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
        })
    }

    fn key(id: Id<Object>) -> Key {
        let name = id.to_string();
        // UUIDv7 begins with the time: the last two digits spread the files over folders.
        let shelf = name.get(34..).unwrap_or("00").to_owned();
        Key::from_iter([shelf, name])
    }

    /// Writes a file and flushes it. Name it in the database with [`add`].
    ///
    /// # Errors
    /// [`Fault::File`].
    pub async fn put(&self, id: Id<Object>, media: &str, bytes: Bytes) -> Result<Object, Fault> {
        let digest = Digest::of_file(&bytes);
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let key = Self::key(id);
        self.store.put(&key, bytes.into()).await?;
        let path = self.folder.join(key.as_ref());
        tokio::task::spawn_blocking(move || flush(&path))
            .await
            .map_err(|_| Fault::Closed)??;
        Ok(Object {
            id,
            digest,
            size,
            media: media.to_owned(),
        })
    }

    /// Reads a file and compares it with its digest.
    ///
    /// # Errors
    /// [`Fault::File`] when it is gone or damaged.
    pub async fn get(&self, object: &Object) -> Result<Bytes, Fault> {
        let bytes = self.store.get(&Self::key(object.id)).await?.bytes().await?;
        if Digest::of_file(&bytes) == object.digest {
            Ok(bytes)
        } else {
            Err(Fault::File(format!("object {} is damaged", object.id)))
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
        Ok(swept)
    }
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
        "INSERT INTO object (id, digest, size, media, made_at) VALUES ($1, $2, $3, $4, $5)",
        params![object.id, object.digest, object.size, &object.media, now],
    )
    .await?;
    Ok(())
}

/// The object with this id.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn get(db: &Conn, id: Id<Object>) -> Result<Option<Object>, Fault> {
    let row = db
        .one(
            "SELECT id, digest, size, media FROM object WHERE id = $1",
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
            "SELECT id, digest, size, media FROM object WHERE id > $1 ORDER BY id LIMIT $2",
            params![after, limit],
        )
        .await?;
    rows.iter().map(of).collect()
}

fn of(row: &Row) -> Result<Object, Fault> {
    Ok(Object {
        id: row.id("id")?,
        digest: row.digest("digest")?,
        size: row.int("size")?,
        media: row.text("media")?,
    })
}

#[cfg(test)]
mod tests {
    use base::Chance;

    use super::*;
    use crate::testing;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_put_in_comes_out_and_damage_is_seen() {
        testing::each_engine(async |store, clock| {
            let id = Chance::seeded(1).id(clock.now());
            let object = store
                .objects()
                .put(id, "text/plain", Bytes::from("hei"))
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
            std::fs::write(path, "hej").unwrap();
            assert!(store.objects().get(&object).await.is_err());
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn only_old_files_without_a_row_are_swept() {
        testing::each_engine(async |store, _| {
            let now = Clock::System.now();
            let chance = Chance::seeded(1);
            let (kept, orphan) = (chance.id(now), chance.id(now));
            let object = store
                .objects()
                .put(kept, "text/plain", Bytes::from("a"))
                .await
                .unwrap();
            store
                .objects()
                .put(orphan, "text/plain", Bytes::from("b"))
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
