//! Databases as operators have them: of an older or newer program, shared, closed, read-only, lost.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qrmint::credential::Kind;
use qrmint_server::store::{
    Location, LocationError, PostgresStore, Removal, SqlOptions, SqliteStore, Store, StoreError,
};
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use uuid::Uuid;

use crate::stores::{ALL_CODES, event, record};
use crate::support::{NOW, PostgresServer, as_user, execute, number, postgres_url};

/// Returns the URL of a new SQLite file, and that of a new PostgreSQL database if available.
async fn databases(folder: &Path, test: &str) -> Vec<String> {
    let file = folder.join("codes.db");
    std::fs::write(&file, "").unwrap();
    [format!("sqlite://{}", file.display())].into_iter().chain(postgres_url(test).await).collect()
}

async fn open(url: &str, options: &SqlOptions) -> Result<(Arc<dyn Store>, Vec<String>), StoreError> {
    Ok(match Location::parse(url).unwrap() {
        Location::Memory => unreachable!("the URL is of a database"),
        Location::Sqlite(file) => {
            let store = SqliteStore::open(&file, options).await?;
            let notes = store.notes().to_vec();
            (Arc::new(store), notes)
        }
        Location::Postgres(url) => {
            let store = PostgresStore::connect(&url, options).await?;
            let notes = store.notes().to_vec();
            (Arc::new(store), notes)
        }
    })
}

/// Returns why a database could not be opened.
async fn refusal(url: &str, options: &SqlOptions) -> String {
    let error = open(url, options).await.map(|(_, notes)| notes).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    error.to_string()
}

fn options() -> SqlOptions {
    SqlOptions::default()
}

fn without_migrate() -> SqlOptions {
    SqlOptions { migrate: false, ..options() }
}

/// Creates a migration and applies it in sqlx's own table.
async fn apply(url: &str, version: i64, description: &'static str, sql: &'static str) {
    let migration = Migration::new(version, description.into(), MigrationType::Simple, sql.into_sql_str(), false);
    let migrator = Migrator::with_migrations(vec![migration]);
    if url.starts_with("sqlite") {
        migrator.run(&sqlx::SqlitePool::connect(url).await.unwrap()).await.unwrap();
    } else {
        migrator.run(&sqlx::PgPool::connect(url).await.unwrap()).await.unwrap();
    }
}

/// Sets up a database as the program did before it had migrations of its own.
async fn set_up_the_old_way(url: &str) {
    apply(url, 1, "qr codes", include_str!("../../migrations/0001_qr_codes.sql")).await;
}

/// Inserts a code and returns its id.
async fn insert(url: &str, user: &str, kind: Kind, created: i64) -> Uuid {
    let (id, digest) = (Uuid::new_v4(), "A".repeat(43));
    execute(
        url,
        &format!("INSERT INTO qr_codes VALUES ('{user}', '{kind}', '{id}', 'upn', '{digest}', {created}, 0, 9, 0)"),
    )
    .await;
    id
}

#[tokio::test]
async fn a_database_of_the_program_before_opens_with_one_code_for_ids_that_differ_only_in_case() {
    let folder = tempfile::tempdir().unwrap();
    for url in databases(folder.path(), "adoption").await {
        set_up_the_old_way(&url).await;
        let (standard, temporary) = (Kind::Standard, Kind::Temporary);
        let mut kept = vec![("torvi".to_owned(), insert(&url, "torvi", standard, 5).await)];
        let mut ended = vec![
            ("floki@contoso.com", insert(&url, "floki@contoso.com", standard, 1).await),
            ("FLOKI@contoso.com", insert(&url, "FLOKI@contoso.com", standard, 3).await),
        ];
        kept.push(("floki@contoso.com".into(), insert(&url, "Floki@Contoso.com", standard, 4).await));
        kept.push(("floki@contoso.com".into(), insert(&url, "FLOKI@contoso.com", temporary, 2).await));
        kept.push(("þóra".into(), insert(&url, "ÞÓRA", temporary, 2).await));
        // Created at the same time: the greater id counts as newer.
        let (first, second) = (insert(&url, "Twin", standard, 7).await, insert(&url, "twin", standard, 7).await);
        kept.push(("twin".into(), first.max(second)));
        ended.push(if first < second { ("Twin", first) } else { ("twin", second) });
        kept.sort_by_key(|(_, id)| *id);

        let version = "SELECT MAX(version) FROM _qrmint_migrations";
        assert!(refusal(&url, &without_migrate()).await.contains("version 1 "), "{url}");
        let (store, notes) = open(&url, &options()).await.unwrap();
        let listed: Vec<_> = store.list(&ALL_CODES).await.unwrap();
        assert_eq!(listed.iter().map(|(user, record)| (user.clone(), record.id)).collect::<Vec<_>>(), kept, "{url}");
        assert_eq!(notes.len(), 1 + ended.len(), "{notes:?}");
        for (user, id) in ended {
            assert!(notes.iter().any(|note| note.starts_with(&format!("code {id} of {user} "))), "{notes:?}");
        }
        assert_eq!(number(&url, "SELECT COUNT(*) FROM _sqlx_migrations").await, 0);
        assert_eq!(number(&url, version).await, 4);

        let (again, notes) = open(&url, &without_migrate()).await.unwrap();
        assert_eq!((again.list(&ALL_CODES).await.unwrap(), notes.len()), (listed, 1));
    }
}

