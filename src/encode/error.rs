//! The error of an encode.

use core::fmt;

use super::bit_stream::Eci;
use super::capacity;
use super::segment::{MAX_BYTES, Mode};
use crate::version::{ErrorCorrectionLevel, Version};

/// Why content could not be encoded.
///
/// Neither the variants nor the messages show any of the content.
///
/// ```
/// use qrmint::{EncodeError, ErrorCorrectionLevel, Symbol};
/// let error = Symbol::encode([0x80; 3_000], ErrorCorrectionLevel::M).unwrap_err();
/// let message = "content too long: 3,000 bytes in byte mode; \
///     version 40 holds 2,331 at level M, 2,953 at L";
/// assert_eq!(error.to_string(), message);
/// let EncodeError::TooLong { bits_needed, bits_available, .. } = error else { return };
/// assert_eq!((bits_needed, bits_available), (24_020, 18_672));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeError {
    /// The content does not fit the largest version allowed at this level.
    #[non_exhaustive]
    TooLong {
        /// The length of the content in bytes.
        bytes: usize,
        /// The number of bits that the content needs in the largest version allowed, headers included.
        ///
        /// For content longer than [`Encoder::MAX_BYTES`](crate::Encoder::MAX_BYTES), which fits no symbol, this is a
        /// lower bound: the bits of a numeric segment of that length. With
        /// [`Segmentation::Bytes`](crate::Segmentation::Bytes) it is exact.
        bits_needed: u64,
        /// The number of bits that the largest version allowed has at this level.
        bits_available: u64,
        /// The largest version allowed.
        version: Version,
        /// The level asked for.
        level: ErrorCorrectionLevel,
        /// The mode of the content's only segment. `None` for several segments, and for content too long to be split.
        mode: Option<Mode>,
        /// The ECI to announce before the content. Its header is part of `bits_needed`.
        eci: Option<Eci>,
    },
    /// ISO 8859-1 lacks a character of the text, and [`Options::text`](crate::Options::text) is
    /// [`TextEncoding::Latin1`](crate::TextEncoding::Latin1).
    #[non_exhaustive]
    NotLatin1 {
        /// The offset of the character in the text, in bytes.
        offset: usize,
    },
    /// A segment does not begin where the one before it ends, or the first segment does not begin at 0.
    #[non_exhaustive]
    SegmentStart {
        /// The index of the segment.
        segment: usize,
        /// The offset at which it begins, in bytes.
        start: usize,
        /// The offset at which it must begin, in bytes.
        expected: usize,
    },
    /// A segment ends before it begins or after the end of the content, or the last one ends before the end of the
    /// content.
    #[non_exhaustive]
    SegmentEnd {
        /// The index of the segment; 0 if there are no segments.
        segment: usize,
        /// The offset at which it ends, in bytes; 0 if there are no segments.
        end: usize,
        /// The length of the content in bytes.
        bytes: usize,
    },
    /// A segment has a byte that its mode [does not accept](Mode::accepts).
    #[non_exhaustive]
    SegmentMode {
        /// The index of the segment.
        segment: usize,
        /// The mode of the segment.
        mode: Mode,
        /// The offset of the byte in the content.
        offset: usize,
    },
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooLong { bytes, bits_needed, version, level, mode, eci, .. } => {
                write!(f, "content too long: {} bytes ", Grouped(bytes as u64))?;
                match mode {
                    Some(mode) => write!(f, "in {mode} mode")?,
                    None if bytes > MAX_BYTES => write!(f, "need at least {} bits", Grouped(bits_needed))?,
                    None => write!(f, "need {} bits", Grouped(bits_needed))?,
                }
                let holds = |level| match mode {
                    Some(mode) => Grouped(capacity::characters(version, level, mode, eci) as u64),
                    None => Grouped(version.data_bits(level) as u64),
                };
                write!(f, "; version {version} holds {} at level {level}", holds(level))?;
                let weakest = ErrorCorrectionLevel::L;
                if level == weakest { Ok(()) } else { write!(f, ", {} at {weakest}", holds(weakest)) }
            }
            Self::NotLatin1 { offset } => {
                write!(f, "the character at byte {} of the text is not in ISO 8859-1", Grouped(offset as u64))
            }
            Self::SegmentStart { segment, start, expected } => {
                write!(f, "segment {segment} begins at byte {start} instead of {expected}")
            }
            Self::SegmentEnd { segment, end, bytes } => {
                write!(f, "segment {segment} ends at byte {end}, the content at {bytes}")
            }
            Self::SegmentMode { segment, mode, offset } => {
                write!(f, "segment {segment} is in {mode} mode, which does not have byte {offset} of the content")
            }
        }
    }
}

impl core::error::Error for EncodeError {}

/// Converts the error for callers that return `io::Error`.
///
/// ```
/// use std::io;
///
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let error = Symbol::encode([0; 3_000], ErrorCorrectionLevel::M).unwrap_err();
/// assert_eq!(io::Error::from(error).kind(), io::ErrorKind::InvalidInput);
/// ```
#[cfg(feature = "std")]
impl From<EncodeError> for std::io::Error {
    fn from(error: EncodeError) -> Self {
        Self::new(std::io::ErrorKind::InvalidInput, error)
    }
}

/// A number with a comma before every three digits.
struct Grouped(u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self(number) = self;
        if number < 1_000 { write!(f, "{number}") } else { write!(f, "{},{:03}", Self(number / 1_000), number % 1_000) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_comma_before_every_three_digits() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_002_030, "1,002,030")] {
            assert_eq!(Grouped(number).to_string(), text);
        }
        assert_eq!(Grouped(u64::MAX).to_string(), "18,446,744,073,709,551,615");
    }
}
