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
pub(crate) mod format_information;
pub(crate) mod layout;
pub(crate) mod mask;
mod penalty;
pub(crate) mod placement;
mod reed_solomon;
pub(crate) mod segment;
#[cfg(feature = "bench-internals")]
pub mod stages;
mod text;

pub use self::bit_stream::Eci;
pub use self::error::EncodeError;
pub use self::segment::{Mode, Segment, Segmentation};
pub use self::text::TextEncoding;

use alloc::vec::Vec;
use core::mem;

use self::blocks::Blocks;
use self::capacity::{highest_level, smallest_version};
use self::layout::Layout;
use self::mask::Unmasked;
use self::segment::{Band, Segmenter};
use crate::simd::{self, Available, InstructionSet, Lanes, Register, Work, dispatch};
use crate::symbol::Symbol;
use crate::version::{ErrorCorrectionLevel, Mask, Version, VersionRange};

/// Options for an [`Encoder`]. By default it chooses everything except the level.
///
/// ```
/// use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Options, Version};
/// let (version, mask) = (Version::new(10).unwrap(), Mask::new(2).unwrap());
/// let mut encoder = Encoder::with_options(Options::default().with_versions(version).with_mask(mask));
/// let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M).unwrap();
/// assert_eq!((symbol.version(), symbol.mask()), (version, mask));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Options {
    /// The versions allowed, of which the smallest that fits is taken.
    pub versions: VersionRange,
    /// The mask, or `None` for the one with the lowest penalty score.
    pub mask: Option<Mask>,
    /// Whether the level is raised as far as possible without a larger version.
    pub boost: bool,
    /// How the content is split into segments.
    pub segmentation: Segmentation,
    /// The interpretation to announce before the content, if any. It tells what the bytes mean and changes none of
    /// them.
    pub eci: Option<Eci>,
    /// How [`Encoder::encode_text`] stores text and what it announces, unless `eci` is set.
    pub text: TextEncoding,
}

impl Options {
    /// Sets the versions allowed: a [`VersionRange`] or a single [`Version`].
    ///
    /// ```
    /// use qrmint::{Options, Version, VersionRange};
    /// let (five, ten) = (Version::new(5).unwrap(), Version::new(10).unwrap());
    /// let range = VersionRange::new(five, ten).unwrap();
    /// assert_eq!(Options::default().with_versions(range).versions, range);
    /// assert_eq!(Options::default().with_versions(ten).versions.min(), ten);
    /// ```
    #[must_use]
    pub fn with_versions(self, versions: impl Into<VersionRange>) -> Self {
        Self { versions: versions.into(), ..self }
    }

    /// Sets the mask, in place of the one with the lowest penalty score.
    ///
    /// ```
    /// use qrmint::{Mask, Options};
    /// assert_eq!(Options::default().with_mask(Mask::ALL[2]).mask, Some(Mask::ALL[2]));
    /// ```
    #[must_use]
    pub const fn with_mask(self, mask: Mask) -> Self {
        Self { mask: Some(mask), ..self }
    }

    /// Sets whether the level is raised as far as possible without a larger version.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Options};
    /// let mut encoder = Encoder::with_options(Options::default().with_boost(true));
    /// let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::L).unwrap();
    /// assert_eq!(symbol.level(), ErrorCorrectionLevel::H);
    /// ```
    #[must_use]
    pub const fn with_boost(self, boost: bool) -> Self {
        Self { boost, ..self }
    }

    /// Sets how the content is split into segments.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Mode, Options, Segmentation};
    /// let mut encoder = Encoder::with_options(Options::default().with_segmentation(Segmentation::Bytes));
    /// encoder.encode(b"0123456789", ErrorCorrectionLevel::L).unwrap();
    /// assert_eq!(encoder.segments()[0].mode, Mode::Byte);
    /// ```
    #[must_use]
    pub const fn with_segmentation(self, segmentation: Segmentation) -> Self {
        Self { segmentation, ..self }
    }

