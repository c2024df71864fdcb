//! A lock for each code: a striped lock.
//!
//! Requests of this process for the same code wait here for each other, so that their writes to the store do not
//! conflict. The lock is not needed for correctness: the store's compare and swap decides, also between processes.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use qrmint::credential::Kind;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// The number of mutexes. Two codes share one by chance, and then wait for each other; with so many that is rare.
const STRIPES: usize = 1024;

#[derive(Debug)]
pub(crate) struct KeyLock {
    stripes: Box<[Arc<Mutex<()>>]>,
    hasher: RandomState,
}

impl Default for KeyLock {
    fn default() -> Self {
        Self { stripes: (0..STRIPES).map(|_| Arc::default()).collect(), hasher: RandomState::new() }
    }
}

impl KeyLock {
    /// Locks the code until the guard is dropped. Requests get the lock in the order in which they asked for it.
    pub(crate) async fn lock(&self, user: &str, kind: Kind) -> OwnedMutexGuard<()> {
        let stripe = self.hasher.hash_one((user, kind)) as usize % STRIPES;
        self.stripes[stripe].clone().lock_owned().await
    }
}
