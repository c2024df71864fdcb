//! The store in PostgreSQL: how it is reached.

use sqlx::postgres::{PgConnectOptions, PgQueryResult, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, Postgres, Row as _};

use super::migrate::Schema;
use super::{Dialect, EVENT_CONNECTIONS, SqlOptions, SqlStore, WAIT, pool};
use crate::store::StoreError;

const ABOUT: &str = "SELECT current_setting('server_version') AS version, current_database()::text AS database, \
    COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE) AS tls";

impl Dialect for Postgres {
    const BEGIN: &'static str = "BEGIN";

    const TABLES: &'static str = "SELECT COUNT(*) AS tables FROM pg_class \
        WHERE oid = to_regclass($1) AND has_table_privilege(oid, 'SELECT')";

    fn rows_affected(result: &PgQueryResult) -> u64 {
        result.rows_affected()
    }
}

impl SqlStore<Postgres> {
    /// Connects to the database of a URL, `postgres://user:password@host/database?sslmode=verify-full`, and sets it up.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the URL is invalid, or the database cannot be reached or set up. No message shows
    /// the URL.
    pub async fn connect(url: &str, options: &SqlOptions) -> Result<Self, StoreError> {
        let mut connect = url.parse::<PgConnectOptions>()?.disable_statement_logging();
        if options.require_tls {
            connect = match connect.get_ssl_mode() {
                PgSslMode::Disable => {
                    return Err(StoreError::Unavailable("TLS is required, and the URL has sslmode=disable".into()));
                }
                PgSslMode::Allow | PgSslMode::Prefer => connect.ssl_mode(PgSslMode::Require),
                _ => connect,
            };
        }
        // A pool would try again and then report that it took too long, not why.
        let connection = tokio::time::timeout(WAIT, PgConnection::connect_with(&connect));
        let mut connection = connection.await.map_err(|_| {
            StoreError::Unavailable(format!("the database took more than {} s to connect", WAIT.as_secs()).into())
        })??;
        let ended = Schema::<Postgres>(&mut connection).migrate(options.migrate).await?;
        let about = sqlx::query(ABOUT).fetch_one(&mut connection).await?;
        // The store works without this connection, so that it may fail to close is of no interest.
        _ = connection.close().await;

        let version: String = about.try_get("version")?;
        let database: String = about.try_get("database")?;
        let place = match connect.get_socket() {
            Some(socket) => format!("{}/{database}", socket.display()),
            None => format!("{}:{}/{database}", connect.get_host(), connect.get_port()),
        };
        let note = format!(
            "PostgreSQL {} at {place}, {} connections, TLS mode {}, {}in use",
            version.split(' ').next().unwrap_or_default(),
            options.connections.max(1),
            name(connect.get_ssl_mode()),
            if about.try_get("tls")? { "" } else { "not " }
        );
        let events = pool(EVENT_CONNECTIONS).connect_lazy_with(connect.clone());
        let codes = pool(options.connections).connect_lazy_with(connect);
        let notes = [note].into_iter().chain(ended).collect();
        Ok(Self { reads: codes.clone(), writes: codes, events, file: None, notes })
    }
}

/// Returns the mode as in the parameter `sslmode`.
fn name(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}
