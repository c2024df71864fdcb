//! The command line of the program.

use std::net::SocketAddr;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Parser, ValueEnum};
use qrmint::credential::{DateTime, Policy};
use qrmint_server::{Limits, User};
use tracing::level_filters::LevelFilter;

use crate::error::Error;

/// Microsoft Graph's qrCode API, offline: creates, updates, reads, deletes and verifies sign-in codes.
///
/// Without --issuer, --audience and a key it makes a token for this run, which may do everything, prints it on standard
/// output, and listens on loopback only. TLS is the work of a proxy in front.
#[derive(Parser)]
#[command(name = "qrmint-server", version, group(ArgGroup::new("keys").args(["jwks", "public_key"])))]
pub(crate) struct Arguments {
    /// Address and port to listen on; port 0 takes a free one and prints it on standard error
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    /// Where codes are kept: sqlite://FILE, postgres://USER:PASSWORD@HOST/DATABASE, or memory: until the program ends
    #[arg(
        long,
        value_name = "URL",
        default_value = "sqlite://qrmint.db",
        env = "QRMINT_STORE",
        hide_env_values = true
    )]
    pub(crate) store: String,

    /// The users: a file of JSON lines {"id": "...", "userPrincipalName": "..."} [default: any name is a user]
    #[arg(long, value_name = "FILE")]
    pub(crate) users: Option<PathBuf>,

    /// Issuer that tokens must have (iss)
    #[arg(long, value_name = "URL", requires_all = ["audience", "keys"])]
    pub(crate) issuer: Option<String>,

    /// Audience that tokens must have (aud)
    #[arg(long, value_name = "URL", requires_all = ["issuer", "keys"])]
    pub(crate) audience: Option<String>,

    /// Public keys that tokens are signed with: a JSON Web Key Set
    #[arg(long, value_name = "FILE", requires_all = ["issuer", "audience"])]
    pub(crate) jwks: Option<PathBuf>,

    /// Public key that tokens are signed with, in PEM
    #[arg(long, value_name = "FILE", requires_all = ["issuer", "audience"])]
    pub(crate) public_key: Option<PathBuf>,

    /// User of this run's token on /me: an id or a user principal name of --users, or ID,UPN without it
    /// [default: the first of --users, else 00000000-0000-0000-0000-000000000001,me@localhost]
    #[arg(long, value_name = "USER", conflicts_with = "keys")]
    pub(crate) me: Option<String>,

    /// Start the clock at this instant, such as 2025-03-04T21:27:46Z
    #[arg(long, value_name = "INSTANT")]
    pub(crate) now: Option<DateTime>,

    /// Lifetime of a standard code whose request has no expireDateTime, 1 to 395 days
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    standard_days: u16,

    /// Lifetime of a temporary code whose request has no expireDateTime, 1 to 12 hours
    #[arg(long, value_name = "HOURS", default_value_t = 3)]
    temporary_hours: u16,

    /// Maximum number of requests in progress; more are answered with 429
    #[arg(long, value_name = "N", default_value = "256")]
    max_requests: NonZero<u32>,

    /// Maximum number of connections; more wait
    #[arg(long, value_name = "N", default_value = "1024")]
    max_connections: NonZero<u32>,

    /// Seconds that a body may take to arrive, and then the work on the request
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    request_time: Duration,

    /// Seconds that a connection may be idle, take for a request's headers, or leave an answer unread
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    connection_time: Duration,

    /// What to write to standard error
    #[arg(long, value_enum, default_value_t = Log::Requests)]
    log: Log,
}

#[derive(Clone, Copy, ValueEnum)]
enum Log {
    /// Only the start of the program and the reason for its end
    Off,
    /// Also internal errors
    Errors,
    /// Also a line for each request
    Requests,
}

impl Arguments {
    pub(crate) fn policy(&self) -> Result<Policy, Error> {
        Policy::new(self.standard_days, self.temporary_hours).map_err(|error| Error::Usage(error.to_string()))
    }

    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.requests = self.max_requests.get() as usize;
        limits.connections = self.max_connections.get() as usize;
        limits.request_time = self.request_time;
        limits.connection_time = self.connection_time;
        // Time for a body, for the work, and one second for sending the answer.
        limits.shutdown_time = self.request_time * 2 + Duration::from_secs(1);
        limits
    }

    pub(crate) fn log(&self) -> LevelFilter {
        match self.log {
            Log::Off => LevelFilter::OFF,
            Log::Errors => LevelFilter::WARN,
            Log::Requests => LevelFilter::INFO,
        }
    }
}

/// Parses a user from `ID,UPN`, or from one name that stands for both.
pub(crate) fn id_and_principal_name(text: &str) -> Option<User> {
    let (id, principal_name) = text.split_once(',').unwrap_or((text, text));
    User::new(id, principal_name)
}

/// Parses a time limit of at most an hour.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.001..=3600.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "expected seconds, 0.001 to 3600".into())
}
