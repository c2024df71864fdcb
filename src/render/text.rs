//! Draws a symbol as text, two rows of modules in each line.

use alloc::string::String;
use core::fmt;

use super::{QuietZone, output};
use crate::symbol::Symbol;

/// A writer that draws symbols as lines of text.
///
/// A character is one module wide and two high: a space, a block or half a block.
///
/// By default dark modules are printed and light ones are blank, which suits dark text on a light background. For
/// terminals of any colours, [`with_ansi`](Self::with_ansi) sets black on white. The default quiet zone is 4 modules.
///
/// ```
/// use qrmint::render::{QuietZone, Text};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let text = Text::default().with_quiet_zone(QuietZone::from(0)).to_string(&symbol);
/// assert_eq!(text.lines().count(), 11, "21 rows of modules, two in each line");
/// assert!(text.starts_with("█▀▀▀▀▀█ "));
/// # Ok::<(), qrmint::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text {
    quiet_zone: QuietZone,
    ansi: bool,
}

/// Sets black on white with colours 16 and 231 of the 256-colour palette, which themes do not change.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

impl Text {
    /// Sets the quiet zone.
    ///
    /// ```
    /// use qrmint::render::{QuietZone, Text};
    /// let quiet_zone = QuietZone::from(2);
    /// assert_eq!(Text::default().with_quiet_zone(quiet_zone).quiet_zone(), quiet_zone);
    /// ```
    #[must_use]
    pub const fn with_quiet_zone(self, quiet_zone: QuietZone) -> Self {
        Self { quiet_zone, ..self }
    }

    /// Sets whether to print black on white, whatever the colours of the terminal. Every line then begins with an ANSI
    /// escape sequence that sets the colours and ends with one that resets them.
    ///
    /// ```
    /// use qrmint::render::Text;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let text = Text::default().with_ansi(true).to_string(&symbol);
    /// assert!(text.lines().all(|line| line.starts_with('\x1b') && line.ends_with("\x1b[0m")));
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    #[must_use]
    pub const fn with_ansi(self, ansi: bool) -> Self {
        Self { ansi, ..self }
    }

    /// Returns the quiet zone.
    ///
    /// ```
    /// use qrmint::render::Text;
    /// assert_eq!(Text::default().quiet_zone().modules(), 4);
    /// ```
    pub const fn quiet_zone(&self) -> QuietZone {
        self.quiet_zone
    }

    /// Returns whether ANSI escape sequences set black on white.
    ///
    /// ```
    /// use qrmint::render::Text;
    /// assert!(!Text::default().ansi());
    /// ```
    pub const fn ansi(&self) -> bool {
        self.ansi
    }

    /// Returns the image of `symbol`. Every line ends with a line feed.
    ///
    /// ```
    /// use qrmint::render::Text;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let text: String = Text::default().to_string(&symbol);
    /// assert_eq!(text.lines().count(), 15, "4 + 21 + 4 rows of modules, two in each line");
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn to_string(&self, symbol: &Symbol) -> String {
        let mut image = String::new();
        // Writing to a string cannot fail.
        let _ = self.draw(symbol, &mut image);
        image
    }

    /// Returns a value that displays the image of `symbol`, for example in `println!`. Allocates nothing itself.
    ///
    /// ```
    /// use qrmint::render::Text;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// println!("Scan me:\n{}", Text::default().with_ansi(true).display(&symbol));
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn display<'a>(&'a self, symbol: &'a Symbol) -> impl fmt::Display + 'a {
        output::display(move |f| self.draw(symbol, f))
    }

    /// Writes the image of `symbol` to `out` as UTF-8 and flushes `out`. If `out` is a `&mut Vec<u8>`, appends to it.
    /// Writes up to 4 KiB at a time, so a file needs no [`BufWriter`](std::io::BufWriter).
    ///
    /// # Errors
    ///
    /// The errors of `out`.
    ///
    /// ```
    /// use qrmint::render::Text;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// Text::default().with_ansi(true).write(&symbol, std::io::stdout())?;
    /// let mut full: &mut [u8] = &mut [0; 10];
    /// assert!(Text::default().write(&symbol, &mut full).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "std")]
    pub fn write(&self, symbol: &Symbol, out: impl std::io::Write) -> std::io::Result<()> {
        output::write(self.display(symbol), out)
    }

    fn draw(&self, symbol: &Symbol, out: &mut impl fmt::Write) -> fmt::Result {
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
}
