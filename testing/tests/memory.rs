//! Symbols with every instruction set, few enough for Miri, which checks every access to memory. Miri has AVX2 if the compiler flags
//! turn it on. An image would take it more than five minutes; the address sanitizer of the fuzz target `png` covers images.
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
    // Rows of one, two and three words, the smallest and the largest symbol; versions from 7 on have version information.
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
