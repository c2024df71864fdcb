//! The calls that programs are written against: conversions, modules, own segments, sizes, messages.

use std::collections::HashMap;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use qrmint::render::{QuietZone, Scale};
use qrmint::{
    Eci, EncodeError, Encoder, ErrorCorrectionLevel as Level, Mask, Mode, Options, Run, Segment, Segmentation, Version,
    VersionRange,
};
use qrmint_checks::{Random, check_same, oracle};

fn version(number: u8) -> Version {
    Version::new(number).unwrap()
}

#[test]
fn an_encoder_can_be_cloned_sent_and_shared() {
    fn check<T: Clone + Send + Sync>(_: &T) {}
    let mut encoder = Encoder::new();
    let symbol = encoder.encode("clone", Level::M).unwrap().clone();
    check(&encoder);
    check(&symbol);
    let mut clone = encoder.clone();
    assert_eq!(clone.segments(), encoder.segments());
    assert_eq!(clone.encode("clone", Level::M), Ok(&symbol));
}

#[test]
fn numbers_convert_both_ways_and_text_out_of_range_is_told_the_range() {
    /// Checks every number that the primitive type has.
    fn check<T>(range: std::ops::RangeInclusive<u8>, expected: &str)
    where
        T: TryFrom<u8> + FromStr<Err: Display + Debug + std::error::Error> + Display + Copy + Debug + PartialEq,
        u8: From<T>,
    {
        for number in 0..=u8::MAX {
            let parsed = number.to_string().parse::<T>();
            let Ok(value) = T::try_from(number) else {
                assert!(!range.contains(&number));
                assert_eq!(parsed.unwrap_err().to_string(), expected);
                continue;
            };
            assert!(range.contains(&number));
            assert_eq!((u8::from(value), parsed.unwrap()), (number, value));
            assert_eq!(value.to_string(), number.to_string());
        }
        for text in ["", "-1", "256", "1000000000000", "one", " 1", "1.0", "0x1"] {
            assert_eq!(text.parse::<T>().unwrap_err().to_string(), expected, "{text:?}");
        }
    }
    check::<Version>(1..=40, "expected a number from 1 to 40");
    check::<Mask>(0..=7, "expected a number from 0 to 7");
    check::<Scale>(1..=255, "expected a number from 1 to 255");
    check::<QuietZone>(0..=255, "expected a number from 0 to 255");
    assert_eq!("999999".parse::<Eci>().unwrap().to_string(), "999999");
    assert_eq!("1000000".parse::<Eci>().unwrap_err().to_string(), "expected a number from 0 to 999999");
    assert_eq!((Eci::try_from(26), u32::from(Eci::UTF_8)), (Ok(Eci::UTF_8), 26));
    assert_eq!(format!("{:>4}|{:<4}|{:03}", version(7), Mask::ALL[2], Scale::default()), "   7|2   |008");
    for (level, letter) in Level::ALL.into_iter().zip(["L", "M", "Q", "H"]) {
        assert_eq!(level.to_string(), letter);
        assert_eq!((letter.parse(), letter.to_lowercase().parse()), (Ok(level), Ok(level)));
    }
}

#[test]
fn modules_runs_and_is_dark_agree_in_every_version() {
    let mut encoder = Encoder::new();
    for number in 1..=40 {
        encoder.options_mut().versions = version(number).into();
        let symbol = encoder.encode("the same modules", Level::L).unwrap();
        let size = symbol.size();
        assert_eq!(symbol.modules().len(), size * size);
        assert!(symbol.modules().enumerate().all(|(i, dark)| dark == symbol.is_dark(i % size, i / size)));
        let mut drawn = vec![false; size * size];
        let mut last = None;
        for Run { x, y, len } in symbol.runs() {
            assert!(len > 0 && last < Some((y, x)), "row by row, from left to right, and apart from each other");
            drawn[y * size + x..][..len].fill(true);
            last = Some((y, x + len));
        }
        assert!(drawn.into_iter().eq(symbol.modules()));
    }
}

#[test]
fn function_modules_are_all_but_the_data_region() {
    let mut encoder = Encoder::new();
    for number in 1..=40 {
        encoder.options_mut().versions = version(number).into();
        let symbol = encoder.encode("", Level::L).unwrap();
        let size = symbol.size();
        let modules = (0..size * size).filter(|i| symbol.is_function(i % size, i / size)).count();
        // Table 1: the data region has the codewords and the remainder bits.
        let remainder = match number {
            2..=6 => 7,
            14..=20 | 28..=34 => 3,
            21..=27 => 4,
            _ => 0,
        };
        let data = size * size - modules;
        assert_eq!(data % 8, remainder, "version {number}");
        if number == 1 {
            assert_eq!((modules, data), (233, 208));
        }
        assert!(symbol.is_function(8, size - 8), "the dark module");
        assert!(!symbol.is_function(size, 0) && !symbol.is_function(0, size) && !symbol.is_function(usize::MAX, 0));
    }
}

