//! The penalty scores N1 to N4 (ISO/IEC 18004:2015, 7.8.3.1, Table 11).
//!
//! Knows planes of candidates; nothing of how they came about.
//!
//! # How the scores are counted
//!
//! The eight candidates lie side by side: for every word of a plane one [`Lanes`], a word for each mask. Every operation
//! works on as many of them at once as a [`Register`] holds.
//!
//! In a plane of rows a step from line to line is a step down the symbol, in a plane of columns a step to the right. So every
//! rule about lines of modules is counted from line to line, word by word, in both planes, and no bit ever moves across words.
//! Only N2 looks at the module beside; it is counted in the plane of rows alone.
//!
//! The reading of the rules is that of `qrcodegen`: N3 takes runs in the ratio 1:1:3:1:1 of any unit width, with four units
//! of light on one side and one on the other, counts both sides, and takes everything outside the symbol as light. Width 1
//! is counted together with the other rules. Wider patterns are rare and cost extra work to find, and their score is never
//! negative: so they are counted one candidate at a time, only for candidates that could win without them.

use crate::layout::{LOWER, padding};
use crate::simd::{Lanes, Register, Tally};

/// Penalty of a run of five modules (N1); every further one costs 1.
const N1: u32 = 3;
/// Penalty of a block of 2 x 2 (N2).
const N2: u32 = 3;
/// Penalty of a finder-like pattern (N3).
const N3: u32 = 40;
/// Penalty of every 5 % by which dark modules are off 50 % (N4).
const N4: u32 = 10;

/// What the scores are made of, by mask.
#[derive(Default)]
pub(crate) struct Counts {
    /// Modules that end five or more of one colour.
    fives: [u32; 8],
    /// Runs of five or more.
    runs: [u32; 8],
    /// Blocks of 2 x 2.
    blocks: [u32; 8],
    /// Finder-like patterns of unit width 1, one for each side with four units of light.
    finders: [u32; 8],
    /// Dark modules, those of the padding among them.
    dark: [u32; 8],
}

impl Counts {
    /// Counts what the rules find across the lines of one word of a plane, with [`LEAD`] and [`TAIL`] light lines before and
    /// behind them. `behind` are the lines of the word behind it, whose first module ends a block that begins with the last
    /// module of this one. Blocks and dark modules are counted only if `BLOCKS`.
    #[inline(always)]
    pub(crate) fn add<R: Register, const BLOCKS: bool>(&mut self, lines: &[Lanes], behind: &[Lanes]) {
        for part in 0..8 / R::LANES {
            self.add_part::<R, BLOCKS>(lines, &behind[..lines.len()], part);
        }
    }

    #[inline(always)]
    fn add_part<R: Register, const BLOCKS: bool>(&mut self, lines: &[Lanes], behind: &[Lanes], part: usize) {
        let none = R::splat(0);
        let tally = <R::Tally as Tally<R>>::new;
        let (mut fives, mut runs, mut finders, mut blocks, mut dark) = (tally(), tally(), tally(), tally(), tally());
        let (line, beside) = load::<R, BLOCKS>(&lines[LEAD], &behind[LEAD], part);
        // The first line ends nothing but may begin what the next ones end; only its dark modules count.
        dark.add([line, none, none, none]);
        let mut state = Lines::first(line, beside);
        // A size is 17 + 4 x version: behind the first line the rest goes by fours.
        let size = lines.len() - LEAD - TAIL;
        let windows = lines.array_windows::<WINDOW>().zip(behind.array_windows::<WINDOW>());
        let fours = windows.skip(1).step_by(4).take((size - 1) / 4);
        for (lines, behind) in fours {
            let around = Around::<R>::load(lines, part);
            let [(line0, beside0), (line1, beside1), (line2, beside2), (line3, beside3)] = [
                load::<R, BLOCKS>(&lines[LEAD], &behind[LEAD], part),
                load::<R, BLOCKS>(&lines[LEAD + 1], &behind[LEAD + 1], part),
                load::<R, BLOCKS>(&lines[LEAD + 2], &behind[LEAD + 2], part),
                load::<R, BLOCKS>(&lines[LEAD + 3], &behind[LEAD + 3], part),
            ];
            let a = state.next::<BLOCKS>(line0, beside0);
            let b = state.next::<BLOCKS>(line1, beside1);
            let c = state.next::<BLOCKS>(line2, beside2);
            let d = state.next::<BLOCKS>(line3, beside3);
            fives.add([a.fives, b.fives, c.fives, d.fives]);
            runs.add([a.runs, b.runs, c.runs, d.runs]);
            let [(before0, behind0), (before1, behind1), (before2, behind2), (before3, behind3)] =
                [around.finders::<0>(), around.finders::<1>(), around.finders::<2>(), around.finders::<3>()];
            finders.add([before0, before1, before2, before3]);
            finders.add([behind0, behind1, behind2, behind3]);
            if BLOCKS {
                blocks.add([a.blocks, b.blocks, c.blocks, d.blocks]);
                dark.add([line0, line1, line2, line3]);
            }
        }
        // The light line behind the last ends the last cores.
        if let Some(last) = lines.last_chunk::<WINDOW>() {
            let (before, behind) = Around::<R>::load(last, part).finders::<0>();
            finders.add([before, behind, none, none]);
        }

        add_sums(&mut self.fives, fives, part);
        add_sums(&mut self.runs, runs, part);
        add_sums(&mut self.finders, finders, part);
        if BLOCKS {
            add_sums(&mut self.blocks, blocks, part);
            add_sums(&mut self.dark, dark, part);
        }
    }

