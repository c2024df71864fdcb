//! Why the service does not do what it is asked for.

use qrmint::credential::{DateTime, UpsertError, VerifyError};

use crate::event::Outcome;
use crate::store::StoreError;

/// Why the service does not do what it is asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// A PATCH breaks a rule.
    #[error(transparent)]
    Upsert(#[from] UpsertError),
    /// A scanned code is not good.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The codes to purge have not all expired.
    #[error("expiredBefore {before} is after now, {now}")]
    PurgeNotExpired {
        /// The date asked for.
        before: DateTime,
        /// The time of the request.
        now: DateTime,
    },
    /// There is no such code.
    #[error("the code does not exist")]
    NoCode,
    /// The stored code is not the one that the request is conditional on.
    #[error("the code is not the one that the request is for")]
    ConditionFailed,
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store did not answer in time. Nothing was created; an update or a deletion may have been made.
    #[error("the store did not answer in time")]
    TimeOut,
    /// It is not known whether a code was created. If it was, it is deleted as soon as the store answers. A client must
    /// not simply ask again.
    #[error("it is not known whether the code was created; if it was, it will be deleted")]
    OutcomeUnknown,
    /// The audit trail can't be written, so nothing was changed.
    #[error("the audit trail cannot be written, so nothing was changed")]
    Unrecorded,
    /// The system provides no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
    /// The time is before the year 1.
    #[error("the clock is before the year 1")]
    Clock,
}

impl ServiceError {
    /// Returns the broken rule and its subject, as in the `details` of an answer.
    #[must_use]
    pub fn rule(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Upsert(error) if error.is_server_error() => None,
            Self::Upsert(error) => Some((error.code(), error.target())),
            Self::Verify(error) => Some((error.code(), "rawContent")),
            Self::PurgeNotExpired { .. } => Some(("expiredBeforeAfterNow", "expiredBefore")),
            _ => None,
        }
    }

    /// Returns what the audit trail says of it.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Upsert(error) if error.is_server_error() => Outcome::Failed,
            Self::Upsert(_) | Self::Verify(_) | Self::PurgeNotExpired { .. } | Self::ConditionFailed => {
                Outcome::Refused
            }
            Self::NoCode => Outcome::NotFound,
            Self::OutcomeUnknown | Self::Store(StoreError::Uncertain(_)) => Outcome::Unknown,
            _ => Outcome::Failed,
        }
    }
}
