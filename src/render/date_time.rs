//! The date of a document, from seconds since 1970.
//!
//! Knows nothing else.

/// A date and time in UTC.
pub(super) struct DateTime {
    pub(super) year: u64,
    pub(super) month: u64,
    pub(super) day: u64,
    pub(super) hour: u64,
    pub(super) minute: u64,
    pub(super) second: u64,
}

impl DateTime {
    /// The last second of the year 9999: later years do not have four digits.
    const MAX_UNIX_SECONDS: u64 = 253_402_300_799;

    /// Returns the date and time that many seconds after 1970 began, at most the last second of 9999.
    pub(super) fn from_unix(seconds: u64) -> Self {
        let seconds = seconds.min(Self::MAX_UNIX_SECONDS);
        // Counts years from March on, so that the leap day is the last day; 719,468 days are from 1 March 0 to 1970.
        let days = seconds / 86_400 + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let months_since_march = (5 * day_of_year + 2) / 153;
        let month = (months_since_march + 2) % 12 + 1;
        Self {
            year: 400 * era + year_of_era + u64::from(month <= 2),
            month,
            day: day_of_year - (153 * months_since_march + 2) / 5 + 1,
            hour: seconds / 3_600 % 24,
            minute: seconds / 60 % 60,
            second: seconds % 60,
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn dates_are_those_of_the_gregorian_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00"),
            (68_169_600, "1972-02-29 00:00:00"),
            (951_782_399, "2000-02-28 23:59:59"),
            (951_868_799, "2000-02-29 23:59:59"),
            (951_868_800, "2000-03-01 00:00:00"),
            (1_764_504_000, "2025-11-30 12:00:00"),
            (4_107_542_400, "2100-03-01 00:00:00"),
            (253_402_300_799, "9999-12-31 23:59:59"),
            (253_402_300_800, "9999-12-31 23:59:59"),
            (u64::MAX, "9999-12-31 23:59:59"),
        ] {
            let DateTime { year, month, day, hour, minute, second } = DateTime::from_unix(seconds);
            let date = format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
            assert_eq!(date, text);
        }
    }
}
