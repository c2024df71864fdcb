//! Reads users and keys again, on SIGHUP and when their file has changed. What can't be read leaves the old in place.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use qrmint_server::{Authorizer, KeyError, Service, Users, UsersError};

use crate::args::KeyFile;
use crate::log::Log;
use crate::signals::Hangup;

/// How often to look at the files.
const PAUSE: Duration = Duration::from_secs(1);

/// A file that is read again.
#[derive(Clone)]
pub(crate) struct Watched<F> {
    file: F,
    path: PathBuf,
    /// The state of the file that was read last.
    read: Option<Stamp>,
    /// The state at the last look.
    seen: Option<Stamp>,
    /// Whether the last look has failed.
    failed: bool,
}

/// Why a file does not give what it should.
pub(crate) enum Unreadable {
    /// It cannot be read now; that may change without a change of the file.
    Now(String),
    /// What is in it is wrong.
    AsItIs(String),
}

impl From<UsersError> for Unreadable {
    fn from(error: UsersError) -> Self {
        match error {
            UsersError::Read { .. } => Self::Now(error.to_string()),
            error => Self::AsItIs(error.to_string()),
        }
    }
}

impl From<KeyError> for Unreadable {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Read { .. } => Self::Now(error.to_string()),
            error => Self::AsItIs(error.to_string()),
        }
    }
}

/// What tells a changed file from an unchanged one: the time of its change, its length and its number.
type Stamp = (SystemTime, u64, u64);

impl<F: Clone + Send + 'static> Watched<F> {
    /// Starts to watch a file that is about to be read.
    pub(crate) fn new(file: F, path: PathBuf) -> Self {
        let mut watched = Self { file, path, read: None, seen: None, failed: false };
        watched.read = watched.stamp().ok();
        watched.seen = watched.read;
        watched
    }

    fn stamp(&self) -> io::Result<Stamp> {
        let metadata = std::fs::metadata(&self.path)?;
        if !metadata.is_file() {
            // A pipe can be read once, and might have to be waited for.
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file that can be read again"));
        }
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Ok((metadata.modified()?, metadata.len(), inode))
    }

    /// Reads the file if it has changed since it was read, and not since the last look: it may be half written
    /// otherwise. With `now` it is read anyway. A file that cannot be read is tried again at each look, and is an error
    /// once.
    async fn look<T: Send + 'static>(
        &mut self,
        now: bool,
        read: fn(&F) -> Result<T, Unreadable>,
    ) -> Option<Result<T, String>> {
        let mut watched = self.clone();
        // A file system that does not answer must hold up nothing else.
        let looked = tokio::task::spawn_blocking(move || {
            let stamp = watched.stamp();
            let last = std::mem::replace(&mut watched.seen, stamp.as_ref().ok().copied());
            let result = match stamp {
                Err(error) => Some(Err(error.to_string())),
                Ok(stamp) if now || last == Some(stamp) && watched.read != Some(stamp) => {
                    let result = read(&watched.file);
                    if !matches!(result, Err(Unreadable::Now(_))) {
                        watched.read = Some(stamp);
                    }
                    Some(result.map_err(|(Unreadable::Now(text) | Unreadable::AsItIs(text))| text))
                }
                Ok(_) => None,
            };
            let told = std::mem::replace(&mut watched.failed, matches!(result, Some(Err(_))));
            let result = result.filter(|result| result.is_ok() || now || !told);
            (watched, result)
        });
        let (watched, result) = looked.await.ok()?;
        *self = watched;
        result
    }
}

/// Reads files again until the program ends. Each subject waits for its own file alone.
pub(crate) struct Reloader {
    service: Arc<Service>,
    authorizer: Arc<Authorizer>,
}

impl Reloader {
    pub(crate) fn new(service: Arc<Service>, authorizer: Arc<Authorizer>) -> Self {
        Self { service, authorizer }
    }

    /// Watches the file of the users.
    pub(crate) async fn watch_users(&self, mut file: Watched<PathBuf>, mut hangup: Hangup) {
        loop {
            let now = hangup.comes_within(PAUSE).await;
            if let Some(users) = file.look(now, |path| Ok(Users::read(path)?)).await {
                self.tell("users", users.map(|users| self.service.set_users(users)));
            }
        }
    }

    /// Watches the file of the keys.
    pub(crate) async fn watch_keys(&self, mut file: Watched<KeyFile>, mut hangup: Hangup) {
        loop {
            let now = hangup.comes_within(PAUSE).await;
            if let Some(keys) = file.look(now, |file| Ok(file.read()?)).await {
                self.tell("keys", keys.map(|keys| self.authorizer.set_keys(keys)));
            }
        }
    }

    /// On SIGHUP, fetches the keys of a URL and opens the audit file again. Shows the number of dropped log lines.
    pub(crate) async fn watch_others(&self, log: &Log, mut hangup: Hangup) {
        loop {
            if hangup.comes_within(PAUSE).await {
                if let Err(error) = self.authorizer.refresh_keys().await {
                    self.tell("keys", Err(error.to_string()));
                }
                if let Err(error) = self.service.trail().reopen().await {
                    self.tell("audit", Err(error.to_string()));
                }
            }
            self.service.set_dropped_log_lines(log.dropped());
        }
    }

    fn tell(&self, subject: &'static str, replaced: Result<(), String>) {
        match replaced {
            Ok(()) => tracing::info!("the {subject} were read again"),
            Err(error) => {
                tracing::error!("{subject}: {error}; the old stay in place");
                self.service.count_failed_reload(subject);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    static READS: AtomicUsize = AtomicUsize::new(0);

    fn fails_once(_: &()) -> Result<usize, Unreadable> {
        match READS.fetch_add(1, Ordering::SeqCst) {
            0 => Err(Unreadable::Now("too many open files".into())),
            reads => Ok(reads),
        }
    }

    #[tokio::test]
    async fn a_file_that_could_not_be_read_is_tried_again_without_another_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.jsonl");
        std::fs::write(&path, "a").unwrap();
        let mut watched = Watched::new((), path.clone());
        assert_eq!(watched.look(false, fails_once).await, None);
        std::fs::write(&path, "ab").unwrap();
        // It may be half written at the first look.
        assert_eq!(watched.look(false, fails_once).await, None);
        assert_eq!(watched.look(false, fails_once).await, Some(Err("too many open files".into())));
        assert_eq!(watched.look(false, fails_once).await, Some(Ok(1)));
        assert_eq!(watched.look(false, fails_once).await, None);
        assert_eq!(watched.look(true, fails_once).await, Some(Ok(2)));
    }
}
