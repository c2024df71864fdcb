//! Dates and times as Graph writes them: OData's `Edm.DateTimeOffset` in ticks of 100 nanoseconds.
//!
//! Knows nothing of codes.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// A date and time in whole ticks of 100 nanoseconds, from 0001-01-01T00:00:00Z to 9999-12-30T22:00:00.9999999Z.
///
/// This is OData's `Edm.DateTimeOffset` as Microsoft Graph uses it. It is displayed in UTC with `Z` and up to seven
/// digits of a fraction, without trailing zeros. Parsing accepts an offset of up to 14 hours and a fraction of up to
/// nine digits, drops digits after the seventh, and refuses text without an offset. `serde` reads and writes the same
/// text.
///
/// ```
/// use qrmint::credential::{DateTime, ParseDateTimeError};
/// let moment: DateTime = "2025-03-04T22:27:46.977103699+01:00".parse()?;
/// assert_eq!(moment.to_string(), "2025-03-04T21:27:46.9771036Z");
/// assert_eq!("2025-03-04T21:27:46".parse::<DateTime>(), Err(ParseDateTimeError::NoOffset));
/// # Ok::<(), ParseDateTimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// Ticks since 0001-01-01T00:00:00Z.
    ticks: i64,
}

const NANOSECONDS_A_TICK: i128 = 100;

/// Seconds from 0001-01-01T00:00:00Z to 1970-01-01T00:00:00Z: 719,162 days.
const UNIX_EPOCH_SECONDS: i128 = 719_162 * 86_400;

/// The maximum offset from UTC of an `Edm.DateTimeOffset`.
const MAX_OFFSET: &str = "14:00";

impl DateTime {
    /// The earliest date and time, 0001-01-01T00:00:00Z. It is the `lastUsedDateTime` of a code that was never used.
    ///
    /// ```
    /// use qrmint::credential::DateTime;
    /// assert_eq!(DateTime::NEVER.to_string(), "0001-01-01T00:00:00Z");
    /// ```
    pub const NEVER: Self = Self { ticks: 0 };

    /// The latest date and time, 9999-12-30T22:00:00.9999999Z: the maximum of `jiff`, cut to whole ticks.
    ///
    /// ```
    /// use qrmint::credential::DateTime;
    /// assert_eq!(DateTime::MAX.to_string(), "9999-12-30T22:00:00.9999999Z");
    /// ```
    pub const MAX: Self = Self { ticks: 3_155_378_040_009_999_999 };

    /// Creates the date and time of `timestamp`, rounded down to a tick. Returns `None` before the year 1.
    ///
    /// ```
    /// use qrmint::credential::DateTime;
    /// let moment = DateTime::new(jiff::Timestamp::UNIX_EPOCH).ok_or("before the year 1")?;
    /// assert_eq!(moment.to_string(), "1970-01-01T00:00:00Z");
    /// assert_eq!(DateTime::new(jiff::Timestamp::MIN), None);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn new(timestamp: Timestamp) -> Option<Self> {
        let nanoseconds = timestamp.as_nanosecond() + UNIX_EPOCH_SECONDS * 1_000_000_000;
        i64::try_from(nanoseconds.div_euclid(NANOSECONDS_A_TICK)).ok().and_then(Self::from_ticks)
    }

    /// Creates a date and time from the number of ticks since 0001-01-01T00:00:00Z. Returns `None` before
    /// [`NEVER`](Self::NEVER) and after [`MAX`](Self::MAX).
    ///
    /// ```
    /// use qrmint::credential::DateTime;
    /// assert_eq!(DateTime::from_ticks(0), Some(DateTime::NEVER));
    /// assert_eq!(DateTime::from_ticks(-1), None);
    /// ```
    pub const fn from_ticks(ticks: i64) -> Option<Self> {
        if 0 <= ticks && ticks <= Self::MAX.ticks { Some(Self { ticks }) } else { None }
    }

    /// Returns the number of ticks since 0001-01-01T00:00:00Z: the `Ticks` of .NET. It sorts as the dates do, so a
    /// store can keep it.
    ///
    /// ```
    /// use qrmint::credential::DateTime;
    /// let moment: DateTime = "0001-01-01T00:00:01Z".parse()?;
    /// assert_eq!(moment.ticks(), 10_000_000);
    /// # Ok::<(), qrmint::credential::ParseDateTimeError>(())
    /// ```
    pub const fn ticks(self) -> i64 {
        self.ticks
    }

    /// Returns the same moment as a timestamp of `jiff`.
    ///
    /// ```
    /// use qrmint::credential::DateTime;
    /// let moment: DateTime = "1970-01-01T01:00:00.5+01:00".parse()?;
    /// assert_eq!(moment.timestamp().as_millisecond(), 500);
    /// # Ok::<(), qrmint::credential::ParseDateTimeError>(())
    /// ```
    pub fn timestamp(self) -> Timestamp {
        let nanoseconds = i128::from(self.ticks) * NANOSECONDS_A_TICK - UNIX_EPOCH_SECONDS * 1_000_000_000;
        Timestamp::from_nanosecond(nanoseconds).expect("the range lies within jiff's")
    }

    /// Returns the time since `earlier`, which is negative if `earlier` is later.
    pub(crate) const fn since(self, earlier: Self) -> SignedDuration {
        let ticks = self.ticks - earlier.ticks;
        SignedDuration::new(ticks / 10_000_000, (ticks % 10_000_000) as i32 * 100)
    }

    /// Adds `duration` and rounds down to a tick. Returns `None` outside the range.
    pub(crate) fn checked_add(self, duration: SignedDuration) -> Option<Self> {
        let ticks = i128::from(self.ticks) + duration.as_nanos().div_euclid(NANOSECONDS_A_TICK);
        i64::try_from(ticks).ok().and_then(Self::from_ticks)
    }

    /// Returns whether this is `other` with the fraction truncated to any number of digits. Clients keep fewer than
    /// seven: Python six, JavaScript three.
    pub(crate) fn is_truncated_from(self, other: Self) -> bool {
        (0..=7).any(|digits| {
            let unit = 10_i64.pow(digits);
            other.ticks / unit * unit == self.ticks
        })
    }
}

