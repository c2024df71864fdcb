//! Any symbol, scale and quiet zone give an image that decodes to the symbol's pixels, or an error if it would be too large.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| qrmint_checks::fuzz::png(input));
