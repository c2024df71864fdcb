//! Graph's `qrCodeImageDetails` as JSON, there and back: `cargo run --example graph_json --features serde`.

use std::error::Error;

use qrmint::{ErrorCorrectionLevel, QrCodeImageDetails};

fn main() -> Result<(), Box<dyn Error>> {
    let details = qrmint::encode("HelloWorld!", ErrorCorrectionLevel::L)?;
    let json = serde_json::to_string_pretty(&details)?;
    println!("{json}");
    assert_eq!(serde_json::from_str::<QrCodeImageDetails>(&json)?, details);
    Ok(())
}

#[test]
fn the_json_is_read_back() -> Result<(), Box<dyn Error>> {
    main()
}
