//! What a request leaves in the audit trail: that a change begins, and how the request ends.

use tokio::time::Instant;

use super::{Service, ServiceError, in_time};
use crate::audit::Trail;
use crate::event::{Action, Actor, Event, Outcome};
use crate::metrics::Metrics;
use crate::store::Store;

impl Service {
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

    /// Creates an event of the request of this caller.
    pub(super) fn event(&self, by: &Actor, action: Action) -> Result<Event, ServiceError> {
        Ok(Event::new(self.now()?, by, action))
    }

    /// Records a change before it is made. A change that can't be recorded is not made.
    pub(super) async fn begin(&self, event: &mut Event, deadline: Instant) -> Result<(), ServiceError> {
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
    pub(super) async fn conclude(&self, mut event: Event, error: Option<&ServiceError>) {
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
}

/// Keeps an event. If that fails, it is counted: the request has its answer all the same.
pub(super) async fn keep_or_count(trail: &Trail, store: &dyn Store, metrics: &Metrics, event: &Event) {
    if let Err(error) = trail.keep(store, event).await {
        tracing::error!("an event is missing in the audit trail: {error}");
        metrics.lost_event();
    }
}
