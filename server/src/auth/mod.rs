//! Authentication and permissions.
//!
//! [`Authorizer`] checks the bearer token of a request and returns a [`Caller`] with its [`Permissions`]. Knows nothing
//! of codes and stores.

mod jwt;
mod permissions;
mod run_token;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use jiff::Timestamp;

pub use self::jwt::{JwtAuthorizer, KeyError};
pub use self::permissions::Permissions;
pub use self::run_token::RunToken;

/// The caller that a valid token names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The signed-in user; `None` for an application.
    pub(crate) user: Option<TokenUser>,
    /// The permissions that the token grants.
    pub(crate) permissions: Permissions,
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
    pub(crate) fn authenticate(&self, headers: &HeaderMap, now: Timestamp) -> Result<Caller, Unauthenticated> {
        let token = bearer(headers)?;
        match self {
            Self::Jwt(jwt) => jwt.check(token, now),
            Self::RunToken(run) => run.check(token),
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
