//! Raw content to a symbol: [`Encoder`] and [`Options`], the order of the steps and their buffers (ISO/IEC 18004:2015,
//! 7).
//!
//! The data goes through the steps in this order:
//!
//! ```text
//! content -> segment -> bit_stream -> blocks -> placement -> mask -> Symbol
//! ```
//!
//! The steps do not know each other: each takes what it needs as arguments. ARCHITECTURE.md draws which module imports
//! which.

pub(crate) mod bit_stream;
pub(crate) mod blocks;
mod capacity;
pub(crate) mod characters;
mod error;
mod fit;
pub(crate) mod format_information;
pub(crate) mod layout;
pub(crate) mod mask;
mod options;
mod penalty;
pub(crate) mod placement;
mod reed_solomon;
pub(crate) mod segment;
#[cfg(feature = "bench-internals")]
pub mod stages;
mod text;

pub use self::bit_stream::Eci;
pub use self::error::EncodeError;
pub use self::fit::Measure;
pub use self::options::Options;
pub use self::segment::{Mode, Segment, Segmentation};
pub use self::text::TextEncoding;

use alloc::vec::Vec;
use core::mem;

use self::blocks::Blocks;
use self::fit::{Content, Fit};
use self::layout::Layout;
use self::mask::Unmasked;
use self::segment::{Band, Segmenter};
use crate::simd::{self, Available, InstructionSet, Lanes, Register, Work, dispatch};
use crate::symbol::Symbol;
use crate::version::{ErrorCorrectionLevel, Mask, Version};

/// An encoder with [`Options`] and buffers, to make many symbols.
///
/// For a single symbol with the default options, use [`Symbol::encode`] or [`Symbol::encode_text`].
///
/// An encoder keeps its buffers; once they are large enough, it no longer allocates. A symbol stays in the encoder
/// until the next call; clone the symbol to keep it. Use one encoder per thread. `Debug` shows the options only, since
/// the buffers hold content.
///
/// For the same segments, version, level and mask setting, the symbol is the one that `qrcodegen` 1.8 makes, module for
/// module, on every machine. With the default options its version is never larger than `qrcodegen`'s for the same
/// content.
///
/// ```
/// use qrmint::{Encoder, ErrorCorrectionLevel, Symbol};
/// let mut encoder = Encoder::new();
/// for content in ["first", "second", "third"] {
///     let symbol: &Symbol = encoder.encode(content, ErrorCorrectionLevel::M)?;
///     println!("{content}: version {}", symbol.version());
/// }
/// let kept: Symbol = encoder.encode("fourth", ErrorCorrectionLevel::M)?.clone();
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
#[derive(Clone)]
pub struct Encoder {
    options: Options,
    /// Text that is not stored as UTF-8.
    text: Vec<u8>,
    segmenter: Segmenter,
    segments: Vec<Segment>,
    data: Vec<u8>,
    buffers: Buffers,
    symbol: Symbol,
    instructions: Available,
}

/// Buffers for a symbol between its data codewords and its finished modules.
#[derive(Clone, Default)]
struct Buffers {
    codewords: Vec<u8>,
    columns: Vec<u64>,
    rows: Vec<u64>,
    candidates: Vec<Lanes>,
}

