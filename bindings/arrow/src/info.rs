//! What the symbols of contents are like, without images.

use std::convert::Infallible;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, UInt8Type, UInt16Type, UInt32Type};
use arrow_array::{Array, ArrayRef, LargeStringArray, PrimitiveArray, StringArray, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::Field;
use qrmint::render::Png;
use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, ImageWriter, Mask, Version};

use crate::contents::Contents;
use crate::crew::{Crew, Output, pieces};
use crate::error::{Error, RowError};
use crate::options::Options;
use crate::row::Row;

/// Returns a struct array that describes the symbols of the contents. Where the content is null, the struct is.
///
/// | field | type | |
/// |---|---|---|
/// | `version` | `UInt8` | 1 to 40 |
/// | `level` | `Utf8` | `l`, `m`, `q` or `h` |
/// | `mask` | `UInt8` | 0 to 7 |
/// | `size` | `UInt16` | modules per side, without the quiet zone |
/// | `bits_used` | `UInt32` | bits of the content with its headers |
/// | `bits_available` | `UInt32` | bits that the version has for them at the level |
/// | `error` | `LargeUtf8` | why the content has no image; null where it has one |
///
/// Content that fits no symbol has only an error. [`Options::style`] counts: `error` also tells where no PNG of it can be
/// drawn, such as one with fewer pixels than modules. [`Options::on_error`] is ignored.
///
/// # Errors
///
/// [`Error::Type`] if the contents are neither strings nor binaries. No row makes it fail.
///
/// ```
/// use arrow_array::StringArray;
/// use arrow_array::cast::AsArray;
/// use arrow_array::types::UInt8Type;
/// use qrmint_arrow::Options;
/// let contents = StringArray::from(vec!["hello".to_owned(), "long".repeat(1_000)]);
/// let info = qrmint_arrow::info(&contents, &Options::default())?;
/// let version = info.as_struct().column(0).as_primitive::<UInt8Type>();
/// assert!(version.iter().eq([Some(1), None]));
/// let error = info.as_struct().column_by_name("error").ok_or("no such field")?.as_string::<i64>();
/// let message = "content too long: 4,000 bytes in byte mode; version 40 holds 2,331 at level M, 2,953 at L";
/// assert_eq!(error.value(1), message);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn info(contents: &dyn Array, options: &Options) -> Result<ArrayRef, Error> {
    let contents = Contents::try_from(contents)?;
    let mut descriptions = Descriptions::default();
    Describing::new(options).describe(0..contents.len(), |row| contents.row(row), &mut descriptions);
    Ok(descriptions.into_array())
}

/// Encoders, one for every thread, to describe the symbols of many rows. [`info`] is made of it.
///
/// ```
/// use arrow_array::Array;
/// use qrmint_arrow::Options;
/// use qrmint_arrow::rows::{Describing, Descriptions, Row};
/// let contents = ["first", "second"];
/// let mut describing = Describing::new(&Options::default());
/// let mut descriptions = Descriptions::default();
/// for rows in describing.rounds(contents.len()) {
///     describing.describe(rows, |row| Some(Row::Text(contents[row])), &mut descriptions);
/// }
/// assert_eq!(descriptions.into_array().len(), 2);
/// ```
pub struct Describing {
    crew: Crew<Encoder, Descriptions>,
    level: ErrorCorrectionLevel,
    png: Png,
}

impl Describing {
    /// Creates it with level, symbol, style and threads of `options`.
    pub fn new(options: &Options) -> Self {
        let crew = Crew::new(options.threads, Encoder::with_options(options.symbol));
        Self { crew, level: options.level, png: Png::with_style(options.style.clone()) }
    }

    /// Splits `0..rows` in rounds for [`describe`](Self::describe).
    pub fn rounds(&self, rows: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        pieces(0..rows, self.crew.round())
    }

    /// Appends what the symbols of the given rows are like. `row` returns the content of a row, or `None` if it is null.
    pub fn describe<'a>(
        &mut self,
        rows: Range<usize>,
        row: impl Fn(usize) -> Option<Row<'a>> + Sync,
        descriptions: &mut Descriptions,
    ) {
        let (level, png) = (self.level, &self.png);
        let described = self.crew.run(rows, descriptions, |encoder, rows, Descriptions(descriptions)| {
            for index in rows {
                descriptions.push(row(index).map(|row| Description::new(row, encoder, level, png)));
            }
            Ok(())
        });
        let Ok::<(), Infallible>(()) = described;
    }
}

