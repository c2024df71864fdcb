//! Draws a symbol as SVG: one path of horizontal strokes, in units of a module.

use alloc::string::String;
use core::fmt;

use super::{QuietZone, Scale, output};
use crate::symbol::{Run, Symbol};

/// A writer that draws symbols as SVG images.
///
/// An image is a white square and one black path, which has a stroke for each [run](Symbol::runs) of dark modules: a
/// module is one unit, and so is the width of a stroke. The scale sets only the `width` and `height` of the image in
/// pixels. There is no XML declaration, no `id` and no `style`, so an image can be part of an HTML page.
///
/// ```
/// use qrmint::render::Svg;
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let svg = Svg::default().to_string(&symbol);
/// assert!(svg.contains(r#"width="232" height="232" viewBox="0 0 29 29""#));
/// assert!(svg.contains("M4 4.5h7m"), "the top of the first finder pattern, and a move to the next run");
/// # Ok::<(), qrmint::EncodeError>(())
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
    /// let scale = Scale::try_from(3)?;
    /// assert_eq!(Svg::default().with_scale(scale).scale(), scale);
    /// # Ok::<(), qrmint::OutOfRange>(())
    /// ```
    #[must_use]
    pub const fn with_scale(self, scale: Scale) -> Self {
        Self { scale, ..self }
    }

    /// Sets the quiet zone.
    ///
    /// ```
    /// use qrmint::render::{QuietZone, Svg};
    /// let quiet_zone = QuietZone::from(2);
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
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let svg: String = Svg::default().to_string(&symbol);
    /// assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn to_string(&self, symbol: &Symbol) -> String {
        let mut image = String::new();
        // Writing to a string cannot fail.
        let _ = self.draw(symbol, &mut image);
        image
    }

    /// Returns a value that displays the image of `symbol`, for example inside an HTML page. Allocates nothing itself.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let page = format!("<p>Scan me: {}</p>", Svg::default().display(&symbol));
    /// assert!(page.starts_with("<p>Scan me: <svg"));
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn display<'a>(&'a self, symbol: &'a Symbol) -> impl fmt::Display + 'a {
        output::display(move |f| self.draw(symbol, f))
    }

    /// Writes the image of `symbol` to `out` and flushes `out`. If `out` is a `&mut Vec<u8>`, appends to it. Writes up
    /// to 4 KiB at a time, so a file needs no [`BufWriter`](std::io::BufWriter).
    ///
    /// # Errors
    ///
    /// The errors of `out`.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// # let path = std::env::temp_dir().join(format!("qrmint-{}.svg", std::process::id()));
    /// Svg::default().write(&symbol, std::fs::File::create(&path)?)?;
    /// assert_eq!(std::fs::read_to_string(&path)?, symbol.to_svg());
    /// # std::fs::remove_file(path)?;
    /// let mut full: &mut [u8] = &mut [0; 10];
    /// assert!(Svg::default().write(&symbol, &mut full).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "std")]
    pub fn write(&self, symbol: &Symbol, out: impl std::io::Write) -> std::io::Result<()> {
        output::write(self.display(symbol), out)
    }

    fn draw(&self, symbol: &Symbol, out: &mut dyn fmt::Write) -> fmt::Result {
        let quiet = usize::from(self.quiet_zone.modules());
        let side = symbol.size() + 2 * quiet;
        let pixels = side * usize::from(self.scale.pixels());
        write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels}\" height=\"{pixels}\" \
             viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path stroke=\"#000\" d=\"M{quiet} {quiet}.5"
        )?;
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
                path.push(b' ');
                path.push_number(y - pen_y);
            }
            path.push(b'h');
            path.push_number(len);
            (pen_x, pen_y) = (x + len, y);
        }
        path.flush()?;
        out.write_str("\"/></svg>\n")
    }
}

/// Path data on its way to `out`, which gets it in long pieces: one call for each of the thousands of short numbers would
/// take most of the time.
struct PathData<'a> {
    out: &'a mut dyn fmt::Write,
    text: [u8; TEXT_LEN],
    len: usize,
}

const TEXT_LEN: usize = 512;

/// The longest text of a run: `m-177 177h177`.
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
