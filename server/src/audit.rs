//! The audit trail: keeps an [`Event`] for every change and verification, in a file or in the store.
//!
//! Knows files and stores; nothing of requests. Events are never written to the log or to standard output.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::event::Event;
use crate::store::{Store, StoreError};

/// The time that an event may take to be kept. A disk that stalls must not stall the requests.
const MAX_TIME: Duration = Duration::from_secs(2);

/// Where events are kept.
///
/// ```
/// use qrmint_server::{AuditFile, Trail};
///
/// let folder = tempfile::tempdir()?;
/// let trail = Trail::File(AuditFile::open(&folder.path().join("audit.jsonl"))?);
/// assert!(trail.is_on() && !Trail::Off.is_on());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub enum Trail {
    /// Nowhere.
    #[default]
    Off,
    /// In a file, as JSON lines.
    File(AuditFile),
    /// In the store of the codes, where `GET /qrmint/audit` reads them.
    Store,
}

/// Why an event could not be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrailError {
    #[error("the audit file: {0}")]
    File(#[from] io::Error),
    #[error("the audit table: {0}")]
    Store(#[from] StoreError),
    #[error("the audit trail took more than {} s", MAX_TIME.as_secs())]
    Slow,
}

impl Trail {
    /// Returns whether events are kept.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// Keeps the event. When this returns `Ok` the event survives the end of the process.
    pub(crate) async fn keep(&self, store: &dyn Store, event: &Event) -> Result<(), TrailError> {
        let kept = async {
            match self {
                Self::Off => Ok(()),
                Self::File(file) => Ok(file.append(event).await?),
                Self::Store => Ok(store.append(event).await?),
            }
        };
        tokio::time::timeout(MAX_TIME, kept).await.unwrap_or(Err(TrailError::Slow))
    }

    /// Opens the file again, after another program has renamed it.
    ///
    /// # Errors
    ///
    /// Those of opening a file. The trail goes on in the old file then.
    pub async fn reopen(&self) -> io::Result<()> {
        if let Self::File(file) = self {
            let (path, open) = (file.path.clone(), file.open.clone());
            let mut open = open.lock_owned().await;
            return tokio::task::spawn_blocking(move || {
                *open = Open { file: append_to(&path)?, torn: false };
                Ok(())
            })
            .await?;
        }
        Ok(())
    }
}

/// A file of events, one JSON object a line.
#[derive(Clone, Debug)]
pub struct AuditFile {
    path: PathBuf,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Whether the last line was not written to its end.
    torn: bool,
}

impl AuditFile {
    /// Opens the file to append to it. Creates it if it does not exist, readable for its owner only.
    ///
    /// # Errors
    ///
    /// Those of opening a file, and [`io::ErrorKind::InvalidInput`] if the file is standard output.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = append_to(path)?;
        Ok(Self { path: path.to_owned(), open: Arc::new(Mutex::new(Open { file, torn: false })) })
    }

    /// Appends a line and synchronises it. A line that was torn by an error ends before the next one.
    async fn append(&self, event: &Event) -> io::Result<()> {
        let line = serde_json::to_string(event)?;
        let mut open = self.open.clone().lock_owned().await;
        tokio::task::spawn_blocking(move || {
            let start = if std::mem::replace(&mut open.torn, true) { "\n" } else { "" };
            open.file.write_all(format!("{start}{line}\n").as_bytes())?;
            open.torn = false;
            open.file.sync_data().or_else(|error| match error.kind() {
                // Not a file on a disk, such as a pipe.
                io::ErrorKind::InvalidInput => Ok(()),
                _ => Err(error),
            })
        })
        .await?
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    if is_standard_output(&file) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is standard output"));
    }
    Ok(file)
}

#[cfg(unix)]
fn is_standard_output(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(file), Ok(output)) = (file.metadata(), std::fs::metadata("/dev/stdout")) else { return false };
    (file.dev(), file.ino()) == (output.dev(), output.ino())
}

#[cfg(not(unix))]
fn is_standard_output(_: &File) -> bool {
    false
}