impl Encoder {
    /// The length in bytes of the longest content that fits any symbol: the 7,089 digits that version 40 holds at level
    /// L (Table 7 of ISO/IEC 18004:2015). For other limits see [`Version::capacity`].
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Symbol};
    /// let digits = "7".repeat(Encoder::MAX_BYTES);
    /// assert!(Symbol::encode(&digits, ErrorCorrectionLevel::L).is_ok());
    /// assert!(Symbol::encode(digits + "7", ErrorCorrectionLevel::L).is_err());
    /// ```
    pub const MAX_BYTES: usize = 7_089;

    /// Creates an encoder with the default options.
    ///
    /// ```
    /// use qrmint::{Encoder, Options};
    /// assert_eq!(*Encoder::new().options(), Options::default());
    /// ```
    pub fn new() -> Self {
        Self::with_options(Options::default())
    }

    /// Creates an encoder with the given options.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel as Level, Mask, Options};
    /// let options = Options::default().with_mask(Mask::ALL[6]).with_boost(true);
    /// let mut encoder = Encoder::with_options(options);
    /// let symbol = encoder.encode("hello", Level::L)?;
    /// assert_eq!((symbol.mask(), symbol.level()), (Mask::ALL[6], Level::H));
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn with_options(options: Options) -> Self {
        Self {
            options,
            text: Vec::new(),
            segmenter: Segmenter::default(),
            segments: Vec::new(),
            data: Vec::new(),
            buffers: Buffers::default(),
            instructions: simd::widest(None),
            symbol: Symbol {
                version: Version::MIN,
                level: ErrorCorrectionLevel::L,
                mask: Mask::from_index(0),
                rows: Vec::new(),
            },
        }
    }

    /// Limits the encoder to the instruction set `max` and narrower ones. The symbols stay the same, so this is only
    /// for tests and measurements.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// for set in InstructionSet::available() {
    ///     let mut encoder = Encoder::new().with_instructions(set);
    ///     assert_eq!(*encoder.encode("hello", ErrorCorrectionLevel::M)?, symbol);
    /// }
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn with_instructions(self, max: InstructionSet) -> Self {
        Self { instructions: simd::widest(Some(max)), ..self }
    }

    /// Returns the options.
    ///
    /// ```
    /// # use qrmint::{Encoder, Options};
    /// let options = Options::default().with_boost(true);
    /// assert_eq!(*Encoder::with_options(options).options(), options);
    /// ```
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Returns the options for changing them. A change applies from the next symbol on.
    ///
    /// ```
    /// # use qrmint::{Encoder, ErrorCorrectionLevel as Level};
    /// let mut encoder = Encoder::new();
    /// assert_eq!(encoder.encode("hello", Level::L)?.level(), Level::L);
    /// encoder.options_mut().boost = true;
    /// assert_eq!(encoder.encode("hello", Level::L)?.level(), Level::H);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    /// Encodes exactly the bytes of `content`, in the smallest version allowed that fits. For text that is not plain
    /// ASCII, use [`encode_text`](Self::encode_text): without an ECI, many readers guess its encoding wrong.
    ///
    /// [`Options::eci`] is announced, [`Options::text`] is ignored.
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLong`] if the content does not fit the largest version allowed at this level. Content longer
    /// than [`MAX_BYTES`](Self::MAX_BYTES) is refused without reading it.
    ///
    /// ```
    /// use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, Options, Version};
    /// let mut encoder = Encoder::with_options(Options::default().with_versions(Version::MIN));
    /// assert!(encoder.encode("seventeen letters", ErrorCorrectionLevel::L).is_ok());
    /// assert!(matches!(
    ///     encoder.encode("eighteen letters!!", ErrorCorrectionLevel::L),
    ///     Err(EncodeError::TooLong { bytes: 18, bits_needed: 156, bits_available: 152, .. }),
    /// ));
    /// ```
    pub fn encode(&mut self, content: impl AsRef<[u8]>, level: ErrorCorrectionLevel) -> Result<&Symbol, EncodeError> {
        self.encode_content(Content { bytes: content.as_ref(), eci: self.options.eci, segments: None }, level)?;
        Ok(&self.symbol)
    }

    /// Encodes `text` in the smallest version allowed that fits. [`TextEncoding`] lists which readers show it
    /// correctly.
    ///
    /// Plain ASCII is stored as it is. Other text is stored as [`Options::text`] says, by default as UTF-8 that is
    /// announced by an ECI. If [`Options::eci`] is set, any text is stored as UTF-8 and that ECI is announced.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotLatin1`] if [`Options::text`] is [`TextEncoding::Latin1`] and ISO 8859-1 lacks a character of
    /// the text. [`EncodeError::TooLong`] as for [`encode`](Self::encode).
    ///
    /// ```
    /// use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, TextEncoding};
    /// let mut encoder = Encoder::new();
    /// let symbol = encoder.encode_text("José Müller, 10 €", ErrorCorrectionLevel::M)?;
    /// assert_eq!(symbol.version().number(), 2);
    ///
    /// encoder.options_mut().text = TextEncoding::Latin1;
    /// let error = encoder.encode_text("José Müller, 10 €", ErrorCorrectionLevel::M).unwrap_err();
    /// assert_eq!(error.to_string(), "the character at byte 18 of the text is not in ISO 8859-1");
    /// # Ok::<(), EncodeError>(())
    /// ```
    pub fn encode_text(&mut self, text: &str, level: ErrorCorrectionLevel) -> Result<&Symbol, EncodeError> {
        self.with_text(text, |encoder, content| encoder.encode_content(content, level))?;
        Ok(&self.symbol)
    }

    /// Encodes exactly the bytes of `content`, split into the given segments, in the smallest version allowed that
    /// fits.
    ///
    /// The segments must cover the content from its first byte to its last without gap or overlap, and each
    /// [mode must accept](Mode::accepts) the bytes of its segment. [`Options::segmentation`] is ignored.
    ///
    /// # Errors
    ///
    /// [`EncodeError::SegmentStart`], [`SegmentEnd`](EncodeError::SegmentEnd) or
    /// [`SegmentMode`](EncodeError::SegmentMode) for the first segment that is wrong. [`EncodeError::TooLong`] as for
    /// [`encode`](Self::encode).
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Mode, Segment};
    /// let content = b"badge 0123456789";
    /// let segments = [Segment::new(Mode::Byte, 0..6), Segment::new(Mode::Numeric, 6..16)];
    /// let (mut encoder, level) = (Encoder::new(), ErrorCorrectionLevel::M);
    /// encoder.encode_segments(content, &segments, level)?;
    /// assert_eq!(encoder.segments(), segments);
    ///
    /// let error = encoder.encode_segments(content, &segments[1..], level).unwrap_err();
    /// assert_eq!(error.to_string(), "segment 0 begins at byte 6 instead of 0");
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn encode_segments(
        &mut self,
        content: &[u8],
        segments: &[Segment],
        level: ErrorCorrectionLevel,
    ) -> Result<&Symbol, EncodeError> {
        self.encode_content(Content { bytes: content, eci: self.options.eci, segments: Some(segments) }, level)?;
        Ok(&self.symbol)
    }

    /// Returns the version, level and bits that `content` needs in [`encode`](Self::encode). Makes no symbol;
    /// [`segments`](Self::segments) still returns those of the last one.
    ///
    /// # Errors
    ///
    /// As for [`encode`](Self::encode).
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Version};
    /// let mut encoder = Encoder::new();
    /// let measure = encoder.measure("badge 0123456789", ErrorCorrectionLevel::M)?;
    /// assert_eq!((measure.version, measure.level), (Version::MIN, ErrorCorrectionLevel::M));
    /// assert_eq!((measure.bits_used, measure.bits_available), (108, 128));
    /// assert_eq!(measure.segments.len(), 2);
    /// assert!(encoder.measure([0; 3_000], ErrorCorrectionLevel::M).is_err());
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn measure(&mut self, content: impl AsRef<[u8]>, level: ErrorCorrectionLevel) -> Result<Measure, EncodeError> {
        self.measure_content(Content { bytes: content.as_ref(), eci: self.options.eci, segments: None }, level)
    }

    /// Returns the version, level and bits that `text` needs in [`encode_text`](Self::encode_text). Makes no symbol.
    ///
    /// The segments refer to the bytes that are stored. With [`TextEncoding::Latin1`] they are not the bytes of `text`.
    ///
    /// # Errors
    ///
    /// As for [`encode_text`](Self::encode_text).
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut encoder = Encoder::new();
    /// let bytes = encoder.measure("Größe", ErrorCorrectionLevel::M)?;
    /// let text = encoder.measure_text("Größe", ErrorCorrectionLevel::M)?;
    /// assert_eq!(text.bits_used, bytes.bits_used + 12, "an ECI header takes 12 bits");
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn measure_text(&mut self, text: &str, level: ErrorCorrectionLevel) -> Result<Measure, EncodeError> {
        self.with_text(text, |encoder, content| encoder.measure_content(content, level))
    }

    /// Returns the segments of the last symbol, in the order of the content. Returns an empty slice before the first
    /// symbol.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Mode, Segment};
    /// let mut encoder = Encoder::new();
    /// encoder.encode("badge 0123456789", ErrorCorrectionLevel::M)?;
    /// let expected = [Segment::new(Mode::Byte, 0..6), Segment::new(Mode::Numeric, 6..16)];
    /// assert_eq!(encoder.segments(), expected);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the penalty scores that the last symbol has with each of the eight masks, in the order of their numbers
    /// (7.8.3 of ISO/IEC 18004:2015, as `qrcodegen` reads it). Returns `None` before the first symbol.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut encoder = Encoder::new();
    /// assert_eq!(encoder.penalty_scores(), None);
    /// let mask = encoder.encode("hello", ErrorCorrectionLevel::M)?.mask();
    /// let scores = encoder.penalty_scores().ok_or("no symbol")?;
    /// assert_eq!(scores.iter().min(), Some(&scores[usize::from(mask.number())]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "bench-internals")]
    pub fn penalty_scores(&mut self) -> Option<[u32; 8]> {
        let Symbol { version, level, .. } = self.symbol;
        let made = !self.symbol.rows.is_empty();
        made.then(|| {
            dispatch(self.instructions, Score { layout: &Layout::of(version), level, buffers: &mut self.buffers })
        })
    }

    /// Calls `work` with the bytes that stand for `text` and the interpretation to announce.
    fn with_text<T>(
        &mut self,
        text: &str,
        work: impl FnOnce(&mut Self, Content<'_>) -> Result<T, EncodeError>,
    ) -> Result<T, EncodeError> {
        if self.options.eci.is_some() {
            return work(self, Content { bytes: text.as_bytes(), eci: self.options.eci, segments: None });
        }
        let mut buffer = mem::take(&mut self.text);
        let bytes = self.options.text.bytes(text, &mut buffer);
        let result = bytes.and_then(|(bytes, eci)| work(self, Content { bytes, eci, segments: None }));
        self.text = buffer;
        result
    }

    fn encode_content(&mut self, content: Content<'_>, level: ErrorCorrectionLevel) -> Result<(), EncodeError> {
        let Fit { version, level, .. } = self.fit(content, level)?;
        let mut segments = mem::take(&mut self.segments);
        self.split(content, version, &mut segments);
        self.segments = segments;

        let blocks = Blocks::of(version, level);
        let (band, capacity) = (Band::of(version), blocks.data_codewords());
        bit_stream::data_codewords(content.bytes, &self.segments, content.eci, band, capacity, &mut self.data);

        let layout = Layout::of(version);
        let Self { data, buffers, symbol: Symbol { rows: finished, .. }, .. } = self;
        let draw = Draw { data, blocks, layout: &layout, level, mask: self.options.mask, buffers, finished };
        let mask = dispatch(self.instructions, draw);
        (self.symbol.version, self.symbol.level, self.symbol.mask) = (version, level, mask);
        Ok(())
    }

    fn measure_content(&mut self, content: Content<'_>, level: ErrorCorrectionLevel) -> Result<Measure, EncodeError> {
        let Fit { version, level, bits } = self.fit(content, level)?;
        let mut segments = Vec::new();
        self.split(content, version, &mut segments);
        Ok(Measure { version, level, bits_used: bits, bits_available: version.data_bits(level) as u64, segments })
    }
}

