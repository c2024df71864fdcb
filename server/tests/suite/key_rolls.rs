//! Keys that change: those of a URL, whose issuer rolls them, and those that are replaced by hand.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use qrmint_server::{JwtAuthorizer, KeyError, KeySet, KeyUrl};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

use crate::support::{FLOKI, Issuer, Key, KeyServer, NOW, STANDARD, Served, Setting, key_set, trust};

/// Returns a token that this key signed by this name. It is good for a GET, which answers 404.
fn token(key: &Key, id: &str) -> String {
    let header = Header { kid: Some(id.into()), ..Issuer::header() };
    key.sign(&header, &Issuer::claims(NOW, json!({"oid": FLOKI, "scp": "UserAuthMethod-QR.Read"})))
}

async fn status(served: &Served, token: &str) -> u16 {
    served.ask_as(token, "GET", STANDARD, None).await.status
}

/// A service with the keys of this server.
async fn served(server: &KeyServer) -> (Arc<Served>, JwtAuthorizer) {
    let authorizer = JwtAuthorizer::with_key_url(trust(), KeyUrl::fetch(&server.url()).await.unwrap());
    let setting = Setting { authorizer: Some(authorizer.clone().into()), ..Setting::default() };
    (Arc::new(setting.serve()), authorizer)
}

