//! The lookup table of a row: for each of the 256 units its ready bits and its share of the checksum.
//!
//! Knows how modules become bytes and tokens. Copies the bits between rows without interpreting them.

use super::geometry::{Geometry, LIGHT, MAX_TAIL, Row, UNIT};
use crate::deflate::adler32::{EqualParts, Sums};
use crate::deflate::{BitWriter, Bits, BlockCode, Frequencies, MAX_LENGTH, MIN_LENGTH, Token};
use crate::symbol::Symbol;

/// All patterns of a number of modules, drawn as pixels from the beginning of a byte on, and the tokens of these.
pub(super) struct Patterns {
    /// Bytes of a pattern.
    len: usize,
    /// All bytes, pattern by pattern: pattern `p` has module `i` dark where bit `i` of `p` is set.
    bytes: Vec<u8>,
    tokens: Vec<Token>,
    /// Where the tokens of each pattern end.
    ends: Vec<u32>,
}

impl Patterns {
    /// All patterns of a unit.
    pub(super) fn of_units(geometry: &Geometry) -> Self {
        Self::new(UNIT, geometry.scale, geometry.scale)
    }

    /// All patterns of the tail.
    pub(super) fn of_tails(geometry: &Geometry) -> Self {
        Self::new(geometry.tail(), geometry.scale, geometry.tail_len())
    }

    fn new(modules: usize, scale: usize, len: usize) -> Self {
        // The pixels of each module alone.
        let mut masks = vec![0; modules * len];
        for pixel in 0..modules * scale {
            masks[pixel / scale * len + pixel / 8] |= 0x80 >> (pixel % 8);
        }
        let count = 1 << modules;
        let mut bytes = vec![LIGHT; count * len];
        for pattern in 1..count {
            // A pattern is the one without its lowest dark module, and that module.
            let (before, bytes) = bytes.split_at_mut(pattern * len);
            let fewer = &before[(pattern & (pattern - 1)) * len..];
            let mask = &masks[pattern.trailing_zeros() as usize * len..];
            for ((byte, fewer), mask) in bytes[..len].iter_mut().zip(fewer).zip(mask) {
                *byte = fewer ^ mask;
            }
        }
        // Where two modules are whole bytes, modules that alternate repeat these.
        let period = if scale.is_multiple_of(4) && scale > 4 { scale / 4 } else { len };
        let mut tokens = Vec::with_capacity(count * len.min(10));
        let mut ends = Vec::with_capacity(count);
        let mut parser = Parser::new(period, len);
        for pattern in 0..count {
            parser.parse(&bytes[pattern * len..][..len], &mut tokens);
            ends.push(tokens.len() as u32);
        }
        Self { len, bytes, tokens, ends }
    }

    /// Counts the tokens of all patterns, each pattern `times` times.
    pub(super) fn count(&self, times: u32, frequencies: &mut Frequencies) {
        frequencies.add(&self.tokens, times);
    }

    /// Returns the bytes and the tokens of each pattern.
    fn iter(&self) -> impl Iterator<Item = (&[u8], &[Token])> {
        let starts = core::iter::once(0).chain(self.ends.iter().copied());
        let tokens = starts.zip(&self.ends).map(|(start, &end)| &self.tokens[start as usize..end as usize]);
        tokens.enumerate().map(|(pattern, tokens)| (&self.bytes[pattern * self.len..][..self.len], tokens))
    }
}

/// Finds the tokens of patterns of `len` bytes.
struct Parser {
    /// The distance of a match that is not a run.
    period: usize,
    /// How many bytes from each on repeat what stands one byte before them, and one period before them; at most a match's length.
    runs: Vec<u16>,
    repeats: Vec<u16>,
}

impl Parser {
    fn new(period: usize, len: usize) -> Self {
        Self { period, runs: vec![0; len + 1], repeats: vec![0; len + 1] }
    }

    /// Appends the tokens of a pattern's bytes, chosen by rule: a run of four bytes or more is a literal and a match at distance 1,
    /// a repeat of the last `period` bytes is a match if it is four bytes longer than a run, all else is literals.
    fn parse(&mut self, bytes: &[u8], tokens: &mut Vec<Token>) {
        let Self { period, ref mut runs, ref mut repeats } = *self;
        let longer = |next: u16| (next + 1).min(MAX_LENGTH as u16);
        for i in (1..bytes.len()).rev() {
            runs[i] = if bytes[i] == bytes[i - 1] { longer(runs[i + 1]) } else { 0 };
        }
        for i in (period..bytes.len()).rev() {
            repeats[i] = if bytes[i] == bytes[i - period] { longer(repeats[i + 1]) } else { 0 };
        }
        let mut at = 0;
        while at < bytes.len() {
            let (run, repeat) = (usize::from(runs[at]), usize::from(repeats[at]));
            let (length, distance) = if repeat >= run + 4 { (repeat, period) } else { (run, 1) };
            if length >= MIN_LENGTH {
                tokens.push(Token::matched(length, distance));
                at += length;
            } else {
                tokens.push(Token::Literal(bytes[at]));
                at += 1;
            }
        }
    }
}

