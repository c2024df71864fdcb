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

#[cfg(feature = "png")]
mod png;
mod svg;
mod text;

#[cfg(feature = "png")]
pub use self::png::{Png, RenderError};
pub use svg::Svg;
pub use text::Text;

use core::num::NonZero;

#[cfg(doc)]
use crate::Symbol;

/// The width and height of a module in pixels, 1 to 255. The default is 8.
///
/// ```
/// use qrmint::render::Scale;
/// assert_eq!(Scale::default().pixels(), 8);
/// assert_eq!(Scale::new(0), None);
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
}

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

impl Default for QuietZone {
    fn default() -> Self {
        Self(4)
    }
}
