//! Which bytes fit numeric and alphanumeric mode (ISO/IEC 18004:2015, 7.3.3, 7.3.4 and Table 5).
//!
//! Knows bytes and registers; nothing of segments, versions or bits of a symbol.
//!
//! The answer for a whole content is a bitmap of one bit a byte, computed 64 bytes at a time: bit `i` of word `w`
//! stands for byte `64 w + i`. A word of zeros follows the last. [`next_run`] finds the runs of ones that are long
//! enough to matter.

use alloc::vec::Vec;

use crate::simd::{Available, Register, Work, dispatch};

/// The characters of alphanumeric mode in the order of their values, 0 to 44 (Table 5).
pub(crate) const ALPHANUMERIC_CHARACTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Length of the shortest run that [`next_run`] finds.
pub(crate) const MIN_RUN: usize = 4;

/// Returns whether the byte fits numeric mode.
pub(crate) fn is_digit(byte: u8) -> bool {
    digit_flag(byte) >> 7 != 0
}

/// Returns whether the byte fits alphanumeric mode.
pub(crate) fn is_alphanumeric(byte: u8) -> bool {
    alphanumeric_flag(byte) >> 7 != 0
}

/// Writes the bitmap of the bytes that fit numeric mode to `bitmap`.
pub(crate) fn find_digits(content: &[u8], instructions: Available, bitmap: &mut Vec<u64>) {
    dispatch(instructions, Find { content, flag: digit_flag, bitmap });
}

/// Writes the bitmap of the bytes that fit alphanumeric mode to `bitmap`.
pub(crate) fn find_alphanumeric(content: &[u8], instructions: Available, bitmap: &mut Vec<u64>) {
    dispatch(instructions, Find { content, flag: alphanumeric_flag, bitmap });
}

/// Returns start and end of the next run of at least [`MIN_RUN`] ones at or after `from`, which must not lie inside a
/// run.
pub(crate) fn next_run(bitmap: &[u64], from: usize) -> Option<(usize, usize)> {
    let mut word = from / 64;
    let mut allowed = u64::MAX << (from % 64);
    loop {
        let [this, next] = *bitmap.get(word..word + 2)?.first_chunk()?;
        // Bit i: bits i to i + 3 are ones.
        let pairs = this & (this >> 1 | next << 63);
        let starts = pairs & (this >> 2 | next << 62) & (this >> 3 | next << 61) & allowed;
        if starts != 0 {
            let start = 64 * word + starts.trailing_zeros() as usize;
            let zeros = !this & u64::MAX << (start % 64);
            return Some((
                start,
                if zeros != 0 { 64 * word + zeros.trailing_zeros() as usize } else { run_end(bitmap, word + 1) },
            ));
        }
        allowed = u64::MAX;
        word += 1;
    }
}

/// Returns the end of a run that reaches `word` from the word before.
fn run_end(bitmap: &[u64], word: usize) -> usize {
    let zero = bitmap[word..].iter().enumerate().find(|(_, word)| **word != u64::MAX);
    zero.map_or(64 * bitmap.len(), |(i, last)| 64 * (word + i) + last.trailing_ones() as usize)
}

/// Sets the highest bit if the byte is a digit; the other bits are arbitrary.
#[inline(always)]
fn digit_flag(byte: u8) -> u8 {
    range_flag(byte, b'0', 10)
}

/// Sets the highest bit if the byte is an alphanumeric character: `-./0123456789:`, `A` to `Z`, `$%`, `*+` or space.
#[inline(always)]
fn alphanumeric_flag(byte: u8) -> u8 {
    range_flag(byte, b'-', 14)
        | range_flag(byte, b'A', 26)
        | range_flag(byte, b'$', 2)
        | range_flag(byte, b'*', 2)
        | range_flag(byte, b' ', 1)
}

/// Sets the highest bit if the byte is one of the `count` bytes, 128 at most, from `first` on.
///
/// There is neither a branch nor a table in it, so the compiler vectorizes it. It returns a byte and not a `bool`
/// because LLVM splits vectors of `bool` into single bytes under some link-time settings.
#[inline(always)]
fn range_flag(byte: u8, first: u8, count: u8) -> u8 {
    !byte.wrapping_sub(first).saturating_add(0x80 - count)
}

/// Writes the bitmap of the bytes of `content` for which `flag` sets the highest bit.
struct Find<'a, F> {
    content: &'a [u8],
    flag: F,
    bitmap: &'a mut Vec<u64>,
}

