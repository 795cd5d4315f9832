//! Keys: who holds which, and where they lie.
//!
//! ```text
//! key file, passphrase or two recovery sheets
//!   └ hub key
//!       ├ study key            one for each study
//!       │   └ participant key  one for each participant: erasing it erases their words
//!       └ keys of the hub's own things: database, backup, recovery
//! ```
//!
//! Wrapped keys lie in a small store of their own: `keys.db` in the data folder, or the schema `keys`
//! on PostgreSQL. Open keys are only in memory. Which key an owner has now stands in the table
//! `sealing` of the database, and is read in the act that seals, so that a key that was just replaced
//! seals nothing more.

mod copy;
mod recovery;
mod rows;
mod unlock;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use base::{Chance, Clock, Time, Uuid};
use futures::future::BoxFuture;

use self::rows::{WrappedHub, WrappedKey};
use crate::seal::Key;
use crate::{Body, Conn, Engine, Fault, Place};

pub use copy::KeyCopy;
pub use recovery::{Recovery, Sheet, SheetFault};
pub use unlock::{Unlock, Way};

/// Whose words a key seals.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Owner {
    /// The hub itself: what belongs to no study.
    Hub,
    /// A study.
    Study(Uuid),
    /// A participant in a study.
    Participant {
        /// The participant.
        id: Uuid,
        /// The study, whose key wraps theirs.
        study: Uuid,
    },
}

impl Owner {
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Study(_) => "study",
            Self::Participant { .. } => "participant",
        }
    }

    pub(crate) fn id(self) -> Uuid {
        match self {
            Self::Hub => Uuid::nil(),
            Self::Study(id) | Self::Participant { id, .. } => id,
        }
    }
}

/// The open keys of a hub. Cheap to clone.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    db: Conn,
    dir: PathBuf,
    chance: Chance,
    clock: Clock,
    unlock: Unlock,
    id: Uuid,
    open: RwLock<Open>,
}

/// What is in memory.
#[derive(Default)]
struct Open {
    /// Hub keys by version; two while one replaces the other.
    hub: BTreeMap<i64, Key>,
    known: HashMap<i64, Key>,
}

/// Seals for one owner.
#[derive(Clone)]
pub struct Sealer {
    pub(crate) id: i64,
    pub(crate) key: Key,
    pub(crate) chance: Chance,
}

impl Sealer {
    /// Seals a text for its place.
    ///
    /// # Errors
    /// [`Fault::Row`] for what is longer than 256 GB.
    pub fn seal(&self, place: &Place, text: &str) -> Result<Body, Fault> {
        let sealed = self
            .key
            .seal(&self.chance, &place.with(self.id), text.as_bytes())?;
        Ok(Body::sealed(sealed, self.id))
    }
}

/// Keys that are wrapped anew at a time.
const BATCH: i64 = 200;

impl Keys {
    /// Opens the key store, and makes it where there is none.
    pub(crate) async fn open(
        db: Conn,
        engine: Engine,
        dir: &Path,
        unlock: Unlock,
        clock: &Clock,
    ) -> Result<Self, Fault> {
        rows::make_tables(&db, engine).await?;
        let chance = Chance::from_system().map_err(|error| Fault::File(error.to_string()))?;
        let (dir, clock) = (dir.to_path_buf(), clock.clone());
        let (id, hub) = match rows::id(&db).await? {
            Some(id) => (id, unwrapped(&db, &dir, &unlock, &chance).await?),
            None => first(&db, &dir, &unlock, (&chance, &clock)).await?,
        };
        let open = Open {
            hub,
            known: HashMap::new(),
        };
        let keys = Self(Arc::new(Inner {
            db,
            dir,
            chance,
            clock,
            unlock,
            id,
            open: RwLock::new(open),
        }));
        keys.finish_rotation().await?;
        Ok(keys)
    }

