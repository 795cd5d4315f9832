//! What opens the hub key: a key file, a passphrase, or two of three recovery sheets.

use std::io::Write;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use base::Chance;
use data_encoding::BASE32_NOPAD;
use zeroize::Zeroizing;

use crate::Fault;
use crate::seal::{KEY, Key};

/// How this process opens the keys.
#[derive(Clone)]
pub enum Unlock {
    /// By a key file. Where none is named it is `unlock.key` in the data folder, and the first start
    /// makes it; one that is named must be there.
    File(Option<PathBuf>),
    /// By a passphrase that somebody types at each start.
    Passphrase(Zeroizing<String>),
}

impl Default for Unlock {
    fn default() -> Self {
        Self::File(None)
    }
}

/// In which way keys are wrapped; the word stands in the key store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// A key file.
    File,
    /// A passphrase.
    Passphrase,
    /// The recovery sheets.
    Recovery,
}

impl Way {
    /// The word in the key store.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Passphrase => "passphrase",
            Self::Recovery => "recovery",
        }
    }
}

impl Unlock {
    /// In which way it opens.
    #[must_use]
    pub fn way(&self) -> Way {
        match self {
            Self::File(_) => Way::File,
            Self::Passphrase(_) => Way::Passphrase,
        }
    }

    /// Where the key file lies.
    fn path(&self, dir: &Path) -> PathBuf {
        match self {
            Self::File(Some(path)) => path.clone(),
            _ => dir.join("unlock.key"),
        }
    }

    /// The key that unlocks; a missing key file is made only for a fresh key store.
    pub(super) fn key(
        &self,
        dir: &Path,
        salt: &[u8],
        chance: &Chance,
        fresh: bool,
    ) -> Result<Key, Fault> {
        match self {
            Self::Passphrase(passphrase) => from_passphrase(passphrase, salt),
            Self::File(_) => {
                let path = self.path(dir);
                match (std::fs::read_to_string(&path), fresh) {
                    (Ok(text), _) => from_file(&path, &Zeroizing::new(text)),
                    (Err(error), true) if error.kind() == std::io::ErrorKind::NotFound => {
                        make_file(&path, chance)
                    }
                    (Err(error), _) => Err(Fault::Locked(format!(
                        "the key file {} can't be read ({error}). Put it back, name it with --unlock-key, \
                         or use two recovery sheets: knutepunkt recovery open, in a restore --sheets",
                        path.display()
                    ))),
                }
            }
        }
    }
}

const HEAD: &str = "knutepunkt-unlock-1";

fn from_file(path: &Path, text: &str) -> Result<Key, Fault> {
    let told = |what: &str| Fault::Locked(format!("the key file {} {what}", path.display()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(told(
                "may be read by others than its owner. Take that right away: chmod 600",
            ));
        }
    }
    let key = text.trim().strip_prefix(HEAD).map(str::trim);
    let bytes = key.and_then(|key| BASE32_NOPAD.decode(key.as_bytes()).ok());
    bytes
        .map(Zeroizing::new)
        .and_then(|bytes| Key::of(&bytes))
        .ok_or_else(|| told("is damaged. Put a copy of it back"))
}

fn make_file(path: &Path, chance: &Chance) -> Result<Key, Fault> {
    let key = Key::fresh(chance);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    let text = Zeroizing::new(format!("{HEAD} {}\n", BASE32_NOPAD.encode(key.bytes())));
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(key)
}

/// Argon2id with 64 MiB and three passes, as passphrases of people.
fn from_passphrase(passphrase: &str, salt: &[u8]) -> Result<Key, Fault> {
    let broken = |_| Fault::Locked("the passphrase can't be worked on: too little memory".into());
    let params = Params::new(64 * 1024, 3, 1, Some(KEY)).map_err(broken)?;
    let mut bytes = Zeroizing::new([0; KEY]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, bytes.as_mut_slice())
        .map_err(broken)?;
    Key::of(bytes.as_slice()).ok_or(Fault::Closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_once_read_again_and_never_made_anew_for_old_keys() {
        let dir = tempfile::tempdir().unwrap();
        let chance = Chance::seeded(1);
        let unlock = Unlock::default();
        assert!(matches!(
            unlock.key(dir.path(), &[], &chance, false),
            Err(Fault::Locked(_))
        ));
        let made = unlock.key(dir.path(), &[], &chance, true).unwrap();
        let again = unlock.key(dir.path(), &[], &chance, false).unwrap();
        assert_eq!(made.bytes(), again.bytes());
        std::fs::write(dir.path().join("unlock.key"), "something else").unwrap();
        assert!(matches!(
            unlock.key(dir.path(), &[], &chance, true),
            Err(Fault::Locked(_))
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let chance = Chance::seeded(1);
        let unlock = Unlock::default();
        unlock.key(dir.path(), &[], &chance, true).unwrap();
        let path = dir.path().join("unlock.key");
        let mode = |mode| std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        mode(0o640);
        let Err(Fault::Locked(why)) = unlock.key(dir.path(), &[], &chance, false) else {
            panic!("it was read");
        };
        assert!(why.contains("chmod 600"), "{why}");
        mode(0o400);
        assert!(unlock.key(dir.path(), &[], &chance, false).is_ok());
    }

    #[test]
    fn a_passphrase_gives_the_same_key_with_its_salt_only() {
        let dir = tempfile::tempdir().unwrap();
        let chance = Chance::seeded(1);
        let unlock = Unlock::Passphrase(Zeroizing::new("fire små ord her".into()));
        let key = |salt: &[u8]| {
            *unlock
                .key(dir.path(), salt, &chance, false)
                .unwrap()
                .bytes()
        };
        assert_eq!(key(&[1; 16]), key(&[1; 16]));
        assert_ne!(key(&[1; 16]), key(&[2; 16]));
    }
}