/// Lets this time pass at once. Connections run in real time, so no time limit is reached by chance.
async fn pass(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

/// Waits until `reached` is true, for at most half a minute.
async fn until(reached: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if reached() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it does not happen");
}

#[tokio::test]
async fn no_valid_token_is_refused_while_keys_roll_under_load() {
    let first = Key::ed25519();
    let server = KeyServer::start([first.named("0")]).await;
    let (served, authorizer) = served(&server).await;
    tokio::spawn(async move { authorizer.keep_keys_fresh().await });
    let in_use = Arc::new(Mutex::new((first, "0".to_owned())));
    let (answered, stopped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let mut callers = JoinSet::new();
    for _ in 0..32 {
        let (served, in_use, answered, stopped) = (served.clone(), in_use.clone(), answered.clone(), stopped.clone());
        callers.spawn(async move {
            while !stopped.load(Ordering::SeqCst) {
                let (key, id) = in_use.lock().unwrap().clone();
                assert_eq!(status(&served, &token(&key, &id)).await, 404, "key {id}");
                answered.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
    }
    let loaded = async || {
        let enough = answered.load(Ordering::SeqCst) + 200;
        until(|| answered.load(Ordering::SeqCst) >= enough).await;
    };
    loaded().await;
    for roll in 1..=6 {
        let (key, id) = (Key::ed25519(), roll.to_string());
        let (old, old_id) = in_use.lock().unwrap().clone();
        let before = server.fetches();
        server.publish([old.named(&old_id), key.named(&id)]);
        if roll % 2 == 0 {
            // Published long before its use, it is fetched when the old ones are no longer fresh.
            pass(15 * 60).await;
            until(|| server.fetches() > before).await;
            loaded().await;
        } else {
            pass(60).await;
        }
        *in_use.lock().unwrap() = (key, id);
        loaded().await;
        assert_eq!(server.fetches(), before + 1, "roll {roll}");
    }
    stopped.store(true, Ordering::SeqCst);
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test]
async fn old_keys_end_and_new_ones_begin_when_keys_are_fetched_again() {
    let (old, new) = (Key::ed25519(), Key::ed25519());
    let server = KeyServer::start([old.named("old")]).await;
    let (served, authorizer) = served(&server).await;
    assert_eq!(status(&served, &token(&old, "old")).await, 404);
    server.publish([new.named("new")]);
    assert_eq!(status(&served, &token(&old, "old")).await, 404);
    authorizer.refresh_keys().await.unwrap();
    assert_eq!(status(&served, &token(&old, "old")).await, 401);
    assert_eq!(status(&served, &token(&new, "new")).await, 404);
}

#[tokio::test]
async fn old_keys_end_and_new_ones_begin_when_keys_are_replaced() {
    let issuer = Issuer::new();
    let new = Key::ed25519();
    let authorizer = JwtAuthorizer::new(trust(), KeySet::read_jwks(issuer.jwks()).unwrap());
    let served = Setting { authorizer: Some(authorizer.clone().into()), ..Setting::default() }.serve();
    assert_eq!(status(&served, &token(&issuer.key, "one")).await, 404);
    authorizer.set_keys(KeySet::from_jwks(key_set([new.named("two")]).as_bytes()).unwrap());
    assert_eq!(status(&served, &token(&issuer.key, "one")).await, 401);
    assert_eq!(status(&served, &token(&new, "two")).await, 404);
    // There is no URL to fetch from.
    authorizer.refresh_keys().await.unwrap();
    authorizer.keep_keys_fresh().await;
    assert_eq!(status(&served, &token(&new, "two")).await, 404);
}

#[tokio::test]
async fn an_unknown_key_is_asked_for_once_in_a_minute_for_all_tokens_together() {
    let key = Key::ed25519();
    let server = KeyServer::start([key.named("one")]).await;
    let (served, _authorizer) = served(&server).await;
    let ask_for_unknown = async |from: u32| {
        let mut requests = JoinSet::new();
        for id in from..from + 20 {
            let (served, token) = (served.clone(), token(&key, &format!("unknown {id}")));
            requests.spawn(async move { status(&served, &token).await });
        }
        assert_eq!(requests.join_all().await, [401; 20]);
    };
    ask_for_unknown(0).await;
    assert_eq!(server.fetches(), 2);
    ask_for_unknown(0).await;
    pass(55).await;
    ask_for_unknown(20).await;
    assert_eq!(server.fetches(), 2);
    pass(6).await;
    ask_for_unknown(40).await;
    assert_eq!(server.fetches(), 3);
    pass(61).await;
    // Nobody's key makes these good.
    let claims = Issuer::claims(NOW, json!({"oid": FLOKI}));
    let shared_secret = Header { kid: Some("unknown".into()), ..Header::new(Algorithm::HS256) };
    let unnamed = Header { kid: None, ..Issuer::header() };
    for token in [
        jsonwebtoken::encode(&shared_secret, &claims, &EncodingKey::from_secret(b"secret").unwrap()).unwrap(),
        Key::ed25519().sign(&unnamed, &claims),
        token(&Key::ed25519(), "one"),
    ] {
        assert_eq!(status(&served, &token).await, 401);
    }
    assert_eq!(server.fetches(), 3);
}

#[tokio::test]
async fn at_most_64_requests_wait_for_an_unknown_key() {
    let (old, new) = (Key::ed25519(), Key::ed25519());
    let server = KeyServer::start([old.named("old")]).await;
    let (served, _authorizer) = served(&server).await;
    server.publish([new.named("new")]);
    let held = server.hold().await;
    let mut requests = JoinSet::new();
    for _ in 0..100 {
        let (served, token) = (served.clone(), token(&new, "new"));
        requests.spawn(async move { status(&served, &token).await });
    }
    for _ in 0..36 {
        assert_eq!(requests.join_next().await.unwrap().unwrap(), 401);
    }
    // Those with a known key wait for nothing.
    assert_eq!(status(&served, &token(&old, "old")).await, 404);
    drop(held);
    assert_eq!(requests.join_all().await, [404; 64]);
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_end_the_fetch() {
    let (old, new) = (Key::ed25519(), Key::ed25519());
    let server = KeyServer::start([old.named("old")]).await;
    let (served, _authorizer) = served(&server).await;
    server.publish([new.named("new")]);
    let held = server.hold().await;
    let impatient = tokio::spawn({
        let (served, token) = (served.clone(), token(&old, "unknown"));
        async move { status(&served, &token).await }
    });
    until(|| server.fetches() == 2).await;
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    drop(held);
    assert_eq!(status(&served, &token(&new, "new")).await, 404);
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn a_token_waits_for_the_fetch_in_flight_and_begins_no_other() {
    let (old, new) = (Key::ed25519(), Key::ed25519());
    let server = KeyServer::start([old.named("old")]).await;
    let (served, authorizer) = served(&server).await;
    server.publish([new.named("new")]);
    let held = server.hold().await;
    let refreshed = tokio::spawn(async move { authorizer.refresh_keys().await });
    until(|| server.fetches() == 2).await;
    let waiting = tokio::spawn({
        let (served, token) = (served.clone(), token(&new, "new"));
        async move { status(&served, &token).await }
    });
    tokio::task::yield_now().await;
    drop(held);
    refreshed.await.unwrap().unwrap();
    assert_eq!(waiting.await.unwrap(), 404);
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn a_server_of_keys_that_is_down_keeps_the_old_ones() {
    let (old, new) = (Key::ed25519(), Key::ed25519());
    let mut server = KeyServer::start([old.named("old")]).await;
    let (served, authorizer) = served(&server).await;
    for (status_code, body) in [
        (StatusCode::SERVICE_UNAVAILABLE, key_set([new.named("new")])),
        (StatusCode::NO_CONTENT, String::new()),
        (StatusCode::OK, "<html>maintenance</html>".into()),
        (StatusCode::OK, key_set([])),
    ] {
        server.answer(status_code, &[], body);
        let error = authorizer.refresh_keys().await.unwrap_err();
        assert!(matches!(error, KeyError::Status { .. } | KeyError::Set(_) | KeyError::None), "{error}");
        assert_eq!(status(&served, &token(&old, "old")).await, 404);
    }
    server.stop().await;
    let error = authorizer.refresh_keys().await.unwrap_err();
    assert!(error.to_string().contains("refused"), "{error}");
    assert_eq!(status(&served, &token(&new, "new")).await, 401);
    assert_eq!(status(&served, &token(&old, "old")).await, 404);

    server.start_again().await;
    server.publish([new.named("new")]);
    tokio::spawn(async move { authorizer.keep_keys_fresh().await });
    // The next attempt after the failures above is at most five minutes away.
    let before = server.fetches();
    pass(5 * 60).await;
    until(|| server.fetches() > before).await;
    assert_eq!(status(&served, &token(&new, "new")).await, 404);
    assert_eq!(server.fetches(), before + 1);
    assert_eq!(status(&served, &token(&old, "old")).await, 401);
}

#[tokio::test]
async fn a_fetch_for_an_unknown_key_that_fails_is_tried_again_soon() {
    let (old, new) = (Key::ed25519(), Key::ed25519());
    let server = KeyServer::start([old.named("old")]).await;
    let (served, authorizer) = served(&server).await;
    tokio::spawn(async move { authorizer.keep_keys_fresh().await });
    server.answer(StatusCode::SERVICE_UNAVAILABLE, &[], "");
    assert_eq!(status(&served, &token(&new, "new")).await, 401);
    let before = server.fetches();
    server.publish([new.named("new")]);
    pass(5).await;
    until(|| server.fetches() > before).await;
    let mut found = 401;
    for _ in 0..2_000 {
        found = status(&served, &token(&new, "new")).await;
        if found == 404 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(found, 404);
}

#[tokio::test]
async fn keys_are_fetched_again_as_often_as_the_issuer_says() {
    let keys: Vec<_> = (0..5).map(|_| Key::ed25519()).collect();
    let server = KeyServer::start([]).await;
    let publish = |id: usize| {
        let headers = [("cache-control", "public, max-age=120")];
        server.answer(StatusCode::OK, &headers, key_set([keys[id].named(&id.to_string())]));
    };
    publish(0);
    let (served, authorizer) = served(&server).await;
    tokio::spawn(async move { authorizer.keep_keys_fresh().await });
    for (id, key) in keys.iter().enumerate().skip(1) {
        publish(id);
        pass(110).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(server.fetches(), id);
        pass(10).await;
        until(|| server.fetches() == id + 1).await;
        // Waits for the answer that is on its way.
        assert_eq!(status(&served, &token(key, &id.to_string())).await, 404);
        assert_eq!(server.fetches(), id + 1);
    }
}

#[tokio::test]
async fn redirects_errors_and_huge_answers_are_no_keys() {
    let key = Key::ed25519();
    let good = key_set([key.named("one")]);
    let server = KeyServer::start([key.named("one")]).await;
    for status in [301, 302, 303, 307, 308, 204, 404, 500] {
        server.answer(StatusCode::from_u16(status).unwrap(), &[("location", &server.url())], good.as_str());
        let error = KeyUrl::fetch(&server.url()).await.unwrap_err();
        assert!(matches!(error, KeyError::Status { status: found } if found == status), "{error}");
    }
    let max = 256 * 1024;
    for (len, fits) in [(max, true), (max + 1, false), (64 * max, false)] {
        server.answer(StatusCode::OK, &[], good.clone() + &" ".repeat(len - good.len()));
        let fetched = KeyUrl::fetch(&server.url()).await;
        assert_eq!(fetched.is_ok(), fits, "{len}");
        assert!(matches!(fetched, Ok(_) | Err(KeyError::TooLarge { max: 262_144 })));
    }
}

// The clock runs as soon as nothing else does, so the test takes no five seconds.
#[tokio::test(start_paused = true)]
async fn slow_answers_are_given_up_after_five_seconds() {
    for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            _ = connection.read(&mut [0; 1024]).await;
            _ = connection.write_all(answer.as_bytes()).await;
            while !answer.is_empty() && connection.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            std::future::pending::<()>().await;
        });
        let began = tokio::time::Instant::now();
        let error = KeyUrl::fetch(&url).await.unwrap_err();
        assert!(matches!(error, KeyError::TimedOut { seconds: 5 }), "{error}");
        assert_eq!(began.elapsed().as_secs(), 5);
        server.abort();
    }
}

#[tokio::test]
async fn https_is_not_taken_from_a_server_without_a_certificate() {
    let server = KeyServer::start([Key::ed25519().named("one")]).await;
    let error = KeyUrl::fetch(&server.url().replace("http://", "https://")).await.unwrap_err();
    // `Certificates` on a machine without root certificates.
    assert!(matches!(error, KeyError::Transport(_) | KeyError::Certificates(_)), "{error}");
    assert_eq!(server.fetches(), 0);
}
