//! Where the symbol is in its picture, in dots. Every format draws the same placement.
//!
//! Knows the sizes of a style; nothing of colours, modules or formats.

use super::error::RenderError;
use super::finding::Finding;
use super::length::{Dpi, Length};
use super::size::{QuietZone, Size};
use super::style::Style;
use crate::version::Version;

/// Where a symbol is in its picture, in whole dots. A dot is a pixel, or what a printer can place.
///
/// [`Style::placement`](super::Style::placement) returns it.
///
/// ```
/// use qrmint::Version;
/// use qrmint::render::{Dpi, Length, Size, Style};
/// let size = Size::Side(Length::from_mm(50.8)?, Dpi::default());
/// let placement = Style::default().with_size(size).placement(Version::MIN)?;
/// assert_eq!((placement.side, placement.module), (600, 20));
/// // 600 dots are 29 modules and 20 dots: the quiet zone is 4 modules and 10 dots, within 4 dots.
/// assert_eq!((placement.left, placement.top), (88, 90));
/// assert_eq!(placement.side_length(), Some(Length::from_mm(50.8)?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Placement {
    /// The width and height of a module, at least 1.
    pub module: u32,
    /// The width of the quiet zone left of the symbol.
    pub left: u32,
    /// The height of the quiet zone above the symbol.
    pub top: u32,
    /// The width and height of the picture.
    pub side: u32,
    /// The resolution, if the size is one on paper.
    pub dpi: Option<Dpi>,
}

impl Style {
    /// Returns where a symbol of `version` is in its picture.
    ///
    /// # Errors
    ///
    /// [`RenderError::Refused`] with [`Finding::TooSmall`] if the size has less than one dot for each module of the symbol and its quiet zone.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::{Size, Style};
    /// let style = Style::default().with_size(Size::Pixels(28));
    /// let error = style.placement(Version::MIN).unwrap_err();
    /// assert_eq!(error.to_string(), "too small: 28 x 28 pixels, at least 29 x 29 pixels");
    /// ```
    pub fn placement(&self, version: Version) -> Result<Placement, RenderError> {
        let (modules, module, side) = dots(version, self.quiet_zone, self.size);
        let dpi = self.size.dpi();
        if module == 0 {
            return Err(Finding::TooSmall { side, min_side: modules, dpi }.into());
        }
        let quiet = u32::from(self.quiet_zone.modules()) * module;
        let more = side - modules * module;
        // On the left only whole bytes of a PNG can be added to a quiet zone in modules: 8 dots.
        Ok(Placement { module, left: quiet + (more / 2 + 4) / 8 * 8, top: quiet + more / 2, side, dpi })
    }
}

impl Placement {
    /// Returns the real length of a module, if the size is one on paper.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::{Dpi, Length, Size, Style};
    /// let size = Size::Module(Length::from_mm(0.5)?, Dpi::default());
    /// let placement = Style::default().with_size(size).placement(Version::MIN)?;
    /// assert_eq!(placement.module_length(), Some(Length::from_mm(0.508)?));
    /// assert_eq!(Style::default().placement(Version::MIN)?.module_length(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn module_length(&self) -> Option<Length> {
        self.dpi.map(|dpi| Length::of_dots(self.module, dpi))
    }

    /// Returns the real length of a side, if the size is one on paper.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::{Dpi, Length, Size, Style};
    /// let size = Size::Side(Length::from_mm(30.0)?, Dpi::default());
    /// let placement = Style::default().with_size(size).placement(Version::MIN)?;
    /// assert_eq!(placement.side_length(), Some(Length::from_mm(29.972)?), "354 dots at 300 dpi");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn side_length(&self) -> Option<Length> {
        self.dpi.map(|dpi| Length::of_dots(self.side, dpi))
    }

    /// Returns the width of the quiet zone in modules if it is the same whole number on every side.
    pub(super) fn quiet_modules(&self, version: Version) -> Option<u32> {
        let &Self { module, left, top, side, .. } = self;
        let is_even = left == top && side == version.size() as u32 * module + 2 * left;
        (is_even && left.is_multiple_of(module)).then(|| left / module)
    }

    /// Returns the dots on the narrowest side of the symbol.
    pub(super) fn narrowest_margin(&self, version: Version) -> u32 {
        let symbol = version.size() as u32 * self.module;
        let (right, bottom) = (self.side - symbol - self.left, self.side - symbol - self.top);
        self.left.min(self.top).min(right).min(bottom)
    }
}