    /// The scores of symbols of that size.
    #[inline(always)]
    pub(crate) fn scores(&self, size: usize) -> [u32; 8] {
        self.scores_with(size, 1, u64::MAX)
    }

    /// The scores of symbols of that size whose rows and columns were counted as one plane, and so blocks and dark modules
    /// twice.
    #[inline(always)]
    pub(crate) fn scores_of_both(&self, size: usize) -> [u32; 8] {
        self.scores_with(size, 2, LOWER)
    }

    /// The scores, with blocks and dark modules counted so many times and the padding cut to some bits.
    #[inline(always)]
    fn scores_with(&self, size: usize, times: u32, kept: u64) -> [u32; 8] {
        // Padding alternates from line to line: its lines have the ones of line 0 and of line 1 in turn.
        let ones = |line: usize| (padding(size, line) & kept).count_ones();
        let padded = size.div_ceil(2) as u32 * ones(0) + (size / 2) as u32 * ones(1);
        let mut scores = [0; 8];
        for (mask, score) in scores.iter_mut().enumerate() {
            // A run of n >= 5 holds n - 4 modules that end five, and costs n - 2.
            let runs = self.fives[mask] + (N1 - 1) * self.runs[mask];
            let balance = balance_score(self.dark[mask] / times - padded, size);
            *score = runs + N2 * (self.blocks[mask] / times) + N3 * self.finders[mask] + balance;
        }
        scores
    }
}

/// A line and, with `BLOCKS`, at each of its modules the one beside it.
#[inline(always)]
fn load<R: Register, const BLOCKS: bool>(line: &Lanes, behind: &Lanes, part: usize) -> (R, R) {
    let line = R::load(line, part);
    let beside = if BLOCKS { line.down_by_1() | R::load(behind, part).up_by_63() } else { R::splat(0) };
    (line, beside)
}

/// Adds what was counted in one part of the lanes.
#[inline(always)]
fn add_sums<R: Register>(sums: &mut [u32; 8], tally: impl Tally<R>, part: usize) {
    let mut lanes = Lanes::ZERO;
    tally.sums().store(&mut lanes, part);
    for (sum, lane) in sums.iter_mut().zip(lanes.0) {
        *sum += lane as u32;
    }
}

/// N4: 10 for every full 5 % by which the share of dark modules lies outside 45 % to 55 %.
#[inline(always)]
fn balance_score(dark: u32, size: usize) -> u32 {
    let total = (size * size) as u32;
    N4 * (20 * dark).abs_diff(10 * total).div_ceil(total).saturating_sub(1)
}

/// Light lines before the first line of every word of a plane of candidates: as far back as a finder-like pattern reaches
/// from the light line behind its core, four units of light before it and all.
pub(crate) const LEAD: usize = 11;

