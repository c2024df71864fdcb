//! Writes images of texts in each encoding to a folder, beside the texts, and what `rqrr` and `rxing` read from them. For
//! `scanners/text`, which asks more readers and prints the table.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use qrmint::render::{QuietZone, Scale};
use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, Options, TextEncoding};
use qrmint_decoders::GrayImage;

/// What people write, alone and mixed with digits and capitals, which become segments of their own between the bytes.
const TEXTS: [&str; 16] = [
    "Hello, world",
    "José",
    "Müller",
    "año",
    "crème brûlée",
    "Größe 5",
    "10 €",
    "日本語",
    "Привет",
    "👍",
    "https://example.com/größe?id=4711",
    "Müller 01234567890123456789 José",
    "TICKET 4711 ÄÖÜ PLATFORM 12 ß",
    "10 € für José, 日本語 und Привет 👍",
    "日本語 0123456789 日本語",
    "GATE B42 Привет GATE B43 Привет",
];

/// The encodings by the names of their columns.
const ENCODINGS: [(&str, TextEncoding); 3] =
    [("Utf8Eci", TextEncoding::Utf8Eci), ("Utf8", TextEncoding::Utf8), ("Latin1", TextEncoding::Latin1)];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("the folder for the images is missing")?);
    let (scale, quiet_zone) = (Scale::default().pixels(), QuietZone::default().modules());
    for (number, text) in TEXTS.iter().enumerate() {
        for (name, encoding) in ENCODINGS {
            let mut encoder = Encoder::with_options(Options::default().with_text(encoding));
            let image = match encoder.encode_text(text, ErrorCorrectionLevel::M) {
                Ok(symbol) => symbol.to_png(),
                Err(EncodeError::NotLatin1 { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            let file = folder.join(format!("{number:02}-{name}"));
            fs::write(file.with_extension("txt"), text)?;
            fs::write(file.with_extension("png"), &image)?;
            let gray = GrayImage::of(&image, scale.into(), quiet_zone.into());
            for (reader, read) in [("rqrr", gray.rqrr_text()), ("rxing", gray.rxing_text())] {
                // The table counts a file that is missing as an error.
                if let Ok(read) = read {
                    fs::write(file.with_extension(reader), read)?;
                }
            }
        }
    }
    Ok(())
}
