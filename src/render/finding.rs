//! Defects of a picture: warnings, and reasons to refuse it.
//!
//! Knows resolutions; nothing of how a picture is judged.

use core::fmt;

use super::length::{Dpi, Length};

/// How bad a [`Finding`] or a [`Verdict`](super::Verdict) is, the least first.
///
/// ```
/// use qrmint::render::VerdictLevel;
/// assert!(VerdictLevel::Ok < VerdictLevel::Warning && VerdictLevel::Warning < VerdictLevel::Refuse);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VerdictLevel {
    /// All readers should read it.
    Ok,
    /// Some readers may fail, on paper or in bad light.
    Warning,
    /// Writers refuse it.
    Refuse,
}

/// What is wrong with a picture. Displays one line with the numbers.
///
/// ```
/// use qrmint::Version;
/// use qrmint::render::{Color, Finding, Style, VerdictLevel};
/// let style = Style::default().with_dark(Color::WHITE).with_light(Some(Color::BLACK));
/// let finding = Finding::Inverted { allowed: false };
/// assert_eq!(style.verdict(Version::MIN).findings, [finding]);
/// assert_eq!(finding.level(), VerdictLevel::Refuse);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// The size has less than one dot for each module of the symbol and its quiet zone. Refused.
    TooSmall {
        /// The width and height asked for, in dots.
        side: u32,
        /// The minimum width and height, in dots.
        min_side: u32,
        /// The resolution, if the size is one on paper.
        dpi: Option<Dpi>,
    },
    /// Dark modules are lighter than light ones. Refused unless allowed.
    Inverted {
        /// Whether [`Style::unsafe_colors`](super::Style::unsafe_colors) allows it.
        allowed: bool,
    },
    /// The contrast is below [`Finding::GOOD_CONTRAST`]. Refused below [`Finding::MIN_CONTRAST`] unless allowed.
    Contrast {
        /// The contrast ratio, 1 to 21.
        contrast: f64,
        /// Whether [`Style::unsafe_colors`](super::Style::unsafe_colors) allows any.
        allowed: bool,
    },
    /// Light modules are transparent, fully or partly, so the contrast depends on the background.
    Transparent,
    /// The quiet zone is narrower than [`Finding::QUIET_ZONE`].
    QuietZone {
        /// Its width where it is narrowest, in whole modules.
        modules: u32,
    },
    /// A printed module has less than [`Finding::GOOD_DOTS`] dots.
    SmallModule {
        /// The width and height of a module, in dots.
        dots: u32,
        /// The resolution.
        dpi: Dpi,
    },
}

impl Finding {
    /// The contrast ratio below which pictures are refused, unless [`Style::unsafe_colors`](super::Style::unsafe_colors) allows them.
    ///
    /// With a clean picture some readers stop at 1.1 and others at 4. The limits leave room for print, dirt and bad
    /// light.
    pub const MIN_CONTRAST: f64 = 3.0;

    /// The contrast ratio from which there is no warning.
    pub const GOOD_CONTRAST: f64 = 6.0;

    /// The minimum quiet zone of the standard, in modules (6.3.8 of ISO/IEC 18004:2015).
    pub const QUIET_ZONE: u32 = 4;

    /// The dots of a printed module from which there is no warning, as recommended by Denso Wave, the inventor of QR
    /// codes ("Point for determining the symbol size").
    pub const GOOD_DOTS: u32 = 4;

    /// Returns [`VerdictLevel::Warning`] or [`VerdictLevel::Refuse`].
    ///
    /// ```
    /// use qrmint::render::{Finding, VerdictLevel};
    /// assert_eq!(Finding::Contrast { contrast: 2.9, allowed: false }.level(), VerdictLevel::Refuse);
    /// assert_eq!(Finding::Contrast { contrast: 2.9, allowed: true }.level(), VerdictLevel::Warning);
    /// assert_eq!(Finding::Transparent.level(), VerdictLevel::Warning);
    /// ```
    pub fn level(&self) -> VerdictLevel {
        match *self {
            Self::TooSmall { .. } | Self::Inverted { allowed: false } => VerdictLevel::Refuse,
            Self::Contrast { contrast, allowed: false } if contrast < Self::MIN_CONTRAST => VerdictLevel::Refuse,
            _ => VerdictLevel::Warning,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooSmall { side, min_side, dpi: None } => {
                write!(f, "too small: {side} x {side} pixels, at least {min_side} x {min_side} pixels")
            }
            Self::TooSmall { side, min_side, dpi: Some(dpi) } => {
                let length = Length::of_dots(min_side, dpi);
                write!(f, "too small: a side of {side} dots at {dpi} dpi, at least {min_side} dots, {length}")
            }
            Self::Inverted { .. } => f.write_str("inverted: dark modules are lighter than light ones"),
            Self::Contrast { contrast, .. } => {
                let (word, wanted) = if contrast < Self::MIN_CONTRAST {
                    ("at least", Self::MIN_CONTRAST)
                } else {
                    ("better", Self::GOOD_CONTRAST)
                };
                // Rounded down, so that no ratio looks sufficient that is not.
                let tenths = (contrast * 10.0) as u32;
                write!(f, "contrast {}.{}:1, {word} {wanted:.1}:1", tenths / 10, tenths % 10)
            }
            Self::Transparent => f.write_str("transparent: the contrast depends on what is below the picture"),
            Self::QuietZone { modules } => {
                write!(f, "quiet zone of width {modules}, better {} modules", Self::QUIET_ZONE)
            }
            Self::SmallModule { dots, dpi } => {
                let length = Length::of_dots(dots, dpi);
                write!(f, "modules of {dots} x {dots} dots at {dpi} dpi, {length}, better {0} x {0}", Self::GOOD_DOTS)
            }
        }
    }
}
