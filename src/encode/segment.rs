//! Raw content to segments: which mode carries which bytes, in the fewest bits (ISO/IEC 18004:2015, 7.4 and Annex J).
//!
//! Knows [`characters`], modes and the three version ranges of the character count indicator; nothing of levels or
//! codewords.
//!
//! # How the shortest segmentation is found
//!
//! Every byte fits byte mode (8 bits each), 45 characters also fit alphanumeric mode (11 bits a pair), ten of them also
//! numeric mode (10 bits for three). A change of mode costs a header of 12 to 20 bits, so it pays only for a run of
//! characters:
//!
//! - No optimal segmentation needs to change mode inside a run of characters that fit the same modes: giving the whole
//!   run to the cheaper of the two modes never costs a bit. So the search goes from run to run, not from character to
//!   character.
//! - A run of fewer than four alphanumeric characters beside a byte that needs byte mode saves no more bits than its
//!   header costs, and neither do fewer than four digits beside anything else. Such short runs are merged with their
//!   neighbours.
//! - A shortest-path search with one state for each mode goes over the runs. Costs are in sixths of a bit, in which a
//!   digit is exactly 20 and an alphanumeric character exactly 33. They are rounded up to whole bits where a segment
//!   ends.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::characters::{self, MIN_RUN, next_run};
use crate::simd::Available;
use crate::version::Version;

/// The mode of a segment: which characters it can have, and how many bits they take (Table 2 of ISO/IEC 18004:2015).
///
/// Modes are displayed as `numeric`, `alphanumeric` and `byte`, and with the feature `serde` written and read as such.
///
/// ```
/// use qrmint::Mode;
/// assert!(Mode::Alphanumeric.accepts(b"HELLO WORLD: 2026"));
/// assert!(!Mode::Alphanumeric.accepts(b"Hello"));
/// assert_eq!(Mode::Numeric.to_string(), "numeric");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Mode {
    /// Digits. Three take 10 bits.
    Numeric,
    /// Digits, capital letters from `A` to `Z`, the space and `$%*+-./:` (Table 5). Two take 11 bits.
    Alphanumeric,
    /// Any bytes. One takes 8 bits.
    Byte,
}

impl Mode {
    const ALL: [Self; 3] = [Self::Numeric, Self::Alphanumeric, Self::Byte];

    /// Returns whether a segment of this mode can carry `content`.
    ///
    /// ```
    /// use qrmint::Mode;
    /// assert!(Mode::Numeric.accepts(b"4711"));
    /// assert!(!Mode::Numeric.accepts(b"-1"));
    /// ```
    pub fn accepts(self, content: &[u8]) -> bool {
        content.iter().all(|&byte| self.has(byte))
    }

    /// Returns whether the byte has a code in this mode.
    pub(crate) fn has(self, byte: u8) -> bool {
        match self {
            Self::Numeric => characters::is_digit(byte),
            Self::Alphanumeric => characters::is_alphanumeric(byte),
            Self::Byte => true,
        }
    }

    /// Returns the four-bit mode indicator (Table 2).
    pub(crate) const fn indicator(self) -> u32 {
        match self {
            Self::Numeric => 0b0001,
            Self::Alphanumeric => 0b0010,
            Self::Byte => 0b0100,
        }
    }

    /// Returns the mode of a mode indicator.
    #[cfg(feature = "read")]
    pub(crate) fn of(indicator: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.indicator() == indicator)
    }

    /// Returns the length of the character count indicator in bits (Table 3).
    pub(crate) const fn count_bits(self, band: Band) -> u32 {
        match self {
            Self::Numeric => [10, 12, 14][band as usize],
            Self::Alphanumeric => [9, 11, 13][band as usize],
            Self::Byte => [8, 16, 16][band as usize],
        }
    }

    /// Returns the length of a segment's header in bits: mode and character count indicator.
    pub(crate) const fn header_bits(self, band: Band) -> u32 {
        4 + self.count_bits(band)
    }

    /// Returns the number of bits of `len` characters without the header (7.4.3 to 7.4.5).
    pub(crate) const fn data_bits(self, len: usize) -> u64 {
        let len = len as u64;
        match self {
            Self::Numeric => (10 * len).div_ceil(3),
            Self::Alphanumeric => (11 * len).div_ceil(2),
            Self::Byte => 8 * len,
        }
    }

    /// Returns the cost of one character in sixths of a bit.
    const fn sixths(self) -> u32 {
        match self {
            Self::Numeric => 20,
            Self::Alphanumeric => 33,
            Self::Byte => 48,
        }
    }
}

