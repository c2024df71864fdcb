//! Authentication and permissions.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use qrmint_server::{JwtAuthorizer, KeyError};
use serde_json::{Value, json};

use crate::support::{AUDIENCE, FLOKI, ISSUER, Issuer, Key, NOW, STANDARD, Served, Setting, users_path};

const TORVI: &str = "d36ef3d5-0f44-4b0b-b4c4-2f9c62d4b9bb";
const WRITE_OWN: &str = "UserAuthMethod-QR.ReadWrite";

fn served(issuer: &Issuer) -> Served {
    Setting { authorizer: Some(issuer.authorizer()), ..Setting::default() }.serve()
}

/// Returns the status of a request that can fail only because of its token.
async fn status(served: &Served, token: &str, method: &str, path: &str) -> u16 {
    let body = (method == "PATCH").then_some("{}");
    served.ask_as(token, method, path, body).await.status
}

fn is_allowed(status: u16) -> bool {
    assert!([200, 201, 204, 403, 404].contains(&status), "{status}");
    status != 403
}

#[tokio::test]
async fn each_permission_reaches_as_far_as_graph_lets_it() {
    let (other, own) = (users_path(TORVI, "standardQRCode"), users_path("FLOKI@contoso.com", "standardQRCode"));
    let paths = [STANDARD, own.as_str(), other.as_str()];
    let (yes, no) = (true, false);
    // Write on me, self, another; read on the same.
    let rows: [(&[&str], [bool; 6]); 6] = [
        (&["UserAuthMethod-QR.Read", "UserAuthenticationMethod.Read"], [no, no, no, yes, yes, no]),
        (&["UserAuthMethod-QR.Read.All", "UserAuthenticationMethod.Read.All"], [no, no, no, yes, yes, yes]),
        (&["UserAuthMethod-QR.ReadWrite", "UserAuthenticationMethod.ReadWrite"], [yes, yes, no, yes, yes, no]),
        (&["UserAuthMethod-QR.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"], [yes; 6]),
        (&["QrMint.Verify", "User.ReadWrite.All", ""], [no; 6]),
        (&["UserAuthMethod-QR.Read.All UserAuthMethod-QR.ReadWrite"], [yes, yes, no, yes, yes, yes]),
    ];
    let issuer = Issuer::new();
    for (scopes, allowed) in rows {
        for scope in scopes {
            let served = served(&issuer);
            let token = issuer.delegated(FLOKI, scope);
            let mut found = Vec::new();
            for method in ["PATCH", "GET"] {
                for path in paths {
                    found.push(is_allowed(status(&served, &token, method, path).await));
                }
            }
            assert_eq!(found, allowed, "{scope}");
            // Deleting is writing.
            for (path, allowed) in paths.iter().zip(allowed) {
                let found = is_allowed(status(&served, &token, "DELETE", path).await);
                assert_eq!(found, allowed, "{scope} {path}");
            }
        }
    }
}

#[tokio::test]
async fn an_application_reaches_users_by_roles_of_all_and_never_me() {
    let issuer = Issuer::new();
    let served = served(&issuer);
    let path = users_path(FLOKI, "standardQRCode");
    for (role, read, write) in [
        ("UserAuthMethod-QR.ReadWrite.All", 200, 200),
        ("UserAuthenticationMethod.ReadWrite.All", 200, 200),
        ("UserAuthMethod-QR.Read.All", 200, 403),
        ("UserAuthenticationMethod.Read.All", 200, 403),
        ("UserAuthMethod-QR.ReadWrite", 403, 403),
        ("QrMint.Verify", 403, 403),
    ] {
        let token = issuer.application(&[role]);
        let mut written = status(&served, &token, "PATCH", &path).await;
        if written == 201 {
            written = 200;
        }
        let found = (status(&served, &token, "GET", &path).await, written);
        assert_eq!(found, (read, write), "{role}");
        for method in ["GET", "PATCH", "DELETE"] {
            assert_eq!(status(&served, &token, method, STANDARD).await, 403, "{role}");
        }
    }
    let answer = served.ask_as(&issuer.application(&["UserAuthMethod-QR.ReadWrite.All"]), "GET", STANDARD, None).await;
    answer.expect_error(403, "accessDenied");
}

