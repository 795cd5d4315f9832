//! The cipher: what a sealed thing looks like, and the one way to make and to open one.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): `1 ‖ nonce (24 bytes) ‖ ciphertext ‖ tag (16)`.
//! The first byte is the version of this form. What a thing is sealed *for* goes in as associated
//! data, so that a sealed text moved to another row does not open there.

use std::fmt;

use base::Chance;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Fault;

/// Bytes of a key.
pub(crate) const KEY: usize = 32;
const NONCE: usize = 24;
const VERSION: u8 = 1;

/// A secret key. It is wiped from memory when it is dropped, and never shown.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<[u8; KEY]>);

impl Key {
    /// A fresh key.
    pub(crate) fn fresh(chance: &Chance) -> Self {
        Self(Zeroizing::new(chance.bytes()))
    }

    /// A key by its bytes; `None` when there are not 32.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        <[u8; KEY]>::try_from(bytes)
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY] {
        &self.0
    }

    /// Another key made from this one, for one use (HKDF-SHA-256, RFC 5869).
    pub(crate) fn derived(&self, used_for: &str) -> Self {
        let mut bytes = Zeroizing::new([0; KEY]);
        // 32 bytes are always a length that HKDF can give.
        let _ = Hkdf::<Sha256>::new(None, self.0.as_slice())
            .expand(used_for.as_bytes(), bytes.as_mut_slice());
        Self(bytes)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes().into())
    }

    /// Seals something for a place.
    ///
    /// # Errors
    /// [`Fault::Row`] for what is longer than 256 GB, which the cipher does not take.
    pub(crate) fn seal(
        &self,
        chance: &Chance,
        place: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        let nonce: [u8; NONCE] = chance.bytes();
        let payload = Payload {
            msg: plain,
            aad: place.as_bytes(),
        };
        let text = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Fault::Row("too long to be sealed".into()))?;
        Ok([&[VERSION][..], &nonce, &text].concat())
    }

    /// Opens what was sealed for a place; `None` when it is damaged, was sealed for another place,
    /// or with another key.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (version, rest) = sealed.split_first()?;
        let (nonce, text) = rest.split_first_chunk::<NONCE>()?;
        if *version != VERSION {
            return None;
        }
        let payload = Payload {
            msg: text,
            aad: place.as_bytes(),
        };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        plain.ok().map(Zeroizing::new)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_in_its_place_with_its_key_and_nowhere_else() {
        let chance = Chance::seeded(1);
        let (key, other) = (Key::fresh(&chance), Key::fresh(&chance));
        let sealed = key
            .seal(&chance, "block|1|body|7", "Blå".as_bytes())
            .unwrap();
        assert_eq!(sealed.len(), 1 + NONCE + 4 + 16);
        let opened = key.open("block|1|body|7", &sealed).unwrap();
        assert_eq!(opened.as_slice(), "Blå".as_bytes());
        assert!(key.open("block|2|body|7", &sealed).is_none());
        assert!(other.open("block|1|body|7", &sealed).is_none());
        assert_ne!(
            sealed,
            key.seal(&chance, "block|1|body|7", "Blå".as_bytes())
                .unwrap()
        );
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let chance = Chance::seeded(2);
        let key = Key::fresh(&chance);
        let sealed = key.seal(&chance, "a", b"hei").unwrap();
        for at in 0..sealed.len() * 8 {
            let mut damaged = sealed.clone();
            damaged[at / 8] ^= 1 << (at % 8);
            assert!(key.open("a", &damaged).is_none(), "bit {at}");
        }
        for length in 0..sealed.len() {
            assert!(key.open("a", &sealed[..length]).is_none(), "{length}");
        }
    }

    #[test]
    fn a_derived_key_is_the_same_each_time_and_another_for_each_use() {
        let key = Key::of(&[7; KEY]).unwrap();
        assert_eq!(key.derived("a").bytes(), key.derived("a").bytes());
        assert_ne!(key.derived("a").bytes(), key.derived("b").bytes());
        assert!(Key::of(&[7; 31]).is_none());
    }
}