#[tokio::test]
async fn another_application_can_keep_its_migrations_in_the_same_database() {
    let folder = tempfile::tempdir().unwrap();
    for url in databases(folder.path(), "a shared database").await {
        // The first has a version that one of ours has too.
        for _ in 0..2 {
            apply(&url, 1, "qr codes", "CREATE TABLE theirs (id BIGINT)").await;
            open(&url, &options()).await.unwrap().0.check().await.unwrap();
        }
        assert_eq!(number(&url, "SELECT COUNT(*) FROM _sqlx_migrations").await, 1);
    }
}

#[tokio::test]
async fn without_migrate_a_database_that_lacks_a_version_is_refused_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    for url in databases(folder.path(), "no migration").await {
        let refused = refusal(&url, &without_migrate()).await;
        for part in ["version 0 ", "version 4;", "`qrmint-server migrate`"] {
            assert!(refused.contains(part), "{refused}");
        }
        let tables = if url.starts_with("sqlite") {
            "SELECT COUNT(*) FROM sqlite_master"
        } else {
            "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'"
        };
        assert_eq!(number(&url, tables).await, 0);
        open(&url, &options()).await.unwrap();
        open(&url, &without_migrate()).await.unwrap();
    }
}

#[tokio::test]
async fn a_database_of_a_newer_or_another_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for url in databases(folder.path(), "a newer database").await {
        open(&url, &options()).await.unwrap();
        let row = "SELECT 99, description, installed_on, success, checksum, execution_time FROM _qrmint_migrations \
            WHERE version = 1";
        execute(&url, &format!("INSERT INTO _qrmint_migrations {row}")).await;
        for options in [options(), without_migrate()] {
            let refused = refusal(&url, &options).await;
            assert!(refused.contains("version 99, of a newer program"), "{refused}");
        }
        execute(&url, "DELETE FROM _qrmint_migrations WHERE version = 99").await;
        execute(
            &url,
            "UPDATE _qrmint_migrations SET checksum = (SELECT checksum FROM _qrmint_migrations WHERE version = 3) \
            WHERE version = 2",
        )
        .await;
        assert!(refusal(&url, &options()).await.contains("migration 2 "));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_many_open_at_once_is_set_up_once() {
    for old in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        for url in databases(folder.path(), "instances that start at once").await {
            if old {
                set_up_the_old_way(&url).await;
                insert(&url, "U", Kind::Standard, 1).await;
                insert(&url, "u", Kind::Standard, 2).await;
            }
            let tasks: Vec<_> = (0..8)
                .map(|_| {
                    let url = url.clone();
                    tokio::spawn(async move { open(&url, &SqlOptions { connections: 2, ..options() }).await.unwrap() })
                })
                .collect();
            let (mut stores, mut notes) = (Vec::new(), 0);
            for task in tasks {
                let (store, told) = task.await.unwrap();
                stores.push(store);
                notes += told.len() - 1;
            }
            assert_eq!(notes, usize::from(old), "{url}");
            let new = record(Kind::Temporary);
            assert!(stores[0].compare_and_swap("u", new.kind, None, &new).await.unwrap());
            for store in &stores {
                assert_eq!(store.read("u", new.kind).await.unwrap().as_ref(), Some(&new));
            }
        }
    }
}

