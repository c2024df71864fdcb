//! The penalty scores N1 to N4 (ISO/IEC 18004:2015, 7.8.3.1, Table 11).
//!
//! Knows the planes of [`layout`](super::layout) and registers; nothing of masks or codewords.
//!
//! # How the scores are counted
//!
//! The eight candidates lie side by side: every word of a plane is one [`Lanes`] with a word for each mask. An
//! operation works on as many of these as a [`Register`] holds.
//!
//! In a plane of rows a step from line to line is a step down the symbol, in a plane of columns a step to the right. So
//! the rules about rows and columns are counted from line to line, word by word, in both planes, and no bit moves
//! across words. Only N2 looks at the next module of the same line; it is counted in the plane of rows alone. Each rule
//! is a loop of its own: its state then fits the registers, and loading a line again costs next to nothing.
//!
//! The rules are read as `qrcodegen` reads them. N3 counts runs in the ratio 1:1:3:1:1 of any unit width, with four
//! units of light on one side and one on the other; it counts either side, and everything outside the symbol is light.
//! Patterns of width 1 are counted together with the other rules. Wider patterns are rare, take extra work to find and
//! only raise a score. So they are counted for one candidate at a time, and only for candidates that would win without
//! them.

use super::layout::{LOWER, padding};
use crate::simd::{Lanes, Register, Tally};

/// Penalty of a run of five modules (N1). Every further module costs 1.
const N1: u32 = 3;
/// Penalty of a block of 2 x 2 (N2).
const N2: u32 = 3;
/// Penalty of a finder-like pattern (N3).
const N3: u32 = 40;
/// Penalty of every 5 % by which the share of dark modules differs from 50 % (N4).
const N4: u32 = 10;

/// The counts for each mask from which the scores are computed.
pub(crate) struct Counts {
    /// Modules that end five or more modules of one colour.
    fives: Lanes,
    /// Runs of five or more modules.
    runs: Lanes,
    /// Blocks of 2 x 2 modules of one colour.
    blocks: Lanes,
    /// Finder-like patterns of unit width 1, counted once for each side with four units of light.
    finders: Lanes,
    /// Dark modules, including padding.
    dark: Lanes,
}

impl Counts {
    /// Creates counts of zero.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { fives: Lanes::ZERO, runs: Lanes::ZERO, blocks: Lanes::ZERO, finders: Lanes::ZERO, dark: Lanes::ZERO }
    }

    /// Counts N1 and N3 from line to line in one word of a plane. `lines` begins with [`LIGHT_BEFORE`] and ends with
    /// [`LIGHT_AFTER`] light lines.
    #[inline(always)]
    pub(crate) fn add_lines<R: Register>(&mut self, lines: &[Lanes]) {
        for part in 0..8 / R::LANES {
            let (fives, runs) = runs::<R>(inner(lines), part);
            add(&mut self.fives, fives, part);
            add(&mut self.runs, runs, part);
            add(&mut self.finders, finders::<R>(lines, part), part);
        }
    }

    /// Counts N2 and N4 in the same lines. `next` holds the next word of each line, whose first module may end a block.
    #[inline(always)]
    pub(crate) fn add_modules<R: Register>(&mut self, lines: &[Lanes], next: &[Lanes]) {
        for part in 0..8 / R::LANES {
            let (blocks, dark) = blocks::<R>(inner(lines), inner(next), part);
            add(&mut self.blocks, blocks, part);
            add(&mut self.dark, dark, part);
        }
    }

    /// Returns the scores of symbols of `size` modules a side.
    #[inline(always)]
    pub(crate) fn scores(&self, size: usize) -> [u32; 8] {
        self.scores_with(size, 1, u64::MAX)
    }

    /// Returns the scores of symbols whose rows and columns were counted as one plane, so that blocks and dark modules
    /// were counted twice.
    #[inline(always)]
    pub(crate) fn scores_of_both(&self, size: usize) -> [u32; 8] {
        self.scores_with(size, 2, LOWER)
    }

    /// Returns the scores if blocks and dark modules were counted `times` times and only the `kept` bits of the
    /// padding.
    #[inline(always)]
    fn scores_with(&self, size: usize, times: u32, kept: u64) -> [u32; 8] {
        // Padding alternates from line to line, as in lines 0 and 1.
        let ones = |line: usize| (padding(size, line) & kept).count_ones();
        let padded = size.div_ceil(2) as u32 * ones(0) + (size / 2) as u32 * ones(1);
        core::array::from_fn(|mask| {
            let count = |lanes: &Lanes| lanes.0[mask] as u32;
            // A run of n >= 5 modules has n - 4 modules that end five, and costs n - 2.
            let runs = count(&self.fives) + (N1 - 1) * count(&self.runs);
            let balance = balance_score(count(&self.dark) / times - padded, size);
            runs + N2 * (count(&self.blocks) / times) + N3 * count(&self.finders) + balance
        })
    }
}

