//! Rows of modules coded as matches with what stands before them.
//!
//! The search goes over modules, not bytes: a stretch of modules can only match one whose bytes are cut at the same bits, at the
//! same *phase*. A dictionary remembers where each pattern of a few modules last began at each phase; two words that begin
//! there and here tell by one exclusive or how far they agree.
//!
//! For scales at which a module is so many pixels that literals are long.

use super::deflate::{
    BitWriter, Bits, Codes, Counts, DISTANCES, LONGEST_MATCH, SHORTEST_MATCH, Sink, Token, WINDOW, distance_symbol,
};
use super::geometry::{GROUP, Geometry, Row, WIDEST};
use super::repeats::{Repeats, copy_all};

/// Entries of the dictionary: patterns times phases.
const ENTRIES: usize = 1024;
/// Modules of a pattern: with eight phases the dictionary holds no longer ones.
const LONGEST_PATTERN: u32 = 7;
const SHORTEST_PATTERN: u32 = 4;
/// Modules that are compared at once, at most: a word holds as many from any bit of a byte on, and one more.
const COMPARED: u32 = 56;

/// How rows are searched for matches: shapes alone, no codes.
#[derive(Clone, Debug)]
pub(super) struct Matches {
    scale: usize,
    /// 2^32 / `scale`, rounded up: the quotient of what is below 2^16 is exact.
    reciprocal: u64,
    /// Modules of a line from where a [`Row`] begins, as many as it holds, and their bytes.
    modules: usize,
    width: usize,
    /// Where coding begins in a row: bytes.
    begin: usize,
    /// Scan lines of a row, those of the quiet zone above, and bytes of a line.
    line: usize,
    quiet_lines: usize,
    /// Bytes of a match at the distance of a line that are left to a row, which may make it longer, by what stands before the
    /// first row, between rows and behind the last.
    owed: Owed,
    /// Whether the last scan line of a row can be matched, which is nearer than its first.
    last_line_counts: bool,
    /// The ones of a pattern.
    pattern: u64,
    /// What a phase adds to a pattern, for modules of that number in a group.
    phases: [u16; GROUP],
    /// Modules that a byte can touch before the one that it ends in.
    touched: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Owed {
    pub(super) above: usize,
    pub(super) between: usize,
    pub(super) below: usize,
}

/// What was coded of an image so far.
#[derive(Clone)]
pub(super) struct History {
    /// All rows, as bytes that can be read a word at a time wherever a word begins. The first is the quiet zone.
    rows: [[u8; 40]; 256],
    /// Where each row's best scan line to match begins, in bytes from the first of the image.
    at: [u32; 256],
    /// Where each pattern last began at each phase: row, module.
    dictionary: [[u8; 2]; ENTRIES],
    /// The row to come, and where it begins.
    row: u8,
    position: u32,
    /// The row before.
    above: Row,
    /// Bytes of a match at the distance of a line that are still to be coded.
    owed: usize,
}

impl Default for History {
    fn default() -> Self {
        Self {
            rows: [[0; 40]; 256],
            at: [0; 256],
            dictionary: [[0; 2]; ENTRIES],
            row: 0,
            position: 0,
            above: [0; WIDEST],
            owed: 0,
        }
    }
}

impl Matches {
    /// For rows that are repeated by `repeats`, and leave so many bytes of a match to rows.
    pub(super) fn new(geometry: Geometry, repeats: Repeats, owed: Owed) -> Self {
        let Geometry { scale, quiet_zone, .. } = geometry;
        let phases = GROUP >> scale.trailing_zeros().min(3);
        // As long as a pattern may be to have begun about twice within reach.
        let rows_in_reach = 1 + WINDOW / (scale * geometry.line());
        let pattern_bits =
            (rows_in_reach * geometry.modules / phases / 2).ilog2().clamp(SHORTEST_PATTERN, LONGEST_PATTERN);
        let (modules, width) = reach(geometry);
        Self {
            scale,
            reciprocal: (1_u64 << 32).div_ceil(scale as u64),
            modules,
            width,
            begin: quiet_zone % GROUP * scale / 8,
            line: geometry.line(),
            quiet_lines: quiet_zone * scale,
            owed,
            last_line_counts: repeats == Repeats::Unfiltered,
            pattern: (1 << pattern_bits) - 1,
            phases: core::array::from_fn(|module| ((module % phases) << pattern_bits) as u16),
            touched: 8_usize.div_ceil(scale),
        }
    }

    /// Begins an image: above it is the quiet zone.
    #[inline(always)]
    pub(super) fn start(&self, history: &mut History) {
        history.rows[0] = [0; 40];
        history.above = [0; WIDEST];
        history.owed = self.owed.above;
        (history.row, history.position) = (0, 0);
        self.end_row(history, self.quiet_lines);
        if self.quiet_lines == 0 {
            // There is nothing above, so it must not be near.
            history.position = 2 * WINDOW as u32;
        }
        // Every pattern is said to begin in the quiet zone; comparing tells better.
        for (entry, place) in history.dictionary.iter_mut().enumerate() {
            *place = [0, (entry >> self.pattern.count_ones()) as u8];
        }
    }

