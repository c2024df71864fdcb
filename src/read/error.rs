//! Why a symbol could not be read back.

use core::fmt;

/// Why a symbol could not be read back: the rule that it breaks, and where.
///
/// Columns and rows are counted as in [`Symbol::is_dark`](crate::Symbol::is_dark), bits and codewords of the data from
/// 0. No variant holds any of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReadError {
    /// A module of a function pattern, or of format or version information, has the wrong colour (6.3, 7.9, 7.10).
    #[non_exhaustive]
    FunctionPattern {
        /// What the module is part of.
        pattern: FunctionPattern,
        /// Column of the module.
        x: usize,
        /// Row of the module.
        y: usize,
    },
    /// A remainder bit is not zero before masking (7.7.3).
    #[non_exhaustive]
    RemainderBit {
        /// Number of the bit, from 0.
        bit: usize,
    },
    /// The codewords of a block are not those of a message with its error-correction codewords (7.5.2).
    #[non_exhaustive]
    Block {
        /// Number of the block, from 0.
        block: usize,
    },
    /// A mode indicator stands for no mode that can be read: numeric, alphanumeric, byte or ECI (Table 2).
    #[non_exhaustive]
    Mode {
        /// The four bits.
        indicator: u8,
        /// Bit at which it begins.
        bit: usize,
    },
    /// The data ends inside a segment or ECI header.
    #[non_exhaustive]
    CutOff {
        /// Bit at which that begins.
        bit: usize,
    },
    /// A group of bits stands for no digits, 1,000 and above for three of them, or for no alphanumeric characters
    /// (7.4.3, 7.4.4).
    #[non_exhaustive]
    Characters {
        /// Bit at which the group begins.
        bit: usize,
    },
    /// An ECI designator stands for no number up to 999,999, or a shorter one stands for the same number (Table 4).
    #[non_exhaustive]
    Eci {
        /// Bit at which the designator begins.
        bit: usize,
    },
    /// The bits between the last segment and the next codeword are not zero (7.4.9).
    #[non_exhaustive]
    Terminator {
        /// Bit at which the terminator begins.
        bit: usize,
    },
    /// A codeword after the terminator is not the pad codeword that belongs there (7.4.10).
    #[non_exhaustive]
    PadCodeword {
        /// Number of the codeword, from 0.
        codeword: usize,
    },
    /// The symbol can be read, but has other content than expected.
    #[non_exhaustive]
    OtherContent {
        /// Offset of the first byte that differs, or at which one of the two ends.
        offset: usize,
        /// Length of the symbol's content in bytes.
        bytes: usize,
    },
}

/// A part of a symbol that carries no codewords.
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
    /// Format information (7.9). It disagrees with the symbol's level or mask, or with the other copy.
    FormatInformation,
    /// Version information (7.10).
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
            Self::Mode { indicator, bit } => write!(f, "unknown mode {indicator:04b} at bit {bit} of the data"),
            Self::CutOff { bit } => write!(f, "the data ends in the segment that begins at bit {bit}"),
            Self::Characters { bit } => write!(f, "no characters have the bits at bit {bit} of the data"),
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