/// Returns the lines of the symbol without the light lines around them.
#[inline(always)]
fn inner(lines: &[Lanes]) -> &[Lanes] {
    &lines[LIGHT_BEFORE..lines.len() - LIGHT_AFTER]
}

/// Adds to part `part` of the sums.
#[inline(always)]
fn add<R: Register>(sums: &mut Lanes, more: R, part: usize) {
    R::load(sums, part).plus(more).store(sums, part);
}

/// Counts N1: modules that end five or more of one colour from line to line, and runs that have such modules.
///
/// The size is 17 + 4 x version, so the lines after the first come in fours.
#[inline(always)]
fn runs<R: Register>(lines: &[Lanes], part: usize) -> (R, R) {
    let all = R::splat(u64::MAX);
    // A one where a line differs from the line before, where it and the 2 lines before are not all equal, and where it
    // and the 4 lines before are not all equal. The first line differs from the outside.
    let (mut differ2, mut differ3, mut differ5) = (all, [all; 2], all);
    let (mut count, mut runs) = (R::Tally::new(), R::splat(0));
    let mut before = R::load(&lines[0], part);
    for four in lines[1..].as_chunks::<4>().0 {
        // Four calls, not `map`: a closure would not use the registers, see [`Work::run`](crate::simd::Work::run).
        let [a, b, c, d] =
            [R::load(&four[0], part), R::load(&four[1], part), R::load(&four[2], part), R::load(&four[3], part)];
        let two = [a ^ before, b ^ a, c ^ b, d ^ c];
        let three = [two[0] | differ2, two[1] | two[0], two[2] | two[1], two[3] | two[2]];
        let five = [three[0] | differ3[0], three[1] | differ3[1], three[2] | three[0], three[3] | three[1]];
        count.add(five);
        // A run is counted in the four lines in which it reaches length five. No second run can do so in the same four
        // lines.
        runs = (differ5 & !(five[0] & five[1] & five[2] & five[3])).add_ones(runs);
        (before, differ2, differ3, differ5) = (d, two[3], [three[2], three[3]], five[3]);
    }
    (count.zeros(lines.len() - 1), runs)
}

/// Counts N2 and N4: blocks of 2 x 2 that end in each line, and dark modules.
#[inline(always)]
fn blocks<R: Register>(lines: &[Lanes], next: &[Lanes], part: usize) -> (R, R) {
    let (mut count, mut dark) = (R::Tally::new(), R::Tally::new());
    let (mut before, mut edges) = with_edges::<R>(&lines[0], &next[0], part);
    let none = R::splat(0);
    dark.add([before, none, none, none]);
    for (four, next) in lines[1..].as_chunks::<4>().0.iter().zip(next[1..].as_chunks::<4>().0) {
        let (a, edges_a) = with_edges::<R>(&four[0], &next[0], part);
        let (b, edges_b) = with_edges::<R>(&four[1], &next[1], part);
        let (c, edges_c) = with_edges::<R>(&four[2], &next[2], part);
        let (d, edges_d) = with_edges::<R>(&four[3], &next[3], part);
        count.add([
            (a ^ before) | edges_a | edges,
            (b ^ a) | edges_b | edges_a,
            (c ^ b) | edges_c | edges_b,
            (d ^ c) | edges_d | edges_c,
        ]);
        dark.add([a, b, c, d]);
        (before, edges) = (d, edges_d);
    }
    (count.zeros(lines.len() - 1), dark.sums())
}

