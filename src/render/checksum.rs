//! The checksum of a zlib stream (Adler-32, RFC 1950), joined and repeated without a look at the bytes.

use super::apart::Apart;
use super::geometry::{GROUP, Geometry, NO_FILTER, Row, TAILS, from_group};

/// What the checksum of some bytes needs to know of them.
///
/// The sums are exact; only the checksum itself is reduced. An image's scan lines are at most 2^26 bytes, so its weighted sum is
/// below 255 x 2^26 x 2^26 / 2, less than 2^59.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Adler {
    /// Sum of the bytes.
    sum: u64,
    /// Sum of the bytes, each times the number of bytes from it to the end.
    weighted: u64,
    /// How many bytes.
    len: u64,
}

impl Adler {
    const MODULUS: u64 = 65_521;
    /// Of no bytes.
    pub(super) const NOTHING: Self = Self { sum: 0, weighted: 0, len: 0 };
    /// No bytes yet: the checksum begins with a sum of one.
    pub(super) const START: Self = Self { sum: 1, weighted: 0, len: 0 };

    pub(super) fn of(bytes: &[u8]) -> Self {
        bytes
            .iter()
            .fold(Self::NOTHING, |all, &byte| all.then(Self { sum: byte.into(), weighted: byte.into(), len: 1 }))
    }

    /// Of that byte and zeros behind it, `len` bytes in all.
    #[inline(always)]
    pub(super) fn of_one(byte: u8, len: u64) -> Self {
        Self { sum: byte.into(), weighted: u64::from(byte) * len, len }
    }

    /// Of these bytes and more behind them.
    #[inline(always)]
    pub(super) fn then(self, more: Self) -> Self {
        Self {
            sum: self.sum + more.sum,
            weighted: self.weighted + self.sum * more.len + more.weighted,
            len: self.len + more.len,
        }
    }

    /// Of these bytes `times` times over.
    #[inline(always)]
    pub(super) fn times(self, times: u64) -> Self {
        let pairs = times * times.saturating_sub(1) / 2;
        Self {
            sum: self.sum * times,
            weighted: self.weighted * times + self.sum * self.len * pairs,
            len: self.len * times,
        }
    }

    pub(super) fn value(self) -> u32 {
        (((self.weighted % Self::MODULUS) << 16) | (self.sum % Self::MODULUS)) as u32
    }
}

/// Parts of one length, joined so that a further part only adds.
#[derive(Clone, Copy, Default)]
pub(super) struct Parts {
    count: u64,
    sum: u64,
    /// Sums of their bytes, each times the bytes from it to the end of its part.
    weighted: u64,
    /// Sums of each part, each times the parts behind it.
    behind: u64,
}

impl Parts {
    #[inline(always)]
    pub(super) fn add(&mut self, part: Adler) {
        self.count += 1;
        self.behind += self.sum;
        self.sum += part.sum;
        self.weighted += part.weighted;
    }

    /// Of all parts, each `len` bytes long and followed by so many copies of itself less one and then by `more`: as if each part
    /// were `part.times(times).then(more)`.
    #[inline(always)]
    pub(super) fn finish(self, len: u64, times: u64, more: Adler) -> Adler {
        let Self { count, sum, weighted, behind } = self;
        // What one of the parts becomes is linear in its sums.
        let whole = Adler { sum, weighted, len }.times(times);
        let pairs = count * count.saturating_sub(1) / 2;
        let part_len = times * len + more.len;
        Adler {
            sum: whole.sum + count * more.sum,
            weighted: whole.weighted
                + whole.sum * more.len
                + count * more.weighted
                + part_len * (times * behind + pairs * more.sum),
            len: count * part_len,
        }
    }
}

/// What the groups of a line and its tail add to its checksum.
pub(super) struct Sums {
    /// Groups of a row.
    count: usize,
    scale: u64,
    /// Bytes of a line.
    line: u64,
    tables: Box<Apart<Tables>>,
}

/// A sum and, 32 bits further up, a weighted sum. A line's stay below 2^32: it has 2,895 bytes at most.
struct Tables {
    /// Of each group with what is behind the groups, as if that were zeros.
    groups: [u64; 256],
    /// By tail, of a line whose groups are zeros.
    tails: [u64; TAILS],
}