    /// The id of this key store.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.0.id
    }

    /// In which way this process opened it.
    #[must_use]
    pub fn way(&self) -> Way {
        self.0.unlock.way()
    }

    pub(crate) async fn close(&self) {
        if let Ok(pool) = self.0.db.as_pool() {
            // Closing is the last thing; a connection that is gone already needs no word.
            let _ = pool.clone().close().await;
        }
    }

    fn now(&self) -> Time {
        self.0.clock.now()
    }

    fn known(&self, id: i64) -> Option<Key> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        open.known.get(&id).cloned()
    }

    fn keep(&self, id: i64, key: Key) {
        let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
        open.known.insert(id, key);
    }

    fn hub(&self) -> Result<(i64, Key), Fault> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        let newest = open.hub.last_key_value();
        newest
            .map(|(version, key)| (*version, key.clone()))
            .ok_or_else(|| Fault::Locked("there is no hub key".into()))
    }

    /// Fetches those of these keys that are not in memory yet; keys that are gone stay unknown.
    pub(crate) async fn fetch(&self, ids: &[i64]) -> Result<(), Fault> {
        let mut wanted: Vec<i64> = ids.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|id| self.known(*id).is_none());
        if wanted.is_empty() {
            return Ok(());
        }
        self.fetch_these(wanted).await
    }

    fn fetch_these(&self, wanted: Vec<i64>) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(async move {
            let mut found = Vec::new();
            for some in wanted.chunks(500) {
                found.extend(rows::keys(&self.0.db, some).await?);
            }
            let parents: Vec<i64> = found
                .iter()
                .filter(|key| key.kind == "participant")
                .map(|key| key.parent)
                .filter(|parent| self.known(*parent).is_none())
                .collect();
            self.fetch(&parents).await?;
            for wrapped in &found {
                let key = self.unwrap(wrapped)?;
                self.keep(wrapped.id, key);
            }
            Ok(())
        })
    }

    fn parent(&self, wrapped: &WrappedKey) -> Option<Key> {
        if wrapped.kind == "participant" {
            return self.known(wrapped.parent);
        }
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        open.hub.get(&wrapped.parent).cloned()
    }

    fn unwrap(&self, wrapped: &WrappedKey) -> Result<Key, Fault> {
        let opened = self
            .parent(wrapped)
            .and_then(|parent| parent.open(&place_of(wrapped), &wrapped.wrapped));
        opened
            .and_then(|bytes| Key::of(&bytes))
            .ok_or_else(|| Fault::Sealed(format!("key {} of a {}", wrapped.id, wrapped.kind)))
    }

    /// Makes a key and keeps it, wrapped, before it is used.
    pub(crate) async fn make(&self, owner: Owner, study_key: Option<i64>) -> Result<Sealer, Fault> {
        let (kind, id) = (owner.kind(), owner.id());
        self.add(kind, id, study_key).await
    }

    async fn add(&self, kind: &str, owner: Uuid, study_key: Option<i64>) -> Result<Sealer, Fault> {
        let (parent, wrapper) = match study_key {
            Some(id) => (id, self.known(id).ok_or_else(|| gone(id))?),
            None => self.hub()?,
        };
        let key = Key::fresh(&self.0.chance);
        // Positive, and never given out twice: an old key's number opens nothing else.
        let id = i64::from_be_bytes(self.0.chance.bytes()) & i64::MAX;
        let mut wrapped = WrappedKey {
            id,
            kind: kind.to_owned(),
            owner,
            parent,
            wrapped: Vec::new(),
        };
        wrapped.wrapped = wrapper.seal(&self.0.chance, &place_of(&wrapped), key.bytes())?;
        rows::add(&self.0.db, &wrapped, self.now()).await?;
        self.keep(id, key);
        self.sealer(id)
    }

    /// What seals with this key, when it is in memory.
    pub(crate) fn sealer(&self, id: i64) -> Result<Sealer, Fault> {
        let key = self.known(id).ok_or_else(|| gone(id))?;
        Ok(Sealer {
            id,
            key,
            chance: self.0.chance.clone(),
        })
    }

    /// Opens what a key sealed for a place.
    pub(crate) fn opened(&self, id: i64, place: &Place, sealed: &[u8]) -> Result<String, Fault> {
        let key = self.known(id).ok_or_else(|| gone(id))?;
        let plain = key
            .open(&place.with(id), sealed)
            .ok_or_else(|| Fault::Sealed(place.to_string()))?;
        String::from_utf8(plain.to_vec()).map_err(|_| Fault::Sealed(place.to_string()))
    }

    /// Is there no such key any more?
    pub(crate) async fn is_gone(&self, id: i64) -> Result<bool, Fault> {
        self.fetch(&[id]).await?;
        Ok(self.known(id).is_none())
    }

    /// Takes keys away for good: what they sealed can't be read any more, here or from a backup of
    /// the database. A backup of the keys that is older can still.
    ///
    /// # Errors
    /// [`Fault`] of the key store; then the keys are still there, and it is tried again.
    pub async fn erase(&self, ids: &[i64]) -> Result<(), Fault> {
        for some in ids.chunks(500) {
            let below = rows::erase(&self.0.db, some, self.now()).await?;
            let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
            for id in some.iter().chain(&below) {
                open.known.remove(id);
            }
        }
        Ok(())
    }

    /// Replaces the hub key and wraps every key that it held anew. What was sealed stays as it is.
    /// When this is interrupted, the next start goes on with it.
    ///
    /// # Errors
    /// [`Fault`] of the key store.
    pub async fn rotate_hub(&self) -> Result<(), Fault> {
        let (before, _) = self.hub()?;
        let recovery = self.recovery_key().await?;
        let fresh = Key::fresh(&self.0.chance);
        let version = before + 1;
        self.wrap_hub(version, &fresh, recovery.as_ref()).await?;
        self.0
            .open
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .hub
            .insert(version, fresh);
        self.finish_rotation().await
    }

    /// Keeps the hub key wrapped by the way of this process, and by the recovery key if there is one.
    async fn wrap_hub(&self, version: i64, hub: &Key, recovery: Option<&Key>) -> Result<(), Fault> {
        let inner = &self.0;
        // The recovery sheets first: once the newest version is there, it is the one that counts.
        if let Some(recovery) = recovery {
            let row = wrapped_hub(&inner.chance, (version, Way::Recovery), &[], recovery, hub)?;
            rows::set_hub_key(&inner.db, &row, self.now()).await?;
        }
        let salt: [u8; 16] = inner.chance.bytes();
        let unlock = inner.unlock.key(&inner.dir, &salt, &inner.chance, false)?;
        let row = wrapped_hub(
            &inner.chance,
            (version, inner.unlock.way()),
            &salt,
            &unlock,
            hub,
        )?;
        rows::set_hub_key(&inner.db, &row, self.now()).await
    }

    async fn finish_rotation(&self) -> Result<(), Fault> {
        let (newest, hub) = self.hub()?;
        let older: Vec<i64> = {
            let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
            open.hub.keys().copied().filter(|v| *v < newest).collect()
        };
        for version in &older {
            loop {
                let some = rows::keys_under(&self.0.db, *version, BATCH).await?;
                if some.is_empty() {
                    break;
                }
                for before in some {
                    let key = self.unwrap(&before)?;
                    let after = WrappedKey {
                        parent: newest,
                        ..before.clone()
                    };
                    let wrapped = hub.seal(&self.0.chance, &place_of(&after), key.bytes())?;
                    rows::rewrap(&self.0.db, before.id, *version, newest, wrapped).await?;
                }
            }
        }
        if !older.is_empty() {
            rows::remove_hub_keys_before(&self.0.db, newest).await?;
            let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
            open.hub.retain(|version, _| *version == newest);
        }
        Ok(())
    }

    /// A key that the hub has once, for a thing of its own; made when it is first asked for.
    pub(crate) async fn own(&self, kind: &str) -> Result<Key, Fault> {
        let id = match rows::newest(&self.0.db, kind).await? {
            Some(id) => id,
            None => self.add(kind, Uuid::nil(), None).await?.id,
        };
        self.fetch(&[id]).await?;
        self.known(id).ok_or_else(|| gone(id))
    }

    /// From now on the keys open in another way, and no more in the one of before.
    ///
    /// # Errors
    /// [`Fault::Locked`] when the new way can't be used; then the old one stays.
    pub async fn change_way(&self, to: &Unlock) -> Result<(), Fault> {
        let inner = &self.0;
        let (version, hub) = self.hub()?;
        let salt: [u8; 16] = inner.chance.bytes();
        let opener = to.key(&inner.dir, &salt, &inner.chance, true)?;
        let row = wrapped_hub(&inner.chance, (version, to.way()), &salt, &opener, &hub)?;
        rows::set_hub_key(&inner.db, &row, self.now()).await?;
        if to.way() != self.way() {
            rows::remove_way(&inner.db, self.way().word()).await?;
        }
        Ok(())
    }

    /// Looks every wrapped key over; one line for each that does not open.
    pub(crate) async fn check(&self) -> Result<Vec<String>, Fault> {
        let mut faults = Vec::new();
        let mut after = -1;
        loop {
            let page = rows::page(&self.0.db, after, BATCH).await?;
            let Some(last) = page.last() else {
                return Ok(faults);
            };
            after = last.id;
            let ids: Vec<i64> = page.iter().map(|key| key.id).collect();
            // What does not open is told one by one below.
            let _ = self.fetch(&ids).await;
            for key in &page {
                if self.unwrap(key).is_err() {
                    faults.push(format!(
                        "key {} of a {} is damaged: put the newest copy of the keys back, knutepunkt restore",
                        key.id, key.kind
                    ));
                }
            }
        }
    }
}

