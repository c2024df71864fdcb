//! Draws a symbol as SVG: one path, in units of a module.

use alloc::string::String;
use core::fmt::{self, Write};

use super::{QuietZone, Scale};
use crate::symbol::Symbol;

/// Writes symbols as SVG.
///
/// The image is a light square and one dark path, which has a rectangle for every run of dark modules in a row.
/// Coordinates are in modules, from the corner of the quiet zone. The scale only sets the `width` and `height` of the
/// image, in pixels.
///
/// ```
/// use qrmint::render::Svg;
/// use qrmint::{Encoder, ErrorCorrectionLevel};
/// let mut encoder = Encoder::new();
/// let svg = Svg::default().to_string(encoder.encode(b"hello", ErrorCorrectionLevel::M).unwrap());
/// assert!(svg.contains(r#"viewBox="0 0 29 29" shape-rendering="crispEdges""#));
/// assert!(svg.contains("M4 4h7v1h-7z"), "the top of the first finder pattern");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Svg {
    /// The width and height of a module in pixels.
    pub scale: Scale,
    /// The quiet zone around the symbol.
    pub quiet_zone: QuietZone,
}

impl Svg {
    /// Creates a writer with the given scale and quiet zone.
    pub const fn new(scale: Scale, quiet_zone: QuietZone) -> Self {
        Self { scale, quiet_zone }
    }

    /// Writes the image of `symbol` to `out`.
    ///
    /// # Errors
    ///
    /// Only the errors of `out`.
    pub fn write(&self, symbol: &Symbol, out: &mut impl Write) -> fmt::Result {
        let quiet = usize::from(self.quiet_zone.modules());
        let side = symbol.size() + 2 * quiet;
        let pixels = side * usize::from(self.scale.pixels());
        write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"{pixels}\" height=\"{pixels}\" \
             viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
             <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\""
        )?;
        for y in 0..symbol.size() {
            let mut x = 0;
            while x < symbol.size() {
                let run = (x..symbol.size()).take_while(|&x| symbol.is_dark(x, y)).count();
                if run > 0 {
                    write!(out, "M{} {}h{run}v1h-{run}z", quiet + x, quiet + y)?;
                }
                x += run + 1;
            }
        }
        out.write_str("\"/></svg>\n")
    }

    /// Returns the image of `symbol`.
    pub fn to_string(&self, symbol: &Symbol) -> String {
        let mut image = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(symbol, &mut image);
        image
    }
}
