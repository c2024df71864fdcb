//! Graph's `qrCodeImageDetails`: a QR code image and its content.
//!
//! Knows how to encode and how to write a PNG; nothing of the credential.

use std::fmt;

#[cfg(feature = "credential")]
pub(crate) use self::json::ImageOfCode;
use crate::encode::EncodeError;
#[cfg(doc)]
use crate::encode::Encoder;
use crate::render::{Png, RenderError};
use crate::symbol::Symbol;
use crate::version::{ErrorCorrectionLevel, Version};

/// A QR code image and its content: Microsoft Graph's `qrCodeImageDetails`.
///
/// With the feature `serde` it is read from and written as Graph's JSON: `version` is a number, `errorCorrectionLevel`
/// one of `l`, `m`, `q` and `h`, `binaryValue` and `rawContent` are base64 in the standard alphabet with padding. On
/// reading, `@odata.type` is optional and must be `#microsoft.graph.qrCodeImageDetails`, with or without the `#`;
/// unknown properties are ignored. `@odata.type` is not written.
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use qrmint::{ErrorCorrectionLevel, QrCodeImageDetails};
/// let details = qrmint::encode(b"HelloWorld!", ErrorCorrectionLevel::L)?;
/// let json = serde_json::to_value(&details)?;
/// assert_eq!(json["version"], 1);
/// assert_eq!(json["errorCorrectionLevel"], "l");
/// assert_eq!(json["rawContent"], "SGVsbG9Xb3JsZCE=");
/// assert_eq!(serde_json::from_value::<QrCodeImageDetails>(json)?, details);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct QrCodeImageDetails {
    /// The version of the symbol.
    pub version: Version,
    /// The image, a PNG.
    pub binary_value: Vec<u8>,
    /// The error-correction level of the symbol.
    pub error_correction_level: ErrorCorrectionLevel,
    /// The bytes that the symbol carries.
    pub raw_content: Vec<u8>,
}

impl QrCodeImageDetails {
    /// Creates the details of `symbol`, with the image that `png` writes. The caller guarantees that the symbol carries
    /// `raw_content`: a symbol does not know its content.
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] as from [`Png::write`].
    ///
    /// ```
    /// use qrmint::render::{Png, QuietZone, Scale};
    /// use qrmint::{Encoder, ErrorCorrectionLevel, QrCodeImageDetails};
    /// let mut encoder = Encoder::new();
    /// let png = Png::new(Scale::new(3).unwrap(), QuietZone::new(2));
    /// let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::Q)?;
    /// let details = QrCodeImageDetails::new(symbol, b"hello", &png)?;
    /// assert_eq!(details.raw_content, b"hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(symbol: &Symbol, raw_content: &[u8], png: &Png) -> Result<Self, RenderError> {
        let mut details = Self {
            version: symbol.version(),
            binary_value: Vec::new(),
            error_correction_level: symbol.level(),
            raw_content: Vec::new(),
        };
        details.renew(symbol, raw_content, png)?;
        Ok(details)
    }

    /// Creates the details with an image of the default scale and quiet zone.
    pub(crate) fn with_default_png(symbol: &Symbol, raw_content: &[u8]) -> Self {
        Self {
            version: symbol.version(),
            binary_value: symbol.to_png(),
            error_correction_level: symbol.level(),
            raw_content: raw_content.into(),
        }
    }

    /// Replaces the details by those of another symbol and reuses their memory. `raw_content` is as in
    /// [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] as from [`Png::write`]. The details are unchanged then.
    ///
    /// ```
    /// use qrmint::render::Png;
    /// use qrmint::{Encoder, ErrorCorrectionLevel, QrCodeImageDetails};
    /// let (mut encoder, png) = (Encoder::new(), Png::default());
    /// let mut details = qrmint::encode(b"first", ErrorCorrectionLevel::M)?;
    /// details.renew(encoder.encode(b"second", ErrorCorrectionLevel::M)?, b"second", &png)?;
    /// assert_eq!(details, qrmint::encode(b"second", ErrorCorrectionLevel::M)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn renew(&mut self, symbol: &Symbol, raw_content: &[u8], png: &Png) -> Result<(), RenderError> {
        png.check_side(symbol.version())?;
        self.binary_value.clear();
        png.write(symbol, &mut self.binary_value)?;
        self.raw_content.clear();
        self.raw_content.extend_from_slice(raw_content);
        (self.version, self.error_correction_level) = (symbol.version(), symbol.level());
        Ok(())
    }
}

impl fmt::Debug for QrCodeImageDetails {
    /// Shows the lengths of image and content, not their bytes: the content may be a secret, and the image carries it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrCodeImageDetails")
            .field("version", &self.version.number())
            .field("binary_value", &format_args!("[{} bytes]", self.binary_value.len()))
            .field("error_correction_level", &self.error_correction_level)
            .field("raw_content", &format_args!("[{} bytes]", self.raw_content.len()))
            .finish()
    }
}

