//! Reads bodies of requests, with limits on type, size and time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::error::ApiError;

/// The maximum size of a body in bytes.
pub(crate) const MAX_LEN: usize = 16 * 1024;

/// Reads a JSON body of at most [`MAX_LEN`] bytes within `time`.
pub(crate) async fn read(headers: &HeaderMap, body: Body, time: Duration) -> Result<Bytes, ApiError> {
    check_type(headers)?;
    let too_large = || ApiError::TooLarge { limit: MAX_LEN };
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_LEN as u64) {
        return Err(too_large());
    }
    let whole = tokio::time::timeout(time, Limited::new(body, MAX_LEN).collect());
    match whole.await.map_err(|_| ApiError::SlowBody)? {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        // The body is incomplete or its chunks are invalid.
        Err(_) => Err(ApiError::Json),
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let value = headers.get(CONTENT_TYPE).ok_or(ApiError::NoContentType)?;
    let media_type = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    if media_type.trim().eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(ApiError::ContentType) }
}
