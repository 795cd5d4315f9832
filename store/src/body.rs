//! Bodies: what stands in a pair of sealed columns.

use crate::{Fault, IntoValue, Keys, Place, Value};

/// What people said or wrote, as it is stored: sealed bytes, and the key that opens them. Made by
/// [`crate::Sealer::seal`], read by [`crate::Row::body`].
///
/// Rows from before sealing have no key and are plain text; a job seals them, and `check` tells of
/// each that is left.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    bytes: Vec<u8>,
    key_ref: Option<i64>,
}

impl Body {
    /// No words, where words stood: there is nothing to seal.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            bytes: Vec::new(),
            key_ref: None,
        }
    }

    pub(crate) fn sealed(bytes: Vec<u8>, key: i64) -> Self {
        Self {
            bytes,
            key_ref: Some(key),
        }
    }

    pub(crate) fn stored(bytes: Vec<u8>, key_ref: Option<i64>) -> Self {
        Self { bytes, key_ref }
    }

    /// The text again.
    pub(crate) fn open(self, keys: Option<&Keys>, place: &Place) -> Result<String, Fault> {
        match (self.key_ref, keys) {
            (None, _) => {
                String::from_utf8(self.bytes).map_err(|_| Fault::Row("body is not text".into()))
            }
            (Some(id), Some(keys)) => keys.opened(id, place, &self.bytes),
            (Some(_), None) => Err(Fault::Sealed(place.to_string())),
        }
    }

    /// The parameter for the `body` column.
    #[must_use]
    pub fn bytes(&self) -> Value {
        self.bytes.clone().into_value()
    }

    /// The parameter for the `key_ref` column.
    #[must_use]
    pub fn key_ref(&self) -> Value {
        self.key_ref.into_value()
    }
}
