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
//! Only N2 looks at the module beside; it is counted in the plane of rows alone. Each rule goes over the lines by itself: what
//! it remembers fits the registers then, and loading a line again costs next to nothing.
//!
//! The reading of the rules is that of `qrcodegen`: N3 takes runs in the ratio 1:1:3:1:1 of any unit width, with four units
//! of light on one side and one on the other, counts both sides, and takes everything outside the symbol as light. Width 1
//! is counted together with the other rules. Wider patterns are rare and cost extra work to find, and their score is never
//! negative: so they are counted one candidate at a time, only for candidates that could win without them.

use super::layout::{LOWER, padding};
use crate::simd::{Lanes, Register, Tally};

/// Penalty of a run of five modules (N1); every further one costs 1.
const N1: u32 = 3;
/// Penalty of a block of 2 x 2 (N2).
const N2: u32 = 3;
/// Penalty of a finder-like pattern (N3).
const N3: u32 = 40;
/// Penalty of every 5 % by which dark modules are off 50 % (N4).
const N4: u32 = 10;

/// What the scores are made of: for each mask how many there are.
pub(crate) struct Counts {
    /// Modules that end five or more of one colour.
    fives: Lanes,
    /// Runs of five or more.
    runs: Lanes,
    /// Blocks of 2 x 2.
    blocks: Lanes,
    /// Finder-like patterns of unit width 1, one for each side with four units of light.
    finders: Lanes,
    /// Dark modules, those of the padding among them.
    dark: Lanes,
}

impl Counts {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { fives: Lanes::ZERO, runs: Lanes::ZERO, blocks: Lanes::ZERO, finders: Lanes::ZERO, dark: Lanes::ZERO }
    }

    /// Counts what N1 and N3 find across the lines of one word of a plane, with [`LEAD`] and [`TAIL`] light lines before and
    /// behind them.
    #[inline(always)]
    pub(crate) fn add_lines<R: Register>(&mut self, lines: &[Lanes]) {
        for part in 0..8 / R::LANES {
            let (fives, runs) = runs::<R>(inner(lines), part);
            add(&mut self.fives, fives, part);
            add(&mut self.runs, runs, part);
            add(&mut self.finders, finders::<R>(lines, part), part);
        }
    }

    /// Counts what N2 and N4 find in the same lines. `behind` are the lines of the word behind theirs, whose first module
    /// ends a block that begins with the last module of this one.
    #[inline(always)]
    pub(crate) fn add_modules<R: Register>(&mut self, lines: &[Lanes], behind: &[Lanes]) {
        for part in 0..8 / R::LANES {
            let (blocks, dark) = blocks::<R>(inner(lines), inner(behind), part);
            add(&mut self.blocks, blocks, part);
            add(&mut self.dark, dark, part);
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
        core::array::from_fn(|mask| {
            let count = |lanes: &Lanes| lanes.0[mask] as u32;
            // A run of n >= 5 holds n - 4 modules that end five, and costs n - 2.
            let runs = count(&self.fives) + (N1 - 1) * count(&self.runs);
            let balance = balance_score(count(&self.dark) / times - padded, size);
            runs + N2 * (count(&self.blocks) / times) + N3 * count(&self.finders) + balance
        })
    }
}

/// The lines themselves, without the light ones around them.
#[inline(always)]
fn inner(lines: &[Lanes]) -> &[Lanes] {
    &lines[LEAD..lines.len() - TAIL]
}

/// Adds to one part of the lanes.
#[inline(always)]
fn add<R: Register>(sums: &mut Lanes, more: R, part: usize) {
    R::load(sums, part).plus(more).store(sums, part);
}

