//! What a sealed file looks like: `KO1 ‖ key (8 bytes) ‖ nonce (19) ‖ pieces`.
//!
//! Each piece is 64 KiB sealed with XChaCha20-Poly1305 in the STREAM construction (Hoang, Reyhanitabar,
//! Rogaway, Vizár 2015; 32-bit counter and a mark on the last piece), so that a piece taken out, put
//! elsewhere or cut off at the end is noticed. Associated data: object and key.

use aead_stream::{DecryptorBE32, EncryptorBE32, Nonce, StreamBE32};
use base::{Chance, Id};
use bytes::Bytes;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{KeyInit, Payload};

use super::Object;
use crate::Fault;
use crate::seal::Key;

const HEAD: &[u8; 3] = b"KO1";
const PREFIX: usize = 19;
const TAG: usize = 16;
/// Bytes of a piece before it is sealed.
const PIECE: usize = 64 * 1024;

fn aad(object: Id<Object>, key: i64) -> String {
    format!("object|{object}|{key}")
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

type Prefix = Nonce<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>>;

/// Seals a file as it comes in.
pub(super) struct Sealing {
    stream: EncryptorBE32<XChaCha20Poly1305>,
    aad: String,
    /// What waits for its piece to be full: the last piece is marked, so one is always kept back.
    waiting: Vec<u8>,
    out: Vec<u8>,
}

impl Sealing {
    pub(super) fn new(object: Id<Object>, (id, key): (i64, &Key), chance: &Chance) -> Self {
        let prefix: [u8; PREFIX] = chance.bytes();
        let mut out = HEAD.to_vec();
        out.extend_from_slice(&id.to_be_bytes());
        out.extend_from_slice(&prefix);
        Self {
            stream: EncryptorBE32::from_aead(cipher(key), &Prefix::from(prefix)),
            aad: aad(object, id),
            waiting: Vec::new(),
            out,
        }
    }

    /// Takes more of the file; gives what can be written already.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Bytes, Fault> {
        self.waiting.extend_from_slice(bytes);
        let mut from = 0;
        while self.waiting.len() - from > PIECE {
            let payload = Payload {
                msg: &self.waiting[from..from + PIECE],
                aad: self.aad.as_bytes(),
            };
            let piece = self.stream.encrypt_next(payload).map_err(|_| too_long())?;
            self.out.extend_from_slice(&piece);
            from += PIECE;
        }
        self.waiting.drain(..from);
        Ok(std::mem::take(&mut self.out).into())
    }

    /// The end of the file.
    pub(super) fn last(mut self) -> Result<Bytes, Fault> {
        let payload = Payload {
            msg: &self.waiting,
            aad: self.aad.as_bytes(),
        };
        let piece = self.stream.encrypt_last(payload).map_err(|_| too_long())?;
        self.out.extend_from_slice(&piece);
        Ok(self.out.into())
    }
}

fn too_long() -> Fault {
    Fault::File("a file of more than 256 TB can't be sealed".into())
}

/// The key that a file says it is sealed with; none when it is not a sealed file.
pub(super) fn key_of(file: &[u8]) -> Option<i64> {
    let rest = file.strip_prefix(HEAD)?;
    rest.first_chunk::<8>().map(|id| i64::from_be_bytes(*id))
}

/// The file again; `None` when it is damaged.
pub(super) fn opened(object: Id<Object>, key: &Key, file: &[u8]) -> Option<Vec<u8>> {
    let id = key_of(file)?;
    let rest = file.get(HEAD.len() + 8..)?;
    let (prefix, mut rest) = rest.split_first_chunk::<PREFIX>()?;
    let mut stream = DecryptorBE32::from_aead(cipher(key), &Prefix::from(*prefix));
    let aad = aad(object, id);
    let payload = |msg| Payload {
        msg,
        aad: aad.as_bytes(),
    };
    let mut plain = Vec::with_capacity(rest.len());
    while rest.len() > PIECE + TAG {
        let (piece, after) = rest.split_at(PIECE + TAG);
        plain.extend_from_slice(&stream.decrypt_next(payload(piece)).ok()?);
        rest = after;
    }
    plain.extend_from_slice(&stream.decrypt_last(payload(rest)).ok()?);
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Uuid;

    fn sealed(chance: &Chance, key: &Key, bytes: &[u8], step: usize) -> Vec<u8> {
        let mut sealing = Sealing::new(Id::from(Uuid::nil()), (7, key), chance);
        let mut out = Vec::new();
        for some in bytes.chunks(step) {
            out.extend_from_slice(&sealing.push(some).unwrap());
        }
        out.extend_from_slice(&sealing.last().unwrap());
        out
    }

    #[test]
    fn files_of_every_length_around_a_piece_come_out_as_they_went_in() {
        let chance = Chance::seeded(1);
        let key = Key::fresh(&chance);
        let object = Id::from(Uuid::nil());
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 9] {
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            for step in [1000, PIECE, 10 * PIECE] {
                let file = sealed(&chance, &key, &bytes, step);
                assert_eq!(key_of(&file), Some(7));
                let opened = opened(object, &key, &file);
                assert_eq!(opened.as_deref(), Some(&bytes[..]), "{length} by {step}");
            }
        }
    }

    #[test]
    fn a_changed_a_cut_a_longer_and_a_reordered_file_are_noticed() {
        let chance = Chance::seeded(2);
        let key = Key::fresh(&chance);
        let object = Id::from(Uuid::nil());
        let bytes = vec![5; 2 * PIECE + 100];
        let file = sealed(&chance, &key, &bytes, PIECE);
        let opens = |file: &[u8]| opened(object, &key, file).is_some();
        assert!(opens(&file));
        assert!(opened(Id::from(Uuid::from_u128(1)), &key, &file).is_none());
        let head = HEAD.len() + 8 + PREFIX;
        let whole = PIECE + TAG;
        for at in (0..file.len()).step_by(977) {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert!(!opens(&damaged), "byte {at}");
        }
        for length in [
            0,
            head,
            head + 10,
            head + whole,
            head + 2 * whole,
            file.len() - 1,
        ] {
            assert!(!opens(&file[..length]), "cut at {length}");
        }
        let mut swapped = file.clone();
        swapped[head..head + whole].copy_from_slice(&file[head + whole..head + 2 * whole]);
        assert!(!opens(&swapped));
        let longer = [&file[..], b"x"].concat();
        assert!(!opens(&longer));
    }
}
