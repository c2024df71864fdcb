//! The program as it is operated: its log, its signals, its files, its limits, its second listener.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::program::signal;
use crate::support::{AUDIENCE, FLOKI, ISSUER, Issuer, Key, Program, STANDARD, USERS, Wire, metric, scan, users_path};

/// Waits until something holds, for at most 20 seconds.
#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(20), "{what} does not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The time of the real clock, for tokens.
fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// Returns a token of a signed-in user that is valid today.
fn token_of(key: &Key, id: &str) -> String {
    token_with(key, "one", id)
}

/// Returns such a token that names its key.
fn token_with(key: &Key, key_id: &str, id: &str) -> String {
    let claims = Issuer::claims(&now(), json!({"oid": id, "scp": "UserAuthMethod-QR.ReadWrite"}));
    let mut header = Issuer::header();
    header.kid = Some(key_id.to_owned());
    key.sign(&header, &claims)
}

/// Arguments for the keys of an issuer.
fn keys(issuer: &Issuer) -> Vec<String> {
    let jwks = issuer.jwks().to_str().unwrap();
    ["--store", "memory:", "--issuer", ISSUER, "--audience", AUDIENCE, "--jwks", jwks].map(str::to_owned).to_vec()
}

fn start(arguments: &[String], more: &[&str]) -> Program {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
    Program::start(&arguments)
}

/// A program whose standard error nobody reads after its start.
struct Unread {
    child: Child,
    address: std::net::SocketAddr,
    token: String,
}

