//! Clients that ask again: they get a code with its image, or an error.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::http::StatusCode;
use qrmint::credential::{DateTime, Kind, Record};
use qrmint_server::store::{CodeFilter, Count, EventFilter, MemoryStore, Removal, Store, StoreError};
use qrmint_server::{Event, Limits, Trail};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Answer, FLOKI, STANDARD, Served, Setting};

/// How the swaps of a store end.
#[derive(Clone, Copy, PartialEq)]
enum Swap {
    /// They take this long.
    Slow(Duration),
    /// They are made, but the connection is lost before that is known.
    Lost,
    /// They take a minute and are refused.
    Refused,
    /// They take a minute and are made, and another process changes the code at once.
    Changed,
    /// They are made, and another process replaces the code before the first removal.
    Replaced,
}

/// A store whose swaps misbehave.
struct Swaps {
    store: MemoryStore,
    swap: Swap,
    removed: AtomicUsize,
}

#[async_trait]
impl Store for Swaps {
    async fn read(&self, user: &str, kind: Kind) -> Result<Option<Record>, StoreError> {
        self.store.read(user, kind).await
    }

    async fn find(&self, id: Uuid) -> Result<Option<(String, Record)>, StoreError> {
        self.store.find(id).await
    }

    async fn compare_and_swap(
        &self,
        user: &str,
        kind: Kind,
        seen: Option<&Record>,
        new: &Record,
    ) -> Result<bool, StoreError> {
        match self.swap {
            Swap::Slow(time) => {
                tokio::time::sleep(time).await;
                self.store.compare_and_swap(user, kind, seen, new).await
            }
            Swap::Lost => {
                self.store.compare_and_swap(user, kind, seen, new).await?;
                Err(StoreError::Uncertain("the connection was reset".into()))
            }
            Swap::Refused => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                Err(StoreError::Unavailable("locked".into()))
            }
            Swap::Changed => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                assert!(self.store.compare_and_swap(user, kind, seen, new).await?);
                let changed = Record { last_used_date_time: new.created_date_time, ..new.clone() };
                self.store.compare_and_swap(user, kind, Some(new), &changed).await
            }
            Swap::Replaced => self.store.compare_and_swap(user, kind, seen, new).await,
        }
    }

    async fn remove(&self, which: &Removal) -> Result<u64, StoreError> {
        let first = self.removed.fetch_add(1, Ordering::SeqCst) == 0;
        if first && self.swap == Swap::Replaced {
            let seen = self.store.read(FLOKI, Kind::Standard).await?.unwrap();
            let other = Record { id: Uuid::new_v4(), ..seen.clone() };
            assert!(self.store.compare_and_swap(FLOKI, Kind::Standard, Some(&seen), &other).await?);
        }
        self.store.remove(which).await
    }

    async fn list(&self, filter: &CodeFilter) -> Result<Vec<(String, Record)>, StoreError> {
        self.store.list(filter).await
    }

    async fn count(&self, now: DateTime, soon: DateTime) -> Result<Vec<Count>, StoreError> {
        self.store.count(now, soon).await
    }

    async fn append(&self, event: &Event) -> Result<(), StoreError> {
        self.store.append(event).await
    }

    async fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, StoreError> {
        self.store.events(filter).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.store.check().await
    }
}

fn with(swap: Swap) -> (Served, Arc<Swaps>) {
    let store = Arc::new(Swaps { store: MemoryStore::default(), swap, removed: AtomicUsize::new(0) });
    let mut limits = Limits::default();
    limits.body_time = if let Swap::Slow(_) = swap { Duration::from_millis(100) } else { Duration::from_secs(10) };
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
    let (served, _) = with(Swap::Slow(Duration::from_millis(400)));
    let code = patch_with_retries(&served).await.expect(StatusCode::CREATED);
    assert!(code["image"]["rawContent"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_create_that_hangs_is_taken_back_when_it_comes_through_after_all() {
    let (served, store) = with(Swap::Slow(Duration::from_secs(60)));
    let answer = patch_with_retries(&served).await;
    answer.expect_error(500, "internalServerError");
    assert!(answer.headers.get("retry-after").is_none());
    served.service.drained().await;
    assert_eq!(store.removed.load(Ordering::SeqCst), 1);
    let outcomes = outcomes(&served).await;
    assert_eq!(outcomes, ["begun", "unknown", "takenBack"]);
    served.ask("GET", STANDARD, None).await.expect_error(404, "resourceNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_create_whose_outcome_was_lost_is_taken_back() {
    let (served, _) = with(Swap::Lost);
    let answer = patch_with_retries(&served).await;
    assert!(answer.expect_error(500, "internalServerError").contains("not known"));
    assert!(answer.headers.get("retry-after").is_none());
    served.service.drained().await;
    served.ask("GET", STANDARD, None).await.expect_error(404, "resourceNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_create_that_hangs_and_fails_is_told_as_failed() {
    let (served, store) = with(Swap::Refused);
    served.ask("PATCH", STANDARD, "{}").await.expect_error(500, "internalServerError");
    served.service.drained().await;
    assert_eq!(store.removed.load(Ordering::SeqCst), 0);
    assert_eq!(outcomes(&served).await, ["begun", "unknown", "failed"]);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_another_process_has_changed_meanwhile_is_not_taken_back() {
    let (served, _) = with(Swap::Changed);
    served.ask("PATCH", STANDARD, "{}").await.expect_error(500, "internalServerError");
    served.service.drained().await;
    assert_eq!(outcomes(&served).await, ["begun", "unknown", "done"]);
    served.ask("GET", STANDARD, None).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_deletion_that_another_process_overtakes_is_tried_again() {
    let (served, store) = with(Swap::Replaced);
    served.ask("PATCH", STANDARD, "{}").await.expect(StatusCode::CREATED);
    assert_eq!(served.ask("DELETE", STANDARD, None).await.status, 204);
    assert_eq!(store.removed.load(Ordering::SeqCst), 2);
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
