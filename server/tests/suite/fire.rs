//! The program under load, bad input and failures: it answers or refuses, keeps running, and logs none of its input.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use qrmint_checks::{Random, say};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use uuid::Uuid;

use crate::support::{Answer, PostgresServer, Program, STANDARD, execute, metric, scan, users_path};

/// Raises the limit on open files of this process and its children as far as possible, to at most 30,000. Returns the
/// limit.
fn raise_open_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX).min(30_000).max(limit.current.unwrap_or(u64::MAX));
    setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum }).unwrap();
    usize::try_from(most).unwrap()
}

/// Returns the memory of a program in kilobytes.
#[cfg(target_os = "linux")]
fn resident(program: &Program) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn ten_thousand_idle_connections_leave_the_others_alone() {
    // Other tests of this process need open files too.
    let count = raise_open_files().saturating_sub(1_000).min(10_000);
    let program = Program::start(&["--store", "memory:", "--max-connections", "20000"]);
    assert_eq!(program.wire().ask(&program.token, "PATCH", STANDARD, Some("{}")).unwrap().status, 201);
    let mut idle: Vec<_> = (0..count).map(|_| program.wire()).collect();
    // Half of them have begun a request.
    for wire in idle.iter_mut().step_by(2) {
        wire.write("GET /healthz HTTP/1.1\r\nX: ").unwrap();
    }
    let mut wire = program.wire();
    for _ in 0..100 {
        assert_eq!(wire.ask(&program.token, "GET", STANDARD, None).unwrap().status, 200);
    }
    #[cfg(target_os = "linux")]
    assert!(resident(&program) < 50_000 + 32 * count, "{} kB for {count} connections", resident(&program));
    if count < 10_000 {
        say(format_args!("{count} idle connections alone: no more open files are allowed"));
    }
    drop(idle);
    assert_eq!(program.wire().ask(&program.token, "GET", STANDARD, None).unwrap().status, 200);
}

/// Returns a request that is almost HTTP: a valid one with bytes changed, removed, inserted and repeated.
fn nearly_http(token: &str, random: &mut Random) -> Vec<u8> {
    let body = r#"{"expireDateTime":"2030-01-01T00:00:00Z","x":1}"#;
    let verify = r#"{"rawContent":"bXMtcXJwaW46djF8YXxifGM="}"#;
    let path = users_path("caf%C3%A9", "temporaryQRCode");
    let mut bytes = match random.below(5) {
        0 => "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        1 => format!(
            "PATCH {STANDARD} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
        2 => format!(
            "POST /qrmint/verify HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{verify}\r\n0\r\n\r\n",
            verify.len()
        ),
        3 => format!("DELETE {path} HTTP/1.0\r\nauthorization: bearer {token}\r\nExpect: 100-continue\r\n\r\n"),
        _ => format!("GET {path} HTTP/1.1\r\nclient-request-id: {}\r\nAuthorization: Bearer {token}\r\n\r\n", Uuid::nil()),
    }
    .into_bytes();
    for _ in 0..random.below(6) {
        let place = random.below(bytes.len().max(1));
        match random.below(5) {
            _ if bytes.is_empty() => {}
            0 => bytes[place] = random.bits() as u8,
            1 => drop(bytes.remove(place)),
            2 => bytes.insert(place, [b'\r', b'\n', b' ', b':', 0, 0xFF][random.below(6)]),
            3 => bytes.truncate(place + 1),
            _ => {
                let piece = bytes[place..bytes.len().min(place + 40)].to_vec();
                bytes.splice(place..place, piece);
            }
        }
    }
    bytes
}

#[test]
fn malformed_requests_are_answered_or_ended_and_leave_nothing_behind() {
    let mut program = Program::start(&["--store", "memory:", "--connection-time", "2", "--request-time", "2"]);
    let token = program.token.clone();
    let mut random = Random::new(83);
    let mut answers = [0; 6];
    for _ in 0..3_000 {
        let mut wire = program.wire();
        // The program may have answered and ended before all is sent.
        _ = wire.write(nearly_http(&token, &mut random));
        wire.end();
        match wire.read() {
            None => answers[0] += 1,
            Some(answer) => {
                assert!(
                    [100, 200, 201, 204].contains(&answer.status) || (400..500).contains(&answer.status),
                    "{answer:?}"
                );
                // The HTTP library gives these by itself, without a body.
                let bare = [100, 400, 414, 431].contains(&answer.status) && answer.body.is_empty();
                if !bare {
                    assert!(Uuid::try_parse(answer.header("request-id")).is_ok());
                }
                answers[usize::from(answer.status / 100)] += 1;
            }
        }
    }
    // All kinds of outcome occurred: closed, done, refused.
    assert!(answers[0] > 100 && answers[2] > 30 && answers[4] > 1_000, "{answers:?}");
    assert_eq!(program.wire().ask(&token, "GET", "/readyz", None).unwrap().status, 200);
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    let told = program.told();
    for hidden in [&token[..20], "bXMtc", "caf%", "café", "2030-01-01T00:00:00Z"] {
        assert!(!told.contains(hidden), "{hidden}");
    }
}

