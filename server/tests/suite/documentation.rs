//! The two requests of Graph's page "Create or Update qrCode", byte for byte as it prints them, against the program at
//! the instant of its examples.

use axum::http::StatusCode;
use qrmint_checks::page::{CREATED, UPDATED};
use serde_json::Value;

use crate::support::{Answer, FLOKI, NOW, Program, USERS, bytes, decode};

/// The page's first request: `PATCH https://graph.microsoft.com/beta/users/...`, its one header, its body.
const CREATE: &str = r##"PATCH https://graph.microsoft.com/beta/users/7c4999f7-9c25-4f8e-8b84-766eb28a1b49/authentication/qrCodePinMethod/standardQRCode
Content-Type: application/json

{
  "@odata.type": "#microsoft.graph.qrCode",
  "expireDateTime": "2025-12-19T12:00:00Z",
  "startDateTime": "2025-01-01T12:00:00Z",
}
"##;

const UPDATE: &str = r##"PATCH https://graph.microsoft.com/beta/me/authentication/qrCodePinMethod/standardQRCode
Content-Type: application/json

{
  "@odata.type": "#microsoft.graph.qrCode",
  "expireDateTime": "2025-12-01T12:00:00Z",
}
"##;

/// Sends a request of the page, with what every HTTP client adds: version, `Host`, the token that the page's table of
/// headers requires, and the length of the body.
fn send(program: &Program, printed: &str) -> Answer {
    let (head, body) = printed.split_once("\n\n").unwrap();
    let (line, headers) = head.split_once('\n').unwrap();
    let mut wire = program.wire();
    let (token, length) = (&program.token, body.len());
    let request = format!(
        "{line} HTTP/1.1\r\nHost: graph.microsoft.com\r\nAuthorization: Bearer {token}\r\n{headers}\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    wire.write(request).unwrap();
    wire.read().unwrap()
}

/// Returns the names of properties in a text of JSON, in order.
fn names(text: &str) -> Vec<&str> {
    let strings: Vec<_> = text.split('"').skip(1).step_by(2).collect();
    let known = [
        "@odata.type",
        "id",
        "expireDateTime",
        "startDateTime",
        "createdDateTime",
        "lastUsedDateTime",
        "image",
        "binaryValue",
        "version",
        "errorCorrectionLevel",
        "rawContent",
    ];
    strings.into_iter().filter(|string| known.contains(string)).collect()
}

/// Compares an answer with the page's: status, names, their order, the kinds of values; dates to the letter but for
/// `createdDateTime`, which is the time of the request, a moment after the program's start.
fn compare(answer: &Answer, status: StatusCode, printed: &str) -> Value {
    let found = answer.expect(status);
    assert_eq!(names(answer.text()), names(printed));
    let printed: Value = serde_json::from_str(printed).unwrap();
    for name in ["@odata.type", "expireDateTime", "startDateTime", "lastUsedDateTime"] {
        assert_eq!(found[name], printed[name], "{name}");
    }
    assert!(uuid::Uuid::try_parse(found["id"].as_str().unwrap()).is_ok());
    assert_eq!(found["id"].as_str().unwrap().len(), printed["id"].as_str().unwrap().len());
    let created = found["createdDateTime"].as_str().unwrap();
    let after = created.parse::<jiff::Timestamp>().unwrap().duration_since(NOW.parse().unwrap());
    assert!((0.0..30.0).contains(&after.as_secs_f64()), "{created}");
    let digits = created.strip_prefix("2025-03-04T21:2").unwrap().strip_suffix('Z').unwrap();
    assert!(digits.split_once('.').is_none_or(|(_, fraction)| fraction.len() <= 7), "{created}");
    found
}

#[test]
fn the_examples_of_the_page_are_answered_as_it_says() {
    let users = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(users.path(), USERS).unwrap();
    let users = users.path().to_str().unwrap();
    let program = Program::start(&["--store", "memory:", "--users", users, "--me", FLOKI, "--now", NOW]);

    let created = compare(&send(&program, CREATE), StatusCode::CREATED, CREATED);
    let image = &created["image"];
    assert_eq!(image["@odata.type"], "#microsoft.graph.qrCodeImageDetails");
    assert_eq!(image["errorCorrectionLevel"], "l");
    assert!((1..=40).contains(&image["version"].as_u64().unwrap()));
    assert_eq!(decode(&bytes(&image["binaryValue"])), bytes(&image["rawContent"]));

    let updated = compare(&send(&program, UPDATE), StatusCode::OK, UPDATED);
    assert_eq!(updated["image"], Value::Null);
    assert_eq!((&updated["id"], &updated["createdDateTime"]), (&created["id"], &created["createdDateTime"]));
}
