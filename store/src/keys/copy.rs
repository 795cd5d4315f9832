//! The keys as a file: wrapped as they lie in the key store, so that it opens only with what opens the
//! hub. It has a line of its own and a short life: a key that was erased is in no copy made since.

use base::{Clock, Uuid, digest_of};
use serde::{Deserialize, Serialize};

use super::rows::{self, WrappedHub, WrappedKey};
use super::{BATCH, Keys};
use crate::{Conn, Engine, Fault};

/// A copy of the key store.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeyCopy {
    form: u32,
    /// The key store's id.
    pub(crate) id: Uuid,
    made_at: i64,
    hub: Vec<WrappedHub>,
    keys: Vec<WrappedKey>,
    /// Keys that were erased.
    pub(crate) erased: Vec<i64>,
    told: Vec<(String, String)>,
    check: String,
}

impl KeyCopy {
    fn check(&self) -> Result<String, Fault> {
        let bare = Self {
            check: String::new(),
            ..self.clone()
        };
        Ok(digest_of(&[b"key copy", &serde_json::to_vec(&bare)?]).hex())
    }

    /// Reads a copy.
    ///
    /// # Errors
    /// [`Fault::File`] when it is damaged.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let damaged = || Fault::File("the keys file is damaged: use another copy of it".into());
        let copy: Self = serde_json::from_slice(bytes).map_err(|_| damaged())?;
        match copy.form == 1 && copy.check()? == copy.check {
            true => Ok(copy),
            false => Err(damaged()),
        }
    }

    /// As bytes to keep.
    ///
    /// # Errors
    /// None in practice: it is made of numbers and texts.
    pub fn bytes(&self) -> Result<Vec<u8>, Fault> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Puts it into an empty key store.
    pub(crate) async fn put(&self, db: &Conn, engine: Engine, clock: &Clock) -> Result<(), Fault> {
        rows::make_tables(db, engine).await?;
        if rows::id(db).await?.is_some() {
            return Err(Fault::File("there are keys already".into()));
        }
        let now = clock.now();
        for hub in &self.hub {
            rows::set_hub_key(db, hub, now).await?;
        }
        for key in &self.keys {
            rows::add(db, key, now).await?;
        }
        rows::erase(db, &self.erased, now).await?;
        for (name, value) in &self.told {
            rows::tell(db, name, value).await?;
        }
        rows::set_id(db, self.id, now).await
    }
}

impl Keys {
    /// A copy of the keys as they are now.
    ///
    /// # Errors
    /// [`Fault`] of the key store.
    pub async fn copy(&self) -> Result<KeyCopy, Fault> {
        let db = &self.0.db;
        let (mut keys, mut after) = (Vec::new(), -1);
        loop {
            let page = rows::page(db, after, BATCH).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            keys.extend(page);
        }
        let mut copy = KeyCopy {
            form: 1,
            id: self.id(),
            made_at: self.now().micros(),
            hub: rows::hub_keys(db).await?,
            keys,
            erased: rows::erased(db).await?,
            told: rows::all_told(db).await?,
            check: String::new(),
        };
        copy.check = copy.check()?;
        Ok(copy)
    }
}