    /// Sets the interpretation to announce before the content.
    ///
    /// ```
    /// use qrmint::{Eci, Options};
    /// assert_eq!(Options::default().with_eci(Eci::UTF_8).eci, Some(Eci::UTF_8));
    /// ```
    #[must_use]
    pub const fn with_eci(self, eci: Eci) -> Self {
        Self { eci: Some(eci), ..self }
    }

    /// Sets how [`Encoder::encode_text`] stores text.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Options, TextEncoding};
    /// let mut encoder = Encoder::with_options(Options::default().with_text(TextEncoding::Latin1));
    /// assert!(encoder.encode_text("José", ErrorCorrectionLevel::M).is_ok());
    /// assert!(encoder.encode_text("10 €", ErrorCorrectionLevel::M).is_err(), "ISO 8859-1 has no euro");
    /// ```
    #[must_use]
    pub const fn with_text(self, text: TextEncoding) -> Self {
        Self { text, ..self }
    }
}

/// The size that content would have as a symbol: what [`Encoder::measure`] returns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Measure {
    /// The version.
    pub version: Version,
    /// The error-correction level, raised if the options ask for that.
    pub level: ErrorCorrectionLevel,
    /// Number of bits that the segments take, with their headers and that of an ECI.
    pub bits_used: u64,
    /// Number of bits that the version has at this level.
    pub bits_available: u64,
    /// The segments.
    pub segments: Vec<Segment>,
}

