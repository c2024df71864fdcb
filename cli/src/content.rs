//! Makes the symbol of one content, as bytes or as text, and reads it back on request.
//!
//! Knows nothing of where content comes from or what becomes of the symbol.

use std::borrow::Cow;

use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, Options, ReadError, Symbol, TextEncoding, VersionRange};

/// Makes symbols, one after the other.
#[derive(Clone)]
pub(crate) struct ContentEncoder {
    encoder: Encoder,
    /// Whether content is text, which has an encoding.
    is_text: bool,
    /// Whether each symbol is read back.
    verify: bool,
}

impl ContentEncoder {
    pub(crate) fn new(options: Options, is_text: bool, verify: bool) -> Self {
        Self { encoder: Encoder::with_options(options), is_text, verify }
    }

    /// Returns the versions that a symbol may have.
    pub(crate) fn versions(&self) -> VersionRange {
        self.encoder.options().versions
    }

    /// Returns the symbol and the bytes that it carries: those of the content, or of its conversion to ISO 8859-1.
    pub(crate) fn encode<'a>(
        &'a mut self,
        content: &'a [u8],
        level: ErrorCorrectionLevel,
    ) -> Result<(&'a Symbol, Cow<'a, [u8]>), ContentError> {
        let is_latin1 = self.encoder.options().text == TextEncoding::Latin1;
        let (symbol, bytes) = if self.is_text {
            let text =
                str::from_utf8(content).map_err(|error| ContentError::NotUtf8 { byte: error.valid_up_to() + 1 })?;
            let symbol = self.encoder.encode_text(text, level)?;
            let latin1 = || text.chars().filter_map(|character| u8::try_from(character).ok()).collect();
            (symbol, if is_latin1 { Cow::Owned(latin1()) } else { Cow::Borrowed(content) })
        } else {
            (self.encoder.encode(content, level)?, Cow::Borrowed(content))
        };
        if self.verify {
            symbol.check(&bytes)?;
        }
        Ok((symbol, bytes))
    }
}

/// Why content has no symbol. Positions are counted from 1.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContentError {
    #[error("the content is not UTF-8, at its byte {byte}")]
    NotUtf8 { byte: usize },
    #[error("the content has a character that is not in ISO 8859-1, at its byte {byte}")]
    NotLatin1 { byte: usize },
    #[error(transparent)]
    Encode(EncodeError),
    #[error("the symbol cannot be read back: {0}")]
    Unreadable(#[from] ReadError),
}

impl From<EncodeError> for ContentError {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::NotLatin1 { offset, .. } => Self::NotLatin1 { byte: offset + 1 },
            error => Self::Encode(error),
        }
    }
}

impl ContentError {
    /// Returns a stable identifier of the kind of error, for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } | Self::NotLatin1 { .. } => "invalidText",
            Self::Encode(_) => "contentTooLong",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn symbol_of_other_content_is_unreadable_by_code_and_message() {
        let symbol = Symbol::encode("Tr0ub4dor", ErrorCorrectionLevel::M).unwrap();
        let error = ContentError::from(symbol.check("Tr0ub4dog").unwrap_err());
        assert_eq!(error.code(), "unreadable");
        let message = error.to_string();
        assert!(message.starts_with("the symbol cannot be read back: ") && !message.contains("Tr0ub"), "{message}");
    }
}
