//! The DEFLATE format (RFC 1951) as far as a writer needs it that knows its data: a stream of bits, tokens, their symbols.
//!
//! Knows nothing of pixels.

/// Symbols of the alphabet of literals and lengths. The last two have fixed codes, but never occur.
pub(crate) const SYMBOLS: usize = 288;
/// Symbols of the alphabet of distances that a block may use.
pub(crate) const DISTANCES: usize = 30;
/// The symbol that ends a block.
pub(crate) const END_OF_BLOCK: usize = 256;
/// The longest match.
pub(crate) const LONGEST_MATCH: usize = 258;
/// The shortest match.
pub(crate) const SHORTEST_MATCH: usize = 3;
/// The farthest that a match reaches back.
pub(crate) const WINDOW: usize = 32_768;

/// Bits in the order of the format, the first at the bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits {
    pub(crate) value: u64,
    /// At most [`MOST_BITS`].
    pub(crate) count: u32,
}

impl Bits {
    /// These and more behind them.
    #[inline(always)]
    pub(crate) fn then(self, more: Self) -> Self {
        Self { value: self.value | more.value << self.count, count: self.count + more.count }
    }

    /// How many all of these are.
    pub(crate) fn total(all: &[Self]) -> usize {
        all.iter().map(|bits| bits.count as usize).sum()
    }
}

/// The most bits that can be pushed at once: with fewer than eight that wait they fill a word.
pub(crate) const MOST_BITS: u32 = 56;

/// Bytes that must be left behind the last whole one.
pub(crate) const SLACK: usize = 8;

/// Puts bits into bytes, the first at the bottom of a byte.
pub(crate) struct BitWriter<'a> {
    /// Bytes that are left, and how many there were.
    bytes: &'a mut [u8],
    room: usize,
    pending: u64,
    /// Fewer than eight between calls.
    count: u32,
}

impl<'a> BitWriter<'a> {
    /// Begins at the first of `bytes`, which must be enough, [`SLACK`] included.
    pub(crate) fn new(bytes: &'a mut [u8]) -> Self {
        Self { room: bytes.len(), bytes, pending: 0, count: 0 }
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, bits: Bits) {
        self.add(bits);
        self.flush();
    }

    /// Takes bits that [`flush`](Self::flush) puts: at most [`MOST_BITS`] from one time to the next.
    #[inline(always)]
    pub(crate) fn add(&mut self, bits: Bits) {
        self.pending |= bits.value << self.count;
        self.count += bits.count;
    }

    #[inline(always)]
    pub(crate) fn flush(&mut self) {
        let whole = self.count & 56;
        let bytes = core::mem::take(&mut self.bytes);
        if let Some(first) = bytes.first_chunk_mut::<SLACK>() {
            // All eight bytes are put, whole or not, and the next ones over those that are not: no branch depends on the data.
            *first = self.pending.to_le_bytes();
            self.bytes = &mut bytes[(whole / 8) as usize..];
        }
        self.pending >>= whole;
        self.count %= 8;
    }

    #[inline(always)]
    pub(crate) fn push_all(&mut self, pieces: &[Bits]) {
        for &bits in pieces {
            self.push(bits);
        }
    }

    /// How many whole bytes there are, and the bits behind them.
    pub(crate) fn split(self) -> (usize, Bits) {
        (self.room - self.bytes.len(), Bits { value: self.pending, count: self.count })
    }

    /// Fills the last byte with zeros and says how many bytes there are.
    pub(crate) fn finish(self) -> usize {
        let (len, rest) = self.split();
        len + rest.count.div_ceil(8) as usize
    }
}

/// The symbol of a match of that length, 3 to 258, and its extra bits (3.2.5).
pub(crate) fn length_symbol(length: usize) -> (usize, Bits) {
    if length == LONGEST_MATCH {
        return (285, Bits::default());
    }
    let (symbol, extra) = ranged_symbol(length - SHORTEST_MATCH, 2);
    (257 + symbol, extra)
}

/// The symbol of a distance, 1 to 32,768, and its extra bits (3.2.5).
pub(crate) fn distance_symbol(distance: usize) -> (usize, Bits) {
    ranged_symbol(distance - 1, 1)
}

