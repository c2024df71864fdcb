//! The two kinds of code and how long each may live.

use std::fmt;

use jiff::SignedDuration;

/// Which of a user's two codes.
///
/// ```
/// use qrmint::credential::Kind;
/// assert_eq!(Kind::Standard.name(), "standardQRCode");
/// assert_eq!(Kind::from_name("temporaryqrcode"), Some(Kind::Temporary));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `standardQRCode`: for days, its expiry can be changed.
    Standard,
    /// `temporaryQRCode`: for hours, cannot be changed.
    Temporary,
}

impl Kind {
    /// Both.
    ///
    /// ```
    /// use qrmint::credential::Kind;
    /// assert_eq!(Kind::ALL, [Kind::Standard, Kind::Temporary]);
    /// ```
    pub const ALL: [Self; 2] = [Self::Standard, Self::Temporary];

    /// Graph's name of the property of `qrCodePinMethod` that holds such a code.
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

    /// The kind of that [`name`](Self::name), without regard to case: clients write `standardQrCode` as well.
    ///
    /// ```
    /// use qrmint::credential::Kind;
    /// assert_eq!(Kind::from_name("standardQrCode"), Some(Kind::Standard));
    /// assert_eq!(Kind::from_name("qrCode"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// The least that `expireDateTime` is after `startDateTime`: a tick of 100 nanoseconds for a standard code, 1 hour for a temporary
    /// one.
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

    /// The most that `expireDateTime` is after `startDateTime`: 395 days of 24 hours for a standard code, 12 hours for a temporary
    /// one.
    ///
    /// ```
    /// use qrmint::credential::Kind;
    /// assert_eq!(Kind::Standard.longest_lifetime(), jiff::SignedDuration::from_hours(395 * 24));
    /// ```
    pub const fn longest_lifetime(self) -> SignedDuration {
        match self {
            Self::Standard => SignedDuration::from_hours(395 * 24),
            Self::Temporary => SignedDuration::from_hours(12),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
