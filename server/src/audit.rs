//! The audit trail: keeps an [`Event`] for every change and verification, in a file or in the store.
//!
//! Knows files and stores; nothing of requests. Events are never written to the log or to standard output.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
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
        let (file, torn) = append_to(path)?;
        let writer = Writer { path: path.to_owned(), file, torn };
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
                _ = done.send(self.reopen());
            }
        }
    }

    fn reopen(&mut self) -> io::Result<()> {
        (self.file, self.torn) = append_to(&self.path)?;
        Ok(())
    }

    /// Writes lines and synchronises them. A line that was torn by an error is ended first. A file that was renamed gets
    /// no more lines, unless there can be no new one.
    fn write(&mut self, text: &str) -> io::Result<()> {
        if !is_at(&self.file, &self.path)
            && let Err(error) = self.reopen()
            && !has_name(&self.file)
        {
            return Err(error);
        }
        let text = format!("{}{text}", if self.torn { "\n" } else { "" });
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            match self.file.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => (rest, self.torn) = (&rest[written..], true),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.torn = false;
        match self.file.sync_data() {
            // Not a file on a disk, such as a pipe.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            synchronised => synchronised,
        }
    }
}

/// Opens a file to append to it. Returns whether its last line has no end, as after a power cut.
fn append_to(path: &Path) -> io::Result<(File, bool)> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // A pipe that nobody reads is an error then, and does not wait for a reader.
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.open(path)?;
    if is_at(&file, Path::new("/dev/stdout")) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is standard output"));
    }
    // A file that may only be written is taken as it is.
    let torn = file.metadata()?.is_file() && File::open(path).and_then(is_torn).unwrap_or(false);
    Ok((file, torn))
}

/// Returns whether the last line of a file has no end.
fn is_torn(mut file: File) -> io::Result<bool> {
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    Ok(last != [b'\n'])
}

/// Returns whether a file still has a name: it was renamed, not deleted.
#[cfg(unix)]
fn has_name(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
}

#[cfg(not(unix))]
fn has_name(_: &File) -> bool {
    false
}

/// Returns whether the path leads to the open file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(file), Ok(found)) = (file.metadata(), std::fs::metadata(path)) else { return false };
    (file.dev(), file.ino()) == (found.dev(), found.ino())
}

/// Returns whether the path leads to a file: its number is not known here.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
