//! `QrCode` and dates as Graph's JSON, and the bodies of requests.

use qrmint::ErrorCorrectionLevel;
use qrmint::credential::{
    DateTime, Kind, ParseDateTimeError, PatchBody, PatchError, Policy, QrCode, QrCodePatch, Randomness, Record,
    ScanBody, ScanError, Upsert,
};
use qrmint_checks::page::{CREATED, UPDATED};
use qrmint_checks::{LAST, date_time_text};
use serde_json::{Value, json};

use super::{USER, at};

#[test]
fn graphs_printed_answers_survive_a_round_trip_byte_for_byte() {
    for printed in [CREATED, UPDATED] {
        let code: QrCode = serde_json::from_str(printed).unwrap();
        assert_eq!(serde_json::to_string_pretty(&code).unwrap(), printed);
    }
}

#[test]
fn graphs_printed_create_is_read() {
    let code: QrCode = serde_json::from_str(CREATED).unwrap();
    assert_eq!(code.id.to_string(), "44f2f040-ea9d-4283-9e7b-b63ddae391a9");
    assert_eq!(code.expire_date_time, at("2025-12-19T12:00:00Z"));
    assert_eq!(code.start_date_time, at("2025-01-01T12:00:00Z"));
    assert_eq!(code.created_date_time, at("2025-03-04T21:27:46.9771036Z"));
    assert_eq!(code.last_used_date_time, DateTime::NEVER);
    let image = code.image.unwrap();
    assert_eq!(image.binary_value, b"HelloWorld!");
    assert_eq!(image.raw_content, b"HelloWorld!2MyRawContent");
    assert_eq!(image.error_correction_level, ErrorCorrectionLevel::L);
}

