//! The peer that qrmint is measured against all the way: `qrcodegen` with `png`.

use ::qrcodegen::{QrCode, QrSegment};
use qrmint::ErrorCorrectionLevel;
use qrmint_checks::ecc;

use crate::fast_png;

/// Encodes raw content at a level with `qrcodegen`, with its own choice of mode, version and mask.
pub(crate) fn qrcodegen(content: &[u8], level: ErrorCorrectionLevel) -> QrCode {
    let segments = match std::str::from_utf8(content) {
        Ok(text) => QrSegment::make_segments(text),
        Err(_) => vec![QrSegment::make_bytes(content)],
    };
    let (min, max) = (::qrcodegen::Version::MIN, ::qrcodegen::Version::MAX);
    QrCode::encode_segments_advanced(&segments, ecc(level), min, max, None, false).expect("it fits")
}

/// Writes an image like ours, with one bit per pixel, scale 8 and quiet zone 4, as a user of the two crates would.
pub(crate) fn qrcodegen_png(code: &QrCode, image: &mut Vec<u8>) {
    let side = 8 * (code.size() as usize + 8);
    let mut pixels = vec![0xff; side * side / 8];
    for (y, line) in pixels.chunks_exact_mut(side / 8).enumerate() {
        for (x, byte) in line.iter_mut().enumerate() {
            if code.get_module(x as i32 - 4, (y / 8) as i32 - 4) {
                *byte = 0;
            }
        }
    }
    fast_png::write(&pixels, side, image);
}
