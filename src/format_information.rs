//! The format information: which level and mask a symbol has, written twice beside the finder patterns (ISO/IEC 18004:2015,
//! 7.9.1 and Annex C), and the dark module, which stands at the end of it.
//!
//! Knows levels, masks and places in lines; nothing of what else a symbol holds.

use crate::layout::Plane;
use crate::simd::Lanes;
use crate::version::{ErrorCorrectionLevel, Mask};

/// The line, row or column, that carries format information along it; every other line has a module of it at most, in
/// this place.
pub(crate) const LINE: usize = 8;

/// The bit of [`of`] that is the dark module: always one.
const DARK: u32 = 15;

/// Every format information: a (15, 5) BCH code, masked, and the bit [`DARK`].
static ALL: [[u64; 8]; 4] = {
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

/// The bits of the format information of that level and mask, and the dark module's.
pub(crate) fn of(level: ErrorCorrectionLevel, mask: Mask) -> u64 {
    ALL[level as usize][mask.index()]
}

/// The bits of all masks of each level, bit by bit: all ones or all zeros in the lane of each mask. 4,096 bytes.
static ALL_MASKS: [[Lanes; 16]; 4] = {
    let mut all = [[Lanes::ZERO; 16]; 4];
    let mut level = 0;
    while level < 4 {
        let mut mask = 0;
        while mask < 8 {
            let mut bit = 0;
            while bit < 16 {
                all[level][bit].0[mask] = 0_u64.wrapping_sub(ALL[level][mask] >> bit & 1);
                bit += 1;
            }
            mask += 1;
        }
        level += 1;
    }
    all
};

/// Bytes of the tables.
#[cfg(test)]
pub(crate) const TABLES: usize = size_of_val(&ALL) + size_of_val(&ALL_MASKS);

/// For each bit of [`of`], all ones or all zeros in the lane of each mask.
pub(crate) fn of_all_masks(level: ErrorCorrectionLevel) -> &'static [Lanes; 16] {
    &ALL_MASKS[level as usize]
}

/// Where along row [`LINE`] or column [`LINE`] a module stands, and which bit of [`of`] it is (Figure 25).
#[inline(always)]
pub(crate) const fn modules(along: Plane, size: usize) -> [(usize, u32); 16] {
    match along {
        Plane::Rows => [
            (0, 14),
            (1, 13),
            (2, 12),
            (3, 11),
            (4, 10),
            (5, 9),
            (7, 8),
            (8, 7),
            (size - 8, 7),
            (size - 7, 6),
            (size - 6, 5),
            (size - 5, 4),
            (size - 4, 3),
            (size - 3, 2),
            (size - 2, 1),
            (size - 1, 0),
        ],
        Plane::Columns => [
            (0, 0),
            (1, 1),
            (2, 2),
            (3, 3),
            (4, 4),
            (5, 5),
            (7, 6),
            (8, 7),
            (size - 8, DARK),
            (size - 7, 8),
            (size - 6, 9),
            (size - 5, 10),
            (size - 4, 11),
            (size - 3, 12),
            (size - 2, 13),
            (size - 1, 14),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_information_is_the_printed_one() {
        // Annex C.2: level M, mask 5.
        assert_eq!(of(ErrorCorrectionLevel::M, Mask::ALL[5]), 0b1100_0000_1100_1110);
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
