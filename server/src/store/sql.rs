//! Stores in SQL databases: SQLite and PostgreSQL, with the same queries.
//!
//! A swap is one statement with the seen record as its condition, so of two swaps the database lets one succeed.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qrmint::credential::{DateTime, Kind, Record, SecretDigest};
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::pool::{PoolConnectionMetadata, PoolOptions};
use sqlx::postgres::{PgConnectOptions, PgQueryResult};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteQueryResult, SqliteSynchronous};
use sqlx::{
    ColumnIndex, ConnectOptions as _, Connection, Database, Decode, Encode, Executor, IntoArguments, Pool, Postgres,
    Row, SqlSafeStr as _, Sqlite, Type,
};
use uuid::Uuid;

use super::{Pending, Store, StoreError};

const READ: &str = "SELECT user_id, kind, code_id, user_principal_name, secret_digest, created_ticks, start_ticks, \
    expire_ticks, last_used_ticks FROM qr_codes WHERE user_id = $1 AND kind = $2";

const FIND: &str = "SELECT user_id, kind, code_id, user_principal_name, secret_digest, created_ticks, start_ticks, \
    expire_ticks, last_used_ticks FROM qr_codes WHERE code_id = $1";

const CREATE: &str = "INSERT INTO qr_codes (user_id, kind, code_id, user_principal_name, secret_digest, created_ticks, \
    start_ticks, expire_ticks, last_used_ticks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
    ON CONFLICT (user_id, kind) DO NOTHING";

/// Ids are unique, so the stored record is the seen one if the id and the columns that can change are the same.
const REPLACE: &str = "UPDATE qr_codes SET code_id = $3, user_principal_name = $4, secret_digest = $5, created_ticks = $6, \
    start_ticks = $7, expire_ticks = $8, last_used_ticks = $9 \
    WHERE user_id = $1 AND kind = $2 AND code_id = $10 AND expire_ticks = $11 AND last_used_ticks = $12";

const DELETE: &str = "DELETE FROM qr_codes \
    WHERE user_id = $1 AND kind = $2 AND code_id = $3 AND expire_ticks = $4 AND last_used_ticks = $5";

const CHECK: &str = "SELECT COUNT(*) FROM qr_codes WHERE user_id = '' AND kind = ''";

/// The maximum time to wait for a connection or for SQLite's lock.
const WAIT: Duration = Duration::from_secs(5);

/// The maximum number of connections; for SQLite, of those that read.
const CONNECTIONS: u32 = 16;

/// A connection that has been idle for less than this is used without a check.
const TRUSTED: Duration = Duration::from_secs(1);

/// How often and with what pause to retry while another instance sets up the same database.
const MIGRATION_ATTEMPTS: u32 = 20;
const MIGRATION_PAUSE: Duration = Duration::from_millis(100);

/// A store in a SQLite file. Several processes of one machine can use it at the same time.
///
/// The file has a write-ahead log and every commit is synchronised, so acknowledged changes survive a power cut, unless
/// the disk loses data that it has acknowledged.
pub type SqliteStore = SqlStore<Sqlite>;

/// A store in PostgreSQL or a compatible database, for instances on any number of machines.
pub type PostgresStore = SqlStore<Postgres>;

/// A store in a database; see [`SqliteStore`] and [`PostgresStore`].
#[derive(Debug)]
pub struct SqlStore<DB: Database> {
    reads: Pool<DB>,
    /// The same as `reads` for PostgreSQL. For SQLite, which allows one writer at a time, a single connection: requests
    /// get it in order, while SQLite's lock would make them retry.
    writes: Pool<DB>,
}

impl SqlStore<Sqlite> {
    /// Opens the store in this file. Creates the file if it does not exist, readable for its owner only.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the file cannot be created, opened or set up.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        make_private(path).map_err(|error| StoreError::Unavailable(error.into()))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(WAIT)
            .disable_statement_logging();
        let writes = pool(1).connect_lazy_with(options.clone());
        migrate(&writes).await?;
        let reads = pool(CONNECTIONS).connect_with(options).await?;
        Ok(Self { reads, writes })
    }
}

