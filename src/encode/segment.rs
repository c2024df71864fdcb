//! Raw content to segments: which mode carries which bytes, in the fewest bits (ISO/IEC 18004:2015, 7.4 and Annex J).
//!
//! Knows bytes, modes and the three version bands of the character count indicator; nothing of levels or codewords.
//!
//! # How the shortest segmentation is found
//!
//! Every byte fits byte mode (8 bits each), 45 characters also fit alphanumeric mode (11 bits a pair), ten of them also
//! numeric mode (10 bits for three). A change of mode costs a header of 12 to 20 bits, so a change pays only for a run of
//! characters:
//!
//! - No optimal segmentation changes mode inside a run of characters that fit the same modes: giving the whole run to the one
//!   of the two modes that is cheaper for it never costs a bit. So the search goes from run to run, not from character to character.
//! - A stretch of fewer than four alphanumeric characters beside a byte that needs byte mode saves no more bits than its
//!   header costs, and so do fewer than four digits beside anything else. Such short runs belong to what surrounds
//!   them, and what is left of plain bytes is one run. One bit a byte says what it fits: four ones in a row are found for
//!   64 bytes at once.
//! - Over the runs goes a shortest-path search with one state for each mode. Costs are kept in sixths of a bit, in which
//!   a digit is exactly 20 and an alphanumeric character exactly 33, and are rounded up to whole bits where a segment ends.

use alloc::vec::Vec;

use crate::simd::{Available, Register, Work, dispatch};
use crate::version::Version;

/// How the bytes of a segment are written (Table 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Digits, 10 bits for three.
    Numeric,
    /// `0-9A-Z $%*+-./:`, 11 bits for two.
    Alphanumeric,
    /// Any byte, 8 bits.
    Byte,
}

impl Mode {
    const ALL: [Self; 3] = [Self::Numeric, Self::Alphanumeric, Self::Byte];

    /// The four-bit mode indicator (Table 2).
    pub(crate) const fn indicator(self) -> u32 {
        match self {
            Self::Numeric => 0b0001,
            Self::Alphanumeric => 0b0010,
            Self::Byte => 0b0100,
        }
    }

    /// Bits of the character count indicator (Table 3).
    pub(crate) const fn count_bits(self, band: Band) -> u32 {
        match self {
            Self::Numeric => [10, 12, 14][band as usize],
            Self::Alphanumeric => [9, 11, 13][band as usize],
            Self::Byte => [8, 16, 16][band as usize],
        }
    }

    /// Bits of the segment's header: mode and character count indicator.
    const fn header_bits(self, band: Band) -> u32 {
        4 + self.count_bits(band)
    }

    /// Sixths of a bit that one character takes.
    const fn sixths(self) -> u32 {
        match self {
            Self::Numeric => 20,
            Self::Alphanumeric => 33,
            Self::Byte => 48,
        }
    }
}

/// A piece of the raw content and the mode that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Segment {
    /// How its bytes are written.
    pub mode: Mode,
    /// Offset of its first byte in the raw content.
    pub start: usize,
    /// Offset behind its last byte. Equal to `start` only for the one byte segment of empty content.
    pub end: usize,
}

/// How raw content is cut into segments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Segmentation {
    /// The fewest bits that numeric, alphanumeric and byte segments can reach.
    #[default]
    Optimal,
    /// One segment in byte mode, whatever the content.
    Bytes,
}

/// The versions that share the widths of the character count indicator (Table 3).
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

    /// The largest version of the band.
    pub(crate) const fn max(self) -> Version {
        match self {
            Self::Versions1To9 => Version::MIN.up(8),
            Self::Versions10To26 => Version::MIN.up(25),
            Self::Versions27To40 => Version::MAX,
        }
    }
}

/// Bytes beyond which no content fits any symbol: the digits that a 40-L symbol holds (Table 7).
pub(crate) const MOST_BYTES: usize = 7_089;

