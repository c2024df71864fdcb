//! Draws a symbol as Encapsulated PostScript (Adobe Technical Notes 5001 and 5002).

use core::fmt;

use super::date_time::DateTime;
use super::error::RenderError;
use super::output::outputs;
use super::placement::Placement;
use super::style::Style;
use super::vector::write_content;
use crate::symbol::Symbol;
use crate::version::Version;

/// A writer that draws symbols as Encapsulated PostScript (EPSF-3.0), language level 2.
///
/// Size, colours and transparency are those of a [`Pdf`](super::Pdf): the symbol is one path, filled at once; a dot is
/// 1/dpi inch, at 300 dpi if the size is in pixels; black is black ink alone (`0 0 0 1 setcmykcolor`). The bounding
/// box is the picture, rounded up to whole points, and `%%HiResBoundingBox` is exact.
///
/// The title is the comment `%%Title`, at most one line of 255 characters; what is not printable ASCII is UTF-8 in
/// octal escapes. A description has no place in the format and is ignored. The date is left out unless it is
/// [given](Self::with_creation_date). The file is ASCII, the same bytes for the same symbol and settings. It restores
/// the graphics state and leaves no definitions behind.
///
/// ```
/// use qrmint::render::{Dpi, Eps, Length, Size, Style};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let style = Style::default().with_size(Size::Side(Length::from_mm(30.0)?, Dpi::default())).with_title("Badge");
/// let eps = Eps::with_style(style).to_string(&symbol)?;
/// assert!(eps.starts_with("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 85 85\n"));
/// assert!(eps.contains("%%HiResBoundingBox: 0 0 84.96 84.96\n"), "354 dots at 300 dpi");
/// assert!(eps.contains("%%Title: (Badge)\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Eps {
    style: Style,
    creation_date: Option<u64>,
}

impl Eps {
    /// Creates a writer with the given style.
    ///
    /// ```
    /// use qrmint::render::{Eps, Style};
    /// assert_eq!(Eps::with_style(Style::default()), Eps::default());
    /// ```
    pub fn with_style(style: Style) -> Self {
        Self { style, creation_date: None }
    }

    /// Sets the date of the file in seconds since the beginning of 1970, UTC. After the year 9999 it is the last second
    /// of that year.
    ///
    /// ```
    /// use qrmint::render::Eps;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let eps = Eps::default().with_creation_date(1_764_504_000).to_string(&symbol)?;
    /// assert!(eps.contains("%%CreationDate: 2025-11-30T12:00:00Z\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_creation_date(self, unix_seconds: u64) -> Self {
        Self { creation_date: Some(unix_seconds), ..self }
    }

    /// Returns the style.
    ///
    /// ```
    /// use qrmint::render::{Eps, Style};
    /// assert_eq!(*Eps::default().style(), Style::default());
    /// ```
    pub fn style(&self) -> &Style {
        &self.style
    }

    fn plan(&self, version: Version) -> Result<Placement, RenderError> {
        self.style.check_colors()?;
        self.style.placement(version)
    }

    fn draw(&self, symbol: &Symbol, placement: &Placement, out: &mut dyn fmt::Write) -> fmt::Result {
        let side = placement.points(placement.side);
        let whole = side.ceil();
        write!(
            out,
            "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 {whole} {whole}\n%%HiResBoundingBox: 0 0 {side} {side}\n"
        )?;
        if let Some(title) = &self.style.title {
            write_title(title, out)?;
        }
        if let Some(seconds) = self.creation_date {
            let DateTime { year, month, day, hour, minute, second } = DateTime::from_unix(seconds);
            writeln!(out, "%%CreationDate: {year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")?;
        }
        out.write_str("%%LanguageLevel: 2\n%%EndComments\n")?;
        out.write_str(OPERATORS)?;
        write_content(symbol, &self.style, placement, out)?;
        out.write_str("end\ngrestore\nshowpage\n%%EOF\n")
    }
}

outputs!(Eps);

/// Saves the graphics state and defines the operators of PDF in a dictionary of their own.
const OPERATORS: &str = "gsave
5 dict begin
/k{setcmykcolor}bind def
/rg{setrgbcolor}bind def
/cm{6 array astore concat}bind def
/re{4 2 roll moveto 1 index 0 rlineto 0 exch rlineto neg 0 rlineto closepath}bind def
/f{fill}bind def
";

/// The maximum length of a line without its line feed (Technical Note 5001).
const MAX_LINE_LEN: usize = 255;

/// Writes the comment `%%Title` with as many characters of the title as fit the line.
fn write_title(title: &str, out: &mut dyn fmt::Write) -> fmt::Result {
    const START: &str = "%%Title: (";
    out.write_str(START)?;
    let mut room = MAX_LINE_LEN - START.len() - 1;
    for character in title.chars() {
        let printable = matches!(character, ' '..='~');
        let special = matches!(character, '(' | ')' | '\\');
        let len = if printable { 1 + usize::from(special) } else { 4 * character.len_utf8() };
        if len > room {
            break;
        }
        room -= len;
        if printable {
            out.write_str(if special { "\\" } else { "" })?;
            out.write_char(character)?;
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                write!(out, "\\{byte:03o}")?;
            }
        }
    }
    out.write_str(")\n")
}
