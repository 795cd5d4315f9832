//! Bodies: the columns that will be sealed.

use crate::{Fault, IntoValue, Value};

/// What people said or wrote, as it is stored: bytes, and which key opens them.
///
/// Until sealing is built, `key_ref` is `NULL` and the bytes are UTF-8; the hub says "Trial: do
/// not enter real interviews" so long. Every table with such a column has had both columns from
/// its first migration, and every reader and writer comes through here.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    bytes: Vec<u8>,
    key_ref: Option<i64>,
}

impl Body {
    /// A body ready to be stored.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self {
            bytes: text.as_bytes().to_vec(),
            key_ref: None,
        }
    }

    pub(crate) fn stored(bytes: Vec<u8>, key_ref: Option<i64>) -> Self {
        Self { bytes, key_ref }
    }

    /// The text again.
    ///
    /// # Errors
    /// [`Fault::Row`] when the bytes are not what [`Body::of`] made.
    pub fn open(self) -> Result<String, Fault> {
        if self.key_ref.is_some() {
            return Err(Fault::Row(
                "sealed with a key this program does not have".into(),
            ));
        }
        String::from_utf8(self.bytes).map_err(|_| Fault::Row("body is not text".into()))
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