impl Sums {
    pub(super) fn new(geometry: Geometry) -> Self {
        let of = |dark, len| Adler::of(&geometry.bytes(dark, len));
        let pack = |Adler { sum, weighted, .. }| weighted << 32 | sum;
        let behind = geometry.tail_len() + geometry.behind();
        let group = |dark| of(dark, geometry.scale).then(Adler::of_one(0, behind as u64));
        let groups_len = geometry.groups() * geometry.scale;
        let before = Adler::of(&[NO_FILTER]).then(of(0, geometry.lead())).then(Adler::of_one(0, groups_len as u64));
        Self {
            count: geometry.groups(),
            scale: geometry.scale as u64,
            line: geometry.line() as u64,
            tables: Box::new(Apart(Tables {
                groups: core::array::from_fn(|dark| pack(group(dark))),
                tails: core::array::from_fn(|tail| pack(before.then(of(tail, behind)))),
            })),
        }
    }

    /// Of the first scan line of a row.
    #[inline(always)]
    pub(super) fn line(&self, row: &Row) -> Adler {
        let mut sums = GroupSums::default();
        let groups = &self.tables.groups;
        let mut add = |word: u64, count: usize| {
            for i in 0..count {
                sums.add(groups[usize::from((word >> (GROUP * i)) as u8)]);
            }
        };
        let (words, rest) = (self.count / 8, self.count % 8);
        for word in &row[..words] {
            add(*word, 8);
        }
        if let Some(word) = row.get(words) {
            add(*word, rest);
        }
        self.of_line(sums, from_group(row, self.count) as usize)
    }

    /// What each group adds to [`GroupSums`].
    pub(super) fn groups(&self) -> &[u64; 256] {
        &self.tables.groups
    }

    /// Of a scan line of those groups that ends in that tail.
    #[inline(always)]
    pub(super) fn of_line(&self, groups: GroupSums, tail: usize) -> Adler {
        const LOW: u64 = u32::MAX as u64;
        let sums = groups.sums + self.tables.tails[tail % TAILS];
        Adler { sum: sums & LOW, weighted: (sums >> 32) + self.scale * (groups.behind & LOW), len: self.line }
    }
}

/// Sums of the groups of a line so far.
#[derive(Clone, Copy, Default)]
pub(super) struct GroupSums {
    sums: u64,
    /// Sums of all that were before each group: the lower half counts.
    behind: u64,
}

impl GroupSums {
    /// Adds one of [`Sums::groups`].
    #[inline(always)]
    pub(super) fn add(&mut self, group: u64) {
        self.behind = self.behind.wrapping_add(self.sums);
        self.sums += group;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checksum as RFC 1950, 8.2 has it.
    fn textbook(bytes: &[u8]) -> u32 {
        let (mut a, mut b) = (1, 0);
        for byte in bytes {
            a = (a + u32::from(*byte)) % 65_521;
            b = (b + a) % 65_521;
        }
        b << 16 | a
    }

    #[test]
    fn joined_and_repeated_is_the_checksum_of_all_bytes() {
        assert_eq!(textbook(b"Wikipedia"), 0x11E6_0398);
        let parts: [&[u8]; 6] = [b"", b"\0", b"\xFF\xFF\xFF", b"scan line", &[0xFF; 700], &[2, 0, 0, 0]];
        for first in parts {
            for second in parts {
                for times in [0, 1, 2, 3, 255] {
                    let all = [first, &second.repeat(times)].concat();
                    let joined = Adler::START.then(Adler::of(first)).then(Adler::of(second).times(times as u64));
                    assert_eq!(joined.value(), textbook(&all));
                    let mut equal = Parts::default();
                    for _ in 0..times {
                        equal.add(Adler::of(second));
                    }
                    let len = second.len() as u64;
                    assert_eq!(equal.finish(len, 1, Adler::of(b"")), Adler::of(second).times(times as u64));
                    // Each part twice and three bytes behind it, the parts not alike.
                    let mut parts = Parts::default();
                    let mut expected = Adler::of(b"");
                    for i in 0..times {
                        let part: Vec<u8> = second.iter().map(|byte| byte.wrapping_add(i as u8)).collect();
                        parts.add(Adler::of(&part));
                        expected = expected.then(Adler::of(&[&part[..], &part[..], b"end"].concat()));
                    }
                    assert_eq!(parts.finish(len, 2, Adler::of(b"end")), expected);
                }
            }
        }
        assert_eq!(Adler::of_one(2, 4), Adler::of(&[2, 0, 0, 0]));
    }
}
