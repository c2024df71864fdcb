//! The eight data mask patterns, the format information that names them, the eight penalty scores and the choice
//! (ISO/IEC 18004:2015, 7.8 and 7.9.1).
//!
//! Knows planes (see [`layout`](crate::layout)); nothing of codewords or images.
//!
//! # How the scores are counted
//!
//! The eight candidates lie side by side: for every word of a plane one [`Lanes`] of eight words, one for each mask. Every
//! operation below works on all eight at once, in whichever registers the target has.
//!
//! Of a plane of rows, a step from line to line is a step down the symbol; of a plane of columns, a step to the right.
//! So every rule about lines of modules is counted from line to line, word by word, in both planes, and no bit ever moves
//! across words; only rule N2 looks at the module beside, and it is counted in the plane of rows alone.
//!
//! The reading of the rules is that of `qrcodegen`: N3 takes runs in the ratio 1:1:3:1:1 of any unit width, with four units
//! of light on one side and one on the other, counts both sides, and takes everything outside the symbol as light. Width 1 is
//! counted together with the other rules. Wider patterns are rare and their score is never negative; they are
//! counted one candidate at a time, only for candidates that could still win without them.

use alloc::vec::Vec;
use core::ops::{BitAnd, BitOr, BitXor, Not};

use crate::layout::{Layout, padding};
use crate::version::{ErrorCorrectionLevel, Mask};

/// Penalty of a run of five modules (N1); every further one costs 1.
const N1: u32 = 3;
/// Penalty of a block of 2 x 2 (N2).
const N2: u32 = 3;
/// Penalty of a finder-like pattern (N3).
const N3: u32 = 40;
/// Penalty of every 5 % by which dark modules are off 50 % (N4).
const N4: u32 = 10;

/// One word for each of the eight masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Lanes([u64; 8]);

impl Lanes {
    const ZERO: Self = Self([0; 8]);
    const ONES: Self = Self([u64::MAX; 8]);

    #[inline(always)]
    fn map(self, f: impl Fn(u64) -> u64) -> Self {
        Self(core::array::from_fn(|i| f(self.0[i])))
    }

    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(u64, u64) -> u64) -> Self {
        Self(core::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

impl BitAnd for Lanes {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }
}

impl BitOr for Lanes {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }
}

impl BitXor for Lanes {
    type Output = Self;
    #[inline(always)]
    fn bitxor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }
}

impl Not for Lanes {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        self.map(|a| !a)
    }
}

/// Whether the mask inverts the module in column `x` and row `y` (Table 10).
const fn inverts(mask: usize, x: usize, y: usize) -> bool {
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (x / 3 + y / 2).is_multiple_of(2),
        5 => x * y % 2 + x * y % 3 == 0,
        6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
    }
}

/// Which way the lines of a plane run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plane {
    Rows,
    Columns,
}

/// Lines after which every mask pattern repeats, down and across.
const PERIOD: usize = 12;

/// The mask patterns: for both planes, each line modulo [`PERIOD`] and each word of it, the eight masks. 4,608 bytes.
static PATTERNS: [[[Lanes; 3]; PERIOD]; 2] = {
    let mut patterns = [[[Lanes::ZERO; 3]; PERIOD]; 2];
    let mut line = 0;
    while line < PERIOD {
        let mut i = 0;
        while i < 192 {
            let mut mask = 0;
            while mask < 8 {
                patterns[Plane::Rows as usize][line][i / 64].0[mask] |= (inverts(mask, i, line) as u64) << (i % 64);
                patterns[Plane::Columns as usize][line][i / 64].0[mask] |= (inverts(mask, line, i) as u64) << (i % 64);
                mask += 1;
            }
            i += 1;
        }
        line += 1;
    }
    patterns
};

/// The 15 bits of the format information of each level and mask (7.9.1, Annex C): a (15, 5) BCH code, masked.
static FORMAT_INFORMATION: [[u32; 8]; 4] = {
    let mut all = [[0; 8]; 4];
    let mut level = 0;
    while level < 4 {
        let mut mask = 0;
        while mask < 8 {
            let data = ErrorCorrectionLevel::ALL[level].format_bits() << 3 | mask as u32;
            let mut remainder = data;
            let mut i = 0;
            while i < 10 {
                remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537);
                i += 1;
            }
            all[level][mask] = (data << 10 | remainder) ^ 0x5412;
            mask += 1;
        }
        level += 1;
    }
    all
};

