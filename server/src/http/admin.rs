//! Administration over HTTP: the codes and events of all users. For callers that may read or change everyone's codes.

use axum::Json;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use qrmint::credential::{DateTime, Kind, Record};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::{self, Access};
use super::error::ApiError;
use super::query::Query;
use super::{Asked, body, json};
use crate::audit::Trail;
use crate::event::{Action, Event};
use crate::store::{CodeFilter, EventFilter};
use crate::users::canonical;

/// A page of a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    value: Vec<T>,
    /// What to ask for next; `None` at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    skip_token: Option<Uuid>,
}

impl<T> Page<T> {
    /// Creates a page of at most `top` of the items; one more than that means that there is another page.
    fn new<U>(mut items: Vec<U>, top: u32, id: impl Fn(&U) -> Uuid, show: impl Fn(U) -> T) -> Self {
        let top = top as usize;
        let more = items.len() > top;
        items.truncate(top);
        let skip_token = items.last().filter(|_| more).map(id);
        Self { value: items.into_iter().map(show).collect(), skip_token }
    }
}

/// A code in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedCode {
    id: Uuid,
    kind: &'static str,
    user_id: String,
    user_principal_name: String,
    expire_date_time: DateTime,
    start_date_time: DateTime,
    created_date_time: DateTime,
    last_used_date_time: DateTime,
}

impl ListedCode {
    fn new((user_id, record): (String, Record)) -> Self {
        Self {
            id: record.id,
            kind: record.kind.name(),
            user_id,
            user_principal_name: record.user_principal_name,
            expire_date_time: record.expire_date_time,
            start_date_time: record.start_date_time,
            created_date_time: record.created_date_time,
            last_used_date_time: record.last_used_date_time,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expired {
    expired_before: DateTime,
}

#[derive(Serialize)]
struct Purged {
    deleted: u64,
}

pub(super) async fn codes(asked: &Asked) -> Result<Response, ApiError> {
    access::check_all(&asked.caller, Access::Read)?;
    let mut query = Query::parse(&asked.query, &["user", "kind", "expiringBefore", "top", "skipToken"])?;
    let (top, after) = query.page()?;
    let filter = CodeFilter {
        user: query.take("user").map(|name| user_id(asked, &name)),
        kind: query
            .parsed("kind", |name| Kind::from_name(name).or_else(|| Kind::from_name(&format!("{name}QRCode"))))?,
        expiring_before: query.parsed("expiringBefore", |text| text.parse().ok())?,
        after,
        top: top + 1,
    };
    let codes = asked.api.service.codes(&filter).await?;
    Ok(Json(Page::new(codes, top, |(_, record)| record.id, ListedCode::new)).into_response())
}

pub(super) async fn audit(asked: &Asked) -> Result<Response, ApiError> {
    access::check_all(&asked.caller, Access::Read)?;
    if !matches!(asked.api.service.trail(), Trail::Store) {
        return Err(ApiError::NoTrail);
    }
    let mut query = Query::parse(&asked.query, &["user", "since", "top", "skipToken"])?;
    let (top, after) = query.page()?;
    let user = query.take("user").map(|name| user_id(asked, &name));
    let since = query.parsed("since", |text| text.parse().ok())?;
    let events = asked.api.service.events(&EventFilter { user, since, after, top: top + 1 }).await?;
    Ok(Json(Page::new(events, top, |event: &Event| event.id, |event| event)).into_response())
}

pub(super) async fn revoke(asked: &Asked) -> Result<Response, ApiError> {
    check_change(asked, Action::Revoke, None).await?;
    let id = Uuid::try_parse(&asked.target.id).map_err(|_| ApiError::NoCode)?;
    asked.api.service.revoke(&asked.actor, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn revoke_all(asked: &Asked) -> Result<Response, ApiError> {
    let user_id = user_id(asked, &asked.target.id);
    check_change(asked, Action::Revoke, Some(&user_id)).await?;
    asked.api.service.revoke_all(&asked.actor, &user_id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn purge(asked: &Asked, body: Body) -> Result<Response, ApiError> {
    check_change(asked, Action::Purge, None).await?;
    let body = body::read(&asked.headers, body, asked.api.limits.request_time).await?;
    let Expired { expired_before } = json::read_checked(&body, "expiredBefore")?;
    let deleted = asked.api.service.purge(&asked.actor, expired_before).await?;
    Ok(Json(Purged { deleted }).into_response())
}

/// Returns the object id of a user, or the name itself for somebody who is not in the list of users.
fn user_id(asked: &Asked, name: &str) -> String {
    asked.api.service.users().named(name).map_or_else(|| canonical(name), |user| user.id().to_owned())
}

/// Checks that the caller may change everyone's codes. Records it if not.
async fn check_change(asked: &Asked, action: Action, user_id: Option<&str>) -> Result<(), ApiError> {
    let checked = access::check_all(&asked.caller, Access::Write);
    if checked.is_err() {
        asked.api.service.denied(&asked.actor, action, user_id.map(str::to_owned), None).await;
    }
    checked
}