#[tokio::test]
async fn a_role_that_may_only_read_and_write_rows_is_enough() {
    let Some(url) = postgres_url("a role with rights on rows only").await else { return };
    let role = format!("clerk_{}", Uuid::new_v4().simple());
    execute(&url, &format!("CREATE ROLE {role} LOGIN")).await;
    let theirs = as_user(&url, &role);
    let refused = refusal(&theirs, &options()).await;
    assert!(refused.contains("permission denied"), "{refused}");

    // Another application's table, which the role may not even read.
    apply(&url, 20240101000000, "theirs", "CREATE TABLE theirs (id BIGINT)").await;
    open(&url, &options()).await.unwrap();
    execute(&url, &format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")).await;
    execute(&url, &format!("REVOKE ALL ON _sqlx_migrations FROM {role}")).await;
    for options in [options(), without_migrate()] {
        let (store, _) = open(&theirs, &options).await.unwrap();
        let new = record(Kind::Standard);
        assert!(store.compare_and_swap("u", new.kind, None, &new).await.unwrap());
        store.append(&event(Uuid::new_v4(), NOW, None)).await.unwrap();
        store.check().await.unwrap();
        assert_eq!(store.remove(&Removal::Code(new.id)).await.unwrap(), 1);
    }
    // A role that may create tables sets up its own beside those of another application.
    execute(
        &url,
        &format!(
            "DROP TABLE qr_codes, qr_events, qr_checks, _qrmint_migrations; GRANT CREATE ON SCHEMA public TO {role}"
        ),
    )
    .await;
    open(&theirs, &options()).await.unwrap().0.check().await.unwrap();
    execute(&url, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

/// Waits until `check` fails with this text.
async fn fails_with(store: &dyn Store, text: &str) {
    let begun = Instant::now();
    loop {
        match store.check().await {
            Err(error) if error.to_string().contains(text) => return,
            outcome => assert!(begun.elapsed() < Duration::from_secs(10), "{outcome:?}"),
        }
    }
}

#[tokio::test]
async fn postgres_that_turns_read_only_is_unavailable_until_it_turns_back() {
    let Some(url) = postgres_url("a database that turns read-only").await else { return };
    let (base, query) = url.split_once('?').unwrap();
    let (base, name) = base.rsplit_once('/').unwrap();
    let administration = format!("{base}/postgres?{query}");
    let (store, _) = open(&url, &SqlOptions { connections: 1, ..options() }).await.unwrap();
    let (old, new) = (record(Kind::Standard), record(Kind::Temporary));
    assert!(store.compare_and_swap("u", old.kind, None, &old).await.unwrap());

    execute(&administration, &format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    let sessions = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    execute(&administration, &sessions).await;
    fails_with(&*store, "read-only").await;
    let swapped = store.compare_and_swap("u", new.kind, None, &new).await;
    assert!(matches!(swapped, Err(StoreError::Unavailable(_))), "{swapped:?}");
    assert_eq!(store.read("u", old.kind).await.unwrap(), Some(old.clone()));
    // An instance also starts, as on a standby.
    let (other, _) = open(&url, &options()).await.unwrap();
    assert_eq!(other.read("u", old.kind).await.unwrap(), Some(old));

    execute(&administration, &format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await;
    // The session of the pool stays read-only, so it has to be replaced.
    assert!(store.check().await.is_err());
    store.check().await.unwrap();
    assert!(store.compare_and_swap("u", new.kind, None, &new).await.unwrap());
}

#[tokio::test]
async fn what_holds_up_the_events_does_not_hold_up_the_codes() {
    let Some(url) = postgres_url("a lock on the events").await else { return };
    let (store, _) = open(&url, &SqlOptions { connections: 1, ..options() }).await.unwrap();
    let mut other = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE qr_events").execute(&mut other).await.unwrap();
    for _ in 0..4 {
        let event = event(Uuid::new_v4(), NOW, None);
        tokio::time::timeout(Duration::from_millis(700), store.append(&event)).await.unwrap_err();
    }
    let new = record(Kind::Standard);
    let swap = store.compare_and_swap("u", new.kind, None, &new);
    assert!(tokio::time::timeout(Duration::from_secs(3), swap).await.unwrap().unwrap());
}

#[tokio::test]
async fn a_write_is_uncertain_only_if_the_connection_failed_after_it_was_sent() {
    let Some(server) = PostgresServer::start("a database that stops during a write") else { return };
    let (store, _) = open(&server.url, &options()).await.unwrap();
    let new = record(Kind::Standard);
    let mut other = <sqlx::PgConnection as sqlx::Connection>::connect(&server.url).await.unwrap();
    sqlx::raw_sql("BEGIN; LOCK TABLE qr_codes").execute(&mut other).await.unwrap();
    let (writer, record) = (store.clone(), new.clone());
    let write = tokio::spawn(async move { writer.compare_and_swap("u", record.kind, None, &record).await });
    while number(&server.url, "SELECT COUNT(*) FROM pg_locks WHERE NOT granted").await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.control(&["-m", "immediate", "stop"]);
    let outcome = write.await.unwrap();
    assert!(matches!(outcome, Err(StoreError::Uncertain(_))), "{outcome:?}");

    let outcome = store.compare_and_swap("u", new.kind, None, &new).await;
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    server.control(&["start"]);
    assert!(store.compare_and_swap("u", new.kind, None, &new).await.unwrap());
    // The database itself refuses: nothing was changed.
    execute(&server.url, "ALTER TABLE qr_codes RENAME TO others").await;
    let outcome = store.remove(&Removal::Code(new.id)).await;
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
}

#[tokio::test]
async fn postgres_that_refuses_is_told_with_the_reason_and_without_the_password() {
    let told = async |url: &str| {
        let refused = refusal(url, &options()).await;
        for secret in ["hunter2", "postgres://", url] {
            assert!(!refused.contains(secret), "{refused}");
        }
        refused
    };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let begun = Instant::now();
    let refused = told(&format!("postgres://floki:hunter2@{closed}/codes")).await;
    assert!(refused.contains("refused") && begun.elapsed() < Duration::from_secs(4), "{refused}");
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = told(&format!("postgres://floki:hunter2@{}/codes", silent.local_addr().unwrap())).await;
    assert!(refused.contains("more than 5 s"), "{refused}");
    for url in ["postgres://floki:hunter2@[", "postgres://floki:hunter2@host:port/codes"] {
        told(url).await;
    }

    let Some(server) = PostgresServer::start("a database that refuses a password") else { return };
    let url = as_user(&server.url, "qrmint:hunter2");
    let (store, _) = open(&url, &options()).await.unwrap();
    drop(store);
    let debug = format!("{:?}", PostgresStore::connect(&url, &options()).await.unwrap());
    assert!(!debug.contains("hunter2"), "{debug}");
    execute(
        &server.url,
        "DO $$ BEGIN EXECUTE format('COPY (SELECT ''host all all all scram-sha-256'') TO %L', \
        current_setting('hba_file')); END $$; SELECT pg_reload_conf()",
    )
    .await;
    let begun = Instant::now();
    loop {
        match open(&url, &options()).await {
            Err(_) => break,
            Ok(_) => assert!(begun.elapsed() < Duration::from_secs(10), "it takes any password"),
        }
    }
    let refused = told(&url).await;
    assert!(refused.contains("password authentication failed"), "{refused}");
}

#[tokio::test]
async fn the_notes_tell_the_database_the_pool_and_whether_tls_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("codes.db");
    let (_, notes) = open(&format!("sqlite://{}", file.display()), &options()).await.unwrap();
    let [note] = &*notes else { panic!("{notes:?}") };
    assert!(note.starts_with("SQLite 3.") && note.contains("/codes.db, 16 connections"), "{note}");

    let Some(url) = postgres_url("notes").await else { return };
    let Some((base, query)) = url.split_once("?sslmode=verify-full&") else {
        return qrmint_checks::say(format_args!("skipped for PostgreSQL: notes: the server has no TLS"));
    };
    let name = base.rsplit_once('/').unwrap().1;
    for (mode, require_tls, end) in [
        ("sslmode=verify-full&", false, "TLS mode verify-full, in use"),
        ("sslmode=verify-full&", true, "TLS mode verify-full, in use"),
        ("", true, "TLS mode require, in use"),
        ("sslmode=allow&", true, "TLS mode require, in use"),
        ("", false, "TLS mode prefer, in use"),
        ("sslmode=disable&", false, "TLS mode disable, not in use"),
    ] {
        let options = SqlOptions { connections: 3, require_tls, ..options() };
        let (_, notes) = open(&format!("{base}?{mode}{query}"), &options).await.unwrap();
        let [note] = &*notes else { panic!("{notes:?}") };
        assert!(note.starts_with("PostgreSQL 1") && note.contains(" at 127.0.0.1:"), "{note}");
        assert!(note.ends_with(&format!("/{name}, 3 connections, {end}")), "{note}");
    }
    let refused =
        refusal(&format!("{base}?sslmode=disable&{query}"), &SqlOptions { require_tls: true, ..options() }).await;
    assert!(refused.contains("TLS is required"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_has_no_more_connections_than_it_may() {
    let Some(url) = postgres_url("the size of the pool").await else { return };
    for (connections, most) in [(3, 3), (0, 1)] {
        let (store, _) = open(&url, &SqlOptions { connections, ..options() }).await.unwrap();
        let tasks: Vec<_> = (0..40)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.check().await.unwrap() })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let others =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let others = number(&url, others).await;
        assert!((1..=most).contains(&others), "{others}");
        drop(store);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_of_sqlite_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("codes.db");
    let files = || std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
    let first = SqliteStore::open(&file, &options()).await.unwrap();
    for existing in [false, true] {
        if existing {
            for file in files() {
                std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o666)).unwrap();
            }
        }
        let store = SqliteStore::open(&file, &options()).await.unwrap();
        store.check().await.unwrap();
        assert_eq!(files().count(), 3);
        for file in files() {
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        }
        assert_eq!(store.notes().len(), 1);
    }
    first.check().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_was_deleted_or_replaced_fails_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("codes.db");
    let store = SqliteStore::open(&file, &options()).await.unwrap();
    store.check().await.unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(store.check().await, Err(StoreError::Unavailable(_))));
    std::fs::write(&file, "").unwrap();
    assert!(matches!(store.check().await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_file_that_is_no_database_or_cannot_be_made_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "no database, but long enough to be looked at".repeat(100)).unwrap();
    assert!(SqliteStore::open(file.path(), &options()).await.is_err());
    assert!(SqliteStore::open(Path::new("/nonexistent/codes.db"), &options()).await.is_err());
}

#[tokio::test]
async fn a_file_that_another_process_locks_can_be_read_and_is_unavailable_for_writes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("codes.db");
    let (store, _) = open(&format!("sqlite://{}", file.display()), &options()).await.unwrap();
    let mut other =
        <sqlx::SqliteConnection as sqlx::Connection>::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    assert_eq!(store.list(&ALL_CODES).await.unwrap(), []);
    // A start writes nothing to a file that lacks nothing, so it does not wait for the lock.
    let begun = Instant::now();
    SqliteStore::open(&file, &options()).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert!(matches!(store.check().await, Err(StoreError::Unavailable(_))));
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    store.check().await.unwrap();
}

#[test]
fn a_url_names_a_store_or_is_refused_with_a_hint_and_without_its_password() {
    let file = |file: &str| Ok(Location::Sqlite(file.into()));
    let postgres = |url: &str| Ok(Location::Postgres(url.into()));
    for (url, location) in [
        ("memory:", Ok(Location::Memory)),
        ("sqlite://qrmint.db", file("qrmint.db")),
        ("sqlite:///var/lib/qrmint.db", file("/var/lib/qrmint.db")),
        ("sqlite://qrmint.db?mode=rwc", file("qrmint.db")),
        ("sqlite://qrmint.db?mode=ro", Err(LocationError::Parameters)),
        ("sqlite://qrmint.db?mode=rwc&cache=shared", Err(LocationError::Parameters)),
        ("sqlite://:memory:", Err(LocationError::NoFile)),
        ("sqlite://:memory:?mode=rwc", Err(LocationError::NoFile)),
        ("sqlite::memory:", Err(LocationError::NoFile)),
        ("sqlite://", Err(LocationError::NoFile)),
        ("sqlite://?mode=rwc", Err(LocationError::NoFile)),
        ("postgres://floki:hunter2@host/codes", postgres("postgres://floki:hunter2@host/codes")),
        ("postgresql://host/codes?sslmode=require", postgres("postgresql://host/codes?sslmode=require")),
        ("mysql://floki:hunter2@host/codes", Err(LocationError::Scheme)),
        ("qrmint.db", Err(LocationError::Scheme)),
        ("", Err(LocationError::Scheme)),
    ] {
        let parsed = Location::parse(url);
        assert_eq!(parsed, location, "{url}");
        let shown = format!("{parsed:?} {}", parsed.as_ref().map_or_else(ToString::to_string, |_| String::new()));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    assert!(LocationError::NoFile.to_string().contains("use memory:"));
}
