//! A new sign-in code, scanned and verified: `cargo run --example upsert --features credential`.

use qrmint::credential::{self, DateTime, Kind, Policy, QrCodePatch, Randomness, ScannedContent, Upsert};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = DateTime::new(jiff::Timestamp::now()).ok_or("the clock is before the year 1")?;
    let mut bytes = [0; Randomness::LEN];
    getrandom::fill(&mut bytes)?;
    let patch: QrCodePatch = serde_json::from_str(r##"{"@odata.type": "#microsoft.graph.qrCode"}"##)?;
    let (kind, policy, user) = (Kind::Temporary, Policy::default(), "ada@contoso.com");
    let upserted =
        Upsert { kind, state: None, patch: &patch, policy: &policy, now, user }.run(Randomness::new(bytes))?;
    println!("status {}", upserted.status());
    let (record, response) = upserted.into_parts();
    println!("{}", serde_json::to_string_pretty(&response)?);
    // The store keeps the record; the image goes to the user and comes back from a scanner.
    let image = response.image.ok_or("a new code has an image")?;
    let used = credential::verify(&ScannedContent::parse(&image.raw_content)?, Some(&record), now)?;
    println!("last used {}", used.last_used_date_time);
    Ok(())
}