/// Calls `set` with the place along line 8 and the bit of the format information (7.9.1, Figure 25), once for each module of
/// row 8 or of column 8 that carries one; the last of column 8 is the dark module, for which the bit is [`DARK`].
#[inline(always)]
fn format_modules(lines: Plane, size: usize, mut set: impl FnMut(usize, u32)) {
    match lines {
        Plane::Rows => {
            for bit in 0..8 {
                set(size - 1 - bit as usize, bit);
            }
            set(8, 7);
            set(7, 8);
            for bit in 9..15 {
                set(14 - bit as usize, bit);
            }
        }
        Plane::Columns => {
            for bit in 0..6 {
                set(bit as usize, bit);
            }
            set(7, 6);
            set(8, 7);
            for bit in 8..15 {
                set(size - 15 + bit as usize, bit);
            }
            set(size - 8, DARK);
        }
    }
}

/// The bit that is one in every format information made by [`with_dark_module`].
const DARK: u32 = 15;

const fn with_dark_module(format: u32) -> u64 {
    format as u64 | 1 << DARK
}

/// The plane of rows of the finished symbol: `rows`, not masked, with `mask` and its format information, and nothing behind
/// the end of each line.
pub(crate) fn apply(rows: &[u64], layout: &Layout, level: ErrorCorrectionLevel, mask: Mask, finished: &mut Vec<u64>) {
    let size = layout.size;
    finished.clear();
    let words = rows.chunks_exact(size).zip(layout.free.chunks_exact(size)).enumerate();
    for (word, (rows, free)) in words {
        let pattern = PATTERNS[Plane::Rows as usize].each_ref().map(|line| line[word].0[mask.index()]);
        for (y, (row, free)) in rows.iter().zip(free).enumerate() {
            finished.push(row ^ (pattern[y % PERIOD] & free));
        }
    }
    let last = finished.len() - size;
    for row in &mut finished[last..] {
        *row &= !(u64::MAX << (size % 64));
    }
    let format = with_dark_module(FORMAT_INFORMATION[level as usize][mask.index()]);
    format_modules(Plane::Rows, size, |x, bit| finished[x / 64 * size + 8] |= (format >> bit & 1) << (x % 64));
    format_modules(Plane::Columns, size, |y, bit| finished[y] |= (format >> bit & 1) << 8);
}

/// Scores masks; keeps its buffer from one symbol to the next.
#[derive(Debug, Default)]
pub(crate) struct Scorer {
    /// One plane of all eight candidates.
    candidates: Vec<Lanes>,
}

/// A symbol whose mask is to be chosen.
pub(crate) struct Unmasked<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) level: ErrorCorrectionLevel,
    /// Plane of rows, not masked.
    pub(crate) rows: &'a [u64],
    /// Plane of columns, not masked.
    pub(crate) columns: &'a [u64],
}

impl Scorer {
    /// The mask with the lowest score, of equal ones the one with the lowest number.
    pub(crate) fn choose(&mut self, symbol: &Unmasked<'_>) -> Mask {
        let (mut scores, mut certain) = (self.scores_but_wide(symbol), [false; 8]);
        loop {
            // `min_by_key` keeps the first of equal ones; scores only grow, so a certain winner stays the winner.
            let best = (0..8).min_by_key(|&mask| scores[mask]).unwrap_or(0);
            if certain[best] {
                return Mask::from_index(best);
            }
            scores[best] += wide_score(symbol, best);
            certain[best] = true;
        }
    }

    /// All eight scores.
    pub(crate) fn scores(&mut self, symbol: &Unmasked<'_>) -> [u32; 8] {
        let scores = self.scores_but_wide(symbol);
        core::array::from_fn(|mask| scores[mask] + wide_score(symbol, mask))
    }

    /// The scores without finder-like patterns of a unit width above 1.
    fn scores_but_wide(&mut self, symbol: &Unmasked<'_>) -> [u32; 8] {
        let size = symbol.layout.size;
        self.fill(symbol, Plane::Columns);
        let mut counts = Counts::default();
        for word in self.candidates.chunks_exact(size) {
            count_lines::<false>(word, word, &mut counts);
        }
        self.fill(symbol, Plane::Rows);
        for word in 0..symbol.layout.free.len() / size {
            let (this, beside) = self.candidates[word * size..].split_at(size);
            // Behind the last word there is nothing to look at: any word will do, padding ends the line.
            let beside = if beside.is_empty() { this } else { &beside[..size] };
            count_lines::<true>(this, beside, &mut counts);
        }
        let padding = (0..size).map(|line| padding(size, line).count_ones()).sum();
        core::array::from_fn(|mask| counts.score(mask, size, padding))
    }

