//! The service in one process: reads, creates or updates, deletes and verifies codes, and administers them.
//!
//! Runs the engine's rules on what the store has, with the time, the randomness and the compare-and-swap that the rules
//! need, and keeps the audit trail. Knows nothing of HTTP or of permissions: its caller has checked them.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::SignedDuration;
use qrmint::credential::{
    self, DateTime, Kind, Policy, QrCodePatch, Randomness, Record, ScannedContent, Upsert, UpsertError, Upserted,
    VerifyError,
};
use tokio::sync::{OwnedMutexGuard, oneshot};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::audit::Trail;
use crate::clock::Clock;
use crate::condition::Condition;
use crate::event::{Action, Actor, Event, Outcome};
use crate::fresh::Fresh;
use crate::key_lock::KeyLock;
use crate::metrics::Metrics;
use crate::store::{CodeFilter, EventFilter, Removal, Store, StoreError};
use crate::users::{User, Users, canonical};

/// The maximum wait for the outcome of a create: more than the stores wait for a connection and then for a lock.
pub const OUTCOME_TIME: Duration = Duration::from_secs(11);

/// The pause between attempts to delete a code that may have been created, and the number of times that it must not be
/// there: a database may still be working on a statement whose connection was lost.
const TAKE_BACK_PAUSE: Duration = Duration::from_secs(2);
const TIMES_ABSENT: u32 = 3;

/// The time that the note of a code's last use may take. A user who signs in does not wait longer for it.
const LAST_USE_TIME: Duration = Duration::from_secs(1);

/// The time for which the outcome of a check of the store is used again.
const CHECK_AGE: Duration = Duration::from_secs(1);

/// The time for which the numbers of codes are used again, since counting reads the whole store.
const COUNT_AGE: Duration = Duration::from_secs(30);

/// The lifetime below which a code counts as expiring.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why the service does not do what it is asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// A PATCH breaks a rule.
    #[error(transparent)]
    Upsert(#[from] UpsertError),
    /// A scanned code is not good.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The codes to purge have not all expired.
    #[error("expiredBefore {before} is after now, {now}")]
    PurgeNotExpired {
        /// The date asked for.
        before: DateTime,
        /// The time of the request.
        now: DateTime,
    },
    /// There is no such code.
    #[error("the code does not exist")]
    NoCode,
    /// The stored code is not the one that the request is conditional on.
    #[error("the code is not the one that the request is for")]
    ConditionFailed,
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store did not answer in time. Nothing was created; an update or a deletion may have been made.
    #[error("the store did not answer in time")]
    TimeOut,
    /// It is not known whether a code was created. If it was, it is deleted as soon as the store answers. A client must
    /// not simply ask again.
    #[error("it is not known whether the code was created; if it was, it will be deleted")]
    OutcomeUnknown,
    /// The audit trail can't be written, so nothing was changed.
    #[error("the audit trail cannot be written, so nothing was changed")]
    Unrecorded,
    /// The system provides no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
    /// The time is before the year 1.
    #[error("the clock is before the year 1")]
    Clock,
}

impl ServiceError {
    /// Returns the broken rule and its subject, as in the `details` of an answer.
    #[must_use]
    pub fn rule(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Upsert(error) => Some((error.code(), error.target())),
            Self::Verify(error) => Some((error.code(), "rawContent")),
            Self::PurgeNotExpired { .. } => Some(("expiredBeforeAfterNow", "expiredBefore")),
            _ => None,
        }
    }

    fn outcome(&self) -> Outcome {
        match self {
            Self::Upsert(_) | Self::Verify(_) | Self::PurgeNotExpired { .. } | Self::ConditionFailed => {
                Outcome::Refused
            }
            Self::NoCode => Outcome::NotFound,
            Self::OutcomeUnknown | Self::Store(StoreError::Uncertain(_)) => Outcome::Unknown,
            _ => Outcome::Failed,
        }
    }
}

