//! Authentication and permissions.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use qrmint_server::{JwtAuthorizer, KeyError, KeySet, Trust};
use serde_json::{Value, json};

use crate::support::{
    ADMINISTRATOR, AUDIENCE, FLOKI, ISSUER, Issuer, Key, NOW, STANDARD, Served, Setting, key_set, trust, users_path,
};

const TORVI: &str = "d36ef3d5-0f44-4b0b-b4c4-2f9c62d4b9bb";
const WRITE_OWN: &str = "UserAuthMethod-QR.ReadWrite";
const WRITE_ALL: &str = "UserAuthMethod-QR.ReadWrite.All";

fn served(issuer: &Issuer) -> Served {
    Setting { authorizer: Some(issuer.authorizer()), ..Setting::default() }.serve()
}

/// A service that trusts the issuer in this way.
fn trusting(issuer: &Issuer, trust: Trust) -> Served {
    served_with(trust, KeySet::read_jwks(issuer.jwks()).unwrap())
}

fn served_with(trust: Trust, keys: KeySet) -> Served {
    Setting { authorizer: Some(JwtAuthorizer::new(trust, keys).into()), ..Setting::default() }.serve()
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
    for (scopes, of_administrator) in rows {
        // Without an administrator's role nobody reaches another.
        let [me, own, _, read_me, read_own, _] = of_administrator;
        let of_anyone = [me, own, no, read_me, read_own, no];
        for scope in scopes {
            for (token, allowed) in
                [(issuer.administrator(FLOKI, scope), of_administrator), (issuer.delegated(FLOKI, scope), of_anyone)]
            {
                let served = served(&issuer);
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
}

#[tokio::test]
async fn an_employee_with_a_scope_of_all_cannot_touch_a_colleagues_code() {
    let issuer = Issuer::new();
    let served = served(&issuer);
    // The role id of every member of a tenant.
    let wids = ["b79fbf4d-3ef9-4689-8143-76b194e85509"];
    let employee = json!({"oid": FLOKI, "scp": "UserAuthenticationMethod.ReadWrite.All", "wids": wids});
    let token = issuer.token(&Issuer::claims(NOW, employee));
    assert_eq!(status(&served, &token, "PATCH", &users_path("torvi@contoso.com", "standardQRCode")).await, 403);
    assert_eq!(status(&served, &token, "DELETE", &users_path(TORVI, "standardQRCode")).await, 403);
    assert_eq!(status(&served, &token, "PATCH", STANDARD).await, 201);
}

#[tokio::test]
async fn an_administrator_is_told_by_a_role_id_or_by_a_claim_that_the_service_was_told() {
    let issuer = Issuer::new();
    let admin_claims = ["realm_access.roles=qr-administrator", "is_admin=true"].map(|rule| rule.parse().unwrap());
    let served = trusting(&issuer, Trust { admin_claims: admin_claims.into(), ..trust() });
    let path = users_path(TORVI, "standardQRCode");
    for (claims, expected) in [
        (json!({"wids": [ADMINISTRATOR]}), true),
        (json!({"wids": ["b79fbf4d-3ef9-4689-8143-76b194e85509", "7BE44C8A-adaf-4e2a-84d6-ab2649e08a13"]}), true),
        (json!({"wids": ["62e90394-69f5-4237-9190-012177145e10"]}), true),
        (json!({"wids": ["b79fbf4d-3ef9-4689-8143-76b194e85509"]}), false),
        (json!({"wids": []}), false),
        (json!({"roles": [ADMINISTRATOR], "groups": [ADMINISTRATOR]}), false),
        (json!({"realm_access": {"roles": ["offline_access", "qr-administrator"]}}), true),
        (json!({"realm_access": {"roles": ["offline_access"]}}), false),
        (json!({"roles": ["qr-administrator"]}), false),
        (json!({"is_admin": true}), true),
        (json!({"is_admin": false}), false),
    ] {
        let mut all = json!({"oid": FLOKI, "scp": WRITE_ALL});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let token = issuer.token(&Issuer::claims(NOW, all));
        assert_eq!(is_allowed(status(&served, &token, "PATCH", &path).await), expected, "{claims}");
    }
    // The role alone grants nothing, and applications need none.
    let without_scope = issuer.token(&Issuer::claims(NOW, json!({"oid": FLOKI, "wids": [ADMINISTRATOR]})));
    assert_eq!(status(&served, &without_scope, "GET", &path).await, 403);
    assert_eq!(status(&served, &issuer.application(&[WRITE_ALL]), "GET", &path).await, 200);
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
    let all = WRITE_ALL;
    let app = "b5e0a2f7-3c1e-4f0c-9b39-3d2f0c1c7e11";
    let rows = [
        // Users: by their scopes, not their roles.
        (json!({"oid": FLOKI, "scp": WRITE_OWN, "roles": [all]}), 403),
        (json!({"oid": FLOKI, "idtyp": "user", "scp": all, "wids": [ADMINISTRATOR]}), 201),
        (json!({"oid": FLOKI, "idtyp": "user", "roles": [all]}), 403),
        (json!({"oid": FLOKI, "sub": FLOKI, "idtyp": "user", "roles": [all]}), 403),
        (json!({"oid": FLOKI, "idtyp": "device", "roles": [all]}), 403),
        (json!({"oid": FLOKI, "sub": "pairwise", "roles": [all]}), 403),
        (json!({"oid": FLOKI, "roles": [all]}), 403),
        (json!({"sub": FLOKI, "azp": app, "roles": [all]}), 403),
        (json!({"oid": FLOKI, "scp": [WRITE_OWN, all], "wids": [ADMINISTRATOR]}), 200),
        (json!({"sub": FLOKI, "scope": format!("openid {all}"), "wids": [ADMINISTRATOR]}), 200),
        (json!({"sub": FLOKI, "scope": ["openid", all], "wids": [ADMINISTRATOR]}), 200),
        (json!({"oid": FLOKI, "scp": "openid", "scope": all, "wids": [ADMINISTRATOR]}), 403),
        (json!({"oid": FLOKI}), 403),
        // Applications: by their roles, not their scopes.
        (json!({"oid": app, "idtyp": "app", "roles": [all]}), 200),
        (json!({"appid": app, "idtyp": "app", "roles": [all]}), 200),
        (json!({"oid": app, "sub": app, "roles": [all]}), 200),
        (json!({"oid": app, "sub": app, "scp": all, "wids": [ADMINISTRATOR]}), 403),
        (json!({"oid": FLOKI, "idtyp": "app", "scp": all, "wids": [ADMINISTRATOR]}), 403),
        // Nobody.
        (json!({"roles": [all]}), 401),
        (json!({"idtyp": "app", "roles": [all]}), 401),
        (json!({"appid": app, "roles": [all]}), 401),
        (json!({"scp": all}), 401),
        (json!({"oid": "", "scp": all}), 401),
        (json!({"oid": "", "sub": FLOKI, "scp": all}), 401),
        (json!({"oid": "", "sub": "", "appid": app, "roles": [all]}), 401),
        (json!({"oid": [FLOKI], "scp": all}), 401),
        (json!({"oid": FLOKI, "scp": 5}), 401),
        (json!({"oid": FLOKI, "roles": all}), 401),
    ];
    for (claims, expected) in rows {
        let token = issuer.token(&Issuer::claims(NOW, claims.clone()));
        assert_eq!(status(&served, &token, "PATCH", &path).await, expected, "{claims}");
    }
}

#[tokio::test]
async fn an_id_token_or_another_kind_of_token_is_no_access_token() {
    let issuer = Issuer::new();
    let served = served(&issuer);
    let claims = |more: Value| {
        let mut claims = Issuer::claims(NOW, json!({"oid": FLOKI, "scp": WRITE_OWN}));
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    };
    let typ = |name: &str| {
        let header = Header { typ: Some(name.into()), ..Issuer::header() };
        issuer.key.sign(&header, &claims(json!({})))
    };
    let without_typ = issuer.key.sign(&Header { typ: None, ..Issuer::header() }, &claims(json!({})));
    let good = [
        without_typ,
        typ("JWT"),
        typ("jwt"),
        typ("at+jwt"),
        typ("AT+JWT"),
        typ("application/at+jwt"),
        typ("Application/JWT"),
        issuer.token(&claims(json!({"typ": "Bearer"}))),
    ];
    for (index, token) in good.iter().enumerate() {
        assert_eq!(status(&served, token, "GET", STANDARD).await, 404, "row {index}");
    }
    let bad = [
        typ("logout+jwt"),
        typ("secevent+jwt"),
        typ("dpop+jwt"),
        typ("application/okta-internal-at+jwt"),
        typ("application/"),
        typ(""),
        issuer.token(&claims(json!({"nonce": "n-0S6_WzA2Mj"}))),
        issuer.token(&claims(json!({"nonce": null}))),
        issuer.token(&claims(json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}))),
        issuer.token(&claims(json!({"c_hash": "LDktKdoQak3Pk0cnXxCltA"}))),
        issuer.token(&claims(json!({"typ": "ID"}))),
        issuer.token(&claims(json!({"typ": "Refresh"}))),
        issuer.token(&claims(json!({"typ": ""}))),
    ];
    for (index, token) in bad.iter().enumerate() {
        let answer = served.ask_as(token, "GET", STANDARD, None).await;
        let message = answer.expect_error(401, "InvalidAuthenticationToken");
        assert!(message.contains("not an access token"), "row {index}: {message}");
    }
}

#[tokio::test]
async fn only_upn_is_a_name() {
    let issuer = Issuer::new();
    let authorizer = Some(issuer.authorizer());
    let served = Setting { authorizer, any_user: true, ..Setting::default() }.serve();
    for (claims, expected) in [
        (json!({"oid": "1111", "upn": "floki@contoso.com"}), "ms-qrpin:v1|floki@contoso.com|"),
        (json!({"oid": "2222", "preferred_username": "ceo@contoso.com"}), "ms-qrpin:v1|2222|"),
    ] {
        let mut claims = Issuer::claims(NOW, claims);
        claims["scp"] = WRITE_OWN.into();
        let created = served.ask_as(&issuer.token(&claims), "PATCH", STANDARD, "{}").await;
        let raw_content = crate::support::bytes(&created.json()["image"]["rawContent"]);
        assert!(String::from_utf8(raw_content).unwrap().starts_with(expected), "{claims}");
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
    assert_eq!(status(&served, &issuer.delegated(FLOKI, "UserAuthMethod-QR.Read.All"), "GET", &path).await, 403);
    assert_eq!(status(&served, &issuer.administrator(FLOKI, "UserAuthMethod-QR.Read.All"), "GET", &path).await, 404);
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
        (issuer.administrator(FLOKI, "UserAuthMethod-QR.ReadWrite.All"), 403),
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
        (with("iss", json!([ISSUER])), 401),
        (with("iss", json!([ISSUER, "https://attacker.example/"])), 401),
        (with("iss", json!(["https://attacker.example/", ISSUER])), 401),
        (with("iss", json!({"url": ISSUER})), 401),
        (with("aud", json!({"url": AUDIENCE})), 401),
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
async fn any_of_several_issuers_and_audiences_is_taken() {
    let issuer = Issuer::new();
    let (issuers, audiences) = (["https://v1.example/", "https://v2.example/"], ["api://qrmint", "qrmint"]);
    let several =
        Trust { issuers: issuers.map(Into::into).into(), audiences: audiences.map(Into::into).into(), ..trust() };
    let (several, nobody) = (trusting(&issuer, several), trusting(&issuer, Trust::default()));
    for (iss, aud, expected) in [
        (issuers[0], audiences[0], 404),
        (issuers[0], audiences[1], 404),
        (issuers[1], audiences[0], 404),
        (issuers[1], audiences[1], 404),
        (ISSUER, audiences[0], 401),
        (issuers[0], AUDIENCE, 401),
        ("", "", 401),
    ] {
        let mut claims = Issuer::claims(NOW, json!({"oid": FLOKI, "scp": WRITE_OWN}));
        (claims["iss"], claims["aud"]) = (iss.into(), aud.into());
        let token = issuer.token(&claims);
        assert_eq!(status(&several, &token, "GET", STANDARD).await, expected, "{iss} {aud}");
        assert_eq!(status(&nobody, &token, "GET", STANDARD).await, 401);
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
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key).unwrap()).unwrap()
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
        // HMAC pads keys with zeros (RFC 2104), so this is the empty key's.
        (secret(b"\0"), 401),
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
    std::fs::write(file.path(), key_set(set)).unwrap();
    let of_set = served_with(trust(), KeySet::read_jwks(file.path()).unwrap());
    for (index, key) in keys.iter().enumerate() {
        std::fs::write(file.path(), &key.public_pem).unwrap();
        let of_pem = served_with(trust(), KeySet::read_pem(file.path()).unwrap());
        for &algorithm in &key.algorithms {
            let header = Header { kid: Some(index.to_string()), ..Header::new(algorithm) };
            let token = key.sign(&header, &claims);
            assert_eq!(status(&of_set, &token, "GET", STANDARD).await, 404, "{algorithm:?}");
            assert_eq!(status(&of_pem, &token, "GET", STANDARD).await, 404, "{algorithm:?}");
        }
    }
    let header = Header { kid: Some("secret".into()), ..Header::new(Algorithm::HS256) };
    let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(b"secret").unwrap()).unwrap();
    assert_eq!(status(&of_set, &token, "GET", STANDARD).await, 401);
}

#[tokio::test]
async fn a_key_that_names_its_algorithm_checks_no_other() {
    let key = Key::shared_rsa();
    let mut public = key.named("one");
    public["alg"] = "RS256".into();
    let served = served_with(trust(), KeySet::from_jwks(key_set([public]).as_bytes()).unwrap());
    let claims = Issuer::claims(NOW, json!({"oid": FLOKI, "scp": WRITE_OWN}));
    for (algorithm, expected) in [(Algorithm::RS256, 404), (Algorithm::RS384, 401), (Algorithm::PS256, 401)] {
        let token = key.sign(&Header::new(algorithm), &claims);
        assert_eq!(status(&served, &token, "GET", STANDARD).await, expected, "{algorithm:?}");
    }
}

#[test]
fn keys_without_a_good_public_key_are_refused() {
    let set = |keys: Value| KeySet::from_jwks(json!({ "keys": keys }).to_string().as_bytes()).unwrap_err();
    let pem = |text: &str| KeySet::from_pem(text.as_bytes()).unwrap_err();
    let (short, good) = (Key::rsa(1024), Key::p256());
    assert!(matches!(set(json!([])), KeyError::None));
    assert!(matches!(set(json!([{"kty": "oct", "k": "c2VjcmV0"}])), KeyError::None));
    assert!(matches!(set(json!(5)), KeyError::Set(_)));
    assert!(matches!(set(json!([5, null, {}, {"kty": "RSA"}])), KeyError::None));
    assert!(matches!(set(json!([short.public])), KeyError::Short));
    assert!(matches!(set(json!(vec![Key::ed25519().public; 65])), KeyError::TooMany { found: 65 }));
    let both = set(json!([Key::p256().public, good.public]));
    assert_eq!(both.to_string(), "more than one key without an id (kid) for ES256");
    assert!(matches!(pem(&short.public_pem), KeyError::Short));
    for key in [Key::shared_rsa(), Key::p256(), Key::ed25519()] {
        assert!(matches!(pem(&key.private_pem), KeyError::Private));
        assert!(matches!(pem(&format!("{}{}", key.public_pem, key.private_pem)), KeyError::Private));
    }
    assert!(matches!(pem(&format!("{}{}", good.public_pem, short.public_pem)), KeyError::ManyInPem { found: 2 }));
    assert!(matches!(pem("no key"), KeyError::Pem));
    assert!(matches!(pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), KeyError::Pem));
    let missing = std::path::Path::new("/nonexistent/keys.json");
    assert!(matches!(KeySet::read_jwks(missing), Err(KeyError::Read { .. })));
    assert!(matches!(KeySet::read_pem(missing), Err(KeyError::Read { .. })));
}

