//! Decimal numbers as all formats of text write them.
//!
//! Knows nothing else.

use core::fmt;

/// A number with at most nine digits after the point.
#[derive(Clone, Copy)]
pub(super) struct Decimal {
    whole: u64,
    /// The fraction, below 1 billion.
    billionths: u64,
}

impl Decimal {
    /// The number 1 in billionths.
    pub(super) const ONE: u128 = 1_000_000_000;

    /// Returns `billionths / 1,000,000,000`.
    pub(super) fn of_billionths(billionths: u128) -> Self {
        Self { whole: (billionths / Self::ONE) as u64, billionths: (billionths % Self::ONE) as u64 }
    }

    /// Returns `millionths / 1,000,000`.
    pub(super) fn of_millionths(millionths: u64) -> Self {
        Self { whole: millionths / 1_000_000, billionths: millionths % 1_000_000 * 1_000 }
    }

    /// Returns a channel of a colour, 0 to 1.
    pub(super) fn of_channel(channel: u8) -> Self {
        Self::of_millionths((u64::from(channel) * 1_000_000 + 127) / 255)
    }

    /// Returns the length of `dots` dots at `dpi` dots per inch, in a unit; `per_inch` millionths of the unit are an inch.
    pub(super) fn of_dots(dots: u32, dpi: u16, per_inch: u64) -> Self {
        let dpi = u64::from(dpi);
        Self::of_millionths((u64::from(dots) * per_inch + dpi / 2) / dpi)
    }

    /// Returns the number rounded up.
    pub(super) fn ceil(self) -> u64 {
        self.whole + u64::from(self.billionths > 0)
    }
}

/// Displays neither zeros at the end nor exponents, such as `55.68` or `0.4`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.whole.fmt(f)?;
        let (mut fraction, mut digits) = (self.billionths, 9);
        if fraction == 0 {
            return Ok(());
        }
        while fraction % 10 == 0 {
            (fraction, digits) = (fraction / 10, digits - 1);
        }
        write!(f, ".{fraction:0digits$}")
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn numbers_have_no_zeros_at_the_end() {
        for (billionths, text) in [
            (0, "0"),
            (240_000_000, "0.24"),
            (55_680_000_000, "55.68"),
            (1, "0.000000001"),
            (1_000_010_000, "1.00001"),
            (72_000_000_000, "72"),
        ] {
            assert_eq!(Decimal::of_billionths(billionths).to_string(), text);
        }
    }

    #[test]
    fn channels_round_to_the_byte_that_they_were() {
        for channel in 0..=255_u8 {
            let number: f64 = Decimal::of_channel(channel).to_string().parse().unwrap();
            assert!((number * 255.0 - f64::from(channel)).abs() < 0.001);
        }
    }
}
