//! Parsers for the values of options.

use std::num::NonZero;
use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use qrmint::render::{QuietZone, Scale};
use qrmint::{Eci, ErrorCorrectionLevel, Mask, Segmentation, Version};

/// Parses a level by its letter or its word in the standard, in any case.
pub(super) fn level(text: &str) -> Result<ErrorCorrectionLevel, &'static str> {
    match &*text.to_ascii_lowercase() {
        "l" | "low" => Ok(ErrorCorrectionLevel::L),
        "m" | "medium" => Ok(ErrorCorrectionLevel::M),
        "q" | "quartile" => Ok(ErrorCorrectionLevel::Q),
        "h" | "high" => Ok(ErrorCorrectionLevel::H),
        _ => Err("unknown error-correction level, expected l, m, q or h, or low, medium, quartile or high"),
    }
}

/// Parses a segmentation, by the names that the help lists.
pub(super) fn segmentation() -> impl TypedValueParser<Value = Segmentation> {
    const BYTES: &str = "bytes";
    let optimal = PossibleValue::new("optimal").help("The fewest bits");
    let bytes = PossibleValue::new(BYTES).help("One segment in byte mode");
    PossibleValuesParser::new([optimal, bytes])
        .map(|name| if name == BYTES { Segmentation::Bytes } else { Segmentation::Optimal })
}

/// Parses a number and converts it with `new`, which returns `None` for a number out of range.
fn number<N: FromStr, T>(text: &str, new: impl Fn(N) -> Option<T>, range: &str) -> Result<T, String> {
    text.parse().ok().and_then(new).ok_or_else(|| format!("expected {range}"))
}

pub(super) fn scale(text: &str) -> Result<Scale, String> {
    number(text, Scale::new, "1 to 255")
}

pub(super) fn quiet_zone(text: &str) -> Result<QuietZone, String> {
    number(text, |modules| Some(QuietZone::new(modules)), "0 to 255")
}

pub(super) fn version(text: &str) -> Result<Version, String> {
    number(text, Version::new, "1 to 40")
}

pub(super) fn mask(text: &str) -> Result<Mask, String> {
    number(text, Mask::new, "0 to 7")
}

pub(super) fn eci(text: &str) -> Result<Eci, String> {
    number(text, Eci::new, "0 to 999999")
}

pub(super) fn threads(text: &str) -> Result<NonZero<usize>, String> {
    number(text, |count: NonZero<usize>| (count.get() <= 1024).then_some(count), "1 to 1024")
}
