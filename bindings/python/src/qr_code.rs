//! The class `QRCode`.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMemoryView};
use qrmint::Symbol;
use qrmint::render::{Png, RenderError};

use crate::error::render_error;
use crate::kind::Kind;
use crate::matrix::Matrix;
use crate::picture::Picture;
use crate::style::Keywords;

/// A QR code. `make` creates it; it never changes.
///
/// The methods that draw take scale and border, and as keywords:
///
/// - size, instead of scale: pixels=400, side="30mm", module_size="0.5mm"; dpi=300
/// - colours: dark="#003366", light="white" or None for transparent, unsafe_colors=True to allow low contrast
/// - title, desc (PNG, SVG, PDF; EPS has a title)
/// - SVG: svgid, svgclass, omitsize=True, unit="mm", current_color=True, xmldecl=True
/// - PDF and EPS: created, in seconds since 1970
#[pyclass(frozen, eq, hash, name = "QRCode", module = "qrmint")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct QrCode {
    pub(crate) symbol: Symbol,
}

/// An argument of Python, if it is given.
type Argument<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

#[pymethods]
impl QrCode {
    /// The version, 1 to 40.
    #[getter]
    fn version(&self) -> u8 {
        self.symbol.version().number()
    }

    /// The error-correction level: "L", "M", "Q" or "H".
    #[getter]
    fn error(&self) -> String {
        self.symbol.level().to_string()
    }

    /// The mask, 0 to 7.
    #[getter]
    fn mask(&self) -> u8 {
        self.symbol.mask().number()
    }

    /// The modules per side, 21 to 177, without border.
    #[getter]
    fn size(&self) -> usize {
        self.symbol.size()
    }

    /// Version and level, such as "7-Q".
    #[getter]
    fn designator(&self) -> String {
        format!("{}-{}", self.symbol.version(), self.symbol.level())
    }

    /// The modules, row by row, without border: a read-only buffer of shape (size, size) and format "B"; 1 is dark.
    #[getter]
    fn matrix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyMemoryView>> {
        PyMemoryView::from(Bound::new(py, Matrix::new(&self.symbol))?.as_any())
    }

