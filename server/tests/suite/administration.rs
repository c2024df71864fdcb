//! Administration: lists, revocation, purge, and what the metrics say of codes.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{FLOKI, Issuer, NOW, STANDARD, Served, Setting, metric, scan, users_path};

const TORVI: &str = "d36ef3d5-0f44-4b0b-b4c4-2f9c62d4b9bb";

/// Creates a standard and a temporary code of both users, and returns their ids with user and kind.
async fn filled(served: &Served) -> Vec<(String, &'static str, &'static str)> {
    let mut codes = Vec::new();
    for user in [FLOKI, TORVI] {
        for kind in ["standardQRCode", "temporaryQRCode"] {
            let code = served.ask("PATCH", &users_path(user, kind), "{}").await.expect(StatusCode::CREATED);
            codes.push((code["id"].as_str().unwrap().to_owned(), user, kind));
        }
    }
    codes.sort();
    codes
}

async fn list(served: &Served, query: &str) -> Value {
    served.ask("GET", &format!("/qrmint/codes{query}"), None).await.expect(StatusCode::OK)
}

fn ids(page: &Value) -> Vec<&str> {
    page["value"].as_array().unwrap().iter().map(|code| code["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn codes_are_listed_by_user_kind_and_expiry_and_page_by_page() {
    let served = Served::new();
    let codes = filled(&served).await;
    let of = |wanted: &dyn Fn(&(String, &str, &str)) -> bool| -> Vec<&str> {
        codes.iter().filter(|code| wanted(code)).map(|code| code.0.as_str()).collect()
    };
    let all = list(&served, "").await;
    assert_eq!(ids(&all), of(&|_| true));
    assert!(all.get("skipToken").is_none());
    let first = &all["value"][0];
    assert_eq!((first["userId"].as_str(), first["kind"].as_str()), (Some(codes[0].1), Some(codes[0].2)));
    assert!(first["userPrincipalName"].as_str().unwrap().ends_with("@contoso.com"));
    assert!(first.get("image").is_none() && !all.to_string().contains("igest"));

    assert_eq!(ids(&list(&served, "?user=TORVI@contoso.com").await), of(&|code| code.1 == TORVI));
    assert_eq!(ids(&list(&served, &format!("?user={FLOKI}&kind=temporary")).await), {
        of(&|code| code.1 == FLOKI && code.2 == "temporaryQRCode")
    });
    assert_eq!(ids(&list(&served, "?kind=standardQRCode").await), of(&|code| code.2 == "standardQRCode"));
    // Temporary codes end within hours.
    let soon = list(&served, "?expiringBefore=2025-03-06T00:00:00Z").await;
    assert_eq!(ids(&soon), of(&|code| code.2 == "temporaryQRCode"));
    assert_eq!(ids(&list(&served, "?user=nobody").await), Vec::<&str>::new());
    assert_eq!(list(&served, "?user=&kind=&expiringBefore=&top=&skipToken=").await, all);

    let (mut seen, mut query) = (Vec::new(), "?$top=3".to_owned());
    let mut pages = 0;
    loop {
        let page = list(&served, &query).await;
        seen.extend(ids(&page).iter().map(|id| (*id).to_owned()));
        pages += 1;
        let Some(token) = page.get("skipToken") else { break };
        query = format!("?top=3&skipToken={}", token.as_str().unwrap());
    }
    assert_eq!((pages, seen), (2, of(&|_| true).iter().map(|id| (*id).to_owned()).collect()));
}

#[tokio::test]
async fn a_query_that_is_not_understood_is_refused_by_name() {
    let served = Served::new();
    for (query, option) in [
        ("?usr=x", "usr"),
        ("?top=0", "top"),
        ("?top=1001", "top"),
        ("?top=x", "top"),
        ("?kind=pin", "kind"),
        ("?expiringBefore=tomorrow", "expiringBefore"),
        ("?skipToken=x", "skipToken"),
        ("?top=1&$top=2", "top"),
    ] {
        let answer = served.ask("GET", &format!("/qrmint/codes{query}"), None).await;
        answer.expect_rule("invalidQueryOption", option);
    }
}

#[tokio::test]
async fn a_code_is_revoked_by_its_id_and_a_users_codes_together() {
    let served = Served::new();
    let codes = filled(&served).await;
    let path = format!("/qrmint/codes/{}", codes[0].0.to_uppercase());
    assert_eq!(served.ask("DELETE", &path, None).await.status, 204);
    served.ask("DELETE", &path, None).await.expect_error(404, "resourceNotFound");
    served.ask("DELETE", "/qrmint/codes/x", None).await.expect_error(404, "resourceNotFound");
    assert_eq!(ids(&list(&served, "").await).len(), 3);

    let path = "/qrmint/users/torvi%40contoso.com/codes";
    assert_eq!(served.ask("DELETE", path, None).await.status, 204);
    served.ask("DELETE", path, None).await.expect_error(404, "resourceNotFound");
    assert!(list(&served, "").await["value"].as_array().unwrap().iter().all(|code| code["userId"] == FLOKI));
}

#[tokio::test]
async fn what_expired_before_a_date_is_purged_and_nothing_else() {
    let store = std::sync::Arc::new(qrmint_server::store::MemoryStore::default());
    let on = |now| Setting { store: Some(store.clone()), now: Some(now), ..Setting::default() }.serve();
    filled(&on(NOW)).await;
    let later = on("2025-03-06T00:00:00Z");
    let purge = async |body: &str| later.ask("POST", "/qrmint/purge", body).await;
    assert_eq!(purge(r#"{"expiredBefore":"2025-03-05T00:00:00Z"}"#).await.expect(StatusCode::OK)["deleted"], 0);
    assert_eq!(purge(r#"{"expiredBefore":"2025-03-06T00:00:00Z"}"#).await.expect(StatusCode::OK)["deleted"], 2);
    assert_eq!(ids(&list(&later, "").await).len(), 2);
    let future = purge(r#"{"expiredBefore":"2026-01-01T00:00:00Z"}"#).await;
    future.expect_rule("expiredBeforeAfterNow", "expiredBefore");
    for body in ["{}", r#"{"expiredBefore":5}"#, r#"{"expiredBefore":"x"}"#, r#"{"before":"2025-03-05T00:00:00Z"}"#] {
        purge(body).await.expect_rule("invalidProperty", "expiredBefore");
    }
    assert_eq!(ids(&list(&later, "").await).len(), 2);
}

#[tokio::test]
async fn administration_is_for_administrators_and_applications_with_the_role() {
    let issuer = Issuer::new();
    let served = Setting { authorizer: Some(issuer.authorizer()), ..Setting::default() }.serve();
    let all = "UserAuthMethod-QR.ReadWrite.All";
    let administrator = json!({"oid": FLOKI, "scp": all, "wids": ["c4e39bd9-1100-46d3-8c65-fb160da0071f"]});
    let plain = json!({"oid": FLOKI, "scp": all, "wids": ["b79fbf4d-3ef9-4689-8143-76b194e85509"]});
    let own =
        json!({"oid": FLOKI, "scp": "UserAuthMethod-QR.ReadWrite", "wids": ["c4e39bd9-1100-46d3-8c65-fb160da0071f"]});
    let rows = [
        (issuer.token(&Issuer::claims(NOW, administrator)), true, true),
        (issuer.token(&Issuer::claims(NOW, plain)), false, false),
        (issuer.token(&Issuer::claims(NOW, own)), false, false),
        (issuer.application(&[all]), true, true),
        (issuer.application(&["UserAuthMethod-QR.Read.All"]), true, false),
        (issuer.application(&["QrMint.Verify"]), false, false),
    ];
    let purge = r#"{"expiredBefore":"2025-01-01T00:00:00Z"}"#;
    for (index, (token, reads, writes)) in rows.into_iter().enumerate() {
        for (method, path, body, allowed) in [
            ("GET", "/qrmint/codes", None, reads),
            ("GET", "/qrmint/audit", None, reads),
            ("DELETE", "/qrmint/codes/44f2f040-ea9d-4283-9e7b-b63ddae391a9", None, writes),
            ("DELETE", "/qrmint/users/torvi@contoso.com/codes", None, writes),
            ("POST", "/qrmint/purge", Some(purge), writes),
        ] {
            let status = served.ask_as(&token, method, path, body).await.status;
            assert_eq!(status != 403, allowed, "row {index}: {method} {path}: {status}");
            assert!([200, 204, 403, 404].contains(&status), "{method} {path}: {status}");
        }
    }
}

#[tokio::test]
async fn every_label_is_known_from_zero_and_codes_are_counted() {
    let served = Served::new();
    let text = served.ask("GET", "/metrics", None).await;
    for line in [
        r#"qrmint_codes_created_total{kind="standardQRCode"} 0"#,
        r#"qrmint_codes_verified_total{kind="temporaryQRCode"} 0"#,
        r#"qrmint_codes_active{kind="temporaryQRCode"} 0"#,
        r#"qrmint_codes_expiring{kind="standardQRCode"} 0"#,
        r#"qrmint_refusals_total{rule="lifetimeTooLong"} 0"#,
        r#"qrmint_reloads_failed_total{subject="keys"} 0"#,
        r#"qrmint_requests_total{route="/qrmint/purge",method="POST",status="200"} 0"#,
        r#"qrmint_requests_total{route="/qrmint/verify",method="POST",status="401"} 0"#,
        "qrmint_audit_events_lost_total 0",
        "qrmint_last_uses_lost_total 0",
        "qrmint_log_lines_dropped_total 0",
    ] {
        assert!(text.text().lines().any(|found| found == line), "{line} is not in\n{}", text.text());
    }
    let build = format!(r#"qrmint_build_info{{version="{}"}} 1"#, env!("CARGO_PKG_VERSION"));
    assert!(text.text().contains(&build), "{}", text.text());

    let served = Served::new();
    filled(&served).await;
    let soon = r#"{"expireDateTime":"2025-03-20T00:00:00Z"}"#;
    served.ask("PATCH", STANDARD, soon).await.expect(StatusCode::OK);
    let text = served.ask("GET", "/metrics", None).await;
    let gauge = |name: &str, kind: &str| metric(text.text(), &format!(r#"qrmint_codes_{name}{{kind="{kind}"}}"#));
    assert_eq!((gauge("active", "standardQRCode"), gauge("expiring", "standardQRCode")), (2.0, 1.0));
    assert_eq!((gauge("active", "temporaryQRCode"), gauge("expiring", "temporaryQRCode")), (2.0, 2.0));
}

#[tokio::test]
async fn a_conditional_request_changes_the_code_that_it_is_for_and_no_other() {
    let served = Served::new();
    let ask = async |method: &str, name: &str, value: &str| {
        let request = axum::http::Request::builder()
            .method(method)
            .uri(STANDARD)
            .header("Authorization", format!("Bearer {}", served.token))
            .header("Content-Type", "application/json")
            .header(name, value)
            .body(axum::body::Body::from(r#"{"expireDateTime":"2025-06-01T00:00:00Z"}"#))
            .unwrap();
        served.send(request).await
    };
    for tag in ["\"x\"", "*", "\"*\""] {
        ask("PATCH", "If-Match", tag).await.expect_error(412, "preconditionFailed");
    }
    let created = ask("PATCH", "If-None-Match", "*").await;
    let code = created.expect(StatusCode::CREATED);
    ask("PATCH", "If-None-Match", "*").await.expect_error(412, "preconditionFailed");
    let tag = created.header("etag").to_owned();
    assert_eq!(served.ask("GET", STANDARD, None).await.header("etag"), tag);
    // The use of a code is no change of it.
    served.ask("POST", "/qrmint/verify", &*scan(&code["image"]["rawContent"])).await.expect(StatusCode::OK);
    assert_eq!(served.ask("GET", STANDARD, None).await.header("etag"), tag);

    let other = served.ask("PATCH", STANDARD, r#"{"expireDateTime":"2025-07-01T00:00:00Z"}"#).await;
    assert_ne!(other.header("etag"), tag);
    for method in ["PATCH", "DELETE"] {
        ask(method, "If-Match", &tag).await.expect_error(412, "preconditionFailed");
    }
    let both = format!("{tag}, {}", other.header("etag"));
    ask("PATCH", "If-Match", &both).await.expect(StatusCode::OK);
    ask("PATCH", "If-None-Match", &tag).await.expect_error(400, "badRequest");
    ask("PATCH", "If-Match", "\"*\"").await.expect_error(412, "preconditionFailed");
    assert_eq!(ask("DELETE", "If-Match", "*").await.status, 204);
}
