//! The error of an encode.

use core::fmt;

/// Why raw content could not be encoded.
///
/// ```
/// use qrmint::{Encoder, EncodeError, ErrorCorrectionLevel};
/// let error = Encoder::new().encode(&[0x80; 2_954], ErrorCorrectionLevel::L).unwrap_err();
/// assert_eq!(error, EncodeError::TooLong { bits_needed: 23_652, bits_available: 23_648 });
/// assert_eq!(error.to_string(), "content too long: needs 23652 bits, 23648 fit");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The content does not fit the largest version allowed at this level.
    TooLong {
        /// Number of bits that the content needs in the largest version allowed, including all segment headers. It is
        /// exact for content of up to 7,089 bytes and for `Segmentation::Bytes`. Longer content fits no symbol; there
        /// it is the number for as many digits, a lower bound of any segmentation.
        bits_needed: u64,
        /// Number of bits that the largest version allowed has at this level.
        bits_available: u64,
    },
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { bits_needed, bits_available } => {
                write!(f, "content too long: needs {bits_needed} bits, {bits_available} fit")
            }
        }
    }
}

impl core::error::Error for EncodeError {}