/// Opens the keys of a hub with two recovery sheets and lets them be opened by `to` from now on:
/// a new key file, or another passphrase.
///
/// # Errors
/// [`Fault::Locked`] with what is wrong with the sheets.
pub(crate) async fn recover(
    db: &Conn,
    engine: Engine,
    (dir, to): (&Path, &Unlock),
    (one, other): (&Sheet, &Sheet),
    clock: &Clock,
) -> Result<(), Fault> {
    rows::make_tables(db, engine).await?;
    let chance = Chance::from_system().map_err(|error| Fault::File(error.to_string()))?;
    let recovery =
        recovery::joined(one, other).map_err(|fault| Fault::Locked(fault.to_string()))?;
    let versions = rows::hub_keys(db).await?;
    let newest = versions.iter().map(|row| row.version).max().unwrap_or(0);
    let hub = recovery::opened_by(db, newest, &recovery)
        .await?
        .ok_or_else(|| Fault::Locked(SheetFault::OtherSet.to_string()))?;
    let salt: [u8; 16] = chance.bytes();
    let opener = to.key(dir, &salt, &chance, true)?;
    let row = wrapped_hub(&chance, (newest, to.way()), &salt, &opener, &hub)?;
    rows::set_hub_key(db, &row, clock.now()).await
}

