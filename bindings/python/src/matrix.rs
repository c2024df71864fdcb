//! The modules as a two-dimensional buffer.

use std::ffi::{c_int, c_void};
use std::ptr;

use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use pyo3::prelude::*;
use qrmint::Symbol;

/// A byte for each module, row by row; 1 is dark. Exports them as a read-only buffer of shape (size, size).
#[pyclass(frozen, module = "qrmint._qrmint")]
pub(crate) struct Matrix {
    modules: Box<[u8]>,
    shape: [ffi::Py_ssize_t; 2],
    strides: [ffi::Py_ssize_t; 2],
}

impl Matrix {
    pub(crate) fn new(symbol: &Symbol) -> Self {
        // At most 177, so it fits any integer.
        let size = symbol.size() as ffi::Py_ssize_t;
        Self { modules: symbol.modules().map(u8::from).collect(), shape: [size, size], strides: [size, 1] }
    }
}

#[pymethods]
impl Matrix {
    /// Fills `view` as PEP 3118 demands: read-only, C-contiguous, two dimensions, format `B`.
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        const FORMAT: &std::ffi::CStr = c"B";

        if view.is_null() {
            return Err(PyBufferError::new_err("no view to fill"));
        }
        let asks_for = |flag: c_int| flags & flag == flag;
        let matrix = slf.get();
        let error = if asks_for(ffi::PyBUF_WRITABLE) {
            Some("a matrix is read-only")
        } else if asks_for(ffi::PyBUF_F_CONTIGUOUS) {
            Some("a matrix is in C order")
        } else {
            None
        };
        if let Some(error) = error {
            // SAFETY: `view` is the caller's, and not null. On an error its object must be null.
            unsafe { (*view).obj = ptr::null_mut() };
            return Err(PyBufferError::new_err(error));
        }
        let has_shape = asks_for(ffi::PyBUF_ND);
        // SAFETY: `view` is the caller's to fill. All pointers are into the frozen object or static, and the reference
        // in `obj` keeps the object alive until the view is released. Nobody writes through them: `readonly` is set,
        // and shape, strides and format are read-only by PEP 3118.
        unsafe {
            (*view).buf = matrix.modules.as_ptr().cast_mut().cast::<c_void>();
            (*view).len = matrix.modules.len() as ffi::Py_ssize_t;
            (*view).readonly = 1;
            (*view).itemsize = 1;
            (*view).format = if asks_for(ffi::PyBUF_FORMAT) { FORMAT.as_ptr().cast_mut() } else { ptr::null_mut() };
            (*view).ndim = if has_shape { 2 } else { 1 };
            (*view).shape = if has_shape { matrix.shape.as_ptr().cast_mut() } else { ptr::null_mut() };
            (*view).strides =
                if asks_for(ffi::PyBUF_STRIDES) { matrix.strides.as_ptr().cast_mut() } else { ptr::null_mut() };
            (*view).suboffsets = ptr::null_mut();
            (*view).internal = ptr::null_mut();
            (*view).obj = slf.into_ptr();
        }
        Ok(())
    }
}
