//! Arrays as one sequence of rows.
//!
//! Knows the types of arrays; nothing of images.

use std::fmt;

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayAccessor, BinaryArray, BinaryViewArray, FixedSizeBinaryArray, LargeBinaryArray, LargeStringArray,
    StringArray, StringViewArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use crate::error::Error;
use crate::row::Row;

/// The rows of any number of arrays of strings or binaries, one array after another.
///
/// The arrays share their buffers with those that they were made from. Their types may differ.
///
/// | type of an array | its rows |
/// |---|---|
/// | `Utf8`, `LargeUtf8`, `Utf8View` | text |
/// | `Binary`, `LargeBinary`, `BinaryView`, `FixedSizeBinary` | bytes as they are |
/// | `Null` | null |
/// | `Dictionary` of one of these | that of the value |
///
/// ```
/// use arrow_array::{BinaryArray, StringArray};
/// use qrmint_arrow::Contents;
/// use qrmint_arrow::rows::Row;
/// let mut contents = Contents::try_from(&StringArray::from(vec![Some("first"), None]) as &dyn arrow_array::Array)?;
/// contents.push(&BinaryArray::from(vec![&b"third"[..]]))?;
/// assert_eq!(contents.len(), 3);
/// assert_eq!(contents.row(0), Some(Row::Text("first")));
/// assert_eq!(contents.row(1), None);
/// assert_eq!(contents.row(2), Some(Row::Bytes(b"third")));
/// # Ok::<(), qrmint_arrow::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Contents {
    chunks: Vec<Chunk>,
    /// The index behind the last row of each chunk.
    ends: Vec<usize>,
}

/// An array. Each is a handle to shared buffers.
#[derive(Clone)]
enum Chunk {
    Text(StringArray),
    LargeText(LargeStringArray),
    TextView(StringViewArray),
    Bytes(BinaryArray),
    LargeBytes(LargeBinaryArray),
    BytesView(BinaryViewArray),
    FixedSizeBytes(FixedSizeBinaryArray),
    Null,
    Dictionary {
        /// The index of each row's value.
        keys: Vec<usize>,
        nulls: Option<NullBuffer>,
        values: Box<Chunk>,
    },
}

impl Contents {
    /// Appends the rows of an array.
    ///
    /// # Errors
    ///
    /// [`Error::Type`] if the array has neither strings nor binaries.
    ///
    /// ```
    /// use arrow_array::{Int32Array, NullArray};
    /// use qrmint_arrow::Contents;
    /// let mut contents = Contents::default();
    /// contents.push(&NullArray::new(2))?;
    /// assert!(contents.push(&Int32Array::from(vec![3])).is_err());
    /// assert_eq!((contents.len(), contents.row(1)), (2, None));
    /// # Ok::<(), qrmint_arrow::Error>(())
    /// ```
    pub fn push(&mut self, array: &dyn Array) -> Result<(), Error> {
        self.chunks.push(Chunk::new(array)?);
        self.ends.push(self.len() + array.len());
        Ok(())
    }

    /// Checks that arrays of a type hold strings or binaries.
    ///
    /// # Errors
    ///
    /// [`Error::Type`] if they do not.
    ///
    /// ```
    /// use arrow_schema::DataType;
    /// use qrmint_arrow::Contents;
    /// assert!(Contents::check(&DataType::Utf8View).is_ok());
    /// let message = "contents of type Int32, expected a string, binary or null array";
    /// assert_eq!(Contents::check(&DataType::Int32).unwrap_err().to_string(), message);
    /// ```
    pub fn check(data_type: &DataType) -> Result<(), Error> {
        let holds_rows = match data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::Null => true,
            DataType::FixedSizeBinary(length) => *length >= 0,
            DataType::Dictionary(_, values) => Self::check(values).is_ok(),
            _ => false,
        };
        if holds_rows { Ok(()) } else { Err(Error::Type { data_type: data_type.clone() }) }
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or_default()
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the content of a row. Returns `None` if it is null or there is no such row.
    pub fn row(&self, row: usize) -> Option<Row<'_>> {
        let index = self.ends.partition_point(|end| *end <= row);
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        self.chunks.get(index)?.row(row - start)
    }
}

impl TryFrom<&dyn Array> for Contents {
    type Error = Error;

    /// Returns the rows of one array. Fails as [`push`](Self::push) does.
    fn try_from(array: &dyn Array) -> Result<Self, Error> {
        let mut contents = Self::default();
        contents.push(array)?;
        Ok(contents)
    }
}

impl fmt::Debug for Contents {
    /// Shows the number of rows only: the contents may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contents").field("rows", &self.len()).finish_non_exhaustive()
    }
}

impl Chunk {
    fn new(array: &dyn Array) -> Result<Self, Error> {
        Contents::check(array.data_type())?;
        Ok(match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string().clone()),
            DataType::LargeUtf8 => Self::LargeText(array.as_string().clone()),
            DataType::Utf8View => Self::TextView(array.as_string_view().clone()),
            DataType::Binary => Self::Bytes(array.as_binary().clone()),
            DataType::LargeBinary => Self::LargeBytes(array.as_binary().clone()),
            DataType::BinaryView => Self::BytesView(array.as_binary_view().clone()),
            DataType::FixedSizeBinary(_) => Self::FixedSizeBytes(array.as_fixed_size_binary().clone()),
            DataType::Null => Self::Null,
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                let values = Self::new(dictionary.values())?;
                if dictionary.values().is_empty() {
                    return Ok(Self::Null);
                }
                let nulls = dictionary.keys().nulls().cloned();
                Self::Dictionary { keys: dictionary.normalized_keys(), nulls, values: Box::new(values) }
            }
            data_type => return Err(Error::Type { data_type: data_type.clone() }),
        })
    }

    fn row(&self, row: usize) -> Option<Row<'_>> {
        fn value<A: ArrayAccessor>(array: A, row: usize) -> Option<A::Item> {
            array.is_valid(row).then(|| array.value(row))
        }
        match self {
            Self::Text(array) => value(array, row).map(Row::Text),
            Self::LargeText(array) => value(array, row).map(Row::Text),
            Self::TextView(array) => value(array, row).map(Row::Text),
            Self::Bytes(array) => value(array, row).map(Row::Bytes),
            Self::LargeBytes(array) => value(array, row).map(Row::Bytes),
            Self::BytesView(array) => value(array, row).map(Row::Bytes),
            Self::FixedSizeBytes(array) => value(array, row).map(Row::Bytes),
            Self::Null => None,
            Self::Dictionary { keys, nulls, values } => {
                let is_valid = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
                is_valid.then(|| values.row(keys[row]))?
            }
        }
    }
}
