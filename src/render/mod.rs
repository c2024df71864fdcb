//! Writers that draw a [`Symbol`] as PNG, SVG or text: [`Png`], [`Svg`] and [`Text`].
//!
//! A writer has settings such as [`Scale`] and [`QuietZone`]. It returns an image (`to_vec`, `to_string`), writes it to
//! a file, socket or `Vec<u8>` (`write`), or displays it inside other text (`display`). All writers can be shared
//! between threads. For an image with the default settings, [`Symbol::to_png`] and [`Symbol::to_svg`] are shorter.
//!
//! ```
//! # #[cfg(feature = "png")] {
//! use qrmint::render::{Png, QuietZone, Scale, Svg, Text};
//! use qrmint::{ErrorCorrectionLevel, Symbol};
//!
//! let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
//! let png: Vec<u8> = Png::new(Scale::try_from(5)?, QuietZone::from(2)).to_vec(&symbol)?;
//! assert_eq!(png[1..4], *b"PNG");
//! let svg: String = Svg::default().to_string(&symbol);
//! assert!(svg.starts_with("<svg"));
//! let text: String = Text::default().to_string(&symbol);
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

use crate::number::{checked_conversions, number_conversions};
use crate::symbol::Symbol;
use crate::version::Version;

/// Images with the default scale and quiet zone.
impl Symbol {
    /// Returns the symbol as a PNG image with 8 pixels per module and a quiet zone of 4 modules.
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

    /// Returns the symbol as an SVG image with 8 pixels per module and a quiet zone of 4 modules.
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
/// assert_eq!("5".parse(), Scale::try_from(5));
/// assert_eq!(Scale::try_from(0).unwrap_err().to_string(), "expected a number from 1 to 255");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scale(NonZero<u8>);

impl Scale {
    /// Creates a scale of `pixels` pixels per module. Returns `None` if `pixels` is 0.
    ///
    /// ```
    /// use qrmint::render::Scale;
    /// assert_eq!(Scale::new(8), Some(Scale::default()));
    /// assert_eq!(Scale::new(0), None);
    /// ```
    pub const fn new(pixels: u8) -> Option<Self> {
        match NonZero::new(pixels) {
            Some(pixels) => Some(Self(pixels)),
            None => None,
        }
    }

    /// Returns the width and height of a module in pixels, 1 to 255.
    ///
    /// ```
    /// assert_eq!(qrmint::render::Scale::default().pixels(), 8);
    /// ```
    pub const fn pixels(self) -> u8 {
        self.0.get()
    }

    /// Returns the largest scale at which the image of a symbol of `version` fits a square of `pixels` x `pixels`
    /// pixels, with its quiet zone on every side. Returns `None` if it does not fit even at 1 pixel per module.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::{QuietZone, Scale};
    /// // 4 + 21 + 4 = 29 modules of 13 pixels are 377 pixels.
    /// assert_eq!(Scale::fitting(Version::MIN, QuietZone::default(), 400), Scale::new(13));
    /// assert_eq!(Scale::fitting(Version::MIN, QuietZone::default(), 28), None);
    /// ```
    pub fn fitting(version: Version, quiet_zone: QuietZone, pixels: u32) -> Option<Self> {
        let modules = version.size() as u32 + 2 * u32::from(quiet_zone.modules());
        Self::new(u8::try_from(pixels / modules).unwrap_or(u8::MAX))
    }
}

checked_conversions!(Scale: u8, pixels, 1 to 255);

impl Default for Scale {
    /// Returns 8 pixels per module.
    fn default() -> Self {
        const EIGHT: NonZero<u8> = NonZero::new(8).expect("not zero");
        Self(EIGHT)
    }
}

/// The width of the quiet zone, the light border around a symbol, in modules: 0 to 255.
///
/// The default is 4, the width that the standard requires (6.3.8 of ISO/IEC 18004:2015). Readers may fail with less.
///
/// ```
/// use qrmint::render::QuietZone;
/// assert_eq!(QuietZone::default(), QuietZone::from(4));
/// assert_eq!("4".parse(), Ok(QuietZone::from(4)));
/// assert!("256".parse::<QuietZone>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuietZone(u8);

impl QuietZone {
    /// Creates a quiet zone that is `modules` modules wide on every side.
    ///
    /// ```
    /// use qrmint::render::QuietZone;
    /// assert_eq!(QuietZone::new(4), QuietZone::default());
    /// ```
    pub const fn new(modules: u8) -> Self {
        Self(modules)
    }

    /// Returns the width in modules, 0 to 255.
    ///
    /// ```
    /// assert_eq!(qrmint::render::QuietZone::default().modules(), 4);
    /// ```
    pub const fn modules(self) -> u8 {
        self.0
    }
}

number_conversions!(QuietZone: u8, modules, 0 to 255);

impl From<u8> for QuietZone {
    /// Returns [`QuietZone::new`].
    fn from(modules: u8) -> Self {
        Self::new(modules)
    }
}

impl Default for QuietZone {
    /// Returns 4 modules.
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
