//! The parts of a service.

use std::sync::Arc;

use axum::Router;
use qrmint::credential::Policy;
use tokio::sync::Semaphore;

use crate::auth::Authorizer;
use crate::clock::Clock;
use crate::http;
use crate::key_lock::KeyLock;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::users::Users;

/// The parts of a service, from which [`router`](Self::router) creates an axum router.
///
/// The crate's documentation has an example.
pub struct Service {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) authorizer: Authorizer,
    pub(crate) users: Users,
    pub(crate) policy: Policy,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) slots: Arc<Semaphore>,
    pub(crate) key_lock: KeyLock,
    pub(crate) metrics: Metrics,
}

impl Service {
    /// Creates a service with this store and authorizer. Any name is a user; lifetimes are Graph's, the clock is the
    /// system's, and limits have their defaults.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, authorizer: impl Into<Authorizer>) -> Self {
        let limits = Limits::default();
        Self {
            store,
            authorizer: authorizer.into(),
            users: Users::any(),
            policy: Policy::default(),
            clock: Clock::system(),
            limits,
            slots: Arc::new(Semaphore::new(limits.requests)),
            key_lock: KeyLock::default(),
            metrics: Metrics::default(),
        }
    }

    /// Sets the users.
    #[must_use]
    pub fn with_users(self, users: Users) -> Self {
        Self { users, ..self }
    }

    /// Sets the lifetimes of codes whose request has no `expireDateTime`.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Sets the clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Sets the limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        let slots = Arc::new(Semaphore::new(limits.requests.min(Semaphore::MAX_PERMITS)));
        Self { limits, slots, ..self }
    }

    /// Creates a router with all routes, to be served or nested in another router. It has a fallback, so it cannot be
    /// merged with a router that has one.
    pub fn router(self) -> Router {
        http::router(Arc::new(self))
    }
}
