//! Data codewords to content: headers, characters, terminator, pad codewords (ISO/IEC 18004:2015, 7.4).
//!
//! Knows modes and the values of characters; nothing of blocks or modules.

use alloc::vec::Vec;

use super::error::ReadError;
use crate::encode::Mode;
use crate::encode::bit_stream::ECI_INDICATOR;
use crate::encode::characters::ALPHANUMERIC_CHARACTERS;
use crate::encode::segment::Band;
use crate::version::Version;

/// Reads the content of all segments, and checks what follows them.
pub(crate) fn content(data: &[u8], version: Version) -> Result<Vec<u8>, ReadError> {
    let band = Band::of(version);
    let mut bits = Bits { data, at: 0, begin: 0 };
    let mut content = Vec::new();
    // Where fewer than four bits are left, they are the terminator.
    while bits.left() >= 4 {
        bits.begin = bits.at;
        let indicator = bits.take(4)?;
        if indicator == 0 {
            bits.at = bits.begin;
            break;
        }
        if indicator == ECI_INDICATOR {
            eci(&mut bits)?;
            continue;
        }
        let mode = Mode::of(indicator).ok_or(ReadError::Mode { indicator: indicator as u8, bit: bits.begin })?;
        let count = bits.take(mode.count_bits(band))? as usize;
        if bits.left() < mode.data_bits(count) as usize {
            return Err(ReadError::CutOff { bit: bits.begin });
        }
        match mode {
            Mode::Numeric => numeric(&mut bits, count, &mut content)?,
            Mode::Alphanumeric => alphanumeric(&mut bits, count, &mut content)?,
            Mode::Byte => bytes(&mut bits, count, &mut content),
        }
    }
    check_end(bits)?;
    Ok(content)
}

/// Reads bytes, which are there.
fn bytes(bits: &mut Bits<'_>, count: usize, content: &mut Vec<u8>) {
    let (data, shift) = (&bits.data[bits.at / 8..], bits.at % 8);
    bits.at += 8 * count;
    if shift == 0 {
        content.extend_from_slice(&data[..count]);
    } else {
        content.extend(data.windows(2).take(count).map(|pair| pair[0] << shift | pair[1] >> (8 - shift)));
    }
}

/// Reads groups of three digits in ten bits; two in seven and one in four are the last.
fn numeric(bits: &mut Bits<'_>, count: usize, content: &mut Vec<u8>) -> Result<(), ReadError> {
    for done in (0..count).step_by(3) {
        let digits = (count - done).min(3);
        let (bit, number) = (bits.at, bits.take([4, 7, 10][digits - 1])?);
        if number >= [10, 100, 1_000][digits - 1] {
            return Err(ReadError::Characters { bit });
        }
        let all = [number / 100, number / 10 % 10, number % 10].map(|digit| b'0' + digit as u8);
        content.extend_from_slice(&all[3 - digits..]);
    }
    Ok(())
}

/// Reads pairs of characters in eleven bits; one in six is the last.
fn alphanumeric(bits: &mut Bits<'_>, count: usize, content: &mut Vec<u8>) -> Result<(), ReadError> {
    for done in (0..count).step_by(2) {
        let characters = (count - done).min(2);
        let (bit, number) = (bits.at, bits.take([6, 11][characters - 1])? as usize);
        if number >= [45, 45 * 45][characters - 1] {
            return Err(ReadError::Characters { bit });
        }
        let both = [number / 45, number % 45].map(|value| ALPHANUMERIC_CHARACTERS[value]);
        content.extend_from_slice(&both[2 - characters..]);
    }
    Ok(())
}

/// Reads the designator of an ECI. A small number may have a long one (Table 4).
fn eci(bits: &mut Bits<'_>) -> Result<(), ReadError> {
    let bit = bits.at;
    let first = bits.take(8)?;
    let number = match first {
        0..0x80 => first,
        0x80..0xC0 => (first & 0x3F) << 8 | bits.take(8)?,
        0xC0..0xE0 => (first & 0x1F) << 16 | bits.take(16)?,
        _ => return Err(ReadError::Eci { bit }),
    };
    if number < 1_000_000 { Ok(()) } else { Err(ReadError::Eci { bit }) }
}

/// Checks the bits after the last segment: four zeros or as many as fit, zeros up to the end of the codeword, pad
/// codewords.
fn check_end(mut bits: Bits<'_>) -> Result<(), ReadError> {
    let bit = bits.at;
    if bits.take(bits.left().min(4) as u32)? != 0 || bits.take((bits.left() % 8) as u32)? != 0 {
        return Err(ReadError::Terminator { bit });
    }
    let end = bits.at / 8;
    match bits.data[end..].iter().zip([0xEC, 0x11].into_iter().cycle()).position(|(&codeword, pad)| codeword != pad) {
        Some(i) => Err(ReadError::PadCodeword { codeword: end + i }),
        None => Ok(()),
    }
}

