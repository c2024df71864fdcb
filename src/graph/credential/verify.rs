//! The rules of verification: whether a scanned code lets its user in.
//!
//! Knows records and scanned content; nothing of clocks or stores.

use super::date_time::DateTime;
use super::raw_content::ScannedContent;
use super::record::Record;
use super::verify_error::VerifyError;

/// Verifies a scanned code against the stored record of the user and id that it [names](ScannedContent::parse). Returns
/// the record to store, with `lastUsedDateTime` set to `now` unless it is later already, as after a clock went back.
///
/// Checks in this order that there is a `record` with the scanned user, id and secret; that it has started
/// (`startDateTime <= now`); that it has not expired (`now < expireDateTime`). User principal names are compared in
/// lower case. The digests are compared in constant time, and a wrong secret gets the same answer as an unknown code.
///
/// # Errors
///
/// [`VerifyError::Unknown`], [`NotYetValid`](VerifyError::NotYetValid) or [`Expired`](VerifyError::Expired).
///
/// ```
/// use qrmint::credential::{self, ScannedContent, VerifyError};
/// let content = b"ms-qrpin:v1|ada@contoso.com|44f2f040-ea9d-4283-9e7b-b63ddae391a9|\
///     AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// let scanned = ScannedContent::parse(content)?;
/// let now = "2025-03-04T21:27:46Z".parse()?;
/// assert_eq!(credential::verify(&scanned, None, now), Err(VerifyError::Unknown));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify(scanned: &ScannedContent<'_>, record: Option<&Record>, now: DateTime) -> Result<Record, VerifyError> {
    let record = record.filter(|record| is_of(scanned, record)).ok_or(VerifyError::Unknown)?;
    if now < record.start_date_time {
        return Err(VerifyError::NotYetValid { start: record.start_date_time, now });
    }
    if !record.is_active(now) {
        return Err(VerifyError::Expired { expire: record.expire_date_time, now });
    }
    Ok(Record { last_used_date_time: now.max(record.last_used_date_time), ..record.clone() })
}

/// Returns whether user, id and secret of the scanned code are those of the record.
fn is_of(scanned: &ScannedContent<'_>, record: &Record) -> bool {
    // User and id are no secrets, so they need no comparison in constant time.
    record.id == scanned.id()
        && record.user_principal_name.to_lowercase() == scanned.user_principal_name().to_lowercase()
        && record.secret_digest == scanned.secret_digest()
}
