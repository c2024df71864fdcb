//! Where codes are kept: one place for each user and kind, written by compare-and-swap.
//!
//! Knows nothing of the rules. That no two codes of a kind are active follows from the rules being run on the record that
//! the swap then compares with.

mod memory;
mod sql;

use std::pin::Pin;
use std::sync::Arc;

use qrmint::credential::{Kind, Record};
use uuid::Uuid;

pub use self::memory::MemoryStore;
pub use self::sql::{PostgresStore, SqliteStore};

/// What a store's methods give: a future that may be sent to another thread.
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
    /// The record of a user's code of this kind.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't answer.
    fn read<'a>(&'a self, user: &'a str, kind: Kind) -> Pending<'a, Option<Record>>;

    /// The user and the record of the code of this id.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't answer.
    fn find(&self, id: Uuid) -> Pending<'_, Option<(String, Record)>>;

    /// Puts `new` in the place of the record that was `seen`, in one step: `true` if that was still there and `new` is now, where
    /// `None` is no record; `false`, and nothing is changed, if something else was there. What this has answered with
    /// `true` survives the end of the process at any time.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't answer. It is not known then whether the swap was made.
    fn compare_and_swap<'a>(
        &'a self,
        user: &'a str,
        kind: Kind,
        seen: Option<&'a Record>,
        new: Option<&'a Record>,
    ) -> Pending<'a, bool>;

    /// Whether the store answers.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it does not.
    fn check(&self) -> Pending<'_, ()>;
}

/// A store that several services share.
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
    /// It can't be reached, or can't do its work. What the cause displays is logged, so it must have no secret in it.
    #[error("the store does not answer: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row holds what no record does.
    #[error("a row of the store is no record: its {column} is out of range")]
    Corrupt {
        /// The column.
        column: &'static str,
    },
}
