//! Symbols to PNG: one bit a pixel, grayscale for black on white, with a palette for other colours.
//!
//! The container (signature, `IHDR`, `IEND`, chunk lengths and CRCs) is the package `png`'s. What it contains, the zlib stream of
//! the scan lines, is made here straight from packed rows of modules, without pixels in between.
//!
//! # One way at every scale
//!
//! - Eight modules are `scale` bytes, whatever the scale: a *unit*. There are 256 units, so a [lookup table](unit_table) holds
//!   the ready bits of each and its share of the checksum. What is left of a row after its last unit is its *tail*.
//! - A row of modules is `scale` scan lines that are alike. The first is units and a tail; [the others](repeated_lines) and the
//!   margins between two rows are the same bits after every row.
//! - The left margin is `8 lead + indent x scale` pixels: `lead` whole bytes, and up to seven light modules inside the
//!   first unit. So units always [begin with a byte](geometry).
//! - Masked modules look random, so all units are about equally likely. The Huffman code follows from that, before any symbol is
//!   seen: a [table](stream) serves every symbol of its version, scale and margins. It takes tens of microseconds to make and
//!   at most 16 kB, and all writers of the process [share it](table_cache).
//!
//! What this gives up: no search for matches with earlier rows. Files at scale 7 and above 8 are up to a third larger than such a
//! search would make them; `docs/decisions.md` has the reasons.
//!
//! # The stream of a version 1 symbol, from its first byte to its last
//!
//! `hello` at level M has 21 x 21 modules. At scale 8 with a quiet zone of 4 modules the image is 232 pixels a side, and a scan
//! line is 30 bytes: the filter byte, 4 light bytes (`lead`; `indent` is 0), 2 units of 8 bytes, a tail of 5 modules in 5 bytes,
//! and 4 light bytes (`trail`). Dark is `00`, light is `FF`. The file is 221 bytes, 164 of them the stream in `IDAT`. Bits are
//! counted from byte 2:
//!
//! ```text
//! byte  bit  bits  content           stands for
//!    0             78 DA             zlib header: DEFLATE, window of 32 kB          (RFC 1950, 2.2)
//!    2    0    17                    last block, with dynamic Huffman codes         (RFC 1951, 3.2.3)
//!        17   149                    code lengths of 12 literals and lengths, and of 3 distances (3.2.7)
//!
//!       166     2  literal 00        the first line of the quiet zone above: filter byte 0,
//!       168     1  literal FF          and 29 light bytes, which are one
//!       169    11  match 28, 1         and its repetition (length 28, distance 1)
//!       180     9  match 258, 30     the other 31 lines repeat it at the distance of a line;
//!       189     9  match 258, 30       this goes on through the filter byte and the left margin
//!       198     9  match 258, 30       of the first row: 31 x 30 + 5 bytes in all
//!       207    16  match 161, 30
//!
//!       223     2  literal 00        row 0, first unit: the modules #######. are 7 dark bytes
//!       225    11  match 6, 1
//!       236     1  literal FF          and a light one
//!       237    12  8 literals        second unit: .##...##, no run of four
//!       249     2  literal 00        tail: #####, 5 dark bytes
//!       251     7  match 4, 1
//!       258    12  match 219, 30     what follows every row but the last: 4 bytes of right margin,
//!                                      7 more lines, filter byte and left margin of the next row
//!       270        ...               rows 1 to 19 in the same way
//!
//!      1181    12  match 214, 30     after row 20: right margin and 7 more lines
//!      1193     2  literal 00        the quiet zone below, as above
//!              ...
//!      1250     8  end of block
//!  160             27 FE 85 86       Adler-32 of the 6,960 bytes of scan lines
//! ```
//!
//! The code lengths show what the table expects: `FF` takes 1 bit, `00` 2, a length of 3 or 4 takes 5, a distance of 1 takes 2,
//! the length after a row 3 and 5 extra bits, the distance of a line 1 and 3 extra bits.
//!
//! Scan lines longer than a match can be (258 bytes) may have the filter `Up`: then a line that repeats the one above is zeros
//! after the filter byte 2. The table takes whichever is shorter.

mod geometry;
mod repeated_lines;
mod stream;
mod table_cache;
mod unit_table;

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, TryLockError};

