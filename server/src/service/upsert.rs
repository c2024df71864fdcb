//! Creates or updates a code: the rules on what is stored, and a compare-and-swap until it succeeds.

use std::time::Duration;

use qrmint::credential::{Kind, QrCodePatch, Randomness, Record, Upsert, Upserted};
use tokio::sync::{OwnedMutexGuard, oneshot};
use tokio::time::{Instant, timeout};

use super::{Service, ServiceError, cause, in_time, trail};
use crate::condition::Condition;
use crate::event::{Action, Actor, Event, Outcome};
use crate::store::{Removal, Store, StoreError};
use crate::users::User;

/// The maximum wait for the outcome of a create: more than the stores wait for a connection and then for a lock.
pub const OUTCOME_TIME: Duration = Duration::from_secs(11);

/// The pause between attempts to delete a code that may have been created, and the number of times that it must not be
/// there: a database may still be working on a statement whose connection was lost.
const TAKE_BACK_PAUSE: Duration = Duration::from_secs(2);
const TIMES_ABSENT: u32 = 3;

impl Service {
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
            let upserted = self.image.upsert(&rules, randomness()?);
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
        let (kept_in, metrics, clock, mut event) =
            (self.trail.clone(), self.metrics.clone(), self.clock, event.clone());
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
            trail::keep_or_count(&kept_in, &*store, &metrics, event.with_outcome(outcome, clock.now())).await;
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

/// Returns new random bytes. Each attempt needs its own; those of a code that was not stored are not reused.
fn randomness() -> Result<Randomness, ServiceError> {
    let mut bytes = [0; Randomness::LEN];
    getrandom::fill(&mut bytes).map_err(ServiceError::Random)?;
    Ok(Randomness::new(bytes))
}
