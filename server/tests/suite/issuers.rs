//! Tokens as the issuers make them, for users and for applications.
//!
//! The claims are those of the documentation that each fixture names, with ids of the tests. Claims that the service
//! does not read are there to show that they do no harm.

use serde_json::{Value, json};

use qrmint_server::{JwtAuthorizer, KeySet, Trust};

use crate::support::{ADMINISTRATOR, FLOKI, Issuer, NOW, STANDARD, Served, Setting, users_path};

const TORVI: &str = "d36ef3d5-0f44-4b0b-b4c4-2f9c62d4b9bb";
const WRITE_OWN: &str = "UserAuthMethod-QR.ReadWrite";
const WRITE_ALL: &str = "UserAuthMethod-QR.ReadWrite.All";
/// An application, and its service principal.
const CLIENT: &str = "b5e0a2f7-3c1e-4f0c-9b39-3d2f0c1c7e11";
const PRINCIPAL: &str = "51d7b2c8-62b6-4a4c-8a52-6f6ae0b0a7a4";
const TENANT: &str = "5e1c3bb0-6c38-4d5e-9a51-0d1f8a2c4b77";

/// <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>, v1.0, delegated.
fn entra_v1_user(scopes: &str, wids: &[&str]) -> Value {
    json!({
        "aud": "api://qrmint", "iss": format!("https://sts.windows.net/{TENANT}/"), "acr": "1", "aio": "AXQAi/8TAAAA",
        "amr": ["pwd"], "appid": CLIENT, "appidacr": "1", "family_name": "Smith", "given_name": "Floki",
        "ipaddr": "192.0.2.7", "name": "Floki", "oid": FLOKI, "rh": "0.ARoA", "scp": scopes,
        "sub": "l3_roISQU222bULS9yi2k0XpqpOiMz5H3ZACo1GeXA", "tid": TENANT, "unique_name": "floki@contoso.com",
        "upn": "floki@contoso.com", "uti": "fqiBqXLPj0eQa82S-IYFAA", "ver": "1.0", "wids": wids,
    })
}

/// The same page, v1.0, app-only: `oid` and `sub` are the service principal's.
fn entra_v1_application(roles: &[&str]) -> Value {
    json!({
        "aud": "api://qrmint", "iss": format!("https://sts.windows.net/{TENANT}/"), "aio": "E2RgYPgvAA==",
        "appid": CLIENT, "appidacr": "1", "idp": format!("https://sts.windows.net/{TENANT}/"), "oid": PRINCIPAL,
        "rh": "0.ARoA", "roles": roles, "sub": PRINCIPAL, "tid": TENANT, "uti": "mf6iMQ6VlU6R8vlyAAAA", "ver": "1.0",
    })
}

/// The same page, v2.0, delegated: no `upn` unless it is asked for as an optional claim.
fn entra_v2_user(scopes: &str, wids: &[&str]) -> Value {
    json!({
        "aud": "6e74172b-be56-4843-9ff4-e66a39bb12e3",
        "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "aio": "AXQAi/8IAAAA", "azp": CLIENT, "azpacr": "0", "name": "Floki", "oid": FLOKI,
        "preferred_username": "floki@contoso.com", "rh": "0.ARoA", "scp": scopes,
        "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ", "tid": TENANT, "uti": "fqiBqXLPj0eQa82S-IYFAA",
        "ver": "2.0", "wids": wids,
    })
}

/// The same page, v2.0, app-only. `idtyp` is an optional claim
/// (<https://learn.microsoft.com/entra/identity-platform/optional-claims-reference>).
fn entra_v2_application(roles: &[&str], idtyp: Option<&str>) -> Value {
    let mut claims = json!({
        "aud": "6e74172b-be56-4843-9ff4-e66a39bb12e3",
        "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "aio": "E2RgYPgvAA==", "azp": CLIENT, "azpacr": "1", "oid": PRINCIPAL, "rh": "0.ARoA", "roles": roles,
        "sub": PRINCIPAL, "tid": TENANT, "uti": "mf6iMQ6VlU6R8vlyAAAA", "ver": "2.0",
    });
    if let Some(idtyp) = idtyp {
        claims["idtyp"] = idtyp.into();
    }
    claims
}

