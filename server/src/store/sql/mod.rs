//! Stores in SQL databases: SQLite and PostgreSQL, with the same queries.
//!
//! A swap is one statement with the seen record as its condition, so of two swaps the database lets one succeed.

mod migrate;
mod postgres;
mod rows;
mod sqlite;

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qrmint::credential::{DateTime, Kind, Record};
use sqlx::error::DatabaseError;
use sqlx::migrate::Migrate;
use sqlx::pool::{PoolConnectionMetadata, PoolOptions};
use sqlx::query::Query;
use sqlx::{
    ColumnIndex, Connection, Database, Decode, Encode, Executor, IntoArguments, Pool, Postgres, QueryBuilder, Row as _,
    Sqlite, Type,
};
use uuid::Uuid;

use self::sqlite::OpenFile;
use super::{CodeFilter, Count, EventFilter, Removal, Store, StoreError};
use crate::event::Event;

/// Selects the columns of a record.
macro_rules! select_codes {
    ($condition:literal) => {
        concat!(
            "SELECT code_id, user_id, kind, user_principal_name, secret_digest, created_ticks, start_ticks, \
            expire_ticks, last_used_ticks FROM qr_codes WHERE ",
            $condition
        )
    };
}

const READ: &str = select_codes!("user_id = $1 AND kind = $2");

const FIND: &str = select_codes!("code_id = $1");

const LIST: &str = select_codes!("TRUE");

const CREATE: &str = "INSERT INTO qr_codes (user_id, kind, code_id, user_principal_name, secret_digest, created_ticks, \
    start_ticks, expire_ticks, last_used_ticks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
    ON CONFLICT (user_id, kind) DO NOTHING";

/// Ids are unique, so the stored record is the seen one if the id and the columns that can change are the same.
const REPLACE: &str = "UPDATE qr_codes SET code_id = $3, user_principal_name = $4, secret_digest = $5, \
    created_ticks = $6, start_ticks = $7, expire_ticks = $8, last_used_ticks = $9 \
    WHERE user_id = $1 AND kind = $2 AND code_id = $10 AND expire_ticks = $11 AND last_used_ticks = $12";

/// As in [`REPLACE`].
const REMOVE_UNCHANGED: &str = "DELETE FROM qr_codes WHERE code_id = $1 AND expire_ticks = $2 AND last_used_ticks = $3";

const COUNT: &str = "SELECT kind, COUNT(*) AS active, COUNT(CASE WHEN expire_ticks < $2 THEN 1 END) AS expiring \
    FROM qr_codes WHERE expire_ticks > $1 GROUP BY kind";

const APPEND: &str = "INSERT INTO qr_events (event_id, time_ticks, user_id, event) VALUES ($1, $2, $3, $4)";

const CHECK_READ: &str = "SELECT COUNT(*) FROM qr_codes WHERE user_id = '' AND kind = ''";

const CHECK_WRITE: &str = "INSERT INTO qr_checks (id, checks) VALUES (1, 1) \
    ON CONFLICT (id) DO UPDATE SET checks = qr_checks.checks + 1";

/// The maximum number of connections to PostgreSQL for events, beside those for codes. They are opened when needed.
const EVENT_CONNECTIONS: u32 = 2;

/// The maximum time to wait for a connection or for SQLite's lock.
const WAIT: Duration = Duration::from_secs(5);

/// A connection that has been idle for less than this is used without a check.
const TRUSTED: Duration = Duration::from_secs(1);

/// PostgreSQL's code for a write in a session that may only read.
const READ_ONLY: &str = "25006";

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
    /// The same as `writes` for SQLite. For PostgreSQL connections of their own, so that what holds up the events does
    /// not hold up the codes.
    events: Pool<DB>,
    /// The file of a SQLite store.
    file: Option<OpenFile>,
    notes: Vec<String>,
}

/// Options of a store in a database.
#[derive(Clone, Debug)]
pub struct SqlOptions {
    /// The maximum number of connections; for SQLite, of those that read. At least 1; 16 by default.
    pub connections: u32,
    /// Whether to create and change tables, as a new version of this program may require. If not, a database that lacks
    /// a change is an error. `true` by default.
    pub migrate: bool,
    /// Whether to refuse a connection to PostgreSQL without TLS. `false` by default.
    pub require_tls: bool,
}

impl Default for SqlOptions {
    fn default() -> Self {
        Self { connections: 16, migrate: true, require_tls: false }
    }
}

