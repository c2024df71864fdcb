//! The content of a row.

use std::fmt;

use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, Symbol};

/// The content of a row.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Row<'a> {
    /// Text, for [`Encoder::encode_text`].
    Text(&'a str),
    /// Bytes, for [`Encoder::encode`].
    Bytes(&'a [u8]),
}

impl Row<'_> {
    /// Encodes the content.
    ///
    /// # Errors
    ///
    /// Those of [`Encoder::encode_text`] and [`Encoder::encode`].
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// use qrmint_arrow::rows::Row;
    /// let mut encoder = Encoder::new();
    /// assert!(Row::Text("José").encode(&mut encoder, ErrorCorrectionLevel::M).is_ok());
    /// assert!(Row::Bytes(&[0xff; 3_000]).encode(&mut encoder, ErrorCorrectionLevel::M).is_err());
    /// ```
    pub fn encode<'a>(&self, encoder: &'a mut Encoder, level: ErrorCorrectionLevel) -> Result<&'a Symbol, EncodeError> {
        match self {
            Self::Text(text) => encoder.encode_text(text, level),
            Self::Bytes(bytes) => encoder.encode(bytes, level),
        }
    }
}

impl fmt::Debug for Row<'_> {
    /// Shows the length only: the content may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
        }
    }
}
