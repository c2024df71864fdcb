//! Any bytes, level and options are read back from the modules by a decoder of our own, and every syndrome is zero.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| qrmint_checks::fuzz::roundtrip(input));
