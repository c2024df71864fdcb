//! Rows of modules coded as pieces that stood before.
//!
//! A *piece* is a few modules that begin and end with a byte. Nearly every piece is coded as a match with the place where the
//! same modules last began, which a table of all patterns tells: there is no search, all pieces of an image are as long, and
//! so a match is one look-up by the number of places to go back. What a row has in common with the row above is left to the
//! match that repeats that one.
//!
//! For scales at which a module is so many pixels that literals are long.

use core::fmt::Debug;
use core::hint::select_unpredictable;
use core::ops::Range;

use super::deflate::{BitWriter, Bits, Codes, Counts, MOST_BITS, SHORTEST_MATCH, Token, WINDOW};
use super::geometry::{GROUP, Geometry, Row, WIDEST};
use super::repeats::{Between, Repeated, Repeats};
use super::scan_lines::SAMPLED;

/// Patterns of up to six modules.
const PATTERNS: usize = 64;
/// Places that no piece is matched at, nor any farther back.
const PLACES: usize = 2048;
/// Bytes of a [`Row`], and as many more as the last load of a word reads too much.
const ROW_BYTES: usize = 8 * WIDEST + 8;

/// How rows are cut into pieces: shapes alone, no codes.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    geometry: Geometry,
    cut: Cut,
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
    /// Places of an image.
    all_places: usize,
    /// Bytes from the first scan line of a row to the one that is matched, which is the nearest of those like it.
    to_matched: usize,
}

/// Where rows are cut. The shorter pieces are, the nearer the same stood last; the more places are remembered, the nearer, too, but
/// remembering takes time.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// So many modules, where each begins with a byte; pieces that begin with any of them are remembered.
    Fives,
    Sixes,
    /// Four modules.
    Fours,
    /// Eight modules.
    Eights,
    /// Eight modules or, where the same eight are far away, each half of them. That cuts a byte, and both halves hold the module
    /// which the byte touches.
    EightsOrHalves,
}

/// A piece of every period, or of those periods that are not one piece.
#[derive(Clone, Debug)]
struct Slot {
    /// Where it begins in its period, and how long it is: bytes.
    start: usize,
    len: usize,
    /// The first module that it touches, in its period, and how many.
    first: usize,
    modules: usize,
}

impl Slot {
    /// All of a period.
    fn whole(modules: usize, len: usize) -> Self {
        Self { start: 0, len, first: 0, modules }
    }
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

/// What was coded of an image so far.
#[derive(Clone)]
pub(super) struct History {
    /// The place where each pattern of a slot last began, and each of eight modules. Row `y` has the places from
    /// `PLACES + stride y` on.
    last: [[u32; PATTERNS]; 2],
    last_eight: [u32; 256],
    /// The first place of the row to come.
    place: u32,
    /// The row before.
    above: Row,
    /// What of the row before is left to what comes, as [`Pieces::joints`] counts it.
    left: usize,
}

impl Default for History {
    fn default() -> Self {
        Self { last: [[0; PATTERNS]; 2], last_eight: [0; 256], place: 0, above: [0; WIDEST], left: 0 }
    }
}

/// What pieces, tails and repeats are coded as: tokens to count or bits to write.
#[derive(Debug)]
pub(super) struct Alphabet<T: Code> {
    pieces: Shapes<T>,
    /// What is behind the last piece, byte by byte.
    tails: Vec<Vec<T>>,
    /// What stands between rows, by what of them is left to it: see [`Pieces::joints`]. Above the first row and below the last
    /// that is the one match which may be longer alone; the others below are the end.
    joints: Between<Vec<Vec<T>>>,
    end: Vec<T>,
}

/// What the pieces of all slots are coded as.
#[derive(Debug)]
enum Shapes<T: Code> {
    One(Box<One<T>>),
    Eight(Box<Eight<T>>),
    EightOrHalves(Box<EightOrHalves<T>>),
}

type One<T> = Piece<T, PATTERNS, 1024>;
type Half<T> = Piece<T, PATTERNS, 512>;
/// The more patterns, the farther away is the same one.
type Eight<T> = Piece<T, 256, PLACES>;

#[derive(Debug)]
struct EightOrHalves<T: Code> {
    eight: Eight<T>,
    halves: [Half<T>; 2],
}

/// What the piece of a slot, one of so many patterns, is coded as, less than so many places back.
#[derive(Debug)]
struct Piece<T: Code, const N: usize, const BACK: usize> {
    /// By how many places ago it stood last. There is nothing 0 places back.
    back: [T::Short; BACK],
    /// By its pattern, how many places back it is matched at most; 0 if it is always spelled.
    reach: [u32; N],
    /// By its pattern, byte by byte.
    spelled: Vec<Vec<T>>,
}

/// What something is coded as.
pub(super) trait Code {
    /// Matches, two of which are put at once.
    type Short: Debug;
}

impl Code for Token {
    type Short = Self;
}

impl Code for Bits {
    type Short = ShortBits;
}

/// At most half of [`MOST_BITS`].
#[derive(Clone, Copy, Debug)]
pub(super) struct ShortBits {
    value: u32,
    count: u32,
}

impl ShortBits {
    #[inline(always)]
    fn bits(self) -> Bits {
        Bits { value: self.value.into(), count: self.count }
    }
}

/// The first bits or the second, without a branch.
#[inline(always)]
fn either(is_first: bool, first: Bits, second: Bits) -> Bits {
    Bits {
        value: select_unpredictable(is_first, first.value, second.value),
        count: select_unpredictable(is_first, first.count, second.count),
    }
}

/// Takes what a row is coded as.
pub(super) trait Output<T: Code> {
    /// Takes it; at most two until [`flush`](Self::flush) comes.
    fn add(&mut self, coded: &T::Short);

