//! What the service says of itself: whether it is ready, and its metrics.

use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;
use qrmint::credential::DateTime;
use tokio::time::Instant;

use super::{Service, cause, in_time};

/// The time for which the outcome of a check of the store is used again.
pub(super) const CHECK_AGE: Duration = Duration::from_secs(1);

/// The time for which the numbers of codes are used again, since counting reads the whole store.
pub(super) const COUNT_AGE: Duration = Duration::from_secs(30);

/// The time that counting may take.
const COUNT_TIME: Duration = Duration::from_secs(1);

/// The lifetime below which a code counts as expiring.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Service {
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
            let limit = Instant::now() + COUNT_TIME;
            match in_time(limit, self.store.count(now, soon.unwrap_or(DateTime::MAX))).await {
                Ok(Ok(counts)) => self.metrics.counted(&counts),
                Ok(Err(error)) => tracing::warn!("the codes were not counted: {error}{}", cause(&error)),
                Err(error) => tracing::warn!("the codes were not counted: {error}"),
            }
        };
        self.counted.get(count).await;
        self.metrics.text()
    }
}
