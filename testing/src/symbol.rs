//! Symbols against `qrcodegen`'s.

use qrcodegen::{DataTooLong, QrCode, QrCodeEcc, QrSegment};
use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, Mask, Mode, Options, Segment, Segmentation, Symbol};

/// Returns `qrcodegen`'s value for the level.
pub fn ecc(level: ErrorCorrectionLevel) -> QrCodeEcc {
    match level {
        ErrorCorrectionLevel::L => QrCodeEcc::Low,
        ErrorCorrectionLevel::M => QrCodeEcc::Medium,
        ErrorCorrectionLevel::Q => QrCodeEcc::Quartile,
        ErrorCorrectionLevel::H => QrCodeEcc::High,
    }
}

/// Encodes the same content, segments, level and options with `qrcodegen`.
///
/// # Errors
///
/// `qrcodegen`'s own.
pub fn oracle(
    content: &[u8],
    segments: &[Segment],
    level: ErrorCorrectionLevel,
    options: &Options,
) -> Result<QrCode, DataTooLong> {
    let segment = |segment: &Segment| {
        let content = &content[segment.range()];
        let text = || std::str::from_utf8(content).expect("digits and alphanumeric characters are text");
        match segment.mode {
            Mode::Numeric => QrSegment::make_numeric(text()),
            Mode::Alphanumeric => QrSegment::make_alphanumeric(text()),
            Mode::Byte => QrSegment::make_bytes(content),
            other => panic!("qrcodegen is not asked for {other} mode"),
        }
    };
    encode_theirs(segments.iter().map(segment).collect(), level, options)
}

/// Encodes segments of `qrcodegen` at this level with these options.
fn encode_theirs(
    segments: Vec<QrSegment>,
    level: ErrorCorrectionLevel,
    options: &Options,
) -> Result<QrCode, DataTooLong> {
    let mut all: Vec<QrSegment> = options.eci.iter().map(|eci| QrSegment::make_eci(eci.number())).collect();
    all.extend(segments);
    let version = |version: qrmint::Version| qrcodegen::Version::new(version.number());
    let mask = options.mask.map(|mask| qrcodegen::Mask::new(mask.number()));
    let (min, max) = (version(options.versions.min()), version(options.versions.max()));
    QrCode::encode_segments_advanced(&all, ecc(level), min, max, mask, options.boost)
}

/// Encodes and compares with `qrcodegen`: the symbol is the same, module for module, and of no larger a version than with
/// `qrcodegen`'s own segmentation; or the content is refused by both, and the error has true numbers. Returns the symbol if there is
/// one.
pub fn check_encode<'a>(encoder: &'a mut Encoder, content: &[u8], level: ErrorCorrectionLevel) -> Option<&'a Symbol> {
    let options = *encoder.options();
    let bytes = [QrSegment::make_bytes(content)];
    // `qrcodegen` with byte mode alone, and with the one mode that it picks for text.
    let mut alternatives = vec![bytes.to_vec()];
    if let (Segmentation::Optimal, Ok(text)) = (options.segmentation, std::str::from_utf8(content)) {
        alternatives.push(QrSegment::make_segments(text));
    }
    // The mask does not matter for the version: forcing one is quicker.
    let mut any_mask = options;
    any_mask.mask = Mask::new(0);
    let alternatives: Vec<_> =
        alternatives.into_iter().map(|segments| encode_theirs(segments, level, &any_mask)).collect();

    match encoder.encode(content, level) {
        Ok(symbol) => {
            let symbol = symbol.clone();
            let code = oracle(content, encoder.segments(), level, &options).expect("it fits here, so it fits there");
            check_same(&symbol, &code);
            for code in alternatives.iter().flatten() {
                assert!(symbol.version().number() <= code.version().value(), "a larger version than qrcodegen's");
            }
            let segments = encoder.segments().to_vec();
            check_segments(content, &segments, options.segmentation);
            // The same segments, given, make the same symbol, and measuring them disturbs nothing.
            let measure = encoder.measure(content, level).expect("it has been encoded");
            assert_eq!((measure.version, measure.level), (symbol.version(), symbol.level()));
            assert!(measure.bits_used <= measure.bits_available);
            assert_eq!(measure.bits_available, symbol.version().data_bits(symbol.level()) as u64);
            assert_eq!((&measure.segments, encoder.segments()), (&segments, &segments[..]));
            assert_eq!(encoder.encode_segments(content, &segments, level), Ok(&symbol));
        }
        Err(EncodeError::TooLong { bits_needed, bits_available, .. }) => {
            assert!(bits_needed > bits_available);
            assert_eq!(bits_available, options.versions.max().data_bits(level) as u64);
            for alternative in alternatives {
                match alternative {
                    Ok(_) => panic!("refused what qrcodegen encodes"),
                    Err(DataTooLong::DataOverCapacity(needed, available)) => {
                        assert_eq!(bits_available, available as u64);
                        assert!(bits_needed <= needed as u64);
                        if options.segmentation == Segmentation::Bytes {
                            assert_eq!(bits_needed, needed as u64);
                        }
                    }
                    // Its count of characters overflowed: it has no number to compare with.
                    Err(DataTooLong::SegmentTooLong) => {}
                }
            }
            return None;
        }
        Err(other) => panic!("unexpected error: {other}"),
    }
    // Encoding again gives the symbol to return and shows that the buffers carry nothing over.
    encoder.encode(content, level).ok()
}

/// Checks that the segments follow one another and cover the content, and that none is empty unless the content is.
fn check_segments(content: &[u8], segments: &[Segment], segmentation: Segmentation) {
    assert_eq!(segments.first().map(|first| first.start), Some(0));
    assert_eq!(segments.last().map(|last| last.end), Some(content.len()));
    assert!(segments.windows(2).all(|pair| pair[0].end == pair[1].start && pair[0].mode != pair[1].mode));
    assert!(content.is_empty() || segments.iter().all(|segment| segment.start < segment.end));
    if segmentation == Segmentation::Bytes || content.is_empty() {
        assert!(matches!(segments, [Segment { mode: Mode::Byte, .. }]));
    }
}

/// Checks that both have the same version, level, mask and modules.
pub fn check_same(symbol: &Symbol, code: &QrCode) {
    let expected = Symbol::from(code);
    assert_eq!(format!("{symbol:?}"), format!("{expected:?}"));
    if *symbol == expected {
        return;
    }
    for y in 0..symbol.size() {
        for x in 0..symbol.size() {
            assert_eq!(symbol.is_dark(x, y), expected.is_dark(x, y), "{symbol:?}, column {x}, row {y}");
        }
    }
    panic!("the modules are equal, bits after the end of a row are not");
}
