//! One lane: a word, on any processor; and what a processor may do to a word of any lane.

use super::{CarrySave, Lanes, Register};

impl Register for u64 {
    const LANES: usize = 1;
    type Tally = CarrySave<Self>;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        word
    }

    #[inline(always)]
    fn load(lanes: &Lanes, part: usize) -> Self {
        lanes.0[part]
    }

    #[inline(always)]
    fn of_words(words: &[u64]) -> Self {
        words[0]
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        self == 0
    }

    #[inline(always)]
    fn store(self, lanes: &mut Lanes, part: usize) {
        lanes.0[part] = self;
    }

    #[inline(always)]
    fn down_by_1(self) -> Self {
        self >> 1
    }

    #[inline(always)]
    fn up_by_63(self) -> Self {
        self << 63
    }

    #[inline(always)]
    fn add_ones(self, sums: Self) -> Self {
        sums + u64::from(self.count_ones())
    }

    #[inline(always)]
    fn add_shifted<const BITS: i32>(self, sums: Self) -> Self {
        sums + (self << BITS)
    }
}

/// The low bits of `bits` at the ones of `places`, the lowest at the lowest.
#[inline(always)]
pub(super) fn deposit(mut bits: u64, places: u64) -> u64 {
    let mut left = places;
    let mut out = 0;
    while left != 0 {
        // The lowest run of ones: adding one at its start carries to its end.
        let start = left.trailing_zeros();
        let len = (!(left >> start)).trailing_zeros();
        let run = left & !left.wrapping_add(1 << start);
        out |= bits << start & run;
        bits = bits.checked_shr(len).unwrap_or(0);
        left ^= run;
    }
    out
}

/// The 32 bits at even places.
#[inline(always)]
pub(super) fn even_bits(bits: u64) -> u32 {
    let mut x = bits & 0x5555_5555_5555_5555;
    x = (x | x >> 1) & 0x3333_3333_3333_3333;
    x = (x | x >> 2) & 0x0F0F_0F0F_0F0F_0F0F;
    x = (x | x >> 4) & 0x00FF_00FF_00FF_00FF;
    x = (x | x >> 8) & 0x0000_FFFF_0000_FFFF;
    (x | x >> 16) as u32
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;
    use crate::simd::{InstructionSet, Work, dispatch};

    /// Both operations with the registers of one instruction set.
    struct Operations(u64, u64);

    impl Work for Operations {
        type Output = (u64, u32);

        #[inline(always)]
        fn run<R: Register>(self) -> Self::Output {
            (R::deposit(self.0, self.1), R::even_bits(self.0))
        }
    }

    #[test]
    fn bits_are_deposited_at_ones_and_taken_from_even_places_bit_by_bit() {
        let mut random = Random::new(3);
        for round in 0..10_000 {
            let bits = random.bits();
            let places = match round % 4 {
                0 => random.bits(),
                1 => random.bits() & random.bits(),
                2 => random.bits() | random.bits(),
                _ => [0, u64::MAX, 1, 1 << 63][round / 4 % 4],
            };
            let (mut deposited, mut even) = (0, 0);
            let mut next = 0;
            for i in 0..64 {
                if places >> i & 1 != 0 {
                    deposited |= (bits >> next & 1) << i;
                    next += 1;
                }
                if i % 2 == 0 {
                    even |= ((bits >> i & 1) << (i / 2)) as u32;
                }
            }
            for set in InstructionSet::available() {
                assert_eq!(
                    dispatch(InstructionSet::widest(set), Operations(bits, places)),
                    (deposited, even),
                    "{places:#x} {set:?}"
                );
            }
        }
    }
}
