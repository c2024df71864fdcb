//! A model of the rules of Graph's `qrCode`: as short as possible, with numbers for moments and no types of the layer.

use super::calendar::{DAY, HOUR, LAST, date_time_text};

/// A code as the model stores it.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) id: String,
    pub(super) content: String,
    pub(super) start: i128,
    pub(super) expire: i128,
    pub(super) created: i128,
    pub(super) last_used: i128,
}

/// The expected outcome of a PATCH.
#[derive(Debug, PartialEq)]
pub(super) enum Expected {
    Created { start: i128, expire: i128 },
    Updated { expire: i128 },
    Refused { code: &'static str, target: &'static str },
}

/// Returns the expected outcome of a PATCH when `code` is stored.
pub(super) fn expected(
    is_temporary: bool,
    code: Option<&Code>,
    start: Option<i128>,
    expire: Option<i128>,
    lifetime: i128,
    now: i128,
) -> Expected {
    let refused = |code, target| Expected::Refused { code, target };
    let dates = |start: i128, expire: i128| match () {
        () if expire > LAST => Some(refused("startDateTimeTooLate", "startDateTime")),
        () if is_temporary && expire < start + HOUR => Some(refused("lifetimeTooShort", "expireDateTime")),
        () if is_temporary && expire > start + 12 * HOUR => Some(refused("lifetimeTooLong", "expireDateTime")),
        () if !is_temporary && expire <= start => Some(refused("lifetimeTooShort", "expireDateTime")),
        () if !is_temporary && expire > start + 395 * DAY => Some(refused("lifetimeTooLong", "expireDateTime")),
        () if expire <= now => Some(refused("expireDateTimeNotAfterNow", "expireDateTime")),
        () => None,
    };
    match code {
        Some(code) if now < code.expire => {
            if is_temporary {
                return refused("temporaryQRCodeActive", "temporaryQRCode");
            }
            if start.is_some_and(|sent| !is_as_kept(sent, code.start)) {
                return refused("startDateTimeChanged", "startDateTime");
            }
            let Some(expire) = expire else { return Expected::Updated { expire: code.expire } };
            dates(code.start, expire).unwrap_or(Expected::Updated { expire })
        }
        _ => {
            let start = start.unwrap_or(now);
            let expire = expire.unwrap_or(start + lifetime);
            dates(start, expire).unwrap_or(Expected::Created { start, expire })
        }
    }
}

/// Returns whether `sent` is `stored` as a client may keep it: with all digits of the fraction or the first few.
fn is_as_kept(sent: i128, stored: i128) -> bool {
    (0..=7).any(|digits| date_time_text(sent, 0, Some(7)) == kept(stored, digits))
}

/// Writes `tick` with the first `digits` digits of its fraction, and zeros for the others.
pub(super) fn kept(tick: i128, digits: usize) -> String {
    let text = date_time_text(tick, 0, Some(7));
    let (first, cut) = text[..text.len() - 1].split_at("2025-03-04T21:27:46.".len() + digits);
    format!("{first}{}Z", "0".repeat(cut.len()))
}

/// Returns the expected error code of verifying the code at `now`; `None` if it is valid.
pub(super) fn refusal(code: &Code, now: i128) -> Option<&'static str> {
    match () {
        () if now < code.start => Some("notYetValid"),
        () if now >= code.expire => Some("expired"),
        () => None,
    }
}
