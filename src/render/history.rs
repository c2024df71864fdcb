//! What was coded of an image so far, and rows read as pieces beside it.

use core::ops::Range;

use super::alphabet::{BEFORE, Code, Eight, EightOrHalves, Few, Output, PATTERNS, PLACES};
use super::geometry::{GROUP, Row, WIDEST};

/// Bytes of a [`Row`], and as many more as the last load of a word reads too much.
const ROW_BYTES: usize = 8 * WIDEST + 8;

/// What was coded of an image so far.
pub(super) struct History {
    /// The place where each pattern of a slot last began, and each of eight modules. The first row begins at [`PLACES`]: what never
    /// stood is farther back than anything is matched.
    last: [[u32; PATTERNS]; 2],
    last_eight: [u32; 256],
    /// The first place of the row to come.
    pub(super) place: u32,
    /// The row before.
    pub(super) above: Row,
    /// What of the row before is left to the match that follows it: an index of the joints.
    pub(super) left: usize,
}

impl Default for History {
    /// Of an image that begins: above it is the quiet zone.
    fn default() -> Self {
        Self { last: [[0; PATTERNS]; 2], last_eight: [0; 256], place: PLACES as u32, above: [0; WIDEST], left: 0 }
    }
}

impl History {
    /// Begins to read a row from that place of it on.
    #[inline(always)]
    pub(super) fn read<const FORETOLD: bool>(&mut self, place: usize) -> Reading<'_, FORETOLD> {
        let place = self.place + place as u32;
        Reading { last: &mut self.last, last_eight: &mut self.last_eight, place }
    }
}

/// The bytes of a [`Row`], eight modules each, the first at the bottom, and light ones behind them.
pub(super) struct Bytes([u8; ROW_BYTES]);

impl Bytes {
    #[inline(always)]
    pub(super) fn of(row: &Row) -> Self {
        let mut bytes = [0; ROW_BYTES];
        for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(row) {
            *bytes = word.to_le_bytes();
        }
        Self(bytes)
    }

    #[inline(always)]
    pub(super) fn slice(&self, begin: usize, end: usize) -> &[u8] {
        self.0.get(begin..end).unwrap_or(&[])
    }

    /// The modules from that one on, 57 or more, the first at the bottom.
    #[inline(always)]
    pub(super) fn load(&self, module: usize) -> u64 {
        let bytes = self.0[module / 8 % (8 * WIDEST)..].first_chunk();
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes)) >> (module % 8)
    }

    /// The modules from that one on and, below them, the [`BEFORE`] ones before it, light where the row begins.
    #[inline(always)]
    fn behind(&self, module: usize) -> usize {
        let modules = match module.checked_sub(BEFORE) {
            Some(first) => self.load(first),
            None => self.load(0) << (BEFORE - module),
        };
        modules as usize
    }
}

/// What is at hand while the pieces of a row are read, whether it can be foretold which are near or not.
///
/// Where it can, the bits of pieces are put only once it was asked where the next pieces last stood. That may have been remembered just
/// now, so the processor waits until it knows where everything before is stored; and where bits go depends on all before them.
pub(super) struct Reading<'a, const FORETOLD: bool> {
    last: &'a mut [[u32; PATTERNS]; 2],
    last_eight: &'a mut [u32; 256],
    /// The place of the next piece.
    place: u32,
}

/// How many places back of that one something last was, which is now remembered there.
#[inline(always)]
fn back(last: &mut u32, place: u32) -> u32 {
    place.wrapping_sub(core::mem::replace(last, place))
}

