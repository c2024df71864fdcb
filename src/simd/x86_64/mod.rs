//! The registers of x86-64: SSE2 in the baseline, AVX2 and AVX-512 on processors that have them.

#![allow(unsafe_code)]

pub(super) mod avx2;
pub(super) mod avx512;
mod bmi2;
#[cfg(target_feature = "sse2")]
pub(super) mod sse2;

/// Implements the bit operations of a register, given the intrinsics of the `core::arch` type that it wraps.
macro_rules! bit_operations {
    ($register:ident, $and:ident, $or:ident, $xor:ident) => {
        impl core::ops::BitAnd for $register {
            type Output = Self;
            #[inline(always)]
            fn bitand(self, other: Self) -> Self {
                // SAFETY: see the use of the macro.
                Self(unsafe { $and(self.0, other.0) })
            }
        }

        impl core::ops::BitOr for $register {
            type Output = Self;
            #[inline(always)]
            fn bitor(self, other: Self) -> Self {
                // SAFETY: see the use of the macro.
                Self(unsafe { $or(self.0, other.0) })
            }
        }

        impl core::ops::BitXor for $register {
            type Output = Self;
            #[inline(always)]
            fn bitxor(self, other: Self) -> Self {
                // SAFETY: see the use of the macro.
                Self(unsafe { $xor(self.0, other.0) })
            }
        }

        impl core::ops::Not for $register {
            type Output = Self;
            #[inline(always)]
            fn not(self) -> Self {
                self ^ <Self as $crate::simd::Register>::splat(u64::MAX)
            }
        }
    };
}
use bit_operations;
