//! The worked example of ISO/IEC 18004:2015, Annex I: "01234567" in a 1-M symbol, step by step.

use qrmint::{Encoder, ErrorCorrectionLevel, Mask, Mode, Symbol, Version};
use qrmint_checks::Reading;

/// I.2: mode indicator, character count, the digits in groups of three, terminator, the rest of its codeword, pad codewords.
const BITS: &str = "0001 0000001000 0000001100 0101011001 1000011 0000 000 \
    11101100 00010001 11101100 00010001 11101100 00010001 11101100 00010001 11101100 00010001";

/// I.3: the parity codewords.
const PARITY: [u8; 10] = [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55];

/// I.6: the format information of level M and mask 010.
const FORMAT: u32 = 0b101_1110_0111_1100;

/// The symbol with that mask, as the figure at the end of the annex shows it.
const SYMBOL: [&str; 21] = [
    "#######..#.##.#######",
    "#.....#..####.#.....#",
    "#.###.#.#.....#.###.#",
    "#.###.#.##....#.###.#",
    "#.###.#.#.###.#.###.#",
    "#.....#.#...#.#.....#",
    "#######.#.#.#.#######",
    "........#..##........",
    "#.#####..#..#.#####..",
    "...#.#.##.#.#..#.##..",
    "..#...##.#.#.#..#####",
    "....#....#.....####..",
    "...######..#.#..#....",
    "........#.#####..##..",
    "#######..##.#.##.....",
    "#.....#.#.#####...#.#",
    "#.###.#.#...#..#.##..",
    "#.###.#.##..#..#.....",
    "#.###.#.#.##.#..#.#..",
    "#.....#........##.##.",
    "#######.####.#..#.#..",
];

fn example() -> Symbol {
    let mut encoder = Encoder::new();
    // The mask that is printed. With the scores of 7.8.3 as `qrcodegen` computes them, mask 0 is chosen.
    encoder.options_mut().mask = Mask::new(2);
    let symbol = encoder.encode(b"01234567", ErrorCorrectionLevel::M).unwrap().clone();
    let [segment] = encoder.segments() else { panic!("one segment") };
    assert_eq!((segment.mode, segment.start, segment.end), (Mode::Numeric, 0, 8));
    symbol
}

#[test]
fn codewords_are_as_printed() {
    let symbol = example();
    assert_eq!((symbol.version(), symbol.level()), (Version::MIN, ErrorCorrectionLevel::M));
    let reading = Reading::of(&symbol);
    let [block] = &reading.blocks[..] else { panic!("one block") };
    // Mask 010 inverts every third column.
    let bits: Vec<bool> = block.iter().flatten().map(|&(x, y)| symbol.is_dark(x, y) != (x % 3 == 0)).collect();
    let expected: Vec<bool> = BITS.chars().filter(|char| *char != ' ').map(|char| char == '1').collect();
    let (data, parity) = bits.split_at(16 * 8);
    assert_eq!(data, expected);
    let value = |bits: &[bool; 8]| bits.iter().fold(0, |value, bit| value << 1 | u8::from(*bit));
    assert_eq!(parity.as_chunks::<8>().0.iter().map(value).collect::<Vec<_>>(), PARITY);
}

#[test]
fn format_information_is_as_printed() {
    let symbol = example();
    // The copy beside the upper left finder pattern, from the bit of highest order on (Figure 25).
    let places = [0, 1, 2, 3, 4, 5, 7, 8].map(|x| (x, 8)).into_iter().chain([7, 5, 4, 3, 2, 1, 0].map(|y| (8, y)));
    assert_eq!(places.fold(0, |word, (x, y)| word << 1 | u32::from(symbol.is_dark(x, y))), FORMAT);
}

#[test]
fn modules_are_as_printed() {
    let symbol = example();
    let rows: Vec<String> =
        (0..21).map(|y| (0..21).map(|x| if symbol.is_dark(x, y) { '#' } else { '.' }).collect()).collect();
    assert_eq!(rows, SYMBOL);
}

#[test]
fn mask_0_has_the_lowest_score() {
    let mut encoder = Encoder::new();
    assert_eq!(encoder.encode(b"01234567", ErrorCorrectionLevel::M).unwrap().mask(), Mask::ALL[0]);
}