impl<F: Fn(u8) -> u8> Work for Find<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<R: Register>(self) {
        let Self { content, flag, bitmap } = self;
        bitmap.clear();
        let (blocks, rest) = content.as_chunks();
        for block in blocks {
            bitmap.push(block_bits::<R, 64>(block, &flag));
        }
        if !rest.is_empty() {
            // The rest is read in place with overlapping loads. A copy padded with zeros would stall: its loads would
            // wait for its stores.
            bitmap.push(if let Some(last) = content.last_chunk() {
                block_bits::<R, 64>(last, &flag) >> (64 - rest.len())
            } else if let Some(bits) = overlapping_bits::<R, 32>(rest, &flag) {
                bits
            } else if let Some(bits) = overlapping_bits::<R, 16>(rest, &flag) {
                bits
            } else if let Some(bits) = overlapping_bits::<R, 8>(rest, &flag) {
                bits
            } else {
                rest.iter().rev().fold(0, |bits, &byte| bits << 1 | u64::from(flag(byte) >> 7))
            });
        }
        bitmap.push(0);
    }
}

/// Returns the bits of `N` to `2 N` bytes, or `None` for fewer.
#[inline(always)]
fn overlapping_bits<R: Register, const N: usize>(bytes: &[u8], flag: &impl Fn(u8) -> u8) -> Option<u64> {
    let (first, last) = (bytes.first_chunk::<N>()?, bytes.last_chunk::<N>()?);
    Some(block_bits::<R, N>(first, flag) | block_bits::<R, N>(last, flag) << (bytes.len() - N))
}

/// Returns the bits of `N` bytes, 64 at most.
#[inline(always)]
fn block_bits<R: Register, const N: usize>(block: &[u8; N], flag: &impl Fn(u8) -> u8) -> u64 {
    let mut flags = [0; 64];
    for (out, &byte) in flags.iter_mut().zip(block) {
        *out = flag(byte);
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

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;
    use crate::simd::{InstructionSet, widest};

    /// Compares the bitmap of alphanumeric characters with the expected one, on every instruction set.
    fn check_bitmap(content: &[u8], expected: &[u64]) {
        for set in InstructionSet::available() {
            let mut bitmap = Vec::new();
            find_alphanumeric(content, widest(Some(set)), &mut bitmap);
            assert_eq!(bitmap, expected, "{} bytes, {set:?}", content.len());
        }
    }

    #[test]
    fn every_byte_is_classified_as_table_5_says_at_every_kind_of_offset() {
        for byte in 0..=255_u8 {
            assert_eq!(is_digit(byte), byte.is_ascii_digit());
            assert_eq!(is_alphanumeric(byte), ALPHANUMERIC_CHARACTERS.contains(&byte));
            for (len, offset) in [(64, 0), (64, 7), (64, 8), (64, 63), (130, 64), (130, 129), (5, 4), (127, 126)] {
                let mut content = vec![b'~'; len];
                content[offset] = byte;
                let mut expected = vec![0; len.div_ceil(64) + 1];
                expected[offset / 64] = u64::from(is_alphanumeric(byte)) << (offset % 64);
                check_bitmap(&content, &expected);
            }
        }
    }

    #[test]
    fn bitmaps_are_right_for_content_of_any_length() {
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
                check_bitmap(&content, &expected);
            }
        }
    }

    #[test]
    fn runs_are_found_wherever_they_are_and_however_long() {
        let mut random = Random::new(2);
        for round in 0..20_000 {
            let words = 1 + random.below(6);
            // Long runs, short ones and none, with ends at any bit.
            let density = [2, 8, 64, 400][round % 4];
            let mut bits = vec![false; 64 * words];
            let mut value = false;
            for bit in &mut bits {
                value ^= random.below(density) == 0;
                *bit = value;
            }
            let mut bitmap: Vec<u64> = bits
                .chunks(64)
                .map(|bits| bits.iter().rev().fold(0, |word, bit| word << 1 | u64::from(*bit)))
                .collect();
            bitmap.push(0);
            let mut found = Vec::new();
            let mut from = 0;
            while let Some((start, end)) = next_run(&bitmap, from) {
                found.push((start, end));
                from = end;
            }
            let mut expected = Vec::new();
            let mut start = 0;
            for run in bits.chunk_by(|a, b| a == b) {
                if run[0] && run.len() >= MIN_RUN {
                    expected.push((start, start + run.len()));
                }
                start += run.len();
            }
            assert_eq!(found, expected);
        }
    }
}