/// Encodes content as symbols, one after the other, and reuses its buffers: it allocates nothing once it has made a
/// symbol as large, of content with as many runs of different kinds of characters.
///
/// For the same segments, level, version and mask choice the symbol is, module for module, the one `qrcodegen` 1.8
/// makes, on every machine. With the default options its version is never larger than `qrcodegen`'s for the same
/// content.
///
/// ```
/// use qrmint::{Encoder, ErrorCorrectionLevel};
/// let mut encoder = Encoder::new();
/// for content in ["first", "second", "third"] {
///     let symbol = encoder.encode(content.as_bytes(), ErrorCorrectionLevel::M)?;
///     println!("{} is a symbol of version {}", content, symbol.version());
/// }
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
    /// Length of the longest content that fits a symbol: the digits that version 40 holds at level L (Table 7).
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut encoder = Encoder::new();
    /// assert!(encoder.encode(&[b'7'; Encoder::MAX_BYTES], ErrorCorrectionLevel::L).is_ok());
    /// assert!(encoder.encode(&[b'7'; Encoder::MAX_BYTES + 1], ErrorCorrectionLevel::L).is_err());
    /// ```
    pub const MAX_BYTES: usize = segment::MAX_BYTES;

    /// Creates an encoder with the default options.
    pub fn new() -> Self {
        Self::with_options(Options::default())
    }

    /// Creates an encoder with these options.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel as Level, Mask, Options};
    /// let options = Options::default().with_mask(Mask::ALL[6]).with_boost(true);
    /// let mut encoder = Encoder::with_options(options);
    /// let symbol = encoder.encode(b"hello", Level::L).unwrap();
    /// assert_eq!((symbol.mask(), symbol.level()), (Mask::ALL[6], Level::H));
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

    /// Limits the encoder to the instructions of `max` and narrower sets. For tests and measurements: the symbols are
    /// the same.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet};
    /// let symbol = Encoder::new().encode(b"hello", ErrorCorrectionLevel::M).cloned();
    /// for set in InstructionSet::available() {
    ///     let mut encoder = Encoder::new().with_instructions(set);
    ///     assert_eq!(encoder.encode(b"hello", ErrorCorrectionLevel::M).cloned(), symbol);
    /// }
    /// ```
    pub fn with_instructions(self, max: InstructionSet) -> Self {
        Self { instructions: simd::widest(Some(max)), ..self }
    }

    /// Returns the options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Returns the options, to change them for the next symbols.
    pub fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    /// Encodes `content`: exactly these bytes, none of them interpreted. For text, see
    /// [`encode_text`](Self::encode_text).
    ///
    /// The symbol has the smallest allowed version that fits. It lives in the encoder until the next call; clone it to
    /// keep it.
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLong`] if the content does not fit the largest allowed version at this level. Content longer
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
        self.encode_bytes(content.as_ref(), None, self.options.eci, level)?;
        Ok(&self.symbol)
    }

    /// Encodes `text` so that readers show it: [`Options::text`] says how it is stored, by default as UTF-8 behind an
    /// announcement of UTF-8. Plain ASCII is stored as it is and needs no announcement. If [`Options::eci`] is set,
    /// the text is stored as UTF-8 and that ECI is announced, whatever the text.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotLatin1`] if the text has a character that [`TextEncoding::Latin1`] cannot store.
    /// [`EncodeError::TooLong`] as for [`encode`](Self::encode).
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut encoder = Encoder::new();
    /// let symbol = encoder.encode_text("José Müller, 10 €", ErrorCorrectionLevel::M)?;
    /// assert_eq!(symbol.version().number(), 2);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn encode_text(&mut self, text: &str, level: ErrorCorrectionLevel) -> Result<&Symbol, EncodeError> {
        self.with_bytes_of(text, |encoder, content, eci| encoder.encode_bytes(content, None, eci, level))?;
        Ok(&self.symbol)
    }

    /// Encodes `content` in the given segments. [`Options::segmentation`] does not matter.
    ///
    /// # Errors
    ///
    /// [`EncodeError::SegmentStart`], [`SegmentEnd`](EncodeError::SegmentEnd) or
    /// [`SegmentMode`](EncodeError::SegmentMode) unless the segments cover the content from its first byte to its last
    /// without gap or overlap and each [mode accepts](Mode::accepts) its bytes. [`EncodeError::TooLong`] as for
    /// [`encode`](Self::encode).
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Mode, Segment};
    /// let segments = [Segment::new(Mode::Byte, 0..6), Segment::new(Mode::Numeric, 6..16)];
    /// let mut encoder = Encoder::new();
    /// encoder.encode_segments(b"badge 0123456789", &segments, ErrorCorrectionLevel::M)?;
    /// assert_eq!(encoder.segments(), segments);
    ///
    /// let error = encoder.encode_segments(b"badge 0123456789", &segments[1..], ErrorCorrectionLevel::M).unwrap_err();
    /// assert_eq!(error.to_string(), "segment 0 begins at byte 6 instead of 0");
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn encode_segments(
        &mut self,
        content: &[u8],
        segments: &[Segment],
        level: ErrorCorrectionLevel,
    ) -> Result<&Symbol, EncodeError> {
        self.encode_bytes(content, Some(segments), self.options.eci, level)?;
        Ok(&self.symbol)
    }

    /// Returns the size that `content` would have as a symbol. Draws nothing and leaves the symbol made last as it is.
    ///
    /// # Errors
    ///
    /// As [`encode`](Self::encode).
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Version};
    /// let measure = Encoder::new().measure("badge 0123456789", ErrorCorrectionLevel::M)?;
    /// assert_eq!((measure.version, measure.level), (Version::MIN, ErrorCorrectionLevel::M));
    /// assert_eq!((measure.bits_used, measure.bits_available), (108, 128));
    /// assert_eq!(measure.segments.len(), 2);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn measure(&mut self, content: impl AsRef<[u8]>, level: ErrorCorrectionLevel) -> Result<Measure, EncodeError> {
        self.measure_bytes(content.as_ref(), self.options.eci, level)
    }

    /// Returns the size that `text` would have as a symbol of [`encode_text`](Self::encode_text). The segments refer to
    /// the bytes that would be stored.
    ///
    /// # Errors
    ///
    /// As [`encode_text`](Self::encode_text).
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut encoder = Encoder::new();
    /// let (text, bytes) = ("Größe", "Größe".as_bytes());
    /// let with_eci = encoder.measure_text(text, ErrorCorrectionLevel::M)?.bits_used;
    /// assert_eq!(with_eci, encoder.measure(bytes, ErrorCorrectionLevel::M)?.bits_used + 12);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn measure_text(&mut self, text: &str, level: ErrorCorrectionLevel) -> Result<Measure, EncodeError> {
        self.with_bytes_of(text, |encoder, content, eci| encoder.measure_bytes(content, eci, level))
    }

    /// Returns the segments of the symbol made last; none before the first.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Mode};
    /// let mut encoder = Encoder::new();
    /// encoder.encode(b"badge 0123456789", ErrorCorrectionLevel::M).unwrap();
    /// let [text, number] = encoder.segments() else { panic!("two segments") };
    /// assert_eq!((text.mode, text.range()), (Mode::Byte, 0..6));
    /// assert_eq!((number.mode, number.range()), (Mode::Numeric, 6..16));
    /// ```
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the penalty scores of the eight masks for the symbol made last, whichever mask it has (7.8.3 of the
    /// standard, in `qrcodegen`'s reading). Returns `None` before the first symbol.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut encoder = Encoder::new();
    /// let mask = encoder.encode(b"hello", ErrorCorrectionLevel::M).unwrap().mask();
    /// let scores = encoder.penalty_scores().unwrap();
    /// assert_eq!(scores.iter().min(), Some(&scores[usize::from(mask.number())]));
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
    fn with_bytes_of<T>(
        &mut self,
        text: &str,
        work: impl FnOnce(&mut Self, &[u8], Option<Eci>) -> Result<T, EncodeError>,
    ) -> Result<T, EncodeError> {
        if self.options.eci.is_some() {
            return work(self, text.as_bytes(), self.options.eci);
        }
        let mut buffer = mem::take(&mut self.text);
        let bytes = self.options.text.bytes(text, &mut buffer);
        let result = bytes.and_then(|(content, eci)| work(self, content, eci));
        self.text = buffer;
        result
    }

    fn encode_bytes(
        &mut self,
        content: &[u8],
        given: Option<&[Segment]>,
        eci: Option<Eci>,
        level: ErrorCorrectionLevel,
    ) -> Result<(), EncodeError> {
        let Fit { version, level, .. } = self.fit(content, given, eci, level)?;
        let band = Band::of(version);
        let mut segments = mem::take(&mut self.segments);
        self.split(content, given, band, &mut segments);
        self.segments = segments;

        let blocks = Blocks::of(version, level);
        bit_stream::data_codewords(content, &self.segments, eci, band, blocks.data_codewords(), &mut self.data);

        let layout = Layout::of(version);
        let Self { data, buffers, symbol: Symbol { rows: finished, .. }, .. } = self;
        let draw = Draw { data, blocks, layout: &layout, level, mask: self.options.mask, buffers, finished };
        let mask = dispatch(self.instructions, draw);
        (self.symbol.version, self.symbol.level, self.symbol.mask) = (version, level, mask);
        Ok(())
    }

    fn measure_bytes(
        &mut self,
        content: &[u8],
        eci: Option<Eci>,
        level: ErrorCorrectionLevel,
    ) -> Result<Measure, EncodeError> {
        let Fit { version, level, bits } = self.fit(content, None, eci, level)?;
        let mut segments = Vec::new();
        self.split(content, None, Band::of(version), &mut segments);
        Ok(Measure { version, level, bits_used: bits, bits_available: version.data_bits(level) as u64, segments })
    }

    /// Writes the segments of the content that [`fit`](Self::fit) has seen last to `segments`.
    fn split(&mut self, content: &[u8], given: Option<&[Segment]>, band: Band, segments: &mut Vec<Segment>) {
        segments.clear();
        match (given, self.options.segmentation) {
            (Some(given), _) => segments.extend_from_slice(given),
            (None, Segmentation::Optimal) => self.segmenter.segments(band, segments),
            (None, Segmentation::Bytes) => segments.push(Segment::new(Mode::Byte, 0..content.len())),
        }
    }

    /// Finds the smallest allowed version that holds the content, in the `given` segments if there are any.
    fn fit(
        &mut self,
        content: &[u8],
        given: Option<&[Segment]>,
        eci: Option<Eci>,
        level: ErrorCorrectionLevel,
    ) -> Result<Fit, EncodeError> {
        let Options { versions, segmentation, boost, .. } = self.options;
        let bytes = content.len();
        let eci_bits = u64::from(eci.map_or(0, Eci::header_bits));
        let too_long = |bits: u64, mode| EncodeError::TooLong {
            bytes,
            bits_needed: eci_bits + bits,
            bits_available: versions.max().data_bits(level) as u64,
            version: versions.max(),
            level,
            mode,
            eci,
        };
        let whole = [Segment::new(Mode::Byte, 0..bytes)];
        // `None` if the shortest segmentation has to be found.
        let fixed = given.or((segmentation == Segmentation::Bytes).then_some(&whole));
        if bytes > segment::MAX_BYTES && (given.is_some() || fixed.is_none()) {
            return Err(too_long(segment::min_bits(bytes, Band::of(versions.max())), None));
        }
        match (fixed, given) {
            (None, _) => self.segmenter.read(content, self.instructions),
            (_, Some(segments)) => segment::check_segments(content, segments)?,
            _ => {}
        }
        let mut min = versions.min();
        loop {
            let band = Band::of(min);
            let max = band.max().min(versions.max());
            let bits = fixed.map_or_else(|| self.segmenter.bits(band), |segments| segment::total_bits(segments, band));
            if eci_bits + bits <= max.data_bits(level) as u64 {
                let bits = eci_bits + bits;
                let version = smallest_version(min, max, bits, level);
                let level = if boost { highest_level(version, bits, level) } else { level };
                return Ok(Fit { version, level, bits });
            }
            if max == versions.max() {
                let mode = match fixed {
                    None => self.segmenter.only_mode(band),
                    Some([only]) => Some(only.mode),
                    Some(_) => None,
                };
                return Err(too_long(bits, mode));
            }
            min = max.up(1);
        }
    }
}

