//! The eight data mask patterns, their application and the choice among them (ISO/IEC 18004:2015, 7.8).
//!
//! Knows the planes of [`layout`](super::layout), the format information, which depends on the mask, and
//! [`penalty`], which scores the candidates; nothing of codewords.

use alloc::vec::Vec;

use super::format_information::{self, FIRST_LEN, LAST_LEN, LINE};
use super::layout::{HALF, LOWER, Layout, Plane};
use super::penalty::{self, LIGHT_AFTER, LIGHT_BEFORE, WIDE_LIGHT};
use crate::simd::{Lanes, Register};
use crate::version::{ErrorCorrectionLevel, Mask};

/// Returns whether the mask inverts the module in column `x` and row `y` (Table 10).
pub(crate) const fn inverts(mask: usize, x: usize, y: usize) -> bool {
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

/// Number of rows and of columns after which every mask pattern repeats.
const PERIOD: usize = 12;

/// The words of the eight mask patterns for each plane, word of a line and line modulo [`PERIOD`]. 4,608 bytes.
static PATTERNS: [[[Lanes; PERIOD]; 3]; 2] = {
    let mut patterns = [[[Lanes::ZERO; PERIOD]; 3]; 2];
    let mut line = 0;
    while line < PERIOD {
        let mut i = 0;
        while i < 192 {
            let mut mask = 0;
            while mask < 8 {
                patterns[Plane::Rows as usize][i / 64][line].0[mask] |= (inverts(mask, i, line) as u64) << (i % 64);
                patterns[Plane::Columns as usize][i / 64][line].0[mask] |= (inverts(mask, line, i) as u64) << (i % 64);
                mask += 1;
            }
            i += 1;
        }
        line += 1;
    }
    patterns
};

/// Returns one word of the first columns of the mask pattern. The columns after them repeat it.
#[cfg(feature = "read")]
pub(crate) fn columns(mask: Mask, word: usize) -> [u64; PERIOD] {
    PATTERNS[Plane::Columns as usize][word].each_ref().map(|lanes| lanes.0[mask.index()])
}

/// The mask patterns with the rows in the lower and the columns in the upper half of a word. 768 bytes.
static BOTH_PATTERNS: [Lanes; PERIOD] = {
    let mut both = [Lanes::ZERO; PERIOD];
    let mut line = 0;
    while line < PERIOD {
        let mut mask = 0;
        while mask < 8 {
            let [rows, columns] =
                [PATTERNS[Plane::Rows as usize][0][line].0[mask], PATTERNS[Plane::Columns as usize][0][line].0[mask]];
            both[line].0[mask] = rows & LOWER | columns << HALF;
            mask += 1;
        }
        line += 1;
    }
    both
};

/// A symbol whose codewords are placed, not yet masked and without format information.
#[derive(Clone, Copy)]
pub(crate) struct Unmasked<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) level: ErrorCorrectionLevel,
    pub(crate) rows: &'a [u64],
    pub(crate) columns: &'a [u64],
}

