//! The body of a PATCH: the properties that a client asks for.
//!
//! Knows its properties; nothing of the rules.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};

use super::body::{NameError, Value, read_body};
use super::date_time::{DateTime, ParseDateTimeError};
use super::qr_code::QrCode;
use crate::graph::odata::is_type;

/// The properties of a code that a client may set.
///
/// `None` keeps the value of an active code, or takes the default for a new one. `Deserialize` reads the same JSON as
/// [`PatchBody`], but reports a wrong property only as a message.
///
/// ```
/// use qrmint::credential::QrCodePatch;
/// let patch: QrCodePatch = serde_json::from_str(r#"{"expireDateTime": "2025-12-19T12:00:00Z"}"#)?;
/// assert_eq!(patch.start_date_time, None);
/// assert_eq!(patch.expire_date_time, Some("2025-12-19T12:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QrCodePatch {
    /// When the code becomes valid.
    pub start_date_time: Option<DateTime>,
    /// When the code expires.
    pub expire_date_time: Option<DateTime>,
}

/// The body of a PATCH, read from JSON: the properties that the client asks for, or the first error in them.
///
/// - `startDateTime` and `expireDateTime` are [`DateTime`]s, or null, which means absent.
/// - `@odata.type` is absent, null or `#microsoft.graph.qrCode`, with or without the `#`.
/// - `id`, `createdDateTime`, `lastUsedDateTime` and `image` are ignored, since clients send them back. Other
///   annotations, which are names with an `@`, are ignored too.
/// - The case of ASCII letters in names is ignored, since a published .NET client writes `ExpireDateTime`.
/// - Any other property is refused, and so is a property that comes twice.
///
/// ```
/// use qrmint::credential::PatchBody;
/// let body: PatchBody = serde_json::from_str(r#"{"expireDateTime": "2025-12-19T12:00:00"}"#)?;
/// let error = body.check().unwrap_err();
/// assert_eq!(error.code(), "dateTimeWithoutOffset");
/// assert_eq!(error.target(), "expireDateTime");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Deserializing fails only if the body is not JSON or not an object; [`check`](Self::check) returns the other errors.
/// Deserialize from text: a `serde_json::Value` has lost properties that came twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchBody(Result<QrCodePatch, PatchError>);

impl PatchBody {
    /// Returns the properties that the client asks for.
    ///
    /// # Errors
    ///
    /// [`PatchError`] for the first property that is wrong.
    ///
    /// ```
    /// use qrmint::credential::{PatchBody, PatchError, QrCodePatch};
    /// let body: PatchBody = serde_json::from_str(r#"{"id": null, "startDateTime": null}"#)?;
    /// assert_eq!(body.check(), Ok(QrCodePatch::default()));
    ///
    /// let body: PatchBody = serde_json::from_str(r#"{"startDateTime": 0}"#)?;
    /// assert_eq!(body.check(), Err(PatchError::NotText { target: "startDateTime" }));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn check(self) -> Result<QrCodePatch, PatchError> {
        self.0
    }
}

const TYPE: &str = "@odata.type";
const START: &str = "startDateTime";
const EXPIRE: &str = "expireDateTime";

/// Properties that clients send back as they read them.
const READ_ONLY: [&str; 4] = ["id", "createdDateTime", "lastUsedDateTime", "image"];

/// Reads a value as a date and time. Returns `None` if it is null.
fn date_time(target: &'static str, value: Value) -> Result<Option<DateTime>, PatchError> {
    match value {
        Value::Null => Ok(None),
        Value::Text(text) => text.parse().map(Some).map_err(|error| PatchError::DateTime { target, error }),
        Value::Other => Err(PatchError::NotText { target }),
    }
}

fn check_type(value: Value) -> Result<(), PatchError> {
    match value {
        Value::Null => Ok(()),
        Value::Text(name) if is_type(&name, QrCode::TYPE) => Ok(()),
        Value::Text(_) | Value::Other => Err(PatchError::OtherType),
    }
}

impl<'de> Deserialize<'de> for PatchBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut patch = QrCodePatch::default();
        let result = read_body(deserializer, &[TYPE, START, EXPIRE], &READ_ONLY, |target, value| {
            match target {
                START => patch.start_date_time = date_time(target, value)?,
                EXPIRE => patch.expire_date_time = date_time(target, value)?,
                _ => check_type(value)?,
            }
            Ok(())
        })?;
        Ok(Self(result.map(|()| patch)))
    }
}

impl<'de> Deserialize<'de> for QrCodePatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PatchBody::deserialize(deserializer)?.check().map_err(D::Error::custom)
    }
}

/// Why a property of a [`PatchBody`] was refused.
///
/// ```
/// use qrmint::credential::PatchBody;
/// let body: PatchBody = serde_json::from_str(r#"{"expires": "2025-12-19T12:00:00Z"}"#)?;
/// let error = body.check().unwrap_err();
/// assert_eq!((error.code(), error.target()), ("unknownProperty", "expires"));
/// assert_eq!(error.to_string(), "unknown property `expires`");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatchError {
    /// The property is unknown.
    Unknown {
        /// The name as the client sent it.
        name: String,
    },
    /// The property comes twice.
    Duplicate {
        /// The name of the property.
        target: &'static str,
    },
    /// The value of a date is not a string.
    NotText {
        /// The name of the property.
        target: &'static str,
    },
    /// The value of a date cannot be parsed.
    DateTime {
        /// The name of the property.
        target: &'static str,
        /// Why it cannot be parsed.
        error: ParseDateTimeError,
    },
    /// `@odata.type` is not `#microsoft.graph.qrCode`.
    OtherType,
}

impl From<NameError> for PatchError {
    fn from(error: NameError) -> Self {
        match error {
            NameError::Unknown { name } => Self::Unknown { name },
            NameError::Duplicate { target } => Self::Duplicate { target },
        }
    }
}

impl PatchError {
    /// Returns a stable identifier for programs: `unknownProperty`, `duplicateProperty`, `dateTimeWithoutOffset`,
    /// `invalidDateTime` or `invalidType`.
    ///
    /// ```
    /// use qrmint::credential::PatchError;
    /// assert_eq!(PatchError::OtherType.code(), "invalidType");
    /// ```
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknownProperty",
            Self::Duplicate { .. } => "duplicateProperty",
            Self::DateTime { error: ParseDateTimeError::NoOffset, .. } => "dateTimeWithoutOffset",
            Self::NotText { .. } | Self::DateTime { .. } => "invalidDateTime",
            Self::OtherType => "invalidType",
        }
    }

    /// Returns the name of the property. An unknown name is returned as the client sent it.
    ///
    /// ```
    /// use qrmint::credential::PatchError;
    /// assert_eq!(PatchError::OtherType.target(), "@odata.type");
    /// ```
    pub fn target(&self) -> &str {
        match self {
            Self::Unknown { name } => name,
            Self::Duplicate { target } | Self::NotText { target } | Self::DateTime { target, .. } => target,
            Self::OtherType => TYPE,
        }
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The name may contain anything, and messages end up in logs.
            Self::Unknown { name } => write!(f, "unknown property `{}`", name.escape_debug()),
            Self::Duplicate { target } => write!(f, "property `{target}` comes twice"),
            Self::NotText { target } => write!(f, "{target}: not a text"),
            Self::DateTime { target, error } => write!(f, "{target}: {error}"),
            Self::OtherType => write!(f, "{TYPE}: not `{}`", QrCode::TYPE),
        }
    }
}

impl std::error::Error for PatchError {}