/// Bits of one segment in byte mode.
pub(crate) fn byte_bits(len: usize, band: Band) -> u64 {
    u64::from(Mode::Byte.header_bits(band)) + 8 * len as u64
}

/// Bits that no segmentation of so many bytes goes below: those of one numeric segment.
pub(crate) fn least_bits(len: usize, band: Band) -> u64 {
    u64::from(Mode::Numeric.header_bits(band)) + (10 * len as u64).div_ceil(3)
}

/// Classes of a run: it always fits byte mode; these bits say what else it fits.
const ALPHANUMERIC: u8 = 1;
const DIGIT: u8 = 2;

/// The characters of alphanumeric mode in the order of their values, 0 to 44 (Table 5).
pub(crate) const ALPHANUMERIC_CHARACTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The fewest alphanumeric characters beside other bytes, or digits beside anything, that can be worth a header.
const SHORTEST_RUN: usize = 4;

/// A run of bytes that fit the same modes, or for which byte mode is known to be best.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Offset behind its last byte; at most [`MOST_BYTES`].
    end: u16,
    /// The classes that every byte of it has.
    class: u8,
    /// For each mode that may carry this run, the mode that best carries the run before: two bits each.
    came_from: u8,
}

/// Finds shortest segmentations; keeps its buffers from one content to the next.
#[derive(Debug, Default)]
pub(crate) struct Segmenter {
    /// Which bytes are alphanumeric characters, and which are digits if that matters: see [`Ones`].
    alphanumeric: Vec<u64>,
    digits: Vec<u64>,
    runs: Vec<Run>,
    /// The band for which the runs say where each was come from, and what the search found to cost.
    searched: Option<(Band, [u32; 3])>,
}

impl Segmenter {
    /// Cuts `content`, of at most [`MOST_BYTES`] bytes, into runs, for the calls that follow.
    pub(crate) fn read(&mut self, content: &[u8], instructions: Available) {
        debug_assert!(content.len() <= MOST_BYTES);
        self.runs.clear();
        self.searched = None;
        self.digits.clear();
        if content.len() < SHORTEST_RUN {
            let classes = content.iter().map(|&byte| class_of(byte));
            self.push(content.len(), classes.reduce(|all, class| all & class).unwrap_or(0));
            return;
        }
        dispatch(instructions, Ones { content, fits: alphanumeric, ones: &mut self.alphanumeric });
        let mut done = 0;
        while let Some((start, end)) = next_run(&self.alphanumeric, done) {
            if start > done {
                self.push(start, 0);
            }
            if self.digits.is_empty() {
                dispatch(instructions, Ones { content, fits: digit, ones: &mut self.digits });
            }
            self.push_stretch(start, end);
            done = end;
        }
        if done < content.len() {
            self.push(content.len(), 0);
        }
    }

    fn push(&mut self, end: usize, class: u8) {
        self.runs.push(Run { end: end as u16, class, came_from: 0 });
    }

    /// Pushes an alphanumeric stretch, cut where runs of digits long enough to matter begin and end.
    fn push_stretch(&mut self, start: usize, end: usize) {
        let mut cut = start;
        while let Some((from, to)) = next_run(&self.digits, cut).filter(|(from, _)| *from < end) {
            if from > cut {
                self.push(from, ALPHANUMERIC);
            }
            self.push(to, ALPHANUMERIC | DIGIT);
            cut = to;
        }
        if cut < end {
            self.push(end, ALPHANUMERIC);
        }
    }

    /// Whether the content read last is one run for which only byte mode comes into question.
    pub(crate) fn is_plain(&self) -> bool {
        self.runs.len() == 1 && self.runs[0].class == 0
    }

    /// The bits of the shortest segmentation of the content read last, in symbols of `band`.
    pub(crate) fn bits(&mut self, band: Band) -> u64 {
        if self.is_plain() {
            return byte_bits(self.runs[0].end.into(), band);
        }
        u64::from(*self.search(band).iter().min().expect("three modes")).div_ceil(6)
    }