/// Returns a line, and ones where a module differs from the next one in the line.
#[inline(always)]
fn with_edges<R: Register>(line: &Lanes, next: &Lanes, part: usize) -> (R, R) {
    let (line, next) = (R::load(line, part), R::load(next, part));
    (line, line ^ (line.down_by(1) | next.up_by(63)))
}

/// Returns the score of N4: 10 for every full or partial 5 % by which the share of dark modules lies outside 45 % to 55
/// %.
#[inline(always)]
fn balance_score(dark: u32, size: usize) -> u32 {
    let total = (size * size) as u32;
    N4 * (20 * dark).abs_diff(10 * total).div_ceil(total).saturating_sub(1)
}

/// Number of lines that are searched together for finder-like patterns of unit width 1. In one column no two patterns
/// with four light modules on the same side end in these lines, so one bit is enough.
const STEP: usize = 8;

/// Length of a finder-like pattern from the first of four light lines before its core to the light line after it.
const PATTERN_LEN: usize = 12;

/// Number of lines that a search step reads: the searched ones, the rest of a pattern before them and three lines after
/// them.
const WINDOW_LEN: usize = PATTERN_LEN - 1 + STEP + 3;

/// Number of light lines before the first line in every word of a plane of candidates. The first line that can follow a
/// core is number 7.
pub(crate) const LIGHT_BEFORE: usize = PATTERN_LEN - 1 - 7;

/// Number of light lines after the last line: for the rest of the last search step and three lines more.
pub(crate) const LIGHT_AFTER: usize = STEP + 3;

/// Counts finder-like patterns of unit width 1, once for each side with four light modules.
#[inline(always)]
fn finders<R: Register>(lines: &[Lanes], part: usize) -> R {
    let mut count = R::splat(0);
    let size = lines.len() - LIGHT_BEFORE - LIGHT_AFTER;
    // The light line after a core is line 7 at the earliest, and the first line after the symbol at the latest.
    let mut rest = lines;
    for _ in 0..(size + 1 - 7).div_ceil(STEP) {
        let Some(window) = rest.first_chunk() else { break };
        rest = &rest[STEP..];
        let [a, b, c, d, e, f, g, h] = [
            core::<R, 0>(window, part),
            core::<R, 1>(window, part),
            core::<R, 2>(window, part),
            core::<R, 3>(window, part),
            core::<R, 4>(window, part),
            core::<R, 5>(window, part),
            core::<R, 6>(window, part),
            core::<R, 7>(window, part),
        ];
        count = (a.0 | b.0 | c.0 | d.0 | e.0 | f.0 | g.0 | h.0).add_ones(count);
        count = (a.1 | b.1 | c.1 | d.1 | e.1 | f.1 | g.1 | h.1).add_ones(count);
    }
    count
}

/// Finds cores that end before the `LINE`-th searched line: those with four light modules before them, and those with
/// four after them.
#[inline(always)]
fn core<R: Register, const LINE: usize>(window: &[Lanes; WINDOW_LEN], part: usize) -> (R, R) {
    let line = |back: usize| R::load(&window[PATTERN_LEN - 1 + LINE - back], part);
    let ahead = |by: usize| R::load(&window[PATTERN_LEN - 1 + LINE + by], part);
    // From line 8 back to line 0: light, dark, light, three times dark, light, dark, light.
    let dark = line(7) & line(5) & line(4) & line(3) & line(1);
    let core = dark & !(line(8) | line(6) | line(2) | line(0));
    (core & !(line(9) | line(10) | line(11)), core & !(ahead(1) | ahead(2) | ahead(3)))
}

/// Number of light lines that [`wide_score`] needs before the first and after the last line.
pub(crate) const WIDE_LIGHT: usize = 20;

