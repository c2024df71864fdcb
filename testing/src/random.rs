//! Pseudo-random numbers, and contents made of them.

use qrmint::Mode;

use crate::ALPHANUMERIC;

/// A pseudo-random number generator for tests, with the same numbers in every run: a 64-bit linear congruential generator whose
/// high bits are folded down.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Creates the generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns the next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let folded = self.0 ^ self.0 >> 32;
        folded.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ folded >> 29
    }

    /// Returns a number below `end`, which must not be zero.
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() >> 16) as usize % end
    }

    /// Returns `len` bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.bits() as u8).collect()
    }

    /// Returns `len` bytes out of `alphabet`.
    pub fn text(&mut self, alphabet: &[u8], len: usize) -> Vec<u8> {
        (0..len).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    /// Returns `len` characters that take the fewest bits in one segment of `mode`: digits, alphanumeric characters that are no
    /// digits, or bytes above 0x7F.
    pub fn content_of(&mut self, mode: Mode, len: usize) -> Vec<u8> {
        match mode {
            Mode::Numeric => self.text(b"0123456789", len),
            Mode::Alphanumeric => self.text(&ALPHANUMERIC[10..], len),
            Mode::Byte => self.bytes(len).iter().map(|byte| byte | 0x80).collect(),
            other => panic!("no content for {other} mode"),
        }
    }

    /// Returns content of one of the kinds that encoders stumble over, up to `longest` bytes: random, digits, alphanumeric, text, all
    /// zeros, all ones, long runs, and a mixture of these.
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
