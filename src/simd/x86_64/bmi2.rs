//! Depositing and extracting bits: BMI2.

use core::arch::x86_64::*;
use std::sync::OnceLock;

const EVEN: u64 = 0x5555_5555_5555_5555;

/// Implements [`Register::spread`](crate::simd::Register::spread).
///
/// # Safety
///
/// The processor must have BMI2.
#[inline(always)]
pub(super) unsafe fn spread(bits: u64, positions: u64) -> [u32; 2] {
    // SAFETY: the caller guarantees BMI2.
    unsafe {
        let spread = _pdep_u64(bits, positions);
        [_pext_u64(spread, EVEN) as u32, _pext_u64(spread, !EVEN) as u32]
    }
}

/// Returns whether a processor with BMI2 executes `pdep` and `pext` fast. On AMD before family 19h (Zen 3) they take
/// hundreds of cycles. Miri has no `cpuid`; there the answer is true.
#[inline(always)]
pub(super) fn is_fast() -> bool {
    if cfg!(miri) {
        return true;
    }
    static IS_FAST: OnceLock<bool> = OnceLock::new();
    *IS_FAST.get_or_init(|| {
        // SAFETY: every x86-64 processor has `cpuid`. Newer compilers know that and have a safe `__cpuid`.
        #[allow(unused_unsafe)]
        let (vendor, signature) = unsafe { (__cpuid(0), __cpuid(1).eax) };
        let name = [vendor.ebx, vendor.edx, vendor.ecx].map(u32::to_le_bytes);
        let is_amd = name.as_flattened() == b"AuthenticAMD" || name.as_flattened() == b"HygonGenuine";
        // If all bits of the base family are ones, the extended family is added to it.
        let (base, extended) = (signature >> 8 & 0xF, signature >> 20 & 0xFF);
        let family = if base == 0xF { base + extended } else { base };
        !is_amd || family >= 0x19
    })
}
