//! Bits in the order of DEFLATE (RFC 1951, 3.1.1): the first bit is the lowest of the first byte.

/// Up to [`MAX_COUNT`](Self::MAX_COUNT) bits, the first the lowest, in one word: the value and, above it, the count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits(u64);

impl Bits {
    /// With the up to seven bits that wait in a [`BitWriter`], these fill a word.
    pub(crate) const MAX_COUNT: u32 = 56;

    /// The low `count` bits of `value`; the others must be zero.
    #[inline(always)]
    pub(crate) const fn new(value: u64, count: u32) -> Self {
        debug_assert!(count <= Self::MAX_COUNT && value >> count == 0);
        Self(value | (count as u64) << Self::MAX_COUNT)
    }

    #[inline(always)]
    pub(crate) const fn value(self) -> u64 {
        self.0 & ((1 << Self::MAX_COUNT) - 1)
    }

    #[inline(always)]
    pub(crate) const fn count(self) -> u32 {
        (self.0 >> Self::MAX_COUNT) as u32
    }

    /// These bits and `more` after them, together at most [`MAX_COUNT`](Self::MAX_COUNT).
    #[inline(always)]
    pub(crate) const fn then(self, more: Self) -> Self {
        Self::new(self.value() | more.value() << self.count(), self.count() + more.count())
    }

    /// Splits after the first `count` bits; the second part is empty if there are no more.
    #[inline]
    pub(crate) const fn split(self, count: u32) -> (Self, Self) {
        if self.count() <= count {
            return (self, Self::new(0, 0));
        }
        let value = self.value();
        (Self::new(value & ((1 << count) - 1), count), Self::new(value >> count, self.count() - count))
    }

    /// The number of bits in all of `bits`.
    pub(crate) fn total(bits: &[Self]) -> usize {
        bits.iter().map(|bits| bits.count() as usize).sum()
    }
}

/// Writes bits into bytes that the caller owns.
///
/// Every push stores eight bytes, whole or not, and the next push overwrites those that were not: no branch depends on the
/// data. So the bytes must reach [`SLACK`](Self::SLACK) beyond where the last push begins.
pub(crate) struct BitWriter<'a> {
    /// The bytes that are left, and how many there were.
    left: &'a mut [u8],
    room: usize,
    /// Bits that do not fill a byte yet, at most seven between calls.
    pending: u64,
    count: u32,
}

impl<'a> BitWriter<'a> {
    /// Bytes that a push stores.
    pub(crate) const SLACK: usize = 8;

    pub(crate) fn new(bytes: &'a mut [u8]) -> Self {
        Self { room: bytes.len(), left: bytes, pending: 0, count: 0 }
    }

    /// Appends the low `count` bits of `value`, at most [`Bits::MAX_COUNT`]; the others must be zero.
    ///
    /// # Panics
    ///
    /// If fewer than [`SLACK`](Self::SLACK) bytes are left. A writer never loses bits.
    #[inline(always)]
    pub(crate) fn push(&mut self, value: u64, count: u32) {
        debug_assert!(count <= Bits::MAX_COUNT && value >> count == 0);
        debug_assert!(self.left.len() >= Self::SLACK, "no room for {count} bits");
        self.pending |= value << self.count;
        self.count += count;
        let left = core::mem::take(&mut self.left);
        let Some(chunk) = left.first_chunk_mut() else { no_room() };
        *chunk = self.pending.to_le_bytes();
        let whole = self.count & 56;
        self.left = &mut left[(whole / 8) as usize..];
        self.pending >>= whole;
        self.count &= 7;
    }

    /// Appends two values with their counts, together if they fit: one push takes less time than two.
    #[inline(always)]
    pub(crate) fn push_both(&mut self, (value, count): (u64, u32), (more, more_count): (u64, u32)) {
        if count + more_count <= Bits::MAX_COUNT {
            self.push(value | more << count, count + more_count);
        } else {
            self.push(value, count);
            self.push(more, more_count);
        }
    }

    #[inline(always)]
    pub(crate) fn push_all(&mut self, all: &[Bits]) {
        for &bits in all {
            self.push(bits.value(), bits.count());
        }
    }

    /// Returns the number of whole bytes, and the bits after them.
    pub(crate) fn into_parts(self) -> (usize, Bits) {
        (self.room - self.left.len(), Bits::new(self.pending, self.count))
    }

    /// Fills the last byte with zeros and returns the number of bytes.
    pub(crate) fn finish(self) -> usize {
        let (len, rest) = self.into_parts();
        len + usize::from(rest.count() > 0)
    }
}

#[cold]
fn no_room() -> ! {
    panic!("no room for the bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_bits_after_any_other_is_written_bit_by_bit() {
        let mut bytes = [0xFF; 24];
        for (before, count) in (0..8).flat_map(|before| (0..=Bits::MAX_COUNT).map(move |count| (before, count))) {
            for value in [0, u64::MAX, 0x5A5A_5A5A_5A5A_5A5A, 0x0123_4567_89AB_CDEF] {
                let bits = [(0x6D, before), (value, count), (1, 1)];
                let bits = bits.map(|(value, count)| Bits::new(value & ((1 << count) - 1), count));
                assert_eq!(Bits::total(&bits), (before + count + 1) as usize);
                let mut out = BitWriter::new(&mut bytes);
                out.push_all(&bits);
                let len = out.finish();
                let mut expected: Vec<u64> =
                    bits.iter().flat_map(|bits| (0..bits.count()).map(|i| bits.value() >> i & 1)).collect();
                expected.resize(expected.len().next_multiple_of(8), 0);
                let written = bytes[..len].iter().flat_map(|byte| (0..8).map(move |i| u64::from(byte >> i & 1)));
                assert!(written.eq(expected), "{before} and {count} bits");
            }
        }
    }

    #[test]
    fn joined_bits_are_both_in_their_order() {
        for (first, second) in [(0, 0), (1, 55), (20, 36), (56, 0), (0, 56)] {
            let ones = |count: u32| Bits::new((1 << count) - 1, count);
            assert_eq!(ones(first).then(ones(second)), ones(first + second));
        }
        assert_eq!(Bits::new(0b01, 2).then(Bits::new(0b110, 3)), Bits::new(0b11001, 5));
    }

    #[test]
    fn split_bits_are_the_same_when_joined() {
        let bits = Bits::new(0b1_0110, 5);
        for count in 0..=Bits::MAX_COUNT {
            let (first, rest) = bits.split(count);
            assert_eq!((first.count(), first.then(rest)), (count.min(5), bits));
        }
    }

    #[test]
    #[should_panic(expected = "no room")]
    fn bits_without_room_are_not_lost_silently() {
        let mut bytes = [0; 2 * BitWriter::SLACK - 1];
        let mut out = BitWriter::new(&mut bytes);
        out.push(0, 56);
        out.push(0, 8);
        out.push(0, 1);
    }
}
