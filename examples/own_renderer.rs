//! A renderer of one's own, with the crate `image`: coloured, data as dots. `cargo run --example own_renderer`.

use std::error::Error;

use image::{Rgb, RgbImage};
use qrmint::{ErrorCorrectionLevel, Symbol};

/// Pixels per module.
const SCALE: u32 = 16;
const QUIET_ZONE: u32 = 4;

fn draw(symbol: &Symbol) -> RgbImage {
    let side = (symbol.size() as u32 + 2 * QUIET_ZONE) * SCALE;
    RgbImage::from_fn(side, side, |px, py| {
        // In the quiet zone the difference wraps to a coordinate outside the symbol, where every module is light.
        let [x, y] = [px, py].map(|p| (p / SCALE).wrapping_sub(QUIET_ZONE) as usize);
        let [dx, dy] = [px, py].map(|p| (p % SCALE).abs_diff(SCALE / 2));
        let in_dot = dx * dx + dy * dy < (SCALE / 2).pow(2);
        match (symbol.is_dark(x, y), symbol.is_function(x, y)) {
            (true, true) => Rgb([0, 90, 110]),
            (true, false) if in_dot => Rgb([30, 30, 80]),
            _ => Rgb([255, 255, 255]),
        }
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let symbol = Symbol::encode("https://example.com/badge/4711", ErrorCorrectionLevel::Q)?;
    let path = std::env::temp_dir().join("dots.png");
    draw(&symbol).save(&path)?;
    println!("{}", path.display());
    Ok(())
}

#[test]
fn a_decoder_reads_the_dots() -> Result<(), Box<dyn Error>> {
    let symbol = Symbol::encode("https://example.com/badge/4711", ErrorCorrectionLevel::Q)?;
    let image = image::DynamicImage::from(draw(&symbol)).to_luma8();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| image[(x as u32, y as u32)].0[0]);
    let (_, text) = image.detect_grids()[0].decode()?;
    assert_eq!(text, "https://example.com/badge/4711");
    Ok(())
}
