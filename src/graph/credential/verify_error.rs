//! The error of reading and verifying a scanned code.
//!
//! Knows the reasons; nothing of how they are found.

use std::fmt;

use super::date_time::DateTime;

/// Why a scanned code was refused.
///
/// ```
/// use qrmint::credential::{ScannedContent, VerifyError};
/// let error = ScannedContent::parse(b"4711").unwrap_err();
/// assert_eq!(error, VerifyError::Malformed);
/// assert_eq!(error.to_string(), "not the content of a sign-in code");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// The content is not that of a sign-in code.
    Malformed,
    /// The code does not exist, was deleted or replaced, or its secret is wrong.
    Unknown,
    /// The code has not started yet.
    NotYetValid {
        /// The `startDateTime` of the code.
        start: DateTime,
        /// The time of the verification.
        now: DateTime,
    },
    /// The code has expired.
    Expired {
        /// The `expireDateTime` of the code.
        expire: DateTime,
        /// The time of the verification.
        now: DateTime,
    },
}

impl VerifyError {
    /// Returns a stable identifier for programs: `malformed`, `unknown`, `notYetValid` or `expired`.
    ///
    /// ```
    /// use qrmint::credential::VerifyError;
    /// assert_eq!(VerifyError::Unknown.code(), "unknown");
    /// ```
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::NotYetValid { .. } => "notYetValid",
            Self::Expired { .. } => "expired",
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("not the content of a sign-in code"),
            Self::Unknown => f.write_str("no such code"),
            Self::NotYetValid { start, now } => write!(f, "valid from {start}, now it is {now}"),
            Self::Expired { expire, now } => write!(f, "expired {expire}, now it is {now}"),
        }
    }
}

impl std::error::Error for VerifyError {}
