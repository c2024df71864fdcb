//! Text that is not plain ASCII, so that readers show it as it was: `cargo run --example unicode`.

use std::error::Error;

use qrmint::{Encoder, ErrorCorrectionLevel, Options, Symbol, TextEncoding};

const LEVEL: ErrorCorrectionLevel = ErrorCorrectionLevel::M;

/// UTF-8, announced by ECI 26.
fn announced(text: &str) -> Result<Symbol, Box<dyn Error>> {
    Ok(Symbol::encode_text(text, LEVEL)?)
}

/// ISO 8859-1 without an announcement, for scanners that do not know ECI. Text with other characters is an error.
fn latin1(text: &str) -> Result<Symbol, Box<dyn Error>> {
    let mut encoder = Encoder::with_options(Options::default().with_text(TextEncoding::Latin1));
    Ok(encoder.encode_text(text, LEVEL)?.clone())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir();
    std::fs::write(folder.join("jose.png"), announced("José Müller, 10 €")?.to_png())?;
    std::fs::write(folder.join("jose-latin1.png"), latin1("José Müller")?.to_png())?;
    println!("jose.png and jose-latin1.png are in {}", folder.display());
    Ok(())
}

#[test]
fn the_symbols_have_the_bytes_of_their_encoding() -> Result<(), Box<dyn Error>> {
    announced("José Müller, 10 €")?.check("José Müller, 10 €")?;
    latin1("José")?.check(b"Jos\xe9")?;
    let error = latin1("10 €").unwrap_err();
    assert_eq!(error.to_string(), "the character at byte 3 of the text is not in ISO 8859-1");
    Ok(())
}