/// A unit or tail, ready to be written.
#[derive(Clone, Copy, Default)]
struct Entry {
    /// Its first bits, up to [`Bits::MAX_COUNT`]; most entries have no more.
    bits: u64,
    /// The sum of its bytes and, 32 bits further up, their weighted sum. Both stay below 2^32 for lines of up to 5,803 bytes;
    /// [`Png::MAX_SIDE`](super::Png::MAX_SIDE) allows 2,896.
    sums: u64,
    /// The number of all bits.
    count: u16,
    /// Where in [`UnitTable::more`] the others stand, each [`Bits::MAX_COUNT`] bits but the last.
    more: u16,
}

impl Entry {
    #[inline(always)]
    fn is_short(&self) -> bool {
        self.count() <= Bits::MAX_COUNT
    }

    #[inline(always)]
    fn count(&self) -> u32 {
        self.count.into()
    }
}

/// The entries of all units, then those of all tails. On both sides stand unused entries, so that what other threads write
/// beside the table is in other cache lines (false sharing).
type Entries = [Entry; TAILS + (1 << MAX_TAIL) + PADDING];

/// Where the entries of units and of tails begin.
const UNITS: usize = PADDING;
const TAILS: usize = UNITS + (1 << UNIT);
/// Entries that are at least 128 bytes, which is what some processors fetch at once.
const PADDING: usize = 6;

/// How the first scan line of a row is written, after its left margin and up to its right margin.
pub(super) struct UnitTable {
    entries: Box<Entries>,
    more: Box<[u64]>,
    /// Whether any two units are at most [`Bits::MAX_COUNT`] bits.
    fit_in_pairs: bool,
}

impl UnitTable {
    pub(super) fn new(geometry: &Geometry, units: &Patterns, tails: &Patterns, code: &BlockCode) -> Self {
        debug_assert!(geometry.line() <= 5_803, "the sums of a line have 32 bits each");
        let mut more = Vec::new();
        let mut encoded = Vec::new();
        let mut entry = |tokens: &[Token], sums: Sums| {
            encoded.clear();
            code.encode(tokens, &mut encoded);
            let (bits, others) = encoded.split_first().map_or((0, &[][..]), |(first, others)| (first.value(), others));
            let start = u16::try_from(more.len()).expect("a few thousand");
            more.extend(others.iter().map(|bits| bits.value()));
            Entry {
                bits,
                sums: sums.weighted << 32 | sums.sum,
                count: u16::try_from(Bits::total(&encoded)).expect("a few hundred"),
                more: start,
            }
        };

        // Made in place: an array on the stack would be copied.
        let mut entries = vec![Entry::default(); size_of::<Entries>() / size_of::<Entry>()];
        // The sums of a unit are those of a line whose other units are zero bytes; those of a tail, of a line whose units are all
        // zero bytes.
        let len_after_units = (geometry.tail_len() + geometry.trail()) as u64;
        for (filled, (bytes, tokens)) in entries[UNITS..].iter_mut().zip(units.iter()) {
            *filled = entry(tokens, Sums::of(bytes).then(Sums::of_run(0, len_after_units)));
        }
        // The filter byte is zero.
        let before =
            Sums::of_run(LIGHT, geometry.lead as u64).then(Sums::of_run(0, (geometry.units() * geometry.scale) as u64));
        let trail = Sums::of_run(LIGHT, geometry.trail() as u64);
        for (filled, (bytes, tokens)) in entries[TAILS..].iter_mut().zip(tails.iter()) {
            *filled = entry(tokens, before.then(Sums::of(bytes)).then(trail));
        }
        let is_half = |entry: &Entry| 2 * u32::from(entry.count) <= Bits::MAX_COUNT;
        Self {
            fit_in_pairs: entries[UNITS..TAILS].iter().all(is_half),
            entries: entries.into_boxed_slice().try_into().unwrap_or_else(|_| unreachable!("it has that length")),
            more: more.into(),
        }
    }

    /// Writes the units and the tail of every row of a symbol, and `between` after each but the last. Returns the sums of the
    /// rows' first scan lines, margins included.
    #[inline(always)]
    pub(super) fn write_rows(
        &self,
        geometry: &Geometry,
        symbol: &Symbol,
        between: &[Bits],
        out: &mut BitWriter<'_>,
    ) -> EqualParts {
        let (count, fit_in_pairs) = (geometry.units(), self.fit_in_pairs);
        let (scale, line) = (geometry.scale as u64, geometry.line() as u64);
        let writer = RowWriter { entries: &self.entries, more: &self.more, count, fit_in_pairs };
        let mut lines = EqualParts::default();
        let (size, words) = (symbol.size(), symbol.words());
        for y in 0..size {
            let between = if y < size - 1 { between } else { &[] };
            let sums = writer.write(&geometry.row(&words, y), between, out);
            lines.add(sums.of_line(scale, line));
        }
        lines
    }

