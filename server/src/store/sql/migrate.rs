//! Brings the tables of a database to the version that this program needs.
//!
//! The changes are the files in `migrations`, and the table `_qrmint_migrations` lists those that a database has. One
//! transaction makes all changes that are missing. A database that lacks none is only read, so the program also starts
//! with a role that may not create tables, and on a standby.

use std::collections::HashSet;

use sqlx::error::DatabaseError;
use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration, Migrator};
use sqlx::{ColumnIndex, Connection as _, Database, Decode, Encode, Executor, Row as _, SqlSafeStr as _, Type};

use super::Dialect;
use crate::store::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

const TABLE: &str = "_qrmint_migrations";

/// sqlx's default table, which other applications may use in the same database. A database without [`TABLE`] may list
/// the first migration here.
const SHARED_TABLE: &str = "_sqlx_migrations";

/// The migration that may be listed in the shared table.
const SHARED_VERSION: i64 = 1;

/// Moves the first migration from the shared table to our own.
const ADOPT: [&str; 2] = [
    "INSERT INTO _qrmint_migrations (version, description, installed_on, success, checksum, execution_time) \
        SELECT version, description, installed_on, success, checksum, execution_time \
        FROM _sqlx_migrations WHERE version = 1",
    "DELETE FROM _sqlx_migrations WHERE version = 1",
];

/// The migration before which user ids are folded.
const FOLDING_VERSION: i64 = 2;

/// Why a database does not get, or does not have, the tables that this program needs.
#[derive(Debug, thiserror::Error)]
pub(super) enum SchemaError {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    #[error(
        "the tables have version {found} and this program needs version {needed}; to change them, run `qrmint-server \
        migrate`"
    )]
    Older { found: i64, needed: i64 },
    #[error("the tables have version {found}, of a newer program; this one knows versions up to {known}")]
    Newer { found: i64, known: i64 },
}

impl SchemaError {
    /// Returns the error of the database, if it is one.
    pub(super) fn database_error(&self) -> Option<&dyn DatabaseError> {
        match self {
            Self::Sql(error)
            | Self::Migrate(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => {
                error.as_database_error()
            }
            _ => None,
        }
    }
}

impl From<SchemaError> for StoreError {
    fn from(error: SchemaError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// A connection to a database whose tables are read or changed.
pub(super) struct Schema<'c, DB: Database>(pub(super) &'c mut DB::Connection);

impl<DB> Schema<'_, DB>
where
    DB: Dialect,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'v> i64: Type<DB> + Decode<'v, DB>,
    for<'v> String: Type<DB> + Encode<'v, DB> + Decode<'v, DB>,
    &'static str: ColumnIndex<DB::Row>,
{
    /// Applies the migrations that the database lacks, if it `may_write`. Returns notes for the operator.
    pub(super) async fn migrate(mut self, may_write: bool) -> Result<Vec<String>, SchemaError> {
        let applied = self.applied().await?;
        if missing(&applied).next().is_none() {
            return Ok(Vec::new());
        }
        if !may_write {
            let shared = self.has_shared_row().await?.then_some(SHARED_VERSION);
            let found = applied.iter().map(|migration| migration.version).chain(shared).max().unwrap_or(0);
            return Err(SchemaError::Older { found, needed: newest() });
        }
        self.0.lock().await?;
        let mut transaction = self.0.begin_with(DB::BEGIN.into_sql_str()).await?;
        let notes = Schema::<DB>(&mut transaction).apply().await?;
        transaction.commit().await?;
        self.0.unlock().await?;
        Ok(notes)
    }

    async fn apply(&mut self) -> Result<Vec<String>, SchemaError> {
        self.0.ensure_migrations_table(TABLE).await?;
        if self.applied().await?.is_empty() && self.has_shared_row().await? {
            for sql in ADOPT {
                sqlx::query(sql).execute(&mut *self.0).await?;
            }
        }
        let mut notes = Vec::new();
        for migration in missing(&self.applied().await?) {
            if migration.version == FOLDING_VERSION {
                notes = self.fold_user_ids().await?;
            }
            self.0.apply(TABLE, migration).await?;
        }
        Ok(notes)
    }

    /// Returns the migrations that the database has.
    async fn applied(&mut self) -> Result<Vec<AppliedMigration>, SchemaError> {
        let applied = self.list(TABLE).await?;
        for AppliedMigration { version, checksum } in &applied {
            match MIGRATIONS.iter().find(|known| known.version == *version) {
                None => return Err(SchemaError::Newer { found: *version, known: newest() }),
                Some(known) if known.checksum != *checksum => {
                    return Err(MigrateError::VersionMismatch(*version).into());
                }
                Some(_) => {}
            }
        }
        Ok(applied)
    }

    /// Returns whether the first migration is listed in the shared table.
    async fn has_shared_row(&mut self) -> Result<bool, SchemaError> {
        let listed = self.list(SHARED_TABLE).await?;
        let ours = |listed: &AppliedMigration| {
            let mut known = MIGRATIONS.iter().filter(|known| known.version == SHARED_VERSION);
            listed.version == SHARED_VERSION && known.any(|known| known.checksum == listed.checksum)
        };
        Ok(listed.iter().any(ours))
    }

    /// Returns the migrations that a table lists; none if it does not exist or this role may not read it.
    async fn list(&mut self, table: &'static str) -> Result<Vec<AppliedMigration>, SchemaError> {
        let row = sqlx::query::<DB>(DB::TABLES).bind(table.to_owned()).fetch_one(&mut *self.0).await?;
        match row.try_get::<i64, &str>("tables")? {
            0 => Ok(Vec::new()),
            _ => Ok(self.0.list_applied_migrations(table).await?),
        }
    }

    /// Changes every user id to lower case. Where users thus become one, keeps the newest code of each kind and deletes
    /// the others. Returns a note for each deleted code.
    async fn fold_user_ids(&mut self) -> Result<Vec<String>, SchemaError> {
        let codes = "SELECT user_id, kind, code_id FROM qr_codes ORDER BY created_ticks DESC, code_id DESC";
        let (mut newest, mut folded, mut notes) = (HashSet::new(), Vec::new(), Vec::new());
        for row in sqlx::query::<DB>(codes).fetch_all(&mut *self.0).await? {
            let (user, code): (String, String) = (row.try_get("user_id")?, row.try_get("code_id")?);
            let lower = user.to_lowercase();
            if !newest.insert((lower.clone(), row.try_get::<String, &str>("kind")?)) {
                let query = sqlx::query::<DB>("DELETE FROM qr_codes WHERE code_id = $1").bind(code.clone());
                query.execute(&mut *self.0).await?;
                notes.push(format!("code {code} of {user} was deleted: {lower} has a newer code of this kind"));
            } else if user != lower {
                folded.push((lower, code));
            }
        }
        for (lower, code) in folded {
            let query = sqlx::query::<DB>("UPDATE qr_codes SET user_id = $1 WHERE code_id = $2").bind(lower).bind(code);
            query.execute(&mut *self.0).await?;
        }
        Ok(notes)
    }
}

/// Returns the version of the newest migration.
fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Returns the migrations that are not applied.
fn missing(applied: &[AppliedMigration]) -> impl Iterator<Item = &'static Migration> {
    MIGRATIONS.iter().filter(|known| !applied.iter().any(|applied| applied.version == known.version))
}
