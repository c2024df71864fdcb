//! Adler-32 (RFC 1950, 2.2) of bytes that are joined and repeated, without a look at each of them.

/// The terms of an Adler-32. They can be joined and repeated without the bytes.
///
/// Both sums are exact and only [`value`](Self::value) reduces them. Of at most 2^26 bytes, `weighted` is below
/// 255 x 2^26 x 2^26 / 2 < 2^59.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// The sum of the bytes.
    pub(crate) sum: u64,
    /// The sum of the bytes, each times the number of bytes from it to the end, itself included.
    pub(crate) weighted: u64,
    /// The number of bytes.
    pub(crate) len: u64,
}

impl Sums {
    const MODULUS: u64 = 65_521;

    pub(crate) fn of(bytes: &[u8]) -> Self {
        bytes.iter().fold(Self::default(), |all, &byte| all.then(Self::of_run(byte, 1)))
    }

    /// `byte`, `len` times.
    pub(crate) fn of_run(byte: u8, len: u64) -> Self {
        Self { sum: u64::from(byte) * len, weighted: u64::from(byte) * (len * (len + 1) / 2), len }
    }

    /// These bytes and `more` after them.
    #[inline(always)]
    pub(crate) fn then(self, more: Self) -> Self {
        Self {
            sum: self.sum + more.sum,
            weighted: self.weighted + self.sum * more.len + more.weighted,
            len: self.len + more.len,
        }
    }

    /// These bytes `times` times over.
    #[inline(always)]
    pub(crate) fn times(self, times: u64) -> Self {
        let pairs = times * times.saturating_sub(1) / 2;
        Self {
            sum: self.sum * times,
            weighted: self.weighted * times + self.sum * self.len * pairs,
            len: self.len * times,
        }
    }

    /// The checksum.
    pub(crate) fn value(self) -> u32 {
        // The sum of the bytes begins at one.
        let (low, high) = (1 + self.sum, self.len + self.weighted);
        (((high % Self::MODULUS) << 16) | (low % Self::MODULUS)) as u32
    }
}

/// Parts of one length that follow each other; adding one is two additions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EqualParts {
    count: u64,
    sum: u64,
    /// The sum of the parts' `weighted`.
    weighted: u64,
    /// The byte sum of each part times the number of parts after it, added up.
    prefix_sums: u64,
}

impl EqualParts {
    /// Adds a part.
    #[inline(always)]
    pub(crate) fn add(&mut self, part: Sums) {
        self.count += 1;
        self.prefix_sums += self.sum;
        self.sum += part.sum;
        self.weighted += part.weighted;
    }

    /// Returns the sums of all parts, each `len` bytes long, written `times` times over and followed by `more`.
    #[inline(always)]
    pub(crate) fn each(self, len: u64, times: u64, more: Sums) -> Sums {
        let Self { count, sum, weighted, prefix_sums } = self;
        // What a part becomes is linear in its sums, so all parts can be treated as one.
        let whole = Sums { sum, weighted, len }.times(times);
        let pairs = count * count.saturating_sub(1) / 2;
        let part_len = times * len + more.len;
        Sums {
            sum: whole.sum + count * more.sum,
            weighted: whole.weighted
                + whole.sum * more.len
                + count * more.weighted
                + part_len * (times * prefix_sums + pairs * more.sum),
            len: count * part_len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checksum as in the sample code of RFC 1950, 9.
    fn textbook(bytes: &[u8]) -> u32 {
        let (mut a, mut b) = (1, 0);
        for byte in bytes {
            a = (a + u32::from(*byte)) % 65_521;
            b = (b + a) % 65_521;
        }
        b << 16 | a
    }

    #[test]
    fn joined_and_repeated_sums_give_the_checksum_of_all_bytes() {
        assert_eq!(textbook(b"Wikipedia"), 0x11E6_0398);
        let parts: [&[u8]; 6] = [b"", b"\0", b"\xFF\xFF\xFF", b"scan line", &[0xFF; 700], &[2, 0, 0, 0]];
        for first in parts {
            for second in parts {
                for times in [0, 1, 2, 3, 255] {
                    let all = [first, &second.repeat(times)].concat();
                    let joined = Sums::of(first).then(Sums::of(second).times(times as u64));
                    assert_eq!(joined.value(), textbook(&all));
                }
            }
        }
        assert_eq!(Sums::of_run(0xFF, 700), Sums::of(&[0xFF; 700]));
    }

    #[test]
    fn equal_parts_give_the_sums_of_each_repeated_with_more_after_it() {
        for (len, count, times) in [(0, 3, 2), (1, 0, 1), (1, 1, 1), (9, 177, 1), (9, 177, 13), (300, 21, 255)] {
            let mut parts = EqualParts::default();
            let mut expected = Sums::default();
            for i in 0..count {
                let part = Sums::of(&(0..len).map(|j| (i * 7 + j * j) as u8).collect::<Vec<u8>>());
                parts.add(part);
                expected = expected.then(part.times(times)).then(Sums::of(b"end"));
            }
            assert_eq!(parts.each(len as u64, times, Sums::of(b"end")), expected);
        }
    }
}
