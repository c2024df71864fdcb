//! Rows of modules coded as pieces that stood before.
//!
//! A *piece* is a few modules that begin and end with a byte. Nearly every piece is coded as a match with the place where the
//! same modules last began, which a table of all patterns tells: there is no search, all pieces of an image are as long, and
//! so a match is one look-up by the number of places to go back. What a row has in common with the row above is left to the
//! match that repeats that one.
//!
//! For scales at which a module is so many pixels that literals are long.

use super::deflate::{
    BitWriter, Bits, Codes, Counts, LONGEST_MATCH, MOST_BITS, SHORTEST_MATCH, Token, WINDOW, first_match,
};
use super::geometry::{GROUP, Geometry, Row, WIDEST};
use super::repeats::{Repeats, longest_matches};

/// Patterns that are told apart at most.
const PATTERNS: usize = 256;
/// Bytes of a [`Row`] and as many more as the last load of a word reads too much.
const ROW_BYTES: usize = 8 * WIDEST + 8;

/// How rows are cut into pieces: shapes alone, no codes.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    geometry: Geometry,
    /// Where a [`Row`]'s first piece begins: modules of the quiet zone before it.
    origin: usize,
    /// Modules of a period, which has a piece for each of the slots.
    period: usize,
    /// Bytes of a period.
    len: usize,
    slots: Vec<Slot>,
    /// Places of a period that are remembered, as many modules apart each: one, or more where pieces have one slot.
    places: usize,
    /// Periods of a row, and what is behind the last.
    periods: usize,
    tail: Tail,
    /// Places that a row moves on by: twice as many as it has, so that a number of places back names a place.
    stride: u32,
    /// Places back that are out of reach, and all farther ones.
    farthest: u32,
    /// Bytes from the first scan line of a row to the one that is matched, which is the nearest of those like it.
    to_matched: usize,
    /// Bytes of a match at the distance of a line that are left to a row, which may make it longer, by what stands before the
    /// first row, between rows and behind the last.
    owed: Owed,
}

/// A piece of every period.
#[derive(Clone, Debug)]
struct Slot {
    /// Where it begins in its period, and how long it is: bytes.
    start: usize,
    len: usize,
    /// The first module that it touches, in its period, and how many.
    first: usize,
    modules: usize,
    /// Where its patterns are remembered.
    entries: usize,
}

/// What is behind the last piece of a row.
#[derive(Clone, Copy, Debug)]
struct Tail {
    /// Bytes and modules that may be dark.
    len: usize,
    modules: usize,
    /// Bytes of light modules.
    light: usize,
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
    /// The place where each pattern last began. Row `y` has the places from `farthest + stride y` on.
    last: [u32; PATTERNS],
    /// The first place of the row to come.
    place: u32,
    /// The row before.
    above: Row,
    /// Bytes of a match at the distance of a line that are still to be coded.
    owed: usize,
}

impl Default for History {
    fn default() -> Self {
        Self { last: [0; PATTERNS], place: 0, above: [0; WIDEST], owed: 0 }
    }
}

/// What pieces, tails and repeats are coded as: tokens to count or bits to write.
#[derive(Debug)]
pub(super) struct Alphabet<T> {
    /// A piece by its slot and how many places ago it stood last; what stood longer ago is spelled. There is nothing 0 places
    /// back.
    back: Vec<Box<[T]>>,
    /// A piece byte by byte, by its entry.
    spelled: Vec<Vec<T>>,
    /// What is behind the last piece, byte by byte.
    tails: Vec<Vec<T>>,
    /// Matches at the distance of a line, the shortest first.
    repeats: Box<[T]>,
}

/// Takes what a row is coded as.
pub(super) trait Output<T> {
    /// Takes it; at most two of [`Alphabet::back`] until [`flush`](Self::flush) comes.
    fn add(&mut self, coded: &T);

    fn flush(&mut self);

    #[inline(always)]
    fn push_all(&mut self, all: &[T]) {
        for coded in all {
            self.add(coded);
            self.flush();
        }
    }
}

impl Output<Token> for Counts {
    fn add(&mut self, token: &Token) {
        Counts::add(self, *token, 1);
    }

    fn flush(&mut self) {}
}

impl Output<Bits> for BitWriter<'_> {
    #[inline(always)]
    fn add(&mut self, bits: &Bits) {
        BitWriter::add(self, *bits);
    }

    #[inline(always)]
    fn flush(&mut self) {
        BitWriter::flush(self);
    }
}

impl Pieces {
    /// Modules of the quiet zone from where a [`Row`] begins to the first piece, which begins with a byte.
    fn origin(geometry: Geometry) -> usize {
        let quiet = geometry.quiet_zone % GROUP;
        if (quiet * geometry.scale).is_multiple_of(8) { quiet } else { 0 }
    }

