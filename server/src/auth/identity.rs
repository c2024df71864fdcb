//! The ids of a caller.

/// The ids of a caller, for the audit trail and the limits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The object id of the user or of the application (`oid`, else `sub`).
    pub(crate) oid: Option<String>,
    /// The id of the application that asked for the token (`appid`, `azp`, `cid` or `client_id`).
    pub(crate) appid: Option<String>,
}
