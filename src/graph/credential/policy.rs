//! What an administrator may choose: how long a code lives that is not told when to expire.

use std::fmt;

use jiff::SignedDuration;

use super::kind::Kind;

/// The lifetimes of codes whose `expireDateTime` is left out. The default is 365 days and 3 hours. A lifetime is no
/// limit: a client may ask for up to 395 days or 12 hours whatever the policy.
///
/// ```
/// use qrmint::credential::{Kind, Policy, PolicyError};
/// let policy = Policy::new(90, 8)?;
/// assert_eq!(policy.lifetime(Kind::Temporary), jiff::SignedDuration::from_hours(8));
/// assert_eq!(Policy::new(396, 8), Err(PolicyError::StandardLifetime { days: 396 }));
/// # Ok::<(), PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    standard_days: u16,
    temporary_hours: u16,
}

impl Policy {
    /// Standard codes for so many days of 24 hours, temporary ones for so many hours.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] unless 1 to 395 days and 1 to 12 hours.
    ///
    /// ```
    /// use qrmint::credential::Policy;
    /// assert_eq!(Policy::new(365, 3), Ok(Policy::default()));
    /// ```
    pub const fn new(standard_days: u16, temporary_hours: u16) -> Result<Self, PolicyError> {
        if standard_days < 1 || standard_days > 395 {
            return Err(PolicyError::StandardLifetime { days: standard_days });
        }
        if temporary_hours < 1 || temporary_hours > 12 {
            return Err(PolicyError::TemporaryLifetime { hours: temporary_hours });
        }
        Ok(Self { standard_days, temporary_hours })
    }

    /// How long after its `startDateTime` a code of that kind expires that is not told when.
    ///
    /// ```
    /// use qrmint::credential::{Kind, Policy};
    /// assert_eq!(Policy::default().lifetime(Kind::Standard), jiff::SignedDuration::from_hours(365 * 24));
    /// ```
    pub const fn lifetime(&self, kind: Kind) -> SignedDuration {
        SignedDuration::from_hours(match kind {
            Kind::Standard => self.standard_days as i64 * 24,
            Kind::Temporary => self.temporary_hours as i64,
        })
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self { standard_days: 365, temporary_hours: 3 }
    }
}

/// Why there is no such [`Policy`].
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
    /// Not 1 to 395 days: Graph's `standardQRCodeLifetimeInDays`.
    StandardLifetime {
        /// The days asked for.
        days: u16,
    },
    /// Not 1 to 12 hours.
    TemporaryLifetime {
        /// The hours asked for.
        hours: u16,
    },
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardLifetime { days } => write!(f, "lifetime of standard codes: {days} days are not 1 to 395"),
            Self::TemporaryLifetime { hours } => {
                write!(f, "lifetime of temporary codes: {hours} hours are not 1 to 12")
            }
        }
    }
}

impl std::error::Error for PolicyError {}
