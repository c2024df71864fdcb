//! Errors of the engine as exceptions.

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use qrmint::EncodeError;
use qrmint::render::RenderError;

create_exception!(
    qrmint,
    DataOverflowError,
    PyValueError,
    "The content does not fit. The attributes bytes, bits_needed, bits_available, version, error and index have the numbers."
);

/// Returns the exception for content that cannot be encoded. `index` is that of the content in a call for many.
pub(crate) fn encode_error(py: Python<'_>, error: &EncodeError, index: Option<usize>) -> PyErr {
    let message = match index {
        Some(index) => format!("content {index}: {error}"),
        None => error.to_string(),
    };
    let EncodeError::TooLong { bytes, bits_needed, bits_available, version, level, .. } = *error else {
        return PyValueError::new_err(message);
    };
    let exception = DataOverflowError::new_err(message);
    let value = exception.value(py);
    let attributes = || {
        value.setattr("bytes", bytes)?;
        value.setattr("bits_needed", bits_needed)?;
        value.setattr("bits_available", bits_available)?;
        value.setattr("version", version.number())?;
        value.setattr("error", level.to_string())?;
        value.setattr("index", index)
    };
    match attributes() {
        Ok(()) => exception,
        Err(error) => error,
    }
}

/// Returns the exception for a picture that cannot be drawn.
pub(crate) fn render_error(error: &RenderError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
