//! Limits: in this process with stores that misbehave, and byte for byte against the program.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use qrmint::credential::{DateTime, Kind, Record};
use qrmint_server::store::{CodeFilter, Count, EventFilter, MemoryStore, Removal, Store, StoreError};
use qrmint_server::{Event, Limits};
use serde_json::json;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::support::{FLOKI, Fault, Faulty, Program, STANDARD, Served, Setting, TEMPORARY, metric, scan};

/// A store that does nothing but fail.
#[derive(Clone)]
enum Failing {
    Unavailable,
    Corrupt,
    Panics,
    /// Waits for a permit, then fails as unavailable.
    Waits(Arc<Semaphore>),
    /// Every swap fails because of another one.
    Contended,
}

impl Failing {
    async fn strike<T>(self) -> Result<T, StoreError> {
        match self {
            Self::Corrupt => Err(StoreError::Corrupt { column: "expire_ticks", code: "x".into() }),
            Self::Panics => panic!("a fault that was planted"),
            Self::Waits(semaphore) => {
                semaphore.acquire().await.unwrap().forget();
                Err(StoreError::Unavailable("late".into()))
            }
            Self::Unavailable | Self::Contended => Err(StoreError::Unavailable("postgres://floki:secret@host".into())),
        }
    }
}

#[async_trait]
impl Store for Failing {
    async fn read(&self, _: &str, _: Kind) -> Result<Option<Record>, StoreError> {
        if matches!(self, Self::Contended) { Ok(None) } else { self.clone().strike().await }
    }

    async fn find(&self, _: Uuid) -> Result<Option<(String, Record)>, StoreError> {
        self.clone().strike().await
    }

    async fn compare_and_swap(&self, _: &str, _: Kind, _: Option<&Record>, _: &Record) -> Result<bool, StoreError> {
        if matches!(self, Self::Contended) { Ok(false) } else { self.clone().strike().await }
    }

    async fn remove(&self, _: &Removal) -> Result<u64, StoreError> {
        self.clone().strike().await
    }

    async fn list(&self, _: &CodeFilter) -> Result<Vec<(String, Record)>, StoreError> {
        self.clone().strike().await
    }

    async fn count(&self, _: DateTime, _: DateTime) -> Result<Vec<Count>, StoreError> {
        self.clone().strike().await
    }

    async fn append(&self, _: &Event) -> Result<(), StoreError> {
        self.clone().strike().await
    }

    async fn events(&self, _: &EventFilter) -> Result<Vec<Event>, StoreError> {
        self.clone().strike().await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.clone().strike().await
    }
}

