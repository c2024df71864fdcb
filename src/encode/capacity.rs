//! How much a version holds, and the smallest version that holds enough (ISO/IEC 18004:2015, Table 7).
//!
//! Knows [`blocks`](super::blocks) by [`Version::data_bits`] and the headers of segments; nothing of content.

use super::bit_stream::Eci;
use super::segment::{Band, Mode};
use crate::version::{ErrorCorrectionLevel, Version};

impl Version {
    /// Returns how many characters fit a symbol of this version and level in a single segment of `mode` without an ECI:
    /// digits, alphanumeric characters or bytes (Table 7 of ISO/IEC 18004:2015).
    ///
    /// ```
    /// use qrmint::{ErrorCorrectionLevel, Mode, Version};
    /// assert_eq!(Version::MAX.capacity(ErrorCorrectionLevel::L, Mode::Byte), 2_953);
    /// assert_eq!(Version::MAX.capacity(ErrorCorrectionLevel::L, Mode::Numeric), 7_089);
    /// assert_eq!(Version::MIN.capacity(ErrorCorrectionLevel::H, Mode::Alphanumeric), 10);
    /// ```
    pub fn capacity(self, level: ErrorCorrectionLevel, mode: Mode) -> usize {
        characters(self, level, mode, None)
    }
}

/// Returns the number of characters of one segment behind an ECI header.
pub(crate) fn characters(version: Version, level: ErrorCorrectionLevel, mode: Mode, eci: Option<Eci>) -> usize {
    let headers = mode.header_bits(Band::of(version)) + eci.map_or(0, Eci::header_bits);
    let bits = version.data_bits(level).saturating_sub(headers as usize);
    match mode {
        Mode::Numeric => bits / 10 * 3 + [0, 1, 2][usize::from(bits % 10 >= 4) + usize::from(bits % 10 >= 7)],
        Mode::Alphanumeric => bits / 11 * 2 + usize::from(bits % 11 >= 6),
        Mode::Byte => bits / 8,
    }
}

/// Returns the smallest version from `min` to `max` that holds `bits`; `max` does.
pub(crate) fn smallest_version(min: Version, max: Version, bits: u64, level: ErrorCorrectionLevel) -> Version {
    let (mut low, mut high) = (min.number(), max.number());
    while low < high {
        let middle = low.midpoint(high);
        if bits <= Version::MIN.up(middle - 1).data_bits(level) as u64 {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Version::MIN.up(low - 1)
}

/// Returns the highest level, `level` or above, at which `version` holds `bits`.
pub(crate) fn highest_level(version: Version, bits: u64, level: ErrorCorrectionLevel) -> ErrorCorrectionLevel {
    let fits = |&higher: &ErrorCorrectionLevel| higher >= level && bits <= version.data_bits(higher) as u64;
    ErrorCorrectionLevel::ALL.into_iter().rfind(fits).unwrap_or(level)
}
