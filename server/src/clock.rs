//! What time it is.
//!
//! The one place that asks. Everything else is told, so that a service can be started at any instant.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// The time of a service: that of the machine, or one that began at a given instant when the clock was made.
///
/// ```
/// use qrmint_server::Clock;
///
/// let clock = Clock::starting_at("2025-03-04T21:27:46.9771036Z".parse()?);
/// assert!(clock.now().to_string().starts_with("2025-03-04T21:27:4"));
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// The instant that the clock began at, and when that was; `None` is the machine's own time.
    start: Option<(Timestamp, Instant)>,
}

impl Clock {
    /// The machine's time.
    #[must_use]
    pub fn system() -> Self {
        Self { start: None }
    }

    /// A clock that shows `instant` now and runs on from there, at the same pace, never backwards.
    #[must_use]
    pub fn starting_at(instant: Timestamp) -> Self {
        Self { start: Some((instant, Instant::now())) }
    }

    /// The time. A clock that has run past the last year that a [`Timestamp`] can hold stands still there.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self.start {
            None => Timestamp::now(),
            Some((instant, began)) => SignedDuration::try_from(began.elapsed())
                .ok()
                .and_then(|passed| instant.checked_add(passed).ok())
                .unwrap_or(Timestamp::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_runs_on_from_there() {
        let start = "2025-03-04T21:27:46.9771036Z".parse().unwrap();
        let clock = Clock::starting_at(start);
        let (first, second) = (clock.now(), clock.now());
        assert!(start <= first && first <= second);
        assert!(second.duration_since(start) < SignedDuration::from_secs(60));
    }

    #[test]
    fn a_clock_at_the_end_of_time_stands_still() {
        assert_eq!(Clock::starting_at(Timestamp::MAX).now(), Timestamp::MAX);
    }
}
