//! Which key an owner has now, and taking keys away: the side of the database.

use base::{Time, Uuid};

use crate::objects::{self, Object};
use crate::{Conn, Fault, Holder, Owner, Sealed, Sealer, Store, Tx, Value, dialect, params};

/// The database remembers the key store it belongs to, so that a lost one is not taken for a new hub.
pub(crate) async fn adopt(db: &Conn, keys: Uuid) -> Result<(), Fault> {
    match db
        .one("SELECT id FROM sealing_store", params![])
        .await?
        .map(|row| row.uuid("id"))
        .transpose()?
    {
        None => {
            db.exec("INSERT INTO sealing_store (id) VALUES ($1)", params![keys])
                .await?;
            Ok(())
        }
        Some(id) if id == keys => Ok(()),
        Some(_) => Err(Fault::Locked(
            "the keys beside this database are not its own, or were lost and made anew: what is sealed can't \
             be read with them. Put the newest copy of the keys back: knutepunkt restore"
                .into(),
        )),
    }
}

impl Store {
    /// What seals for an owner outside an act: for files, which are written before they are named.
    ///
    /// # Errors
    /// [`Fault`] of database or key store.
    pub async fn sealer(&self, owner: Owner) -> Result<Sealer, Fault> {
        self.write(move |tx| Box::pin(async move { tx.sealer(owner).await }))
            .await
    }
}

impl Tx {
    /// What seals for an owner; their first key is made here.
    ///
    /// # Errors
    /// [`Fault`] of database or key store.
    pub async fn sealer(&self, owner: Owner) -> Result<Sealer, Fault> {
        let keys = self.keys()?;
        if let Some(id) = self.current_key(owner).await? {
            keys.fetch(&[id]).await?;
            return keys.sealer(id);
        }
        let study_key = match owner {
            Owner::Participant { study, .. } => {
                Some(Box::pin(self.sealer(Owner::Study(study))).await?.id)
            }
            Owner::Hub | Owner::Study(_) => None,
        };
        // Made outside this act, as a file is: when the act is rolled back, a key is left that nothing uses.
        let made = keys.make(owner, study_key).await?;
        self.exec(
            "INSERT INTO sealing (kind, owner, key_ref) VALUES ($1, $2, $3) ON CONFLICT (kind, owner) DO NOTHING",
            params![owner.kind(), owner.id(), made.id],
        )
        .await?;
        match self.current_key(owner).await? {
            // Another instance was first.
            Some(id) if id != made.id => {
                keys.fetch(&[id]).await?;
                keys.sealer(id)
            }
            _ => Ok(made),
        }
    }

    /// What seals for the study that an existing row of a table belongs to. `row` are the values of
    /// the columns that name it.
    ///
    /// # Errors
    /// [`Fault::Row`] when there is no such row; [`Fault`] of database or key store.
    pub async fn sealer_of(&self, sealed: &Sealed, row: Vec<Value>) -> Result<Sealer, Fault> {
        let study = self
            .one(&sealed.study_sql(), row)
            .await?
            .ok_or_else(|| Fault::Row(format!("{}: no such row", sealed.table)))?
            .uuid("study")?;
        self.sealer(Owner::Study(study)).await
    }

    /// The key that an owner has now. On PostgreSQL it is held until the act ends, so that a key
    /// that is being replaced seals nothing after it was.
    async fn current_key(&self, owner: Owner) -> Result<Option<i64>, Fault> {
        let sql = format!(
            "SELECT key_ref AS id FROM sealing WHERE kind = $1 AND owner = $2 {}",
            dialect::share_lock(self.engine())
        );
        let row = self.one(&sql, params![owner.kind(), owner.id()]).await?;
        row.map(|row| row.int("id")).transpose()
    }

    /// Takes an owner's key away, in the act that erases what is theirs: it is gone from the key store
    /// when [`carry_out`] has run after this act, and again after a restore.
    ///
    /// # Errors
    /// [`Fault`] of the database.
    pub async fn erase_key(&self, owner: Owner, now: Time) -> Result<(), Fault> {
        let Some(id) = self.current_key(owner).await? else {
            return Ok(());
        };
        self.exec(
            "INSERT INTO erased_key (id, at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
            params![id, now],
        )
        .await?;
        self.exec(
            "DELETE FROM sealing WHERE kind = $1 AND owner = $2",
            params![owner.kind(), owner.id()],
        )
        .await?;
        Ok(())
    }
}

/// Gives an owner a fresh key for what is written from now on. What stands is sealed anew by
/// [`crate::Walk`]; then [`let_go`] takes the old key away.
///
/// # Errors
/// [`Fault`] of database or key store.
pub async fn replace(tx: &Tx, owner: Owner, now: Time) -> Result<(), Fault> {
    let before = tx.sealer(owner).await?;
    let study_key = match owner {
        Owner::Participant { study, .. } => Some(tx.sealer(Owner::Study(study)).await?.id),
        Owner::Hub | Owner::Study(_) => None,
    };
    let fresh = tx.keys()?.make(owner, study_key).await?;
    tx.exec(
        "UPDATE sealing SET key_ref = $1 WHERE kind = $2 AND owner = $3",
        params![fresh.id, owner.kind(), owner.id()],
    )
    .await?;
    tx.exec(
        "INSERT INTO replaced_key (id, at) VALUES ($1, $2)",
        params![before.id, now],
    )
    .await?;
    Ok(())
}

