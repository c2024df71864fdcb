//! The finished symbol.
//!
//! Knows version, level, mask and packed rows; nothing of content or images.

use alloc::vec::Vec;
use core::fmt;

use crate::version::{ErrorCorrectionLevel, Mask, Version};

/// A QR code: its modules without the quiet zone, its version, level and mask.
///
/// Coordinates are modules from the top left corner, `x` to the right and `y` downwards.
///
/// ```
/// use qrmint::{ErrorCorrectionLevel, Symbol, Version};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q).unwrap();
/// assert_eq!(symbol.version(), Version::MIN);
/// assert_eq!(symbol.level(), ErrorCorrectionLevel::Q);
/// assert_eq!(symbol.size(), 21);
/// assert!(symbol.is_dark(0, 0), "the corner of a finder pattern");
/// assert!(!symbol.is_dark(21, 0), "everything outside is light");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Symbol {
    pub(crate) version: Version,
    pub(crate) level: ErrorCorrectionLevel,
    pub(crate) mask: Mask,
    /// Plane of rows, see `layout`, with zeros after the end of each row.
    pub(crate) rows: Vec<u64>,
}

impl Symbol {
    /// Returns the version, which determines the size.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the error-correction level.
    pub fn level(&self) -> ErrorCorrectionLevel {
        self.level
    }

    /// Returns the mask.
    pub fn mask(&self) -> Mask {
        self.mask
    }

    /// Returns the number of modules a side, 21 to 177.
    pub fn size(&self) -> usize {
        self.version.size()
    }

    /// Returns whether the module in column `x` and row `y` is dark. Everything outside the symbol is light.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        let size = self.size();
        x < size && y < size && self.rows[x / 64 * size + y] >> (x % 64) & 1 != 0
    }

    /// Returns the modules of row `y` as packed words, dark = 1: bit `i` of word `w` is column `64 w + i`. Bits after
    /// the last column are zero. A row outside the symbol has no words.
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q).unwrap();
    /// let row: Vec<u64> = symbol.row(0).collect();
    /// assert_eq!(row.len(), 1);
    /// assert_eq!(row[0] & 0xff, 0b0111_1111, "the top of a finder pattern and its separator");
    /// ```
    pub fn row(&self, y: usize) -> impl Iterator<Item = u64> + '_ {
        self.words().into_iter().filter_map(move |words| words.get(y).copied())
    }

    /// Returns whether each module is dark, row by row from the top left corner.
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q).unwrap();
    /// assert_eq!(symbol.modules().len(), 21 * 21);
    /// // For libraries that want bytes: 0 is black, 255 is white.
    /// let gray: Vec<u8> = symbol.modules().map(|dark| if dark { 0 } else { 255 }).collect();
    /// assert_eq!(gray[..8], [0, 0, 0, 0, 0, 0, 0, 255]);
    /// ```
    pub fn modules(&self) -> impl ExactSizeIterator<Item = bool> + '_ {
        let size = self.size();
        let (mut x, mut y) = (0, 0);
        (0..size * size).map(move |_| {
            let dark = self.rows[x / 64 * size + y] >> (x % 64) & 1 != 0;
            x += 1;
            if x == size {
                (x, y) = (0, y + 1);
            }
            dark
        })
    }

    /// Returns the runs of dark modules, row by row from the top left corner: the fewest rectangles of one module's
    /// height that draw the symbol.
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Run, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q).unwrap();
    /// let first = symbol.runs().next();
    /// assert_eq!(first, Some(Run { x: 0, y: 0, len: 7 }), "the top of a finder pattern");
    /// let dark: usize = symbol.runs().map(|run| run.len).sum();
    /// assert_eq!(dark, symbol.modules().filter(|dark| *dark).count());
    /// ```
    pub fn runs(&self) -> impl Iterator<Item = Run> + '_ {
        let size = self.size();
        let (mut x, mut y) = (0, 0);
        core::iter::from_fn(move || {
            while y < size {
                let start = self.next(x, y, true);
                if start < size {
                    x = self.next(start, y, false);
                    return Some(Run { x: start, y, len: x - start });
                }
                (x, y) = (0, y + 1);
            }
            None
        })
    }

    /// Returns the column of the first module of row `y` at or after column `x` that is dark, or light; the number of
    /// columns if there is none.
    fn next(&self, x: usize, y: usize, dark: bool) -> usize {
        let size = self.size();
        let mut allowed = u64::MAX << (x % 64);
        for word in x / 64..self.version.words() {
            let row = self.rows[word * size + y];
            let found = (if dark { row } else { !row }) & allowed;
            if found != 0 {
                return size.min(64 * word + found.trailing_zeros() as usize);
            }
            allowed = u64::MAX;
        }
        size
    }

    /// Returns the first words of all rows, the second words and the third words; empty slices if rows have fewer.
    #[inline(always)]
    pub(crate) fn words(&self) -> [&[u64]; 3] {
        let mut words = self.rows.chunks_exact(self.size());
        core::array::from_fn(|_| words.next().unwrap_or_default())
    }
}

/// Dark modules side by side in a row, with a light module or the edge of the symbol at either end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    /// Column of the first module.
    pub x: usize,
    /// Row of all modules.
    pub y: usize,
    /// Number of modules.
    pub len: usize,
}

impl fmt::Debug for Symbol {
    /// Shows version, level and mask, not the modules: they carry the content, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Symbol")
            .field("version", &self.version.number())
            .field("level", &self.level)
            .field("mask", &self.mask.number())
            .finish_non_exhaustive()
    }
}

/// Converts a symbol with its version, level, mask and modules.
///
/// ```
/// use qrcodegen::{QrCode, QrCodeEcc};
/// use qrmint::Symbol;
/// use qrmint::render::Svg;
/// let code = QrCode::encode_text("drawn by qrmint", QrCodeEcc::Medium).unwrap();
/// assert!(Svg::default().to_string(&Symbol::from(&code)).starts_with("<svg"));
/// ```
#[cfg(feature = "qrcodegen")]
impl From<&qrcodegen::QrCode> for Symbol {
    fn from(code: &qrcodegen::QrCode) -> Self {
        use qrcodegen::QrCodeEcc;
        let version = Version::MIN.up(code.version().value() - 1);
        let size = version.size();
        let mut rows = alloc::vec![0; size * version.words()];
        for y in 0..size {
            for x in 0..size {
                // Coordinates of at most 177 fit an i32.
                rows[x / 64 * size + y] |= u64::from(code.get_module(x as i32, y as i32)) << (x % 64);
            }
        }
        let level = match code.error_correction_level() {
            QrCodeEcc::Low => ErrorCorrectionLevel::L,
            QrCodeEcc::Medium => ErrorCorrectionLevel::M,
            QrCodeEcc::Quartile => ErrorCorrectionLevel::Q,
            QrCodeEcc::High => ErrorCorrectionLevel::H,
        };
        Self { version, level, mask: Mask::from_index(code.mask().value().into()), rows }
    }
}
