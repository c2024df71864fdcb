//! The store in a SQLite file: how it is opened, and who may read it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteQueryResult, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Pool, Row as _, Sqlite};

use super::migrate::{Schema, SchemaError};
use super::{Dialect, SqlOptions, SqlStore, WAIT, pool};
use crate::store::StoreError;

/// The pause between attempts while another process sets up the same file.
const PAUSE: Duration = Duration::from_millis(100);

impl Dialect for Sqlite {
    // Without IMMEDIATE, two processes can both begin to read and then both fail to write.
    const BEGIN: &'static str = "BEGIN IMMEDIATE";

    const TABLES: &'static str = "SELECT COUNT(*) AS tables FROM sqlite_master WHERE type = 'table' AND name = $1";

    fn rows_affected(result: &SqliteQueryResult) -> u64 {
        result.rows_affected()
    }
}

impl SqlStore<Sqlite> {
    /// Opens the store in this file. Creates the file if it does not exist. Makes it and its write-ahead log readable
    /// and writable for their owner only.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the file cannot be created, opened or set up.
    pub async fn open(path: &Path, options: &SqlOptions) -> Result<Self, StoreError> {
        create(path).map_err(|error| StoreError::Unavailable(error.into()))?;
        let public = make_private(path);
        let connect = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(WAIT)
            .disable_statement_logging();
        let writes = pool(1).connect_lazy_with(connect.clone());
        let begun = Instant::now();
        let (version, ended) = loop {
            match set_up(&writes, options.migrate).await {
                Err(error) if is_busy(&error) && begun.elapsed() < WAIT => tokio::time::sleep(PAUSE).await,
                outcome => break outcome?,
            }
        };
        let file = OpenFile::new(path).map_err(|error| StoreError::Unavailable(error.into()))?;
        let database = format!("SQLite {version} in {}, {} connections", path.display(), options.connections.max(1));
        let notes = [database].into_iter().chain(public).chain(ended).collect();
        let reads = pool(options.connections).connect_lazy_with(connect);
        Ok(Self { reads, writes: writes.clone(), events: writes, file: Some(file), notes })
    }
}

/// Migrates the database. Returns the version of SQLite and the notes of the migrations.
async fn set_up(pool: &Pool<Sqlite>, may_write: bool) -> Result<(String, Vec<String>), SchemaError> {
    let mut connection = pool.acquire().await?;
    let notes = Schema::<Sqlite>(&mut connection).migrate(may_write).await?;
    let row = sqlx::query("SELECT sqlite_version() AS version").fetch_one(&mut *connection).await?;
    Ok((row.try_get("version")?, notes))
}

/// Returns whether another process keeps the file locked: SQLITE_BUSY is 5, the lowest byte of its extended codes.
fn is_busy(error: &SchemaError) -> bool {
    let code = error.database_error().and_then(|error| error.code()?.parse::<u16>().ok());
    code.is_some_and(|code| code % 256 == 5)
}

/// Creates the file, if it does not exist, readable and writable for its owner only. SQLite gives the files beside it
/// the same permissions.
fn create(path: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Makes the file and those that SQLite keeps beside it readable and writable for their owner only. Returns a note for
/// each one that is not ours to change.
#[cfg(unix)]
fn make_private(path: &Path) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut notes = Vec::new();
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        let Ok(metadata) = std::fs::metadata(&file) else { continue };
        let mode = metadata.permissions().mode() & 0o7777;
        if mode & 0o077 != 0
            && let Err(error) = std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))
        {
            notes.push(format!("{} stays open to other users (mode {mode:04o}): {error}", Path::new(&file).display()));
        }
    }
    notes
}

/// Leaves permissions to the folder.
#[cfg(not(unix))]
fn make_private(_: &Path) -> Vec<String> {
    Vec::new()
}

/// The file that a store has opened.
#[derive(Clone, Debug)]
pub(super) struct OpenFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl OpenFile {
    fn new(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(path)? })
    }

    /// Checks that the path still leads to the file. SQLite goes on writing to a file that was deleted or replaced, and
    /// the changes are lost when it is closed.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match identity(&self.path) {
            Ok(identity) if identity == self.identity => Ok(()),
            Ok(_) => Err(StoreError::Unavailable("the file was replaced by another one".into())),
            Err(error) => Err(StoreError::Unavailable(error.into())),
        }
    }
}

/// Returns the device and the number of a file.
#[cfg(unix)]
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

/// Returns the same for every file that exists.
#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    std::fs::metadata(path).map(|_| (0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sqlite_writes_ahead_and_synchronises_every_commit() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqlStore::<Sqlite>::open(&folder.path().join("codes.db"), &SqlOptions::default()).await.unwrap();
        let setting = async |sql: &'static str| sqlx::query(sql).fetch_one(&store.writes).await.unwrap();
        assert_eq!(setting("PRAGMA journal_mode").await.get::<String, _>(0), "wal");
        // FULL, of OFF, NORMAL, FULL and EXTRA.
        assert_eq!(setting("PRAGMA synchronous").await.get::<i64, _>(0), 2);
    }
}
