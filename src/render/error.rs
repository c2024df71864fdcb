//! The error of drawing a picture.

use core::fmt;
#[cfg(feature = "std")]
use std::io;

use super::finding::Finding;

/// Why a picture was refused, or could not be written.
///
/// ```
/// use qrmint::render::{Color, QuietZone, Scale, Size, Style, Svg};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// let symbol = Symbol::encode("hello", ErrorCorrectionLevel::M)?;
/// let message = |style| Svg::with_style(style).to_string(&symbol).unwrap_err().to_string();
/// assert_eq!(
///     message(Style::default().with_size(Size::Pixels(28))),
///     "too small: 28 x 28 pixels, at least 29 x 29 pixels"
/// );
/// assert_eq!(
///     message(Style::default().with_dark(Color::rgb(0xff, 0x66, 0))),
///     "contrast 2.9:1, at least 3.0:1"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum RenderError {
    /// The image would be larger than its format allows: [`Png::MAX_SIDE`](super::Png::MAX_SIDE),
    /// [`Pdf::MAX_POINTS`](super::Pdf::MAX_POINTS), [`Zpl::MAX_COORDINATE`](super::Zpl::MAX_COORDINATE).
    TooLarge {
        /// The width and height that it would have, in dots.
        side: u32,
        /// The maximum width and height, in dots.
        max_side: u32,
    },
    /// The picture would not scan, or cannot be drawn at this size: too small, low contrast, inverted.
    Refused(Finding),
    /// The output failed with this error.
    #[cfg(feature = "std")]
    Io(io::Error),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooLarge { side, max_side } => {
                write!(f, "image too large: {side} x {side} pixels, at most {max_side} x {max_side}")
            }
            Self::Refused(ref finding) => finding.fmt(f),
            #[cfg(feature = "std")]
            Self::Io(_) => f.write_str("image could not be written"),
        }
    }
}

impl core::error::Error for RenderError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            #[cfg(feature = "std")]
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Finding> for RenderError {
    /// Returns [`RenderError::Refused`].
    fn from(finding: Finding) -> Self {
        Self::Refused(finding)
    }
}

#[cfg(feature = "std")]
impl From<io::Error> for RenderError {
    /// Returns [`RenderError::Io`].
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Converts the error for callers that return `io::Error`. The error of the output stays as it was.
///
/// ```
/// use std::io;
///
/// use qrmint::render::RenderError;
/// let error = RenderError::TooLarge { side: 30_000, max_side: 23_160 };
/// assert_eq!(io::Error::from(error).kind(), io::ErrorKind::InvalidInput);
/// ```
#[cfg(feature = "std")]
impl From<RenderError> for io::Error {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Io(error) => error,
            refused => Self::new(io::ErrorKind::InvalidInput, refused),
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_the_output_becomes_an_io_error_unchanged() {
        let error = io::Error::from(RenderError::Io(io::Error::other("disk on fire")));
        assert_eq!((error.kind(), error.to_string()), (io::ErrorKind::Other, "disk on fire".into()));
    }
}