#[test]
fn the_largest_fitting_scale_fits_and_the_next_does_not() {
    for number in [1, 7, 40] {
        for quiet in [0, 4, 255] {
            let modules = version(number).size() as u32 + 2 * quiet;
            for pixels in (0..3_000).step_by(7).chain([255 * modules - 1, 255 * modules, 256 * modules, u32::MAX]) {
                let side = |scale: u32| scale * modules;
                match Scale::fitting(version(number), QuietZone::new(quiet as u8), pixels) {
                    Some(scale) => {
                        let scale = scale.pixels().into();
                        assert!(side(scale) <= pixels && (scale == 255 || side(scale + 1) > pixels));
                    }
                    None => assert!(pixels < side(1)),
                }
            }
        }
    }
}

#[test]
fn own_segments_make_the_symbol_that_qrcodegen_makes_of_them() {
    let mut random = Random::new(71);
    for round in 0..400 {
        let content = random.content(if round % 10 == 0 { 1_500 } else { 120 });
        let mut segments = Vec::new();
        let mut start = 0;
        while start < content.len() {
            let end = start + 1 + random.below(content.len() - start).min(random.below(40));
            let modes = [Mode::Numeric, Mode::Alphanumeric, Mode::Byte];
            let fitting: Vec<Mode> = modes.into_iter().filter(|mode| mode.accepts(&content[start..end])).collect();
            segments.push(Segment::new(fitting[random.below(fitting.len())], start..end));
            start = end;
        }
        let options = if round % 3 == 0 { Options::default().with_eci(Eci::UTF_8) } else { Options::default() };
        let mut encoder = Encoder::with_options(options.with_segmentation(Segmentation::Bytes));
        let Ok(symbol) = encoder.encode_segments(&content, &segments, Level::M).cloned() else { continue };
        assert_eq!(encoder.segments(), segments);
        assert_eq!(symbol.content().unwrap(), content);
        check_same(&symbol, &oracle(&content, &segments, Level::M, &options).unwrap());
    }
    let nothing = Encoder::new().encode_segments(b"", &[], Level::M).unwrap().clone();
    assert_eq!(nothing.content().unwrap(), b"");
    check_same(&nothing, &oracle(b"", &[], Level::M, &Options::default()).unwrap());
}

#[test]
#[allow(clippy::reversed_empty_ranges)]
fn wrong_segments_are_refused_with_the_number_of_the_segment() {
    use Mode::{Alphanumeric, Byte, Numeric};
    let content = b"badge 0123456789";
    let refuse = |segments: &[(Mode, std::ops::Range<usize>)]| {
        let segments: Vec<_> = segments.iter().map(|(mode, range)| Segment::new(*mode, range.clone())).collect();
        let mut encoder = Encoder::new();
        let error = encoder.encode_segments(content, &segments, Level::M).unwrap_err();
        assert_eq!(encoder.segments(), [], "a refusal leaves nothing");
        error.to_string()
    };
    for (segments, message) in [
        (&[][..], "segment 0 ends at byte 0, the content at 16"),
        (&[(Byte, 1..16)], "segment 0 begins at byte 1 instead of 0"),
        (&[(Byte, 0..15)], "segment 0 ends at byte 15, the content at 16"),
        (&[(Byte, 0..17)], "segment 0 ends at byte 17, the content at 16"),
        (&[(Byte, 0..usize::MAX)], &format!("segment 0 ends at byte {}, the content at 16", usize::MAX)),
        (&[(Byte, 0..6), (Numeric, 7..16)], "segment 1 begins at byte 7 instead of 6"),
        (&[(Byte, 0..7), (Numeric, 6..16)], "segment 1 begins at byte 6 instead of 7"),
        (&[(Byte, 0..6), (Numeric, 6..5)], "segment 1 ends at byte 5, the content at 16"),
        (&[(Byte, 0..5), (Numeric, 5..16)], "segment 1 is in numeric mode, which does not have byte 5 of the content"),
        (&[(Alphanumeric, 0..16)], "segment 0 is in alphanumeric mode, which does not have byte 0 of the content"),
    ] {
        assert_eq!(refuse(segments), message);
    }
}

