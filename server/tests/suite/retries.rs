//! Clients that ask again: they get a code with its image, or an error.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::StatusCode;
use qrmint_server::{Limits, Trail};
use serde_json::Value;

use crate::support::{Answer, Fault, Faulty, STANDARD, Served, Setting};

fn with(fault: Fault) -> (Served, Arc<Faulty>) {
    let store = Arc::new(Faulty { fault, ..Faulty::default() });
    let mut limits = Limits::default();
    limits.body_time = if let Fault::Slow(_) = fault { Duration::from_millis(100) } else { Duration::from_secs(10) };
    let setting = Setting { store: Some(store.clone()), limits, trail: Trail::Store, ..Setting::default() };
    (setting.serve(), store)
}

/// Returns the outcomes in the audit trail.
async fn outcomes(served: &Served) -> Vec<String> {
    let page = served.ask("GET", "/qrmint/audit", None).await.expect(StatusCode::OK);
    page["value"].as_array().unwrap().iter().map(|event| event["outcome"].as_str().unwrap().to_owned()).collect()
}

/// Asks as Microsoft's clients do: again after 429, 503 and 504.
async fn patch_with_retries(served: &Served) -> Answer {
    for _ in 0..3 {
        let answer = served.ask("PATCH", STANDARD, "{}").await;
        if ![429, 503, 504].contains(&answer.status) {
            return answer;
        }
    }
    served.ask("PATCH", STANDARD, "{}").await
}

#[tokio::test]
async fn a_create_that_takes_longer_than_a_request_is_awaited() {
    let (served, _) = with(Fault::Slow(Duration::from_millis(400)));
    let code = patch_with_retries(&served).await.expect(StatusCode::CREATED);
    assert!(code["image"]["rawContent"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_create_that_hangs_is_taken_back_when_it_comes_through_after_all() {
    let (served, store) = with(Fault::Slow(Duration::from_secs(60)));
    let answer = patch_with_retries(&served).await;
    answer.expect_error(500, "internalServerError");
    assert!(answer.headers.get("retry-after").is_none());
    served.service.drained().await;
    assert_eq!(store.removals.load(Ordering::SeqCst), 1);
    let outcomes = outcomes(&served).await;
    assert_eq!(outcomes, ["begun", "unknown", "takenBack"]);
    served.ask("GET", STANDARD, None).await.expect_error(404, "resourceNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_create_whose_outcome_was_lost_is_taken_back() {
    let (served, _) = with(Fault::Lost);
    let answer = patch_with_retries(&served).await;
    assert!(answer.expect_error(500, "internalServerError").contains("not known"));
    assert!(answer.headers.get("retry-after").is_none());
    served.service.drained().await;
    served.ask("GET", STANDARD, None).await.expect_error(404, "resourceNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_create_that_hangs_and_fails_is_told_as_failed() {
    let (served, store) = with(Fault::Refused);
    served.ask("PATCH", STANDARD, "{}").await.expect_error(500, "internalServerError");
    served.service.drained().await;
    assert_eq!(store.removals.load(Ordering::SeqCst), 0);
    assert_eq!(outcomes(&served).await, ["begun", "unknown", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_another_process_has_changed_meanwhile_is_not_taken_back() {
    let (served, _) = with(Fault::Changed);
    served.ask("PATCH", STANDARD, "{}").await.expect_error(500, "internalServerError");
    served.service.drained().await;
    assert_eq!(outcomes(&served).await, ["begun", "unknown", "done"]);
    served.ask("GET", STANDARD, None).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_deletion_that_another_process_overtakes_is_tried_again() {
    let (served, store) = with(Fault::Replaced);
    served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    assert_eq!(served.ask("DELETE", STANDARD, None).await.status, 204);
    assert_eq!(store.removals.load(Ordering::SeqCst), 2);
    served.ask("GET", STANDARD, None).await.expect_error(404, "resourceNotFound");
}

#[test]
fn of_many_creates_in_hardly_any_time_none_succeeds_without_its_image() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite://{}", folder.path().join("codes.db").display());
    let program = crate::support::Program::start(&["--store", &store, "--request-time", "0.003"]);
    let mut wire = program.wire();
    let mut created = 0;
    for number in 0..150 {
        let path = crate::support::users_path(&format!("user-{number}"), "standardQRCode");
        for _ in 0..4 {
            let answer = wire.ask(&program.token, "PATCH", &path, Some("{}")).unwrap();
            match answer.status {
                201 => created += 1,
                200 => assert_ne!(answer.json()["image"], Value::Null, "a success without an image"),
                // The body did not arrive in time, and the connection is closed.
                408 => wire = program.wire(),
                500 => {}
                503 => continue,
                other => panic!("{other}: {}", answer.text()),
            }
            break;
        }
    }
    assert!(created > 0);
}
