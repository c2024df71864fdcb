//! Draws a symbol as a PDF file of one page (ISO 32000-1).

use core::fmt::{self, Write as _};

use super::date_time::DateTime;
use super::error::RenderError;
use super::output::outputs;
use super::placement::Placement;
use super::style::Style;
use super::vector::write_content;
use crate::symbol::Symbol;
use crate::version::Version;

/// A writer that draws symbols as PDF files of one page, which is exactly as large as the picture.
///
/// The symbol is one path, filled at once, so that no viewer shows lines between modules. A dot of the
/// [placement](Style::placement) is 1/dpi inch: a page rendered at that resolution is the picture, dot by dot. So that
/// rounding never touches the next dot, page and modules are smaller than their dots by less than 1/100 dot. A size
/// in pixels, such as a scale, has 300 dpi.
///
/// Black is black ink alone (`0 0 0 1 k`), so that it prints sharp; white is no ink; other colours are RGB. A colour
/// that is partly transparent is drawn as it looks on white. Nothing is drawn behind the symbol if
/// [`light`](Style::light) is `None`.
///
/// Title and description are the `Title` and `Subject` of the document. Its date is left out unless it is
/// [given](Self::with_creation_date). The file is PDF 1.4 in ASCII, the same bytes for the same symbol and settings.
///
/// # Errors
///
/// In addition to those of the style, [`RenderError::TooLarge`] if a side has more than 14,400 points, which are 200
/// inches: Acrobat opens no larger page (ISO 32000-1, annex C.2). Its lower limit, 3 points, is not checked: only
/// pictures with very few dots an inch or a very high resolution are smaller, and other viewers open them.
///
/// ```
/// use qrmint::render::{Dpi, Length, Pdf, Size, Style};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let style = Style::default().with_size(Size::Side(Length::from_inches(2.0)?, Dpi::default())).with_title("Badge");
/// let pdf = Pdf::with_style(style).to_string(&symbol)?;
/// assert!(pdf.starts_with("%PDF-1.4"));
/// assert!(pdf.contains("/MediaBox[0 0 143.99994 143.99994]"), "2 inches are 144 points");
/// assert!(pdf.contains("/Title(Badge)") && !pdf.contains("/CreationDate"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pdf {
    style: Style,
    creation_date: Option<u64>,
}

impl Pdf {
    /// The maximum width and height of a page in points of 1/72 inch (ISO 32000-1, annex C.2).
    pub const MAX_POINTS: u32 = 14_400;

    /// Creates a writer with the given style.
    ///
    /// ```
    /// use qrmint::render::{Pdf, Style};
    /// assert_eq!(Pdf::with_style(Style::default()), Pdf::default());
    /// ```
    pub fn with_style(style: Style) -> Self {
        Self { style, creation_date: None }
    }

