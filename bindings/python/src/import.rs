//! Arrays out of the structs of Arrow's C data interface.
//!
//! Checks what can be checked: the numbers and pointers that the package of Arrow relies on, then Arrow's rules for offsets
//! and views, and that strings are UTF-8. That buffers are as long as they must be, whoever exports them answers for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::{Array, ArrayRef, NullArray, make_array, new_empty_array};
use arrow_schema::{ArrowError, DataType};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use qrmint_arrow::Contents;

/// Returns the type of a schema: of strings or binaries, or a struct of one field of these, as record batches are.
///
/// # Errors
///
/// `TypeError` for another type, `ValueError` for a malformed schema.
pub(crate) fn data_type(schema: &FFI_ArrowSchema) -> PyResult<DataType> {
    if schema.release.is_none() || schema.format.is_null() {
        return Err(released("schema"));
    }
    let data_type = guarded(|| DataType::try_from(schema).map_err(|error| value_error(&error)))?;
    if let DataType::Struct(fields) = &data_type
        && fields.len() != 1
    {
        let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
        return Err(PyTypeError::new_err(format!("array must have one column, not {}: {names:?}", names.len())));
    }
    Contents::check(column(&data_type)).map_err(|error| PyTypeError::new_err(error.to_string()))?;
    Ok(data_type)
}

/// Returns the array, or the only column of a record batch. `data_type` is one that [`data_type`] returned.
///
/// # Errors
///
/// `ValueError` for a malformed array.
pub(crate) fn array(array: FFI_ArrowArray, data_type: &DataType) -> PyResult<ArrayRef> {
    if array.is_released() {
        return Err(released("array"));
    }
    let column = column(data_type);
    if array.length == 0 {
        // Its first offset may be beyond its data, which the import refuses.
        return Ok(new_empty_array(column));
    }
    check(&array, data_type)?;
    if *column == DataType::Null {
        // Some packages export a buffer with it, which the import refuses.
        return Ok(Arc::new(NullArray::new(array.len())));
    }
    guarded(|| {
        // SAFETY: the array is not released and has the type that was exported with it.
        let data = unsafe { from_ffi_and_data_type(array, data_type.clone()) }.map_err(|error| value_error(&error))?;
        data.validate_full().map_err(|error| value_error(&error))?;
        let array = make_array(data);
        match array.as_struct_opt() {
            Some(batch) if batch.null_count() > 0 => Err(malformed("record batch with null rows")),
            Some(batch) => Ok(ArrayRef::clone(batch.column(0))),
            None => Ok(array),
        }
    })
}

/// Returns the type of the only column of a record batch, or of an array.
fn column(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Struct(fields) => fields[0].data_type(),
        other => other,
    }
}

/// Checks the numbers and pointers of the struct that the import relies on.
fn check(array: &FFI_ArrowArray, data_type: &DataType) -> PyResult<()> {
    let (buffers, width) = match data_type {
        DataType::Null | DataType::Struct(_) => (0, 1),
        DataType::FixedSizeBinary(length) => (2, (*length).into()),
        DataType::Dictionary(..) => (2, 8),
        _ => (3, 16),
    };
    let rows = array.length.checked_add(array.offset);
    // No length in bits overflows.
    let bits = rows.and_then(|rows| rows.checked_mul(width)?.checked_mul(8));
    if array.length < 0 || array.offset < 0 || bits.is_none() {
        return Err(malformed(&format!("length {}, offset {}", array.length, array.offset)));
    }
    if array.n_buffers < buffers || (buffers > 0 && array.buffers.is_null()) {
        return Err(malformed(&format!("{} buffers of {buffers}", array.n_buffers)));
    }
    match data_type {
        DataType::Utf8View | DataType::BinaryView if array.n_buffers > 3 => {
            // SAFETY: there are so many buffers, the last of which has the lengths of those that views refer to.
            let lengths = unsafe { *array.buffers.add(array.n_buffers as usize - 1) };
            if lengths.is_null() { Err(malformed("no lengths of buffers")) } else { Ok(()) }
        }
        DataType::Struct(fields) => {
            // SAFETY: where there is a child, there is a pointer to it.
            if array.n_children != 1 || array.children.is_null() || unsafe { (*array.children).is_null() } {
                return Err(malformed(&format!("{} columns, 1 in its schema", array.n_children)));
            }
            check(array.child(0), fields[0].data_type())
        }
        DataType::Dictionary(_, values) => match array.dictionary() {
            Some(dictionary) => check(dictionary, values),
            None => Err(malformed("no values of a dictionary")),
        },
        _ => Ok(()),
    }
}

/// Turns a panic into an error: Arrow's package panics where other rules of the interface are broken.
fn guarded<T>(import: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(import)).unwrap_or_else(|_| Err(malformed("it breaks Arrow's rules")))
}

fn malformed(reason: &str) -> PyErr {
    PyValueError::new_err(format!("malformed array: {reason}"))
}

/// Returns the error for a struct that was moved out of its capsule, or never filled.
pub(crate) fn released(kind: &str) -> PyErr {
    PyValueError::new_err(format!("the {kind} was used before, or never filled"))
}

pub(crate) fn value_error(error: &ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
