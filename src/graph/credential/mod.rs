//! The rules for creating, updating and verifying QR codes that users sign in with: Microsoft Graph's `qrCode`.
//!
//! A user has at most one active standard and one active temporary code ([`Kind`]). [`Upsert`] takes the stored record
//! and the properties that a client asks for, and returns the record to store and the response. [`verify`] takes the
//! scanned content and the stored record, and returns the record to store. Both are pure: time and randomness are
//! arguments, and there is no I/O.
//!
//! [`PatchBody`] and [`ScanBody`] read the requests from JSON and name the property that is wrong. The caller's store
//! keeps one [`Record`] for each user and kind, replaces it by compare and swap, and removes it when the code is
//! deleted.
//!
//! ```
//! use qrmint::credential::{self, Kind, Policy, QrCodePatch, Randomness, ScannedContent, Upsert};
//!
//! let now = "2025-03-04T21:27:46.9771036Z".parse()?;
//! let patch: QrCodePatch = serde_json::from_str(
//!     r#"{"startDateTime": "2025-01-01T12:00:00Z", "expireDateTime": "2025-12-19T12:00:00Z"}"#,
//! )?;
//! // These bytes come from the operating system's generator.
//! let randomness = Randomness::new([7; Randomness::LEN]);
//! let (user, policy) = ("ada@contoso.com", Policy::default());
//! let upsert = Upsert { kind: Kind::Standard, state: None, patch: &patch, policy: &policy, now, user };
//! let (record, response) = upsert.run(randomness)?.into_parts();
//! let image = response.image.ok_or("an image comes with a new code")?;
//!
//! // Later, with the badge at the reader:
//! let scanned = ScannedContent::parse(&image.raw_content)?;
//! assert_eq!(scanned.user_principal_name(), user);
//! let used = credential::verify(&scanned, Some(&record), now)?;
//! assert_eq!(used.last_used_date_time, now);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The rules
//!
//! - A code is *active* until it is deleted or has expired (`now < expireDateTime`), whether or not it has started. An
//!   expired code is replaced by a new one.
//! - The lifetime, from `startDateTime` to `expireDateTime`, is at least the [shortest](Kind::shortest_lifetime) and at
//!   most the [longest](Kind::longest_lifetime) of the kind, on create and on update.
//! - An update of an active standard code changes only `expireDateTime`. While a temporary code is active, any change
//!   is refused.
//! - `expireDateTime` is in the future. `startDateTime` may be in the past or the future.
//! - A new code without `startDateTime` starts now; one without `expireDateTime` has the lifetime of the [`Policy`].
//! - A scanned code is valid from its start until just before it expires. The case of the user principal name in it
//!   does not matter. `lastUsedDateTime` never goes back.

mod body;
mod date_time;
mod kind;
mod patch;
mod policy;
mod qr_code;
mod raw_content;
mod record;
mod scan_body;
mod secret;
mod upsert;
mod verify;
mod verify_error;

pub use date_time::{DateTime, ParseDateTimeError};
pub use kind::Kind;
pub use patch::{PatchBody, PatchError, QrCodePatch};
pub use policy::{Policy, PolicyError};
pub use qr_code::QrCode;
pub use raw_content::{ScannedContent, can_name};
pub use record::Record;
pub use scan_body::{ScanBody, ScanError};
pub use secret::{Randomness, SecretDigest};
pub use upsert::{Upsert, UpsertError, Upserted};
pub use verify::verify;
pub use verify_error::VerifyError;
