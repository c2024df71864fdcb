//! Rows of modules coded eight modules at a time.
//!
//! Eight modules are whole bytes at every scale: a *group*. There are only 256 of them, so their bits stand in a table. What
//! remains of a row behind its last full group is its *tail*.
//! For scales at which a group is a few bytes that hardly repeat themselves: little is gained there by looking further back.

use super::checksum::{Adler, GroupSums, Sums};
use super::codes::{Coded, Codes, Counts, SAMPLED};
use super::deflate::{BitWriter, Bits, MOST_BITS, Token};
use super::geometry::{GROUP, Geometry, Row, from_group, group};
use super::repeats::Between;
use super::seams::{Seam, Seen};

/// How all rows of an image of one version, scale and quiet zone are coded, and what stands between them.
pub(super) struct Groups {
    /// Groups of a row.
    count: usize,
    groups: Box<[Group; 256]>,
    ends: Ends,
    /// The tail of the last row, and what follows that.
    tails: Vec<Coded>,
    below: Box<[Bits]>,
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

/// How every row but the last ends.
enum Ends {
    /// By tail, it and what follows.
    Tails(Vec<Coded>),
    /// With the row that follows: its first group is part of the seam.
    Seam(Box<Seam<Bits>>),
}

impl Groups {
    /// For images like those whose rows are `samples`, with the codes that they are coded with and the bits of an image on
    /// average.
    pub(super) fn new(geometry: Geometry, samples: &[Vec<Row>], around: &Between<Vec<Token>>) -> (Self, Codes, u64) {
        let count = geometry.groups();
        let group_bytes: Vec<Vec<u8>> = (0..256).map(|dark| geometry.bytes(dark, geometry.scale)).collect();
        let tail_bytes: Vec<Vec<u8>> =
            (0..1 << geometry.tail()).map(|dark| geometry.bytes(dark, geometry.tail_len())).collect();

        let ((group_tokens, tail_tokens, seam), codes, bits) = Codes::settle(samples.len(), |codes| {
            let [groups, tails] = [&group_bytes, &tail_bytes]
                .map(|all| all.iter().map(|bytes| codes.fewest(bytes, 0)).collect::<Vec<_>>());
            let seam = Seam::new(geometry, codes);
            let mut seams = Counts::of_blocks(samples.len() as u32);
            // All may occur, so all have a code; those of the rows at hand count for more.
            let (mut group_counts, mut tail_counts) = ([1; 256], vec![1; tails.len()]);
            for rows in samples {
                let seen = &mut Seen::default();
                for (y, row) in rows.iter().enumerate() {
                    let tail = group(row, count) % tails.len();
                    let is_sewn = seam.as_ref().is_some_and(|seam| seam.write(seen, row, tail as u8, &mut seams));
                    for i in usize::from(is_sewn)..count {
                        group_counts[group(row, i)] += SAMPLED;
                    }
                    if y == rows.len() - 1 || seam.is_none() {
                        tail_counts[tail] += SAMPLED;
                    }
                    if y > 0 && !is_sewn {
                        seams.add_all(&around.between, 1);
                    }
                }
            }
            // In a wide quiet zone there are many of them.
            seams.add_all(&around.above, samples.len() as u32);
            seams.add_all(&around.below, samples.len() as u32);
            let mut counts = seams.times(SAMPLED);
            for (tokens, &count) in groups.iter().zip(&group_counts).chain(tails.iter().zip(&tail_counts)) {
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
        let groups: Box<[Group; 256]> = Box::new(core::array::from_fn(with_sums));
        let ends = match seam {
            None => Ends::Tails(tail_tokens.iter().map(|tail| coded(&[&tail[..], &around.between].concat())).collect()),
            Some(seam) => Ends::Seam(Box::new(seam.coded(&codes))),
        };
        let tails = tail_tokens.iter().map(|tail| coded(tail)).collect();
        let below = codes.encode(&around.below, MOST_BITS);
        let fit_in_pairs = groups.iter().all(|group| 2 * group.coded.0.count <= MOST_BITS);
        (Self { count, groups, ends, tails, below, long, fit_in_pairs, sums }, codes, bits)
    }

    /// Bits that no so many rows take more of, what is between and below them included.
    pub(super) fn most_bits(&self, rows: usize) -> usize {
        let of = |coded: &Coded| Bits::total(coded.all(&self.long));
        let most = |all: &[Coded]| all.iter().map(of).max().unwrap_or(0);
        let ends = match &self.ends {
            Ends::Tails(ends) => most(ends),
            Ends::Seam(seam) => seam.most_bits(),
        };
        let group = self.groups.iter().map(|group| of(&group.coded)).max().unwrap_or(0);
        rows * (self.count * group + ends) + most(&self.tails) + Bits::total(&self.below)
    }

    /// Writes a row from the end of its margin on, and what follows it. Gives the checksum of its first scan line.
    #[inline(always)]
    pub(super) fn write_row(&self, out: &mut BitWriter<'_>, seen: &mut Seen, row: &Row, is_last: bool) -> Adler {
        let mut sums = GroupSums::default();
        // A power of two.
        let tail = from_group(row, self.count) as usize & (self.tails.len() - 1);
        match &self.ends {
            Ends::Tails(ends) => {
                self.push_row(out, &mut sums, row, self.count);
                if !is_last {
                    ends[tail].push(&self.long, out);
                }
            }
            Ends::Seam(seam) => {
                let first = &self.groups[group(row, 0)];
                sums.add(first.sums);
                if !seam.write(seen, row, tail as u8, out) {
                    first.coded.push(&self.long, out);
                }
                let more = |i: usize| row.get(i + 1).map_or(0, |word| word << (64 - GROUP));
                let others = core::array::from_fn(|i| row[i] >> GROUP | more(i));
                self.push_row(out, &mut sums, &others, self.count - 1);
            }
        }
        if is_last {
            self.tails[tail].push(&self.long, out);
            out.push_all(&self.below);
        }
        self.sums.of_line(sums, tail)
    }

    /// Writes the first `count` groups of a row.
    #[inline(always)]
    fn push_row(&self, out: &mut BitWriter<'_>, sums: &mut GroupSums, row: &Row, count: usize) {
        let (words, rest) = (count / 8, count % 8);
        for word in &row[..words] {
            self.push_groups(out, sums, *word, 8);
        }
        if let Some(&word) = row.get(words) {
            self.push_groups(out, sums, word, rest);
        }
    }

    /// Writes the first `count` groups of a word.
    #[inline(always)]
    fn push_groups(&self, out: &mut BitWriter<'_>, sums: &mut GroupSums, word: u64, count: usize) {
        let group = |i: usize| &self.groups[usize::from((word >> (GROUP * i)) as u8)];
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
