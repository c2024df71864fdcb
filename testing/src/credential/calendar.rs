//! Moments as numbers and texts, computed without `jiff`: the oracle of the credential layer's dates.

/// Ticks of an hour. A tick is 100 nanoseconds; tick 0 is 0001-01-01T00:00:00Z.
pub const HOUR: i128 = 3_600 * SECOND;
/// Ticks of a day of 24 hours.
pub const DAY: i128 = 24 * HOUR;
/// The last tick: 9999-12-30T22:00:00.9999999Z.
pub const LAST: i128 = 3_652_058 * DAY - 2 * HOUR + SECOND - 1;
const SECOND: i128 = 10_000_000;

/// Writes the date and time of `tick`, `offset` minutes ahead of UTC (`Z` for none), with the first `digits` digits of the fraction.
/// Without `digits`, trailing zeros are left out.
pub fn date_time_text(tick: i128, offset: i32, digits: Option<usize>) -> String {
    let local = tick + i128::from(offset) * 60 * SECOND;
    let (days, second, fraction) = (local.div_euclid(DAY), local.rem_euclid(DAY) / SECOND, local.rem_euclid(SECOND));
    let (year, month, day) = date(days);
    let mut text =
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
    let fraction = format!("{fraction:07}00");
    let fraction = match digits {
        Some(digits) => &fraction[..digits],
        None => fraction.trim_end_matches('0'),
    };
    if !fraction.is_empty() {
        text = format!("{text}.{fraction}");
    }
    match offset {
        0 => text + "Z",
        _ => {
            let sign = if offset < 0 { '-' } else { '+' };
            format!("{text}{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
        }
    }
}

/// Returns year, month and day of the date `days` days after 0001-01-01.
fn date(days: i128) -> (i128, usize, i128) {
    const FOUR_CENTURIES: i128 = 146_097;
    let mut year = 1 + 400 * days.div_euclid(FOUR_CENTURIES);
    let mut rest = days.rem_euclid(FOUR_CENTURIES);
    let is_leap = |year: i128| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of = |year| if is_leap(year) { 366 } else { 365 };
    while rest >= days_of(year) {
        rest -= days_of(year);
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 0;
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while rest >= months[month] {
        rest -= months[month];
        month += 1;
    }
    (year, month + 1, rest + 1)
}
