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
//!   them. What is left of plain bytes is one run, found by looking at every fourth byte.
//! - Over the runs goes a shortest-path search with one state for each mode. Costs are kept in sixths of a bit, in which
//!   a digit is exactly 20 and an alphanumeric character exactly 33, and are rounded up to whole bits where a segment ends.

use alloc::vec::Vec;

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

/// Classes of a byte: it always fits byte mode; these bits say what else it fits.
const ALPHANUMERIC: u8 = 1;
const DIGIT: u8 = 2;

/// For every byte its classes.
const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 45 {
        table[ALPHANUMERIC_CHARACTERS[value] as usize] = if value < 10 { ALPHANUMERIC | DIGIT } else { ALPHANUMERIC };
        value += 1;
    }
    table
};

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
    runs: Vec<Run>,
    /// The band for which the runs say where each was come from, and what the search found to cost.
    searched: Option<(Band, [u32; 3])>,
}

impl Segmenter {
    /// Cuts `content`, of at most [`MOST_BYTES`] bytes, into runs, for the calls that follow.
    pub(crate) fn read(&mut self, content: &[u8]) {
        debug_assert!(content.len() <= MOST_BYTES);
        self.runs.clear();
        self.searched = None;
        let mut done = 0;
        while let Some((start, end)) = next_stretch(content, done) {
            if start > done {
                self.push(start, 0);
            }
            self.push_stretch(content, start, end);
            done = end;
        }
        if done < content.len() || content.is_empty() {
            self.push(content.len(), 0);
        }
    }

    fn push(&mut self, end: usize, class: u8) {
        self.runs.push(Run { end: end as u16, class, came_from: 0 });
    }

    /// Pushes an alphanumeric stretch, cut where runs of digits long enough to matter begin and end.
    fn push_stretch(&mut self, content: &[u8], start: usize, end: usize) {
        let mut cut = start;
        let mut i = start;
        while i < end {
            let from = i;
            while i < end && CLASS[content[i] as usize] & DIGIT != 0 {
                i += 1;
            }
            if i - from >= SHORTEST_RUN || i - from == content.len() {
                if from > cut {
                    self.push(from, ALPHANUMERIC);
                }
                self.push(i, ALPHANUMERIC | DIGIT);
                cut = i;
            }
            i += 1;
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

/// The next stretch of alphanumeric characters at or after `from` that is at least [`SHORTEST_RUN`] long or is the whole
/// content. `from` is no place inside a stretch. Such a stretch covers one of any [`SHORTEST_RUN`] bytes in a row, so it is
/// enough to look at the last of them and, if that is not alphanumeric, to go on behind it.
fn next_stretch(content: &[u8], from: usize) -> Option<(usize, usize)> {
    let fits = |&byte: &u8| CLASS[byte as usize] != 0;
    if content.len() < SHORTEST_RUN {
        return (from == 0 && !content.is_empty() && content.iter().all(fits)).then_some((0, content.len()));
    }
    let mut floor = from;
    loop {
        let probe = floor + SHORTEST_RUN - 1;
        if !fits(content.get(probe)?) {
            floor = probe + 1;
            continue;
        }
        let start = floor + content[floor..probe].iter().rposition(|byte| !fits(byte)).map_or(0, |i| i + 1);
        let end = content[probe..].iter().position(|byte| !fits(byte)).map_or(content.len(), |i| probe + i);
        if end - start >= SHORTEST_RUN {
            return Some((start, end));
        }
        floor = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;

    /// Bits of a segmentation, counted segment by segment from the standard's formulas.
    fn count(segments: &[Segment], band: Band) -> u64 {
        let bits = |segment: &Segment| {
            let len = (segment.end - segment.start) as u64;
            let data = match segment.mode {
                Mode::Numeric => len / 3 * 10 + [0, 4, 7][(len % 3) as usize],
                Mode::Alphanumeric => len / 2 * 11 + len % 2 * 6,
                Mode::Byte => len * 8,
            };
            data + u64::from(segment.mode.header_bits(band))
        };
        segments.iter().map(bits).sum()
    }

    /// The least number of bits, by trying every segment that can end at every place.
    fn brute_force(content: &[u8], band: Band) -> u64 {
        let mut best = vec![0];
        for end in 1..=content.len() {
            let mut least = u64::MAX;
            for start in 0..end {
                for mode in Mode::ALL {
                    let fits = content[start..end].iter().all(|byte| match mode {
                        Mode::Numeric => byte.is_ascii_digit(),
                        Mode::Alphanumeric => ALPHANUMERIC_CHARACTERS.contains(byte),
                        Mode::Byte => true,
                    });
                    if fits {
                        let segment = Segment { mode, start, end };
                        least = least.min(best[start] + count(&[segment], band));
                    }
                }
            }
            best.push(least);
        }
        if content.is_empty() { byte_bits(0, band) } else { best[content.len()] }
    }

    fn check(segmenter: &mut Segmenter, content: &[u8]) {
        let mut segments = Vec::new();
        segmenter.read(content);
        for band in [Band::Versions1To9, Band::Versions10To26, Band::Versions27To40] {
            let bits = segmenter.bits(band);
            segmenter.segments(band, &mut segments);
            assert_eq!(bits, brute_force(content, band), "{band:?} {}", content.escape_ascii());
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
    fn the_table_of_classes_agrees_with_the_character_set() {
        for byte in 0..=255_u8 {
            let class = CLASS[byte as usize];
            assert_eq!(class & DIGIT != 0, byte.is_ascii_digit());
            assert_eq!(class & ALPHANUMERIC != 0, ALPHANUMERIC_CHARACTERS.contains(&byte));
        }
    }
}