    /// Takes the first, or both others; which of them cannot be foretold.
    fn add_either(&mut self, is_one: bool, one: &T::Short, both: [&T::Short; 2]);

    /// Takes and flushes the first or the other; which of them cannot be foretold.
    fn push_either(&mut self, is_short: bool, short: &T::Short, other: &T);

    fn flush(&mut self);

    fn push_all(&mut self, all: &[T]);
}

impl Output<Token> for Counts {
    fn add(&mut self, token: &Token) {
        Counts::add(self, *token, 1);
    }

    fn add_either(&mut self, is_one: bool, one: &Token, both: [&Token; 2]) {
        if is_one { Output::add(self, one) } else { both.into_iter().for_each(|token| Output::add(self, token)) }
    }

    fn push_either(&mut self, is_short: bool, short: &Token, other: &Token) {
        Output::add(self, if is_short { short } else { other });
    }

    fn flush(&mut self) {}

    fn push_all(&mut self, tokens: &[Token]) {
        self.add_all(tokens, 1);
    }
}

impl Output<Bits> for BitWriter<'_> {
    #[inline(always)]
    fn add(&mut self, short: &ShortBits) {
        BitWriter::add(self, short.bits());
    }

    #[inline(always)]
    fn add_either(&mut self, is_one: bool, one: &ShortBits, [first, second]: [&ShortBits; 2]) {
        BitWriter::add(self, either(is_one, one.bits(), first.bits().then(second.bits())));
    }

    #[inline(always)]
    fn push_either(&mut self, is_short: bool, short: &ShortBits, other: &Bits) {
        BitWriter::push(self, either(is_short, short.bits(), *other));
    }

    #[inline(always)]
    fn flush(&mut self) {
        BitWriter::flush(self);
    }

    #[inline(always)]
    fn push_all(&mut self, all: &[Bits]) {
        BitWriter::push_all(self, all);
    }
}