    /// Writes all eight candidates.
    fn fill(&mut self, symbol: &Unmasked<'_>, plane: Plane) {
        let size = symbol.layout.size;
        let unmasked = match plane {
            Plane::Rows => symbol.rows,
            Plane::Columns => symbol.columns,
        };
        if self.candidates.len() != unmasked.len() {
            self.candidates.resize(unmasked.len(), Lanes::ZERO);
        }
        let words = unmasked.chunks_exact(size).zip(symbol.layout.free.chunks_exact(size));
        for (word, (candidates, (lines, free))) in self.candidates.chunks_exact_mut(size).zip(words).enumerate() {
            let patterns = PATTERNS[plane as usize].each_ref().map(|line| line[word]);
            for ((candidates, lines), free) in
                candidates.chunks_mut(PERIOD).zip(lines.chunks(PERIOD)).zip(free.chunks(PERIOD))
            {
                for (((candidate, pattern), line), free) in candidates.iter_mut().zip(&patterns).zip(lines).zip(free) {
                    *candidate = pattern.map(|pattern| line ^ (pattern & free));
                }
            }
        }
        let format = Lanes(FORMAT_INFORMATION[symbol.level as usize].map(with_dark_module));
        let (along, across) = match plane {
            Plane::Rows => (Plane::Rows, Plane::Columns),
            Plane::Columns => (Plane::Columns, Plane::Rows),
        };
        let candidates = &mut self.candidates;
        let mut set = |line: usize, i: usize, bit: u32| {
            let candidate = &mut candidates[i / 64 * size + line];
            *candidate = *candidate | format.map(|format| (format >> bit & 1) << (i % 64));
        };
        format_modules(along, size, |i, bit| set(8, i, bit));
        format_modules(across, size, |line, bit| set(line, 8, bit));
    }
}

/// What the scores are made of, by mask.
#[derive(Default)]
struct Counts {
    /// Modules that end five or more of one colour.
    fives: [u64; 8],
    /// Runs of five or more.
    runs: [u64; 8],
    /// Blocks of 2 x 2.
    blocks: [u64; 8],
    /// Finder-like patterns of unit width 1, a side with four units of light each.
    finders: [u64; 8],
    /// Dark modules, those of the padding among them.
    dark: [u64; 8],
}

impl Counts {
    fn score(&self, mask: usize, size: usize, padding: u32) -> u32 {
        // A run of n >= 5 holds n - 4 modules that end five, and costs n - 2.
        let runs = self.fives[mask] as u32 + (N1 - 1) * self.runs[mask] as u32;
        let blocks = N2 * self.blocks[mask] as u32;
        let finders = N3 * self.finders[mask] as u32;
        runs + blocks + finders + balance_score(self.dark[mask] as u32 - padding, size)
    }
}

/// N4: 10 for every full 5 % by which the share of dark modules lies outside 45 % to 55 %.
fn balance_score(dark: u32, size: usize) -> u32 {
    let total = (size * size) as u32;
    N4 * ((20 * dark).abs_diff(10 * total).div_ceil(total).saturating_sub(1))
}

/// Counts one bits of eight lanes in steps of four words, which it adds up before it counts.
struct Tally {
    ones: Lanes,
    twos: Lanes,
    fours: [u64; 8],
}

impl Tally {
    #[inline(always)]
    fn new() -> Self {
        Self { ones: Lanes::ZERO, twos: Lanes::ZERO, fours: [0; 8] }
    }

    /// Counts the ones of four words.
    #[inline(always)]
    fn add(&mut self, words: [Lanes; 4]) {
        let (ones, first) = add3(self.ones, words[0], words[1]);
        let (ones, second) = add3(ones, words[2], words[3]);
        let (twos, fours) = add3(self.twos, first, second);
        (self.ones, self.twos) = (ones, twos);
        for (sum, word) in self.fours.iter_mut().zip(fours.0) {
            *sum += u64::from(word.count_ones());
        }
    }

    /// Adds what was counted to `sums`.
    #[inline(always)]
    fn finish(self, sums: &mut [u64; 8]) {
        for (mask, sum) in sums.iter_mut().enumerate() {
            let rest = self.ones.0[mask].count_ones() + 2 * self.twos.0[mask].count_ones();
            *sum += 4 * self.fours[mask] + u64::from(rest);
        }
    }
}

