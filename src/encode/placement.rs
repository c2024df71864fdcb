//! Codewords to modules: placement in a plane of columns, and the transposition that makes a plane of rows of it
//! (ISO/IEC 18004:2015, 7.7).
//!
//! Knows the layout and packed words; nothing of masks. See [`layout`](crate::encode::layout) for what a plane is.
//!
//! In a pair of columns the codewords' bits go to the right and to the left module in turn, except where one of the two
//! belongs to a function pattern. So 32 rows of a pair are one word of the bit stream, spread over the ones of the order's
//! word; its bits taken apart by parity are the two columns.

use alloc::vec::Vec;

use super::layout::{Layout, is_upward, padding, right_column};
use crate::simd::Register;

/// Places `codewords`, which are as many as the version has, into `columns`, a plane of columns with the function patterns
/// drawn, nothing masked, no format information. What else it needs to read them goes behind the codewords.
#[inline(always)]
pub(crate) fn place<R: Register>(codewords: &mut Vec<u8>, layout: &Layout, columns: &mut Vec<u64>) {
    let Layout { size, function_patterns, order, .. } = *layout;
    columns.clear();
    columns.extend_from_slice(function_patterns);
    let mut stream = Stream::new(codewords);
    let words = size.div_ceil(32);
    for (pair, order) in order.chunks_exact(words).enumerate() {
        let right = right_column(size, pair);
        for i in 0..words {
            // Modules that stand in the way leave gaps in the order; some words of it are empty.
            let word = if is_upward(pair) { words - 1 - i } else { i };
            let free = order[word];
            let [left_bits, right_bits] = if is_upward(pair) {
                R::spread(stream.take_from_top(free.count_ones()), free)
            } else {
                let [right, left] = R::spread(stream.take_from_bottom(free.count_ones()), free);
                [left, right]
            };
            let place = word / 2 * size + right;
            let shift = 32 * (word % 2);
            columns[place] |= u64::from(right_bits) << shift;
            columns[place - 1] |= u64::from(left_bits) << shift;
        }
    }
}

/// The bits of the codewords, in either direction.
struct Stream<'a> {
    /// The codewords and, behind them, each with its bits reversed; nine zeros behind both.
    bytes: &'a [u8],
    /// Where the reversed ones begin.
    reversed: usize,
    /// Bits taken.
    taken: usize,
}

/// Zeros behind the codewords: the remainder bits, and what a load of nine bytes reads too much.
const BEHIND: usize = 9;

impl<'a> Stream<'a> {
    #[inline(always)]
    fn new(bytes: &'a mut Vec<u8>) -> Self {
        let reversed = bytes.len() + BEHIND;
        bytes.resize(2 * reversed, 0);
        let (codewords, behind) = bytes.split_at_mut(reversed);
        // Eight at a time; the zeros behind the codewords make the last eight whole.
        let eights = codewords.as_chunks::<8>().0;
        for (reversed, codewords) in behind.as_chunks_mut::<8>().0.iter_mut().zip(eights) {
            *reversed = u64::from_le_bytes(*codewords).reverse_bits().swap_bytes().to_le_bytes();
        }
        Self { bytes, reversed, taken: 0 }
    }

    /// The eight bytes at the place reached, counted from `start`, the byte behind them, and the bits of the first
    /// that are taken already.
    #[inline(always)]
    fn load(&mut self, start: usize, count: u32) -> ([u8; 8], u64, u32) {
        let at = start + self.taken / 8;
        let used = (self.taken % 8) as u32;
        self.taken += count as usize;
        match self.bytes[at..].first_chunk::<9>() {
            Some(&[ref bytes @ .., next]) => (*bytes, next.into(), used),
            None => ([0; 8], 0, 0),
        }
    }

    /// The next `count` bits, the first of them the highest of those returned.
    #[inline(always)]
    fn take_from_top(&mut self, count: u32) -> u64 {
        let (bytes, next, used) = self.load(0, count);
        let word = u64::from_be_bytes(bytes) << used | next >> (8 - used);
        word.checked_shr(64 - count).unwrap_or(0)
    }

    /// The next bits, 64 of them, the first of them the lowest.
    #[inline(always)]
    fn take_from_bottom(&mut self, count: u32) -> u64 {
        let (bytes, next, used) = self.load(self.reversed, count);
        u64::from_le_bytes(bytes) >> used | next << 1 << (63 - used)
    }
}

