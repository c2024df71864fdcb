//! Reads symbols back module by module: the standard's reference decode algorithm (ISO/IEC 18004:2015, 12) without image processing.
//! Shares no code with the engine, and corrects nothing: whatever differs from the standard is a fault.

use qrmint::{Eci, EncodeError, Encoder, ErrorCorrectionLevel, Mode, Symbol, TextEncoding};

use crate::{ALPHANUMERIC, Choices};

/// The second coordinate of the alignment patterns from version 2 up; the first is 6, the last is 7 modules before the end, and
/// all but the first two are equally spaced (Annex E).
const SECOND_CENTRES: [usize; 39] = [
    18, 22, 26, 30, 34, 22, 24, 26, 28, 30, 32, 34, 26, 26, 26, 30, 30, 30, 34, 28, 26, 30, 28, 32, 30, 34, 26, 30, 26,
    30, 34, 30, 34, 30, 24, 28, 32, 26, 30,
];

/// Parity codewords of a block and the number of blocks for L, M, Q and H, versions 1 to 40 (Table 9).
const BLOCKS: [[(usize, usize); 4]; 40] = [
    [(7, 1), (10, 1), (13, 1), (17, 1)],
    [(10, 1), (16, 1), (22, 1), (28, 1)],
    [(15, 1), (26, 1), (18, 2), (22, 2)],
    [(20, 1), (18, 2), (26, 2), (16, 4)],
    [(26, 1), (24, 2), (18, 4), (22, 4)],
    [(18, 2), (16, 4), (24, 4), (28, 4)],
    [(20, 2), (18, 4), (18, 6), (26, 5)],
    [(24, 2), (22, 4), (22, 6), (26, 6)],
    [(30, 2), (22, 5), (20, 8), (24, 8)],
    [(18, 4), (26, 5), (24, 8), (28, 8)],
    [(20, 4), (30, 5), (28, 8), (24, 11)],
    [(24, 4), (22, 8), (26, 10), (28, 11)],
    [(26, 4), (22, 9), (24, 12), (22, 16)],
    [(30, 4), (24, 9), (20, 16), (24, 16)],
    [(22, 6), (24, 10), (30, 12), (24, 18)],
    [(24, 6), (28, 10), (24, 17), (30, 16)],
    [(28, 6), (28, 11), (28, 16), (28, 19)],
    [(30, 6), (26, 13), (28, 18), (28, 21)],
    [(28, 7), (26, 14), (26, 21), (26, 25)],
    [(28, 8), (26, 16), (30, 20), (28, 25)],
    [(28, 8), (26, 17), (28, 23), (30, 25)],
    [(28, 9), (28, 17), (30, 23), (24, 34)],
    [(30, 9), (28, 18), (30, 25), (30, 30)],
    [(30, 10), (28, 20), (30, 27), (30, 32)],
    [(26, 12), (28, 21), (30, 29), (30, 35)],
    [(28, 12), (28, 23), (28, 34), (30, 37)],
    [(30, 12), (28, 25), (30, 34), (30, 40)],
    [(30, 13), (28, 26), (30, 35), (30, 42)],
    [(30, 14), (28, 28), (30, 38), (30, 45)],
    [(30, 15), (28, 29), (30, 40), (30, 48)],
    [(30, 16), (28, 31), (30, 43), (30, 51)],
    [(30, 17), (28, 33), (30, 45), (30, 54)],
    [(30, 18), (28, 35), (30, 48), (30, 57)],
    [(30, 19), (28, 37), (30, 51), (30, 60)],
    [(30, 19), (28, 38), (30, 53), (30, 63)],
    [(30, 20), (28, 40), (30, 56), (30, 66)],
    [(30, 21), (28, 43), (30, 59), (30, 70)],
    [(30, 22), (28, 45), (30, 62), (30, 74)],
    [(30, 24), (28, 47), (30, 65), (30, 77)],
    [(30, 25), (28, 49), (30, 68), (30, 81)],
];

/// The modules of a codeword, column and row, the most significant bit first.
pub type Places = [(usize, usize); 8];

