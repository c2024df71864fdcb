//! The program: its arguments, its first run, its log.

use serde_json::json;

use crate::support::program::run;
use crate::support::{
    AUDIENCE, FLOKI, ISSUER, Issuer, Key, NOW, Program, STANDARD, TEMPORARY, USERS, bytes, scan, users_path,
};

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn a_first_run_gives_a_token_alone_on_standard_output_and_the_rest_on_standard_error() {
    let mut program = Program::start(&["--store", "memory:"]);
    assert_eq!(program.token.len(), 43);
    let answer = program.wire().ask(&program.token, "PATCH", STANDARD, Some("{}")).unwrap();
    assert_eq!(answer.status, 201);
    assert!(answer.header("location").contains("/users/00000000-0000-0000-0000-000000000001/"));
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    let told = program.told();
    let curl = format!("curl -X PATCH http://{}{STANDARD}", program.address);
    assert!(told.contains(&curl) && told.contains("Bearer $TOKEN") && !told.contains(&program.token), "{told}");
    assert_ne!(Program::start(&["--store", "memory:"]).token, program.token);
}

#[test]
fn me_is_whom_the_command_line_names() {
    let users = file(USERS);
    let users = users.path().to_str().unwrap();
    for (arguments, id, name) in [
        (vec!["--me", "Badge-17,ada@contoso.com"], "badge-17", "ada@contoso.com"),
        (vec!["--me", "ada@contoso.com"], "ada%40contoso.com", "ada@contoso.com"),
        (vec!["--users", users], FLOKI, "floki@contoso.com"),
        (
            vec!["--users", users, "--me", "TORVI@contoso.com"],
            "d36ef3d5-0f44-4b0b-b4c4-2f9c62d4b9bb",
            "torvi@contoso.com",
        ),
    ] {
        let program = Program::start(&[&["--store", "memory:"], &arguments[..]].concat());
        let answer = program.wire().ask(&program.token, "PATCH", TEMPORARY, Some("{}")).unwrap();
        assert_eq!(answer.status, 201);
        assert_eq!(answer.header("location"), users_path(id, "temporaryQRCode"));
        let raw_content = String::from_utf8(bytes(&answer.json()["image"]["rawContent"])).unwrap();
        assert!(raw_content.starts_with(&format!("ms-qrpin:v1|{name}|")));
    }
}

#[test]
fn keys_are_taken_from_a_set_or_from_pem_and_the_clock_decides_what_has_expired() {
    let issuer = Issuer::new();
    let pem = file(&issuer.key.public_pem);
    let token = issuer.delegated(FLOKI, "UserAuthMethod-QR.ReadWrite");
    let keys = ["--issuer", ISSUER, "--audience", AUDIENCE, "--store", "memory:", "--any-user"];
    for key in [["--jwks", issuer.jwks().to_str().unwrap()], ["--public-key", pem.path().to_str().unwrap()]] {
        let then = Program::start(&[&keys[..], &key, &["--now", NOW]].concat());
        assert_eq!(then.wire().ask(&token, "PATCH", STANDARD, Some("{}")).unwrap().status, 201);
        let today = Program::start(&[&keys[..], &key].concat());
        let answer = today.wire().ask(&token, "PATCH", STANDARD, Some("{}")).unwrap();
        assert!(answer.expect_error(401, "InvalidAuthenticationToken").contains("expired"));
    }
}

