//! Python numbers to Rust numbers, with messages that name the argument and its range.

use std::ops::RangeInclusive;

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;

/// Returns the number of the argument called `name`.
///
/// # Errors
///
/// `TypeError` unless it is an int or has `__index__`, whose error is passed on, `ValueError` unless it is in the range.
pub(crate) fn number<T>(name: &str, value: &Bound<'_, PyAny>, range: RangeInclusive<u64>) -> PyResult<T>
where
    T: TryFrom<u64>,
{
    let py = value.py();
    let number = match value.extract::<u64>() {
        Ok(number) => Some(number).filter(|number| range.contains(number)),
        // Negative, or larger.
        Err(error) if error.is_instance_of::<PyOverflowError>(py) => None,
        Err(error) if error.is_instance_of::<PyTypeError>(py) => return Err(type_error(name, "int", value)),
        Err(error) => return Err(error),
    };
    number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| {
        PyValueError::new_err(format!("{name} must be from {} to {}, not {}", range.start(), range.end(), shown(value)))
    })
}

/// Returns a `TypeError` that tells which type the argument called `name` must have.
pub(crate) fn type_error(name: &str, expected: &str, value: &Bound<'_, PyAny>) -> PyErr {
    let found = value.get_type().name().map_or_else(|_| "another type".into(), |name| name.to_string());
    PyTypeError::new_err(format!("{name} must be {expected}, not {found}"))
}

/// Returns the beginning of what Python displays for the value.
pub(crate) fn shown(value: &Bound<'_, PyAny>) -> String {
    // Python refuses to display integers of thousands of digits.
    shortened(value.repr().map_or_else(|_| "a value that Python cannot display".into(), |text| text.to_string()))
}

/// Returns the beginning of a text in quotes, as Python displays it.
pub(crate) fn quoted(text: &str) -> String {
    shortened(format!("'{}'", text.escape_debug()))
}

fn shortened(text: String) -> String {
    const MAX_CHARACTERS: usize = 40;
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