/// Displays the mode in lower case.
impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Numeric => "numeric",
            Self::Alphanumeric => "alphanumeric",
            Self::Byte => "byte",
        })
    }
}

/// A part of the content and the [mode](Mode) in which it is stored.
///
/// With the feature `serde` a segment is an object such as `{"mode":"byte","start":0,"end":3}`.
///
/// ```
/// use qrmint::{Mode, Segment};
/// let segment = Segment::new(Mode::Numeric, 6..16);
/// assert_eq!((segment.mode, segment.start, segment.end), (Mode::Numeric, 6, 16));
/// assert_eq!(b"badge 0123456789"[segment.range()], *b"0123456789");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Segment {
    /// The mode.
    pub mode: Mode,
    /// The offset of the segment's first byte in the content.
    pub start: usize,
    /// The offset after the segment's last byte in the content.
    pub end: usize,
}

impl Segment {
    /// Creates a segment of the bytes `range` of the content. Checks nothing:
    /// [`Encoder::encode_segments`](crate::Encoder::encode_segments) does.
    ///
    /// ```
    /// use qrmint::{Mode, Segment};
    /// let segment = Segment::new(Mode::Byte, 0..6);
    /// assert_eq!((segment.mode, segment.start, segment.end), (Mode::Byte, 0, 6));
    /// ```
    pub const fn new(mode: Mode, range: Range<usize>) -> Self {
        Self { mode, start: range.start, end: range.end }
    }

    /// Returns the range of the segment's bytes in the content.
    ///
    /// ```
    /// use qrmint::{Mode, Segment};
    /// assert_eq!(Segment::new(Mode::Byte, 0..6).range(), 0..6);
    /// ```
    pub const fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Returns its length in bits with the header (7.4.3 to 7.4.5), in symbols of `band`.
    fn bits(&self, band: Band) -> u64 {
        u64::from(self.mode.header_bits(band)) + self.mode.data_bits(self.end - self.start)
    }
}

/// How an [`Encoder`](crate::Encoder) splits content into segments.
///
/// ```
/// use qrmint::{Encoder, ErrorCorrectionLevel, Segmentation};
/// let mut encoder = Encoder::new();
/// let digits = encoder.measure("4711", ErrorCorrectionLevel::M)?;
/// assert_eq!(digits.bits_used, 4 + 10 + 14, "mode, number of digits, 4 digits");
///
/// encoder.options_mut().segmentation = Segmentation::Bytes;
/// let bytes = encoder.measure("4711", ErrorCorrectionLevel::M)?;
/// assert_eq!(bytes.bits_used, 4 + 8 + 32, "mode, number of bytes, 4 bytes");
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Segmentation {
    /// The shortest mix of numeric, alphanumeric and byte segments, counted in bits. Empty content is one empty byte
    /// segment.
    #[default]
    Optimal,
    /// A single segment in byte mode.
    Bytes,
}

/// A range of versions that share the lengths of the character count indicator (Table 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Band {
    Versions1To9,
    Versions10To26,
    Versions27To40,
}

impl Band {
    pub(crate) const fn of(version: Version) -> Self {
        match version.number() {
            0..=9 => Self::Versions1To9,
            10..=26 => Self::Versions10To26,
            _ => Self::Versions27To40,
        }
    }

    /// Returns the largest version of the band.
    pub(crate) const fn max(self) -> Version {
        match self {
            Self::Versions1To9 => Version::MIN.up(8),
            Self::Versions10To26 => Version::MIN.up(25),
            Self::Versions27To40 => Version::MAX,
        }
    }
}

/// Length of the longest content that fits a symbol: the digits that a 40-L symbol holds (Table 7).
pub(crate) const MAX_BYTES: usize = 7_089;

/// Returns a lower bound for any segmentation of `len` bytes: the bits of one numeric segment.
pub(crate) fn min_bits(len: usize, band: Band) -> u64 {
    Segment::new(Mode::Numeric, 0..len).bits(band)
}

/// Returns the length in bits of all segments, in symbols of `band`.
pub(crate) fn total_bits(segments: &[Segment], band: Band) -> u64 {
    segments.iter().map(|segment| segment.bits(band)).sum()
}

/// Number of modes.
const MODES: usize = Mode::ALL.len();

/// A cost for each mode, in sixths of a bit.
type Costs = [u32; MODES];

/// A cost above that of any content; small enough to add to without overflow.
const INFINITE: u32 = 1 << 30;

