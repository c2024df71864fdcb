//! Raw content to a symbol: [`Encoder`] and [`Options`], the order of the steps and their buffers (ISO/IEC 18004:2015, 7).
//!
//! ```text
//! segment -> bit_stream -> reed_solomon -> placement -> mask, penalty -> Symbol
//! ```

mod bit_stream;
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

use self::layout::Layout;
use self::mask::Unmasked;
use self::segment::{Band, Segmenter};
use crate::error::EncodeError;
use crate::simd::{self, Available, InstructionSet, Lanes, Register, Work, dispatch};
use crate::symbol::Symbol;
use crate::version::{Blocks, ErrorCorrectionLevel, Mask, Version, VersionRange};

/// What an [`Encoder`] is free to choose. The default leaves all to it but the level.
///
/// ```
/// use qrmint::{Mask, Options, Version};
/// let mut options = Options::default();
/// options.versions = Version::new(10).unwrap().into();
/// options.mask = Mask::new(2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Options {
    /// The versions to choose the smallest fitting one from.
    pub versions: VersionRange,
    /// The mask to take, or `None` for the one with the lowest penalty score.
    pub mask: Option<Mask>,
    /// Whether the level is raised as far as that needs no larger version.
    pub boost: bool,
    /// How the content is cut into segments.
    pub segmentation: Segmentation,
    /// The interpretation to announce before the content, if any. It says what the bytes mean and changes none of them.
    pub eci: Option<Eci>,
}

/// Makes symbols of raw content, one after the other, in buffers that it keeps: once it has made a symbol as large, of
/// content that changes as often between kinds of character, it allocates nothing.
///
/// For the same segments, level, version and mask choice the symbol is, module for module, the one `qrcodegen` 1.8 makes,
/// on every machine. With the default options its version is never larger than `qrcodegen`'s for the same content.
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
    planes: Planes,
    symbol: Symbol,
    instructions: Available,
}

/// Room for a symbol on the way from its data codewords to its modules.
#[derive(Default)]
struct Planes {
    codewords: Vec<u8>,
    columns: Vec<u64>,
    rows: Vec<u64>,
    candidates: Vec<Lanes>,
}

impl Encoder {
    /// Bytes beyond which content fits no symbol, whatever it is: the digits that version 40 holds at level L (Table 7).
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut encoder = Encoder::new();
    /// assert!(encoder.encode(&[b'7'; Encoder::MOST_BYTES], ErrorCorrectionLevel::L).is_ok());
    /// assert!(encoder.encode(&[b'7'; Encoder::MOST_BYTES + 1], ErrorCorrectionLevel::L).is_err());
    /// ```
    pub const MOST_BYTES: usize = segment::MOST_BYTES;

    /// An encoder with the default options.
    pub fn new() -> Self {
        Self::with_options(Options::default())
    }

    /// An encoder with these options.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel as Level, Mask, Options};
    /// let mut options = Options::default();
    /// options.mask = Mask::new(6);
    /// options.boost = true;
    /// let mut encoder = Encoder::with_options(options);
    /// let symbol = encoder.encode(b"hello", Level::L).unwrap();
    /// assert_eq!((symbol.mask(), symbol.level()), (Mask::new(6).unwrap(), Level::H));
    /// ```
    pub fn with_options(options: Options) -> Self {
        Self {
            options,
            segmenter: Segmenter::default(),
            segments: Vec::new(),
            data: Vec::new(),
            planes: Planes::default(),
            instructions: simd::widest(None),
            symbol: Symbol {
                version: Version::MIN,
                level: ErrorCorrectionLevel::L,
                mask: Mask::from_index(0),
                rows: Vec::new(),
            },
        }
    }

    /// The same encoder with no instructions beyond those of `most`. For tests and measurements: what comes out is the same.
    ///
    /// ```
    /// use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet};
    /// let symbol = Encoder::new().encode(b"hello", ErrorCorrectionLevel::M).cloned();
    /// for set in InstructionSet::available() {
    ///     let mut encoder = Encoder::new().with_instructions(set);
    ///     assert_eq!(encoder.encode(b"hello", ErrorCorrectionLevel::M).cloned(), symbol);
    /// }
    /// ```
    pub fn with_instructions(self, most: InstructionSet) -> Self {
        Self { instructions: simd::widest(Some(most)), ..self }
    }