/// Returns the score of finder-like patterns of unit width 2 and more, from line to line in one word of one candidate.
/// `lines` begins and ends with [`WIDE_LIGHT`] light lines.
#[inline(always)]
pub(crate) fn wide_score<R: Register>(lines: &[u64]) -> u32 {
    let mut score = 0;
    let starts = (WIDE_LIGHT..lines.len() - WIDE_LIGHT).step_by(R::LANES);
    let mut rest = &lines[WIDE_LIGHT - 6..];
    for start in starts {
        let Some(window) = rest.first_chunk() else { break };
        rest = &rest[R::LANES..];
        let candidates = may_be_wide::<R>(window);
        if candidates.is_zero() {
            continue;
        }
        let mut words = Lanes::ZERO;
        candidates.store(&mut words, 0);
        for (line, mut candidates) in (start..).zip(words.0) {
            while candidates != 0 {
                score += N3 * sides(lines, line, candidates.trailing_zeros());
                candidates &= candidates - 1;
            }
        }
    }
    score
}

/// Number of lines that [`may_be_wide`] reads: those of the widest register, 6 before them and 11 after them.
const WIDE_WINDOW_LEN: usize = 6 + 8 + 11;

/// Finds the lines and modules at which the three dark units in the middle of a wide pattern may begin, in as many
/// lines as a register holds from line 6 of the window on.
///
/// It finds all patterns of unit width 2 and more, and little else: it looks at those modules of a pattern of width 2,
/// 3, or at least 4 that lie in the window.
#[inline(always)]
fn may_be_wide<R: Register>(lines: &[u64; WIDE_WINDOW_LEN]) -> R {
    let line = |first: usize| R::of_words(&lines[first..]);
    let middle = line(6) & line(7) & line(8) & line(9) & line(10) & line(11) & !(line(4) | line(5));
    let width2 = line(2) & line(3) & line(14) & line(15) & !(line(0) | line(1) | line(12) | line(13));
    let width3 = line(0) & line(1) & line(2) & !(line(15) | line(16) | line(17));
    let wider = line(15) & line(16) & line(17) & !line(2);
    middle & (width2 | (line(12) & line(13) & line(14) & !line(3) & (width3 | wider)))
}

/// Returns on how many sides a finder-like pattern has four units of light, 0 to 2, if its middle is the dark run that
/// begins in line `start`. Returns 0 if that run is not the middle of a pattern.
fn sides(lines: &[u64], start: usize, bit: u32) -> u32 {
    let dark = |i: usize| lines[i] >> bit & 1 != 0;
    // Lengths of the runs that end before a line and that begin with it.
    let up = |from: usize, colour: bool| (0..from).rev().take_while(|&i| dark(i) == colour).count();
    let down = |from: usize, colour: bool| (from..lines.len()).take_while(|&i| dark(i) == colour).count();
    let middle = down(start, true);
    let width = middle / 3;
    let (before, after) = (up(start, false), down(start + middle, false));
    let first_end = start - before;
    let last_start = start + middle + after;
    let (first, last) = (up(first_end, true), down(last_start, true));
    if middle % 3 != 0 || [before, after, first, last] != [width; 4] {
        return 0;
    }
    // Light that reaches the outside has no end.
    let (above, below) = (up(first_end - first, false), down(last_start + last, false));
    let above = if above == first_end - first { usize::MAX } else { above };
    let below = if below == lines.len() - (last_start + last) { usize::MAX } else { below };
    if above.min(below) < width {
        return 0;
    }
    u32::from(above >= 4 * width) + u32::from(below >= 4 * width)
}

#[cfg(test)]
mod tests {
    use qrmint_checks::Random;

    use super::*;
    use crate::encode::layout::{Layout, is_set};
    use crate::encode::mask::{Unmasked, inverts};
    use crate::encode::placement::transpose;
    use crate::simd::{InstructionSet, Work, dispatch};
    use crate::{ErrorCorrectionLevel, Mask, Version};

