//! Colours and their contrast.
//!
//! Knows no pictures.

use core::fmt;
use core::str::FromStr;

/// A colour in sRGB with an alpha: 0 is transparent, 255 is opaque.
///
/// Parses and displays the notation of CSS, `#rrggbb` or `#rrggbbaa`.
///
/// ```
/// use qrmint::render::Color;
/// assert_eq!("#003366".parse(), Ok(Color::rgb(0, 0x33, 0x66)));
/// assert_eq!(Color::rgba(0, 0x33, 0x66, 0x80).to_string(), "#00336680");
/// assert_eq!(Color::BLACK.to_string(), "#000000");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Color {
    pub(super) red: u8,
    pub(super) green: u8,
    pub(super) blue: u8,
    pub(super) alpha: u8,
}

impl Color {
    /// Opaque black.
    pub const BLACK: Self = Self::rgb(0, 0, 0);

    /// Opaque white.
    pub const WHITE: Self = Self::rgb(255, 255, 255);

    /// Creates an opaque colour.
    ///
    /// ```
    /// use qrmint::render::Color;
    /// assert_eq!(Color::rgb(255, 255, 255), Color::WHITE);
    /// ```
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self::rgba(red, green, blue, 255)
    }

    /// Creates a colour with the given alpha.
    ///
    /// ```
    /// use qrmint::render::Color;
    /// assert_eq!(Color::rgba(0, 0, 0, 255), Color::BLACK);
    /// ```
    pub const fn rgba(red: u8, green: u8, blue: u8, alpha: u8) -> Self {
        Self { red, green, blue, alpha }
    }

    /// Returns red, green, blue and alpha.
    ///
    /// ```
    /// use qrmint::render::Color;
    /// assert_eq!(Color::WHITE.to_rgba(), [255, 255, 255, 255]);
    /// ```
    pub const fn to_rgba(self) -> [u8; 4] {
        [self.red, self.green, self.blue, self.alpha]
    }

    /// Returns whether the alpha is 255.
    ///
    /// ```
    /// use qrmint::render::Color;
    /// assert!(Color::BLACK.is_opaque() && !Color::rgba(0, 0, 0, 254).is_opaque());
    /// ```
    pub const fn is_opaque(self) -> bool {
        self.alpha == 255
    }

    /// Returns the colour seen where this one is drawn on top of `below` (the operator "over" of Porter and Duff).
    ///
    /// ```
    /// use qrmint::render::Color;
    /// assert_eq!(Color::rgba(0, 0, 0, 128).over(Color::WHITE), Color::rgb(127, 127, 127));
    /// assert_eq!(Color::BLACK.over(Color::WHITE), Color::BLACK);
    /// ```
    #[must_use]
    pub const fn over(self, below: Self) -> Self {
        // In units of 1 / 255^2.
        let above = self.alpha as u32 * 255;
        let through = below.alpha as u32 * (255 - self.alpha as u32);
        let all = above + through;
        if all == 0 {
            return Self::rgba(self.red, self.green, self.blue, 0);
        }
        const fn mix(value: u8, above: u32, below: u8, through: u32) -> u8 {
            // A weighted mean of two bytes is a byte.
            ((value as u32 * above + below as u32 * through + (above + through) / 2) / (above + through)) as u8
        }
        Self {
            red: mix(self.red, above, below.red, through),
            green: mix(self.green, above, below.green, through),
            blue: mix(self.blue, above, below.blue, through),
            alpha: ((all + 127) / 255) as u8,
        }
    }

    /// Returns the relative luminance, 0 for black to 1 for white (WCAG 2.2, "relative luminance"). Ignores the alpha.
    ///
    /// ```
    /// use qrmint::render::Color;
    /// assert_eq!((Color::BLACK.luminance(), Color::WHITE.luminance()), (0.0, 1.0));
    /// ```
    pub fn luminance(self) -> f64 {
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Returns the contrast ratio to another colour, 1 to 21 (WCAG 2.2, "contrast ratio"). Ignores the alpha.
    ///
    /// ```
    /// use qrmint::render::Color;
    /// assert_eq!(Color::BLACK.contrast(Color::WHITE), 21.0);
    /// assert_eq!(format!("{:.2}", Color::rgb(0x77, 0x77, 0x77).contrast(Color::WHITE)), "4.48");
    /// ```
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if a > b { a / b } else { b / a }
    }
}