#[test]
fn a_path_of_bytes_that_are_no_text_is_refused() {
    let program = Program::start(&["--store", "memory:"]);
    for (id, status) in
        [(&b"\xff\xfe"[..], 400), (b"caf\xc3\xa9", 404), (b"%ff%fe", 400), (b"%00", 404), (b"a\x00b", 400)]
    {
        let mut wire = program.wire();
        let head = [
            b"GET /beta/users/",
            id,
            b"/authentication/qrCodePinMethod/standardQRCode HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ",
            program.token.as_bytes(),
            b"\r\n\r\n",
        ];
        wire.write(head.concat()).unwrap();
        let answer = wire.read().unwrap();
        assert_eq!(answer.status, status, "{}", id.escape_ascii());
        // The HTTP library refuses some by itself, without a body.
        let bare = answer.status == 400 && answer.body.is_empty();
        assert!(bare || Uuid::try_parse(answer.header("request-id")).is_ok());
    }
}

/// Returns the answers to creates for the users with these numbers.
fn create(program: &Program, users: std::ops::Range<usize>) -> Vec<Answer> {
    let mut wire = program.wire();
    let paths = users.map(|user| users_path(&format!("user-{user}"), "standardQRCode"));
    paths.map(|path| wire.ask(&program.token, "PATCH", &path, Some("{}")).unwrap()).collect()
}

#[test]
fn a_full_disk_is_503_and_what_was_acknowledged_stays() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("codes.db").display());
    // The shell limits files to 2 MB, in blocks of 512 bytes, and ignores the signal of a write beyond that, which then
    // fails as on a full disk.
    let limited = format!("trap '' XFSZ; ulimit -S -f 4000; exec {} \"$@\"", env!("CARGO_BIN_EXE_qrmint-server"));
    let mut program = Program::start_by(Command::new("sh").args(["-c", &limited, "sh"]), &["--store", &url]);
    let answers = create(&program, 0..600);
    let acknowledged: Vec<usize> = (0..answers.len()).filter(|user| answers[*user].status == 201).collect();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 201).collect();
    assert!(acknowledged.len() > 50 && refused.len() > 50, "{} and {}", acknowledged.len(), refused.len());
    for answer in refused {
        assert_eq!(answer.expect_error(503, "serviceNotAvailable"), "The store does not answer.");
    }
    let stays = |program: &Program| {
        let mut wire = program.wire();
        for user in &acknowledged {
            let path = users_path(&format!("user-{user}"), "standardQRCode");
            let code = wire.ask(&program.token, "GET", &path, None).unwrap().expect(StatusCode::OK);
            assert_eq!(code["id"], answers[*user].json()["id"]);
        }
    };
    stays(&program);
    assert!(program.told().contains("The store does not answer."));
    // With space again all requests succeed: immediately if the limit can be lifted, and after a restart.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Pid, prlimit};
        let maximum = getrlimit(Resource::Fsize).maximum;
        let lifted = Rlimit { current: maximum, maximum };
        prlimit(Pid::from_raw(program.id().cast_signed()), Resource::Fsize, lifted).unwrap();
        assert!(create(&program, 1_000..1_010).iter().all(|answer| answer.status == 201));
    }
    program.kill();
    let program = Program::start(&["--store", &url]);
    stays(&program);
    assert!(create(&program, 5_000..5_010).iter().all(|answer| answer.status == 201));
}

