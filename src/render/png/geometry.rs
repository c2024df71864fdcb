//! The shape of an image: margins, scan lines, rows of modules and their units.
//!
//! Knows pixels and packed modules; nothing of how they are coded.
//!
//! A pixel is one bit, dark 0, light 1, the leftmost of eight the highest bit of a byte (PNG specification, 7.2). The last byte
//! of a scan line is light after the last pixel. A scan line begins with a byte that names its filter (7.3).

use crate::render::Placement;
use crate::version::Version;

/// The modules of a unit. They are `scale` bytes, whole ones at every scale.
pub(super) const UNIT: usize = 8;

/// The largest number of modules in a row after its last unit.
pub(super) const MAX_TAIL: usize = UNIT - 1;

/// Eight light pixels.
pub(super) const LIGHT: u8 = 0xFF;

/// A row of modules as packed bits, dark = 1, the first the lowest: up to seven light modules of the left margin, then those of
/// the symbol, at most 177.
pub(super) type Row = [u64; 3];

/// The pixels around a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Margins {
    pub(super) left: u16,
    pub(super) top: u16,
    pub(super) right: u16,
    pub(super) bottom: u16,
}

impl Margins {
    /// The margins of an image that is not larger than [`Png::MAX_SIDE`](super::Png::MAX_SIDE).
    pub(super) fn of(version: Version, placement: &Placement) -> Self {
        let &Placement { module, left, top, side, .. } = placement;
        let symbol = version.size() as u32 * module;
        let [left, top, right, bottom] =
            [left, top, side - symbol - left, side - symbol - top].map(|pixels| pixels as u16);
        Self { left, top, right, bottom }
    }
}

/// Sizes of an image; in pixels where they say nothing else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Geometry {
    /// Pixels a module.
    pub(super) scale: usize,
    /// Modules a side of the symbol.
    pub(super) size: usize,
    /// Whole bytes of the left margin, before the first unit.
    pub(super) lead: usize,
    /// Light modules at the beginning of the first unit: the rest of the left margin.
    pub(super) indent: usize,
    /// Scan lines above and below the symbol.
    pub(super) top: usize,
    pub(super) bottom: usize,
    /// Bytes of a scan line after its filter byte.
    stride: usize,
}

impl Geometry {
    /// The image of a symbol of this version. Units begin with a byte, so the left margin is `8 lead + indent x scale` pixels with
    /// an `indent` below 8. Any other `margins.left` is rounded down to such a number; the right margin takes the difference.
    pub(super) fn new(version: Version, scale: u32, margins: Margins) -> Self {
        let (size, scale) = (version.size(), scale as usize);
        let [left, right] = [margins.left, margins.right].map(usize::from);
        let (lead, indent) = (0..UNIT)
            .filter(|indent| indent * scale <= left)
            .map(|indent| ((left - indent * scale) / 8, indent))
            .rev()
            .max_by_key(|(lead, indent)| 8 * lead + indent * scale)
            .unwrap_or_default();
        Self {
            scale,
            size,
            lead,
            indent,
            top: margins.top.into(),
            bottom: margins.bottom.into(),
            stride: (left + size * scale + right).div_ceil(8),
        }
    }

    /// Bytes of a scan line, its filter byte included.
    pub(super) fn line(&self) -> usize {
        1 + self.stride
    }

    /// Units of a row.
    pub(super) fn units(&self) -> usize {
        (self.indent + self.size) / UNIT
    }

    /// Modules of a row after its last unit.
    pub(super) fn tail(&self) -> usize {
        (self.indent + self.size) % UNIT
    }

    /// Bytes of those modules; light where the last byte has more pixels.
    pub(super) fn tail_len(&self) -> usize {
        (self.tail() * self.scale).div_ceil(8)
    }

    /// Bytes of the right margin, after the tail.
    pub(super) fn trail(&self) -> usize {
        self.stride - self.lead - self.units() * self.scale - self.tail_len()
    }

    /// Row `y` of a symbol with these [words](crate::Symbol::words).
    #[inline(always)]
    pub(super) fn row(&self, words: &[&[u64]; 3], y: usize) -> Row {
        let [first, second, third] = words.map(|words| words.get(y).copied().unwrap_or_default());
        let indent = self.indent as u32;
        // Two shifts, since a shift by 64 is none.
        let carry = |word: u64| word >> 1 >> (63 - indent);
        [first << indent, second << indent | carry(first), third << indent | carry(second)]
    }
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;
    use crate::encode::Encoder;
    use crate::render::{Png, QuietZone, Scale, Size, Style};
    use crate::version::ErrorCorrectionLevel;

    fn geometry(version: u8, scale: u32, left: u16, right: u16) -> Geometry {
        let margins = Margins { left, top: 0, right, bottom: 0 };
        Geometry::new(Version::new(version).unwrap(), scale, margins)
    }

    #[test]
    fn the_left_margin_of_a_placement_keeps_units_on_bytes_exactly() {
        let mut random = Random::new(76);
        let sizes = (1..=u8::MAX).filter_map(Scale::new).map(Size::Scale).chain((29..2_000).map(Size::Pixels));
        for size in sizes {
            for quiet_zone in [0, 1, 4, 255, random.below(256) as u8] {
                let style = Style::default().with_size(size).with_quiet_zone(QuietZone::new(quiet_zone));
                let Ok(placement) = style.placement(Version::MIN) else { continue };
                if placement.side > Png::MAX_SIDE {
                    continue;
                }
                let margins = Margins::of(Version::MIN, &placement);
                let shape = Geometry::new(Version::MIN, placement.module, margins);
                assert!(shape.indent < UNIT);
                assert_eq!(8 * shape.lead + shape.indent * shape.scale, usize::from(margins.left));
            }
        }
    }

    #[test]
    fn any_left_margin_is_brought_to_one_that_keeps_units_on_bytes() {
        for scale in (1..=255).chain([300, 1_102]) {
            for left in (0..200).chain([4_001, 65_000]) {
                let shape = geometry(2, scale, left, 9);
                let brought = 8 * shape.lead + shape.indent * shape.scale;
                let best = (0..=usize::from(left)).rev().find(|left| {
                    (0..8).any(|indent| left.checked_sub(indent * shape.scale).is_some_and(|rest| rest % 8 == 0))
                });
                assert_eq!(Some(brought), best, "scale {scale}, left margin {left}");
                assert_eq!(shape.line(), 1 + (usize::from(left) + 25 * shape.scale + 9).div_ceil(8));
                let bytes = shape.lead + shape.units() * shape.scale + shape.tail_len() + shape.trail();
                assert_eq!(1 + bytes, shape.line());
            }
        }
    }

    #[test]
    fn rows_are_the_modules_of_every_version_after_the_indent() {
        let mut random = Random::new(72);
        let mut encoder = Encoder::new();
        for version in (1..=40).filter_map(Version::new) {
            encoder.options_mut().versions = version.into();
            let content = random.bytes(version.data_bits(ErrorCorrectionLevel::L) / 8 - 3);
            let symbol = encoder.encode(&content, ErrorCorrectionLevel::L).unwrap();
            for indent in 0..UNIT {
                let shape = geometry(version.number(), 8, 8 * indent as u16, 0);
                let shape = Geometry { lead: 0, indent, ..shape };
                for y in 0..symbol.size() {
                    let row = shape.row(&symbol.words(), y);
                    for x in 0..192 {
                        let dark = x >= indent && symbol.is_dark(x - indent, y);
                        assert_eq!(row[x / 64] >> (x % 64) & 1 != 0, dark, "{version}, row {y}, place {x}");
                    }
                }
            }
        }
    }
}
