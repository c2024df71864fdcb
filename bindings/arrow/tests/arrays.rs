//! Arrays of every type against a loop over the values with the crate `qrmint`.

#![allow(clippy::unwrap_used)]

use std::num::NonZero;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int64Type, UInt8Type, UInt16Type, UInt32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, BooleanArray, DictionaryArray, FixedSizeBinaryArray,
    LargeBinaryArray, LargeStringArray, NullArray, PrimitiveArray, StringArray, StringViewArray,
};
use arrow_schema::DataType;
use proptest::prelude::*;
use qrmint::render::{Color, Png, QuietZone, Size, Style, Svg};
use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Symbol};
use qrmint_arrow::rows::{Drawing, Images, Row};
use qrmint_arrow::{Contents, Error, OnError, Options, RowError, info, png, svg};

const TEXTS: [Option<&str>; 5] =
    [Some("https://example.com/badge/4711"), None, Some(""), Some("José, 10 €"), Some("123")];

/// Content that no symbol holds at level M.
fn too_long() -> String {
    "long".repeat(1_000)
}

fn values(array: &dyn Array) -> Vec<Option<Vec<u8>>> {
    array.as_binary::<i32>().iter().map(|value| value.map(<[u8]>::to_vec)).collect()
}

fn text_images() -> Vec<Option<Vec<u8>>> {
    let image = |text| Symbol::encode_text(text, ErrorCorrectionLevel::M).unwrap().to_png();
    TEXTS.iter().map(|text| text.map(image)).collect()
}

fn byte_images() -> Vec<Option<Vec<u8>>> {
    let image = |text| Symbol::encode(text, ErrorCorrectionLevel::M).unwrap().to_png();
    TEXTS.iter().map(|text| text.map(image)).collect()
}

/// Arrays of the texts: as text, and as bytes.
fn arrays() -> (Vec<ArrayRef>, Vec<ArrayRef>) {
    let bytes = || TEXTS.iter().map(|text| text.map(str::as_bytes));
    let texts: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter(TEXTS)),
        Arc::new(LargeStringArray::from_iter(TEXTS)),
        Arc::new(StringViewArray::from_iter(TEXTS)),
        Arc::new(DictionaryArray::<Int8Type>::from_iter(TEXTS)),
    ];
    let keys = PrimitiveArray::<Int64Type>::from(vec![Some(2), None, Some(1), Some(0), Some(3)]);
    let dictionary = [3, 2, 0, 4].map(|index: usize| TEXTS[index].map(str::as_bytes));
    let binaries: Vec<ArrayRef> = vec![
        Arc::new(BinaryArray::from_iter(bytes())),
        Arc::new(LargeBinaryArray::from_iter(bytes())),
        Arc::new(BinaryViewArray::from_iter(bytes())),
        Arc::new(DictionaryArray::new(keys, Arc::new(BinaryViewArray::from_iter(dictionary)))),
    ];
    (texts, binaries)
}

#[test]
fn strings_are_drawn_as_text_and_binaries_as_bytes() {
    let (texts, binaries) = arrays();
    for (arrays, expected) in [(texts, text_images()), (binaries, byte_images())] {
        for array in arrays {
            let images = png(&array, &Options::default()).unwrap();
            assert_eq!(values(&images), expected, "{}", array.data_type());
        }
    }
    assert_ne!(text_images(), byte_images(), "the ECI of a text that is not ASCII");
}

#[test]
fn binaries_of_a_fixed_size_are_drawn_as_bytes() {
    let keys = [Some([0, 1, 2]), None, Some([0xff, 0xfe, 0xfd])];
    let array = FixedSizeBinaryArray::try_from_sparse_iter_with_size(keys.iter().copied(), 3).unwrap();
    let expected: Vec<_> = keys.iter().map(|key| key.map(|key| image(Row::Bytes(&key)).unwrap())).collect();
    assert_eq!(values(&png(&array, &Options::default()).unwrap()), expected);
}