/// Makes a plane of rows from a plane of columns, or the other way round, with [`padding`] behind the end of each line.
#[inline(always)]
pub(crate) fn transpose(from: &[u64], size: usize, to: &mut Vec<u64>) {
    to.resize(from.len(), 0);
    let mut block = [0; 64];
    if size <= 32 {
        // One quarter of a block is all there is; its neighbours are zeros.
        for (word, line) in block.iter_mut().zip(from) {
            *word = line & 0xFFFF_FFFF;
        }
        exchange_quarters(&mut block[..32]);
        to.copy_from_slice(&block[..size]);
    } else {
        for (across, from) in from.chunks_exact(size).enumerate() {
            for (along, lines) in from.chunks(64).enumerate() {
                block[..lines.len()].copy_from_slice(lines);
                block[lines.len()..].fill(0);
                exchange::<32>(&mut block, 0x0000_0000_FFFF_FFFF);
                exchange_quarters(&mut block);
                let to = &mut to[along * size + 64 * across..];
                let len = (size - 64 * across).min(64);
                to[..len].copy_from_slice(&block[..len]);
            }
        }
    }
    let last = to.len() - size;
    for (line, word) in to[last..].iter_mut().enumerate() {
        *word |= padding(size, line);
    }
}

/// Transposes every square of 32 x 32 bits of some words, 32 or 64. Halves of it change places with halves, then quarters with
/// quarters, down to single bits; bit `j` of word `i` becomes bit `i` of word `j`. With `exchange::<32>` before it, 64 x 64
/// bits are transposed.
#[inline(always)]
fn exchange_quarters(words: &mut [u64]) {
    exchange::<16>(words, 0x0000_FFFF_0000_FFFF);
    exchange::<8>(words, 0x00FF_00FF_00FF_00FF);
    exchange::<4>(words, 0x0F0F_0F0F_0F0F_0F0F);
    exchange::<2>(words, 0x3333_3333_3333_3333);
    exchange::<1>(words, 0x5555_5555_5555_5555);
}

/// Exchanges the upper right and lower left square of `N` x `N` bits in every square of twice that size.
#[inline(always)]
fn exchange<const N: usize>(words: &mut [u64], low: u64) {
    for pair in words.chunks_exact_mut(2 * N) {
        let (upper, lower) = pair.split_at_mut(N);
        for (upper, lower) in upper.iter_mut().zip(lower) {
            let change = ((*upper >> N) ^ *lower) & low;
            *upper ^= change << N;
            *lower ^= change;
        }
    }
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;
    use crate::Version;

    #[test]
    fn placement_goes_through_the_symbol_as_the_standard_says() {
        let mut random = Random::new(1);
        let mut columns = Vec::new();
        for version in (1..=40).filter_map(Version::new) {
            let layout = Layout::of(version);
            let size = layout.size;
            let codewords: Vec<u8> = (0..version.codewords()).map(|_| random.bits() as u8).collect();
            place::<u64>(&mut codewords.clone(), &layout, &mut columns);

            let bit = |plane: &[u64], x: usize, y: usize| plane[y / 64 * size + x] >> (y % 64) & 1 != 0;
            let mut i = 0;
            let mut right = size as isize - 1;
            let mut upward = true;
            while right >= 1 {
                if right == 6 {
                    right = 5;
                }
                for step in 0..size {
                    let y = if upward { size - 1 - step } else { step };
                    for x in [right as usize, right as usize - 1] {
                        let expected = if bit(layout.free, x, y) {
                            i += 1;
                            codewords.get((i - 1) / 8).is_some_and(|codeword| codeword >> (7 - (i - 1) % 8) & 1 != 0)
                        } else {
                            bit(layout.function_patterns, x, y)
                        };
                        assert_eq!(bit(&columns, x, y), expected, "version {version}, column {x}, row {y}");
                    }
                }
                upward = !upward;
                right -= 2;
            }
            assert_eq!(i / 8, codewords.len());
        }
    }

    #[test]
    fn transposition_exchanges_lines_and_places() {
        let mut random = Random::new(2);
        let mut to = Vec::new();
        for version in (1..=40).filter_map(Version::new) {
            let size = version.size();
            let from: Vec<u64> = (0..size * version.words()).map(|_| random.bits()).collect();
            transpose(&from, size, &mut to);
            let bit = |plane: &[u64], line: usize, i: usize| plane[i / 64 * size + line] >> (i % 64) & 1;
            for line in 0..size {
                for i in 0..64 * version.words() {
                    let expected = if i < size { bit(&from, i, line) } else { (i + line + 1) as u64 % 2 };
                    assert_eq!(bit(&to, line, i), expected, "version {version}, line {line}, place {i}");
                }
            }
        }
    }
}
