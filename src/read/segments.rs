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
            Mode::Byte => {
                content.reserve(count);
                for _ in 0..count {
                    content.push(bits.take(8)? as u8);
                }
            }
        }
    }
    check_end(bits)?;
    Ok(content)
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

/// Reads the designator of an ECI and checks that it is the shortest.
fn eci(bits: &mut Bits<'_>) -> Result<(), ReadError> {
    let bit = bits.at;
    let first = bits.take(8)?;
    let (number, least) = match first {
        0..0x80 => (first, 0),
        0x80..0xC0 => ((first & 0x3F) << 8 | bits.take(8)?, 1 << 7),
        0xC0..0xE0 => ((first & 0x1F) << 16 | bits.take(16)?, 1 << 14),
        _ => return Err(ReadError::Eci { bit }),
    };
    if (least..1_000_000).contains(&number) { Ok(()) } else { Err(ReadError::Eci { bit }) }
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
