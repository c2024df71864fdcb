//! A store that misbehaves in one of several ways.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use qrmint::credential::{DateTime, Kind, Record};
use qrmint_server::Event;
use qrmint_server::store::{CodeFilter, Count, EventFilter, MemoryStore, Removal, Store, StoreError};
use uuid::Uuid;

use super::FLOKI;

/// How the writes of a store end.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum Fault {
    /// Well.
    #[default]
    None,
    /// All fail.
    Writes,
    /// Swaps take this long.
    Slow(Duration),
    /// Swaps are made, but the connection is lost before that is known.
    Lost,
    /// Swaps take a minute and are refused.
    Refused,
    /// Swaps take a minute and are made, and another process changes the code at once.
    Changed,
    /// Swaps are made, and another process replaces the code before the first removal.
    Replaced,
}

/// A store in memory that misbehaves.
#[derive(Default)]
pub(crate) struct Faulty {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) fault: Fault,
    /// How long it takes to read a code.
    pub(crate) reads_after: Duration,
    /// How often it was asked to remove codes.
    pub(crate) removals: AtomicUsize,
}

impl Faulty {
    fn check_writes(&self) -> Result<(), StoreError> {
        if self.fault == Fault::Writes { Err(StoreError::Unavailable("it is read-only".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl Store for Faulty {
    async fn read(&self, user: &str, kind: Kind) -> Result<Option<Record>, StoreError> {
        tokio::time::sleep(self.reads_after).await;
        self.store.read(user, kind).await
    }

    async fn find(&self, id: Uuid) -> Result<Option<(String, Record)>, StoreError> {
        self.store.find(id).await
    }

    async fn compare_and_swap(
        &self,
        user: &str,
        kind: Kind,
        seen: Option<&Record>,
        new: &Record,
    ) -> Result<bool, StoreError> {
        self.check_writes()?;
        match self.fault {
            Fault::Slow(time) => {
                tokio::time::sleep(time).await;
                self.store.compare_and_swap(user, kind, seen, new).await
            }
            Fault::Lost => {
                self.store.compare_and_swap(user, kind, seen, new).await?;
                Err(StoreError::Uncertain("the connection was reset".into()))
            }
            Fault::Refused => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                Err(StoreError::Unavailable("locked".into()))
            }
            Fault::Changed => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                assert!(self.store.compare_and_swap(user, kind, seen, new).await?);
                let changed = Record { last_used_date_time: new.created_date_time, ..new.clone() };
                self.store.compare_and_swap(user, kind, Some(new), &changed).await
            }
            Fault::None | Fault::Writes | Fault::Replaced => self.store.compare_and_swap(user, kind, seen, new).await,
        }
    }

    async fn remove(&self, which: &Removal) -> Result<u64, StoreError> {
        self.check_writes()?;
        let first = self.removals.fetch_add(1, Ordering::SeqCst) == 0;
        if first && self.fault == Fault::Replaced {
            let seen = self.store.read(FLOKI, Kind::Standard).await?.unwrap();
            let other = Record { id: Uuid::new_v4(), ..seen.clone() };
            assert!(self.store.compare_and_swap(FLOKI, Kind::Standard, Some(&seen), &other).await?);
        }
        self.store.remove(which).await
    }

    async fn list(&self, filter: &CodeFilter) -> Result<Vec<(String, Record)>, StoreError> {
        self.store.list(filter).await
    }

    async fn count(&self, now: DateTime, soon: DateTime) -> Result<Vec<Count>, StoreError> {
        self.store.count(now, soon).await
    }

    async fn append(&self, event: &Event) -> Result<(), StoreError> {
        self.check_writes()?;
        self.store.append(event).await
    }

    async fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, StoreError> {
        self.store.events(filter).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.check_writes()?;
        self.store.check().await
    }
}