/// Light lines behind the last line: as many as the four lines that are counted together look ahead.
pub(crate) const TAIL: usize = 7;

/// Four lines and what must be known around them.
const WINDOW: usize = LEAD + TAIL;

/// Four lines, from number [`LEAD`] on, and the lines around them.
struct Around<R>([R; WINDOW]);

impl<R: Register> Around<R> {
    #[inline(always)]
    fn load(lines: &[Lanes; WINDOW], part: usize) -> Self {
        let mut all = [R::splat(0); WINDOW];
        for (register, lanes) in all.iter_mut().zip(lines) {
            *register = R::load(lanes, part);
        }
        Self(all)
    }

    /// Cores of finder-like patterns of unit width 1 whose light module behind is in the `LINE`-th of the four lines: those
    /// with four light modules before them, and those with four behind.
    #[inline(always)]
    fn finders<const LINE: usize>(&self) -> (R, R) {
        let line = |back: usize| self.0[LEAD + LINE - back];
        let ahead = |by: usize| self.0[LEAD + LINE + by];
        // Light, dark, light, dark dark dark, light, dark, light.
        let dark = line(7) & line(5) & line(4) & line(3) & line(1);
        let core = dark & !(line(8) | line(6) | line(2) | line(0));
        (core & !(line(9) | line(10) | line(11)), core & !(ahead(1) | ahead(2) | ahead(3)))
    }
}

/// What one line adds to the counts: ones at the modules that do.
#[derive(Clone, Copy)]
struct Found<R> {
    fives: R,
    runs: R,
    blocks: R,
}

/// What is known at a line of the lines before it. Before the first line no module is like its neighbour.
struct Lines<R> {
    line: R,
    /// At each module the one beside it.
    beside: R,
    /// One where the line and the one before are not alike, and where it and the two before are not all alike, now and one
    /// line ago.
    differ2: R,
    differ3: [R; 2],
    fives: R,
}

impl<R: Register> Lines<R> {
    #[inline(always)]
    fn first(line: R, beside: R) -> Self {
        let all = R::splat(u64::MAX);
        Self { line, beside, differ2: all, differ3: [all; 2], fives: R::splat(0) }
    }

    #[inline(always)]
    fn next<const BLOCKS: bool>(&mut self, line: R, beside: R) -> Found<R> {
        let differ2 = line ^ self.line;
        let differ3 = differ2 | self.differ2;
        let fives = !(differ3 | self.differ3[0]);
        let runs = fives & !self.fives;
        let blocks = if BLOCKS { !(differ2 | (beside ^ self.beside) | (line ^ beside)) } else { R::splat(0) };
        *self = Self { line, beside, differ2, differ3: [self.differ3[1], differ3], fives };
        Found { fives, runs, blocks }
    }
}

/// Lines that [`wide_score`] wants before and behind a word's lines, all light.
pub(crate) const MARGIN: usize = 20;

/// The score of finder-like patterns of unit width 2 and more across the lines of one word of one candidate, which has
/// [`MARGIN`] light lines on either side.
#[inline(always)]
pub(crate) fn wide_score<R: Register>(lines: &[u64]) -> u32 {
    let mut score = 0;
    for start in (MARGIN..lines.len() - MARGIN).step_by(R::LANES) {
        let places = may_be_wide::<R>(lines, start);
        if places.is_zero() {
            continue;
        }
        let mut words = Lanes::ZERO;
        places.store(&mut words, 0);
        for (line, mut places) in (start..).zip(words.0) {
            while places != 0 {
                score += N3 * sides(lines, line, places.trailing_zeros());
                places &= places - 1;
            }
        }
    }
    score
}

/// For as many lines from `start` on as a register holds: one where the middle, the three units of dark, of a pattern of
/// unit width 2 and more may begin. Few are that do not, and none that does is missed: each width is looked at for as far as
/// it reaches, up to 4.
#[inline(always)]
fn may_be_wide<R: Register>(lines: &[u64], start: usize) -> R {
    let line = |at: usize| R::of_words(&lines[start + at - 6..]);
    // Six lines before `start` are number 0.
    let middle = line(6) & line(7) & line(8) & line(9) & line(10) & line(11) & !(line(4) | line(5));
    let width2 = line(2) & line(3) & line(14) & line(15) & !(line(0) | line(1) | line(12) | line(13));
    let width3 = line(0) & line(1) & line(2) & !(line(15) | line(16) | line(17));
    let wider = line(15) & line(16) & line(17) & !line(2);
    middle & (width2 | (line(12) & line(13) & line(14) & !line(3) & (width3 | wider)))
}

