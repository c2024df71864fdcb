//! Requests about the service itself: health, readiness, metrics and the description of the routes. They need no token
//! and name no user.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::error::ApiError;
use super::route::Resource;
use crate::metrics::MEDIA_TYPE;
use crate::service::Service;

/// Answers a request for a resource of this kind.
pub(super) async fn answer(service: &Service, resource: Resource) -> Result<Response, ApiError> {
    match resource {
        Resource::Health => Ok("ok\n".into_response()),
        Resource::Ready if service.is_ready().await => Ok("ready\n".into_response()),
        Resource::Ready => Err(ApiError::NotReady),
        Resource::Metrics => {
            let text = service.metrics().await.map_err(|_| ApiError::Internal)?;
            Ok(([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
        }
        Resource::Description => {
            Ok(([(CONTENT_TYPE, "application/json")], include_str!("openapi.json")).into_response())
        }
        _ => Err(ApiError::NoRoute),
    }
}