fn with(fault: Failing, limits: Limits) -> Served {
    Setting { store: Some(Arc::new(fault)), limits, ..Setting::default() }.serve()
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_503_and_tells_nothing_of_itself() {
    let served = with(Failing::Unavailable, Limits::default());
    let content = format!("ms-qrpin:v1|floki@contoso.com|{FLOKI}|{}", "A".repeat(43));
    let scanned = scan(&json!(BASE64.encode(content)));
    for (method, path, body) in [
        ("PATCH", STANDARD, Some("{}")),
        ("GET", STANDARD, None),
        ("DELETE", STANDARD, None),
        ("POST", "/qrmint/verify", Some(&*scanned)),
        ("GET", "/readyz", None),
    ] {
        let answer = served.ask(method, path, body).await;
        let message = answer.expect_error(503, "serviceNotAvailable");
        assert!(message == "The store does not answer." || path == "/readyz", "{message}");
        assert_eq!(answer.header("retry-after"), "1");
    }
    assert_eq!(served.ask("GET", "/healthz", None).await.status, 200);
}

#[tokio::test]
async fn a_row_that_is_no_record_and_a_panic_are_500() {
    for fault in [Failing::Corrupt, Failing::Panics] {
        let served = with(fault, Limits::default());
        served.ask("PATCH", STANDARD, "{}").await.expect_error(500, "internalServerError");
        served.ask("GET", STANDARD, None).await.expect_error(500, "internalServerError");
        let ready = served.ask("GET", "/readyz", None).await.status;
        assert!([500, 503].contains(&ready), "{ready}");
    }
}

#[tokio::test]
async fn a_write_that_others_always_come_before_is_tried_for_as_long_as_a_request_may_take() {
    let mut limits = Limits::default();
    limits.body_time = Duration::from_secs(1);
    let served = with(Failing::Contended, limits);
    let answer = served.ask("PATCH", STANDARD, "{}").await;
    assert_eq!(answer.expect_error(503, "serviceNotAvailable"), "The request could not be done in time.");
    let metrics = served.ask("GET", "/metrics", None).await;
    assert!(metric(metrics.text(), "qrmint_conflicts_total") > 100.0);
}

#[tokio::test]
async fn more_requests_than_slots_are_429_and_leave_the_others_alone() {
    let gate = Arc::new(Semaphore::new(0));
    let mut limits = Limits::default();
    limits.requests = 2;
    let served = Arc::new(with(Failing::Waits(gate.clone()), limits));
    let begun: Vec<_> = (0..2)
        .map(|_| {
            let served = served.clone();
            tokio::spawn(async move { served.ask("GET", STANDARD, None).await })
        })
        .collect();
    let in_flight = async || metric(served.ask("GET", "/metrics", None).await.text(), "qrmint_requests_in_flight");
    while in_flight().await < 2.0 {
        tokio::task::yield_now().await;
    }
    let refused = served.ask("GET", STANDARD, None).await;
    refused.expect_error(429, "tooManyRequests");
    assert_eq!(refused.header("retry-after"), "1");
    // A token is not looked at before there is a slot, so a forged one costs nothing then.
    served.ask_as("forged", "GET", STANDARD, None).await.expect_error(429, "tooManyRequests");
    gate.add_permits(3);
    for task in begun {
        assert_eq!(task.await.unwrap().status, 503);
    }
    assert_eq!(in_flight().await, 0.0);
    assert_eq!(served.ask("GET", STANDARD, None).await.status, 503);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_503_and_gives_its_slot_back() {
    let mut limits = Limits::default();
    (limits.requests, limits.body_time) = (1, Duration::from_millis(30));
    let served = with(Failing::Waits(Arc::new(Semaphore::new(0))), limits);
    for _ in 0..3 {
        let answer = served.ask("GET", STANDARD, None).await;
        assert_eq!(answer.expect_error(503, "serviceNotAvailable"), "The request could not be done in time.");
    }
    served.ask("GET", "/readyz", None).await.expect_error(503, "serviceNotAvailable");
}

#[tokio::test]
async fn what_a_client_began_is_done_though_the_client_goes_away() {
    let store = Arc::new(MemoryStore::default());
    let slow = Faulty { store, reads_after: Duration::from_millis(60), ..Faulty::default() };
    let served = Arc::new(Setting { store: Some(Arc::new(slow)), ..Setting::default() }.serve());
    let asked = served.clone();
    let client = tokio::spawn(async move { asked.ask("PATCH", STANDARD, "{}").await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    tokio::time::sleep(Duration::from_millis(150)).await;
    served.ask("GET", STANDARD, None).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_store_that_reads_and_does_not_write_is_503_and_nothing_has_changed() {
    let store = Arc::new(MemoryStore::default());
    let sound = Setting { store: Some(store.clone()), ..Setting::default() }.serve();
    let code =
        sound.ask("PATCH", STANDARD, r#"{"startDateTime":"2025-01-01T00:00:00Z"}"#).await.expect(StatusCode::CREATED);
    let scanned = scan(&code["image"]["rawContent"]);
    let lame = Faulty { store: store.clone(), fault: Fault::Writes, ..Faulty::default() };
    let lame = Setting { store: Some(Arc::new(lame)), ..Setting::default() }.serve();
    for (method, path, body) in [
        ("PATCH", STANDARD, Some(r#"{"expireDateTime":"2025-05-01T00:00:00Z"}"#)),
        ("PATCH", TEMPORARY, Some("{}")),
        ("DELETE", STANDARD, None),
    ] {
        let answer = lame.ask(method, path, body).await;
        assert_eq!(answer.expect_error(503, "serviceNotAvailable"), "The store does not answer.", "{method} {path}");
    }
    // Who signs in does not suffer for a note that can't be written, unless that is asked for.
    let verified = lame.ask("POST", "/qrmint/verify", &*scanned).await;
    assert_eq!(verified.expect(StatusCode::OK)["qrCode"]["id"], code["id"]);
    let metrics = lame.ask("GET", "/metrics", None).await;
    assert_eq!(metric(metrics.text(), "qrmint_last_uses_lost_total"), 1.0);
    lame.ask("GET", "/readyz", None).await.expect_error(503, "serviceNotAvailable");
    let strict = Faulty { store: store.clone(), fault: Fault::Writes, ..Faulty::default() };
    let strict = Setting { store: Some(Arc::new(strict)), strict_last_used: true, ..Setting::default() }.serve();
    strict.ask("POST", "/qrmint/verify", &*scanned).await.expect_error(503, "serviceNotAvailable");
    for served in [&lame, &sound] {
        let stored = served.ask("GET", STANDARD, None).await.expect(StatusCode::OK);
        for property in ["id", "expireDateTime", "lastUsedDateTime"] {
            assert_eq!(stored[property], code[property]);
        }
        assert_eq!(served.ask("GET", TEMPORARY, None).await.status, 404);
    }
}

#[tokio::test]
async fn a_body_may_have_16_kb_and_no_more() {
    let served = Served::new();
    let patch = |body: Body, length: Option<usize>| {
        let mut request = Request::builder().method("PATCH").uri(STANDARD).header("Content-Type", "application/json");
        if let Some(length) = length {
            request = request.header("Content-Length", length);
        }
        served.send(request.header("Authorization", format!("Bearer {}", served.token)).body(body).unwrap())
    };
    let padded = |length: usize| format!("{}{{}}", " ".repeat(length - 2));
    let pieces = |text: String| {
        let pieces: Vec<_> =
            text.into_bytes().chunks(1_000).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect();
        Body::from_stream(futures_util::stream::iter(pieces))
    };
    patch(padded(16_384).into(), Some(16_384)).await.expect(StatusCode::CREATED);
    patch(pieces(padded(16_384)), None).await.expect(StatusCode::OK);
    patch(padded(16_385).into(), Some(16_385)).await.expect_error(413, "requestEntityTooLarge");
    patch(pieces(padded(16_385)), None).await.expect_error(413, "requestEntityTooLarge");
    // A length that is too large is refused before the body arrives.
    patch(Body::empty(), Some(usize::MAX)).await.expect_error(413, "requestEntityTooLarge");
}

const LIMITED: [&str; 9] = [
    "--store",
    "memory:",
    "--request-time",
    "1",
    "--connection-time",
    "2",
    "--max-connections",
    "3",
    "--max-requests=2",
];

#[test]
fn a_slow_body_is_408_and_slow_headers_end_the_connection() {
    let program = Program::start(&LIMITED);
    let head = format!(
        "PATCH {STANDARD} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{{",
        program.token
    );
    let mut slow_body = program.wire();
    let began = Instant::now();
    slow_body.write(&head).unwrap();
    let answer = slow_body.read().unwrap();
    answer.expect_error(408, "requestTimeout");
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert!(slow_body.ends());

    for start in ["", "GET /heal", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: "] {
        let began = Instant::now();
        let mut slow_headers = program.wire();
        slow_headers.write(start).unwrap();
        assert!(slow_headers.ends(), "{start:?}");
        assert!((1.5..30.0).contains(&began.elapsed().as_secs_f64()), "{start:?}: {:?}", began.elapsed());
    }
}

#[test]
fn what_is_no_http_or_has_no_end_is_refused() {
    let program = Program::start(&LIMITED);
    for (bytes, expected) in [
        ("\0\u{1}\u{2}\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), 400),
        ("GET /healthz HTTP/1.1\r\nbad header\r\n\r\n".to_owned(), 400),
        (format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(100_000)), 0),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(100_000)), 431),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(200)), 431),
        (
            "POST /qrmint/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello".to_owned(),
            400,
        ),
    ] {
        let mut wire = program.wire();
        // The other side may have answered and closed the connection before all is sent.
        _ = wire.write(&bytes);
        let answer = wire.read();
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        // If the program closes the connection without reading all, its answer may be lost.
        let lost = status == 0 && bytes.len() > 50_000;
        let refused = status == expected || lost || expected == 0 && [414, 431].contains(&status);
        assert!(refused, "{status} for {:.60?}", bytes);
    }
    assert_eq!(program.wire().ask("", "GET", "/healthz", None).unwrap().status, 200);
}

#[test]
fn a_large_body_is_refused_on_the_wire_and_the_next_request_is_not_read_from_it() {
    let program = Program::start(&LIMITED);
    let mut wire = program.wire();
    let body = format!("{{\"a\":\"{}\"}}", "GET /healthz HTTP/1.1\r\n\r\n".repeat(1_000));
    let answer = wire.ask(&program.token, "PATCH", STANDARD, Some(&body)).unwrap();
    answer.expect_error(413, "requestEntityTooLarge");
    assert_eq!(answer.header("connection"), "close");
    assert!(wire.read().is_none());
}

#[test]
fn more_connections_than_places_wait_until_one_ends() {
    let program = Program::start(&LIMITED);
    let began = Instant::now();
    let idle: Vec<_> = (0..3).map(|_| program.wire()).collect();
    let mut waiting = program.wire();
    assert_eq!(waiting.ask("", "GET", "/healthz", None).unwrap().status, 200);
    assert!(began.elapsed() > Duration::from_millis(1_500), "{:?}", began.elapsed());
    drop(idle);
}

#[test]
fn a_client_that_takes_no_answer_loses_its_connection() {
    let program = Program::start(&LIMITED);
    let mut greedy = program.wire();
    // The answers are larger than all buffers of the connection.
    let requests = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000);
    let began = Instant::now();
    let ended = loop {
        if let Err(error) = greedy.write(&requests) {
            break error.kind();
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it is still served");
    };
    // In this process, waiting too long ends with another error.
    assert!(matches!(ended, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{ended}");
}

#[test]
fn a_program_that_is_told_to_stop_does_what_is_in_flight() {
    let mut program = Program::start(&["--store", "memory:", "--request-time", "5"]);
    let mut wire = program.wire();
    let mut idle = program.wire();
    assert_eq!(idle.ask("", "GET", "/healthz", None).unwrap().status, 200);
    let head = format!(
        "PATCH {STANDARD} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
        program.token
    );
    wire.write(&head).unwrap();
    // It waits for the body.
    assert_eq!(wire.read().unwrap().status, 100);
    program.terminate();
    assert!(idle.ends());
    wire.write("{}").unwrap();
    assert_eq!(wire.read().unwrap().status, 201);
    assert_eq!(program.wait().code(), Some(0));
}
