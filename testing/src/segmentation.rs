//! Segmentations against the shortest one, found by brute force.

use qrmint::{EncodeError, Encoder, ErrorCorrectionLevel, Mask, Mode, Segment, Version, VersionRange};

use crate::ALPHANUMERIC;

/// Bytes of content that are looked at: brute force takes quadratic time.
const MAX_LEN: usize = 160;

/// Bits of mode indicator and character count for numeric, alphanumeric and byte mode in versions 1 to 9, 10 to 26 and 27 to 40
/// (Table 3).
const HEADERS: [[u64; 3]; 3] = [[14, 13, 12], [16, 15, 20], [18, 17, 20]];

/// Returns the bits of `len` characters without their header (7.4.3 to 7.4.5). The modes are 0 numeric, 1 alphanumeric, 2 byte.
pub fn data_bits(mode: usize, len: usize) -> u64 {
    let len = len as u64;
    match mode {
        0 => len / 3 * 10 + [0, 4, 7][(len % 3) as usize],
        1 => len / 2 * 11 + len % 2 * 6,
        _ => len * 8,
    }
}

/// Returns the fewest bits that encode the content with these headers, by trying every segment that can end at every position.
pub fn shortest(content: &[u8], headers: [u64; 3]) -> u64 {
    if content.is_empty() {
        return headers[2];
    }
    let fits: [fn(&u8) -> bool; 3] = [u8::is_ascii_digit, |byte| ALPHANUMERIC.contains(byte), |_| true];
    let mut best = vec![0];
    for end in 1..=content.len() {
        let mut least = u64::MAX;
        for (mode, fits) in fits.iter().enumerate() {
            let run = content[..end].iter().rev().take_while(|byte| fits(byte)).count();
            for len in 1..=run {
                least = least.min(best[end - len] + headers[mode] + data_bits(mode, len));
            }
        }
        best.push(least);
    }
    best[content.len()]
}

/// Encodes in each band of versions, and checks that the segments, or the error of content that does not fit, take the fewest bits.
pub fn check_segment(content: &[u8]) {
    let content = &content[..content.len().min(MAX_LEN)];
    let mut encoder = Encoder::new();
    encoder.options_mut().mask = Some(Mask::ALL[0]);
    // Version 1 alone is last: little content fits it.
    for (headers, min, max) in [(HEADERS[0], 1, 9), (HEADERS[1], 10, 26), (HEADERS[2], 27, 40), (HEADERS[0], 1, 1)] {
        let version = |number| Version::new(number).expect("1 to 40");
        encoder.options_mut().versions = VersionRange::new(version(min), version(max)).expect("from low to high");
        let shortest = shortest(content, headers);
        match encoder.encode(content, ErrorCorrectionLevel::L) {
            Ok(_) => {
                let bits = |segment: &Segment| {
                    let mode = match segment.mode {
                        Mode::Numeric => 0,
                        Mode::Alphanumeric => 1,
                        Mode::Byte => 2,
                        other => panic!("no brute force for {other} mode"),
                    };
                    headers[mode] + data_bits(mode, segment.end - segment.start)
                };
                assert_eq!(encoder.segments().iter().map(bits).sum::<u64>(), shortest, "{}", content.escape_ascii());
            }
            Err(EncodeError::TooLong { bits_needed, .. }) => assert_eq!(bits_needed, shortest),
            Err(other) => panic!("unexpected error: {other}"),
        }
    }
}
