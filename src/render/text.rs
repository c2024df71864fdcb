//! Draws a symbol as text, two rows of modules in each line.

use core::fmt;

use super::output::outputs;
use super::{Color, RenderError, Style};
use crate::symbol::Symbol;
use crate::version::Version;

/// A writer that draws symbols as lines of text, for terminals and mails.
///
/// A character is one module wide and two high: a space, a block or half a block. The quiet zone is always there.
///
/// Without escape sequences the colours are those of the terminal. By default light modules are blocks, which are light
/// on a dark screen; [`with_inverted`](Self::with_inverted) makes dark modules blocks, for paper and light screens. With
/// [`with_ansi`](Self::with_ansi) the colours are those of the style, whatever the terminal.
///
/// Text uses the quiet zone and the colours of the style, and ignores size, title and description.
///
/// ```
/// use qrmint::render::{QuietZone, Style, Text};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let writer = Text::with_style(Style::default().with_quiet_zone(QuietZone::new(0)));
/// let text = writer.clone().with_inverted(true).to_string(&symbol)?;
/// assert_eq!(text.lines().count(), 11, "21 rows of modules, two in each line");
/// assert!(text.starts_with("█▀▀▀▀▀█ "));
/// assert!(writer.to_string(&symbol)?.starts_with(" ▄▄▄▄▄ █"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text {
    style: Style,
    ansi: bool,
    inverted: bool,
}

impl Text {
    /// Creates a writer with the quiet zone and the colours of a style.
    ///
    /// ```
    /// use qrmint::render::{Style, Text};
    /// assert_eq!(Text::with_style(Style::default()), Text::default());
    /// ```
    pub fn with_style(style: Style) -> Self {
        Self { style, ..Self::default() }
    }

    /// Sets whether to print the colours of the style, whatever those of the terminal. Every line then begins with an
    /// ANSI escape sequence that sets the colours and ends with one that resets them.
    ///
    /// Black and white are taken from the palette of 256 colours, others are written as red, green and blue. Colours that
    /// would not scan are refused.
    ///
    /// ```
    /// use qrmint::render::{Color, Style, Text};
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let text = Text::default().with_ansi(true).to_string(&symbol)?;
    /// assert!(text.lines().all(|line| line.starts_with("\x1b[38;5;16;48;5;231m") && line.ends_with("\x1b[0m")));
    /// let blue = Text::with_style(Style::default().with_dark(Color::rgb(0, 0, 0x80))).with_ansi(true);
    /// assert!(blue.to_string(&symbol)?.starts_with("\x1b[38;2;0;0;128;48;5;231m"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_ansi(self, ansi: bool) -> Self {
        Self { ansi, ..self }
    }

    /// Sets whether dark modules are blocks, for paper and light screens, in place of light ones. Makes no difference with
    /// [`with_ansi`](Self::with_ansi).
    ///
    /// ```
    /// use qrmint::render::Text;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// assert!(Text::default().to_string(&symbol)?.starts_with("███"), "the quiet zone");
    /// assert!(Text::default().with_inverted(true).to_string(&symbol)?.starts_with("   "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_inverted(self, inverted: bool) -> Self {
        Self { inverted, ..self }
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

    /// Returns the number of columns that the image of a symbol of `version` takes, quiet zone included.
    ///
    /// ```
    /// use qrmint::Version;
    /// use qrmint::render::Text;
    /// assert_eq!(Text::default().columns(Version::MIN), 4 + 21 + 4);
    /// ```
    pub fn columns(&self, version: Version) -> usize {
        version.size() + 2 * usize::from(self.style.quiet_zone.modules())
    }

    fn plan(&self, _: Version) -> Result<(), RenderError> {
        if self.ansi { self.style.check_colors() } else { Ok(()) }
    }

    fn draw(&self, symbol: &Symbol, (): &(), out: &mut dyn fmt::Write) -> fmt::Result {
        let (quiet, side) = (usize::from(self.style.quiet_zone.modules()), self.columns(symbol.version()));
        // Left of and above the symbol the difference wraps to a coordinate far outside, where every module is light.
        let dark = |x: usize, y: usize| symbol.is_dark(x.wrapping_sub(quiet), y.wrapping_sub(quiet));
        let dark_is_block = self.ansi || self.inverted;
        for y in (0..side).step_by(2) {
            if self.ansi {
                self.write_colors(out)?;
            }
            for x in 0..side {
                out.write_char(match (dark(x, y) == dark_is_block, dark(x, y + 1) == dark_is_block) {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                })?;
            }
            if self.ansi {
                out.write_str("\x1b[0m")?;
            }
            out.write_char('\n')?;
        }
        Ok(())
    }

    /// Sets the colours: blocks are dark, what is behind them is light.
    fn write_colors(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let (dark, light) = self.style.colors_on_white();
        write!(out, "\x1b[38;{};", Ansi(dark))?;
        match self.style.light {
            // The terminal's own.
            None => out.write_str("49m"),
            Some(_) => write!(out, "48;{}m", Ansi(light)),
        }
    }
}

/// The parameters of an opaque colour: black and white from the palette of 256 colours, where themes do not change them, so that
/// terminals without more colours show them too.
struct Ansi(Color);

impl fmt::Display for Ansi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Color::BLACK => f.write_str("5;16"),
            Color::WHITE => f.write_str("5;231"),
            other => {
                let [red, green, blue, _] = other.to_rgba();
                write!(f, "2;{red};{green};{blue}")
            }
        }
    }
}

outputs!(Text);
