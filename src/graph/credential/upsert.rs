//! The rules of create or update.
//!
//! Knows everything else in this folder except verification and how bodies are read; nothing of clocks, random
//! generators or stores.

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
use crate::encode::EncodeError;
use crate::graph::image_details::{ImageWriter, QrCodeImageDetails};
use crate::read::ReadError;
use crate::render::{Finding, Png, RenderError};
use crate::symbol::Symbol;
use crate::version::ErrorCorrectionLevel;

/// A PATCH with everything that decides its result, except randomness and the kind of image. [`run`](Self::run) applies
/// the rules.
///
/// ```
/// use qrmint::credential::{DateTime, Kind, Policy, QrCodePatch, Randomness, Record, Upsert, UpsertError};
/// let now: DateTime = "2025-03-04T21:27:46.9771036Z".parse()?;
/// let (patch, policy) = (QrCodePatch::default(), Policy::default());
/// let first =
///     Upsert { kind: Kind::Temporary, state: None, patch: &patch, policy: &policy, now, user: "ada@contoso.com" };
/// // These bytes come from the operating system's generator.
/// # let randomness = || Randomness::new([7; Randomness::LEN]);
/// let (record, response) = first.run(randomness())?.into_parts();
/// assert_eq!(response.expire_date_time.to_string(), "2025-03-05T00:27:46.9771036Z");
/// let image = response.image.ok_or("an image comes with a new code")?;
/// assert!(image.raw_content.starts_with(b"ms-qrpin:v1|ada@contoso.com|"));
///
/// let error = Upsert { state: Some(&record), ..first }.run(randomness()).unwrap_err();
/// assert_eq!(error, UpsertError::TemporaryActive { expire: record.expire_date_time });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Upsert<'a> {
    /// The kind of the code.
    pub kind: Kind,
    /// The user's stored record of that kind. A record of the other kind counts as none.
    pub state: Option<&'a Record>,
    /// The properties that the client asks for.
    pub patch: &'a QrCodePatch,
    /// The lifetime of a new code whose expiry the client does not choose.
    pub policy: &'a Policy,
    /// The time of the request.
    pub now: DateTime,
    /// The user principal name that a new code names. An updated code keeps the one that it has.
    pub user: &'a str,
}

impl Upsert<'_> {
    /// Creates a code if `state` is `None` or has expired at `now`; otherwise updates it. `randomness` goes into a new
    /// code, whose image is a PNG with the default scale and quiet zone, and a symbol of level L.
    ///
    /// # Errors
    ///
    /// The first broken rule, in the order of the variants of [`UpsertError`].
    ///
    /// ```
    /// # use qrmint::credential::{Kind, Policy, QrCodePatch, Randomness, Upsert};
    /// # let now = "2025-03-04T21:27:46.9771036Z".parse()?;
    /// # let (patch, policy) = (QrCodePatch::default(), Policy::default());
    /// # let upsert = Upsert { kind: Kind::Standard, state: None, patch: &patch, policy: &policy, now, user: "ada" };
    /// let mut bytes = [0; Randomness::LEN];
    /// getrandom::fill(&mut bytes)?;
    /// assert_eq!(upsert.run(Randomness::new(bytes))?.status(), 201);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(&self, randomness: Randomness) -> Result<Upserted, UpsertError> {
        self.run_with(randomness, ErrorCorrectionLevel::L, &Png::default())
    }

    /// Does the same as [`run`](Self::run), with a symbol of `level` and the image of `image` for a new code. The raw
    /// content and the record do not depend on them.
    ///
    /// # Errors
    ///
    /// The first broken rule, in the order of the variants of [`UpsertError`].
    ///
    /// ```
    /// # use qrmint::credential::{Kind, Policy, QrCodePatch, Randomness, Upsert};
    /// use qrmint::ErrorCorrectionLevel;
    /// use qrmint::render::Svg;
    /// # let now = "2025-03-04T21:27:46.9771036Z".parse()?;
    /// # let (patch, policy) = (QrCodePatch::default(), Policy::default());
    /// # let upsert = Upsert { kind: Kind::Standard, state: None, patch: &patch, policy: &policy, now, user: "ada" };
    /// # let randomness = Randomness::new([7; Randomness::LEN]);
    /// let (_, response) = upsert.run_with(randomness, ErrorCorrectionLevel::H, &Svg::default())?.into_parts();
    /// let image = response.image.ok_or("an image comes with a new code")?;
    /// assert_eq!(image.error_correction_level, ErrorCorrectionLevel::H);
    /// assert!(image.binary_value.starts_with(b"<svg"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run_with<'a>(
        &self,
        randomness: Randomness,
        level: ErrorCorrectionLevel,
        image: impl Into<ImageWriter<'a>>,
    ) -> Result<Upserted, UpsertError> {
        match self.state.filter(|record| record.kind == self.kind && record.is_active(self.now)) {
            Some(record) => self.update(record),
            None => self.create(randomness, level, image.into()),
        }
    }

    fn update(&self, record: &Record) -> Result<Upserted, UpsertError> {
        if self.kind == Kind::Temporary {
            return Err(UpsertError::TemporaryActive { expire: record.expire_date_time });
        }
        let stored = record.start_date_time;
        if let Some(sent) = self.patch.start_date_time.filter(|sent| !sent.is_truncated_from(stored)) {
            return Err(UpsertError::StartChanged { stored, sent });
        }
        let mut record = record.clone();
        if let Some(expire) = self.patch.expire_date_time {
            self.check_dates(stored, expire)?;
            record.expire_date_time = expire;
        }
        let response = record.to_qr_code();
        Ok(Upserted::Updated { record, response })
    }

    fn create(
        &self,
        randomness: Randomness,
        level: ErrorCorrectionLevel,
        image: ImageWriter<'_>,
    ) -> Result<Upserted, UpsertError> {
        let start = self.patch.start_date_time.unwrap_or(self.now);
        let expire = match self.patch.expire_date_time {
            Some(expire) => expire,
            None => start.checked_add(self.policy.lifetime(self.kind)).ok_or(UpsertError::StartTooLate { start })?,
        };
        self.check_dates(start, expire)?;
        if !can_name(self.user) {
            return Err(UpsertError::UserPrincipalName);
        }
        let (id, secret) = randomness.into_id_and_secret();
        let content = raw_content(self.user, id, &secret);
        let symbol = Symbol::encode(&content, level).map_err(UpsertError::Content)?;
        symbol.check(&content).map_err(UpsertError::Unreadable)?;
        let image = QrCodeImageDetails::new(&symbol, content.as_bytes(), image).map_err(UpsertError::of_image)?;
        let record = Record {
            id,
            kind: self.kind,
            start_date_time: start,
            expire_date_time: expire,
            created_date_time: self.now,
            last_used_date_time: DateTime::NEVER,
            user_principal_name: self.user.into(),
            secret_digest: secret.digest(),
        };
        let response = record.response(Some(image));
        Ok(Upserted::Created { record, response })
    }

    /// Checks the dates of a new or changed code.
    fn check_dates(&self, start: DateTime, expire: DateTime) -> Result<(), UpsertError> {
        let (shortest, longest) = (self.kind.shortest_lifetime(), self.kind.longest_lifetime());
        let lifetime = expire.since(start);
        if lifetime < shortest {
            return Err(UpsertError::LifetimeTooShort { start, expire, shortest });
        }
        if lifetime > longest {
            return Err(UpsertError::LifetimeTooLong { start, expire, longest });
        }
        if expire <= self.now {
            return Err(UpsertError::ExpireNotAfterNow { expire, now: self.now });
        }
        Ok(())
    }
}

