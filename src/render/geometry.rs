//! Shapes of an image and its scan lines.
//!
//! One bit a pixel, dark 0, light 1; every scan line begins with a byte that names its filter. The bits behind the last
//! pixel of a line are light.

use super::{QuietZone, Scale};
use crate::version::Version;

/// Modules of a group: whole bytes at every scale.
pub(super) const GROUP: usize = 8;

/// Tails: what is left of a row behind its groups has fewer modules than a group.
pub(super) const TAILS: usize = 1 << (GROUP - 1);

/// Eight light pixels.
pub(super) const LIGHT: u8 = 0xFF;

/// What a scan line begins with whose bytes are its pixels (PNG, 9.2).
pub(super) const NO_FILTER: u8 = 0;

/// Words for a row of 177 modules with up to seven of the quiet zone before it, and one more for what a shift carries.
pub(super) const WIDEST: usize = 4;

/// The modules of a row, dark = 1, from [`Geometry::first`] on.
pub(super) type Row = [u64; WIDEST];

/// The modules of a row from its `i`-th group on, as many as its word has; light where the row ends.
#[inline(always)]
pub(super) fn from_group(row: &Row, i: usize) -> u64 {
    row.get(i / 8).map_or(0, |word| word >> (GROUP * (i % 8)))
}

/// The eight modules of a row that are its `i`-th group.
#[inline(always)]
pub(super) fn group(row: &Row, i: usize) -> usize {
    usize::from(from_group(row, i) as u8)
}

#[derive(Clone, Copy)]
pub(super) struct Geometry {
    /// Pixels a module.
    pub(super) scale: usize,
    /// Modules around the symbol.
    pub(super) quiet_zone: usize,
    /// Modules a side, quiet zone included.
    pub(super) modules: usize,
    /// The last module of the quiet zone, or the first behind it, that begins with a byte: a [`Row`] and its groups begin there.
    pub(super) first: usize,
    /// Bytes of a scan line behind its filter byte.
    pub(super) stride: usize,
}

impl Geometry {
    pub(super) fn new(version: Version, scale: Scale, quiet_zone: QuietZone) -> Self {
        let (scale, quiet_zone) = (usize::from(scale.pixels()), usize::from(quiet_zone.modules()));
        let modules = version.size() + 2 * quiet_zone;
        // So many modules are whole bytes.
        let whole = GROUP >> scale.trailing_zeros().min(3);
        let first = quiet_zone - quiet_zone % whole;
        Self { scale, quiet_zone, modules, first, stride: (modules * scale).div_ceil(8) }
    }

    /// Bytes of a scan line with its filter byte.
    pub(super) fn line(self) -> usize {
        1 + self.stride
    }

    /// Bytes of the quiet zone before a [`Row`].
    pub(super) fn lead(self) -> usize {
        self.first * self.scale / 8
    }

    /// Rows of the symbol.
    pub(super) fn rows(self) -> usize {
        self.modules - 2 * self.quiet_zone
    }

    /// Modules from where a [`Row`] begins to the end of the symbol.
    fn row_modules(self) -> usize {
        self.modules - self.quiet_zone - self.first
    }

    /// Full groups of a row.
    pub(super) fn groups(self) -> usize {
        self.row_modules() / GROUP
    }

    /// Modules of the tail: what is left of a row behind its groups.
    pub(super) fn tail(self) -> usize {
        self.row_modules() % GROUP
    }

    /// Bytes of the tail.
    pub(super) fn tail_len(self) -> usize {
        (self.tail() * self.scale).div_ceil(8)
    }

    /// Bytes behind the tail, which are light.
    pub(super) fn behind(self) -> usize {
        self.stride - self.lead() - self.groups() * self.scale - self.tail_len()
    }

    /// The `y`-th row of a symbol of those [words](crate::symbol::Symbol::words).
    #[inline(always)]
    pub(super) fn row(self, words: &[&[u64]; 3], y: usize) -> Row {
        let shift = (self.quiet_zone - self.first) as u32;
        let mut row = [0; WIDEST];
        for (i, words) in words.iter().enumerate() {
            if let Some(dark) = words.get(y) {
                row[i] |= dark << shift;
                // In two shifts: by a whole word where nothing is moved up.
                row[i + 1] = dark >> 1 >> (63 - shift);
            }
        }
        row
    }

    /// The first `len` bytes of modules that are the bits of `dark`, the first at the bottom.
    pub(super) fn bytes(self, dark: usize, len: usize) -> Vec<u8> {
        let light = |pixel: usize| dark.checked_shr((pixel / self.scale) as u32).is_none_or(|dark| dark & 1 == 0);
        (0..len).map(|byte| (0..8).fold(0, |bits, i| bits << 1 | u8::from(light(8 * byte + i)))).collect()
    }
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;
    use crate::symbol::Symbol;
    use crate::version::{ErrorCorrectionLevel, Mask};

    #[test]
    fn rows_and_groups_at_every_place_are_the_modules_of_every_version() {
        let mut random = Random::new(72);
        for number in 1..=40 {
            let version = Version::new(number).unwrap();
            let (size, words) = (version.size(), version.words());
            let inside = |word: usize| u64::MAX >> (64 * (word + 1)).saturating_sub(size);
            let rows = (0..words * size).map(|i| random.bits() & inside(i / size)).collect();
            let symbol = Symbol { version, level: ErrorCorrectionLevel::L, mask: Mask::from_index(0), rows };
            for quiet_zone in 0..=2 * GROUP {
                let scale = Scale::new(1 << random.below(4)).unwrap();
                let geometry = Geometry::new(version, scale, QuietZone::new(quiet_zone as u8));
                let first = geometry.first;
                assert!(first <= quiet_zone && quiet_zone < first + 8 / usize::from(scale.pixels()));
                assert_eq!(8 * geometry.lead(), first * usize::from(scale.pixels()));
                assert_eq!(first + GROUP * geometry.groups() + geometry.tail(), size + quiet_zone);
                for y in 0..size {
                    let row = geometry.row(&symbol.words(), y);
                    let dark =
                        |module: usize| usize::from(symbol.is_dark((first + module).wrapping_sub(quiet_zone), y));
                    for module in 0..64 * WIDEST {
                        assert_eq!((row[module / 64] >> (module % 64)) as usize & 1, dark(module));
                    }
                    for group in 0..=8 * WIDEST {
                        let modules: usize = (0..GROUP).map(|i| dark(GROUP * group + i) << i).sum();
                        assert_eq!(super::group(&row, group), modules);
                    }
                }
            }
        }
    }
}
