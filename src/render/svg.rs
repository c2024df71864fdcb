//! Draws a symbol as SVG: one path of horizontal strokes, in units of a module.

use alloc::string::String;
use core::fmt;

use super::decimal::Decimal;
use super::output::outputs;
use super::{Color, Dpi, Placement, QuietZone, RenderError, Scale, Size, Style};
use crate::symbol::{Run, Symbol};
use crate::version::Version;

/// A writer that draws symbols as SVG images.
///
/// An image is a light square and one dark path, which has a stroke for each [run](Symbol::runs) of dark modules: a
/// module is one unit, and so is the width of a stroke. `width` and `height` are millimetres for a size on paper, else
/// pixels.
///
/// An image can be part of an HTML page: it has no XML declaration, no `style`, no script, and no `id` unless
/// [`with_id`](Self::with_id) asks for one, so several codes do not disturb each other, and a strict content security
/// policy allows it. With a [title](Style::title) or description it has the role of an image, so screen readers read them.
///
/// ```
/// use qrmint::render::{Style, Svg};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let svg = Svg::default().to_string(&symbol)?;
/// assert!(svg.contains(r#"width="232" height="232" viewBox="0 0 29 29""#));
/// assert!(svg.contains("M4,4.5h7m"), "the top of the first finder pattern, and a move to the next run");
///
/// let svg = Svg::with_style(Style::default().with_title("Ticket <4711>")).with_class("ticket").to_string(&symbol)?;
/// assert!(svg.contains(r#"class="ticket""#) && svg.contains(r#"role="img""#));
/// assert!(svg.contains("<title>Ticket &lt;4711&gt;</title>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Svg {
    style: Style,
    id: Option<String>,
    class: Option<String>,
    current_color: bool,
    without_dimensions: bool,
    unit: Option<SvgUnit>,
    xml_declaration: bool,
}

/// A unit of length for [`Svg::with_unit`].
///
/// ```
/// use qrmint::render::{Svg, SvgUnit};
/// let svg = Svg::default().with_unit(SvgUnit::Inches);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SvgUnit {
    /// Pixels of CSS, 96 to the inch, written without a unit.
    Pixels,
    /// Millimetres, `mm`.
    Millimetres,
    /// Inches, `in`.
    Inches,
    /// Points, 72 to the inch, `pt`.
    Points,
}