/// The result of a PATCH: the record to store in place of the old one, and the response.
///
/// ```
/// use qrmint::credential::{Kind, Policy, QrCodePatch, Randomness, Upsert, Upserted};
/// let (patch, policy) = (QrCodePatch::default(), Policy::default());
/// let now = "2025-03-04T21:27:46.9771036Z".parse()?;
/// let create =
///     Upsert { kind: Kind::Standard, state: None, patch: &patch, policy: &policy, now, user: "ada@contoso.com" };
/// # let randomness = || Randomness::new([7; Randomness::LEN]);
/// let Upserted::Created { record, .. } = create.run(randomness())? else { panic!("there was none") };
/// let updated = Upsert { state: Some(&record), ..create }.run(randomness())?;
/// assert_eq!(updated, Upserted::Updated { response: record.to_qr_code(), record });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upserted {
    /// A new code.
    Created {
        /// The record to store.
        record: Record,
        /// The response, with the image. No other response has the raw content.
        response: QrCode,
    },
    /// The updated code.
    Updated {
        /// The record to store.
        record: Record,
        /// The response, without an image.
        response: QrCode,
    },
}

impl Upserted {
    /// Returns the HTTP status of the response: 201 for a new code, 200 for an updated one.
    ///
    /// ```
    /// # use qrmint::credential::{Kind, Policy, QrCodePatch, Randomness, Upsert};
    /// # let (patch, policy) = (QrCodePatch::default(), Policy::default());
    /// # let now = "2025-03-04T21:27:46.9771036Z".parse()?;
    /// # let create = Upsert { kind: Kind::Standard, state: None, patch: &patch, policy: &policy, now, user: "ada" };
    /// # let randomness = || Randomness::new([7; Randomness::LEN]);
    /// let created = create.run(randomness())?;
    /// assert_eq!(created.status(), 201);
    /// let (record, _) = created.into_parts();
    /// assert_eq!(Upsert { state: Some(&record), ..create }.run(randomness())?.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn status(&self) -> u16 {
        match self {
            Self::Created { .. } => 201,
            Self::Updated { .. } => 200,
        }
    }

    /// Returns the record to store and the response.
    ///
    /// ```
    /// # use qrmint::credential::{Kind, Policy, QrCodePatch, Randomness, Upsert};
    /// # let (patch, policy) = (QrCodePatch::default(), Policy::default());
    /// # let now = "2025-03-04T21:27:46.9771036Z".parse()?;
    /// # let create = Upsert { kind: Kind::Standard, state: None, patch: &patch, policy: &policy, now, user: "ada" };
    /// # let randomness = Randomness::new([7; Randomness::LEN]);
    /// let (record, response) = create.run(randomness)?.into_parts();
    /// assert_eq!(record.id, response.id);
    /// assert!(response.image.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_parts(self) -> (Record, QrCode) {
        match self {
            Self::Created { record, response } | Self::Updated { record, response } => (record, response),
        }
    }
}

