//! The error of an encode.

use core::fmt;

use super::bit_stream::Eci;
use super::capacity;
use super::segment::{MAX_BYTES, Mode};
use crate::version::{ErrorCorrectionLevel, Version};

/// Why content could not be encoded.
///
/// ```
/// use qrmint::{Encoder, EncodeError, ErrorCorrectionLevel};
/// let error = Encoder::new().encode([0x80; 3_000], ErrorCorrectionLevel::M).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "content too long: 3,000 bytes in byte mode; version 40 holds 2,331 at level M, 2,953 at L",
/// );
/// assert!(matches!(error, EncodeError::TooLong { bits_needed: 24_020, bits_available: 18_672, .. }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeError {
    /// The content does not fit the largest version allowed at this level.
    #[non_exhaustive]
    TooLong {
        /// Length of the content in bytes.
        bytes: usize,
        /// Number of bits that the content needs in the largest version allowed, including all segment headers. It is
        /// exact for content of up to 7,089 bytes and for `Segmentation::Bytes`. Longer content fits no symbol; there
        /// it is the number for as many digits, a lower bound of any segmentation.
        bits_needed: u64,
        /// Number of bits that the largest version allowed has at this level.
        bits_available: u64,
        /// The largest version allowed.
        version: Version,
        /// The level asked for.
        level: ErrorCorrectionLevel,
        /// The mode, if one segment would carry all of the content.
        mode: Option<Mode>,
        /// The interpretation that would be announced before the content.
        eci: Option<Eci>,
    },
    /// The text has a character that ISO 8859-1 has not, and [`TextEncoding::Latin1`](crate::TextEncoding::Latin1) is
    /// demanded.
    #[non_exhaustive]
    NotLatin1 {
        /// Offset of the character in the text, in bytes.
        offset: usize,
    },
    /// A given segment does not begin where the one before ends, or at the start of the content.
    #[non_exhaustive]
    SegmentStart {
        /// Number of the segment, from 0.
        segment: usize,
        /// Offset at which it begins.
        start: usize,
        /// Offset at which it should begin.
        expected: usize,
    },
    /// A given segment ends before it begins, or after the content; or the last one ends before the content does. No
    /// segments at all end at 0.
    #[non_exhaustive]
    SegmentEnd {
        /// Number of the segment, from 0.
        segment: usize,
        /// Offset at which it ends.
        end: usize,
        /// Length of the content in bytes.
        bytes: usize,
    },
    /// The mode of a given segment does not have one of its bytes.
    #[non_exhaustive]
    SegmentMode {
        /// Number of the segment, from 0.
        segment: usize,
        /// The mode.
        mode: Mode,
        /// Offset of the byte in the content.
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
