//! Text to bytes, and the ECI that tells readers what they mean.
//!
//! Knows UTF-8, ISO 8859-1 and [`Eci`]; nothing of segments.

use alloc::vec::Vec;

use super::bit_stream::Eci;
use super::error::EncodeError;
use super::segment::MAX_BYTES;

/// How [`Encoder::encode_text`](crate::Encoder::encode_text) stores text that is not plain ASCII. ASCII is stored as it
/// is and nothing is announced, whatever the encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TextEncoding {
    /// UTF-8 that is announced by [`Eci::UTF_8`].
    #[default]
    Utf8Eci,
    /// UTF-8 without an announcement, for readers that do not know ECI.
    Utf8,
    /// ISO 8859-1 without an announcement, which the standard prescribes for byte mode (7.3.5). Text with other
    /// characters is an error.
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
