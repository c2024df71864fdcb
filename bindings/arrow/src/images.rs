//! Images to an array.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BinaryArray, LargeBinaryArray};
use arrow_buffer::{Buffer, OffsetBuffer};
use qrmint::Symbol;
use qrmint::render::{Png, RenderError, Svg};

use crate::contents::Contents;
use crate::drawing::{Drawing, Images};
use crate::error::Error;
use crate::options::Options;

/// Returns the PNG images of the contents: a `Binary` array, or a `LargeBinary` one if the images take more than
/// `i32::MAX` bytes together. Where the content is null, the image is.
///
/// Strings are encoded as [text](qrmint::Symbol::encode_text), binaries [as they are](qrmint::Symbol::encode).
/// [`Contents`] lists the types. The input is not copied, and the images are written to one buffer.
///
/// # Errors
///
/// [`Error::Type`] if the contents are neither strings nor binaries. [`Error::Row`] for the first row that cannot be
/// drawn, unless [`Options::on_error`] is [`OnError::Null`](crate::OnError::Null); colours that would not scan are an
/// error even then, since no row has an image in them.
///
/// ```
/// use arrow_array::cast::AsArray;
/// use arrow_array::{Array, StringArray};
/// use qrmint::{ErrorCorrectionLevel, Symbol};
/// use qrmint_arrow::Options;
/// let contents = StringArray::from(vec![Some("https://example.com/badge/4711"), None]);
/// let images = qrmint_arrow::png(&contents, &Options::default())?;
/// let symbol = Symbol::encode_text("https://example.com/badge/4711", ErrorCorrectionLevel::M)?;
/// assert_eq!(images.as_binary::<i32>().value(0), symbol.to_png());
/// assert!(images.is_null(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn png(contents: &dyn Array, options: &Options) -> Result<ArrayRef, Error> {
    let png = Png::with_style(options.style.clone());
    draw(contents, options, move |symbol, out| png.write(symbol, out))
}

/// Returns the SVG images of the contents, as [`png`] does: UTF-8 in a `Binary` or `LargeBinary` array.
///
/// # Errors
///
/// Those of [`png`].
///
/// ```
/// use arrow_array::StringArray;
/// use arrow_array::cast::AsArray;
/// use qrmint_arrow::Options;
/// let images = qrmint_arrow::svg(&StringArray::from(vec!["hello"]), &Options::default())?;
/// assert!(images.as_binary::<i32>().value(0).starts_with(b"<svg"));
/// # Ok::<(), qrmint_arrow::Error>(())
/// ```
pub fn svg(contents: &dyn Array, options: &Options) -> Result<ArrayRef, Error> {
    let svg = Svg::with_style(options.style.clone());
    draw(contents, options, move |symbol, out| svg.write(symbol, out))
}

fn draw(
    contents: &dyn Array,
    options: &Options,
    write: impl FnMut(&Symbol, &mut Vec<u8>) -> Result<(), RenderError> + Clone + Send,
) -> Result<ArrayRef, Error> {
    let contents = Contents::try_from(contents)?;
    let mut images = Images::default();
    Drawing::new(options, write).draw(0..contents.len(), |row| contents.row(row), &mut images)?;
    Ok(images.into_array())
}

impl Images {
    /// Returns the images as an array, without a copy of their bytes: `Binary`, or `LargeBinary` if they take more than
    /// `i32::MAX` bytes together.
    ///
    /// ```
    /// use arrow_array::Array;
    /// use arrow_schema::DataType;
    /// let array = qrmint_arrow::rows::Images::default().into_array();
    /// assert_eq!((array.len(), array.data_type()), (0, &DataType::Binary));
    /// ```
    pub fn into_array(self) -> ArrayRef {
        self.into_array_up_to(i32::MAX as usize)
    }

    /// Returns a `Binary` array for up to `max` bytes, a `LargeBinary` one for more.
    fn into_array_up_to(self, max: usize) -> ArrayRef {
        let Self { bytes, offsets, nulls } = self;
        let (bytes, nulls) = (bytes.into(), nulls.build());
        if Buffer::len(&bytes) > max {
            return Arc::new(LargeBinaryArray::new(OffsetBuffer::new(offsets.into()), bytes, nulls));
        }
        // At most `max`, which fits.
        let offsets: Vec<i32> = offsets.into_iter().map(|offset| offset as i32).collect();
        Arc::new(BinaryArray::new(OffsetBuffer::new(offsets.into()), bytes, nulls))
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_schema::DataType;

    use super::*;
    use crate::row::Row;

    fn images() -> Images {
        let mut images = Images::default();
        let mut drawing = Drawing::new(&Options::default(), |_, out: &mut Vec<u8>| {
            out.extend(b"image");
            Ok(())
        });
        drawing.draw(0..3, |row| (row != 1).then_some(Row::Text("hello")), &mut images).unwrap();
        images
    }

    #[test]
    fn offsets_are_wide_only_where_they_must_be() {
        let binary = images().into_array_up_to(10);
        assert_eq!(binary.data_type(), &DataType::Binary);
        let large = images().into_array_up_to(9);
        assert_eq!(large.data_type(), &DataType::LargeBinary);
        let expected = [Some(&b"image"[..]), None, Some(b"image")];
        assert!(binary.as_binary::<i32>().iter().eq(expected) && large.as_binary::<i64>().iter().eq(expected));
    }

    #[test]
    fn the_bytes_are_not_copied() {
        let images = images();
        let bytes = images.bytes.as_ptr();
        assert_eq!(images.into_array().as_binary::<i32>().values().as_ptr(), bytes);
    }
}
