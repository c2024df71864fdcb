//! The Arrow PyCapsule interface: arrays of any Python package in, an array out, without a copy.
//!
//! All that is unsafe about Arrow is here: the structs in a capsule are those of Arrow's C data and C stream interfaces,
//! and whoever filled them must have followed these.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, ArrayRef, NullArray, make_array};
use arrow_schema::{ArrowError, DataType, Field};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods, PyTuple};
use qrmint_arrow::Contents;

use crate::number::type_error;

const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";
const STREAM: &CStr = c"arrow_array_stream";

/// Returns the rows of an object with the method `__arrow_c_stream__` or `__arrow_c_array__`.
///
/// # Errors
///
/// `TypeError` for another object, for arrays that hold neither strings nor binaries, and for more than one column.
/// `ValueError` for arrays that break Arrow's rules, and capsules that were used before. `RuntimeError` with the message
/// of a stream that fails.
pub(crate) fn contents(object: &Bound<'_, PyAny>) -> PyResult<Contents> {
    let py = object.py();
    let mut contents = Contents::default();
    if let Some(export) = object.getattr_opt(intern!(py, "__arrow_c_stream__"))? {
        let mut stream = Stream::take(&export.call0()?)?;
        while let Some(array) = py.detach(|| stream.next())? {
            push(&mut contents, &array)?;
            py.check_signals()?;
        }
    } else if let Some(export) = object.getattr_opt(intern!(py, "__arrow_c_array__"))? {
        let (schema, array) = export.call0()?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let data_type = schema_type(&schema)?;
        let array = take_array(&array)?;
        push(&mut contents, &py.detach(|| import(array, data_type))?)?;
    } else {
        return Err(type_error("array", "an object with __arrow_c_array__ or __arrow_c_stream__", object));
    }
    Ok(contents)
}

fn push(contents: &mut Contents, array: &dyn Array) -> PyResult<()> {
    contents.push(array).map_err(|error| PyTypeError::new_err(error.to_string()))
}

/// A stream that was taken out of its capsule.
struct Stream {
    stream: FFI_ArrowArrayStream,
    data_type: DataType,
}

impl Stream {
    fn take(capsule: &Bound<'_, PyAny>) -> PyResult<Self> {
        let pointer = pointer::<FFI_ArrowArrayStream>(capsule, STREAM)?;
        // SAFETY: a capsule of this name holds a stream, by the PyCapsule interface. `from_raw` leaves an empty one.
        let mut stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer) };
        let (Some(_), Some(get_schema)) = (stream.release, stream.get_schema) else { return Err(released(STREAM)) };
        let (stream, schema, code) = capsule.py().detach(move || {
            let mut schema = FFI_ArrowSchema::empty();
            // SAFETY: the stream is not released, and the function is its own.
            let code = unsafe { get_schema(&mut stream, &mut schema) };
            (stream, schema, code)
        });
        let mut stream = Self { stream, data_type: DataType::Null };
        stream.check(code)?;
        stream.data_type = column_type(&schema)?;
        Ok(stream)
    }

    /// Returns the next array, `None` after the last one.
    fn next(&mut self) -> PyResult<Option<ArrayRef>> {
        let Some(get_next) = self.stream.get_next else { return Err(released(STREAM)) };
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: the stream is not released, and the function is its own.
        let code = unsafe { get_next(&mut self.stream, &mut array) };
        self.check(code)?;
        if array.is_released() { Ok(None) } else { import(array, self.data_type.clone()).map(Some) }
    }

    /// Returns the error of the stream's last call.
    fn check(&mut self, code: c_int) -> PyResult<()> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: the last call failed, so the function of the stream may be called.
        let message = self.stream.get_last_error.map(|last_error| unsafe { last_error(&mut self.stream) });
        Err(PyRuntimeError::new_err(match message {
            // SAFETY: a message that is not null ends with 0 and lives until the next call.
            Some(message) if !message.is_null() => unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned(),
            _ => format!("the stream of arrays failed with error {code}"),
        }))
    }
}

