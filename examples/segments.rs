//! Segments of one's own, for a reader that demands them: `cargo run --example segments`.

use std::error::Error;

use qrmint::{Encoder, ErrorCorrectionLevel, Mode, Segment};

fn main() -> Result<(), Box<dyn Error>> {
    let (content, level) = ("BADGE 0123456789", ErrorCorrectionLevel::M);
    let mut encoder = Encoder::new();
    let shortest = encoder.measure(content, level)?;
    println!("the shortest segments, {} bits: {:?}", shortest.bits_used, shortest.segments);

    let segments = [Segment::new(Mode::Byte, 0..6), Segment::new(Mode::Numeric, 6..16)];
    let symbol = encoder.encode_segments(content.as_bytes(), &segments, level)?;
    symbol.check(content)?; // reads the content back from the modules
    println!("a symbol of version {} with segments of one's own: {segments:?}", symbol.version());
    Ok(())
}

#[test]
fn the_symbol_has_the_content() -> Result<(), Box<dyn Error>> {
    main()
}
