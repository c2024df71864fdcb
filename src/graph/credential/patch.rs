//! The body of a PATCH: the properties that a client asks for.
//!
//! Knows JSON; nothing of the rules.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::date_time::{DateTime, ParseDateTimeError};
use super::qr_code::QrCode;
use crate::graph::odata::is_type;

/// The properties of a code that a client may choose. A property that is `None` keeps its value, or gets a default in a
/// new code.
///
/// `Deserialize` reads it and reports errors as messages. [`PatchBody`] reads the same and distinguishes the errors.
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

/// The body of a PATCH: an object whose properties are read and checked.
///
/// - `startDateTime` and `expireDateTime` are [`DateTime`]s; null means absent.
/// - `@odata.type` is absent, null or `#microsoft.graph.qrCode`, with or without the `#`.
/// - `id`, `createdDateTime`, `lastUsedDateTime` and `image` are ignored whatever their value, since clients send them
///   back as they read them. All other annotations, which are names with `@odata.` in them, are ignored too.
/// - The case of ASCII letters in names is ignored, since a published .NET client writes `ExpireDateTime`. A property
///   that comes twice, in whatever case, is refused, and so is any other property. The first error is reported.
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
/// Deserializing fails only if the body is not JSON or not an object. Read it from text: a `serde_json::Value` does not
/// tell whether a property came twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchBody(Result<QrCodePatch, PatchError>);

impl PatchBody {
    /// Returns the properties.
    ///
    /// # Errors
    ///
    /// [`PatchError`] for the first wrong property.
    ///
    /// ```
    /// use qrmint::credential::{PatchBody, QrCodePatch};
    /// let body: PatchBody = serde_json::from_str(r##"{"@odata.type": "#microsoft.graph.qrCode", "id": null}"##)?;
    /// assert_eq!(body.check(), Ok(QrCodePatch::default()));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn check(self) -> Result<QrCodePatch, PatchError> {
        self.0
    }
}

/// The known properties of a body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Property {
    Type,
    Start,
    Expire,
    ReadOnly,
}

/// The names of the known properties.
const PROPERTIES: [(&str, Property); 7] = [
    ("@odata.type", Property::Type),
    ("startDateTime", Property::Start),
    ("expireDateTime", Property::Expire),
    ("id", Property::ReadOnly),
    ("createdDateTime", Property::ReadOnly),
    ("lastUsedDateTime", Property::ReadOnly),
    ("image", Property::ReadOnly),
];

/// The value of a property that is checked.
enum Value {
    Null,
    Text(String),
    Other,
}

impl Value {
    /// Reads the value as a date and time. Returns `None` if it is null.
    fn date_time(self, target: &'static str) -> Result<Option<DateTime>, PatchError> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) => text.parse().map(Some).map_err(|error| PatchError::DateTime { target, error }),
            Self::Other => Err(PatchError::NotText { target }),
        }
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.into()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Value, A::Error> {
        IgnoredAny::deserialize(MapAccessDeserializer::new(object))?;
        Ok(Value::Other)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Result<QrCodePatch, PatchError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut patch = QrCodePatch::default();
        let mut seen = [false; PROPERTIES.len()];
        let mut wrong = None;
        // The object is read to its end even after an error, because a syntax error takes precedence.
        while let Some(name) = object.next_key::<String>()? {
            let result = match PROPERTIES.iter().position(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                Some(index) if std::mem::replace(&mut seen[index], true) => {
                    object.next_value::<IgnoredAny>()?;
                    Err(PatchError::Duplicate { target: PROPERTIES[index].0 })
                }
                Some(index) => {
                    let (target, property) = PROPERTIES[index];
                    match property {
                        Property::ReadOnly => object.next_value::<IgnoredAny>().map(|_| Ok(()))?,
                        Property::Type => check_type(object.next_value()?),
                        Property::Start => object.next_value::<Value>()?.date_time(target).map(|date_time| {
                            patch.start_date_time = date_time;
                        }),
                        Property::Expire => object.next_value::<Value>()?.date_time(target).map(|date_time| {
                            patch.expire_date_time = date_time;
                        }),
                    }
                }
                None => {
                    object.next_value::<IgnoredAny>()?;
                    if is_annotation(&name) { Ok(()) } else { Err(PatchError::Unknown { name }) }
                }
            };
            wrong = wrong.or(result.err());
        }
        Ok(wrong.map_or(Ok(patch), Err))
    }
}

/// Returns whether a name is that of an OData annotation, of the object (`@odata.context`) or of a property
/// (`startDateTime@odata.type`).
fn is_annotation(name: &str) -> bool {
    const MARK: &[u8] = b"@odata.";
    name.as_bytes().windows(MARK.len()).any(|part| part.eq_ignore_ascii_case(MARK))
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
        deserializer.deserialize_map(Object).map(Self)
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
        /// The name as it was sent.
        name: String,
    },
    /// The property comes twice.
    Duplicate {
        /// The property's name.
        target: &'static str,
    },
    /// The value of a date is not a string.
    NotText {
        /// The property's name.
        target: &'static str,
    },
    /// The value of a date cannot be read.
    DateTime {
        /// The property's name.
        target: &'static str,
        /// Why.
        error: ParseDateTimeError,
    },
    /// `@odata.type` is not `#microsoft.graph.qrCode`.
    OtherType,
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

    /// Returns the property: Graph's name of it, or the name as it was sent if it is unknown.
    ///
    /// ```
    /// use qrmint::credential::PatchError;
    /// assert_eq!(PatchError::OtherType.target(), "@odata.type");
    /// ```
    pub fn target(&self) -> &str {
        match self {
            Self::Unknown { name } => name,
            Self::Duplicate { target } | Self::NotText { target } | Self::DateTime { target, .. } => target,
            Self::OtherType => "@odata.type",
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
            Self::OtherType => write!(f, "@odata.type: not `{}`", QrCode::TYPE),
        }
    }
}

impl std::error::Error for PatchError {}
