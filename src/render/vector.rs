//! What PDF and EPS share: lengths in points and the content of the page. The content is the same text in both,
//! since an EPS file defines the operators of PDF.
//!
//! Knows styles and symbols; nothing of files.

use core::fmt;

use super::color::Color;
use super::decimal::Decimal;
use super::length::Dpi;
use super::placement::Placement;
use super::style::Style;
use crate::symbol::{Run, Symbol};

impl Placement {
    /// Returns the resolution, or the default one if the size is in pixels.
    pub(super) fn dpi_on_paper(&self) -> Dpi {
        self.dpi.unwrap_or_default()
    }

    /// Returns the length of `dots` dots in points of 1/72 inch.
    pub(super) fn points(&self, dots: u32) -> Decimal {
        Decimal::of_billionths(self.point_billionths(dots.into(), 1))
    }

    /// Returns the width and height of the page in points: a 4,000th dot less than the side, since many renderers
    /// take every pixel that has begun, and 733 dots at 300 dpi, 175.92 points, are 733.0000000000001 to a computer.
    pub(super) fn page(&self) -> Decimal {
        Decimal::of_billionths(self.page_billionths())
    }

    fn page_billionths(&self) -> u128 {
        self.point_billionths(u128::from(self.side) * 4_000 - 1, 4_000)
    }

    /// Returns the length of `numerator / denominator` dots in billionths of a point.
    fn point_billionths(&self, numerator: u128, denominator: u128) -> u128 {
        let divisor = denominator * u128::from(self.dpi_on_paper().number());
        (numerator * 72 * Decimal::ONE + divisor / 2) / divisor
    }
}

/// Writes the content of the page: the light square unless it is transparent, then one path, which has a rectangle for
/// each run of dark modules, filled at once.
///
/// A renderer may paint every dot that a shape touches (ISO 32000-1, 10.6.4). So that a rectangle touches its own dots
/// alone, whatever the rounding, it is smaller than its modules by 1/1000 to 1/100 dot.
pub(super) fn write_content(
    symbol: &Symbol,
    style: &Style,
    placement: &Placement,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let (dark, light) = style.colors_on_white();
    let Placement { module, left, top, .. } = *placement;
    let page = placement.page();
    if style.light.is_some() {
        write_color(light, out)?;
        writeln!(out, "0 0 {page} {page} re\nf")?;
    }
    write_color(dark, out)?;

    // A rectangle is one unit of the last of these digits, in modules, smaller than its run: half a unit on each side.
    const NINES: &str = "999999999999";
    let digits = module.ilog10() + 3;
    let nines = &NINES[..digits as usize];
    let parts = 2 * 10_u128.pow(digits);
    let [left, top] =
        [left, top].map(|dots| placement.point_billionths(u128::from(dots) * parts + u128::from(module), parts));
    let [left, top] = [left, placement.page_billionths() - top].map(Decimal::of_billionths);
    // One unit is a module, from the top left corner of the symbol downwards.
    let module = placement.points(module);
    writeln!(out, "{module} 0 0 -{module} {left} {top} cm")?;
    for Run { x, y, len } in symbol.runs() {
        writeln!(out, "{x} {y} {}.{nines} .{nines} re", len - 1)?;
    }
    out.write_str("f\n")
}

/// Writes the colour of what is filled next. Black is black ink alone, and white is no ink.
fn write_color(color: Color, out: &mut dyn fmt::Write) -> fmt::Result {
    match color {
        Color::BLACK => out.write_str("0 0 0 1 k\n"),
        Color::WHITE => out.write_str("0 0 0 0 k\n"),
        Color { red, green, blue, .. } => {
            let [red, green, blue] = [red, green, blue].map(Decimal::of_channel);
            writeln!(out, "{red} {green} {blue} rg")
        }
    }
}
