//! Who may do what: whose code a request is about, and whether the caller may read or change it.

use crate::auth::Caller;
use crate::users::{User, Users};

use super::error::ApiError;

/// Whose code a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    /// The object id: the key in the store.
    pub(super) id: String,
    /// The user; `None` for somebody who is not in the list of users and may have been.
    pub(super) user: Option<User>,
}

impl From<User> for Owner {
    fn from(user: User) -> Self {
        Self { id: user.id().to_owned(), user: Some(user) }
    }
}

/// What the caller wants to do with codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// Checks that the caller may do this to the codes of everyone.
pub(super) fn check_all(caller: &Caller, access: Access) -> Result<(), ApiError> {
    let permissions = caller.permissions;
    let allowed = match access {
        Access::Read => permissions.read_all,
        Access::Write => permissions.write_all,
    };
    if allowed { Ok(()) } else { Err(ApiError::Denied) }
}

/// Returns the owner of the caller's own codes, if the caller may do this to them.
pub(super) fn me(users: &Users, caller: &Caller, access: Access) -> Result<Owner, ApiError> {
    if caller.user.is_none() {
        return Err(ApiError::MeOfApplication);
    }
    let permissions = caller.permissions;
    let allowed = match access {
        Access::Read => permissions.read_own,
        Access::Write => permissions.write_own,
    };
    if !allowed {
        return Err(ApiError::Denied);
    }
    own(users, caller).map(Owner::from).ok_or(ApiError::NoUser)
}

/// Returns the owner with this id or user principal name, if the caller may do this to the owner's codes.
pub(super) fn named(users: &Users, caller: &Caller, name: &str, access: Access) -> Result<Owner, ApiError> {
    let named = users.named(name);
    let own = own(users, caller).filter(|own| named.as_ref().is_some_and(|named| named.id() == own.id()));
    if own.is_some()
        && let Ok(owner) = me(users, caller, access)
    {
        return Ok(owner);
    }
    // A caller without this permission must not learn whether the user exists.
    check_all(caller, access)?;
    let id = users.id_of(name).ok_or(ApiError::NoUser)?;
    Ok(Owner { id, user: named })
}

/// Returns the user that the caller is. The name in a token proves nothing.
fn own(users: &Users, caller: &Caller) -> Option<User> {
    let user = caller.user.as_ref()?;
    users.with_id(&user.id, user.principal_name.as_deref())
}