/// N1: modules that end five or more of one colour from line to line, and runs that have one.
///
/// A size is 17 + 4 x version: behind the first line the rest goes by fours.
#[inline(always)]
fn runs<R: Register>(lines: &[Lanes], part: usize) -> (R, R) {
    let all = R::splat(u64::MAX);
    // One where a line and the one before are not alike, where it and the two before are not all alike, and it and the four
    // before. Nothing is like the outside.
    let (mut differ2, mut differ3, mut differ5) = (all, [all; 2], all);
    let (mut count, mut runs) = (R::Tally::new(), R::splat(0));
    let mut before = R::load(&lines[0], part);
    for four in lines[1..].as_chunks::<4>().0 {
        // Not in a closure: see [`Work::run`](crate::simd::Work::run).
        let [a, b, c, d] =
            [R::load(&four[0], part), R::load(&four[1], part), R::load(&four[2], part), R::load(&four[3], part)];
        let two = [a ^ before, b ^ a, c ^ b, d ^ c];
        let three = [two[0] | differ2, two[1] | two[0], two[2] | two[1], two[3] | two[2]];
        let five = [three[0] | differ3[0], three[1] | differ3[1], three[2] | three[0], three[3] | three[1]];
        count.add(five);
        // Where a line ends a run of five, the run has begun to count or the line before does so too; and no second run
        // comes as far within four lines.
        runs = (differ5 & !(five[0] & five[1] & five[2] & five[3])).add_ones(runs);
        (before, differ2, differ3, differ5) = (d, two[3], [three[2], three[3]], five[3]);
    }
    (count.zeros(lines.len() - 1), runs)
}

