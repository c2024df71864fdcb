//! Version, error-correction level, mask and what they fix: sizes, capacities, block structure.
//!
//! Knows nothing of content, modules or images. The tables are those of ISO/IEC 18004:2015; the tests check every
//! entry against `qrcodegen`.

use core::fmt;
use core::str::FromStr;

/// The version of a symbol, 1 to 40: it fixes the size, 21 to 177 modules a side.
///
/// ```
/// use qrmint::Version;
/// let version = Version::new(7).unwrap();
/// assert_eq!((version.number(), version.size()), (7, 45));
/// assert_eq!(Version::new(0), None);
/// assert_eq!(Version::new(41), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u8);

impl Version {
    /// Version 1, 21 x 21 modules.
    pub const MIN: Self = Self(1);
    /// Version 40, 177 x 177 modules.
    pub const MAX: Self = Self(40);

    /// The version of that number; `None` unless it is 1 to 40.
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            1..=40 => Some(Self(number)),
            _ => None,
        }
    }

    /// The number, 1 to 40.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Modules a side, without the quiet zone: 17 + 4 x number.
    pub const fn size(self) -> usize {
        17 + 4 * self.0 as usize
    }

    /// Bits that a symbol of this version and level has for its segments and an ECI header, before parity
    /// (Table 7): 72 (1-H) to 23,648 (40-L).
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Version};
    /// assert_eq!(Version::MIN.data_bits(ErrorCorrectionLevel::H), 72);
    /// assert_eq!(Version::MAX.data_bits(ErrorCorrectionLevel::L), 23_648);
    /// ```
    pub fn data_bits(self, level: ErrorCorrectionLevel) -> usize {
        DATA_BITS[level as usize][self.index()] as usize
    }

    /// The version so many above this one; the caller sees to it that there is one.
    pub(crate) const fn up(self, by: u8) -> Self {
        debug_assert!(self.0 + by <= 40);
        Self(self.0 + by)
    }

    /// 0 to 39, for tables.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize - 1
    }

    /// `u64` words that hold one packed row: 1 up to version 11, 2 up to 27, 3 above.
    pub(crate) const fn words(self) -> usize {
        self.size().div_ceil(64)
    }

    /// Codewords of the whole symbol, data and parity (Table 1).
    pub(crate) const fn codewords(self) -> usize {
        let v = self.0 as usize;
        let mut modules = (16 * v + 128) * v + 64;
        if v >= 2 {
            let patterns = v / 7 + 2;
            modules -= (25 * patterns - 10) * patterns - 55;
            if v >= 7 {
                modules -= 36;
            }
        }
        modules / 8
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The versions that an encoder may choose from, both ends included. The default is 1 to 40.
///
/// ```
/// use qrmint::{Version, VersionRange};
/// let (five, ten) = (Version::new(5).unwrap(), Version::new(10).unwrap());
/// let range = VersionRange::new(five, ten).unwrap();
/// assert_eq!((range.min(), range.max()), (five, ten));
/// assert_eq!(VersionRange::new(ten, five), None);
/// assert_eq!(VersionRange::from(ten), VersionRange::new(ten, ten).unwrap());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionRange {
    min: Version,
    max: Version,
}

impl VersionRange {
    /// The range from `min` to `max`; `None` if `min` is the larger.
    pub const fn new(min: Version, max: Version) -> Option<Self> {
        if min.0 <= max.0 { Some(Self { min, max }) } else { None }
    }

    /// The smallest version allowed.
    pub const fn min(self) -> Version {
        self.min
    }

    /// The largest version allowed.
    pub const fn max(self) -> Version {
        self.max
    }
}

impl Default for VersionRange {
    fn default() -> Self {
        Self { min: Version::MIN, max: Version::MAX }
    }
}

impl From<Version> for VersionRange {
    fn from(version: Version) -> Self {
        Self { min: version, max: version }
    }
}

/// How much of a symbol may be damaged and still be read: about 7, 15, 25 and 30 per cent of its codewords.
///
/// Ordered by strength. In text it is the lower-case letter that Graph uses; parsing takes either case.
///
/// ```
/// use qrmint::ErrorCorrectionLevel as Level;
/// assert!(Level::L < Level::H);
/// assert_eq!(Level::Q.to_string(), "q");
/// assert_eq!("M".parse(), Ok(Level::M));
/// assert_eq!("x".parse::<Level>().unwrap_err().to_string(), "unknown error-correction level, expected l, m, q or h");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCorrectionLevel {
    /// About 7 %.
    L,
    /// About 15 %.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