    /// Bytes of the quiet zone at the beginning of a line before the first piece.
    pub(super) fn quiet(geometry: Geometry) -> usize {
        (GROUP * geometry.lead() + Self::origin(geometry)) * geometry.scale / 8
    }

    /// Cuts rows of that shape into pieces; what is owed is still to be said.
    pub(super) fn new(geometry: Geometry, repeats: Repeats) -> Self {
        let Geometry { scale, quiet_zone, .. } = geometry;
        let origin = Self::origin(geometry);
        // Modules after which bytes are cut at the same bits again. The shorter pieces are, the nearer the same stood last; the
        // more places are remembered, the nearer, too, but remembering takes time.
        let (period, places, cut) = match GROUP >> scale.trailing_zeros().min(3) {
            // Where lines are long, twice as many places are still near.
            1 if scale >= 32 && geometry.modules > 100 => (6, 6, None),
            1 => (5, 5, None),
            2 | 4 => (4, 1, None),
            // Half a group cuts a byte, and both halves hold the module that the byte touches: it pays for long ones.
            _ => (GROUP, 1, (scale > 9).then_some(scale / 2)),
        };
        let len = period * scale / 8;
        let mut slots = Vec::new();
        for (start, end) in cut.map_or(vec![(0, len)], |cut| vec![(0, cut), (cut, len)]) {
            let (first, end_module) = (8 * start / scale, (8 * end).div_ceil(scale));
            let entries = slots.last().map_or(0, |slot: &Slot| slot.entries + (1 << slot.modules));
            slots.push(Slot { start, len: end - start, first, modules: end_module - first, entries });
        }
        let modules = geometry.modules - GROUP * geometry.lead() - origin;
        let data = quiet_zone % GROUP + (geometry.modules - 2 * quiet_zone) - origin;
        let periods = data.div_ceil(period).min(modules / period);
        let left = geometry.stride - Self::quiet(geometry) - periods * len;
        let tail = if data > period * periods {
            Tail { len: left, modules: modules - period * periods, light: 0 }
        } else {
            Tail { len: 0, modules: 0, light: left }
        };
        let mut pieces = Self {
            geometry,
            origin,
            period,
            len,
            slots,
            places,
            periods,
            tail,
            stride: 2 * (places * periods) as u32,
            farthest: 0,
            // All are alike, or the first is alone.
            to_matched: if repeats == Repeats::Unfiltered { (scale - 1) * geometry.line() } else { 0 },
            owed: Owed { above: 0, between: 0, below: 0 },
        };
        let rows = (geometry.modules - 2 * quiet_zone) as u32 + 1;
        let mut reachable = 1..rows * pieces.stride;
        let farthest = reachable.find(|&places| pieces.distance(places as usize) > WINDOW);
        pieces.farthest = farthest.unwrap_or(reachable.end);
        pieces
    }

    /// With so many bytes of a match left to rows.
    pub(super) fn with_owed(self, owed: Owed) -> Self {
        Self { owed, ..self }
    }

    /// Bytes of light modules that end every line, which no row codes.
    pub(super) fn behind(&self) -> usize {
        self.tail.light
    }

    /// Bytes from a place to the one that is so many places back.
    fn distance(&self, places: usize) -> usize {
        let stride = self.stride as usize;
        // The nearest multiple of a row.
        let rows = (places + stride / 2) / stride;
        let row = self.geometry.scale * self.geometry.line();
        let rows_len = if rows > 0 { rows * row - self.to_matched } else { 0 };
        rows_len + places * self.len / self.places - rows * stride * self.len / self.places
    }

    /// Begins an image: above it is the quiet zone.
    #[inline(always)]
    pub(super) fn start(&self, history: &mut History) {
        history.last = [0; PATTERNS];
        (history.place, history.above, history.owed) = (self.farthest, [0; WIDEST], self.owed.above);
    }

    /// Gives `out` what a row is coded as, from the end of its margin on.
    #[inline(always)]
    pub(super) fn write_row<T>(
        &self,
        history: &mut History,
        row: &Row,
        alphabet: &Alphabet<T>,
        out: &mut impl Output<T>,
    ) {
        match (self.slots.len(), self.period) {
            (1, 4) => self.write_row_of::<T, 1, 4, 1>(history, row, alphabet, out),
            (1, 5) => self.write_row_of::<T, 1, 5, 5>(history, row, alphabet, out),
            (1, 6) => self.write_row_of::<T, 1, 6, 6>(history, row, alphabet, out),
            (1, _) => self.write_row_of::<T, 1, 8, 1>(history, row, alphabet, out),
            _ => self.write_row_of::<T, 2, 8, 1>(history, row, alphabet, out),
        }
    }

