//! The format information: which level and mask a symbol has, written twice beside the finder patterns (ISO/IEC 18004:2015,
//! 7.9.1 and Annex C), and the dark module, which stands at the end of it.
//!
//! Knows levels, masks and places in lines; nothing of what else a symbol holds.

use super::layout::Plane;
use crate::simd::{Lanes, Register};
use crate::version::ErrorCorrectionLevel;

/// The line, row or column, that carries format information along it; every other line has a module of it at most, in
/// this place.
pub(crate) const LINE: usize = 8;

/// The bit of format information that is the dark module: always one.
const DARK: u32 = 15;

/// The format information of each level and mask: a (15, 5) BCH code, masked, and the bit [`DARK`].
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

/// Modules at either end of row and column [`LINE`] that format information stands in.
pub(crate) const NEAR: usize = 9;
/// See [`NEAR`]. The last of them, in a column, is the dark module.
pub(crate) const FAR: usize = 8;

/// Format information along row and column [`LINE`] at each level: bit `i` of the first lanes is module `i`, bit `i` of the
/// second ones is module `size - FAR + i`. 1,024 bytes.
static ALONG: [[[Lanes; 2]; 4]; 2] = {
    let mut along = [[[Lanes::ZERO; 2]; 4]; 2];
    let mut level = 0;
    while level < 4 {
        let mut mask = 0;
        while mask < 8 {
            let mut i = 0;
            while i < 16 {
                let (row_end, row_place, row_bit) = place(Plane::Rows, i);
                let (column_end, column_place, column_bit) = place(Plane::Columns, i);
                let all = ALL[level][mask];
                along[Plane::Rows as usize][level][row_end].0[mask] |= (all >> row_bit & 1) << row_place;
                along[Plane::Columns as usize][level][column_end].0[mask] |= (all >> column_bit & 1) << column_place;
                i += 1;
            }
            mask += 1;
        }
        level += 1;
    }
    along
};

/// Where the `i`-th module of format information stands along row or column [`LINE`], with the dark module at the end of
/// the column's: at which end, in which place there, and which bit it is (Figure 25).
const fn place(along: Plane, i: usize) -> (usize, usize, u32) {
    let (end, place) = match i {
        0..6 => (0, i),
        // The timing pattern comes between.
        6..8 => (0, i + 1),
        _ => (1, i - FAR),
    };
    let i = i as u32;
    let bit = match along {
        Plane::Rows if i < 8 => 14 - i,
        Plane::Rows => 15 - i,
        Plane::Columns if i == 8 => DARK,
        Plane::Columns => i - i / 8,
    };
    (end, place, bit)
}

/// The modules along row or column [`LINE`] for all masks: those at its beginning, the first lowest, and those at its end.
pub(crate) fn along(plane: Plane, level: ErrorCorrectionLevel) -> &'static [Lanes; 2] {
    &ALONG[plane as usize][level as usize]
}

/// The word of line [`LINE`] that holds these modules, of its beginning and its end.
#[inline(always)]
pub(crate) fn word<R: Register>(near: R, far: R, size: usize, word: usize) -> R {
    let near = if word == 0 { near } else { R::splat(0) };
    // Modules that belong to another word fall off.
    let (end, start) = (size - FAR, 64 * word);
    near | if end >= start { far.up_by((end - start) as u32) } else { far.down_by((start - end) as u32) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_information_is_the_printed_one() {
        // Annex C.2: level M, mask 5.
        assert_eq!(ALL[ErrorCorrectionLevel::M as usize][5], 1 << DARK | 0b100_0000_1100_1110);
    }

    /// Figure 25, where bit 14 is the first.
    #[test]
    fn modules_stand_where_the_standard_shows_them() {
        let rows = [14, 13, 12, 11, 10, 9, 8, 7, 7, 6, 5, 4, 3, 2, 1, 0];
        let columns = [0, 1, 2, 3, 4, 5, 6, 7, DARK, 8, 9, 10, 11, 12, 13, 14];
        for i in 0..16_usize {
            let expected = [(0, i), (0, i + 1), (1, i.wrapping_sub(8))][usize::from(i >= 6) + usize::from(i >= 8)];
            assert_eq!(place(Plane::Rows, i), (expected.0, expected.1, rows[i]));
            assert_eq!(place(Plane::Columns, i), (expected.0, expected.1, columns[i]));
        }
    }

    #[test]
    fn any_two_differ_in_seven_bits_at_least() {
        let all: Vec<u64> = ALL.as_flattened().to_vec();
        for (i, a) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|b| (a ^ b).count_ones() >= 7));
            assert_eq!(a >> DARK, 1);
        }
    }
}