/// Lengths and distances share one scheme: the number's leading bits, `bits` of them behind the first one, choose the
/// symbol, the bits that follow are extra.
fn ranged_symbol(number: usize, bits: u32) -> (usize, Bits) {
    let extra = (number.max(1).ilog2()).saturating_sub(bits);
    let symbol = (extra << bits) as usize + (number >> extra);
    (symbol, Bits { value: number as u64 & ((1 << extra) - 1), count: extra })
}

/// A step of the coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Literal(u8),
    Match { length: usize, distance: usize },
}

impl Token {
    /// The match of so many bytes so many bytes back, if the format has it.
    pub(crate) fn matched(length: usize, distance: usize) -> Option<Self> {
        let is_one = (SHORTEST_MATCH..=LONGEST_MATCH).contains(&length) && (1..=WINDOW).contains(&distance);
        is_one.then_some(Self::Match { length, distance })
    }

    /// Bytes that it stands for.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Literal(_) => 1,
            Self::Match { length, .. } => length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_of_lengths_and_distances_are_those_of_the_format_s_tables() {
        // RFC 1951, 3.2.5: the first of each symbol and how many extra bits it has.
        let lengths =
            [(3, 257, 0), (10, 264, 0), (11, 265, 1), (17, 268, 1), (19, 269, 2), (115, 280, 4), (131, 281, 5)];
        for (length, symbol, extra) in lengths {
            assert_eq!(length_symbol(length), (symbol, Bits { value: 0, count: extra }));
        }
        assert_eq!(length_symbol(257), (284, Bits { value: 30, count: 5 }));
        assert_eq!(length_symbol(258), (285, Bits::default()));
        let distances = [(1, 0, 0), (4, 3, 0), (5, 4, 1), (9, 6, 2), (257, 16, 7), (16_385, 28, 13), (24_577, 29, 13)];
        for (distance, symbol, extra) in distances {
            assert_eq!(distance_symbol(distance), (symbol, Bits { value: 0, count: extra }));
        }
        assert_eq!(distance_symbol(32_768), (29, Bits { value: 8_191, count: 13 }));
    }

    #[test]
    fn there_is_a_match_of_every_length_and_distance_that_the_format_has_and_of_no_other() {
        for (length, distance) in [(3, 1), (258, 32_768)] {
            assert_eq!(Token::matched(length, distance), Some(Token::Match { length, distance }));
        }
        for (length, distance) in [(2, 1), (259, 1), (3, 0), (3, 32_769)] {
            assert_eq!(Token::matched(length, distance), None);
        }
    }

    #[test]
    fn every_length_and_distance_has_the_symbol_and_the_extra_bits_of_its_range() {
        // RFC 1951, 3.2.5: the first `plain` symbols have no extra bits, the next `each` have one, the next `each` two, and so on.
        let check = |of: fn(usize) -> (usize, Bits),
                     mut number: usize,
                     last: usize,
                     first: usize,
                     plain: usize,
                     each: usize| {
            for symbol in 0.. {
                let extra = if symbol < plain { 0 } else { 1 + (symbol - plain) / each };
                for value in 0..1 << extra {
                    if number > last {
                        return;
                    }
                    assert_eq!(of(number), (first + symbol, Bits { value, count: extra as u32 }), "{number}");
                    number += 1;
                }
            }
        };
        check(length_symbol, SHORTEST_MATCH, 257, 257, 8, 4);
        check(distance_symbol, 1, 32_768, 0, 4, 2);
    }

    #[test]
    fn any_number_of_bits_behind_any_other_is_written_bit_by_bit() {
        let mut bytes = [0xFF; 24];
        for (before, count) in (0..8).flat_map(|before| (0..=MOST_BITS).map(move |count| (before, count))) {
            for value in [0, u64::MAX, 0x5A5A_5A5A_5A5A_5A5A, 0x0123_4567_89AB_CDEF] {
                let bits = [(0x6D, before), (value, count), (1, 1)];
                let bits = bits.map(|(value, count)| Bits { value: value & ((1 << count) - 1), count });
                let mut out = BitWriter::new(&mut bytes);
                out.push_all(&bits);
                let len = out.finish();
                let mut wanted: Vec<u64> =
                    bits.iter().flat_map(|bits| (0..bits.count).map(|i| bits.value >> i & 1)).collect();
                wanted.resize(wanted.len().next_multiple_of(8), 0);
                let written = bytes[..len].iter().flat_map(|byte| (0..8).map(move |i| u64::from(byte >> i & 1)));
                assert!(written.eq(wanted), "{before} and {count} bits");
            }
        }
    }
}
