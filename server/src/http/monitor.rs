//! Requests about the service itself: health, readiness, metrics and the description of the routes. They need no token
//! and name no user.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::error::ApiError;
use crate::metrics::MEDIA_TYPE;
use crate::service::Service;

pub(super) fn health() -> Response {
    "ok\n".into_response()
}

pub(super) async fn ready(service: &Service) -> Result<Response, ApiError> {
    if service.is_ready().await { Ok("ready\n".into_response()) } else { Err(ApiError::NotReady) }
}

pub(super) async fn metrics(service: &Service) -> Result<Response, ApiError> {
    let text = service.metrics().await.map_err(|_| ApiError::Internal)?;
    Ok(([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
}

/// Answers with the OpenAPI description of all routes.
pub(super) fn description() -> Response {
    ([(CONTENT_TYPE, "application/json")], include_str!("openapi.json")).into_response()
}