#[tokio::test]
async fn scopes_count_for_signed_in_users_and_roles_for_applications() {
    let issuer = Issuer::new();
    let served = served(&issuer);
    let path = users_path(TORVI, "standardQRCode");
    let all = "UserAuthMethod-QR.ReadWrite.All";
    let rows = [
        (json!({"oid": FLOKI, "scp": WRITE_OWN, "roles": [all]}), 403),
        (json!({"oid": FLOKI, "idtyp": "user", "scp": all}), 201),
        (json!({"oid": FLOKI, "idtyp": "app", "scp": all}), 403),
        (json!({"roles": [all]}), 200),
        (json!({"oid": FLOKI}), 403),
        (json!({"scp": all}), 401),
        (json!({"oid": "", "scp": all}), 401),
        (json!({"oid": FLOKI, "scp": [all]}), 401),
        (json!({"oid": FLOKI, "roles": all}), 401),
    ];
    for (claims, expected) in rows {
        let token = issuer.token(&Issuer::claims(NOW, claims.clone()));
        assert_eq!(status(&served, &token, "PATCH", &path).await, expected, "{claims}");
    }
}

#[tokio::test]
async fn a_name_in_a_token_makes_nobody_the_user_of_that_name() {
    let issuer = Issuer::new();
    let served = served(&issuer);
    let claims =
        json!({"oid": FLOKI, "scp": WRITE_OWN, "upn": "torvi@contoso.com", "preferred_username": "torvi@contoso.com"});
    let token = issuer.token(&Issuer::claims(NOW, claims));
    assert_eq!(status(&served, &token, "PATCH", &users_path("torvi@contoso.com", "standardQRCode")).await, 403);
    let created = served.ask_as(&token, "PATCH", STANDARD, "{}").await;
    assert!(created.header("location").contains(FLOKI));
}

#[tokio::test]
async fn whether_a_user_exists_is_told_to_those_only_who_may_see_all() {
    let issuer = Issuer::new();
    let served = served(&issuer);
    let path = users_path("lagertha@contoso.com", "standardQRCode");
    assert_eq!(status(&served, &issuer.delegated(FLOKI, WRITE_OWN), "GET", &path).await, 403);
    assert_eq!(status(&served, &issuer.delegated(FLOKI, "UserAuthMethod-QR.Read.All"), "GET", &path).await, 404);
    let stranger = issuer.delegated("44f2f040-ea9d-4283-9e7b-b63ddae391a9", WRITE_OWN);
    assert_eq!(status(&served, &stranger, "GET", STANDARD).await, 404);
    assert_eq!(status(&served, &stranger, "GET", &path).await, 403);
}

#[tokio::test]
async fn verifying_needs_its_own_permission() {
    let issuer = Issuer::new();
    let served = served(&issuer);
    let body = r#"{"rawContent":""}"#;
    for (token, expected) in [
        (issuer.delegated(FLOKI, "QrMint.Verify"), 400),
        (issuer.application(&["QrMint.Verify"]), 400),
        (issuer.delegated(FLOKI, "UserAuthMethod-QR.ReadWrite.All"), 403),
        (issuer.application(&["UserAuthMethod-QR.ReadWrite.All"]), 403),
    ] {
        assert_eq!(served.ask_as(&token, "POST", "/qrmint/verify", body).await.status, expected);
    }
}

#[tokio::test]
async fn a_token_holds_for_one_issuer_one_audience_and_its_time() {
    let issuer = Issuer::new();
    let served = served(&issuer);
    let good = Issuer::claims(NOW, json!({"oid": FLOKI, "scp": WRITE_OWN}));
    let now = NOW.parse::<jiff::Timestamp>().unwrap().as_second();
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        issuer.token(&claims)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        issuer.token(&claims)
    };
    let rows = [
        (issuer.token(&good), 404),
        (with("aud", json!([AUDIENCE, "https://other.example"])), 404),
        (with("exp", json!(now - 30)), 404),
        (with("nbf", json!(now + 30)), 404),
        (with("exp", json!(now as f64 + 0.5)), 404),
        (without("nbf"), 404),
        (with("aud", json!("https://other.example")), 401),
        (with("aud", json!([])), 401),
        (with("iss", json!("https://issuer.example")), 401),
        (with("exp", json!(now - 62)), 401),
        (with("exp", json!(0)), 401),
        (with("exp", json!(-1)), 401),
        (with("exp", json!((now + 3600).to_string())), 401),
        (with("exp", json!(null)), 401),
        (with("nbf", json!(now + 90)), 401),
        (with("nbf", json!("now")), 401),
        (without("exp"), 401),
        (without("iss"), 401),
        (without("aud"), 401),
    ];
    for (index, (token, expected)) in rows.into_iter().enumerate() {
        assert_eq!(status(&served, &token, "GET", STANDARD).await, expected, "row {index}");
    }
}

