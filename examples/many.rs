//! Many images with one encoder, one writer and one buffer: `cargo run --release --example many`.

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Options, Version};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // All badges alike: version 4 whatever the name, always the same mask.
    let version = Version::new(4).ok_or("no such version")?;
    let options = Options::default().with_versions(version).with_mask(Mask::new(2).ok_or("no such mask")?);

    let mut encoder = Encoder::with_options(options);
    let png = Png::new(Scale::new(12).ok_or("no such scale")?, QuietZone::default());
    let mut image = Vec::new();
    for (number, name) in ["Ada Lovelace", "Grace Hopper", "Katherine Johnson"].iter().enumerate() {
        let content = format!("badge:{number}|{name}");
        let symbol = encoder.encode(content.as_bytes(), ErrorCorrectionLevel::M)?;
        image.clear();
        png.write(symbol, &mut image)?;
        println!("{name}: {} bytes, {} pixels a side", image.len(), png.side(symbol.version()));
    }
    Ok(())
}