/// Keycloak, Server Administration Guide, "OIDC token and SAML assertion mappings" and "Client scopes":
/// <https://www.keycloak.org/docs/latest/server_admin/>. A user, whose roles are in every token.
fn keycloak_user(scope: &str, roles: &[&str]) -> Value {
    json!({
        "iat": 1741123000, "auth_time": 1741122990, "jti": "onrtac:5c7f2f0e-8f0a-4f5a-a1b0-6a2a0d0e6a34",
        "iss": "https://sso.contoso.com/realms/qr", "aud": ["qrmint", "account"], "sub": FLOKI, "typ": "Bearer",
        "azp": "badge-desk", "sid": "6f0f7a52-6e6c-4df7-9d09-0b9d7a7e14f2", "acr": "1",
        "allowed-origins": ["https://desk.contoso.com"], "realm_access": {"roles": roles},
        "resource_access": {"account": {"roles": ["manage-account", "view-profile"]}}, "scope": scope,
        "email_verified": true, "name": "Floki", "preferred_username": "floki", "email": "floki@contoso.com",
    })
}

/// The same guide, "Using a service account": a user of its own, and `client_id`, which users' tokens have not.
fn keycloak_service_account(roles: &[&str]) -> Value {
    json!({
        "iat": 1741123000, "jti": "trrtcc:0c8f5a0e-1f0a-4f5a-a1b0-6a2a0d0e6a34",
        "iss": "https://sso.contoso.com/realms/qr",
        "aud": "qrmint", "sub": PRINCIPAL, "typ": "Bearer", "azp": "badge-printer", "acr": "1",
        "realm_access": {"roles": roles}, "scope": "email profile", "clientHost": "192.0.2.7", "email_verified": false,
        "preferred_username": "service-account-badge-printer", "clientAddress": "192.0.2.7",
        "client_id": "badge-printer",
    })
}

/// Okta, "OpenID Connect & OAuth 2.0 API", access token payload:
/// <https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/>. A user of a custom authorization server.
fn okta_user(scopes: &[&str], groups: &[&str]) -> Value {
    json!({
        "ver": 1, "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
        "iss": "https://contoso.okta.com/oauth2/aus9o8wzkhckw9TLa0h7", "aud": "api://qrmint",
        "sub": "floki@contoso.com", "iat": 1741123000, "cid": "0oanjlqhdGiFfXSAE0g4", "uid": "00ujmkLgagxeRrAg20g3",
        "scp": scopes, "auth_time": 1741122990, "groups": groups,
    })
}

/// The same page, client credentials: `sub` is the client, and there is no `uid`.
fn okta_application(scopes: &[&str]) -> Value {
    json!({
        "ver": 1, "jti": "AT.zVHtLyrJBuOxcVKGx6bsTcGhJFr0cyMjJRPiqBxBjQE",
        "iss": "https://contoso.okta.com/oauth2/aus9o8wzkhckw9TLa0h7", "aud": "api://qrmint", "iat": 1741123000,
        "cid": "0oar95zt9zIpYuz6A0h7", "scp": scopes, "sub": "0oar95zt9zIpYuz6A0h7",
    })
}

/// A service that trusts all of them, as the documentation says: administrators of Keycloak by a role, of Okta by a
/// group; applications by what no user's token has.
fn served(issuer: &Issuer) -> Served {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let rules = |rules: &[&str]| rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let trust = Trust {
        issuers: texts(&[
            &format!("https://sts.windows.net/{TENANT}/"),
            &format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
            "https://sso.contoso.com/realms/qr",
            "https://contoso.okta.com/oauth2/aus9o8wzkhckw9TLa0h7",
        ]),
        audiences: texts(&["api://qrmint", "6e74172b-be56-4843-9ff4-e66a39bb12e3", "qrmint"]),
        admin_claims: rules(&["realm_access.roles=qr-administrator", "groups=QR administrators"]),
        application_claims: rules(&["client_id=badge-printer", "sub=0oar95zt9zIpYuz6A0h7"]),
    };
    let authorizer = JwtAuthorizer::new(trust, KeySet::read_jwks(issuer.jwks()).unwrap());
    Setting { authorizer: Some(authorizer.into()), any_user: true, ..Setting::default() }.serve()
}

fn token(issuer: &Issuer, claims: &Value) -> String {
    issuer.token(&Issuer::claims(NOW, claims.clone()))
}

/// Returns the statuses of writing to oneself and to another user.
async fn written(served: &Served, token: &str) -> [u16; 2] {
    let mut statuses = [0; 2];
    for (status, path) in statuses.iter_mut().zip([STANDARD, &users_path(TORVI, "temporaryQRCode")]) {
        *status = served.ask_as(token, "PATCH", path, "{}").await.status;
    }
    statuses
}