    /// Ends a row of so many scan lines.
    #[inline(always)]
    fn end_row(&self, history: &mut History, lines: usize) {
        let above = if self.last_line_counts { lines.saturating_sub(1) * self.line } else { 0 };
        history.at[usize::from(history.row)] = history.position + above as u32;
        history.position += (lines * self.line) as u32;
        history.row += 1;
    }

    /// Gives `sink` the tokens of a row from the end of its margin on.
    #[inline(always)]
    pub(super) fn write_row<S: Sink>(&self, history: &mut History, row: &Row, sink: &mut S) {
        let number = usize::from(history.row);
        let bytes = &mut history.rows[number];
        for (bytes, word) in bytes.chunks_exact_mut(8).zip(row) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        history.at[number] = history.position;

        let mut byte = self.begin;
        let mut stop = self.width;
        if history.owed > 0 {
            // A match at the distance of a line goes on where the row above has the same modules, and from where all the rest
            // is the same the next one begins.
            let (first, last) = different(row, &history.above);
            byte = self.end(first.min(self.modules), true).max(byte);
            stop = (last * self.scale).div_ceil(8).min(stop);
            history.owed += byte - self.begin;
            if byte < stop {
                copy_all(history.owed, self.line, sink);
                history.owed = 0;
            }
        }
        let mut module = self.module(byte);
        let mut remembered = 0;
        while byte < stop {
            let (mut length, mut distance) = self.latest(history, byte, module);
            let run = self.run(history, byte, module);
            if run >= length {
                (length, distance) = (run, 1);
            }
            if length >= SHORTEST_MATCH {
                let length = length.min(LONGEST_MATCH);
                sink.copy(length, distance);
                byte += length;
            } else {
                sink.literal(self.literal(history, byte, module));
                byte += 1;
            }
            module = self.module(byte);
            while remembered + GROUP <= module {
                self.remember(history, remembered);
                remembered += GROUP;
            }
        }
        while remembered < self.modules {
            self.remember(history, remembered);
            remembered += GROUP;
        }
        history.owed += self.width - byte + self.owed.between;
        history.above = *row;
        self.end_row(history, self.scale);
    }

    /// Ends an image: codes what is still owed.
    #[inline(always)]
    pub(super) fn finish<S: Sink>(&self, history: &History, sink: &mut S) {
        copy_all(history.owed + self.owed.below - self.owed.between, self.line, sink);
    }

    /// The module that a byte begins in.
    #[inline(always)]
    fn module(&self, byte: usize) -> usize {
        ((8 * byte as u64 * self.reciprocal) >> 32) as usize
    }

    /// Where the pattern that begins with that module last began: the length of the match from that byte on and its distance.
    #[inline(always)]
    fn latest(&self, history: &History, byte: usize, module: usize) -> (usize, usize) {
        let here = history.modules(history.row, module);
        let entry = (here & self.pattern) as usize | usize::from(self.phases[module % GROUP]);
        let [row, there] = history.dictionary[entry % ENTRIES];
        let there = usize::from(there);
        let alike = self.alike(here, history.modules(row, there));
        // Neither row is known behind its end.
        let alike = alike.min(self.modules.saturating_sub(module.max(there)));
        let end = self.end(module + alike, there == module);
        // What was noted behind the end of a row wraps to a distance out of reach, or agrees in no module.
        let distance = (history.position as usize + module * self.scale / 8)
            .wrapping_sub(history.at[usize::from(row)] as usize + there * self.scale / 8);
        if distance <= WINDOW { (end.saturating_sub(byte), distance) } else { (0, 0) }
    }

    /// In how many modules these begin alike, as far as they are compared.
    #[inline(always)]
    fn alike(&self, some: u64, others: u64) -> usize {
        ((some ^ others) | 1 << COMPARED).trailing_zeros() as usize
    }

    /// The byte that the match with modules up to that one ends before. What follows the last module is light in every row.
    #[inline(always)]
    fn end(&self, module: usize, and_what_follows: bool) -> usize {
        if module == self.modules && and_what_follows { self.width } else { module * self.scale / 8 }
    }

    /// How long the byte before is repeated.
    #[inline(always)]
    fn run(&self, history: &History, byte: usize, module: usize) -> usize {
        // It must be of one colour, whichever modules it touches.
        let before = if 8 * byte >= module * self.scale + 8 { 0 } else { self.touched };
        if module < before {
            return 0;
        }
        let from = history.modules(history.row, module - before);
        let dark = from & 1;
        let alike = self.alike(from, dark.wrapping_neg());
        self.end((module - before + alike).min(self.modules), dark == 0).saturating_sub(byte)
    }

