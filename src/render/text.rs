//! Draws a symbol as text, two rows of modules in each line.

use alloc::string::String;
use core::fmt::{self, Write};

use super::QuietZone;
use crate::symbol::Symbol;

/// Writes symbols as lines of text. A character is one module wide and two high: a space, a block or half a block.
///
/// Without `ansi`, dark modules are printed and light ones are left blank, which suits dark text on a light page. With
/// `ansi`, every line starts with an escape sequence that sets black on white and ends with one that resets it, so the
/// colours of the terminal do not matter.
///
/// ```
/// use qrmint::render::{QuietZone, Text};
/// use qrmint::{Encoder, ErrorCorrectionLevel};
/// let mut encoder = Encoder::new();
/// let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M).unwrap();
/// let text = Text { quiet_zone: QuietZone::new(0), ansi: false }.to_string(symbol);
/// assert_eq!(text.lines().count(), 11);
/// assert!(text.starts_with("█▀▀▀▀▀█ "));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text {
    /// The quiet zone around the symbol.
    pub quiet_zone: QuietZone,
    /// Whether every line sets black on white.
    pub ansi: bool,
}

/// Sets black on white with colours 16 and 231 of the 256-colour palette, which themes do not change.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

impl Text {
    /// Writes the image of `symbol` to `out`.
    ///
    /// # Errors
    ///
    /// Only the errors of `out`.
    pub fn write(&self, symbol: &Symbol, out: &mut impl Write) -> fmt::Result {
        let quiet = usize::from(self.quiet_zone.modules());
        let side = symbol.size() + 2 * quiet;
        // Left of and above the symbol the difference wraps to a coordinate far outside, where every module is light.
        let dark = |x: usize, y: usize| symbol.is_dark(x.wrapping_sub(quiet), y.wrapping_sub(quiet));
        for y in (0..side).step_by(2) {
            if self.ansi {
                out.write_str(BLACK_ON_WHITE)?;
            }
            for x in 0..side {
                out.write_char(match (dark(x, y), dark(x, y + 1)) {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                })?;
            }
            if self.ansi {
                out.write_str(RESET)?;
            }
            out.write_char('\n')?;
        }
        Ok(())
    }

    /// Returns the image of `symbol`.
    pub fn to_string(&self, symbol: &Symbol) -> String {
        let mut image = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(symbol, &mut image);
        image
    }
}