use self::geometry::Margins;
use self::stream::StreamTable;
use super::placement::dots;
use super::{Color, QuietZone, RenderError, Scale, Size, Style};
use crate::simd::{self, Available, InstructionSet};
use crate::symbol::Symbol;
use crate::version::Version;

/// A writer that draws symbols as PNG images.
///
/// An image is a square of pixels of 1 bit: grayscale if it is black on white, else with a palette of two colours, which
/// may be transparent. A size on paper is written as pixels per metre (`pHYs`), a title and a description as text
/// (`iTXt`). The same symbol and style give the same bytes on every machine.
///
/// ```
/// use qrmint::render::{Png, QuietZone, Scale};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let png = Png::new(Scale::try_from(5)?, QuietZone::from(2));
/// let image: Vec<u8> = png.to_vec(&symbol)?;
/// assert_eq!(image[1..4], *b"PNG");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Performance
///
/// Creating a writer costs nothing. The first image of a version, scale and quiet zone needs a table, which takes some
/// tens of microseconds and at most 16 kB. All writers of a process share up to 64 tables, so a new writer for each
/// image is fine. A writer keeps the tables that it has used.
///
/// To make many images, keep the writer, an [`Encoder`](crate::Encoder) and a `Vec`: then nothing is allocated after
/// the first images, unless the style has a title or description.
///
/// ```
/// use qrmint::render::Png;
/// use qrmint::{Encoder, ErrorCorrectionLevel};
/// let (mut encoder, png, mut image) = (Encoder::new(), Png::default(), Vec::new());
/// for content in ["first", "second"] {
///     image.clear();
///     png.write(encoder.encode(content, ErrorCorrectionLevel::M)?, &mut image)?;
///     assert_eq!(image[1..4], *b"PNG");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Threads can share a writer. While one thread writes, the others allocate a buffer for each image; a clone for each
/// thread avoids that.
pub struct Png {
    style: Style,
    /// By version, the tables used so far. Where there is one, the style has been checked.
    tables: [OnceLock<Arc<StreamTable>>; 40],
    /// The stream of the last image, kept for its memory. Locked while an image is written.
    buffer: Mutex<Vec<u8>>,
    instructions: Available,
}

impl Png {
    /// The maximum width and height of an image in pixels. Its scan lines then take at most 64 MiB.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::{Png, QuietZone, Scale};
    /// let png = Png::new(Scale::try_from(125)?, QuietZone::default());
    /// assert!(png.side(Version::MAX) <= Png::MAX_SIDE, "enough for every symbol");
    /// # Ok::<(), qrmint::OutOfRange>(())
    /// ```
    pub const MAX_SIDE: u32 = 23_160;

    /// Creates a writer with the given scale and quiet zone.
    ///
    /// ```
    /// use qrmint::render::{Png, QuietZone, Scale};
    /// let png = Png::new(Scale::try_from(3)?, QuietZone::from(2));
    /// assert_eq!(png.style().quiet_zone.modules(), 2);
    /// # Ok::<(), qrmint::OutOfRange>(())
    /// ```
    pub fn new(scale: Scale, quiet_zone: QuietZone) -> Self {
        Self::with_style(Style::default().with_size(Size::Scale(scale)).with_quiet_zone(quiet_zone))
    }

