//! The package `png` at its fastest, which peers write their images with.

/// Writes a square image of one bit a pixel, grayscale, and replaces what is in `image`.
pub(crate) fn write(pixels: &[u8], side: usize, image: &mut Vec<u8>) {
    image.clear();
    let mut encoder = png::Encoder::new(image, side as u32, side as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("a vector takes all");
    writer.write_image_data(pixels).expect("a vector takes all");
    writer.finish().expect("a vector takes all");
}
