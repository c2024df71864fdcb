//! The service in one process: reads, creates or updates, deletes and verifies codes, and administers them.
//!
//! Runs the engine's rules on what the store has, with the time, the randomness and the compare-and-swap that the rules
//! need, and keeps the audit trail. Knows nothing of HTTP or of permissions: its caller has checked them.

mod deletion;
mod error;
mod image_settings;
mod monitor;
mod trail;
mod upsert;
mod verify;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use qrmint::credential::{DateTime, Kind, Policy, Record};
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

pub use self::error::ServiceError;
pub use self::image_settings::ImageSettings;
use self::monitor::{CHECK_AGE, COUNT_AGE};
pub use self::upsert::OUTCOME_TIME;
pub use self::verify::Verified;
use crate::audit::Trail;
use crate::clock::Clock;
use crate::event::Event;
use crate::fresh::Fresh;
use crate::key_lock::KeyLock;
use crate::metrics::Metrics;
use crate::store::{CodeFilter, EventFilter, Store};
use crate::users::{Users, canonical};

/// Sign-in codes of users: the rules of [`qrmint::credential`] over a [`Store`].
///
/// ```
/// use std::sync::Arc;
///
/// use qrmint::credential::{Kind, QrCodePatch, Upserted};
/// use qrmint_server::store::MemoryStore;
/// use qrmint_server::{Actor, Condition, Service};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let service = Service::new(Arc::new(MemoryStore::default()));
/// let (by, user) = (Actor::default(), service.users().named("floki@contoso.com").ok_or("no name")?);
/// let patch = QrCodePatch::default();
/// let created = service.upsert(&by, &user, Kind::Standard, &patch, &Condition::None).await?;
/// let Upserted::Created { response, .. } = created else { panic!("there was none") };
///
/// let image = response.image.ok_or("an image comes with a new code")?;
/// let verified = service.verify(&by, &image.raw_content).await?;
/// assert_eq!(verified.user.principal_name(), "floki@contoso.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Service {
    store: Arc<dyn Store>,
    users: RwLock<Arc<Users>>,
    policy: Policy,
    image: ImageSettings,
    clock: Clock,
    trail: Trail,
    request_time: Duration,
    strict_last_used: bool,
    key_lock: KeyLock,
    tasks: TaskTracker,
    checked: Fresh<bool>,
    counted: Fresh<()>,
    pub(crate) metrics: Arc<Metrics>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("policy", &self.policy).field("trail", &self.trail).finish_non_exhaustive()
    }
}

impl Service {
    /// Creates a service with this store. Any name is a user; lifetimes are Graph's, images are PNG, the clock is the
    /// system's, there is no audit trail, and the store has 10 seconds for a request.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            users: RwLock::new(Arc::new(Users::any())),
            policy: Policy::default(),
            image: ImageSettings::default(),
            clock: Clock::system(),
            trail: Trail::Off,
            request_time: Duration::from_secs(10),
            strict_last_used: false,
            key_lock: KeyLock::default(),
            tasks: TaskTracker::new(),
            checked: Fresh::new(CHECK_AGE),
            counted: Fresh::new(COUNT_AGE),
            metrics: Arc::default(),
        }
    }

    /// Sets the users.
    #[must_use]
    pub fn with_users(self, users: Users) -> Self {
        self.set_users(users);
        self
    }

    /// Sets the lifetimes of codes whose request has no `expireDateTime`.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Sets what images new codes have.
    #[must_use]
    pub fn with_image(self, image: ImageSettings) -> Self {
        Self { image, ..self }
    }

    /// Sets the clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Sets where the audit trail is kept.
    #[must_use]
    pub fn with_trail(self, trail: Trail) -> Self {
        Self { trail, ..self }
    }

    /// Sets the time that the store has for a request.
    #[must_use]
    pub fn with_request_time(self, request_time: Duration) -> Self {
        Self { request_time, ..self }
    }

    /// Sets whether a verification fails if the last use of the code can't be stored. By default it is counted and the
    /// code is good.
    #[must_use]
    pub fn with_strict_last_used(self, strict_last_used: bool) -> Self {
        Self { strict_last_used, ..self }
    }

    /// Replaces the users, for all requests that begin later.
    pub fn set_users(&self, users: Users) {
        *self.users.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(users);
    }

    /// Returns the users.
    #[must_use]
    pub fn users(&self) -> Arc<Users> {
        self.users.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the audit trail.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.trail
    }

    /// Sets the number of log lines that were dropped, for the metrics.
    pub fn set_dropped_log_lines(&self, lines: u64) {
        self.metrics.set_dropped_log_lines(lines);
    }

    /// Counts that `users`, `keys` or `audit` could not be read or opened again, for the metrics. Ignores other names.
    pub fn count_failed_reload(&self, subject: &'static str) {
        self.metrics.reload_failed(subject);
    }

    /// Returns the time.
    pub(crate) fn clock(&self) -> Clock {
        self.clock
    }

    /// Returns the tasks that go on when their client has gone.
    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Waits until what was begun is done, also what no client waits for.
    pub async fn drained(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Returns the stored code of a user, expired or not.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NoCode`] if there is none; errors of the store.
    pub async fn read(&self, user_id: &str, kind: Kind) -> Result<Record, ServiceError> {
        let (deadline, user_id) = (self.deadline(), canonical(user_id));
        in_time(deadline, self.store.read(&user_id, kind)).await??.ok_or(ServiceError::NoCode)
    }

    /// Returns codes in the order of their ids, with the object id of each user.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn codes(&self, filter: &CodeFilter) -> Result<Vec<(String, Record)>, ServiceError> {
        Ok(in_time(self.deadline(), self.store.list(filter)).await??)
    }

    /// Returns events of the audit trail, the oldest first, if the store keeps it.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, ServiceError> {
        Ok(in_time(self.deadline(), self.store.events(filter)).await??)
    }

    fn now(&self) -> Result<DateTime, ServiceError> {
        DateTime::new(self.clock.now()).ok_or(ServiceError::Clock)
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.request_time
    }

    /// Prepares another attempt after a write of another process came first. Each attempt that fails means that another
    /// write succeeded, and the time limit of a request ends the attempts.
    async fn overtaken(&self) {
        self.metrics.conflicted();
        // With a store that never waits, the time limit would not be checked otherwise.
        tokio::task::yield_now().await;
    }
}

/// Returns the cause of an error for a log line.
pub(crate) fn cause(error: &dyn std::error::Error) -> String {
    error.source().map(|cause| format!(": {cause}")).unwrap_or_default()
}

async fn in_time<T>(deadline: Instant, work: impl Future<Output = T>) -> Result<T, ServiceError> {
    // A deadline that has passed ends also what would be ready at once.
    if deadline <= Instant::now() {
        return Err(ServiceError::TimeOut);
    }
    timeout_at(deadline, work).await.map_err(|_| ServiceError::TimeOut)
}
