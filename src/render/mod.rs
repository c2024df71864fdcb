//! Draws a [`Symbol`] as PNG, SVG or text: [`Png`], [`Svg`] and [`Text`].
//!
//! ```
//! # #[cfg(feature = "png")] {
//! use qrmint::render::{Png, QuietZone, Scale, Svg, Text};
//! use qrmint::{Encoder, ErrorCorrectionLevel};
//!
//! let mut encoder = Encoder::new();
//! let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M)?;
//! let png: Vec<u8> = Png::new(Scale::default(), QuietZone::default()).to_vec(symbol)?;
//! assert_eq!(png[1..4], *b"PNG");
//! let svg: String = Svg::default().to_string(symbol);
//! assert!(svg.starts_with("<svg"));
//! let text: String = Text::default().to_string(symbol);
//! assert!(text.contains('█'));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod output;
#[cfg(feature = "png")]
mod png;
mod svg;
mod text;

#[cfg(feature = "png")]
pub use self::png::{Png, RenderError};
pub use svg::Svg;
pub use text::Text;

use alloc::string::String;
#[cfg(feature = "png")]
use alloc::vec::Vec;
use core::num::NonZero;

use crate::number::{checked_conversion, number_conversions};
use crate::symbol::Symbol;
use crate::version::Version;

/// Images with the default scale and quiet zone.
impl Symbol {
    /// Returns the symbol as PNG: 8 pixels per module and a quiet zone of 4 modules.
    ///
    /// To choose scale and quiet zone, or to write many images, use a [`Png`].
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let png: Vec<u8> = Symbol::encode("hello", ErrorCorrectionLevel::M)?.to_png();
    /// assert_eq!(png[1..4], *b"PNG");
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    #[cfg(feature = "png")]
    pub fn to_png(&self) -> Vec<u8> {
        Png::default().to_vec(self).expect("at the default scale the largest symbol is 1,480 pixels a side")
    }

    /// Returns the symbol as SVG: 8 pixels per module and a quiet zone of 4 modules.
    ///
    /// To choose scale and quiet zone, or to write to a file, use an [`Svg`].
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let svg: String = Symbol::encode("hello", ErrorCorrectionLevel::M)?.to_svg();
    /// assert!(svg.starts_with("<svg"));
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn to_svg(&self) -> String {
        Svg::default().to_string(self)
    }
}

/// The width and height of a module in pixels, 1 to 255. The default is 8.
///
/// ```
/// use qrmint::render::Scale;
/// assert_eq!(Scale::default().pixels(), 8);
/// assert_eq!(Scale::new(0), None);
/// assert_eq!("5".parse(), Scale::try_from(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scale(NonZero<u8>);

impl Scale {
    /// Creates a scale of `pixels` pixels per module. Returns `None` if `pixels` is 0.
    pub const fn new(pixels: u8) -> Option<Self> {
        match NonZero::new(pixels) {
            Some(pixels) => Some(Self(pixels)),
            None => None,
        }
    }

    /// Returns the number of pixels per module.
    pub const fn pixels(self) -> u8 {
        self.0.get()
    }

    /// Returns the largest scale, 255 at most, at which the image of a symbol of `version`, quiet zone included, is at
    /// most `pixels` wide and high. Returns `None` if it is larger even at scale 1.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::{QuietZone, Scale};
    /// // 21 modules and a quiet zone of 4 on either side: 29 modules, of 13 pixels each.
    /// assert_eq!(Scale::fitting(Version::MIN, QuietZone::default(), 400), Scale::new(13));
    /// assert_eq!(Scale::fitting(Version::MIN, QuietZone::default(), 28), None);
    /// ```
    pub fn fitting(version: Version, quiet_zone: QuietZone, pixels: u32) -> Option<Self> {
        let modules = version.size() as u32 + 2 * u32::from(quiet_zone.modules());
        Self::new(u8::try_from(pixels / modules).unwrap_or(u8::MAX))
    }
}

number_conversions!(Scale: u8, pixels, 1 to 255);
checked_conversion!(Scale: u8, 1 to 255);

impl Default for Scale {
    fn default() -> Self {
        const EIGHT: NonZero<u8> = NonZero::new(8).expect("not zero");
        Self(EIGHT)
    }
}

/// The width of the quiet zone, the light border around the symbol, in modules: 0 to 255. The default is 4, the width
/// that the standard requires (6.3.8).
///
/// ```
/// use qrmint::render::QuietZone;
/// assert_eq!(QuietZone::default(), QuietZone::new(4));
/// assert_eq!("4".parse(), Ok(QuietZone::from(4)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuietZone(u8);

impl QuietZone {
    /// Creates a quiet zone that is `modules` modules wide on every side.
    pub const fn new(modules: u8) -> Self {
        Self(modules)
    }

    /// Returns the width in modules.
    pub const fn modules(self) -> u8 {
        self.0
    }
}

number_conversions!(QuietZone: u8, modules, 0 to 255);

impl From<u8> for QuietZone {
    fn from(modules: u8) -> Self {
        Self::new(modules)
    }
}

impl Default for QuietZone {
    fn default() -> Self {
        Self(4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn assert_shareable<T: Clone + Send + Sync>() {}

    #[test]
    fn writers_can_be_cloned_and_shared_between_threads() {
        #[cfg(feature = "png")]
        assert_shareable::<Png>();
        assert_shareable::<Svg>();
        assert_shareable::<Text>();
    }
}
