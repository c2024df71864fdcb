//! PostgreSQL, if there is one.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use qrmint_server::store::PostgresStore;
use sqlx::{Connection as _, Executor as _, PgConnection};

/// The URL of a server whose databases may be made and dropped.
fn server() -> Option<String> {
    std::env::var("QRMINT_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// That there is none is said aloud.
fn skipped(test: &str) {
    eprintln!("skipped for PostgreSQL: {test}: QRMINT_TEST_POSTGRES names no server");
}

/// The URL of a new, empty database; or `None`, which is said aloud.
pub(crate) async fn postgres_url(test: &str) -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = server() else {
        skipped(test);
        return None;
    };
    let name = format!("qrmint_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&server).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (base, query) = server.split_once('?').map_or((server.as_str(), ""), |(base, query)| (base, query));
    let base = base.rsplit_once('/').unwrap().0;
    Some(format!("{base}/{name}?{query}"))
}

/// A store in such a database.
pub(crate) async fn postgres(test: &str) -> Option<PostgresStore> {
    Some(PostgresStore::connect(&postgres_url(test).await?).await.unwrap())
}

/// A server that no other test uses, so that it may be stopped.
pub(crate) struct PostgresServer {
    process: Child,
    pub(crate) url: String,
    control: String,
}

impl PostgresServer {
    /// One of its own where the tests have one; or `None`, which is said aloud.
    pub(crate) fn start(test: &str) -> Option<Self> {
        if server().is_none() {
            skipped(test);
            return None;
        }
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

    /// What `pg_ctl` does by these arguments, which waits until it is done.
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
