//! Many images on all cores, with the crate `rayon`: `cargo run --release --example many`.

use std::error::Error;
use std::time::Instant;

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel};
use rayon::prelude::*;

fn images(numbers: std::ops::Range<u32>) -> Result<Vec<Vec<u8>>, Box<dyn Error + Send + Sync>> {
    let png = Png::new(Scale::try_from(5)?, QuietZone::default());
    // Each thread has an encoder and a writer of its own, which keep their buffers.
    let thread = || (Encoder::new(), png.clone());
    let image = |(encoder, png): &mut (Encoder, Png), number| {
        let symbol = encoder.encode(format!("https://example.com/badge/{number}"), ErrorCorrectionLevel::M)?;
        Ok(png.to_vec(symbol)?)
    };
    numbers.into_par_iter().map_init(thread, image).collect()
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let start = Instant::now();
    let images = images(0..20_000)?;
    println!("{} images in {:?}, in order", images.len(), start.elapsed());
    Ok(())
}

#[test]
fn the_images_are_in_the_order_of_their_numbers() -> Result<(), Box<dyn Error + Send + Sync>> {
    let images = images(100..200)?;
    assert_eq!(images.len(), 100);
    let png = Png::new(Scale::try_from(5)?, QuietZone::default());
    let last = qrmint::Symbol::encode("https://example.com/badge/199", ErrorCorrectionLevel::M)?;
    assert_eq!(images[99], png.to_vec(&last)?);
    Ok(())
}
