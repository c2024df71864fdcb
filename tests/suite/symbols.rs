//! Symbols are `qrcodegen`'s, module for module.

use std::hint::black_box;
use std::time::Instant;

use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, Mask, Mode, Options, Segmentation, Version};
use qrmint_checks::{Choices, Random, check_encode, check_same, oracle};

#[test]
fn every_version_level_and_mask_at_capacity_and_one_below_matches_qrcodegen() {
    let mut random = Random::new(1);
    let mut encoder = Encoder::new();
    let mut compared = 0;
    for version in (1..=40).filter_map(Version::new) {
        for level in ErrorCorrectionLevel::ALL {
            for mode in [Mode::Numeric, Mode::Alphanumeric, Mode::Byte] {
                let most = version.capacity(level, mode);
                for len in [most, most - 1] {
                    for mask in Mask::ALL {
                        let content = random.content_of(mode, len);
                        *encoder.options_mut() = Options::default();
                        encoder.options_mut().mask = Some(mask);
                        let symbol = encoder.encode(&content, level).unwrap().clone();
                        assert!(encoder.segments().iter().all(|segment| segment.mode == mode));
                        assert!(symbol.version() <= version);
                        assert_eq!(symbol.mask(), mask);
                        if len == most {
                            assert_eq!(symbol.version(), version, "{mode:?} {level} {len}");
                        }
                        let code = oracle(&content, encoder.segments(), level, encoder.options()).unwrap();
                        check_same(&symbol, &code);
                        compared += 1;
                    }
                }
                // One more does not fit.
                encoder.options_mut().versions = version.into();
                let content = match mode {
                    Mode::Numeric => vec![b'7'; most + 1],
                    Mode::Alphanumeric => vec![b'X'; most + 1],
                    _ => vec![0x80; most + 1],
                };
                assert!(matches!(encoder.encode(&content, level), Err(EncodeError::TooLong { .. })));
            }
        }
    }
    assert_eq!(compared, 1_280 * 3 * 2);
}

#[test]
fn every_kind_of_content_with_default_options_matches_qrcodegen() {
    let mut random = Random::new(2);
    let mut encoder = Encoder::new();
    for round in 0..3_000 {
        // Most content is short; every tenth may fill the largest symbol.
        let content = random.content(if round % 10 == 0 { 3_000 } else { 300 });
        let level = ErrorCorrectionLevel::ALL[round % 4];
        check_encode(&mut encoder, &content, level);
    }
}

#[test]
fn every_kind_of_content_with_any_options_matches_qrcodegen() {
    let mut random = Random::new(3);
    for _ in 0..1_500 {
        let head = random.bytes(Choices::LEN);
        let content = random.content(400);
        let choices = Choices::split(&head).0;
        check_encode(&mut Encoder::with_options(choices.options), &content, choices.level);
    }
}

#[test]
fn lengths_around_every_capacity_in_byte_mode_match_qrcodegen() {
    let mut random = Random::new(4);
    let mut options = Options::default();
    options.segmentation = Segmentation::Bytes;
    options.mask = Mask::new(3);
    let mut encoder = Encoder::with_options(options);
    for version in (1..=40).filter_map(Version::new) {
        for level in ErrorCorrectionLevel::ALL {
            let most = version.capacity(level, Mode::Byte);
            for len in [most - 1, most, most + 1] {
                let content = random.bytes(len);
                check_encode(&mut encoder, &content, level);
            }
        }
    }
}

#[test]
fn empty_content_is_one_empty_byte_segment() {
    let mut encoder = Encoder::new();
    for level in ErrorCorrectionLevel::ALL {
        let symbol = check_encode(&mut encoder, b"", level).unwrap();
        assert_eq!(symbol.version(), Version::MIN);
        let [segment] = encoder.segments() else { panic!("one segment") };
        assert_eq!((segment.mode, segment.start, segment.end), (Mode::Byte, 0, 0));
    }
}

#[test]
fn a_refusal_tells_the_bits_needed_and_the_bits_available() {
    let mut encoder = Encoder::new();
    let mut needed = |content: &[u8], level| match encoder.encode(content, level) {
        Err(EncodeError::TooLong { bits_needed, bits_available, .. }) => (bits_needed, bits_available),
        other => panic!("{other:?}"),
    };
    assert_eq!(needed(&[0x80; 2_954], ErrorCorrectionLevel::L), (20 + 8 * 2_954, 23_648));
    assert_eq!(needed(&[0x80; 1_274], ErrorCorrectionLevel::H), (20 + 8 * 1_274, 10_208));
    assert_eq!(needed(&[b'7'; 7_090], ErrorCorrectionLevel::L), (18 + 23_634, 23_648));
    assert_eq!(needed(&[b'X'; 4_297], ErrorCorrectionLevel::L), (17 + 11 * 2_148 + 6, 23_648));
}

#[test]
fn content_far_too_long_is_refused_without_being_read() {
    let content = vec![0x80; 100_000_000];
    let mut encoder = Encoder::new();
    let fastest = |turns: usize, work: &mut dyn FnMut()| {
        let times = (0..turns).map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        });
        times.min().unwrap()
    };
    let reading = fastest(3, &mut || {
        black_box(black_box(&content).iter().fold(0, |all, byte| all | byte));
    });
    for segmentation in [Segmentation::Optimal, Segmentation::Bytes] {
        encoder.options_mut().segmentation = segmentation;
        // A refusal takes about a ten-thousandth of that. One of five hundred is enough to show it, whatever else the machine does.
        let refusal = fastest(500, &mut || assert!(encoder.encode(&content, ErrorCorrectionLevel::L).is_err()));
        assert!(refusal < reading / 10, "{segmentation:?}: {refusal:?}, reading {reading:?}");
    }
}

#[test]
fn options_out_of_range_cannot_be_constructed() {
    assert!(Version::new(0).is_none() && Version::new(41).is_none());
    assert!(Mask::new(8).is_none());
    assert!(qrmint::Eci::new(1_000_000).is_none());
    assert!(qrmint::VersionRange::new(Version::MAX, Version::MIN).is_none());
}

#[test]
fn the_chosen_mask_has_the_lowest_penalty_score() {
    let mut random = Random::new(5);
    let mut encoder = Encoder::new();
    assert_eq!(encoder.penalty_scores(), None);
    for _ in 0..200 {
        let content = random.content(500);
        let Ok(symbol) = encoder.encode(&content, ErrorCorrectionLevel::Q) else { continue };
        let mask = symbol.mask().number();
        let scores = encoder.penalty_scores().unwrap();
        let lowest = *scores.iter().min().unwrap();
        assert_eq!(scores.iter().position(|&score| score == lowest), Some(mask.into()));
    }
}

#[test]
fn debug_output_shows_no_content() {
    let mut encoder = Encoder::new();
    let details = qrmint::encode(b"S3CRET-S3CRET", ErrorCorrectionLevel::M).unwrap();
    let symbol = encoder.encode(b"S3CRET-S3CRET", ErrorCorrectionLevel::M).unwrap();
    let shown = format!("{symbol:?} {details:?}");
    let shown = format!("{shown} {encoder:?}");
    assert!(!shown.contains("S3CRET"), "{shown}");
    assert!(!shown.contains("83, 51, 67"), "{shown}");
}
