//! The finished symbol.
//!
//! Knows version, level, mask and packed rows; nothing of content or images.

use alloc::vec::Vec;
use core::fmt;

use crate::version::{ErrorCorrectionLevel, Mask, Version};

/// A QR code symbol (ISO/IEC 18004:2015): its modules without the quiet zone, its version, level and mask.
///
/// [`encode`](Self::encode) and [`encode_text`](Self::encode_text) create one; an [`Encoder`](crate::Encoder) creates
/// many, with options. The types in [`render`](crate::render) draw it. To draw it yourself, ask for its
/// [`modules`](Self::modules), for its [`runs`](Self::runs) of dark modules, or for [one module](Self::is_dark).
///
/// Coordinates count modules from the top left corner, `x` to the right and `y` downwards. `Debug` does not show the
/// modules, since they carry the content.
///
/// ```
/// use qrmint::{ErrorCorrectionLevel, Symbol, Version};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
/// assert_eq!(symbol.version(), Version::MIN);
/// assert_eq!(symbol.size(), 21);
/// assert!(symbol.is_dark(0, 0), "the corner of a finder pattern");
/// assert!(!symbol.is_dark(21, 0), "outside the symbol");
/// # Ok::<(), qrmint::EncodeError>(())
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
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
    /// assert_eq!(symbol.version().number(), 1);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the error-correction level. It is higher than the one asked for only if
    /// [`Options::boost`](crate::Options::boost) raised it.
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
    /// assert_eq!(symbol.level(), ErrorCorrectionLevel::Q);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn level(&self) -> ErrorCorrectionLevel {
        self.level
    }

    /// Returns the mask: the one with the lowest penalty score, unless [`Options::mask`](crate::Options::mask) chose
    /// it.
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
    /// assert!(symbol.mask().number() < 8);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn mask(&self) -> Mask {
        self.mask
    }

    /// Returns the number of modules per side, 21 to 177, without the quiet zone.
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
    /// assert_eq!(symbol.size(), 21);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn size(&self) -> usize {
        self.version.size()
    }

    /// Returns whether the module in column `x` and row `y` is dark. Returns `false` outside the symbol.
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
    /// assert!(symbol.is_dark(0, 0), "the corner of a finder pattern");
    /// assert!(!symbol.is_dark(7, 0), "the separator beside it");
    /// assert!(!symbol.is_dark(21, 0), "outside the symbol");
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        let size = self.size();
        x < size && y < size && self.rows[x / 64 * size + y] >> (x % 64) & 1 != 0
    }

    /// Returns the modules of row `y` as words of 64 modules, for fast drawing. Bit `i` of word `w` is 1 if the module
    /// in column `64 * w + i` is dark. Bits after the last column are 0.
    ///
    /// A row has 1 word up to version 11, 2 up to version 27 and 3 above. A row outside the symbol has none.
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
    /// let row: Vec<u64> = symbol.row(0).collect();
    /// assert_eq!(row.len(), 1);
    /// assert_eq!(row[0] & 0xff, 0b0111_1111, "the top of a finder pattern and its separator");
    /// assert_eq!(symbol.row(21).next(), None);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn row(&self, y: usize) -> impl Iterator<Item = u64> + '_ {
        self.words().into_iter().filter_map(move |words| words.get(y).copied())
    }

    /// Returns all modules, row by row from the top left corner: `true` for a dark one. There are
    /// [`size`](Self::size) x `size` of them, without the quiet zone.
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
    /// assert_eq!(symbol.modules().len(), 21 * 21);
    /// // A grayscale image with one pixel per module: 0 is black, 255 is white.
    /// let pixels: Vec<u8> = symbol.modules().map(|dark| if dark { 0 } else { 255 }).collect();
    /// assert_eq!(pixels[..8], [0, 0, 0, 0, 0, 0, 0, 255]);
    /// # Ok::<(), qrmint::EncodeError>(())
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

    /// Returns the runs of dark modules, row by row from the top left corner. A renderer that fills one rectangle for
    /// each run draws the whole symbol.
    ///
    /// ```
    /// # use qrmint::{ErrorCorrectionLevel, Run, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
    /// let first = symbol.runs().next();
    /// assert_eq!(first, Some(Run { x: 0, y: 0, len: 7 }), "the top of a finder pattern");
    /// let dark: usize = symbol.runs().map(|run| run.len).sum();
    /// assert_eq!(dark, symbol.modules().filter(|dark| *dark).count());
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn runs(&self) -> impl Iterator<Item = Run> + '_ {
        let size = self.size();
        let (mut x, mut y) = (0, 0);
        core::iter::from_fn(move || {
            while y < size {
                let start = self.find(x, y, true);
                if start < size {
                    x = self.find(start, y, false);
                    return Some(Run { x: start, y, len: x - start });
                }
                (x, y) = (0, y + 1);
            }
            None
        })
    }

    /// Returns the column of the first module of row `y` at or after column `x` that is dark, or light; the number of
    /// columns if there is none.
    fn find(&self, x: usize, y: usize, dark: bool) -> usize {
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

/// A run of dark modules in one row.
///
/// It is as long as possible: a light module or the edge of the symbol is at either end. [`Symbol::runs`] returns the
/// runs of a symbol.
///
/// ```
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::Q)?;
/// for run in symbol.runs() {
///     assert!((run.x..run.x + run.len).all(|x| symbol.is_dark(x, run.y)));
///     assert!(!symbol.is_dark(run.x + run.len, run.y));
/// }
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    /// The column of the first module.
    pub x: usize,
    /// The row.
    pub y: usize,
    /// The number of modules, at least 1.
    pub len: usize,
}

impl fmt::Debug for Symbol {
    /// Shows version, level and mask. Does not show the modules: they carry the content, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Symbol")
            .field("version", &self.version.number())
            .field("level", &self.level)
            .field("mask", &self.mask.number())
            .finish_non_exhaustive()
    }
}

/// Copies version, level, mask and modules, so that the types in [`render`](crate::render) can draw the symbol.
///
/// ```
/// use qrcodegen::{QrCode, QrCodeEcc};
/// use qrmint::Symbol;
/// let code = QrCode::encode_text("drawn by qrmint", QrCodeEcc::Medium)?;
/// assert!(Symbol::from(&code).to_svg().starts_with("<svg"));
/// # Ok::<(), qrcodegen::DataTooLong>(())
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
