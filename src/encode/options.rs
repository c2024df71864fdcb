//! What an [`Encoder`] is asked for beside content and level.

use super::bit_stream::Eci;
use super::segment::Segmentation;
use super::text::TextEncoding;
#[cfg(doc)]
use crate::encode::Encoder;
#[cfg(doc)]
use crate::version::Version;
use crate::version::{Mask, VersionRange};

/// Options for an [`Encoder`]. By default it chooses everything except the level.
///
/// The fields are public. Each method sets one of them, so that options can be written as one expression. The level is
/// an argument of each call.
///
/// ```
/// use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Options, Version};
/// let (version, mask) = (Version::try_from(10)?, Mask::try_from(2)?);
/// let options = Options::default().with_versions(version).with_mask(mask);
/// let mut encoder = Encoder::with_options(options);
/// let symbol = encoder.encode("hello", ErrorCorrectionLevel::M)?;
/// assert_eq!((symbol.version(), symbol.mask()), (version, mask));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Options {
    /// The versions allowed. The encoder takes the smallest that fits. The default is all versions.
    pub versions: VersionRange,
    /// The mask. `None`, the default, means the mask with the lowest penalty score (7.8.3 of ISO/IEC 18004:2015).
    pub mask: Option<Mask>,
    /// Whether to raise the level as far as the version has room for. The default is `false`.
    pub boost: bool,
    /// How to split the content into segments. The default is [`Segmentation::Optimal`].
    pub segmentation: Segmentation,
    /// The ECI to announce before the content. It tells readers what the bytes mean; the bytes stay the same. `None`,
    /// the default, announces nothing.
    pub eci: Option<Eci>,
    /// How [`Encoder::encode_text`] stores text, unless `eci` is set. Other calls ignore it. The default is
    /// [`TextEncoding::Utf8Eci`].
    pub text: TextEncoding,
}

impl Options {
    /// Sets the versions allowed: a [`VersionRange`] or a single [`Version`].
    ///
    /// ```
    /// use qrmint::{Options, Version, VersionRange};
    /// let (five, ten) = (Version::try_from(5)?, Version::try_from(10)?);
    /// let range = VersionRange::try_from(five..=ten)?;
    /// assert_eq!(Options::default().with_versions(range).versions, range);
    /// assert_eq!(Options::default().with_versions(ten).versions, VersionRange::from(ten));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_versions(self, versions: impl Into<VersionRange>) -> Self {
        Self { versions: versions.into(), ..self }
    }

    /// Sets the mask. Without this the encoder takes the mask with the lowest penalty score.
    ///
    /// ```
    /// use qrmint::{Mask, Options};
    /// assert_eq!(Options::default().with_mask(Mask::ALL[2]).mask, Some(Mask::ALL[2]));
    /// ```
    #[must_use]
    pub const fn with_mask(self, mask: Mask) -> Self {
        Self { mask: Some(mask), ..self }
    }

    /// Sets whether to raise the level as far as the version has room for.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Options};
    /// let mut encoder = Encoder::with_options(Options::default().with_boost(true));
    /// let symbol = encoder.encode("hello", ErrorCorrectionLevel::L)?;
    /// assert_eq!(symbol.level(), ErrorCorrectionLevel::H);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    #[must_use]
    pub const fn with_boost(self, boost: bool) -> Self {
        Self { boost, ..self }
    }

    /// Sets how to split the content into segments.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Mode, Options, Segment, Segmentation};
    /// let options = Options::default().with_segmentation(Segmentation::Bytes);
    /// let mut encoder = Encoder::with_options(options);
    /// encoder.encode("0123456789", ErrorCorrectionLevel::L)?;
    /// assert_eq!(encoder.segments(), [Segment::new(Mode::Byte, 0..10)]);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    #[must_use]
    pub const fn with_segmentation(self, segmentation: Segmentation) -> Self {
        Self { segmentation, ..self }
    }

    /// Sets the ECI to announce before the content.
    ///
    /// ```
    /// use qrmint::{Eci, Options};
    /// assert_eq!(Options::default().with_eci(Eci::UTF_8).eci, Some(Eci::UTF_8));
    /// ```
    #[must_use]
    pub const fn with_eci(self, eci: Eci) -> Self {
        Self { eci: Some(eci), ..self }
    }

    /// Sets how [`Encoder::encode_text`] stores text.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Options, TextEncoding};
    /// let options = Options::default().with_text(TextEncoding::Latin1);
    /// let mut encoder = Encoder::with_options(options);
    /// assert!(encoder.encode_text("José", ErrorCorrectionLevel::M).is_ok());
    /// // ISO 8859-1 has no euro sign.
    /// assert!(encoder.encode_text("10 €", ErrorCorrectionLevel::M).is_err());
    /// ```
    #[must_use]
    pub const fn with_text(self, text: TextEncoding) -> Self {
        Self { text, ..self }
    }
}
