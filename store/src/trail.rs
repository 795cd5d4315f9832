//! The trail's rows: who did what with what, and on which ground. Append-only, no content.
//!
//! Who may do it is decided in `people`; this module only keeps the line. See [`crate::witness`]
//! for how a missing line is noticed.

use std::collections::HashSet;

use base::{Chance, DAY, Digest, Time, Uuid, digest_of};

use crate::witness::Line;
use crate::{Conn, Fault, Row, Store, Tx, each, params, places};

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
    /// The study the thing belongs to, when it belongs to one.
    pub study: Option<Uuid>,
}

impl Entry {
    /// The digest over all its fields.
    #[must_use]
    pub fn digest(&self, instance: Uuid) -> Digest {
        let at = self.at.micros().to_be_bytes();
        let mut parts: Vec<&[u8]> = vec![
            self.id.as_bytes(),
            &at,
            self.actor
                .as_ref()
                .map_or(&[][..], |actor| actor.as_bytes()),
            self.role.as_bytes(),
            self.act.as_bytes(),
            self.kind.as_bytes(),
            self.subject.as_bytes(),
            self.ground.as_bytes(),
            instance.as_bytes(),
        ];
        // Lines of no study keep the digest they had before lines knew of studies.
        parts.extend(self.study.as_ref().map(|study| &study.as_bytes()[..]));
        digest_of(&parts)
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
            study: row.opt_id::<()>("study")?.map(base::Id::uuid),
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
            "INSERT INTO trail (id, at, actor, role, act, kind, subject, ground, study, digest, instance) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            params![
                entry.id,
                entry.at,
                entry.actor,
                &entry.role,
                &entry.act,
                &entry.kind,
                entry.subject,
                &entry.ground,
                entry.study,
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

/// How long a line stands: 24 months.
pub const KEPT: i64 = 730 * DAY;
/// The folder of lines that nobody has ended for so long after their time is no more in use, and
/// another instance ends them.
const LEFT_BEHIND: i64 = 90 * DAY;
/// The act and the kind of the line that says: what was written before its subject has ended.
const ENDED: (&str, &str) = ("end", "trail");
/// Lines ended in one act.
const AT_ONCE: i64 = 1_000;

/// The smallest id that is made at this moment or later: ids begin with their time.
#[must_use]
pub fn first_at(at: Time) -> Uuid {
    let millis = u128::try_from(at.micros() / 1_000).unwrap_or(0);
    Uuid::from_u128((millis & 0xffff_ffff_ffff) << 80)
}

impl Entry {
    /// When this line says that older ones have ended: the smallest id that still stands. None
    /// for other lines, and for one that would end lines before their time.
    #[must_use]
    pub fn ends(&self) -> Option<Uuid> {
        let says_so = (self.act.as_str(), self.kind.as_str()) == ENDED;
        (says_so && self.subject <= first_at(self.at.plus(-KEPT))).then_some(self.subject)
    }
}

/// Ends the lines whose time is over; gives how many. That they have ended is first written down
/// as a line itself, so that [`crate::check`] can tell an ended line from a lost one; the witness
/// keeps id and digest, and its chain goes on.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn end_old(store: &Store, chance: &Chance, now: Time) -> Result<u64, Fault> {
    let before = first_at(now.plus(-KEPT));
    let left = first_at(now.plus(-KEPT - LEFT_BEHIND));
    let own = store.instance();
    let old = store
        .read()
        .one(
            "SELECT id FROM trail WHERE id < $1 AND (instance = $2 OR id < $3) LIMIT 1",
            params![before, own, left],
        )
        .await?;
    if old.is_none() {
        return Ok(0);
    }
    let line = Entry {
        id: chance.uuid(now),
        at: now,
        actor: None,
        role: "hub".into(),
        act: ENDED.0.into(),
        kind: ENDED.1.into(),
        subject: before,
        ground: "24_months".into(),
        study: None,
    };
    store
        .write(move |tx| Box::pin(async move { tx.trail(&line).await }))
        .await?;
    let mut ended = 0;
    loop {
        let gone: u64 = store
            .write(move |tx| {
                Box::pin(async move {
                    tx.exec(
                        "DELETE FROM trail WHERE id IN (SELECT id FROM trail WHERE id < $1 \
                         AND (instance = $2 OR id < $3) ORDER BY id LIMIT $4)",
                        params![before, own, left, AT_ONCE],
                    )
                    .await
                })
            })
            .await?;
        ended += gone;
        if gone == 0 {
            return Ok(ended);
        }
    }
}

/// The newest lines about one thing, at most `limit`.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn about(db: &Conn, kind: &str, subject: Uuid, limit: i64) -> Result<Vec<Entry>, Fault> {
    let rows = db
        .all(
            "SELECT id, at, actor, role, act, kind, subject, ground, study FROM trail \
             WHERE kind = $1 AND subject = $2 ORDER BY at DESC, id DESC LIMIT $3",
            params![kind, subject, limit],
        )
        .await?;
    rows.iter().map(Entry::of).collect()
}

