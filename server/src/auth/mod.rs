//! Authentication and permissions.
//!
//! [`Authorizer`] checks the bearer token of a request and returns a [`Caller`] with its [`Permissions`]. Knows nothing
//! of codes and stores.
//!
//! # Users and applications
//!
//! A token is an application's if its claim `idtyp` is `app`. Without `idtyp` it is if `oid` and `sub` are the same, as
//! in the app-only tokens of Microsoft Entra. Other issuers have no `oid`, and `sub` stands in for it; their
//! applications are those that a rule of [`Trust::application_claims`] matches. All other tokens are users'.
//!
//! A user has the permissions of the scopes (`scp`, else `scope`). Those that end in `.All` reach other users only if
//! `wids` has the id of an administrator's role or a rule of [`Trust::admin_claims`] matches. An application has those
//! of its roles (`roles` and `realm_access.roles`), and of its scopes too if a rule recognised it.

mod claim_rule;
mod claims;
mod current_keys;
mod identity;
mod jwt;
mod key_url;
mod keys;
mod permissions;
mod run_token;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use jiff::Timestamp;

pub use self::claim_rule::{ClaimRule, ClaimRuleError};
pub(crate) use self::identity::Identity;
pub use self::jwt::{JwtAuthorizer, Trust};
pub use self::key_url::KeyUrl;
pub use self::keys::{KeyError, KeySet};
pub(crate) use self::permissions::Permissions;
pub use self::run_token::RunToken;

/// The caller that a valid token names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The signed-in user; `None` for an application.
    pub(crate) user: Option<TokenUser>,
    /// The ids, for the audit trail and the limits.
    pub(crate) identity: Identity,
    /// The permissions that the token grants here. Only an administrator has those on others' codes among signed-in
    /// users.
    pub(crate) permissions: Permissions,
    /// The key of the caller's own limit: the id of the user or of the application. `None` for the run token, which is
    /// the only caller.
    pub(crate) limit_key: Option<String>,
}

/// The user that a token names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenUser {
    /// The object id.
    pub(crate) id: String,
    /// The user principal name, if the token has one. It is written into a new code, and grants nothing.
    pub(crate) principal_name: Option<String>,
}

/// Why a request has no caller. The messages are Graph's where known. None contains any part of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unauthenticated {
    #[error("Access token is empty.")]
    Missing,
    #[error("The Authorization header is not a bearer token.")]
    NotBearer,
    #[error("Access token validation failure. The token is malformed or misses a claim.")]
    Malformed,
    #[error("Access token validation failure. No key of the service made this signature.")]
    Signature,
    #[error("Access token validation failure. Invalid audience.")]
    Audience,
    #[error("Access token validation failure. Invalid issuer.")]
    Issuer,
    #[error("Lifetime validation failed, the token is expired.")]
    Expired,
    #[error("Lifetime validation failed, the token is not yet valid.")]
    NotYetValid,
    #[error("Access token validation failure. The token is not an access token.")]
    NotAccessToken,
}

/// Identifies callers by their tokens.
#[derive(Debug)]
#[non_exhaustive]
pub enum Authorizer {
    /// Accepts signed tokens.
    Jwt(JwtAuthorizer),
    /// Accepts one random token, which may do everything.
    RunToken(RunToken),
}

impl From<JwtAuthorizer> for Authorizer {
    fn from(jwt: JwtAuthorizer) -> Self {
        Self::Jwt(jwt)
    }
}

impl From<RunToken> for Authorizer {
    fn from(token: RunToken) -> Self {
        Self::RunToken(token)
    }
}

impl Authorizer {
    /// Returns the caller that the bearer token in `headers` names, if it is valid at `now`.
    pub(crate) async fn authenticate(&self, headers: &HeaderMap, now: Timestamp) -> Result<Caller, Unauthenticated> {
        let token = bearer(headers)?;
        match self {
            Self::Jwt(jwt) => jwt.check(token, now).await,
            Self::RunToken(run) => run.check(token),
        }
    }

    /// Calls [`JwtAuthorizer::set_keys`]. A run token has no keys.
    pub fn set_keys(&self, keys: KeySet) {
        if let Self::Jwt(jwt) = self {
            jwt.set_keys(keys);
        }
    }

    /// Calls [`JwtAuthorizer::refresh_keys`]. A run token has no keys.
    ///
    /// # Errors
    ///
    /// Those of [`JwtAuthorizer::refresh_keys`].
    pub async fn refresh_keys(&self) -> Result<(), KeyError> {
        match self {
            Self::Jwt(jwt) => jwt.refresh_keys().await,
            Self::RunToken(_) => Ok(()),
        }
    }

    /// Calls [`JwtAuthorizer::keep_keys_fresh`]. A run token has no keys.
    pub async fn keep_keys_fresh(&self) {
        if let Self::Jwt(jwt) = self {
            jwt.keep_keys_fresh().await;
        }
    }
}

/// Returns the bearer token. There must be exactly one `Authorization` header.
fn bearer(headers: &HeaderMap) -> Result<&str, Unauthenticated> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, more) = (values.next().ok_or(Unauthenticated::Missing)?, values.next());
    let text = value.to_str().ok().filter(|_| more.is_none()).ok_or(Unauthenticated::NotBearer)?.trim_end();
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Unauthenticated::NotBearer);
    }
    Some(token.trim_start()).filter(|token| !token.is_empty()).ok_or(Unauthenticated::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, value.parse().unwrap())).collect()
    }

    #[test]
    fn a_bearer_token_is_found_whatever_the_case_of_the_scheme() {
        for value in ["Bearer abc", "bearer abc", "BEARER   abc "] {
            assert_eq!(bearer(&headers(&[value])), Ok("abc"), "{value:?}");
        }
    }

    #[test]
    fn no_token_another_scheme_or_two_tokens_are_no_token() {
        assert_eq!(bearer(&headers(&[])), Err(Unauthenticated::Missing));
        assert_eq!(bearer(&headers(&["Bearer"])), Err(Unauthenticated::Missing));
        assert_eq!(bearer(&headers(&["Bearer "])), Err(Unauthenticated::Missing));
        assert_eq!(bearer(&headers(&["Basic abc"])), Err(Unauthenticated::NotBearer));
        assert_eq!(bearer(&headers(&["abc"])), Err(Unauthenticated::NotBearer));
        assert_eq!(bearer(&headers(&["Bearer a", "Bearer b"])), Err(Unauthenticated::NotBearer));
    }
}
