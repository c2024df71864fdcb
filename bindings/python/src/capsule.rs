//! The Arrow PyCapsule interface: arrays of any Python package in, an array out, without a copy.
//!
//! The structs in a capsule are those of Arrow's C data and C stream interfaces, and whoever filled them must have followed
//! these.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{ArrowError, DataType, Field};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyCapsule, PyCapsuleMethods, PyTuple};
use qrmint_arrow::Contents;

use crate::import;
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
        py.detach(|| drop(stream));
    } else if let Some(export) = object.getattr_opt(intern!(py, "__arrow_c_array__"))? {
        let (schema, array) = export.call0()?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let data_type = import::data_type(&take(&schema, SCHEMA, FFI_ArrowSchema::from_raw)?)?;
        let array = take(&array, ARRAY, FFI_ArrowArray::from_raw)?;
        push(&mut contents, &py.detach(|| import::array(array, &data_type))?)?;
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
        let mut stream = take(capsule, STREAM, FFI_ArrowArrayStream::from_raw)?;
        let (Some(_), Some(get_schema)) = (stream.release, stream.get_schema) else {
            return Err(import::released("stream"));
        };
        let (stream, schema, code) = capsule.py().detach(move || {
            let mut schema = FFI_ArrowSchema::empty();
            // SAFETY: the stream is not released, and the function is its own.
            let code = unsafe { get_schema(&mut stream, &mut schema) };
            (stream, schema, code)
        });
        let mut stream = Self { stream, data_type: DataType::Null };
        stream.check(code)?;
        stream.data_type = import::data_type(&schema)?;
        Ok(stream)
    }

    /// Returns the next array, `None` after the last one.
    fn next(&mut self) -> PyResult<Option<ArrayRef>> {
        let Some(get_next) = self.stream.get_next else { return Err(import::released("stream")) };
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: the stream is not released, and the function is its own.
        let code = unsafe { get_next(&mut self.stream, &mut array) };
        self.check(code)?;
        if array.is_released() { Ok(None) } else { import::array(array, &self.data_type).map(Some) }
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

/// Takes the struct out of a capsule of this name. What is left there is empty.
fn take<T>(capsule: &Bound<'_, PyAny>, name: &CStr, from_raw: unsafe fn(*mut T) -> T) -> PyResult<T> {
    let capsule = capsule.cast::<PyCapsule>().map_err(|_| type_error("array", "exported as a capsule", capsule))?;
    let pointer = capsule.pointer_checked(Some(name))?.cast::<T>();
    if !pointer.is_aligned() {
        return Err(PyValueError::new_err("a capsule is not aligned"));
    }
    // SAFETY: a capsule of this name holds such a struct, by the PyCapsule interface. Two threads cannot take it at the same
    // time: there is the GIL, or the lock of the capsule.
    Ok(with_critical_section(capsule, || unsafe { from_raw(pointer.as_ptr()) }))
}

/// Returns a capsule with the type of an array.
pub(crate) fn export_schema<'py>(py: Python<'py>, array: &dyn Array) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, schema(array).map_err(|error| import::value_error(&error))?, SCHEMA)
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
