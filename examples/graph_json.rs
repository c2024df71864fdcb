//! Graph's JSON, there and back: `cargo run --features serde --example graph_json`.

use qrmint::{ErrorCorrectionLevel, QrCodeImageDetails};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let details = qrmint::encode(b"HelloWorld!", ErrorCorrectionLevel::L)?;
    let json = serde_json::to_string_pretty(&details)?;
    println!("{json}");
    assert_eq!(serde_json::from_str::<QrCodeImageDetails>(&json)?, details);
    Ok(())
}