impl fmt::Debug for Describing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Describing").field("level", &self.level).finish_non_exhaustive()
    }
}

/// What the symbols of rows are like.
#[derive(Default)]
pub struct Descriptions(Vec<Option<Description>>);

/// What the symbol of a content is like, and why there is no image of it.
struct Description {
    facts: Option<Facts>,
    error: Option<Box<RowError>>,
}

/// What a symbol is like.
struct Facts {
    version: Version,
    level: ErrorCorrectionLevel,
    mask: Mask,
    bits_used: u32,
}

impl Description {
    fn new(row: Row<'_>, encoder: &mut Encoder, level: ErrorCorrectionLevel, png: &Png) -> Self {
        match Facts::new(row, encoder, level) {
            Ok(facts) => {
                let error = ImageWriter::from(png).check(facts.version).err().map(RowError::from).map(Box::new);
                Self { facts: Some(facts), error }
            }
            Err(error) => Self { facts: None, error: Some(Box::new(error.into())) },
        }
    }
}

impl Facts {
    fn new(row: Row<'_>, encoder: &mut Encoder, level: ErrorCorrectionLevel) -> Result<Self, EncodeError> {
        let symbol = row.encode(encoder, level)?;
        let (version, raised, mask) = (symbol.version(), symbol.level(), symbol.mask());
        let measure = match row {
            Row::Text(text) => encoder.measure_text(text, level)?,
            Row::Bytes(bytes) => encoder.measure(bytes, level)?,
        };
        // A symbol holds fewer than 2^15 bits.
        Ok(Self { version, level: raised, mask, bits_used: measure.bits_used as u32 })
    }
}

impl Descriptions {
    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the struct array whose fields [`info`] lists.
    pub fn into_array(self) -> ArrayRef {
        let Self(rows) = &self;
        let level: StringArray = self.symbols().map(|symbol| Some(symbol?.level.letter())).collect();
        // Messages of millions of rows may take more than 2 GiB.
        let error: LargeStringArray = rows.iter().map(|row| Some(row.as_ref()?.error.as_ref()?.to_string())).collect();
        // A symbol has at most 177 modules per side and fewer than 2^15 bits.
        let columns: [(&str, ArrayRef); 7] = [
            ("version", self.numbers::<UInt8Type>(|symbol| symbol.version.number())),
            ("level", Arc::new(level)),
            ("mask", self.numbers::<UInt8Type>(|symbol| symbol.mask.number())),
            ("size", self.numbers::<UInt16Type>(|symbol| symbol.version.size() as u16)),
            ("bits_used", self.numbers::<UInt32Type>(|symbol| symbol.bits_used)),
            ("bits_available", self.numbers::<UInt32Type>(|symbol| symbol.version.data_bits(symbol.level) as u32)),
            ("error", Arc::new(error)),
        ];
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) =
            columns.into_iter().map(|(name, array)| (Field::new(name, array.data_type().clone(), true), array)).unzip();
        let nulls: NullBuffer = rows.iter().map(Option::is_some).collect();
        Arc::new(StructArray::new(fields.into(), arrays, Some(nulls).filter(|nulls| nulls.null_count() > 0)))
    }

    /// Returns the symbol of each row, `None` where there is none.
    fn symbols(&self) -> impl Iterator<Item = Option<&Facts>> {
        self.0.iter().map(|row| row.as_ref()?.facts.as_ref())
    }

    /// Returns an array of a number of each symbol.
    fn numbers<T: ArrowPrimitiveType>(&self, number: impl Fn(&Facts) -> T::Native) -> ArrayRef {
        Arc::new(PrimitiveArray::<T>::from_iter(self.symbols().map(|symbol| symbol.map(&number))))
    }
}

impl fmt::Debug for Descriptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Descriptions").field("rows", &self.len()).finish_non_exhaustive()
    }
}

impl Output for Descriptions {
    fn append(&mut self, Self(part): &mut Self) {
        self.0.append(part);
    }
}