/// Returns the modules of a side, quiet zone included, the dots of a module, 0 if there is no room for them, and those of a side.
pub(super) fn dots(version: Version, quiet_zone: QuietZone, size: Size) -> (u32, u32, u32) {
    let modules = version.size() as u32 + 2 * u32::from(quiet_zone.modules());
    let of_module = |module| (modules, module, modules * module);
    let of_side = |side| (modules, side / modules, side);
    match size {
        Size::Scale(scale) => of_module(scale.pixels().into()),
        Size::Pixels(side) => of_side(side),
        // A side has fewer than 2^32 dots, also if a module is longer than the 10,000 mm that a user can ask for.
        Size::Module(length, dpi) => of_module(length.dots(dpi).clamp(1, u32::MAX / modules)),
        Size::Side(length, dpi) => of_side(length.dots(dpi)),
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;
    use crate::render::{Eps, Svg};
    use crate::symbol::Symbol;
    use crate::version::ErrorCorrectionLevel;

    fn placed(version: u8, quiet_zone: u8, size: Size) -> Result<Placement, RenderError> {
        let style = Style::default().with_quiet_zone(QuietZone::new(quiet_zone)).with_size(size);
        style.placement(Version::new(version).unwrap())
    }

    #[test]
    fn sides_are_exact_and_the_quiet_zone_takes_the_rest() {
        for version in [1, 2, 7, 25, 40] {
            for quiet_zone in [0, 1, 4, 255] {
                let modules = u32::from(version) * 4 + 17 + 2 * u32::from(quiet_zone);
                for side in (modules..modules + 700).chain([23_160, 1_000_003, u32::MAX]) {
                    let placement = placed(version, quiet_zone, Size::Pixels(side)).unwrap();
                    let Placement { module, left, top, .. } = placement;
                    assert_eq!((placement.side, module), (side, side / modules));
                    let quiet = u32::from(quiet_zone) * module;
                    let symbol = (u32::from(version) * 4 + 17) * module;
                    let (right, bottom) = (side - left - symbol, side - top - symbol);
                    assert!([left, top, right, bottom].iter().all(|margin| *margin >= quiet));
                    assert!(top.abs_diff(bottom) <= 1);
                    // Twice the distance from the half.
                    assert!(left.abs_diff(right) <= 8, "{placement:?}");
                }
                let refused = placed(version, quiet_zone, Size::Pixels(modules - 1));
                let least = Finding::TooSmall { side: modules - 1, min_side: modules, dpi: None };
                assert!(matches!(refused, Err(RenderError::Refused(finding)) if finding == least));
            }
        }
    }

    #[test]
    fn modules_are_the_nearest_whole_number_of_dots_and_at_least_one() {
        for (mm, dpi, module) in
            [(0.5, 300, 6), (0.33, 203, 3), (0.33, 300, 4), (0.01, 300, 1), (10_000.0, 10_000, 3_937_008)]
        {
            let size = Size::Module(Length::from_mm(mm).unwrap(), Dpi::new(dpi).unwrap());
            let placement = placed(40, 255, size).unwrap();
            assert_eq!((placement.module, placement.side), (module, 687 * module));
        }
    }

    #[test]
    fn lengths_of_any_number_of_dots_can_be_displayed_and_be_sizes() {
        let [coarse, fine] = [1, 10_000].map(|dpi| Dpi::new(dpi).unwrap());
        let longest = Length::of_dots(u32::MAX, coarse);
        assert_eq!(longest.to_string(), "109092169293mm");
        let placement = placed(40, 255, Size::Module(longest, fine)).unwrap();
        assert_eq!((placement.module, placement.side), (u32::MAX / 687, u32::MAX / 687 * 687));
        assert_eq!(placed(40, 255, Size::Side(longest, fine)).unwrap().side, u32::MAX);

        let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M).unwrap();
        for size in [Size::Module(longest, coarse), Size::Side(longest, coarse), Size::Side(longest, fine)] {
            let style = Style::default().with_size(size);
            let placement = style.placement(symbol.version()).unwrap();
            let side = placement.side_length().unwrap();
            let svg = Svg::with_style(style.clone()).to_string(&symbol).unwrap();
            assert!(svg.contains(&format!(" width=\"{side}\"")), "{side}");
            let eps = Eps::with_style(style).to_string(&symbol).unwrap();
            let (_, points) = eps.split_once("%%HiResBoundingBox: 0 0 ").unwrap();
            let points: f64 = points.split_whitespace().next().unwrap().parse().unwrap();
            assert!((points / 72.0 - side.inches()).abs() < 1e-6 * points);
        }
        let zero = Length::of_dots(0, fine);
        assert_eq!(placed(1, 4, Size::Module(zero, fine)).unwrap().module, 1);
        assert!(placed(1, 4, Size::Side(zero, fine)).is_err());
    }

    #[test]
    fn prints_are_as_long_as_asked_for_within_a_dot() {
        for mm in [25.0, 30.0, 40.0] {
            for dpi in [203, 300, 600, 1_200] {
                for version in [1, 3, 10, 20, 40] {
                    let dpi = Dpi::new(dpi).unwrap();
                    let size = Size::Side(Length::from_mm(mm).unwrap(), dpi);
                    let Ok(placement) = placed(version, 4, size) else {
                        assert!(version == 40 && dpi.number() == 203 && mm < 25.1);
                        continue;
                    };
                    let printed = placement.side_length().unwrap().mm();
                    assert!((printed - mm).abs() <= 25.4 / f64::from(dpi.number()), "{printed} mm for {mm} mm");
                }
            }
        }
    }
}