fn gone(id: i64) -> Fault {
    Fault::Sealed(format!("key {id} is not there"))
}

fn place_of(key: &WrappedKey) -> String {
    format!(
        "data_key|{}|{}|{}|{}",
        key.id, key.kind, key.owner, key.parent
    )
}

fn wrapped_hub(
    chance: &Chance,
    (version, way): (i64, Way),
    salt: &[u8],
    unlock: &Key,
    hub: &Key,
) -> Result<WrappedHub, Fault> {
    let place = format!("hub_key|{version}|{}", way.word());
    Ok(WrappedHub {
        version,
        way: way.word().to_owned(),
        salt: salt.to_vec(),
        wrapped: unlock
            .derived("hub key")
            .seal(chance, &place, hub.bytes())?,
    })
}

/// The key store's first moment: a hub key, wrapped in the way of this process.
async fn first(
    db: &Conn,
    dir: &Path,
    unlock: &Unlock,
    (chance, clock): (&Chance, &Clock),
) -> Result<(Uuid, BTreeMap<i64, Key>), Fault> {
    let now = clock.now();
    let salt: [u8; 16] = chance.bytes();
    let opener = unlock.key(dir, &salt, chance, true)?;
    let hub = Key::fresh(chance);
    let row = wrapped_hub(chance, (1, unlock.way()), &salt, &opener, &hub)?;
    rows::set_hub_key(db, &row, now).await?;
    // Last: until the id is there, the next start begins anew.
    let id = chance.uuid(now);
    rows::set_id(db, id, now).await?;
    Ok((id, BTreeMap::from([(1, hub)])))
}

/// The hub keys, opened; the newest must open, older ones are there only while one replaces another.
async fn unwrapped(
    db: &Conn,
    dir: &Path,
    unlock: &Unlock,
    chance: &Chance,
) -> Result<BTreeMap<i64, Key>, Fault> {
    let all = rows::hub_keys(db).await?;
    let ours: Vec<&WrappedHub> = all
        .iter()
        .filter(|row| row.way == unlock.way().word())
        .collect();
    if ours.is_empty() {
        return Err(Fault::Locked(format!(
            "this hub's keys are not opened by a {}; they are opened by: {}",
            unlock.way().word(),
            ways(&all)
        )));
    }
    let mut hub = BTreeMap::new();
    for row in ours {
        let opener = unlock.key(dir, &row.salt, chance, false)?;
        let place = format!("hub_key|{}|{}", row.version, row.way);
        let key = opener
            .derived("hub key")
            .open(&place, &row.wrapped)
            .and_then(|bytes| Key::of(&bytes))
            .ok_or_else(|| {
                Fault::Locked(match unlock.way() {
                    Way::Passphrase => "that is not the passphrase of this hub's keys".to_owned(),
                    _ => "the key file does not belong to this hub's keys, or the keys are damaged"
                        .to_owned(),
                })
            })?;
        hub.insert(row.version, key);
    }
    Ok(hub)
}

fn ways(all: &[WrappedHub]) -> String {
    let mut ways: Vec<&str> = all.iter().map(|row| row.way.as_str()).collect();
    ways.dedup();
    ways.join(", ")
}

#[cfg(test)]
mod tests;