#[test]
fn a_database_that_turns_read_only_still_signs_in_and_needs_no_restart() {
    let Some(server) = PostgresServer::start("a database that turns read-only under the program") else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let set = |value: &str| {
        runtime.block_on(execute(&server.url, &format!("ALTER SYSTEM SET default_transaction_read_only = {value}")));
        server.control(&["reload"]);
    };
    let program = Program::start(&["--store", &server.url]);
    let ask =
        |method: &str, path: &str, body: Option<&str>| program.wire().ask(&program.token, method, path, body).unwrap();
    let code = ask("PATCH", STANDARD, Some("{}")).expect(StatusCode::CREATED);
    let scanned = scan(&code["image"]["rawContent"]);
    let until = |what: &str, holds: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !holds() {
            assert!(began.elapsed() < Duration::from_secs(30), "{what} does not happen");
            std::thread::sleep(Duration::from_millis(50));
        }
    };

    set("on");
    until("a readiness that knows", &|| ask("GET", "/readyz", None).status == 503);
    ask("POST", "/qrmint/verify", Some(&scanned)).expect(StatusCode::OK);
    ask("PATCH", &users_path("torvi", "standardQRCode"), Some("{}")).expect_error(503, "serviceNotAvailable");
    ask("DELETE", STANDARD, None).expect_error(503, "serviceNotAvailable");
    assert_eq!(ask("GET", STANDARD, None).expect(StatusCode::OK)["id"], code["id"]);
    assert!(metric(ask("GET", "/metrics", None).text(), "qrmint_last_uses_lost_total") >= 1.0);

    // A session that may write again is needed to say so.
    let url = format!(
        "{}{}options=-c%20default_transaction_read_only%3Doff",
        server.url,
        if server.url.contains('?') { "&" } else { "?" }
    );
    runtime.block_on(execute(&url, "ALTER SYSTEM RESET default_transaction_read_only"));
    server.control(&["reload"]);
    until("readiness", &|| ask("GET", "/readyz", None).status == 200);
    until("a deletion", &|| ask("DELETE", STANDARD, None).status == 204);
    ask("POST", "/qrmint/verify", Some(&scanned)).expect_rule("unknown", "rawContent");
}

#[test]
fn a_database_that_goes_and_comes_back_is_503_meanwhile_and_needs_no_restart() {
    let Some(server) = PostgresServer::start("a database that goes and comes back") else { return };
    let program = Program::start(&["--store", &server.url]);
    let before = create(&program, 0..20);
    server.control(&["-m", "immediate", "stop"]);
    let began = Instant::now();
    for answer in create(&program, 1_000..1_003) {
        answer.expect_error(503, "serviceNotAvailable");
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    assert_eq!(program.wire().ask("", "GET", "/healthz", None).unwrap().status, 200);
    program.wire().ask("", "GET", "/readyz", None).unwrap().expect_error(503, "serviceNotAvailable");
    server.control(&["start"]);
    let after = create(&program, 20..40);
    assert!(before.iter().chain(&after).all(|answer| answer.status == 201));

    // Once more during creates, each for another user; the database is down until one of them is refused.
    let (ended, is_refused) = (AtomicBool::new(false), AtomicBool::new(false));
    let amid: Vec<Answer> = std::thread::scope(|scope| {
        let client = scope.spawn(|| {
            let users = (40..).take_while(|_| !ended.load(Ordering::SeqCst));
            let answers = users.flat_map(|user| create(&program, user..user + 1));
            let tell = |answer: &Answer| {
                if answer.status != 201 {
                    is_refused.store(true, Ordering::SeqCst);
                }
            };
            answers.inspect(tell).collect()
        });
        server.control(&["-m", "immediate", "stop"]);
        let began = Instant::now();
        while !is_refused.load(Ordering::SeqCst) && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(10));
        }
        server.control(&["start"]);
        ended.store(true, Ordering::SeqCst);
        client.join().unwrap()
    });
    let refused: Vec<_> = amid.iter().filter(|answer| answer.status != 201).collect();
    assert!(!refused.is_empty(), "of {}", amid.len());
    assert!(create(&program, 2_000..2_020).iter().all(|answer| answer.status == 201));
    // Once more without requests: afterwards no request gets a closed connection.
    server.control(&["-m", "immediate", "restart"]);
    std::thread::sleep(Duration::from_millis(1_100));
    assert!(create(&program, 3_000..3_020).iter().all(|answer| answer.status == 201));
    for answer in refused {
        // The one that was being created when the database ended must not be asked for again.
        match answer.status {
            500 => assert!(answer.headers.get("retry-after").is_none()),
            _ => drop(answer.expect_error(503, "serviceNotAvailable")),
        }
    }

    // All acknowledged codes exist, and no others.
    let mut wire = program.wire();
    for (user, _) in amid.iter().enumerate().filter(|(_, answer)| answer.status != 201) {
        let path = users_path(&format!("user-{}", user + 40), "standardQRCode");
        let began = Instant::now();
        while wire.ask(&program.token, "GET", &path, None).unwrap().status != 404 {
            assert!(began.elapsed() < Duration::from_secs(30), "{path} exists");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    for (user, answer) in
        [before, after, amid].into_iter().flatten().enumerate().filter(|(_, answer)| answer.status == 201)
    {
        let path = users_path(&format!("user-{user}"), "standardQRCode");
        let stored = wire.ask(&program.token, "GET", &path, None).unwrap().expect(StatusCode::OK);
        assert_eq!(stored["id"], answer.json()["id"], "{path}");
    }
    assert!(!program.told().contains(&server.url));
}