/// Returns the light of a channel of sRGB, 0 to 1.
fn linear(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.04045 {
        return value / 12.92;
    }
    // The power of 2.4 is the fifth root of that of 12. Without `std` there are no powers, so Newton's method finds it, from the square
    // downwards: in 10 steps at most.
    let base = (value + 0.055) / 1.055;
    let square = base * base;
    let power = square * square * square * square * square * square;
    let mut root = square;
    for _ in 0..10 {
        let fourth = root * root * root * root;
        root -= (root * fourth - power) / (5.0 * fourth);
    }
    root
}

impl fmt::Display for Color {
    /// Writes `#rrggbb`, or `#rrggbbaa` unless the colour is opaque.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { red, green, blue, alpha } = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")?;
        if self.is_opaque() { Ok(()) } else { write!(f, "{alpha:02x}") }
    }
}

impl FromStr for Color {
    type Err = ParseColorError;

    /// Parses `#rrggbb` or `#rrggbbaa` with hexadecimal digits in any case.
    fn from_str(text: &str) -> Result<Self, ParseColorError> {
        let digits = text.strip_prefix('#').ok_or(ParseColorError)?;
        // Parsing a number would accept a sign.
        if !matches!(digits.len(), 6 | 8) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(ParseColorError);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| ParseColorError)?;
        let [red, green, blue, alpha] = if digits.len() == 8 { number } else { number << 8 | 0xff }.to_be_bytes();
        Ok(Self { red, green, blue, alpha })
    }
}

/// The error of parsing text as a [`Color`].
///
/// ```
/// use qrmint::render::{Color, ParseColorError};
/// assert_eq!("red".parse::<Color>(), Err(ParseColorError));
/// assert_eq!(ParseColorError.to_string(), "expected a colour such as #003366 or #00336680");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParseColorError;

impl fmt::Display for ParseColorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a colour such as #003366 or #00336680")
    }
}

impl core::error::Error for ParseColorError {}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn linear_light_is_that_of_the_formula_with_a_power() {
        for channel in 0..=255 {
            let value = f64::from(channel) / 255.0;
            let expected = if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055_f64).powf(2.4) };
            assert!((linear(channel) - expected).abs() < 1e-12, "{channel}");
        }
    }

    #[test]
    fn contrast_ratios_are_those_published() {
        // https://webaim.org/resources/contrastchecker: rounded down to two digits.
        for (color, ratio) in [("#767676", 4.54), ("#ff0000", 3.99), ("#0000ff", 8.59), ("#949494", 3.03)] {
            let contrast = color.parse::<Color>().unwrap().contrast(Color::WHITE);
            assert!(contrast >= ratio && contrast < ratio + 0.01, "{color}: {contrast}");
        }
    }

    #[test]
    fn colours_that_are_displayed_are_parsed_again() {
        for text in ["#000000", "#ffffff", "#12345678", "#00000000"] {
            assert_eq!(text.parse::<Color>().unwrap().to_string(), text);
        }
        assert_eq!("#ABCDEFff".parse::<Color>().unwrap().to_string(), "#abcdef");
        for text in ["", "#", "123456", "#12345", "#1234567", "#123456789", "#+12345", "#12345g", "#12345é", " #123456"]
        {
            assert_eq!(text.parse::<Color>(), Err(ParseColorError), "{text}");
        }
    }

    #[test]
    fn over_keeps_what_it_must() {
        let half = Color::rgba(255, 0, 0, 128);
        assert_eq!(half.over(Color::rgba(0, 0, 0, 0)), half);
        assert_eq!(Color::rgba(1, 2, 3, 0).over(Color::WHITE), Color::WHITE);
        assert_eq!(Color::rgba(1, 2, 3, 0).over(Color::rgba(4, 5, 6, 0)), Color::rgba(1, 2, 3, 0));
        assert_eq!(Color::rgba(0, 0, 0, 128).over(Color::rgba(0, 0, 0, 128)).to_rgba()[3], 192);
    }
}
