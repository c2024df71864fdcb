//! The rows of the tables as records and events.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qrmint::credential::{DateTime, Kind, Record, SecretDigest};
use sqlx::{ColumnIndex, Decode, Row, Type};

use crate::event::Event;
use crate::store::StoreError;

/// Returns the user and the record of a row of `qr_codes`.
pub(super) fn code<R: Row>(row: &R) -> Result<(String, Record), StoreError>
where
    for<'v> i64: Type<R::Database> + Decode<'v, R::Database>,
    for<'v> String: Type<R::Database> + Decode<'v, R::Database>,
    &'static str: ColumnIndex<R>,
{
    let corrupt = |column| StoreError::Corrupt { column, code: row.try_get("code_id").unwrap_or_default() };
    let text = |column| row.try_get::<String, &str>(column).map_err(|_| corrupt(column));
    let moment = |column| {
        let ticks = row.try_get::<i64, &str>(column).ok();
        ticks.and_then(DateTime::from_ticks).ok_or_else(|| corrupt(column))
    };
    let digest = URL_SAFE_NO_PAD.decode(text("secret_digest")?).ok().and_then(|bytes| bytes.try_into().ok());
    let record = Record {
        id: text("code_id")?.parse().map_err(|_| corrupt("code_id"))?,
        kind: Kind::from_name(&text("kind")?).ok_or_else(|| corrupt("kind"))?,
        user_principal_name: text("user_principal_name")?,
        secret_digest: SecretDigest::from_bytes(digest.ok_or_else(|| corrupt("secret_digest"))?),
        created_date_time: moment("created_ticks")?,
        start_date_time: moment("start_ticks")?,
        expire_date_time: moment("expire_ticks")?,
        last_used_date_time: moment("last_used_ticks")?,
    };
    Ok((text("user_id")?, record))
}

/// Returns the event of a row of `qr_events`.
pub(super) fn event<R: Row>(row: &R) -> Result<Event, StoreError>
where
    for<'v> String: Type<R::Database> + Decode<'v, R::Database>,
    &'static str: ColumnIndex<R>,
{
    let json = row.try_get::<String, &str>("event").ok();
    json.and_then(|json| serde_json::from_str(&json).ok())
        .ok_or_else(|| StoreError::Corrupt { column: "event", code: row.try_get("event_id").unwrap_or_default() })
}
