//! Blocks: how the codewords of a symbol are split for error correction (Table 9), and how they are interleaved
//! (ISO/IEC 18004:2015, 7.5.1 and 7.6).
//!
//! Knows versions, levels and [`reed_solomon`](super::reed_solomon); nothing of segments, nor of where a codeword lies
//! in the symbol. The tests compare every capacity with `qrcodegen`'s.

use alloc::vec::Vec;

use super::reed_solomon::Divisor;
use crate::version::{ErrorCorrectionLevel, Version};

/// The blocks of one version and level (Table 9): `count` blocks, each with `parity` error-correction codewords. The
/// first `count - long` blocks have `short_data` data codewords, the last `long` blocks one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blocks {
    count: usize,
    long: usize,
    short_data: usize,
    parity: usize,
}

impl Blocks {
    /// Returns the blocks of a version and level.
    pub(crate) const fn of(version: Version, level: ErrorCorrectionLevel) -> Self {
        let count = BLOCKS[level as usize][version.index()] as usize;
        let parity = PARITY_PER_BLOCK[level as usize][version.index()] as usize;
        let codewords = version.codewords();
        Self { count, long: codewords % count, short_data: codewords / count - parity, parity }
    }

    /// Returns the number of data codewords of all blocks.
    pub(crate) const fn data_codewords(self) -> usize {
        self.count * self.short_data + self.long
    }

    /// Returns the number of blocks.
    #[cfg(feature = "read")]
    pub(crate) const fn count(self) -> usize {
        self.count
    }

    /// Returns the `i`-th block of the data codewords of the symbol.
    #[inline(always)]
    fn block(self, data: &[u8], i: usize) -> &[u8] {
        let first_long = self.count - self.long;
        let start = i * self.short_data + i.saturating_sub(first_long);
        &data[start..start + self.short_data + usize::from(i >= first_long)]
    }

    /// Computes the parity codewords of all blocks and hands them to `sink`, several blocks at a time: the steps of one
    /// division wait for each other, those of several divisions do not.
    #[inline(always)]
    pub(crate) fn divide(self, data: &[u8], sink: &mut impl ParitySink) {
        let divisor = Divisor::of(self.parity);
        let mut first = 0;
        while first + 2 < self.count {
            self.divide_some::<4>(divisor, data, first, sink);
            first += 4;
        }
        if first < self.count {
            self.divide_some::<2>(divisor, data, first, sink);
        }
    }

    /// Does so for `N` blocks from the `first` on. If fewer are left, the last one is repeated.
    #[inline(always)]
    fn divide_some<const N: usize>(self, divisor: Divisor, data: &[u8], first: usize, sink: &mut impl ParitySink) {
        let mut blocks = [&[][..]; N];
        for (i, block) in blocks.iter_mut().enumerate() {
            *block = self.block(data, (first + i).min(self.count - 1));
        }
        sink.put(first, blocks, divisor.parity(blocks));
    }
}

/// What takes the parity codewords that [`Blocks::divide`] computes.
pub(crate) trait ParitySink {
    /// Takes blocks from the `first` on, with the parity codewords of each. Blocks from `Blocks::count` on are
    /// repetitions.
    ///
    /// Implementations are `#[inline(always)]`, see [`Work::run`](crate::simd::Work::run).
    fn put<const N: usize>(&mut self, first: usize, blocks: [&[u8]; N], parities: [[u8; 32]; N]);
}

/// Writes all codewords of the symbol to `all` in the order of placement: the first data codeword of every block, the
/// second, and so on, then the parity codewords likewise.
#[inline(always)]
pub(crate) fn interleave(data: &[u8], blocks: Blocks, all: &mut Vec<u8>) {
    let Blocks { count, long, short_data, parity } = blocks;
    all.clear();
    all.resize(data.len() + count * parity, 0);
    let (all_data, all_parity) = all.split_at_mut(data.len());
    let (rounds, last_round) = all_data.split_at_mut(count * short_data);
    blocks
        .divide(data, &mut Interleaved { count, short_data, first_long: count - long, rounds, last_round, all_parity });
}