/// A scanned code that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The user, under the current principal name.
    pub user: User,
    /// The code, with its new last use.
    pub record: Record,
}

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
    /// Creates a service with this store. Any name is a user; lifetimes are Graph's, the clock is the system's, there is
    /// no audit trail, and the store has 10 seconds for a request.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            users: RwLock::new(Arc::new(Users::any())),
            policy: Policy::default(),
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

    /// Creates the user's code of this kind if none is active and otherwise updates it.
    ///
    /// A create whose outcome can't be known in time is taken back, so a client that asks again gets a code with its
    /// image or an error. Whoever may stop waiting for this runs it in a task.
    ///
    /// # Errors
    ///
    /// The rule that is broken, or why it can't be done.
    pub async fn upsert(
        &self,
        by: &Actor,
        user: &User,
        kind: Kind,
        patch: &QrCodePatch,
        condition: &Condition,
    ) -> Result<Upserted, ServiceError> {
        let mut event = self.event(by, Action::CreateOrUpdate)?;
        (event.user_id, event.kind) = (Some(user.id().to_owned()), Some(kind));
        let result = self.upsert_or_fail(&mut event, user, kind, patch, condition).await;
        self.conclude(event, result.as_ref().err()).await;
        result
    }

    async fn upsert_or_fail(
        &self,
        event: &mut Event,
        user: &User,
        kind: Kind,
        patch: &QrCodePatch,
        condition: &Condition,
    ) -> Result<Upserted, ServiceError> {
        let deadline = self.deadline();
        loop {
            (event.action, event.code_id) = (Action::CreateOrUpdate, None);
            let guard = in_time(deadline, self.key_lock.lock(user.id(), kind)).await?;
            let seen = in_time(deadline, self.store.read(user.id(), kind)).await??;
            let (began, now) = (Instant::now(), self.now()?);
            if !condition.holds(seen.as_ref().filter(|record| record.is_active(now))) {
                return Err(ServiceError::ConditionFailed);
            }
            let rules =
                Upsert { kind, state: seen.as_ref(), patch, policy: &self.policy, now, user: user.principal_name() };
            let upserted = rules.run(randomness()?);
            self.metrics.ruled(began.elapsed());
            let upserted = upserted?;
            let swapped = match &upserted {
                Upserted::Created { record, .. } => {
                    (event.action, event.code_id) = (Action::Create, Some(record.id));
                    self.begin(event, deadline).await?;
                    self.create(event, guard, user.id(), seen, record).await?
                }
                Upserted::Updated { record, .. } => {
                    (event.action, event.code_id) = (Action::Update, Some(record.id));
                    // A record that has not changed needs no write.
                    seen.as_ref() == Some(record) || {
                        self.begin(event, deadline).await?;
                        let swap = self.store.compare_and_swap(user.id(), kind, seen.as_ref(), record);
                        in_time(deadline, swap).await??
                    }
                }
            };
            if swapped {
                match upserted {
                    Upserted::Created { .. } => self.metrics.created(kind),
                    Upserted::Updated { .. } => self.metrics.updated(kind),
                }
                return Ok(upserted);
            }
            self.overtaken().await;
        }
    }

    /// Stores a new code and waits for the outcome, also beyond the time of the request: a client that is told to ask
    /// again must not find a code that it has no image of. If the outcome is not known in the end, the code is taken
    /// back, and until then nobody else changes the user's code here.
    async fn create(
        &self,
        event: &Event,
        guard: OwnedMutexGuard<()>,
        user_id: &str,
        seen: Option<Record>,
        record: &Record,
    ) -> Result<bool, ServiceError> {
        let (store, user_id, record) = (self.store.clone(), user_id.to_owned(), record.clone());
        let (trail, metrics, clock, mut event) = (self.trail.clone(), self.metrics.clone(), self.clock, event.clone());
        let (tell, mut told) = oneshot::channel();
        self.tasks.spawn(async move {
            let _guard = guard;
            let swapped = store.compare_and_swap(&user_id, record.kind, seen.as_ref(), &record).await;
            let may_be_made = matches!(swapped, Ok(true) | Err(StoreError::Uncertain(_)));
            let is_unknown = matches!(swapped, Err(StoreError::Uncertain(_)));
            if tell.send(swapped).is_ok() && !is_unknown {
                return;
            }
            // The request has ended as unknown, so the trail has yet to say what became of the code.
            let outcome = if may_be_made { take_back(&*store, record).await } else { Outcome::Failed };
            keep_or_count(&trail, &*store, &metrics, event.with_outcome(outcome, clock.now())).await;
        });
        let outcome = timeout(OUTCOME_TIME, &mut told).await;
        // From here on a create that comes through is taken back.
        told.close();
        match outcome.ok().and_then(Result::ok).or_else(|| told.try_recv().ok()) {
            Some(Err(error @ StoreError::Uncertain(_))) => {
                tracing::warn!("{error}{}", cause(&error));
                Err(ServiceError::OutcomeUnknown)
            }
            Some(swapped) => Ok(swapped?),
            None => Err(ServiceError::OutcomeUnknown),
        }
    }

    /// Deletes the user's code of this kind, expired or not.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NoCode`] if there is none; or why it can't be done.
    pub async fn delete(
        &self,
        by: &Actor,
        user_id: &str,
        kind: Kind,
        condition: &Condition,
    ) -> Result<(), ServiceError> {
        let user_id = canonical(user_id);
        let mut event = self.event(by, Action::Delete)?;
        (event.user_id, event.kind) = (Some(user_id.clone()), Some(kind));
        let result = self.delete_or_fail(&mut event, &user_id, kind, condition).await;
        self.conclude(event, result.as_ref().err()).await;
        result
    }

    async fn delete_or_fail(
        &self,
        event: &mut Event,
        user_id: &str,
        kind: Kind,
        condition: &Condition,
    ) -> Result<(), ServiceError> {
        let deadline = self.deadline();
        let _guard = in_time(deadline, self.key_lock.lock(user_id, kind)).await?;
        loop {
            let which = match in_time(deadline, self.store.read(user_id, kind)).await? {
                Ok(None) => return Err(ServiceError::NoCode),
                Ok(Some(record)) => {
                    event.code_id = Some(record.id);
                    if !condition.holds(Some(&record)) {
                        return Err(ServiceError::ConditionFailed);
                    }
                    Removal::Code(record.id)
                }
                // A row that no record can have must be possible to delete.
                Err(StoreError::Corrupt { .. }) if matches!(condition, Condition::None) => {
                    Removal::Of { user: user_id.to_owned(), kind }
                }
                Err(error) => return Err(error.into()),
            };
            self.begin(event, deadline).await?;
            if in_time(deadline, self.store.remove(&which)).await?? > 0 {
                self.metrics.deleted(kind);
                return Ok(());
            }
            // Another process has deleted or replaced the code.
            self.overtaken().await;
        }
    }

    /// Deletes a code by its id, whoever has it.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NoCode`] if there is none; or why it can't be done.
    pub async fn revoke(&self, by: &Actor, code_id: Uuid) -> Result<(), ServiceError> {
        let mut event = self.event(by, Action::Revoke)?;
        event.code_id = Some(code_id);
        let result = self.revoke_or_fail(&mut event, code_id).await;
        self.conclude(event, result.as_ref().err()).await;
        result
    }

    async fn revoke_or_fail(&self, event: &mut Event, code_id: Uuid) -> Result<(), ServiceError> {
        let deadline = self.deadline();
        match in_time(deadline, self.store.find(code_id)).await? {
            Ok(None) => return Err(ServiceError::NoCode),
            Ok(Some((user_id, record))) => (event.user_id, event.kind) = (Some(user_id), Some(record.kind)),
            Err(StoreError::Corrupt { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.begin(event, deadline).await?;
        if in_time(deadline, self.store.remove(&Removal::Code(code_id))).await?? == 0 {
            return Err(ServiceError::NoCode);
        }
        if let Some(kind) = event.kind {
            self.metrics.deleted(kind);
        }
        Ok(())
    }

    /// Deletes all codes of a user, who need not be in the list of users, and returns how many.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NoCode`] if there is none; or why it can't be done. Some may have been deleted then.
    pub async fn revoke_all(&self, by: &Actor, user_id: &str) -> Result<u64, ServiceError> {
        let user_id = canonical(user_id);
        let mut revoked = 0;
        for kind in Kind::ALL {
            let mut event = self.event(by, Action::Revoke)?;
            (event.user_id, event.kind) = (Some(user_id.clone()), Some(kind));
            match self.delete_or_fail(&mut event, &user_id, kind, &Condition::None).await {
                Err(ServiceError::NoCode) => {}
                result => {
                    self.conclude(event, result.as_ref().err()).await;
                    result?;
                    revoked += 1;
                }
            }
        }
        if revoked == 0 {
            let mut event = self.event(by, Action::Revoke)?;
            event.user_id = Some(user_id);
            self.conclude(event, Some(&ServiceError::NoCode)).await;
            return Err(ServiceError::NoCode);
        }
        Ok(revoked)
    }

    /// Deletes all codes that expired before a date, and returns how many.
    ///
    /// # Errors
    ///
    /// [`ServiceError::PurgeNotExpired`] if the date is in the future; or why it can't be done.
    pub async fn purge(&self, by: &Actor, before: DateTime) -> Result<u64, ServiceError> {
        let mut event = self.event(by, Action::Purge)?;
        let result = self.purge_or_fail(&mut event, before).await;
        event.codes = result.as_ref().ok().copied();
        self.conclude(event, result.as_ref().err()).await;
        result
    }

    async fn purge_or_fail(&self, event: &mut Event, before: DateTime) -> Result<u64, ServiceError> {
        let (deadline, now) = (self.deadline(), self.now()?);
        if before > now {
            return Err(ServiceError::PurgeNotExpired { before, now });
        }
        self.begin(event, deadline).await?;
        Ok(in_time(deadline, self.store.remove(&Removal::ExpiredBefore(before))).await??)
    }

    /// Verifies the content of a scanned code, and notes its last use. A code of somebody who is no user is unknown.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Verify`] if the code is not good; or why that can't be told.
    pub async fn verify(&self, by: &Actor, raw_content: &[u8]) -> Result<Verified, ServiceError> {
        let mut event = self.event(by, Action::Verify)?;
        let result = self.verify_or_fail(&mut event, raw_content).await;
        self.conclude(event, result.as_ref().err()).await;
        result
    }

    async fn verify_or_fail(&self, event: &mut Event, raw_content: &[u8]) -> Result<Verified, ServiceError> {
        let deadline = self.deadline();
        let scanned = ScannedContent::parse(raw_content)?;
        event.code_id = Some(scanned.id());
        loop {
            let found = in_time(deadline, self.store.find(scanned.id())).await??;
            let owned = found.and_then(|(user_id, record)| {
                (event.user_id, event.kind) = (Some(user_id.clone()), Some(record.kind));
                let user = self.users().with_id(&user_id, Some(&record.user_principal_name))?;
                Some((user, record))
            });
            let used = credential::verify(&scanned, owned.as_ref().map(|(_, record)| record), self.now()?)?;
            // Cannot happen: without a record `verify` has failed.
            let (user, seen) = owned.ok_or(VerifyError::Unknown)?;
            if used == seen || self.note_last_use(&user, &seen, &used, deadline).await? {
                self.metrics.verified(used.kind);
                return Ok(Verified { user, record: used });
            }
            self.overtaken().await;
        }
    }

    /// Stores the last use of a code. Returns `false` if the stored code is no longer the one seen.
    async fn note_last_use(
        &self,
        user: &User,
        seen: &Record,
        used: &Record,
        deadline: Instant,
    ) -> Result<bool, ServiceError> {
        let limit = if self.strict_last_used { deadline } else { deadline.min(Instant::now() + LAST_USE_TIME) };
        let noted = in_time(limit, self.store.compare_and_swap(user.id(), used.kind, Some(seen), used)).await;
        match noted.and_then(|noted| Ok(noted?)) {
            Err(error) if !self.strict_last_used => {
                tracing::warn!("the last use of a code could not be stored: {error}");
                self.metrics.lost_last_use();
                Ok(true)
            }
            noted => noted,
        }
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

    /// Records a request that was refused before it reached the rules. `about` says whose code it is about.
    pub(crate) async fn record(
        &self,
        by: &Actor,
        action: Action,
        about: impl FnOnce(&mut Event),
        outcome: Outcome,
        rule: Option<String>,
    ) {
        if let Ok(mut event) = self.event(by, action) {
            about(&mut event);
            event.rule = rule;
            self.keep_or_count(event.with_outcome(outcome, self.clock.now())).await;
        }
    }

    /// Returns whether the store reads and writes. The outcome is at most a second old.
    pub(crate) async fn is_ready(&self) -> bool {
        let check = || async {
            match in_time(self.deadline(), self.store.check()).await {
                Ok(Ok(())) => true,
                Ok(Err(error)) => {
                    tracing::warn!("the store is not ready: {error}{}", cause(&error));
                    false
                }
                Err(_) => false,
            }
        };
        self.checked.get(check).await
    }

    /// Returns the text of the metrics.
    pub(crate) async fn metrics(&self) -> Result<String, fmt::Error> {
        let count = || async {
            let Ok(now) = self.now() else { return };
            let soon = DateTime::new(now.timestamp().saturating_add(SOON).unwrap_or(jiff::Timestamp::MAX));
            let limit = Instant::now() + LAST_USE_TIME;
            match in_time(limit, self.store.count(now, soon.unwrap_or(DateTime::MAX))).await {
                Ok(Ok(counts)) => self.metrics.counted(&counts),
                Ok(Err(error)) => tracing::warn!("the codes were not counted: {error}{}", cause(&error)),
                Err(error) => tracing::warn!("the codes were not counted: {error}"),
            }
        };
        self.counted.get(count).await;
        self.metrics.text()
    }

    fn now(&self) -> Result<DateTime, ServiceError> {
        DateTime::new(self.clock.now()).ok_or(ServiceError::Clock)
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.request_time
    }

    fn event(&self, by: &Actor, action: Action) -> Result<Event, ServiceError> {
        Ok(Event::new(self.now()?, by, action))
    }

    /// Records a change before it is made. A change that can't be recorded is not made.
    async fn begin(&self, event: &mut Event, deadline: Instant) -> Result<(), ServiceError> {
        let kept =
            in_time(deadline, self.trail.keep(&*self.store, event.with_outcome(Outcome::Begun, self.clock.now())))
                .await;
        let failed = match kept {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => {
                tracing::error!("{error}");
                ServiceError::Unrecorded
            }
            Err(error) => error,
        };
        event.outcome = Outcome::Failed;
        Err(failed)
    }

    /// Records the outcome.
    async fn conclude(&self, mut event: Event, error: Option<&ServiceError>) {
        event.rule = error.and_then(ServiceError::rule).map(|(code, _)| code.to_owned());
        let outcome = match error {
            None => Outcome::Done,
            // A statement that was sent may still be carried out.
            Some(ServiceError::TimeOut) if event.outcome == Outcome::Begun => Outcome::Unknown,
            Some(error) => error.outcome(),
        };
        self.keep_or_count(event.with_outcome(outcome, self.clock.now())).await;
    }

    async fn keep_or_count(&self, event: &Event) {
        keep_or_count(&self.trail, &*self.store, &self.metrics, event).await;
    }

    /// Prepares another attempt after a write of another process came first. Each attempt that fails means that another
    /// write succeeded, and the time limit of a request ends the attempts.
    async fn overtaken(&self) {
        self.metrics.conflicted();
        // With a store that never waits, the time limit would not be checked otherwise.
        tokio::task::yield_now().await;
    }
}

/// Keeps an event. If that fails, it is counted: the request has its answer all the same.
async fn keep_or_count(trail: &Trail, store: &dyn Store, metrics: &Metrics, event: &Event) {
    if let Err(error) = trail.keep(store, event).await {
        tracing::error!("an event is missing in the audit trail: {error}");
        metrics.lost_event();
    }
}

/// Deletes a code that may have been created, as soon as the store answers. Returns what became of it: another process
/// may have changed it meanwhile, and then it stays.
async fn take_back(store: &dyn Store, record: Record) -> Outcome {
    let (id, removal) = (record.id, Removal::Unchanged(record));
    let mut absent = 0;
    while absent < TIMES_ABSENT {
        match timeout(OUTCOME_TIME, store.remove(&removal)).await {
            Ok(Ok(0)) => absent += 1,
            Ok(Ok(_)) => return Outcome::TakenBack,
            Ok(Err(error)) => tracing::error!("a code that nobody has may exist: {error}{}", cause(&error)),
            Err(_) => tracing::error!("a code that nobody has may exist: the store does not answer"),
        }
        tokio::time::sleep(TAKE_BACK_PAUSE).await;
    }
    match timeout(OUTCOME_TIME, store.find(id)).await {
        Ok(Ok(Some(_))) => Outcome::Done,
        _ => Outcome::TakenBack,
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

/// Returns new random bytes. Each attempt needs its own; those of a code that was not stored are not reused.
fn randomness() -> Result<Randomness, ServiceError> {
    let mut bytes = [0; Randomness::LEN];
    getrandom::fill(&mut bytes).map_err(ServiceError::Random)?;
    Ok(Randomness::new(bytes))
}
