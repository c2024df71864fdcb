//! Codewords to modules: placement in a plane of columns, and its transposition to a plane of rows (ISO/IEC 18004:2015,
//! 7.7.3).
//!
//! Knows the [`layout`](super::layout) and packed words; nothing of masks.
//!
//! In a pair of columns the bits of the codewords go to the right and the left module in turn, unless one of the two
//! belongs to a function pattern. So 32 rows of a pair are one word of the bit stream, deposited at the ones of a word
//! of the placement order. The even and the odd bits of the result are the two columns.

use alloc::vec::Vec;

use super::layout::{Layout, is_upward, padding, right_column};
use crate::simd::Register;

/// Places all `codewords` of a symbol. Writes to `columns` a plane of columns with the function patterns, not masked,
/// without format information. Appends to the codewords what makes them fast to read.
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
            // Function patterns leave gaps in the order; some of its words are empty.
            let word = if is_upward(pair) { words - 1 - i } else { i };
            let free = order[word];
            let [left_bits, right_bits] = if is_upward(pair) {
                R::spread(stream.take_from_top(free.count_ones()), free)
            } else {
                let [right, left] = R::spread(stream.take_from_bottom(free.count_ones()), free);
                [left, right]
            };
            let index = word / 2 * size + right;
            let shift = 32 * (word % 2);
            columns[index] |= u64::from(right_bits) << shift;
            columns[index - 1] |= u64::from(left_bits) << shift;
        }
    }
}

/// Reads the bits of the codewords, with the first bit at either end of a word.
struct Stream<'a> {
    /// The codewords, [`ZEROS`] zeros, the codewords with the bits of each byte reversed, and zeros again.
    bytes: &'a [u8],
    /// Start of the reversed codewords.
    reversed: usize,
    /// Number of bits read.
    taken: usize,
}

/// Number of zero bytes after the codewords: for the remainder bits, and because every load reads nine bytes.
const ZEROS: usize = 9;

impl<'a> Stream<'a> {
    #[inline(always)]
    fn new(bytes: &'a mut Vec<u8>) -> Self {
        let reversed = bytes.len() + ZEROS;
        bytes.resize(2 * reversed, 0);
        let (codewords, mirror) = bytes.split_at_mut(reversed);
        // Eight at a time; the zeros after the codewords complete the last eight.
        let eights = codewords.as_chunks::<8>().0;
        for (reversed, codewords) in mirror.as_chunks_mut::<8>().0.iter_mut().zip(eights) {
            *reversed = u64::from_le_bytes(*codewords).reverse_bits().swap_bytes().to_le_bytes();
        }
        Self { bytes, reversed, taken: 0 }
    }

    /// Returns eight bytes from the current bit on, counted from `start`, the byte after them, and the number of bits
    /// of the first byte that were read before. Advances by `count` bits.
    #[inline(always)]
    fn load(&mut self, start: usize, count: u32) -> ([u8; 8], u64, u32) {
        let byte = start + self.taken / 8;
        let used = (self.taken % 8) as u32;
        self.taken += count as usize;
        match self.bytes[byte..].first_chunk::<9>() {
            Some(&[ref bytes @ .., next]) => (*bytes, next.into(), used),
            None => ([0; 8], 0, 0),
        }
    }

    /// Reads `count` bits. Returns them in the low bits, the first one highest.
    #[inline(always)]
    fn take_from_top(&mut self, count: u32) -> u64 {
        let (bytes, next, used) = self.load(0, count);
        let word = u64::from_be_bytes(bytes) << used | next >> (8 - used);
        word.checked_shr(64 - count).unwrap_or(0)
    }

    /// Reads `count` bits. Returns them and bits after them, the first one lowest.
    #[inline(always)]
    fn take_from_bottom(&mut self, count: u32) -> u64 {
        let (bytes, next, used) = self.load(self.reversed, count);
        u64::from_le_bytes(bytes) >> used | next << 1 << (63 - used)
    }
}

/// Turns a plane of columns into a plane of rows, or the other way round, with [`padding`] after the end of each line.
#[inline(always)]
pub(crate) fn transpose(from: &[u64], size: usize, to: &mut Vec<u64>) {
    to.resize(from.len(), 0);
    let mut block = [0; 64];
    if size <= 32 {
        // The symbol fits one quarter of a block; the other quarters are zeros.
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

/// Transposes every square of 32 x 32 bits of 32 or 64 words: bit `j` of word `i` becomes bit `i` of word `j`.
/// Exchanges squares of 16 x 16 bits, then of 8 x 8, down to single bits. After `exchange::<32>` it transposes 64 x 64
/// bits.
#[inline(always)]
fn exchange_quarters(words: &mut [u64]) {
    exchange::<16>(words, 0x0000_FFFF_0000_FFFF);
    exchange::<8>(words, 0x00FF_00FF_00FF_00FF);
    exchange::<4>(words, 0x0F0F_0F0F_0F0F_0F0F);
    exchange::<2>(words, 0x3333_3333_3333_3333);
    exchange::<1>(words, 0x5555_5555_5555_5555);
}

/// Exchanges the upper right and the lower left square of `N` x `N` bits in every square of 2N x 2N bits.
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
    use crate::encode::layout::is_set;

    #[test]
    fn codewords_are_placed_in_the_order_of_7_7_3() {
        let mut random = Random::new(1);
        let mut columns = Vec::new();
        for version in Version::all() {
            let layout = Layout::of(version);
            let size = layout.size;
            let codewords: Vec<u8> = (0..version.codewords()).map(|_| random.bits() as u8).collect();
            place::<u64>(&mut codewords.clone(), &layout, &mut columns);

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
                        let expected = if is_set(layout.free, size, x, y) {
                            i += 1;
                            codewords.get((i - 1) / 8).is_some_and(|codeword| codeword >> (7 - (i - 1) % 8) & 1 != 0)
                        } else {
                            is_set(layout.function_patterns, size, x, y)
                        };
                        assert_eq!(is_set(&columns, size, x, y), expected, "version {version}, column {x}, row {y}");
                    }
                }
                upward = !upward;
                right -= 2;
            }
            assert_eq!(i / 8, codewords.len());
        }
    }

    #[test]
    fn transposition_exchanges_lines_and_bits() {
        let mut random = Random::new(2);
        let mut to = Vec::new();
        for version in Version::all() {
            let size = version.size();
            let from: Vec<u64> = (0..size * version.words()).map(|_| random.bits()).collect();
            transpose(&from, size, &mut to);
            for line in 0..size {
                for i in 0..64 * version.words() {
                    let expected = if i < size { is_set(&from, size, i, line) } else { (i + line) % 2 == 0 };
                    assert_eq!(is_set(&to, size, line, i), expected, "version {version}, line {line}, bit {i}");
                }
            }
        }
    }
}