#[test]
fn a_slice_is_drawn_as_its_rows() {
    let (texts, binaries) = arrays();
    for (arrays, expected) in [(texts, text_images()), (binaries, byte_images())] {
        for array in arrays {
            for (offset, len) in [(0, 0), (1, 3), (3, 2), (5, 0), (2, 1)] {
                let images = png(&array.slice(offset, len), &Options::default()).unwrap();
                assert_eq!(values(&images), expected[offset..offset + len], "{}", array.data_type());
            }
        }
    }
}

#[test]
fn nulls_stay_null() {
    let empty = StringArray::from(Vec::<Option<&str>>::new());
    let no_values = DictionaryArray::<Int8Type>::new(PrimitiveArray::from(vec![None, None]), Arc::new(empty.clone()));
    let null_value = StringArray::from(vec![None::<&str>]);
    let null_values = DictionaryArray::<Int8Type>::new(PrimitiveArray::from(vec![0, 0]), Arc::new(null_value));
    for array in [&NullArray::new(2) as &dyn Array, &no_values, &null_values] {
        let images = png(array, &Options::default()).unwrap();
        assert_eq!((images.data_type(), images.len(), images.null_count()), (&DataType::Binary, 2, 2));
        assert_eq!(info(array, &Options::default()).unwrap().null_count(), 2);
    }
    assert_eq!(png(&empty, &Options::default()).unwrap().len(), 0);
    assert_eq!(info(&empty, &Options::default()).unwrap().len(), 0);
}

#[test]
fn other_types_are_refused_by_name() {
    let numbers = PrimitiveArray::<Int64Type>::from(vec![1]);
    let dictionary = DictionaryArray::<Int8Type>::new(PrimitiveArray::from(vec![0]), Arc::new(numbers.clone()));
    for array in [&numbers as &dyn Array, &BooleanArray::from(vec![true]), &dictionary] {
        for result in
            [png(array, &Options::default()), svg(array, &Options::default()), info(array, &Options::default())]
        {
            assert!(matches!(result, Err(Error::Type { data_type, .. }) if data_type == *array.data_type()));
        }
    }
}

#[test]
fn a_bad_row_is_an_error_or_null() {
    // In the first round and in a later one, with more bad rows behind it.
    for first in [0, 1, 100, 9_999] {
        let is_bad = |row: usize| row >= first && (row - first).is_multiple_of(50);
        let content = |row: usize| if is_bad(row) { too_long() } else { row.to_string() };
        let array = StringArray::from_iter_values((0..10_000).map(content));
        for threads in [1, 2, 7] {
            let options = Options::default().with_threads(NonZero::new(threads));
            let Err(Error::Row { row, source, .. }) = png(&array, &options) else { panic!("row {first} is drawn") };
            assert_eq!(row, first);
            assert!(matches!(source, RowError::Encode(_)));
            let images = png(&array, &options.with_on_error(OnError::Null)).unwrap();
            assert!((0..10_000).all(|row| images.is_null(row) == is_bad(row)));
        }
    }
}

#[test]
fn a_style_without_room_for_a_row_is_an_error_of_the_row() {
    let array = StringArray::from(vec!["short", "not so short a text"]);
    let options = Options::default().with_style(Style::default().with_size(Size::Pixels(30)));
    for draw in [png, svg] {
        assert!(matches!(draw(&array, &options), Err(Error::Row { row: 1, source: RowError::Render(_), .. })));
        let images = draw(&array, &options.clone().with_on_error(OnError::Null)).unwrap();
        assert!(images.is_valid(0) && images.is_null(1));
    }
}

#[test]
fn colours_that_would_not_scan_are_an_error_in_any_case() {
    let style = Style::default().with_dark(Color::WHITE);
    let options = Options::default().with_style(style).with_on_error(OnError::Null);
    let array = StringArray::from_iter(TEXTS);
    for draw in [png, svg] {
        assert!(matches!(draw(&array, &options), Err(Error::Row { row: 0, source: RowError::Render(_), .. })));
    }
}

