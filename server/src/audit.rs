//! The audit trail: keeps an [`Event`] for every change and verification, in a file or in the store.
//!
//! Knows files and stores; nothing of requests. Events are never written to the log or to standard output.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::event::Event;
use crate::store::{Store, StoreError};

/// The time that an event may take to be kept. A disk that stalls must not stall the requests.
const MAX_TIME: Duration = Duration::from_secs(2);

/// The maximum number of lines that wait to be written together.
const MAX_LINES: usize = 1024;

/// Where events are kept.
///
/// ```
/// use qrmint_server::{AuditFile, Trail};
///
/// let folder = tempfile::tempdir()?;
/// let trail = Trail::File(AuditFile::open(&folder.path().join("audit.jsonl"))?);
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
    /// Those of opening a file, and [`io::ErrorKind::TimedOut`] if the old file takes no more. The trail goes on in the
    /// old file then.
    pub async fn reopen(&self) -> io::Result<()> {
        let Self::File(file) = self else { return Ok(()) };
        tokio::time::timeout(MAX_TIME, file.ask(String::new())).await?
    }
}

/// A file of events, one JSON object a line. A thread writes it: all lines that wait at once, with one synchronisation.
#[derive(Clone, Debug)]
pub struct AuditFile {
    lines: mpsc::Sender<Line>,
}

/// A line to write, or an empty one to open the file again.
type Line = (String, oneshot::Sender<io::Result<()>>);

impl AuditFile {
    /// Opens the file to append to it. Creates it if it does not exist, readable for its owner only.
    ///
    /// # Errors
    ///
    /// Those of opening a file, and [`io::ErrorKind::InvalidInput`] if the file is standard output.
    pub fn open(path: &Path) -> io::Result<Self> {
        let (lines, waiting) = mpsc::channel(MAX_LINES);
        let writer = Writer { path: path.to_owned(), file: append_to(path)?, torn: false };
        std::thread::Builder::new().name("audit".into()).spawn(move || writer.run(waiting))?;
        Ok(Self { lines })
    }

    async fn append(&self, event: &Event) -> io::Result<()> {
        self.ask(serde_json::to_string(event)? + "\n").await
    }

    async fn ask(&self, line: String) -> io::Result<()> {
        let gone = || io::Error::other("the thread of the audit file has ended");
        let (done, told) = oneshot::channel();
        self.lines.send((line, done)).await.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

/// The thread that writes a file.
struct Writer {
    path: PathBuf,
    file: File,
    /// Whether the last line was not written to its end.
    torn: bool,
}

impl Writer {
    fn run(mut self, mut waiting: mpsc::Receiver<Line>) {
        let mut batch = Vec::new();
        while waiting.blocking_recv_many(&mut batch, MAX_LINES) > 0 {
            let (lines, orders): (Vec<Line>, Vec<Line>) = batch.drain(..).partition(|(line, _)| !line.is_empty());
            let text: String = lines.iter().map(|(line, _)| line.as_str()).collect();
            let written = if lines.is_empty() { Ok(()) } else { self.write(&text) };
            for (_, done) in lines {
                let outcome = written.as_ref().map(drop);
                // Nobody waits any more if it took too long.
                _ = done.send(outcome.map_err(|error| io::Error::new(error.kind(), error.to_string())));
            }
            for (_, done) in orders {
                let reopened = append_to(&self.path).map(|file| (self.file, self.torn) = (file, false));
                _ = done.send(reopened);
            }
        }
    }

    /// Writes lines and synchronises them. A line that was torn by an error is ended first.
    fn write(&mut self, text: &str) -> io::Result<()> {
        let start = if std::mem::replace(&mut self.torn, true) { "\n" } else { "" };
        self.file.write_all(format!("{start}{text}").as_bytes())?;
        self.torn = false;
        match self.file.sync_data() {
            // Not a file on a disk, such as a pipe.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            synchronised => synchronised,
        }
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // A pipe that nobody reads is an error then, and does not wait for a reader.
        options.mode(0o600).custom_flags(libc::O_NONBLOCK);
    }
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
