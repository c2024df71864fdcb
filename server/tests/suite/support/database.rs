//! PostgreSQL, if available.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use qrmint_server::store::{PostgresStore, SqlOptions};
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

/// Returns the value of this variable, which `with-postgres` sets. Without it, prints that the test is skipped.
fn said(name: &str, test: &str) -> Option<String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        qrmint_checks::say(format_args!("skipped for PostgreSQL: {test}: {name} is not set"));
    }
    value
}

/// Creates an empty database and returns its URL.
pub(crate) async fn postgres_url(test: &str) -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = said("QRMINT_TEST_POSTGRES", test)?;
    let name = format!("qrmint_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&server).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (base, query) = server.split_once('?').map_or((server.as_str(), ""), |(base, query)| (base, query));
    let base = base.rsplit_once('/').unwrap().0;
    Some(format!("{base}/{name}?{query}"))
}

/// Returns the URL with another user, or `user:password`.
pub(crate) fn as_user(url: &str, user: &str) -> String {
    let (_, rest) = url.split_once('@').unwrap();
    format!("postgres://{user}@{rest}")
}

/// Executes SQL in the database of a URL.
pub(crate) async fn execute(url: &str, sql: &str) {
    let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
    if url.starts_with("sqlite") {
        sql.execute(&mut SqliteConnection::connect(url).await.unwrap()).await.unwrap();
    } else {
        sql.execute(&mut PgConnection::connect(url).await.unwrap()).await.unwrap();
    }
}

/// Returns the number that a query gives.
pub(crate) async fn number(url: &str, sql: &str) -> i64 {
    let query = sqlx::AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite") {
        sqlx::query_scalar(query).fetch_one(&mut SqliteConnection::connect(url).await.unwrap()).await.unwrap()
    } else {
        sqlx::query_scalar(query).fetch_one(&mut PgConnection::connect(url).await.unwrap()).await.unwrap()
    }
}

/// Creates a store in a new database.
pub(crate) async fn postgres(test: &str) -> Option<PostgresStore> {
    Some(PostgresStore::connect(&postgres_url(test).await?, &SqlOptions::default()).await.unwrap())
}

/// A PostgreSQL server of one test, which may stop it.
pub(crate) struct PostgresServer {
    process: Child,
    pub(crate) url: String,
    control: String,
}

impl PostgresServer {
    /// Starts a server. Returns `None` unless the tests run under `with-postgres`, which installs PostgreSQL.
    pub(crate) fn start(test: &str) -> Option<Self> {
        said("QRMINT_TEST_POSTGRES_CONTROL", test)?;
        let script = "echo $QRMINT_TEST_POSTGRES; echo $QRMINT_TEST_POSTGRES_CONTROL; read _";
        let mut process = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/with-postgres"))
            .args(["bash", "-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let [url, control] = [lines.next().unwrap(), lines.next().unwrap()];
        Some(Self { process, url, control })
    }

    /// Runs `pg_ctl` with these arguments and waits until it has ended.
    pub(crate) fn control(&self, arguments: &[&str]) {
        let status = Command::new(&self.control).args(arguments).stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "{arguments:?}: {status}");
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        _ = self.process.wait();
    }
}