impl SvgUnit {
    /// Returns the millionths of the unit in an inch, and its name.
    fn per_inch(self) -> (u64, &'static str) {
        match self {
            Self::Pixels => (96_000_000, ""),
            Self::Millimetres => (25_400_000, "mm"),
            Self::Inches => (1_000_000, "in"),
            Self::Points => (72_000_000, "pt"),
        }
    }
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
        Self { style, ..Self::default() }
    }

    /// Sets the `id` of the `svg` element, which must not contain white space and must be unique on its page. The title then has the id `ID-title`, the description `ID-description`, and
    /// `aria-labelledby` and `aria-describedby` name them, which some older screen readers need.
    ///
    /// ```
    /// use qrmint::render::{Style, Svg};
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let svg = Svg::with_style(Style::default().with_title("Ticket")).with_id("t1").to_string(&symbol)?;
    /// assert!(svg.contains(r#"aria-labelledby="t1-title""#) && svg.contains(r#"<title id="t1-title">Ticket</title>"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// Sets the `class` of the `svg` element.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// assert!(Svg::default().with_class("code big").to_string(&symbol)?.contains(r#" class="code big""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_class(self, class: impl Into<String>) -> Self {
        Self { class: Some(class.into()), ..self }
    }

    /// Sets whether dark modules have the colour of the text around the image, `currentColor`, in place of the style's.
    /// The contrast on the page is then up to you.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// assert!(Svg::default().with_current_color(true).to_string(&symbol)?.contains(r#"stroke="currentColor""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_current_color(self, current_color: bool) -> Self {
        Self { current_color, ..self }
    }

    /// Sets whether the image has a `width` and `height`. Without them it fills its container. The default is `true`.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// assert!(!Svg::default().with_dimensions(false).to_string(&symbol)?.contains("width"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_dimensions(self, dimensions: bool) -> Self {
        Self { without_dimensions: !dimensions, ..self }
    }

    /// Sets the unit of `width` and `height`. Between pixels and the others there are 96 pixels to the inch, as in CSS.
    ///
    /// ```
    /// use qrmint::render::{Dpi, Length, Size, Style, Svg, SvgUnit};
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let svg = Svg::with_style(Style::default().with_size(Size::Side(Length::from_inches(2.0)?, Dpi::default())));
    /// assert!(svg.to_string(&symbol)?.contains(r#"width="50.8mm" height="50.8mm""#));
    /// assert!(svg.with_unit(SvgUnit::Points).to_string(&symbol)?.contains(r#"width="144pt" height="144pt""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_unit(self, unit: SvgUnit) -> Self {
        Self { unit: Some(unit), ..self }
    }

    /// Sets whether the image begins with an XML declaration. The default is `false`.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// assert!(Svg::default().with_xml_declaration(true).to_string(&symbol)?.starts_with("<?xml version="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_xml_declaration(self, xml_declaration: bool) -> Self {
        Self { xml_declaration, ..self }
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

    /// Returns the data of the path alone, for an `svg` element of your own, in units of a module and with the quiet
    /// zone of the style. Draw it with a `stroke` of width 1.
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let path = Svg::default().path_data(&symbol);
    /// assert!(path.starts_with("M4,4.5h7m"));
    /// let side = symbol.size() + 2 * 4;
    /// let svg = format!(r#"<svg viewBox="0 0 {side} {side}"><path stroke="navy" d="{path}"/></svg>"#);
    /// # Ok::<(), qrmint::EncodeError>(())
    /// ```
    pub fn path_data(&self, symbol: &Symbol) -> String {
        let mut data = String::new();
        // Writing to a string cannot fail.
        let _ = write_path_data(symbol, self.style.quiet_zone.modules().into(), &mut data);
        data
    }

    /// Returns the image of `symbol` as a data URI: percent-encoded, or in base64 where that is shorter. It needs no
    /// escaping in an HTML attribute with quotes of either kind or in `url()` of a style sheet.
    ///
    /// # Errors
    ///
    /// Those of the style: see [`RenderError`].
    ///
    /// ```
    /// use qrmint::render::Svg;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let html = format!(r#"<img src="{}">"#, Svg::default().to_data_uri(&symbol)?);
    /// assert!(html.starts_with(r#"<img src="data:image/svg+xml,%3Csvg%20xmlns"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_data_uri(&self, symbol: &Symbol) -> Result<String, RenderError> {
        Ok(super::data_uri::text("image/svg+xml", self.to_string(symbol)?.trim_end()))
    }

    pub(crate) fn plan(&self, version: Version) -> Result<Placement, RenderError> {
        if !self.current_color {
            self.style.check_colors()?;
        }
        self.style.placement(version)
    }

    fn draw(&self, symbol: &Symbol, placement: &Placement, out: &mut dyn fmt::Write) -> fmt::Result {
        let &Placement { module, left, top, side: dots, .. } = placement;
        // Units are modules, or dots where the quiet zone is no whole number of modules.
        let quiet = placement.quiet_modules(symbol.version());
        let side = if quiet.is_some() { dots / module } else { dots };
        self.open(placement, side, out)?;
        if let Some(light) = self.style.light {
            write!(out, "<path fill=\"{}\"", Opaque(light))?;
            write_opacity("fill", light, out)?;
            write!(out, " d=\"M0,0h{side}v{side}H0z\"/>")?;
        }
        out.write_str("<path stroke=\"")?;
        if self.current_color {
            out.write_str("currentColor\"")?;
        } else {
            write!(out, "{}\"", Opaque(self.style.dark))?;
            write_opacity("stroke", self.style.dark, out)?;
        }
        if quiet.is_none() {
            write!(out, " transform=\"matrix({module},0,0,{module},{left},{top})\"")?;
        }
        out.write_str(" d=\"")?;
        write_path_data(symbol, quiet.unwrap_or(0), out)?;
        out.write_str("\"/></svg>\n")
    }

    /// Writes everything before the paths: the `svg` element, which is `side` units wide, its title and its description.
    fn open(&self, placement: &Placement, side: u32, out: &mut dyn fmt::Write) -> fmt::Result {
        let Style { title, description, .. } = &self.style;
        if self.xml_declaration {
            out.write_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        }
        out.write_str("<svg xmlns=\"http://www.w3.org/2000/svg\"")?;
        for (name, value) in [("id", &self.id), ("class", &self.class)] {
            if let Some(value) = value {
                write!(out, " {name}=\"{}\"", Escaped(value))?;
            }
        }
        if !self.without_dimensions {
            let unit =
                self.unit.unwrap_or(if placement.dpi.is_some() { SvgUnit::Millimetres } else { SvgUnit::Pixels });
            let (per_inch, name) = unit.per_inch();
            let length = Decimal::of_dots(placement.side, placement.dpi.map_or(96, Dpi::number), per_inch);
            write!(out, " width=\"{length}{name}\" height=\"{length}{name}\"")?;
        }
        write!(out, " viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"")?;

        let texts = [("title", "aria-labelledby", title), ("description", "aria-describedby", description)];
        let texts = texts.iter().filter_map(|(name, relation, text)| Some((name, relation, text.as_deref()?)));
        // Without text, an image would have no name but a role.
        let texts = texts.filter(|(.., text)| !text.is_empty());
        if texts.clone().count() > 0 {
            out.write_str(" role=\"img\"")?;
        }
        if let Some(id) = &self.id {
            for (name, relation, _) in texts.clone() {
                write!(out, " {relation}=\"{}-{name}\"", Escaped(id))?;
            }
        }
        out.write_str(">")?;
        for (name, _, text) in texts {
            let element = if *name == "title" { "title" } else { "desc" };
            write!(out, "<{element}")?;
            if let Some(id) = &self.id {
                write!(out, " id=\"{}-{name}\"", Escaped(id))?;
            }
            write!(out, ">{}</{element}>", Escaped(text))?;
        }
        Ok(())
    }
}

