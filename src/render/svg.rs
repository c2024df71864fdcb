//! Draws a symbol as SVG: one path, in units of a module.

use alloc::string::String;
use core::fmt;

use super::{QuietZone, Scale, output};
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
    scale: Scale,
    quiet_zone: QuietZone,
}

impl Svg {
    /// Creates a writer with the given scale and quiet zone.
    ///
    /// ```
    /// use qrmint::render::{QuietZone, Scale, Svg};
    /// assert_eq!(Svg::new(Scale::default(), QuietZone::default()), Svg::default());
    /// ```
    pub const fn new(scale: Scale, quiet_zone: QuietZone) -> Self {
        Self { scale, quiet_zone }
    }

    /// Sets the scale.
    ///
    /// ```
    /// use qrmint::render::{Scale, Svg};
    /// let scale = Scale::new(3).unwrap();
    /// assert_eq!(Svg::default().with_scale(scale).scale(), scale);
    /// ```
    #[must_use]
    pub const fn with_scale(self, scale: Scale) -> Self {
        Self { scale, ..self }
    }

    /// Sets the quiet zone.
    ///
    /// ```
    /// use qrmint::render::{QuietZone, Svg};
    /// let quiet_zone = QuietZone::new(2);
    /// assert_eq!(Svg::default().with_quiet_zone(quiet_zone).quiet_zone(), quiet_zone);
    /// ```
    #[must_use]
    pub const fn with_quiet_zone(self, quiet_zone: QuietZone) -> Self {
        Self { quiet_zone, ..self }
    }

    /// Returns the scale.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// assert_eq!(Svg::default().scale().pixels(), 8);
    /// ```
    pub const fn scale(&self) -> Scale {
        self.scale
    }

    /// Returns the quiet zone.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// assert_eq!(Svg::default().quiet_zone().modules(), 4);
    /// ```
    pub const fn quiet_zone(&self) -> QuietZone {
        self.quiet_zone
    }

    /// Returns the image of `symbol`.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut encoder = Encoder::new();
    /// let svg: String = Svg::default().to_string(encoder.encode(b"hello", ErrorCorrectionLevel::M)?);
    /// assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn to_string(&self, symbol: &Symbol) -> String {
        let mut image = String::new();
        // Writing to a string cannot fail.
        let _ = self.draw(symbol, &mut image);
        image
    }

    /// Returns the image of `symbol` as a value to display, for example in a page around it.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut encoder = Encoder::new();
    /// let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M)?;
    /// let page = format!("<p>Scan me: {}</p>", Svg::default().display(symbol));
    /// assert!(page.starts_with("<p>Scan me: <svg"));
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn display<'a>(&'a self, symbol: &'a Symbol) -> impl fmt::Display + 'a {
        output::display(move |f| self.draw(symbol, f))
    }

    /// Writes the image of `symbol` to `out` and flushes `out`; appends the image if `out` is a `Vec<u8>`. Needs no
    /// [`BufWriter`](std::io::BufWriter).
    ///
    /// # Errors
    ///
    /// Only the errors of `out`.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{Encoder, ErrorCorrectionLevel};
    /// let mut encoder = Encoder::new();
    /// let symbol = encoder.encode(b"hello", ErrorCorrectionLevel::M)?;
    /// # let path = std::env::temp_dir().join(format!("qrmint-{}.svg", std::process::id()));
    /// Svg::default().write(symbol, std::fs::File::create(&path)?)?;
    /// assert_eq!(std::fs::read_to_string(&path)?, Svg::default().to_string(symbol));
    /// # std::fs::remove_file(path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "std")]
    pub fn write(&self, symbol: &Symbol, out: impl std::io::Write) -> std::io::Result<()> {
        output::write(self.display(symbol), out)
    }

    fn draw(&self, symbol: &Symbol, out: &mut impl fmt::Write) -> fmt::Result {
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
}