impl<'a> Unmasked<'a> {
    fn plane(&self, plane: Plane) -> &'a [u64] {
        match plane {
            Plane::Rows => self.rows,
            Plane::Columns => self.columns,
        }
    }

    /// Writes one word of every line of a plane to `masked`, with `mask` and its format information.
    #[inline(always)]
    fn mask_word(&self, plane: Plane, word: usize, mask: Mask, masked: &mut [u64]) {
        let size = self.layout.size;
        let lines = &self.plane(plane)[word * size..][..size];
        let free = &self.layout.free[word * size..][..size];
        let pattern = PATTERNS[plane as usize][word].each_ref().map(|lanes| lanes.0[mask.index()]);
        let (periods, rest) = masked[..size].as_chunks_mut::<PERIOD>();
        let (line_periods, line_rest) = lines.as_chunks::<PERIOD>();
        let (free_periods, free_rest) = free.as_chunks::<PERIOD>();
        for ((masked, lines), free) in periods.iter_mut().zip(line_periods).zip(free_periods) {
            for i in 0..PERIOD {
                masked[i] = lines[i] ^ (pattern[i] & free[i]);
            }
        }
        for (((masked, pattern), line), free) in rest.iter_mut().zip(pattern).zip(line_rest).zip(free_rest) {
            *masked = line ^ (pattern & free);
        }
        let [first, last] = format_information::along(plane, self.level).each_ref().map(|lanes| lanes.0[mask.index()]);
        masked[LINE] |= format_information::word(first, last, size, word);
        if word == 0 {
            let across = format_information::along(plane.across(), self.level);
            let [first, last] = across.each_ref().map(|lanes| lanes.0[mask.index()]);
            let (first_lines, last_lines) = masked[..size].split_at_mut(size - LAST_LEN);
            for (lines, modules) in [(&mut first_lines[..FIRST_LEN], first), (last_lines, last)] {
                for (i, line) in lines.iter_mut().enumerate() {
                    *line |= (modules >> i & 1) << LINE;
                }
            }
        }
    }

    /// Writes the plane of rows of the finished symbol: with `mask` and its format information, and zeros after the end
    /// of each row.
    #[inline(always)]
    pub(crate) fn finish(&self, mask: Mask, finished: &mut Vec<u64>) {
        let size = self.layout.size;
        finished.resize(self.rows.len(), 0);
        for (word, masked) in finished.chunks_exact_mut(size).enumerate() {
            self.mask_word(Plane::Rows, word, mask, masked);
        }
        let last = finished.len() - size;
        for row in &mut finished[last..] {
            *row &= !(u64::MAX << (size % 64));
        }
    }

    /// Writes one word of every line of a plane for all eight candidates, with format information.
    #[inline(always)]
    fn fill<R: Register>(&self, plane: Plane, word: usize, candidates: &mut [Lanes]) {
        let size = self.layout.size;
        let lines = &self.plane(plane)[word * size..][..size];
        let free = &self.layout.free[word * size..][..size];
        fill::<R>(lines, free, &PATTERNS[plane as usize][word], candidates);
        self.set_format::<R>(plane, word, 0, candidates);
    }

    /// Writes both planes of all eight candidates as one plane, with the rows in the lower and the columns in the upper
    /// halves of the words. The symbol must have fewer than [`HALF`] modules a side.
    #[inline(always)]
    fn fill_both<R: Register>(&self, candidates: &mut [Lanes]) {
        let size = self.layout.size;
        let (mut lines, mut free) = ([0; HALF], [0; HALF]);
        for ((line, row), column) in lines.iter_mut().zip(self.rows).zip(self.columns) {
            *line = row & LOWER | column << HALF;
        }
        for (both, free) in free.iter_mut().zip(self.layout.free) {
            *both = free | free << HALF;
        }
        fill::<R>(&lines[..size], &free[..size], &BOTH_PATTERNS, candidates);
        self.set_format::<R>(Plane::Rows, 0, 0, candidates);
        self.set_format::<R>(Plane::Columns, 0, HALF as u32, candidates);
    }

    /// Draws the dark modules of the format information in one word of the lines of a plane. The first module of the
    /// word is bit `start`.
    #[inline(always)]
    fn set_format<R: Register>(&self, plane: Plane, word: usize, start: u32, candidates: &mut [Lanes]) {
        let size = self.layout.size;
        let lines = &mut candidates[LIGHT_BEFORE..][..size];
        let along = format_information::along(plane, self.level);
        let across = format_information::along(plane.across(), self.level);
        for part in 0..8 / R::LANES {
            let (first, last) = (R::load(&along[0], part), R::load(&along[1], part));
            set(&mut lines[LINE], format_information::word(first, last, size, word).up_by(start), part);
            if word == 0 {
                let (first, last) = (R::load(&across[0], part), R::load(&across[1], part));
                let (first_lines, last_lines) = lines.split_at_mut(size - LAST_LEN);
                set_each(&mut first_lines[..FIRST_LEN], first, start + LINE as u32, part);
                set_each(last_lines, last, start + LINE as u32, part);
            }
        }
    }

    /// Returns the mask with the lowest score, and of equal ones the lowest number. `candidates` is a buffer.
    ///
    /// The score of wide finder-like patterns takes much work and never lowers a total. So it is added to the best
    /// candidate only, until the best candidate has it.
    #[inline(always)]
    pub(crate) fn choose<R: Register>(&self, candidates: &mut Vec<Lanes>) -> Mask {
        let (mut scores, mut is_final) = (self.scores_without_wide::<R>(candidates), [false; 8]);
        loop {
            // `min_by_key` returns the first minimum.
            let best = (0..8).min_by_key(|&mask| scores[mask]).unwrap_or(0);
            if is_final[best] {
                return Mask::from_index(best);
            }
            scores[best] += self.wide_score::<R>(Mask::from_index(best));
            is_final[best] = true;
        }
    }

    /// Returns all eight scores.
    #[inline(always)]
    #[cfg(any(test, feature = "bench-internals"))]
    pub(crate) fn scores<R: Register>(&self, candidates: &mut Vec<Lanes>) -> [u32; 8] {
        let mut scores = self.scores_without_wide::<R>(candidates);
        for (mask, score) in scores.iter_mut().enumerate() {
            *score += self.wide_score::<R>(Mask::from_index(mask));
        }
        scores
    }

    /// Returns the scores without finder-like patterns of a unit width above 1.
    #[inline(always)]
    fn scores_without_wide<R: Register>(&self, candidates: &mut Vec<Lanes>) -> [u32; 8] {
        let size = self.layout.size;
        let words = self.rows.len() / size;
        let len = LIGHT_BEFORE + size + LIGHT_AFTER;
        // Exactly one word of all lines and the word after it: this is most of the memory of an encoder.
        if candidates.len() < 2 * len {
            candidates.reserve_exact(2 * len - candidates.len());
            candidates.resize(2 * len, Lanes::ZERO);
        }
        let (mut this, mut next) = candidates[..2 * len].split_at_mut(len);
        let mut counts = penalty::Counts::new();
        // At least one bit of padding must separate the two planes.
        if size < HALF {
            self.fill_both::<R>(this);
            counts.add_lines::<R>(this);
            counts.add_modules::<R>(this, this);
            return counts.scores_of_both(size);
        }
        for word in 0..words {
            self.fill::<R>(Plane::Columns, word, this);
            counts.add_lines::<R>(this);
        }
        for word in (0..words).rev() {
            self.fill::<R>(Plane::Rows, word, this);
            // After the last word any word will do, since padding ends the line.
            counts.add_lines::<R>(this);
            counts.add_modules::<R>(this, next);
            core::mem::swap(&mut this, &mut next);
        }
        counts.scores(size)
    }

    /// Returns the score of the finder-like patterns of a unit width above 1.
    #[inline(always)]
    fn wide_score<R: Register>(&self, mask: Mask) -> u32 {
        let size = self.layout.size;
        // The lines before and after the symbol are light, as is everything outside it.
        let mut lines = [0; WIDE_LIGHT + 177 + WIDE_LIGHT];
        let mut score = 0;
        for plane in [Plane::Rows, Plane::Columns] {
            for word in 0..self.rows.len() / size {
                self.mask_word(plane, word, mask, &mut lines[WIDE_LIGHT..WIDE_LIGHT + size]);
                score += penalty::wide_score::<R>(&lines[..WIDE_LIGHT + size + WIDE_LIGHT]);
            }
        }
        score
    }
}