    /// The options in force.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The options, to be changed for the symbols to come.
    pub fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    /// Makes the symbol that carries `raw_content`: exactly these bytes, none of them interpreted.
    ///
    /// The symbol is in the smallest version of the range that fits. It lives in the encoder until the next call; clone
    /// it to keep it.
    ///
    /// # Errors
    ///
    /// [`EncodeError::TooLong`] if the content does not fit the largest version allowed at this level, after work that does
    /// not grow with the content beyond the 7,089 bytes that the largest symbol can hold.
    ///
    /// ```
    /// use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, Options, Version};
    /// let mut options = Options::default();
    /// options.versions = Version::MIN.into();
    /// let mut encoder = Encoder::with_options(options);
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
        bit_stream::data_codewords(raw_content, &self.segments, self.options.eci, band, blocks, &mut self.data);

        let layout = Layout::of(version);
        let Self { data, planes, symbol: Symbol { rows: finished, .. }, .. } = self;
        let draw = Draw { data, blocks, layout: &layout, level, mask: self.options.mask, planes, finished };
        let mask = dispatch(self.instructions, draw);
        (self.symbol.version, self.symbol.level, self.symbol.mask) = (version, level, mask);
        Ok(&self.symbol)
    }

    /// The segments of the symbol made last, none before the first.
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

    /// The penalty scores of the eight masks for the symbol made last, whichever mask it has (7.8.3 of the standard, in
    /// `qrcodegen`'s reading). `None` before the first symbol.
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
            dispatch(self.instructions, Score { layout: &Layout::of(version), level, planes: &mut self.planes })
        })
    }

    /// The smallest version allowed that holds the content, and the bits that it takes there.
    fn fit(&mut self, content: &[u8], level: ErrorCorrectionLevel) -> Result<(Version, u64), EncodeError> {
        let Options { versions, segmentation, eci, .. } = self.options;
        let eci_bits = u64::from(eci.map_or(0, Eci::header_bits));
        let largest = versions.max().data_bits(level) as u64;
        let search = segmentation == Segmentation::Optimal;
        let least = eci_bits + segment::least_bits(content.len(), Band::of(versions.max()));
        if search {
            if content.len() > segment::MOST_BYTES {
                return Err(EncodeError::TooLong { bits_needed: least, bits_available: largest });
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
                return Ok((smallest(min, max, bits, level), bits));
            }
            if max == versions.max() {
                return Err(EncodeError::TooLong { bits_needed: bits, bits_available: largest });
            }
            min = max.up(1);
        }
    }
}

/// The smallest version from `min` to `max` that has so many bits; `max` has.
fn smallest(min: Version, max: Version, bits: u64, level: ErrorCorrectionLevel) -> Version {
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

/// The highest level, `level` or above, at which a symbol of `version` still has so many bits.
fn highest_level(version: Version, bits: u64, level: ErrorCorrectionLevel) -> ErrorCorrectionLevel {
    let fits = |&higher: &ErrorCorrectionLevel| higher >= level && bits <= version.data_bits(higher) as u64;
    ErrorCorrectionLevel::ALL.into_iter().rfind(fits).unwrap_or(level)
}

/// Data codewords to modules.
struct Draw<'a> {
    data: &'a [u8],
    blocks: Blocks,
    layout: &'a Layout,
    level: ErrorCorrectionLevel,
    mask: Option<Mask>,
    planes: &'a mut Planes,
    finished: &'a mut Vec<u64>,
}

impl Work for Draw<'_> {
    type Output = Mask;

    #[inline(always)]
    fn run<R: Register>(self) -> Mask {
        let Self { data, blocks, layout, level, mask, planes, finished } = self;
        bit_stream::interleave(data, blocks, &mut planes.codewords);
        placement::place::<R>(&mut planes.codewords, layout, &mut planes.columns);
        placement::transpose(&planes.columns, layout.size, &mut planes.rows);
        let symbol = Unmasked { layout, level, rows: &planes.rows, columns: &planes.columns };
        // Not in a closure: see [`Work::run`].
        let mask = match mask {
            Some(mask) => mask,
            None => symbol.choose::<R>(&mut planes.candidates),
        };
        symbol.finish(mask, finished);
        mask
    }
}

/// All eight scores of the symbol whose planes these are.
#[cfg(feature = "bench-internals")]
struct Score<'a> {
    layout: &'a Layout,
    level: ErrorCorrectionLevel,
    planes: &'a mut Planes,
}

#[cfg(feature = "bench-internals")]
impl Work for Score<'_> {
    type Output = [u32; 8];

    #[inline(always)]
    fn run<R: Register>(self) -> [u32; 8] {
        let Planes { rows, columns, candidates, .. } = self.planes;
        Unmasked { layout: self.layout, level: self.level, rows, columns }.scores::<R>(candidates)
    }
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl core::fmt::Debug for Encoder {
    /// Names the options; the buffers hold content, which may be a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Encoder").field("options", &self.options).finish_non_exhaustive()
    }
}