#[test]
fn a_key_set_with_a_private_key_is_refused_whatever_else_is_in_it() {
    for (key, members) in [
        (Key::shared_rsa(), &["d", "p", "q", "dp", "dq", "qi", "oth"][..]),
        (Key::p256(), &["d"][..]),
        (Key::ed25519(), &["d"][..]),
    ] {
        for member in members {
            let mut private = key.named("private");
            private[*member] = "AQAB".into();
            let set = key_set([Key::p384().named("good"), private]);
            assert!(matches!(KeySet::from_jwks(set.as_bytes()), Err(KeyError::Private)), "{member}");
        }
    }
    let set = key_set([Key::p384().named("good"), json!({"kty": "oct", "k": "c2VjcmV0", "d": "AQAB"})]);
    assert!(KeySet::from_jwks(set.as_bytes()).is_ok());
}

#[tokio::test]
async fn keys_that_cannot_check_a_signature_are_ignored_beside_good_ones() {
    let good = Key::ed25519();
    let with = |member: &str, value: Value| {
        let mut key = Key::p256().named("other");
        key[member] = value;
        key
    };
    let mut cut = Key::ed25519().named("cut");
    cut["x"] = "AAAA".into();
    let mut off_the_curve = Key::p256().named("off");
    off_the_curve["y"] = off_the_curve["x"].clone();
    let others = [
        Key::rsa(1024).named("short"),
        with("key_ops", json!(["encrypt"])),
        with("key_ops", json!([])),
        with("use", json!("enc")),
        with("alg", json!("ECDH-ES")),
        with("crv", json!("secp256k1")),
        with("x5c", json!(5)),
        cut,
        off_the_curve,
    ];
    let claims = Issuer::claims(NOW, json!({"oid": FLOKI, "scp": WRITE_OWN}));
    for other in others {
        let alone = KeySet::from_jwks(key_set([other.clone()]).as_bytes());
        assert!(matches!(alone, Err(KeyError::None | KeyError::Short)), "{other}");
        let keys = KeySet::from_jwks(key_set([other.clone(), good.named("one")]).as_bytes()).unwrap();
        // So it is the only key, and a token need not name it.
        let header = Header { kid: None, ..Issuer::header() };
        let token = good.sign(&header, &claims);
        assert_eq!(status(&served_with(trust(), keys), &token, "GET", STANDARD).await, 404, "{other}");
    }
    let mut verifies = good.named("one");
    verifies["key_ops"] = json!(["verify"]);
    assert!(KeySet::from_jwks(key_set([verifies]).as_bytes()).is_ok());
}

