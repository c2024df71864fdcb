//! Any style gives pictures that show the symbol as it says, or is refused by the rules.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| qrmint_checks::fuzz::style(input));