impl SqlStore<Postgres> {
    /// Connects to the database of a URL, `postgres://user:password@host/database?sslmode=verify-full`, and creates
    /// missing tables.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the URL is invalid, or the database cannot be reached or set up.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let options: PgConnectOptions = url.parse()?;
        let pool = pool(CONNECTIONS).connect_with(options.disable_statement_logging()).await?;
        migrate(&pool).await?;
        Ok(Self { reads: pool.clone(), writes: pool })
    }
}

/// Creates the file, if it does not exist, readable for its owner only. SQLite gives its other files the same
/// permissions.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn pool<DB: Database>(connections: u32) -> PoolOptions<DB> {
    PoolOptions::new().max_connections(connections).acquire_timeout(WAIT).test_before_acquire(false).before_acquire(
        |connection: &mut DB::Connection, PoolConnectionMetadata { idle_for, .. }| {
            Box::pin(async move { Ok(idle_for < TRUSTED || connection.ping().await.is_ok()) })
        },
    )
}

async fn migrate<DB: Database>(pool: &Pool<DB>) -> Result<(), StoreError>
where
    DB::Connection: Migrate,
{
    let sql = include_str!("../../migrations/0001_qr_codes.sql").into_sql_str();
    let migrator =
        Migrator::with_migrations(vec![Migration::new(1, "qr codes".into(), MigrationType::Simple, sql, false)]);
    for _ in 1..MIGRATION_ATTEMPTS {
        match migrator.run(pool).await {
            Err(error) if passes(&error) => tokio::time::sleep(MIGRATION_PAUSE).await,
            outcome => return Ok(outcome?),
        }
    }
    Ok(migrator.run(pool).await?)
}

/// Returns whether the error is due to another process that is setting up the same database, and thus will not last:
/// SQLite is busy (SQLITE_BUSY is 5, the lowest byte of its extended codes), or a migration is incomplete, or was just
/// completed.
fn passes(error: &MigrateError) -> bool {
    let error = match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error,
        error => return matches!(error, MigrateError::Dirty(_)),
    };
    error.as_database_error().is_some_and(|error| {
        let busy = |code: &str| code.len() <= 4 && code.parse::<u16>().is_ok_and(|code| code % 256 == 5);
        error.is_unique_violation() || error.code().is_some_and(|code| busy(&code))
    })
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// The number of rows that a statement changed. sqlx has it for each database, but no trait for all.
pub trait RowsAffected {
    /// Returns the number of rows.
    fn rows_affected(&self) -> u64;
}

impl RowsAffected for SqliteQueryResult {
    fn rows_affected(&self) -> u64 {
        self.rows_affected()
    }
}

impl RowsAffected for PgQueryResult {
    fn rows_affected(&self) -> u64 {
        self.rows_affected()
    }
}

