//! Any symbol, scale and quiet zone: an image that decodes to the symbol's pixels, or an error where it were too large.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrmint::Encoder;
use qrmint::render::Png;
use qrmint_checks::{Choices, check_png};

/// Images with more pixels a side take seconds each and show nothing new.
const WIDEST: u32 = 2_000;

fuzz_target!(|input: &[u8]| {
    let (choices, content) = Choices::split(input);
    let mut encoder = Encoder::with_options(choices.options);
    let Ok(symbol) = encoder.encode(content, choices.level) else { return };
    let side = Png::new(choices.scale, choices.quiet_zone).side(symbol.version());
    if side <= WIDEST || side > Png::MAX_SIDE {
        check_png(symbol, choices.scale, choices.quiet_zone);
    }
});