    /// Creates a writer with the given style.
    ///
    /// ```
    /// use qrmint::render::{Png, Size, Style};
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let png = Png::with_style(Style::default().with_size(Size::Pixels(400)));
    /// let image = png.to_vec(&Symbol::encode("hello", ErrorCorrectionLevel::M)?)?;
    /// assert_eq!(image[16..24], [0, 0, 1, 144, 0, 0, 1, 144], "400 x 400 pixels");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_style(style: Style) -> Self {
        Self {
            style,
            tables: [const { OnceLock::new() }; 40],
            buffer: Mutex::default(),
            instructions: simd::widest(None),
        }
    }

    /// Limits the writer to the instruction set `max` and narrower ones. The images stay the same, so this is only for
    /// tests and measurements.
    ///
    /// ```
    /// use qrmint::render::Png;
    /// use qrmint::{ErrorCorrectionLevel, InstructionSet, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// for set in InstructionSet::available() {
    ///     let png = Png::default().with_instructions(set);
    ///     assert_eq!(png.to_vec(&symbol)?, symbol.to_png());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_instructions(self, max: InstructionSet) -> Self {
        Self { instructions: simd::widest(Some(max)), ..self }
    }

    /// Returns the style.
    ///
    /// ```
    /// use qrmint::render::{Png, Style};
    /// assert_eq!(*Png::default().style(), Style::default());
    /// ```
    pub fn style(&self) -> &Style {
        &self.style
    }

    /// Returns the width and height in pixels that the image of a symbol of `version` has, quiet zone included. The
    /// result may exceed [`MAX_SIDE`](Self::MAX_SIDE); [`write`](Self::write) refuses such images.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::Png;
    /// assert_eq!(Png::default().side(Version::MIN), 8 * (4 + 21 + 4));
    /// ```
    pub fn side(&self, version: Version) -> u32 {
        dots(version, self.style.quiet_zone, self.style.size).2
    }

    /// Writes the image of `symbol` to `out` and flushes `out`. If `out` is a `&mut Vec<u8>`, appends to it.
    ///
    /// Once this writer has written a symbol of the same version, it allocates nothing, unless the style has a title or
    /// description, a `Vec` must grow or another thread is writing with it.
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] if the image would be larger than [`MAX_SIDE`](Self::MAX_SIDE),
    /// [`RenderError::Refused`] if the style would not scan or has no room for the symbol. Then nothing is written or
    /// allocated. [`RenderError::Io`] if `out` fails.
    ///
    /// ```
    /// use qrmint::render::{Png, QuietZone, RenderError, Scale};
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let mut file = Vec::new();
    /// Png::default().write(&symbol, &mut file)?;
    /// assert_eq!(file, symbol.to_png());
    ///
    /// let png = Png::new(Scale::try_from(255)?, QuietZone::from(255));
    /// let error = png.write(&symbol, &mut file).unwrap_err();
    /// assert!(matches!(error, RenderError::TooLarge { side: 135_405, max_side: 23_160 }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write(&self, symbol: &Symbol, out: impl io::Write) -> Result<(), RenderError> {
        let table = self.table(symbol.version())?;
        // Nobody waits: where the buffer is in use, this image has its own. An `out` that panicked has done it no harm.
        let mut own = Vec::new();
        let mut kept = match self.buffer.try_lock() {
            Ok(kept) => Some(kept),
            Err(TryLockError::Poisoned(kept)) => Some(kept.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        };
        let buffer = kept.as_deref_mut().unwrap_or(&mut own);
        let stream = table.write(symbol, self.instructions, buffer);
        self.contain(symbol.version(), stream, &mut UntilFailure { out, failed: false }).map_err(|error| match error {
            png::EncodingError::IoError(error) => RenderError::Io(error),
            other => RenderError::Io(io::Error::other(other)),
        })
    }

    /// Returns an error if images of symbols of `version` are refused.
    pub(crate) fn check(&self, version: Version) -> Result<(), RenderError> {
        self.table(version).map(drop)
    }

    /// Returns the table for images of symbols of `version`, or why there are none.
    fn table(&self, version: Version) -> Result<&StreamTable, RenderError> {
        let kept = &self.tables[version.index()];
        if let Some(table) = kept.get() {
            return Ok(table);
        }
        self.style.check_colors()?;
        let placement = self.style.placement(version)?;
        if placement.side > Self::MAX_SIDE {
            return Err(RenderError::TooLarge { side: placement.side, max_side: Self::MAX_SIDE });
        }
        Ok(kept.get_or_init(|| table_cache::table(version, placement.module, Margins::of(version, &placement))))
    }

    /// Returns the image of `symbol`.
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] and [`RenderError::Refused`] as for [`write`](Self::write).
    ///
    /// ```
    /// use qrmint::render::{Png, QuietZone, Scale};
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let image: Vec<u8> = Png::default().to_vec(&symbol)?;
    /// assert_eq!(image[1..4], *b"PNG");
    /// assert!(Png::new(Scale::try_from(255)?, QuietZone::from(255)).to_vec(&symbol).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_vec(&self, symbol: &Symbol) -> Result<Vec<u8>, RenderError> {
        let mut image = Vec::new();
        self.write(symbol, &mut image)?;
        Ok(image)
    }

    /// Returns the image of `symbol` as a data URI in base64.
    ///
    /// # Errors
    ///
    /// [`RenderError::TooLarge`] and [`RenderError::Refused`] as for [`write`](Self::write).
    ///
    /// ```
    /// use qrmint::render::Png;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let html = format!(r#"<img src="{}">"#, Png::default().to_data_uri(&symbol)?);
    /// assert!(html.starts_with(r#"<img src="data:image/png;base64,iVBORw0KGgo"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_data_uri(&self, symbol: &Symbol) -> Result<String, RenderError> {
        Ok(super::data_uri::base64("image/png", &self.to_vec(symbol)?))
    }

    /// Writes the container around a zlib stream of scan lines.
    fn contain(&self, version: Version, stream: &[u8], out: &mut impl io::Write) -> Result<(), png::EncodingError> {
        let side = self.side(version);
        if self.style.is_plain() {
            return finish(png::Encoder::new(out, side, side), stream);
        }
        // Through another type of output, so that `finish` is compiled apart for plain images: shared, it would copy the encoder.
        let mut encoder = png::Encoder::new(out as &mut dyn io::Write, side, side);
        let palette = self.palette();
        self.describe(&palette, &mut encoder)?;
        finish(encoder, stream)
    }

    /// Returns the palette and its alphas: dark, light.
    fn palette(&self) -> ([u8; 6], [u8; 2]) {
        let light = self.style.light.unwrap_or(Color::rgba(255, 255, 255, 0));
        let [[a, b, c, dark_alpha], [d, e, f, light_alpha]] = [self.style.dark.over(light), light].map(Color::to_rgba);
        ([a, b, c, d, e, f], [dark_alpha, light_alpha])
    }

    /// Sets colours, resolution and texts of an image.
    #[cold]
    fn describe<'a, W: io::Write>(
        &self,
        (palette, alphas): &'a ([u8; 6], [u8; 2]),
        encoder: &mut png::Encoder<'a, W>,
    ) -> Result<(), png::EncodingError> {
        let Style { size, title, description, .. } = &self.style;
        if !self.style.is_black_on_white() {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(&palette[..]);
            if *alphas != [255; 2] {
                encoder.set_trns(&alphas[..]);
            }
        }
        encoder.set_pixel_dims(size.dpi().map(|dpi| {
            let per_metre = (u32::from(dpi.number()) * 10_000 + 127) / 254;
            png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }
        }));
        for (keyword, text) in [("Title", title), ("Description", description)] {
            if let Some(text) = text {
                encoder.add_itxt_chunk(keyword.into(), text.clone())?;
            }
        }
        Ok(())
    }
}

