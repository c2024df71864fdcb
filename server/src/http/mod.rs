//! Translates HTTP requests for the rules and the store, and their results into answers.
//!
//! The steps of every request: ids, route, caller, body, a slot, the work, the answer, a line in the log.

mod body;
mod codes;
mod error;
mod ids;
mod json;
mod monitor;
mod route;
mod verify;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Request as HttpRequest};
use axum::response::Response;
use futures_util::FutureExt as _;
use jiff::Timestamp;

use self::error::ApiError;
pub(crate) use self::ids::Ids;
use self::route::{Action, Request};
use crate::service::Service;

pub(crate) fn router(service: Arc<Service>) -> Router {
    Router::new().fallback(answer).with_state(service)
}

/// Answers any request, and logs it.
async fn answer(State(service): State<Arc<Service>>, original: OriginalUri, request: HttpRequest<Body>) -> Response {
    let (began, now) = (Instant::now(), service.clock.now());
    let (parts, body) = request.into_parts();
    let ids = Ids::of(&parts.headers);
    let method = method_name(&parts.method);
    let (template, request) = route::route(&parts.method, &parts.uri);
    let prefix = original.path().strip_suffix(parts.uri.path()).unwrap_or_default();

    let outcome = match request {
        Ok(request) => {
            // A panic is answered like any other error.
            let done = AssertUnwindSafe(done(&service, request, prefix, &parts, body, now));
            done.catch_unwind().await.unwrap_or(Err(ApiError::Internal))
        }
        Err(error) => Err(error),
    };
    let rule = outcome.as_ref().err().and_then(ApiError::rule).map(|(code, _)| code);
    if let Some(rule) = rule {
        service.metrics.refused(rule);
    }
    if let Err(error @ (ApiError::Store(_) | ApiError::Internal)) = &outcome {
        let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        tracing::error!(request_id = %ids.request, "{error} {source}");
    }
    let mut response = outcome.unwrap_or_else(|error| error.into_response(ids, now));
    ids.put(response.headers_mut());
    // The answer to a create contains a secret, which no cache may keep.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));

    let (status, took) = (response.status().as_u16(), began.elapsed());
    service.metrics.answered(template.as_str(), method, status, took);
    tracing::info!(
        method,
        route = template.as_str(),
        status,
        rule,
        microseconds = took.as_micros() as u64,
        request_id = %ids.request,
        client_request_id = %ids.client,
    );
    response
}

/// Does what the request asks for. Requests about codes need a caller and a slot, those about the service do not.
async fn done(
    service: &Arc<Service>,
    request: Request,
    prefix: &str,
    parts: &Parts,
    body: Body,
    now: Timestamp,
) -> Result<Response, ApiError> {
    match request {
        Request::Health => Ok(monitor::health()),
        Request::Metrics => monitor::metrics(service),
        Request::Ready => monitor::ready(service).await,
        Request::Description => Ok(monitor::description()),
        Request::Code { action, owner, kind, version } => {
            let caller = service.authorizer.authenticate(&parts.headers, now).await?;
            let user = codes::user(&service.users, &caller, &owner, action)?;
            match action {
                Action::Read => {
                    in_slot(service, move |service| async move { codes::read(&service, &user, kind).await }).await
                }
                Action::Delete => {
                    in_slot(service, move |service| async move { codes::delete(&service, &user, kind).await }).await
                }
                Action::Upsert => {
                    let patch = body::read(&parts.headers, body, service.limits.request_time).await?;
                    let path = codes::path(prefix, version, &user, kind);
                    in_slot(
                        service,
                        move |service| async move { codes::upsert(&service, &user, kind, &patch, path).await },
                    )
                    .await
                }
            }
        }
        Request::Verify => {
            let caller = service.authorizer.authenticate(&parts.headers, now).await?;
            verify::check_permission(&caller)?;
            let scanned = body::read(&parts.headers, body, service.limits.request_time).await?;
            in_slot(service, move |service| async move { verify::verify(&service, &scanned).await }).await
        }
    }
}

/// Runs `work` if a slot is free, within the time limit of a request.
async fn in_slot<F>(service: &Arc<Service>, work: impl FnOnce(Arc<Service>) -> F) -> Result<Response, ApiError>
where
    F: Future<Output = Result<Response, ApiError>> + Send + 'static,
{
    let slot = service.slots.clone().try_acquire_owned().map_err(|_| ApiError::Busy)?;
    let (work, service) = (work(service.clone()), service.clone());
    // A task of its own, so that it completes even if the client disconnects.
    let task = tokio::spawn(async move {
        let _slot = (slot, service.metrics.begin());
        tokio::time::timeout(service.limits.request_time, work).await
    });
    match task.await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(ApiError::TimeOut),
        Err(_) => Err(ApiError::Internal),
    }
}

/// Returns the method for logs and metrics. All unknown methods are one, so that clients cannot create labels.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "POST" => "POST",
        "PUT" => "PUT",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