/// The sum of three bits in every place: its low and its high bit.
#[inline(always)]
fn add3(a: Lanes, b: Lanes, c: Lanes) -> (Lanes, Lanes) {
    let half = a ^ b;
    (half ^ c, (a & b) | (half & c))
}

/// Something of the last sixteen lines.
struct History([Lanes; 16]);

impl History {
    #[inline(always)]
    fn at(&self, line: usize) -> Lanes {
        self.0[line % 16]
    }

    #[inline(always)]
    fn set(&mut self, line: usize, lanes: Lanes) {
        self.0[line % 16] = lanes;
    }
}

/// What one line adds to the counts: ones at the modules that do.
#[derive(Clone, Copy)]
struct Found {
    fives: Lanes,
    runs: Lanes,
    blocks: Lanes,
    dark: Lanes,
    /// Cores that four light modules before, and that four light modules behind make finder-like.
    finders: [Lanes; 2],
}

/// What is known at a line of the lines before it. Outside the symbol no module is like its neighbour for N1 and N2, and
/// all are light for N3.
struct Lines {
    /// Lines taken in.
    count: usize,
    line: Lanes,
    /// The line moved by one module: at each place the module behind.
    beside: Lanes,
    /// One where the line differs from the one before, and where it or the one before does: not three alike.
    differ2: Lanes,
    differ3: [Lanes; 2],
    /// One where five lines are not alike.
    differ5: Lanes,
    /// One where the colour changes from the line before, light outside; where it changes twice.
    change: Lanes,
    change2: Lanes,
    /// One where it changes three times.
    change3: History,
    /// One where three lines are not alike.
    uneven3: History,
    /// One where this line or the one before is dark; where one of the last four is.
    dark2: [Lanes; 2],
    dark4: History,
    /// One at the light module behind a core: light, dark, light, dark dark dark, light, dark, light.
    core: History,
}

impl Lines {
    #[inline(always)]
    fn new() -> Self {
        let light = || History([Lanes::ZERO; 16]);
        Self {
            count: 0,
            line: Lanes::ZERO,
            beside: Lanes::ZERO,
            differ2: Lanes::ONES,
            differ3: [Lanes::ONES; 2],
            differ5: Lanes::ONES,
            change: Lanes::ZERO,
            change2: Lanes::ZERO,
            change3: light(),
            uneven3: light(),
            dark2: [Lanes::ZERO; 2],
            dark4: light(),
            core: light(),
        }
    }

    /// Takes in the next line. `inside` is all ones but for the first line and those behind the last, which are like no
    /// neighbour; for these it is zero.
    #[inline(always)]
    fn take<const BLOCKS: bool>(&mut self, line: Lanes, beside: Lanes, inside: bool) -> Found {
        let i = self.count;
        let change = line ^ self.line;
        let differ2 = if inside { change } else { Lanes::ONES };
        let differ3 = differ2 | self.differ2;
        let differ5 = differ3 | self.differ3[0];
        let fives = !differ5;
        let runs = fives & self.differ5;
        let blocks = if BLOCKS { !(differ2 | (beside ^ self.beside) | (line ^ beside)) } else { Lanes::ZERO };

        let change2 = change & self.change;
        let change3 = change & self.change2;
        let dark2 = line | self.line;
        let dark4 = dark2 | self.dark2[0];
        // Three changes, two lines without one, three changes, the last to light.
        let core = !line & change3 & self.change3.at(i.wrapping_sub(5)) & !self.uneven3.at(i.wrapping_sub(3));
        let finders = [core & !self.dark4.at(i.wrapping_sub(8)), self.core.at(i.wrapping_sub(3)) & !dark4];

        self.count += 1;
        (self.line, self.beside) = (line, beside);
        (self.differ2, self.differ3, self.differ5) = (differ2, [self.differ3[1], differ3], differ5);
        (self.change, self.change2, self.dark2) = (change, change2, [self.dark2[1], dark2]);
        self.change3.set(i, change3);
        self.uneven3.set(i, differ3);
        self.dark4.set(i, dark4);
        self.core.set(i, core);
        Found { fives, runs, blocks, dark: line, finders }
    }
}

