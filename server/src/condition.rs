//! The conditions of a request: `If-Match` and `If-None-Match` (RFC 9110, section 13.1).
//!
//! Knows records; nothing of headers.

use qrmint::credential::Record;

/// What must hold of a code before a request changes it. For a PATCH a code is one that has not expired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    #[default]
    None,
    /// There is a code.
    Exists,
    /// There is a code with one of these entity tags, without quotes.
    Is(Vec<String>),
    /// There is no code.
    Absent,
}

impl Condition {
    /// Returns whether the condition holds for the code that there is.
    pub(crate) fn holds(&self, record: Option<&Record>) -> bool {
        match (self, record) {
            (Self::None, _) | (Self::Exists, Some(_)) | (Self::Absent, None) => true,
            (Self::Is(tags), Some(record)) => tags.contains(&entity_tag(record)),
            (Self::Exists | Self::Is(_), None) | (Self::Absent, Some(_)) => false,
        }
    }
}

/// Returns the entity tag of a code, without quotes: it changes with the code and its expiry, not with its use.
pub(crate) fn entity_tag(record: &Record) -> String {
    format!("{}.{}", record.id, record.expire_date_time.ticks())
}
