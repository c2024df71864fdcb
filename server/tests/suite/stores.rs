//! One suite for every store.

use std::sync::Arc;

use axum::http::StatusCode;
use qrmint::credential::{DateTime, Kind, Record, SecretDigest};
use qrmint_server::store::{MemoryStore, SqliteStore, Store};
use uuid::Uuid;

use crate::support::{NOW, STANDARD, Setting, TEMPORARY, count, postgres};

fn record(kind: Kind) -> Record {
    let moment = |text: &str| text.parse::<DateTime>().unwrap();
    Record {
        id: Uuid::new_v4(),
        kind,
        start_date_time: moment("2025-01-01T12:00:00Z"),
        expire_date_time: moment("2025-12-19T12:00:00.9999999Z"),
        created_date_time: moment(NOW),
        last_used_date_time: DateTime::NEVER,
        user_principal_name: "ragnhildur.þóra'; DROP TABLE qr_codes; --@contoso.com".into(),
        secret_digest: SecretDigest::from_bytes(std::array::from_fn(|index| index as u8 * 7)),
    }
}

async fn what_was_put_is_read_and_found(store: &dyn Store) {
    for user in ["a", "A", "ö' \" %_", &"x".repeat(256)] {
        for kind in Kind::ALL {
            let new = record(kind);
            assert_eq!(store.read(user, kind).await.unwrap(), None);
            assert_eq!(store.find(new.id).await.unwrap(), None);
            assert!(store.compare_and_swap(user, kind, None, Some(&new)).await.unwrap());
            assert_eq!(store.read(user, kind).await.unwrap().as_ref(), Some(&new));
            assert_eq!(store.find(new.id).await.unwrap(), Some((user.to_owned(), new)));
        }
    }
    store.check().await.unwrap();
}

async fn the_ends_of_time_are_kept(store: &dyn Store) {
    let mut new = record(Kind::Standard);
    (new.start_date_time, new.expire_date_time) = (DateTime::NEVER, DateTime::MAX);
    assert!(store.compare_and_swap("u", new.kind, None, Some(&new)).await.unwrap());
    assert_eq!(store.read("u", new.kind).await.unwrap(), Some(new));
}

async fn a_swap_is_made_only_if_the_record_is_the_one_that_was_seen(store: &dyn Store) {
    let kind = Kind::Standard;
    let swap =
        async |seen: Option<&Record>, new: Option<&Record>| store.compare_and_swap("u", kind, seen, new).await.unwrap();
    let read = async || store.read("u", kind).await.unwrap();
    let (first, second) = (record(kind), record(kind));
    let tick = |moment: DateTime| DateTime::from_ticks(moment.ticks() + 1).unwrap();
    let later = Record { expire_date_time: tick(first.expire_date_time), ..first.clone() };
    let used = Record { last_used_date_time: tick(DateTime::NEVER), ..first.clone() };

    assert!(swap(None, None).await);
    assert!(!swap(Some(&first), Some(&second)).await && !swap(Some(&first), None).await);
    assert_eq!(read().await, None);
    assert!(swap(None, Some(&first)).await);
    for seen in [None, Some(&second), Some(&later), Some(&used)] {
        assert!(!swap(seen, Some(&second)).await && !swap(seen, None).await);
    }
    assert_eq!(read().await.as_ref(), Some(&first));
    assert!(swap(Some(&first), Some(&used)).await);
    assert!(!swap(Some(&first), Some(&later)).await);
    assert!(swap(Some(&used), Some(&used)).await);
    assert!(swap(Some(&used), Some(&second)).await);
    assert_eq!(store.find(first.id).await.unwrap(), None);
    assert_eq!(store.find(second.id).await.unwrap(), Some(("u".into(), second.clone())));
    assert!(!swap(Some(&first), None).await);
    assert!(swap(Some(&second), None).await);
    assert_eq!((read().await, store.find(second.id).await.unwrap()), (None, None));
    assert!(swap(None, Some(&first)).await);
}

