//! Any bytes, level and options give a symbol equal to `qrcodegen`'s, or an error with true numbers.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| qrmint_checks::fuzz::encode(input));
