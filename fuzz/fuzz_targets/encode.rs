//! Any bytes, level and options: a symbol equal to `qrcodegen`'s, or an error with true numbers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrmint::Encoder;
use qrmint_checks::{Choices, check_encode};

fuzz_target!(|input: &[u8]| {
    let (choices, content) = Choices::split(input);
    check_encode(&mut Encoder::with_options(choices.options), content, choices.level);
});
