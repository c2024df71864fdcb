//! A random token that is created when the service starts and is valid until it ends.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use super::{Caller, Identity, Permissions, TokenUser, Unauthenticated};
use crate::users::User;

/// A random token with all permissions, and its user on `/me`.
///
/// ```
/// use qrmint_server::{RunToken, User};
///
/// let token = RunToken::new(User::new("badge-17", "floki@contoso.com").unwrap())?;
/// assert_eq!(token.secret().len(), 43);
/// assert!(!format!("{token:?}").contains(token.secret()));
/// # Ok::<(), getrandom::Error>(())
/// ```
pub struct RunToken {
    secret: String,
    me: User,
}

impl RunToken {
    /// Creates a token of 32 random bytes.
    ///
    /// # Errors
    ///
    /// If the system provides no random bytes.
    pub fn new(me: User) -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self { secret: URL_SAFE_NO_PAD.encode(bytes), me })
    }

    /// Returns the text that follows `Bearer` in the `Authorization` header.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub(super) fn check(&self, token: &str) -> Result<Caller, Unauthenticated> {
        // Takes constant time for all tokens of the right length, which is public.
        if !bool::from(self.secret.as_bytes().ct_eq(token.as_bytes())) {
            return Err(Unauthenticated::Signature);
        }
        let user = TokenUser { id: self.me.id().into(), principal_name: Some(self.me.principal_name().into()) };
        let identity = Identity { oid: Some(user.id.clone()), appid: None };
        Ok(Caller { user: Some(user), identity, permissions: Permissions::ALL, limit_key: None })
    }
}

impl fmt::Debug for RunToken {
    /// Shows the user, not the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunToken").field("me", &self.me).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_itself_is_taken_and_no_other() {
        let me = User::new("badge-17", "floki@contoso.com").unwrap();
        let (run, other) = (RunToken::new(me.clone()).unwrap(), RunToken::new(me).unwrap());
        let caller = run.check(run.secret()).unwrap();
        assert_eq!(caller.permissions, Permissions::ALL);
        assert_eq!(caller.identity.oid.as_deref(), Some("badge-17"));
        assert_eq!(caller.limit_key, None);
        assert_eq!(caller.user.unwrap().id, "badge-17");
        for wrong in [other.secret(), &run.secret()[1..], &format!("{}A", run.secret()), ""] {
            assert_eq!(run.check(wrong), Err(Unauthenticated::Signature));
        }
    }
}
