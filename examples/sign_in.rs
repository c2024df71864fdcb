//! A sign-in code, created and verified, in a store of one's own: `cargo run --example sign_in --features credential`.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Mutex;

use qrmint::credential::{
    self, DateTime, Kind, Policy, QrCode, QrCodePatch, Randomness, Record, ScannedContent, Upsert,
};

/// A record for each user, since this program has one kind of code. It has a digest of the secret, not the secret.
#[derive(Default)]
struct Store(Mutex<HashMap<String, Record>>);

impl Store {
    fn get(&self, user: &str) -> Option<Record> {
        self.0.lock().ok()?.get(&user.to_lowercase()).cloned()
    }

    /// Stores a record unless another thread has replaced the one that was `seen`. In a database this is an `UPDATE` with
    /// a condition.
    fn compare_and_swap(&self, seen: Option<&Record>, new: Record) -> Result<(), &'static str> {
        let user = new.user_principal_name.to_lowercase();
        let mut records = self.0.lock().map_err(|_| "a thread panicked")?;
        if records.get(&user) != seen {
            return Err("another request was faster");
        }
        records.insert(user, new);
        Ok(())
    }
}

fn create(store: &Store, user: &str, patch: &QrCodePatch, now: DateTime) -> Result<QrCode, Box<dyn Error>> {
    let mut bytes = [0; Randomness::LEN];
    getrandom::fill(&mut bytes)?;
    let seen = store.get(user);
    let upsert = Upsert { kind: Kind::Temporary, state: seen.as_ref(), patch, policy: &Policy::default(), now, user };
    let (record, code) = upsert.run(Randomness::new(bytes))?.into_parts();
    store.compare_and_swap(seen.as_ref(), record)?;
    Ok(code)
}

fn sign_in(store: &Store, scanned: &[u8], now: DateTime) -> Result<Record, Box<dyn Error>> {
    let scanned = ScannedContent::parse(scanned)?;
    let seen = store.get(scanned.user_principal_name());
    let used = credential::verify(&scanned, seen.as_ref(), now)?;
    store.compare_and_swap(seen.as_ref(), used.clone())?;
    Ok(used)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (store, user) = (Store::default(), "ada@contoso.com");
    let now = DateTime::new(jiff::Timestamp::now()).ok_or("the clock is before the year 1")?;
    // The properties that the user asks for, in Graph's JSON: by default the code starts now.
    let code = create(&store, user, &serde_json::from_str("{}")?, now)?;
    println!("{} can sign in until {}", user, code.expire_date_time);
    // The image goes to the user and comes back from a scanner.
    let image = code.image.ok_or("a new code has an image")?;
    let used = sign_in(&store, &image.raw_content, now)?;
    println!("{} has signed in at {}", used.user_principal_name, used.last_used_date_time);
    Ok(())
}

#[test]
fn only_the_code_that_was_created_signs_in() -> Result<(), Box<dyn Error>> {
    main()?;
    let (store, now) = (Store::default(), "2025-03-04T21:27:46Z".parse()?);
    let patch = QrCodePatch::default();
    let image = create(&store, "ada@contoso.com", &patch, now)?.image.ok_or("a new code has an image")?;
    let mut forged = image.raw_content.clone();
    let last = forged.len() - 2;
    forged[last] ^= 1;
    assert!(sign_in(&store, &forged, now).is_err());
    assert_eq!(sign_in(&store, &image.raw_content, now)?.last_used_date_time, now);
    assert!(create(&store, "Ada@contoso.com", &patch, now).is_err(), "an active temporary code is not replaced");
    Ok(())
}
