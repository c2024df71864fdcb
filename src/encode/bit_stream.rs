//! Segments to codewords: bit stream, terminator, padding, blocks, parity, interleaving (ISO/IEC 18004:2015, 7.4 to 7.6).
//!
//! Knows segments and the block structure; nothing of where a codeword lies in the symbol.

use alloc::vec::Vec;

use super::reed_solomon::Divisor;
use super::segment::{ALPHANUMERIC_CHARACTERS, Band, Mode, Segment};
use crate::version::Blocks;

/// The number of an Extended Channel Interpretation, 0 to 999,999: what the bytes of a symbol mean to its reader.
///
/// ```
/// use qrmint::Eci;
/// assert_eq!(Eci::UTF_8.number(), 26);
/// assert_eq!(Eci::new(1_000_000), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Eci(u32);

impl Eci {
    /// UTF-8, number 26.
    pub const UTF_8: Self = Self(26);

    /// The interpretation of that number; `None` above 999,999.
    pub const fn new(number: u32) -> Option<Self> {
        if number <= 999_999 { Some(Self(number)) } else { None }
    }

    /// The number, 0 to 999,999.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Bits of the ECI designator (Table 4).
    const fn designator_bits(self) -> u32 {
        match self.0 {
            0..128 => 8,
            128..16_384 => 16,
            _ => 24,
        }
    }

    /// Bits of the ECI header: mode indicator and designator.
    pub(crate) const fn header_bits(self) -> u32 {
        4 + self.designator_bits()
    }
}

/// The mode indicator of an ECI header (Table 2).
const ECI_INDICATOR: u32 = 0b0111;

/// The value of an alphanumeric character (Table 5), by byte.
const ALPHANUMERIC_VALUE: [u8; 256] = {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 45 {
        table[ALPHANUMERIC_CHARACTERS[value] as usize] = value as u8;
        value += 1;
    }
    table
};

/// Appends bits, the most significant first, to bytes.
struct BitStream<'a> {
    bytes: &'a mut Vec<u8>,
    /// Bits not yet in `bytes`, from the top down.
    pending: u64,
    /// How many: fewer than 32 between calls.
    count: u32,
}

impl BitStream<'_> {
    /// Appends the low `count` bits of `value`, 32 at most; the others are zero.
    #[inline]
    fn push(&mut self, value: u32, count: u32) {
        self.pending |= u64::from(value) << (32 - count) << 32 >> self.count;
        self.count += count;
        if self.count >= 32 {
            self.bytes.extend_from_slice(&((self.pending >> 32) as u32).to_be_bytes());
            self.pending <<= 32;
            self.count -= 32;
        }
    }

    /// Appends the value of up to nine digits, in `count` bits.
    fn push_digits(&mut self, digits: &[u8], count: u32) {
        self.push(digits.iter().fold(0, |number, digit| 10 * number + u32::from(digit - b'0')), count);
    }

    fn push_numeric(&mut self, content: &[u8]) {
        let (groups, rest) = content.as_chunks::<3>();
        for group in groups {
            self.push_digits(group, 10);
        }
        if !rest.is_empty() {
            self.push_digits(rest, 3 * rest.len() as u32 + 1);
        }
    }

    fn push_alphanumeric(&mut self, content: &[u8]) {
        let value = |byte: u8| u32::from(ALPHANUMERIC_VALUE[byte as usize]);
        let (pairs, rest) = content.as_chunks::<2>();
        for &[first, second] in pairs {
            self.push(45 * value(first) + value(second), 11);
        }
        if let &[last] = rest {
            self.push(value(last), 6);
        }
    }

    fn push_bytes(&mut self, content: &[u8]) {
        let (words, rest) = content.as_chunks::<4>();
        for word in words {
            let word = u32::from_be_bytes(*word);
            self.pending |= u64::from(word) << (32 - self.count);
            self.bytes.extend_from_slice(&((self.pending >> 32) as u32).to_be_bytes());
            self.pending <<= 32;
        }
        for &byte in rest {
            self.push(byte.into(), 8);
        }
    }

    /// Appends zeros up to the end of a byte and gives all to `bytes`.
    fn finish(self) {
        let pending = self.pending.to_be_bytes();
        self.bytes.extend_from_slice(&pending[..self.count.div_ceil(8) as usize]);
    }
}

/// Writes the data codewords of the symbol to `data`: ECI header if any, segments, terminator, padding.
///
/// The segments must fit: the caller has counted their bits.
pub(crate) fn data_codewords(
    content: &[u8],
    segments: &[Segment],
    eci: Option<Eci>,
    band: Band,
    blocks: Blocks,
    data: &mut Vec<u8>,
) {
    data.clear();
    let capacity = blocks.data_codewords();
    let mut stream = BitStream { bytes: data, pending: 0, count: 0 };
    if let Some(eci) = eci {
        stream.push(ECI_INDICATOR, 4);
        // The leading ones of the designator say how long it is: 0, 10 or 110.
        let length = [0, 0b10 << 14, 0b110 << 21][eci.designator_bits() as usize / 8 - 1];
        stream.push(length | eci.number(), eci.designator_bits());
    }
    for segment in segments {
        let content = &content[segment.start..segment.end];
        stream.push(segment.mode.indicator(), 4);
        stream.push(content.len() as u32, segment.mode.count_bits(band));
        match segment.mode {
            Mode::Numeric => stream.push_numeric(content),
            Mode::Alphanumeric => stream.push_alphanumeric(content),
            Mode::Byte => stream.push_bytes(content),
        }
    }
    // The terminator: four zeros, or as many as there is room for; then zeros to the end of the codeword.
    let bits = 8 * stream.bytes.len() + stream.count as usize;
    stream.push(0, (8 * capacity - bits).min(4) as u32);
    stream.finish();
    let end = data.len();
    data.resize(capacity, 0xEC);
    for pad in data[end..].iter_mut().skip(1).step_by(2) {
        *pad = 0x11;
    }
}

