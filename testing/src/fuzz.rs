//! The bodies of the fuzz targets. Each target in `fuzz/fuzz_targets` calls the function of its name, and the test that replays the
//! corpora calls the same, so that both check the same thing.

use qrmint::render::Png;
use qrmint::{Encoder, ErrorCorrectionLevel};

use crate::image::MAX_CHECKED_SIDE;
use crate::{
    Choices, check_date_time, check_encode, check_encode_text, check_image_details, check_image_details_json,
    check_patch, check_png, check_prints, check_roundtrip, check_scan_body, check_scanned, check_segment, check_style,
    check_upsert_sequence, split_style,
};

/// Checks one input.
pub type Target = fn(&[u8]);

/// Every target with its name, which is also the name of its corpus.
pub const TARGETS: [(&str, Target); 9] = [
    ("encode", encode),
    ("image_details_json", image_details_json),
    ("patch_json", patch_json),
    ("png", png),
    ("roundtrip", roundtrip),
    ("segment", segment),
    ("style", style),
    ("upsert_sequence", upsert_sequence),
    ("verify", verify),
];

/// Any bytes, level and options give a symbol equal to `qrcodegen`'s, or an error with true numbers.
pub fn encode(input: &[u8]) {
    let (choices, content) = Choices::split(input);
    check_encode(&mut Encoder::with_options(choices.options), content, choices.level);
}

/// Any bytes as the JSON of image details, and the details of any content, are the same when read again.
pub fn image_details_json(input: &[u8]) {
    check_image_details_json(input);
    let (choices, content) = Choices::split(input);
    check_image_details(&choices, content);
}

/// Any bytes as the body of a PATCH or a verification, and as a date, are read as they are meant or refused.
pub fn patch_json(input: &[u8]) {
    check_patch(input);
    check_scan_body(input);
    check_date_time(input);
}

/// Any symbol, scale and quiet zone give an image that decodes to the symbol's pixels, or an error if it would be too large.
pub fn png(input: &[u8]) {
    let (choices, content) = Choices::split(input);
    let mut encoder = Encoder::with_options(choices.options);
    let Ok(symbol) = encoder.encode(content, choices.level) else { return };
    let side = Png::new(choices.scale, choices.quiet_zone).side(symbol.version());
    if side <= MAX_CHECKED_SIDE || side > Png::MAX_SIDE {
        check_png(symbol, choices.scale, choices.quiet_zone);
    }
}

/// Any bytes, level and options are read back from the modules by a decoder of our own, and every syndrome is zero. Bytes that are
/// UTF-8 are encoded as text as well.
pub fn roundtrip(input: &[u8]) {
    let (choices, content) = Choices::split(input);
    check_roundtrip(&choices, content);
    if let Ok(text) = std::str::from_utf8(content) {
        check_encode_text(&choices, text);
    }
}

/// Any short content takes as many bits as its shortest segmentation, in every band of versions.
pub fn segment(input: &[u8]) {
    check_segment(input);
}

/// Any style gives pictures that show the symbol as it says, or is refused by the rules.
pub fn style(input: &[u8]) {
    let (style, content) = split_style(input);
    if let Ok(symbol) = Encoder::new().encode(content, ErrorCorrectionLevel::M) {
        check_style(symbol, &style);
        check_prints(symbol, &style);
    }
}

/// Any sequence of requests about one user gives the answers, records and verifications of the model.
pub fn upsert_sequence(input: &[u8]) {
    check_upsert_sequence(input);
}

/// Any bytes as scanned raw content are the content of a code or refused.
pub fn verify(input: &[u8]) {
    check_scanned(input);
}
