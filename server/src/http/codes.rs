//! Reads, creates or updates, and deletes a user's code.

use std::time::Instant;

use axum::Json;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use qrmint::credential::{DateTime, Kind, PatchBody, Randomness, Upsert, Upserted};

use super::error::ApiError;
use super::json;
use super::route::{Action, ApiVersion, Owner};
use crate::auth::Caller;
use crate::clock::Clock;
use crate::service::Service;
use crate::store::Removal;
use crate::users::{User, Users};

/// The characters to escape in a path: all but the unreserved ones (RFC 3986, section 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns the user whose code is requested, if the caller may do that.
///
/// A caller is identified by the object id. The name in a token proves nothing.
pub(super) fn user(users: &Users, caller: &Caller, owner: &Owner, action: Action) -> Result<User, ApiError> {
    let own = caller.user.as_ref().and_then(|user| users.of_token(&user.id, user.principal_name.as_deref()));
    let permissions = caller.permissions;
    let (may_own, may_all) = match action {
        Action::Read => (permissions.read_own, permissions.read_all),
        Action::Upsert | Action::Delete => (permissions.write_own, permissions.write_all),
    };
    match owner {
        Owner::Me if caller.user.is_none() => Err(ApiError::MeOfApplication),
        Owner::Me if may_own => own.ok_or(ApiError::NoUser),
        Owner::Me => Err(ApiError::Denied),
        Owner::Named(name) => {
            let named = users.named(name);
            match own.filter(|own| named.as_ref().is_some_and(|named| named.id() == own.id())) {
                Some(own) if may_own || may_all => Ok(own),
                _ if may_all => named.ok_or(ApiError::NoUser),
                // This caller must not learn whether the user exists.
                _ => Err(ApiError::Denied),
            }
        }
    }
}

/// Returns the path of a user's code, for `Location`.
pub(super) fn path(prefix: &str, version: ApiVersion, user: &User, kind: Kind) -> String {
    let (version, id) = (version.segment(), utf8_percent_encode(user.id(), ESCAPED));
    format!("{prefix}/{version}/users/{id}/authentication/qrCodePinMethod/{kind}")
}

/// Returns the time for the rules.
pub(super) fn now(clock: &Clock) -> Result<DateTime, ApiError> {
    DateTime::new(clock.now()).ok_or(ApiError::Internal)
}

pub(super) async fn read(service: &Service, user: &User, kind: Kind) -> Result<Response, ApiError> {
    let record = service.store.read(user.id(), kind).await?.ok_or(ApiError::NoCode)?;
    Ok(Json(record.to_qr_code()).into_response())
}

pub(super) async fn delete(service: &Service, user: &User, kind: Kind) -> Result<Response, ApiError> {
    let _guard = service.key_lock.lock(user.id(), kind).await;
    if service.store.remove(&Removal::Of { user: user.id().to_owned(), kind }).await? == 0 {
        return Err(ApiError::NoCode);
    }
    service.metrics.deleted(kind);
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn upsert(
    service: &Service,
    user: &User,
    kind: Kind,
    body: &[u8],
    path: String,
) -> Result<Response, ApiError> {
    let patch = json::read::<PatchBody>(body)?.check()?;
    let _guard = service.key_lock.lock(user.id(), kind).await;
    loop {
        let seen = service.store.read(user.id(), kind).await?;
        let (began, now) = (Instant::now(), now(&service.clock)?);
        let (state, policy, user_name) = (seen.as_ref(), &service.policy, user.principal_name());
        let upserted = Upsert { kind, state, patch: &patch, policy, now, user: user_name }.run(randomness()?);
        service.metrics.ruled(began.elapsed());
        match upserted? {
            Upserted::Created { record, response } => {
                if service.store.compare_and_swap(user.id(), kind, seen.as_ref(), &record).await? {
                    service.metrics.created(kind);
                    let location = HeaderValue::try_from(path).map_err(|_| ApiError::Internal)?;
                    return Ok((StatusCode::CREATED, [(LOCATION, location)], Json(response)).into_response());
                }
            }
            Upserted::Updated { record, response } => {
                // A record that has not changed needs no write.
                if seen.as_ref() == Some(&record)
                    || service.store.compare_and_swap(user.id(), kind, seen.as_ref(), &record).await?
                {
                    service.metrics.updated(kind);
                    return Ok(Json(response).into_response());
                }
            }
        }
        overtaken(service).await;
    }
}

/// Prepares another attempt after a write of another process came first. Each attempt that fails means that another
/// write succeeded, and the time limit of a request ends the attempts.
pub(super) async fn overtaken(service: &Service) {
    service.metrics.conflicted();
    // With a store that never waits, the time limit would not be checked otherwise.
    tokio::task::yield_now().await;
}

/// Returns new random bytes. Each attempt needs its own; those of a code that was not stored are not reused.
fn randomness() -> Result<Randomness, ApiError> {
    let mut bytes = [0; Randomness::LEN];
    getrandom::fill(&mut bytes).map_err(|_| ApiError::Internal)?;
    Ok(Randomness::new(bytes))
}
