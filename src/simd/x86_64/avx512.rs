//! Eight lanes: AVX-512. For the safety of the `unsafe` blocks see [`simd`](crate::simd).

use core::arch::x86_64::*;

use super::{bit_operations, bmi2};
use crate::simd::{Direct, Lanes, Register, Work};

/// Eight lanes. Exists only inside [`run`].
#[derive(Clone, Copy)]
struct Eight(__m512i);

/// Returns whether the running processor has all instructions that [`run`] enables.
pub(in crate::simd) fn is_available() -> bool {
    super::avx2::is_available()
        && std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512dq")
        && std::arch::is_x86_feature_detected!("avx512vl")
        && std::arch::is_x86_feature_detected!("avx512vpopcntdq")
}

/// Runs `work` with AVX-512.
///
/// # Safety
///
/// [`is_available`] must be true.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")]
pub(in crate::simd) fn run<W: Work>(work: W) -> W::Output {
    work.run::<Eight>()
}

// SAFETY, here and below: an `Eight` exists only inside `run`, whose caller guarantees AVX-512.
bit_operations!(Eight, _mm512_and_si512, _mm512_or_si512, _mm512_xor_si512);

impl Register for Eight {
    const LANES: usize = 8;
    type Tally = Direct<Self>;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        // SAFETY: called inside `run` only.
        Self(unsafe { _mm512_set1_epi64(word as i64) })
    }

    #[inline(always)]
    fn load(lanes: &Lanes, _part: usize) -> Self {
        // SAFETY: called inside `run` only; an unaligned load of 64 bytes from eight words.
        Self(unsafe { _mm512_loadu_si512(lanes.0.as_ptr().cast()) })
    }

    #[inline(always)]
    fn of_words(words: &[u64]) -> Self {
        let words = &words[..Self::LANES];
        // SAFETY: called inside `run` only; an unaligned load of 64 bytes from eight words.
        Self(unsafe { _mm512_loadu_si512(words.as_ptr().cast()) })
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        // SAFETY: called inside `run` only.
        unsafe { _mm512_test_epi64_mask(self.0, self.0) == 0 }
    }

    #[inline(always)]
    fn store(self, lanes: &mut Lanes, _part: usize) {
        // SAFETY: called inside `run` only; an unaligned store of 64 bytes to eight words.
        unsafe { _mm512_storeu_si512(lanes.0.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn down_by(self, bits: u32) -> Self {
        // SAFETY: called inside `run` only.
        Self(unsafe { _mm512_srl_epi64(self.0, _mm_cvtsi32_si128(bits as i32)) })
    }

    #[inline(always)]
    fn up_by(self, bits: u32) -> Self {
        // SAFETY: called inside `run` only.
        Self(unsafe { _mm512_sll_epi64(self.0, _mm_cvtsi32_si128(bits as i32)) })
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        // SAFETY: called inside `run` only.
        Self(unsafe { _mm512_add_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn add_ones(self, sums: Self) -> Self {
        // SAFETY: called inside `run` only.
        Self(unsafe { _mm512_add_epi64(sums.0, _mm512_popcnt_epi64(self.0)) })
    }

    #[inline(always)]
    fn high_bits(self) -> u64 {
        // SAFETY: called inside `run` only.
        unsafe { _mm512_movepi8_mask(self.0) }
    }

    /// Every processor with AVX-512 executes BMI2 fast.
    #[inline(always)]
    fn spread(bits: u64, positions: u64) -> [u32; 2] {
        // SAFETY: called inside `run` only, which enables BMI2.
        unsafe { bmi2::spread(bits, positions) }
    }
}
