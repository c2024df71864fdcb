//! Decoders that none of us wrote read every image back to the exact bytes.

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Options, Version};
use qrmint_checks::{Random, png_modules};

const SCALE: usize = 3;

/// The image as a plane of luminance, one byte a pixel, and its side.
fn luminance(image: &[u8]) -> (Vec<u8>, usize) {
    let (dark, side) = png_modules(image, 1, 0);
    (dark.iter().map(|&dark| if dark { 0 } else { 255 }).collect(), side)
}

/// The bytes that `rqrr` finds.
fn rqrr(luma: &[u8], side: usize) -> Result<Vec<u8>, String> {
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| luma[y * side + x]);
    let grids = image.detect_grids();
    let [grid] = &grids[..] else { return Err(format!("{} codes found", grids.len())) };
    let mut bytes = Vec::new();
    grid.decode_to(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// The bytes that `rxing` finds. It makes text of bytes in a character set that it would guess; told that it is ISO 8859-1 it
/// makes one character of each byte.
fn rxing(luma: &[u8], side: usize) -> Result<Vec<u8>, String> {
    use rxing::common::HybridBinarizer;
    use rxing::qrcode::QRCodeReader;
    use rxing::{BinaryBitmap, Luma8LuminanceSource, Reader};
    let source =
        Luma8LuminanceSource::new(luma.to_vec(), side as u32, side as u32).map_err(|error| error.to_string())?;
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let hints = rxing::DecodeHints {
        CharacterSet: Some("iso-8859-1".to_owned()),
        // An image, not a photograph: at three pixels a module its search for the symbol fails on one in some hundred.
        PureBarcode: Some(true),
        ..Default::default()
    };
    let result = QRCodeReader.decode_with_hints(&mut bitmap, &hints).map_err(|error| error.to_string())?;
    let bytes = result.getText().chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| format!("{c:?} is no byte")));
    bytes.collect()
}

#[test]
fn every_version_and_level_is_read_back_by_rqrr_and_rxing() {
    let mut random = Random::new(31);
    let mut png = Png::new(Scale::new(SCALE as u8).unwrap(), QuietZone::default());
    for version in (1..=40).filter_map(Version::new) {
        for level in ErrorCorrectionLevel::ALL {
            let mut options = Options::default();
            options.versions = version.into();
            options.mask = Mask::new(random.below(8) as u8);
            let mut encoder = Encoder::with_options(options);
            let most = version.data_bits(level) / 8 - 3;
            for content in [random.bytes(most), random.content(most)] {
                let symbol = encoder.encode(&content, level).unwrap();
                let (luma, side) = luminance(&png.to_vec(symbol).unwrap());
                let said = format!("{symbol:?}, {} bytes", content.len());
                assert_eq!(rqrr(&luma, side).as_ref(), Ok(&content), "rqrr: {said}");
                assert_eq!(rxing(&luma, side).as_ref(), Ok(&content), "rxing: {said}");
            }
        }
    }
}
