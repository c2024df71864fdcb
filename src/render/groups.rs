//! Rows of modules coded eight modules at a time.
//!
//! Eight modules are whole bytes at every scale: a *group*. There are only 256 of them, so their bits stand in a table. What
//! remains of a line behind its last full group is its *tail*, of 1, 3, 5 or 7 modules, since the number of modules is odd.
//! For scales at which a group is a few bytes that hardly repeat themselves: little is gained there by looking further back.

use std::ops::Range;

use super::codes::{Codes, Counts, SAMPLED};
use super::deflate::{BitWriter, Bits, MOST_BITS, Token};
use super::geometry::{GROUP, Geometry, Row, WIDEST};

/// The table of one version, scale and quiet zone.
#[derive(Debug)]
pub(super) struct Groups {
    /// Groups from where a [`Row`] begins to the end of a line, in all and of those that it holds. Worked out for every row, the
    /// second is 1 to 2 % of the instructions.
    count: usize,
    in_row: usize,
    groups: Box<[Coded; 256]>,
    tails: Vec<Coded>,
    /// Codes too long for a [`Coded`].
    more: Vec<Bits>,
    /// Whether any two groups have few enough bits to be pushed at once.
    fit_in_pairs: bool,
}

#[derive(Clone, Debug)]
struct Coded {
    bits: Bits,
    /// Which of [`Groups::more`] follow.
    more: Range<u32>,
}

impl Groups {
    /// The table, the codes that it is made with, and the bits of an image on average, for images like those whose rows are
    /// `samples`, with the tokens in `others` between the rows.
    pub(super) fn new(geometry: Geometry, samples: &[Vec<Row>], others: &Counts) -> (Self, Codes, u64) {
        let count = geometry.groups();
        let group_bytes: Vec<Vec<u8>> = (0..256).map(|dark| geometry.bytes(dark, geometry.scale)).collect();
        let tail_bytes: Vec<Vec<u8>> =
            (0..1 << geometry.tail()).map(|dark| geometry.bytes(dark, geometry.tail_len())).collect();
        // All may occur, so all have a code; those of the rows at hand count for more.
        let (mut group_counts, mut tail_counts) = ([1; 256], vec![1; tail_bytes.len()]);
        for row in samples.iter().flatten() {
            for group in 0..count {
                group_counts[geometry.group(row, group)] += SAMPLED;
            }
            tail_counts[geometry.group(row, count) % tail_bytes.len()] += SAMPLED;
        }

        let ((group_tokens, tail_tokens), codes, bits) = Codes::settle(samples.len(), |codes| {
            let [groups, tails] = [&group_bytes, &tail_bytes]
                .map(|all| all.iter().map(|bytes| codes.fewest(bytes)).collect::<Vec<Vec<Token>>>());
            let mut counts = others.times(SAMPLED);
            for (tokens, &count) in groups.iter().zip(&group_counts).chain(tails.iter().zip(&tail_counts)) {
                counts.add_all(tokens, count);
            }
            ((groups, tails), counts)
        });

        let mut more = Vec::new();
        let mut coded = |tokens: &Vec<Token>| {
            let bits = codes.encode(tokens, MOST_BITS);
            let start = more.len() as u32;
            more.extend_from_slice(&bits[1..]);
            Coded { bits: bits[0], more: start..more.len() as u32 }
        };
        let groups: Box<[Coded; 256]> = Box::new(core::array::from_fn(|dark| coded(&group_tokens[dark])));
        let tails = tail_tokens.iter().map(&mut coded).collect();
        let fit_in_pairs = groups.iter().all(|group| group.more.is_empty() && 2 * group.bits.count <= MOST_BITS);
        (Self { count, in_row: count.min(8 * WIDEST), groups, tails, more, fit_in_pairs }, codes, bits)
    }

    /// Bits that may be pushed with a tail.
    pub(super) fn room_behind_tail(&self) -> u32 {
        MOST_BITS - self.tails.iter().map(|tail| tail.bits.count).max().unwrap_or(0)
    }

    /// Bits that no row takes more of.
    pub(super) fn most_bits(&self) -> usize {
        let of = |coded: &Coded| coded.bits.count as usize + Bits::total(self.more_of(coded));
        let most = |all: &[Coded]| all.iter().map(of).max().unwrap_or(0);
        self.count * most(&*self.groups) + most(&self.tails)
    }

    /// Writes a row from the end of its margin on, and what follows it, `ending`, whose first bits are no more than
    /// [`room_behind_tail`](Self::room_behind_tail).
    #[inline(always)]
    pub(super) fn write_row(&self, out: &mut BitWriter<'_>, row: &Row, ending: &[Bits]) {
        let (words, rest) = (self.in_row / 8, self.in_row % 8);
        for word in &row[..words] {
            self.push_groups(out, *word, 8);
        }
        if let Some(&word) = row.get(words) {
            self.push_groups(out, word, rest);
        }
        // Behind the symbol the quiet zone may reach further than a `Row` does.
        for _ in self.in_row..self.count {
            self.push(out, &self.groups[0]);
        }
        let tail = row.get(self.count / 8).map_or(0, |word| word >> (GROUP * (self.count % 8)));
        // A power of two.
        let tail = &self.tails[tail as usize & (self.tails.len() - 1)];
        match ending {
            [first, rest @ ..] if tail.more.is_empty() => {
                out.push(tail.bits.then(*first));
                out.push_all(rest);
            }
            _ => {
                self.push(out, tail);
                out.push_all(ending);
            }
        }
    }

    /// Writes the first `count` groups of a word.
    #[inline(always)]
    fn push_groups(&self, out: &mut BitWriter<'_>, word: u64, count: usize) {
        let byte = |i: usize| (word >> (GROUP * i)) as u8;
        // Two groups that fit are pushed as one: pushing is what takes the time.
        let paired = if self.fit_in_pairs { count & !1 } else { 0 };
        for i in (0..paired).step_by(2) {
            let [first, second] = [byte(i), byte(i + 1)].map(|dark| self.groups[usize::from(dark)].bits);
            out.push(first.then(second));
        }
        for i in paired..count {
            self.push(out, &self.groups[usize::from(byte(i))]);
        }
    }

    #[inline(always)]
    fn push(&self, out: &mut BitWriter<'_>, coded: &Coded) {
        out.push(coded.bits);
        if !coded.more.is_empty() {
            out.push_all(self.more_of(coded));
        }
    }

    fn more_of(&self, coded: &Coded) -> &[Bits] {
        &self.more[coded.more.start as usize..coded.more.end as usize]
    }
}