const _: () = assert!(Encoder::MAX_BYTES == segment::MAX_BYTES);

impl Symbol {
    /// Encodes exactly the bytes of `content`. For text that is not plain ASCII, use
    /// [`encode_text`](Self::encode_text): without an ECI, many readers guess its encoding wrong.
    ///
    /// The symbol has the smallest version that fits and the mask with the lowest penalty score. To choose them, or to
    /// encode many contents, use an [`Encoder`].
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLong`] if the content does not fit version 40 at this level.
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
    /// assert_eq!(symbol.version().number(), 3);
    /// assert!(Symbol::encode([0; 3_000], ErrorCorrectionLevel::M).is_err());
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn encode(content: impl AsRef<[u8]>, level: ErrorCorrectionLevel) -> Result<Self, EncodeError> {
        let mut encoder = Encoder::new();
        encoder.encode(content, level)?;
        Ok(encoder.symbol)
    }

    /// Encodes `text`: plain ASCII as it is, other text as UTF-8 that is announced by an ECI ([`Eci::UTF_8`]).
    /// [`TextEncoding`] lists the other ways to store text, and which readers show it correctly. To choose one, use an
    /// [`Encoder`].
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLong`] if the text does not fit version 40 at this level.
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode_text("José Müller", ErrorCorrectionLevel::M)?;
    /// assert_eq!(symbol.version().number(), 1);
    /// assert!(Symbol::encode_text(&"é".repeat(1_500), ErrorCorrectionLevel::M).is_err());
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn encode_text(text: &str, level: ErrorCorrectionLevel) -> Result<Self, EncodeError> {
        let mut encoder = Encoder::new();
        encoder.encode_text(text, level)?;
        Ok(encoder.symbol)
    }

    /// Returns whether the module in column `x` and row `y` has a fixed purpose and carries no codewords (6.3 of
    /// ISO/IEC 18004:2015). Returns `false` outside the symbol.
    ///
    /// Such modules are the finder patterns and their separators, timing patterns, alignment patterns, format
    /// information, version information and the dark module.
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// assert!(symbol.is_function(0, 0), "a finder pattern");
    /// assert!(!symbol.is_function(20, 20), "data");
    /// assert!(!symbol.is_function(21, 0), "outside the symbol");
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn is_function(&self, x: usize, y: usize) -> bool {
        let Layout { size, free, .. } = Layout::of(self.version());
        x < size && y < size && free[x / 64 * size + y] >> (x % 64) & 1 == 0
    }
}