#[test]
fn level_symbol_and_style_are_those_of_the_options() {
    let symbol = qrmint::Options::default().with_mask(Mask::ALL[3]);
    let style = Style::default().with_dark(Color::rgb(0, 0, 0x80)).with_quiet_zone(QuietZone::new(2));
    let options = Options::default().with_level(ErrorCorrectionLevel::Q).with_symbol(symbol).with_style(style.clone());
    let array = StringArray::from(vec!["hello"]);
    let mut encoder = Encoder::with_options(symbol);
    let symbol = encoder.encode_text("hello", ErrorCorrectionLevel::Q).unwrap();
    let expected = Png::with_style(style.clone()).to_vec(symbol).unwrap();
    assert_eq!(values(&png(&array, &options).unwrap()), [Some(expected)]);
    let expected = Svg::with_style(style).to_string(symbol).unwrap();
    assert_eq!(values(&svg(&array, &options).unwrap()), [Some(expected.into_bytes())]);
}

#[test]
fn the_images_are_the_same_with_any_number_of_threads() {
    let array = StringArray::from_iter((0..20_000).map(|row| (row % 7 != 3).then(|| format!("badge {row}"))));
    let draw = |threads| png(&array, &Options::default().with_threads(NonZero::new(threads))).unwrap();
    let one = draw(1);
    for threads in [2, 7] {
        assert_eq!(&draw(threads), &one, "{threads} threads");
    }
    assert_eq!(one.null_count(), (0..20_000).filter(|row| row % 7 == 3).count());
}

#[test]
fn chunks_of_any_types_are_one_sequence() {
    let (texts, binaries) = arrays();
    let mut contents = Contents::default();
    let mut expected = Vec::new();
    for (text, binary) in texts.iter().zip(&binaries) {
        contents.push(text).unwrap();
        contents.push(&NullArray::new(0)).unwrap();
        contents.push(&binary.slice(1, 3)).unwrap();
        contents.push(&NullArray::new(2)).unwrap();
        expected.extend(text_images());
        expected.extend_from_slice(&byte_images()[1..4]);
        expected.extend([None, None]);
    }
    let png = Png::default();
    let mut drawing = Drawing::new(&Options::default(), move |symbol, out| png.write(symbol, out));
    let mut images = Images::default();
    drawing.draw(0..contents.len(), |row| contents.row(row), &mut images).unwrap();
    assert!(images.iter().map(|image| image.map(<[u8]>::to_vec)).eq(expected.clone()));
    assert_eq!(values(&images.into_array()), expected);
    assert_eq!(contents.row(contents.len()), None);
}

#[test]
fn info_tells_what_the_symbol_is_like() {
    let symbol = qrmint::Options::default().with_boost(true);
    let options = Options::default().with_symbol(symbol);
    let rows = [Some("hello".to_owned()), None, Some(too_long()), Some("José".repeat(40))];
    let info = info(&StringArray::from_iter(&rows), &options).unwrap();
    let info = info.as_struct();
    let number = |name, row| match info.column_by_name(name).unwrap() {
        array if array.is_null(row) => None,
        array => Some(match array.data_type() {
            DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
            DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
            _ => array.as_primitive::<UInt32Type>().value(row),
        }),
    };
    let text = |name, row| {
        let array = info.column_by_name(name).unwrap();
        array.is_valid(row).then(|| match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
            _ => array.as_string::<i64>().value(row).to_owned(),
        })
    };
    let mut encoder = Encoder::with_options(symbol);
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(info.is_null(index), row.is_none());
        let encoded = row.as_ref().map(|row| encoder.encode_text(row, ErrorCorrectionLevel::M).cloned());
        let symbol = encoded.as_ref().and_then(|encoded| encoded.as_ref().ok());
        assert_eq!(number("version", index), symbol.map(|symbol| symbol.version().number().into()));
        assert_eq!(number("mask", index), symbol.map(|symbol| symbol.mask().number().into()));
        assert_eq!(number("size", index), symbol.map(|symbol| symbol.size() as u32));
        assert_eq!(text("level", index), symbol.map(|symbol| symbol.level().letter().to_owned()));
        assert_eq!(
            text("error", index),
            encoded.as_ref().and_then(|encoded| Some(encoded.as_ref().err()?.to_string()))
        );
        let measure = row.as_ref().and_then(|row| encoder.measure_text(row, ErrorCorrectionLevel::M).ok());
        assert_eq!(number("bits_used", index), measure.as_ref().map(|measure| measure.bits_used as u32));
        assert_eq!(number("bits_available", index), measure.map(|measure| measure.bits_available as u32));
    }
    assert_eq!((info.null_count(), text("level", 0)), (1, Some("h".to_owned())));
}

