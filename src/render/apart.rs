//! Memory apart from what others write: for tables that several threads read.
//!
//! To read a cache line that another core has written since takes as long as a hundred instructions and more. A table shares its
//! first and its last line with whatever stands beside it in memory, such as the buffers that a thread writes for every image.

use core::iter::repeat_n;
use core::ops::Deref;

/// Bytes that a core takes from another at once: two lines of 64 on some, one of 128 on others.
const LINES: usize = 128;

/// A value in cache lines of its own.
#[repr(align(128))]
pub(super) struct Apart<T>(pub(super) T);

impl<T> Deref for Apart<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

/// A slice in cache lines of its own: there are more elements before and behind it that nobody reads.
pub(super) struct ApartSlice<T>(Box<[T]>);

impl<T> ApartSlice<T> {
    /// Elements on either side.
    const MARGIN: usize = LINES.div_ceil(size_of::<T>());
}

impl<T: Clone + Default> FromIterator<T> for ApartSlice<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let margin = || repeat_n(T::default(), Self::MARGIN);
        Self(margin().chain(elements).chain(margin()).collect())
    }
}

impl<T> Deref for ApartSlice<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        self.0.get(Self::MARGIN..self.0.len() - Self::MARGIN).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_its_lines_alone() {
        assert_eq!(align_of::<Apart<u8>>(), LINES);
        assert_eq!(size_of::<Apart<[u8; LINES + 1]>>(), 2 * LINES);
    }

    #[test]
    fn a_slice_is_what_it_was_made_of_and_far_enough_from_what_stands_beside_it() {
        fn check<T: Clone + Default + PartialEq + core::fmt::Debug>(slice: &[T]) {
            let apart: ApartSlice<T> = slice.iter().cloned().collect();
            assert_eq!(&*apart, slice);
            let (all, own) = (apart.0.as_ptr_range(), apart.as_ptr_range());
            assert!(own.start.addr() - all.start.addr() >= LINES && all.end.addr() - own.end.addr() >= LINES);
        }
        for len in [0, 1, 7, 300] {
            check(&vec![7_u8; len]);
            check(&vec![[7_u64; 3]; len]);
        }
    }
}