async fn of_many_swaps_at_once_one_is_made(store: Arc<dyn Store>) {
    let mut seen = None;
    // A create, then updates, then a deletion.
    for round in 0..4 {
        let tasks: Vec<_> = (0..40)
            .map(|index| {
                let (store, seen) = (store.clone(), seen.clone());
                let mut new = record(Kind::Temporary);
                new.last_used_date_time = DateTime::from_ticks(index).unwrap();
                let new = (round < 3).then_some(new);
                tokio::spawn(async move {
                    store.compare_and_swap("u", Kind::Temporary, seen.as_ref(), new.as_ref()).await.unwrap()
                })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            made += usize::from(task.await.unwrap());
        }
        assert_eq!(made, 1, "round {round}");
        seen = store.read("u", Kind::Temporary).await.unwrap();
        assert_eq!(seen.is_some(), round < 3);
    }
}

async fn of_many_creates_one_wins_and_the_others_see_it(store: Arc<dyn Store>) {
    // Two services that share nothing but the store, like two processes.
    let services: Vec<_> =
        (0..2).map(|_| Arc::new(Setting { store: Some(store.clone()), ..Setting::default() }.serve())).collect();
    for (path, others) in [(STANDARD, 200), (TEMPORARY, 400)] {
        let tasks: Vec<_> = (0..100)
            .map(|index| {
                let service = services[index % 2].clone();
                let hour = index % 10;
                let expiry = if path == STANDARD { "2025-06-01T0" } else { "2025-03-05T0" };
                let body = format!(r#"{{"expireDateTime":"{expiry}{hour}:00:00Z"}}"#);
                tokio::spawn(async move { service.ask("PATCH", path, body.as_str()).await })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        assert_eq!(count(answers.iter().map(|answer| answer.status)), [(201, 1), (others, 99)].into());
        let code = services[0].ask("GET", path, None).await.expect(StatusCode::OK);
        for answer in answers.iter().filter(|answer| answer.status < 300) {
            assert_eq!(answer.json()["id"], code["id"]);
        }
    }
}

/// `store` creates a new, empty store each time.
async fn suite<S: Store>(store: impl AsyncFn() -> S) {
    what_was_put_is_read_and_found(&store().await).await;
    the_ends_of_time_are_kept(&store().await).await;
    a_swap_is_made_only_if_the_record_is_the_one_that_was_seen(&store().await).await;
    of_many_swaps_at_once_one_is_made(Arc::new(store().await)).await;
    of_many_creates_one_wins_and_the_others_see_it(Arc::new(store().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_does_what_a_store_must() {
    suite(async || MemoryStore::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_does_what_a_store_must() {
    let folder = tempfile::tempdir().unwrap();
    suite(async || {
        let file = folder.path().join(format!("{}.db", Uuid::new_v4()));
        SqliteStore::open(&file).await.unwrap()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_does_what_a_store_must() {
    if postgres("the suite of stores").await.is_some() {
        suite(async || postgres("the suite of stores").await.unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_many_open_at_once_for_the_first_time_is_set_up_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("codes.db");
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let file = file.clone();
            tokio::spawn(async move { SqliteStore::open(&file).await.unwrap() })
        })
        .collect();
    let (user, new) = ("u", record(Kind::Standard));
    let mut stores = Vec::new();
    for task in tasks {
        stores.push(task.await.unwrap());
    }
    assert!(stores[0].compare_and_swap(user, new.kind, None, Some(&new)).await.unwrap());
    for store in &stores {
        assert_eq!(store.read(user, new.kind).await.unwrap().as_ref(), Some(&new));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_of_sqlite_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("codes.db")).await.unwrap();
    let new = record(Kind::Standard);
    store.compare_and_swap("u", new.kind, None, Some(&new)).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_or_cannot_be_made_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "no database, but long enough to be looked at".repeat(100)).unwrap();
    assert!(SqliteStore::open(file.path()).await.is_err());
    assert!(SqliteStore::open(std::path::Path::new("/nonexistent/codes.db")).await.is_err());
}
