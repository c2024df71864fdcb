//! The tables that all writers of the process share.
//!
//! A cache of 64 slots, so at most 1 MB. A table's place follows from its key; a new table overwrites the one that stands
//! there. A writer keeps the tables it used, whatever happens here.

use std::sync::{Arc, RwLock};

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

type Slot = RwLock<Option<(Key, Arc<StreamTable>)>>;

static TABLES: [Slot; SLOTS] = [const { RwLock::new(None) }; SLOTS];

/// Returns the table for images of this version, scale and margins; makes it if it is not in the cache.
///
/// Waits for no other thread: after a fork, a thread that holds a lock may no longer be there to release it. Where the
/// slot is just being written, the table is made once more.
pub(super) fn table(version: Version, scale: u32, margins: Margins) -> Arc<StreamTable> {
    let key = Key { version, scale, margins };
    let slot = &TABLES[key.slot()];
    if let Ok(slot) = slot.try_read()
        && let Some((found, table)) = &*slot
        && *found == key
    {
        return Arc::clone(table);
    }
    let table = Arc::new(StreamTable::new(version, scale, margins));
    if let Ok(mut slot) = slot.try_write() {
        *slot = Some((key, Arc::clone(&table)));
    }
    table
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