impl Pieces {
    /// Cuts rows of that shape into pieces.
    pub(super) fn new(geometry: Geometry, repeats: Repeats) -> Self {
        let Geometry { scale, quiet_zone, first, .. } = geometry;
        let cut = match GROUP >> scale.trailing_zeros().min(3) {
            // Where lines are long, twice as many places are still near.
            1 if scale >= 32 && geometry.modules > 100 => Cut::Sixes,
            1 => Cut::Fives,
            2 | 4 => Cut::Fours,
            // Two pieces for one pay where they are long.
            _ if scale > 9 => Cut::EightsOrHalves,
            _ => Cut::Eights,
        };
        let (period, places) = match cut {
            Cut::Fives => (5, 5),
            Cut::Sixes => (6, 6),
            Cut::Fours => (4, 1),
            Cut::Eights | Cut::EightsOrHalves => (GROUP, 1),
        };
        let len = period * scale / 8;
        let slots = match cut {
            // Of an odd number of bytes the first half is the shorter: three modules and all of the fourth but four pixels.
            Cut::EightsOrHalves => vec![
                Slot::whole(period, len),
                Slot { start: 0, len: scale / 2, first: 0, modules: 4 },
                Slot { start: scale / 2, len: len - scale / 2, first: 3, modules: 5 },
            ],
            _ => vec![Slot::whole(period, len)],
        };
        let modules = geometry.modules - first;
        let data = geometry.modules - quiet_zone - first;
        let periods = data.div_ceil(period).min(modules / period);
        let left = geometry.stride - geometry.lead() - periods * len;
        let tail = if data > period * periods {
            Tail { len: left, modules: modules - period * periods, light: 0 }
        } else {
            Tail { len: 0, modules: 0, light: left }
        };
        let stride = 2 * places * periods;
        Self {
            geometry,
            cut,
            period,
            len,
            slots,
            places,
            periods,
            tail,
            stride: stride as u32,
            all_places: (geometry.modules - 2 * quiet_zone + 1) * stride,
            // All are alike, or the first is alone.
            to_matched: if repeats == Repeats::Unfiltered { (scale - 1) * geometry.line() } else { 0 },
        }
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
        (history.last, history.last_eight) = ([[0; PATTERNS]; 2], [0; 256]);
        (history.place, history.above, history.left) = (PLACES as u32, [0; WIDEST], 0);
    }

    /// Gives `out` what stands before a row, whether it is the first or not, and the row.
    #[inline(always)]
    pub(super) fn write_row<T: Code>(
        &self,
        history: &mut History,
        row: &Row,
        is_first: bool,
        alphabet: &Alphabet<T>,
        out: &mut impl Output<T>,
    ) {
        let joints = if is_first { &alphabet.joints.above } else { &alphabet.joints.between };
        let (mut begin, mut end, mut has_tail) = (0, self.periods, self.tail.len > 0);
        if joints.len() > 1 {
            // A match at the distance of a line goes on where the row above has the same modules, and from where all the rest
            // is the same the next one begins.
            let (first, last) = different(row, &history.above);
            (begin, end) = match self.cut {
                Cut::Fives => (first / 5, last.div_ceil(5)),
                Cut::Sixes => (first / 6, last.div_ceil(6)),
                // Two pieces have a byte.
                Cut::Fours => (first / 8 * 2, last.div_ceil(4)),
                Cut::Eights | Cut::EightsOrHalves => (first / 8, last.div_ceil(8)),
            };
            has_tail &= end > self.periods;
            begin = begin.min(self.periods);
            end = end.clamp(begin, self.periods);
        }
        out.push_all(joints.get(history.left + begin).map_or(&[], Vec::as_slice));

        let place = history.place + (begin * self.places) as u32;
        let mut reading = Reading { last: &mut history.last, last_eight: &mut history.last_eight, place };
        let bytes = Bytes::of(row);
        match (&alphabet.pieces, self.cut) {
            (Shapes::Eight(piece), _) => reading.eights(piece, bytes.slice(begin, end), out),
            (Shapes::EightOrHalves(pieces), _) => {
                reading.eights_or_halves(pieces, bytes.slice(begin, end), out);
            }
            (Shapes::One(piece), Cut::Fives) => reading.anywhere::<T, 5>(piece, &bytes, begin..end, self.periods, out),
            (Shapes::One(piece), Cut::Sixes) => reading.anywhere::<T, 6>(piece, &bytes, begin..end, self.periods, out),
            (Shapes::One(piece), _) => {
                let bytes = bytes.slice(begin.div_ceil(2), end.div_ceil(2));
                reading.fours(piece, bytes, end % 2 == 1, out);
            }
        }

        history.left = 0;
        if has_tail {
            let from = self.period * self.periods;
            let modules = row[from / 64 % WIDEST] >> (from % 64);
            out.push_all(&alphabet.tails[modules as usize & (alphabet.tails.len() - 1)]);
        } else {
            history.left = self.left(self.periods - end);
        }
        history.above = *row;
        history.place += self.stride;
    }

    /// Ends an image.
    #[inline(always)]
    pub(super) fn finish<T: Code>(&self, history: &History, alphabet: &Alphabet<T>, out: &mut impl Output<T>) {
        out.push_all(&alphabet.joints.below[history.left]);
        out.push_all(&alphabet.end);
    }

