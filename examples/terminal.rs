//! A code on the terminal, and the same as SVG: `cargo run --example terminal`.

use qrmint::render::{Svg, Text};
use qrmint::{Encoder, ErrorCorrectionLevel};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut encoder = Encoder::new();
    let symbol = encoder.encode(b"WIFI:T:WPA;S:guest;P:correct horse;;", ErrorCorrectionLevel::M)?;
    // Black on white whatever the colours of the terminal are.
    print!("{}", Text::default().with_ansi(true).display(symbol));
    println!("as SVG: {} bytes", Svg::default().to_string(symbol).len());
    Ok(())
}
