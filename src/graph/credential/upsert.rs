//! The rules of create or update.
//!
//! Knows everything else in this folder except verification; nothing of clocks, random generators or stores.

use std::fmt;

use jiff::SignedDuration;

use super::date_time::DateTime;
use super::kind::Kind;
use super::patch::QrCodePatch;
use super::policy::Policy;
use super::qr_code::QrCode;
use super::raw_content::{can_name, raw_content};
use super::record::Record;
use super::secret::Randomness;
use crate::error::EncodeError;
use crate::graph::image_details::encode;
use crate::version::ErrorCorrectionLevel;

/// The result of a PATCH: the record to store in place of the given one, and the response.
///
/// ```
/// use qrmint::credential::{self, Kind, Policy, QrCodePatch, Randomness, Upserted};
/// let (patch, policy) = (QrCodePatch::default(), Policy::default());
/// let now = "2025-03-04T21:27:46.9771036Z".parse()?;
/// # let randomness = || Randomness::new([7; Randomness::LEN]);
/// let created = credential::upsert(Kind::Standard, None, &patch, &policy, now, randomness(), "ada@contoso.com")?;
/// let Upserted::Created { record, .. } = created else { panic!("there was none") };
/// let state = Some(&record);
/// let updated = credential::upsert(Kind::Standard, state, &patch, &policy, now, randomness(), "ada@contoso.com")?;
/// assert_eq!(updated, Upserted::Updated { response: record.to_qr_code(), record });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upserted {
    /// A new code: 201 in HTTP.
    Created {
        /// The record to store.
        record: Record,
        /// The response, with the image. No other response has the raw content.
        response: QrCode,
    },
    /// The active code, changed: 200 in HTTP.
    Updated {
        /// The record to store.
        record: Record,
        /// The response, without an image.
        response: QrCode,
    },
}

/// Creates a code of that kind if `state` is `None` or has expired at `now`; otherwise updates it.
///
/// `state` is the user's stored record of that kind; a record of the other kind counts as none. `randomness` goes into
/// a new code. `user_principal_name` is the one that a new code names.
///
/// # Errors
///
/// The first broken rule, in the order of the variants of [`UpsertError`].
///
/// ```
/// use qrmint::credential::{self, DateTime, Kind, Policy, QrCodePatch, Randomness, Record, UpsertError, Upserted};
/// let now: DateTime = "2025-03-04T21:27:46.9771036Z".parse()?;
/// let upsert = |state: Option<&Record>, patch: &QrCodePatch| {
///     // These bytes come from the operating system's generator.
///     let randomness = Randomness::new([7; Randomness::LEN]);
///     credential::upsert(Kind::Temporary, state, patch, &Policy::default(), now, randomness, "ada@contoso.com")
/// };
/// let created = upsert(None, &QrCodePatch::default())?;
/// let Upserted::Created { record, response } = created else { panic!("there was none") };
/// assert_eq!(response.expire_date_time.to_string(), "2025-03-05T00:27:46.9771036Z");
/// let image = response.image.ok_or("an image comes with a new code")?;
/// assert!(image.raw_content.starts_with(b"ms-qrpin:v1|ada@contoso.com|"));
///
/// let error = upsert(Some(&record), &QrCodePatch::default()).unwrap_err();
/// assert_eq!(error, UpsertError::TemporaryActive { expire: record.expire_date_time });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn upsert(
    kind: Kind,
    state: Option<&Record>,
    patch: &QrCodePatch,
    policy: &Policy,
    now: DateTime,
    randomness: Randomness,
    user_principal_name: &str,
) -> Result<Upserted, UpsertError> {
    match state.filter(|record| record.kind == kind && record.is_active(now)) {
        Some(record) => update(record, patch, now),
        None => {
            let (start, expire) = new_dates(kind, patch, policy, now)?;
            create(kind, start, expire, now, randomness, user_principal_name)
        }
    }
}

fn update(record: &Record, patch: &QrCodePatch, now: DateTime) -> Result<Upserted, UpsertError> {
    if record.kind == Kind::Temporary {
        return Err(UpsertError::TemporaryActive { expire: record.expire_date_time });
    }
    if let Some(sent) = patch.start_date_time.filter(|sent| !sent.is_truncated_from(record.start_date_time)) {
        return Err(UpsertError::StartChanged { stored: record.start_date_time, sent });
    }
    let mut record = record.clone();
    if let Some(expire) = patch.expire_date_time {
        check_dates(record.kind, record.start_date_time, expire, now)?;
        record.expire_date_time = expire;
    }
    let response = record.to_qr_code();
    Ok(Upserted::Updated { record, response })
}