/// Keys that were replaced and still seal something.
pub(crate) async fn replaced(db: &Conn) -> Result<Vec<i64>, Fault> {
    let rows = db
        .all(
            "SELECT id FROM replaced_key ORDER BY id LIMIT 1000",
            params![],
        )
        .await?;
    rows.iter().map(|row| row.int("id")).collect()
}

/// Takes the replaced keys away that seal nothing any more, in any of these tables or objects.
///
/// # Errors
/// [`Fault`]; what was not done is done the next time.
pub async fn let_go(store: &Store, tables: &[Sealed], now: Time) -> Result<usize, Fault> {
    let mut free = replaced(&store.read()).await?;
    for table in tables.iter().map(|sealed| sealed.table).chain(["object"]) {
        let mut left = Vec::new();
        for key in free {
            let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE key_ref = $1");
            if store.read().count(&sql, params![key]).await? == 0 {
                left.push(key);
            }
        }
        free = left;
    }
    let count = free.len();
    let done: Result<(), Fault> = store
        .write(move |tx| {
            Box::pin(async move {
                for key in free {
                    tx.exec("DELETE FROM replaced_key WHERE id = $1", params![key])
                        .await?;
                    tx.exec(
                        "INSERT INTO erased_key (id, at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
                        params![key, now],
                    )
                    .await?;
                }
                Ok(())
            })
        })
        .await;
    done?;
    carry_out(store, now).await?;
    Ok(count)
}

/// Keys carried out at a time.
const AT_ONCE: i64 = 200;

/// Takes the keys that were erased out of the key store; gives how many. Run after an erasure, at
/// start, and after a restore.
///
/// # Errors
/// [`Fault`]; what was not done is done the next time.
pub async fn carry_out(store: &Store, now: Time) -> Result<usize, Fault> {
    let mut gone = 0;
    loop {
        let rows = store
            .read()
            .all(
                "SELECT id FROM erased_key WHERE done_at IS NULL ORDER BY id LIMIT $1",
                params![AT_ONCE],
            )
            .await?;
        let ids: Vec<i64> = rows
            .iter()
            .map(|row| row.int("id"))
            .collect::<Result<_, _>>()?;
        if ids.is_empty() {
            return Ok(gone);
        }
        store.keys().erase(&ids).await?;
        gone += ids.len();
        store
            .write(move |tx| {
                Box::pin(async move {
                    for id in ids {
                        tx.exec(
                            "UPDATE erased_key SET done_at = $1 WHERE id = $2",
                            params![now, id],
                        )
                        .await?;
                    }
                    Ok::<(), Fault>(())
                })
            })
            .await?;
    }
}

/// Goes once through the files that these tables name and seals those that are not sealed yet, or are
/// sealed with a key that was replaced; gives how many.
///
/// # Errors
/// [`Fault`]; what was not done is done the next time.
pub async fn seal_objects(store: &Store, holders: &[Holder]) -> Result<usize, Fault> {
    let mut done = 0;
    for holder in holders {
        let mut after = Uuid::nil();
        loop {
            let found = stale(&store.read(), holder, after).await?;
            let Some((last, _)) = found.last() else { break };
            after = last.id.uuid();
            for (object, study) in &found {
                done += usize::from(seal_object(store, object, Owner::Study(*study)).await?);
            }
        }
    }
    Ok(done)
}

async fn stale(db: &Conn, holder: &Holder, after: Uuid) -> Result<Vec<(Object, Uuid)>, Fault> {
    let Holder {
        table,
        column,
        study,
    } = holder;
    let sql = format!(
        "SELECT o.id AS id, o.digest AS digest, o.size AS size, o.media AS media, o.key_ref AS key_ref, \
         {study} AS of_study FROM object o JOIN {table} t ON t.{column} = o.id \
         WHERE o.id > $1 AND o.erased_at IS NULL AND (o.key_ref IS NULL OR o.key_ref IN (SELECT id FROM replaced_key)) \
         ORDER BY o.id LIMIT $2"
    );
    let rows = db.all(&sql, params![after, AT_ONCE]).await?;
    rows.iter()
        .map(|row| Ok((objects::of(row)?, row.uuid("of_study")?)))
        .collect()
}

/// One file; one that does not open is left for `check` to tell.
async fn seal_object(store: &Store, object: &Object, owner: Owner) -> Result<bool, Fault> {
    let Ok(bytes) = store.objects().get(object).await else {
        return Ok(false);
    };
    let sealer = store.sealer(owner).await?;
    let (id, key) = (object.id, sealer.id);
    // The file takes the place of the one before in one step, and says itself which key it has.
    store
        .objects()
        .put(&sealer, id, &object.media, bytes)
        .await?;
    let done: Result<u64, Fault> = store
        .write(move |tx| {
            Box::pin(async move {
                tx.exec(
                    "UPDATE object SET key_ref = $1 WHERE id = $2",
                    params![key, id],
                )
                .await
            })
        })
        .await;
    done.map(|_| true)
}
