//! The audit trail: what it says, where it is kept, and what happens when it can't be.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use qrmint_server::store::MemoryStore;
use qrmint_server::{AuditFile, Trail};
use serde_json::{Value, json};

use crate::support::{Answer, FLOKI, Issuer, NOW, Program, STANDARD, Served, Setting, bytes, metric, scan, users_path};

const TORVI: &str = "d36ef3d5-0f44-4b0b-b4c4-2f9c62d4b9bb";
const VERIFY: &str = "/qrmint/verify";

struct Trailed {
    served: Served,
    path: PathBuf,
    _folder: tempfile::TempDir,
}

/// Returns a service with an audit file.
fn with_file(setting: Setting) -> Trailed {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let trail = Trail::File(AuditFile::open(&path).unwrap());
    Trailed { served: Setting { trail, ..setting }.serve(), path, _folder: folder }
}

fn events(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Action and outcome of events.
fn told(events: &[Value]) -> Vec<(&str, &str)> {
    events.iter().map(|event| (event["action"].as_str().unwrap(), event["outcome"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn who_did_what_to_whose_code_when_and_how_it_ended_is_told() {
    let issuer = Issuer::new();
    let setting = Setting { authorizer: Some(issuer.authorizer()), trusted_proxies: 1, ..Setting::default() };
    let Trailed { served, path, _folder } = with_file(setting);
    let application = issuer.application(&["UserAuthMethod-QR.ReadWrite.All", "QrMint.Verify"]);
    let ask = async |token: &str, method: &str, path: &str, body: &str| {
        let mut request =
            Request::builder().method(method).uri(path).header("Authorization", format!("Bearer {token}"));
        request = request.header("X-Forwarded-For", "6.6.6.6, 192.0.2.7").header("Content-Type", "application/json");
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::from(([10, 0, 0, 1], 443))));
        served.send(request).await
    };
    let torvis = users_path(TORVI, "standardQRCode");
    let created = ask(&application, "PATCH", &torvis, "{}").await;
    let code = created.expect(StatusCode::CREATED);
    let until = r#"{"expireDateTime":"2025-05-01T00:00:00Z"}"#;
    ask(&application, "PATCH", &torvis, until).await.expect(StatusCode::OK);
    ask(&application, "PATCH", &torvis, r#"{"expireDateTime":"2035-05-01T00:00:00Z"}"#).await;
    ask(&application, "POST", VERIFY, &scan(&code["image"]["rawContent"])).await.expect(StatusCode::OK);
    let forged = String::from_utf8(bytes(&code["image"]["rawContent"])).unwrap();
    let forged = format!("{}|{}", forged.rsplit_once('|').unwrap().0, "A".repeat(43));
    use base64::Engine as _;
    let forged = json!({"rawContent": base64::engine::general_purpose::STANDARD.encode(forged)}).to_string();
    ask(&application, "POST", VERIFY, &forged).await.expect_rule("unknown", "rawContent");
    let plain = issuer.delegated(FLOKI, "UserAuthMethod-QR.ReadWrite.All");
    ask(&plain, "DELETE", &torvis, "").await.expect_error(403, "accessDenied");
    assert_eq!(ask(&application, "DELETE", &torvis, "").await.status, 204);
    ask(&application, "DELETE", &torvis, "").await.expect_error(404, "resourceNotFound");

    let found = events(&path);
    assert_eq!(
        told(&found),
        [
            ("create", "begun"),
            ("create", "done"),
            ("update", "begun"),
            ("update", "done"),
            ("createOrUpdate", "refused"),
            ("verify", "done"),
            ("verify", "refused"),
            ("delete", "denied"),
            ("delete", "begun"),
            ("delete", "done"),
            ("delete", "notFound"),
        ]
    );
    let first = &found[1];
    assert_eq!(first["requestId"], created.header("request-id"));
    assert_eq!((&first["userId"], &first["kind"]), (&json!(TORVI), &json!("standardQRCode")));
    assert_eq!(first["codeId"], code["id"]);
    assert_eq!(first["from"], "192.0.2.7");
    assert!(first["time"].as_str().unwrap() >= NOW && first["oid"] == "application", "{first}");
    assert_eq!((&found[4]["rule"], &found[6]["rule"]), (&json!("lifetimeTooLong"), &json!("unknown")));
    // A wrong secret is told with the id that it was for.
    assert_eq!((&found[6]["codeId"], &found[6]["userId"]), (&code["id"], &json!(TORVI)));
    assert_eq!((&found[7]["oid"], &found[7]["userId"]), (&json!(FLOKI), &json!(TORVI)));
    let text = std::fs::read_to_string(&path).unwrap();
    let content = String::from_utf8(bytes(&code["image"]["rawContent"])).unwrap();
    let secret = content.rsplit('|').next().unwrap();
    for hidden in [secret, &application, "ms-qrpin", code["image"]["rawContent"].as_str().unwrap()] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn the_store_keeps_the_trail_and_administrators_read_it_page_by_page() {
    let served = Setting { trail: Trail::Store, ..Setting::default() }.serve();
    for user in [FLOKI, TORVI] {
        for kind in ["standardQRCode", "temporaryQRCode"] {
            served.ask("PATCH", &users_path(user, kind), "{}").await.expect(StatusCode::CREATED);
        }
    }
    let list =
        async |query: &str| served.ask("GET", &format!("/qrmint/audit{query}"), None).await.expect(StatusCode::OK);
    let all = list("").await;
    let all = all["value"].as_array().unwrap();
    assert_eq!(told(&all[..2]), [("create", "begun"), ("create", "done")]);
    assert_eq!(all.len(), 8);
    let torvis = list("?user=torvi@contoso.com").await;
    assert!(torvis["value"].as_array().unwrap().iter().all(|event| event["userId"] == TORVI));
    assert_eq!(torvis["value"].as_array().unwrap().len(), 4);
    let since = all[4]["time"].as_str().unwrap();
    assert_eq!(list(&format!("?since={since}")).await["value"].as_array().unwrap().len(), 4);
    let page = list("?top=5").await;
    let rest = list(&format!("?top=5&skipToken={}", page["skipToken"].as_str().unwrap())).await;
    let both = [&page, &rest].map(|page| page["value"].as_array().unwrap().clone()).concat();
    assert_eq!(&both, all);
    assert!(rest.get("skipToken").is_none());
    let purge = r#"{"expiredBefore":"2025-01-01T00:00:00Z"}"#;
    served.ask("POST", "/qrmint/purge", purge).await.expect(StatusCode::OK);
    let last = list("").await["value"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["action"], &last["outcome"], &last["codes"]), (&json!("purge"), &json!("done"), &json!(0)));
}

#[tokio::test]
async fn what_is_refused_before_the_rules_is_told_too() {
    let Trailed { served, path, _folder } = with_file(Setting::default());
    let nobody = users_path("lagertha@contoso.com", "standardQRCode");
    served.ask("PATCH", &nobody, "{}").await.expect_error(404, "resourceNotFound");
    served.ask("PATCH", STANDARD, r#"{"expires":1}"#).await.expect_rule("unknownProperty", "expires");
    served.ask("POST", VERIFY, r#"{"rawContent":"*"}"#).await.expect_rule("malformed", "rawContent");
    let path_of_none = format!("/qrmint/users/{TORVI}/codes");
    served.ask("DELETE", &path_of_none, None).await.expect_error(404, "resourceNotFound");
    served.ask("POST", "/qrmint/purge", "{}").await.expect_rule("invalidProperty", "expiredBefore");
    let one = format!("/qrmint/codes/{FLOKI}");
    served.ask("DELETE", &one, None).await.expect_error(404, "resourceNotFound");
    let found = events(&path);
    assert_eq!(
        told(&found),
        [
            ("createOrUpdate", "notFound"),
            ("createOrUpdate", "refused"),
            ("verify", "refused"),
            ("revoke", "notFound"),
            ("purge", "refused"),
            ("revoke", "notFound"),
        ]
    );
    assert_eq!(found[5]["codeId"], FLOKI);
    assert_eq!((&found[0]["userId"], &found[1]["rule"]), (&json!("lagertha@contoso.com"), &json!("unknownProperty")));
    assert_eq!((&found[2]["rule"], &found[3]["userId"]), (&json!("malformed"), &json!(TORVI)));
}

#[test]
fn updates_and_verifications_of_one_code_at_once_are_all_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite://{}", folder.path().join("codes.db").display());
    let program = Program::start(&["--store", &store, "--audit", "store"]);
    let code = program.wire().ask(&program.token, "PATCH", STANDARD, Some("{}")).unwrap().json();
    let scanned = scan(&code["image"]["rawContent"]);
    std::thread::scope(|scope| {
        for client in 0..6_i64 {
            let (program, scanned) = (&program, &scanned);
            scope.spawn(move || {
                let mut wire = program.wire();
                for number in 0..25 {
                    // Updates and notes of the last use overtake each other.
                    let date = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 + client * 25 + number);
                    let body = format!(r#"{{"expireDateTime":"{date}"}}"#);
                    let answer = match client % 2 {
                        0 => wire.ask(&program.token, "PATCH", STANDARD, Some(&body)),
                        _ => wire.ask(&program.token, "POST", VERIFY, Some(scanned)),
                    };
                    let answer = answer.unwrap();
                    assert_eq!(answer.status, 200, "{}", answer.text());
                }
            });
        }
    });
    let page = program.wire().ask(&program.token, "GET", "/qrmint/audit?top=1000", None).unwrap().json();
    let page = page["value"].as_array().unwrap();
    let done = |action: &str| told(page).iter().filter(|found| **found == (action, "done")).count();
    assert_eq!((done("create"), done("update"), done("verify")), (1, 75, 75));
}

#[tokio::test]
async fn an_audit_file_that_was_deleted_or_torn_gets_whole_lines_again() {
    let Trailed { served, path, _folder } = with_file(Setting::default());
    let patch =
        async |kind: &str| served.ask("PATCH", &users_path(TORVI, kind), "{}").await.expect(StatusCode::CREATED);
    patch("standardQRCode").await;
    std::fs::remove_file(&path).unwrap();
    patch("temporaryQRCode").await;
    assert_eq!(told(&events(&path)), [("create", "begun"), ("create", "done")]);

    // As after a power cut.
    std::fs::write(&path, r#"{"id":"to"#).unwrap();
    let trail = Trail::File(AuditFile::open(&path).unwrap());
    let served = Setting { trail, ..Setting::default() }.serve();
    served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, r#"{"id":"to"#));
    assert!(lines[1..].iter().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{text}");
}

#[tokio::test]
async fn a_file_that_cannot_be_made_anew_goes_on_while_it_has_a_name() {
    let Trailed { served, path, _folder } = with_file(Setting::default());
    let renamed = path.with_extension("1");
    std::fs::rename(&path, &renamed).unwrap();
    std::fs::create_dir(&path).unwrap();
    served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    assert_eq!(told(&events(&renamed)), [("create", "begun"), ("create", "done")]);
    std::fs::remove_file(&renamed).unwrap();
    served.ask("DELETE", STANDARD, None).await.expect_error(503, "serviceNotAvailable");
}

#[cfg(unix)]
#[test]
fn a_pipe_that_nobody_reads_and_a_folder_are_no_audit_file() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [pipe.as_path(), folder.path()] {
        AuditFile::open(path).unwrap_err();
    }
}

#[tokio::test]
async fn without_a_trail_in_the_store_there_is_none_to_read() {
    let Trailed { served, _folder, .. } = with_file(Setting::default());
    for served in [served, Served::new()] {
        served.ask("GET", "/qrmint/audit", None).await.expect_error(404, "resourceNotFound");
    }
}

/// A file that takes no byte.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_change_that_cannot_be_recorded_is_not_made_and_a_verification_is_answered() {
    let store = Arc::new(MemoryStore::default());
    let sound = Setting { store: Some(store.clone()), ..Setting::default() }.serve();
    let code = sound.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    let full = Trail::File(AuditFile::open(Path::new("/dev/full")).unwrap());
    let served = Setting { store: Some(store.clone()), trail: full, ..Setting::default() }.serve();
    let one = format!("/qrmint/codes/{}", code["id"].as_str().unwrap());
    for (method, path, body) in [
        ("PATCH", users_path(TORVI, "standardQRCode").as_str(), Some("{}")),
        ("PATCH", STANDARD, Some(r#"{"expireDateTime":"2025-05-01T00:00:00Z"}"#)),
        ("DELETE", STANDARD, None),
        ("DELETE", &one, None),
        ("DELETE", &format!("/qrmint/users/{FLOKI}/codes"), None),
        ("POST", "/qrmint/purge", Some(r#"{"expiredBefore":"2025-01-01T00:00:00Z"}"#)),
    ] {
        let message = served.ask(method, path, body).await.expect_error(503, "serviceNotAvailable");
        assert!(message.contains("audit trail"), "{method} {path}: {message}");
    }
    let mut stored = code.clone();
    stored["image"] = Value::Null;
    assert_eq!(sound.ask("GET", STANDARD, None).await.expect(StatusCode::OK), stored);
    assert_eq!(sound.ask("GET", &users_path(TORVI, "standardQRCode"), None).await.status, 404);

    let lost = async || metric(served.ask("GET", "/metrics", None).await.text(), "qrmint_audit_events_lost_total");
    let before = lost().await;
    served.ask("POST", VERIFY, &*scan(&code["image"]["rawContent"])).await.expect(StatusCode::OK);
    assert_eq!(lost().await, before + 1.0);
}

#[test]
fn a_trail_that_was_renamed_goes_on_in_a_new_file_after_a_hangup() {
    let folder = tempfile::tempdir().unwrap();
    let (path, old) = (folder.path().join("audit.jsonl"), folder.path().join("audit.1"));
    let program = Program::start(&["--store", "memory:", "--audit", path.to_str().unwrap()]);
    let patch = |kind: &str| -> Answer {
        let path = users_path("floki", kind);
        program.wire().ask(&program.token, "PATCH", &path, Some("{}")).unwrap()
    };
    assert_eq!(patch("standardQRCode").status, 201);
    std::fs::rename(&path, &old).unwrap();
    program.signal("HUP");
    let began = std::time::Instant::now();
    while !path.exists() {
        assert!(began.elapsed().as_secs() < 20, "no new file");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(patch("temporaryQRCode").status, 201);
    assert_eq!(told(&events(&old)), [("create", "begun"), ("create", "done")]);
    assert_eq!(events(&path)[1]["kind"], "temporaryQRCode");
    assert_eq!(events(&path)[1]["from"], "127.0.0.1");
}