/// Returns start and expiry of a new code.
fn new_dates(
    kind: Kind,
    patch: &QrCodePatch,
    policy: &Policy,
    now: DateTime,
) -> Result<(DateTime, DateTime), UpsertError> {
    let start = patch.start_date_time.unwrap_or(now);
    let expire = match patch.expire_date_time {
        Some(expire) => expire,
        None => start.checked_add(policy.lifetime(kind)).ok_or(UpsertError::StartTooLate { start })?,
    };
    check_dates(kind, start, expire, now)?;
    Ok((start, expire))
}

fn create(
    kind: Kind,
    start: DateTime,
    expire: DateTime,
    now: DateTime,
    randomness: Randomness,
    user_principal_name: &str,
) -> Result<Upserted, UpsertError> {
    if !can_name(user_principal_name) {
        return Err(UpsertError::UserPrincipalName);
    }
    let (id, secret) = randomness.into_id_and_secret();
    let content = raw_content(user_principal_name, id, &secret);
    let image = encode(content.as_bytes(), ErrorCorrectionLevel::L).map_err(UpsertError::Content)?;
    let record = Record {
        id,
        kind,
        start_date_time: start,
        expire_date_time: expire,
        created_date_time: now,
        last_used_date_time: DateTime::NEVER,
        user_principal_name: user_principal_name.into(),
        secret_digest: secret.digest(),
    };
    let response = record.response(Some(image));
    Ok(Upserted::Created { record, response })
}

/// Checks the dates of a new or changed code.
fn check_dates(kind: Kind, start: DateTime, expire: DateTime, now: DateTime) -> Result<(), UpsertError> {
    let lifetime = expire.since(start);
    if lifetime < kind.shortest_lifetime() {
        return Err(UpsertError::LifetimeTooShort { start, expire, shortest: kind.shortest_lifetime() });
    }
    if lifetime > kind.longest_lifetime() {
        return Err(UpsertError::LifetimeTooLong { start, expire, longest: kind.longest_lifetime() });
    }
    if expire <= now {
        return Err(UpsertError::ExpireNotAfterNow { expire, now });
    }
    Ok(())
}

/// The rule that a PATCH breaks. The variants are in the order of the checks.
///
/// ```
/// use qrmint::credential::{Kind, UpsertError};
/// let error = UpsertError::LifetimeTooLong {
///     start: "2025-01-01T12:00:00Z".parse()?,
///     expire: "2026-02-01T12:00:00Z".parse()?,
///     longest: Kind::Standard.longest_lifetime(),
/// };
/// assert_eq!((error.code(), error.target()), ("lifetimeTooLong", "expireDateTime"));
/// assert_eq!(
///     error.to_string(),
///     "expireDateTime 2026-02-01T12:00:00Z is more than 395 days of 24 hours after startDateTime 2025-01-01T12:00:00Z"
/// );
/// # Ok::<(), qrmint::credential::ParseDateTimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpsertError {
    /// The temporary code is active. It can be neither changed nor replaced.
    TemporaryActive {
        /// The `expireDateTime` of the code.
        expire: DateTime,
    },
    /// The `startDateTime` sent is not that of the active code, not even truncated to fewer digits of the fraction.
    StartChanged {
        /// The `startDateTime` of the code.
        stored: DateTime,
        /// The `startDateTime` sent.
        sent: DateTime,
    },
    /// `expireDateTime` is absent, and `startDateTime` plus the lifetime of the policy is after the latest date.
    StartTooLate {
        /// `startDateTime`.
        start: DateTime,
    },
    /// `expireDateTime` is not after `startDateTime`, or after it by less than the kind allows.
    LifetimeTooShort {
        /// `startDateTime`.
        start: DateTime,
        /// `expireDateTime`.
        expire: DateTime,
        /// The limit: [`Kind::shortest_lifetime`].
        shortest: SignedDuration,
    },
    /// `expireDateTime` is after `startDateTime` by more than the kind allows.
    LifetimeTooLong {
        /// `startDateTime`.
        start: DateTime,
        /// `expireDateTime`.
        expire: DateTime,
        /// The limit: [`Kind::longest_lifetime`].
        longest: SignedDuration,
    },
    /// `expireDateTime` is not in the future.
    ExpireNotAfterNow {
        /// `expireDateTime`.
        expire: DateTime,
        /// The time of the request.
        now: DateTime,
    },
    /// The user principal name is empty or contains a `|` or a control character, so no content can name it.
    UserPrincipalName,
    /// The content does not fit a symbol at level L because the user principal name is too long.
    Content(EncodeError),
}

