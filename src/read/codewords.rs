//! Modules to data codewords: mask, order of placement, interleaving, error-correction codewords (ISO/IEC 18004:2015,
//! 7.5 to 7.8).
//!
//! Knows the tables of layout, blocks and masks; nothing of what the codewords mean.

use alloc::vec::Vec;

use super::error::ReadError;
use crate::encode::blocks::Blocks;
use crate::encode::layout::{Layout, is_upward, right_column, spread};
use crate::encode::mask;
use crate::encode::placement::transpose;
use crate::symbol::Symbol;

/// Returns the data codewords of all blocks, in order.
pub(crate) fn data(symbol: &Symbol) -> Result<Vec<u8>, ReadError> {
    let all = placed(symbol)?;
    let blocks = Blocks::of(symbol.version(), symbol.level());
    let mut data = Vec::with_capacity(blocks.data_codewords());
    let mut block = Vec::new();
    for i in 0..blocks.count() {
        block.clear();
        block.extend(blocks.interleaved(i).map(|place| all[place]));
        if !is_codeword(&block, blocks.parity()) {
            return Err(ReadError::Block { block: i });
        }
        data.extend_from_slice(&block[..block.len() - blocks.parity()]);
    }
    Ok(data)
}

/// Returns all codewords in the order of placement, not masked. Checks that the remainder bits are zero.
fn placed(symbol: &Symbol) -> Result<Vec<u8>, ReadError> {
    let Layout { size, order, .. } = Layout::of(symbol.version());
    let mut columns = Vec::new();
    transpose(&symbol.rows, size, &mut columns);
    for (i, column) in columns.iter_mut().enumerate() {
        *column ^= mask::column(symbol.mask(), i % size, i / size);
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
    /// Number of pending bits, fewer than 8 between calls.
    count: u32,
}

impl Stream {
    /// Appends the bits of `modules` at the ones of `free`, the highest first.
    fn push(&mut self, mut free: u64, mut modules: u64) {
        while free != 0 {
            let skip = free.leading_zeros();
            (free, modules) = (free << skip, modules << skip);
            let run = free.leading_ones().min(56);
            self.pending |= (modules & !(u64::MAX >> run)) >> self.count;
            self.count += run;
            while self.count >= 8 {
                self.bytes.push((self.pending >> 56) as u8);
                self.pending <<= 8;
                self.count -= 8;
            }
            (free, modules) = (free << run, modules << run);
        }
    }

    /// Returns the codewords, and checks that the bits after them are zero.
    fn finish(mut self, codewords: usize) -> Result<Vec<u8>, ReadError> {
        debug_assert_eq!(self.bytes.len(), codewords);
        if self.pending != 0 {
            return Err(ReadError::RemainderBit { bit: self.pending.leading_zeros() as usize });
        }
        self.bytes.truncate(codewords);
        Ok(self.bytes)
    }
}

/// The largest number of error-correction codewords of a block.
const MAX_PARITY: usize = 30;

/// The products of all bytes with the roots of the generator polynomials, 2^0 to 2^29, in GF(2^8) modulo x^8 + x^4 +
/// x^3 + x^2 + 1 (Annex A). 7,680 bytes.
static TIMES_ROOT: [[u8; 256]; MAX_PARITY] = {
    let mut products = [[0; 256]; MAX_PARITY];
    let mut value = 0;
    while value < 256 {
        let mut product = value as u8;
        let mut root = 0;
        while root < MAX_PARITY {
            products[root][value] = product;
            product = product << 1 ^ if product >> 7 == 1 { 0x1D } else { 0 };
            root += 1;
        }
        value += 1;
    }
    products
};

/// Returns whether the block, as a polynomial, is zero at the first `parity` powers of two: whether all syndromes are
/// zero (Annex B).
fn is_codeword(block: &[u8], parity: usize) -> bool {
    // Eight at a time: the steps of one syndrome wait for each other, those of several do not.
    let (eights, rest) = TIMES_ROOT[..parity].as_chunks::<8>();
    let syndromes = |products: &[[u8; 256]; 8]| {
        let mut sums = [0_u8; 8];
        for codeword in block {
            for (sum, products) in sums.iter_mut().zip(products) {
                *sum = products[usize::from(*sum)] ^ codeword;
            }
        }
        sums == [0; 8]
    };
    let syndrome = |products: &[u8; 256]| block.iter().fold(0, |sum, codeword| products[usize::from(sum)] ^ codeword);
    eights.iter().all(syndromes) && rest.iter().all(|products| syndrome(products) == 0)
}
