//! Translates HTTP requests for the service, and its results into answers.
//!
//! The steps of every request: ids, route, a slot, the caller, the caller's turn, access, the body, a slot again, the
//! work, the answer, a line in the log.

mod access;
mod admin;
mod body;
mod callers;
mod codes;
mod error;
mod ids;
mod json;
mod monitor;
mod peer;
mod query;
mod route;
mod verify;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request};
use axum::response::Response;
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::callers::{Callers, Turn};
use self::error::ApiError;
use self::ids::Ids;
use self::route::{Resource, Target};
use crate::auth::{Authorizer, Caller};
use crate::event::{Action, Actor, Event, Outcome};
use crate::limits::Limits;
use crate::service::{Service, cause};

/// The statuses that any request of a caller may fail with. The metrics show them from zero.
const FAILURES: [u16; 7] = [400, 401, 403, 404, 429, 500, 503];

/// A [`Service`] over HTTP, from which [`router`](Self::router) creates an axum router.
///
/// The crate's documentation has an example.
#[derive(Clone)]
pub struct Api {
    service: Arc<Service>,
    authorizer: Arc<Authorizer>,
    limits: Limits,
    slots: Arc<Semaphore>,
    callers: Arc<Callers>,
    trusted_proxies: usize,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("service", &self.service).field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Api {
    /// Creates the HTTP interface of a service for the callers that an authorizer knows. Limits have their defaults, and
    /// no proxy is trusted.
    #[must_use]
    pub fn new(service: Arc<Service>, authorizer: Arc<Authorizer>) -> Self {
        for resource in Resource::ALL {
            let failures = if resource.is_monitor() { &[][..] } else { &FAILURES[..] };
            for (method, successes) in resource.methods() {
                for &status in successes.iter().chain(failures) {
                    service.metrics.expect_requests(resource.path(), method, status);
                }
            }
        }
        error::RULES.iter().for_each(|rule| service.metrics.expect_rule(rule));
        let limits = Limits::default();
        let (slots, callers) = (slots(limits), Callers::new(limits.requests_per_caller));
        Self { service, authorizer, limits, slots, callers, trusted_proxies: 0 }
    }

    /// Sets the limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        let (slots, callers) = (slots(limits), Callers::new(limits.requests_per_caller.max(1)));
        Self { limits, slots, callers, ..self }
    }

    /// Sets how many proxies in front of the service add a client's address to `X-Forwarded-For`. It is recorded in the
    /// audit trail.
    #[must_use]
    pub fn with_trusted_proxies(self, trusted_proxies: usize) -> Self {
        Self { trusted_proxies, ..self }
    }

    /// Creates a router with all routes, to be served or nested in another router. It has a fallback, so it cannot be
    /// merged with a router that has one.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(Arc::new(self.clone()))
    }

    /// Creates a router with `/healthz`, `/readyz`, `/metrics` and `/openapi.json` only, to be served where the
    /// connections of clients cannot fill it.
    pub fn monitor_router(&self) -> Router {
        Router::new().fallback(answer_monitor).with_state(Arc::new(self.clone()))
    }
}

impl Api {
    fn slot(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        self.slots.clone().try_acquire_owned().map_err(|_| ApiError::Busy)
    }
}

fn slots(limits: Limits) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(limits.requests.clamp(1, Semaphore::MAX_PERMITS)))
}

/// A request of a caller.
struct CallerRequest {
    api: Arc<Api>,
    caller: Caller,
    actor: Actor,
    target: Target,
    /// What the router is nested under.
    prefix: String,
    headers: HeaderMap,
    query: String,
    /// The place among the requests in progress.
    slot: Option<OwnedSemaphorePermit>,
    /// The place among those of the caller.
    _turn: Turn,
}

async fn answer(state: State<Arc<Api>>, original: OriginalUri, request: Request<Body>) -> Response {
    let target = route::target(request.uri().path());
    answer_target(state.0, original, request, target).await
}

async fn answer_monitor(state: State<Arc<Api>>, original: OriginalUri, request: Request<Body>) -> Response {
    let target = route::target(request.uri().path());
    let target = target.and_then(|found| if found.resource.is_monitor() { Ok(found) } else { Err(ApiError::NoRoute) });
    answer_target(state.0, original, request, target).await
}

