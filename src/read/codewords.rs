//! Modules to data codewords: mask, order of placement, interleaving, error-correction codewords (ISO/IEC 18004:2015,
//! 7.5 to 7.8).
//!
//! Knows layout, blocks and masks; nothing of what the codewords mean.

use alloc::vec::Vec;

use super::error::ReadError;
use crate::encode::blocks::{Blocks, ParitySink, deinterleave};
use crate::encode::layout::{Layout, is_upward, right_column, spread};
use crate::encode::mask;
use crate::encode::placement::transpose;
use crate::symbol::Symbol;

/// Returns the data codewords of all blocks, in order. Checks that all remainder bits are zero and that every block has
/// its error-correction codewords.
pub(crate) fn data(symbol: &Symbol) -> Result<Vec<u8>, ReadError> {
    let all = placed(symbol)?;
    let blocks = Blocks::of(symbol.version(), symbol.level());
    let mut data = Vec::with_capacity(blocks.data_codewords());
    deinterleave(&all, blocks, &mut data);
    let mut comparison = Comparison { parity: &all[data.len()..], count: blocks.count(), wrong: None };
    blocks.divide(&data, &mut comparison);
    comparison.wrong.map_or(Ok(data), |block| Err(ReadError::Block { block }))
}

/// Compares error-correction codewords.
struct Comparison<'a> {
    /// Those of the symbol: the first of every block, the second, and so on.
    parity: &'a [u8],
    /// The number of blocks.
    count: usize,
    /// The first block whose codewords differ.
    wrong: Option<usize>,
}

impl ParitySink for Comparison<'_> {
    fn put<const N: usize>(&mut self, first: usize, _: [&[u8]; N], parities: [[u8; 32]; N]) {
        for (block, parity) in (first..self.count).zip(&parities) {
            if !self.parity.iter().skip(block).step_by(self.count).zip(parity).all(|(read, parity)| read == parity) {
                self.wrong.get_or_insert(block);
            }
        }
    }
}

/// Returns all codewords in the order of placement, not masked. Checks that the remainder bits are zero.
fn placed(symbol: &Symbol) -> Result<Vec<u8>, ReadError> {
    let Layout { size, order, .. } = Layout::of(symbol.version());
    let mut columns = Vec::new();
    transpose(&symbol.rows, size, &mut columns);
    for (word, columns) in columns.chunks_exact_mut(size).enumerate() {
        for (column, mask) in columns.iter_mut().zip(mask::columns(symbol.mask(), word).into_iter().cycle()) {
            *column ^= mask;
        }
    }
    let words = size.div_ceil(32);
    let mut stream = Stream { bytes: Vec::with_capacity(symbol.version().codewords() + 8), pending: 0, count: 0 };
    for (pair, order) in order.chunks_exact(words).enumerate() {
        let right = right_column(size, pair);
        for i in 0..words {
            let word = if is_upward(pair) { words - 1 - i } else { i };
            let half = |x: usize| spread((columns[word / 2 * size + x] >> (32 * (word % 2))) as u32);
            // The first module of the order is the highest bit.
            if is_upward(pair) {
                stream.push(order[word], half(right) << 1 | half(right - 1));
            } else {
                stream.push(order[word].reverse_bits(), (half(right - 1) << 1 | half(right)).reverse_bits());
            }
        }
    }
    stream.finish(symbol.version().codewords())
}

/// Collects bits in bytes, the most significant bit first.
struct Stream {
    bytes: Vec<u8>,
    /// Bits not yet in `bytes`, from the most significant bit down.
    pending: u64,
    /// Number of pending bits, fewer than 64 between calls.
    count: u32,
}

impl Stream {
    /// Appends the bits of `modules` at the ones of `free`, the highest first.
    fn push(&mut self, mut free: u64, mut modules: u64) {
        while free != 0 {
            let skip = free.leading_zeros();
            (free, modules) = (free << skip, modules << skip);
            let run = free.leading_ones();
            let bits = modules & !u64::MAX.checked_shr(run).unwrap_or(0);
            self.pending |= bits >> self.count;
            if self.count + run >= 64 {
                self.bytes.extend_from_slice(&self.pending.to_be_bytes());
                self.pending = bits.checked_shl(64 - self.count).unwrap_or(0);
            }
            self.count = (self.count + run) % 64;
            free = free.checked_shl(run).unwrap_or(0);
            modules = modules.checked_shl(run).unwrap_or(0);
        }
    }

