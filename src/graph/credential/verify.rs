//! The rules of verification: whether a scanned code lets its user in.
//!
//! Knows records and scanned content; nothing of clocks or stores.

use super::date_time::DateTime;
use super::raw_content::ScannedContent;
use super::record::Record;
use super::verify_error::VerifyError;

/// Verifies a scanned code against the stored record of the user and id that it names.
///
/// Returns the record to store, with `lastUsedDateTime` set to `now`. A later `lastUsedDateTime` stays as it is. User
/// principal names are compared in lower case, secrets in constant time.
///
/// # Errors
///
/// The first that applies:
///
/// - [`VerifyError::Unknown`] if there is no `record` or it has another user, id or secret.
/// - [`VerifyError::NotYetValid`] if the code has not started: `now < startDateTime`.
/// - [`VerifyError::Expired`] if the code has expired: `expireDateTime <= now`.
///
/// ```
/// use qrmint::credential::{self, ScannedContent, VerifyError};
/// # use qrmint::credential::{Kind, Policy, QrCodePatch, Randomness, Upsert};
/// # let now = "2025-03-04T21:27:46Z".parse()?;
/// # let (patch, policy, user) = (QrCodePatch::default(), Policy::default(), "ada@contoso.com");
/// # let upsert = Upsert { kind: Kind::Standard, state: None, patch: &patch, policy: &policy, now, user };
/// # let randomness = Randomness::new([7; Randomness::LEN]);
/// let (record, response) = upsert.run(randomness)?.into_parts();
/// let image = response.image.ok_or("an image comes with a new code")?;
///
/// let scanned = ScannedContent::parse(&image.raw_content)?;
/// assert_eq!(credential::verify(&scanned, Some(&record), now)?.last_used_date_time, now);
/// assert_eq!(credential::verify(&scanned, None, now), Err(VerifyError::Unknown));
///
/// let late = record.expire_date_time;
/// let error = credential::verify(&scanned, Some(&record), late).unwrap_err();
/// assert_eq!(error, VerifyError::Expired { expire: record.expire_date_time, now: late });
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