/// Writes the data codewords of all blocks to `data`, out of `all` codewords of the symbol in the order of placement.
#[cfg(feature = "read")]
pub(crate) fn deinterleave(all: &[u8], blocks: Blocks, data: &mut Vec<u8>) {
    let Blocks { count, short_data, .. } = blocks;
    let (rounds, last_round) = all[..blocks.data_codewords()].split_at(count * short_data);
    let first_long = count - last_round.len();
    for i in 0..count {
        data.extend(rounds.iter().skip(i).step_by(count));
        data.extend(i.checked_sub(first_long).map(|i| last_round[i]));
    }
}

/// The interleaved codewords.
struct Interleaved<'a> {
    count: usize,
    short_data: usize,
    first_long: usize,
    /// Rounds of one data codeword of every block.
    rounds: &'a mut [u8],
    /// The last round, of the long blocks only.
    last_round: &'a mut [u8],
    /// Rounds of one parity codeword of every block.
    all_parity: &'a mut [u8],
}

impl ParitySink for Interleaved<'_> {
    #[inline(always)]
    fn put<const N: usize>(&mut self, first: usize, blocks: [&[u8]; N], parities: [[u8; 32]; N]) {
        let &mut Self { count, short_data, first_long, .. } = self;
        for (i, (block, parity)) in (first..count).zip(blocks.into_iter().zip(&parities)) {
            for (round, &codeword) in self.rounds.chunks_exact_mut(count).zip(block) {
                round[i] = codeword;
            }
            if let Some(&codeword) = block.get(short_data) {
                self.last_round[i - first_long] = codeword;
            }
            for (round, &codeword) in self.all_parity.chunks_exact_mut(count).zip(parity) {
                round[i] = codeword;
            }
        }
    }
}

impl Version {
    /// Returns the number of bits that a symbol of this version and level has for its data (Table 7 of ISO/IEC
    /// 18004:2015): from 72 for version 1 at level H to 23,648 for version 40 at level L. The data are the segments
    /// with their headers, and the ECI header if there is one.
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Version};
    /// assert_eq!(Version::MIN.data_bits(ErrorCorrectionLevel::H), 72);
    /// assert_eq!(Version::MAX.data_bits(ErrorCorrectionLevel::L), 23_648);
    /// ```
    pub fn data_bits(self, level: ErrorCorrectionLevel) -> usize {
        DATA_BITS[level as usize][self.index()] as usize
    }
}

/// Bits for segments, by level and version: eight for each data codeword.
static DATA_BITS: [[u16; 40]; 4] = {
    let mut bits = [[0; 40]; 4];
    let mut level = 0;
    while level < 4 {
        let mut i = 0;
        while i < 40 {
            let blocks = Blocks::of(Version::MIN.up(i as u8), ErrorCorrectionLevel::ALL[level]);
            bits[level][i] = 8 * blocks.data_codewords() as u16;
            i += 1;
        }
        level += 1;
    }
    bits
};

/// Error-correction codewords per block, by level and version (Table 9).
#[rustfmt::skip]
const PARITY_PER_BLOCK: [[u8; 40]; 4] = [
    [
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
        28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
        26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ],
    [
        13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
        28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
        30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
];

/// Error-correction blocks, by level and version (Table 9).
#[rustfmt::skip]
const BLOCKS: [[u8; 40]; 4] = [
    [
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
        8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
    ],
    [
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
        17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ],
    [
        1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20,
        23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
    ],
    [
        1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
        25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interleaving_takes_one_codeword_of_each_block_in_turn() {
        // 5-Q: blocks of 15, 15, 16 and 16 data codewords.
        let blocks = Blocks::of(Version::MIN.up(4), ErrorCorrectionLevel::Q);
        let data: Vec<u8> = (0..62).collect();
        let mut all = Vec::new();
        interleave(&data, blocks, &mut all);
        assert_eq!(all[..8], [0, 15, 30, 46, 1, 16, 31, 47]);
        assert_eq!(all[56..62], [14, 29, 44, 60, 45, 61]);
        let [_, parity] = Divisor::of(18).parity([&data[30..46], &data[46..]]);
        assert!(all[62..].iter().skip(3).step_by(4).eq(&parity[..18]));
    }

    #[test]
    fn the_example_of_annex_i_has_the_printed_parity_codewords() {
        // ISO/IEC 18004:2015, Annex I.2: "01234567" in a 1-M symbol.
        let blocks = Blocks::of(Version::MIN, ErrorCorrectionLevel::M);
        let data = [0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11];
        let parity = [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55];
        let mut all = Vec::new();
        interleave(&data, blocks, &mut all);
        assert_eq!(all, [&data[..], &parity].concat());
    }
}