/// Reads bits, the most significant bit of each codeword first.
struct Bits<'a> {
    data: &'a [u8],
    /// Number of bits read.
    at: usize,
    /// The bit at which the segment begins that is being read.
    begin: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        8 * self.data.len() - self.at
    }

    /// Reads `count` bits, 16 at most.
    #[inline]
    fn take(&mut self, count: u32) -> Result<u32, ReadError> {
        if self.left() < count as usize {
            return Err(ReadError::CutOff { bit: self.begin });
        }
        let byte = |i: usize| u32::from(self.data.get(self.at / 8 + i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let shift = 24 - self.at as u32 % 8 - count;
        self.at += count as usize;
        Ok(bits >> shift & !(u32::MAX << count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::codewords;
    use crate::symbol::Symbol;
    use crate::version::ErrorCorrectionLevel;

    /// Reads fields of bits, each a value and a length, as the data of a symbol of version 1. What they do not fill is
    /// terminator and padding.
    fn read(fields: &[(u32, u32)]) -> Result<Vec<u8>, ReadError> {
        let bits = fields.iter().flat_map(|&(value, len)| (0..len).rev().map(move |i| value >> i & 1 != 0));
        let mut data = Vec::new();
        let len = bits.clone().count();
        data.resize((len + 4).div_ceil(8), 0);
        bits.enumerate().for_each(|(i, bit)| data[i / 8] |= u8::from(bit) << (7 - i % 8));
        data.extend([0xEC, 0x11, 0xEC, 0x11]);
        content(&data, Version::MIN)
    }

    const NUMERIC: (u32, u32) = (0b0001, 4);
    const ALPHANUMERIC: (u32, u32) = (0b0010, 4);
    const BYTE: (u32, u32) = (0b0100, 4);
    const ECI: (u32, u32) = (0b0111, 4);

    #[test]
    fn segments_of_all_modes_and_lengths_are_read() {
        assert_eq!(read(&[]).unwrap(), b"");
        for (digits, group) in [("7", (7, 4)), ("07", (7, 7)), ("007", (7, 10))] {
            assert_eq!(read(&[NUMERIC, (digits.len() as u32, 10), group]).unwrap(), digits.as_bytes());
        }
        assert_eq!(read(&[ALPHANUMERIC, (3, 9), (44 * 45 + 10, 11), (36, 6)]).unwrap(), b":A ");
        // One byte at each offset in a codeword.
        for digits in 0..8 {
            let numbers = (0..digits).map(|_| (7, 4)).flat_map(|digit| [NUMERIC, (1, 10), digit]);
            let fields: Vec<_> = numbers.chain([BYTE, (2, 8), (0xA5, 8), (0x3C, 8)]).collect();
            assert_eq!(read(&fields).unwrap(), [&b"77777777"[..digits], b"\xA5\x3C"].concat());
        }
        let longer = [(0b10 << 14 | 26, 16), (0b110 << 21 | 26, 24)];
        for designator in [(26, 8), (0b10 << 14 | 128, 16), (0b110 << 21 | 999_999, 24)].into_iter().chain(longer) {
            assert_eq!(read(&[ECI, designator, BYTE, (1, 8), (0xA5, 8)]).unwrap(), b"\xA5");
        }
    }

    #[test]
    fn a_wrong_header_or_group_is_an_error_at_its_bit() {
        let one = [NUMERIC, (1, 10), (7, 4)];
        for indicator in [0b0011, 0b0101, 0b0110, 0b1000, 0b1001, 0b1010, 0b1111] {
            let error = ReadError::Mode { indicator, bit: 18 };
            assert_eq!(read(&[one[0], one[1], one[2], (indicator.into(), 4)]), Err(error));
        }
        // More characters than there are bits.
        for header in [[NUMERIC, (1_000, 10)], [ALPHANUMERIC, (500, 9)], [BYTE, (255, 8)]] {
            assert_eq!(read(&[one[0], one[1], one[2], header[0], header[1]]), Err(ReadError::CutOff { bit: 18 }));
        }
        for (len, group) in [(1, (10, 4)), (2, (100, 7)), (3, (1_000, 10))] {
            assert_eq!(read(&[NUMERIC, (len, 10), group]), Err(ReadError::Characters { bit: 14 }));
        }
        for (len, group) in [(1, (45, 6)), (2, (2_025, 11))] {
            assert_eq!(read(&[ALPHANUMERIC, (len, 9), group]), Err(ReadError::Characters { bit: 13 }));
        }
        let eci = ReadError::Eci { bit: 4 };
        for (designator, why) in [((0b110 << 21 | 1_000_000, 24), "a million"), ((0b1110_0000, 8), "no such length")] {
            assert_eq!(read(&[ECI, designator]), Err(eci), "{why}");
        }
    }

    #[test]
    fn a_wrong_terminator_or_pad_codeword_is_an_error_at_its_place() {
        // Two bytes take 28 bits, the terminator four; pad codewords follow.
        let data = [0x40, 0x2A, 0x5A, 0x50, 0xEC, 0x11, 0xEC];
        assert_eq!(content(&data, Version::MIN).unwrap(), [0xA5, 0xA5]);
        for i in 4..data.len() {
            for bit in 0..8 {
                let mut wrong = data;
                wrong[i] ^= 1 << bit;
                assert_eq!(content(&wrong, Version::MIN), Err(ReadError::PadCodeword { codeword: i }));
            }
        }
        // A digit takes 18 bits, the terminator four, and two zeros complete the codeword.
        let data = [0x10, 0x05, 0xC0, 0xEC, 0x11];
        assert_eq!(content(&data, Version::MIN).unwrap(), b"7");
        for bit in 0..2 {
            let mut wrong = data;
            wrong[2] ^= 1 << bit;
            assert_eq!(content(&wrong, Version::MIN), Err(ReadError::Terminator { bit: 18 }));
        }
        // 41 digits leave one bit of 1-L, so the terminator is that bit.
        let symbol = Symbol::encode([b'9'; 41], ErrorCorrectionLevel::L).unwrap();
        let mut data = codewords::data(&symbol).unwrap();
        assert_eq!(content(&data, Version::MIN).unwrap(), [b'9'; 41]);
        data[18] ^= 1;
        assert_eq!(content(&data, Version::MIN), Err(ReadError::Terminator { bit: 151 }));
    }
}