#[tokio::test]
async fn a_token_that_nobody_signed_or_another_key_did_is_refused() {
    let issuer = Issuer::new();
    let served = served(&issuer);
    let claims = Issuer::claims(NOW, json!({"oid": FLOKI, "scp": WRITE_OWN}));
    let good = issuer.token(&claims);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let encode = |json: Value| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string())
    };
    let mut all = claims.clone();
    all["scp"] = "UserAuthMethod-QR.ReadWrite.All".into();
    let secret = |key: &[u8]| {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("one".into());
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key)).unwrap()
    };
    let critical = Header { crit: Some(vec!["exp".into()]), ..Issuer::header() };
    let unnamed = Header { kid: None, ..Issuer::header() };
    let misnamed = Header { kid: Some("two".into()), ..Issuer::header() };
    let rows = [
        (good.clone(), 404),
        (issuer.key.sign(&unnamed, &claims), 404),
        (issuer.key.sign(&misnamed, &claims), 401),
        (issuer.key.sign(&critical, &claims), 401),
        (Key::ed25519().sign(&Issuer::header(), &claims), 401),
        (format!("{header}.{}.{signature}", encode(all)), 401),
        (format!("{}.{payload}.", encode(json!({"alg": "none", "typ": "JWT"}))), 401),
        (format!("{}.{payload}.{signature}", encode(json!({"alg": "none", "kid": "one"}))), 401),
        (format!("{}.{payload}.{signature}", encode(json!({"alg": "RS256", "kid": "one"}))), 401),
        (format!("{message}."), 401),
        (message.to_owned(), 401),
        (secret(issuer.key.public["x"].as_str().unwrap().as_bytes()), 401),
        (secret(issuer.key.public_pem.as_bytes()), 401),
        (secret(b""), 401),
        ("not.a.token".into(), 401),
        ("....".into(), 401),
        ("x".repeat(8_000), 401),
    ];
    for (index, (token, expected)) in rows.into_iter().enumerate() {
        let answer = served.ask_as(&token, "GET", STANDARD, None).await;
        assert_eq!(answer.status, expected, "row {index}: {}", answer.text());
        if expected == 401 {
            answer.expect_error(401, "InvalidAuthenticationToken");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
    // A token of the other authorizer.
    assert_eq!(status(&served, &served.token, "GET", STANDARD).await, 401);
    assert_eq!(status(&Served::new(), &good, "GET", STANDARD).await, 401);
}

#[tokio::test]
async fn every_kind_of_key_checks_its_own_algorithms_from_a_set_and_from_pem() {
    let claims = Issuer::claims(NOW, json!({"oid": FLOKI, "scp": WRITE_OWN}));
    let keys = [Key::shared_rsa(), Key::p256(), Key::p384(), Key::ed25519()];
    let file = tempfile::NamedTempFile::new().unwrap();
    // As issuers publish them: among them a key for encryption, one of an unknown kind, and a shared secret.
    let mut encrypts = Key::p256().named("encrypts");
    encrypts["use"] = "enc".into();
    let mut set =
        vec![encrypts, json!({"kty": "new", "kid": "new"}), json!({"kty": "oct", "k": "c2VjcmV0", "kid": "secret"})];
    set.extend(keys.iter().enumerate().map(|(index, key)| key.named(&index.to_string())));
    std::fs::write(file.path(), json!({"keys": set}).to_string()).unwrap();
    let of_set = JwtAuthorizer::with_jwks(ISSUER, AUDIENCE, file.path()).unwrap();
    let of_set = Setting { authorizer: Some(of_set.into()), ..Setting::default() }.serve();
    for (index, key) in keys.iter().enumerate() {
        std::fs::write(file.path(), &key.public_pem).unwrap();
        let of_pem = JwtAuthorizer::with_public_key(ISSUER, AUDIENCE, file.path()).unwrap();
        let of_pem = Setting { authorizer: Some(of_pem.into()), ..Setting::default() }.serve();
        for &algorithm in &key.algorithms {
            let header = Header { kid: Some(index.to_string()), ..Header::new(algorithm) };
            let token = key.sign(&header, &claims);
            assert_eq!(status(&of_set, &token, "GET", STANDARD).await, 404, "{algorithm:?}");
            assert_eq!(status(&of_pem, &token, "GET", STANDARD).await, 404, "{algorithm:?}");
        }
    }
    let header = Header { kid: Some("secret".into()), ..Header::new(Algorithm::HS256) };
    let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(b"secret")).unwrap();
    assert_eq!(status(&of_set, &token, "GET", STANDARD).await, 401);
}

