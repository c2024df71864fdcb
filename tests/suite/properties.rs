//! The shared checks over random input. The fuzz targets call the same checks.

use proptest::prelude::*;
use qrmint::{Encoder, ErrorCorrectionLevel};
use qrmint_checks::{
    Choices, check_encode, check_encode_text, check_image_details, check_image_details_json, check_png,
    check_roundtrip, check_segment, check_style, check_svg, check_text, split_style,
};

/// Content with runs of every kind of character.
fn mixed() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof!["[0-9]{0,20}", "[A-Z $%*+./:-]{0,20}", "[a-z]{0,8}", "\\PC{0,4}"], 0..12)
        .prop_map(|pieces| pieces.concat().into_bytes())
}

fn choices() -> impl Strategy<Value = Choices> {
    prop::collection::vec(any::<u8>(), Choices::LEN).prop_map(|bytes| Choices::split(&bytes).0)
}

/// JSON that resembles image details.
fn details() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("version".to_owned()),
        Just("errorCorrectionLevel".to_owned()),
        Just("rawContent".to_owned()),
        Just("binaryValue".to_owned()),
        Just("@odata.type".to_owned()),
        "[a-zA-Z@. ]{0,12}",
    ];
    let value = prop_oneof![
        "[0-9]{1,3}",
        "\"[lmqhLMQH]\"",
        "\"([A-Za-z0-9+/]{4}){0,4}([A-Za-z0-9+/]{2}==)?\"",
        Just("\"#microsoft.graph.qrCodeImageDetails\"".to_owned()),
        Just("null".to_owned()),
    ];
    let whole = ("[0-9]{1,2}", "[lmqh]", "([A-Za-z0-9+/]{4}){0,4}").prop_map(|(version, level, bytes)| {
        format!(r#"{{"binaryValue": "{bytes}", "rawContent": "{bytes}", "version": {version}, "errorCorrectionLevel": "{level}"}}"#)
    });
    let pieces = prop::collection::vec((name, value), 0..6).prop_map(|properties| {
        let properties: Vec<String> = properties.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        format!("{{{}}}", properties.join(","))
    });
    prop_oneof![whole, pieces]
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
    fn any_symbol_is_read_back_from_its_modules(
        content in prop_oneof![mixed(), prop::collection::vec(any::<u8>(), 0..1_200)],
        choices in choices(),
    ) {
        check_roundtrip(&choices, &content);
    }

    #[test]
    fn any_text_is_read_back_with_what_was_announced(
        text in prop_oneof!["\\PC{0,200}", "[ -ÿ]{0,200}", "[0-9A-Zé]{0,200}"],
        choices in choices(),
    ) {
        check_encode_text(&choices, &text);
    }

    #[test]
    fn any_short_content_takes_the_fewest_bits(content in mixed(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        check_segment(&content);
        check_segment(&bytes);
    }

    #[test]
    fn any_details_survive_a_round_trip_through_json(content in mixed(), choices in choices(), json in details()) {
        check_image_details(&choices, &content);
        check_image_details_json(json.as_bytes());
    }

    #[test]
    fn any_image_shows_its_symbol(content in mixed(), choices in choices()) {
        let mut encoder = Encoder::with_options(choices.options);
        if let Ok(symbol) = encoder.encode(&content, choices.level) {
            // Larger images take seconds each and show nothing new.
            let side = (symbol.size() + 2 * usize::from(choices.quiet_zone.modules())) * usize::from(choices.scale.pixels());
            if side <= 6_000 {
                check_png(symbol, choices.scale, choices.quiet_zone);
            }
            check_svg(symbol, choices.quiet_zone);
            check_text(symbol, choices.quiet_zone, choices.options.boost, choices.options.mask.is_some());
        }
    }

    #[test]
    fn any_style_is_drawn_as_it_says_or_refused(
        content in "[a-z]{0,300}",
        style in prop::collection::vec(any::<u8>(), 16),
    ) {
        check_style(Encoder::new().encode(&content, ErrorCorrectionLevel::M).unwrap(), &split_style(&style).0);
    }
}