/// The content of a symbol, and how it is encoded.
#[derive(Clone, Debug)]
pub struct Reading {
    /// 1 to 40.
    pub version: usize,
    /// The error-correction level.
    pub level: ErrorCorrectionLevel,
    /// The data mask pattern reference.
    pub mask: u8,
    /// The ECI assignment number, if there is one.
    pub eci: Option<u32>,
    /// Mode and bytes of each segment.
    pub segments: Vec<(Mode, usize)>,
    /// All bytes.
    pub content: Vec<u8>,
    /// The places of the codewords of each block, data before parity.
    pub blocks: Vec<Vec<Places>>,
    /// Wrong codewords of a block that can be corrected (Table 9).
    pub correctable: usize,
}

impl Reading {
    /// Reads a symbol. Panics if it differs from the standard in function patterns, either copy of format and version information, a
    /// syndrome, terminator, padding or remainder bits.
    pub fn of(symbol: &Symbol) -> Self {
        let dark = |x, y| symbol.is_dark(x, y);
        let size = symbol.size();
        let version = (size - 17) / 4;
        assert_eq!((size, version), (17 + 4 * version, usize::from(symbol.version().number())));
        let function = function_patterns(size, version, dark);
        version_information(size, version, dark);
        let (level, mask) = format_information(size, dark);
        let places = places(size, &function);
        let bit = |(x, y): (usize, usize)| dark(x, y) != inverts(mask, x, y);
        let (codewords, remainder) = places.as_chunks::<8>();
        assert!(remainder.iter().all(|place| !bit(*place)), "remainder bits");

        let (parity, count) = BLOCKS[version - 1][level as usize];
        let blocks = blocks(codewords, parity, count);
        let value = |places: &Places| places.iter().fold(0_u8, |value, place| value << 1 | u8::from(bit(*place)));
        let mut data = Vec::new();
        for block in &blocks {
            let values: Vec<u8> = block.iter().map(value).collect();
            assert!(syndromes(&values, parity).iter().all(|syndrome| *syndrome == 0), "a syndrome");
            data.extend(&values[..values.len() - parity]);
        }
        let (eci, segments, content) = segments(&data, version);
        let correctable = (parity - misdecode_protection(version, level)) / 2;
        Self { version, level, mask, eci, segments, content, blocks, correctable }
    }
}

/// Encodes and reads back, and checks that content, options and segments are those of the encoder.
pub fn check_roundtrip(choices: &Choices, content: &[u8]) {
    let mut encoder = Encoder::with_options(choices.options);
    let Ok(symbol) = encoder.encode(content, choices.level) else { return };
    let (read, level, mask) = (Reading::of(symbol), symbol.level(), symbol.mask());
    assert_eq!(read.content, content);
    assert_eq!(symbol.check(content), Ok(()));
    assert_eq!((read.level, read.mask), (level, mask.number()));
    assert!(if choices.options.boost { level >= choices.level } else { level == choices.level });
    assert!(choices.options.mask.is_none_or(|forced| forced == mask));
    assert_eq!(read.eci, choices.options.eci.map(|eci| eci.number()));
    let segments: Vec<_> = encoder.segments().iter().map(|segment| (segment.mode, segment.range().len())).collect();
    assert_eq!(read.segments, segments);
}

