//! The DEFLATE format (RFC 1951) as far as a writer needs it that knows its data: a stream of bits, prefix codes, the symbols
//! of matches, the header of a block with codes of its own.
//!
//! Knows nothing of pixels.

/// Symbols of the alphabet of literals and lengths that a block may use.
pub(crate) const SYMBOLS: usize = 286;
/// Symbols of the alphabet of distances that a block may use.
const DISTANCES: usize = 30;
/// The symbol that ends a block.
pub(crate) const END_OF_BLOCK: usize = 256;
/// The longest match.
pub(crate) const LONGEST_MATCH: usize = 258;
/// The shortest match.
pub(crate) const SHORTEST_MATCH: usize = 3;
/// Bytes that no header is longer than: 17 bits, 19 lengths of 3 bits, and for every symbol its length of up to 7 bits and 7
/// extra bits.
pub(crate) const LONGEST_HEADER: usize = (17 + 19 * 3 + (SYMBOLS + DISTANCES) * 14).div_ceil(8);
/// The order in which a header gives the lengths of the code of code lengths (3.2.7).
const CODE_LENGTH_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// The longest code of a code of code lengths, which a header gives in three bits each.
const LONGEST_LENGTH_CODE: u8 = 7;

/// Bits in the order of the format, the first at the bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits {
    pub(crate) value: u64,
    /// At most [`MOST_BITS`].
    pub(crate) count: u32,
}

/// The most bits that can be pushed at once: with fewer than eight that wait they fill a word.
pub(crate) const MOST_BITS: u32 = 56;

/// Bytes that must be left behind the last whole one.
pub(crate) const SLACK: usize = 8;

/// Puts bits into bytes, the first at the bottom of a byte.
pub(crate) struct BitWriter<'a> {
    bytes: &'a mut [u8],
    /// Whole bytes put.
    len: usize,
    pending: u64,
    /// Fewer than eight between calls.
    count: u32,
}

impl<'a> BitWriter<'a> {
    /// Begins at the first of `bytes`, which must be enough, [`SLACK`] included.
    pub(crate) fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes, len: 0, pending: 0, count: 0 }
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, bits: Bits) {
        self.pending |= bits.value << self.count;
        self.count += bits.count;
        // All eight bytes are put, whole or not, and the next ones over those that are not: no branch depends on the data.
        if let Some(bytes) = self.bytes[self.len..].first_chunk_mut::<SLACK>() {
            *bytes = self.pending.to_le_bytes();
        }
        self.len += (self.count / 8) as usize;
        self.pending >>= self.count & !7;
        self.count %= 8;
    }

    /// How many whole bytes there are, and the bits behind them.
    pub(crate) fn split(self) -> (usize, Bits) {
        (self.len, Bits { value: self.pending, count: self.count })
    }

    /// Fills the last byte with zeros and says how many bytes there are.
    pub(crate) fn finish(self) -> usize {
        self.len + self.count.div_ceil(8) as usize
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

/// The lengths of an optimal prefix code for symbols that occur so often, none longer than `longest`; 0 for symbols
/// that never occur. At least two must.
pub(crate) fn code_lengths<const N: usize>(counts: &[u32; N], longest: u8) -> [u8; N] {
    let mut counts = *counts;
    loop {
        let lengths = huffman(&counts);
        if lengths.iter().all(|&length| length <= longest) {
            return lengths;
        }
        // Halving brings the counts closer together and so shortens the longest codes.
        for count in counts.iter_mut().filter(|count| **count > 0) {
            *count = count.div_ceil(2);
        }
    }
}

/// Huffman's construction: joins the two rarest until one is left.
fn huffman<const N: usize>(counts: &[u32; N]) -> [u8; N] {
    let mut trees: Vec<(u64, Vec<usize>)> =
        (0..N).filter(|&symbol| counts[symbol] > 0).map(|symbol| (counts[symbol].into(), vec![symbol])).collect();
    let mut lengths = [0; N];
    while trees.len() > 1 {
        trees.sort_by_key(|(count, symbols)| core::cmp::Reverse((*count, symbols.len())));
        if let (Some((first, symbols)), Some((second, more))) = (trees.pop(), trees.pop()) {
            let symbols = [symbols, more].concat();
            for &symbol in &symbols {
                lengths[symbol] += 1;
            }
            trees.push((first + second, symbols));
        }
    }
    lengths
}

/// The canonical prefix code with these lengths (3.2.2).
pub(crate) fn codes<const N: usize>(lengths: &[u8; N]) -> [Bits; N] {
    let mut codes = [Bits::default(); N];
    let mut next = 0;
    for length in 1..=15 {
        next <<= 1;
        for symbol in (0..N).filter(|&symbol| lengths[symbol] == length) {
            let count = u32::from(length);
            codes[symbol] = Bits { value: u64::from(u32::reverse_bits(next) >> (32 - count)), count };
            next += 1;
        }
    }
    codes
}

/// Pushes the header of a block, the last one, whose codes have these lengths (3.2.7).
pub(crate) fn push_header(out: &mut BitWriter<'_>, symbols: &[u8; SYMBOLS], distances: &[u8; DISTANCES]) {
    let used =
        |lengths: &[u8], least: usize| lengths.iter().rposition(|&length| length > 0).map_or(0, |i| i + 1).max(least);
    let (symbol_count, distance_count) = (used(symbols, 257), used(distances, 1));
    let lengths: Vec<u8> = symbols[..symbol_count].iter().chain(&distances[..distance_count]).copied().collect();

    // Run lengths: 16 repeats the last length 3 to 6 times, 17 and 18 stand for 3 to 10 and 11 to 138 zeros.
    let mut tokens: Vec<(usize, Bits)> = Vec::new();
    let mut counts = [0; 19];
    for run in lengths.chunk_by(|a, b| a == b) {
        let length = usize::from(run[0]);
        let mut left = run.len();
        if length > 0 {
            tokens.push((length, Bits::default()));
            left -= 1;
        }
        while left > 0 {
            let (symbol, longest, extra) = match (length, left) {
                (0, 11..) => (18, 138, 7),
                (0, 3..) => (17, 10, 3),
                (1.., 3..) => (16, 6, 2),
                _ => (length, 1, 0),
            };
            let taken = left.min(longest);
            let shortest = if symbol == 18 { 11 } else { 3 };
            tokens.push((symbol, Bits { value: taken.saturating_sub(shortest) as u64, count: extra }));
            left -= taken;
        }
    }
    for (symbol, _) in &tokens {
        counts[*symbol] += 1;
    }
    let length_lengths = code_lengths(&counts, LONGEST_LENGTH_CODE);
    let length_codes = codes(&length_lengths);
    let order_count =
        CODE_LENGTH_ORDER.iter().rposition(|&symbol| length_lengths[symbol] > 0).map_or(4, |i| (i + 1).max(4));

    out.push(Bits { value: 0b101, count: 3 });
    out.push(Bits { value: symbol_count as u64 - 257, count: 5 });
    out.push(Bits { value: distance_count as u64 - 1, count: 5 });
    out.push(Bits { value: order_count as u64 - 4, count: 4 });
    for symbol in &CODE_LENGTH_ORDER[..order_count] {
        out.push(Bits { value: length_lengths[*symbol].into(), count: 3 });
    }
    for (symbol, extra) in tokens {
        out.push(length_codes[symbol]);
        out.push(extra);
    }
}
