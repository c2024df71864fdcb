//! The time.
//!
//! The rules and the tokens go by it alone, so a service can be started at any instant.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// The time of a service: the system's, or one that starts at a given instant when the clock is created.
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
    /// The instant that the clock started at, and when it was started; `None` for the system's time.
    start: Option<(Timestamp, Instant)>,
}

impl Clock {
    /// Creates a clock with the system's time.
    #[must_use]
    pub fn system() -> Self {
        Self { start: None }
    }

    /// Creates a clock that starts at `instant` now and never runs backwards.
    #[must_use]
    pub fn starting_at(instant: Timestamp) -> Self {
        Self { start: Some((instant, Instant::now())) }
    }

    /// Returns the time. The clock stops at the last instant that a [`Timestamp`] can hold.
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
