//! Lengths on paper, and dots per inch.
//!
//! Knows no pictures.

use core::fmt;
use core::num::NonZero;
use core::str::FromStr;

use super::decimal::Decimal;
use crate::number::checked_conversions;

/// A length on paper, kept in nanometres. As a number or text it is from 0.001 mm to 10,000 mm; the length of some dots
/// can be any.
///
/// Parses a number and `mm`, `cm` or `in`; displays millimetres.
///
/// ```
/// use qrmint::render::Length;
/// assert_eq!("2in".parse(), Length::from_mm(50.8));
/// assert_eq!(Length::from_inches(2.0)?.to_string(), "50.8mm");
/// let message = "expected a length from 0.001mm to 10000mm, such as 0.5mm or 2in";
/// assert_eq!("0mm".parse::<Length>().unwrap_err().to_string(), message);
/// # Ok::<(), qrmint::render::LengthError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length {
    nanometres: u64,
}

const NANOMETRES_PER_MM: u64 = 1_000_000;
const NANOMETRES_PER_INCH: u64 = 25_400_000;

impl Length {
    /// Creates a length in millimetres.
    ///
    /// # Errors
    ///
    /// [`LengthError`] unless it is from 0.001 mm to 10,000 mm.
    ///
    /// ```
    /// use qrmint::render::Length;
    /// assert_eq!(Length::from_mm(0.5)?.mm(), 0.5);
    /// assert!(Length::from_mm(0.0).is_err());
    /// # Ok::<(), qrmint::render::LengthError>(())
    /// ```
    pub fn from_mm(mm: f64) -> Result<Self, LengthError> {
        Self::new(mm * NANOMETRES_PER_MM as f64)
    }

    /// Creates a length in inches of 25.4 mm.
    ///
    /// # Errors
    ///
    /// [`LengthError`] unless it is from 0.001 mm to 10,000 mm.
    ///
    /// ```
    /// use qrmint::render::Length;
    /// assert_eq!(Length::from_inches(0.5)?.mm(), 12.7);
    /// # Ok::<(), qrmint::render::LengthError>(())
    /// ```
    pub fn from_inches(inches: f64) -> Result<Self, LengthError> {
        Self::new(inches * NANOMETRES_PER_INCH as f64)
    }

    fn new(nanometres: f64) -> Result<Self, LengthError> {
        // Rounds: a conversion of a float to an integer drops the fraction, and gives 0 for NaN.
        let nanometres = (nanometres + 0.5) as u64;
        if (1_000..=10_000 * NANOMETRES_PER_MM).contains(&nanometres) {
            Ok(Self { nanometres })
        } else {
            Err(LengthError)
        }
    }

    /// Returns the length of `dots` dots, which may be 0 or more than 10,000 mm.
    ///
    /// ```
    /// use qrmint::render::{Dpi, Length};
    /// assert_eq!(Length::of_dots(600, Dpi::default()).mm(), 50.8);
    /// ```
    pub fn of_dots(dots: u32, dpi: Dpi) -> Self {
        let dpi = u64::from(dpi.number());
        Self { nanometres: (u64::from(dots) * NANOMETRES_PER_INCH + dpi / 2) / dpi }
    }

    /// Returns the nearest whole number of dots, at most [`u32::MAX`].
    ///
    /// ```
    /// use qrmint::render::{Dpi, Length};
    /// assert_eq!(Length::from_mm(0.5)?.dots(Dpi::default()), 6, "nearest to 5.9");
    /// # Ok::<(), qrmint::render::LengthError>(())
    /// ```
    pub fn dots(self, dpi: Dpi) -> u32 {
        // A product of more than 64 bits is more than 2^32 dots.
        let product = self.nanometres.saturating_mul(dpi.number().into());
        u32::try_from(product.saturating_add(NANOMETRES_PER_INCH / 2) / NANOMETRES_PER_INCH).unwrap_or(u32::MAX)
    }

    /// Returns the length in millimetres.
    ///
    /// ```
    /// assert_eq!(qrmint::render::Length::from_inches(1.0)?.mm(), 25.4);
    /// # Ok::<(), qrmint::render::LengthError>(())
    /// ```
    pub fn mm(self) -> f64 {
        self.nanometres as f64 / NANOMETRES_PER_MM as f64
    }