    /// Returns the codewords, and checks that the bits after them are zero.
    fn finish(mut self, codewords: usize) -> Result<Vec<u8>, ReadError> {
        self.bytes.extend_from_slice(&self.pending.to_be_bytes());
        let remainder = self.bytes[codewords];
        if remainder != 0 {
            return Err(ReadError::RemainderBit { bit: remainder.leading_zeros() as usize });
        }
        self.bytes.truncate(codewords);
        Ok(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::{Encoder, Options};
    use crate::version::{ErrorCorrectionLevel, Version};

    /// Returns column and row of the modules that carry data, in the order of 7.7.3.
    fn places(symbol: &Symbol) -> Vec<(usize, usize)> {
        let size = symbol.size();
        let rights = (8..size).step_by(2).rev().chain([5, 3, 1]);
        let column = |(pair, right): (usize, usize)| {
            let rows = (0..size).map(move |i| if pair % 2 == 0 { size - 1 - i } else { i });
            rows.flat_map(move |y| [(right, y), (right - 1, y)])
        };
        rights.enumerate().flat_map(column).filter(|&(x, y)| !symbol.is_function(x, y)).collect()
    }

    /// Returns the block of each codeword in the order of placement (7.6).
    fn blocks(version: Version, level: ErrorCorrectionLevel) -> Vec<usize> {
        let (count, data) = (Blocks::of(version, level).count(), version.data_bits(level) / 8);
        let (shorter, longer) = (data / count, data % count);
        let rounds = |rounds| (0..rounds).flat_map(|_| 0..count);
        let parity = version.codewords() / count - shorter;
        rounds(shorter).chain(count - longer..count).chain(rounds(parity)).take(version.codewords()).collect()
    }

    #[test]
    fn one_wrong_module_in_any_codeword_is_found_in_its_block_or_remainder_bit() {
        for version in Version::all() {
            // All levels, each with a quarter of the versions.
            let level = ErrorCorrectionLevel::ALL[usize::from(version.number() % 4)];
            let mut encoder = Encoder::with_options(Options::default().with_versions(version));
            let content = vec![b'7'; version.capacity(level, crate::Mode::Byte)];
            let mut symbol = encoder.encode(content, level).unwrap().clone();
            assert!(data(&symbol).is_ok());
            let (places, blocks, size) = (places(&symbol), blocks(version, level), version.size());
            assert_eq!(blocks.len(), places.len() / 8);
            // One bit of each codeword, and all remainder bits.
            let bits =
                (0..blocks.len()).map(|codeword| 8 * codeword + codeword % 8).chain(8 * blocks.len()..places.len());
            for i in bits {
                let (x, y) = places[i];
                let expected = match blocks.get(i / 8) {
                    Some(&block) => ReadError::Block { block },
                    None => ReadError::RemainderBit { bit: i % 8 },
                };
                symbol.rows[x / 64 * size + y] ^= 1 << (x % 64);
                assert_eq!(data(&symbol), Err(expected), "version {version}, level {level}, bit {i}");
                symbol.rows[x / 64 * size + y] ^= 1 << (x % 64);
            }
        }
    }

    #[test]
    fn of_several_wrong_blocks_the_first_is_named() {
        let version = Version::new(5).unwrap();
        let mut encoder = Encoder::with_options(Options::default().with_versions(version));
        let mut symbol = encoder.encode("four blocks", ErrorCorrectionLevel::Q).unwrap().clone();
        let (places, blocks) = (places(&symbol), blocks(version, ErrorCorrectionLevel::Q));
        for (i, &(x, y)) in places.iter().step_by(8).enumerate().filter(|(i, _)| blocks.get(*i).is_some_and(|b| *b > 0))
        {
            symbol.rows[x / 64 * version.size() + y] ^= 1 << (x % 64);
            let first = (1..4).find(|block| blocks[..=i].contains(block)).unwrap();
            assert_eq!(data(&symbol), Err(ReadError::Block { block: first }));
        }
    }

    #[test]
    fn data_codewords_are_those_of_annex_i() {
        // ISO/IEC 18004:2015, Annex I.2.
        let symbol = Symbol::encode("01234567", ErrorCorrectionLevel::M).unwrap();
        let printed = [0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11];
        assert_eq!(data(&symbol).unwrap(), printed);
    }
}
