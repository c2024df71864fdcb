//! PostgreSQL, if there is one.

use std::sync::atomic::{AtomicU32, Ordering};

use qrmint_server::store::PostgresStore;
use sqlx::{Connection as _, Executor as _, PgConnection};

/// The URL of a server whose databases may be made and dropped.
fn server() -> Option<String> {
    std::env::var("QRMINT_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// The URL of a new, empty database; or `None`, which is said aloud.
pub(crate) async fn postgres_url(test: &str) -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = server() else {
        eprintln!("skipped for PostgreSQL: {test}: QRMINT_TEST_POSTGRES names no server");
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