impl<DB: Database> SqlStore<DB> {
    /// Returns what the operator should know: the database, the number of connections, whether TLS is in use, files
    /// that others can read, and codes that a migration has removed. None contains a secret.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// The differences between the databases.
trait Dialect: Database<Connection: Migrate, Arguments: IntoArguments<Self>> {
    /// Begins a transaction that writes.
    const BEGIN: &'static str;

    /// Counts the tables with the name `$1` that may be read, as `tables`.
    const TABLES: &'static str;

    /// Returns the number of rows that a statement changed.
    fn rows_affected(result: &Self::QueryResult) -> u64;
}

fn pool<DB: Database>(connections: u32) -> PoolOptions<DB> {
    let options = PoolOptions::new().max_connections(connections.max(1)).acquire_timeout(WAIT);
    options.test_before_acquire(false).before_acquire(
        |connection: &mut DB::Connection, PoolConnectionMetadata { idle_for, .. }| {
            Box::pin(async move { Ok(idle_for < TRUSTED || connection.ping().await.is_ok()) })
        },
    )
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Returns whether a statement may have been carried out though the database reports an error: PostgreSQL's classes 08
/// (connection), 57P (the server ends) and 58 (system), and 40003 (statement completion unknown); SQLite's
/// SQLITE_IOERR_FSYNC.
fn is_uncertain(error: &dyn DatabaseError) -> bool {
    let code = error.code().unwrap_or_default();
    ["08", "57P", "58"].iter().any(|class| code.len() == 5 && code.starts_with(class))
        || ["40003", "1034"].contains(&&*code)
}

/// Executes a statement that writes and returns the number of rows that it changed.
async fn write<DB>(pool: &Pool<DB>, query: Query<'_, DB, DB::Arguments>) -> Result<u64, StoreError>
where
    DB: Dialect,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let mut connection = pool.acquire().await?;
    match query.execute(&mut *connection).await {
        Ok(result) => Ok(DB::rows_affected(&result)),
        Err(sqlx::Error::Database(error)) if !is_uncertain(&*error) => {
            // The session stays read-only though the database, or the server that is now the primary, may not be.
            if error.code().is_some_and(|code| code == READ_ONLY) {
                connection.close_on_drop();
            }
            Err(StoreError::Unavailable(error.into()))
        }
        Err(error) => {
            connection.close_on_drop();
            Err(StoreError::Uncertain(error.into()))
        }
    }
}

/// Returns the `top` first rows in the order of the column `id` that `item` accepts. Logs those that it does not.
async fn page<DB, T>(
    pool: &Pool<DB>,
    select: impl Fn() -> QueryBuilder<DB>,
    id: &'static str,
    after: Option<Uuid>,
    top: u32,
    item: impl Fn(&DB::Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError>
where
    DB: Dialect,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'v> i64: Type<DB> + Encode<'v, DB>,
    for<'v> String: Type<DB> + Encode<'v, DB> + Decode<'v, DB>,
    &'static str: ColumnIndex<DB::Row>,
{
    let (mut items, mut after) = (Vec::new(), after.map(|id| id.to_string()));
    loop {
        let missing = top as usize - items.len();
        let mut query = select();
        if let Some(after) = after {
            query.push(format_args!(" AND {id} > ")).push_bind(after);
        }
        query.push(format_args!(" ORDER BY {id} LIMIT ")).push_bind(missing as i64);
        let rows = query.build().fetch_all(pool).await?;
        for row in &rows {
            match item(row) {
                Ok(item) => items.push(item),
                Err(error) => tracing::error!(%error, "a row was left out"),
            }
        }
        let last = rows.last().and_then(|row| row.try_get::<String, &str>(id).ok());
        if items.len() == top as usize || rows.len() < missing || last.is_none() {
            return Ok(items);
        }
        after = last;
    }
}

#[async_trait]
impl<DB> Store for SqlStore<DB>
where
    DB: Dialect,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'v> i64: Type<DB> + Encode<'v, DB> + Decode<'v, DB>,
    for<'v> String: Type<DB> + Encode<'v, DB> + Decode<'v, DB>,
    for<'v> Option<String>: Encode<'v, DB>,
    &'static str: ColumnIndex<DB::Row>,
{
    async fn read(&self, user: &str, kind: Kind) -> Result<Option<Record>, StoreError> {
        let query = sqlx::query::<DB>(READ).bind(user.to_owned()).bind(kind.name().to_owned());
        let row = query.fetch_optional(&self.reads).await?;
        Ok(row.map(|row| rows::code(&row)).transpose()?.map(|(_, record)| record))
    }

    async fn find(&self, id: Uuid) -> Result<Option<(String, Record)>, StoreError> {
        let row = sqlx::query::<DB>(FIND).bind(id.to_string()).fetch_optional(&self.reads).await?;
        row.map(|row| rows::code(&row)).transpose()
    }

    async fn compare_and_swap(
        &self,
        user: &str,
        kind: Kind,
        seen: Option<&Record>,
        new: &Record,
    ) -> Result<bool, StoreError> {
        let mut query = sqlx::query::<DB>(if seen.is_some() { REPLACE } else { CREATE })
            .bind(user.to_owned())
            .bind(kind.name().to_owned())
            .bind(new.id.to_string())
            .bind(new.user_principal_name.clone())
            .bind(URL_SAFE_NO_PAD.encode(new.secret_digest.as_bytes()))
            .bind(new.created_date_time.ticks())
            .bind(new.start_date_time.ticks())
            .bind(new.expire_date_time.ticks())
            .bind(new.last_used_date_time.ticks());
        if let Some(seen) = seen {
            query = query
                .bind(seen.id.to_string())
                .bind(seen.expire_date_time.ticks())
                .bind(seen.last_used_date_time.ticks());
        }
        Ok(write(&self.writes, query).await? == 1)
    }

    async fn remove(&self, which: &Removal) -> Result<u64, StoreError> {
        let query = match which {
            Removal::Code(id) => sqlx::query("DELETE FROM qr_codes WHERE code_id = $1").bind(id.to_string()),
            Removal::Unchanged(seen) => sqlx::query(REMOVE_UNCHANGED)
                .bind(seen.id.to_string())
                .bind(seen.expire_date_time.ticks())
                .bind(seen.last_used_date_time.ticks()),
            Removal::Of { user, kind } => sqlx::query("DELETE FROM qr_codes WHERE user_id = $1 AND kind = $2")
                .bind(user.clone())
                .bind(kind.name().to_owned()),
            Removal::ExpiredBefore(instant) => {
                sqlx::query("DELETE FROM qr_codes WHERE expire_ticks < $1").bind(instant.ticks())
            }
        };
        write(&self.writes, query).await
    }

    async fn list(&self, filter: &CodeFilter) -> Result<Vec<(String, Record)>, StoreError> {
        let select = || {
            let mut query = QueryBuilder::new(LIST);
            if let Some(user) = &filter.user {
                query.push(" AND user_id = ").push_bind(user.clone());
            }
            if let Some(kind) = filter.kind {
                query.push(" AND kind = ").push_bind(kind.name().to_owned());
            }
            if let Some(instant) = filter.expiring_before {
                query.push(" AND expire_ticks < ").push_bind(instant.ticks());
            }
            query
        };
        page(&self.reads, select, "code_id", filter.after, filter.top, rows::code).await
    }

    async fn count(&self, now: DateTime, soon: DateTime) -> Result<Vec<Count>, StoreError> {
        let mut counts = Count::zeros();
        let query = sqlx::query::<DB>(COUNT).bind(now.ticks()).bind(soon.ticks());
        for row in query.fetch_all(&self.reads).await? {
            let kind: String = row.try_get("kind")?;
            for count in counts.iter_mut().filter(|count| count.kind.name() == kind) {
                count.active = row.try_get::<i64, &str>("active")?.unsigned_abs();
                count.expiring = row.try_get::<i64, &str>("expiring")?.unsigned_abs();
            }
        }
        Ok(counts)
    }

    async fn append(&self, event: &Event) -> Result<(), StoreError> {
        let json = serde_json::to_string(event).map_err(|error| StoreError::Unavailable(error.into()))?;
        let query = sqlx::query::<DB>(APPEND)
            .bind(event.id.to_string())
            .bind(event.time.ticks())
            .bind(event.user_id.clone())
            .bind(json);
        write(&self.events, query).await.map(drop)
    }

    async fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, StoreError> {
        let select = || {
            let mut query = QueryBuilder::new("SELECT event_id, event FROM qr_events WHERE TRUE");
            if let Some(user) = &filter.user {
                query.push(" AND user_id = ").push_bind(user.clone());
            }
            if let Some(instant) = filter.since {
                query.push(" AND time_ticks >= ").push_bind(instant.ticks());
            }
            query
        };
        page(&self.events, select, "event_id", filter.after, filter.top, rows::event).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query::<DB>(CHECK_READ).fetch_one(&self.reads).await?;
        write(&self.writes, sqlx::query(CHECK_WRITE)).await?;
        let Some(file) = self.file.clone() else { return Ok(()) };
        let checked = tokio::task::spawn_blocking(move || file.check()).await;
        checked.map_err(|error| StoreError::Unavailable(error.into()))?
    }
}