/// Whether the dark run that begins in line `start` is the middle of a finder-like pattern, and with four units of light
/// on how many sides: 0, 1 or 2.
fn sides(lines: &[u64], start: usize, bit: u32) -> u32 {
    let dark = |i: usize| lines[i] >> bit & 1 != 0;
    // Lengths of runs upwards and downwards; light goes on without end outside.
    let up = |from: usize, colour: bool| (0..from).rev().take_while(|&i| dark(i) == colour).count();
    let down = |from: usize, colour: bool| (from..lines.len()).take_while(|&i| dark(i) == colour).count();
    let middle = down(start, true);
    let width = middle / 3;
    let (before, behind) = (up(start, false), down(start + middle, false));
    let first_end = start - before;
    let last_start = start + middle + behind;
    let (first, last) = (up(first_end, true), down(last_start, true));
    if middle % 3 != 0 || [before, behind, first, last] != [width; 4] {
        return 0;
    }
    // A side that reaches the end is as light as one could want.
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
    use crate::layout::Layout;
    use crate::mask::{Unmasked, inverts};
    use crate::matrix::transpose;
    use crate::simd::{InstructionSet, Work, dispatch};
    use crate::{ErrorCorrectionLevel, Mask, Version};

    /// All eight scores and the choice, with the registers of one instruction set.
    struct Score<'a>(Unmasked<'a>);

    impl Work for Score<'_> {
        type Output = ([u32; 8], Mask);

        #[inline(always)]
        fn run<R: Register>(self) -> Self::Output {
            let mut candidates = Vec::new();
            (self.0.scores::<R>(&mut candidates), self.0.choose::<R>(&mut candidates))
        }
    }

    /// The textbook scorer, module by module, in the words of `qrcodegen`.
    fn textbook(size: usize, dark: impl Fn(usize, usize) -> bool) -> u32 {
        let mut score = 0;
        for across in [false, true] {
            for line in 0..size {
                let module = |i: usize| if across { dark(i, line) } else { dark(line, i) };
                // Runs of this line, the light outside as one run on either side.
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
                    let (before, behind) = (seven[0].1, seven[6].1);
                    score += 40 * u32::from(core && before >= 4 * n && behind >= n);
                    score += 40 * u32::from(core && behind >= 4 * n && before >= n);
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

    /// Compares all eight scores of a symbol, whose free modules `dark` says, with the textbook's of the finished ones.
    fn check(version: Version, level: ErrorCorrectionLevel, dark: &mut dyn FnMut(usize, usize) -> bool) {
        let layout = Layout::of(version);
        let size = layout.size;
        let mut rows = layout.function_patterns.to_vec();
        for y in 0..size {
            for x in 0..size {
                if layout.free[x / 64 * size + y] >> (x % 64) & 1 != 0 && dark(x, y) {
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
            textbook(size, |x, y| finished[x / 64 * size + y] >> (x % 64) & 1 != 0)
        });
        let lowest = (0..8).find(|&mask| expected[mask] == *expected.iter().min().unwrap()).unwrap();
        for set in InstructionSet::available() {
            let (scores, mask) = dispatch(InstructionSet::widest(set), Score(symbol));
            assert_eq!(scores, expected, "version {version}, level {level}, {set:?}");
            assert_eq!(mask.index(), lowest, "{set:?}");
        }
        assert_eq!(Score(symbol).run::<u64>(), (expected, Mask::ALL[lowest]));
    }

    #[test]
    fn all_eight_scores_are_the_textbook_ones_for_every_version_and_kind_of_data() {
        let mut random = Random::new(4);
        for (i, version) in (1..=40).filter_map(Version::new).enumerate() {
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

    /// Data that mask 0, 1 or 2 turns into finder-like patterns of every unit width, at every place, in both directions.
    #[test]
    fn finder_like_patterns_of_every_width_are_counted() {
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
