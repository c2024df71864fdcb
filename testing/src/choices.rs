//! Turns the input of a fuzzer into options.

use qrmint::render::{QuietZone, Scale};
use qrmint::{Eci, ErrorCorrectionLevel, Mask, Options, Segmentation, Version, VersionRange};

/// Level, options and image settings, read from the first bytes of an input. Missing bytes count as zero.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// The error-correction level.
    pub level: ErrorCorrectionLevel,
    /// The encoder's options.
    pub options: Options,
    /// Pixels a module.
    pub scale: Scale,
    /// Modules around the symbol.
    pub quiet_zone: QuietZone,
}

impl Choices {
    /// The number of bytes that are read.
    pub const LEN: usize = 9;

    /// Splits `input` into the choices of its first bytes and the rest. Zeros are the defaults at level L.
    pub fn split(input: &[u8]) -> (Self, &[u8]) {
        let (head, rest) = input.split_at(input.len().min(Self::LEN));
        let byte = |i: usize| head.get(i).copied().unwrap_or(0);
        let mut options = Options::default();
        let flags = byte(0) >> 2;
        options.boost = flags & 1 != 0;
        if flags & 2 != 0 {
            options.segmentation = Segmentation::Bytes;
        }
        if flags & 4 != 0 {
            options.mask = Mask::new(byte(1) & 7);
        }
        if flags & 8 != 0 {
            let number = u32::from_be_bytes([0, byte(2), byte(3), byte(4)]);
            options.eci = Eci::new(number % 1_000_000);
        }
        let version = |i: usize| Version::new(1 + byte(i) % 40);
        if let (true, Some(a), Some(b)) = (flags & 16 != 0, version(5), version(6)) {
            options.versions = VersionRange::new(a.min(b), a.max(b)).unwrap_or_default();
        }
        let choices = Self {
            level: ErrorCorrectionLevel::ALL[usize::from(byte(0) & 3)],
            options,
            scale: Scale::new(byte(7)).unwrap_or_default(),
            quiet_zone: if byte(7) == 0 { QuietZone::default() } else { QuietZone::new(byte(8)) },
        };
        (choices, rest)
    }
}
