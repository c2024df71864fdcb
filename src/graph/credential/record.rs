//! The record of a code that a store keeps.
//!
//! Knows the response to a request; nothing of the rules but expiry.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::date_time::DateTime;
use super::kind::Kind;
use super::qr_code::QrCode;
use super::secret::SecretDigest;
use crate::graph::image_details::QrCodeImageDetails;

/// A stored code: Microsoft Graph's properties without the image, and a digest of the secret.
///
/// A store keeps one record for each user and [`Kind`]. It reads and writes the fields, or the whole as JSON with `serde`: an
/// object with Graph's names, `kind`, `userPrincipalName`, and `secretDigest` in base64.
///
/// [`Upsert::run`](super::Upsert::run) and [`verify`](super::verify) do not panic,
/// whatever the fields hold. `Debug` shows everything but the digest.
///
/// ```
/// use qrmint::credential::{DateTime, Kind, Record, SecretDigest};
/// let record = Record {
///     id: "44f2f040-ea9d-4283-9e7b-b63ddae391a9".parse()?,
///     kind: Kind::Standard,
///     start_date_time: "2025-01-01T12:00:00Z".parse()?,
///     expire_date_time: "2025-12-19T12:00:00Z".parse()?,
///     created_date_time: "2025-03-04T21:27:46.9771036Z".parse()?,
///     last_used_date_time: DateTime::NEVER,
///     user_principal_name: "ada@contoso.com".into(),
///     secret_digest: SecretDigest::from_bytes([7; 32]),
/// };
/// assert!(record.is_active("2025-12-19T11:59:59.9999999Z".parse()?));
/// assert!(!record.is_active("2025-12-19T12:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The id of the code (UUID version 4). A new code has a new id.
    pub id: Uuid,
    /// The kind of the code.
    pub kind: Kind,
    /// When the code becomes valid.
    pub start_date_time: DateTime,
    /// When the code expires.
    pub expire_date_time: DateTime,
    /// When the code was created.
    pub created_date_time: DateTime,
    /// When the code was last verified; [`DateTime::NEVER`] before the first time.
    pub last_used_date_time: DateTime,
    /// The user principal name that the code names. It stays as it was when the code was created.
    pub user_principal_name: String,
    /// The digest of the secret.
    pub secret_digest: SecretDigest,
}

impl Record {
    /// Returns whether the code has not expired: `now < expireDateTime`. A code that has not started yet is active.
    ///
    /// ```
    /// # use qrmint::credential::{DateTime, Kind, Record, SecretDigest};
    /// # let now: DateTime = "2025-01-01T12:00:00Z".parse()?;
    /// # let record = Record {
    /// #     id: "44f2f040-ea9d-4283-9e7b-b63ddae391a9".parse()?,
    /// #     kind: Kind::Standard,
    /// #     start_date_time: now,
    /// #     expire_date_time: "2025-12-19T12:00:00Z".parse()?,
    /// #     created_date_time: now,
    /// #     last_used_date_time: DateTime::NEVER,
    /// #     user_principal_name: "ada@contoso.com".into(),
    /// #     secret_digest: SecretDigest::from_bytes([7; 32]),
    /// # };
    /// assert!(record.is_active(now));
    /// assert!(!record.is_active(record.expire_date_time));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_active(&self, now: DateTime) -> bool {
        now < self.expire_date_time
    }

    /// Returns the response to a read or an update: the code without an image.
    ///
    /// ```
    /// # use qrmint::credential::{DateTime, Kind, Record, SecretDigest};
    /// # let now: DateTime = "2025-01-01T12:00:00Z".parse()?;
    /// # let record = Record {
    /// #     id: "44f2f040-ea9d-4283-9e7b-b63ddae391a9".parse()?,
    /// #     kind: Kind::Standard,
    /// #     start_date_time: now,
    /// #     expire_date_time: "2025-12-19T12:00:00Z".parse()?,
    /// #     created_date_time: now,
    /// #     last_used_date_time: DateTime::NEVER,
    /// #     user_principal_name: "ada@contoso.com".into(),
    /// #     secret_digest: SecretDigest::from_bytes([7; 32]),
    /// # };
    /// let response = record.to_qr_code();
    /// assert_eq!(response.id, record.id);
    /// assert_eq!(response.image, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_qr_code(&self) -> QrCode {
        self.response(None)
    }

    /// Returns the response with the given image.
    pub(crate) fn response(&self, image: Option<QrCodeImageDetails>) -> QrCode {
        QrCode {
            id: self.id,
            expire_date_time: self.expire_date_time,
            start_date_time: self.start_date_time,
            created_date_time: self.created_date_time,
            last_used_date_time: self.last_used_date_time,
            image,
        }
    }
}
