//! Why a symbol could not be read back.

use core::fmt;

/// Why a symbol could not be read back: the rule of ISO/IEC 18004:2015 that it breaks, and where.
///
/// Columns, rows, bits, codewords and blocks are counted from 0; bits and codewords from the start of the data, unless
/// the field says otherwise. Neither the variants nor the messages show any of the content.
///
/// ```
/// use qrmint::{ErrorCorrectionLevel, ReadError, Symbol};
/// let symbol = Symbol::encode("badge 4711", ErrorCorrectionLevel::M)?;
/// let error: ReadError = symbol.check("badge 4712").unwrap_err();
/// assert_eq!(error.to_string(), "the symbol's content, 10 bytes, differs from byte 9 on");
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReadError {
    /// A module of a function pattern, of the format information or of the version information has the wrong colour
    /// (6.3, 7.9, 7.10).
    #[non_exhaustive]
    FunctionPattern {
        /// The pattern or information that the module belongs to.
        pattern: FunctionPattern,
        /// The column of the module.
        x: usize,
        /// The row of the module.
        y: usize,
    },
    /// A remainder bit is not zero before masking (7.7.3).
    #[non_exhaustive]
    RemainderBit {
        /// The index of the bit among the remainder bits.
        bit: usize,
    },
    /// The error-correction codewords of a block do not match its data codewords (7.5.2).
    #[non_exhaustive]
    Block {
        /// The index of the block.
        block: usize,
    },
    /// A mode indicator is not numeric, alphanumeric, byte or ECI (Table 2). No other mode can be read.
    #[non_exhaustive]
    Mode {
        /// The four bits of the indicator.
        indicator: u8,
        /// The bit at which the indicator begins.
        bit: usize,
    },
    /// The data ends inside a segment or an ECI header.
    #[non_exhaustive]
    CutOff {
        /// The bit at which the segment or the ECI header begins.
        bit: usize,
    },
    /// A group of bits is too large for its characters: 1,000 or more for three digits, or 2,025 or more for two
    /// alphanumeric characters (7.4.3, 7.4.4).
    #[non_exhaustive]
    Characters {
        /// The bit at which the group begins.
        bit: usize,
    },
    /// An ECI designator does not stand for a number from 0 to 999,999 (Table 4).
    #[non_exhaustive]
    Eci {
        /// The bit at which the designator begins.
        bit: usize,
    },
    /// The bits from the end of the last segment to the next codeword are not all zero (7.4.9).
    #[non_exhaustive]
    Terminator {
        /// The bit at which the terminator begins.
        bit: usize,
    },
    /// A codeword after the terminator is not the expected pad codeword (7.4.10).
    #[non_exhaustive]
    PadCodeword {
        /// The index of the codeword among the data codewords.
        codeword: usize,
    },
    /// The symbol was read without an error, but has other content than [`Symbol::check`](crate::Symbol::check)
    /// expects.
    #[non_exhaustive]
    OtherContent {
        /// The offset of the first byte that differs; the length of the shorter content if one begins with the other.
        offset: usize,
        /// The length of the symbol's content in bytes.
        bytes: usize,
    },
}

/// A part of a symbol that carries no codewords. The clauses are those of ISO/IEC 18004:2015.
///
/// ```
/// use qrmint::FunctionPattern;
/// assert_eq!(FunctionPattern::Finder.to_string(), "a finder pattern");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FunctionPattern {
    /// A finder pattern (6.3.3).
    Finder,
    /// A separator (6.3.4).
    Separator,
    /// A timing pattern (6.3.5).
    Timing,
    /// An alignment pattern (6.3.6).
    Alignment,
    /// One of the two copies of the format information (7.9): level and mask.
    FormatInformation,
    /// One of the two copies of the version information (7.10). Symbols below version 7 have none.
    VersionInformation,
    /// The dark module (7.9.1).
    DarkModule,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::FunctionPattern { pattern, x, y } => {
                write!(f, "wrong module in column {x}, row {y} of {pattern}")
            }
            Self::RemainderBit { bit } => write!(f, "remainder bit {bit} is not zero"),
            Self::Block { block } => write!(f, "wrong codeword in block {block}"),
            Self::Mode { indicator, bit } => write!(f, "mode {indicator:04b} at bit {bit} of the data cannot be read"),
            Self::CutOff { bit } => write!(f, "the data ends in the segment that begins at bit {bit}"),
            Self::Characters { bit } => write!(f, "the bits from bit {bit} of the data on encode no characters"),
            Self::Eci { bit } => write!(f, "wrong ECI designator at bit {bit} of the data"),
            Self::Terminator { bit } => write!(f, "wrong terminator at bit {bit} of the data"),
            Self::PadCodeword { codeword } => write!(f, "wrong pad codeword {codeword}"),
            Self::OtherContent { offset, bytes } => {
                write!(f, "the symbol's content, {bytes} bytes, differs from byte {offset} on")
            }
        }
    }
}

impl core::error::Error for ReadError {}

impl fmt::Display for FunctionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Finder => "a finder pattern",
            Self::Separator => "a separator",
            Self::Timing => "a timing pattern",
            Self::Alignment => "an alignment pattern",
            Self::FormatInformation => "the format information",
            Self::VersionInformation => "the version information",
            Self::DarkModule => "the dark module",
        })
    }
}
