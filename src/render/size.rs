//! How large a picture is: pixels per module, pixels per side, or a length on paper.
//!
//! Knows versions and lengths; nothing of symbols or colours.

use core::num::NonZero;

use super::length::{Dpi, Length};
use crate::number::{checked_conversions, number_conversions};
use crate::version::Version;

/// How large a picture is. A module is always a whole number of dots, at least one, so that edges are sharp. A dot is
/// a pixel of an image, or what a printer can place at its resolution.
///
/// [`Style::placement`](super::Style::placement) tells what the size gives for a version, real lengths included.
///
/// ```
/// use qrmint::Version;
/// use qrmint::render::{Dpi, Length, Size, Style};
/// let placed = |size| Style::default().with_size(size).placement(Version::MIN);
/// // 0.5 mm are 5.9 dots at 300 dpi, so a module is 6.
/// let picture = placed(Size::Module(Length::from_mm(0.5)?, Dpi::default()))?;
/// assert_eq!((picture.module, picture.module_length().map(|length| length.mm())), (6, Some(0.508)));
/// // 25 mm are 295 dots: 10 for each of 29 modules, and 5 more in the quiet zone.
/// let picture = placed(Size::Side(Length::from_mm(25.0)?, Dpi::default()))?;
/// assert_eq!((picture.side, picture.module), (295, 10));
/// assert_eq!(placed(Size::Pixels(400))?.side, 400);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Size {
    /// A number of pixels per module. The picture has no size on paper; PDF and EPS print it at the default resolution.
    Scale(Scale),
    /// Exactly this many pixels per side. The module is the largest that fits with the quiet zone. The pixels left over
    /// widen the quiet zone, half of them on each side to within 4 pixels. The size on paper is as for
    /// [`Scale`](Self::Scale).
    Pixels(u32),
    /// Modules of this length at this resolution, rounded to the nearest whole number of dots, at least one.
    Module(Length, Dpi),
    /// A side of this length at this resolution, quiet zone included, rounded to the nearest whole number of dots. They
    /// are shared between modules and quiet zone as for [`Pixels`](Self::Pixels).
    Side(Length, Dpi),
}

impl Size {
    /// Returns the resolution of a size on paper.
    ///
    /// ```
    /// use qrmint::render::{Dpi, Length, Size};
    /// let dpi = Dpi::try_from(600)?;
    /// assert_eq!(Size::Side(Length::from_inches(2.0)?, dpi).dpi(), Some(dpi));
    /// assert_eq!(Size::default().dpi(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn dpi(self) -> Option<Dpi> {
        match self {
            Self::Module(_, dpi) | Self::Side(_, dpi) => Some(dpi),
            Self::Scale(_) | Self::Pixels(_) => None,
        }
    }
}

impl Default for Size {
    /// Returns the default scale: 8 pixels per module.
    fn default() -> Self {
        Self::Scale(Scale::default())
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
