//! Python numbers to Rust numbers, with messages that name the argument and its range.

use std::ops::RangeInclusive;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyInt;

/// Returns the number of the argument called `name`.
///
/// # Errors
///
/// `TypeError` unless it is an int, `ValueError` unless it is in the range.
pub(crate) fn number<T>(name: &str, value: &Bound<'_, PyAny>, range: RangeInclusive<u64>) -> PyResult<T>
where
    T: TryFrom<u64>,
{
    if !value.is_instance_of::<PyInt>() {
        return Err(type_error(name, "int", value));
    }
    // A larger integer overflows.
    let number = value.extract::<u64>().ok().filter(|number| range.contains(number));
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
    const MAX_CHARACTERS: usize = 40;
    // Python refuses to display integers of thousands of digits.
    let text = value.repr().map_or_else(|_| "a value that Python cannot display".into(), |text| text.to_string());
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