    /// Returns the content, read back from the modules.
    fn content<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let content = self.symbol.content().map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        Ok(PyBytes::new(py, &content))
    }

    /// Returns a PNG with one bit per pixel.
    #[pyo3(signature = (scale=None, border=None, **style), text_signature = "($self, scale=8, border=4, **style)")]
    fn png<'py>(
        &self,
        py: Python<'py>,
        scale: Argument<'_, 'py>,
        border: Argument<'_, 'py>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.bytes(py, Kind::Png, Keywords::read("png", Kind::Png, scale, border, style)?)
    }

    /// Returns a PDF of one page, just as large as the code. Black is pure black ink.
    #[pyo3(signature = (scale=None, border=None, **style), text_signature = "($self, scale=8, border=4, **style)")]
    fn pdf<'py>(
        &self,
        py: Python<'py>,
        scale: Argument<'_, 'py>,
        border: Argument<'_, 'py>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.bytes(py, Kind::Pdf, Keywords::read("pdf", Kind::Pdf, scale, border, style)?)
    }

    /// Returns an EPS.
    #[pyo3(signature = (scale=None, border=None, **style), text_signature = "($self, scale=8, border=4, **style)")]
    fn eps<'py>(
        &self,
        py: Python<'py>,
        scale: Argument<'_, 'py>,
        border: Argument<'_, 'py>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.bytes(py, Kind::Eps, Keywords::read("eps", Kind::Eps, scale, border, style)?)
    }

    /// Returns a label for Zebra printers: a graphic field in ZPL.
    #[pyo3(signature = (scale=None, border=None, **style), text_signature = "($self, scale=8, border=4, **style)")]
    fn zpl<'py>(
        &self,
        py: Python<'py>,
        scale: Argument<'_, 'py>,
        border: Argument<'_, 'py>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.bytes(py, Kind::Zpl, Keywords::read("zpl", Kind::Zpl, scale, border, style)?)
    }

    /// Returns an SVG of one path.
    #[pyo3(signature = (scale=None, border=None, **style), text_signature = "($self, scale=8, border=4, **style)")]
    fn svg<'py>(
        &self,
        scale: Argument<'_, 'py>,
        border: Argument<'_, 'py>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<String> {
        self.text_of(Kind::Svg, Keywords::read("svg", Kind::Svg, scale, border, style)?)
    }

    /// Returns an SVG to embed in HTML.
    #[pyo3(signature = (scale=None, border=None, **style), text_signature = "($self, scale=8, border=4, **style)")]
    fn svg_inline<'py>(
        &self,
        scale: Argument<'_, 'py>,
        border: Argument<'_, 'py>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<String> {
        self.text_of(Kind::InlineSvg, Keywords::read("svg_inline", Kind::InlineSvg, scale, border, style)?)
    }

    /// Returns a PNG as a data URI.
    #[pyo3(signature = (scale=None, border=None, **style), text_signature = "($self, scale=8, border=4, **style)")]
    fn png_data_uri<'py>(
        &self,
        scale: Argument<'_, 'py>,
        border: Argument<'_, 'py>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<String> {
        let Keywords { style, .. } = Keywords::read("png_data_uri", Kind::Png, scale, border, style)?;
        drawn(Png::with_style(style).to_data_uri(&self.symbol))
    }

    /// Returns an SVG as a data URI.
    #[pyo3(signature = (scale=None, border=None, **style), text_signature = "($self, scale=8, border=4, **style)")]
    fn svg_data_uri<'py>(
        &self,
        scale: Argument<'_, 'py>,
        border: Argument<'_, 'py>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<String> {
        let keywords = Keywords::read("svg_data_uri", Kind::Svg, scale, border, style)?;
        drawn(keywords.svg().to_data_uri(&self.symbol))
    }

    /// Returns lines of half blocks, without escape sequences, for dark screens; with `invert`, for paper and light
    /// screens.
    #[pyo3(signature = (border=None, *, invert=false), text_signature = "($self, border=4, *, invert=False)")]
    fn text(&self, border: Argument<'_, '_>, invert: bool) -> PyResult<String> {
        let keywords = Keywords::read("text", Kind::Text, None, border, None)?;
        self.text_of(Kind::Text, Keywords { invert, ..keywords })
    }

    /// Writes half blocks with ANSI colours to `out`, by default standard output.
    #[pyo3(signature = (out=None, border=None, **style), text_signature = "($self, out=None, border=4, **style)")]
    fn terminal<'py>(
        &self,
        py: Python<'py>,
        out: Argument<'_, 'py>,
        border: Argument<'_, 'py>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        let text = self.text_of(Kind::Terminal, Keywords::read("terminal", Kind::Terminal, None, border, style)?)?;
        let out = match out {
            Some(out) => out.clone(),
            None => py.import("sys")?.getattr("stdout")?,
        };
        out.call_method1("write", (text,)).map(drop)
    }

    /// Writes a picture to a path or a file object. `kind` is "png", "svg", "pdf", "eps", "zpl" or "txt"; without it
    /// the extension of the name tells.
    ///
    /// A path gets the whole picture or keeps what it had.
    #[pyo3(signature = (out, kind=None, **style))]
    fn save<'py>(
        &self,
        out: &Bound<'py, PyAny>,
        kind: Option<&str>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        let py = out.py();
        let files = py.import("qrmint._files")?;
        let kind = match kind {
            Some(kind) => Kind::named(kind)?,
            None => Kind::named(files.call_method1("extension", (out,))?.extract()?)?,
        };
        let picture = self.bytes(py, kind, Keywords::read("save", kind, None, None, style)?)?;
        files.call_method1("write", (out, picture, kind.to_string())).map(drop)
    }

    /// Opens the code in the program that shows PNG files.
    #[pyo3(signature = (scale=None, border=None, **style), text_signature = "($self, scale=8, border=4, **style)")]
    fn show<'py>(
        &self,
        py: Python<'py>,
        scale: Argument<'_, 'py>,
        border: Argument<'_, 'py>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        let picture = self.bytes(py, Kind::Png, Keywords::read("show", Kind::Png, scale, border, style)?)?;
        py.import("qrmint._viewer")?.call_method1("show", (picture,)).map(drop)
    }

    fn _repr_png_<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.bytes(py, Kind::Png, Keywords::default())
    }

    fn _repr_svg_(&self) -> PyResult<String> {
        self.text_of(Kind::InlineSvg, Keywords::default())
    }

    /// Shows no content: it may be a secret.
    fn __repr__(&self) -> String {
        format!("<QRCode {}>", self.designator())
    }
}

impl QrCode {
    /// Returns a picture of this kind as bytes.
    fn bytes<'py>(&self, py: Python<'py>, kind: Kind, keywords: Keywords) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.draw(kind, keywords)?))
    }

    /// Returns a picture of this kind, which is text.
    fn text_of(&self, kind: Kind, keywords: Keywords) -> PyResult<String> {
        String::from_utf8(self.draw(kind, keywords)?).map_err(|_| PyRuntimeError::new_err("the picture is not text"))
    }

    fn draw(&self, kind: Kind, keywords: Keywords) -> PyResult<Vec<u8>> {
        let mut bytes = Vec::new();
        drawn(Picture::new(kind, keywords).draw(&self.symbol, &mut bytes))?;
        Ok(bytes)
    }
}

fn drawn<T>(result: Result<T, RenderError>) -> PyResult<T> {
    result.map_err(|error| render_error(&error))
}
