//! What a service is made of.

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

/// The parts of a service, and the [`router`](Self::router) that they make.
///
/// The crate's documentation has an example.
pub struct Service {
    pub(crate) store: Box<dyn Store>,
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
    /// A service that keeps codes in this store and tells callers apart so. It takes any name as a user's, has Graph's
    /// lifetimes, the machine's time and the default limits.
    #[must_use]
    pub fn new(store: impl Store, authorizer: impl Into<Authorizer>) -> Self {
        let limits = Limits::default();
        Self {
            store: Box::new(store),
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

    /// The same with these users.
    #[must_use]
    pub fn with_users(self, users: Users) -> Self {
        Self { users, ..self }
    }

    /// The same with these lifetimes for codes that are not told when to expire.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// The same with this clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The same with these limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        let slots = Arc::new(Semaphore::new(limits.requests.min(Semaphore::MAX_PERMITS)));
        Self { limits, slots, ..self }
    }

    /// All routes, to serve or to nest in another router. It answers every path, so it can be nested or stand alone, but not be
    /// merged with a router that has a fallback.
    pub fn router(self) -> Router {
        http::router(Arc::new(self))
    }
}