/// Classes of a run: flags for the modes that it fits beside byte mode.
const ALPHANUMERIC: u8 = 1;
const DIGIT: u8 = 2;

/// A run of bytes that fit the same modes, or that are best carried in byte mode.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Offset after its last byte, [`MAX_BYTES`] at most.
    end: u16,
    /// The classes that all of its bytes have.
    class: u8,
    /// For each mode of this run, the best mode of the run before: two bits each.
    predecessors: u8,
}

/// Finds shortest segmentations. Reuses its buffers from one content to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segmenter {
    /// Bitmap of the alphanumeric characters.
    alphanumeric: Vec<u64>,
    /// Bitmap of the digits; empty if there is no run of alphanumeric characters.
    digits: Vec<u64>,
    runs: Vec<Run>,
    /// The band of the last search, whose predecessors the runs hold, and the costs that it found.
    searched: Option<(Band, Costs)>,
}

impl Segmenter {
    /// Splits `content`, [`MAX_BYTES`] long at most, into runs for the calls that follow.
    pub(crate) fn read(&mut self, content: &[u8], instructions: Available) {
        debug_assert!(content.len() <= MAX_BYTES);
        self.runs.clear();
        self.searched = None;
        self.digits.clear();
        if content.len() < MIN_RUN {
            let classes = content.iter().map(|&byte| class_of(byte));
            self.push(content.len(), classes.reduce(|all, class| all & class).unwrap_or(0));
            return;
        }
        characters::find_alphanumeric(content, instructions, &mut self.alphanumeric);
        let mut done = 0;
        while let Some((start, end)) = next_run(&self.alphanumeric, done) {
            if start > done {
                self.push(start, 0);
            }
            if self.digits.is_empty() {
                characters::find_digits(content, instructions, &mut self.digits);
            }
            self.push_alphanumeric(start, end);
            done = end;
        }
        if done < content.len() {
            self.push(content.len(), 0);
        }
    }

    fn push(&mut self, end: usize, class: u8) {
        self.runs.push(Run { end: end as u16, class, predecessors: 0 });
    }

    /// Pushes alphanumeric characters, split where runs of at least [`MIN_RUN`] digits begin and end.
    fn push_alphanumeric(&mut self, start: usize, end: usize) {
        let mut done = start;
        while let Some((from, to)) = next_run(&self.digits, done).filter(|(from, _)| *from < end) {
            if from > done {
                self.push(from, ALPHANUMERIC);
            }
            self.push(to, ALPHANUMERIC | DIGIT);
            done = to;
        }
        if done < end {
            self.push(end, ALPHANUMERIC);
        }
    }

    /// Returns whether the content read last is a single run that is best carried in byte mode.
    fn is_plain(&self) -> bool {
        self.runs.len() == 1 && self.runs[0].class == 0
    }

    /// Returns the length in bits of the shortest segmentation of the content read last, in symbols of `band`.
    pub(crate) fn bits(&mut self, band: Band) -> u64 {
        if self.is_plain() {
            return Segment::new(Mode::Byte, 0..self.runs[0].end.into()).bits(band);
        }
        u64::from(*self.search(band).iter().min().unwrap_or(&INFINITE)).div_ceil(6)
    }

    /// Writes the shortest segmentation, whose length is [`bits`](Self::bits), to `segments`.
    pub(crate) fn segments(&mut self, band: Band, segments: &mut Vec<Segment>) {
        segments.clear();
        self.backwards(band, |segment| segments.push(segment));
        segments.reverse();
    }

    /// Returns the mode of the shortest segmentation if it is one segment.
    pub(crate) fn only_mode(&mut self, band: Band) -> Option<Mode> {
        let mut first = None;
        self.backwards(band, |segment| first = Some(segment));
        let Segment { mode, end, .. } = first?;
        (end == usize::from(self.runs.last()?.end)).then_some(mode)
    }

    /// Calls `visit` with the segments of the shortest segmentation, the last one first.
    fn backwards(&mut self, band: Band, mut visit: impl FnMut(Segment)) {
        if self.is_plain() {
            return visit(Segment::new(Mode::Byte, 0..self.runs[0].end.into()));
        }
        let cost = self.search(band);
        let mut mode = (0..MODES).min_by_key(|&mode| cost[mode].div_ceil(6)).unwrap_or(Mode::Byte as usize);
        let mut end = self.runs.last().map_or(0, |run| usize::from(run.end));
        for i in (0..self.runs.len()).rev() {
            let start = if i == 0 { 0 } else { usize::from(self.runs[i - 1].end) };
            let before = usize::from(self.runs[i].predecessors >> (2 * mode) & 3);
            if i == 0 || before != mode {
                visit(Segment::new(Mode::ALL[mode], start..end));
                end = start;
            }
            mode = before;
        }
    }

