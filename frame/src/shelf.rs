//! What the pages of a study show, made once and held in memory until something is done in the study.
//!
//! What is laid here is named by the number of the study's last command, which whoever asks has just
//! read from the database: what is older than that number is never found. Nothing may lie here that
//! differs from person to person, and nobody gets here who was not let in at the door. Words that were
//! taken out do not stay: each act drops what its study has here, each look with a newer number drops
//! what is older, and what nobody looked at for [`IDLE`] goes by itself.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base::{MINUTE, Time, Uuid};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// Bytes held at most, over all studies.
const BYTES: u64 = 32_000_000;
/// Windows expected at once; only sizes the first table.
const WINDOWS: usize = 200;
/// What nobody looked at for so long goes.
pub(crate) const IDLE: i64 = 5 * MINUTE;

/// The name of something on the shelf.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Spot {
    /// The study.
    pub study: Uuid,
    /// The number of the study's last command, as the database has it now.
    pub seq: i64,
    /// What it is, with all else that it depends on: kind, language, source, place.
    pub what: String,
}

#[derive(Clone)]
struct Made {
    text: Arc<str>,
    seen: Arc<AtomicI64>,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Spot, Made> for Bytes {
    fn weight(&self, spot: &Spot, made: &Made) -> u64 {
        let bytes = size_of::<Spot>() + spot.what.len() + size_of::<Made>() + made.text.len();
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// The shelf of a hub.
pub struct Shelf {
    made: Cache<Spot, Made, Bytes>,
    /// The newest number that anyone has come with, of studies that have something here.
    newest: Mutex<HashMap<Uuid, i64>>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            made: Cache::with_weighter(WINDOWS, BYTES, Bytes),
            newest: Mutex::default(),
        }
    }
}

impl Shelf {
    /// What lies at a spot; made now when nothing does. Several who come for the same at once wait
    /// for the one who makes it. `make` must read what it shows after the spot's number was read.
    ///
    /// # Errors
    /// Those of `make`; then nothing is laid down.
    pub async fn of<E>(
        &self,
        spot: Spot,
        now: Time,
        make: impl Future<Output = Result<String, E>>,
    ) -> Result<Arc<str>, E> {
        if !self.is_newest(&spot) {
            // Somebody else has seen a newer state already: this one is not worth a place.
            return Ok(make.await?.into());
        }
        let made = self
            .made
            .get_or_insert_async(&spot, async {
                Ok(Made {
                    text: make.await?.into(),
                    seen: Arc::default(),
                })
            })
            .await?;
        made.seen.store(now.micros(), Ordering::Relaxed);
        if !self.is_newest(&spot) {
            self.made.remove(&spot);
        }
        Ok(made.text)
    }

    /// Drops what a study has here.
    pub fn clear(&self, study: Uuid) {
        self.made.retain(|spot, _| spot.study != study);
    }

    /// Drops what nobody looked at for long.
    pub(crate) fn drop_idle(&self, now: Time) {
        self.made.retain(|_, made| {
            now.since(Time::from_micros(made.seen.load(Ordering::Relaxed))) < IDLE
        });
        if self.made.is_empty() {
            self.numbers().clear();
        }
    }

    /// Has nobody come with a newer number? Drops what is older than this one.
    fn is_newest(&self, spot: &Spot) -> bool {
        let newer = {
            let mut numbers = self.numbers();
            let newest = numbers.entry(spot.study).or_insert(i64::MIN);
            if spot.seq <= *newest {
                return spot.seq == *newest;
            }
            std::mem::replace(newest, spot.seq) != i64::MIN
        };
        if newer {
            self.made
                .retain(|one, _| one.study != spot.study || one.seq >= spot.seq);
        }
        true
    }

    fn numbers(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, i64>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many things lie here.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.made.len()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn at(minutes: i64) -> Time {
        Time::from_micros(minutes * MINUTE)
    }

    fn spot(study: u128, seq: i64, what: &str) -> Spot {
        Spot {
            study: Uuid::from_u128(study),
            seq,
            what: what.to_owned(),
        }
    }

    async fn laid(shelf: &Shelf, spot: Spot, now: Time, text: &str) -> String {
        let made = shelf
            .of(spot, now, async { Ok::<_, Infallible>(text.to_owned()) })
            .await;
        made.unwrap().to_string()
    }

    #[tokio::test]
    async fn what_was_made_is_shown_until_the_number_moves_on() {
        let shelf = Shelf::default();
        assert_eq!(laid(&shelf, spot(1, 4, "a"), at(0), "one").await, "one");
        assert_eq!(laid(&shelf, spot(1, 4, "a"), at(0), "two").await, "one");
        assert_eq!(laid(&shelf, spot(1, 4, "b"), at(0), "b").await, "b");
        assert_eq!(laid(&shelf, spot(2, 4, "a"), at(0), "else").await, "else");
        assert_eq!(shelf.len(), 3);
        // A newer number drops what is older, and who comes late lays nothing down.
        assert_eq!(laid(&shelf, spot(1, 5, "a"), at(0), "new").await, "new");
        assert_eq!(shelf.len(), 2);
        assert_eq!(laid(&shelf, spot(1, 4, "b"), at(0), "late").await, "late");
        assert_eq!(shelf.len(), 2);
        assert_eq!(laid(&shelf, spot(1, 5, "a"), at(0), "x").await, "new");
        shelf.clear(Uuid::from_u128(1));
        assert_eq!(shelf.len(), 1);
        assert_eq!(laid(&shelf, spot(1, 5, "a"), at(0), "anew").await, "anew");
    }

    #[tokio::test]
    async fn what_nobody_looks_at_goes_and_what_fails_is_not_laid() {
        let shelf = Shelf::default();
        laid(&shelf, spot(1, 1, "a"), at(0), "a").await;
        laid(&shelf, spot(1, 1, "b"), at(0), "b").await;
        laid(&shelf, spot(1, 1, "b"), at(4), "b").await;
        shelf.drop_idle(at(5));
        assert_eq!(shelf.len(), 1);
        let failed = shelf.of(spot(1, 1, "c"), at(5), async { Err("no") }).await;
        assert_eq!((failed, shelf.len()), (Err("no"), 1));
        shelf.drop_idle(at(9));
        assert_eq!((shelf.len(), shelf.numbers().len()), (0, 0));
    }

    #[tokio::test]
    async fn it_never_holds_more_than_its_bytes() {
        let shelf = Shelf::default();
        let text = "x".repeat(100_000);
        for n in 0..1_000 {
            laid(&shelf, spot(1, 1, &n.to_string()), at(0), &text).await;
        }
        assert!(shelf.made.weight() <= BYTES, "{}", shelf.made.weight());
        assert!(shelf.len() > 100, "{}", shelf.len());
    }
}