impl Unread {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_qrmint-server"))
            .env_remove("QRMINT_STORE")
            .args(["--listen", "127.0.0.1:0", "--store", "memory:"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = BufReader::new(child.stderr.as_mut().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(errors.read_line(&mut line).unwrap() > 0);
            if let Some((_, address)) = line.trim().split_once("listening on http://") {
                break address.parse().unwrap();
            }
        };
        let mut token = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut token).unwrap();
        Self { child, address, token: token.trim().to_owned() }
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[test]
fn a_log_that_nobody_reads_holds_up_nothing() {
    let mut program = Unread::start();
    let mut wire = Wire::connect(program.address, std::sync::Arc::default());
    // Each line has about 250 bytes; a pipe holds 64 kB and the queue 8,192 lines.
    for round in 0..12_000 {
        let answer = wire.ask(&program.token, "GET", STANDARD, None).unwrap();
        assert_eq!(answer.status, 404, "{round}");
    }
    assert_eq!(wire.ask(&program.token, "PATCH", STANDARD, Some("{}")).unwrap().status, 201);
    assert_eq!(wire.ask("", "GET", "/healthz", None).unwrap().status, 200);
    until("the count of dropped lines", || {
        let metrics = wire.ask("", "GET", "/metrics", None).unwrap();
        metric(metrics.text(), "qrmint_log_lines_dropped_total") > 1_000.0
    });
    signal(&program.child, "TERM");
    let began = Instant::now();
    until("the end of the program", || program.child.try_wait().unwrap().is_some());
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_log_is_json_if_asked_for_and_the_first_lines_stay_as_they_are() {
    let mut program = Program::start(&["--store", "memory:", "--log-format", "json"]);
    assert_eq!(program.token.len(), 43);
    assert_eq!(program.wire().ask(&program.token, "GET", STANDARD, None).unwrap().status, 404);
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    let told = program.told();
    let lines: Vec<serde_json::Value> =
        told.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "{told}");
    assert_eq!((&lines[0]["status"], &lines[0]["level"]), (&json!(404), &json!("INFO")));
}

#[test]
fn half_a_request_line_does_not_hold_up_the_stop() {
    for start in ["GET /heal", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: "] {
        let mut program = Program::start(&["--store", "memory:"]);
        let mut half = program.wire();
        half.write(start).unwrap();
        // After an answer to another request the program has read that as well.
        assert_eq!(program.wire().ask("", "GET", "/healthz", None).unwrap().status, 200);
        let began = Instant::now();
        program.terminate();
        assert_eq!(program.wait().code(), Some(0), "{start:?}");
        assert!(began.elapsed() < Duration::from_secs(8), "{start:?}: {:?}", began.elapsed());
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    for second in ["TERM", "INT"] {
        let mut program = Program::start(&["--store", "memory:", "--request-time", "60"]);
        let mut wire = program.wire();
        let head = format!(
            "PATCH {STANDARD} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
            program.token
        );
        wire.write(head).unwrap();
        assert_eq!(wire.read().unwrap().status, 100);
        program.terminate();
        // The listener is closed: the first signal was taken.
        until("the end of listening", || std::net::TcpStream::connect(program.address).is_err());
        let began = Instant::now();
        program.signal(second);
        assert_eq!(program.wait().code(), Some(1));
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }
}

#[test]
fn keys_are_read_again_on_a_hangup_and_when_their_file_changes() {
    for hangup in [true, false] {
        let issuer = Issuer::new();
        let program = start(&keys(&issuer), &["--any-user"]);
        let old = token_of(&issuer.key, FLOKI);
        let status = |token: &str| program.wire().ask(token, "GET", STANDARD, None).unwrap().status;
        assert_eq!(status(&old), 404);

        let key = Key::ed25519();
        std::fs::write(issuer.jwks(), json!({"keys": [key.named("one")]}).to_string()).unwrap();
        if hangup {
            program.signal("HUP");
        }
        let new = token_of(&key, FLOKI);
        until("the new key", || status(&new) == 404);
        assert_eq!(status(&old), 401);

        // A file that is no key set leaves the keys in place.
        std::fs::write(issuer.jwks(), "{").unwrap();
        program.signal("HUP");
        until("the count of failures", || {
            let metrics = program.wire().ask("", "GET", "/metrics", None).unwrap();
            metric(metrics.text(), r#"qrmint_reloads_failed_total{subject="keys"}"#) > 0.0
        });
        assert_eq!(status(&new), 404);
    }
}

#[test]
fn keys_roll_under_load_and_no_request_is_lost() {
    let issuer = Issuer::new();
    let program = start(&keys(&issuer), &["--any-user"]);
    let (first, second) = (issuer.key.clone(), Key::ed25519());
    let (rolled, done, asked) = (AtomicBool::new(false), AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for client in 0..4 {
            let (first, second, rolled, done, asked, program) = (&first, &second, &rolled, &done, &asked, &program);
            scope.spawn(move || {
                let (mut wire, user) = (program.wire(), format!("user-{client}"));
                let path = users_path(&user, "standardQRCode");
                while !done.load(Ordering::SeqCst) {
                    let (key, key_id) = if rolled.load(Ordering::SeqCst) { (second, "two") } else { (first, "one") };
                    let token = token_with(key, key_id, &user);
                    for (method, body) in [("PATCH", Some("{}")), ("GET", None), ("DELETE", None)] {
                        let answer = wire.ask(&token, method, &path, body).unwrap();
                        assert!(answer.status < 300, "{method}: {}", answer.text());
                    }
                    asked.fetch_add(3, Ordering::SeqCst);
                }
            });
        }
        let publish = |keys: serde_json::Value| {
            std::fs::write(issuer.jwks(), json!({ "keys": keys }).to_string()).unwrap();
            program.signal("HUP");
        };
        let status = |key: &Key, key_id: &str| {
            program.wire().ask(&token_with(key, key_id, FLOKI), "GET", STANDARD, None).unwrap().status
        };
        // The new key is published, then used, then the old one is withdrawn.
        publish(json!([first.named("one"), second.named("two")]));
        until("the new key", || status(&second, "two") == 404);
        rolled.store(true, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(300));
        publish(json!([second.named("two")]));
        until("the end of the old key", || status(&first, "one") == 401);
        std::thread::sleep(Duration::from_millis(200));
        done.store(true, Ordering::SeqCst);
    });
    assert!(asked.load(Ordering::SeqCst) > 30);
}

#[test]
fn a_user_who_leaves_the_file_is_out_within_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let users = folder.path().join("users.jsonl");
    std::fs::write(&users, USERS).unwrap();
    let program = Program::start(&["--store", "memory:", "--users", users.to_str().unwrap()]);
    let code = program.wire().ask(&program.token, "PATCH", STANDARD, Some("{}")).unwrap();
    let scanned = scan(&code.json()["image"]["rawContent"]);
    let verify = || program.wire().ask(&program.token, "POST", "/qrmint/verify", Some(&scanned)).unwrap();
    assert_eq!(verify().status, 200);
    // As an editor does: a new file takes the place of the old one.
    let next = folder.path().join("users.new");
    std::fs::write(&next, USERS.lines().nth(1).unwrap()).unwrap();
    std::fs::rename(&next, &users).unwrap();
    until("the end of the code", || verify().status == 400);
    verify().expect_rule("unknown", "rawContent");
    // A file that has gone leaves the users in place, and is counted.
    std::fs::remove_file(&users).unwrap();
    until("the count of failures", || {
        let metrics = program.wire().ask("", "GET", "/metrics", None).unwrap();
        metric(metrics.text(), r#"qrmint_reloads_failed_total{subject="users"}"#) > 0.0
    });
    verify().expect_rule("unknown", "rawContent");
    assert_eq!(
        program
            .wire()
            .ask(&program.token, "GET", &users_path("torvi@contoso.com", "standardQRCode"), None)
            .unwrap()
            .status,
        404
    );
}

#[test]
fn the_second_listener_answers_when_all_connections_are_taken() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_qrmint-server"));
    let program =
        Program::start_by(&mut child, &["--store", "memory:", "--max-connections", "3", "--monitor", "127.0.0.1:0"]);
    let told = program.told();
    let monitor = told.lines().find_map(|line| line.split_once("monitor on http://")).unwrap().1;
    let taken: Vec<_> = (0..3).map(|_| program.wire()).collect();
    let mut waiting = program.wire();
    waiting.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut wire = Wire::connect(monitor.parse().unwrap(), std::sync::Arc::default());
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json"] {
        assert_eq!(wire.ask("", "GET", path, None).unwrap().status, 200, "{path}");
    }
    wire.ask(&program.token, "GET", STANDARD, None).unwrap().expect_error(404, "resourceNotFound");
    drop(taken);
    assert_eq!(waiting.read().unwrap().status, 200);
}

#[test]
fn a_caller_that_floods_leaves_room_for_the_others() {
    let issuer = Issuer::new();
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite://{}", folder.path().join("codes.db").display());
    let mut arguments = keys(&issuer);
    arguments[1] = store;
    let program = start(&arguments, &["--any-user", "--max-requests", "16"]);
    let (done, limited) = (AtomicBool::new(false), AtomicUsize::new(0));
    let flooder = token_of(&issuer.key, "flooder");
    std::thread::scope(|scope| {
        for _ in 0..40 {
            let (program, flooder, done, limited) = (&program, &flooder, &done, &limited);
            scope.spawn(move || {
                let mut wire = program.wire();
                let path = users_path("flooder", "standardQRCode");
                for number in 0.. {
                    if done.load(Ordering::SeqCst) {
                        break;
                    }
                    // Each changes the code, so that each waits for the disk.
                    let date = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 + number % 99);
                    let body = format!(r#"{{"expireDateTime":"{date}"}}"#);
                    let answer = wire.ask(flooder, "PATCH", &path, Some(&body)).unwrap();
                    if answer.status == 429 {
                        assert_eq!(answer.header("retry-after"), "1");
                        limited.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
        until("the limit of the flooder", || limited.load(Ordering::SeqCst) > 0);
        let mut refused = 0;
        for number in 0..100 {
            let user = format!("user-{}", number % 39);
            let answer = program.wire().ask(&token_of(&issuer.key, &user), "GET", STANDARD, None).unwrap();
            assert!([404, 429].contains(&answer.status), "{}", answer.text());
            refused += usize::from(answer.status == 429);
        }
        done.store(true, Ordering::SeqCst);
        assert_eq!(refused, 0, "of 100 requests of others");
    });
}

#[test]
fn bodies_that_do_not_arrive_leave_room_for_the_others() {
    let issuer = Issuer::new();
    let program = start(&keys(&issuer), &["--any-user", "--max-requests", "16", "--request-time", "20"]);
    let mut slow: Vec<_> = (0..16)
        .map(|number| {
            let user = format!("slow-{}", number % 2);
            let path = users_path(&user, "standardQRCode");
            let token = token_of(&issuer.key, &user);
            let mut wire = program.wire();
            wire.write(format!("PATCH {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")).unwrap();
            // It waits for the body.
            assert_eq!(wire.read().unwrap().status, 100);
            wire
        })
        .collect();
    for number in 0..40 {
        let user = format!("user-{number}");
        let path = users_path(&user, "standardQRCode");
        let answer = program.wire().ask(&token_of(&issuer.key, &user), "PATCH", &path, Some("{}")).unwrap();
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    slow[0].write("{}").unwrap();
    assert_eq!(slow[0].read().unwrap().status, 201);
}

#[cfg(unix)]
#[test]
fn a_users_file_that_cannot_be_read_does_not_hold_up_the_keys() {
    let (issuer, folder) = (Issuer::new(), tempfile::tempdir().unwrap());
    let users = folder.path().join("users.jsonl");
    std::fs::write(&users, USERS).unwrap();
    let program = start(&keys(&issuer), &["--users", users.to_str().unwrap()]);
    std::fs::remove_file(&users).unwrap();
    assert!(Command::new("mkfifo").arg(&users).status().unwrap().success());
    program.signal("HUP");
    let key = Key::ed25519();
    std::fs::write(issuer.jwks(), json!({"keys": [key.named("one")]}).to_string()).unwrap();
    program.signal("HUP");
    let token = token_of(&key, FLOKI);
    until("the new key", || program.wire().ask(&token, "GET", STANDARD, None).unwrap().status == 404);
}

#[test]
fn a_file_that_may_not_grow_is_503_and_not_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite://{}", folder.path().join("codes.db").display());
    let script = "ulimit -f 200; exec \"$0\" \"$@\"";
    let mut command = Command::new("bash");
    command.args(["-c", script, env!("CARGO_BIN_EXE_qrmint-server")]);
    let program = Program::start_by(&mut command, &["--store", &store]);
    let mut wire = program.wire();
    let mut status = 201;
    for number in 0..2_000 {
        let path = users_path(&format!("user-{number}"), "standardQRCode");
        status = wire.ask(&program.token, "PATCH", &path, Some("{}")).unwrap().status;
        if status != 201 {
            break;
        }
    }
    assert_eq!(status, 503);
    assert_eq!(wire.ask("", "GET", "/healthz", None).unwrap().status, 200);
    until("a readiness that knows", || wire.ask("", "GET", "/readyz", None).unwrap().status == 503);
}

#[cfg(unix)]
#[test]
fn a_limit_on_open_files_leaves_some_for_the_store_and_the_monitor() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite://{}", folder.path().join("codes.db").display());
    let mut command = Command::new("bash");
    command.args(["-c", "ulimit -n 400; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_qrmint-server")]);
    let program = Program::start_by(&mut command, &["--store", &store, "--monitor", "127.0.0.1:0"]);
    let told = program.told();
    assert!(told.contains("224 connections instead of 1024: only 400 files may be open"), "{told}");
    let monitor = told.lines().find_map(|line| line.split_once("monitor on http://")).unwrap().1.to_owned();
    let mut wire = program.wire();
    assert_eq!(wire.ask(&program.token, "GET", STANDARD, None).unwrap().status, 404);
    let idle: Vec<_> = (0..300).map(|_| program.wire()).collect();
    std::thread::sleep(Duration::from_millis(300));
    for number in 0..20 {
        let path = users_path(&format!("user-{number}"), "standardQRCode");
        assert_eq!(wire.ask(&program.token, "PATCH", &path, Some("{}")).unwrap().status, 201);
    }
    let mut monitor = Wire::connect(monitor.parse().unwrap(), std::sync::Arc::default());
    assert_eq!(monitor.ask("", "GET", "/readyz", None).unwrap().status, 200);
    drop(idle);
}

#[test]
fn a_list_that_has_gone_is_counted_and_the_next_one_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (link, list) = (folder.path().join("users.jsonl"), folder.path().join("users.real"));
    std::fs::write(&link, USERS).unwrap();
    let program = Program::start(&["--store", "memory:", "--users", link.to_str().unwrap()]);
    let ask = || program.wire().ask(&program.token, "PATCH", &users_path(FLOKI, "standardQRCode"), Some("{}")).unwrap();
    assert_eq!(ask().status, 201);
    // A folder cannot be read as a list, whoever asks.
    std::fs::remove_file(&link).unwrap();
    std::fs::create_dir(&link).unwrap();
    program.signal("HUP");
    until("the count of failures", || {
        let metrics = program.wire().ask("", "GET", "/metrics", None).unwrap();
        metric(metrics.text(), r#"qrmint_reloads_failed_total{subject="users"}"#) > 0.0
    });
    std::fs::write(&list, USERS.lines().nth(1).unwrap()).unwrap();
    std::fs::remove_dir(&link).unwrap();
    std::fs::rename(&list, &link).unwrap();
    until("the end of the user", || ask().status == 404);
}

#[test]
fn every_option_can_come_from_the_environment() {
    let issuer = Issuer::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_qrmint-server"));
    command
        .env("QRMINT_ISSUER", format!("https://other.example/,{ISSUER}"))
        .env("QRMINT_AUDIENCE", AUDIENCE)
        .env("QRMINT_JWKS", issuer.jwks())
        .env("QRMINT_ANY_USER", "true")
        .env("QRMINT_MAX_REQUESTS", "7");
    let program = Program::start_by(&mut command, &["--store", "memory:", "--issuer", ISSUER]);
    assert_eq!(program.wire().ask(&token_of(&issuer.key, FLOKI), "GET", STANDARD, None).unwrap().status, 404);

    // A variable that says no is as good as none.
    let users = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(users.path(), USERS).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_qrmint-server"));
    command.env("QRMINT_ANY_USER", "false").env("QRMINT_USERS", users.path());
    let program = Program::start_by(&mut command, &["--store", "memory:"]);
    let stranger = users_path("lagertha", "standardQRCode");
    assert_eq!(program.wire().ask(&program.token, "PATCH", &stranger, Some("{}")).unwrap().status, 404);
}

#[test]
fn real_keys_ask_whose_the_codes_are() {
    let issuer = Issuer::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_qrmint-server"))
        .args(keys(&issuer))
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert!(errors.contains("--users FILE or --any-user"), "{errors}");
}
