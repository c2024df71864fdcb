//! Users who leave, change their name, or are written in several ways.

use std::sync::Arc;

use axum::http::StatusCode;
use qrmint_server::Users;
use qrmint_server::store::MemoryStore;

use crate::support::{FLOKI, Issuer, STANDARD, Served, Setting, TEMPORARY, USERS, bytes, scan, users_path};

const TORVI: &str = "d36ef3d5-0f44-4b0b-b4c4-2f9c62d4b9bb";
const VERIFY: &str = "/qrmint/verify";

fn only_torvi() -> Users {
    Users::parse(USERS.lines().nth(1).unwrap()).unwrap()
}

#[tokio::test]
async fn the_code_of_a_user_who_has_left_is_unknown_and_an_administrator_ends_it_by_id() {
    let served = Served::new();
    let path = users_path(FLOKI, "standardQRCode");
    let code = served.ask("PATCH", &path, "{}").await.expect(StatusCode::CREATED);
    let scanned = scan(&code["image"]["rawContent"]);
    served.ask("POST", VERIFY, &*scanned).await.expect(StatusCode::OK);

    served.service.set_users(only_torvi());
    served.ask("POST", VERIFY, &*scanned).await.expect_rule("unknown", "rawContent");
    served.ask("PATCH", &path, "{}").await.expect_error(404, "resourceNotFound");
    assert_eq!(served.ask("GET", &path, None).await.expect(StatusCode::OK)["id"], code["id"]);
    // The name leads nowhere: it may be somebody else's by now.
    let by_name = users_path("floki@contoso.com", "standardQRCode");
    served.ask("GET", &by_name, None).await.expect_error(404, "resourceNotFound");
    assert_eq!(served.ask("DELETE", &path, None).await.status, 204);
    let missing = served.ask("GET", &path, None).await;
    assert_eq!(missing.expect_error(404, "resourceNotFound"), "The user does not exist.");

    served.service.set_users(Users::parse(USERS).unwrap());
    served.ask("POST", VERIFY, &*scanned).await.expect_rule("unknown", "rawContent");
}

#[tokio::test]
async fn a_code_of_a_leaver_that_has_expired_is_unknown_as_well() {
    let store = Arc::new(MemoryStore::default());
    let served = Setting { store: Some(store.clone()), ..Setting::default() }.serve();
    let code = served.ask("PATCH", TEMPORARY, "{}").await.expect(StatusCode::CREATED);
    let scanned = scan(&code["image"]["rawContent"]);
    let later = Setting { store: Some(store), now: Some("2025-03-06T00:00:00Z"), ..Setting::default() }.serve();
    later.ask("POST", VERIFY, &*scanned).await.expect_rule("expired", "rawContent");
    later.service.set_users(only_torvi());
    later.ask("POST", VERIFY, &*scanned).await.expect_rule("unknown", "rawContent");
}

#[tokio::test]
async fn a_code_from_before_there_was_a_list_is_unknown() {
    let served = Setting { any_user: true, ..Setting::default() }.serve();
    let code = served.ask("PATCH", &users_path("floki@contoso.com", "standardQRCode"), "{}").await;
    let scanned = scan(&code.expect(StatusCode::CREATED)["image"]["rawContent"]);
    served.service.set_users(Users::parse(USERS).unwrap());
    served.ask("POST", VERIFY, &*scanned).await.expect_rule("unknown", "rawContent");
}

#[tokio::test]
async fn a_user_who_was_renamed_is_verified_under_the_current_name() {
    let served = Served::new();
    let code = served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    let renamed = USERS.replace("floki@", "floki.vilgerdarson@").replace("torvi@", "floki@");
    served.service.set_users(Users::parse(&renamed).unwrap());
    let verified = served.ask("POST", VERIFY, &*scan(&code["image"]["rawContent"])).await.expect(StatusCode::OK);
    assert_eq!(verified["userId"], FLOKI);
    assert_eq!(verified["userPrincipalName"], "floki.vilgerdarson@contoso.com");
}

#[tokio::test]
async fn a_plain_user_learns_nothing_of_one_who_has_left() {
    let issuer = Issuer::new();
    let served = Setting { authorizer: Some(issuer.authorizer()), ..Setting::default() }.serve();
    served.service.set_users(only_torvi());
    let token = issuer.delegated(TORVI, "UserAuthMethod-QR.ReadWrite.All");
    for method in ["GET", "PATCH", "DELETE"] {
        let body = (method == "PATCH").then_some("{}");
        let answer = served.ask_as(&token, method, &users_path(FLOKI, "standardQRCode"), body).await;
        answer.expect_error(403, "accessDenied");
    }
}

#[tokio::test]
async fn without_a_list_one_name_in_any_case_is_one_user() {
    let served = Setting { any_user: true, ..Setting::default() }.serve();
    let path = |name: &str| users_path(name, "standardQRCode");
    let created = served.ask("PATCH", &path("Floki@contoso.com"), "{}").await;
    let code = created.expect(StatusCode::CREATED);
    assert_eq!(created.header("location"), path("floki%40contoso.com"));
    for name in ["floki@contoso.com", "FLOKI@CONTOSO.COM", "Floki@contoso.com"] {
        assert_eq!(served.ask("PATCH", &path(name), "{}").await.expect(StatusCode::OK)["id"], code["id"], "{name}");
    }
    let invisible = served.ask("PATCH", &path("floki@contoso.com%E2%80%8B"), "{}").await;
    invisible.expect_rule("userPrincipalNameInvalid", "userPrincipalName");
    assert_eq!(served.ask("DELETE", &path("FLOKI@contoso.com"), None).await.status, 204);
    let scanned = scan(&code["image"]["rawContent"]);
    served.ask("POST", VERIFY, &*scanned).await.expect_rule("unknown", "rawContent");
}

#[tokio::test]
async fn the_mutable_name_of_a_token_is_in_no_code() {
    let issuer = Issuer::new();
    let served = Setting { authorizer: Some(issuer.authorizer()), any_user: true, ..Setting::default() }.serve();
    let claims = serde_json::json!({
        "oid": FLOKI, "scp": "UserAuthMethod-QR.ReadWrite", "preferred_username": "ceo@contoso.com"
    });
    let token = issuer.token(&Issuer::claims(crate::support::NOW, claims));
    let code = served.ask_as(&token, "PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    let content = String::from_utf8(bytes(&code["image"]["rawContent"])).unwrap();
    assert!(content.starts_with(&format!("ms-qrpin:v1|{FLOKI}|")), "{content}");
}
