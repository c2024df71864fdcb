//! Version, error-correction level and mask, and the sizes that a version fixes (ISO/IEC 18004:2015, 6).
//!
//! Knows nothing of content, blocks, modules or images.

use core::fmt;
use core::ops::RangeInclusive;
use core::str::FromStr;

use crate::number::{checked_conversion, number_conversions};

/// The version of a symbol, 1 to 40. It determines the size, 21 to 177 modules a side.
///
/// ```
/// use qrmint::Version;
/// let version = Version::new(7).unwrap();
/// assert_eq!((version.number(), version.size()), (7, 45));
/// assert_eq!(Version::new(41), None);
/// assert_eq!("7".parse(), Ok(version));
/// assert_eq!(Version::try_from(0).unwrap_err().to_string(), "expected a number from 1 to 40");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "u8", into = "u8"))]
pub struct Version(u8);

impl Version {
    /// Version 1, 21 x 21 modules.
    pub const MIN: Self = Self(1);
    /// Version 40, 177 x 177 modules.
    pub const MAX: Self = Self(40);

    /// Creates the version of that number. Returns `None` unless it is 1 to 40.
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            1..=40 => Some(Self(number)),
            _ => None,
        }
    }

    /// Returns the number, 1 to 40.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Returns the number of modules a side, without the quiet zone: 17 + 4 x number.
    pub const fn size(self) -> usize {
        17 + 4 * self.0 as usize
    }

    /// Returns all versions in order.
    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (1..=40).map(Self)
    }

    /// Returns the version `by` above this one, which the caller knows to exist.
    pub(crate) const fn up(self, by: u8) -> Self {
        debug_assert!(self.0 + by <= 40);
        Self(self.0 + by)
    }

    /// Returns the index in tables, 0 to 39.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize - 1
    }

    /// Returns the number of `u64` words of a packed row: 1 up to version 11, 2 up to 27, 3 above.
    pub(crate) const fn words(self) -> usize {
        self.size().div_ceil(64)
    }

    /// Returns the number of codewords of a symbol, data and error correction (Table 1).
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

number_conversions!(Version: u8, number, 1 to 40);
checked_conversion!(Version: u8, 1 to 40);

/// The versions that an encoder may choose from, including both ends. The default is 1 to 40.
///
/// ```
/// use qrmint::{Version, VersionRange};
/// let (five, ten) = (Version::new(5).unwrap(), Version::new(10).unwrap());
/// let range = VersionRange::new(five, ten).unwrap();
/// assert_eq!((range.min(), range.max()), (five, ten));
/// assert_eq!(VersionRange::new(ten, five), None);
/// assert_eq!(VersionRange::from(ten), VersionRange::new(ten, ten).unwrap());
/// assert_eq!(VersionRange::try_from(five..=ten), Ok(range));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionRange {
    min: Version,
    max: Version,
}

impl VersionRange {
    /// Creates the range from `min` to `max`. Returns `None` if `min` is larger than `max`.
    pub const fn new(min: Version, max: Version) -> Option<Self> {
        if min.0 <= max.0 { Some(Self { min, max }) } else { None }
    }

    /// Returns the smallest version allowed.
    pub const fn min(self) -> Version {
        self.min
    }

    /// Returns the largest version allowed.
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

impl TryFrom<RangeInclusive<Version>> for VersionRange {
    type Error = EmptyVersionRange;

    fn try_from(range: RangeInclusive<Version>) -> Result<Self, EmptyVersionRange> {
        let (min, max) = range.into_inner();
        Self::new(min, max).ok_or(EmptyVersionRange { min, max })
    }
}

/// A range of versions whose smallest version is larger than its largest.
///
/// ```
/// use qrmint::{Version, VersionRange};
/// let error = VersionRange::try_from(Version::MAX..=Version::MIN).unwrap_err();
/// assert_eq!(error.to_string(), "smallest version 40 is larger than largest version 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EmptyVersionRange {
    /// The start of the range.
    pub min: Version,
    /// The end of the range.
    pub max: Version,
}

impl fmt::Display for EmptyVersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { min, max } = self;
        write!(f, "smallest version {min} is larger than largest version {max}")
    }
}

impl core::error::Error for EmptyVersionRange {}

/// The error-correction level: a symbol can be read with about 7, 15, 25 or 30 per cent of its codewords damaged.
///
/// Levels are ordered by strength. They are displayed as `L`, `M`, `Q` and `H`, and parsed in either case. With the
/// feature `serde` they are read and written as the lower-case letters that Graph uses.
///
/// ```
/// use qrmint::ErrorCorrectionLevel as Level;
/// assert!(Level::L < Level::H);
/// assert_eq!(Level::Q.to_string(), "Q");
/// assert_eq!("m".parse(), Ok(Level::M));
/// assert_eq!("x".parse::<Level>().unwrap_err().to_string(), "unknown error-correction level, expected L, M, Q or H");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum ErrorCorrectionLevel {
    /// About 7 %.
    #[cfg_attr(feature = "serde", serde(alias = "L"))]
    L,
    /// About 15 %.
    #[cfg_attr(feature = "serde", serde(alias = "M"))]
    M,
    /// About 25 %.
    #[cfg_attr(feature = "serde", serde(alias = "Q"))]
    Q,
    /// About 30 %.
    #[cfg_attr(feature = "serde", serde(alias = "H"))]
    H,
}

impl ErrorCorrectionLevel {
    /// All four levels, weakest first.
    pub const ALL: [Self; 4] = [Self::L, Self::M, Self::Q, Self::H];

    /// Returns the lower-case letter, as in Graph's JSON: `l`, `m`, `q` or `h`.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::L => "l",
            Self::M => "m",
            Self::Q => "q",
            Self::H => "h",
        }
    }

    /// Returns the two bits in the format information (Table 12).
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
        f.pad(match self {
            Self::L => "L",
            Self::M => "M",
            Self::Q => "Q",
            Self::H => "H",
        })
    }
}

/// Text that does not name an error-correction level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseLevelError;

impl fmt::Display for ParseLevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown error-correction level, expected L, M, Q or H")
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
/// assert_eq!("3".parse(), Mask::try_from(3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "u8", into = "u8"))]
pub struct Mask(u8);

impl Mask {
    /// All eight masks, in order.
    pub const ALL: [Self; 8] = [Self(0), Self(1), Self(2), Self(3), Self(4), Self(5), Self(6), Self(7)];

    /// Creates the mask of that number. Returns `None` unless it is 0 to 7.
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            0..=7 => Some(Self(number)),
            _ => None,
        }
    }

    /// Returns the number, 0 to 7.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Creates a mask from its index in tables, which must be 0 to 7.
    pub(crate) const fn from_index(index: usize) -> Self {
        debug_assert!(index < 8);
        Self(index as u8)
    }

    /// Returns the index in tables, 0 to 7.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

number_conversions!(Mask: u8, number, 0 to 7);
checked_conversion!(Mask: u8, 0 to 7);