/// Why a PATCH was refused: the rule that it breaks. The variants are in the order of the checks.
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
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum UpsertError {
    /// A temporary code is active. It can be neither changed nor replaced.
    TemporaryActive {
        /// The `expireDateTime` of the code.
        expire: DateTime,
    },
    /// The `startDateTime` sent differs from that of the active code. Fewer digits of the fraction make no difference.
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
    /// The time from `startDateTime` to `expireDateTime` is less than the kind allows.
    LifetimeTooShort {
        /// `startDateTime`.
        start: DateTime,
        /// `expireDateTime`.
        expire: DateTime,
        /// The limit: [`Kind::shortest_lifetime`].
        shortest: SignedDuration,
    },
    /// The time from `startDateTime` to `expireDateTime` is more than the kind allows.
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
    /// The user principal name is empty or contains a `|`, a control character or an invisible character:
    /// [`can_name`](super::can_name) refuses it.
    UserPrincipalName,
    /// The content does not fit a symbol of the level because the user principal name is too long.
    Content(EncodeError),
    /// The new symbol, read back from its modules, does not have the content. The fault is in this crate or in the
    /// machine, not in the request.
    Unreadable(ReadError),
    /// The image would be larger than its format allows. The fault is in the caller's choice of an image, not in the
    /// request.
    ImageTooLarge {
        /// The width and height that it would have, in pixels.
        side: u32,
        /// The maximum width and height, in pixels.
        max_side: u32,
    },
    /// The image would not scan, or has no room for the symbol. The fault is in the caller's choice of an image, not in
    /// the request.
    ImageRefused(Finding),
    /// The image cannot be written. The one known reason is a title or description that is too long for a PNG, 2 GiB.
    ImageUnwritten,
}

impl UpsertError {
    /// Returns a stable identifier for programs: `temporaryQRCodeActive`, `startDateTimeChanged`,
    /// `startDateTimeTooLate`, `lifetimeTooShort`, `lifetimeTooLong`, `expireDateTimeNotAfterNow`,
    /// `userPrincipalNameInvalid`, `userPrincipalNameTooLong`, `imageUnreadable`, `imageTooLarge`, `imageRefused` or
    /// `imageUnwritten`.
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
            Self::Unreadable(_) => "imageUnreadable",
            Self::ImageTooLarge { .. } => "imageTooLarge",
            Self::ImageRefused(_) => "imageRefused",
            Self::ImageUnwritten => "imageUnwritten",
        }
    }

    /// Returns the property that breaks the rule, or `temporaryQRCode`, `userPrincipalName` or `image`.
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
            Self::Unreadable(_) | Self::ImageTooLarge { .. } | Self::ImageRefused(_) | Self::ImageUnwritten => "image",
        }
    }

    /// Returns whether the server is at fault: another request of the client would make no difference.
    ///
    /// ```
    /// use qrmint::credential::UpsertError;
    /// assert!(UpsertError::ImageTooLarge { side: 30_000, max_side: 23_160 }.is_server_error());
    /// assert!(!UpsertError::UserPrincipalName.is_server_error());
    /// ```
    pub const fn is_server_error(&self) -> bool {
        matches!(self, Self::Unreadable(_) | Self::ImageTooLarge { .. } | Self::ImageRefused(_) | Self::ImageUnwritten)
    }

    fn of_image(error: RenderError) -> Self {
        match error {
            RenderError::TooLarge { side, max_side } => Self::ImageTooLarge { side, max_side },
            RenderError::Refused(finding) => Self::ImageRefused(finding),
            RenderError::Io(_) => Self::ImageUnwritten,
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
            Self::UserPrincipalName => f.write_str(
                "user principal name: empty, or with a `|`, a control character or an invisible character in it",
            ),
            Self::Content(error) => write!(f, "user principal name: {error}"),
            Self::Unreadable(error) => write!(f, "the new image does not have its content: {error}"),
            &Self::ImageTooLarge { side, max_side } => RenderError::TooLarge { side, max_side }.fmt(f),
            Self::ImageRefused(finding) => write!(f, "the new image is refused: {finding}"),
            Self::ImageUnwritten => f.write_str("the new image cannot be written"),
        }
    }
}

impl std::error::Error for UpsertError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Content(error) => Some(error),
            Self::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}
