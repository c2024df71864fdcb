//! The limit on open files, which connections must not use up: the store and the monitor need some too.

use crate::tell;

/// Raises the limit so that there is room for this many connections beside other files. Returns how many connections
/// there is room for, and tells if it is fewer.
#[cfg(unix)]
pub(crate) fn for_connections(connections: usize, others: u64) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = (connections as u64).saturating_add(others);
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current.unwrap_or(u64::MAX);
    if current >= wanted {
        return connections;
    }
    let raised = limit.maximum.unwrap_or(u64::MAX).min(wanted);
    let limit = match setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: limit.maximum }) {
        Ok(()) => raised,
        Err(_) => current,
    };
    if limit >= wanted {
        return connections;
    }
    let possible = usize::try_from(limit.saturating_sub(others)).unwrap_or(usize::MAX).max(1);
    tell(&format!("{possible} connections instead of {connections}: only {limit} files may be open"));
    possible
}

/// Returns the number of connections: there is no such limit.
#[cfg(not(unix))]
pub(crate) fn for_connections(connections: usize, _: u64) -> usize {
    connections
}