    /// The segments whose bits [`bits`](Self::bits) gives, into `segments`.
    pub(crate) fn segments(&mut self, band: Band, segments: &mut Vec<Segment>) {
        segments.clear();
        if self.is_plain() {
            segments.push(Segment { mode: Mode::Byte, start: 0, end: self.runs[0].end.into() });
            return;
        }
        let cost = self.search(band);
        let mut mode = (0..3).min_by_key(|&mode| cost[mode].div_ceil(6)).unwrap_or(2);
        let mut end = self.runs.last().map_or(0, |run| usize::from(run.end));
        for i in (0..self.runs.len()).rev() {
            let start = if i == 0 { 0 } else { usize::from(self.runs[i - 1].end) };
            let before = usize::from(self.runs[i].came_from >> (2 * mode) & 3);
            if i == 0 || before != mode {
                segments.push(Segment { mode: Mode::ALL[mode], start, end });
                end = start;
            }
            mode = before;
        }
        segments.reverse();
    }

    /// The least cost of all content read, in sixths of a bit, with the last run in each mode. Leaves the way there in
    /// `came_from`. A mode that cannot carry a run costs [`NEVER`] from there on.
    fn search(&mut self, band: Band) -> [u32; 3] {
        if let Some((searched, cost)) = self.searched
            && searched == band
        {
            return cost;
        }
        let header = Mode::ALL.map(|mode| 6 * mode.header_bits(band));
        let mut cost = [NEVER; 3];
        let mut start = 0;
        for (i, run) in self.runs.iter_mut().enumerate() {
            let len = u32::from(run.end) - start;
            start = run.end.into();
            let fits = [run.class & DIGIT != 0, run.class & ALPHANUMERIC != 0, true];
            let whole = cost.map(|cost| cost.next_multiple_of(6));
            let mut next = [NEVER; 3];
            run.came_from = 0;
            for mode in 0..3 {
                if !fits[mode] {
                    continue;
                }
                // Going on in the same mode comes first, so that of equal ways the one with fewer segments is kept.
                let mut best = if i == 0 { header[mode] } else { cost[mode] };
                let mut from = mode;
                for (other, cost) in whole.iter().enumerate() {
                    let changed = cost + header[mode];
                    if i > 0 && other != mode && changed < best {
                        (best, from) = (changed, other);
                    }
                }
                next[mode] = best + Mode::ALL[mode].sixths() * len;
                run.came_from |= (from as u8) << (2 * mode);
            }
            cost = next.map(|cost| cost.min(NEVER));
        }
        self.searched = Some((band, cost));
        cost
    }
}

/// More sixths of a bit than any content costs; small enough to add to.
const NEVER: u32 = 1 << 30;

/// The highest bit says whether the byte is a digit.
#[inline(always)]
fn digit(byte: u8) -> u8 {
    among(byte, b'0', 10)
}

/// The highest bit says whether the byte is an alphanumeric character: `-./0123456789:`, `A` to `Z`, `$%`, `*+`, space.
#[inline(always)]
fn alphanumeric(byte: u8) -> u8 {
    among(byte, b'-', 14) | among(byte, b'A', 26) | among(byte, b'$', 2) | among(byte, b'*', 2) | among(byte, b' ', 1)
}

/// The highest bit says whether the byte is among so many, 128 at most, from `first` on. Without a branch or a table,
/// so that many bytes are looked at at once, and without a `bool`, many of which some ways of linking take apart again.
#[inline(always)]
fn among(byte: u8, first: u8, count: u8) -> u8 {
    !byte.wrapping_sub(first).saturating_add(0x80 - count)
}

fn class_of(byte: u8) -> u8 {
    ALPHANUMERIC * (alphanumeric(byte) >> 7) + DIGIT * (digit(byte) >> 7)
}