/// Displays the date and time in UTC, such as `2025-03-04T21:27:46.9771036Z`.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl fmt::Debug for DateTime {
    /// Shows the same text as `Display`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why text could not be parsed as a [`DateTime`].
///
/// ```
/// use qrmint::credential::{DateTime, ParseDateTimeError};
/// for text in ["2025-02-30T12:00:00Z", "2025-02-28T12:00:00+14:01"] {
///     assert_eq!(text.parse::<DateTime>(), Err(ParseDateTimeError::OutOfRange));
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseDateTimeError {
    /// The text does not have the form `2025-12-19T12:00:00Z`. The seconds may be left out or have a fraction of up to
    /// nine digits, and an offset such as `+01:00` may replace the `Z`.
    Malformed,
    /// The text has no offset from UTC.
    NoOffset,
    /// The date or the time of day does not exist, the moment is before [`DateTime::NEVER`] or after [`DateTime::MAX`],
    /// or the offset is more than 14 hours.
    OutOfRange,
}

impl fmt::Display for ParseDateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("not of the form 2025-12-19T12:00:00Z"),
            Self::NoOffset => f.write_str("no offset from UTC: `Z` or one such as `+01:00` belongs at the end"),
            Self::OutOfRange => write!(
                f,
                "no date and time from {} to {}, or an offset of more than {MAX_OFFSET}",
                DateTime::NEVER,
                DateTime::MAX
            ),
        }
    }
}

impl std::error::Error for ParseDateTimeError {}

/// Returns the rest of `text` after `pattern`, in which `0` stands for a digit and a letter for either case.
fn strip_pattern<'a>(text: &'a [u8], pattern: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(pattern.len())?;
    let fits = |(&byte, &wanted): (&u8, &u8)| {
        if wanted == b'0' { byte.is_ascii_digit() } else { byte.eq_ignore_ascii_case(&wanted) }
    };
    start.iter().zip(pattern).all(fits).then_some(rest)
}

/// Returns the rest of `text` after the date and the time of day.
fn strip_date_and_time(text: &[u8]) -> Option<&[u8]> {
    let rest = strip_pattern(text, b"0000-00-00T00:00")?;
    let Some(rest) = strip_pattern(rest, b":00") else { return Some(rest) };
    let Some(fraction) = rest.strip_prefix(b".") else { return Some(rest) };
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (1..=9).contains(&digits).then(|| &fraction[digits..])
}

impl FromStr for DateTime {
    type Err = ParseDateTimeError;

    /// Parses the form that [`ParseDateTimeError::Malformed`] describes. Returns an error for all other forms, even
    /// those that `jiff` accepts.
    fn from_str(text: &str) -> Result<Self, ParseDateTimeError> {
        let offset = strip_date_and_time(text.as_bytes()).ok_or(ParseDateTimeError::Malformed)?;
        if offset.is_empty() {
            return Err(ParseDateTimeError::NoOffset);
        }
        if ![&b"Z"[..], b"+00:00", b"-00:00"].iter().any(|pattern| strip_pattern(offset, pattern) == Some(b"")) {
            return Err(ParseDateTimeError::Malformed);
        }
        // `jiff` would read a leap second, 60, as second 59.
        if text.as_bytes()[16] == b':' && text.as_bytes()[17] > b'5' {
            return Err(ParseDateTimeError::OutOfRange);
        }
        // Without `Z` or its sign, an offset has two digits for the hours and two for the minutes, so it sorts as text.
        if &offset[1..] > MAX_OFFSET.as_bytes() {
            return Err(ParseDateTimeError::OutOfRange);
        }
        text.parse().ok().and_then(Self::new).ok_or(ParseDateTimeError::OutOfRange)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = DateTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date and time with an offset")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<DateTime, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}
