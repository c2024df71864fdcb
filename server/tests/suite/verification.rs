//! `POST /qrmint/verify`.

use std::sync::Arc;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use qrmint_server::store::MemoryStore;
use serde_json::json;

use crate::support::{FLOKI, NOW, STANDARD, Served, Setting, bytes, scan};

const VERIFY: &str = "/qrmint/verify";

#[tokio::test]
async fn a_scanned_code_is_good_and_was_used_then() {
    let served = Served::new();
    let code = served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    let verified = served.ask("POST", VERIFY, scan(&code["image"]["rawContent"]).as_str()).await.expect(StatusCode::OK);
    assert_eq!(verified["userId"], FLOKI);
    assert_eq!(verified["userPrincipalName"], "floki@contoso.com");
    assert_eq!(verified["kind"], "standardQRCode");
    let used = verified["qrCode"]["lastUsedDateTime"].as_str().unwrap();
    assert!((NOW.."2025-03-04T21:40").contains(&used), "{used}");
    assert_eq!(served.ask("GET", STANDARD, None).await.json(), verified["qrCode"]);
}

#[tokio::test]
async fn what_is_not_good_is_told_apart() {
    let store = Arc::new(MemoryStore::default());
    let on = |now| Setting { store: Some(store.clone()), now: Some(now), ..Setting::default() }.serve();
    let served = on(NOW);
    let body = r#"{"startDateTime":"2025-04-01T00:00:00Z","expireDateTime":"2025-05-01T00:00:00Z"}"#;
    let code = served.ask("PATCH", STANDARD, body).await.expect(StatusCode::CREATED);
    let good = scan(&code["image"]["rawContent"]);
    let verify = async |served: &Served, body: &str| served.ask("POST", VERIFY, body).await;

    verify(&served, &good).await.expect_rule("notYetValid", "rawContent");
    verify(&on("2025-04-01T00:00:00Z"), &good).await.expect(StatusCode::OK);
    verify(&on("2025-05-01T00:00:00Z"), &good).await.expect_rule("expired", "rawContent");

    let on_time = on("2025-04-15T00:00:00Z");
    let raw_content = String::from_utf8(bytes(&code["image"]["rawContent"])).unwrap();
    let (start, secret) = raw_content.rsplit_once('|').unwrap();
    let other = secret.chars().rev().collect::<String>().replace('A', "B");
    for (content, rule) in [
        (raw_content.replace("floki", "torvi"), "unknown"),
        (raw_content.replace(code["id"].as_str().unwrap(), "44f2f040-ea9d-4283-9e7b-b63ddae391a9"), "unknown"),
        (format!("{start}|{}", "A".repeat(43)), "unknown"),
        (format!("{start}|{}", &other[..42]), "malformed"),
        ("https://example.com/".to_owned(), "malformed"),
        (String::new(), "malformed"),
    ] {
        let body = scan(&json!(BASE64.encode(content)));
        verify(&on_time, &body).await.expect_rule(rule, "rawContent");
    }
    verify(&on_time, r#"{"rawContent":"not base64!"}"#).await.expect_rule("malformed", "rawContent");
    for (body, rule, target) in [
        ("{}", "missingProperty", "rawContent"),
        (r#"{"rawContent":null}"#, "missingProperty", "rawContent"),
        (r#"{"rawContent":5}"#, "invalidRawContent", "rawContent"),
        (r#"{"rawContent":"","more":1}"#, "unknownProperty", "more"),
        (r#"{"rawContent":"","RawContent":""}"#, "duplicateProperty", "rawContent"),
        (r#"{"RawContent":"AA=="}"#, "malformed", "rawContent"),
    ] {
        verify(&on_time, body).await.expect_rule(rule, target);
    }
    for body in ["", "[]", "{"] {
        let answer = verify(&on_time, body).await;
        answer.expect_error(400, "badRequest");
        assert!(answer.json()["error"].get("details").is_none());
    }

    assert_eq!(on_time.ask("DELETE", STANDARD, None).await.status, 204);
    verify(&on_time, &good).await.expect_rule("unknown", "rawContent");
}
