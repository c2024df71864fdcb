//! How much a service takes on.

use std::time::Duration;

/// Limits that hold whatever clients do. A body has 16 kB at most, which can't be chosen.
///
/// ```
/// let limits = qrmint_server::Limits::default();
/// assert_eq!(limits.requests, 256);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Requests that are worked on at once; what is more is answered with 429. Answers about the service itself don't count.
    pub requests: usize,
    /// How long a body may take to arrive, and then how long the request may take to be done.
    pub request_time: Duration,
    /// Connections at once; what is more waits until one ends. Of [`serve`](crate::serve).
    pub connections: usize,
    /// How long a connection may take for the next request's line and headers, waiting for its first byte included, and how long it
    /// may leave an answer untaken. Of [`serve`](crate::serve).
    pub connection_time: Duration,
    /// How long requests in flight may take to end once the service is told to stop. Of [`serve`](crate::serve).
    pub shutdown_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: 256,
            request_time: Duration::from_secs(10),
            connections: 1024,
            connection_time: Duration::from_secs(60),
            shutdown_time: Duration::from_secs(20),
        }
    }
}
