//! Microsoft Graph's `qrCode` API, offline: callers, HTTP and stores around the rules of [`qrmint::credential`].
//!
//! The program `qrmint-server` serves it. [`Api::router`] is the same for a service of your own, and [`Service`] does it
//! without HTTP:
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use axum::routing::get;
//! use qrmint_server::store::MemoryStore;
//! use qrmint_server::{Api, RunToken, Service, User};
//!
//! let token = RunToken::new(User::new("badge-17", "floki@contoso.com").expect("an id and a name"))?;
//! let service = Arc::new(Service::new(Arc::new(MemoryStore::default())));
//! let codes = Api::new(service, Arc::new(token.into())).router();
//! let router: Router = Router::new().route("/", get(|| async { "badges" })).nest("/graph", codes);
//! // axum::serve(listener, router).await?; answers PATCH /graph/beta/me/authentication/qrCodePinMethod/standardQRCode
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The routes
//!
//! `{user}` is `/me` or `/users/{id}` under `/beta` or `/v1.0`, where the id is an object id or a user principal name,
//! percent-encoded. Segments match in any case.
//!
//! | request | answers |
//! |---|---|
//! | `PATCH {user}/authentication/qrCodePinMethod/standardQRCode` (or `temporaryQRCode`) | 201 with the image and a `Location` if no code was active; 200 if one was; 400 if a rule was broken |
//! | `GET` the same | 200 with the stored code, expired or not, without the image; 404 |
//! | `DELETE` the same | 204; 404 |
//! | `POST /qrmint/verify` with `{"rawContent": "<base64>"}` | 200 with the user and the code; 400 |
//! | `GET /qrmint/codes?user=&kind=&expiringBefore=&top=&skipToken=` | 200 with a page of codes, and the `skipToken` of the next |
//! | `DELETE /qrmint/codes/{id}`, `DELETE /qrmint/users/{user}/codes` | 204; 404 |
//! | `POST /qrmint/purge` with `{"expiredBefore": "<date>"}` | 200 with the number of deleted codes; 400 if the date is after now |
//! | `GET /qrmint/audit?user=&since=&top=&skipToken=` | 200 with a page of events, if the store keeps them; 404 |
//! | `GET /healthz`, `/readyz`, `/metrics`, `/openapi.json` | 200; `/readyz` 503 if the store does not read and write |
//!
//! Errors have Graph's form; if a rule was broken, their `details` name it. Every answer has `request-id` and
//! `client-request-id`. Codes have an `ETag`, and changes take `If-Match`. `/openapi.json` describes every body, header
//! and error.
//!
//! # Who may do what
//!
//! The routes of the last row need no token, all others `Authorization: Bearer` with a token that the [`Authorizer`]
//! accepts. `/metrics` names no user; if only your own network may read it, block it in the proxy that adds TLS.
//!
//! | scope or role | grants |
//! |---|---|
//! | `UserAuthMethod-QR.Read`, `UserAuthenticationMethod.Read` | read one's own codes |
//! | `UserAuthMethod-QR.ReadWrite`, `UserAuthenticationMethod.ReadWrite` | read and write one's own codes |
//! | the same with `.All` at the end | to an application and to an administrator the same for everyone's codes, and administration; to other users what it grants without `.All` |
//! | `QrMint.Verify` | `POST /qrmint/verify` |
//!
//! A signed-in user is identified by the object id in the token (`oid`, else `sub`) and has the permissions of the
//! token's scopes. An administrator is a user whose token has one of the directory roles Authentication Administrator,
//! Privileged Authentication Administrator and Global Administrator (`wids`), or another claim that the service was told
//! of. An application has the permissions of its `roles`, and no `/me`. [`Trust`] says what tells them apart.
//!
//! # Files
//!
//! `auth`, `users` and `clock` provide callers, users and the time, [`store`] keeps records, `audit` keeps events,
//! `service` runs the engine's rules on all of them, `http` translates requests and answers, `serve` accepts
//! connections. All rules are in the engine.

mod audit;
mod auth;
mod clock;
mod condition;
mod event;
mod fresh;
mod http;
mod key_lock;
mod limits;
mod metrics;
mod serve;
mod service;
pub mod store;
mod users;

pub use audit::{AuditFile, Trail};
pub use auth::{Authorizer, ClaimRule, ClaimRuleError, JwtAuthorizer, KeyError, KeySet, KeyUrl, RunToken, Trust};
pub use clock::Clock;
pub use condition::Condition;
pub use event::{Action, Actor, Event, Outcome};
pub use http::Api;
pub use limits::Limits;
pub use serve::serve;
pub use service::{ImageSettings, OUTCOME_TIME, Service, ServiceError, Verified};
pub use users::{User, Users, UsersError};
