//! Errors that end the program: their messages and exit codes.

use std::net::SocketAddr;
use std::path::PathBuf;

use qrmint_server::store::StoreError;
use qrmint_server::{KeyError, UsersError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Usage(String),
    #[error("--users: {0}")]
    Users(#[from] UsersError),
    #[error("{}: {source}", path.display())]
    KeyFile { path: PathBuf, source: KeyError },
    #[error("--jwks-url: {0}")]
    KeyUrl(KeyError),
    #[error("--listen {0}: without --issuer, --audience and a key the address must be loopback")]
    NotLoopback(SocketAddr),
    #[error("--now: with --listen {0} the clock must be the system's; for trying things out, listen on loopback")]
    ClockNotLoopback(SocketAddr),
    #[error("with --issuer, --audience and a key, either --users FILE or --any-user must be given")]
    NoUsers,
    #[error("--audit {}: {source}", path.display())]
    Audit { path: PathBuf, source: std::io::Error },
    #[error("--store: {0}")]
    Store(#[from] StoreError),
    #[error("--listen or --monitor {address}: {source}")]
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
            Self::Usage(_)
            | Self::Users(_)
            | Self::NotLoopback(_)
            | Self::ClockNotLoopback(_)
            | Self::NoUsers
            | Self::KeyFile { .. }
            | Self::KeyUrl(KeyError::Url)
            | Self::Audit { .. } => 2,
            // Keys that cannot be fetched now may be there later.
            _ => 1,
        }
    }
}
