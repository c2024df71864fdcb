//! `qrCodeImageDetails` as JSON.

use qrmint::render::Png;
use qrmint::{Encoder, QrCodeImageDetails};

use crate::Choices;
use crate::image::MAX_CHECKED_SIDE;

/// The details of any content are the same after they are written as JSON and read again.
pub fn check_image_details(choices: &Choices, content: &[u8]) {
    let mut encoder = Encoder::with_options(choices.options);
    let png = Png::new(choices.scale, choices.quiet_zone);
    let Ok(symbol) = encoder.encode(content, choices.level) else { return };
    if png.side(symbol.version()) > MAX_CHECKED_SIDE {
        return;
    }
    let details = QrCodeImageDetails::new(symbol, content, &png).expect("an image that is not too wide");
    assert_eq!((details.version, details.error_correction_level), (symbol.version(), symbol.level()));
    assert_eq!(details.raw_content, content);
    check_json(&details);
}

/// Any bytes as JSON are refused, or are details that are the same after they are written and read again.
pub fn check_image_details_json(input: &[u8]) {
    if let Ok(details) = serde_json::from_slice::<QrCodeImageDetails>(input) {
        check_json(&details);
        // Reading a value gives the same: the order of names, spaces and escapes do not matter. `serde_json` does not validate text
        // that it skips, so that the input may be no `Value` at all.
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(input) {
            assert_eq!(serde_json::from_value::<QrCodeImageDetails>(value).ok(), Some(details));
        }
    }
}

fn check_json(details: &QrCodeImageDetails) {
    let json = serde_json::to_vec(details).expect("details have a JSON");
    let mut written = Vec::new();
    details.write_json(&mut written);
    assert_eq!(written, json);
    assert_eq!(serde_json::from_slice::<QrCodeImageDetails>(&json).expect("our own JSON"), *details);
}
