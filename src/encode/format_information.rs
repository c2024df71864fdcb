//! The format information, which tells level and mask twice beside the finder patterns (ISO/IEC 18004:2015, 7.9.1 and
//! Annex C), and the dark module at its end.
//!
//! Knows levels, masks and the lines of a plane; nothing of the rest of a symbol.

use super::layout::Plane;
use crate::simd::{Lanes, Register};
use crate::version::ErrorCorrectionLevel;

/// The row and the column that format information runs along. Every other line crosses it in this module, if at all.
pub(crate) const LINE: usize = 8;

/// The bit that stands for the dark module: always one.
const DARK: u32 = 15;

/// The format information of each level and mask: a (15, 5) BCH code, masked, with the bit [`DARK`].
const ALL: [[u64; 8]; 4] = {
    let mut all = [[0; 8]; 4];
    let mut level = 0;
    while level < 4 {
        let mut mask = 0;
        while mask < 8 {
            let data = ErrorCorrectionLevel::ALL[level].format_bits() << 3 | mask as u32;
            let mut remainder = data;
            let mut i = 0;
            while i < 10 {
                remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537);
                i += 1;
            }
            let information = (data << 10 | remainder) ^ 0x5412;
            all[level][mask] = (information | 1 << DARK) as u64;
            mask += 1;
        }
        level += 1;
    }
    all
};

/// Length of the format information at the beginning of row and column [`LINE`], in modules. It includes the timing
/// pattern.
pub(crate) const FIRST_LEN: usize = 9;
/// Length of the format information at the end of row and column [`LINE`], in modules. In the column it includes the
/// dark module.
pub(crate) const LAST_LEN: usize = 8;

/// Format information along row and column [`LINE`] at each level: bit `i` of the first lanes is module `i`, bit `i` of
/// the second lanes is module `size - LAST_LEN + i`. 1,024 bytes.
static ALONG: [[[Lanes; 2]; 4]; 2] = {
    let mut along = [[[Lanes::ZERO; 2]; 4]; 2];
    let mut level = 0;
    while level < 4 {
        let mut mask = 0;
        while mask < 8 {
            let mut i = 0;
            while i < 16 {
                let (row_end, row_module, row_bit) = position(Plane::Rows, i);
                let (column_end, column_module, column_bit) = position(Plane::Columns, i);
                let all = ALL[level][mask];
                along[Plane::Rows as usize][level][row_end].0[mask] |= (all >> row_bit & 1) << row_module;
                along[Plane::Columns as usize][level][column_end].0[mask] |= (all >> column_bit & 1) << column_module;
                i += 1;
            }
            mask += 1;
        }
        level += 1;
    }
    along
};

/// Returns the position of the `i`-th module of format information along row or column [`LINE`] (Figure 25): the end of
/// the line, 0 or 1, the module at that end, and the bit that it shows.
const fn position(along: Plane, i: usize) -> (usize, usize, u32) {
    let (end, module) = match i {
        0..6 => (0, i),
        // The timing pattern lies between.
        6..8 => (0, i + 1),
        _ => (1, i - LAST_LEN),
    };
    let i = i as u32;
    let bit = match along {
        Plane::Rows if i < 8 => 14 - i,
        Plane::Rows => 15 - i,
        Plane::Columns if i == 8 => DARK,
        Plane::Columns => i - i / 8,
    };
    (end, module, bit)
}

/// Returns the modules along row or column [`LINE`] for all masks: those at its beginning and those at its end, the
/// first module in the lowest bit.
pub(crate) fn along(plane: Plane, level: ErrorCorrectionLevel) -> &'static [Lanes; 2] {
    &ALONG[plane as usize][level as usize]
}

/// Returns word `word` of line [`LINE`] with the modules `first` at the beginning of the line and `last` at its end.
#[inline(always)]
pub(crate) fn word<R: Register>(first: R, last: R, size: usize, word: usize) -> R {
    let first = if word == 0 { first } else { R::splat(0) };
    // Modules that belong to another word are shifted out.
    let (module, start) = (size - LAST_LEN, 64 * word);
    first | if module >= start { last.up_by((module - start) as u32) } else { last.down_by((start - module) as u32) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_information_of_level_m_and_mask_5_is_the_one_of_annex_c() {
        // Annex C.2.
        assert_eq!(ALL[ErrorCorrectionLevel::M as usize][5], 1 << DARK | 0b100_0000_1100_1110);
    }

    #[test]
    fn positions_are_those_of_figure_25() {
        // Bit 14 comes first.
        let rows = [14, 13, 12, 11, 10, 9, 8, 7, 7, 6, 5, 4, 3, 2, 1, 0];
        let columns = [0, 1, 2, 3, 4, 5, 6, 7, DARK, 8, 9, 10, 11, 12, 13, 14];
        for i in 0..16_usize {
            let expected = [(0, i), (0, i + 1), (1, i.wrapping_sub(8))][usize::from(i >= 6) + usize::from(i >= 8)];
            assert_eq!(position(Plane::Rows, i), (expected.0, expected.1, rows[i]));
            assert_eq!(position(Plane::Columns, i), (expected.0, expected.1, columns[i]));
        }
    }

    #[test]
    fn any_two_differ_in_at_least_seven_bits() {
        let all: Vec<u64> = ALL.as_flattened().to_vec();
        for (i, a) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|b| (a ^ b).count_ones() >= 7));
            assert_eq!(a >> DARK, 1);
        }
    }
}