/// Who opened, took out, handed over, or was kept from what belongs to a study, newest first: lines whose id comes
/// before `before`, at most `limit`.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn openings(
    db: &Conn,
    study: Uuid,
    before: Uuid,
    limit: i64,
) -> Result<Vec<Entry>, Fault> {
    let rows = db
        .all(
            "SELECT id, at, actor, role, act, kind, subject, ground, study FROM trail \
             WHERE study = $1 AND id < $2 AND act IN ('read', 'export', 'hand_over', 'refused') \
             ORDER BY id DESC LIMIT $3",
            params![study, before, limit],
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
            "SELECT id, at, actor, role, act, kind, subject, ground, study, digest FROM trail \
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

/// The newest line of all.
pub(crate) async fn newest(db: &Conn) -> Result<Uuid, Fault> {
    let row = db
        .one("SELECT id FROM trail ORDER BY id DESC LIMIT 1", params![])
        .await?;
    row.map_or(Ok(Uuid::nil()), |row| row.uuid("id"))
}

/// Which of these lines are there.
pub(crate) async fn which_of(db: &Conn, ids: &[Uuid]) -> Result<HashSet<Uuid>, Fault> {
    let sql = format!(
        "SELECT id FROM trail WHERE id IN ({})",
        places(1, ids.len())
    );
    let rows = db.all(&sql, each(ids)).await?;
    rows.iter().map(|row| row.uuid("id")).collect()
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
            study: (n > 1).then(|| Uuid::from_u128(9)),
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
    async fn openings_of_a_study_come_newest_first_and_changes_are_left_out() {
        testing::each_engine(async |store, _| {
            for n in 1..=5 {
                let entry = Entry {
                    act: if n == 4 { "change" } else { "read" }.into(),
                    ..an_entry(n, n as i64)
                };
                store
                    .write(move |tx| Box::pin(async move { tx.trail(&entry).await }))
                    .await
                    .unwrap();
            }
            let study = Uuid::from_u128(9);
            let page = async |before| -> Vec<u128> {
                let lines = openings(&store.read(), study, before, 2).await.unwrap();
                lines.iter().map(|line| line.id.as_u128()).collect()
            };
            assert_eq!(page(Uuid::max()).await, [5, 3]);
            assert_eq!(page(Uuid::from_u128(3)).await, [2]);
        })
        .await;
    }

    #[test]
    fn the_study_is_part_of_the_digest() {
        let (none, some) = (
            an_entry(1, 1),
            Entry {
                study: Some(Uuid::from_u128(9)),
                ..an_entry(1, 1)
            },
        );
        let instance = Uuid::from_u128(3);
        assert_ne!(none.digest(instance), some.digest(instance));
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

    async fn written(store: &Store, entry: Entry) {
        let done: Result<(), Fault> = store
            .write(move |tx| Box::pin(async move { tx.trail(&entry).await }))
            .await;
        done.unwrap();
    }

    async fn ids(store: &Store) -> Vec<Uuid> {
        let kept = page(&store.read(), store.instance(), Uuid::nil(), 5_000).await;
        kept.unwrap().iter().map(|kept| kept.entry.id).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_line_ends_after_24_months_and_check_stays_clean() {
        testing::each_engine(async |store, _| {
            let chance = Chance::seeded(8);
            let (now, day) = (testing::NOON, DAY);
            let at = |age: i64| {
                let at = now.plus(-age);
                Entry {
                    id: chance.uuid(at),
                    ..an_entry(0, at.micros())
                }
            };
            let (oldest, old, edge, new) = (
                at(KEPT + 400 * day),
                at(KEPT + day),
                at(KEPT - day),
                at(day),
            );
            for entry in [&oldest, &old, &edge, &new] {
                written(store, entry.clone()).await;
            }
            assert_eq!(end_old(store, &chance, now).await.unwrap(), 2);
            let left = ids(store).await;
            assert_eq!(left[..2], [edge.id, new.id]);
            assert_eq!(left.len(), 3, "the line that says so stands last");
            assert_eq!(
                crate::check::run(store, &[]).await.unwrap(),
                Vec::<String>::new()
            );
            // The witness still knows every line, and its chain goes on.
            let account = witness::read_all(store.dir()).unwrap();
            assert_eq!((account.lines.len(), account.broken.len()), (5, 0));
            // Nothing more has come to its end, so nothing is written.
            assert_eq!(end_old(store, &chance, now).await.unwrap(), 0);
            assert_eq!(ids(store).await, left);
            // Two years on, the line that said so ends too, and another one says it.
            let later = now.plus(KEPT + 2 * day);
            assert_eq!(end_old(store, &chance, later).await.unwrap(), 3);
            assert_eq!(ids(store).await.len(), 1);
            assert_eq!(
                crate::check::run(store, &[]).await.unwrap(),
                Vec::<String>::new()
            );
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_line_is_lost_when_it_goes_before_its_time() {
        testing::each_engine(async |store, _| {
            let (chance, now) = (Chance::seeded(9), testing::NOON);
            let young = Entry {
                id: chance.uuid(now.plus(-DAY)),
                ..an_entry(0, now.plus(-DAY).micros())
            };
            written(store, young.clone()).await;
            // A line that would end what is younger than 24 months ends nothing.
            let forged = Entry {
                id: chance.uuid(now),
                at: now,
                act: ENDED.0.into(),
                kind: ENDED.1.into(),
                subject: first_at(now),
                ..an_entry(0, now.micros())
            };
            assert_eq!(forged.ends(), None);
            written(store, forged).await;
            let gone: Result<u64, Fault> = store
                .write(move |tx| {
                    Box::pin(async move {
                        tx.exec("DELETE FROM trail WHERE id = $1", params![young.id])
                            .await
                    })
                })
                .await;
            gone.unwrap();
            let faults = crate::check::run(store, &[]).await.unwrap();
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].contains("is lost"), "{faults:?}");
        })
        .await;
    }
}
