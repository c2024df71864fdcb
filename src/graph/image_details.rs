//! Graph's `qrCodeImageDetails`: a QR code image and its content.
//!
//! Knows how to encode and how to write images; nothing of the credential.

use std::fmt;
use std::io::Write as _;

#[cfg(feature = "credential")]
pub(crate) use self::json::ImageOfCode;
use crate::encode::EncodeError;
#[cfg(doc)]
use crate::encode::Encoder;
use crate::render::{Png, RenderError, Svg};
use crate::symbol::Symbol;
use crate::version::{ErrorCorrectionLevel, Version};

/// A QR code as Microsoft Graph's `qrCodeImageDetails`: an image, its version and level, and its content.
///
/// [`encode`] returns it with a PNG; [`new`](Self::new) takes a [`Png`] or an [`Svg`]. With the feature `serde` it is read and written as Graph's JSON. `version` is a number,
/// `errorCorrectionLevel` is `l`, `m`, `q` or `h`, `binaryValue` and `rawContent` are base64 in the standard alphabet
/// with padding. Reading ignores unknown properties and accepts `@odata.type` if it is
/// `#microsoft.graph.qrCodeImageDetails`, with or without the `#`. `@odata.type` is not written.
///
/// `Debug` does not show the image and the content, which may be a secret.
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use qrmint::{ErrorCorrectionLevel, QrCodeImageDetails};
/// let details = qrmint::encode("HelloWorld!", ErrorCorrectionLevel::L)?;
/// let json = serde_json::to_value(&details)?;
/// assert_eq!(json["version"], 1);
/// assert_eq!(json["errorCorrectionLevel"], "l");
/// assert_eq!(json["rawContent"], "SGVsbG9Xb3JsZCE=");
/// assert_eq!(serde_json::from_value::<QrCodeImageDetails>(json)?, details);
///
/// let wrong = serde_json::json!({
///     "version": 41, "errorCorrectionLevel": "l", "rawContent": "", "binaryValue": "",
/// });
/// assert!(serde_json::from_value::<QrCodeImageDetails>(wrong).is_err(), "there is no version 41");
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct QrCodeImageDetails {
    /// The version of the symbol.
    pub version: Version,
    /// The image: the bytes of a PNG, or the text of an SVG in UTF-8.
    pub binary_value: Vec<u8>,
    /// The error-correction level of the symbol.
    pub error_correction_level: ErrorCorrectionLevel,
    /// The content: the bytes that the symbol carries.
    pub raw_content: Vec<u8>,
}

impl QrCodeImageDetails {
    /// Creates the details of `symbol` with the image that a [`Png`] or an [`Svg`] writes. `raw_content` must be the
    /// content of the symbol; this is not checked.
    ///
    /// # Errors
    ///
    /// Those of [`Png::write`] or [`Svg::write`].
    ///
    /// ```
    /// use qrmint::render::{Png, QuietZone, Scale, Svg};
    /// use qrmint::{ErrorCorrectionLevel, QrCodeImageDetails, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
    /// let png = Png::new(Scale::try_from(3)?, QuietZone::from(2));
    /// let details = QrCodeImageDetails::new(&symbol, b"hello", &png)?;
    /// assert_eq!(details.binary_value, png.to_vec(&symbol)?);
    ///
    /// let details = QrCodeImageDetails::new(&symbol, b"hello", &Svg::default())?;
    /// assert_eq!(details.binary_value, symbol.to_svg().into_bytes());
    ///
    /// let too_large = Png::new(Scale::try_from(255)?, QuietZone::from(255));
    /// assert!(QrCodeImageDetails::new(&symbol, b"hello", &too_large).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new<'a>(
        symbol: &Symbol,
        raw_content: &[u8],
        image: impl Into<ImageWriter<'a>>,
    ) -> Result<Self, RenderError> {
        let mut details = Self {
            version: symbol.version(),
            binary_value: Vec::new(),
            error_correction_level: symbol.level(),
            raw_content: Vec::new(),
        };
        details.renew(symbol, raw_content, image)?;
        Ok(details)
    }

    /// Creates the details with a PNG of the default scale and quiet zone.
    pub(crate) fn with_default_png(symbol: &Symbol, raw_content: &[u8]) -> Self {
        Self {
            version: symbol.version(),
            binary_value: symbol.to_png(),
            error_correction_level: symbol.level(),
            raw_content: raw_content.into(),
        }
    }

    /// Replaces the details with those of another symbol and reuses their memory. The arguments are those of
    /// [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] and [`RenderError::Refused`] as for [`Png::write`] and [`Svg::write`]. The details then
    /// stay as they were.
    ///
    /// ```
    /// use qrmint::render::Png;
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let (mut encoder, png) = (Encoder::new(), Png::default());
    /// let mut details = qrmint::encode("first", ErrorCorrectionLevel::M)?;
    /// details.renew(encoder.encode("second", ErrorCorrectionLevel::M)?, b"second", &png)?;
    /// assert_eq!(details, qrmint::encode("second", ErrorCorrectionLevel::M)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn renew<'a>(
        &mut self,
        symbol: &Symbol,
        raw_content: &[u8],
        image: impl Into<ImageWriter<'a>>,
    ) -> Result<(), RenderError> {
        let image = image.into();
        image.check(symbol.version())?;
        self.binary_value.clear();
        image.write(symbol, &mut self.binary_value)?;
        self.raw_content.clear();
        self.raw_content.extend_from_slice(raw_content);
        (self.version, self.error_correction_level) = (symbol.version(), symbol.level());
        Ok(())
    }
}

