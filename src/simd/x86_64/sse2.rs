//! Two lanes: SSE2, which every x86-64 processor has. For the safety of the `unsafe` blocks see [`simd`](crate::simd).

use core::arch::x86_64::*;

use super::bit_operations;
use crate::simd::{CarrySave, Lanes, Register};

/// Two lanes.
#[derive(Clone, Copy)]
pub(crate) struct Two(__m128i);

// SAFETY, here and below: this module is compiled only if the target has SSE2.
bit_operations!(Two, _mm_and_si128, _mm_or_si128, _mm_xor_si128);

impl Register for Two {
    const LANES: usize = 2;
    type Tally = CarrySave<Self>;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        // SAFETY: the target has SSE2.
        Self(unsafe { _mm_set1_epi64x(word as i64) })
    }

    #[inline(always)]
    fn load(lanes: &Lanes, part: usize) -> Self {
        let two = &lanes.0.as_chunks::<2>().0[part];
        // SAFETY: the target has SSE2; an unaligned load of 16 bytes from two words.
        Self(unsafe { _mm_loadu_si128(two.as_ptr().cast()) })
    }

    #[inline(always)]
    fn of_words(words: &[u64]) -> Self {
        let words = &words[..Self::LANES];
        // SAFETY: the target has SSE2; an unaligned load of 16 bytes from two words.
        Self(unsafe { _mm_loadu_si128(words.as_ptr().cast()) })
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        // SAFETY: the target has SSE2.
        unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(self.0, _mm_setzero_si128())) == 0xFFFF }
    }

    #[inline(always)]
    fn store(self, lanes: &mut Lanes, part: usize) {
        let two = &mut lanes.0.as_chunks_mut::<2>().0[part];
        // SAFETY: the target has SSE2; an unaligned store of 16 bytes to two words.
        unsafe { _mm_storeu_si128(two.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn down_by(self, bits: u32) -> Self {
        // SAFETY: the target has SSE2.
        Self(unsafe { _mm_srl_epi64(self.0, _mm_cvtsi32_si128(bits as i32)) })
    }

    #[inline(always)]
    fn up_by(self, bits: u32) -> Self {
        // SAFETY: the target has SSE2.
        Self(unsafe { _mm_sll_epi64(self.0, _mm_cvtsi32_si128(bits as i32)) })
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        // SAFETY: the target has SSE2.
        Self(unsafe { _mm_add_epi64(self.0, other.0) })
    }

    /// Adds up bits to pairs, pairs to nibbles, nibbles to bytes, then the bytes of each word.
    #[inline(always)]
    fn add_ones(self, sums: Self) -> Self {
        // SAFETY: the target has SSE2.
        Self(unsafe {
            let bits = _mm_sub_epi8(self.0, _mm_and_si128(_mm_srli_epi64::<1>(self.0), _mm_set1_epi8(0x55)));
            let low_pairs = _mm_and_si128(bits, _mm_set1_epi8(0x33));
            let high_pairs = _mm_and_si128(_mm_srli_epi64::<2>(bits), _mm_set1_epi8(0x33));
            let pairs = _mm_add_epi8(low_pairs, high_pairs);
            let nibbles = _mm_and_si128(_mm_add_epi8(pairs, _mm_srli_epi64::<4>(pairs)), _mm_set1_epi8(0x0F));
            _mm_add_epi64(sums.0, _mm_sad_epu8(nibbles, _mm_setzero_si128()))
        })
    }

    #[inline(always)]
    fn high_bits(self) -> u64 {
        // SAFETY: the target has SSE2.
        u64::from(unsafe { _mm_movemask_epi8(self.0) } as u16)
    }
}
