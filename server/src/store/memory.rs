//! A store in memory, for tests and for codes that need not outlive the service.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use qrmint::credential::{Kind, Record};
use uuid::Uuid;

use super::{Pending, Store};

/// A store in memory. Unlike other [`Store`]s it loses its records when the process ends.
#[derive(Debug, Default)]
pub struct MemoryStore {
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    records: HashMap<(String, Kind), Record>,
    by_id: HashMap<Uuid, (String, Kind)>,
}

impl MemoryStore {
    /// Locks the records. A poisoned lock is ignored, since no change can panic halfway.
    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn read<'a>(&'a self, user: &'a str, kind: Kind) -> Pending<'a, Option<Record>> {
        let record = self.places().records.get(&(user.to_owned(), kind)).cloned();
        Box::pin(std::future::ready(Ok(record)))
    }

    fn find(&self, id: Uuid) -> Pending<'_, Option<(String, Record)>> {
        let places = self.places();
        let place = places.by_id.get(&id);
        let found = place.and_then(|place| Some((place.0.clone(), places.records.get(place)?.clone())));
        Box::pin(std::future::ready(Ok(found)))
    }

    fn compare_and_swap<'a>(
        &'a self,
        user: &'a str,
        kind: Kind,
        seen: Option<&'a Record>,
        new: Option<&'a Record>,
    ) -> Pending<'a, bool> {
        let swapped = self.places().swap((user.to_owned(), kind), seen, new);
        Box::pin(std::future::ready(Ok(swapped)))
    }

    fn check(&self) -> Pending<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Places {
    fn swap(&mut self, place: (String, Kind), seen: Option<&Record>, new: Option<&Record>) -> bool {
        let entry = self.records.entry(place.clone());
        let there = match &entry {
            Entry::Occupied(entry) => Some(entry.get()),
            Entry::Vacant(_) => None,
        };
        if there != seen {
            return false;
        }
        if let Some(seen) = seen {
            self.by_id.remove(&seen.id);
        }
        match (entry, new) {
            (entry, Some(new)) => {
                entry.insert_entry(new.clone());
                self.by_id.insert(new.id, place);
            }
            (Entry::Occupied(entry), None) => _ = entry.remove(),
            (Entry::Vacant(_), None) => {}
        }
        true
    }
}