    #[inline(always)]
    fn write_row_of<T, const SLOTS: usize, const PERIOD: usize, const PLACES: usize>(
        &self,
        history: &mut History,
        row: &Row,
        alphabet: &Alphabet<T>,
        out: &mut impl Output<T>,
    ) {
        let (Some(slots), Some(back)) = (self.slots.first_chunk::<SLOTS>(), alphabet.back.first_chunk::<SLOTS>())
        else {
            return;
        };
        let (mut begin, mut end, mut has_tail) = (0, self.periods, self.tail.len > 0);
        if history.owed > 0 {
            // A match at the distance of a line goes on where the row above has the same modules, and from where all the rest
            // is the same the next one begins.
            let (first, last) = different(row, &history.above);
            begin = (first.saturating_sub(self.origin) / PERIOD).min(self.periods);
            end = last.saturating_sub(self.origin).div_ceil(PERIOD).max(begin);
            has_tail &= end > self.periods;
            end = end.min(self.periods);
            repeat(history.owed + begin * self.len, alphabet, out);
        }

        let mut bytes = [0; ROW_BYTES];
        for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(row) {
            *bytes = word.to_le_bytes();
        }
        let mut reading = Reading::<T, SLOTS, PERIOD, PLACES> {
            shapes: slots.each_ref().map(Slot::shape::<SLOTS, PERIOD>),
            back: back.each_ref().map(|back| &back[..]),
            spelled: &alphabet.spelled,
            last: &mut history.last,
            place: history.place + (begin * PLACES) as u32,
            modules: 0,
        };
        // What begins in the last period but not with it may reach behind the end of the line, and is not remembered.
        let last = if PLACES == 1 { end } else { end.min((self.periods - 1).max(begin)) };
        // Two pieces at once: pushing their bits is what takes the time.
        let together = 2 / SLOTS;
        let mut module = self.origin + begin * PERIOD;
        let mut left = last - begin;
        while left >= together {
            reading.modules = load(&bytes, module);
            for _ in 0..together {
                reading.next::<true>(out);
            }
            out.flush();
            module += together * PERIOD;
            left -= together;
        }
        if left > 0 {
            reading.modules = load(&bytes, module);
            reading.next::<true>(out);
            out.flush();
            module += PERIOD;
        }
        if last < end {
            reading.modules = load(&bytes, module);
            reading.next::<false>(out);
            out.flush();
        }

        history.owed = self.owed.between;
        if has_tail {
            let from = self.origin + PERIOD * self.periods;
            let modules = row[from / 64 % WIDEST] >> (from % 64);
            out.push_all(&alphabet.tails[modules as usize & (alphabet.tails.len() - 1)]);
        } else {
            history.owed += (self.periods - end) * self.len + self.tail.len;
        }
        history.above = *row;
        history.place += self.stride;
    }

    /// Ends an image: codes what is still owed.
    #[inline(always)]
    pub(super) fn finish<T>(&self, history: &History, alphabet: &Alphabet<T>, out: &mut impl Output<T>) {
        repeat(history.owed + self.owed.below - self.owed.between, alphabet, out);
    }

    /// The tokens of all that rows are coded as.
    pub(super) fn tokens(&self) -> Alphabet<Token> {
        let spell = |dark: usize, start: usize, len: usize| {
            longest_matches(&self.geometry.bytes(dark, start + len)[start..], usize::MAX)
        };
        let spell_slot = |slot: &Slot| -> Vec<Vec<Token>> {
            (0..1 << slot.modules).map(|dark: usize| spell(dark << slot.first, slot.start, slot.len)).collect()
        };
        let back = |slot: &Slot| {
            let distances = (1..self.farthest as usize).map(|places| self.distance(places));
            let copies = distances.map(|distance| Token::Match { length: slot.len, distance });
            core::iter::once(Token::Literal(0)).chain(copies).collect()
        };
        let tails = if self.tail.len > 0 { 1 << self.tail.modules } else { 0 };
        let line = self.geometry.line();
        Alphabet {
            back: self.slots.iter().map(back).collect(),
            spelled: self.slots.iter().flat_map(spell_slot).collect(),
            tails: (0..tails).map(|dark| spell(dark, 0, self.tail.len)).collect(),
            repeats: (SHORTEST_MATCH..=LONGEST_MATCH).map(|length| Token::Match { length, distance: line }).collect(),
        }
    }

    /// Counts the tokens of the rows of an image.
    pub(super) fn count(&self, rows: &[Row], tokens: &Alphabet<Token>, history: &mut History, counts: &mut Counts) {
        self.start(history);
        for row in rows {
            self.write_row(history, row, tokens, counts);
        }
        self.finish(history, tokens, counts);
    }

