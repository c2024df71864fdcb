//! Bits deposited and extracted: BMI2.

use core::arch::x86_64::*;
use std::sync::OnceLock;

const EVEN: u64 = 0x5555_5555_5555_5555;

/// [`Register::spread`](crate::simd::Register::spread).
///
/// # Safety
///
/// Only where BMI2 is there.
#[inline(always)]
pub(super) unsafe fn spread(bits: u64, places: u64) -> [u32; 2] {
    // SAFETY: the caller says so.
    unsafe {
        let spread = _pdep_u64(bits, places);
        [_pext_u64(spread, EVEN) as u32, _pext_u64(spread, !EVEN) as u32]
    }
}

/// Whether a processor with BMI2 deposits and extracts bits in one fast instruction: AMD's take hundreds of cycles before
/// family 19h (Zen 3). Miri, which has no `cpuid`, is told that they are fast.
#[inline(always)]
pub(super) fn is_fast() -> bool {
    if cfg!(miri) {
        return true;
    }
    static IS_FAST: OnceLock<bool> = OnceLock::new();
    *IS_FAST.get_or_init(|| {
        let (vendor, signature) = (__cpuid(0), __cpuid(1).eax);
        let name = [vendor.ebx, vendor.edx, vendor.ecx].map(u32::to_le_bytes);
        let is_amd = name.as_flattened() == b"AuthenticAMD" || name.as_flattened() == b"HygonGenuine";
        // The family is the sum of two fields, the second of which counts if the first is full.
        let (base, extended) = (signature >> 8 & 0xF, signature >> 20 & 0xFF);
        let family = if base == 0xF { base + extended } else { base };
        !is_amd || family >= 0x19
    })
}