/// Counts across the lines of one word of a plane. `beside` are the lines of the word behind it, whose first module ends
/// a block that begins with the last module of this one; blocks and dark modules are counted only if `BLOCKS`.
#[inline(always)]
fn count_lines<const BLOCKS: bool>(lines: &[Lanes], beside: &[Lanes], counts: &mut Counts) {
    let mut tally: [Tally; 6] = core::array::from_fn(|_| Tally::new());
    let mut add = |found: [Found; 4]| {
        tally[0].add(found.map(|found| found.fives));
        tally[1].add(found.map(|found| found.runs));
        tally[2].add(found.map(|found| found.finders[0]));
        tally[3].add(found.map(|found| found.finders[1]));
        if BLOCKS {
            tally[4].add(found.map(|found| found.blocks));
            tally[5].add(found.map(|found| found.dark));
        }
    };
    let moved = |i: usize| {
        if BLOCKS { lines[i].zip(beside[i], |line, beside| line >> 1 | beside << 63) } else { Lanes::ZERO }
    };
    let mut state = Lines::new();
    // The first line ends nothing but may begin what the next ones end; only its dark modules count.
    let first = state.take::<BLOCKS>(lines[0], moved(0), false);
    let nothing = Found {
        fives: Lanes::ZERO,
        runs: Lanes::ZERO,
        blocks: Lanes::ZERO,
        dark: Lanes::ZERO,
        finders: [Lanes::ZERO; 2],
    };
    add([Found { dark: first.dark, ..nothing }, nothing, nothing, nothing]);
    // A size is 17 + 4 x version: behind the first line the rest goes by fours.
    for i in (1..lines.len()).step_by(4) {
        add(core::array::from_fn(|step| state.take::<BLOCKS>(lines[i + step], moved(i + step), true)));
    }
    // Four light lines end what the last ones began.
    add(core::array::from_fn(|_| {
        let finders = state.take::<false>(Lanes::ZERO, Lanes::ZERO, false).finders;
        Found { finders, ..nothing }
    }));

    let [fives, runs, before, behind, blocks, dark] = tally;
    fives.finish(&mut counts.fives);
    runs.finish(&mut counts.runs);
    before.finish(&mut counts.finders);
    behind.finish(&mut counts.finders);
    if BLOCKS {
        blocks.finish(&mut counts.blocks);
        dark.finish(&mut counts.dark);
    }
}

/// The score of a candidate's finder-like patterns of unit width 2 and more.
fn wide_score(symbol: &Unmasked<'_>, mask: usize) -> u32 {
    let size = symbol.layout.size;
    let format = with_dark_module(FORMAT_INFORMATION[symbol.level as usize][mask]);
    let mut found = 0;
    for (plane, along, across, unmasked) in [
        (Plane::Rows, Plane::Rows, Plane::Columns, symbol.rows),
        (Plane::Columns, Plane::Columns, Plane::Rows, symbol.columns),
    ] {
        let words = unmasked.chunks_exact(size).zip(symbol.layout.free.chunks_exact(size)).enumerate();
        for (word, (lines, free)) in words {
            let pattern = PATTERNS[plane as usize].each_ref().map(|line| line[word].0[mask]);
            let mut candidate = [0; MARGIN + 177 + MARGIN];
            let candidate = &mut candidate[..MARGIN + size + MARGIN];
            for (i, (line, free)) in lines.iter().zip(free).enumerate() {
                candidate[MARGIN + i] = line ^ (pattern[i % PERIOD] & free);
            }
            format_modules(along, size, |i, bit| {
                if i / 64 == word {
                    candidate[MARGIN + 8] |= (format >> bit & 1) << (i % 64);
                }
            });
            if word == 0 {
                format_modules(across, size, |i, bit| candidate[MARGIN + i] |= (format >> bit & 1) << 8);
            }
            found += wide_finders(candidate);
        }
    }
    N3 * found
}

/// Light lines on either side of a word's lines, so that all that [`wide_finders`] looks at exists.
const MARGIN: usize = 8;

/// Finder-like patterns of unit width 2 and more across the lines of one word of one candidate.
fn wide_finders(lines: &[u64]) -> u32 {
    let mut found = 0;
    for i in MARGIN..lines.len() - MARGIN {
        let dark = |from: isize, to: isize| (from..=to).fold(!0, |all, at| all & lines[i.wrapping_add_signed(at)]);
        let light = |from: isize, to: isize| !(from..=to).fold(0, |any, at| any | lines[i.wrapping_add_signed(at)]);
        // Six dark or more behind two light: the middle of a pattern, if it is one, begins here.
        let middle = dark(0, 5) & light(-2, -1);
        let width2 = dark(-4, -3) & light(6, 7);
        let wider = light(-3, -3) & dark(6, 8);
        let mut places = middle & (width2 | wider);
        while places != 0 {
            found += finders_around(lines, i, places.trailing_zeros());
            places &= places - 1;
        }
    }
    found
}