/// Turns data codewords into the modules of a symbol. Returns its mask.
struct Draw<'a> {
    data: &'a [u8],
    blocks: Blocks,
    layout: &'a Layout,
    level: ErrorCorrectionLevel,
    mask: Option<Mask>,
    buffers: &'a mut Buffers,
    finished: &'a mut Vec<u64>,
}

impl Work for Draw<'_> {
    type Output = Mask;

    #[inline(always)]
    fn run<R: Register>(self) -> Mask {
        let Self { data, blocks, layout, level, mask, buffers, finished } = self;
        blocks::interleave(data, blocks, &mut buffers.codewords);
        placement::place::<R>(&mut buffers.codewords, layout, &mut buffers.columns);
        placement::transpose(&buffers.columns, layout.size, &mut buffers.rows);
        let symbol = Unmasked { layout, level, rows: &buffers.rows, columns: &buffers.columns };
        // A `match`, not `unwrap_or_else`: a closure would not use the registers, see [`Work::run`].
        let mask = match mask {
            Some(mask) => mask,
            None => symbol.choose::<R>(&mut buffers.candidates),
        };
        symbol.finish(mask, finished);
        mask
    }
}

/// Computes all eight penalty scores of the symbol in the buffers.
#[cfg(feature = "bench-internals")]
struct Score<'a> {
    layout: &'a Layout,
    level: ErrorCorrectionLevel,
    buffers: &'a mut Buffers,
}

#[cfg(feature = "bench-internals")]
impl Work for Score<'_> {
    type Output = [u32; 8];

    #[inline(always)]
    fn run<R: Register>(self) -> [u32; 8] {
        let Buffers { rows, columns, candidates, .. } = self.buffers;
        Unmasked { layout: self.layout, level: self.level, rows, columns }.scores::<R>(candidates)
    }
}

impl Default for Encoder {
    /// Returns [`Encoder::new`].
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for Encoder {
    /// Shows the options only. The buffers hold content, which may be a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Encoder").field("options", &self.options).finish_non_exhaustive()
    }
}
