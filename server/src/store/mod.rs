//! Stores of codes: one record for each user and kind, written by compare-and-swap.
//!
//! Knows nothing of the rules. The rules run on the record that the swap compares with, so no user gets two active
//! codes of a kind.

mod memory;
mod sql;

use std::pin::Pin;
use std::sync::Arc;

use qrmint::credential::{Kind, Record};
use uuid::Uuid;

pub use self::memory::MemoryStore;
pub use self::sql::{PostgresStore, SqliteStore};

/// The future that a store's methods return. It can be sent to another thread.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps [`Record`]s, at most one for each user and [`Kind`].
///
/// ```
/// use qrmint::credential::Kind;
/// use qrmint_server::store::{MemoryStore, Store};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let store = MemoryStore::default();
/// assert_eq!(store.read("badge-17", Kind::Standard).await?, None);
/// assert!(store.compare_and_swap("badge-17", Kind::Standard, None, None).await?);
/// # Ok::<(), qrmint_server::store::StoreError>(())
/// # }).unwrap();
/// ```
pub trait Store: Send + Sync + 'static {
    /// Returns the record of a user's code of this kind.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't answer.
    fn read<'a>(&'a self, user: &'a str, kind: Kind) -> Pending<'a, Option<Record>>;

    /// Returns the user and the record of the code with this id.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't answer.
    fn find(&self, id: Uuid) -> Pending<'_, Option<(String, Record)>>;

    /// Replaces the record `seen` by `new` atomically, where `None` means no record. Returns `true` if it did; `false`,
    /// without any change, if the stored record was not `seen`. A change for which this has returned `true` survives
    /// the end of the process at any time.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't answer. The record may have been replaced or not.
    fn compare_and_swap<'a>(
        &'a self,
        user: &'a str,
        kind: Kind,
        seen: Option<&'a Record>,
        new: Option<&'a Record>,
    ) -> Pending<'a, bool>;

    /// Checks that the store answers.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it does not.
    fn check(&self) -> Pending<'_, ()>;
}

/// Several services can share a store.
impl<S: Store + ?Sized> Store for Arc<S> {
    fn read<'a>(&'a self, user: &'a str, kind: Kind) -> Pending<'a, Option<Record>> {
        S::read(self, user, kind)
    }

    fn find(&self, id: Uuid) -> Pending<'_, Option<(String, Record)>> {
        S::find(self, id)
    }

    fn compare_and_swap<'a>(
        &'a self,
        user: &'a str,
        kind: Kind,
        seen: Option<&'a Record>,
        new: Option<&'a Record>,
    ) -> Pending<'a, bool> {
        S::compare_and_swap(self, user, kind, seen, new)
    }

    fn check(&self) -> Pending<'_, ()> {
        S::check(self)
    }
}

/// Why a store does not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot be reached or does not work. The cause is logged, so its text must not contain a secret.
    #[error("the store does not answer: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row has a value that no record can have.
    #[error("invalid {column} in a row of the store")]
    Corrupt {
        /// The column.
        column: &'static str,
    },
}
