//! What a code holds: text or bytes of Python.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyString};
use qrmint::{Eci, Options};
use qrmint_arrow::rows::Row;

use crate::number::type_error;

/// A `str` or `bytes` of Python, kept alive without a copy.
pub(crate) enum Content {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

impl Content {
    /// Returns the text or the bytes.
    pub(crate) fn row(&self) -> Row<'_> {
        match self {
            Self::Text(text) => Row::Text(text),
            Self::Bytes(bytes) => Row::Bytes(bytes),
        }
    }

    /// Returns the bytes that were given.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// Returns an error if the ECI of the options contradicts how the text of a row is stored.
pub(crate) fn check_eci(row: Row<'_>, options: &Options) -> PyResult<()> {
    match (row, options.eci) {
        (Row::Text(text), Some(eci)) if eci != Eci::UTF_8 && !text.is_ascii() => {
            let message = format!("text is stored as UTF-8, which is eci 26: for eci {} give bytes", eci.number());
            Err(PyValueError::new_err(message))
        }
        _ => Ok(()),
    }
}

impl<'py> FromPyObject<'_, 'py> for Content {
    type Error = PyErr;

    /// Returns `TypeError` for any other type, `UnicodeEncodeError` for text with surrogates.
    fn extract(content: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = content.cast::<PyString>() {
            Ok(Self::Text(PyBackedStr::try_from(text.to_owned())?))
        } else if let Ok(bytes) = content.cast::<PyBytes>() {
            Ok(Self::Bytes(PyBackedBytes::from(bytes.to_owned())))
        } else {
            Err(type_error("content", "str or bytes", &content))
        }
    }
}
