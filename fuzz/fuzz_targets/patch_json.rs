//! Any bytes as the body of a PATCH or a verification, and as a date, are read as they are meant or refused.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| qrmint_checks::fuzz::patch_json(input));
