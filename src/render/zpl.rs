//! Draws a symbol as ZPL II, the language of label printers.

use core::fmt;

use super::error::RenderError;
use super::output::outputs;
use super::placement::Placement;
use super::style::Style;
use crate::symbol::Symbol;
use crate::version::Version;

/// A writer that draws symbols as ZPL II, for label printers: the picture as graphic fields (`^GFA`), in whole dots.
///
/// Use a size with the resolution of the printer, 203, 300 or 600 dpi. A dot of the [placement](Style::placement) is a
/// dot of the printer. The quiet zone is part of the picture. ZPL has no colours and no titles: those of the style are
/// ignored, dark modules are printed and light ones are not.
///
/// A field holds at most 99,999 bytes, so a larger picture is several fields below each other. The dots are hexadecimal
/// digits with two abbreviations: `,` fills the row with zeros, `:` repeats the row above (ZPL II Programming
/// Guide, "`^GF`" and "Alternative Data Compression Scheme"). The file is ASCII, one line for each row of modules.
///
/// # Errors
///
/// In addition to those of the style, [`RenderError::TooLarge`] if the picture reaches beyond the coordinate 32,000,
/// the largest that `^FO` accepts. Colours are never refused.
///
/// ```
/// use qrmint::render::{Dpi, Length, Size, Style, Zpl};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let size = Size::Side(Length::from_inches(1.0)?, Dpi::try_from(203)?);
/// let zpl = Zpl::with_style(Style::default().with_size(size)).to_string(&symbol)?;
/// assert!(zpl.starts_with("^XA\n^FO0,0^GFA,5278,5278,26,"), "203 rows of 26 bytes");
/// assert!(zpl.ends_with("^FS\n^XZ\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Zpl {
    style: Style,
    origin: (u16, u16),
    label: bool,
}

impl Zpl {
    /// The largest coordinate in dots that `^FO` accepts.
    pub const MAX_COORDINATE: u16 = 32_000;

    /// Creates a writer with the given style, which writes a whole label with the picture in its top left corner.
    ///
    /// ```
    /// use qrmint::render::{Style, Zpl};
    /// assert_eq!(Zpl::with_style(Style::default()), Zpl::default());
    /// ```
    pub fn with_style(style: Style) -> Self {
        Self { style, origin: (0, 0), label: true }
    }

    /// Sets the position of the top left corner of the picture on the label, in dots. The default is 0, 0.
    ///
    /// ```
    /// use qrmint::render::Zpl;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// assert!(Zpl::default().with_origin(40, 16).to_string(&symbol)?.starts_with("^XA\n^FO40,16^GFA,"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_origin(self, x: u16, y: u16) -> Self {
        Self { origin: (x, y), ..self }
    }

    /// Sets whether to write a whole label, from `^XA` to `^XZ`, or the fields alone, for a label of your own. The default
    /// is `true`.
    ///
    /// ```
    /// use qrmint::render::Zpl;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let writer = Zpl::default().with_origin(0, 60).with_label(false);
    /// let label = format!("^XA\n^FO30,20^A0N,40^FDBadge 4711^FS\n{}^XZ\n", writer.display(&symbol)?);
    /// assert_eq!(label.matches("^XA").count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_label(self, label: bool) -> Self {
        Self { label, ..self }
    }

    /// Returns the style.
    ///
    /// ```
    /// use qrmint::render::{Style, Zpl};
    /// assert_eq!(*Zpl::default().style(), Style::default());
    /// ```
    pub fn style(&self) -> &Style {
        &self.style
    }

    fn plan(&self, version: Version) -> Result<Placement, RenderError> {
        let placement = self.style.placement(version)?;
        let (x, y) = self.origin;
        let max_side = Self::MAX_COORDINATE.saturating_sub(x.max(y)).into();
        match placement.side {
            side if side > max_side => Err(RenderError::TooLarge { side, max_side }),
            _ => Ok(placement),
        }
    }

    fn draw(&self, symbol: &Symbol, placement: &Placement, out: &mut dyn fmt::Write) -> fmt::Result {
        let side = placement.side;
        let row_len = side.div_ceil(8);
        let (x, y) = self.origin;
        if self.label {
            out.write_str("^XA\n")?;
        }
        let mut start = 0;
        while start < side {
            let rows = (MAX_FIELD_LEN / row_len).min(side - start);
            let (y, len) = (u32::from(y) + start, rows * row_len);
            write!(out, "^FO{x},{y}^GFA,{len},{len},{row_len},")?;
            write_rows(symbol, placement, start, start + rows, out)?;
            out.write_str("^FS\n")?;
            start += rows;
        }
        out.write_str(if self.label { "^XZ\n" } else { "" })
    }
}