/// N2 and N4: blocks of 2 x 2 that end in each line, and dark modules.
#[inline(always)]
fn blocks<R: Register>(lines: &[Lanes], behind: &[Lanes], part: usize) -> (R, R) {
    let (mut count, mut dark) = (R::Tally::new(), R::Tally::new());
    let (mut before, mut edges) = with_edges::<R>(&lines[0], &behind[0], part);
    let none = R::splat(0);
    dark.add([before, none, none, none]);
    for (four, behind) in lines[1..].as_chunks::<4>().0.iter().zip(behind[1..].as_chunks::<4>().0) {
        let (a, edges_a) = with_edges::<R>(&four[0], &behind[0], part);
        let (b, edges_b) = with_edges::<R>(&four[1], &behind[1], part);
        let (c, edges_c) = with_edges::<R>(&four[2], &behind[2], part);
        let (d, edges_d) = with_edges::<R>(&four[3], &behind[3], part);
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

/// A line, and ones where a module and the one beside it are not alike.
#[inline(always)]
fn with_edges<R: Register>(line: &Lanes, behind: &Lanes, part: usize) -> (R, R) {
    let (line, behind) = (R::load(line, part), R::load(behind, part));
    (line, line ^ (line.down_by(1) | behind.up_by(63)))
}

/// N4: 10 for every full 5 % by which the share of dark modules lies outside 45 % to 55 %.
#[inline(always)]
fn balance_score(dark: u32, size: usize) -> u32 {
    let total = (size * size) as u32;
    N4 * (20 * dark).abs_diff(10 * total).div_ceil(total).saturating_sub(1)
}

/// Lines that are looked at together for finder-like patterns of unit width 1: no two that have four light modules on the
/// same side end within them in one column.
const TOGETHER: usize = 8;

/// Lines from the first light one before a finder-like pattern to the one behind its core.
const PATTERN: usize = 12;

/// Lines that are looked at together and what must be known around them.
const WINDOW: usize = PATTERN - 1 + TOGETHER + 3;

/// Light lines before the first line of every word of a plane of candidates: in the line behind it, number 7, the first core
/// can end.
pub(crate) const LEAD: usize = PATTERN - 1 - 7;

/// Light lines behind the last line: those that are looked at together, the last of them and three more.
pub(crate) const TAIL: usize = TOGETHER + 3;

/// Finder-like patterns of unit width 1, one for each side with four light modules.
#[inline(always)]
fn finders<R: Register>(lines: &[Lanes], part: usize) -> R {
    let mut count = R::splat(0);
    let size = lines.len() - LEAD - TAIL;
    // The core ends before line 7 at the earliest and before the light line behind the last at the latest.
    for window in lines.array_windows::<WINDOW>().step_by(TOGETHER).take((size + 1 - 7).div_ceil(TOGETHER)) {
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

/// Cores whose light line behind is the `LINE`-th of those that are looked at together: with four light modules before, and
/// with four behind.
#[inline(always)]
fn core<R: Register, const LINE: usize>(window: &[Lanes; WINDOW], part: usize) -> (R, R) {
    let line = |back: usize| R::load(&window[PATTERN - 1 + LINE - back], part);
    let ahead = |by: usize| R::load(&window[PATTERN - 1 + LINE + by], part);
    // Light, dark, light, dark dark dark, light, dark, light.
    let dark = line(7) & line(5) & line(4) & line(3) & line(1);
    let core = dark & !(line(8) | line(6) | line(2) | line(0));
    (core & !(line(9) | line(10) | line(11)), core & !(ahead(1) | ahead(2) | ahead(3)))
}

/// Lines that [`wide_score`] wants before and behind a word's lines, all light.
pub(crate) const MARGIN: usize = 20;

/// The score of finder-like patterns of unit width 2 and more across the lines of one word of one candidate, which has
/// [`MARGIN`] light lines on either side.
#[inline(always)]
pub(crate) fn wide_score<R: Register>(lines: &[u64]) -> u32 {
    let mut score = 0;
    let starts = (MARGIN..lines.len() - MARGIN).step_by(R::LANES);
    for (start, window) in starts.zip(lines[MARGIN - 6..].array_windows().step_by(R::LANES)) {
        let places = may_be_wide::<R>(window);
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

/// Lines that [`may_be_wide`] looks at: those of the widest register, and around it what a pattern of unit width 2 has.
const WIDE_WINDOW: usize = 6 + 8 + 11;

/// For as many lines as a register holds, from number 6 of the window on: one where the middle, the three units of dark, of a
/// pattern of unit width 2 and more may begin. Few are that do not, and none that does is missed: each width is looked at for
/// as far as it reaches, up to 4.
#[inline(always)]
fn may_be_wide<R: Register>(lines: &[u64; WIDE_WINDOW]) -> R {
    let line = |at: usize| R::of_words(&lines[at..]);
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
    use crate::encode::layout::Layout;
    use crate::encode::mask::{Unmasked, inverts};
    use crate::encode::placement::transpose;
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
            let (scores, mask) = dispatch(crate::simd::widest(Some(set)), Score(symbol));
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

    /// Where [`may_be_wide`] lets a column through: what is known of a pattern of unit width 2, 3, and 4 or more.
    fn lets_through(dark: [bool; WIDE_WINDOW]) -> bool {
        let all = |lines: core::ops::Range<usize>, colour| { lines }.all(|line| dark[line] == colour);
        let of_2 = all(0..2, false) && all(2..4, true) && all(12..14, false) && all(14..16, true);
        let of_3 = all(0..3, true) && all(3..6, false) && all(12..15, true) && all(15..18, false);
        let of_more = all(2..6, false) && all(12..18, true);
        all(4..6, false) && all(6..12, true) && (of_2 || of_3 || of_more)
    }

    #[test]
    fn what_may_be_a_wide_pattern_is_all_that_is_looked_at() {
        let mut random = Random::new(6);
        // Widths 2, 3 and 4, and none.
        let shapes = ["..##..######..##..", "###...#########...", "......############", "......######......"];
        let mut passed = 0;
        for _ in 0..4_000 {
            // In each column a shape with no, one or two lines changed.
            let mut lines = [0; WIDE_WINDOW];
            for bit in 0..64 {
                let shape = shapes[random.below(4)].as_bytes();
                let mut dark: [bool; WIDE_WINDOW] =
                    core::array::from_fn(|line| shape.get(line).map_or(random.bits() >> 9 & 1 != 0, |c| *c == b'#'));
                for _ in 0..random.below(3) {
                    let line = random.below(18);
                    dark[line] ^= true;
                }
                (0..WIDE_WINDOW).for_each(|line| lines[line] |= u64::from(dark[line]) << bit);
            }
            let found = may_be_wide::<u64>(&lines);
            for bit in 0..64 {
                let expected = lets_through(lines.map(|line| line >> bit & 1 != 0));
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
