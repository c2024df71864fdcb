//! A new sign-in code, scanned and verified: `cargo run --example upsert --features credential`.

use qrmint::credential::{self, DateTime, Kind, Policy, QrCodePatch, Randomness, ScannedContent, Upserted};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = DateTime::new(jiff::Timestamp::now()).ok_or("the clock is before the year 1")?;
    let mut bytes = [0; Randomness::LEN];
    getrandom::fill(&mut bytes)?;
    let patch: QrCodePatch = serde_json::from_str(r##"{"@odata.type": "#microsoft.graph.qrCode"}"##)?;
    let (policy, randomness) = (Policy::default(), Randomness::new(bytes));
    match credential::upsert(Kind::Temporary, None, &patch, &policy, now, randomness, "ada@contoso.com")? {
        Upserted::Created { record, response } => {
            println!("{}", serde_json::to_string_pretty(&response)?);
            // The store keeps the record; the image goes to the user and comes back from a scanner.
            let image = response.image.ok_or("a new code has an image")?;
            let used = credential::verify(&ScannedContent::parse(&image.raw_content)?, Some(&record), now)?;
            println!("last used {}", used.last_used_date_time);
        }
        Upserted::Updated { .. } => unreachable!("none was active"),
    }
    Ok(())
}
