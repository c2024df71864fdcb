//! Rows of modules coded eight modules at a time.
//!
//! Eight modules are whole bytes at every scale: a *group*. There are only 256 of them, so their bits stand in a table. What
//! remains of a row behind its last full group is its *tail*.
//! For scales at which a group is a few bytes that hardly repeat themselves: little is gained there by looking further back.

use core::cell::LazyCell;

use super::apart::{Apart, ApartSlice};
use super::checksum::{Adler, GroupSums, Sums};
use super::codes::{Coded, Codes, Counts, SAMPLED};
use super::deflate::{BitWriter, Bits, MOST_BITS, Token};
use super::geometry::{GROUP, Geometry, Row, TAILS, from_group, group};
use super::repeats::Between;
use super::seams::{Seam, Seen};

/// Rounds in which codes settle: more make images a five-hundredth smaller at most, and the first one of a version take a third longer.
const ROUNDS: usize = 3;

/// How all rows of an image of one version, scale and quiet zone are coded, and what stands between them.
pub(super) struct Groups {
    /// Groups of a row.
    count: usize,
    tables: Box<Apart<Tables>>,
    /// If every row but the last ends with the row that follows: its first group is part of the seam.
    seam: Option<Box<Seam<Bits>>>,
    /// What follows the last row.
    below: ApartSlice<Bits>,
    /// What is more than is pushed at once.
    long: Vec<Box<[Bits]>>,
    /// Whether any two groups have few enough bits to be pushed at once.
    fit_in_pairs: bool,
    sums: Sums,
}

/// Its sums stand with its bits: to look them up in [`Sums`] is 2 to 5 % more instructions.
#[derive(Clone)]
struct Group {
    coded: Coded,
    sums: u64,
}

struct Tables {
    groups: [Group; 256],
    /// By tail, that of the last row.
    tails: [Coded; TAILS],
    /// By tail, that of any other row without a seam and what follows.
    ends: [Coded; TAILS],
}

/// What occurs how often in samples.
struct Sampled {
    /// Each time counts [`SAMPLED`], and all are there once more.
    groups: [u32; 256],
    tails: [u32; TAILS],
    /// What is between rows and around them, each time once.
    others: Counts,
}

impl Sampled {
    fn of(samples: &[Vec<Row>], seam: Option<&Seam<Token>>, geometry: Geometry, around: &Between<Vec<Token>>) -> Self {
        let mut others = Counts::of_blocks(samples.len() as u32);
        let (count, mut between) = (geometry.groups(), 0);
        // All may occur, so all have a code.
        let (mut groups, mut tails) = ([1; 256], [1; TAILS]);
        for rows in samples {
            let seen = &mut Seen::default();
            for (y, row) in rows.iter().enumerate() {
                let tail = group(row, count);
                let is_sewn = seam.is_some_and(|seam| seam.write(seen, row, tail as u8, &mut others));
                for i in usize::from(is_sewn)..count {
                    groups[group(row, i)] += SAMPLED;
                }
                if y == rows.len() - 1 || seam.is_none() {
                    tails[tail] += SAMPLED;
                }
                between += u32::from(y > 0 && !is_sewn);
            }
        }
        others.add_all(&around.between, between);
        // In a wide quiet zone there are many of them.
        others.add_all(&around.above, samples.len() as u32);
        others.add_all(&around.below, samples.len() as u32);
        Self { groups, tails, others }
    }
}

