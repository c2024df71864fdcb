//! Any bytes as scanned raw content are the content of a code or refused.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| qrmint_checks::fuzz::verify(input));
