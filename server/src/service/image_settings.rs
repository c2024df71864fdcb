//! What images new codes have.
//!
//! Knows the engine's writers and how long a name can be; nothing of stores or requests.

use qrmint::credential::{Randomness, Upsert, UpsertError, Upserted};
use qrmint::render::{Png, RenderError, Svg, Verdict};
use qrmint::{ErrorCorrectionLevel, ImageWriter, Mode, Version};

use crate::users;

/// The length of the longest raw content in bytes: a prefix, the user principal name, an id and a secret, with `|` between.
const MAX_CONTENT_LEN: usize = 12 + users::MAX_LEN + 1 + 36 + 1 + 43;

/// The images of new codes: their error-correction level, and the writer for them.
///
/// Settings exist only if every image can be written, also that of the longest user principal name, 256 bytes.
///
/// ```
/// use qrmint::ErrorCorrectionLevel;
/// use qrmint::render::{Png, QuietZone, Scale, Svg};
/// use qrmint_server::ImageSettings;
///
/// let (scale, quiet_zone) = (Scale::try_from(255)?, QuietZone::default());
/// assert!(ImageSettings::png(ErrorCorrectionLevel::L, Png::new(scale, quiet_zone)).is_ok());
/// assert!(ImageSettings::svg(ErrorCorrectionLevel::H, Svg::new(scale, quiet_zone)).is_ok());
/// let error = ImageSettings::png(ErrorCorrectionLevel::H, Png::new(scale, quiet_zone)).unwrap_err();
/// assert_eq!(error.to_string(), "image too large: 26775 x 26775 pixels, at most 23160 x 23160");
/// # Ok::<(), qrmint::OutOfRange>(())
/// ```
#[derive(Clone, Debug)]
pub struct ImageSettings {
    level: ErrorCorrectionLevel,
    writer: Writer,
}

#[derive(Clone, Debug)]
enum Writer {
    Png(Box<Png>),
    Svg(Svg),
}

impl ImageSettings {
    /// Creates settings for PNG images.
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] and [`RenderError::Refused`] if an image cannot be written.
    pub fn png(level: ErrorCorrectionLevel, png: Png) -> Result<Self, RenderError> {
        ImageWriter::from(&png).check(max_version(level))?;
        Ok(Self { level, writer: Writer::Png(Box::new(png)) })
    }

    /// Creates settings for SVG images.
    ///
    /// # Errors
    ///
    /// [`RenderError::Refused`] if an image cannot be written.
    pub fn svg(level: ErrorCorrectionLevel, svg: Svg) -> Result<Self, RenderError> {
        ImageWriter::from(&svg).check(max_version(level))?;
        Ok(Self { level, writer: Writer::Svg(svg) })
    }

    /// Judges the image of the longest user principal name.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let style = match &self.writer {
            Writer::Png(png) => png.style(),
            Writer::Svg(svg) => svg.style(),
        };
        style.verdict(max_version(self.level))
    }

    /// Applies the rules of create or update with these images.
    pub(super) fn upsert(&self, rules: &Upsert<'_>, randomness: Randomness) -> Result<Upserted, UpsertError> {
        match &self.writer {
            // A PNG writer keeps the last image in a buffer. The image is a secret, so each has a writer of its own.
            Writer::Png(png) => rules.run_with(randomness, self.level, &Png::clone(png)),
            Writer::Svg(svg) => rules.run_with(randomness, self.level, svg),
        }
    }
}

/// Returns the largest version of a code at `level`.
fn max_version(level: ErrorCorrectionLevel) -> Version {
    let holds_all = |version: &Version| version.capacity(level, Mode::Byte) >= MAX_CONTENT_LEN;
    (1..=40).filter_map(Version::new).find(holds_all).unwrap_or(Version::MAX)
}

impl Default for ImageSettings {
    /// Returns settings for PNG images of level L with 8 pixels per module and a quiet zone of 4 modules.
    fn default() -> Self {
        Self { level: ErrorCorrectionLevel::L, writer: Writer::Png(Box::default()) }
    }
}

#[cfg(test)]
mod tests {
    use qrmint::credential::{Kind, Policy, QrCodePatch};
    use qrmint::render::{QuietZone, Scale};

    use super::*;

    #[test]
    fn the_longest_name_gives_the_largest_version_and_its_image_can_be_written_wherever_settings_exist() {
        for (level, version, max_scale) in [
            (ErrorCorrectionLevel::L, 12, 255),
            (ErrorCorrectionLevel::M, 14, 255),
            (ErrorCorrectionLevel::Q, 17, 249),
            (ErrorCorrectionLevel::H, 20, 220),
        ] {
            let png = |scale| {
                let png = Png::new(Scale::new(scale).unwrap(), QuietZone::default());
                ImageSettings::png(level, png)
            };
            let svg = ImageSettings::svg(level, Svg::new(Scale::new(255).unwrap(), QuietZone::default()));
            let rules = Upsert {
                kind: Kind::Standard,
                state: None,
                patch: &QrCodePatch::default(),
                policy: &Policy::default(),
                now: "2025-03-04T21:27:46Z".parse().unwrap(),
                user: &"x".repeat(users::MAX_LEN),
            };
            for image in [png(max_scale), svg] {
                // Without digits and capital letters in a row, which take less room than other bytes.
                let randomness = Randomness::new([0xA6; Randomness::LEN]);
                let (_, response) = image.unwrap().upsert(&rules, randomness).unwrap().into_parts();
                let image = response.image.unwrap();
                assert_eq!((image.raw_content.len(), image.version.number()), (MAX_CONTENT_LEN, version));
            }
            assert_eq!(max_version(level).number(), version);
            assert!(max_scale == 255 || png(max_scale + 1).is_err());
        }
    }
}
