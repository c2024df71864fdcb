//! The pictures of many contents, on all cores.

use std::num::NonZero;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};
use qrmint::ErrorCorrectionLevel;
use qrmint_arrow::rows::{Drawing, Images};
use qrmint_arrow::{Error, Options, RowError};

use crate::content::{Content, check_eci};
use crate::error::{encode_error, render_error};
use crate::number::{number, type_error};
use crate::picture::Picture;
use crate::symbol_arguments::SymbolArguments;

/// The most threads that a call may ask for.
const MAX_THREADS: u64 = 1_024;

/// Returns the options of a call for many contents. Without `threads` they are drawn on all CPUs.
pub(crate) fn options(
    level: ErrorCorrectionLevel,
    symbol: &SymbolArguments<'_, '_>,
    threads: Option<&Bound<'_, PyAny>>,
) -> PyResult<Options> {
    let threads = threads.map(|threads| number("threads", threads, 1..=MAX_THREADS)).transpose()?;
    let options = Options::default().with_level(level).with_symbol(symbol.options()?);
    Ok(options.with_threads(threads.and_then(NonZero::new)))
}

/// Returns the pictures of all contents.
///
/// Works in rounds: takes some contents, lets other Python threads run while it draws them, then handles signals.
pub(crate) fn make_many<'py>(
    contents: &Bound<'py, PyAny>,
    options: &Options,
    picture: Picture,
) -> PyResult<Bound<'py, PyList>> {
    let py = contents.py();
    if contents.is_instance_of::<PyString>() || contents.is_instance_of::<PyBytes>() {
        return Err(type_error("contents", "an iterable of str or bytes", contents));
    }
    let mut drawing = Drawing::new(options, move |symbol, out| picture.draw(symbol, out));
    let round = drawing.round();
    let pictures = PyList::empty(py);
    let mut contents = contents.try_iter()?;
    let mut rows: Vec<Content> = Vec::new();
    loop {
        rows.clear();
        for content in contents.by_ref().take(round) {
            let index = pictures.len() + rows.len();
            let row = content?.extract().and_then(|row: Content| {
                check_eci(row.row(), &options.symbol)?;
                Ok(row)
            });
            rows.push(row.map_err(|error| with_index(py, error, index))?);
        }
        let mut images = Images::default();
        let drawn = py.detach(|| drawing.draw(0..rows.len(), |row| Some(rows[row].row()), &mut images));
        drawn.map_err(|error| row_error(py, &error, pictures.len()))?;
        for image in images.iter() {
            pictures.append(PyBytes::new(py, image.unwrap_or_default()))?;
        }
        py.check_signals()?;
        // An iterator that has ended is not asked again.
        if rows.len() < round {
            return Ok(pictures);
        }
    }
}

/// Returns the exception for a row that cannot be drawn; `start` is the index of the first row.
pub(crate) fn row_error(py: Python<'_>, error: &Error, start: usize) -> PyErr {
    match error {
        Error::Row { row, source: RowError::Encode(source), .. } => encode_error(py, source, Some(start + row)),
        Error::Row { row, source: RowError::Render(source), .. } => with_index(py, render_error(source), start + row),
        error => PyValueError::new_err(error.to_string()),
    }
}

/// Adds a note with the index of the content that is wrong.
fn with_index(py: Python<'_>, error: PyErr, index: usize) -> PyErr {
    match error.value(py).call_method1("add_note", (format!("content {index}"),)) {
        Ok(_) => error,
        Err(error) => error,
    }
}