    /// Returns the least cost of the whole content for each mode of the last run. Records the path in
    /// `predecessors`. A mode that does not fit a run costs [`INFINITE`].
    fn search(&mut self, band: Band) -> Costs {
        if let Some((searched, cost)) = self.searched
            && searched == band
        {
            return cost;
        }
        let header = Mode::ALL.map(|mode| 6 * mode.header_bits(band));
        let mut cost = [INFINITE; MODES];
        let mut start = 0;
        for (i, run) in self.runs.iter_mut().enumerate() {
            let len = u32::from(run.end) - start;
            start = run.end.into();
            let fits = [run.class & DIGIT != 0, run.class & ALPHANUMERIC != 0, true];
            let whole = cost.map(|cost| cost.next_multiple_of(6));
            let mut next = [INFINITE; MODES];
            run.predecessors = 0;
            for mode in 0..MODES {
                if !fits[mode] {
                    continue;
                }
                // Staying in the same mode is tried first, so fewer segments win among equal costs.
                let mut best = if i == 0 { header[mode] } else { cost[mode] };
                let mut from = mode;
                for (other, cost) in whole.iter().enumerate() {
                    let changed = cost + header[mode];
                    if i > 0 && other != mode && changed < best {
                        (best, from) = (changed, other);
                    }
                }
                next[mode] = best + Mode::ALL[mode].sixths() * len;
                run.predecessors |= (from as u8) << (2 * mode);
            }
            cost = next.map(|cost| cost.min(INFINITE));
        }
        self.searched = Some((band, cost));
        cost
    }
}

/// Returns the classes of one byte.
fn class_of(byte: u8) -> u8 {
    ALPHANUMERIC * u8::from(characters::is_alphanumeric(byte)) + DIGIT * u8::from(characters::is_digit(byte))
}

#[cfg(test)]
mod tests {
    use qrmint_checks::{Random, data_bits, shortest};

    use super::*;
    use crate::simd::widest;

    /// Returns the length of a segmentation in bits by the standard's formulas (7.4.3 to 7.4.5).
    fn count(segments: &[Segment], band: Band) -> u64 {
        let bits = |segment: &Segment| {
            let len = segment.end - segment.start;
            u64::from(segment.mode.header_bits(band)) + data_bits(segment.mode as usize, len)
        };
        segments.iter().map(bits).sum()
    }

    fn check(segmenter: &mut Segmenter, content: &[u8]) {
        let mut segments = Vec::new();
        segmenter.read(content, widest(None));
        for band in [Band::Versions1To9, Band::Versions10To26, Band::Versions27To40] {
            let bits = segmenter.bits(band);
            segmenter.segments(band, &mut segments);
            let headers = Mode::ALL.map(|mode| u64::from(mode.header_bits(band)));
            assert_eq!(bits, shortest(content, headers), "{band:?} {}", content.escape_ascii());
            assert_eq!(bits, count(&segments, band), "{band:?} {}", content.escape_ascii());
            let mut end = 0;
            for (i, segment) in segments.iter().enumerate() {
                assert_eq!(segment.start, end);
                assert!(i == 0 || segment.mode != segments[i - 1].mode, "two segments of one mode side by side");
                end = segment.end;
            }
            assert_eq!(end, content.len());
            assert!(!segments.is_empty());
        }
    }

    #[test]
    fn segmentation_is_shortest_for_every_string_of_up_to_nine_characters_of_three_kinds() {
        let mut segmenter = Segmenter::default();
        for len in 0..=9 {
            for code in 0..3_usize.pow(len) {
                let content: Vec<u8> = (0..len).map(|i| b"7Kx"[code / 3_usize.pow(i) % 3]).collect();
                check(&mut segmenter, &content);
            }
        }
    }

    #[test]
    fn segmentation_is_shortest_for_random_arrangements_of_up_to_five_runs() {
        let mut segmenter = Segmenter::default();
        let mut random = Random::new(1);
        for round in 0..20_000 {
            let mut content = Vec::new();
            for _ in 0..=round % 5 {
                let (kind, len) = (random.below(3), random.below(19));
                content.extend(core::iter::repeat_n(b"7Kx"[kind], len));
            }
            check(&mut segmenter, &content);
        }
    }
}
