//! The keys that are in use now, and when newer ones are fetched.
//!
//! Keys at a URL are fetched again when they are no longer fresh, when the program asks, and when a token names a key
//! that is not known. One fetch runs at a time, and whoever needs its outcome waits for it.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Mutex, Notify, OwnedMutexGuard, Semaphore};
use tokio::time::Instant;

use super::key_url::{Fetched, KeyUrl, Source};
use super::keys::{KeyError, KeySet};

/// The time from one fetch because of an unknown key id to the next.
const ASK_EVERY: Duration = Duration::from_secs(60);

/// The maximum number of requests that wait for such a fetch.
const MAX_WAITING: usize = 64;

/// The time to the next attempt after a failure. Each further failure doubles it.
const BACK_OFF: Duration = Duration::from_secs(5);

/// The longest time to the next attempt.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(5 * 60);

/// The keys in use.
#[derive(Debug)]
pub(super) struct CurrentKeys {
    keys: RwLock<Arc<KeySet>>,
    fetching: Option<Fetching>,
}

#[derive(Debug)]
struct Fetching {
    source: Source,
    /// Locked during a fetch.
    schedule: Arc<Mutex<Schedule>>,
    waiting: Semaphore,
    /// Told after each fetch.
    fetched: Notify,
}

#[derive(Debug)]
struct Schedule {
    /// The time of the last fetch because of an unknown key id.
    asked: Option<Instant>,
    next: Instant,
    /// The number of failures since the last success.
    failures: u32,
}

impl CurrentKeys {
    pub(super) fn new(keys: KeySet) -> Arc<Self> {
        Arc::new(Self { keys: RwLock::new(Arc::new(keys)), fetching: None })
    }

    pub(super) fn of_url(KeyUrl { source, first: Fetched { keys, fresh_for } }: KeyUrl) -> Arc<Self> {
        let schedule = Schedule { asked: None, next: Instant::now() + fresh_for, failures: 0 };
        let schedule = Arc::new(Mutex::new(schedule));
        let fetching = Fetching { source, schedule, waiting: Semaphore::new(MAX_WAITING), fetched: Notify::new() };
        Arc::new(Self { keys: RwLock::new(Arc::new(keys)), fetching: Some(fetching) })
    }

    pub(super) fn get(&self) -> Arc<KeySet> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, keys: KeySet) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// Returns the keys after an attempt to learn of the one with this id, which was not among them.
    pub(super) async fn get_with(self: &Arc<Self>, id: &str) -> Arc<KeySet> {
        if let Some(fetching) = &self.fetching
            && let Ok(_place) = fetching.waiting.try_acquire()
        {
            let mut schedule = fetching.schedule.clone().lock_owned().await;
            let may_ask = schedule.asked.is_none_or(|asked| asked.elapsed() >= ASK_EVERY);
            if may_ask && !self.get().has(id) {
                schedule.asked = Some(Instant::now());
                // A failure is in the log, and the token is refused.
                _ = self.clone().fetch(schedule).await;
            }
        }
        self.get()
    }

    /// Fetches the keys now.
    pub(super) async fn refresh(self: &Arc<Self>) -> Result<(), KeyError> {
        let Some(fetching) = &self.fetching else { return Ok(()) };
        let schedule = fetching.schedule.clone().lock_owned().await;
        self.clone().fetch(schedule).await
    }

    /// Fetches the keys whenever they are no longer fresh. Returns only if they have no URL.
    pub(super) async fn keep_fresh(self: &Arc<Self>) {
        let Some(fetching) = &self.fetching else { return };
        loop {
            let schedule = fetching.schedule.clone().lock_owned().await;
            let next = schedule.next;
            if next <= Instant::now() {
                // A failure is in the log and in the schedule.
                _ = self.clone().fetch(schedule).await;
            } else {
                drop(schedule);
                tokio::select! {
                    () = tokio::time::sleep_until(next) => {}
                    // Another fetch has changed what comes next.
                    () = fetching.fetched.notified() => {}
                }
            }
        }
    }

    /// Fetches the keys in a task of its own, so that it is completed even if whoever asked for it goes away. Keeps the
    /// old keys on failure.
    async fn fetch(self: Arc<Self>, mut schedule: OwnedMutexGuard<Schedule>) -> Result<(), KeyError> {
        let task = tokio::spawn(async move {
            let Some(fetching) = &self.fetching else { return Ok(()) };
            // Whatever happens in it, the next attempt is not at once.
            schedule.next = Instant::now() + BACK_OFF;
            let fetched = fetching.source.fetch().await;
            let now = Instant::now();
            let outcome = match fetched {
                Ok(Fetched { keys, fresh_for }) => {
                    self.set(keys);
                    (schedule.next, schedule.failures) = (now + fresh_for, 0);
                    Ok(())
                }
                Err(error) => {
                    let wait = back_off(schedule.failures);
                    (schedule.next, schedule.failures) = (now + wait, schedule.failures.saturating_add(1));
                    let url = fetching.source.shown();
                    tracing::warn!(%url, "old keys stay in use, next attempt in {} s: {error}", wait.as_secs());
                    Err(error)
                }
            };
            drop(schedule);
            fetching.fetched.notify_one();
            outcome
        });
        task.await.unwrap_or_else(|error| Err(KeyError::Transport(error.into())))
    }
}

/// Returns the time to the next attempt after a failure that had `earlier` failures before it.
fn back_off(earlier: u32) -> Duration {
    1_u32.checked_shl(earlier).map_or(LONGEST_BACK_OFF, |factor| LONGEST_BACK_OFF.min(BACK_OFF.saturating_mul(factor)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_between_attempts_doubles_from_five_seconds_to_five_minutes() {
        let seconds = [0, 1, 2, 3, 4, 5, 6, 7, 31, 32, u32::MAX].map(|earlier| back_off(earlier).as_secs());
        assert_eq!(seconds, [5, 10, 20, 40, 80, 160, 300, 300, 300, 300, 300]);
    }
}
