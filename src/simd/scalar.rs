//! One lane: a `u64`, on any processor. Also the portable [`Register::spread`].

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
    fn down_by(self, bits: u32) -> Self {
        self.checked_shr(bits).unwrap_or(0)
    }

    #[inline(always)]
    fn up_by(self, bits: u32) -> Self {
        self.checked_shl(bits).unwrap_or(0)
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn add_ones(self, sums: Self) -> Self {
        sums + u64::from(self.count_ones())
    }

    #[inline(always)]
    fn high_bits(self) -> u64 {
        // The product moves the bit of byte `i`, now bit 8 i, to bit 56 + i without carries.
        (self >> 7 & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
    }
}

/// Implements [`Register::spread`] without special instructions.
#[inline(always)]
pub(super) fn spread(bits: u64, positions: u64) -> [u32; 2] {
    // In most words all modules are free.
    let mut x = if positions == u64::MAX { bits } else { deposit(bits, positions) };
    // Even bits move to the lower half, odd bits to the upper half: first in groups of 4 bits, then of 8, and so on.
    for (by, mask) in [
        (1, 0x2222_2222_2222_2222),
        (2, 0x0C0C_0C0C_0C0C_0C0C),
        (4, 0x00F0_00F0_00F0_00F0),
        (8, 0x0000_FF00_0000_FF00),
        (16, 0x0000_0000_FFFF_0000),
    ] {
        let change = (x ^ x >> by) & mask;
        x ^= change ^ change << by;
    }
    [x as u32, (x >> 32) as u32]
}

/// Deposits the low bits of `bits` at the ones of `positions`, in order.
fn deposit(mut bits: u64, positions: u64) -> u64 {
    let mut remaining = positions;
    let mut out = 0;
    while remaining != 0 {
        // The lowest run of ones: adding one at its start carries to its end.
        let start = remaining.trailing_zeros();
        let len = (!(remaining >> start)).trailing_zeros();
        let run = remaining & !remaining.wrapping_add(1 << start);
        out |= bits << start & run;
        bits = bits.checked_shr(len).unwrap_or(0);
        remaining ^= run;
    }
    out
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;
    use crate::simd::{InstructionSet, Work, dispatch, widest};

    /// Calls [`Register::spread`] of one instruction set.
    struct Spread(u64, u64);

    impl Work for Spread {
        type Output = [u32; 2];

        #[inline(always)]
        fn run<R: Register>(self) -> Self::Output {
            R::spread(self.0, self.1)
        }
    }

    #[test]
    fn spread_is_the_same_as_bit_by_bit() {
        let mut random = Random::new(3);
        for round in 0..10_000 {
            let bits = random.bits();
            let positions = match round % 4 {
                0 => random.bits(),
                1 => random.bits() & random.bits(),
                2 => random.bits() | random.bits(),
                _ => [0, u64::MAX, 1, 1 << 63][round / 4 % 4],
            };
            let mut expected = [0; 2];
            for (next, i) in (0..64).filter(|i| positions >> i & 1 != 0).enumerate() {
                expected[i % 2] |= ((bits >> next & 1) << (i / 2)) as u32;
            }
            assert_eq!(spread(bits, positions), expected, "{positions:#x}");
            for set in InstructionSet::available() {
                let spread = dispatch(widest(Some(set)), Spread(bits, positions));
                assert_eq!(spread, expected, "{positions:#x} {set:?}");
            }
        }
    }
}
