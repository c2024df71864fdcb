//! Checks of `qrmint` that its tests and its fuzz targets share. Each takes any input and panics where the engine breaks a
//! promise.

mod choices;
#[cfg(feature = "credential")]
mod credential;
mod details;
mod image;
pub mod page;
mod reading;
mod segmentation;
mod symbol;

pub use choices::Choices;
#[cfg(feature = "credential")]
pub use credential::{
    DAY, HOUR, LAST, check_date_time, check_patch, check_scanned, check_upsert_sequence, date_time_text,
};
pub use details::{check_image_details, check_image_details_json};
pub use image::{check_png, check_svg, check_text, png_modules};
pub use reading::{Places, Reading, check_roundtrip};
pub use segmentation::{check_segment, data_bits, shortest};
pub use symbol::{check_encode, check_same, ecc, oracle};

/// Says what a test leaves out, on standard error and not by `eprintln`, of which a test that passes shows nothing.
pub fn say(what: std::fmt::Arguments<'_>) {
    use std::io::Write as _;
    _ = writeln!(std::io::stderr(), "{what}");
}

/// A small generator of numbers that are random enough for tests and the same on every run (a 64-bit linear congruential
/// generator with its high bits folded down).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The generator with that seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let folded = self.0 ^ self.0 >> 32;
        folded.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ folded >> 29
    }

    /// A number below `end`, which is not zero.
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() >> 16) as usize % end
    }

    /// So many bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.bits() as u8).collect()
    }

    /// So many bytes out of `alphabet`.
    pub fn text(&mut self, alphabet: &[u8], len: usize) -> Vec<u8> {
        (0..len).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    /// Content of one of the kinds that encoders stumble over, up to `longest` bytes: random, digits, alphanumeric, text,
    /// all zeros, all ones, long runs, and pieces of all of these.
    pub fn content(&mut self, longest: usize) -> Vec<u8> {
        let len = self.below(longest + 1);
        match self.below(8) {
            0 => self.bytes(len),
            1 => self.text(b"0123456789", len),
            2 => self.text(ALPHANUMERIC, len),
            3 => self.text("the quick brown föx, 27 lazy dogs & ünïcode 漢字".as_bytes(), len),
            4 => vec![0x00; len],
            5 => vec![0xff; len],
            6 => {
                let mut content = Vec::new();
                while content.len() < len {
                    let run = 1 + self.below(60);
                    content.extend(std::iter::repeat_n(self.bits() as u8, run));
                }
                content.truncate(len);
                content
            }
            _ => {
                let mut content = Vec::new();
                while content.len() < len {
                    let piece = 1 + self.below(24);
                    let alphabet: &[u8] =
                        [b"0123456789".as_slice(), ALPHANUMERIC, b"abcdef\x00\x80\xff"][self.below(3)];
                    content.extend(self.text(alphabet, piece));
                }
                content.truncate(len);
                content
            }
        }
    }
}

/// The characters of alphanumeric mode.
pub const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