impl<const FORETOLD: bool> Reading<'_, FORETOLD> {
    #[inline(always)]
    fn back(&mut self, slot: usize, pattern: u8) -> u32 {
        back(&mut self.last[slot][usize::from(pattern) % PATTERNS], self.place)
    }

    #[inline(always)]
    fn eight_back(&mut self, pattern: u8) -> u32 {
        back(&mut self.last_eight[usize::from(pattern)], self.place)
    }

    /// Pieces of eight modules.
    #[inline(always)]
    pub(super) fn eights<T: Code>(&mut self, piece: &Eight<T>, bytes: &[u8], out: &mut impl Output<T>) {
        for &byte in bytes {
            let back = self.eight_back(byte);
            piece.push(piece.is_near(byte, back), back, &piece.spelled[usize::from(byte)], out);
            self.place += 1;
        }
    }

    /// Pieces of eight modules, or both halves: these halves of a row, at least one if the first or the end is odd.
    #[inline(always)]
    pub(super) fn eights_or_halves<T: Code>(
        &mut self,
        pieces: &EightOrHalves<T>,
        bytes: &Bytes,
        Range { start, end }: Range<usize>,
        out: &mut impl Output<T>,
    ) {
        let EightOrHalves { eight, halves: [first, second] } = pieces;
        if start % 2 == 1 {
            self.one_half(1, pieces, bytes, start / 2, out);
        }
        let begin = start.div_ceil(2);
        // The modules before a byte, kept from the one before: to load them for each takes longer, unless few need them.
        let mut before = bytes.behind(GROUP * begin) % (1 << BEFORE);
        for (i, &byte) in (begin..).zip(bytes.slice(begin, end / 2)) {
            let (back, [low, high], [low_back, high_back]) = self.eight_and_halves_back(byte);
            let (is_one, one) = (eight.is_near(byte, back), eight.near(back));
            if FORETOLD {
                out.flush();
                if first.is_near(low, low_back) && second.is_near(high, high_back) {
                    out.add_one_or_both(is_one, one, [first.near(low_back), second.near(high_back)]);
                } else if is_one {
                    out.add(one);
                } else {
                    first.write(low, low_back, || bytes.behind(GROUP * i), out);
                    second.write(high, high_back, || bytes.behind(GROUP * i + 3), out);
                }
            } else {
                let behind = usize::from(byte) << BEFORE | before;
                before = usize::from(byte) >> (GROUP - BEFORE);
                first.push_one_or(
                    (is_one, Some(one)),
                    first.is_near(low, low_back),
                    low_back,
                    first.spelled(behind),
                    out,
                );
                second.push_one_or(
                    (is_one, None),
                    second.is_near(high, high_back),
                    high_back,
                    second.spelled(behind >> 3),
                    out,
                );
            }
            self.place += 1;
        }
        out.flush();
        if end % 2 == 1 {
            self.one_half(0, pieces, bytes, end / 2, out);
        }
    }

    /// How many places back eight modules stood; their halves, four and five, which share one; and how many back those stood.
    #[inline(always)]
    fn eight_and_halves_back(&mut self, byte: u8) -> (u32, [u8; 2], [u32; 2]) {
        let halves = [byte % 16, byte / 8];
        (self.eight_back(byte), halves, [self.back(0, halves[0]), self.back(1, halves[1])])
    }

    /// One half of eight modules, where the other is left to a match.
    #[inline(always)]
    fn one_half<T: Code>(
        &mut self,
        half: usize,
        pieces: &EightOrHalves<T>,
        bytes: &Bytes,
        place: usize,
        out: &mut impl Output<T>,
    ) {
        let (_, patterns, backs) = self.eight_and_halves_back(bytes.load(GROUP * place) as u8);
        pieces.halves[half].write(patterns[half], backs[half], || bytes.behind(GROUP * place + 3 * half), out);
        self.place += 1;
        out.flush();
    }

    /// Pieces of four modules, an even number of which is before them in the row.
    #[inline(always)]
    pub(super) fn fours<T: Code>(
        &mut self,
        piece: &Few<T>,
        bytes: &Bytes,
        pieces: Range<usize>,
        out: &mut impl Output<T>,
    ) {
        for (i, &byte) in (pieces.start..).step_by(2).zip(bytes.slice(pieces.start / 2, pieces.end / 2)) {
            self.next_pieces::<T, 2, 4, 1>(piece, byte.into(), bytes, i, out);
        }
        if pieces.end % 2 == 1 && !pieces.is_empty() {
            let last = pieces.end - 1;
            self.next_pieces::<T, 1, 4, 1>(piece, bytes.load(4 * last), bytes, last, out);
        }
        out.flush();
    }

    /// Pieces of so many modules, which are remembered wherever they begin.
    #[inline(always)]
    pub(super) fn anywhere<T: Code, const MODULES: usize>(
        &mut self,
        piece: &Few<T>,
        bytes: &Bytes,
        pieces: Range<usize>,
        all: usize,
        out: &mut impl Output<T>,
    ) {
        // Two at once: putting their bits takes time. What begins in the last piece of a row but not with it may reach behind the
        // end of the line, and is not remembered.
        let (mut i, last) = (pieces.start, pieces.end.min(all - 1));
        while i + 2 <= last {
            self.next_pieces::<T, 2, MODULES, MODULES>(piece, bytes.load(i * MODULES), bytes, i, out);
            i += 2;
        }
        if i < last {
            self.next_pieces::<T, 1, MODULES, MODULES>(piece, bytes.load(i * MODULES), bytes, i, out);
            i += 1;
        }
        if i < pieces.end {
            self.next_pieces::<T, 1, MODULES, 1>(piece, bytes.load(i * MODULES), bytes, i, out);
        }
        out.flush();
    }

    /// So many pieces from the `i`-th on, the first of those modules.
    #[inline(always)]
    fn next_pieces<T: Code, const PIECES: usize, const MODULES: usize, const PLACES: usize>(
        &mut self,
        piece: &Few<T>,
        modules: u64,
        bytes: &Bytes,
        i: usize,
        out: &mut impl Output<T>,
    ) {
        let pattern = |first: usize| (modules >> first) as u8 % (1 << MODULES);
        let mut backs = [0; PIECES];
        for (j, back) in backs.iter_mut().enumerate() {
            *back = self.back(0, pattern(j * MODULES));
            for first in 1..PLACES {
                self.last[0][usize::from(pattern(j * MODULES + first))] = self.place + first as u32;
            }
            self.place += PLACES as u32;
        }
        if FORETOLD {
            out.flush();
        }
        for (j, back) in backs.into_iter().enumerate() {
            let (pattern, behind) = (pattern(j * MODULES), || bytes.behind((i + j) * MODULES));
            if FORETOLD {
                piece.write(pattern, back, behind, out);
            } else {
                piece.push(piece.is_near(pattern, back), back, piece.spelled(behind()), out);
            }
        }
    }
}