    /// Counts all that may occur in a row once.
    pub(super) fn count_all(&self, tokens: &Alphabet<Token>, counts: &mut Counts) {
        tokens.back.iter().for_each(|back| counts.add_all(&back[1..], 1));
        counts.add_all(&tokens.spelled.concat(), 1);
        counts.add_all(&tokens.tails.concat(), 1);
        for owed in [self.owed.above, self.owed.between, self.owed.below].into_iter().filter(|&owed| owed > 0) {
            for periods in 0..=2 * self.periods {
                repeat(owed + periods * self.len, tokens, counts);
                repeat(owed + periods * self.len + self.tail.len, tokens, counts);
            }
        }
    }
}

/// The modules of a row from that one on, 57 or more, the first at the bottom.
#[inline(always)]
fn load(bytes: &[u8; ROW_BYTES], module: usize) -> u64 {
    let bytes = bytes[module / 8 % (8 * WIDEST)..].first_chunk();
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes)) >> (module % 8)
}

/// What is at hand while the pieces of a row are read.
struct Reading<'a, T, const SLOTS: usize, const PERIOD: usize, const PLACES: usize> {
    shapes: [Shape; SLOTS],
    back: [&'a [T]; SLOTS],
    spelled: &'a [Vec<T>],
    last: &'a mut [u32; PATTERNS],
    /// Where the next period begins, and the modules from there on, the first at the bottom.
    place: u32,
    modules: u64,
}

impl<T, const SLOTS: usize, const PERIOD: usize, const PLACES: usize> Reading<'_, T, SLOTS, PERIOD, PLACES> {
    /// Gives `out` the pieces of the next period and remembers where they are, and if `ALL` what else begins in it.
    #[inline(always)]
    fn next<const ALL: bool>(&mut self, out: &mut impl Output<T>) {
        for (shape, back) in self.shapes.iter().zip(self.back) {
            let entry = shape.entry(self.modules);
            let last = core::mem::replace(&mut self.last[entry], self.place);
            match back.get(self.place.wrapping_sub(last) as usize) {
                Some(coded) => out.add(coded),
                None => {
                    out.flush();
                    out.push_all(&self.spelled[entry]);
                }
            }
        }
        if ALL {
            for i in 1..PLACES {
                self.last[self.shapes[0].entry(self.modules >> (i * PERIOD / PLACES))] = self.place + i as u32;
            }
        }
        self.modules >>= PERIOD;
        self.place += PLACES as u32;
    }
}

/// Gives `out` as many matches at the distance of a line as so many bytes take, which are none or at least three.
#[inline(always)]
fn repeat<T>(bytes: usize, alphabet: &Alphabet<T>, out: &mut impl Output<T>) {
    let mut left = bytes;
    while left > 0 {
        let length = first_match(left);
        out.push_all(&alphabet.repeats[length - SHORTEST_MATCH..][..1]);
        left -= length;
    }
}

#[cfg(test)]
impl<T> Alphabet<T> {
    /// For each slot what pieces are coded as by how many places ago they stood.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &[T]> {
        self.back.iter().map(|back| &back[..])
    }
}

impl Alphabet<Token> {
    /// The bits of these tokens.
    pub(super) fn coded(&self, codes: &Codes) -> Alphabet<Bits> {
        let encode = |tokens: &[Token]| codes.encode(tokens, MOST_BITS);
        // Two at once are pushed of those that stood before.
        let short = |token: &Token| Some(encode(&[*token])[0]).filter(|bits| 2 * bits.count <= MOST_BITS);
        let encode_all = |all: &[Vec<Token>]| all.iter().map(|tokens| encode(tokens)).collect();
        Alphabet {
            back: self.back.iter().map(|back| back.iter().map_while(short).collect()).collect(),
            spelled: encode_all(&self.spelled),
            tails: encode_all(&self.tails),
            repeats: self.repeats.iter().map(|token| encode(&[*token])[0]).collect(),
        }
    }
}

/// Which modules of a period a piece touches, and where its patterns are remembered.
#[derive(Clone, Copy)]
struct Shape {
    first: usize,
    mask: usize,
    entries: usize,
}

impl Shape {
    /// The entry of the pattern that some modules begin with.
    #[inline(always)]
    fn entry(self, modules: u64) -> usize {
        (self.entries + ((modules >> self.first) as usize & self.mask)) % PATTERNS
    }
}

impl Slot {
    #[inline(always)]
    fn shape<const SLOTS: usize, const PERIOD: usize>(&self) -> Shape {
        // One piece is all of its period.
        let (first, modules, entries) =
            if SLOTS == 1 { (0, PERIOD, 0) } else { (self.first, self.modules, self.entries) };
        Shape { first, mask: (1 << modules) - 1, entries }
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