/// Encodes text in each encoding and reads it back, and checks what is announced and that the text is refused for no wrong reason.
pub fn check_encode_text(choices: &Choices, text: &str) {
    for encoding in [TextEncoding::Utf8Eci, TextEncoding::Utf8, TextEncoding::Latin1] {
        let mut encoder = Encoder::with_options(choices.options.with_text(encoding));
        let eci = match (choices.options.eci, encoding) {
            (Some(eci), _) => Some(eci),
            (None, TextEncoding::Utf8Eci) if !text.is_ascii() => Some(Eci::UTF_8),
            _ => None,
        };
        let latin1: Option<Vec<u8>> = text.chars().map(|character| u8::try_from(character).ok()).collect();
        let bytes = match encoding {
            TextEncoding::Latin1 if choices.options.eci.is_none() => latin1,
            _ => Some(text.into()),
        };
        let measure = encoder.measure_text(text, choices.level);
        match (encoder.encode_text(text, choices.level), bytes) {
            (Ok(symbol), Some(bytes)) => {
                let read = Reading::of(symbol);
                assert_eq!((&read.content, read.eci), (&bytes, eci.map(Eci::number)));
                assert_eq!(symbol.content(), Ok(bytes));
                let measure = measure.expect("what can be encoded can be measured");
                assert_eq!((measure.version, measure.level), (symbol.version(), symbol.level()));
                assert_eq!(measure.segments, encoder.segments());
            }
            (Err(error @ EncodeError::NotLatin1 { offset, .. }), None) => {
                let character = text[offset..].chars().next().expect("the offset of a character");
                assert!(u32::from(character) > 0xFF && text[..offset].chars().all(|before| u32::from(before) <= 0xFF));
                assert_eq!(measure, Err(error));
            }
            (Err(error @ EncodeError::TooLong { bits_needed, bits_available, .. }), _) => {
                assert!(bits_needed > bits_available);
                assert_eq!(measure, Err(error));
            }
            (other, bytes) => panic!("{other:?} for {bytes:?}"),
        }
    }
}

/// Returns the number of codewords for misdecode protection, which correct nothing (Table 9, note b).
fn misdecode_protection(version: usize, level: ErrorCorrectionLevel) -> usize {
    match (version, level) {
        (1, ErrorCorrectionLevel::L) => 3,
        (1, ErrorCorrectionLevel::M) | (2, ErrorCorrectionLevel::L) => 2,
        (1, _) | (3, ErrorCorrectionLevel::L) => 1,
        _ => 0,
    }
}

/// Returns the centres of the alignment patterns along a side.
fn centres(size: usize, version: usize) -> Vec<usize> {
    if version == 1 {
        return Vec::new();
    }
    let (second, last) = (SECOND_CENTRES[version - 2], size - 7);
    // 0 to 5 between the second and the last, which are the same up to version 6.
    let steps = version / 7;
    let mut centres = vec![6];
    centres.extend((0..=steps).map(|i| second + (last - second) / steps.max(1) * i));
    assert_eq!(centres.last(), Some(&last));
    centres
}

/// Returns which modules are part of no codeword, row by row, and checks those whose colour is fixed (6.3).
fn function_patterns(size: usize, version: usize, dark: impl Fn(usize, usize) -> bool) -> Vec<bool> {
    let mut function = vec![false; size * size];
    let mut is = |x: usize, y: usize, expected: bool| {
        assert_eq!(dark(x, y), expected, "column {x}, row {y} of the function patterns");
        function[y * size + x] = true;
    };
    // Finder patterns with their separators: rings of dark, light and dark around the centre.
    let rings = |dx: usize, dy: usize| ![2, 4].contains(&dx.max(dy));
    for (centre_x, centre_y) in [(3, 3), (size - 4, 3), (3, size - 4)] {
        for y in centre_y.saturating_sub(4)..size.min(centre_y + 5) {
            for x in centre_x.saturating_sub(4)..size.min(centre_x + 5) {
                is(x, y, rings(x.abs_diff(centre_x), y.abs_diff(centre_y)));
            }
        }
    }
    for i in 8..size - 8 {
        is(i, 6, i % 2 == 0);
        is(6, i, i % 2 == 0);
    }
    let centres = centres(size, version);
    for (i, &centre_y) in centres.iter().enumerate() {
        for (j, &centre_x) in centres.iter().enumerate() {
            let last = centres.len() - 1;
            if [(0, 0), (0, last), (last, 0)].contains(&(i, j)) {
                continue;
            }
            for y in centre_y - 2..=centre_y + 2 {
                for x in centre_x - 2..=centre_x + 2 {
                    is(x, y, x.abs_diff(centre_x).max(y.abs_diff(centre_y)) != 1);
                }
            }
        }
    }
    is(8, size - 8, true);
    for i in 0..9 {
        function[8 * size + i] = true;
        function[i * size + 8] = true;
    }
    for i in size - 8..size {
        function[8 * size + i] = true;
        function[i * size + 8] = true;
    }
    if version >= 7 {
        for i in 0..18 {
            function[i / 3 * size + size - 11 + i % 3] = true;
            function[(size - 11 + i % 3) * size + i / 3] = true;
        }
    }
    function
}

