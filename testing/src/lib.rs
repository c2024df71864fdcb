//! Checks of `qrmint` that its tests and its fuzz targets share. Each takes any input and panics if the engine breaks a promise.

mod choices;
#[cfg(feature = "credential")]
mod credential;
mod details;
#[cfg(feature = "credential")]
pub mod fuzz;
mod image;
pub mod page;
mod print;
mod random;
mod reading;
mod segmentation;
mod style;
mod symbol;

pub use choices::Choices;
#[cfg(feature = "credential")]
pub use credential::{
    DAY, HOUR, LAST, check_date_time, check_patch, check_scan_body, check_scanned, check_upsert_sequence,
    date_time_text,
};
pub use details::{check_image_details, check_image_details_json};
pub use image::{check_png, check_svg, check_text, png_modules, svg_modules};
pub use print::{check_eps, check_pdf, check_prints, check_zpl, pdf_objects};
pub use random::Random;
pub use reading::{Places, Reading, check_encode_text, check_roundtrip};
pub use segmentation::{check_segment, data_bits, shortest};
pub use style::{check_style, split_style};
pub use symbol::{check_encode, check_same, ecc, oracle};

/// Writes what a test leaves out to standard error. The test harness captures `eprintln` and hides its output if a test passes, but
/// not this.
pub fn say(what: std::fmt::Arguments<'_>) {
    use std::io::Write as _;
    _ = writeln!(std::io::stderr(), "{what}");
}

/// The characters of alphanumeric mode.
pub const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