impl ErrorCorrectionLevel {
    /// All four, weakest first.
    pub const ALL: [Self; 4] = [Self::L, Self::M, Self::Q, Self::H];

    /// The lower-case letter: `l`, `m`, `q` or `h`.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::L => "l",
            Self::M => "m",
            Self::Q => "q",
            Self::H => "h",
        }
    }

    /// The two bits in the format information (Table 12).
    pub(crate) const fn format_bits(self) -> u32 {
        match self {
            Self::L => 0b01,
            Self::M => 0b00,
            Self::Q => 0b11,
            Self::H => 0b10,
        }
    }
}

impl fmt::Display for ErrorCorrectionLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.letter())
    }
}

/// A text that names no error-correction level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseLevelError;

impl fmt::Display for ParseLevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown error-correction level, expected l, m, q or h")
    }
}

impl core::error::Error for ParseLevelError {}

impl FromStr for ErrorCorrectionLevel {
    type Err = ParseLevelError;

    fn from_str(text: &str) -> Result<Self, ParseLevelError> {
        Self::ALL.into_iter().find(|level| text.eq_ignore_ascii_case(level.letter())).ok_or(ParseLevelError)
    }
}

/// The number of a data mask pattern, 0 to 7 (Table 10).
///
/// ```
/// use qrmint::Mask;
/// assert_eq!(Mask::new(3).unwrap().number(), 3);
/// assert_eq!(Mask::new(8), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mask(u8);

impl Mask {
    /// All eight, in order.
    pub const ALL: [Self; 8] = [Self(0), Self(1), Self(2), Self(3), Self(4), Self(5), Self(6), Self(7)];

    /// The mask of that number; `None` unless it is 0 to 7.
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            0..=7 => Some(Self(number)),
            _ => None,
        }
    }

    /// The number, 0 to 7.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The mask among the eight whose number is `index` modulo 8.
    pub(crate) const fn from_index(index: usize) -> Self {
        Self((index & 7) as u8)
    }

    /// 0 to 7, for tables.
    pub(crate) const fn index(self) -> usize {
        (self.0 & 7) as usize
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How the codewords of one version and level are split into blocks (Table 9): `count` blocks, each with `parity`
/// error-correction codewords; the first `count - long` hold `short_data` data codewords, the last `long` one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blocks {
    pub(crate) count: usize,
    pub(crate) long: usize,
    pub(crate) short_data: usize,
    pub(crate) parity: usize,
}

impl Blocks {
    pub(crate) const fn of(version: Version, level: ErrorCorrectionLevel) -> Self {
        let count = BLOCKS[level as usize][version.index()] as usize;
        let parity = PARITY_PER_BLOCK[level as usize][version.index()] as usize;
        let codewords = version.codewords();
        Self { count, long: codewords % count, short_data: codewords / count - parity, parity }
    }

    /// Data codewords of all blocks.
    pub(crate) const fn data_codewords(self) -> usize {
        self.count * self.short_data + self.long
    }
}

/// Bits for segments, by level and version: eight for each data codeword.
static DATA_BITS: [[u16; 40]; 4] = {
    let mut bits = [[0; 40]; 4];
    let mut level = 0;
    while level < 4 {
        let mut i = 0;
        while i < 40 {
            let blocks = Blocks::of(Version::MIN.up(i as u8), ErrorCorrectionLevel::ALL[level]);
            bits[level][i] = 8 * blocks.data_codewords() as u16;
            i += 1;
        }
        level += 1;
    }
    bits
};

/// Error-correction codewords per block, by level and version (Table 9).
#[rustfmt::skip]
const PARITY_PER_BLOCK: [[u8; 40]; 4] = [
    [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28],
    [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
    [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
];

/// Error-correction blocks, by level and version (Table 9).
#[rustfmt::skip]
const BLOCKS: [[u8; 40]; 4] = [
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25],
    [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49],
    [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68],
    [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81],
];
