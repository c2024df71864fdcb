//! From the claims of a token to the caller that they describe.
//!
//! Claims of other issuers stand in for those of Microsoft Entra that they do not have.

use std::fmt;

use jiff::Timestamp;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::jwt::Trust;
use super::{Caller, Identity, Permissions, TokenUser, Unauthenticated};

/// The accepted difference from the issuer's clock, in seconds.
const LEEWAY: f64 = 60.0;

/// The role ids in `wids` that let a signed-in user act on other users, as Graph's "Create or Update qrCode" page lists
/// them: Authentication Administrator, Privileged Authentication Administrator; and Global Administrator.
const ADMINISTRATORS: [&str; 3] = [
    "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "62e90394-69f5-4237-9190-012177145e10",
];

/// Claims that only an ID token has (OpenID Connect Core 1.0, sections 2 and 3.3.2.11).
const OF_ID_TOKENS: [&str; 3] = ["nonce", "at_hash", "c_hash"];

/// The claims of a token whose signature, issuer and audience are checked.
pub(super) struct Claims {
    all: Map<String, Value>,
    known: Known,
}

#[derive(Deserialize)]
struct Known {
    exp: f64,
    nbf: Option<f64>,
    oid: Option<String>,
    sub: Option<String>,
    upn: Option<String>,
    /// The application: of Entra v1.0, of Entra v2.0 and Keycloak, of Okta, of RFC 9068.
    appid: Option<String>,
    azp: Option<String>,
    cid: Option<String>,
    client_id: Option<String>,
    /// `app` or `user`, if the issuer sets it.
    idtyp: Option<String>,
    /// The kind of token, of Keycloak.
    typ: Option<String>,
    scp: Option<Scopes>,
    scope: Option<Scopes>,
    #[serde(default)]
    roles: Vec<String>,
    /// The roles of Keycloak.
    #[serde(default)]
    realm_access: RealmAccess,
    /// The ids of the directory roles of a signed-in user.
    #[serde(default)]
    wids: Vec<String>,
}

#[derive(Default, Deserialize)]
struct RealmAccess {
    #[serde(default)]
    roles: Vec<String>,
}

/// Scopes: with spaces between them, or as an array.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scopes {
    Text(String),
    List(Vec<String>),
}

impl Claims {
    /// Refuses the claims of a token that is not valid at `now`.
    pub(super) fn check_lifetime(&self, now: Timestamp) -> Result<(), Unauthenticated> {
        let now = now.as_millisecond() as f64 / 1_000.0;
        if self.known.exp + LEEWAY <= now {
            return Err(Unauthenticated::Expired);
        }
        if self.known.nbf.is_some_and(|start| start - LEEWAY > now) {
            return Err(Unauthenticated::NotYetValid);
        }
        Ok(())
    }

    /// Refuses the claims of an ID token, and of what else Keycloak signs with the same keys.
    pub(super) fn check_kind(&self) -> Result<(), Unauthenticated> {
        let of_id_token = OF_ID_TOKENS.iter().any(|name| self.all.contains_key(*name));
        let bearer = self.known.typ.as_ref().is_none_or(|typ| typ.eq_ignore_ascii_case("Bearer"));
        if of_id_token || !bearer { Err(Unauthenticated::NotAccessToken) } else { Ok(()) }
    }

    /// Returns the caller. A user has the permissions of the scopes, an application those of its roles.
    pub(super) fn caller(self, trust: &Trust) -> Result<Caller, Unauthenticated> {
        if [&self.known.oid, &self.known.sub].into_iter().flatten().any(String::is_empty) {
            return Err(Unauthenticated::Malformed);
        }
        let recognised = self.known.oid.is_none() && self.matches(&trust.application_claims);
        let application = match self.known.idtyp.as_deref() {
            Some(idtyp) => idtyp == "app",
            None => recognised || self.known.oid.is_some() && self.known.oid == self.known.sub,
        };
        let administrator = self.known.has_administrators_role() || self.matches(&trust.admin_claims);
        let known = self.known;
        let roles = known.roles.iter().chain(&known.realm_access.roles).map(String::as_str);
        let scopes = known.scp.or(known.scope).map_or_else(String::new, Scopes::into_text);
        let oid = known.oid.or(known.sub);
        let appid =
            [known.appid, known.azp, known.cid, known.client_id].into_iter().flatten().find(|id| !id.is_empty());
        let identity = Identity { oid, appid };

        if application {
            // Okta has no roles for applications.
            let scopes = scopes.split_ascii_whitespace().filter(|_| recognised);
            let permissions = Permissions::of_roles(roles.chain(scopes));
            let key = identity.appid.clone().or_else(|| identity.oid.clone()).ok_or(Unauthenticated::Malformed)?;
            return Ok(Caller { user: None, identity, permissions, limit_key: Some(key) });
        }
        let granted = Permissions::of_scopes(&scopes);
        let permissions = if administrator { granted } else { granted.only_own() };
        let id = identity.oid.clone().ok_or(Unauthenticated::Malformed)?;
        let user = TokenUser { id: id.clone(), principal_name: known.upn };
        Ok(Caller { user: Some(user), identity, permissions, limit_key: Some(id) })
    }

    fn matches(&self, rules: &[super::ClaimRule]) -> bool {
        rules.iter().any(|rule| rule.matches(&self.all))
    }
}

impl Known {
    fn has_administrators_role(&self) -> bool {
        self.wids.iter().any(|id| ADMINISTRATORS.iter().any(|role| role.eq_ignore_ascii_case(id)))
    }
}

impl Scopes {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::List(list) => list.join(" "),
        }
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = deserializer.deserialize_map(Distinct)?;
        // `jsonwebtoken` takes an array of issuers as well, one of which is right (RFC 7519, section 4.1.1: one text).
        if !all.get("iss").is_none_or(Value::is_string) {
            return Err(D::Error::custom("iss is not a text"));
        }
        let known = Known::deserialize(&all).map_err(D::Error::custom)?;
        Ok(Self { all, known })
    }
}

/// Reads an object whose names are all distinct (RFC 7519, section 4).
struct Distinct;

impl<'de> Visitor<'de> for Distinct {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = members.next_entry()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a claim occurs twice"));
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_occurs_once() {
        let read = |json: &str| serde_json::from_str::<Claims>(json).is_ok();
        assert!(read(r#"{"exp": 1, "oid": "a"}"#));
        assert!(!read(r#"{"exp": 1, "oid": "a", "oid": "b"}"#));
        assert!(!read(r#"{"exp": 1, "groups": [], "groups": []}"#));
    }
}
