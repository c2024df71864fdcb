//! A user's code over HTTP: read, create or update, delete.

use axum::Json;
use axum::body::Body;
use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use qrmint::credential::{Kind, PatchBody, QrCode, Record};

use super::access::{self, Access, Owner};
use super::error::ApiError;
use super::route::Resource;
use super::{CallerRequest, json};
use crate::condition::{Condition, entity_tag};
use crate::event::{Action, Event};
use crate::service::ServiceError;

/// The characters to escape in a path: all but the unreserved ones (RFC 3986, section 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) async fn read(request: &CallerRequest, kind: Kind) -> Result<Response, ApiError> {
    let owner = owner(request, Access::Read)?;
    let record = request.api.service.read(&owner.id, kind).await.map_err(|error| not_found(&owner, error))?;
    answer(StatusCode::OK, &record, record.to_qr_code())
}

pub(super) async fn upsert(request: &mut CallerRequest, body: Body, kind: Kind) -> Result<Response, ApiError> {
    let prepared = async {
        let user = owner(request, Access::Write)?.user.ok_or(ApiError::NoUser)?;
        let condition = condition(&request.headers)?;
        let body = request.read_body(body).await?;
        Ok((user, json::read::<PatchBody>(&body)?.check()?, condition))
    };
    let prepared = prepared.await;
    let prepared = request.prepared(Action::CreateOrUpdate, about(request, kind), prepared).await;
    let (user, patch, condition) = prepared?;
    let upserted = request.api.service.upsert(&request.actor, &user, kind, &patch, &condition).await?;

    let status = StatusCode::from_u16(upserted.status()).map_err(|_| ApiError::Internal)?;
    let (record, code) = upserted.into_parts();
    let mut response = answer(status, &record, code)?;
    if status == StatusCode::CREATED {
        let id = utf8_percent_encode(user.id(), ESCAPED);
        let (prefix, version) = (&request.prefix, request.target.version.segment());
        let path = format!("{prefix}/{version}/users/{id}/authentication/qrCodePinMethod/{kind}");
        response.headers_mut().insert(LOCATION, HeaderValue::try_from(path).map_err(|_| ApiError::Internal)?);
    }
    Ok(response)
}

pub(super) async fn delete(request: &CallerRequest, kind: Kind) -> Result<Response, ApiError> {
    let prepared = owner(request, Access::Write).and_then(|owner| Ok((owner, condition(&request.headers)?)));
    let (owner, condition) = request.prepared(Action::Delete, about(request, kind), prepared).await?;
    let deleted = request.api.service.delete(&request.actor, &owner.id, kind, &condition).await;
    deleted.map_err(|error| not_found(&owner, error))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn answer(status: StatusCode, record: &Record, code: QrCode) -> Result<Response, ApiError> {
    let tag = format!("W/\"{}\"", entity_tag(record));
    let tag = HeaderValue::try_from(tag).map_err(|_| ApiError::Internal)?;
    Ok((status, [(ETAG, tag)], Json(code)).into_response())
}

/// Returns the owner of the code, if the caller may do this to it.
fn owner(request: &CallerRequest, access: Access) -> Result<Owner, ApiError> {
    let users = request.api.service.users();
    match request.target.resource {
        Resource::MyCode(_) => access::me(&users, &request.caller, access),
        _ => access::named(&users, &request.caller, &request.target.id, access),
    }
}

/// Returns what an event says of the code: its kind, and the object id of the user in the path, or of the caller on
/// `/me`, as far as it is known.
fn about(request: &CallerRequest, kind: Kind) -> impl FnOnce(&mut Event) {
    let users = request.api.service.users();
    let user_id = match request.target.resource {
        Resource::MyCode(_) => request.caller.user.as_ref().and_then(|user| users.id_of(&user.id)),
        _ => users.id_of(&request.target.id),
    };
    move |event| (event.user_id, event.kind) = (user_id, Some(kind))
}

/// Says of somebody who is no user and has no code that there is no such user.
fn not_found(owner: &Owner, error: ServiceError) -> ApiError {
    match error {
        ServiceError::NoCode if owner.user.is_none() => ApiError::NoUser,
        error => error.into(),
    }
}

/// Returns the condition that the headers of a change state. Of `If-None-Match` only `*` is known.
fn condition(headers: &HeaderMap) -> Result<Condition, ApiError> {
    let tags = |name: &HeaderName| -> Result<Vec<String>, ApiError> {
        let mut tags = Vec::new();
        for value in headers.get_all(name) {
            let text = value.to_str().map_err(|_| ApiError::Condition)?;
            tags.extend(text.split(',').map(|tag| tag.trim().to_owned()));
        }
        Ok(tags)
    };
    let (matching, absent) = (tags(&IF_MATCH)?, tags(&IF_NONE_MATCH)?);
    let is_any = |tags: &[String]| tags == ["*"];
    match (matching.is_empty(), absent.is_empty()) {
        (true, true) => Ok(Condition::None),
        (true, false) if is_any(&absent) => Ok(Condition::Absent),
        (false, true) if is_any(&matching) => Ok(Condition::Exists),
        (false, true) => {
            let plain = |tag: &String| tag.trim_start_matches("W/").trim_matches('"').to_owned();
            Ok(Condition::Is(matching.iter().map(plain).collect()))
        }
        _ => Err(ApiError::Condition),
    }
}
