//! The native part of the Python package `qrmint`, described by `python/qrmint/__init__.pyi`.
//!
//! Turns arguments of Python into those of the crate `qrmint`, and results and errors into objects. The functions that
//! get many contents use the crate `qrmint-arrow`.

mod arrow;
mod capsule;
mod content;
mod error;
mod import;
mod kind;
mod many;
mod matrix;
mod number;
mod picture;
mod qr_code;
mod style;
mod symbol_arguments;

/// The module `qrmint._qrmint`. It needs no GIL: its classes never change.
#[pyo3::pymodule(gil_used = false)]
#[expect(clippy::too_many_arguments, reason = "keywords of Python")]
mod _qrmint {
    use pyo3::prelude::*;
    use pyo3::types::{PyBytes, PyDict, PyList};
    use qrmint::Encoder;
    use qrmint::render::Png;

    use crate::content::{Content, check_eci};
    #[pymodule_export]
    use crate::error::DataOverflowError;
    use crate::error::{encode_error, render_error};
    use crate::kind::Kind;
    use crate::many;
    use crate::picture::Picture;
    #[pymodule_export]
    use crate::qr_code::QrCode;
    use crate::style::Keywords;
    use crate::symbol_arguments::{SymbolArguments, level};

    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Makes a QR code.
    ///
    /// Text that is not ASCII is stored as UTF-8 and announced as such. Bytes are stored as they are.
    #[pyfunction]
    #[pyo3(
        signature = (content, error=None, *, version=None, mask=None, boost_error=false, eci=None, segmentation=None),
        text_signature = "(content, error='m', *, version=None, mask=None, boost_error=False, eci=None, \
            segmentation='optimal')"
    )]
    fn make<'py>(
        py: Python<'py>,
        content: Content,
        error: Option<&Bound<'py, PyAny>>,
        version: Option<&Bound<'py, PyAny>>,
        mask: Option<&Bound<'py, PyAny>>,
        boost_error: bool,
        eci: Option<&Bound<'py, PyAny>>,
        segmentation: Option<&str>,
    ) -> PyResult<QrCode> {
        let level = level("error", error)?;
        let options = SymbolArguments { version, mask, boost_error, eci, segmentation }.options()?;
        check_eci(content.row(), &options)?;
        let mut encoder = Encoder::with_options(options);
        let symbol = content.row().encode(&mut encoder, level).map_err(|error| encode_error(py, &error, None))?;
        Ok(QrCode { symbol: symbol.clone() })
    }

    /// Makes many pictures, on all cores unless `threads` is given. Other Python threads run meanwhile.
    ///
    /// `kind` is "png", "svg", "pdf", "eps", "zpl" or "txt"; `style` are the keywords of the method that draws it.
    #[pyfunction]
    #[pyo3(
        signature = (contents, error=None, *, kind="png", threads=None, version=None, mask=None, boost_error=false,
            eci=None, segmentation=None, **style),
        text_signature = "(contents, error='m', *, kind='png', threads=None, version=None, mask=None, \
            boost_error=False, eci=None, segmentation='optimal', **style)"
    )]
    fn make_many<'py>(
        contents: &Bound<'py, PyAny>,
        error: Option<&Bound<'py, PyAny>>,
        kind: &str,
        threads: Option<&Bound<'py, PyAny>>,
        version: Option<&Bound<'py, PyAny>>,
        mask: Option<&Bound<'py, PyAny>>,
        boost_error: bool,
        eci: Option<&Bound<'py, PyAny>>,
        segmentation: Option<&str>,
        style: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let kind = Kind::named(kind)?;
        let symbol = SymbolArguments { version, mask, boost_error, eci, segmentation };
        let options = many::options(level("error", error)?, &symbol, threads)?;
        let picture = Picture::new(kind, Keywords::read("make_many", kind, None, None, style)?);
        many::make_many(contents, &options, picture)
    }

    /// Returns the properties of Microsoft Graph's qrCodeImageDetails. `binaryValue` is a PNG.
    #[pyfunction]
    #[pyo3(signature = (content, level=None), text_signature = "(content, level='m')")]
    fn details<'py>(
        py: Python<'py>,
        content: Content,
        level: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let level = crate::symbol_arguments::level("level", level)?;
        let mut encoder = Encoder::new();
        let symbol = content.row().encode(&mut encoder, level).map_err(|error| encode_error(py, &error, None))?;
        let png = Png::default().to_vec(symbol).map_err(|error| render_error(&error))?;
        let details = PyDict::new(py);
        details.set_item("version", symbol.version().number())?;
        details.set_item("errorCorrectionLevel", symbol.level().letter())?;
        details.set_item("binaryValue", PyBytes::new(py, &png))?;
        details.set_item("rawContent", PyBytes::new(py, content.as_bytes()))?;
        Ok(details)
    }

    /// The module `qrmint.arrow`.
    #[pymodule]
    mod arrow {
        #[pymodule_export]
        use crate::arrow::{PyArray, info, png, svg};
    }
}
