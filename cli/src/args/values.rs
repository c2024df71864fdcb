//! Parsers for the values of options.

use std::num::NonZero;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use qrmint::{ErrorCorrectionLevel, Segmentation, TextEncoding};

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

/// The encoding of `--text` without a value.
pub(super) const UTF8_ECI: &str = "utf8-eci";

/// Parses an encoding of text, by the names that the help lists.
pub(super) fn text() -> impl TypedValueParser<Value = TextEncoding> {
    const UTF8: &str = "utf8";
    PossibleValuesParser::new([UTF8_ECI, UTF8, "latin1"]).map(|name| match &*name {
        UTF8_ECI => TextEncoding::Utf8Eci,
        UTF8 => TextEncoding::Utf8,
        _ => TextEncoding::Latin1,
    })
}

/// Parses a number of threads.
pub(super) fn threads(text: &str) -> Result<NonZero<usize>, &'static str> {
    let threads = text.parse().ok().filter(|threads: &NonZero<usize>| threads.get() <= 1024);
    threads.ok_or("expected a number from 1 to 1024")
}

/// Parses a number of pixels. The picture decides which is too small or too large.
pub(super) fn pixels(text: &str) -> Result<u32, &'static str> {
    text.parse().map_err(|_| "expected a number from 1 to 4294967295")
}
