//! The trail's rows: who did what with what, and on which ground. Append-only, no content.
//!
//! Who may do it is decided in `people`; this module only keeps the line. See [`crate::witness`]
//! for how a missing line is noticed.

use base::{Digest, Time, Uuid, digest_of};

use crate::witness::Line;
use crate::{Conn, Fault, Row, Tx, params};

/// One line of the trail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// UUIDv7.
    pub id: Uuid,
    /// When.
    pub at: Time,
    /// The account, or `None` for an operator's command or a link without account.
    pub actor: Option<Uuid>,
    /// `account`, `operator:<system user>`, or `link`.
    pub role: String,
    /// What was done: `read`, `create`, `change`, `delete`, `export`, `sign_in` …
    pub act: String,
    /// The kind of thing: `study`, `source`, `report` …
    pub kind: String,
    /// Which one.
    pub subject: Uuid,
    /// Why it was allowed: the role that opened the door.
    pub ground: String,
}

impl Entry {
    /// The digest over all its fields.
    #[must_use]
    pub fn digest(&self, instance: Uuid) -> Digest {
        digest_of(&[
            self.id.as_bytes(),
            &self.at.micros().to_be_bytes(),
            self.actor
                .as_ref()
                .map_or(&[][..], |actor| actor.as_bytes()),
            self.role.as_bytes(),
            self.act.as_bytes(),
            self.kind.as_bytes(),
            self.subject.as_bytes(),
            self.ground.as_bytes(),
            instance.as_bytes(),
        ])
    }

    fn of(row: &Row) -> Result<Self, Fault> {
        Ok(Self {
            id: row.uuid("id")?,
            at: row.time("at")?,
            actor: row.opt_id::<()>("actor")?.map(base::Id::uuid),
            role: row.text("role")?,
            act: row.text("act")?,
            kind: row.text("kind")?,
            subject: row.uuid("subject")?,
            ground: row.text("ground")?,
        })
    }
}

impl Tx {
    /// Writes a line of the trail in this act.
    ///
    /// # Errors
    /// [`Fault`] of the database; the act must then fail, since nothing is done without its line.
    pub async fn trail(&self, entry: &Entry) -> Result<(), Fault> {
        let digest = entry.digest(self.instance());
        self.exec(
            "INSERT INTO trail (id, at, actor, role, act, kind, subject, ground, digest, instance) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            params![
                entry.id,
                entry.at,
                entry.actor,
                &entry.role,
                &entry.act,
                &entry.kind,
                entry.subject,
                &entry.ground,
                digest,
                self.instance(),
            ],
        )
        .await?;
        self.witness(Line {
            trail: entry.id,
            digest,
        });
        Ok(())
    }
}

/// The newest lines about one thing, at most `limit`.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn about(db: &Conn, kind: &str, subject: Uuid, limit: i64) -> Result<Vec<Entry>, Fault> {
    let rows = db
        .all(
            "SELECT id, at, actor, role, act, kind, subject, ground FROM trail \
             WHERE kind = $1 AND subject = $2 ORDER BY at DESC, id DESC LIMIT $3",
            params![kind, subject, limit],
        )
        .await?;
    rows.iter().map(Entry::of).collect()
}

/// A stored line with what `check` compares.
pub struct Kept {
    /// The line.
    pub entry: Entry,
    /// The digest that was stored with it.
    pub digest: Digest,
}

/// Lines of this data folder after `after`, in the order of their ids, at most `limit`; for `check`.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn page(db: &Conn, instance: Uuid, after: Uuid, limit: i64) -> Result<Vec<Kept>, Fault> {
    let rows = db
        .all(
            "SELECT id, at, actor, role, act, kind, subject, ground, digest FROM trail \
             WHERE instance = $1 AND id > $2 ORDER BY id LIMIT $3",
            params![instance, after, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Kept {
                entry: Entry::of(row)?,
                digest: row.digest("digest")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing, witness};

    fn an_entry(n: u128, at: i64) -> Entry {
        Entry {
            id: Uuid::from_u128(n),
            at: Time::from_micros(at),
            actor: Some(Uuid::from_u128(77)),
            role: "account".into(),
            act: "read".into(),
            kind: "source".into(),
            subject: Uuid::from_u128(5),
            ground: "peer_researcher".into(),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_line_stands_in_the_database_and_in_the_witness() {
        testing::each_engine(async |store, _| {
            for n in [1, 2] {
                let entry = an_entry(n, n as i64);
                store
                    .write(move |tx| Box::pin(async move { tx.trail(&entry).await }))
                    .await
                    .unwrap();
            }
            let newest = about(&store.read(), "source", Uuid::from_u128(5), 10)
                .await
                .unwrap();
            assert_eq!(newest, vec![an_entry(2, 2), an_entry(1, 1)]);
            let account = witness::read_all(store.dir()).unwrap();
            let kept = page(&store.read(), store.instance(), Uuid::nil(), 10)
                .await
                .unwrap();
            let from_rows: Vec<Line> = kept
                .iter()
                .map(|kept| Line {
                    trail: kept.entry.id,
                    digest: kept.digest,
                })
                .collect();
            assert_eq!(account.lines, from_rows);
            assert_eq!(kept[0].digest, kept[0].entry.digest(store.instance()));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_act_that_fails_leaves_no_line() {
        testing::each_engine(async |store, _| {
            let entry = an_entry(1, 1);
            let refused: Result<(), Fault> = store
                .write(move |tx| {
                    Box::pin(async move {
                        tx.trail(&entry).await?;
                        Err(Fault::Row("refused".into()))
                    })
                })
                .await;
            assert!(refused.is_err());
            assert_eq!(
                about(&store.read(), "source", Uuid::from_u128(5), 10)
                    .await
                    .unwrap(),
                vec![]
            );
            assert_eq!(witness::read_all(store.dir()).unwrap().lines, vec![]);
        })
        .await;
    }
}
