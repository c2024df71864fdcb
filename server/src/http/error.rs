//! Errors in Graph's form (the page "Microsoft Graph error responses and resource types").
//!
//! `{"error": {"code", "message", "innerError": {"date", "request-id", "client-request-id"}, "details": [...]}}`. The
//! details name the rule that was broken; other errors have none.

use axum::Json;
use axum::http::header::{ALLOW, CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use qrmint::credential::{PatchError, UpsertError, VerifyError};
use serde::Serialize;

use super::ids::Ids;
use crate::auth::Unauthenticated;
use crate::store::StoreError;

/// The value of `Retry-After`, in seconds.
const RETRY_SECONDS: &str = "1";

/// Why a request fails. The messages are Graph's where known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("Invalid URL: the id is not percent-encoded UTF-8.")]
    Encoding,
    #[error("Write requests (excluding DELETE) must contain the Content-Type header declaration.")]
    NoContentType,
    #[error("Entity only allows writes with a JSON Content-Type header.")]
    ContentType,
    #[error(
        "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."
    )]
    Json,
    #[error("{0}")]
    Patch(#[from] PatchError),
    #[error("{0}")]
    Upsert(#[from] UpsertError),
    #[error("{0}")]
    Verify(#[from] VerifyError),
    #[error("{0}")]
    Unauthenticated(#[from] Unauthenticated),
    #[error("Request Authorization failed")]
    Denied,
    #[error("The /me path needs the token of a signed-in user; an application has none.")]
    MeOfApplication,
    #[error("No such resource.")]
    NoRoute,
    #[error("The user does not exist.")]
    NoUser,
    #[error("The user has no such code.")]
    NoCode,
    #[error("Specified HTTP method is not allowed for the request target.")]
    Method { allowed: &'static str },
    #[error("The request body did not arrive in time.")]
    SlowBody,
    #[error("The request body is larger than {limit} bytes.")]
    TooLarge { limit: usize },
    #[error("Too many requests at once.")]
    Busy,
    #[error("The request could not be done in time.")]
    TimeOut,
    #[error("The store does not answer.")]
    Store(#[from] StoreError),
    #[error("Internal error.")]
    Internal,
}

impl ApiError {
    /// Returns the status and Graph's error code.
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Encoding | Self::NoContentType | Self::ContentType | Self::Json => {
                (StatusCode::BAD_REQUEST, "badRequest")
            }
            Self::Patch(_) | Self::Upsert(_) | Self::Verify(_) => (StatusCode::BAD_REQUEST, "badRequest"),
            Self::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken"),
            Self::Denied | Self::MeOfApplication => (StatusCode::FORBIDDEN, "accessDenied"),
            Self::NoRoute | Self::NoUser | Self::NoCode => (StatusCode::NOT_FOUND, "resourceNotFound"),
            Self::Method { .. } => (StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest"),
            Self::SlowBody => (StatusCode::REQUEST_TIMEOUT, "requestTimeout"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "requestEntityTooLarge"),
            Self::Busy => (StatusCode::TOO_MANY_REQUESTS, "tooManyRequests"),
            Self::TimeOut | Self::Store(StoreError::Unavailable(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "serviceNotAvailable")
            }
            Self::Store(_) | Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internalServerError"),
        }
    }

    /// Returns the code and the target of the rule that was broken, if one was.
    pub(crate) fn rule(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Patch(error) => Some((error.code(), error.target())),
            Self::Upsert(error) => Some((error.code(), error.target())),
            Self::Verify(error) => Some((error.code(), "rawContent")),
            _ => None,
        }
    }

    /// Creates the answer to the request with these ids, at `now`.
    pub(crate) fn into_response(self, ids: Ids, now: Timestamp) -> Response {
        let (status, code) = self.status_and_code();
        let message = self.to_string();
        let details = self.rule().map(|(code, target)| [Detail { code, target, message: &message }]);
        let body = Body {
            error: Error {
                code,
                message: &message,
                inner_error: InnerError {
                    date: now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                    request_id: ids.request.to_string(),
                    client_request_id: ids.client.to_string(),
                },
                details,
            },
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        match &self {
            Self::Unauthenticated(_) => _ = headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::Method { allowed } => _ = headers.insert(ALLOW, HeaderValue::from_static(allowed)),
            // The rest of the body would be read as the next request.
            Self::SlowBody | Self::TooLarge { .. } => _ = headers.insert(CONNECTION, HeaderValue::from_static("close")),
            _ if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
            }
            _ => {}
        }
        response
    }
}

#[derive(Serialize)]
struct Body<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Error<'a> {
    code: &'a str,
    message: &'a str,
    inner_error: InnerError,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<[Detail<'a>; 1]>,
}

/// The date is in UTC, without a fraction and without a zone, as in Graph.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct InnerError {
    date: String,
    request_id: String,
    client_request_id: String,
}

#[derive(Serialize)]
struct Detail<'a> {
    code: &'a str,
    target: &'a str,
    message: &'a str,
}
