//! Text is stored and announced so that readers show it.

use std::time::{Duration, Instant};

use qrmint::{Eci, EncodeError, Encoder, ErrorCorrectionLevel as Level, Options, Symbol, TextEncoding};
use qrmint_checks::{Reading, check_same, oracle, shortest};

/// Bits of mode indicator and character count for numeric, alphanumeric and byte mode in versions 1 to 9 (Table 3).
const HEADERS: [u64; 3] = [14, 13, 12];
/// Bits of an ECI header with a number below 128 (Table 4).
const ECI_BITS: u64 = 12;

fn encoder(encoding: TextEncoding) -> Encoder {
    Encoder::with_options(Options::default().with_text(encoding))
}

fn read(encoding: TextEncoding, text: &str) -> (Option<u32>, Vec<u8>) {
    let mut encoder = encoder(encoding);
    let reading = Reading::of(encoder.encode_text(text, Level::M).unwrap());
    (reading.eci, reading.content)
}

#[test]
fn ascii_is_stored_as_it_is_and_announced_by_nothing() {
    for text in ["", "0123456789", "HELLO WORLD", "https://example.com/a?b=c", "tab\t and line\n", "\0\x7f"] {
        let bytes = Symbol::encode(text, Level::M).unwrap();
        assert_eq!(Symbol::encode_text(text, Level::M), Ok(bytes.clone()));
        for encoding in [TextEncoding::Utf8Eci, TextEncoding::Utf8, TextEncoding::Latin1] {
            assert_eq!(encoder(encoding).encode_text(text, Level::M), Ok(&bytes));
            assert_eq!(read(encoding, text), (None, text.into()));
        }
    }
}

#[test]
fn other_text_is_utf_8_behind_eci_26_unless_told_otherwise() {
    for text in ["José", "Müller", "año", "crème brûlée", "Größe 5", "10 €", "日本語", "Привет", "🙂", "\u{80}"]
    {
        let announced = (Some(26), text.into());
        assert_eq!(read(TextEncoding::default(), text), announced);
        assert_eq!(read(TextEncoding::Utf8Eci, text), announced);
        assert_eq!(read(TextEncoding::Utf8, text), (None, text.into()));
        assert_eq!(Reading::of(&Symbol::encode_text(text, Level::M).unwrap()).eci, Some(26));
    }
}

#[test]
fn latin1_is_one_byte_a_character_and_an_error_where_it_does_not_fit() {
    assert_eq!(read(TextEncoding::Latin1, "José ÿ\u{80}"), (None, b"Jos\xE9 \xFF\x80".to_vec()));
    for (text, expected) in [("10 €", 3), ("€", 0), ("é日", 2), ("\u{100}", 0), ("Größe 🙂", 8)] {
        let error = encoder(TextEncoding::Latin1).encode_text(text, Level::M).unwrap_err();
        assert!(matches!(error, EncodeError::NotLatin1 { offset, .. } if offset == expected), "{error:?}");
    }
    let error = encoder(TextEncoding::Latin1).encode_text("secret €", Level::M).unwrap_err();
    assert_eq!(error.to_string(), "the character at byte 7 of the text is not in ISO 8859-1");
    assert!(!format!("{error:?}").contains('€'), "an error shows no content");
}

#[test]
fn an_eci_of_the_options_is_announced_whatever_the_text() {
    for encoding in [TextEncoding::Utf8Eci, TextEncoding::Utf8, TextEncoding::Latin1] {
        for text in ["ascii", "José", "10 €"] {
            let options = Options::default().with_text(encoding).with_eci(Eci::new(899).unwrap());
            let mut encoder = Encoder::with_options(options);
            let reading = Reading::of(encoder.encode_text(text, Level::M).unwrap());
            assert_eq!((reading.eci, reading.content), (Some(899), text.into()));
        }
    }
}

#[test]
fn bytes_are_not_changed_by_the_encoding_of_text() {
    let symbol = Symbol::encode("José", Level::M).unwrap();
    for encoding in [TextEncoding::Utf8Eci, TextEncoding::Utf8, TextEncoding::Latin1] {
        assert_eq!(encoder(encoding).encode("José", Level::M), Ok(&symbol));
    }
    assert_eq!(Reading::of(&symbol).eci, None);
}

#[test]
fn text_behind_an_eci_has_the_shortest_segmentation() {
    for text in [
        "https://example.com/größe?id=4711",
        "TICKET 4711 Ä 0123456789012345 PLATFORM 12",
        "Müller 01234567890123456789 José",
        "ö12345678901234567890123456789",
    ] {
        let mut encoder = Encoder::new();
        let measure = encoder.measure_text(text, Level::L).unwrap();
        assert_eq!(measure.bits_used, shortest(text.as_bytes(), HEADERS) + ECI_BITS);
        let symbol = encoder.encode_text(text, Level::L).unwrap().clone();
        let options = Options::default().with_eci(Eci::UTF_8);
        check_same(&symbol, &oracle(text.as_bytes(), encoder.segments(), Level::L, &options).unwrap());
    }
}

#[test]
fn the_announcement_counts_for_the_version() {
    // 1-L holds 17 bytes, or 16 behind the 12 bits of an ECI.
    let version = |text: &str| Symbol::encode_text(text, Level::L).unwrap().version().number();
    assert_eq!(version("seventeen letters"), 1);
    assert_eq!(version("éééééééé"), 1);
    assert_eq!(version("ééééééééa"), 2);
    // And in the error: 40-M holds 2,331 bytes, or one less.
    let error = Symbol::encode_text(&"é".repeat(1_500), Level::M).unwrap_err();
    assert_eq!(
        error.to_string(),
        "content too long: 3,000 bytes in byte mode; version 40 holds 2,330 at level M, 2,952 at L"
    );
    assert!(Symbol::encode_text(&"é".repeat(1_165), Level::M).is_ok());
    assert!(Symbol::encode_text(&("é".repeat(1_165) + "a"), Level::M).is_err());
}

#[test]
fn text_far_too_long_is_refused_at_once() {
    let text = "é".repeat(50_000_000);
    let begin = Instant::now();
    for encoding in [TextEncoding::Utf8Eci, TextEncoding::Utf8, TextEncoding::Latin1] {
        let refused = encoder(encoding).encode_text(&text, Level::L).map(Symbol::version);
        assert!(matches!(refused, Err(EncodeError::TooLong { bytes: 100_000_000, .. })));
    }
    assert!(begin.elapsed() < Duration::from_millis(20));
}