impl UpsertError {
    /// Returns a stable identifier for programs: `temporaryQRCodeActive`, `startDateTimeChanged`,
    /// `startDateTimeTooLate`, `lifetimeTooShort`, `lifetimeTooLong`, `expireDateTimeNotAfterNow`,
    /// `userPrincipalNameInvalid` or `userPrincipalNameTooLong`.
    ///
    /// ```
    /// use qrmint::credential::UpsertError;
    /// assert_eq!(UpsertError::UserPrincipalName.code(), "userPrincipalNameInvalid");
    /// ```
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TemporaryActive { .. } => "temporaryQRCodeActive",
            Self::StartChanged { .. } => "startDateTimeChanged",
            Self::StartTooLate { .. } => "startDateTimeTooLate",
            Self::LifetimeTooShort { .. } => "lifetimeTooShort",
            Self::LifetimeTooLong { .. } => "lifetimeTooLong",
            Self::ExpireNotAfterNow { .. } => "expireDateTimeNotAfterNow",
            Self::UserPrincipalName => "userPrincipalNameInvalid",
            Self::Content(_) => "userPrincipalNameTooLong",
        }
    }

    /// Returns the subject of the rule: the property that breaks it, or `temporaryQRCode` or `userPrincipalName`.
    ///
    /// ```
    /// use qrmint::credential::UpsertError;
    /// assert_eq!(UpsertError::UserPrincipalName.target(), "userPrincipalName");
    /// ```
    pub const fn target(&self) -> &'static str {
        match self {
            Self::TemporaryActive { .. } => Kind::Temporary.name(),
            Self::StartChanged { .. } | Self::StartTooLate { .. } => "startDateTime",
            Self::LifetimeTooShort { .. } | Self::LifetimeTooLong { .. } | Self::ExpireNotAfterNow { .. } => {
                "expireDateTime"
            }
            Self::UserPrincipalName | Self::Content(_) => "userPrincipalName",
        }
    }
}

/// Displays a lifetime in days, or in hours if it is not a whole number of days.
struct Lifetime(SignedDuration);

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_hours() {
            1 => f.write_str("1 hour"),
            hours if hours % 24 == 0 => write!(f, "{} days of 24 hours", hours / 24),
            hours => write!(f, "{hours} hours"),
        }
    }
}

impl fmt::Display for UpsertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TemporaryActive { expire } => {
                write!(f, "a temporary code is active until {expire}: it cannot be changed, but deleted")
            }
            Self::StartChanged { stored, sent } => {
                write!(f, "startDateTime {sent} is not the code's, {stored}: it cannot be changed")
            }
            Self::StartTooLate { start } => {
                write!(f, "startDateTime {start} leaves no room for a lifetime: no date is after {}", DateTime::MAX)
            }
            Self::LifetimeTooShort { start, expire, shortest } if *shortest < SignedDuration::from_hours(1) => {
                write!(f, "expireDateTime {expire} is not after startDateTime {start}")
            }
            Self::LifetimeTooShort { start, expire, shortest } => {
                write!(f, "expireDateTime {expire} is less than {} after startDateTime {start}", Lifetime(*shortest))
            }
            Self::LifetimeTooLong { start, expire, longest } => {
                write!(f, "expireDateTime {expire} is more than {} after startDateTime {start}", Lifetime(*longest))
            }
            Self::ExpireNotAfterNow { expire, now } => write!(f, "expireDateTime {expire} is not after now, {now}"),
            Self::UserPrincipalName => {
                f.write_str("user principal name: empty, or with a `|` or a control character in it")
            }
            Self::Content(error) => write!(f, "user principal name: {error}"),
        }
    }
}

impl std::error::Error for UpsertError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Content(error) => Some(error),
            _ => None,
        }
    }
}
