//! Four lanes: AVX2. For the safety of the `unsafe` blocks see [`simd`](crate::simd).

use core::arch::x86_64::*;

use super::{bit_operations, bmi2};
use crate::simd::{CarrySave, Lanes, Register, Work, scalar};

/// Four lanes. Exists only inside [`run`].
#[derive(Clone, Copy)]
struct Four(__m256i);

/// Returns whether the running processor has all instructions that [`run`] enables.
pub(in crate::simd) fn is_available() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("lzcnt")
        && std::arch::is_x86_feature_detected!("popcnt")
}

/// Runs `work` with AVX2.
///
/// # Safety
///
/// [`is_available`] must be true.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(in crate::simd) fn run<W: Work>(work: W) -> W::Output {
    work.run::<Four>()
}

// SAFETY, here and below: a `Four` exists only inside `run`, whose caller guarantees AVX2.
bit_operations!(Four, _mm256_and_si256, _mm256_or_si256, _mm256_xor_si256);

impl Register for Four {
    const LANES: usize = 4;
    type Tally = CarrySave<Self>;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        // SAFETY: called inside `run` only.
        Self(unsafe { _mm256_set1_epi64x(word as i64) })
    }

    #[inline(always)]
    fn load(lanes: &Lanes, part: usize) -> Self {
        let four = &lanes.0.as_chunks::<4>().0[part];
        // SAFETY: called inside `run` only; an unaligned load of 32 bytes from four words.
        Self(unsafe { _mm256_loadu_si256(four.as_ptr().cast()) })
    }

    #[inline(always)]
    fn of_words(words: &[u64]) -> Self {
        let words = &words[..Self::LANES];
        // SAFETY: called inside `run` only; an unaligned load of 32 bytes from four words.
        Self(unsafe { _mm256_loadu_si256(words.as_ptr().cast()) })
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        // SAFETY: called inside `run` only.
        unsafe { _mm256_testz_si256(self.0, self.0) != 0 }
    }

    #[inline(always)]
    fn store(self, lanes: &mut Lanes, part: usize) {
        let four = &mut lanes.0.as_chunks_mut::<4>().0[part];
        // SAFETY: called inside `run` only; an unaligned store of 32 bytes to four words.
        unsafe { _mm256_storeu_si256(four.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn down_by(self, bits: u32) -> Self {
        // SAFETY: called inside `run` only.
        Self(unsafe { _mm256_srl_epi64(self.0, _mm_cvtsi32_si128(bits as i32)) })
    }

    #[inline(always)]
    fn up_by(self, bits: u32) -> Self {
        // SAFETY: called inside `run` only.
        Self(unsafe { _mm256_sll_epi64(self.0, _mm_cvtsi32_si128(bits as i32)) })
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        // SAFETY: called inside `run` only.
        Self(unsafe { _mm256_add_epi64(self.0, other.0) })
    }

    /// Looks up the number of ones of every nibble, then adds up the bytes of each word.
    #[inline(always)]
    fn add_ones(self, sums: Self) -> Self {
        // SAFETY: called inside `run` only.
        Self(unsafe {
            let ones = _mm256_setr_epi8(
                0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
            );
            let nibble = _mm256_set1_epi8(0x0F);
            let low = _mm256_shuffle_epi8(ones, _mm256_and_si256(self.0, nibble));
            let high = _mm256_shuffle_epi8(ones, _mm256_and_si256(_mm256_srli_epi64::<4>(self.0), nibble));
            let bytes = _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
            _mm256_add_epi64(sums.0, bytes)
        })
    }

    #[inline(always)]
    fn high_bits(self) -> u64 {
        // SAFETY: called inside `run` only.
        u64::from(unsafe { _mm256_movemask_epi8(self.0) } as u32)
    }

    #[inline(always)]
    fn spread(bits: u64, positions: u64) -> [u32; 2] {
        if bmi2::is_fast() {
            // SAFETY: called inside `run` only, which enables BMI2.
            unsafe { bmi2::spread(bits, positions) }
        } else {
            scalar::spread(bits, positions)
        }
    }
}
