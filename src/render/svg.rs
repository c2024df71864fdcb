//! Draws a symbol as SVG: one path of horizontal strokes, in units of a module.

use core::fmt;

use super::output::outputs;
use super::placement::Placement;
use super::{QuietZone, RenderError, Scale, Size, Style};
use crate::symbol::{Run, Symbol};
use crate::version::Version;

/// A writer that draws symbols as SVG images.
///
/// An image is a light square and one dark path, which has a stroke for each [run](Symbol::runs) of dark modules: a
/// module is one unit, and so is the width of a stroke. There is no XML declaration, no `id` and no `style`, so an image can
/// be part of an HTML page.
///
/// ```
/// use qrmint::render::Svg;
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let svg = Svg::default().to_string(&symbol)?;
/// assert!(svg.contains(r#"width="232" height="232" viewBox="0 0 29 29""#));
/// assert!(svg.contains("M4,4.5h7m"), "the top of the first finder pattern, and a move to the next run");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Svg {
    style: Style,
}

impl Svg {
    /// Creates a writer with the given scale and quiet zone.
    ///
    /// ```
    /// use qrmint::render::{QuietZone, Scale, Svg};
    /// assert_eq!(Svg::new(Scale::default(), QuietZone::default()), Svg::default());
    /// ```
    pub fn new(scale: Scale, quiet_zone: QuietZone) -> Self {
        Self::with_style(Style::default().with_size(Size::Scale(scale)).with_quiet_zone(quiet_zone))
    }

    /// Creates a writer with the given style.
    ///
    /// ```
    /// use qrmint::render::{Style, Svg};
    /// assert_eq!(Svg::with_style(Style::default()), Svg::default());
    /// ```
    pub fn with_style(style: Style) -> Self {
        Self { style }
    }

    /// Returns the style.
    ///
    /// ```
    /// use qrmint::render::{Style, Svg};
    /// assert_eq!(*Svg::default().style(), Style::default());
    /// ```
    pub fn style(&self) -> &Style {
        &self.style
    }

    fn plan(&self, version: Version) -> Result<Placement, RenderError> {
        self.style.check_colors()?;
        self.style.placement(version)
    }

    fn draw(&self, symbol: &Symbol, placement: &Placement, out: &mut dyn fmt::Write) -> fmt::Result {
        let pixels = placement.side;
        let (quiet, side) = (placement.left / placement.module, pixels / placement.module);
        write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels}\" height=\"{pixels}\" \
             viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0,0h{side}v{side}H0z\"/><path stroke=\"#000\" d=\"M{quiet},{quiet}.5"
        )?;
        write_strokes(symbol, out)?;
        out.write_str("\"/></svg>\n")
    }
}

outputs!(Svg);

/// Writes the runs as strokes, each relative to the end of the one before, from the middle of the first module's left edge on.
fn write_strokes(symbol: &Symbol, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut path = PathData { out, text: [0; TEXT_LEN], len: 0 };
    let (mut pen_x, mut pen_y) = (0, 0);
    for Run { x, y, len } in symbol.runs() {
        path.make_room()?;
        if (x, y) != (pen_x, pen_y) {
            path.push(b'm');
            if x < pen_x {
                path.push(b'-');
            }
            path.push_number(x.abs_diff(pen_x));
            path.push(b',');
            path.push_number(y - pen_y);
        }
        path.push(b'h');
        path.push_number(len);
        (pen_x, pen_y) = (x + len, y);
    }
    path.flush()
}

/// Path data on its way to `out`, which gets it in long pieces: one call for each of the thousands of short numbers would
/// take most of the time.
struct PathData<'a> {
    out: &'a mut dyn fmt::Write,
    text: [u8; TEXT_LEN],
    len: usize,
}

const TEXT_LEN: usize = 512;

/// The longest text of a run: `m-177,177h177`.
const RUN_LEN: usize = 13;

impl PathData<'_> {
    #[inline]
    fn push(&mut self, byte: u8) {
        self.text[self.len] = byte;
        self.len += 1;
    }

    /// Appends a number below 1,000.
    #[inline]
    fn push_number(&mut self, number: usize) {
        if number >= 100 {
            self.push(b'0' + (number / 100) as u8);
        }
        if number >= 10 {
            self.push(b'0' + (number / 10 % 10) as u8);
        }
        self.push(b'0' + (number % 10) as u8);
    }

    /// Writes what is pending unless there is room for another run.
    #[inline]
    fn make_room(&mut self) -> fmt::Result {
        if self.len > TEXT_LEN - RUN_LEN { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> fmt::Result {
        // ASCII is UTF-8, so nothing is left out.
        let text = str::from_utf8(&self.text[..self.len]).unwrap_or_default();
        self.len = 0;
        self.out.write_str(text)
    }
}