outputs!(Zpl);

impl Default for Zpl {
    /// Returns [`Zpl::with_style`] of the default style.
    fn default() -> Self {
        Self::with_style(Style::default())
    }
}

/// The maximum number of bytes in a field.
const MAX_FIELD_LEN: u32 = 99_999;

/// Writes the rows of dots from `start` to before `end`: a line for each row of modules and each quiet zone.
fn write_rows(symbol: &Symbol, placement: &Placement, start: u32, end: u32, out: &mut dyn fmt::Write) -> fmt::Result {
    let Placement { module, top, side, .. } = *placement;
    let bottom = top + symbol.size() as u32 * module;
    let mut y = start;
    while y < end {
        let (line, next) = match y {
            _ if y < top => (None, top),
            _ if y < bottom => (Some(((y - top) / module) as usize), y + module - (y - top) % module),
            _ => (None, side),
        };
        write_row(symbol, placement, line, out)?;
        let next = next.min(end);
        for _ in y + 1..next {
            out.write_char(':')?;
        }
        if next < end {
            out.write_char('\n')?;
        }
        y = next;
    }
    Ok(())
}

/// Writes a row of dots as hexadecimal digits: row `line` of the symbol, or a light row.
fn write_row(symbol: &Symbol, placement: &Placement, line: Option<usize>, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut row = Row { out, digit: 0, dots: 0, zeros: 0, len: 0 };
    if let Some(line) = line {
        row.push(placement.left, false)?;
        for x in 0..symbol.size() {
            row.push(placement.module, symbol.is_dark(x, line))?;
        }
    }
    row.finish(2 * placement.side.div_ceil(8))
}

/// A row of dots on its way to `out`.
struct Row<'a> {
    out: &'a mut dyn fmt::Write,
    /// The dots of the digit that is not complete yet, and how many they are.
    digit: usize,
    dots: u32,
    /// Digits 0 that are not written yet: those at the end of the row are left out.
    zeros: u32,
    /// Digits written.
    len: u32,
}

impl Row<'_> {
    /// Appends `dots` dots, dark or light.
    fn push(&mut self, mut dots: u32, dark: bool) -> fmt::Result {
        while dots > 0 {
            let taken = dots.min(4 - self.dots);
            self.digit = (self.digit << taken) | if dark { (1 << taken) - 1 } else { 0 };
            self.dots += taken;
            dots -= taken;
            if self.dots == 4 {
                self.push_digit()?;
            }
        }
        Ok(())
    }

    fn push_digit(&mut self) -> fmt::Result {
        if self.digit == 0 {
            self.zeros += 1;
        } else {
            self.write_zeros(self.zeros)?;
            self.zeros = 0;
            self.out.write_char(char::from(b"0123456789ABCDEF"[self.digit]))?;
            self.len += 1;
        }
        (self.digit, self.dots) = (0, 0);
        Ok(())
    }

    fn write_zeros(&mut self, count: u32) -> fmt::Result {
        self.len += count;
        (0..count).try_for_each(|_| self.out.write_char('0'))
    }

    /// Ends the row, which has `digits` digits. Writes at least one whole byte: some readers stumble over a comma
    /// at the beginning of the data.
    fn finish(mut self, digits: u32) -> fmt::Result {
        if self.dots > 0 {
            self.push(4 - self.dots, false)?;
        }
        self.write_zeros(self.len.next_multiple_of(2).max(2) - self.len)?;
        if self.len < digits { self.out.write_char(',') } else { Ok(()) }
    }
}
