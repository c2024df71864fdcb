//! A value that is made anew only after it has aged.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// The outcome of some work, used again for a while, so that many requests cause little work.
#[derive(Debug)]
pub(crate) struct Fresh<T> {
    max_age: Duration,
    last: Mutex<Option<(Instant, T)>>,
}

impl<T: Copy> Fresh<T> {
    pub(crate) fn new(max_age: Duration) -> Self {
        Self { max_age, last: Mutex::new(None) }
    }

    /// Returns the last outcome, or does the work if that is too old. Callers at the same time share it.
    pub(crate) async fn get<F: Future<Output = T>>(&self, work: impl FnOnce() -> F) -> T {
        let mut last = self.last.lock().await;
        match *last {
            Some((made, value)) if made.elapsed() < self.max_age => value,
            _ => {
                let value = work().await;
                *last = Some((Instant::now(), value));
                value
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_work_is_done_once_until_its_outcome_has_aged() {
        let (fresh, mut done) = (Fresh::new(Duration::from_secs(1)), 0);
        for expected in [1, 1, 2] {
            fresh.get(async || done += 1).await;
            assert_eq!(done, expected);
            tokio::time::advance(Duration::from_millis(600)).await;
        }
    }
}
