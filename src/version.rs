//! Version, error-correction level and mask, and the sizes that a version fixes (ISO/IEC 18004:2015, 6).
//!
//! Knows nothing of content, blocks, modules or images.

use core::fmt;
use core::ops::RangeInclusive;
use core::str::FromStr;

use crate::number::checked_conversions;

/// The version of a symbol, 1 to 40, which determines its size, 21 to 177 modules per side.
///
/// Table 1 of ISO/IEC 18004:2015 lists the versions. Versions are ordered by size. With the feature `serde` a version
/// is a number.
///
/// ```
/// use qrmint::Version;
/// let version = Version::try_from(7)?;
/// assert_eq!((version.number(), version.size()), (7, 45));
/// assert_eq!("7".parse(), Ok(version));
/// assert_eq!(Version::try_from(41).unwrap_err().to_string(), "expected a number from 1 to 40");
/// # Ok::<(), qrmint::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "u8", into = "u8"))]
pub struct Version(u8);

impl Version {
    /// The smallest version, 1: 21 x 21 modules.
    ///
    /// ```
    /// assert_eq!(qrmint::Version::MIN.size(), 21);
    /// ```
    pub const MIN: Self = Self(1);
    /// The largest version, 40: 177 x 177 modules.
    ///
    /// ```
    /// assert_eq!(qrmint::Version::MAX.size(), 177);
    /// ```
    pub const MAX: Self = Self(40);

    /// Creates the version with this number. Returns `None` unless `number` is 1 to 40.
    ///
    /// ```
    /// use qrmint::Version;
    /// assert_eq!(Version::new(40), Some(Version::MAX));
    /// assert_eq!(Version::new(41), None);
    /// ```
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            1..=40 => Some(Self(number)),
            _ => None,
        }
    }

    /// Returns the number of the version, 1 to 40.
    ///
    /// ```
    /// assert_eq!(qrmint::Version::MAX.number(), 40);
    /// ```
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Returns the number of modules per side, without the quiet zone: 17 + 4 x the number of the version.
    ///
    /// ```
    /// use qrmint::Version;
    /// assert_eq!((Version::MIN.size(), Version::MAX.size()), (21, 177));
    /// ```
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

checked_conversions!(Version: u8, number, 1 to 40);

/// The versions that an [`Encoder`](crate::Encoder) may choose from, both ends included.
///
/// A range is made from a Rust range or from a single version. The default is 1 to 40.
///
/// ```
/// use qrmint::{Version, VersionRange};
/// let (five, ten) = (Version::try_from(5)?, Version::try_from(10)?);
/// let range = VersionRange::try_from(five..=ten)?;
/// assert_eq!((range.min(), range.max()), (five, ten));
/// assert_eq!(VersionRange::from(ten), VersionRange::try_from(ten..=ten)?);
/// assert!(VersionRange::try_from(ten..=five).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionRange {
    min: Version,
    max: Version,
}

impl VersionRange {
    /// Creates the range from `min` to `max`. Returns `None` if `min` is larger than `max`.
    ///
    /// ```
    /// use qrmint::{Version, VersionRange};
    /// assert_eq!(VersionRange::new(Version::MIN, Version::MAX), Some(VersionRange::default()));
    /// assert_eq!(VersionRange::new(Version::MAX, Version::MIN), None);
    /// ```
    pub const fn new(min: Version, max: Version) -> Option<Self> {
        if min.0 <= max.0 { Some(Self { min, max }) } else { None }
    }

    /// Returns the smallest version of the range.
    ///
    /// ```
    /// use qrmint::{Version, VersionRange};
    /// assert_eq!(VersionRange::default().min(), Version::MIN);
    /// ```
    pub const fn min(self) -> Version {
        self.min
    }

    /// Returns the largest version of the range.
    ///
    /// ```
    /// use qrmint::{Version, VersionRange};
    /// assert_eq!(VersionRange::default().max(), Version::MAX);
    /// ```
    pub const fn max(self) -> Version {
        self.max
    }
}

impl Default for VersionRange {
    /// Returns the range of all versions, 1 to 40.
    fn default() -> Self {
        Self { min: Version::MIN, max: Version::MAX }
    }
}

impl From<Version> for VersionRange {
    /// Returns the range that has only this version.
    fn from(version: Version) -> Self {
        Self { min: version, max: version }
    }
}

impl TryFrom<RangeInclusive<Version>> for VersionRange {
    type Error = EmptyVersionRange;

    /// Returns an error if the start of the range is larger than its end.
    fn try_from(range: RangeInclusive<Version>) -> Result<Self, EmptyVersionRange> {
        let (min, max) = range.into_inner();
        Self::new(min, max).ok_or(EmptyVersionRange { min, max })
    }
}