/// Says in `ones` which bytes of `content` fit, as `fits` does in its highest bit: bit `i` of word `w` is byte `64 w + i`.
/// A word of zeros follows the last.
struct Ones<'a, F> {
    content: &'a [u8],
    fits: F,
    ones: &'a mut Vec<u64>,
}

impl<F: Fn(u8) -> u8> Work for Ones<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<R: Register>(self) {
        let Self { content, fits, ones } = self;
        ones.clear();
        let (blocks, rest) = content.as_chunks();
        for block in blocks {
            ones.push(ones_of_block::<R, 64>(block, &fits));
        }
        if !rest.is_empty() {
            // Read where it stands, some of it twice: a copy made whole with zeros would have to be waited for.
            ones.push(if let Some(last) = content.last_chunk() {
                ones_of_block::<R, 64>(last, &fits) >> (64 - rest.len())
            } else if let Some(ones) = ones_of_ends::<R, 32>(rest, &fits) {
                ones
            } else if let Some(ones) = ones_of_ends::<R, 16>(rest, &fits) {
                ones
            } else if let Some(ones) = ones_of_ends::<R, 8>(rest, &fits) {
                ones
            } else {
                rest.iter().rev().fold(0, |ones, &byte| ones << 1 | u64::from(fits(byte) >> 7))
            });
        }
        ones.push(0);
    }
}

/// Of `N` bytes or more, twice as many at most.
#[inline(always)]
fn ones_of_ends<R: Register, const N: usize>(bytes: &[u8], fits: &impl Fn(u8) -> u8) -> Option<u64> {
    let (first, last) = (bytes.first_chunk::<N>()?, bytes.last_chunk::<N>()?);
    Some(ones_of_block::<R, N>(first, fits) | ones_of_block::<R, N>(last, fits) << (bytes.len() - N))
}

