//! The shared checks of the credential layer over random input.

use proptest::prelude::*;
use qrmint::credential::DateTime;
use qrmint_checks::{
    LAST, check_date_time, check_patch, check_scan_body, check_scanned, check_upsert_sequence, date_time_text,
};

/// JSON that resembles a body.
fn body() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("startDateTime".to_owned()),
        Just("expireDateTime".to_owned()),
        Just("ExpireDateTime".to_owned()),
        Just("id".to_owned()),
        Just("image".to_owned()),
        Just("@odata.type".to_owned()),
        Just("@odata.context".to_owned()),
        Just("rawContent".to_owned()),
        "[a-zA-Z@. ]{0,12}",
    ];
    let value = prop_oneof![
        date().prop_map(|date| format!("\"{date}\"")),
        Just("null".to_owned()),
        "\"[A-Za-z0-9+/]{2}[AQgw]=\"",
        Just("{\"a\": [1]}".to_owned()),
        Just("\"#microsoft.graph.qrCode\"".to_owned()),
        "[0-9]{1,3}",
        "\"[0-9TZ:. -]{0,24}\"",
    ];
    prop::collection::vec((name, value), 0..5).prop_map(|properties| {
        let properties: Vec<String> = properties.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        format!("{{{}}}", properties.join(","))
    })
}

/// Text that resembles a date.
fn date() -> impl Strategy<Value = String> {
    "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt][0-2][0-9]:[0-6][0-9](:[0-6][0-9](\\.[0-9]{0,10})?)?(Z|z|[+-][0-9]{2}:[0-6][0-9])?"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_requests_agrees_with_the_model(input in prop::collection::vec(any::<u8>(), 0..600)) {
        check_upsert_sequence(&input);
    }

    #[test]
    fn any_body_is_read_as_meant_or_refused(body in body(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        for body in [body.as_bytes(), &bytes] {
            check_patch(body);
            check_scan_body(body);
        }
    }

    #[test]
    fn any_text_is_read_as_a_date_or_refused(date in date(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        check_date_time(date.as_bytes());
        check_date_time(&bytes);
    }

    #[test]
    fn any_scanned_text_is_the_content_of_a_code_or_refused(
        content in "ms-qrpin:v1\\|[a-z@|\\x00]{1,12}\\|[0-9a-fA-F]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\|[A-Za-z0-9_-]{42}[A-Z0-9]",
        bytes in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        check_scanned(content.as_bytes());
        check_scanned(&bytes);
    }

    #[test]
    fn any_moment_is_read_in_any_offset_and_number_of_digits(
        tick in 2 * qrmint_checks::DAY..LAST - 2 * qrmint_checks::DAY,
        offset in -14 * 60..=14 * 60,
        digits in 0..=9_usize,
    ) {
        let unit = 10_i128.pow(7 - digits.min(7) as u32);
        let kept = tick / unit * unit;
        let read: DateTime = date_time_text(tick, offset, Some(digits)).parse().unwrap();
        prop_assert_eq!(i128::from(read.ticks()), kept);
        prop_assert_eq!(read.to_string(), date_time_text(kept, 0, None));
    }
}