/// Writes an image with one bit a pixel.
fn finish<W: io::Write>(mut encoder: png::Encoder<'_, W>, stream: &[u8]) -> Result<(), png::EncodingError> {
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_chunk(png::chunk::IDAT, stream)?;
    writer.finish()
}

/// Writes to `out` until it fails or panics, and nothing after that: the package `png` ends an image when it is dropped.
struct UntilFailure<W> {
    out: W,
    failed: bool,
}

impl<W: io::Write> UntilFailure<W> {
    fn attempt<T>(&mut self, done: T, work: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.failed {
            return Ok(done);
        }
        self.failed = true;
        let result = work(&mut self.out);
        // An interrupted call is made again.
        self.failed = result.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        result
    }
}

impl<W: io::Write> io::Write for UntilFailure<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), io::Write::flush)
    }
}

impl Clone for Png {
    /// Returns a writer with the same settings and tables and a buffer of its own.
    fn clone(&self) -> Self {
        let Self { style, tables, buffer: _, instructions } = self;
        Self { style: style.clone(), tables: tables.clone(), buffer: Mutex::default(), instructions: *instructions }
    }
}

impl fmt::Debug for Png {
    /// Shows the style only. The buffer holds an image, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Png").field("style", &self.style).finish_non_exhaustive()
    }
}