/// Writes all codewords of the symbol to `all`, in the order in which they are placed: data codewords of all blocks in
/// turn, then parity codewords in turn.
#[inline(always)]
pub(crate) fn interleave(data: &[u8], blocks: Blocks, all: &mut Vec<u8>) {
    let Blocks { count, long, short_data, parity } = blocks;
    all.clear();
    all.resize(data.len() + count * parity, 0);
    let (all_data, all_parity) = all.split_at_mut(data.len());
    let (turns, last_turn) = all_data.split_at_mut(count * short_data);
    let mut out = Interleaved { data, blocks, first_long: count - long, turns, last_turn, all_parity };
    let divisor = Divisor::of(parity);
    // As many at once as make up for each other's waiting.
    let mut first = 0;
    while first + 2 < count {
        out.write::<4>(divisor, first);
        first += 4;
    }
    if first < count {
        out.write::<2>(divisor, first);
    }
}

/// Where the codewords of each block go.
struct Interleaved<'a> {
    data: &'a [u8],
    blocks: Blocks,
    first_long: usize,
    /// A data codeword of every block in each turn but the last, which only the long blocks have.
    turns: &'a mut [u8],
    last_turn: &'a mut [u8],
    all_parity: &'a mut [u8],
}

impl<'a> Interleaved<'a> {
    fn block(&self, i: usize) -> &'a [u8] {
        let Blocks { short_data, .. } = self.blocks;
        let start = i * short_data + i.saturating_sub(self.first_long);
        &self.data[start..start + short_data + usize::from(i >= self.first_long)]
    }

    /// Writes `N` blocks from the `first` on; where there are fewer, the last stands in for those that lack.
    #[inline(always)]
    fn write<const N: usize>(&mut self, divisor: Divisor, first: usize) {
        let Blocks { count, short_data, .. } = self.blocks;
        let mut blocks = [&[][..]; N];
        for (i, block) in blocks.iter_mut().enumerate() {
            *block = self.block((first + i).min(count - 1));
        }
        let parities = divisor.parity(blocks);
        for (i, (block, parity)) in (first..count).zip(blocks.into_iter().zip(&parities)) {
            for (turn, &codeword) in self.turns.chunks_exact_mut(count).zip(block) {
                turn[i] = codeword;
            }
            if let Some(&codeword) = block.get(short_data) {
                self.last_turn[i - self.first_long] = codeword;
            }
            for (turn, &codeword) in self.all_parity.chunks_exact_mut(count).zip(parity) {
                turn[i] = codeword;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorCorrectionLevel, Version};

    fn segment(mode: Mode, content: &[u8]) -> [Segment; 1] {
        [Segment { mode, start: 0, end: content.len() }]
    }

    #[test]
    fn the_example_of_annex_i_gives_its_printed_codewords() {
        // ISO/IEC 18004:2015, Annex I.2: "01234567" in a 1-M symbol.
        let blocks = Blocks::of(Version::MIN, ErrorCorrectionLevel::M);
        let (mut data, mut all) = (Vec::new(), Vec::new());
        let content = b"01234567";
        data_codewords(content, &segment(Mode::Numeric, content), None, Band::Versions1To9, blocks, &mut data);
        let printed = [0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11];
        assert_eq!(data, printed);
        interleave(&data, blocks, &mut all);
        let parity = [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55];
        assert_eq!(all, [&printed[..], &parity].concat());
    }

    #[test]
    fn the_terminator_is_cut_where_no_room_is_left() {
        // 1-L has 152 bits: 17 bytes leave none of the four zeros out (4 + 8 + 136 + 4), 41 digits leave one (14 + 137 + 1).
        let blocks = Blocks::of(Version::MIN, ErrorCorrectionLevel::L);
        let mut data = Vec::new();
        for (mode, content, last) in [(Mode::Byte, &[0xff; 17][..], 0xf0), (Mode::Numeric, &[b'9'; 41], 0b1100_0110)] {
            data_codewords(content, &segment(mode, content), None, Band::Versions1To9, blocks, &mut data);
            assert_eq!((data.len(), data[18]), (19, last));
        }
    }

    #[test]
    fn every_length_of_eci_designator_is_written_as_the_standard_says() {
        let blocks = Blocks::of(Version::MIN, ErrorCorrectionLevel::L);
        let mut data = Vec::new();
        for (number, bytes) in [
            (0, [0x70, 0x04, 0x00, 0x00]),
            (127, [0x77, 0xF4, 0x00, 0x00]),
            (128, [0x78, 0x08, 0x04, 0x00]),
            (16_383, [0x7B, 0xFF, 0xF4, 0x00]),
            (16_384, [0x7C, 0x04, 0x00, 0x04]),
            (999_999, [0x7C, 0xF4, 0x23, 0xF4]),
        ] {
            let eci = Eci::new(number);
            data_codewords(b"", &segment(Mode::Byte, b""), eci, Band::Versions1To9, blocks, &mut data);
            assert_eq!(data[..4], bytes, "{number}");
        }
    }

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
}
