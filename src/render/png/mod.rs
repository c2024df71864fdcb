//! Symbols to PNG: one bit a pixel, grayscale.
//!
//! The container and its checksums are the `png` crate's; the zlib stream in it is [`scan_lines`](super::scan_lines)'.

mod geometry;
mod repeated_lines;
mod stream;
mod table_cache;
mod unit_table;

use std::fmt;
use std::io;
use std::sync::Arc;

use self::geometry::Margins;
use self::stream::StreamTable;
use super::{QuietZone, Scale};
use crate::simd::{self, Available, InstructionSet};
use crate::symbol::Symbol;
use crate::version::Version;

/// Writes symbols as PNG images, one after the other, with buffers that it keeps.
///
/// The image is square, 1 bit a pixel, grayscale: dark modules 0, light ones and the quiet zone 1. The same symbol,
/// scale and quiet zone give the same bytes on every machine. A clone shares the tables, so cloning is how to write on several
/// threads.
///
/// The first image of a version makes its tables, which takes milliseconds and tens of kilobytes: keep the writer, or clone it.
///
/// ```
/// use qrmint::render::{Png, QuietZone, Scale};
/// use qrmint::{Encoder, ErrorCorrectionLevel};
///
/// let (mut encoder, mut png) = (Encoder::new(), Png::default());
/// let mut image = Vec::new();
/// for content in ["first", "second"] {
///     image.clear();
///     png.write(encoder.encode(content.as_bytes(), ErrorCorrectionLevel::M)?, &mut image)?;
///     assert_eq!(image[1..4], *b"PNG");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Png {
    scale: Scale,
    margins: Margins,
    /// By version, the tables used so far.
    tables: [Option<Arc<StreamTable>>; 40],
    stream: Vec<u8>,
    instructions: Available,
}

impl Png {
    /// Pixels that an image may have a side, at most: its scan lines take no more than 64 MiB then.
    pub const MAX_SIDE: u32 = 23_160;

    /// A writer of images with so many pixels a module and so wide a quiet zone.
    pub fn new(scale: Scale, quiet_zone: QuietZone) -> Self {
        Self {
            scale,
            margins: Margins::around(scale, quiet_zone),
            tables: [const { None }; 40],
            stream: Vec::new(),
            instructions: simd::widest(None),
        }
    }

    /// The same writer with no instructions beyond those of `most`. For tests and measurements: the image is the same.
    ///
    /// ```
    /// use qrmint::render::Png;
    /// use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet};
    /// let mut encoder = Encoder::new();
    /// let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M)?;
    /// let image = Png::default().to_vec(symbol)?;
    /// for set in InstructionSet::available() {
    ///     assert_eq!(Png::default().with_instructions(set).to_vec(symbol)?, image);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_instructions(self, most: InstructionSet) -> Self {
        Self { instructions: simd::widest(Some(most)), ..self }
    }

    /// Pixels a side of the image of a symbol of `version`, quiet zone included, whether it may be that large or not.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::Png;
    /// assert_eq!(Png::default().side(Version::MIN), 8 * (4 + 21 + 4));
    /// ```
    pub fn side(&self, version: Version) -> u32 {
        let Margins { left, right, .. } = self.margins;
        u32::from(left) + version.size() as u32 * u32::from(self.scale.pixels()) + u32::from(right)
    }

    /// Writes the image of `symbol` to `out`. A `Vec<u8>` is appended to; with enough capacity nothing is allocated once a
    /// symbol of the same version was written.
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] if the image were larger than [`MAX_SIDE`](Self::MAX_SIDE), before anything is written or
    /// any memory is taken; [`RenderError::Io`] if `out` fails.
    ///
    /// ```
    /// use qrmint::render::{Png, QuietZone, RenderError, Scale};
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut png = Png::new(Scale::new(255).unwrap(), QuietZone::new(255));
    /// let mut encoder = Encoder::new();
    /// let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M).unwrap();
    /// assert!(matches!(png.to_vec(symbol), Err(RenderError::TooLarge { side: 135_405, max_side: 23_160 })));
    /// ```
    pub fn write(&mut self, symbol: &Symbol, out: &mut impl io::Write) -> Result<(), RenderError> {
        let version = symbol.version();
        let side = self.check_side(version)?;
        let table =
            self.tables[version.index()].get_or_insert_with(|| table_cache::table(version, self.scale, self.margins));
        let stream = table.write(symbol, self.instructions, &mut self.stream);
        contain(side, stream, out).map_err(|error| match error {
            png::EncodingError::IoError(error) => RenderError::Io(error),
            other => RenderError::Io(io::Error::other(other)),
        })
    }

    /// The side of the image of a symbol of `version`, if it may be that large.
    pub(crate) fn check_side(&self, version: Version) -> Result<u32, RenderError> {
        let side = self.side(version);
        if side <= Self::MAX_SIDE { Ok(side) } else { Err(RenderError::TooLarge { side, max_side: Self::MAX_SIDE }) }
    }

    /// The image of `symbol`.
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] as [`write`](Self::write).
    pub fn to_vec(&mut self, symbol: &Symbol) -> Result<Vec<u8>, RenderError> {
        let mut image = Vec::new();
        self.write(symbol, &mut image)?;
        Ok(image)
    }
}

/// Writes the container around a zlib stream of scan lines.
fn contain(side: u32, stream: &[u8], out: &mut impl io::Write) -> Result<(), png::EncodingError> {
    let mut encoder = png::Encoder::new(out, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_chunk(png::chunk::IDAT, stream)?;
    writer.finish()
}

impl fmt::Debug for Png {
    /// Shows the sizes. The buffer holds an image, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scale, margins, .. } = self;
        f.debug_struct("Png").field("scale", scale).field("margins", margins).finish_non_exhaustive()
    }
}

impl Default for Png {
    fn default() -> Self {
        Self::new(Scale::default(), QuietZone::default())
    }
}

/// Why an image could not be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum RenderError {
    /// The image would be larger than a writer may make it.
    TooLarge {
        /// Pixels a side that it would have.
        side: u32,
        /// Pixels a side that it may have.
        max_side: u32,
    },
    /// What the image was written to failed.
    Io(io::Error),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { side, max_side } => {
                write!(f, "image too large: {side} x {side} pixels, at most {max_side} x {max_side}")
            }
            Self::Io(_) => f.write_str("image could not be written"),
        }
    }
}

impl std::error::Error for RenderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::TooLarge { .. } => None,
            Self::Io(error) => Some(error),
        }
    }
}
