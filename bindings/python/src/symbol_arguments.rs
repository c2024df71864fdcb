//! The arguments that decide which symbol a content gets: level, version, mask and the like.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use qrmint::{Eci, ErrorCorrectionLevel, Mask, Options, Segmentation, Version};

use crate::number::{number, quoted, shown, type_error};

/// Returns the level that the argument called `name` names. The default is M.
pub(crate) fn level(name: &str, value: Option<&Bound<'_, PyAny>>) -> PyResult<ErrorCorrectionLevel> {
    let Some(value) = value else { return Ok(ErrorCorrectionLevel::M) };
    let text = value.cast::<PyString>().map_err(|_| type_error(name, "str", value))?;
    let parsed = text.to_str()?.parse();
    parsed.map_err(|_| PyValueError::new_err(format!("{name} must be 'l', 'm', 'q' or 'h', not {}", shown(value))))
}

/// The arguments but for the level, as Python gives them. `None` leaves the choice to the encoder.
pub(crate) struct SymbolArguments<'a, 'py> {
    pub(crate) version: Option<&'a Bound<'py, PyAny>>,
    pub(crate) mask: Option<&'a Bound<'py, PyAny>>,
    pub(crate) boost_error: bool,
    pub(crate) eci: Option<&'a Bound<'py, PyAny>>,
    pub(crate) segmentation: Option<&'a str>,
}

impl SymbolArguments<'_, '_> {
    /// Returns the options of an encoder.
    pub(crate) fn options(&self) -> PyResult<Options> {
        let mut options = Options::default().with_boost(self.boost_error);
        if let Some(version) = self.version {
            let version = number("version", version, 1..=40)?;
            options.versions = Version::new(version).unwrap_or(Version::MAX).into();
        }
        if let Some(mask) = self.mask {
            options.mask = Mask::new(number("mask", mask, 0..=7)?);
        }
        if let Some(eci) = self.eci {
            options.eci = Eci::new(number("eci", eci, 0..=999_999)?);
        }
        options.segmentation = match self.segmentation {
            None | Some("optimal") => Segmentation::Optimal,
            Some("bytes") => Segmentation::Bytes,
            Some(other) => {
                let other = quoted(other);
                let message = format!("segmentation must be 'optimal' or 'bytes', not {other}");
                return Err(PyValueError::new_err(message));
            }
        };
        Ok(options)
    }
}
