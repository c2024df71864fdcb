//! The shared checks over random input; the fuzz targets run the same.

use proptest::prelude::*;
use qrmint::Encoder;
use qrmint_checks::{Choices, check_encode, check_png, check_svg, check_text};

/// Content that has runs of every kind of character.
fn mixed() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof!["[0-9]{0,20}", "[A-Z $%*+./:-]{0,20}", "[a-z]{0,8}", "\\PC{0,4}"], 0..12)
        .prop_map(|pieces| pieces.concat().into_bytes())
}

fn choices() -> impl Strategy<Value = Choices> {
    prop::collection::vec(any::<u8>(), Choices::LEN).prop_map(|bytes| Choices::split(&bytes).0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_and_options_encode_as_qrcodegen_does(
        content in prop::collection::vec(any::<u8>(), 0..1_200),
        choices in choices(),
    ) {
        check_encode(&mut Encoder::with_options(choices.options), &content, choices.level);
    }

    #[test]
    fn mixed_text_and_options_encode_as_qrcodegen_does(content in mixed(), choices in choices()) {
        check_encode(&mut Encoder::with_options(choices.options), &content, choices.level);
    }

    #[test]
    fn any_symbol_scale_and_quiet_zone_give_its_image(content in mixed(), choices in choices()) {
        let mut encoder = Encoder::with_options(choices.options);
        if let Ok(symbol) = encoder.encode(&content, choices.level) {
            // Images of more pixels than this take seconds each and show nothing new.
            let side = (symbol.size() + 2 * usize::from(choices.quiet_zone.modules())) * usize::from(choices.scale.pixels());
            if side <= 6_000 {
                check_png(symbol, choices.scale, choices.quiet_zone);
            }
            check_svg(symbol, choices.quiet_zone);
            check_text(symbol, choices.quiet_zone, choices.options.boost);
        }
    }
}