/// Whether the dark run that begins in line `start` is the middle of a finder-like pattern, and with four units of light
/// on how many sides: 0, 1 or 2.
fn finders_around(lines: &[u64], start: usize, bit: u32) -> u32 {
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
    // A side that reaches the margin is as light as one could want.
    let side = |len: usize, reaches: bool| if reaches { usize::MAX } else { len };
    let outer_up = up(first_end - first, false);
    let outer_down = down(last_start + last, false);
    let outer = [
        side(outer_up, outer_up == first_end - first),
        side(outer_down, last_start + last + outer_down == lines.len()),
    ];
    if outer.iter().any(|&len| len < width) {
        return 0;
    }
    outer.iter().filter(|&&len| len >= 4 * width).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;
    use crate::matrix::transpose;

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

    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state ^ *state >> 29
    }

    /// Compares all eight scores of a symbol, whose free modules `dark` says, with the textbook's of the finished ones.
    fn check(
        scorer: &mut Scorer,
        version: Version,
        level: ErrorCorrectionLevel,
        dark: &mut dyn FnMut(usize, usize) -> bool,
    ) {
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
        let scores = scorer.scores(&symbol);
        let mut finished = Vec::new();
        let expected = Mask::ALL.map(|mask| {
            apply(&rows, &layout, level, mask, &mut finished);
            textbook(size, |x, y| finished[x / 64 * size + y] >> (x % 64) & 1 != 0)
        });
        assert_eq!(scores, expected, "version {version}, level {level}");
        let lowest = (0..8).find(|&mask| expected[mask] == *expected.iter().min().unwrap()).unwrap();
        assert_eq!(scorer.choose(&symbol).index(), lowest);
    }

    #[test]
    fn all_eight_scores_are_the_textbook_ones_for_every_version_and_kind_of_data() {
        let mut state = 4;
        let mut scorer = Scorer::default();
        for (i, version) in (1..=40).filter_map(Version::new).enumerate() {
            let level = ErrorCorrectionLevel::ALL[i % 4];
            for _ in 0..4 {
                check(&mut scorer, version, level, &mut |_, _| random(&mut state) >> 40 & 1 != 0);
            }
            // Sparse and dense data make long runs.
            check(&mut scorer, version, level, &mut |_, _| random(&mut state) >> 40 & 7 == 0);
            check(&mut scorer, version, level, &mut |_, _| random(&mut state) >> 40 & 7 != 0);
            check(&mut scorer, version, level, &mut |_, _| false);
            check(&mut scorer, version, level, &mut |_, _| true);
            check(&mut scorer, version, level, &mut |x, _| x % 2 == 0);
            check(&mut scorer, version, level, &mut |_, y| y % 2 == 0);
            check(&mut scorer, version, level, &mut |x, y| (x / 7 + y / 7) % 2 == 0);
        }
    }

    /// Data that mask 0, 1 or 2 turns into finder-like patterns of every unit width, at every place, in both directions.
    #[test]
    fn finder_like_patterns_of_every_width_are_counted() {
        let mut state = 5;
        let mut scorer = Scorer::default();
        for number in [1, 2, 6, 7, 11, 12, 20, 27, 28, 40] {
            let version = Version::new(number).unwrap();
            let size = version.size();
            for width in 1..=size / 7 {
                for (mask, down) in [(0, false), (1, false), (1, true), (2, true)] {
                    let light_before = random(&mut state) as usize % (6 * width);
                    let noise = random(&mut state) & 3 == 0;
                    let shape = |i: usize| {
                        let unit = i.wrapping_sub(light_before) / width;
                        i >= light_before && unit < 7 && [true, false, true, true, true, false, true][unit]
                    };
                    check(&mut scorer, version, ErrorCorrectionLevel::M, &mut |x, y| {
                        let flip = noise && random(&mut state).is_multiple_of(97);
                        shape(if down { y } else { x }) ^ inverts(mask, x, y) ^ flip
                    });
                }
            }
        }
    }

    #[test]
    fn format_information_is_the_printed_one() {
        // Annex C.2: level M, mask 5.
        assert_eq!(FORMAT_INFORMATION[ErrorCorrectionLevel::M as usize][5], 0b100_0000_1100_1110);
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