    /// The byte there, which begins in that module.
    #[inline(always)]
    fn literal(&self, history: &History, byte: usize, module: usize) -> u8 {
        let modules = history.modules(history.row, module);
        let first = (module + 1) * self.scale - 8 * byte;
        let dark = |module: usize| ((modules >> module) as u8 & 1).wrapping_neg();
        // A module is five pixels or more, so a byte touches three at most.
        let behind = |pixels: usize| (0xFF_u32 >> pixels.min(8)) as u8;
        let second = (dark(0) ^ dark(1)) & behind(first);
        let third = (dark(1) ^ dark(2)) & behind(first + self.scale);
        !(dark(0) ^ second ^ third)
    }

    /// Notes the patterns that begin with that module and the seven that follow it.
    #[inline(always)]
    fn remember(&self, history: &mut History, module: usize) {
        let modules = history.modules(history.row, module);
        for (i, phase) in self.phases.iter().enumerate() {
            let entry = (modules >> i & self.pattern) as usize | usize::from(*phase);
            history.dictionary[entry % ENTRIES] = [history.row, (module + i) as u8];
        }
    }

    /// Counts the tokens of the rows of an image.
    pub(super) fn count(&self, rows: &[Row], history: &mut History, counts: &mut Counts) {
        self.start(history);
        for row in rows {
            self.write_row(history, row, counts);
        }
        self.finish(history, counts);
    }

    /// Counts all that may occur in a row once.
    pub(super) fn count_all(geometry: Geometry, counts: &mut Counts) {
        let mut literals = [false; 256];
        for dark in 0..256 {
            for byte in geometry.bytes(dark, geometry.scale) {
                literals[usize::from(byte)] = true;
            }
            for byte in geometry.bytes(dark % (1 << geometry.tail()), geometry.tail_len()) {
                literals[usize::from(byte)] = true;
            }
        }
        for byte in (0..=255).filter(|byte| literals[usize::from(*byte)]) {
            counts.add(Token::Literal(byte), 1);
        }
        for length in SHORTEST_MATCH..=LONGEST_MATCH {
            counts.add(Token::Match { length, distance: 1 }, 1);
        }
        for distance in (0..WINDOW.ilog2()).map(|bits| 1 << bits) {
            counts.add(Token::Match { length: SHORTEST_MATCH, distance: distance + 1 }, 1);
            counts.add(Token::Match { length: SHORTEST_MATCH, distance: distance * 3 / 2 + 1 }, 1);
        }
    }
}

/// Where two rows first differ, and behind the last place where they do; 0 for that and a place behind both if they do not.
#[inline(always)]
fn different(row: &Row, other: &Row) -> (usize, usize) {
    let (mut first, mut last) = (64 * WIDEST, 0);
    for (i, (word, other)) in row.iter().zip(other).enumerate() {
        let different = word ^ other;
        if different != 0 {
            first = first.min(64 * i + different.trailing_zeros() as usize);
            last = 64 * (i + 1) - different.leading_zeros() as usize;
        }
    }
    (first, last)
}

/// Modules of a line from where a [`Row`] begins, as many as it holds, and their bytes.
fn reach(geometry: Geometry) -> (usize, usize) {
    let modules = geometry.modules - GROUP * geometry.lead();
    let stride = geometry.stride - geometry.lead() * geometry.scale;
    let most = 64 * WIDEST;
    if modules <= most { (modules, stride) } else { (most, most / GROUP * geometry.scale) }
}

/// Bytes of the light modules behind a [`Row`], where a line goes on.
pub(super) fn behind(geometry: Geometry) -> usize {
    geometry.stride - geometry.lead() * geometry.scale - reach(geometry).1
}

impl History {
    /// The modules of a row from that one on: 57 or more, the first at the bottom.
    #[inline(always)]
    fn modules(&self, row: u8, from: usize) -> u64 {
        let from = from % (64 * WIDEST);
        let bytes = self.rows[usize::from(row)][from / 8..].first_chunk();
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes)) >> (from % 8)
    }
}

/// The codes of literals and matches, at hand by what they stand for.
#[derive(Debug)]
pub(super) struct Coded {
    literals: Box<[Bits; 256]>,
    lengths: Box<[Bits; LONGEST_MATCH + 1]>,
    distances: Box<[Bits; DISTANCES]>,
}

impl Coded {
    pub(super) fn new(codes: &Codes) -> Self {
        let lengths = |length: usize| if length < SHORTEST_MATCH { Bits::default() } else { codes.length(length) };
        Self {
            literals: Box::new(core::array::from_fn(|byte| codes.literal(byte as u8))),
            lengths: Box::new(core::array::from_fn(lengths)),
            distances: Box::new(*codes.distances()),
        }
    }
}

/// Writes tokens as they come.
pub(super) struct Write<'a, 'b> {
    pub(super) out: &'a mut BitWriter<'b>,
    pub(super) coded: &'a Coded,
}

impl Sink for Write<'_, '_> {
    #[inline(always)]
    fn literal(&mut self, byte: u8) {
        self.out.push(self.coded.literals[usize::from(byte)]);
    }

    #[inline(always)]
    fn copy(&mut self, length: usize, distance: usize) {
        let (symbol, extra) = distance_symbol(distance);
        self.out.push(self.coded.lengths[length].then(self.coded.distances[symbol]).then(extra));
    }
}