#[tokio::test]
async fn a_token_is_checked_with_the_key_that_it_names_else_with_the_one_without_an_id() {
    let (named, other, unnamed) = (Key::ed25519(), Key::ed25519(), Key::ed25519());
    let of =
        |keys: &[Value]| served_with(trust(), KeySet::from_jwks(key_set(keys.iter().cloned()).as_bytes()).unwrap());
    let all = of(&[other.named("two"), unnamed.public.clone(), Key::p256().public, named.named("one")]);
    let ids_only = of(&[other.named("two"), named.named("one")]);
    let claims = Issuer::claims(NOW, json!({"oid": FLOKI, "scp": WRITE_OWN}));
    for (served, key, id, expected) in [
        (&all, &named, Some("one"), 404),
        (&all, &unnamed, Some("three"), 404),
        (&all, &unnamed, None, 404),
        (&all, &unnamed, Some("one"), 401),
        (&all, &other, Some("one"), 401),
        (&all, &named, Some("three"), 401),
        (&all, &named, None, 401),
        (&ids_only, &named, Some("one"), 404),
        (&ids_only, &named, None, 401),
        (&ids_only, &other, None, 401),
        (&ids_only, &other, Some("three"), 401),
    ] {
        let header = Header { kid: id.map(Into::into), ..Issuer::header() };
        assert_eq!(status(served, &key.sign(&header, &claims), "GET", STANDARD).await, expected, "{id:?}");
    }
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
