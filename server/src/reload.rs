//! Reads users and keys again, on SIGHUP and when their file has changed. What can't be read leaves the old in place.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use qrmint_server::{Authorizer, Service, Users};

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
}

/// What tells a changed file from an unchanged one: the time of its change, its length and its number.
type Stamp = (SystemTime, u64, u64);

impl<F: Clone + Send + 'static> Watched<F> {
    /// Starts to watch a file that is about to be read.
    pub(crate) fn new(file: F, path: PathBuf) -> Self {
        let mut watched = Self { file, path, read: None, seen: None };
        watched.read = watched.stamp();
        watched
    }

    fn stamp(&self) -> Option<Stamp> {
        let metadata = std::fs::metadata(&self.path).ok()?;
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Some((metadata.modified().ok()?, metadata.len(), inode))
    }

    /// Reads the file if it has changed since it was read, and not since the last look: it may be half written
    /// otherwise. With `now` it is read anyway.
    async fn look<T, E>(&mut self, now: bool, read: fn(&F) -> Result<T, E>) -> Option<Result<T, String>>
    where
        T: Send + 'static,
        E: ToString + 'static,
    {
        let mut watched = self.clone();
        // A file system that does not answer must hold up nothing else.
        let looked = tokio::task::spawn_blocking(move || {
            let stamp = watched.stamp();
            let settled = stamp.is_some() && stamp == std::mem::replace(&mut watched.seen, stamp);
            let changed = settled && stamp != watched.read;
            let result = (changed || now).then(|| {
                watched.read = stamp;
                read(&watched.file).map_err(|error| error.to_string())
            });
            (watched, result)
        });
        let (watched, result) = looked.await.ok()?;
        *self = watched;
        result
    }
}

/// What is read again.
pub(crate) struct Reloader {
    pub(crate) service: Arc<Service>,
    pub(crate) authorizer: Arc<Authorizer>,
    pub(crate) users: Option<Watched<PathBuf>>,
    pub(crate) keys: Option<Watched<KeyFile>>,
}

impl Reloader {
    /// Watches the files, and shows the number of dropped log lines, until the program ends.
    pub(crate) async fn run(mut self, mut hangup: Hangup, log: &Log) {
        loop {
            let now = tokio::select! {
                () = hangup.next() => true,
                () = tokio::time::sleep(PAUSE) => false,
            };
            self.service.set_dropped_log_lines(log.dropped());
            if let Some(watched) = &mut self.users
                && let Some(users) = watched.look(now, |path| Users::read(path)).await
            {
                let replaced = users.map(|users| self.service.set_users(users));
                self.tell("users", replaced);
            }
            if let Some(watched) = &mut self.keys
                && let Some(keys) = watched.look(now, KeyFile::read).await
            {
                let replaced = keys.map(|keys| self.authorizer.set_keys(keys));
                self.tell("keys", replaced);
            }
            if now {
                if let Err(error) = self.authorizer.refresh_keys().await {
                    self.tell("keys", Err(error.to_string()));
                }
                if let Err(error) = self.service.trail().reopen().await {
                    self.tell("audit", Err(error.to_string()));
                }
            }
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
