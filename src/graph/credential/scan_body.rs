//! The body of a verification: the content that a scanner read.
//!
//! Knows its one property; nothing of the form of raw content.

use std::fmt;

use serde::de::{Deserialize, Deserializer};

use super::body::{NameError, Value, read_body};
use crate::graph::odata::decode_base64;

/// The body of a verification, `{"rawContent": "<base64>"}`, read from JSON: the raw content, or the first error.
///
/// - `rawContent` is the raw content of the scanned code as base64 in the standard alphabet with padding, or null,
///   which means absent.
/// - Annotations, which are names with an `@`, are ignored. The case of ASCII letters in names is ignored.
/// - Any other property is refused, and so is a property that comes twice.
///
/// ```
/// use qrmint::credential::ScanBody;
/// let body: ScanBody = serde_json::from_str(r#"{"rawContent": "SGVsbG9Xb3JsZCE="}"#)?;
/// assert_eq!(body.check()?, b"HelloWorld!");
///
/// let body: ScanBody = serde_json::from_str("{}")?;
/// let error = body.check().unwrap_err();
/// assert_eq!((error.code(), error.target()), ("missingProperty", "rawContent"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Deserializing fails only if the body is not JSON or not an object; [`check`](Self::check) returns the other errors.
/// Deserialize from text: a `serde_json::Value` has lost properties that came twice. `Debug` does not show the content.
pub struct ScanBody(Result<Vec<u8>, ScanError>);

const RAW_CONTENT: &str = "rawContent";

impl ScanBody {
    /// Returns the raw content, for [`ScannedContent::parse`](super::ScannedContent::parse).
    ///
    /// # Errors
    ///
    /// [`ScanError`] for the first property that is wrong.
    ///
    /// ```
    /// use qrmint::credential::{ScanBody, ScanError};
    /// let body: ScanBody = serde_json::from_str(r#"{"rawContent": "SGVsbG8="}"#)?;
    /// assert_eq!(body.check(), Ok(b"Hello".to_vec()));
    ///
    /// let body: ScanBody = serde_json::from_str(r#"{"RawContent": "SGVsbG8"}"#)?;
    /// assert_eq!(body.check(), Err(ScanError::NotBase64));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn check(self) -> Result<Vec<u8>, ScanError> {
        self.0
    }
}

impl fmt::Debug for ScanBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScanBody(..)")
    }
}

impl<'de> Deserialize<'de> for ScanBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut raw_content = None;
        let result = read_body(deserializer, &[RAW_CONTENT], &[], |_, value| {
            raw_content = decode(value)?;
            Ok(())
        })?;
        Ok(Self(result.and_then(|()| raw_content.ok_or(ScanError::Missing))))
    }
}

/// Returns the bytes of a text in base64. Returns `None` for null.
fn decode(value: Value) -> Result<Option<Vec<u8>>, ScanError> {
    match value {
        Value::Null => Ok(None),
        Value::Text(text) => {
            let mut bytes = Vec::new();
            decode_base64(&text, &mut bytes).map_err(|_| ScanError::NotBase64)?;
            Ok(Some(bytes))
        }
        Value::Other => Err(ScanError::NotText),
    }
}

/// Why a property of a [`ScanBody`] was refused.
///
/// ```
/// use qrmint::credential::ScanBody;
/// let body: ScanBody = serde_json::from_str(r#"{"content": "SGVsbG9Xb3JsZCE="}"#)?;
/// let error = body.check().unwrap_err();
/// assert_eq!((error.code(), error.target()), ("unknownProperty", "content"));
/// assert_eq!(error.to_string(), "unknown property `content`");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanError {
    /// The property is unknown.
    Unknown {
        /// The name as the client sent it.
        name: String,
    },
    /// `rawContent` comes twice.
    Duplicate,
    /// `rawContent` is absent or null.
    Missing,
    /// `rawContent` is not a string.
    NotText,
    /// `rawContent` is not base64 in the standard alphabet with padding.
    NotBase64,
}

impl From<NameError> for ScanError {
    fn from(error: NameError) -> Self {
        match error {
            NameError::Unknown { name } => Self::Unknown { name },
            NameError::Duplicate { .. } => Self::Duplicate,
        }
    }
}

impl ScanError {
    /// Returns a stable identifier for programs: `unknownProperty`, `duplicateProperty`, `missingProperty`,
    /// `invalidRawContent` or `malformed`.
    ///
    /// [`NotBase64`](Self::NotBase64) has the identifier of [`VerifyError::Malformed`](super::VerifyError::Malformed).
    ///
    /// ```
    /// use qrmint::credential::{ScanError, VerifyError};
    /// assert_eq!(ScanError::NotText.code(), "invalidRawContent");
    /// assert_eq!(ScanError::NotBase64.code(), VerifyError::Malformed.code());
    /// ```
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknownProperty",
            Self::Duplicate => "duplicateProperty",
            Self::Missing => "missingProperty",
            Self::NotText => "invalidRawContent",
            Self::NotBase64 => "malformed",
        }
    }

    /// Returns the name of the property. An unknown name is returned as the client sent it.
    ///
    /// ```
    /// use qrmint::credential::ScanError;
    /// assert_eq!(ScanError::Missing.target(), "rawContent");
    /// ```
    pub fn target(&self) -> &str {
        match self {
            Self::Unknown { name } => name,
            _ => RAW_CONTENT,
        }
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The name may contain anything, and messages end up in logs.
            Self::Unknown { name } => write!(f, "unknown property `{}`", name.escape_debug()),
            Self::Duplicate => write!(f, "property `{RAW_CONTENT}` comes twice"),
            Self::Missing => write!(f, "property `{RAW_CONTENT}` is missing"),
            Self::NotText => write!(f, "{RAW_CONTENT}: not a text"),
            Self::NotBase64 => write!(f, "{RAW_CONTENT}: not base64"),
        }
    }
}

impl std::error::Error for ScanError {}