outputs!(Svg);

/// A colour without its alpha, which SVG 1.1 does not have, in the shortest notation.
struct Opaque(Color);

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue, _] = self.0.to_rgba();
        let hexadecimal = |digit: u8| b"0123456789abcdef"[usize::from(digit)];
        let digits = [red, green, blue].map(|value| [value >> 4, value & 15].map(hexadecimal));
        let [[a, b], [c, d], [e, g]] = digits;
        let (short, long) = ([b'#', a, c, e], [b'#', a, b, c, d, e, g]);
        let text = if a == b && c == d && e == g { &short[..] } else { &long[..] };
        // ASCII is UTF-8, so nothing is left out.
        f.write_str(str::from_utf8(text).unwrap_or_default())
    }
}

/// Writes the attribute for the opacity of `fill` or `stroke`, unless the colour is opaque.
fn write_opacity(of: &str, color: Color, out: &mut dyn fmt::Write) -> fmt::Result {
    if color.is_opaque() {
        return Ok(());
    }
    let [.., alpha] = color.to_rgba();
    let opacity = Decimal::of_channel(alpha);
    write!(out, " {of}-opacity=\"{opacity}\"")
}

/// Text escaped for an element or an attribute in double quotes. Characters that XML 1.0 does not allow become U+FFFD.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((before, character, after)) = split_at_special(rest) {
            f.write_str(before)?;
            match character {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                // Written as they are, a reader would make them spaces or a line feed.
                '\t' | '\n' | '\r' => write!(f, "&#{};", u32::from(character))?,
                _ => f.write_str("\u{fffd}")?,
            }
            rest = after;
        }
        f.write_str(rest)
    }
}

/// Splits text at the first character that is not written as it is.
fn split_at_special(text: &str) -> Option<(&str, char, &str)> {
    let is_special = |c| matches!(c, '<' | '>' | '&' | '"' | '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    let (at, character) = text.char_indices().find(|&(_, character)| is_special(character))?;
    Some((&text[..at], character, &text[at + character.len_utf8()..]))
}

/// Writes the runs as strokes, each relative to the end of the one before. The first begins at the top left module, in the middle of
/// its left edge, which is `quiet` units from the edges of the image.
fn write_path_data(symbol: &Symbol, quiet: u32, out: &mut dyn fmt::Write) -> fmt::Result {
    write!(out, "M{quiet},{quiet}.5")?;
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