impl Default for Png {
    /// Returns a writer with the default style.
    fn default() -> Self {
        Self::with_style(Style::default())
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::encode::Encoder;
    use crate::version::ErrorCorrectionLevel;

    #[test]
    fn the_example_of_the_module_head_is_what_is_written() {
        let mut encoder = Encoder::new();
        let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M).unwrap();
        let image = Png::default().to_vec(symbol).unwrap();
        assert_eq!(image.len(), 221);
        let stream = &image[41..][..164];
        assert_eq!(stream[..2], [0x78, 0xDA]);
        assert_eq!(stream[160..], [0x27, 0xFE, 0x85, 0x86]);
        let bits = |start: usize, count: usize| {
            (0..count).fold(0, |bits, i| bits | usize::from(stream[2 + (start + i) / 8] >> ((start + i) % 8) & 1) << i)
        };
        // The same bits stand after row 0 and, but for the length, after row 20.
        assert_eq!(bits(0, 3), 0b101);
        assert_eq!(bits(258, 3), bits(1_181, 3));
        assert_eq!((bits(261, 5), bits(1_184, 5)), (219 - 195, 214 - 195));
    }

    #[test]
    fn a_writer_whose_buffer_is_in_use_still_writes() {
        let mut encoder = Encoder::new();
        let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M).unwrap();
        let image = Png::default().to_vec(symbol).unwrap();
        let png = Png::default();
        let buffer = png.buffer.lock().unwrap();
        assert_eq!(png.to_vec(symbol).unwrap(), image);
        assert!(buffer.is_empty());
        drop(buffer);
        assert_eq!(png.to_vec(symbol).unwrap(), image);
        assert!(!png.buffer.lock().unwrap().is_empty());
    }

    #[test]
    fn a_writer_that_panicked_still_writes() {
        let mut encoder = Encoder::new();
        let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M).unwrap();
        let png = Png::default();
        let panicked = catch_unwind(|| {
            let _buffer = png.buffer.lock();
            panic!("while an image is written");
        });
        assert!(panicked.is_err() && png.buffer.is_poisoned());
        assert_eq!(png.to_vec(symbol).unwrap(), Png::default().to_vec(symbol).unwrap());
    }

    /// An output that takes a number of bytes, and fails or panics at each call after that.
    struct Broken<'a> {
        room: usize,
        panics: bool,
        calls_after: &'a AtomicUsize,
    }

    impl io::Write for Broken<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if let Some(room) = self.room.checked_sub(bytes.len()) {
                self.room = room;
                return Ok(bytes.len());
            }
            self.room = 0;
            self.calls_after.fetch_add(1, Ordering::Relaxed);
            assert!(!self.panics, "as wanted by the test");
            Err(io::Error::other("full"))
        }

        fn flush(&mut self) -> io::Result<()> {
            self.write(b"flush").map(drop)
        }
    }

    #[test]
    fn an_output_that_failed_or_panicked_gets_nothing_more() {
        let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M).unwrap();
        let (png, image) = (Png::default(), symbol.to_png());
        for (room, panics) in (0..image.len() + 5).flat_map(|room| [(room, false), (room, true)]) {
            let calls_after = AtomicUsize::new(0);
            let written = catch_unwind(|| png.write(&symbol, Broken { room, panics, calls_after: &calls_after }));
            assert_eq!(written.is_err(), panics, "room for {room} bytes");
            assert!(written.is_err() || matches!(written, Ok(Err(RenderError::Io(_)))));
            assert_eq!(calls_after.load(Ordering::Relaxed), 1, "room for {room} bytes");
        }
        // The buffer is kept all the same.
        assert_eq!(png.to_vec(&symbol).unwrap(), image);
    }

    #[test]
    fn a_clone_has_the_tables_but_no_image() {
        let mut encoder = Encoder::new();
        let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M).unwrap();
        let png = Png::default();
        png.to_vec(symbol).unwrap();
        let clone = png.clone();
        assert!(clone.buffer.lock().unwrap().is_empty());
        let [table, cloned] = [&png, &clone].map(|png| png.tables[0].get().unwrap());
        assert!(Arc::ptr_eq(table, cloned));
    }

    #[test]
    fn debug_output_shows_no_image() {
        let png = Png { buffer: Mutex::new(vec![1, 2, 3]), ..Png::default() };
        assert!(!format!("{png:?}").contains("buffer"));
    }
}
