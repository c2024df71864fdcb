//! A symbol as PNG and SVG files and on the terminal: `cargo run --example file`.

use std::error::Error;
use std::path::Path;

use qrmint::render::Text;
use qrmint::{ErrorCorrectionLevel, Symbol};

fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    let symbol = Symbol::encode("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
    std::fs::write(folder.join("badge.png"), symbol.to_png())?;
    std::fs::write(folder.join("badge.svg"), symbol.to_svg())?;
    // Black on white, whatever the colours of the terminal are.
    print!("{}", Text::default().with_ansi(true).display(&symbol)?);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir();
    write(&folder)?;
    println!("badge.png and badge.svg are in {}", folder.display());
    Ok(())
}

#[test]
fn a_decoder_reads_the_file() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("qrmint-file-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    write(&folder)?;
    let image = image::open(folder.join("badge.png"))?.to_luma8();
    std::fs::remove_dir_all(folder)?;

    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| image[(x as u32, y as u32)].0[0]);
    let (_, text) = image.detect_grids()[0].decode()?;
    assert_eq!(text, "https://example.com/badge/4711");
    Ok(())
}
