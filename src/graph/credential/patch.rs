//! What a client asks for: the body of a PATCH. Knows JSON's properties, not what becomes of them.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::odata::is_type;
use super::date_time::{DateTime, ParseDateTimeError};
use super::qr_code::QrCode;

/// The properties of a code that a client may choose. What is `None` keeps its value or is given one.
///
/// [`PatchBody`] is how one is read and tells errors apart; `Deserialize` is the same for whoever wants the message alone.
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
    /// From when the code is to be used.
    pub start_date_time: Option<DateTime>,
    /// From when it no longer is.
    pub expire_date_time: Option<DateTime>,
}

/// A body that is an object, its properties read and checked.
///
/// - `startDateTime` and `expireDateTime` are [`DateTime`]s; null is as if they were absent.
/// - `@odata.type`, if it is there and not null, is `#microsoft.graph.qrCode`, the `#` optional.
/// - `id`, `createdDateTime`, `lastUsedDateTime` and `image`, which clients send back as they read them, are ignored whatever their value,
///   and so are all other annotations: names with `@odata.` in them.
/// - Names are taken without regard to the case of ASCII letters, for a published .NET client writes `ExpireDateTime`. A property that
///   comes twice, in whatever case, is refused, and so is any other property. The first that is wrong is told.
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
/// Deserializing itself fails only for what is not JSON or no object. Read it from the text: a `serde_json::Value` no longer
/// knows that a property came twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchBody(Result<QrCodePatch, PatchError>);

impl PatchBody {
    /// What is asked for.
    ///
    /// # Errors
    ///
    /// [`PatchError`] for the first property that is wrong.
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

/// The properties of a body that are looked at or may come once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Property {
    Type,
    Start,
    Expire,
    ReadOnly,
}

/// Their names.
const PROPERTIES: [(&str, Property); 7] = [
    ("@odata.type", Property::Type),
    ("startDateTime", Property::Start),
    ("expireDateTime", Property::Expire),
    ("id", Property::ReadOnly),
    ("createdDateTime", Property::ReadOnly),
    ("lastUsedDateTime", Property::ReadOnly),
    ("image", Property::ReadOnly),
];

/// The value of a property that is looked at.
enum Value {
    Null,
    Text(String),
    Other,
}

impl Value {
    /// The value as a moment, or `None` if it is null.
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
        // Whatever is wrong, the object is read to its end: what is not JSON comes first.
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

/// Whether a name is that of an OData annotation, of the object (`@odata.context`) or of a property
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

/// What is wrong with a property of a [`PatchBody`].
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
    /// There is no such property.
    Unknown {
        /// The name as it was sent.
        name: String,
    },
    /// A property comes twice.
    Duplicate {
        /// Its name.
        target: &'static str,
    },
    /// A date is no text.
    NotText {
        /// The property's name.
        target: &'static str,
    },
    /// A date cannot be read.
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
    /// A name for programs to go by, which stays as it is: `unknownProperty`, `duplicateProperty`, `dateTimeWithoutOffset`,
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

    /// The property: Graph's name of it, or as it was sent if it is unknown.
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
            // It may be anything, and messages end up in logs.
            Self::Unknown { name } => write!(f, "unknown property `{}`", name.escape_debug()),
            Self::Duplicate { target } => write!(f, "property `{target}` comes twice"),
            Self::NotText { target } => write!(f, "{target}: not a text"),
            Self::DateTime { target, error } => write!(f, "{target}: {error}"),
            Self::OtherType => write!(f, "@odata.type: not `#{}`", QrCode::TYPE),
        }
    }
}

impl std::error::Error for PatchError {}
