//! Every route and every status.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::{FLOKI, NOW, STANDARD, Served, Setting, TEMPORARY, bytes, decode, users_path};

const PERIOD: &str = r#"{"startDateTime":"2025-01-01T12:00:00Z","expireDateTime":"2025-12-19T12:00:00Z"}"#;

/// The names of an object's properties, in their order.
fn names(text: &str) -> Vec<String> {
    serde_json::from_str::<serde_json::Map<String, Value>>(text).unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn a_code_is_created_read_updated_and_deleted() {
    let served = Served::new();
    served.ask("GET", STANDARD, None).await.expect_error(404, "resourceNotFound");
    served.ask("DELETE", STANDARD, None).await.expect_error(404, "resourceNotFound");

    let created = served.ask("PATCH", STANDARD, PERIOD).await;
    let code = created.expect(StatusCode::CREATED);
    let location = format!("/beta/users/{FLOKI}/authentication/qrCodePinMethod/standardQRCode");
    assert_eq!((created.header("location"), created.header("cache-control")), (location.as_str(), "no-store"));
    assert_eq!(code["@odata.type"], "#microsoft.graph.qrCode");
    let raw_content = bytes(&code["image"]["rawContent"]);
    assert_eq!(decode(&bytes(&code["image"]["binaryValue"])), raw_content);
    let said = String::from_utf8(raw_content).unwrap();
    assert!(said.starts_with(&format!("ms-qrpin:v1|floki@contoso.com|{}|", code["id"].as_str().unwrap())), "{said}");

    let mut expected = code.clone();
    expected["image"] = Value::Null;
    let read = served.ask("GET", &location, None).await;
    assert_eq!(read.expect(StatusCode::OK), expected);

    let updated = served.ask("PATCH", STANDARD, r#"{"expireDateTime":"2025-12-01T12:00:00+02:00"}"#).await;
    expected["expireDateTime"] = "2025-12-01T10:00:00Z".into();
    assert_eq!(updated.expect(StatusCode::OK), expected);
    assert!(updated.headers.get("location").is_none());
    assert_eq!(names(updated.text()), names(read.text()));

    let deleted = served.ask("DELETE", STANDARD, None).await;
    assert_eq!((deleted.status, deleted.body.len()), (204, 0));
    served.ask("GET", STANDARD, None).await.expect_error(404, "resourceNotFound");
    let again = served.ask("PATCH", STANDARD, PERIOD).await.expect(StatusCode::CREATED);
    assert_ne!(again["id"], code["id"]);
}

#[tokio::test]
async fn a_second_temporary_code_is_refused_until_the_first_is_deleted() {
    let served = Served::new();
    let code = served.ask("PATCH", TEMPORARY, "{}").await.expect(StatusCode::CREATED);
    assert!(code["createdDateTime"].as_str().unwrap() >= NOW, "{code}");
    for body in ["{}", r#"{"expireDateTime":"2025-03-05T05:00:00Z"}"#] {
        served.ask("PATCH", TEMPORARY, body).await.expect_rule("temporaryQRCodeActive", "temporaryQRCode");
    }
    // The other kind has a state of its own.
    served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    assert_eq!(served.ask("DELETE", TEMPORARY, None).await.status, 204);
    served.ask("PATCH", TEMPORARY, "{}").await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn a_code_that_has_expired_is_still_read_and_is_replaced_by_the_next_patch() {
    let store = std::sync::Arc::new(qrmint_server::store::MemoryStore::default());
    let on = |now| Setting { store: Some(store.clone()), now: Some(now), ..Setting::default() }.serve();
    let first = on(NOW).ask("PATCH", TEMPORARY, "{}").await.expect(StatusCode::CREATED);
    let later = on("2025-03-05T21:27:46Z");
    assert_eq!(later.ask("GET", TEMPORARY, None).await.expect(StatusCode::OK)["id"], first["id"]);
    let second = later.ask("PATCH", TEMPORARY, "{}").await.expect(StatusCode::CREATED);
    assert_ne!(second["id"], first["id"]);
    assert!(second["image"]["rawContent"].is_string());
}

#[tokio::test]
async fn every_broken_rule_is_named() {
    let served = Served::new();
    let rows = [
        (
            STANDARD,
            r#"{"startDateTime":"2025-01-01T12:00:00Z","expireDateTime":"2026-01-31T12:00:00.0000001Z"}"#,
            "lifetimeTooLong",
            "expireDateTime",
        ),
        (
            STANDARD,
            r#"{"startDateTime":"2025-06-01T12:00:00Z","expireDateTime":"2025-06-01T12:00:00Z"}"#,
            "lifetimeTooShort",
            "expireDateTime",
        ),
        (
            TEMPORARY,
            r#"{"startDateTime":"2025-06-01T12:00:00Z","expireDateTime":"2025-06-02T00:00:00.0000001Z"}"#,
            "lifetimeTooLong",
            "expireDateTime",
        ),
        (
            TEMPORARY,
            r#"{"startDateTime":"2025-06-01T12:00:00Z","expireDateTime":"2025-06-01T12:59:59.9999999Z"}"#,
            "lifetimeTooShort",
            "expireDateTime",
        ),
        (
            STANDARD,
            r#"{"startDateTime":"2025-01-01T12:00:00Z","expireDateTime":"2025-03-04T21:27:46.9771036Z"}"#,
            "expireDateTimeNotAfterNow",
            "expireDateTime",
        ),
        (STANDARD, r#"{"expireDateTime":"2025-12-19T12:00:00"}"#, "dateTimeWithoutOffset", "expireDateTime"),
        (STANDARD, r#"{"expireDateTime":"soon"}"#, "invalidDateTime", "expireDateTime"),
        (STANDARD, r#"{"startDateTime":5}"#, "invalidDateTime", "startDateTime"),
        (STANDARD, r#"{"expires":"2025-12-19T12:00:00Z"}"#, "unknownProperty", "expires"),
        (STANDARD, r##"{"@odata.type":"#microsoft.graph.qrPin"}"##, "invalidType", "@odata.type"),
    ];
    for (path, body, rule, target) in rows {
        served.ask("PATCH", path, body).await.expect_rule(rule, target);
    }
    served.ask("PATCH", STANDARD, PERIOD).await.expect(StatusCode::CREATED);
    let changed = r#"{"startDateTime":"2025-01-02T12:00:00Z"}"#;
    served.ask("PATCH", STANDARD, changed).await.expect_rule("startDateTimeChanged", "startDateTime");
}

#[tokio::test]
async fn what_was_read_can_be_sent_back_with_a_new_expiry() {
    let served = Served::new();
    // The code as the Python client sends it back: with the image, offsets, and at most six digits of a second.
    let mut code = served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    let six_digits = |value: &Value| {
        let text = value.as_str().unwrap().trim_end_matches('Z');
        format!("{}+00:00", text.get(..26).unwrap_or(text))
    };
    code["createdDateTime"] = six_digits(&code["createdDateTime"]).into();
    code["startDateTime"] = six_digits(&code["startDateTime"]).into();
    code["expireDateTime"] = "2025-12-01T12:00:00+00:00".into();
    let updated = served.ask("PATCH", STANDARD, code.to_string().as_str()).await.expect(StatusCode::OK);
    assert_eq!(updated["expireDateTime"], "2025-12-01T12:00:00Z");
    assert_eq!(updated["id"], code["id"]);
}

#[tokio::test]
async fn a_user_is_the_same_by_id_and_by_name_in_any_case_and_encoding() {
    let served = Served::new();
    let code = served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    for id in [FLOKI, &FLOKI.to_uppercase(), "floki%40contoso.com", "FLOKI@Contoso.com", "%66loki@contoso%2Ecom"] {
        let read = served.ask("GET", &users_path(id, "standardQrCode"), None).await.expect(StatusCode::OK);
        assert_eq!(read["id"], code["id"], "{id}");
    }
    for path in [
        "/V1.0/Me/Authentication/QRCODEPINMETHOD/standardqrcode",
        "/BETA/ME/authentication/qrcodepinmethod/STANDARDQRCODE",
    ] {
        assert_eq!(served.ask("GET", path, None).await.expect(StatusCode::OK)["id"], code["id"]);
    }
    for id in ["lagertha@contoso.com", "00000000-0000-0000-0000-000000000000", "%00", &"x".repeat(300)] {
        let message =
            served.ask("PATCH", &users_path(id, "standardQRCode"), "{}").await.expect_error(404, "resourceNotFound");
        assert_eq!(message, "The user does not exist.");
    }
    served.ask("GET", &users_path("%FF", "standardQRCode"), None).await.expect_error(400, "badRequest");
}

#[tokio::test]
async fn without_a_list_any_name_is_a_user_of_its_own() {
    let served = Setting { any_user: true, ..Setting::default() }.serve();
    let created = served.ask("PATCH", &users_path("a%2Fb%20c%40d", "standardQRCode"), "{}").await;
    let code = created.expect(StatusCode::CREATED);
    assert_eq!(created.header("location"), users_path("a%2Fb%20c%40d", "standardQRCode"));
    assert!(String::from_utf8(bytes(&code["image"]["rawContent"])).unwrap().starts_with("ms-qrpin:v1|a/b c@d|"));
    served.ask("GET", &users_path("a%2fb%20c@d", "standardQRCode"), None).await.expect(StatusCode::OK);
    served.ask("GET", &users_path("A%2fb%20c@D", "standardQRCode"), None).await.expect(StatusCode::OK);
    served.ask("GET", &users_path("a%2fb%20c", "standardQRCode"), None).await.expect_error(404, "resourceNotFound");
    served
        .ask("PATCH", &users_path("a%7Cb", "standardQRCode"), "{}")
        .await
        .expect_rule("userPrincipalNameInvalid", "userPrincipalName");
}

#[tokio::test]
async fn a_name_that_nobody_can_have_is_not_found() {
    for any_user in [true, false] {
        let served = Setting { any_user, ..Setting::default() }.serve();
        for method in ["GET", "PATCH", "DELETE"] {
            let answer = served.ask(method, &users_path("a%00b", "standardQRCode"), "{}").await;
            answer.expect_error(404, "resourceNotFound");
        }
        served.ask("DELETE", "/qrmint/users/a%00b/codes", None).await.expect_error(404, "resourceNotFound");
        served.ask("GET", "/qrmint/codes?user=a%00b", None).await.expect_rule("invalidQueryOption", "user");
    }
}

#[tokio::test]
async fn location_has_the_version_of_the_api_that_was_used() {
    let created = Served::new().ask("PATCH", &TEMPORARY.replace("beta", "V1.0"), "{}").await;
    created.expect(StatusCode::CREATED);
    let location = format!("/v1.0/users/{FLOKI}/authentication/qrCodePinMethod/temporaryQRCode");
    assert_eq!(created.header("location"), location);
}

#[tokio::test]
async fn a_nested_router_answers_below_its_path() {
    let mut served = Served::new();
    served.router = axum::Router::new().nest("/graph", served.router);
    let created = served.ask("PATCH", &format!("/graph{STANDARD}"), "{}").await;
    created.expect(StatusCode::CREATED);
    let location = format!("/graph/beta/users/{FLOKI}/authentication/qrCodePinMethod/standardQRCode");
    assert_eq!(created.header("location"), location);
    served.ask("GET", &location, None).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused_in_the_same_form() {
    let served = Served::new();
    for path in [
        "/",
        "/beta/me",
        "/beta/me/authentication/qrCodePinMethod/pin",
        "/v3/me/authentication/qrCodePinMethod/standardQRCode",
    ] {
        served.ask("GET", path, None).await.expect_error(404, "resourceNotFound");
    }
    for (method, path, allowed) in [
        ("PUT", STANDARD, "GET, HEAD, PATCH, DELETE"),
        ("POST", TEMPORARY, "GET, HEAD, PATCH, DELETE"),
        ("GET", "/qrmint/verify", "POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("BREW", "/metrics", "GET, HEAD"),
    ] {
        let answer = served.ask(method, path, None).await;
        let message = answer.expect_error(405, "Request_BadRequest");
        assert_eq!(message, "Specified HTTP method is not allowed for the request target.");
        assert_eq!(answer.header("allow"), allowed);
    }
}

#[tokio::test]
async fn a_patch_without_json_is_refused_as_graph_does() {
    let served = Served::new();
    let patch = |content_type: Option<&str>, body: &'static str| {
        let mut request = Request::builder().method("PATCH").uri(STANDARD);
        request = request.header("Authorization", format!("Bearer {}", served.token));
        if let Some(content_type) = content_type {
            request = request.header("Content-Type", content_type);
        }
        served.send(request.body(Body::from(body)).unwrap())
    };
    let unreadable = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.";
    for body in ["", " ", "{", "null", "[]", "5", "{\"expireDateTime\":}", "{} {}", "{/* */}", "{'a':1}", "\u{feff}{}"]
    {
        assert_eq!(patch(Some("application/json"), body).await.expect_error(400, "badRequest"), unreadable, "{body:?}");
    }
    let message = patch(None, "{}").await.expect_error(400, "badRequest");
    assert_eq!(message, "Write requests (excluding DELETE) must contain the Content-Type header declaration.");
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        let message = patch(Some(content_type), "{}").await.expect_error(400, "badRequest");
        assert_eq!(message, "Entity only allows writes with a JSON Content-Type header.");
    }
    for content_type in ["application/json; charset=utf-8", "Application/JSON;odata.metadata=minimal"] {
        assert!(patch(Some(content_type), "{}").await.status < 300, "{content_type}");
    }
}

#[tokio::test]
async fn the_ids_of_a_request_are_on_every_answer() {
    let served = Served::new();
    let sent = "6F9619FF-8B86-D011-B42D-00C04FC964FF";
    for (path, client) in
        [("/healthz", Some(sent)), (STANDARD, Some(sent)), ("/nowhere", Some("not a guid")), ("/metrics", None)]
    {
        let mut request = Request::builder().uri(path);
        if let Some(client) = client {
            request = request.header("client-request-id", client);
        }
        let answer = served.send(request.body(Body::empty()).unwrap()).await;
        let expected = if client == Some(sent) { sent.to_lowercase() } else { answer.header("request-id").to_owned() };
        assert_eq!(answer.header("client-request-id"), expected, "{path}");
    }
    let other = served.ask("GET", "/healthz", None).await;
    assert_ne!(other.header("request-id"), served.ask("GET", "/healthz", None).await.header("request-id"));
}

#[tokio::test]
async fn the_service_tells_about_itself_without_a_token() {
    let served = Served::new();
    let code = served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::OK);
    served.ask("PATCH", STANDARD, r#"{"expireDateTime":"x"}"#).await.expect_error(400, "badRequest");
    served
        .ask("GET", &users_path("torvi@contoso.com", "standardQRCode"), None)
        .await
        .expect_error(404, "resourceNotFound");
    served.ask("DELETE", STANDARD, None).await;
    let plain = |path: &str, method: &str| {
        served.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap())
    };
    assert_eq!((plain("/healthz", "GET").await.status, plain("/healthz", "HEAD").await.status), (200, 200));
    assert_eq!(plain("/readyz", "GET").await.status, 200);
    let metrics = plain("/metrics", "GET").await;
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let text = metrics.text();
    for line in [
        r#"qrmint_requests_total{route="/me/authentication/qrCodePinMethod/standardQRCode",method="PATCH",status="201"} 1"#,
        r#"qrmint_requests_total{route="/users/{id}/authentication/qrCodePinMethod/standardQRCode",method="GET",status="404"} 1"#,
        r#"qrmint_request_seconds_count{route="/me/authentication/qrCodePinMethod/standardQRCode"} 4"#,
        r#"qrmint_codes_created_total{kind="standardQRCode"} 1"#,
        r#"qrmint_codes_updated_total{kind="standardQRCode"} 1"#,
        r#"qrmint_codes_deleted_total{kind="standardQRCode"} 1"#,
        r#"qrmint_refusals_total{rule="invalidDateTime"} 1"#,
        "qrmint_rules_seconds_count 2",
        "qrmint_requests_in_flight 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    for secret in ["floki", "torvi", FLOKI, code["id"].as_str().unwrap(), &served.token] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn every_answer_of_a_code_has_the_properties_of_the_page_in_its_order() {
    let served = Served::new();
    let text = served.ask("PATCH", STANDARD, PERIOD).await;
    let order =
        ["@odata.type", "id", "expireDateTime", "startDateTime", "createdDateTime", "lastUsedDateTime", "image"];
    let places = |text: &str, names: &[&str]| {
        names.iter().map(|name| text.find(&format!("\"{name}\":")).unwrap()).collect::<Vec<_>>()
    };
    assert!(places(text.text(), &order).is_sorted());
    let image = text.text().split_once("\"image\":").unwrap().1;
    let of_image = ["@odata.type", "binaryValue", "version", "errorCorrectionLevel", "rawContent"];
    assert!(places(image, &of_image).is_sorted());
    let code = text.json();
    assert_eq!(code.as_object().unwrap().len(), order.len());
    assert_eq!(code["image"].as_object().unwrap().len(), of_image.len());
    assert_eq!(code["lastUsedDateTime"], json!("0001-01-01T00:00:00Z"));
}
