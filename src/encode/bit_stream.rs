//! Segments to data codewords: headers, ECI, terminator, pad codewords (ISO/IEC 18004:2015, 7.4).
//!
//! Knows [`segment`](super::segment)s; nothing of blocks or parity.

use alloc::vec::Vec;

use super::characters::ALPHANUMERIC_CHARACTERS;
use super::segment::{Band, Mode, Segment};
use crate::number::checked_conversions;

/// The number of an Extended Channel Interpretation (ECI), 0 to 999,999.
///
/// An ECI in a symbol tells readers what its bytes mean (Table 4 of ISO/IEC 18004:2015). AIM assigns the numbers: 3 is
/// ISO 8859-1, 20 is Shift JIS, 26 is UTF-8.
///
/// ```
/// use qrmint::Eci;
/// assert_eq!(Eci::UTF_8.number(), 26);
/// assert_eq!("26".parse(), Ok(Eci::UTF_8));
/// assert!(Eci::try_from(1_000_000).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Eci(u32);

impl Eci {
    /// UTF-8, which has the number 26.
    ///
    /// ```
    /// assert_eq!(qrmint::Eci::UTF_8.number(), 26);
    /// ```
    pub const UTF_8: Self = Self(26);

    /// Creates the ECI with this number. Returns `None` if `number` is above 999,999.
    ///
    /// ```
    /// use qrmint::Eci;
    /// assert_eq!(Eci::new(26), Some(Eci::UTF_8));
    /// assert_eq!(Eci::new(1_000_000), None);
    /// ```
    pub const fn new(number: u32) -> Option<Self> {
        if number <= 999_999 { Some(Self(number)) } else { None }
    }

    /// Returns the number of the ECI, 0 to 999,999.
    ///
    /// ```
    /// assert_eq!(qrmint::Eci::UTF_8.number(), 26);
    /// ```
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Returns the length of the ECI designator in bits (Table 4).
    const fn designator_bits(self) -> u32 {
        match self.0 {
            0..128 => 8,
            128..16_384 => 16,
            _ => 24,
        }
    }

    /// Returns the length of the ECI header in bits: mode indicator and designator.
    pub(crate) const fn header_bits(self) -> u32 {
        4 + self.designator_bits()
    }
}

checked_conversions!(Eci: u32, number, 0 to 999_999);

/// The mode indicator of an ECI header (Table 2).
pub(crate) const ECI_INDICATOR: u32 = 0b0111;

/// The values of the alphanumeric characters (Table 5), by byte.
const ALPHANUMERIC_VALUE: [u8; 256] = {
    let mut table = [0; 256];
    let mut value = 0;
    while value < 45 {
        table[ALPHANUMERIC_CHARACTERS[value] as usize] = value as u8;
        value += 1;
    }
    table
};

/// Appends bits to bytes, the most significant bit first.
struct BitStream<'a> {
    bytes: &'a mut Vec<u8>,
    /// Bits not yet in `bytes`, from the most significant bit down.
    pending: u64,
    /// Number of pending bits, fewer than 32 between calls.
    count: u32,
}

impl BitStream<'_> {
    /// Appends the low `count` bits of `value`, 32 at most. The other bits of `value` must be zero.
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

    /// Appends the number that up to nine digits spell, in `count` bits.
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

    /// Appends zeros up to the end of a byte and flushes all pending bits.
    fn finish(self) {
        let pending = self.pending.to_be_bytes();
        self.bytes.extend_from_slice(&pending[..self.count.div_ceil(8) as usize]);
    }
}

/// Writes the `capacity` data codewords of the symbol to `data`: ECI header if any, segments, terminator, pad
/// codewords.
///
/// The segments must fit; the caller has counted their bits.
pub(crate) fn data_codewords(
    content: &[u8],
    segments: &[Segment],
    eci: Option<Eci>,
    band: Band,
    capacity: usize,
    data: &mut Vec<u8>,
) {
    data.clear();
    let mut stream = BitStream { bytes: data, pending: 0, count: 0 };
    if let Some(eci) = eci {
        stream.push(ECI_INDICATOR, 4);
        // The first bits of the designator tell its length: 0, 10 or 110.
        let length = [0, 0b10 << 14, 0b110 << 21][eci.designator_bits() as usize / 8 - 1];
        stream.push(length | eci.number(), eci.designator_bits());
    }
    for segment in segments {
        let content = &content[segment.range()];
        stream.push(segment.mode.indicator(), 4);
        stream.push(content.len() as u32, segment.mode.count_bits(band));
        match segment.mode {
            Mode::Numeric => stream.push_numeric(content),
            Mode::Alphanumeric => stream.push_alphanumeric(content),
            Mode::Byte => stream.push_bytes(content),
        }
    }
    // Terminator: four zeros, or as many as fit; then zeros up to the end of the codeword.
    let bits = 8 * stream.bytes.len() + stream.count as usize;
    stream.push(0, (8 * capacity - bits).min(4) as u32);
    stream.finish();
    let end = data.len();
    data.resize(capacity, 0xEC);
    for pad in data[end..].iter_mut().skip(1).step_by(2) {
        *pad = 0x11;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Data codewords of 1-L.
    const CAPACITY_1_L: usize = 19;

    fn segment(mode: Mode, content: &[u8]) -> [Segment; 1] {
        [Segment { mode, start: 0, end: content.len() }]
    }

    #[test]
    fn the_example_of_annex_i_has_the_printed_data_codewords() {
        // ISO/IEC 18004:2015, Annex I.2: "01234567" in a 1-M symbol.
        let mut data = Vec::new();
        let content = b"01234567";
        data_codewords(content, &segment(Mode::Numeric, content), None, Band::Versions1To9, 16, &mut data);
        let printed = [0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11];
        assert_eq!(data, printed);
    }

    #[test]
    fn the_terminator_is_truncated_where_the_symbol_is_full() {
        // 1-L has 152 bits: after 17 bytes all four zeros fit (4 + 8 + 136 + 4), after 41 digits one (14 + 137 + 1).
        let mut data = Vec::new();
        for (mode, content, last) in [(Mode::Byte, &[0xff; 17][..], 0xf0), (Mode::Numeric, &[b'9'; 41], 0b1100_0110)] {
            data_codewords(content, &segment(mode, content), None, Band::Versions1To9, CAPACITY_1_L, &mut data);
            assert_eq!((data.len(), data[18]), (CAPACITY_1_L, last));
        }
    }

    #[test]
    fn eci_designators_of_all_lengths_follow_table_4() {
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
            data_codewords(b"", &segment(Mode::Byte, b""), eci, Band::Versions1To9, CAPACITY_1_L, &mut data);
            assert_eq!(data[..4], bytes, "{number}");
        }
    }
}
