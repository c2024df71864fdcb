//! The credential layer: creating, updating and verifying codes, and their JSON.

mod json;
mod properties;
mod upsert;
mod verify;

use qrmint::credential::DateTime;

const USER: &str = "ada@contoso.com";

fn at(text: &str) -> DateTime {
    text.parse().expect("a date")
}
