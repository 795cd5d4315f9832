//! SHA-256 digests.

use std::fmt;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

/// The digest of several parts. Each part is preceded by its length (8 bytes, big endian), so
/// that moving a border between two parts changes the digest.
#[must_use]
pub fn digest_of(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    Digest(hash.finalize().into())
}

impl Digest {
    /// The plain SHA-256 of one piece, as `sha256sum` prints it: for files.
    #[must_use]
    pub fn of_file(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Reads what [`Digest::hex`] wrote.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

/// The plain SHA-256 of a file that comes in pieces; the same as [`Digest::of_file`] of the whole.
#[derive(Clone, Default)]
pub struct FileDigest(Sha256);

impl FileDigest {
    /// The next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest of all pieces.
    #[must_use]
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_between_parts_count() {
        assert_ne!(digest_of(&[b"ab", b"c"]), digest_of(&[b"a", b"bc"]));
        assert_eq!(digest_of(&[b"ab", b"c"]), digest_of(&[b"ab", b"c"]));
    }

    #[test]
    fn hex_reads_back_and_the_file_digest_is_the_public_one() {
        let digest = Digest::of_file(b"abc");
        assert_eq!(
            digest.hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(Digest::from_hex(&digest.hex()), Some(digest));
        assert_eq!(Digest::from_hex("zz"), None);
    }

    #[test]
    fn pieces_have_the_digest_of_the_whole() {
        let mut pieces = FileDigest::default();
        for piece in ["he", "", "i"] {
            pieces.update(piece.as_bytes());
        }
        assert_eq!(pieces.finish(), Digest::of_file(b"hei"));
        assert_eq!(FileDigest::default().finish(), Digest::of_file(b""));
    }
}
