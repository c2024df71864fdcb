//! Requests for the same code, one after the other.
//!
//! The store alone decides who wins; but requests of this process that would only get in each other's way there
//! wait for their turn here, so that what is left to try again is what other processes did.

use std::hash::{BuildHasher as _, RandomState};

use qrmint::credential::Kind;
use tokio::sync::{Mutex, MutexGuard};

/// Codes that share a turn by chance wait for each other; among so many it is seldom.
const LANES: usize = 1024;

#[derive(Debug)]
pub(crate) struct Turns {
    lanes: Box<[Mutex<()>]>,
    hasher: RandomState,
}

impl Default for Turns {
    fn default() -> Self {
        Self { lanes: (0..LANES).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl Turns {
    /// Waits until the requests are done that came before for this code. The turn ends when the guard is dropped.
    pub(crate) async fn wait(&self, user: &str, kind: Kind) -> MutexGuard<'_, ()> {
        let lane = self.hasher.hash_one((user, kind)) as usize % LANES;
        self.lanes[lane].lock().await
    }
}
