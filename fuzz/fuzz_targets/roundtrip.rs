//! Any bytes, level and options: what a decoder of our own reads from the modules, and every syndrome zero.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrmint_checks::{Choices, check_roundtrip};

fuzz_target!(|input: &[u8]| {
    let (choices, content) = Choices::split(input);
    check_roundtrip(&choices, content);
});
