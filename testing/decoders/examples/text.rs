//! Writes images of texts in each encoding to a folder, beside the texts, and what `rqrr` and `rxing` read from them. For
//! `scanners/text`, which asks more readers and prints the table.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Eci, Encoder, ErrorCorrectionLevel, Options};
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

/// An encoding of text in byte mode: by the name of its column, the bytes of a text, and the ECI that says so.
struct Encoding {
    name: &'static str,
    bytes: fn(&str) -> Option<Vec<u8>>,
    eci: Option<Eci>,
}

const ENCODINGS: [Encoding; 3] = [
    Encoding { name: "Utf8Eci", bytes: utf8, eci: Some(Eci::UTF_8) },
    Encoding { name: "Utf8", bytes: utf8, eci: None },
    Encoding { name: "Latin1", bytes: latin1, eci: None },
];

fn utf8(text: &str) -> Option<Vec<u8>> {
    Some(text.into())
}

/// Returns the text in ISO 8859-1, or `None` if it has a character that this lacks.
fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

/// Returns the PNG of a text, or `None` if the encoding lacks one of its characters. ASCII has no ECI: it is the same in all three.
fn image(text: &str, encoding: &Encoding) -> Result<Option<Vec<u8>>, Box<dyn Error>> {
    let Some(bytes) = (encoding.bytes)(text) else { return Ok(None) };
    let mut options = Options::default();
    options.eci = encoding.eci.filter(|_| !text.is_ascii());
    let mut encoder = Encoder::with_options(options);
    let symbol = encoder.encode(&bytes, ErrorCorrectionLevel::M)?;
    Ok(Some(Png::default().to_vec(symbol)?))
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("the folder for the images is missing")?);
    let (scale, quiet_zone) = (Scale::default().pixels(), QuietZone::default().modules());
    for (number, text) in TEXTS.iter().enumerate() {
        for encoding in &ENCODINGS {
            let Some(image) = image(text, encoding)? else { continue };
            let file = folder.join(format!("{number:02}-{}", encoding.name));
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