/// Returns the remainder of a division of polynomials over GF(2).
fn remainder(mut value: u32, divisor: u32) -> u32 {
    while value.leading_zeros() <= divisor.leading_zeros() {
        value ^= divisor << (divisor.leading_zeros() - value.leading_zeros());
    }
    value
}

/// Checks that both copies are words of the (18, 6) code and have the version (7.10, Annex D).
fn version_information(size: usize, version: usize, dark: impl Fn(usize, usize) -> bool) {
    if version < 7 {
        return;
    }
    let word = |place: &dyn Fn(usize) -> bool| (0..18).rev().fold(0_u32, |word, i| word << 1 | u32::from(place(i)));
    let above = word(&|i| dark(size - 11 + i % 3, i / 3));
    let beside = word(&|i| dark(i / 3, size - 11 + i % 3));
    assert_eq!((above >> 12, remainder(above, 0x1F25)), (version as u32, 0), "version information");
    assert_eq!(beside, above, "version information");
}

/// Reads level and mask, and checks that both copies are the same word of the (15, 5) code (7.9, Annex C).
fn format_information(size: usize, dark: impl Fn(usize, usize) -> bool) -> (ErrorCorrectionLevel, u8) {
    // From the most significant bit down: along row 8 to column 8, then up; and up column 8 from the end, then along row 8.
    let first = [0, 1, 2, 3, 4, 5, 7, 8].map(|x| (x, 8)).into_iter().chain([7, 5, 4, 3, 2, 1, 0].map(|y| (8, y)));
    let second = (1..8).map(|i| (8, size - i)).chain((size - 8..size).map(|x| (x, 8)));
    let word = |places: &mut dyn Iterator<Item = (usize, usize)>| {
        places.fold(0_u32, |word, (x, y)| word << 1 | u32::from(dark(x, y)))
    };
    let (first, second) = (word(&mut { first }), word(&mut { second }));
    assert_eq!(first, second, "format information");
    let word = first ^ 0b101_0100_0001_0010;
    assert_eq!(remainder(word, 0x537), 0, "format information");
    use ErrorCorrectionLevel::{H, L, M, Q};
    ([M, L, H, Q][(word >> 13) as usize], (word >> 10 & 7) as u8)
}

/// Returns the places of the bits of all codewords in order: two columns at a time from the right, up and down (7.7.3).
fn places(size: usize, function: &[bool]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let rights = (8..size).step_by(2).rev().chain([5, 3, 1]);
    for (pair, right) in rights.enumerate() {
        for i in 0..size {
            let y = if pair % 2 == 0 { size - 1 - i } else { i };
            places.extend([right, right - 1].map(|x| (x, y)).iter().filter(|(x, y)| !function[y * size + x]));
        }
    }
    places
}

/// Returns whether the mask inverts the module (Table 10; x is the standard's j, y its i).
fn inverts(mask: u8, x: usize, y: usize) -> bool {
    0 == match mask {
        0 => (y + x) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (y + x) % 3,
        4 => (y / 2 + x / 3) % 2,
        5 => (y * x) % 2 + (y * x) % 3,
        6 => ((y * x) % 2 + (y * x) % 3) % 2,
        _ => ((y + x) % 2 + (y * x) % 3) % 2,
    }
}

/// Returns the codewords of each block. In the order of placement, the data codewords of all blocks alternate, then the parity
/// codewords; longer blocks are last (7.6).
fn blocks(codewords: &[Places], parity: usize, count: usize) -> Vec<Vec<Places>> {
    let shorter = codewords.len() / count - parity;
    let longer = codewords.len() % count;
    let mut blocks = vec![Vec::new(); count];
    let mut rest = codewords.iter();
    for i in 0..=shorter {
        let first = if i < shorter { 0 } else { count - longer };
        for block in &mut blocks[first..] {
            block.extend(rest.next());
        }
    }
    for _ in 0..parity {
        for block in &mut blocks {
            block.extend(rest.next());
        }
    }
    assert_eq!(rest.next(), None);
    blocks
}

