//! Errors in Graph's form (the page "Microsoft Graph error responses and resource types").
//!
//! `{"error": {"code", "message", "innerError": {"date", "request-id", "client-request-id"}, "details": [...]}}`. The
//! details name the rule that was broken; other errors have none.

use axum::Json;
use axum::http::header::{ALLOW, CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use qrmint::credential::{PatchError, ScanError};
use serde::Serialize;

use super::ids::Ids;
use crate::auth::Unauthenticated;
use crate::service::ServiceError;
use crate::store::StoreError;

/// The value of `Retry-After`, in seconds.
const RETRY_SECONDS: &str = "1";

/// The codes of all rules, which are the labels of a metric.
pub(crate) const RULES: [&str; 22] = [
    "duplicateProperty",
    "dateTimeWithoutOffset",
    "expireDateTimeNotAfterNow",
    "expired",
    "expiredBeforeAfterNow",
    "invalidDateTime",
    "invalidProperty",
    "invalidQueryOption",
    "invalidRawContent",
    "invalidType",
    "lifetimeTooLong",
    "lifetimeTooShort",
    "malformed",
    "missingProperty",
    "notYetValid",
    "startDateTimeChanged",
    "startDateTimeTooLate",
    "temporaryQRCodeActive",
    "unknown",
    "unknownProperty",
    "userPrincipalNameInvalid",
    "userPrincipalNameTooLong",
];

/// Why a request fails. The messages are Graph's where known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("Invalid URL: a segment is not percent-encoded UTF-8.")]
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
    Scan(#[from] ScanError),
    #[error("{target}: {reason}")]
    Property { target: &'static str, reason: String },
    #[error("query option `{}` {reason}", name.escape_debug())]
    Query { name: String, reason: &'static str },
    #[error("If-Match is `*` or entity tags, If-None-Match is `*`, and not both are there.")]
    Condition,
    #[error("{0}")]
    Unauthenticated(#[from] Unauthenticated),
    #[error("Request Authorization failed")]
    Denied,
    #[error("The /me path needs the token of a signed-in user; an application has none.")]
    MeOfApplication,
    #[error("No such resource.")]
    NoRoute,
    #[error("The audit trail is not kept in the store.")]
    NoTrail,
    #[error("The user does not exist.")]
    NoUser,
    #[error("The user has no such code.")]
    NoCode,
    #[error("Specified HTTP method is not allowed for the request target.")]
    Method { allowed: String },
    #[error("The request body did not arrive in time.")]
    SlowBody,
    #[error("The request body is larger than {limit} bytes.")]
    TooLarge { limit: usize },
    #[error("Too many requests at once.")]
    Busy,
    #[error("Too many requests of this caller at once.")]
    BusyCaller,
    #[error("The store does not read and write.")]
    NotReady,
    #[error("{}", service_message(.0))]
    Service(#[source] ServiceError),
    #[error("Internal error.")]
    Internal,
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        if let ServiceError::NoCode = error { Self::NoCode } else { Self::Service(error) }
    }
}

/// Returns what a client is told of an error of the service: nothing of the store.
fn service_message(error: &ServiceError) -> String {
    match error {
        ServiceError::TimeOut => "The request could not be done in time.".into(),
        ServiceError::Store(StoreError::Unavailable(_) | StoreError::Uncertain(_)) => {
            "The store does not answer.".into()
        }
        ServiceError::Upsert(error) if error.is_server_error() => "Internal error.".into(),
        ServiceError::Store(_) | ServiceError::Random(_) | ServiceError::Clock => "Internal error.".into(),
        error => error.to_string(),
    }
}

impl ApiError {
    /// Returns the status and Graph's error code.
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken"),
            Self::Denied | Self::MeOfApplication => (StatusCode::FORBIDDEN, "accessDenied"),
            Self::NoRoute | Self::NoTrail | Self::NoUser | Self::NoCode => (StatusCode::NOT_FOUND, "resourceNotFound"),
            Self::Method { .. } => (StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest"),
            Self::SlowBody => (StatusCode::REQUEST_TIMEOUT, "requestTimeout"),
            Self::Service(ServiceError::ConditionFailed) => (StatusCode::PRECONDITION_FAILED, "preconditionFailed"),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "requestEntityTooLarge"),
            Self::Busy | Self::BusyCaller => (StatusCode::TOO_MANY_REQUESTS, "tooManyRequests"),
            Self::NotReady
            | Self::Service(
                ServiceError::TimeOut
                | ServiceError::Unrecorded
                | ServiceError::Store(StoreError::Unavailable(_) | StoreError::Uncertain(_)),
            ) => (StatusCode::SERVICE_UNAVAILABLE, "serviceNotAvailable"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internalServerError"),
            Self::Service(error) if error.rule().is_none() => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internalServerError")
            }
            _ => (StatusCode::BAD_REQUEST, "badRequest"),
        }
    }

    /// Returns whether the service or its store is at fault, so that the log should say why.
    pub(crate) fn is_fault(&self) -> bool {
        self.status_and_code().0.is_server_error()
    }

    /// Returns the code and the target of the rule that was broken, if one was.
    pub(crate) fn rule(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Patch(error) => Some((error.code(), error.target())),
            Self::Scan(error) => Some((error.code(), error.target())),
            Self::Property { target, .. } => Some(("invalidProperty", target)),
            Self::Query { name, .. } => Some(("invalidQueryOption", name)),
            Self::Service(error) => error.rule(),
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
            Self::Method { allowed } => {
                _ = headers.insert(ALLOW, HeaderValue::try_from(allowed.as_str()).expect("names of methods and commas"))
            }
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

#[cfg(test)]
mod tests {
    use qrmint::credential::UpsertError;
    use qrmint::render::Finding;
    use qrmint::{ErrorCorrectionLevel, Symbol};

    use super::*;
    use crate::event::Outcome;

    #[test]
    fn an_image_that_is_wrong_or_cannot_be_made_is_the_services_fault_and_tells_the_client_nothing() {
        let symbol = Symbol::encode("content", ErrorCorrectionLevel::L).expect("it fits");
        let unreadable = symbol.check("other content").expect_err("it has other content");
        for (error, start) in [
            (UpsertError::Unreadable(unreadable), "the new image does not have its content: "),
            (UpsertError::ImageTooLarge { side: 30_000, max_side: 23_160 }, "image too large: "),
            (UpsertError::ImageRefused(Finding::Inverted { allowed: false }), "the new image is refused: "),
            (UpsertError::ImageUnwritten, "the new image cannot be written"),
        ] {
            let error = ServiceError::from(error);
            assert_eq!(error.outcome(), Outcome::Failed);
            assert!(error.to_string().starts_with(start), "for the log");
            let error = ApiError::from(error);
            assert_eq!(error.status_and_code(), (StatusCode::INTERNAL_SERVER_ERROR, "internalServerError"));
            assert_eq!((error.rule(), error.to_string().as_str()), (None, "Internal error."));
        }
    }
}