/// The version and level that hold content, and the number of bits that it takes there.
struct Fit {
    version: Version,
    level: ErrorCorrectionLevel,
    bits: u64,
}

impl Symbol {
    /// Encodes `content`: exactly these bytes, none of them interpreted. For text, see
    /// [`encode_text`](Self::encode_text).
    ///
    /// The symbol has the smallest version that fits and the mask with the lowest penalty score. To choose them, or to
    /// encode many contents, keep an [`Encoder`].
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLong`] if the content does not fit version 40 at this level.
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
    /// assert_eq!(symbol.version().number(), 3);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn encode(content: impl AsRef<[u8]>, level: ErrorCorrectionLevel) -> Result<Self, EncodeError> {
        let mut encoder = Encoder::new();
        encoder.encode(content, level)?;
        Ok(encoder.symbol)
    }

    /// Encodes `text` so that readers show it: plain ASCII as it is, other text as UTF-8 behind an announcement of
    /// UTF-8 (ECI 26). [`TextEncoding`] says how readers take that, and which other ways there are.
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLong`] if the text does not fit version 40 at this level.
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode_text("José Müller", ErrorCorrectionLevel::M)?;
    /// assert_eq!(symbol.version().number(), 1);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn encode_text(text: &str, level: ErrorCorrectionLevel) -> Result<Self, EncodeError> {
        let mut encoder = Encoder::new();
        encoder.encode_text(text, level)?;
        Ok(encoder.symbol)
    }

    /// Returns whether the module in column `x` and row `y` is part of a finder pattern, separator, timing pattern or
    /// alignment pattern, of format or version information, or the dark module: of anything but the data. Returns
    /// `false` outside the symbol.
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// assert!(symbol.is_function(0, 0), "a finder pattern");
    /// assert!(!symbol.is_function(20, 20), "data");
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
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for Encoder {
    /// Shows the options only: the buffers hold content, which may be a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Encoder").field("options", &self.options).finish_non_exhaustive()
    }
}
