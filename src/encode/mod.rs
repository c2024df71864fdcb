//! Raw content to a symbol: [`Encoder`] and [`Options`], the order of the steps and their buffers (ISO/IEC 18004:2015,
//! 7).
//!
//! The data goes through the steps in this order:
//!
//! ```text
//! raw content -> segment -> bit_stream -> blocks -> placement -> mask -> Symbol
//! ```
//!
//! The steps do not know each other: each takes what it needs as arguments. The exception is `bit_stream`, which knows
//! the type of its input. An arrow below means "imports"; all modules may know `version`, and those that use registers
//! `simd`:
//!
//! ```text
//! bit_stream -> segment -> characters
//! bit_stream -> characters
//! blocks     -> reed_solomon
//! placement  -> layout
//! mask       -> penalty, format_information, layout
//! penalty    -> layout
//! format_information -> layout
//! ```

mod bit_stream;
mod blocks;
mod characters;
mod format_information;
pub(crate) mod layout;
mod mask;
mod penalty;
mod placement;
mod reed_solomon;
mod segment;
#[cfg(feature = "bench-internals")]
pub mod stages;

pub use self::bit_stream::Eci;
pub use self::segment::{Mode, Segment, Segmentation};

use alloc::vec::Vec;

use self::blocks::Blocks;
use self::layout::Layout;
use self::mask::Unmasked;
use self::segment::{Band, Segmenter};
use crate::error::EncodeError;
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
}

/// Encodes raw content as symbols, one after the other, and reuses its buffers: it allocates nothing once it has made a
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
pub struct Encoder {
    options: Options,
    segmenter: Segmenter,
    segments: Vec<Segment>,
    data: Vec<u8>,
    buffers: Buffers,
    symbol: Symbol,
    instructions: Available,
}

/// Buffers for a symbol between its data codewords and its finished modules.
#[derive(Default)]
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

    /// Encodes `raw_content`: exactly these bytes, none of them interpreted.
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
    /// assert!(encoder.encode(b"seventeen letters", ErrorCorrectionLevel::L).is_ok());
    /// assert_eq!(
    ///     encoder.encode(b"eighteen letters!!", ErrorCorrectionLevel::L).unwrap_err(),
    ///     EncodeError::TooLong { bits_needed: 156, bits_available: 152 },
    /// );
    /// ```
    pub fn encode(&mut self, raw_content: &[u8], level: ErrorCorrectionLevel) -> Result<&Symbol, EncodeError> {
        let (version, bits) = self.fit(raw_content, level)?;
        let level = if self.options.boost { highest_level(version, bits, level) } else { level };
        let band = Band::of(version);
        match self.options.segmentation {
            Segmentation::Optimal => self.segmenter.segments(band, &mut self.segments),
            Segmentation::Bytes => {
                self.segments.clear();
                self.segments.push(Segment { mode: Mode::Byte, start: 0, end: raw_content.len() });
            }
        }

        let blocks = Blocks::of(version, level);
        let capacity = blocks.data_codewords();
        bit_stream::data_codewords(raw_content, &self.segments, self.options.eci, band, capacity, &mut self.data);

        let layout = Layout::of(version);
        let Self { data, buffers, symbol: Symbol { rows: finished, .. }, .. } = self;
        let draw = Draw { data, blocks, layout: &layout, level, mask: self.options.mask, buffers, finished };
        let mask = dispatch(self.instructions, draw);
        (self.symbol.version, self.symbol.level, self.symbol.mask) = (version, level, mask);
        Ok(&self.symbol)
    }

    /// Returns the segments of the symbol made last; none before the first.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, Mode};
    /// let mut encoder = Encoder::new();
    /// encoder.encode(b"badge 0123456789", ErrorCorrectionLevel::M).unwrap();
    /// let [text, number] = encoder.segments() else { panic!("two segments") };
    /// assert_eq!((text.mode, text.start, text.end), (Mode::Byte, 0, 6));
    /// assert_eq!((number.mode, number.start, number.end), (Mode::Numeric, 6, 16));
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

    /// Returns the smallest allowed version that holds the content, and the number of bits that the content takes
    /// there.
    fn fit(&mut self, content: &[u8], level: ErrorCorrectionLevel) -> Result<(Version, u64), EncodeError> {
        let Options { versions, segmentation, eci, .. } = self.options;
        let eci_bits = u64::from(eci.map_or(0, Eci::header_bits));
        let max_bits = versions.max().data_bits(level) as u64;
        let search = segmentation == Segmentation::Optimal;
        if search {
            if content.len() > segment::MAX_BYTES {
                let min_bits = eci_bits + segment::min_bits(content.len(), Band::of(versions.max()));
                return Err(EncodeError::TooLong { bits_needed: min_bits, bits_available: max_bits });
            }
            self.segmenter.read(content, self.instructions);
        }
        let mut min = versions.min();
        loop {
            let band = Band::of(min);
            let max = band.max().min(versions.max());
            let bits =
                eci_bits + if search { self.segmenter.bits(band) } else { segment::byte_bits(content.len(), band) };
            if bits <= max.data_bits(level) as u64 {
                return Ok((smallest_version(min, max, bits, level), bits));
            }
            if max == versions.max() {
                return Err(EncodeError::TooLong { bits_needed: bits, bits_available: max_bits });
            }
            min = max.up(1);
        }
    }
}

/// Returns the smallest version from `min` to `max` that holds `bits`; `max` does.
fn smallest_version(min: Version, max: Version, bits: u64, level: ErrorCorrectionLevel) -> Version {
    let (mut low, mut high) = (min.number(), max.number());
    while low < high {
        let middle = low.midpoint(high);
        if bits <= Version::MIN.up(middle - 1).data_bits(level) as u64 {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Version::MIN.up(low - 1)
}

/// Returns the highest level, `level` or above, at which `version` holds `bits`.
fn highest_level(version: Version, bits: u64, level: ErrorCorrectionLevel) -> ErrorCorrectionLevel {
    let fits = |&higher: &ErrorCorrectionLevel| higher >= level && bits <= version.data_bits(higher) as u64;
    ErrorCorrectionLevel::ALL.into_iter().rfind(fits).unwrap_or(level)
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