/// Where two rows first differ, and behind the last place where they do; 0 for that and a place behind both if they do not.
#[inline(always)]
pub(super) fn different(row: &Row, other: &Row) -> (usize, usize) {
    let (mut first, mut last) = (64 * WIDEST, 0);
    for (i, (word, other)) in row.iter().zip(other).enumerate() {
        let different = word ^ other;
        if different != 0 {
            first = first.min(64 * i + different.trailing_zeros() as usize);
            last = 64 * (i + 1) - different.leading_zeros() as usize;
        }
    }
    (first, last)
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;

    #[test]
    fn rows_differ_from_the_first_to_the_last_module_that_is_not_alike() {
        let mut random = Random::new(73);
        for _ in 0..2_000 {
            let row: Row = core::array::from_fn(|_| random.bits());
            let mut other = row;
            let mut places: Vec<usize> = (0..random.below(4)).map(|_| random.below(64 * WIDEST)).collect();
            places.sort();
            places.dedup();
            for place in &places {
                other[place / 64] ^= 1 << (place % 64);
            }
            let expected = match &places[..] {
                [] => (64 * WIDEST, 0),
                [first, .., last] => (*first, last + 1),
                [only] => (*only, only + 1),
            };
            assert_eq!(different(&row, &other), expected);
        }
    }
}
