//! A server of keys on loopback.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::RwLock;
use tokio::task::JoinHandle;

use super::key_set;

/// A server that publishes keys, or fails.
pub(crate) struct KeyServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    answer: Mutex<(StatusCode, HeaderMap, String)>,
    fetches: AtomicUsize,
    /// Answers wait while it is locked for writing.
    gate: Arc<RwLock<()>>,
}

impl KeyServer {
    /// Starts a server that publishes these keys.
    pub(crate) async fn start(keys: impl IntoIterator<Item = Value>) -> Self {
        let shared = Arc::<Shared>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { address: listener.local_addr().unwrap(), task: serve(listener, &shared), shared };
        server.publish(keys);
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    /// Publishes these keys only.
    pub(crate) fn publish(&self, keys: impl IntoIterator<Item = Value>) {
        self.answer(StatusCode::OK, &[("content-type", "application/json")], key_set(keys));
    }

    /// Answers in this way from now on.
    pub(crate) fn answer(&self, status: StatusCode, headers: &[(&'static str, &str)], body: impl Into<String>) {
        let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        let headers = headers.collect();
        *self.shared.answer.lock().unwrap() = (status, headers, body.into());
    }

    /// Stops listening.
    pub(crate) async fn stop(&mut self) {
        self.task.abort();
        _ = (&mut self.task).await;
    }

    /// Listens again.
    pub(crate) async fn start_again(&mut self) {
        self.task = serve(TcpListener::bind(self.address).await.unwrap(), &self.shared);
    }

    /// Keeps answers back while the guard lives.
    pub(crate) async fn hold(&self) -> tokio::sync::OwnedRwLockWriteGuard<()> {
        self.shared.gate.clone().write_owned().await
    }

    /// Returns the number of fetches so far.
    pub(crate) fn fetches(&self) -> usize {
        self.shared.fetches.load(Ordering::SeqCst)
    }
}

fn serve(listener: TcpListener, shared: &Arc<Shared>) -> JoinHandle<()> {
    let shared = shared.clone();
    let router = Router::new().fallback(move || answer(shared.clone()));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
}

async fn answer(shared: Arc<Shared>) -> Response {
    shared.fetches.fetch_add(1, Ordering::SeqCst);
    let _open = shared.gate.read().await;
    shared.answer.lock().unwrap().clone().into_response()
}
