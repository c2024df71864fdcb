//! Draws a symbol as text, two rows of modules in each line.

use core::fmt;

use super::output::outputs;
use super::{RenderError, Style};
use crate::symbol::Symbol;
use crate::version::Version;

/// A writer that draws symbols as lines of text.
///
/// A character is one module wide and two high: a space, a block or half a block.
///
/// By default dark modules are printed and light ones are blank, which suits dark text on a light background. For
/// terminals of any colours, [`with_ansi`](Self::with_ansi) sets black on white. The default quiet zone is 4 modules.
///
/// ```
/// use qrmint::render::{QuietZone, Style, Text};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let text = Text::with_style(Style::default().with_quiet_zone(QuietZone::new(0))).to_string(&symbol)?;
/// assert_eq!(text.lines().count(), 11, "21 rows of modules, two in each line");
/// assert!(text.starts_with("█▀▀▀▀▀█ "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text {
    style: Style,
    ansi: bool,
}

/// Sets black on white with colours 16 and 231 of the 256-colour palette, which themes do not change.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

impl Text {
    /// Creates a writer with the quiet zone and, with [`with_ansi`](Self::with_ansi), the colours of a style. Text has no
    /// size and no title.
    ///
    /// ```
    /// use qrmint::render::{Style, Text};
    /// assert_eq!(Text::with_style(Style::default()), Text::default());
    /// ```
    pub fn with_style(style: Style) -> Self {
        Self { style, ansi: false }
    }

    /// Sets whether to print black on white, whatever the colours of the terminal. Every line then begins with an ANSI
    /// escape sequence that sets the colours and ends with one that resets them.
    ///
    /// ```
    /// use qrmint::render::Text;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let text = Text::default().with_ansi(true).to_string(&symbol)?;
    /// assert!(text.lines().all(|line| line.starts_with('\x1b') && line.ends_with("\x1b[0m")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_ansi(self, ansi: bool) -> Self {
        Self { ansi, ..self }
    }

    /// Returns the style.
    ///
    /// ```
    /// use qrmint::render::{Style, Text};
    /// assert_eq!(*Text::default().style(), Style::default());
    /// ```
    pub fn style(&self) -> &Style {
        &self.style
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

    fn plan(&self, _: Version) -> Result<(), RenderError> {
        if self.ansi {
            self.style.check_colors()?;
        }
        Ok(())
    }

    fn draw(&self, symbol: &Symbol, (): &(), out: &mut dyn fmt::Write) -> fmt::Result {
        let quiet = usize::from(self.style.quiet_zone.modules());
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

outputs!(Text);