/// Writes one word of all lines of the candidates, with light lines before and after them.
#[inline(always)]
fn fill<R: Register>(lines: &[u64], free: &[u64], patterns: &[Lanes; PERIOD], candidates: &mut [Lanes]) {
    candidates[..LIGHT_BEFORE].fill(Lanes::ZERO);
    candidates[LIGHT_BEFORE + lines.len()..].fill(Lanes::ZERO);
    let candidates = candidates[LIGHT_BEFORE..].chunks_mut(PERIOD);
    for ((candidates, lines), free) in candidates.zip(lines.chunks(PERIOD)).zip(free.chunks(PERIOD)) {
        for (((candidate, pattern), line), free) in candidates.iter_mut().zip(patterns).zip(lines).zip(free) {
            let (line, free) = (R::splat(*line), R::splat(*free));
            for part in 0..8 / R::LANES {
                (line ^ (R::load(pattern, part) & free)).store(candidate, part);
            }
        }
    }
}

/// Makes modules of a line dark.
#[inline(always)]
fn set<R: Register>(line: &mut Lanes, dark: R, part: usize) {
    (R::load(line, part) | dark).store(line, part);
}

/// Makes module `index` of the `i`-th line dark if bit `i` of `modules` is one.
#[inline(always)]
fn set_each<R: Register>(lines: &mut [Lanes], modules: R, index: u32, part: usize) {
    let mut modules = modules.up_by(index);
    for line in lines {
        set(line, modules & R::splat(1 << index), part);
        modules = modules.down_by(1);
    }
}
