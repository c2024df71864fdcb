//! Every instruction set makes the same symbols and the same files, on every machine.

use std::hash::Hasher;

use qrmint::render::{Png, QuietZone, Scale};
use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet, Symbol};
use qrmint_checks::{Random, oracle};

/// FNV-1a: the same everywhere, unlike the standard library's hashers.
#[derive(Clone)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The hash of version, level, mask and modules of 6,000 symbols: every kind of content, length and level.
const CORPUS: u64 = 17_368_606_759_959_216_959;

/// Returns the hash of these 6,000 symbols, each passed through `finish` with its encoder and content.
fn corpus(mut encoder: Encoder, mut finish: impl FnMut(Symbol, &Encoder, &[u8]) -> Symbol) -> u64 {
    let mut random = Random::new(51);
    let mut hash = Fnv::default();
    let mut symbols = 0;
    while symbols < 6_000 {
        let longest = if random.below(8) == 0 { 2_900 } else { 400 };
        let content = random.content(longest);
        let level = ErrorCorrectionLevel::ALL[random.below(4)];
        let Ok(symbol) = encoder.encode(&content, level).cloned() else { continue };
        let symbol = finish(symbol, &encoder, &content);
        hash.write(&[symbol.version().number(), symbol.level() as u8, symbol.mask().number()]);
        for y in 0..symbol.size() {
            symbol.row(y).for_each(|word| hash.write(&word.to_le_bytes()));
        }
        symbols += 1;
    }
    hash.finish()
}

#[test]
fn six_thousand_symbols_are_the_same_with_every_instruction_set() {
    for set in InstructionSet::available() {
        assert_eq!(corpus(Encoder::new().with_instructions(set), |symbol, _, _| symbol), CORPUS, "{set:?}");
    }
}

/// The packages that the tests depend on must not turn the feature on.
#[cfg(not(feature = "simd"))]
#[test]
fn without_the_feature_simd_only_the_baseline_is_available() {
    assert_eq!(InstructionSet::available().collect::<Vec<_>>(), [InstructionSet::Baseline]);
}

/// The hash of the bytes of 3,000 PNG files: scales 1 to 64, quiet zones 0 to 19. A change of it is a change of what every user
/// gets; say so in the changelog.
const FILES: u64 = 13_175_587_885_686_114_041;

#[test]
fn three_thousand_files_have_the_same_bytes_with_every_instruction_set() {
    let sets: Vec<_> = InstructionSet::available().collect();
    let mut hashes = vec![Fnv::default(); sets.len()];
    let mut random = Random::new(52);
    let mut encoder = Encoder::new();
    let mut files = 0;
    while files < 3_000 {
        let (longest, largest) = ([300, 300, 300, 2_900][random.below(4)], [16, 16, 16, 64][random.below(4)]);
        let content = random.content(longest);
        let scale = 1 + random.below(largest) as u8;
        let quiet_zone = QuietZone::new(random.below(20) as u8);
        let Ok(symbol) = encoder.encode(&content, ErrorCorrectionLevel::M) else { continue };
        let png = Png::new(Scale::new(scale).unwrap(), quiet_zone);
        for (&set, hash) in sets.iter().zip(&mut hashes) {
            hash.write(&png.clone().with_instructions(set).to_vec(symbol).unwrap());
        }
        files += 1;
    }
    for (set, hash) in sets.iter().zip(hashes) {
        assert_eq!(hash.finish(), FILES, "{set:?}");
    }
}

#[test]
fn qrcodegen_makes_the_same_six_thousand_symbols() {
    let theirs = |symbol: Symbol, encoder: &Encoder, content: &[u8]| {
        Symbol::from(&oracle(content, encoder.segments(), symbol.level(), encoder.options()).unwrap())
    };
    assert_eq!(corpus(Encoder::new(), theirs), CORPUS);
}
