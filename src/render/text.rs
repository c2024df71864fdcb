//! Symbols to text: half blocks, two rows of modules a line.

use alloc::string::String;
use core::fmt::{self, Write};

use super::QuietZone;
use crate::symbol::Symbol;

/// Writes symbols as lines of text, each character one module wide and two high.
///
/// Plain, dark modules are blocks and light ones blanks: right for dark print on a light page. With `ansi`, every line sets
/// black on white by escape sequences that terminals know, whatever their colours are, and resets them.
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
    /// Light modules around the symbol.
    pub quiet_zone: QuietZone,
    /// Whether every line says its colours.
    pub ansi: bool,
}

/// Black on white, by numbers of the 256-colour palette that no theme changes.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

impl Text {
    /// Writes the image of `symbol` to `out`.
    ///
    /// # Errors
    ///
    /// Only those of `out`.
    pub fn write(&self, symbol: &Symbol, out: &mut impl Write) -> fmt::Result {
        let quiet = usize::from(self.quiet_zone.modules());
        let side = symbol.size() + 2 * quiet;
        // Left of and above the symbol the difference wraps far outside, where all is light.
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

    /// The image of `symbol`.
    pub fn to_string(&self, symbol: &Symbol) -> String {
        let mut image = String::new();
        // Writing into a string does not fail.
        let _ = self.write(symbol, &mut image);
        image
    }
}
