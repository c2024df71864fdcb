//! The tables that all writers of the process share.
//!
//! A cache of 64 slots, so at most 1 MB. A table's place follows from its key; a new table overwrites the one that stands
//! there. A writer keeps the tables it used, whatever happens here.

use std::sync::{Arc, Mutex, PoisonError};

use super::geometry::Margins;
use super::stream::StreamTable;
use crate::version::Version;

/// More than the 40 versions, which stand side by side for one scale and margins.
const SLOTS: usize = 64;

/// What a table is for.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    version: Version,
    scale: u32,
    margins: Margins,
}

impl Key {
    fn slot(self) -> usize {
        let Margins { left, top, right, bottom } = self.margins;
        let shape = [self.scale, left.into(), top.into(), right.into(), bottom.into()];
        // Multiplication by an odd number spreads shapes that differ in a few bits.
        let hash =
            shape.iter().fold(0_u64, |hash, &value| (hash ^ u64::from(value)).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        ((hash >> 58) as usize + self.version.index()) % SLOTS
    }
}

type Slot = Mutex<Option<(Key, Arc<StreamTable>)>>;

static TABLES: [Slot; SLOTS] = [const { Mutex::new(None) }; SLOTS];

/// Returns the table for images of this version, scale and margins; makes it if it is not in the cache.
pub(super) fn table(version: Version, scale: u32, margins: Margins) -> Arc<StreamTable> {
    let key = Key { version, scale, margins };
    // Whoever wants this table, or another of the same slot, waits until it is made.
    let mut slot = TABLES[key.slot()].lock().unwrap_or_else(PoisonError::into_inner);
    match &*slot {
        Some((found, table)) if *found == key => Arc::clone(table),
        _ => Arc::clone(&slot.insert((key, Arc::new(StreamTable::new(version, scale, margins)))).1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_has_one_table_and_its_versions_do_not_push_each_other_out() {
        let (scale, margins) = (11, Margins { left: 33, top: 33, right: 33, bottom: 33 });
        let tables = || (1..=40).filter_map(Version::new).map(|version| table(version, scale, margins));
        let first: Vec<_> = tables().collect();
        let again = tables().zip(&first).filter(|(again, first)| Arc::ptr_eq(again, first)).count();
        // Other tests use the cache at the same time.
        assert!(again >= 30, "{again} of 40");
        assert!(!Arc::ptr_eq(&first[0], &table(Version::MIN, scale, Margins { right: 34, ..margins })));
    }
}
