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
use super::{CallerRequest, json};
use crate::audit::Trail;
use crate::event::{Action, Event};
use crate::store::{CodeFilter, EventFilter};

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

pub(super) async fn codes(request: &CallerRequest) -> Result<Response, ApiError> {
    access::check_all(&request.caller, Access::Read)?;
    let mut query = Query::parse(&request.query, &["user", "kind", "expiringBefore", "top", "skipToken"])?;
    let (top, after) = query.page()?;
    let filter = CodeFilter {
        user: take_user(request, &mut query)?,
        kind: query
            .parsed("kind", |name| Kind::from_name(name).or_else(|| Kind::from_name(&format!("{name}QRCode"))))?,
        expiring_before: query.parsed("expiringBefore", |text| text.parse().ok())?,
        after,
        top: top + 1,
    };
    let codes = request.api.service.codes(&filter).await?;
    Ok(Json(Page::new(codes, top, |(_, record)| record.id, ListedCode::new)).into_response())
}

pub(super) async fn audit(request: &CallerRequest) -> Result<Response, ApiError> {
    access::check_all(&request.caller, Access::Read)?;
    if !matches!(request.api.service.trail(), Trail::Store) {
        return Err(ApiError::NoTrail);
    }
    let mut query = Query::parse(&request.query, &["user", "since", "top", "skipToken"])?;
    let (top, after) = query.page()?;
    let user = take_user(request, &mut query)?;
    let since = query.parsed("since", |text| text.parse().ok())?;
    let events = request.api.service.events(&EventFilter { user, since, after, top: top + 1 }).await?;
    Ok(Json(Page::new(events, top, |event: &Event| event.id, |event| event)).into_response())
}

pub(super) async fn revoke(request: &CallerRequest) -> Result<Response, ApiError> {
    let id = Uuid::try_parse(&request.target.id).ok();
    let prepared = access::check_all(&request.caller, Access::Write).and_then(|()| id.ok_or(ApiError::NoCode));
    let id = request.prepared(Action::Revoke, |event| event.code_id = id, prepared).await?;
    request.api.service.revoke(&request.actor, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn revoke_all(request: &CallerRequest) -> Result<Response, ApiError> {
    let user_id = request.api.service.users().id_of(&request.target.id);
    let prepared =
        access::check_all(&request.caller, Access::Write).and_then(|()| user_id.clone().ok_or(ApiError::NoUser));
    let user_id = request.prepared(Action::Revoke, |event| event.user_id = user_id, prepared).await?;
    request.api.service.revoke_all(&request.actor, &user_id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn purge(request: &mut CallerRequest, body: Body) -> Result<Response, ApiError> {
    let prepared = async {
        access::check_all(&request.caller, Access::Write)?;
        let body = request.read_body(body).await?;
        json::read_checked::<Expired>(&body, "expiredBefore")
    };
    let prepared = prepared.await;
    let Expired { expired_before } = request.prepared(Action::Purge, |_| {}, prepared).await?;
    let deleted = request.api.service.purge(&request.actor, expired_before).await?;
    Ok(Json(Purged { deleted }).into_response())
}

/// Takes the user whose codes or events are asked for, as an object id. Nobody has a name that is none.
fn take_user(request: &CallerRequest, query: &mut Query) -> Result<Option<String>, ApiError> {
    query.parsed("user", |name| request.api.service.users().id_of(name))
}