#[tokio::test]
async fn users_of_every_issuer_write_their_own_codes_and_administrators_all() {
    let issuer = Issuer::new();
    for (name, [own, all, administrator]) in [
        (
            "Entra v1.0",
            [(WRITE_OWN, &[][..]), (WRITE_ALL, &[]), (WRITE_ALL, &[ADMINISTRATOR][..])]
                .map(|(scope, wids)| entra_v1_user(scope, wids)),
        ),
        (
            "Entra v2.0",
            [(WRITE_OWN, &[][..]), (WRITE_ALL, &[]), (WRITE_ALL, &[ADMINISTRATOR][..])]
                .map(|(scope, wids)| entra_v2_user(scope, wids)),
        ),
        (
            "Keycloak",
            [(WRITE_OWN, "offline_access"), (WRITE_ALL, "offline_access"), (WRITE_ALL, "qr-administrator")]
                .map(|(scope, role)| keycloak_user(&format!("openid {scope} email"), &[role, "uma_authorization"])),
        ),
        (
            "Okta",
            [(WRITE_OWN, "Everyone"), (WRITE_ALL, "Everyone"), (WRITE_ALL, "QR administrators")]
                .map(|(scope, group)| okta_user(&["openid", scope], &[group])),
        ),
    ] {
        let served = served(&issuer);
        assert_eq!(written(&served, &token(&issuer, &own)).await, [201, 403], "{name}");
        assert_eq!(written(&served, &token(&issuer, &all)).await, [200, 403], "{name}");
        assert_eq!(written(&served, &token(&issuer, &administrator)).await, [200, 201], "{name}");
    }
}

#[tokio::test]
async fn applications_of_every_issuer_write_all_codes_and_have_none() {
    let issuer = Issuer::new();
    for (name, claims) in [
        ("Entra v1.0", entra_v1_application(&[WRITE_ALL])),
        ("Entra v2.0", entra_v2_application(&[WRITE_ALL], None)),
        ("Entra v2.0 with idtyp", entra_v2_application(&[WRITE_ALL], Some("app"))),
        ("Keycloak", keycloak_service_account(&[WRITE_ALL])),
        ("Okta", okta_application(&[WRITE_ALL])),
    ] {
        assert_eq!(written(&served(&issuer), &token(&issuer, &claims)).await, [403, 201], "{name}");
    }
    for claims in
        [entra_v2_application(&[], None), keycloak_service_account(&["offline_access"]), okta_application(&[])]
    {
        assert_eq!(written(&served(&issuer), &token(&issuer, &claims)).await, [403, 403], "{claims}");
    }
}

#[tokio::test]
async fn the_roles_of_a_user_are_not_those_of_an_application() {
    let issuer = Issuer::new();
    let with_role = |mut claims: Value| {
        claims["roles"] = json!([WRITE_ALL]);
        claims
    };
    for claims in [
        keycloak_user("openid email", &[WRITE_ALL]),
        with_role(keycloak_user("openid email", &[])),
        with_role(entra_v2_user("openid", &[])),
        with_role(okta_user(&["openid"], &[])),
    ] {
        assert_eq!(written(&served(&issuer), &token(&issuer, &claims)).await, [403, 403], "{claims}");
    }
}

#[tokio::test]
async fn a_user_is_the_oid_of_entra_and_the_sub_of_others() {
    let issuer = Issuer::new();
    for (claims, id, name) in [
        (entra_v1_user(WRITE_OWN, &[]), FLOKI, "floki@contoso.com"),
        (entra_v2_user(WRITE_OWN, &[]), FLOKI, FLOKI),
        (keycloak_user(WRITE_OWN, &[]), FLOKI, FLOKI),
        (okta_user(&[WRITE_OWN], &[]), "floki%40contoso.com", "floki@contoso.com"),
    ] {
        let created = served(&issuer).ask_as(&token(&issuer, &claims), "PATCH", STANDARD, "{}").await;
        assert_eq!(created.header("location"), users_path(id, "standardQRCode"));
        let raw_content = String::from_utf8(crate::support::bytes(&created.json()["image"]["rawContent"])).unwrap();
        assert!(raw_content.starts_with(&format!("ms-qrpin:v1|{name}|")), "{raw_content}");
    }
}