    /// Returns the length in inches of 25.4 mm.
    ///
    /// ```
    /// assert_eq!(qrmint::render::Length::from_mm(50.8)?.inches(), 2.0);
    /// # Ok::<(), qrmint::render::LengthError>(())
    /// ```
    pub fn inches(self) -> f64 {
        self.nanometres as f64 / NANOMETRES_PER_INCH as f64
    }
}

/// Displays millimetres, exact to the nanometre, such as `50.8mm`.
impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}mm", Decimal::of_millionths(self.nanometres))
    }
}

/// Parses a number and its unit, `mm`, `cm` or `in`, with or without a space between.
impl FromStr for Length {
    type Err = LengthError;

    /// Returns an error unless `text` is a length from 0.001 mm to 10,000 mm.
    fn from_str(text: &str) -> Result<Self, LengthError> {
        let number = |unit| text.strip_suffix(unit).and_then(|number| number.trim_end().parse::<f64>().ok());
        match (number("mm"), number("cm"), number("in")) {
            (Some(mm), ..) => Self::from_mm(mm),
            (_, Some(cm), _) => Self::from_mm(10.0 * cm),
            (.., Some(inches)) => Self::from_inches(inches),
            _ => Err(LengthError),
        }
    }
}

/// The error of creating a [`Length`] outside of 0.001 mm to 10,000 mm, or of parsing text that is not a length.
///
/// ```
/// use qrmint::render::{Length, LengthError};
/// assert_eq!("50".parse::<Length>(), Err(LengthError), "a length has a unit");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LengthError;

impl fmt::Display for LengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a length from 0.001mm to 10000mm, such as 0.5mm or 2in")
    }
}

impl core::error::Error for LengthError {}

/// A resolution in dots per inch, 1 to 10,000. The default is 300.
///
/// ```
/// use qrmint::render::Dpi;
/// assert_eq!(Dpi::default().number(), 300);
/// assert_eq!("203".parse(), Dpi::try_from(203));
/// assert_eq!(Dpi::try_from(0).unwrap_err().to_string(), "expected a number from 1 to 10000");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dpi(NonZero<u16>);

impl Dpi {
    /// Creates a resolution. Returns `None` unless `number` is 1 to 10,000.
    ///
    /// ```
    /// use qrmint::render::Dpi;
    /// assert_eq!(Dpi::new(300), Some(Dpi::default()));
    /// assert_eq!(Dpi::new(10_001), None);
    /// ```
    pub const fn new(number: u16) -> Option<Self> {
        match NonZero::new(number) {
            Some(number) if number.get() <= 10_000 => Some(Self(number)),
            _ => None,
        }
    }

    /// Returns the dots per inch, 1 to 10,000.
    ///
    /// ```
    /// assert_eq!(qrmint::render::Dpi::default().number(), 300);
    /// ```
    pub const fn number(self) -> u16 {
        self.0.get()
    }
}

checked_conversions!(Dpi: u16, number, 1 to 10000);

impl Default for Dpi {
    /// Returns 300 dots per inch.
    fn default() -> Self {
        const THREE_HUNDRED: NonZero<u16> = NonZero::new(300).expect("not zero");
        Self(THREE_HUNDRED)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn lengths_are_read_in_three_units_and_displayed_in_millimetres() {
        for (text, shown) in [
            ("0.5mm", "0.5mm"),
            ("2in", "50.8mm"),
            ("2 in", "50.8mm"),
            ("5.08cm", "50.8mm"),
            ("0.001mm", "0.001mm"),
            ("1e4mm", "10000mm"),
            (".35mm", "0.35mm"),
        ] {
            assert_eq!(text.parse::<Length>().unwrap().to_string(), shown);
        }
        for text in [
            "",
            "mm",
            "0mm",
            "-1mm",
            "1",
            "1m",
            "1 m m",
            "NaNmm",
            "infin",
            "10001mm",
            "1e300in",
            "0.0004mm",
            "µmm",
            "0.0000254in",
        ] {
            assert_eq!(text.parse::<Length>(), Err(LengthError), "{text}");
        }
    }

    #[test]
    fn dots_have_the_length_that_gives_them_again() {
        for dpi in [1, 72, 203, 300, 600, 1_200, 9_999, 10_000] {
            let dpi = Dpi::new(dpi).unwrap();
            for dots in (1..2_000).chain([3_937_008]) {
                assert_eq!(Length::of_dots(dots, dpi).dots(dpi), dots);
            }
        }
    }
}
