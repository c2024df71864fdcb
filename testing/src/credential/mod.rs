//! Checks of the credential layer.

#![allow(clippy::unwrap_used, reason = "a check panics where a promise is broken")]

mod calendar;
mod input;
mod model;
mod sequence;
mod text;

pub use calendar::{DAY, HOUR, LAST, date_time_text};
pub use sequence::check_upsert_sequence;
pub use text::{check_date_time, check_patch, check_scan_body, check_scanned};
