//! The administrator's choice: the lifetimes of codes whose expiry the client does not choose.
//!
//! Knows the kinds and their limits; nothing of dates.

use std::fmt;

use jiff::SignedDuration;

use super::kind::Kind;

/// The lifetimes of codes that are created without an `expireDateTime`.
///
/// The default is 365 days for standard codes and 3 hours for temporary ones. A policy does not limit what clients may
/// ask for: see [`Kind::longest_lifetime`].
///
/// ```
/// use qrmint::credential::{Kind, Policy, PolicyError};
/// let policy = Policy::new(90, 8)?;
/// assert_eq!(policy.lifetime(Kind::Temporary), jiff::SignedDuration::from_hours(8));
/// let days = Kind::MAX_STANDARD_DAYS + 1;
/// assert_eq!(Policy::new(days, 8), Err(PolicyError::StandardLifetime { days }));
/// # Ok::<(), PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    standard_days: u16,
    temporary_hours: u16,
}

impl Policy {
    /// Creates a policy with a lifetime of standard codes, in days of 24 hours, and one of temporary codes, in hours.
    ///
    /// # Errors
    ///
    /// [`PolicyError::StandardLifetime`] unless the days are 1 to [`Kind::MAX_STANDARD_DAYS`], and
    /// [`PolicyError::TemporaryLifetime`] unless the hours are 1 to [`Kind::MAX_TEMPORARY_HOURS`].
    ///
    /// ```
    /// use qrmint::credential::{Policy, PolicyError};
    /// assert_eq!(Policy::new(365, 3), Ok(Policy::default()));
    /// assert_eq!(Policy::new(365, 0), Err(PolicyError::TemporaryLifetime { hours: 0 }));
    /// ```
    pub const fn new(standard_days: u16, temporary_hours: u16) -> Result<Self, PolicyError> {
        if standard_days < 1 || standard_days > Kind::MAX_STANDARD_DAYS {
            return Err(PolicyError::StandardLifetime { days: standard_days });
        }
        if temporary_hours < 1 || temporary_hours > Kind::MAX_TEMPORARY_HOURS {
            return Err(PolicyError::TemporaryLifetime { hours: temporary_hours });
        }
        Ok(Self { standard_days, temporary_hours })
    }

    /// Returns the lifetime of a code of this kind that is created without an `expireDateTime`.
    ///
    /// ```
    /// use qrmint::credential::{Kind, Policy};
    /// let lifetime = Policy::default().lifetime(Kind::Standard);
    /// assert_eq!(lifetime, jiff::SignedDuration::from_hours(365 * 24));
    /// ```
    pub const fn lifetime(&self, kind: Kind) -> SignedDuration {
        SignedDuration::from_hours(match kind {
            Kind::Standard => self.standard_days as i64 * 24,
            Kind::Temporary => self.temporary_hours as i64,
        })
    }
}

impl Default for Policy {
    /// Returns a policy of 365 days and 3 hours.
    fn default() -> Self {
        Self { standard_days: 365, temporary_hours: 3 }
    }
}

/// Why a [`Policy`] could not be created.
///
/// ```
/// use qrmint::credential::{Policy, PolicyError};
/// let error = Policy::new(365, 13).unwrap_err();
/// assert_eq!(error, PolicyError::TemporaryLifetime { hours: 13 });
/// assert_eq!(error.to_string(), "lifetime of temporary codes: 13 hours are not 1 to 12");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// The lifetime of standard codes, Microsoft Graph's `standardQRCodeLifetimeInDays`, is not 1 to
    /// [`Kind::MAX_STANDARD_DAYS`] days.
    StandardLifetime {
        /// The days given.
        days: u16,
    },
    /// The lifetime of temporary codes is not 1 to [`Kind::MAX_TEMPORARY_HOURS`] hours.
    TemporaryLifetime {
        /// The hours given.
        hours: u16,
    },
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardLifetime { days } => {
                write!(f, "lifetime of standard codes: {days} days are not 1 to {}", Kind::MAX_STANDARD_DAYS)
            }
            Self::TemporaryLifetime { hours } => {
                write!(f, "lifetime of temporary codes: {hours} hours are not 1 to {}", Kind::MAX_TEMPORARY_HOURS)
            }
        }
    }
}

impl std::error::Error for PolicyError {}