    /// Computes all eight scores and the choice with the registers of one instruction set.
    struct Score<'a>(Unmasked<'a>);

    impl Work for Score<'_> {
        type Output = ([u32; 8], Mask);

        #[inline(always)]
        fn run<R: Register>(self) -> Self::Output {
            let mut candidates = Vec::new();
            (self.0.scores::<R>(&mut candidates), self.0.choose::<R>(&mut candidates))
        }
    }

    /// Returns the score by the textbook: module by module, as `qrcodegen` reads the rules.
    fn textbook(size: usize, dark: impl Fn(usize, usize) -> bool) -> u32 {
        let mut score = 0;
        for across in [false, true] {
            for line in 0..size {
                let module = |i: usize| if across { dark(i, line) } else { dark(line, i) };
                // Runs of this line, with the light outside as one run on either side.
                let mut runs: Vec<(bool, usize)> = vec![(false, size)];
                for i in 0..size {
                    match runs.last_mut() {
                        Some((colour, len)) if *colour == module(i) && (i > 0 || !module(0)) => *len += 1,
                        _ => runs.push((module(i), 1)),
                    }
                }
                let mut inside = 0;
                for i in 0..size {
                    inside = if i > 0 && module(i) == module(i - 1) { inside + 1 } else { 1 };
                    score += match inside {
                        5 => 3,
                        6.. => 1,
                        _ => 0,
                    };
                }
                match runs.last_mut() {
                    Some((false, len)) => *len += size,
                    _ => runs.push((false, size)),
                }
                for seven in runs.windows(7) {
                    let n = seven[1].1;
                    let core = !seven[0].0 && seven[3].1 == 3 * n && [2, 4, 5].iter().all(|&i| seven[i].1 == n);
                    let (before, after) = (seven[0].1, seven[6].1);
                    score += 40 * u32::from(core && before >= 4 * n && after >= n);
                    score += 40 * u32::from(core && after >= 4 * n && before >= n);
                }
            }
        }
        let mut count = 0;
        for y in 0..size {
            for x in 0..size {
                count += u32::from(dark(x, y));
                if x > 0 && y > 0 {
                    let block = [dark(x, y), dark(x - 1, y), dark(x, y - 1), dark(x - 1, y - 1)];
                    score += 3 * u32::from(block.iter().all(|&module| module == block[0]));
                }
            }
        }
        // Smallest k >= 0 with (45 - 5k) % <= dark <= (55 + 5k) %.
        let total = (size * size) as u32;
        let within = |k: u32| {
            (45_i64 - 5 * i64::from(k)) * i64::from(total) <= 100 * i64::from(count)
                && 100 * i64::from(count) <= (55 + 5 * i64::from(k)) * i64::from(total)
        };
        score + 10 * (0..).find(|&k| within(k)).unwrap_or(0)
    }

    /// Compares all eight scores of a symbol with the textbook's scores of the finished symbols. `dark` gives the
    /// colours of the free modules.
    fn check(version: Version, level: ErrorCorrectionLevel, dark: &mut dyn FnMut(usize, usize) -> bool) {
        let layout = Layout::of(version);
        let size = layout.size;
        let mut rows = layout.function_patterns.to_vec();
        for y in 0..size {
            for x in 0..size {
                if is_set(layout.free, size, y, x) && dark(x, y) {
                    rows[x / 64 * size + y] |= 1 << (x % 64);
                }
            }
        }
        let mut columns = Vec::new();
        transpose(&rows, size, &mut columns);
        let symbol = Unmasked { layout: &layout, level, rows: &rows, columns: &columns };
        let mut finished = Vec::new();
        let expected = Mask::ALL.map(|mask| {
            symbol.finish(mask, &mut finished);
            textbook(size, |x, y| is_set(&finished, size, y, x))
        });
        let lowest = (0..8).find(|&mask| expected[mask] == *expected.iter().min().unwrap()).unwrap();
        for set in InstructionSet::available() {
            let (scores, mask) = dispatch(crate::simd::widest(Some(set)), Score(symbol));
            assert_eq!(scores, expected, "version {version}, level {level}, {set:?}");
            assert_eq!(mask.index(), lowest, "{set:?}");
        }
        assert_eq!(Score(symbol).run::<u64>(), (expected, Mask::ALL[lowest]));
    }

    #[test]
    fn all_eight_scores_are_the_textbook_ones_for_every_version_and_kind_of_data() {
        let mut random = Random::new(4);
        for (i, version) in Version::all().enumerate() {
            let level = ErrorCorrectionLevel::ALL[i % 4];
            for _ in 0..4 {
                check(version, level, &mut |_, _| random.bits() >> 40 & 1 != 0);
            }
            // Sparse and dense data make long runs.
            check(version, level, &mut |_, _| random.bits() >> 40 & 7 == 0);
            check(version, level, &mut |_, _| random.bits() >> 40 & 7 != 0);
            check(version, level, &mut |_, _| false);
            check(version, level, &mut |_, _| true);
            check(version, level, &mut |x, _| x % 2 == 0);
            check(version, level, &mut |_, y| y % 2 == 0);
            check(version, level, &mut |x, y| (x / 7 + y / 7) % 2 == 0);
        }
    }

    #[test]
    fn finder_like_patterns_of_every_width_are_counted() {
        // Masks 0, 1 and 2 turn the data into patterns of every unit width, at any position, in both directions.
        let mut random = Random::new(5);
        for number in [1, 2, 6, 7, 11, 12, 20, 27, 28, 40] {
            let version = Version::new(number).unwrap();
            let size = version.size();
            for width in 1..=size / 7 {
                for (mask, down) in [(0, false), (1, false), (1, true), (2, true)] {
                    let light_before = random.bits() as usize % (6 * width);
                    let noise = random.bits() & 3 == 0;
                    let shape = |i: usize| {
                        let unit = i.wrapping_sub(light_before) / width;
                        i >= light_before && unit < 7 && [true, false, true, true, true, false, true][unit]
                    };
                    check(version, ErrorCorrectionLevel::M, &mut |x, y| {
                        let flip = noise && random.bits().is_multiple_of(97);
                        shape(if down { y } else { x }) ^ inverts(mask, x, y) ^ flip
                    });
                }
            }
        }
    }

    /// Returns what [`may_be_wide`] should return for one module, from its description.
    fn may_be_wide_in(dark: [bool; WIDE_WINDOW_LEN]) -> bool {
        let all = |lines: core::ops::Range<usize>, colour| { lines }.all(|line| dark[line] == colour);
        let of_2 = all(0..2, false) && all(2..4, true) && all(12..14, false) && all(14..16, true);
        let of_3 = all(0..3, true) && all(3..6, false) && all(12..15, true) && all(15..18, false);
        let of_more = all(2..6, false) && all(12..18, true);
        all(4..6, false) && all(6..12, true) && (of_2 || of_3 || of_more)
    }

    #[test]
    fn candidates_for_wide_patterns_are_exactly_those_that_agree_in_the_window() {
        let mut random = Random::new(6);
        // Unit widths 2, 3 and 4, and no pattern.
        let shapes = ["..##..######..##..", "###...#########...", "......############", "......######......"];
        let mut passed = 0;
        for _ in 0..4_000 {
            // In each column a shape with up to two lines changed.
            let mut lines = [0; WIDE_WINDOW_LEN];
            for bit in 0..64 {
                let shape = shapes[random.below(4)].as_bytes();
                let mut dark: [bool; WIDE_WINDOW_LEN] =
                    core::array::from_fn(|line| shape.get(line).map_or(random.bits() >> 9 & 1 != 0, |c| *c == b'#'));
                for _ in 0..random.below(3) {
                    let line = random.below(18);
                    dark[line] ^= true;
                }
                (0..WIDE_WINDOW_LEN).for_each(|line| lines[line] |= u64::from(dark[line]) << bit);
            }
            let found = may_be_wide::<u64>(&lines);
            for bit in 0..64 {
                let expected = may_be_wide_in(lines.map(|line| line >> bit & 1 != 0));
                assert_eq!(found >> bit & 1 != 0, expected, "{:?}", lines.map(|line| line >> bit & 1));
                passed += usize::from(expected);
            }
        }
        assert!(passed > 10_000, "{passed}");
    }

    #[test]
    fn balance_is_scored_in_steps_of_five_per_cent() {
        // 21 x 21 = 441 modules: 45 % are 198.45, 55 % are 242.55, 60 % are 264.6.
        for (dark, score) in
            [(220, 0), (199, 0), (198, 10), (242, 0), (243, 10), (264, 10), (265, 20), (0, 90), (441, 90)]
        {
            assert_eq!(balance_score(dark, 21), score, "{dark}");
        }
    }
}