/// Encodes `content` at `level` as a QR code image: exactly these bytes in the smallest version that fits, the mask with
/// the lowest penalty score, 8 pixels a module, a quiet zone of 4 modules.
///
/// To choose these, to make other images or to encode text that is not plain ASCII, see [`Symbol`]. To make many
/// images, keep an [`Encoder`] and a [`Png`].
///
/// # Errors
///
/// [`EncodeError::TooLong`] if the content does not fit version 40 at this level.
///
/// ```
/// use qrmint::ErrorCorrectionLevel;
/// let details = qrmint::encode("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
/// assert_eq!(details.version.number(), 3);
/// assert_eq!(details.binary_value[1..4], *b"PNG");
/// assert_eq!(details.raw_content, b"https://example.com/badge/4711");
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
pub fn encode(content: impl AsRef<[u8]>, level: ErrorCorrectionLevel) -> Result<QrCodeImageDetails, EncodeError> {
    let content = content.as_ref();
    Ok(QrCodeImageDetails::with_default_png(&Symbol::encode(content, level)?, content))
}

#[cfg(feature = "serde")]
mod json {
    //! The image as Graph's JSON.
    //!
    //! Graph prints the properties in two orders: those of an image by itself, and those of the image of a `qrCode`,
    //! which has its `@odata.type` as well. The first order is written in two ways, by [`Serialize`] and faster by
    //! [`write_json`](QrCodeImageDetails::write_json).

    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Serialize, SerializeStruct, Serializer};

    use super::{ErrorCorrectionLevel, QrCodeImageDetails, Version};
    use crate::graph::odata::{self, Base64, decode_base64, encode_base64, read_object};

    impl QrCodeImageDetails {
        /// Appends the JSON that `serde_json` would write. It is faster because it does not search the base64 for
        /// characters to escape. Allocates only if `json` lacks capacity.
        ///
        /// ```
        /// let details = qrmint::encode(b"hello", qrmint::ErrorCorrectionLevel::M)?;
        /// let mut json = Vec::new();
        /// details.write_json(&mut json);
        /// assert_eq!(json, serde_json::to_vec(&details)?);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        pub fn write_json(&self, json: &mut Vec<u8>) {
            // A version has one or two digits, so it needs no formatting machinery.
            let number = self.version.number();
            json.extend_from_slice(b"{\"version\":");
            json.extend((number >= 10).then_some(b'0' + number / 10));
            json.push(b'0' + number % 10);
            json.extend_from_slice(b",\"errorCorrectionLevel\":\"");
            json.extend_from_slice(self.error_correction_level.letter().as_bytes());
            json.extend_from_slice(b"\",\"rawContent\":\"");
            encode_base64(&self.raw_content, json);
            json.extend_from_slice(b"\",\"binaryValue\":\"");
            encode_base64(&self.binary_value, json);
            json.extend_from_slice(b"\"}");
        }
    }

    impl Serialize for QrCodeImageDetails {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut object = serializer.serialize_struct("qrCodeImageDetails", 4)?;
            object.serialize_field("version", &self.version.number())?;
            object.serialize_field("errorCorrectionLevel", self.error_correction_level.letter())?;
            object.serialize_field("rawContent", &Base64(&self.raw_content))?;
            object.serialize_field("binaryValue", &Base64(&self.binary_value))?;
            object.end()
        }
    }

    /// The image of a `qrCode`.
    #[cfg(feature = "credential")]
    pub(crate) struct ImageOfCode<'a>(pub(crate) &'a QrCodeImageDetails);

    #[cfg(feature = "credential")]
    impl Serialize for ImageOfCode<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let Self(image) = self;
            let mut object = serializer.serialize_struct("qrCodeImageDetails", 5)?;
            object.serialize_field("@odata.type", <Properties as odata::Properties>::TYPE)?;
            object.serialize_field("binaryValue", &Base64(&image.binary_value))?;
            object.serialize_field("version", &image.version.number())?;
            object.serialize_field("errorCorrectionLevel", image.error_correction_level.letter())?;
            object.serialize_field("rawContent", &Base64(&image.raw_content))?;
            object.end()
        }
    }

    /// The properties as they are read from JSON.
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Properties {
        #[serde(rename = "@odata.type")]
        odata_type: Option<String>,
        version: u8,
        error_correction_level: String,
        raw_content: String,
        binary_value: String,
    }

    impl odata::Properties<'_> for Properties {
        const TYPE: &'static str = "#microsoft.graph.qrCodeImageDetails";

        fn odata_type(&self) -> Option<&str> {
            self.odata_type.as_deref()
        }
    }

    impl<'de> Deserialize<'de> for QrCodeImageDetails {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let properties: Properties = read_object(deserializer)?;
            let bytes = |name: &str, text: &str| {
                let mut bytes = Vec::new();
                match decode_base64(text, &mut bytes) {
                    Ok(()) => Ok(bytes),
                    Err(error) => Err(D::Error::custom(format_args!("{name}: {error}"))),
                }
            };
            Ok(Self {
                version: Version::new(properties.version)
                    .ok_or_else(|| D::Error::custom(format_args!("version: {} is not 1 to 40", properties.version)))?,
                binary_value: bytes("binaryValue", &properties.binary_value)?,
                error_correction_level: properties
                    .error_correction_level
                    .parse::<ErrorCorrectionLevel>()
                    .map_err(|error| D::Error::custom(format_args!("errorCorrectionLevel: {error}")))?,
                raw_content: bytes("rawContent", &properties.raw_content)?,
            })
        }
    }
}