    /// How [`History::left`] says that so many periods are left, and what is behind them.
    #[inline(always)]
    fn left(&self, periods: usize) -> usize {
        periods + if self.tail.len > 0 { 2 * self.periods + 1 } else { 0 }
    }

    /// The tokens of a match that may be longer, by how many periods are left to it of `rows` rows: those at the end of the one
    /// before, behind which nothing or all is left, and those at the beginning of the one that follows.
    fn joints(&self, repeated: &Repeated, rows: usize) -> Vec<Vec<Token>> {
        if !repeated.can_grow() {
            return vec![Vec::new()];
        }
        let mut behind = vec![0, self.tail.len];
        behind.dedup();
        let longer = behind.iter().flat_map(|behind| (0..=2 * self.periods).map(move |left| (behind, left)));
        let matched = |(behind, left): (&usize, usize)| match left {
            // No such number is left.
            left if left > rows * self.periods => Vec::new(),
            left => repeated.matched(self.geometry, behind + left * self.len),
        };
        longer.map(matched).collect()
    }

    /// The tokens of all that an image is coded as, chosen with those codes.
    pub(super) fn tokens(&self, between: &Between<Repeated>, codes: &Codes) -> Alphabet<Token> {
        let pieces = match &self.slots[..] {
            [eight, first, second] => {
                let halves = [first, second].map(|slot| self.piece(slot, self.spelled(slot, codes), codes));
                let bits = |half: usize, pattern: usize| codes.size_of(&halves[half].spelled[pattern]);
                // What is not one piece is spelled as both halves.
                let limits = core::array::from_fn(|byte| bits(0, byte % 16) + bits(1, byte / 8));
                let eight = self.piece_within(eight, limits, Vec::new(), codes);
                Shapes::EightOrHalves(Box::new(EightOrHalves { eight, halves }))
            }
            [eight] if eight.modules == GROUP => {
                Shapes::Eight(Box::new(self.piece(eight, self.spelled(eight, codes), codes)))
            }
            // Whether a match or the few bytes take fewer bits is as good as chance, and each wrong guess takes time.
            slots => {
                let spelled = self.spelled(&slots[0], codes);
                Shapes::One(Box::new(self.piece_within(&slots[0], [u32::MAX; PATTERNS], spelled, codes)))
            }
        };
        let tails = if self.tail.len > 0 { 1 << self.tail.modules } else { 0 };
        let others = between.between.others();
        Alphabet {
            pieces,
            tails: (0..tails).map(|dark| codes.fewest(&self.geometry.bytes(dark, self.tail.len))).collect(),
            joints: Between {
                above: self.joints(&between.above, 1),
                between: self
                    .joints(&between.between, 2)
                    .into_iter()
                    .map(|matched| [others, &matched].concat())
                    .collect(),
                below: self.joints(&between.below, 1),
            },
            end: between.below.others().to_vec(),
        }
    }

    /// The patterns of a slot, byte by byte.
    fn spelled(&self, slot: &Slot, codes: &Codes) -> Vec<Vec<Token>> {
        let bytes = |dark: usize| self.geometry.bytes(dark << slot.first, slot.start + slot.len);
        (0..1 << slot.modules).map(|dark| codes.fewest(&bytes(dark)[slot.start..])).collect()
    }

    /// The piece of a slot that is spelled so.
    fn piece<const N: usize, const BACK: usize>(
        &self,
        slot: &Slot,
        spelled: Vec<Vec<Token>>,
        codes: &Codes,
    ) -> Piece<Token, N, BACK> {
        let limits = core::array::from_fn(|pattern| spelled.get(pattern).map_or(0, |tokens| codes.size_of(tokens)));
        self.piece_within(slot, limits, spelled, codes)
    }

    /// The piece of a slot that is matched where that takes fewer bits than those.
    fn piece_within<const N: usize, const BACK: usize>(
        &self,
        slot: &Slot,
        limits: [u32; N],
        spelled: Vec<Vec<Token>>,
        codes: &Codes,
    ) -> Piece<Token, N, BACK> {
        let back: [Token; BACK] = core::array::from_fn(|places| match self.distance(places) {
            distance @ 1..=WINDOW if places < self.all_places => Token::Match { length: slot.len, distance },
            _ => Token::Literal(0),
        });
        let costs = back.each_ref().map(|&token| match token {
            Token::Match { .. } => codes.cost(token),
            Token::Literal(_) => u32::MAX,
        });
        let reach = |limit| costs.iter().rposition(|&cost| cost < limit).unwrap_or(0) as u32;
        // No match is shorter than three bytes.
        let limits = if slot.len < SHORTEST_MATCH { [0; N] } else { limits };
        Piece { back, reach: limits.map(reach), spelled }
    }
}