#[tokio::test]
async fn a_key_that_names_its_algorithm_checks_no_other() {
    let key = Key::shared_rsa();
    let mut public = key.named("one");
    public["alg"] = "RS256".into();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), json!({"keys": [public]}).to_string()).unwrap();
    let authorizer = JwtAuthorizer::with_jwks(ISSUER, AUDIENCE, file.path()).unwrap();
    let served = Setting { authorizer: Some(authorizer.into()), ..Setting::default() }.serve();
    let claims = Issuer::claims(NOW, json!({"oid": FLOKI, "scp": WRITE_OWN}));
    for (algorithm, expected) in [(Algorithm::RS256, 404), (Algorithm::RS384, 401), (Algorithm::PS256, 401)] {
        let token = key.sign(&Header::new(algorithm), &claims);
        assert_eq!(status(&served, &token, "GET", STANDARD).await, expected, "{algorithm:?}");
    }
}

#[test]
fn a_file_without_a_good_public_key_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let set = |keys: Value| {
        std::fs::write(file.path(), json!({ "keys": keys }).to_string()).unwrap();
        JwtAuthorizer::with_jwks(ISSUER, AUDIENCE, file.path()).unwrap_err()
    };
    let pem = |text: &str| {
        std::fs::write(file.path(), text).unwrap();
        JwtAuthorizer::with_public_key(ISSUER, AUDIENCE, file.path()).unwrap_err()
    };
    let short = Key::rsa(1024);
    assert!(matches!(set(json!([])), KeyError::None));
    assert!(matches!(set(json!([{"kty": "oct", "k": "c2VjcmV0"}])), KeyError::None));
    assert!(matches!(set(json!(5)), KeyError::Set(_)));
    assert!(matches!(set(json!([short.public])), KeyError::Short));
    assert!(matches!(set(json!(vec![Key::ed25519().public; 65])), KeyError::TooMany { found: 65 }));
    assert!(matches!(pem(&short.public_pem), KeyError::Short));
    for key in [Key::shared_rsa(), Key::p256(), Key::ed25519()] {
        assert!(matches!(pem(&key.private_pem), KeyError::Private));
    }
    assert!(matches!(pem("no key"), KeyError::Pem));
    assert!(matches!(pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), KeyError::Pem));
    let missing = JwtAuthorizer::with_jwks(ISSUER, AUDIENCE, std::path::Path::new("/nonexistent/keys.json"));
    assert!(matches!(missing, Err(KeyError::Read { .. })));
}

#[tokio::test]
async fn a_request_without_a_token_is_refused_as_graph_does() {
    let served = Served::new();
    for path in [STANDARD, "/qrmint/verify"] {
        let method = if path == STANDARD { "GET" } else { "POST" };
        let request = axum::http::Request::builder().method(method).uri(path).body(axum::body::Body::empty()).unwrap();
        let answer = served.send(request).await;
        assert_eq!(answer.expect_error(401, "InvalidAuthenticationToken"), "Access token is empty.");
    }
}
