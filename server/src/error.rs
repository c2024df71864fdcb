//! Errors that end the program: their messages and exit codes.

use std::net::SocketAddr;

use qrmint_server::store::StoreError;
use qrmint_server::{KeyError, UsersError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Usage(String),
    #[error("--users: {0}")]
    Users(#[from] UsersError),
    #[error("the key file: {0}")]
    Keys(#[from] KeyError),
    #[error("--listen {0}: without --issuer, --audience and a key the address must be loopback")]
    NotLoopback(SocketAddr),
    #[error("--store: {0}")]
    Store(#[from] StoreError),
    #[error("--listen {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("cannot get random bytes: {0}")]
    Random(#[from] getrandom::Error),
    #[error("a system call failed: {0}")]
    System(#[from] std::io::Error),
    #[error("stopped before all requests in flight were done")]
    Stopped,
}

impl Error {
    /// Returns the exit code: 2 if the command line or a file that it names is wrong, else 1.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Users(_) | Self::Keys(_) | Self::NotLoopback(_) => 2,
            _ => 1,
        }
    }
}
