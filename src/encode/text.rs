//! Text to bytes, and the ECI that tells readers what they mean.
//!
//! Knows UTF-8, ISO 8859-1 and [`Eci`]; nothing of segments.

use alloc::vec::Vec;

use super::bit_stream::Eci;
use super::error::EncodeError;
use super::segment::MAX_BYTES;

/// How [`Encoder::encode_text`](crate::Encoder::encode_text) stores text that is not plain ASCII.
///
/// Plain ASCII is always stored as it is, without an ECI.
///
/// A symbol carries bytes, and an [`Eci`] tells readers what they mean. Without an ECI the standard says ISO 8859-1,
/// but readers guess. [`Utf8Eci`](Self::Utf8Eci), the default, leaves nothing to guess.
///
/// ```
/// use qrmint::{Encoder, ErrorCorrectionLevel, TextEncoding};
/// let mut encoder = Encoder::new();
/// let mut bits = |encoding| {
///     encoder.options_mut().text = encoding;
///     encoder.measure_text("José", ErrorCorrectionLevel::M).map(|measure| measure.bits_used)
/// };
/// assert_eq!(bits(TextEncoding::Utf8Eci)?, 12 + 4 + 8 + 40, "ECI header, mode, length, 5 bytes");
/// assert_eq!(bits(TextEncoding::Utf8)?, 4 + 8 + 40, "mode, length, 5 bytes");
/// assert_eq!(bits(TextEncoding::Latin1)?, 4 + 8 + 32, "mode, length, 4 bytes");
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
///
/// # Which reader does what
///
/// Measured with 16 texts: names and words with accents, Japanese, Cyrillic, an emoji, a URL with an umlaut, mixtures
/// of these with digits and capital letters, and one text in plain ASCII. Nine of them fit ISO 8859-1, including the
/// ASCII text. Each cell tells how many texts a reader returned correctly, and what it made of the others:
///
/// | reader | `Utf8Eci` | `Utf8` | `Latin1` |
/// |---|---|---|---|
/// | rqrr 0.11 | 16 of 16 | 16 of 16 | 1 of 9, 8 failed |
/// | rxing 0.9 | 16 of 16 | 16 of 16 | 9 of 9 |
/// | zbar 0.23 | 16 of 16 | 8 of 16, 8 wrong text | 5 of 9, 4 wrong text |
/// | zxing-cpp 3.1 | 16 of 16 | 16 of 16 | 8 of 9, 1 wrong text |
/// | jsQR 1.4 | 16 of 16 | 16 of 16 | 1 of 9, 5 empty, 3 wrong text |
///
/// For example, zbar reads "José" stored as `Utf8` as "Jos矇". jsQR drops segments in byte mode that are not UTF-8.
///
/// The readers ran with their default settings and were asked for text. The script `testing/decoders/scanners/text` of
/// the repository repeats the measurement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TextEncoding {
    /// UTF-8, announced by [`Eci::UTF_8`]. The announcement takes 12 bits.
    #[default]
    Utf8Eci,
    /// UTF-8 without an ECI, for readers that do not know ECI.
    Utf8,
    /// ISO 8859-1 without an ECI: the default of the standard in byte mode (7.3.5 of ISO/IEC 18004:2015). A character
    /// that ISO 8859-1 lacks is an [error](crate::EncodeError::NotLatin1).
    Latin1,
}

impl TextEncoding {
    /// Returns the bytes of `text` and the interpretation to announce. `buffer` is for bytes that are not those of
    /// `text`.
    ///
    /// Text that cannot fit any symbol is not read to its end.
    pub(crate) fn bytes<'a>(
        self,
        text: &'a str,
        buffer: &'a mut Vec<u8>,
    ) -> Result<(&'a [u8], Option<Eci>), EncodeError> {
        let bytes = text.as_bytes();
        if bytes.iter().take(MAX_BYTES).all(u8::is_ascii) {
            return Ok((bytes, None));
        }
        match self {
            Self::Utf8Eci => Ok((bytes, Some(Eci::UTF_8))),
            // A character takes at most two bytes of UTF-8 if it fits one of ISO 8859-1.
            Self::Latin1 if bytes.len() <= 2 * MAX_BYTES => {
                buffer.clear();
                for (offset, character) in text.char_indices() {
                    buffer.push(u8::try_from(character).map_err(|_| EncodeError::NotLatin1 { offset })?);
                }
                Ok((buffer, None))
            }
            Self::Utf8 | Self::Latin1 => Ok((bytes, None)),
        }
    }
}
