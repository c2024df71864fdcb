//! Stores of codes: one record for each user and kind, written by compare-and-swap; and the audit trail.
//!
//! Knows nothing of the rules. The rules run on the record that the swap compares with, so no user gets two active
//! codes of a kind.

mod location;
mod memory;
mod sql;

use async_trait::async_trait;
use qrmint::credential::{DateTime, Kind, Record};
use uuid::Uuid;

pub use self::location::{Location, LocationError};
pub use self::memory::MemoryStore;
pub use self::sql::{PostgresStore, SqlOptions, SqlStore, SqliteStore};
use crate::event::Event;

/// Keeps [`Record`]s, at most one for each user and [`Kind`], and the [`Event`]s of the audit trail.
///
/// Users are compared byte for byte, so the caller passes ids in one form.
///
/// ```
/// use qrmint::credential::Kind;
/// use qrmint_server::store::{MemoryStore, Removal, Store};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let store = MemoryStore::default();
/// assert_eq!(store.read("badge-17", Kind::Standard).await?, None);
/// let codes = Removal::Of { user: "badge-17".into(), kind: Kind::Standard };
/// assert_eq!(store.remove(&codes).await?, 0);
/// # Ok::<(), qrmint_server::store::StoreError>(())
/// # }).unwrap();
/// ```
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Returns the record of a user's code of this kind.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]; [`StoreError::Corrupt`] if the row is no record.
    async fn read(&self, user: &str, kind: Kind) -> Result<Option<Record>, StoreError>;

    /// Returns the user and the record of the code with this id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]; [`StoreError::Corrupt`] if the row is no record.
    async fn find(&self, id: Uuid) -> Result<Option<(String, Record)>, StoreError>;

    /// Replaces the record `seen` by `new` atomically, where `None` means no record. Returns `true` if it did; `false`,
    /// without any change, if the stored record was not `seen`. A change for which this has returned `true` survives
    /// the end of the process at any time.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the record was not replaced, [`StoreError::Uncertain`] if it may have been.
    async fn compare_and_swap(
        &self,
        user: &str,
        kind: Kind,
        seen: Option<&Record>,
        new: &Record,
    ) -> Result<bool, StoreError>;

    /// Removes codes and returns how many. Looks only at the columns that it selects by, so it also removes rows that
    /// are no records.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if no code was removed, [`StoreError::Uncertain`] if they may have been.
    async fn remove(&self, which: &Removal) -> Result<u64, StoreError>;

    /// Returns codes in the order of their ids, each with its user. Rows that are no records are logged and left out.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn list(&self, filter: &CodeFilter) -> Result<Vec<(String, Record)>, StoreError>;

    /// Counts the codes that expire after `now`, and of those the ones that expire before `soon`. Returns one count for
    /// each kind, in the order of [`Kind::ALL`].
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn count(&self, now: DateTime, soon: DateTime) -> Result<Vec<Count>, StoreError>;

    /// Adds an event to the audit trail.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if it was not added, [`StoreError::Uncertain`] if it may have been.
    async fn append(&self, event: &Event) -> Result<(), StoreError>;

    /// Returns events in the order of their ids. Rows that are no events are logged and left out.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    async fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, StoreError>;

    /// Checks that the store reads and writes.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it does not.
    async fn check(&self) -> Result<(), StoreError>;
}

/// The codes to remove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The code with this id.
    Code(Uuid),
    /// The code of this record, if it is stored as the record says.
    Unchanged(Record),
    /// The code of a user and kind.
    Of {
        /// The user.
        user: String,
        /// The kind.
        kind: Kind,
    },
    /// The codes that expired before this instant.
    ExpiredBefore(DateTime),
}

/// Selects codes. A code is selected if it passes every filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFilter {
    /// The user.
    pub user: Option<String>,
    /// The kind.
    pub kind: Option<Kind>,
    /// The codes that expire before this instant, or have expired.
    pub expiring_before: Option<DateTime>,
    /// The ids greater than this one.
    pub after: Option<Uuid>,
    /// The maximum number of codes.
    pub top: u32,
}

/// Selects events. An event is selected if it passes every filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFilter {
    /// The user whose code it is.
    pub user: Option<String>,
    /// The events at this instant or later.
    pub since: Option<DateTime>,
    /// The ids greater than this one.
    pub after: Option<Uuid>,
    /// The maximum number of events.
    pub top: u32,
}

/// The number of active codes of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The kind.
    pub kind: Kind,
    /// The number of codes that have not expired.
    pub active: u64,
    /// The number of those that expire soon.
    pub expiring: u64,
}

impl Count {
    /// Returns zeros for each kind.
    fn zeros() -> Vec<Self> {
        Kind::ALL.into_iter().map(|kind| Self { kind, active: 0, expiring: 0 }).collect()
    }
}

/// Why a store does not do what it was asked for. The text is logged, so it must not contain a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot be reached or does not work. Nothing was changed.
    #[error("the store is unavailable: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection failed after a statement was sent. The change may have been made or not.
    #[error("the store did not answer, and may have made the change: {0}")]
    Uncertain(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row has a value that no record can have.
    #[error("invalid {column} in the row with the id {code:?}")]
    Corrupt {
        /// The column.
        column: &'static str,
        /// The id of the code, as it is stored; of an event, its id.
        code: String,
    },
}