/// Answers any request, and logs it.
async fn answer_target(
    api: Arc<Api>,
    original: OriginalUri,
    request: Request<Body>,
    target: Result<Target, ApiError>,
) -> Response {
    let (began, now) = (Instant::now(), api.service.clock().now());
    let (parts, body) = request.into_parts();
    let ids = Ids::of(&parts.headers);
    let method = method_name(&parts.method);
    let route = target.as_ref().map_or("unknown", |target| target.resource.path());
    let prefix = original.path().strip_suffix(parts.uri.path()).unwrap_or_default().to_owned();

    let checked = target.and_then(|target| target.resource.check_method(&parts.method).map(|()| target));
    let outcome = match checked {
        Err(error) => Err(error),
        // In a task of its own, so that a panic is answered.
        Ok(target) if target.resource.is_monitor() => {
            let service = api.service.clone();
            let work = async move { monitor::answer(&service, target.resource).await };
            tokio::spawn(work).await.unwrap_or(Err(ApiError::Internal))
        }
        // In a task that is completed even if the client goes away.
        Ok(target) => {
            let work = answer_caller(api.clone(), target, parts, body, prefix, ids, now);
            api.service.tasks().spawn(work).await.unwrap_or(Err(ApiError::Internal))
        }
    };

    let rule = outcome.as_ref().err().and_then(ApiError::rule).map(|(code, _)| code);
    if let Some(rule) = rule {
        api.service.metrics.refused(rule);
    }
    if let Err(error) = &outcome
        && error.is_fault()
    {
        tracing::error!(request_id = %ids.request, "{error}{}", cause(error));
    }
    let mut response = outcome.unwrap_or_else(|error| error.into_response(ids, now));
    ids.put(response.headers_mut());
    // The answer to a create contains a secret, which no cache may keep.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));

    let (status, took) = (response.status().as_u16(), began.elapsed());
    api.service.metrics.answered(route, method, status, took);
    tracing::info!(
        method,
        route,
        status,
        rule,
        microseconds = took.as_micros() as u64,
        request_id = %ids.request,
        client_request_id = %ids.client,
    );
    response
}

/// Does what a caller asks for, if there is a slot and the caller's own limit allows it.
async fn answer_caller(
    api: Arc<Api>,
    target: Target,
    parts: Parts,
    body: Body,
    prefix: String,
    ids: Ids,
    now: Timestamp,
) -> Result<Response, ApiError> {
    let slot = Some(api.slot()?);
    let _in_flight = api.service.metrics.begin();
    let caller = api.authorizer.authenticate(&parts.headers, now).await?;
    let turn = api.callers.begin(caller.limit_key.clone()).ok_or(ApiError::BusyCaller)?;

    let from = peer::address(&parts.extensions, &parts.headers, api.trusted_proxies);
    let (oid, appid) = (caller.identity.oid.clone(), caller.identity.appid.clone());
    let actor = Actor { oid, appid, from, request_id: Some(ids.request) };
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let resource = target.resource;
    let mut request =
        CallerRequest { api, caller, actor, target, prefix, headers: parts.headers, query, slot, _turn: turn };
    match (resource, &parts.method) {
        (Resource::MyCode(kind) | Resource::UsersCode(kind), &Method::PATCH) => {
            codes::upsert(&mut request, body, kind).await
        }
        (Resource::MyCode(kind) | Resource::UsersCode(kind), &Method::DELETE) => codes::delete(&request, kind).await,
        (Resource::MyCode(kind) | Resource::UsersCode(kind), _) => codes::read(&request, kind).await,
        (Resource::Verify, _) => verify::verify(&mut request, body).await,
        (Resource::Codes, _) => admin::codes(&request).await,
        (Resource::OneCode, _) => admin::revoke(&request).await,
        (Resource::UsersCodes, _) => admin::revoke_all(&request).await,
        (Resource::Purge, _) => admin::purge(&mut request, body).await,
        (Resource::Audit, _) => admin::audit(&request).await,
        (Resource::Health | Resource::Ready | Resource::Metrics | Resource::Description, _) => Err(ApiError::NoRoute),
    }
}

impl CallerRequest {
    /// Reads the body. While it arrives the request takes a place of its caller only, so that slow bodies do not keep
    /// others out.
    async fn read_body(&mut self, body: Body) -> Result<Bytes, ApiError> {
        self.slot = None;
        let body = body::read(&self.headers, body, self.api.limits.body_time).await?;
        self.slot = Some(self.api.slot()?);
        Ok(body)
    }

    /// Returns what was prepared for a change or a verification. Records it if it is refused; `about` says whose code it
    /// is about. A request for which there is no room is not recorded.
    async fn prepared<T>(
        &self,
        action: Action,
        about: impl FnOnce(&mut Event),
        prepared: Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        if let Err(error) = &prepared {
            let outcome = match error {
                ApiError::Busy => return prepared,
                ApiError::Denied | ApiError::MeOfApplication => Outcome::Denied,
                ApiError::NoUser | ApiError::NoCode => Outcome::NotFound,
                _ => Outcome::Refused,
            };
            let rule = error.rule().map(|(code, _)| code.to_owned());
            self.api.service.record(&self.actor, action, about, outcome, rule).await;
        }
        prepared
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