/// The bytes of a [`Row`], eight modules each, the first at the bottom, and light ones behind them.
struct Bytes([u8; ROW_BYTES]);

impl Bytes {
    #[inline(always)]
    fn of(row: &Row) -> Self {
        let mut bytes = [0; ROW_BYTES];
        for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(row) {
            *bytes = word.to_le_bytes();
        }
        Self(bytes)
    }

    #[inline(always)]
    fn slice(&self, begin: usize, end: usize) -> &[u8] {
        self.0.get(begin..end).unwrap_or(&[])
    }

    /// The modules from that one on, 57 or more, the first at the bottom.
    #[inline(always)]
    fn load(&self, module: usize) -> u64 {
        let bytes = self.0[module / 8 % (8 * WIDEST)..].first_chunk();
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes)) >> (module % 8)
    }
}

impl<T: Code, const N: usize, const BACK: usize> Piece<T, N, BACK> {
    /// What a piece is coded as that stood so many places back, if that is within reach.
    #[inline(always)]
    fn at(&self, pattern: usize, back: u32) -> Option<&T::Short> {
        (back <= self.reach[pattern % N]).then(|| self.whatever_at(back))
    }

    /// The same, if it is within reach; anything otherwise.
    #[inline(always)]
    fn whatever_at(&self, back: u32) -> &T::Short {
        &self.back[back as usize % BACK]
    }

    /// Gives `out` a piece that stood so many places back.
    #[inline(always)]
    fn write(&self, pattern: usize, back: u32, out: &mut impl Output<T>) {
        match self.at(pattern, back) {
            Some(coded) => out.add(coded),
            None => {
                out.flush();
                out.push_all(&self.spelled[pattern]);
            }
        }
    }

    /// The matches that are within reach of some pattern.
    fn matches(&self) -> &[T::Short] {
        self.back.get(1..=self.reach.iter().max().map_or(0, |&reach| reach as usize)).unwrap_or(&[])
    }
}

/// What is at hand while the pieces of a row are read.
struct Reading<'a> {
    last: &'a mut [[u32; PATTERNS]; 2],
    last_eight: &'a mut [u32; 256],
    /// The place of the next piece.
    place: u32,
}

