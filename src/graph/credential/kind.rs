//! The two kinds of code and the limits of their lifetimes.
//!
//! Knows nothing of dates.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// The kind of a sign-in code. A user has at most one active code of each kind.
///
/// ```
/// use qrmint::credential::Kind;
/// assert_eq!(Kind::Standard.name(), "standardQRCode");
/// assert_eq!(Kind::from_name("temporaryqrcode"), Some(Kind::Temporary));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// `standardQRCode`: valid for days. Its expiry can be changed.
    #[serde(rename = "standardQRCode")]
    Standard,
    /// `temporaryQRCode`: valid for hours. It cannot be changed.
    #[serde(rename = "temporaryQRCode")]
    Temporary,
}

impl Kind {
    /// Both kinds.
    ///
    /// ```
    /// use qrmint::credential::Kind;
    /// assert_eq!(Kind::ALL, [Kind::Standard, Kind::Temporary]);
    /// ```
    pub const ALL: [Self; 2] = [Self::Standard, Self::Temporary];

    /// The maximum lifetime of a standard code, in days of 24 hours.
    ///
    /// ```
    /// assert_eq!(qrmint::credential::Kind::MAX_STANDARD_DAYS, 395);
    /// ```
    pub const MAX_STANDARD_DAYS: u16 = 395;

    /// The maximum lifetime of a temporary code, in hours.
    ///
    /// ```
    /// assert_eq!(qrmint::credential::Kind::MAX_TEMPORARY_HOURS, 12);
    /// ```
    pub const MAX_TEMPORARY_HOURS: u16 = 12;

    /// Returns the name of the kind in Microsoft Graph: the property of `qrCodePinMethod` that has a code of this kind.
    ///
    /// ```
    /// use qrmint::credential::Kind;
    /// assert_eq!(Kind::Temporary.name(), "temporaryQRCode");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standardQRCode",
            Self::Temporary => "temporaryQRCode",
        }
    }

    /// Returns the kind with this [`name`](Self::name). Ignores case, since clients also write `standardQrCode`.
    ///
    /// ```
    /// use qrmint::credential::Kind;
    /// assert_eq!(Kind::from_name("standardQrCode"), Some(Kind::Standard));
    /// assert_eq!(Kind::from_name("qrCode"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// Returns the shortest time allowed from `startDateTime` to `expireDateTime`: 100 nanoseconds for a standard code,
    /// 1 hour for a temporary one.
    ///
    /// ```
    /// use qrmint::credential::Kind;
    /// assert_eq!(Kind::Temporary.shortest_lifetime(), jiff::SignedDuration::from_hours(1));
    /// ```
    pub const fn shortest_lifetime(self) -> SignedDuration {
        match self {
            Self::Standard => SignedDuration::from_nanos(100),
            Self::Temporary => SignedDuration::from_hours(1),
        }
    }

    /// Returns the longest time allowed from `startDateTime` to `expireDateTime`:
    /// [`MAX_STANDARD_DAYS`](Self::MAX_STANDARD_DAYS) for a standard code,
    /// [`MAX_TEMPORARY_HOURS`](Self::MAX_TEMPORARY_HOURS) for a temporary one.
    ///
    /// ```
    /// use qrmint::credential::Kind;
    /// let days = i64::from(Kind::MAX_STANDARD_DAYS);
    /// assert_eq!(Kind::Standard.longest_lifetime(), jiff::SignedDuration::from_hours(days * 24));
    /// ```
    pub const fn longest_lifetime(self) -> SignedDuration {
        match self {
            Self::Standard => SignedDuration::from_hours(Self::MAX_STANDARD_DAYS as i64 * 24),
            Self::Temporary => SignedDuration::from_hours(Self::MAX_TEMPORARY_HOURS as i64),
        }
    }
}

/// Displays the [name](Kind::name).
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
