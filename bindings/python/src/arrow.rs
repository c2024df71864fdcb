//! The module `qrmint.arrow`: codes of arrays.

#![expect(clippy::too_many_arguments, reason = "keywords of Python")]

use arrow_array::{Array, ArrayRef};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyTuple};
use qrmint_arrow::rows::{Describing, Descriptions, Drawing, Images};
use qrmint_arrow::{Contents, OnError, Options};

use crate::capsule;
use crate::content::check_eci;
use crate::kind::Kind;
use crate::many::{self, row_error};
use crate::number::quoted;
use crate::picture::Picture;
use crate::style::Keywords;
use crate::symbol_arguments::{self, SymbolArguments};

/// An array of Arrow. Packages that know the Arrow PyCapsule interface take it without a copy, any number of times.
#[pyclass(frozen, module = "qrmint.arrow", name = "Array")]
pub(crate) struct PyArray(ArrayRef);

#[pymethods]
impl PyArray {
    /// Returns capsules with the schema and the array. The type is always that of the array.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let _ = requested_schema;
        capsule::export_array(py, &self.0)
    }

    /// Returns a capsule with the schema.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        capsule::export_schema(py, &self.0)
    }

    /// Returns a capsule with a stream of this one array. The type is always that of the array.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        capsule::export_stream(py, &self.0)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Shows no content.
    fn __repr__(&self) -> String {
        let Self(array) = self;
        format!("<qrmint.arrow.Array {} of {} rows, {} null>", array.data_type(), array.len(), array.null_count())
    }
}

/// Returns the PNGs of an array's strings or binaries, drawn on all cores unless `threads` is given.
///
/// The first row that does not fit raises; with on_error="null" such rows become null.
#[pyfunction]
#[pyo3(
    signature = (array, level=None, *, version=None, mask=None, boost_error=false, eci=None, segmentation=None,
        on_error="raise", threads=None, **style),
    text_signature = "(array, level='m', *, version=None, mask=None, boost_error=False, eci=None, \
        segmentation='optimal', on_error='raise', threads=None, **style)"
)]
pub(crate) fn png<'py>(
    array: &Bound<'py, PyAny>,
    level: Option<&Bound<'py, PyAny>>,
    version: Option<&Bound<'py, PyAny>>,
    mask: Option<&Bound<'py, PyAny>>,
    boost_error: bool,
    eci: Option<&Bound<'py, PyAny>>,
    segmentation: Option<&str>,
    on_error: &str,
    threads: Option<&Bound<'py, PyAny>>,
    style: Option<&Bound<'py, PyDict>>,
) -> PyResult<PyArray> {
    let symbol = SymbolArguments { version, mask, boost_error, eci, segmentation };
    let options = many::options(symbol_arguments::level("level", level)?, &symbol, threads)?
        .with_on_error(on_error_of(on_error)?);
    pictures("png", Kind::Png, array, &options, style)
}

/// Returns the SVGs of an array's strings or binaries, drawn on all cores unless `threads` is given: UTF-8 in binary.
///
/// The first row that does not fit raises; with on_error="null" such rows become null.
#[pyfunction]
#[pyo3(
    signature = (array, level=None, *, version=None, mask=None, boost_error=false, eci=None, segmentation=None,
        on_error="raise", threads=None, **style),
    text_signature = "(array, level='m', *, version=None, mask=None, boost_error=False, eci=None, \
        segmentation='optimal', on_error='raise', threads=None, **style)"
)]
pub(crate) fn svg<'py>(
    array: &Bound<'py, PyAny>,
    level: Option<&Bound<'py, PyAny>>,
    version: Option<&Bound<'py, PyAny>>,
    mask: Option<&Bound<'py, PyAny>>,
    boost_error: bool,
    eci: Option<&Bound<'py, PyAny>>,
    segmentation: Option<&str>,
    on_error: &str,
    threads: Option<&Bound<'py, PyAny>>,
    style: Option<&Bound<'py, PyDict>>,
) -> PyResult<PyArray> {
    let symbol = SymbolArguments { version, mask, boost_error, eci, segmentation };
    let options = many::options(symbol_arguments::level("level", level)?, &symbol, threads)?
        .with_on_error(on_error_of(on_error)?);
    pictures("svg", Kind::Svg, array, &options, style)
}

/// Returns structs that describe the codes of an array's strings or binaries: version, level, mask, size, bits_used,
/// bits_available and error, which tells why there is no PNG of this style.
#[pyfunction]
#[pyo3(
    signature = (array, level=None, *, version=None, mask=None, boost_error=false, eci=None, segmentation=None,
        threads=None, **style),
    text_signature = "(array, level='m', *, version=None, mask=None, boost_error=False, eci=None, \
        segmentation='optimal', threads=None, **style)"
)]
pub(crate) fn info<'py>(
    array: &Bound<'py, PyAny>,
    level: Option<&Bound<'py, PyAny>>,
    version: Option<&Bound<'py, PyAny>>,
    mask: Option<&Bound<'py, PyAny>>,
    boost_error: bool,
    eci: Option<&Bound<'py, PyAny>>,
    segmentation: Option<&str>,
    threads: Option<&Bound<'py, PyAny>>,
    style: Option<&Bound<'py, PyDict>>,
) -> PyResult<PyArray> {
    let Keywords { style, .. } = Keywords::read("info", Kind::Png, None, None, style)?;
    let symbol = SymbolArguments { version, mask, boost_error, eci, segmentation };
    let options = many::options(symbol_arguments::level("level", level)?, &symbol, threads)?.with_style(style);
    let py = array.py();
    let contents = contents(array, &options)?;
    let mut describing = Describing::new(&options);
    let mut descriptions = Descriptions::default();
    for rows in describing.rounds(contents.len()) {
        py.detach(|| describing.describe(rows, |row| contents.row(row), &mut descriptions));
        py.check_signals()?;
    }
    Ok(PyArray(py.detach(|| descriptions.into_array())))
}

/// Returns the rows of an array.
fn contents(array: &Bound<'_, PyAny>, options: &Options) -> PyResult<Contents> {
    let contents = capsule::contents(array)?;
    if options.symbol.eci.is_some() {
        (0..contents.len()).filter_map(|row| contents.row(row)).try_for_each(|row| check_eci(row, &options.symbol))?;
    }
    Ok(contents)
}

fn on_error_of(name: &str) -> PyResult<OnError> {
    match name {
        "raise" => Ok(OnError::Fail),
        "null" => Ok(OnError::Null),
        _ => Err(PyValueError::new_err(format!("on_error must be 'raise' or 'null', not {}", quoted(name)))),
    }
}

/// Returns the pictures of an array's rows. `function` is the name of the function that got the keywords.
///
/// Other Python threads run while a round is drawn, and signals are handled between rounds.
fn pictures(
    function: &str,
    kind: Kind,
    array: &Bound<'_, PyAny>,
    options: &Options,
    style: Option<&Bound<'_, PyDict>>,
) -> PyResult<PyArray> {
    let py = array.py();
    let picture = Picture::new(kind, Keywords::read(function, kind, None, None, style)?);
    let contents = contents(array, options)?;
    let mut drawing = Drawing::new(options, move |symbol, out| picture.draw(symbol, out));
    let mut images = Images::default();
    for rows in drawing.rounds(contents.len()) {
        let drawn = py.detach(|| drawing.draw(rows, |row| contents.row(row), &mut images));
        drawn.map_err(|error| row_error(py, &error, 0))?;
        py.check_signals()?;
    }
    Ok(PyArray(py.detach(|| images.into_array())))
}