#[test]
fn info_tells_why_there_is_no_image_of_a_style() {
    let contents = StringArray::from(vec!["short".to_owned(), "x".repeat(60)]);
    let options = Options::default().with_style(Style::default().with_size(Size::Pixels(40)));
    let info = info(&contents, &options).unwrap();
    let error = info.as_struct().column_by_name("error").unwrap().as_string::<i64>();
    let version = info.as_struct().column_by_name("version").unwrap().as_primitive::<UInt8Type>();
    assert!(error.iter().eq([None, Some("too small: 40 x 40 pixels, at least 41 x 41 pixels")]));
    assert!(version.iter().eq([Some(1), Some(4)]));
    let images = png(&contents, &options.with_on_error(OnError::Null)).unwrap();
    assert_eq!((images.is_null(0), images.is_null(1)), (false, true));
}

#[test]
fn debug_shows_no_content() {
    let array = StringArray::from(vec!["secret"]);
    let contents = Contents::try_from(&array as &dyn Array).unwrap();
    assert_eq!(format!("{contents:?} {:?}", contents.row(0)), "Contents { rows: 1, .. } Some(Text(6 bytes))");
}

/// Returns the image of a row with the default options, `None` if it has none.
fn image(row: Row<'_>) -> Option<Vec<u8>> {
    Some(row.encode(&mut Encoder::new(), ErrorCorrectionLevel::M).ok()?.to_png())
}

/// Content that may be too long.
fn content() -> impl Strategy<Value = String> {
    prop_oneof![9 => ".{0,20}", 1 => (2_325_usize..2_340).prop_map(|len| "x".repeat(len))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_array_is_drawn_as_by_a_loop(
        rows in prop::collection::vec(prop::option::weighted(0.8, content()), 0..300),
        cut in any::<prop::sample::Index>(),
        threads in 1_usize..5,
        kind in 0..6,
    ) {
        let bytes = rows.iter().map(|row| row.as_ref().map(String::as_bytes));
        let array: ArrayRef = match kind {
            0 => Arc::new(StringArray::from_iter(&rows)),
            1 => Arc::new(LargeStringArray::from_iter(&rows)),
            2 => Arc::new(StringViewArray::from_iter(&rows)),
            3 => Arc::new(BinaryArray::from_iter(bytes)),
            4 => Arc::new(LargeBinaryArray::from_iter(bytes)),
            _ => Arc::new(BinaryViewArray::from_iter(bytes)),
        };
        let start = cut.index(rows.len() + 1);
        let (array, rows) = (array.slice(start, rows.len() - start), &rows[start..]);
        let row = |text: &String| image(if kind < 3 { Row::Text(text) } else { Row::Bytes(text.as_bytes()) });
        let expected: Vec<_> = rows.iter().map(|text| text.as_ref().and_then(row)).collect();

        let options = Options::default().with_threads(NonZero::new(threads)).with_on_error(OnError::Null);
        prop_assert_eq!(values(&png(&array, &options).unwrap()), expected.clone());
        let bad = rows.iter().zip(&expected).position(|(text, image)| text.is_some() && image.is_none());
        match png(&array, &options.with_on_error(OnError::Fail)) {
            Ok(images) => prop_assert!(bad.is_none() && values(&images) == expected),
            Err(Error::Row { row, .. }) => prop_assert_eq!(Some(row), bad),
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
