//! Eight lanes: AVX-512.

use core::arch::x86_64::*;

use super::{bit_operations, bmi2};
use crate::simd::{Lanes, Register, Tally, Work};

/// Eight lanes. Lives only inside [`run`], on a processor that has the instructions.
#[derive(Clone, Copy)]
struct Eight(__m512i);

/// Whether the running processor has all instructions that [`run`] allows.
pub(in crate::simd) fn is_available() -> bool {
    super::avx2::is_available()
        && std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512dq")
        && std::arch::is_x86_feature_detected!("avx512vl")
        && std::arch::is_x86_feature_detected!("avx512vpopcntdq")
}

/// Does the work with AVX-512.
///
/// # Safety
///
/// Only where [`is_available`].
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")]
pub(in crate::simd) fn run<W: Work>(work: W) -> W::Output {
    work.run::<Eight>()
}

// SAFETY, here and below: an `Eight` exists only inside `run`, where AVX-512 is there.
bit_operations!(Eight, _mm512_and_si512, _mm512_or_si512, _mm512_xor_si512);

impl Register for Eight {
    const LANES: usize = 8;
    type Tally = Direct<Self>;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        // SAFETY: only called inside `run`.
        Self(unsafe { _mm512_set1_epi64(word as i64) })
    }

    #[inline(always)]
    fn load(lanes: &Lanes, _part: usize) -> Self {
        // SAFETY: only called inside `run`; an unaligned load of 64 bytes from eight words.
        Self(unsafe { _mm512_loadu_si512(lanes.0.as_ptr().cast()) })
    }

    #[inline(always)]
    fn of_words(words: &[u64]) -> Self {
        let words = &words[..Self::LANES];
        // SAFETY: only called inside `run`; an unaligned load of 64 bytes from eight words.
        Self(unsafe { _mm512_loadu_si512(words.as_ptr().cast()) })
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        // SAFETY: only called inside `run`.
        unsafe { _mm512_test_epi64_mask(self.0, self.0) == 0 }
    }

    #[inline(always)]
    fn store(self, lanes: &mut Lanes, _part: usize) {
        // SAFETY: only called inside `run`; an unaligned store of 64 bytes to eight words.
        unsafe { _mm512_storeu_si512(lanes.0.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn down_by(self, bits: u32) -> Self {
        // SAFETY: only called inside `run`.
        Self(unsafe { _mm512_srl_epi64(self.0, _mm_cvtsi32_si128(bits as i32)) })
    }

    #[inline(always)]
    fn up_by(self, bits: u32) -> Self {
        // SAFETY: only called inside `run`.
        Self(unsafe { _mm512_sll_epi64(self.0, _mm_cvtsi32_si128(bits as i32)) })
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        // SAFETY: only called inside `run`.
        Self(unsafe { _mm512_add_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn add_ones(self, sums: Self) -> Self {
        // SAFETY: only called inside `run`.
        Self(unsafe { _mm512_add_epi64(sums.0, _mm512_popcnt_epi64(self.0)) })
    }

    #[inline(always)]
    fn high_bits(self) -> u64 {
        // SAFETY: only called inside `run`.
        unsafe { _mm512_movepi8_mask(self.0) }
    }

    /// Every processor with AVX-512 has BMI2 with fast instructions.
    #[inline(always)]
    fn spread(bits: u64, places: u64) -> [u32; 2] {
        // SAFETY: only called inside `run`, where BMI2 is there.
        unsafe { bmi2::spread(bits, places) }
    }
}

/// Counts with the register's own instruction for it.
struct Direct<R>(R);

impl<R: Register> Tally<R> for Direct<R> {
    #[inline(always)]
    fn new() -> Self {
        Self(R::splat(0))
    }

    #[inline(always)]
    fn add(&mut self, words: [R; 4]) {
        for word in words {
            self.0 = word.add_ones(self.0);
        }
    }

    #[inline(always)]
    fn sums(self) -> R {
        self.0
    }
}