    /// Returns the largest number of bits that a row's units and tail can take.
    pub(super) fn max_bits(&self, geometry: &Geometry) -> usize {
        let max = |entries: &[Entry], step: usize| {
            entries.iter().step_by(step).map(|entry| usize::from(entry.count)).max().unwrap_or_default()
        };
        let (units, tails) = (&self.entries[UNITS..TAILS], &self.entries[TAILS..]);
        // The indent of the first unit is light.
        max(units, 1 << geometry.indent) + (geometry.units() - 1) * max(units, 1) + max(tails, 1)
    }
}

#[cfg(test)]
impl UnitTable {
    /// Returns the row that takes the most bits, its indent light.
    pub(super) fn longest_row(&self, geometry: &Geometry) -> Row {
        let longest = |start: usize, patterns: usize, step: usize| {
            let bits = |&pattern: &usize| self.entries[start + pattern].count;
            (0..patterns).step_by(step).max_by_key(bits).unwrap_or_default() as u64
        };
        let mut row = Row::default();
        for unit in 0..geometry.units() {
            let step = if unit == 0 { 1 << geometry.indent } else { 1 };
            row[unit / 8] |= longest(UNITS, 1 << UNIT, step) << (UNIT * (unit % 8));
        }
        row[geometry.units() / 8] |= longest(TAILS, 1 << geometry.tail(), 1) << (UNIT * (geometry.units() % 8));
        row
    }
}

/// What writing a row reads of a table: by value, so that it is loaded once for all rows.
#[derive(Clone, Copy)]
struct RowWriter<'a> {
    entries: &'a Entries,
    more: &'a [u64],
    /// Units of a row.
    count: usize,
    fit_in_pairs: bool,
}

impl RowWriter<'_> {
    /// Writes the units and the tail of a row, and `between`.
    #[inline(always)]
    fn write(self, row: &Row, between: &[Bits], out: &mut BitWriter<'_>) -> LineSums {
        let mut sums = LineSums::default();
        let (words, rest) = (self.count / 8, self.count % 8);
        for word in &row[..words] {
            self.write_units(*word, 8, &mut sums, out);
        }
        let last = row[words];
        self.write_units(last, rest, &mut sums, out);

        let tail = &self.entries[TAILS + (last >> (UNIT * rest)) as usize % (1 << MAX_TAIL)];
        debug_assert!(tail.count > 0 || last >> (UNIT * rest) == 0, "a module after the end of the row");
        sums.total += tail.sums;
        match between {
            [first, others @ ..] if tail.is_short() => {
                out.push_both((tail.bits, tail.count()), (first.value(), first.count()));
                out.push_all(others);
            }
            _ => {
                self.write_entry(tail, out);
                out.push_all(between);
            }
        }
        sums
    }

    /// Writes the first `count` units of a word.
    #[inline(always)]
    fn write_units(self, word: u64, count: usize, sums: &mut LineSums, out: &mut BitWriter<'_>) {
        let unit = |i: usize| &self.entries[UNITS + usize::from((word >> (UNIT * i)) as u8)];
        // A push takes more time than all else, so two units share one where they can.
        let paired = if self.fit_in_pairs { count & !1 } else { 0 };
        for i in (0..paired).step_by(2) {
            let (first, second) = (unit(i), unit(i + 1));
            sums.add(first.sums);
            sums.add(second.sums);
            out.push(first.bits | second.bits << first.count, first.count() + second.count());
        }
        for i in paired..count {
            sums.add(unit(i).sums);
            self.write_entry(unit(i), out);
        }
    }

    #[inline(always)]
    fn write_entry(self, entry: &Entry, out: &mut BitWriter<'_>) {
        if entry.is_short() {
            return out.push(entry.bits, entry.count());
        }
        out.push(entry.bits, Bits::MAX_COUNT);
        let mut left = u32::from(entry.count) - Bits::MAX_COUNT;
        for &bits in &self.more[usize::from(entry.more)..] {
            out.push(bits, left.min(Bits::MAX_COUNT));
            if left <= Bits::MAX_COUNT {
                break;
            }
            left -= Bits::MAX_COUNT;
        }
    }
}

/// The sums of the units of a line so far, at last those of its tail too.
#[derive(Clone, Copy, Default)]
struct LineSums {
    /// All entries' `sums`.
    total: u64,
    /// The running sum of `total`, taken before each unit. Its lower 32 bits are the byte sums of the units, each times the number of
    /// units after it.
    prefix_sums: u64,
}

impl LineSums {
    #[inline(always)]
    fn add(&mut self, sums: u64) {
        self.prefix_sums = self.prefix_sums.wrapping_add(self.total);
        self.total += sums;
    }

    /// Returns the sums of the line, whose units are `scale` bytes each.
    #[inline(always)]
    fn of_line(self, scale: u64, len: u64) -> Sums {
        const LOW: u64 = u32::MAX as u64;
        Sums { sum: self.total & LOW, weighted: (self.total >> 32) + scale * (self.prefix_sums & LOW), len }
    }
}
