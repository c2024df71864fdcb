//! Why a call failed, and why a row cannot be drawn.

use std::error;
use std::fmt;

use arrow_schema::DataType;
use qrmint::EncodeError;
use qrmint::render::{Finding, RenderError};

/// Why a call failed. The messages show nothing of the contents.
///
/// ```
/// use arrow_array::{Int32Array, StringArray};
/// use qrmint_arrow::{Error, Options};
/// let error = qrmint_arrow::png(&Int32Array::from(vec![1]), &Options::default()).unwrap_err();
/// assert_eq!(error.to_string(), "contents of type Int32, expected a string, binary or null array");
///
/// let contents = StringArray::from(vec!["short".to_owned(), "long".repeat(1_000)]);
/// let error = qrmint_arrow::png(&contents, &Options::default()).unwrap_err();
/// assert!(matches!(error, Error::Row { row: 1, .. }));
/// let message = "row 1: content too long: 4,000 bytes in byte mode; version 40 holds 2,331 at level M, 2,953 at L";
/// assert_eq!(error.to_string(), message);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A row cannot be drawn. It is the first such row.
    #[non_exhaustive]
    Row {
        /// The index of the row.
        row: usize,
        /// Why it cannot be drawn.
        source: RowError,
    },
    /// The array has neither strings nor binaries.
    #[non_exhaustive]
    Type {
        /// Its type.
        data_type: DataType,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row { row, source } => write!(f, "row {row}: {source}"),
            Self::Type { data_type } => {
                write!(f, "contents of type {data_type}, expected a string, binary or null array")
            }
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            // Its message is part of ours.
            Self::Row { source, .. } => source.source(),
            Self::Type { .. } => None,
        }
    }
}

/// Why a row cannot be drawn.
///
/// ```
/// use qrmint::render::{Size, Style};
/// use qrmint_arrow::{Error, Options, RowError};
/// let contents = arrow_array::StringArray::from(vec!["a row of version 2"]);
/// let options = Options::default().with_style(Style::default().with_size(Size::Pixels(30)));
/// let error = qrmint_arrow::png(&contents, &options).unwrap_err();
/// assert!(matches!(error, Error::Row { row: 0, source: RowError::Render(_), .. }));
/// assert_eq!(error.to_string(), "row 0: too small: 30 x 30 pixels, at least 33 x 33 pixels");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum RowError {
    /// The content has no symbol.
    Encode(EncodeError),
    /// The style does not suit the symbol.
    Render(RenderError),
}

impl RowError {
    /// Returns whether other content could be drawn with the same options.
    pub(crate) fn depends_on_content(&self) -> bool {
        match self {
            Self::Encode(_) => true,
            Self::Render(error) => {
                matches!(error, RenderError::TooLarge { .. } | RenderError::Refused(Finding::TooSmall { .. }))
            }
        }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::Render(error) => error.fmt(f),
        }
    }
}

impl error::Error for RowError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Encode(error) => error.source(),
            Self::Render(error) => error.source(),
        }
    }
}

impl From<EncodeError> for RowError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<RenderError> for RowError {
    fn from(error: RenderError) -> Self {
        Self::Render(error)
    }
}
