//! Microsoft Graph's `qrCode` API, offline: callers, HTTP and stores around the rules of [`qrmint::credential`].
//!
//! The program `qrmint-server` serves it. [`Service::router`] is the same for a service of your own:
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use axum::routing::get;
//! use qrmint_server::{RunToken, Service, User, store::MemoryStore};
//!
//! let token = RunToken::new(User::new("badge-17", "floki@contoso.com").expect("an id and a name"))?;
//! let codes = Service::new(Arc::new(MemoryStore::default()), token).router();
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
//! | `GET /healthz`, `/readyz`, `/metrics`, `/openapi.json` | 200; `/readyz` 503 if the store does not answer |
//!
//! Errors have Graph's form; if a rule was broken, their `details` name it. Every answer has `request-id` and
//! `client-request-id`. `/openapi.json` describes every body, header and error.
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
//! | the same with `.All` at the end | the same for everyone's codes |
//! | `QrMint.Verify` | `POST /qrmint/verify` |
//!
//! A caller is identified by the object id in the token (`oid`). A token with scopes (`scp`) is that of a signed-in
//! user. One without scopes, or with `idtyp` `app`, is that of an application: only its `roles` that end in `.All`, and
//! `QrMint.Verify`, grant anything, and it has no `/me`.
//!
//! # Files
//!
//! `auth`, `users` and `clock` provide callers, users and the time, [`store`] keeps records, `http` translates requests
//! and answers, `serve` accepts connections. All rules are in the engine.

mod auth;
mod clock;
mod event;
mod http;
mod key_lock;
mod limits;
mod metrics;
mod named_answers;
mod serve;
mod service;
pub mod store;
mod users;

pub use auth::{
    Authorizer, ClaimRule, ClaimRuleError, Identity, JwtAuthorizer, KeyError, KeySet, KeyUrl, Permissions, RunToken,
    Trust,
};
pub use clock::Clock;
pub use event::{Action, Event, Outcome};
pub use limits::Limits;
pub use serve::serve;
pub use service::Service;
pub use users::{User, Users, UsersError};