/// Returns the type of the schema in a capsule.
fn schema_type(capsule: &Bound<'_, PyAny>) -> PyResult<DataType> {
    let pointer = pointer::<FFI_ArrowSchema>(capsule, SCHEMA)?;
    // SAFETY: a capsule of this name holds a schema, by the PyCapsule interface. `from_raw` leaves an empty one.
    let schema = unsafe { FFI_ArrowSchema::from_raw(pointer) };
    column_type(&schema)
}

/// Returns the type of a schema. A struct, of which record batches are made, must have one field.
fn column_type(schema: &FFI_ArrowSchema) -> PyResult<DataType> {
    if schema.release.is_none() || schema.format.is_null() {
        return Err(released(SCHEMA));
    }
    match DataType::try_from(schema).map_err(|error| value_error(&error))? {
        DataType::Struct(fields) if fields.len() != 1 => {
            let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
            Err(PyTypeError::new_err(format!("array must have one column, not {}: {names:?}", names.len())))
        }
        data_type => Ok(data_type),
    }
}

/// Takes the array out of a capsule.
fn take_array(capsule: &Bound<'_, PyAny>) -> PyResult<FFI_ArrowArray> {
    let pointer = pointer::<FFI_ArrowArray>(capsule, ARRAY)?;
    // SAFETY: a capsule of this name holds an array, by the PyCapsule interface. `from_raw` leaves a released one.
    let array = unsafe { FFI_ArrowArray::from_raw(pointer) };
    if array.is_released() { Err(released(ARRAY)) } else { Ok(array) }
}

/// Returns the pointer of a capsule that has this name.
fn pointer<T>(capsule: &Bound<'_, PyAny>, name: &CStr) -> PyResult<*mut T> {
    let capsule = capsule.cast::<PyCapsule>().map_err(|_| type_error("array", "exported as a capsule", capsule))?;
    let pointer = capsule.pointer_checked(Some(name))?.cast::<T>();
    if pointer.is_aligned() { Ok(pointer.as_ptr()) } else { Err(PyValueError::new_err("a capsule is not aligned")) }
}

/// Returns the array, or the only column of a record batch.
///
/// Everything is checked that can be: Arrow's rules for offsets and views, and that strings are UTF-8.
fn import(array: FFI_ArrowArray, data_type: DataType) -> PyResult<ArrayRef> {
    check_lengths(&array, &data_type)?;
    let column = match &data_type {
        DataType::Struct(fields) => fields[0].data_type(),
        other => other,
    };
    if *column == DataType::Null {
        // Some packages export a buffer with it, which the import refuses. The length is not negative.
        return Ok(Arc::new(NullArray::new(array.len())));
    }
    // SAFETY: the array is not released and has the type that was exported with it.
    let data = unsafe { from_ffi_and_data_type(array, data_type) }.map_err(|error| value_error(&error))?;
    data.validate_full().map_err(|error| value_error(&error))?;
    let array = make_array(data);
    match array.as_struct_opt() {
        Some(batch) if batch.null_count() > 0 => Err(PyValueError::new_err("array must not be a struct with nulls")),
        Some(batch) => Ok(ArrayRef::clone(batch.column(0))),
        None => Ok(array),
    }
}