/// Returns the product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1.
fn product(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0, |product: u8, bit| {
        let doubled = product << 1 ^ if product >> 7 == 1 { 0x1D } else { 0 };
        doubled ^ if b >> bit & 1 == 1 { a } else { 0 }
    })
}

/// Evaluates the block as a polynomial at the first `parity` powers of two (Annex B).
fn syndromes(block: &[u8], parity: usize) -> Vec<u8> {
    let mut root = 1;
    let mut syndromes = Vec::new();
    for _ in 0..parity {
        syndromes.push(block.iter().fold(0, |sum, codeword| product(sum, root) ^ codeword));
        root = product(root, 2);
    }
    syndromes
}

/// A bit stream, the most significant bit of each codeword first.
struct Bits<'a> {
    data: &'a [u8],
    taken: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        8 * self.data.len() - self.taken
    }

    fn take(&mut self, count: usize) -> usize {
        assert!(count <= self.left(), "the bit stream ends in a segment");
        let end = self.taken + count;
        let value = (self.taken..end).fold(0, |value, i| value << 1 | usize::from(self.data[i / 8] >> (7 - i % 8) & 1));
        self.taken = end;
        value
    }
}

/// Returns ECI, segments and content of a bit stream, and checks its end (7.4).
fn segments(data: &[u8], version: usize) -> (Option<u32>, Vec<(Mode, usize)>, Vec<u8>) {
    let mut bits = Bits { data, taken: 0 };
    let (mut eci, mut segments, mut content) = (None, Vec::new(), Vec::new());
    let band = usize::from(version >= 10) + usize::from(version >= 27);
    while bits.left() >= 4 {
        let before = content.len();
        let mode = match bits.take(4) {
            0b0000 => break,
            0b0111 => {
                assert!(eci.is_none() && segments.is_empty(), "one ECI, before all else");
                let first = bits.take(8);
                let (number, least) = match first {
                    0..0x80 => (first, 0),
                    0x80..0xC0 => ((first & 0x3F) << 8 | bits.take(8), 1 << 7),
                    _ => ((first & 0x1F) << 16 | bits.take(16), 1 << 14),
                };
                assert!((least..1_000_000).contains(&number), "an ECI number in as few bits as it takes");
                eci = Some(number as u32);
                continue;
            }
            0b0001 => {
                let count = bits.take([10, 12, 14][band]);
                for i in (0..count).step_by(3) {
                    let digits = (count - i).min(3);
                    let number = bits.take([4, 7, 10][digits - 1]);
                    let text = format!("{number:0digits$}");
                    assert_eq!(text.len(), digits, "a group of digits");
                    content.extend(text.bytes());
                }
                Mode::Numeric
            }
            0b0010 => {
                let count = bits.take([9, 11, 13][band]);
                for i in (0..count).step_by(2) {
                    if count - i == 1 {
                        content.push(ALPHANUMERIC[bits.take(6)]);
                    } else {
                        let pair = bits.take(11);
                        content.extend([ALPHANUMERIC[pair / 45], ALPHANUMERIC[pair % 45]]);
                    }
                }
                Mode::Alphanumeric
            }
            0b0100 => {
                let count = bits.take([8, 16, 16][band]);
                content.extend((0..count).map(|_| bits.take(8) as u8));
                Mode::Byte
            }
            other => panic!("mode indicator {other:04b}"),
        };
        segments.push((mode, content.len() - before));
    }
    // The terminator may be cut off by the end. The rest of its codeword is zero too; pad codewords follow.
    let padding = bits.left() % 8;
    assert_eq!(bits.take(padding), 0, "the end of the terminator");
    for i in 0..bits.left() / 8 {
        assert_eq!(bits.take(8), [0b1110_1100, 0b0001_0001][i % 2], "a pad codeword");
    }
    (eci, segments, content)
}