impl fmt::Debug for QrCodeImageDetails {
    /// Shows the lengths of image and content. Does not show their bytes: the content may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrCodeImageDetails")
            .field("version", &self.version.number())
            .field("binary_value", &format_args!("[{} bytes]", self.binary_value.len()))
            .field("error_correction_level", &self.error_correction_level)
            .field("raw_content", &format_args!("[{} bytes]", self.raw_content.len()))
            .finish()
    }
}

/// A writer for the image of [`QrCodeImageDetails`]. A reference to a [`Png`] or an [`Svg`] converts to it.
///
/// ```
/// use qrmint::render::{Png, Svg};
/// use qrmint::{ErrorCorrectionLevel, ImageWriter, QrCodeImageDetails, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let (png, svg) = (Png::default(), Svg::default());
/// for (image, start) in [(ImageWriter::from(&png), b"\x89PNG"), (ImageWriter::from(&svg), b"<svg")] {
///     let details = QrCodeImageDetails::new(&symbol, b"hello", image)?;
///     assert!(details.binary_value.starts_with(start));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ImageWriter<'a> {
    /// Writes a PNG.
    Png(&'a Png),
    /// Writes an SVG as UTF-8.
    Svg(&'a Svg),
}

impl ImageWriter<'_> {
    /// Checks that the image of a symbol of `version` can be written.
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] and [`RenderError::Refused`] as for [`Png::write`] and [`Svg::write`].
    ///
    /// ```
    /// use qrmint::render::{Png, QuietZone, Scale, Svg};
    /// use qrmint::{ImageWriter, Version};
    /// let (scale, quiet_zone) = (Scale::try_from(255)?, QuietZone::default());
    /// assert!(ImageWriter::from(&Png::new(scale, quiet_zone)).check(Version::MAX).is_err());
    /// assert!(ImageWriter::from(&Svg::new(scale, quiet_zone)).check(Version::MAX).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(self, version: Version) -> Result<(), RenderError> {
        match self {
            Self::Png(png) => png.check(version),
            Self::Svg(svg) => svg.plan(version).map(drop),
        }
    }

    /// Appends the image of `symbol`.
    fn write(self, symbol: &Symbol, out: &mut Vec<u8>) -> Result<(), RenderError> {
        match self {
            Self::Png(png) => png.write(symbol, out),
            // A vector needs no buffer in front of it.
            Self::Svg(svg) => Ok(write!(out, "{}", svg.display(symbol)?)?),
        }
    }
}

impl<'a> From<&'a Png> for ImageWriter<'a> {
    /// Returns [`ImageWriter::Png`].
    fn from(png: &'a Png) -> Self {
        Self::Png(png)
    }
}

impl<'a> From<&'a Svg> for ImageWriter<'a> {
    /// Returns [`ImageWriter::Svg`].
    fn from(svg: &'a Svg) -> Self {
        Self::Svg(svg)
    }
}

/// Encodes exactly the bytes of `content` and returns a PNG image, its version and level, and the content: Microsoft
/// Graph's `qrCodeImageDetails`.
///
/// The symbol has the smallest version that fits and the mask with the lowest penalty score; the image has 8 pixels per
/// module and a quiet zone of 4 modules. For other images, or for text that is not plain ASCII, use [`Symbol`]. For
/// other settings or many images, use an [`Encoder`] and a [`Png`].
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
/// assert!(qrmint::encode([0; 3_000], ErrorCorrectionLevel::M).is_err());
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
        /// Appends the details as JSON: the bytes that `serde_json` writes, but faster, since base64 needs no escaping.
        /// Allocates only if `json` must grow.
        ///
        /// ```
        /// let details = qrmint::encode("hello", qrmint::ErrorCorrectionLevel::M)?;
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