impl Groups {
    /// For images like those whose rows are `samples`, with the codes that they are coded with and the bits of an image on
    /// average.
    pub(super) fn new(geometry: Geometry, samples: &[Vec<Row>], around: &Between<Vec<Token>>) -> (Self, Codes, u64) {
        let count = geometry.groups();
        let group_bytes: Vec<Vec<u8>> = (0..256).map(|dark| geometry.bytes(dark, geometry.scale)).collect();
        let tail_bytes: Vec<Vec<u8>> =
            (0..1 << geometry.tail()).map(|dark| geometry.bytes(dark, geometry.tail_len())).collect();

        // Without a seam, what occurs does not depend on the codes.
        let plain = LazyCell::new(|| Sampled::of(samples, None, geometry, around));
        let ((group_tokens, tail_tokens, seam), codes, bits) = Codes::settle(samples.len(), ROUNDS, |codes| {
            let [groups, tails] = [&group_bytes, &tail_bytes]
                .map(|all| all.iter().map(|bytes| codes.fewest(bytes, 0)).collect::<Vec<_>>());
            let seam = Seam::new(geometry, codes);
            let sewn = seam.as_ref().map(|seam| Sampled::of(samples, Some(seam), geometry, around));
            let Sampled { groups: group_counts, tails: tail_counts, others } = sewn.as_ref().unwrap_or(&plain);
            let mut counts = others.times(SAMPLED);
            for (tokens, &count) in groups.iter().zip(group_counts).chain(tails.iter().zip(tail_counts)) {
                counts.add_all(tokens, count);
            }
            if let Some(seam) = &seam {
                seam.count_all(&mut counts);
            }
            ((groups, tails, seam), counts)
        });

        let mut long = Vec::new();
        let mut coded = |tokens: &[Token]| Coded::new(tokens, &codes, &mut long);
        let sums = Sums::new(geometry);
        let with_sums = |dark: usize| Group { coded: coded(&group_tokens[dark]), sums: sums.groups()[dark] };
        let groups: [Group; 256] = core::array::from_fn(with_sums);
        let fit_in_pairs = groups.iter().all(|group| 2 * group.coded.0.count <= MOST_BITS);
        let mut by_tail = |then: &[Token]| {
            let mut tails = tail_tokens.iter().map(|tail| coded(&[tail, then].concat()));
            core::array::from_fn(|_| tails.next().unwrap_or_default())
        };
        let tails = by_tail(&[]);
        let ends = if seam.is_none() { by_tail(&around.between) } else { [Coded::default(); TAILS] };
        let tables = Box::new(Apart(Tables { groups, tails, ends }));
        let seam = seam.map(|seam| Box::new(seam.coded(&codes)));
        let below = codes.encode(&around.below, MOST_BITS).into_iter().collect();
        (Self { count, tables, seam, below, long, fit_in_pairs, sums }, codes, bits)
    }

    /// Bits that no so many rows take more of, what is between and below them included.
    pub(super) fn most_bits(&self, rows: usize) -> usize {
        let of = |coded: &Coded| Bits::total(coded.all(&self.long));
        let most = |all: &[Coded]| all.iter().map(of).max().unwrap_or(0);
        let end = self.seam.as_ref().map_or(most(&self.tables.ends), |seam| seam.most_bits());
        let group = self.tables.groups.iter().map(|group| of(&group.coded)).max().unwrap_or(0);
        // The last row has no end, or the first no seam, which takes more bits than the tail of the last.
        rows * (self.count * group + end) + Bits::total(&self.below)
    }

    /// Writes a row from the end of its margin on, and what follows it. Gives the checksum of its first scan line.
    #[inline(always)]
    pub(super) fn write_row(&self, out: &mut BitWriter<'_>, seen: &mut Seen, row: &Row, is_last: bool) -> Adler {
        let mut sums = GroupSums::default();
        let Tables { groups, tails, ends } = &**self.tables;
        let tail = from_group(row, self.count) as usize % TAILS;
        match &self.seam {
            None => {
                self.push_row::<0>(out, &mut sums, row);
                if !is_last {
                    ends[tail].push(&self.long, out);
                }
            }
            Some(seam) => {
                let first = &groups[group(row, 0)];
                sums.add(first.sums);
                if !seam.write(seen, row, tail as u8, out) {
                    first.coded.push(&self.long, out);
                }
                self.push_row::<1>(out, &mut sums, row);
            }
        }
        if is_last {
            tails[tail].push(&self.long, out);
            out.push_all(&self.below);
        }
        self.sums.of_line(sums, tail)
    }

    /// Writes the groups of a row, but for so many at its beginning. Not of a row moved down by these: its words would be loaded across
    /// two that were stored just now.
    #[inline(always)]
    fn push_row<const BUT: usize>(&self, out: &mut BitWriter<'_>, sums: &mut GroupSums, row: &Row) {
        let (words, mut rest) = (self.count / 8, self.count % 8);
        let [first, others @ ..] = row;
        let mut word = first >> (GROUP * BUT);
        if words > 0 {
            self.push_groups(out, sums, word, 8 - BUT);
            for word in &others[..words - 1] {
                self.push_groups(out, sums, *word, 8);
            }
            word = others.get(words - 1).map_or(0, |word| *word);
        } else {
            rest = rest.saturating_sub(BUT);
        }
        self.push_groups(out, sums, word, rest);
    }

    /// Writes the first `count` groups of a word.
    #[inline(always)]
    fn push_groups(&self, out: &mut BitWriter<'_>, sums: &mut GroupSums, word: u64, count: usize) {
        let group = |i: usize| &self.tables.groups[usize::from((word >> (GROUP * i)) as u8)];
        // Two groups that fit are pushed as one: pushing is what takes the time.
        let paired = if self.fit_in_pairs { count & !1 } else { 0 };
        for i in (0..paired).step_by(2) {
            let [first, second] = [group(i), group(i + 1)];
            sums.add(first.sums);
            sums.add(second.sums);
            out.push(first.coded.0.then(second.coded.0));
        }
        for i in paired..count {
            sums.add(group(i).sums);
            group(i).coded.push(&self.long, out);
        }
    }
}
