//! The code as Graph answers it.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use uuid::Uuid;

use super::super::image_details::QrCodeImageDetails;
use super::super::odata::{Base64, is_type, read_object};
use super::date_time::DateTime;

/// A sign-in code: Graph's `qrCode`.
///
/// Written with `serde` it is Graph's JSON in the order of its pages: `@odata.type`, `id`, `expireDateTime`, `startDateTime`,
/// `createdDateTime`, `lastUsedDateTime`, `image`, which is null or has `@odata.type`, `binaryValue`, `version`,
/// `errorCorrectionLevel` and `rawContent`. Read, `@odata.type` is optional, `lastUsedDateTime` may be null or absent for
/// [`DateTime::NEVER`], `image` for none, and unknown properties are ignored.
///
/// ```
/// use qrmint::credential::{DateTime, QrCode};
/// let code: QrCode = serde_json::from_str(
///     r##"{
///         "@odata.type": "#microsoft.graph.qrCode",
///         "id": "44f2f040-ea9d-4283-9e7b-b63ddae391a9",
///         "expireDateTime": "2025-12-01T12:00:00Z",
///         "startDateTime": "2025-01-01T12:00:00Z",
///         "createdDateTime": "2025-03-04T21:27:46.9771036Z",
///         "lastUsedDateTime": "0001-01-01T00:00:00Z",
///         "image": null
///     }"##,
/// )?;
/// assert_eq!(code.last_used_date_time, DateTime::NEVER);
/// assert_eq!(serde_json::to_value(&code)?["expireDateTime"], "2025-12-01T12:00:00Z");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QrCode {
    /// The code's id.
    pub id: Uuid,
    /// From when the code can no longer be used.
    pub expire_date_time: DateTime,
    /// From when it can.
    pub start_date_time: DateTime,
    /// When it was created.
    pub created_date_time: DateTime,
    /// When it was last used; [`DateTime::NEVER`] before that.
    pub last_used_date_time: DateTime,
    /// The image, which comes with the response that creates the code and never again.
    pub image: Option<QrCodeImageDetails>,
}

impl QrCode {
    /// The OData type, without its `#`.
    pub(crate) const TYPE: &str = "microsoft.graph.qrCode";

    /// The code that `record` keeps, with that image.
    pub(crate) fn new(record: &super::Record, image: Option<QrCodeImageDetails>) -> Self {
        Self {
            id: record.id,
            expire_date_time: record.expire_date_time,
            start_date_time: record.start_date_time,
            created_date_time: record.created_date_time,
            last_used_date_time: record.last_used_date_time,
            image,
        }
    }
}

impl Serialize for QrCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("qrCode", 7)?;
        object.serialize_field("@odata.type", "#microsoft.graph.qrCode")?;
        object.serialize_field("id", &self.id)?;
        object.serialize_field("expireDateTime", &self.expire_date_time)?;
        object.serialize_field("startDateTime", &self.start_date_time)?;
        object.serialize_field("createdDateTime", &self.created_date_time)?;
        object.serialize_field("lastUsedDateTime", &self.last_used_date_time)?;
        object.serialize_field("image", &self.image.as_ref().map(Image))?;
        object.end()
    }
}

/// The image as the pages of `qrCode` print it: with its type, in their order.
struct Image<'a>(&'a QrCodeImageDetails);

impl Serialize for Image<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(image) = self;
        let mut object = serializer.serialize_struct("qrCodeImageDetails", 5)?;
        object.serialize_field("@odata.type", "#microsoft.graph.qrCodeImageDetails")?;
        object.serialize_field("binaryValue", &Base64(&image.binary_value))?;
        object.serialize_field("version", &image.version.number())?;
        object.serialize_field("errorCorrectionLevel", image.error_correction_level.letter())?;
        object.serialize_field("rawContent", &Base64(&image.raw_content))?;
        object.end()
    }
}

/// The properties as JSON has them.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    #[serde(rename = "@odata.type")]
    odata_type: Option<String>,
    id: Uuid,
    expire_date_time: DateTime,
    start_date_time: DateTime,
    created_date_time: DateTime,
    last_used_date_time: Option<DateTime>,
    image: Option<QrCodeImageDetails>,
}

impl<'de> Deserialize<'de> for QrCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let properties: Properties = read_object(deserializer)?;
        if let Some(name) = properties.odata_type.filter(|name| !is_type(name, Self::TYPE)) {
            return Err(D::Error::custom(format_args!("@odata.type: `{name}` is not `#{}`", Self::TYPE)));
        }
        Ok(Self {
            id: properties.id,
            expire_date_time: properties.expire_date_time,
            start_date_time: properties.start_date_time,
            created_date_time: properties.created_date_time,
            last_used_date_time: properties.last_used_date_time.unwrap_or(DateTime::NEVER),
            image: properties.image,
        })
    }
}
