//! Reads users and keys again, on SIGHUP and when their file has changed. What can't be read leaves the old in place.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use qrmint_server::{Authorizer, KeyError, KeySet, Service, Users};
use tokio::task::spawn_blocking;

use crate::log::Log;
use crate::signals::Hangup;

/// How often to look at the files.
const PAUSE: Duration = Duration::from_secs(1);

/// How keys are read from a file.
pub(crate) type ReadKeys = fn(&std::path::Path) -> Result<KeySet, KeyError>;

/// The files of a service, as they were last seen.
pub(crate) struct Reloader {
    service: Arc<Service>,
    authorizer: Arc<Authorizer>,
    users: Option<Watched>,
    keys: Option<(Watched, ReadKeys)>,
}

/// A file, and the state of it that has been read.
struct Watched {
    path: PathBuf,
    read: Option<Stamp>,
    seen: Option<Stamp>,
}

/// What tells a changed file from an unchanged one.
type Stamp = (SystemTime, u64, u64);

impl Watched {
    fn new(path: PathBuf) -> Self {
        let mut watched = Self { path, read: None, seen: None };
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

    /// Returns whether the file has changed since it was read, and not since it was last looked at: it may be half
    /// written otherwise.
    fn has_changed(&mut self) -> bool {
        let stamp = self.stamp();
        let settled = stamp.is_some() && stamp == self.seen;
        self.seen = stamp;
        settled && stamp != self.read
    }
}

impl Reloader {
    pub(crate) fn new(
        service: Arc<Service>,
        authorizer: Arc<Authorizer>,
        users: Option<PathBuf>,
        keys: Option<(PathBuf, ReadKeys)>,
    ) -> Self {
        let (users, keys) = (users.map(Watched::new), keys.map(|(path, read)| (Watched::new(path), read)));
        Self { service, authorizer, users, keys }
    }

    /// Watches the files, and shows the number of dropped log lines, until the program ends.
    pub(crate) async fn run(mut self, mut hangup: Hangup, log: &Log) {
        loop {
            let all = tokio::select! {
                () = hangup.next() => true,
                () = tokio::time::sleep(PAUSE) => false,
            };
            self.service.set_dropped_log_lines(log.dropped());
            if let Some(users) = &mut self.users
                && (users.has_changed() || all)
            {
                users.read = users.stamp();
                let path = users.path.clone();
                let read = spawn_blocking(move || Users::read(&path)).await;
                match read {
                    Ok(Ok(users)) => {
                        self.service.set_users(users);
                        tracing::info!("the users were read again");
                    }
                    Ok(Err(error)) => self.failed("users", &error.to_string()),
                    Err(error) => self.failed("users", &error.to_string()),
                }
            }
            if let Some((keys, read)) = &mut self.keys
                && (keys.has_changed() || all)
            {
                keys.read = keys.stamp();
                match read(&keys.path) {
                    Ok(keys) => {
                        self.authorizer.set_keys(keys);
                        tracing::info!("the keys were read again");
                    }
                    Err(error) => self.failed("keys", &error.to_string()),
                }
            }
            if all {
                if let Err(error) = self.authorizer.refresh_keys().await {
                    self.failed("keys", &error.to_string());
                }
                if let Err(error) = self.service.trail().reopen().await {
                    self.failed("audit", &error.to_string());
                }
            }
        }
    }

    fn failed(&self, subject: &'static str, error: &str) {
        tracing::error!("{subject}: {error}; the old stay in place");
        self.service.count_failed_reload(subject);
    }
}
