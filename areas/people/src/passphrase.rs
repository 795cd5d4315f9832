//! Passphrases: Argon2id, at most four at once.
//!
//! 64 MiB and three passes, about 170 ms of one core. Four at once bound what a storm of sign-ins
//! can take: 256 MiB and the cores there are.

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use base::Chance;
use frame::Failure;
use tokio::sync::Semaphore;

/// The shortest passphrase that is taken, in characters.
pub const SHORTEST: usize = 12;
/// The longest: beyond it, hashing would be work for nothing.
pub const LONGEST: usize = 200;

const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;

static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// A hash of nothing anyone knows, so that an unknown e-mail takes as long as a wrong passphrase.
static NOBODY: LazyLock<Option<String>> =
    LazyLock::new(|| hashed("nobody has this passphrase", &[7; 16]));

fn argon() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hashed(passphrase: &str, salt: &[u8]) -> Option<String> {
    let hash = argon()?
        .hash_password_with_salt(passphrase.as_bytes(), salt)
        .ok()?;
    Some(hash.to_string())
}

/// Hashes a passphrase for keeping, in the PHC string format.
///
/// # Errors
/// [`Failure::Fault`] when the machine can't give the memory.
pub async fn hash(passphrase: &str, chance: &Chance) -> Result<String, Failure> {
    let salt = chance.bytes::<16>();
    let passphrase = passphrase.to_owned();
    let _slot = AT_ONCE
        .acquire()
        .await
        .map_err(|_| Failure::Fault("no slot".into()))?;
    tokio::task::spawn_blocking(move || hashed(&passphrase, &salt))
        .await
        .ok()
        .flatten()
        .ok_or_else(|| Failure::Fault("a passphrase can't be hashed".into()))
}

/// Is this the passphrase? Takes the same time when there is none to compare with.
///
/// # Errors
/// [`Failure::Fault`] when the machine can't give the memory.
pub async fn is_right(passphrase: &str, kept: Option<String>) -> Result<bool, Failure> {
    let passphrase: String = passphrase.chars().take(LONGEST + 1).collect();
    let _slot = AT_ONCE
        .acquire()
        .await
        .map_err(|_| Failure::Fault("no slot".into()))?;
    tokio::task::spawn_blocking(move || {
        let known = kept.is_some();
        let against = kept.or_else(|| NOBODY.clone())?;
        let parsed = PasswordHash::new(&against).ok()?;
        Some(
            known
                & argon()?
                    .verify_password(passphrase.as_bytes(), &parsed)
                    .is_ok(),
        )
    })
    .await
    .ok()
    .flatten()
    .ok_or_else(|| Failure::Fault("a passphrase can't be compared".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_same_passphrase_is_right() {
        let kept = hash("fire hester i fjæra", &Chance::seeded(1))
            .await
            .unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"),
            "{kept}"
        );
        assert!(
            is_right("fire hester i fjæra", Some(kept.clone()))
                .await
                .unwrap()
        );
        assert!(!is_right("fire hester i fjære", Some(kept)).await.unwrap());
        assert!(!is_right("nobody has this passphrase", None).await.unwrap());
    }
}