#[test]
fn an_answer_without_types_or_image_or_last_use_is_read() {
    let mut json: Value = serde_json::from_str(UPDATED).unwrap();
    let printed: QrCode = serde_json::from_str(UPDATED).unwrap();
    json["@odata.type"] = json!("microsoft.graph.qrCode");
    json["@odata.context"] = json!("https://graph.microsoft.com/beta/$metadata");
    json["lastUsedDateTime"] = Value::Null;
    assert_eq!(serde_json::from_value::<QrCode>(json.clone()).unwrap(), printed);
    for name in ["@odata.type", "lastUsedDateTime", "image"] {
        json.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(serde_json::from_value::<QrCode>(json).unwrap(), printed);
}

#[test]
fn a_wrong_answer_is_refused_with_the_property_named() {
    for (property, value, message) in [
        ("@odata.type", json!("#microsoft.graph.qrPin"), "@odata.type: `#microsoft.graph.qrPin` is not"),
        ("id", json!("4711"), "UUID"),
        ("expireDateTime", json!("2025-12-01T12:00:00"), "no offset from UTC"),
        ("startDateTime", Value::Null, "a date and time with an offset"),
    ] {
        let mut json: Value = serde_json::from_str(UPDATED).unwrap();
        json[property] = value;
        let error = serde_json::from_value::<QrCode>(json).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn an_array_is_refused_as_a_code() {
    let array = r#"[null, "44f2f040-ea9d-4283-9e7b-b63ddae391a9", "2025-12-01T12:00:00Z", "2025-01-01T12:00:00Z",
        "2025-03-04T21:27:46Z", null, null]"#;
    let error = serde_json::from_str::<QrCode>(array).unwrap_err();
    assert!(error.to_string().contains("expected an object"), "{error}");
}

#[test]
fn a_new_code_has_the_properties_of_the_printed_answer_in_order() {
    let (patch, policy) = (QrCodePatch::default(), Policy::default());
    let now = at("2025-03-04T21:27:46.9771036Z");
    let upsert = Upsert { kind: Kind::Standard, state: None, patch: &patch, policy: &policy, now, user: USER };
    let (_, response) = upsert.run(Randomness::new([7; Randomness::LEN])).unwrap().into_parts();
    let json = serde_json::to_string_pretty(&response).unwrap();
    let names = |json: &str| -> Vec<String> {
        json.lines().filter_map(|line| line.split_once("\": ")).map(|(name, _)| name.to_owned()).collect()
    };
    assert_eq!(names(&json), names(CREATED));
    let version = response.image.as_ref().unwrap().version.number();
    assert!(json.contains(&format!("\"version\": {version},\n    \"errorCorrectionLevel\": \"l\"")));
    assert_eq!(serde_json::from_str::<QrCode>(&json).unwrap(), response);
}

fn body(json: &str) -> Result<QrCodePatch, PatchError> {
    serde_json::from_str::<PatchBody>(json).expect("an object").check()
}

fn refused(json: &str) -> PatchError {
    body(json).expect_err(json)
}

#[test]
fn the_documented_bodies_are_read() {
    let create = r##"{
        "@odata.type": "#microsoft.graph.qrCode",
        "expireDateTime": "2025-12-19T12:00:00Z",
        "startDateTime": "2025-01-01T12:00:00Z"
    }"##;
    let patch = body(create).unwrap();
    assert_eq!(patch.start_date_time, Some(at("2025-01-01T12:00:00Z")));
    assert_eq!(patch.expire_date_time, Some(at("2025-12-19T12:00:00Z")));
    assert_eq!(body("{}"), Ok(QrCodePatch::default()));
    assert_eq!(serde_json::from_str::<QrCodePatch>(create).unwrap(), patch);
}

#[test]
fn an_answer_may_be_sent_back_as_a_body() {
    for printed in [CREATED, UPDATED] {
        let patch = body(printed).unwrap();
        let code: QrCode = serde_json::from_str(printed).unwrap();
        assert_eq!(patch.start_date_time, Some(code.start_date_time));
        assert_eq!(patch.expire_date_time, Some(code.expire_date_time));
    }
}

#[test]
fn read_only_properties_are_ignored_whatever_their_value() {
    for name in ["id", "createdDateTime", "lastUsedDateTime", "image"] {
        for value in ["null", "4711", "-1.5", "true", "\"\"", "[1, [2]]", r#"{"a": {"a": null}}"#] {
            assert_eq!(body(&format!(r#"{{"{name}": {value}}}"#)), Ok(QrCodePatch::default()));
        }
    }
}

#[test]
fn annotations_are_ignored_whatever_their_value() {
    for name in [
        "@odata.context",
        "@odata.etag",
        "@OData.id",
        "@context",
        "@microsoft.graph.tips",
        "image@odata.type",
        "image@mediaReadLink",
        "expireDateTime@odata.type",
        "pin@",
        "@",
    ] {
        for value in ["null", "4711", "\"#DateTimeOffset\"", "[]", "{}"] {
            assert_eq!(body(&format!(r#"{{"{name}": {value}, "{name}": {value}}}"#)), Ok(QrCodePatch::default()));
            let sent = format!(r#"{{"{name}": {value}, "rawContent": "NDcxMQ==", "{name}": {value}}}"#);
            assert_eq!(scan(&sent), Ok(b"4711".to_vec()));
        }
    }
}

#[test]
fn a_null_date_is_the_same_as_none() {
    assert_eq!(body(r#"{"startDateTime": null, "expireDateTime": null}"#), Ok(QrCodePatch::default()));
}

#[test]
fn property_names_are_matched_in_any_case() {
    // As a published .NET client writes them.
    let sent = r#"{"ExpireDateTime": "2025-12-19T12:00:00Z", "StartDateTime": null, "Image": null, "ID": null}"#;
    assert_eq!(body(sent).unwrap().expire_date_time, Some(at("2025-12-19T12:00:00Z")));
}

#[test]
fn an_unknown_property_is_refused_by_name() {
    for name in ["code", "expires", "startDateTime ", "", "odata.type", "context", "ſtartDateTime", "pin\u{1F511}"] {
        for value in ["null", "\"2025-12-19T12:00:00Z\"", "[{}]"] {
            let error = refused(&format!(r#"{{"id": "1", "{name}": {value}, "expireDateTime": null}}"#));
            assert_eq!(error, PatchError::Unknown { name: name.into() });
            assert_eq!((error.code(), error.target()), ("unknownProperty", name));
        }
    }
}

#[test]
fn the_message_of_an_unknown_property_escapes_its_name() {
    let error = refused(r#"{"a\nb\u001b[31m": 1}"#);
    assert_eq!(error.to_string(), r"unknown property `a\nb\u{1b}[31m`");
}

#[test]
fn a_date_without_an_offset_is_refused() {
    for name in ["startDateTime", "expireDateTime"] {
        let error = refused(&format!(r#"{{"{name}": "2025-12-19T12:00:00"}}"#));
        assert_eq!(error, PatchError::DateTime { target: name, error: ParseDateTimeError::NoOffset });
        assert_eq!((error.code(), error.target()), ("dateTimeWithoutOffset", name));
        assert!(error.to_string().starts_with(&format!("{name}: no offset from UTC")), "{error}");
    }
}

#[test]
fn an_invalid_date_is_refused() {
    for value in
        ["\"\"", "\"tomorrow\"", "\"2025-13-01T00:00:00Z\"", "1766145600", "true", "[]", "{\"a\": 1}", "1.5", "-1"]
    {
        let error = refused(&format!(r#"{{"EXPIREDATETIME": {value}}}"#));
        assert_eq!((error.code(), error.target()), ("invalidDateTime", "expireDateTime"), "{value}");
    }
}

#[test]
fn a_property_that_comes_twice_is_refused() {
    for (first, second, target) in [
        ("expireDateTime", "expireDateTime", "expireDateTime"),
        ("startDateTime", "StartDateTime", "startDateTime"),
        ("id", "ID", "id"),
        ("image", "image", "image"),
        ("createdDateTime", "createdDateTime", "createdDateTime"),
        ("lastUsedDateTime", "lastUsedDateTime", "lastUsedDateTime"),
        ("@odata.type", "@odata.type", "@odata.type"),
    ] {
        let error = refused(&format!(r#"{{"{first}": null, "{second}": null}}"#));
        assert_eq!(error, PatchError::Duplicate { target });
        assert_eq!((error.code(), error.target()), ("duplicateProperty", target));
        assert_eq!(error.to_string(), format!("property `{target}` comes twice"));
    }
}

#[test]
fn the_type_and_its_hash_are_optional_and_another_type_is_refused() {
    for value in ["null", "\"#microsoft.graph.qrCode\"", "\"microsoft.graph.qrCode\""] {
        assert!(body(&format!(r#"{{"@odata.type": {value}}}"#)).is_ok());
    }
    for value in ["\"#microsoft.graph.qrPin\"", "\"##microsoft.graph.qrCode\"", "\"\"", "1", "[]"] {
        let error = refused(&format!(r#"{{"@odata.type": {value}}}"#));
        assert_eq!((error.code(), error.target()), ("invalidType", "@odata.type"));
    }
}

#[test]
fn of_several_wrong_properties_the_first_is_reported() {
    let error = refused(r#"{"startDateTime": 1, "code": 2, "expireDateTime": 3, "code": 4}"#);
    assert_eq!(error, PatchError::NotText { target: "startDateTime" });
}

#[test]
fn a_body_that_is_not_a_json_object_is_refused() {
    for json in
        ["", "null", "[]", "4711", "\"\"", "{", r#"{"code": 1"#, r#"{"code": 1} 2"#, r#"{"code" 1}"#, "{\"a\": \u{1}}"]
    {
        assert!(serde_json::from_str::<PatchBody>(json).is_err(), "{json}");
        assert!(serde_json::from_str::<QrCodePatch>(json).is_err(), "{json}");
    }
    let error = serde_json::from_str::<PatchBody>("[]").unwrap_err();
    assert!(error.to_string().contains("expected an object"), "{error}");
}

#[test]
fn a_value_that_json_does_not_have_is_refused() {
    use serde::Deserialize as _;
    use serde::de::value::{Error, MapDeserializer};
    let pairs = [("expireDateTime", &b"2025-12-19T12:00:00Z"[..])];
    let error = PatchBody::deserialize(MapDeserializer::<_, Error>::new(pairs.into_iter())).unwrap_err();
    assert_eq!(error.to_string(), "invalid type: byte array, expected a value");
}

#[test]
fn a_deep_body_is_refused_or_ignored_without_a_panic() {
    let deep = format!(r#"{{"image": {}}}"#, "[".repeat(100_000));
    assert!(serde_json::from_str::<PatchBody>(&deep).is_err());
    let wide = format!(r#"{{"image": [{}0]}}"#, "0,".repeat(100_000));
    assert_eq!(body(&wide), Ok(QrCodePatch::default()));
}

/// Reads a verification's body.
fn scan(json: &str) -> Result<Vec<u8>, ScanError> {
    serde_json::from_str::<ScanBody>(json).expect("an object").check()
}

#[test]
fn scanned_content_of_any_bytes_is_read_from_base64_under_its_name_in_any_case() {
    let cases = [("", &b""[..]), ("AA==", &[0]), ("+/8=", &[0xfb, 0xff]), ("SGVsbG9Xb3JsZCE=", b"HelloWorld!")];
    for (text, bytes) in cases {
        for name in ["rawContent", "RawContent", "RAWCONTENT"] {
            assert_eq!(scan(&format!(r#"{{"{name}": "{text}"}}"#)), Ok(bytes.to_vec()));
        }
    }
}

#[test]
fn a_wrong_verification_is_refused_with_the_property_named() {
    for (json, code, target, message) in [
        ("{}", "missingProperty", "rawContent", "property `rawContent` is missing"),
        (r#"{"rawContent": null}"#, "missingProperty", "rawContent", "property `rawContent` is missing"),
        (r#"{"@odata.context": 1}"#, "missingProperty", "rawContent", "property `rawContent` is missing"),
        (r#"{"rawContent": 4711}"#, "invalidRawContent", "rawContent", "rawContent: not a text"),
        (r#"{"rawContent": ["AA=="]}"#, "invalidRawContent", "rawContent", "rawContent: not a text"),
        (r#"{"rawContent": {"rawContent": "AA=="}}"#, "invalidRawContent", "rawContent", "rawContent: not a text"),
        (r#"{"rawContent": "AA"}"#, "malformed", "rawContent", "rawContent: not base64"),
        (r#"{"rawContent": "-_8="}"#, "malformed", "rawContent", "rawContent: not base64"),
        (r#"{"rawContent": " AA=="}"#, "malformed", "rawContent", "rawContent: not base64"),
        (r#"{"rawContent": "AB=="}"#, "malformed", "rawContent", "rawContent: not base64"),
        (r#"{"rawContent": "é"}"#, "malformed", "rawContent", "rawContent: not base64"),
        (r#"{"content": "AA=="}"#, "unknownProperty", "content", "unknown property `content`"),
        (r#"{"rawContent": "AA==", "id": "1"}"#, "unknownProperty", "id", "unknown property `id`"),
        (r#"{"pin\n": 1}"#, "unknownProperty", "pin\n", r"unknown property `pin\n`"),
        (
            r#"{"rawContent": "AA==", "RawContent": "AA=="}"#,
            "duplicateProperty",
            "rawContent",
            "property `rawContent` comes twice",
        ),
        (r#"{"rawContent": 1, "content": 2}"#, "invalidRawContent", "rawContent", "rawContent: not a text"),
        (r#"{"content": 1, "rawContent": 2}"#, "unknownProperty", "content", "unknown property `content`"),
    ] {
        let error = scan(json).expect_err(json);
        assert_eq!((error.code(), error.target(), &*error.to_string()), (code, target, message), "{json}");
    }
}

#[test]
fn a_verification_that_is_not_a_json_object_is_refused() {
    for json in ["", "null", "[]", r#"["AA=="]"#, "\"AA==\"", r#"{"rawContent": "AA==""#, r#"{"content": 1 2}"#] {
        assert!(serde_json::from_str::<ScanBody>(json).is_err(), "{json}");
    }
}

#[test]
fn any_offset_up_to_14_hours_is_read_and_utc_is_written() {
    for (sent, written) in [
        ("2025-12-19T12:00:00Z", "2025-12-19T12:00:00Z"),
        ("2025-12-19t12:00:00z", "2025-12-19T12:00:00Z"),
        ("2025-12-19T12:00:00+00:00", "2025-12-19T12:00:00Z"),
        ("2025-12-19T12:00:00-00:00", "2025-12-19T12:00:00Z"),
        ("2025-12-19T12:00:00+05:45", "2025-12-19T06:15:00Z"),
        ("2025-12-31T23:30:00-12:00", "2026-01-01T11:30:00Z"),
        ("2025-01-01T00:00:00+14:00", "2024-12-31T10:00:00Z"),
        ("2025-12-19T12:00Z", "2025-12-19T12:00:00Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("0001-01-01T14:00:00+14:00", "0001-01-01T00:00:00Z"),
        ("2025-01-01T00:00:00-14:00", "2025-01-01T14:00:00Z"),
        ("9999-12-31T12:00:00.9999999+14:00", "9999-12-30T22:00:00.9999999Z"),
    ] {
        match sent.parse::<DateTime>() {
            Ok(read) => assert_eq!(read.to_string(), written, "{sent}"),
            Err(error) => panic!("{sent}: {error}"),
        }
    }
}

#[test]
fn none_to_nine_digits_are_read_and_seven_at_most_are_kept() {
    for (sent, written) in [
        ("", ""),
        (".0", ""),
        (".5", ".5"),
        (".97", ".97"),
        (".977", ".977"),
        (".977103", ".977103"),
        (".9771036", ".9771036"),
        (".97710369", ".9771036"),
        (".977103699", ".9771036"),
        (".000000099", ""),
        (".9999999", ".9999999"),
        (".999999999", ".9999999"),
        (".100000000", ".1"),
    ] {
        let read = at(&format!("2025-03-04T21:27:46{sent}+00:00"));
        assert_eq!(read.to_string(), format!("2025-03-04T21:27:46{written}Z"));
    }
}

#[test]
fn text_that_is_no_date_time_offset_is_refused() {
    use ParseDateTimeError::{Malformed, NoOffset, OutOfRange};
    for (text, error) in [
        ("", Malformed),
        ("2025-12-19", Malformed),
        ("2025-12-19Z", Malformed),
        ("2025-12-19 12:00:00Z", Malformed),
        ("20251219T120000Z", Malformed),
        ("2025-12-19T12:00:00.Z", Malformed),
        ("2025-12-19T12:00:00.1234567890Z", Malformed),
        ("2025-12-19T12:00:00,5Z", Malformed),
        ("2025-12-19T12:00:00+01", Malformed),
        ("2025-12-19T12:00:00+0100", Malformed),
        ("2025-12-19T12:00:00+01:00:00", Malformed),
        ("2025-12-19T12:00:00 Z", Malformed),
        ("2025-12-19T12:00:00ZZ", Malformed),
        ("2025-12-19T12:00:00Z[Europe/Paris]", Malformed),
        ("2025-12-19T12:00:00[Europe/Paris]", Malformed),
        (" 2025-12-19T12:00:00Z", Malformed),
        ("2025-12-19T12Z", Malformed),
        ("+002025-12-19T12:00:00Z", Malformed),
        ("-0001-12-19T12:00:00Z", Malformed),
        ("12025-12-19T12:00:00Z", Malformed),
        ("２025-12-19T12:00:00Z", Malformed),
        ("1766145600", Malformed),
        ("2025-12-19T12:00:00", NoOffset),
        ("2025-12-19T12:00", NoOffset),
        ("2025-12-19T12:00:00.5", NoOffset),
        ("2025-02-29T12:00:00Z", OutOfRange),
        ("2025-00-19T12:00:00Z", OutOfRange),
        ("2025-13-19T12:00:00Z", OutOfRange),
        ("2025-12-32T12:00:00Z", OutOfRange),
        ("2025-12-19T24:00:00Z", OutOfRange),
        ("2025-12-19T12:60:00Z", OutOfRange),
        ("2025-12-19T23:59:60Z", OutOfRange),
        ("2025-12-19T23:59:61Z", OutOfRange),
        ("2025-12-19T12:00:00+14:01", OutOfRange),
        ("2025-12-19T12:00:00-14:01", OutOfRange),
        ("2025-12-19T12:00+15:00", OutOfRange),
        ("2025-12-19T12:00:00+23:59", OutOfRange),
        ("2025-12-19T12:00:00+25:59", OutOfRange),
        ("2025-12-19T12:00:00-25:59", OutOfRange),
        ("2025-12-19T12:00:00+99:00", OutOfRange),
        ("2025-12-19T12:00:00+01:60", OutOfRange),
        ("0000-12-31T23:59:59Z", OutOfRange),
        ("0001-01-01T00:00:00+00:01", OutOfRange),
        ("9999-12-30T22:00:01Z", OutOfRange),
        ("9999-12-31T23:59:59.9999999Z", OutOfRange),
    ] {
        assert_eq!(text.parse::<DateTime>(), Err(error), "{text}");
    }
}

#[test]
fn the_first_and_last_moments_are_as_documented() {
    assert_eq!(DateTime::MAX.ticks(), LAST as i64);
    assert_eq!(DateTime::new(jiff::Timestamp::MAX), Some(DateTime::MAX));
    assert_eq!(DateTime::NEVER.timestamp().to_string(), "0001-01-01T00:00:00Z");
    let before = DateTime::NEVER.timestamp() - jiff::SignedDuration::from_nanos(1);
    assert_eq!(DateTime::new(before), None);
    for ticks in [i64::MIN, -1, DateTime::MAX.ticks() + 1, i64::MAX] {
        assert_eq!(DateTime::from_ticks(ticks), None);
    }
    for end in [DateTime::NEVER, DateTime::MAX] {
        assert_eq!(DateTime::from_ticks(end.ticks()), Some(end));
        assert_eq!(end.to_string(), date_time_text(end.ticks().into(), 0, None));
        assert_eq!(end.to_string().parse(), Ok(end));
    }
}

#[test]
fn a_moment_before_1970_is_rounded_down_to_its_tick() {
    let before = jiff::Timestamp::UNIX_EPOCH - jiff::SignedDuration::from_nanos(1);
    assert_eq!(DateTime::new(before).unwrap().to_string(), "1969-12-31T23:59:59.9999999Z");
    assert_eq!(at("1969-12-31T23:59:59.999999999Z").to_string(), "1969-12-31T23:59:59.9999999Z");
}

#[test]
fn kinds_have_graphs_names_in_any_case() {
    for (name, kind) in [
        ("standardQRCode", Some(Kind::Standard)),
        ("standardQrCode", Some(Kind::Standard)),
        ("TEMPORARYQRCODE", Some(Kind::Temporary)),
        ("qrCode", None),
        ("standardQRCode ", None),
        ("", None),
    ] {
        assert_eq!(Kind::from_name(name), kind);
    }
    for kind in Kind::ALL {
        assert_eq!(Kind::from_name(&kind.to_string()), Some(kind));
    }
}

#[test]
fn a_record_survives_a_round_trip_through_json_that_has_no_secret() {
    let (patch, policy) = (QrCodePatch::default(), Policy::default());
    let now = at("2025-03-04T21:27:46.9771036Z");
    let upsert = Upsert { kind: Kind::Temporary, state: None, patch: &patch, policy: &policy, now, user: USER };
    let (record, response) = upsert.run(Randomness::new([7; Randomness::LEN])).unwrap().into_parts();
    let json = serde_json::to_value(&record).unwrap();
    assert_eq!(
        json,
        json!({
            "id": record.id.to_string(),
            "kind": "temporaryQRCode",
            "startDateTime": "2025-03-04T21:27:46.9771036Z",
            "expireDateTime": "2025-03-05T00:27:46.9771036Z",
            "createdDateTime": "2025-03-04T21:27:46.9771036Z",
            "lastUsedDateTime": "0001-01-01T00:00:00Z",
            "userPrincipalName": USER,
            "secretDigest": json["secretDigest"],
        })
    );
    let content = String::from_utf8(response.image.unwrap().raw_content).unwrap();
    let secret = content.rsplit('|').next().unwrap();
    assert!(!json.to_string().contains(secret));
    assert_eq!(serde_json::from_value::<Record>(json.clone()).unwrap(), record);
    for wrong in ["", "AAAA", "*", &"A".repeat(48)] {
        let mut json = json.clone();
        json["secretDigest"] = json!(wrong);
        serde_json::from_value::<Record>(json).unwrap_err();
    }
}