#[test]
fn measuring_disturbs_nothing_and_promises_what_encoding_does() {
    let mut random = Random::new(72);
    let mut encoder = Encoder::new();
    let kept = encoder.encode("kept", Level::M).unwrap().clone();
    let segments = encoder.segments().to_vec();
    for _ in 0..300 {
        let content = random.content(400);
        encoder.options_mut().boost = random.below(2) == 0;
        let measured = encoder.measure(&content, Level::Q);
        let mut other = encoder.clone();
        assert_eq!(encoder.segments(), segments);
        match (other.encode(&content, Level::Q).cloned(), measured) {
            (Ok(symbol), Ok(measure)) => {
                assert_eq!((measure.version, measure.level), (symbol.version(), symbol.level()));
                assert_eq!(measure.segments, other.segments());
                assert!(measure.bits_used <= measure.bits_available);
            }
            (encoded, measured) => assert_eq!(encoded.unwrap_err(), measured.unwrap_err()),
        }
    }
    *encoder.options_mut() = Options::default();
    assert_eq!(encoder.encode("kept", Level::M), Ok(&kept));
}

#[test]
fn a_version_range_is_made_of_a_range_of_versions() {
    let range = VersionRange::try_from(version(2)..=version(9)).unwrap();
    assert_eq!((range.min(), range.max()), (version(2), version(9)));
    let error = VersionRange::try_from(version(9)..=version(2)).unwrap_err();
    assert_eq!((error.min, error.max), (version(9), version(2)));
    let encoded = Encoder::with_options(Options::default().with_versions(range)).encode("a", Level::L).cloned();
    assert_eq!(encoded.unwrap().version(), version(2));
}

#[test]
fn content_too_long_is_told_in_bytes_or_bits_with_the_level_and_what_level_l_holds() {
    let message = |content: &[u8], level, options: Options| {
        Encoder::with_options(options).encode(content, level).unwrap_err().to_string()
    };
    let options = Options::default();
    let small = options.with_versions(version(1));
    let mixed = [&[b'7'; 2_000][..], &[0x80; 2_000]].concat();
    for (told, expected) in [
        (
            message(&[0x80; 3_000], Level::M, options),
            "3,000 bytes in byte mode; version 40 holds 2,331 at level M, 2,953 at L",
        ),
        (message(&[0x80; 2_954], Level::L, options), "2,954 bytes in byte mode; version 40 holds 2,953 at level L"),
        (
            message(&[b'7'; 6_000], Level::H, options),
            "6,000 bytes in numeric mode; version 40 holds 3,057 at level H, 7,089 at L",
        ),
        (
            message(&[b'X'; 27], Level::Q, small),
            "27 bytes in alphanumeric mode; version 1 holds 16 at level Q, 25 at L",
        ),
        (
            message(&mixed, Level::M, options),
            "4,000 bytes need 22,705 bits; version 40 holds 18,672 at level M, 23,648 at L",
        ),
        (
            message(&[b'7'; 10_000], Level::M, options),
            "10,000 bytes need at least 33,352 bits; version 40 holds 18,672 at level M, 23,648 at L",
        ),
        (
            message(&[b'7'; 10_000], Level::M, options.with_segmentation(Segmentation::Bytes)),
            "10,000 bytes in byte mode; version 40 holds 2,331 at level M, 2,953 at L",
        ),
    ] {
        assert_eq!(told, format!("content too long: {expected}"));
    }
    let error = Encoder::new().encode([0x80; 3_000], Level::M).unwrap_err();
    assert!(matches!(error, EncodeError::TooLong { bytes: 3_000, bits_needed: 24_020, .. }));
    let error: std::io::Error = error.into();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
fn small_types_are_plain_json() {
    let segment = Segment::new(Mode::Byte, 0..3);
    let json = serde_json::to_string(&(version(7), Mask::ALL[3], Level::Q, segment)).unwrap();
    assert_eq!(json, r#"[7,3,"q",{"mode":"byte","start":0,"end":3}]"#);
    assert_eq!(
        serde_json::from_str::<(Version, Mask, Level, Segment)>(&json).unwrap(),
        (version(7), Mask::ALL[3], Level::Q, segment)
    );
    assert_eq!(serde_json::from_str::<Level>("\"H\"").unwrap(), Level::H);
    let modes = serde_json::to_string(&[Mode::Numeric, Mode::Alphanumeric]).unwrap();
    assert_eq!(modes, r#"["numeric","alphanumeric"]"#);
    // Keys of a map, as in counts by version.
    let counts = HashMap::from([(version(7), 1)]);
    assert_eq!(serde_json::to_string(&counts).unwrap(), r#"{"7":1}"#);
    for wrong in ["0", "41", "-1", "\"7\"", "7.5"] {
        serde_json::from_str::<Version>(wrong).unwrap_err();
    }
    let error = serde_json::from_str::<Mask>("8").unwrap_err().to_string();
    assert!(error.starts_with("expected a number from 0 to 7"), "{error}");
}
