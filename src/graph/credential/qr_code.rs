//! Graph's `qrCode`: the code in a response.
//!
//! Knows JSON; nothing of records or rules.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use uuid::Uuid;

use super::date_time::DateTime;
use crate::graph::image_details::{ImageOfCode, QrCodeImageDetails};
use crate::graph::odata::{self, read_object};

/// A sign-in code in a response: Microsoft Graph's `qrCode`.
///
/// It is written as Graph's JSON, with the properties in the order of Graph's documentation: `@odata.type`, `id`,
/// `expireDateTime`, `startDateTime`, `createdDateTime`, `lastUsedDateTime`, `image`. The image is null or an object of
/// `@odata.type`, `binaryValue`, `version`, `errorCorrectionLevel` and `rawContent`.
///
/// Reading ignores unknown properties. `@odata.type` is optional. `lastUsedDateTime` and `image` may be absent or null,
/// which means [`DateTime::NEVER`] and `None`.
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
    /// The id of the code.
    pub id: Uuid,
    /// When the code expires.
    pub expire_date_time: DateTime,
    /// When the code becomes valid.
    pub start_date_time: DateTime,
    /// When the code was created.
    pub created_date_time: DateTime,
    /// When the code was last used; [`DateTime::NEVER`] before the first use.
    pub last_used_date_time: DateTime,
    /// The image, which is in the response that creates the code and in no other.
    pub image: Option<QrCodeImageDetails>,
}

impl QrCode {
    /// The OData type.
    pub(crate) const TYPE: &str = "#microsoft.graph.qrCode";
}

impl Serialize for QrCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("qrCode", 7)?;
        object.serialize_field("@odata.type", Self::TYPE)?;
        object.serialize_field("id", &self.id)?;
        object.serialize_field("expireDateTime", &self.expire_date_time)?;
        object.serialize_field("startDateTime", &self.start_date_time)?;
        object.serialize_field("createdDateTime", &self.created_date_time)?;
        object.serialize_field("lastUsedDateTime", &self.last_used_date_time)?;
        object.serialize_field("image", &self.image.as_ref().map(ImageOfCode))?;
        object.end()
    }
}

/// The properties as they are read from JSON.
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

impl odata::Properties<'_> for Properties {
    const TYPE: &'static str = QrCode::TYPE;

    fn odata_type(&self) -> Option<&str> {
        self.odata_type.as_deref()
    }
}

impl<'de> Deserialize<'de> for QrCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let properties: Properties = read_object(deserializer)?;
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
