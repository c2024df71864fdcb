//! Decoders that none of us wrote read every image back to the exact bytes.

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Options, Segmentation, Version};
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

/// The bytes that `rxing` finds. What it gives losslessly is the bytes of the one segment in byte mode, or else printable
/// ASCII as text: for bytes in numeric and alphanumeric segments between others it has no place.
fn rxing(luma: &[u8], side: usize, one_byte_segment: bool) -> Result<Vec<u8>, String> {
    use rxing::common::HybridBinarizer;
    use rxing::qrcode::QRCodeReader;
    use rxing::{BinaryBitmap, Luma8LuminanceSource, RXingResultMetadataType, RXingResultMetadataValue, Reader};
    let source =
        Luma8LuminanceSource::new(luma.to_vec(), side as u32, side as u32).map_err(|error| error.to_string())?;
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    // Left to guess a character set for its text, it fails on bytes that look like one and are not.
    let hints = rxing::DecodeHints {
        CharacterSet: Some("ISO-8859-1".to_owned()),
        PureBarcode: Some(true),
        ..Default::default()
    };
    let result = QRCodeReader.decode_with_hints(&mut bitmap, &hints).map_err(|error| error.to_string())?;
    if !one_byte_segment {
        return Ok(result.getText().as_bytes().to_vec());
    }
    match result.getRXingResultMetadata().get(&RXingResultMetadataType::BYTE_SEGMENTS) {
        Some(RXingResultMetadataValue::ByteSegments(segments)) if segments.len() == 1 => Ok(segments[0].clone()),
        other => Err(format!("{other:?} for segments")),
    }
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
                let printable = content.iter().all(|byte| matches!(byte, b' '..=b'~'));
                encoder.options_mut().segmentation =
                    if printable { Segmentation::Optimal } else { Segmentation::Bytes };
                let symbol = encoder.encode(&content, level).unwrap();
                let (luma, side) = luminance(&png.to_vec(symbol).unwrap());
                let said = format!("{symbol:?}, {} bytes", content.len());
                assert_eq!(rqrr(&luma, side).as_ref(), Ok(&content), "rqrr: {said}");
                assert_eq!(rxing(&luma, side, !printable).as_ref(), Ok(&content), "rxing: {said}");
            }
        }
    }
}
