//! One image into a file: `cargo run --example badge`.

use qrmint::ErrorCorrectionLevel;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let details = qrmint::encode(b"https://example.com/badge/4711", ErrorCorrectionLevel::Q)?;
    let path = std::env::temp_dir().join("badge.png");
    std::fs::write(&path, &details.binary_value)?;
    println!("{}: a symbol of version {}, {} bytes", path.display(), details.version, details.binary_value.len());
    Ok(())
}
