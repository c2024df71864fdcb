//! Signed tokens (RFC 7519): the check.
//!
//! The cheap checks come first, then one signature, then the claims. Lifetimes are compared with the service's clock.

use std::sync::Arc;

use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{AlgorithmFamily, Header, Validation};

use super::claim_rule::ClaimRule;
use super::claims::Claims;
use super::current_keys::CurrentKeys;
use super::key_url::KeyUrl;
use super::keys::{KeyError, KeySet};
use super::{Caller, Unauthenticated};

/// Whose tokens are accepted, and what their claims mean.
///
/// All issuers share the keys, and each key may sign for each issuer. So name only issuers of one provider, such as
/// Entra's for v1.0 and v2.0 tokens of one tenant.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The issuers, one of which must be the token's (`iss`).
    pub issuers: Vec<String>,
    /// The audiences, one of which must be among the token's (`aud`).
    pub audiences: Vec<String>,
    /// Rules for a signed-in user's token: one that matches makes the user an administrator, as an administrator's role
    /// in `wids` does.
    pub admin_claims: Vec<ClaimRule>,
    /// Rules for a token without `oid`: one that matches says that the token is an application's. The claim must be one
    /// that no user's token has, such as `client_id=CLIENT` of Keycloak's service accounts and `sub=CLIENT` of Okta;
    /// `azp` and `cid` are in the tokens of users who sign in to that application as well.
    pub application_claims: Vec<ClaimRule>,
}

/// Checks signed tokens with public keys. Clones share the keys.
#[derive(Clone, Debug)]
pub struct JwtAuthorizer {
    trust: Trust,
    keys: Arc<CurrentKeys>,
}

impl JwtAuthorizer {
    /// Creates an authorizer with these keys.
    #[must_use]
    pub fn new(trust: Trust, keys: KeySet) -> Self {
        Self { trust, keys: CurrentKeys::new(keys) }
    }

    /// Creates an authorizer with the keys of a URL. A token that names an unknown key makes it fetch them again, at
    /// most once a minute. Call [`keep_keys_fresh`](Self::keep_keys_fresh) in a task.
    #[must_use]
    pub fn with_key_url(trust: Trust, keys: KeyUrl) -> Self {
        Self { trust, keys: CurrentKeys::of_url(keys) }
    }

    /// Replaces the keys. From now on only these check tokens.
    pub fn set_keys(&self, keys: KeySet) {
        self.keys.set(keys);
    }

    /// Fetches the keys of the URL now. Does nothing without a URL.
    ///
    /// # Errors
    ///
    /// Those of [`KeyUrl::fetch`]. The error is logged too, and the old keys stay in use.
    pub async fn refresh_keys(&self) -> Result<(), KeyError> {
        self.keys.refresh().await
    }

    /// Fetches the keys of the URL whenever they are no longer fresh: after `max-age` of the answer, at least 1 minute
    /// and at most 1 hour, or after 15 minutes without one. After a failure the old keys stay in use, and the next
    /// attempt follows in 5 seconds, later in up to 5 minutes. Returns only if there is no URL.
    pub async fn keep_keys_fresh(&self) {
        self.keys.keep_fresh().await;
    }

    /// Returns the caller that `token` names, if it is valid at `now`.
    pub(super) async fn check(&self, token: &str, now: Timestamp) -> Result<Caller, Unauthenticated> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Unauthenticated::Malformed)?;
        // `crit` lists extensions that must be understood (RFC 7515, section 4.1.11). None is supported.
        if header.crit.is_some() {
            return Err(Unauthenticated::Malformed);
        }
        if !header.typ.as_deref().is_none_or(is_access_token) {
            return Err(Unauthenticated::NotAccessToken);
        }
        let claims = self.signed_claims(token, &header).await?;
        claims.check_kind()?;
        claims.check_lifetime(now)?;
        claims.caller(&self.trust)
    }

    /// Returns the claims of a token that the key for it signed, with the right issuer and audience.
    async fn signed_claims(&self, token: &str, header: &Header) -> Result<Claims, Unauthenticated> {
        if header.alg.family() == AlgorithmFamily::Hmac {
            return Err(Unauthenticated::Signature);
        }
        let (mut keys, id) = (self.keys.get(), header.kid.as_deref());
        if let Some(id) = id
            && keys.key(Some(id), header.alg).is_none()
            && !keys.has(id)
        {
            keys = self.keys.get_with(id).await;
        }
        let key = keys.key(id, header.alg).ok_or(Unauthenticated::Signature)?;
        let mut validation = Validation::new(header.alg);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&self.trust.issuers);
        validation.set_audience(&self.trust.audiences);
        // `check` compares with the service's clock, not the system's.
        (validation.validate_exp, validation.validate_nbf) = (false, false);
        let decoded = jsonwebtoken::decode::<Claims>(token, &key.key, &validation);
        decoded.map(|token| token.claims).map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => Unauthenticated::Signature,
            ErrorKind::InvalidAudience => Unauthenticated::Audience,
            ErrorKind::InvalidIssuer => Unauthenticated::Issuer,
            _ => Unauthenticated::Malformed,
        })
    }
}

/// Returns whether a token of this `typ` may be an access token (RFC 7519, section 5.1; RFC 9068, section 4).
fn is_access_token(typ: &str) -> bool {
    const PREFIX: &str = "application/";
    let name = match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, name)) if prefix.eq_ignore_ascii_case(PREFIX) => name,
        _ => typ,
    };
    ["JWT", "at+jwt"].iter().any(|known| known.eq_ignore_ascii_case(name))
}
