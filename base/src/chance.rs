//! Chance as an argument: ids, tokens and random bytes.

use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use uuid::Uuid;

use crate::{Id, Time};

/// A source of randomness that can be shared between tasks.
///
/// The program makes one with [`Chance::from_system`]; tests use [`Chance::seeded`], so that ids
/// and tokens are the same in each run.
#[derive(Clone)]
pub struct Chance(Arc<Mutex<ChaCha20Rng>>);

impl Chance {
    /// Seeded by the operating system, once.
    ///
    /// # Errors
    /// When the system has no randomness to give; the program can't start then.
    pub fn from_system() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where chance begins"
        )]
        getrandom::fill(&mut seed)?;
        Ok(Self(Arc::new(Mutex::new(ChaCha20Rng::from_seed(seed)))))
    }

    /// The same sequence each time, for tests and for the demo hub.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    /// Fresh random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(&mut bytes);
        bytes
    }

    /// A UUIDv7: sorts by the time it was made. Everything but anonymous answers has one.
    #[must_use]
    pub fn uuid(&self, at: Time) -> Uuid {
        let millis = u64::try_from(at.micros() / 1000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A typed [`Chance::uuid`].
    #[must_use]
    pub fn id<K>(&self, at: Time) -> Id<K> {
        Id::from(self.uuid(at))
    }

    /// A secret of 256 bits as 43 characters that can stand in a link or a cookie.
    #[must_use]
    pub fn token(&self) -> String {
        BASE64URL_NOPAD.encode(&self.bytes::<32>())
    }
}

impl std::fmt::Debug for Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chance")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_ids_and_tokens() {
        let (a, b) = (Chance::seeded(7), Chance::seeded(7));
        let at = Time::from_micros(1_700_000_000_000_000);
        assert_eq!(a.uuid(at), b.uuid(at));
        assert_eq!(a.token(), b.token());
        assert_ne!(a.token(), a.token());
        assert_eq!(a.token().len(), 43);
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let chance = Chance::seeded(1);
        let early = chance.uuid(Time::from_micros(1_700_000_000_000_000));
        let late = chance.uuid(Time::from_micros(1_700_000_000_001_000));
        assert!(early < late);
        assert_eq!(early.get_version_num(), 7);
    }
}