    /// Sets the date of the document in seconds since the beginning of 1970, UTC. After the year 9999, which has the
    /// last date that PDF can express, it is the last second of that year.
    ///
    /// ```
    /// use qrmint::render::Pdf;
    /// use qrmint::{ErrorCorrectionLevel, Symbol};
    /// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
    /// let pdf = Pdf::default().with_creation_date(1_764_504_000).to_string(&symbol)?;
    /// assert!(pdf.contains("/CreationDate(D:20251130120000Z)"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_creation_date(self, unix_seconds: u64) -> Self {
        Self { creation_date: Some(unix_seconds), ..self }
    }

    /// Returns the style.
    ///
    /// ```
    /// use qrmint::render::{Pdf, Style};
    /// assert_eq!(*Pdf::default().style(), Style::default());
    /// ```
    pub fn style(&self) -> &Style {
        &self.style
    }

    fn plan(&self, version: Version) -> Result<Placement, RenderError> {
        self.style.check_colors()?;
        let placement = self.style.placement(version)?;
        let max_side = Self::MAX_POINTS / 72 * u32::from(placement.dpi_on_paper().number());
        match placement.side {
            side if side > max_side => Err(RenderError::TooLarge { side, max_side }),
            _ => Ok(placement),
        }
    }

    fn draw(&self, symbol: &Symbol, placement: &Placement, out: &mut dyn fmt::Write) -> fmt::Result {
        let mut file = File { out, len: 0, objects: [0; MAX_OBJECTS], count: 0 };
        let page = placement.page();
        file.write_str("%PDF-1.4\n")?;
        file.object(|file| file.write_str("<</Type/Catalog/Pages 2 0 R>>"))?;
        file.object(|file| file.write_str("<</Type/Pages/Kids[3 0 R]/Count 1>>"))?;
        file.object(|file| {
            write!(file, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {page} {page}]/Resources<<>>/Contents 4 0 R>>")
        })?;
        let mut content_len = 0;
        file.object(|file| {
            file.write_str("<</Length 5 0 R>>\nstream\n")?;
            let start = file.len;
            write_content(symbol, &self.style, placement, file)?;
            // The line feed before `endstream` does not count (7.3.8.1).
            content_len = file.len - start - 1;
            file.write_str("endstream")
        })?;
        file.object(|file| write!(file, "{content_len}"))?;
        let has_info = self.style.title.is_some() || self.style.description.is_some() || self.creation_date.is_some();
        if has_info {
            file.object(|file| self.write_info(file))?;
        }
        file.write_cross_references(if has_info { "/Info 6 0 R" } else { "" })
    }

    /// Writes the document information dictionary (14.3.3).
    fn write_info(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        out.write_str("<<")?;
        for (key, text) in [("/Title", &self.style.title), ("/Subject", &self.style.description)] {
            if let Some(text) = text {
                out.write_str(key)?;
                write_text_string(text, out)?;
            }
        }
        if let Some(seconds) = self.creation_date {
            let DateTime { year, month, day, hour, minute, second } = DateTime::from_unix(seconds);
            write!(out, "/CreationDate(D:{year}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z)")?;
        }
        out.write_str(">>")
    }
}

outputs!(Pdf);

/// Catalog, pages, page, content, length of the content, information.
const MAX_OBJECTS: usize = 6;

/// A file on its way to `out`: counts bytes, since the cross-reference table needs the offset of every object.
struct File<'a> {
    out: &'a mut dyn fmt::Write,
    len: usize,
    /// Offsets of the objects that were written.
    objects: [usize; MAX_OBJECTS],
    count: usize,
}

impl File<'_> {
    /// Writes the next indirect object (7.3.10).
    fn object(&mut self, write_body: impl FnOnce(&mut Self) -> fmt::Result) -> fmt::Result {
        self.objects[self.count] = self.len;
        self.count += 1;
        let number = self.count;
        writeln!(self, "{number} 0 obj")?;
        write_body(self)?;
        self.write_str("\nendobj\n")
    }

    /// Writes cross-reference table and trailer (7.5.4 and 7.5.5). An entry has 20 bytes.
    fn write_cross_references(&mut self, info: &str) -> fmt::Result {
        let (start, count) = (self.len, self.count);
        write!(self, "xref\n0 {}\n0000000000 65535 f \n", count + 1)?;
        for object in 0..count {
            let offset = self.objects[object];
            writeln!(self, "{offset:010} 00000 n ")?;
        }
        writeln!(self, "trailer\n<</Size {}/Root 1 0 R{info}>>\nstartxref\n{start}\n%%EOF", count + 1)
    }
}

impl fmt::Write for File<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.len += text.len();
        self.out.write_str(text)
    }
}

/// Writes a text string (7.9.2.2): printable ASCII literally, anything else in UTF-16.
fn write_text_string(text: &str, out: &mut dyn fmt::Write) -> fmt::Result {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        out.write_char('(')?;
        for character in text.chars() {
            if matches!(character, '(' | ')' | '\\') {
                out.write_char('\\')?;
            }
            out.write_char(character)?;
        }
        return out.write_char(')');
    }
    // Begins with the byte order mark.
    out.write_str("<FEFF")?;
    for unit in text.encode_utf16() {
        write!(out, "{unit:04X}")?;
    }
    out.write_char('>')
}
