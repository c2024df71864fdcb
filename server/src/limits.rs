//! Limits on requests and connections.

use std::time::Duration;

/// Limits on the resources that clients can use. The maximum size of a body is fixed at 16 kB.
///
/// ```
/// let limits = qrmint_server::Limits::default();
/// assert_eq!(limits.requests, 256);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The maximum number of requests in progress; more are answered with 429. Requests about the service itself do not
    /// count.
    pub requests: usize,
    /// The maximum number of requests in progress of one caller; more are answered with 429. A caller is a user or an
    /// application. The token of a run has no such limit, since it is the only caller.
    pub requests_per_caller: usize,
    /// The time that a body may take to arrive. The time for the work is that of the [`Service`](crate::Service).
    pub body_time: Duration,
    /// The maximum number of connections; more wait until one ends. For [`serve`](crate::serve).
    pub connections: usize,
    /// The time that a connection may take for the next request's line and headers, idle time included, and the time
    /// that it may leave an answer unread. For [`serve`](crate::serve).
    pub connection_time: Duration,
    /// The time that requests in progress have to end when the service stops. For [`serve`](crate::serve).
    pub shutdown_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: 256,
            requests_per_caller: 128,
            body_time: Duration::from_secs(10),
            connections: 1024,
            connection_time: Duration::from_secs(60),
            shutdown_time: Duration::from_secs(20),
        }
    }
}
