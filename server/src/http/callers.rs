//! The limit of each caller: how many requests of one caller are in progress at once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The callers with requests in progress. Never more than there are requests in progress.
#[derive(Debug)]
pub(super) struct Callers {
    limit: usize,
    busy: Mutex<HashMap<String, usize>>,
}

/// A request in progress of a caller, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    callers: Arc<Callers>,
    key: Option<String>,
}

impl Callers {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, busy: Mutex::default() })
    }

    /// Begins a request of this caller. Returns `None` if as many are in progress as may be. A caller without a key has
    /// no limit.
    pub(super) fn begin(self: &Arc<Self>, key: Option<String>) -> Option<Turn> {
        if let Some(key) = &key {
            let mut busy = self.busy();
            let count = busy.get(key).copied().unwrap_or_default();
            if count >= self.limit {
                return None;
            }
            busy.insert(key.clone(), count + 1);
        }
        Some(Turn { callers: self.clone(), key })
    }

    fn busy(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(key) = self.key.take() else { return };
        if let Entry::Occupied(mut count) = self.callers.busy().entry(key) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_a_limit_of_its_own_and_nothing_is_kept_of_those_that_are_done() {
        let callers = Callers::new(2);
        let begin = |key: &str| callers.begin(Some(key.into()));
        let turns = [begin("a"), begin("a"), begin("b")];
        assert!(turns.iter().all(Option::is_some) && begin("a").is_none());
        drop(turns);
        assert!(begin("a").is_some() && callers.busy().is_empty());
        let without: Vec<_> = (0..9).map(|_| callers.begin(None)).collect();
        assert!(without.iter().all(Option::is_some));
    }
}