impl Reading<'_> {
    /// How many places back a pattern was, which is now remembered here.
    #[inline(always)]
    fn back(&mut self, slot: usize, pattern: u8) -> u32 {
        let last = &mut self.last[slot][usize::from(pattern) % PATTERNS];
        self.place.wrapping_sub(core::mem::replace(last, self.place))
    }

    #[inline(always)]
    fn eight_back(&mut self, pattern: u8) -> u32 {
        self.place.wrapping_sub(core::mem::replace(&mut self.last_eight[usize::from(pattern)], self.place))
    }

    /// Pieces of eight modules.
    #[inline(always)]
    fn eights<T: Code>(&mut self, piece: &Eight<T>, bytes: &[u8], out: &mut impl Output<T>) {
        for &byte in bytes {
            let back = self.eight_back(byte);
            let is_near = back <= piece.reach[usize::from(byte)];
            match &piece.spelled[usize::from(byte)][..] {
                [spelled] => out.push_either(is_near, piece.whatever_at(back), spelled),
                _ => {
                    piece.write(byte.into(), back, out);
                    out.flush();
                }
            }
            self.place += 1;
        }
    }

    /// Pieces of eight modules, or both halves.
    #[inline(always)]
    fn eights_or_halves<T: Code>(&mut self, pieces: &EightOrHalves<T>, bytes: &[u8], out: &mut impl Output<T>) {
        let EightOrHalves { eight, halves: [first, second] } = pieces;
        for &byte in bytes {
            let halves = [byte % 16, byte / 8];
            let back = self.eight_back(byte);
            let [first_back, second_back] = [self.back(0, halves[0]), self.back(1, halves[1])];
            let [first_pattern, second_pattern] = halves.map(usize::from);
            let is_one = back <= eight.reach[usize::from(byte)];
            let one = eight.whatever_at(back);
            match (first.at(first_pattern, first_back), second.at(second_pattern, second_back)) {
                (Some(first), Some(second)) => out.add_either(is_one, one, [first, second]),
                _ if is_one => out.add(one),
                _ => {
                    first.write(first_pattern, first_back, out);
                    second.write(second_pattern, second_back, out);
                }
            }
            self.place += 1;
            out.flush();
        }
    }

    /// Pieces of four modules, of the last byte the first alone if it `ends_in_half`.
    #[inline(always)]
    fn fours<T: Code>(&mut self, piece: &One<T>, bytes: &[u8], ends_in_half: bool, out: &mut impl Output<T>) {
        let (bytes, half) = match bytes {
            [bytes @ .., half] if ends_in_half => (bytes, Some(half)),
            _ => (bytes, None),
        };
        for &byte in bytes {
            self.four(piece, byte % 16, out);
            self.four(piece, byte / 16, out);
            out.flush();
        }
        if let Some(half) = half {
            self.four(piece, half % 16, out);
            out.flush();
        }
    }

    #[inline(always)]
    fn four<T: Code>(&mut self, piece: &One<T>, modules: u8, out: &mut impl Output<T>) {
        let back = self.back(0, modules);
        piece.write(modules.into(), back, out);
        self.place += 1;
    }

    /// Pieces of so many modules, which are remembered wherever they begin.
    #[inline(always)]
    fn anywhere<T: Code, const MODULES: usize>(
        &mut self,
        piece: &One<T>,
        bytes: &Bytes,
        pieces: Range<usize>,
        all: usize,
        out: &mut impl Output<T>,
    ) {
        // Two at once: putting their bits takes time. What begins in the last piece of a row but not with it may reach behind the
        // end of the line, and is not remembered.
        let (mut i, last) = (pieces.start, pieces.end.min(all - 1));
        while i + 2 <= last {
            let modules = bytes.load(i * MODULES);
            self.one_anywhere::<T, MODULES, MODULES>(piece, modules, out);
            self.one_anywhere::<T, MODULES, MODULES>(piece, modules >> MODULES, out);
            out.flush();
            i += 2;
        }
        if i < last {
            self.one_anywhere::<T, MODULES, MODULES>(piece, bytes.load(i * MODULES), out);
            out.flush();
            i += 1;
        }
        if i < pieces.end {
            self.one_anywhere::<T, MODULES, 1>(piece, bytes.load(i * MODULES), out);
            out.flush();
        }
    }

    #[inline(always)]
    fn one_anywhere<T: Code, const MODULES: usize, const REMEMBERED: usize>(
        &mut self,
        piece: &One<T>,
        modules: u64,
        out: &mut impl Output<T>,
    ) {
        let pattern = |first: usize| (modules >> first) as u8 % (1 << MODULES);
        let back = self.back(0, pattern(0));
        piece.write(pattern(0).into(), back, out);
        for first in 1..REMEMBERED {
            self.last[0][usize::from(pattern(first))] = self.place + first as u32;
        }
        self.place += MODULES as u32;
    }
}

impl<T: Code> Alphabet<T> {
    /// All that may stand between rows.
    fn all_joints(&self) -> impl Iterator<Item = &[T]> {
        let Between { above, between, below } = &self.joints;
        [above, between, below].into_iter().flatten().map(Vec::as_slice)
    }

    /// Gives `to` the matches of each slot, and what it spells.
    fn each(&self, mut to: impl FnMut(&[T::Short], &[Vec<T>])) {
        match &self.pieces {
            Shapes::One(piece) => to(piece.matches(), &piece.spelled),
            Shapes::Eight(piece) => to(piece.matches(), &piece.spelled),
            Shapes::EightOrHalves(pieces) => {
                to(pieces.eight.matches(), &pieces.eight.spelled);
                pieces.halves.iter().for_each(|half| to(half.matches(), &half.spelled));
            }
        }
    }
}

impl Alphabet<Token> {
    /// How often everything occurs in images of those rows, with those tokens above them, [`SAMPLED`] times as often; and all
    /// that may occur once more.
    pub(super) fn count(&self, pieces: &Pieces, images: &[Vec<Row>], above: &[Token]) -> Counts {
        let history = &mut History::default();
        let mut counts = Counts::of_blocks(images.len() as u32);
        for rows in images {
            pieces.start(history);
            for (y, row) in rows.iter().enumerate() {
                pieces.write_row(history, row, y == 0, self, &mut counts);
            }
            pieces.finish(history, self, &mut counts);
            counts.add_all(above, 1);
        }
        let mut weighed = counts.times(SAMPLED);
        self.each(|matches, spelled| {
            weighed.add_all(matches, 1);
            weighed.add_all(&spelled.concat(), 1);
        });
        weighed.add_all(&[&self.tails.concat()[..], &self.end].concat(), 1);
        self.all_joints().for_each(|tokens| weighed.add_all(tokens, 1));
        weighed
    }

