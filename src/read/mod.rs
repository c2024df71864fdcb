//! A symbol read back from its modules: [`Symbol::content`] and [`Symbol::check`] (ISO/IEC 18004:2015, 12).
//!
//! Knows what [`encode`](crate::encode) knows of the standard: layout, blocks, masks, modes. It shares the tables, the
//! transposition and the division of polynomials, which the tests compare with the definitions, and goes every other
//! step back by code of its own. Corrects nothing and does no image processing: whatever differs from the standard is
//! an error.
//!
//! ```text
//! Symbol -> function_patterns -> codewords -> segments -> content
//! ```

mod codewords;
mod error;
mod function_patterns;
mod segments;

pub use self::error::{FunctionPattern, ReadError};

use alloc::vec::Vec;

use crate::symbol::Symbol;

impl Symbol {
    /// Reads the content back from the modules, to check the symbol. Returns exactly the bytes that were encoded.
    ///
    /// For text these are the bytes that its [encoding](crate::TextEncoding) stores: UTF-8, or ISO 8859-1 for
    /// [`Latin1`](crate::TextEncoding::Latin1). An ECI is skipped.
    ///
    /// # Errors
    ///
    /// A [`ReadError`] if anything differs from ISO/IEC 18004:2015: a function pattern, the format or version
    /// information, an error-correction codeword, the header of a segment, the terminator or the padding. No error is
    /// corrected. Symbols that this crate encodes have no such errors.
    ///
    /// Kanji, structured append and FNC1, which only other encoders use, are errors too.
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("badge 0123456789", ErrorCorrectionLevel::M)?;
    /// assert_eq!(symbol.content()?, b"badge 0123456789");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn content(&self) -> Result<Vec<u8>, ReadError> {
        function_patterns::check(self)?;
        segments::content(&codewords::data(self)?, self.version())
    }

    /// Reads the content back as [`content`](Self::content) does and compares it with `content`, byte by byte.
    ///
    /// # Errors
    ///
    /// As for [`content`](Self::content), and [`ReadError::OtherContent`] if the symbol has other content.
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, ReadError, Symbol};
    /// let symbol = Symbol::encode("badge 4711", ErrorCorrectionLevel::M)?;
    /// assert_eq!(symbol.check("badge 4711"), Ok(()));
    /// assert!(matches!(symbol.check("badge 4712"), Err(ReadError::OtherContent { offset: 9, .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, content: impl AsRef<[u8]>) -> Result<(), ReadError> {
        let (read, expected) = (self.content()?, content.as_ref());
        if read == expected {
            return Ok(());
        }
        let same = read.iter().zip(expected).take_while(|(read, expected)| read == expected).count();
        Err(ReadError::OtherContent { offset: same, bytes: read.len() })
    }
}
