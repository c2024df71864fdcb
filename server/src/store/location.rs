//! The URL of a store.

use std::fmt;
use std::path::PathBuf;

/// Where codes are kept. The URL of a database may contain a password, so `Debug` does not show it.
///
/// ```
/// use qrmint_server::store::Location;
///
/// assert_eq!(Location::parse("sqlite://qrmint.db")?, Location::Sqlite("qrmint.db".into()));
/// assert!(Location::parse("sqlite://:memory:").is_err_and(|error| error.to_string().contains("use memory:")));
/// # Ok::<(), qrmint_server::store::LocationError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// In memory, until the process ends.
    Memory,
    /// In a SQLite file.
    Sqlite(PathBuf),
    /// In the PostgreSQL database with this URL.
    Postgres(String),
}

/// Why a URL names no store. The message does not show the URL, which may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LocationError {
    /// The URL has another form.
    #[error("expected sqlite://FILE, postgres://USER:PASSWORD@HOST/DATABASE or memory:")]
    Scheme,
    /// The URL of a SQLite store names no file.
    #[error("sqlite:// needs a file; use memory: to keep codes until the program ends")]
    NoFile,
    /// The URL of a SQLite store has parameters.
    #[error("sqlite://FILE takes no parameters but ?mode=rwc, which is the default")]
    Parameters,
}

impl Location {
    /// Parses `memory:`, `sqlite://FILE`, or `postgres://USER:PASSWORD@HOST/DATABASE`.
    ///
    /// # Errors
    ///
    /// [`LocationError`] if the URL has another form, or a SQLite URL names no file or has parameters other than
    /// `mode=rwc`.
    pub fn parse(url: &str) -> Result<Self, LocationError> {
        if url == "memory:" {
            return Ok(Self::Memory);
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        if url == "sqlite::memory:" {
            return Err(LocationError::NoFile);
        }
        let file = url.strip_prefix("sqlite://").ok_or(LocationError::Scheme)?;
        match file.split_once('?').unwrap_or((file, "")) {
            ("" | ":memory:", _) => Err(LocationError::NoFile),
            (file, "" | "mode=rwc") => Ok(Self::Sqlite(file.into())),
            _ => Err(LocationError::Parameters),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("Memory"),
            Self::Sqlite(file) => f.debug_tuple("Sqlite").field(file).finish(),
            Self::Postgres(_) => f.write_str("Postgres(..)"),
        }
    }
}
