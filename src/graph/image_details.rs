//! The image as Graph's `qrCodeImageDetails` describes it.

use std::fmt;

use crate::encode::Encoder;
use crate::error::EncodeError;
use crate::render::{Png, RenderError};
use crate::symbol::Symbol;
use crate::version::{ErrorCorrectionLevel, Version};

/// A QR code image and what is in it: Microsoft Graph's `qrCodeImageDetails`.
///
/// With the feature `serde` it is Graph's JSON, both ways: `version` a number, `errorCorrectionLevel` one of `l`, `m`, `q`
/// and `h`, `binaryValue` and `rawContent` in the standard base64 alphabet with padding. `@odata.type` may be
/// there and is `#microsoft.graph.qrCodeImageDetails` then, the `#` optional; unknown properties are ignored. It is
/// written without `@odata.type`.
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
    /// The error-correction level that the symbol has.
    pub error_correction_level: ErrorCorrectionLevel,
    /// The bytes that the symbol carries.
    pub raw_content: Vec<u8>,
}

impl QrCodeImageDetails {
    /// The details of `symbol`, made of `raw_content`, with its image as `png` writes it. That the symbol carries these bytes is
    /// the caller's to know: a symbol does not say of what it was made.
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] as [`Png::write`].
    ///
    /// ```
    /// use qrmint::render::{Png, QuietZone, Scale};
    /// use qrmint::{Encoder, ErrorCorrectionLevel, QrCodeImageDetails};
    /// let mut encoder = Encoder::new();
    /// let mut png = Png::new(Scale::new(3).unwrap(), QuietZone::new(2));
    /// let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::Q)?;
    /// let details = QrCodeImageDetails::new(symbol, b"hello", &mut png)?;
    /// assert_eq!(details.raw_content, b"hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(symbol: &Symbol, raw_content: &[u8], png: &mut Png) -> Result<Self, RenderError> {
        let mut details = Self {
            version: symbol.version(),
            binary_value: Vec::new(),
            error_correction_level: symbol.level(),
            raw_content: Vec::new(),
        };
        details.renew(symbol, raw_content, png)?;
        Ok(details)
    }

    /// Makes these the details of another symbol, in the memory that they have; `raw_content` as in [`new`](Self::new).
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] as [`Png::write`]; they are still those of the earlier symbol then.
    ///
    /// ```
    /// use qrmint::render::Png;
    /// use qrmint::{Encoder, ErrorCorrectionLevel, QrCodeImageDetails};
    /// let (mut encoder, mut png) = (Encoder::new(), Png::default());
    /// let mut details = qrmint::encode(b"first", ErrorCorrectionLevel::M)?;
    /// details.renew(encoder.encode(b"second", ErrorCorrectionLevel::M)?, b"second", &mut png)?;
    /// assert_eq!(details, qrmint::encode(b"second", ErrorCorrectionLevel::M)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn renew(&mut self, symbol: &Symbol, raw_content: &[u8], png: &mut Png) -> Result<(), RenderError> {
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
    /// Names the lengths of image and content, not their bytes: the content may be a secret, and the image shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrCodeImageDetails")
            .field("version", &self.version.number())
            .field("binary_value", &format_args!("[{} bytes]", self.binary_value.len()))
            .field("error_correction_level", &self.error_correction_level)
            .field("raw_content", &format_args!("[{} bytes]", self.raw_content.len()))
            .finish()
    }
}

/// Makes the QR code image of `raw_content` at `level`: the smallest version that fits, the shortest segmentation, the best
/// mask, 8 pixels a module, a quiet zone of 4 modules.
///
/// For many images keep an [`Encoder`] and a [`Png`].
///
/// # Errors
///
/// [`EncodeError::TooLong`] if the content does not fit version 40 at this level.
///
/// ```
/// use qrmint::ErrorCorrectionLevel;
/// let details = qrmint::encode(b"https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
/// assert_eq!(details.version.number(), 3);
/// assert_eq!(details.binary_value[1..4], *b"PNG");
/// assert_eq!(details.raw_content, b"https://example.com/badge/4711");
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
pub fn encode(raw_content: &[u8], level: ErrorCorrectionLevel) -> Result<QrCodeImageDetails, EncodeError> {
    let mut encoder = Encoder::new();
    let symbol = encoder.encode(raw_content, level)?;
    let details = QrCodeImageDetails::new(symbol, raw_content, &mut Png::default());
    Ok(details.expect("at the default scale the largest symbol is 1,480 pixels a side"))
}

#[cfg(feature = "serde")]
mod json {
    //! Graph's JSON.

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Serialize, SerializeStruct, Serializer};

    use super::{ErrorCorrectionLevel, QrCodeImageDetails, Version};
    use crate::graph::odata::{Base64, is_type, read_object};

    /// The engine that encodes: the widest instructions there are, if they are wanted.
    #[cfg(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64")))]
    static ENGINE: std::sync::LazyLock<base64::engine::Simd> =
        std::sync::LazyLock::new(|| base64::engine::Simd::standard(base64::engine::general_purpose::PAD));
    #[cfg(not(all(feature = "simd", any(target_arch = "x86_64", target_arch = "aarch64"))))]
    static ENGINE: base64::engine::GeneralPurpose = STANDARD;

    impl QrCodeImageDetails {
        /// Appends the JSON, byte for byte what a serializer of `serde_json` writes, but without looking at every
        /// character of the base64 for what must be escaped: there is nothing. Allocates only what `json` lacks in capacity.
        ///
        /// ```
        /// let details = qrmint::encode(b"hello", qrmint::ErrorCorrectionLevel::M)?;
        /// let mut json = Vec::new();
        /// details.write_json(&mut json);
        /// assert_eq!(json, serde_json::to_vec(&details)?);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        pub fn write_json(&self, json: &mut Vec<u8>) {
            // Digits without the machinery of formatting: a version has one or two.
            let number = self.version.number();
            json.extend_from_slice(b"{\"version\":");
            json.extend((number >= 10).then_some(b'0' + number / 10));
            json.push(b'0' + number % 10);
            json.extend_from_slice(b",\"errorCorrectionLevel\":\"");
            json.extend_from_slice(self.error_correction_level.letter().as_bytes());
            json.extend_from_slice(b"\",\"rawContent\":\"");
            push_base64(&self.raw_content, json);
            json.extend_from_slice(b"\",\"binaryValue\":\"");
            push_base64(&self.binary_value, json);
            json.extend_from_slice(b"\"}");
        }
    }

    fn push_base64(bytes: &[u8], json: &mut Vec<u8>) {
        let start = json.len();
        json.resize(start + bytes.len().div_ceil(3) * 4, 0);
        let written = ENGINE.encode_slice(bytes, &mut json[start..]);
        debug_assert_eq!(written.ok(), Some(json.len() - start), "four characters for every three bytes");
    }

    /// The OData type, without its `#`.
    const TYPE: &str = "microsoft.graph.qrCodeImageDetails";

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

    /// The properties as JSON has them.
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

    impl<'de> Deserialize<'de> for QrCodeImageDetails {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let properties: Properties = read_object(deserializer)?;
            if let Some(other) = properties.odata_type.filter(|name| !is_type(name, TYPE)) {
                return Err(D::Error::custom(format_args!("@odata.type: `{other}` is not `#{TYPE}`")));
            }
            let bytes = |name: &str, text: &str| {
                STANDARD.decode(text).map_err(|error| D::Error::custom(format_args!("{name}: {error}")))
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
