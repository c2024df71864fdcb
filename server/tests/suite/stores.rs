//! One suite for every store.

use std::sync::Arc;

use axum::http::StatusCode;
use qrmint::credential::{DateTime, Kind, Record, SecretDigest};
use qrmint_server::Event;
use qrmint_server::store::{
    CodeFilter, Count, EventFilter, MemoryStore, PostgresStore, Removal, SqlOptions, SqliteStore, Store, StoreError,
};
use serde_json::json;
use uuid::Uuid;

use crate::support::{NOW, STANDARD, Setting, TEMPORARY, count, execute, postgres, postgres_url};

fn moment(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// Returns the instant one tick later.
fn tick(moment: DateTime) -> DateTime {
    DateTime::from_ticks(moment.ticks() + 1).unwrap()
}

pub(crate) fn record(kind: Kind) -> Record {
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

/// A filter that everything passes.
pub(crate) const ALL_CODES: CodeFilter =
    CodeFilter { user: None, kind: None, expiring_before: None, after: None, top: 100 };
const ALL_EVENTS: EventFilter = EventFilter { user: None, since: None, after: None, top: 100 };

async fn put(store: &dyn Store, user: &str, record: &Record) {
    assert!(store.compare_and_swap(user, record.kind, None, record).await.unwrap());
}

async fn what_was_put_is_read_and_found(store: &dyn Store) {
    for user in ["a", "A", "ö' \" %_", &"x".repeat(256)] {
        for kind in Kind::ALL {
            let new = record(kind);
            assert_eq!(store.read(user, kind).await.unwrap(), None);
            assert_eq!(store.find(new.id).await.unwrap(), None);
            put(store, user, &new).await;
            assert_eq!(store.read(user, kind).await.unwrap().as_ref(), Some(&new));
            assert_eq!(store.find(new.id).await.unwrap(), Some((user.to_owned(), new)));
        }
    }
    store.check().await.unwrap();
    store.check().await.unwrap();
}

async fn the_ends_of_time_are_kept(store: &dyn Store) {
    let mut new = record(Kind::Standard);
    (new.start_date_time, new.expire_date_time) = (DateTime::NEVER, DateTime::MAX);
    put(store, "u", &new).await;
    assert_eq!(store.read("u", new.kind).await.unwrap(), Some(new));
}

async fn a_swap_is_made_only_if_the_record_is_the_one_that_was_seen(store: &dyn Store) {
    let kind = Kind::Standard;
    let swap = async |seen: Option<&Record>, new: &Record| store.compare_and_swap("u", kind, seen, new).await.unwrap();
    let read = async || store.read("u", kind).await.unwrap();
    let (first, second) = (record(kind), record(kind));
    let later = Record { expire_date_time: tick(first.expire_date_time), ..first.clone() };
    let used = Record { last_used_date_time: tick(DateTime::NEVER), ..first.clone() };

    assert!(!swap(Some(&first), &second).await);
    assert_eq!(read().await, None);
    assert!(swap(None, &first).await);
    for seen in [None, Some(&second), Some(&later), Some(&used)] {
        assert!(!swap(seen, &second).await);
    }
    assert_eq!(read().await.as_ref(), Some(&first));
    assert!(swap(Some(&first), &used).await);
    assert!(!swap(Some(&first), &later).await);
    assert!(swap(Some(&used), &used).await);
    assert!(swap(Some(&used), &second).await);
    assert_eq!(store.find(first.id).await.unwrap(), None);
    assert_eq!(store.find(second.id).await.unwrap(), Some(("u".into(), second)));
}

async fn what_is_removed_is_what_was_named(store: &dyn Store) {
    let early = Record { expire_date_time: moment("2025-06-01T00:00:00Z"), ..record(Kind::Standard) };
    let late = Record { expire_date_time: tick(early.expire_date_time), ..record(Kind::Temporary) };
    let other = record(Kind::Standard);
    let fill = async || {
        for (user, record) in [("u", &early), ("u", &late), ("v", &other)] {
            put(store, user, record).await;
        }
    };
    let of = |user: &str, kind| Removal::Of { user: user.into(), kind };
    let rows = [
        (Removal::Code(late.id), vec![&late]),
        (Removal::Code(Uuid::new_v4()), vec![]),
        (Removal::Unchanged(late.clone()), vec![&late]),
        (Removal::Unchanged(Record { expire_date_time: tick(late.expire_date_time), ..late.clone() }), vec![]),
        (Removal::Unchanged(Record { last_used_date_time: late.expire_date_time, ..late.clone() }), vec![]),
        (of("u", Kind::Standard), vec![&early]),
        (of("U", Kind::Standard), vec![]),
        (of("v", Kind::Temporary), vec![]),
        (Removal::ExpiredBefore(early.expire_date_time), vec![]),
        (Removal::ExpiredBefore(late.expire_date_time), vec![&early]),
        (Removal::ExpiredBefore(DateTime::MAX), vec![&early, &late, &other]),
    ];
    for (which, removed) in rows {
        fill().await;
        assert_eq!(store.remove(&which).await.unwrap(), removed.len() as u64, "{which:?}");
        assert_eq!(store.remove(&which).await.unwrap(), 0, "{which:?}");
        for (user, record) in [("u", &early), ("u", &late), ("v", &other)] {
            let kept = (!removed.contains(&record)).then(|| record.clone());
            assert_eq!(store.read(user, record.kind).await.unwrap(), kept, "{which:?}");
            assert_eq!(store.find(record.id).await.unwrap().map(|(_, found)| found), kept, "{which:?}");
        }
        store.remove(&Removal::ExpiredBefore(DateTime::MAX)).await.unwrap();
    }
}

async fn codes_are_listed_by_every_filter_in_pages(store: &dyn Store) {
    let mut all = Vec::new();
    for index in 0..10 {
        let user = format!("user-{}", index / 2);
        let mut new = record(Kind::ALL[index % 2]);
        new.expire_date_time = DateTime::from_ticks(moment(NOW).ticks() + index as i64).unwrap();
        put(store, &user, &new).await;
        all.push((user, new));
    }
    all.sort_by_key(|(_, record)| record.id);
    let list = async |filter: CodeFilter| store.list(&filter).await.unwrap();
    let among = |passes: &dyn Fn(&str, &Record) -> bool| -> Vec<_> {
        all.iter().filter(|(user, record)| passes(user, record)).cloned().collect()
    };
    let (user, instant) = (Some("user-3".to_owned()), DateTime::from_ticks(moment(NOW).ticks() + 7).unwrap());
    let kind = Some(Kind::Temporary);

    assert_eq!(list(ALL_CODES).await, all);
    assert_eq!(list(CodeFilter { user: user.clone(), ..ALL_CODES }).await, among(&|user, _| user == "user-3"));
    assert_eq!(list(CodeFilter { user: Some("USER-3".into()), ..ALL_CODES }).await, []);
    assert_eq!(list(CodeFilter { kind, ..ALL_CODES }).await, among(&|_, record| record.kind == Kind::Temporary));
    let early = among(&|_, record| record.expire_date_time < instant);
    assert_eq!(early.len(), 7);
    assert_eq!(list(CodeFilter { expiring_before: Some(instant), ..ALL_CODES }).await, early);
    let of_all = CodeFilter { user, kind, expiring_before: Some(tick(instant)), after: None, top: 5 };
    assert_eq!(list(of_all).await, among(&|user, record| user == "user-3" && record.kind == Kind::Temporary));
    assert_eq!(list(CodeFilter { top: 0, ..ALL_CODES }).await, []);

    let (mut pages, mut after) = (Vec::new(), None);
    for length in [3, 3, 3, 1, 0] {
        let page = list(CodeFilter { after, top: 3, ..ALL_CODES }).await;
        assert_eq!(page.len(), length);
        after = page.last().map(|(_, record)| record.id).or(after);
        pages.extend(page);
    }
    assert_eq!(pages, all);
}

async fn codes_are_counted_by_kind_from_zero(store: &dyn Store) {
    let now = moment(NOW);
    let at = |ticks: i64| DateTime::from_ticks(now.ticks() + ticks).unwrap();
    let zero = |kind| Count { kind, active: 0, expiring: 0 };
    assert_eq!(store.count(now, at(10)).await.unwrap(), Kind::ALL.map(zero));
    for (index, ticks) in [-5, 0, 1, 9, 10, 11].into_iter().enumerate() {
        let new = Record { expire_date_time: at(ticks), ..record(Kind::Standard) };
        put(store, &format!("user-{index}"), &new).await;
    }
    let standard = Count { kind: Kind::Standard, active: 4, expiring: 2 };
    assert_eq!(store.count(now, at(10)).await.unwrap(), [standard, zero(Kind::Temporary)]);
}

/// Creates an event of the audit trail, by the form in which it is kept.
pub(crate) fn event(id: Uuid, time: &str, user: Option<&str>) -> Event {
    serde_json::from_value(json!({
        "id": id, "time": time, "requestId": Uuid::new_v4(), "oid": "o", "appid": null, "from": "2001:db8::1",
        "action": "verify", "userId": user, "kind": "temporaryQRCode", "codeId": Uuid::new_v4(), "codes": null,
        "outcome": "refused", "rule": "expired",
    }))
    .unwrap()
}

async fn events_are_kept_in_order_and_listed_by_every_filter_in_pages(store: &dyn Store) {
    let id = |number: u128| Uuid::from_u128(0xabcd << 112 | number);
    let all = [
        event(id(1), "2025-03-04T00:00:00.0000001Z", Some("u")),
        event(id(2), "2025-03-04T00:00:00.0000002Z", None),
        event(id(10), "2025-03-04T00:00:00.0000002Z", Some("v")),
        event(id(11), "2025-03-04T00:00:00.0000003Z", Some("u")),
    ];
    for index in [3, 0, 2, 1] {
        store.append(&all[index]).await.unwrap();
    }
    let list = async |filter: EventFilter| store.events(&filter).await.unwrap();
    let since = Some(moment("2025-03-04T00:00:00.0000002Z"));
    assert_eq!(list(ALL_EVENTS).await, all);
    assert_eq!(list(EventFilter { user: Some("u".into()), ..ALL_EVENTS }).await, [all[0].clone(), all[3].clone()]);
    assert_eq!(list(EventFilter { since, ..ALL_EVENTS }).await, all[1..]);
    assert_eq!(list(EventFilter { user: Some("u".into()), since, ..ALL_EVENTS }).await, all[3..]);
    assert_eq!(list(EventFilter { top: 2, ..ALL_EVENTS }).await, all[..2]);
    assert_eq!(list(EventFilter { after: Some(all[1].id), top: 1, ..ALL_EVENTS }).await, all[2..3]);
    assert_eq!(list(EventFilter { after: Some(all[3].id), ..ALL_EVENTS }).await, []);
}

async fn of_many_swaps_at_once_one_is_made(store: Arc<dyn Store>) {
    let mut seen = None;
    // A create, then updates.
    for round in 0..3 {
        let tasks: Vec<_> = (0..40)
            .map(|index| {
                let (store, seen) = (store.clone(), seen.clone());
                let mut new = record(Kind::Temporary);
                new.last_used_date_time = DateTime::from_ticks(index).unwrap();
                tokio::spawn(
                    async move { store.compare_and_swap("u", Kind::Temporary, seen.as_ref(), &new).await.unwrap() },
                )
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            made += usize::from(task.await.unwrap());
        }
        assert_eq!(made, 1, "round {round}");
        seen = store.read("u", Kind::Temporary).await.unwrap();
        assert!(seen.is_some());
    }
}

async fn of_many_removals_at_once_one_removes(store: Arc<dyn Store>) {
    put(&*store, "u", &record(Kind::Standard)).await;
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let store = store.clone();
            let which = Removal::Of { user: "u".into(), kind: Kind::Standard };
            tokio::spawn(async move { store.remove(&which).await.unwrap() })
        })
        .collect();
    let mut removed = 0;
    for task in tasks {
        removed += task.await.unwrap();
    }
    assert_eq!(removed, 1);
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
    what_is_removed_is_what_was_named(&store().await).await;
    codes_are_listed_by_every_filter_in_pages(&store().await).await;
    codes_are_counted_by_kind_from_zero(&store().await).await;
    events_are_kept_in_order_and_listed_by_every_filter_in_pages(&store().await).await;
    of_many_swaps_at_once_one_is_made(Arc::new(store().await)).await;
    of_many_removals_at_once_one_removes(Arc::new(store().await)).await;
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
        SqliteStore::open(&file, &SqlOptions::default()).await.unwrap()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_does_what_a_store_must() {
    if postgres("the suite of stores").await.is_some() {
        suite(async || postgres("the suite of stores").await.unwrap()).await;
    }
}

/// Spoils one code of ten and one event, and checks that only they are left out, and that the code can be removed.
async fn spoiled_rows_are_told_left_out_and_removed(store: &dyn Store, url: &str) {
    for (column, value) in [
        ("expire_ticks", "-5"),
        ("start_ticks", "9223372036854775807"),
        ("secret_digest", "'AAAA'"),
        ("kind", "'pin'"),
        ("code_id", "'not-an-id'"),
    ] {
        let mut codes = Vec::new();
        for index in 0..10 {
            codes.push((format!("user-{index}"), record(Kind::Standard)));
            put(store, &codes[index].0, &codes[index].1).await;
        }
        codes.sort_by_key(|(_, record)| record.id);
        let (user, spoiled) = codes.remove(2);
        execute(url, &format!("UPDATE qr_codes SET {column} = {value} WHERE code_id = '{}'", spoiled.id)).await;

        let told = match column {
            "kind" => store.find(spoiled.id).await.map(drop),
            _ => store.read(&user, Kind::Standard).await.map(drop),
        };
        let code = if column == "code_id" { "not-an-id".to_owned() } else { spoiled.id.to_string() };
        assert!(
            matches!(&told, Err(StoreError::Corrupt { column: at, code: of }) if (*at, of) == (column, &code)),
            "{told:?}"
        );
        if column != "code_id" {
            assert!(matches!(store.find(spoiled.id).await, Err(StoreError::Corrupt { .. })));
        }
        assert_eq!(store.list(&ALL_CODES).await.unwrap(), codes, "{column}");
        // A page is filled though a row in it is left out.
        assert_eq!(store.list(&CodeFilter { top: 4, ..ALL_CODES }).await.unwrap(), codes[..4], "{column}");
        assert_eq!(store.list(&CodeFilter { top: 9, ..ALL_CODES }).await.unwrap(), codes, "{column}");

        let which = match column {
            "code_id" => Removal::Of { user, kind: Kind::Standard },
            _ => Removal::Code(spoiled.id),
        };
        assert_eq!(store.remove(&which).await.unwrap(), 1, "{column}");
        assert_eq!(store.remove(&Removal::ExpiredBefore(DateTime::MAX)).await.unwrap(), 9);
    }
    let (first, second) = (event(Uuid::from_u128(1), NOW, None), event(Uuid::from_u128(2), NOW, None));
    store.append(&first).await.unwrap();
    store.append(&second).await.unwrap();
    execute(url, &format!("UPDATE qr_events SET event = '{{}}' WHERE event_id = '{}'", first.id)).await;
    assert_eq!(store.events(&EventFilter { top: 1, ..ALL_EVENTS }).await.unwrap(), [second]);
}

#[tokio::test]
async fn a_row_of_sqlite_that_is_no_record_is_told_left_out_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("codes.db");
    let store = SqliteStore::open(&file, &SqlOptions::default()).await.unwrap();
    let url = format!("sqlite://{}", file.display());
    spoiled_rows_are_told_left_out_and_removed(&store, &url).await;
}

#[tokio::test]
async fn a_row_of_postgres_that_is_no_record_is_told_left_out_and_removed() {
    let Some(url) = postgres_url("rows that are no records").await else { return };
    let store = PostgresStore::connect(&url, &SqlOptions::default()).await.unwrap();
    spoiled_rows_are_told_left_out_and_removed(&store, &url).await;
}
