//! Symbols with every instruction set, few enough for Miri, which watches every access to memory. It has AVX2 where the compiler
//! is told so. An image takes it more than five minutes; images are left to the fuzz target `png` and its address sanitizer.
//!
//! ```sh
//! RUSTFLAGS='-C target-feature=+avx2,+bmi1,+bmi2,+lzcnt,+popcnt' \
//!     cargo +nightly miri test -p qrmint-checks --features qrmint/simd --test memory
//! ```

use qrmint::{Encoder, ErrorCorrectionLevel, InstructionSet, Options, Version};
use qrmint_checks::Random;

#[test]
fn every_instruction_set_makes_the_same_symbols() {
    let mut random = Random::new(53);
    // Lines of one, two and three words, the smallest and the largest; the second with version information.
    for version in [1, 7, 14, 40].map(|number| Version::new(number).expect("1 to 40")) {
        let mut options = Options::default();
        options.versions = version.into();
        let content = random.content(version.data_bits(ErrorCorrectionLevel::M) / 8 - 10);
        let symbols = InstructionSet::available().map(|set| {
            let mut encoder = Encoder::with_options(options).with_instructions(set);
            encoder.encode(&content, ErrorCorrectionLevel::M).expect("it fits").clone()
        });
        let symbols: Vec<_> = symbols.collect();
        assert!(symbols.iter().all(|symbol| *symbol == symbols[0]), "{version:?}");
    }
}
