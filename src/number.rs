//! Conversions that all numbers with a range have: version, mask, ECI, scale, quiet zone.
//!
//! Knows none of them: each asks for its conversions by [`number_conversions`].

use core::fmt;

/// The error of converting a number or text to a type whose numbers have a range, such as
/// [`Version`](crate::Version) or [`Scale`](crate::render::Scale).
///
/// Text that is not a decimal number gives this error too. The message names the range.
///
/// ```
/// use qrmint::{Mask, OutOfRange, Version};
/// let error: OutOfRange = Version::try_from(41).unwrap_err();
/// assert_eq!(error.to_string(), "expected a number from 1 to 40");
/// assert_eq!("eight".parse::<Mask>().unwrap_err().to_string(), "expected a number from 0 to 7");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OutOfRange {
    pub(crate) min: u32,
    pub(crate) max: u32,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { min, max } = self;
        write!(f, "expected a number from {min} to {max}")
    }
}

impl core::error::Error for OutOfRange {}

/// Implements `Display`, `FromStr` and the conversion to the primitive type for a newtype whose `new` returns `None`
/// outside of `$min` to `$max` and whose `$get` returns the number.
macro_rules! number_conversions {
    ($type:ident: $primitive:ident, $get:ident, $min:literal to $max:literal) => {
        /// Displays the decimal number.
        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.$get().fmt(f)
            }
        }

        /// Parses a decimal number.
        impl core::str::FromStr for $type {
            type Err = $crate::OutOfRange;

            #[doc = concat!("Returns an error unless `text` is a number from ", $min, " to ", $max, ".")]
            fn from_str(text: &str) -> Result<Self, $crate::OutOfRange> {
                let number = text.parse::<$primitive>().map(Self::try_from);
                number.ok().and_then(Result::ok).ok_or($crate::OutOfRange { min: $min, max: $max })
            }
        }

        impl From<$type> for $primitive {
            #[doc = concat!("Returns [`", stringify!($get), "`](", stringify!($type), "::", stringify!($get), ").")]
            fn from(number: $type) -> Self {
                number.$get()
            }
        }
    };
}

/// Implements these and `TryFrom` of the primitive type, for a newtype that does not have all of its numbers.
macro_rules! checked_conversions {
    ($type:ident: $primitive:ident, $get:ident, $min:literal to $max:literal) => {
        $crate::number::number_conversions!($type: $primitive, $get, $min to $max);

        impl TryFrom<$primitive> for $type {
            type Error = $crate::OutOfRange;

            #[doc = concat!("Returns an error unless `number` is ", $min, " to ", $max, ".")]
            fn try_from(number: $primitive) -> Result<Self, $crate::OutOfRange> {
                Self::new(number).ok_or($crate::OutOfRange { min: $min, max: $max })
            }
        }
    };
}

pub(crate) use {checked_conversions, number_conversions};