#[test]
fn lifetimes_are_what_the_command_line_says() {
    let program = Program::start(&["--store=memory:", "--now", NOW, "--standard-days", "1", "--temporary-hours", "12"]);
    let mut wire = program.wire();
    let mut lifetime = |path: &str| {
        let code = wire.ask(&program.token, "PATCH", path, Some("{}")).unwrap().json();
        let moment = |name: &str| code[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        moment("expireDateTime").duration_since(moment("startDateTime")).as_hours()
    };
    assert_eq!((lifetime(STANDARD), lifetime(TEMPORARY)), (24, 12));
}

#[test]
fn what_makes_no_sense_ends_with_2_and_what_fails_with_1() {
    let issuer = Issuer::new();
    let jwks = issuer.jwks().to_str().unwrap();
    let (short, empty, users) = (file(&Key::rsa(1024).public_pem), file(""), file(USERS));
    let (short, empty, users) =
        (short.path().to_str().unwrap(), empty.path().to_str().unwrap(), users.path().to_str().unwrap());
    let keys = ["--store", "memory:", "--issuer", ISSUER, "--audience", AUDIENCE, "--any-user"];
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let rows: Vec<(Vec<&str>, i32, &str)> = vec![
        (vec!["--nonsense"], 2, "--nonsense"),
        (vec!["--listen", "localhost"], 2, "--listen"),
        (vec!["--store", "memory:", "--listen", "0.0.0.0:0"], 2, "must be loopback"),
        (vec!["--store", "memory:", "--listen", "192.0.2.1:8080"], 2, "must be loopback"),
        (vec!["--store", "memory:", "--listen", "[::]:0"], 2, "must be loopback"),
        (vec!["--issuer", ISSUER], 2, "--audience"),
        (vec!["--jwks", jwks], 2, "--issuer"),
        (vec!["--issuer", ISSUER, "--audience", AUDIENCE], 2, "--jwks"),
        ([&keys[..], &["--jwks", jwks, "--public-key", jwks]].concat(), 2, "cannot be used with"),
        ([&keys[..], &["--jwks", jwks, "--me", "ada"]].concat(), 2, "cannot be used with"),
        ([&keys[..6], &["--jwks", jwks]].concat(), 2, "--any-user must be given"),
        ([&keys[..], &["--jwks", jwks, "--users", users]].concat(), 2, "cannot be used with"),
        ([&keys[..], &["--jwks", jwks, "--now", NOW, "--listen", "0.0.0.0:0"]].concat(), 2, "--now"),
        ([&keys[..], &["--jwks", jwks, "--admin-claim", "admin"]].concat(), 2, "--admin-claim"),
        ([&keys[..], &["--jwks-url", "http://192.0.2.1/keys"]].concat(), 2, "--jwks-url"),
        ([&keys[..], &["--jwks-url", "http://127.0.0.1:1/keys"]].concat(), 1, "--jwks-url"),
        (vec!["--admin-claim", "admin=yes"], 2, "--jwks"),
        // A comma is part of the value: what follows is no rule of its own.
        ([&keys[..], &["--jwks", jwks, "--admin-claim", "groups=CN=a,OU=b", "--admin-claim", "x"]].concat(), 2, "'x'"),
        ([&keys[..], &["--jwks", empty]].concat(), 2, "not a JSON Web Key Set"),
        ([&keys[..], &["--public-key", short]].concat(), 2, "fewer than 2048 bits"),
        ([&keys[..], &["--public-key", "/nonexistent/key"]].concat(), 2, "/nonexistent/key"),
        (vec!["--store", "memory:", "--users", empty], 2, "no user in it"),
        (vec!["--store", "memory:", "--users", "/nonexistent/users"], 2, "/nonexistent/users"),
        (vec!["--store", "memory:", "--users", users, "--me", "nobody"], 2, "--me"),
        (vec!["--store", "memory:", "--me", ""], 2, "--me"),
        (vec!["--store", "memory:", "--me", "a|b"], 2, "--me"),
        (vec!["--store", "memory:", "--audit", "-"], 2, "--audit"),
        (vec!["--store", "memory:", "--audit", "/dev/stdout"], 2, "standard output"),
        (vec!["--store", "memory:", "--audit", "/nonexistent/audit"], 2, "/nonexistent/audit"),
        (vec!["--now", "2025-03-04"], 2, "--now"),
        (vec!["--now", "0000-12-31T23:59:59Z"], 2, "no date and time from 0001-01-01T00:00:00Z"),
        (vec!["--standard-days", "396"], 2, "396"),
        (vec!["--temporary-hours", "0"], 2, "0 hours"),
        (vec!["--image", "gif"], 2, "possible values: png, svg"),
        (vec!["--image-scale", "0"], 2, "expected a number from 1 to 255"),
        (vec!["--image-scale", "256"], 2, "expected a number from 1 to 255"),
        (vec!["--image-level", "x"], 2, "expected l, m, q or h, or low, medium, quartile or high"),
        (vec!["--image-quiet-zone", "256"], 2, "expected a number from 0 to 255"),
        (vec!["--image-scale", "221", "--image-level", "h"], 2, "image too large: 23205 x 23205 pixels"),
        (vec!["--image-scale", "50", "--image-quiet-zone", "255"], 2, "--image-quiet-zone"),
        (vec!["--max-requests", "0"], 2, "--max-requests"),
        (vec!["--request-time", "nan"], 2, "expected seconds"),
        (vec!["--store", "mysql://root:secret@localhost/x"], 2, "expected sqlite://FILE"),
        (vec!["--store", "sqlite://:memory:"], 2, "memory:"),
        (vec!["--store", "sqlite://codes.db?cache=shared"], 2, "--store"),
        (vec!["--pool-size", "0"], 2, "--pool-size"),
        (vec!["--store", "sqlite:///nonexistent/codes.db"], 1, "--store"),
        (vec!["--store", "postgres://floki:secret@127.0.0.1:1/codes"], 1, "--store"),
        (vec!["--store", "memory:", "--listen", &taken], 1, &taken),
    ];
    for (arguments, code, told) in rows {
        let (found, out, errors) = run(&arguments);
        assert_eq!((found, out.as_str()), (Some(code), ""), "{arguments:?}: {errors}");
        assert!(errors.contains(told) && !errors.contains("secret"), "{arguments:?}: {errors}");
    }
    let (code, help, errors) = run(&["--help"]);
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    for option in
        ["--listen", "--store", "--users", "--issuer", "--jwks-url", "--me", "--now", "--audit", "--image", "migrate"]
    {
        assert!(help.contains(option), "{option}");
    }
    assert_eq!(run(&["--version"]).1, format!("qrmint-server {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_log_has_a_line_for_each_request_and_no_secret_and_no_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite://{}", folder.path().join("codes.db").display());
    let mut program = Program::start(&["--store", &store, "--me", &format!("{FLOKI},floki@contoso.com")]);
    let (token, mut wire) = (program.token.clone(), program.wire());
    let code = wire.ask(&token, "PATCH", STANDARD, Some("{}")).unwrap().json();
    let raw_content = &code["image"]["rawContent"];
    let path = users_path("torvi%40contoso.com", "temporaryQRCode");
    let statuses: Vec<u16> = [
        ("POST", "/qrmint/verify", Some(scan(raw_content))),
        ("POST", "/qrmint/verify", Some(scan(&json!("bG9raQ==")))),
        ("PATCH", &path, Some(r#"{"floki-property": 1}"#.to_owned())),
        ("PATCH", STANDARD, Some(r#"{"expireDateTime": "floki-text"}"#.to_owned())),
        ("PATCH", STANDARD, Some("floki-body".to_owned())),
        ("GET", "/floki-path?floki-query", None),
        ("GET", STANDARD, None),
        ("DELETE", STANDARD, None),
    ]
    .iter()
    .map(|(method, path, body)| wire.ask(&token, method, path, body.as_deref()).unwrap().status)
    .collect();
    assert_eq!(statuses, [200, 400, 400, 400, 400, 404, 200, 204]);
    let answer = wire.ask("floki-token", "GET", STANDARD, None).unwrap();
    assert_eq!(answer.status, 401);
    let request_id = answer.header("request-id").to_owned();
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));

    let told = program.told();
    let lines: Vec<_> = told.lines().filter(|line| line.contains("request_id")).collect();
    assert_eq!(lines.len(), 10, "{told}");
    assert!(lines[9].contains(&request_id) && lines[9].contains("status=401"), "{told}");
    assert!(lines[3].contains(r#"route="/users/{id}/authentication/qrCodePinMethod/temporaryQRCode""#), "{told}");
    assert!(lines[3].contains(r#"rule="unknownProperty""#), "{told}");
    let content = String::from_utf8(bytes(raw_content)).unwrap();
    let secret = content.rsplit('|').next().unwrap();
    for hidden in
        [secret, raw_content.as_str().unwrap(), &token, "floki", "torvi", FLOKI, code["id"].as_str().unwrap(), "bG9raQ"]
    {
        assert!(!told.contains(hidden), "{hidden} is in\n{told}");
    }
    // Nor does the store keep the secret.
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let kept = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!kept.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[test]
fn the_log_can_be_silent() {
    let mut program = Program::start(&["--store", "memory:", "--log", "errors"]);
    assert_eq!(program.wire().ask(&program.token, "PATCH", STANDARD, Some("{}")).unwrap().status, 201);
    program.kill();
    assert!(!program.told().contains("request_id"));
}
