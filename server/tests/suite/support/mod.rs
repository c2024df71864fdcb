//! Shared by the tests: answers, a service in this process, the program in another, tokens, databases.

mod answer;
mod database;
mod faulty;
mod issuer;
mod key_server;
pub(crate) mod program;
mod wire;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use qrmint_server::store::{MemoryStore, Store};
use qrmint_server::{Api, Authorizer, Clock, ImageSettings, Limits, RunToken, Service, Trail, User, Users};
use serde_json::Value;
use tower::ServiceExt as _;

pub(crate) use answer::Answer;
pub(crate) use database::{PostgresServer, as_user, execute, number, postgres, postgres_url};
pub(crate) use faulty::{Fault, Faulty};
pub(crate) use issuer::{ADMINISTRATOR, AUDIENCE, ISSUER, Issuer, Key, key_set, trust};
pub(crate) use key_server::KeyServer;
pub(crate) use program::Program;
pub(crate) use wire::Wire;

/// The instant of the documentation's examples.
pub(crate) const NOW: &str = "2025-03-04T21:27:46.9771036Z";
/// The user of the documentation's examples.
pub(crate) const FLOKI: &str = "7c4999f7-9c25-4f8e-8b84-766eb28a1b49";
pub(crate) const USERS: &str = r#"{"id":"7c4999f7-9c25-4f8e-8b84-766eb28a1b49","userPrincipalName":"floki@contoso.com"}
{"id":"d36ef3d5-0f44-4b0b-b4c4-2f9c62d4b9bb","userPrincipalName":"torvi@contoso.com"}"#;

pub(crate) const STANDARD: &str = "/beta/me/authentication/qrCodePinMethod/standardQRCode";
pub(crate) const TEMPORARY: &str = "/beta/me/authentication/qrCodePinMethod/temporaryQRCode";

/// A path of a user's code.
pub(crate) fn users_path(id: &str, kind: &str) -> String {
    format!("/beta/users/{id}/authentication/qrCodePinMethod/{kind}")
}

/// A service in this process.
pub(crate) struct Served {
    pub(crate) service: Arc<Service>,
    pub(crate) router: Router,
    pub(crate) token: String,
}

/// Settings of a service in this process. By default it has the users [`USERS`], starts at [`NOW`], keeps codes in
/// memory and no audit trail, makes the default images, and its token is Floki's on `/me`.
#[derive(Default)]
pub(crate) struct Setting {
    pub(crate) store: Option<Arc<dyn Store>>,
    pub(crate) now: Option<&'static str>,
    pub(crate) limits: Limits,
    pub(crate) authorizer: Option<Authorizer>,
    pub(crate) any_user: bool,
    pub(crate) trail: Trail,
    pub(crate) strict_last_used: bool,
    pub(crate) image: ImageSettings,
    pub(crate) trusted_proxies: usize,
}

impl Setting {
    pub(crate) fn serve(self) -> Served {
        let me = RunToken::new(User::new(FLOKI, "floki@contoso.com").unwrap()).unwrap();
        let token = me.secret().to_owned();
        let users = if self.any_user { Users::any() } else { Users::parse(USERS).unwrap() };
        let service = Service::new(self.store.unwrap_or_else(|| Arc::new(MemoryStore::default())))
            .with_users(users)
            .with_clock(Clock::starting_at(self.now.unwrap_or(NOW).parse().unwrap()))
            .with_request_time(self.limits.body_time)
            .with_strict_last_used(self.strict_last_used)
            .with_image(self.image)
            .with_trail(self.trail);
        let service = Arc::new(service);
        let api = Api::new(service.clone(), Arc::new(self.authorizer.unwrap_or(me.into())))
            .with_limits(self.limits)
            .with_trusted_proxies(self.trusted_proxies);
        Served { service, router: api.router(), token }
    }
}

impl Served {
    pub(crate) fn new() -> Self {
        Setting::default().serve()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of_response(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Sends a request with this service's token and, if there is a body, the content type of JSON.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: impl Into<Option<&str>>) -> Answer {
        self.ask_as(&self.token, method, path, body).await
    }

    pub(crate) async fn ask_as(&self, token: &str, method: &str, path: &str, body: impl Into<Option<&str>>) -> Answer {
        let body = body.into();
        let mut request =
            Request::builder().method(method).uri(path).header("Authorization", format!("Bearer {token}"));
        if body.is_some() {
            request = request.header("Content-Type", "application/json");
        }
        self.send(request.body(Body::from(body.unwrap_or_default().to_owned())).unwrap()).await
    }
}

/// Returns the content that a QR decoder reads in a PNG.
pub(crate) fn decode(image: &[u8]) -> Vec<u8> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(image));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let (width, height, line) = (frame.width as usize, frame.height as usize, frame.line_size);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * line + x]);
    let mut content = Vec::new();
    prepared.detect_grids()[0].decode_to(&mut content).unwrap();
    content
}

/// Decodes a property in base64.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap()).unwrap()
}

/// Returns the body of a request to verify raw content.
pub(crate) fn scan(raw_content: &Value) -> String {
    serde_json::json!({ "rawContent": raw_content }).to_string()
}

/// Counts how often each value occurs.
pub(crate) fn count<T: Eq + std::hash::Hash>(items: impl IntoIterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

/// Returns the value of a metric with these labels in the text of `/metrics`, or 0 if it is missing.
pub(crate) fn metric(text: &str, name: &str) -> f64 {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map_or(0.0, |value| value.parse().unwrap())
}