/// Of 64 bytes at most.
#[inline(always)]
fn ones_of_block<R: Register, const N: usize>(block: &[u8; N], fits: &impl Fn(u8) -> u8) -> u64 {
    let mut flags = [0; 64];
    for (flag, &byte) in flags.iter_mut().zip(block) {
        *flag = fits(byte);
    }
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(flags.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    let mut bits = 0;
    for (part, words) in words.chunks_exact(R::LANES).enumerate() {
        bits |= R::of_words(words).high_bits() << (8 * R::LANES * part);
    }
    bits
}

/// The next run of at least [`SHORTEST_RUN`] ones at or after `from`, which is no place inside a run: its start and end. The
/// last word is zero.
fn next_run(ones: &[u64], from: usize) -> Option<(usize, usize)> {
    let mut word = from / 64;
    let mut here = u64::MAX << (from % 64);
    loop {
        let [this, next] = *ones.get(word..word + 2)?.first_chunk()?;
        // Where four ones begin.
        let pairs = this & (this >> 1 | next << 63);
        let begins = pairs & (this >> 2 | next << 62) & (this >> 3 | next << 61) & here;
        if begins != 0 {
            let start = 64 * word + begins.trailing_zeros() as usize;
            let zeros = !this & u64::MAX << (start % 64);
            return Some((
                start,
                if zeros != 0 { 64 * word + zeros.trailing_zeros() as usize } else { end(ones, word + 1) },
            ));
        }
        here = u64::MAX;
        word += 1;
    }
}

/// Where the ones that go on at the beginning of that word end.
fn end(ones: &[u64], word: usize) -> usize {
    let zero = ones[word..].iter().enumerate().find(|(_, ones)| **ones != u64::MAX);
    zero.map_or(64 * ones.len(), |(i, ones)| 64 * (word + i) + ones.trailing_ones() as usize)
}

#[cfg(test)]
mod tests {
    use qrmint_checks::{Random, data_bits, shortest};

    use super::*;
    use crate::simd::{InstructionSet, widest};

    /// Bits of a segmentation, counted segment by segment from the standard's formulas.
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
            let mut place = 0;
            for (i, segment) in segments.iter().enumerate() {
                assert_eq!(segment.start, place);
                assert!(i == 0 || segment.mode != segments[i - 1].mode, "two segments of one mode side by side");
                place = segment.end;
            }
            assert_eq!(place, content.len());
            assert!(!segments.is_empty());
        }
    }

    #[test]
    fn every_short_string_of_three_kinds_is_cut_shortest() {
        let mut segmenter = Segmenter::default();
        for len in 0..=9 {
            for code in 0..3_usize.pow(len) {
                let content: Vec<u8> = (0..len).map(|i| b"7Kx"[code / 3_usize.pow(i) % 3]).collect();
                check(&mut segmenter, &content);
            }
        }
    }

    #[test]
    fn every_arrangement_of_up_to_five_runs_is_cut_shortest() {
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

    #[test]
    fn what_a_byte_fits_agrees_with_the_character_set() {
        for byte in 0..=255_u8 {
            assert_eq!(digit(byte) >> 7 != 0, byte.is_ascii_digit());
            assert_eq!(alphanumeric(byte) >> 7 != 0, ALPHANUMERIC_CHARACTERS.contains(&byte));
            for (len, place) in [(64, 0), (64, 7), (64, 8), (64, 63), (130, 64), (130, 129), (5, 4), (127, 126)] {
                let mut content = vec![b'~'; len];
                content[place] = byte;
                let mut expected = vec![0; len.div_ceil(64) + 1];
                expected[place / 64] = u64::from(alphanumeric(byte) >> 7) << (place % 64);
                check_ones(&content, &expected);
            }
        }
    }

    /// Holds what is said of content to that, with every instruction set.
    fn check_ones(content: &[u8], expected: &[u64]) {
        for set in InstructionSet::available() {
            let mut ones = Vec::new();
            dispatch(widest(Some(set)), Ones { content, fits: alphanumeric, ones: &mut ones });
            assert_eq!(ones, expected, "{} bytes, {set:?}", content.len());
        }
    }

    #[test]
    fn one_bit_a_byte_says_what_it_fits_in_content_of_any_length() {
        let mut random = Random::new(3);
        for len in 0..=200 {
            for _ in 0..20 {
                // Half of them fit.
                let any = |random: &mut Random| [random.bits() as u8, ALPHANUMERIC_CHARACTERS[random.below(45)]];
                let content: Vec<u8> = (0..len).map(|_| any(&mut random)[random.below(2)]).collect();
                let mut expected = vec![0; content.len().div_ceil(64) + 1];
                for (i, byte) in content.iter().enumerate() {
                    expected[i / 64] |= u64::from(ALPHANUMERIC_CHARACTERS.contains(byte)) << (i % 64);
                }
                check_ones(&content, &expected);
            }
        }
    }

    #[test]
    fn runs_are_found_wherever_they_are_and_however_long() {
        let mut random = Random::new(2);
        for round in 0..20_000 {
            let words = 1 + random.below(6);
            // Long runs, short ones and none, and all places of their ends.
            let density = [2, 8, 64, 400][round % 4];
            let mut bits = vec![false; 64 * words];
            let mut value = false;
            for bit in &mut bits {
                value ^= random.below(density) == 0;
                *bit = value;
            }
            let mut ones: Vec<u64> = bits
                .chunks(64)
                .map(|bits| bits.iter().rev().fold(0, |word, bit| word << 1 | u64::from(*bit)))
                .collect();
            ones.push(0);
            let mut found = Vec::new();
            let mut from = 0;
            while let Some((start, end)) = next_run(&ones, from) {
                found.push((start, end));
                from = end;
            }
            let mut expected = Vec::new();
            let mut start = 0;
            for run in bits.chunk_by(|a, b| a == b) {
                if run[0] && run.len() >= SHORTEST_RUN {
                    expected.push((start, start + run.len()));
                }
                start += run.len();
            }
            assert_eq!(found, expected);
        }
    }
}