/// The error of creating a [`VersionRange`] whose smallest version is larger than its largest.
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

/// The error-correction level: how much of a symbol may be damaged before readers fail.
///
/// A stronger level leaves less room for content. Table 8 of ISO/IEC 18004:2015 lists the levels.
///
/// Levels are ordered by strength: `L < M < Q < H`. They are displayed as upper-case letters and parsed in either case.
/// With the feature `serde` they are written as the lower-case letters that Microsoft Graph uses, and read in either
/// case.
///
/// ```
/// use qrmint::ErrorCorrectionLevel as Level;
/// assert!(Level::L < Level::H);
/// assert_eq!(Level::Q.to_string(), "Q");
/// assert_eq!("m".parse(), Ok(Level::M));
/// assert!("x".parse::<Level>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum ErrorCorrectionLevel {
    /// Recovers about 7 % of the codewords.
    #[cfg_attr(feature = "serde", serde(alias = "L"))]
    L,
    /// Recovers about 15 % of the codewords.
    #[cfg_attr(feature = "serde", serde(alias = "M"))]
    M,
    /// Recovers about 25 % of the codewords.
    #[cfg_attr(feature = "serde", serde(alias = "Q"))]
    Q,
    /// Recovers about 30 % of the codewords.
    #[cfg_attr(feature = "serde", serde(alias = "H"))]
    H,
}

impl ErrorCorrectionLevel {
    /// All four levels, from the weakest to the strongest.
    ///
    /// ```
    /// assert!(qrmint::ErrorCorrectionLevel::ALL.is_sorted());
    /// ```
    pub const ALL: [Self; 4] = [Self::L, Self::M, Self::Q, Self::H];

    /// Returns the lower-case letter that Microsoft Graph's JSON uses: `l`, `m`, `q` or `h`.
    ///
    /// ```
    /// use qrmint::ErrorCorrectionLevel;
    /// assert_eq!(ErrorCorrectionLevel::Q.letter(), "q");
    /// ```
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

/// Displays the upper-case letter.
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

/// The error of parsing text that is not one of the letters of [`ErrorCorrectionLevel`].
///
/// ```
/// use qrmint::ErrorCorrectionLevel;
/// let error = "x".parse::<ErrorCorrectionLevel>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown error-correction level, expected L, M, Q or H");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseLevelError;

impl fmt::Display for ParseLevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown error-correction level, expected L, M, Q or H")
    }
}

impl core::error::Error for ParseLevelError {}

/// Parses one of the letters `L`, `M`, `Q` and `H` in either case.
impl FromStr for ErrorCorrectionLevel {
    type Err = ParseLevelError;

    /// Returns an error if `text` is anything else.
    fn from_str(text: &str) -> Result<Self, ParseLevelError> {
        Self::ALL.into_iter().find(|level| text.eq_ignore_ascii_case(level.letter())).ok_or(ParseLevelError)
    }
}

/// The number of a data mask pattern, 0 to 7.
///
/// The pattern tells which modules of the data are inverted (Table 10 of ISO/IEC 18004:2015). With the feature `serde`
/// a mask is a number.
///
/// ```
/// use qrmint::Mask;
/// let mask = Mask::try_from(3)?;
/// assert_eq!(mask.number(), 3);
/// assert_eq!("3".parse(), Ok(mask));
/// assert_eq!(Mask::try_from(8).unwrap_err().to_string(), "expected a number from 0 to 7");
/// # Ok::<(), qrmint::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "u8", into = "u8"))]
pub struct Mask(u8);

impl Mask {
    /// All eight masks in the order of their numbers.
    ///
    /// ```
    /// assert_eq!(qrmint::Mask::ALL[5].number(), 5);
    /// ```
    pub const ALL: [Self; 8] = [Self(0), Self(1), Self(2), Self(3), Self(4), Self(5), Self(6), Self(7)];

    /// Creates the mask with this number. Returns `None` unless `number` is 0 to 7.
    ///
    /// ```
    /// use qrmint::Mask;
    /// assert_eq!(Mask::new(7), Some(Mask::ALL[7]));
    /// assert_eq!(Mask::new(8), None);
    /// ```
    pub const fn new(number: u8) -> Option<Self> {
        match number {
            0..=7 => Some(Self(number)),
            _ => None,
        }
    }

    /// Returns the number of the mask, 0 to 7.
    ///
    /// ```
    /// assert_eq!(qrmint::Mask::ALL[7].number(), 7);
    /// ```
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

checked_conversions!(Mask: u8, number, 0 to 7);