/// Returns an error for numbers in the struct that the import relies on.
fn check_lengths(array: &FFI_ArrowArray, data_type: &DataType) -> PyResult<()> {
    let buffers = match data_type {
        DataType::Null | DataType::Struct(_) => 0,
        DataType::Utf8View | DataType::BinaryView => 3,
        _ => 1,
    };
    // Far from overflow, whatever the width of an element.
    let rows = array.length.checked_add(array.offset).filter(|rows| *rows < i64::MAX / 64);
    if array.length < 0 || array.offset < 0 || rows.is_none() || array.n_buffers < buffers {
        let (length, offset) = (array.length, array.offset);
        return Err(PyValueError::new_err(format!("malformed array: length {length}, offset {offset}")));
    }
    match data_type {
        DataType::Struct(_) if array.n_children != 1 => {
            Err(PyValueError::new_err(format!("malformed record batch: {} columns, 1 in its schema", array.n_children)))
        }
        DataType::Struct(fields) => check_lengths(array.child(0), fields[0].data_type()),
        DataType::Dictionary(_, values) => match array.dictionary() {
            Some(dictionary) => check_lengths(dictionary, values),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn released(name: &CStr) -> PyErr {
    PyValueError::new_err(format!("the {} was used before", name.to_string_lossy()))
}

fn value_error(error: &ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// Returns a capsule with the type of an array.
pub(crate) fn export_schema<'py>(py: Python<'py>, array: &dyn Array) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, schema(array).map_err(|error| value_error(&error))?, SCHEMA)
}

/// Returns capsules with the type and the array. The array shares its buffers.
pub(crate) fn export_array<'py>(py: Python<'py>, array: &dyn Array) -> PyResult<Bound<'py, PyTuple>> {
    let exported = PyCapsule::new_with_value(py, FFI_ArrowArray::new(&array.to_data()), ARRAY)?;
    PyTuple::new(py, [export_schema(py, array)?, exported])
}

/// Returns a capsule with a stream of the one array, which shares its buffers.
pub(crate) fn export_stream<'py>(py: Python<'py>, array: &ArrayRef) -> PyResult<Bound<'py, PyCapsule>> {
    let exported = Box::new(Exported { array: ArrayRef::clone(array), is_next: true });
    let stream = FFI_ArrowArrayStream {
        get_schema: Some(get_schema),
        get_next: Some(get_next),
        get_last_error: Some(get_last_error),
        release: Some(release),
        private_data: Box::into_raw(exported).cast::<c_void>(),
    };
    PyCapsule::new_with_value(py, stream, STREAM)
}

fn schema(array: &dyn Array) -> Result<FFI_ArrowSchema, ArrowError> {
    FFI_ArrowSchema::try_from(Field::new("", array.data_type().clone(), true))
}

/// The private data of an exported stream.
struct Exported {
    array: ArrayRef,
    /// Whether the array was not taken yet.
    is_next: bool,
}

/// EINVAL, which is the same number on all systems that Python supports.
const INVALID: c_int = 22;

unsafe extern "C" fn get_schema(stream: *mut FFI_ArrowArrayStream, out: *mut FFI_ArrowSchema) -> c_int {
    // SAFETY: the caller passes a stream of `export_stream` that is not released.
    let exported = unsafe { &*(*stream).private_data.cast::<Exported>() };
    let Ok(schema) = schema(&exported.array) else { return INVALID };
    // SAFETY: the caller passes room for a schema, which holds none.
    unsafe { ptr::write(out, schema) };
    0
}

unsafe extern "C" fn get_next(stream: *mut FFI_ArrowArrayStream, out: *mut FFI_ArrowArray) -> c_int {
    // SAFETY: the caller passes a stream of `export_stream` that is not released, and calls it from one thread at a time.
    let exported = unsafe { &mut *(*stream).private_data.cast::<Exported>() };
    let is_next = std::mem::take(&mut exported.is_next);
    let array = if is_next { FFI_ArrowArray::new(&exported.array.to_data()) } else { FFI_ArrowArray::empty() };
    // SAFETY: the caller passes room for an array, which holds none.
    unsafe { ptr::write(out, array) };
    0
}

unsafe extern "C" fn get_last_error(_: *mut FFI_ArrowArrayStream) -> *const c_char {
    c"the type of the array cannot be exported".as_ptr()
}

unsafe extern "C" fn release(stream: *mut FFI_ArrowArrayStream) {
    // SAFETY: the caller passes a stream of `export_stream` that is not released, so its data is there to be freed.
    unsafe {
        drop(Box::from_raw((*stream).private_data.cast::<Exported>()));
        (*stream).private_data = ptr::null_mut();
        (*stream).release = None;
    }
}