    /// The bits of these tokens.
    pub(super) fn coded(&self, codes: &Codes) -> Alphabet<Bits> {
        Alphabet {
            pieces: match &self.pieces {
                Shapes::One(piece) => Shapes::One(Box::new(piece.coded(codes))),
                Shapes::Eight(piece) => Shapes::Eight(Box::new(piece.coded(codes))),
                Shapes::EightOrHalves(pieces) => Shapes::EightOrHalves(Box::new(EightOrHalves {
                    eight: pieces.eight.coded(codes),
                    halves: pieces.halves.each_ref().map(|half| half.coded(codes)),
                })),
            },
            tails: codes.encode_all(&self.tails),
            joints: self.joints.as_ref().map(|joints| codes.encode_all(joints)),
            end: codes.encode(&self.end, MOST_BITS),
        }
    }
}

impl<const N: usize, const BACK: usize> Piece<Token, N, BACK> {
    fn coded(&self, codes: &Codes) -> Piece<Bits, N, BACK> {
        let back = self.back.each_ref().map(|&token| codes.encode(&[token], MOST_BITS)[0]);
        // Two at once are pushed.
        let fit = back[1..].iter().take_while(|bits| 2 * bits.count <= MOST_BITS).count() as u32;
        let back = back.map(|bits| ShortBits { value: bits.value as u32, count: bits.count });
        Piece { back, reach: self.reach.map(|reach| reach.min(fit)), spelled: codes.encode_all(&self.spelled) }
    }
}

impl Alphabet<Bits> {
    /// Bits that nothing between two rows takes more of, nor what is below the last.
    pub(super) fn longest_joint(&self) -> usize {
        let count = |joint: &[Bits]| joint.iter().map(|bits| bits.count as usize).sum::<usize>();
        self.all_joints().map(count).max().unwrap_or(0).max(count(&self.end))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{QuietZone, Scale};
    use crate::version::Version;

    #[test]
    fn what_is_within_reach_is_a_match_that_fits_twice_and_takes_fewer_bits() {
        // Codes of all lengths: the rarer, the longer.
        let mut counts = Counts::of_blocks(1);
        for length in 3..=258 {
            counts.add(Token::Match { length, distance: 1 << (length % 16) }, 1 << (length % 16));
        }
        for byte in 0..=255 {
            counts.add(Token::Literal(byte), 1 << (byte / 16));
        }
        let codes = Codes::of_any_header(&counts);
        let mut too_long = 0;
        for (version, scale) in [(1, 5), (7, 16), (20, 7), (40, 32), (11, 53), (29, 37), (3, 10)] {
            let geometry = Geometry::new(Version::new(version).unwrap(), Scale::new(scale).unwrap(), QuietZone::new(4));
            let pieces = Pieces::new(geometry, Repeats::Unfiltered);
            let tokens = pieces.tokens(&Between::new(geometry, Repeats::Unfiltered, pieces.behind()), &codes);
            let mut all_shorts = Vec::new();
            tokens.coded(&codes).each(|shorts, _| all_shorts.push(shorts.to_vec()));
            let mut all_shorts = all_shorts.iter();
            tokens.each(|matches, spelled| {
                let shorts = all_shorts.next().unwrap();
                assert!(matches.len() < PLACES && shorts.len() <= matches.len());
                for (&token, short) in matches.iter().zip(shorts) {
                    assert!(2 * short.count <= MOST_BITS && codes.encode(&[token], MOST_BITS) == [short.bits()]);
                    assert!(matches!(token, Token::Match { distance: 1..=WINDOW, .. }));
                }
                too_long += usize::from(shorts.len() < matches.len());
                if let (Some(&last), false) = (matches.last(), spelled.is_empty()) {
                    assert!(spelled.iter().any(|spelled| codes.cost(last) < codes.size_of(spelled)));
                }
            });
        }
        assert!(too_long > 0);
    }
}
