//! A store in memory, for tests and for codes that need not outlive the service.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use qrmint::credential::{DateTime, Kind, Record};
use uuid::Uuid;

use super::{CodeFilter, Count, EventFilter, Removal, Store, StoreError};
use crate::event::Event;

/// The maximum number of events; the oldest go first.
const MAX_EVENTS: usize = 100_000;

/// A store in memory. Unlike other [`Store`]s it loses its records and events when the process ends.
#[derive(Debug, Default)]
pub struct MemoryStore {
    contents: Mutex<Contents>,
}

#[derive(Debug, Default)]
struct Contents {
    records: HashMap<(String, Kind), Record>,
    by_id: BTreeMap<Uuid, (String, Kind)>,
    events: BTreeMap<Uuid, Event>,
}

impl MemoryStore {
    /// Locks the contents. A poisoned lock is ignored, since no change can panic halfway.
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn read(&self, user: &str, kind: Kind) -> Result<Option<Record>, StoreError> {
        Ok(self.contents().records.get(&(user.to_owned(), kind)).cloned())
    }

    async fn find(&self, id: Uuid) -> Result<Option<(String, Record)>, StoreError> {
        let contents = self.contents();
        let place = contents.by_id.get(&id);
        Ok(place.and_then(|place| Some((place.0.clone(), contents.records.get(place)?.clone()))))
    }

    async fn compare_and_swap(
        &self,
        user: &str,
        kind: Kind,
        seen: Option<&Record>,
        new: &Record,
    ) -> Result<bool, StoreError> {
        Ok(self.contents().swap((user.to_owned(), kind), seen, new))
    }

    async fn remove(&self, which: &Removal) -> Result<u64, StoreError> {
        let mut contents = self.contents();
        let Contents { records, by_id, .. } = &mut *contents;
        let before = records.len();
        records.retain(|(owner, _), record| match which {
            Removal::Code(id) => record.id != *id,
            Removal::Unchanged(seen) => record != seen,
            Removal::Of { user, kind } => owner != user || record.kind != *kind,
            Removal::ExpiredBefore(instant) => record.expire_date_time >= *instant,
        });
        by_id.retain(|_, place| records.contains_key(place));
        Ok((before - records.len()) as u64)
    }

    async fn list(&self, filter: &CodeFilter) -> Result<Vec<(String, Record)>, StoreError> {
        let contents = self.contents();
        let codes = contents.by_id.range(greater(filter.after)).filter_map(|(_, place)| {
            let record = contents.records.get(place)?;
            let passes = filter.user.as_ref().is_none_or(|user| *user == place.0)
                && filter.kind.is_none_or(|kind| kind == record.kind)
                && filter.expiring_before.is_none_or(|instant| record.expire_date_time < instant);
            passes.then(|| (place.0.clone(), record.clone()))
        });
        Ok(codes.take(filter.top as usize).collect())
    }

    async fn count(&self, now: DateTime, soon: DateTime) -> Result<Vec<Count>, StoreError> {
        let mut counts = Count::zeros();
        let contents = self.contents();
        for record in contents.records.values().filter(|record| record.is_active(now)) {
            for count in counts.iter_mut().filter(|count| count.kind == record.kind) {
                count.active += 1;
                count.expiring += u64::from(record.expire_date_time < soon);
            }
        }
        Ok(counts)
    }

    async fn append(&self, event: &Event) -> Result<(), StoreError> {
        let events = &mut self.contents().events;
        if events.insert(event.id, event.clone()).is_some() {
            return Err(StoreError::Unavailable("there is an event with this id".into()));
        }
        while events.len() > MAX_EVENTS {
            events.pop_first();
        }
        Ok(())
    }

    async fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, StoreError> {
        let contents = self.contents();
        let events = contents.events.range(greater(filter.after)).map(|(_, event)| event).filter(|event| {
            filter.user.as_ref().is_none_or(|user| event.user_id.as_ref() == Some(user))
                && filter.since.is_none_or(|instant| event.time >= instant)
        });
        Ok(events.take(filter.top as usize).cloned().collect())
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Returns the range of ids greater than this one.
fn greater(after: Option<Uuid>) -> (Bound<Uuid>, Bound<Uuid>) {
    (after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded)
}

impl Contents {
    fn swap(&mut self, place: (String, Kind), seen: Option<&Record>, new: &Record) -> bool {
        let entry = self.records.entry(place.clone());
        let stored = match &entry {
            Entry::Occupied(entry) => Some(entry.get()),
            Entry::Vacant(_) => None,
        };
        if stored != seen {
            return false;
        }
        if let Some(seen) = seen {
            self.by_id.remove(&seen.id);
        }
        entry.insert_entry(new.clone());
        self.by_id.insert(new.id, place);
        true
    }
}