impl<DB> Store for SqlStore<DB>
where
    DB: Database<QueryResult: RowsAffected>,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'v> i64: Type<DB> + Encode<'v, DB> + Decode<'v, DB>,
    for<'v> String: Type<DB> + Encode<'v, DB> + Decode<'v, DB>,
    usize: ColumnIndex<DB::Row>,
{
    fn read<'a>(&'a self, user: &'a str, kind: Kind) -> Pending<'a, Option<Record>> {
        let query = sqlx::query::<DB>(READ).bind(user.to_owned()).bind(kind.name().to_owned());
        Box::pin(async move {
            let row = query.fetch_optional(&self.reads).await?;
            Ok(row.map(|row| place_of(&row)).transpose()?.map(|(_, record)| record))
        })
    }

    fn find(&self, id: Uuid) -> Pending<'_, Option<(String, Record)>> {
        let query = sqlx::query::<DB>(FIND).bind(id.to_string());
        Box::pin(async move {
            let row = query.fetch_optional(&self.reads).await?;
            row.map(|row| place_of(&row)).transpose()
        })
    }

    fn compare_and_swap<'a>(
        &'a self,
        user: &'a str,
        kind: Kind,
        seen: Option<&'a Record>,
        new: Option<&'a Record>,
    ) -> Pending<'a, bool> {
        let sql = match (seen, new) {
            (None, Some(_)) => CREATE,
            (Some(_), Some(_)) => REPLACE,
            (Some(_), None) => DELETE,
            // Nothing to write, so compare only.
            (None, None) => return Box::pin(async move { Ok(self.read(user, kind).await?.is_none()) }),
        };
        let mut query = sqlx::query::<DB>(sql).bind(user.to_owned()).bind(kind.name().to_owned());
        if let Some(new) = new {
            query = query
                .bind(new.id.to_string())
                .bind(new.user_principal_name.clone())
                .bind(URL_SAFE_NO_PAD.encode(new.secret_digest.as_bytes()))
                .bind(new.created_date_time.ticks())
                .bind(new.start_date_time.ticks())
                .bind(new.expire_date_time.ticks())
                .bind(new.last_used_date_time.ticks());
        }
        if let Some(seen) = seen {
            query = query
                .bind(seen.id.to_string())
                .bind(seen.expire_date_time.ticks())
                .bind(seen.last_used_date_time.ticks());
        }
        Box::pin(async move { Ok(query.execute(&self.writes).await?.rows_affected() == 1) })
    }

    fn check(&self) -> Pending<'_, ()> {
        Box::pin(async move { Ok(sqlx::query::<DB>(CHECK).fetch_one(&self.reads).await.map(drop)?) })
    }
}

/// Returns the user and the record of a row with the columns of `READ` and `FIND`.
fn place_of<R: Row>(row: &R) -> Result<(String, Record), StoreError>
where
    for<'v> i64: Type<R::Database> + Decode<'v, R::Database>,
    for<'v> String: Type<R::Database> + Decode<'v, R::Database>,
    usize: ColumnIndex<R>,
{
    let text = |index| row.try_get::<String, usize>(index);
    let moment =
        |index, column| DateTime::from_ticks(row.try_get::<i64, usize>(index)?).ok_or(StoreError::Corrupt { column });
    let digest = URL_SAFE_NO_PAD.decode(text(4)?).ok().and_then(|bytes| bytes.try_into().ok());
    let record = Record {
        id: text(2)?.parse().map_err(|_| StoreError::Corrupt { column: "code_id" })?,
        kind: Kind::from_name(&text(1)?).ok_or(StoreError::Corrupt { column: "kind" })?,
        user_principal_name: text(3)?,
        secret_digest: SecretDigest::from_bytes(digest.ok_or(StoreError::Corrupt { column: "secret_digest" })?),
        created_date_time: moment(5, "created_ticks")?,
        start_date_time: moment(6, "start_ticks")?,
        expire_date_time: moment(7, "expire_ticks")?,
        last_used_date_time: moment(8, "last_used_ticks")?,
    };
    Ok((text(0)?, record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sqlite_writes_ahead_and_synchronises_every_commit() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("codes.db")).await.unwrap();
        let setting = async |sql: &'static str| sqlx::query(sql).fetch_one(&store.writes).await.unwrap();
        assert_eq!(setting("PRAGMA journal_mode").await.get::<String, _>(0), "wal");
        // FULL, of OFF, NORMAL, FULL and EXTRA.
        assert_eq!(setting("PRAGMA synchronous").await.get::<i64, _>(0), 2);
    }

    #[test]
    fn what_another_process_does_to_a_new_database_passes_and_nothing_else_does() {
        let of = |error| passes(&MigrateError::Execute(error));
        assert!(passes(&MigrateError::Dirty(1)));
        assert!(!passes(&MigrateError::VersionMissing(1)));
        assert!(!of(sqlx::Error::PoolTimedOut));
    }
}
